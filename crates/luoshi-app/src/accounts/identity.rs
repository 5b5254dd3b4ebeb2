//! Signing in at another server that knows who people are.
//!
//! The other server proves who somebody is; what they may do is decided here. A person it names
//! must have an account here already.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use luoshi_domain::access_log::AccessAction;
use luoshi_domain::accounts::passwords::is_unused;
use luoshi_domain::accounts::{SessionStage, SignInRequest};
use luoshi_domain::ids::BureauId;
use luoshi_domain::journal::digest;
use uuid::Uuid;

use crate::App;
use crate::accounts::sign_in::{SignedIn, admit, unused};
use crate::accounts::{Act, Client, actor};
use crate::errors::{AppError, AppResult};

/// How long the other server may take with a person.
const REQUEST_LIFE: TimeDelta = TimeDelta::minutes(10);

/// Longest code that is passed on, in bytes.
const CODE_LIMIT: usize = 4096;

/// A server that knows who people are.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Where to send a person; the answer will carry `state`.
    async fn begin(&self, state: String) -> Result<Outgoing, IdentityError>;

    /// The login of whoever came back with `code`, proven as of `now`.
    async fn finish(
        &self,
        code: String,
        pending: Pending,
        now: DateTime<Utc>,
    ) -> Result<String, IdentityError>;
}

/// Where a person is sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub address: String,
    pub pending: Pending,
}

/// What is kept while they are away.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What the identity token must carry.
    pub nonce: String,
    /// What proves that the code is exchanged by who asked for it.
    pub verifier: String,
}

/// Why the other server did not tell who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("the identity provider cannot be reached")]
    Unreachable,
    /// The code, the token or its signature, nonce or time is not in order.
    #[error("the identity provider's answer is not in order")]
    Refused,
    /// The token does not carry the claim that names the login.
    #[error("the identity provider named nobody")]
    Nameless,
    /// There is no account of that name.
    #[error("the person has no account")]
    Unknown,
}

/// A sign-in that begins: where to send the browser, and what it must bring back.
#[derive(Clone, Debug)]
pub struct Departure {
    pub address: String,
    pub state: String,
}

/// Begins a sign-in at the other server.
pub async fn begin(app: &App, bureau: BureauId, next: &str) -> AppResult<Departure> {
    let provider = app.identity.as_ref();
    let provider = provider.ok_or(AppError::NotFound { what: "provider" })?;
    let state = format!("{}.{}", bureau.0.simple(), app.ids.secret());
    let outgoing = provider.begin(state.clone()).await?;
    let now = app.clock.now();
    let mut uow = app.store.write(bureau).await?;
    uow.sign_in_requests_sweep(now).await?;
    uow.sign_in_request_push(&SignInRequest {
        state_hash: digest(state.as_bytes()),
        nonce: outgoing.pending.nonce,
        verifier: outgoing.pending.verifier,
        next: next.to_owned(),
        expires_at: now + REQUEST_LIFE,
    })
    .await?;
    uow.commit().await?;
    Ok(Departure {
        address: outgoing.address,
        state,
    })
}

/// Ends a sign-in with what the browser brought back; the session, and where to go.
pub async fn finish(
    app: &App,
    client: Client,
    state: &str,
    code: String,
) -> AppResult<(SignedIn, String)> {
    let provider = app.identity.as_ref();
    let provider = provider.ok_or(AppError::NotFound { what: "provider" })?;
    let bureau = state.split_once('.').map(|(bureau, _)| bureau);
    let bureau = bureau.and_then(|bureau| Uuid::try_parse(bureau).ok());
    let bureau = BureauId(bureau.ok_or(IdentityError::Refused)?);
    if code.len() > CODE_LIMIT {
        return Err(IdentityError::Refused.into());
    }
    let now = app.clock.now();
    let mut uow = app.store.write(bureau).await?;
    let request = uow.sign_in_request_take(&digest(state.as_bytes())).await?;
    uow.commit().await?;
    let request = request.filter(|request| now < request.expires_at);
    let request = request.ok_or(IdentityError::Refused)?;
    let pending = Pending {
        nonce: request.nonce,
        verifier: request.verifier,
    };
    match provider.finish(code, pending, now).await {
        Ok(login) => Ok((admitted(app, bureau, client, &login).await?, request.next)),
        Err(error) => {
            let mut uow = app.store.write(bureau).await?;
            let detail = "统一身份认证没有通过";
            act(&client, "", now, detail).push(app, &mut *uow).await?;
            uow.commit().await?;
            Err(error.into())
        }
    }
}

async fn admitted(app: &App, bureau: BureauId, client: Client, login: &str) -> AppResult<SignedIn> {
    let now = app.clock.now();
    let login = login.trim().to_lowercase();
    let mut uow = app.store.read(bureau).await?;
    let credential = uow.credential_find(&login).await?;
    drop(uow);
    let known = match credential {
        Some(credential) => match actor(app, bureau, credential.person, None).await {
            Ok(actor) => Some((credential, actor)),
            Err(AppError::SignedOut) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let mut uow = app.store.write(bureau).await?;
    let Some((credential, actor)) = known else {
        let detail = "统一身份认证的用户在本系统没有账号";
        act(&client, &login, now, detail)
            .push(app, &mut *uow)
            .await?;
        uow.commit().await?;
        return Err(IdentityError::Unknown.into());
    };
    if !app.accounts.demonstration && is_unused(&credential, now) {
        return Err(unused());
    }
    let act = Act {
        person: Some(credential.person),
        success: true,
        ..act(&client, &login, now, "经统一身份认证")
    };
    act.push(app, &mut *uow).await?;
    let proven = SessionStage::Full;
    let signed = admit(
        app,
        &mut *uow,
        bureau,
        credential,
        &actor,
        client.clone(),
        proven,
    )
    .await?;
    uow.commit().await?;
    Ok(signed)
}

fn act<'a>(client: &'a Client, login: &'a str, at: DateTime<Utc>, detail: &str) -> Act<'a> {
    Act {
        at,
        person: None,
        login,
        client,
        action: AccessAction::SignIn,
        success: false,
        detail: detail.to_owned(),
    }
}
