//! From what was typed to the command.

use std::str::FromStr;

use chrono::NaiveDate;
use luoshi_app::App;
use luoshi_app::organisation::changes::Change;
use luoshi_domain::ids::{DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::{Domain, Person, Portfolio, Post, Unit};
use serde::de::DeserializeOwned;

use super::{Key, Typed};
use crate::pages::days;
use crate::pages::parts::Fault;

/// The change that a form asks for, or the field that is missing or wrong.
pub(super) fn read(app: &App, key: Key, typed: &Typed) -> Result<Change, Fault> {
    let new = || app.ids.id(app.clock.now());
    let day = || day(app, &typed.day);
    let command = match key {
        Key::Establish => OrganisationCommand::EstablishUnit(Unit {
            id: UnitId(new()),
            parent: chosen(&typed.parent, "parent", "上级单位")?,
            kind: word(&typed.kind, "kind", "请选择单位类别。")?,
            name: typed.name.clone(),
            aliases: listed(&typed.aliases),
            supervision_office: false,
            position: 1_000,
            valid_from: day()?,
        }),
        Key::Rename => OrganisationCommand::RenameUnit {
            unit: named(&typed.unit, "unit", "单位")?,
            name: typed.name.clone(),
            from: day()?,
        },
        Key::Move => OrganisationCommand::MoveUnit {
            unit: named(&typed.unit, "unit", "单位")?,
            parent: chosen(&typed.parent, "parent", "上级单位")?,
            position: 1_000,
            from: day()?,
        },
        Key::Aliases => OrganisationCommand::SetAliases {
            unit: named(&typed.unit, "unit", "单位")?,
            aliases: listed(&typed.aliases),
        },
        Key::Merge => OrganisationCommand::MergeUnit {
            unit: named(&typed.unit, "unit", "单位")?,
            into: named(&typed.into, "into", "并入的单位")?,
            from: day()?,
            open_items: 0,
        },
        Key::Close => OrganisationCommand::CloseUnit {
            unit: named(&typed.unit, "unit", "单位")?,
            last: day()?,
            open_items: 0,
        },
        Key::Office => match typed.kind.as_str() {
            "release" => OrganisationCommand::ReleaseSupervisionOffice {
                from: day()?,
                open_tasks: 0,
            },
            _ => OrganisationCommand::SetSupervisionOffice {
                unit: named(&typed.unit, "unit", "单位")?,
                from: day()?,
            },
        },
        Key::Register => OrganisationCommand::RegisterPerson(Person {
            id: PersonId(new()),
            name: typed.name.clone(),
            login: typed.login.clone(),
        }),
        Key::Leave => OrganisationCommand::Leave {
            person: named(&typed.person, "person", "人员")?,
            from: day()?,
            open_items: 0,
        },
        Key::Post => OrganisationCommand::CreatePost(Post {
            id: PostId(new()),
            unit: named(&typed.unit, "unit", "单位")?,
            title: typed.name.clone(),
            role: word(&typed.role, "role", "请选择岗位职责。")?,
            holder: chosen(&typed.person, "person", "人员")?,
            position: 1_000,
            valid_from: day()?,
        }),
        Key::ClosePost => OrganisationCommand::ClosePost {
            post: named(&typed.post, "post", "岗位")?,
            last: day()?,
        },
        Key::Appoint => OrganisationCommand::Appoint {
            post: named(&typed.post, "post", "岗位")?,
            holder: chosen(&typed.person, "person", "人员")?,
            from: day()?,
        },
        Key::Portfolio => {
            let unit = named(&typed.unit, "unit", "单位")?;
            match chosen::<PersonId>(&typed.person, "person", "分管领导")? {
                Some(deputy) => OrganisationCommand::AssignPortfolio(Portfolio {
                    unit,
                    deputy,
                    valid_from: day()?,
                }),
                None => OrganisationCommand::EndPortfolio { unit, from: day()? },
            }
        }
        Key::Domain => OrganisationCommand::EstablishDomain(Domain {
            id: DomainId(new()),
            name: typed.name.clone(),
            deputy: chosen(&typed.person, "person", "分管领导")?,
            valid_from: day()?,
        }),
        Key::DomainDeputy => OrganisationCommand::AssignDomain {
            domain: named(&typed.domain, "domain", "业务领域")?,
            deputy: chosen(&typed.person, "person", "分管领导")?,
            from: day()?,
        },
    };
    Ok(Change {
        command,
        take_along: typed.along == "yes",
    })
}

fn day(app: &App, text: &str) -> Result<NaiveDate, Fault> {
    match days::read(text, app.today()) {
        Ok(Some(day)) => Ok(day),
        Ok(None) => Err(fault("day", "请填写日期。")),
        Err(unreadable) => Err(fault("day", unreadable.sentence())),
    }
}

fn named<T: FromStr>(text: &str, field: &str, what: &str) -> Result<T, Fault> {
    let read = text.trim().parse();
    read.map_err(|_unreadable| fault(field, &format!("请选择{what}。")))
}

/// Nothing, or one of those to choose from.
fn chosen<T: FromStr>(text: &str, field: &str, what: &str) -> Result<Option<T>, Fault> {
    match text.trim() {
        "" => Ok(None),
        text => named(text, field, what).map(Some),
    }
}

fn word<T: DeserializeOwned>(text: &str, field: &str, sentence: &str) -> Result<T, Fault> {
    let value = serde_json::Value::String(text.to_owned());
    serde_json::from_value(value).map_err(|_unknown| fault(field, sentence))
}

/// Names with a separator between them.
fn listed(text: &str) -> Vec<String> {
    let names = text.split(['、', '，', ',', '；', ';', '\n']);
    names
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn fault(field: &str, text: &str) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    }
}
