//! Mandates (代填授权): somebody lets somebody else type for them, for a time.
//!
//! What is typed under a mandate is the giver's, and every record names the hand that typed it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bodies::TEXT_LIMIT;
use crate::context::Context;
use crate::ids::{MandateId, PersonId};
use crate::journal::Signed;
use crate::refusals::Refusal;
use crate::registers::Registered;

/// Longest mandate, in days.
const DAYS_LIMIT: i64 = 366;

/// A mandate as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    pub id: MandateId,
    pub version: i64,
    /// Whose matters they are.
    pub giver: PersonId,
    pub details: MandateDetails,
    /// The last day on which it held, where it was taken back.
    pub ended: Option<NaiveDate>,
}

/// Who may type, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateDetails {
    pub agent: PersonId,
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    pub reason: String,
}

/// What happened to a mandate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateEvent {
    Given(MandateDetails),
    /// By the giver, or by the agent who does not want it any more.
    Ended {
        day: NaiveDate,
    },
}

impl Mandate {
    /// The event that gives the actor's mandate, or why it may not be given. `others` are those in
    /// force.
    pub fn give(
        mut details: MandateDetails,
        others: &[Self],
        ctx: &Context<'_>,
    ) -> Result<MandateEvent, Refusal> {
        let input = |code, sentence: String| Err(Refusal::input(code, "SYS-03", sentence));
        let (today, giver) = (ctx.today(), ctx.actor.person);
        if details.agent == giver {
            return input("agent", "不用授权给自己。".into());
        }
        let Some(agent) = ctx.organisation.person(details.agent) else {
            return input("agent", "请从名单中选择代填人。".into());
        };
        let mut posts = ctx.organisation.posts_of(agent.id).peekable();
        if posts.peek().is_none() {
            return input("agent", format!("{}现在没有任职，不能代填。", agent.name));
        }
        if posts.any(|post| post.role.administers()) {
            return input("agent", format!("{}是管理员，不办理业务。", agent.name));
        }
        if details.from < today || details.until < details.from {
            return input(
                "until",
                "授权从今天或以后开始，截止日不能早于开始日。".into(),
            );
        }
        if (details.until - details.from).num_days() >= DAYS_LIMIT {
            return input("until", "一次授权不超过一年。".into());
        }
        details.reason = details.reason.trim().to_owned();
        if details.reason.is_empty() || details.reason.chars().count() > TEXT_LIMIT {
            return input(
                "reason",
                format!("请写明为什么由人代填，不超过 {TEXT_LIMIT} 字。"),
            );
        }
        let overlaps = |known: &&Self| {
            known.giver == giver
                && known.details.agent == details.agent
                && known.details.from <= details.until
                && details.from <= known.last()
        };
        if let Some(known) = others.iter().find(overlaps) {
            let sentence = format!(
                "已授权{}代填至 {}，要改请先收回。",
                agent.name, known.details.until
            );
            return input("agent", sentence);
        }
        Ok(MandateEvent::Given(details))
    }

    /// What ending it on `today` does, or why it cannot be ended by the actor.
    pub fn end(&self, ctx: &Context<'_>) -> Result<MandateEvent, Refusal> {
        let person = ctx.actor.person;
        if person != self.giver && person != self.details.agent {
            let sentence = "授权由授权人收回，或由代填人辞去。";
            return Err(Refusal::authority("not_party", "SYS-03", sentence));
        }
        if !self.is_open() {
            let sentence = "这项授权已经结束。";
            return Err(Refusal::state("mandate_ended", "SYS-03", sentence));
        }
        Ok(MandateEvent::Ended { day: ctx.today() })
    }

    /// Whether the agent may type on a day. A mandate that is taken back holds no more at once.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.ended.is_none() && self.details.from <= day && day <= self.details.until
    }

    fn last(&self) -> NaiveDate {
        self.ended.unwrap_or(self.details.until)
    }
}

impl Registered for Mandate {
    type Event = MandateEvent;

    const STREAM: &'static str = "mandate";

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn day(&self) -> NaiveDate {
        self.details.until
    }

    fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    fn begun(id: Uuid, event: &MandateEvent, by: &Signed) -> Option<Self> {
        match event {
            MandateEvent::Given(details) => Some(Self {
                id: MandateId(id),
                version: 1,
                giver: by.person,
                details: details.clone(),
                ended: None,
            }),
            MandateEvent::Ended { .. } => None,
        }
    }

    fn apply(&mut self, event: &MandateEvent, _by: &Signed) {
        self.version += 1;
        match event {
            MandateEvent::Given(details) => self.details = details.clone(),
            MandateEvent::Ended { day } => self.ended = Some(*day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Desk, person};

    fn details(agent: u128, from: &str, until: &str) -> MandateDetails {
        MandateDetails {
            agent: person(agent),
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            reason: "外出学习".into(),
        }
    }

    #[test]
    fn sys_03_a_mandate_has_a_term_a_reason_and_another_person() {
        let desk = Desk::with_units(3);
        let ctx = desk.office("2026-03-02T02:00:00Z");
        let code = |details| {
            Mandate::give(details, &[], &ctx)
                .map(|_event| ())
                .map_err(|refusal| refusal.code)
        };
        assert_eq!(code(details(2, "2026-03-02", "2026-03-10")), Ok(()));
        assert_eq!(code(details(2, "2026-03-01", "2026-03-10")), Err("until"));
        assert_eq!(code(details(2, "2026-03-05", "2026-03-04")), Err("until"));
        assert_eq!(code(details(2, "2026-03-05", "2027-03-06")), Err("until"));
        assert_eq!(code(details(99, "2026-03-02", "2026-03-10")), Err("agent"));
        let own = MandateDetails {
            agent: ctx.actor.person,
            ..details(2, "2026-03-02", "2026-03-10")
        };
        assert_eq!(code(own), Err("agent"));
        let silent = MandateDetails {
            reason: " ".into(),
            ..details(2, "2026-03-02", "2026-03-10")
        };
        assert_eq!(code(silent), Err("reason"));
    }

    #[test]
    fn sys_03_a_mandate_holds_from_its_first_day_to_its_last_and_not_once_taken_back() {
        let desk = Desk::with_units(3);
        let ctx = desk.office("2026-03-02T02:00:00Z");
        let event = Mandate::give(details(2, "2026-03-03", "2026-03-05"), &[], &ctx).unwrap();
        let mut mandate = Mandate::begun(Uuid::from_u128(1), &event, &ctx.signed()).unwrap();
        let holds = |mandate: &Mandate, day: &str| mandate.holds(day.parse().unwrap());
        let days = ["2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06"];
        assert_eq!(
            days.map(|day| holds(&mandate, day)),
            [false, true, true, false]
        );
        let again = Mandate::give(
            details(2, "2026-03-05", "2026-03-09"),
            std::slice::from_ref(&mandate),
            &ctx,
        );
        assert_eq!(again.unwrap_err().code, "agent");
        let other = desk.actor(person(3));
        let foreign = desk.context(&other, "2026-03-03T02:00:00Z");
        assert_eq!(mandate.end(&foreign).unwrap_err().code, "not_party");
        let agent = desk.actor(person(2));
        let event = mandate
            .end(&desk.context(&agent, "2026-03-03T02:00:00Z"))
            .unwrap();
        mandate.apply(&event, &ctx.signed());
        assert!(!holds(&mandate, "2026-03-03"));
        assert_eq!(mandate.end(&ctx).unwrap_err().code, "mandate_ended");
    }
}
