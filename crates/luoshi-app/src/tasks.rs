//! Tasks: showing, listing and every command.

pub mod batches;
pub mod exports;
pub mod imports;
pub mod opening;
pub mod sentences;
mod urgings;

use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::appeals::Appeal;
use luoshi_domain::bodies::Body;
use luoshi_domain::breakdowns::Breakdown;
use luoshi_domain::ids::{AttachmentId, BodyId, TaskId};
use luoshi_domain::journal::{Envelope, Signed, StoredEvent};
use luoshi_domain::lights::changes::LightChange;
use luoshi_domain::lights::{Facts, Light};
use luoshi_domain::notifications::Topic;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_domain::search::{FILES_STEP, Hit, Line, Words};
use luoshi_domain::tasks::actions::TaskAction;
use luoshi_domain::tasks::attachments::AttachedTo;
use luoshi_domain::tasks::commands::TaskCommand;
use luoshi_domain::tasks::evidence::OnCourse;
use luoshi_domain::tasks::lists::{
    LightTally, Page, PageRequest, TaskFilter, TaskGroup, TaskRow, TaskSort,
};
use luoshi_domain::tasks::notices::Lagging;
use luoshi_domain::tasks::reporting::Filing;
use luoshi_domain::tasks::{Task, TaskEvent};
use luoshi_domain::worksheets::Worksheet;

use crate::errors::{AppError, AppResult};
use crate::hierarchy::Family;
use crate::limits::{self, LimitView};
use crate::notifications::Told;
use crate::rules::Rules;
use crate::tasks::urgings::Urgings;
use crate::{
    App, COUNT_CAP, HISTORY_LIMIT, Who, appeals, attachments, bodies, breakdowns, hierarchy,
    notifications, policy, secrecy, worksheets,
};

/// Most groups that one page shows.
const GROUPS_SHOWN: u32 = 200;

/// Most tasks that one batch takes.
pub const BATCH_LIMIT: usize = 500;

/// Stands for a leader's instruction that is not the reader's to see.
const WITHHELD: &str = "（领导批示，只对领导、督查办和承办单位可见）";

/// A task with all that its page shows.
#[derive(Clone, Debug)]
pub struct TaskView {
    pub task: Task,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
    pub light: Light,
    /// How its light turned, in the order of the days.
    pub lights: Vec<LightChange>,
    /// The limits that policies set, each explained.
    pub limits: Vec<LimitView>,
    /// Percent that the schedule expects today; `None` before it is issued.
    pub expected: Option<i64>,
    /// Every event, oldest first.
    pub steps: Vec<Step>,
    /// Every action with why it is not allowed now, in the order of [`TaskAction::ALL`].
    pub actions: Vec<(TaskAction, Result<(), Refusal>)>,
    /// Mandatory fields that are still empty.
    pub missing: Vec<&'static str>,
    /// Why a warning is proposed (FLOW-08).
    pub lagging: Option<Lagging>,
    /// Whether the reader may see what leaders wrote.
    pub instructions: bool,
    /// That no report is asked for, and by which numbers.
    pub on_course: Option<OnCourse>,
    /// What was due to be reported, oldest first, and what comes next (LEDGER-11).
    pub filings: Vec<Filing>,
    /// The last day on which no report is asked for.
    pub rests_until: Option<NaiveDate>,
    /// Where the reader may attach files.
    pub places: Vec<AttachedTo>,
    /// The files that the reader may take away again.
    pub removable: Vec<AttachmentId>,
    /// The task force in which several units lead it, by name.
    pub task_force: Option<(BodyId, String)>,
    /// Those to choose from, where the opening may be edited.
    pub task_forces: Vec<(BodyId, String)>,
}

/// A task's page with the cards on it.
#[derive(Clone, Debug)]
pub struct Whole {
    pub view: TaskView,
    pub breakdown: Option<Breakdown>,
    pub worksheet: Worksheet,
    pub family: Family,
    /// The latest first.
    pub appeals: Vec<Appeal>,
}

/// One event of a task's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub seq: i64,
    pub version: i64,
    pub by: Signed,
    pub event: TaskEvent,
    /// Hex SM3, the link in the chain.
    pub hash: String,
}

