//! Who is to do it.
//!
//! Names are recognised by their last characters and by what follows them; there is no list of
//! organisations. All ranges are bytes of the cleaned text.

use std::ops::Range;

use crate::clean::{cut, from, upto};
use crate::lexicon::{Hit, tag};

/// Longest list of units before a verb, in bytes.
const LONGEST: usize = 240;

/// What the name of a unit, a post or a group of people ends with.
const ENDINGS: [&str; 92] = [
    "局",
    "委",
    "办",
    "部",
    "处",
    "科",
    "室",
    "组",
    "队",
    "站",
    "所",
    "院",
    "校",
    "厅",
    "会",
    "社",
    "司",
    "中心",
    "政府",
    "单位",
    "部门",
    "机关",
    "机构",
    "企业",
    "集团",
    "公司",
    "街道",
    "街镇",
    "乡镇",
    "镇",
    "地区",
    "各地",
    "市",
    "县",
    "区",
    "省",
    "支部",
    "党组",
    "党委",
    "书记",
    "局长",
    "主任",
    "负责人",
    "负责同志",
    "责任人",
    "领导",
    "班子",
    "成员",
    "人员",
    "干部",
    "职工",
    "联系人",
    "同志",
    "专班",
    "居委",
    "网格",
    "党员",
    "群众",
    "任何人",
    "个人",
    "大队",
    "支队",
    "管委会",
    "队伍",
    "纪委",
    "正职",
    "副职",
    "财政",
    "民警",
    "工作者",
    "司机",
    "院长",
    "站长",
    "所长",
    "科长",
    "村委",
    "组织",
    "团队",
    "系统",
    "平台",
    "物业",
    "各方",
    "主体",
    "指挥部",
    "督导组",
    "督查组",
    "工会",
    "团委",
    "妇联",
    "银行",
    "窗口",
    "驻地",
];

/// Endings that name people rather than bodies.
const PEOPLE: [&str; 12] = [
    "负责人",
    "负责同志",
    "责任人",
    "领导",
    "班子",
    "成员",
    "人员",
    "干部",
    "职工",
    "同志",
    "主任",
    "书记",
];

/// Starts that no name of a unit has.
const NOT_STARTS: &[&str] = &[
    "对",
    "在",
    "按",
    "将",
    "把",
    "以",
    "为",
    "由",
    "根据",
    "围绕",
    "通过",
    "结合",
    "针对",
    "经",
    "向",
    "从",
    "要",
    "应",
    "须",
    "必须",
    "不",
    "并",
    "加强",
    "强化",
    "推进",
    "推动",
    "组织",
    "建立",
    "健全",
    "完善",
    "落实",
    "成立",
    "开展",
    "坚持",
    "确保",
    "做好",
    "抓好",
    "实行",
    "依托",
    "切实",
    "进一步",
    "积极",
    "认真",
    "充分",
    "全面",
    "深入",
    "定期",
    "及时",
    "制定",
    "明确",
    "是",
    "如",
    "到",
    "督促",
    "支持",
    "鼓励",
    "引导",
    "涉及",
    "聚焦",
    "参与",
    "被",
    "因",
    "能",
    "均",
    "会同",
    "联合",
    "牵头",
    "接受",
    "畅通",
    "听取",
    "提报",
    "帮助",
    "发回",
    "移送",
    "每周",
    "每月",
    "力争",
    "发现",
    "成员由",
    "办公室设",
    "具备",
    "符合",
    "除",
    "于",
    "全力",
    "加快",
    "统筹推进",
    "特别是",
    "包括",
    "其中",
    "巩固",
    "未",
];

