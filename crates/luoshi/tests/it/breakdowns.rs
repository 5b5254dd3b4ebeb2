//! Tasks broken down to posts and persons, from the page to the journal.

use axum::http::StatusCode;
use luoshi_app::breakdowns::reports;
use luoshi_app::organisation::handovers::{self, Wanted};

use crate::harness::{Session, TestApp};
use crate::tasks::{act, confirmed, confirmed_text, only_task};

/// Two alike tasks of one unit.
const TWO: &str = "某局工作方案\n\n一、总体要求\n坚持统筹推进，力戒空转。\n二、重点任务\n\
                   （一）规划建设科于2026年12月20日前编制完成枢纽规划。\n\
                   （二）规划建设科于2026年12月25日前编制完成枢纽建设规划。\n";

/// Approves, issues and signs for a task of 规划建设科.
pub(crate) async fn signed_for(app: &TestApp, id: &str) {
    let (zhou, zhao) = (app.as_user("zhou").await, app.as_user("zhao").await);
    act(&zhao, id, "approve", &[("text", "同意")]).await;
    act(&zhou, id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("qin").await, id, "sign-for", &[]).await;
}

/// The first post and person that the form offers.
async fn seat(session: &Session, id: &str) -> String {
    let page = session.get(&format!("/tasks/{id}/breakdown")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let options = page.between("name=\"seat\"", "</select>").to_owned();
    let mut values = options.split("value=\"").skip(1);
    let values = values.find(|value| !value.starts_with('"')).unwrap();
    values.split('"').next().unwrap().to_owned()
}

fn row<'a>(part: &'a str, seat: &'a str, duty: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("part", part),
        ("seat", seat),
        ("duty", duty),
        ("limit", "2026-12-10"),
    ]
}

async fn missing(session: &Session) -> usize {
    let report = session.get("/api/v1/breakdowns").await.json();
    let missing = report["tasks"][0]["missing"].as_array().unwrap();
    missing.len()
}

