//! Leading groups, task forces and teams.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::bodies;
use luoshi_domain::bodies::{Body, BodyCommand, BodyDetails, End, Office, Parent, Seat};
use luoshi_domain::ids::{BodyId, PersonId, PlanId, PostId, TaskId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::api::words::BodyKind;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let all = "/api/v1/bodies";
    table
        .get(all, Access::Member, get(list))
        .post(all, Access::Member, post(set_up))
        .get("/api/v1/bodies/{id}", Access::Member, get(show))
        .post(
            "/api/v1/bodies/{id}/commands",
            Access::Member,
            post(carry_out),
        )
}

/// All bodies, latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BodiesBody {
    bodies: Vec<BodyBody>,
}

/// A body as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BodyBody {
    id: Uuid,
    version: i64,
    details: BodyDetailsBody,
    /// When and why it was dissolved.
    ended: Option<EndBody>,
}

/// What is known of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BodyDetailsBody {
    kind: BodyKind,
    name: String,
    #[serde(default)]
    purpose: String,
    /// A body without a head is refused.
    head: Option<SeatBody>,
    #[serde(default)]
    deputies: Vec<SeatBody>,
    #[serde(default)]
    members: Vec<SeatBody>,
    office: Option<OfficeBody>,
    parent: Option<ParentBody>,
    /// The unit that set it up as its own; left out for one of the whole bureau.
    unit: Option<Uuid>,
    from: NaiveDate,
    until: Option<NaiveDate>,
    /// Document and clause.
    #[serde(default)]
    basis: String,
}

/// A place in a body: a person, or whoever holds a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SeatBody {
    Person(Uuid),
    Post(Uuid),
}

/// The unit that does a body's daily work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfficeBody {
    unit: Uuid,
    #[serde(default)]
    duties: String,
}

/// What a body belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ParentBody {
    Body(Uuid),
    Plan(Uuid),
    Task(Uuid),
}

/// An end with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndBody {
    day: NaiveDate,
    reason: String,
}

/// What can be asked of a body; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum BodyCommandBody {
    /// Replaces what is known of it.
    Amend { details: Box<BodyDetailsBody> },
    /// Dissolves it.
    End { day: NaiveDate, reason: String },
}

impl From<SeatBody> for Seat {
    fn from(seat: SeatBody) -> Self {
        match seat {
            SeatBody::Person(id) => Self::Person(PersonId(id)),
            SeatBody::Post(id) => Self::Post(PostId(id)),
        }
    }
}

impl From<Seat> for SeatBody {
    fn from(seat: Seat) -> Self {
        match seat {
            Seat::Person(id) => Self::Person(id.0),
            Seat::Post(id) => Self::Post(id.0),
        }
    }
}

impl From<ParentBody> for Parent {
    fn from(parent: ParentBody) -> Self {
        match parent {
            ParentBody::Body(id) => Self::Body(BodyId(id)),
            ParentBody::Plan(id) => Self::Plan(PlanId(id)),
            ParentBody::Task(id) => Self::Task(TaskId(id)),
        }
    }
}

impl From<Parent> for ParentBody {
    fn from(parent: Parent) -> Self {
        match parent {
            Parent::Body(id) => Self::Body(id.0),
            Parent::Plan(id) => Self::Plan(id.0),
            Parent::Task(id) => Self::Task(id.0),
        }
    }
}

impl From<BodyDetailsBody> for BodyDetails {
    fn from(body: BodyDetailsBody) -> Self {
        Self {
            kind: body.kind.into(),
            name: body.name,
            purpose: body.purpose,
            head: body.head.map(Into::into),
            deputies: body.deputies.into_iter().map(Into::into).collect(),
            members: body.members.into_iter().map(Into::into).collect(),
            office: body.office.map(|office| Office {
                unit: UnitId(office.unit),
                duties: office.duties,
            }),
            parent: body.parent.map(Into::into),
            unit: body.unit.map(UnitId),
            from: body.from,
            until: body.until,
            basis: body.basis,
        }
    }
}

impl From<BodyDetails> for BodyDetailsBody {
    fn from(details: BodyDetails) -> Self {
        Self {
            kind: details.kind.into(),
            name: details.name,
            purpose: details.purpose,
            head: details.head.map(Into::into),
            deputies: details.deputies.into_iter().map(Into::into).collect(),
            members: details.members.into_iter().map(Into::into).collect(),
            office: details.office.map(|office| OfficeBody {
                unit: office.unit.0,
                duties: office.duties,
            }),
            parent: details.parent.map(Into::into),
            unit: details.unit.map(|unit| unit.0),
            from: details.from,
            until: details.until,
            basis: details.basis,
        }
    }
}

impl From<End> for EndBody {
    fn from(end: End) -> Self {
        Self {
            day: end.day,
            reason: end.reason,
        }
    }
}

impl From<Body> for BodyBody {
    fn from(body: Body) -> Self {
        Self {
            id: body.id.0,
            version: body.version,
            details: body.details.into(),
            ended: body.ended.map(Into::into),
        }
    }
}

impl From<BodyCommandBody> for BodyCommand {
    fn from(command: BodyCommandBody) -> Self {
        match command {
            BodyCommandBody::Amend { details } => Self::Amend(Box::new((*details).into())),
            BodyCommandBody::End { day, reason } => Self::End(End { day, reason }),
        }
    }
}

/// List the bodies.
#[utoipa::path(get, path = "/api/v1/bodies", operation_id = "bodies_list", tag = "bodies",
    responses((status = 200, body = BodiesBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<BodiesBody>> {
    let view = bodies::list(&state.app, signed_in.who()).await?;
    let bodies = view.bodies.into_iter().map(Into::into).collect();
    Ok(Json(BodiesBody { bodies }))
}

/// Set a body up.
#[utoipa::path(post, path = "/api/v1/bodies", operation_id = "body_set_up", tag = "bodies",
    request_body = BodyDetailsBody, responses((status = 200, body = BodyBody)))]
pub(super) async fn set_up(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<BodyDetailsBody>,
) -> WebResult<Json<BodyBody>> {
    let body = bodies::set_up(&state.app, signed_in.who(), body.into()).await?;
    Ok(Json(body.into()))
}

/// Show one body.
#[utoipa::path(get, path = "/api/v1/bodies/{id}", operation_id = "body_show", tag = "bodies",
    params(("id" = Uuid, Path)), responses((status = 200, body = BodyBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<BodyId>,
) -> WebResult<Json<BodyBody>> {
    let view = bodies::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(view.body.into()))
}

/// Change or dissolve a body.
#[utoipa::path(post, path = "/api/v1/bodies/{id}/commands", operation_id = "body_command",
    tag = "bodies", params(("id" = Uuid, Path)), request_body = Decided<BodyCommandBody>,
    responses((status = 200, body = BodyBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<BodyId>,
    Json(body): Json<Decided<BodyCommandBody>>,
) -> WebResult<Json<BodyBody>> {
    let command = body.command.into();
    let body = bodies::handle(&state.app, signed_in.who(), id, command, body.seen).await?;
    Ok(Json(body.into()))
}
