//! Appeals (申诉复核, F36): what can be appealed, filing with frozen evidence, deciding by another
//! reviewer, taking back.

mod evidence;

use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::appeals::{
    Against, Appeal, AppealEvent, AppealResult, Decision, Judgement, NewAppeal, judgements,
};
use luoshi_domain::ids::{AppealId, TaskId};
use luoshi_domain::journal::Signed;
use luoshi_domain::lights::{Colour, Light};
use luoshi_domain::notifications::{Recipient, Topic};
use luoshi_domain::organisation::{Organisation, Role};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::tasks::lists::{PageRequest, TaskFilter, TaskRow, TaskSort};
use luoshi_domain::tasks::{Task, TaskEvent};

use crate::errors::{AppError, AppResult};
use crate::notifications::Told;
use crate::registers::{self, ENTRIES_SHOWN};
use crate::rules::Rules;
use crate::tasks::sentences;
use crate::tasks::{Step, check_version, load_seen, steps_of};
use crate::{App, Who, notifications, policy, secrecy};

pub use evidence::Verified;

const WHAT: &str = "appeal";

/// What of a task can be appealed, with why it may not.
#[derive(Clone, Debug)]
pub struct Offers {
    pub task: Task,
    pub offers: Vec<Offer>,
    /// The appeals of the task, the latest first.
    pub appeals: Vec<Appeal>,
    /// Whether the reader may appeal for the lead unit, or why not.
    pub may: Result<(), Refusal>,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// One judgement.
#[derive(Clone, Debug)]
pub struct Offer {
    pub judgement: Judgement,
    /// In words.
    pub said: String,
    /// The last day in time.
    pub until: NaiveDate,
    /// Why it may not be appealed again.
    pub may: Result<(), Refusal>,
}

/// An appeal as its page shows it.
#[derive(Clone, Debug)]
pub struct AppealView {
    pub appeal: Appeal,
    pub task: Task,
    /// Whether the frozen evidence is what the journal has.
    pub verified: Verified,
    /// Whether the reader may see what leaders wrote.
    pub instructions: bool,
    /// Whether the reader may decide it, or why not.
    pub may_decide: Result<(), Refusal>,
    pub may_withdraw: bool,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// Which appeals are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// Those that wait for the reader.
    ToDecide,
    #[default]
    Open,
    Ended,
}

impl Shown {
    pub const ALL: [Self; 3] = [Self::ToDecide, Self::Open, Self::Ended];

    /// As in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::ToDecide => "to_decide",
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

/// Appeals that the reader may know of.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The latest first, each with its task's line.
    pub appeals: Vec<(Appeal, TaskRow)>,
    /// How many there are of each of [`Shown::ALL`].
    pub counts: [usize; 3],
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// What of a task can be appealed.
pub async fn offers(app: &App, who: &Who, id: TaskId) -> AppResult<Offers> {
    let mut uow = app.store.read(who.bureau).await?;
    let task = load_seen(app, &mut *uow, who, id).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut appeals = of_task(&mut *uow, &task).await?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let steps = steps_of(&mut *uow, id).await?;
    let (light, since) = light(&mut *uow, &task, &rules, ctx.today()).await?;
    let found = found(&task, &steps, (light.colour, since));
    let days = rules.leads.appeal_days.value;
    let offers = found.into_iter().map(|judgement| Offer {
        said: said(&judgement, &steps, &light),
        until: judgement.appeal_by(days),
        may: judgement.may_appeal(&appeals),
        judgement,
    });
    let offers = offers.collect();
    appeals.reverse();
    Ok(Offers {
        offers,
        appeals,
        may: permit_filing(app, who, &task),
        task,
        organisation,
        rules,
    })
}

/// Files an appeal of the lead unit; `seen` is the version of the task that the person looked at.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn file(
    app: &App,
    who: &Who,
    id: TaskId,
    against: Against,
    reason: &str,
    seen: Option<i64>,
) -> AppResult<Appeal> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut task = load_seen(app, &mut *uow, who, id).await?;
    permit_filing(app, who, &task)?;
    check_version(&mut *uow, &organisation, &task, seen).await?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let steps = steps_of(&mut *uow, id).await?;
    let (light, since) = light(&mut *uow, &task, &rules, ctx.today()).await?;
    let mut known = found(&task, &steps, (light.colour, since)).into_iter();
    let judgement = known.find(|known| known.against == against);
    let (Some(judgement), Some(unit)) = (judgement, task.details.lead) else {
        let sentence = format!("现在没有可以申诉的“{}”。", against.label());
        return Err(Refusal::input("against", "F-36", sentence).into());
    };
    let words = said(&judgement, &steps, &light);
    let frozen = evidence::frozen(&task, &steps, &judgement, &light, &ctx).ok_or_else(|| {
        AppError::Internal {
            what: "the journal lacks what was judged".to_owned(),
            source: None,
        }
    })?;
    let new = NewAppeal {
        task: id,
        unit,
        judgement,
        said: words,
        reason: reason.to_owned(),
        frozen,
    };
    let others = of_task(&mut *uow, &task).await?;
    let event = Appeal::file(new, &others, &ctx)?;
    secrecy::check(who, &[reason], &())?;
    let signed = ctx.signed();
    let appeal: Appeal = registers::begin(&mut *uow, app.ids.id(ctx.now), &event, &signed).await?;
    note(&mut *uow, &mut task, appeal.filed_event(), &signed).await?;
    let text = format!("{}：就“{}”提出申诉", signed.name, appeal.said);
    let to = reviewers(&appeal, &task, &organisation);
    tell(app, &mut *uow, &task, to, &text, &signed).await?;
    uow.commit().await?;
    Ok(appeal)
}

