//! Leading groups, task forces and teams: setting up, changing, dissolving, showing (ORG-06, 07).

pub mod prescribed;

use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::bodies::{Body, BodyCommand, BodyDetails, Parent};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BodyId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::rosters::Roster;
use luoshi_domain::tasks::TaskDetails;

use crate::errors::{AppError, AppResult};
use crate::registers::{self, ENTRIES_SHOWN};
use crate::{App, Who, secrecy};
use prescribed::Prescribed;

const WHAT: &str = "body";

/// All bodies, with those that the packs ask for.
#[derive(Clone, Debug)]
pub struct BodiesView {
    /// Latest first.
    pub bodies: Vec<Body>,
    pub prescribed: Vec<Prescribed>,
    pub organisation: Arc<Organisation>,
}

/// One body with what hangs together with it.
#[derive(Clone, Debug)]
pub struct BodyView {
    pub body: Body,
    /// The body above it.
    pub parent: Option<Body>,
    /// The bodies below it.
    pub below: Vec<Body>,
    /// What asks units to set up one of their own like it.
    pub mirrors: Vec<Roster>,
    pub organisation: Arc<Organisation>,
    pub may_change: bool,
}

/// All bodies.
pub async fn list(app: &App, who: &Who) -> AppResult<BodiesView> {
    let mut uow = app.store.read(who.bureau).await?;
    let bodies = all(&mut *uow, None).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let prescribed = prescribed::of(&rules.packs, &bodies);
    Ok(BodiesView {
        prescribed,
        bodies,
        organisation: app.organisation(who.bureau, &mut *uow).await?,
    })
}

/// One body.
pub async fn show(app: &App, who: &Who, id: BodyId) -> AppResult<BodyView> {
    let mut uow = app.store.read(who.bureau).await?;
    let body: Body = registers::get(&mut *uow, id.0, WHAT).await?;
    view(app, who, &mut *uow, body).await
}

/// Sets a body up.
pub async fn set_up(app: &App, who: &Who, details: BodyDetails) -> AppResult<Body> {
    permit(app, &who.actor, details.unit)?;
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let others = all(&mut *uow, Some(true)).await?;
    let event = Body::set_up(details, &others, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &())?;
    let id = app.ids.id(ctx.now);
    let body = registers::begin(&mut *uow, id, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(body)
}

/// Changes or dissolves a body; `seen` is the version that the person looked at.
pub async fn handle(
    app: &App,
    who: &Who,
    id: BodyId,
    command: BodyCommand,
    seen: Option<i64>,
) -> AppResult<Body> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let body: Body = registers::get(&mut *uow, id.0, WHAT).await?;
    permit(app, &who.actor, body.details.unit)?;
    if let BodyCommand::Amend(details) = &command {
        permit(app, &who.actor, details.unit)?;
    }
    registers::check_version(&body, seen)?;
    let others = all(&mut *uow, Some(true)).await?;
    let event = body.decide(command, &others, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &body)?;
    let body = registers::follow(&mut *uow, body, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(body)
}

/// The bodies in force in which several units may lead a task together (ORG-05).
pub(crate) async fn task_forces(
    uow: &mut dyn UnitOfWork,
    today: NaiveDate,
) -> AppResult<Vec<Body>> {
    let mut bodies = all(uow, Some(true)).await?;
    bodies.retain(|body| body.details.kind.is_for_joint_leads() && body.is_in_force(today));
    Ok(bodies)
}

/// The same with their names, for a form.
pub async fn for_joint_leads(app: &App, who: &Who) -> AppResult<Vec<(BodyId, String)>> {
    let mut uow = app.store.read(who.bureau).await?;
    let bodies = task_forces(&mut *uow, app.today()).await?.into_iter();
    Ok(bodies.map(|body| (body.id, body.details.name)).collect())
}

/// Checks the task force that is named, and makes its head's unit the accountable one.
pub(crate) async fn settle_lead(
    uow: &mut dyn UnitOfWork,
    details: &mut TaskDetails,
    organisation: &Organisation,
    today: NaiveDate,
) -> AppResult<()> {
    let Some(id) = details.task_force else {
        return Ok(());
    };
    let body = known(uow, id).await?;
    details.check_task_force(body.as_ref(), today)?;
    if let Some(body) = &body {
        details.settle_lead(body, organisation);
    }
    Ok(())
}

/// A body by its id, if there is one.
pub(crate) async fn known(uow: &mut dyn UnitOfWork, id: BodyId) -> AppResult<Option<Body>> {
    match registers::get(uow, id.0, WHAT).await {
        Ok(body) => Ok(Some(body)),
        Err(AppError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the reader may set up and change bodies of a unit, or of the whole bureau.
pub fn may_keep(app: &App, who: &Who, unit: Option<UnitId>) -> bool {
    permit(app, &who.actor, unit).is_ok()
}

fn permit(app: &App, actor: &Actor, unit: Option<UnitId>) -> Result<(), Refusal> {
    let row = Row::Record(RecordRow {
        units: unit.into_iter().collect(),
        ..RecordRow::default()
    });
    app.policy.permit(actor, Right::KeepBody, &row)
}

/// The bodies in force, or all.
pub(crate) async fn all(uow: &mut dyn UnitOfWork, open: Option<bool>) -> AppResult<Vec<Body>> {
    let filter = RegisterFilter {
        open,
        ..RegisterFilter::all(ENTRIES_SHOWN)
    };
    registers::list(uow, &filter).await
}

async fn view(app: &App, who: &Who, uow: &mut dyn UnitOfWork, body: Body) -> AppResult<BodyView> {
    let bodies = all(uow, None).await?;
    let above = match body.details.parent {
        Some(Parent::Body(id)) => Some(id),
        _ => None,
    };
    let parent = bodies.iter().find(|other| Some(other.id) == above).cloned();
    let below = bodies
        .into_iter()
        .filter(|other| other.details.parent == Some(Parent::Body(body.id)));
    let below: Vec<Body> = below.collect();
    let rosters: Vec<Roster> = registers::list(uow, &RegisterFilter::all(ENTRIES_SHOWN)).await?;
    let mirrors = rosters.into_iter();
    let mirrors = mirrors.filter(|roster| roster.details.mirrors == Some(body.id));
    Ok(BodyView {
        mirrors: mirrors.collect(),
        below,
        parent,
        organisation: app.organisation(who.bureau, uow).await?,
        may_change: body.ended.is_none() && may_keep(app, who, body.details.unit),
        body,
    })
}
