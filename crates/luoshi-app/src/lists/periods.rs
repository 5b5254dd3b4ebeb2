//! Lists that begin anew each period: which days have a row, and the last period taken over.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use luoshi_domain::calendar::Calendar;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::lists::{
    Cell, ColumnPart, ListRow, ListTemplate, RowContent, RowFilter, RowSort, RowsSource,
};
use luoshi_domain::marks::Mark;
use luoshi_domain::periods::Period;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::tasks::lists::PageRequest;

use crate::errors::{AppError, AppResult};
use crate::{App, Who};

use super::rows::{begin, permit_keeping};
use super::{WHAT, filter, kept_in, sight, wanted};

/// Most rows that are taken over at once.
const COPIED: u32 = 400;

/// The requirement behind the refusals here.
const RULE: &str = "DISC-03";

/// The workdays of a period on which nobody is down (DISC-03), of a list by days.
pub fn gaps(period: &Period, rows: &[ListRow], calendar: &Calendar) -> Vec<NaiveDate> {
    let taken: BTreeSet<NaiveDate> = rows.iter().filter_map(|row| row.content.day).collect();
    let days = workdays(period, calendar).into_iter();
    days.filter(|day| !taken.contains(day)).collect()
}

/// What is taken over from a period into another.
#[derive(Clone, Debug)]
pub struct Copying {
    pub unit: Option<UnitId>,
    pub person: Option<PersonId>,
    /// A day of the period to fill.
    pub into: NaiveDate,
}

/// Takes the rows of the period before over into one: by days, the same order of people goes on
/// workday by workday. Days that have a row already are left alone. How many rows there are now.
#[tracing::instrument(skip_all, fields(list = code))]
pub async fn copy(app: &App, who: &Who, code: &str, copying: &Copying) -> AppResult<u32> {
    let mut uow = app.store.write(who.bureau).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let register = wanted(&rules, code)?
        .rows()
        .map(|rows| rows.register.clone());
    let template = kept_in(&rules, &register.ok_or(AppError::NotFound { what: WHAT })?)?;
    let source = template.rows().ok_or(AppError::NotFound { what: WHAT })?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let period = template.period_of(copying.into);
    let (Some(period), Some(before)) = (period.clone(), period.as_ref().and_then(Period::previous))
    else {
        let sentence = "这份清单不分期，不能沿用上一期。";
        return Err(Refusal::state("no_period", RULE, sentence).into());
    };
    let owner = RowContent {
        unit: copying.unit,
        person: copying.person,
        ..RowContent::default()
    };
    permit_keeping(app, who, &template, &owner)?;
    let of = |start: NaiveDate| RowFilter {
        unit: copying.unit,
        person: copying.person,
        period: Some(start),
        sort: RowSort::Day,
        ..RowFilter::of(&source.register, sight(app, &who.actor))
    };
    let page = PageRequest {
        size: COPIED,
        after: None,
    };
    let last = uow.list_rows(&of(before.start()), &page).await?.rows;
    if last.is_empty() {
        let sentence = format!("{}没有排过，没有可以沿用的。", before.label());
        return Err(Refusal::state("nothing_before", RULE, sentence).into());
    }
    let there = uow.list_rows(&of(period.start()), &page).await?.rows;
    let contents = carried(source, &period, &last, &there, &rules.calendar);
    if contents.is_empty() {
        let sentence = format!("{}已经排满，没有变动。", period.label());
        return Err(Refusal::state("filled", RULE, sentence).into());
    }
    let mut count = 0;
    for content in contents {
        let event = ListRow::add(&template, content, &ctx)?;
        begin(app, &mut *uow, &event, &ctx).await?;
        count += 1;
    }
    uow.commit().await?;
    Ok(count)
}

/// What the rows of one period become in the next. Marked rows stay where they are, and what was
/// only true then (other days) is left out.
fn carried(
    source: &RowsSource,
    period: &Period,
    last: &[ListRow],
    there: &[ListRow],
    calendar: &Calendar,
) -> Vec<RowContent> {
    let day_key = source.part(ColumnPart::Day).map(|column| &column.key);
    let required = |key: &String| source.column(key).is_some_and(|column| column.required);
    let kept = |row: &ListRow, day: Option<NaiveDate>| {
        let mut content = RowContent {
            period: Some(period.start()),
            ..row.content.clone()
        };
        content.cells.retain(|key, cell| match cell {
            Cell::Date(_) => false,
            Cell::Number(_) => required(key),
            Cell::Text(text) => required(key) || text.chars().count() <= SHORT,
            _ => true,
        });
        if let (Some(key), Some(day)) = (day_key, day) {
            content.cells.insert(key.clone(), Cell::Date(day));
        }
        content
    };
    let last: Vec<&ListRow> = last
        .iter()
        .filter(|row| row.content.mark == Mark::None)
        .collect();
    if day_key.is_none() {
        // Without days a period that has rows is not filled twice.
        return match there.is_empty() {
            true => last.iter().map(|row| kept(row, None)).collect(),
            false => Vec::new(),
        };
    }
    // By the workday of the period before; somebody may stand in for a day that has two rows.
    let Some(before) = period.previous() else {
        return Vec::new();
    };
    let turns: Vec<Vec<&ListRow>> = workdays(&before, calendar)
        .into_iter()
        .map(|day| {
            let rows = last.iter().filter(|row| row.content.day == Some(day));
            rows.copied().collect()
        })
        .filter(|rows: &Vec<&ListRow>| !rows.is_empty())
        .collect();
    let gaps: BTreeSet<NaiveDate> = gaps(period, there, calendar).into_iter().collect();
    let mut contents = Vec::new();
    if turns.is_empty() {
        return contents;
    }
    let turns = turns.iter().cycle();
    for (day, rows) in workdays(period, calendar).into_iter().zip(turns) {
        if gaps.contains(&day) {
            contents.extend(rows.iter().map(|row| kept(row, Some(day))));
        }
    }
    contents
}

/// Texts up to this many characters say where and how, longer ones what happened then.
const SHORT: usize = 40;

fn workdays(period: &Period, calendar: &Calendar) -> Vec<NaiveDate> {
    let days = period.start().iter_days();
    let days = days.take_while(|day| *day <= period.end());
    days.filter(|day| calendar.is_workday(*day)).collect()
}

/// The rows of one period, for a page by days; bounded as a copy is.
pub async fn rows_of(
    app: &App,
    who: &Who,
    template: &ListTemplate,
    owner: (Option<UnitId>, Option<PersonId>),
    day: NaiveDate,
) -> AppResult<Vec<ListRow>> {
    let mut uow = app.store.read(who.bureau).await?;
    let asked = super::Asked {
        unit: owner.0,
        person: owner.1,
        period: Some(day),
        sort: RowSort::Day,
        ..super::Asked::default()
    };
    let filter = filter(app, &who.actor, template, &asked, day)?;
    let page = PageRequest {
        size: COPIED,
        after: None,
    };
    Ok(uow.list_rows(&filter, &page).await?.rows)
}
