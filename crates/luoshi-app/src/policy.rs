//! What use cases ask the policies. Who may do what stands in their texts, not here.

use std::sync::Arc;

use luoshi_domain::context::{Actor, Context};
use luoshi_domain::ids::{PlanId, TaskId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::history::History;
use luoshi_domain::plans::{Plan, PlanRow};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::{Appointment, Explanation, RecordRow, Right, Row, TaskRow};
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::actions::TaskAction;
use luoshi_domain::tasks::lists::{Marks, Subtrees, TaskFilter, Visibility};
use uuid::Uuid;

use crate::errors::{AppError, AppResult};
use crate::{App, Who};

/// All that the actor's lists hold: of their own reach, and of work secrets those that are their
/// business (SYS-05).
pub fn tasks(app: &App, actor: &Actor) -> TaskFilter {
    let marks = match holds(app, actor, Right::ListSecrets) {
        true => Marks::All,
        false => Marks::Concerning {
            units: actor.units(),
            person: actor.person,
        },
    };
    TaskFilter {
        marks,
        ..TaskFilter::new(visibility(app, actor))
    }
}

/// The tasks that the actor's lists hold: the bureau's, or those of the own units and all below
/// them (SYS-03).
pub fn visibility(app: &App, actor: &Actor) -> Visibility {
    if holds(app, actor, Right::ListBureau) {
        Visibility::All
    } else if holds(app, actor, Right::ListSubtree) {
        Visibility::Below(Subtrees {
            tops: actor.units(),
            day: app.today(),
        })
    } else {
        Visibility::Units(Vec::new())
    }
}

/// Whether the actor's lists hold the whole bureau.
pub fn sees_bureau(app: &App, actor: &Actor) -> bool {
    holds(app, actor, Right::ListBureau)
}

/// Whether the actor holds a right that is about no single row, for what a page offers.
pub fn holds(app: &App, actor: &Actor, right: Right) -> bool {
    app.policy.allows(actor, right, &Row::Bureau)
}

/// Whether the actor holds a right to any task, whichever units and persons it concerns.
pub fn holds_on_tasks(app: &App, actor: &Actor, right: Right) -> bool {
    app.policy
        .allows(actor, right, &Row::Task(TaskRow::default()))
}

/// Lets through who holds a right that is about no single row, or says why not.
pub fn require(app: &App, actor: &Actor, right: Right) -> Result<(), Refusal> {
    app.policy.permit(actor, right, &Row::Bureau)
}

/// As [`require`]; for anybody else there is no such thing.
pub fn require_to_see(app: &App, actor: &Actor, right: Right, what: &'static str) -> AppResult<()> {
    match holds(app, actor, right) {
        true => Ok(()),
        false => Err(AppError::NotFound { what }),
    }
}

/// Lets through who may see the task. Who may not know of it finds nothing; who may, but not see
/// what is in it, is told why (SYS-05).
pub fn see_task(app: &App, actor: &Actor, task: &Task) -> AppResult<()> {
    see_row(app, actor, &task.row(), SIGHT_OF_TASK)
}

/// Lets through who may see plans in confirmation.
pub fn see_plans(app: &App, who: &Who) -> AppResult<()> {
    require_to_see(app, &who.actor, Right::SeePlans, "plan")
}

/// Lets through who may see the packs that are in force.
pub fn see_packs(app: &App, who: &Who) -> AppResult<()> {
    require_to_see(app, &who.actor, Right::SeePacks, "pack")
}

/// Lets through who may take packs up and put them down.
pub fn manage_packs(app: &App, who: &Who) -> AppResult<()> {
    require_to_see(app, &who.actor, Right::ManagePacks, "pack")
}

/// Whether the actor sees who did and saw what.
pub fn sees_audit(app: &App, actor: &Actor) -> bool {
    holds(app, actor, Right::SeeAudit)
}

/// Lets through who sees the audit; for anybody else it does not exist.
pub fn see_audit(app: &App, actor: &Actor) -> AppResult<()> {
    require_to_see(app, actor, Right::SeeAudit, "audit")
}

/// Lets through who takes the audit along as a table.
pub fn export_audit(app: &App, actor: &Actor) -> AppResult<()> {
    require_to_see(app, actor, Right::ExportAudit, "audit")
}

/// Whether the actor keeps the organisation.
pub fn keeps_organisation(app: &App, actor: &Actor) -> bool {
    holds(app, actor, Right::ManageOrganisation)
}

/// Lets through who keeps the organisation; for anybody else its forms do not exist.
pub fn keep_organisation(app: &App, actor: &Actor) -> AppResult<()> {
    require_to_see(app, actor, Right::ManageOrganisation, "organisation")
}

/// The units whose entries in a register the actor holds a right to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Whether it is every unit.
    pub all: bool,
    units: Vec<UnitId>,
}

impl Reach {
    /// Decided once for a page, not for each of its rows.
    pub fn of(app: &App, actor: &Actor, right: Right) -> Self {
        let allows = |units| {
            let row = Row::Record(RecordRow {
                units,
                ..RecordRow::default()
            });
            app.policy.allows(actor, right, &row)
        };
        let mut units = actor.units();
        units.retain(|unit| allows(vec![*unit]));
        Self {
            all: allows(Vec::new()),
            units,
        }
    }

    pub fn is_empty(&self) -> bool {
        !self.all && self.units.is_empty()
    }

