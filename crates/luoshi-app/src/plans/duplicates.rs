//! Obligations that seem to be stated twice: in one plan, in two, or in the ledger already
//! (IMPORT-13).
//!
//! Only pairs are shown, a person decides: sentences that differ in one word, 完成 and 未完成, are
//! very alike.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use luoshi_domain::ids::{BureauId, PlanId, ProposalId, TaskId, UnitId};
use luoshi_domain::likeness::{Index, Shingles};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Plan, PlanState, Proposal, ProposalKind};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::TaskState;
use luoshi_domain::tasks::lists::TaskSaid;
use uuid::Uuid;

use crate::errors::{AppError, AppResult};
use crate::plans::{PLANS_SHOWN, PlanView, load, view};
use crate::{App, Who, policy};

/// Percent from which sentences are shown as near.
pub const FLOOR: u32 = 60;

/// Percent that is enough when the same unit leads by the same day.
const FLOOR_SAME: u32 = 50;

/// Tasks of the ledger that are compared: the latest ones.
pub const TASKS_COMPARED: u32 = 20_000;

/// Other plans under confirmation that are compared.
const PLANS_COMPARED: usize = 30;

/// Near ones of a proposal that are kept, the most alike.
const KEPT: usize = 5;

/// Most tasks that stand for one proposal.
const TASKS_COVERING: usize = 50;

/// Plans whose pairs are kept in memory.
const PLANS_KEPT: usize = 16;

/// What a proposal is near to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// 0 to 100.
    pub percent: u32,
    /// The same unit leads.
    pub same_unit: bool,
    /// The same limit.
    pub same_limit: bool,
    pub what: Other,
    /// The other's words.
    pub words: String,
    /// Where it stands: `三/(六)/①`, with the document's title where it is another one.
    pub place: String,
}

/// The other side of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// In the same plan.
    Proposal(ProposalId),
    /// In another plan under confirmation.
    Elsewhere(PlanId, ProposalId),
    /// In the ledger.
    Task(TaskId),
}

impl Other {
    /// The row that it stands in, other than the plan itself.
    fn row(self) -> Option<Uuid> {
        match self {
            Self::Proposal(_) => None,
            Self::Elsewhere(plan, _) => Some(plan.0),
            Self::Task(task) => Some(task.0),
        }
    }
}

/// A plan's proposals with what each is near to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates(HashMap<ProposalId, Vec<Near>>);

impl Duplicates {
    pub fn of(&self, proposal: ProposalId) -> &[Near] {
        self.0.get(&proposal).map_or(&[], Vec::as_slice)
    }

    /// Those that still wait for a decision on either side, by the plan's order.
    pub fn open<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl Iterator<Item = (&'a Proposal, Vec<&'a Near>)> {
        let decisions: HashMap<ProposalId, &Decision> = plan
            .proposals
            .iter()
            .map(|known| (known.id, &known.decision))
            .collect();
        let stands = move |id: &ProposalId| {
            matches!(
                decisions.get(id),
                Some(Decision::Open | Decision::Accepted | Decision::Covered { .. })
            )
        };
        plan.proposals.iter().filter_map(move |known| {
            if known.decision != Decision::Open {
                return None;
            }
            let near = self.of(known.id).iter().filter(|near| match &near.what {
                Other::Proposal(id) => stands(id),
                Other::Elsewhere(..) | Other::Task(_) => true,
            });
            let near: Vec<&Near> = near.collect();
            (!near.is_empty()).then_some((known, near))
        })
    }
}

/// Pairs kept until a plan or a task is added; what is compared never changes its words.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<Key, (Stamp, Arc<Duplicates>)>>);

type Key = (BureauId, PlanId);

/// The latest plan and the latest task.
type Stamp = (Option<PlanId>, Option<TaskId>);

