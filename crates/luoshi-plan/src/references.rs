//! What a text points to and does not contain.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::clean::{from, upto};
use crate::reading::MissingKind;

static POINTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<a>附(?P<n>件[0-9]{0,2})|见附表[0-9]{0,2}|附[\p{Han}]{2,8}表|附后)",
        r"|(?:详见|具体见|参见|见)(?P<d>《[^《》]{2,60}》)",
        r"|(?P<d2>《[^《》]{2,60}(?:方案|办法|规定|细则|条例|规程|标准|预案|通知|意见)》)",
    ))
    .expect("the pattern is a constant")
});

/// Whether the words right before a title say to act by it: 按照市局《…》.
fn is_pointed_to(before: &str) -> bool {
    let near = before.char_indices().rev().nth(9).map_or(0, |(at, _)| at);
    let near = from(before, near);
    let near = near
        .rsplit([',', '。', ';', '》'])
        .next()
        .unwrap_or_default();
    ["按照", "依照", "对照", "参照", "按", "落实", "执行", "根据"]
        .iter()
        .any(|w| near.contains(w))
}

/// Pointers of a text to what is elsewhere; `text` is cleaned, ranges are bytes.
pub(crate) fn find(text: &str) -> Vec<(Range<usize>, MissingKind)> {
    let mut found = Vec::new();
    for caps in POINTER.captures_iter(text) {
        let Some(whole) = caps.get(0) else { continue };
        if caps.name("a").is_some() {
            let before = text.get(..whole.start()).unwrap_or_default();
            // An annex that stands in the file begins its own line; here only the pointers count.
            if caps.name("n").is_some() && !before.ends_with(['见', '(', '《']) {
                continue;
            }
            found.push((whole.range(), MissingKind::Attachment));
        } else if let Some(title) = caps.name("d") {
            found.push((title.range(), MissingKind::Document));
        } else if let Some(title) = caps.name("d2")
            && is_pointed_to(upto(text, title.start()))
        {
            found.push((title.range(), MissingKind::Document));
        }
    }
    found
}
