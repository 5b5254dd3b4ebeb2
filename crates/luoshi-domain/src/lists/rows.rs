//! A row of a list: added, changed, taken from state to state, withdrawn. None is ever deleted.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cell, ColumnPart, ListTemplate, Owner, RowStep, RowsSource};
use crate::bodies::TEXT_LIMIT as REASON_LIMIT;
use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::{ListRowId, PersonId, UnitId};
use crate::journal::Signed;
use crate::marks::Mark;
use crate::refusals::Refusal;

/// The requirement behind the refusals here.
const RULE: &str = "LEDGER-12";

/// A row as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    pub id: ListRowId,
    pub version: i64,
    /// The code of the list that it is kept in.
    pub register: String,
    pub content: RowContent,
    /// A state's key.
    pub state: String,
    pub is_open: bool,
    /// Who added it.
    pub by: PersonId,
    pub added_on: NaiveDate,
    /// Who took the last step, and who typed it for them.
    #[serde(default)]
    pub stepped_by: Vec<PersonId>,
    /// The day of the last step.
    #[serde(default)]
    pub stepped_on: Option<NaiveDate>,
    /// Why it was withdrawn; `None` while it counts.
    #[serde(default)]
    pub withdrawn: Option<String>,
}

/// What is written in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowContent {
    /// The unit whose row it is; `None` for the bureau's and for a person's.
    pub unit: Option<UnitId>,
    /// The person whose row it is.
    pub person: Option<PersonId>,
    /// The first day of the period that it is in.
    pub period: Option<NaiveDate>,
    pub cells: BTreeMap<String, Cell>,
    #[serde(default, skip_serializing_if = "Mark::is_none")]
    pub mark: Mark,
    /// The day by which it has to be done, out of the cells.
    #[serde(default)]
    pub limit: Option<NaiveDate>,
    /// The day that it is about, out of the cells.
    #[serde(default)]
    pub day: Option<NaiveDate>,
}

/// What can be asked of a row that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowCommand {
    /// Replaces what is written; whose row it is stays.
    Amend(Box<RowContent>),
    /// Takes it to another state.
    Step { to: String, note: String },
    /// It counts no more; it stays to be seen.
    Withdraw { reason: String },
}

/// What happened to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowEvent {
    Added {
        register: String,
        content: Box<RowContent>,
        state: String,
        is_open: bool,
    },
    Amended {
        content: Box<RowContent>,
    },
    Stepped(Step),
    Withdrawn {
        reason: String,
    },
}

/// A step from one state to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub from: String,
    pub to: String,
    /// Their names then, for a history that outlives the pack's edition.
    pub said: String,
    pub note: String,
    pub is_open: bool,
}

impl ListRow {
    /// The stream's kind in the journal.
    pub const STREAM: &'static str = "list_row";

    /// The event that begins a row, or why it may not.
    pub fn add(
        template: &ListTemplate,
        content: RowContent,
        ctx: &Context<'_>,
    ) -> Result<RowEvent, Refusal> {
        let rows = rows_of(template)?;
        let Some(first) = rows.lifecycle.first() else {
            return Err(Refusal::state(
                "no_states",
                RULE,
                "清单没有状态，不能登记。",
            ));
        };
        Ok(RowEvent::Added {
            register: rows.register.clone(),
            content: Box::new(checked(template, rows, content, ctx)?),
            state: first.key.clone(),
            is_open: !first.is_final,
        })
    }

    /// What would happen, or why it may not.
    pub fn decide(
        &self,
        template: &ListTemplate,
        command: RowCommand,
        ctx: &Context<'_>,
    ) -> Result<RowEvent, Refusal> {
        if self.withdrawn.is_some() {
            let sentence = "这一行已经撤下，不能再动；需要时另登记一行。";
            return Err(Refusal::state("withdrawn", RULE, sentence));
        }
        let rows = rows_of(template)?;
        match command {
            RowCommand::Amend(content) => {
                if !self.is_open {
                    let label = rows.lifecycle.label(&self.state);
                    let sentence = format!("这一行“{label}”，内容不再变动。");
                    return Err(Refusal::state("row_over", RULE, sentence));
                }
                let content = RowContent {
                    unit: self.content.unit,
                    person: self.content.person,
                    ..*content
                };
                Ok(RowEvent::Amended {
                    content: Box::new(checked(template, rows, content, ctx)?),
                })
            }
            RowCommand::Step { to, note } => self.step(rows, &to, &note, ctx),
            RowCommand::Withdraw { reason } => Ok(RowEvent::Withdrawn {
                reason: written(&reason, true, "请写明撤下的理由。")?,
            }),
        }
    }

    fn step(
        &self,
        rows: &RowsSource,
        to: &str,
        note: &str,
        ctx: &Context<'_>,
    ) -> Result<RowEvent, Refusal> {
        let lifecycle = &rows.lifecycle;
        let from = lifecycle.label(&self.state);
        let (Some(step), Some(state)) = (lifecycle.step(&self.state, to), lifecycle.state(to))
        else {
            let to = lifecycle.label(to);
            let sentence = format!("这一行现在是“{from}”，不能到“{to}”。");
            return Err(Refusal::state("no_step", RULE, sentence));
        };
        self.check_other(step, ctx)?;
        let asked = format!("请写明“{}”的情况。", step.label);
        Ok(RowEvent::Stepped(Step {
            from: self.state.clone(),
            to: state.key.clone(),
            said: format!("{}：{from} → {}", step.label, state.label),
            note: written(note, step.reason, &asked)?,
            is_open: !state.is_final,
        }))
    }

