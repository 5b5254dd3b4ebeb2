//! Work that the demonstration's superiors assigned: how it stands is reported upwards (LEDGER-11).

use std::ops::RangeInclusive;

use chrono::{Days, Duration};
use luoshi_domain::ids::TaskId;
use luoshi_domain::tasks::commands::TaskCommand;
use luoshi_domain::tasks::{Channel, Course, Level, Origin, TaskDetails, TaskKind, Tier};

use super::{Stage, lead_feedback};
use crate::errors::AppResult;
use crate::tasks::opening::{self, Assigned, Opening};

/// A task that came from above.
struct Assignment {
    title: &'static str,
    target: &'static str,
    category: &'static str,
    document: &'static str,
    /// The unit that leads, by the login of who heads it.
    lead: &'static str,
    limit: i64,
    /// Days before today on which its unit reports; nothing where it does not.
    reports: Option<i64>,
}

const ASSIGNMENTS: [Assignment; 3] = [
    Assignment {
        title: "完成国省干线危旧桥梁隐患排查",
        target: "排查危旧桥梁 18 座，逐座建档，提出处置意见",
        category: "national_provincial",
        document: "省交通运输厅公路桥梁隐患排查通知",
        lead: "ma",
        limit: 40,
        reports: Some(17),
    },
    Assignment {
        title: "推进城乡公交一体化试点",
        target: "开通城乡公交线路 6 条，群众换乘不超过一次",
        category: "city",
        document: "市政府 2026 年民生实事任务分解",
        lead: "ye",
        limit: 55,
        reports: Some(2),
    },
    Assignment {
        title: "开展冬季水上客运安全检查",
        target: "检查渡口、客船全覆盖，问题整改率达到 100%",
        category: "sector_superior",
        document: "市交通运输委员会冬季安全工作提示",
        lead: "pan",
        limit: 25,
        reports: None,
    },
];

/// Opens the tasks and has them signed for.
pub(super) async fn assign(stage: &Stage) -> AppResult<Vec<TaskId>> {
    let mut opened = Vec::new();
    for assignment in &ASSIGNMENTS {
        opened.push(begin(stage, assignment).await?);
    }
    Ok(opened)
}

/// Lets the units report whose days are among these, each on its day.
pub(super) async fn report(
    stage: &Stage,
    opened: &[TaskId],
    days: RangeInclusive<i64>,
) -> AppResult<()> {
    for (assignment, id) in ASSIGNMENTS.iter().zip(opened) {
        let Some(before) = assignment.reports.filter(|before| days.contains(before)) else {
            continue;
        };
        let days = (stage.today - stage.app.today()).num_days() - before;
        stage.clock.forward(Duration::days(days.max(0)));
        let head = stage.who(assignment.lead)?;
        stage
            .act(&head, *id, lead_feedback(Course::Smooth, 55))
            .await?;
    }
    Ok(())
}

async fn begin(stage: &Stage, assignment: &Assignment) -> AppResult<TaskId> {
    let head = stage.who(assignment.lead)?;
    let lead = head.actor.posts.first().map(|post| post.unit);
    let details = TaskDetails {
        title: assignment.title.into(),
        target: assignment.target.into(),
        requirement: String::new(),
        category: assignment.category.into(),
        kind: TaskKind::Task,
        level: Level::Ordinary,
        tier: Tier::Bureau,
        lead,
        co_units: Vec::new(),
        supervisor: None,
        deputy: None,
        limit: stage.in_days(assignment.limit),
        frequency: None,
        policies: None,
        task_force: None,
        cadence: None,
    };
    let dated = stage.app.today().checked_sub_days(Days::new(2));
    let opening = Opening {
        origin: Origin {
            plan: None,
            proposal: None,
            document: assignment.document.into(),
            number: None,
            clause_path: String::new(),
            quote: String::new(),
        },
        details,
        assigned: Some(Assigned {
            leader: stage.who("zhao")?.actor.person,
            instruction: "请牵头单位抓紧办理，按期报送进展。".into(),
            dated,
        }),
        course: None,
        despite_similar: true,
    };
    let officer = stage.who("zhou")?;
    let id = opening::open(&stage.app, &officer, opening).await?.task.id;
    let issue = TaskCommand::Issue {
        number: String::new(),
        channel: Channel::System,
    };
    stage.act(&officer, id, issue).await?;
    stage
        .act(&head, id, TaskCommand::SignFor { assignee: None })
        .await?;
    Ok(id)
}
