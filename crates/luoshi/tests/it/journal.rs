use axum::http::StatusCode;
use luoshi_app::audit::{self, Verdict};

use crate::harness::TestApp;

#[tokio::test]
async fn sys_02_the_journal_page_says_that_it_is_whole() {
    let app = TestApp::new().await;
    app.import(luoshi_app::demo::trial_plan()).await;
    let zhou = app.as_user("zhou").await;
    let page = zhou.get("/journal").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("校验通过"), "{}", page.body);
    assert!(page.body.contains("导入方案"));
    let verdict = audit::verify(&app.app, app.bureau).await.unwrap();
    assert!(
        matches!(verdict, Verdict::Whole { events } if events > 30),
        "{verdict:?}"
    );
    assert!(app.is_rebuildable().await);
}
