//! How far a plan is, and what can be done with all of it.

use luoshi_app::plans::bulk;
use luoshi_domain::plans::PlanState;

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
            finalise_action: format!("{}/finalise", self.href()),
            may_finalise: self.editable && covered.is_full(),
            why_not: self.why_not(open),
            effect: format!("定稿后立 {tasks} 件事项，进入“待批准立项”；方案和每条结论不能再改。"),
            seen: self.plan.version,
            undo: self.undo(),
            bulk: self.bulk(),
            tasks_href: action(is_final, || format!("/ledger?plan={}", self.plan.id)),
            tasks_said: format!("{tasks} 件事项"),
        }
    }

    fn keys(&self, counts: [u32; 4]) -> Vec<Key> {
        let keys = TONES.into_iter().zip(counts);
        keys.map(|((tone, label), count)| Key {
            tone,
            label,
            count,
            href: format!("{}?show={tone}", self.href()),
            current: self.shown == tone,
        })
        .collect()
    }

    fn why_not(&self, open: u32) -> String {
        if open > 0 {
            format!("还有 {open} 条待定，全部有下文后才能定稿")
        } else {
            "方案由督查办核对和定稿".into()
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
                action: format!("{}/accept-clear", self.href()),
                label: format!("采纳无疑问的 {clear} 项"),
                confirm: format!(
                    "将按读出的内容采纳 {clear} 项：责任单位、时限或频次都已读出，\
                     没有需要核实之处。每一项都可以单独撤回。"
                ),
            });
        }
        if bare > 1 {
            acts.push(BulkAct {
                action: format!("{}/dismiss-bare", self.href()),
                label: format!("其余 {bare} 处原则性内容记为无需落实"),
                confirm: format!(
                    "将把 {bare} 处没有读出事项或只有原则性表述的内容记为“无需落实”。\
                     每一条都可以单独撤回。"
                ),
            });
        }
        acts
    }
}
