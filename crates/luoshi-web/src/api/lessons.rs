//! What the bureau has learnt about reading its plans.

use axum::extract::State;
use axum::routing::{delete, get};
use chrono::{DateTime, Utc};
use luoshi_app::lessons;
use luoshi_domain::lessons::commands::LessonsCommand;
use luoshi_domain::lessons::{Confirmation, LearntKind, LearntName, Lessons};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::words::ProposalKind;
use crate::extract::{Json, Path, Query, SignedIn, Vouched};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let all = "/api/v1/lessons";
    table
        .get(all, Access::Office, get(list))
        .delete(all, Access::Office, delete(reset))
        .delete("/api/v1/lessons/{number}", Access::Office, delete(forget))
}

/// All that was learnt.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LessonsBody {
    names: Vec<LearntNameBody>,
    kinds: Vec<LearntKindBody>,
}

/// A name as written, and one choice of units for it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LearntNameBody {
    /// Names the lesson.
    number: u32,
    name: String,
    /// Empty when people found that it is none of the bureau's units.
    units: Vec<Uuid>,
    /// Plans that confirmed it.
    count: u32,
    /// The latest confirmations, oldest first.
    recent: Vec<ConfirmationBody>,
}

/// A kind that the reader proposed, and one kind that people confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LearntKindBody {
    /// Names the lesson.
    number: u32,
    proposed: ProposalKind,
    /// The telling word of the sentence; may be empty.
    cue: String,
    /// What the heading is about; may be empty.
    theme: String,
    confirmed: ProposalKind,
    /// Proposals that confirmed it.
    count: u32,
    /// The latest confirmations, oldest first.
    recent: Vec<ConfirmationBody>,
}

/// One confirmation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConfirmationBody {
    plan: Uuid,
    proposal: Uuid,
    at: DateTime<Utc>,
    /// The person's name as it was then.
    by: String,
}

/// Why all lessons go.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetQuery {
    /// In plain words, for the journal.
    reason: String,
}

impl From<Lessons> for LessonsBody {
    fn from(lessons: Lessons) -> Self {
        Self {
            names: lessons.names.into_iter().map(Into::into).collect(),
            kinds: lessons.kinds.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<LearntName> for LearntNameBody {
    fn from(learnt: LearntName) -> Self {
        Self {
            number: learnt.number,
            name: learnt.name,
            units: learnt.units.into_iter().map(|unit| unit.0).collect(),
            count: learnt.support.count,
            recent: learnt.support.recent.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<LearntKind> for LearntKindBody {
    fn from(learnt: LearntKind) -> Self {
        Self {
            number: learnt.number,
            proposed: learnt.setting.proposed.into(),
            cue: learnt.setting.cue,
            theme: learnt.setting.theme,
            confirmed: learnt.confirmed.into(),
            count: learnt.support.count,
            recent: learnt.support.recent.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Confirmation> for ConfirmationBody {
    fn from(confirmation: Confirmation) -> Self {
        Self {
            plan: confirmation.plan.0,
            proposal: confirmation.proposal.0,
            at: confirmation.at,
            by: confirmation.by,
        }
    }
}

/// List what the bureau has learnt from the plans that became final.
#[utoipa::path(get, path = "/api/v1/lessons", operation_id = "lessons_list", tag = "lessons",
    responses((status = 200, body = LessonsBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<LessonsBody>> {
    let view = lessons::show(&state.app, signed_in.who()).await?;
    Ok(Json(view.lessons.into()))
}

/// Forget one lesson; what is left.
#[utoipa::path(delete, path = "/api/v1/lessons/{number}", operation_id = "lesson_forget",
    tag = "lessons", params(("number" = u32, Path)),
    responses((status = 200, body = LessonsBody)))]
pub(super) async fn forget(
    State(state): State<WebState>,
    Vouched(signed_in): Vouched,
    Path(number): Path<u32>,
) -> WebResult<Json<LessonsBody>> {
    let command = LessonsCommand::Forget { number };
    let left = lessons::handle(&state.app, signed_in.who(), command).await?;
    Ok(Json(left.into()))
}

/// Forget all lessons.
#[utoipa::path(delete, path = "/api/v1/lessons", operation_id = "lessons_reset",
    tag = "lessons", params(ResetQuery), responses((status = 200, body = LessonsBody)))]
pub(super) async fn reset(
    State(state): State<WebState>,
    Vouched(signed_in): Vouched,
    Query(ResetQuery { reason }): Query<ResetQuery>,
) -> WebResult<Json<LessonsBody>> {
    let command = LessonsCommand::Reset { reason };
    let left = lessons::handle(&state.app, signed_in.who(), command).await?;
    Ok(Json(left.into()))
}
