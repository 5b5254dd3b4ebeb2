//! What is known of a task and what happened to it, in the words of its page.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use luoshi_app::tasks::sentences::{self, moment};
use luoshi_app::tasks::{Step, TaskView};
use luoshi_app::{App, limits, policy};
use luoshi_domain::calendar::{local_day, local_time};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::UnitId;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::timing::LimitStanding;
use luoshi_domain::tasks::urgings::Response;
use luoshi_domain::tasks::{Course, Origin, TaskEvent};
use luoshi_domain::trajectories::{percent, whole};

use crate::pages::labels;
use crate::pages::parts::{Fact, Link, Progress};
use crate::pages::shell::weekday;

/// Digits of a hash on the page.
const HASH_DIGITS: usize = 8;

/// Labels of a step's words that need no label when they stand alone.
const PLAIN_WORDS: [&str; 10] = [
    "批示",
    "推进情况",
    "已办",
    "协办情况",
    "情况",
    "理由",
    "要求",
    "内容",
    "完成情况",
    "意见",
];

/// Somebody with a part in the task.
pub(super) struct Person {
    pub(super) role: &'static str,
    pub(super) unit: String,
    pub(super) name: String,
    pub(super) duty: String,
    pub(super) receipt: String,
}

/// One step of the task's life.
pub(super) struct Event {
    pub(super) day: String,
    pub(super) time: String,
    pub(super) tone: &'static str,
    pub(super) what: String,
    pub(super) by: String,
    pub(super) text: String,
    pub(super) facts: Vec<Fact>,
    pub(super) hash: String,
}

/// A limit that a policy set.
pub(super) struct LimitLine {
    pub(super) step: &'static str,
    pub(super) label: String,
    pub(super) day: String,
    pub(super) standing: String,
    pub(super) tone: &'static str,
    pub(super) default: bool,
    pub(super) provisional: bool,
    pub(super) steps: Vec<String>,
}

/// One urging.
pub(super) struct Urged {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) text: String,
    pub(super) respond_by: String,
    pub(super) tone: &'static str,
    pub(super) standing: String,
}

/// What the story is told with.
pub(super) struct Story<'a> {
    pub(super) app: &'a App,
    pub(super) view: &'a TaskView,
    pub(super) actor: &'a Actor,
    pub(super) today: NaiveDate,
}

/// Another clause that asks for the same.
pub(super) struct Source {
    pub(super) quote: String,
    pub(super) from: String,
    pub(super) href: String,
}

fn from(origin: &Origin) -> String {
    if origin.document.contains('《') {
        format!("{} {}", origin.document, origin.clause_path)
    } else {
        format!("《{}》{}", origin.document, origin.clause_path)
    }
}