impl Step {
    /// Takes out what the leaders wrote, for who sees the task but not that field of it (SYS-03).
    fn withhold(&mut self) {
        if let TaskEvent::Approved { text }
        | TaskEvent::ExtensionDecided { text, .. }
        | TaskEvent::EscalationDecided { text, .. }
        | TaskEvent::ChangeDecided { text, .. }
        | TaskEvent::Instructed {
            instruction: text, ..
        } = &mut self.event
            && !text.is_empty()
        {
            WITHHELD.clone_into(text);
        }
    }
}

/// A page of the ledger.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub page: Page<TaskRow>,
    pub count: u32,
    /// Whether there may be more than `count` says.
    pub at_least: bool,
    /// Where the words looked for stand, for rows whose title does not hold them.
    pub hits: Vec<(TaskId, Found)>,
    pub organisation: Arc<Organisation>,
    pub rules: Arc<Rules>,
}

/// A hit of the search in what a task says or what was reported on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What of the task's own text it is; `None` when it was reported.
    pub line: Option<Line>,
    pub hit: Hit,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchOutcome {
    pub done: Vec<TaskId>,
    /// Title and reason of each task that was left as it is.
    pub refused: Vec<(TaskId, String, Refusal)>,
}

/// A task with its history and what the reader may do.
pub async fn show(app: &App, who: &Who, id: TaskId) -> AppResult<TaskView> {
    let mut uow = app.store.read(who.bureau).await?;
    view(app, who, &mut *uow, id).await
}

/// The same with what the registers and the tasks around it say, all of one state.
pub async fn show_whole(app: &App, who: &Who, id: TaskId) -> AppResult<Whole> {
    let mut uow = app.store.read(who.bureau).await?;
    let view = view(app, who, &mut *uow, id).await?;
    let breakdown = breakdowns::of_task(&mut *uow, id).await?;
    let worksheet = worksheets::of_task(app, &mut *uow, id).await?;
    let known = (Arc::clone(&view.organisation), Arc::clone(&view.rules));
    let family = hierarchy::around(app, who, &mut *uow, view.task.clone(), known).await?;
    Ok(Whole {
        appeals: appeals::of(&mut *uow, &view.task).await?,
        view,
        breakdown,
        worksheet,
        family,
    })
}

async fn view(app: &App, who: &Who, uow: &mut dyn UnitOfWork, id: TaskId) -> AppResult<TaskView> {
    let mut task = load_seen(app, uow, who, id).await?;
    attachments::withhold(app, who, &mut task);
    let organisation = app.organisation(who.bureau, uow).await?;
    let rules = app.rules(who.bureau, uow).await?;
    let mut steps = steps_of(uow, id).await?;
    let instructions = app
        .policy
        .allows(&who.actor, Right::SeeInstructions, &task.row());
    if !instructions {
        steps.iter_mut().for_each(Step::withhold);
    }
    let ctx = rules.context(app, &who.actor, &organisation);
    let actions = TaskAction::ALL
        .map(|action| (action, policy::permit_task(app, &task, action, &ctx)))
        .into();
    let lights = uow.light_changes_of(id).await?;
    let missing = task.missing_fields(&ctx);
    let today = ctx.today();
    let named = |body: Body| (body.id, body.details.name);
    let task_force = match task.details.task_force {
        Some(id) => bodies::known(&mut *uow, id).await?.map(named),
        None => None,
    };
    let may_amend = policy::permit_task(app, &task, TaskAction::Amend, &ctx).is_ok();
    let task_forces = match may_amend {
        true => bodies::task_forces(&mut *uow, today).await?,
        false => Vec::new(),
    };
    let facts = task.facts();
    let light = Light::of(&facts, today, &rules.calendar, &rules.leads);
    let expected = facts.expected(facts.judged_on(today));
    let files = task.attachments.iter();
    let removable = files.filter(|file| task.can_detach(file, &ctx).is_ok());
    Ok(TaskView {
        removable: removable.map(|file| file.id).collect(),
        places: attachments::places(app, who, &task),
        limits: limits::of_task(&task, &rules.calendar, today),
        lagging: task.lagging(today, &rules.leads),
        instructions,
        on_course: task.on_course(today, &rules.leads),
        filings: task.filings(today, rules.leads.behind_points.value),
        rests_until: task.rests_until(rules.leads.behind_points.value),
        task_force,
        task_forces: task_forces.into_iter().map(named).collect(),
        task,
        organisation,
        rules: Arc::clone(&rules),
        light,
        lights,
        expected,
        steps,
        actions,
        missing,
    })
}

