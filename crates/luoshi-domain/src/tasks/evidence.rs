//! What proves a report: a reference to a document first, so that nobody copies what exists.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::AttachmentId;
use crate::lights::Leads;
use crate::refusals::Refusal;
use crate::tasks::Task;
use crate::trajectories::whole;

/// The most pieces of evidence that a report names.
const EVIDENCE_LIMIT: usize = 20;

/// Longest line, in characters.
const LINE_LIMIT: usize = 300;

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Evidence {
    /// A document that can be looked up by its number or title.
    Document {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        title: String,
    },
    /// An address on the bureau's network or in public.
    Link { address: String, title: String },
    /// A file of the task; its name, where it is not marked.
    File {
        file: AttachmentId,
        #[serde(default)]
        name: String,
    },
}

/// Whether the lead unit is asked for a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnCourse {
    pub progress: u8,
    /// Percent that the schedule expects.
    pub expected: i64,
    /// Pieces of evidence of the last report.
    pub evidence: usize,
}

impl Evidence {
    /// Reads a line: an address with a title behind it, or a document's number and title.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        let (first, rest) = line
            .split_once(char::is_whitespace)
            .map_or((line, ""), |(first, rest)| (first, rest.trim()));
        if first.starts_with("http://") || first.starts_with("https://") {
            return Some(Self::Link {
                address: first.to_owned(),
                title: rest.to_owned(),
            });
        }
        let numbered = first.ends_with('号') && first.contains(['〔', '[', '（', '(', '第']);
        Some(match (numbered, rest) {
            (true, rest) if !rest.is_empty() => Self::Document {
                number: Some(first.to_owned()),
                title: rest.to_owned(),
            },
            _ => Self::Document {
                number: None,
                title: line.to_owned(),
            },
        })
    }

    /// As typed, on one line.
    pub fn line(&self) -> String {
        match self {
            Self::Document {
                number: Some(number),
                title,
            } => format!("{number} {title}"),
            Self::Document {
                number: None,
                title,
            } => title.clone(),
            Self::Link { address, title } if title.is_empty() => address.clone(),
            Self::Link { address, title } => format!("{address} {title}"),
            Self::File { name, .. } => format!("附件 {name}"),
        }
    }
}

/// Refuses too many pieces, and what is too long to be a reference.
pub(super) fn check(evidence: &[Evidence]) -> Result<(), Refusal> {
    if evidence.len() > EVIDENCE_LIMIT {
        let sentence = format!("佐证最多列 {EVIDENCE_LIMIT} 条，请列最能说明问题的。");
        return Err(Refusal::input("evidence", "FLOW-05", sentence));
    }
    for piece in evidence {
        let line = piece.line();
        if line.trim().is_empty() || line.chars().count() > LINE_LIMIT {
            let sentence = format!("佐证每条写文号和标题，或网址，不超过 {LINE_LIMIT} 字。");
            return Err(Refusal::input("evidence", "FLOW-05", sentence));
        }
        if let Evidence::Link { address, .. } = piece
            && !(address.starts_with("http://") || address.starts_with("https://"))
        {
            let sentence = "网址应以 http:// 或 https:// 开头。";
            return Err(Refusal::input("evidence", "FLOW-05", sentence));
        }
    }
    Ok(())
}

impl Task {
    /// That no report is asked for: the last one had evidence, and the work is on course by it.
    pub fn on_course(&self, today: NaiveDate, leads: &Leads) -> Option<OnCourse> {
        let report = self.last_feedback.as_ref()?;
        let today = self.counting_day(today);
        let (_issued_on, limit) = (self.issued_on()?, self.details.limit?);
        if !self.is_under_way() || report.sent_back || report.evidence.is_empty() || today > limit {
            return None;
        }
        let expected = self.facts().expected(today).map(whole).map_or(0, i64::from);
        let behind = expected - i64::from(self.progress);
        (behind <= leads.behind_points.value).then_some(OnCourse {
            progress: self.progress,
            expected,
            evidence: report.evidence.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_document_with_its_number_or_an_address() {
        let cases = [
            (
                "晋交规〔2026〕12号 枢纽规划初稿",
                Some("晋交规〔2026〕12号"),
                "枢纽规划初稿",
            ),
            ("会议纪要第3号 专题会", Some("会议纪要第3号"), "专题会"),
            ("验收单一份", None, "验收单一份"),
            ("晋交规〔2026〕12号", None, "晋交规〔2026〕12号"),
        ];
        for (line, number, title) in cases {
            let document = Evidence::Document {
                number: number.map(str::to_owned),
                title: title.to_owned(),
            };
            assert_eq!(Evidence::read(line).as_ref(), Some(&document), "{line}");
            assert_eq!(document.line(), line);
        }
        let link = Evidence::read("https://oa.example/1 公示 页面").unwrap();
        assert_eq!(link.line(), "https://oa.example/1 公示 页面");
        assert_eq!(Evidence::read("  "), None);
        assert!(check(&[link]).is_ok());
        let script = Evidence::Link {
            address: "javascript:alert(1)".into(),
            title: String::new(),
        };
        assert_eq!(check(&[script]).unwrap_err().code, "evidence");
    }
}
