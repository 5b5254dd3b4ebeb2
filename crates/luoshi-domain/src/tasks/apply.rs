//! What each event does to a task.

use crate::appeals::{Against, AppealResult};
use crate::calendar::local_day;
use crate::ids::UnitId;
use crate::journal::Signed;
use crate::tasks::attachments;
use crate::tasks::blockers::Blocker;
use crate::tasks::notices::SupervisionNotice;
use crate::tasks::supervision::Assigned;
use crate::tasks::timing::{Deployment, TaskLimit};
use crate::tasks::{
    Approval, Closing, ClosingStep, Delivery, LastFeedback, Receipt, ReturnStage, Task, TaskEvent,
    TaskState,
};

impl Task {
    /// Folds one event into the state. Never fails, never looks at the clock.
    pub fn apply(&mut self, event: &TaskEvent, by: &Signed) {
        let day = local_day(by.at);
        let measured = self.measured(day);
        self.fold(event, by);
        self.follow_duty(day);
        self.turned(day, measured);
    }

    fn fold(&mut self, event: &TaskEvent, by: &Signed) {
        self.version += 1;
        if !self.is_after_the_end(event) {
            self.updated_at = by.at;
        }
        match event {
            TaskEvent::Opened { .. } => {}
            TaskEvent::SourceAdded { origin } => self.sources.push(origin.clone()),
            TaskEvent::Amended { details } => {
                if details.supervisor != self.details.supervisor {
                    self.supervised = None;
                }
                self.details = (**details).clone();
                if let Some(timing) = &mut self.timing {
                    timing.gave_limit = false;
                }
                self.returned_because = None;
                if self.state == TaskState::Returned && self.approved_by.is_none() {
                    self.state = TaskState::Draft;
                }
            }
            TaskEvent::Approved { .. } => {
                self.state = TaskState::Approved;
                self.approved_by = Some(by.person);
            }
            TaskEvent::Issued { number, .. } => self.apply_issued(number, by),
            TaskEvent::SignedFor { assignee } => {
                self.state = TaskState::Accepted;
                self.assignee = *assignee;
                if let Some(lead) = self.details.lead {
                    self.receive(lead, by);
                }
            }
            TaskEvent::Received { unit } => self.receive(*unit, by),
            TaskEvent::FedBack {
                course,
                progress,
                text,
                evidence,
                ..
            } => {
                if self.state == TaskState::Accepted {
                    self.state = TaskState::InProgress;
                }
                self.progress = *progress;
                self.read_off(by);
                self.feedbacks += 1;
                self.returned_because = None;
                if let Some(timing) = &mut self.timing {
                    timing.first_feedback_at.get_or_insert(by.at);
                }
                self.apply_answered(by.at);
                self.last_feedback = Some(LastFeedback {
                    at: by.at,
                    course: *course,
                    text: text.clone(),
                    sent_back: false,
                    evidence: evidence.clone(),
                });
                self.apply_named(evidence);
                self.apply_report(None, by);
            }
            TaskEvent::CoUnitReported { unit, done, .. } => {
                self.receive(*unit, by);
                self.co_units_done.retain(|known| known != unit);
                if *done {
                    self.co_units_done.push(*unit);
                }
            }
            TaskEvent::Remarked { .. } => {}
            TaskEvent::ExtensionRequested { reason, proposed } => {
                self.request_hand = by.hand.as_ref().map(|hand| hand.person);
                self.extension_reopened = false;
                self.approval = Some(Approval::Extension {
                    by: by.person,
                    at: by.at,
                    reason: reason.clone(),
                    proposed: *proposed,
                });
            }
            TaskEvent::ExtensionDecided { granted, .. } => {
                self.approval = None;
                if let Some(limit) = granted {
                    self.details.limit = Some(*limit);
                    self.extensions += 1;
                    self.move_limit_from(local_day(by.at));
                    if let Some(timing) = &mut self.timing {
                        timing.gave_limit = false;
                    }
                }
            }
            TaskEvent::Urged { text, respond_by } => self.apply_urged(text, *respond_by, by),
            TaskEvent::ClosingApplied { summary, evidence } => {
                self.request_hand = by.hand.as_ref().map(|hand| hand.person);
                self.approval = Some(Approval::Closing(Closing {
                    by: by.person,
                    at: by.at,
                    summary: summary.clone(),
                    evidence: evidence.clone(),
                    step: ClosingStep::Review,
                    grade: None,
                }));
            }
            TaskEvent::Reviewed { grade, .. } => {
                if let Some(Approval::Closing(closing)) = &mut self.approval {
                    closing.grade = Some(*grade);
                    closing.step = ClosingStep::Deputy;
                }
            }
            TaskEvent::Endorsed { .. } => {
                if let Some(Approval::Closing(closing)) = &mut self.approval {
                    closing.step = ClosingStep::Principal;
                }
            }
            TaskEvent::Closed { grade, .. } => {
                self.approval = None;
                self.grade = Some(*grade);
                self.progress = 100;
                self.state = TaskState::Closed;
                if let Some(timing) = &mut self.timing {
                    timing.closed_at = Some(by.at);
                }
            }
            TaskEvent::SentBack { stage, reason } => {
                self.apply_sent_back(*stage, reason);
                if *stage == ReturnStage::Feedback {
                    self.apply_report_sent_back(local_day(by.at));
                }
            }
            TaskEvent::CadenceSet {
                cadence,
                always,
                default,
                ..
            } => self.apply_cadence(*cadence, (*always, *default), by),
            TaskEvent::ReportsLifted { dues } => {
                if let Some(reporting) = &mut self.reporting {
                    reporting.lifted.extend_from_slice(dues);
                }
            }
            TaskEvent::ReportRepeated { of, .. } => self.apply_report(Some(*of), by),
            TaskEvent::Tagged { on, off } => self.apply_tagged(on, off),
            TaskEvent::Marked { mark, .. } => self.mark = *mark,
            TaskEvent::Cancelled { .. } => {
                self.approval = None;
                self.state = TaskState::Cancelled;
            }
            TaskEvent::UnitSucceeded { unit, into } => self.apply_succeeded(*unit, *into),
            TaskEvent::HandedOver { from, to } => {
                let parts = [&mut self.assignee, &mut self.details.deputy];
                for part in parts.into_iter().filter(|part| **part == Some(*from)) {
                    *part = Some(*to);
                }
                let open = self.blockers.iter_mut();
                for blocker in open.filter(|known| known.settled.is_none()) {
                    if blocker.leader == *from {
                        blocker.leader = *to;
                    }
                }
            }
            TaskEvent::Rerouted { deputy } => self.details.deputy = Some(*deputy),
            TaskEvent::PoliciesApplied { policies } => {
                let timing = self.timing.get_or_insert_default();
                timing.policies.clone_from(policies);
                timing.decided_at = Some(by.at);
            }
            TaskEvent::Deployed { text, until } => {
                let timing = self.timing.get_or_insert_default();
                timing.deployment = Some(Deployment {
                    // A plan that is filed again was filed in time when the first was.
                    at: timing.deployment.as_ref().map_or(by.at, |first| first.at),
                    text: text.clone(),
                    until: *until,
                });
            }
            TaskEvent::LimitsCounted { limits, .. } => self.apply_limits(limits),
            TaskEvent::Instructed {
                leader,
                instruction,
                dated,
                supervisor,
                why,
                approves,
            } => {
                let assigned = Assigned {
                    leader: *leader,
                    instruction: instruction.clone(),
                    dated: *dated,
                    recorded_by: by.person,
                    recorded_at: by.at,
                };
                self.apply_instructed(assigned, (*supervisor, *why), *approves);
            }
            TaskEvent::ChangeRequested { change, reason } => {
                self.request_hand = by.hand.as_ref().map(|hand| hand.person);
                self.approval = Some(Approval::Change {
                    by: by.person,
                    at: by.at,
                    reason: reason.clone(),
                    change: change.clone(),
                });
            }
            TaskEvent::ChangeDecided { consent, text } => self.apply_change(*consent, text, by),
            TaskEvent::EscalationRequested { reason } => {
                self.request_hand = by.hand.as_ref().map(|hand| hand.person);
                self.approval = Some(Approval::Escalation {
                    by: by.person,
                    at: by.at,
                    reason: reason.clone(),
                });
            }
            TaskEvent::EscalationDecided { case, office, .. } => {
                self.apply_escalation(case.as_ref(), *office, by);
            }
            TaskEvent::NoticeIssued {
                number,
                facts,
                requirement,
                rectify_by,
                acknowledge_by,
            } => self.notices.push(SupervisionNotice {
                number: number.clone(),
                facts: facts.clone(),
                requirement: requirement.clone(),
                rectify_by: *rectify_by,
                issued_by: by.person,
                issued_at: by.at,
                acknowledge_by: *acknowledge_by,
                acknowledged: None,
            }),
            TaskEvent::NoticeAcknowledged { number } => self.apply_acknowledged(number, by),
            TaskEvent::Absorbed {
                task,
                sources,
                co_units,
                ..
            } => self.apply_absorbed(*task, (sources, co_units), by.at),
            TaskEvent::MergedInto { task, .. } => {
                self.approval = None;
                self.state = TaskState::Cancelled;
                self.merged_into = Some(*task);
            }
            TaskEvent::Linked { parent } => self.parent = *parent,
            TaskEvent::Appealed {
                appeal, against, ..
            } => self.apply_appealed(*appeal, *against),
            TaskEvent::AppealEnded {
                appeal,
                against,
                stands,
                said,
                result,
                grade,
                text,
            } => {
                self.apply_appeal_ended((*appeal, *against, *stands), *result);
                if *result == AppealResult::Changed && *against == Against::Light {
                    self.note_contested(*appeal, said, text, by);
                }
                self.grade = grade.or(self.grade);
            }
            TaskEvent::RolledUp { progress, roll_up } => {
                self.progress = *progress;
                self.read_off(by);
                self.rolled_up = (roll_up.children > 0).then_some(*roll_up);
            }
            TaskEvent::BlockerRaised {
                number,
                what,
                need,
                unit,
                leader,
                wished,
                answer_by,
            } => self.apply_raised(Blocker {
                number: *number,
                what: what.clone(),
                need: need.clone(),
                unit: *unit,
                wished: *wished,
                raised_by: by.person,
                raised_at: by.at,
                leader: *leader,
                answer_by: *answer_by,
                passed_on: false,
                settled: None,
            }),
            TaskEvent::BlockerPassedOn {
                number,
                leader,
                answer_by,
                ..
            } => self.apply_passed_on(*number, *leader, *answer_by),
            TaskEvent::BlockerSettled {
                number,
                outcome,
                text,
            } => self.apply_settled(*number, *outcome, text, by),
            TaskEvent::Resumed { until, limit, .. } => self.apply_resumed(*until, *limit),
            TaskEvent::TrajectorySet { trajectory, .. } => {
                self.trajectory = (**trajectory).clone();
            }
            TaskEvent::MilestoneMarked { number, done, .. } => self.reach(*number, *done, by),
            TaskEvent::FileAdded {
                file,
                name,
                hash,
                bytes,
                kind,
                mark,
                to,
            } => {
                let (named, facts) = ((*file, &**name, &**hash), (*bytes, *kind, *mark));
                self.apply_attached(attachments::attached(named, facts, to, by));
            }
            TaskEvent::FileRemoved { file } => self.apply_detached(*file),
        }
    }

