//! The workbench over HTTP: what a person does there and takes back.

use axum::http::StatusCode;
use luoshi_app::plans;
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::{Decision, Plan};

use crate::harness::{Session, TestApp};

async fn plan_of(app: &TestApp, id: PlanId) -> Plan {
    let who = app.who("zhou").await;
    plans::show(&app.app, &who, id).await.unwrap().plan
}

/// The words and the number of the button that takes the latest act back.
fn offered(page: &str) -> Option<(String, String)> {
    let form = page.split("/undo\" method=\"post\">").nth(1)?;
    let act = form
        .split("name=\"act\" value=\"")
        .nth(1)?
        .split('"')
        .next()?;
    let label = form
        .split("最近办的一步\">")
        .nth(1)?
        .split(" <kbd>")
        .next()?;
    Some((label.to_owned(), act.to_owned()))
}

async fn take_back(session: &Session, id: PlanId) -> String {
    let page = session.get(&format!("/plans/{id}")).await;
    let (label, act) = offered(&page.body).expect("nothing is offered to take back");
    let answer = session
        .post(&format!("/plans/{id}/undo"), &[("act", &act)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    label
}

#[tokio::test]
async fn import_10_acts_are_taken_back_step_by_step_and_the_journal_keeps_both() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let id = app.import(luoshi_app::demo::trial_plan()).await;
    let imported = plan_of(&app, id).await;
    let page = zhou.get(&format!("/plans/{id}")).await.body;
    assert_eq!(offered(&page), None);

    let first = &imported.proposals[0];
    let path = &imported.clauses[usize::try_from(first.clause).unwrap()].path;
    let at = format!("/plans/{id}/proposals/{}", first.id);
    zhou.post(&format!("{at}/accept"), &[]).await;
    zhou.post(&format!("{at}/undo"), &[]).await;
    zhou.post(&format!("{at}/reject"), &[("reason", "日常工作")])
        .await;
    assert_eq!(
        take_back(&zhou, id).await,
        format!("撤销：不采纳 {path} 1 项")
    );
    assert_eq!(
        take_back(&zhou, id).await,
        format!("撤销：撤回决定 {path} 1 项")
    );
    assert_eq!(
        plan_of(&app, id).await.proposals[0].decision,
        Decision::Accepted
    );
    assert_eq!(
        take_back(&zhou, id).await,
        format!("撤销：采纳 {path} 1 项")
    );
    assert_eq!(plan_of(&app, id).await.proposals, imported.proposals);
    let page = zhou.get(&format!("/plans/{id}")).await.body;
    assert_eq!(offered(&page), None);
    let version = plan_of(&app, id).await.version;
    assert!(version > imported.version + 6, "the journal lost steps");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_10_a_step_that_is_gone_is_told_in_a_sentence() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let id = app.import(luoshi_app::demo::trial_plan()).await;
    let answer = zhou
        .post(&format!("/plans/{id}/undo"), &[("act", "77")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("luoshi_flash=warn."), "{cookie}");
}