#[tokio::test]
async fn org_03_the_report_lists_two_missing_parts_then_none_and_each_number_its_rows() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhou, qin) = (app.as_user("zhou").await, app.as_user("qin").await);
    let id = only_task(&zhou).await;
    let path = format!("/tasks/{id}/breakdown");
    let early = qin.get(&path).await.body;
    assert!(early.contains("签收以后才能分解"), "{early}");
    signed_for(&app, &id).await;
    assert_eq!(missing(&zhou).await, 3, "nothing is broken down");
    let page = qin.get(&path).await.body;
    assert!(page.contains("已按方案条款和本单位岗位预填"), "{page}");
    let seat = seat(&qin, &id).await;
    let mut fields = vec![("seen", "0")];
    fields.extend(row("responsible", &seat, "对枢纽规划负总责"));
    fields.extend(row("doing", "", ""));
    let done = qin.post(&path, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(missing(&zhou).await, 2);
    // Every number of the report is the count of the rows behind it.
    let report = zhou.get("/breakdowns").await.body;
    let mut counts = Vec::new();
    for part in report.split("<a href=\"/breakdowns?").skip(1) {
        let href = part.split('"').next().unwrap().replace("&#38;", "&");
        let count = part.split('>').nth(1).unwrap().split('<').next().unwrap();
        let list = zhou.get(&format!("/breakdowns?{href}")).await.body;
        assert!(list.contains(&format!("共 {count} 行")), "{href}: {count}");
        counts.push(count.to_owned());
    }
    assert_eq!(counts, ["1", "1", "2", "0"]);
    let mut all = vec![("seen", "1")];
    all.extend(row("responsible", &seat, "对枢纽规划负总责"));
    all.extend(row("pushing", &seat, "每周调度"));
    all.extend(row("doing", &seat, "起草规划文本"));
    let refused = qin.post(&path, &all).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("调整分工的理由") && refused.body.contains("起草规划文本"));
    all.push(("reason", "补齐"));
    let done = qin.post(&path, &all).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(missing(&zhou).await, 0);
    assert!(
        zhou.get("/breakdowns")
            .await
            .body
            .contains("每件都有人负责、有人推动、有人落实")
    );
    let page = qin.get(&path).await.body;
    assert!(page.contains("调整分工，理由：补齐") && page.contains("分解为 1 项分工"));
    assert!(
        qin.get(&format!("/tasks/{id}"))
            .await
            .body
            .contains("每周调度")
    );
    assert!(qin.get("/desk").await.body.contains("我的分工"));
    // On a page that somebody else's act made old, and by whom it is not: nothing is changed.
    let old = qin.post(&path, &all).await;
    assert_eq!(old.location(), path);
    let office = zhou.post(&path, &all).await;
    assert_eq!(office.location(), path, "the office does not split");
    let stranger = app.as_user("ye").await.post(&path, &all).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    let table = zhou.get("/breakdowns.xlsx").await;
    assert_eq!(table.status, StatusCode::OK);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn org_03_a_new_breakdown_begins_with_the_last_similar_one_of_the_unit() {
    let app = TestApp::new().await;
    confirmed_text(&app, TWO).await;
    let zhou = app.as_user("zhou").await;
    let list = zhou.get("/api/v1/tasks").await.json();
    let ids: Vec<String> = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    for id in &ids {
        signed_for(&app, id).await;
    }
    let qin = app.as_user("qin").await;
    let (first, second) = (&ids[0], &ids[1]);
    let seat = seat(&qin, first).await;
    let fields = row("responsible", &seat, "抓总，每半月听一次汇报");
    let done = qin
        .post(&format!("/tasks/{first}/breakdown"), &fields)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = qin.get(&format!("/tasks/{second}/breakdown")).await.body;
    assert!(page.contains("上次相似的事项"), "{page}");
    assert!(page.contains("抓总，每半月听一次汇报"));
    assert!(page.contains("2026-12-25"), "within the other's own limit");
    // Closed, it is nobody's any more, but the next may still begin with it.
    let mine = reports::mine(&app.app, &app.who("qin").await)
        .await
        .unwrap();
    assert_eq!(mine.len(), 1);
    let cancel = [("reason", "并入上级规划")];
    act(&app.as_user("zhao").await, first, "cancel", &cancel).await;
    let mine = reports::mine(&app.app, &app.who("qin").await)
        .await
        .unwrap();
    assert!(mine.is_empty());
    let page = qin.get(&format!("/tasks/{second}/breakdown")).await.body;
    assert!(page.contains("抓总，每半月听一次汇报"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn org_03_sub_duties_are_handed_over_with_the_posts_in_one_act() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let (zhou, qin) = (app.as_user("zhou").await, app.as_user("qin").await);
    let id = only_task(&zhou).await;
    signed_for(&app, &id).await;
    let seat = seat(&qin, &id).await;
    let person = seat.split(':').nth(1).unwrap().to_owned();
    let body = serde_json::json!({"duties": [{"part": "responsible",
        "post": seat.split(':').next().unwrap(), "person": person,
        "duty": "抓总", "limit": "2026-12-01"}]});
    let twin = format!("/api/v1/tasks/{id}/breakdown");
    let saved = qin.post_json(&twin, &body).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    assert_eq!(saved.json()["missing"].as_array().unwrap().len(), 2);
    let luo = app.who("luo").await.actor.person;
    let wanted = Wanted {
        from: person.parse().unwrap(),
        to: luo,
        day: app.app.today(),
        reason: "调任".into(),
        take_posts: true,
        leaves: true,
    };
    let office = app.who("zhou").await;
    let preview = handovers::preview(&app.app, &office, &wanted)
        .await
        .unwrap();
    assert_eq!(preview.duties.len(), 1);
    let sheet = handovers::carry_out(&app.app, &office, &wanted)
        .await
        .unwrap();
    let known = zhou.get(&twin).await.json();
    assert_eq!(known["duties"][0]["person"], luo.to_string());
    let report = zhou.get("/api/v1/breakdowns").await.json();
    assert_eq!(report["tasks"][0]["gaps"].as_array().unwrap().len(), 0);
    let page = zhou
        .get(&format!("/organisation/handovers/{sheet}"))
        .await
        .body;
    assert!(
        page.contains("分工（1）") && page.contains("抓总"),
        "{page}"
    );
    let desk = app.as_user("luo").await.get("/desk").await.body;
    assert!(desk.contains("我的分工"), "{desk}");
    assert!(app.is_rebuildable().await);
}
