//! The desk: what this person must do today. Every number leads to the rows it counts.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, Response};
use axum::routing::get;
use chrono::{Datelike, NaiveDate};
use luoshi_app::breakdowns::reports::{self, MyDuty};
use luoshi_app::desk::{self, Desk, DeskQueue, QueueName};
use luoshi_app::lists::Standing;
use luoshi_app::rules::Rules;
use luoshi_app::{COUNT_CAP, Who, tasks};
use luoshi_domain::appeals::Appeal;
use luoshi_domain::calendar::{local_day, local_time};
use luoshi_domain::lights::{Colour, Light as DomainLight};
use luoshi_domain::notifications::Notification;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::PlanRow;
use luoshi_domain::tasks::lists::{TaskRow, Waiting};
use luoshi_domain::tasks::{Level, TaskState};

use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::inbox::place;
use crate::pages::labels;
use crate::pages::parts::{Light, Link, Tally};
use crate::pages::shell::{Shell, day_note, weekday};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};
use crate::sessions::see_other;

/// Appeals that the desk itself shows.
const APPEALS_SHOWN: usize = 5;

/// Tasks of one day that the desk names.
const DAY_ITEMS: usize = 3;

pub(crate) fn routes(table: Table) -> Table {
    table
        .get("/", Access::Member, get(home))
        .get("/desk", Access::Member, get(show))
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    shell: Shell,
    said: String,
    /// Rosters that wait for the reader's unit; empty text when none does.
    rosters: String,
    tally: Vec<Tally>,
    groups: Vec<Group>,
    duties: Vec<DutyRow>,
    /// Lists with rows of the reader's own that are late.
    lists: Vec<Link>,
    days: Vec<Day>,
    messages: Vec<Message>,
}

struct Group {
    id: &'static str,
    title: &'static str,
    count: u64,
    hint: &'static str,
    /// Empty when all rows are shown.
    more: String,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    number: String,
    title: String,
    key: bool,
    who: String,
    why: String,
    due: String,
    due_note: String,
    late: bool,
    light: Option<Light>,
    act: Option<Link>,
}

/// What the reader has been given to do for a task.
struct DutyRow {
    href: String,
    title: String,
    number: String,
    part: &'static str,
    duty: String,
    limit: String,
    late: bool,
}

struct Day {
    date: String,
    day: String,
    weekday: &'static str,
    rest: bool,
    note: &'static str,
    items: Vec<Link>,
    more: Option<Link>,
}

struct Message {
    href: String,
    day: String,
    time: String,
    text: String,
}

async fn home(_signed_in: SignedIn) -> Response {
    see_other("/desk")
}

/// The late rows of a list that are the reader's own.
fn late_list(standing: &Standing) -> Link {
    let list = &standing.template;
    Link {
        href: format!("/lists/{}?limit=overdue&mine=yes", list.code()),
        label: format!("{} {} 行", list.label, standing.overdue),
    }
}

