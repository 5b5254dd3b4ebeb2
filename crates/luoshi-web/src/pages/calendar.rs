//! The calendar: a month with what falls due, the yearly notices, and the reader's own feed.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{Datelike, NaiveDate};
use luoshi_app::calendar::{self, Month, MonthDay, NoticePreview};
use luoshi_app::errors::AppError;
use luoshi_app::packs::notices::draft;
use luoshi_app::tasks::sentences::moment;
use luoshi_app::{feeds, policy, sweeps};
use luoshi_domain::calendar::{DayKind, DayNature};
use luoshi_domain::campaigns::Campaign;
use luoshi_domain::limits::Step;
use luoshi_domain::packs::step;
use luoshi_domain::periods::Period;
use luoshi_domain::refusals::Ground;
use luoshi_domain::rights::Right;
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn, Upload};
use crate::flash;
use crate::pages::html;
use crate::pages::ledger::query::address;
use crate::pages::parts::{Fault, Field, Link};
use crate::pages::shell::{Shell, weekday};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const PATH: &str = "/calendar";
const NOTICES: &str = "/calendar/notices";

/// Tasks of one day that the month names.
const DAY_ITEMS: usize = 3;

/// Rows of the form of a notice: the holidays of a year, and one to spare.
const HOLIDAYS: [&str; 8] = [
    "元旦",
    "春节",
    "清明节",
    "劳动节",
    "端午节",
    "中秋节",
    "国庆节",
    "其他",
];

pub(crate) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(show))
        .post("/calendar/sweep", Access::Office, post(sweep))
        .post("/calendar/feed", Access::Member, post(create_feed))
        .post("/calendar/feed/end", Access::Member, post(end_feed))
        .get(NOTICES, Access::Rules, get(notices))
        .post("/calendar/notices/preview", Access::Keepers, post(preview))
        .post(NOTICES, Access::Office, post(announce))
        .get("/feeds/{secret}", Access::Public, get(feed))
}

#[derive(Template)]
#[template(path = "month.html")]
struct MonthPage {
    shell: Shell,
    title: String,
    said: String,
    previous: Link,
    next: Link,
    today: String,
    weeks: Vec<Vec<Cell>>,
    /// What steps fall due in the month, each with its list.
    steps: Vec<Link>,
    /// `“深化作风建设年”活动 · 组织实施 2013-07-01 至 2014-01-31`
    campaigns: Vec<String>,
    note: String,
    feed_since: String,
    /// Shown once, right after it was made.
    feed: String,
    may_sweep: bool,
    swept: String,
    see_notices: bool,
}

struct Cell {
    date: String,
    number: u32,
    within: bool,
    today: bool,
    rest: bool,
    mark: String,
    count: usize,
    href: String,
    late: bool,
    items: Vec<Link>,
    more: usize,
    /// `签收 2`, each with its list.
    steps: Vec<Link>,
    said: String,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    shell: Shell,
    rows: Vec<NoticeRow>,
    next_year: String,
    may_enter: bool,
    upload: Vec<Field>,
    entry: Vec<Field>,
    faults: Vec<Fault>,
}

struct NoticeRow {
    year: i32,
    title: String,
    off: usize,
    work: usize,
    workdays: u32,
    from: String,
}

#[derive(Template)]
#[template(path = "notice_preview.html")]
struct PreviewPage {
    shell: Shell,
    said: String,
    holidays: Vec<Holiday>,
    moved: Vec<MovedRow>,
    text: String,
}

struct Holiday {
    day: String,
    what: &'static str,
    name: String,
}

