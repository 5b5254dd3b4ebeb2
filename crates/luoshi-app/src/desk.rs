//! The desk: what must I do today. Each number is the count of the list behind it.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use luoshi_domain::context::Actor;
use luoshi_domain::lights::{Leads, Threshold};
use luoshi_domain::notifications::Notification;
use luoshi_domain::organisation::{Organisation, Role};
use luoshi_domain::plans::{PlanRow, PlanState};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::lists::{PageRequest, Queue, TaskFilter, TaskRow, TaskSort};

use crate::errors::AppResult;
use crate::rules::Rules;
use crate::{App, COUNT_CAP, Who, inbox, policy};

/// Rows of each queue that the desk itself shows.
const ROWS_SHOWN: u32 = 5;

/// The count beside a place to go ends here: every page asks for it.
const FRAME_CAP: u32 = 100;

/// How many days from today the limits ahead are shown, today included.
pub const DAYS_AHEAD: u64 = 10;

/// Most tasks shown as due in those days.
const AHEAD_SHOWN: u32 = 100;

/// Sentences shown.
const NOTIFICATIONS_SHOWN: u32 = 10;

/// A list that waits for somebody; its name stands in the ledger's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueName {
    ToApprove,
    ToIssue,
    Returned,
    ToSignFor,
    ToFeedBack,
    ToReport,
    ToAnswer,
    ToReview,
    ToEndorse,
    ToDecideExtension,
    ToDecideChange,
    ToDecideEscalation,
    ToCoordinate,
    ToAcknowledge,
    NoResult,
    NoEcho,
    DueSoon,
    Blocked,
    Unanswered,
    Unacknowledged,
    Open,
}

impl QueueName {
    pub const ALL: [Self; 21] = [
        Self::ToApprove,
        Self::ToIssue,
        Self::Returned,
        Self::ToSignFor,
        Self::ToFeedBack,
        Self::ToReport,
        Self::ToAnswer,
        Self::ToReview,
        Self::ToEndorse,
        Self::ToDecideExtension,
        Self::ToDecideChange,
        Self::ToDecideEscalation,
        Self::ToCoordinate,
        Self::ToAcknowledge,
        Self::NoResult,
        Self::NoEcho,
        Self::DueSoon,
        Self::Blocked,
        Self::Unanswered,
        Self::Unacknowledged,
        Self::Open,
    ];