/// A plan with its near pairs.
pub async fn show(app: &App, who: &Who, id: PlanId) -> AppResult<(PlanView, Arc<Duplicates>)> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    let plan = load(&mut *uow, id).await?;
    policy::see_plan(app, &who.actor, &plan)?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let found = find(app, who, &mut *uow, &plan).await?;
    let found = cleared(app, who, &mut *uow, found).await?;
    Ok((view(app, who, plan, organisation), found))
}

/// Settles a proposal as done by tasks of the ledger, which gain a source when the plan is final.
pub async fn cover(
    app: &App,
    who: &Who,
    id: PlanId,
    proposal: ProposalId,
    tasks: Vec<TaskId>,
) -> AppResult<PlanView> {
    policy::see_plans(app, who)?;
    let mut uow = app.store.read(who.bureau).await?;
    for task in tasks.iter().take(TASKS_COVERING) {
        let known = uow.task_get(*task).await?;
        let known = known.ok_or(AppError::NotFound { what: "task" })?;
        if known.state == TaskState::Cancelled {
            let sentence = format!("事项“{}”已撤销，不能再并入。", known.details.title);
            return Err(Refusal::state("cancelled", "IMPORT-13", sentence).into());
        }
    }
    if tasks.len() > TASKS_COVERING {
        let sentence = format!("一次最多并入 {TASKS_COVERING} 件事项。");
        return Err(Refusal::input("tasks", "IMPORT-13", sentence).into());
    }
    drop(uow);
    let command = PlanCommand::CoverProposal { proposal, tasks };
    super::handle_all(app, who, id, vec![command], None).await
}

async fn find(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    plan: &Plan,
) -> AppResult<Arc<Duplicates>> {
    let rows = uow.plans_list(PLANS_SHOWN).await?;
    let stamp = (rows.first().map(|row| row.id), uow.task_latest().await?);
    let key = (who.bureau, plan.id);
    if let Some(known) = app.duplicates.known(key, stamp) {
        return Ok(known);
    }
    let mut others = Vec::new();
    let confirming = rows.iter().filter(|row| {
        row.id != plan.id
            && row.state == PlanState::Confirming
            && row.lineage.superseded_by.is_none()
            && !is_kin(plan, row.id, row.lineage.year_of.map(|copy| copy.plan))
    });
    for row in confirming.take(PLANS_COMPARED) {
        others.extend(uow.plan_get(row.id).await?);
    }
    let tasks = uow.tasks_said(TASKS_COMPARED).await?;
    let plan = plan.clone();
    let search = move || search(&plan, &others, &tasks);
    let found = Arc::new(crate::accounts::blocking(search).await?);
    app.duplicates.keep(key, stamp, &found);
    Ok(found)
}

/// What was found without the work secrets of others; it is kept for all readers (SYS-05).
async fn cleared(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    found: Arc<Duplicates>,
) -> AppResult<Arc<Duplicates>> {
    if policy::holds(app, &who.actor, Right::ListSecrets) {
        return Ok(found);
    }
    let rows = found.0.values().flatten();
    let rows: BTreeSet<Uuid> = rows.filter_map(|near| near.what.row()).collect();
    let rows: Vec<Uuid> = rows.into_iter().collect();
    let secrets = uow.journal_secrets(&rows).await?;
    let mut shown = (*found).clone();
    for near in shown.0.values_mut() {
        near.retain(|near| near.what.row().is_none_or(|id| !secrets.contains(&id)));
    }
    shown.0.retain(|_, near| !near.is_empty());
    Ok(Arc::new(shown))
}

/// The same text for another year, or an earlier version: alike by nature.
fn is_kin(plan: &Plan, other: PlanId, other_year_of: Option<PlanId>) -> bool {
    let year_of = plan.lineage.year_of.map(|copy| copy.plan);
    year_of == Some(other)
        || other_year_of == Some(plan.id)
        || (year_of.is_some() && year_of == other_year_of)
        || plan.lineage.previous() == Some(other)
        || plan.lineage.likely() == Some(other)
}

