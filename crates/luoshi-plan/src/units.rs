//! Who is to do it.
//!
//! A unit is found by how its name ends and by the word that follows it.
//! All ranges are bytes of the cleaned text.

pub(crate) mod names;
mod partners;
mod times;
pub(crate) mod trailers;

use std::ops::Range;
use std::sync::LazyLock;

use crate::clean::{cut, from, upto};
use crate::lexicon::{Hit, tag};
use crate::words::Words;

use names::{
    LONGEST, ends_like_unit, is_list, split_list, starts_badly, starts_verbal, without_brackets,
};

/// Most places of one word that are looked at in a sentence; more is no sentence.
const MOST: usize = 20;

/// Units found in a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Units {
    /// In the lead.
    pub(crate) lead: Vec<Range<usize>>,
    /// Taking part.
    pub(crate) co: Vec<Range<usize>>,
    /// Whether the lead is only named in passing (经…审定) and speaks for no other sentence.
    pub(crate) loose: bool,
}

/// Finds the units that a sentence names itself; `segments` are its parts between commas.
pub(crate) fn in_sentence(
    text: &str,
    sentence: &Range<usize>,
    segments: &[Range<usize>],
    hits: &[Hit],
) -> Units {
    let mut found: Vec<Subject> = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let next = segments.get(i + 1).map(|s| cut(text, s.clone()));
        let Some(subject) = subject(text, sentence.start, segment, next, hits) else {
            continue;
        };
        if !subject.bound && is_condition(text, segments.get(i..).unwrap_or_default()) {
            continue;
        }
        // Who is in the lead outranks who comes first.
        if subject.leads {
            found.insert(0, subject);
            found.truncate(1);
            break;
        }
        if found.is_empty() || subject.bound == found.iter().all(|s| s.bound) {
            found.push(subject);
        }
    }
    let by = by_phrases(text, sentence, "由");
    let mut units = Units::default();
    if by.is_empty() || found.iter().any(|s| s.bound || s.leads) {
        for subject in &found {
            units.lead.extend(split_list(text, &subject.list));
        }
    } else {
        units.lead = by;
    }
    if units.lead.is_empty() {
        units.lead = by_phrases(text, sentence, "经");
        units.loose = true;
    }
    units.co = partners::find(text, sentence, hits);
    let lead = units.lead.clone();
    units.co.retain(|co| !lead.contains(co));
    units
}

/// Whether segments begin with a condition; whoever it speaks of is not the one who acts.
///
/// It may take several of them: 车站逾期未报,经催办仍未报的,….
fn is_condition(text: &str, segments: &[Range<usize>]) -> bool {
    let mut parts = segments.iter().map(|s| cut(text, s.clone()));
    let first = parts.next().unwrap_or_default();
    let opens = |part: &&str| ["对", "凡", "如"].iter().any(|w| part.starts_with(w));
    let ends = |part: &str| part.trim_end_matches([',', '。', ';']).ends_with('的');
    ends(first) || parts.take_while(|p| !opens(p)).any(ends)
}

/// The subject of one part of a sentence.
pub(crate) fn of_segment(
    text: &str,
    base: usize,
    segment: &Range<usize>,
    hits: &[Hit],
) -> Option<Range<usize>> {
    let part = cut(text, segment.clone());
    if let Some(rest) = part.strip_prefix("由") {
        let start = segment.start + "由".len();
        return unit_len(rest).map(|len| start..start + len);
    }
    subject(text, base, segment, None, hits).map(|s| s.list)
}

/// Whose conduct a ban is about: 规范窗口人员行为,不准…; whoever it names keeps to it.
pub(crate) fn whose_conduct(text: &str, sentence: &Range<usize>) -> Option<Range<usize>> {
    let part = cut(text, sentence.clone());
    let (before, rest) = part
        .split_once("规范")
        .or_else(|| part.split_once("约束"))?;
    let (name, _) = rest.split_once("行为")?;
    let start = sentence.start + part.len() - rest.len();
    let named = !before.contains(',') && is_list(name);
    named.then_some(start..start + name.len())
}

