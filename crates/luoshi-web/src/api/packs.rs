//! Mechanism packs: shown, checked, taken up, put down.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::packs::editions::{self, Adoption, PackStanding};
use luoshi_app::packs::parse::campaigns::Entered;
use luoshi_domain::campaigns::Days;
use luoshi_domain::packs::{Difference, Line, PackKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WebState;
use crate::extract::{Json, Path, SignedIn};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/api/v1/packs", Access::Rules, get(list))
        .post("/api/v1/packs/check", Access::Keepers, post(check))
        .get("/api/v1/packs/{pack}", Access::Rules, get(show))
        .post("/api/v1/packs/{pack}/adopt", Access::Keepers, post(adopt))
        .post("/api/v1/packs/{pack}/drop", Access::Keepers, post(put_down))
        .post(
            "/api/v1/packs/{pack}/campaigns/{campaign}",
            Access::Keepers,
            post(date),
        )
}

/// All packs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PacksBody {
    packs: Vec<PackBody>,
}

/// One pack as the bureau stands to it today.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackBody {
    key: String,
    title: String,
    loaded: bool,
    /// What is in force, or what ships with the program where nothing is.
    lines: Vec<PackLineBody>,
    /// The latest first.
    editions: Vec<EditionBody>,
}

/// One entry of a pack.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackLineBody {
    section: String,
    key: String,
    label: String,
    text: String,
    clause: String,
    quote: String,
    /// Whether the source gives no number, and this is a default.
    default: bool,
}

/// A text of a pack from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EditionBody {
    number: u32,
    effective: NaiveDate,
    /// Whether the pack was put down.
    dropped: bool,
    shipped: bool,
    reason: String,
    by: String,
}

/// A text to check, for a day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PackCheckBody {
    /// TOML.
    text: String,
    effective: NaiveDate,
}

/// What taking up a text would change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackPreviewBody {
    key: String,
    title: String,
    differences: Vec<DifferenceBody>,
}

/// What differs in one entry.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DifferenceBody {
    section: String,
    label: String,
    /// Missing where the entry is new.
    before: Option<String>,
    /// Missing where the entry is gone.
    after: Option<String>,
}

/// What to take up, and from when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdoptBody {
    effective: NaiveDate,
    reason: String,
    /// The bureau's own TOML; without it the one that ships with the program.
    text: Option<String>,
}

/// From when a pack is put down, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DropBody {
    effective: NaiveDate,
    reason: String,
}

/// The days of a campaign that its plan leaves open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignDaysBody {
    reason: String,
    days: Vec<PhaseDaysBody>,
}

/// The days of one phase.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PhaseDaysBody {
    /// The phase's key; left out for the campaign itself.
    phase: Option<String>,
    start: NaiveDate,
    /// The last day, inclusive.
    end: NaiveDate,
}

impl From<PhaseDaysBody> for Entered {
    fn from(body: PhaseDaysBody) -> Self {
        Self {
            phase: body.phase,
            days: Days {
                start: body.start,
                end: body.end,
            },
        }
    }
}

impl From<PackStanding> for PackBody {
    fn from(pack: PackStanding) -> Self {
        let shown = pack.in_force.as_ref().unwrap_or(&pack.shipped);
        Self {
            key: pack.key.key().to_owned(),
            title: shown.title.clone(),
            loaded: pack.in_force.is_some(),
            lines: shown.lines().into_iter().map(Into::into).collect(),
            editions: pack
                .editions
                .into_iter()
                .map(|edition| EditionBody {
                    number: edition.number,
                    effective: edition.effective,
                    dropped: edition.text.is_none(),
                    shipped: edition.shipped,
                    reason: edition.reason,
                    by: edition.by.who(),
                })
                .collect(),
        }
    }
}

