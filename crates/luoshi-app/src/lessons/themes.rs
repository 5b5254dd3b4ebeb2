//! What a clause's heading is about, in a few words that lessons about kinds are counted by.
//!
//! Coarse on purpose: finer words would never be met twice.

use std::collections::HashMap;

use luoshi_domain::plans::Clause;

/// What headings are about, by the words they use.
const THEMES: [(&str, &[&str]); 6] = [
    ("目标", &["目标"]),
    ("考核奖惩", &["考核", "奖惩", "问责", "评价", "纪律"]),
    ("步骤安排", &["步骤", "阶段", "安排", "进度"]),
    ("保障要求", &["保障", "领导", "要求"]),
    ("制度机制", &["制度", "机制", "办法"]),
    ("任务措施", &["任务", "措施", "重点"]),
];

/// What each clause's heading, or the nearest above it, is about; empty when none says.
pub(crate) fn of(clauses: &[Clause]) -> Vec<&'static str> {
    let mut known: HashMap<&str, &'static str> = HashMap::with_capacity(clauses.len());
    let mut themes = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let own = theme(&clause.title);
        let theme = own.unwrap_or_else(|| above(&clause.path, &known));
        known.insert(&clause.path, theme);
        themes.push(theme);
    }
    themes
}

fn theme(title: &str) -> Option<&'static str> {
    let known = THEMES
        .iter()
        .find(|(_, words)| words.iter().any(|word| title.contains(word)));
    known.map(|(theme, _)| *theme)
}

fn above(path: &str, known: &HashMap<&str, &'static str>) -> &'static str {
    let mut path = path;
    while let Some((parent, _)) = path.rsplit_once('/') {
        if let Some(theme) = known.get(parent) {
            return theme;
        }
        path = parent;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_without_a_telling_heading_is_about_what_stands_above_it() {
        let clause = |path: &str, title: &str| Clause {
            path: path.into(),
            level: 1,
            title: title.into(),
            start: 0,
            end: 0,
            has_text: true,
            no_action: None,
        };
        let clauses = [
            clause("前言", ""),
            clause("二", "重点任务"),
            clause("二/(一)", "治超"),
            clause("二/(一)/1", ""),
            clause("三", "组织保障"),
        ];
        let found = of(&clauses);
        assert_eq!(found, ["", "任务措施", "任务措施", "任务措施", "保障要求"]);
    }
}
