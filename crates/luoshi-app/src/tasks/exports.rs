//! Everything that a filter has, for a table: page by page, on one consistent state (LEDGER-02).

use std::sync::Arc;

use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::{Marks, PageRequest, TaskFilter, TaskSort};

use crate::errors::AppResult;
use crate::rules::Rules;
use crate::{App, Who};

/// Tasks read at a time.
const PART: u32 = 500;

/// Most rows of one table: what a sheet takes, less its head.
pub const LIMIT: u32 = 1_000_000;

/// A table that is being read.
pub struct Export {
    uow: Box<dyn UnitOfWork>,
    filter: TaskFilter,
    sort: TaskSort,
    after: Option<String>,
    over: bool,
    /// How many tasks it will have.
    pub count: u32,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// Begins a table of the filter's tasks. What is marked leaves by no table (SYS-05).
pub async fn begin(app: &App, who: &Who, filter: &TaskFilter, sort: TaskSort) -> AppResult<Export> {
    let mut uow = app.store.read(who.bureau).await?;
    let filter = TaskFilter {
        marks: Marks::Unmarked,
        ..filter.clone()
    };
    Ok(Export {
        count: uow.tasks_count(&filter, LIMIT).await?,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        rules: app.rules(who.bureau, &mut *uow).await?,
        uow,
        filter,
        sort,
        after: None,
        over: false,
    })
}

impl Export {
    /// The next tasks in the order asked for; nothing after the last.
    pub async fn next(&mut self) -> AppResult<Option<Vec<Task>>> {
        if self.over {
            return Ok(None);
        }
        let page = PageRequest {
            size: PART,
            after: self.after.take(),
        };
        let found = self.uow.tasks_full(&self.filter, self.sort, &page).await?;
        self.over = found.next.is_none();
        self.after = found.next;
        Ok(Some(found.rows))
    }
}
