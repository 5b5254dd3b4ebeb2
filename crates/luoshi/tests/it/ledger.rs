//! The ledger: searching it, taking it along, its views, acts on many rows, tasks from a table.

use axum::http::StatusCode;
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self as files, Column, Page, Sheet};

use crate::harness::{Answer, Session, TestApp};

/// The columns that LEDGER-02 asks for, as the tables name them.
const MANDATORY: [&str; 8] = [
    "任务内容",
    "目标要求",
    "牵头单位",
    "第一责任人",
    "序时进度",
    "完成情况",
    "完成时限",
    "来源类别",
];

pub(crate) fn rows(file: &Answer) -> Vec<Vec<String>> {
    files::read(&file.bytes, &Limits::default()).unwrap()
}

#[tokio::test]
async fn ledger_02_the_tables_have_the_mandatory_columns_and_every_row() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let book = zhou.get("/ledger/export.xlsx").await;
    assert_eq!(book.status, StatusCode::OK);
    let book = rows(&book);
    let head = book
        .iter()
        .position(|row| row.iter().any(|cell| cell == "任务内容"));
    let head = head.unwrap();
    for column in MANDATORY {
        assert!(book[head].iter().any(|cell| cell == column), "{column}");
    }
    let page = zhou.get("/ledger?count=exact").await;
    let count: usize = page.between("<p>共 ", " 项").parse().unwrap();
    assert_eq!(book.len() - head - 1, count);
    assert!(
        book[1][0].contains(&format!("共 {count} 项")),
        "{:?}",
        book[1]
    );
    let text = zhou.get("/ledger/export.csv").await;
    assert!(
        text.bytes
            .starts_with("\u{feff}\"编号\",\"任务内容\"".as_bytes())
    );
    assert_eq!(text.body.matches("\r\n").count(), count + 1);
    // Packed on its way, as browsers ask for it.
    let packed = zhou
        .request("GET", "/ledger/export.csv")
        .header("accept-encoding", "gzip")
        .body(axum::body::Body::empty())
        .unwrap();
    let packed = zhou.send(packed).await;
    assert_eq!(packed.status, StatusCode::OK);
    assert!(packed.bytes.starts_with(&[0x1f, 0x8b]));
    // The order is that of the list, and what is narrowed stays narrowed.
    let closed = rows(
        &zhou
            .get("/ledger/export.xlsx?state=closed&sort=opened")
            .await,
    );
    let standing = closed[head]
        .iter()
        .position(|cell| cell == "完成情况")
        .unwrap();
    assert!(closed.len() > head + 1);
    assert!(
        closed[head + 1..]
            .iter()
            .all(|row| row[standing].starts_with("已办结"))
    );
}

#[tokio::test]
async fn sys_04_the_search_shows_where_a_word_stands_and_leaks_nothing() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let found = zhou
        .get("/ledger?q=%E7%94%A8%E5%9C%B0%E6%89%8B%E7%BB%AD")
        .await;
    assert!(found.body.contains("反馈："), "{}", found.body);
    assert!(found.body.contains("<mark>用地手续</mark>尚未批复"));
    let none = zhou
        .get("/ledger?q=%E6%B2%A1%E6%9C%89%E7%9A%84%E8%AF%8D")
        .await;
    assert!(none.body.contains("没有符合条件的事项"));
    // Of another unit's tasks nothing is found.
    let all = zhou.get("/ledger?count=exact&q=%E8%8A%82%E7%82%B9").await;
    let all: usize = all.between("<p>共 ", " 项").parse().unwrap();
    let ye = app.as_user("ye").await;
    let own = ye.get("/ledger?count=exact&q=%E8%8A%82%E7%82%B9").await;
    let own: usize = own.between("<p>共 ", " 项").parse().unwrap();
    assert!(own < all, "{own} of {all}");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn groups_lead_to_exactly_the_rows_they_count() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let page = zhou.get("/ledger?count=exact").await;
    let all: usize = page.between("<p>共 ", " 项").parse().unwrap();
    for group in ["lead", "category", "deputy", "plan"] {
        let page = zhou.get(&format!("/ledger?group={group}")).await;
        let list = page.between("<ul class=\"groups\">", "</ul>").to_owned();
        let mut sum = 0;
        for item in list.split("<li>").skip(1) {
            let href = item
                .split("href=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            let count: usize = item
                .split("<b>")
                .nth(1)
                .and_then(|rest| rest.split('<').next())
                .unwrap()
                .parse()
                .unwrap();
            let href = href.replace("&amp;", "&").replace("&#38;", "&");
            let behind = zhou.get(&href).await;
            assert!(behind.body.contains(&format!("<p>共 {count} 项")), "{href}");
            sum += count;
        }
        assert_eq!(sum, all, "{group}");
    }
}