    /// As in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::ToApprove => "to_approve",
            Self::ToIssue => "to_issue",
            Self::Returned => "returned",
            Self::ToSignFor => "to_sign_for",
            Self::ToFeedBack => "to_feed_back",
            Self::ToReport => "to_report",
            Self::ToAnswer => "to_answer",
            Self::ToReview => "to_review",
            Self::ToEndorse => "to_endorse",
            Self::ToDecideExtension => "to_decide_extension",
            Self::ToDecideChange => "to_decide_change",
            Self::ToDecideEscalation => "to_decide_escalation",
            Self::ToCoordinate => "to_coordinate",
            Self::ToAcknowledge => "to_acknowledge",
            Self::Unacknowledged => "unacknowledged",
            Self::Blocked => "blocked",
            Self::Unanswered => "unanswered",
            Self::NoResult => "no_result",
            Self::NoEcho => "no_echo",
            Self::DueSoon => "due_soon",
            Self::Open => "open",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.key() == key)
    }

    /// Whether it waits for this reader to act, rather than being something to keep an eye on.
    pub fn is_to_do(self) -> bool {
        !matches!(
            self,
            Self::NoResult
                | Self::NoEcho
                | Self::DueSoon
                | Self::Blocked
                | Self::Unanswered
                | Self::Unacknowledged
                | Self::Open
        )
    }

    /// Whether it is shown only when something is in it: it waits for few, and seldom.
    fn is_occasional(self, actor: &Actor) -> bool {
        match self {
            Self::ToReport
            | Self::ToAnswer
            | Self::ToDecideChange
            | Self::ToDecideEscalation
            | Self::ToCoordinate
            | Self::ToAcknowledge
            | Self::Blocked
            | Self::Unanswered
            | Self::Unacknowledged => true,
            // A section reviews what its leader assigned (FLOW-06).
            Self::ToReview => !actor.supervises,
            _ => false,
        }
    }

    /// Whether the queue means something to the actor.
    pub fn concerns(self, app: &App, actor: &Actor) -> bool {
        let works = actor.has_role(Role::Head) || actor.has_role(Role::Contact);
        match self {
            Self::ToApprove => policy::holds_on_tasks(app, actor, Right::ApproveTask),
            Self::ToIssue => policy::holds_on_tasks(app, actor, Right::IssueTask),
            Self::Returned => policy::holds_on_tasks(app, actor, Right::AmendTask),
            Self::ToSignFor
            | Self::ToFeedBack
            | Self::ToReport
            | Self::ToAnswer
            | Self::ToAcknowledge => works,
            Self::ToDecideEscalation => actor.has_role(Role::Principal),
            Self::ToReview => actor.supervises || works,
            Self::Unanswered | Self::Unacknowledged => {
                actor.supervises || actor.has_role(Role::Principal)
            }
            Self::ToEndorse
            | Self::ToDecideExtension
            | Self::ToDecideChange
            | Self::ToCoordinate => actor.has_role(Role::Principal) || actor.has_role(Role::Deputy),
            Self::NoResult | Self::NoEcho | Self::DueSoon | Self::Blocked | Self::Open => true,
        }
    }

    /// The queue as it waits for the actor today.
    pub fn queue(self, today: NaiveDate, leads: &Leads, actor: &Actor) -> Queue {
        let principal = actor.has_role(Role::Principal);
        match self {
            Self::ToApprove => Queue::ToApprove,
            Self::ToIssue => Queue::ToIssue,
            Self::Returned => Queue::Returned,
            Self::ToSignFor => Queue::ToSignFor(actor.units()),
            Self::ToFeedBack => Queue::ToFeedBack(actor.units()),
            Self::ToReport => Queue::ToReport {
                units: actor.units(),
                until: ahead(today, &leads.report_soon_days),
            },
            Self::ToAnswer => Queue::ToAnswer(actor.units()),
            Self::ToReview => Queue::ToReview(actor.units()),
            Self::ToEndorse if principal => Queue::ToEndorseAsPrincipal,
            Self::ToEndorse => Queue::ToEndorse(actor.person),
            Self::ToDecideExtension if principal => Queue::ToDecideAnyExtension,
            Self::ToDecideExtension => Queue::ToDecideExtension(actor.person),
            Self::ToDecideChange if principal => Queue::ToDecideAnyChange,
            Self::ToDecideChange => Queue::ToDecideChange(actor.person),
            Self::ToDecideEscalation => Queue::ToDecideEscalation,
            Self::ToCoordinate => Queue::ToCoordinate(actor.person),
            Self::ToAcknowledge => Queue::ToAcknowledge(actor.units()),
            Self::Unacknowledged => Queue::Unacknowledged { today },
            Self::Blocked => Queue::Blocked,
            Self::Unanswered => Queue::Unanswered { today },
            Self::NoResult => Queue::NoResult { today },
            Self::NoEcho => Queue::NoEcho { today },
            Self::DueSoon => Queue::DueSoon {
                today,
                until: ahead(today, &leads.due_soon_days),
            },
            Self::Open => Queue::Open,
        }
    }
}

/// The last of so many days from today on.
pub fn ahead(today: NaiveDate, days: &Threshold) -> NaiveDate {
    let days = Days::new(days.value.unsigned_abs());
    today.checked_add_days(days).unwrap_or(today)
}

/// What one person sees first.
#[derive(Clone, Debug)]
pub struct Desk {
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    /// In the order of [`QueueName::ALL`]; only what concerns the reader.
    pub queues: Vec<DeskQueue>,
    /// Plans that wait for confirmation; the supervision office's only.
    pub plans: Vec<PlanRow>,
    pub notifications: Vec<Notification>,
    /// The day on which the oldest open task was issued; the register's target is none (TIME-07).
    pub oldest_open: Option<NaiveDate>,
    /// The days from today on, each with the tasks whose limit it is.
    pub days: Vec<DeskDay>,
}

/// A day and what has to be done by it.
#[derive(Clone, Debug)]
pub struct DeskDay {
    pub day: NaiveDate,
    pub working: bool,
    pub rows: Vec<TaskRow>,
}

/// A queue with its count and first rows.
#[derive(Clone, Debug)]
pub struct DeskQueue {
    pub name: QueueName,
    /// Up to [`COUNT_CAP`].
    pub count: u32,
    pub rows: Vec<TaskRow>,
}