/// One page of the ledger with the count of the whole list, up to [`COUNT_CAP`].
pub async fn list(
    app: &App,
    who: &Who,
    filter: &TaskFilter,
    sort: TaskSort,
    page: &PageRequest,
) -> AppResult<Ledger> {
    let mut uow = app.store.read(who.bureau).await?;
    let rows = uow.tasks_list(filter, sort, page).await?;
    let (count, at_least) = match filter.text {
        // Counted in bounded steps, for all colours at once.
        Some(_) => counted(filter, &tally(app, &mut *uow, filter, COUNT_CAP).await?),
        None => {
            let count = uow.tasks_count(filter, COUNT_CAP).await?;
            (count, count >= COUNT_CAP)
        }
    };
    ledger(app, who, &mut *uow, filter, rows, (count, at_least)).await
}

/// The same with how many there are of each light whatever light the filter asks for, each counted
/// up to `cap`; the count of the list is one of these numbers, so that it equals its link.
pub async fn list_lit(
    app: &App,
    who: &Who,
    filter: &TaskFilter,
    (sort, page): (TaskSort, &PageRequest),
    cap: u32,
) -> AppResult<(Ledger, LightTally)> {
    let mut uow = app.store.read(who.bureau).await?;
    let rows = uow.tasks_list(filter, sort, page).await?;
    let tally = tally(app, &mut *uow, filter, cap).await?;
    let (count, mut at_least) = counted(filter, &tally);
    if filter.text.is_none() && filter.light.is_some() {
        at_least = count >= cap;
    }
    let ledger = ledger(app, who, &mut *uow, filter, rows, (count, at_least)).await?;
    Ok((ledger, tally))
}

/// What the filter's own light has of a tally.
fn counted(filter: &TaskFilter, tally: &LightTally) -> (u32, bool) {
    let colour = filter.light.map(|light| light.colour);
    (tally.of(colour), tally.at_least)
}

/// How many tasks of the filter have each light, whatever light it asks for.
async fn tally(
    app: &App,
    uow: &mut dyn UnitOfWork,
    filter: &TaskFilter,
    cap: u32,
) -> AppResult<LightTally> {
    let unlit = TaskFilter {
        light: None,
        ..filter.clone()
    };
    Ok(uow.tasks_by_light(&unlit, app.today(), cap).await?)
}

async fn ledger(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    filter: &TaskFilter,
    page: Page<TaskRow>,
    (count, at_least): (u32, bool),
) -> AppResult<Ledger> {
    let hits = match &filter.text {
        Some(text) => hits(uow, &page, text).await?,
        None => Vec::new(),
    };
    Ok(Ledger {
        page,
        count,
        at_least,
        hits,
        organisation: app.organisation(who.bureau, uow).await?,
        rules: app.rules(who.bureau, uow).await?,
    })
}

/// How many tasks of the filter there are of each key of a group, the most first; the key is an
/// id, or that of a source category.
pub async fn groups(
    app: &App,
    who: &Who,
    filter: &TaskFilter,
    by: TaskGroup,
) -> AppResult<Vec<(Option<String>, u32)>> {
    let mut uow = app.store.read(who.bureau).await?;
    Ok(uow.tasks_grouped(filter, by, GROUPS_SHOWN).await?)
}

/// The titles of those of the tasks that the reader may see.
pub async fn titles(app: &App, who: &Who, ids: &[TaskId]) -> AppResult<Vec<(TaskId, String)>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut uow = app.store.read(who.bureau).await?;
    let filter = TaskFilter {
        ids: Some(ids.clone()),
        ..policy::tasks(app, &who.actor)
    };
    let page = PageRequest {
        size: u32::try_from(ids.len()).unwrap_or(u32::MAX),
        after: None,
    };
    let found = uow.tasks_list(&filter, TaskSort::Opened, &page).await?.rows;
    Ok(found.into_iter().map(|row| (row.id, row.title)).collect())
}

