//! Which requests are written into the access log, and doing so (SYS-02).
//!
//! Every address that ends like a file is an export: it is written down before the first byte is
//! given, and not given when that fails. Pages of single things and of what only few may see are
//! reading: it is gathered, so that a page waits for nothing.

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use luoshi_app::accounts::{Client, Means, Visitor};
use luoshi_app::audit::reads::{self, Reading};
use luoshi_domain::access_log::{AccessAction, AccessObject};
use uuid::Uuid;

use crate::WebState;
use crate::problem::Problem;
use crate::routes::{Access, Entry};

/// Endings of addresses that give a file to take along.
const FILES: [&str; 7] = [".csv", ".xlsx", ".toml", ".docx", ".pdf", ".ics", ".zip"];

/// In the address of a file that somebody attached, and what it is called in the log.
const ATTACHED: &str = "/files/{file}";
const ATTACHED_KIND: &str = "attachment";

/// Beginnings of addresses behind which one thing is shown, and what it is.
const THINGS: [(&str, &str); 20] = [
    ("/tasks/{id}", "task"),
    ("/plans/{id}", "plan"),
    ("/organisation/handovers/{id}", "handover"),
    ("/organisation/persons/{id}", "person"),
    ("/bodies/{id}", "body"),
    ("/rosters/{id}", "roster"),
    ("/activities/{id}", "activity"),
    ("/appeals/{id}", "appeal"),
    ("/list-rows/{id}", "list_row"),
    ("/lists/{list}/", "list"),
    ("/contacts", "contacts"),
    ("/imports/lessons", "lessons"),
    ("/packs/{pack}/export", "packs"),
    ("/ledger/export", "ledger"),
    ("/ledger/status", "ledger"),
    ("/journal", "journal"),
    ("/audit", "audit"),
    ("/accounts", "accounts"),
    ("/organisation/", "organisation"),
    ("/tasks", "ledger"),
];

/// Pages that show a part of one thing.
const LEAVES: [&str; 5] = [
    "/breakdown",
    "/worksheet",
    "/children",
    "/appeals",
    "/merge",
];

/// What of a route is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    action: AccessAction,
    kind: &'static str,
}

/// What is written down of the route with this path; nothing of most.
pub(crate) fn recorded(path: &str) -> Option<Recorded> {
    let bare = path.strip_prefix("/api/v1").unwrap_or(path);
    let known = THINGS.iter().find(|(begins, _)| bare.starts_with(begins));
    let kind = known.map(|(_, kind)| *kind);
    if path.contains(ATTACHED) {
        return Some(Recorded {
            action: AccessAction::Export,
            kind: ATTACHED_KIND,
        });
    }
    if FILES.iter().any(|ending| path.ends_with(ending)) {
        return Some(Recorded {
            action: AccessAction::Export,
            kind: kind.unwrap_or("file"),
        });
    }
    // A list is nobody's secret; what is behind it is.
    let (begins, kind) = known?;
    let rest = bare.strip_prefix(begins);
    let single =
        begins.ends_with('}') && rest.is_some_and(|rest| rest.is_empty() || LEAVES.contains(&rest));
    let few = ["journal", "audit", "accounts"].contains(kind);
    // A program takes a whole list with it.
    let taken = *kind == "ledger" && path.starts_with("/api/") && bare == *begins;
    (single || few || taken).then_some(Recorded {
        action: AccessAction::Read,
        kind,
    })
}

/// Whether a route's answers are written down.
pub fn is_recorded(entry: &Entry) -> bool {
    entry.method == "GET" && entry.access != Access::Public && recorded(entry.path).is_some()
}

/// Writes down what somebody signed in reads or takes along, or is refused.
pub(crate) async fn record(
    State(state): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let Some((visitor, client, reading)) = wanted(&request) else {
        return next.run(request).await;
    };
    let response = next.run(request).await;
    let status = response.status();
    let success = status.is_success();
    // A file that turns out to be damaged was asked for all the same.
    let damaged = reading.object.kind == ATTACHED_KIND && status.is_server_error();
    if !success && !damaged && status != StatusCode::NOT_FOUND && status != StatusCode::FORBIDDEN {
        return response;
    }
    let reading = Reading { success, ..reading };
    let who = &visitor.who;
    if reading.action == AccessAction::Export && success {
        return match reads::write(&state.app, who, &client, reading).await {
            Ok(()) => response,
            Err(error) => Problem::from(error).into_response(),
        };
    }
    reads::note(&state.app, who, &client, reading).await;
    response
}

