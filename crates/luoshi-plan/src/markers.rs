//! The numbers that clauses begin with.

use crate::clean::{cut, from};
use crate::numerals;

/// Forms of numbers, outermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// 第一篇: one document of several in a file.
    Part,
    /// 附件1.
    Annex,
    /// 第一章.
    Chapter,
    /// 第一节.
    Section,
    /// 一、
    Han,
    /// 第一条.
    Article,
    /// (一)
    HanBracket,
    /// 1. or 1、
    Arabic,
    /// (1) or 1)
    ArabicBracket,
    /// ①
    Circled,
    /// 一要
    Ordinal,
}

/// A number at the start of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// Its form.
    pub(crate) rank: Rank,
    /// Its value, 0 where it has none.
    pub(crate) number: u32,
    /// The path segment that it makes.
    pub(crate) segment: String,
    /// Length in bytes, with the blanks after it.
    pub(crate) len: usize,
}

/// The number that a cleaned line begins with.
pub(crate) fn at_start(line: &str) -> Option<Marker> {
    let first = line.chars().next()?;
    let mut marker = match first {
        '第' => ordinal(line),
        '附' => annex(line),
        '(' => bracketed(line),
        '0'..='9' => arabic(line),
        '①'..='⑳' => Some(Marker {
            rank: Rank::Circled,
            number: u32::from(first) - u32::from('①') + 1,
            segment: first.to_string(),
            len: first.len_utf8(),
        }),
        _ => han(line),
    }?;
    let rest = from(line, marker.len);
    marker.len += rest.len() - rest.trim_start_matches(' ').len();
    Some(marker)
}

fn run(text: &str, accept: fn(char) -> bool) -> &str {
    let end = text.find(|c| !accept(c)).unwrap_or(text.len());
    cut(text, 0..end)
}

fn is_han_digit(c: char) -> bool {
    "一二三四五六七八九十百零〇".contains(c)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// 第一篇, 第三章, 第十二条.
fn ordinal(line: &str) -> Option<Marker> {
    let rest = from(line, '第'.len_utf8());
    let digits = match run(rest, is_han_digit) {
        "" => run(rest, is_digit),
        digits => digits,
    };
    let number = numerals::small(digits)?;
    let after = from(rest, digits.len());
    let word = after.chars().next()?;
    let rank = match word {
        '篇' => Rank::Part,
        '章' => Rank::Chapter,
        '节' => Rank::Section,
        '条' => Rank::Article,
        _ => return None,
    };
    let len = '第'.len_utf8() + digits.len() + word.len_utf8();
    let next = from(line, len).chars().next();
    // 第一条例 and 第一节课 are words, not numbers.
    if !matches!(next, None | Some(' ' | ':' | '、')) && rank != Rank::Article {
        return None;
    }
    Some(Marker {
        rank,
        number,
        segment: cut(line, 0..len).to_owned(),
        len,
    })
}

/// 附件1:, 附件.
fn annex(line: &str) -> Option<Marker> {
    let rest = line.strip_prefix("附件")?;
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let digits = run(from(rest, blanks), is_digit);
    let gap = if digits.is_empty() { 0 } else { blanks };
    let len = "附件".len() + gap + digits.len();
    let after = from(line, len);
    let colon = usize::from(after.starts_with(':'));
    if digits.is_empty() && !after.is_empty() {
        return None;
    }
    let number = numerals::small(digits).unwrap_or(1);
    let segment = format!("附件{digits}");
    Some(Marker {
        rank: Rank::Annex,
        number,
        segment,
        len: len + colon,
    })
}

/// (一), (1).
fn bracketed(line: &str) -> Option<Marker> {
    let rest = from(line, 1).trim_start_matches(' ');
    let (digits, rank) = match run(rest, is_han_digit) {
        "" => (run(rest, is_digit), Rank::ArabicBracket),
        digits => (digits, Rank::HanBracket),
    };
    if digits.len() > 12 || (rank == Rank::ArabicBracket && digits.len() > 2) {
        return None;
    }
    let number = numerals::small(digits)?;
    let after = from(rest, digits.len());
    let close = after.len() - after.trim_start_matches(' ').len();
    if !from(after, close).starts_with(')') {
        return None;
    }
    let mut len = line.len() - after.len() + close + 1;
    if from(line, len).starts_with('、') {
        len += '、'.len_utf8();
    }
    Some(Marker {
        rank,
        number,
        segment: format!("({digits})"),
        len,
    })
}

/// 1. 1、 1) and not 1.5 or 2022年.
fn arabic(line: &str) -> Option<Marker> {
    let digits = run(line, is_digit);
    if digits.len() > 2 {
        return None;
    }
    let number = numerals::small(digits)?;
    let mut after = from(line, digits.len()).chars();
    let (mark, next) = (after.next()?, after.next());
    let rank = match mark {
        '.' if next.is_none_or(|c| !c.is_ascii_digit()) => Rank::Arabic,
        '、' => Rank::Arabic,
        ')' => Rank::ArabicBracket,
        _ => return None,
    };
    let segment = if rank == Rank::Arabic {
        digits.to_owned()
    } else {
        format!("({digits})")
    };
    Some(Marker {
        rank,
        number,
        segment,
        len: digits.len() + mark.len_utf8(),
    })
}

/// 一、 一. 一要
fn han(line: &str) -> Option<Marker> {
    let digits = run(line, is_han_digit);
    if digits.len() > 9 {
        return None;
    }
    let number = numerals::small(digits)?;
    let mut rest = from(line, digits.len()).chars();
    let mark = rest.next()?;
    let (rank, len) = match mark {
        '、' | '.' | ',' => (Rank::Han, digits.len() + mark.len_utf8()),
        '要' if number < 10 => (Rank::Ordinal, digits.len()),
        _ => return None,
    };
    Some(Marker {
        rank,
        number,
        segment: digits.to_owned(),
        len,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_01_numbers_of_all_forms() {
        for (line, segment, rank) in [
            ("一、总体要求", "一", Rank::Han),
            ("(十二)强化督导", "(十二)", Rank::HanBracket),
            ("1.建立台账", "1", Rank::Arabic),
            ("12、建立台账", "12", Rank::Arabic),
            ("(3) 报送", "(3)", Rank::ArabicBracket),
            ("②示范岗", "②", Rank::Circled),
            ("第十二条 车队应当", "第十二条", Rank::Article),
            ("第三章 职责", "第三章", Rank::Chapter),
            ("第二篇", "第二篇", Rank::Part),
            ("附件2:汇总表", "附件2", Rank::Annex),
            ("二要强化宣传", "二", Rank::Ordinal),
        ] {
            let marker = at_start(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (marker.segment.as_str(), marker.rank),
                (segment, rank),
                "{line}"
            );
        }
        for line in [
            "1.5公里",
            "2022年底前",
            "第一责任人",
            "(销号)",
            "一般不召开",
            "18:00前",
        ] {
            assert_eq!(at_start(line), None, "{line}");
        }
    }
}
