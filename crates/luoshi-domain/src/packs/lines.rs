//! A pack as a flat list of entries: to be shown, and compared with another.

use std::collections::BTreeMap;

use crate::limits::{Allowance, Basis, LimitPolicy, Step};
use crate::lists::{ColumnPart, ListColumn, ListSource, ListTemplate, RowsSource, SheetSource};
use crate::packs::{Cited, Pack};
use crate::tasks::Level;

/// One entry of a pack in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The section's name.
    pub section: &'static str,
    /// Unique in the section.
    pub key: String,
    pub label: String,
    pub text: String,
    pub cited: Cited,
}

/// What differs between two packs in one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The section's name.
    pub section: &'static str,
    pub label: String,
    /// `None` where the entry is new.
    pub before: Option<String>,
    /// `None` where the entry is gone.
    pub after: Option<String>,
}

impl Line {
    fn said(&self) -> String {
        let mut said = self.label.clone();
        if !self.text.is_empty() {
            said.push('：');
            said.push_str(&self.text);
        }
        said.push_str(&format!("（{}）", self.cited.clause));
        if self.cited.default {
            said.push_str("（默认）");
        }
        said
    }
}

impl Pack {
    /// Every entry in words, in the order of the file.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut add = |section, key: &str, label: &str, text: String, cited: &Cited| {
            lines.push(Line {
                section,
                key: key.to_owned(),
                label: label.to_owned(),
                text,
                cited: cited.clone(),
            });
        };
        for word in &self.origins {
            add(
                "来源类别",
                &word.key,
                &word.label,
                String::new(),
                &word.cited,
            );
        }
        for word in &self.grades {
            add(
                "评价等级",
                &word.key,
                &word.label,
                String::new(),
                &word.cited,
            );
        }
        for role in &self.roles {
            let text = joined(&[("由", &role.holder), ("职责：", &role.duty)]);
            add("职责角色", &role.key, &role.label, text, &role.cited);
        }
        for body in &self.bodies {
            let count = match (body.count, body.each_unit) {
                (_, true) => "每个单位一个".to_owned(),
                (1, false) => String::new(),
                (count, false) => format!("{count} 个"),
            };
            let text = joined(&[
                ("", &count),
                ("组长：", &body.head),
                ("副组长：", &body.deputies),
                ("成员：", &body.members),
                ("办公室：", &body.office),
                ("职责：", &body.duty),
            ]);
            add("组织机构", &body.key, &body.label, text, &body.cited);
        }
        for tier in &self.tiers {
            let text = tier.requirements.join("、");
            add("分层要求", &tier.key, &tier.label, text, &tier.cited);
        }
        for part in &self.responsibilities {
            let label = format!("{} · {}", part.field, part.holder);
            add(
                "责任矩阵",
                &part.key,
                &label,
                part.bears.clone(),
                &part.cited,
            );
        }
        for policy in &self.policies {
            let text = policy_text(policy);
            add("时限制度", &policy.key, &policy.label, text, &policy.cited);
            for entry in &policy.entries {
                let key = format!("{}/{}", policy.key, entry.key);
                let stretches: Vec<String> = entry
                    .stretches
                    .iter()
                    .map(|stretch| format!("{}→{}", step(stretch.from), step(stretch.to)))
                    .collect();
                let mut text = stretches.join("、");
                if !text.is_empty() {
                    text.push('：');
                }
                text.push_str(&allowance(entry.allowance));
                match entry.matter {
                    Some(Level::Ordinary) => text.push_str("；一般事项"),
                    Some(Level::Major) => text.push_str("；重点事项"),
                    None => {}
                }
                if entry.by_plan {
                    text.push_str("；到期前报了节点方案的，以方案为准");
                }
                if entry.warn_days > 0 {
                    text.push_str(&format!("；提前 {} 天提醒", entry.warn_days));
                }
                add("时限", &key, &entry.label, text, &entry.cited);
            }
        }
        for lead in &self.leads {
            let value = lead.value.to_string();
            add("提醒", lead.key.key(), lead.key.label(), value, &lead.cited);
        }
        for wanted in &self.cadences {
            let days = wanted.days.map(|days| format!("每 {days} 天上报一次"));
            let days = days.unwrap_or_else(|| "按期上报，间隔逐项定".into());
            let mut origins = self.origins.iter();
            let origin = origins.find(|origin| origin.key == wanted.key);
            let label = origin.map_or(&wanted.key, |origin| &origin.label);
            add("上报", &wanted.key, label, days, &wanted.cited);
        }
        for roster in &self.rosters {
            let due = roster.due.map(|(month, day)| format!("{month}月{day}日前"));
            let due = due.unwrap_or_default();
            add("名册", &roster.key, &roster.label, due, &roster.cited);
            for need in &roster.needs {
                let key = format!("{}/{}", roster.key, need.key);
                let text = match need.max {
                    Some(max) if max == need.min => format!("{max} 个"),
                    Some(max) => format!("{} 至 {max} 个", need.min),
                    None => format!("不少于 {} 个", need.min),
                };
                add("名册", &key, &need.label, text, &need.cited);
            }
        }
        for sheet in &self.sheets {
            let text = "本机制包来源的事项要填".to_owned();
            let key = sheet.kind.key();
            add("清单和矩阵", key, &sheet.label, text, &sheet.cited);
        }
        for list in &self.lists {
            let text = list_text(list);
            add("清单台账", &list.key, &list.label, text, &list.cited);
        }
        for campaign in &self.campaigns {
            let (key, label) = (&campaign.key, &campaign.label);
            add("专项活动", key, label, campaign.said(), &campaign.cited);
            for phase in &campaign.phases {
                let key = format!("{key}/{}", phase.key);
                add("专项活动", &key, &phase.label, phase.said(), &phase.cited);
            }
        }
        let words = [
            ("领导亲自抓", &self.acts),
            ("培训形式", &self.training_forms),
            ("培训内容", &self.training_subjects),
        ];
        for (section, words) in words {
            for word in words {
                add(section, &word.key, &word.label, String::new(), &word.cited);
            }
        }
        lines
    }
}