/// Everything that a plan's proposals are near to.
pub fn search(plan: &Plan, others: &[Plan], tasks: &[TaskSaid]) -> Duplicates {
    let candidates = Candidates::of(plan, others, tasks);
    let mut found = HashMap::new();
    for proposal in plan.proposals.iter().filter(|known| asks(known)) {
        let near = candidates.near(proposal);
        if !near.is_empty() {
            found.insert(proposal.id, near);
        }
    }
    Duplicates(found)
}

/// Principles ask nothing of anybody.
fn asks(proposal: &Proposal) -> bool {
    proposal.draft.kind != ProposalKind::Principle
}

struct Candidates {
    index: Index,
    known: Vec<Known>,
}

/// What the index has at a place.
struct Known {
    what: Other,
    leads: Vec<UnitId>,
    limit: Option<chrono::NaiveDate>,
    words: String,
    place: String,
}

impl Candidates {
    fn of(plan: &Plan, others: &[Plan], tasks: &[TaskSaid]) -> Self {
        let mut known = Vec::new();
        for (of, title) in std::iter::once((plan, None)).chain(
            others
                .iter()
                .map(|other| (other, Some(other.details.title.as_str()))),
        ) {
            for proposal in of.proposals.iter().filter(|known| asks(known)) {
                let path = of.clause_path(proposal.clause);
                known.push(Known {
                    what: match title {
                        None => Other::Proposal(proposal.id),
                        Some(_) => Other::Elsewhere(of.id, proposal.id),
                    },
                    leads: proposal.draft.leads.clone(),
                    limit: proposal.draft.limit,
                    words: proposal.quote.clone(),
                    place: title.map_or_else(|| path.to_owned(), |title| placed(title, path)),
                });
            }
        }
        // A plan's own tasks are its proposals.
        for said in tasks.iter().filter(|said| said.plan != Some(plan.id)) {
            let words = if said.quote.trim().is_empty() {
                &said.task.title
            } else {
                &said.quote
            };
            known.push(Known {
                what: Other::Task(said.task.id),
                leads: said.task.lead.into_iter().collect(),
                limit: said.task.limit,
                words: words.clone(),
                place: placed(&said.document, &said.clause_path),
            });
        }
        let texts = known
            .iter()
            .map(|known| Shingles::of_sentence(&known.words));
        let texts: Vec<Shingles> = texts.collect();
        Self {
            index: Index::of(&texts),
            known,
        }
    }

    fn near(&self, proposal: &Proposal) -> Vec<Near> {
        let text = Shingles::of_sentence(&proposal.quote);
        let near = self.index.near(&text, FLOOR_SAME);
        let near = near.into_iter().filter_map(|(place, percent)| {
            let known = self.known.get(place)?;
            if known.what == Other::Proposal(proposal.id) {
                return None;
            }
            let same_unit = known
                .leads
                .iter()
                .any(|unit| proposal.draft.leads.contains(unit));
            let same_limit = known.limit.is_some() && known.limit == proposal.draft.limit;
            let enough = percent >= FLOOR || (same_unit && same_limit);
            enough.then(|| Near {
                percent,
                same_unit,
                same_limit,
                what: known.what,
                words: known.words.clone(),
                place: known.place.clone(),
            })
        });
        near.take(KEPT).collect()
    }
}

fn placed(title: &str, path: &str) -> String {
    let title = title.trim_matches(['《', '》']);
    format!("《{title}》{path}")
}

impl Kept {
    fn known(&self, key: Key, stamp: Stamp) -> Option<Arc<Duplicates>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&key)
            .filter(|(known, _)| *known == stamp)
            .map(|(_, found)| Arc::clone(found))
    }

    fn keep(&self, key: Key, stamp: Stamp, found: &Arc<Duplicates>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= PLANS_KEPT && !all.contains_key(&key) {
            all.clear();
        }
        all.insert(key, (stamp, Arc::clone(found)));
    }
}
