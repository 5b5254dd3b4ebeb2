//! What looks like the name of a unit, a post or a group of people.
//!
//! Names are recognised by their last characters; there is no list of organisations.

use std::ops::Range;
use std::sync::LazyLock;

use crate::clean::{cut, from, upto};
use crate::words::Words;

/// Longest list of units, in bytes.
pub(super) const LONGEST: usize = 240;

/// What a name ends with.
static ENDINGS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "局 委 办 部 处 科 室 组 队 站 所 院 校 厅 会 社 司 中心 政府 单位 部门 机关 机构 企业 集团 公司 街道 \
         街镇 乡镇 镇 地区 各地 市 县 区 省 支部 党组 党委 书记 局长 主任 负责人 负责同志 责任人 领导 班子 成员 人员 \
         干部 职工 联系人 经办人 牵头人 召集人 同志 专班 居委 网格员 党员 群众 任何人 个人 码头 车队 车站 大队 支队 管委会 队伍 \
         纪委 正职 副职 财政 民警 工作者 司机 院长 站长 所长 科长 船长 队长 处长 路长 河长 村委 组织 团队 物业 各方 \
         主体 指挥部 工会 团委 妇联 银行 党校 学校 医院 系统 联席会议 区县 县区 街办",
    )
});

/// What ends like a name and is none.
static NOT_ENDINGS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "全部 内部 外部 社会 大会 机会 场所 好处 承办 督办 交办 主办 协办 举办 城市 社区 小区 处处 开会 网站 园区 \
         召开会 调度会 推进会 协调会 座谈会 民主生活会 基层 一线 部署会 动员会 全市 全县 全区 全省 项目部 \
         服务区 保护区 辖区 景区 行政处 之所 所处 一处 各处 改组 一组 查处 惩处 居住区 片区 库区 厂区 校区 林区 山区 灾区 城区 棚户区 区域 一室 科室建设 成绩单",
    )
});

/// Endings of people rather than bodies.
static PEOPLE: LazyLock<Words> = LazyLock::new(|| {
    Words::new("负责人 负责同志 责任人 领导 班子 成员 人员 干部 职工 同志 主任 书记 局长 经办人")
});

/// How no name begins.
static NOT_STARTS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "对 在 按 将 把 以 为 由 根据 围绕 通过 结合 针对 经 向 从 要 应 须 必须 不 并 加强 强化 推进 推动 组织 建立 \
         健全 完善 落实 成立 开展 坚持 确保 做好 抓好 做到 实行 依托 切实 进一步 积极 认真 充分 全面 深入 定期 及时 \
         制定 明确 是 如 比如 到 督促 支持 鼓励 引导 涉及 聚焦 参与 被 因 能 均 会同 联合 牵头 接受 畅通 听取 提报 \
         帮助 发回 移送 每周 每月 每季度 每年 每天 每日 力争 发现 成员由 办公室设 具备 符合 除 于 全力 加快 统筹推进 \
         特别是 包括 其中 巩固 未 年终 半年 促使 更好 形成 扎实 就 保证 适时 与 委托 协助 协同 配合 调整 主要收回 \
         实现 提升 提高 一是 二是 三是 持续 严格 保障 让 使 给 用 该 此 关于 监督 指导 协调 有的 少数 一些 \
         报 呈 送 抄送 上报 转报 提交 提请 交由 允许 倒逼 约束 方便 便于 号召 动员 压实 解决",
    )
});

/// Names that begin with such a word all the same.
static STARTS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "组织部 对应科室 对应部门 对口 督查室 督查组 督导组 指导组 牵头单位 牵头部门 配合单位 监督小组 协调小组 监督管理 \
         报社 报业 报刊 报馆 报关 呈贡 送变电",
    )
});

/// What stands in sentences and not in names.
static ACTS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "的问题 情况 进行 开展 提升 落实 推动 完成 加强 纳入 做好 处于 解决 需要 发现 随意 共同 报告 掌握 排查 召集 \
         收集 应当 不得 严格 进一步 作为 采用 结果 意见 会议、 规范设置 情形 确认 查处 充当 \
         后报 后送 后呈 并报 并送 前报 前送 提交 提请 报请 报经 报送 呈报 呈送 抄送",
    )
});

