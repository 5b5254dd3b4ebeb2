//! What sort of sentence it is, or that it is no obligation at all.

use std::ops::Range;

use crate::clean::{from, upto};
use crate::lexicon::{Hit, tag};
use crate::reading::{Comparator, Kind};
use crate::{frequencies, quantities};

/// What the heading above says about the sentences below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Guiding thought, basic principles.
    Principle,
    /// Goals.
    Goal,
    /// Scope, background, lists of problems.
    Background,
    /// Anything else.
    Measures,
}

/// The theme that a title sets, and the bytes that set it; `None` where it sets none.
pub(crate) fn theme(title: &str) -> Option<(Theme, Range<usize>)> {
    let has = |words: &[&str]| first_of(title, words);
    if let Some(word) = has(&[
        "指导思想",
        "基本原则",
        "工作原则",
        "指导原则",
        "总体要求",
        "总体思路",
        "工作理念",
        "重大意义",
    ]) {
        Some((Theme::Principle, word))
    } else if let Some(word) = has(&["目标"]) {
        Some((Theme::Goal, word))
    } else if let Some(word) = has(&[
        "适用范围",
        "范围定义",
        "存在问题",
        "主要问题",
        "基本情况",
        "工作背景",
        "整治重点",
        "参与对象",
    ]) {
        Some((Theme::Background, word))
    } else if title.is_empty() {
        None
    } else {
        Some((Theme::Measures, 0..0))
    }
}

/// The word by which a heading announces norms: 奖惩办法, 评选条件.
pub(crate) fn sets_norms(title: &str) -> Option<Range<usize>> {
    let words = [
        "办法",
        "奖惩",
        "奖励",
        "条件",
        "稿酬",
        "处罚",
        "罚则",
        "考核内容",
        "纪律",
    ];
    first_of(title, &words)
}

/// Where the first of some words, in the order of the list, stands in a text.
pub(crate) fn first_of(text: &str, words: &[&str]) -> Option<Range<usize>> {
    // Most words are absent, and `contains` says so much faster than `find`.
    let word = words.iter().find(|w| text.contains(**w))?;
    text.find(word).map(|at| at..at + word.len())
}

/// Where the first of some words, in the order of the list, begins a text.
fn opening(text: &str, words: &[&str]) -> Option<Range<usize>> {
    let word = words.iter().find(|w| text.starts_with(**w))?;
    Some(0..word.len())
}

/// What decided the kind of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cue {
    /// A word, in bytes of the sentence.
    Word(Range<usize>),
    /// The heading that set the theme.
    Theme,
    /// The title or heading that announces norms.
    Norms,
}

/// The kind of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) kind: Kind,
    /// How sure the reader is, 0 to 1.
    pub(crate) sure: f64,
    /// What decided.
    pub(crate) cue: Option<Cue>,
}

/// What is known about a sentence when it is classified.
#[derive(Debug)]
pub(crate) struct Sentence<'a> {
    /// The sentence, cleaned, with its final punctuation.
    pub(crate) text: &'a str,
    /// Its words.
    pub(crate) hits: &'a [Hit],
    /// What the headings above say.
    pub(crate) theme: Theme,
    /// Whether the document lays down standing norms (机制, 制度, 办法).
    pub(crate) norms: bool,
    /// Whether it has a subject of its own that is a unit.
    pub(crate) subject: bool,
    /// The thing that is its subject, in bytes of the sentence: 费用由…, 平台应….
    pub(crate) thing: Option<Range<usize>>,
    /// Whether it introduces the headings or items below it.
    pub(crate) intro: bool,
    /// Whether it names a day.
    pub(crate) dated: bool,
    /// Its frequency.
    pub(crate) frequency: Option<&'a frequencies::Found>,
    /// Its quantities.
    pub(crate) quantities: &'a [quantities::Found],
}

