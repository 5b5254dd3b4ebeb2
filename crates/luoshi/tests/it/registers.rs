//! Bodies, rosters and records, from the page to the journal.

use axum::http::StatusCode;
use luoshi_app::{bodies, rosters};
use luoshi_domain::packs::PackKey;

use crate::harness::TestApp;

/// Loads every pack.
async fn adopt_all(app: &TestApp) {
    for key in PackKey::ALL {
        crate::packs::adopt(app, key, None).await;
    }
}

fn id_of(location: &str) -> &str {
    location.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn org_07_the_twelve_bodies_are_offered_and_one_is_set_up_as_the_plan_says() {
    let app = TestApp::new().await;
    let zhou = app.who("zhou").await;
    adopt_all(&app).await;
    let view = bodies::list(&app.app, &zhou).await.unwrap();
    assert!(view.prescribed.len() >= 12, "{}", view.prescribed.len());
    let wanted = view
        .prescribed
        .iter()
        .find(|known| known.pack == PackKey::E);
    let draft = wanted.unwrap().draft(&view.organisation, app.app.today());
    let heads = |kind| {
        let units = view
            .organisation
            .units
            .iter()
            .filter(|unit| unit.kind == kind);
        units
            .filter(|unit| view.organisation.first_responsible(unit.id).is_some())
            .count()
    };
    use luoshi_domain::organisation::UnitKind::{Section, Subordinate};
    assert!(draft.head.is_some());
    assert!(!draft.deputies.is_empty());
    assert_eq!(draft.members.len(), heads(Section) + heads(Subordinate));

    let office = app.as_user("zhou").await;
    let form = office.get("/bodies/new?pack=e&key=leading_group").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(
        form.body
            .contains("局树立和践行正确政绩观学习教育工作领导小组")
    );
    let headless = [
        ("name", "督导组"),
        ("kind", "supervision_team"),
        ("from", ""),
    ];
    let refused = office.post("/bodies", &headless).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("还没有定组长"));
    let head = draft.head.map(|seat| match seat {
        luoshi_domain::bodies::Seat::Post(post) => format!("post:{post}"),
        luoshi_domain::bodies::Seat::Person(person) => format!("person:{person}"),
    });
    let head = head.unwrap();
    let fields = [
        ("name", "督导组"),
        ("kind", "supervision_team"),
        ("head", head.as_str()),
    ];
    let done = office.post("/bodies", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = office.get(done.location()).await;
    assert!(page.body.contains("督导组") && page.body.contains("组长"));

    // Somebody of a section may set up one of their own, not one of the bureau.
    let member = app.as_user("ye").await;
    let refused = member
        .post("/bodies", &[("name", "专班"), ("head", head.as_str())])
        .await;
    assert_eq!(refused.location(), "/bodies/new");
    let view = bodies::list(&app.app, &zhou).await.unwrap();
    assert_eq!(view.bodies.len(), 1);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn org_08_a_roster_is_sent_filed_and_listed_in_the_directory() {
    let app = TestApp::new().await;
    let zhou = app.who("zhou").await;
    adopt_all(&app).await;
    let office = app.as_user("zhou").await;
    let view = rosters::list(&app.app, &zhou).await.unwrap();
    assert!(view.wanted.iter().any(|(pack, _)| *pack == PackKey::P));
    let form = office.get("/rosters/new?pack=p&key=contacts").await;
    assert!(form.body.contains("经办人"));
    let ye = app.who("ye").await;
    let (own, other) = {
        let own = ye.actor.units()[0];
        let mut others = view.organisation.carriers().map(|unit| unit.id);
        (own, others.find(|unit| *unit != own).unwrap())
    };
    let (own, other) = (own.to_string(), other.to_string());
    let fields = [
        ("title", "经办人"),
        ("due", "2026-12-01"),
        ("need_key", "handler"),
        ("need_label", "经办人"),
        ("need_kind", "person"),
        ("need_min", "2"),
        ("need_max", ""),
        ("units", own.as_str()),
        ("units", other.as_str()),
    ];
    let sent = office.post("/rosters", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let path = sent.location().to_owned();

    let member = app.as_user("ye").await;
    let page = member.get(&path).await;
    assert!(page.body.contains("缺经办人 2 个"));
    // Another unit's standing is not shown to the unit.
    assert_eq!(page.body.matches("缺经办人").count(), 1);
    let row = |name: &'static str, contact: &'static str| {
        [
            ("need", "handler"),
            ("name", name),
            ("contact", contact),
            ("line", ""),
            ("staff", ""),
            ("guide", ""),
        ]
    };
    let mut one = vec![("unit", own.as_str())];
    one.extend(row("张晓", ""));
    let refused = member.post(&format!("{path}/file"), &one).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("联系方式") && refused.body.contains("张晓"));
    let mut two = vec![("unit", own.as_str())];
    two.extend(row("张晓", "0358-11"));
    two.extend(row("李明", "0358-12"));
    let done = member.post(&format!("{path}/file"), &two).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let mut strange = vec![("unit", other.as_str())];
    strange.extend(row("王五", "0358-13"));
    let refused = member.post(&format!("{path}/file"), &strange).await;
    assert_eq!(refused.location(), path);

    let id = id_of(&path).parse().unwrap();
    let view = rosters::show(&app.app, &zhou, id).await.unwrap();
    assert_eq!(view.roster.completeness(app.app.today()), 50);
    let directory = member.get("/contacts").await;
    assert!(directory.body.contains("李明") && directory.body.contains("0358-12"));
    let table = member.get("/contacts.xlsx").await;
    assert_eq!(table.status, StatusCode::OK);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn org_12_a_training_is_recorded_counted_and_voided() {
    let app = TestApp::new().await;
    let office = app.as_user("zhou").await;
    let zhou = app.who("zhou").await;
    let person = zhou.actor.person.to_string();
    let before = office.get("/activities/coverage").await;
    assert!(before.body.contains("周敏"), "who is not trained is named");
    let day = app.app.today().to_string();
    let fields = [
        ("kind", "training"),
        ("form", "class"),
        ("subjects", "ability"),
        ("title", "督查业务培训"),
        ("day", day.as_str()),
        ("persons", person.as_str()),
    ];
    let done = office.post("/activities", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let path = done.location().to_owned();
    let page = office.get(&path).await;
    assert!(page.body.contains("专题培训") && page.body.contains("业务能力"));
    let after = office.get("/activities/coverage").await;
    assert!(!after.body.contains("<td data-label=\"还没有培训的\">周敏"));
    let voided = office
        .post(&format!("{path}/void"), &[("reason", "记错了")])
        .await;
    assert_eq!(voided.status, StatusCode::SEE_OTHER);
    assert!(office.get(&path).await.body.contains("已作废"));
    assert!(app.is_rebuildable().await);
}
