//! A task opened by hand: its origin, who assigned it, and what the ledger has already.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_domain::packs::PackKey;

use crate::harness::{Session, TestApp};
use crate::packs::adopt;

async fn category(app: &TestApp) -> String {
    let bureau = app.who("zhou").await.bureau;
    let rules = luoshi_app::rules::of_bureau(&app.app, bureau)
        .await
        .unwrap();
    let first = rules.origins().next().map(|word| word.key.clone());
    first.unwrap()
}

/// A form as the supervision office fills it in, with these entries in place of its own.
async fn filled(app: &TestApp, entries: &[(&str, &str)]) -> Vec<(String, String)> {
    let lead = app.who("qin").await.actor.units()[0].to_string();
    let category = category(app).await;
    let known = [
        ("title", "核查全区公路桥梁隐患并建立台账"),
        ("target", "桥梁隐患底数清、台账全"),
        ("lead", &lead),
        ("limit", "12.20"),
        ("category", &category),
        ("level", "ordinary"),
        ("document", "局长办公会纪要"),
        ("document_number", "〔2026〕第 11 期"),
        ("clause", "第三项"),
        ("quote", "对全区公路桥梁开展一次隐患核查。"),
    ];
    let filled = known.into_iter().map(|(name, text)| {
        let other = entries.iter().find(|(other, _)| *other == name);
        (name, other.map_or(text, |(_, text)| *text))
    });
    let more = entries
        .iter()
        .filter(|(name, _)| !known.iter().any(|(typed, _)| typed == name))
        .copied();
    filled
        .chain(more)
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

async fn post(session: &Session, fields: &[(String, String)]) -> crate::harness::Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    session.post("/tasks", &fields).await
}

#[tokio::test]
async fn src_01_a_task_opened_by_hand_carries_its_origin_and_waits_for_approval() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let ledger = zhou.get("/ledger").await.body;
    assert!(ledger.contains("href=\"/tasks/new\""), "no way to the form");
    assert!(zhou.get("/tasks/new").await.body.contains("从哪里来"));

    for (field, said) in [
        ("document", "请写明出自哪份文件或哪次会议。"),
        ("category", "请选择来源类别。"),
        ("title", "请写明任务内容。"),
    ] {
        let answer = post(&zhou, &filled(&app, &[(field, "")]).await).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer.body.contains(said), "{field}: {}", answer.body);
        // What was typed is still there.
        assert!(answer.body.contains("〔2026〕第 11 期"), "{field}");
    }
    assert_eq!(
        zhou.get("/api/v1/tasks").await.json()["rows"],
        serde_json::json!([])
    );

    let answer = post(&zhou, &filled(&app, &[]).await).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let id = answer.location().trim_start_matches("/tasks/").to_owned();
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["state"], "draft");
    assert_eq!(task["limit"], "2026-12-20");
    let gao = app.who("gao").await.actor.person;
    assert_eq!(task["deputy"]["id"], gao.to_string(), "{task}");
    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    for part in ["局长办公会纪要", "对全区公路桥梁开展一次隐患核查。"] {
        assert!(page.contains(part), "{part}");
    }
    let desk = app.as_user("zhao").await.get("/desk").await.body;
    assert!(desk.contains("核查全区公路桥梁隐患"), "not on the desk");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_01_what_the_principal_leader_assigned_counts_as_approved() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let principal = app.who("zhao").await.actor.person.to_string();
    let deputy = app.who("gao").await.actor.person.to_string();
    let word = |leader| {
        [
            ("leader", leader),
            ("instruction", "请规划建设科牵头，年内查清"),
        ]
    };

    let nothing = [("leader", principal.as_str()), ("instruction", "")];
    let answer = post(&zhou, &filled(&app, &nothing).await).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("请写明批示或交办的原话。"));

    let answer = post(&zhou, &filled(&app, &word(&principal)).await).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let path = format!("/api/v1{}", answer.location());
    assert_eq!(zhou.get(&path).await.json()["state"], "approved");

    // The leader's word approves only what is complete.
    let mut fields = word(&principal).to_vec();
    fields.extend([("title", "开展冬季路面养护作业"), ("target", "")]);
    let answer = post(&zhou, &filled(&app, &fields).await).await;
    let path = answer.location().to_owned();
    let task = zhou.get(&format!("/api/v1{path}")).await.json();
    assert_eq!(task["state"], "draft");
    assert_eq!(task["missing"], serde_json::json!(["目标要求"]));

    let mut fields = word(&deputy).to_vec();
    fields.push(("title", "修订农村公路养护办法"));
    let answer = post(&zhou, &filled(&app, &fields).await).await;
    let path = format!("/api/v1{}", answer.location());
    assert_eq!(zhou.get(&path).await.json()["state"], "draft");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_13_the_same_thing_is_not_opened_twice_unasked() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    post(&zhou, &filled(&app, &[]).await).await;

    let again = [("title", "核查全区公路桥梁隐患，建立台账")];
    let answer = post(&zhou, &filled(&app, &again).await).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("台账里相近的事项"), "{}", answer.body);
    let list = zhou.get("/api/v1/tasks").await.json();
    assert_eq!(list["rows"].as_array().unwrap().len(), 1);

    let despite = [again[0], ("despite_similar", "yes")];
    let answer = post(&zhou, &filled(&app, &despite).await).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test]
