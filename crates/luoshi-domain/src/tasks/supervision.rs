//! Who supervises a task: whoever assigned it (谁交办谁负责、谁负责谁督办, FLOW-06), and from when on
//! the supervision office does instead (FLOW-07).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::ids::{PersonId, UnitId};
use crate::journal::Signed;
use crate::organisation::{Organisation, Role, UnitKind};
use crate::refusals::Refusal;
use crate::tasks::commands::{optional_text, required_text};
use crate::tasks::{Approval, Task, TaskEvent, TaskState};

/// A leader's instruction that a task rests on (SRC-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    pub leader: PersonId,
    pub instruction: String,
    /// The day of the instruction or its document.
    pub dated: Option<NaiveDate>,
    pub recorded_by: PersonId,
    pub recorded_at: DateTime<Utc>,
}

/// Why a unit supervises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supervises {
    /// The principal leader assigned it: the supervision office.
    Principal,
    /// A deputy assigned it: a section in that deputy's charge.
    Deputy,
    /// A deputy without such a section assigned it: the supervision office.
    NoSection,
    /// The principal leader consented to the escalation: the supervision office.
    Escalated,
}

/// A supervision case (立项督办) that an escalation opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionCase {
    /// E.g. `督〔2026〕1号`.
    pub number: String,
    pub reason: String,
    pub asked_by: PersonId,
    /// Who supervised before.
    pub from: Option<UnitId>,
    pub consented_by: PersonId,
    pub at: DateTime<Utc>,
}

/// Who supervises what `leader` assigns to `lead`, and why.
pub fn supervisor(
    leader: PersonId,
    lead: Option<UnitId>,
    organisation: &Organisation,
) -> Option<(UnitId, Supervises)> {
    let office = organisation.supervision_office().map(|unit| unit.id)?;
    let mut posts = organisation.posts_of(leader);
    if posts.any(|post| post.role == Role::Principal) {
        return Some((office, Supervises::Principal));
    }
    let mut own = organisation.portfolio_of(leader).into_iter();
    let section = own.find(|unit| {
        let kind = organisation.unit(*unit).map(|known| known.kind);
        kind == Some(UnitKind::Section) && Some(*unit) != lead
    });
    Some(match section {
        Some(section) if section != office => (section, Supervises::Deputy),
        Some(_) => (office, Supervises::Deputy),
        None => (office, Supervises::NoSection),
    })
}

impl Task {
    /// Before the notice went out, or once it came back.
    pub(super) fn possible_instruct(&self) -> Result<(), Refusal> {
        match self.state {
            TaskState::Draft | TaskState::Approved | TaskState::Returned => Ok(()),
            _ => Err(Refusal::state(
                "already_issued",
                "SRC-01",
                "立项通知已下达，交办领导不再变动。",
            )),
        }
    }

    pub(super) fn decide_instruct(
        &self,
        (leader, instruction, dated): (PersonId, String, Option<NaiveDate>),
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let sentence = "请写明批示或交办的原话。";
        let instruction = required_text("instruction", "SRC-01", sentence, instruction)?;
        let mut posts = ctx.organisation.posts_of(leader);
        if !posts.any(|post| matches!(post.role, Role::Principal | Role::Deputy)) {
            let sentence = "交办领导应是主要领导或分管领导，请从名单中选择。";
            return Err(Refusal::input("leader", "SRC-01", sentence));
        }
        if dated.is_some_and(|dated| dated > ctx.today()) {
            let sentence = "批示日期不能晚于今天。";
            return Err(Refusal::input("dated", "SRC-01", sentence));
        }
        let found = supervisor(leader, self.details.lead, ctx.organisation);
        let Some((supervisor, why)) = found else {
            let sentence = "机构里没有督查办，无法确定督办单位。";
            return Err(Refusal::state("no_office", "FLOW-06", sentence));
        };
        // A matter that the principal leader assigned counts as approved, once it is complete.
        let mut complete = self.clone();
        complete.details.supervisor = Some(supervisor);
        let approves = why == Supervises::Principal
            && self.state == TaskState::Draft
            && complete.missing_fields(ctx).is_empty();
        Ok(TaskEvent::Instructed {
            leader,
            instruction,
            dated,
            supervisor,
            why,
            approves,
        })
    }

    pub(super) fn possible_request_escalation(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_issued("FLOW-07")?;
        self.require_no_approval("FLOW-07")?;
        let office = ctx.organisation.supervision_office().map(|unit| unit.id);
        if self.details.supervisor == office {
            return Err(Refusal::state(
                "already_office",
                "FLOW-07",
                "该事项已由督查办督办，不用再提级。",
            ));
        }
        Ok(())
    }

    pub(super) fn possible_decide_escalation(&self) -> Result<(), Refusal> {
        match &self.approval {
            Some(Approval::Escalation { .. }) => Ok(()),
            _ => Err(Refusal::state(
                "no_request",
                "FLOW-07",
                "没有待批的提级督办申请。",
            )),
        }
    }

    pub(super) fn decide_escalation(
        &self,
        consent: bool,
        text: String,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let office = ctx.organisation.supervision_office().map(|unit| unit.id);
        let Some(office) = office else {
            let sentence = "机构里没有督查办，无法立项督办。";
            return Err(Refusal::state("no_office", "FLOW-07", sentence));
        };
        let text = match consent {
            true => optional_text("text", text)?,
            false => required_text("text", "FLOW-07", "不同意提级督办请写明理由。", text)?,
        };
        Ok(TaskEvent::EscalationDecided {
            case: consent.then(String::new),
            office,
            text,
        })
    }

    pub(super) fn require_issued(&self, rule: &'static str) -> Result<(), Refusal> {
        if self.state == TaskState::Issued || self.is_under_way() {
            return Ok(());
        }
        Err(Refusal::state(
            "not_issued",
            rule,
            "事项下达后方可办理这一步。",
        ))
    }

    pub(super) fn apply_instructed(
        &mut self,
        assigned: Assigned,
        (supervisor, why): (UnitId, Supervises),
        approves: bool,
    ) {
        self.details.supervisor = Some(supervisor);
        self.supervised = Some(why);
        if approves {
            self.state = TaskState::Approved;
            self.approved_by = Some(assigned.leader);
        }
        self.assigned = Some(assigned);
    }

    pub(super) fn apply_escalation(&mut self, case: Option<&String>, office: UnitId, by: &Signed) {
        let Some(Approval::Escalation {
            by: asked_by,
            reason,
            ..
        }) = self.approval.take()
        else {
            return;
        };
        let Some(number) = case else { return };
        self.case = Some(SupervisionCase {
            number: number.clone(),
            reason,
            asked_by,
            from: self.details.supervisor,
            consented_by: by.person,
            at: by.at,
        });
        self.details.supervisor = Some(office);
        self.supervised = Some(Supervises::Escalated);
    }
}
