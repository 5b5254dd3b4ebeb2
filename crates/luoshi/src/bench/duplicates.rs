//! How fast near-duplicates of a plan's obligations are found in a ledger.

use chrono::DateTime;
use luoshi_app::plans::duplicates;
use luoshi_domain::ids::{PlanId, ProposalId, TaskId};
use luoshi_domain::likeness::Shingles;
use luoshi_domain::plans::{
    Clause, Decision, Draft, Imported, Plan, PlanDetails, Proposal, ProposalKind, Reading,
};
use luoshi_domain::tasks::lists::{PlanTask, TaskSaid};
use luoshi_domain::tasks::{Level, TaskState};
use uuid::Uuid;

use super::{milliseconds, row, timed};

/// Proposals of the plan.
const PROPOSALS: [u32; 2] = [2000, 5000];

/// Tasks of the ledger.
const TASKS: u32 = 10_000;

/// Proposals that the baseline compares with every text; its time is multiplied up.
const SAMPLE: u32 = 50;

const UNITS: &str = "规划建设科 安全应急科 运输管理科 财务审计科 局办公室 公路事业发展中心 港航事务中心 \
                     综合行政执法支队 道路运输服务中心 质量监督站 信息中心 法规科";
const VERBS: &str =
    "完成 组织开展 编制 排查 整治 建成 修订 落实 推进 验收 公布 报送 抽查 更新 拆除";
const PLACES: &str = "城东 城西 国道 省道 县乡公路 长途客运站 内河码头 跨江大桥 隧道群 公交枢纽 物流园区 \
                      在建工地 收费站 服务区 超限检测站 农村公路";
const THINGS: &str = "安全隐患清单 施工图设计 桥梁定期检测 班线调整方案 路面坑槽修补 护栏更换 航标检修 \
                      应急演练 专项资金拨付 质量抽检报告 环保措施 标志标线 信息系统升级 执法文书评查 \
                      从业人员培训 运力储备计划 招投标备案 征地拆迁协议";

/// Searches plans of the sizes above; the baseline compares every pair.
pub(super) fn bench() {
    let said: Vec<TaskSaid> = (0..TASKS).map(|n| task(n, n)).collect();
    for size in PROPOSALS {
        let plan = plan(size);
        let found = timed(3, || duplicates::search(&plan, &[], &said));
        let sample = plan
            .proposals
            .iter()
            .take(usize::try_from(SAMPLE).unwrap_or(0));
        let texts: Vec<Shingles> = plan
            .proposals
            .iter()
            .map(|known| &known.quote)
            .chain(said.iter().map(|said| &said.quote))
            .map(|text| Shingles::of_sentence(text))
            .collect();
        let sample: Vec<Shingles> = sample
            .map(|known| Shingles::of_sentence(&known.quote))
            .collect();
        let all = timed(1, || {
            let pairs = sample
                .iter()
                .flat_map(|text| texts.iter().map(move |other| (text, other)));
            pairs
                .filter(|(text, other)| text.likeness(other) >= duplicates::FLOOR)
                .count()
        });
        let all = all * (size / SAMPLE);
        row(
            "near-duplicates",
            &format!("{size} proposals, {TASKS} tasks"),
            &milliseconds(found),
            &format!("every pair {}", milliseconds(all)),
            found.as_secs_f64() / all.as_secs_f64(),
        );
    }
}

/// A sentence as plans have them, another for each number, some nearly alike.
fn sentence(n: u32) -> String {
    let mut seed = n.wrapping_mul(2_654_435_761) ^ 0x5bd1_e995;
    let mut next = |of: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % of
    };
    let mut word = |words: &str| {
        let words: Vec<&str> = words.split_whitespace().collect();
        let count = u32::try_from(words.len()).unwrap_or(1);
        let place = usize::try_from(next(count)).unwrap_or(0);
        words.get(place).copied().unwrap_or_default().to_owned()
    };
    let (unit, verb, place, thing) = (word(UNITS), word(VERBS), word(PLACES), word(THINGS));
    let (second, other) = (word(VERBS), word(THINGS));
    let (month, day) = (next(12) + 1, next(28) + 1);
    format!(
        "{unit}于{month}月{day}日前{verb}{place}{thing}，{second}第{}批{other}。",
        next(90)
    )
}

fn plan(size: u32) -> Plan {
    let proposals = (0..size).map(|n| {
        // Every twentieth is in the ledger already.
        let quote = if n % 20 == 0 {
            sentence(n)
        } else {
            sentence(n + 1_000_000)
        };
        Proposal {
            id: ProposalId(Uuid::from_u128(u128::from(n) + 1)),
            clause: 0,
            start: n,
            end: n + 1,
            draft: Draft {
                kind: ProposalKind::Task,
                title: quote.clone(),
                target: String::new(),
                level: Level::Ordinary,
                leads: Vec::new(),
                co_units: Vec::new(),
                limit: None,
                frequency: None,
            },
            quote,
            reading: Reading::default(),
            decision: Decision::Open,
            carried: None,
        }
    });
    let imported = Imported {
        details: PlanDetails::default(),
        file_name: String::new(),
        digest: String::new(),
        text: String::new(),
        clauses: vec![Clause {
            path: "一".into(),
            level: 1,
            title: String::new(),
            start: 0,
            end: 0,
            has_text: true,
            no_action: None,
        }],
        proposals: proposals.collect(),
        lineage: Default::default(),
        questions: Vec::new(),
    };
    let id = PlanId(Uuid::from_u128(1));
    Plan::imported(id, &imported, DateTime::UNIX_EPOCH)
}

fn task(n: u32, words: u32) -> TaskSaid {
    TaskSaid {
        task: PlanTask {
            id: TaskId(Uuid::from_u128(u128::from(n) + 1)),
            proposal: None,
            number: None,
            title: String::new(),
            state: TaskState::Issued,
            lead: None,
            limit: None,
        },
        plan: None,
        document: "工作要点".into(),
        clause_path: "一".into(),
        quote: sentence(words),
    }
}