/// Names that begin with a word that is also a verb.
static VERBAL: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "重点排污 重点用能 重点企业 重点单位 试点 建设 监督 监察 审计 管理 治理 教育 培训 评估 检测 监测 统计 监管 办理 养护 登记 交办 承办",
    )
});

/// Whether a text begins with a verb that names begin with as well: 监管部门, 试点地区.
pub(super) fn starts_verbal(part: &str) -> bool {
    VERBAL.start(part)
}

/// Whether a text is a list of units and nothing else.
pub(crate) fn is_list(list: &str) -> bool {
    let list = list.trim_end_matches('等');
    // xx科: letters stand for characters that were taken out.
    let short = list.len() < 6 && !list.starts_with("xx");
    if short || list.len() > LONGEST || !ends_like_unit(list.trim_end_matches(')')) {
        // A bracket after a name hides its ending: look below it.
        if !list.ends_with(')') || list.len() > LONGEST {
            return false;
        }
    }
    let mut depth = 0_i32;
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '。' | ';' | ':' | ',' | '《' | '“' => return false,
            _ if depth > 0 => {}
            '0'..='9' | '%' => return false,
            // Prepositions and particles stand in sentences, not in names.
            '在' | '由' | '被' | '把' | '将' | '向' | '从' | '是' | '了' | '着' | '未' | '均'
            | '已' => {
                return false;
            }
            _ => {}
        }
    }
    if depth != 0 {
        return false;
    }
    let bare = without_brackets(list);
    if starts_badly(&bare) || bare.contains("一名") {
        return false;
    }
    let Some(last) = bare.rsplit('、').next() else {
        return false;
    };
    let length = last.chars().take(25).count() + usize::from(list.ends_with(')'));
    ends_like_unit(last) && (2..=24).contains(&length) && !ACTS.within(&bare)
}

/// What makes a name of the verb before it: 编制部门, 交办的.
static NAME_ENDS: LazyLock<Words> =
    LazyLock::new(|| Words::new("的 部门 单位 机构 人员 中心 队伍 力量"));

/// What makes a thing of the verb before it, where something is said of the thing: 评价结果将….
static THING_ENDS: LazyLock<Words> =
    LazyLock::new(|| Words::new("结果 情况 事项 机制 制度 责任 职责 意见 方案 能力 水平 工作"));

/// What is said of a thing.
static SAID_OF_THINGS: LazyLock<Words> =
    LazyLock::new(|| Words::new("将 要 应 作为 由 纳入 按 报 须 不 与 靠 以"));

/// Whether the verb at the start of a text, `word` bytes long, is part of a noun.
pub(super) fn is_noun_here(text: &str, word: usize) -> bool {
    let after = from(text, word);
    if NAME_ENDS.start(after) {
        return true;
    }
    let rest = after
        .char_indices()
        .nth(2)
        .map_or("", |(at, _)| from(after, at));
    THING_ENDS.start(after) && SAID_OF_THINGS.start(rest)
}

/// Whether the rest of the name of a group stands near the start of a text.
pub(super) fn goes_on_to_a_group(text: &str) -> bool {
    let near = text.char_indices().nth(14).map_or(text.len(), |(at, _)| at);
    let near = upto(text, near);
    let part = near.split([',', '、', '。', ';', '的']).next();
    part.is_some_and(|part| {
        ["领导小组", "工作专班", "委员会", "联席会议"]
            .iter()
            .any(|w| part.contains(w))
    })
}

/// Whether a text begins like a sentence rather than like a name.
pub(super) fn starts_badly(part: &str) -> bool {
    NOT_STARTS.start(part) && !STARTS.start(part)
}

