//! The organisation out as one workbook, edited, and back through the pages and the API.

use axum::http::StatusCode;
use luoshi_app::Who;
use luoshi_app::organisation::{self, of_bureau, workbook};
use luoshi_documents::limits::Limits;
use luoshi_documents::workbook::{self as files, Column, Page, ReadPage, ReadRow, Sheet};
use luoshi_domain::context::Actor;

use crate::harness::{Answer, Session, TestApp};

const PATH: &str = "/organisation/workbook";
const CONFIRM: &str = "/organisation/workbook/confirm";
const API: &str = "/api/v1/organisation/workbook";

/// The row of the headings among those with text.
const HEAD: usize = 2;

/// A workbook as a spreadsheet program has it open.
struct Book(Vec<ReadPage>);

impl Book {
    fn of(bytes: &[u8]) -> Self {
        Self(files::read_all(bytes, &Limits::default()).unwrap())
    }

    async fn exported(session: &Session) -> Self {
        let file = session.get("/organisation/workbook/export.xlsx").await;
        assert_eq!(file.status, StatusCode::OK);
        Self::of(&file.bytes)
    }

    fn page(&mut self, sheet: &str) -> &mut ReadPage {
        let mut pages = self.0.iter_mut();
        pages.find(|page| page.name == sheet).unwrap()
    }

    /// Changes a cell of the row that has `text` in it.
    fn set(&mut self, sheet: &str, text: &str, heading: &str, value: &str) {
        let page = self.page(sheet);
        let column = column(page, heading);
        let mut rows = page.rows.iter_mut();
        let row = rows.find(|row| row.cells.iter().any(|cell| cell == text));
        let cells = &mut row.unwrap().cells;
        cells.resize(cells.len().max(column + 1), String::new());
        value.clone_into(&mut cells[column]);
    }

    /// Adds a row; its number.
    fn add(&mut self, sheet: &str, cells: &[(&str, &str)]) -> u32 {
        let page = self.page(sheet);
        let number = page.rows.last().unwrap().number + 1;
        let mut row = ReadRow {
            number,
            cells: vec![String::new(); page.rows[HEAD].cells.len()],
        };
        for (heading, value) in cells {
            (*value).clone_into(&mut row.cells[column(page, heading)]);
        }
        page.rows.push(row);
        number
    }

    fn saved(&self) -> Vec<u8> {
        let leaked = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let page = |page: &ReadPage| {
            let columns = page.rows[HEAD].cells.iter().map(|heading| Column {
                heading: leaked(heading).into(),
                width: 10,
                ..Column::default()
            });
            let columns: Vec<Column> = columns.collect();
            let rows = page.rows.iter().skip(HEAD + 1).map(|row| {
                let mut cells = row.cells.clone();
                cells.resize(columns.len(), String::new());
                cells
            });
            Page {
                name: leaked(&page.name),
                sheet: Sheet {
                    title: page.rows[0].cells[0].clone(),
                    note: "改过".into(),
                    rows: rows.collect(),
                    columns,
                },
                spare: 0,
            }
        };
        let pages: Vec<Page> = self.0.iter().map(page).collect();
        files::write_all(&pages).unwrap()
    }
}

fn column(page: &ReadPage, heading: &str) -> usize {
    let mut cells = page.rows[HEAD].cells.iter();
    cells.position(|cell| cell == heading).unwrap()
}

async fn version(app: &TestApp) -> i64 {
    of_bureau(&app.app, app.bureau).await.unwrap().version
}

/// Confirms what a preview shows.
async fn confirm(session: &Session, preview: &Answer) -> Answer {
    let value = |name: &str| preview.between(&format!("name=\"{name}\" value=\""), "\"");
    let fields = [
        ("file", value("file")),
        ("day", value("day")),
        ("seen", value("seen")),
    ];
    session.post(CONFIRM, &fields).await
}

