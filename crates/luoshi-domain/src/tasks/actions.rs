//! Who may do what to a task in which state: the table behind every button and every refusal.

use crate::context::Context;
use crate::ids::UnitId;
use crate::organisation::Role;
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
    Remark,
    RequestExtension,
    DecideExtension,
    Urge,
    ApplyToClose,
    Review,
    Endorse,
    Return,
    Cancel,
}

impl TaskAction {
    pub const ALL: [Self; 15] = [
        Self::Amend,
        Self::Approve,
        Self::Issue,
        Self::SignFor,
        Self::Deploy,
        Self::Feedback,
        Self::Remark,
        Self::RequestExtension,
        Self::DecideExtension,
        Self::Urge,
        Self::ApplyToClose,
        Self::Review,
        Self::Endorse,
        Self::Return,
        Self::Cancel,
    ];
}

impl Task {
    /// Whether the actor may do `action` now; otherwise why not.
    pub fn permit(&self, action: TaskAction, ctx: &Context<'_>) -> Result<(), Refusal> {
        if self.is_over() {
            return Err(Refusal::state(
                "over",
                "FLOW-14",
                "该事项已办结或已撤销，不再变动。",
            ));
        }
        match action {
            TaskAction::Amend => self.permit_amend(ctx),
            TaskAction::Approve => self.permit_approve(ctx),
            TaskAction::Issue => self.permit_issue(ctx),
            TaskAction::SignFor => self.permit_sign_for(ctx),
            TaskAction::Deploy => self.permit_deploy(ctx),
            TaskAction::Feedback => self.permit_feedback(ctx),
            TaskAction::Remark => self.permit_remark(ctx),
            TaskAction::RequestExtension => self.permit_request_extension(ctx),
            TaskAction::DecideExtension => self.permit_decide_extension(ctx),
            TaskAction::Urge => self.permit_urge(ctx),
            TaskAction::ApplyToClose => self.permit_apply_to_close(ctx),
            TaskAction::Review => self.permit_review(ctx),
            TaskAction::Endorse => self.permit_endorse(ctx),
            TaskAction::Return => self.return_stage(ctx).map(|_stage| ()),
            TaskAction::Cancel => require_principal(ctx, "TIME-07", "撤销事项须由主要领导批准。"),
        }
    }

