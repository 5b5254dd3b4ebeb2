//! The rows of the form, as typed and as shown.

use chrono::NaiveDate;
use luoshi_app::breakdowns::BreakdownView;
use luoshi_domain::breakdowns::{Part, SubDuty, TEXT_LIMIT};
use serde::Deserialize;

use super::{DUTIES_LIMIT, FormRow, SPARE_ROWS};
use crate::pages::days;
use crate::pages::parts::{Choice, Fault};

/// As typed: one value in each list for each row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) seen: Option<i64>,
    pub(super) reason: String,
    part: Vec<String>,
    /// Post and person, `post:person`.
    seat: Vec<String>,
    duty: Vec<String>,
    limit: Vec<String>,
}

/// One row as typed.
#[derive(Clone, Debug, Default)]
struct Row {
    part: String,
    seat: String,
    duty: String,
    limit: String,
}

impl Row {
    fn of(duty: &SubDuty) -> Self {
        Self {
            part: duty.part.key().to_owned(),
            seat: format!("{}:{}", duty.post, duty.person),
            duty: duty.duty.clone(),
            limit: duty.limit.to_string(),
        }
    }

    /// Nothing but what every row comes with.
    fn is_empty(&self) -> bool {
        self.seat.is_empty() && self.duty.is_empty()
    }
}

impl Typed {
    /// The rows in which something stands.
    fn rows(&self) -> Vec<Row> {
        let cell = |list: &[String], row: usize| {
            let text = list.get(row).map(|text| text.trim()).unwrap_or_default();
            text.chars().take(TEXT_LIMIT + 1).collect::<String>()
        };
        let rows = (0..self.seat.len().min(DUTIES_LIMIT * 2)).map(|row| Row {
            part: cell(&self.part, row),
            seat: cell(&self.seat, row),
            duty: cell(&self.duty, row),
            limit: cell(&self.limit, row),
        });
        rows.filter(|row| !row.is_empty()).collect()
    }

    /// The sub-duties, or what is wrong with the first bad row.
    pub(super) fn duties(&self, today: NaiveDate) -> Result<Vec<SubDuty>, Fault> {
        let rows = (1..).zip(self.rows());
        rows.map(|(number, row)| {
            let fault = |what: &str| Fault {
                field: "duties".into(),
                text: format!("第 {number} 行：{what}"),
            };
            let seat = row
                .seat
                .split_once(':')
                .and_then(|(post, person)| Some((post.parse().ok()?, person.parse().ok()?)));
            let (post, person) = seat.ok_or_else(|| fault("请选定岗位和人。"))?;
            let limit = days::read(&row.limit, today);
            let limit = limit.map_err(|unreadable| fault(unreadable.sentence()))?;
            Ok(SubDuty {
                part: Part::from_key(&row.part).ok_or_else(|| fault("请选定环节。"))?,
                post,
                person,
                duty: row.duty,
                limit: limit.ok_or_else(|| fault("请填写时限。"))?,
            })
        })
        .collect()
    }
}

/// The rows with what was typed, what stands, or the draft; then some empty ones.
pub(super) fn rows(view: &BreakdownView, typed: Option<&Typed>) -> Vec<FormRow> {
    let known = match &view.breakdown {
        Some(known) => &known.duties,
        None => &view.draft.duties,
    };
    let mut rows: Vec<Row> = match typed {
        Some(typed) => typed.rows(),
        None => known.iter().map(Row::of).collect(),
    };
    let empty = Row {
        part: Part::Doing.key().to_owned(),
        limit: view
            .task
            .details
            .limit
            .map(|limit| limit.to_string())
            .unwrap_or_default(),
        ..Row::default()
    };
    rows.resize((rows.len() + SPARE_ROWS).max(4), empty);
    let rows = (1..).zip(rows);
    rows.map(|(number, row)| FormRow {
        number,
        parts: Part::ALL
            .map(|part| Choice::new(part.key(), part.label(), &row.part))
            .into(),
        seats: seats(view, &row.seat),
        duty: row.duty,
        limit: row.limit,
    })
    .collect()
}

fn seats(view: &BreakdownView, current: &str) -> Vec<Choice> {
    let held = view.seats.iter();
    let held = held.map(|seat| {
        let value = format!("{}:{}", seat.post, seat.person);
        Choice::new(value, &seat.label, current)
    });
    std::iter::once(Choice::new("", "岗位和人", current))
        .chain(held)
        .collect()
}
