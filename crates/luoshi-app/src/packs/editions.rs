//! The packs of a bureau: taken up, overridden from a day on, put down, exported (SYS-06).

use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::packs::{
    Difference, Edition, Pack, PackCommand, PackEvent, PackKey, difference,
};
use luoshi_domain::refusals::Refusal;

use super::parse::campaigns::{self, Entered};
use super::reader::Fault;
use super::{broken, file_name, parse, shipped, shipped_pack};
use crate::errors::{AppError, AppResult};
use crate::rules::{self, Rules};
use crate::{App, Who, lights, policy};

/// Why a bureau that took up its first pack has W as well.
const FIRST_REASON: &str = "原来默认装载";

/// All packs as the bureau stands to them.
#[derive(Clone, Debug)]
pub struct PacksView {
    pub rules: Arc<Rules>,
    /// In the order of their keys.
    pub packs: Vec<PackStanding>,
}

/// How the bureau stands to one pack today.
#[derive(Clone, Debug)]
pub struct PackStanding {
    pub key: PackKey,
    /// As it ships with the program.
    pub shipped: Pack,
    /// What is in force today; `None` where the bureau does not have the pack.
    pub in_force: Option<Pack>,
    /// All editions of the bureau, the latest taken up first.
    pub editions: Vec<Edition>,
}

/// What taking up a text would change.
#[derive(Clone, Debug)]
pub struct Preview {
    pub pack: Pack,
    /// Against what is in force on that day; every entry where nothing is.
    pub differences: Vec<Difference>,
    /// Whether the bureau has no such pack on that day.
    pub new: bool,
}

/// What the bureau takes up, and from when.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The text to take up; `None` for the one that ships with the program.
    pub text: Option<String>,
    pub effective: NaiveDate,
    pub reason: String,
}

/// All packs.
pub async fn list(app: &App, who: &Who) -> AppResult<PacksView> {
    policy::see_packs(app, who)?;
    let rules = rules::of_bureau(app, who.bureau).await?;
    let packs = PackKey::ALL.map(|key| standing(&rules, key));
    let packs = packs.into_iter().collect::<AppResult<_>>()?;
    Ok(PacksView { rules, packs })
}

/// One pack.
pub async fn show(app: &App, who: &Who, key: PackKey) -> AppResult<PackStanding> {
    policy::see_packs(app, who)?;
    let rules = rules::of_bureau(app, who.bureau).await?;
    standing(&rules, key)
}

/// The text in force today, or the one that ships with the program.
pub async fn export(app: &App, who: &Who, key: PackKey) -> AppResult<String> {
    policy::see_packs(app, who)?;
    let rules = rules::of_bureau(app, who.bureau).await?;
    let edition = rules.set.on(key, rules.today);
    let text = edition.and_then(|edition| edition.text.clone());
    Ok(text.unwrap_or_else(|| shipped(key).to_owned()))
}

/// What taking up `text` on a day would change; nothing is stored.
pub async fn preview(
    app: &App,
    who: &Who,
    file: &str,
    text: &str,
    effective: NaiveDate,
) -> AppResult<Preview> {
    policy::manage_packs(app, who)?;
    let pack = parse::pack(file, text).map_err(|fault| refused(&fault))?;
    let rules = rules::of_bureau(app, who.bureau).await?;
    let before = rules::in_force(&rules.set, effective)?;
    let before = before.into_iter().find(|known| known.key == pack.key);
    let new = before.is_none();
    let before = before.unwrap_or_else(|| empty(&pack));
    Ok(Preview {
        differences: difference(&before, &pack),
        pack,
        new,
    })
}

/// Takes up a pack, or another text of it, from a day on.
pub async fn adopt(app: &App, who: &Who, key: PackKey, adoption: Adoption) -> AppResult<()> {
    policy::manage_packs(app, who)?;
    let own = adoption.text.is_some();
    let text = adoption.text.unwrap_or_else(|| shipped(key).to_owned());
    let pack = parse::pack(&file_name(key), &text).map_err(|fault| refused(&fault))?;
    if pack.key != key {
        let sentence = format!(
            "文件是 {} 的，不是 {} 的，没有保存。",
            pack.key.sign(),
            key.sign()
        );
        return Err(Refusal::input("text", "SYS-06", sentence).into());
    }
    let command = PackCommand::Adopt {
        key,
        effective: adoption.effective,
        shipped: !own || text == shipped(key),
        text,
        reason: adoption.reason,
    };
    handle(app, who, key, command).await
}

