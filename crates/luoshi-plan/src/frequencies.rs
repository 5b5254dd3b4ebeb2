//! How often something recurs.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::clean::from;
use crate::numerals;
use crate::signs::{self, Signs};

/// A frequency; the range is in bytes of the text that was searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The phrase.
    pub(crate) range: Range<usize>,
    /// RRULE body; `None` where the text does not say how often. Several rates are joined by `|`.
    pub(crate) rrule: Option<String>,
    /// Phrases of further rates.
    pub(crate) more: Vec<Range<usize>>,
}

static RATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"每(?:个)?(?P<n>[0-9]{1,2}|[一两二三四五六])?(?:个)?(?P<u>季度|工作日|学期|半年|半月|半个月|月|周|星期|季|年度|年|天|日|旬)",
        r"|按(?P<p>季度|月|周|年|季|日)(?:度)?(?:通报|报送|上报|调度|开展|组织|汇总|统计|检查|公布|反馈|报告|更新|推送|提交|考核|清零|报)",
        r"|逐(?P<p2>季|月|周|年|日)(?:度)?",
        r"|(?P<w>[一两二三]|半)(?P<wu>个月|周|年|个季度|季度|季|月|日|天|旬)(?P<wt>一|1)(?:次|报告|报|调度|通报|研判|小结|总结|例会|检查|督查|更新)",
        r"|(?P<d>日|周|月|季)(?:(?:调度|通报|例会|报告)制|(?:调度|通报|例会))",
        r"|(?P<y>年度|全年|年终)",
        r"|(?P<x>半年和年终)",
        r"|(?P<r>周报、月报、季报|周报、月报|月报、季报)",
    ))
    .expect("the pattern is a constant")
});

/// A number of rounds; 全年…10件 is an amount that is due by the end of the year.
static ROUNDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^[^,。;]{0,16}?(?:[0-9]+|[一二两三四五六七八九十百]{1,4})余?(?:次|批次|轮|遍|回|场|组|班次)",
    )
    .expect("the pattern is a constant")
});

static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("定期(?:和不定期|与不定期|不定期)?|不定期|随时|常态化|常态|适时|经常性?")
        .expect("the pattern is a constant")
});

/// Whether an unspecified rate makes the sentence recurring; 随时 and 常态化 alone do not.
pub(crate) fn is_regular(text: &str) -> bool {
    text.starts_with("定期") || text.starts_with("不定期")
}

/// Most rates of one sentence that are joined.
const MOST: usize = 4;

/// The frequency of a sentence: all its rates, else that it recurs.
pub(crate) fn find(sentence: &str) -> Option<Found> {
    find_by(sentence, Signs::of(sentence))
}

/// The same, where the signs of the sentence are known.
pub(crate) fn find_by(sentence: &str, signs: Signs) -> Option<Found> {
    let mut found: Option<Found> = None;
    let mut rules: Vec<String> = Vec::new();
    let spans = signs.any(signs::SPAN) && signs.any(signs::ROUND);
    if spans || signs.any(signs::EACH | signs::YEAR) {
        for caps in RATE.captures_iter(sentence) {
            let Some(range) = caps.get(0).map(|m| m.range()) else {
                continue;
            };
            let text = |name: &str| caps.name(name).map(|m| m.as_str());
            let before = sentence.get(..range.start).unwrap_or_default();
            let after = sentence.get(range.end..).unwrap_or_default();
            let rrule = if let Some(unit) = text("u") {
                let n = text("n").and_then(numerals::small).unwrap_or(1);
                every(unit, n)
            } else if let Some(unit) = text("p").or(text("p2")) {
                every(unit, 1)
            } else if let Some(unit) = text("d") {
                // 本月调度会, 工作日报告: part of another word.
                if before.ends_with([
                    '本', '上', '下', '当', '个', '作', '几', '全', '数', '今', '同', '次', '近',
                ]) || before.ends_with(|c: char| c.is_ascii_digit())
                {
                    continue;
                }
                every(unit, 1)
            } else if let Some(unit) = text("wu") {
                match text("w") {
                    Some("半") => every("半年", 1),
                    n => every(unit, n.and_then(numerals::small).unwrap_or(1)),
                }
            } else if let Some(word) = text("y") {
                if before.ends_with('《') || !is_yearly(word, after) {
                    continue;
                }
                if word == "年终" {
                    Some("FREQ=YEARLY;BYMONTH=12".to_owned())
                } else {
                    every("年", 1)
                }
            } else if text("x").is_some() {
                Some("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1".to_owned())
            } else {
                text("r").map(reports)
            };
            match (&mut found, rrule) {
                (None, rrule) => {
                    rules.extend(rrule.clone());
                    let more = Vec::new();
                    found = Some(Found { range, rrule, more });
                }
                (Some(first), Some(rule)) if rules.len() < MOST && !rules.contains(&rule) => {
                    first.more.push(range);
                    rules.push(rule);
                }
                _ => {}
            }
        }
    }
    if let Some(mut found) = found {
        found.rrule = found.rrule.map(|_| rules.join("|"));
        return Some(found);
    }
    if !signs.any(signs::LOOSE) {
        return None;
    }
    let loose = LOOSE.find(sentence)?;
    // 定期检验 is the name of a kind of inspection.
    if sentence
        .get(loose.end()..)
        .is_some_and(|s| s.starts_with("检验"))
    {
        return None;
    }
    Some(Found {
        range: loose.range(),
        rrule: None,
        more: Vec::new(),
    })
}