/// The thing that is the subject of a sentence, in bytes of the sentence: 费用由…, 平台应….
///
/// A thing is what stands before the first modal or preposition, begins with no verb and is no unit.
pub(crate) fn thing(
    text: &str,
    sentence: &Range<usize>,
    segments: &[Range<usize>],
    hits: &[Hit],
) -> Option<Range<usize>> {
    const AFTER: u32 = tag::MODAL | tag::BAN;
    const SHORTEST: usize = 9;
    let mut main = segments
        .iter()
        .filter(|s| !is_setting(cut(text, (*s).clone())));
    let segment = main.next()?;
    let lead = connective_len(cut(text, segment.clone()));
    let lead = lead + times::len_at_start(cut(text, segment.start + lead..segment.end));
    let start = segment.start - sentence.start + lead;
    let end = segment.end - sentence.start;
    if hits.iter().any(|h| h.start == start && h.tags != 0) {
        return None;
    }
    let after = hits.iter().find(|h| {
        let word = from(text, sentence.start + h.start);
        let passive = THING_VERBS.start(word);
        h.start > start && h.start < end && (h.tags & AFTER != 0 || passive)
    })?;
    let name = cut(text, sentence.start + start..sentence.start + after.start);
    let noun =
        !ends_like_unit(name.trim_end_matches(')')) && !name.contains(['、', '对', '将', '把']);
    (noun && after.start >= start + SHORTEST).then_some(start..after.start)
}

/// What a thing undergoes: 由…承担, 作为…, 纳入….
static THING_VERBS: LazyLock<Words> =
    LazyLock::new(|| Words::new("由 作为 纳入 列入 按照 按 须经 以 报 实行 不 严格按照 应 要 须"));

/// A part that only sets the scene: 按照…, 对…, …后.
fn is_setting(segment: &str) -> bool {
    let bare = segment.trim_end_matches([',', '。', ';']);
    NOT_SUBJECT.start(bare) || bare.ends_with(['的', '后', '时', '前', '中', '起', '上', '下'])
}

/// How a part begins that has no subject.
static NOT_SUBJECT: LazyLock<Words> = LazyLock::new(|| {
    Words::new("按 按照 根据 依据 对 在 自 为 以 通过 结合 围绕 针对 从 经 除 如 若 因 各 有条件")
});

/// A list of units with the word after it.
struct Subject {
    list: Range<usize>,
    /// Whether a word of duty follows: 要, 负责.
    bound: bool,
    /// Whether 牵头 follows.
    leads: bool,
}

/// The subject at the start of a segment: a list of units before a word that may follow a subject.
fn subject(
    text: &str,
    base: usize,
    segment: &Range<usize>,
    next: Option<&str>,
    hits: &[Hit],
) -> Option<Subject> {
    const BOUND: u32 = tag::MODAL | tag::DUTY | tag::BAN;
    const FOLLOWS: u32 = BOUND | tag::ACT | tag::EFFORT | tag::FOLLOW | tag::PARTNER;
    let start = segment.start + connective_len(cut(text, segment.clone()));
    let start = start + times::len_at_start(cut(text, start..segment.end));
    let part = cut(text, start..segment.end);
    if starts_badly(part) {
        return None;
    }
    let first = hits.partition_point(|h| h.end + base <= start);
    let mut longest = usize::MAX;
    for hit in hits.get(first..).unwrap_or_default() {
        let at = hit.start + base;
        if hit.tags & FOLLOWS == 0 || at < start {
            continue;
        }
        if at > segment.end || at > start + LONGEST {
            break;
        }
        if at == start {
            // A sentence that begins with a verb has no subject, a name such as 调度室 is short.
            longest = if hit.tags & (tag::ACT | tag::CONCRETE | tag::DUTY) != 0 {
                5
            } else {
                0
            };
            if hit.tags & !tag::FOLLOW == 0 || starts_verbal(part) {
                longest = usize::MAX;
            }
            continue;
        }
        let list = times::without_last(cut(text, start..at));
        let rest = cut(text, at..segment.end);
        let word = hit.end - hit.start;
        if names::is_noun_here(rest, word) {
            continue;
        }
        let of_name = rest.strip_prefix("主要").unwrap_or(rest);
        if ["负责人", "负责同志", "对应", "领导"]
            .iter()
            .any(|w| of_name.starts_with(w))
        {
            continue;
        }
        if !ends_like_unit(list.trim_end_matches([')', '等'])) && !list.ends_with(')') {
            continue;
        }
        if longest < 40 && without_brackets(list).chars().count() > longest {
            return None;
        }
        if is_list(list) {
            // 公司宣传工作领导小组: the verb is part of the name.
            if hit.tags & tag::ACT != 0
                && hit.tags & (tag::CONCRETE | tag::PARTNER | tag::DUTY) == 0
                && names::goes_on_to_a_group(rest)
            {
                continue;
            }
            let bound = hit.tags & BOUND != 0;
            return Some(Subject {
                list: start..start + list.len(),
                bound,
                leads: rest.starts_with("牵头"),
            });
        }
    }
    // 各街镇4月底前上报: a time follows the subject.
    let timed = (longest == usize::MAX)
        .then(|| times::first(part))
        .flatten();
    if let Some(len) = timed.filter(|at| is_list(upto(part, *at))) {
        return Some(Subject {
            list: start..start + len,
            bound: false,
            leads: false,
        });
    }
    // 各科室主要负责人,必须带头: the subject is a segment of its own.
    let alone = part.trim_end_matches(',');
    let waits = next.is_some_and(|n| OPENS_DUTY.start(n));
    (waits && alone.len() < part.len() && is_list(alone)).then(|| Subject {
        list: start..start + alone.len(),
        bound: true,
        leads: false,
    })
}

