//! The bureau's experience with reading its plans: learning it, using it, looking it over.
//!
//! A plan that becomes final teaches in the same transaction. Nothing is learnt from what is only
//! proposed, and nothing that was learnt is used without saying so on the proposal.

pub(crate) mod pairs;
pub mod same_names;
pub mod sentences;
pub(crate) mod themes;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use luoshi_domain::context::Context;
use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::journal::Envelope;
use luoshi_domain::lessons::commands::LessonsCommand;
use luoshi_domain::lessons::{KindSetting, Lessons};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::hints::{Experience, Suggestion, SuggestionSource};
use luoshi_domain::plans::{Decision, Draft, Plan, PlanEvent, Proposal, ProposalKind, Reading};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::rights::Right;

use crate::errors::AppResult;
use crate::plans::assignment::Names;
use crate::plans::{self, PLANS_SHOWN, PlanView};
use crate::{App, Who, policy};

/// Events of one plan that are looked through for what a person edited.
const EVENTS_SEEN: u32 = 20_000;

/// All that was learnt, with what its page needs to name it.
#[derive(Clone, Debug)]
pub struct LessonsView {
    pub lessons: Lessons,
    pub organisation: Arc<Organisation>,
    /// Titles of the plans that the lessons come from.
    pub titles: HashMap<PlanId, String>,
}

/// All that was learnt.
pub async fn show(app: &App, who: &Who) -> AppResult<LessonsView> {
    policy::require_to_see(app, &who.actor, Right::SeeLessons, "lessons")?;
    let mut uow = app.store.read(who.bureau).await?;
    let lessons = uow.lessons_load().await?;
    let plans = uow.plans_list(PLANS_SHOWN).await?;
    Ok(LessonsView {
        lessons,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        titles: plans
            .into_iter()
            .map(|plan| (plan.id, plan.title))
            .collect(),
    })
}

/// Drops one lesson, or all with a reason.
pub async fn handle(app: &App, who: &Who, command: LessonsCommand) -> AppResult<Lessons> {
    policy::require_to_see(app, &who.actor, Right::SeeLessons, "lessons")?;
    policy::require(app, &who.actor, Right::EditLessons)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let lessons = decide(command, &ctx, &mut *uow).await?;
    uow.commit().await?;
    Ok(lessons)
}

/// Takes what a plan that just became final confirms, in its transaction.
pub(crate) async fn learn(
    plan: &Plan,
    ctx: &Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    let (names, kinds) = pairs::of_plan(plan, ctx.organisation);
    let plan = plan.id;
    decide(LessonsCommand::Learn { plan, names, kinds }, ctx, uow).await?;
    Ok(())
}

async fn decide(
    command: LessonsCommand,
    ctx: &Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<Lessons> {
    let mut lessons = uow.lessons_load().await?;
    let signed = ctx.signed();
    let events = lessons.decide(command)?;
    for event in &events {
        lessons.apply(event, &signed);
    }
    uow.lessons_save(&lessons, &events, &signed).await?;
    Ok(lessons)
}

/// Reads what is open and untouched by people again by what has been learnt since; the plan, and
/// how many proposals changed.
pub async fn reread(app: &App, who: &Who, id: PlanId) -> AppResult<(PlanView, usize)> {
    let view = plans::show(app, who, id).await?;
    let mut uow = app.store.read(who.bureau).await?;
    let lessons = uow.lessons_load().await?;
    let events = uow.journal_of(Plan::STREAM, id.0, EVENTS_SEEN).await?;
    drop(uow);
    // The first event is the document itself.
    let later = events.iter().filter(|event| event.version > 1);
    let touched: HashSet<ProposalId> = later.filter_map(|event| edited(&event.bytes)).collect();
    let names = Names {
        organisation: &view.organisation,
        lessons: &lessons,
        now: app.clock.now(),
        filled: None,
    };
    let themes = themes::of(&view.plan.clauses);
    let mut commands = Vec::new();
    for proposal in &view.plan.proposals {
        if proposal.decision != Decision::Open || touched.contains(&proposal.id) {
            continue;
        }
        let clause = usize::try_from(proposal.clause).unwrap_or(usize::MAX);
        let theme = themes.get(clause).copied().unwrap_or_default();
        commands.extend(reread_one(proposal, theme, &names));
    }
    let count = commands.len();
    if commands.is_empty() {
        return Ok((view, 0));
    }
    let act = (Some(ActName::Reread), commands);
    let view = plans::handle_named(app, who, id, act, Some(view.plan.version)).await?;
    Ok((view, count))
}

/// The proposal that a person changed by this event.
fn edited(bytes: &str) -> Option<ProposalId> {
    let envelope: Envelope = serde_json::from_str(bytes).ok()?;
    match serde_json::from_value(envelope.event).ok()? {
        PlanEvent::ProposalEdited { proposal, .. }
        | PlanEvent::SuggestionTaken { proposal, .. }
        | PlanEvent::SuggestionIgnored { proposal, .. } => Some(proposal),
        _ => None,
    }
}

/// The command that brings a proposal up to date; `None` when nothing changes.
fn reread_one(proposal: &Proposal, theme: &str, names: &Names<'_>) -> Option<PlanCommand> {
    let old = &proposal.reading;
    let filled = |known: &Experience| matches!(known, Experience::SameName { .. });
    // What a person filled in for a whole plan stays.
    if old.experience.iter().any(filled) {
        return None;
    }
    let assigned = names.assign(&old.responsible, &old.co_responsible);
    let proposed = old.kind.unwrap_or(proposal.draft.kind);
    let (kind, learnt) = kind_of(proposed, old.cue.as_deref(), theme, names.lessons);
    let mut experience = assigned.experience;
    experience.extend(learnt);
    let reading = with_hints(old, experience, assigned.suggestions);
    let draft = Draft {
        kind,
        leads: assigned.leads,
        co_units: assigned.co_units,
        ..proposal.draft.clone()
    };
    let same = draft == proposal.draft && reading.experience == old.experience;
    (!same).then(|| PlanCommand::RereadProposal {
        proposal: proposal.id,
        draft: Box::new(draft),
        reading: Box::new(reading),
    })
}

/// The reading with other hints about its units; what a model suggested stays.
pub(crate) fn with_hints(
    old: &Reading,
    experience: Vec<Experience>,
    mut suggestions: Vec<Suggestion>,
) -> Reading {
    let models = old.suggestions.iter();
    let models = models.filter(|known| known.source == SuggestionSource::Model);
    for (number, known) in (u32::try_from(suggestions.len()).unwrap_or(0)..).zip(models) {
        let mut known = known.clone();
        known.number = number;
        suggestions.push(known);
    }
    Reading {
        experience,
        suggestions,
        ..old.clone()
    }
}

/// The kind to propose where the reader proposes `proposed`, and the experience that changes it.
pub(crate) fn kind_of(
    proposed: ProposalKind,
    cue: Option<&str>,
    theme: &str,
    lessons: &Lessons,
) -> (ProposalKind, Option<Experience>) {
    if lessons.kinds.is_empty() {
        return (proposed, None);
    }
    let setting = KindSetting {
        proposed,
        cue: cue.unwrap_or_default().to_owned(),
        theme: theme.to_owned(),
    };
    match lessons.kind_confirmed(&setting) {
        None => (proposed, None),
        Some(evidence) => {
            let used = Experience::Kind {
                cue: setting.cue,
                from: proposed,
                to: evidence.kind,
                count: evidence.count,
                of: evidence.of,
            };
            (evidence.kind, Some(used))
        }
    }
}