#[tokio::test]
async fn sys_04_a_view_is_saved_shared_and_begun_with() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let fields = [
        ("name", "本月逾期"),
        ("query", "light=red&sort=updated&after=x&nonsense=1"),
        ("shared", "yes"),
        ("first", "yes"),
    ];
    let saved = zhou.post("/ledger/views", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let address = saved.location().to_owned();
    assert!(
        address.starts_with("/ledger?light=red&sort=updated&view="),
        "{address}"
    );
    let first = zhou.get("/ledger").await;
    assert_eq!(first.location(), address);
    let bare = zhou.get("/ledger?view=none").await;
    assert_eq!(bare.status, StatusCode::OK);
    assert!(bare.body.contains("本月逾期"));
    // Everybody sees it, begins with it when they like, and changes nothing of it.
    let ye = app.as_user("ye").await;
    assert!(ye.get("/ledger").await.body.contains("本月逾期"));
    let id = address.rsplit('=').next().unwrap();
    let on = [("on", "yes")];
    let chosen = ye.post(&format!("/ledger/views/{id}/first"), &on).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(ye.get("/ledger").await.location(), address);
    let dropped = ye.post(&format!("/ledger/views/{id}/drop"), &on).await;
    assert_eq!(dropped.status, StatusCode::NOT_FOUND);
    let shared = [("name", "本站"), ("query", ""), ("shared", "yes")];
    assert_eq!(
        ye.post("/ledger/views", &shared).await.status,
        StatusCode::FORBIDDEN
    );
    let own = [("name", "本站"), ("query", "state=closed")];
    assert_eq!(
        ye.post("/ledger/views", &own).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(!zhou.get("/ledger/views").await.body.contains("本站"));
    // Under the same name it is replaced; dropped, it is gone for all.
    let again = [
        ("name", "本月逾期"),
        ("query", "light=yellow"),
        ("shared", "yes"),
    ];
    let again = zhou.post("/ledger/views", &again).await;
    assert_eq!(again.location(), format!("/ledger?light=yellow&view={id}"));
    let dropped = zhou.post(&format!("/ledger/views/{id}/drop"), &on).await;
    assert_eq!(dropped.status, StatusCode::SEE_OTHER);
    assert_eq!(ye.get("/ledger").await.status, StatusCode::OK);
    assert!(app.is_rebuildable().await);
}

pub(crate) fn book(rows: &[&[&str]]) -> Vec<u8> {
    let column = |heading: &'static str| Column {
        heading: heading.into(),
        width: 10,
        ..Column::default()
    };
    let headings = [
        "序号",
        "工作任务",
        "目标要求",
        "责任单位",
        "配合单位",
        "完成时间",
        "来源",
    ];
    let page = Page {
        name: "清单",
        sheet: Sheet {
            title: "任务清单".into(),
            note: "说明".into(),
            columns: headings.into_iter().map(column).collect(),
            rows: rows
                .iter()
                .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
                .collect(),
        },
        spare: 0,
    };
    files::write_all(&[page]).unwrap()
}

async fn confirm(session: &Session, preview: &Answer) -> Answer {
    let value = |name: &str| preview.between(&format!("name=\"{name}\" value=\""), "\"");
    let fields = [
        ("file", value("file")),
        ("file_name", value("file_name")),
        ("category", value("category")),
    ];
    session.post("/ledger/import/confirm", &fields).await
}

