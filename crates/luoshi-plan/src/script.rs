//! Traditional to simplified characters, one by one.
//!
//! The pairs in `data/traditional.txt` are taken from `TSCharacters.txt` of `OpenCC` (Apache-2.0).
//! Characters that also stand in simplified texts (著, 乾) are left out.

use std::sync::LazyLock;

/// First character that may have a simplified form.
pub(crate) const FIRST: char = '\u{4E00}';
/// Last character that may have a simplified form.
pub(crate) const LAST: char = '\u{9FFF}';

static TABLE: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = (FIRST..=LAST).collect();
    for pair in include_str!("../data/traditional.txt").split_whitespace() {
        let mut chars = pair.chars();
        if let (Some(from), Some(to)) = (chars.next(), chars.next())
            && let Some(slot) = index(from).and_then(|i| table.get_mut(i))
        {
            *slot = to;
        }
    }
    table
});

/// The simplified form of a character; the character itself where there is none.
pub(crate) fn simplified(c: char) -> char {
    index(c).and_then(|i| TABLE.get(i)).copied().unwrap_or(c)
}

fn index(c: char) -> Option<usize> {
    u32::from(c)
        .checked_sub(u32::from(FIRST))
        .and_then(|i| usize::try_from(i).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_04_traditional_characters_become_simplified() {
        let read: String = "黨建引領運輸".chars().map(simplified).collect();
        assert_eq!(read, "党建引领运输");
        let same: String = "显著提升 abc".chars().map(simplified).collect();
        assert_eq!(same, "显著提升 abc");
    }
}
