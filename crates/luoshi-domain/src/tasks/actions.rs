//! What can be done to a task in which state. Who may do it, the policies say.

use crate::context::Context;
use crate::ids::UnitId;
use crate::refusals::Refusal;
use crate::tasks::{Approval, ClosingStep, ReturnStage, Task, TaskState};

/// What can be done to a task, in the order of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskAction {
    Amend,
    Approve,
    Issue,
    SignFor,
    Deploy,
    Feedback,
    RepeatReport,
    SetCadence,
    Remark,
    Instruct,
    RequestChange,
    DecideChange,
    RequestEscalation,
    DecideEscalation,
    IssueNotice,
    AcknowledgeNotice,
    RaiseBlocker,
    AnswerBlocker,
    WithdrawBlocker,
    RequestExtension,
    DecideExtension,
    Urge,
    ApplyToClose,
    Review,
    Endorse,
    Return,
    Mark,
    Cancel,
}

impl TaskAction {
    pub const ALL: [Self; 28] = [
        Self::Amend,
        Self::Approve,
        Self::Issue,
        Self::SignFor,
        Self::Deploy,
        Self::Feedback,
        Self::RepeatReport,
        Self::SetCadence,
        Self::Remark,
        Self::Instruct,
        Self::RequestChange,
        Self::DecideChange,
        Self::RequestEscalation,
        Self::DecideEscalation,
        Self::IssueNotice,
        Self::AcknowledgeNotice,
        Self::RaiseBlocker,
        Self::AnswerBlocker,
        Self::WithdrawBlocker,
        Self::RequestExtension,
        Self::DecideExtension,
        Self::Urge,
        Self::ApplyToClose,
        Self::Review,
        Self::Endorse,
        Self::Return,
        Self::Mark,
        Self::Cancel,
    ];
}

impl Task {
    /// Whether `action` is possible now, for somebody who holds the right to it; otherwise why not.
    pub fn possible(&self, action: TaskAction, ctx: &Context<'_>) -> Result<(), Refusal> {
        if action != TaskAction::Mark {
            self.require_not_over()?;
        }
        match action {
            TaskAction::Amend => self.possible_amend(),
            TaskAction::Approve => self.possible_approve(),
            TaskAction::Issue => self.possible_issue(),
            TaskAction::SignFor => self.possible_sign_for(ctx),
            TaskAction::Feedback => {
                self.require_under_way("FLOW-05")?;
                self.require_no_closing("FLOW-05")
            }
            TaskAction::RepeatReport => {
                self.require_under_way("LEDGER-11")?;
                self.require_no_closing("LEDGER-11")?;
                self.decide_repeat(ctx).map(|_event| ())
            }
            TaskAction::Deploy => self.possible_deploy(),
            TaskAction::Remark => self.possible_remark(),
            TaskAction::Instruct => self.possible_instruct(),
            TaskAction::RequestChange => {
                self.require_issued("LEDGER-04")?;
                self.require_no_approval("LEDGER-04")
            }
            TaskAction::DecideChange => self.possible_decide_change(),
            TaskAction::RequestEscalation => self.possible_request_escalation(ctx),
            TaskAction::DecideEscalation => self.possible_decide_escalation(),
            TaskAction::IssueNotice => {
                self.require_issued("FLOW-08")?;
                self.require_no_blocker("FLOW-08")
            }
            TaskAction::AcknowledgeNotice => self.require_notice_open(),
            TaskAction::RaiseBlocker => {
                self.require_under_way("FLOW-05")?;
                self.require_no_closing("FLOW-05")
            }
            TaskAction::AnswerBlocker | TaskAction::WithdrawBlocker => self.require_blocker_open(),
            TaskAction::RequestExtension => self.possible_request_extension(ctx),
            TaskAction::DecideExtension => self.possible_decide_extension(),
            TaskAction::Urge => {
                self.possible_urge()?;
                self.require_not_urged(ctx)
            }
            TaskAction::ApplyToClose => self.possible_apply_to_close(),
            TaskAction::Review => self.possible_review(),
            TaskAction::Endorse => self.possible_endorse(),
            TaskAction::Return => self.return_stage().map(|_stage| ()),
            TaskAction::SetCadence | TaskAction::Mark | TaskAction::Cancel => Ok(()),
        }
    }