/// Words that end like a unit and are none.
const NOT_ENDS: [&str; 18] = [
    "全部", "内部", "外部", "社会", "大会", "机会", "场所", "好处", "承办", "督办", "交办", "主办",
    "协办", "举办", "城市", "社区", "处处", "开会",
];

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
    let mut subject: Option<Subject> = None;
    for segment in segments {
        let Some(found) = self::subject(text, sentence.start, segment, hits) else {
            continue;
        };
        // Who is in the lead outranks who comes first.
        if subject.is_none() || (found.leads && !cut(text, segment.clone()).contains("牵头单位"))
        {
            let leads = found.leads;
            subject = Some(found);
            if leads {
                break;
            }
        }
    }
    let by = by_phrases(text, sentence, "由");
    let mut units = Units::default();
    if let Some(subject) = subject.filter(|s| s.bound || s.leads || by.is_empty()) {
        units.lead = split_list(text, &subject.list);
    } else if by.is_empty() {
        units.lead = by_phrases(text, sentence, "经");
        units.loose = true;
    } else {
        units.lead = by;
    }
    units.co = partners(text, sentence);
    let lead = units.lead.clone();
    units.co.retain(|co| !lead.contains(co));
    units
}

/// The subject of one part of a sentence, where a word of duty follows it.
pub(crate) fn bound_subject(
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
    subject(text, base, segment, hits).map(|s| s.list)
}

/// A list of units with the word after it.
struct Subject {
    list: Range<usize>,
    /// Whether a word of duty follows: 要, 负责.
    bound: bool,
    /// Whether 牵头 follows.
    leads: bool,
}

/// The subject at the start of a segment: a list of units before a word that may follow a subject.
fn subject(text: &str, base: usize, segment: &Range<usize>, hits: &[Hit]) -> Option<Subject> {
    const FOLLOWS: u32 =
        tag::MODAL | tag::ACT | tag::EFFORT | tag::FOLLOW | tag::DUTY | tag::PARTNER | tag::BAN;
    let start = segment.start + connective_len(cut(text, segment.clone()));
    let part = cut(text, start..segment.end);
    if starts_badly(part) {
        return None;
    }
    let mut opens_with_act = false;
    let mut best: Option<Subject> = None;
    for hit in hits {
        let at = hit.start + base;
        if hit.end + base <= start || hit.tags & FOLLOWS == 0 {
            continue;
        }
        if at > segment.end || at > start + LONGEST {
            break;
        }
        if at <= start {
            opens_with_act |= at == start && hit.tags & !tag::FOLLOW != 0;
            continue;
        }
        let list = cut(text, start..at);
        let rest = cut(text, at..segment.end);
        let rest_of_name = rest.strip_prefix("主要").unwrap_or(rest);
        if ["负责人", "负责同志", "对应", "领导"]
            .iter()
            .any(|w| rest_of_name.starts_with(w))
        {
            continue;
        }
        if (opens_with_act && without_brackets(list).chars().nth(5).is_some()) || !is_list(list) {
            continue;
        }
        // A longer list wins only where nothing but a name stands between.
        if best.as_ref().is_some_and(|b| at < b.list.end) {
            continue;
        }
        if best.is_none() {
            best = Some(Subject {
                list: start..at,
                bound: hit.tags & (tag::MODAL | tag::DUTY | tag::BAN) != 0,
                leads: rest.starts_with("牵头"),
            });
        }
    }
    best
}

fn starts_badly(part: &str) -> bool {
    const UNITS: [&str; 5] = ["组织部", "督查", "督导组", "指导组", "以上"];
    NOT_STARTS.iter().any(|w| part.starts_with(w)) && !UNITS.iter().any(|w| part.starts_with(w))
}

/// Bytes of 同时, 此外 and the like, with their comma.
fn connective_len(part: &str) -> usize {
    for word in [
        "同时,",
        "同时",
        "此外,",
        "其中,",
        "另外,",
        "具体由",
        "原则上,",
        "凡",
    ] {
        if part.starts_with(word) {
            return word.len();
        }
    }
    0
}

/// Whether a text is a list of units and nothing else.
pub(crate) fn is_list(list: &str) -> bool {
    let list = list.trim_end_matches('等');
    if list.len() < 6 || list.len() > LONGEST || list.contains(['。', ';', ':', ',', '《', '“'])
    {
        return false;
    }
    let mut depth = 0_i32;
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            // Prepositions and particles stand in sentences, not in names.
            '在' | '由' | '被' | '把' | '将' | '向' | '从' | '是' | '了' | '着' | '未' | '均'
                if depth == 0 =>
            {
                return false;
            }
            _ => {}
        }
    }
    if depth != 0 {
        return false;
    }
    let bare = without_brackets(list);
    if starts_badly(&bare) {
        return false;
    }
    let Some(last) = bare.rsplit('、').next() else {
        return false;
    };
    ends_like_unit(last) && last.chars().count() <= 24 && !has_act(&bare)
}

