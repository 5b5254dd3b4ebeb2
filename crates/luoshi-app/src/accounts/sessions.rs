//! A person's own sessions: seeing and ending them.

use luoshi_domain::access_log::AccessAction;
use luoshi_domain::accounts::Session;
use luoshi_domain::ids::SessionId;
use luoshi_domain::journal;

use crate::accounts::{Client, Visitor, idle_limit, own_act};
use crate::errors::{AppError, AppResult};
use crate::{App, Who};

/// The person's sessions that are not over, the one used last first.
pub async fn list(app: &App, who: &Who) -> AppResult<Vec<Session>> {
    let now = app.clock.now();
    let idle = idle_limit(app, &who.actor);
    let mut uow = app.store.read(who.bureau).await?;
    let mut sessions = uow.sessions_of(who.actor.person).await?;
    sessions.retain(|session| session.expires_at > now && now - session.last_used_at < idle);
    Ok(sessions)
}

/// Ends one of the person's own sessions.
pub async fn revoke(app: &App, who: &Who, client: &Client, id: SessionId) -> AppResult<()> {
    let mut uow = app.store.write(who.bureau).await?;
    if !uow.session_revoke(who.actor.person, id).await? {
        return Err(AppError::NotFound { what: "session" });
    }
    own_act(
        app,
        who,
        client,
        AccessAction::SessionRevoke,
        "退出一处登录",
    )
    .push(app, &mut *uow)
    .await?;
    uow.commit().await?;
    Ok(())
}

/// Ends all of the person's sessions but the visitor's; how many.
pub async fn revoke_others(app: &App, visitor: &Visitor, client: &Client) -> AppResult<u64> {
    let who = &visitor.who;
    let mut uow = app.store.write(who.bureau).await?;
    let ended = uow
        .sessions_revoke(who.actor.person, visitor.session())
        .await?;
    let detail = format!("退出其他 {ended} 处登录");
    own_act(app, who, client, AccessAction::SessionRevoke, detail)
        .push(app, &mut *uow)
        .await?;
    uow.commit().await?;
    Ok(ended)
}

/// Ends the session of a token; nothing happens when there is none.
pub async fn sign_out(app: &App, who: &Who, client: &Client, token: &str) -> AppResult<()> {
    let mut uow = app.store.write(who.bureau).await?;
    uow.session_end(&journal::digest(token.as_bytes())).await?;
    own_act(app, who, client, AccessAction::SignOut, "")
        .push(app, &mut *uow)
        .await?;
    uow.commit().await?;
    Ok(())
}
