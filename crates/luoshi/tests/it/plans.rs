use axum::http::StatusCode;

use crate::harness::TestApp;

pub(crate) const FIELDS: [(&str, &str); 3] = [
    ("category", "bureau"),
    ("year", "2026"),
    ("limit", "2026-12-31"),
];

#[tokio::test]
async fn import_10_an_upload_is_read_and_the_same_text_is_not_read_twice() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let text = luoshi_app::demo::trial_plan().as_bytes();
    let first = zhou.upload("/imports", text, &FIELDS).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
    assert!(
        first.location().starts_with("/plans/"),
        "{}",
        first.location()
    );
    let page = zhou.get(first.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("道路保畅"),
        "the plan's title is missing"
    );
    let second = zhou.upload("/imports", text, &FIELDS).await;
    assert_eq!(second.location(), first.location());
    let plans = zhou.get("/api/v1/plans").await.json();
    assert_eq!(plans["rows"].as_array().unwrap().len(), 1, "{plans}");
}

#[tokio::test]
async fn import_10_a_bad_file_is_422_with_a_plain_sentence_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let cases: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        ("binary", vec![0, 1, 2, 0, 3, 0, 255, 254, 0]),
        ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec()),
        ("too large", vec![b'a'; 20_500_000]),
        (
            "noise",
            vec![0x81, 0xff, 0xfe, 0x90, 0xc3, 0x28, 0xa0, 0xa1, 0xff, 0xff],
        ),
    ];
    for (name, bytes) in cases {
        let page = zhou.upload("/imports", &bytes, &FIELDS).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(page.body.contains('。'), "{name}: {}", page.body);
        let api = zhou.upload("/api/v1/plans", &bytes, &FIELDS).await;
        assert_eq!(
            api.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name}: {}",
            api.body
        );
        assert_eq!(
            api.headers["content-type"], "application/problem+json",
            "{name}"
        );
    }
    let huge = vec![b'a'; 50_000_000];
    let page = zhou.upload("/imports", &huge, &FIELDS).await;
    assert!(page.status.is_client_error(), "50 MB: {}", page.status);
    assert!(page.body.contains("20 MB"), "50 MB: {}", page.body);
    let plans = zhou.get("/api/v1/plans").await.json();
    assert_eq!(plans["rows"].as_array().unwrap().len(), 0, "{plans}");
}

#[tokio::test]
async fn import_01_a_web_page_is_imported_and_an_unread_format_is_named_with_the_remedy() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let page = "<html><body><div class=\"nav\">首页</div><p>渡口安全方案</p><p>一、措施</p>\
                <p>航道科要在2026年6月底前完成灯标更换。</p></body></html>";
    let imported = zhou.upload("/imports", page.as_bytes(), &FIELDS).await;
    assert_eq!(imported.status, StatusCode::SEE_OTHER, "{}", imported.body);
    let workbench = zhou.get(imported.location()).await;
    assert!(
        workbench.body.contains("完成灯标更换"),
        "{}",
        workbench.body
    );
    let ofd = zhou
        .upload("/imports", b"PK\x03\x04 OFD.xml", &FIELDS)
        .await;
    assert_eq!(ofd.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["plan.txt", "OFD 文件", "没有保存任何内容", "请另存为"] {
        assert!(ofd.body.contains(words), "{words}: {}", ofd.body);
    }
    let form = zhou.get("/imports").await;
    assert!(
        form.body.contains("accept=\".docx,.pdf,.xlsx"),
        "{}",
        form.body
    );
}

#[tokio::test]
async fn src_01_an_upload_without_an_origin_category_is_sent_back() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let text = luoshi_app::demo::trial_plan().as_bytes();
    let page = zhou.upload("/imports", text, &[("year", "2026")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("来源类别"));
}

#[tokio::test]
async fn import_10_only_the_supervision_office_imports() {
    let app = TestApp::new().await;
    let text = luoshi_app::demo::trial_plan().as_bytes();
    let gao = app.as_user("gao").await;
    assert_eq!(
        gao.upload("/imports", text, &FIELDS).await.status,
        StatusCode::FORBIDDEN
    );
    let qin = app.as_user("qin").await;
    assert_eq!(
        qin.upload("/imports", text, &FIELDS).await.status,
        StatusCode::NOT_FOUND
    );
}
