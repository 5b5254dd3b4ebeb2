//! Appeals against a light, a grade or a refusal.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::appeals::{self, Shown, Verified};
use luoshi_domain::appeals::{Appeal, Decision, Place};
use luoshi_domain::ids::{AppealId, TaskId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::api::words::{Against, AppealResult, Grade};
use crate::extract::{Json, Path, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let of_task = "/api/v1/tasks/{id}/appeals";
    table
        .get("/api/v1/appeals", Access::Member, get(list))
        .get("/api/v1/appeals/{id}", Access::Row, get(show))
        .post(
            "/api/v1/appeals/{id}/commands",
            Access::Row,
            post(carry_out),
        )
        .get(of_task, Access::Row, get(offers))
        .post(of_task, Access::Row, post(file))
}

/// Which appeals.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealQuery {
    /// `to_decide`, `open` or `ended`; `open` when left out.
    #[serde(default)]
    show: Option<String>,
}

/// Appeals that the reader may know of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppealsBody {
    /// The latest first.
    appeals: Vec<AppealBody>,
    /// How many wait for the reader.
    to_decide: usize,
    open: usize,
    ended: usize,
}

/// An appeal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppealBody {
    id: Uuid,
    version: i64,
    task: Uuid,
    unit: Uuid,
    against: Against,
    /// What was judged, in Chinese.
    said: String,
    judged_on: NaiveDate,
    /// Who judged and so does not decide; empty where it was computed.
    judged_by: Vec<Uuid>,
    reason: String,
    /// Whether it was filed after the days in which one may appeal.
    late: bool,
    filed_by: Uuid,
    filed_on: NaiveDate,
    decide_by: NaiveDate,
    ended: Option<EndingBody>,
}

/// How an appeal ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EndingBody {
    result: AppealResult,
    grade: Option<Grade>,
    text: String,
    by: Uuid,
    on: NaiveDate,
}

/// An appeal with its evidence as it stood when it was filed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppealViewBody {
    appeal: AppealBody,
    evidence: FrozenBody,
    /// Whether the evidence is what the journal has.
    same_as_journal: bool,
    may_decide: bool,
    may_withdraw: bool,
}

/// Evidence that nothing later changes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FrozenBody {
    /// The event that the judgement rests on.
    event: PlaceBody,
    /// In Chinese.
    event_said: String,
    /// What was entered with it; null for who may not see what leaders wrote.
    event_text: Option<String>,
    /// The task's last event of that moment.
    head: PlaceBody,
    light: String,
    rule: String,
    facts: Vec<FactBody>,
    evidence: Vec<PieceBody>,
}

/// A place in the journal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceBody {
    seq: i64,
    version: i64,
    /// Hex SM3.
    hash: String,
}

/// A label with its value, in Chinese.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FactBody {
    label: String,
    value: String,
}

/// A piece of evidence that a report named.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PieceBody {
    reported_on: NaiveDate,
    line: String,
}

/// What of a task can be appealed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OffersBody {
    offers: Vec<OfferBody>,
    /// The appeals of the task, the latest first.
    appeals: Vec<AppealBody>,
    /// Whether the reader may appeal for the lead unit.
    may_file: bool,
}

/// Something that was judged.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfferBody {
    against: Against,
    /// In Chinese.
    said: String,
    on: NaiveDate,
    /// The last day in time.
    until: NaiveDate,
    /// Why it may not be appealed, in Chinese; null where it may.
    refused: Option<String>,
}

/// An appeal to be filed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAppealBody {
    against: Against,
    reason: String,
    /// The version of the task that was looked at; when it is no longer current, the answer is 409.
    seen: Option<i64>,
}

/// What can be asked of an appeal; `command` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AppealCommandBody {
    /// Decides it; another reviewer than who judged.
    Decide {
        /// `upheld`, `changed`, or `out_of_time` where it was filed late.
        result: AppealResult,
        /// The grade instead, where a grade is changed.
        grade: Option<Grade>,
        text: String,
    },
    /// The lead unit takes it back.
    Withdraw { reason: String },
}

impl From<Appeal> for AppealBody {
    fn from(appeal: Appeal) -> Self {
        let ended = appeal.ended.map(|ended| EndingBody {
            result: ended.result.into(),
            grade: ended.grade.map(Into::into),
            text: ended.text,
            by: ended.by.0,
            on: ended.on,
        });
        Self {
            id: appeal.id.0,
            version: appeal.version,
            task: appeal.task.0,
            unit: appeal.unit.0,
            against: appeal.judgement.against.into(),
            said: appeal.said,
            judged_on: appeal.judgement.on,
            judged_by: appeal.judgement.by.iter().map(|person| person.0).collect(),
            reason: appeal.reason,
            late: appeal.late,
            filed_by: appeal.filed_by.0,
            filed_on: appeal.filed_on,
            decide_by: appeal.decide_by,
            ended,
        }
    }
}