async fn show(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Html<String>> {
    let desk = desk::show(&state.app, signed_in.who()).await?;
    let shell = Shell::signed_in(&state, &signed_in, "/desk").await?;
    let rosters = luoshi_app::rosters::waiting(&state.app, signed_in.who()).await?;
    let duties = reports::mine(&state.app, signed_in.who()).await?;
    let lists = luoshi_app::lists::overdue(&state.app, signed_in.who()).await?;
    let appeals = luoshi_app::appeals::waiting(&state.app, signed_in.who()).await?;
    let view = View {
        rules: &desk.rules,
        who: signed_in.who(),
        organisation: &desk.organisation,
        today: state.app.today(),
    };
    let page = DeskPage {
        shell,
        said: said(&desk, appeals.len()),
        rosters: match rosters {
            0 => String::new(),
            count => format!("有 {count} 份名册等本单位报"),
        },
        tally: desk
            .queues
            .iter()
            .map(|queue| tally(queue, &desk))
            .collect(),
        groups: view.groups(&desk, &appeals),
        lists: lists.iter().map(late_list).collect(),
        duties: duties.into_iter().map(|known| view.duty(known)).collect(),
        days: desk.days.iter().map(|day| view.day(day)).collect(),
        messages: desk.notifications.iter().map(message).collect(),
    };
    page.render()
        .map(Html)
        .map_err(|error| Problem::internal(&error))
}

fn said(desk: &Desk, appeals: usize) -> String {
    let to_do = desk.queues.iter().filter(|queue| queue.name.is_to_do());
    let waiting: u32 = to_do.map(|queue| queue.count).sum();
    let late = desk
        .queues
        .iter()
        .find(|queue| queue.name == QueueName::NoResult)
        .map_or(0, |queue| queue.count);
    let mut said = match waiting {
        0 => "没有等您办的事项".to_owned(),
        _ => format!("有 {waiting} 件事等您办"),
    };
    if !desk.plans.is_empty() {
        said.push_str(&format!("，{} 份方案待核对", desk.plans.len()));
    }
    if appeals > 0 {
        said.push_str(&format!("，{appeals} 件申诉待复核"));
    }
    if late > 0 {
        said.push_str(&format!("；{late} 件逾期未办结"));
    }
    said
}

fn tally(queue: &DeskQueue, desk: &Desk) -> Tally {
    let oldest = desk.oldest_open.filter(|_| queue.name == QueueName::Open);
    let note = if let Some(oldest) = oldest {
        // The register is cleared when none is open.
        let days = (desk.rules.today - oldest).num_days();
        format!("目标 0，最早 {days} 天")
    } else if queue.count >= COUNT_CAP {
        format!("{COUNT_CAP} 件以上")
    } else {
        labels::queue_note(queue.name).to_owned()
    };
    Tally {
        href: href(queue.name),
        count: u64::from(queue.count),
        label: labels::queue(queue.name).to_owned(),
        note,
        red: queue.name == QueueName::NoResult,
        current: false,
    }
}

fn href(queue: QueueName) -> String {
    format!("/ledger?queue={}", queue.key())
}

fn message(notification: &Notification) -> Message {
    let at = local_time(notification.at);
    Message {
        href: place(notification.about),
        day: at.format("%m-%d").to_string(),
        time: at.format("%H:%M").to_string(),
        text: notification.text.clone(),
    }
}

/// What the rows are made with.
struct View<'a> {
    rules: &'a Rules,
    who: &'a Who,
    organisation: &'a Organisation,
    today: NaiveDate,
}

