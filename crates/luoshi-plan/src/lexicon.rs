//! The words that give a sentence away, found in one pass.

use std::sync::LazyLock;

use daachorse::CharwiseDoubleArrayAhoCorasick as Automaton;

/// What a word tells about the sentence around it; a set of bits.
pub(crate) mod tag {
    /// Says that something must be done: 要, 应当, 必须.
    pub(crate) const MODAL: u32 = 1;
    /// Forbids: 不得, 严禁.
    pub(crate) const BAN: u32 = 1 << 1;
    /// Names an act: 制定, 报送, 检查.
    pub(crate) const ACT: u32 = 1 << 2;
    /// Names a general effort: 加强, 推进.
    pub(crate) const EFFORT: u32 = 1 << 3;
    /// Exhorts: 高度重视, 提高站位.
    pub(crate) const EXHORT: u32 = 1 << 4;
    /// Names an end state: 达到, 覆盖率.
    pub(crate) const STATE: u32 = 1 << 5;
    /// May stand right after a subject: 按照, 定期, 在.
    pub(crate) const FOLLOW: u32 = 1 << 6;
    /// Background and facts: 目前, 截至.
    pub(crate) const FACT: u32 = 1 << 7;
    /// Sanction or consequence: 追究, 通报批评.
    pub(crate) const SANCTION: u32 = 1 << 8;
    /// Permits: 可以, 可.
    pub(crate) const PERMIT: u32 = 1 << 9;
    /// Names a duty: 负责, 牵头.
    pub(crate) const DUTY: u32 = 1 << 10;
    /// Brings a partner: 会同, 配合.
    pub(crate) const PARTNER: u32 = 1 << 11;
    /// Describes a lack or an importance rather than an act: 存在, 不足.
    pub(crate) const LACK: u32 = 1 << 13;
    /// Names an act with a product that can be looked at: 制定, 报送, 检查.
    pub(crate) const CONCRETE: u32 = 1 << 12;
}

/// A word that was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// First byte.
    pub(crate) start: usize,
    /// Byte after the last.
    pub(crate) end: usize,
    /// Its tags.
    pub(crate) tags: u32,
}

const WORDS: &[(u32, &str)] = &[
    (
        tag::MODAL | tag::FOLLOW,
        "要 应 应当 应该 须 必须 需 需要 务必 确保 力争 保证 请",
    ),
    (
        tag::BAN | tag::FOLLOW,
        "不得 不准 严禁 禁止 不允许 不许 一律 一般不 不予 不再 不直接",
    ),
    (
        tag::DUTY | tag::FOLLOW,
        "负责 牵头 承担 主管 统筹 履行 具体负责 全面负责 主要负责 负总责 担任",
    ),
    (tag::PARTNER | tag::FOLLOW, "会同 联合 协同 配合 协助 共同"),
    (
        tag::ACT | tag::FOLLOW,
        "制定 制订 编制 拟定 拟订 修订 印发 出台 发布 公布 公示 公开 建立 建成 建设 新建 改造 \
         成立 设立 组建 配备 设置 报送 上报 报告 报备 备案 报 汇报 提交 提出 提供 检查 督查 督办 \
         督导 巡查 排查 核查 抽查 自查 评估 评价 评议 评选 评比 考核 考评 开展 组织 举办 召开 \
         实施 落实 完成 整改 整治 治理 清理 查处 打击 处罚 审核 审批 审定 审查 验收 签订 签批 \
         通报 反馈 公告 宣传 培训 学习 演练 调研 调度 调查 研判 分析 梳理 总结 推广 交流 \
         明确 确定 指定 指派 安排 细化 分解 纳入 列入 录入 建档 登记 统计 监测 监控 监督 监管 \
         指导 督促 协调 对接 移送 移交 移交给 缴纳 上缴 发放 兑现 奖励 表扬 推行 推广应用 \
         搭建 构建 创建 打造 培育 引进 申报 争取 采购 招标 接受 接访 接待 答复 回应 办理 交办 \
         收集 汇总 征求 征集 查摆 查找 剖析 撰写 形成 更新 维护 保养 养护 清掏 淘汰 选取 安装 增设 \
         约谈 派出 下达 下发 受理 处置 处理 化解 消除 采取 用好 运用 利用 调整 修改 完善 健全 \
         优化 升级 试点 探索 研究 启动 开工 开通 征收 拆迁 交付 签约 抽调 参与 参加 邀请 聘请 \
         执行 遵守 遵循 做好 抓好 做到 宣贯 普及 发动 走访 辅导 指定专人 保持 保障 保护 收回 \
         通过 制作 张贴 立行立改 立项 分工 划定 划分 收取 承接 提请 召集 结合 对照 充分发挥 \
         发挥 关注 畅通 拓展 推动 打通 归集 借鉴 深化 加大 加快 扩大 支持 鼓励 引导 严格 帮助 \
         清点 清扫 更换 维修 修复 检修 消毒 补充 发送 保管 存档 归档 播放 盘点 疏通 拆除 粉刷 救援 查找 核对 核实 补齐 \
         发回 办结 折算 计算 列支 计发 增加 新增 掌握 摸清 宣讲 讲解 配合 取缔 拨付 筹集 核拨 赋权",
    ),
    (
        tag::CONCRETE,
        "制定 制订 编制 拟定 拟订 修订 印发 出台 发布 公布 公示 公开 建立 建成 新建 改造 成立 设立 组建 \
         配备 设置 报送 上报 报告 报备 备案 汇报 提交 检查 督查 督办 督导 排查 核查 抽查 自查 评估 \
         评议 评选 考核 考评 开展 组织 举办 召开 完成 整改 查处 审核 审批 审查 验收 签订 通报 反馈 \
         培训 演练 约谈 移送 移交 缴纳 上缴 指定 登记 搭建 打造 培育 创建 负责 接访 查摆 征求 征集 \
         清理 收集 撰写 走访 淘汰 纳入 安装 增设",
    ),
    (
        tag::EFFORT | tag::FOLLOW,
        "加强 强化 推进 促进 提升 提高 增强 巩固 夯实 压实 深入 持续 扎实 积极 认真 大力 全面 \
         进一步 切实 努力 继续 统一 及时 主动 严肃 坚决 重点 注重 着力 突出 聚焦 防范 防止 杜绝 解决 \
         规范 理顺 改进 丰富 统筹推进 充分 逐步 合力 合理 依法 依规",
    ),
    (
        tag::EXHORT,
        "高度重视 充分认识 提高认识 统一思想 提高站位 政治站位 政治自觉 牢固树立 树立 责任感 紧迫感 意识 \
         重要性 大局意识 自觉性 深刻认识 深刻领会 深刻理解 以人民为中心 为指导 指导思想 \
         高质量发展 核心要义 良好氛围 浓厚氛围 舆论氛围 社会氛围 氛围 工作格局 工作局面 良好局面 良好风气 \
         强大合力 工作合力 执行力 战斗力 先锋模范 坚强堡垒 战斗堡垒 端正认识 率先垂范 以身作则 \
         求真务实 真抓实干 担当作为 责任担当 政治任务 落到实处 走深走实 落地见效 见行见效 \
         力戒 政绩观 理念 根本途径 优良作风 廉洁自律",
    ),
    (
        tag::STATE,
        "达到 达 不低于 不少于 不超过 不高于 覆盖率 完成率 合格率 比例 占比 增长 增速 以上 以内 \
         全覆盖 基本形成 基本建立 基本实现 基本建成 基本消除 全面建成 全面建立 显著提升 明显提高 \
         明显提升 清零 任务数 总投资 完成投资 实现率 好转率 率保持 行列 前列",
    ),
    (
        tag::FOLLOW,
        "按 按照 根据 依据 对 将 把 在 于 以 每 每年 每月 每季度 每周 每人 定期 不定期 适时 随时 \
         具体 分别 带头 作为 年终 半年 结合 围绕 针对 从 为 向 也 均 应均 至少 最多 可 可以 是 主要负责 主要履行 主要承担 \
         每个 每半年 先行 实行 完善 同步 接到 收到 未 能 提前 自行 集中 参照 坚持 充分 普遍  协商 共同 均应 全力 牢固 与 不",
    ),
    (
        tag::FACT,
        "目前 当前 近年来 截至 截止 以来 必然要求 应有之义 下称 以下简称 适用于 适用范围 特此 现印发 自印发之日起 \
         同时废止 时有发生 已建成 已完成",
    ),
    (
        tag::LACK,
        "存在 不够 不足 不到位 不强 淡薄 是关键 重要举措 重要途径 重要基础 重要内容",
    ),
    (
        tag::SANCTION,
        "追究 问责 通报批评 予以处罚 依法处理 严肃处理 移送司法 行政处罚 责令 处分 扣除 扣减 扣分 \
         取消 吊销 约谈 罚款 追责 予以通报 严格处罚 严厉处罚 严厉查处 从严查处 奖惩 退回 稿酬 优先提拔 从重 依法依规 依法依纪",
    ),
    (tag::PERMIT, "可以 也可 有权 可参照 可采用 可根据"),
];

