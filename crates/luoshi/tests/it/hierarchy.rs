//! Tasks below tasks, from the page to the journal.

use axum::http::StatusCode;

use crate::breakdowns::signed_for;
use crate::harness::{Session, TestApp};
use crate::tasks::{act, confirmed, only_task};

const SMOOTH: [(&str, &str); 4] = [
    ("course", "smooth"),
    ("text", "推进中"),
    ("difficulties", ""),
    ("suggestions", ""),
];

/// Opens so many tasks for a unit below one; their ids.
async fn split(session: &Session, id: &str, unit: &str, count: usize) -> Vec<String> {
    let child = |n: usize| serde_json::json!({"unit": unit, "title": format!("清单第{n}项")});
    let body = serde_json::json!({"children": (1..=count).map(child).collect::<Vec<_>>()});
    let path = format!("/api/v1/tasks/{id}/children");
    let answer = session.post_json(&path, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let opened = answer.json();
    let ids = opened["ids"].as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

async fn feedback(session: &Session, id: &str, progress: &str) {
    let mut fields = SMOOTH.to_vec();
    fields.push(("progress", progress));
    act(session, id, "feedback", &fields).await;
}

/// The task's progress as everybody sees it.
async fn progress(session: &Session, id: &str) -> i64 {
    let task = session.get(&format!("/api/v1/tasks/{id}")).await.json();
    task["progress"].as_i64().unwrap()
}

#[tokio::test]
async fn ledger_01_a_bureau_line_has_three_unit_lines_and_is_done_when_they_are() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhou, zhao) = (app.as_user("zhou").await, app.as_user("zhao").await);
    let qin = app.as_user("qin").await;
    let top = only_task(&zhou).await;
    signed_for(&app, &top).await;
    let shown = zhou.get(&format!("/api/v1/tasks/{top}")).await.json();
    let unit = shown["lead"]["id"].as_str().unwrap().to_owned();
    let ids = split(&qin, &top, &unit, 3).await;
    let lines = |tier: &str| format!("/ledger?tier={tier}");
    assert!(zhou.get(&lines("bureau")).await.body.contains("共 1 项"));
    assert!(zhou.get(&lines("unit")).await.body.contains("共 3 项"));
    let below = zhou.get(&format!("/ledger?parent={top}")).await.body;
    assert!(below.contains("共 3 项"), "{below}");
    // Each row names the line that it carries out, and so does the filter, which can be taken off.
    assert!(below.contains("上级事项：<a href=\"/tasks/"), "{below}");
    assert!(
        below.contains("”的下级事项<span aria-hidden=\"true\">×</span>"),
        "{below}"
    );
    let told = zhou
        .get(&format!("/api/v1/tasks?parent={top}"))
        .await
        .json();
    assert_eq!(told["count"], 3);
    assert_eq!(told["rows"][0]["parent"], top.as_str());
    let tiers = zhou.get("/ledger/tiers").await.body;
    let lead = unit.replace('-', "%2D");
    let cell = |tier: &str, count: &str| {
        format!("<a href=\"/ledger?lead={lead}&#38;tier={tier}\">{count}</a>")
    };
    assert!(tiers.contains(&cell("bureau", "1")), "{tiers}");
    assert!(tiers.contains(&cell("unit", "3")), "{tiers}");
    let told = zhou.get("/api/v1/ledger/tiers").await.json();
    assert_eq!(
        (told["bureau"].as_u64(), told["own"].as_u64()),
        (Some(1), Some(3))
    );
    // The clause came along.
    let child = zhou.get(&format!("/tasks/{}", ids[0])).await.body;
    assert!(
        child.contains("编制完成枢纽规划") && child.contains("上级："),
        "{child}"
    );
    let page = qin.get(&format!("/tasks/{top}/children")).await.body;
    assert!(page.contains("共 3 件，办结 0 件"), "{page}");
    for id in &ids {
        signed_for(&app, id).await;
        feedback(&qin, id, "90").await;
        let apply = [("summary", "完成"), ("evidence", "验收单")];
        act(&qin, id, "apply-to-close", &apply).await;
        let review = [("grade", "good"), ("opinion", "属实")];
        act(&zhou, id, "review", &review).await;
        let deputy = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
        let deputy = deputy["deputy"]["id"].as_str().unwrap().to_owned();
        let mut login = "";
        for known in ["gao", "shen", "zhao"] {
            if app.who(known).await.actor.person.to_string() == deputy {
                login = known;
            }
        }
        let leader = app.as_user(login).await;
        act(&leader, id, "endorse", &[("opinion", "同意")]).await;
    }
    assert_eq!(progress(&zhou, &top).await, 100);
    let family = zhou
        .get(&format!("/api/v1/tasks/{top}/children"))
        .await
        .json();
    assert_eq!(
        (family["children"].as_u64(), family["closed"].as_u64()),
        (Some(3), Some(3))
    );
    // Another unit reaches none of it.
    let ye = app.as_user("ye").await;
    let foreign = ye.get(&format!("/tasks/{top}/children")).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    // A leader sees it and does not split it.
    let path = format!("/api/v1/tasks/{top}/children");
    let body = serde_json::json!({"children": [{"unit": unit, "title": "再来一件"}]});
    let refused = zhao.post_json(&path, &body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_08_eight_lines_at_half_give_half_at_the_top_of_four_levels() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhou, qin) = (app.as_user("zhou").await, app.as_user("qin").await);
    let work = only_task(&zhou).await;
    signed_for(&app, &work).await;
    let shown = zhou.get(&format!("/api/v1/tasks/{work}")).await.json();
    let unit = shown["lead"]["id"].as_str().unwrap().to_owned();
    let projects = split(&zhou, &work, &unit, 2).await;
    let mut lines = Vec::new();
    for project in &projects {
        for responsibility in split(&zhou, project, &unit, 2).await {
            lines.extend(split(&zhou, &responsibility, &unit, 2).await);
        }
    }
    assert_eq!(lines.len(), 8);
    for line in &lines {
        signed_for(&app, line).await;
        feedback(&qin, line, "50").await;
    }
    assert_eq!(progress(&zhou, &projects[0]).await, 50);
    assert_eq!(progress(&zhou, &work).await, 50);
    // What the lead unit of the work reports does not hide what its lines say.
    feedback(&qin, &work, "90").await;
    assert_eq!(progress(&zhou, &work).await, 50);
    // A line that goes somewhere else is not counted here any more; nothing hangs under itself.
    let away = serde_json::json!({"parent": null});
    let path = format!("/api/v1/tasks/{}/parent", projects[1]);
    let answer = zhou.post_json(&path, &away).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    let family = zhou
        .get(&format!("/api/v1/tasks/{work}/children"))
        .await
        .json();
    assert_eq!(family["children"], 1);
    let circle = serde_json::json!({"parent": lines[0]});
    let path = format!("/api/v1/tasks/{work}/parent");
    let refused = zhou.post_json(&path, &circle).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    // Back by its name, on the page.
    let page = format!("/tasks/{work}/children");
    let number = zhou
        .get(&format!("/api/v1/tasks/{}", lines[7]))
        .await
        .json();
    let number = number["number"].as_str().unwrap().to_owned();
    let done = zhou
        .post(&format!("{page}/link"), &[("number", &number)])
        .await;
    assert_eq!(done.location(), page);
    let family = zhou
        .get(&format!("/api/v1/tasks/{work}/children"))
        .await
        .json();
    assert_eq!(family["children"], 2, "{family}");
    let none = zhou
        .post(&format!("{page}/link"), &[("number", "没有这件")])
        .await;
    assert_eq!(none.location(), page);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_08_children_are_opened_on_the_page_and_a_bad_row_is_named() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhou, qin) = (app.as_user("zhou").await, app.as_user("qin").await);
    let id = only_task(&zhou).await;
    let path = format!("/tasks/{id}/children");
    let unit = qin_unit(&app).await;
    let row = |title: &'static str, limit: &'static str| {
        [
            ("unit", unit.clone()),
            ("title", title.to_owned()),
            ("target", String::new()),
            ("limit", limit.to_owned()),
        ]
    };
    let post = |rows: Vec<[(&'static str, String); 4]>| rows.concat();
    let late = post(vec![row("前期", "2026-12-01"), row("报批", "2027-01-31")]);
    let late: Vec<(&str, &str)> = late
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let refused = qin.post(&path, &late).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .body
            .contains("第 2 行：时限 2027-01-31 晚于上级事项"),
        "{}",
        refused.body
    );
    let good = post(vec![row("前期", "2026-12-01"), row("报批", "2026-12-10")]);
    let good: Vec<(&str, &str)> = good
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let done = qin.post(&path, &good).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = zhou.get(&path).await.body;
    assert!(page.contains("报批") && page.contains("共 2 件"), "{page}");
    // Whoever drafted it, the office hears that there is something to approve and issue.
    assert!(zhou.get("/desk").await.body.contains("分解为 2 件下级事项"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_08_the_lead_of_the_task_above_sees_what_another_unit_does_below_it() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let qin = app.as_user("qin").await;
    let top = only_task(&zhou).await;
    signed_for(&app, &top).await;
    let unit_of = async |login: &str| app.who(login).await.actor.units()[0].to_string();
    let finance = unit_of("luo").await;
    let id = split(&qin, &top, &finance, 1).await.remove(0);
    let task = format!("/api/v1/tasks/{id}");
    // In the ledger, on the page of the task above, and on its own page.
    let below = format!("/api/v1/tasks?parent={top}");
    let listed = qin.get(&below).await.json();
    assert_eq!(listed["count"], 1, "{listed}");
    assert!(
        qin.get("/ledger")
            .await
            .body
            .contains(&format!("/tasks/{id}"))
    );
    let family = qin.get(&format!("/tasks/{top}/children")).await.body;
    assert!(family.contains(&format!("/tasks/{id}")), "{family}");
    let page = qin.get(&format!("/tasks/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for form in ["id=\"act-", "添加附件"] {
        assert!(!page.body.contains(form), "{form}: {}", page.body);
    }
    // It is read, and nothing else.
    let shown = qin.get(&task).await.json();
    let actions = shown["actions"].as_array().unwrap();
    assert!(actions.iter().all(|one| one["allowed"] == false), "{shown}");
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("luo").await, &id, "sign-for", &[]).await;
    for (verb, fields) in [
        ("sign-for", vec![]),
        ("feedback", SMOOTH.to_vec()),
        (
            "apply-to-close",
            vec![("summary", "完成"), ("evidence", "单")],
        ),
        ("remark", vec![("text", "不配合")]),
        ("urge", vec![("text", "请加快")]),
    ] {
        let version = qin.get(&task).await.json()["version"].to_string();
        let answer = qin.post(&format!("/tasks/{id}/{verb}"), &fields).await;
        assert!(!answer.status.is_success(), "{verb}: {}", answer.body);
        let after = qin.get(&task).await.json()["version"].to_string();
        assert_eq!(version, after, "{verb}");
    }
    // What is not theirs is nobody's business else: a third unit finds nothing, and the unit below
    // does not see what is above.
    let ye = app.as_user("ye").await;
    assert_eq!(ye.get(&task).await.status, StatusCode::NOT_FOUND);
    assert!(!ye.get("/ledger").await.body.contains(&id));
    let luo = app.as_user("luo").await;
    assert_eq!(luo.get(&task).await.status, StatusCode::OK);
    let above = luo.get(&format!("/api/v1/tasks/{top}")).await;
    assert_eq!(above.status, StatusCode::NOT_FOUND);
    // A work secret is in no list of whom it does not concern.
    let mark = [("mark", "work_secret"), ("reason", "涉及未公开事项")];
    act(&zhou, &id, "mark", &mark).await;
    let hidden = qin.get(&task).await;
    assert_eq!(hidden.status, StatusCode::FORBIDDEN, "{}", hidden.body);
    let listed = qin.get(&below).await.json();
    assert_eq!(listed["count"], 0, "{listed}");
    let open = [("mark", "none"), ("reason", "已公开")];
    act(&zhou, &id, "mark", &open).await;
    let away = serde_json::json!({"parent": null});
    let refused = qin.post_json(&format!("{task}/parent"), &away).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    let page = qin.get(&format!("/tasks/{top}/children")).await.body;
    assert!(!page.contains(">移出</button>"), "{page}");
    // Taken out from under it, it is no part of their work any more.
    let gone = zhou.post_json(&format!("{task}/parent"), &away).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    assert_eq!(qin.get(&task).await.status, StatusCode::NOT_FOUND);
    assert!(app.is_rebuildable().await);
}

async fn qin_unit(app: &TestApp) -> String {
    app.who("qin").await.actor.units()[0].to_string()
}
