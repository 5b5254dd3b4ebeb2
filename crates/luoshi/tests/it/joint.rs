//! Several units lead one task in a task force (ORG-05).

use axum::http::StatusCode;
use luoshi_app::bodies;
use luoshi_documents::workbook::{self, Column, Page, Sheet};
use luoshi_domain::bodies::{BodyDetails, BodyKind, Seat};
use luoshi_domain::ids::BodyId;

use crate::harness::TestApp;
use crate::tasks::{act, confirmed, only_task};

async fn body(app: &TestApp, kind: BodyKind, name: &str, head: &str) -> BodyId {
    let details = BodyDetails {
        kind,
        name: name.into(),
        purpose: "编制枢纽规划".into(),
        head: Some(Seat::Person(app.who(head).await.actor.person)),
        deputies: Vec::new(),
        members: Vec::new(),
        office: None,
        parent: None,
        unit: None,
        from: app.app.today(),
        until: None,
        basis: "局办公会议".into(),
    };
    let zhou = app.who("zhou").await;
    bodies::set_up(&app.app, &zhou, details).await.unwrap().id
}

#[tokio::test]
async fn org_05_two_leads_without_a_task_force_are_refused_and_with_one_they_lead_together() {
    let app = TestApp::new().await;
    confirmed(&app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    let (qin, luo) = (app.who("qin").await, app.who("luo").await);
    let unit = |who: &luoshi_app::Who| who.actor.units()[0].to_string();
    let (planning, finance) = (unit(&qin), unit(&luo));
    let team = body(&app, BodyKind::TaskForce, "枢纽规划专班", "luo")
        .await
        .to_string();
    let group = body(&app, BodyKind::LeadingGroup, "枢纽领导小组", "luo")
        .await
        .to_string();
    let office = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    let supervisor = office["supervisor"]["id"].as_str().unwrap().to_owned();
    let form = |part: &'static str, force: &str, duty: &'static str| {
        [
            ("title", "编制枢纽规划".to_owned()),
            ("target", "规划报局审定".to_owned()),
            ("category", "bureau".to_owned()),
            ("level", "ordinary".to_owned()),
            ("limit", "2026-12-20".to_owned()),
            ("lead", planning.clone()),
            ("supervisor", supervisor.clone()),
            ("co_unit", finance.clone()),
            ("co_duty", duty.to_owned()),
            ("co_part", part.to_owned()),
            ("task_force", force.to_owned()),
        ]
    };
    let path = format!("/tasks/{id}/amend");
    let post = async |fields: [(&'static str, String); 11]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        zhou.post(&path, &fields).await
    };
    let bare = post(form("joint", "", "落实资金")).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.body.contains("须先成立工作专班"), "{}", bare.body);
    let wrong = post(form("joint", &group, "落实资金")).await;
    assert!(wrong.body.contains("不是工作专班"), "{}", wrong.body);
    let idle = post(form("joint", &team, " ")).await;
    assert!(idle.body.contains("各自的职责"), "{}", idle.body);
    let done = post(form("joint", &team, "落实资金")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    // The unit of the team's head is accountable; one unit alone needs nobody beside it.
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    assert_eq!(task["lead"]["id"], finance.as_str());
    assert_eq!(task["co_units"][0]["joint"], true);
    assert_eq!(task["task_force"], team.as_str());
    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    for part in ["共同牵头", "枢纽规划专班", "落实资金"] {
        assert!(page.contains(part), "{part}");
    }
    let ledger = zhou.get("/ledger").await.body;
    assert!(
        ledger.contains("财务审计科、规划建设科（专班，前者总牵头）"),
        "{ledger}"
    );
    // Both receive the notice, and both sign for it.
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("luo").await, &id, "sign-for", &[]).await;
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    assert!(app.is_rebuildable().await);
}

/// A table with these rows below the headings.
fn table(rows: &[[&str; 5]]) -> Vec<u8> {
    let headings = [
        "工作任务",
        "牵头单位",
        "协办单位",
        "工作专班",
        "共同牵头职责",
    ];
    let page = Page {
        name: "清单",
        sheet: Sheet {
            title: "任务清单".into(),
            note: "说明".into(),
            columns: headings
                .map(|heading| Column {
                    heading: heading.into(),
                    width: 10,
                    ..Column::default()
                })
                .into(),
            rows: rows
                .iter()
                .map(|row| row.map(str::to_owned).to_vec())
                .collect(),
        },
        spare: 0,
    };
    workbook::write_all(&[page]).unwrap()
}

#[tokio::test]
async fn org_05_a_row_of_a_table_with_several_leads_opens_a_task_of_a_task_force() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let (qin, luo) = (app.who("qin").await, app.who("luo").await);
    let team = body(&app, BodyKind::TaskForce, "枢纽规划专班", "luo").await;
    body(&app, BodyKind::LeadingGroup, "枢纽领导小组", "luo").await;
    let category = [("category", "bureau")];
    let faulty = table(&[
        ["编制枢纽规划", "规划建设科、财务审计科", "", "", ""],
        [
            "编制枢纽规划二",
            "规划建设科和水利局",
            "",
            "枢纽规划专班",
            "落实资金",
        ],
        [
            "编制枢纽规划三",
            "规划建设科，财务审计科",
            "",
            "枢纽领导小组",
            "落实资金",
        ],
        [
            "编制枢纽规划四",
            "规划建设科；财务审计科",
            "",
            "枢纽规划专班",
            "",
        ],
        [
            "编制枢纽规划五",
            "规划建设科及财务审计科",
            "",
            "交通专班",
            "落实资金",
        ],
        [
            "编制枢纽规划六",
            "规划建设科\n财务审计科",
            "财务审计科",
            "枢纽规划专班",
            "落实资金",
        ],
    ]);
    let refused = zhou.upload("/ledger/import", &faulty, &category).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "有 2 个牵头单位。共同牵头的，请在“工作专班”一栏",
        "没有叫“水利局”的单位",
        "“枢纽领导小组”不是工作专班",
        "写明“财务审计科”的职责",
        "没有叫“交通专班”的专班",
        "“财务审计科”已是牵头单位",
    ] {
        assert!(refused.body.contains(part), "{part}: {}", refused.body);
    }
    for cell in ["D4", "B5", "D6", "E7", "D8", "C9"] {
        assert!(refused.body.contains(&format!("<b>{cell}</b>")), "{cell}");
    }

    let good = table(&[
        [
            "编制枢纽规划",
            "规划建设科和财务审计科",
            "安全应急科",
            "枢纽规划专班",
            "编制方案；落实资金",
        ],
        ["修复城东公路", "规划建设科", "", "", ""],
    ]);
    let preview = zhou.upload("/ledger/import", &good, &category).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let leads = "财务审计科、规划建设科（专班，前者总牵头）";
    assert!(preview.body.contains(leads), "{}", preview.body);
    let taken = zhou
        .upload("/api/v1/ledger/imports", &good, &category)
        .await;
    assert!(taken.status.is_success(), "{}", taken.body);
    let listed = zhou.get("/api/v1/tasks").await.json();
    let rows = listed["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["title"] == "编制枢纽规划");
    let id = row.unwrap()["id"].as_str().unwrap();
    let task = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    // The head of the task force is of the second unit; the rest is as the form would have it.
    let unit = |who: &luoshi_app::Who| who.actor.units()[0].to_string();
    assert_eq!(task["lead"]["id"], unit(&luo));
    assert_eq!(task["task_force"], team.to_string());
    assert_eq!(task["co_units"][0]["unit"]["id"], unit(&qin), "{task}");
    assert_eq!(task["co_units"][0]["joint"], true);
    assert_eq!(task["co_units"][0]["duty"], "编制方案");
    assert_eq!(task["co_units"][1]["joint"], false);
    assert!(app.is_rebuildable().await);
}
