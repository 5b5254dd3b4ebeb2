//! What a new version changed, clause by clause, and what it takes over (IMPORT-12).

use std::collections::{HashMap, HashSet, VecDeque};

use crate::ids::{ProposalId, TaskId};
use crate::likeness::{Index, Shingles};
use crate::plans::lineage::Carry;
use crate::plans::{Clause, Decision, Plan, PlanState, Proposal, Versioned};

/// Percent from which clauses in the same place are one clause with other words.
const SAME_PLACE: u32 = 25;

/// Percent from which clauses in different places are.
const ELSEWHERE: u32 = 55;

/// How a clause stands to the earlier version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Same place, same words.
    Unchanged,
    /// Same words in another place.
    Moved,
    Changed,
    New,
    Gone,
}

/// A clause before and after; one of them may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClauseChange {
    pub standing: Standing,
    /// Indices into [`Plan::clauses`] of the earlier and of the later version.
    pub before: Option<u32>,
    pub after: Option<u32>,
}

/// The clauses of both versions, matched, in the later one's order; each once.
pub fn between(before: &Plan, after: &Plan) -> Vec<ClauseChange> {
    let (old, new) = (Side::of(before), Side::of(after));
    let mut pairs = Pairs::default();
    pairs.by(&old, &new, |clause| (clause.path, clause.words.as_str()));
    pairs.by(&old, &new, |clause| ("", clause.words.as_str()));
    pairs.by_path(&old, &new);
    pairs.by_likeness(&old, &new);
    pairs.listed(&old, &new)
}

/// What the later version takes over; `tasks` gives the live tasks of a proposal of the earlier.
pub fn versioned(
    before: &Plan,
    after: &Plan,
    tasks: &HashMap<ProposalId, Vec<TaskId>>,
) -> Versioned {
    let mut carries = Vec::new();
    let mut no_action = Vec::new();
    let mut carried = HashMap::new();
    for change in between(before, after) {
        let (Some(old), Some(new)) = (change.before, change.after) else {
            continue;
        };
        let mut earlier: HashMap<String, VecDeque<&Proposal>> = HashMap::new();
        for known in before.proposals.iter().filter(|known| known.clause == old) {
            earlier
                .entry(words(&known.quote))
                .or_default()
                .push_back(known);
        }
        let mut all = true;
        for later in after.proposals.iter().filter(|known| known.clause == new) {
            let known = earlier
                .get_mut(&words(&later.quote))
                .and_then(VecDeque::pop_front)
                .filter(|known| is_same(before, known, after, later));
            match known {
                Some(known) => {
                    carried.insert(known.id, later.id);
                    carries.extend(carry(before, known, later, tasks));
                }
                None => all = false,
            }
        }
        let reason = before
            .clause(old)
            .and_then(|clause| clause.no_action.clone());
        if let Some(reason) = reason.filter(|_| all && change.standing != Standing::Changed) {
            no_action.push((new, reason));
        }
    }
    redirect(&mut carries, &carried);
    Versioned {
        plan: before.id,
        nth: before.lineage.nth() + 1,
        carries,
        no_action,
        title: before.details.title.clone(),
    }
}

/// The same words can ask for something else: of other units, or in another year.
fn is_same(before: &Plan, known: &Proposal, after: &Plan, later: &Proposal) -> bool {
    let (old, new) = (&known.reading, &later.reading);
    let moved = old.due.is_some()
        && new.due.is_some()
        && old.limit(before.year_context(&before.details))
            != new.limit(after.year_context(&after.details));
    later.decision == Decision::Open && old.responsible == new.responsible && !moved
}

fn carry(
    before: &Plan,
    known: &Proposal,
    later: &Proposal,
    tasks: &HashMap<ProposalId, Vec<TaskId>>,
) -> Option<Carry> {
    let live = tasks.get(&known.id).filter(|tasks| !tasks.is_empty());
    let tracked = known.draft.kind.tracked().is_some();
    let decision = match &known.decision {
        Decision::Accepted | Decision::Covered { .. } if tracked => match live {
            Some(tasks) => Decision::Covered {
                tasks: tasks.clone(),
            },
            // Its tasks were cancelled: whether it is to be done is a new question.
            None if before.state == PlanState::Final => Decision::Open,
            None if known.decision == Decision::Accepted => Decision::Accepted,
            None => Decision::Open,
        },
        decision => decision.clone(),
    };
    if decision == Decision::Open && known.draft == later.draft {
        return None;
    }
    Some(Carry {
        proposal: later.id,
        from: known.id,
        draft: Box::new(known.draft.clone()),
        decision,
    })
}

/// Merges lead to the later version's proposals; those whose target did not come along are open.
fn redirect(carries: &mut [Carry], carried: &HashMap<ProposalId, ProposalId>) {
    let kept: HashSet<ProposalId> = carries
        .iter()
        .filter(|carry| {
            matches!(
                carry.decision,
                Decision::Accepted | Decision::Covered { .. }
            )
        })
        .map(|carry| carry.proposal)
        .collect();
    for carry in carries {
        if let Decision::Merged { into } = carry.decision {
            let target = carried.get(&into).filter(|target| kept.contains(target));
            carry.decision = target.map_or(Decision::Open, |into| Decision::Merged { into: *into });
        }
    }
}

/// Letters and digits alone.
fn words(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// One version's clauses with their words.
struct Side<'a> {
    clauses: Vec<Own<'a>>,
}

struct Own<'a> {
    path: &'a str,
    /// Without its number, which changes when a clause moves.
    words: String,
}

