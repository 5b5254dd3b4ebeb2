//! A person's limits as a calendar feed, at a secret address that can be taken back.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use luoshi_documents::ics::{self, Feed, FeedDay};
use luoshi_domain::accounts::tokens::Scope;
use luoshi_domain::context::Actor;
use luoshi_domain::journal;
use luoshi_domain::limits::Step;
use luoshi_domain::packs::step;
use luoshi_domain::tasks::lists::{Marks, PageRequest, Queue, TaskSort};

use crate::accounts::{Means, Visitor, tokens};
use crate::errors::{AppError, AppResult};
use crate::{App, Who, policy};

/// Most tasks in a feed; the earliest limits first.
const FEED_LIMIT: u32 = 500;

/// Minutes before a limit's day at which a calendar program tells: 15 o'clock the day before.
const ALARM_MINUTES: u32 = 9 * 60;

/// Hex digits of a secret.
const SECRET_DIGITS: usize = 64;

/// Makes the person's address, in place of one there was; the secret is shown this once.
pub async fn create(app: &App, who: &Who) -> AppResult<String> {
    let secret = app.ids.secret();
    let hash = journal::digest(secret.as_bytes());
    let mut uow = app.store.write(who.bureau).await?;
    uow.feed_save(who.actor.person, &hash, app.clock.now())
        .await?;
    uow.commit().await?;
    Ok(secret)
}

/// Takes the person's address back.
pub async fn revoke(app: &App, who: &Who) -> AppResult<()> {
    let mut uow = app.store.write(who.bureau).await?;
    uow.feed_drop(who.actor.person).await?;
    uow.commit().await?;
    Ok(())
}

/// Since when the person has an address.
pub async fn since(app: &App, who: &Who) -> AppResult<Option<DateTime<Utc>>> {
    let mut uow = app.store.read(who.bureau).await?;
    Ok(uow.feed_since(who.actor.person).await?)
}

/// The feed at a secret address; nothing is there for one that was taken back, or whose person
/// holds no post any more.
pub async fn read(app: &App, secret: &str) -> AppResult<String> {
    let Who { bureau, actor, .. } = reader(app, secret).await?;
    let mut uow = app.store.read(bureau).await?;
    let organisation = app.organisation(bureau, &mut *uow).await?;
    let mut filter = policy::tasks(app, &actor);
    filter.queue = Some(Queue::Open);
    // What is marked goes into no other program (SYS-05).
    filter.marks = Marks::Unmarked;
    let page = PageRequest {
        size: FEED_LIMIT,
        after: None,
    };
    let rows = uow.tasks_list(&filter, TaskSort::Limit, &page).await?.rows;
    let mut events = Vec::new();
    for row in rows {
        let number = row.number.as_deref().unwrap_or("未编号");
        let lead = row.lead.map(|lead| organisation.unit_name(lead));
        let about = format!(
            "{number}\n牵头单位：{}\n进度 {}%",
            lead.unwrap_or("未定"),
            row.progress
        );
        let event = |until: Step, day: NaiveDate| FeedDay {
            uid: format!("{}-{}@luoshi", row.id, until.key()),
            day: compact(day),
            next_day: compact(day.succ_opt().unwrap_or(day)),
            summary: match until {
                Step::Closed => format!("到期：{}", row.title),
                until => format!("{}到期：{}", step(until), row.title),
            },
            description: about.clone(),
            alarm_minutes: Some(ALARM_MINUTES),
        };
        events.extend(row.limit.map(|limit| event(Step::Closed, limit)));
        if let Some(task) = uow.task_get(row.id).await? {
            events.extend(task.steps_due().map(|limit| event(limit.to, limit.day)));
        }
    }
    let now = app.clock.now();
    Ok(ics::write(&Feed {
        name: format!("落实时限 {}", actor.name),
        made_at: now.format("%Y%m%dT%H%M%SZ").to_string(),
        events,
    }))
}

/// Whose feed it is: by its secret, or by an API token that is good for the calendar.
async fn reader(app: &App, secret: &str) -> AppResult<Who> {
    let nothing = || AppError::NotFound { what: "feed" };
    let who = if secret.starts_with(tokens::PREFIX) {
        match tokens::visitor(app, secret).await {
            Ok(Visitor {
                who,
                means: Means::Token { scopes, .. },
                ..
            }) if scopes.contains(&Scope::Calendar) => who,
            Ok(_) | Err(AppError::SignedOut) => return Err(nothing()),
            Err(error) => return Err(error),
        }
    } else {
        if secret.len() != SECRET_DIGITS {
            return Err(nothing());
        }
        let hash = journal::digest(secret.as_bytes());
        let found = app.store.feed_find(&hash).await?;
        let (bureau, person) = found.ok_or_else(nothing)?;
        let mut uow = app.store.read(bureau).await?;
        let organisation = app.organisation(bureau, &mut *uow).await?;
        let actor = Actor::of(&organisation, person).ok_or_else(nothing)?;
        Who::new(bureau, actor)
    };
    if who.actor.posts.is_empty() {
        return Err(nothing());
    }
    Ok(who)
}

fn compact(day: NaiveDate) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}