/// The kind of a sentence; `None` where it asks nothing of anybody.
pub(crate) fn kind(sentence: &Sentence) -> Option<Verdict> {
    let text = sentence.text.trim_end_matches(['。', ';', ' ']);
    let tags = sentence.hits.iter().fold(0, |all, hit| all | hit.tags);
    let has = |bits: u32| tags & bits != 0;
    if text.chars().nth(3).is_none() || is_noise(text) {
        return None;
    }
    let bound = has(tag::MODAL | tag::BAN);
    if has(tag::PERMIT) && !has(tag::BAN | tag::SANCTION | tag::CONCRETE) {
        return None;
    }
    let fact = has(tag::FACT) || (has(tag::LACK) && !has(tag::CONCRETE | tag::SANCTION));
    if fact && !bound && !sentence.dated && sentence.frequency.is_none() {
        return None;
    }
    let acts = has(tag::ACT | tag::EFFORT | tag::DUTY | tag::SANCTION | tag::STATE | tag::BAN);
    if !acts && sentence.frequency.is_none() && !sentence.subject {
        return None;
    }
    if sentence.theme == Theme::Background && !(bound && has(tag::CONCRETE)) {
        return None;
    }
    if !bound && !sentence.subject && !sentence.dated && is_noun_list(text, sentence.hits) {
        return None;
    }
    let rate = sentence
        .frequency
        .filter(|f| f.rrule.is_some() || is_regular(sentence.text, f));
    let measured = measure(sentence, text);
    let counts = first_of(text, &["视同", "为准", "最多", "不得"]);
    let goal = sentence.theme == Theme::Goal
        && has(tag::STATE | tag::ACT | tag::EFFORT)
        && counts.is_none();
    if let Some(guide) = first_of(text, &["为指导,"])
        && (text.contains("思想") || text.contains("精神"))
    {
        return verdict(Kind::Principle, 0.8, guide.start..guide.end - 1);
    }
    let state = sentence.theme == Theme::Goal && has(tag::STATE);
    if !state
        && measured.is_none()
        && rate.is_none()
        && !sentence.dated
        && let Some(cue) = principle(sentence, text, tags)
    {
        return Some(Verdict {
            kind: Kind::Principle,
            sure: 0.6,
            cue: Some(cue),
        });
    }
    let sure = 0.55
        + if bound { 0.15 } else { 0.0 }
        + if sentence.subject { 0.15 } else { 0.0 }
        + if has(tag::CONCRETE) { 0.1 } else { 0.0 };
    if let Some(rate) = rate {
        return verdict(Kind::Recurring, sure, rate.range.clone());
    }
    if goal {
        return Some(Verdict {
            kind: Kind::Target,
            sure,
            cue: Some(Cue::Theme),
        });
    }
    let sanctioned = has(tag::SANCTION) || is_duty(sentence, tags);
    if let Some(figure) = measured.filter(|_| !sentence.norms && !sanctioned) {
        return verdict(Kind::Target, sure, figure);
    }
    if let Some(cue) = rule(sentence, text, tags) {
        return Some(Verdict {
            kind: Kind::Rule,
            sure,
            cue: Some(cue),
        });
    }
    Some(Verdict {
        kind: Kind::Task,
        sure,
        cue: told(sentence).map(Cue::Word),
    })
}

fn verdict(kind: Kind, sure: f64, word: Range<usize>) -> Option<Verdict> {
    Some(Verdict {
        kind,
        sure,
        cue: Some(Cue::Word(word)),
    })
}

/// The first word with one of some tags.
fn first_hit(sentence: &Sentence, bits: u32) -> Option<Range<usize>> {
    let found = sentence.hits.iter().filter(|h| h.tags & bits != 0);
    found.min_by_key(|h| h.start).map(|h| h.start..h.end)
}

/// The word that tells somebody to do something: that it must be done, else what is to be done.
fn told(sentence: &Sentence) -> Option<Range<usize>> {
    [
        tag::MODAL | tag::DUTY | tag::BAN,
        tag::CONCRETE,
        tag::ACT,
        tag::EFFORT | tag::STATE | tag::SANCTION,
    ]
    .into_iter()
    .find_map(|bits| first_hit(sentence, bits))
}

/// The figure that makes a sentence a measured end state.
fn measure(sentence: &Sentence, text: &str) -> Option<Range<usize>> {
    let money = [
        "完成",
        "任务数",
        "总投资",
        "争取",
        "达到",
        "实现",
        "新建",
        "改造",
        "修复",
    ];
    // 按13%的维修率测算, 时速120公里以上线路: the figure describes a thing.
    let describes = |q: &&quantities::Found| {
        let bare = q.comparator == Comparator::Equal;
        let after = from(text, q.range.end);
        after.starts_with(['线', '项']) || (bare && after.starts_with('的'))
    };
    // 市局要督促…达到100%: what is told is the act, not the figure that it shall reach.
    let modal = first_hit(sentence, tag::MODAL).filter(|_| sentence.subject);
    let told = |q: &&quantities::Found| modal.as_ref().is_some_and(|m| m.end <= q.range.start);
    let figures = || {
        sentence
            .quantities
            .iter()
            .filter(|q| !describes(q) && !told(q))
    };
    let share = figures().find(|q| q.unit == "%");
    let figure = share.or_else(|| {
        let built = money.iter().any(|w| text.contains(w));
        figures().find(|q| built && matches!(q.unit.as_str(), "元" | "公里"))
    });
    figure.map(|q| q.range.clone())
}

