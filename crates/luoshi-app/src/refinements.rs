//! Asking for suggestions about what the reader is not sure of, after an import and in the
//! background. An import never waits for it, and a document with a secrecy mark is never sent.

mod checks;
mod days;

use chrono::{DateTime, Utc};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{JobId, PersonId, PlanId, ProposalId};
use luoshi_domain::jobs::{Job, JobEnd};
use luoshi_domain::journal::Signed;
use luoshi_domain::marks::Mark;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Plan, PlanState, Proposal};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use serde::{Deserialize, Serialize};

use crate::errors::{AppError, AppResult};
use crate::plans::assignment::Names;
use crate::plans::doubts;
use crate::refinements::checks::Dropped;
use crate::refiner::{Batch, RefineError, Refined, Refiner, Sentence};
use crate::secrecy::{self, Head};
use crate::{App, Who, jobs, policy};

/// The job's name in the queue.
pub const JOB: &str = "refine";

/// Sentences in one request.
pub const BATCH: usize = 8;

/// Sentences of one import that are asked about at most.
pub const PER_IMPORT: usize = 64;

/// Tries before an import's suggestions are given up.
const ATTEMPTS: u32 = 3;

/// Plans that were given up and are shown.
const SHOWN: u32 = 20;

/// Longest clause that is sent around a sentence, in characters.
const CLAUSE_CHARS: usize = 600;

/// Which plan is asked about, on whose behalf, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    plan: PlanId,
    person: PersonId,
    /// Sentences that have been asked about …
    asked: usize,
    /// … and the last of them.
    after: Option<ProposalId>,
}

/// Whether the plan is marked, by its own head or by the bureau: nothing of it leaves.
fn is_marked(plan: &Plan) -> bool {
    plan.details.mark != Mark::None || secrecy::head(&plan.text) != Head::Open
}

/// Puts the asking off to the background where there is something to ask and somebody to ask.
pub(crate) async fn enqueue(
    app: &App,
    who: &Who,
    plan: &Plan,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    let wanted = app.refiner.is_some() && !is_marked(plan);
    if !wanted || !plan.proposals.iter().any(is_in_doubt) {
        return Ok(());
    }
    let payload = Payload {
        plan: plan.id,
        person: who.actor.person,
        asked: 0,
        after: None,
    };
    jobs::push(app, uow, JOB, &payload, ATTEMPTS).await
}

/// A plan about which the asking was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp {
    pub job: JobId,
    pub plan: PlanId,
    pub title: String,
    /// Why the last try failed, in plain Chinese.
    pub error: String,
    pub attempts: u32,
    pub at: DateTime<Utc>,
}

/// The plans that are still confirmed and about which the asking was given up, newest first.
pub async fn given_up(app: &App, who: &Who) -> AppResult<Vec<GivenUp>> {
    policy::require_to_see(app, &who.actor, Right::TendSuggestions, "job")?;
    let mut uow = app.store.read(who.bureau).await?;
    let mut known = Vec::new();
    for job in uow.jobs_failed(JOB, SHOWN).await? {
        let Ok(payload) = serde_json::from_str::<Payload>(&job.payload) else {
            continue;
        };
        let plan = uow.plan_get(payload.plan).await?;
        if let Some(plan) = plan.filter(|plan| plan.state == PlanState::Confirming) {
            known.push(GivenUp {
                job: job.id,
                plan: plan.id,
                title: plan.details.title,
                error: job.error,
                attempts: job.attempts,
                at: job.at,
            });
        }
    }
    Ok(known)
}

/// Asks once more about a plan that was given up.
pub async fn retry(app: &App, who: &Who, job: JobId) -> AppResult<()> {
    policy::require_to_see(app, &who.actor, Right::TendSuggestions, "job")?;
    if app.refiner.is_none() {
        let sentence = "模型服务没有启用，不能再问。请系统管理员带 --refiner-url 启动后再试。";
        return Err(Refusal::state("refiner_off", "IMPORT-07", sentence).into());
    }
    let mut uow = app.store.write(who.bureau).await?;
    if !uow.job_retry(JOB, job, app.clock.now()).await? {
        return Err(AppError::NotFound { what: "job" });
    }
    uow.commit().await?;
    Ok(())
}