#[tokio::test]
async fn org_01_the_whole_organisation_goes_out_is_edited_and_comes_back() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let before = version(&app).await;
    let page = zhou.get("/organisation").await;
    assert!(page.body.contains("导出总表") && page.body.contains("从总表导入"));
    let form = zhou.get(PATH).await;
    assert!(form.body.contains("下载空白模板"), "{}", form.body);

    // As it was exported it changes nothing, byte for byte and after another program saved it.
    let file = zhou.get("/organisation/workbook/export.xlsx").await;
    for bytes in [&file.bytes, &Book::of(&file.bytes).saved()] {
        let same = zhou.upload(PATH, bytes, &[("day", "")]).await;
        assert_eq!(same.status, StatusCode::OK, "{}", same.body);
        assert!(same.body.contains("没有要改的"), "{}", same.body);
        assert!(!same.body.contains("name=\"seen\""));
        let done = zhou.upload(API, bytes, &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(done.json()["changes"].as_array().unwrap().len(), 0);
    }
    assert_eq!(version(&app).await, before);

    let mut book = Book::of(&file.bytes);
    book.set("单位", "规划建设科", "单位名称", "综合规划科");
    book.add(
        "单位",
        &[
            ("单位名称", "档案科"),
            ("类别", "机关科室"),
            ("设立日", "2026-12-01"),
        ],
    );
    book.add("人员", &[("姓名", "苏晴"), ("登录名", "suqing")]);
    book.add(
        "岗位",
        &[
            ("单位", "档案科"),
            ("岗位名称", "科长"),
            ("岗位职责", "主要负责人"),
        ],
    );
    book.add(
        "任职",
        &[
            ("单位", "档案科"),
            ("岗位名称", "科长"),
            ("人员", "苏晴"),
            ("自", "12.1"),
        ],
    );
    let preview = zhou
        .upload(PATH, &book.saved(), &[("day", "2026-11-30")])
        .await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    for said in [
        "“规划建设科”更名为“综合规划科”",
        "2026-11-30 起",
        "设立“档案科”（机关科室）",
        "设立岗位“档案科 科长”（主要负责人），任职：苏晴（suqing）",
        "2026-12-01 起",
        "确认，办理这 4 项",
    ] {
        assert!(preview.body.contains(said), "{said}: {}", preview.body);
    }
    assert_eq!(version(&app).await, before);
    let done = confirm(&zhou, &preview).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(version(&app).await, before + 4);
    let page = zhou.get("/organisation?day=2026-12-01").await;
    for said in ["综合规划科", "档案科", "苏晴"] {
        assert!(page.body.contains(said), "{said}");
    }
    assert!(app.is_rebuildable().await);
    // The same again finds nothing to do: the rows without a code mean what they added.
    let again = zhou
        .upload(PATH, &book.saved(), &[("day", "2026-11-30")])
        .await;
    assert!(again.body.contains("没有要改的"), "{}", again.body);
}

