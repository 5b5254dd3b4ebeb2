//! Lists that are another look at what is kept of tasks: breakdowns and worksheets.

use std::collections::HashMap;
use std::sync::Arc;

use luoshi_domain::breakdowns::{Breakdown, Part, missing_parts};
use luoshi_domain::ids::TaskId;
use luoshi_domain::lists::{ListSource, ListTemplate, SheetSource};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::tasks::lists::{PageRequest, TaskFilter, TaskRow, TaskSort};
use luoshi_domain::worksheets::{Matrix, Worksheet};

use crate::errors::{AppError, AppResult};
use crate::registers::{self, ENTRIES_SHOWN};
use crate::{App, Who, policy};

use super::{WHAT, wanted};

/// A list of tasks with what is kept of them.
#[derive(Clone, Debug)]
pub struct SheetView {
    pub template: ListTemplate,
    pub sheet: SheetSource,
    pub rows: Vec<SheetRow>,
    pub organisation: Arc<Organisation>,
}

/// A task with what is kept of it.
#[derive(Clone, Debug)]
pub struct SheetRow {
    pub task: TaskRow,
    /// How much is there.
    pub said: String,
    /// What is missing; empty when nothing is.
    pub missing: String,
}

/// A list of tasks with what is kept of them.
pub async fn show(app: &App, who: &Who, code: &str) -> AppResult<SheetView> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let template = wanted(&rules, code)?.clone();
    let ListSource::Sheet(sheet) = template.source else {
        return Err(AppError::NotFound { what: WHAT });
    };
    Ok(SheetView {
        rows: of(app, who, &mut *uow, sheet).await?,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        template,
        sheet,
    })
}

/// The tasks that the reader sees of which something is kept, the latest kept at most.
pub(super) async fn of(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    sheet: SheetSource,
) -> AppResult<Vec<SheetRow>> {
    let kept = kept(uow, sheet).await?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let filter = TaskFilter {
        ids: Some(kept.keys().copied().collect()),
        ..policy::tasks(app, &who.actor)
    };
    let page = PageRequest {
        size: ENTRIES_SHOWN,
        after: None,
    };
    let found = uow.tasks_list(&filter, TaskSort::Limit, &page).await?;
    let rows = found.rows.into_iter().map(|task| {
        let (said, missing) = kept.get(&task.id).cloned().unwrap_or_default();
        SheetRow {
            task,
            said,
            missing,
        }
    });
    Ok(rows.collect())
}

/// What is kept of each task, in words, with what is missing.
async fn kept(
    uow: &mut dyn UnitOfWork,
    sheet: SheetSource,
) -> AppResult<HashMap<TaskId, (String, String)>> {
    let all = RegisterFilter::all(ENTRIES_SHOWN);
    if sheet == SheetSource::Breakdowns {
        let breakdowns: Vec<Breakdown> = registers::list(uow, &all).await?;
        let kept = breakdowns.into_iter().map(|known| {
            let missing = missing_parts(&known.duties).into_iter().map(Part::label);
            let missing: Vec<&str> = missing.collect();
            let missing = match missing.is_empty() {
                true => String::new(),
                false => format!("还缺：{}", missing.join("、")),
            };
            let said = format!("{} 项分工", known.duties.len());
            (known.task, (said, missing))
        });
        return Ok(kept.collect());
    }
    let sheets: Vec<Worksheet> = registers::list(uow, &all).await?;
    let kept = sheets.into_iter().filter_map(|known| {
        let (said, missing) = match sheet {
            SheetSource::FourInOne if known.list.is_empty() => return None,
            SheetSource::FourInOne => {
                let open: Vec<String> = known
                    .without_result()
                    .iter()
                    .map(usize::to_string)
                    .collect();
                let missing = match open.is_empty() {
                    true => String::new(),
                    false => format!("第 {} 行没有结果", open.join("、")),
                };
                (format!("{} 行", known.list.len()), missing)
            }
            _ if known.matrix == Matrix::default() => return None,
            _ => {
                let said = match known.matrix.settled {
                    true => "已提交",
                    false => "草稿",
                };
                let missing = match known.matrix.missing().len() {
                    0 => String::new(),
                    many => format!("还缺 {many} 处"),
                };
                (said.to_owned(), missing)
            }
        };
        Some((known.task, (said, missing)))
    });
    Ok(kept.collect())
}