/// Asks about the next few sentences and keeps what stands of the answer.
///
/// One part at a time: what a killed process loses is one request.
pub(crate) async fn run(app: &App, job: &Job) -> AppResult<JobEnd> {
    let mut payload: Payload = jobs::payload(job)?;
    let Some(refiner) = &app.refiner else {
        return Ok(failed("模型服务已停用，没有再问。"));
    };
    let mut uow = app.store.read(job.bureau).await?;
    let plan = uow.plan_get(payload.plan).await?;
    drop(uow);
    let Some(plan) = plan.filter(|plan| plan.state == PlanState::Confirming) else {
        return Ok(JobEnd::Done);
    };
    // Checked again: what was queued may be older than the rule.
    if is_marked(&plan) {
        return Ok(failed("文件带有密级或内部标记，不发送。"));
    }
    let asked = payload.next(&plan);
    let Some(last) = asked.last() else {
        return Ok(JobEnd::Done);
    };
    match ask(refiner.as_ref(), &plan, &asked).await {
        Ok(refined) => {
            keep(app, job, &payload, &asked, refined).await?;
            payload.asked += asked.len();
            payload.after = Some(last.id);
            Ok(JobEnd::Next {
                payload: jobs::written(&payload)?,
            })
        }
        Err(RefineError::Later { why, after }) if job.may_retry() => Ok(JobEnd::Retry {
            run_at: job.next_try(app.clock.now(), after),
            payload: job.payload.clone(),
            error: why,
        }),
        Err(RefineError::Later { why, .. } | RefineError::Never { why }) => {
            Ok(JobEnd::Failed { error: why })
        }
    }
}

impl Payload {
    /// The next sentences to ask about.
    fn next<'a>(&self, plan: &'a Plan) -> Vec<&'a Proposal> {
        let ids = plan.proposals.iter().map(|proposal| Some(proposal.id));
        let behind = ids.take_while(|id| *id != self.after).count();
        let skipped = if self.after.is_none() { 0 } else { behind + 1 };
        let left = PER_IMPORT.saturating_sub(self.asked).min(BATCH);
        let rest = plan.proposals.iter().skip(skipped);
        rest.filter(|proposal| is_in_doubt(proposal))
            .take(left)
            .collect()
    }
}

/// Whether something about an open proposal is unclear.
fn is_in_doubt(proposal: &Proposal) -> bool {
    proposal.decision == Decision::Open && !doubts::of(proposal).is_empty()
}

async fn ask(
    refiner: &dyn Refiner,
    plan: &Plan,
    asked: &[&Proposal],
) -> Result<Vec<Refined>, RefineError> {
    let sentences = (0u32..).zip(asked).map(|(n, proposal)| Sentence {
        n,
        text: proposal.quote.clone(),
        clause: around(plan, proposal),
        kind: proposal.draft.kind,
        units: proposal.reading.responsible.clone(),
        deadline: proposal.reading.deadline.clone(),
        frequency: proposal.reading.frequency.clone(),
    });
    let batch = Batch {
        sentences: sentences.collect(),
    };
    refiner.refine(&batch).await
}

/// The clause, from its beginning as far as it is sent.
fn around(plan: &Plan, proposal: &Proposal) -> String {
    let clause = plan.clause_text(proposal.clause).chars();
    clause.take(CLAUSE_CHARS).collect()
}

/// Puts what stands the checks beside the proposals that are still open.
async fn keep(
    app: &App,
    job: &Job,
    payload: &Payload,
    asked: &[&Proposal],
    refined: Vec<Refined>,
) -> AppResult<()> {
    let mut uow = app.store.write(job.bureau).await?;
    let organisation = app.organisation(job.bureau, &mut *uow).await?;
    let lessons = uow.lessons_load().await?;
    let Some(mut plan) = uow.plan_get(payload.plan).await? else {
        return Ok(());
    };
    let Some(actor) = Actor::of(&organisation, payload.person) else {
        return Ok(());
    };
    if policy::confirm_plan(app, &actor, &plan).is_err() {
        return Ok(());
    }
    let ctx = app.context(&actor, &organisation);
    let signed = Signed {
        name: "模型建议".into(),
        title: format!("随{}的导入在后台运行", actor.name),
        ..ctx.signed()
    };
    let names = Names {
        organisation: &organisation,
        lessons: &lessons,
        now: ctx.now,
        filled: None,
    };
    let (mut events, mut dropped, mut kept) = (Vec::new(), Vec::new(), 0);
    for answer in refined {
        let place = usize::try_from(answer.n).unwrap_or(usize::MAX);
        let known = asked.get(place).and_then(|known| plan.proposal(known.id));
        let Some(known) = known else {
            dropped.push(Dropped::NotAsked);
            continue;
        };
        let checked = checks::check(answer, known, &plan, &names);
        dropped.extend(checked.dropped);
        if known.decision != Decision::Open || plan.state == PlanState::Final {
            continue;
        }
        let proposal = known.id;
        for suggestion in checked.suggestions {
            let suggestions = vec![suggestion];
            let command = PlanCommand::Suggest {
                proposal,
                suggestions,
            };
            // One that cannot stand, e.g. a unit that leads and co-operates, is dropped alone.
            let Ok(decided) = plan.decide(command, &ctx) else {
                dropped.push(Dropped::Refused);
                continue;
            };
            for event in decided {
                plan.apply(&event, &signed);
                events.push(event);
                kept += 1;
            }
        }
    }
    tracing::info!(plan.id = %plan.id, asked = asked.len(), kept, ?dropped, "suggestions checked");
    uow.plan_save(&plan, &events, &signed).await?;
    uow.commit().await?;
    Ok(())
}

fn failed(why: &str) -> JobEnd {
    JobEnd::Failed { error: why.into() }
}
