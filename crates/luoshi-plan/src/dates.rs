//! Deadline phrases to dates.
//!
//! A due day counts to its end, so a date is the last day on which doing the thing is on time.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::calendar::{iso, last_day};
use crate::clean::{cut, from, upto};
use crate::numerals;
use crate::signs::{self, Signs};

/// A deadline phrase; the range is in bytes of the text that was searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The phrase.
    pub(crate) range: Range<usize>,
    /// ISO date; `None` where the phrase names no day.
    pub(crate) date: Option<String>,
    /// Whether the year is that of the document.
    pub(crate) inferred_year: bool,
    /// The year that the phrase states, beside a day in it: not that of 到2035年.
    pub(crate) stated: Option<i32>,
    /// Whether the phrase names no day, as in 限期.
    pub(crate) vague: bool,
}

/// The year that completes the dates of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Year {
    /// Stated before the sentence, in its section.
    Stated(i32),
    /// Of the document; `None` where nobody knows it.
    Document(Option<i32>),
}

impl Year {
    fn known(self) -> Option<i32> {
        match self {
            Self::Stated(year) => Some(year),
            Self::Document(year) => year,
        }
    }
}

impl From<Option<i32>> for Year {
    fn from(year: Option<i32>) -> Self {
        Self::Document(year)
    }
}

impl Found {
    /// Whether a day from elsewhere (a heading, a table cell) says more: 限期, 汛期前, not 10日内.
    pub(crate) fn yields(&self, text: &str) -> bool {
        self.date.is_none() && !text.ends_with('内')
    }
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<iso>(?:19|20)[0-9]{2}[-./](?P<im>[0-9]{1,2})[-./](?P<id>[0-9]{1,2})日?)",
        r"|(?:(?P<y>(?:19|20)[0-9]{2})年度?)?(?:",
        r"(?:(?:[0-9]{1,2})月?[-—至])?(?P<m>[0-9]{1,2})(?:月(?:(?P<d>[0-9]{1,2})[日号]?(?:[-—~至到](?P<d2>[0-9]{1,2})[日号])|(?P<d1>[0-9]{1,2})[日号]|(?P<e>底|末|上旬|中旬|下旬)|份)?|(?P<e2>底))",
        r"|(?P<q>[一二三四1234])季度(?P<qe>末|底)?",
        r"|(?P<h>[上下])半年",
        r"|(?P<ye>年底|年末|年终|年内|底|末|内)",
        r")|(?P<yy>(?:19|20)[0-9]{2})年",
    ))
    .expect("the pattern is a constant")
});

static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[上下]午)?(?:[0-9]{1,2}(?::[0-9]{2}|[时点]))?(?:\((?P<note>[^()]{1,12}前)\))?(?:结束)?(?P<tail>之前|以前|前|之内|以内|内|止)?")
        .expect("the pattern is a constant")
});

/// Phrases that name no day: counted from an event, or left open.
static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<span>(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})",
        r"个?(?:工作日|小时|分钟|日|天|周|星期|月)(?:之|以)?内)",
        r"|(?P<event>(?:主?汛期|雨季|春节|元旦|清明节?|五一|端午节?|国庆节?|中秋节?|春运|开学|入冬|入汛|节)(?:之|以)?[前后]",
        r"|(?:本月|当月|次月|下月|下个月|月)(?:底|末|[0-9]{1,2}日)之?前|[本下]周[一二三四五六日末]?之?前)",
        r"|限期|规定的?(?:时限|时间|期限)(?:节点)?内?|第一时间|尽快|尽早|立即|即刻",
    ))
    .expect("the pattern is a constant")
});

/// Words that count from the year of the document, whatever was stated before them.
pub(crate) const FROM_THE_DOCUMENT: [&str; 5] = ["今年", "本年", "当年", "明年", "次年"];

