//! What of a task can be appealed: its present light, its grade and what was refused.

use chrono::NaiveDate;

use crate::appeals::{Against, Judgement};
use crate::calendar::local_day;
use crate::ids::PersonId;
use crate::journal::Signed;
use crate::lights::Colour;
use crate::tasks::{ReturnStage, Task, TaskEvent};

/// What can be appealed, the latest of each kind: the light first, then in the order of the steps.
///
/// `steps` are the task's events with their versions, oldest first; the light is its colour and
/// since which day it is that.
pub fn judgements<'a>(
    task: &Task,
    steps: impl IntoIterator<Item = (i64, &'a Signed, &'a TaskEvent)>,
    (colour, since): (Colour, NaiveDate),
) -> Vec<Judgement> {
    let mut found: Vec<Judgement> = Vec::new();
    // Who has a part in the closing that is looked at.
    let mut closing: Vec<PersonId> = Vec::new();
    let mut reviewed = false;
    let mut last = 0;
    for (version, by, event) in steps {
        last = version;
        let (against, judges, by_leader) = match event {
            TaskEvent::ClosingApplied { .. } => {
                closing.clear();
                reviewed = false;
                continue;
            }
            TaskEvent::Reviewed { .. } | TaskEvent::Endorsed { .. } => {
                closing.push(by.person);
                reviewed = true;
                continue;
            }
            TaskEvent::Closed { .. } => {
                closing.push(by.person);
                (Against::Grade, closing.clone(), true)
            }
            TaskEvent::SentBack {
                stage: ReturnStage::Closing,
                ..
            } => (Against::Closing, vec![by.person], reviewed),
            TaskEvent::SentBack {
                stage: ReturnStage::Feedback,
                ..
            } => (Against::Report, vec![by.person], false),
            TaskEvent::ExtensionDecided { granted: None, .. } => {
                (Against::Extension, vec![by.person], true)
            }
            TaskEvent::ChangeDecided { consent: false, .. } => {
                (Against::Change, vec![by.person], true)
            }
            _ => continue,
        };
        found.retain(|known| known.against != against);
        found.push(Judgement {
            against,
            version,
            on: local_day(by.at),
            by: distinct(judges),
            by_leader,
        });
    }
    if task.is_over() {
        // What was refused on the way is of no consequence any more.
        found.retain(|known| known.against == Against::Grade);
        return found;
    }
    if matches!(colour, Colour::Yellow | Colour::Red) {
        // The light is computed; who warned because of it does not look at it again.
        let warned = task.notices.iter().map(|notice| notice.issued_by);
        let light = Judgement {
            against: Against::Light,
            version: last,
            on: since,
            by: distinct(warned.collect()),
            by_leader: false,
        };
        found.insert(0, light);
    }
    found
}

fn distinct(mut persons: Vec<PersonId>) -> Vec<PersonId> {
    persons.sort_unstable();
    persons.dedup();
    persons
}
