//! What tests of this and of other crates build on.

use chrono::NaiveDate;

use crate::ids::UnitId;
use crate::organisation::{Organisation, OrganisationCommand, Unit, UnitKind};

/// A bureau with these units side by side, in place since the first day of 2026.
///
/// # Panics
/// When the organisation refuses a unit, as it does one that it has.
pub fn organisation<'a>(
    units: impl IntoIterator<Item = (UnitId, UnitKind, &'a str)>,
) -> Organisation {
    let mut organisation = Organisation::default();
    for (id, kind, name) in units {
        let unit = Unit {
            id,
            parent: None,
            kind,
            name: name.into(),
            aliases: Vec::new(),
            supervision_office: false,
            position: 0,
            valid_from: NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day of the calendar"),
        };
        let event = organisation
            .decide(OrganisationCommand::EstablishUnit(unit))
            .expect("a unit that the organisation takes");
        organisation.apply(&event);
    }
    organisation
}
