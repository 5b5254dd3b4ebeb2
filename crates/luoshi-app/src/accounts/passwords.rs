//! Passwords: hashing, checking, changing one's own.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use luoshi_domain::access_log::AccessAction;
use luoshi_domain::accounts::failures::{FailureKind, subject_of};
use luoshi_domain::accounts::passwords::{
    FORMER_KEPT, LONGEST_BYTES, PasswordAge, PasswordRule, age, broken,
};
use luoshi_domain::accounts::{Credential, SessionStage};
use luoshi_domain::ids::PersonId;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;

use crate::accounts::sign_in::{SignedIn, begin, count};
use crate::accounts::{Client, blocking, own_act};
use crate::errors::{AppError, AppResult};
use crate::{App, Who};

/// Bytes of salt used; each is a hex digit of a secret.
const SALT_BYTES: usize = 32;

/// A password that somebody gives themselves.
#[derive(Clone, Default)]
pub struct Change {
    pub current: String,
    pub new: String,
    /// The new one once more.
    pub again: String,
}

/// A rule with whether the person's own browser can check it while they type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleShown {
    pub rule: PasswordRule,
    pub sentence: String,
}

/// The rules for new passwords.
pub fn rules(app: &App) -> Vec<RuleShown> {
    let length = app.accounts.password_length;
    let shown = PasswordRule::ALL.map(|rule| RuleShown {
        rule,
        sentence: rule.sentence(length),
    });
    shown.to_vec()
}

/// How the person's own password stands, with their login.
pub async fn own(app: &App, who: &Who) -> AppResult<(Credential, PasswordAge)> {
    let mut uow = app.store.read(who.bureau).await?;
    let credential = of(&mut *uow, who.actor.person).await?;
    let age = if app.accounts.demonstration {
        PasswordAge::Good
    } else {
        age(&credential, app.clock.now())
    };
    Ok((credential, age))
}

/// Changes one's own password. All sessions of the person end; a new one begins.
pub async fn change(
    app: &App,
    who: &Who,
    client: Client,
    stage: SessionStage,
    change: Change,
) -> AppResult<SignedIn> {
    let now = app.clock.now();
    let person = who.actor.person;
    let mut uow = app.store.read(who.bureau).await?;
    let credential = of(&mut *uow, person).await?;
    let former = uow.former_passwords(person, FORMER_KEPT).await?;
    let subject = person.to_string();
    let failures = uow
        .failures_find(FailureKind::Code, &subject_of(&subject))
        .await?;
    drop(uow);
    if let Some(minutes) = failures.and_then(|failures| failures.locked_minutes(now)) {
        return Err(AppError::LockedOut { minutes });
    }
    check_new(app, &credential.login, &change)?;
    let known = credential.password_hash.clone();
    let Change { current, new, .. } = change;
    let salt = app.ids.secret();
    let hashed = blocking(move || replace(&current, &new, &known, &former, &salt)).await??;
    let mut uow = app.store.write(who.bureau).await?;
    let new_hash = match hashed {
        Ok(hash) => hash,
        Err(refusal) => {
            if refusal.code == WRONG_CURRENT {
                count(&mut *uow, FailureKind::Code, &subject, now).await?;
                uow.commit().await?;
            }
            return Err(refusal.into());
        }
    };
    uow.former_password_push(person, &credential.password_hash, now, FORMER_KEPT)
        .await?;
    uow.credential_save(&Credential {
        password_hash: new_hash,
        changed_at: Some(now),
        must_change: false,
        ..credential
    })
    .await?;
    uow.sessions_revoke(person, None).await?;
    own_act(app, who, &client, AccessAction::PasswordChange, "")
        .push(app, &mut *uow)
        .await?;
    let longest = now + app.accounts.longest;
    // Whoever had a second factor to show still has; the password was what was asked for.
    let stage = match stage {
        SessionStage::SecondFactor | SessionStage::SecondFactorOnly => stage,
        SessionStage::NewPassword | SessionStage::Full => SessionStage::Full,
    };
    let signed = begin(app, &mut *uow, who.bureau, person, stage, client, longest).await?;
    uow.commit().await?;
    Ok(signed)
}

