use axum::http::StatusCode;
use luoshi_app::plans;
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::Outcome;
use luoshi_domain::plans::commands::PlanCommand;

use crate::harness::{Session, TestApp};

/// A plan of one task for one unit, and a sentence of principle.
const PLAN: &str = "某局工作方案\n\n一、总体要求\n坚持统筹推进，力戒空转。\n二、重点任务\n\
                    （一）规划建设科于2026年12月20日前编制完成枢纽规划。\n";

/// Imports [`PLAN`], accepts what is tracked, dismisses the rest and finalises.
pub(crate) async fn confirmed(app: &TestApp) -> PlanId {
    let id = confirmed_text(app, PLAN).await;
    let plan = plans::show(&app.app, &app.who("zhou").await, id)
        .await
        .unwrap()
        .plan;
    assert_eq!(plan.tasks_to_open().len(), 1);
    id
}

/// Imports a text, accepts what is tracked, dismisses the rest and finalises.
pub(crate) async fn confirmed_text(app: &TestApp, text: &str) -> PlanId {
    let who = app.who("zhou").await;
    let id = app.import(text).await;
    let plan = plans::show(&app.app, &who, id).await.unwrap().plan;
    for proposal in plan
        .proposals
        .iter()
        .filter(|known| known.draft.kind.tracked().is_some())
    {
        let command = PlanCommand::AcceptProposal {
            proposal: proposal.id,
        };
        plans::handle(&app.app, &who, id, command, None)
            .await
            .unwrap();
    }
    let plan = plans::show(&app.app, &who, id).await.unwrap().plan;
    for (clause, outcome) in (0..).zip(plan.outcomes()) {
        if outcome == Outcome::Open {
            let command = PlanCommand::DismissClause {
                clause,
                reason: "原则性表述".into(),
            };
            plans::handle(&app.app, &who, id, command, None)
                .await
                .unwrap();
        }
    }
    plans::finalise(&app.app, &who, id, None).await.unwrap();
    id
}

/// The one task of [`PLAN`], by the API's list.
pub(crate) async fn only_task(session: &Session) -> String {
    let list = session.get("/api/v1/tasks").await.json();
    let rows = list["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{list}");
    rows[0]["id"].as_str().unwrap().to_owned()
}

/// Posts a form on the task's page; it must be done.
pub(crate) async fn act(session: &Session, id: &str, verb: &str, fields: &[(&str, &str)]) {
    let task = session.get(&format!("/api/v1/tasks/{id}")).await.json();
    let seen = task["version"].to_string();
    let mut fields = fields.to_vec();
    fields.push(("seen", &seen));
    let answer = session.post(&format!("/tasks/{id}/{verb}"), &fields).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "{verb}: {}",
        answer.body
    );
}

pub(crate) const SMOOTH: [(&str, &str); 5] = [
    ("course", "smooth"),
    ("progress", "60"),
    ("text", "初稿已形成"),
    ("difficulties", ""),
    ("suggestions", ""),
];

/// Takes the task to where the lead unit works on it.
async fn under_way(app: &TestApp, id: &str) {
    act(
        &app.as_user("zhao").await,
        id,
        "approve",
        &[("text", "同意")],
    )
    .await;
    act(
        &app.as_user("zhou").await,
        id,
        "issue",
        &[("channel", "system")],
    )
    .await;
    act(&app.as_user("qin").await, id, "sign-for", &[]).await;
    act(&app.as_user("qin").await, id, "feedback", &SMOOTH).await;
}

