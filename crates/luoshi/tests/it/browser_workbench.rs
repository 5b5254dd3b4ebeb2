//! The workbench in a real browser: the keyboard alone, undo, filters.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use fantoccini::key::Key;
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::Decision;

use crate::browser::Browser;
use crate::harness::TestApp;

/// The longest that the page may take to come to a state.
const PATIENCE: Duration = Duration::from_secs(20);

/// The trial plan's workbench, open.
async fn workbench(app: &TestApp) -> Option<(Browser, PlanId)> {
    let browser = Browser::open(app).await?;
    let id = app.import(luoshi_app::demo::trial_plan()).await;
    browser.sign_in("zhou").await;
    browser.goto(&format!("/plans/{id}")).await;
    browser.find("[data-workbench]").await;
    Some((browser, id))
}

impl Browser {
    /// What the script gives for an expression.
    async fn eval(&self, expression: &str) -> String {
        let script = format!("return String({expression});");
        let value = self.client.execute(&script, Vec::new()).await.unwrap();
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the expression is true.
    async fn until(&self, expression: &str) {
        let start = Instant::now();
        while self.eval(&format!("Boolean({expression})")).await != "true" {
            assert!(
                start.elapsed() < PATIENCE,
                "never {expression}, the focus is on {}",
                self.focused().await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The id of what has the focus.
    async fn focused(&self) -> String {
        self.eval("document.activeElement.id || document.activeElement.tagName")
            .await
    }

    /// Reloads the workbench in a known place: the first open proposal.
    async fn start_over(&self, id: PlanId) {
        self.goto("/desk").await;
        self.goto(&format!("/plans/{id}")).await;
        self.find("[data-workbench]").await;
        self.press("j").await;
        self.until("document.activeElement.matches('.proposal')")
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_10_the_keyboard_alone_confirms_a_plan() {
    let app = TestApp::new().await;
    let Some((browser, id)) = workbench(&app).await else {
        return;
    };
    browser.press("n").await;
    for _ in 0..200 {
        if browser.count(".finalise a.button-main").await > 0 {
            break;
        }
        let at = browser.focused().await;
        if at.starts_with("proposal-") {
            browser.press("a").await;
            browser
                .until(&format!(
                    "document.getElementById('{at}').dataset.state === 'accepted'"
                ))
                .await;
        } else {
            assert!(at.starts_with("group-"), "the focus is on {at}");
            // The reason that most offices choose is chosen; Enter sends it.
            browser.press("N").await;
            browser
                .until("document.activeElement.matches('.fold-dismiss input')")
                .await;
            browser.press(&char::from(Key::Enter).to_string()).await;
            browser
                .until(&format!("!document.getElementById('{at}').dataset.bare"))
                .await;
        }
        let left = "document.querySelector('.finalise a.button-main')";
        browser
            .until(&format!("{left} || document.activeElement.id !== '{at}'"))
            .await;
    }
    browser.find(".finalise a.button-main").await;
    assert!(
        browser
            .eval("document.getElementById('said').textContent")
            .await
            .contains("可以定稿")
    );
    let link = browser.find(".finalise a.button-main").await;
    link.send_keys(&char::from(Key::Enter).to_string())
        .await
        .unwrap();
    browser.sees("定稿前看一遍").await;
    browser
        .until("document.activeElement.matches('#preview .button-main')")
        .await;
    browser.press(&char::from(Key::Enter).to_string()).await;
    browser.sees("方案已定稿").await;
    let plan = luoshi_app::plans::show(&app.app, &app.who("zhou").await, id)
        .await
        .unwrap()
        .plan;
    assert!(plan.tasks_to_open().len() >= 5);
    let open = |known: &&luoshi_domain::plans::Proposal| known.decision == Decision::Open;
    assert_eq!(plan.proposals.iter().filter(open).count(), 0);
    browser.close().await;
    assert!(app.is_rebuildable().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_10_steps_are_undone_several_back_by_key_and_survive_a_reload() {
    let app = TestApp::new().await;
    let Some((browser, id)) = workbench(&app).await else {
        return;
    };
    let all = browser.count(".proposal-open").await;
    browser.press("j").await;
    for n in 1..=3 {
        browser.press("a").await;
        browser
            .until(&format!(
                "document.querySelectorAll('.proposal-accepted').length === {n}"
            ))
            .await;
        browser
            .until("document.activeElement.matches('.proposal-open')")
            .await;
    }
    browser.start_over(id).await;
    for n in (0..3).rev() {
        let focus_left = "document.querySelector('#coverage [data-key=z]').click()";
        if n == 2 {
            // As in any text program.
            let undo = format!("{}z", char::from(Key::Control));
            browser.press(&undo).await;
        } else if n == 1 {
            browser.press("z").await;
        } else {
            browser.eval(focus_left).await;
        }
        browser
            .until(&format!(
                "document.querySelectorAll('.proposal-accepted').length === {n} \
                 && document.querySelector('.flash')"
            ))
            .await;
        browser.sees("已撤销：采纳").await;
    }
    assert_eq!(browser.count(".proposal-open").await, all);
    assert_eq!(browser.count("#coverage [data-key=z]").await, 0);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ui_8_every_key_in_the_help_works_and_none_fires_while_typing() {
    let app = TestApp::new().await;
    let Some((browser, id)) = workbench(&app).await else {
        return;
    };
    browser.press("?").await;
    browser.find("#keys[open]").await;
    let named = "[...document.querySelectorAll('#keys-bench ~ div kbd')].map((key) => key.textContent).join('')";
    let named = browser.eval(named).await;
    let named: BTreeSet<char> = named.chars().collect();
    browser.click("#keys .button-main").await;

    let mut worked = BTreeSet::new();
    let fold = |key: &str| format!("document.activeElement.closest('.fold-{key}')");
    for key in "jkJKnaemxuANz/".chars() {
        browser.start_over(id).await;
        let first = browser.focused().await;
        let moved = format!("document.activeElement.id !== '{first}'");
        match key {
            'j' | 'n' | 'J' => {
                browser.press(&key.to_string()).await;
                browser.until(&moved).await;
            }
            'k' | 'K' => {
                browser.press(if key == 'k' { "j" } else { "J" }).await;
                browser.until(&moved).await;
                browser.press(&key.to_string()).await;
                browser.until(&format!("document.activeElement.id === '{first}' || document.activeElement.matches('.clause-group')")).await;
            }
            'a' => {
                browser.press("a").await;
                browser
                    .until(&format!(
                        "document.getElementById('{first}').dataset.state === 'accepted'"
                    ))
                    .await;
            }
            'u' => {
                browser.press("a").await;
                browser
                    .until(&format!(
                        "document.getElementById('{first}').dataset.state === 'accepted'"
                    ))
                    .await;
                browser.until(&moved).await;
                browser.press("k").await;
                browser
                    .until(&format!("document.activeElement.id === '{first}'"))
                    .await;
                browser.press("u").await;
                browser
                    .until(&format!(
                        "document.getElementById('{first}').dataset.state === 'open'"
                    ))
                    .await;
            }
            'e' => {
                browser.press("e").await;
                browser.until(&fold("edit")).await;
            }
            'm' => {
                browser.press("m").await;
                browser.until(&fold("merge")).await;
            }
            'x' => {
                browser.press("x").await;
                browser.until(&fold("reject")).await;
            }
            'N' => {
                browser.press("N").await;
                browser.until(&fold("dismiss")).await;
            }
            'A' => {
                // Goes to a clause that has something clear.
                browser
                    .eval("document.querySelector('.proposal-open[data-clear]').focus()")
                    .await;
                let before = browser.count(".proposal-accepted").await;
                browser.press("A").await;
                browser
                    .until(&format!(
                        "document.querySelectorAll('.proposal-accepted').length > {before}"
                    ))
                    .await;
            }
            'z' => {
                browser.press("a").await;
                browser
                    .until(&format!(
                        "document.getElementById('{first}').dataset.state === 'accepted'"
                    ))
                    .await;
                browser.press("z").await;
                browser.sees("已撤销：采纳").await;
                browser
                    .until(&format!("document.activeElement.id === '{first}'"))
                    .await;
            }
            _ => {
                browser.press("/").await;
                browser
                    .until("document.activeElement.id === 'bench-q'")
                    .await;
                // Typed letters are words, not decisions.
                let accepted = browser.count(".proposal-accepted").await;
                browser.press("aAxNz").await;
                assert_eq!(
                    browser
                        .eval("document.getElementById('bench-q').value")
                        .await,
                    "aAxNz"
                );
                assert_eq!(browser.count(".proposal-accepted").await, accepted);
            }
        }
        worked.insert(key);
        while browser.count("#coverage [data-key=z]").await > 0 {
            let stamp = browser
                .eval("document.querySelector('#coverage [name=act]').value")
                .await;
            browser.eval("document.activeElement.blur()").await;
            browser.click("#coverage [data-key=z]").await;
            browser
                .until(&format!(
                    "document.readyState === 'complete' && \
                     document.querySelector('#coverage [name=act]')?.value !== '{stamp}'"
                ))
                .await;
        }
    }
    assert_eq!(worked, named, "the help and the keys differ");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_10_a_filtered_list_is_decided_at_once_after_a_preview_and_undone_as_one() {
    let app = TestApp::new().await;
    let Some((browser, _id)) = workbench(&app).await else {
        return;
    };
    let all = browser.count(".proposal").await;
    let kind = browser.find("#filters select[name=kind]").await;
    kind.select_by_value("task").await.unwrap();
    browser.until("location.search === '?kind=task'").await;
    let listed = browser.count(".proposal-open").await;
    assert!(listed > 0 && listed < all, "{listed} of {all}");
    browser.click("#filters a[href*='bulk/accept']").await;
    browser.sees(&format!("将改动 {listed} 处")).await;
    browser.click("#preview .button-main").await;
    browser.sees(&format!("已办 {listed} 处")).await;
    browser.until("location.search === '?kind=task'").await;
    assert_eq!(browser.count(".proposal-accepted").await, listed);
    browser.press("z").await;
    browser.sees("已撤销：采纳").await;
    assert_eq!(browser.count(".proposal-open").await, listed);
    browser.until("location.search === '?kind=task'").await;
    browser.close().await;
}
