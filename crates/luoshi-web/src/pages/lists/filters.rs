//! What narrows a list: numbers that lead to their rows, and choices.

use luoshi_domain::lists::{ColumnPart, Owner};
use luoshi_domain::periods::Period;

use super::query::Wish;
use super::table::{Filter, View};
use crate::pages::parts::{Choice, Tally};

/// Periods before and after the one shown that can be chosen.
const PERIODS_OFFERED: (usize, usize) = (6, 2);

impl View<'_> {
    pub(super) fn tally(&self) -> Vec<Tally> {
        let tally = &self.view.tally;
        let bare = Wish {
            mine: self.wish.mine.clone(),
            period: match self.list().cycle {
                Some(_) => "all".into(),
                None => String::new(),
            },
            ..Wish::default()
        };
        let of = |href: String, count: u32, label: &str, red: bool, current: bool| Tally {
            href,
            count: u64::from(count),
            label: label.into(),
            note: String::new(),
            red,
            current,
        };
        let wish = self.wish;
        let plain = wish.open.is_empty() && wish.limit.is_empty() && wish.state.is_empty();
        let cyclic = self.list().cycle.is_some();
        let whole = plain && (!cyclic || wish.period == "all");
        let every = if cyclic { "各期全部" } else { "全部" };
        let with_limit = self.source().is_some_and(|rows| rows.with_limit);
        let all = match with_limit {
            true => tally.limited,
            false => tally.rows,
        };
        let mut tallies = vec![of(bare.at(self.code, ""), all, every, false, whole)];
        let ends = self
            .source()
            .is_some_and(|rows| rows.lifecycle.states.iter().any(|state| state.is_final));
        if ends && !with_limit {
            let href = bare.with(self.code, "open", "yes");
            let current = wish.open == "yes";
            tallies.push(of(href, tally.open, "没有办完", false, current));
        }
        let limited = self
            .source()
            .is_some_and(|rows| rows.part(ColumnPart::Limit).is_some());
        if limited {
            let href = bare.with(self.code, "limit", "overdue");
            let current = wish.limit == "overdue";
            tallies.push(of(href, tally.overdue, "逾期", true, current));
            if !with_limit {
                let href = bare.with(self.code, "limit", "none");
                let current = wish.limit == "none";
                tallies.push(of(href, tally.unlimited, "没有定时限", false, current));
            }
        }
        tallies
    }

    pub(super) fn filters(&self) -> Vec<Filter> {
        let mut filters = Vec::new();
        let (view, wish) = (self.view, self.wish);
        let all = |label: &str, current: &str| Choice::new("", label, current);
        if self.list().owner == Owner::Unit && self.owner_choice() {
            let units = view.organisation.units.iter();
            let units =
                units.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone(), &wish.unit));
            let every = std::iter::once(all("全部单位", &wish.unit));
            filters.push(Filter {
                name: "unit",
                label: "单位",
                choices: every.chain(units).collect(),
            });
        }
        if self.list().owner == Owner::Person && view.sees_all {
            let persons = view.organisation.persons.iter();
            let persons = persons.map(|person| {
                Choice::new(person.id.to_string(), person.name.clone(), &wish.person)
            });
            let every = std::iter::once(all("所有人", &wish.person));
            filters.push(Filter {
                name: "person",
                label: "人员",
                choices: every.chain(persons).collect(),
            });
        }
        if let Some(rows) = self.source()
            && rows.lifecycle.states.len() > 1
        {
            let states = rows.lifecycle.states.iter();
            let states =
                states.map(|state| Choice::new(&state.key, state.label.clone(), &wish.state));
            let every = std::iter::once(all("全部状态", &wish.state));
            filters.push(Filter {
                name: "state",
                label: "状态",
                choices: every.chain(states).collect(),
            });
        }
        if self.list().cycle.is_some() {
            filters.push(Filter {
                name: "period",
                label: "期",
                choices: self.period_choices(),
            });
        }
        filters
    }

    fn period_choices(&self) -> Vec<Choice> {
        let Some(now) = self.list().period_of(self.today) else {
            return Vec::new();
        };
        let shown = self.period();
        let current = match &shown {
            Some(period) => period.start().to_string(),
            None => "all".to_owned(),
        };
        let mut periods = vec![now];
        for _ in 0..PERIODS_OFFERED.0 {
            if let Some(before) = periods.first().and_then(Period::previous) {
                periods.insert(0, before);
            }
        }
        for _ in 0..PERIODS_OFFERED.1 {
            if let Some(next) = periods.last().and_then(Period::next) {
                periods.push(next);
            }
        }
        if let Some(shown) = shown
            && !periods.contains(&shown)
        {
            periods.push(shown);
            periods.sort();
        }
        let offered = periods.iter().rev();
        let offered =
            offered.map(|period| Choice::new(period.start().to_string(), period.label(), &current));
        let every = std::iter::once(Choice::new("all", "全部各期", &current));
        every.chain(offered).collect()
    }

    pub(super) fn hidden(&self) -> Vec<(&'static str, String)> {
        let wish = self.wish;
        let kept = [
            ("open", &wish.open),
            ("limit", &wish.limit),
            ("sort", &wish.sort),
            ("mine", &wish.mine),
            ("withdrawn", &wish.withdrawn),
        ];
        let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
        kept.map(|(name, value)| (name, value.clone())).collect()
    }
}
