//! The year that a plan's dates stand in, and the same text for another year.

use axum::http::StatusCode;
use luoshi_app::plans;
use luoshi_app::plans::years::{self, OtherYear};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Plan, PlanDetails};

use crate::harness::TestApp;

/// Names no year but one in words, and no day of issue.
const TEXT: &str = "招商引资工作办法\n\n一、任务\n（一）规划建设科于7月31日前完成任务分解。\n\
    （二）安全应急科于2月底前完成隐患排查。\n（三）办公室于2014年9月30日前完成汇总上报。\n";

/// Words of the deadline and the limit, of each proposal with a deadline.
fn limits(plan: &Plan) -> Vec<(String, String)> {
    let dated = plan.proposals.iter().filter_map(|known| {
        let limit = known.draft.limit.map(|limit| limit.to_string());
        Some((known.reading.deadline.clone()?, limit.unwrap_or_default()))
    });
    dated.collect()
}

fn limit_of(plan: &Plan, words: &str) -> String {
    let found = limits(plan)
        .into_iter()
        .find(|(text, _)| text.contains(words));
    found
        .unwrap_or_else(|| panic!("no {words}: {:?}", limits(plan)))
        .1
}

fn with_year(plan: &Plan, year: i32) -> PlanDetails {
    PlanDetails {
        year: Some(year),
        ..plan.details.clone()
    }
}

