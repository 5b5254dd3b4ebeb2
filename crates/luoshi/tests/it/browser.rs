//! The daily path in a real browser: a plan is imported, confirmed, and one of its tasks lives.
//!
//! Runs where Debian's chromium and chromedriver are; `LUOSHI_TEST_BROWSER=required` makes their
//! absence a failure.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::harness::{Served, TestApp};
use crate::plan_versions::{FIRST, SECOND};

/// The longest that the page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser of its own with its driver, in front of a served application.
pub(crate) struct Browser {
    pub(crate) client: Client,
    served: Served,
    driver: Driver,
}

struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// `None` where there is no browser.
    fn start() -> Option<Self> {
        let found = Path::new("/usr/bin/chromedriver").exists();
        if !found {
            let required = std::env::var_os("LUOSHI_TEST_BROWSER").is_some();
            assert!(!required, "chromedriver is not installed");
            eprintln!("skipped: no chromedriver on this machine");
            return None;
        }
        let mut child = Command::new("/usr/bin/chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver ended").unwrap();
            if let Some(rest) = line.split("successfully on port ").nth(1) {
                break rest.trim_end_matches('.').parse().unwrap();
            }
        };
        // Whatever it still says must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Some(Self { child, port })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Browser {
    pub(crate) async fn open(app: &TestApp) -> Option<Self> {
        let driver = Driver::start()?;
        let served = app.serve().await;
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            // A click must find the button where it was seen.
            "--force-prefers-reduced-motion",
            "--window-size=1366,768",
        ];
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap();
        Some(Self {
            client,
            served,
            driver,
        })
    }

    pub(crate) async fn goto(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.served.address))
            .await
            .unwrap();
    }

    /// The element once it is there.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let waiting = self.client.wait().at_most(PATIENCE);
        match waiting.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css}: {error}\n{}", self.words().await),
        }
    }

    /// Waits for these words anywhere on the page.
    pub(crate) async fn sees(&self, words: &str) {
        let path = format!("//*[contains(normalize-space(.), '{words}')]");
        let waiting = self.client.wait().at_most(PATIENCE);
        if let Err(error) = waiting.for_element(Locator::XPath(&path)).await {
            panic!(
                "the page does not say {words}: {error}\n{}",
                self.words().await
            );
        }
    }

    pub(crate) async fn words(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    pub(crate) async fn click(&self, css: &str) {
        let clicked = self.find(css).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Replaces what a field holds.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        let filled = async {
            field.clear().await?;
            field.send_keys(text).await
        };
        filled
            .await
            .unwrap_or_else(|error| panic!("{css} takes no text: {error}"));
    }

    /// Presses a key on the page itself.
    pub(crate) async fn press(&self, key: &str) {
        self.client
            .active_element()
            .await
            .unwrap()
            .send_keys(key)
            .await
            .unwrap();
    }

    pub(crate) async fn confirm(&self) {
        self.click("#confirm[open] button[value=yes]").await;
    }

    pub(crate) async fn sign_in(&self, login: &str) {
        self.client.delete_all_cookies().await.unwrap();
        self.goto("/sign-in").await;
        self.fill("#name", login).await;
        self.fill("#password", luoshi_app::demo::PASSWORD).await;
        self.click(".sign-form .button-main").await;
        self.sees("今天要办的事").await;
    }

    /// Opens the form of an act on a task's page and sends it with what was entered.
    async fn act(&self, key: &str, entries: &[(&str, &str)], said: &str) {
        let form = format!("#act-{key}");
        let open = self.find(&form).await.attr("open").await.unwrap().is_some();
        if !open {
            self.click(&format!("{form} > summary")).await;
        }
        for (name, text) in entries {
            let radio = format!("{form} input[type=radio][name={name}]");
            if self.count(&radio).await > 0 {
                self.click(&format!("{radio}[value={text}]")).await;
            } else {
                self.fill(&format!("{form} [name={name}]"), text).await;
            }
        }
        self.click(&format!("{form} form .button-main")).await;
        if self.count("#confirm[open]").await > 0 {
            self.confirm().await;
        }
        self.find(".flash-ok").await;
        self.sees(said).await;
    }

    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
        drop(self.driver);
        self.served.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sys_04_a_plan_is_imported_confirmed_and_one_task_lives_its_whole_life() {
    let app = TestApp::new().await;
    let Some(browser) = Browser::open(&app).await else {
        return;
    };
    browser.sign_in("zhou").await;

    // Import.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(luoshi_app::demo::TRIAL_FILE);
    import(&browser, &file, luoshi_app::demo::trial_plan()).await;

    // Confirm: by keyboard, by button, with a reason, and the rest at once.
    let open = browser.count(".proposal-open").await;
    assert!(open >= 10, "only {open} proposals");
    browser.find(".finalise button[disabled]").await;
    browser.press("j").await;
    browser.press("a").await;
    browser.find(".proposal-accepted").await;
    browser.click(".proposal-accepted [data-key=u]").await;
    browser
        .find(".bench-list:not(:has(.proposal-accepted))")
        .await;
    confirm_all(&browser).await;
    browser.click(".finalise .button-main").await;
    browser.sees("定稿前看一遍").await;
    browser.click("#preview .button-main").await;
    browser.sees("方案已定稿").await;

    live(&browser).await;

    // Verify.
    browser.sign_in("zhou").await;
    browser.goto("/journal").await;
    browser.sees("校验通过").await;
    browser.close().await;
    assert!(app.is_rebuildable().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_12_a_new_version_is_imported_its_changes_seen_and_the_rest_taken_over() {
    let app = TestApp::new().await;
    let Some(browser) = Browser::open(&app).await else {
        return;
    };
    browser.sign_in("zhou").await;
    let folder = tempfile::tempdir().unwrap();
    import(&browser, &folder.path().join("first.txt"), FIRST).await;
    confirm_all(&browser).await;
    browser.click(".finalise .button-main").await;
    browser.click("#preview .button-main").await;
    browser.sees("方案已定稿").await;

    import(&browser, &folder.path().join("second.txt"), SECOND).await;
    browser.sees("的新版本吗").await;
    assert_eq!(browser.count(".proposal-open").await, 4);
    browser.click(".plan-note .button-main").await;
    browser.find(".changes ins").await;
    browser.sees("原条款已删除").await;
    browser.click(".plan-tabs a").await;
    browser.find("[data-workbench]").await;
    assert_eq!(browser.count(".proposal-open").await, 2);
    assert_eq!(browser.count(".proposal-merged").await, 2);
    browser.sees("第 1 版的结论").await;
    confirm_all(&browser).await;
    browser.click(".finalise .button-main").await;
    browser.click("#preview .button-main").await;
    browser.sees("方案已定稿").await;
    browser.close().await;
    assert!(app.is_rebuildable().await);
}

/// Uploads a text as the bureau's own plan.
async fn import(browser: &Browser, file: &Path, text: &str) {
    std::fs::write(file, text).unwrap();
    browser.goto("/imports").await;
    let input = browser.find("#upload input[type=file]").await;
    input.send_keys(file.to_str().unwrap()).await.unwrap();
    let category = browser.find("#upload select[name=category]").await;
    category.select_by_value("bureau").await.unwrap();
    browser.click("#upload .button-main").await;
    browser.find("[data-workbench]").await;
}

/// Accepts what is open, one after the other, and dismisses clauses that ask for nothing.
async fn confirm_all(browser: &Browser) {
    while browser.count(".proposal-open").await > 0 {
        let proposal = browser
            .find(".proposal-open")
            .await
            .attr("id")
            .await
            .unwrap()
            .unwrap();
        browser.click(&format!("#{proposal} [data-key=a]")).await;
        browser
            .find(&format!("#{proposal}.proposal-accepted"))
            .await;
    }
    // What asks for nothing is dismissed with a reason, the foreword for one.
    let bare = ".clause-group:not(:has(.proposal))";
    browser
        .click(&format!("{bare} .drop .fold > summary"))
        .await;
    browser
        .click(&format!("{bare} .fold input[value=背景说明]"))
        .await;
    browser
        .click(&format!("{bare} .fold form .button-main"))
        .await;
    browser.sees("每一条都有下文了").await;
}

/// One task from approval to its grade, each step by whose turn it is.
async fn live(browser: &Browser) {
    browser.sign_in("zhao").await;
    browser.goto("/ledger?queue=to_approve").await;
    browser.click("[data-pick-all]").await;
    browser.click("#batch button[value=approve]").await;
    browser
        .click("form[action='/ledger/acts/confirm'] .button-main")
        .await;
    browser.sees("已批准").await;

    browser.sign_in("zhou").await;
    browser.goto("/ledger?queue=to_issue").await;
    browser.click("[data-pick-all]").await;
    browser.click("#batch button[value=issue]").await;
    browser
        .click("form[action='/ledger/acts/confirm'] .button-main")
        .await;
    browser.sees("已下达").await;

    // The desk leads to what waits for the unit.
    browser.sign_in("ye").await;
    browser.click("a.title").await;
    browser.find("#act-sign-for").await;
    let task = browser
        .client
        .current_url()
        .await
        .unwrap()
        .path()
        .to_owned();
    browser.act("sign-for", &[], "签收").await;
    let report = [
        ("progress", "60"),
        ("text", "各客运站已开始报送"),
        ("evidence", "客运〔2026〕5号 报送通知"),
    ];
    browser.act("feedback", &report, "各客运站已开始报送").await;
    browser.sees("进度正常且有佐证，暂不需要填报").await;
    let close = [
        ("summary", "报送机制已经运转"),
        ("evidence", "客流日报三份"),
    ];
    browser.act("apply-to-close", &close, "客流日报三份").await;

    browser.sign_in("zhou").await;
    browser.goto(&task).await;
    browser
        .act(
            "review",
            &[("grade", "good"), ("opinion", "建议办结")],
            "初审",
        )
        .await;

    browser.sign_in("shen").await;
    browser.goto(&task).await;
    browser
        .act("endorse", &[("opinion", "同意")], "已办结")
        .await;
    browser.sees("落实好").await;
}
