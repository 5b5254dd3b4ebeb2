//! The fields of a row, made of the list's columns.

use luoshi_app::lists::FormView;
use luoshi_app::{policy, tasks};
use luoshi_domain::ids::TaskId;
use luoshi_domain::lists::{Cell, ColumnKind, ColumnPart, ListColumn, Owner};
use luoshi_domain::periods::Period;
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
pub(super) fn owner_fields(signed_in: &SignedIn, view: &FormView, filled: &Filled) -> Vec<Field> {
    let list = &view.template;
    let mut fields = Vec::new();
    match list.owner {
        Owner::Bureau => {}
        Owner::Unit => {
            let mut choices = units(view, &filled.unit);
            if choices.len() != 1 {
                choices.insert(0, Choice::new("", "请选择", &filled.unit));
            }
            fields.push(unit_field(choices));
        }
        Owner::Person => fields.push(person_field(signed_in, view, &filled.person)),
    }
    let by_day = list
        .rows()
        .is_some_and(|rows| rows.part(ColumnPart::Day).is_some());
    let today = filled.period.parse().ok();
    if let Some(period) = today.and_then(|day| list.period_of(day))
        && !by_day
    {
        fields.push(period_field(&period, &filled.period));
    }
    fields
}

/// The units that the reader fills the list in for.
pub(in crate::pages::lists) fn units(view: &FormView, chosen: &str) -> Vec<Choice> {
    let units = view.organisation.units.iter();
    let units = units.filter(|unit| view.keeps.all || view.keeps.units.contains(&unit.id));
    let units = units.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), chosen));
    units.collect()
}

pub(in crate::pages::lists) fn unit_field(choices: Vec<Choice>) -> Field {
    Field::select("unit", "哪个单位的", choices).required()
}

/// Whose the rows are: the reader's own, or anybody's for who keeps them for all.
pub(in crate::pages::lists) fn person_field(
    signed_in: &SignedIn,
    view: &FormView,
    chosen: &str,
) -> Field {
    let own = signed_in.who().actor.person;
    let persons = view.organisation.persons.iter();
    let persons = persons.filter(|person| view.keeps.all || person.id == own);
    let persons =
        persons.map(|person| Choice::new(person.id.to_string(), person.name.clone(), chosen));
    Field::select("person", "谁的", persons.collect()).required()
}

/// The period that `chosen` begins, of the ones around `period`.
pub(in crate::pages::lists) fn period_field(period: &Period, chosen: &str) -> Field {
    let around = [period.previous(), Some(period.clone()), period.next()];
    let around = around.into_iter().flatten();
    let choices = around.map(|known| Choice::new(known.start().to_string(), known.label(), chosen));
    Field::select("period", "哪一期的", choices.collect()).required()
}

pub(super) fn field(
    view: &FormView,
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