#[tokio::test]
async fn import_10_a_table_is_checked_cell_by_cell_taken_in_whole_and_undone_whole() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let faulty = book(&[
        &[
            "1",
            "修复城东公路",
            "全部完成",
            "规划建设科",
            "安全应急科、财务科",
            "7月31日",
            "",
        ],
        &[
            "2",
            "",
            "全部完成",
            "不存在的科",
            "",
            "年月日",
            "没有的来源",
        ],
    ]);
    let category = [("category", "bureau")];
    let refused = zhou.upload("/ledger/import", &faulty, &category).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for cell in ["B5", "D5", "F5", "G5"] {
        assert!(refused.body.contains(&format!("<b>{cell}</b>")), "{cell}");
    }
    assert!(refused.body.contains("不存在的科"));
    assert!(
        zhou.get("/ledger")
            .await
            .body
            .contains("没有符合条件的事项")
    );
    let good = book(&[
        &[
            "1",
            "修复城东公路",
            "全部完成",
            "规划建设科",
            "安全应急科、财务科",
            "7月31日",
            "",
        ],
        &["2", "编制督查计划", "报局审定", "", "", "", ""],
    ]);
    let preview = zhou.upload("/ledger/import", &good, &category).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(preview.body.contains("确认导入 2 项"));
    assert!(preview.body.contains("牵头单位 1 项"), "{}", preview.body);
    assert!(
        zhou.get("/ledger")
            .await
            .body
            .contains("没有符合条件的事项")
    );
    let done = confirm(&zhou, &preview).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let listed = zhou.get("/ledger?state=draft").await;
    assert!(listed.body.contains("修复城东公路") && listed.body.contains("编制督查计划"));
    assert!(app.is_rebuildable().await);
    // What each column is may be said.
    let fields = [
        ("file", preview.between("name=\"file\" value=\"", "\"")),
        ("file_name", "清单.xlsx"),
        ("category", "bureau"),
        ("column", ""),
        ("column", "target"),
        ("column", "title"),
    ];
    let again = zhou.post("/ledger/import/again", &fields).await;
    assert!(again.body.contains("<b>报局审定</b>"));
    let page = zhou.get("/ledger/import").await;
    let undo = page.between("action=\"/ledger/import/", "/undo").to_owned();
    let undone = zhou.post(&format!("/ledger/import/{undo}/undo"), &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    let cancelled = zhou.get("/ledger?state=cancelled&count=exact").await;
    assert!(cancelled.body.contains("共 2 项"));
    let template = zhou.get("/ledger/import/template.xlsx").await;
    assert!(rows(&template)[2].contains(&"任务内容".to_owned()));
    // For others there is no such place.
    let ye = app.as_user("ye").await;
    assert_eq!(ye.get("/ledger/import").await.status, StatusCode::NOT_FOUND);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_10_what_is_issued_keeps_its_import() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let good = book(&[&[
        "1",
        "修复城东公路",
        "全部完成",
        "规划建设科",
        "",
        "2027-7-31",
        "",
    ]]);
    let preview = zhou
        .upload("/ledger/import", &good, &[("category", "bureau")])
        .await;
    confirm(&zhou, &preview).await;
    let id = zhou
        .get("/ledger")
        .await
        .between("class=\"title\" href=\"/tasks/", "\"")
        .to_owned();
    let zhao = app.as_user("zhao").await;
    let picked = [("id", id.as_str()), ("here", "/ledger")];
    for (session, act) in [(&zhao, "approve"), (&zhou, "issue")] {
        let fields = [picked.as_slice(), &[("act", act)]].concat();
        session.post("/ledger/acts/confirm", &fields).await;
    }
    let page = zhou.get("/ledger/import").await;
    let undo = page.between("action=\"/ledger/import/", "/undo").to_owned();
    zhou.post(&format!("/ledger/import/{undo}/undo"), &[]).await;
    let listed = zhou.get("/ledger?state=cancelled").await;
    assert!(listed.body.contains("没有符合条件的事项"));
}