/// The deadline phrases of a sentence, in order; `year` completes those without one.
pub(crate) fn find(sentence: &str, year: impl Into<Year>) -> Vec<Found> {
    find_by(sentence, year, Signs::of(sentence))
}

/// The same, where the signs of the sentence are known.
pub(crate) fn find_by(sentence: &str, year: impl Into<Year>, signs: Signs) -> Vec<Found> {
    let year = year.into();
    let mut found: Vec<Found> = Vec::new();
    if signs.any(signs::YEAR) || (signs.any(signs::MONTH) && signs.any(signs::DIGIT)) {
        let (mut depth, mut scanned) = (0, 0);
        for caps in DATE.captures_iter(sentence) {
            let Some(range) = caps.get(0).map(|m| m.range()) else {
                continue;
            };
            depth += opened(sentence.get(scanned..range.start).unwrap_or_default());
            scanned = range.start;
            // A phrase inside a title, a document number or a quotation is none of this sentence.
            if depth > 0 {
                continue;
            }
            // 9月30日、12月30日前: the first is due as the last is.
            let listed = found.last().is_some_and(|f| {
                f.date.is_some() && cut(sentence, f.range.end..range.start) == "、"
            });
            // The nearest year before is that of the sentence itself, where it states one.
            let before = upto(sentence, range.start);
            let counted = FROM_THE_DOCUMENT.iter().any(|w| before.ends_with(w));
            let own = found.iter().rev().find_map(|f| f.stated);
            let own = own.filter(|_| !counted);
            let nearest = own.map_or(year, Year::Stated);
            found.extend(read(sentence, &caps, range, nearest, listed));
        }
    }
    if found.is_empty() && signs.any(signs::LIMIT) {
        found.extend(loose(sentence));
    }
    found
}

/// The first phrase that names no day, one that is counted from an event before one that is left open.
fn loose(sentence: &str) -> Option<Found> {
    let mut open = None;
    for caps in LOOSE.captures_iter(sentence) {
        let whole = caps.get(0)?;
        let before = upto(sentence, whole.start());
        if before.ends_with(['每', '近', '这'])
            || (whole.as_str().starts_with('节') && before.ends_with(['环', '季', '调', '细']))
        {
            continue;
        }
        let vague = caps.name("span").is_none() && caps.name("event").is_none();
        let found = Found {
            range: whole.start() - event_len(before)..whole.end(),
            date: None,
            inferred_year: false,
            stated: None,
            vague,
        };
        if !vague {
            return Some(found);
        }
        open = open.or(Some(found));
    }
    open
}

/// Bytes of the event at the end of a text that a span is counted from: 收到通知之日起, 事故发生后.
fn event_len(before: &str) -> usize {
    if !before.ends_with("之日起") && !before.ends_with('后') {
        return 0;
    }
    let near = before.char_indices().rev().take(14);
    let mut start = before.len();
    for (at, c) in near {
        if matches!(c, ',' | '。' | ';' | ':' | '、' | '要' | '应' | '须' | '》') {
            break;
        }
        start = at;
    }
    before.len() - start
}

/// Titles and quotations opened in a text, less those closed.
fn opened(text: &str) -> i32 {
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '《' | '〔' | '“' => depth += 1,
            '》' | '〕' | '”' => depth -= 1,
            _ => {}
        }
    }
    depth
}