/// A text without what stands in brackets.
pub(super) fn without_brackets(text: &str) -> String {
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

/// Whether a text ends like a name.
pub(super) fn ends_like_unit(name: &str) -> bool {
    ENDINGS.end(name) && !NOT_ENDINGS.end(name)
}

/// Splits a list of units at 、 and 和, keeping apart only what can stand alone.
pub(crate) fn split_list(text: &str, list: &Range<usize>) -> Vec<Range<usize>> {
    let whole = cut(text, list.clone());
    let kept = without_short_form(whole).trim_end_matches(['等', ' ', '。', ';']);
    let good = |whole: &str| {
        separate(whole).iter().all(|p| {
            let name = without_brackets(cut(whole, p.clone()));
            name.chars().nth(1).is_some() && ends_like_unit(&name) && !is_bare_place(&name)
        })
    };
    // 市应急局、市港务局等部门: what can stand alone needs no 等部门.
    let bare = ["等部门", "等单位", "等部门和单位"]
        .iter()
        .find_map(|end| kept.strip_suffix(end));
    let kept = bare.filter(|bare| good(bare)).unwrap_or(kept).len();
    let list = list.start..list.start + kept;
    let whole = cut(text, list.clone());
    let parts = separate(whole);
    let good = good(whole);
    if parts.len() < 2 || !good || belong_together(whole, &parts) {
        return vec![list];
    }
    parts
        .into_iter()
        .map(|p| list.start + p.start..list.start + p.end)
        .collect()
}

/// A name without the short form in brackets that it introduces: …联席会议(简称联席会议).
fn without_short_form(name: &str) -> &str {
    match name.split_once("(简称").or(name.split_once("(以下简称")) {
        Some((long, rest)) if rest.find(')') == Some(rest.len() - 1) => long,
        _ => name,
    }
}

/// Whether the parts of a list cannot be cut without rewriting them.
fn belong_together(whole: &str, parts: &[Range<usize>]) -> bool {
    let name = |p: &Range<usize>| cut(whole, p.clone());
    let Some((last, others)) = parts.split_last() else {
        return false;
    };
    let person = |p: &Range<usize>| PEOPLE.end(name(p));
    // 各科室、各单位主要负责人: the post belongs to all of them.
    if person(last) && others.iter().all(|p| !person(p)) {
        return true;
    }
    // 党组书记、局长: two posts of one person.
    let post = ["局长", "主任", "书记", "院长", "所长"].contains(&name(last));
    // 各单位和党组织: 各 speaks for both, and 和 does not end its reach.
    let first = others.first().map(name).unwrap_or_default();
    let quantified = (first.contains('各') && !first.contains("各级")) || first.contains("所有");
    let linked = others.last().is_some_and(|p| {
        from(whole, p.end).starts_with(['和', '及', '与']) || from(whole, p.end).starts_with("以及")
    });
    let open = !name(last).starts_with('各') && !name(last).starts_with("其他");
    post || (quantified && linked && open) || (linked && is_branch(name(last)))
}

/// 省局和分局: the second is named after the first.
fn is_branch(name: &str) -> bool {
    name.starts_with('分') && !name.starts_with("分管")
}

fn is_bare_place(name: &str) -> bool {
    matches!(
        name,
        "市" | "县" | "区" | "省" | "镇" | "乡" | "各市" | "各省" | "省级" | "市级"
    )
}

/// The parts of a list, in bytes of the list.
fn separate(list: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut depth = 0_u32;
    let mut start = 0;
    for (at, c) in list.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || at < start {
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
    }
    if start < list.len() {
        parts.push(start..list.len());
    }
    parts
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

    fn names(list: &str) -> Vec<&str> {
        split_list(list, &(0..list.len()))
            .into_iter()
            .map(|r| cut(list, r))
            .collect()
    }

    #[test]
    fn import_07_lists_are_split_where_the_parts_can_stand_alone() {
        assert_eq!(names("市轮渡公司、市港务局等"), ["市轮渡公司", "市港务局"]);
        assert_eq!(names("站务部和安检组"), ["站务部", "安检组"]);
        assert_eq!(
            names("各车站、各车队主要负责人"),
            ["各车站、各车队主要负责人"]
        );
        assert_eq!(names("各车站和票务中心"), ["各车站和票务中心"]);
        assert_eq!(names("市、区两级财政"), ["市、区两级财政"]);
        assert_eq!(names("公司党委书记、主任"), ["公司党委书记、主任"]);
    }

    #[test]
    fn import_07_sentences_are_no_lists() {
        for text in [
            "加强车站",
            "由车站",
            "3个车站",
            "车站在城市",
            "督办",
            "组织司机",
            "每月报送站务部",
        ] {
            assert!(!is_list(text), "{text}");
        }
        for text in ["督查室", "市港务局(海事处)", "各码头", "组织部"] {
            assert!(is_list(text), "{text}");
        }
    }
}
