//! Backward schedules: from the last day and how long each stage takes to when it must begin
//! (PROJ-09, 倒排工期).

use chrono::NaiveDate;

use crate::calendar::Calendar;
use crate::trajectories::Milestone;

/// How the days of stages are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Days {
    Calendar,
    Working,
}

/// A stage of the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub name: String,
    /// At least 1.
    pub days: u32,
}

/// The milestones of the stages, the last one of which ends on `finish`.
///
/// A stage of `n` calendar days that ends on a day begins at the latest `n - 1` days before it,
/// and the stage before it ends on the day before that. The percentages follow from the days.
/// `None` where the days go out of the calendar's range.
pub fn milestones(
    finish: NaiveDate,
    stages: &[Stage],
    days: Days,
    calendar: &Calendar,
) -> Option<Vec<Milestone>> {
    let total: u32 = stages.iter().map(|stage| stage.days.max(1)).sum();
    let mut found = Vec::with_capacity(stages.len());
    let (mut end, mut done) = (finish, total);
    for stage in stages.iter().rev() {
        if days == Days::Working {
            end = on_or_before(end, calendar)?;
        }
        let mut start = end;
        for _day in 1..stage.days.max(1) {
            start = start.pred_opt()?;
            if days == Days::Working {
                start = on_or_before(start, calendar)?;
            }
        }
        found.push(Milestone {
            name: stage.name.clone(),
            day: end,
            percent: u8::try_from(100 * done / total.max(1)).unwrap_or(100),
            start_by: Some(start),
            started_on: None,
            done_on: None,
        });
        done -= stage.days.max(1);
        end = start.pred_opt()?;
    }
    found.reverse();
    Some(found)
}

/// The last workday that is not after `day`; looked for within a year.
fn on_or_before(day: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
    let mut day = day;
    for _tried in 0..366 {
        if calendar.is_workday(day) {
            return Some(day);
        }
        day = day.pred_opt()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(finish: &str, days: Days) -> Vec<String> {
        let stages = [("征拆", 30), ("施工", 20), ("验收", 10)].map(|(name, days)| Stage {
            name: name.into(),
            days,
        });
        let finish = finish.parse().unwrap();
        let found = milestones(finish, &stages, days, &Calendar::default()).unwrap();
        let starts = found.iter().filter_map(|known| known.start_by);
        starts.map(|day| day.to_string()).collect()
    }

    #[test]
    fn proj_09_thirty_twenty_and_ten_days_to_the_end_of_june() {
        assert_eq!(
            starts("2026-06-30", Days::Calendar),
            ["2026-05-02", "2026-06-01", "2026-06-21"]
        );
    }

    #[test]
    fn proj_09_working_days_leave_out_the_weekends() {
        // Ten workdays end on Tuesday 30 June; the first is Wednesday the 17th.
        assert_eq!(
            starts("2026-06-30", Days::Working),
            ["2026-04-08", "2026-05-20", "2026-06-17"]
        );
    }

    #[test]
    fn proj_09_the_percentages_follow_from_the_days() {
        let stages = [30, 20, 10].map(|days| Stage {
            name: String::new(),
            days,
        });
        let finish = "2026-06-30".parse().unwrap();
        let found = milestones(finish, &stages, Days::Calendar, &Calendar::default()).unwrap();
        let percents: Vec<u8> = found.iter().map(|known| known.percent).collect();
        assert_eq!(percents, [50, 83, 100]);
        let ends: Vec<String> = found.iter().map(|known| known.day.to_string()).collect();
        assert_eq!(ends, ["2026-05-31", "2026-06-20", "2026-06-30"]);
    }
}
