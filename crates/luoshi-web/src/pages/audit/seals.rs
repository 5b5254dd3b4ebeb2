//! Whether a log is as it was written, in a sentence and a few numbers.

use luoshi_app::audit::broken_said;
use luoshi_app::audit::checks::State;
use luoshi_app::tasks::sentences::moment;
use luoshi_domain::audit::{Chain, Check};
use luoshi_domain::organisation::Organisation;

use crate::pages::parts::Fact;

/// What is known of one log.
pub(super) struct Seal {
    /// `ok`, `broken` or `unknown`.
    pub(super) tone: &'static str,
    pub(super) verdict: String,
    pub(super) facts: Vec<Fact>,
}

impl Seal {
    pub(super) fn of(state: &State, organisation: &Organisation) -> Self {
        let name = match state.chain {
            Chain::Journal => "办理流水",
            Chain::Access => "访问记录",
        };
        let Some(latest) = &state.latest else {
            return Self {
                tone: "unknown",
                verdict: format!("{name}还没有校验过，每天自动校验一次，也可以点“立即校验”"),
                facts: vec![Fact::new("现有", format!("{} 条", state.head - state.cut))],
            };
        };
        let (tone, verdict) = match &latest.broken {
            Some(broken) => ("broken", broken_said(state.chain, broken)),
            None => {
                let last = latest.last.seq;
                let said = "首尾相连，没有缺失、改动或错序";
                ("ok", format!("{name}校验通过：到第 {last} 条{said}"))
            }
        };
        let mut facts = vec![
            Fact::new("最近校验", done(latest, organisation)),
            Fact::new(
                "从头校验",
                state
                    .whole
                    .as_ref()
                    .map_or_else(|| "还没有".to_owned(), |check| moment(check.at)),
            ),
        ];
        let later = state.head - latest.last.seq;
        if later > 0 && latest.broken.is_none() {
            facts.push(Fact::new("其后新增", format!("{later} 条，下次一并校验")));
        }
        if state.cut > 0 {
            let cut = format!("第 {} 条及以前，已过保存期", state.cut);
            facts.push(Fact::new("已清理", cut));
        }
        Self {
            tone,
            verdict,
            facts,
        }
    }
}

fn done(check: &Check, organisation: &Organisation) -> String {
    let by = check
        .by
        .map_or("每日自动", |by| organisation.person_name(by));
    format!("{}，{by}", moment(check.at))
}
