//! A list as a table: page by page, on one consistent state. What is marked leaves by no table
//! (SYS-05).

use std::collections::BTreeMap;
use std::sync::Arc;

use luoshi_domain::ids::TaskId;
use luoshi_domain::lists::{ListRow, ListTemplate, Owner, RowFilter};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::tasks::lists::PageRequest;

use crate::errors::AppResult;
use crate::rules::Rules;
use crate::{App, Who};

use super::{Asked, filter, keeps, titles, wanted};

/// Rows read at a time.
const PART: u32 = 500;

/// Most rows of a table.
const LIMIT: u32 = 1_000_000;

/// A table that is being read.
pub struct Export {
    app: App,
    who: Who,
    uow: Box<dyn UnitOfWork>,
    filter: RowFilter,
    after: Option<String>,
    over: bool,
    pub template: ListTemplate,
    /// Whose rows alone the reader sees; empty where they see several's.
    pub alone: String,
    /// How many rows it will have.
    pub count: u32,
    /// How many are left out for their mark.
    pub left_out: u32,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// Begins a table of a list's rows.
pub async fn begin(app: &App, who: &Who, code: &str, asked: &Asked) -> AppResult<Export> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let template = wanted(&rules, code)?.clone();
    let all = filter(app, &who.actor, &template, asked, rules.today)?;
    let marked = Row::Record(RecordRow {
        mark: Mark::Internal,
        units: who.actor.units(),
        ..RecordRow::default()
    });
    let filter = RowFilter {
        unmarked: !app.policy.allows(&who.actor, Right::ExportListRow, &marked),
        ..all.clone()
    };
    let count = uow.list_rows_count(&filter, LIMIT).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let keeps = keeps(app, &who.actor, template.owner);
    let alone = match (template.owner, keeps.units.as_slice(), keeps.person) {
        _ if filter.sight.all => String::new(),
        (Owner::Unit, [unit], _) => organisation.unit_name(*unit).to_owned(),
        (Owner::Person, _, Some(person)) => organisation.person_name(person).to_owned(),
        _ => String::new(),
    };
    Ok(Export {
        left_out: uow
            .list_rows_count(&all, LIMIT)
            .await?
            .saturating_sub(count),
        count,
        organisation,
        alone,
        app: app.clone(),
        who: who.clone(),
        uow,
        filter,
        after: None,
        over: false,
        template,
        rules,
    })
}

impl Export {
    /// The next rows in the order asked for, with the titles of their tasks; nothing after the
    /// last.
    pub async fn next(&mut self) -> AppResult<Option<(Vec<ListRow>, BTreeMap<TaskId, String>)>> {
        if self.over {
            return Ok(None);
        }
        let page = PageRequest {
            size: PART,
            after: self.after.take(),
        };
        let found = self.uow.list_rows(&self.filter, &page).await?;
        self.over = found.next.is_none();
        self.after = found.next;
        let titles = titles(&self.app, &self.who, &mut *self.uow, &found.rows).await?;
        Ok(Some((found.rows, titles)))
    }
}
