//! Who did what, and who saw what: both logs as lists that auditors narrow.

use std::collections::HashMap;
use std::sync::Arc;

use luoshi_domain::access_log::{AccessFilter, StoredAccess};
use luoshi_domain::ids::{PlanId, TaskId};
use luoshi_domain::journal::{JournalFilter, StoredEvent};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::{Plan, PlanRow};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::{Page, PageRequest, TaskFilter, TaskSort, Visibility};
use uuid::Uuid;

use crate::errors::AppResult;
use crate::{App, Who, audit, policy};

/// Plans whose titles are looked for.
const PLANS: u32 = 1000;

/// Stands for the title of what has a secrecy mark.
const MARKED: &str = "（有密级标注，不显示内容）";

/// What a row is about, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Number and title.
    pub label: String,
    /// Whether the auditor may open it.
    pub open: bool,
    /// Whether it has a secrecy mark, so that nothing of what it says is told (SYS-05).
    pub marked: bool,
}

/// A page of a log with what it takes to read it.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    pub page: Page<T>,
    pub organisation: Arc<Organisation>,
    /// The tasks and plans that the rows are about.
    pub known: HashMap<Uuid, Known>,
}

/// The events that the filter leaves, newest first.
pub async fn acts(
    app: &App,
    who: &Who,
    filter: &JournalFilter,
    page: &PageRequest,
) -> AppResult<Listed<StoredEvent>> {
    policy::see_audit(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let page = uow.journal_list(filter, page).await?;
    let rows = page.rows.iter();
    let objects = rows.map(|event| (event.stream.as_str(), event.id));
    let known = known(app, &mut *uow, who, objects).await?;
    Ok(Listed {
        page,
        organisation,
        known,
    })
}

/// The entries of the access log that the filter leaves, newest first; what was gathered of them
/// until now is among them.
pub async fn accesses(
    app: &App,
    who: &Who,
    filter: &AccessFilter,
    page: &PageRequest,
) -> AppResult<Listed<StoredAccess>> {
    policy::see_audit(app, &who.actor)?;
    audit::reads::flush(app).await;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let page = uow.access_list(filter, page).await?;
    let objects = page.rows.iter().filter_map(|stored| {
        let object = stored.entry.object.as_ref()?;
        Some((object.kind.as_str(), object.id?))
    });
    let known = known(app, &mut *uow, who, objects).await?;
    Ok(Listed {
        page,
        organisation,
        known,
    })
}

/// The task with exactly this number.
pub async fn task_numbered(app: &App, who: &Who, number: &str) -> AppResult<Option<TaskId>> {
    policy::see_audit(app, &who.actor)?;
    let mut filter = TaskFilter::new(Visibility::All);
    filter.text = Some(number.to_owned());
    let page = PageRequest {
        size: 20,
        after: None,
    };
    let mut uow = app.store.read(who.bureau).await?;
    let found = uow.tasks_list(&filter, TaskSort::Updated, &page).await?;
    let mut rows = found.rows.into_iter();
    let exact = rows.find(|row| row.number.as_deref() == Some(number));
    Ok(exact.map(|row| row.id))
}

async fn known(
    app: &App,
    uow: &mut dyn UnitOfWork,
    who: &Who,
    objects: impl Iterator<Item = (&str, Uuid)> + Send,
) -> AppResult<HashMap<Uuid, Known>> {
    let mut known = HashMap::new();
    let mut plans: Option<HashMap<PlanId, PlanRow>> = None;
    for (kind, id) in objects {
        if known.contains_key(&id) {
            continue;
        }
        if kind == Task::STREAM {
            let Some(task) = uow.task_get(TaskId(id)).await? else {
                continue;
            };
            let number = task.number.as_deref().unwrap_or_default();
            let (marked, title) = (task.mark != Mark::None, &task.details.title);
            let label = format!("{number} {}", if marked { MARKED } else { title });
            let label = label.trim().to_owned();
            let open = policy::see_task(app, &who.actor, &task).is_ok();
            known.insert(
                id,
                Known {
                    label,
                    open,
                    marked,
                },
            );
        } else if kind == Plan::STREAM {
            if plans.is_none() {
                let rows = uow.plans_list(PLANS).await?.into_iter();
                plans = Some(rows.map(|row| (row.id, row)).collect());
            }
            let row = plans.as_ref().and_then(|plans| plans.get(&PlanId(id)));
            if let Some(row) = row {
                let marked = row.mark != Mark::None;
                let label = if marked { MARKED } else { &row.title };
                let label = label.to_owned();
                let open = policy::knows_plan(app, &who.actor, row);
                known.insert(
                    id,
                    Known {
                        label,
                        open,
                        marked,
                    },
                );
            }
        }
    }
    Ok(known)
}
