//! The two tiers of ledgers (LEDGER-01): the bureau's, which the supervision office keeps, and each
//! unit's own, with the bureau's lines that it carries out beside them.

use std::collections::HashMap;
use std::sync::Arc;

use luoshi_domain::filings::{Filing, Quarter};
use luoshi_domain::ids::UnitId;
use luoshi_domain::lights::Colour;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::Tier;
use luoshi_domain::tasks::lists::{TaskFilter, TaskGroup};

use crate::errors::AppResult;
use crate::{App, Who, filings, policy};

/// Most units of one page.
const UNITS: u32 = 2000;

/// Both tiers as far as the reader sees them.
#[derive(Clone, Debug)]
pub struct Tiers {
    /// Lines of the bureau's ledger, and those of all units' own.
    pub bureau: u32,
    pub own: u32,
    pub units: Vec<UnitTiers>,
    /// Lines that no unit leads yet, of the bureau's tier and of the units'.
    pub without: (u32, u32),
    pub quarter: Quarter,
    pub organisation: Arc<Organisation>,
}

/// What one unit has in its ledgers.
#[derive(Clone, Debug)]
pub struct UnitTiers {
    pub unit: UnitId,
    /// Lines of the bureau's ledger that it leads.
    pub bureau: u32,
    /// Lines of its own ledger.
    pub own: u32,
    /// Of both those that are red.
    pub red: u32,
    /// What it handed in for the quarter; none where nothing is, or where it is not the reader's.
    pub filing: Option<Filing>,
}

/// The ledgers of the bureau and of the units. Each number is the count of its list.
pub async fn show(app: &App, who: &Who) -> AppResult<Tiers> {
    let today = app.today();
    let quarter = Quarter::of(today);
    let filed = filings::of_quarter(app, who, quarter).await?;
    let mut filings: HashMap<UnitId, Filing> = HashMap::new();
    for owed in filed.owed {
        filings.extend(owed.filing.map(|filing| (owed.unit, filing)));
    }
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let reach = policy::tasks(app, &who.actor);
    let bureau = by_unit(&mut *uow, &reach, Tier::Bureau).await?;
    let own = by_unit(&mut *uow, &reach, Tier::Unit).await?;
    let mut red: HashMap<UnitId, u32> = HashMap::new();
    for count in uow.lights_by_lead(&reach, today).await? {
        if let (Some(lead), Colour::Red) = (count.lead, count.colour) {
            red.insert(lead, u32::try_from(count.count).unwrap_or(u32::MAX));
        }
    }
    let of = |counts: &HashMap<Option<UnitId>, u32>, unit| {
        counts.get(&unit).copied().unwrap_or_default()
    };
    let carriers = organisation.carriers().map(|unit| unit.id);
    // Of a unit that is gone the lines are still there.
    let gone = bureau.keys().chain(own.keys()).flatten().copied();
    let mut units: Vec<UnitId> = carriers.collect();
    for unit in gone {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let mine = who.actor.units();
    let units = units.into_iter().map(|unit| UnitTiers {
        unit,
        bureau: of(&bureau, Some(unit)),
        own: of(&own, Some(unit)),
        red: red.get(&unit).copied().unwrap_or_default(),
        filing: filings.remove(&unit),
    });
    let whole = matches!(reach.visible, luoshi_domain::tasks::lists::Visibility::All);
    let units = units.filter(|row| {
        whole || row.bureau + row.own > 0 || mine.contains(&row.unit) || row.filing.is_some()
    });
    Ok(Tiers {
        bureau: bureau.values().sum(),
        own: own.values().sum(),
        units: units.collect(),
        without: (of(&bureau, None), of(&own, None)),
        quarter,
        organisation,
    })
}

/// How many lines of a tier each unit leads.
async fn by_unit(
    uow: &mut dyn UnitOfWork,
    reach: &TaskFilter,
    tier: Tier,
) -> AppResult<HashMap<Option<UnitId>, u32>> {
    let filter = TaskFilter {
        tier: Some(tier),
        ..reach.clone()
    };
    let groups = uow.tasks_grouped(&filter, TaskGroup::Lead, UNITS).await?;
    let groups = groups.into_iter().map(|(key, count)| {
        let unit = key.and_then(|key| key.parse().ok());
        (unit, count)
    });
    Ok(groups.collect())
}
