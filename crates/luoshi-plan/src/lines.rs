//! Whether a line goes on with the next one.
//!
//! Texts saved from web pages often carry a blank line in the middle of a sentence.

use crate::clean::from;
use crate::markers;

/// Marks that end a line for good.
const FINAL: [char; 9] = ['。', ';', ':', '!', '?', '…', '|', '》', ')'];

/// Whether a line was cut in the middle of a sentence and goes on in the next.
///
/// Both come cleaned. A line that neither ends with a comma nor holds a whole sentence is taken for
/// a heading, a name or a table cell and never joined.
pub(crate) fn continues(line: &str, next: &str) -> bool {
    let aside = line.starts_with(['|', '(']) && markers::at_start(line).is_none();
    if line.ends_with(FINAL) || aside || next.starts_with('|') {
        return false;
    }
    if markers::at_start(next).is_some() || is_short(next) || next.starts_with("附件") {
        return false;
    }
    if line.ends_with([',', '、']) {
        return true;
    }
    let numbered = markers::at_start(line).is_some();
    // Only the end of a line counts, so that joining many stays linear.
    let line = tail(line);
    let long = line.chars().nth(14).is_some() && !ends_a_title(line);
    let sentence = line.contains(['。', ';']);
    let half = line.contains(',') && !numbered && next.contains('。');
    long && (sentence || half)
}

fn ends_a_title(line: &str) -> bool {
    const ENDS: [&str; 9] = [
        "单位", "部门", "机构", "通知", "方案", "意见", "办法", "公司", "局",
    ];
    ENDS.iter().any(|end| line.ends_with(end))
}

/// A short line without final punctuation is a signature, a date or a heading.
fn is_short(line: &str) -> bool {
    line.chars().nth(12).is_none() && !line.ends_with(FINAL)
}

/// The last part of a line.
fn tail(line: &str) -> &str {
    let mut start = line.len().saturating_sub(600);
    while !line.is_char_boundary(start) {
        start += 1;
    }
    from(line, start)
}