    fn apply_issued(&mut self, number: &str, by: &Signed) {
        self.state = TaskState::Issued;
        self.number = Some(number.to_owned());
        self.issued_at = self.issued_at.or(Some(by.at));
        self.original_limit = self.original_limit.or(self.details.limit);
        self.returned_because = None;
        let co_units = self.details.co_units.iter().map(|co| co.unit);
        self.deliveries = self
            .details
            .lead
            .into_iter()
            .chain(co_units)
            .map(|unit| Delivery {
                unit,
                issued_at: by.at,
                received: None,
            })
            .collect();
    }

    fn apply_limits(&mut self, limits: &[TaskLimit]) {
        let timing = self.timing.get_or_insert_default();
        timing.limits = limits.to_vec();
        if self.details.limit.is_none() || timing.gave_limit {
            self.details.limit = timing.completion();
            timing.gave_limit = self.details.limit.is_some();
            if self.extensions == 0 && self.pauses.is_empty() {
                self.original_limit = self.details.limit;
            }
        }
    }

    fn apply_sent_back(&mut self, stage: ReturnStage, reason: &str) {
        self.returned_because = Some(reason.to_owned());
        match stage {
            ReturnStage::Opening | ReturnStage::Assignment => {
                // What was asked for meanwhile is asked for again, where it still is wanted.
                self.approval = None;
                self.state = TaskState::Returned;
            }
            ReturnStage::Feedback => {
                if let Some(feedback) = &mut self.last_feedback {
                    feedback.sent_back = true;
                }
            }
            ReturnStage::Closing => {
                self.approval = None;
                self.closing_refusals += 1;
                self.state = TaskState::Supervising;
            }
        }
    }

    fn receive(&mut self, unit: UnitId, by: &Signed) {
        let delivery = self
            .deliveries
            .iter_mut()
            .find(|delivery| delivery.unit == unit);
        if let Some(delivery) = delivery
            && delivery.received.is_none()
        {
            delivery.received = Some(Receipt {
                by: by.person,
                at: by.at,
            });
        }
    }
}
