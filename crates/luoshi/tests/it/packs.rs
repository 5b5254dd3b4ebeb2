//! Packs of a bureau: taken up in any combination, overridden from a day on, apart from others'.

use axum::http::StatusCode;
use chrono::{Days, Duration, NaiveDate};
use luoshi_app::packs::editions::{self, Adoption};
use luoshi_app::{Who, organisation, packs, rules};
use luoshi_domain::context::Actor;
use luoshi_domain::packs::PackKey;

use crate::harness::TestApp;

fn adoption(effective: NaiveDate, text: Option<String>) -> Adoption {
    Adoption {
        text,
        effective,
        reason: "本局采用".into(),
    }
}

/// Takes up a pack from today on, as it ships or with a text of the bureau's own.
pub(crate) async fn adopt(app: &TestApp, key: PackKey, text: Option<String>) {
    let who = app.who("zhou").await;
    let adoption = adoption(app.app.today(), text);
    editions::adopt(&app.app, &who, key, adoption)
        .await
        .unwrap();
}

/// Another bureau in the same process, and its supervision officer.
async fn other_bureau(app: &TestApp) -> Who {
    let file = "name = \"清河县人民政府办公室\"\n\
                [[units]]\nkey = \"office\"\nkind = \"section\"\nname = \"督查室\"\n\
                supervision_office = true\n\
                [[persons]]\nkey = \"lin\"\nname = \"林督\"\n\
                posts = [{ unit = \"office\", title = \"主任\", role = \"head\" }]\n";
    let file = organisation::parse(file).unwrap();
    let (bureau, _logins) = organisation::create(&app.app, &file, Some("Luoshi-demo-2026"))
        .await
        .unwrap();
    let known = organisation::of_bureau(&app.app, bureau.id).await.unwrap();
    let person = known.persons[0].id;
    Who::new(bureau.id, Actor::of(&known, person).unwrap())
}

async fn loaded(app: &TestApp, who: &Who) -> Vec<&'static str> {
    let rules = rules::of_bureau(&app.app, who.bureau).await.unwrap();
    rules.packs.iter().map(|pack| pack.key.key()).collect()
}

