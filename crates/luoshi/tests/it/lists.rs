//! Lists of the packs: the names that must be there, a further one by configuration alone, who keeps
//! what, and what leaves by a table.

use axum::http::StatusCode;
use luoshi_app::packs;
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self, Column, Sheet};
use luoshi_domain::packs::PackKey;
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};
use crate::packs::adopt;
use crate::tasks::confirmed_text;

/// The names that LEDGER-12 asks for.
const NAMES: [&str; 16] = [
    "工作清单",
    "交办事项台账",
    "本级任务台账",
    "责任清单台账",
    "现场推进事项清单",
    "“四合一”清单",
    "工作矩阵图",
    "问题清单",
    "整改清单",
    "责任清单",
    "时限清单",
    "个人整改清单",
    "招商项目台账",
    "任务分解表",
    "接访值班表",
    "任务分解附表",
];

/// A list that no pack ships with: what a bureau writes into its own text of W.
const FIFTEENTH: &str = r#"
[[lists]]
key = "bridges"
label = "危桥改造清单"
about = "需要改造的危桥，逐座记明桥名、所在路线、投资和完工时限。"
owner = "unit"
rows = "own"
title = "{unit}危桥改造清单"
clause = "四/(二)/3"
default = true

[[lists.columns]]
key = "bridge"
label = "桥名"
kind = "text"
required = true

[[lists.columns]]
key = "grade"
label = "技术等级"
kind = "choice"
options = ["四类", "五类"]
required = true

[[lists.columns]]
key = "money"
label = "投资"
kind = "amount"
measure = "万元"

[[lists.columns]]
key = "owner"
label = "责任人"
kind = "person"

[[lists.columns]]
key = "limit"
label = "完工时限"
kind = "date"
limit = true
from_task = "limit"

[[lists.columns]]
key = "task"
label = "对应事项"
kind = "task"

[[lists.states]]
key = "planned"
label = "待开工"

[[lists.states]]
key = "building"
label = "施工中"

[[lists.states]]
key = "open"
label = "已通车"
final = true

[[lists.steps]]
from = "planned"
to = "building"
label = "开工"

[[lists.steps]]
from = "building"
to = "open"
label = "通车"
by = ["supervision_office"]
reason = true
"#;

async fn unit_of(app: &TestApp, login: &str) -> String {
    app.who(login).await.actor.units()[0].to_string()
}

fn id(answer: &Answer) -> String {
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.json()["row"]["id"].as_str().unwrap().to_owned()
}

fn version(answer: &Value) -> i64 {
    answer["row"]["version"].as_i64().unwrap()
}

async fn problem(app: &TestApp, session: &Session, login: &str, cells: Value) -> Answer {
    let body = json!({"unit": unit_of(app, login).await, "cells": cells});
    session.post_json("/api/v1/lists/e.problems", &body).await
}

