//! What can be asked of a task, and what it decides.

use chrono::NaiveDate;

use crate::cadence::Cadence;
use crate::context::Context;
use crate::ids::{PersonId, UnitId};
use crate::marks::Mark;
use crate::notifications::Recipient;
use crate::refusals::Refusal;
use crate::tasks::actions::TaskAction;
use crate::tasks::blockers::{BlockerAnswer, BlockerOutcome, NewBlocker};
use crate::tasks::evidence::{self, Evidence};
use crate::tasks::revisions::Change;
use crate::tasks::timing;
use crate::tasks::{
    Channel, ClosingStep, Course, Grade, Level, Origin, ReturnStage, Task, TaskDetails, TaskEvent,
};
use crate::trajectories::decide::CourseCommand;

/// The longest text that a field takes, in characters.
pub const TEXT_LIMIT: usize = 2000;

/// What can be asked of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskCommand {
    Amend(Box<TaskDetails>),
    Approve {
        text: String,
    },
    Issue {
        number: String,
        channel: Channel,
    },
    SignFor {
        assignee: Option<PersonId>,
    },
    /// `until` is the last time node, where the limit cannot be kept.
    Deploy {
        text: String,
        until: Option<NaiveDate>,
    },
    Feedback(Feedback),
    /// Files what is due from the last report.
    RepeatReport,
    /// Says how often the lead unit reports (LEDGER-11).
    SetCadence {
        cadence: Cadence,
        reason: String,
    },
    Remark {
        unit: UnitId,
        text: String,
    },
    /// Records which leader assigned it, in which words (SRC-01).
    Instruct {
        leader: PersonId,
        instruction: String,
        dated: Option<NaiveDate>,
    },
    /// Asks for another target or limit of an issued task.
    RequestChange {
        change: Change,
        reason: String,
    },
    DecideChange {
        consent: bool,
        text: String,
    },
    RequestEscalation {
        reason: String,
    },
    DecideEscalation {
        consent: bool,
        text: String,
    },
    IssueNotice {
        facts: String,
        requirement: String,
        rectify_by: NaiveDate,
    },
    AcknowledgeNotice {
        number: String,
    },
    RaiseBlocker(NewBlocker),
    AnswerBlocker {
        number: u32,
        answer: BlockerAnswer,
        text: String,
    },
    WithdrawBlocker {
        number: u32,
        reason: String,
    },
    RequestExtension {
        reason: String,
        proposed: NaiveDate,
    },
    /// `granted` is the new limit, or `None` to refuse.
    DecideExtension {
        granted: Option<NaiveDate>,
        text: String,
    },
    Urge {
        text: String,
        respond_by: NaiveDate,
    },
    ApplyToClose {
        summary: String,
        evidence: String,
    },
    Review {
        grade: Option<Grade>,
        opinion: String,
    },
    Endorse {
        opinion: String,
    },
    Return {
        reason: String,
    },
    /// Says how far the task may be known (SYS-05).
    Mark {
        mark: Mark,
        reason: String,
    },
    Cancel {
        reason: String,
    },
}

/// A report on the lead's duty or on a co-unit's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    Lead {
        course: Course,
        progress: u8,
        text: String,
        /// 未办, and why.
        difficulties: String,
        /// 需协调: what is needed of others.
        suggestions: String,
        figures: String,
        evidence: Vec<Evidence>,
        /// Whether what is needed is raised as a blocker in the same act.
        raise: bool,
        /// The places of the milestones that are reached by it, from 0 (LEDGER-09).
        milestones: Vec<usize>,
    },
    CoUnit {
        text: String,
        done: bool,
    },
}

