//! A list day by day: who is down for which day of a period, and which workdays nobody is down for
//! (DISC-03).

use chrono::Datelike;
use luoshi_app::lists::periods;
use luoshi_domain::lists::{ListRow, Owner};

use super::PATH;
use super::table::{CopyForm, Day, Line, View};
use crate::pages::shell::weekday;

impl View<'_> {
    pub(super) fn days(&self, rows: &[ListRow]) -> Vec<Day> {
        let Some(period) = self.period() else {
            return Vec::new();
        };
        let may = self.may_add_here();
        let days = period.start().iter_days();
        let days = days.take_while(|day| *day <= period.end());
        days.filter_map(|day| {
            let of_day = rows.iter().filter(|row| row.content.day == Some(day));
            let lines: Vec<Line> = of_day
                .map(|row| {
                    let mut line = self.line(row, false);
                    // The day stands at the beginning already.
                    line.cells.retain(|cell| !cell.day);
                    line
                })
                .collect();
            let rest = !self.view.rules.calendar.is_workday(day);
            // A day of rest that nobody is down for needs nobody.
            if rest && lines.is_empty() {
                return None;
            }
            Some(Day {
                date: format!("{}月{}日", day.month(), day.day()),
                weekday: weekday(day),
                rest,
                add: match may && lines.is_empty() {
                    true => self.add_href(Some(day)),
                    false => String::new(),
                },
                lines,
            })
        })
        .collect()
    }

    pub(super) fn day_said(&self, rows: &[ListRow]) -> String {
        let Some(period) = self.period() else {
            return String::new();
        };
        let gaps = periods::gaps(&period, rows, &self.view.rules.calendar);
        match gaps.len() {
            0 => "工作日都排了人".to_owned(),
            gaps => format!("还有 {gaps} 个工作日没有排人"),
        }
    }

    /// Whether the reader keeps the list of the owner that is looked at.
    fn may_add_here(&self) -> bool {
        let keeps = &self.view.keeps;
        match (self.list().owner, self.asked.unit, self.asked.person) {
            _ if keeps.all => true,
            (Owner::Unit, Some(unit), _) => keeps.units.contains(&unit),
            (Owner::Person, _, Some(person)) => keeps.person == Some(person),
            _ => false,
        }
    }

    pub(super) fn copy_form(&self) -> Option<CopyForm> {
        if !self.may_add_here() {
            return None;
        }
        let period = self.period()?;
        let before = period.previous()?;
        Some(CopyForm {
            action: format!("{PATH}/{}/copy", self.code),
            label: format!("沿用{}", before.label()),
            confirm: format!(
                "按{}的人员次序排{}还空着的工作日？已经排了的不动，排好后可以逐日改。",
                before.label(),
                period.label()
            ),
            unit: self.wish.unit.clone(),
            person: self.wish.person.clone(),
            into: period.start().to_string(),
        })
    }
}
