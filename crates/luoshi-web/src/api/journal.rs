//! The journal: its events as they were hashed, and whether it is whole.

use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Utc};
use luoshi_app::audit::{self, Verdict};
use luoshi_domain::journal::{Envelope, Signed, StoredEvent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::words::Fault;
use crate::extract::{Json, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/journal", Access::Journal, get(list))
        .get("/api/v1/journal/verification", Access::Journal, get(verify))
}

/// Which part of the journal.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct JournalQuery {
    /// Events after this sequence number; from the first one when left out.
    #[serde(default)]
    #[param(minimum = 0)]
    after: i64,
    /// How many at most.
    #[serde(default = "JournalQuery::limit")]
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: u32,
}

impl JournalQuery {
    fn limit() -> u32 {
        100
    }
}

/// Part of the journal, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JournalBody {
    rows: Vec<EventBody>,
    /// Goes into `after` for what comes next; missing at the end.
    next: Option<i64>,
    /// How many events the whole journal has.
    count: i64,
}

/// An event as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventBody {
    /// Position in the bureau's journal, from 1, without a gap.
    seq: i64,
    /// What it happened to: `task`, `plan` or `organisation`.
    stream: String,
    /// The id of what it happened to.
    id: Uuid,
    /// Position in the stream, from 1, without a gap.
    version: i64,
    /// Missing when `bytes` cannot be read.
    by: Option<SignedBody>,
    /// The envelope's JSON exactly as hashed.
    bytes: String,
    /// Hex SM3 of the stream's previous hash, followed by `bytes`.
    hash: String,
}

/// Who did it, in which post, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignedBody {
    at: DateTime<Utc>,
    person: Uuid,
    /// Name as it was at the time.
    name: String,
    /// Unit and post as they were at the time.
    title: String,
    /// Who typed it for them, under a mandate.
    hand: Option<HandBody>,
}

/// Who typed for somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct HandBody {
    person: Uuid,
    name: String,
    title: String,
}

impl From<Signed> for SignedBody {
    fn from(by: Signed) -> Self {
        Self {
            at: by.at,
            person: by.person.0,
            name: by.name,
            title: by.title,
            hand: by.hand.map(|hand| HandBody {
                person: hand.person.0,
                name: hand.name,
                title: hand.title,
            }),
        }
    }
}

impl From<StoredEvent> for EventBody {
    fn from(event: StoredEvent) -> Self {
        let envelope: Option<Envelope> = serde_json::from_str(&event.bytes).ok();
        Self {
            seq: event.seq,
            stream: event.stream,
            id: event.id,
            version: event.version,
            by: envelope.map(|envelope| envelope.by.into()),
            bytes: event.bytes,
            hash: event.hash,
        }
    }
}

/// The end of a walk through the whole journal.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct VerificationBody {
    whole: bool,
    /// How many events there are, when it is whole.
    events: Option<i64>,
    /// The first place that is not as it was written.
    broken: Option<BreakBody>,
}

/// Where a journal is not what was written.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct BreakBody {
    seq: i64,
    fault: Fault,
}

impl From<Verdict> for VerificationBody {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Whole { events } => Self {
                whole: true,
                events: Some(events),
                broken: None,
            },
            Verdict::Broken(broken) => Self {
                whole: false,
                events: None,
                broken: Some(BreakBody {
                    seq: broken.seq,
                    fault: broken.fault.into(),
                }),
            },
        }
    }
}

/// List the journal's events, oldest first.
#[utoipa::path(get, path = "/api/v1/journal", operation_id = "journal_list", tag = "journal",
    params(JournalQuery), responses((status = 200, body = JournalBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<JournalQuery>,
) -> WebResult<Json<JournalBody>> {
    let (events, count) =
        audit::after(&state.app, signed_in.who(), query.after, query.limit).await?;
    let last = events.last().map(|event| event.seq);
    Ok(Json(JournalBody {
        rows: events.into_iter().map(Into::into).collect(),
        next: last.filter(|last| *last < count),
        count,
    }))
}

/// Walk the whole journal and say whether it is as it was written.
#[utoipa::path(get, path = "/api/v1/journal/verification", operation_id = "journal_verify",
    tag = "journal", responses((status = 200, body = VerificationBody)))]
pub(super) async fn verify(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<VerificationBody>> {
    let verdict = audit::verify_as(&state.app, signed_in.who()).await?;
    Ok(Json(verdict.into()))
}

#[cfg(test)]
mod tests {
    use luoshi_domain::journal::{Break, Fault};

    use super::*;

    #[test]
    fn a_verdict_says_where_the_journal_breaks() {
        let broken = Verdict::Broken(Break {
            seq: 7,
            fault: Fault::Altered,
        });
        let body = serde_json::to_value(VerificationBody::from(broken)).unwrap();
        let broken = serde_json::json!({"seq": 7, "fault": "altered"});
        let expected = serde_json::json!({"whole": false, "events": null, "broken": broken});
        assert_eq!(body, expected);
    }

    #[test]
    fn an_unreadable_event_is_still_shown() {
        let event = StoredEvent {
            seq: 1,
            stream: "task".into(),
            id: Uuid::from_u128(7),
            version: 1,
            bytes: "not json".into(),
            hash: "00".into(),
        };
        let body = EventBody::from(event);
        assert_eq!((body.by.is_none(), body.bytes.as_str()), (true, "not json"));
    }
}
