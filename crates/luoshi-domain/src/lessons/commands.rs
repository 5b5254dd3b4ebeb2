//! What can be asked of the lessons, and what they decide.

use std::collections::HashSet;

use crate::ids::PlanId;
use crate::lessons::{KindPair, Lessons, LessonsEvent, NAME_LIMIT, NamePair, is_redacted};
use crate::refusals::Refusal;

/// The longest reason, in characters.
const REASON_LIMIT: usize = 500;

/// What can be asked of the lessons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LessonsCommand {
    /// Takes what a plan that becomes final confirms.
    Learn {
        plan: PlanId,
        names: Vec<NamePair>,
        kinds: Vec<KindPair>,
    },
    /// Drops one lesson; later confirmations start anew.
    Forget { number: u32 },
    /// Drops all lessons.
    Reset { reason: String },
}

impl Lessons {
    /// What would happen, or why it may not. Reads nothing but its arguments.
    pub fn decide(&self, command: LessonsCommand) -> Result<Vec<LessonsEvent>, Refusal> {
        match command {
            LessonsCommand::Learn { plan, names, kinds } => Ok(learn(plan, names, kinds)),
            LessonsCommand::Forget { number } => {
                let names = self.names.iter().map(|known| known.number);
                let mut numbers = names.chain(self.kinds.iter().map(|known| known.number));
                if !numbers.any(|known| known == number) {
                    let sentence = "这一条经验已经不在了。";
                    return Err(Refusal::state("unknown_lesson", "IMPORT-07", sentence));
                }
                Ok(vec![LessonsEvent::Forgotten { number }])
            }
            LessonsCommand::Reset { reason } => {
                if reason.trim().is_empty() {
                    return Err(Refusal::input("reason", "IMPORT-07", "请写明清空的理由。"));
                }
                if reason.chars().count() > REASON_LIMIT {
                    let sentence = format!("理由超过 {REASON_LIMIT} 字，请精简。");
                    return Err(Refusal::input("reason", "SYS-04", sentence));
                }
                if self.is_empty() {
                    let sentence = "还没有学到任何经验，无需清空。";
                    return Err(Refusal::state("nothing_learnt", "IMPORT-07", sentence));
                }
                Ok(vec![LessonsEvent::Reset { reason }])
            }
        }
    }
}

/// What of the pairs may be learnt: no blanked-out name, and a name once for each choice, so that
/// a plan counts as one voice however often it repeats a name.
fn learn(plan: PlanId, names: Vec<NamePair>, kinds: Vec<KindPair>) -> Vec<LessonsEvent> {
    let mut heard = HashSet::new();
    let mut kept = Vec::new();
    for mut pair in names {
        pair.name = pair.name.trim().to_owned();
        pair.units.sort_unstable();
        pair.units.dedup();
        let length = pair.name.chars().count();
        if length == 0 || length > NAME_LIMIT || is_redacted(&pair.name) {
            continue;
        }
        if heard.insert((pair.name.clone(), pair.units.clone())) {
            kept.push(pair);
        }
    }
    if kept.is_empty() && kinds.is_empty() {
        return Vec::new();
    }
    vec![LessonsEvent::Learnt {
        plan,
        names: kept,
        kinds,
    }]
}