struct MovedRow {
    href: String,
    title: String,
    lines: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    /// `2026-03`
    month: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Nothing {}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    text: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    page(&state, &signed_in, &wish.month, String::new()).await
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    month: &str,
    feed: String,
) -> WebResult<Response> {
    let (app, who) = (&state.app, signed_in.who());
    let day = month_of(month, app.today())?;
    let month = calendar::month(app, who, day).await?;
    let since = feeds::since(app, who).await?;
    let report = sweeps::report(app, who.bureau, app.today()).await?;
    let link = |period: Option<Period>| {
        let period = period.unwrap_or_else(|| month.period.clone());
        Link {
            href: format!("{PATH}?month={}", period.start().format("%Y-%m")),
            label: period.label(),
        }
    };
    let cells: Vec<Cell> = month.days.iter().map(|day| cell(&month, day)).collect();
    let mut cells = cells.into_iter().peekable();
    let mut weeks = Vec::new();
    while cells.peek().is_some() {
        weeks.push(cells.by_ref().take(7).collect());
    }
    let due: usize = month
        .days
        .iter()
        .filter(|day| day.within)
        .map(|day| day.due.len())
        .sum();
    let provisional = month.days.iter().any(|day| day.within && day.provisional);
    let page = MonthPage {
        title: month.period.label(),
        said: match due {
            0 => "这个月没有到期的事项".into(),
            due => format!("到期 {due} 件"),
        },
        previous: link(month.period.previous()),
        next: link(month.period.next()),
        today: PATH.into(),
        weeks,
        steps: month_steps(&month),
        campaigns: month
            .campaigns
            .iter()
            .map(|campaign| campaign_said(campaign, &month.period))
            .collect(),
        note: match (provisional, month.complete) {
            (true, _) => format!(
                "{} 年的放假通知尚未录入，休息日暂按周六、周日计，录入后时限会重算",
                month.period.start().year()
            ),
            (false, false) => "到期事项太多，没有全部列出；点日期进台账看".into(),
            (false, true) => String::new(),
        },
        feed_since: since.map(moment).unwrap_or_default(),
        feed,
        may_sweep: policy::holds(app, &who.actor, Right::SweepLimits),
        swept: report
            .map(|report| {
                format!(
                    "今天已巡查 {} 件：临期 {}、今天到期 {}、逾期 {}、落后 {}、没有反馈 {}、即将应上报 {}、逾期未上报 {}",
                    report.tasks,
                    report.due_soon,
                    report.due,
                    report.overdue.len(),
                    report.behind,
                    report.no_report,
                    report.report_soon,
                    report.report_missing
                )
            })
            .unwrap_or_default(),
        see_notices: policy::holds(&state.app, &who.actor, Right::SeePacks),
        shell: Shell::signed_in(state, signed_in, PATH).await?,
    };
    html(StatusCode::OK, &page)
}

fn cell(month: &Month, day: &MonthDay) -> Cell {
    let today = month.rules.today;
    let mark = match &day.nature {
        DayNature::Workday | DayNature::Weekend => String::new(),
        DayNature::Holiday { name } if name.is_empty() => "休".into(),
        DayNature::Holiday { name } => format!("休 {name}"),
        DayNature::MakeUp { .. } => "班 调休".into(),
    };
    let items = day.due.iter().take(DAY_ITEMS).map(|row| Link {
        href: format!("/tasks/{}", row.id),
        label: row.title.clone(),
    });
    Cell {
        date: day.day.to_string(),
        number: day.day.day(),
        within: day.within,
        today: day.day == today,
        rest: !day.nature.is_worked(),
        mark,
        count: day.due.len(),
        href: format!("/ledger?due={}", day.day),
        late: day.day < today,
        items: items.collect(),
        more: day.due.len().saturating_sub(DAY_ITEMS),
        steps: day
            .steps
            .iter()
            .map(|(step, count)| step_link(*step, *count, &day.day.to_string()))
            .collect(),
        said: format!("{} {}", day.day, weekday(day.day)),
    }
}

/// How many tasks still have to take each step within the month.
fn month_steps(month: &Month) -> Vec<Link> {
    let mut counts: BTreeMap<Step, u32> = BTreeMap::new();
    for day in month.days.iter().filter(|day| day.within) {
        for (step, count) in &day.steps {
            *counts.entry(*step).or_default() += count;
        }
    }
    let days = format!("{}..{}", month.period.start(), month.period.end());
    let counts = counts.into_iter();
    counts
        .map(|(step, count)| step_link(step, count, &days))
        .collect()
}

