//! What stands in a column of a row.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ColumnKind, ListColumn};
use crate::ids::{PersonId, TaskId, UnitId};

/// Longest text of one line, in characters.
const TEXT_LIMIT: usize = 200;

/// Longest text of several lines, in characters.
const LONG_LIMIT: usize = 1000;

/// Most digits before and behind the point of a number.
const DIGITS: (usize, usize) = (12, 4);

/// A value, by the kind of its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    Text(String),
    /// As written, with `.` as the point.
    Number(String),
    Date(NaiveDate),
    Person(PersonId),
    Unit(UnitId),
    Choice(String),
    Task(TaskId),
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The column's key.
    pub column: String,
    pub label: String,
    pub sentence: String,
}

impl CellFault {
    pub fn new(column: &ListColumn, sentence: impl Into<String>) -> Self {
        Self {
            column: column.key.clone(),
            label: column.label.clone(),
            sentence: sentence.into(),
        }
    }
}

impl Cell {
    /// The most characters that a column of this kind takes.
    pub fn text_limit(kind: ColumnKind) -> usize {
        match kind {
            ColumnKind::LongText => LONG_LIMIT,
            ColumnKind::Number | ColumnKind::Amount => DIGITS.0 + DIGITS.1 + 8,
            _ => TEXT_LIMIT,
        }
    }

    /// What a text means in a column; nothing when it is empty. People, units and tasks are named
    /// by their ids, days as `2026-07-31`.
    pub fn read(column: &ListColumn, text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        let label = &column.label;
        if text.is_empty() {
            return Ok(None);
        }
        let limit = Self::text_limit(column.kind);
        if text.chars().count() > limit {
            return Err(format!("“{label}”不超过 {limit} 字。"));
        }
        let id = |what: &str| {
            Uuid::parse_str(text).map_err(|_no_id| format!("“{label}”请从列出的{what}中选。"))
        };
        let cell = match column.kind {
            ColumnKind::Text => Self::Text(text.replace(['\r', '\n'], " ")),
            ColumnKind::LongText => Self::Text(text.replace("\r\n", "\n")),
            ColumnKind::Number | ColumnKind::Amount => Self::Number(
                number(text).ok_or_else(|| format!("“{label}”应是数字，如 12 或 3.5。"))?,
            ),
            ColumnKind::Date => Self::Date(
                text.parse()
                    .map_err(|_no_day| format!("“{label}”应是日期，如 2026-07-31。"))?,
            ),
            ColumnKind::Person => Self::Person(PersonId(id("人员")?)),
            ColumnKind::Unit => Self::Unit(UnitId(id("单位")?)),
            ColumnKind::Task => Self::Task(TaskId(id("事项")?)),
            ColumnKind::Choice => match column.options.iter().find(|option| *option == text) {
                Some(option) => Self::Choice(option.clone()),
                None => {
                    let options = column.options.join("、");
                    return Err(format!("“{label}”应是 {options} 之一。"));
                }
            },
        };
        Ok(Some(cell))
    }

    /// As it is typed: what [`Self::read`] reads.
    pub fn typed(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Choice(text) => text.clone(),
            Self::Date(day) => day.to_string(),
            Self::Person(id) => id.to_string(),
            Self::Unit(id) => id.to_string(),
            Self::Task(id) => id.to_string(),
        }
    }
}

/// A number without separators, spaces and wide digits.
fn number(text: &str) -> Option<String> {
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            ',' | '，' | ' ' | '\u{3000}' => {}
            '．' | '。' => plain.push('.'),
            '０'..='９' => {
                let digit = u32::from(letter) - u32::from('０');
                plain.push(char::from_digit(digit, 10)?);
            }
            _ => plain.push(letter),
        }
    }
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain.as_str()),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty() && whole.len() <= DIGITS.0 && part.len() <= DIGITS.1;
    if !fits || !all(whole) || !all(part) || digits.ends_with('.') {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if part.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{part}"))
}
