//! Characters that tell at one pass which phrases a text cannot have.
//!
//! Most sentences name no day, no rate and no number; looking for them costs most of the reading.

use std::sync::LazyLock;

/// Which telling characters a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signs(u16);

/// A digit.
pub(crate) const DIGIT: u16 = 1;
/// A numeral, 一 to 千.
pub(crate) const NUMERAL: u16 = 1 << 1;
/// 年 or 季.
pub(crate) const YEAR: u16 = 1 << 2;
/// 月 or 底.
pub(crate) const MONTH: u16 = 1 << 3;
/// What ends or opens a limit that names no day: 内, 前, 后, 限期, 立即.
pub(crate) const LIMIT: u16 = 1 << 4;
/// What opens a rate: 每, 按, 逐.
pub(crate) const EACH: u16 = 1 << 5;
/// A span that may make a rate with a word after it: 周, 日, 旬, 天.
pub(crate) const SPAN: u16 = 1 << 6;
/// What makes a rate of the span before it: 调度, 通报, 例会, 报告.
pub(crate) const ROUND: u16 = 1 << 7;
/// What opens a rate that is left open: 定期, 随时, 常态, 适时, 经常.
pub(crate) const LOOSE: u16 = 1 << 8;
/// What a season or a feast has: 节, 期, 汛, 运.
pub(crate) const SEASON: u16 = 1 << 9;

/// Characters by what they tell; one may tell several things.
const TELLING: [(u16, &str); 9] = [
    (NUMERAL, "一二两三四五六七八九十百千"),
    (YEAR, "年季"),
    (MONTH, "月底"),
    (LIMIT, "内前后限规第尽立即"),
    (EACH, "每按逐"),
    (SPAN, "周日旬天月季年"),
    (ROUND, "一调通例报"),
    (LOOSE, "定随常适经"),
    (SEASON, "节元五国中汛运暑春清端"),
];

/// The first character of the table and how many it has.
const FIRST: u32 = 0x4e00;
const COUNT: usize = 0x5200;

static TABLE: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0; COUNT];
    for (sign, characters) in TELLING {
        for slot in characters.chars().filter_map(place) {
            if let Some(known) = table.get_mut(slot) {
                *known |= sign;
            }
        }
    }
    table
});

fn place(c: char) -> Option<usize> {
    usize::try_from(u32::from(c).checked_sub(FIRST)?).ok()
}

impl Signs {
    /// What a cleaned text has.
    pub(crate) fn of(text: &str) -> Self {
        let table = TABLE.as_slice();
        let mut signs = 0;
        for c in text.chars() {
            if c.is_ascii_digit() {
                signs |= DIGIT;
            } else {
                let known = place(c).and_then(|slot| table.get(slot));
                signs |= known.copied().unwrap_or_default();
            }
        }
        Self(signs)
    }

    /// Whether the text has any of these.
    pub(crate) fn any(self, signs: u16) -> bool {
        self.0 & signs != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_signs_of_its_characters() {
        let signs = Signs::of("每季度末通报3次");
        assert!(signs.any(EACH) && signs.any(YEAR) && signs.any(ROUND) && signs.any(DIGIT));
        assert!(!signs.any(LIMIT | MONTH | LOOSE | SEASON));
        assert_eq!(Signs::of(""), Signs(0));
    }
}
