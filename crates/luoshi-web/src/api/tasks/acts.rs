//! One act on many tasks, looked at before it is done.

use axum::extract::State;
use luoshi_app::tasks::batches::{self, Act, Looked};
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::tasks::tags::Tagging;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::tasks::commands::CadenceText;
use crate::api::tasks::outcomes::{BatchOutcomeBody, RefusalBody};
use crate::extract::{Json, SignedIn};
use crate::problem::WebResult;

/// An act and the tasks that it is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ActsBody {
    /// At most 500.
    #[schema(max_items = 500)]
    ids: Vec<Uuid>,
    act: ActBody,
}

/// What is done to each; `act` names it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum ActBody {
    /// Approves its opening.
    Approve,
    /// Issues it to its units.
    Issue,
    /// Gives it another lead unit, before it is issued.
    Lead { unit: Uuid },
    /// Puts tags on it and takes tags off.
    Tag {
        #[serde(default)]
        on: Vec<String>,
        #[serde(default)]
        off: Vec<String>,
    },
    /// Says how often its lead unit reports.
    Cadence {
        cadence: CadenceText,
        #[serde(default)]
        reason: String,
    },
}

/// What the act would come to for one task.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct LookedBody {
    id: Uuid,
    title: String,
    /// Why it would be left as it is; missing where it would be done.
    refusal: Option<RefusalBody>,
}

impl From<ActBody> for Act {
    fn from(body: ActBody) -> Self {
        match body {
            ActBody::Approve => Self::Approve,
            ActBody::Issue => Self::Issue,
            ActBody::Lead { unit } => Self::Lead(UnitId(unit)),
            ActBody::Tag { on, off } => Self::Tag(Tagging { on, off }),
            ActBody::Cadence { cadence, reason } => Self::Cadence {
                cadence: cadence.0,
                reason,
            },
        }
    }
}

impl From<Looked> for LookedBody {
    fn from(looked: Looked) -> Self {
        Self {
            id: looked.task.id.0,
            title: looked.task.details.title,
            refusal: looked.refusal.map(Into::into),
        }
    }
}

impl ActsBody {
    fn read(self) -> (Vec<TaskId>, Act) {
        let ids = self.ids.into_iter().map(TaskId).collect();
        (ids, self.act.into())
    }
}

/// Look at what one act would come to for each of many tasks; nothing is done.
#[utoipa::path(post, path = "/api/v1/tasks/acts/look", operation_id = "tasks_acts_look",
    tag = "tasks", request_body = ActsBody, responses((status = 200, body = Vec<LookedBody>)))]
pub(in crate::api) async fn look(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<ActsBody>,
) -> WebResult<Json<Vec<LookedBody>>> {
    let (ids, act) = body.read();
    let looking = batches::look(&state.app, signed_in.who(), &ids, &act).await?;
    Ok(Json(looking.rows.into_iter().map(Into::into).collect()))
}

/// Do one act to those of many tasks that allow it, all in one transaction.
#[utoipa::path(post, path = "/api/v1/tasks/acts", operation_id = "tasks_acts", tag = "tasks",
    request_body = ActsBody, responses((status = 200, body = BatchOutcomeBody)))]
pub(in crate::api) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<ActsBody>,
) -> WebResult<Json<BatchOutcomeBody>> {
    let (ids, act) = body.read();
    let outcome = batches::carry_out_act(&state.app, signed_in.who(), &ids, &act).await?;
    Ok(Json(outcome.into()))
}

/// List the tags in use, the most used first.
#[utoipa::path(get, path = "/api/v1/tasks/tags", operation_id = "tasks_tags", tag = "tasks",
    responses((status = 200, body = Vec<String>)))]
pub(in crate::api) async fn tags(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<String>>> {
    Ok(Json(batches::tags(&state.app, signed_in.who()).await?))
}
