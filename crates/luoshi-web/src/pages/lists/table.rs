//! The rows of one list: filtered, page by page, or day by day.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::COUNT_CAP;
use luoshi_app::lists::periods::{self, Copying};
use luoshi_app::lists::sheets;
use luoshi_app::lists::{self, Asked, RowsView, owner_said};
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::lists::{
    Cell, ColumnKind, ColumnPart, ListColumn, ListRow, ListSource, ListTemplate, Owner, RowsSource,
};
use luoshi_domain::periods::Period;
use luoshi_domain::tasks::lists::PageRequest;
use serde::Deserialize;

use super::query::Wish;
use super::sheet;
use super::{PATH, ROWS_PATH, ledger_href};
use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::pages::ledger::query::address;
use crate::pages::parts::{Choice, Link, Pager, Tally};
use crate::pages::plans::answered;
use crate::pages::shell::Shell;
use crate::pages::{html, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Rows of a page.
const PAGE_SIZE: u32 = 50;

pub(super) fn routes(table: Table) -> Table {
    table.get("/lists/{list}", Access::Member, get(show)).post(
        "/lists/{list}/copy",
        Access::Member,
        post(copy),
    )
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    shell: Shell,
    label: String,
    heading: String,
    said: String,
    about: String,
    clause: String,
    /// Other lists of the same rows.
    beside: Vec<Link>,
    tally: Vec<Tally>,
    filters: Vec<Filter>,
    /// What the form of the filters sends on.
    hidden: Vec<(&'static str, String)>,
    clear: String,
    narrowed: bool,
    heads: Vec<Head>,
    rows: Vec<Line>,
    /// Day by day instead, where a period of one owner is looked at.
    days: Vec<Day>,
    day_said: String,
    copy: Option<CopyForm>,
    pager: Pager,
    /// Empty where the reader may not add.
    add: String,
    import: String,
    print: String,
    workbook: String,
    withdrawn: Link,
}

/// A choice that narrows the list.
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

struct Head {
    label: String,
    href: String,
    sort: &'static str,
    class: &'static str,
}

pub(super) struct Line {
    pub(super) href: String,
    pub(super) cells: Vec<Shown>,
    pub(super) owner: String,
    pub(super) period: String,
    pub(super) state: Badge2,
    pub(super) note: String,
    pub(super) mark: &'static str,
}

/// A badge whose label is a pack's.
pub(super) struct Badge2 {
    pub(super) tone: &'static str,
    pub(super) label: String,
}

/// A cell as shown.
pub(super) struct Shown {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) href: String,
    pub(super) class: &'static str,
    /// Whether it is the day that rows stand by.
    pub(super) day: bool,
}

/// A day of a period with who is down for it.
pub(super) struct Day {
    pub(super) date: String,
    pub(super) weekday: &'static str,
    pub(super) rest: bool,
    pub(super) lines: Vec<Line>,
    /// Where a row for it is added; empty where the reader may not.
    pub(super) add: String,
}

/// Taking over the period before.
pub(super) struct CopyForm {
    pub(super) action: String,
    pub(super) label: String,
    pub(super) confirm: String,
    pub(super) unit: String,
    pub(super) person: String,
    pub(super) into: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CopyTyped {
    unit: Option<UnitId>,
    person: Option<PersonId>,
    into: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let list = lists::template(&state.app, signed_in.who(), &code).await?;
    match &list.source {
        ListSource::Ledger { .. } => Ok(Redirect::to(&ledger_href(&list)).into_response()),
        ListSource::Sheet(_) => {
            let view = sheets::show(&state.app, signed_in.who(), &code).await?;
            sheet::page(&state, &signed_in, &view).await
        }
        ListSource::Rows(_) => {
            let today = state.app.today();
            let wish = with_owner(&state, &signed_in, &list, wish);
            let asked = wish.asked(&list, today)?;
            let page = PageRequest {
                size: PAGE_SIZE,
                after: (!wish.after.is_empty()).then(|| wish.after.clone()),
            };
            let who = signed_in.who();
            let view = lists::rows(&state.app, who, &code, &asked, &page).await?;
            let view = View {
                view: &view,
                wish: &wish,
                asked: &asked,
                code: &code,
                today,
            };
            let by_day = match view.day_owner() {
                Some(owner) => {
                    let day = asked.period.unwrap_or(today);
                    Some(periods::rows_of(&state.app, who, &list, owner, day).await?)
                }
                None => None,
            };
            let shell = Shell::signed_in(&state, &signed_in, PATH).await?;
            html(StatusCode::OK, &view.page(shell, by_day.as_deref()))
        }
    }
}

/// A list by days opens at the reader's own unit.
fn with_owner(state: &WebState, signed_in: &SignedIn, list: &ListTemplate, mut wish: Wish) -> Wish {
    let by_day = list
        .rows()
        .is_some_and(|rows| rows.part(ColumnPart::Day).is_some());
    let bare = wish.unit.is_empty() && wish.period.is_empty() && wish.limit.is_empty();
    let actor = &signed_in.who().actor;
    let narrow = by_day && list.owner == Owner::Unit && bare && wish.mine.is_empty();
    if narrow && !luoshi_app::policy::sees_bureau(&state.app, actor) {
        let own = actor.units().into_iter().next();
        wish.unit = own.map(|unit| unit.to_string()).unwrap_or_default();
    }
    wish
}

async fn copy(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(code): Path<String>,
    Form(typed): Form<CopyTyped>,
) -> WebResult<Response> {
    let into: NaiveDate = typed.into.parse().unwrap_or_else(|_none| state.app.today());
    let copying = Copying {
        unit: typed.unit,
        person: typed.person,
        into,
    };
    let done = periods::copy(&state.app, signed_in.who(), &code, &copying).await;
    let unit = typed.unit.map(|unit| unit.to_string()).unwrap_or_default();
    let wish = Wish {
        unit,
        person: typed.person.map(|id| id.to_string()).unwrap_or_default(),
        period: into.to_string(),
        ..Wish::default()
    };
    answered(&wish.at(&code, ""), done, |count| {
        format!("已沿用上一期，排了 {count} 行，请逐日看一遍。")
    })
}

/// What the page is made with.
pub(super) struct View<'a> {
    pub(super) view: &'a RowsView,
    pub(super) wish: &'a Wish,
    pub(super) asked: &'a Asked,
    pub(super) code: &'a str,
    pub(super) today: NaiveDate,
}

impl View<'_> {
    pub(super) fn list(&self) -> &ListTemplate {
        &self.view.template
    }

    pub(super) fn source(&self) -> Option<&RowsSource> {
        self.view.source()
    }

    pub(super) fn period(&self) -> Option<Period> {
        self.asked.period.and_then(|day| self.list().period_of(day))
    }

    /// Whose days are shown one by one: of a list by days, where a period and its owner are chosen
    /// and nothing else.
    fn day_owner(&self) -> Option<(Option<UnitId>, Option<PersonId>)> {
        self.source()?.part(ColumnPart::Day)?;
        self.period()?;
        let asked = self.asked;
        let bare = asked.state.is_none()
            && asked.open.is_none()
            && !asked.overdue
            && !asked.withdrawn
            && !asked.unlimited;
        let owner = match self.list().owner {
            Owner::Bureau => Some((None, None)),
            Owner::Unit => asked.unit.map(|unit| (Some(unit), None)),
            Owner::Person => asked.person.map(|person| (None, Some(person))),
        };
        owner.filter(|_owner| bare)
    }

    fn owner_name(&self) -> String {
        let organisation = &self.view.organisation;
        match (self.asked.unit, self.asked.person) {
            (Some(unit), _) => organisation.unit_name(unit).to_owned(),
            (None, Some(person)) => organisation.person_name(person).to_owned(),
            (None, None) => lists::alone(self.view).unwrap_or_default(),
        }
    }

    fn page(&self, shell: Shell, by_day: Option<&[ListRow]>) -> ListPage {
        let (view, list) = (self.view, self.list());
        let days = by_day.map(|rows| self.days(rows)).unwrap_or_default();
        let count = match view.count >= COUNT_CAP {
            true => format!("{} 行以上", view.count),
            false => format!("{} 行", view.count),
        };
        let wide = self.owner_column();
        ListPage {
            label: list.label.clone(),
            heading: list.heading(&self.owner_name(), self.period().as_ref()),
            said: match self.wish.withdrawn == "yes" {
                true => format!("撤下的 {count}"),
                false => count,
            },
            about: list.about.clone(),
            clause: match list.cited.default {
                true => format!("{}（默认）", list.cited.clause),
                false => list.cited.clause.clone(),
            },
            beside: self.beside(),
            tally: self.tally(),
            filters: self.filters(),
            hidden: self.hidden(),
            clear: format!("{PATH}/{}", self.code),
            narrowed: self.wish.narrows(),
            heads: self.heads(!days.is_empty()),
            rows: match days.is_empty() {
                true => view.rows.iter().map(|row| self.line(row, wide)).collect(),
                false => Vec::new(),
            },
            day_said: by_day.map(|rows| self.day_said(rows)).unwrap_or_default(),
            copy: by_day.and_then(|_rows| self.copy_form()),
            days,
            pager: self.pager(),
            add: match view.keeps.any() {
                true => self.add_href(None),
                false => String::new(),
            },
            import: match view.keeps.any() {
                true => format!("{PATH}/{}/import", self.code),
                false => String::new(),
            },
            print: self.wish.at(self.code, "/print"),
            workbook: self.wish.at(self.code, "/export.xlsx"),
            withdrawn: match self.wish.withdrawn == "yes" {
                true => link(self.wish.with(self.code, "withdrawn", ""), "看没有撤下的"),
                false => link(self.wish.with(self.code, "withdrawn", "yes"), "看撤下的"),
            },
            shell,
        }
    }

    pub(super) fn add_href(&self, day: Option<NaiveDate>) -> String {
        let (unit, person) = (&self.wish.unit, &self.wish.person);
        let period = self.asked.period.map(|day| day.to_string());
        let day = day.map(|day| day.to_string());
        let pairs = [
            ("unit", unit.as_str()),
            ("person", person),
            ("period", period.as_deref().unwrap_or_default()),
            ("day", day.as_deref().unwrap_or_default()),
        ];
        let pairs: Vec<(&str, &str)> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        address(&format!("{PATH}/{}/new", self.code), &pairs)
    }

    /// The lists of the same rows, this one among them.
    fn beside(&self) -> Vec<Link> {
        if self.view.beside.is_empty() {
            return Vec::new();
        }
        let others = self.view.beside.iter();
        let others = others.map(|list| link(self.wish.at(&list.code(), ""), &list.label));
        others.collect()
    }

    /// Whether rows of several owners can be in it.
    pub(super) fn owner_choice(&self) -> bool {
        self.view.sees_all || self.view.keeps.units.len() > 1
    }

    /// Whether a column says whose each row is.
    fn owner_column(&self) -> bool {
        match self.list().owner {
            Owner::Bureau => false,
            Owner::Unit => self.owner_choice() && self.asked.unit.is_none(),
            Owner::Person => self.view.sees_all && self.asked.person.is_none(),
        }
    }

    fn heads(&self, by_day: bool) -> Vec<Head> {
        let Some(rows) = self.source() else {
            return Vec::new();
        };
        let mut heads: Vec<Head> = rows
            .shown()
            .filter(|column| !by_day || column.part != ColumnPart::Day)
            .map(|column| {
                let sort = match column.part {
                    ColumnPart::Plain => "",
                    ColumnPart::Limit => "limit",
                    ColumnPart::Day => "day",
                };
                let sorted = !sort.is_empty() && sort == self.wish.sort;
                Head {
                    label: headed(column),
                    href: match (sort, sorted) {
                        ("", _) => String::new(),
                        (_, true) => self.wish.with(self.code, "sort", "latest"),
                        (sort, false) => self.wish.with(self.code, "sort", sort),
                    },
                    sort: if sorted { "ascending" } else { "" },
                    class: if is_number(column) { "num" } else { "" },
                }
            })
            .collect();
        let plain = |label: &str| Head {
            label: label.into(),
            href: String::new(),
            sort: "",
            class: "",
        };
        if self.owner_column() {
            heads.push(plain(match self.list().owner {
                Owner::Person => "谁的",
                _ => "单位",
            }));
        }
        if self.list().cycle.is_some() && self.asked.period.is_none() {
            heads.push(plain("期"));
        }
        heads.push(plain("状态"));
        heads
    }

    pub(super) fn line(&self, row: &ListRow, owner: bool) -> Line {
        let period = row.content.period;
        let period = period.filter(|_day| self.asked.period.is_none());
        let period = period.and_then(|day| self.list().period_of(day));
        line(
            self.view,
            row,
            self.today,
            match owner {
                true => owner_said(&row.content, &self.view.organisation),
                false => String::new(),
            },
            period.map(|period| period.label()).unwrap_or_default(),
        )
    }

    fn pager(&self) -> Pager {
        let shown = self.view.rows.len();
        let mut pager = Pager {
            said: match (&self.view.next, self.wish.after.is_empty()) {
                (None, true) => format!("共 {shown} 行，已全部列出"),
                _ => format!("本页 {shown} 行"),
            },
            ..Pager::default()
        };
        if let Some(next) = &self.view.next {
            pager.next = self.wish.with(self.code, "after", next);
        }
        if !self.wish.after.is_empty() {
            pager.previous = self.wish.at(self.code, "");
        }
        pager
    }
}

