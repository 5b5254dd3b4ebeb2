//! Numbers with units.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::clean::{from, upto};
use crate::numerals;
use crate::reading::Comparator;
use crate::signs::{self, Signs};

/// A quantity; the range is in bytes of the text that was searched.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// The phrase.
    pub(crate) range: Range<usize>,
    /// The value in base units.
    pub(crate) value: f64,
    /// The upper end of a range.
    pub(crate) max: Option<f64>,
    /// The unit.
    pub(crate) unit: String,
    /// How the value is meant.
    pub(crate) comparator: Comparator,
}

static QUANTITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<n>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+)",
        r"(?:(?:-|—|至|到|~)(?P<n2>[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十]+))?",
        r"(?P<m>十|百|千|万|亿|千万|百万)?(?P<v>余|多)?",
        r"(?P<u>个百分点|平方公里|人次|车次|班次|台次|户次|件次|平方米|立方米|万千瓦|千瓦时|千瓦|公里|千米|米|亩|吨|公斤|千克|kg|微克/立方米|微克",
        r"|元|%|％|小时|分钟|秒|天|个月|个工作日|个|名|岁|人次|人|次|篇|条|期|家|辆|座|处|项|件|户|场|套|台|张|份|组|批|字|所|艘|班|支|本|盏|株|根|块|只|头|册|幅|宗|起|例|笔|轮|遍|公顷|学时|课时|倍|分|级|年)",
        r"(?P<o>\(含[^()]{1,12}\))?(?P<c>及?以上|及?以下|以内|之内|左右)?",
    ))
    .expect("the pattern is a constant")
});

static RATIO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<a>[0-9]{1,4}):(?P<b>[0-9]{1,4})(?P<t>折算|的比例|比例|配套|配比)")
        .expect("the pattern is a constant")
});

/// The quantities of a sentence, in order.
///
/// `counted` says that the sentence carries a rate, so that 一次 is a number and not an article.
pub(crate) fn find(sentence: &str, counted: bool) -> Vec<Found> {
    find_by(sentence, counted, Signs::of(sentence))
}

/// The same, where the signs of the sentence are known.
pub(crate) fn find_by(sentence: &str, counted: bool, signs: Signs) -> Vec<Found> {
    let mut found = Vec::new();
    if !signs.any(signs::DIGIT | signs::NUMERAL) {
        return found;
    }
    let mut depth = 0_i32;
    let mut scanned = 0;
    for caps in QUANTITY.captures_iter(sentence) {
        let Some(range) = caps.get(0).map(|m| m.range()) else {
            continue;
        };
        for c in sentence
            .get(scanned..range.start)
            .unwrap_or_default()
            .chars()
        {
            match c {
                '《' | '〔' | '“' => depth += 1,
                '》' | '〕' | '”' => depth -= 1,
                _ => {}
            }
        }
        scanned = range.start;
        if depth <= 0 {
            found.extend(read(sentence, &caps, range, counted));
        }
    }
    if sentence.contains(':') {
        for caps in RATIO.captures_iter(sentence) {
            let number = |name| caps.name(name).and_then(|m| m.as_str().parse::<f64>().ok());
            let (Some(a), Some(b), Some(tail)) = (number("a"), number("b"), caps.name("t")) else {
                continue;
            };
            let Some(start) = caps.get(0).map(|m| m.start()) else {
                continue;
            };
            if a > 0.0 {
                found.push(Found {
                    range: start..tail.start(),
                    value: b / a,
                    max: None,
                    unit: "倍".to_owned(),
                    comparator: Comparator::Equal,
                });
            }
        }
        found.sort_by_key(|q| q.range.start);
    }
    found
}