#[tokio::test]
async fn flow_14_a_task_runs_from_its_plan_to_its_grade_and_every_step_is_in_the_journal() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    under_way(&app, &id).await;
    let close = [("summary", "规划已编制完成"), ("evidence", "规划文本一册")];
    act(&app.as_user("qin").await, &id, "apply-to-close", &close).await;
    act(&zhou, &id, "return", &[("reason", "请补充会议纪要")]).await;
    act(&app.as_user("qin").await, &id, "apply-to-close", &close).await;
    act(
        &zhou,
        &id,
        "review",
        &[("grade", "fairly_good"), ("opinion", "建议办结")],
    )
    .await;
    act(
        &app.as_user("gao").await,
        &id,
        "endorse",
        &[("opinion", "同意")],
    )
    .await;

    let page = zhou.get(&format!("/tasks/{id}")).await;
    for said in [
        "已办结",
        "落实较好",
        "不予办结",
        "请补充会议纪要",
        "〔2026〕1号",
    ] {
        assert!(page.body.contains(said), "the page lacks {said}");
    }
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(
        (&task["state"], &task["grade"]),
        (&"closed".into(), &"fairly_good".into())
    );
    assert_eq!(task["steps"].as_array().unwrap().len(), 10);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_05_a_form_with_a_fault_keeps_what_was_typed() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let qin = app.as_user("qin").await;
    let id = only_task(&app.as_user("zhou").await).await;
    under_way(&app, &id).await;
    let unsmooth = [
        ("course", "unsmooth"),
        ("progress", "70"),
        ("text", "遇到用地问题"),
        ("difficulties", "用地未批"),
        ("suggestions", ""),
    ];
    let answer = qin.post(&format!("/tasks/{id}/feedback"), &unsmooth).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["遇到用地问题", "用地未批", "下一步工作意见建议"] {
        assert!(answer.body.contains(said), "the page lacks {said}");
    }
    let nonsense = [("course", "sideways"), ("progress", "lots"), ("text", "")];
    let answer = qin.post(&format!("/tasks/{id}/feedback"), &nonsense).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn flow_14_a_stale_form_is_a_conflict_that_says_what_changed_and_keeps_the_text() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let qin = app.as_user("qin").await;
    let id = only_task(&zhou).await;
    under_way(&app, &id).await;
    let seen = qin.get(&format!("/api/v1/tasks/{id}")).await.json()["version"].to_string();
    act(
        &zhou,
        &id,
        "urge",
        &[("text", "请抓紧办理"), ("respond_by", "2026-11-27")],
    )
    .await;
    let fields: Vec<(&str, &str)> = [
        ("seen", seen.as_str()),
        ("course", "smooth"),
        ("progress", "80"),
        ("text", "我写了很久的一段话"),
        ("difficulties", ""),
        ("suggestions", ""),
    ]
    .to_vec();
    let answer = qin.post(&format!("/tasks/{id}/feedback"), &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(
        answer.body.contains("我写了很久的一段话"),
        "the typed text is lost"
    );
    assert!(answer.body.contains("催办"), "it does not say what changed");
    let command = serde_json::json!({
        "command": "feedback", "seen": 1, "course": "smooth", "progress": 80,
        "text": "同上", "difficulties": "", "suggestions": "",
    });
    let answer = qin
        .post_json(&format!("/api/v1/tasks/{id}/commands"), &command)
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.json()["code"], "stale");
}

