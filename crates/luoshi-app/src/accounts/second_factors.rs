//! The second factor: setting it up, asking for it, standing in for it.
//!
//! Codes change every 30 seconds; one step more or less is borne for clocks that differ, and no
//! code is taken twice.

use chrono::{DateTime, Utc};
use luoshi_domain::access_log::AccessAction;
use luoshi_domain::accounts::failures::{FailureKind, subject_of};
use luoshi_domain::accounts::second_factors::{
    RECOVERY_CODES, SecondFactor, recovery_code, typed_code,
};
use luoshi_domain::accounts::{SessionStage, needs_second_factor};
use luoshi_domain::ids::PersonId;
use luoshi_domain::journal::digest;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Builder, Secret, Totp};

use crate::accounts::sign_in::{SignedIn, after_second_factor, begin, count};
use crate::accounts::{Act, Client, Visitor, own_act, passwords};
use crate::errors::{AppError, AppResult};
use crate::{App, Who};

/// Bytes of a secret: as many as SHA-1 gives.
const SECRET_BYTES: usize = 20;

/// Seconds of a step.
const STEP_SECONDS: i64 = 30;

/// Steps before and after the present one whose codes are taken.
const SKEW_STEPS: u16 = 1;

/// Under which name an authenticator lists the account.
const ISSUER: &str = "Luoshi";

/// A second factor that is being set up.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// For typing, in groups of four.
    pub secret: String,
    /// For the picture that an authenticator scans.
    pub address: String,
}

/// How the person's second factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Since when it is asked for.
    pub since: Option<DateTime<Utc>>,
    pub recovery_codes: u32,
    /// Whether the person's posts require one.
    pub required: bool,
}

/// How one's own second factor stands.
pub async fn standing(app: &App, who: &Who) -> AppResult<Standing> {
    let person = who.actor.person;
    let mut uow = app.store.read(who.bureau).await?;
    let factor = uow.second_factor_get(person).await?;
    Ok(Standing {
        since: factor.and_then(|factor| factor.confirmed_at),
        recovery_codes: uow.recovery_codes_left(person).await?,
        required: !app.accounts.demonstration && needs_second_factor(&who.actor),
    })
}

/// Begins to set up a second factor, or goes on with one that was begun.
pub async fn enrol(app: &App, who: &Who) -> AppResult<Enrolment> {
    let person = who.actor.person;
    let mut uow = app.store.write(who.bureau).await?;
    let known = uow.second_factor_get(person).await?;
    if known
        .as_ref()
        .is_some_and(|known| known.confirmed_at.is_some())
    {
        let sentence = "已经启用了动态口令。要换设备，请先停用再重新启用。";
        return Err(Refusal::state("enrolled", "SYS-03", sentence).into());
    }
    let factor = match known {
        Some(known) => known,
        None => {
            let fresh = SecondFactor {
                person,
                secret: fresh_secret(app),
                created_at: app.clock.now(),
                confirmed_at: None,
                last_step: 0,
            };
            uow.second_factor_save(&fresh).await?;
            fresh
        }
    };
    let login = passwords::of(&mut *uow, person).await?.login;
    uow.commit().await?;
    let account = utf8_percent_encode(&login, NON_ALPHANUMERIC);
    let secret = &factor.secret;
    Ok(Enrolment {
        address: format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}"),
        secret: grouped(secret),
    })
}

/// Ends setting up with the first code; the recovery codes, to be shown once, and a new session.
pub async fn confirm(
    app: &App,
    visitor: &Visitor,
    client: Client,
    code: &str,
) -> AppResult<(Vec<String>, SignedIn)> {
    let who = &visitor.who;
    let mut uow = app.store.write(who.bureau).await?;
    let factor = uow.second_factor_get(who.actor.person).await?;
    let factor = factor.filter(|factor| factor.confirmed_at.is_none());
    let factor = factor.ok_or(AppError::NotFound {
        what: "second factor",
    })?;
    let now = app.clock.now();
    refuse_locked(&mut *uow, factor.person, now).await?;
    let Some(step) = step_of(&factor, code, now)? else {
        return Err(failed(app, uow, visitor, &client).await?);
    };
    uow.second_factor_save(&SecondFactor {
        confirmed_at: Some(now),
        last_step: step,
        ..factor
    })
    .await?;
    let codes = renew(app, &mut *uow, who.actor.person).await?;
    own_act(app, who, &client, AccessAction::SecondFactorEnrol, "")
        .push(app, &mut *uow)
        .await?;
    let signed = go_on(app, &mut *uow, visitor, client).await?;
    uow.commit().await?;
    Ok((codes, signed))
}

