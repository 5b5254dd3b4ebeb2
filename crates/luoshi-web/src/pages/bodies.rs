//! Leading groups, task forces and teams (ORG-06, 07).

mod form;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::bodies::prescribed::Prescribed;
use luoshi_app::bodies::{self, BodiesView, BodyView};
use luoshi_app::policy::Reach;
use luoshi_domain::bodies::{Body, BodyCommand, BodyKind, End, Seat, seat_name};
use luoshi_domain::ids::BodyId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::rights::Right;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::parts::{Fact, Field, Link};
use crate::pages::plans::answered;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::pages::{days, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/bodies";

pub(crate) fn routes(table: Table) -> Table {
    let table = table
        .get(PATH, Access::Member, get(list))
        .get("/bodies/{id}", Access::Member, get(show))
        .post("/bodies/{id}/end", Access::Member, post(end));
    form::routes(table)
}

#[derive(Template)]
#[template(path = "bodies.html")]
struct BodiesPage {
    shell: Shell,
    tabs: Vec<Tab>,
    said: String,
    rows: Vec<BodyRow>,
    wanted: Vec<WantedRow>,
    over: Link,
    new: &'static str,
}

struct BodyRow {
    href: String,
    name: String,
    kind: &'static str,
    unit: String,
    head: String,
    seats: String,
    office: String,
    days: String,
}

struct WantedRow {
    name: String,
    clause: String,
    quote: String,
    composition: String,
    /// Those set up of it.
    there: Vec<Link>,
    action: Link,
}

#[derive(Template)]
#[template(path = "body.html")]
struct BodyPage {
    shell: Shell,
    tabs: Vec<Tab>,
    name: String,
    kind: &'static str,
    over: String,
    facts: Vec<Fact>,
    seats: Vec<SeatRow>,
    below: Vec<Link>,
    mirrors: Vec<Link>,
    edit: String,
    mirror: String,
    end: String,
    fields: Vec<Field>,
    version: i64,
}

struct SeatRow {
    role: &'static str,
    name: String,
    by_post: bool,
    vacant: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    over: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ending {
    version: Option<i64>,
    day: String,
    reason: String,
}

async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let view = bodies::list(&state.app, signed_in.who()).await?;
    let today = state.app.today();
    let (there, over): (Vec<&Body>, Vec<&Body>) =
        view.bodies.iter().partition(|body| body.is_in_force(today));
    let shown = if wish.over { &over } else { &there };
    let reach = Reach::of(&state.app, &signed_in.who().actor, Right::KeepBody);
    let may = reach.all;
    let page = BodiesPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        said: format!("在运行 {} 个，已结束 {} 个", there.len(), over.len()),
        rows: shown
            .iter()
            .map(|body| row(body, &view.organisation))
            .collect(),
        wanted: if wish.over {
            Vec::new()
        } else {
            let wanted = view.prescribed.iter();
            wanted
                .map(|wanted| wanted_row(&view, wanted, may))
                .collect()
        },
        over: match wish.over {
            true => link(PATH, "看在运行的"),
            false => link("/bodies?over=true", "看已结束的"),
        },
        new: if !reach.is_empty() { "/bodies/new" } else { "" },
    };
    html(StatusCode::OK, &page)
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<BodyId>,
) -> WebResult<Response> {
    let view = bodies::show(&state.app, signed_in.who(), id).await?;
    let today = state.app.today();
    let details = &view.body.details;
    let mut facts = Vec::new();
    if !details.purpose.is_empty() {
        facts.push(Fact::new("职责", &details.purpose));
    }
    facts.push(Fact::new("起止", days_said(&view.body)));
    if let Some(unit) = details.unit {
        facts.push(Fact::new("设在单位", view.organisation.unit_name(unit)));
    }
    if let Some(office) = &details.office {
        let name = view.organisation.unit_name(office.unit);
        facts.push(Fact::new("办公室设在", name));
        if !office.duties.is_empty() {
            facts.push(Fact::new("办公室职责", &office.duties));
        }
    }
    if let Some(parent) = &view.parent {
        let fact = Fact::new("隶属", &parent.details.name);
        facts.push(fact.linked(format!("{PATH}/{}", parent.id)));
    }
    if !details.basis.is_empty() {
        facts.push(Fact::new("依据", &details.basis));
    }
    let ended = view.body.ended.as_ref();
    let at = |action: &str| match view.may_change {
        true => format!("{PATH}/{id}/{action}"),
        false => String::new(),
    };
    let page = BodyPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        name: details.name.clone(),
        kind: kind(details.kind),
        over: ended.map_or_else(String::new, |end| {
            format!("{} 撤销：{}", end.day, end.reason)
        }),
        facts,
        seats: seats(&view),
        below: view
            .below
            .iter()
            .map(|body| link(&format!("{PATH}/{}", body.id), &body.details.name))
            .collect(),
        mirrors: view
            .mirrors
            .iter()
            .map(|roster| {
                let percent = roster.completeness(today);
                let label = format!("{}（完成 {percent}%）", roster.details.title);
                link(&format!("/rosters/{}", roster.id), &label)
            })
            .collect(),
        edit: at("edit"),
        mirror: match details.unit {
            None if view.may_change => format!("/rosters/new?mirrors={id}"),
            _ => String::new(),
        },
        end: at("end"),
        fields: vec![
            Field::date("day", "撤销日期", today.to_string()).required(),
            Field::area("reason", "理由", "").required(),
        ],
        version: view.body.version,
    };
    html(StatusCode::OK, &page)
}

