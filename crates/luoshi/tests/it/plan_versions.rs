//! A changed version of a plan, and obligations that are stated twice.

use axum::http::StatusCode;
use luoshi_app::plans::{self, Upload, bulk, duplicates, versions};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::changes::Standing;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Plan, Proposal};
use luoshi_domain::tasks::TaskState;
use luoshi_domain::tasks::lists::{TaskFilter, Visibility};

use crate::harness::TestApp;

pub(crate) const FIRST: &str = "\
云州市交通运输局2026年水毁修复工作方案

一、重点任务
（一）清单编制。规划建设科于3月底前编制水毁修复项目清单。
（二）隐患排查。安全应急科每月排查一次在建工地安全隐患。
（三）资金拨付。财务审计科于4月底前拨付修复资金。
（四）简报编发。办公室每周编发一期工作简报。
";

/// One clause is changed, one is gone, one is new; the rest moved or stayed.
pub(crate) const SECOND: &str = "\
云州市交通运输局2026年水毁修复工作方案（修订版）

一、重点任务
（一）清单编制。规划建设科于3月底前编制水毁修复项目清单。
（二）资金拨付。财务审计科于5月15日前拨付修复资金。
（三）隐患排查。安全应急科每月排查一次在建工地安全隐患。
（四）应急演练。安全应急科于6月底前组织一次桥梁坍塌应急演练。
";

fn proposal<'a>(plan: &'a Plan, words: &str) -> &'a Proposal {
    let found = plan
        .proposals
        .iter()
        .find(|known| known.quote.contains(words));
    found.unwrap_or_else(|| panic!("no {words}: {:#?}", plan.proposals))
}

/// Accepts what is open, dismisses the rest, finalises.
async fn finish(app: &TestApp, id: PlanId) {
    let zhou = app.who("zhou").await;
    let open = app.plan(id).await.proposals.into_iter();
    for known in open.filter(|known| known.decision == Decision::Open) {
        let proposal = known.id;
        let accept = PlanCommand::AcceptProposal { proposal };
        plans::handle(&app.app, &zhou, id, accept, None)
            .await
            .unwrap();
    }
    bulk::dismiss_bare(&app.app, &zhou, id, None).await.unwrap();
    plans::finalise(&app.app, &zhou, id, None).await.unwrap();
}

async fn count(app: &TestApp) -> u32 {
    let mut uow = app.app.store.read(app.bureau).await.unwrap();
    let all = TaskFilter::new(Visibility::All);
    uow.tasks_count(&all, 1000).await.unwrap()
}

#[tokio::test]
async fn import_10_ten_accepted_are_ten_tasks_and_the_same_file_adds_nothing() {
    let app = TestApp::new().await;
    let mut text = String::from("云州市交通运输局2026年公路养护工作方案\n\n一、任务\n");
    for n in 1..=12 {
        text.push_str(&format!(
            "{n}.规划建设科于{n}月20日前完成第{n}标段施工图设计。\n"
        ));
    }
    let id = app.import_bare(&text, None).await;
    let before = app.plan(id).await;
    assert_eq!(before.proposals.len(), 12, "{:#?}", before.proposals);
    let zhou = app.who("zhou").await;
    for (n, known) in before.proposals.iter().enumerate() {
        let command = if n < 10 {
            PlanCommand::AcceptProposal { proposal: known.id }
        } else {
            PlanCommand::RejectProposal {
                proposal: known.id,
                reason: "已办".into(),
            }
        };
        plans::handle(&app.app, &zhou, id, command, None)
            .await
            .unwrap();
    }
    assert_eq!(
        count(&app).await,
        0,
        "nothing is active before the plan is final"
    );
    bulk::dismiss_bare(&app.app, &zhou, id, None).await.unwrap();
    plans::finalise(&app.app, &zhou, id, None).await.unwrap();
    assert_eq!(count(&app).await, 10);
    let upload = Upload {
        file_name: "再来.txt".into(),
        bytes: text.into_bytes(),
        category: "bureau".into(),
        ..Upload::default()
    };
    let again = plans::import(&app.app, &zhou, upload).await.unwrap();
    assert_eq!((again.plan, again.known), (id, true));
    assert_eq!(plans::list(&app.app, &zhou).await.unwrap().len(), 1);
    assert_eq!(count(&app).await, 10);
}

