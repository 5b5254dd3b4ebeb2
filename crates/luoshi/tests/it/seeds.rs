//! What the source documents must give; skipped where they are not at hand.

use std::path::{Path, PathBuf};

use luoshi_app::plans::duplicates::{self, Other};
use luoshi_app::plans::{self, Upload, questions};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::questions::Topic;
use luoshi_plan::reading::ReadOptions;

use crate::harness::TestApp;

/// The documents' files in order of their names, or `None` without them.
fn files() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no source documents on this machine");
        return None;
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "txt"));
    files.sort();
    Some(files)
}

async fn import(app: &TestApp, file: &Path) -> PlanId {
    let upload = Upload {
        file_name: file.file_name().unwrap().to_string_lossy().into_owned(),
        bytes: std::fs::read(file).unwrap(),
        category: "bureau".into(),
        ..Upload::default()
    };
    let who = app.who("zhou").await;
    plans::import(&app.app, &who, upload).await.unwrap().plan
}

/// Whether a near pair stands in these clauses.
async fn is_listed(app: &TestApp, plan: PlanId, path: &str, place: &str) -> bool {
    let who = app.who("zhou").await;
    let (view, found) = duplicates::show(&app.app, &who, plan).await.unwrap();
    let mut open = found.open(&view.plan);
    open.any(|(known, near)| {
        let own = view
            .plan
            .clause(known.clause)
            .map(|clause| clause.path.as_str());
        own.is_some_and(|own| own.contains(path))
            && near.iter().any(|near| near.place.contains(place))
    })
}

#[tokio::test]
async fn import_13_the_near_duplicate_report_lists_the_known_pairs() {
    let Some(files) = files() else { return };
    let app = TestApp::new().await;
    let mut plans = Vec::new();
    for file in &files {
        plans.push(import(&app, file).await);
    }
    // W against C, P within itself, T1 against T4 in their common file.
    let [w, _c, _e, t, p] = plans[..] else {
        panic!("five documents, not {}", plans.len());
    };
    assert!(is_listed(&app, w, "四/(二)/6", "二/(六)").await, "W and C");
    assert!(is_listed(&app, p, "三/(二)/3/②", "三/(六)/3/①").await, "P");
    assert!(is_listed(&app, t, "四/(四)", "二/(五)").await, "T1 and T4");
    let who = app.who("zhou").await;
    let (view, found) = duplicates::show(&app.app, &who, w).await.unwrap();
    let elsewhere = found
        .open(&view.plan)
        .flat_map(|(_, near)| near)
        .filter(|near| matches!(near.what, Other::Elsewhere(..)));
    assert!(elsewhere.count() > 0);
}

#[tokio::test]
async fn import_11_the_five_documents_list_what_must_be_supplied() {
    let Some(files) = files() else { return };
    let app = TestApp::new().await;
    let who = app.who("zhou").await;
    let mut count = 0;
    for file in &files {
        let id = import(&app, file).await;
        let plan = plans::show(&app.app, &who, id).await.unwrap().plan;
        let list = questions::of(&plan);
        count += list
            .iter()
            .filter(|known| matches!(known.topic, Topic::Attachment | Topic::Document))
            .count();
        let year = plan.details.year;
        for missing in luoshi_plan::read(&plan.text, &ReadOptions { year }).missing {
            let asked = list.iter().any(|known| {
                matches!(known.topic, Topic::Attachment | Topic::Document)
                    && known.words == missing.text
            });
            assert!(asked, "{} is not asked for", missing.text);
        }
    }
    assert!(count >= 10, "only {count} are listed");
}
