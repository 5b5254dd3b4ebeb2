//! What a text leaves open, asked of the person who confirms its reading.

use std::collections::BTreeSet;

use crate::reading::{Obligation, Question, Shows};

/// The questions that the obligations raise, in reading order.
pub(crate) fn of(obligations: &[Obligation]) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for obligation in obligations {
        let mut ask = |shows: Shows, asks: String| {
            let words = obligation.evidence.iter().find(|e| e.shows == shows);
            questions.push(Question {
                start: words.map_or(obligation.start, |e| e.start),
                end: words.map_or(obligation.end, |e| e.end),
                asks,
            });
        };
        if let Some(found) = obligation.frequency.as_ref().filter(|f| f.unspecified) {
            let text = &found.text;
            ask(
                Shows::Frequency,
                format!("“{text}”没有写明周期，多久一次？"),
            );
        }
        if let Some(found) = &obligation.deadline {
            let text = &found.text;
            match &found.date {
                None => ask(
                    Shows::Deadline,
                    format!("“{text}”没有写明日期，哪一天到期？"),
                ),
                Some(date) if date.starts_with('X') => {
                    ask(Shows::Deadline, format!("“{text}”没有写年份，是哪一年？"));
                }
                Some(_) => {}
            }
        }
        let redacted = obligation.responsible.iter().find(|n| is_redacted(n));
        if let Some(name) = redacted.filter(|n| asked.insert(n)) {
            ask(
                Shows::Responsible,
                format!("“{name}”被隐去了名称，是哪个单位？"),
            );
        }
    }
    questions
}

/// A name in which letters stand for what was taken out, as in xx市.
pub(crate) fn is_redacted(name: &str) -> bool {
    ["xx", "XX", "××", "某"].iter().any(|w| name.contains(w))
}
