//! How far a plan is, and what can be done with all of it.

use luoshi_app::plans::bulk;
use luoshi_domain::plans::{Decision, Outcome, PlanState};

use crate::pages::workbench::bench::{Bench, action};
use crate::pages::workbench::views::{BulkAct, Coverage, Key};

/// Tones of clauses that need an outcome, with their words.
pub(super) const TONES: [(&str, &str); 4] = [
    ("task", "已采纳"),
    ("merged", "已合并"),
    ("none", "无需落实"),
    ("open", "待定"),
];

impl Bench<'_> {
    pub(super) fn coverage(&self) -> Coverage {
        let mut counts = [0u32; 4];
        for n in 0..self.outcomes.len() {
            let tone = self.tone(n);
            for (count, (known, _)) in counts.iter_mut().zip(TONES) {
                *count += u32::from(known == tone);
            }
        }
        let [task, merged, none, open] = counts;
        let covered = self.plan.coverage();
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(covered.total.max(1));
        let tasks = self.plan.tasks_to_open().len();
        let is_final = self.plan.state == PlanState::Final;
        Coverage {
            total: covered.total,
            decided: covered.settled,
            percent: covered.percent(),
            keys: self.keys(counts),
            all_href: self.href(),
            task_width: share(task),
            merged_at: share(task),
            merged_width: share(merged),
            none_at: share(task + merged),
            none_width: share(none),
            finalise_href: format!("{}/finalise", self.href()),
            may_finalise: self.editable && covered.is_full(),
            why_not: self.why_not(open),
            first_open: self.first_open(),
            announced: String::new(),
            undo: self.undo(),
            bulk: self.bulk(),
            reread: self.reread_action(),
            tasks_href: action(is_final, || format!("/ledger?plan={}", self.plan.id)),
            tasks_said: format!("{tasks} 件事项"),
        }
    }

    /// The same with what was just done, for who cannot see it.
    pub(super) fn announcing(&self) -> Coverage {
        let coverage = self.coverage();
        let done = match self.plan.acts.last() {
            Some(act) if !act.undone => self.said_of(act),
            _ => String::new(),
        };
        let left = match self.plan.coverage().is_full() {
            true => "每一条都有下文了，可以定稿".to_owned(),
            false => coverage.why_not.clone(),
        };
        Coverage {
            announced: format!(
                "已办：{done}。已核对 {} / {} 条，{left}",
                coverage.decided, coverage.total
            ),
            ..coverage
        }
    }

    fn keys(&self, counts: [u32; 4]) -> Vec<Key> {
        let keys = TONES.into_iter().zip(counts);
        keys.map(|((tone, label), count)| Key {
            tone,
            label,
            count,
            href: format!("{}?show={tone}", self.href()),
            current: self.filter.show == tone,
        })
        .collect()
    }

    fn why_not(&self, open: u32) -> String {
        if open > 0 {
            format!("还有 {open} 条待定")
        } else {
            "方案由督查办核对和定稿".into()
        }
    }

    /// Where the first thing that waits is, on this page when it is listed.
    fn first_open(&self) -> String {
        let Some(n) = self
            .outcomes
            .iter()
            .position(|outcome| *outcome == Outcome::Open)
        else {
            return String::new();
        };
        let mut proposals = self.proposals_of(n);
        let first = proposals.find(|known| known.decision == Decision::Open);
        let listed = match first {
            Some(first) => self.admits(&self.filter, first),
            None => self.admits_bare(&self.filter, n),
        };
        let page = if listed && self.admits_tone(n) {
            String::new()
        } else {
            self.href()
        };
        match first {
            Some(first) => format!("{page}#proposal-{}", first.id),
            None => format!("{page}#group-{n}"),
        }
    }

    fn bulk(&self) -> Vec<BulkAct> {
        if !self.editable {
            return Vec::new();
        }
        let clear = bulk::acceptances(self.plan).len();
        let bare = bulk::dismissals(self.plan).len();
        let mut acts = Vec::new();
        if clear > 1 {
            acts.push(BulkAct {
                href: format!("{}/bulk/clear", self.href()),
                label: format!("采纳无疑问的 {clear} 项…"),
            });
        }
        if bare > 1 {
            acts.push(BulkAct {
                href: format!("{}/bulk/bare", self.href()),
                label: format!("其余 {bare} 处原则性内容记为无需落实…"),
            });
        }
        acts
    }
}