async fn src_01_a_program_opens_a_task_as_a_person_does() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let mut body = serde_json::json!({
        "document": "局长办公会纪要",
        "document_number": "〔2026〕第 11 期",
        "quote": "对全区公路桥梁开展一次隐患核查。",
        "details": {
            "title": "核查全区公路桥梁隐患并建立台账", "target": "", "category": category(&app).await,
            "kind": "task", "level": "ordinary", "tier": "bureau",
            "lead": app.who("qin").await.actor.units()[0].to_string(),
            "limit": "2026-12-20", "frequency": null, "policies": null, "supervisor": null,
        },
    });
    let answer = zhou.post_json("/api/v1/tasks", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.json()["state"], "draft");

    let answer = zhou.post_json("/api/v1/tasks", &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["code"], "similar");
    body["despite_similar"] = true.into();
    let answer = zhou.post_json("/api/v1/tasks", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);

    // Whoever may not open tasks does not find the place.
    let qin = app.as_user("qin").await;
    let answer = qin.post_json("/api/v1/tasks", &body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(qin.get("/tasks/new").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn ledger_09_a_course_chosen_at_the_opening_is_judged_from_the_issue_on() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let form = zhou.get("/tasks/new").await.body;
    for part in ["先慢、中间快、收尾慢", "name=\"percent\""] {
        assert!(form.contains(part), "{part}");
    }

    // Later than the limit: nothing is opened, and what was typed is still there.
    let late = [
        ("shape", "s_curve"),
        ("name", "摸排隐患"),
        ("start_by", ""),
        ("day", "12.28"),
        ("percent", "60"),
    ];
    let answer = post(&zhou, &filled(&app, &late).await).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "节点“摸排隐患”晚于完成时限 2026-12-20。",
        "href=\"#milestones\"",
        "value=\"摸排隐患\"",
        "value=\"12.28\"",
        "value=\"s_curve\" selected",
        "对全区公路桥梁开展一次隐患核查。",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    let vague = [
        ("shape", "linear"),
        ("name", "摸排隐患"),
        ("percent", "多半"),
    ];
    let answer = post(&zhou, &filled(&app, &vague).await).await;
    for part in ["节点要有完成日。", "应达进度写成", "value=\"多半\""] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    assert_eq!(zhou.get("/api/v1/tasks").await.json()["count"], 0);

    let principal = app.who("zhao").await.actor.person.to_string();
    let curve = [
        ("leader", principal.as_str()),
        ("instruction", "请规划建设科牵头，年内查清"),
        ("shape", "s_curve"),
        ("name", ""),
        ("start_by", ""),
        ("day", ""),
        ("percent", ""),
    ];
    let answer = post(&zhou, &filled(&app, &curve).await).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let path = answer.location().to_owned();
    let issued = zhou
        .post(&format!("{path}/issue"), &[("channel", "system")])
        .await;
    assert_eq!(issued.status, StatusCode::SEE_OTHER, "{}", issued.body);
    app.clock.forward(Duration::days(5));
    let zhou = app.as_user("zhou").await;
    // 6 of 26 days are gone: 23 percent of the time, 13.5 of the work.
    let page = zhou.get(&path).await.body;
    assert!(page.contains("序时应达 13.5%，实际 0%"), "{page}");
    let course = zhou.get(&format!("/api/v1{path}/course")).await.json();
    assert_eq!(course["shape"], "s_curve");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_09_a_program_opens_a_task_with_its_course() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let mut body = serde_json::json!({
        "document": "局长办公会纪要",
        "details": {
            "title": "核查全区公路桥梁隐患", "target": "底数清", "category": category(&app).await,
            "kind": "task", "level": "ordinary", "tier": "bureau", "limit": "2026-12-20",
        },
        "course": {
            "shape": "linear",
            "milestones": [{ "name": "摸排", "day": "2026-12-28", "percent": 60 }],
        },
    });
    let refused = zhou.post_json("/api/v1/tasks", &body).await;
    assert_eq!(refused.json()["code"], "milestone_day", "{}", refused.body);
    body["course"]["milestones"][0]["day"] = "2026-12-01".into();
    let opened = zhou.post_json("/api/v1/tasks", &body).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    let id = opened.json()["id"].as_str().unwrap().to_owned();
    let course = zhou.get(&format!("/api/v1/tasks/{id}/course")).await.json();
    assert_eq!(course["milestones"][0]["name"], "摸排");
}

#[tokio::test]
async fn src_03_an_origin_is_found_with_its_parts_in_another_pack() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let choices = zhou.get("/ledger").await.body;
    assert!(!choices.contains("~national_provincial"), "{choices}");
    for key in [PackKey::W, PackKey::C] {
        adopt(&app, key, None).await;
    }
    for (category, title) in [
        ("national_provincial", "完成国道危桥改造三座"),
        ("c_national", "清理拖欠企业账款"),
        ("c_province", "建成省级示范客运站"),
        ("city", "开通旅游公交专线"),
    ] {
        let fields = [("category", category), ("title", title)];
        let opened = post(&zhou, &filled(&app, &fields).await).await;
        assert!(opened.status.is_redirection(), "{}", opened.body);
    }
    let choices = zhou.get("/ledger").await.body;
    assert!(choices.contains("~national_provincial"), "{choices}");
    for (asked, wanted) in [
        ("national_provincial", 1),
        ("c_national", 1),
        ("~national_provincial", 3),
        ("~city", 1),
    ] {
        let list = format!("/api/v1/tasks?category={asked}");
        let list = zhou.get(&list).await.json();
        assert_eq!(list["rows"].as_array().unwrap().len(), wanted, "{asked}");
        let page = zhou.get(&format!("/ledger?category={asked}")).await.body;
        assert!(page.contains(&format!("共 {wanted} 项")), "{asked}: {page}");
    }
}
