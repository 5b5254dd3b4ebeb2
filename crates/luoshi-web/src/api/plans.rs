//! Plans: importing a document, showing what was read, confirming, finalising.

mod bodies;
mod commands;
pub(super) mod duplicates;
mod hints;
pub(super) mod questions;
pub(super) mod versions;
pub(super) mod years;

use std::str::FromStr;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use luoshi_app::plans;
use luoshi_domain::ids::PlanId;
use luoshi_domain::refusals::Refusal;
use utoipa::ToSchema;

use crate::WebState;
use crate::api::commands::{Decided, SeenBody};
pub(super) use crate::api::plans::bodies::PlanRowBody;
use crate::api::plans::bodies::{ImportOutcomeBody, PlanBody, PlanStandingBody, PlansBody};
use crate::api::plans::commands::PlanCommandBody;
use crate::extract::{Json, Path, SignedIn, Upload};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// The largest upload, in bytes: a file of 20 MB and the form around it.
const UPLOAD_LIMIT: usize = 21 * 1024 * 1024;

pub(super) fn routes(table: Table) -> Table {
    let import = post(import).layer(DefaultBodyLimit::max(UPLOAD_LIMIT));
    let table = years::routes(table);
    let table = versions::routes(table);
    let table = duplicates::routes(table);
    let table = questions::routes(table);
    table
        .get("/api/v1/plans", Access::Bureau, get(list))
        .post("/api/v1/plans", Access::Bureau, import)
        .get("/api/v1/plans/{id}", Access::Bureau, get(show))
        .post(
            "/api/v1/plans/{id}/commands",
            Access::Bureau,
            post(carry_out),
        )
        .post(
            "/api/v1/plans/{id}/finalise",
            Access::Bureau,
            post(finalise),
        )
}

/// A document to import, and what its text may not say.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; `Upload` reads the form")]
pub(super) struct ImportForm {
    /// Plain text of at most 20 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Key of an origin category.
    category: String,
    /// The year that completes dates, where the document names none.
    year: Option<i32>,
    /// Day of issue, where the document names none.
    issued_on: Option<chrono::NaiveDate>,
    /// Who issued it, where the document does not say.
    issuer: Option<String>,
    /// The bureau or unit that it is addressed to.
    addressee: Option<String>,
    /// The plan that it is a new version of.
    previous: Option<uuid::Uuid>,
    /// The limit of tasks for which the document gives none.
    default_limit: Option<chrono::NaiveDate>,
}

/// List the latest plans, newest first.
#[utoipa::path(get, path = "/api/v1/plans", operation_id = "plans_list", tag = "plans",
    responses((status = 200, body = PlansBody)))]
pub(super) async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<PlansBody>> {
    let rows = plans::list(&state.app, signed_in.who()).await?;
    Ok(Json(rows.into()))
}

/// Import a document; nothing becomes active before the plan is finalised.
#[utoipa::path(post, path = "/api/v1/plans", operation_id = "plan_import", tag = "plans",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = ImportOutcomeBody, description = "Imported."),
        (status = 200, body = ImportOutcomeBody, description = "Known: nothing was added."),
    ))]
pub(super) async fn import(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Response> {
    let upload = read(upload)?;
    let outcome = plans::import(&state.app, signed_in.who(), upload).await?;
    let status = if outcome.known {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(ImportOutcomeBody::from(outcome))).into_response())
}

/// Show a plan with its text, its clauses and what was read out of them.
#[utoipa::path(get, path = "/api/v1/plans/{id}", operation_id = "plan_show", tag = "plans",
    params(("id" = Uuid, Path)), responses((status = 200, body = PlanBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
) -> WebResult<Json<PlanBody>> {
    let view = plans::show(&state.app, signed_in.who(), id).await?;
    Ok(Json(view.into()))
}

/// Carry out one command on a plan.
#[utoipa::path(post, path = "/api/v1/plans/{id}/commands", operation_id = "plan_command",
    tag = "plans", params(("id" = Uuid, Path)), request_body = Decided<PlanCommandBody>,
    responses((status = 200, body = PlanStandingBody)))]
pub(super) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Json(body): Json<Decided<PlanCommandBody>>,
) -> WebResult<Json<PlanStandingBody>> {
    let command = body.command.into();
    let plan = plans::handle(&state.app, signed_in.who(), id, command, body.seen).await?;
    Ok(Json((&plan).into()))
}

/// Finalise a plan: every accepted proposal becomes a task that waits for approval.
#[utoipa::path(post, path = "/api/v1/plans/{id}/finalise", operation_id = "plan_finalise",
    tag = "plans", params(("id" = Uuid, Path)), request_body = SeenBody,
    responses((status = 200, body = PlanStandingBody)))]
pub(super) async fn finalise(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Json(body): Json<SeenBody>,
) -> WebResult<Json<PlanStandingBody>> {
    let plan = plans::finalise(&state.app, signed_in.who(), id, body.seen).await?;
    Ok(Json((&plan).into()))
}

fn read(upload: Upload) -> Result<plans::Upload, Refusal> {
    if upload.file_name.is_empty() {
        let sentence = "请选择要导入的文件。";
        return Err(Refusal::input("file", "IMPORT-01", sentence));
    }
    Ok(plans::Upload {
        category: upload.field("category").to_owned(),
        issued_on: field(&upload, "issued_on", "印发日期应为 2026-01-09 这样的日期。")?,
        issuer: given(&upload, "issuer"),
        addressee: given(&upload, "addressee"),
        previous: field::<uuid::Uuid>(&upload, "previous", "没有这份方案。")?.map(PlanId),
        year: field(&upload, "year", "年份应为 2026 这样的整数。")?,
        default_limit: field(
            &upload,
            "default_limit",
            "默认时限应为 2026-12-31 这样的日期。",
        )?,
        file_name: upload.file_name,
        bytes: upload.bytes,
    })
}

fn given(upload: &Upload, name: &str) -> Option<String> {
    let text = upload.field(name).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The value of an optional field; empty means that there is none.
fn field<T: FromStr>(
    upload: &Upload,
    name: &'static str,
    sentence: &'static str,
) -> Result<Option<T>, Refusal> {
    match upload.field(name) {
        "" => Ok(None),
        text => match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Refusal::input(name, "IMPORT-12", sentence)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(fields: &[(&str, &str)]) -> Upload {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Upload {
            fields: fields.collect(),
            file_name: "方案.txt".into(),
            bytes: b"x".to_vec(),
        }
    }

    #[test]
    fn an_upload_says_what_the_text_may_not_say() {
        let fields = [
            ("category", "bureau"),
            ("year", "2026"),
            ("default_limit", ""),
        ];
        let read = read(upload(&fields)).unwrap();
        assert_eq!(
            (read.category.as_str(), read.year, read.default_limit),
            ("bureau", Some(2026), None)
        );
    }

    #[test]
    fn an_unreadable_date_is_not_taken_for_none() {
        let refusal = read(upload(&[("default_limit", "年底")])).unwrap_err();
        assert_eq!(refusal.code, "default_limit");
    }
}