impl<'a> Side<'a> {
    fn of(plan: &'a Plan) -> Self {
        let texts = plan.clause_texts();
        let clauses = plan.clauses.iter().zip(texts);
        Self {
            clauses: clauses
                .map(|(clause, text)| Own {
                    path: &clause.path,
                    words: words(after_number(clause, text)),
                })
                .collect(),
        }
    }
}

/// The clause's text from its title on, or without the signs of its number.
fn after_number<'a>(clause: &Clause, text: &'a str) -> &'a str {
    let from_title = (!clause.title.is_empty())
        .then(|| {
            text.find(clause.title.as_str())
                .and_then(|at| text.get(at..))
        })
        .flatten();
    from_title.unwrap_or_else(|| {
        text.trim_start_matches(|letter: char| {
            letter.is_whitespace()
                || letter.is_ascii_digit()
                || "一二三四五六七八九十百第条章节（）().．、①②③④⑤⑥⑦⑧⑨⑩".contains(letter)
        })
    })
}

/// Which clause became which, with how it stands.
#[derive(Default)]
struct Pairs {
    /// By the later clause.
    after: HashMap<u32, (u32, Standing)>,
    before: HashSet<u32>,
}

impl Pairs {
    fn add(&mut self, old: u32, new: u32, standing: Standing) {
        self.after.insert(new, (old, standing));
        self.before.insert(old);
    }

    /// Pairs clauses with the same words whose key is the same, in order.
    fn by<'a>(
        &mut self,
        old: &'a Side<'_>,
        new: &'a Side<'_>,
        key: impl Fn(&'a Own<'_>) -> (&'a str, &'a str),
    ) {
        let mut known: HashMap<(&str, &str), VecDeque<(u32, &str)>> = HashMap::new();
        for (n, clause) in (0u32..).zip(&old.clauses) {
            if !self.before.contains(&n) {
                known
                    .entry(key(clause))
                    .or_default()
                    .push_back((n, clause.path));
            }
        }
        for (n, clause) in (0u32..).zip(&new.clauses) {
            if self.after.contains_key(&n) {
                continue;
            }
            let found = known.get_mut(&key(clause)).and_then(VecDeque::pop_front);
            if let Some((place, path)) = found {
                let standing = if path == clause.path {
                    Standing::Unchanged
                } else {
                    Standing::Moved
                };
                self.add(place, n, standing);
            }
        }
    }

    fn by_path(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let mut known: HashMap<&str, VecDeque<u32>> = HashMap::new();
        for (n, clause) in (0u32..).zip(&old.clauses) {
            if !self.before.contains(&n) {
                known.entry(clause.path).or_default().push_back(n);
            }
        }
        for (n, clause) in (0u32..).zip(&new.clauses) {
            if self.after.contains_key(&n) {
                continue;
            }
            let Some(places) = known.get_mut(clause.path) else {
                continue;
            };
            let alike = places.front().copied().filter(|place| {
                let words = at(old, *place);
                likeness(words, &clause.words) >= SAME_PLACE
            });
            if let Some(place) = alike {
                places.pop_front();
                self.add(place, n, Standing::Changed);
            }
        }
    }

    fn by_likeness(&mut self, old: &Side<'_>, new: &Side<'_>) {
        let rest: Vec<u32> = (0u32..)
            .zip(&old.clauses)
            .map(|(n, _)| n)
            .filter(|n| !self.before.contains(n))
            .collect();
        let texts = rest.iter().map(|n| Shingles::of_sentence(at(old, *n)));
        let texts: Vec<Shingles> = texts.collect();
        let index = Index::of(&texts);
        for (n, clause) in (0u32..).zip(&new.clauses) {
            if self.after.contains_key(&n) {
                continue;
            }
            let near = index.near(&Shingles::of_sentence(&clause.words), ELSEWHERE);
            let mut places = near.iter().filter_map(|(place, _)| rest.get(*place));
            if let Some(place) = places.find(|place| !self.before.contains(place)) {
                self.add(*place, n, Standing::Changed);
            }
        }
    }

    fn listed(self, old: &Side<'_>, new: &Side<'_>) -> Vec<ClauseChange> {
        let mut gone = (0u32..)
            .zip(&old.clauses)
            .map(|(n, _)| n)
            .filter(|n| !self.before.contains(n))
            .peekable();
        let mut listed = Vec::with_capacity(new.clauses.len());
        let lost = |before| ClauseChange {
            standing: Standing::Gone,
            before: Some(before),
            after: None,
        };
        for (n, _) in (0u32..).zip(&new.clauses) {
            let pair = self.after.get(&n);
            if let Some((place, _)) = pair {
                // What is gone stands where it stood before.
                while let Some(before) = gone.next_if(|before| before < place) {
                    listed.push(lost(before));
                }
            }
            listed.push(ClauseChange {
                standing: pair.map_or(Standing::New, |(_, standing)| *standing),
                before: pair.map(|(place, _)| *place),
                after: Some(n),
            });
        }
        listed.extend(gone.map(lost));
        listed
    }
}

fn at<'a>(side: &'a Side<'_>, n: u32) -> &'a str {
    let place = usize::try_from(n).ok();
    place
        .and_then(|place| side.clauses.get(place))
        .map_or("", |clause| clause.words.as_str())
}

fn likeness(left: &str, right: &str) -> u32 {
    Shingles::of_sentence(left).likeness(&Shingles::of_sentence(right))
}

#[cfg(test)]
mod tests;
