//! What an appeal changes of its task (F36).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::appeals::{Against, AppealResult, Judgement};
use crate::calendar::local_day;
use crate::ids::AppealId;
use crate::journal::Signed;
use crate::tasks::{Task, TaskEvent, TaskState};

/// An appeal, as its task knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealKnown {
    pub id: AppealId,
    pub against: Against,
    /// `None` while it is open.
    pub result: Option<AppealResult>,
}

/// A light that was appealed against with success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contested {
    pub appeal: AppealId,
    /// The light as it was.
    pub said: String,
    pub reason: String,
    pub on: NaiveDate,
}

impl Task {
    /// Whether what was judged still stands: nothing went on since that a reversal would undo.
    pub fn stands(&self, judgement: &Judgement, now: &[Judgement]) -> bool {
        let latest = now.iter().any(|known| known.is_same(judgement));
        latest
            && match judgement.against {
                Against::Report => self
                    .last_feedback
                    .as_ref()
                    .is_some_and(|last| last.sent_back),
                Against::Closing => self.closing().is_none() && !self.is_over(),
                Against::Extension | Against::Change => !self.is_over(),
                Against::Light | Against::Grade => true,
            }
    }

    /// Whether the event is about an appeal and leaves a task that is over as it ended.
    pub(super) fn is_after_the_end(&self, event: &TaskEvent) -> bool {
        let of_appeal = matches!(
            event,
            TaskEvent::Appealed { .. } | TaskEvent::AppealEnded { .. }
        );
        of_appeal && self.is_over()
    }

    pub(super) fn apply_appealed(&mut self, id: AppealId, against: Against) {
        self.appeals.push(AppealKnown {
            id,
            against,
            result: None,
        });
    }

    /// Takes back what was refused, where nothing went on since; a grade and a note of a light are
    /// the caller's.
    pub(super) fn apply_appeal_ended(
        &mut self,
        (id, against, stands): (AppealId, Against, bool),
        result: AppealResult,
    ) {
        let mut known = self.appeals.iter_mut();
        if let Some(known) = known.find(|known| known.id == id) {
            known.result = Some(result);
        }
        if result != AppealResult::Changed {
            return;
        }
        match against {
            Against::Report => {
                if let Some(report) = &mut self.last_feedback
                    && stands
                {
                    report.sent_back = false;
                    self.returned_because = None;
                }
            }
            Against::Closing => {
                self.closing_refusals = self.closing_refusals.saturating_sub(1);
                if stands {
                    self.returned_because = None;
                    if self.state == TaskState::Supervising && self.closing_refusals == 0 {
                        self.state = TaskState::InProgress;
                    }
                }
            }
            Against::Extension => self.extension_reopened = stands,
            Against::Light | Against::Grade | Against::Change => {}
        }
    }

    pub(super) fn note_contested(&mut self, id: AppealId, said: &str, reason: &str, by: &Signed) {
        self.contested.push(Contested {
            appeal: id,
            said: said.to_owned(),
            reason: reason.to_owned(),
            on: local_day(by.at),
        });
    }
}
