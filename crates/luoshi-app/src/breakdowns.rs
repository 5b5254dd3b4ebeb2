//! Breaking a task down to posts and persons, and what is still missing (ORG-03).

pub mod drafts;
pub mod reports;

use std::sync::Arc;

use luoshi_domain::breakdowns::{Breakdown, BreakdownEvent, SubDuty, possible};
use luoshi_domain::ids::{PersonId, PostId, TaskId};
use luoshi_domain::journal::{Envelope, Signed};
use luoshi_domain::notifications::{Recipient, Topic};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::registers::{RegisterFilter, Registered};
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::tasks::Task;

use crate::errors::{AppError, AppResult};
use crate::notifications::Told;
use crate::tasks::sentences::moment;
use crate::{App, HISTORY_LIMIT, Who, notifications, registers, secrecy};

const WHAT: &str = "breakdown";

/// Most breakdowns in force that a report goes through.
pub(crate) const BREAKDOWNS_READ: u32 = 10_000;

/// A task with its breakdown.
#[derive(Clone, Debug)]
pub struct BreakdownView {
    pub task: Task,
    /// `None` while nobody has made one.
    pub breakdown: Option<Breakdown>,
    pub organisation: Arc<Organisation>,
    /// Whether the reader may split the task now, or why not.
    pub may: Result<(), Refusal>,
    /// What a new breakdown begins with.
    pub draft: drafts::Draft,
    /// Posts that are held, of the units the task concerns, to choose from.
    pub seats: Vec<Seat>,
    /// Latest first.
    pub changes: Vec<Change>,
}

/// A post with its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub post: PostId,
    pub person: PersonId,
    /// `养护科 科长 王五`
    pub label: String,
}

/// One change of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When, and by whom.
    pub by: String,
    pub said: String,
}

/// A task's breakdown, with what a new one begins with.
pub async fn show(app: &App, who: &Who, id: TaskId) -> AppResult<BreakdownView> {
    let mut uow = app.store.read(who.bureau).await?;
    let task = crate::tasks::load_seen(app, &mut *uow, who, id).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let breakdown = of_task(&mut *uow, id).await?;
    let may = permitted(app, who, &organisation, &task);
    let draft = match &breakdown {
        None if may.is_ok() => drafts::draft(&mut *uow, &task, &organisation).await?,
        _ => drafts::Draft::default(),
    };
    Ok(BreakdownView {
        seats: seats(&task, &organisation),
        changes: changes(&mut *uow, id, &organisation).await?,
        task,
        breakdown,
        organisation,
        may,
        draft,
    })
}

/// Whether the person may split the task now.
pub fn may_keep(app: &App, who: &Who, organisation: &Organisation, task: &Task) -> bool {
    permitted(app, who, organisation, task).is_ok()
}

/// Splits a task, or splits it otherwise; `seen` is the version that the person looked at, 0 where
/// there was none.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn save(
    app: &App,
    who: &Who,
    id: TaskId,
    duties: Vec<SubDuty>,
    reason: &str,
    seen: Option<i64>,
) -> AppResult<Breakdown> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let task = crate::tasks::load_seen(app, &mut *uow, who, id).await?;
    let row = row(&organisation, &task);
    app.policy.permit(&who.actor, Right::KeepBreakdown, &row)?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let known = of_task(&mut *uow, id).await?;
    let version = known.as_ref().map_or(0, |known| known.version);
    if seen.is_some_and(|seen| seen != version) {
        return Err(AppError::Conflict {
            changes: Vec::new(),
        });
    }
    let signed = ctx.signed();
    let before: Vec<SubDuty> = known
        .iter()
        .flat_map(|known| known.duties.clone())
        .collect();
    let saved = match known {
        None => {
            let event = Breakdown::make(&task, duties, &ctx)?;
            secrecy::check(who, std::slice::from_ref(&event), &())?;
            registers::begin::<Breakdown>(&mut *uow, id.0, &event, &signed).await?
        }
        Some(known) => {
            let event = known.change(&task, duties, reason, &ctx)?;
            secrecy::check(who, std::slice::from_ref(&event), &known)?;
            registers::follow(&mut *uow, known, &event, &signed).await?
        }
    };
    let added = saved.duties.iter().filter(|duty| !before.contains(duty));
    for duty in added.filter(|duty| duty.person != who.actor.person) {
        let text = format!(
            "{}：分工由您{}——{}，{} 前（{}）",
            signed.name,
            duty.part.label(),
            duty.duty,
            duty.limit,
            task.details.title
        );
        tell(app, &mut *uow, duty.person, id, text, &signed).await?;
    }
    uow.commit().await?;
    Ok(saved)
}