fn read(
    sentence: &str,
    caps: &Captures,
    range: Range<usize>,
    year: Year,
    listed: bool,
) -> Option<Found> {
    let text = |name: &str| caps.name(name).map(|m| m.as_str());
    let number = |name: &str| text(name).and_then(numerals::small);
    if let Some(day) = text("iso") {
        let year = day.get(..4)?.parse::<i32>().ok()?;
        let (month, day) = (number("im")?, number("id")?);
        let tail = TAIL.captures(from(sentence, range.end))?.get(0)?.len();
        let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
        return valid.then(|| Found {
            range: range.start..range.end + tail,
            date: Some(iso(Some(year), month, day)),
            inferred_year: false,
            stated: Some(year),
            vague: false,
        });
    }
    let own = text("y").or(text("yy")).and_then(|y| y.parse::<i32>().ok());
    let tail_caps = TAIL.captures(from(sentence, range.end))?;
    let tail_len = tail_caps.get(0).map_or(0, |m| m.len());
    let tail = tail_caps.name("tail").map_or("", |m| m.as_str());
    let before = upto(sentence, range.start);
    let end = range.end + tail_len;
    let after = from(sentence, end);
    if after.starts_with(['起', '度']) || after.starts_with("以来") || after.starts_with("开始")
    {
        return None;
    }
    if before.ends_with("每年") || before.ends_with('每') || before.ends_with("每季度") {
        return None;
    }
    if before.ends_with("截至") || (before.ends_with("截止") && after.starts_with(",已")) {
        return None;
    }
    let bounded = !tail.is_empty();
    // 明年6月底前: counted from the year of the document.
    let next = own.is_none() && (before.ends_with("明年") || before.ends_with("次年"));
    let year_used = own.or(year.known().map(|y| y + i32::from(next)));
    let (month, day, firm) = if let Some(quarter) = number("q") {
        let ends = text("qe").is_some();
        (quarter * 3, None, bounded || ends || acts_next(after))
    } else if let Some(half) = text("h") {
        (
            if half == "上" { 6 } else { 12 },
            None,
            bounded || acts_next(after),
        )
    } else if let Some(word) = text("ye") {
        if own.is_none() && matches!(word, "底" | "末" | "内") {
            return None;
        }
        (12, None, true)
    } else if let Some(month) = number("m") {
        let day = number("d2").or(number("d1"));
        let span = text("d2").is_some();
        let ends = span || text("e").is_some() || text("e2").is_some();
        let day = match text("e") {
            Some("上旬") => Some(10),
            Some("中旬") => Some(20),
            _ => day,
        };
        (
            month,
            day,
            bounded || ends || listed || is_led(before) || acts_next(after),
        )
    } else {
        // A year alone: 到2025年 is a deadline, 2025年 in running text is not.
        (
            12,
            None,
            !names_more(after)
                && (bounded || is_led(before) || (before.is_empty() && !after.starts_with("年"))),
        )
    };
    if !firm || !(1..=12).contains(&month) || day.is_some_and(|d| d > 31) {
        return None;
    }
    let literal = matches!(tail, "前" | "之前" | "以前")
        && day.is_none()
        && text("e")
            .or(text("e2"))
            .or(text("ye"))
            .or(text("q"))
            .or(text("h"))
            .is_none()
        && !range_has(sentence, &range, '份');
    let (year_used, month, day) = if literal && text("yy").is_some() {
        (year_used.map(|y| y - 1), 12, None)
    } else if literal {
        if month == 1 {
            (year_used.map(|y| y - 1), 12, None)
        } else {
            (year_used, month - 1, None)
        }
    } else {
        (year_used, month, day)
    };
    let day = day.unwrap_or_else(|| last_day(year_used, month));
    let lead = ["截止", "确保", "于", "在", "到", "至"]
        .iter()
        .find(|w| before.ends_with(**w));
    let lead = lead
        .filter(|w| matches!(**w, "于" | "在" | "到"))
        .map_or(0, |w| w.len());
    Some(Found {
        range: range.start - lead..end,
        date: Some(iso(year_used, month, day)),
        inferred_year: own.is_none() && matches!(year, Year::Document(Some(_))),
        stated: own.filter(|_| text("yy").is_none()),
        vague: false,
    })
}

fn range_has(sentence: &str, range: &Range<usize>, c: char) -> bool {
    upto(sentence, range.end).ends_with(c)
}