#[tokio::test]
async fn org_01_one_faulty_row_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let before = version(&app).await;
    let mut book = Book::exported(&zhou).await;
    book.add("人员", &[("姓名", "苏晴"), ("登录名", "suqing")]);
    let unit = book.add(
        "单位",
        &[
            ("单位名称", "档案科"),
            ("类别", "机关科室"),
            ("上级单位", "没有的局"),
        ],
    );
    let person = book.add("人员", &[("姓名", "另一人"), ("登录名", "ZHOU")]);
    let bytes = book.saved();
    let refused = zhou.upload(PATH, &bytes, &[("day", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        format!("单位 第 {unit} 行"),
        format!("人员 第 {person} 行"),
        "上级单位“没有的局”：没有叫这个名称的单位".into(),
        "有 2 处不能采用，什么都没有保存".into(),
    ] {
        assert!(refused.body.contains(&said), "{said}: {}", refused.body);
    }
    let done = zhou.upload(API, &bytes, &[]).await;
    assert_eq!(done.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(done.json()["faults"][0]["row"], unit);
    let looked = zhou.upload(&format!("{API}/preview"), &bytes, &[]).await;
    assert_eq!(looked.json()["faults"].as_array().unwrap().len(), 2);
    assert_eq!(version(&app).await, before);

    for (bytes, said) in [
        (&b"no workbook"[..], "请上传从“机构”页面下载"),
        (&b""[..], "请选择填好的总表"),
    ] {
        let refused = zhou.upload(PATH, bytes, &[("day", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(said), "{}", refused.body);
    }
    let unread = zhou.upload(PATH, &bytes, &[("day", "某日")]).await;
    assert!(unread.body.contains("没有读懂这个日期"), "{}", unread.body);
}

#[tokio::test]
async fn org_01_what_changed_since_the_preview_stops_the_import() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let mut book = Book::exported(&zhou).await;
    book.set("单位", "规划建设科", "单位名称", "综合规划科");
    let preview = zhou.upload(PATH, &book.saved(), &[("day", "")]).await;
    let body = serde_json::json!({"command": "register_person", "name": "苏晴", "login": "suqing"});
    let other = zhou.post_json("/api/v1/organisation/changes", &body).await;
    assert_eq!(other.status, StatusCode::NO_CONTENT);
    let before = version(&app).await;
    let refused = confirm(&zhou, &preview).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.body.contains("机构在您预览之后有变动"),
        "{}",
        refused.body
    );
    let seen = (before - 1).to_string();
    let refused = zhou.upload(API, &book.saved(), &[("seen", &seen)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(version(&app).await, before);
    let preview = zhou.upload(PATH, &book.saved(), &[("day", "")]).await;
    let done = confirm(&zhou, &preview).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[tokio::test]
async fn org_01_only_who_keeps_the_organisation_takes_it_along_or_imports() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let bytes = Book::exported(&zhou).await.saved();
    for login in ["zhao", "ye"] {
        let other = app.as_user(login).await;
        for path in [
            PATH,
            "/organisation/workbook/export.xlsx",
            "/organisation/workbook/template.xlsx",
            API,
        ] {
            let answer = other.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login} at {path}");
        }
        for path in [PATH.to_owned(), API.to_owned(), format!("{API}/preview")] {
            let answer = other.upload(&path, &bytes, &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{login} at {path}");
        }
    }
}

#[tokio::test]
async fn org_01_the_workbook_of_one_bureau_changes_no_other() {
    let app = TestApp::new().await;
    let text = "name = \"邻县局\"\n\
        [[units]]\nkey = \"o\"\nkind = \"section\"\nname = \"规划建设科\"\nsupervision_office = true\n\
        [[persons]]\nkey = \"lin\"\nname = \"林远\"\n\
        [[persons.posts]]\nunit = \"o\"\ntitle = \"科长\"\nrole = \"head\"\n";
    let file = organisation::parse(text).unwrap();
    let (other, _) = organisation::create(&app.app, &file, Some(luoshi_app::demo::PASSWORD))
        .await
        .unwrap();
    let theirs = of_bureau(&app.app, other.id).await.unwrap();
    let who = Who::new(other.id, Actor::of(&theirs, theirs.persons[0].id).unwrap());
    let bytes = workbook::export(&app.app, &who).await.unwrap();
    let zhou = app.as_user("zhou").await;
    let before = version(&app).await;
    let refused = zhou.upload(API, &bytes, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = "本局没有这个编号的单位";
    assert!(refused.body.contains(said), "{}", refused.body);
    assert_eq!(version(&app).await, before);
    let after = of_bureau(&app.app, other.id).await.unwrap();
    assert_eq!(after.version, theirs.version);
    let ours = Book::exported(&zhou).await;
    let names = ours
        .0
        .iter()
        .flat_map(|page| &page.rows)
        .flat_map(|row| &row.cells);
    assert!(!names.clone().any(|cell| cell.contains("林远")));
}

#[tokio::test]
async fn sys_03_a_workbook_gives_out_no_post_that_its_sender_may_not_give() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let before = version(&app).await;
    let mut book = Book::exported(&zhou).await;
    let post = book.add(
        "岗位",
        &[
            ("单位", "规划建设科"),
            ("岗位名称", "审计员"),
            ("岗位职责", "审计员"),
        ],
    );
    book.add(
        "任职",
        &[
            ("单位", "规划建设科"),
            ("岗位名称", "审计员"),
            ("人员", "zhou"),
        ],
    );
    let refused = zhou.upload(API, &book.saved(), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let faults = refused.json()["faults"].clone();
    assert_eq!(faults.as_array().unwrap().len(), 1, "{faults}");
    assert_eq!(faults[0]["row"], post);
    let said = "只由系统管理员配备";
    assert!(faults[0]["sentence"].as_str().unwrap().contains(said));
    assert_eq!(version(&app).await, before);
}