fn read(sentence: &str, caps: &Captures, range: Range<usize>, counted: bool) -> Option<Found> {
    let text = |name: &str| caps.name(name).map(|m| m.as_str());
    let digits = text("n")?;
    let unit = text("u")?;
    let before = upto(sentence, range.start);
    let after = from(sentence, range.end);
    // 八项规定 and 三个方面 are names and ways of speaking.
    if after.starts_with("规定") || after.starts_with("方面") {
        return None;
    }
    // 千人计划: a name, and no number of its own.
    if matches!(digits, "百" | "千") {
        return None;
    }
    let arabic = digits.starts_with(|c: char| c.is_ascii_digit());
    let (word, led) = comparator(before, text("c"), unit);
    let exact = word.is_none();
    if before.ends_with(['第', '〔', '-', '.', '/', '—'])
        || (arabic && before.ends_with(|c: char| c.is_ascii_alphanumeric()))
    {
        return None;
    }
    if !arabic
        && !is_number(
            digits,
            unit,
            before,
            after,
            exact,
            counted,
            text("v").is_some(),
        )
    {
        return None;
    }
    match unit {
        "年" if exact || digits.len() == 4 || after.starts_with(['度', '底', '内', '行']) => {
            return None;
        }
        "级" => return None,
        "分" if !exact
            || !arabic
            || after.starts_with(['别', '类', '级', '解', '工', '管', '析']) =>
        {
            return None;
        }
        "期" | "本" | "班" | "支" | "组" | "批" | "条" | "分" if !arabic => return None,
        "天" | "条" if after.starts_with(['例', '措', '意', '规', '津']) => return None,
        "人" if after.starts_with(['民', '员', '大']) && arabic => {}
        _ => {}
    }
    let scale = scale(text("m").unwrap_or_default());
    let value = number(digits)? * scale;
    let max = text("n2").and_then(number).map(|n| n * scale);
    let (value, unit) = base(value, unit);
    let comparator = match (word, max) {
        (Some(Comparator::Equal) | None, Some(_)) => Comparator::Between,
        (Some(word), _) => word,
        (None, None) if text("v").is_some() || digits.ends_with(['余', '多']) => {
            Comparator::MoreThan
        }
        (None, None) => Comparator::Equal,
    };
    Some(Found {
        range: range.start - led..range.end,
        value,
        max,
        unit,
        comparator,
    })
}

/// Whether a Chinese numeral is meant as a number here.
fn is_number(
    digits: &str,
    unit: &str,
    before: &str,
    after: &str,
    exact: bool,
    counted: bool,
    about: bool,
) -> bool {
    if !exact || about {
        return true;
    }
    if !matches!(
        unit,
        "个" | "名" | "项" | "次" | "张" | "家" | "人" | "篇" | "套" | "场" | "件"
    ) {
        return false;
    }
    if before.ends_with(['每', '任', '同', '某', '这', '逐', '哪', '按', '统']) {
        return false;
    }
    if digits == "一" {
        return match unit {
            "次" => {
                let held = ["开展", "进行", "组织", "举办", "召开"];
                counted || held.iter().any(|w| before.ends_with(w))
            }
            "名" => true,
            _ => before.ends_with("引进") || before.ends_with("各"),
        };
    }
    !(unit == "次" && after.starts_with(['以', '元']))
}

/// The comparator and the bytes of the word right before the number that says it.
fn comparator(before: &str, after: Option<&str>, unit: &str) -> (Option<Comparator>, usize) {
    for (word, meaning) in [
        ("不低于", Comparator::AtLeast),
        ("不少于", Comparator::AtLeast),
        ("不得少于", Comparator::AtLeast),
        ("不得低于", Comparator::AtLeast),
        ("未达到", Comparator::LessThan),
        ("达不到", Comparator::LessThan),
        ("不足", Comparator::LessThan),
        ("不满", Comparator::LessThan),
        ("不小于", Comparator::AtLeast),
        ("不大于", Comparator::AtMost),
        ("至多", Comparator::AtMost),
        ("多于", Comparator::MoreThan),
        ("逾", Comparator::MoreThan),
        ("近", Comparator::About),
        ("不超过", Comparator::AtMost),
        ("不得超过", Comparator::AtMost),
        ("不高于", Comparator::AtMost),
        ("不多于", Comparator::AtMost),
        ("至少", Comparator::AtLeast),
        ("最多", Comparator::AtMost),
        ("超过", Comparator::MoreThan),
        ("高于", Comparator::MoreThan),
        ("大于", Comparator::MoreThan),
        ("低于", Comparator::LessThan),
        ("小于", Comparator::LessThan),
        ("少于", Comparator::LessThan),
        ("约", Comparator::About),
        ("超", Comparator::MoreThan),
    ] {
        if before.ends_with(word) {
            return (Some(meaning), word.len());
        }
    }
    if let Some(after) = after {
        let meaning = match after {
            "左右" => Comparator::About,
            "以内" | "之内" | "以下" | "及以下" => Comparator::AtMost,
            _ => Comparator::AtLeast,
        };
        return (Some(meaning), 0);
    }
    // 至少再建 1 个: the word stands a little before the number.
    if unit != "%" {
        let near: String = before
            .chars()
            .rev()
            .take(6)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        if near.contains("至少") && !near.contains(',') {
            return (Some(Comparator::AtLeast), 0);
        }
        if near.contains("最多") && !near.contains(',') {
            return (Some(Comparator::AtMost), 0);
        }
    }
    (None, 0)
}

