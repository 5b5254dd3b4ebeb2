//! The OpenAPI document: operations from their handlers, access and refusals from the route table.

use axum::routing::get;
use luoshi_domain::accounts::tokens::Scope;
use serde::Serialize;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, Content, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::api::reporting::ReportWord;
use crate::api::words::TaskSort;
use crate::api::{
    account, accounts, activities, appeals, audit, board, bodies, breakdowns, calendar, children,
    desk, filings, hooks, imports, inbox, journal, lessons, lists, mandates, merging, organisation,
    packs, plans, reporting, rosters, tasks, tiers, tokens, trajectories, views, worksheets,
};
use crate::extract::{CSRF_HEADER, Json};
use crate::routes::{Access, Entry, Table};
use crate::sessions::SESSION_COOKIE;

const PATH: &str = "/api/v1/openapi.json";

pub(super) fn routes(table: Table) -> Table {
    table.get(PATH, Access::Public, get(show))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "落实 Luoshi",
        description = "A plan document becomes a closed loop of tasks."
    ),
    paths(
        account::begin,
        account::show,
        account::end,
        tokens::list,
        tokens::create,
        tokens::revoke,
        tokens::sessions_list,
        tokens::session_end,
        mandates::list,
        mandates::give,
        mandates::end,
        accounts::list,
        accounts::open,
        accounts::reset,
        accounts::end_sessions,
        accounts::remove_factor,
        desk::show,
        inbox::show,
        inbox::look,
        inbox::wishes,
        inbox::wish,
        hooks::list,
        hooks::register,
        hooks::show,
        hooks::carry_out,
        hooks::of_person,
        organisation::show,
        organisation::changes::carry_out,
        organisation::changes::preview,
        organisation::handovers::list,
        organisation::handovers::carry_out,
        organisation::handovers::show,
        organisation::workbook::export,
        organisation::workbook::preview,
        organisation::workbook::import,
        organisation::origins,
        board::show,
        trajectories::show,
        trajectories::carry_out,
        calendar::month,
        calendar::check,
        calendar::announce,
        packs::list,
        packs::check,
        packs::show,
        packs::adopt,
        packs::put_down,
        packs::date,
        tasks::list,
        tasks::open,
        tasks::attachments::list,
        tasks::attachments::attach,
        tasks::attachments::download,
        tasks::attachments::detach,
        tasks::batch,
        tasks::acts::look,
        tasks::acts::carry_out,
        tasks::acts::tags,
        tiers::show,
        reporting::standings,
        reporting::upwards,
        views::list,
        views::save,
        views::change,
        imports::list,
        imports::preview,
        imports::import,
        imports::undo,
        filings::list,
        filings::file,
        filings::show,
        filings::judge,
        tasks::show,
        tasks::carry_out,
        plans::list,
        plans::import,
        plans::show,
        plans::carry_out,
        plans::finalise,
        plans::years::load,
        plans::versions::changes,
        plans::versions::confirm,
        plans::duplicates::list,
        plans::duplicates::cover,
        plans::questions::list,
        plans::questions::settle,
        lessons::list,
        lessons::forget,
        lessons::reset,
        appeals::list,
        appeals::show,
        appeals::carry_out,
        appeals::offers,
        appeals::file,
        merging::show,
        merging::merge,
        bodies::list,
        bodies::set_up,
        bodies::show,
        bodies::carry_out,
        breakdowns::show,
        breakdowns::save,
        breakdowns::seamless,
        breakdowns::mine,
        children::show,
        children::open,
        children::link,
        worksheets::show,
        worksheets::carry_out,
        lists::list,
        lists::show,
        lists::add,
        lists::show_row,
        lists::carry_out,
        rosters::list,
        rosters::ask,
        rosters::show,
        rosters::carry_out,
        activities::list,
        activities::coverage,
        activities::record,
        activities::show,
        activities::carry_out,
        journal::list,
        journal::verify,
        audit::acts,
        audit::accesses,
        audit::states,
        audit::verify,
    ),
    components(schemas(ProblemBody, TaskSort, ReportWord)),
    modifiers(&Frame)
)]
struct Document;

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct ProblemBody {
    /// Always `about:blank`; `code` tells problems apart.
    r#type: String,
    status: u16,
    /// Stable, e.g. `not_approved`.
    code: String,
    /// What happened, short, in Chinese.
    title: String,
    /// What happened, in full, in Chinese.
    detail: String,
    /// The rule it comes from, e.g. `FLOW-11`.
    rule: Option<String>,
    /// What others did meanwhile, when `code` is `stale`.
    changes: Vec<String>,
    /// Names the request in the log.
    reference: String,
}

