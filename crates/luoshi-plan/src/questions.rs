//! What a text leaves open, as questions to the person who imports it.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::clean::Clean;
use crate::metadata::Metadata;
use crate::reading::{Kind, Missing, MissingKind, Obligation, Question, Shows, Topic};

/// All open points in reading order, each place once for each topic.
pub(crate) fn all(
    clean: &Clean,
    about: &Metadata,
    year: Option<i32>,
    obligations: &[Obligation],
    missing: &[Missing],
) -> Vec<Question> {
    let mut asker = Asker {
        clean,
        questions: Vec::new(),
        asked: BTreeSet::new(),
        units: BTreeSet::new(),
    };
    asker.document(about, year, obligations);
    for obligation in obligations {
        if obligation.kind != Kind::Principle {
            asker.obligation(obligation);
        }
    }
    for what in missing {
        let (topic, thing) = match what.what {
            MissingKind::Attachment => (Topic::Attachment, "附件"),
            MissingKind::Document => (Topic::Document, "文件"),
        };
        let asks = format!("“{}”所指的{thing}不在文中，请补上。", what.text);
        asker.ask(topic, what.start..what.end, asks);
    }
    let mut questions = asker.questions;
    questions.sort_by_key(|q| (q.start, q.end, q.topic));
    questions
}

struct Asker<'a> {
    clean: &'a Clean<'a>,
    questions: Vec<Question>,
    /// Places that were asked about.
    asked: BTreeSet<(Topic, usize, usize)>,
    /// Redacted names that were asked about.
    units: BTreeSet<String>,
}

impl Asker<'_> {
    /// Asks about a place in code points, once for each topic.
    fn ask(&mut self, topic: Topic, place: Range<usize>, asks: String) {
        if self.asked.insert((topic, place.start, place.end)) {
            self.questions.push(Question {
                topic,
                start: place.start,
                end: place.end,
                asks,
            });
        }
    }

    /// What the head and the foot of the document do not say; the title stands for the place.
    fn document(&mut self, about: &Metadata, year: Option<i32>, obligations: &[Obligation]) {
        let title = self.clean.points(&about.title_at);
        if about.issuer.is_none() {
            self.ask(
                Topic::Issuer,
                title.clone(),
                "文中没有写明发文机关，是哪个机关发的？".to_owned(),
            );
        }
        if about.issued_on.is_none() {
            self.ask(
                Topic::IssueDate,
                title.clone(),
                "文中没有写明成文日期，是哪一天？".to_owned(),
            );
        }
        let open = obligations.iter().find_map(|o| {
            let deadline = o.deadline.as_ref()?;
            let date = deadline.date.as_ref()?;
            date.starts_with('X').then_some((o, &deadline.text))
        });
        if let Some((obligation, text)) = open {
            let asks = format!("“{text}”没有写年份，是哪一年？");
            self.ask(Topic::Year, place(obligation, Shows::Deadline), asks);
        } else if year.is_none() {
            self.ask(
                Topic::Year,
                title,
                "文中没有写明年份，是哪一年的计划？".to_owned(),
            );
        }
    }

    fn obligation(&mut self, obligation: &Obligation) {
        if let Some(found) = obligation.frequency.as_ref().filter(|f| f.unspecified) {
            let asks = format!("“{}”没有写明周期，多久一次？", found.text);
            self.ask(Topic::Rate, place(obligation, Shows::Frequency), asks);
        }
        if let Some(found) = obligation.deadline.as_ref().filter(|d| d.date.is_none()) {
            let text = &found.text;
            let (topic, asks) = if found.vague {
                let asks = format!("“{text}”没有写明日期，哪一天到期？");
                (Topic::VagueDeadline, asks)
            } else {
                let asks = format!("“{text}”随另一件事而定，具体是哪一天？");
                (Topic::EventDeadline, asks)
            };
            self.ask(topic, place(obligation, Shows::Deadline), asks);
        }
        for (shows, names) in [
            (Shows::Responsible, &obligation.responsible),
            (Shows::CoResponsible, &obligation.co_responsible),
        ] {
            for name in names.iter().filter(|n| is_redacted(n)) {
                if self.units.insert(name.clone()) {
                    let asks = format!("“{name}”被隐去了名称，是哪个单位？");
                    self.ask(Topic::RedactedUnit, place(obligation, shows), asks);
                }
            }
        }
        let tracked = matches!(obligation.kind, Kind::Task | Kind::Recurring | Kind::Target);
        if tracked && obligation.responsible.is_empty() {
            let whole = obligation.start..obligation.end;
            self.ask(
                Topic::ResponsibleUnit,
                whole,
                "这一项没有写明责任单位，由谁负责？".to_owned(),
            );
        }
    }
}

/// Where the first words stand that a finding rests on, else the quote.
fn place(obligation: &Obligation, shows: Shows) -> Range<usize> {
    let words = obligation.evidence.iter().find(|e| e.shows == shows);
    words.map_or(obligation.start..obligation.end, |e| e.start..e.end)
}

/// A name in which letters stand for what was taken out, as in xx市.
fn is_redacted(name: &str) -> bool {
    ["xx", "XX", "××", "某"].iter().any(|w| name.contains(w))
}
