//! Handing over (离岗交接): all that a person has goes to a successor in one act, with a sheet.

use chrono::NaiveDate;
use luoshi_domain::breakdowns::Breakdown;
use luoshi_domain::handovers::{
    HandedDuty, HandedPlace, HandedTask, Handover, HandoverEvent, Sheet,
};
use luoshi_domain::ids::{HandoverId, PersonId};
use luoshi_domain::notifications::{Recipient, Topic};
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Portfolio, Post};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::registers::{RegisterEntry, RegisterFilter, Registered};
use luoshi_domain::tasks::Task;

use crate::errors::{AppError, AppResult};
use crate::notifications::Told;
use crate::organisation::changes::{save, tasks_of};
use crate::{App, Who, breakdowns, notifications, policy, registers, secrecy};

/// Most sheets that a list shows.
pub const SHEETS_SHOWN: u32 = 200;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub from: PersonId,
    pub to: PersonId,
    /// The first day of the successor.
    pub day: NaiveDate,
    pub reason: String,
    /// Whether the successor takes the posts too; else they are vacant.
    pub take_posts: bool,
    /// Whether the person is gone altogether.
    pub leaves: bool,
}

/// What would go over, without doing it.
pub async fn preview(app: &App, who: &Who, wanted: &Wanted) -> AppResult<Sheet> {
    policy::keep_organisation(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let history = app.history(who.bureau, &mut *uow).await?;
    let act = Act::of(app, &mut *uow, &history, wanted).await?;
    Ok(act.sheet)
}

/// Hands over, in one transaction; the sheet that was kept.
#[tracing::instrument(skip_all)]
pub async fn carry_out(app: &App, who: &Who, wanted: &Wanted) -> AppResult<HandoverId> {
    policy::keep_organisation(app, &who.actor)?;
    secrecy::check(who, &[&wanted.reason], &())?;
    let mut uow = app.store.write(who.bureau).await?;
    let history = app.history(who.bureau, &mut *uow).await?;
    let act = Act::of(app, &mut *uow, &history, wanted).await?;
    let signed = crate::organisation::signed(app, who);
    let mut changed = (*history).clone();
    let mut events = Vec::new();
    for command in act.commands {
        policy::appoint(app, &who.actor, &changed, &command)?;
        let event = changed.decide(command)?;
        changed.apply(&event);
        events.push(event);
    }
    uow.organisation_save(&changed, &events, &signed).await?;
    let first = act.tasks.first().map(|task| task.id);
    for task in act.tasks {
        if let Some(event) = task.hand_over(wanted.from, wanted.to) {
            save(&mut *uow, task, event, &signed).await?;
        }
    }
    let first_duty = act.breakdowns.first().map(|known| known.task);
    for known in act.breakdowns {
        if let Some(event) = known.hand_over(wanted.from, wanted.to) {
            registers::follow(&mut *uow, known, &event, &signed).await?;
        }
    }
    let id = HandoverId(app.ids.id(signed.at));
    if let Some(task) = first.or(first_duty) {
        let (tasks, duties) = (act.sheet.tasks.len(), act.sheet.duties.len());
        let mut text = format!("{}的 {tasks} 件在办事项", act.sheet.from_name);
        if duties > 0 {
            text.push_str(&format!("、{duties} 项分工"));
        }
        text.push_str("交接给您");
        let told = Told {
            topic: Topic::Assigned,
            to: Recipient::Person(wanted.to),
            task,
            text,
            at: signed.at,
        };
        notifications::tell(app, &mut *uow, told).await?;
    }
    let event = HandoverEvent::HandedOver(Box::new(act.sheet));
    let broken = |error| AppError::internal("a hand-over sheet cannot be written", error);
    if let Some(kept) = Handover::begun(id.0, &event, &signed) {
        let entry = RegisterEntry::of(&kept).map_err(broken)?;
        let event = serde_json::to_value(&event).map_err(broken)?;
        uow.register_save(&entry, &[event], &signed).await?;
    }
    uow.commit().await?;
    Ok(id)
}

/// The latest sheets, newest first.
pub async fn list(app: &App, who: &Who) -> AppResult<Vec<Handover>> {
    policy::keep_organisation(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let filter = RegisterFilter::all(SHEETS_SHOWN);
    let records = uow.registers_list(Handover::STREAM, &filter).await?;
    records.iter().map(|record| read(record)).collect()
}

/// One sheet.
pub async fn show(app: &App, who: &Who, id: HandoverId) -> AppResult<Handover> {
    policy::keep_organisation(app, &who.actor)?;
    let mut uow = app.store.read(who.bureau).await?;
    let record = uow.register_get(Handover::STREAM, id.0).await?;
    read(&record.ok_or(AppError::NotFound { what: "handover" })?)
}

fn read(record: &str) -> AppResult<Handover> {
    let kept = serde_json::from_str(record);
    kept.map_err(|error| AppError::internal("a hand-over sheet cannot be read", error))
}

/// A hand-over worked out.
struct Act {
    commands: Vec<OrganisationCommand>,
    tasks: Vec<Task>,
    breakdowns: Vec<Breakdown>,
    sheet: Sheet,
}

impl Act {
    async fn of(
        app: &App,
        uow: &mut dyn UnitOfWork,
        history: &History,
        wanted: &Wanted,
    ) -> AppResult<Self> {
        let organisation = history.as_of(wanted.day);
        let missing = || AppError::NotFound { what: "person" };
        let from = organisation.person(wanted.from).ok_or_else(missing)?;
        let to = organisation.person(wanted.to).ok_or_else(missing)?;
        let posts: Vec<&Post> = organisation.posts_of(wanted.from).collect();
        let mut commands = Vec::new();
        let after = if wanted.take_posts {
            to.name.as_str()
        } else {
            ""
        };
        for post in &posts {
            commands.push(OrganisationCommand::Appoint {
                post: post.id,
                holder: wanted.take_posts.then_some(wanted.to),
                from: wanted.day,
            });
        }
        let mut portfolios = Vec::new();
        let place = |name: &str, after: &str| HandedPlace {
            name: name.to_owned(),
            before: from.name.clone(),
            after: after.to_owned(),
        };
        let in_charge = organisation.portfolios.iter();
        for portfolio in in_charge.filter(|known| known.deputy == wanted.from) {
            commands.push(OrganisationCommand::AssignPortfolio(Portfolio {
                unit: portfolio.unit,
                deputy: wanted.to,
                valid_from: wanted.day,
            }));
            portfolios.push(place(organisation.unit_name(portfolio.unit), &to.name));
        }
        let domains = organisation.domains.iter();
        for domain in domains.filter(|domain| domain.deputy == Some(wanted.from)) {
            commands.push(OrganisationCommand::AssignDomain {
                domain: domain.id,
                deputy: Some(wanted.to),
                from: wanted.day,
            });
            portfolios.push(place(&format!("业务领域 {}", domain.name), &to.name));
        }
        if wanted.leaves {
            commands.push(OrganisationCommand::Leave {
                person: wanted.from,
                from: wanted.day,
                open_items: 0,
            });
        }
        let tasks = tasks_of(uow, history, wanted.from).await?;
        let breakdowns = breakdowns::of_person(uow, wanted.from).await?;
        let mut duties = Vec::new();
        for known in &breakdowns {
            let task = uow.task_get(known.task).await?;
            let title = task.map(|task| task.details.title).unwrap_or_default();
            duties.extend(known.duties_of(wanted.from).map(|duty| HandedDuty {
                task: known.task,
                title: title.clone(),
                part: duty.part,
                duty: duty.duty.clone(),
                limit: duty.limit,
            }));
        }
        let sheet = Sheet {
            duties,
            from: wanted.from,
            from_name: from.name.clone(),
            to: wanted.to,
            to_name: to.name.clone(),
            day: wanted.day,
            reason: wanted.reason.trim().to_owned(),
            leaves: wanted.leaves,
            posts: posts
                .iter()
                .map(|post| {
                    let unit = organisation.unit_name(post.unit);
                    place(&format!("{unit} {}", post.title), after)
                })
                .collect(),
            portfolios,
            tasks: tasks
                .iter()
                .map(|task| HandedTask {
                    id: task.id,
                    number: task.number.clone(),
                    title: task.details.title.clone(),
                    limit: task.details.limit,
                    parts: task.parts_of(wanted.from),
                })
                .collect(),
        };
        sheet.check(app.today())?;
        Ok(Self {
            commands,
            breakdowns,
            tasks,
            sheet,
        })
    }
}
