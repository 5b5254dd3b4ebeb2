//! The rules of a bureau as of now: its calendar and the packs it loaded.
//!
//! A bureau that took up no pack yet is under the shipped W, so that there are origins to choose
//! from.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use luoshi_domain::cadence::OriginCadence;
use luoshi_domain::calendar::{Announced, Calendar, Notice};
use luoshi_domain::context::{Actor, Context};
use luoshi_domain::ids::BureauId;
use luoshi_domain::lights::{Leads, Threshold};
use luoshi_domain::limits::LimitPolicy;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::packs::{Lead, LeadKey, Pack, PackKey, PackSet, Word};
use luoshi_domain::ports::{RulesVersions, UnitOfWork};
use luoshi_domain::tasks::lists::TaskFilter;

use crate::App;
use crate::errors::AppResult;
use crate::packs::{self, broken};

/// Before an origin's key in an address: with those of other packs that are a part of it.
pub const WITH_PARTS: char = '~';

/// The pack of a bureau that took up none.
const FIRST_PACK: PackKey = PackKey::W;

/// What a bureau's decisions and pages go by on one day.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The local day they are of.
    pub today: NaiveDate,
    pub calendar: Calendar,
    /// The notices that the program ships and the bureau entered, by year.
    pub notices: BTreeMap<i32, Notice>,
    /// All editions of the bureau.
    pub set: PackSet,
    /// The packs in force, in the order of their keys.
    pub packs: Vec<Pack>,
    /// The limit policies in force.
    pub policies: Vec<LimitPolicy>,
    pub leads: Leads,
    /// Every origin that was ever in force, for naming what is stored; the latest last.
    named: Vec<Word>,
    versions: RulesVersions,
}

impl Rules {
    fn of(
        set: PackSet,
        announced: &Announced,
        shipped: &[Notice],
        today: NaiveDate,
        versions: RulesVersions,
    ) -> AppResult<Self> {
        let mut notices: BTreeMap<i32, Notice> = shipped
            .iter()
            .map(|notice| (notice.year, notice.clone()))
            .collect();
        let entered = announced.notices.iter();
        notices.extend(entered.map(|entered| (entered.notice.year, entered.notice.clone())));
        let packs = in_force(&set, today)?;
        let mut named = Vec::new();
        for key in PackKey::ALL {
            named.extend(packs::shipped_pack(key).map_err(broken)?.origins);
        }
        for edition in &set.editions {
            if let Some(text) = &edition.text {
                let file = packs::file_name(edition.key);
                named.extend(packs::parse::pack(&file, text).map_err(broken)?.origins);
            }
        }
        Ok(Self {
            today,
            calendar: Calendar::of(notices.values()),
            notices,
            policies: packs
                .iter()
                .flat_map(|pack| pack.policies.clone())
                .collect(),
            leads: leads(&packs, versions.lights),
            set,
            packs,
            named,
            versions,
        })
    }

    /// The origin categories to choose from, in the order they are shown (SRC-01).
    pub fn origins(&self) -> impl Iterator<Item = &Word> {
        self.packs.iter().flat_map(|pack| &pack.origins)
    }

    /// An origin with those of other packs that are a part of it (SRC-03); it alone where none is.
    pub fn alike(&self, key: &str) -> Vec<String> {
        let part = |origin: &&Word| origin.same_as.iter().any(|known| known == key);
        let parts = self.origins().filter(part).map(|origin| origin.key.clone());
        std::iter::once(key.to_owned()).chain(parts).collect()
    }

    /// Narrows a list to an origin, or with [`WITH_PARTS`] before its key to all that are alike.
    pub fn narrow_to_origin(&self, filter: &mut TaskFilter, wanted: &str) {
        match wanted.strip_prefix(WITH_PARTS) {
            None => filter.category = Some(wanted.to_owned()),
            Some(key) => {
                let mut alike = self.alike(key);
                if let Some(known) = &filter.categories {
                    alike.retain(|key| known.contains(key));
                }
                filter.categories = Some(alike);
            }
        }
    }

    /// The label of an origin category; its key where no pack ever had it.
    pub fn origin_label<'a>(&'a self, key: &'a str) -> &'a str {
        let known = self.named.iter().rev().find(|word| word.key == key);
        let known = self.origins().find(|word| word.key == key).or(known);
        known.map_or(key, |word| word.label.as_str())
    }

