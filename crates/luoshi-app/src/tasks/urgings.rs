//! Urgings of many tasks, told to each unit once (FLOW-15).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use luoshi_domain::ids::{NotificationId, TaskId, UnitId};
use luoshi_domain::notifications::{Notification, Recipient};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::{Task, TaskEvent};

use crate::App;
use crate::errors::AppResult;

/// Titles that a sentence names.
const TITLES_SHOWN: usize = 5;

/// What one bulk urging asks of each unit.
#[derive(Default)]
pub(super) struct Urgings(BTreeMap<UnitId, Urged>);

struct Urged {
    first: TaskId,
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
        let urged = self.0.entry(lead).or_insert_with(|| Urged {
            first: task.id,
            titles: Vec::new(),
            respond_by: *respond_by,
        });
        urged.titles.push(task.details.title.clone());
        true
    }

    /// One sentence for each unit.
    pub(super) async fn tell(self, app: &App, by: &str, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let now = app.clock.now();
        for (unit, urged) in self.0 {
            let notification = Notification {
                id: NotificationId(app.ids.id(now)),
                to: Recipient::Unit(unit),
                task: urged.first,
                text: said(by, &urged),
                at: now,
            };
            uow.notification_push(&notification).await?;
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
