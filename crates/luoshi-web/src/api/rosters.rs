//! What each unit has to name by a day.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::rosters;
use luoshi_domain::bodies::End;
use luoshi_domain::ids::{BodyId, PersonId, RosterId, UnitId};
use luoshi_domain::rosters::{Entry, Named, Need, Roster, RosterCommand, RosterDetails, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::api::words::NeedKind;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let all = "/api/v1/rosters";
    table
        .get(all, Access::Member, get(list))
        .post(all, Access::Member, post(ask))
        .get("/api/v1/rosters/{id}", Access::Row, get(show))
        .post(
            "/api/v1/rosters/{id}/commands",
            Access::Member,
            post(carry_out),
        )
}

/// The rosters that the caller has to do with, latest due day first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RostersBody {
    rosters: Vec<RosterBody>,
}

/// A roster with the standings that the caller may see.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RosterBody {
    id: Uuid,
    version: i64,
    details: RosterDetailsBody,
    closed: bool,
    units: Vec<StandingBody>,
}

/// What is asked of whom by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RosterDetailsBody {
    title: String,
    #[serde(default)]
    basis: String,
    needs: Vec<NeedBody>,
    units: Vec<Uuid>,
    /// The last day, inclusive.
    due: NaiveDate,
    /// The body that units are asked to mirror.
    mirrors: Option<Uuid>,
}

/// One thing that a unit has to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NeedBody {
    /// Unique in the roster.
    key: String,
    label: String,
    what: NeedKind,
    min: u32,
    /// Left out without an upper end.
    max: Option<u32>,
}

/// How a unit stands today.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandingBody {
    unit: Uuid,
    complete: bool,
    /// What is short: label and number.
    short: Vec<ShortBody>,
    flags: Vec<String>,
    /// Days after the due day, while it is short.
    overdue: i64,
    /// Days after the due day on which it became complete.
    late: i64,
    entries: Vec<EntryBody>,
    filed_at: Option<DateTime<Utc>>,
}

/// A need that is short.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShortBody {
    label: String,
    count: u32,
}

/// One thing named; which fields it has depends on the need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum EntryBody {
    Person {
        need: String,
        name: String,
        person: Option<Uuid>,
        contact: String,
    },
    Body {
        need: String,
        name: String,
        body: Option<Uuid>,
    },
    Staffing {
        need: String,
        body: String,
        line: String,
        staff: u32,
        guide: String,
    },
}

/// What can be asked of a roster; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum RosterCommandBody {
    /// Replaces what is asked; what was filed stays.
    Amend { details: Box<RosterDetailsBody> },
    /// A unit names what it is asked for; replaces what it filed before.
    File { unit: Uuid, entries: Vec<EntryBody> },
    /// Nothing is asked any more.
    Close { day: NaiveDate, reason: String },
}

impl From<EntryBody> for Entry {
    fn from(entry: EntryBody) -> Self {
        match entry {
            EntryBody::Person {
                need,
                name,
                person,
                contact,
            } => Self {
                need,
                named: Named::Person {
                    name,
                    person: person.map(PersonId),
                    contact,
                },
            },
            EntryBody::Body { need, name, body } => Self {
                need,
                named: Named::Body {
                    name,
                    body: body.map(BodyId),
                },
            },
            EntryBody::Staffing {
                need,
                body,
                line,
                staff,
                guide,
            } => Self {
                need,
                named: Named::Staffing {
                    body,
                    line,
                    staff,
                    guide,
                },
            },
        }
    }
}

impl From<Entry> for EntryBody {
    fn from(Entry { need, named }: Entry) -> Self {
        match named {
            Named::Person {
                name,
                person,
                contact,
            } => Self::Person {
                need,
                name,
                person: person.map(|id| id.0),
                contact,
            },
            Named::Body { name, body } => Self::Body {
                need,
                name,
                body: body.map(|id| id.0),
            },
            Named::Staffing {
                body,
                line,
                staff,
                guide,
            } => Self::Staffing {
                need,
                body,
                line,
                staff,
                guide,
            },
        }
    }
}

impl From<RosterDetailsBody> for RosterDetails {
    fn from(body: RosterDetailsBody) -> Self {
        let needs = body.needs.into_iter().map(|need| Need {
            key: need.key,
            label: need.label,
            what: need.what.into(),
            min: need.min,
            max: need.max,
        });
        Self {
            title: body.title,
            basis: body.basis,
            needs: needs.collect(),
            units: body.units.into_iter().map(UnitId).collect(),
            due: body.due,
            mirrors: body.mirrors.map(BodyId),
        }
    }
}

