//! Changing the organisation: what a command would touch, and doing it.

use std::collections::BTreeSet;

use luoshi_domain::ids::{PersonId, TaskId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::lists::{PageRequest, Queue, TaskFilter, TaskSort, Visibility};
use luoshi_domain::tasks::{Task, TaskEvent, TaskState};

use crate::errors::{AppError, AppResult};
use crate::{App, COUNT_CAP, Who, policy};

/// Most consequences that a preview lists.
const EFFECTS_SHOWN: usize = 60;

/// Tasks read at a time.
const PAGE: u32 = 200;

/// A command, and whether a merged unit's open items go along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub command: OrganisationCommand,
    /// Of a merger: the items that are not over go to the other unit.
    pub take_along: bool,
}

/// What a change would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The organisation's version that it was worked out for.
    pub version: i64,
    /// In words, what is different on its first day.
    pub effects: Vec<String>,
    /// Items under way that are led by a unit that it touches, up to [`COUNT_CAP`].
    pub open_items: u32,
    /// Why it may not happen.
    pub verdict: Result<(), Refusal>,
}

/// What a change would do, without doing it.
pub async fn preview(app: &App, who: &Who, change: Change) -> AppResult<Preview> {
    policy::keep_organisation(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let history = app.history(who.bureau, &mut *uow).await?;
    let change = counted(app, &history, &mut *uow, change).await?;
    let mut preview = Preview {
        version: history.version,
        effects: Vec::new(),
        open_items: 0,
        verdict: Ok(()),
    };
    let day = change.command.day();
    let allowed = policy::appoint(app, &who.actor, &history, &change.command);
    let event = match allowed.and_then(|()| history.decide(change.command)) {
        Ok(event) => event,
        Err(refusal) => {
            preview.verdict = Err(refusal);
            return Ok(preview);
        }
    };
    let mut changed = (*history).clone();
    changed.apply(&event);
    let day = day.unwrap_or_else(|| app.today());
    let differences = Differences::between(&history.as_of(day), &changed.as_of(day));
    preview.effects = differences.sentences;
    for unit in &differences.units {
        let filter = TaskFilter {
            lead: Some(*unit),
            queue: Some(Queue::Open),
            ..TaskFilter::new(Visibility::All)
        };
        preview.open_items += uow.tasks_count(&filter, COUNT_CAP).await?;
    }
    Ok(preview)
}

/// Does it. `seen` is the version that the preview was of; when the organisation changed since,
/// nothing is done.
#[tracing::instrument(skip_all)]
pub async fn handle(app: &App, who: &Who, change: Change, seen: Option<i64>) -> AppResult<()> {
    policy::keep_organisation(app, &who.actor)?;
    let mut uow = app.store.write(who.bureau).await?;
    let history = app.history(who.bureau, &mut *uow).await?;
    if seen.is_some_and(|seen| seen != history.version) {
        let changes = vec!["机构在您预览之后有变动，请重新预览。".to_owned()];
        return Err(AppError::Conflict { changes });
    }
    let change = counted(app, &history, &mut *uow, change).await?;
    let take_along = change.take_along;
    policy::appoint(app, &who.actor, &history, &change.command)?;
    let event = history.decide(change.command)?;
    let signed = crate::organisation::signed(app, who);
    if let OrganisationEvent::UnitMerged { unit, into, .. } = &event
        && take_along
    {
        for task in open_tasks(&mut *uow, *unit).await? {
            if let Some(moved) = task.succeed(*unit, *into) {
                save(&mut *uow, task, moved, &signed).await?;
            }
        }
    }
    let mut changed = (*history).clone();
    changed.apply(&event);
    uow.organisation_save(&changed, std::slice::from_ref(&event), &signed)
        .await?;
    let today = changed.as_of(app.today());
    match &event {
        OrganisationEvent::PortfolioAssigned(portfolio) => {
            reroute(&mut *uow, &today, [portfolio.unit], &signed).await?;
        }
        OrganisationEvent::PortfolioEnded { unit, .. } => {
            reroute(&mut *uow, &today, [*unit], &signed).await?;
        }
        _ => {}
    }
    uow.commit().await?;
    Ok(())
}

/// What the units and those below them have under way goes to the leaders who are in charge today,
/// but for what is being decided; a change ahead does so when something is asked for (ORG-14).
pub(super) async fn reroute(
    uow: &mut dyn UnitOfWork,
    today: &Organisation,
    units: impl IntoIterator<Item = UnitId>,
    signed: &Signed,
) -> AppResult<()> {
    let below = units.into_iter().flat_map(|unit| today.subtree(unit));
    let below: BTreeSet<UnitId> = below.collect();
    for unit in below {
        let led = TaskFilter {
            lead: Some(unit),
            ..TaskFilter::new(Visibility::All)
        };
        for task in every(uow, &led).await? {
            if let Some(event) = task.reroute(today.deputy_of(unit)) {
                save(uow, task, event, signed).await?;
            }
        }
    }
    Ok(())
}

/// Appends one event to a task.
pub(super) async fn save(
    uow: &mut dyn UnitOfWork,
    mut task: Task,
    event: TaskEvent,
    signed: &Signed,
) -> AppResult<()> {
    task.apply(&event, signed);
    Ok(uow.task_save(&task, &[event], signed).await?)
}

/// The tasks that a unit has a part in and that are not over.
pub(super) async fn open_tasks(uow: &mut dyn UnitOfWork, unit: UnitId) -> AppResult<Vec<Task>> {
    let filter = TaskFilter::new(Visibility::Units(vec![unit]));
    let mut tasks = every(uow, &filter).await?;
    tasks.retain(|task| !task.is_over());
    Ok(tasks)
}

/// All tasks of a filter.
pub(super) async fn every(uow: &mut dyn UnitOfWork, filter: &TaskFilter) -> AppResult<Vec<Task>> {
    let mut ids: Vec<TaskId> = Vec::new();
    let mut page = PageRequest {
        size: PAGE,
        after: None,
    };
    loop {
        let found = uow.tasks_list(filter, TaskSort::Opened, &page).await?;
        let open = |state| !matches!(state, TaskState::Closed | TaskState::Cancelled);
        let rows = found.rows.iter().filter(|row| open(row.state));
        ids.extend(rows.map(|row| row.id));
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    let mut tasks = Vec::with_capacity(ids.len());
    for id in ids {
        tasks.extend(uow.task_get(id).await?);
    }
    Ok(tasks)
}

/// The command with the number of items that would stay behind.
pub(super) async fn counted(
    app: &App,
    history: &History,
    uow: &mut dyn UnitOfWork,
    mut change: Change,
) -> AppResult<Change> {
    let today = app.today();
    match &mut change.command {
        OrganisationCommand::MergeUnit {
            unit,
            from,
            open_items,
            ..
        } => {
            // What is opened until a day ahead cannot go along today.
            *open_items = match change.take_along && *from <= today {
                true => 0,
                false => count(open_tasks(uow, *unit).await?.len()),
            };
        }
        OrganisationCommand::CloseUnit {
            unit, open_items, ..
        } => *open_items = count(open_tasks(uow, *unit).await?.len()),
        OrganisationCommand::Leave {
            person, open_items, ..
        } => {
            *open_items = count(tasks_of(uow, history, *person).await?.len());
        }
        OrganisationCommand::ReleaseSupervisionOffice { open_tasks, .. } => {
            let filter = TaskFilter {
                queue: Some(Queue::Open),
                ..TaskFilter::new(Visibility::All)
            };
            *open_tasks = i64::from(uow.tasks_count(&filter, COUNT_CAP).await?);
        }
        _ => {}
    }
    Ok(change)
}

/// The tasks that a person has a part in and that are not over.
pub(super) async fn tasks_of(
    uow: &mut dyn UnitOfWork,
    history: &History,
    person: PersonId,
) -> AppResult<Vec<Task>> {
    let in_charge = TaskFilter {
        deputy: Some(person),
        ..TaskFilter::new(Visibility::All)
    };
    let mut tasks = every(uow, &in_charge).await?;
    let posts = history.posts().iter().filter(|post| {
        let mut holders = post.holders.entries().iter();
        holders.any(|(_, holder)| *holder == Some(person))
    });
    let units: BTreeSet<UnitId> = posts.map(|post| post.unit).collect();
    for unit in units {
        let led = TaskFilter {
            lead: Some(unit),
            ..TaskFilter::new(Visibility::All)
        };
        for task in every(uow, &led).await? {
            if !tasks.iter().any(|known| known.id == task.id) {
                tasks.push(task);
            }
        }
    }
    tasks.retain(|task| !task.parts_of(person).is_empty());
    Ok(tasks)
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// What is different between two organisations of the same day.
#[derive(Default)]
struct Differences {
    sentences: Vec<String>,
    /// Units whose name, place, head or leader in charge is another.
    units: BTreeSet<UnitId>,
}

impl Differences {
    fn between(before: &Organisation, after: &Organisation) -> Self {
        let mut found = Self::default();
        for unit in &before.units {
            if after.unit(unit.id).is_none() {
                found.say(unit.id, format!("“{}”不再设立", unit.name));
            }
        }
        for unit in &after.units {
            match before.unit(unit.id) {
                None => found.say(unit.id, format!("设立“{}”", unit.name)),
                Some(_) => found.of_unit(before, after, unit.id),
            }
        }
        for post in &after.posts {
            let known = before.post(post.id);
            let place = format!("{} {}", after.unit_name(post.unit), post.title);
            let holder = name(after, post.holder);
            match known {
                None => found.say(post.unit, format!("新设岗位“{place}”，任职：{holder}")),
                Some(known) if known.holder != post.holder => {
                    let held = name(before, known.holder);
                    found.say(post.unit, format!("“{place}”：{held} → {holder}"));
                }
                Some(_) => {}
            }
        }
        for domain in &after.domains {
            let known = before.domains.iter().find(|known| known.id == domain.id);
            let deputy = name(after, domain.deputy);
            match known {
                None => found
                    .sentences
                    .push(format!("业务领域“{}”由{deputy}分管", domain.name)),
                Some(known) if known.deputy != domain.deputy => {
                    let held = name(before, known.deputy);
                    let sentence = format!("业务领域“{}”的分管：{held} → {deputy}", domain.name);
                    found.sentences.push(sentence);
                }
                Some(_) => {}
            }
        }
        let left = found.sentences.len().saturating_sub(EFFECTS_SHOWN);
        if left > 0 {
            found.sentences.truncate(EFFECTS_SHOWN);
            found.sentences.push(format!("另有 {left} 处变化"));
        }
        found
    }

    fn of_unit(&mut self, before: &Organisation, after: &Organisation, id: UnitId) {
        let (Some(old), Some(new)) = (before.unit(id), after.unit(id)) else {
            return;
        };
        if old.name != new.name {
            self.say(id, format!("“{}”更名为“{}”", old.name, new.name));
        }
        if old.parent != new.parent {
            let place = |organisation: &Organisation, parent: Option<UnitId>| match parent {
                Some(parent) => organisation.unit_name(parent).to_owned(),
                None => "本局".to_owned(),
            };
            let (from, to) = (place(before, old.parent), place(after, new.parent));
            self.say(id, format!("“{}”的上级：{from} → {to}", new.name));
        }
        if old.supervision_office != new.supervision_office {
            let what = if new.supervision_office {
                "成为"
            } else {
                "不再是"
            };
            self.say(id, format!("“{}”{what}督查办", new.name));
        }
        let heads = (before.first_responsible(id), after.first_responsible(id));
        if heads.0 != heads.1 {
            let (from, to) = (name(before, heads.0), name(after, heads.1));
            self.say(id, format!("“{}”的第一责任人：{from} → {to}", new.name));
        }
        let deputies = (before.deputy_of(id), after.deputy_of(id));
        if deputies.0 != deputies.1 {
            let (from, to) = (name(before, deputies.0), name(after, deputies.1));
            self.say(id, format!("“{}”的分管领导：{from} → {to}", new.name));
        }
    }

    fn say(&mut self, unit: UnitId, sentence: String) {
        self.units.insert(unit);
        self.sentences.push(sentence);
    }
}

fn name(organisation: &Organisation, person: Option<PersonId>) -> &str {
    person.map_or("空缺", |person| organisation.person_name(person))
}