/// One appeal with its evidence.
pub async fn show(app: &App, who: &Who, id: AppealId) -> AppResult<AppealView> {
    let mut uow = app.store.read(who.bureau).await?;
    let (appeal, task) = load(app, who, &mut *uow, id).await?;
    let verified = evidence::verify(&mut *uow, &appeal).await?;
    let row = row(&appeal);
    let open = appeal.ended.is_none();
    Ok(AppealView {
        instructions: app
            .policy
            .allows(&who.actor, Right::SeeInstructions, &task.row()),
        may_decide: app
            .policy
            .permit(&who.actor, right_to_decide(&appeal), &row),
        may_withdraw: open && app.policy.allows(&who.actor, Right::FileAppeal, &row),
        verified,
        appeal,
        task,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        rules: app.rules(who.bureau, &mut *uow).await?,
    })
}

/// Decides an appeal.
#[tracing::instrument(skip_all, fields(appeal.id = %id))]
pub async fn decide(
    app: &App,
    who: &Who,
    id: AppealId,
    decision: Decision,
    seen: Option<i64>,
) -> AppResult<Appeal> {
    let mut uow = app.store.write(who.bureau).await?;
    let (appeal, task) = load(app, who, &mut *uow, id).await?;
    let right = right_to_decide(&appeal);
    app.policy.permit(&who.actor, right, &row(&appeal))?;
    registers::check_version(&appeal, seen)?;
    secrecy::check(who, &[&decision.text], &())?;
    let event = appeal.decide(&decision, task.grade)?;
    let appeal = end(app, who, &mut *uow, (appeal, task), &event).await?;
    uow.commit().await?;
    Ok(appeal)
}

/// Takes an appeal back.
pub async fn withdraw(
    app: &App,
    who: &Who,
    id: AppealId,
    reason: &str,
    seen: Option<i64>,
) -> AppResult<Appeal> {
    let mut uow = app.store.write(who.bureau).await?;
    let (appeal, task) = load(app, who, &mut *uow, id).await?;
    let row = row(&appeal);
    app.policy.permit(&who.actor, Right::FileAppeal, &row)?;
    registers::check_version(&appeal, seen)?;
    secrecy::check(who, &[reason], &())?;
    let event = appeal.withdraw(reason)?;
    let appeal = end(app, who, &mut *uow, (appeal, task), &event).await?;
    uow.commit().await?;
    Ok(appeal)
}

