//! One mail a day for whoever asks for it: what waits for them, and what came since the last one.
//!
//! Each hour is looked through once for who wants a mail then; the mail is a job of its own, noted
//! in the transaction that makes it. Whom it is for is asked again when it is sent: who has left by
//! then gets nothing, and of what is marked nothing is said (SYS-05).

use chrono::{DateTime, Days, NaiveDate, Timelike, Utc};
use luoshi_domain::calendar::{day_start, local_day, local_time};
use luoshi_domain::ids::{BureauId, JobId, NotificationId, PersonId};
use luoshi_domain::jobs::{Job, JobEnd};
use luoshi_domain::notifications::{About, Notification};
use luoshi_domain::registers::{RegisterFilter, Registered};
use luoshi_domain::tellings::{HOURS, Telling};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::errors::AppResult;
use crate::mailer::{Mail, MailError};
use crate::{App, COUNT_CAP, Who, bureaus, desk, inbox, jobs, registers, tellings};

/// The job that looks through one hour.
pub(crate) const ROUND: &str = "digest_round";

/// The job that sends one mail.
pub(crate) const MAIL: &str = "digest_mail";

/// Persons looked at in one part of a round.
const PART: u32 = 200;

/// Tries before a mail is given up; the next day's begins where it would have.
const TRIES: u32 = 6;

/// Sentences that one mail tells.
const TOLD: u32 = 30;

#[derive(Debug, Serialize, Deserialize)]
struct Part {
    day: NaiveDate,
    hour: u32,
    after: Option<(NaiveDate, Uuid)>,
}

/// Whose mail, and which time it tells of.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    person: PersonId,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// Makes the job of this hour for every bureau that has none yet; how many. Nothing outside the
/// hours at which a mail may be wished for, or without a mail server.
pub async fn schedule(app: &App) -> AppResult<u32> {
    let now = app.clock.now();
    let hour = local_time(now).hour();
    if app.mailer.is_none() || !HOURS.contains(&hour) {
        return Ok(0);
    }
    let mut made = 0;
    for bureau in bureaus::list(app).await? {
        let mut uow = app.store.write(bureau.id).await?;
        if uow.digest_round(local_day(now), hour).await? {
            let part = Part {
                day: local_day(now),
                hour,
                after: None,
            };
            jobs::push(app, &mut *uow, ROUND, &part, TRIES).await?;
            uow.commit().await?;
            made += 1;
        }
    }
    Ok(made)
}

/// Looks through one part of those who want mail.
pub(crate) async fn round(app: &App, job: &Job) -> AppResult<JobEnd> {
    let mut part: Part = jobs::payload(job)?;
    let mut uow = app.store.write(job.bureau).await?;
    let rules = app.rules(job.bureau, &mut *uow).await?;
    let filter = RegisterFilter {
        open: Some(true),
        after: part.after,
        ..RegisterFilter::all(PART)
    };
    let wishing: Vec<Telling> = registers::list(&mut *uow, &filter).await?;
    let is_last = wishing.len() < usize::try_from(PART).unwrap_or_default();
    let now = app.clock.now();
    for telling in wishing {
        part.after = Some((telling.day(), telling.id()));
        let person = telling.person;
        if !telling.wishes.wants(part.day, part.hour, &rules.calendar) {
            continue;
        }
        let before = day_start(part.day - Days::new(1));
        let since = uow.digest_last(person).await?.unwrap_or(before);
        if uow.digest_note(person, part.day, now).await? {
            let payload = Payload {
                person,
                since,
                until: now,
            };
            jobs::push(app, &mut *uow, MAIL, &payload, TRIES).await?;
        }
    }
    uow.commit().await?;
    if is_last {
        return Ok(JobEnd::Done);
    }
    let payload = jobs::written(&part)?;
    Ok(JobEnd::Next { payload })
}

/// Sends one mail, unless there is nothing to tell any more.
pub(crate) async fn mail(app: &App, job: &Job) -> AppResult<JobEnd> {
    let payload: Payload = jobs::payload(job)?;
    let Some(mailer) = &app.mailer else {
        return Ok(JobEnd::Failed {
            error: "没有配置邮件服务器。".into(),
        });
    };
    let Some(mail) = compose(app, job.bureau, job.id, &payload).await? else {
        return Ok(JobEnd::Done);
    };
    Ok(match mailer.send(&mail).await {
        Ok(()) => JobEnd::Done,
        Err(MailError::Later(error)) if job.may_retry() => JobEnd::Retry {
            run_at: job.next_try(app.clock.now(), None),
            payload: job.payload.clone(),
            error,
        },
        Err(MailError::Later(error) | MailError::Never(error)) => JobEnd::Failed { error },
    })
}