impl TaskCommand {
    /// The action whose permission the command needs.
    pub fn action(&self) -> TaskAction {
        match self {
            Self::Amend(_) => TaskAction::Amend,
            Self::Approve { .. } => TaskAction::Approve,
            Self::Issue { .. } => TaskAction::Issue,
            Self::SignFor { .. } => TaskAction::SignFor,
            Self::Deploy { .. } => TaskAction::Deploy,
            Self::Feedback(_) => TaskAction::Feedback,
            Self::RepeatReport => TaskAction::RepeatReport,
            Self::SetCadence { .. } => TaskAction::SetCadence,
            Self::Remark { .. } => TaskAction::Remark,
            Self::Instruct { .. } => TaskAction::Instruct,
            Self::RequestChange { .. } => TaskAction::RequestChange,
            Self::DecideChange { .. } => TaskAction::DecideChange,
            Self::RequestEscalation { .. } => TaskAction::RequestEscalation,
            Self::DecideEscalation { .. } => TaskAction::DecideEscalation,
            Self::IssueNotice { .. } => TaskAction::IssueNotice,
            Self::AcknowledgeNotice { .. } => TaskAction::AcknowledgeNotice,
            Self::RaiseBlocker(_) => TaskAction::RaiseBlocker,
            Self::AnswerBlocker { .. } => TaskAction::AnswerBlocker,
            Self::WithdrawBlocker { .. } => TaskAction::WithdrawBlocker,
            Self::RequestExtension { .. } => TaskAction::RequestExtension,
            Self::DecideExtension { .. } => TaskAction::DecideExtension,
            Self::Urge { .. } => TaskAction::Urge,
            Self::ApplyToClose { .. } => TaskAction::ApplyToClose,
            Self::Review { .. } => TaskAction::Review,
            Self::Endorse { .. } => TaskAction::Endorse,
            Self::Return { .. } => TaskAction::Return,
            Self::Mark { .. } => TaskAction::Mark,
            Self::Cancel { .. } => TaskAction::Cancel,
        }
    }
}

impl Origin {
    /// An origin that somebody typed, with its spaces off and within the limits (SRC-01); what a
    /// plan brings is bounded by the plan.
    pub fn typed(self) -> Result<Self, Refusal> {
        let number = match self.number {
            Some(number) => optional_text("document_number", number)?,
            None => String::new(),
        };
        Ok(Self {
            document: required_text(
                "document",
                "SRC-01",
                "请写明出自哪份文件或哪次会议。",
                self.document,
            )?,
            number: Some(number).filter(|number| !number.is_empty()),
            clause_path: optional_text("clause", self.clause_path)?,
            quote: optional_text("quote", self.quote)?,
            ..self
        })
    }
}

impl Task {
    /// The event that opens a task, or why it may not be opened.
    pub fn open(
        origin: Origin,
        details: TaskDetails,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        check_details(&details, ctx)?;
        Ok(TaskEvent::Opened {
            origin,
            details: Box::new(details),
        })
    }

