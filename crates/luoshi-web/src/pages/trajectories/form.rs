//! The fields of a course, for its own page and for opening a task (LEDGER-09).

use chrono::{Datelike, NaiveDate};
use luoshi_domain::trajectories::{Milestone, Shape, Trajectory};

use super::fault;
use crate::pages::days;
use crate::pages::parts::{Choice, Fault};
use crate::pages::tasks::Entry;

/// The table of the milestones, for what is wrong with them as a whole.
pub(in crate::pages) const MILESTONES: &str = "milestones";

/// Refusals of a course, each with the field that it is about.
pub(in crate::pages) const REFUSALS: [(&str, &str); 6] = [
    ("too_many_milestones", MILESTONES),
    ("milestone_name", MILESTONES),
    ("milestone_percent", MILESTONES),
    ("milestone_day", MILESTONES),
    ("milestone_start", MILESTONES),
    ("milestone_order", MILESTONES),
];

/// Rows that are still empty.
const SPARE_ROWS: usize = 3;

/// The fields as `macros.html` draws them.
pub(in crate::pages) struct CourseFields {
    pub(in crate::pages) shapes: Vec<Choice>,
    pub(in crate::pages) rows: Vec<FormRow>,
    /// Completes a day without a year.
    pub(in crate::pages) year: String,
}

#[derive(Default)]
pub(in crate::pages) struct FormRow {
    pub(in crate::pages) id: usize,
    pub(in crate::pages) name: String,
    pub(in crate::pages) day: String,
    pub(in crate::pages) percent: String,
    pub(in crate::pages) start_by: String,
}

impl CourseFields {
    /// Filled with what is known.
    pub(in crate::pages) fn of(shape: Shape, milestones: &[Milestone], today: NaiveDate) -> Self {
        let optional = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let known = milestones.iter().map(|known| FormRow {
            id: 0,
            name: known.name.clone(),
            day: known.day.to_string(),
            percent: known.percent.to_string(),
            start_by: optional(known.start_by),
        });
        let spare = std::iter::repeat_with(FormRow::default).take(SPARE_ROWS);
        Self::drawn(shape.key(), known.chain(spare), today)
    }

    /// Filled with what was typed.
    pub(in crate::pages) fn typed(entry: &Entry, today: NaiveDate) -> Self {
        let typed = rows(entry);
        let spare = SPARE_ROWS.saturating_sub(typed.len());
        let spare = std::iter::repeat_with(FormRow::default).take(spare);
        Self::drawn(entry.first("shape"), typed.into_iter().chain(spare), today)
    }

    fn drawn(shape: &str, rows: impl Iterator<Item = FormRow>, today: NaiveDate) -> Self {
        Self {
            shapes: Shape::ALL
                .map(|known| Choice::new(known.key(), known.label(), shape))
                .into(),
            rows: rows
                .enumerate()
                .map(|(id, row)| FormRow { id, ..row })
                .collect(),
            year: today.year().to_string(),
        }
    }
}

/// The trajectory, or what of the form cannot be read. Rows in which nothing stands are left out.
pub(in crate::pages) fn read(entry: &Entry, today: NaiveDate) -> Result<Trajectory, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut milestones = Vec::new();
    for row in rows(entry) {
        let typed = [&row.name, &row.day, &row.percent, &row.start_by];
        if typed.iter().all(|typed| typed.trim().is_empty()) {
            continue;
        }
        let id = row.id;
        let day = match days::read(&row.day, today) {
            Ok(Some(day)) => Some(day),
            Ok(None) => {
                faults.push(fault(&format!("day-{id}"), "节点要有完成日。"));
                None
            }
            Err(unreadable) => {
                faults.push(fault(&format!("day-{id}"), unreadable.sentence()));
                None
            }
        };
        let start_by = match days::read(&row.start_by, today) {
            Ok(day) => day,
            Err(unreadable) => {
                faults.push(fault(&format!("start-{id}"), unreadable.sentence()));
                None
            }
        };
        let percent = row.percent.trim().trim_end_matches('%').parse().ok();
        if percent.is_none() {
            let said = "应达进度写成 1 到 100 的整数。";
            faults.push(fault(&format!("percent-{id}"), said));
        }
        if let (Some(day), Some(percent)) = (day, percent) {
            milestones.push(Milestone {
                name: row.name.trim().to_owned(),
                day,
                percent,
                start_by,
                started_on: None,
                done_on: None,
            });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Trajectory {
        shape: Shape::from_key(entry.first("shape")).unwrap_or_default(),
        milestones,
    })
}

/// The rows as they were typed.
fn rows(entry: &Entry) -> Vec<FormRow> {
    let at = |name: &str, id: usize| entry.all(name).get(id).cloned().unwrap_or_default();
    (0..entry.all("name").len())
        .map(|id| FormRow {
            id,
            name: at("name", id),
            day: at("day", id),
            percent: at("percent", id),
            start_by: at("start_by", id),
        })
        .collect()
}
