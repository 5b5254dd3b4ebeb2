//! Lists as the packs in force describe them, and the rows that people keep in them (LEDGER-12).

pub mod exports;
pub mod imports;
pub mod periods;
pub mod rows;
pub mod sheets;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{PersonId, TaskId, UnitId};
use luoshi_domain::lists::{
    Cell, LedgerKey, LimitWish, ListRow, ListSource, ListTemplate, Owner, RowContent, RowFilter,
    RowSight, RowSort, RowTally, RowsSource,
};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::packs::{Pack, PackKey};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::tasks::lists::{PageRequest, TaskFilter, TaskSort};

use crate::errors::{AppError, AppResult};
use crate::packs::{self, parse};
use crate::policy::{self, Reach};
use crate::rules::Rules;
use crate::{App, COUNT_CAP, Who};

pub(crate) const WHAT: &str = "list";

/// Every list of the packs in force.
#[derive(Clone, Debug)]
pub struct ListsView {
    /// By pack, in the order of the files.
    pub packs: Vec<(PackKey, String, Vec<Standing>)>,
}

/// A list with how many rows the reader sees in it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub template: ListTemplate,
    /// Up to [`COUNT_CAP`] where it is a look at the ledger.
    pub rows: u32,
    /// Those past their limit and not done.
    pub overdue: u32,
}

/// What the address of a list's page asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub unit: Option<UnitId>,
    pub person: Option<PersonId>,
    pub state: Option<String>,
    pub open: Option<bool>,
    /// A day of the period.
    pub period: Option<NaiveDate>,
    pub overdue: bool,
    /// Only those without a limit.
    pub unlimited: bool,
    pub withdrawn: bool,
    /// Only the reader's own.
    pub mine: bool,
    pub sort: RowSort,
}

/// A page of a list's rows.
#[derive(Clone, Debug)]
pub struct RowsView {
    pub template: ListTemplate,
    /// Other lists that show the same rows.
    pub beside: Vec<ListTemplate>,
    pub rows: Vec<ListRow>,
    pub next: Option<String>,
    /// Up to [`COUNT_CAP`].
    pub count: u32,
    /// All that the reader sees of the register, whatever else is asked for.
    pub tally: RowTally,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    /// The titles of tasks that rows name, as far as the reader may see them.
    pub titles: BTreeMap<TaskId, String>,
    pub keeps: Keeps,
    pub sees_all: bool,
}

/// What a list's form needs: the list, and for whom the reader may fill it in.
#[derive(Clone, Debug)]
pub struct FormView {
    pub template: ListTemplate,
    pub keeps: Keeps,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// For whom somebody may fill a list in.
#[derive(Clone, Debug, Default)]
pub struct Keeps {
    /// For everybody, or for the bureau where it is the bureau's.
    pub all: bool,
    pub units: Vec<UnitId>,
    pub person: Option<PersonId>,
}

impl Keeps {
    /// Whether the person may add any row.
    pub fn any(&self) -> bool {
        self.all || !self.units.is_empty() || self.person.is_some()
    }
}

impl RowsView {
    pub fn source(&self) -> Option<&RowsSource> {
        self.template.rows()
    }
}

/// Whose rows alone the reader sees: their one unit, or themselves; `None` for who sees several's.
pub fn alone(view: &RowsView) -> Option<String> {
    if view.sees_all {
        return None;
    }
    match (
        view.template.owner,
        view.keeps.units.as_slice(),
        view.keeps.person,
    ) {
        (Owner::Unit, [unit], _) => Some(view.organisation.unit_name(*unit).to_owned()),
        (Owner::Person, _, Some(person)) => Some(view.organisation.person_name(person).to_owned()),
        _ => None,
    }
}

/// Every list of the packs in force, with how many rows the reader sees in it.
pub async fn templates(app: &App, who: &Who) -> AppResult<ListsView> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let sight = sight(app, &who.actor);
    let tallies = uow.list_rows_tally(&sight, None, rules.today).await?;
    let all = || rules.packs.iter().flat_map(|pack| &pack.lists);
    let filters: Vec<TaskFilter> = all()
        .filter_map(|list| ledger_filter(app, &who.actor, list))
        .collect();
    let counts = uow.tasks_counts(&filters, COUNT_CAP).await?;
    let mut counts = counts.into_iter();
    let mut views = Vec::new();
    for pack in &rules.packs {
        let mut standings = Vec::new();
        for list in &pack.lists {
            let (rows, overdue) = match &list.source {
                ListSource::Ledger { .. } => (counts.next().unwrap_or_default(), 0),
                ListSource::Sheet(sheet) => {
                    let rows = sheets::of(app, who, &mut *uow, *sheet).await?;
                    (u32::try_from(rows.len()).unwrap_or(u32::MAX), 0)
                }
                ListSource::Rows(source) => {
                    let found = tallies
                        .iter()
                        .find(|tally| tally.register == source.register);
                    found.map_or((0, 0), |tally| match source.with_limit {
                        true => (tally.limited, tally.overdue),
                        false => (tally.rows, tally.overdue),
                    })
                }
            };
            standings.push(Standing {
                template: list.clone(),
                rows,
                overdue,
            });
        }
        if !standings.is_empty() {
            views.push((pack.key, pack.title.clone(), standings));
        }
    }
    Ok(ListsView { packs: views })
}