impl From<RosterDetails> for RosterDetailsBody {
    fn from(details: RosterDetails) -> Self {
        let needs = details.needs.into_iter().map(|need| NeedBody {
            key: need.key,
            label: need.label,
            what: need.what.into(),
            min: need.min,
            max: need.max,
        });
        Self {
            title: details.title,
            basis: details.basis,
            needs: needs.collect(),
            units: details.units.into_iter().map(|unit| unit.0).collect(),
            due: details.due,
            mirrors: details.mirrors.map(|id| id.0),
        }
    }
}

impl From<RosterCommandBody> for RosterCommand {
    fn from(command: RosterCommandBody) -> Self {
        match command {
            RosterCommandBody::Amend { details } => Self::Amend(Box::new((*details).into())),
            RosterCommandBody::File { unit, entries } => Self::File {
                unit: UnitId(unit),
                entries: entries.into_iter().map(Into::into).collect(),
            },
            RosterCommandBody::Close { day, reason } => Self::Close(End { day, reason }),
        }
    }
}

impl RosterBody {
    fn of(roster: Roster, standings: Vec<Standing>) -> Self {
        let units = standings.into_iter().map(|standing| {
            let filing = roster.filings.get(&standing.unit);
            let entries = filing.map_or(&[][..], |filing| filing.entries.as_slice());
            let short = standing.short.iter();
            StandingBody {
                unit: standing.unit.0,
                complete: standing.is_complete(),
                short: short
                    .map(|(label, count)| ShortBody {
                        label: label.clone(),
                        count: *count,
                    })
                    .collect(),
                flags: standing.flags,
                overdue: standing.overdue,
                late: standing.late,
                entries: entries.iter().cloned().map(Into::into).collect(),
                filed_at: filing.map(|filing| filing.at),
            }
        });
        Self {
            units: units.collect(),
            id: roster.id.0,
            version: roster.version,
            closed: roster.closed.is_some(),
            details: roster.details.into(),
        }
    }
}

/// List the rosters.
#[utoipa::path(get, path = "/api/v1/rosters", operation_id = "rosters_list", tag = "rosters",
    responses((status = 200, body = RostersBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<RostersBody>> {
    let view = rosters::list(&state.app, signed_in.who()).await?;
    let rosters = view.rosters.into_iter();
    let rosters = rosters.map(|(roster, standings)| RosterBody::of(roster, standings));
    Ok(Json(RostersBody {
        rosters: rosters.collect(),
    }))
}

/// Ask units to name something.
#[utoipa::path(post, path = "/api/v1/rosters", operation_id = "roster_ask", tag = "rosters",
    request_body = RosterDetailsBody, responses((status = 200, body = RosterBody)))]
pub(super) async fn ask(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<RosterDetailsBody>,
) -> WebResult<Json<RosterBody>> {
    let roster = rosters::ask(&state.app, signed_in.who(), body.into()).await?;
    one(&state, &signed_in, roster.id).await
}

/// Show one roster.
#[utoipa::path(get, path = "/api/v1/rosters/{id}", operation_id = "roster_show", tag = "rosters",
    params(("id" = Uuid, Path)), responses((status = 200, body = RosterBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<RosterId>,
) -> WebResult<Json<RosterBody>> {
    one(&state, &signed_in, id).await
}

/// File for a unit, change or close a roster.
#[utoipa::path(post, path = "/api/v1/rosters/{id}/commands", operation_id = "roster_command",
    tag = "rosters", params(("id" = Uuid, Path)), request_body = Decided<RosterCommandBody>,
    responses((status = 200, body = RosterBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<RosterId>,
    Json(body): Json<Decided<RosterCommandBody>>,
) -> WebResult<Json<RosterBody>> {
    let command = body.command.into();
    rosters::handle(&state.app, signed_in.who(), id, command, body.seen).await?;
    one(&state, &signed_in, id).await
}

async fn one(state: &WebState, signed_in: &SignedIn, id: RosterId) -> WebResult<Json<RosterBody>> {
    let view = rosters::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(RosterBody::of(view.roster, view.standings)))
}
