//! Data that ships with the program: the workday calendar and the origin dictionary.

use chrono::NaiveDate;
use luoshi_domain::calendar::{Calendar, DayKind};
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::errors::{AppError, AppResult};

const CALENDAR: &str = include_str!("../../../packs/calendar.toml");
const ORIGINS: &str = include_str!("../../../packs/origins.toml");

/// An entry of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Stable name, as stored.
    pub key: String,
    /// Chinese label.
    pub label: String,
}

/// The workday calendar of the years with a notice (TIME-08).
pub fn calendar() -> AppResult<Calendar> {
    #[derive(Deserialize)]
    struct File {
        years: BTreeMap<String, Year>,
    }
    #[derive(Deserialize)]
    struct Year {
        off: Vec<NaiveDate>,
        work: Vec<NaiveDate>,
    }
    let file: File = parse("calendar.toml", CALENDAR)?;
    let days = file.years.into_values().flat_map(|year| {
        let off = year.off.into_iter().map(|day| (day, DayKind::Off));
        off.chain(year.work.into_iter().map(|day| (day, DayKind::Work)))
    });
    Ok(Calendar::new(days))
}

/// The origin categories in the order they are shown (SRC-01).
pub fn origins() -> AppResult<Vec<Category>> {
    #[derive(Deserialize)]
    struct File {
        categories: Vec<Category>,
    }
    let file: File = parse("origins.toml", ORIGINS)?;
    Ok(file.categories)
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> AppResult<T> {
    toml::from_str(text)
        .map_err(|error| AppError::internal(format!("packs/{name} is broken"), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_08_workdays_of_2022_to_2026() {
        let calendar = calendar().unwrap();
        for (year, expected) in [
            (2022, 249),
            (2023, 249),
            (2024, 251),
            (2025, 248),
            (2026, 248),
        ] {
            let first = NaiveDate::from_ymd_opt(year - 1, 12, 31).unwrap();
            let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
            assert_eq!(
                calendar.workdays_between(first, last),
                expected,
                "in {year}"
            );
        }
    }

    #[test]
    fn time_08_the_first_workday_after_spring_festival_2026() {
        let calendar = calendar().unwrap();
        let eve: NaiveDate = "2026-02-14".parse().unwrap();
        assert_eq!(calendar.add_workdays(eve, 1).to_string(), "2026-02-24");
    }

    #[test]
    fn src_01_origin_categories_have_distinct_keys() {
        let origins = origins().unwrap();
        let mut keys: Vec<_> = origins.iter().map(|category| &category.key).collect();
        keys.dedup();
        assert_eq!(keys.len(), 6);
    }
}
