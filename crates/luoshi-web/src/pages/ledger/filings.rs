//! Quarterly filing of the units' ledgers: who owes it, what was handed in, and the decision.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::filings::{self, Owed};
use luoshi_domain::filings::{FiledLine, Filing, FilingState, Quarter};
use luoshi_domain::ids::{FilingId, UnitId};
use luoshi_domain::lights::Threshold;
use luoshi_domain::tasks::lists::Waiting;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::ledger::PATH as LEDGER;
use crate::pages::parts::{Link, State as Badge, Tally};
use crate::pages::shell::Shell;
use crate::pages::{html, labels};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const PATH: &str = "/ledger/filings";

pub(super) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(list))
        .post(PATH, Access::Member, post(file))
        .get("/ledger/filings/{id}", Access::Row, get(show))
        .post("/ledger/filings/{id}/judge", Access::Row, post(judge))
}

#[derive(Template)]
#[template(path = "ledger_filings.html")]
struct ListPage {
    shell: Shell,
    title: String,
    due: String,
    tally: Vec<Tally>,
    quarters: Vec<Link>,
    year: i32,
    number: u8,
    rows: Vec<Row>,
}

struct Row {
    unit: String,
    name: String,
    href: String,
    state: Badge,
    late: bool,
    filed: String,
    count: String,
    opinion: String,
    may_file: bool,
    /// The unit's ledger as it stands now.
    ledger: String,
}

#[derive(Template)]
#[template(path = "ledger_filing.html")]
struct FilingPage {
    shell: Shell,
    id: String,
    title: String,
    said: String,
    state: Badge,
    opinion: String,
    back: String,
    may_judge: bool,
    lines: Vec<Line>,
}

