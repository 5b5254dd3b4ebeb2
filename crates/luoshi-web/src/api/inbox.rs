//! What came for the reader, and how they want to be told.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use luoshi_app::{inbox, tellings};
use luoshi_domain::notifications::{About, Notification};
use luoshi_domain::tellings::Wishes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::extract::{Json, Query, SignedIn};
use crate::pages::inbox::{read, written};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let member = Access::Member;
    table
        .get("/api/v1/inbox", member, get(show))
        .post("/api/v1/inbox/look", member, post(look))
        .get("/api/v1/tellings", member, get(wishes))
        .post("/api/v1/tellings", member, post(wish))
}

/// A sentence sent to the reader or to one of their units.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NotificationBody {
    id: Uuid,
    /// The task that it is about; null where it is about a hook.
    task: Option<Uuid>,
    /// The hook that it is about; null where it is about a task.
    hook: Option<Uuid>,
    text: String,
    at: DateTime<Utc>,
}

impl From<Notification> for NotificationBody {
    fn from(notification: Notification) -> Self {
        Self {
            id: notification.id.0,
            task: notification.about.task().map(|task| task.0),
            hook: match notification.about {
                About::Hook(hook) => Some(hook.0),
                About::Task(_) => None,
            },
            text: notification.text,
            at: notification.at,
        }
    }
}

#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct InboxQuery {
    /// `next` of the page before.
    before: String,
}

/// A page of what came, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct InboxBody {
    rows: Vec<NotificationBody>,
    /// Until when the reader had looked; what came later is new.
    looked_until: Option<DateTime<Utc>>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

/// Until when the reader has looked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LookBody {
    until: DateTime<Utc>,
}

/// Whether, where and when one mail a day is sent.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WishesBody {
    digest: bool,
    /// Empty where none was given.
    address: String,
    /// Local hour, 7 to 20.
    #[schema(minimum = 7, maximum = 20)]
    hour: u32,
    /// Whether on workdays only.
    workdays: bool,
}

impl From<Wishes> for WishesBody {
    fn from(wishes: Wishes) -> Self {
        Self {
            digest: wishes.digest,
            address: wishes.address,
            hour: wishes.hour,
            workdays: wishes.workdays,
        }
    }
}

/// Show a page of what came.
#[utoipa::path(get, path = "/api/v1/inbox", operation_id = "inbox_show", tag = "inbox",
    params(InboxQuery), responses((status = 200, body = InboxBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(query): Query<InboxQuery>,
) -> WebResult<Json<InboxBody>> {
    let inbox = inbox::show(&state.app, signed_in.who(), read(&query.before)?).await?;
    let next = inbox.page.next;
    Ok(Json(InboxBody {
        rows: inbox.page.rows.into_iter().map(Into::into).collect(),
        looked_until: inbox.looked,
        next: next.map(|place| written(Some(place))),
    }))
}

/// Note that the reader has looked at all that came until then.
#[utoipa::path(post, path = "/api/v1/inbox/look", operation_id = "inbox_look", tag = "inbox",
    request_body = LookBody,
    responses((status = 204, description = "What came until then is not new any more.")))]
pub(super) async fn look(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<LookBody>,
) -> WebResult<StatusCode> {
    inbox::look(&state.app, signed_in.who(), body.until).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show how the reader wants to be told.
#[utoipa::path(get, path = "/api/v1/tellings", operation_id = "tellings_show", tag = "inbox",
    responses((status = 200, body = WishesBody)))]
pub(super) async fn wishes(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<WishesBody>> {
    let wishes = tellings::own(&state.app, signed_in.who()).await?;
    Ok(Json(wishes.into()))
}

/// Set how the reader wants to be told.
#[utoipa::path(post, path = "/api/v1/tellings", operation_id = "tellings_wish", tag = "inbox",
    request_body = WishesBody, responses((status = 200, body = WishesBody)))]
pub(super) async fn wish(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<WishesBody>,
) -> WebResult<Json<WishesBody>> {
    let wishes = Wishes {
        digest: body.digest,
        address: body.address,
        hour: body.hour,
        workdays: body.workdays,
    };
    let kept = tellings::wish(&state.app, signed_in.who(), wishes).await?;
    Ok(Json(kept.into()))
}
