//! Mandates (代填授权): giving them, taking them back, and typing under one.

use std::sync::Arc;

use luoshi_domain::context::Actor;
use luoshi_domain::ids::MandateId;
use luoshi_domain::journal::Hand;
use luoshi_domain::mandates::{Mandate, MandateDetails};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::{Ground, Refusal};
use luoshi_domain::registers::RegisterFilter;

use crate::accounts::Visitor;
use crate::errors::{AppError, AppResult};
use crate::registers::{self, ENTRIES_SHOWN};
use crate::{App, Kept, Who, secrecy};

const WHAT: &str = "mandate";

/// A person's mandates that are not over.
#[derive(Clone, Debug)]
pub struct MandatesView {
    pub given: Vec<Mandate>,
    /// Under which the person may type today, or will.
    pub held: Vec<Mandate>,
    pub organisation: Arc<Organisation>,
}

/// The person's own mandates.
pub async fn own(app: &App, who: &Who) -> AppResult<MandatesView> {
    let mut uow = app.store.read(who.bureau).await?;
    let (person, today) = (who.actor.person, app.today());
    let mut open = open(&mut *uow).await?;
    open.retain(|known| known.details.until >= today);
    let of = |test: &dyn Fn(&Mandate) -> bool| {
        let found = open.iter().filter(|known| test(known));
        found.cloned().collect()
    };
    Ok(MandatesView {
        given: of(&|known| known.giver == person),
        held: of(&|known| known.details.agent == person),
        organisation: app.organisation(who.bureau, &mut *uow).await?,
    })
}

/// Lets somebody type for the person.
pub async fn give(app: &App, who: &Who, details: MandateDetails) -> AppResult<Mandate> {
    in_own_name(who)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let event = Mandate::give(details, &open(&mut *uow).await?, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &())?;
    let id = app.ids.id(ctx.now);
    let mandate = registers::begin(&mut *uow, id, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(mandate)
}

/// Ends a mandate at once, by whoever gave or holds it.
pub async fn end(app: &App, who: &Who, id: MandateId) -> AppResult<Mandate> {
    in_own_name(who)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let mandate: Mandate = registers::get(&mut *uow, id.0, WHAT).await?;
    let event = mandate.end(&ctx).map_err(|refusal| match refusal.ground {
        Ground::Authority => AppError::NotFound { what: WHAT },
        Ground::State | Ground::Input => refusal.into(),
    })?;
    let mandate = registers::follow(&mut *uow, mandate, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(mandate)
}

/// Lets the session type under a mandate from now on, or in the person's own name again.
pub async fn switch(app: &App, visitor: &Visitor, mandate: Option<MandateId>) -> AppResult<()> {
    let who = &visitor.who;
    let session = visitor.session().ok_or(AppError::NotFound { what: WHAT })?;
    let mut uow = app.store.write(who.bureau).await?;
    if let Some(id) = mandate {
        in_own_name(who)?;
        let known: Mandate = registers::get(&mut *uow, id.0, WHAT).await?;
        if known.details.agent != who.actor.person || !known.holds(app.today()) {
            return Err(AppError::NotFound { what: WHAT });
        }
    }
    uow.session_mandate(session, mandate).await?;
    uow.commit().await?;
    Ok(())
}

/// Whom the session acts as: the giver by the agent's hand while the mandate holds, else the agent.
pub(crate) async fn acting(
    app: &App,
    uow: &mut dyn UnitOfWork,
    known_today: &Kept,
    agent: Actor,
    mandate: MandateId,
) -> AppResult<Actor> {
    let known: Mandate = match registers::get(uow, mandate.0, WHAT).await {
        Ok(known) => known,
        Err(AppError::NotFound { .. }) => return Ok(agent),
        Err(error) => return Err(error),
    };
    if known.details.agent != agent.person || !known.holds(app.today()) {
        return Ok(agent);
    }
    let Some(giver) = known_today.actor(known.giver) else {
        return Ok(agent);
    };
    Ok(giver.by_hand_of(Hand {
        person: agent.person,
        name: agent.name,
        title: agent.title,
    }))
}

/// A mandate is for typing, not for what concerns the account or further mandates.
fn in_own_name(who: &Who) -> Result<(), Refusal> {
    match who.actor.hand {
        None => Ok(()),
        Some(_) => Err(Refusal::state(
            "by_hand",
            "SYS-03",
            "正在代他人填报，请先结束代填。",
        )),
    }
}

/// Those that nobody took back; some may be over.
async fn open(uow: &mut dyn UnitOfWork) -> AppResult<Vec<Mandate>> {
    let filter = RegisterFilter {
        open: Some(true),
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    registers::list(uow, &filter).await
}
