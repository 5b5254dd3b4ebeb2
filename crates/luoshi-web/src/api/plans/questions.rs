//! What a plan leaves open.

use axum::extract::State;
use axum::routing::{get, post};
use luoshi_app::plans::{self, questions};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::questions::{Answer as DomainAnswer, Settlement, Topic as DomainTopic};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::plans::bodies::PlanStandingBody;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/plans/{id}/questions", Access::Bureau, get(list))
        .post("/api/v1/plans/{id}/questions", Access::Bureau, post(settle))
}

/// What a plan leaves open, by topic.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct QuestionsBody {
    /// How many wait for an answer.
    open: usize,
    rows: Vec<QuestionBody>,
}

/// Something that a plan leaves open.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct QuestionBody {
    /// Names it when it is settled.
    key: String,
    topic: Topic,
    /// The words that raise it.
    words: String,
    asks: String,
    /// Index of the first clause concerned; `null` for the document as a whole.
    clause: Option<u32>,
    proposals: Vec<Uuid>,
    settled: Option<SettlementBody>,
}

/// A person's answer that changes no proposal.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SettlementBody {
    answer: Answer,
    #[serde(default)]
    note: String,
}

/// A question with its answer; without one the answer is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SettleBody {
    key: String,
    settlement: Option<SettlementBody>,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Topic {
    About,
    Attachment,
    Document,
    Unit,
    Nobody,
    Date,
    Frequency,
    Other,
}

/// How a question was settled.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Answer {
    Supplied,
    ImportedApart,
    NotNeeded,
    Clarified,
}

impl From<DomainTopic> for Topic {
    fn from(topic: DomainTopic) -> Self {
        match topic {
            DomainTopic::About => Self::About,
            DomainTopic::Attachment => Self::Attachment,
            DomainTopic::Document => Self::Document,
            DomainTopic::Unit => Self::Unit,
            DomainTopic::Nobody => Self::Nobody,
            DomainTopic::Date => Self::Date,
            DomainTopic::Frequency => Self::Frequency,
            DomainTopic::Other => Self::Other,
        }
    }
}

impl From<DomainAnswer> for Answer {
    fn from(answer: DomainAnswer) -> Self {
        match answer {
            DomainAnswer::Supplied => Self::Supplied,
            DomainAnswer::ImportedApart => Self::ImportedApart,
            DomainAnswer::NotNeeded => Self::NotNeeded,
            DomainAnswer::Clarified => Self::Clarified,
        }
    }
}

impl From<Answer> for DomainAnswer {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Supplied => Self::Supplied,
            Answer::ImportedApart => Self::ImportedApart,
            Answer::NotNeeded => Self::NotNeeded,
            Answer::Clarified => Self::Clarified,
        }
    }
}

/// List what a plan leaves open, by topic, settled or not.
#[utoipa::path(get, path = "/api/v1/plans/{id}/questions", operation_id = "plan_questions",
    tag = "plans", params(("id" = Uuid, Path)), responses((status = 200, body = QuestionsBody)))]
pub(in crate::api) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Json<QuestionsBody>> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    let list = questions::of(&view.plan);
    let open = list.iter().filter(|known| known.settled.is_none()).count();
    let rows = list.into_iter().map(|question| QuestionBody {
        key: question.key,
        topic: question.topic.into(),
        words: question.words,
        asks: question.asks,
        clause: question.clause,
        proposals: question.proposals.into_iter().map(|id| id.0).collect(),
        settled: question.settled.map(|settled| SettlementBody {
            answer: settled.settlement.answer.into(),
            note: settled.settlement.note,
        }),
    });
    Ok(Json(QuestionsBody {
        open,
        rows: rows.collect(),
    }))
}

/// Settle a question with a note, or take that back.
#[utoipa::path(post, path = "/api/v1/plans/{id}/questions", operation_id = "plan_settle_question",
    tag = "plans", params(("id" = Uuid, Path)), request_body = SettleBody,
    responses((status = 200, body = PlanStandingBody)))]
pub(in crate::api) async fn settle(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Json(body): Json<SettleBody>,
) -> WebResult<Json<PlanStandingBody>> {
    let (app, who) = (&state.app, signed_in.who());
    let plan = match body.settlement {
        Some(settlement) => {
            let settlement = Settlement {
                answer: settlement.answer.into(),
                note: settlement.note,
            };
            questions::settle(app, who, id, &body.key, settlement).await?
        }
        None => questions::reopen(app, who, id, &body.key).await?,
    };
    Ok(Json((&plan).into()))
}
