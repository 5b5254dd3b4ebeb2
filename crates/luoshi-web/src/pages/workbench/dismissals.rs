//! The form that says that nothing follows from a clause.

use serde::Deserialize;

use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::forms::{FoldForm, REASON_LIMIT, fault};

/// Why nothing follows from a clause, as most offices put it.
const DISMISSALS: [&str; 4] = ["原则性表述", "背景说明", "已在其他条款", "另行部署"];

/// The choice that asks for words.
const OTHER: &str = "其他";

/// 本条无需落实, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Dismiss {
    reason: String,
    other: String,
}

impl Dismiss {
    /// The reason, or what is missing.
    pub(super) fn reason(&self) -> Result<String, Vec<Fault>> {
        if DISMISSALS.contains(&self.reason.as_str()) {
            let words = self.other.trim();
            return Ok(match words {
                "" => self.reason.clone(),
                words => format!("{}：{words}", self.reason),
            });
        }
        let (field, missing) = if self.reason == OTHER {
            ("other", "选了“其他”，请写明理由。")
        } else {
            ("reason", "请选择理由。")
        };
        let words = self.other.trim();
        if self.reason == OTHER && !words.is_empty() {
            return Ok(words.to_owned());
        }
        Err(vec![fault(field, missing)])
    }

    pub(super) fn form(&self, bench: &Bench<'_>, clause: u32) -> FoldForm {
        let id = format!("dismiss-{clause}");
        let current = if self.reason.is_empty() {
            DISMISSALS[0]
        } else {
            &self.reason
        };
        let reasons = DISMISSALS.iter().chain(std::iter::once(&OTHER));
        let choices = reasons.map(|reason| Choice::new(*reason, *reason, current));
        let mut other = Field::text("other", "说明", &self.other).hint("选“其他”时必填");
        other.max = REASON_LIMIT;
        let fields = vec![
            Field::radio("reason", "理由", choices.collect()).required(),
            other,
        ];
        let mut proposals = bench.plan.proposals.iter();
        let is_bare = !proposals.any(|known| known.clause == clause);
        FoldForm {
            key: "dismiss",
            action: format!("{}/clauses/{clause}/dismiss", bench.href()),
            fields: fields.into_iter().map(|field| field.of_form(&id)).collect(),
            id,
            submit: "记为无需落实",
            note: if is_bare {
                String::new()
            } else {
                "本条里待定的事项一并记为不采纳；可以撤回。".into()
            },
            ..FoldForm::default()
        }
    }
}
