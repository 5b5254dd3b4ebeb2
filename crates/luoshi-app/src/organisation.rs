//! The organisation: loading it from a file, and showing it.

pub mod changes;
pub mod handovers;
pub mod sentences;
pub mod views;
pub mod workbook;

use std::collections::HashMap;
use std::sync::Arc;

use luoshi_domain::calendar::local_day;
use luoshi_domain::ids::{BureauId, PersonId, PostId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Organisation, Person, Portfolio, Post, Role, Unit, UnitKind};
use luoshi_domain::ports::Bureau;
use luoshi_domain::refusals::Refusal;
use serde::Deserialize;

use crate::errors::{AppError, AppResult};
use crate::{App, Who, accounts, bureaus};

/// A bureau's organisation as a TOML file describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationFile {
    /// The bureau's name.
    pub name: String,
    pub units: Vec<UnitEntry>,
    pub persons: Vec<PersonEntry>,
}

/// A unit in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitEntry {
    /// Names the unit within the file.
    pub key: String,
    pub kind: UnitKind,
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub supervision_office: bool,
    /// Key of the unit above.
    pub parent: Option<String>,
    /// Key of the leader in charge.
    pub deputy: Option<String>,
}

/// A person in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    /// Names the person within the file; also the login.
    pub key: String,
    pub name: String,
    pub posts: Vec<PostEntry>,
}

/// A post in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostEntry {
    /// Key of the unit.
    pub unit: String,
    pub title: String,
    pub role: Role,
}

/// A new login with its initial password, to be handed over once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub name: String,
    /// Unit and post.
    pub title: String,
    pub login: String,
    pub password: String,
}

/// Reads an organisation file; the refusal names line and reason.
pub fn parse(text: &str) -> AppResult<OrganisationFile> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start));
        let line = line.map_or(1, |before| before.matches('\n').count() + 1);
        let sentence = format!(
            "机构文件第 {line} 行有误：{}。什么都没有写入。",
            error.message()
        );
        AppError::Refused(Refusal::input("organisation_file", "ORG-01", sentence))
    })
}

/// Creates a bureau with the organisation of a file, in one transaction for the organisation.
///
/// `password` is everybody's initial password; without one each gets their own.
pub async fn create(
    app: &App,
    file: &OrganisationFile,
    password: Option<&str>,
) -> AppResult<(Bureau, Vec<Login>)> {
    let plan = Construction::of(app, file)?;
    let bureau = bureaus::create(app, &file.name).await?;
    let signed = Signed::system(bureau.id, app.clock.now(), "机构初始化");
    let mut credentials = Vec::new();
    let mut logins = Vec::new();
    let organisation = plan.history.as_of(app.today());
    for person in &organisation.persons {
        let password = match password {
            Some(password) => password.to_owned(),
            None => accounts::passwords::initial(app),
        };
        let credential =
            accounts::credential(app, person.id, &person.login, password.clone()).await?;
        credentials.push(credential);
        let post = organisation.posts_of(person.id).next();
        let title =
            post.map(|post| format!("{} {}", organisation.unit_name(post.unit), post.title));
        logins.push(Login {
            name: person.name.clone(),
            title: title.unwrap_or_default(),
            login: person.login.clone(),
            password,
        });
    }
    let mut uow = app.store.write(bureau.id).await?;
    uow.organisation_save(&plan.history, &plan.events, &signed)
        .await?;
    for credential in &credentials {
        uow.credential_save(credential).await?;
    }
    uow.commit().await?;
    Ok((bureau, logins))
}

/// The organisation as of now.
pub async fn show(app: &App, who: &Who) -> AppResult<Arc<Organisation>> {
    of_bureau(app, who.bureau).await
}

/// The organisation of a bureau as of now.
pub async fn of_bureau(app: &App, bureau: BureauId) -> AppResult<Arc<Organisation>> {
    let mut uow = app.store.read(bureau).await?;
    app.organisation(bureau, &mut *uow).await
}

/// Who signs a change of the organisation.
fn signed(app: &App, who: &Who) -> Signed {
    Signed {
        at: app.clock.now(),
        person: who.actor.person,
        name: who.actor.name.clone(),
        title: who.actor.title.clone(),
        hand: None,
    }
}

/// The events that build a file's organisation, with what they give.
struct Construction {
    history: History,
    events: Vec<OrganisationEvent>,
}

impl Construction {
    fn of(app: &App, file: &OrganisationFile) -> AppResult<Self> {
        let now = app.clock.now();
        let today = local_day(now);
        let mut plan = Self {
            history: History::default(),
            events: Vec::new(),
        };
        let mut units: HashMap<&str, UnitId> = HashMap::new();
        let mut persons: HashMap<&str, PersonId> = HashMap::new();
        for (position, entry) in (0i64..).zip(&file.units) {
            let id = UnitId(app.ids.id(now));
            units.insert(&entry.key, id);
            let parent = entry
                .parent
                .as_deref()
                .map(|key| find(&units, key))
                .transpose()?;
            plan.run(OrganisationCommand::EstablishUnit(Unit {
                id,
                parent,
                kind: entry.kind,
                name: entry.name.clone(),
                aliases: entry.aliases.clone(),
                supervision_office: entry.supervision_office,
                position,
                valid_from: today,
            }))?;
        }
        for entry in &file.persons {
            let id = PersonId(app.ids.id(now));
            persons.insert(&entry.key, id);
            plan.run(OrganisationCommand::RegisterPerson(Person {
                id,
                name: entry.name.clone(),
                login: entry.key.to_lowercase(),
            }))?;
            for (position, post) in (0i64..).zip(&entry.posts) {
                plan.run(OrganisationCommand::CreatePost(Post {
                    id: PostId(app.ids.id(now)),
                    unit: find(&units, &post.unit)?,
                    title: post.title.clone(),
                    role: post.role,
                    holder: Some(id),
                    position,
                    valid_from: today,
                }))?;
            }
        }
        for entry in &file.units {
            if let Some(deputy) = &entry.deputy {
                plan.run(OrganisationCommand::AssignPortfolio(Portfolio {
                    unit: find(&units, &entry.key)?,
                    deputy: find(&persons, deputy)?,
                    valid_from: today,
                }))?;
            }
        }
        Ok(plan)
    }

    fn run(&mut self, command: OrganisationCommand) -> AppResult<()> {
        let event = self.history.decide(command)?;
        self.history.apply(&event);
        self.events.push(event);
        Ok(())
    }
}

fn find<T: Copy>(known: &HashMap<&str, T>, key: &str) -> AppResult<T> {
    known.get(key).copied().ok_or_else(|| {
        let sentence = format!("机构文件中没有“{key}”这一项。什么都没有写入。");
        AppError::Refused(Refusal::input("unknown_key", "ORG-01", sentence))
    })
}
