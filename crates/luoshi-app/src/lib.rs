//! Use cases: open a unit of work, authorise, decide, save, tell those concerned, commit.
//!
//! A page and its API twin call the same function here. Nothing in this crate knows SQL or HTTP.

use std::sync::Arc;

use luoshi_domain::calendar::Calendar;
use luoshi_domain::context::{Actor, Context};
use luoshi_domain::ids::BureauId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::{Clock, Ids, Store};

pub mod accounts;
pub mod audit;
pub mod bureaus;
pub mod demo;
pub mod desk;
pub mod errors;
pub mod organisation;
pub mod packs;
pub mod plans;
pub mod policy;
pub mod tasks;

use errors::{AppError, AppResult};

/// What every use case needs from outside.
#[derive(Clone)]
pub struct App {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub calendar: Arc<Calendar>,
    pub origins: Arc<[packs::Category]>,
}

impl App {
    /// An application over a store, with the calendar and dictionaries that ship with the program.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> AppResult<Self> {
        Ok(Self {
            store,
            clock,
            ids,
            calendar: Arc::new(packs::calendar()?),
            origins: packs::origins()?.into(),
        })
    }

    /// The label of an origin category; its key where the dictionary has lost it.
    pub fn origin_label<'a>(&'a self, key: &'a str) -> &'a str {
        let known = self.origins.iter().find(|category| category.key == key);
        known.map_or(key, |category| category.label.as_str())
    }

    fn context<'a>(&'a self, actor: &'a Actor, organisation: &'a Organisation) -> Context<'a> {
        Context {
            now: self.clock.now(),
            actor,
            organisation,
            calendar: &self.calendar,
        }
    }
}

/// A signed-in person, in which bureau.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub bureau: BureauId,
    pub actor: Actor,
}

/// How many events of one stream a page shows at most.
pub const HISTORY_LIMIT: u32 = 500;

/// Numbers on pages are counted up to here and then shown as `999+`.
pub const COUNT_CAP: u32 = 1000;

/// The organisation with the signed-in person's current posts.
async fn organisation_for(
    uow: &mut dyn luoshi_domain::ports::UnitOfWork,
) -> AppResult<Organisation> {
    uow.organisation_load().await.map_err(AppError::from)
}