/// What may follow a subject after a comma.
static OPENS_DUTY: LazyLock<Words> =
    LazyLock::new(|| Words::new("要 应 须 必须 每 不得 负责 也要 都要 定期 可"));

/// Bytes of 同时, 此外 and the like, with their comma.
fn connective_len(part: &str) -> usize {
    // 80%以上的车站要…: the share is a quantity, the units come after it.
    if part.starts_with(|c: char| c.is_ascii_digit())
        && let Some(at) = part.find("以上的").filter(|at| *at <= 8)
    {
        return at + "以上的".len();
    }
    for word in [
        "同时,",
        "同时",
        "此外,",
        "其中,",
        "另外,",
        "具体由",
        "原则上,",
        "凡",
        "其",
        "请",
        "下步,",
        "下一步,",
    ] {
        if part.starts_with(word) {
            return word.len();
        }
    }
    0
}

/// Units named by 由… or 经….
fn by_phrases(text: &str, sentence: &Range<usize>, word: &str) -> Vec<Range<usize>> {
    let part = cut(text, sentence.clone());
    let mut found = Vec::new();
    for (at, _) in part.match_indices(word).take(MOST) {
        let after = at + word.len();
        if upto(part, at).ends_with(['理', '自', '已', '曾', '财', '未', '神', '缘', '事'])
        {
            continue;
        }
        if from(part, after).starts_with(['济', '费', '营', '验', '办', '常', '过', '于', '此'])
        {
            continue;
        }
        if let Some(len) = unit_len(from(part, after)) {
            let list = sentence.start + after..sentence.start + after + len;
            found.extend(split_list(text, &list));
        }
    }
    found
}

/// What may follow the units after 由.
static AFTER_BY: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "负责 牵头 提出 承担 进行 组织 具体 统一 统筹 集体 审核 审定 批准 同意 研究 讨论 督办 约谈 立项 实施 担任 \
         任组长 任 会同 依法 按 取消 追究 分别 办理 签批 召开 制定 纳入 作 为 根据 在 对 将 予以 参加 完成 出具 落实 \
         汇总 报 酝酿 下达 共同 主持 确认 统计 给予 协调 办成 半年 每 定期 年终 于 提请 初审 监督 验收 保管 登记 \
         编制 建立 开展 发布 公布 处理 处置 接收 管理 使用 结合 通过 动态",
    )
});

