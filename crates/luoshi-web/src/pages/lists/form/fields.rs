//! The fields of a row, made of the list's columns.

use luoshi_app::lists::RowsView;
use luoshi_app::{policy, tasks};
use luoshi_domain::ids::TaskId;
use luoshi_domain::lists::{Cell, ColumnKind, ColumnPart, ListColumn, Owner};
use luoshi_domain::tasks::lists::{PageRequest, Queue, TaskSort};

use super::{CELL, Filled};
use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::lists::table::headed;
use crate::pages::parts::{Choice, Field};
use crate::problem::WebResult;

/// Tasks to choose from.
const TASKS_OFFERED: u32 = 300;

/// Whose row it is, and of which period, where there is a choice.
pub(super) fn owner_fields(signed_in: &SignedIn, view: &RowsView, filled: &Filled) -> Vec<Field> {
    let (list, keeps) = (&view.template, &view.keeps);
    let organisation = &view.organisation;
    let mut fields = Vec::new();
    match list.owner {
        Owner::Bureau => {}
        Owner::Unit => {
            let units = organisation.units.iter();
            let units = units.filter(|unit| keeps.all || keeps.units.contains(&unit.id));
            let units =
                units.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), &filled.unit));
            let mut choices: Vec<Choice> = units.collect();
            if choices.len() != 1 {
                choices.insert(0, Choice::new("", "请选择", &filled.unit));
            }
            fields.push(Field::select("unit", "哪个单位的", choices).required());
        }
        Owner::Person => {
            let own = signed_in.who().actor.person;
            let persons = organisation.persons.iter();
            let persons = persons.filter(|person| keeps.all || person.id == own);
            let persons = persons.map(|person| {
                Choice::new(person.id.to_string(), person.name.clone(), &filled.person)
            });
            fields.push(Field::select("person", "谁的", persons.collect()).required());
        }
    }
    let by_day = list
        .rows()
        .is_some_and(|rows| rows.part(ColumnPart::Day).is_some());
    let today = filled.period.parse().ok();
    if let Some(period) = today.and_then(|day| list.period_of(day))
        && !by_day
    {
        let around = [period.previous(), Some(period.clone()), period.next()];
        let around = around.into_iter().flatten();
        let choices = around
            .map(|known| Choice::new(known.start().to_string(), known.label(), &filled.period));
        fields.push(Field::select("period", "哪一期的", choices.collect()).required());
    }
    fields
}

pub(super) fn field(
    view: &RowsView,
    column: &ListColumn,
    filled: &Filled,
    offered: &[(String, String)],
) -> Field {
    let name = format!("{CELL}{}", column.key);
    let value = filled.cells.get(&column.key).cloned().unwrap_or_default();
    let label = headed(column);
    let limit = Cell::text_limit(column.kind);
    let none = |label: &str| Choice::new("", label, &value);
    let chosen = |choices: Vec<Choice>| {
        let empty = if column.required {
            "请选择"
        } else {
            "（不填）"
        };
        let mut all = vec![none(empty)];
        all.extend(choices);
        Field::select(&name, &label, all)
    };
    let field = match column.kind {
        ColumnKind::Text => Field {
            max: limit,
            ..Field::text(&name, &label, value.clone())
        },
        ColumnKind::Number | ColumnKind::Amount => Field {
            max: limit,
            ..Field::text(&name, &label, value.clone())
        },
        ColumnKind::LongText => Field {
            max: limit,
            ..Field::area(&name, &label, value.clone())
        },
        ColumnKind::Date => Field::date(&name, &label, value.clone()),
        ColumnKind::Choice => {
            let options = column.options.iter();
            chosen(
                options
                    .map(|option| Choice::new(option, option, &value))
                    .collect(),
            )
        }
        ColumnKind::Unit => {
            let units = view.organisation.units.iter();
            chosen(
                units
                    .map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), &value))
                    .collect(),
            )
        }
        ColumnKind::Person => {
            let persons = view.organisation.persons.iter().map(|person| {
                let post = view.organisation.posts_of(person.id).next();
                let unit = post.map_or("", |post| view.organisation.unit_name(post.unit));
                let label = format!("{} {unit}", person.name);
                Choice::new(person.id.to_string(), label.trim(), &value)
            });
            chosen(persons.collect())
        }
        ColumnKind::Task => {
            let tasks = offered.iter();
            chosen(
                tasks
                    .map(|(id, title)| Choice::new(id, title, &value))
                    .collect(),
            )
        }
    };
    let mut hint = column.help.clone();
    if column.from_task.is_some() {
        let note = "选了事项的可以空着，按事项填";
        hint = match hint.is_empty() {
            true => note.to_owned(),
            false => format!("{hint}；{note}"),
        };
    }
    Field {
        // What a task can fill in may be left empty.
        must: column.required && column.from_task.is_none(),
        ..field.hint(hint)
    }
}

/// The open tasks that the reader sees, and the one that is chosen already.
pub(super) async fn offered(
    state: &WebState,
    signed_in: &SignedIn,
    chosen: Option<TaskId>,
) -> WebResult<Vec<(String, String)>> {
    let who = signed_in.who();
    let mut filter = policy::tasks(&state.app, &who.actor);
    filter.queue = Some(Queue::Open);
    let page = PageRequest {
        after: None,
        size: TASKS_OFFERED,
    };
    let found = tasks::list(&state.app, who, &filter, TaskSort::Limit, &page).await?;
    let rows = found.page.rows.iter();
    let mut offered: Vec<(String, String)> = rows
        .map(|row| {
            let number = row.number.as_deref().unwrap_or_default();
            (
                row.id.to_string(),
                format!("{number} {}", row.title).trim().to_owned(),
            )
        })
        .collect();
    if let Some(id) = chosen
        && !offered.iter().any(|(known, _)| *known == id.to_string())
    {
        let titles = tasks::titles(&state.app, who, &[id]).await?;
        offered.extend(
            titles
                .into_iter()
                .map(|(id, title)| (id.to_string(), title)),
        );
    }
    Ok(offered)
}
