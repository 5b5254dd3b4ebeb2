//! Accounts: signing in and out, and who a request comes from.

pub mod administration;
pub mod identity;
pub mod opening;
pub mod passwords;
pub mod second_factors;
pub mod sessions;
pub mod sign_in;
pub mod tokens;

use chrono::{DateTime, TimeDelta, Utc};
use luoshi_domain::access_log::{AccessAction, AccessEntry, AccessObject};
use luoshi_domain::accounts::passwords::DEFAULT_LENGTH;
use luoshi_domain::accounts::tokens::Scope;
use luoshi_domain::accounts::{SessionStage, administers};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::MandateId;
use luoshi_domain::ids::{AccessId, BureauId, PersonId, SessionId, TokenId};
use luoshi_domain::journal;
use luoshi_domain::ports::UnitOfWork;

use crate::errors::{AppError, AppResult};
use crate::mandates;
use crate::{App, Who};

pub use passwords::credential;
pub use sign_in::sign_in;

/// Uses of a session or token are noted this often at most.
const NOTED_EVERY: TimeDelta = TimeDelta::seconds(60);

/// What an installation sets about accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    /// Least signs of a password; the domain sets a floor.
    pub password_length: usize,
    /// A session that is not used for this long is over.
    pub idle: TimeDelta,
    /// The same for administrators.
    pub administrator_idle: TimeDelta,
    /// A session is over this long after signing in, used or not.
    pub longest: TimeDelta,
    /// Of a demonstration, whose passwords everybody knows: no password need be changed, no
    /// account closes for not being used, no second factor is forced on anybody.
    pub demonstration: bool,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            password_length: DEFAULT_LENGTH,
            idle: TimeDelta::minutes(15),
            administrator_idle: TimeDelta::minutes(5),
            longest: TimeDelta::hours(12),
            demonstration: false,
        }
    }
}

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The network address; empty where it is not known.
    pub address: String,
    /// What the browser says of itself.
    pub device: String,
}

/// Who a request comes from, and what its forms must carry.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub who: Who,
    pub csrf: String,
    pub means: Means,
}

/// By what a visitor is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// A browser's session, and what is still to be done in it.
    Session { id: SessionId, stage: SessionStage },
    /// A program's token with what it is good for.
    Token { id: TokenId, scopes: Vec<Scope> },
}

impl Visitor {
    /// What is still to be done before anything else is open.
    pub fn stage(&self) -> SessionStage {
        match &self.means {
            Means::Session { stage, .. } => *stage,
            Means::Token { .. } => SessionStage::Full,
        }
    }

    /// The session, of a browser.
    pub fn session(&self) -> Option<SessionId> {
        match &self.means {
            Means::Session { id, .. } => Some(*id),
            Means::Token { .. } => None,
        }
    }
}

/// The person behind a session token.
pub async fn visitor(app: &App, token: &str) -> AppResult<Visitor> {
    let hash = journal::digest(token.as_bytes());
    let session = app
        .store
        .session_find(&hash)
        .await?
        .ok_or(AppError::SignedOut)?;
    let now = app.clock.now();
    if session.expires_at <= now {
        return Err(AppError::SignedOut);
    }
    let actor = actor(app, session.bureau, session.person, session.mandate).await?;
    let unused = now - session.last_used_at;
    if unused >= idle_limit(app, &actor) {
        return Err(AppError::SignedOut);
    }
    if unused >= NOTED_EVERY
        && let Err(error) = app.store.session_touch(&session, now).await
    {
        // A database that is busy must not stop who only reads.
        tracing::warn!(%error, "the use of a session was not noted");
    }
    Ok(Visitor {
        who: Who::new(session.bureau, actor),
        csrf: session.csrf,
        means: Means::Session {
            id: session.id,
            stage: session.stage,
        },
    })
}

/// How long the actor's sessions may lie unused.
pub fn idle_limit(app: &App, actor: &Actor) -> TimeDelta {
    if administers(actor) {
        app.accounts.administrator_idle.min(app.accounts.idle)
    } else {
        app.accounts.idle
    }
}

/// Runs work that keeps a processor busy away from the request threads.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> AppResult<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| AppError::internal("work on a document or password broke off", error))
}

/// The person as they may act now; nobody is signed in when they may not.
async fn actor(
    app: &App,
    bureau: BureauId,
    person: PersonId,
    mandate: Option<MandateId>,
) -> AppResult<Actor> {
    let mut uow = app.store.read(bureau).await?;
    let known = app.dated(bureau, &mut *uow).await?;
    let actor = known.actor(person).ok_or(AppError::SignedOut)?;
    match mandate {
        Some(mandate) => mandates::acting(app, &mut *uow, &known, actor, mandate).await,
        None => Ok(actor),
    }
}

/// An act for the access log.
struct Act<'a> {
    at: DateTime<Utc>,
    person: Option<PersonId>,
    login: &'a str,
    client: &'a Client,
    action: AccessAction,
    success: bool,
    detail: String,
}

impl Act<'_> {
    /// Adds the act to the log, in the unit of work that does it.
    async fn push(self, app: &App, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        self.push_about(app, uow, None).await
    }

    /// Adds the act with what it was done to.
    async fn push_about(
        self,
        app: &App,
        uow: &mut dyn UnitOfWork,
        object: Option<AccessObject>,
    ) -> AppResult<()> {
        let entry = AccessEntry {
            id: AccessId(app.ids.id(self.at)),
            at: self.at,
            person: self.person,
            login: self.login.to_owned(),
            address: self.client.address.clone(),
            action: self.action,
            object,
            success: self.success,
            detail: self.detail,
        };
        Ok(uow.access_push(&[entry]).await?)
    }
}

/// An act of somebody signed in, which succeeded.
fn own_act<'a>(
    app: &App,
    who: &Who,
    client: &'a Client,
    action: AccessAction,
    detail: impl Into<String>,
) -> Act<'a> {
    Act {
        at: app.clock.now(),
        person: Some(who.actor.operator()),
        login: "",
        client,
        action,
        success: true,
        detail: detail.into(),
    }
}