/// A row as a table shows it.
fn line(view: &RowsView, row: &ListRow, today: NaiveDate, owner: String, period: String) -> Line {
    let columns = view.source().map(|rows| rows.shown().collect::<Vec<_>>());
    let late = row.is_overdue(today);
    let cells = columns.unwrap_or_default().into_iter();
    let cells = cells.map(|column| shown(view, row, column, late));
    let label = view
        .source()
        .map_or(row.state.as_str(), |rows| rows.lifecycle.label(&row.state));
    Line {
        href: format!("{ROWS_PATH}/{}", row.id),
        cells: cells.collect(),
        owner,
        period,
        state: badge(view.source(), row, label),
        note: match (late, row.content.limit) {
            (true, Some(limit)) => format!("逾期 {} 天", (today - limit).num_days()),
            _ => String::new(),
        },
        mark: labels::mark(row.content.mark),
    }
}

/// A row's state with its colour.
pub(super) fn badge(source: Option<&RowsSource>, row: &ListRow, label: &str) -> Badge2 {
    let first = source.and_then(|rows| rows.lifecycle.first());
    let tone = if row.withdrawn.is_some() {
        "void"
    } else if !row.is_open {
        "done"
    } else if first.is_some_and(|first| first.key == row.state) {
        "waiting"
    } else {
        "running"
    };
    Badge2 {
        tone,
        label: match row.withdrawn.is_some() {
            true => "已撤下".to_owned(),
            false => label.to_owned(),
        },
    }
}