struct Line {
    number: String,
    title: String,
    href: String,
    target: String,
    limit: String,
    state: Badge,
    progress: String,
    report: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    year: Option<i32>,
    quarter: Option<u8>,
    /// Those alone that a number counts.
    show: String,
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    year: i32,
    #[serde(default)]
    quarter: u8,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Judged {
    accepted: String,
    text: String,
}

async fn list(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let now = Quarter::of(state.app.today());
    let quarter = Quarter {
        year: wish.year.unwrap_or(now.year),
        number: wish.quarter.unwrap_or(now.number),
    };
    let found = filings::of_quarter(&state.app, signed_in.who(), quarter).await?;
    let today = state.app.today();
    let late = found.due.is_some_and(|due| today > due);
    let of = |wanted: FilingState| {
        let filed = found.owed.iter().filter_map(|owed| owed.filing.as_ref());
        let count = filed.filter(|filing| filing.state == wanted).count();
        u64::try_from(count).unwrap_or_default()
    };
    let missing = u64::try_from(found.missing().count()).unwrap_or_default();
    let here = address(quarter);
    let tally = |count, show: &str, label: &str, note: &str, red| Tally {
        href: match show {
            "" => here.clone(),
            show => format!("{here}&show={show}"),
        },
        count,
        label: label.into(),
        note: note.into(),
        red,
        current: wish.show == show,
    };
    let state_of = |owed: &Owed| owed.filing.as_ref().map(|filing| filing.state);
    let is_shown = |owed: &&Owed| match wish.show.as_str() {
        "missing" => !owed.filing.as_ref().is_some_and(Filing::counts),
        "filed" => state_of(owed) == Some(FilingState::Filed),
        "accepted" => state_of(owed) == Some(FilingState::Accepted),
        _ => true,
    };
    let rows = found
        .owed
        .iter()
        .filter(is_shown)
        .map(|owed| row(owed, &found.organisation, late));
    let page = ListPage {
        title: format!("{} 年第{}季度台账备案", quarter.year, said(quarter.number)),
        due: found
            .due
            .map(|due| {
                format!(
                    "{due} 前上报（{}）",
                    due_rule(&found.rules.leads.filing_workdays)
                )
            })
            .unwrap_or_default(),
        tally: vec![
            tally(
                u64::try_from(found.owed.len()).unwrap_or_default(),
                "",
                "应报",
                "单位",
                false,
            ),
            tally(
                missing,
                "missing",
                "未报",
                if late { "已过期限" } else { "含退回" },
                late,
            ),
            tally(of(FilingState::Filed), "filed", "待受理", "", false),
            tally(of(FilingState::Accepted), "accepted", "已备案", "", false),
        ],
        quarters: quarters(quarter),
        year: quarter.year,
        number: quarter.number,
        rows: rows.collect(),
        shell: Shell::signed_in(&state, &signed_in, LEDGER).await?,
    };
    html(StatusCode::OK, &page)
}

async fn file(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let quarter = Quarter {
        year: typed.year,
        number: typed.quarter,
    };
    let Ok(unit) = typed.unit.parse::<UnitId>() else {
        return Err(Problem::bad_request(
            StatusCode::UNPROCESSABLE_ENTITY,
            "没有写明是哪个单位的台账，什么也没有上报。请回到季度备案，从单位那一行上报。",
        ));
    };
    let filing = filings::file(&state.app, signed_in.who(), unit, quarter).await?;
    let said = format!(
        "已上报 {} 项，待督查办受理；台账以后的变动不影响这份备案",
        filing.lines.len()
    );
    Ok(flash::done(&format!("{PATH}/{}", filing.id), &said))
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<FilingId>,
) -> WebResult<Response> {
    let view = filings::show(&state.app, signed_in.who(), id).await?;
    let filing = &view.filing;
    let organisation = &view.organisation;
    let page = FilingPage {
        id: filing.id.to_string(),
        title: format!(
            "{} {} 年第{}季度台账",
            organisation.unit_name(filing.unit),
            filing.quarter.year,
            said(filing.quarter.number)
        ),
        said: format!(
            "{} 由{}上报，共 {} 项，以下是当时的样子",
            filing.filed_on,
            organisation.person_name(filing.by),
            filing.lines.len()
        ),
        state: badge(Some(filing.state)),
        opinion: filing.opinion.clone(),
        back: address(filing.quarter),
        may_judge: view.may_judge && filing.state == FilingState::Filed,
        lines: filing.lines.iter().map(line).collect(),
        shell: Shell::signed_in(&state, &signed_in, LEDGER).await?,
    };
    html(StatusCode::OK, &page)
}

async fn judge(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<FilingId>,
    Form(judged): Form<Judged>,
) -> WebResult<Response> {
    let accepted = judged.accepted == "yes";
    let filing = filings::judge(&state.app, signed_in.who(), id, accepted, &judged.text).await?;
    let said = match filing.state {
        FilingState::Accepted => "已备案",
        _ => "已退回，由单位改好后重报",
    };
    Ok(flash::done(&address(filing.quarter), said))
}

fn row(owed: &Owed, organisation: &luoshi_domain::organisation::Organisation, late: bool) -> Row {
    let filing = owed.filing.as_ref();
    let counts = filing.is_some_and(Filing::counts);
    Row {
        unit: owed.unit.to_string(),
        name: organisation.unit_name(owed.unit).to_owned(),
        href: filing
            .map(|filing| format!("{PATH}/{}", filing.id))
            .unwrap_or_default(),
        state: badge(filing.map(|filing| filing.state)),
        late: late && !counts,
        filed: filing
            .map(|filing| filing.filed_on.to_string())
            .unwrap_or_default(),
        count: filing
            .map(|filing| filing.lines.len().to_string())
            .unwrap_or_default(),
        opinion: filing
            .map(|filing| filing.opinion.clone())
            .unwrap_or_default(),
        may_file: owed.may_file && !counts,
        ledger: format!("{LEDGER}?lead={}", owed.unit),
    }
}

/// How a unit's filing of a quarter stands; none where it has not filed.
pub(super) fn badge(state: Option<FilingState>) -> Badge {
    let (tone, label) = match state {
        None => ("draft", "未报"),
        Some(FilingState::Filed) => ("review", "待受理"),
        Some(FilingState::Accepted) => ("done", "已备案"),
        Some(FilingState::Returned) => ("back", "已退回"),
    };
    Badge { tone, label }
}

fn line(line: &FiledLine) -> Line {
    Line {
        number: line.number.clone().unwrap_or_else(|| "未编号".into()),
        title: line.title.clone(),
        href: format!("/tasks/{}", line.task),
        target: line.target.clone(),
        limit: line
            .limit
            .map_or_else(|| "未定".into(), |limit| limit.to_string()),
        state: labels::state(line.state, Waiting::Nothing),
        progress: format!("{}%", line.progress),
        report: line.report.clone(),
    }
}

/// Where the day comes from.
fn due_rule(workdays: &Threshold) -> String {
    let default = if workdays.default { "默认：" } else { "" };
    match workdays.value {
        0 => format!("{default}本季度最后一个工作日"),
        days => format!("{default}季度结束后 {days} 个工作日"),
    }
}

/// The quarters to go to: those of the year, and the years beside it.
fn quarters(current: Quarter) -> Vec<Link> {
    let mut links = vec![Link {
        href: address(Quarter {
            year: current.year - 1,
            number: 4,
        }),
        label: format!("{} 年", current.year - 1),
    }];
    for quarter in Quarter::of_year(current.year) {
        if quarter != current {
            links.push(Link {
                href: address(quarter),
                label: format!("第{}季度", said(quarter.number)),
            });
        }
    }
    links
}

fn address(quarter: Quarter) -> String {
    format!("{PATH}?year={}&quarter={}", quarter.year, quarter.number)
}

fn said(number: u8) -> &'static str {
    match number {
        1 => "一",
        2 => "二",
        3 => "三",
        _ => "四",
    }
}
