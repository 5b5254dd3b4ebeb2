//! Sending: what comes is gathered for a few seconds or for the next open hour, and goes as one
//! message by a job of its own.
//!
//! The delivery and its job are written in the transaction of what is told, so that a crash loses
//! neither. What may be told is asked again when it goes. A message that got there and was not
//! noted, since the program died between, goes once more under the same id.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use luoshi_domain::calendar::{day_start, local_day};
use luoshi_domain::hooks::{Delivery, DeliveryState, Hook, HookState, Purpose};
use luoshi_domain::ids::{DeliveryId, HookId, NotificationId, PersonId, TaskId};
use luoshi_domain::jobs::{Job, JobEnd};
use luoshi_domain::journal::Signed;
use luoshi_domain::notifications::{About, Notification, Recipient, Topic};
use luoshi_domain::organisation::Role;
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::refusals::Refusal;
use serde::{Deserialize, Serialize};

use crate::errors::AppResult;
use crate::hooks::messages::{self, Composed, Nothing};
use crate::hooks::sender::{Again, Outgoing, SendError};
use crate::hooks::{open, reaches};
use crate::{App, bureaus, jobs, registers};

/// The job that sends one message.
pub(crate) const JOB: &str = "hook_delivery";

/// What comes within so many seconds goes as one message: robots take 20 messages a minute.
const GATHER_SECONDS: i64 = 10;

/// Tries before a message is given up, some five hours.
const TRIES: u32 = 12;

/// Days for which is kept what went when.
const KEPT_DAYS: i64 = 180;

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    delivery: DeliveryId,
}

/// Lets a sentence go along with the next message of each hook that is to tell it.
pub(crate) async fn note(
    app: &App,
    uow: &mut dyn UnitOfWork,
    topic: Topic,
    notification: &Notification,
    others: &[TaskId],
) -> AppResult<()> {
    // What is for one person goes to no group, and what nobody lets out is not gathered.
    let (Some(_), Recipient::Unit(unit), Some(task)) =
        (&app.hooks, notification.to, notification.about.task())
    else {
        return Ok(());
    };
    let mut hooks = open(uow).await?;
    hooks.retain(|hook| hook.state == HookState::On && hook.details.topics.contains(&topic));
    if hooks.is_empty() {
        return Ok(());
    }
    let named: Vec<TaskId> = others.iter().copied().chain([task]).collect();
    if messages::is_marked(uow, &named).await? {
        return Ok(());
    }
    let organisation = app.organisation(uow.bureau(), uow).await?;
    hooks.retain(|hook| reaches(hook, unit, &organisation));
    if hooks.is_empty() {
        return Ok(());
    }
    let rules = app.rules(uow.bureau(), uow).await?;
    for hook in hooks {
        let delivery = match uow.delivery_gathering(hook.id).await? {
            Some(known) => known,
            None => {
                let due = hook
                    .details
                    .hours
                    .opens(gathered(app.clock.now()), &rules.calendar);
                begin(app, uow, hook.id, Purpose::News, due).await?
            }
        };
        uow.delivery_add(delivery, notification.id, topic, &named)
            .await?;
    }
    Ok(())
}

/// When what comes now is put together.
fn gathered(now: DateTime<Utc>) -> DateTime<Utc> {
    let step = TimeDelta::seconds(GATHER_SECONDS);
    now.duration_trunc(step).unwrap_or(now) + step
}

/// Makes a delivery and its job.
pub(super) async fn begin(
    app: &App,
    uow: &mut dyn UnitOfWork,
    hook: HookId,
    purpose: Purpose,
    due_at: DateTime<Utc>,
) -> AppResult<DeliveryId> {
    let now = app.clock.now();
    let id = DeliveryId(app.ids.id(now));
    let payload = Payload { delivery: id };
    let job = jobs::push_at(app, uow, (JOB, TRIES), &payload, due_at).await?;
    uow.delivery_save(&Delivery {
        id,
        hook,
        job,
        purpose,
        state: DeliveryState::Gathering,
        made_at: now,
        due_at,
        tries: 0,
        tried_at: None,
        status: None,
        took_ms: None,
        told: 0,
        left_out: 0,
        error: None,
    })
    .await?;
    Ok(id)
}

/// Makes a delivery that was given up due again.
pub(super) async fn again(
    app: &App,
    uow: &mut dyn UnitOfWork,
    mut delivery: Delivery,
) -> AppResult<()> {
    let now = app.clock.now();
    if delivery.state != DeliveryState::Failed || !uow.job_retry(JOB, delivery.job, now).await? {
        let sentence = "这一条不在未送达之列，不用再送。";
        return Err(Refusal::state("not_failed", "TIME-10", sentence).into());
    }
    delivery.state = DeliveryState::Trying;
    delivery.due_at = now;
    uow.delivery_save(&delivery).await?;
    Ok(())
}