    /// What would happen, or why it cannot. Reads nothing but its arguments; whether the actor may,
    /// the caller has asked the policies.
    pub fn decide(
        &self,
        command: TaskCommand,
        ctx: &Context<'_>,
    ) -> Result<Vec<TaskEvent>, Refusal> {
        self.possible(command.action(), ctx)?;
        let mut approves = timing::approves(&command);
        let event = match command {
            TaskCommand::Amend(details) => {
                check_details(&details, ctx)?;
                TaskEvent::Amended { details }
            }
            TaskCommand::Approve { text } => {
                self.check_complete(ctx)?;
                TaskEvent::Approved {
                    text: optional_text("text", text)?,
                }
            }
            TaskCommand::Issue { number, channel } => {
                self.check_complete(ctx)?;
                TaskEvent::Issued { number, channel }
            }
            TaskCommand::SignFor { assignee } => self.decide_sign_for(assignee, ctx)?,
            TaskCommand::Deploy { text, until } => {
                if until.is_some_and(|until| until < ctx.today()) {
                    return Err(Refusal::input(
                        "until",
                        "TIME-06",
                        "最后的时间节点不能早于今天。",
                    ));
                }
                let sentence = "请写明部署安排：谁来办、怎么办、分几步。";
                let text = required_text("text", "TIME-03", sentence, text)?;
                TaskEvent::Deployed { text, until }
            }
            TaskCommand::Feedback(feedback) => {
                let raised = self.raised_with(&feedback, ctx)?;
                let own = matches!(feedback, Feedback::Lead { .. });
                let reached = self.reached_with(&feedback, ctx)?;
                let reported = self.decide_feedback(feedback, ctx)?;
                let lifted = self.lifted_before_report(ctx).filter(|_| own);
                let events = lifted.into_iter().chain([reported]);
                let events = events.chain(reached).chain(raised);
                return Ok(self.with_limits(events.collect(), approves, ctx));
            }
            TaskCommand::RepeatReport => self.decide_repeat(ctx)?,
            TaskCommand::SetCadence { cadence, reason } => {
                self.decide_cadence(cadence, reason, ctx)?
            }
            TaskCommand::Remark { unit, text } => {
                if !self.details.co_units.iter().any(|co| co.unit == unit) {
                    return Err(Refusal::input(
                        "not_co_unit",
                        "FLOW-04",
                        "该单位不是协办单位。",
                    ));
                }
                TaskEvent::Remarked {
                    unit,
                    text: required_text("text", "FLOW-04", "请写明情况。", text)?,
                }
            }
            TaskCommand::Instruct {
                leader,
                instruction,
                dated,
            } => {
                let event = self.decide_instruct((leader, instruction, dated), ctx)?;
                approves = matches!(event, TaskEvent::Instructed { approves: true, .. });
                event
            }
            TaskCommand::RequestChange { change, reason } => {
                self.decide_request_change(change, reason, ctx)?
            }
            TaskCommand::DecideChange { consent, text } => self.decide_change(consent, text)?,
            TaskCommand::RequestEscalation { reason } => TaskEvent::EscalationRequested {
                reason: required_text(
                    "reason",
                    "FLOW-07",
                    "请写明督办未果或完成不力的情况。",
                    reason,
                )?,
            },
            TaskCommand::DecideEscalation { consent, text } => {
                self.decide_escalation(consent, text, ctx)?
            }
            TaskCommand::IssueNotice {
                facts,
                requirement,
                rectify_by,
            } => self.decide_notice((facts, requirement, rectify_by), ctx)?,
            TaskCommand::AcknowledgeNotice { number } => self.decide_acknowledge(number)?,
            TaskCommand::RaiseBlocker(new) => self.decide_raise(new, ctx)?,
            TaskCommand::AnswerBlocker {
                number,
                answer,
                text,
            } => self.decide_answer(number, answer, text, ctx)?,
            TaskCommand::WithdrawBlocker { number, reason } => {
                self.decide_withdraw(number, reason)?
            }
            TaskCommand::RequestExtension { reason, proposed } => {
                let reason = required_text("reason", "FLOW-09", "请写明延期理由。", reason)?;
                self.check_later_limit(proposed, "FLOW-09")?;
                TaskEvent::ExtensionRequested { reason, proposed }
            }
            TaskCommand::DecideExtension { granted, text } => {
                let text = match granted {
                    Some(limit) => {
                        self.check_later_limit(limit, "FLOW-10")?;
                        optional_text("text", text)?
                    }
                    None => required_text("text", "FLOW-10", "不同意延期请写明理由。", text)?,
                };
                TaskEvent::ExtensionDecided { granted, text }
            }
            TaskCommand::Urge { text, respond_by } => self.decide_urge(text, respond_by, ctx)?,
            TaskCommand::ApplyToClose { summary, evidence } => TaskEvent::ClosingApplied {
                summary: required_text("summary", "FLOW-11", "请写明完成情况。", summary)?,
                evidence: required_text("evidence", "FLOW-11", "请写明佐证材料。", evidence)?,
            },
            TaskCommand::Review { grade, opinion } => {
                let Some(grade) = grade else {
                    return Err(Refusal::input(
                        "grade",
                        "FLOW-11",
                        "请从五个评价等级中选择一个，再提出办结意见。",
                    ));
                };
                TaskEvent::Reviewed {
                    grade,
                    opinion: optional_text("opinion", opinion)?,
                }
            }
            TaskCommand::Endorse { opinion } => self.decide_endorse(opinion)?,
            TaskCommand::Return { reason } => {
                let stage = self.return_stage()?;
                let reason = required_text("reason", "FLOW-13", "退回请写明理由。", reason)?;
                TaskEvent::SentBack { stage, reason }
            }
            TaskCommand::Mark { mark, .. } if mark == self.mark => {
                let sentence = "密级标注没有变动。";
                return Err(Refusal::input("mark", "SYS-05", sentence));
            }
            TaskCommand::Mark { mark, reason } => TaskEvent::Marked {
                mark,
                reason: required_text("reason", "SYS-05", "请写明标注或解除的依据。", reason)?,
            },
            TaskCommand::Cancel { reason } => TaskEvent::Cancelled {
                reason: required_text("reason", "TIME-07", "撤销请写明理由。", reason)?,
            },
        };
        let followed = self.resumed(&event, ctx);
        let followed = followed.or_else(|| self.cadence_with(&event, ctx));
        let events = std::iter::once(event).chain(followed);
        Ok(self.with_limits(events.collect(), approves, ctx))
    }