#[tokio::test]
async fn sys_04_an_act_on_many_rows_says_beforehand_what_it_leaves() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let first = |page: &Answer| {
        page.between("class=\"title\" href=\"/tasks/", "\"")
            .to_owned()
    };
    let running = first(&zhou.get("/ledger?state=in_progress").await);
    let draft = first(&zhou.get("/ledger?state=draft").await);
    // Before issue the lead unit may be another.
    let organisation = luoshi_app::organisation::of_bureau(&app.app, app.bureau).await;
    let unit = organisation
        .unwrap()
        .unit_named("运输管理科")
        .unwrap()
        .id
        .to_string();
    let lead = [
        ("id", running.as_str()),
        ("id", draft.as_str()),
        ("act", "lead"),
        ("lead", unit.as_str()),
        ("here", "/ledger"),
    ];
    let asked = zhou.post("/ledger/acts", &lead).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("可办 1 项") && asked.body.contains("不能直接修改"));
    let done = zhou.post("/ledger/acts/confirm", &lead).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let moved = zhou.get(&format!("/ledger?state=draft&lead={unit}")).await;
    assert!(moved.body.contains(&draft));
    // A table of what is ticked holds just that.
    let taken = rows(&zhou.get(&format!("/ledger/export.xlsx?id={draft}")).await);
    assert_eq!(taken.len(), 4);
    let ye = app.as_user("ye").await;
    let refused = ye.post("/ledger/acts", &lead).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn ledger_03_each_unit_files_its_ledger_each_quarter_and_it_stays_as_it_was() {
    let app = TestApp::with_demo().await;
    let zhou = app.as_user("zhou").await;
    let number = |page: &Answer, label: &str| -> usize {
        let before = page
            .body
            .split(&format!("</b><span>{label}</span>"))
            .next()
            .unwrap();
        before.rsplit("<b>").next().unwrap().parse().unwrap()
    };
    let organisation = luoshi_app::organisation::of_bureau(&app.app, app.bureau).await;
    let units = organisation.unwrap().carriers().count();
    let mut owed = 0;
    for quarter in 1..=4 {
        let page = zhou
            .get(&format!("/ledger/filings?year=2026&quarter={quarter}"))
            .await;
        owed += number(&page, "应报");
        assert_eq!(number(&page, "未报"), units);
    }
    assert_eq!(owed, units * 4, "each unit owes four a year");
    let luo = app.as_user("luo").await;
    let page = luo.get("/ledger/filings").await;
    assert_eq!(number(&page, "应报"), 1, "one's own only");
    let unit = page.between("name=\"unit\" value=\"", "\"").to_owned();
    let fields = [("unit", unit.as_str()), ("year", "2026"), ("quarter", "4")];
    let filed = luo.post("/ledger/filings", &fields).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER);
    let address = filed.location().to_owned();
    let page = zhou.get("/ledger/filings?year=2026&quarter=4").await;
    assert_eq!(number(&page, "未报"), units - 1);
    // What happens to the ledger afterwards does not reach it.
    let before = luo.get(&address).await;
    let lines = |page: &Answer| page.between("<tbody>", "</tbody>").to_owned();
    let task = lines(&before);
    let task = task
        .split("/tasks/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let cancel = serde_json::json!({"command": {"kind": "cancel", "reason": "不再办理"}});
    zhou.post_json(&format!("/api/v1/tasks/{task}/commands"), &cancel)
        .await;
    assert_eq!(lines(&luo.get(&address).await), lines(&before));
    // Nobody files for another unit, and nobody but the office decides.
    let ye = app.as_user("ye").await;
    assert_eq!(
        ye.post("/ledger/filings", &fields).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(ye.get(&address).await.status, StatusCode::NOT_FOUND);
    let judge = format!("{address}/judge");
    let refused = luo.post(&judge, &[("accepted", "yes")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let returned = [("accepted", "no"), ("text", "缺目标要求")];
    assert_eq!(
        zhou.post(&judge, &returned).await.status,
        StatusCode::SEE_OTHER
    );
    let page = zhou.get("/ledger/filings?year=2026&quarter=4").await;
    assert_eq!(number(&page, "未报"), units);
    assert!(page.body.contains("缺目标要求"));
    luo.post("/ledger/filings", &fields).await;
    zhou.post(&judge, &[("accepted", "yes")]).await;
    let page = zhou.get("/ledger/filings?year=2026&quarter=4").await;
    assert_eq!(number(&page, "已备案"), 1);
    // Each number leads to exactly the rows that it counts.
    for (label, show) in [
        ("应报", ""),
        ("未报", "missing"),
        ("待受理", "filed"),
        ("已备案", "accepted"),
    ] {
        let shown = format!("/ledger/filings?year=2026&quarter=4&show={show}");
        let shown = zhou.get(&shown).await;
        let count = shown.body.matches("<td class=\"wide\">").count();
        assert_eq!(count, number(&page, label), "{label}");
    }
    let told = zhou
        .get("/api/v1/ledger/filings?year=2026&quarter=4")
        .await
        .json();
    let told = told["units"].as_array().unwrap().clone();
    assert_eq!(told.len(), units);
    let accepted: Vec<_> = told
        .iter()
        .filter(|owed| owed["filing"]["state"] == "accepted")
        .collect();
    assert_eq!(accepted.len(), 1);
    let id = accepted[0]["filing"]["id"].as_str().unwrap();
    let filing = luo
        .get(&format!("/api/v1/ledger/filings/{id}"))
        .await
        .json();
    assert_eq!(filing["unit"]["id"], unit.as_str());
    assert!(!filing["rows"].as_array().unwrap().is_empty());
    let body = serde_json::json!({"unit": unit, "year": 2026, "quarter": 3});
    let filed = luo.post_json("/api/v1/ledger/filings", &body).await.json();
    assert_eq!(filed["state"], "filed");
    let judge = format!(
        "/api/v1/ledger/filings/{}/judge",
        filed["id"].as_str().unwrap()
    );
    let returned = serde_json::json!({"accepted": false, "text": "补报"});
    assert_eq!(
        zhou.post_json(&judge, &returned).await.json()["state"],
        "returned"
    );
    assert!(app.is_rebuildable().await);
}