/// What differs from `before` to `after`, in the order of the later file.
pub fn difference(before: &Pack, after: &Pack) -> Vec<Difference> {
    let known = before.lines();
    let mut left: BTreeMap<_, _> = known
        .iter()
        .map(|line| ((line.section, line.key.as_str()), line))
        .collect();
    let mut found = Vec::new();
    if before.title != after.title {
        found.push(Difference {
            section: "机制包",
            label: "名称".into(),
            before: Some(before.title.clone()),
            after: Some(after.title.clone()),
        });
    }
    let lines = after.lines();
    for line in &lines {
        let old = left.remove(&(line.section, line.key.as_str()));
        if old == Some(line) {
            continue;
        }
        let change = Difference {
            section: line.section,
            label: line.label.clone(),
            before: old.map(Line::said),
            after: Some(line.said()),
        };
        // What a line does not say makes no difference to anybody.
        if change.before != change.after || old.is_none() {
            found.push(change);
        }
    }
    let gone = known
        .iter()
        .filter(|line| left.contains_key(&(line.section, line.key.as_str())));
    found.extend(gone.map(|line| Difference {
        section: line.section,
        label: line.label.clone(),
        before: Some(line.said()),
        after: None,
    }));
    found
}

/// A step's name.
pub fn step(step: Step) -> &'static str {
    match step {
        Step::Decided => "批准立项",
        Step::Issued => "下达通知",
        Step::Received => "签收",
        Step::Deployed => "报部署方案",
        Step::FirstFeedback => "首次反馈",
        Step::Closed => "办结",
    }
}

/// An allowance in words.
pub fn allowance(allowance: Allowance) -> String {
    use crate::limits::Span;
    match allowance {
        Allowance::ZeroOpen => "全部销号，未办结数为 0".into(),
        Allowance::Within {
            span,
            basis,
            may_end_off,
        } => {
            let span = match (span, basis) {
                (Span::Days(0), _) => "当日".to_owned(),
                (Span::Days(days), Basis::Natural) => format!("{days} 日内"),
                (Span::Days(days), Basis::Working) => format!("{days} 个工作日内"),
                (Span::Months(months), _) => format!("{months} 个月内"),
            };
            match (basis, may_end_off) {
                (Basis::Natural, false) => format!("{span}（自然日，逢休息日顺延）"),
                (Basis::Natural, true) => format!("{span}（自然日）"),
                (Basis::Working, _) => span,
            }
        }
    }
}