/// The breakdown of a task, if there is one.
pub(crate) async fn of_task(uow: &mut dyn UnitOfWork, id: TaskId) -> AppResult<Option<Breakdown>> {
    match registers::get(uow, id.0, WHAT).await {
        Ok(known) => Ok(Some(known)),
        Err(AppError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Ends the breakdown of a task that is over.
pub(crate) async fn end(uow: &mut dyn UnitOfWork, task: &Task, by: &Signed) -> AppResult<()> {
    if let Some(known) = of_task(uow, task.id).await?
        && !known.over
    {
        registers::follow(uow, known, &BreakdownEvent::Ended, by).await?;
    }
    Ok(())
}

/// The breakdowns in force in which a person has a part.
pub(crate) async fn of_person(
    uow: &mut dyn UnitOfWork,
    person: PersonId,
) -> AppResult<Vec<Breakdown>> {
    let filter = RegisterFilter {
        open: Some(true),
        ..RegisterFilter::all(BREAKDOWNS_READ)
    };
    let records = uow.registers_list(Breakdown::STREAM, &filter).await?;
    let id = person.to_string();
    // Few of all are the person's: the others are not even read.
    let mine = records.iter().filter(|record| record.contains(&id));
    let mut found = Vec::new();
    for record in mine {
        let known: Breakdown = serde_json::from_str(record)
            .map_err(|source| AppError::internal("a breakdown cannot be read", source))?;
        if known.duties_of(person).next().is_some() {
            found.push(known);
        }
    }
    Ok(found)
}

/// Held posts of the lead unit and all below it, then of the co-units.
fn seats(task: &Task, organisation: &Organisation) -> Vec<Seat> {
    let lead = task.details.lead.into_iter();
    let mut units: Vec<_> = lead.flat_map(|lead| organisation.subtree(lead)).collect();
    units.extend(task.details.co_units.iter().map(|co| co.unit));
    let posts = units
        .into_iter()
        .flat_map(|unit| organisation.posts_in(unit));
    posts
        .filter(|post| !post.role.administers())
        .filter_map(|post| {
            let person = post.holder?;
            let unit = organisation.unit_name(post.unit);
            let name = organisation.person_name(person);
            Some(Seat {
                post: post.id,
                person,
                label: format!("{unit} {} {name}", post.title),
            })
        })
        .collect()
}

/// The head of the lead unit and the assignee keep it.
fn row(organisation: &Organisation, task: &Task) -> Row {
    let lead = task.details.lead;
    let head = lead.and_then(|lead| organisation.first_responsible(lead));
    Row::Record(RecordRow {
        units: lead.into_iter().collect(),
        by: None,
        about: head.into_iter().chain(task.assignee).collect(),
        ..RecordRow::default()
    })
}

fn permitted(
    app: &App,
    who: &Who,
    organisation: &Organisation,
    task: &Task,
) -> Result<(), Refusal> {
    let row = row(organisation, task);
    app.policy.permit(&who.actor, Right::KeepBreakdown, &row)?;
    possible(task)
}

async fn changes(
    uow: &mut dyn UnitOfWork,
    id: TaskId,
    organisation: &Organisation,
) -> AppResult<Vec<Change>> {
    let stored = uow.journal_of(Breakdown::STREAM, id.0, HISTORY_LIMIT);
    let mut changes = Vec::new();
    let mut before: Vec<SubDuty> = Vec::new();
    for stored in stored.await? {
        let broken = |error| AppError::internal("a journal event cannot be read", error);
        let envelope: Envelope = serde_json::from_str(&stored.bytes).map_err(broken)?;
        let event: BreakdownEvent = serde_json::from_value(envelope.event).map_err(broken)?;
        changes.push(Change {
            by: format!("{} {}", moment(envelope.by.at), envelope.by.who()),
            said: said(&event, &before, organisation),
        });
        if let BreakdownEvent::Made { duties, .. } | BreakdownEvent::Changed { duties, .. } = event
        {
            before = duties;
        }
    }
    changes.reverse();
    Ok(changes)
}

/// What happened, in words; of a change what came and what went.
fn said(event: &BreakdownEvent, before: &[SubDuty], organisation: &Organisation) -> String {
    let each = |duties: Vec<&SubDuty>| {
        let said = duties.into_iter().map(|duty| {
            format!(
                "{} {}“{}”（{} 前）",
                duty.part.label(),
                organisation.person_name(duty.person),
                duty.duty,
                duty.limit
            )
        });
        said.collect::<Vec<_>>().join("；")
    };
    match event {
        BreakdownEvent::Made { duties, .. } => format!("分解为 {} 项分工", duties.len()),
        BreakdownEvent::Changed { duties, reason } => {
            let came = duties.iter().filter(|duty| !before.contains(duty));
            let went = before.iter().filter(|duty| !duties.contains(duty));
            let (came, went) = (each(came.collect()), each(went.collect()));
            let mut said = format!("调整分工，理由：{reason}");
            if !came.is_empty() {
                said.push_str(&format!("。改为或新增：{came}"));
            }
            if !went.is_empty() {
                said.push_str(&format!("。原有：{went}"));
            }
            said
        }
        BreakdownEvent::HandedOver { from, to } => format!(
            "离岗交接：{}的分工交给{}",
            organisation.person_name(*from),
            organisation.person_name(*to)
        ),
        BreakdownEvent::Ended => "事项办结或撤销，分工结束".into(),
    }
}

async fn tell(
    app: &App,
    uow: &mut dyn UnitOfWork,
    person: PersonId,
    task: TaskId,
    text: String,
    by: &Signed,
) -> AppResult<()> {
    let told = Told {
        topic: Topic::Assigned,
        to: Recipient::Person(person),
        task,
        text,
        at: by.at,
    };
    notifications::tell(app, uow, told).await
}