/// Enters the days of a campaign and its phases that the plan leaves open, as another text of the
/// pack from today on.
pub async fn date_campaign(
    app: &App,
    who: &Who,
    key: PackKey,
    campaign: &str,
    entered: &[Entered],
    reason: String,
) -> AppResult<()> {
    policy::manage_packs(app, who)?;
    let rules = rules::of_bureau(app, who.bureau).await?;
    let edition = rules.set.on(key, rules.today);
    let Some(text) = edition.and_then(|edition| edition.text.as_deref()) else {
        let sentence = "先装载这个机制包，再填活动的起止日期。";
        return Err(Refusal::state("not_loaded", "CAMP-07", sentence).into());
    };
    if entered.is_empty() {
        let sentence = "请填写起止日期。";
        return Err(Refusal::input("days", "CAMP-07", sentence).into());
    }
    let text = campaigns::with_days(&file_name(key), text, campaign, entered)
        .map_err(|fault| refused(&fault))?;
    let effective = rules.today;
    let adoption = Adoption {
        text: Some(text),
        effective,
        reason,
    };
    // What does not fit is said in the words of the form, not with a line of the file.
    adopt(app, who, key, adoption)
        .await
        .map_err(|error| match error {
            AppError::Refused(refusal) if refusal.code == "text" => {
                let sentence = match refusal.sentence.split_once("行：") {
                    Some((_line, reason)) => reason.to_owned(),
                    None => refusal.sentence,
                };
                Refusal::input("days", "CAMP-07", sentence).into()
            }
            error => error,
        })
}

/// Puts a pack down from a day on.
pub async fn put_down(
    app: &App,
    who: &Who,
    key: PackKey,
    effective: NaiveDate,
    reason: String,
) -> AppResult<()> {
    policy::manage_packs(app, who)?;
    let command = PackCommand::Drop {
        key,
        effective,
        reason,
    };
    handle(app, who, key, command).await
}

async fn handle(app: &App, who: &Who, key: PackKey, command: PackCommand) -> AppResult<()> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let signed = ctx.signed();
    let mut set = uow.packs_load().await?;
    if set.editions.is_empty() && (key != PackKey::W || matches!(command, PackCommand::Drop { .. }))
    {
        // What was in force without anybody saying so is written down before it changes.
        let event = PackEvent::Adopted {
            key: PackKey::W,
            effective: rules.today,
            text: shipped(PackKey::W).to_owned(),
            shipped: true,
            reason: FIRST_REASON.to_owned(),
        };
        set.apply(&event, &signed);
        uow.packs_save(&set, &event, &signed).await?;
    }
    let event = set.decide(command, &ctx)?;
    set.apply(&event, &signed);
    uow.packs_save(&set, &event, &signed).await?;
    uow.commit().await?;
    lights::follow(app, who.bureau).await?;
    Ok(())
}

fn standing(rules: &Rules, key: PackKey) -> AppResult<PackStanding> {
    let editions = rules.set.editions.iter().rev();
    Ok(PackStanding {
        key,
        shipped: shipped_pack(key).map_err(broken)?,
        in_force: rules.packs.iter().find(|pack| pack.key == key).cloned(),
        editions: editions
            .filter(|edition| edition.key == key)
            .cloned()
            .collect(),
    })
}

/// The same pack without entries.
fn empty(pack: &Pack) -> Pack {
    Pack {
        key: pack.key,
        title: pack.title.clone(),
        edition: pack.edition,
        origins: Vec::new(),
        grades: Vec::new(),
        roles: Vec::new(),
        bodies: Vec::new(),
        tiers: Vec::new(),
        responsibilities: Vec::new(),
        policies: Vec::new(),
        leads: Vec::new(),
        cadences: Vec::new(),
        rosters: Vec::new(),
        acts: Vec::new(),
        training_forms: Vec::new(),
        training_subjects: Vec::new(),
        campaigns: Vec::new(),
        sheets: Vec::new(),
        lists: Vec::new(),
    }
}

fn refused(fault: &Fault) -> AppError {
    let sentence = format!("{fault}没有保存。");
    AppError::Refused(Refusal::input("text", "SYS-06", sentence))
}
