//! Use cases: open a unit of work, authorise, decide, save, tell those concerned, commit.
//!
//! A page and its API twin call the same function here. Nothing in this crate knows SQL or HTTP.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use luoshi_domain::access_log::MONTHS_KEPT;
use luoshi_domain::calendar::{Calendar, Notice, local_day};
use luoshi_domain::context::{Actor, Context};
use luoshi_domain::ids::{BureauId, PersonId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::organisation::history::History;
use luoshi_domain::ports::{Clock, Ids, Store, UnitOfWork};
use luoshi_domain::rights::Policy;

pub mod accounts;
pub mod activities;
pub mod appeals;
pub mod attachments;
pub mod audit;
pub mod board;
pub mod bodies;
pub mod breakdowns;
pub mod bureaus;
pub mod calendar;
pub mod demo;
pub mod desk;
pub mod digests;
pub mod errors;
pub mod feeds;
pub mod filings;
pub mod hierarchy;
pub mod hooks;
pub mod inbox;
pub mod jobs;
pub mod lessons;
pub mod lights;
pub mod limits;
pub mod lists;
pub mod mailer;
pub mod mandates;
pub mod merging;
mod notifications;
pub mod organisation;
pub mod packs;
pub mod phrases;
pub mod plans;
pub mod policy;
pub mod refinements;
pub mod refiner;
pub mod registers;
pub mod reporting;
pub mod rosters;
pub mod rules;
pub mod secrecy;
pub mod sweeps;
pub mod tasks;
pub mod tellings;
pub mod tiers;
pub mod trajectories;
pub mod views;
pub mod worksheets;

use accounts::AccountSettings;
use accounts::identity::IdentityProvider;
use errors::AppResult;
use refiner::Refiner;

/// What every use case needs from outside.
#[derive(Clone)]
pub struct App {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// Decides every command and every read.
    pub policy: Arc<dyn Policy>,
    /// The calendar that ships with the program; a bureau's own is with its rules.
    pub shipped_calendar: Arc<Calendar>,
    /// Suggests what the reader is not sure of; none unless a bureau runs one.
    pub refiner: Option<Arc<dyn Refiner>>,
    /// The notices that ship with the program.
    notices: Arc<[Notice]>,
    /// A server that knows who people are; none unless configured.
    pub identity: Option<Arc<dyn IdentityProvider>>,
    /// Sends mail; none unless a bureau has a mail server.
    pub mailer: Option<Arc<dyn mailer::Mailer>>,
    /// Hands messages to robots and other programs; none unless the installation lets any out.
    pub hooks: Option<Arc<dyn hooks::sender::HookSender>>,
    /// Keeps the bytes of files; none unless there is a place for them.
    pub contents: Option<Arc<dyn attachments::store::ContentStore>>,
    /// Looks through files for viruses; none unless a bureau runs one.
    pub scanner: Option<Arc<dyn attachments::scanner::Scanner>>,
    /// The address at which people open the program, without a slash at the end; mails name it.
    pub public_url: Option<String>,
    /// What the installation sets about passwords and sessions.
    pub accounts: AccountSettings,
    /// For how many months the access log is kept; the domain sets a floor.
    pub access_months: u32,
    /// What was read and is not written down yet.
    pub reads: Arc<audit::reads::Gathered>,
    names: Arc<bureaus::Names>,
    organisations: Arc<Organisations>,
    rules: Arc<rules::Kept>,
    duplicates: Arc<plans::duplicates::Kept>,
    turns: Arc<attachments::Turns>,
}

impl App {
    /// An application over a store, with the calendar and dictionaries that ship with the program.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        policy: Arc<dyn Policy>,
    ) -> AppResult<Self> {
        let notices = packs::shipped_notices().map_err(packs::broken)?;
        Ok(Self {
            store,
            clock,
            ids,
            policy,
            shipped_calendar: Arc::new(Calendar::of(&notices)),
            notices: notices.into(),
            refiner: None,
            identity: None,
            mailer: None,
            hooks: None,
            contents: None,
            scanner: None,
            public_url: None,
            accounts: AccountSettings::default(),
            access_months: MONTHS_KEPT,
            reads: Arc::default(),
            names: Arc::default(),
            organisations: Arc::default(),
            rules: Arc::default(),
            duplicates: Arc::default(),
            turns: Arc::default(),
        })
    }

    /// Answers a request that only reads: all that it reads it reads of one state.
    pub async fn reading<T: Send>(&self, request: impl Future<Output = T> + Send) -> Option<T> {
        let mut answer = None;
        let answered = async { answer = Some(request.await) };
        self.store.reading(Box::pin(answered)).await;
        answer
    }

    /// The local day.
    pub fn today(&self) -> NaiveDate {
        local_day(self.clock.now())
    }

    /// The organisation of today as the unit of work sees it.
    ///
    /// It is asked for by every request and changes rarely, so the last one read is kept and only
    /// its version is asked for; it is kept for its day, so that what was arranged for a day ahead
    /// takes effect by itself at midnight. Never asked for after a save of the organisation in
    /// the same unit of work: what is kept must have been committed.
    async fn organisation(
        &self,
        bureau: BureauId,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Arc<Organisation>> {
        Ok(self.dated(bureau, uow).await?.today)
    }

    /// The same with the organisation through time; one question to the database for both.
    async fn dated(&self, bureau: BureauId, uow: &mut dyn UnitOfWork) -> AppResult<Kept> {
        let version = uow.organisation_version().await?;
        let today = self.today();
        let history = match self.organisations.known(bureau, version) {
            Some(known) if known.today.day == today => return Ok(known),
            Some(known) => known.history,
            None => Arc::new(uow.organisation_load().await?),
        };
        let organisation = Arc::new(history.as_of(today));
        self.organisations.keep(bureau, &history, &organisation);
        Ok(Kept {
            history,
            today: organisation,
        })
    }

    /// The organisation through time as the unit of work sees it, kept in the same way.
    async fn history(&self, bureau: BureauId, uow: &mut dyn UnitOfWork) -> AppResult<Arc<History>> {
        let version = uow.organisation_version().await?;
        match self.organisations.known(bureau, version) {
            Some(known) => Ok(known.history),
            None => Ok(Arc::new(uow.organisation_load().await?)),
        }
    }

    /// What a decision may look at that counts no days: by the calendar that ships, under no
    /// policy. What counts days takes [`rules::Rules::context`].
    fn context<'a>(&'a self, actor: &'a Actor, organisation: &'a Organisation) -> Context<'a> {
        Context {
            now: self.clock.now(),
            actor,
            organisation,
            calendar: &self.shipped_calendar,
            policies: &[],
            leads: luoshi_domain::lights::Leads::default(),
        }
    }
}

