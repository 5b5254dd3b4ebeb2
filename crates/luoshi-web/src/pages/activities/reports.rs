//! What the records do not cover: people not trained, acts without a record.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::activities;
use luoshi_domain::activities::Coverage;

use super::{Wish, label, years};
use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::Link;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/activities/coverage", Access::Member, get(coverage))
        .get("/activities/acts", Access::Bureau, get(acts))
}

#[derive(Template)]
#[template(path = "coverage_report.html")]
struct CoveragePage {
    shell: Shell,
    tabs: Vec<Tab>,
    said: String,
    years: Vec<Link>,
    rows: Vec<CoverageRow>,
}

struct CoverageRow {
    unit: String,
    staff: u32,
    trained: u32,
    percent: u32,
    untrained: String,
}

#[derive(Template)]
#[template(path = "acts_report.html")]
struct ActsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    years: Vec<Link>,
    leaders: Vec<LeaderRow>,
}

struct LeaderRow {
    name: String,
    said: String,
    tasks: Vec<TaskRow>,
}

struct TaskRow {
    href: String,
    title: String,
    missing: String,
    record: String,
}

async fn coverage(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let now = activities::this_year(&state.app);
    let year = wish.year.unwrap_or(now);
    let view = activities::coverage(&state.app, signed_in.who(), year).await?;
    let rows = view.organisation.units.iter().filter_map(|unit| {
        let covered: Coverage = *view.units.get(&unit.id)?;
        let untrained = view.untrained.iter().filter(|(of, _)| *of == unit.id);
        let untrained: Vec<&str> = untrained
            .map(|(_, person)| view.organisation.person_name(*person))
            .collect();
        Some(CoverageRow {
            unit: unit.name.clone(),
            staff: covered.staff,
            trained: covered.trained,
            percent: covered.percent(),
            untrained: untrained.join("、"),
        })
    });
    let page = CoveragePage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(super::PATH),
        said: format!(
            "{year} 年督查、联络和宣传人员 {} 人，参加过培训 {} 人，覆盖 {}%",
            view.all.staff,
            view.all.trained,
            view.all.percent()
        ),
        years: years("/activities/coverage", year, now),
        rows: rows.collect(),
    };
    html(StatusCode::OK, &page)
}

async fn acts(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let now = activities::this_year(&state.app);
    let year = wish.year.unwrap_or(now);
    let view = activities::acts(&state.app, signed_in.who(), year).await?;
    let leaders = view.leaders.iter().map(|leader| {
        let missing: usize = leader.tasks.iter().map(|(_, missing)| missing.len()).sum();
        LeaderRow {
            name: view.organisation.person_name(leader.leader).to_owned(),
            said: format!("重点事项 {} 件，缺记录 {missing} 项", leader.tasks.len()),
            tasks: leader
                .tasks
                .iter()
                .map(|(task, missing)| TaskRow {
                    href: format!("/tasks/{}", task.id),
                    title: task.title.clone(),
                    missing: missing
                        .iter()
                        .map(|key| label(&view.words.acts, key))
                        .collect::<Vec<_>>()
                        .join("、"),
                    record: format!(
                        "/activities/new?kind=act&task={}&person={}",
                        task.id, leader.leader
                    ),
                })
                .collect(),
        }
    });
    let page = ActsPage {
        shell: Shell::signed_in(&state, &signed_in, registers::MENU).await?,
        tabs: registers::tabs(super::PATH),
        years: years("/activities/acts", year, now),
        leaders: leaders.collect(),
    };
    html(StatusCode::OK, &page)
}