    /// Mandatory fields that are still empty, by their Chinese names (LEDGER-02, FLOW-02).
    pub fn missing_fields(&self, ctx: &Context<'_>) -> Vec<&'static str> {
        let details = &self.details;
        let head = details
            .lead
            .and_then(|lead| ctx.organisation.first_responsible(lead));
        let checks = [
            (details.title.trim().is_empty(), "任务内容"),
            (details.target.trim().is_empty(), "目标要求"),
            (details.category.trim().is_empty(), "来源类别"),
            (details.lead.is_none(), "牵头单位"),
            (
                details.lead.is_some() && head.is_none(),
                "牵头单位第一责任人",
            ),
            (
                details.lead.is_some() && details.deputy.is_none(),
                "分管领导",
            ),
            (details.supervisor.is_none(), "督办单位"),
            (
                details.limit.is_none() && !self.is_given_a_limit(ctx),
                "完成时限",
            ),
            (
                details.co_units.iter().any(|co| co.duty.trim().is_empty()),
                "协办单位职责",
            ),
        ];
        checks
            .into_iter()
            .filter_map(|(missing, name)| missing.then_some(name))
            .collect()
    }

    /// Whom an event concerns besides the one who acted (FLOW-05, FLOW-15).
    pub fn recipients(&self, event: &TaskEvent) -> Vec<Recipient> {
        let lead = self.details.lead.map(Recipient::Unit);
        let supervisor = self.details.supervisor.map(Recipient::Unit);
        let deputy = self.details.deputy.map(Recipient::Person);
        let co_units = self
            .details
            .co_units
            .iter()
            .map(|co| Recipient::Unit(co.unit));
        match event {
            TaskEvent::Issued { .. } => lead.into_iter().chain(co_units).collect(),
            TaskEvent::FedBack {
                course: Course::Unsmooth,
                ..
            } => supervisor.into_iter().chain(deputy).collect(),
            TaskEvent::Remarked { .. } | TaskEvent::ClosingApplied { .. } => {
                supervisor.into_iter().collect()
            }
            TaskEvent::BlockerRaised { leader, .. } | TaskEvent::BlockerPassedOn { leader, .. } => {
                let leader = std::iter::once(Recipient::Person(*leader));
                leader.chain(supervisor).collect()
            }
            TaskEvent::BlockerSettled {
                outcome: BlockerOutcome::Withdrawn,
                number,
                ..
            } => {
                let mut known = self.blockers.iter();
                let known = known.find(|blocker| blocker.number == *number);
                let leader = known.map(|blocker| Recipient::Person(blocker.leader));
                leader.into_iter().chain(supervisor).collect()
            }
            TaskEvent::BlockerSettled { number, .. } => {
                let mut known = self.blockers.iter();
                let known = known.find(|blocker| blocker.number == *number);
                let unit = known.and_then(|blocker| blocker.unit);
                // Who has no part in the task hears of it from the leader.
                let unit = unit.filter(|unit| self.details.units().any(|known| known == *unit));
                let unit = unit.map(Recipient::Unit);
                lead.into_iter().chain(supervisor).chain(unit).collect()
            }
            TaskEvent::ChangeRequested { .. } => deputy.into_iter().collect(),
            TaskEvent::ChangeDecided { .. } => lead.into_iter().chain(supervisor).collect(),
            TaskEvent::NoticeIssued { .. } => lead.into_iter().chain(deputy).collect(),
            TaskEvent::NoticeAcknowledged { .. } | TaskEvent::EscalationDecided { .. } => {
                supervisor.into_iter().collect()
            }
            TaskEvent::ExtensionRequested { .. } | TaskEvent::Reviewed { .. } => {
                deputy.into_iter().collect()
            }
            TaskEvent::ExtensionDecided { .. }
            | TaskEvent::Urged { .. }
            | TaskEvent::Closed { .. }
            | TaskEvent::Cancelled { .. } => lead.into_iter().collect(),
            // With the issue it goes without saying.
            TaskEvent::CadenceSet { reason, .. } if !reason.is_empty() => lead
                .into_iter()
                .filter(|_| self.issued_at.is_some())
                .collect(),
            TaskEvent::SentBack { stage, .. } => match stage {
                ReturnStage::Opening | ReturnStage::Assignment => supervisor.into_iter().collect(),
                ReturnStage::Feedback | ReturnStage::Closing => lead.into_iter().collect(),
            },
            _ => Vec::new(),
        }
    }

    fn check_complete(&self, ctx: &Context<'_>) -> Result<(), Refusal> {
        let missing = self.missing_fields(ctx);
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::input(
            "incomplete",
            "LEDGER-02",
            format!("立项内容不全，缺：{}。", missing.join("、")),
        ))
    }