impl Story<'_> {
    pub(super) fn crumbs(&self) -> Vec<Link> {
        let task = &self.view.task;
        let mut crumbs = vec![Link {
            href: "/ledger".into(),
            label: "台账".into(),
        }];
        if let Some(lead) = task.details.lead {
            crumbs.push(Link {
                href: format!("/ledger?lead={lead}"),
                label: self.unit(lead),
            });
        }
        if let Some(plan) = task.origin.plan {
            crumbs.push(Link {
                href: format!("/ledger?plan={plan}"),
                label: task.origin.document.clone(),
            });
        }
        crumbs
    }

    /// What is to be reached; empty when it only repeats the title.
    pub(super) fn target(&self) -> String {
        let details = &self.view.task.details;
        let ends = ['。', '；', '，'];
        if details.target.trim_end_matches(ends) == details.title.trim_end_matches(ends) {
            return String::new();
        }
        details.target.clone()
    }

    /// The document and the clause that the quotation stands in.
    pub(super) fn quote_from(&self) -> String {
        from(&self.view.task.origin)
    }

    /// Where else the same is asked for (IMPORT-13).
    pub(super) fn sources(&self) -> Vec<Source> {
        let sources = self.view.task.sources.iter();
        sources
            .map(|origin| Source {
                quote: origin.quote.clone(),
                from: from(origin),
                href: self.href_of(origin),
            })
            .collect()
    }

    pub(super) fn progress(&self) -> Progress {
        let done = self.view.task.progress;
        let expected = self.view.expected.unwrap_or_default();
        let behind =
            expected - 10 * i64::from(done) > 10 * self.view.rules.leads.behind_points.value;
        Progress {
            done,
            expected: whole(expected),
            behind: behind && !self.view.task.is_over(),
        }
    }

    /// The rule that gave the light, with its numbers, then all rules in their order.
    pub(super) fn light_steps(&self) -> Vec<String> {
        let task = &self.view.task;
        let mut steps = vec![self.view.light.rule.clone()];
        if let (Some(issued_on), Some(limit)) = (task.issued_on(), task.details.limit) {
            let today = self.today;
            steps.push(format!(
                "{issued_on} 下达，完成时限 {limit}，今天 {today}；进度 {}%，序时应到 {}%",
                task.progress,
                percent(self.view.expected.unwrap_or_default())
            ));
        }
        let leads = &self.view.rules.leads;
        let stated = [
            &leads.due_soon_days,
            &leads.behind_points,
            &leads.red_points,
            &leads.recovery_days,
        ];
        steps.push(format!(
            "规则依次为：办结或撤销不再计灯；没有下达或没有时限为灰；过了时限、到了最迟启动日还没有启动、\
             或者比序时进度落后 {} 个百分点以上为红；{} 天内到期、节点到期没有完成、或者落后 {} \
             个百分点以上为黄；红灯赶上以后先黄 {} 天；其余为绿。{}",
            leads.red_points.value,
            leads.due_soon_days.value,
            leads.behind_points.value,
            leads.recovery_days.value,
            if stated.iter().all(|threshold| threshold.default) {
                "这几个数是系统默认值"
            } else {
                "这几个数由本单位的机制包给出"
            }
        ));
        steps
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        let (task, details) = (&self.view.task, &self.view.task.details);
        let limit = details
            .limit
            .map_or_else(|| "未定".into(), |day| self.day(day));
        let mut facts = vec![Fact::new("完成时限", limit)];
        if let Some(original) = task.original_limit
            && Some(original) != details.limit
        {
            facts.push(Fact::new("原定时限", self.day(original)));
        }
        if task.extensions > 0 {
            facts.push(Fact::new("延期", format!("{} 次", task.extensions)));
        }
        let paused = task.paused_days(self.today);
        if paused > 0 {
            facts.push(Fact::new("暂停计时", format!("{paused} 天")));
        }
        let category = self.view.rules.origin_label(&details.category);
        facts.push(Fact::new("来源类别", category));
        facts.push(Fact::new("类型", labels::task_kind(details.kind)));
        if let Some(frequency) = &details.frequency {
            facts.push(Fact::new("频次", frequency));
        }
        if let Some((id, name)) = &self.view.task_force {
            facts.push(Fact::new("工作专班", name).linked(format!("/bodies/{id}")));
        }
        facts.extend(self.origin());
        facts.extend(self.assigned());
        if !details.requirement.is_empty() {
            facts.push(Fact::new("办理要求", &details.requirement));
        }
        facts.extend(self.milestones());
        for (label, count) in [
            ("反馈", task.feedbacks),
            ("不予办结", task.closing_refusals),
        ] {
            if count > 0 {
                facts.push(Fact::new(label, format!("{count} 次")));
            }
        }
        facts
    }

    /// Each urging and whether it was answered, the latest first (FLOW-15).
    pub(super) fn urgings(&self) -> Vec<Urged> {
        let urged = self.view.task.urged.iter().rev();
        urged
            .map(|urging| {
                let (tone, standing) = match urging.response(self.today) {
                    Response::Waiting => ("waiting", "待答复".to_owned()),
                    Response::Overdue { days } => ("back", format!("逾期 {days} 天未答复")),
                    Response::InTime { on } => ("done", format!("{on} 已答复")),
                    Response::Late { on } => ("back", format!("{on} 才答复")),
                };
                Urged {
                    at: moment(urging.at),
                    by: self.name(urging.by),
                    text: urging.text.clone(),
                    respond_by: self.day(urging.respond_by),
                    tone,
                    standing,
                }
            })
            .collect()
    }

    /// That no report is asked for, with the numbers; empty when one may be.
    pub(super) fn on_course(&self) -> String {
        let Some(known) = self.view.on_course else {
            return String::new();
        };
        let asked = match self.view.task.is_filed_upwards() {
            true => "按期的上报可以照上次情况报",
            false => "暂不需要填报",
        };
        format!(
            "进度正常且有佐证，{asked}（进度 {}%，按时间应到 {}%，佐证 {} 条）",
            known.progress, known.expected, known.evidence
        )
    }

    /// Who assigned it, why this unit supervises, the case and the notices.
    fn assigned(&self) -> Vec<Fact> {
        let task = &self.view.task;
        let mut facts = Vec::new();
        if let Some(assigned) = &task.assigned {
            facts.push(Fact::new("交办领导", self.name(assigned.leader)));
            if self.view.instructions {
                let dated = assigned.dated.map(|day| format!("（{day}）"));
                let said = format!("{}{}", assigned.instruction, dated.unwrap_or_default());
                facts.push(Fact::new("领导批示", said));
            }
        }
        if let Some(why) = task.supervised {
            facts.push(Fact::new("督办依据", sentences::supervision::why(why)));
        }
        if let Some(case) = &task.case {
            facts.push(Fact::new("立项督办", &case.number));
        }
        if !task.notices.is_empty() {
            let open = task.notices_open().count();
            let open = match open {
                0 => String::new(),
                open => format!("，{open} 份未签收"),
            };
            let said = format!("{} 份{open}", task.notices.len());
            facts.push(Fact::new("督办通知书", said).linked(format!("/tasks/{}/notices", task.id)));
        }
        facts
    }

    /// The document and the clause, linked for those who may see plans.
    fn origin(&self) -> Vec<Fact> {
        let origin = &self.view.task.origin;
        let document = match &origin.number {
            Some(number) => format!("{}（{number}）", origin.document),
            None => origin.document.clone(),
        };
        let href = self.plan_href();
        let mut facts = vec![Fact::new("来源文件", document).linked(href.clone())];
        if !origin.clause_path.is_empty() {
            facts.push(Fact::new("条款", &origin.clause_path).linked(href));
        }
        facts
    }

    /// Where the clause stands; empty when there is no plan or the reader may not see it.
    pub(super) fn plan_href(&self) -> String {
        self.href_of(&self.view.task.origin)
    }

    fn href_of(&self, origin: &Origin) -> String {
        match (origin.plan, origin.proposal) {
            _ if !policy::holds(self.app, self.actor, Right::SeePlans) => String::new(),
            (Some(plan), Some(proposal)) => format!("/plans/{plan}#proposal-{proposal}"),
            (Some(plan), None) => format!("/plans/{plan}"),
            (None, _) => String::new(),
        }
    }

    /// When it was drafted, approved and issued, and by whom.
    fn milestones(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for step in &self.view.steps {
            let label = match step.event {
                TaskEvent::Opened { .. } => "起草",
                TaskEvent::Approved { .. } => "批准",
                TaskEvent::Issued { .. } => "下达",
                TaskEvent::Closed { .. } => "办结",
                TaskEvent::Cancelled { .. } => "撤销",
                TaskEvent::MergedInto { .. } => "并入",
                _ => continue,
            };
            let said = format!("{} {}", local_day(step.by.at), step.by.who());
            // What was returned is approved or issued again: the last time counts.
            facts.retain(|known: &Fact| known.label != label);
            facts.push(Fact::new(label, said));
        }
        facts
    }

    /// How the limit came about, when it was moved.
    pub(super) fn limit_steps(&self) -> Vec<String> {
        let task = &self.view.task;
        let mut steps = limits::own_steps(task, &self.view.rules.calendar);
        let Some(original) = task
            .original_limit
            .filter(|original| task.extensions > 0 || Some(*original) != task.details.limit)
        else {
            return steps;
        };
        steps.push(format!("原定 {}", self.day(original)));
        for step in &self.view.steps {
            if let TaskEvent::ExtensionDecided {
                granted: Some(limit),
                ..
            } = step.event
            {
                steps.push(format!(
                    "{} {}同意延期至 {}",
                    local_day(step.by.at),
                    step.by.who(),
                    self.day(limit)
                ));
            }
            if let TaskEvent::Resumed {
                since,
                until,
                limit: Some(limit),
            } = step.event
            {
                let days = (limit.after - limit.before).num_days();
                steps.push(format!(
                    "卡点待领导协调，{since} 至 {until} 暂停计时，顺延 {days} 天到 {}",
                    self.day(limit.after)
                ));
            }
        }
        if let Some(since) = task.paused_since() {
            steps.push(format!("{since} 起暂停计时；卡点解决后按暂停的天数顺延"));
        }
        steps.push("时限当天 24 时止".into());
        steps
    }

    /// The limits that policies set, each with its explanation.
    pub(super) fn limits(&self) -> Vec<LimitLine> {
        let lines = self.view.limits.iter().map(|limit| LimitLine {
            step: limit.step_label,
            label: limit.label.clone(),
            day: self.day(limit.day),
            standing: if limit.overridden {
                "以事项自定的时限为准".into()
            } else {
                limit.standing_said.clone()
            },
            tone: match limit.standing {
                _ if limit.overridden => "draft",
                LimitStanding::Overdue { .. } | LimitStanding::Late { .. } => "back",
                LimitStanding::Met { .. } => "done",
                LimitStanding::Open { .. } => "running",
            },
            default: limit.cited.default,
            provisional: !limit.provisional.is_empty(),
            steps: limit.steps.clone(),
        });
        lines.collect()
    }

    pub(super) fn people(&self) -> Vec<Person> {
        let (task, details) = (&self.view.task, &self.view.task.details);
        let mut people = vec![Person {
            role: "牵头单位",
            unit: details
                .lead
                .map_or_else(|| "未定".into(), |lead| self.unit(lead)),
            name: self.head(details.lead),
            duty: task
                .assignee
                .map(|person| format!("承办人：{}", self.name(person)))
                .unwrap_or_default(),
            receipt: details
                .lead
                .map(|lead| self.receipt(lead))
                .unwrap_or_default(),
        }];
        for co in &details.co_units {
            let done = if task.co_units_done.contains(&co.unit) {
                "（已完成）"
            } else {
                ""
            };
            people.push(Person {
                role: if co.joint {
                    "共同牵头"
                } else {
                    "协办单位"
                },
                unit: self.unit(co.unit),
                name: self.head(Some(co.unit)),
                duty: format!("{}{done}", co.duty),
                receipt: self.receipt(co.unit),
            });
        }
        people.push(Person {
            role: "督办单位",
            unit: details
                .supervisor
                .map_or_else(|| "未定".into(), |unit| self.unit(unit)),
            name: self.head(details.supervisor),
            duty: String::new(),
            receipt: String::new(),
        });
        people.push(Person {
            role: "分管领导",
            unit: String::new(),
            name: details
                .deputy
                .map_or_else(|| "未定".into(), |person| self.name(person)),
            duty: String::new(),
            receipt: String::new(),
        });
        people
    }

    /// The task that it became part of, and those that became part of it.
    pub(super) fn merged(&self) -> (Option<Link>, Vec<Link>) {
        let link = |task, number: &str, title: &str| Link {
            href: format!("/tasks/{task}"),
            label: format!("{number} {title}").trim().to_owned(),
        };
        let (mut into, mut from) = (None, Vec::new());
        for step in &self.view.steps {
            match &step.event {
                TaskEvent::MergedInto {
                    task,
                    number,
                    title,
                    ..
                } => into = Some(link(*task, number, title)),
                TaskEvent::Absorbed {
                    task,
                    number,
                    title,
                    ..
                } => from.push(link(*task, number, title)),
                _ => {}
            }
        }
        (into, from)
    }

    /// Every step, newest first.
    pub(super) fn events(&self) -> Vec<Event> {
        let steps = self.view.steps.iter().rev();
        steps.map(|step| self.event(step)).collect()
    }

    fn event(&self, step: &Step) -> Event {
        let sentence = sentences::event(&step.event, &self.view.organisation);
        let mut facts = sentence.particulars;
        let mut text = String::new();
        if let Some((label, _)) = facts.first()
            && PLAIN_WORDS.contains(label)
        {
            text = facts.remove(0).1;
        }
        let facts = facts.into_iter();
        Event {
            day: local_time(step.by.at).format("%m-%d").to_string(),
            time: self.time(step.by.at),
            tone: tone(&step.event),
            what: sentence.headline,
            by: step.by.who_and_post(),
            text,
            facts: facts.map(|(label, text)| Fact::new(label, text)).collect(),
            hash: step.hash.chars().take(HASH_DIGITS).collect(),
        }
    }

    /// The time of day, with the year when it is another than this.
    fn time(&self, at: DateTime<Utc>) -> String {
        let at = local_time(at);
        if at.year() == self.today.year() {
            at.format("%H:%M").to_string()
        } else {
            at.format("%Y %H:%M").to_string()
        }
    }

    /// Who received the notice for the unit, and when.
    fn receipt(&self, unit: UnitId) -> String {
        let mut deliveries = self.view.task.deliveries.iter();
        match deliveries.find(|delivery| delivery.unit == unit) {
            None => String::new(),
            Some(delivery) => match &delivery.received {
                Some(receipt) => {
                    format!("{} {} 签收", moment(receipt.at), self.name(receipt.by))
                }
                None => {
                    let issued_on = local_day(delivery.issued_at);
                    let days = self
                        .view
                        .rules
                        .calendar
                        .workdays_between(issued_on, self.today);
                    format!("未签收，已下达 {days} 个工作日")
                }
            },
        }
    }

    fn unit(&self, unit: UnitId) -> String {
        self.view.organisation.unit_name(unit).to_owned()
    }

    fn name(&self, person: luoshi_domain::ids::PersonId) -> String {
        self.view.organisation.person_name(person).to_owned()
    }

    fn head(&self, unit: Option<UnitId>) -> String {
        let Some(unit) = unit else {
            return String::new();
        };
        match self.view.organisation.first_responsible(unit) {
            Some(person) => format!("{}（第一责任人）", self.name(person)),
            None => "第一责任人空缺".into(),
        }
    }

    fn day(&self, day: NaiveDate) -> String {
        let rest = if self.view.rules.calendar.is_workday(day) {
            ""
        } else {
            "，休息日"
        };
        format!("{day}（{}{rest}）", weekday(day))
    }
}

