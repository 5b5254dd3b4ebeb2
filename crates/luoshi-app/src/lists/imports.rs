//! Rows of a list out of an Excel table: looked at first, with every fault by its cell, then all of
//! them or none.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self, Column as BookColumn, Page, ReadRow, Sheet};
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::lists::{
    ColumnKind, ListColumn, ListRow, ListTemplate, Owner, RowContent, RowsSource,
};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::refusals::Refusal;

use crate::accounts::blocking;
use crate::errors::{AppError, AppResult};
use crate::{App, Who, secrecy};

use super::rows::{begin, permit_keeping};
use super::{WHAT, kept_in, wanted};

/// Most rows of one table.
pub const ROWS_LIMIT: usize = 2000;

/// Rows that a preview shows.
pub const SHOWN: usize = 50;

/// Rows among which the headings are looked for.
const HEAD_ROWS: usize = 10;

/// The requirement behind the refusals here.
const RULE: &str = "LEDGER-12";

/// A table with what it does not say itself.
pub struct Upload {
    pub bytes: Arc<[u8]>,
    pub unit: Option<UnitId>,
    pub person: Option<PersonId>,
    /// A day of the period.
    pub period: Option<NaiveDate>,
    /// Reads days as people write them, or says why not.
    pub read_day: fn(&str, NaiveDate) -> Result<Option<NaiveDate>, String>,
}

/// What an import would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Each heading with the column that it is; `None` where it is none.
    pub headings: Vec<(String, Option<String>)>,
    pub count: usize,
    /// The first rows in words, by the columns of the list.
    pub rows: Vec<Vec<String>>,
    pub faults: Vec<CellFault>,
}

/// A cell that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// `C7`
    pub cell: String,
    pub label: String,
    pub text: String,
    pub sentence: String,
}

/// How an import ended.
pub enum Taken {
    /// So many rows.
    Done(usize),
    /// Nothing was taken.
    Faulty(Box<Preview>),
}

/// A table to fill in.
pub async fn template(app: &App, who: &Who, code: &str) -> AppResult<Vec<u8>> {
    let list = register(app, who, code).await?;
    let source = source(&list)?;
    let required = source.columns.iter().filter(|column| column.required);
    let required: Vec<&str> = required.map(|column| column.label.as_str()).collect();
    let mut notes = vec![format!("一行一条；必填：{}", required.join("、"))];
    for column in &source.columns {
        if column.kind == ColumnKind::Choice {
            notes.push(format!("{}写：{}", column.label, column.options.join("、")));
        }
    }
    let columns = importable(source).map(|column| BookColumn {
        heading: column.label.clone().into(),
        width: match column.kind {
            ColumnKind::LongText => 36,
            _ => 18,
        },
        ..BookColumn::default()
    });
    let page = Page {
        name: "清单",
        sheet: Sheet {
            title: format!("{}导入表", list.label),
            note: notes.join("；"),
            columns: columns.collect(),
            rows: Vec::new(),
        },
        spare: 200,
    };
    let bytes = blocking(move || workbook::write_all(&[page])).await?;
    bytes.map_err(|error| AppError::internal("a template cannot be written", error))
}

/// What an import would do; nothing is stored.
pub async fn preview(app: &App, who: &Who, code: &str, upload: &Upload) -> AppResult<Preview> {
    let rows = read(upload).await?;
    let list = register(app, who, code).await?;
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let (preview, contents) = worked(&list, &organisation, upload, &rows, app.today())?;
    if let Some(content) = contents.first() {
        permit_keeping(app, who, &list, content)?;
    }
    Ok(preview)
}