/// Makes today's digest of every hook that is to send one and has its hour; how many. Old
/// deliveries are dropped on the way.
pub async fn schedule(app: &App) -> AppResult<u32> {
    if app.hooks.is_none() {
        return Ok(0);
    }
    let now = app.clock.now();
    let mut made = 0;
    for bureau in bureaus::list(app).await? {
        let mut uow = app.store.write(bureau.id).await?;
        let rules = app.rules(bureau.id, &mut *uow).await?;
        for hook in open(&mut *uow).await? {
            let open_now = hook.details.hours.opens(now, &rules.calendar) == now;
            let wanted = hook.state == HookState::On && hook.details.digest && open_now;
            let since = day_start(local_day(now));
            if wanted && !uow.digest_made(hook.id, since).await? {
                begin(app, &mut *uow, hook.id, Purpose::Digest, now).await?;
                made += 1;
            }
        }
        uow.deliveries_sweep(now - TimeDelta::days(KEPT_DAYS))
            .await?;
        uow.commit().await?;
    }
    Ok(made)
}

/// What is to be done about a delivery that is due.
enum Due {
    Over,
    /// Its time has moved.
    Later(DateTime<Utc>),
    Now(Box<Hook>, Box<Delivery>),
}

/// Sends one message, unless it is nobody's business any more.
pub(crate) async fn run(app: &App, job: &Job) -> AppResult<JobEnd> {
    let Payload { delivery } = jobs::payload(job)?;
    match attempt(app, job, delivery).await {
        // Nothing more is tried, and nothing may go on being gathered for it.
        Err(error) if !job.may_retry() => {
            give_up(app, job, delivery).await?;
            Err(error)
        }
        ended => ended,
    }
}

async fn attempt(app: &App, job: &Job, id: DeliveryId) -> AppResult<JobEnd> {
    let (hook, mut delivery) = match close(app, job, id).await? {
        Due::Over => return Ok(JobEnd::Done),
        Due::Later(run_at) => {
            return Ok(JobEnd::Retry {
                run_at,
                payload: job.payload.clone(),
                error: "不在发送时段，到时再发。".into(),
            });
        }
        Due::Now(hook, delivery) => (hook, delivery),
    };
    let outgoing = match compose(app, job, &hook, &delivery).await? {
        Ok((outgoing, composed)) => {
            (delivery.told, delivery.left_out) = (composed.told, composed.left_out);
            outgoing
        }
        Err(nothing) => {
            delivery.state = DeliveryState::Dropped;
            delivery.left_out = nothing.left_out;
            delivery.error = Some(nothing.why);
            return note_end(app, job, &hook, &delivery, JobEnd::Done).await;
        }
    };
    let begun = app.clock.now();
    let sent = match &app.hooks {
        Some(sender) => sender.send(&outgoing).await,
        None => Err(SendError {
            status: None,
            why: "本系统没有开启外发。".into(),
            again: Again::Never,
        }),
    };
    let now = app.clock.now();
    delivery.tries += 1;
    delivery.tried_at = Some(now);
    delivery.took_ms = Some((now - begun).num_milliseconds());
    let end = match sent {
        Ok(status) => {
            delivery.state = DeliveryState::Sent;
            delivery.status = Some(status);
            delivery.error = None;
            JobEnd::Done
        }
        Err(failed) => {
            delivery.status = failed.status;
            delivery.error = Some(failed.why.clone());
            match failed.again {
                Again::Later(asked) if job.may_retry() && delivery.purpose != Purpose::Test => {
                    let run_at = job.next_try(now, asked);
                    let mut uow = app.store.read(job.bureau).await?;
                    let rules = app.rules(job.bureau, &mut *uow).await?;
                    delivery.due_at = hook.details.hours.opens(run_at, &rules.calendar);
                    JobEnd::Retry {
                        run_at: delivery.due_at,
                        payload: job.payload.clone(),
                        error: failed.why,
                    }
                }
                Again::Later(_) | Again::Never => {
                    delivery.state = DeliveryState::Failed;
                    JobEnd::Failed { error: failed.why }
                }
            }
        }
    };
    note_end(app, job, &hook, &delivery, end).await
}