    /// Refuses a step that somebody else has to take (RECT-07).
    pub fn check_other(&self, step: &RowStep, ctx: &Context<'_>) -> Result<(), Refusal> {
        let actor = ctx.actor;
        let own = |person: &PersonId| *person == actor.person || *person == actor.operator();
        if step.other && self.stepped_by.iter().any(own) {
            let sentence = format!("“{}”要由上一步办理人以外的人来办。", step.label);
            return Err(Refusal::authority("own_step", "RECT-07", sentence));
        }
        Ok(())
    }

    /// Whether its limit has passed with the row not done.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.is_open
            && self.withdrawn.is_none()
            && self.content.limit.is_some_and(|limit| limit < today)
    }

    /// The day that it stands by: what it is about, or when it was added.
    pub fn day(&self) -> NaiveDate {
        self.content.day.unwrap_or(self.added_on)
    }

    /// What the first event makes; `None` when the event is none to begin with.
    pub fn begun(id: ListRowId, event: &RowEvent, by: &Signed) -> Option<Self> {
        match event {
            RowEvent::Added {
                register,
                content,
                state,
                is_open,
            } => Some(Self {
                id,
                version: 1,
                register: register.clone(),
                content: (**content).clone(),
                state: state.clone(),
                is_open: *is_open,
                by: by.person,
                added_on: local_day(by.at),
                stepped_by: hands(by),
                stepped_on: None,
                withdrawn: None,
            }),
            RowEvent::Amended { .. } | RowEvent::Stepped(_) | RowEvent::Withdrawn { .. } => None,
        }
    }

    /// Folds a later event into the state. Never fails, never looks at the clock.
    pub fn apply(&mut self, event: &RowEvent, by: &Signed) {
        self.version += 1;
        match event {
            RowEvent::Added { content, .. } | RowEvent::Amended { content } => {
                self.content = (**content).clone();
            }
            RowEvent::Stepped(step) => {
                self.state.clone_from(&step.to);
                self.is_open = step.is_open;
                self.stepped_by = hands(by);
                self.stepped_on = Some(local_day(by.at));
            }
            RowEvent::Withdrawn { reason } => self.withdrawn = Some(reason.clone()),
        }
    }

    /// The state that a whole stream gives.
    pub fn replay<'a>(
        id: ListRowId,
        events: impl IntoIterator<Item = (&'a RowEvent, &'a Signed)>,
    ) -> Option<Self> {
        let mut events = events.into_iter();
        let (first, by) = events.next()?;
        let mut row = Self::begun(id, first, by)?;
        for (event, by) in events {
            row.apply(event, by);
        }
        Some(row)
    }
}

/// Who did it and who typed it.
fn hands(by: &Signed) -> Vec<PersonId> {
    let hand = by.hand.as_ref().map(|hand| hand.person);
    std::iter::once(by.person).chain(hand).collect()
}

fn rows_of(template: &ListTemplate) -> Result<&RowsSource, Refusal> {
    template.rows().ok_or_else(|| {
        let sentence = "这份清单由已有的事项得出，不在这里登记。";
        Refusal::state("no_rows", RULE, sentence)
    })
}

/// A text of a step or a withdrawal.
fn written(text: &str, wanted: bool, asked: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() && wanted {
        return Err(Refusal::input("note", RULE, asked));
    }
    if text.chars().count() > REASON_LIMIT {
        let sentence = format!("说明不超过 {REASON_LIMIT} 字。");
        return Err(Refusal::input("note", RULE, sentence));
    }
    Ok(text.to_owned())
}

/// The content as it is kept, or what is wrong with it.
fn checked(
    template: &ListTemplate,
    rows: &RowsSource,
    mut content: RowContent,
    ctx: &Context<'_>,
) -> Result<RowContent, Refusal> {
    let input = |code, sentence: String| Err(Refusal::input(code, RULE, sentence));
    match (template.owner, content.unit, content.person) {
        (Owner::Bureau, ..) => (content.unit, content.person) = (None, None),
        (Owner::Unit, Some(unit), _) if ctx.organisation.unit(unit).is_some() => {
            content.person = None;
        }
        (Owner::Unit, Some(_), _) => return input("unit", "所选单位不在机构表中。".into()),
        (Owner::Unit, None, _) => return input("unit", "请选定这一行是哪个单位的。".into()),
        (Owner::Person, _, Some(person)) if ctx.organisation.person(person).is_some() => {
            content.unit = None;
        }
        (Owner::Person, _, Some(_)) => return input("person", "所选人员不在机构表中。".into()),
        (Owner::Person, _, None) => return input("person", "请选定这一行是谁的。".into()),
    }
    content.cells.retain(|key, _| rows.column(key).is_some());
    if let Some(fault) = rows.missing(&content.cells).into_iter().next() {
        return input("cell", fault.sentence);
    }
    for column in &rows.columns {
        let known = match content.cells.get(&column.key) {
            Some(Cell::Person(person)) => ctx.organisation.person(*person).is_some(),
            Some(Cell::Unit(unit)) => ctx.organisation.unit(*unit).is_some(),
            _ => true,
        };
        if !known {
            return input("cell", format!("“{}”不在机构表中。", column.label));
        }
    }
    let day_in = |part| {
        let column = rows.part(part)?;
        match content.cells.get(&column.key) {
            Some(Cell::Date(day)) => Some(*day),
            _ => None,
        }
    };
    (content.limit, content.day) = (day_in(ColumnPart::Limit), day_in(ColumnPart::Day));
    let within = content.day.or(content.period);
    let period = within.and_then(|day| template.period_of(day));
    content.period = match (template.cycle, period) {
        (None, _) => None,
        (Some(_), None) => return input("period", "请选定是哪一期的。".into()),
        (Some(_), Some(period)) => Some(period.start()),
    };
    Ok(content)
}
