//! The six daily paths by keyboard alone: assigning, signing for, feeding back with a blocker,
//! extending, closing and refusing, urging many.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use crate::browser::Browser;
use crate::harness::TestApp;
use crate::tasks::{SMOOTH, act, confirmed, confirmed_text, only_task};

/// Most presses of a key until something is reached.
const PRESSES: usize = 400;

/// Somebody without a mouse.
struct Keys<'a>(&'a Browser);

impl Keys<'_> {
    async fn is_at(&self, css: &str) -> bool {
        let script = "return document.activeElement?.matches(arguments[0]) ?? false";
        let at = self.0.client.execute(script, vec![css.into()]).await;
        at.unwrap() == true
    }

    async fn value(&self) -> String {
        let script = "const at = document.activeElement; \
            return at.type === 'radio' ? (at.checked ? at.value : '') : String(at.value ?? '')";
        let value = self.0.client.execute(script, Vec::new()).await.unwrap();
        value.as_str().unwrap_or_default().to_owned()
    }

    /// As a keyboard does it; an element's own keys are something else in a field for dates.
    async fn press(&self, key: impl Into<char>) {
        let value = key.into();
        let keys = KeyActions::new("keys".into())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.0.client.perform_actions(keys).await.unwrap();
    }

    /// Goes on to what is meant.
    async fn tab_to(&self, css: &str) {
        self.0.find(css).await;
        for _press in 0..PRESSES {
            if self.is_at(css).await {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("{css} is not reached: {}", self.0.words().await);
    }

    async fn type_into(&self, css: &str, text: &str) {
        self.tab_to(css).await;
        let all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
        self.0.press(&all).await;
        self.0.press(text).await;
    }

    /// Chooses in a list or among radio buttons with the arrows.
    async fn choose(&self, css: &str, value: &str) {
        self.tab_to(css).await;
        if self.is_at("input[type=radio]").await {
            self.press(' ').await;
        }
        for _press in 0..PRESSES {
            if self.value().await == value {
                return;
            }
            self.press(Key::Down).await;
        }
        panic!("{css} has no {value}");
    }

    async fn press_on(&self, css: &str) {
        self.tab_to(css).await;
        self.press(Key::Enter).await;
    }

    /// The question before an official act.
    async fn confirm(&self) {
        self.0.find("#confirm[open]").await;
        self.press_on("#confirm[open] button[value=yes]").await;
    }

    /// Opens an act's form, if it is not open.
    async fn open(&self, verb: &str) {
        let form = format!("#act-{verb}");
        let shown = self.0.find(&form).await.attr("open").await.unwrap();
        if shown.is_none() {
            self.press_on(&format!("{form} > summary")).await;
        }
    }

    async fn send(&self, verb: &str, said: &str) {
        self.press_on(&format!("#form-{verb} .button-main")).await;
        self.0.find(".flash-ok").await;
        self.0.sees(said).await;
    }

    async fn sign_in(&self, login: &str) {
        self.0.client.delete_all_cookies().await.unwrap();
        self.0.goto("/sign-in").await;
        self.type_into("#name", login).await;
        self.type_into("#password", luoshi_app::demo::PASSWORD)
            .await;
        self.press(Key::Enter).await;
        self.0.sees("今天要办的事").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flow_01_a_task_is_assigned_and_signed_for_by_keyboard_alone() {
    let app = TestApp::new().await;
    let Some(browser) = Browser::open(&app).await else {
        return;
    };
    let keys = Keys(&browser);
    let lead = app.who("qin").await.actor.units()[0].to_string();
    let category = {
        let rules = luoshi_app::rules::of_bureau(&app.app, app.who("zhou").await.bureau).await;
        let rules = rules.unwrap();
        let first = rules.origins().next().map(|word| word.key.clone());
        first.unwrap()
    };
    let principal = app.who("zhao").await.actor.person.to_string();

    // Assigned: `g l` leads to the ledger, from there one opens the form.
    keys.sign_in("zhou").await;
    browser.press("gl").await;
    browser.sees("台账").await;
    keys.press_on("a[href='/tasks/new']").await;
    keys.type_into("#title", "核查全区公路桥梁隐患").await;
    keys.type_into("#target", "桥梁隐患底数清、台账全").await;
    keys.choose("#lead", &lead).await;
    keys.type_into("#limit", "12.20").await;
    keys.choose("#category", &category).await;
    keys.type_into("#document", "局长办公会纪要").await;
    keys.choose("#leader", &principal).await;
    keys.type_into("#instruction", "请规划建设科牵头，年内查清")
        .await;
    keys.press_on("#opening .button-main").await;
    browser.sees("已立项").await;
    keys.choose("#form-issue input[name=channel]", "system")
        .await;
    keys.press_on("#form-issue .button-main").await;
    keys.confirm().await;
    browser.find(".flash-ok").await;

    // Signed for: the desk leads there.
    keys.sign_in("qin").await;
    keys.press_on("a.title").await;
    keys.open("sign-for").await;
    keys.send("sign-for", "签收").await;
    browser.close().await;
    assert!(app.is_rebuildable().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flow_05_a_report_with_a_blocker_is_filed_and_answered_by_keyboard_alone() {
    let app = TestApp::new().await;
    let Some(browser) = Browser::open(&app).await else {
        return;
    };
    let keys = Keys(&browser);
    let task = format!("/tasks/{}", received(&app).await);
    keys.sign_in("qin").await;
    browser.goto(&task).await;
    keys.open("feedback").await;
    let field = |name: &str| format!("#form-feedback [name={name}]");
    keys.type_into(&field("progress"), "30").await;
    keys.type_into(&field("text"), "已完成外业调查").await;
    keys.type_into(&field("difficulties"), "用地指标没有落实")
        .await;
    keys.type_into(&field("suggestions"), "请协调自然资源部门")
        .await;
    keys.tab_to(&field("raise")).await;
    keys.press(' ').await;
    keys.send("feedback", "用地指标没有落实").await;
    browser.sees("起暂停").await;

    keys.sign_in("gao").await;
    browser.goto(&task).await;
    keys.open("answer-blocker").await;
    keys.choose("#form-answer-blocker input[name=answer]", "cleared")
        .await;
    keys.type_into("#form-answer-blocker [name=text]", "已商定，本周批复")
        .await;
    keys.send("answer-blocker", "已商定，本周批复").await;
    browser.close().await;
    assert!(app.is_rebuildable().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flow_10_more_time_is_asked_for_and_a_closing_refused_by_keyboard_alone() {
    let app = TestApp::new().await;
    let Some(browser) = Browser::open(&app).await else {
        return;
    };
    let keys = Keys(&browser);
    let id = received(&app).await;
    act(&app.as_user("qin").await, &id, "feedback", &SMOOTH).await;
    let task = format!("/tasks/{id}");

    keys.sign_in("qin").await;
    browser.goto(&task).await;
    keys.open("request-extension").await;
    let field = |name: &str| format!("#form-request-extension [name={name}]");
    keys.type_into(&field("proposed"), "2026-12-31").await;
    keys.type_into(&field("reason"), "专家评审改期").await;
    keys.send("request-extension", "专家评审改期").await;

    keys.sign_in("gao").await;
    browser.goto(&task).await;
    keys.open("decide-extension").await;
    keys.choose("#form-decide-extension input[name=decision]", "grant")
        .await;
    keys.send("decide-extension", "2026-12-31").await;

    keys.sign_in("qin").await;
    browser.goto(&task).await;
    keys.open("apply-to-close").await;
    let field = |name: &str| format!("#form-apply-to-close [name={name}]");
    keys.type_into(&field("summary"), "规划文本已经完成").await;
    keys.type_into(&field("evidence"), "规划〔2026〕7号 枢纽规划")
        .await;
    keys.send("apply-to-close", "规划文本已经完成").await;

    keys.sign_in("zhou").await;
    browser.goto(&task).await;
    keys.open("return").await;
    keys.type_into("#form-return [name=reason]", "还没有评审意见")
        .await;
    keys.send("return", "还没有评审意见").await;
    browser.close().await;
    assert!(app.is_rebuildable().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flow_15_many_tasks_are_urged_by_keyboard_alone() {
    let app = TestApp::new().await;
    let Some(browser) = Browser::open(&app).await else {
        return;
    };
    let keys = Keys(&browser);
    confirmed_text(&app, THREE).await;
    let zhou = app.as_user("zhou").await;
    let listed = zhou.get("/api/v1/tasks").await.json();
    for row in listed["rows"].as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        act(&app.as_user("zhao").await, id, "approve", &[]).await;
        act(&zhou, id, "issue", &[("channel", "system")]).await;
        act(&app.as_user("qin").await, id, "sign-for", &[]).await;
    }
    keys.sign_in("zhou").await;
    browser.press("gl").await;
    browser.find("[data-pick]").await;
    keys.tab_to("[data-pick-all]").await;
    keys.press(' ').await;
    keys.press_on("#batch button[data-act=urge]").await;
    keys.confirm().await;
    browser.sees("已催办 3 件").await;
    browser.close().await;
    assert!(app.is_rebuildable().await);
}

const THREE: &str = "某局工作方案\n\n一、重点任务\n\
    （一）规划建设科于2026年12月20日前编制完成枢纽规划。\n\
    （二）规划建设科于2026年12月10日前完成桥梁检测。\n\
    （三）规划建设科于2026年12月15日前修订养护办法。\n";

/// A task that the lead unit has signed for.
async fn received(app: &TestApp) -> String {
    confirmed(app).await;
    let zhou = app.as_user("zhou").await;
    let id = only_task(&zhou).await;
    act(&app.as_user("zhao").await, &id, "approve", &[]).await;
    act(&zhou, &id, "issue", &[("channel", "system")]).await;
    act(&app.as_user("qin").await, &id, "sign-for", &[]).await;
    id
}
