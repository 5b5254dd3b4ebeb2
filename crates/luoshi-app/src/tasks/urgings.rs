//! Urgings, told to each unit once a day (FLOW-15).
//!
//! Each is an act of its own in its task's journal. What the unit is told is one sentence: a later
//! urging of the day takes its place, with all that were made that day and wait for an answer.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use luoshi_domain::calendar::local_day;
use luoshi_domain::ids::{NotificationId, TaskId, UnitId};
use luoshi_domain::notifications::{Recipient, Topic};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::lists::{PageRequest, Queue, TaskFilter, TaskSort, Visibility};
use luoshi_domain::tasks::{Task, TaskEvent};
use uuid::Uuid;

use crate::errors::AppResult;
use crate::notifications::Told;
use crate::{App, notifications};

/// Titles that a sentence names.
const TITLES_SHOWN: usize = 5;

/// Tasks of a unit that are looked at for what was urged earlier in the day.
const LOOKED_AT: u32 = 500;

/// What one act asks of each unit; of what is marked apart, so that nothing leaves the program with
/// what is not (SYS-05).
#[derive(Default)]
pub(super) struct Urgings(BTreeMap<(UnitId, bool), Urged>);

struct Urged {
    tasks: Vec<TaskId>,
    titles: Vec<String>,
    respond_by: NaiveDate,
}

impl Urgings {
    /// Keeps an urging for later; false when the events are something else.
    pub(super) fn take(&mut self, task: &Task, events: &[TaskEvent]) -> bool {
        let (Some(lead), [TaskEvent::Urged { respond_by, .. }]) = (task.details.lead, events)
        else {
            return false;
        };
        let urged = self.0.entry((lead, is_marked(task)));
        let urged = urged.or_insert_with(|| Urged {
            tasks: Vec::new(),
            titles: Vec::new(),
            respond_by: *respond_by,
        });
        urged.add(task, *respond_by);
        true
    }

    /// One sentence for each unit, in the place of the day's earlier one.
    pub(super) async fn tell(self, app: &App, by: &str, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let (now, today) = (app.clock.now(), app.today());
        for ((unit, marked), mut urged) in self.0 {
            for task in waiting(uow, unit).await? {
                let of_today =
                    task.urged.iter().rev().find(|urging| {
                        urging.answered_at.is_none() && local_day(urging.at) == today
                    });
                if let Some(urging) = of_today
                    && is_marked(&task) == marked
                    && !urged.tasks.contains(&task.id)
                {
                    urged.add(&task, urging.respond_by);
                }
            }
            let Some((first, others)) = urged.tasks.split_first() else {
                continue;
            };
            let told = Told {
                topic: Topic::Urged,
                to: Recipient::Unit(unit),
                task: *first,
                text: said(by, &urged),
                at: now,
            };
            notifications::tell_anew(app, uow, of_day(unit, today, marked), told, others).await?;
        }
        Ok(())
    }
}

impl Urged {
    fn add(&mut self, task: &Task, respond_by: NaiveDate) {
        self.tasks.push(task.id);
        self.titles.push(task.details.title.clone());
        self.respond_by = self.respond_by.min(respond_by);
    }
}

fn is_marked(task: &Task) -> bool {
    !task.mark.is_none()
}

/// The tasks of a unit that wait for the answer to an urging.
async fn waiting(uow: &mut dyn UnitOfWork, unit: UnitId) -> AppResult<Vec<Task>> {
    let filter = TaskFilter {
        queue: Some(Queue::ToAnswer(vec![unit])),
        ..TaskFilter::new(Visibility::All)
    };
    let page = PageRequest {
        size: LOOKED_AT,
        after: None,
    };
    Ok(uow.tasks_full(&filter, TaskSort::Limit, &page).await?.rows)
}

/// The id of what a unit is told on a day: the same for the same, so that it has one place.
fn of_day(unit: UnitId, day: NaiveDate, marked: bool) -> NotificationId {
    let day = u64::from(day.num_days_from_ce().unsigned_abs());
    let (high, low) = unit.0.as_u64_pair();
    let high = high ^ (day << 1 | u64::from(marked));
    NotificationId(Uuid::from_u64_pair(high, low))
}

fn said(by: &str, urged: &Urged) -> String {
    let count = urged.titles.len();
    let titles: Vec<&str> = urged
        .titles
        .iter()
        .take(TITLES_SHOWN)
        .map(String::as_str)
        .collect();
    let more = if count > TITLES_SHOWN { "等" } else { "" };
    format!(
        "{by}：催办 {count} 件，请于 {} 前答复：{}{more}",
        urged.respond_by,
        titles.join("；")
    )
}
