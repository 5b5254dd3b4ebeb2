//! A few rows in the demonstration's lists, so that their pages are not empty.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use luoshi_domain::periods::{Period, PeriodKind};

use super::Stage;
use crate::errors::{AppError, AppResult};
use crate::lists::rows::{self, Command, Typed};

/// A row: whose it is by login, its cells, and the states it goes through.
type Sample<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

/// On-site matters; a login stands for a person, a number for so many days from now.
const ON_SITE: [Sample<'_>; 5] = [
    (
        "qin",
        &[
            ("matter", "城东客运枢纽主体工程进度滞后，协调夜间施工"),
            ("place", "城东客运枢纽工地"),
            ("leader", "@gao"),
            ("cadence", "每周到项目现场推进"),
            ("priority", "重而急"),
            ("limit", "+12"),
            ("problem", "进场道路被占用，已现场协调属地清理。"),
        ],
        &["going"],
    ),
    (
        "qin",
        &[
            ("matter", "农村公路提质改造二标段路基沉降处置"),
            ("place", "清河镇二标段"),
            ("leader", "@qin"),
            ("cadence", "每周到项目现场推进"),
            ("priority", "重而急"),
            ("limit", "-3"),
        ],
        &["going"],
    ),
    (
        "ma",
        &[
            ("matter", "桥梁定期检测单位进场"),
            ("place", "青石桥、柳河桥"),
            ("leader", "@ma"),
            ("cadence", "每月现场办公"),
            ("priority", "重而缓"),
            ("limit", "+30"),
        ],
        &[],
    ),
    (
        "ye",
        &[
            ("matter", "到所联系的运输企业调研经营困难"),
            ("place", "市客运总公司"),
            ("leader", "@shen"),
            ("cadence", "每月到所联系单位调研"),
            ("priority", "轻而缓"),
        ],
        &[],
    ),
    (
        "tang",
        &[
            ("matter", "冬季除冰融雪物资储备点现场核查"),
            ("place", "城北养护站"),
            ("leader", "@tang"),
            ("cadence", "按需"),
            ("priority", "轻而急"),
            ("limit", "-6"),
        ],
        &["going", "done"],
    ),
];

const PROBLEMS: [Sample<'_>; 5] = [
    (
        "qin",
        &[
            ("problem", "重点项目前期论证不充分，两个项目反复调整方案"),
            ("source", "督查发现"),
            ("found_on", "-20"),
            ("field", "项目建设"),
            ("cause", "制度"),
            ("measure", "修订前期工作流程，增加专家评审环节"),
            ("term", "长期推进"),
            ("goals", "12 月底前完成流程修订；明年一季度试行"),
            ("owner", "@he"),
            ("leader", "@gao"),
            ("limit", "+25"),
        ],
        &["fixing"],
    ),
    (
        "qin",
        &[
            ("problem", "项目现场公示牌信息不全，群众看不明白"),
            ("source", "群众反映"),
            ("found_on", "-12"),
            ("field", "民生保障"),
            ("cause", "作风"),
            ("measure", "逐个项目更换公示牌，写明工期和联系电话"),
            ("term", "立行立改"),
            ("owner", "@he"),
            ("leader", "@gao"),
            ("limit", "-2"),
        ],
        &["fixing"],
    ),
    (
        "ma",
        &[
            ("problem", "养护巡查记录有补记、代记"),
            ("source", "自查发现"),
            ("found_on", "-15"),
            ("field", "道路养护"),
            ("cause", "作风"),
            ("measure", "巡查改用定位签到，每周抽查"),
            ("term", "立行立改"),
            ("owner", "@su"),
            ("leader", "@gao"),
            ("limit", "+5"),
        ],
        &["fixing", "claimed"],
    ),
    (
        "dong",
        &[
            ("problem", "部分执法文书说理不充分"),
            ("source", "上级指出"),
            ("found_on", "-30"),
            ("field", "行业执法"),
            ("cause", "思想"),
            ("measure", "组织案卷评查和业务培训"),
            ("term", "立行立改"),
            ("owner", "@dong"),
            ("leader", "@shen"),
            ("limit", "-8"),
        ],
        &["fixing", "claimed", "!cleared"],
    ),
    (
        "ye",
        &[
            ("problem", "客运站场服务投诉办理不及时"),
            ("source", "测评反馈"),
            ("found_on", "-6"),
            ("field", "运输服务"),
        ],
        &[],
    ),
];

/// Fills the lists.
pub(super) async fn keep(stage: &Stage) -> AppResult<()> {
    for sample in ON_SITE {
        add(stage, "w.on_site", sample).await?;
    }
    for sample in PROBLEMS {
        add(stage, "e.problems", sample).await?;
    }
    roster(stage).await
}

async fn add(stage: &Stage, list: &str, (login, cells, steps): Sample<'_>) -> AppResult<()> {
    stage.clock.forward(Duration::minutes(5));
    let who = stage.who(login)?;
    let mut written = BTreeMap::new();
    for (key, text) in cells {
        let text = match (text.strip_prefix('@'), text.parse::<i64>()) {
            (Some(login), _) => stage.who(login)?.actor.person.to_string(),
            (None, Ok(days)) => stage
                .in_days(days)
                .map(|day| day.to_string())
                .unwrap_or_default(),
            (None, Err(_)) => (*text).to_owned(),
        };
        written.insert((*key).to_owned(), text);
    }
    let typed = Typed {
        unit: who.actor.units().into_iter().next(),
        cells: written,
        ..Typed::default()
    };
    let row = taken(rows::add(&stage.app, &who, list, typed).await?)?;
    for step in steps {
        stage.clock.forward(Duration::minutes(9));
        // What another has to do is the office's.
        let (who, to) = match step.strip_prefix('!') {
            Some(to) => (stage.who("zhou")?, to),
            None => (who.clone(), *step),
        };
        let command = Command::Step {
            to: to.to_owned(),
            note: "有现场记录和照片。".into(),
        };
        taken(rows::handle(&stage.app, &who, row.id, command, None).await?)?;
    }
    Ok(())
}

/// The planning section's roster: last month's days, and the first of this month's.
async fn roster(stage: &Stage) -> AppResult<()> {
    let who = stage.who("qin")?;
    let people = ["qin", "he"];
    let now = Period::of(PeriodKind::Month, stage.today);
    let days = |period: &Period| -> Vec<NaiveDate> {
        let days = period.start().iter_days();
        let days = days.take_while(|day| *day <= period.end());
        days.filter(|day| stage.app.shipped_calendar.is_workday(*day))
            .collect()
    };
    let before = now.previous().map(|before| days(&before));
    let mut wanted = before.unwrap_or_default();
    wanted.extend(days(&now).into_iter().take(10));
    for (day, login) in wanted.into_iter().zip(people.iter().cycle()) {
        let cells = [
            ("day", day.to_string()),
            ("leader", stage.who(login)?.actor.person.to_string()),
            ("place", "一楼接访室".to_owned()),
            ("phone", "0500-8001234".to_owned()),
        ];
        let typed = Typed {
            unit: who.actor.units().into_iter().next(),
            cells: cells.map(|(key, text)| (key.to_owned(), text)).into(),
            ..Typed::default()
        };
        taken(rows::add(&stage.app, &who, "t5.duty", typed).await?)?;
    }
    Ok(())
}

/// What ships with the program fits its lists; a fault there is ours.
fn taken<T>(done: Result<T, Vec<luoshi_domain::lists::CellFault>>) -> AppResult<T> {
    done.map_err(|faults| AppError::Internal {
        what: format!("a row of the demonstration does not fit: {faults:?}"),
        source: None,
    })
}
