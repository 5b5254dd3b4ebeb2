//! What an event says to a person: one headline, and the words that were entered.

pub mod attachments;
mod blockers;
mod reporting;
pub mod supervision;

use chrono::{DateTime, Utc};
use luoshi_domain::appeals::AppealResult;
use luoshi_domain::calendar::local_time;
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::packs::step;
use luoshi_domain::tasks::evidence::Evidence;
use luoshi_domain::tasks::timing::{LimitCause, MovedLimit};
use luoshi_domain::tasks::{Channel, Course, Grade, ReturnStage, TaskEvent};

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub headline: String,
    /// Label and text of what was entered.
    pub particulars: Vec<(&'static str, String)>,
}

/// The event in words.
pub fn event(event: &TaskEvent, organisation: &Organisation) -> Sentence {
    match event {
        TaskEvent::Opened { origin, .. } => {
            Sentence::new("起草立项").with("来源", &origin.document)
        }
        TaskEvent::Amended { .. } => Sentence::new("修改立项内容"),
        TaskEvent::Approved { text } => Sentence::new("批准立项").with("批示", text),
        TaskEvent::Issued { number, channel } => {
            let channel = match channel {
                Channel::System => "系统下达",
                Channel::Paper => "书面下达",
            };
            Sentence::new(&format!("下达立项通知 {number}")).with("方式", channel)
        }
        TaskEvent::SignedFor { assignee } => {
            let assignee = assignee.map(|person| organisation.person_name(person));
            Sentence::new("签收").with("承办人", assignee.unwrap_or_default())
        }
        TaskEvent::Received { unit } => {
            Sentence::new(&format!("{}签收", organisation.unit_name(*unit)))
        }
        TaskEvent::FedBack {
            course,
            progress,
            text,
            difficulties,
            suggestions,
            figures,
            evidence,
            ..
        } => {
            let course = match course {
                Course::Smooth => "进展顺利",
                Course::Unsmooth => "需要协调",
            };
            Sentence::new(&format!("反馈进展：{course}，进度 {progress}%"))
                .with("已办", text)
                .with("未办", difficulties)
                .with("需协调", suggestions)
                .with("关键数据", figures)
                .with("佐证", &lines(evidence))
        }
        TaskEvent::CoUnitReported { unit, text, done } => {
            let done = if *done { "已完成" } else { "进行中" };
            let unit = organisation.unit_name(*unit);
            Sentence::new(&format!("{unit}反馈协办情况：{done}")).with("协办情况", text)
        }
        TaskEvent::Remarked { unit, text } => {
            let unit = organisation.unit_name(*unit);
            Sentence::new(&format!("反映{unit}配合不力")).with("情况", text)
        }
        TaskEvent::ExtensionRequested { reason, proposed } => {
            Sentence::new(&format!("申请延期至 {proposed}")).with("理由", reason)
        }
        TaskEvent::ExtensionDecided {
            granted: Some(limit),
            text,
        } => Sentence::new(&format!("同意延期至 {limit}")).with("要求", text),
        TaskEvent::ExtensionDecided {
            granted: None,
            text,
        } => Sentence::new("不同意延期，按原时限办结").with("理由", text),
        TaskEvent::Urged { text, respond_by } => {
            Sentence::new(&format!("催办，请于 {respond_by} 前答复")).with("内容", text)
        }
        TaskEvent::ClosingApplied { summary, evidence } => Sentence::new("申请办结")
            .with("完成情况", summary)
            .with("佐证材料", evidence),
        TaskEvent::Reviewed {
            grade: given,
            opinion,
        } => Sentence::new(&format!("初审：{}", grade(*given))).with("意见", opinion),
        TaskEvent::Endorsed { opinion } => {
            Sentence::new("分管领导审定同意，报主要领导").with("意见", opinion)
        }
        TaskEvent::Closed {
            grade: given,
            opinion,
        } => Sentence::new(&format!("审定办结：{}", grade(*given))).with("意见", opinion),
        TaskEvent::SentBack { stage, reason } => {
            let what = match stage {
                ReturnStage::Opening => "退回立项",
                ReturnStage::Assignment => "退回交办",
                ReturnStage::Feedback => "退回反馈",
                ReturnStage::Closing => "不予办结，继续督办",
            };
            Sentence::new(what).with("理由", reason)
        }
        TaskEvent::SourceAdded { origin } => Sentence::new(&format!(
            "补充来源：《{}》{}",
            origin.document.trim_matches(['《', '》']),
            origin.clause_path
        ))
        .with("原文", &origin.quote),
        TaskEvent::UnitSucceeded { unit, into } => Sentence::new(&format!(
            "{}的职责转入{}",
            organisation.unit_name(*unit),
            organisation.unit_name(*into)
        )),
        TaskEvent::HandedOver { from, to } => Sentence::new(&format!(
            "{}交接给{}",
            organisation.person_name(*from),
            organisation.person_name(*to)
        )),
        TaskEvent::Rerouted { deputy } => Sentence::new(&format!(
            "按现行分工由{}分管",
            organisation.person_name(*deputy)
        )),
        TaskEvent::Tagged { on, off } => {
            let mut parts = Vec::new();
            if !on.is_empty() {
                parts.push(format!("加上标签 {}", on.join("、")));
            }
            if !off.is_empty() {
                parts.push(format!("取下标签 {}", off.join("、")));
            }
            Sentence::new(&parts.join("，"))
        }
        TaskEvent::Marked { mark, reason } => {
            Sentence::new(&format!("密级标注：{}", mark_said(*mark))).with("依据", reason)
        }
        TaskEvent::Cancelled { reason } => Sentence::new("撤销事项").with("理由", reason),
        TaskEvent::PoliciesApplied { policies } if policies.is_empty() => {
            Sentence::new("不再适用时限制度")
        }
        TaskEvent::PoliciesApplied { policies } => {
            let labels: Vec<&str> = policies.iter().map(|known| known.label.as_str()).collect();
            Sentence::new(&format!("适用时限制度：{}", labels.join("、")))
        }
        TaskEvent::Deployed { text, until: None } => Sentence::new("报部署方案").with("安排", text),
        TaskEvent::Deployed {
            text,
            until: Some(until),
        } => Sentence::new(&format!("报节点方案，最后节点 {until}")).with("安排", text),
        TaskEvent::LimitsCounted { cause, moved, .. } => counted(cause, moved),
        TaskEvent::Instructed { .. }
        | TaskEvent::EscalationRequested { .. }
        | TaskEvent::ChangeRequested { .. }
        | TaskEvent::ChangeDecided { .. }
        | TaskEvent::EscalationDecided { .. }
        | TaskEvent::NoticeIssued { .. }
        | TaskEvent::NoticeAcknowledged { .. } => supervision::event(event, organisation),
        TaskEvent::Appealed { said, .. } => Sentence::new(&format!("就“{said}”提出申诉")),
        TaskEvent::AppealEnded {
            said, result, text, ..
        } if *result == AppealResult::Withdrawn => {
            Sentence::new(&format!("撤回对“{said}”的申诉")).with("理由", text)
        }
        TaskEvent::AppealEnded {
            said,
            result,
            grade: given,
            text,
            ..
        } => {
            let instead = given.map(|given| format!("，改为{}", grade(given)));
            let instead = instead.unwrap_or_default();
            let headline = format!("复核“{said}”：{}{instead}", result.label());
            Sentence::new(&headline).with("理由", text)
        }
        TaskEvent::Absorbed {
            number,
            title,
            sources,
            co_units,
            reason,
            ..
        } => {
            let came = co_units.iter().map(|co| {
                let unit = organisation.unit_name(co.unit);
                format!("{unit}（{}）", co.duty)
            });
            let sources = sources.iter().map(|origin| {
                let document = origin.document.trim_matches(['《', '》']);
                format!("《{document}》{}", origin.clause_path)
            });
            let sources: Vec<String> = sources.collect();
            Sentence::new(&format!("{number}“{title}”并入本事项"))
                .with("理由", reason)
                .with("增加来源", &sources.join("；"))
                .with("增加协办", &came.collect::<Vec<_>>().join("；"))
        }
        TaskEvent::MergedInto {
            number,
            title,
            reason,
            ..
        } => Sentence::new(&format!("并入{number}“{title}”，本事项结束")).with("理由", reason),
        TaskEvent::Linked { parent: Some(_) } => Sentence::new("挂到上级事项下"),
        TaskEvent::Linked { parent: None } => Sentence::new("移出上级事项"),
        TaskEvent::RolledUp { progress, roll_up } => {
            let headline = format!("下级事项汇总：进度 {progress}%");
            let (children, closed) = (roll_up.children, roll_up.closed);
            let said = format!("{children} 件，办结 {closed} 件");
            Sentence::new(&headline).with("下级事项", &said)
        }
        TaskEvent::BlockerRaised { .. }
        | TaskEvent::BlockerPassedOn { .. }
        | TaskEvent::BlockerSettled { .. }
        | TaskEvent::Resumed { .. } => blockers::event(event, organisation),
        TaskEvent::CadenceSet { .. }
        | TaskEvent::ReportsLifted { .. }
        | TaskEvent::ReportRepeated { .. } => reporting::event(event),
        TaskEvent::TrajectorySet { trajectory, reason } => {
            let said = match trajectory.milestones.len() {
                0 => format!("编排序时进度：{}", trajectory.shape.label()),
                count => format!("编排序时进度：{count} 个节点"),
            };
            Sentence::new(&said).with("理由", reason)
        }
        TaskEvent::MilestoneMarked {
            name, done: true, ..
        } => Sentence::new(&format!("节点“{name}”完成")),
        TaskEvent::MilestoneMarked { name, .. } => Sentence::new(&format!("“{name}”启动")),
        TaskEvent::FileAdded { .. } | TaskEvent::FileRemoved { .. } => attachments::event(event),
    }
}

