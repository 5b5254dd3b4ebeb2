//! Every page against axe-core's rules for WCAG 2.2 AA and its best practices.
//!
//! Runs where a browser and axe-core are installed; `scripts/test` installs both.

use std::collections::BTreeSet;

use fantoccini::Client;
use luoshi_web::routes::{Audience, Entry, Gets};

use crate::access::{CAST, ELSEWHERE, Rows};
use crate::beside;
use crate::browser::Browser;
use crate::harness::TestApp;

/// The faults of the page, each with where it first stands.
const RUN: &str = "const done = arguments[arguments.length - 1]; \
    axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations.map( \
    (v) => `${v.impact} ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`)));";

/// Whether it is a page: what the browser takes down as a file is none, nor a part that is put into
/// a page.
fn is_page(entry: &Entry) -> bool {
    let path = entry.path;
    let file = path.rsplit('/').next().is_some_and(|end| end.contains('.'));
    let apart = ["/api/", "/feeds/", "/assets/"];
    let apart = apart.iter().any(|start| path.starts_with(start)) || path.contains("/forms/");
    entry.method == "GET" && !file && !apart
}

async fn faults(client: &Client, rules: &str, path: &str) -> Vec<String> {
    let kind = client
        .execute("return document.contentType", Vec::new())
        .await;
    if kind.unwrap() != "text/html" {
        return Vec::new();
    }
    client.execute(rules, Vec::new()).await.unwrap();
    let found = client.execute_async(RUN, Vec::new()).await.unwrap();
    let found = found.as_array().cloned().unwrap_or_default();
    let said = found.iter().filter_map(|one| one.as_str());
    said.map(|one| format!("{path} {one}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sys_04_axe_finds_no_fault_on_any_page() {
    let Some(folder) = beside::installed("axe-core", "axe-core") else {
        return;
    };
    let app = TestApp::new().await;
    let Some(browser) = Browser::open(&app).await else {
        return;
    };
    let rules = std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).unwrap();
    let _elsewhere = app.as_user("qin").await;
    let (office, owner) = (app.as_user("zhou").await, app.as_user("qin").await);
    let rows = Rows::of(&app, &office, &owner).await;
    let table = luoshi_web::table();
    let mut open: BTreeSet<&str> = table
        .entries()
        .iter()
        .filter(|entry| is_page(entry) && !ELSEWHERE.contains(&entry.path))
        .map(|entry| entry.path)
        .collect();
    assert!(open.len() > 60, "only {} pages", open.len());
    let mut found = Vec::new();
    for path in ["/sign-in", "/none"] {
        browser.goto(path).await;
        found.extend(faults(&browser.client, &rules, path).await);
        open.remove(path);
    }
    // The office sees most; the others have pages of their own.
    let mut cast = CAST;
    cast.sort_by_key(|(audience, _)| *audience != Audience::Office);
    for (audience, login) in cast {
        let theirs = table
            .entries()
            .iter()
            .filter(|entry| open.contains(entry.path) && entry.access.gets(audience) == Gets::Open);
        let theirs: Vec<&Entry> = theirs.collect();
        if theirs.is_empty() {
            continue;
        }
        browser.sign_in(login).await;
        for entry in theirs {
            let (path, real) = rows.fill(entry.path);
            if !real {
                continue;
            }
            browser.goto(&path).await;
            found.extend(faults(&browser.client, &rules, entry.path).await);
            open.remove(entry.path);
        }
    }
    browser.close().await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    // What no row of this bureau leads to; each is a page of a kind that was looked at.
    let left: Vec<&str> = open
        .into_iter()
        .filter(|path| !path.contains('{'))
        .collect();
    assert!(left.is_empty(), "not looked at: {left:?}");
}
