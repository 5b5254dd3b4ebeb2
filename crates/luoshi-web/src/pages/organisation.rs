//! The organisation of any day: the tree, its units and its people.

mod forms;
mod handovers;
mod people;
mod units;
pub(crate) mod workbook;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use luoshi_app::organisation::sentences;
use luoshi_app::organisation::views::{self, Counts, Dated, OrganisationView};
use luoshi_app::policy;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::organisation::{Organisation, Unit};
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::lists::TaskFilter;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Choice, Link, Tally};
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/organisation";

/// Deepest indentation that the page draws.
const DEPTH_DRAWN: usize = 6;

pub(crate) fn routes(table: Table) -> Table {
    let table = table.get(PATH, Access::Member, get(show));
    let table = units::routes(table);
    let table = people::routes(table);
    let table = handovers::routes(table);
    let table = workbook::routes(table);
    forms::routes(table)
}

/// Which day is shown: `day`, or the `step`-th day on which something changes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    day: String,
    step: String,
}

#[derive(Template)]
#[template(path = "organisation.html")]
struct OrganisationPage {
    shell: Shell,
    tabs: Vec<Tab>,
    /// What the day is, e.g. `2026-06-01（今后）`.
    said: String,
    day: String,
    fault: &'static str,
    /// The step of the day, and the last one.
    step: usize,
    steps: usize,
    /// Days on which something changes.
    days: Vec<Choice>,
    rows: Vec<UnitRow>,
    leaders: Vec<LeaderRow>,
    domains: Vec<DomainRow>,
    acts: Vec<Link>,
}

/// A line of the tree.
struct UnitRow {
    depth: usize,
    href: String,
    name: String,
    kind: &'static str,
    office: bool,
    head: String,
    head_href: String,
    deputy: String,
    posts: usize,
    vacant: usize,
}

/// A leader with what their units have in hand; each number leads to its list.
struct LeaderRow {
    name: String,
    href: String,
    title: String,
    units: String,
    counts: Vec<Tally>,
}

