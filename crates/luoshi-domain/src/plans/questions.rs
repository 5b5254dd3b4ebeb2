//! What a plan's text leaves open, and what persons settled of it (IMPORT-11).
//!
//! Only what the text itself leaves open is kept; what single proposals leave open follows from
//! them and is derived by whoever lists questions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::journal::Signed;
use crate::plans::checks::check_length;
use crate::plans::{Plan, PlanEvent};
use crate::refusals::Refusal;

/// Most characters of a question's key.
const KEY_LIMIT: usize = 300;

/// Most settled questions of one plan.
const SETTLED_LIMIT: usize = 10_000;

/// Something that the text points to and does not contain, or does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextQuestion {
    pub topic: Topic,
    /// Code points into the text.
    pub start: u32,
    pub end: u32,
    /// The words of the text that raise it.
    pub words: String,
    /// A sentence for the person.
    pub asks: String,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The document as a whole: its year, day of issue, issuer, addressee.
    About,
    /// An annex that was not supplied.
    Attachment,
    /// Another document that is cited.
    Document,
    /// A unit that the organisation does not know.
    Unit,
    /// Nobody is named.
    Nobody,
    /// A deadline without a day.
    Date,
    /// Repetition without saying how often.
    Frequency,
    /// Anything else that the reader asks.
    Other,
}

/// How a question was settled without changing a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// 已补交
    Supplied,
    /// 另行导入
    ImportedApart,
    /// 不需要
    NotNeeded,
    /// 已明确: the note says how.
    Clarified,
}

/// A person's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub answer: Answer,
    pub note: String,
}

/// A settled question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The question's key.
    pub key: String,
    pub settlement: Settlement,
    /// Name of who settled it.
    pub by: String,
    pub at: DateTime<Utc>,
}

/// The text's own questions and what was settled, of whatever origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<TextQuestion>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Settled>,
}

impl Questions {
    /// The text's questions, none settled.
    pub fn asked(asked: Vec<TextQuestion>) -> Self {
        Self {
            asked,
            settled: Vec::new(),
        }
    }

    /// How the question with this key was settled.
    pub fn settled(&self, key: &str) -> Option<&Settled> {
        self.settled.iter().find(|settled| settled.key == key)
    }

    pub(super) fn settle(&mut self, key: &str, settlement: &Settlement, by: &Signed) {
        self.reopen(key);
        self.settled.push(Settled {
            key: key.to_owned(),
            settlement: settlement.clone(),
            by: by.name.clone(),
            at: by.at,
        });
    }

    pub(super) fn reopen(&mut self, key: &str) {
        self.settled.retain(|settled| settled.key != key);
    }
}

impl Plan {
    pub(super) fn decide_settlement(
        &self,
        key: String,
        settlement: Settlement,
    ) -> Result<Vec<PlanEvent>, Refusal> {
        let known = key.chars().count() <= KEY_LIMIT && key.contains(':');
        if !known || self.questions.settled.len() >= SETTLED_LIMIT {
            return Err(Refusal::input("question", "IMPORT-11", "没有这个问题。"));
        }
        check_length("note", &settlement.note)?;
        if settlement.answer == Answer::Clarified && settlement.note.trim().is_empty() {
            return Err(Refusal::input("note", "IMPORT-11", "请写明是怎样明确的。"));
        }
        Ok(vec![PlanEvent::QuestionSettled { key, settlement }])
    }

    pub(super) fn decide_reopened_question(&self, key: String) -> Result<Vec<PlanEvent>, Refusal> {
        if self.questions.settled(&key).is_none() {
            return Err(Refusal::state(
                "not_settled",
                "IMPORT-11",
                "这个问题还没有答复，无需撤回。",
            ));
        }
        Ok(vec![PlanEvent::QuestionReopened { key }])
    }
}

impl TextQuestion {
    /// Names the question in commands and addresses.
    pub fn key(&self) -> String {
        let topic = match self.topic {
            Topic::Attachment => "attachment",
            Topic::Document => "document",
            _ => "text",
        };
        format!("{topic}:{}-{}", self.start, self.end)
    }
}
