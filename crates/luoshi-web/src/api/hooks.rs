//! Hooks: which robots and programs are told.
//!
//! These want a browser's session: no token leads messages elsewhere.

use axum::extract::State;
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use luoshi_app::hooks::{self, Wanted};
use luoshi_domain::hooks::{Credential, Delivery, Hook, HookDetails, Hours};
use luoshi_domain::ids::{DeliveryId, HookId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::words::{DeliveryState, HookKind, HookState, Purpose, Topic};
use crate::extract::{Json, Path, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let system = Access::System;
    table
        .get("/api/v1/hooks", system, get(list))
        .post("/api/v1/hooks", system, post(register))
        .get("/api/v1/hooks/{id}", system, get(show))
        .post("/api/v1/hooks/{id}/commands", system, post(carry_out))
        .get("/api/v1/tellings/hooks", Access::Member, get(of_person))
}

/// What is sent, to whom, when.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HookDetailsBody {
    name: String,
    topics: Vec<Topic>,
    /// One message a day about what the unit has in hand.
    digest: bool,
    /// What is sent to this unit and to those below it; null for the whole bureau.
    unit: Option<Uuid>,
    /// The local hour from which something is sent; what comes before waits.
    #[schema(minimum = 0, maximum = 23)]
    from: u32,
    /// The local hour up to which.
    #[schema(minimum = 1, maximum = 24)]
    until: u32,
    /// Whether on workdays only.
    workdays: bool,
    /// For robots: text without marks.
    plain: bool,
}

impl From<HookDetails> for HookDetailsBody {
    fn from(details: HookDetails) -> Self {
        Self {
            name: details.name,
            topics: details.topics.into_iter().map(Into::into).collect(),
            digest: details.digest,
            unit: details.unit.map(|unit| unit.0),
            from: details.hours.from,
            until: details.hours.until,
            workdays: details.hours.workdays,
            plain: details.plain,
        }
    }
}

impl From<HookDetailsBody> for HookDetails {
    fn from(body: HookDetailsBody) -> Self {
        Self {
            name: body.name,
            topics: body.topics.into_iter().map(Into::into).collect(),
            digest: body.digest,
            unit: body.unit.map(UnitId),
            hours: Hours {
                from: body.from,
                until: body.until,
                workdays: body.workdays,
            },
            plain: body.plain,
        }
    }
}

/// A hook, without what opens it.
#[derive(Serialize, ToSchema)]
pub(super) struct HookBody {
    id: Uuid,
    version: i64,
    kind: HookKind,
    state: HookState,
    details: HookDetailsBody,
    host: String,
    /// Tells two addresses of one host apart.
    fingerprint: String,
    since: NaiveDate,
}

impl From<Hook> for HookBody {
    fn from(hook: Hook) -> Self {
        Self {
            id: hook.id.0,
            version: hook.version,
            kind: hook.kind.into(),
            state: hook.state.into(),
            details: hook.details.into(),
            host: hook.place.host,
            fingerprint: hook.place.fingerprint,
            since: hook.since,
        }
    }
}

/// One message through a hook, without what it told.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryBody {
    id: Uuid,
    purpose: Purpose,
    state: DeliveryState,
    made_at: DateTime<Utc>,
    /// When it goes, or is tried next.
    due_at: DateTime<Utc>,
    tries: u32,
    tried_at: Option<DateTime<Utc>>,
    /// The status that was answered last.
    status: Option<u16>,
    took_ms: Option<i64>,
    /// Sentences that it told.
    told: u32,
    /// Sentences that were marked or not this hook's any more when it went.
    left_out: u32,
    error: Option<String>,
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.0,
            purpose: delivery.purpose.into(),
            state: delivery.state.into(),
            made_at: delivery.made_at,
            due_at: delivery.due_at,
            tries: delivery.tries,
            tried_at: delivery.tried_at,
            status: delivery.status,
            took_ms: delivery.took_ms,
            told: delivery.told,
            left_out: delivery.left_out,
            error: delivery.error,
        }
    }
}

/// The hooks of the bureau.
#[derive(Serialize, ToSchema)]
pub(super) struct HooksBody {
    /// Whether the installation lets anything out.
    on: bool,
    rows: Vec<HookBody>,
}

/// A hook with its latest deliveries, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct HookShownBody {
    hook: HookBody,
    deliveries: Vec<DeliveryBody>,
}

