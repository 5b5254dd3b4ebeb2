//! The leaders' board: five things to decide, how the lights stand and have stood, what changed
//! this week, and where it gathers.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::board::{self, Board, Change, Decision, Distribution, Matter, UnitHeat};
use luoshi_domain::lights::{Colour, Light as DomainLight};
use luoshi_domain::organisation::Organisation;
use serde_json::json;

use crate::WebState;
use crate::extract::{Path, SignedIn};
use crate::pages::html;
use crate::pages::labels;
use crate::pages::parts::{Light, Tally};
use crate::pages::shell::Shell;
use crate::pages::trajectories::Figure;
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const PATH: &str = "/board";

pub(crate) fn routes(table: Table) -> Table {
    table.get(PATH, Access::Bureau, get(show)).get(
        "/board/week/{change}",
        Access::Bureau,
        get(week),
    )
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    shell: Shell,
    script: String,
    decisions: Vec<DecisionRow>,
    more: usize,
    lights: Vec<Tally>,
    figure: Figure,
    week: String,
    changes: Vec<Tally>,
    units: Vec<UnitRow>,
}

struct DecisionRow {
    matter: &'static str,
    href: String,
    title: String,
    key: bool,
    lead: String,
    why: String,
    light: Light,
    act: &'static str,
}

struct UnitRow {
    name: String,
    href: String,
    cells: Vec<HeatCell>,
    total: i64,
}

struct HeatCell {
    count: i64,
    href: String,
    /// From 0, nothing, to 4, most.
    heat: i64,
    tone: &'static str,
    word: &'static str,
}

#[derive(Template)]
#[template(path = "board_week.html")]
struct WeekPage {
    shell: Shell,
    title: String,
    said: String,
    rows: Vec<WeekRow>,
}

struct WeekRow {
    day: String,
    href: String,
    title: String,
    number: String,
    lead: String,
    light: Light,
    said: String,
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    let board = board::show(&state.app, signed_in.who()).await?;
    let page = BoardPage {
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
        script: crate::assets::href("chart.js"),
        decisions: board
            .decisions
            .iter()
            .map(|known| decision(&board, known))
            .collect(),
        more: board.more,
        lights: lights(&board.lights),
        figure: figure(&board),
        week: board.week.to_string(),
        changes: board
            .changes
            .iter()
            .map(|(change, count)| changed(*change, *count))
            .collect(),
        units: units(&board),
    };
    html(StatusCode::OK, &page)
}

async fn week(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(change): Path<String>,
) -> WebResult<Response> {
    let change = Change::from_key(&change).ok_or_else(Problem::not_found)?;
    let (found, organisation, rules) = board::changes(&state.app, signed_in.who(), change).await?;
    let rows = found.iter().map(|known| {
        let facts = luoshi_app::tasks::row_facts(&known.task);
        let light = DomainLight::of(&facts, rules.today, &rules.calendar, &rules.leads);
        WeekRow {
            day: known.day.to_string(),
            href: format!("/tasks/{}", known.task.id),
            title: known.task.title.clone(),
            number: known.task.number.clone().unwrap_or_else(|| "未编号".into()),
            lead: lead(&organisation, known.task.lead),
            light: light.into(),
            said: known.said.clone(),
        }
    });
    let rows: Vec<WeekRow> = rows.collect();
    let page = WeekPage {
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
        title: format!("本周{}", change.label()),
        said: format!("{} 起，{} 项", board::monday(rules.today), rows.len()),
        rows,
    };
    html(StatusCode::OK, &page)
}

fn lead(organisation: &Organisation, unit: Option<luoshi_domain::ids::UnitId>) -> String {
    unit.map_or_else(
        || "未定".into(),
        |unit| organisation.unit_name(unit).to_owned(),
    )
}

