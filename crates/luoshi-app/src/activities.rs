//! Records of trainings and leaders' personal acts, and what they do not cover (ORG-09, 12).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use luoshi_domain::activities::{
    self, Activity, ActivityCommand, ActivityDetails, ActivityKind, Coverage,
};
use luoshi_domain::ids::{ActivityId, PersonId, TaskId, UnitId};
use luoshi_domain::organisation::{Organisation, Role};
use luoshi_domain::packs::{Pack, PackKey, Word};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::rights::{RecordRow, Right, Row};
use luoshi_domain::tasks::Level;
use luoshi_domain::tasks::lists::{PageRequest, TaskRow, TaskSort};

use crate::errors::{AppError, AppResult};
use crate::packs::{broken, shipped_pack};
use crate::registers;
use crate::{App, Who, policy, secrecy};

const WHAT: &str = "activity";

/// Records of one year that are looked through.
const RECORDS_READ: u32 = 5000;

/// Major tasks that the report on personal acts goes through.
const TASKS_REPORTED: u32 = 200;

/// The words that records are made of, from the packs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Personal acts.
    pub acts: Vec<Word>,
    pub forms: Vec<Word>,
    pub subjects: Vec<Word>,
}

/// A year's records that the reader may see.
#[derive(Clone, Debug)]
pub struct ActivitiesView {
    pub year: i32,
    /// Latest first.
    pub activities: Vec<Activity>,
    pub words: Words,
    pub organisation: Arc<Organisation>,
}

/// How far the year's trainings reach.
#[derive(Clone, Debug)]
pub struct CoverageView {
    pub year: i32,
    pub units: BTreeMap<UnitId, Coverage>,
    /// The whole bureau.
    pub all: Coverage,
    /// Who was not trained yet.
    pub untrained: Vec<(UnitId, PersonId)>,
    pub organisation: Arc<Organisation>,
}

/// Which personal acts leaders have no record of.
#[derive(Clone, Debug)]
pub struct ActsView {
    pub year: i32,
    pub leaders: Vec<LeaderActs>,
    pub words: Words,
    pub organisation: Arc<Organisation>,
}

/// One leader's major tasks.
#[derive(Clone, Debug)]
pub struct LeaderActs {
    pub leader: PersonId,
    /// Each with the keys of the acts that are missing.
    pub tasks: Vec<(TaskRow, Vec<String>)>,
}

/// A year's records.
pub async fn list(app: &App, who: &Who, year: i32) -> AppResult<ActivitiesView> {
    let mut uow = app.store.read(who.bureau).await?;
    let mut activities = of_year(&mut *uow, year).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    activities.retain(|known| {
        let row = row(&organisation, known);
        app.policy.allows(&who.actor, Right::SeeActivity, &row)
    });
    Ok(ActivitiesView {
        year,
        activities,
        words: words_of(&app.rules(who.bureau, &mut *uow).await?.packs)?,
        organisation,
    })
}

/// One record.
pub async fn show(
    app: &App,
    who: &Who,
    id: ActivityId,
) -> AppResult<(Activity, Words, Arc<Organisation>)> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let activity: Activity = registers::get(&mut *uow, id.0, WHAT).await?;
    let row = row(&organisation, &activity);
    if !app.policy.allows(&who.actor, Right::SeeActivity, &row) {
        return Err(AppError::NotFound { what: WHAT });
    }
    let words = words_of(&app.rules(who.bureau, &mut *uow).await?.packs)?;
    Ok((activity, words, organisation))
}

