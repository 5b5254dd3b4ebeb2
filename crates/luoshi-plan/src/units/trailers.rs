//! Trailers such as `（责任单位：…；配合单位：…）`.

use std::ops::Range;

use crate::clean::cut;

use super::Units;
use super::names::split_names;

/// A trailer that a text consists of or ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trailer {
    /// Where it begins.
    pub(crate) start: usize,
    /// Its units.
    pub(crate) units: Units,
}

/// The trailer at the end of a stretch of text.
pub(crate) fn find(text: &str, range: &Range<usize>) -> Option<Trailer> {
    let part = cut(text, range.clone());
    let body = part.trim_end_matches(['。', ' ', ';']);
    if !body.ends_with(')') {
        return bare(text, range);
    }
    let mut depth = 0_i32;
    let mut open = None;
    for (at, c) in body.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            open = Some(at);
            break;
        }
    }
    let open = open?;
    let inner = range.start + open + 1..range.start + body.len() - 1;
    let units = read(text, &inner)?;
    Some(Trailer {
        start: range.start + open,
        units,
    })
}

/// A line of its own without brackets: `责任单位:…`.
fn bare(text: &str, range: &Range<usize>) -> Option<Trailer> {
    let part = cut(text, range.clone());
    if !["责任单位", "牵头单位", "责任部门", "主责单位"]
        .iter()
        .any(|w| part.starts_with(w))
    {
        return None;
    }
    read(text, range).map(|units| Trailer {
        start: range.start,
        units,
    })
}

fn read(text: &str, inner: &Range<usize>) -> Option<Units> {
    let part = cut(text, inner.clone());
    let mut units = Units::default();
    let mut at = inner.start;
    for clause in part.split([';', '。']) {
        let start = at;
        at += clause.len() + 1;
        if let Some((label, names)) = clause.split_once(':') {
            labelled(
                text,
                label,
                start + label.len() + 1,
                names.len(),
                &mut units,
            )?;
        } else {
            dutied(text, clause, start, &mut units)?;
        }
    }
    (!units.lead.is_empty() || !units.co.is_empty()).then_some(units)
}

/// `责任单位:…`
fn labelled(text: &str, label: &str, from: usize, len: usize, units: &mut Units) -> Option<()> {
    let list = split_names(text, &(from..from + len));
    let has = |words: &[&str]| words.iter().any(|w| label.contains(w));
    if has(&["配合", "协办", "参与", "协同", "协助"]) {
        units.co.extend(list);
    } else if has(&["责任", "牵头", "主责", "负责", "承办", "实施"]) && label.chars().count() <= 8
    {
        units.lead.extend(list);
    } else {
        return None;
    }
    Some(())
}

/// `…牵头,…配合` and `…按职责分工负责`
fn dutied(text: &str, clause: &str, start: usize, units: &mut Units) -> Option<()> {
    let names = [
        "等按职责分工负责",
        "按职责分工负责",
        "分别负责",
        "牵头负责",
        "负责",
        "牵头",
        "配合",
    ]
    .iter()
    .find_map(|w| clause.strip_suffix(w))?;
    let co = clause.ends_with("配合");
    let mut at = start;
    let count = names.split(',').count();
    for (i, name) in names.split(',').enumerate() {
        let kept = name.strip_suffix("牵头").unwrap_or(name);
        let kept = kept.strip_suffix("配合").unwrap_or(kept).len();
        let list = split_names(text, &(at..at + kept));
        let joins = name.ends_with("配合") || (co && i + 1 == count);
        if joins {
            units.co.extend(list)
        } else {
            units.lead.extend(list)
        }
        at += name.len() + 1;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::from;

    fn read(text: &str) -> Option<(Vec<&str>, Vec<&str>, &str)> {
        let found = find(text, &(0..text.len()))?;
        let names = |list: &[Range<usize>]| list.iter().map(|r| cut(text, r.clone())).collect();
        Some((
            names(&found.units.lead),
            names(&found.units.co),
            from(text, found.start),
        ))
    }

    #[test]
    fn import_07_trailers_name_lead_and_partners() {
        for (text, lead, co) in [
            (
                "增设护栏。(牵头单位:市道桥处;配合单位:市交警支队、各街道)",
                vec!["市道桥处"],
                vec!["市交警支队", "各街道"],
            ),
            (
                "增设护栏。(道桥处、设备处等按职责分工负责)",
                vec!["道桥处", "设备处"],
                vec![],
            ),
            (
                "增设护栏。(道桥处牵头,设备处配合)",
                vec!["道桥处"],
                vec!["设备处"],
            ),
            ("责任部门:道桥处", vec!["道桥处"], vec![]),
        ] {
            let (got_lead, got_co, _) = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((got_lead, got_co), (lead, co), "{text}");
        }
        assert_eq!(read("停用旧站(含北站)"), None);
    }
}
