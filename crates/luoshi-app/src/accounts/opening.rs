//! Accounts for persons who were registered without one (SYS-03).

use std::collections::HashSet;

use luoshi_domain::access_log::{AccessAction, AccessObject};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::PersonId;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Organisation, Person, Role};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;

use crate::accounts::administration::allow;
use crate::accounts::{Client, own_act, passwords};
use crate::errors::{AppError, AppResult};
use crate::organisation::Login;
use crate::{App, Who, policy};

/// Accounts that one press opens; as many persons are shown.
pub const OPENED_AT_ONCE: usize = 50;

/// A person who cannot sign in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    pub person: PersonId,
    pub name: String,
    /// Unit and post; empty without a post.
    pub title: String,
    /// The login that the account will have.
    pub login: String,
}

/// The persons without an account that a search finds.
#[derive(Clone, Debug)]
pub struct Newcomers {
    pub rows: Vec<Newcomer>,
    /// How many there are, of which the rows are the first.
    pub found: usize,
}

/// The persons without an account whose login or name holds `search`; all without one. Who has
/// left is none of them.
pub async fn list(app: &App, who: &Who, search: &str) -> AppResult<Newcomers> {
    policy::administer_accounts(app, &who.actor)?;
    let search = search.trim().to_lowercase();
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let history = app.history(who.bureau, &mut *uow).await?;
    let known = uow.credentials_list().await?;
    let known: HashSet<PersonId> = known.iter().map(|credential| credential.person).collect();
    let mut newcomers = Newcomers {
        rows: Vec::new(),
        found: 0,
    };
    for Person { id, name, login } in &organisation.persons {
        let searched = login.contains(&search) || name.to_lowercase().contains(&search);
        if !searched || known.contains(id) || has_left(app, &history, *id) {
            continue;
        }
        newcomers.found += 1;
        if newcomers.rows.len() < OPENED_AT_ONCE {
            newcomers.rows.push(Newcomer {
                person: *id,
                name: name.clone(),
                title: title(&organisation, *id),
                login: login.clone(),
            });
        }
    }
    Ok(newcomers)
}

/// Opens accounts, all or none, each with a password that must be changed; to be handed over once.
pub async fn open(
    app: &App,
    who: &Who,
    client: &Client,
    persons: &[PersonId],
) -> AppResult<Vec<Login>> {
    policy::administer_accounts(app, &who.actor)?;
    if persons.is_empty() {
        return Err(refuse("请先选定要开通账号的人。".to_owned()));
    }
    if persons.len() > OPENED_AT_ONCE {
        let sentence = format!("一次最多开通 {OPENED_AT_ONCE} 个账号，请分几次办理。");
        return Err(refuse(sentence));
    }
    let mut uow = app.store.read(who.bureau).await?;
    let mut logins = Vec::new();
    let mut credentials = Vec::new();
    let mut seen = HashSet::new();
    for person in persons.iter().copied().filter(|id| seen.insert(*id)) {
        allow(app, who, person)?;
        let login = login(app, who, &mut *uow, person).await?;
        logins.push((person, login));
    }
    drop(uow);
    // Hashing takes its time, and nobody else should wait for it.
    for (person, login) in &logins {
        let password = login.password.clone();
        credentials.push(passwords::credential(app, *person, &login.login, password).await?);
    }
    let mut uow = app.store.write(who.bureau).await?;
    for credential in &credentials {
        // Somebody else may have opened it, or the person may have left, since the first look.
        login(app, who, &mut *uow, credential.person).await?;
        uow.credential_save(credential).await?;
        let detail = credential.login.clone();
        let object = AccessObject::one("person", credential.person.0);
        own_act(app, who, client, AccessAction::AccountOpen, detail)
            .push_about(app, &mut *uow, Some(object))
            .await?;
    }
    uow.commit().await?;
    Ok(logins.into_iter().map(|(_person, login)| login).collect())
}

/// Who opens accounts in the bureau, for those who register persons.
pub fn openers(organisation: &Organisation) -> String {
    let posts = organisation.posts.iter();
    let posts = posts.filter(|post| post.role == Role::SecurityAdministrator);
    let mut names: Vec<&str> = posts
        .filter_map(|post| post.holder)
        .map(|holder| organisation.person_name(holder))
        .collect();
    names.dedup();
    if names.is_empty() {
        "还不能登录：本局没有在任的安全管理员，请先任命一位，由其在“账号”页开通".to_owned()
    } else {
        let names = names.join("、");
        format!("还不能登录，请安全管理员{names}在“账号”页开通账号")
    }
}

/// A login with a new password for a person who may get one.
async fn login(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    person: PersonId,
) -> AppResult<Login> {
    let organisation = app.organisation(who.bureau, uow).await?;
    let history = app.history(who.bureau, uow).await?;
    let known = organisation
        .person(person)
        .ok_or(AppError::NotFound { what: "person" })?;
    let name = known.name.clone();
    if has_left(app, &history, person) {
        return Err(refuse(format!(
            "{name}已经离岗，不能开通账号。这次一个账号都没有开通。"
        )));
    }
    if uow.credential_of(person).await?.is_some() {
        return Err(refuse(format!(
            "{name}已经有账号了；忘了口令的，请用“重置口令”。这次一个账号都没有开通。"
        )));
    }
    Ok(Login {
        name,
        title: title(&organisation, person),
        login: known.login.clone(),
        password: passwords::initial(app),
    })
}

fn has_left(app: &App, history: &History, person: PersonId) -> bool {
    let record = history.person(person);
    record.is_some_and(|record| record.has_left(app.today()))
}

fn title(organisation: &Organisation, person: PersonId) -> String {
    Actor::of(organisation, person).map_or_else(String::new, |actor| actor.title)
}

fn refuse(sentence: String) -> AppError {
    Refusal::input("account", "SYS-03", sentence).into()
}
