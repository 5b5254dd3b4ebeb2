//! What a security administrator does with other people's accounts.

use std::collections::HashSet;

use luoshi_domain::access_log::{AccessAction, AccessObject};
use luoshi_domain::accounts::Credential;
use luoshi_domain::accounts::failures::{FailureKind, subject_of};
use luoshi_domain::accounts::passwords::{FORMER_KEPT, is_unused};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::PersonId;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;

use crate::accounts::{Client, own_act, passwords};
use crate::errors::{AppError, AppResult};
use crate::organisation::Login;
use crate::{App, Who, policy};

/// Accounts that one page shows.
const SHOWN: usize = 100;

/// An account as its administrator sees it.
#[derive(Clone, Debug)]
pub struct AccountRow {
    pub person: PersonId,
    pub name: String,
    /// Unit and post.
    pub title: String,
    pub credential: Credential,
    /// Minutes for which the login is locked.
    pub locked: Option<i64>,
    /// Closed because nobody used it for long.
    pub unused: bool,
    /// Whether the person must choose a password at the next sign-in.
    pub initial: bool,
    pub second_factor: bool,
}

/// The accounts that a search finds.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub rows: Vec<AccountRow>,
    /// How many there are, of which the rows are the first.
    pub found: usize,
}

/// The accounts whose login or person's name holds `search`; all without one.
pub async fn list(app: &App, who: &Who, search: &str) -> AppResult<Accounts> {
    policy::administer_accounts(app, &who.actor)?;
    let now = app.clock.now();
    let search = search.trim().to_lowercase();
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let enrolled: HashSet<PersonId> = uow.second_factors_list().await?.into_iter().collect();
    let mut accounts = Accounts {
        rows: Vec::new(),
        found: 0,
    };
    for credential in uow.credentials_list().await? {
        let Some(actor) = Actor::of(&organisation, credential.person) else {
            continue;
        };
        if !credential.login.contains(&search) && !actor.name.to_lowercase().contains(&search) {
            continue;
        }
        accounts.found += 1;
        if accounts.rows.len() >= SHOWN {
            continue;
        }
        let subject = subject_of(&credential.login);
        let failures = uow.failures_find(FailureKind::Login, &subject).await?;
        accounts.rows.push(AccountRow {
            person: credential.person,
            name: actor.name,
            title: actor.title,
            locked: failures.and_then(|failures| failures.locked_minutes(now)),
            unused: !app.accounts.demonstration && is_unused(&credential, now),
            initial: !app.accounts.demonstration && credential.must_change,
            second_factor: enrolled.contains(&credential.person),
            credential,
        });
    }
    Ok(accounts)
}

/// Gives a person a new password that they must change, ends their sessions, opens their account;
/// to be handed over once.
pub async fn reset_password(
    app: &App,
    who: &Who,
    client: &Client,
    person: PersonId,
) -> AppResult<Login> {
    allow(app, who, person)?;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let before = passwords::of(&mut *uow, person).await?;
    drop(uow);
    let password = passwords::initial(app);
    let fresh = passwords::credential(app, person, &before.login, password.clone()).await?;
    let mut uow = begin(app, who, person).await?;
    let now = app.clock.now();
    uow.former_password_push(person, &before.password_hash, now, FORMER_KEPT)
        .await?;
    uow.credential_save(&fresh).await?;
    uow.sessions_revoke(person, None).await?;
    uow.failures_clear(FailureKind::Login, &subject_of(&before.login))
        .await?;
    uow.failures_clear(FailureKind::Code, &subject_of(&person.to_string()))
        .await?;
    let act = own_act(
        app,
        who,
        client,
        AccessAction::PasswordReset,
        before.login.clone(),
    );
    finish(app, uow, act, person).await?;
    let actor = Actor::of(&organisation, person).ok_or(AppError::NotFound { what: "account" })?;
    Ok(Login {
        name: actor.name,
        title: actor.title,
        login: before.login,
        password,
    })
}

/// Ends all sessions of a person; how many.
pub async fn end_sessions(
    app: &App,
    who: &Who,
    client: &Client,
    person: PersonId,
) -> AppResult<u64> {
    let mut uow = begin(app, who, person).await?;
    let ended = uow.sessions_revoke(person, None).await?;
    let detail = format!("强制退出 {ended} 处登录");
    let act = own_act(app, who, client, AccessAction::SessionRevoke, detail);
    finish(app, uow, act, person).await?;
    Ok(ended)
}

/// Removes a person's second factor, whose device is lost; they set up a new one when they must.
pub async fn remove_second_factor(
    app: &App,
    who: &Who,
    client: &Client,
    person: PersonId,
) -> AppResult<()> {
    let mut uow = begin(app, who, person).await?;
    if !uow.second_factor_remove(person).await? {
        return Err(AppError::NotFound {
            what: "second factor",
        });
    }
    uow.sessions_revoke(person, None).await?;
    let act = own_act(
        app,
        who,
        client,
        AccessAction::SecondFactorRemove,
        "由安全管理员解除",
    );
    finish(app, uow, act, person).await
}

/// A unit of work on somebody else's account.
async fn begin(app: &App, who: &Who, person: PersonId) -> AppResult<Box<dyn UnitOfWork>> {
    allow(app, who, person)?;
    Ok(app.store.write(who.bureau).await?)
}

/// Lets through a security administrator, but not to their own account.
pub(super) fn allow(app: &App, who: &Who, person: PersonId) -> AppResult<()> {
    policy::administer_accounts(app, &who.actor)?;
    if person == who.actor.person {
        // Nobody lifts their own checks.
        let sentence =
            "不能用这里的功能处理自己的账号，请到“我的账号”修改，或请另一位安全管理员办理。";
        return Err(Refusal::authority("own_account", "SYS-03", sentence).into());
    }
    Ok(())
}

async fn finish(
    app: &App,
    mut uow: Box<dyn UnitOfWork>,
    act: super::Act<'_>,
    person: PersonId,
) -> AppResult<()> {
    let object = AccessObject::one("person", person.0);
    act.push_about(app, &mut *uow, Some(object)).await?;
    uow.commit().await?;
    Ok(())
}