/// Whether a year goes on to something inside it, or is part of a name: 2026年春节, 2022年度.
fn names_more(after: &str) -> bool {
    [
        "春节", "元旦", "清明", "五一", "端午", "国庆", "中秋", "第", "《", "“", "春运", "汛期",
    ]
    .iter()
    .any(|w| after.starts_with(w))
}

fn is_led(before: &str) -> bool {
    before.is_empty()
        || [
            "于",
            "在",
            "到",
            "至",
            "截止",
            "确保",
            "力争",
            "项目",
            ",",
            ":",
            "争取",
            "(",
            "即日起至",
        ]
        .iter()
        .any(|w| before.ends_with(w))
}

fn acts_next(after: &str) -> bool {
    [
        "完成", "开工", "竣工", "建成", "实现", "组织", "开展", "启动", "召开", "报送", "上报",
        "适时", "全面", "基本", "形成", "制定", "出台", "举办", "要", "应", ",",
    ]
    .iter()
    .any(|w| after.starts_with(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(sentence: &str, year: Option<i32>) -> Vec<String> {
        find(sentence, year)
            .into_iter()
            .filter_map(|f| f.date)
            .collect()
    }

    #[test]
    fn time_09_deadline_phrases_have_one_meaning() {
        for (sentence, year, want) in [
            ("各车队6月底(汛期前)修完涵洞", 2013, "2013-06-30"),
            ("道班4月份完成补种", 2013, "2013-04-30"),
            ("二季度结束前,逐站抽查一遍", 2023, "2023-06-30"),
            ("施工队到2022年年底前撤场", 2019, "2022-12-31"),
            ("站长于11月20日前交回钥匙", 2020, "2020-11-20"),
            ("车站年内换完灯具", 2021, "2021-12-31"),
            ("上半年完成选址", 2024, "2024-06-30"),
            ("到9月底撤除围挡", 2024, "2024-09-30"),
            ("2月底前交表", 2024, "2024-02-29"),
            ("10底封顶", 2013, "2013-10-31"),
            ("2024年6月前补齐", 2020, "2024-05-31"),
            ("2022年前,建成监测点", 2020, "2021-12-31"),
            ("到2035年,全线贯通", 2020, "2035-12-31"),
        ] {
            assert_eq!(dates(sentence, Some(year)), [want], "{sentence}");
        }
    }

    #[test]
    fn time_09_a_missing_year_is_completed_or_left_open() {
        let found = find("7月5日之前上缴", Some(2014));
        assert!(found[0].inferred_year);
        assert_eq!(dates("7月5日之前上缴", None), ["XXXX-07-05"]);
        assert!(!find("2014年7月5日之前上缴", Some(2020))[0].inferred_year);
        let nearest = find("于2022年9月底前完成勘察,12月底前完成复测", Some(2020));
        assert_eq!(nearest[1].date.as_deref(), Some("2022-12-31"));
        assert!(!nearest[1].inferred_year);
        let stated = find("7月5日之前上缴", Year::Stated(2014));
        assert_eq!(stated[0].date.as_deref(), Some("2014-07-05"));
        assert!(!stated[0].inferred_year, "the document's year moves it");
        let counted = dates("于2022年9月底前完成勘察,明年6月底前完成复测", Some(2020));
        assert_eq!(counted, ["2022-09-30", "2021-06-30"]);
    }

    #[test]
    fn import_05_start_dates_citations_and_cycles_are_no_deadlines() {
        for sentence in [
            "自2022年起列支",
            "按照《车站2021年6月底前整治方案》办理",
            "每年12月底前报一次",
            "截至2020年底共有三座",
            "经办人上半年工作完成情况良好",
        ] {
            assert_eq!(
                dates(sentence, Some(2022)),
                Vec::<String>::new(),
                "{sentence}"
            );
        }
    }

    #[test]
    fn import_05_a_phrase_without_a_day_is_kept_as_text() {
        let found = find("逾期车辆限期补检", None);
        assert_eq!((found[0].date.clone(), found[0].vague), (None, true));
    }
}