    /// What a decision by these rules may look at.
    pub fn context<'a>(
        &'a self,
        app: &App,
        actor: &'a Actor,
        organisation: &'a Organisation,
    ) -> Context<'a> {
        Context {
            now: app.clock.now(),
            actor,
            organisation,
            calendar: &self.calendar,
            policies: &self.policies,
            leads: self.leads.clone(),
        }
    }
}

/// The packs in force on `day`, in the order of their keys.
pub fn in_force(set: &PackSet, day: NaiveDate) -> AppResult<Vec<Pack>> {
    if set.editions.is_empty() {
        return Ok(vec![packs::shipped_pack(FIRST_PACK).map_err(broken)?]);
    }
    let loaded = set.in_force(day).into_iter();
    loaded
        .map(|(key, edition)| {
            let text = edition.text.as_deref().unwrap_or_default();
            packs::parse::pack(&packs::file_name(key), text).map_err(broken)
        })
        .collect()
}

/// The rules of a bureau as of now.
pub async fn of_bureau(app: &App, bureau: BureauId) -> AppResult<Arc<Rules>> {
    let mut uow = app.store.read(bureau).await?;
    app.rules(bureau, &mut *uow).await
}

/// The leads of the packs in force; where several set one, the earliest warning.
fn leads(packs: &[Pack], edition: i64) -> Leads {
    let all = || packs.iter().flat_map(|pack| &pack.leads);
    let of = |key| all().filter(move |lead| lead.key == key);
    let most = |key| of(key).max_by_key(|lead| lead.value);
    let least = |key| of(key).min_by_key(|lead| lead.value);
    let mut leads = Leads {
        edition,
        ..Leads::default()
    };
    let set = |threshold: &mut Threshold, lead: Option<&Lead>| {
        if let Some(lead) = lead {
            *threshold = Threshold {
                value: i64::from(lead.value),
                clause: lead.cited.clause.clone(),
                default: lead.cited.default,
            };
        }
    };
    set(&mut leads.due_soon_days, most(LeadKey::DueSoonDays));
    set(&mut leads.behind_points, least(LeadKey::BehindPoints));
    set(&mut leads.red_points, least(LeadKey::RedPoints));
    set(&mut leads.recovery_days, most(LeadKey::RecoveryDays));
    set(&mut leads.no_report_days, least(LeadKey::NoReportDays));
    set(&mut leads.answer_workdays, least(LeadKey::AnswerWorkdays));
    let acknowledge = least(LeadKey::AcknowledgeWorkdays);
    set(&mut leads.acknowledge_workdays, acknowledge);
    set(&mut leads.rectify_workdays, least(LeadKey::RectifyWorkdays));
    // What a unit has for itself is as long as any pack gives it.
    set(&mut leads.appeal_days, most(LeadKey::AppealDays));
    set(&mut leads.review_workdays, least(LeadKey::ReviewWorkdays));
    set(&mut leads.filing_workdays, least(LeadKey::FilingWorkdays));
    set(&mut leads.report_soon_days, most(LeadKey::ReportSoonDays));
    let cadences = packs.iter().flat_map(|pack| &pack.cadences);
    leads.cadences = cadences
        .map(|wanted| OriginCadence {
            origin: wanted.key.clone(),
            days: wanted.days.map(|days| Threshold {
                value: i64::from(days),
                clause: wanted.cited.clause.clone(),
                default: wanted.cited.default,
            }),
        })
        .collect();
    leads
}

/// The rules of each bureau as last read.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<BureauId, Arc<Rules>>>);

impl App {
    /// The bureau's rules as the unit of work sees them.
    ///
    /// Asked for by every request, so the last ones read are kept, and only their versions are
    /// asked for. Never asked for after a save of rules in the same unit of work: what is kept
    /// must have been committed.
    pub(crate) async fn rules(
        &self,
        bureau: BureauId,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Arc<Rules>> {
        let versions = uow.rules_versions().await?;
        let today = self.today();
        if let Some(known) = self.rules.known(bureau, versions, today) {
            return Ok(known);
        }
        let set = uow.packs_load().await?;
        let announced = uow.calendar_load().await?;
        let rules = Rules::of(set, &announced, &self.notices, today, versions)?;
        let rules = Arc::new(rules);
        self.rules.keep(bureau, &rules);
        Ok(rules)
    }
}

impl Kept {
    fn known(
        &self,
        bureau: BureauId,
        versions: RulesVersions,
        today: NaiveDate,
    ) -> Option<Arc<Rules>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&bureau)?;
        (known.versions == versions && known.today == today).then(|| Arc::clone(known))
    }

    fn keep(&self, bureau: BureauId, rules: &Arc<Rules>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(bureau, Arc::clone(rules));
    }
}
