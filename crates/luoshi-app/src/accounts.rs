//! Signing in and out.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use chrono::Duration;
use luoshi_domain::accounts::{Credential, Session, SessionStage};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BureauId, PersonId, SessionId};
use luoshi_domain::journal;

use crate::errors::{AppError, AppResult};
use crate::{App, Who};

/// How long a session lasts, in hours: one working day.
const SESSION_HOURS: i64 = 12;

/// Longest login and password taken, in bytes; hashing more is work for nothing.
const SECRET_LIMIT: usize = 256;

/// Bytes of salt used; each is a hex digit of a secret.
const SALT_BYTES: usize = 32;

/// A new session: the token goes into the cookie and is not kept.
#[derive(Clone)]
pub struct SignedIn {
    pub token: String,
    pub session: Session,
}

/// Who the session is, and what its forms must carry.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub who: Who,
    pub csrf: String,
}

/// Checks name and password and begins a session.
pub async fn sign_in(
    app: &App,
    bureau: BureauId,
    login: &str,
    password: String,
) -> AppResult<SignedIn> {
    if login.len() > SECRET_LIMIT || password.len() > SECRET_LIMIT {
        return Err(AppError::WrongPassword);
    }
    let login = login.trim().to_lowercase();
    let credential = app
        .store
        .read(bureau)
        .await?
        .credential_find(&login)
        .await?;
    let hash = credential.as_ref().map(|known| known.password_hash.clone());
    let matches = blocking(move || verify(&password, hash.as_deref())).await??;
    let Some(credential) = credential.filter(|_| matches) else {
        return Err(AppError::WrongPassword);
    };
    let now = app.clock.now();
    let token = app.ids.secret();
    let session = Session {
        id: SessionId(app.ids.id(now)),
        token_hash: journal::digest(token.as_bytes()),
        bureau,
        person: credential.person,
        csrf: app.ids.secret(),
        stage: SessionStage::Full,
        address: String::new(),
        device: String::new(),
        created_at: now,
        last_used_at: now,
        expires_at: now + Duration::hours(SESSION_HOURS),
    };
    let mut uow = app.store.write(bureau).await?;
    uow.sessions_sweep(now).await?;
    uow.session_create(&session).await?;
    uow.commit().await?;
    Ok(SignedIn { token, session })
}

/// The person behind a session token.
pub async fn visitor(app: &App, token: &str) -> AppResult<Visitor> {
    let hash = journal::digest(token.as_bytes());
    let session = app
        .store
        .session_find(&hash)
        .await?
        .ok_or(AppError::SignedOut)?;
    if session.expires_at <= app.clock.now() {
        return Err(AppError::SignedOut);
    }
    let mut uow = app.store.read(session.bureau).await?;
    let organisation = app.organisation(session.bureau, &mut *uow).await?;
    let actor = Actor::of(&organisation, session.person).ok_or(AppError::SignedOut)?;
    Ok(Visitor {
        who: Who {
            bureau: session.bureau,
            actor,
        },
        csrf: session.csrf,
    })
}

/// Ends the session of a token; nothing happens when there is none.
pub async fn sign_out(app: &App, bureau: BureauId, token: &str) -> AppResult<()> {
    let mut uow = app.store.write(bureau).await?;
    uow.session_end(&journal::digest(token.as_bytes())).await?;
    uow.commit().await?;
    Ok(())
}

/// Gives a person a login with a password.
pub async fn credential(
    person: PersonId,
    login: &str,
    password: String,
    salt: String,
) -> AppResult<Credential> {
    let password_hash = blocking(move || hash(&password, &salt)).await??;
    Ok(Credential {
        person,
        login: login.to_lowercase(),
        password_hash,
    })
}

/// Runs work that keeps a processor busy away from the request threads.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> AppResult<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| AppError::internal("work on a document or password broke off", error))
}

/// Whether the password gives the hash. Without a hash the same work is done, so that the time
/// does not tell whether a login exists.
fn verify(password: &str, hash: Option<&str>) -> AppResult<bool> {
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
