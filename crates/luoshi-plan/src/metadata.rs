//! Title, issuer, number and date of a document.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::calendar::iso;
use crate::clean::{Clean, cut, from};
use crate::markers;

/// What the head and the foot of a document say about it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    /// Title, as written.
    pub(crate) title: Option<String>,
    /// Where the title stands, in bytes of the cleaned text.
    pub(crate) title_at: Range<usize>,
    /// Issuing body, as written.
    pub(crate) issuer: Option<String>,
    /// Document number, as written.
    pub(crate) number: Option<String>,
    /// ISO date of issue.
    pub(crate) issued_on: Option<String>,
    /// Year of issue, or else the year that the title names.
    pub(crate) year: Option<i32>,
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\p{Han}{1,14}[〔\[](?:19|20)[0-9]{2}[〕\]][0-9]{1,5}号$")
        .expect("the pattern is a constant")
});

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^((?:19|20)[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日$")
        .expect("the pattern is a constant")
});

static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"((?:19|20)[0-9]{2})年").expect("the pattern is a constant"));

/// The year in the number of a cited document.
static CITED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("〔((?:19|20)[0-9]{2})〕").expect("the pattern is a constant"));

const TITLE_ENDS: [&str; 20] = [
    "通知", "方案", "意见", "办法", "细则", "计划", "规划", "要点", "规定", "决定", "通告", "公告",
    "制度", "纲要", "措施", "清单", "分工", "总结", "预案", "规程",
];

/// Reads the metadata of a cleaned text.
pub(crate) fn read(clean: &Clean) -> Metadata {
    let mut found = Metadata::default();
    let lines: Vec<&str> = clean
        .lines
        .iter()
        .map(|r| cut(&clean.text, r.clone()))
        .collect();
    for (i, line) in lines.iter().enumerate() {
        if found.number.is_none() && i < 30 && NUMBER.is_match(line) {
            found.number = Some(raw_line(clean, i));
        }
        if line.len() > 40 {
            continue;
        }
        let bare = line.replace(' ', "");
        let Some(caps) = DAY.captures(&bare) else {
            continue;
        };
        let part = |n: usize| caps.get(n).and_then(|m| m.as_str().parse::<u32>().ok());
        if let (Some(year), Some(month @ 1..=12), Some(day @ 1..=31), None) = (
            part(1).and_then(|y| i32::try_from(y).ok()),
            part(2),
            part(3),
            &found.issued_on,
        ) {
            found.issued_on = Some(iso(Some(year), month, day));
            found.year = Some(year);
            found.issuer = i
                .checked_sub(1)
                .filter(|b| lines.get(*b).is_some_and(|l| is_signature(l)))
                .map(|b| raw_line(clean, b));
        }
    }
    if let Some((first, last)) = title(&lines) {
        let text: String = (first..=last).map(|i| raw_line(clean, i)).collect();
        if found.issuer.is_none() {
            let cleaned: String = lines.get(first..=last).unwrap_or_default().concat();
            let end = cleaned
                .find("关于")
                .or_else(|| cleaned.find("印发"))
                .filter(|e| *e > 0);
            found.issuer = end.and_then(|end| {
                let count = cut(&cleaned, 0..end).chars().count();
                (count <= 30).then(|| text.chars().take(count).collect())
            });
        }
        if found.year.is_none() {
            found.year = YEAR
                .captures(&text)
                .and_then(|c| c.get(1)?.as_str().parse().ok());
        }
        let line = |i: usize| clean.lines.get(i).cloned().unwrap_or_default();
        found.title_at = line(first).start..line(last).end;
        found.title = Some(text.trim().to_owned());
        if let Some(plan) = annexed(clean, &found.title_at, last) {
            found.title = Some(clean.raw(&plan).lines().map(str::trim).collect());
            found.title_at = plan;
        }
    }
    found
}

/// The year that a stretch of text names most often; used where the document has no date.
pub(crate) fn common_year(text: &str) -> Option<i32> {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    for caps in YEAR.captures_iter(text) {
        let year = caps.get(1).and_then(|m| m.as_str().parse().ok());
        if let Some(year) = year {
            *counts.entry(year).or_default() += 1;
        }
    }
    let most = counts
        .into_iter()
        .max_by_key(|(year, count)| (*count, *year));
    most.map(|(year, _)| year).or_else(|| {
        let cited = CITED
            .captures_iter(text)
            .filter_map(|c| c.get(1)?.as_str().parse().ok());
        cited.max()
    })
}

fn raw_line(clean: &Clean, i: usize) -> String {
    clean
        .lines
        .get(i)
        .map(|r| clean.raw(r).trim().to_owned())
        .unwrap_or_default()
}

/// First and last line of the title.
fn title(lines: &[&str]) -> Option<(usize, usize)> {
    for (i, line) in lines.iter().enumerate().take(16) {
        if markers::at_start(line).is_some() {
            return None;
        }
        let bare = line
            .split('(')
            .next()
            .unwrap_or_default()
            .trim_end_matches(' ');
        if !TITLE_ENDS.iter().any(|e| bare.ends_with(e)) || line.contains("有关单位") {
            continue;
        }
        // A title over two lines begins with a line that is no number and no address.
        let joins = i > 0
            && lines.get(i - 1).is_some_and(|b| {
                !b.ends_with([':', '号', '。', '》', ')'])
                    && b.chars().count() <= 30
                    && !b.contains(':')
            });
        return Some((if joins { i - 1 } else { i }, i));
    }
    None
}

/// How the title of a plan ends that a notice passes on.
const PLAN_ENDS: [&str; 14] = [
    "方案", "意见", "办法", "细则", "规划", "计划", "要点", "清单", "措施", "分工", "预案", "规定",
    "制度", "纲要",
];

/// The title of the plan that a notice (关于印发《…》的通知) passes on; `last` is the notice's last line.
fn annexed(clean: &Clean, whole: &Range<usize>, last: usize) -> Option<Range<usize>> {
    let notice = cut(&clean.text, whole.clone());
    let passes = ["印发", "公布", "转发", "下发", "发布"]
        .iter()
        .filter_map(|w| notice.find(w))
        .min()?;
    let start = passes + from(notice, passes).find('《')? + '《'.len_utf8();
    let end = notice.rfind('》').filter(|end| *end > start)?;
    let closes = from(notice, end + '》'.len_utf8());
    if !["的通知", "通知", "的公告", "的通告", "的函"].contains(&closes.trim_matches(' '))
    {
        return None;
    }
    let name = cut(notice, start..end);
    // 《甲》和《乙》: two plans have no title in common.
    if name.contains('》') && !closes_in_order(name) {
        return None;
    }
    let bare = |text: &str| text.replace(' ', "");
    let bare_name = bare(name);
    let own_line = clean
        .lines
        .iter()
        .skip(last + 1)
        .any(|line| bare(cut(&clean.text, line.clone())) == bare_name);
    let ends = name.split('(').next().unwrap_or_default();
    if !own_line && !PLAN_ENDS.iter().any(|e| ends.ends_with(e)) {
        return None;
    }
    Some(whole.start + start..whole.start + end)
}

/// Whether every title inside a text is closed after it was opened.
fn closes_in_order(text: &str) -> bool {
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '《' => depth += 1,
            '》' if depth == 0 => return false,
            '》' => depth -= 1,
            _ => {}
        }
    }
    true
}

fn is_signature(line: &str) -> bool {
    line.chars().count() <= 40 && !line.contains(['。', ',', ';', ':'])
}