fn number(text: &str) -> Option<f64> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.replace(',', "").parse().ok();
    }
    numerals::value(text)
}

fn scale(word: &str) -> f64 {
    match word {
        "十" => 10.0,
        "百" => 100.0,
        "千" => 1000.0,
        "万" => 10_000.0,
        "百万" => 1_000_000.0,
        "千万" => 10_000_000.0,
        "亿" => 100_000_000.0,
        _ => 1.0,
    }
}

fn base(value: f64, unit: &str) -> (f64, String) {
    let (value, unit) = match unit {
        "千米" => (value, "公里"),
        "万千瓦" => (value * 10_000.0, "千瓦"),
        "个月" => (value, "月"),
        "个工作日" => (value, "工作日"),
        "％" => (value, "%"),
        unit => (value, unit),
    };
    (value, unit.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(sentence: &str) -> (f64, String, Comparator) {
        let found = find(sentence, true);
        assert_eq!(found.len(), 1, "{sentence}: {found:?}");
        (found[0].value, found[0].unit.clone(), found[0].comparator)
    }

    #[test]
    fn import_06_values_come_in_base_units() {
        assert_eq!(
            one("争取补助2.5亿元"),
            (250_000_000.0, "元".to_owned(), Comparator::Equal)
        );
        assert_eq!(
            one("修复路面36.5公里"),
            (36.5, "公里".to_owned(), Comparator::Equal)
        );
        assert_eq!(
            one("新设站点两个"),
            (2.0, "个".to_owned(), Comparator::Equal)
        );
        assert_eq!(
            one("抽调司机三十余人"),
            (30.0, "人".to_owned(), Comparator::MoreThan)
        );
    }

    #[test]
    fn import_06_comparators_stand_before_or_after() {
        for (sentence, want) in [
            ("准点率不低于95%", Comparator::AtLeast),
            ("投资800万元以上", Comparator::AtLeast),
            ("例会不超过40分钟", Comparator::AtMost),
            ("空驶率控制在10%以内", Comparator::AtMost),
            ("客流超60%", Comparator::MoreThan),
            ("浓度在30微克左右", Comparator::About),
            ("至少新建2个", Comparator::AtLeast),
            ("进度未达到70%", Comparator::LessThan),
        ] {
            assert_eq!(one(sentence).2, want, "{sentence}");
        }
    }

    #[test]
    fn import_06_ranges_and_ratios() {
        let range = find("每人认领2—3项", true);
        assert_eq!((range[0].value, range[0].max), (2.0, Some(3.0)));
        assert_eq!(range[0].comparator, Comparator::Between);
        assert_eq!(find("按实缴额1:4折算", false)[0].value, 4.0);
    }

    #[test]
    fn import_06_years_numbers_of_documents_and_names_are_no_quantities() {
        for sentence in [
            "2022年度",
            "沪府〔2014〕3号",
            "《十件实事》",
            "第三次",
            "拨打12328热线",
            "一个环节",
        ] {
            assert_eq!(find(sentence, false), Vec::new(), "{sentence}");
        }
    }
}