#[tokio::test]
async fn sys_06_two_bureaux_with_w_and_p_and_with_c_do_not_cross() {
    let app = TestApp::new().await;
    let (a, b) = (app.who("zhou").await, other_bureau(&app).await);
    let today = app.app.today();
    assert_eq!(loaded(&app, &a).await, ["w"], "without any choice");
    for (who, key) in [(&a, PackKey::P), (&b, PackKey::C)] {
        editions::adopt(&app.app, who, key, adoption(today, None))
            .await
            .unwrap();
    }
    editions::put_down(&app.app, &b, PackKey::W, today, "不适用".into())
        .await
        .unwrap();
    assert_eq!(loaded(&app, &a).await, ["w", "p"]);
    assert_eq!(loaded(&app, &b).await, ["c"]);
    let rules_a = rules::of_bureau(&app.app, a.bureau).await.unwrap();
    let rules_b = rules::of_bureau(&app.app, b.bureau).await.unwrap();
    assert_eq!(rules_a.origins().count(), 6);
    assert_eq!(rules_b.origins().count(), 8);
    assert!(rules_a.policies.iter().all(|policy| policy.key != "13710"));
    assert!(rules_b.policies.iter().any(|policy| policy.key == "13710"));
    // What is stored of either is still named.
    assert_eq!(rules_b.origin_label("bureau"), "局党组部署和会议决定");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn sys_06_a_change_of_a_rule_begins_on_its_day_and_changes_no_history() {
    let app = TestApp::new().await;
    let who = app.who("zhou").await;
    let today = app.app.today();
    let text = packs::shipped(PackKey::W).replace("value = 7", "value = 5");
    let later = today + Days::new(3);
    let preview = editions::preview(&app.app, &who, "w.toml", &text, later)
        .await
        .unwrap();
    assert!(!preview.new);
    assert_eq!(preview.differences.len(), 3, "{:?}", preview.differences);
    let own = adoption(later, Some(text));
    editions::adopt(&app.app, &who, PackKey::W, own.clone())
        .await
        .unwrap();
    let leads = |app: TestApp| async move {
        let rules = rules::of_bureau(&app.app, who.bureau).await.unwrap();
        (app, rules.leads.due_soon_days.value)
    };
    let (app, now) = leads(app).await;
    assert_eq!(now, 7);
    app.clock.forward(Duration::days(3));
    let (app, then) = leads(app).await;
    assert_eq!(then, 5);
    // Not for a day that is over.
    let who = app.who("zhou").await;
    let refused = editions::adopt(&app.app, &who, PackKey::W, adoption(today, None)).await;
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("生效日不能早于今天"), "{sentence}");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn sys_06_an_invalid_pack_is_refused_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let who = app.who("zhou").await;
    let today = app.app.today();
    let text = packs::shipped(PackKey::W).replace("edition = 1", "edition = 一");
    let refused = editions::adopt(&app.app, &who, PackKey::W, adoption(today, Some(text))).await;
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("w.toml 第 4 行"), "{sentence}");
    let another = packs::shipped(PackKey::C).to_owned();
    let refused = editions::adopt(&app.app, &who, PackKey::W, adoption(today, Some(another))).await;
    assert!(refused.unwrap_err().to_string().contains("不是 W 的"));
    let rules = rules::of_bureau(&app.app, who.bureau).await.unwrap();
    assert!(rules.set.editions.is_empty());
    // Nobody but the supervision office.
    let leader = app.who("zhao").await;
    let refused = editions::adopt(&app.app, &leader, PackKey::C, adoption(today, None)).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn sys_06_the_page_lists_cites_previews_and_takes_up() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let page = zhou.get("/packs").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("抓落实工作机制实施细则"));
    let c = zhou.get("/packs/c").await;
    for part in ["C 三/(三)", "默认", "13710", "3 日内（自然日）"] {
        assert!(c.body.contains(part), "{part}");
    }
    let today = app.app.today().to_string();
    let fields = [("effective", today.as_str()), ("reason", "市里要求")];
    let adopted = zhou.post("/packs/c/adopt", &fields).await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.body);
    assert!(zhou.get("/packs").await.body.contains("已装载"));
    let origins = zhou.get("/api/v1/origins").await.json();
    assert_eq!(origins["categories"].as_array().unwrap().len(), 14);

    let text = packs::shipped(PackKey::C).replace("\"P3D\"", "\"P5D\"");
    let fields = [("effective", today.as_str()), ("reason", "放宽反馈")];
    let preview = zhou
        .upload("/packs/preview", text.as_bytes(), &fields)
        .await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    assert!(
        preview.body.contains("5 日内（自然日）"),
        "{}",
        preview.body
    );
    assert!(zhou.get("/packs/c").await.body.contains("3 日内（自然日）"));
    let fields = [
        ("effective", today.as_str()),
        ("reason", "放宽反馈"),
        ("text", text.as_str()),
    ];
    let done = zhou.post("/packs/c/adopt", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let after = zhou.get("/packs/c").await.body;
    assert!(after.contains("5 日内（自然日）") && after.contains("与自带版本的不同"));
    let exported = zhou.get("/packs/c/export.toml").await;
    assert_eq!(exported.body, text);

    let bad = text.replace("natural", "lunar");
    let refused = zhou
        .upload("/packs/preview", bad.as_bytes(), &fields[..2])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("行：“basis”应写"), "{}", refused.body);
    let api = zhou.get("/api/v1/packs/c").await.json();
    assert_eq!(api["loaded"], true);
    assert_eq!(api["lines"][0]["clause"], "C 一/(二)/1");
    // Others may look at most.
    let zhao = app.as_user("zhao").await;
    let refused = zhao.post("/packs/t1/adopt", &fields[..2]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let ye = app.as_user("ye").await;
    assert_eq!(ye.get("/packs").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn camp_07_a_bureau_enters_the_days_of_phases_that_the_plan_leaves_open() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let today = app.app.today().to_string();
    let path = "/packs/t5/campaigns/style_year";
    let days = |last: &'static str| {
        [
            ("reason", "局办公会定"),
            ("phase", "mobilise"),
            ("start", "2013-05-01"),
            ("end", "2013-06-30"),
            ("phase", "carry_out"),
            ("start", "2013-07-01"),
            ("end", "2014-01-31"),
            ("phase", "sum_up"),
            ("start", last),
            ("end", "2014-04-30"),
        ]
    };
    let early = zhou.post(path, &days("2014-02-01")).await;
    assert_eq!(early.location(), "/packs/t5", "not taken up yet");
    let fields = [("effective", today.as_str()), ("reason", "开展活动")];
    let adopted = zhou.post("/packs/t5/adopt", &fields).await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.body);
    let page = zhou.get("/packs/t5").await.body;
    assert!(page.contains("还有 3 处没有起止日期"), "{page}");
    assert!(
        zhou.get("/packs")
            .await
            .body
            .contains("活动起止日期 3 处待填")
    );
    let refused = zhou.post(path, &days("2014-01-31")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("重叠") && refused.body.contains("2013-07-01"));
    let month = zhou.get("/calendar?month=2013-08").await.body;
    assert!(!month.contains("组织实施"), "not before all is known");
    let done = zhou.post(path, &days("2014-02-01")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = zhou.get("/packs/t5").await.body;
    assert!(page.contains("2014-02-01 至 2014-04-30") && page.contains("与自带版本的不同"));
    let month = zhou.get("/calendar?month=2013-08").await.body;
    assert!(
        month.contains("组织实施 2013-07-01 至 2014-01-31"),
        "{month}"
    );
    let twin = "/api/v1/packs/t5/campaigns/style_year";
    let body = serde_json::json!({"reason": "顺延", "days": [
        {"phase": "sum_up", "start": "2014-03-01", "end": "2014-04-30"}]});
    let answer = zhou.post_json(twin, &body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    assert!(
        zhou.get("/packs/t5")
            .await
            .body
            .contains("2014-03-01 至 2014-04-30")
    );
    assert!(app.is_rebuildable().await);
}