/// The mail as it is sent now; nothing for who has left, wants none any more, or has nothing to do
/// and nothing new.
async fn compose(
    app: &App,
    bureau: BureauId,
    id: JobId,
    payload: &Payload,
) -> AppResult<Option<Mail>> {
    let mut uow = app.store.read(bureau).await?;
    let known = app.dated(bureau, &mut *uow).await?;
    let wishes = tellings::of(&mut *uow, payload.person).await?;
    let Some(wishes) = wishes
        .map(|telling| telling.wishes)
        .filter(|wishes| wishes.digest)
    else {
        return Ok(None);
    };
    let Some(actor) = known.actor(payload.person) else {
        return Ok(None);
    };
    if actor.posts.is_empty() {
        return Ok(None);
    }
    // The first page from the mail's own end on: what came later is the next mail's.
    let place = Some((payload.until, NotificationId(Uuid::max())));
    let page = inbox::seen(app, &actor, &mut *uow, place, TOLD).await?;
    let is_new = |known: &&Notification| known.at > payload.since;
    let news: Vec<Notification> = page.rows.iter().filter(is_new).cloned().collect();
    let more = news.len() == page.rows.len() && page.next.is_some();
    let who = Who::new(bureau, actor);
    let rules = app.rules(bureau, &mut *uow).await?;
    let waiting = desk::waiting(app, &who, &rules, &mut *uow, COUNT_CAP).await?;
    if waiting == 0 && news.is_empty() {
        return Ok(None);
    }
    let is_marked = |known: &Notification| {
        let task = known.about.task();
        task.is_some_and(|task| page.marked.contains(&task))
    };
    let (hidden, news): (Vec<Notification>, Vec<Notification>) =
        news.into_iter().partition(is_marked);
    let told = Told {
        waiting,
        more,
        hidden: hidden.len(),
        news,
    };
    let day = local_day(payload.until);
    Ok(Some(Mail {
        id: format!("digest-{id}"),
        to_name: who.actor.name.clone(),
        to_address: wishes.address,
        subject: told.subject(day),
        text: told.text(&who.actor.name, app.public_url.as_deref()),
    }))
}

/// What one mail tells.
struct Told {
    waiting: u32,
    /// Newest first.
    news: Vec<Notification>,
    /// How many are about something marked.
    hidden: usize,
    /// Whether there is more than one mail tells.
    more: bool,
}

impl Told {
    fn subject(&self, day: NaiveDate) -> String {
        let news = self.news.len() + self.hidden;
        match (self.waiting, news) {
            (0, news) => format!("【落实】{news} 条新消息（{day}）"),
            (waiting, 0) => format!("【落实】{waiting} 件事等您办（{day}）"),
            (waiting, news) => format!("【落实】{waiting} 件事等您办，{news} 条新消息（{day}）"),
        }
    }

    fn text(&self, name: &str, public_url: Option<&str>) -> String {
        let mut lines = vec![format!("{name}，您好：")];
        lines.push(String::new());
        lines.push(match self.waiting {
            0 => "现在没有等您办的事项。".to_owned(),
            waiting => format!("有 {waiting} 件事等您办。"),
        });
        if !self.news.is_empty() {
            lines.extend([String::new(), "新消息：".to_owned()]);
            for known in &self.news {
                let at = local_time(known.at).format("%m-%d %H:%M");
                lines.push(format!("· {at}  {}", known.text));
                if let Some(url) = public_url {
                    lines.push(match known.about {
                        About::Task(task) => format!("  {url}/tasks/{task}"),
                        About::Hook(hook) => format!("  {url}/hooks/{hook}"),
                    });
                }
            }
        }
        if self.more {
            lines.push("更早的消息请登录后查看。".to_owned());
        }
        if self.hidden > 0 {
            let hidden = self.hidden;
            lines.extend([
                String::new(),
                format!("另有 {hidden} 条消息涉及有标注的事项，请登录后查看。"),
            ]);
        }
        lines.extend([String::new(), "——".to_owned()]);
        lines.push(match public_url {
            Some(url) => format!("登录：{url}/desk；不想再收，或换个时间：{url}/account/messages"),
            None => "不想再收，或换个时间：登录后在“我的账号 — 消息方式”中修改。".to_owned(),
        });
        lines.push("本邮件由系统按您的选择发出，请勿回复。".to_owned());
        lines.push(String::new());
        lines.join("\n")
    }
}
