//! Tokens with which programs act for a person.

use luoshi_domain::access_log::{AccessAction, AccessObject};
use luoshi_domain::accounts::tokens::{ApiToken, TOKENS_LIMIT, TokenWish};
use luoshi_domain::ids::TokenId;
use luoshi_domain::journal;
use luoshi_domain::refusals::Refusal;

use crate::accounts::{Client, Means, NOTED_EVERY, Visitor, actor, own_act, passwords};
use crate::errors::{AppError, AppResult};
use crate::{App, Who};

/// Every token begins with this, so that it is recognised where it should not be.
pub const PREFIX: &str = "luoshi_";

/// Longest text that is looked up as a token, in bytes.
const TOKEN_LIMIT: usize = 128;

/// The person's tokens, newest first.
pub async fn list(app: &App, who: &Who) -> AppResult<Vec<ApiToken>> {
    let mut uow = app.store.read(who.bureau).await?;
    Ok(uow.tokens_of(who.actor.person).await?)
}

/// Makes a token for the person; the token itself, to be shown once, and what is kept of it.
pub async fn create(
    app: &App,
    who: &Who,
    client: &Client,
    wish: TokenWish,
) -> AppResult<(String, ApiToken)> {
    let now = app.clock.now();
    let (wish, expires_at) = wish.checked(now)?;
    let mut uow = app.store.write(who.bureau).await?;
    let known = uow.tokens_of(who.actor.person).await?;
    if known.iter().filter(|token| token.is_valid(now)).count() >= TOKENS_LIMIT {
        let sentence = format!("一个人最多有 {TOKENS_LIMIT} 个有效令牌，请先撤销不用的。");
        return Err(Refusal::state("too_many_tokens", "SYS-03", sentence).into());
    }
    let token = format!("{PREFIX}{}", app.ids.secret());
    let kept = ApiToken {
        id: TokenId(app.ids.id(now)),
        bureau: who.bureau,
        person: who.actor.person,
        name: wish.name,
        token_hash: journal::digest(token.as_bytes()),
        scopes: wish.scopes,
        created_at: now,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    uow.token_create(&kept).await?;
    let object = AccessObject::one("token", kept.id.0);
    own_act(
        app,
        who,
        client,
        AccessAction::TokenCreate,
        kept.name.clone(),
    )
    .push_about(app, &mut *uow, Some(object))
    .await?;
    uow.commit().await?;
    Ok((token, kept))
}

/// Revokes one of the person's tokens; it is refused from now on.
pub async fn revoke(app: &App, who: &Who, client: &Client, id: TokenId) -> AppResult<()> {
    let now = app.clock.now();
    let mut uow = app.store.write(who.bureau).await?;
    if !uow.token_revoke(who.actor.person, id, now).await? {
        return Err(AppError::NotFound { what: "token" });
    }
    let object = AccessObject::one("token", id.0);
    own_act(app, who, client, AccessAction::TokenRevoke, "")
        .push_about(app, &mut *uow, Some(object))
        .await?;
    uow.commit().await?;
    Ok(())
}

/// The person behind a program's token.
pub async fn visitor(app: &App, token: &str) -> AppResult<Visitor> {
    if token.len() > TOKEN_LIMIT || !token.starts_with(PREFIX) {
        return Err(AppError::SignedOut);
    }
    let hash = journal::digest(token.as_bytes());
    let known = app.store.token_find(&hash).await?;
    let now = app.clock.now();
    let known = known.filter(|token| token.is_valid(now));
    let known = known.ok_or(AppError::SignedOut)?;
    let actor = actor(app, known.bureau, known.person, None).await?;
    let mut uow = app.store.read(known.bureau).await?;
    passwords::of(&mut *uow, known.person).await?;
    drop(uow);
    let is_noted = known
        .last_used_at
        .is_some_and(|last| now - last < NOTED_EVERY);
    if !is_noted && let Err(error) = app.store.token_touch(&known, now).await {
        tracing::warn!(%error, "the use of a token was not noted");
    }
    Ok(Visitor {
        who: Who::new(known.bureau, actor),
        csrf: String::new(),
        means: Means::Token {
            id: known.id,
            scopes: known.scopes,
        },
    })
}