/// A list of nouns is what another sentence announced.
fn is_noun_list(text: &str, hits: &[Hit]) -> bool {
    let Some((first, _)) = text.split_once('、') else {
        return false;
    };
    let starts = hits
        .iter()
        .any(|h| h.start == 0 && h.tags & (tag::ACT | tag::EFFORT) != 0);
    let short = first.chars().nth(6).is_none();
    short && !starts && text.matches('、').count() >= 2 && !text.contains(',')
}

fn is_regular(text: &str, found: &frequencies::Found) -> bool {
    text.get(found.range.clone())
        .is_some_and(frequencies::is_regular)
}

fn is_duty(sentence: &Sentence, tags: u32) -> bool {
    sentence.subject && tags & tag::DUTY != 0
}

fn is_noise(text: &str) -> bool {
    let starts = [
        "现将",
        "特此",
        "附件",
        "联系人",
        "联系电话",
        "为进一步",
        "为深入",
        "为贯彻",
        "为全面",
        "为推动",
        "经研究",
        "(此件",
        "本方案自",
        "本办法自",
        "本意见自",
        "主要任务分为",
    ];
    starts.iter().any(|w| text.starts_with(w))
        || (text.contains("认真贯彻执行")
            || text.contains("认真按照执行")
            || text.contains("遵照执行"))
        || (text.ends_with(':')
            && !text.contains(['要', '应'])
            && !["负责", "成立", "设立", "组建"]
                .iter()
                .any(|w| text.contains(w)))
        || text.ends_with("方面")
        || text.ends_with("阶段进行")
}

/// Exhortation without a product, and whatever stands under a heading of principles.
fn principle(sentence: &Sentence, text: &str, tags: u32) -> Option<Cue> {
    let has = |bits: u32| tags & bits != 0;
    let concrete = has(tag::CONCRETE | tag::SANCTION | tag::BAN);
    if sentence.theme == Theme::Principle {
        return (!(sentence.subject && concrete)).then_some(Cue::Theme);
    }
    let thought = ["深刻认识", "充分认识", "高度重视", "充分认清", "高度负责"];
    if let Some(word) = first_of(text, &thought)
        && !has(tag::SANCTION)
    {
        let acts = ["建立", "制定", "成立", "定期", "报送", "纳入"];
        return first_of(text, &acts).is_none().then_some(Cue::Word(word));
    }
    if sentence.intro && !sentence.subject && !concrete && !text.contains("机制") {
        return told(sentence).map(Cue::Word).or(Some(Cue::Theme));
    }
    if has(tag::EXHORT) && !concrete && !exhorts_last(sentence, text) {
        return first_hit(sentence, tag::EXHORT).map(Cue::Word);
    }
    let opens = [
        "坚持",
        "以习近平",
        "牢固树立",
        "树牢",
        "倡导",
        "营造",
        "形成一级抓一级",
        "牢牢把握",
    ];
    opening(text, &opens).filter(|_| !concrete).map(Cue::Word)
}

/// Whether acts come first and the exhortation is only their purpose, in the last part.
fn exhorts_last(sentence: &Sentence, text: &str) -> bool {
    let last = text.rfind(',').unwrap_or(0);
    let acts = sentence
        .hits
        .iter()
        .any(|h| h.tags & tag::ACT != 0 && h.end <= last);
    let bound = sentence
        .hits
        .iter()
        .any(|h| h.tags & tag::MODAL != 0 && h.end <= last);
    acts && bound
        && sentence
            .hits
            .iter()
            .all(|h| h.tags & tag::EXHORT == 0 || h.start > last)
}