    /// What the actor would send back now, or why nothing can be.
    pub(super) fn return_stage(&self, ctx: &Context<'_>) -> Result<ReturnStage, Refusal> {
        if let Some(closing) = self.closing() {
            self.require_closing_turn(closing.step, ctx)?;
            return Ok(ReturnStage::Closing);
        }
        match self.state {
            TaskState::Draft => {
                require_principal(ctx, "FLOW-01", "立项由主要领导审批，其他人不能退回。")?;
                Ok(ReturnStage::Opening)
            }
            TaskState::Issued => {
                self.require_lead(ctx, "FLOW-03")?;
                Ok(ReturnStage::Assignment)
            }
            TaskState::Accepted | TaskState::InProgress | TaskState::Supervising => {
                self.require_supervisor(ctx, "FLOW-05")?;
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

    /// The unit on whose behalf the actor acts: the lead unit first, then a co-unit.
    pub(super) fn acting_unit(&self, ctx: &Context<'_>) -> Option<UnitId> {
        let co_units = self.details.co_units.iter().map(|co| co.unit);
        self.details
            .lead
            .into_iter()
            .chain(co_units)
            .find(|unit| ctx.actor.works_in(*unit))
    }

    fn permit_amend(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        require_office(ctx, "LEDGER-04", "立项内容由督查办修改。")?;
        match self.state {
            TaskState::Draft | TaskState::Returned => Ok(()),
            _ => Err(Refusal::state(
                "already_approved",
                "LEDGER-04",
                "已批准的立项内容不能直接修改；退回后可改。",
            )),
        }
    }

    fn permit_approve(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        require_principal(ctx, "FLOW-01", "立项须经主要领导批准。")?;
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

    fn permit_issue(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        require_office(ctx, "FLOW-02", "立项通知由督查办下达。")?;
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

    fn permit_sign_for(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
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

    fn permit_feedback(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        if self.acting_unit(ctx).is_none() {
            return Err(Refusal::authority(
                "not_addressed",
                "FLOW-05",
                "反馈由牵头单位或协办单位的人员填写。",
            ));
        }
        self.require_under_way("FLOW-05")?;
        self.require_no_closing("FLOW-05")
    }

    fn permit_deploy(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_lead(ctx, "TIME-03")?;
        self.require_under_way("TIME-03")?;
        self.require_no_closing("TIME-03")
    }

    fn permit_remark(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_lead(ctx, "FLOW-04")?;
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

    fn permit_request_extension(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_lead(ctx, "FLOW-09")?;
        self.require_under_way("FLOW-09")?;
        self.require_no_approval("FLOW-09")?;
        match self.details.limit {
            Some(limit) if ctx.today() > limit => Err(Refusal::state(
                "past_limit",
                "FLOW-09",
                format!("时限 {limit} 已过，须在规定时限内申请延期。"),
            )),
            _ => Ok(()),
        }
    }

    fn permit_decide_extension(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_leader(ctx, "FLOW-10", "延期由分管领导或主要领导审批。")?;
        match &self.approval {
            Some(Approval::Extension { by, .. }) if *by == ctx.actor.person => {
                Err(own_request("FLOW-10"))
            }
            Some(Approval::Extension { .. }) => Ok(()),
            _ => Err(Refusal::state(
                "no_request",
                "FLOW-10",
                "没有待批的延期申请。",
            )),
        }
    }

    fn permit_urge(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_supervisor(ctx, "FLOW-15")?;
        if self.state == TaskState::Issued || self.is_under_way() {
            return Ok(());
        }
        Err(Refusal::state(
            "not_issued",
            "FLOW-15",
            "事项下达后方可催办。",
        ))
    }

    fn permit_apply_to_close(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_lead(ctx, "FLOW-11")?;
        self.require_under_way("FLOW-11")?;
        self.require_no_approval("FLOW-11")?;
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

    fn permit_review(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        self.require_supervisor(ctx, "FLOW-11")?;
        match self.closing() {
            Some(closing) if closing.step == ClosingStep::Review => {
                if closing.by == ctx.actor.person {
                    return Err(own_request("FLOW-11"));
                }
                Ok(())
            }
            Some(_) => Err(Refusal::state(
                "already_reviewed",
                "FLOW-11",
                "已初审，待领导审定。",
            )),
            None => Err(Refusal::state(
                "no_request",
                "FLOW-11",
                "牵头单位尚未申请办结。",
            )),
        }
    }

    fn permit_endorse(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        let Some(closing) = self.closing() else {
            self.require_leader(ctx, "FLOW-11", "办结由分管领导审定，重点事项再报主要领导。")?;
            return Err(Refusal::state(
                "no_request",
                "FLOW-11",
                "牵头单位尚未申请办结。",
            ));
        };
        if closing.step == ClosingStep::Review {
            self.require_leader(ctx, "FLOW-11", "办结由分管领导审定，重点事项再报主要领导。")?;
            return Err(Refusal::state(
                "not_reviewed",
                "FLOW-11",
                "督办单位尚未初审。",
            ));
        }
        self.require_closing_turn(closing.step, ctx)?;
        if closing.by == ctx.actor.person {
            return Err(own_request("FLOW-11"));
        }
        Ok(())
    }

    fn require_closing_turn(&self, step: ClosingStep, ctx: &Context<'_>) -> Result<(), Refusal> {
        match step {
            ClosingStep::Review => self.require_supervisor(ctx, "FLOW-11"),
            ClosingStep::Deputy if self.details.deputy == Some(ctx.actor.person) => Ok(()),
            ClosingStep::Deputy => Err(Refusal::authority(
                "not_deputy",
                "FLOW-11",
                "现待分管领导审定，须由该事项的分管领导办理。",
            )),
            ClosingStep::Principal => {
                require_principal(ctx, "FLOW-12", "重点事项须报主要领导审定办结。")
            }
        }
    }

    fn require_lead(&self, ctx: &Context<'_>, rule: &'static str) -> Result<(), Refusal> {
        match self.details.lead {
            Some(lead) if ctx.actor.works_in(lead) => Ok(()),
            _ => Err(Refusal::authority(
                "not_lead",
                rule,
                "只有牵头单位的人员可以办理。",
            )),
        }
    }

    fn require_supervisor(&self, ctx: &Context<'_>, rule: &'static str) -> Result<(), Refusal> {
        match self.details.supervisor {
            Some(unit) if ctx.actor.works_in(unit) => Ok(()),
            _ => Err(Refusal::authority(
                "not_supervisor",
                rule,
                "只有督办单位的人员可以办理。",
            )),
        }
    }

    fn require_leader(
        &self,
        ctx: &Context<'_>,
        rule: &'static str,
        sentence: &'static str,
    ) -> Result<(), Refusal> {
        let in_charge = self.details.deputy == Some(ctx.actor.person);
        if in_charge || ctx.actor.has_role(Role::Principal) {
            return Ok(());
        }
        Err(Refusal::authority("not_leader", rule, sentence))
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

    fn require_no_approval(&self, rule: &'static str) -> Result<(), Refusal> {
        self.require_no_closing(rule)?;
        match self.approval {
            None => Ok(()),
            Some(_) => Err(Refusal::state(
                "extension_pending",
                rule,
                "延期申请待批，请等批复。",
            )),
        }
    }
}

fn require_office(
    ctx: &Context<'_>,
    rule: &'static str,
    sentence: &'static str,
) -> Result<(), Refusal> {
    if ctx.actor.supervises {
        return Ok(());
    }
    Err(Refusal::authority("not_supervision_office", rule, sentence))
}

fn require_principal(
    ctx: &Context<'_>,
    rule: &'static str,
    sentence: &'static str,
) -> Result<(), Refusal> {
    if ctx.actor.has_role(Role::Principal) {
        return Ok(());
    }
    Err(Refusal::authority("not_principal", rule, sentence))
}

fn own_request(rule: &'static str) -> Refusal {
    Refusal::authority("own_request", rule, "不能审批本人提出的申请。")
}