/// Takes every row, or none.
#[tracing::instrument(skip_all, fields(list = code))]
pub async fn carry_out(app: &App, who: &Who, code: &str, upload: &Upload) -> AppResult<Taken> {
    let rows = read(upload).await?;
    let mut uow = app.store.write(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let found = wanted(&rules, code)?;
    let list = kept_in(&rules, &source(found)?.register)?;
    let (preview, contents) = worked(&list, &organisation, upload, &rows, rules.today)?;
    if !preview.faults.is_empty() {
        return Ok(Taken::Faulty(Box::new(preview)));
    }
    let ctx = rules.context(app, &who.actor, &organisation);
    let count = contents.len();
    let mut events = Vec::new();
    for content in contents {
        permit_keeping(app, who, &list, &content)?;
        events.push(ListRow::add(&list, content, &ctx)?);
    }
    secrecy::check(who, &events, &())?;
    for event in &events {
        begin(app, &mut *uow, event, &ctx).await?;
    }
    uow.commit().await?;
    Ok(Taken::Done(count))
}

async fn register(app: &App, who: &Who, code: &str) -> AppResult<ListTemplate> {
    let mut uow = app.store.read(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    kept_in(&rules, &source(wanted(&rules, code)?)?.register)
}

fn source(list: &ListTemplate) -> AppResult<&RowsSource> {
    list.rows().ok_or(AppError::NotFound { what: WHAT })
}

/// The columns that a table can fill in: a task is chosen, not written.
fn importable(source: &RowsSource) -> impl Iterator<Item = &ListColumn> {
    let columns = source.columns.iter();
    columns.filter(|column| column.kind != ColumnKind::Task)
}

async fn read(upload: &Upload) -> AppResult<Vec<ReadRow>> {
    let bytes = Arc::clone(&upload.bytes);
    let pages = blocking(move || workbook::read_all(&bytes, &Limits::default())).await??;
    let rows = pages.into_iter().next().map(|page| page.rows);
    Ok(rows.unwrap_or_default())
}

fn worked(
    list: &ListTemplate,
    organisation: &Organisation,
    upload: &Upload,
    rows: &[ReadRow],
    today: NaiveDate,
) -> AppResult<(Preview, Vec<RowContent>)> {
    let source = source(list)?;
    let input = |code, sentence: String| Err(Refusal::input(code, RULE, sentence).into());
    let Some((at, layout)) = layout(source, rows) else {
        let wanted: Vec<&str> = importable(source)
            .map(|column| column.label.as_str())
            .collect();
        let sentence = format!(
            "没有找到表头。第一张表里要有一行写着：{}。",
            wanted.join("、")
        );
        return input("no_headings", sentence);
    };
    let body = rows.get(at + 1..).unwrap_or_default();
    if body.len() > ROWS_LIMIT {
        let sentence = format!("表格有 {} 行，一次最多导入 {ROWS_LIMIT} 行。", body.len());
        return input("too_many", sentence);
    }
    if body.is_empty() {
        return input("no_rows", "表头下面没有内容，什么都没有导入。".into());
    }
    let head = rows.get(at).map(|row| row.cells.as_slice());
    let mut preview = Preview {
        headings: head
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.trim().is_empty())
            .map(|(place, cell)| {
                let column = layout.iter().find(|(known, _)| *known == place);
                (
                    cell.trim().to_owned(),
                    column.map(|(_, column)| column.label.clone()),
                )
            })
            .collect(),
        count: body.len(),
        ..Preview::default()
    };
    let mut contents = Vec::new();
    for row in body {
        let mut typed = BTreeMap::new();
        let before = preview.faults.len();
        for (place, column) in &layout {
            let text = row.cells.get(*place).map_or("", |cell| cell.trim());
            let mut fault = |sentence: String| {
                preview.faults.push(CellFault {
                    cell: format!("{}{}", letters(*place), row.number),
                    label: column.label.clone(),
                    text: text.to_owned(),
                    sentence,
                });
            };
            match written(column, text, organisation, upload, today) {
                Ok(text) => {
                    let one = BTreeMap::from([(column.key.clone(), text.clone())]);
                    // Each cell is read alone, so that each fault has its cell.
                    match source.read(&one) {
                        Ok(_cells) if column.required && text.is_empty() => {
                            fault("这一栏必填。".to_owned());
                        }
                        Ok(_cells) => {
                            typed.insert(column.key.clone(), text);
                        }
                        Err(faults) => {
                            for found in faults {
                                fault(found.sentence);
                            }
                        }
                    }
                }
                Err(sentence) => fault(sentence),
            }
        }
        if preview.faults.len() > before {
            continue;
        }
        let cells = source.read(&typed).unwrap_or_default();
        if let Some(missing) = source.missing(&cells).into_iter().next() {
            preview.faults.push(CellFault {
                cell: format!("第 {} 行", row.number),
                label: missing.label,
                text: String::new(),
                sentence: "表里没有这一栏，而它必填。".to_owned(),
            });
            continue;
        }
        if preview.rows.len() < SHOWN {
            let titles = BTreeMap::new();
            let said = source.columns.iter().map(|column| {
                let cell = cells.get(&column.key);
                cell.map(|cell| super::said(cell, organisation, &titles))
                    .unwrap_or_default()
            });
            preview.rows.push(said.collect());
        }
        contents.push(RowContent {
            unit: upload.unit.filter(|_unit| list.owner == Owner::Unit),
            person: upload.person.filter(|_person| list.owner == Owner::Person),
            period: upload.period,
            cells,
            mark: Mark::None,
            ..RowContent::default()
        });
    }
    Ok((preview, contents))
}

/// The row of the headings, and which of its cells is which column.
fn layout<'a>(
    source: &'a RowsSource,
    rows: &[ReadRow],
) -> Option<(usize, Vec<(usize, &'a ListColumn)>)> {
    let bare = |text: &str| {
        let text = text.trim().trim_start_matches(['*', '＊']);
        let head = text.split(['（', '(']).next().unwrap_or(text);
        head.trim().to_owned()
    };
    let mut best: Option<(usize, Vec<(usize, &ListColumn)>)> = None;
    for (at, row) in rows.iter().enumerate().take(HEAD_ROWS) {
        let cells = row.cells.iter().enumerate();
        let mut found: Vec<(usize, &ListColumn)> = Vec::new();
        for (place, cell) in cells {
            let column = importable(source)
                .find(|column| column.label == cell.trim() || bare(&column.label) == bare(cell));
            if let Some(column) = column
                && !found.iter().any(|(_, known)| known.key == column.key)
            {
                found.push((place, column));
            }
        }
        let more = best
            .as_ref()
            .is_none_or(|(_, known)| found.len() > known.len());
        if !found.is_empty() && more {
            best = Some((at, found));
        }
    }
    best
}

/// What is written in a cell as the list's columns read it: names become ids, days days.
fn written(
    column: &ListColumn,
    text: &str,
    organisation: &Organisation,
    upload: &Upload,
    today: NaiveDate,
) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    match column.kind {
        ColumnKind::Date => {
            let day = (upload.read_day)(text, today)?;
            Ok(day.map(|day| day.to_string()).unwrap_or_default())
        }
        ColumnKind::Unit => match organisation.unit_named(text) {
            Some(unit) => Ok(unit.id.to_string()),
            None => Err(format!("机构表里没有“{text}”。")),
        },
        ColumnKind::Person => {
            let mut named = organisation
                .persons
                .iter()
                .filter(|known| known.name == text);
            match (named.next(), named.next()) {
                (Some(person), None) => Ok(person.id.to_string()),
                (Some(_), Some(_)) => Err(format!("有几个人叫“{text}”，请登记后再选。")),
                (None, _) => Err(format!("机构表里没有“{text}”这个人。")),
            }
        }
        _ => Ok(text.to_owned()),
    }
}

/// A column's letters: `A` for 0.
fn letters(place: usize) -> String {
    let mut rest = place;
    let mut letters = String::new();
    loop {
        let digit = u32::try_from(rest % 26).unwrap_or_default();
        letters.insert(0, char::from_u32(u32::from('A') + digit).unwrap_or('?'));
        if rest < 26 {
            return letters;
        }
        rest = rest / 26 - 1;
    }
}
