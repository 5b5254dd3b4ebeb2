//! Hooks (外发): which robots and programs are told, kept by the system administrator.
//!
//! The register and the journal know the host and a fingerprint of an address; the address and the
//! secret lie beside them and are never shown again.

pub mod deliveries;
mod messages;
pub mod sender;

use luoshi_domain::context::Actor;
use luoshi_domain::hooks::{
    Credential, Delivery, Hook, HookDetails, HookEvent, HookKind, HookState, Place, Purpose,
};
use luoshi_domain::ids::{DeliveryId, HookId};
use luoshi_domain::journal;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rights::Right;

use crate::errors::{AppError, AppResult};
use crate::registers::{self, ENTRIES_SHOWN};
use crate::{App, Who, policy, secrecy};

const WHAT: &str = "hook";

/// Deliveries that a page shows.
const SHOWN: u32 = 50;

/// Hex digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 8;

/// Longest secret that is entered, in characters.
const SECRET_LIMIT: usize = 200;

/// A hook that somebody wants.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub kind: HookKind,
    pub details: HookDetails,
    pub credential: Credential,
}

/// A hook, with what was sent last.
#[derive(Clone, Debug)]
pub struct HookRow {
    pub hook: Hook,
    pub last: Option<Delivery>,
}

/// A hook with its deliveries, newest first.
#[derive(Clone, Debug)]
pub struct HookShown {
    pub hook: Hook,
    pub deliveries: Vec<Delivery>,
}

/// Lets through who keeps the hooks; for anybody else there are none.
fn keep(app: &App, actor: &Actor) -> AppResult<()> {
    policy::require_to_see(app, actor, Right::ManageHooks, WHAT)
}