/// Of each row the first place at which a word stands, the title first.
async fn hits(
    uow: &mut dyn UnitOfWork,
    page: &Page<TaskRow>,
    text: &str,
) -> AppResult<Vec<(TaskId, Found)>> {
    let words = Words::of(text);
    let ids: Vec<TaskId> = page.rows.iter().map(|row| row.id).collect();
    let mut hits: Vec<(TaskId, Found)> = Vec::new();
    for (id, said) in uow.tasks_hits(&ids, &words).await? {
        if hits.iter().any(|(known, _)| *known == id) {
            continue;
        }
        let Some(hit) = words.hit(&said.text) else {
            continue;
        };
        let line = match said.step {
            0 => Some(Line::of(hit.line)),
            FILES_STEP => Some(Line::File),
            _ => None,
        };
        hits.push((id, Found { line, hit }));
    }
    Ok(hits)
}

/// Carries out one command and tells those it concerns.
///
/// `seen` is the version the actor decided on; when the task moved on since, nothing is done and
/// the conflict says what changed.
#[tracing::instrument(skip_all, fields(task.id = %id))]
pub async fn handle(
    app: &App,
    who: &Who,
    id: TaskId,
    command: TaskCommand,
    seen: Option<i64>,
) -> AppResult<Task> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let task = load_seen(app, &mut *uow, who, id).await?;
    check_version(&mut *uow, &organisation, &task, seen).await?;
    let (task, events) =
        carry_out(app, who, (&organisation, &rules), &mut *uow, task, command).await?;
    let mut urgings = Urgings::default();
    if !urgings.take(&task, &events) {
        let signed = rules.context(app, &who.actor, &organisation).signed();
        notify(app, &task, &events, &signed, &organisation, &mut *uow).await?;
    }
    urgings.tell(app, &who.actor.name, &mut *uow).await?;
    uow.commit().await?;
    Ok(task)
}

/// Carries out one command on many tasks: those that allow it, in one transaction.
pub async fn handle_many(
    app: &App,
    who: &Who,
    ids: &[TaskId],
    command: &TaskCommand,
) -> AppResult<BatchOutcome> {
    if ids.len() > BATCH_LIMIT {
        let sentence = format!("一次最多处理 {BATCH_LIMIT} 件，请分批选择。");
        return Err(Refusal::input("too_many", "SYS-04", sentence).into());
    }
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut outcome = BatchOutcome::default();
    let mut urgings = Urgings::default();
    for task in load_all_seen(app, &mut *uow, who, ids).await? {
        let task = as_it_is(&mut *uow, task).await?;
        let (id, title) = (task.id, task.details.title.clone());
        match carry_out(
            app,
            who,
            (&organisation, &rules),
            &mut *uow,
            task,
            command.clone(),
        )
        .await
        {
            Ok((task, events)) => {
                outcome.done.push(task.id);
                // Urgings of one unit are told to it together.
                if !urgings.take(&task, &events) {
                    let signed = rules.context(app, &who.actor, &organisation).signed();
                    notify(app, &task, &events, &signed, &organisation, &mut *uow).await?;
                }
            }
            Err(AppError::Refused(refusal)) => outcome.refused.push((id, title, refusal)),
            Err(error) => return Err(error),
        }
    }
    urgings.tell(app, &who.actor.name, &mut *uow).await?;
    uow.commit().await?;
    Ok(outcome)
}

/// The facts that a ledger line's light is computed from.
pub fn row_facts(row: &TaskRow) -> Facts {
    Facts {
        state: row.state,
        issued_on: row.issued_on,
        limit: row.limit,
        progress: row.progress,
        particulars: row.particulars.clone(),
    }
}

