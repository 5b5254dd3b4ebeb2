//! Times that stand between a unit and its verb, or before the unit.

use std::sync::LazyLock;

use regex::Regex;

use crate::clean::{cut, from, upto};
use crate::signs::{self, Signs};

use super::names::{LONGEST, ends_like_unit};

/// A run of words of time; the first says that it is one, the others go on.
const TIME: &str = concat!(
    r"(?:(?:19|20)[0-9]{2}年|[0-9]{1,2}(?:月|[至-][0-9]{1,2}月)|全年|年[内底末终]|[今明当]年|[上下前后]半年",
    r"|[一二三四1-4]季度|(?:重大|法定)?节假日|春节|元旦|清明节|五一|端午节|国庆节?|中秋节?|节前|主?汛期|春运|暑运|暑期|[春夏秋冬]季)",
    r"(?:年?[底末内初中]|(?:19|20)[0-9]{2}年|[0-9]{1,2}[月日号]|份|[上中下]旬|[一二三四1-4]季度|[上下]半年|元旦|春节|期间|结束",
    r"|之?[前后]|以前|以后|起)*",
);

static FIRST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(TIME).expect("the pattern is a constant"));

static START: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("^[于在到]?{TIME}")).expect("the pattern is a constant"));

static LAST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("{TIME}$")).expect("the pattern is a constant"));

/// Characters that a time begins with, with or without a preposition.
const BEGINS: &str = "0123456789全年今明当上下前后一二三四重法节春元清五端国中主汛暑夏秋冬于在到";

/// Characters that a time ends with.
const ENDS: &str = "年内底末终日号月份旬节前后起期间运季初中束旦国庆一秋度";

/// Bytes of the time at the start of a text.
pub(super) fn len_at_start(text: &str) -> usize {
    if !text.starts_with(|c| BEGINS.contains(c)) {
        return 0;
    }
    START.find(text).map_or(0, |found| found.end())
}

/// A text without the time at its end, where a unit is left.
pub(super) fn without_last(list: &str) -> &str {
    if !list.ends_with(|c| ENDS.contains(c)) || ends_like_unit(list) {
        return list;
    }
    let Some(found) = LAST.find(list) else {
        return list;
    };
    let unit = upto(list, found.start());
    if ends_like_unit(unit.trim_end_matches(')')) {
        unit
    } else {
        list
    }
}

/// Where the first time of a text begins, if it may stand before a verb.
pub(super) fn first(text: &str) -> Option<usize> {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = cut(text, 0..end);
    if !Signs::of(head).any(signs::YEAR | signs::MONTH | signs::SEASON) {
        return None;
    }
    let found = FIRST.find(head)?;
    let after = from(text, found.end());
    let of_a_thing = ["的", "度", "工作", "任务", "计划", "目标", "情况"];
    (!of_a_thing.iter().any(|w| after.starts_with(w))).then(|| found.start())
}