async fn show() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}

/// What the route table knows of every operation: who may come and how it may end.
struct Frame;

impl Modify for Frame {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("session", session());
        components.add_security_scheme("csrf", csrf());
        components.add_security_scheme("token", token());
        for entry in crate::table().entries() {
            let item = document.paths.paths.get_mut(entry.path);
            if let Some(operation) = item.and_then(|item| operation(item, entry.method)) {
                secure(operation, entry);
                end(operation, entry);
            }
        }
    }
}

fn session() -> SecurityScheme {
    let said = "Set by POST /api/v1/session.";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        SESSION_COOKIE,
        said,
    )))
}

fn csrf() -> SecurityScheme {
    let said =
        "`csrf` of the session; goes with every POST and DELETE of somebody who is signed in.";
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        CSRF_HEADER,
        said,
    )))
}

fn token() -> SecurityScheme {
    let said = "Made by POST /api/v1/tokens; the scope that a route wants stands with it.";
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    SecurityScheme::Http(scheme.description(Some(said)).build())
}

fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

fn secure(operation: &mut Operation, entry: &Entry) {
    if entry.access == Access::Public {
        return;
    }
    let mut needs = SecurityRequirement::new::<_, [&str; 0], _>("session", []);
    if entry.method != "GET" {
        needs = needs.add::<_, [&str; 0], _>("csrf", []);
    }
    let mut ways = vec![needs];
    if let Some(scope) = entry.scope {
        ways.push(SecurityRequirement::new("token", [scope_word(scope)]));
    }
    operation.security = Some(ways);
}

fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Calendar => "calendar",
    }
}

/// How the operation may end; what the handler says stays, with a description if it lacks one.
fn end(operation: &mut Operation, entry: &Entry) {
    let responses = &mut operation.responses.responses;
    for response in responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            "Done.".clone_into(&mut response.description);
        }
    }
    for (status, description) in refusals(entry) {
        responses.insert(status.to_owned(), problem(description).into());
    }
}

fn refusals(entry: &Entry) -> Vec<(&'static str, &'static str)> {
    let mut refusals = vec![
        ("400", "The request cannot be read."),
        ("401", "Nobody is signed in, or login or password is wrong."),
        ("422", "What was entered is incomplete or wrong."),
        ("503", "The database is busy; nothing was stored."),
    ];
    if entry.access != Access::Public {
        refusals.push(("404", "There is none, or the reader may not know of it."));
    }
    if entry.method != "GET" {
        refusals.extend([
            (
                "403",
                "The actor has no right to it, or a token is wrong or not good for it.",
            ),
            ("409", "The state does not allow it, or `seen` is stale."),
            ("413", "The body is too large."),
            ("415", "The body is not of the required media type."),
        ]);
    }
    refusals
}

fn problem(description: &str) -> utoipa::openapi::Response {
    let schema = Ref::from_schema_name("ProblemBody");
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", Content::new(Some(schema)))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        serde_json::to_value(Document::openapi()).unwrap()
    }

    /// Method and path of every operation.
    fn operations(document: &Value) -> BTreeSet<(String, String)> {
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| (method.to_uppercase(), path.clone()))
        });
        operations.collect()
    }

    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if name == "$ref"
                        && let Some(target) = value.as_str()
                    {
                        found.insert(target);
                    }
                    references(value, found);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_document_lists_exactly_the_routes() {
        let table = crate::table();
        let entries = table.entries().iter();
        let routes: BTreeSet<_> = entries
            .filter(|entry| entry.path.starts_with("/api/v1/") && entry.path != PATH)
            .map(|entry| (entry.method.to_owned(), entry.path.to_owned()))
            .collect();
        assert_eq!(operations(&document()), routes);
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.contains("#/components/schemas/ProblemBody"));
        for target in found {
            let pointer = target.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{target} is missing");
        }
    }

    #[test]
    fn operations_say_what_they_need_and_how_they_end() {
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        let paths = &document["paths"];
        let command = &paths["/api/v1/tasks/{id}/commands"]["post"];
        assert_eq!(command["operationId"], "task_command");
        assert_eq!(
            command["security"].to_string(),
            r#"[{"csrf":[],"session":[]},{"token":["write"]}]"#
        );
        assert!(command["responses"]["409"]["content"]["application/problem+json"].is_object());
        assert!(paths["/api/v1/session"]["post"]["security"].is_null());
        assert!(paths["/api/v1/tasks"]["get"]["responses"]["409"].is_null());
    }
}