fn tone(event: &TaskEvent) -> &'static str {
    match event {
        TaskEvent::Urged { .. }
        | TaskEvent::NoticeIssued { .. }
        | TaskEvent::EscalationRequested { .. }
        | TaskEvent::SentBack { .. }
        | TaskEvent::Appealed { .. }
        | TaskEvent::Remarked { .. }
        | TaskEvent::BlockerRaised { .. }
        | TaskEvent::ExtensionDecided { granted: None, .. }
        | TaskEvent::FedBack {
            course: Course::Unsmooth,
            ..
        }
        | TaskEvent::MergedInto { .. }
        | TaskEvent::Cancelled { .. } => "warn",
        TaskEvent::Closed { .. } | TaskEvent::Approved { .. } => "done",
        TaskEvent::Instructed { .. }
        | TaskEvent::EscalationDecided { .. }
        | TaskEvent::ChangeRequested { .. }
        | TaskEvent::ChangeDecided { .. }
        | TaskEvent::NoticeAcknowledged { .. }
        | TaskEvent::BlockerPassedOn { .. }
        | TaskEvent::BlockerSettled { .. }
        | TaskEvent::Resumed { .. }
        | TaskEvent::AppealEnded { .. }
        | TaskEvent::Absorbed { .. }
        | TaskEvent::Issued { .. }
        | TaskEvent::SignedFor { .. }
        | TaskEvent::FedBack { .. }
        | TaskEvent::ExtensionDecided { .. }
        | TaskEvent::ClosingApplied { .. }
        | TaskEvent::Reviewed { .. }
        | TaskEvent::Endorsed { .. } => "main",
        _ => "plain",
    }
}
