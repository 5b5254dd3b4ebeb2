//! A task's limits, each with how it came about (TIME-01 to TIME-08).

use chrono::{Datelike, NaiveDate};
use luoshi_domain::calendar::{Calendar, DayNature};
use luoshi_domain::limits::{Counted, Step};
use luoshi_domain::packs::{Cited, allowance, step};
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::timing::{LimitStanding, TaskLimit};

/// One limit of a task, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitView {
    pub policy: String,
    pub label: String,
    /// Until which step it runs.
    pub step: Step,
    pub step_label: &'static str,
    /// The last day, inclusive, until 24:00 in Shanghai.
    pub day: NaiveDate,
    pub standing: LimitStanding,
    /// E.g. `逾期 1 天`.
    pub standing_said: String,
    pub cited: Cited,
    /// Whether the task's own limit stands instead.
    pub overridden: bool,
    /// Years whose notice is not known; the day may still move.
    pub provisional: Vec<i32>,
    /// Start, policy with clause, skipped days and why, end.
    pub steps: Vec<String>,
}

/// Every limit of a task on the local day `today`.
pub fn of_task(task: &Task, calendar: &Calendar, today: NaiveDate) -> Vec<LimitView> {
    let limits = task.timing.iter().flat_map(|timing| &timing.limits);
    limits
        .filter_map(|limit| view(task, limit, calendar, today))
        .collect()
}

/// Where the task's own completion limit comes from, and that it may still move.
pub fn own_steps(task: &Task, calendar: &Calendar) -> Vec<String> {
    let gave = task
        .timing
        .as_deref()
        .is_some_and(|timing| timing.gave_limit);
    let Some(limit) = task.details.limit.filter(|_| !gave) else {
        return Vec::new();
    };
    let mut steps = vec![format!("事项自定完成时限 {limit}，当天 24 时止")];
    if let Some(policy) = task
        .timing
        .as_deref()
        .and_then(|timing| timing.completion())
    {
        steps.push(format!(
            "按时限制度应于 {policy} 办结；事项自定了时限，以自定的为准"
        ));
    }
    if calendar.is_provisional(limit) {
        steps.push(provisional(&[limit.year()]));
    }
    steps
}

fn view(
    task: &Task,
    limit: &TaskLimit,
    calendar: &Calendar,
    today: NaiveDate,
) -> Option<LimitView> {
    let timing = task.timing.as_deref()?;
    let (policy, entry) = timing.source(limit)?;
    let counted = task.counted(limit, calendar)?;
    let overridden = limit.to == Step::Closed && task.details.limit != Some(limit.day);
    let standing = task.standing(limit, today);
    let mut steps = vec![
        format!("{} {}，当天不计", limit.start, step(limit.from)),
        format!(
            "制度：{} {}，{}（{}{}）",
            policy.label,
            entry.label,
            allowance(entry.allowance),
            entry.cited.clause,
            if entry.cited.default {
                "，天数是默认值"
            } else {
                ""
            }
        ),
    ];
    if !policy.reference.is_empty() {
        steps.push(format!("依据：{}", policy.reference));
    }
    steps.extend(skipped_steps(&counted));
    let paused = task.paused_within(limit);
    if paused > 0 {
        steps.push(format!(
            "卡点待领导协调，暂停计时 {paused} 天不计，由 {} 顺延",
            counted.end
        ));
    }
    if limit.by_plan {
        steps.push(format!("到期前报了节点方案，以方案的 {} 为准", limit.day));
    } else if limit.day != counted.end && paused == 0 && !task.is_over() {
        steps.push("日历后来有变，重算会记入办理过程".into());
    }
    steps.push(format!("{} 24 时止", limit.day));
    if overridden && !limit.by_plan {
        let own = task.details.limit.map(|own| own.to_string());
        let own = own.unwrap_or_default();
        steps.push(format!("事项的完成时限为 {own}，以它为准"));
    }
    if !counted.provisional.is_empty() {
        steps.push(provisional(&counted.provisional));
    }
    Some(LimitView {
        policy: policy.label.clone(),
        label: entry.label.clone(),
        step: limit.to,
        step_label: step(limit.to),
        day: limit.day,
        standing,
        standing_said: said(standing),
        cited: entry.cited.clone(),
        overridden,
        provisional: counted.provisional.clone(),
        steps,
    })
}

/// The days that did not count, run by run, each with why.
pub fn skipped_steps(counted: &Counted) -> Vec<String> {
    let mut steps = Vec::new();
    let mut runs: Vec<(NaiveDate, NaiveDate, String)> = Vec::new();
    for (day, nature) in &counted.skipped {
        let why = why(nature);
        match runs.last_mut() {
            Some((_first, last, known)) if *known == why && last.succ_opt() == Some(*day) => {
                *last = *day;
            }
            _ => runs.push((*day, *day, why)),
        }
    }
    for (first, last, why) in runs {
        steps.push(if first == last {
            format!("跳过 {first}：{why}")
        } else {
            let days = (last - first).num_days() + 1;
            format!("跳过 {first} 至 {last}（{days} 天）：{why}")
        });
    }
    for (day, nature) in &counted.made_up {
        steps.push(format!("{day} 计入：{}", why(nature)));
    }
    if let Some(from) = counted.moved_from {
        steps.push(format!("{from} 是休息日，顺延到 {}", counted.end));
    }
    steps
}

fn why(nature: &DayNature) -> String {
    match nature {
        DayNature::Workday => "工作日".into(),
        DayNature::MakeUp { holiday } if holiday.is_empty() => "调休上班".into(),
        DayNature::MakeUp { holiday } => format!("{holiday}调休上班"),
        DayNature::Weekend => "周末".into(),
        DayNature::Holiday { name } if name.is_empty() => "放假".into(),
        DayNature::Holiday { name } => format!("{name}放假"),
    }
}

fn provisional(years: &[i32]) -> String {
    let years: Vec<String> = years.iter().map(i32::to_string).collect();
    let years = years.join("、");
    format!("{years} 年的放假通知尚未录入，暂按周一至周五上班计，录入后会重算")
}

fn said(standing: LimitStanding) -> String {
    match standing {
        LimitStanding::Open { left: 0 } => "今天到期".into(),
        LimitStanding::Open { left } => format!("还有 {left} 天"),
        LimitStanding::Overdue { days } => format!("逾期 {days} 天"),
        LimitStanding::Met { on } => format!("{on} 按时"),
        LimitStanding::Late { on, days } => format!("{on} 完成，晚 {days} 天"),
    }
}
