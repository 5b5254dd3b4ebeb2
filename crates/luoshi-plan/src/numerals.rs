//! Chinese numerals.

/// The value of a Chinese numeral such as `十二`, `二十余` (20), `一百零五` or `两`.
///
/// `None` when a character is no numeral.
pub(crate) fn value(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut section = 0.0;
    let mut digit: Option<f64> = None;
    let mut seen = false;
    for c in text.chars() {
        if let Some(d) = digit_value(c) {
            // A run of digits, as in 二〇二二, reads as one number.
            digit = Some(digit.map_or(d, |before| before * 10.0 + d));
        } else if let Some(unit) = small_unit(c) {
            section += digit.take().unwrap_or(1.0) * unit;
        } else if let Some(unit) = big_unit(c) {
            section += digit.take().unwrap_or(0.0);
            total = (total + section) * unit;
            section = 0.0;
        } else if !matches!(c, '余' | '多' | '几') {
            return None;
        }
        seen = true;
    }
    seen.then(|| total + section + digit.unwrap_or(0.0))
}

/// A small whole number, arabic or Chinese; used for clause numbers and quarters.
pub(crate) fn small(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 24 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let value = value(text)?;
    (0..1000).find(|n| (f64::from(*n) - value).abs() < 0.5)
}

fn digit_value(c: char) -> Option<f64> {
    Some(match c {
        '零' | '〇' => 0.0,
        '一' | '壹' => 1.0,
        '二' | '两' | '贰' => 2.0,
        '三' | '叁' => 3.0,
        '四' | '肆' => 4.0,
        '五' | '伍' => 5.0,
        '六' | '陆' => 6.0,
        '七' | '柒' => 7.0,
        '八' | '捌' => 8.0,
        '九' | '玖' => 9.0,
        _ => return None,
    })
}

fn small_unit(c: char) -> Option<f64> {
    Some(match c {
        '十' | '拾' => 10.0,
        '百' | '佰' => 100.0,
        '千' | '仟' => 1000.0,
        _ => return None,
    })
}

fn big_unit(c: char) -> Option<f64> {
    Some(match c {
        '万' => 10_000.0,
        '亿' => 100_000_000.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_06_chinese_numerals_have_values() {
        for (text, want) in [
            ("两", 2.0),
            ("十", 10.0),
            ("十二", 12.0),
            ("二十余", 20.0),
            ("一百零五", 105.0),
            ("三千二百", 3200.0),
            ("一万二千", 12_000.0),
            ("二〇二二", 2022.0),
        ] {
            assert_eq!(value(text), Some(want), "{text}");
        }
        assert_eq!(value("每"), None);
        assert_eq!(small("十二"), Some(12));
        assert_eq!(small("07"), Some(7));
    }
}
