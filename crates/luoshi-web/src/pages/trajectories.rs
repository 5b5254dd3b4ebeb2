//! A task's course: planned against actual, forecast, milestones, and setting them.

pub(super) mod form;
mod wish;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::errors::AppError;
use luoshi_app::tasks::TaskView;
use luoshi_app::trajectories::{self, Course};
use luoshi_domain::ids::TaskId;
use luoshi_domain::lights::changes::LightChange;
use luoshi_domain::tasks::Task;
use luoshi_domain::trajectories::decide::CourseCommand;
use luoshi_domain::trajectories::forecast::{Forecast, NEEDED};
use luoshi_domain::trajectories::{Milestone, Trajectory, percent};
use serde_json::json;

use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::parts::{Choice, Fault, Link};
use crate::pages::shell::Shell;
use crate::pages::tasks::Entry;
use crate::pages::{self, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

use form::CourseFields;
use wish::Wish;

const PATH: &str = "/tasks/{id}/course";

pub(crate) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Row, get(show))
        .post(PATH, Access::Row, post(set))
        .post("/tasks/{id}/course/mark", Access::Row, post(mark))
}

/// A figure with its table and its summary.
#[derive(Default)]
pub(crate) struct Figure {
    pub(crate) chart: &'static str,
    /// JSON.
    pub(crate) values: String,
    pub(crate) summary: String,
    pub(crate) head: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "course.html")]
struct CoursePage {
    shell: Shell,
    script: String,
    title: String,
    crumbs: Vec<Link>,
    action: String,
    seen: i64,
    faults: Vec<Fault>,
    figure: Figure,
    forecast: String,
    milestones: Vec<MilestoneRow>,
    changes: Vec<ChangeRow>,
    /// Why the course cannot be set; empty where it can.
    kept: String,
    course: CourseFields,
    reason: String,
    /// Whether a reason has to be given.
    must: bool,
    wish: Wish,
    days: Vec<Choice>,
    /// Said when the rows come from a backward schedule.
    proposed: String,
}

struct MilestoneRow {
    number: usize,
    name: String,
    day: String,
    percent: u8,
    start_by: String,
    standing: String,
    tone: &'static str,
    may_start: bool,
    may_finish: bool,
}

/// A light that turned.
pub(crate) struct ChangeRow {
    pub(crate) day: String,
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) reason: String,
    pub(crate) numbers: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    page(&state, &signed_in, id, Shown::of(wish)).await
}