fn policy_text(policy: &LimitPolicy) -> String {
    let scope = if policy.by_origin {
        "本机制包来源的事项默认适用"
    } else {
        "选用时适用"
    };
    joined(&[("", scope), ("依据：", &policy.reference)])
}

/// A list in words: what changes anything for anybody is in them.
fn list_text(list: &ListTemplate) -> String {
    let source = match &list.source {
        ListSource::Ledger { filter, columns } => {
            let narrowed = filter
                .iter()
                .map(|(key, value)| format!("{}={value}", key.key()));
            let narrowed: Vec<String> = narrowed.collect();
            let said = format!("台账中的事项 {}", narrowed.join(" "));
            joined(&[("", said.trim_end()), ("栏：", &columns.join("、"))])
        }
        ListSource::Sheet(SheetSource::Breakdowns) => "各事项的岗位分工".to_owned(),
        ListSource::Sheet(SheetSource::FourInOne) => "各事项的“四合一”清单".to_owned(),
        ListSource::Sheet(SheetSource::Matrix) => "各事项的工作矩阵图".to_owned(),
        ListSource::Rows(rows) => rows_text(list, rows),
    };
    joined(&[
        ("", list.owner.label()),
        ("", list.cycle_label()),
        ("", &list.about),
        ("标题：", &list.title),
        ("", &source),
    ])
}

fn rows_text(list: &ListTemplate, rows: &RowsSource) -> String {
    if rows.register != list.code() {
        let shown: Vec<&str> = rows.shown().map(|column| column.label.as_str()).collect();
        let limited = if rows.with_limit {
            "（只列有时限的）"
        } else {
            ""
        };
        let from = format!("{}{limited}", rows.register);
        return joined(&[("取自：", &from), ("栏：", &shown.join("、"))]);
    }
    let columns: Vec<String> = rows.columns.iter().map(column_text).collect();
    let states = rows.lifecycle.states.iter();
    let states: Vec<&str> = states.map(|state| state.label.as_str()).collect();
    let label = |key| rows.lifecycle.label(key);
    let steps = rows.lifecycle.steps.iter().map(|step| {
        let mut said = format!(
            "{}→{} {}（{}",
            label(&step.from),
            label(&step.to),
            step.label,
            step.by_said()
        );
        if step.reason {
            said.push_str("，要写明情况");
        }
        if step.other {
            said.push_str("，另一人办");
        }
        said.push('）');
        said
    });
    let steps: Vec<String> = steps.collect();
    joined(&[
        ("栏：", &columns.join("、")),
        ("状态：", &states.join("、")),
        ("办理：", &steps.join("、")),
    ])
}

fn column_text(column: &ListColumn) -> String {
    let mut notes = vec![column.kind.label().to_owned()];
    if column.required {
        notes.push("必填".into());
    }
    if !column.measure.is_empty() {
        notes.push(column.measure.clone());
    }
    if !column.options.is_empty() {
        notes.push(column.options.join("/"));
    }
    match column.part {
        ColumnPart::Plain => {}
        ColumnPart::Limit => notes.push("时限".into()),
        ColumnPart::Day => notes.push("按日排列".into()),
    }
    if let Some(part) = column.from_task {
        notes.push(format!("取自事项 {}", part.key()));
    }
    if !column.help.is_empty() {
        notes.push(column.help.clone());
    }
    format!("{}（{}）", column.label, notes.join("，"))
}

/// The parts that say something, each behind its label.
fn joined(parts: &[(&str, &str)]) -> String {
    let said = parts.iter().filter(|(_label, text)| !text.is_empty());
    let said: Vec<String> = said.map(|(label, text)| format!("{label}{text}")).collect();
    said.join("；")
}