struct Lexicon {
    automaton: Automaton<u32>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut words: Vec<&str> = Vec::new();
    let mut tags: Vec<u32> = Vec::new();
    for (tag, list) in WORDS {
        for word in list.split_whitespace() {
            match words.iter().position(|known| *known == word) {
                Some(i) => tags[i] |= *tag,
                None => {
                    words.push(word);
                    tags.push(*tag);
                }
            }
        }
    }
    let tagged = words.into_iter().zip(tags);
    let automaton = Automaton::with_values(tagged).expect("the word list is a constant and small");
    Lexicon { automaton }
});

/// All words in a text, overlapping ones too, by where they end.
pub(crate) fn scan(text: &str, hits: &mut Vec<Hit>) {
    hits.clear();
    for found in LEXICON.automaton.find_overlapping_iter(text) {
        let mut tags = found.value();
        let one = found.end() - found.start() == 3;
        if one && tags & tag::MODAL != 0 && is_compound(text, found.start(), found.end()) {
            tags = 0;
        }
        hits.push(Hit {
            start: found.start(),
            end: found.end(),
            tags,
        });
    }
}

/// Whether a one-character word such as 要 is only part of another: 重要, 应急, 申请.
fn is_compound(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(end..).and_then(|t| t.chars().next());
    match text.get(start..end) {
        Some("要") => {
            matches!(
                before,
                Some('重' | '主' | '必' | '概' | '纲' | '紧' | '只' | '首' | '摘' | '简' | '险')
            ) || matches!(
                after,
                Some('求' | '点' | '素' | '么' | '领' | '道' | '闻' | '件')
            )
        }
        Some("应") => {
            matches!(
                before,
                Some('相' | '对' | '供' | '响' | '反' | '适' | '效' | '回' | '呼')
            ) || matches!(
                after,
                Some('急' | '用' | '届' | '有' | '对' | '援' | '收' | '付' | '诉')
            )
        }
        Some("请") => {
            matches!(before, Some('申' | '邀' | '聘' | '提' | '报' | '宴'))
                || matches!(after, Some('示' | '假' | '销' | '进'))
        }
        Some("需") => {
            matches!(before, Some('所' | '急' | '必' | '供' | '特' | '军' | '内'))
                || matches!(after, Some('求' | '提' | '现'))
        }
        Some("须") => matches!(after, Some('知')),
        _ => false,
    }
}