    /// What would be sent back now, or why nothing can be.
    pub(super) fn return_stage(&self) -> Result<ReturnStage, Refusal> {
        if self.closing().is_some() {
            return Ok(ReturnStage::Closing);
        }
        match self.state {
            TaskState::Draft => Ok(ReturnStage::Opening),
            TaskState::Issued => Ok(ReturnStage::Assignment),
            TaskState::Accepted | TaskState::InProgress | TaskState::Supervising => {
                match &self.last_feedback {
                    Some(feedback) if !feedback.sent_back => Ok(ReturnStage::Feedback),
                    _ => Err(Refusal::state(
                        "nothing_to_return",
                        "FLOW-05",
                        "没有待处理的反馈，无可退回。",
                    )),
                }
            }
            _ => Err(Refusal::state(
                "nothing_to_return",
                "FLOW-14",
                "当前环节没有可退回的内容。",
            )),
        }
    }

    pub(super) fn require_not_over(&self) -> Result<(), Refusal> {
        if self.is_over() {
            return Err(Refusal::state(
                "over",
                "FLOW-14",
                "该事项已办结或已撤销，不再变动。",
            ));
        }
        Ok(())
    }

    /// The unit on whose behalf the actor acts: the lead unit first, then a co-unit.
    pub(super) fn acting_unit(&self, ctx: &Context<'_>) -> Option<UnitId> {
        let co_units = self.details.co_units.iter().map(|co| co.unit);
        self.details
            .lead
            .into_iter()
            .chain(co_units)
            .find(|unit| ctx.actor.works_in(*unit))
    }

    fn possible_amend(&self) -> Result<(), Refusal> {
        match self.state {
            TaskState::Draft | TaskState::Returned => Ok(()),
            _ => Err(Refusal::state(
                "already_approved",
                "LEDGER-04",
                "已批准的立项内容不能直接修改。要改目标要求或完成时限，请用“申请变更目标或时限”，经批准后形成新的版本。",
            )),
        }
    }

    fn possible_approve(&self) -> Result<(), Refusal> {
        match self.state {
            TaskState::Draft => Ok(()),
            TaskState::Returned => Err(Refusal::state(
                "returned",
                "FLOW-01",
                "该事项已退回，待督查办修改后再报批。",
            )),
            _ => Err(Refusal::state(
                "already_approved",
                "FLOW-01",
                "该事项已批准立项。",
            )),
        }
    }

    fn possible_issue(&self) -> Result<(), Refusal> {
        match self.state {
            TaskState::Approved => Ok(()),
            TaskState::Returned if self.approved_by.is_some() => Ok(()),
            TaskState::Draft | TaskState::Returned => Err(Refusal::state(
                "not_approved",
                "FLOW-01",
                "尚未经主要领导批准立项，不能下达。",
            )),
            _ => Err(Refusal::state(
                "already_issued",
                "FLOW-02",
                "立项通知已下达。",
            )),
        }
    }

    fn possible_sign_for(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        let Some(unit) = self.acting_unit(ctx) else {
            return Err(Refusal::authority(
                "not_addressed",
                "FLOW-03",
                "签收由牵头单位或协办单位的人员办理。",
            ));
        };
        let delivery = self
            .deliveries
            .iter()
            .find(|delivery| delivery.unit == unit);
        match delivery {
            None => Err(Refusal::state(
                "not_issued",
                "FLOW-02",
                "立项通知尚未下达。",
            )),
            Some(delivery) if delivery.received.is_some() => Err(Refusal::state(
                "already_received",
                "FLOW-03",
                "本单位已签收。",
            )),
            Some(_) if self.state == TaskState::Returned => Err(Refusal::state(
                "returned",
                "FLOW-03",
                "该事项已退回督查办。",
            )),
            Some(_) => Ok(()),
        }
    }

    fn possible_deploy(&self) -> Result<(), Refusal> {
        self.require_under_way("TIME-03")?;
        self.require_no_closing("TIME-03")
    }

