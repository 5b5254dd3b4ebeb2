//! Campaigns as a plan sets them: a period, and phases where the plan divides it (CAMP-01).
//!
//! A plan may name phases without saying when they begin and end; the bureau enters that before
//! the campaign can be used. Another forbids phases altogether.

use chrono::NaiveDate;

use crate::packs::Cited;
use crate::periods::Period;

/// A campaign that a pack describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    pub key: String,
    pub label: String,
    pub days: Option<Days>,
    /// Whether the plan forbids dividing it (不划阶段).
    pub undivided: bool,
    /// In their order.
    pub phases: Vec<Phase>,
    pub cited: Cited,
}

/// One phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    pub key: String,
    pub label: String,
    /// `None` where nobody has said yet.
    pub days: Option<Days>,
    pub cited: Cited,
}

/// The first and the last day, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub start: NaiveDate,
    pub end: NaiveDate,
}

/// Where a phase does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which of the phases, from 0.
    pub phase: usize,
    /// In plain Chinese, without a full stop.
    pub reason: String,
}

impl Days {
    fn said(self) -> String {
        format!("{} 至 {}", self.start, self.end)
    }
}

impl Phase {
    /// When it is, in words.
    pub fn said(&self) -> String {
        let days = self.days.map(Days::said);
        days.unwrap_or_else(|| "起止日期待本单位确定".into())
    }
}

impl Campaign {
    /// When it is and how it is divided, in words.
    pub fn said(&self) -> String {
        let days = self.days.map(Days::said);
        let mut said = days.unwrap_or_else(|| "起止日期待本单位确定".into());
        if self.undivided {
            said.push_str("；不划阶段");
        } else if !self.phases.is_empty() {
            said.push_str(&format!("；分 {} 个阶段", self.phases.len()));
        }
        said
    }

    /// What still needs days before the campaign can be used: labels, in their order.
    pub fn undated(&self) -> Vec<&str> {
        let own = self.days.is_none().then_some(self.label.as_str());
        let phases = self.phases.iter().filter(|phase| phase.days.is_none());
        own.into_iter()
            .chain(phases.map(|phase| phase.label.as_str()))
            .collect()
    }

    /// The whole of it; nothing while it has no days.
    pub fn period(&self) -> Option<Period> {
        self.days
            .and_then(|days| Period::phase(&self.label, days.start, days.end))
    }

    /// Its phases; nothing while something has no days, an empty list when it is not divided.
    pub fn periods(&self) -> Option<Vec<Period>> {
        if !self.undated().is_empty() {
            return None;
        }
        let phases = self.phases.iter();
        phases
            .map(|phase| {
                let days = phase.days?;
                Period::phase(&phase.label, days.start, days.end)
            })
            .collect()
    }

    /// The phase that `day` is in, once everything has days.
    pub fn phase_on(&self, day: NaiveDate) -> Option<Period> {
        self.periods()?
            .into_iter()
            .find(|phase| phase.contains(day))
    }

    /// Whether its phases fit: none where it is undivided, in their order, without overlap, within
    /// the campaign (CAMP-07).
    pub fn check(&self) -> Result<(), Misfit> {
        let misfit = |phase, reason| Err(Misfit { phase, reason });
        if self.undivided && !self.phases.is_empty() {
            let reason = format!("“{}”不划阶段，不能再设阶段", self.label);
            return misfit(0, reason);
        }
        let mut last: Option<(&Phase, Days)> = None;
        for (at, phase) in self.phases.iter().enumerate() {
            let Some(days) = phase.days else { continue };
            if let Some(whole) = self.days
                && (days.start < whole.start || days.end > whole.end)
            {
                let (own, whole) = (days.said(), whole.said());
                let reason = format!("“{}”{own}，超出了活动的 {whole}", phase.label);
                return misfit(at, reason);
            }
            if let Some((before, known)) = last
                && days.start <= known.end
            {
                let reason = format!(
                    "“{}”自 {} 起，与“{}”（到 {}）重叠",
                    phase.label, days.start, before.label, known.end
                );
                return misfit(at, reason);
            }
            last = Some((phase, days));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::periods::PeriodKind;

    fn days(start: &str, end: &str) -> Option<Days> {
        Some(Days {
            start: start.parse().unwrap(),
            end: end.parse().unwrap(),
        })
    }

    fn campaign(phases: [Option<Days>; 3]) -> Campaign {
        let labels = ["动员部署", "组织实施", "总结提高"];
        let phases = labels.into_iter().zip(phases);
        Campaign {
            key: "style".into(),
            label: "作风建设年".into(),
            days: days("2013-05-01", "2014-04-30"),
            undivided: false,
            phases: phases
                .map(|(label, days)| Phase {
                    key: label.into(),
                    label: label.into(),
                    days,
                    cited: Cited::default(),
                })
                .collect(),
            cited: Cited::default(),
        }
    }

    #[test]
    fn camp_07_phases_without_days_are_asked_for_and_none_is_guessed() {
        let mut known = campaign([None, None, None]);
        assert_eq!(known.check(), Ok(()));
        assert_eq!(known.undated(), ["动员部署", "组织实施", "总结提高"]);
        assert_eq!(known.periods(), None);
        known.phases[0].days = days("2013-05-01", "2013-06-30");
        known.phases[1].days = days("2013-07-01", "2014-01-31");
        assert_eq!(known.phase_on("2013-06-01".parse().unwrap()), None);
        known.phases[2].days = days("2014-02-01", "2014-04-30");
        assert_eq!(known.check(), Ok(()));
        let phase = known.phase_on("2013-07-01".parse().unwrap()).unwrap();
        assert_eq!(phase.label(), "组织实施");
        assert_eq!(phase.kind(), PeriodKind::Phase);
        assert_eq!(known.period().unwrap().label(), "作风建设年");
    }

    #[test]
    fn camp_07_phases_neither_overlap_nor_leave_the_period() {
        let first = days("2013-05-01", "2013-06-30");
        for (second, part) in [
            (days("2013-06-30", "2013-12-31"), "重叠"),
            (days("2013-07-01", "2014-05-01"), "超出"),
        ] {
            let misfit = campaign([first, second, None]).check().unwrap_err();
            assert_eq!(misfit.phase, 1);
            assert!(misfit.reason.contains(part), "{}", misfit.reason);
        }
    }

    #[test]
    fn camp_02_a_campaign_that_is_not_divided_takes_no_phase() {
        let mut known = campaign([None, None, None]);
        known.undivided = true;
        let misfit = known.check().unwrap_err();
        assert!(misfit.reason.contains("不划阶段"));
        known.phases.clear();
        assert_eq!(known.check(), Ok(()));
        assert_eq!(known.periods(), Some(Vec::new()));
        assert!(known.said().contains("不划阶段"));
    }
}
