//! What each unit has to name by a day: who filed, who is short, who is late (ORG-08, 11).

mod asking;
mod contacts;
mod filing;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::rosters::{self, RosterView};
use luoshi_domain::bodies::End;
use luoshi_domain::ids::{RosterId, UnitId};
use luoshi_domain::rosters::{Named, Need, Roster, RosterCommand, Standing};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Fact, Field, Link};
use crate::pages::plans::answered;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/rosters";

pub(crate) fn routes(table: Table) -> Table {
    let table = table
        .get(PATH, Access::Member, get(list))
        .get("/rosters/{id}", Access::Row, get(show))
        .post("/rosters/{id}/close", Access::Row, post(close));
    let table = asking::routes(table);
    let table = filing::routes(table);
    contacts::routes(table)
}

#[derive(Template)]
#[template(path = "rosters.html")]
struct RostersPage {
    shell: Shell,
    tabs: Vec<Tab>,
    said: String,
    rows: Vec<RosterRow>,
    wanted: Vec<WantedRow>,
    may_ask: bool,
}

struct RosterRow {
    href: String,
    title: String,
    basis: String,
    due: String,
    done: String,
    tone: &'static str,
}

struct WantedRow {
    title: String,
    clause: String,
    needs: String,
    href: String,
}

#[derive(Template)]
#[template(path = "roster.html")]
struct RosterPage {
    shell: Shell,
    tabs: Vec<Tab>,
    title: String,
    said: String,
    facts: Vec<Fact>,
    rows: Vec<StandingRow>,
    /// The reader's own unit's form; empty rows where there is none.
    filing: filing::Filing,
    edit: String,
    close: String,
    fields: Vec<Field>,
    version: i64,
}

struct StandingRow {
    unit: String,
    state: &'static str,
    tone: &'static str,
    short: String,
    named: Vec<String>,
    filed: String,
    action: Link,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    unit: Option<UnitId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Closing {
    version: Option<i64>,
    reason: String,
}

async fn list(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let view = rosters::list(&state.app, signed_in.who()).await?;
    let waiting = rosters::waiting(&state.app, signed_in.who()).await?;
    let page = RostersPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        said: match waiting {
            0 => format!("{} 份", view.rosters.len()),
            waiting => format!("{} 份，其中 {waiting} 份等本单位报", view.rosters.len()),
        },
        rows: view
            .rosters
            .iter()
            .map(|(roster, standings)| row(roster, standings))
            .collect(),
        wanted: view
            .wanted
            .iter()
            .map(|(pack, wanted)| WantedRow {
                title: wanted.label.clone(),
                clause: wanted.cited.clause.clone(),
                needs: wanted
                    .needs
                    .iter()
                    .map(|need| format!("{}{}", need.label, count(need.min, need.max)))
                    .collect::<Vec<_>>()
                    .join("、"),
                href: format!("/rosters/new?pack={}&key={}", pack.key(), wanted.key),
            })
            .collect(),
        may_ask: view.may_ask,
    };
    html(StatusCode::OK, &page)
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<RosterId>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let view = rosters::show(&state.app, signed_in.who(), id).await?;
    let filing = filing::of(&view, signed_in.who(), wish.unit);
    page(&state, &signed_in, StatusCode::OK, &view, filing).await
}