/// A list of units has no verb in it, except in names such as 督查室.
fn has_act(list: &str) -> bool {
    const ACTS: [&str; 26] = [
        "的问题",
        "情况",
        "进行",
        "开展",
        "提升",
        "落实",
        "推动",
        "完成",
        "加强",
        "纳入",
        "做好",
        "处于",
        "解决",
        "需要",
        "发现",
        "随意",
        "共同",
        "报告",
        "掌握",
        "排查",
        "召集",
        "收集",
        "应当",
        "不得",
        "严格",
        "进一步",
    ];
    ACTS.iter().any(|w| list.contains(w))
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut bare = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare
}

fn ends_like_unit(name: &str) -> bool {
    ENDINGS.iter().any(|e| name.ends_with(e)) && !NOT_ENDS.iter().any(|e| name.ends_with(e))
}

/// Splits a list of units at 、 and 和, keeping apart only what can stand alone.
pub(crate) fn split_list(text: &str, list: &Range<usize>) -> Vec<Range<usize>> {
    let whole = cut(text, list.clone());
    let kept = whole.trim_end_matches(['等', ' ', '。', ';']).len();
    let list = list.start..list.start + kept;
    let whole = cut(text, list.clone());
    let parts = separate(whole);
    let good = parts.iter().all(|p| {
        let name = without_brackets(cut(whole, p.clone()));
        name.chars().nth(1).is_some() && ends_like_unit(&name) && !is_bare_place(&name)
    });
    if parts.len() < 2 || !good || shares_a_post(whole, &parts) {
        return vec![list];
    }
    parts
        .into_iter()
        .map(|p| list.start + p.start..list.start + p.end)
        .collect()
}

/// 各科室、各单位主要负责人: the post belongs to all of them.
fn shares_a_post(whole: &str, parts: &[Range<usize>]) -> bool {
    let person = |p: &Range<usize>| {
        let name = cut(whole, p.clone());
        PEOPLE.iter().any(|e| name.ends_with(e))
    };
    let Some((last, others)) = parts.split_last() else {
        return false;
    };
    person(last) && others.iter().all(|p| !person(p))
}

fn is_bare_place(name: &str) -> bool {
    matches!(
        name,
        "市" | "县" | "区" | "省" | "镇" | "乡" | "各市" | "各省"
    )
}

fn separate(list: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut depth = 0_u32;
    let mut start = 0;
    let mut skip = 0;
    for (at, c) in list.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || at < skip {
            continue;
        }
        let rest = from(list, at);
        let word = ["、", ",", "以及", "和", "及", "与"]
            .into_iter()
            .find(|w| rest.starts_with(w));
        let Some(word) = word else { continue };
        // 和 and 及 separate only after something that is a unit itself.
        if c != '、' && c != ',' && !ends_like_unit(upto(list, at).trim_end_matches(')')) {
            continue;
        }
        if at > start {
            parts.push(start..at);
        }
        start = at + word.len();
        skip = start;
    }
    if start < list.len() {
        parts.push(start..list.len());
    }
    parts
}

