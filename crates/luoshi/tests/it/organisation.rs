//! The organisation of any day, its changes and handing over.

use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::organisation::of_bureau;
use luoshi_domain::ids::UnitId;
use luoshi_domain::organisation::{Organisation, Role};
use serde_json::{Value, json};

use crate::harness::{Session, TestApp};
use crate::tasks::{act, confirmed, only_task};

const CHANGES: &str = "/api/v1/organisation/changes";

async fn today(app: &TestApp) -> std::sync::Arc<Organisation> {
    of_bureau(&app.app, app.bureau).await.unwrap()
}

async fn unit(app: &TestApp, name: &str) -> UnitId {
    today(app).await.unit_named(name).unwrap().id
}

async fn person(app: &TestApp, login: &str) -> String {
    app.who(login).await.actor.person.to_string()
}

/// Makes a change through the API.
async fn change(session: &Session, body: Value) {
    let answer = session.post_json(CHANGES, &body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
}

#[tokio::test]
async fn org_01_a_change_ahead_takes_effect_by_itself_at_midnight() {
    let app = TestApp::new().await;
    let office = app.as_user("zhou").await;
    let planning = unit(&app, "规划建设科").await;
    let body = json!({"command": "rename_unit", "unit": planning.0, "name": "综合规划科",
        "from": "2026-11-27"});
    change(&office, body).await;
    let page = office.get(&format!("/organisation/units/{planning}")).await;
    assert!(page.body.contains("今后") && page.body.contains("名称：综合规划科"));
    assert!(page.body.contains("<h1>规划建设科</h1>"), "{}", page.body);
    let ahead = office.get("/organisation?day=2026-11-27").await;
    assert!(ahead.body.contains("综合规划科") && !ahead.body.contains(">规划建设科<"));

    assert_eq!(today(&app).await.unit_name(planning), "规划建设科");
    app.clock.forward(Duration::hours(38));
    let later = today(&app).await;
    assert_eq!(later.unit_name(planning), "综合规划科");
    assert_eq!(later.unit_named("规划建设科").unwrap().id, planning);
    let office = app.as_user("zhou").await;
    let past = office.get("/organisation?day=2026-11-25").await;
    assert!(past.body.contains("规划建设科") && !past.body.contains("综合规划科"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn org_01_a_form_says_what_it_would_touch_before_it_does() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let office = app.as_user("zhou").await;
    let planning = unit(&app, "规划建设科").await.to_string();
    let form = "/organisation/change/portfolio";
    let shen = person(&app, "shen").await;
    let asked = office.get(&format!("{form}?unit={planning}")).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("分管领导") && asked.body.contains("2026-11-25"));
    let mut fields = vec![
        ("unit", planning.as_str()),
        ("person", shen.as_str()),
        ("day", "2026-11-25"),
        ("step", "preview"),
    ];
    let preview = office.post(form, &fields).await;
    let said = "“规划建设科”的分管领导：高文远 → 沈若兰";
    assert!(preview.body.contains(said), "{}", preview.body);
    let version = today(&app).await.version;
    let stale = (version - 1).to_string();
    fields[3] = ("step", "do");
    fields.push(("seen", &stale));
    let refused = office.post(form, &fields).await;
    assert_eq!(refused.status, StatusCode::OK, "another preview instead");
    assert_eq!(today(&app).await.version, version);
    let seen = version.to_string();
    fields[4] = ("seen", &seen);
    let done = office.post(form, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(today(&app).await.version, version + 1);

    fields[2] = ("day", "没有这一天");
    let unread = office.post(form, &fields).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = app.as_user("ye").await;
    assert_eq!(
        stranger
            .get(&format!("{form}?unit={planning}"))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn org_14_a_new_division_of_work_takes_along_what_is_asked_for_from_then_on() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let office = app.as_user("zhou").await;
    let task = only_task(&office).await;
    let deputy = async || {
        let body = office.get(&format!("/api/v1/tasks/{task}")).await.json();
        body["deputy"]["name"].as_str().map(str::to_owned)
    };
    assert_eq!(deputy().await.as_deref(), Some("高文远"));
    let planning = unit(&app, "规划建设科").await;
    let shen = person(&app, "shen").await;
    let body = json!({"command": "assign_portfolio", "unit": planning.0, "deputy": shen,
        "from": "2026-11-25"});
    change(&office, body).await;
    assert_eq!(deputy().await.as_deref(), Some("沈若兰"));
    let past = office.get("/organisation?day=2026-11-24").await;
    assert!(
        !past.body.contains("沈若兰"),
        "before the bureau was set up"
    );
}

#[tokio::test]
async fn org_04_each_leader_has_counts_that_lead_to_their_lists() {
    let app = TestApp::with_demo().await;
    let office = app.as_user("zhou").await;
    let page = office.get("/organisation").await;
    let gao = person(&app, "gao").await;
    let href = format!("/ledger?deputy={gao}&#38;queue=open");
    let (_, after) = page.body.split_once(&href).expect("gao has a count");
    let shown: String = after
        .chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    let list = format!("/ledger?deputy={gao}&queue=open");
    let list = office.get(&list).await;
    let rows = list.body.matches("data-open").count();
    assert!(
        rows > 0 && shown == rows.to_string(),
        "{shown} against {rows}"
    );
    assert!(list.body.contains("分管领导：高文远"));

    // A leader in charge sees their own counts only (ORG-10).
    let own = app.as_user("gao").await.get("/organisation").await;
    let shen = person(&app, "shen").await;
    assert!(own.body.contains(&href) && !own.body.contains(&format!("deputy={shen}")));
    let member = app.as_user("ye").await.get("/organisation").await;
    assert!(!member.body.contains("deputy="));
}

#[tokio::test]
async fn org_01_a_merged_unit_s_open_items_go_along() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let office = app.as_user("zhou").await;
    let task = only_task(&office).await;
    let (planning, safety) = (
        unit(&app, "规划建设科").await,
        unit(&app, "安全应急科").await,
    );
    let merge = |take_along| {
        json!({"command": "merge_unit", "unit": planning.0, "into": safety.0,
            "from": "2026-11-26", "take_along": take_along})
    };
    let refused = office.post_json(CHANGES, &merge(false)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("1 件未办结"), "{}", refused.body);
    app.clock.forward(Duration::hours(24));
    let office = app.as_user("zhou").await;
    change(&office, merge(true)).await;
    let body = office.get(&format!("/api/v1/tasks/{task}")).await.json();
    assert_eq!(body["lead"]["name"], "安全应急科");
    assert_eq!(
        today(&app).await.unit_named("规划建设科").unwrap().id,
        safety
    );
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn org_01_handing_over_moves_everything_in_one_act_and_keeps_the_sheet() {
    let app = TestApp::with_demo().await;
    let office = app.as_user("zhou").await;
    let (gao, lin) = (person(&app, "gao").await, person(&app, "lin").await);
    let before = today(&app).await;
    let in_charge = before.portfolio_of(gao.parse().unwrap());
    let fields = [
        ("from", gao.as_str()),
        ("person", lin.as_str()),
        ("day", "2026-11-25"),
        ("reason", "工作调动"),
        ("leaves", "yes"),
        ("step", "preview"),
    ];
    let path = "/organisation/handovers/new";
    let preview = office.post(path, &fields).await;
    assert!(
        preview.body.contains("市公路事业发展中心"),
        "{}",
        preview.body
    );
    let mut done = fields;
    done[5] = ("step", "do");
    let kept = office.post(path, &done).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let sheet = office.get(kept.location()).await;
    assert!(sheet.body.contains("工作调动") && sheet.body.contains("监交人"));

    let after = today(&app).await;
    let now: Vec<_> = after.portfolio_of(lin.parse().unwrap());
    assert!(!in_charge.is_empty() && in_charge.iter().all(|unit| now.contains(unit)));
    assert_eq!(after.posts_of(gao.parse().unwrap()).count(), 0);
    assert!(!after.posts.iter().any(|post| post.role == Role::Deputy
        && post.holder.is_some_and(|holder| holder.to_string() == gao)));
    let left = office
        .get(&format!("/ledger?deputy={gao}&queue=open"))
        .await;
    assert!(!left.body.contains("data-open"), "nothing is left behind");
    let sheets = office.get("/organisation/handovers").await;
    assert!(sheets.body.contains("高文远") && sheets.body.contains("林致和"));
    assert!(app.is_rebuildable().await);

    // There is nothing to hand over twice.
    let again = office.post(path, &done).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn org_02_a_secretary_of_a_party_organisation_answers_first_twice() {
    let app = TestApp::new().await;
    let office = app.as_user("zhou").await;
    let body = json!({"command": "establish_unit", "parent": null, "kind": "party_group",
        "name": "中共云州市交通运输局党组", "position": 0, "from": "2026-11-25"});
    change(&office, body).await;
    let group = unit(&app, "中共云州市交通运输局党组").await;
    let zhao = person(&app, "zhao").await;
    let body = json!({"command": "create_post", "unit": group.0, "title": "书记",
        "role": "head", "holder": zhao, "position": 0, "from": "2026-11-25"});
    change(&office, body).await;
    let page = office.get(&format!("/organisation/persons/{zhao}")).await;
    assert!(page.body.contains("抓党建第一责任人"), "{}", page.body);
    assert!(page.body.contains("抓好党建促业务发展第一责任人"));
}

#[tokio::test]
async fn sys_03_a_leader_s_instruction_is_read_by_whom_it_concerns_alone() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let office = app.as_user("zhou").await;
    let id = only_task(&office).await;
    let ye = person(&app, "ye").await;
    let leaders = unit(&app, "局领导班子").await;
    let post = json!({"command": "create_post", "unit": leaders.0, "title": "纪检监察专员",
        "role": "discipline", "holder": ye, "position": 9, "from": "2026-11-25"});
    change(&office, post).await;
    let said = "每周五向我当面报告";
    let zhao = app.as_user("zhao").await;
    act(&zhao, &id, "approve", &[("text", said)]).await;
    let page = format!("/tasks/{id}");
    for login in ["zhou", "zhao", "qin"] {
        let shown = app.as_user(login).await.get(&page).await.body;
        assert!(shown.contains(said), "{login}");
    }
    let discipline = app.as_user("ye").await;
    let shown = discipline.get(&page).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.body.contains(said) && shown.body.contains("领导批示，只对"));
    let api = discipline.get(&format!("/api/v1{page}")).await.body;
    assert!(!api.contains(said), "{api}");
}