/// Lets nothing more go along, where it may go at all.
async fn close(app: &App, job: &Job, id: DeliveryId) -> AppResult<Due> {
    let mut uow = app.store.write(job.bureau).await?;
    let Some(mut delivery) = uow.delivery_get(id).await? else {
        return Ok(Due::Over);
    };
    if delivery.state.is_over() {
        return Ok(Due::Over);
    }
    let hook: Hook = registers::get(&mut *uow, delivery.hook.0, "hook").await?;
    let is_test = delivery.purpose == Purpose::Test;
    let stopped = match hook.state {
        HookState::On => None,
        HookState::Off | HookState::Paused if is_test => None,
        HookState::Off => Some("发送之前已经停用。"),
        HookState::Paused => Some("发送之前已经自动暂停。"),
        HookState::Removed => Some("发送之前已经删除。"),
    };
    if let Some(why) = stopped {
        delivery.state = DeliveryState::Dropped;
        delivery.error = Some(why.into());
        uow.delivery_save(&delivery).await?;
        uow.commit().await?;
        return Ok(Due::Over);
    }
    let now = app.clock.now();
    let rules = app.rules(job.bureau, &mut *uow).await?;
    let opens = hook.details.hours.opens(now, &rules.calendar);
    if opens > now && !is_test && job.may_retry() {
        delivery.due_at = opens;
        uow.delivery_save(&delivery).await?;
        uow.commit().await?;
        return Ok(Due::Later(opens));
    }
    delivery.state = DeliveryState::Trying;
    uow.delivery_save(&delivery).await?;
    uow.commit().await?;
    Ok(Due::Now(Box::new(hook), Box::new(delivery)))
}

/// The message as it goes now, with what opens the door.
async fn compose(
    app: &App,
    job: &Job,
    hook: &Hook,
    delivery: &Delivery,
) -> AppResult<Result<(Outgoing, Composed), Nothing>> {
    let mut uow = app.store.read(job.bureau).await?;
    let composed = match messages::compose(app, &mut *uow, hook, delivery).await? {
        Ok(composed) => composed,
        Err(nothing) => return Ok(Err(nothing)),
    };
    let Some(credential) = uow.hook_credential(hook.id).await? else {
        return Ok(Err(Nothing {
            why: "没有地址，请在“更换地址”中填写。".into(),
            left_out: 0,
        }));
    };
    let outgoing = Outgoing {
        id: delivery.id,
        kind: hook.kind,
        credential,
        plain: hook.details.plain,
        at: app.clock.now(),
        message: composed.message.clone(),
    };
    Ok(Ok((outgoing, composed)))
}

/// Writes down how it went; a hook that has failed for days is paused.
async fn note_end(
    app: &App,
    job: &Job,
    hook: &Hook,
    delivery: &Delivery,
    end: JobEnd,
) -> AppResult<JobEnd> {
    let mut uow = app.store.write(job.bureau).await?;
    uow.delivery_save(delivery).await?;
    if delivery.state == DeliveryState::Failed && delivery.purpose != Purpose::Test {
        pause(app, &mut *uow, hook.id).await?;
    }
    uow.commit().await?;
    Ok(end)
}

async fn give_up(app: &App, job: &Job, id: DeliveryId) -> AppResult<()> {
    let mut uow = app.store.write(job.bureau).await?;
    if let Some(mut delivery) = uow.delivery_get(id).await?
        && !delivery.state.is_over()
    {
        delivery.state = DeliveryState::Failed;
        delivery.error = Some("程序内部出错，详见日志。".into());
        delivery.tried_at = Some(app.clock.now());
        uow.delivery_save(&delivery).await?;
        uow.commit().await?;
    }
    Ok(())
}

/// Pauses a hook through which nothing has got for days, and tells the administrators.
async fn pause(app: &App, uow: &mut dyn UnitOfWork, id: HookId) -> AppResult<()> {
    let hook: Hook = registers::get(uow, id.0, "hook").await?;
    let now = app.clock.now();
    let Some(since) = uow.hook_failing_since(id, hook.on_since).await? else {
        return Ok(());
    };
    let Some(event) = hook.pause(since, now) else {
        return Ok(());
    };
    let bureau = uow.bureau();
    let signed = Signed::system(bureau, now, "后台");
    let hook = registers::follow(uow, hook, &event, &signed).await?;
    let organisation = app.organisation(bureau, uow).await?;
    let mut holders: Vec<PersonId> = organisation
        .posts
        .iter()
        .filter(|post| post.role == Role::SystemAdministrator)
        .filter_map(|post| post.holder)
        .collect();
    holders.sort_unstable();
    holders.dedup();
    for holder in holders {
        let text = format!(
            "外发“{}”自 {} 起一直没有送达，已自动暂停。请检查地址和网络，测试通过后再启用。",
            hook.details.name,
            local_day(since)
        );
        uow.notification_push(&Notification {
            id: NotificationId(app.ids.id(now)),
            to: Recipient::Person(holder),
            about: About::Hook(id),
            text,
            at: now,
        })
        .await?;
    }
    Ok(())
}
