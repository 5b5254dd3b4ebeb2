//! A unit names what it is asked for.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use luoshi_app::Who;
use luoshi_app::errors::AppError;
use luoshi_app::rosters::{self, RosterView};
use luoshi_domain::ids::{RosterId, UnitId};
use luoshi_domain::refusals::Ground;
use luoshi_domain::rosters::{Entry, NAME_LIMIT, Named, Need, NeedKind, RosterCommand};
use serde::Deserialize;

use super::{PATH, need_said, page};
use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::flash;
use crate::pages::parts::Choice;
use crate::pages::plans::not_done;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Empty rows beyond the least number.
const SPARE_ROWS: usize = 2;

/// Most rows of one need.
const ROWS_LIMIT: usize = 30;

pub(super) fn routes(table: Table) -> Table {
    table.post("/rosters/{id}/file", Access::Row, post(file))
}

/// The form of one unit, as `roster.html` draws it; an empty action where there is none.
#[derive(Default)]
pub(super) struct Filing {
    pub(super) action: String,
    pub(super) unit: String,
    pub(super) unit_name: String,
    pub(super) groups: Vec<Group>,
    pub(super) fault: String,
}

/// The rows of one need.
pub(super) struct Group {
    pub(super) said: String,
    pub(super) what: &'static str,
    pub(super) key: String,
    pub(super) rows: Vec<Row>,
    /// The unit's own bodies to choose from.
    pub(super) bodies: Vec<Choice>,
}

/// One row; which of the columns are drawn depends on the group.
#[derive(Clone, Default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) contact: String,
    pub(super) line: String,
    pub(super) staff: String,
    pub(super) guide: String,
}

/// As typed: one value in each list for each row.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    unit: Option<UnitId>,
    need: Vec<String>,
    name: Vec<String>,
    contact: Vec<String>,
    line: Vec<String>,
    staff: Vec<String>,
    guide: Vec<String>,
}

/// The form of the unit asked for, or of the reader's own when it is asked.
pub(super) fn of(view: &RosterView, who: &Who, wished: Option<UnitId>) -> Filing {
    let asked = |unit: &UnitId| view.roster.details.units.contains(unit);
    let may = |unit: &UnitId| view.may_file.holds(*unit);
    let own = who.actor.units().into_iter().find(asked);
    let unit = wished.filter(asked).filter(may).or(own);
    match unit {
        Some(unit) if view.roster.closed.is_none() => form(view, unit, &[], ""),
        _ => Filing::default(),
    }
}

async fn file(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<RosterId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    let view = rosters::show(&state.app, signed_in.who(), id).await?;
    let Some(unit) = typed.unit else {
        return Ok(flash::warn(&path, "没有指明是哪个单位报。"));
    };
    let entries = typed.entries(&view);
    let command = RosterCommand::File {
        unit,
        entries: entries.clone(),
    };
    match rosters::handle(&state.app, signed_in.who(), id, command, None).await {
        Ok(roster) => {
            let standing = roster.standing(unit, state.app.today());
            let said = match standing.is_complete() {
                true => "已报齐。",
                false => "已保存，还没有报齐。",
            };
            Ok(flash::done(&path, said))
        }
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let filing = form(&view, unit, &entries, &refusal.sentence);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&state, &signed_in, status, &view, filing).await
        }
        Err(error) => not_done(&path, error),
    }
}

/// The form with what was typed, or with what was filed before.
fn form(view: &RosterView, unit: UnitId, typed: &[Entry], fault: &str) -> Filing {
    let before = view.roster.filings.get(&unit);
    let before = before.map_or(&[][..], |filing| filing.entries.as_slice());
    let entries = if typed.is_empty() { before } else { typed };
    let groups = view.roster.details.needs.iter();
    Filing {
        action: format!("{PATH}/{}/file", view.roster.id),
        unit: unit.to_string(),
        unit_name: view.organisation.unit_name(unit).to_owned(),
        groups: groups
            .map(|need| group(view, unit, need, entries))
            .collect(),
        fault: fault.to_owned(),
    }
}

fn group(view: &RosterView, unit: UnitId, need: &Need, entries: &[Entry]) -> Group {
    let mine = entries.iter().filter(|entry| entry.need == need.key);
    let mut rows: Vec<Row> = mine.map(|entry| row(&entry.named)).collect();
    let least = usize::try_from(need.min).unwrap_or(0).max(1);
    let most = need.max.and_then(|max| usize::try_from(max).ok());
    let wanted = least.max(rows.len() + usize::from(!rows.is_empty()) * SPARE_ROWS);
    rows.resize(
        wanted.min(most.unwrap_or(ROWS_LIMIT)).max(rows.len()),
        Row::default(),
    );
    let own = view
        .bodies
        .iter()
        .filter(|body| body.details.unit == Some(unit));
    Group {
        said: need_said(need),
        what: match need.what {
            NeedKind::Person => "person",
            NeedKind::Body => "body",
            NeedKind::Staffing => "staffing",
        },
        key: need.key.clone(),
        rows,
        bodies: own
            .map(|body| Choice::new(&body.details.name, &body.details.name, ""))
            .collect(),
    }
}

fn row(named: &Named) -> Row {
    match named {
        Named::Person { name, contact, .. } => Row {
            name: name.clone(),
            contact: contact.clone(),
            ..Row::default()
        },
        Named::Body { name, .. } => Row {
            name: name.clone(),
            ..Row::default()
        },
        Named::Staffing {
            body,
            line,
            staff,
            guide,
        } => Row {
            name: body.clone(),
            line: line.clone(),
            staff: staff.to_string(),
            guide: guide.clone(),
            ..Row::default()
        },
    }
}

impl Typed {
    /// The rows with a name; empty ones are no entries.
    fn entries(&self, view: &RosterView) -> Vec<Entry> {
        let needs = &view.roster.details.needs;
        let cell = |list: &[String], at: usize| {
            let text = list.get(at).map(|text| text.trim()).unwrap_or_default();
            text.chars().take(NAME_LIMIT + 1).collect::<String>()
        };
        let mut entries = Vec::new();
        for (at, key) in self.need.iter().enumerate() {
            let name = cell(&self.name, at);
            let Some(need) = needs.iter().find(|need| need.key == *key) else {
                continue;
            };
            if name.is_empty() {
                continue;
            }
            let named = match need.what {
                NeedKind::Person => {
                    let mut people = view.organisation.persons.iter();
                    Named::Person {
                        person: people
                            .find(|known| known.name == name)
                            .map(|known| known.id),
                        contact: cell(&self.contact, at),
                        name,
                    }
                }
                NeedKind::Body => {
                    let mut bodies = view.bodies.iter();
                    let own = bodies
                        .find(|body| body.details.name == name && body.details.unit == self.unit);
                    Named::Body {
                        body: own.map(|body| body.id),
                        name,
                    }
                }
                NeedKind::Staffing => Named::Staffing {
                    body: name,
                    line: cell(&self.line, at),
                    staff: cell(&self.staff, at).parse().unwrap_or(0),
                    guide: cell(&self.guide, at),
                },
            };
            entries.push(Entry {
                need: key.clone(),
                named,
            });
        }
        entries
    }
}
