//! What is missing in the breakdowns, unit by unit, and what a person has been given to do.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use luoshi_domain::breakdowns::{Breakdown, DutyGap, Part, SubDuty, missing_parts};
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::tasks::TaskState;
use luoshi_domain::tasks::lists::{PageRequest, Queue, TaskRow, TaskSort};

use super::{BREAKDOWNS_READ, of_person};
use crate::errors::AppResult;
use crate::{App, Who, policy, registers};

/// Most tasks under way that a report goes through.
const TASKS_READ: usize = 10_000;

/// Tasks read at a time.
const PAGE: u32 = 500;

/// The seamless check of all tasks under way that the reader may see.
#[derive(Clone, Debug)]
pub struct SeamlessReport {
    /// Each task under way, in the order of its limit.
    pub tasks: Vec<TaskGaps>,
    pub organisation: Arc<Organisation>,
    /// False when there were more than are looked at.
    pub complete: bool,
}

/// A task under way with what is missing.
#[derive(Clone, Debug)]
pub struct TaskGaps {
    pub row: TaskRow,
    /// The parts that nobody has; all of them where nothing is broken down.
    pub missing: Vec<Part>,
    /// The sub-duties, by their place from 1, whose person is not there any more.
    pub gaps: Vec<(usize, SubDuty, DutyGap)>,
}

/// The numbers of one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnitGaps {
    /// Tasks under way.
    pub tasks: usize,
    /// Those with a part that nobody has.
    pub incomplete: usize,
    /// Those parts.
    pub missing: usize,
    /// Sub-duties whose post is vacant or whose person is not there any more.
    pub gaps: usize,
}

/// What somebody has been given to do for one task.
#[derive(Clone, Debug)]
pub struct MyDuty {
    pub task: TaskId,
    pub number: Option<String>,
    pub title: String,
    pub duty: SubDuty,
}

impl SeamlessReport {
    /// The numbers of each lead unit, in the order of the tree; last of those without one.
    pub fn units(&self) -> Vec<(Option<UnitId>, UnitGaps)> {
        let mut units: BTreeMap<Option<UnitId>, UnitGaps> = BTreeMap::new();
        for task in &self.tasks {
            let unit = units.entry(task.row.lead).or_default();
            unit.tasks += 1;
            unit.incomplete += usize::from(!task.missing.is_empty());
            unit.missing += task.missing.len();
            unit.gaps += task.gaps.len();
        }
        let known = self.organisation.units.iter();
        let known = known.map(|unit| Some(unit.id)).filter_map(|unit| {
            let gaps = units.remove(&unit)?;
            Some((unit, gaps))
        });
        let mut all: Vec<_> = known.collect();
        all.extend(units);
        all
    }
}

/// The seamless check (责任体系无缝化).
pub async fn seamless(app: &App, who: &Who) -> AppResult<SeamlessReport> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let filter = RegisterFilter {
        open: Some(true),
        ..RegisterFilter::all(BREAKDOWNS_READ)
    };
    let known: Vec<Breakdown> = registers::list(&mut *uow, &filter).await?;
    let known: HashMap<TaskId, Breakdown> =
        known.into_iter().map(|known| (known.task, known)).collect();
    let (rows, complete) = under_way(app, who, &mut *uow).await?;
    let tasks = rows.into_iter().map(|row| {
        let breakdown = known.get(&row.id);
        let duties = breakdown.map_or(&[][..], |known| known.duties.as_slice());
        let gaps = breakdown.map(|known| known.gaps(&organisation));
        let gaps = gaps.unwrap_or_default().into_iter();
        TaskGaps {
            missing: missing_parts(duties),
            gaps: gaps
                .map(|(at, duty, gap)| (at, duty.clone(), gap))
                .collect(),
            row,
        }
    });
    Ok(SeamlessReport {
        tasks: tasks.collect(),
        organisation,
        complete,
    })
}

/// What the reader has been given to do, the earliest limit first.
pub async fn mine(app: &App, who: &Who) -> AppResult<Vec<MyDuty>> {
    let mut uow = app.store.read(who.bureau).await?;
    let mut duties = Vec::new();
    for known in of_person(&mut *uow, who.actor.person).await? {
        let Some(task) = uow.task_get(known.task).await? else {
            continue;
        };
        // Whoever has moved to another unit may not see the task any more.
        if policy::see_task(app, &who.actor, &task).is_err() {
            continue;
        }
        let own = known.duties_of(who.actor.person).cloned();
        duties.extend(own.map(|duty| MyDuty {
            task: task.id,
            number: task.number.clone(),
            title: task.details.title.clone(),
            duty,
        }));
    }
    duties.sort_by_key(|known| (known.duty.limit, known.task));
    Ok(duties)
}

async fn under_way(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
) -> AppResult<(Vec<TaskRow>, bool)> {
    let mut filter = policy::tasks(app, &who.actor);
    filter.queue = Some(Queue::Open);
    let mut page = PageRequest {
        size: PAGE,
        after: None,
    };
    let mut rows = Vec::new();
    loop {
        let found = uow.tasks_list(&filter, TaskSort::Limit, &page).await?;
        rows.extend(found.rows.into_iter().filter(|row| {
            matches!(
                row.state,
                TaskState::Accepted | TaskState::InProgress | TaskState::Supervising
            )
        }));
        page.after = found.next;
        if page.after.is_none() {
            return Ok((rows, true));
        }
        if rows.len() >= TASKS_READ {
            return Ok((rows, false));
        }
    }
}