/// The lists with rows of the reader's own that are past their limit, for their desk.
pub async fn overdue(app: &App, who: &Who) -> AppResult<Vec<Standing>> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let own = own(app, &who.actor);
    let tallies = uow.list_rows_tally(&own, None, rules.today).await?;
    let late = tallies.into_iter().filter(|tally| tally.overdue > 0);
    let standings = late.filter_map(|tally| {
        let template = find(&rules, &tally.register)?.clone();
        Some(Standing {
            template,
            rows: tally.rows,
            overdue: tally.overdue,
        })
    });
    Ok(standings.collect())
}

/// One list; for nobody is there one that no pack in force has.
pub async fn template(app: &App, who: &Who, code: &str) -> AppResult<ListTemplate> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    wanted(&rules, code).cloned()
}

/// What the form of a list needs; there is none for a look at what is kept of tasks.
pub async fn form(app: &App, who: &Who, code: &str) -> AppResult<FormView> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let template = wanted(&rules, code)?.clone();
    if template.rows().is_none() {
        return Err(AppError::NotFound { what: WHAT });
    }
    Ok(FormView {
        keeps: keeps(app, &who.actor, template.owner),
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        rules,
        template,
    })
}

/// A page of a list's rows.
pub async fn rows(
    app: &App,
    who: &Who,
    code: &str,
    asked: &Asked,
    page: &PageRequest,
) -> AppResult<RowsView> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let template = wanted(&rules, code)?.clone();
    let filter = filter(app, &who.actor, &template, asked, rules.today)?;
    let found = uow.list_rows(&filter, page).await?;
    let register = Some(filter.register.as_str());
    let tallies = uow.list_rows_tally(&filter.sight, register, rules.today);
    let tally = tallies.await?.pop();
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let mut lists = rules.packs.iter().flat_map(|pack| &pack.lists);
    let shows = |list: &&ListTemplate| {
        let rows = list.rows();
        rows.is_some_and(|rows| rows.register == filter.register) && list.code() != code
    };
    let beside = lists.by_ref().filter(shows).cloned().collect();
    Ok(RowsView {
        beside,
        count: uow.list_rows_count(&filter, COUNT_CAP).await?,
        titles: titles(app, who, &mut *uow, &found.rows).await?,
        keeps: keeps(app, &who.actor, template.owner),
        sees_all: filter.sight.all,
        tally: tally.unwrap_or_default(),
        rows: found.rows,
        next: found.next,
        organisation,
        rules,
        template,
    })
}

/// The list with this code of the packs in force.
pub(crate) fn find<'a>(rules: &'a Rules, code: &str) -> Option<&'a ListTemplate> {
    let mut lists = rules.packs.iter().flat_map(|pack| &pack.lists);
    lists.find(|list| list.code() == code)
}

pub(crate) fn wanted<'a>(rules: &'a Rules, code: &str) -> AppResult<&'a ListTemplate> {
    find(rules, code).ok_or(AppError::NotFound { what: WHAT })
}

/// The list that a register's rows are kept in: of the packs in force, else as it last was.
pub(crate) fn kept_in(rules: &Rules, register: &str) -> AppResult<ListTemplate> {
    if let Some(list) = find(rules, register) {
        return Ok(list.clone());
    }
    let of = |pack: Pack| pack.lists.into_iter().find(|list| list.code() == register);
    for edition in rules.set.editions.iter().rev() {
        let Some(text) = &edition.text else { continue };
        let file = packs::file_name(edition.key);
        let pack = parse::pack(&file, text).map_err(packs::broken)?;
        if let Some(list) = of(pack) {
            return Ok(list);
        }
    }
    Err(AppError::NotFound { what: WHAT })
}

/// What the reader sees of lists, whosever they are.
pub(crate) fn sight(app: &App, actor: &Actor) -> RowSight {
    let reach = Reach::of(app, actor, Right::SeeListRow);
    let allows = |right, record| app.policy.allows(actor, right, &Row::Record(record));
    let mut units = actor.units();
    units.retain(|unit| reach.holds(*unit));
    RowSight {
        all: reach.all,
        bureau: allows(Right::SeeBureauList, RecordRow::default()),
        secrets: allows(Right::SeeListRow, marked(Mark::WorkSecret)),
        units,
        person: allows(Right::SeeListRow, about(actor.person)).then_some(actor.person),
    }
}

/// The reader's own: of their units, their person, and the bureau's where they keep it.
fn own(app: &App, actor: &Actor) -> RowSight {
    RowSight {
        all: false,
        bureau: keeps(app, actor, Owner::Bureau).all,
        ..sight(app, actor)
    }
}

