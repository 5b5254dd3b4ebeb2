//! Who has a post, a unit or a field from a day to a day, as rows and as changes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use luoshi_domain::ids::PersonId;
use luoshi_domain::organisation::timeline::Timeline;

/// A person with the first and the last day; no last day when it is open.
pub(super) type Spell = (PersonId, NaiveDate, Option<NaiveDate>);

/// A row that says who, from and to.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpellRow {
    /// Its number in the sheet.
    pub(super) number: u32,
    pub(super) person: PersonId,
    /// Without one, since it is known or else from the day that was chosen for all.
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
}

/// From a day on it is another person, or nobody; the number is the row's.
pub(super) type Turn = (u32, Option<PersonId>, NaiveDate);

/// Each stretch of days in which one and the same person has it.
pub(super) fn spells(timeline: &Timeline<Option<PersonId>>) -> Vec<Spell> {
    let mut found: Vec<Spell> = Vec::new();
    for (span, person) in timeline.spans() {
        let Some(person) = *person else {
            continue;
        };
        match found.last_mut() {
            Some((known, _, to))
                if *known == person && to.and_then(|to| to.succ_opt()) == Some(span.from) =>
            {
                *to = span.to;
            }
            _ => found.push((person, span.from, span.to)),
        }
    }
    found
}

/// What rows change in a timeline, or by row what is wrong with them. What no row speaks of stays.
pub(super) fn turns(
    known: &Timeline<Option<PersonId>>,
    rows: &[SpellRow],
    default: NaiveDate,
) -> Result<Vec<Turn>, Vec<(u32, String)>> {
    let standing = spells(known);
    let mut faults = Vec::new();
    let mut turns = Vec::new();
    let mut after = known.clone();
    // By its first day; a row that repeats what is known begins when that began.
    let mut sorted: BTreeMap<NaiveDate, SpellRow> = BTreeMap::new();
    for row in rows {
        let day = row.from.unwrap_or(default);
        let of_day = |(person, from, to): &&Spell| {
            *person == row.person && *from <= day && to.is_none_or(|to| day <= to)
        };
        let found = standing.iter().find(of_day);
        let mut from = day;
        if let Some((_, since, until)) = found {
            match row.from {
                Some(given) if given != *since => {
                    let sentence =
                        format!("登记的是自 {since} 起，与“自”{given} 不一致；请照写 {since}。");
                    faults.push((row.number, sentence));
                    continue;
                }
                _ => from = *since,
            }
            if let (Some(until), None) = (until, row.to) {
                let sentence = format!(
                    "登记的是到 {until} 为止，“至”却空着；请照写，要续任的另起一行，或重新导出再改。"
                );
                faults.push((row.number, sentence));
                continue;
            }
        }
        if row.to.is_some_and(|to| to < from) {
            faults.push((row.number, format!("“至”早于“自”{from}。")));
            continue;
        }
        if let Some(other) = sorted.insert(from, *row) {
            let number = other.number;
            let sentence = format!("与第 {number} 行都从 {from} 起，只能留一行。");
            faults.push((row.number, sentence));
        }
    }
    let mut before: Option<SpellRow> = None;
    for (from, row) in &sorted {
        if let Some(earlier) = before
            && earlier.to.is_some_and(|to| to >= *from)
        {
            let sentence = format!("从 {from} 起，与第 {} 行的时间重叠。", earlier.number);
            faults.push((row.number, sentence));
        }
        before = Some(*row);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    for (from, row) in &sorted {
        if after.at(*from).copied().flatten() != Some(row.person) {
            after.set(*from, Some(row.person));
            turns.push((row.number, Some(row.person), *from));
        }
    }
    for row in sorted.values() {
        let Some(next) = row.to.and_then(|to| to.succ_opt()) else {
            continue;
        };
        if !sorted.contains_key(&next) && after.at(next).copied().flatten() == Some(row.person) {
            after.set(next, None);
            turns.push((row.number, None, next));
        }
    }
    // A row that says until when must have the person on all of its days.
    for (from, row) in &sorted {
        let Some(to) = row.to else {
            continue;
        };
        let entries = after.entries().iter();
        let mut within = entries.filter(|(day, _)| from < day && *day <= to);
        if let Some((day, _)) = within.find(|(_, person)| *person != Some(row.person)) {
            let sentence = format!("登记的是从 {day} 起另有安排，与“至”{to} 不一致；请核对。");
            faults.push((row.number, sentence));
        }
    }
    match faults.is_empty() {
        true => Ok(turns),
        false => Err(faults),
    }
}