impl View<'_> {
    /// What waits for the reader, then appeals, then plans to confirm, then what is late.
    fn groups(&self, desk: &Desk, appeals: &[(Appeal, TaskRow)]) -> Vec<Group> {
        let full = desk.queues.iter().filter(|queue| queue.count > 0);
        let to_do = full.clone().filter(|queue| queue.name.is_to_do());
        let mut groups: Vec<Group> = to_do.map(|queue| self.group(queue)).collect();
        if !appeals.is_empty() {
            let shown = appeals.iter().take(APPEALS_SHOWN);
            groups.push(Group {
                id: "appeals",
                title: "申诉待复核",
                count: u64::try_from(appeals.len()).unwrap_or_default(),
                hint: "原判定人不参加复核",
                more: "/appeals?show=to_decide".into(),
                rows: shown
                    .map(|(appeal, task)| self.appeal(appeal, task))
                    .collect(),
            });
        }
        if !desk.plans.is_empty() {
            groups.push(Group {
                id: "plans",
                title: "方案待核对",
                count: u64::try_from(desk.plans.len()).unwrap_or_default(),
                hint: "每一条都有下文后定稿，事项进入台账",
                more: "/imports".into(),
                rows: desk.plans.iter().map(plan_row).collect(),
            });
        }
        let late = full.filter(|queue| queue.name == QueueName::NoResult);
        groups.extend(late.map(|queue| self.group(queue)));
        groups
    }

    fn group(&self, queue: &DeskQueue) -> Group {
        let shown = u32::try_from(queue.rows.len()).unwrap_or(u32::MAX);
        Group {
            id: queue.name.key(),
            title: labels::queue(queue.name),
            count: u64::from(queue.count),
            hint: labels::queue_note(queue.name),
            more: if queue.count > shown {
                href(queue.name)
            } else {
                String::new()
            },
            rows: queue
                .rows
                .iter()
                .map(|row| self.row(queue.name, row))
                .collect(),
        }
    }

    fn row(&self, queue: QueueName, row: &TaskRow) -> Row {
        let facts = tasks::row_facts(row);
        let light = DomainLight::of(&facts, self.today, &self.rules.calendar, &self.rules.leads);
        let href = format!("/tasks/{}", row.id);
        let act = self.act(queue, row).map(|(key, label)| Link {
            href: format!("{href}?act={key}#act-{key}"),
            label: label.into(),
        });
        let report = row.report_by.filter(|_| queue == QueueName::ToReport);
        let shown = report.or(row.limit);
        Row {
            number: row.number.clone().unwrap_or_else(|| "未编号".into()),
            title: row.title.clone(),
            key: row.level == Level::Major,
            who: labels::lead_and_head(self.organisation, row.lead),
            why: match report {
                Some(day) => labels::report(row, self.today, day).unwrap_or_default(),
                None => why(queue, row, &light),
            },
            due: shown.map_or_else(|| "未定".into(), |day| day.to_string()),
            due_note: match report {
                Some(_) => "应上报".into(),
                None => row
                    .limit
                    .map(|limit| day_note(limit, &self.rules.calendar))
                    .unwrap_or_default(),
            },
            late: match report {
                Some(day) => day < self.today,
                None => light.colour == Colour::Red,
            },
            light: Some(light.into()),
            act,
            href,
        }
    }

    /// Which form of the task's page the reader needs, with its name.
    fn act(&self, queue: QueueName, row: &TaskRow) -> Option<(&'static str, &'static str)> {
        let actor = &self.who.actor;
        let leads = row.lead.is_some_and(|lead| actor.works_in(lead));
        match queue {
            QueueName::ToApprove => Some(("approve", "批准立项")),
            QueueName::ToIssue => Some(("issue", "下达")),
            QueueName::Returned => Some(("amend", "修改")),
            QueueName::ToSignFor => Some(("sign-for", "签收")),
            QueueName::ToReport => Some(("feedback", "上报")),
            QueueName::ToAnswer => Some(("feedback", "反馈")),
            QueueName::ToFeedBack => Some(("feedback", "反馈")),
            QueueName::ToReview => Some(("review", "初审")),
            QueueName::ToEndorse => Some(("endorse", "审定")),
            QueueName::ToDecideChange => Some(("decide-change", "批复")),
            QueueName::ToDecideEscalation => Some(("decide-escalation", "批复")),
            QueueName::ToAcknowledge => Some(("acknowledge-notice", "签收")),
            QueueName::ToCoordinate => Some(("answer-blocker", "答复")),
            QueueName::ToDecideExtension => Some(("decide-extension", "批复延期")),
            QueueName::Blocked | QueueName::Unanswered | QueueName::Unacknowledged => None,
            _ if row.paused_since.is_some() => None,
            _ if actor.supervises => Some(("urge", "催办")),
            _ if !leads || is_closing(row) => None,
            _ if row.state == TaskState::Issued => Some(("sign-for", "签收")),
            _ => Some(("feedback", "反馈")),
        }
    }

    fn appeal(&self, appeal: &Appeal, task: &TaskRow) -> Row {
        let href = format!("/appeals/{}", appeal.id);
        Row {
            number: task.number.clone().unwrap_or_else(|| "未编号".into()),
            title: task.title.clone(),
            key: task.level == Level::Major,
            who: labels::lead_and_head(self.organisation, Some(appeal.unit)),
            why: format!("就“{}”提出申诉，请复核", appeal.said),
            due: appeal.decide_by.to_string(),
            due_note: "应答复".into(),
            late: appeal.is_overdue(self.today),
            light: None,
            act: Some(Link {
                href: href.clone(),
                label: "复核".into(),
            }),
            href,
        }
    }

    fn duty(&self, known: MyDuty) -> DutyRow {
        DutyRow {
            href: format!("/tasks/{}#breakdown", known.task),
            title: known.title,
            number: known.number.unwrap_or_else(|| "未编号".into()),
            part: known.duty.part.label(),
            duty: known.duty.duty,
            limit: known.duty.limit.to_string(),
            late: known.duty.limit < self.today,
        }
    }

    fn day(&self, known: &desk::DeskDay) -> Day {
        let items = known.rows.iter().take(DAY_ITEMS).map(|row| Link {
            href: format!("/tasks/{}", row.id),
            label: row.title.clone(),
        });
        let more = known.rows.len() > DAY_ITEMS;
        let more = more.then(|| Link {
            href: format!("/ledger?due={}", known.day),
            label: format!("当天共 {} 件", known.rows.len()),
        });
        let note = match (known.rows.is_empty(), known.working) {
            (_, false) => "休息日",
            (true, true) => "没有到期的事项",
            (false, true) => "",
        };
        Day {
            date: known.day.to_string(),
            day: format!("{}.{}", known.day.month(), known.day.day()),
            weekday: if known.day == self.today {
                "今天"
            } else {
                weekday(known.day)
            },
            rest: !known.working,
            note,
            items: items.collect(),
            more,
        }
    }
}