#[tokio::test]
async fn import_12_the_same_text_is_loaded_to_another_year_with_its_dates_moved() {
    let app = TestApp::new().await;
    let first = app.import_bare(TEXT, Some(2014)).await;
    let original = app.plan(first).await;
    assert_eq!(limit_of(&original, "7月31日"), "2014-07-31");
    assert_eq!(limit_of(&original, "2月底"), "2014-02-28");
    let wanted = OtherYear {
        year: 2016,
        issuer: Some("邻县交通运输局".into()),
    };
    let zhou = app.who("zhou").await;
    let loaded = years::load_to(&app.app, &zhou, first, wanted.clone())
        .await
        .unwrap();
    assert!(!loaded.known);
    let copy = app.plan(loaded.plan).await;
    assert_eq!(limit_of(&copy, "7月31日"), "2016-07-31");
    assert_eq!(limit_of(&copy, "2月底"), "2016-02-29");
    assert_eq!(limit_of(&copy, "2014年9月30日"), "2016-09-30");
    assert_eq!(copy.details.issuer.as_deref(), Some("邻县交通运输局"));
    assert!(
        copy.proposals
            .iter()
            .all(|known| known.decision == Decision::Open)
    );
    assert_eq!(copy.text, original.text);
    // Once more to the same year adds nothing.
    let again = years::load_to(&app.app, &zhou, first, wanted)
        .await
        .unwrap();
    assert_eq!((again.plan, again.known), (loaded.plan, true));
    let page = app
        .as_user("zhou")
        .await
        .get(&format!("/plans/{}", loaded.plan))
        .await;
    assert!(page.body.contains("顺延 2 年"), "{}", page.body);
    assert!(page.body.contains("由 2014 年转用"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_12_a_text_without_a_year_is_loaded_to_each_year_that_the_form_names() {
    let app = TestApp::new().await;
    let text = "招商办法\n\n一、任务\n规划建设科于7月31日前完成任务分解。\n";
    let first = app.import_bare(text, Some(2014)).await;
    let second = app.import_bare(text, Some(2015)).await;
    assert_ne!(first, second);
    assert_eq!(limit_of(&app.plan(first).await, "7月31日"), "2014-07-31");
    assert_eq!(limit_of(&app.plan(second).await, "7月31日"), "2015-07-31");
    // The same year, or none, is the same plan.
    assert_eq!(app.import_bare(text, Some(2014)).await, first);
    assert_eq!(app.import_bare(text, Some(2015)).await, second);
    assert_eq!(app.import_bare(text, None).await, first);
}

#[tokio::test]
async fn import_12_a_plan_whose_dates_lack_a_year_is_not_final_before_it_is_given() {
    let app = TestApp::new().await;
    let text = "招商办法\n\n一、任务\n规划建设科于7月31日前完成任务分解。\n";
    let id = app.import_bare(text, None).await;
    let zhou = app.who("zhou").await;
    let before = app.plan(id).await;
    assert_eq!(before.details.year, None);
    assert_eq!(limit_of(&before, "7月31日"), "");
    for proposal in before.proposals.iter().map(|known| known.id) {
        let accept = PlanCommand::AcceptProposal { proposal };
        plans::handle(&app.app, &zhou, id, accept, None)
            .await
            .unwrap();
    }
    plans::bulk::dismiss_bare(&app.app, &zhou, id, None)
        .await
        .unwrap();
    let refused = plans::finalise(&app.app, &zhou, id, None)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("年份") || format!("{refused:?}").contains("\"year\""));
    let page = app.as_user("zhou").await.get(&format!("/plans/{id}")).await;
    assert!(page.body.contains("年份待定"));
    let amended = years::amend(&app.app, &zhou, id, with_year(&before, 2014), None)
        .await
        .unwrap();
    assert_eq!(amended.redated, 1);
    plans::finalise(&app.app, &zhou, id, None).await.unwrap();
    assert_eq!(limit_of(&app.plan(id).await, "7月31日"), "2014-07-31");
    let ledger = app
        .as_user("zhou")
        .await
        .get(&format!("/ledger?plan={id}"))
        .await;
    assert!(ledger.body.contains("2014-07-31"));
}

#[tokio::test]
async fn import_12_open_limits_move_with_the_year_and_edited_ones_stay() {
    let app = TestApp::new().await;
    let id = app.import_bare(TEXT, Some(2014)).await;
    let zhou = app.who("zhou").await;
    let before = app.plan(id).await;
    let edited = before
        .proposals
        .iter()
        .find(|known| {
            known
                .reading
                .deadline
                .as_deref()
                .is_some_and(|words| words.contains("2月底"))
        })
        .unwrap();
    let mut draft = edited.draft.clone();
    draft.limit = "2014-03-05".parse().ok();
    let edit = PlanCommand::EditProposal {
        proposal: edited.id,
        draft: Box::new(draft),
    };
    plans::handle(&app.app, &zhou, id, edit, None)
        .await
        .unwrap();
    let form = [
        ("title", "招商引资工作办法"),
        ("year", "2015"),
        ("category", "bureau"),
        ("addressee", "局属各单位"),
        ("mark", "none"),
    ];
    let browser = app.as_user("zhou").await;
    let saved = browser.post(&format!("/plans/{id}/details"), &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let after = app.plan(id).await;
    assert_eq!(limit_of(&after, "7月31日"), "2015-07-31");
    assert_eq!(limit_of(&after, "2月底"), "2014-03-05");
    assert_eq!(limit_of(&after, "2014年9月30日"), "2014-09-30");
    assert_eq!(after.details.addressee.as_deref(), Some("局属各单位"));
    let said = saved.headers.get("set-cookie").unwrap().to_str().unwrap();
    let encoded: String = "项时限随年份更新"
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    assert!(said.contains(&format!("1%20{encoded}")), "{said}");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_12_the_api_loads_a_plan_to_another_year() {
    let app = TestApp::new().await;
    let id = app.import_bare(TEXT, Some(2014)).await;
    let browser = app.as_user("zhou").await;
    let path = format!("/api/v1/plans/{id}/years");
    let created = browser
        .post_json(&path, &serde_json::json!({ "year": 2015 }))
        .await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let plan = created.json()["plan"].as_str().unwrap().to_owned();
    let shown = browser.get(&format!("/api/v1/plans/{plan}")).await.json();
    assert_eq!(shown["lineage"]["shift"], 1);
    assert_eq!(shown["details"]["year"], 2015);
    let same = browser
        .post_json(&path, &serde_json::json!({ "year": 2014 }))
        .await;
    assert_eq!(
        same.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        same.body
    );
    // A leader sees the page and may not load.
    let gao = app.as_user("gao").await;
    let page = gao.get(&format!("/plans/{id}/years")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("由督查办转用"));
    let refused = gao
        .post_json(&path, &serde_json::json!({ "year": 2017 }))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}
