//! A backward schedule that is asked for.

use chrono::NaiveDate;
use luoshi_app::trajectories::Backward;
use luoshi_domain::trajectories::MILESTONES_LIMIT;
use luoshi_domain::trajectories::backward::{Days, Stage};
use serde::Deserialize;

use super::fault;
use crate::pages::days;
use crate::pages::parts::Fault;

/// Days of one stage at most.
const STAGE_DAYS: u32 = 3000;

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