/// A campaign with the phases that are on in the month.
fn campaign_said(campaign: &Campaign, month: &Period) -> String {
    let phases = campaign.periods().unwrap_or_default();
    let phases = phases
        .into_iter()
        .filter(|phase| phase.start() <= month.end() && phase.end() >= month.start())
        .map(|phase| format!("{} {} 至 {}", phase.label(), phase.start(), phase.end()));
    let phases: Vec<String> = phases.collect();
    match phases.is_empty() {
        true => format!("{}：{}", campaign.label, campaign.said()),
        false => format!("{}：{}", campaign.label, phases.join("，")),
    }
}

fn step_link(until: Step, count: u32, due: &str) -> Link {
    Link {
        href: address("/ledger", &[("due", due), ("step", until.key())]),
        label: format!("{} {count}", step(until)),
    }
}

async fn sweep(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    sweeps::again(&state.app, signed_in.who()).await?;
    Ok(flash::done(
        PATH,
        "已安排巡查，提醒稍后出现在“今日”；已提醒过的不再重复",
    ))
}

async fn create_feed(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let secret = feeds::create(&state.app, signed_in.who()).await?;
    page(&state, &signed_in, "", format!("/feeds/{secret}")).await
}

async fn end_feed(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    feeds::revoke(&state.app, signed_in.who()).await?;
    Ok(flash::done(PATH, "订阅地址已收回，原地址不再有内容"))
}

async fn feed(State(state): State<WebState>, Path(secret): Path<String>) -> WebResult<Response> {
    let text = feeds::read(&state.app, &secret).await?;
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, text).into_response())
}

async fn notices(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    notices_page(&state, &signed_in, StatusCode::OK, None, &[]).await
}

async fn notices_page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    typed: Option<&Upload>,
    faults: &[Fault],
) -> WebResult<Response> {
    let view = calendar::notices(&state.app, signed_in.who()).await?;
    let typed = |name: &str| typed.map_or("", |typed| typed.field(name)).to_owned();
    let next = view.rules.notices.keys().next_back();
    let next = next.map_or_else(|| view.rules.today.year(), |year| year + 1);
    let rows = view.rules.notices.values().rev().map(|notice| {
        let ends = (
            NaiveDate::from_ymd_opt(notice.year - 1, 12, 31),
            NaiveDate::from_ymd_opt(notice.year, 12, 31),
        );
        let workdays = match ends {
            (Some(from), Some(to)) => view.rules.calendar.workdays_between(from, to),
            _ => 0,
        };
        let mut entered = view.entered.iter().rev();
        let entered = entered.find(|entered| entered.notice.year == notice.year);
        NoticeRow {
            year: notice.year,
            title: match (notice.title.as_str(), notice.number.as_str()) {
                ("", "") => "（未写名称）".into(),
                (title, "") => title.to_owned(),
                (title, number) => format!("{title}（{number}）"),
            },
            off: notice.days_of(DayKind::Off).count(),
            work: notice.days_of(DayKind::Work).count(),
            workdays,
            from: entered.map_or_else(
                || "随程序提供".into(),
                |entered| format!("{} {}录入", moment(entered.by.at), entered.by.who()),
            ),
        }
    });
    let file = Field {
        kind: "file",
        list: vec!["toml".into(), "json".into()],
        ..Field::text("file", "通知文件", "")
    };
    let year = typed("year");
    let mut entry = vec![
        Field {
            kind: "number",
            ..Field::text(
                "year",
                "年份",
                if year.is_empty() {
                    next.to_string()
                } else {
                    year
                },
            )
        },
        Field::text("title", "通知名称", typed("title")),
    ];
    for (row, holiday) in HOLIDAYS.iter().enumerate() {
        let name = format!("holiday{}", row + 1);
        let field = Field::text(&name, holiday, typed(&name));
        entry.push(match row {
            0 => field.hint("写成 1.1-1.3；有调休的在后面写 班 1.4；没有的空着"),
            7 => field.hint("先写名称：国庆节、中秋节 10.1-10.8"),
            _ => field,
        });
    }
    let page = NoticesPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        rows: rows.collect(),
        next_year: format!("{next} 年"),
        may_enter: policy::holds(&state.app, &signed_in.who().actor, Right::AnnounceDaysOff),
        upload: vec![file.hint("TOML 或 JSON，先看变动再确认")],
        entry,
        faults: faults.to_vec(),
    };
    html(status, &page)
}

