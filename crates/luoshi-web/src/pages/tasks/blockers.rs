//! What stands in the way of a task, with the unit's clock that stands and the leader's that runs.

use luoshi_app::tasks::TaskView;
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::ids::PersonId;
use luoshi_domain::tasks::blockers::{Blocker, BlockerOutcome};

use crate::pages::parts::{Choice, Field};
use crate::pages::tasks::details::leader_choices;
use crate::pages::tasks::forms::Forms;

/// One thing that stands or stood in the way.
pub(super) struct BlockerLine {
    pub(super) number: u32,
    pub(super) what: String,
    pub(super) need: String,
    /// Who raised it and when, and what was wished.
    pub(super) raised: String,
    pub(super) leader: String,
    /// The leader's clock, or what came of it.
    pub(super) standing: String,
    pub(super) tone: &'static str,
    pub(super) outcome: String,
}

/// The blockers of a task, the latest first.
pub(super) fn lines(view: &TaskView) -> Vec<BlockerLine> {
    let blockers = view.task.blockers.iter().rev();
    blockers.map(|blocker| line(view, blocker)).collect()
}

/// Both clocks in one sentence; empty when nothing stands in the way.
pub(super) fn clocks(view: &TaskView) -> String {
    let task = &view.task;
    let (Some(since), Some(answer_by)) = (task.paused_since(), task.answer_by()) else {
        return String::new();
    };
    let today = view.rules.today;
    let days = (today - since).num_days();
    format!(
        "牵头单位的时限自 {since} 起暂停，已停 {days} 天；{}",
        leader_clock(view, answer_by)
    )
}

fn leader_clock(view: &TaskView, answer_by: chrono::NaiveDate) -> String {
    let today = view.rules.today;
    let calendar = &view.rules.calendar;
    if answer_by < today {
        let late = calendar.workdays_between(answer_by, today);
        return format!("领导答复限期 {answer_by}，已超 {late} 个工作日");
    }
    match calendar.workdays_between(today, answer_by) {
        0 => format!("领导答复限期 {answer_by}，今天到期"),
        left => format!("领导答复限期 {answer_by}，还有 {left} 个工作日"),
    }
}

fn line(view: &TaskView, blocker: &Blocker) -> BlockerLine {
    let organisation = &view.organisation;
    let name = |person: PersonId| organisation.person_name(person).to_owned();
    let mut raised = format!(
        "{} {} 提出",
        moment(blocker.raised_at),
        name(blocker.raised_by)
    );
    if let Some(unit) = blocker.unit {
        raised.push_str(&format!("，需{}配合", organisation.unit_name(unit)));
    }
    if let Some(wished) = blocker.wished {
        raised.push_str(&format!("，希望 {wished} 前解决"));
    }
    let passed_on = if blocker.passed_on {
        "（已报主要领导）"
    } else {
        ""
    };
    let leader = format!("{}{passed_on}", name(blocker.leader));
    let late = blocker.answer_by < view.rules.today;
    let (standing, tone, outcome) = match &blocker.settled {
        None => {
            let tone = if late { "back" } else { "review" };
            (leader_clock(view, blocker.answer_by), tone, String::new())
        }
        Some(settled) => {
            let (word, tone) = match settled.outcome {
                BlockerOutcome::Cleared => ("已协调解决", "done"),
                BlockerOutcome::NotRecognised => ("不予认定", "back"),
                BlockerOutcome::Withdrawn => ("已撤回", "void"),
            };
            let outcome = format!(
                "{}（{} {}）",
                settled.text,
                name(settled.by),
                moment(settled.at)
            );
            (word.to_owned(), tone, outcome)
        }
    };
    BlockerLine {
        number: blocker.number,
        what: blocker.what.clone(),
        need: blocker.need.clone(),
        raised,
        leader,
        standing,
        tone,
        outcome,
    }
}

impl Forms<'_> {
    pub(super) fn raise_fields(&self) -> Vec<Field> {
        let mut units = self.unit_choices(None);
        let lead = self.view.task.details.lead.map(|lead| lead.to_string());
        units.retain(|choice| Some(&choice.value) != lead.as_ref());
        vec![
            Field::area("what", "卡在哪里", "").required(),
            Field::area("need", "需要解决什么", "").required(),
            Field::select("leader", "请哪位领导协调", self.leaders()).required(),
            Field::select("need_unit", "需要哪个单位配合", units).hint("没有可以不选"),
            Field::date("wished", "希望哪天前解决", "").hint("可以不填"),
        ]
    }

    pub(super) fn answer_fields(&self) -> Vec<Field> {
        let principal = self.view.organisation.principal();
        let mut answers = vec![Choice::new("cleared", "已协调解决", "cleared")];
        if principal != Some(self.actor.person) {
            answers.push(Choice::new("passed_on", "报主要领导", "cleared"));
        }
        answers.push(Choice::new("not_recognised", "不予认定", "cleared"));
        vec![
            self.blocker_field(|blocker| {
                blocker.leader == self.actor.person || principal == Some(self.actor.person)
            }),
            Field::radio("answer", "答复", answers).required(),
            Field::area("text", "协调结果或理由", "")
                .hint("写明定了什么、谁来办；不予认定写明理由"),
        ]
    }

    pub(super) fn withdraw_fields(&self) -> Vec<Field> {
        vec![
            self.blocker_field(|_blocker| true),
            Field::area("reason", "撤回理由", "").required(),
        ]
    }

    /// Which of the open blockers it is about.
    fn blocker_field(&self, fits: impl Fn(&Blocker) -> bool) -> Field {
        let open = self.view.task.blockers_open().filter(|known| fits(known));
        let mut first = None;
        let choices = open.map(|blocker| {
            let number = blocker.number.to_string();
            let current = first.get_or_insert_with(|| number.clone()).clone();
            let label = format!("{number}. {}", blocker.what);
            Choice::new(number, label, &current)
        });
        Field::select("number", "卡点", choices.collect()).required()
    }

    /// The leaders to choose from, the one in charge first chosen.
    pub(super) fn leaders(&self) -> Vec<Choice> {
        leader_choices(&self.view.organisation, self.view.task.details.deputy)
    }

    /// What is stuck, for the leader who answers.
    pub(super) fn open_blockers(&self) -> String {
        let open = self.view.task.blockers_open();
        let said: Vec<String> = open
            .map(|blocker| {
                let (what, need) = (blocker.what.trim_end_matches('。'), &blocker.need);
                format!("卡点 {}：{what}；需要：{need}", blocker.number)
            })
            .collect();
        said.join("　")
    }
}
