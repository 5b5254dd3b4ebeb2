//! Files of tasks, from the form to the bytes on disk and back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use chrono::Duration;
use luoshi_app::attachments::keeping;
use luoshi_app::attachments::scanner::{ScanError, Scanned, Scanner};
use serde_json::Value;

use crate::harness::{Answer, Session, TestApp};
use crate::inbox::issued;
use crate::tasks::{SMOOTH, act};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// The one task, signed for and reported on once.
async fn reported(app: &TestApp) -> String {
    let id = issued(app).await;
    let qin = app.as_user("qin").await;
    act(&qin, &id, "sign-for", &[]).await;
    act(&qin, &id, "feedback", &SMOOTH).await;
    id
}

async fn attach(session: &Session, id: &str, name: &str, bytes: &[u8], to: &str) -> Answer {
    let path = format!("/api/v1/tasks/{id}/files");
    session.upload_as(&path, name, bytes, &[("to", to)]).await
}

/// The id of a file that must be taken.
async fn attached(session: &Session, id: &str, name: &str, bytes: &[u8], to: &str) -> String {
    let answer = attach(session, id, name, bytes, to).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn files(session: &Session, id: &str) -> Vec<Value> {
    let list = session.get(&format!("/api/v1/tasks/{id}/files")).await;
    list.json().as_array().unwrap().clone()
}

/// Every file below the folder in which bytes are kept.
fn kept(app: &TestApp) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, found),
                false => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    walk(&app.folder.path().join("files"), &mut found);
    found
}