    fn check_later_limit(&self, proposed: NaiveDate, rule: &'static str) -> Result<(), Refusal> {
        match self.details.limit {
            Some(limit) if proposed <= limit => Err(Refusal::input(
                "proposed",
                rule,
                format!("新的时限应晚于现时限 {limit}。"),
            )),
            _ => Ok(()),
        }
    }

    fn decide_sign_for(
        &self,
        assignee: Option<PersonId>,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        let lead = self.details.lead.filter(|lead| ctx.actor.works_in(*lead));
        let Some(lead) = lead else {
            // It is possible, so a co-unit's receipt is open.
            let unit = self.acting_unit(ctx).ok_or_else(|| {
                Refusal::authority("not_addressed", "FLOW-03", "本单位不是承办单位。")
            })?;
            return Ok(TaskEvent::Received { unit });
        };
        if let Some(person) = assignee
            && !ctx
                .organisation
                .posts_of(person)
                .any(|post| post.unit == lead)
        {
            return Err(Refusal::input(
                "assignee",
                "ORG-03",
                "承办人须为牵头单位的人员。",
            ));
        }
        Ok(TaskEvent::SignedFor { assignee })
    }

    fn decide_feedback(&self, feedback: Feedback, ctx: &Context<'_>) -> Result<TaskEvent, Refusal> {
        match feedback {
            Feedback::Lead {
                course,
                progress,
                text,
                difficulties,
                suggestions,
                figures,
                mut evidence,
                raise: _,
                milestones: _,
            } => {
                self.name_files(&mut evidence)?;
                evidence::check(&evidence)?;
                let Some(unit) = self.details.lead else {
                    return Err(Refusal::state(
                        "no_lead",
                        "FLOW-05",
                        "该事项还没有牵头单位。",
                    ));
                };
                if progress > 100 {
                    return Err(Refusal::input("progress", "FLOW-05", "进度应为 0 至 100。"));
                }
                let text = required_text("text", "FLOW-05", "请写明已办的情况。", text)?;
                let (difficulties, suggestions) = match course {
                    Course::Smooth => (
                        optional_text("difficulties", difficulties)?,
                        optional_text("suggestions", suggestions)?,
                    ),
                    Course::Unsmooth => (
                        required_text(
                            "difficulties",
                            "FLOW-05",
                            "有需要协调的，请写明未办的事项和困难、问题。",
                            difficulties,
                        )?,
                        required_text(
                            "suggestions",
                            "FLOW-05",
                            "请写明需要协调什么，即下一步工作意见建议。",
                            suggestions,
                        )?,
                    ),
                };
                Ok(TaskEvent::FedBack {
                    unit,
                    course,
                    progress,
                    text,
                    difficulties,
                    suggestions,
                    figures: optional_text("figures", figures)?,
                    evidence,
                })
            }
            Feedback::CoUnit { text, done } => {
                let co_unit = self
                    .details
                    .co_units
                    .iter()
                    .find(|co| ctx.actor.works_in(co.unit));
                let Some(co_unit) = co_unit else {
                    return Err(Refusal::authority(
                        "not_co_unit",
                        "FLOW-04",
                        "只有协办单位的人员可以反馈协办职责。",
                    ));
                };
                let text = required_text("text", "FLOW-04", "请写明协办情况。", text)?;
                Ok(TaskEvent::CoUnitReported {
                    unit: co_unit.unit,
                    text,
                    done,
                })
            }
        }
    }

