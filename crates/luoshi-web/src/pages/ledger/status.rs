//! How work that is reported upwards stands as of a day: who is missing, late or has filed
//! (LEDGER-11).

mod report;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use luoshi_app::reporting::{self, Scope, Standing, Standings};
use luoshi_app::{policy, rules::Rules};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::PlanRow;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::Level;
use luoshi_domain::tasks::reporting::{FilingStanding, TaskFiling};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::ledger::query::address;
use crate::pages::ledger::{PATH as LEDGER, known_plans};
use crate::pages::parts::{Choice, Link, Pager, Progress, State as Badge, Tally};
use crate::pages::shell::Shell;
use crate::pages::{html, labels};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const PATH: &str = "/ledger/status";

/// Rows of a page.
const PAGE_SIZE: usize = 100;

pub(super) fn routes(table: Table) -> Table {
    let table = report::routes(table);
    table.get(PATH, Access::Member, get(show))
}

#[derive(Template)]
#[template(path = "ledger_status.html")]
struct StatusPage {
    shell: Shell,
    said: String,
    day: String,
    tally: Vec<Tally>,
    filters: Vec<Select>,
    /// What the form sends on.
    show: String,
    rows: Vec<Row>,
    pager: Pager,
    report: String,
    unset: Option<Link>,
    /// Urging the missing is an act of the ledger.
    missing: Option<Link>,
}

/// A select box that narrows.
struct Select {
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
}

struct Row {
    href: String,
    number: String,
    title: String,
    key: bool,
    mark: &'static str,
    origin: String,
    lead: String,
    person: String,
    cadence: String,
    /// Whether nobody chose it.
    default: bool,
    due: String,
    due_note: String,
    filed: String,
    text: String,
    standing: Badge,
    note: String,
    late: bool,
    progress: Progress,
}

/// What the address asks for; a name that is not understood narrows nothing but is said.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    day: String,
    lead: String,
    plan: String,
    category: String,
    /// Those alone that a number counts.
    show: String,
    /// The rows before the first one shown.
    skip: usize,
}

impl Wish {
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("day", self.day.as_str()),
            ("lead", &self.lead),
            ("plan", &self.plan),
            ("category", &self.category),
            ("show", &self.show),
        ];
        let set = all.into_iter().filter(|(_, value)| !value.is_empty());
        set.collect()
    }

    /// The address with one parameter changed.
    fn with(&self, name: &'static str, value: &str) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
        address(PATH, &pairs)
    }
}

/// A text of an address as a value.
fn read<T: std::str::FromStr>(text: &str, label: &str) -> WebResult<Option<T>> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_unreadable| {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Problem::bad_request(
                status,
                format!("地址中的“{label}”无法识别，请回到上报情况重新选择。"),
            )
        }),
    }
}