    fn possible_remark(&self) -> Result<(), Refusal> {
        self.require_under_way("FLOW-04")?;
        if self.details.co_units.is_empty() {
            return Err(Refusal::state(
                "no_co_units",
                "FLOW-04",
                "该事项没有协办单位。",
            ));
        }
        Ok(())
    }

    fn possible_request_extension(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_under_way("FLOW-09")?;
        self.require_no_approval("FLOW-09")?;
        match self.details.limit {
            // Where its refusal was taken back the unit may ask again.
            _ if self.extension_reopened => Ok(()),
            Some(limit) if self.counting_day(ctx.today()) > limit => Err(Refusal::state(
                "past_limit",
                "FLOW-09",
                format!("时限 {limit} 已过，须在规定时限内申请延期。"),
            )),
            _ => Ok(()),
        }
    }

    fn possible_decide_extension(&self) -> Result<(), Refusal> {
        match &self.approval {
            Some(Approval::Extension { .. }) => Ok(()),
            _ => Err(Refusal::state(
                "no_request",
                "FLOW-10",
                "没有待批的延期申请。",
            )),
        }
    }

    fn possible_urge(&self) -> Result<(), Refusal> {
        if self.state == TaskState::Issued || self.is_under_way() {
            return self.require_no_blocker("FLOW-15");
        }
        Err(Refusal::state(
            "not_issued",
            "FLOW-15",
            "事项下达后方可催办。",
        ))
    }

    fn possible_apply_to_close(&self) -> Result<(), Refusal> {
        self.require_under_way("FLOW-11")?;
        self.require_no_approval("FLOW-11")?;
        self.require_no_blocker("FLOW-11")?;
        if self.feedbacks == 0 {
            return Err(Refusal::state(
                "no_feedback",
                "LEDGER-10",
                "还没有反馈过进展，先反馈再申请办结。",
            ));
        }
        let missing = self.co_units_open().count();
        if missing > 0 {
            return Err(Refusal::state(
                "co_units_open",
                "FLOW-04",
                format!("缺 {missing} 个协办单位的完成意见，不能申请办结。"),
            ));
        }
        Ok(())
    }

    fn possible_review(&self) -> Result<(), Refusal> {
        match self.closing() {
            Some(closing) if closing.step == ClosingStep::Review => Ok(()),
            Some(_) => Err(Refusal::state(
                "already_reviewed",
                "FLOW-11",
                "已初审，待领导审定。",
            )),
            None => Err(no_closing()),
        }
    }

    fn possible_endorse(&self) -> Result<(), Refusal> {
        match self.closing() {
            Some(closing) if closing.step == ClosingStep::Review => Err(Refusal::state(
                "not_reviewed",
                "FLOW-11",
                "督办单位尚未初审。",
            )),
            Some(_) => Ok(()),
            None => Err(no_closing()),
        }
    }

    fn require_under_way(&self, rule: &'static str) -> Result<(), Refusal> {
        if self.is_under_way() {
            return Ok(());
        }
        let sentence = match self.state {
            TaskState::Issued => "牵头单位尚未签收，请先签收。",
            TaskState::Returned => "该事项已退回督查办。",
            _ => "该事项尚未下达。",
        };
        Err(Refusal::state("not_under_way", rule, sentence))
    }

    fn require_no_closing(&self, rule: &'static str) -> Result<(), Refusal> {
        match self.closing() {
            None => Ok(()),
            Some(_) => Err(Refusal::state(
                "closing_pending",
                rule,
                "已申请办结，正在审定。",
            )),
        }
    }

    pub(super) fn require_no_approval(&self, rule: &'static str) -> Result<(), Refusal> {
        self.require_no_closing(rule)?;
        match self.approval {
            None => Ok(()),
            Some(Approval::Escalation { .. }) => Err(Refusal::state(
                "escalation_pending",
                rule,
                "提级督办申请待主要领导批复，请等批复。",
            )),
            Some(Approval::Change { .. }) => Err(Refusal::state(
                "change_pending",
                rule,
                "变更申请待批，请等批复。",
            )),
            Some(_) => Err(Refusal::state(
                "extension_pending",
                rule,
                "延期申请待批，请等批复。",
            )),
        }
    }
}

fn no_closing() -> Refusal {
    Refusal::state("no_request", "FLOW-11", "牵头单位尚未申请办结。")
}