/// The hooks that are not removed, by name.
pub async fn list(app: &App, who: &Who) -> AppResult<Vec<HookRow>> {
    keep(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let mut rows = Vec::new();
    for hook in open(&mut *uow).await? {
        let last = uow.deliveries_list(hook.id, 1).await?.pop();
        rows.push(HookRow { hook, last });
    }
    rows.sort_by(|one, other| one.hook.details.name.cmp(&other.hook.details.name));
    Ok(rows)
}

/// One hook, a removed one too.
pub async fn show(app: &App, who: &Who, id: HookId) -> AppResult<HookShown> {
    keep(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    Ok(HookShown {
        hook: registers::get(&mut *uow, id.0, WHAT).await?,
        deliveries: uow.deliveries_list(id, SHOWN).await?,
    })
}

/// The hooks that are on and tell what is sent to the person's units, for whoever wonders.
pub async fn of_person(app: &App, who: &Who) -> AppResult<Vec<Hook>> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let units = who.actor.units();
    let mut hooks = open(&mut *uow).await?;
    hooks.retain(|hook| {
        hook.state == HookState::On && units.iter().any(|unit| reaches(hook, *unit, &organisation))
    });
    Ok(hooks)
}

/// Registers a hook; with it the secret that we made for it, to be shown this once.
pub async fn register(app: &App, who: &Who, wanted: Wanted) -> AppResult<(Hook, Option<String>)> {
    keep(app, &who.actor)?;
    let (place, credential) = opened(app, wanted.kind, &wanted.credential)?;
    secrecy::check(who, &[&wanted.details.name], &())?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let others = open(&mut *uow).await?;
    let event = Hook::register(wanted.kind, wanted.details, place, &others, &ctx)?;
    let id = app.ids.id(ctx.now);
    let hook: Hook = registers::begin(&mut *uow, id, &event, &ctx.signed()).await?;
    uow.hook_credential_save(hook.id, &credential).await?;
    uow.commit().await?;
    let ours = hook.kind == HookKind::General;
    Ok((hook, ours.then_some(credential.secret)))
}

/// Sends something else, to somebody else or at other hours.
pub async fn amend(
    app: &App,
    who: &Who,
    id: HookId,
    details: HookDetails,
    seen: Option<i64>,
) -> AppResult<Hook> {
    secrecy::check(who, &[&details.name], &())?;
    let mut uow = app.store.write(who.bureau).await?;
    let hook = load(app, who, &mut *uow, id, seen).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let others = open(&mut *uow).await?;
    let event = hook.amend(details, &others, &app.context(&who.actor, &organisation))?;
    follow(app, who, uow, hook, &event).await
}

/// Leads a hook elsewhere; of a robot the secret comes with the address, ours stays.
pub async fn readdress(
    app: &App,
    who: &Who,
    id: HookId,
    credential: Credential,
) -> AppResult<Hook> {
    let mut uow = app.store.write(who.bureau).await?;
    let hook = load(app, who, &mut *uow, id, None).await?;
    let (place, mut credential) = opened(app, hook.kind, &credential)?;
    if hook.kind == HookKind::General
        && let Some(known) = uow.hook_credential(id).await?
    {
        credential.secret = known.secret;
    }
    let event = hook.readdress(place)?;
    uow.hook_credential_save(id, &credential).await?;
    follow(app, who, uow, hook, &event).await
}

/// Signs with a new secret of ours from now on; the secret, to be shown this once.
pub async fn rekey(app: &App, who: &Who, id: HookId) -> AppResult<(Hook, String)> {
    let mut uow = app.store.write(who.bureau).await?;
    let hook = load(app, who, &mut *uow, id, None).await?;
    let event = hook.rekey()?;
    let known = uow.hook_credential(id).await?;
    let known = known.ok_or(AppError::NotFound { what: WHAT })?;
    let secret = app.ids.secret();
    let credential = Credential {
        secret: secret.clone(),
        ..known
    };
    uow.hook_credential_save(id, &credential).await?;
    let hook = follow(app, who, uow, hook, &event).await?;
    Ok((hook, secret))
}

/// Switches a hook on or off; what waits to be sent is dropped when its time comes.
pub async fn switch(app: &App, who: &Who, id: HookId, on: bool) -> AppResult<Hook> {
    let mut uow = app.store.write(who.bureau).await?;
    let hook = load(app, who, &mut *uow, id, None).await?;
    let event = hook.switch(on)?;
    follow(app, who, uow, hook, &event).await
}

/// Takes a hook away, and forgets what opens it.
pub async fn remove(app: &App, who: &Who, id: HookId, reason: &str) -> AppResult<Hook> {
    secrecy::check(who, &[reason], &())?;
    let mut uow = app.store.write(who.bureau).await?;
    let hook = load(app, who, &mut *uow, id, None).await?;
    let event = hook.remove(reason)?;
    uow.hook_credential_drop(id).await?;
    follow(app, who, uow, hook, &event).await
}

/// Sends a test message, whatever the hour.
pub async fn test(app: &App, who: &Who, id: HookId) -> AppResult<DeliveryId> {
    let mut uow = app.store.write(who.bureau).await?;
    let hook = load(app, who, &mut *uow, id, None).await?;
    lets_out(app)?;
    if hook.state == HookState::Removed {
        return Err(AppError::NotFound { what: WHAT });
    }
    let now = app.clock.now();
    let delivery = deliveries::begin(app, &mut *uow, id, Purpose::Test, now).await?;
    uow.commit().await?;
    Ok(delivery)
}

/// Sends once more what was given up.
pub async fn again(app: &App, who: &Who, id: HookId, delivery: DeliveryId) -> AppResult<()> {
    let mut uow = app.store.write(who.bureau).await?;
    load(app, who, &mut *uow, id, None).await?;
    lets_out(app)?;
    let known = uow.delivery_get(delivery).await?;
    let known = known.filter(|known| known.hook == id);
    let known = known.ok_or(AppError::NotFound { what: "delivery" })?;
    deliveries::again(app, &mut *uow, known).await?;
    uow.commit().await?;
    Ok(())
}

/// Whether what is sent to the unit is for the hook.
fn reaches(hook: &Hook, unit: luoshi_domain::ids::UnitId, organisation: &Organisation) -> bool {
    hook.details
        .unit
        .is_none_or(|top| top == unit || organisation.is_below(unit, top))
}

/// Whether the installation lets anything out.
fn lets_out(app: &App) -> Result<&dyn sender::HookSender, Refusal> {
    let sentence = "本系统没有开启外发。需要时请运维人员在启动时加上 --hooks。";
    app.hooks
        .as_deref()
        .ok_or_else(|| Refusal::state("hooks_off", "TIME-10", sentence))
}

/// What may be shown of an address, and what opens it.
fn opened(app: &App, kind: HookKind, entered: &Credential) -> AppResult<(Place, Credential)> {
    let sender = lets_out(app)?;
    let input = |code, sentence: String| Refusal::input(code, "TIME-10", sentence);
    let address = entered.address.trim().to_owned();
    let host = sender
        .inspect(kind, &address)
        .map_err(|sentence| input("address", sentence))?;
    let secret = entered.secret.trim();
    if secret.chars().count() > SECRET_LIMIT {
        let sentence = format!("密钥不超过 {SECRET_LIMIT} 个字符。");
        return Err(input("secret", sentence).into());
    }
    let secret = match kind {
        HookKind::General => app.ids.secret(),
        HookKind::Dingtalk => secret.to_owned(),
        HookKind::Wecom => String::new(),
    };
    let digest = journal::digest(address.as_bytes());
    let fingerprint = digest.chars().take(FINGERPRINT_DIGITS).collect();
    let place = Place { host, fingerprint };
    Ok((place, Credential { address, secret }))
}

async fn load(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    id: HookId,
    seen: Option<i64>,
) -> AppResult<Hook> {
    keep(app, &who.actor)?;
    let hook: Hook = registers::get(uow, id.0, WHAT).await?;
    registers::check_version(&hook, seen)?;
    Ok(hook)
}

async fn follow(
    app: &App,
    who: &Who,
    mut uow: Box<dyn UnitOfWork>,
    hook: Hook,
    event: &HookEvent,
) -> AppResult<Hook> {
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let signed = app.context(&who.actor, &organisation).signed();
    let hook = registers::follow(&mut *uow, hook, event, &signed).await?;
    uow.commit().await?;
    Ok(hook)
}

/// Those that are not removed.
async fn open(uow: &mut dyn UnitOfWork) -> AppResult<Vec<Hook>> {
    let filter = RegisterFilter {
        open: Some(true),
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    registers::list(uow, &filter).await
}