fn shown(view: &RowsView, row: &ListRow, column: &ListColumn, late: bool) -> Shown {
    let cell = row.content.cells.get(&column.key);
    let text = cell.map(|cell| lists::said(cell, &view.organisation, &view.titles));
    let href = match cell {
        Some(Cell::Task(task)) if view.titles.contains_key(task) => format!("/tasks/{task}"),
        _ => String::new(),
    };
    Shown {
        label: column.label.clone(),
        text: text.unwrap_or_default(),
        href,
        day: column.part == ColumnPart::Day,
        class: match (column.kind, column.part) {
            (_, ColumnPart::Limit) if late => "nowrap late",
            (ColumnKind::Date, _) => "nowrap",
            _ if is_number(column) => "num",
            (ColumnKind::LongText, _) => "long",
            _ => "",
        },
    }
}

pub(super) fn is_number(column: &ListColumn) -> bool {
    matches!(column.kind, ColumnKind::Number | ColumnKind::Amount)
}

/// A column's heading with what it is counted in.
pub(super) fn headed(column: &ListColumn) -> String {
    match column.measure.is_empty() {
        true => column.label.clone(),
        false => format!("{}（{}）", column.label, column.measure),
    }
}

fn link(href: String, label: &str) -> Link {
    Link {
        href,
        label: label.to_owned(),
    }
}

/// The cells of a row in the order of the columns, for prints and tables.
pub(super) fn texts(
    source: &RowsSource,
    row: &ListRow,
    organisation: &luoshi_domain::organisation::Organisation,
    titles: &BTreeMap<luoshi_domain::ids::TaskId, String>,
) -> Vec<String> {
    let cells = source.shown().map(|column| {
        let cell = row.content.cells.get(&column.key);
        cell.map(|cell| lists::said(cell, organisation, titles))
            .unwrap_or_default()
    });
    cells.collect()
}