const WRONG_CURRENT: &str = "current";

fn check_new(app: &App, login: &str, change: &Change) -> Result<(), Refusal> {
    if change.new.len() > LONGEST_BYTES {
        return Err(refuse(
            "new",
            format!("新口令太长，最多 {LONGEST_BYTES} 个字节。"),
        ));
    }
    let length = app.accounts.password_length;
    let broken = broken(&change.new, login, length);
    if !broken.is_empty() {
        let said: Vec<String> = broken.iter().map(|rule| rule.sentence(length)).collect();
        return Err(refuse(
            "new",
            format!("新口令还不符合：{}。", said.join("；")),
        ));
    }
    if change.new != change.again {
        return Err(refuse("again", "两次输入的新口令不一样。".into()));
    }
    Ok(())
}

/// The hash of the new password, or why it is not taken.
fn replace(
    current: &str,
    new: &str,
    known: &str,
    former: &[String],
    salt: &str,
) -> AppResult<Result<String, Refusal>> {
    if !verify(current, Some(known))? {
        let sentence = "当前口令不对，请检查大小写后再试。".to_owned();
        return Ok(Err(refuse(WRONG_CURRENT, sentence)));
    }
    for old in former.iter().map(String::as_str).chain([known]) {
        if verify(new, Some(old))? {
            let sentence = format!("新口令与最近 {FORMER_KEPT} 次用过的口令相同，请换一个。");
            return Ok(Err(refuse("new", sentence)));
        }
    }
    hash(new, salt).map(Ok)
}

fn refuse(field: &'static str, sentence: String) -> Refusal {
    Refusal::input(field, "SYS-03", sentence)
}

pub(super) async fn of(uow: &mut dyn UnitOfWork, person: PersonId) -> AppResult<Credential> {
    let known = uow.credential_of(person).await?;
    known.ok_or(AppError::NotFound { what: "account" })
}

/// Gives a person a login with a password that somebody else chose.
pub async fn credential(
    app: &App,
    person: PersonId,
    login: &str,
    password: String,
) -> AppResult<Credential> {
    let salt = app.ids.secret();
    let password_hash = blocking(move || hash(&password, &salt)).await??;
    Ok(Credential {
        person,
        login: login.to_lowercase(),
        password_hash,
        changed_at: Some(app.clock.now()),
        must_change: true,
        last_used_at: None,
    })
}

/// A password for handing over, which keeps all rules.
pub fn initial(app: &App) -> String {
    let secret = app.ids.secret();
    let digits: Vec<char> = secret.chars().collect();
    // Groups are read out more easily; the letters make it three kinds of signs.
    let groups = digits.chunks(4).take(3);
    let groups: Vec<String> = groups.map(|group| group.iter().collect()).collect();
    format!("Ls-{}", groups.join("-"))
}

/// Whether the password gives the hash. Without a hash the same work is done, so that the time
/// does not tell whether a login exists.
pub(super) fn verify(password: &str, hash: Option<&str>) -> AppResult<bool> {
    let Some(hash) = hash else {
        self::hash(password, "no such login, same work")?;
        return Ok(false);
    };
    let parsed = PasswordHash::new(hash)
        .map_err(|error| AppError::internal("a stored password hash is broken", error))?;
    Ok(Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok())
}

/// The argon2id hash of a password in PHC string form.
fn hash(password: &str, salt: &str) -> AppResult<String> {
    let salt = salt.as_bytes();
    let salt = salt.get(..SALT_BYTES).unwrap_or(salt);
    let hash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|error| AppError::internal("a password could not be hashed", error))?;
    Ok(hash.to_string())
}
