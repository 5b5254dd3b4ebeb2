//! Who takes part: 会同…, 与…共同 and the like.

use std::ops::Range;
use std::sync::LazyLock;

use crate::clean::{cut, from, upto};
use crate::lexicon::{Hit, tag};
use crate::words::Words;

use super::names::{is_list, split_list};
use super::{MOST, times};

/// Bytes of the longest word that may follow a partner.
const LONGEST_WORD: usize = 18;

/// What may follow a partner.
static AFTER_PARTNER: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "开展 做好 对 制定 推动 建立 每 及时 组成 落实 严格 完善 组织 定期 加强 共同 等单位 等部门 推进 完成 在 研究 \
         动态 针对 起草 实施 按 积极 编制 审核 检查",
    )
});

/// What may follow a partner after 与, which joins much else.
static AFTER_WITH: LazyLock<Words> =
    LazyLock::new(|| Words::new("共同 做好 研究 协调 联合 协商 沟通 对接 签订"));

/// Units named by 会同…, 与…共同 and the like.
pub(super) fn find(text: &str, sentence: &Range<usize>, hits: &[Hit]) -> Vec<Range<usize>> {
    let part = cut(text, sentence.clone());
    let mut found = Vec::new();
    for word in ["会同", "联合", "协同", "配合", "协助", "与"] {
        for (at, _) in part.match_indices(word).take(MOST) {
            let after = at + word.len();
            let list = from(part, after);
            let len = if word == "与" {
                partner_len(list, |at| AFTER_WITH.start(from(list, at)))
            } else {
                partner_len(list, |at| {
                    AFTER_PARTNER.start(from(list, at)) || acts_at(hits, after + at)
                })
            };
            if let Some(len) = len {
                let list = sentence.start + after..sentence.start + after + len;
                for name in split_list(text, &list) {
                    if !found.contains(&name) {
                        found.push(name);
                    }
                }
            }
        }
    }
    found.sort_by_key(|r| r.start);
    found
}

/// Whether a word that may follow a subject stands at a byte of the sentence.
fn acts_at(hits: &[Hit], at: usize) -> bool {
    const FOLLOWS: u32 = tag::ACT | tag::EFFORT | tag::FOLLOW | tag::MODAL | tag::DUTY;
    let first = hits.partition_point(|h| h.end <= at);
    let near = hits.get(first..).unwrap_or_default().iter();
    near.take_while(|h| h.end <= at + LONGEST_WORD)
        .any(|h| h.start == at && h.tags & FOLLOWS != 0)
}

fn partner_len(text: &str, stops: impl Fn(usize) -> bool) -> Option<usize> {
    for (at, c) in text.char_indices().take(40) {
        if matches!(c, ',' | '。' | ';' | ':' | '《' | '“' | '的') {
            return None;
        }
        if at >= 6 && stops(at) {
            let list = times::without_last(upto(text, at)).trim_end_matches('等');
            if is_list(list) {
                return Some(list.len());
            }
        }
    }
    None
}
