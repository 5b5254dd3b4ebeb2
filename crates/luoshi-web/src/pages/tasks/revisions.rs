//! What changed of an issued task's target and limit, version by version (LEDGER-04).

use luoshi_app::tasks::TaskView;
use luoshi_domain::calendar::local_day;
use luoshi_domain::tasks::Approval;

use crate::pages::tasks::forms::Forms;

/// One version.
pub(super) struct Version {
    pub(super) number: usize,
    pub(super) current: bool,
    pub(super) target: String,
    pub(super) limit: String,
    /// Why and by whom it came about.
    pub(super) why: String,
}

/// Every version, the current one first; none while nothing changed.
pub(super) fn versions(view: &TaskView) -> Vec<Version> {
    let task = &view.task;
    if task.revisions.is_empty() {
        return Vec::new();
    }
    let name = |person| view.organisation.person_name(person);
    let all = task.versions();
    let last = all.len();
    let versions = all.into_iter().enumerate().map(|(at, known)| {
        let made = at.checked_sub(1).and_then(|at| task.revisions.get(at));
        Version {
            number: at + 1,
            current: at + 1 == last,
            target: known.target,
            limit: known
                .limit
                .map_or_else(|| "未定".into(), |day| day.to_string()),
            why: match made {
                None => "下达时".into(),
                Some(revision) => format!(
                    "{}（{}提出，{} {}批准）",
                    revision.reason,
                    name(revision.asked_by),
                    local_day(revision.approved_at),
                    name(revision.approved_by)
                ),
            },
        }
    });
    let mut versions: Vec<Version> = versions.collect();
    versions.reverse();
    versions
}

impl Forms<'_> {
    /// The change that was asked for, before and after.
    pub(super) fn change(&self) -> String {
        let task = &self.view.task;
        let Some(Approval::Change {
            by, reason, change, ..
        }) = &task.approval
        else {
            return String::new();
        };
        let mut said = format!("{}申请变更，", self.view.organisation.person_name(*by));
        if let Some(target) = &change.target {
            said.push_str(&format!(
                "目标要求由“{}”改为“{target}”；",
                task.details.target
            ));
        }
        if let Some(limit) = change.limit {
            let before = task.details.limit.map(|day| day.to_string());
            let before = before.unwrap_or_else(|| "未定".into());
            said.push_str(&format!("完成时限由 {before} 改为 {limit}；"));
        }
        said.push_str(&format!("理由：{reason}"));
        said
    }
}