/// What the frame around every page says.
#[derive(Clone, Debug)]
pub struct Frame {
    /// How many tasks wait for the actor to act, over all such queues, up to 100.
    pub waiting: u32,
    /// What came since the reader last looked, up to [`inbox::NEW_CAP`].
    pub new: u32,
    /// What must not be overlooked.
    pub alarm: Option<String>,
    pub rules: Arc<Rules>,
}

/// What the frame around the reader's page says, on one state.
pub async fn frame(app: &App, who: &Who) -> AppResult<Frame> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    Ok(Frame {
        waiting: waiting(app, who, &rules, &mut *uow, FRAME_CAP)
            .await?
            .min(FRAME_CAP),
        new: inbox::new(who, &mut *uow).await?,
        alarm: crate::audit::checks::alarm(app, who, &mut *uow).await?,
        rules,
    })
}

/// How many tasks wait for the actor to act, over all such queues, of each up to `cap`.
pub(crate) async fn waiting(
    app: &App,
    who: &Who,
    rules: &Rules,
    uow: &mut dyn UnitOfWork,
    cap: u32,
) -> AppResult<u32> {
    let reach = policy::tasks(app, &who.actor);
    let names = QueueName::ALL.into_iter().filter(|name| name.is_to_do());
    let names = names.filter(|name| name.concerns(app, &who.actor));
    let filters: Vec<TaskFilter> = names
        .map(|name| TaskFilter {
            queue: Some(name.queue(rules.today, &rules.leads, &who.actor)),
            ..reach.clone()
        })
        .collect();
    Ok(uow.tasks_counts(&filters, cap).await?.iter().sum())
}

/// The reader's desk.
pub async fn show(app: &App, who: &Who) -> AppResult<Desk> {
    let actor = &who.actor;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let reach = policy::tasks(app, actor);
    let names: Vec<QueueName> = QueueName::ALL
        .into_iter()
        .filter(|name| name.concerns(app, actor))
        .collect();
    let filters = names.iter().map(|name| TaskFilter {
        queue: Some(name.queue(rules.today, &rules.leads, actor)),
        ..reach.clone()
    });
    let filters: Vec<TaskFilter> = filters.collect();
    let counts = uow.tasks_counts(&filters, COUNT_CAP).await?;
    let mut queues = Vec::new();
    for ((name, filter), count) in names.into_iter().zip(filters).zip(counts) {
        if count == 0 && name.is_occasional(actor) {
            continue;
        }
        let mut rows = Vec::new();
        if count > 0 && name != QueueName::Open {
            let page = PageRequest {
                size: ROWS_SHOWN,
                after: None,
            };
            rows = uow.tasks_list(&filter, TaskSort::Limit, &page).await?.rows;
        }
        queues.push(DeskQueue { name, count, rows });
    }
    let mut plans = Vec::new();
    if policy::holds(app, actor, Right::ImportPlan) {
        plans = uow.plans_list(crate::plans::PLANS_SHOWN).await?;
        plans.retain(|plan| plan.state == PlanState::Confirming);
    }
    let place = inbox::Place::default();
    let notifications = inbox::seen(app, actor, &mut *uow, place, NOTIFICATIONS_SHOWN).await?;
    let open = TaskFilter {
        queue: Some(Queue::Open),
        ..reach.clone()
    };
    let oldest_open = uow.tasks_oldest(&open).await?;
    let days = days_ahead(&rules, reach, &mut *uow).await?;
    Ok(Desk {
        organisation,
        rules,
        queues,
        plans,
        notifications: notifications.rows,
        oldest_open,
        days,
    })
}

async fn days_ahead(
    rules: &Rules,
    reach: TaskFilter,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Vec<DeskDay>> {
    let today = rules.today;
    let days: Vec<NaiveDate> = (0..DAYS_AHEAD)
        .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
        .collect();
    let filter = TaskFilter {
        queue: Some(Queue::DueSoon {
            today,
            until: days.last().copied().unwrap_or(today),
        }),
        ..reach
    };
    let page = PageRequest {
        size: AHEAD_SHOWN,
        after: None,
    };
    let due = uow.tasks_list(&filter, TaskSort::Limit, &page).await?.rows;
    let days = days.into_iter().map(|day| DeskDay {
        day,
        working: rules.calendar.is_workday(day),
        rows: due
            .iter()
            .filter(|row| row.limit == Some(day))
            .cloned()
            .collect(),
    });
    Ok(days.collect())
}