#[tokio::test]
async fn flow_05_a_file_is_attached_shown_found_and_given_out_alone() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let (qin, zhou) = (app.as_user("qin").await, app.as_user("zhou").await);
    let path = format!("/tasks/{id}/files");
    let fields = [("to", "report:1"), ("mark", "none")];
    let answer = qin
        .upload_as(&path, "枢纽 竣工验收单.pdf", PDF, &fields)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.location(), format!("/tasks/{id}#files"));

    let list = files(&zhou, &id).await;
    let file = list[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(list[0]["name"], "枢纽 竣工验收单.pdf");
    assert_eq!(list[0]["to"], "report:1");
    assert_eq!(list[0]["removable"], false);
    let hash = list[0]["hash"].as_str().unwrap();
    assert_eq!(hash, luoshi_domain::journal::digest(PDF));
    assert!(kept(&app)[0].ends_with(format!("{}/{hash}", hash.get(..2).unwrap())));

    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    for part in [
        "依据与佐证",
        "枢纽 竣工验收单.pdf",
        "PDF，45 字节",
        "第 1 次反馈",
        "秦立",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("添加附件：枢纽 竣工验收单.pdf") && page.contains(hash));
    let found = zhou.get("/ledger?q=竣工验收单").await.body;
    assert!(found.contains("附件") && found.contains(&id), "{found}");

    for path in [
        format!("{path}/{file}"),
        format!("/api/v1/tasks/{id}/files/{file}"),
    ] {
        let answer = zhou.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.bytes, PDF);
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/pdf");
        assert_eq!(
            header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(
            header("content-disposition"),
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''\
             %E6%9E%A2%E7%BA%BD%20%E7%AB%A3%E5%B7%A5%E9%AA%8C%E6%94%B6%E5%8D%95%2Epdf"
        );
    }
    // A picture may be shown in place, alone; nothing else may.
    let picture = attached(&qin, &id, "现场.png", PNG, "task").await;
    let shown = zhou.get(&format!("{path}/{picture}/view")).await;
    let header = |answer: &Answer, name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert!(header(&shown, "content-disposition").starts_with("inline; "));
    assert_eq!(
        header(&shown, "content-security-policy"),
        "default-src 'none'; sandbox"
    );
    let saved = zhou.get(&format!("{path}/{file}/view")).await;
    assert!(header(&saved, "content-disposition").starts_with("attachment; "));
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn sys_05_pages_drawings_programs_and_wrong_endings_are_refused_and_nothing_is_kept() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let qin = app.as_user("qin").await;
    let cases: [(&str, &[u8], &str); 9] = [
        (
            "a.html",
            b"<!doctype html><script>alert(1)</script>",
            "网页",
        ),
        ("a.txt", b"<html><body>x", "网页"),
        ("a.png", b"<svg xmlns='x' onload='alert(1)'/>", "网页"),
        ("a.svg", b"<?xml version='1.0'?><svg/>", "网页"),
        ("a.exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0", "不能作附件"),
        ("a.pdf", PNG, "内容是PNG 图片"),
        ("a.pdf.exe", PDF, "后缀"),
        ("验收单", PDF, "后缀"),
        ("a.txt", b"", "文件是空的"),
    ];
    for (name, bytes, said) in cases {
        let answer = attach(&qin, &id, name, bytes, "task").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.contains(said) && detail.contains("没有保存"),
            "{name}: {detail}"
        );
    }
    // On the page the sentence stands beside the field.
    let path = format!("/tasks/{id}/files");
    let answer = qin
        .upload_as(&path, "a.html", b"<html>", &[("to", "task")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer
            .body
            .contains("网页、脚本和矢量图不能作附件，没有保存")
    );
    assert_eq!(files(&qin, &id).await.len(), 0);
    assert_eq!(kept(&app), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn sys_05_a_name_leads_nowhere_and_a_word_in_it_is_asked_about() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let qin = app.as_user("qin").await;
    let names = [
        ("../../../../etc/cron.d/job.pdf", "job.pdf"),
        ("C:\\\\temp\\\\方案.pdf", "方案.pdf"),
        ("..%2f..%2fx.pdf", "..%2f..%2fx.pdf"),
    ];
    for (n, (sent, expected)) in names.iter().enumerate() {
        let bytes = [PDF, n.to_string().as_bytes()].concat();
        attached(&qin, &id, sent, &bytes, "task").await;
        let list = files(&qin, &id).await;
        let name = list[n]["name"].as_str().unwrap();
        assert_eq!(name, expected.trim_matches('.'), "{sent}");
    }
    let folder = app.folder.path().join("files");
    assert!(kept(&app).iter().all(|path| path.starts_with(&folder)));
    assert_eq!(kept(&app).len(), 3);

    let other = [PDF, b"9"].concat();
    let asked = attach(&qin, &id, "机密件.pdf", &other, "task").await;
    assert_eq!(asked.json()["code"], "secrecy_words", "{}", asked.body);
    assert_eq!(kept(&app).len(), 3);
    let path = format!("/api/v1/tasks/{id}/files?unclassified=yes");
    let taken = qin.upload_as(&path, "机密件.pdf", &other, &[]).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let secret = "机密★1年\n某局工作方案\n".as_bytes();
    let refused = attach(&qin, &id, "方案.txt", secret, "task").await;
    assert_eq!(refused.json()["code"], "state_secret", "{}", refused.body);
    let internal = "内部资料\n某局工作方案\n".as_bytes();
    attached(&qin, &id, "方案.txt", internal, "task").await;
    assert_eq!(files(&qin, &id).await[4]["mark"], "internal");
}

#[tokio::test]
async fn flow_05_twenty_megabytes_are_taken_and_one_byte_more_is_not() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let qin = app.as_user("qin").await;
    let mut bytes = PDF.to_vec();
    bytes.resize(20_000_000, b'\n');
    let file = attached(&qin, &id, "大.pdf", &bytes, "task").await;
    let answer = qin.get(&format!("/tasks/{id}/files/{file}")).await;
    assert!(answer.bytes == bytes, "not the same");
    bytes.push(b'\n');
    let refused = attach(&qin, &id, "更大.pdf", &bytes, "task").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("超过 20 MB 的上限，没有保存"),
        "{}",
        refused.body
    );
    bytes.resize(30_000_000, b'\n');
    let refused = attach(&qin, &id, "还要大.pdf", &bytes, "task").await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    assert_eq!(files(&qin, &id).await.len(), 1);
    assert_eq!(kept(&app).len(), 1);
}