    pub fn holds(&self, unit: UnitId) -> bool {
        self.all || self.units.contains(&unit)
    }
}

/// Lets through who may give out what the command gives out: a post with its role (SYS-03).
pub fn appoint(
    app: &App,
    actor: &Actor,
    history: &History,
    command: &OrganisationCommand,
) -> Result<(), Refusal> {
    let (post, holder, from) = match command {
        OrganisationCommand::CreatePost(post) => (None, post.holder, post.valid_from),
        OrganisationCommand::Appoint { post, holder, from } => (Some(*post), *holder, *from),
        _ => return Ok(()),
    };
    let role = match command {
        OrganisationCommand::CreatePost(post) => Some(post.role),
        _ => post
            .and_then(|post| history.post(post))
            .filter(|post| history.in_force(post, from))
            .map(|post| post.role),
    };
    // What is not known is refused by the command itself.
    let Some(role) = role else {
        return Ok(());
    };
    let held = holder
        .into_iter()
        .flat_map(|holder| history.posts_of(holder, from));
    let held = held
        .filter(|known| Some(known.id) != post)
        .map(|known| known.role);
    let row = Row::Appointment(Appointment {
        role,
        held: held.collect(),
    });
    app.policy.permit(actor, Right::Appoint, &row)
}

/// Lets through security administrators; for others there are no accounts.
pub fn administer_accounts(app: &App, actor: &Actor) -> AppResult<()> {
    require_to_see(app, actor, Right::ManageAccounts, "account")
}

/// As [`see_task`], for a plan.
pub fn see_plan(app: &App, actor: &Actor, plan: &Plan) -> AppResult<()> {
    see_row(app, actor, &plan.row(), SIGHT_OF_PLAN)
}

/// Whether a list of plans holds the row.
pub fn knows_plan(app: &App, actor: &Actor, row: &PlanRow) -> bool {
    app.policy.allows(actor, Right::SeePlan, &row.row())
}

/// Lets through who may confirm the plan.
pub fn confirm_plan(app: &App, actor: &Actor, plan: &Plan) -> Result<(), Refusal> {
    app.policy.permit(actor, Right::ConfirmPlan, &plan.row())
}

/// Whether `action` is the actor's and possible now: what every button and every refusal of a
/// task comes from.
pub fn permit_task(
    app: &App,
    task: &Task,
    action: TaskAction,
    ctx: &Context<'_>,
) -> Result<(), Refusal> {
    let right = task.right_for(action)?;
    app.policy.permit(ctx.actor, right, &task.row())?;
    task.possible(action, ctx)
}

/// What is asked about one person, act and row, with the answer.
#[derive(Clone, Debug)]
pub struct Asked {
    pub actor: Actor,
    /// The row by its name.
    pub row: String,
    pub organisation: Arc<Organisation>,
    pub explanation: Explanation,
}

/// Which policies decide whether the person with this login holds the right to the row; otherwise
/// a sentence about what is not known. For the operator: nothing is hidden.
pub async fn explain(
    app: &App,
    login: &str,
    right: Right,
    row: Option<&str>,
) -> AppResult<Result<Asked, String>> {
    for bureau in crate::bureaus::list(app).await? {
        let mut uow = app.store.read(bureau.id).await?;
        let organisation = app.organisation(bureau.id, &mut *uow).await?;
        let mut persons = organisation.persons.iter();
        let Some(person) = persons.find(|person| person.login == login) else {
            continue;
        };
        let Some(actor) = Actor::of(&organisation, person.id) else {
            continue;
        };
        let found = match row {
            None => Some((Row::Bureau, bureau.name)),
            Some(id) => named_row(&mut *uow, id).await?,
        };
        let Some((on, row)) = found else {
            let sentence =
                "没有这个任务或方案。请给出它的标识（地址中 /tasks/ 或 /plans/ 后面的部分）。";
            return Ok(Err(sentence.to_owned()));
        };
        let explanation = app.policy.explain(&actor, right, &on);
        return Ok(Ok(Asked {
            actor,
            row,
            organisation,
            explanation,
        }));
    }
    Ok(Err(format!("没有登录名为“{login}”的人员。")))
}

async fn named_row(uow: &mut dyn UnitOfWork, id: &str) -> AppResult<Option<(Row, String)>> {
    let Ok(id) = id.parse::<Uuid>() else {
        return Ok(None);
    };
    if let Some(task) = uow.task_get(TaskId(id)).await? {
        return Ok(Some((task.row(), task.details.title)));
    }
    let plan = uow.plan_get(PlanId(id)).await?;
    Ok(plan.map(|plan| (plan.row(), plan.details.title)))
}

/// The rights to see a kind of row and to know of it, and what the row is called.
type Sight = (Right, Right, &'static str);

const SIGHT_OF_TASK: Sight = (Right::SeeTask, Right::KnowTask, "task");
const SIGHT_OF_PLAN: Sight = (Right::SeePlan, Right::KnowPlan, "plan");

fn see_row(app: &App, actor: &Actor, row: &Row, (see, know, what): Sight) -> AppResult<()> {
    let Err(refusal) = app.policy.permit(actor, see, row) else {
        return Ok(());
    };
    match app.policy.allows(actor, know, row) {
        true => Err(refusal.into()),
        false => Err(AppError::NotFound { what }),
    }
}