/// Takes a code of the second factor, or a recovery code; what was shown so far becomes a session
/// with a new token.
pub async fn check(
    app: &App,
    visitor: &Visitor,
    client: Client,
    code: &str,
) -> AppResult<SignedIn> {
    let mut uow = app.store.write(visitor.who.bureau).await?;
    if !take_code(app, &mut *uow, visitor, &client, code).await? {
        return Err(failed(app, uow, visitor, &client).await?);
    }
    let signed = go_on(app, &mut *uow, visitor, client).await?;
    uow.commit().await?;
    Ok(signed)
}

/// Gives the person new recovery codes for those that are left; a code must be shown.
pub async fn renew_codes(
    app: &App,
    visitor: &Visitor,
    client: &Client,
    code: &str,
) -> AppResult<Vec<String>> {
    let mut uow = app.store.write(visitor.who.bureau).await?;
    if !take_code(app, &mut *uow, visitor, client, code).await? {
        return Err(failed(app, uow, visitor, client).await?);
    }
    let codes = renew(app, &mut *uow, visitor.who.actor.person).await?;
    own_act(
        app,
        &visitor.who,
        client,
        AccessAction::SecondFactorEnrol,
        "重新生成恢复码",
    )
    .push(app, &mut *uow)
    .await?;
    uow.commit().await?;
    Ok(codes)
}

/// Removes one's own second factor; a code must be shown.
pub async fn remove(app: &App, visitor: &Visitor, client: &Client, code: &str) -> AppResult<()> {
    let who = &visitor.who;
    let mut uow = app.store.write(who.bureau).await?;
    if !take_code(app, &mut *uow, visitor, client, code).await? {
        return Err(failed(app, uow, visitor, client).await?);
    }
    uow.second_factor_remove(who.actor.person).await?;
    own_act(
        app,
        who,
        client,
        AccessAction::SecondFactorRemove,
        "本人停用",
    )
    .push(app, &mut *uow)
    .await?;
    uow.commit().await?;
    Ok(())
}

/// Whether the code is right and not used before; uses it up.
async fn take_code(
    app: &App,
    uow: &mut dyn UnitOfWork,
    visitor: &Visitor,
    client: &Client,
    code: &str,
) -> AppResult<bool> {
    let now = app.clock.now();
    let person = visitor.who.actor.person;
    refuse_locked(uow, person, now).await?;
    let factor = uow.second_factor_get(person).await?;
    let factor = factor.filter(|factor| factor.confirmed_at.is_some());
    let factor = factor.ok_or(AppError::NotFound {
        what: "second factor",
    })?;
    if let Some(step) = step_of(&factor, code, now)? {
        if !factor.is_fresh(step) {
            return Ok(false);
        }
        let last_step = step;
        uow.second_factor_save(&SecondFactor {
            last_step,
            ..factor
        })
        .await?;
        return Ok(true);
    }
    let hash = recovery_hash(person, code);
    if !uow.recovery_code_use(person, &hash, now).await? {
        return Ok(false);
    }
    let left = uow.recovery_codes_left(person).await?;
    let detail = format!("还剩 {left} 个");
    own_act(
        app,
        &visitor.who,
        client,
        AccessAction::RecoveryCodeUse,
        detail,
    )
    .push(app, uow)
    .await?;
    Ok(true)
}

/// Replaces the session by one that is further on.
async fn go_on(
    app: &App,
    uow: &mut dyn UnitOfWork,
    visitor: &Visitor,
    client: Client,
) -> AppResult<SignedIn> {
    let now = app.clock.now();
    let (bureau, person) = (visitor.who.bureau, visitor.who.actor.person);
    if let Some(session) = visitor.session() {
        uow.session_revoke(person, session).await?;
    }
    uow.failures_clear(FailureKind::Code, &subject_of(&person.to_string()))
        .await?;
    let stage = match visitor.stage() {
        SessionStage::SecondFactorOnly => SessionStage::Full,
        SessionStage::SecondFactor | SessionStage::NewPassword | SessionStage::Full => {
            let credential = passwords::of(uow, person).await?;
            after_second_factor(app, &credential, now)
        }
    };
    let longest = now + app.accounts.longest;
    begin(app, uow, bureau, person, stage, client, longest).await
}