impl From<&Place> for PlaceBody {
    fn from(place: &Place) -> Self {
        Self {
            seq: place.seq,
            version: place.version,
            hash: place.hash.clone(),
        }
    }
}

/// List the appeals that the reader may know of.
#[utoipa::path(get, path = "/api/v1/appeals", operation_id = "appeals_list", tag = "appeals",
    params(AppealQuery), responses((status = 200, body = AppealsBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<AppealQuery>,
) -> WebResult<Json<AppealsBody>> {
    let shown = query.show.as_deref().and_then(Shown::from_key);
    let listed = appeals::list(&state.app, signed_in.who(), shown.unwrap_or_default()).await?;
    let [to_decide, open, ended] = listed.counts;
    let appeals = listed.appeals.into_iter().map(|(appeal, _)| appeal.into());
    Ok(Json(AppealsBody {
        appeals: appeals.collect(),
        to_decide,
        open,
        ended,
    }))
}

/// Show an appeal with its evidence, held against the journal.
#[utoipa::path(get, path = "/api/v1/appeals/{id}", operation_id = "appeal_show", tag = "appeals",
    params(("id" = Uuid, Path)), responses((status = 200, body = AppealViewBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<AppealId>,
) -> WebResult<Json<AppealViewBody>> {
    let view = appeals::show(&state.app, signed_in.who(), id).await?;
    let open = view.appeal.ended.is_none();
    let frozen = &view.appeal.frozen;
    let facts = frozen.facts.iter().map(|(label, value)| FactBody {
        label: label.clone(),
        value: value.clone(),
    });
    let pieces = frozen.evidence.iter().map(|piece| PieceBody {
        reported_on: piece.reported_on,
        line: piece.line.clone(),
    });
    let evidence = FrozenBody {
        event: (&frozen.event).into(),
        event_said: frozen.event_said.clone(),
        event_text: view.instructions.then(|| frozen.event_text.clone()),
        head: (&frozen.head).into(),
        light: frozen.light.clone(),
        rule: frozen.rule.clone(),
        facts: facts.collect(),
        evidence: pieces.collect(),
    };
    Ok(Json(AppealViewBody {
        evidence,
        same_as_journal: view.verified == Verified::Same,
        may_decide: open && view.may_decide.is_ok(),
        may_withdraw: view.may_withdraw,
        appeal: view.appeal.into(),
    }))
}

/// Decide an appeal, or take it back.
#[utoipa::path(post, path = "/api/v1/appeals/{id}/commands", operation_id = "appeal_command",
    tag = "appeals", params(("id" = Uuid, Path)), request_body = Decided<AppealCommandBody>,
    responses((status = 200, body = AppealBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<AppealId>,
    Json(body): Json<Decided<AppealCommandBody>>,
) -> WebResult<Json<AppealBody>> {
    let (app, who, seen) = (&state.app, signed_in.who(), body.seen);
    let appeal = match body.command {
        AppealCommandBody::Decide {
            result,
            grade,
            text,
        } => {
            let decision = Decision {
                result: result.into(),
                grade: grade.map(Into::into),
                text,
            };
            appeals::decide(app, who, id, decision, seen).await?
        }
        AppealCommandBody::Withdraw { reason } => {
            appeals::withdraw(app, who, id, &reason, seen).await?
        }
    };
    Ok(Json(appeal.into()))
}

/// List what of a task can be appealed, and its appeals.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/appeals", operation_id = "task_appeals",
    tag = "appeals", params(("id" = Uuid, Path)), responses((status = 200, body = OffersBody)))]
pub(super) async fn offers(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Json<OffersBody>> {
    let found = appeals::offers(&state.app, signed_in.who(), id).await?;
    let offers = found.offers.into_iter().map(|offer| OfferBody {
        against: offer.judgement.against.into(),
        said: offer.said,
        on: offer.judgement.on,
        until: offer.until,
        refused: offer.may.err().map(|refusal| refusal.sentence),
    });
    Ok(Json(OffersBody {
        offers: offers.collect(),
        appeals: found.appeals.into_iter().map(Into::into).collect(),
        may_file: found.may.is_ok(),
    }))
}

/// Appeal for the lead unit.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/appeals", operation_id = "appeal_file",
    tag = "appeals", params(("id" = Uuid, Path)), request_body = NewAppealBody,
    responses((status = 200, body = AppealBody)))]
pub(super) async fn file(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Json(body): Json<NewAppealBody>,
) -> WebResult<Json<AppealBody>> {
    let against = body.against.into();
    let (app, who) = (&state.app, signed_in.who());
    let appeal = appeals::file(app, who, id, against, &body.reason, body.seen).await?;
    Ok(Json(appeal.into()))
}