#[tokio::test]
async fn sys_03_a_stranger_finds_no_file_and_who_only_looks_attaches_none() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let qin = app.as_user("qin").await;
    let file = attached(&qin, &id, "单.pdf", PDF, "task").await;
    let ye = app.as_user("ye").await;
    for path in [
        format!("/tasks/{id}/files/{file}"),
        format!("/tasks/{id}/files/{file}/view"),
        format!("/api/v1/tasks/{id}/files"),
        format!("/api/v1/tasks/{id}/files/{file}"),
    ] {
        assert_eq!(ye.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let stranger = attach(&ye, &id, "单.pdf", PDF, "task").await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    let path = format!("/api/v1/tasks/{id}/files/{file}");
    assert_eq!(ye.delete(&path).await.status, StatusCode::NOT_FOUND);
    // A file of one task is not one of another.
    let other = format!("/tasks/01970000-0000-7000-8000-00000000ffff/files/{file}");
    assert_eq!(qin.get(&other).await.status, StatusCode::NOT_FOUND);
    // Who follows the task does not report for the unit.
    let zhou = app.as_user("zhou").await;
    let refused = attach(&zhou, &id, "单2.pdf", &[PDF, b"2"].concat(), "report:1").await;
    assert_eq!(refused.json()["code"], "not_lead");
    // Without the page's token nothing is taken.
    let mut forged = app.as_user("qin").await;
    forged.csrf = "another".into();
    let forged = attach(&forged, &id, "单3.pdf", &[PDF, b"3"].concat(), "task").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(kept(&app).len(), 1);
}

#[tokio::test]
async fn sys_05_a_marked_file_is_there_for_those_it_concerns_only() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let (qin, zhou) = (app.as_user("qin").await, app.as_user("zhou").await);
    let path = format!("/api/v1/tasks/{id}/files");
    let fields = [("to", "task"), ("mark", "work_secret")];
    let taken = qin.upload_as(&path, "补偿测算.pdf", PDF, &fields).await;
    let file = taken.json()["id"].as_str().unwrap().to_owned();
    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("补偿测算.pdf") && page.contains("工作秘密"));
    assert!(page.contains("添加附件（工作秘密）"), "{page}");

    let deputy = zhou.get(&format!("/api/v1/tasks/{id}")).await.json();
    let deputy = deputy["deputy"]["name"].as_str().unwrap().to_owned();
    let (gao, shen) = (app.as_user("gao").await, app.as_user("shen").await);
    let other = if deputy == "高文远" { shen } else { gao };
    // The other deputy sees the task, and nothing of the file.
    let page = other.get(&format!("/tasks/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("补偿测算"), "{}", page.body);
    assert_eq!(files(&other, &id).await.len(), 0);
    let refused = other.get(&format!("{path}/{file}")).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    for path in [
        "/journal",
        "/api/v1/journal?limit=200",
        "/ledger?q=补偿测算",
    ] {
        let body = other.get(path).await.body;
        assert!(
            !body.replace("q=补偿测算", "").contains("补偿测算.pdf"),
            "{path}"
        );
    }
    assert!(
        zhou.get("/api/v1/journal?limit=200")
            .await
            .body
            .contains("补偿测算")
    );
    let mu = app.as_user("mu").await;
    let journal = mu.get("/api/v1/journal?limit=200").await;
    assert!(!journal.body.contains("补偿测算"), "{}", journal.body);
    // In no search and in no export, whoever asks.
    let found = zhou.get("/api/v1/tasks?q=补偿测算").await.json();
    assert_eq!(found["count"], 0);
    assert!(
        !zhou
            .get("/ledger/export.csv")
            .await
            .body
            .contains("补偿测算")
    );
}

#[tokio::test]
async fn sys_02_giving_a_file_out_is_logged_and_an_altered_one_is_not_given() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let (qin, zhou, mu) = (
        app.as_user("qin").await,
        app.as_user("zhou").await,
        app.as_user("mu").await,
    );
    let file = attached(&qin, &id, "单.pdf", PDF, "task").await;
    let path = format!("/tasks/{id}/files/{file}");
    assert_eq!(zhou.get(&path).await.status, StatusCode::OK);
    let log = async || -> Vec<(bool, String)> {
        let log = mu.get("/api/v1/audit/access?action=export").await.json();
        let rows = log["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["object_kind"] == "attachment")
            .map(|row| {
                let id = row["object"].as_str().unwrap().to_owned();
                (row["success"].as_bool().unwrap(), id)
            })
            .collect()
    };
    assert_eq!(log().await, [(true, file.clone())]);
    assert!(
        keeping::verify(&app.app, app.bureau)
            .await
            .unwrap()
            .is_whole()
    );

    let place = kept(&app).remove(0);
    std::fs::write(&place, [&PDF[..PDF.len() - 1], b"X"].concat()).unwrap();
    let refused = zhou.get(&path).await;
    assert_eq!(refused.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        refused.body.contains("与登记的散列值不符，没有发送"),
        "{}",
        refused.body
    );
    assert!(!refused.body.contains("%PDF"));
    assert_eq!(log().await[0], (false, file.clone()));
    let walk = keeping::verify(&app.app, app.bureau).await.unwrap();
    assert_eq!(
        (walk.files, walk.altered.len(), walk.missing.len()),
        (1, 1, 0)
    );

    std::fs::remove_file(&place).unwrap();
    let refused = zhou.get(&path).await;
    assert!(
        refused.body.contains("附件的内容不见了"),
        "{}",
        refused.body
    );
    let walk = keeping::verify(&app.app, app.bureau).await.unwrap();
    assert_eq!((walk.altered.len(), walk.missing.len()), (0, 1));
    // Whoever still has it attaches it again.
    attached(&qin, &id, "单.pdf", PDF, "report:1").await;
    assert_eq!(zhou.get(&path).await.bytes, PDF);
}

#[tokio::test]
async fn flow_05_the_same_bytes_are_kept_once_and_go_a_day_after_the_last_row() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let qin = app.as_user("qin").await;
    let one = attached(&qin, &id, "单.pdf", PDF, "task").await;
    let two = attached(&qin, &id, "同一份.pdf", PDF, "report:1").await;
    let again = attach(&qin, &id, "单.pdf", PDF, "task").await;
    assert_eq!(again.json()["code"], "file_known", "{}", again.body);
    assert_eq!(kept(&app).len(), 1);
    let list = files(&qin, &id).await;
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["removable"], true);

    let path = |file: &str| format!("/api/v1/tasks/{id}/files/{file}");
    assert_eq!(qin.delete(&path(&one)).await.status, StatusCode::NO_CONTENT);
    app.clock.forward(Duration::days(2));
    assert_eq!(keeping::sweep(&app.app).await.unwrap(), 0);
    let qin = app.as_user("qin").await;
    assert_eq!(
        qin.get(&path(&two)).await.bytes,
        PDF,
        "another row has them"
    );
    let page = format!("/tasks/{id}/files/{two}/remove");
    let gone = qin.post(&page, &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    assert_eq!(qin.get(&path(&two)).await.status, StatusCode::NOT_FOUND);
    // The steps stay, and the bytes for a day.
    let steps = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(steps.contains("添加附件：同一份.pdf") && steps.contains("删除附件"));
    app.clock.forward(Duration::hours(23));
    assert_eq!(keeping::sweep(&app.app).await.unwrap(), 0);
    app.clock.forward(Duration::hours(2));
    assert_eq!(keeping::sweep(&app.app).await.unwrap(), 1);
    assert_eq!(kept(&app), Vec::<PathBuf>::new());
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_05_what_a_crash_leaves_before_the_row_is_swept_and_never_a_row_without_bytes() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    // As after a crash between the bytes and the row.
    let key = luoshi_domain::attachments::ContentKey::of(app.bureau, PDF);
    let mut uow = app.app.store.write(app.bureau).await.unwrap();
    let now = app.app.clock.now();
    uow.content_touch(key.hash(), now).await.unwrap();
    uow.commit().await.unwrap();
    let contents = app.app.contents.clone().unwrap();
    contents.put(&key, PDF.to_vec()).await.unwrap();
    app.clock.forward(Duration::hours(30));
    // Somebody attaches the same just before the sweep: it is theirs now.
    let qin = app.as_user("qin").await;
    let file = attached(&qin, &id, "单.pdf", PDF, "task").await;
    assert_eq!(keeping::sweep(&app.app).await.unwrap(), 0);
    assert_eq!(
        qin.get(&format!("/tasks/{id}/files/{file}")).await.bytes,
        PDF
    );
    let path = format!("/api/v1/tasks/{id}/files/{file}");
    qin.delete(&path).await;
    app.clock.forward(Duration::hours(30));
    assert_eq!(keeping::sweep(&app.app).await.unwrap(), 1);
    let qin = app.as_user("qin").await;
    attached(&qin, &id, "单.pdf", PDF, "task").await;
    assert!(
        keeping::verify(&app.app, app.bureau)
            .await
            .unwrap()
            .is_whole()
    );
}