async fn preview(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Response> {
    let faulty = StatusCode::UNPROCESSABLE_ENTITY;
    let (name, text) = if upload.bytes.is_empty() {
        let rows = HOLIDAYS.iter().enumerate().map(|(row, holiday)| {
            let typed = upload.field(&format!("holiday{}", row + 1));
            // The row's own name goes without saying.
            if typed.starts_with(|letter: char| letter.is_ascii_digit()) {
                format!("{holiday} {typed}")
            } else {
                typed.to_owned()
            }
        });
        let rows: Vec<String> = rows.collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        match draft(upload.field("year"), upload.field("title"), &rows) {
            Ok(text) => ("表单".to_owned(), text),
            Err(sentence) => {
                let fault = Fault {
                    field: "holiday1".into(),
                    text: sentence,
                };
                return notices_page(&state, &signed_in, faulty, Some(&upload), &[fault]).await;
            }
        }
    } else {
        let text = String::from_utf8_lossy(&upload.bytes).into_owned();
        (upload.file_name.clone(), text)
    };
    match calendar::preview(&state.app, signed_in.who(), &name, &text).await {
        Ok(preview) => {
            let shell = Shell::signed_in(&state, &signed_in, PATH).await?;
            html(StatusCode::OK, &preview_page(shell, &preview, text))
        }
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let fault = Fault {
                field: "file".into(),
                text: refusal.sentence,
            };
            notices_page(&state, &signed_in, faulty, Some(&upload), &[fault]).await
        }
        Err(error) => Err(error.into()),
    }
}

fn preview_page(shell: Shell, preview: &NoticePreview, text: String) -> PreviewPage {
    let days = preview.notices.iter().flat_map(|notice| &notice.days);
    let holidays = days.map(|(day, known)| Holiday {
        day: format!("{day} {}", weekday(*day)),
        what: match known.kind {
            DayKind::Off => "放假",
            DayKind::Work => "上班",
        },
        name: known.holiday.clone(),
    });
    let moved = preview.moved.iter().map(|task| MovedRow {
        href: format!("/tasks/{}", task.id),
        title: format!(
            "{} {}",
            task.number.as_deref().unwrap_or("未编号"),
            task.title
        ),
        lines: task
            .limits
            .iter()
            .map(|limit| {
                let before = limit.before.map(|day| day.to_string()).unwrap_or_default();
                format!("{}：{before} 改为 {}", step(limit.to), limit.after)
            })
            .collect(),
    });
    let years: Vec<String> = preview
        .notices
        .iter()
        .map(|notice| notice.year.to_string())
        .collect();
    PreviewPage {
        shell,
        said: match preview.moved.len() {
            0 => format!("{} 年；没有事项的时限因此变动", years.join("、")),
            count => format!("{} 年；{count} 件事项的时限因此变动", years.join("、")),
        },
        holidays: holidays.collect(),
        moved: moved.collect(),
        text,
    }
}

async fn announce(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let text = typed.text.replace("\r\n", "\n");
    match calendar::announce(&state.app, signed_in.who(), "通知", &text).await {
        Ok(moved) => {
            let said = format!("放假通知已录入，{moved} 件事项的时限随之重算，办理过程里有记录");
            Ok(flash::done(NOTICES, &said))
        }
        Err(AppError::Refused(refusal)) => Ok(flash::warn(NOTICES, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

/// The first day of `2026-03`; today's month for nothing.
fn month_of(text: &str, today: NaiveDate) -> WebResult<NaiveDate> {
    if text.is_empty() {
        return Ok(today);
    }
    let read = format!("{text}-01").parse::<NaiveDate>().ok();
    let read = read.filter(|day| (1990..2200).contains(&day.year()));
    read.ok_or_else(|| Problem {
        kept: "没有改动任何内容。",
        todo: "请从“日历”重新进入。".into(),
        ..Problem::bad_request(
            StatusCode::UNPROCESSABLE_ENTITY,
            "地址中的月份无法识别，应写作 2026-03。",
        )
    })
}
