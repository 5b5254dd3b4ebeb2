//! The audit: the journal and the access log as auditors narrow them, and what verifying them found.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::audit::checks::{self, Asked};
use luoshi_app::audit::{PAGE_LIMIT, lists, page_limit};
use luoshi_domain::access_log::{AccessFilter, StoredAccess};
use luoshi_domain::audit::Check;
use luoshi_domain::journal::JournalFilter;
use luoshi_domain::tasks::lists::PageRequest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::journal::EventBody;
use crate::api::words::{AccessAction, Chain, Fault};
use crate::extract::{Json, Query, SignedIn, Vouched};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const CHECKS: &str = "/api/v1/audit/checks";

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/audit", Access::Audit, get(acts))
        .get("/api/v1/audit/access", Access::Audit, get(accesses))
        .get(CHECKS, Access::Audit, get(states))
        .post(CHECKS, Access::Audit, post(verify))
}

fn usual_limit() -> u32 {
    100
}

/// Which events; every parameter that is given narrows the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ActsQuery {
    /// Who signed.
    person: Option<Uuid>,
    /// What it happened to: `task`, `plan`, `organisation` …
    #[param(max_length = 40)]
    stream: Option<String>,
    /// The event's name within its stream, e.g. `issued`.
    #[param(max_length = 80)]
    act: Option<String>,
    /// The id of what it happened to.
    object: Option<Uuid>,
    /// First local day.
    from: Option<NaiveDate>,
    /// Last local day.
    until: Option<NaiveDate>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many at most.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: u32,
}

/// Which entries; every parameter that is given narrows the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessesQuery {
    person: Option<Uuid>,
    #[param(inline)]
    action: Option<AccessAction>,
    /// The id of what was seen or changed.
    object: Option<Uuid>,
    /// Where the request came from.
    #[param(max_length = 200)]
    address: Option<String>,
    success: Option<bool>,
    /// First local day.
    from: Option<NaiveDate>,
    /// Last local day.
    until: Option<NaiveDate>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many at most.
    #[serde(default = "usual_limit")]
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: u32,
}

/// Events, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActsBody {
    rows: Vec<EventBody>,
    /// Goes into `after` for what comes next; missing at the end.
    next: Option<String>,
}

/// Entries of the access log, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessesBody {
    rows: Vec<AccessBody>,
    /// Goes into `after` for what comes next; missing at the end.
    next: Option<String>,
}

/// An entry of the access log as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessBody {
    /// Position in the bureau's log, from 1, without a gap.
    seq: i64,
    id: Uuid,
    at: DateTime<Utc>,
    /// Missing where nobody was recognised.
    person: Option<Uuid>,
    /// As typed at a sign-in.
    login: String,
    /// Where the request came from.
    address: String,
    action: AccessAction,
    /// What it was done to, e.g. `task`; missing where there is no such thing.
    object_kind: Option<String>,
    object: Option<Uuid>,
    success: bool,
    detail: String,
    /// The hash of the entry before; empty for the first.
    previous: String,
    hash: String,
}

impl From<StoredAccess> for AccessBody {
    fn from(stored: StoredAccess) -> Self {
        let entry = stored.entry;
        let (object_kind, object) = match entry.object {
            Some(object) => (Some(object.kind), object.id),
            None => (None, None),
        };
        Self {
            seq: stored.seq,
            id: entry.id.0,
            at: entry.at,
            person: entry.person.map(|person| person.0),
            login: entry.login,
            address: entry.address,
            action: entry.action.into(),
            object_kind,
            object,
            success: entry.success,
            detail: entry.detail,
            previous: stored.previous,
            hash: stored.hash,
        }
    }
}

/// What is known of both chains.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatesBody {
    chains: Vec<StateBody>,
}

/// What is known of one chain.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StateBody {
    chain: Chain,
    /// The number of the last entry written.
    head: i64,
    /// The number of the last entry that was cut off for its age; 0 if none was.
    cut: i64,
    /// The last walk.
    latest: Option<CheckBody>,
    /// The last walk that went through all of it.
    whole: Option<CheckBody>,
}