#[tokio::test]
async fn flow_05_a_report_is_filed_with_the_files_that_are_ticked() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let qin = app.as_user("qin").await;
    let file = attached(&qin, &id, "单.pdf", PDF, "task").await;
    let form = qin.get(&format!("/tasks/{id}?act=feedback")).await.body;
    let field = format!("file-{file}");
    assert!(form.contains(&format!("name=\"{field}\"")), "{form}");
    let mut report = SMOOTH.to_vec();
    report.extend([
        (field.as_str(), "yes"),
        ("evidence", "晋交规〔2026〕12号 初稿"),
    ]);
    act(&qin, &id, "feedback", &report).await;
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    let evidence = task["last_feedback"]["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 2, "{task}");
    assert_eq!(
        evidence[0]["number"], "晋交规〔2026〕12号",
        "the reference first"
    );
    assert_eq!(evidence[1]["name"], "单.pdf");
    assert_eq!(task["files"][0]["to"], "report:2");
    let page = qin.get(&format!("/tasks/{id}")).await.body;
    assert!(
        page.contains("晋交规〔2026〕12号 初稿；附件 单.pdf"),
        "{page}"
    );
    let late = attach(&qin, &id, "b.pdf", &[PDF, b"b"].concat(), "report:1").await;
    assert_eq!(late.json()["code"], "not_last_report");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn flow_08_what_answers_a_notice_is_attached_to_it() {
    let app = TestApp::new().await;
    let id = reported(&app).await;
    let (qin, zhou) = (app.as_user("qin").await, app.as_user("zhou").await);
    let body = serde_json::json!({
        "command": "issue_notice", "facts": "初稿质量不高", "requirement": "限期修改",
        "rectify_by": "2026-12-10",
    });
    let issued = zhou
        .post_json(&format!("/api/v1/tasks/{id}/commands"), &body)
        .await;
    assert_eq!(issued.status, StatusCode::OK, "{}", issued.body);
    let task = qin.get(&format!("/api/v1/tasks/{id}")).await.json();
    let places: Vec<&str> = task["attach_to"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place.as_str().unwrap())
        .collect();
    let notice = places
        .iter()
        .find(|place| place.starts_with("notice:"))
        .unwrap();
    attached(&qin, &id, "整改报告.pdf", PDF, notice).await;
    assert_eq!(files(&zhou, &id).await[0]["to"], **notice);
    let page = zhou.get(&format!("/tasks/{id}")).await.body;
    assert!(page.contains("督办通知书的整改"), "{page}");
    let unknown = attach(&qin, &id, "b.pdf", &[PDF, b"b"].concat(), "notice:无").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Says the same of every file.
struct Says(Option<Scanned>);

#[async_trait]
impl Scanner for Says {
    async fn scan(&self, _bytes: &[u8]) -> Result<Scanned, ScanError> {
        self.0.clone().ok_or_else(|| ScanError("gone".into()))
    }
}

#[tokio::test]
async fn sys_05_an_infected_file_is_refused_by_name_and_without_an_answer_none_is_taken() {
    let mut app = TestApp::new().await;
    let id = reported(&app).await;
    app.scan(Arc::new(Says(Some(Scanned::Infected(
        "Win.Test.EICAR".into(),
    )))));
    let qin = app.as_user("qin").await;
    let refused = attach(&qin, &id, "单.pdf", PDF, "task").await;
    assert_eq!(refused.json()["code"], "infected");
    assert!(
        refused.body.contains("查出“Win.Test.EICAR”，没有保存"),
        "{}",
        refused.body
    );
    app.scan(Arc::new(Says(None)));
    let qin = app.as_user("qin").await;
    let refused = attach(&qin, &id, "单.pdf", PDF, "task").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("请稍后再传"), "{}", refused.body);
    assert_eq!(kept(&app).len(), 0);
    app.scan(Arc::new(Says(Some(Scanned::Clean))));
    let qin = app.as_user("qin").await;
    attached(&qin, &id, "单.pdf", PDF, "task").await;
}