/// Units named by 由… or 经….
fn by_phrases(text: &str, sentence: &Range<usize>, word: &str) -> Vec<Range<usize>> {
    let part = cut(text, sentence.clone());
    let mut found = Vec::new();
    for (at, _) in part.match_indices(word) {
        let after = at + word.len();
        if upto(part, at).ends_with(['理', '自', '已', '曾', '财', '未', '神', '缘', '事'])
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

/// Bytes of the list of units at the start of a text, before a verb.
fn unit_len(text: &str) -> Option<usize> {
    const STOPS: [&str; 56] = [
        "负责",
        "牵头",
        "提出",
        "承担",
        "进行",
        "组织",
        "具体",
        "统一",
        "统筹",
        "集体",
        "审核",
        "审定",
        "批准",
        "同意",
        "研究",
        "讨论",
        "督办",
        "约谈",
        "立项",
        "实施",
        "担任",
        "任组长",
        "任",
        "会同",
        "依法",
        "按",
        "取消",
        "追究",
        "分别",
        "办理",
        "签批",
        "分管",
        "召开",
        "制定",
        "纳入",
        "作",
        "为",
        "根据",
        "在",
        "对",
        "将",
        "予以",
        "参加",
        "完成",
        "出具",
        "落实",
        "汇总",
        "报",
        "酝酿",
        "下达",
        "共同",
        "主持",
        "确认",
        "统计",
        "给予",
        "协调",
    ];
    let mut end = None;
    for (at, c) in text.char_indices().take(48) {
        if matches!(c, ',' | '。' | ';' | ':' | '《' | '“') {
            end = Some(at);
            break;
        }
        let rest = from(text, at);
        if ["分管领导", "分管负责", "负责人", "负责同志"]
            .iter()
            .any(|w| rest.starts_with(w))
        {
            continue;
        }
        if at > 0
            && STOPS.iter().any(|w| from(text, at).starts_with(w))
            && ends_like_unit(without_brackets(upto(text, at)).trim_end_matches('等'))
            && is_list(upto(text, at))
        {
            return Some(at);
        }
    }
    let end = end?;
    let list = upto(text, end);
    (list.chars().count() <= 20 && is_list(list)).then_some(end)
}

/// Units named by 会同…, 与…共同 and the like.
fn partners(text: &str, sentence: &Range<usize>) -> Vec<Range<usize>> {
    let part = cut(text, sentence.clone());
    let mut found = Vec::new();
    for word in ["会同", "联合", "协同", "配合", "协助", "与"] {
        for (at, _) in part.match_indices(word) {
            let after = at + word.len();
            if word == "与" && !from(part, after).contains(['共', '做', '研', '协', '联']) {
                continue;
            }
            if let Some(len) = partner_len(from(part, after), word == "与") {
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

fn partner_len(text: &str, strict: bool) -> Option<usize> {
    for (at, _) in text.char_indices().skip(2).take(40) {
        let before = upto(text, at);
        if before.ends_with([',', '。', ';', ':', '《', '“', '的']) {
            return None;
        }
        let rest = from(text, at);
        let stops: &[&str] = if strict {
            &["共同", "做好", "研究", "协调", "联合", "协商"]
        } else {
            &[
                "开展",
                "做好",
                "对",
                "制定",
                "推动",
                "建立",
                "每",
                "及时",
                "组成",
                "落实",
                "严格",
                "完善",
                "组织",
                "定期",
                "加强",
                "共同",
                "等单位",
                "等部门",
                "推进",
                "完成",
                "在",
                "研究",
                "动态",
                "针对",
                "起草",
                "实施",
                "按",
                "积极",
            ]
        };
        if stops.iter().any(|w| rest.starts_with(w)) {
            let list = before.trim_end_matches('等');
            if is_list(list) {
                return Some(list.len());
            }
        }
    }
    None
}

/// A trailer `(责任单位:…;配合单位:…)` that a text consists of or ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trailer {
    /// Where it begins.
    pub(crate) start: usize,
    /// Its units.
    pub(crate) units: Units,
}

/// The trailer at the end of a stretch of text.
pub(crate) fn trailer(text: &str, range: &Range<usize>) -> Option<Trailer> {
    let part = cut(text, range.clone());
    let body = part.trim_end_matches(['。', ' ', ';']);
    if !body.ends_with(')') {
        return bare_trailer(text, range);
    }
    let mut depth = 0_i32;
    let mut open = None;
    for (at, c) in body.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            open = Some(at);
            break;
        }
    }
    let open = open?;
    let inner = range.start + open + 1..range.start + body.len() - 1;
    let units = trailer_units(text, &inner)?;
    Some(Trailer {
        start: range.start + open,
        units,
    })
}

/// A line of its own without brackets: `责任单位:…`.
fn bare_trailer(text: &str, range: &Range<usize>) -> Option<Trailer> {
    let part = cut(text, range.clone());
    if !["责任单位", "牵头单位", "责任部门", "主责单位"]
        .iter()
        .any(|w| part.starts_with(w))
    {
        return None;
    }
    trailer_units(text, range).map(|units| Trailer {
        start: range.start,
        units,
    })
}

fn trailer_units(text: &str, inner: &Range<usize>) -> Option<Units> {
    let part = cut(text, inner.clone());
    let mut units = Units::default();
    let mut at = inner.start;
    for clause in part.split([';', '。']) {
        let start = at;
        at += clause.len() + 1;
        if let Some((label, names)) = clause.split_once(':') {
            let from = start + label.len() + 1;
            let list = split_names(text, &(from..from + names.len()));
            if ["配合", "协办", "参与", "协同", "协助"]
                .iter()
                .any(|w| label.contains(w))
            {
                units.co.extend(list);
            } else if ["责任", "牵头", "主责", "负责", "承办", "实施"]
                .iter()
                .any(|w| label.contains(w))
                && label.chars().count() <= 8
            {
                units.lead.extend(list);
            } else {
                return None;
            }
            continue;
        }
        let names = [
            "等按职责分工负责",
            "按职责分工负责",
            "分别负责",
            "牵头负责",
            "负责",
            "牵头",
        ]
        .iter()
        .find_map(|w| clause.strip_suffix(w))?;
        if names.contains('。') {
            return None;
        }
        let mut at_name = start;
        for name in names.split(',') {
            let kept = name.strip_suffix("牵头").unwrap_or(name);
            let kept = kept.strip_suffix("配合").unwrap_or(kept).len();
            let list = split_names(text, &(at_name..at_name + kept));
            if name.ends_with("配合") {
                units.co.extend(list)
            } else {
                units.lead.extend(list)
            }
            at_name += name.len() + 1;
        }
    }
    (!units.lead.is_empty() || !units.co.is_empty()).then_some(units)
}

/// Names in a trailer or a table cell; these are lists by construction.
pub(crate) fn split_names(text: &str, list: &Range<usize>) -> Vec<Range<usize>> {
    let whole = cut(text, list.clone());
    let mut names = Vec::new();
    for part in separate(whole) {
        let name = cut(whole, part.clone());
        let lead = name.len() - name.trim_start_matches(' ').len();
        let mut kept = name.trim_end_matches([' ', '。']);
        for end in ["等部门", "等单位", "等"] {
            kept = kept.strip_suffix(end).unwrap_or(kept);
        }
        if kept.len() > lead {
            names.push(list.start + part.start + lead..list.start + part.start + kept.len());
        }
    }
    names
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
            ("加强夜间值守。", vec![]),
        ] {
            assert_eq!(units(sentence).0, lead, "{sentence}");
        }
    }

    #[test]
    fn import_07_by_and_with() {
        assert_eq!(units("遗失物品由站务科统一保管。").0, ["站务科"]);
        assert_eq!(
            units("市轮渡公司会同市气象局制定停航标准。"),
            (vec!["市轮渡公司"], vec!["市气象局"])
        );
    }

    #[test]
    fn import_07_trailers_name_lead_and_partners() {
        let text = "增设护栏。(牵头单位:市道桥处;配合单位:市交警支队、各街道)";
        let found = trailer(text, &(0..text.len())).unwrap();
        let names = |list: &[Range<usize>]| -> Vec<&str> {
            list.iter().map(|r| cut(text, r.clone())).collect()
        };
        assert_eq!(names(&found.units.lead), ["市道桥处"]);
        assert_eq!(names(&found.units.co), ["市交警支队", "各街道"]);
        assert_eq!(from(text, found.start).chars().next(), Some('('));
        assert_eq!(
            trailer("停用旧站(含北站)", &(0.."停用旧站(含北站)".len())),
            None
        );
    }
}