impl From<Line> for PackLineBody {
    fn from(line: Line) -> Self {
        Self {
            section: line.section.to_owned(),
            key: line.key,
            label: line.label,
            text: line.text,
            clause: line.cited.clause,
            quote: line.cited.quote,
            default: line.cited.default,
        }
    }
}

impl From<Difference> for DifferenceBody {
    fn from(found: Difference) -> Self {
        Self {
            section: found.section.to_owned(),
            label: found.label,
            before: found.before,
            after: found.after,
        }
    }
}

/// List the packs with how the bureau stands to them.
#[utoipa::path(get, path = "/api/v1/packs", operation_id = "packs_list", tag = "packs",
    responses((status = 200, body = PacksBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<PacksBody>> {
    let view = editions::list(&state.app, signed_in.who()).await?;
    let packs = view.packs.into_iter().map(Into::into).collect();
    Ok(Json(PacksBody { packs }))
}

/// Show one pack.
#[utoipa::path(get, path = "/api/v1/packs/{pack}", operation_id = "pack_show", tag = "packs",
    params(("pack" = String, Path)), responses((status = 200, body = PackBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<String>,
) -> WebResult<Json<PackBody>> {
    let pack = editions::show(&state.app, signed_in.who(), known(&key)?).await?;
    Ok(Json(pack.into()))
}

/// Check a pack's text, and say what taking it up would change; nothing is stored.
#[utoipa::path(post, path = "/api/v1/packs/check", operation_id = "pack_check", tag = "packs",
    request_body = PackCheckBody, responses((status = 200, body = PackPreviewBody)))]
pub(super) async fn check(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<PackCheckBody>,
) -> WebResult<Json<PackPreviewBody>> {
    let who = signed_in.who();
    let preview = editions::preview(&state.app, who, "text", &body.text, body.effective).await?;
    Ok(Json(PackPreviewBody {
        key: preview.pack.key.key().to_owned(),
        title: preview.pack.title,
        differences: preview.differences.into_iter().map(Into::into).collect(),
    }))
}

/// Take up a pack, or another text of it, from a day on.
#[utoipa::path(post, path = "/api/v1/packs/{pack}/adopt", operation_id = "pack_adopt",
    tag = "packs", params(("pack" = String, Path)), request_body = AdoptBody,
    responses((status = 204)))]
pub(super) async fn adopt(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<String>,
    Json(body): Json<AdoptBody>,
) -> WebResult<StatusCode> {
    let adoption = Adoption {
        text: body.text,
        effective: body.effective,
        reason: body.reason,
    };
    editions::adopt(&state.app, signed_in.who(), known(&key)?, adoption).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put a pack down from a day on; what was done under it stays.
#[utoipa::path(post, path = "/api/v1/packs/{pack}/drop", operation_id = "pack_drop",
    tag = "packs", params(("pack" = String, Path)), request_body = DropBody,
    responses((status = 204)))]
pub(super) async fn put_down(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<String>,
    Json(body): Json<DropBody>,
) -> WebResult<StatusCode> {
    let (who, key) = (signed_in.who(), known(&key)?);
    editions::put_down(&state.app, who, key, body.effective, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Enter the days of a campaign's phases that its plan leaves open, from today on.
#[utoipa::path(post, path = "/api/v1/packs/{pack}/campaigns/{campaign}",
    operation_id = "pack_date_campaign", tag = "packs",
    params(("pack" = String, Path), ("campaign" = String, Path)),
    request_body = CampaignDaysBody, responses((status = 204)))]
pub(super) async fn date(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((key, campaign)): Path<(String, String)>,
    Json(body): Json<CampaignDaysBody>,
) -> WebResult<StatusCode> {
    let (who, key) = (signed_in.who(), known(&key)?);
    let entered: Vec<Entered> = body.days.into_iter().map(Into::into).collect();
    editions::date_campaign(&state.app, who, key, &campaign, &entered, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn known(key: &str) -> WebResult<PackKey> {
    PackKey::from_key(key).ok_or_else(Problem::not_found)
}