#[tokio::test]
async fn ledger_12_fourteen_names_and_more_are_there_after_all_packs() {
    let app = TestApp::new().await;
    for key in PackKey::ALL {
        adopt(&app, key, None).await;
    }
    let office = app.as_user("zhou").await;
    let lists = office.get("/api/v1/lists").await.json();
    let names: Vec<&str> = lists["lists"]
        .as_array()
        .unwrap()
        .iter()
        .map(|list| list["name"].as_str().unwrap())
        .collect();
    assert!(names.len() >= 14, "{names:?}");
    for name in NAMES {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    assert_eq!(
        names
            .iter()
            .filter(|name| **name == "不满意事项清单")
            .count(),
        2
    );
    let page = office.get("/lists").await;
    for name in NAMES {
        assert!(page.body.contains(name), "{name}");
    }
    // Each number leads to a page.
    for list in lists["lists"].as_array().unwrap() {
        let answer = office.get(list["href"].as_str().unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{list}");
    }
}

#[tokio::test]
async fn ledger_12_a_fifteenth_by_configuration_alone() {
    let app = TestApp::new().await;
    let plan = "某局工作方案\n\n一、重点任务\n（一）规划建设科于2026年12月20日前完成危桥排查。\n";
    confirmed_text(&app, plan).await;
    let text = format!("{}{FIFTEENTH}", packs::shipped(PackKey::W));
    adopt(&app, PackKey::W, Some(text)).await;
    let (office, owner) = (app.as_user("zhou").await, app.as_user("qin").await);
    let empty = owner.get("/lists/w.bridges").await;
    assert!(empty.body.contains("需要改造的危桥"), "says what it is for");
    let form = owner.get("/lists/w.bridges/new").await;
    for label in ["桥名", "技术等级", "投资（万元）", "完工时限", "密级标注"] {
        assert!(form.body.contains(label), "{label}");
    }
    let tasks = office.get("/api/v1/tasks").await.json();
    let task = tasks["rows"][0]["id"].as_str().unwrap().to_owned();
    let unit = unit_of(&app, "qin").await;
    // What is wrong stands beside its field, and what was typed is kept.
    let fields = [
        ("unit", unit.as_str()),
        ("c_bridge", "青石桥"),
        ("c_money", "三百"),
        ("c_limit", "没有的日子"),
    ];
    let faulty = owner.post("/lists/w.bridges", &fields).await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.body.contains("没有读懂这个日期") && faulty.body.contains("青石桥"));
    let fields = [
        ("unit", unit.as_str()),
        ("c_bridge", "青石桥"),
        ("c_grade", "五类"),
        ("c_money", "320.5"),
        ("c_task", &task),
        ("mark", "none"),
    ];
    let filled = [&fields[..], &[("fill", "yes")]].concat();
    let filled = owner.post("/lists/w.bridges", &filled).await;
    assert!(filled.body.contains("2026-12-20"), "the task's limit");
    let added = owner.post("/lists/w.bridges", &fields).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let path = added.location().to_owned();
    let api = format!("/api/v1{path}");
    let row = owner.get(&api).await.json();
    assert_eq!(row["row"]["cells"]["limit"], "2026-12-20");
    // Changed, taken on, and the last step is another's.
    let fields = [
        ("version", "1"),
        ("c_bridge", "青石大桥"),
        ("c_grade", "五类"),
        ("c_limit", "12.25"),
    ];
    let changed = owner.post(&path, &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let stale = owner.post(&path, &fields).await;
    assert!(owner.get(stale.location()).await.body.contains("过程"));
    let step = |to: &str| json!({"command": "step", "to": to, "note": "验收报告齐备"});
    let commands = format!("{api}/commands");
    let begun = owner.post_json(&commands, &step("building")).await.json();
    assert_eq!(begun["row"]["state"], "building");
    let refused = owner.post_json(&commands, &step("open")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(refused.body.contains("由督查办办理"), "{}", refused.body);
    let done = office.post_json(&commands, &step("open")).await.json();
    assert_eq!((&done["row"]["open"], version(&done)), (&json!(false), 4));
    let history = done["history"].as_array().unwrap();
    assert_eq!(history.len(), 4);
    assert_eq!(history[2]["said"], "修改");
    assert!(
        history[2]["note"]
            .as_str()
            .unwrap()
            .contains("青石桥 → 青石大桥")
    );
    // Printed and taken along.
    let print = owner.get("/lists/w.bridges/print").await;
    assert!(print.body.contains("危桥改造清单") && print.body.contains("青石大桥"));
    let table = office.get("/lists/w.bridges/export.xlsx").await;
    let rows = workbook::read(&table.bytes, &Limits::default()).unwrap();
    assert_eq!(rows[2][..3], ["单位", "桥名", "技术等级"]);
    assert_eq!(rows[3][1], "青石大桥");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn ledger_12_a_unit_keeps_its_own_lists_and_no_others() {
    let app = TestApp::new().await;
    adopt(&app, PackKey::E, None).await;
    let cells = json!({"problem": "巡查记录不全", "source": "自查发现", "found_on": "2026-11-20"});
    let (planning, finance) = (app.as_user("qin").await, app.as_user("luo").await);
    let row = id(&problem(&app, &planning, "qin", cells.clone()).await);
    // Another unit writes into none of it, and does not know of it.
    let other = problem(&app, &finance, "qin", cells.clone()).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.body);
    let path = format!("/api/v1/list-rows/{row}");
    assert_eq!(finance.get(&path).await.status, StatusCode::NOT_FOUND);
    let step = json!({"command": "step", "to": "fixing"});
    let commands = format!("{path}/commands");
    let refused = finance.post_json(&commands, &step).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    // A leader sees it and does not write it.
    let leader = app.as_user("gao").await;
    assert_eq!(leader.get(&path).await.status, StatusCode::OK);
    let withdraw = json!({"command": "withdraw", "reason": "不要"});
    let refused = leader.post_json(&commands, &withdraw).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    let lists = |session: Session| async move {
        let rows = session.get("/api/v1/lists/e.problems").await.json();
        rows["count"].as_u64().unwrap()
    };
    assert_eq!(lists(app.as_user("zhou").await).await, 1);
    assert_eq!(lists(planning).await, 1);
    assert_eq!(lists(finance).await, 0);
    assert_eq!(
        lists(app.as_user("ding").await).await,
        0,
        "an administrator"
    );
    // A personal list is its person's and the office's.
    let own = json!({"person": app.who("he").await.actor.person.to_string(), "cells": {
        "problem": "学习不够", "measure": "每周学习", "limit": "2026-11-20"}});
    let he = app.as_user("he").await;
    let personal = id(&he.post_json("/api/v1/lists/e.personal", &own).await);
    let path = format!("/api/v1/list-rows/{personal}");
    for (login, status) in [
        ("he", StatusCode::OK),
        ("zhou", StatusCode::OK),
        ("qin", StatusCode::NOT_FOUND),
    ] {
        let session = app.as_user(login).await;
        assert_eq!(session.get(&path).await.status, status, "{login}");
    }
    let qin = app.as_user("qin").await;
    let refused = qin.post_json("/api/v1/lists/e.personal", &own).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // What is late stands on the desk of whom it is.
    let desk = he.get("/desk").await;
    assert!(desk.body.contains("个人整改清单 1 行"));
    let late = he.get("/lists/e.personal?limit=overdue&mine=yes").await;
    assert!(late.body.contains("学习不够") && late.body.contains("逾期 5 天"));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn rect_06_four_lists_are_one_register_seen_four_ways() {
    let app = TestApp::new().await;
    adopt(&app, PackKey::E, None).await;
    let (owner, office) = (app.as_user("qin").await, app.as_user("zhou").await);
    for (text, limit) in [("有时限的问题", "2026-12-01"), ("没有时限的问题", "")] {
        let cells = json!({"problem": text, "source": "督查发现", "found_on": "2026-11-20",
            "measure": "限期整改", "limit": limit});
        let answer = problem(&app, &owner, "qin", cells).await;
        assert!(answer.status.is_success(), "{}", answer.body);
    }
    for (list, rows) in [
        ("problems", 2),
        ("measures", 2),
        ("owners", 2),
        ("limits", 1),
    ] {
        let found = office.get(&format!("/api/v1/lists/e.{list}")).await.json();
        assert_eq!(found["count"], rows, "{list}");
        let page = office.get(&format!("/lists/e.{list}")).await;
        assert!(page.body.contains("同一批行"), "{list}");
        assert_eq!(page.body.contains("没有时限的问题"), rows == 2, "{list}");
    }
    let flagged = office.get("/lists/e.problems?limit=none").await;
    assert!(flagged.body.contains("没有时限的问题") && !flagged.body.contains(">有时限的问题"));
    // Clearing is another's than who asks for it (RECT-07).
    let rows = office.get("/api/v1/lists/e.problems").await.json();
    let row = rows["rows"][0]["id"].as_str().unwrap().to_owned();
    let commands = format!("/api/v1/list-rows/{row}/commands");
    let step = |to: &str| json!({"command": "step", "to": to, "note": "整改报告"});
    for to in ["fixing", "claimed"] {
        assert!(
            owner
                .post_json(&commands, &step(to))
                .await
                .status
                .is_success()
        );
    }
    let refused = owner.post_json(&commands, &step("cleared")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let cleared = office.post_json(&commands, &step("cleared")).await.json();
    assert_eq!(cleared["row"]["state"], "cleared");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn disc_03_a_roster_flags_workdays_without_anybody_and_goes_on_from_last_month() {
    let app = TestApp::new().await;
    adopt(&app, PackKey::T5, None).await;
    let owner = app.as_user("qin").await;
    let unit = unit_of(&app, "qin").await;
    let people = [app.who("qin").await, app.who("he").await];
    // October 2026 has its workdays from the 8th on, the 10th among them.
    for (n, day) in [(0, "2026-10-08"), (1, "2026-10-09")] {
        let body = json!({"unit": unit, "cells": {
            "day": day, "leader": people[n].actor.person.to_string(), "place": "一楼接访室"}});
        let answer = owner.post_json("/api/v1/lists/t5.duty", &body).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        assert_eq!(answer.json()["row"]["period"], "2026-10-01");
    }
    let october = owner
        .get(&format!("/lists/t5.duty?unit={unit}&period=2026-10-01"))
        .await;
    assert!(october.body.contains("没有安排"), "{}", october.body);
    assert!(october.body.contains("2026年10月接访值班表"));
    let copy = [("unit", unit.as_str()), ("into", "2026-11-01")];
    let copied = owner.post("/lists/t5.duty/copy", &copy).await;
    assert_eq!(copied.status, StatusCode::SEE_OTHER, "{}", copied.body);
    let november = owner.get(copied.location()).await;
    assert!(
        november.body.contains("工作日都排了人"),
        "{}",
        november.body
    );
    let rows = owner
        .get("/api/v1/lists/t5.duty?period=2026-11-15&sort=day")
        .await
        .json();
    let rows = rows["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 21, "the workdays of November 2026");
    let first = &rows[0]["cells"];
    assert_eq!(first["day"], "2026-11-02");
    assert_eq!(first["leader"], people[0].actor.person.to_string());
    assert_eq!(first["place"], "一楼接访室");
    assert_eq!(
        rows[1]["cells"]["leader"],
        people[1].actor.person.to_string()
    );
    // A second time there is nothing left to fill.
    let again = owner.post("/lists/t5.duty/copy", &copy).await;
    assert!(
        owner
            .get(again.location())
            .await
            .body
            .contains("接访值班表")
    );
    let count = owner.get("/api/v1/lists/t5.duty").await.json();
    assert_eq!(count["count"], 23);
    let stranger = app.as_user("luo").await;
    let refused = stranger.post("/lists/t5.duty/copy", &copy).await;
    assert!(!refused.status.is_server_error());
    let count = owner.get("/api/v1/lists/t5.duty").await.json();
    assert_eq!(count["count"], 23);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn sys_05_marked_rows_stay_in_and_words_are_asked_about() {
    let app = TestApp::new().await;
    adopt(&app, PackKey::E, None).await;
    let (owner, office) = (app.as_user("qin").await, app.as_user("zhou").await);
    let unit = unit_of(&app, "qin").await;
    let body = |text: &str, mark: &str| {
        json!({"unit": unit, "mark": mark, "cells": {
            "problem": text, "source": "自查发现", "found_on": "2026-11-20"}})
    };
    for (text, mark) in [
        ("公开的", "none"),
        ("内部的", "internal"),
        ("敏感的", "work_secret"),
    ] {
        let answer = owner
            .post_json("/api/v1/lists/e.problems", &body(text, mark))
            .await;
        assert!(answer.status.is_success(), "{}", answer.body);
    }
    let table = office.get("/lists/e.problems/export.xlsx").await;
    let rows = workbook::read(&table.bytes, &Limits::default()).unwrap();
    assert!(rows[1][0].contains("2 行没有导出"), "{:?}", rows[1]);
    assert_eq!(rows.len(), 4);
    let print = office.get("/lists/e.problems/print").await;
    assert!(print.body.contains("公开的") && !print.body.contains("内部的"));
    // A deputy who has nothing to do with it does not see the secret one.
    let deputy = app.as_user("shen").await;
    let seen = deputy.get("/api/v1/lists/e.problems").await.json();
    assert_eq!(seen["count"], 2);
    let asked = owner
        .post_json("/api/v1/lists/e.problems", &body("涉及机密文件", "none"))
        .await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.body.contains("secrecy_words"), "{}", asked.body);
    let sure = owner
        .post_json(
            "/api/v1/lists/e.problems?unclassified=yes",
            &body("涉及机密文件", "none"),
        )
        .await;
    assert!(sure.status.is_success(), "{}", sure.body);
}

#[tokio::test]
async fn ledger_12_rows_come_from_a_table_all_of_them_or_none() {
    let app = TestApp::new().await;
    adopt(&app, PackKey::E, None).await;
    let owner = app.as_user("qin").await;
    let unit = unit_of(&app, "qin").await;
    let template = owner.get("/lists/e.problems/import/template.xlsx").await;
    let head = workbook::read(&template.bytes, &Limits::default()).unwrap();
    assert!(head[2].contains(&"问题来源".to_owned()), "{head:?}");
    let table = |rows: &[[&str; 5]]| {
        let columns = ["问题", "问题来源", "发现日期", "责任人", "整改时限"];
        let sheet = Sheet {
            title: "问题".into(),
            note: String::new(),
            columns: columns
                .iter()
                .map(|heading| Column {
                    heading: (*heading).into(),
                    width: 12,
                    ..Column::default()
                })
                .collect(),
            rows: rows
                .iter()
                .map(|row| row.map(str::to_owned).to_vec())
                .collect(),
        };
        workbook::write(&sheet).unwrap()
    };
    let bad = table(&[
        ["台账不全", "自查发现", "2026-11-01", "秦立", "12.20"],
        ["", "别处", "哪天", "无此人", ""],
    ]);
    let fields = [("unit", unit.as_str())];
    let faulty = owner
        .upload_as("/lists/e.problems/import", "问题.xlsx", &bad, &fields)
        .await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for cell in ["A5", "B5", "C5", "D5"] {
        assert!(faulty.body.contains(&format!("<b>{cell}</b>")), "{cell}");
    }
    let good = table(&[
        ["台账不全", "自查发现", "2026-11-01", "秦立", "12.20"],
        ["巡查不够", "群众反映", "2026年11月2日", "", ""],
    ]);
    let shown = owner
        .upload_as("/lists/e.problems/import", "问题.xlsx", &good, &fields)
        .await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert!(shown.body.contains("可以导入 2 行"));
    let file = shown.body.split("name=\"file\" value=\"").nth(1).unwrap();
    let file = file.split('"').next().unwrap();
    let fields = [("file", file), ("unit", unit.as_str())];
    let taken = owner
        .post("/lists/e.problems/import/confirm", &fields)
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let rows = owner.get("/api/v1/lists/e.problems").await.json();
    assert_eq!(rows["count"], 2);
    assert_eq!(rows["rows"][1]["cells"]["limit"], "2026-12-20");
    assert!(app.is_rebuildable().await);
}
