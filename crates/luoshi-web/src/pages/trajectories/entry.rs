//! What was entered into the forms of a course.

use std::collections::HashMap;

use chrono::NaiveDate;
use luoshi_app::trajectories::Backward;
use luoshi_domain::trajectories::backward::{Days, Stage};
use luoshi_domain::trajectories::{MILESTONES_LIMIT, Milestone, Shape, Trajectory};
use serde::Deserialize;

use super::{FormRow, fault};
use crate::pages::days;
use crate::pages::parts::Fault;

/// Days of one stage at most.
const STAGE_DAYS: u32 = 3000;

/// Name and values of a posted form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Entry(HashMap<String, Vec<String>>);

/// A backward schedule that is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) finish: String,
    /// A stage a line: name and days.
    pub(super) stages: String,
    /// `calendar` or `working`.
    pub(super) days: String,
}

impl Wish {
    pub(super) fn is_asked(&self) -> bool {
        !self.stages.trim().is_empty()
    }

    /// What is asked for, or what of it cannot be read.
    pub(super) fn backward(&self, today: NaiveDate) -> Result<Backward, Fault> {
        let finish = match days::read(&self.finish, today) {
            Ok(Some(day)) => day,
            Ok(None) => return Err(fault("finish", "请填写完工日。")),
            Err(unreadable) => return Err(fault("finish", unreadable.sentence())),
        };
        let mut stages = Vec::new();
        for line in self
            .stages
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            let stage = words.split_last().and_then(|(days, name)| {
                let days = days.trim_end_matches('天').parse().ok()?;
                let days = (1..=STAGE_DAYS).contains(&days).then_some(days)?;
                let name = name.join(" ");
                (!name.is_empty()).then_some(Stage { name, days })
            });
            let Some(stage) = stage else {
                let said = format!("没有读懂“{line}”，请写成：征拆 30");
                return Err(fault("stages", &said));
            };
            stages.push(stage);
        }
        if stages.len() > MILESTONES_LIMIT {
            let said = format!("阶段最多 {MILESTONES_LIMIT} 个。");
            return Err(fault("stages", &said));
        }
        let days = match self.days.as_str() {
            "working" => Days::Working,
            _ => Days::Calendar,
        };
        Ok(Backward {
            finish,
            stages,
            days,
        })
    }
}

impl Entry {
    /// The first value of a field; empty when there is none.
    pub(super) fn first(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The version of the task that the form was filled in on.
    pub(super) fn seen(&self) -> Option<i64> {
        self.first("seen").parse().ok()
    }

    /// The rows as they were typed.
    pub(super) fn rows(&self) -> Vec<FormRow> {
        let at = |name: &str, id: usize| self.all(name).get(id).cloned().unwrap_or_default();
        (0..self.all("name").len())
            .map(|id| FormRow {
                id,
                name: at("name", id),
                day: at("day", id),
                percent: at("percent", id),
                start_by: at("start_by", id),
            })
            .collect()
    }

    /// The trajectory, or what of the form cannot be read. Rows without a name are left out.
    pub(super) fn trajectory(&self, today: NaiveDate) -> Result<Trajectory, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut milestones = Vec::new();
        for row in self.rows() {
            if [&row.name, &row.day, &row.percent, &row.start_by]
                .iter()
                .all(|typed| typed.trim().is_empty())
            {
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
            shape: Shape::from_key(self.first("shape")).unwrap_or_default(),
            milestones,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proj_09_stages_are_read_a_line_each() {
        let today = "2026-05-05".parse().unwrap();
        let wish = Wish {
            finish: "6.30".into(),
            stages: "征拆 30\n施工 20天\n\n验收 10".into(),
            days: "calendar".into(),
        };
        let wanted = wish.backward(today).unwrap();
        assert_eq!(wanted.finish, "2026-06-30".parse().unwrap());
        let stages: Vec<_> = wanted.stages.iter().map(|stage| stage.days).collect();
        assert_eq!(stages, [30, 20, 10]);
        let wrong = Wish {
            stages: "征拆三十天".into(),
            ..wish
        };
        assert_eq!(wrong.backward(today).unwrap_err().field, "stages");
    }
}
