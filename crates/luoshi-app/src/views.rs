//! Saved views of the ledger: saving, sharing, beginning with one.

use luoshi_domain::ids::ViewId;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Ground;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rights::Right;
use luoshi_domain::views::{View, ViewDetails, ViewEvent};

use crate::errors::{AppError, AppResult};
use crate::registers::{self, ENTRIES_SHOWN};
use crate::{App, Who, policy};

const WHAT: &str = "view";

/// The views that the reader may choose, the own first, each by name.
pub async fn list(app: &App, who: &Who) -> AppResult<Vec<View>> {
    let mut uow = app.store.read(who.bureau).await?;
    let person = who.actor.person;
    let mut views = open(&mut *uow).await?;
    views.retain(|view| view.is_known_to(person));
    views.sort_by(|one, other| {
        let key = |view: &View| (view.owner != person, view.details.name.clone());
        key(one).cmp(&key(other))
    });
    Ok(views)
}

/// Saves what the reader looks at under a name; one of theirs with this name is replaced.
pub async fn save(app: &App, who: &Who, details: ViewDetails, shared: bool) -> AppResult<View> {
    if shared {
        policy::require(app, &who.actor, Right::ShareView)?;
    }
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let mut own = open(&mut *uow).await?;
    own.retain(|view| view.owner == who.actor.person);
    let name = details.name.trim();
    let same = own.iter().position(|view| view.details.name == name);
    let view = match same.map(|place| own.swap_remove(place)) {
        Some(known) => {
            // Checked as a new one would be.
            let saved = View::save(details, shared, &own)?;
            let ViewEvent::Saved { details, shared } = saved else {
                return Err(AppError::NotFound { what: WHAT });
            };
            let moved = known.shared != shared;
            let replaced = ViewEvent::Replaced { details };
            let mut view = registers::follow(&mut *uow, known, &replaced, &ctx.signed()).await?;
            if moved {
                let event = ViewEvent::Shared { shared };
                view = registers::follow(&mut *uow, view, &event, &ctx.signed()).await?;
            }
            view
        }
        None => {
            let event = View::save(details, shared, &own)?;
            let id = app.ids.id(ctx.now);
            registers::begin(&mut *uow, id, &event, &ctx.signed()).await?
        }
    };
    uow.commit().await?;
    Ok(view)
}

/// Begins the reader's ledger with a view from now on, in place of any other, or with none.
pub async fn choose(app: &App, who: &Who, id: ViewId, first: bool) -> AppResult<()> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let person = who.actor.person;
    let views = open(&mut *uow).await?;
    if !views
        .iter()
        .any(|view| view.id == id && view.is_known_to(person))
    {
        return Err(AppError::NotFound { what: WHAT });
    }
    for view in views {
        let wanted = first && view.id == id;
        if view.is_first_for(person) == wanted || !wanted && !view.is_first_for(person) {
            continue;
        }
        let event = view.change(ViewEvent::Chosen { first: wanted }, &ctx)?;
        registers::follow(&mut *uow, view, &event, &ctx.signed()).await?;
    }
    uow.commit().await?;
    Ok(())
}

/// Shows a view of one's own to the bureau, or no more.
pub async fn share(app: &App, who: &Who, id: ViewId, shared: bool) -> AppResult<View> {
    if shared {
        policy::require(app, &who.actor, Right::ShareView)?;
    }
    follow(app, who, id, ViewEvent::Shared { shared }).await
}

/// Drops a view of one's own.
pub async fn drop(app: &App, who: &Who, id: ViewId) -> AppResult<View> {
    follow(app, who, id, ViewEvent::Dropped).await
}

async fn follow(app: &App, who: &Who, id: ViewId, event: ViewEvent) -> AppResult<View> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let view: View = registers::get(&mut *uow, id.0, WHAT).await?;
    if !view.is_known_to(who.actor.person) {
        return Err(AppError::NotFound { what: WHAT });
    }
    let event = view
        .change(event, &ctx)
        .map_err(|refusal| match refusal.ground {
            Ground::Authority => AppError::NotFound { what: WHAT },
            Ground::State | Ground::Input => refusal.into(),
        })?;
    let view = registers::follow(&mut *uow, view, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(view)
}

async fn open(uow: &mut dyn UnitOfWork) -> AppResult<Vec<View>> {
    let filter = RegisterFilter {
        open: Some(true),
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    registers::list(uow, &filter).await
}