/// The organisation of each bureau as last read.
#[derive(Default)]
struct Organisations(Mutex<HashMap<BureauId, Kept>>);

/// A bureau's organisation through time and as of the day on which it was asked for.
#[derive(Clone)]
struct Kept {
    history: Arc<History>,
    today: Arc<Organisation>,
}

impl Kept {
    /// The person as actor, unless unknown or gone by that day.
    fn actor(&self, person: PersonId) -> Option<Actor> {
        let record = self.history.person(person);
        if record.is_some_and(|record| record.has_left(self.today.day)) {
            return None;
        }
        Actor::of(&self.today, person)
    }
}

impl Organisations {
    fn known(&self, bureau: BureauId, version: i64) -> Option<Kept> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&bureau)
            .filter(|known| known.history.version == version)
            .cloned()
    }

    fn keep(&self, bureau: BureauId, history: &Arc<History>, today: &Arc<Organisation>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A unit of work that began earlier must not put an older one back.
        if all
            .get(&bureau)
            .is_none_or(|known| known.history.version <= history.version)
        {
            let kept = Kept {
                history: Arc::clone(history),
                today: Arc::clone(today),
            };
            all.insert(bureau, kept);
        }
    }
}

/// A signed-in person, in which bureau.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub bureau: BureauId,
    pub actor: Actor,
    /// The person has looked again and says that what they enter is not classified (SYS-05).
    pub unclassified: bool,
}

impl Who {
    pub fn new(bureau: BureauId, actor: Actor) -> Self {
        Self {
            bureau,
            actor,
            unclassified: false,
        }
    }
}

/// How many events of one stream a page shows at most.
pub const HISTORY_LIMIT: u32 = 500;

/// Numbers on pages are counted up to here and then shown as `999+`.
pub const COUNT_CAP: u32 = 1000;
