//! What each unit has to name by a day: asking, filing, the directory (ORG-08, 11).

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use luoshi_domain::bodies::Body;
use luoshi_domain::rights::{RecordRow, Right, Row};

use luoshi_domain::ids::{RosterId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::packs::{PackKey, RosterWanted};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rosters::{Named, Need, Roster, RosterCommand, RosterDetails, Standing};

use crate::errors::{AppError, AppResult};
use crate::policy::{self, Reach};
use crate::registers::{self, ENTRIES_SHOWN};
use crate::{App, Who, bodies, secrecy};

const WHAT: &str = "roster";

/// All rosters that the reader has to do with, and those that the packs ask for.
#[derive(Clone, Debug)]
pub struct RostersView {
    /// Latest due day first, with the standings that the reader may see.
    pub rosters: Vec<(Roster, Vec<Standing>)>,
    /// Not asked yet.
    pub wanted: Vec<(PackKey, RosterWanted)>,
    pub organisation: Arc<Organisation>,
    pub may_ask: bool,
}

/// One roster.
#[derive(Clone, Debug)]
pub struct RosterView {
    pub roster: Roster,
    /// Of all units, or of the reader's own.
    pub standings: Vec<Standing>,
    /// Bodies in force that a unit may name as its own.
    pub bodies: Vec<Body>,
    pub organisation: Arc<Organisation>,
    pub may_change: bool,
    /// For whom the reader may file.
    pub may_file: Reach,
}

/// Somebody whom a unit named, for the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub roster: String,
    pub unit: UnitId,
    /// What they were named for.
    pub role: String,
    pub name: String,
    pub contact: String,
}

/// All rosters.
pub async fn list(app: &App, who: &Who) -> AppResult<RostersView> {
    let mut uow = app.store.read(who.bureau).await?;
    let all: Vec<Roster> = all(&mut *uow).await?;
    let may_ask = policy::holds(app, &who.actor, Right::AskRoster);
    let mut wanted = Vec::new();
    for pack in &app.rules(who.bureau, &mut *uow).await?.packs {
        for roster in &pack.rosters {
            let asked = all.iter().any(|known| known.details.title == roster.label);
            if may_ask && !asked {
                wanted.push((pack.key, roster.clone()));
            }
        }
    }
    let today = app.today();
    let reach = Reach::of(app, &who.actor, Right::SeeFiling);
    let rosters = all.into_iter().filter_map(|roster| {
        let standings = seen(&reach, &roster, today);
        (may_ask || !standings.is_empty()).then_some((roster, standings))
    });
    Ok(RostersView {
        rosters: rosters.collect(),
        wanted,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        may_ask,
    })
}

/// One roster.
pub async fn show(app: &App, who: &Who, id: RosterId) -> AppResult<RosterView> {
    let mut uow = app.store.read(who.bureau).await?;
    let roster: Roster = registers::get(&mut *uow, id.0, WHAT).await?;
    let standings = see(app, who, &roster)?;
    let may_ask = policy::holds(app, &who.actor, Right::AskRoster);
    Ok(RosterView {
        bodies: bodies::all(&mut *uow, Some(true)).await?,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
        may_change: may_ask && roster.closed.is_none(),
        may_file: match roster.closed {
            None => Reach::of(app, &who.actor, Right::FileRoster),
            Some(_) => Reach::default(),
        },
        standings,
        roster,
    })
}