/// What one walk found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckBody {
    chain: Chain,
    at: DateTime<Utc>,
    /// Who asked for it; missing for the daily one.
    by: Option<Uuid>,
    /// The first number that was looked at.
    begins: i64,
    /// Up to where all was whole, and the hash there.
    last: i64,
    hash: String,
    /// The first number that is not as it was written.
    broken: Option<i64>,
    fault: Option<Fault>,
}

impl From<Check> for CheckBody {
    fn from(check: Check) -> Self {
        let (broken, fault) = match check.broken {
            Some(broken) => (Some(broken.seq), Some(broken.fault.into())),
            None => (None, None),
        };
        Self {
            chain: check.chain.into(),
            at: check.at,
            by: check.by.map(|by| by.0),
            begins: check.begins,
            last: check.last.seq,
            hash: check.last.hash,
            broken,
            fault,
        }
    }
}

/// What came of asking for a verification.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AskedBody {
    /// It is done in the background; look at the checks later.
    later: bool,
    /// One walk of each chain, when it is done.
    checks: Vec<CheckBody>,
}

/// List the journal's events that a filter leaves, newest first.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "audit_acts", tag = "audit",
    params(ActsQuery), responses((status = 200, body = ActsBody)))]
pub(super) async fn acts(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<ActsQuery>,
) -> WebResult<Json<ActsBody>> {
    let filter = JournalFilter {
        person: query.person.map(Into::into),
        stream: query.stream,
        act: query.act,
        object: query.object,
        from: query.from,
        until: query.until,
    };
    let page = page(query.limit, query.after)?;
    let listed = lists::acts(&state.app, signed_in.who(), &filter, &page).await?;
    Ok(Json(ActsBody {
        rows: listed.page.rows.into_iter().map(Into::into).collect(),
        next: listed.page.next,
    }))
}

/// List the entries of the access log that a filter leaves, newest first.
#[utoipa::path(get, path = "/api/v1/audit/access", operation_id = "audit_accesses", tag = "audit",
    params(AccessesQuery), responses((status = 200, body = AccessesBody)))]
pub(super) async fn accesses(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<AccessesQuery>,
) -> WebResult<Json<AccessesBody>> {
    let filter = AccessFilter {
        person: query.person.map(Into::into),
        action: query.action.map(Into::into),
        object: query.object,
        success: query.success,
        address: query.address,
        from: query.from,
        until: query.until,
    };
    let page = page(query.limit, query.after)?;
    let listed = lists::accesses(&state.app, signed_in.who(), &filter, &page).await?;
    Ok(Json(AccessesBody {
        rows: listed.page.rows.into_iter().map(Into::into).collect(),
        next: listed.page.next,
    }))
}

fn page(limit: u32, after: Option<String>) -> WebResult<PageRequest> {
    page_limit(limit, PAGE_LIMIT)?;
    Ok(PageRequest { size: limit, after })
}

/// Say when both chains were last verified and what was found.
#[utoipa::path(get, path = "/api/v1/audit/checks", operation_id = "audit_checks", tag = "audit",
    responses((status = 200, body = StatesBody)))]
pub(super) async fn states(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<StatesBody>> {
    let states = checks::states(&state.app, signed_in.who()).await?;
    let chains = states.into_iter().map(|state| StateBody {
        chain: state.chain.into(),
        head: state.head,
        cut: state.cut,
        latest: state.latest.map(Into::into),
        whole: state.whole.map(Into::into),
    });
    Ok(Json(StatesBody {
        chains: chains.collect(),
    }))
}

/// Verify both chains from their first entries, at once or in the background.
#[utoipa::path(post, path = "/api/v1/audit/checks", operation_id = "audit_verify", tag = "audit",
    responses((status = 200, body = AskedBody)))]
pub(super) async fn verify(
    State(state): State<WebState>,
    Vouched(signed_in): Vouched,
) -> WebResult<Json<AskedBody>> {
    let asked = checks::ask(&state.app, signed_in.who()).await?;
    let (later, found) = match asked {
        Asked::Done(found) => (false, found),
        Asked::Later => (true, Vec::new()),
    };
    Ok(Json(AskedBody {
        later,
        checks: found.into_iter().map(Into::into).collect(),
    }))
}