/// Whose work the address asks for.
fn scope(lead: &str, plan: &str, category: &str) -> WebResult<Scope> {
    Ok(Scope {
        lead: read(lead, "牵头单位")?,
        plan: read(plan, "方案")?,
        category: (!category.is_empty()).then(|| category.to_owned()),
    })
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let who = signed_in.who();
    let day: Option<NaiveDate> = read(&wish.day, "日期")?;
    let scope = scope(&wish.lead, &wish.plan, &wish.category)?;
    let show = TaskFiling::from_key(&wish.show);
    if show.is_none() && !wish.show.is_empty() {
        read::<NaiveDate>("-", "情况")?;
    }
    let found = reporting::standings(&state.app, who, day, &scope).await?;
    let plans = known_plans(&state, who).await?;
    let shown = found.rows.iter();
    let shown: Vec<&Standing> = shown
        .filter(|row| show.is_none_or(|show| row.whole == show))
        .collect();
    let rows = shown.iter().skip(wish.skip).take(PAGE_SIZE);
    let rows = rows.map(|standing| row(standing, &found)).collect();
    let is_today = found.day == found.rules.today;
    let linked = |pairs: &[(&'static str, &str)], label: String| {
        let mut all = wish.pairs();
        all.retain(|(name, _)| !["day", "show"].contains(name));
        all.extend_from_slice(pairs);
        Link {
            href: address(LEDGER, &all),
            label,
        }
    };
    let upward = ("upward", "yes");
    let may = policy::holds_on_tasks(&state.app, &who.actor, Right::Urge);
    let page = StatusPage {
        said: said(&found),
        day: found.day.to_string(),
        tally: tally(&found, &wish, show),
        filters: selects(&wish, &found.organisation, &found.rules, &plans),
        show: wish.show.clone(),
        rows,
        pager: pager(&wish, shown.len()),
        report: report::address_of(&wish, &found),
        unset: (found.unset > 0).then(|| {
            let label = format!("还有 {} 件没有定上报间隔", found.unset);
            linked(&[upward, ("report", "unset")], label)
        }),
        missing: (may && is_today && found.count(TaskFiling::Missing) > 0).then(|| {
            linked(
                &[upward, ("report", "missing")],
                "在台账里催办逾期的".into(),
            )
        }),
        shell: Shell::signed_in(&state, &signed_in, LEDGER).await?,
    };
    html(StatusCode::OK, &page)
}

fn said(found: &Standings) -> String {
    let cut = match found.cut {
        true => format!(
            "；件数太多，只统计了前 {} 件，请选单位或方案再看",
            reporting::LOOKED_AT
        ),
        false => String::new(),
    };
    format!(
        "上级交办、市级部署的事项，按定下的间隔上报落实情况；截至 {}{cut}",
        found.day
    )
}

fn tally(found: &Standings, wish: &Wish, show: Option<TaskFiling>) -> Vec<Tally> {
    let count = |count: usize| u64::try_from(count).unwrap_or_default();
    let mut tally = vec![Tally {
        href: wish.with("show", ""),
        count: count(found.rows.len()),
        label: "按期上报".into(),
        note: "已定间隔".into(),
        red: false,
        current: show.is_none(),
    }];
    tally.extend(TaskFiling::ALL.map(|whole| {
        let (badge, note) = words(whole);
        Tally {
            href: wish.with("show", whole.key()),
            count: count(found.count(whole)),
            label: badge.label.into(),
            note: note.into(),
            red: whole == TaskFiling::Missing,
            current: show == Some(whole),
        }
    }));
    tally
}

/// A badge, and what it means.
fn words(whole: TaskFiling) -> (Badge, &'static str) {
    let (tone, label, note) = match whole {
        TaskFiling::Missing => ("back", "未报", "过了应报日"),
        TaskFiling::Late => ("review", "迟报", "最近一期"),
        TaskFiling::Filed => ("done", "按时上报", "最近一期"),
        TaskFiling::NotYet => ("waiting", "未到应报日", "还没有一期到期"),
    };
    (Badge { tone, label }, note)
}

fn selects(
    wish: &Wish,
    organisation: &Organisation,
    rules: &Rules,
    plans: &[PlanRow],
) -> Vec<Select> {
    let select = |name, label, all: &str, current: &str, known: Vec<(String, String)>| {
        let known = known.into_iter();
        let known = known.map(|(value, label)| Choice::new(value, label, current));
        Select {
            name,
            label,
            choices: std::iter::once(Choice::new("", all, current))
                .chain(known)
                .collect(),
        }
    };
    let units = organisation.carriers();
    let units = units.map(|unit| (unit.id.to_string(), unit.name.clone()));
    let origins = reporting::upward_origins(rules).into_iter();
    let origins = origins.map(|key| {
        let label = rules.origin_label(&key).to_owned();
        (key, label)
    });
    let mut selects = vec![
        select("lead", "牵头单位", "全部单位", &wish.lead, units.collect()),
        select(
            "category",
            "来源类别",
            "全部来源",
            &wish.category,
            origins.collect(),
        ),
    ];
    if !plans.is_empty() {
        let plans = plans.iter();
        let plans = plans.map(|plan| (plan.id.to_string(), plan.title.clone()));
        let plans = plans.collect();
        selects.push(select("plan", "方案", "全部方案", &wish.plan, plans));
    }
    selects
}

fn row(standing: &Standing, found: &Standings) -> Row {
    let (task, organisation, rules) = (&standing.task, &found.organisation, &found.rules);
    let head = task
        .details
        .lead
        .and_then(|lead| organisation.first_responsible(lead));
    let filings = standing.filings.iter();
    let missing = filings.clone().filter_map(|filing| match filing.standing {
        FilingStanding::Missing { days } => Some((filing.due, days)),
        _ => None,
    });
    let missing: Vec<_> = missing.collect();
    let next = filings.clone().rev().find(|filing| filing.due >= found.day);
    let last = filings.rev().find_map(|filing| match filing.standing {
        FilingStanding::InTime(report) => Some((report, 0)),
        FilingStanding::Late { report, days } => Some((report, days)),
        _ => None,
    });
    // Of several in one period the first fulfils it, and the latest says how it goes.
    let mut reports = task.reporting.iter().flat_map(|known| known.reports.iter());
    let latest = reports.rfind(|report| !report.void && report.day() <= found.day);
    let (due, due_note) = match (missing.first(), next) {
        (Some((due, days)), _) => (due.to_string(), format!("逾期 {days} 天")),
        (None, Some(filing)) => (
            filing.due.to_string(),
            match filing.standing {
                FilingStanding::Still => "暂停计时".into(),
                FilingStanding::InTime(_) => "已上报".into(),
                _ => format!("还有 {} 天", (filing.due - found.day).num_days()),
            },
        ),
        (None, None) => ("—".into(), "正在审定办结".into()),
    };
    let (badge, _) = words(standing.whole);
    let note = match (missing.len(), last) {
        (0 | 1, Some((_, days))) if standing.whole == TaskFiling::Late => {
            format!("迟 {days} 天")
        }
        (0 | 1, _) => String::new(),
        (count, _) => format!("共 {count} 期"),
    };
    let facts = task.facts();
    let expected = facts.expected(facts.judged_on(found.day));
    Row {
        href: format!("/tasks/{}#reports", task.id),
        number: task.number.clone().unwrap_or_else(|| "未编号".into()),
        title: task.details.title.clone(),
        key: task.details.level == Level::Major,
        mark: labels::mark(task.mark),
        origin: rules.origin_label(&task.details.category).to_owned(),
        lead: task
            .details
            .lead
            .map(|lead| organisation.unit_name(lead).to_owned())
            .unwrap_or_default(),
        person: head
            .map(|person| organisation.person_name(person).to_owned())
            .unwrap_or_default(),
        cadence: task
            .cadence()
            .map_or_else(String::new, |cadence| cadence.label()),
        default: task.reporting.as_deref().is_some_and(|known| known.default),
        due,
        due_note,
        filed: latest
            .map(|report| match report.repeats {
                Some(_) => format!("{}（照上次）", report.day()),
                None => report.day().to_string(),
            })
            .unwrap_or_default(),
        text: match (&task.last_feedback, latest) {
            (Some(said), Some(_)) if found.day == rules.today => said.text.clone(),
            _ => String::new(),
        },
        standing: badge,
        note,
        late: !missing.is_empty(),
        progress: Progress {
            done: task.progress,
            expected: luoshi_domain::trajectories::whole(expected.unwrap_or_default()),
            behind: false,
        },
    }
}

fn pager(wish: &Wish, count: usize) -> Pager {
    let at = |skip: usize| {
        let skip = skip.to_string();
        let mut pairs = wish.pairs();
        if skip != "0" {
            pairs.push(("skip", &skip));
        }
        address(PATH, &pairs)
    };
    let mut pager = Pager {
        said: match count <= PAGE_SIZE {
            true => format!("共 {count} 件，已全部列出"),
            false => format!("共 {count} 件，本页从第 {} 件起", wish.skip + 1),
        },
        ..Pager::default()
    };
    if wish.skip > 0 {
        pager.previous = at(wish.skip.saturating_sub(PAGE_SIZE));
    }
    if wish.skip + PAGE_SIZE < count {
        pager.next = at(wish.skip + PAGE_SIZE);
    }
    pager
}