async fn end(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<BodyId>,
    Form(typed): Form<Ending>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    let today = state.app.today();
    let day = match days::read(&typed.day, today) {
        Ok(day) => day.unwrap_or(today),
        Err(unreadable) => return Ok(crate::flash::warn(&path, unreadable.sentence())),
    };
    let command = BodyCommand::End(End {
        day,
        reason: typed.reason.trim().to_owned(),
    });
    let who = signed_in.who();
    let done = bodies::handle(&state.app, who, id, command, typed.version).await;
    answered(&path, done, |body| {
        format!("“{}”已撤销。", body.details.name)
    })
}

fn row(body: &Body, organisation: &Organisation) -> BodyRow {
    let details = &body.details;
    let office = details.office.as_ref().map(|office| office.unit);
    let unit = |unit| organisation.unit_name(unit).to_owned();
    BodyRow {
        href: format!("{PATH}/{}", body.id),
        name: details.name.clone(),
        kind: kind(details.kind),
        unit: details.unit.map_or_else(|| "全局".into(), unit),
        head: details
            .head
            .map(|seat| seat_name(seat, organisation))
            .unwrap_or_default(),
        seats: format!(
            "副组长 {}，成员 {}",
            details.deputies.len(),
            details.members.len()
        ),
        office: office.map(unit).unwrap_or_default(),
        days: days_said(body),
    }
}

fn wanted_row(view: &BodiesView, wanted: &Prescribed, may: bool) -> WantedRow {
    let body = &wanted.wanted;
    let parts = [
        ("组长", &body.head),
        ("副组长", &body.deputies),
        ("成员", &body.members),
        ("办公室", &body.office),
    ];
    let said = parts.iter().filter(|(_, words)| !words.is_empty());
    let said: Vec<String> = said
        .map(|(part, words)| format!("{part}：{words}"))
        .collect();
    let there = wanted.set_up.iter().filter_map(|id| {
        let body = view.bodies.iter().find(|body| body.id == *id)?;
        Some(link(&format!("{PATH}/{id}"), &body.details.name))
    });
    let (pack, key) = (wanted.pack.key(), &body.key);
    WantedRow {
        name: match (body.count, body.each_unit) {
            (_, true) => format!("{}（每个单位一个）", body.label),
            (1, false) => body.label.clone(),
            (count, false) => format!("{}（{count} 个）", body.label),
        },
        clause: body.cited.clause.clone(),
        quote: body.cited.quote.clone(),
        composition: if said.is_empty() {
            "原文没有写组成人员".into()
        } else {
            said.join("；")
        },
        action: match (may, body.each_unit) {
            (false, _) => Link::default(),
            (true, true) => link(
                &format!("/rosters/new?pack={pack}&key=own_body"),
                "要求各单位成立…",
            ),
            (true, false) => link(&format!("/bodies/new?pack={pack}&key={key}"), "按方案组建…"),
        },
        there: there.collect(),
    }
}

fn seats(view: &BodyView) -> Vec<SeatRow> {
    let details = &view.body.details;
    let row = |role, seat: &Seat| SeatRow {
        role,
        name: seat_name(*seat, &view.organisation),
        by_post: matches!(seat, Seat::Post(_)),
        vacant: seat.holder(&view.organisation).is_none(),
    };
    let head = details.head.iter().map(|seat| row("组长", seat));
    let deputies = details.deputies.iter().map(|seat| row("副组长", seat));
    let members = details.members.iter().map(|seat| row("成员", seat));
    head.chain(deputies).chain(members).collect()
}

fn days_said(body: &Body) -> String {
    let last = body.ended.as_ref().map(|end| end.day);
    match last.or(body.details.until) {
        Some(last) => format!("{} 至 {last}", body.details.from),
        None => format!("{} 起", body.details.from),
    }
}

pub(crate) fn kind(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::LeadingGroup => "领导小组",
        BodyKind::WorkingGroup => "工作小组",
        BodyKind::TaskForce => "工作专班",
        BodyKind::SupervisionTeam => "督导组",
        BodyKind::CoordinationGroup => "协调小组",
    }
}

fn link(href: &str, label: &str) -> Link {
    Link {
        href: href.to_owned(),
        label: label.to_owned(),
    }
}