/// The appeals that the reader may know of.
pub async fn list(app: &App, who: &Who, shown: Shown) -> AppResult<Listed> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let open = seen(app, who, &mut *uow, true).await?;
    let ended = seen(app, who, &mut *uow, false).await?;
    let mine = |(appeal, _): &&(Appeal, TaskRow)| waits_for(app, who, appeal);
    let to_decide: Vec<(Appeal, TaskRow)> = open.iter().filter(mine).cloned().collect();
    let counts = [to_decide.len(), open.len(), ended.len()];
    Ok(Listed {
        appeals: match shown {
            Shown::ToDecide => to_decide,
            Shown::Open => open,
            Shown::Ended => ended,
        },
        counts,
        organisation,
        rules,
    })
}

/// The open appeals that wait for the reader, each with its task's line.
pub async fn waiting(app: &App, who: &Who) -> AppResult<Vec<(Appeal, TaskRow)>> {
    let mut uow = app.store.read(who.bureau).await?;
    let mut open = seen(app, who, &mut *uow, true).await?;
    open.retain(|(appeal, _)| waits_for(app, who, appeal));
    Ok(open)
}

/// The appeals of a task, the latest first.
pub(crate) async fn of(uow: &mut dyn UnitOfWork, task: &Task) -> AppResult<Vec<Appeal>> {
    let mut appeals = of_task(uow, task).await?;
    appeals.reverse();
    Ok(appeals)
}

/// Whether the reader may appeal for the lead unit of the task, or why not.
pub fn permit_filing(app: &App, who: &Who, task: &Task) -> Result<(), Refusal> {
    let row = Row::Record(RecordRow {
        units: task.details.lead.into_iter().collect(),
        ..RecordRow::default()
    });
    app.policy.permit(&who.actor, Right::FileAppeal, &row)
}

fn waits_for(app: &App, who: &Who, appeal: &Appeal) -> bool {
    let right = right_to_decide(appeal);
    appeal.ended.is_none() && app.policy.allows(&who.actor, right, &row(appeal))
}

fn right_to_decide(appeal: &Appeal) -> Right {
    match appeal.judgement.by_leader {
        true => Right::DecideAppealOfLeader,
        false => Right::DecideAppeal,
    }
}

fn row(appeal: &Appeal) -> Row {
    Row::Record(RecordRow {
        units: vec![appeal.unit],
        by: Some(appeal.filed_by),
        about: appeal.judgement.by.clone(),
        ..RecordRow::default()
    })
}

async fn load(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    id: AppealId,
) -> AppResult<(Appeal, Task)> {
    let appeal: Appeal = registers::get(uow, id.0, WHAT).await?;
    let task = load_seen(app, uow, who, appeal.task).await?;
    Ok((appeal, task))
}