#[tokio::test]
async fn import_12_a_new_version_proposes_only_what_changed_and_opens_no_second_task() {
    let app = TestApp::new().await;
    let first = app.import_bare(FIRST, None).await;
    finish(&app, first).await;
    let tasks = count(&app).await;
    let second = app.import_bare(SECOND, None).await;
    let zhou = app.who("zhou").await;
    let browser = app.as_user("zhou").await;
    assert_eq!(app.plan(second).await.lineage.likely(), Some(first));
    let asked = browser.get(&format!("/plans/{second}")).await;
    assert!(
        asked
            .body
            .contains("是《云州市交通运输局2026年水毁修复工作方案》的新版本吗"),
        "{}",
        asked.body
    );
    let confirmed = browser
        .post(&format!("/plans/{second}/versions/confirm"), &[])
        .await;
    assert_eq!(confirmed.location(), format!("/plans/{second}/changes"));

    let later = app.plan(second).await;
    let decision = |words: &str| proposal(&later, words).decision.clone();
    assert!(matches!(decision("项目清单"), Decision::Covered { .. }));
    assert!(matches!(decision("安全隐患"), Decision::Covered { .. }));
    assert_eq!(decision("修复资金"), Decision::Open);
    assert_eq!(decision("应急演练"), Decision::Open);

    let found = versions::compare(&app.app, &zhou, second).await.unwrap();
    let standing = |wanted| {
        found
            .changes
            .iter()
            .filter(|change| change.standing == wanted)
            .count()
    };
    assert_eq!(standing(Standing::Moved), 1);
    assert_eq!(standing(Standing::New), 1);
    assert_eq!(standing(Standing::Gone), 1);
    assert_eq!(found.gone.len(), 1);
    assert_eq!(
        found.gone[0].1.len(),
        1,
        "the weekly bulletin's task is still under way"
    );
    let page = browser.get(&format!("/plans/{second}/changes")).await;
    assert!(page.body.contains("原条款已删除"), "{}", page.body);
    assert!(page.body.contains("<ins>") && page.body.contains("<del>"));
    let workbench = browser.get(&format!("/plans/{second}")).await;
    assert!(
        workbench.body.contains("第 1 版的结论"),
        "{}",
        workbench.body
    );

    // The earlier version points to the later one and the tasks go on.
    let earlier = browser.get(&format!("/plans/{first}")).await;
    assert!(earlier.body.contains(&format!("/plans/{second}")));
    finish(&app, second).await;
    assert_eq!(count(&app).await, tasks + 2, "the changed and the new one");
    let Decision::Covered { tasks } = decision("项目清单") else {
        panic!("not covered");
    };
    let task = luoshi_app::tasks::show(&app.app, &zhou, tasks[0])
        .await
        .unwrap()
        .task;
    assert_eq!(task.sources.len(), 1);
    assert_eq!(task.sources[0].plan, Some(second));
    let shown = browser.get(&format!("/tasks/{}", tasks[0])).await;
    assert!(shown.body.contains("多个来源"), "{}", shown.body);
    let gone = luoshi_app::tasks::show(&app.app, &zhou, found.gone[0].1[0].id)
        .await
        .unwrap();
    assert_eq!(
        gone.task.state,
        TaskState::Draft,
        "nothing is closed silently"
    );
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_12_a_wrong_answer_about_the_version_is_taken_back() {
    let app = TestApp::new().await;
    let first = app.import_bare(FIRST, None).await;
    let zhou = app.who("zhou").await;
    for known in app.plan(first).await.proposals {
        let proposal = known.id;
        let accept = PlanCommand::AcceptProposal { proposal };
        plans::handle(&app.app, &zhou, first, accept, None)
            .await
            .unwrap();
    }
    let second = app.import_bare(SECOND, None).await;
    let before = app.plan(second).await;
    versions::confirm(&app.app, &zhou, second, first)
        .await
        .unwrap();
    let later = app.plan(second).await;
    // The earlier one has no tasks yet, so the acceptance itself comes along.
    assert_eq!(proposal(&later, "项目清单").decision, Decision::Accepted);
    bulk::dismiss_bare(&app.app, &zhou, first, None)
        .await
        .unwrap();
    let refused = plans::finalise(&app.app, &zhou, first, None)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("新版本"), "{refused}");
    versions::undo(&app.app, &zhou, second).await.unwrap();
    let undone = app.plan(second).await;
    assert_eq!(undone.proposals, before.proposals);
    assert_eq!(undone.clauses, before.clauses);
    plans::finalise(&app.app, &zhou, first, None).await.unwrap();
    versions::deny(&app.app, &zhou, second).await.unwrap();
    let page = app
        .as_user("zhou")
        .await
        .get(&format!("/plans/{second}"))
        .await;
    assert!(!page.body.contains("的新版本吗"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_12_next_years_plan_and_another_subject_are_no_versions() {
    let app = TestApp::new().await;
    app.import_bare(FIRST, None).await;
    let next = app.import_bare(&FIRST.replace("2026", "2027"), None).await;
    assert_eq!(app.plan(next).await.lineage.likely(), None);
    let other = "云州市交通运输局2026年信访工作方案\n\n一、任务\n（一）接访。办公室于5月底前公布接访日程。\n";
    let other = app.import_bare(other, None).await;
    assert_eq!(app.plan(other).await.lineage.likely(), None);
}

#[tokio::test]
async fn import_13_an_obligation_of_the_ledger_is_covered_and_gains_a_source() {
    let app = TestApp::new().await;
    let first = app.import_bare(FIRST, None).await;
    finish(&app, first).await;
    let tasks = count(&app).await;
    let text = "云州市交通运输局2026年安全生产要点\n\n一、要点\n（一）排查。安全应急科每月要排查一次在建工地的安全隐患。\n（二）培训。办公室于9月底前组织一次法规培训。\n";
    let second = app.import_bare(text, None).await;
    let zhou = app.who("zhou").await;
    let (view, found) = duplicates::show(&app.app, &zhou, second).await.unwrap();
    let rows: Vec<_> = found.open(&view.plan).collect();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    let browser = app.as_user("zhou").await;
    let page = browser.get(&format!("/plans/{second}/duplicates")).await;
    assert!(page.body.contains("并入已有事项"), "{}", page.body);
    let workbench = browser.get(&format!("/plans/{second}")).await;
    assert!(workbench.body.contains("相近"), "{}", workbench.body);
    let proposal = rows[0].0.id;
    let duplicates::Other::Task(task) = rows[0].1[0].what else {
        panic!("not a task: {rows:#?}");
    };
    let path = format!("/plans/{second}/proposals/{proposal}/cover");
    let covered = browser.post(&path, &[("task", &task.to_string())]).await;
    assert_eq!(covered.status, StatusCode::SEE_OTHER, "{}", covered.body);
    finish(&app, second).await;
    assert_eq!(count(&app).await, tasks + 1);
    let task = luoshi_app::tasks::show(&app.app, &zhou, task)
        .await
        .unwrap()
        .task;
    assert_eq!(task.sources[0].plan, Some(second));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_12_and_13_the_api_tells_changes_and_duplicates() {
    let app = TestApp::new().await;
    let first = app.import_bare(FIRST, None).await;
    finish(&app, first).await;
    let second = app.import_bare(SECOND, None).await;
    let browser = app.as_user("zhou").await;
    let base = format!("/api/v1/plans/{second}");
    let near = browser.get(&format!("{base}/duplicates")).await;
    assert_eq!(near.status, StatusCode::OK, "{}", near.body);
    let changes = browser.get(&format!("{base}/changes")).await.json();
    assert_eq!(changes["previous"], first.to_string());
    let said = serde_json::json!({ "previous": first });
    let version = browser.post_json(&format!("{base}/version"), &said).await;
    assert_eq!(version.status, StatusCode::OK, "{}", version.body);
    let shown = browser.get(&base).await.json();
    assert_eq!(shown["lineage"]["nth"], 2);
    let none = serde_json::json!({ "previous": null });
    let back = browser.post_json(&format!("{base}/version"), &none).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.body);
    assert_eq!(browser.get(&base).await.json()["lineage"]["nth"], 1);
    // What is no version of anything has no changes.
    let alone = browser.get(&format!("/api/v1/plans/{first}/changes")).await;
    assert_eq!(alone.status, StatusCode::NOT_FOUND);
}