fn wanted(request: &Request) -> Option<(Visitor, Client, Reading)> {
    if !request.method().is_safe() {
        return None;
    }
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let recorded = recorded(path)?;
    let visitor = request.extensions().get::<Visitor>()?.clone();
    let client = request.extensions().get::<Client>().cloned();
    let mut detail = match visitor.means {
        Means::Token { .. } => "用程序令牌".to_owned(),
        Means::Session { .. } => String::new(),
    };
    if recorded.action == AccessAction::Export {
        let asked = request.uri().path_and_query();
        detail.push_str(&asked.map(ToString::to_string).unwrap_or_default());
    }
    let reading = Reading {
        action: recorded.action,
        object: AccessObject {
            kind: recorded.kind.to_owned(),
            id: id(path, request.uri().path()),
        },
        success: true,
        detail,
    };
    Some((visitor, client.unwrap_or_default(), reading))
}

/// The id that stands where the route says so.
fn id(route: &str, path: &str) -> Option<Uuid> {
    let mut parts = route.split('/').zip(path.split('/'));
    let files = route.contains(ATTACHED);
    let wanted = if files { "{file}" } else { "{id}" };
    let (_, found) = parts.find(|(part, _)| *part == wanted)?;
    found.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<(AccessAction, &'static str)> {
        recorded(path).map(|found| (found.action, found.kind))
    }

    #[test]
    fn sys_02_exports_and_single_things_are_written_down_and_lists_are_not() {
        let export = AccessAction::Export;
        for (path, kind) in [
            ("/ledger/export.csv", "ledger"),
            ("/plans/{id}/table.xlsx", "plan"),
            ("/packs/{pack}/export.toml", "packs"),
            ("/audit/export.csv", "audit"),
            ("/something/new.xlsx", "file"),
            ("/tasks/{id}/files/{file}", "attachment"),
            ("/tasks/{id}/files/{file}/view", "attachment"),
            ("/api/v1/tasks/{id}/files/{file}", "attachment"),
        ] {
            assert_eq!(of(path), Some((export, kind)), "{path}");
        }
        let read = AccessAction::Read;
        for (path, kind) in [
            ("/tasks/{id}", "task"),
            ("/api/v1/tasks/{id}", "task"),
            ("/api/v1/tasks", "ledger"),
            ("/audit", "audit"),
            ("/audit/access", "audit"),
            ("/api/v1/journal", "journal"),
        ] {
            assert_eq!(of(path), Some((read, kind)), "{path}");
        }
        for path in ["/ledger", "/desk", "/tasks", "/bodies", "/tasks/{id}/forms"] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn sys_02_every_file_that_a_route_gives_is_an_export() {
        let table = crate::table();
        let entries = table.entries().iter();
        let files = entries.filter(|entry| {
            let last = entry.path.rsplit('/').next().unwrap_or_default();
            entry.access != Access::Public && last.contains('.')
        });
        // What holds nobody's data.
        let harmless = ["/imports/sample.txt"];
        let mut seen = 0;
        for entry in files.filter(|entry| !harmless.contains(&entry.path)) {
            assert!(is_recorded(entry), "{}", entry.path);
            seen += 1;
        }
        assert!(seen > 5);
    }

    #[test]
    fn an_id_stands_where_the_route_says_so() {
        let found = id(
            "/plans/{id}/table.xlsx",
            "/plans/01970000-0000-7000-8000-00000000ffff/table.xlsx",
        );
        assert!(found.is_some());
        assert_eq!(id("/tasks/{id}", "/tasks/none"), None);
        assert_eq!(id("/audit", "/audit"), None);
    }
}