fn reports(list: &str) -> String {
    let mut rules = Vec::new();
    for (word, rule) in [
        ("周报", "FREQ=WEEKLY"),
        ("月报", "FREQ=MONTHLY"),
        ("季报", "FREQ=MONTHLY;INTERVAL=3"),
    ] {
        if list.contains(word) {
            rules.push(rule);
        }
    }
    rules.join("|")
}

/// 年度 and 全年 are rates only where something is done; 年度计划 is a name.
fn is_yearly(word: &str, after: &str) -> bool {
    let starts = |words: &[&str]| words.iter().any(|w| after.starts_with(w));
    match word {
        "年度" => starts(&["绩效考核", "评价结果", "总结", "述职", "报告工作", "评议"]),
        "全年" => ROUNDS
            .find(after)
            .is_some_and(|m| !from(after, m.end()).starts_with('性')),
        _ => starts(&["将根据", "统计"]),
    }
}

fn every(unit: &str, n: u32) -> Option<String> {
    let (freq, step) = match unit {
        "工作日" => return Some("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR".to_owned()),
        "天" | "日" => ("DAILY", n),
        "周" | "星期" => ("WEEKLY", n),
        "旬" => return Some("FREQ=MONTHLY;BYMONTHDAY=10,20,-1".to_owned()),
        "半月" | "半个月" => ("WEEKLY", 2),
        "月" | "个月" => ("MONTHLY", n),
        "季度" | "季" | "个季度" => ("MONTHLY", 3 * n),
        "半年" => ("MONTHLY", 6),
        "年" | "年度" => ("YEARLY", n),
        _ => return None,
    };
    Some(if step == 1 {
        format!("FREQ={freq}")
    } else {
        format!("FREQ={freq};INTERVAL={step}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_08_rates_become_rules() {
        for (sentence, want) in [
            ("车队每周报一次油耗", "FREQ=WEEKLY"),
            ("站长每月15日前报表", "FREQ=MONTHLY"),
            ("每季度末盘点", "FREQ=MONTHLY;INTERVAL=3"),
            ("每年体检", "FREQ=YEARLY"),
            ("每个工作日有人值守", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"),
            ("例会两周一次", "FREQ=WEEKLY;INTERVAL=2"),
            ("每半年清点", "FREQ=MONTHLY;INTERVAL=6"),
            ("每两个月轮岗", "FREQ=MONTHLY;INTERVAL=2"),
            ("全年抽查数不低于60次", "FREQ=YEARLY"),
            ("全年演练2次", "FREQ=YEARLY"),
            ("按季度通报里程", "FREQ=MONTHLY;INTERVAL=3"),
            ("实行油料月调度制度", "FREQ=MONTHLY"),
            (
                "台账半年和年终各核一遍",
                "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1",
            ),
        ] {
            let found = find(sentence).unwrap_or_else(|| panic!("{sentence}"));
            assert_eq!(found.rrule.as_deref(), Some(want), "{sentence}");
        }
    }

    #[test]
    fn import_08_loose_words_are_unspecified() {
        for sentence in ["定期擦拭标牌", "车队定期和不定期抽检", "随时补位"] {
            assert_eq!(find(sentence).map(|f| f.rrule), Some(None), "{sentence}");
        }
        for sentence in [
            "编制年度计划",
            "每人领一套工具",
            "车辆定期检验合格",
            "全年修船不少于10件",
            "全年一次性拨付",
        ] {
            assert_eq!(find(sentence), None, "{sentence}");
        }
    }
}