/// Records something that happened.
pub async fn record(app: &App, who: &Who, details: ActivityDetails) -> AppResult<Activity> {
    let mut uow = app.store.write(who.bureau).await?;
    check_tasks(app, who, &mut *uow, &details.tasks).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let event = Activity::record(details, &ctx)?;
    secrecy::check(who, std::slice::from_ref(&event), &())?;
    let id = app.ids.id(ctx.now);
    let activity = registers::begin(&mut *uow, id, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(activity)
}

/// Changes or voids a record; `seen` is the version that the person looked at.
pub async fn handle(
    app: &App,
    who: &Who,
    id: ActivityId,
    command: ActivityCommand,
    seen: Option<i64>,
) -> AppResult<Activity> {
    let mut uow = app.store.write(who.bureau).await?;
    if let ActivityCommand::Amend(details) = &command {
        check_tasks(app, who, &mut *uow, &details.tasks).await?;
    }
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let activity: Activity = registers::get(&mut *uow, id.0, WHAT).await?;
    let row = row(&organisation, &activity);
    if !app.policy.allows(&who.actor, Right::SeeActivity, &row) {
        return Err(AppError::NotFound { what: WHAT });
    }
    app.policy.permit(&who.actor, Right::AmendActivity, &row)?;
    registers::check_version(&activity, seen)?;
    let amends = matches!(command, ActivityCommand::Amend(_));
    let event = activity.decide(command, &ctx)?;
    if amends {
        secrecy::check(who, std::slice::from_ref(&event), &activity)?;
    }
    let activity = registers::follow(&mut *uow, activity, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(activity)
}

/// How many of the people who supervise and publicise were trained in a year, by unit (ORG-12).
pub async fn coverage(app: &App, who: &Who, year: i32) -> AppResult<CoverageView> {
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let all = policy::sees_bureau(app, &who.actor);
    let staff: Vec<(UnitId, PersonId)> = staff(&organisation)
        .filter(|(unit, _)| all || who.actor.works_in(*unit))
        .collect();
    let activities = of_year(&mut *uow, year).await?;
    let trained = activities::trained(&activities, year);
    let units = activities::coverage(&staff, &trained);
    let untrained = staff.iter().filter(|(_, person)| !trained.contains(person));
    let untrained = untrained.copied().collect();
    let all = units
        .values()
        .fold(Coverage::default(), |sum, unit| Coverage {
            staff: sum.staff + unit.staff,
            trained: sum.trained + unit.trained,
        });
    Ok(CoverageView {
        year,
        units,
        all,
        untrained,
        organisation,
    })
}

/// Which of the required acts leaders have no record of, for the major tasks in their charge.
pub async fn acts(app: &App, who: &Who, year: i32) -> AppResult<ActsView> {
    if !policy::sees_bureau(app, &who.actor) {
        return Err(AppError::NotFound { what: WHAT });
    }
    let mut uow = app.store.read(who.bureau).await?;
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let rules = app.rules(who.bureau, &mut *uow).await?;
    let activities = of_year(&mut *uow, year).await?;
    let mut filter = policy::tasks(app, &who.actor);
    filter.level = Some(Level::Major);
    let page = PageRequest {
        after: None,
        size: TASKS_REPORTED,
    };
    let tasks = uow.tasks_list(&filter, TaskSort::Limit, &page).await?;
    let mut leaders: Vec<LeaderActs> = Vec::new();
    for task in tasks.rows {
        let Some(leader) = task.deputy else { continue };
        // Only what the packs in force ask for is missing.
        let acts = rules.packs.iter().flat_map(|pack| &pack.acts);
        let required = acts.map(|act| act.key.as_str());
        let missing = activities::missing_acts(required, leader, task.id, &activities);
        let missing = missing.into_iter().map(str::to_owned).collect();
        match leaders.iter_mut().find(|known| known.leader == leader) {
            Some(known) => known.tasks.push((task, missing)),
            None => leaders.push(LeaderActs {
                leader,
                tasks: vec![(task, missing)],
            }),
        }
    }
    Ok(ActsView {
        year,
        leaders,
        words: words_of(&rules.packs)?,
        organisation,
    })
}

/// The words to record with: of the packs in force, or where these have none of all that ship.
pub async fn words(app: &App, who: &Who) -> AppResult<Words> {
    let mut uow = app.store.read(who.bureau).await?;
    words_of(&app.rules(who.bureau, &mut *uow).await?.packs)
}

fn words_of(packs: &[Pack]) -> AppResult<Words> {
    let mut words = Words::default();
    for pack in packs {
        words.add(pack);
    }
    if [&words.acts, &words.forms, &words.subjects]
        .iter()
        .all(|list| !list.is_empty())
    {
        return Ok(words);
    }
    let mut shipped = Words::default();
    for key in PackKey::ALL {
        shipped.add(&shipped_pack(key).map_err(broken)?);
    }
    let or = |own: Vec<Word>, all| if own.is_empty() { all } else { own };
    Ok(Words {
        acts: or(words.acts, shipped.acts),
        forms: or(words.forms, shipped.forms),
        subjects: or(words.subjects, shipped.subjects),
    })
}

impl Words {
    fn add(&mut self, pack: &Pack) {
        self.acts.extend(pack.acts.iter().cloned());
        self.forms.extend(pack.training_forms.iter().cloned());
        self.subjects.extend(pack.training_subjects.iter().cloned());
    }
}

/// The people whom the training is for: the supervision office, contacts and publicity officers.
fn staff(organisation: &Organisation) -> impl Iterator<Item = (UnitId, PersonId)> {
    let office = organisation.supervision_office().map(|unit| unit.id);
    let mut staff: Vec<(UnitId, PersonId)> = organisation
        .posts
        .iter()
        .filter(|post| {
            Some(post.unit) == office || matches!(post.role, Role::Contact | Role::Publicity)
        })
        .filter_map(|post| Some((post.unit, post.holder?)))
        .collect();
    staff.sort_unstable();
    staff.dedup();
    staff.into_iter()
}

async fn of_year(uow: &mut dyn UnitOfWork, year: i32) -> AppResult<Vec<Activity>> {
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let filter = RegisterFilter {
        from: day(1, 1),
        until: day(12, 31),
        ..RegisterFilter::all(RECORDS_READ)
    };
    registers::list(uow, &filter).await
}

/// A training is the units' of those who took part, a personal act the leaders' own.
fn row(organisation: &Organisation, activity: &Activity) -> Row {
    let persons = &activity.details.persons;
    let mut units = Vec::new();
    if activity.details.kind == ActivityKind::Training {
        let posts = persons.iter().flat_map(|id| organisation.posts_of(*id));
        units.extend(posts.map(|post| post.unit));
        units.sort_unstable();
        units.dedup();
    }
    Row::Record(RecordRow {
        units,
        by: Some(activity.by),
        about: persons.clone(),
        ..RecordRow::default()
    })
}

/// Whether the reader may change or void the record, were it not void.
pub fn may_amend(app: &App, who: &Who, organisation: &Organisation, activity: &Activity) -> bool {
    let row = row(organisation, activity);
    app.policy.allows(&who.actor, Right::AmendActivity, &row)
}

/// Every task that a record is about must be one that the recorder may see.
async fn check_tasks(
    app: &App,
    who: &Who,
    uow: &mut dyn UnitOfWork,
    tasks: &[TaskId],
) -> AppResult<()> {
    for id in tasks {
        let task = uow.task_get(*id).await?;
        let task = task.ok_or(AppError::NotFound { what: "task" })?;
        policy::see_task(app, &who.actor, &task)?;
    }
    Ok(())
}

/// The year of a day, for pages that begin with this year.
pub fn this_year(app: &App) -> i32 {
    app.today().year()
}