/// A hook that is wished for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HookWishBody {
    kind: HookKind,
    /// The whole address; it is shown to nobody again.
    address: String,
    /// Of a DingTalk robot that wants signatures; otherwise left out.
    #[serde(default)]
    secret: String,
    details: HookDetailsBody,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct HookDoneBody {
    hook: HookBody,
    /// What our JSON is signed with, when it is new; told this once only.
    secret: Option<String>,
    /// The delivery of a test.
    delivery: Option<Uuid>,
}

/// What is done to a hook.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum HookCommandBody {
    Amend {
        details: HookDetailsBody,
        /// The version that was on the screen; when it is no longer current, the answer is 409.
        seen: Option<i64>,
    },
    Readdress {
        address: String,
        #[serde(default)]
        secret: String,
    },
    /// A new secret of ours.
    Rekey,
    Switch {
        on: bool,
    },
    Remove {
        reason: String,
    },
    /// Sends a test message, whatever the hour.
    Test,
    /// Sends once more what was given up.
    Again {
        delivery: Uuid,
    },
}

/// List the hooks that are not removed.
#[utoipa::path(get, path = "/api/v1/hooks", operation_id = "hooks_list", tag = "hooks",
    responses((status = 200, body = HooksBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<HooksBody>> {
    let rows = hooks::list(&state.app, signed_in.who()).await?;
    Ok(Json(HooksBody {
        on: state.app.hooks.is_some(),
        rows: rows.into_iter().map(|row| row.hook.into()).collect(),
    }))
}

/// Register a hook; of our own JSON the answer is the only one that carries its secret.
#[utoipa::path(post, path = "/api/v1/hooks", operation_id = "hook_register", tag = "hooks",
    request_body = HookWishBody, responses((status = 200, body = HookDoneBody)))]
pub(super) async fn register(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<HookWishBody>,
) -> WebResult<Json<HookDoneBody>> {
    let wanted = Wanted {
        kind: body.kind.into(),
        details: body.details.into(),
        credential: Credential {
            address: body.address,
            secret: body.secret,
        },
    };
    let (hook, secret) = hooks::register(&state.app, signed_in.who(), wanted).await?;
    Ok(Json(HookDoneBody {
        hook: hook.into(),
        secret,
        delivery: None,
    }))
}

/// Show a hook with its latest deliveries.
#[utoipa::path(get, path = "/api/v1/hooks/{id}", operation_id = "hook_show", tag = "hooks",
    params(("id" = Uuid, Path)), responses((status = 200, body = HookShownBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
) -> WebResult<Json<HookShownBody>> {
    let shown = hooks::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(HookShownBody {
        hook: shown.hook.into(),
        deliveries: shown.deliveries.into_iter().map(Into::into).collect(),
    }))
}

/// Change, switch, test or remove a hook.
#[utoipa::path(post, path = "/api/v1/hooks/{id}/commands", operation_id = "hook_carry_out",
    tag = "hooks", params(("id" = Uuid, Path)), request_body = HookCommandBody,
    responses((status = 200, body = HookDoneBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<HookId>,
    Json(body): Json<HookCommandBody>,
) -> WebResult<Json<HookDoneBody>> {
    let (app, who) = (&state.app, signed_in.who());
    let (mut secret, mut delivery) = (None, None);
    let hook = match body {
        HookCommandBody::Amend { details, seen } => {
            hooks::amend(app, who, id, details.into(), seen).await?
        }
        HookCommandBody::Readdress { address, secret } => {
            hooks::readdress(app, who, id, Credential { address, secret }).await?
        }
        HookCommandBody::Rekey => {
            let (hook, new) = hooks::rekey(app, who, id).await?;
            secret = Some(new);
            hook
        }
        HookCommandBody::Switch { on } => hooks::switch(app, who, id, on).await?,
        HookCommandBody::Remove { reason } => hooks::remove(app, who, id, &reason).await?,
        HookCommandBody::Test => {
            delivery = Some(hooks::test(app, who, id).await?.0);
            hooks::show(app, who, id).await?.hook
        }
        HookCommandBody::Again { delivery } => {
            hooks::again(app, who, id, DeliveryId(delivery)).await?;
            hooks::show(app, who, id).await?.hook
        }
    };
    Ok(Json(HookDoneBody {
        hook: hook.into(),
        secret,
        delivery,
    }))
}

/// List the hooks that tell what is sent to the reader's units.
#[utoipa::path(get, path = "/api/v1/tellings/hooks", operation_id = "tellings_hooks",
    tag = "inbox", responses((status = 200, body = Vec<HookBody>)))]
pub(super) async fn of_person(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<Vec<HookBody>>> {
    let hooks = hooks::of_person(&state.app, signed_in.who()).await?;
    Ok(Json(hooks.into_iter().map(Into::into).collect()))
}
