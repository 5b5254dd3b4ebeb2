//! Which right an act on a task needs in its present state. Who holds it, the policies say.

use crate::refusals::Refusal;
use crate::rights::{Right, Row, TaskRow};
use crate::tasks::actions::TaskAction;
use crate::tasks::commands::{Feedback, TaskCommand};
use crate::tasks::{Approval, ClosingStep, ReturnStage, Task};

impl Task {
    /// The task as policies see it.
    pub fn row(&self) -> Row {
        let submitter = match &self.approval {
            Some(
                Approval::Extension { by, .. }
                | Approval::Escalation { by, .. }
                | Approval::Change { by, .. },
            ) => Some(*by),
            Some(Approval::Closing(closing)) => Some(closing.by),
            None => None,
        };
        let details = &self.details;
        Row::Task(TaskRow {
            id: self.id.0,
            lead: details.lead,
            co_units: details.co_units.iter().map(|co| co.unit).collect(),
            supervisor: details.supervisor,
            above: self.above,
            deputy: details.deputy,
            coordinators: self.blockers_open().map(|known| known.leader).collect(),
            submitters: submitter.into_iter().chain(self.request_hand).collect(),
            mark: self.mark,
        })
    }

    /// The right that `action` needs now; refused where it needs none because nothing is left to
    /// do.
    pub fn right_for(&self, action: TaskAction) -> Result<Right, Refusal> {
        if action != TaskAction::Mark {
            self.require_not_over()?;
        }
        Ok(match action {
            TaskAction::Amend => Right::AmendTask,
            TaskAction::Approve => Right::ApproveTask,
            TaskAction::Issue => Right::IssueTask,
            TaskAction::SignFor => Right::SignFor,
            TaskAction::Deploy => Right::Deploy,
            TaskAction::Feedback => Right::FeedBack,
            TaskAction::RepeatReport => Right::FeedBackAsLead,
            TaskAction::SetCadence => Right::SetCadence,
            TaskAction::Remark => Right::Remark,
            TaskAction::Instruct => Right::AmendTask,
            TaskAction::RequestChange => Right::RequestChange,
            TaskAction::DecideChange => Right::DecideChange,
            TaskAction::RequestEscalation => Right::RequestEscalation,
            TaskAction::DecideEscalation => Right::DecideEscalation,
            TaskAction::IssueNotice => Right::IssueNotice,
            TaskAction::AcknowledgeNotice => Right::AcknowledgeNotice,
            TaskAction::RaiseBlocker => Right::RaiseBlocker,
            TaskAction::AnswerBlocker => Right::AnswerBlocker,
            TaskAction::WithdrawBlocker => Right::WithdrawBlocker,
            TaskAction::RequestExtension => Right::RequestExtension,
            TaskAction::DecideExtension => Right::DecideExtension,
            TaskAction::Urge => Right::Urge,
            TaskAction::ApplyToClose => Right::ApplyToClose,
            TaskAction::Review => Right::ReviewClosing,
            TaskAction::Endorse => match self.closing().map(|closing| closing.step) {
                Some(ClosingStep::Deputy) => Right::EndorseAsDeputy,
                Some(ClosingStep::Principal) => Right::EndorseAsPrincipal,
                Some(ClosingStep::Review) | None => Right::EndorseClosing,
            },
            TaskAction::Return => self.right_to_return()?,
            TaskAction::Cancel => Right::CancelTask,
            TaskAction::Mark => Right::MarkTask,
        })
    }

    /// As [`Task::right_for`], where what is typed says more than the action alone.
    pub fn right_of(&self, command: &TaskCommand) -> Result<Right, Refusal> {
        match command {
            TaskCommand::Feedback(Feedback::Lead { .. }) => Ok(Right::FeedBackAsLead),
            TaskCommand::Feedback(Feedback::CoUnit { .. }) => Ok(Right::FeedBackAsCoUnit),
            _ => self.right_for(command.action()),
        }
    }

    fn right_to_return(&self) -> Result<Right, Refusal> {
        Ok(match self.return_stage()? {
            ReturnStage::Opening => Right::ReturnOpening,
            ReturnStage::Assignment => Right::ReturnAssignment,
            ReturnStage::Feedback => Right::ReturnFeedback,
            ReturnStage::Closing => match self.closing().map(|closing| closing.step) {
                Some(ClosingStep::Deputy) => Right::ReturnClosingAsDeputy,
                Some(ClosingStep::Principal) => Right::ReturnClosingAsPrincipal,
                Some(ClosingStep::Review) | None => Right::ReturnClosingInReview,
            },
        })
    }
}