#[tokio::test]
async fn ledger_01_a_unit_neither_sees_nor_changes_another_units_task() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let id = only_task(&app.as_user("zhou").await).await;
    under_way(&app, &id).await;
    let tang = app.as_user("tang").await;
    assert_eq!(
        tang.get(&format!("/tasks/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        tang.get(&format!("/api/v1/tasks/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    let answer = tang.post(&format!("/tasks/{id}/feedback"), &SMOOTH).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(
        tang.get("/api/v1/tasks").await.json()["rows"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[tokio::test]
async fn flow_01_a_refused_command_says_why_and_whence() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    let page = zhou.get(&format!("/tasks/{id}")).await;
    assert!(
        page.body.contains("尚未经主要领导批准立项，不能下达。"),
        "no reason on the page"
    );
    let command = serde_json::json!({ "command": "approve", "text": "同意" });
    let gao = app.as_user("gao").await;
    let answer = gao
        .post_json(&format!("/api/v1/tasks/{id}/commands"), &command)
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    let problem = answer.json();
    assert_eq!(
        (&problem["code"], &problem["rule"]),
        (&"not_principal".into(), &"FLOW-01".into())
    );
}

#[tokio::test]
async fn ledger_10_each_number_on_the_desk_is_the_count_of_its_list() {
    let app = TestApp::with_demo().await;
    for login in ["zhao", "gao", "zhou", "qin", "ma", "tang"] {
        let session = app.as_user(login).await;
        let desk = session.get("/api/v1/desk").await.json();
        for queue in desk["queues"].as_array().unwrap() {
            let key = queue["name"].as_str().unwrap();
            let list = session
                .get(&format!("/api/v1/tasks?size=200&queue={key}"))
                .await
                .json();
            let rows = list["rows"].as_array().unwrap().len();
            assert_eq!(queue["count"], rows, "{key} of {login}");
            assert_eq!(list["count"], rows, "{key} of {login}");
        }
    }
}

/// How many tasks a queue holds for the supervision officer.
async fn count(app: &TestApp, queue: &str) -> u64 {
    let list = app
        .as_user("zhou")
        .await
        .get(&format!("/api/v1/tasks?queue={queue}"))
        .await;
    list.json()["count"].as_u64().unwrap()
}

#[tokio::test]
async fn ledger_10_of_ten_two_are_without_echo_and_one_without_result() {
    let app = TestApp::new().await;
    let mut text = String::from("某局工作方案\n\n一、重点任务\n");
    for n in 1..=10 {
        let day = if n == 1 { 1 } else { 20 };
        text.push_str(&format!(
            "{n}. 规划建设科于2026年12月{day}日前编制完成第{n}号规划。\n"
        ));
    }
    confirmed_text(&app, &text).await;
    let list = app
        .as_user("zhou")
        .await
        .get("/api/v1/tasks?sort=limit")
        .await
        .json();
    let rows = list["rows"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 10, "{list}");
    // The first is the one with the early limit.
    for id in &ids {
        act(&app.as_user("zhao").await, id, "approve", &[]).await;
        act(
            &app.as_user("zhou").await,
            id,
            "issue",
            &[("channel", "system")],
        )
        .await;
        act(&app.as_user("qin").await, id, "sign-for", &[]).await;
    }
    for id in &ids[2..] {
        act(&app.as_user("qin").await, id, "feedback", &SMOOTH).await;
    }
    app.clock.forward(chrono::Duration::days(9));
    assert_eq!(
        (count(&app, "no_echo").await, count(&app, "no_result").await),
        (2, 1)
    );

    for id in &ids[..2] {
        act(&app.as_user("qin").await, id, "feedback", &SMOOTH).await;
    }
    let close = [("summary", "已完成"), ("evidence", "规划文本")];
    act(&app.as_user("qin").await, ids[0], "apply-to-close", &close).await;
    act(
        &app.as_user("zhou").await,
        ids[0],
        "review",
        &[("grade", "basic")],
    )
    .await;
    act(&app.as_user("gao").await, ids[0], "endorse", &[]).await;
    assert_eq!(
        (count(&app, "no_echo").await, count(&app, "no_result").await),
        (0, 0)
    );
}

#[tokio::test]
async fn ledger_02_the_ledger_turns_its_pages_without_losing_or_repeating_a_line() {
    let app = TestApp::new().await;
    let mut text = String::from("某局工作方案\n\n一、重点任务\n");
    for n in 1..=60 {
        text.push_str(&format!(
            "{n}. 规划建设科于2026年12月20日前编制完成第{n}号规划。\n"
        ));
    }
    confirmed_text(&app, &text).await;
    let zhou = app.as_user("zhou").await;
    let first = zhou.get("/ledger").await;
    assert!(first.body.contains("共 60 项"), "{}", first.body);
    let lines = |page: &str| {
        let links = page.split("href=\"/tasks/").skip(1);
        links
            .filter_map(|rest| rest.split(['"', '?', '#']).next())
            // Where one is opened by hand is no line.
            .filter(|id| *id != "new")
            .map(str::to_owned)
            .collect()
    };
    let mut seen: Vec<String> = lines(&first.body);
    let next = first.body.split("rel=\"next\" href=\"").nth(1).unwrap();
    let next = next
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let second = zhou.get(&next).await;
    assert_eq!(second.status, StatusCode::OK, "{next}");
    seen.extend(lines(&second.body));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 60);
    assert!(
        !second.body.contains("rel=\"next\""),
        "there is no third page"
    );
    let foreign = zhou.get("/ledger?after=nonsense").await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
}