async fn set(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(entry): Form<Entry>,
) -> WebResult<Response> {
    let trajectory = match form::read(&entry, state.app.today()) {
        Ok(trajectory) => trajectory,
        Err(faults) => return page(&state, &signed_in, id, Shown::faulty(entry, faults)).await,
    };
    let command = CourseCommand::Set {
        trajectory,
        reason: entry.first("reason").to_owned(),
    };
    let path = format!("/tasks/{id}/course");
    match trajectories::handle(&state.app, signed_in.who(), id, command, entry.seen()).await {
        Ok(_task) => Ok(flash::done(&path, "序时进度已编排，灯按新的进度重新计算。")),
        Err(AppError::Refused(refusal)) => {
            let fault = Fault {
                field: "course-form".into(),
                text: refusal.sentence,
            };
            page(&state, &signed_in, id, Shown::faulty(entry, vec![fault])).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn mark(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
    Form(entry): Form<Entry>,
) -> WebResult<Response> {
    let done = entry.first("mark") == "done";
    let command = CourseCommand::Mark {
        milestone: entry.first("milestone").parse().unwrap_or(usize::MAX),
        done,
    };
    let path = format!("/tasks/{id}/course");
    match trajectories::handle(&state.app, signed_in.who(), id, command, entry.seen()).await {
        Ok(task) if done => {
            let said = format!("节点已标记完成，进度 {}%。", task.progress);
            Ok(flash::done(&path, &said))
        }
        Ok(_task) => Ok(flash::done(&path, "阶段已标记启动。")),
        Err(AppError::Refused(refusal)) => Ok(flash::warn(&path, &refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}

/// How the page is shown besides what the task is.
#[derive(Default)]
struct Shown {
    status: StatusCode,
    wish: Wish,
    entry: Option<Entry>,
    faults: Vec<Fault>,
}

impl Shown {
    fn of(wish: Wish) -> Self {
        Self {
            wish,
            ..Self::default()
        }
    }

    fn faulty(entry: Entry, faults: Vec<Fault>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            entry: Some(entry),
            faults,
            ..Self::default()
        }
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    id: TaskId,
    mut shown: Shown,
) -> WebResult<Response> {
    let who = signed_in.who();
    let (view, course) = trajectories::show(&state.app, who, id).await?;
    let (task, today) = (&view.task, view.rules.today);
    let mut milestones = task.trajectory.milestones.clone();
    let mut proposed = String::new();
    if shown.wish.is_asked() {
        match shown.wish.backward(today) {
            Ok(wanted) => match trajectories::backward(&state.app, who, &wanted).await {
                Ok(found) => {
                    milestones = found;
                    proposed = "下面的节点由倒排工期推算，核对后保存才生效。".into();
                }
                Err(AppError::Refused(refusal)) => {
                    shown.faults.push(fault("stages", &refusal.sentence));
                }
                Err(error) => return Err(error.into()),
            },
            Err(fault) => shown.faults.push(fault),
        }
        if !shown.faults.is_empty() {
            shown.status = StatusCode::UNPROCESSABLE_ENTITY;
        }
    }
    let may_mark = trajectories::may_mark(&state.app, who, task).is_ok() && task.is_under_way();
    let kept = match trajectories::may_set(&state.app, who, task) {
        Ok(()) if task.is_over() => "该事项已办结或已撤销，序时进度不再变动。".into(),
        Ok(()) => String::new(),
        Err(refusal) => refusal.sentence,
    };
    let finish = task.details.limit.map(|limit| limit.to_string());
    if shown.wish.finish.is_empty() {
        shown.wish.finish = finish.unwrap_or_default();
    }
    let days = shown.wish.days.clone();
    let fields = match &shown.entry {
        Some(entry) => CourseFields::typed(entry, today),
        None => CourseFields::of(task.trajectory.shape, &milestones, today),
    };
    let page = CoursePage {
        shell: Shell::signed_in(state, signed_in, "").await?,
        script: crate::assets::href("chart.js"),
        title: task.details.title.clone(),
        crumbs: crumbs(task),
        action: format!("/tasks/{id}/course"),
        seen: task.version,
        figure: figure(&view, &course),
        forecast: forecast(&course.forecast, task.details.limit),
        milestones: milestone_rows(&task.trajectory, today, may_mark),
        changes: view.lights.iter().rev().map(change_row).collect(),
        kept,
        course: fields,
        reason: shown
            .entry
            .as_ref()
            .map_or("", |entry| entry.first("reason"))
            .to_owned(),
        must: task.issued_at.is_some(),
        days: vec![
            Choice::new("calendar", "日历日", &days),
            Choice::new("working", "工作日", &days),
        ],
        proposed,
        wish: shown.wish,
        faults: shown.faults,
    };
    pages::html(shown.status, &page)
}

fn crumbs(task: &Task) -> Vec<Link> {
    vec![
        Link {
            href: "/ledger".into(),
            label: "台账".into(),
        },
        Link {
            href: format!("/tasks/{}", task.id),
            label: task.number.clone().unwrap_or_else(|| "未编号".into()),
        },
    ]
}

/// Planned against actual, drawn, in words and as a table.
pub(crate) fn figure(view: &TaskView, course: &Course) -> Figure {
    let task = &view.task;
    let tenths = |value: i64| f64::from(i32::try_from(value).unwrap_or_default()) / 10.0;
    // Of what is known of one day the latest counts.
    let mut actual: BTreeMap<NaiveDate, u8> = BTreeMap::new();
    actual.extend(task.issued_on().map(|issued| (issued, 0)));
    actual.extend(task.readings.iter().map(|known| (known.day, known.percent)));
    actual.insert(view.rules.today, task.progress);
    let planned = course
        .planned
        .iter()
        .map(|(day, at)| json!([day, tenths(*at)]));
    let values = json!({
        "planned": planned.collect::<Vec<_>>(),
        "actual": actual.iter().map(|(day, at)| json!([day, at])).collect::<Vec<_>>(),
        "today": view.rules.today,
    });
    let facts = task.facts();
    let readings = task.readings.iter().rev();
    let rows = readings.map(|known| {
        let expected = facts.expected(known.day).unwrap_or_default();
        vec![
            known.day.to_string(),
            format!("{}%", percent(expected)),
            format!("{}%", known.percent),
            percent(10 * i64::from(known.percent) - expected),
        ]
    });
    Figure {
        chart: "trajectory",
        values: values.to_string(),
        summary: summary(task, course),
        head: vec!["日期", "序时应达", "实际", "差（百分点）"],
        rows: rows.collect(),
    }
}

/// The same in a sentence.
fn summary(task: &Task, course: &Course) -> String {
    let (Some(expected), Some(gap), Some(pace)) = (course.expected, course.gap, course.pace) else {
        return "立项通知下达并有完成时限以后，才有序时进度。".into();
    };
    let by = match gap {
        0 => String::new(),
        _ if gap > 0 => format!("，落后 {} 个百分点", percent(gap)),
        _ => format!("，超前 {} 个百分点", percent(-gap)),
    };
    format!(
        "序时应达 {}%，实际 {}%{by}，{}。",
        percent(expected),
        task.progress,
        pace.label()
    )
}

/// When it will be done, or why nothing is said.
pub(crate) fn forecast(known: &Forecast, limit: Option<NaiveDate>) -> String {
    match known {
        Forecast::TooFew(count) => {
            format!("数据不足，暂不能判断：有 {count} 次进度，至少要 {NEEDED} 次（每天算一次）。")
        }
        Forecast::Still => "按已报的进度，工作没有向前推进，推算不出完成日。".into(),
        Forecast::Reached => "进度已报 100%。".into(),
        Forecast::On {
            earliest,
            day,
            latest,
        } => {
            let latest =
                latest.map_or_else(|| "还可能更晚".into(), |latest| format!("到 {latest}"));
            let against = match limit {
                Some(limit) if *day > limit => {
                    format!("，比时限 {limit} 晚 {} 天", (*day - limit).num_days())
                }
                Some(limit) => format!("，在时限 {limit} 以内"),
                None => String::new(),
            };
            format!("按已报的进度推算，预计 {day} 完成（{earliest} {latest}）{against}。")
        }
    }
}

fn milestone_rows(trajectory: &Trajectory, today: NaiveDate, may_mark: bool) -> Vec<MilestoneRow> {
    let next = trajectory
        .milestones
        .iter()
        .position(|known| known.done_on.is_none());
    let rows = trajectory.milestones.iter().enumerate();
    rows.map(|(number, known)| {
        let (tone, standing) = standing(known, today);
        MilestoneRow {
            number,
            name: known.name.clone(),
            day: known.day.to_string(),
            percent: known.percent,
            start_by: known
                .start_by
                .map_or_else(|| "—".into(), |day| day.to_string()),
            standing,
            tone,
            may_start: may_mark && !known.is_started(),
            may_finish: may_mark && next == Some(number),
        }
    })
    .collect()
}

fn standing(known: &Milestone, today: NaiveDate) -> (&'static str, String) {
    if let Some(done) = known.done_on {
        return ("done", format!("{done} 完成"));
    }
    if known.is_missed(today) {
        let days = (today - known.day).num_days();
        return ("back", format!("逾期 {days} 天"));
    }
    if known.is_unstarted(today) {
        return ("back", "应启动未启动".into());
    }
    match known.started_on {
        Some(day) => ("running", format!("{day} 启动")),
        None => ("draft", "未启动".into()),
    }
}

pub(crate) fn change_row(change: &LightChange) -> ChangeRow {
    let (tone, _shape, after) = labels::colour(change.after);
    ChangeRow {
        day: change.day.to_string(),
        before: change.before.map_or("—", |known| labels::colour(known).2),
        after,
        tone,
        reason: change.reason.clone(),
        numbers: change.numbers.clone(),
    }
}

fn fault(field: &str, text: &str) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    }
}
