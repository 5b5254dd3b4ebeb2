//! The directory of those whom units named (联络机制).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::rosters::{self, Contact};
use luoshi_documents::workbook::{Column, Sheet};
use luoshi_domain::organisation::Organisation;

use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::pages::{files, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/contacts";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(show))
        .get("/contacts.xlsx", Access::Member, get(export))
}

#[derive(Template)]
#[template(path = "contacts.html")]
struct ContactsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<[String; 5]>,
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let (contacts, organisation) = rosters::directory(&state.app, signed_in.who()).await?;
    let page = ContactsPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        rows: rows(&contacts, &organisation),
    };
    html(StatusCode::OK, &page)
}

async fn export(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let (contacts, organisation) = rosters::directory(&state.app, signed_in.who()).await?;
    let column = |heading: &'static str, width| Column {
        heading: heading.into(),
        width,
        ..Column::default()
    };
    let sheet = Sheet {
        title: "通讯录".into(),
        note: format!("{} 导出，共 {} 人", state.app.today(), contacts.len()),
        columns: vec![
            column("单位", 30),
            column("职责", 26),
            column("姓名", 14),
            column("联系方式", 22),
            column("名册", 36),
        ],
        rows: rows(&contacts, &organisation)
            .into_iter()
            .map(Vec::from)
            .collect(),
    };
    files::xlsx("contacts.xlsx", "通讯录.xlsx", sheet).await
}

fn rows(contacts: &[Contact], organisation: &Organisation) -> Vec<[String; 5]> {
    let contacts = contacts.iter();
    contacts
        .map(|contact| {
            [
                organisation.unit_name(contact.unit).to_owned(),
                contact.role.clone(),
                contact.name.clone(),
                contact.contact.clone(),
                contact.roster.clone(),
            ]
        })
        .collect()
}