fn decision(board: &Board, known: &Decision) -> DecisionRow {
    let (task, rules) = (&known.task, &board.rules);
    let light = DomainLight::of(&task.facts(), rules.today, &rules.calendar, &rules.leads);
    let (matter, act, anchor) = match known.matter {
        Matter::Blocker => ("卡点", "去协调", "?act=answer-blocker"),
        Matter::Extension => ("延期", "去批复", "?act=decide-extension"),
        Matter::Closing => ("办结", "去审定", "?act=endorse"),
        Matter::RedMajor => ("红灯", "去看", ""),
    };
    DecisionRow {
        matter,
        href: format!("/tasks/{}{anchor}", task.id),
        title: task.details.title.clone(),
        key: task.details.level == luoshi_domain::tasks::Level::Major,
        lead: lead(&board.organisation, task.details.lead),
        why: known.why.clone(),
        light: light.into(),
        act,
    }
}

fn lights(counts: &Distribution) -> Vec<Tally> {
    [
        (Colour::Red, "逾期或严重落后"),
        (Colour::Yellow, "临期、落后或观察期"),
        (Colour::Green, "正常"),
        (Colour::Grey, "未下达或无时限"),
        (Colour::Done, "已办结、已撤销"),
    ]
    .map(|(colour, note)| Tally {
        href: format!("/ledger?light={}", labels::colour(colour).1),
        count: u64::try_from(counts.of(colour)).unwrap_or_default(),
        label: labels::colour(colour).2.to_owned(),
        note: note.to_owned(),
        red: colour == Colour::Red,
        current: false,
    })
    .into()
}

fn changed(change: Change, count: usize) -> Tally {
    Tally {
        href: format!("/board/week/{}", change.key()),
        count: u64::try_from(count).unwrap_or_default(),
        label: change.label().to_owned(),
        note: String::new(),
        red: change == Change::TurnedRed,
        current: false,
    }
}

/// The lights over time: drawn, in words and as a table.
fn figure(board: &Board) -> Figure {
    let of = |colour| -> Vec<i64> {
        board
            .course
            .iter()
            .map(|(_day, all)| all.of(colour))
            .collect()
    };
    let days: Vec<_> = board.course.iter().map(|(day, _all)| *day).collect();
    let values = json!({
        "days": days,
        "red": of(Colour::Red),
        "yellow": of(Colour::Yellow),
        "green": of(Colour::Green),
    });
    let now = &board.lights;
    let before = board.course.iter().rev().nth(1);
    let since = before.map_or_else(
        || "每日巡查以后才有变化可看。".to_owned(),
        |(day, then)| format!("比 {day} 红灯{}。", difference(now.red - then.red)),
    );
    let summary = format!(
        "计灯的 {} 项里，红 {}、黄 {}、绿 {}；{since}",
        now.running(),
        now.red,
        now.yellow,
        now.green
    );
    let rows = board.course.iter().rev().map(|(day, all)| {
        vec![
            day.to_string(),
            all.red.to_string(),
            all.yellow.to_string(),
            all.green.to_string(),
        ]
    });
    Figure {
        chart: "lights",
        values: values.to_string(),
        summary,
        head: vec!["日期", "红", "黄", "绿"],
        rows: rows.collect(),
    }
}

fn difference(count: i64) -> String {
    match count {
        0 => "没有增减".into(),
        1.. => format!("多 {count} 项"),
        _ => format!("少 {} 项", -count),
    }
}

fn units(board: &Board) -> Vec<UnitRow> {
    let most = |colour| {
        board
            .units
            .iter()
            .map(|heat| heat.counts.of(colour))
            .max()
            .unwrap_or(1)
    };
    let rows = board.units.iter().map(|heat| {
        let UnitHeat { unit, counts } = heat;
        let (href, of) = match unit {
            Some(unit) => (format!("/ledger?lead={unit}"), format!("&lead={unit}")),
            None => (String::new(), String::new()),
        };
        let cells = [Colour::Red, Colour::Yellow, Colour::Green].map(|colour| {
            let (count, most) = (counts.of(colour), most(colour).max(1));
            HeatCell {
                count,
                href: format!("/ledger?light={}{of}", labels::colour(colour).1),
                heat: (4 * count + most - 1) / most,
                tone: labels::colour(colour).0,
                word: labels::colour(colour).2,
            }
        });
        UnitRow {
            name: lead(&board.organisation, *unit),
            total: counts.running(),
            href,
            cells: cells.into(),
        }
    });
    rows.collect()
}
