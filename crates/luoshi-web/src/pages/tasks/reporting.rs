//! What a task's lead unit reports regularly: what is next, and what was filed for each due.

use luoshi_app::tasks::TaskView;
use luoshi_domain::tasks::TaskEvent;
use luoshi_domain::tasks::reporting::{Filing, FilingStanding, Report};

use crate::pages::tasks::forms::Forms;
use crate::pages::tasks::verbs::Verb;

/// Dues that stand open; the earlier ones are folded.
const SHOWN: usize = 6;

/// The card of a task's page.
pub(super) struct ReportsCard {
    /// How often, and why.
    pub(super) said: String,
    /// What is next.
    pub(super) next: String,
    /// Whether `next` is past.
    pub(super) late: bool,
    /// Where the last report is filed again; empty where that is not possible now.
    pub(super) repeat: String,
    /// The latest first.
    pub(super) rows: Vec<ReportLine>,
    pub(super) earlier: Vec<ReportLine>,
}

/// One due and what was filed for it.
pub(super) struct ReportLine {
    pub(super) due: String,
    pub(super) filed: String,
    pub(super) text: String,
    pub(super) tone: &'static str,
    pub(super) standing: String,
}

impl ReportsCard {
    pub(super) fn of(view: &TaskView, forms: &Forms<'_>) -> Option<Self> {
        let task = &view.task;
        let reporting = task.reporting.as_deref()?;
        if task.cadence().is_none() && view.filings.is_empty() {
            return None;
        }
        let mut said = reporting.cadence.label();
        if reporting.default {
            said.push_str("（默认）");
        }
        said.push_str(match reporting.always {
            true => " · 上级交办、部署的，进度正常也要按期上报",
            false => " · 反馈即为上报；进度正常且有佐证的暂不需要填报",
        });
        let (next, late) = next(view);
        let mut rows: Vec<ReportLine> = view
            .filings
            .iter()
            .rev()
            .map(|filing| line(view, filing))
            .collect();
        let earlier = rows.split_off(rows.len().min(SHOWN));
        Some(Self {
            said,
            next,
            late,
            repeat: match forms.is_allowed(Verb::RepeatReport) {
                true => format!("/tasks/{}/repeat-report", task.id),
                false => String::new(),
            },
            rows,
            earlier,
        })
    }
}

/// What is to be reported next, in one sentence, and whether it is late.
fn next(view: &TaskView) -> (String, bool) {
    let missing = view
        .filings
        .iter()
        .filter_map(|filing| match filing.standing {
            FilingStanding::Missing { days } => Some((filing.due, days)),
            _ => None,
        });
    let missing: Vec<_> = missing.collect();
    if let Some((due, days)) = missing.first() {
        let more = match missing.len() {
            1 => String::new(),
            count => format!("，共 {count} 期没有上报"),
        };
        return (format!("应于 {due} 上报，已逾期 {days} 天{more}"), true);
    }
    let said = match view.filings.last() {
        None => "现在没有要上报的".into(),
        Some(filing) => {
            let due = filing.due;
            match filing.standing {
                FilingStanding::Open { left: 0 } => format!("今天（{due}）应上报，24 时止"),
                FilingStanding::Open { left } => format!("下次应于 {due} 前上报，还有 {left} 天"),
                FilingStanding::Still => {
                    format!("暂停计时，应报日 {due} 按暂停的天数顺延")
                }
                FilingStanding::Lifted => match view.rests_until {
                    Some(until) => format!(
                        "{due} 的一期暂不需要填报：进度正常且有佐证，照现在的进度到 {until} 都不算落后"
                    ),
                    None => format!("{due} 的一期暂不需要填报"),
                },
                FilingStanding::InTime(_) | FilingStanding::Late { .. } => {
                    match view.task.report_due(view.rules.leads.behind_points.value) {
                        Some(next) => {
                            format!("{due} 的一期已经上报，下一期应于 {next} 前上报")
                        }
                        None => format!("{due} 的一期已经上报"),
                    }
                }
                FilingStanding::Missing { .. } => String::new(),
            }
        }
    };
    (said, false)
}

fn line(view: &TaskView, filing: &Filing) -> ReportLine {
    let (tone, standing, report) = match filing.standing {
        FilingStanding::Open { left: 0 } => ("waiting", "今天到期".into(), None),
        FilingStanding::Open { left } => ("waiting", format!("还有 {left} 天"), None),
        FilingStanding::Still => ("waiting", "暂停计时".into(), None),
        FilingStanding::InTime(report) => ("done", "按时".to_owned(), Some(report)),
        FilingStanding::Late { report, days } => ("back", format!("迟报 {days} 天"), Some(report)),
        FilingStanding::Missing { days } => ("back", format!("未报，逾期 {days} 天"), None),
        FilingStanding::Lifted => ("draft", "暂不需要填报".into(), None),
    };
    let (filed, text) = match report {
        Some(report) => filed(view, &report),
        None => (String::new(), String::new()),
    };
    ReportLine {
        due: filing.due.to_string(),
        filed,
        text,
        tone,
        standing,
    }
}

/// When and by whom it was filed, and its words.
fn filed(view: &TaskView, report: &Report) -> (String, String) {
    let mut steps = view.steps.iter();
    let step = steps.find(|step| step.version == report.version);
    let by = step.map(|step| step.by.who()).unwrap_or_default();
    let text = match step.map(|step| &step.event) {
        Some(TaskEvent::FedBack { progress, text, .. }) => format!("进度 {progress}%，{text}"),
        Some(TaskEvent::ReportRepeated {
            reported_on,
            progress,
            text,
            ..
        }) => format!("照 {reported_on} 的情况上报：进度 {progress}%，{text}"),
        _ => format!("进度 {}%", report.progress),
    };
    (format!("{} {by}", report.day()), text)
}