/// Asks units to name something.
pub async fn ask(app: &App, who: &Who, details: RosterDetails) -> AppResult<Roster> {
    policy::require(app, &who.actor, Right::AskRoster)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let event = Roster::ask(details, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &())?;
    let id = app.ids.id(ctx.now);
    let roster = registers::begin(&mut *uow, id, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(roster)
}

/// Files for a unit, changes or closes; `seen` is the version that the person looked at.
///
/// Two units that file at the same time do not get into each other's way: a filing replaces the
/// unit's own only.
pub async fn handle(
    app: &App,
    who: &Who,
    id: RosterId,
    command: RosterCommand,
    seen: Option<i64>,
) -> AppResult<Roster> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let roster: Roster = registers::get(&mut *uow, id.0, WHAT).await?;
    see(app, who, &roster)?;
    match &command {
        RosterCommand::File { unit, .. } => {
            let row = filing(*unit);
            app.policy.permit(&who.actor, Right::FileRoster, &row)?;
        }
        RosterCommand::Amend(_) | RosterCommand::Close(_) => {
            policy::require(app, &who.actor, Right::AskRoster)?;
            registers::check_version(&roster, seen)?;
        }
    }
    let event = roster.decide(command, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &roster)?;
    let roster = registers::follow(&mut *uow, roster, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(roster)
}

/// Everybody whom units named in rosters in force, by unit.
pub async fn directory(app: &App, who: &Who) -> AppResult<(Vec<Contact>, Arc<Organisation>)> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let mut contacts = Vec::new();
    for roster in open(&mut *uow).await? {
        for (unit, filing) in &roster.filings {
            for entry in &filing.entries {
                let Named::Person { name, contact, .. } = &entry.named else {
                    continue;
                };
                let needs = roster.details.needs.iter();
                let need = needs.clone().find(|need| need.key == entry.need);
                contacts.push(Contact {
                    roster: roster.details.title.clone(),
                    unit: *unit,
                    role: need.map(|need| need.label.clone()).unwrap_or_default(),
                    name: name.clone(),
                    contact: contact.clone(),
                });
            }
        }
    }
    let place = |unit: UnitId| organisation.units.iter().position(|known| known.id == unit);
    contacts.sort_by_key(|contact| place(contact.unit));
    Ok((contacts, organisation))
}

/// How many rosters still wait for the reader's units.
pub async fn waiting(app: &App, who: &Who) -> AppResult<u32> {
    let mut uow = app.store.read(who.bureau).await?;
    let today = app.today();
    let mut count = 0;
    for roster in open(&mut *uow).await? {
        let own = roster.details.units.iter().copied();
        let mut own = own.filter(|unit| who.actor.works_in(*unit));
        count += u32::from(own.any(|unit| !roster.standing(unit, today).is_complete()));
    }
    Ok(count)
}

/// What a pack's words give; a person looks it over and picks the units.
pub fn draft(
    pack: PackKey,
    wanted: &RosterWanted,
    organisation: &Organisation,
    today: NaiveDate,
) -> RosterDetails {
    let (month, day) = wanted.due.unwrap_or((12, 31));
    let due = NaiveDate::from_ymd_opt(today.year(), month, day).unwrap_or(today);
    let needs = wanted.needs.iter().map(|need| Need {
        key: need.key.clone(),
        label: need.label.clone(),
        what: need.what,
        min: need.min,
        max: need.max,
    });
    RosterDetails {
        title: wanted.label.clone(),
        basis: format!("方案 {} {}", pack.sign(), bare(&wanted.cited.clause)),
        needs: needs.collect(),
        units: organisation.carriers().map(|unit| unit.id).collect(),
        due: due.max(today),
        mirrors: None,
    }
}

fn bare(clause: &str) -> &str {
    clause.split_once(' ').map_or(clause, |(_, path)| path)
}

async fn all(uow: &mut dyn UnitOfWork) -> AppResult<Vec<Roster>> {
    registers::list(uow, &RegisterFilter::all(ENTRIES_SHOWN)).await
}

/// Those that units still file in.
async fn open(uow: &mut dyn UnitOfWork) -> AppResult<Vec<Roster>> {
    let filter = RegisterFilter {
        open: Some(true),
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    registers::list(uow, &filter).await
}

/// The standings that the reader may see: of all units, or of their own.
fn seen(reach: &Reach, roster: &Roster, today: NaiveDate) -> Vec<Standing> {
    let mut standings = roster.standings(today);
    standings.retain(|standing| reach.holds(standing.unit));
    standings
}

/// The standings that the reader may see; for who sees none and asks none there is no roster.
fn see(app: &App, who: &Who, roster: &Roster) -> AppResult<Vec<Standing>> {
    let reach = Reach::of(app, &who.actor, Right::SeeFiling);
    let standings = seen(&reach, roster, app.today());
    if standings.is_empty() && !policy::holds(app, &who.actor, Right::AskRoster) {
        return Err(AppError::NotFound { what: WHAT });
    }
    Ok(standings)
}

/// A unit's part of a roster.
fn filing(unit: UnitId) -> Row {
    Row::Record(RecordRow {
        units: vec![unit],
        ..RecordRow::default()
    })
}
