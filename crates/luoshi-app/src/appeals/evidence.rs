//! The evidence of an appeal: frozen when it is filed, held against the journal when it is read.

use luoshi_domain::appeals::{Appeal, Frozen, FrozenEvidence, Judgement, Place};
use luoshi_domain::calendar::local_day;
use luoshi_domain::context::Context;
use luoshi_domain::journal::{StoredEvent, chain};
use luoshi_domain::lights::{Colour, Light};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::{Task, TaskEvent};
use luoshi_domain::trajectories::percent;

use crate::HISTORY_LIMIT;
use crate::errors::AppResult;
use crate::tasks::Step;
use crate::tasks::sentences::{self, moment};

/// Whether frozen evidence is what the journal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Number, place and hash are those of the journal, and the chain up to there is whole.
    Same,
    /// They are not: the first place at which they differ, in the task's stream.
    Differs { version: i64 },
}

/// What is known of a task when an appeal is filed; nothing when its journal cannot be read so.
pub(super) fn frozen(
    task: &Task,
    steps: &[Step],
    judgement: &Judgement,
    light: &Light,
    ctx: &Context<'_>,
) -> Option<Frozen> {
    let mut known = steps.iter();
    let step = known.find(|step| step.version == judgement.version)?;
    let head = steps.last()?;
    let sentence = sentences::event(&step.event, ctx.organisation);
    let text = sentence.particulars.iter();
    let text: Vec<String> = text
        .map(|(label, text)| format!("{label}：{text}"))
        .collect();
    let facts = task.facts();
    let today = ctx.today();
    let expected = facts.expected(facts.judged_on(today));
    let day = |day: Option<_>| day.map_or_else(|| "未定".to_owned(), |day| format!("{day}"));
    let mut said = vec![
        ("完成时限".to_owned(), day(task.details.limit)),
        ("进度".to_owned(), format!("{}%", task.progress)),
        ("反馈".to_owned(), format!("{} 次", task.feedbacks)),
    ];
    if let Some(expected) = expected {
        let percent = percent(expected);
        said.insert(2, ("序时应到".to_owned(), format!("{percent}%")));
    }
    if task.urgings > 0 {
        said.push(("催办".to_owned(), format!("{} 次", task.urgings)));
    }
    if let Some(report) = &task.last_feedback {
        let on = local_day(report.at);
        said.push((format!("最近反馈（{on}）"), report.text.clone()));
    }
    if let Some(grade) = task.grade {
        let grade = sentences::grade(grade).to_owned();
        said.push(("评价等级".to_owned(), grade));
    }
    Some(Frozen {
        event: place(step),
        event_said: format!(
            "{} {}：{}",
            moment(step.by.at),
            step.by.who_and_post(),
            sentence.headline
        ),
        event_text: text.join("；"),
        head: place(head),
        light: format!("{} · {}", colour(light.colour), light.reason),
        rule: light.rule.clone(),
        facts: said,
        evidence: evidence(steps),
    })
}

/// What reports and the application to close named, in their order, each once.
fn evidence(steps: &[Step]) -> Vec<FrozenEvidence> {
    let mut found: Vec<FrozenEvidence> = Vec::new();
    for step in steps {
        let lines: Vec<String> = match &step.event {
            TaskEvent::FedBack { evidence, .. } => {
                evidence.iter().map(|piece| piece.line()).collect()
            }
            TaskEvent::ClosingApplied { evidence, .. } => vec![evidence.clone()],
            _ => continue,
        };
        for line in lines {
            if !found.iter().any(|known| known.line == line) {
                found.push(FrozenEvidence {
                    reported_on: local_day(step.by.at),
                    line,
                });
            }
        }
    }
    found
}

/// Holds what was frozen against the journal as it is now.
pub(super) async fn verify(uow: &mut dyn UnitOfWork, appeal: &Appeal) -> AppResult<Verified> {
    let id = appeal.task.0;
    let stored = uow.journal_of(Task::STREAM, id, HISTORY_LIMIT).await?;
    let head = &appeal.frozen.head;
    let mut before: Option<&StoredEvent> = None;
    for event in stored.iter().filter(|event| event.version <= head.version) {
        let previous = before.map(|before| before.hash.as_str());
        // Of the first that was read the one before it is not known, unless it is the first.
        let known = before.is_some() || event.version == 1;
        if known && chain(previous, &event.bytes) != event.hash {
            return Ok(Verified::Differs {
                version: event.version,
            });
        }
        before = Some(event);
    }
    for place in [&appeal.frozen.event, head] {
        let version = place.version;
        let mut same = stored.iter().filter(|event| event.version == version);
        let same = match same.next() {
            Some(event) => event.hash == place.hash && event.seq == place.seq,
            // Too long ago to be among those that were read.
            None => {
                let hash = uow.journal_hash(Task::STREAM, id, version).await?;
                hash.as_ref() == Some(&place.hash)
            }
        };
        if !same {
            return Ok(Verified::Differs { version });
        }
    }
    Ok(Verified::Same)
}

/// The word of a light.
pub(super) fn colour(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => "红灯",
        Colour::Yellow => "黄灯",
        Colour::Green => "绿灯",
        Colour::Grey => "灰灯",
        Colour::Done => "已了结",
    }
}

fn place(step: &Step) -> Place {
    Place {
        seq: step.seq,
        version: step.version,
        hash: step.hash.clone(),
    }
}