struct DomainRow {
    name: String,
    deputy: String,
    href: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> WebResult<Response> {
    let app = &state.app;
    let today = app.today();
    let now = views::as_of(app, signed_in.who(), None).await?;
    let days: Vec<NaiveDate> = now.history.change_days().into_iter().collect();
    let step = asked
        .step
        .parse()
        .ok()
        .and_then(|step: usize| days.get(step));
    let typed = crate::pages::days::read(&asked.day, today);
    let fault = typed.err().map_or("", |fault| fault.sentence());
    let day = step.copied().or(typed.ok().flatten()).unwrap_or(today);
    let view = views::as_of(app, signed_in.who(), Some(day)).await?;
    let organisation = &view.organisation;
    let mut leaders = Vec::new();
    if day == today {
        leaders = leader_rows(&state, &signed_in, &view).await?;
    }
    let step = days
        .partition_point(|known| *known <= day)
        .saturating_sub(1);
    let page = OrganisationPage {
        shell: Shell::signed_in(&state, &signed_in, PATH).await?,
        tabs: registers::tabs(PATH),
        said: match day.cmp(&today) {
            std::cmp::Ordering::Less => format!("{day} 的机构（当时）"),
            std::cmp::Ordering::Equal => format!("{day}，今天的机构"),
            std::cmp::Ordering::Greater => format!("{day} 的机构（按已登记的安排）"),
        },
        day: day.to_string(),
        fault,
        step,
        steps: days.len().saturating_sub(1),
        days: days
            .iter()
            .map(|known| Choice::new(known.to_string(), known.to_string(), &day.to_string()))
            .collect(),
        rows: tree(organisation, &view),
        leaders,
        domains: organisation
            .domains
            .iter()
            .map(|domain| DomainRow {
                name: domain.name.clone(),
                deputy: person_name(organisation, domain.deputy),
                href: format!("/organisation/change/domain_deputy?domain={}", domain.id),
            })
            .collect(),
        acts: if view.editable { acts() } else { Vec::new() },
    };
    html(StatusCode::OK, &page)
}

/// What can be done that is not about one unit or person.
fn acts() -> Vec<Link> {
    let act = |form: &str, label: &str| Link {
        href: format!("/organisation/change/{form}"),
        label: label.to_owned(),
    };
    vec![
        act("establish", "设立单位"),
        act("register", "登记人员"),
        act("domain", "设立业务领域"),
        Link {
            href: "/organisation/handovers".into(),
            label: "离岗交接".into(),
        },
        Link {
            href: workbook::EXPORT.into(),
            label: "导出总表".into(),
        },
        Link {
            href: workbook::PATH.into(),
            label: "从总表导入".into(),
        },
    ]
}

/// The lines of the tree, each before what is below it.
fn tree(organisation: &Organisation, view: &OrganisationView) -> Vec<UnitRow> {
    let mut rows = Vec::new();
    let tops = organisation.children(None);
    for id in tops.flat_map(|top| organisation.subtree(top.id)) {
        if let Some(unit) = organisation.unit(id) {
            rows.push(unit_row(organisation, unit, view));
        }
    }
    rows
}

fn unit_row(organisation: &Organisation, unit: &Unit, view: &OrganisationView) -> UnitRow {
    let head = organisation.first_responsible(unit.id);
    let posts = organisation.posts_in(unit.id);
    let vacant = posts.filter(|post| post.holder.is_none()).count();
    UnitRow {
        depth: organisation
            .upwards(unit.id)
            .skip(1)
            .count()
            .min(DEPTH_DRAWN),
        href: unit_href(unit.id, view),
        name: unit.name.clone(),
        kind: sentences::unit_kind(unit.kind),
        office: unit.supervision_office,
        head: person_name(organisation, head),
        head_href: head.map(|head| person_href(head, view)).unwrap_or_default(),
        deputy: person_name(organisation, organisation.deputy_of(unit.id)),
        posts: organisation.posts_in(unit.id).count(),
        vacant,
    }
}

/// The leaders whom the reader may look at: all of them, or only the reader (ORG-10).
async fn leader_rows(
    state: &WebState,
    signed_in: &SignedIn,
    view: &OrganisationView,
) -> WebResult<Vec<LeaderRow>> {
    let organisation = &view.organisation;
    let actor = &signed_in.who().actor;
    if !policy::sees_bureau(&state.app, actor) {
        return Ok(Vec::new());
    }
    let only_own = !policy::holds(&state.app, actor, Right::SeeLeaders);
    let mut leaders: Vec<PersonId> = organisation.portfolios.iter().map(|p| p.deputy).collect();
    leaders.sort_unstable();
    leaders.dedup();
    leaders.retain(|leader| !only_own || *leader == actor.person);
    let mut rows = Vec::new();
    for leader in leaders {
        let units = organisation.portfolio_of(leader);
        let names: Vec<&str> = units.iter().map(|id| organisation.unit_name(*id)).collect();
        let filter = TaskFilter {
            deputy: Some(leader),
            ..policy::tasks(&state.app, actor)
        };
        let counts = views::counts(&state.app, signed_in.who(), &filter).await?;
        rows.push(LeaderRow {
            name: person_name(organisation, Some(leader)),
            href: person_href(leader, view),
            title: organisation
                .posts_of(leader)
                .next()
                .map(|post| post.title.clone())
                .unwrap_or_default(),
            units: names.join("、"),
            counts: tallies(counts, &format!("deputy={leader}")),
        });
    }
    Ok(rows)
}

/// Counts with the addresses of their lists, which are narrowed by `narrowing`.
fn tallies(counts: Counts, narrowing: &str) -> Vec<Tally> {
    let tally = |key: &str, count: u32, label: &str, red| Tally {
        href: format!("/ledger?{narrowing}&{key}"),
        count: u64::from(count),
        label: label.to_owned(),
        red,
        ..Tally::default()
    };
    vec![
        tally("queue=open", counts.open, "在办", false),
        tally("light=yellow", counts.at_risk, "有风险", false),
        tally("light=red", counts.overdue, "逾期", true),
    ]
}

/// What happened, as a list of days and sentences.
struct StoryRow {
    day: String,
    sentence: String,
    ahead: bool,
}

fn story(dated: Vec<Dated>, today: NaiveDate) -> Vec<StoryRow> {
    let rows = dated.into_iter().map(|dated| StoryRow {
        day: dated.from.to_string(),
        sentence: dated.sentence,
        ahead: dated.from > today,
    });
    rows.collect()
}

/// The day that the address asks for; today when it cannot be read.
fn asked_day(asked: &Asked, today: NaiveDate) -> Option<NaiveDate> {
    crate::pages::days::read(&asked.day, today).ok().flatten()
}

fn person_name(organisation: &Organisation, person: Option<PersonId>) -> String {
    person.map_or_else(
        || "空缺".into(),
        |person| organisation.person_name(person).to_owned(),
    )
}

fn unit_href(unit: UnitId, view: &OrganisationView) -> String {
    dated(format!("/organisation/units/{unit}"), view)
}

fn person_href(person: PersonId, view: &OrganisationView) -> String {
    dated(format!("/organisation/persons/{person}"), view)
}

/// The address for the day that is shown.
fn dated(path: String, view: &OrganisationView) -> String {
    match view.organisation.day == view.today {
        true => path,
        false => format!("{path}?day={}", view.organisation.day),
    }
}