/// Those of a state whose task the reader may see.
async fn seen(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    open: bool,
) -> AppResult<Vec<(Appeal, TaskRow)>> {
    let filter = RegisterFilter {
        open: Some(open),
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    let appeals: Vec<Appeal> = registers::list(uow, &filter).await?;
    if appeals.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<TaskId> = appeals.iter().map(|appeal| appeal.task).collect();
    ids.sort_unstable();
    ids.dedup();
    let filter = TaskFilter {
        ids: Some(ids),
        ..policy::tasks(app, &who.actor)
    };
    let page = PageRequest {
        size: ENTRIES_SHOWN,
        after: None,
    };
    let rows = uow.tasks_list(&filter, TaskSort::Limit, &page).await?.rows;
    let seen = appeals.into_iter().filter_map(|appeal| {
        let row = rows.iter().find(|row| row.id == appeal.task)?;
        Some((appeal, row.clone()))
    });
    Ok(seen.collect())
}

async fn of_task(uow: &mut dyn UnitOfWork, task: &Task) -> AppResult<Vec<Appeal>> {
    let mut appeals = Vec::new();
    for known in &task.appeals {
        appeals.push(registers::get(uow, known.id.0, WHAT).await?);
    }
    Ok(appeals)
}

/// The light of today and since which day it has been that, as the daily look saw it.
async fn light(
    uow: &mut dyn UnitOfWork,
    task: &Task,
    rules: &Rules,
    today: NaiveDate,
) -> AppResult<(Light, NaiveDate)> {
    let light = Light::of(&task.facts(), today, &rules.calendar, &rules.leads);
    let changes = uow.light_changes_of(task.id).await?;
    let last = changes.last().filter(|last| last.after == light.colour);
    Ok((light, last.map_or(today, |last| last.day)))
}

fn found(task: &Task, steps: &[Step], light: (Colour, NaiveDate)) -> Vec<Judgement> {
    let steps = steps
        .iter()
        .map(|step| (step.version, &step.by, &step.event));
    judgements(task, steps, light)
}

/// What was judged, in words.
fn said(judgement: &Judgement, steps: &[Step], light: &Light) -> String {
    let mut steps = steps.iter();
    let step = steps.find(|step| step.version == judgement.version);
    match (judgement.against, step.map(|step| &step.event)) {
        (Against::Light, _) => format!("{}：{}", evidence::colour(light.colour), light.reason),
        (Against::Grade, Some(TaskEvent::Closed { grade, .. })) => {
            format!("办结评价：{}", sentences::grade(*grade))
        }
        (against, _) => against.label().to_owned(),
    }
}

/// Writes what an appeal means for its task.
async fn note(
    uow: &mut dyn UnitOfWork,
    task: &mut Task,
    event: TaskEvent,
    signed: &Signed,
) -> AppResult<()> {
    task.apply(&event, signed);
    uow.task_save(task, &[event], signed).await?;
    Ok(())
}

/// Ends an appeal, writes on its task what that changes, and tells both sides.
async fn end(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    (appeal, mut task): (Appeal, Task),
    event: &AppealEvent,
) -> AppResult<Appeal> {
    let organisation = app.organisation(who.bureau, uow).await?;
    let rules = app.rules(who.bureau, uow).await?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let signed = ctx.signed();
    let steps = steps_of(uow, task.id).await?;
    let (light, since) = light(uow, &task, &rules, ctx.today()).await?;
    let stands = task.stands(
        &appeal.judgement,
        &found(&task, &steps, (light.colour, since)),
    );
    let appeal = registers::follow(uow, appeal, event, &signed).await?;
    if let Some(event) = appeal.ended_event(stands) {
        note(uow, &mut task, event, &signed).await?;
    }
    let result = appeal.ended.as_ref().map(|ended| ended.result);
    let text = match result {
        Some(AppealResult::Withdrawn) | None => {
            format!("{}：撤回对“{}”的申诉", signed.name, appeal.said)
        }
        Some(result) => format!(
            "{}：复核“{}”，结论是{}",
            signed.name,
            appeal.said,
            result.label()
        ),
    };
    let mut to: Vec<Recipient> = vec![Recipient::Unit(appeal.unit)];
    to.extend(judges(&appeal, &task));
    tell(app, uow, &task, to, &text, &signed).await?;
    Ok(appeal)
}

/// The other side: who judged, and the unit that supervises the task.
fn judges(appeal: &Appeal, task: &Task) -> Vec<Recipient> {
    let persons = appeal.judgement.by.iter().copied().map(Recipient::Person);
    let supervisor = task.details.supervisor.map(Recipient::Unit);
    persons.chain(supervisor).collect()
}

/// The other side, and those who may decide.
fn reviewers(appeal: &Appeal, task: &Task, organisation: &Organisation) -> Vec<Recipient> {
    let mut to = judges(appeal, task);
    let office = organisation.supervision_office().map(|unit| unit.id);
    let by_leader = appeal.judgement.by_leader;
    to.extend(office.filter(|_| !by_leader).map(Recipient::Unit));
    let leaders = organisation.posts.iter().filter(|post| {
        let leads = matches!(post.role, Role::Principal | Role::Deputy);
        post.role == Role::Discipline || (by_leader && leads)
    });
    to.extend(leaders.filter_map(|post| post.holder.map(Recipient::Person)));
    to
}

async fn tell(
    app: &App,
    uow: &mut dyn UnitOfWork,
    task: &Task,
    mut to: Vec<Recipient>,
    text: &str,
    by: &Signed,
) -> AppResult<()> {
    to.sort_unstable();
    to.dedup();
    for to in to {
        let told = Told {
            topic: Topic::Progress,
            to,
            task: task.id,
            text: format!("{text}（{}）", task.details.title),
            at: by.at,
        };
        notifications::tell(app, uow, told).await?;
    }
    Ok(())
}