/// Pieces of evidence in one line.
pub fn lines(evidence: &[Evidence]) -> String {
    let lines: Vec<String> = evidence.iter().map(Evidence::line).collect();
    lines.join("；")
}

/// What counting the limits set or moved.
fn counted(cause: &LimitCause, moved: &[MovedLimit]) -> Sentence {
    let mut sentence = match cause {
        LimitCause::Calendar { year } => Sentence::new(&format!("按 {year} 年放假通知重算时限")),
        LimitCause::Pause { since, until } => {
            Sentence::new(&format!("{since} 至 {until} 暂停计时，按制度的时限顺延"))
        }
        LimitCause::Step if moved.is_empty() => Sentence::new("时限随环节取消"),
        LimitCause::Step => Sentence::new("起算时限"),
    };
    for limit in moved {
        let to = step(limit.to);
        let day = match limit.before {
            Some(before) => format!("{before} 改为 {}", limit.after),
            None => limit.after.to_string(),
        };
        sentence = sentence.with(to, &format!("{day}（{}；{}）", limit.label, limit.why));
    }
    sentence
}

/// The grade's name.
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Good => "落实好",
        Grade::FairlyGood => "落实较好",
        Grade::Basic => "基本落实",
        Grade::Weak => "落实不力",
        Grade::Poor => "落实较差",
    }
}

/// An instant as local time to the minute.
pub fn moment(at: DateTime<Utc>) -> String {
    local_time(at).format("%Y-%m-%d %H:%M").to_string()
}

/// An instant as local time to the second.
pub fn moment_exact(at: DateTime<Utc>) -> String {
    local_time(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

impl Sentence {
    fn new(headline: &str) -> Self {
        Self {
            headline: headline.to_owned(),
            particulars: Vec::new(),
        }
    }

    /// Adds what was entered under a label; nothing when nothing was.
    fn with(mut self, label: &'static str, text: &str) -> Self {
        if !text.is_empty() {
            self.particulars.push((label, text.to_owned()));
        }
        self
    }
}

/// How far something may be known, in words (SYS-05).
pub fn mark_said(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "无标注",
        Mark::Internal => "内部",
        Mark::WorkSecret => "工作秘密",
    }
}