/// For whom the actor fills in lists of this owner.
pub(crate) fn keeps(app: &App, actor: &Actor, owner: Owner) -> Keeps {
    let allows = |right, record| app.policy.allows(actor, right, &Row::Record(record));
    if owner == Owner::Bureau {
        return Keeps {
            all: allows(Right::KeepBureauList, RecordRow::default()),
            ..Keeps::default()
        };
    }
    let reach = Reach::of(app, actor, Right::KeepListRow);
    let mut units = actor.units();
    units.retain(|unit| reach.holds(*unit));
    let has_post = !units.is_empty();
    match owner {
        Owner::Person => Keeps {
            all: reach.all,
            units: Vec::new(),
            person: (has_post && allows(Right::KeepListRow, about(actor.person)))
                .then_some(actor.person),
        },
        Owner::Bureau | Owner::Unit => Keeps {
            all: reach.all,
            units,
            person: None,
        },
    }
}

/// A row as policies see it, with the rights to see, keep and step it.
pub(crate) fn record(content: &RowContent) -> (Row, [Right; 3]) {
    let row = Row::Record(RecordRow {
        units: content.unit.into_iter().collect(),
        about: content.person.into_iter().collect(),
        mark: content.mark,
        ..RecordRow::default()
    });
    let rights = match (content.unit, content.person) {
        (None, None) => [
            Right::SeeBureauList,
            Right::KeepBureauList,
            Right::StepBureauList,
        ],
        _ => [Right::SeeListRow, Right::KeepListRow, Right::StepListRow],
    };
    (row, rights)
}

fn marked(mark: Mark) -> RecordRow {
    RecordRow {
        mark,
        ..RecordRow::default()
    }
}

fn about(person: PersonId) -> RecordRow {
    RecordRow {
        about: vec![person],
        ..RecordRow::default()
    }
}

/// The filter of a list's page.
pub(crate) fn filter(
    app: &App,
    actor: &Actor,
    template: &ListTemplate,
    asked: &Asked,
    today: NaiveDate,
) -> AppResult<RowFilter> {
    let source = template.rows().ok_or(AppError::NotFound { what: WHAT })?;
    let sight = match asked.mine {
        true => own(app, actor),
        false => sight(app, actor),
    };
    let period = asked.period.and_then(|day| template.period_of(day));
    Ok(RowFilter {
        unit: asked.unit,
        person: asked.person,
        state: asked.state.clone(),
        open: asked.open,
        period: period.map(|period| period.start()),
        limit: if asked.overdue {
            Some(LimitWish::Overdue(today))
        } else if asked.unlimited {
            Some(LimitWish::Missing)
        } else {
            source.with_limit.then_some(LimitWish::Set)
        },
        withdrawn: asked.withdrawn,
        sort: asked.sort,
        ..RowFilter::of(&source.register, sight)
    })
}

/// What a look at the ledger is narrowed by.
fn ledger_filter(app: &App, actor: &Actor, list: &ListTemplate) -> Option<TaskFilter> {
    let ListSource::Ledger { filter, .. } = &list.source else {
        return None;
    };
    let mut wanted = policy::tasks(app, actor);
    for (key, value) in filter {
        let named = serde_json::Value::String(value.clone());
        match key {
            LedgerKey::Tier => wanted.tier = serde_json::from_value(named).ok(),
            LedgerKey::Level => wanted.level = serde_json::from_value(named).ok(),
            LedgerKey::Category => wanted.category = Some(value.clone()),
        }
    }
    Some(wanted)
}

/// The titles of the tasks that rows name, as far as the reader may see them.
pub(crate) async fn titles(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    rows: &[ListRow],
) -> AppResult<BTreeMap<TaskId, String>> {
    let cells = rows.iter().flat_map(|row| row.content.cells.values());
    let mut ids: Vec<TaskId> = cells
        .filter_map(|cell| match cell {
            Cell::Task(id) => Some(*id),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let page = PageRequest {
        size: u32::try_from(ids.len()).unwrap_or(u32::MAX),
        after: None,
    };
    let filter = TaskFilter {
        ids: Some(ids),
        ..policy::tasks(app, &who.actor)
    };
    let found = uow.tasks_list(&filter, TaskSort::Opened, &page).await?;
    let titles = found.rows.into_iter().map(|row| (row.id, row.title));
    Ok(titles.collect())
}

/// A cell in words.
pub fn said(cell: &Cell, organisation: &Organisation, titles: &BTreeMap<TaskId, String>) -> String {
    match cell {
        Cell::Text(text) | Cell::Number(text) | Cell::Choice(text) => text.clone(),
        Cell::Date(day) => day.to_string(),
        Cell::Person(person) => organisation.person_name(*person).to_owned(),
        Cell::Unit(unit) => organisation.unit_name(*unit).to_owned(),
        Cell::Task(task) => titles
            .get(task)
            .cloned()
            .unwrap_or_else(|| "（无权查看的事项）".to_owned()),
    }
}

/// Whose row it is, in words; empty for the bureau's.
pub fn owner_said(content: &RowContent, organisation: &Organisation) -> String {
    match (content.unit, content.person) {
        (Some(unit), _) => organisation.unit_name(unit).to_owned(),
        (None, Some(person)) => organisation.person_name(person).to_owned(),
        (None, None) => String::new(),
    }
}
