//! What the bureau's tasks and units are called.

use super::draws::Draws;

const TOWNS: [&str; 24] = [
    "云东",
    "云西",
    "平川",
    "青石",
    "柳溪",
    "清河",
    "安阳岭",
    "石桥",
    "南湾",
    "北屏",
    "东临",
    "西坪",
    "长岗",
    "龙门",
    "白沙",
    "古渡",
    "新丰",
    "太和",
    "望江",
    "临湖",
    "五里",
    "双桥",
    "红旗",
    "和平",
];
const OFFICES: [&str; 10] = [
    "公路管理站",
    "养护中心",
    "运输服务所",
    "执法大队",
    "港航管理所",
    "质量监督站",
    "超限检测站",
    "客运总站",
    "路网监测站",
    "交通运输局",
];
const SURNAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "高", "罗", "郑", "梁",
];
const GIVEN: [&str; 20] = [
    "伟", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "霞", "平",
    "刚", "桂英", "建国", "志强",
];
const VERBS: [&str; 15] = [
    "完成",
    "组织开展",
    "编制",
    "排查",
    "整治",
    "建成",
    "修订",
    "落实",
    "推进",
    "验收",
    "公布",
    "报送",
    "抽查",
    "更新",
    "拆除",
];
const PLACES: [&str; 16] = [
    "城东",
    "城西",
    "国道G307线",
    "省道S216线",
    "县乡公路",
    "长途客运站",
    "内河码头",
    "跨江大桥",
    "隧道群",
    "公交枢纽",
    "物流园区",
    "在建工地",
    "收费站",
    "服务区",
    "超限检测站",
    "农村公路",
];
const THINGS: [&str; 18] = [
    "安全隐患清单",
    "施工图设计",
    "桥梁定期检测",
    "班线调整方案",
    "路面坑槽修补",
    "护栏更换",
    "航标检修",
    "应急演练",
    "专项资金拨付",
    "质量抽检报告",
    "环保措施",
    "标志标线",
    "信息系统升级",
    "执法文书评查",
    "从业人员培训",
    "运力储备计划",
    "招投标备案",
    "征地拆迁协议",
];
const DOCUMENTS: [&str; 6] = [
    "年度重点工作抓落实方案",
    "局长办公会议纪要",
    "市政府工作报告任务分解",
    "安全生产专项整治方案",
    "优化营商环境实施方案",
    "督查工作通报",
];
const REPORTS: [&str; 8] = [
    "已制定实施计划并分解到人，正按节点推进。",
    "现场排查已完成，问题清单已移交责任单位，逐项销号。",
    "招标手续已办结，施工单位进场，完成临建和材料备料。",
    "本月完成工程量的三成，质量抽检全部合格，无安全事故。",
    "已向市局报送阶段总结，按要求接受督查，问题已通报并整改。",
    "资金已拨付到位，剩余路段计划下月完工。",
    "受连续降雨影响，进度略有滞后，已增加班组抢抓工期。",
    "全部任务完成，资料整理归档，等待验收。",
];
const TROUBLES: [&str; 4] = [
    "用地手续尚未批复，影响进场。",
    "管线迁改涉及三家产权单位，协调难度大。",
    "专项资金未到位，材料采购受限。",
    "汛期水位高，水下作业无法开展。",
];

/// The `n`-th unit's name, another for each number.
pub(super) fn unit(n: usize) -> String {
    let town = TOWNS.get(n % TOWNS.len()).copied().unwrap_or_default();
    let office = n / TOWNS.len();
    let round = office / OFFICES.len();
    let office = OFFICES
        .get(office % OFFICES.len())
        .copied()
        .unwrap_or_default();
    match round {
        0 => format!("{town}{office}"),
        _ => format!("{town}第{}{office}", round + 1),
    }
}

pub(super) fn person(draws: &mut Draws) -> String {
    format!("{}{}", draws.word(&SURNAMES), draws.word(&GIVEN))
}

pub(super) fn title(draws: &mut Draws) -> String {
    format!(
        "{}{}{}第{}批",
        draws.word(&VERBS),
        draws.word(&PLACES),
        draws.word(&THINGS),
        draws.below(900) + 1
    )
}

pub(super) fn target(draws: &mut Draws) -> String {
    format!(
        "{}{}{} {} 处，合格率达到 {}% 以上",
        draws.word(&VERBS),
        draws.word(&PLACES),
        draws.word(&THINGS),
        draws.below(200) + 5,
        draws.below(10) + 90
    )
}

pub(super) fn clause(draws: &mut Draws, title: &str) -> String {
    format!(
        "{title}，{}{}{}，按月报送进展。",
        draws.word(&VERBS),
        draws.word(&PLACES),
        draws.word(&THINGS)
    )
}

pub(super) fn requirement(draws: &mut Draws) -> String {
    match draws.below(3) {
        0 => "明确专人负责，每月底前报送进展，重大问题随时报告。".into(),
        1 => "对标对表推进，完成后提交验收资料和照片。".into(),
        _ => String::new(),
    }
}

pub(super) fn document(draws: &mut Draws) -> &'static str {
    draws.word(&DOCUMENTS)
}

pub(super) fn report(draws: &mut Draws) -> String {
    format!(
        "{}{}：{}",
        draws.word(&PLACES),
        draws.word(&THINGS),
        draws.word(&REPORTS)
    )
}

pub(super) fn trouble(draws: &mut Draws) -> &'static str {
    draws.word(&TROUBLES)
}
