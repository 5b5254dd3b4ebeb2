//! Checking name and password, counting what fails, beginning sessions.

use chrono::{DateTime, TimeDelta, Utc};
use luoshi_domain::access_log::AccessAction;
use luoshi_domain::accounts::failures::{FailureKind, Failures, subject_of};
use luoshi_domain::accounts::passwords::{LONGEST_BYTES, PasswordAge, age, is_unused};
use luoshi_domain::accounts::{Credential, Session, SessionStage, needs_second_factor};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BureauId, PersonId, SessionId};
use luoshi_domain::journal;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;

use crate::App;
use crate::accounts::{Act, Client, actor, blocking, passwords};
use crate::errors::{AppError, AppResult};

/// Longest login taken, in bytes.
const LOGIN_LIMIT: usize = 256;

/// Longest description of a browser that is kept, in characters.
const DEVICE_LIMIT: usize = 200;

/// What is kept of failures that nobody repeats.
const FAILURES_KEPT: TimeDelta = TimeDelta::hours(24);

/// Somebody who wants to sign in.
#[derive(Clone, Default)]
pub struct Attempt {
    pub login: String,
    pub password: String,
    pub client: Client,
}

/// A new session: the token goes into the cookie and is not kept.
#[derive(Clone)]
pub struct SignedIn {
    pub token: String,
    pub session: Session,
}