    /// The milestones that are reached with a report, in their order; each carries the progress
    /// with it.
    fn reached_with(
        &self,
        feedback: &Feedback,
        ctx: &Context<'_>,
    ) -> Result<Vec<TaskEvent>, Refusal> {
        let Feedback::Lead { milestones, .. } = feedback else {
            return Ok(Vec::new());
        };
        let mut places = milestones.clone();
        places.sort_unstable();
        places.dedup();
        let mut events = Vec::new();
        if places.is_empty() {
            return Ok(events);
        }
        let mut after = self.clone();
        for milestone in places {
            let mark = CourseCommand::Mark {
                milestone,
                done: true,
            };
            // It is told beside the fields of the report.
            let reached = after
                .decide_course(mark)
                .map_err(|refusal| Refusal::input("milestones", refusal.rule, refusal.sentence))?;
            for event in &reached {
                after.apply(event, &ctx.signed());
            }
            events.extend(reached);
        }
        Ok(events)
    }

    /// The blocker that goes with a report: what is not done is what is stuck.
    fn raised_with(
        &self,
        feedback: &Feedback,
        ctx: &Context<'_>,
    ) -> Result<Option<TaskEvent>, Refusal> {
        let Feedback::Lead {
            difficulties,
            suggestions,
            raise: true,
            ..
        } = feedback
        else {
            return Ok(None);
        };
        let new = NewBlocker {
            what: difficulties.clone(),
            need: suggestions.clone(),
            unit: None,
            leader: None,
            wished: None,
        };
        let raised = self.decide_raise(new, ctx);
        // What is missing stands in the fields of the report.
        let raised = raised.map_err(|refusal| match refusal.code {
            "what" => Refusal::input(
                "difficulties",
                refusal.rule,
                "报卡点请写明未办的事项和卡在哪里。",
            ),
            "need" => Refusal::input("suggestions", refusal.rule, "报卡点请写明需要协调什么。"),
            _ => refusal,
        });
        raised.map(Some)
    }

    fn decide_endorse(&self, opinion: String) -> Result<TaskEvent, Refusal> {
        let opinion = optional_text("opinion", opinion)?;
        let Some(closing) = self.closing() else {
            return Err(Refusal::state(
                "no_request",
                "FLOW-11",
                "牵头单位尚未申请办结。",
            ));
        };
        let Some(grade) = closing.grade else {
            return Err(Refusal::state(
                "not_reviewed",
                "FLOW-11",
                "督办单位尚未初审。",
            ));
        };
        let by_deputy = closing.step == ClosingStep::Deputy;
        if by_deputy && self.details.level == Level::Major {
            return Ok(TaskEvent::Endorsed { opinion });
        }
        Ok(TaskEvent::Closed { grade, opinion })
    }
}

fn check_details(details: &TaskDetails, ctx: &Context<'_>) -> Result<(), Refusal> {
    required_text(
        "title",
        "LEDGER-02",
        "请写明任务内容。",
        details.title.clone(),
    )?;
    required_text(
        "category",
        "SRC-01",
        "请选择来源类别。",
        details.category.clone(),
    )?;
    optional_text("target", details.target.clone())?;
    optional_text("requirement", details.requirement.clone())?;
    for unit in details.units() {
        if ctx.organisation.unit(unit).is_none() {
            return Err(Refusal::input("unknown_unit", "ORG-01", "没有这个单位。"));
        }
    }
    details.check_joint()?;
    if let Some(Cadence::Days(days)) = details.cadence
        && Cadence::every(days).is_none()
    {
        return Err(Refusal::input(
            "cadence",
            "LEDGER-11",
            "上报间隔请填 1 至 366 天，或每周、每月、每季。",
        ));
    }
    if let Some(lead) = details.lead
        && details.co_units.iter().any(|co| co.unit == lead)
    {
        return Err(Refusal::input(
            "lead_is_co_unit",
            "ORG-05",
            "牵头单位不能同时是协办单位。",
        ));
    }
    Ok(())
}

pub(super) fn required_text(
    field: &'static str,
    rule: &'static str,
    sentence: &'static str,
    text: String,
) -> Result<String, Refusal> {
    let text = optional_text(field, text)?;
    if text.is_empty() {
        return Err(Refusal::input(field, rule, sentence));
    }
    Ok(text)
}

pub(super) fn optional_text(field: &'static str, text: String) -> Result<String, Refusal> {
    let trimmed = text.trim();
    let length = trimmed.chars().count();
    if length > TEXT_LIMIT {
        return Err(Refusal::input(
            field,
            "SYS-04",
            format!("文字 {length} 字，超过 {TEXT_LIMIT} 字的上限，请精简。"),
        ));
    }
    if trimmed.len() == text.len() {
        Ok(text)
    } else {
        Ok(trimmed.to_owned())
    }
}
