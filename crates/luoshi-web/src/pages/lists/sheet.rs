//! A list that is another look at what is kept of tasks: breakdowns, four-in-one lists, matrices.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use luoshi_app::lists::sheets::SheetView;
use luoshi_domain::lists::SheetSource;

use super::PATH;
use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::parts::{Link, State as Badge};
use crate::pages::shell::Shell;
use crate::pages::{html, labels};
use crate::problem::WebResult;

#[derive(Template)]
#[template(path = "list_sheet.html")]
struct SheetPage {
    shell: Shell,
    label: String,
    said: String,
    about: String,
    clause: String,
    rows: Vec<SheetLine>,
    /// Where more of it is looked at.
    more: Link,
}

struct SheetLine {
    href: String,
    number: String,
    title: String,
    lead: String,
    due: String,
    state: Badge,
    said: String,
    missing: String,
}

pub(super) async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    view: &SheetView,
) -> WebResult<Response> {
    let part = match view.sheet {
        SheetSource::Breakdowns => "breakdown",
        SheetSource::FourInOne => "worksheet#list",
        SheetSource::Matrix => "worksheet#matrix",
    };
    let rows = view.rows.iter().map(|row| SheetLine {
        href: format!("/tasks/{}/{part}", row.task.id),
        number: row.task.number.clone().unwrap_or_else(|| "未编号".into()),
        title: row.task.title.clone(),
        lead: row.task.lead.map_or_else(
            || "未定".into(),
            |lead| view.organisation.unit_name(lead).to_owned(),
        ),
        due: row
            .task
            .limit
            .map_or_else(|| "未定".into(), |limit| limit.to_string()),
        state: labels::row_badge(&row.task),
        said: row.said.clone(),
        missing: row.missing.clone(),
    });
    let page = SheetPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        label: view.template.label.clone(),
        said: format!("{} 件事项已填", view.rows.len()),
        about: view.template.about.clone(),
        clause: view.template.cited.clause.clone(),
        rows: rows.collect(),
        more: match view.sheet {
            SheetSource::Breakdowns => link("/breakdowns", "看哪些责任还缺"),
            _ => link("/ledger", "到台账里选事项填"),
        },
    };
    html(StatusCode::OK, &page)
}

fn link(href: &str, label: &str) -> Link {
    Link {
        href: href.to_owned(),
        label: label.to_owned(),
    }
}
