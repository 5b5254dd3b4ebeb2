//! The closed words of the API: each enum mirrors one of the domain's, name by name.
//!
//! The conversions are exhaustive matches, so a word that the domain gains does not compile until
//! it stands here, and in the OpenAPI document.

use luoshi_domain::tasks::TaskEvent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! word {
    ($(#[$doc:meta])* $name:ident is $domain:ty { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $name { $($variant),+ }

        impl From<$domain> for $name {
            fn from(word: $domain) -> Self {
                match word { $(<$domain>::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $domain {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),+ }
            }
        }

        #[cfg(test)]
        impl $name {
            const ALL: &[Self] = &[$(Self::$variant),+];
        }
    };
}

word! {
    /// Which of the bureau's two chains: what changed, or who signed in, saw and took out what.
    Chain is luoshi_domain::audit::Chain { Journal, Access }
}
word! {
    /// What was tried or done, in the access log.
    AccessAction is luoshi_domain::access_log::AccessAction {
        SignIn, SignOut, LockOut, AccountOpen, PasswordChange, PasswordReset, SecondFactorEnrol,
        SecondFactorRemove, RecoveryCodeUse, SessionRevoke, TokenCreate, TokenRevoke, Read, Export,
        Sweep,
    }
}
word! {
    /// What stands at the other end of a hook.
    HookKind is luoshi_domain::hooks::HookKind { General, Wecom, Dingtalk }
}
word! {
    /// Whether a hook sends anything.
    HookState is luoshi_domain::hooks::HookState { On, Off, Paused, Removed }
}
word! {
    /// What a message through a hook is for.
    Purpose is luoshi_domain::hooks::Purpose { News, Digest, Test }
}
word! {
    /// How far a message through a hook has come.
    DeliveryState is luoshi_domain::hooks::DeliveryState {
        Gathering, Trying, Sent, Failed, Dropped,
    }
}
word! {
    /// What sort of thing a sentence of the inbox tells.
    Topic is luoshi_domain::notifications::Topic {
        Assigned, Urged, Warned, DueSoon, Overdue, Behind, SentBack, Progress,
    }
}
word! {
    /// What sort of obligation a task carries.
    TaskKind is luoshi_domain::tasks::TaskKind { Task, Recurring, Target }
}
word! {
    /// How much a task matters; major ones close only by the principal leader.
    Level is luoshi_domain::tasks::Level { Ordinary, Major }
}
word! {
    /// Whose ledger a task stands in.
    Tier is luoshi_domain::tasks::Tier { Bureau, Unit }
}
word! {
    /// Where a task stands.
    TaskState is luoshi_domain::tasks::TaskState {
        Draft, Approved, Issued, Accepted, InProgress, Supervising, Returned, Closed, Cancelled,
    }
}
word! {
    /// Whose turn it is in a closing.
    ClosingStep is luoshi_domain::tasks::ClosingStep { Review, Deputy, Principal }
}
word! {
    /// The five grades, best first.
    Grade is luoshi_domain::tasks::Grade { Good, FairlyGood, Basic, Weak, Poor }
}
word! {
    /// Whether the work runs smoothly.
    Course is luoshi_domain::tasks::Course { Smooth, Unsmooth }
}
word! {
    /// How an opening notice goes out.
    Channel is luoshi_domain::tasks::Channel { System, Paper }
}
word! {
    /// Which approval is in progress.
    Waiting is luoshi_domain::tasks::lists::Waiting {
        Nothing, Extension, Review, Deputy, Principal, Escalation, Change,
    }
}
word! {
    /// The order of a list: earliest limit, latest change, or as opened.
    TaskSort is luoshi_domain::tasks::lists::TaskSort { Limit, Updated, Opened }
}
word! {
    /// What can be done to a task.
    TaskAction is luoshi_domain::tasks::actions::TaskAction {
        Amend, Approve, Issue, SignFor, Deploy, Feedback, RepeatReport, SetCadence, Remark, Instruct,
        RequestChange, DecideChange, RequestEscalation, DecideEscalation, IssueNotice, AcknowledgeNotice, RaiseBlocker, AnswerBlocker,
        WithdrawBlocker, RequestExtension, DecideExtension, Urge,
        ApplyToClose, Review, Endorse, Return, Mark, Cancel,
    }
}
word! {
    /// Why a unit supervises: who assigned the task, or an escalation.
    Supervises is luoshi_domain::tasks::supervision::Supervises {
        Principal, Deputy, NoSection, Escalated,
    }
}
word! {
    /// What a leader answers to a blocker; passed on is to the principal leader.
    BlockerAnswer is luoshi_domain::tasks::blockers::BlockerAnswer {
        Cleared, PassedOn, NotRecognised,
    }
}
word! {
    /// In which way a blocker ended.
    BlockerOutcome is luoshi_domain::tasks::blockers::BlockerOutcome {
        Cleared, NotRecognised, Withdrawn,
    }
}
word! {
    /// How far a task or a plan may be known.
    Mark is luoshi_domain::marks::Mark { None, Internal, WorkSecret }
}
word! {
    /// How a task stands against its limit and schedule.
    Colour is luoshi_domain::lights::Colour { Grey, Green, Yellow, Red, Done }
}
word! {
    /// A list that waits for somebody.
    QueueName is luoshi_app::desk::QueueName {
        ToApprove, ToIssue, Returned, ToSignFor, ToFeedBack, ToReport, ToAnswer, ToReview, ToEndorse,
        ToDecideExtension, ToDecideChange, ToDecideEscalation, ToCoordinate, ToAcknowledge, NoResult, NoEcho,
        DueSoon, Blocked, Unanswered, Unacknowledged, Open,
    }
}
word! {
    /// What sort of unit it is.
    UnitKind is luoshi_domain::organisation::UnitKind {
        PartyGroup, Leadership, Section, Subordinate, Bureau,
    }
}
word! {
    /// What a post entitles to.
    Role is luoshi_domain::organisation::Role {
        Principal, Deputy, Head, Contact, Handler, Reviewer, Discipline, Personnel, Finance,
        Investment, Publicity, SystemAdministrator, SecurityAdministrator, Auditor,
    }
}
word! {
    /// What sort of body it is.
    BodyKind is luoshi_domain::bodies::BodyKind {
        LeadingGroup, WorkingGroup, TaskForce, SupervisionTeam, CoordinationGroup,
    }
}
word! {
    /// What a roster asks units to name.
    NeedKind is luoshi_domain::rosters::NeedKind { Person, Body, Staffing }
}
word! {
    /// What sort of record it is.
    ActivityKind is luoshi_domain::activities::ActivityKind { Training, PersonalAct }
}
word! {
    /// What an appeal is against.
    Against is luoshi_domain::appeals::Against {
        Light, Grade, Report, Extension, Closing, Change,
    }
}
word! {
    /// In which way an appeal ends.
    AppealResult is luoshi_domain::appeals::AppealResult {
        Upheld, Changed, OutOfTime, Withdrawn,
    }
}
word! {
    /// How far the confirmation of a plan is.
    PlanState is luoshi_domain::plans::PlanState { Confirming, Final }
}
word! {
    /// The reader's classification of a sentence; rules and principles give no task.
    ProposalKind is luoshi_domain::plans::ProposalKind {
        Task, Recurring, Target, Rule, Principle,
    }
}
word! {
    /// What came of a clause.
    Outcome is luoshi_domain::plans::Outcome { Open, Accepted, Rejected, NoAction, Empty }
}
word! {
    /// What is wrong at the first broken place of a journal.
    Fault is luoshi_domain::journal::Fault { Altered, Mislabelled, Missing, Reordered }
}

/// What happened to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum TaskEventKind {
    Opened,
    SourceAdded,
    Amended,
    Approved,
    Issued,
    SignedFor,
    Received,
    FedBack,
    CoUnitReported,
    Remarked,
    PoliciesApplied,
    Deployed,
    LimitsCounted,
    Absorbed,
    MergedInto,
    Appealed,
    AppealEnded,
    Linked,
    RolledUp,
    CadenceSet,
    ReportsLifted,
    ReportRepeated,
    TrajectorySet,
    MilestoneMarked,
    FileAdded,
    FileRemoved,
    ExtensionRequested,
    ExtensionDecided,
    Urged,
    ClosingApplied,
    Reviewed,
    Endorsed,
    Closed,
    SentBack,
    Tagged,
    Marked,
    Cancelled,
    UnitSucceeded,
    HandedOver,
    Rerouted,
    Instructed,
    ChangeRequested,
    ChangeDecided,
    EscalationRequested,
    EscalationDecided,
    NoticeIssued,
    NoticeAcknowledged,
    BlockerRaised,
    BlockerPassedOn,
    BlockerSettled,
    Resumed,
}

impl From<&TaskEvent> for TaskEventKind {
    fn from(event: &TaskEvent) -> Self {
        match event {
            TaskEvent::Opened { .. } => Self::Opened,
            TaskEvent::SourceAdded { .. } => Self::SourceAdded,
            TaskEvent::Amended { .. } => Self::Amended,
            TaskEvent::Approved { .. } => Self::Approved,
            TaskEvent::Issued { .. } => Self::Issued,
            TaskEvent::SignedFor { .. } => Self::SignedFor,
            TaskEvent::Received { .. } => Self::Received,
            TaskEvent::FedBack { .. } => Self::FedBack,
            TaskEvent::CoUnitReported { .. } => Self::CoUnitReported,
            TaskEvent::Remarked { .. } => Self::Remarked,
            TaskEvent::PoliciesApplied { .. } => Self::PoliciesApplied,
            TaskEvent::Deployed { .. } => Self::Deployed,
            TaskEvent::LimitsCounted { .. } => Self::LimitsCounted,
            TaskEvent::Absorbed { .. } => Self::Absorbed,
            TaskEvent::MergedInto { .. } => Self::MergedInto,
            TaskEvent::Appealed { .. } => Self::Appealed,
            TaskEvent::AppealEnded { .. } => Self::AppealEnded,
            TaskEvent::Linked { .. } => Self::Linked,
            TaskEvent::RolledUp { .. } => Self::RolledUp,
            TaskEvent::CadenceSet { .. } => Self::CadenceSet,
            TaskEvent::ReportsLifted { .. } => Self::ReportsLifted,
            TaskEvent::ReportRepeated { .. } => Self::ReportRepeated,
            TaskEvent::TrajectorySet { .. } => Self::TrajectorySet,
            TaskEvent::MilestoneMarked { .. } => Self::MilestoneMarked,
            TaskEvent::FileAdded { .. } => Self::FileAdded,
            TaskEvent::FileRemoved { .. } => Self::FileRemoved,
            TaskEvent::ExtensionRequested { .. } => Self::ExtensionRequested,
            TaskEvent::ExtensionDecided { .. } => Self::ExtensionDecided,
            TaskEvent::Urged { .. } => Self::Urged,
            TaskEvent::ClosingApplied { .. } => Self::ClosingApplied,
            TaskEvent::Reviewed { .. } => Self::Reviewed,
            TaskEvent::Endorsed { .. } => Self::Endorsed,
            TaskEvent::Closed { .. } => Self::Closed,
            TaskEvent::SentBack { .. } => Self::SentBack,
            TaskEvent::Tagged { .. } => Self::Tagged,
            TaskEvent::Marked { .. } => Self::Marked,
            TaskEvent::Cancelled { .. } => Self::Cancelled,
            TaskEvent::UnitSucceeded { .. } => Self::UnitSucceeded,
            TaskEvent::HandedOver { .. } => Self::HandedOver,
            TaskEvent::Rerouted { .. } => Self::Rerouted,
            TaskEvent::Instructed { .. } => Self::Instructed,
            TaskEvent::ChangeRequested { .. } => Self::ChangeRequested,
            TaskEvent::ChangeDecided { .. } => Self::ChangeDecided,
            TaskEvent::EscalationRequested { .. } => Self::EscalationRequested,
            TaskEvent::EscalationDecided { .. } => Self::EscalationDecided,
            TaskEvent::NoticeIssued { .. } => Self::NoticeIssued,
            TaskEvent::NoticeAcknowledged { .. } => Self::NoticeAcknowledged,
            TaskEvent::BlockerRaised { .. } => Self::BlockerRaised,
            TaskEvent::BlockerPassedOn { .. } => Self::BlockerPassedOn,
            TaskEvent::BlockerSettled { .. } => Self::BlockerSettled,
            TaskEvent::Resumed { .. } => Self::Resumed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_same<W, D>(words: &[W])
    where
        W: Copy + Serialize,
        D: From<W> + Serialize,
    {
        for word in words {
            let ours = serde_json::to_value(word).unwrap();
            assert_eq!(ours, serde_json::to_value(D::from(*word)).unwrap());
        }
    }

    #[test]
    fn words_are_spelt_as_the_journal_spells_them() {
        assert_same::<_, luoshi_domain::tasks::TaskKind>(TaskKind::ALL);
        assert_same::<_, luoshi_domain::tasks::Level>(Level::ALL);
        assert_same::<_, luoshi_domain::tasks::Tier>(Tier::ALL);
        assert_same::<_, luoshi_domain::tasks::TaskState>(TaskState::ALL);
        assert_same::<_, luoshi_domain::marks::Mark>(Mark::ALL);
        assert_same::<_, luoshi_domain::tasks::ClosingStep>(ClosingStep::ALL);
        assert_same::<_, luoshi_domain::tasks::Grade>(Grade::ALL);
        assert_same::<_, luoshi_domain::tasks::Course>(Course::ALL);
        assert_same::<_, luoshi_domain::tasks::Channel>(Channel::ALL);
        assert_same::<_, luoshi_domain::tasks::supervision::Supervises>(Supervises::ALL);
        assert_same::<_, luoshi_domain::tasks::blockers::BlockerOutcome>(BlockerOutcome::ALL);
        assert_same::<_, luoshi_domain::organisation::UnitKind>(UnitKind::ALL);
        assert_same::<_, luoshi_domain::organisation::Role>(Role::ALL);
        assert_same::<_, luoshi_domain::bodies::BodyKind>(BodyKind::ALL);
        assert_same::<_, luoshi_domain::rosters::NeedKind>(NeedKind::ALL);
        assert_same::<_, luoshi_domain::activities::ActivityKind>(ActivityKind::ALL);
        assert_same::<_, luoshi_domain::plans::PlanState>(PlanState::ALL);
        assert_same::<_, luoshi_domain::plans::ProposalKind>(ProposalKind::ALL);
        assert_same::<_, luoshi_domain::appeals::Against>(Against::ALL);
        assert_same::<_, luoshi_domain::appeals::AppealResult>(AppealResult::ALL);
        assert_same::<_, luoshi_domain::audit::Chain>(Chain::ALL);
        assert_same::<_, luoshi_domain::access_log::AccessAction>(AccessAction::ALL);
        assert_same::<_, luoshi_domain::hooks::HookKind>(HookKind::ALL);
        assert_same::<_, luoshi_domain::hooks::HookState>(HookState::ALL);
        assert_same::<_, luoshi_domain::hooks::Purpose>(Purpose::ALL);
        assert_same::<_, luoshi_domain::notifications::Topic>(Topic::ALL);
    }

    fn assert_reversible<W, D>(words: &[W])
    where
        W: Copy + std::fmt::Debug + PartialEq + From<D>,
        D: From<W>,
    {
        for word in words {
            assert_eq!(W::from(D::from(*word)), *word);
        }
    }

    #[test]
    fn words_without_a_stored_spelling_go_there_and_back() {
        assert_reversible::<_, luoshi_domain::tasks::lists::Waiting>(Waiting::ALL);
        assert_reversible::<_, luoshi_domain::tasks::lists::TaskSort>(TaskSort::ALL);
        assert_reversible::<_, luoshi_domain::tasks::actions::TaskAction>(TaskAction::ALL);
        assert_reversible::<_, luoshi_domain::tasks::blockers::BlockerAnswer>(BlockerAnswer::ALL);
        assert_reversible::<_, luoshi_domain::lights::Colour>(Colour::ALL);
        assert_reversible::<_, luoshi_domain::hooks::DeliveryState>(DeliveryState::ALL);
        assert_reversible::<_, luoshi_domain::journal::Fault>(Fault::ALL);
    }

    #[test]
    fn words_are_spelt_as_addresses_spell_them() {
        for name in QueueName::ALL {
            let key = luoshi_app::desk::QueueName::from(*name).key();
            assert_eq!(serde_json::to_value(name).unwrap(), key);
        }
        for outcome in Outcome::ALL {
            let name = luoshi_domain::plans::Outcome::from(*outcome).name();
            assert_eq!(serde_json::to_value(outcome).unwrap(), name);
        }
    }
}