/// What is asked of the reader, in one sentence.
fn why(queue: QueueName, row: &TaskRow, light: &DomainLight) -> String {
    match queue {
        QueueName::ToApprove => "立项已起草，请批准或退回修改".into(),
        QueueName::ToIssue => "已批准立项，请下达通知".into(),
        QueueName::Returned => "已退回，请修改后再报批或重新下达".into(),
        QueueName::ToSignFor => "立项通知已下达，请签收".into(),
        QueueName::ToFeedBack if row.feedbacks > 0 => "反馈被退回，请重新反馈".into(),
        QueueName::ToFeedBack => "已签收，请反馈进展".into(),
        QueueName::ToDecideChange => "申请变更目标要求或完成时限，请批复".into(),
        QueueName::ToDecideEscalation => "督办未果，申请由督查办立项督办，请批复".into(),
        QueueName::ToAcknowledge => "督办通知书已下达，请签收并整改".into(),
        QueueName::Unacknowledged => "督办通知书逾期未签收".into(),
        QueueName::ToAnswer => match row.respond_by {
            Some(day) => format!("已催办，请于 {day} 前反馈答复"),
            None => String::new(),
        },
        QueueName::ToReview => "牵头单位申请办结，请初审定级".into(),
        QueueName::ToEndorse => "已经初审，请审定是否办结".into(),
        QueueName::ToDecideExtension => "牵头单位申请延期，请批复".into(),
        QueueName::ToCoordinate | QueueName::Blocked | QueueName::Unanswered => {
            labels::clocks(row).unwrap_or_default()
        }
        QueueName::NoResult if is_closing(row) => {
            format!("{}，已申请办结，正在审定", light.reason)
        }
        QueueName::NoResult if row.feedbacks == 0 => {
            format!("{}，还没有反馈过", light.reason)
        }
        QueueName::NoEcho if row.feedbacks == 0 => {
            format!("{}，还没有反馈过", light.reason)
        }
        QueueName::NoEcho => match row.report_by {
            Some(day) => format!("应于 {day} 上报，还没有报"),
            None => String::new(),
        },
        QueueName::ToReport | QueueName::NoResult | QueueName::DueSoon | QueueName::Open => {
            format!("{}，进度 {}%", light.reason, row.progress)
        }
    }
}

/// Whether its closing is being decided.
fn is_closing(row: &TaskRow) -> bool {
    matches!(
        row.waits_for,
        Waiting::Review | Waiting::Deputy | Waiting::Principal
    )
}

fn plan_row(plan: &PlanRow) -> Row {
    let href = format!("/plans/{}", plan.id);
    let imported = local_day(plan.imported_at);
    Row {
        href: href.clone(),
        number: plan.number.clone().unwrap_or_else(|| "无文号".into()),
        title: plan.title.clone(),
        key: false,
        who: plan.file_name.clone(),
        why: format!("读出 {} 条，请逐条核对", plan.proposals),
        due: imported.to_string(),
        due_note: "导入".into(),
        late: false,
        light: None,
        act: Some(Link {
            href,
            label: "核对".into(),
        }),
    }
}