/// Checks name and password and begins a session.
///
/// A login that does not exist is treated in every way like one that does, the time included.
pub async fn sign_in(app: &App, bureau: BureauId, attempt: Attempt) -> AppResult<SignedIn> {
    let Attempt {
        login,
        password,
        client,
    } = attempt;
    if login.len() > LOGIN_LIMIT || password.len() > LONGEST_BYTES {
        return Err(AppError::WrongPassword);
    }
    let login = login.trim().to_lowercase();
    let now = app.clock.now();
    let mut uow = app.store.read(bureau).await?;
    refuse_locked(&mut *uow, now, &login, &client).await?;
    let credential = uow.credential_find(&login).await?;
    drop(uow);
    let hash = credential.as_ref().map(|known| known.password_hash.clone());
    let matches = blocking(move || passwords::verify(&password, hash.as_deref())).await??;

    let person = credential.as_ref().map(|known| known.person);
    let known = match credential.filter(|_| matches) {
        Some(credential) => match actor(app, bureau, credential.person, None).await {
            Ok(actor) => Some((credential, actor)),
            Err(AppError::SignedOut) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let mut uow = app.store.write(bureau).await?;
    // Others may have failed while this password was checked; a guess in parallel is a guess.
    refuse_locked(&mut *uow, now, &login, &client).await?;
    let act = Act {
        at: now,
        person,
        login: &login,
        client: &client,
        action: AccessAction::SignIn,
        success: known.is_some(),
        detail: String::new(),
    };
    let Some((credential, actor)) = known else {
        act.push(app, &mut *uow).await?;
        count_failure(app, &mut *uow, now, &login, &client).await?;
        uow.commit().await?;
        return Err(AppError::WrongPassword);
    };
    if !app.accounts.demonstration && is_unused(&credential, now) {
        let act = Act {
            success: false,
            detail: "账号长期未使用，已停用".into(),
            ..act
        };
        act.push(app, &mut *uow).await?;
        uow.commit().await?;
        return Err(unused());
    }
    act.push(app, &mut *uow).await?;
    uow.failures_clear(FailureKind::Login, &subject_of(&login))
        .await?;
    let done = after_second_factor(app, &credential, now);
    let signed = admit(app, &mut *uow, bureau, credential, &actor, client, done).await?;
    uow.commit().await?;
    Ok(signed)
}

/// Begins the session of somebody whose first proof was good; `done` is the stage where no second
/// factor is asked for.
pub(super) async fn admit(
    app: &App,
    uow: &mut dyn UnitOfWork,
    bureau: BureauId,
    credential: Credential,
    actor: &Actor,
    client: Client,
    done: SessionStage,
) -> AppResult<SignedIn> {
    let now = app.clock.now();
    let factor = uow.second_factor_get(credential.person).await?;
    let enrolled = factor.is_some_and(|factor| factor.confirmed_at.is_some());
    let forced = !app.accounts.demonstration && needs_second_factor(actor);
    let stage = match (enrolled || forced, done) {
        (false, done) => done,
        (true, SessionStage::Full) => SessionStage::SecondFactorOnly,
        (true, _) => SessionStage::SecondFactor,
    };
    let used = Credential {
        last_used_at: Some(now),
        ..credential
    };
    uow.credential_save(&used).await?;
    uow.sessions_sweep(now).await?;
    uow.failures_sweep(now - FAILURES_KEPT).await?;
    let longest = now + app.accounts.longest;
    begin(app, uow, bureau, used.person, stage, client, longest).await
}

/// What is to be done when nothing more is to be proven.
pub(super) fn after_second_factor(
    app: &App,
    credential: &Credential,
    now: DateTime<Utc>,
) -> SessionStage {
    let fine = matches!(
        age(credential, now),
        PasswordAge::Good | PasswordAge::EndsSoon(_)
    );
    if fine || app.accounts.demonstration {
        SessionStage::Full
    } else {
        SessionStage::NewPassword
    }
}

/// Begins a session with a token that nobody has seen before.
pub(super) async fn begin(
    app: &App,
    uow: &mut dyn UnitOfWork,
    bureau: BureauId,
    person: PersonId,
    stage: SessionStage,
    client: Client,
    expires_at: DateTime<Utc>,
) -> AppResult<SignedIn> {
    let now = app.clock.now();
    let token = app.ids.secret();
    let shown = client.device.chars().filter(|sign| !sign.is_control());
    let session = Session {
        id: SessionId(app.ids.id(now)),
        token_hash: journal::digest(token.as_bytes()),
        bureau,
        person,
        csrf: app.ids.secret(),
        stage,
        address: client.address,
        device: shown.take(DEVICE_LIMIT).collect(),
        created_at: now,
        last_used_at: now,
        expires_at,
        mandate: None,
    };
    uow.session_create(&session).await?;
    Ok(SignedIn { token, session })
}

/// Refuses while the login or the address is locked.
async fn refuse_locked(
    uow: &mut dyn UnitOfWork,
    now: DateTime<Utc>,
    login: &str,
    client: &Client,
) -> AppResult<()> {
    for (kind, subject) in counted(login, client) {
        let failures = uow.failures_find(kind, &subject_of(subject)).await?;
        if let Some(minutes) = failures.and_then(|failures| failures.locked_minutes(now)) {
            return Err(AppError::LockedOut { minutes });
        }
    }
    Ok(())
}

/// Counts a failure against the login and the address.
async fn count_failure(
    app: &App,
    uow: &mut dyn UnitOfWork,
    now: DateTime<Utc>,
    login: &str,
    client: &Client,
) -> AppResult<()> {
    for (kind, subject) in counted(login, client) {
        let locks = count(uow, kind, subject, now).await?;
        if !locks {
            continue;
        }
        let detail = match kind {
            FailureKind::Address => "这一地址失败次数过多，已锁定",
            FailureKind::Login | FailureKind::Code => "这一登录名失败次数过多，已锁定",
        };
        let act = Act {
            at: now,
            person: None,
            login,
            client,
            action: AccessAction::LockOut,
            success: true,
            detail: detail.into(),
        };
        act.push(app, uow).await?;
    }
    Ok(())
}

/// Counts one failure; whether it locks.
pub(super) async fn count(
    uow: &mut dyn UnitOfWork,
    kind: FailureKind,
    subject: &str,
    now: DateTime<Utc>,
) -> AppResult<bool> {
    let before = uow.failures_find(kind, &subject_of(subject)).await?;
    let before = before.unwrap_or_else(|| Failures::none(kind, subject, now));
    let (failures, locks) = before.failed(now);
    uow.failures_save(&failures).await?;
    Ok(locks)
}

fn counted<'a>(login: &'a str, client: &'a Client) -> Vec<(FailureKind, &'a str)> {
    let mut counted = vec![(FailureKind::Login, login)];
    if !client.address.is_empty() {
        counted.push((FailureKind::Address, client.address.as_str()));
    }
    counted
}

pub(super) fn unused() -> AppError {
    let sentence = "这个账号连续 90 天没有登录，已经停用。请找本单位安全管理员重置口令。";
    AppError::Refused(Refusal::authority("unused", "SYS-03", sentence))
}
