//! How a person wants to be told (消息方式).

use luoshi_domain::ids::PersonId;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tellings::{Telling, Wishes};

use crate::errors::{AppError, AppResult};
use crate::{App, Who, registers};

const WHAT: &str = "telling";

/// The person's own wishes; the usual ones before any were set.
pub async fn own(app: &App, who: &Who) -> AppResult<Wishes> {
    let mut uow = app.store.read(who.bureau).await?;
    let telling = of(&mut *uow, who.actor.person).await?;
    Ok(telling.map(|known| known.wishes).unwrap_or_default())
}

/// Sets the person's own wishes.
pub async fn wish(app: &App, who: &Who, wishes: Wishes) -> AppResult<Wishes> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let event = wishes.decide(&ctx)?;
    let signed = ctx.signed();
    let telling = match of(&mut *uow, who.actor.person).await? {
        Some(known) => registers::follow(&mut *uow, known, &event, &signed).await?,
        None => registers::begin(&mut *uow, who.actor.person.0, &event, &signed).await?,
    };
    uow.commit().await?;
    Ok(telling.wishes)
}

/// A person's wishes; `None` before any were set.
pub(crate) async fn of(uow: &mut dyn UnitOfWork, person: PersonId) -> AppResult<Option<Telling>> {
    match registers::get(uow, person.0, WHAT).await {
        Ok(known) => Ok(Some(known)),
        Err(AppError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
