//! Running text to sentences, and sentences to the parts between commas.

use std::ops::Range;

use crate::clean::{cut, from};

/// A quotation longer than this is taken for one that was never closed.
const LONGEST_QUOTE: usize = 80;

/// Splits a stretch of text at 。！？ and ；, outside quotations and brackets.
///
/// The ranges are without blanks and ordinals at the start; final punctuation stays.
pub(crate) fn split(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    pieces(text, range, |c| matches!(c, '。' | ';' | '!' | '?'))
        .into_iter()
        .map(|piece| {
            let start = piece.start + ordinal_len(cut(text, piece.clone()));
            start + blanks_len(cut(text, start..piece.end))..piece.end
        })
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Splits a sentence at its commas, outside quotations and brackets; the commas stay.
pub(crate) fn segments(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    pieces(text, range, |c| c == ',')
}

fn pieces(text: &str, range: &Range<usize>, ends: fn(char) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = range.start;
    let mut depth = 0_u32;
    let mut inside = 0_usize;
    let part = cut(text, range.clone());
    let mut at = 0;
    while let Some(lead) = part.as_bytes().get(at) {
        // Ideographs, which make up most of a text, neither open, close nor end anything.
        if matches!(lead, 0xe4..=0xe9) {
            at += 3;
            inside += usize::from(depth > 0);
            if inside > LONGEST_QUOTE {
                (depth, inside) = (0, 0);
            }
            continue;
        }
        let Some(c) = from(part, at).chars().next() else {
            break;
        };
        at += c.len_utf8();
        match c {
            '“' | '(' | '《' | '‘' => depth += 1,
            '”' | ')' | '》' | '’' => depth = depth.saturating_sub(1),
            _ => {}
        }
        inside = if depth == 0 { 0 } else { inside + 1 };
        if inside > LONGEST_QUOTE {
            depth = 0;
        }
        if depth == 0 && ends(c) {
            let end = range.start + at;
            found.push(start..end);
            start = end;
        }
    }
    if start < range.end {
        found.push(start..range.end);
    }
    for piece in &mut found {
        piece.start += blanks_len(cut(text, piece.clone()));
    }
    found.retain(|piece| !piece.is_empty());
    found
}

/// Bytes of blanks and bullets at the start of a text.
fn blanks_len(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '★', '●', '·']).len()
}

/// Bytes of an ordinal such as 一是, 二要, 三、 or 第四, at the start of a sentence.
fn ordinal_len(sentence: &str) -> usize {
    let rest = sentence.strip_prefix('第').unwrap_or(sentence);
    let mut chars = rest.chars();
    let (Some(first), Some(second)) = (chars.next(), chars.next()) else {
        return 0;
    };
    let skipped = sentence.len() - rest.len();
    if !"一二三四五六七八九十".contains(first) {
        return 0;
    }
    match second {
        '是' | '、' | ',' => skipped + first.len_utf8() + second.len_utf8(),
        '要' => skipped + first.len_utf8(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        split(text, &(0..text.len()))
            .into_iter()
            .map(|r| cut(text, r))
            .collect()
    }

    #[test]
    fn import_01_sentences_end_outside_quotations_and_lose_their_ordinals() {
        assert_eq!(
            parts("一是排查隐患;二是填写“台账;清单”。第三,按月上报。"),
            ["排查隐患;", "填写“台账;清单”。", "按月上报。"]
        );
        assert_eq!(parts("一般不开会。"), ["一般不开会。"]);
    }

    #[test]
    fn commas_in_brackets_do_not_split() {
        let text = "车队(含一队,二队)要上报,并存档。";
        let got: Vec<&str> = segments(text, &(0..text.len()))
            .into_iter()
            .map(|r| cut(text, r))
            .collect();
        assert_eq!(got, ["车队(含一队,二队)要上报,", "并存档。"]);
    }
}