/// What makes a sentence a standing norm.
fn rule(sentence: &Sentence, text: &str, tags: u32) -> Option<Cue> {
    let has = |bits: u32| tags & bits != 0;
    if text.ends_with('的') {
        return Some(Cue::Word(text.len() - '的'.len_utf8()..text.len()));
    }
    let first = text.find(',').unwrap_or(text.len());
    let addressed = opening(text, &["对", "凡"]);
    if let Some(norm) = norm(sentence, text, addressed.as_ref().map_or(0, |_| first)) {
        return Some(Cue::Word(norm));
    }
    if let Some(all) = first_of(text, &[",凡"]) {
        return Some(Cue::Word(all.start + 1..all.end));
    }
    if sentence.dated && !text.starts_with('凡') {
        return None;
    }
    let bound = first_hit(sentence, tag::MODAL);
    let goes_on = [",要", ",应"];
    let asks = goes_on.iter().any(|w| from(text, first).starts_with(w));
    if let Some(word) = addressed.filter(|_| asks || text.contains("的,")) {
        return Some(Cue::Word(word));
    }
    // 逾期未报的,退回申请: a case, and what happens in it.
    let cases = ["的,", "时,要", "时,应"].map(|w| first_of(text, &[w]));
    let case = cases.into_iter().flatten().map(|w| w.start).min();
    if let Some(at) = case.filter(|at| bound.as_ref().is_none_or(|b| b.start > *at)) {
        return Some(Cue::Word(at..at + '的'.len_utf8()));
    }
    if let Some(thing) = &sentence.thing
        && let Some(word) = &bound
        && thing.end <= word.start
        && from(text, word.start).starts_with(['要', '应', '须', '必', '需'])
    {
        return Some(Cue::Word(word.clone()));
    }
    if let Some(word) = first_of(text, &NORMATIVE) {
        return Some(Cue::Word(word));
    }
    let act = first_hit(sentence, tag::MODAL | tag::CONCRETE);
    if let Some(word) = first_of(text, &["下设", "设在"])
        && act.is_none_or(|act| word.start < act.start)
    {
        return Some(Cue::Word(word));
    }
    // 费用由站务科承担: a thing, and who deals with it.
    if let Some(at) = text.find('由').filter(|at| *at >= 6)
        && sentence.subject
        && !has(tag::MODAL)
        && !upto(text, at).trim_end_matches(',').contains([',', ':'])
        && opening(text, &["成立", "组建", "设立", "建立"]).is_none()
    {
        return Some(Cue::Word(at..at + '由'.len_utf8()));
    }
    if let Some(at) = text.find("实行").filter(|_| text.ends_with("制度")) {
        return Some(Cue::Word(at..at + "实行".len()));
    }
    (sentence.norms && !has_product(text)).then_some(Cue::Norms)
}

/// Whether a rule only says what happens to whom: 对逾期未报的,予以通报, or a case (…的).
pub(crate) fn is_sanction(sentence: &Sentence, kind: Kind) -> bool {
    let text = sentence.text.trim_end_matches(['。', ';', ' ']);
    let sanction = sentence.hits.iter().any(|h| h.tags & tag::SANCTION != 0);
    kind == Kind::Rule && (text.ends_with('的') || (text.starts_with('对') && sanction))
}

/// Words of standing norms.
const NORMATIVE: [&str; 12] = [
    "为准",
    ",具体由",
    "应当",
    "应由",
    "须经",
    "原则上",
    "视同",
    "作为考核",
    "重要依据",
    "第一责任人",
    "方可",
    "必须",
];

/// The ban or sanction that a sentence is about; `addressed` is where 对… or 凡… ends, 0 without.
fn norm(sentence: &Sentence, text: &str, addressed: usize) -> Option<Range<usize>> {
    let tags = tag::BAN | tag::SANCTION;
    let mut norms = sentence.hits.iter().filter(|h| h.tags & tags != 0);
    let norm = norms.find(|h| h.start >= addressed && !is_cited(text, h.start))?;
    let here = Some(norm.start..norm.end);
    let banned = norm.tags & tag::BAN != 0;
    if addressed > 0 && !banned {
        return here;
    }
    let before = |bits: u32| first_hit(sentence, bits).is_some_and(|h| h.start < norm.start);
    if first_hit(sentence, tag::DUTY).is_some() {
        return None;
    }
    // 应具备经验,不得兼职: both halves lay down how it has to be.
    if before(tag::MODAL) {
        let modal = first_hit(sentence, tag::MODAL)?;
        return here.filter(|_| banned && text.get(modal).is_some_and(|m| m.starts_with('应')));
    }
    // 6月底前修订行政处罚基准: the sanction is only what an act is about.
    let elsewhere = upto(text, norm.start).contains(',');
    if before(tag::CONCRETE) && (!banned || elsewhere) {
        return None;
    }
    if !banned && sentence.dated && before(tag::ACT) {
        return None;
    }
    here
}

/// Whether a byte stands inside the title of a document.
fn is_cited(text: &str, at: usize) -> bool {
    let before = upto(text, at);
    before.matches('《').count() > before.matches('》').count()
}

fn has_product(text: &str) -> bool {
    ["成立", "印发", "出台", "编制", "修订"]
        .iter()
        .any(|w| text.contains(w))
}
