//! Urgings of many tasks, told to each unit once (FLOW-15).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::notifications::{Recipient, Topic};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::{Task, TaskEvent};

use crate::errors::AppResult;
use crate::notifications::Told;
use crate::{App, notifications};

/// Titles that a sentence names.
const TITLES_SHOWN: usize = 5;

/// What one bulk urging asks of each unit; of what is marked apart, so that nothing leaves the
/// program with what is not (SYS-05).
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
        let urged = self
            .0
            .entry((lead, !task.mark.is_none()))
            .or_insert_with(|| Urged {
                tasks: Vec::new(),
                titles: Vec::new(),
                respond_by: *respond_by,
            });
        urged.tasks.push(task.id);
        urged.titles.push(task.details.title.clone());
        true
    }

    /// One sentence for each unit.
    pub(super) async fn tell(self, app: &App, by: &str, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let now = app.clock.now();
        for ((unit, _marked), urged) in self.0 {
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
            notifications::tell_of(app, uow, told, others).await?;
        }
        Ok(())
    }
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