/// Counts a wrong code and keeps that it was tried; what to say.
async fn failed(
    app: &App,
    mut uow: Box<dyn UnitOfWork>,
    visitor: &Visitor,
    client: &Client,
) -> AppResult<AppError> {
    let now = app.clock.now();
    let person = visitor.who.actor.person;
    let act = |action, success, detail: &str| Act {
        success,
        ..own_act(app, &visitor.who, client, action, detail)
    };
    act(AccessAction::SignIn, false, "动态口令不对")
        .push(app, &mut *uow)
        .await?;
    if count(&mut *uow, FailureKind::Code, &person.to_string(), now).await? {
        act(AccessAction::LockOut, true, "动态口令失败次数过多，已锁定")
            .push(app, &mut *uow)
            .await?;
    }
    uow.commit().await?;
    Ok(AppError::WrongCode)
}

async fn refuse_locked(
    uow: &mut dyn UnitOfWork,
    person: PersonId,
    now: DateTime<Utc>,
) -> AppResult<()> {
    let subject = subject_of(&person.to_string());
    let failures = uow.failures_find(FailureKind::Code, &subject).await?;
    match failures.and_then(|failures| failures.locked_minutes(now)) {
        Some(minutes) => Err(AppError::LockedOut { minutes }),
        None => Ok(()),
    }
}

/// New recovery codes for the person, as they are shown.
async fn renew(app: &App, uow: &mut dyn UnitOfWork, person: PersonId) -> AppResult<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_each| recovery_code(&digest(app.ids.secret().as_bytes())))
        .collect();
    let hashes: Vec<String> = codes
        .iter()
        .map(|code| recovery_hash(person, code))
        .collect();
    uow.recovery_codes_save(person, &hashes).await?;
    Ok(codes)
}

/// A code has few signs, so the person is hashed with it: one table does not fit all.
fn recovery_hash(person: PersonId, code: &str) -> String {
    digest(format!("{person}/{}", typed_code(code)).as_bytes())
}

fn fresh_secret(app: &App) -> String {
    let secret = app.ids.secret();
    let digits: Vec<char> = secret.chars().collect();
    let bytes = digits.chunks(2).filter_map(|pair| {
        let pair: String = pair.iter().collect();
        u8::from_str_radix(&pair, 16).ok()
    });
    // From the end: the beginning may be the same for ids that are counted.
    let mut bytes: Vec<u8> = bytes.collect();
    let kept = bytes.split_off(bytes.len().saturating_sub(SECRET_BYTES));
    Secret::from(kept).to_base32()
}

fn grouped(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    let groups = signs
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

/// The step of which this is the code, if of any.
fn step_of(factor: &SecondFactor, code: &str, now: DateTime<Utc>) -> AppResult<Option<i64>> {
    let code = typed_code(code);
    let is_code = code.len() == 6 && code.bytes().all(|sign| sign.is_ascii_digit());
    if !is_code {
        return Ok(None);
    }
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let step = generator(&factor.secret)?.check(&code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// The code at `now` of a secret as people type it: for tests and for who has no device at hand.
pub fn code_at(secret: &str, now: DateTime<Utc>) -> AppResult<String> {
    let secret: String = secret.chars().filter(|sign| *sign != ' ').collect();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(generator(&secret)?.generate(seconds).to_string())
}

fn generator(secret: &str) -> AppResult<Totp> {
    let broken = |error| AppError::internal("a second factor's secret is broken", error);
    let secret = Secret::try_from_base32(secret).map_err(|error| broken(error.to_string()))?;
    let builder = Builder::new()
        .with_secret(secret)
        .with_skew(SKEW_STEPS)
        .with_step_duration(STEP_SECONDS.unsigned_abs());
    builder.build().map_err(|error| broken(error.to_string()))
}