/// Carries out what `decide` says of the task as it stands, and tells those it concerns.
pub(crate) async fn decide(
    app: &App,
    who: &Who,
    id: TaskId,
    seen: Option<i64>,
    decide: impl Fn(&Task) -> Result<Vec<TaskEvent>, Refusal>,
) -> AppResult<Task> {
    let mut uow = app.store.write(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut task = load_seen(app, &mut *uow, who, id).await?;
    check_version(&mut *uow, &organisation, &task, seen).await?;
    let events = decide(&task)?;
    secrecy::check(who, &events, &task)?;
    let signed = rules.context(app, &who.actor, &organisation).signed();
    for event in &events {
        task.apply(event, &signed);
    }
    uow.task_save(&task, &events, &signed).await?;
    notify(app, &task, &events, &signed, &organisation, &mut *uow).await?;
    uow.commit().await?;
    Ok(task)
}

/// Decides and saves within an open unit of work; writes nothing when refused.
async fn carry_out(
    app: &App,
    who: &Who,
    (organisation, rules): (&Organisation, &Rules),
    uow: &mut dyn UnitOfWork,
    mut task: Task,
    mut command: TaskCommand,
) -> AppResult<(Task, Vec<TaskEvent>)> {
    let ctx = rules.context(app, &who.actor, organisation);
    if let TaskCommand::Amend(details) = &mut command {
        bodies::settle_lead(uow, details, organisation, ctx.today()).await?;
        // The leader in charge follows from the lead unit (ORG-04).
        details.deputy = details.lead.and_then(|lead| organisation.deputy_of(lead));
    }
    let right = task.right_of(&command)?;
    app.policy.permit(&who.actor, right, &task.row())?;
    worksheets::check_closing(app, uow, rules, &task, &command).await?;
    // What is asked for from now on goes to the leader who is in charge today (ORG-14).
    let asks = matches!(
        command,
        TaskCommand::ApplyToClose { .. } | TaskCommand::RequestExtension { .. }
    );
    let lead = task.details.lead.filter(|_| asks);
    let rerouted = task.reroute(lead.and_then(|lead| organisation.deputy_of(lead)));
    let mut events: Vec<TaskEvent> = rerouted.into_iter().collect();
    events.extend(task.decide(command, &ctx)?);
    for event in &mut events {
        number_series(event, &ctx, uow).await?;
        if let TaskEvent::Issued { number, .. } = event
            && number.is_empty()
        {
            *number = match &task.number {
                Some(number) => number.clone(),
                None => next_number(&ctx, uow).await?,
            };
        }
    }
    secrecy::check(who, &events, &task)?;
    let signed = ctx.signed();
    for event in &events {
        task.apply(event, &signed);
    }
    uow.task_save(&task, &events, &signed).await?;
    if task.is_over() {
        breakdowns::end(uow, &task, &signed).await?;
    }
    let task = hierarchy::follow(uow, task, &signed).await?;
    Ok((task, events))
}

/// Gives what has a number of its own series one.
async fn number_series(
    event: &mut TaskEvent,
    ctx: &luoshi_domain::context::Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    let year = chrono::Datelike::year(&ctx.today());
    match event {
        TaskEvent::EscalationDecided {
            case: Some(number), ..
        } if number.is_empty() => {
            let next = uow.series_next("case", year).await?;
            *number = format!("督〔{year}〕{next}号");
        }
        TaskEvent::NoticeIssued { number, .. } if number.is_empty() => {
            let next = uow.series_next("supervision_notice", year).await?;
            *number = format!("督通〔{year}〕{next}号");
        }
        _ => {}
    }
    Ok(())
}

/// What a command would do, without doing it: the task as it would be.
pub async fn preview(app: &App, who: &Who, id: TaskId, command: TaskCommand) -> AppResult<Task> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let mut task = load_seen(app, &mut *uow, who, id).await?;
    let right = task.right_of(&command)?;
    app.policy.permit(&who.actor, right, &task.row())?;
    let ctx = rules.context(app, &who.actor, &organisation);
    let events = task.decide(command, &ctx)?;
    secrecy::check(who, &events, &task)?;
    let signed = ctx.signed();
    for event in &events {
        task.apply(event, &signed);
    }
    Ok(task)
}

async fn next_number(
    ctx: &luoshi_domain::context::Context<'_>,
    uow: &mut dyn UnitOfWork,
) -> AppResult<String> {
    let year = chrono::Datelike::year(&ctx.today());
    let number = uow.task_number_next(year).await?;
    Ok(format!("〔{year}〕{number}号"))
}