async fn close(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<RosterId>,
    Form(typed): Form<Closing>,
) -> WebResult<Response> {
    let command = RosterCommand::Close(End {
        day: state.app.today(),
        reason: typed.reason.trim().to_owned(),
    });
    let who = signed_in.who();
    let done = rosters::handle(&state.app, who, id, command, typed.version).await;
    answered(&format!("{PATH}/{id}"), done, |_roster| {
        "名册已结束，报过的都还在。".into()
    })
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    view: &RosterView,
    filing: filing::Filing,
) -> WebResult<Response> {
    let (roster, id) = (&view.roster, view.roster.id);
    let details = &roster.details;
    let today = state.app.today();
    let needs = details.needs.iter().map(need_said);
    let mut facts = vec![
        Fact::new("要报", needs.collect::<Vec<_>>().join("、")),
        Fact::new("期限", format!("{} 24:00 前", details.due)),
    ];
    if !details.basis.is_empty() {
        facts.push(Fact::new("依据", &details.basis));
    }
    if let Some(body) = details.mirrors {
        let known = view.bodies.iter().find(|known| known.id == body);
        let name = known.map_or("（已撤销）", |known| known.details.name.as_str());
        facts.push(Fact::new("对应机构", name).linked(format!("/bodies/{body}")));
    }
    if let Some(end) = &roster.closed {
        facts.push(Fact::new("已结束", format!("{}：{}", end.day, end.reason)));
    }
    let complete = view.standings.iter().filter(|known| known.is_complete());
    let page = RosterPage {
        shell: Shell::signed_in(state, signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        title: details.title.clone(),
        said: match view.standings.len() == details.units.len() {
            true => format!(
                "{} 个单位，报齐 {} 个，完成 {}%",
                details.units.len(),
                complete.count(),
                roster.completeness(today)
            ),
            false => "这里只列本单位的".into(),
        },
        facts,
        rows: view
            .standings
            .iter()
            .map(|standing| standing_row(view, standing))
            .collect(),
        filing,
        edit: match view.may_change {
            true => format!("{PATH}/{id}/edit"),
            false => String::new(),
        },
        close: match view.may_change {
            true => format!("{PATH}/{id}/close"),
            false => String::new(),
        },
        fields: vec![Field::area("reason", "理由", "").required()],
        version: roster.version,
    };
    html(status, &page)
}

fn row(roster: &Roster, standings: &[Standing]) -> RosterRow {
    let complete = standings.iter().filter(|known| known.is_complete()).count();
    let overdue = standings.iter().filter(|known| known.overdue > 0).count();
    let closed = roster.closed.is_some();
    RosterRow {
        href: format!("{PATH}/{}", roster.id),
        title: roster.details.title.clone(),
        basis: roster.details.basis.clone(),
        due: roster.details.due.to_string(),
        done: match (closed, overdue) {
            (true, _) => format!("已结束，报齐 {complete} / {}", standings.len()),
            (false, 0) => format!("报齐 {complete} / {}", standings.len()),
            (false, late) => format!("报齐 {complete} / {}，逾期 {late}", standings.len()),
        },
        tone: if closed {
            "void"
        } else if overdue > 0 {
            "back"
        } else if complete == standings.len() {
            "done"
        } else {
            "waiting"
        },
    }
}

fn standing_row(view: &RosterView, standing: &Standing) -> StandingRow {
    let short = standing.short.iter();
    let short = short.map(|(label, count)| format!("缺{label} {count} 个"));
    let filing = view.roster.filings.get(&standing.unit);
    let entries = filing.map_or(&[][..], |filing| filing.entries.as_slice());
    let (state, tone) = match (standing.is_complete(), standing.overdue, standing.filed) {
        (true, ..) if standing.late > 0 => ("已报齐（迟报）", "done"),
        (true, ..) => ("已报齐", "done"),
        (false, 0, true) => ("没有报齐", "waiting"),
        (false, 0, false) => ("没有报", "waiting"),
        (false, ..) => ("逾期", "back"),
    };
    let mut lines: Vec<String> = short.collect();
    if standing.overdue > 0 {
        lines.push(format!("逾期 {} 天", standing.overdue));
    }
    if standing.late > 0 {
        lines.push(format!("迟报 {} 天", standing.late));
    }
    lines.extend(standing.flags.iter().cloned());
    let may_file = view.may_file.holds(standing.unit);
    StandingRow {
        unit: view.organisation.unit_name(standing.unit).to_owned(),
        state,
        tone,
        short: lines.join("；"),
        named: entries
            .iter()
            .map(|entry| {
                let needs = view.roster.details.needs.iter();
                let need = needs.clone().find(|need| need.key == entry.need);
                let label = need.map_or("", |need| need.label.as_str());
                format!("{label}：{}", said(&entry.named))
            })
            .collect(),
        filed: filing.map_or_else(String::new, |filing| {
            let day = luoshi_domain::calendar::local_day(filing.at);
            format!("{} {day}", filing.by)
        }),
        action: if may_file {
            Link {
                href: format!("{PATH}/{}?unit={}#filing", view.roster.id, standing.unit),
                label: if filing.is_some() { "改报" } else { "填报" }.into(),
            }
        } else {
            Link::default()
        },
    }
}

/// What was named, in one line.
fn said(named: &Named) -> String {
    match named {
        Named::Person { name, contact, .. } => format!("{name} {contact}"),
        Named::Body { name, .. } => name.clone(),
        Named::Staffing {
            body,
            line,
            staff,
            guide,
        } => {
            let mut said = format!("{body}，{staff} 人");
            if !line.is_empty() {
                said.push_str(&format!("，由{line}管理"));
            }
            if !guide.is_empty() {
                said.push_str(&format!("，{guide}指导协调"));
            }
            said
        }
    }
}

fn need_said(need: &Need) -> String {
    format!("{}{}", need.label, count(need.min, need.max))
}

fn count(min: u32, max: Option<u32>) -> String {
    match max {
        Some(max) if max == min => format!(" {max} 个"),
        Some(max) => format!(" {min} 至 {max} 个"),
        None if min == 0 => String::new(),
        None => format!(" {min} 个以上"),
    }
}