/// Bytes of the list of units at the start of a text, before a verb.
fn unit_len(text: &str) -> Option<usize> {
    let mut end = None;
    for (at, c) in text.char_indices().take(80) {
        if matches!(c, ',' | '。' | ';' | ':' | '《' | '“') {
            end = Some(at);
            break;
        }
        let rest = from(text, at);
        if ["分管", "负责人", "负责同志"]
            .iter()
            .any(|w| rest.starts_with(w))
        {
            if !rest.starts_with("分管副") {
                continue;
            }
        } else if at > 0 && AFTER_BY.start(rest) && is_list(upto(text, at)) {
            return Some(at);
        }
    }
    let end = end?;
    let list = upto(text, end);
    (list.chars().nth(20).is_none() && is_list(list)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lexicon, sentences};

    fn units(sentence: &str) -> (Vec<&str>, Vec<&str>) {
        let whole = 0..sentence.len();
        let mut hits = Vec::new();
        lexicon::scan(sentence, &mut hits);
        let segments = sentences::segments(sentence, &whole);
        let units = in_sentence(sentence, &whole, &segments, &hits);
        let names = |list: &[Range<usize>]| list.iter().map(|r| cut(sentence, r.clone())).collect();
        (names(&units.lead), names(&units.co))
    }

    #[test]
    fn import_07_subjects_are_found_and_split() {
        for (sentence, lead) in [
            ("市轮渡公司要检修趸船。", vec!["市轮渡公司"]),
            ("各车站、各车队负责登记失物。", vec!["各车站", "各车队"]),
            (
                "对晚点班次,调度室(夜班)应当说明原因。",
                vec!["调度室(夜班)"],
            ),
            ("站务部和安检组每月抽查一次。", vec!["站务部", "安检组"]),
            (
                "各车站、各车队主要负责人要到岗。",
                vec!["各车站、各车队主要负责人"],
            ),
            ("各码头负责人,必须带头值班。", vec!["各码头负责人"]),
            (
                "市应急局要备足沙袋,市港务局要备足缆绳。",
                vec!["市应急局", "市港务局"],
            ),
            ("加强夜间值守。", vec![]),
            ("督促各车站清扫站台。", vec![]),
            ("各车站6月底前换灯。", vec!["各车站"]),
            ("80%以上的车站要换灯。", vec!["车站"]),
            ("车站逾期未报的,退回申请。", vec![]),
            ("车站逾期未报,经催办仍不报的,退回申请。", vec![]),
            ("船务科全年换灯不少于10件。", vec!["船务科"]),
            ("市轮渡公司国庆节前完成检修。", vec!["市轮渡公司"]),
            ("票务中心春运期间每日报送客流。", vec!["票务中心"]),
            ("各站上半年修缮候船室。", vec!["各站"]),
            ("机务科6至9月开展检修。", vec!["机务科"]),
            ("年底前各站要换灯。", vec!["各站"]),
            (
                "公司宣传工作领导小组要评比先进。",
                vec!["公司宣传工作领导小组"],
            ),
            ("公司组建宣传工作领导小组。", vec!["公司"]),
            ("船务科年度考核结果靠后。", vec![]),
            ("会议期间完成检修。", vec![]),
        ] {
            assert_eq!(units(sentence).0, lead, "{sentence}");
        }
    }

    #[test]
    fn import_07_by_and_with() {
        assert_eq!(units("遗失物品由站务科统一保管。").0, ["站务科"]);
        assert_eq!(units("停航须经公司领导班子集体研究。").0, ["公司领导班子"]);
        assert_eq!(
            units("市轮渡公司会同市气象局制定停航标准。"),
            (vec!["市轮渡公司"], vec!["市气象局"])
        );
        assert_eq!(
            units("机务科联合票务中心于6月底前开通航线2条。"),
            (vec!["机务科"], vec!["票务中心"])
        );
        assert_eq!(
            units("机务科会同票务中心年底前发放船票。"),
            (vec!["机务科"], vec!["票务中心"])
        );
    }

    #[test]
    fn import_07_those_to_whom_a_thing_is_passed_on_do_not_act() {
        for (sentence, lead) in [
            ("机务科编制规划,报局审定。", vec!["机务科"]),
            ("机务科编制规划,审核后报局审定。", vec!["机务科"]),
            ("机务科编制规划,经站务科审核后报局审定。", vec!["机务科"]),
            ("站务科汇总台账,送机务科、采购科备案。", vec!["站务科"]),
            ("站务科汇总台账,年底前提交局长办公会研究。", vec!["站务科"]),
            ("报局批准后公布。", vec![]),
            ("呈分管局长审批。", vec![]),
            ("报社公布结果。", vec!["报社"]),
        ] {
            assert_eq!(units(sentence).0, lead, "{sentence}");
        }
    }
}