async fn notify(
    app: &App,
    task: &Task,
    events: &[TaskEvent],
    by: &Signed,
    organisation: &Organisation,
    uow: &mut dyn UnitOfWork,
) -> AppResult<()> {
    // Who is asked to clear what a report needs is told once, with what is asked.
    let raised = events
        .iter()
        .find(|event| matches!(event, TaskEvent::BlockerRaised { .. }));
    let asked = raised
        .map(|event| task.recipients(event))
        .unwrap_or_default();
    for event in events {
        let reported = matches!(event, TaskEvent::FedBack { .. });
        let mut to = task.recipients(event);
        to.retain(|to| !(reported && asked.contains(to)));
        for to in to {
            let step = sentences::event(event, organisation);
            let text = format!("{}：{}（{}）", by.name, step.headline, task.details.title);
            let told = Told {
                topic: Topic::of_event(event),
                to,
                task: task.id,
                text,
                at: by.at,
            };
            notifications::tell(app, uow, told).await?;
        }
    }
    Ok(())
}

/// The tasks in the order in which they are asked for; an error where one is not there for the
/// person.
pub(crate) async fn load_all_seen(
    app: &App,
    uow: &mut dyn UnitOfWork,
    who: &Who,
    ids: &[TaskId],
) -> AppResult<Vec<Task>> {
    let mut asked = ids.to_vec();
    asked.sort_unstable();
    asked.dedup();
    let tasks = uow.tasks_get(ids).await?;
    if tasks.len() != asked.len() {
        return Err(AppError::NotFound { what: "task" });
    }
    for task in &tasks {
        policy::see_task(app, &who.actor, task)?;
    }
    Ok(tasks)
}

/// A task of many that were read before the first of them was changed: the progress of one with
/// others below it may have moved with theirs.
async fn as_it_is(uow: &mut dyn UnitOfWork, task: Task) -> AppResult<Task> {
    if task.rolled_up.is_none() {
        return Ok(task);
    }
    let now = uow.task_get(task.id).await?;
    Ok(now.unwrap_or(task))
}

pub(crate) async fn load_seen(
    app: &App,
    uow: &mut dyn UnitOfWork,
    who: &Who,
    id: TaskId,
) -> AppResult<Task> {
    let task = uow
        .task_get(id)
        .await?
        .ok_or(AppError::NotFound { what: "task" })?;
    policy::see_task(app, &who.actor, &task)?;
    Ok(task)
}

pub(crate) async fn steps_of(uow: &mut dyn UnitOfWork, id: TaskId) -> AppResult<Vec<Step>> {
    let events = uow.journal_of(Task::STREAM, id.0, HISTORY_LIMIT).await?;
    events.into_iter().map(step).collect()
}

fn step(stored: StoredEvent) -> AppResult<Step> {
    let broken = |error| AppError::internal("a journal event cannot be read", error);
    let envelope: Envelope = serde_json::from_str(&stored.bytes).map_err(broken)?;
    let event = serde_json::from_value(envelope.event).map_err(broken)?;
    Ok(Step {
        seq: stored.seq,
        version: stored.version,
        by: envelope.by,
        event,
        hash: stored.hash,
    })
}

/// Says what others did since the version that the person looked at, where somebody did.
pub(crate) async fn check_version(
    uow: &mut dyn UnitOfWork,
    organisation: &Organisation,
    task: &Task,
    seen: Option<i64>,
) -> AppResult<()> {
    match seen {
        Some(seen) if seen != task.version => {
            Err(conflict(uow, organisation, task.id, seen).await?)
        }
        _ => Ok(()),
    }
}

async fn conflict(
    uow: &mut dyn UnitOfWork,
    organisation: &Organisation,
    id: TaskId,
    seen: i64,
) -> AppResult<AppError> {
    let steps = steps_of(uow, id).await?;
    let changes = steps.iter().filter(|step| step.version > seen).map(|step| {
        let sentence = sentences::event(&step.event, organisation);
        format!(
            "{} {}：{}",
            sentences::moment(step.by.at),
            step.by.who(),
            sentence.headline
        )
    });
    Ok(AppError::Conflict {
        changes: changes.collect(),
    })
}
