//! The frame around every page: who is signed in, where to go, what just happened.

use chrono::Datelike;
use chrono::NaiveDate;
use luoshi_app::accounts::Visitor;
use luoshi_app::{bureaus, desk, policy};
use luoshi_domain::calendar::Calendar;
use luoshi_domain::rights::Right;

use crate::WebState;
use crate::assets;
use crate::extract::SignedIn;
use crate::flash::Flash;
use crate::problem::WebResult;

/// The frame, as `document.html` and `layout.html` draw it.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    pub bureau: String,
    pub today: String,
    pub today_said: String,
    pub csrf: String,
    pub version: String,
    pub css: String,
    pub js: String,
    pub icon: String,
    pub user: Option<User>,
    pub nav: Vec<NavItem>,
    pub query: String,
    pub notice: String,
    /// What must not be overlooked; empty if nothing.
    pub alarm: String,
    /// Said while one types for somebody else; empty otherwise.
    pub by_hand: String,
    pub flash: Option<Flash>,
}

/// Who is signed in.
#[derive(Clone, Debug, Default)]
pub struct User {
    pub name: String,
    pub post: String,
}

/// A place to go; a count of 0 is not shown, one of more than 99 as such.
#[derive(Clone, Debug, Default)]
pub struct NavItem {
    pub href: String,
    pub label: String,
    pub count: u64,
    pub current: bool,
}

impl Shell {
    /// The frame before anybody is signed in.
    pub(crate) fn anonymous(state: &WebState) -> Self {
        let today = state.app.today();
        let calendar = &state.app.shipped_calendar;
        let weekday = weekday(today);
        let said = format!("{}年{}月{}日", today.year(), today.month(), today.day());
        Self {
            bureau: "落实".into(),
            today: today.to_string(),
            today_said: format!("{said} {weekday} · {}", working(calendar, today)),
            version: env!("CARGO_PKG_VERSION").into(),
            css: assets::href("app.css"),
            js: assets::href("app.js"),
            icon: assets::href("icon.svg"),
            notice: provisional(calendar, today),
            ..Self::default()
        }
    }

    /// The frame of a page on which somebody who signs in has something to do first.
    pub(crate) async fn bare(state: &WebState, visitor: &Visitor) -> WebResult<Self> {
        Ok(Self {
            bureau: bureaus::name(&state.app, visitor.who.bureau).await?,
            csrf: visitor.csrf.clone(),
            ..Self::anonymous(state)
        })
    }

    /// The frame of a signed-in person's page; `current` is the address that the menu marks.
    pub(crate) async fn signed_in(
        state: &WebState,
        signed_in: &SignedIn,
        current: &str,
    ) -> WebResult<Self> {
        Self::of(state, &signed_in.visitor, current, signed_in.flash.clone()).await
    }

    /// The frame of a visitor's page.
    pub(crate) async fn of(
        state: &WebState,
        visitor: &Visitor,
        current: &str,
        flash: Option<Flash>,
    ) -> WebResult<Self> {
        let who = &visitor.who;
        let desk::Frame {
            waiting,
            new,
            alarm,
            rules,
        } = desk::frame(&state.app, who).await?;
        let holds = |right| policy::holds(&state.app, &who.actor, right);
        let mut nav = vec![
            item("/desk", "今日", u64::from(waiting), current),
            item("/inbox", "消息", u64::from(new), current),
        ];
        if holds(Right::ListBureau) {
            nav.push(item("/board", "看板", 0, current));
        }
        nav.extend([
            item("/ledger", "台账", 0, current),
            item("/lists", "清单", 0, current),
            item("/calendar", "日历", 0, current),
        ]);
        nav.push(item("/organisation", "机构", 0, current));
        if holds(Right::SeePlans) {
            nav.push(item("/imports", "方案", 0, current));
        }
        if holds(Right::SeePacks) {
            nav.push(item("/packs", "机制", 0, current));
        }
        if holds(Right::SeeJournal) {
            nav.push(item("/journal", "流水", 0, current));
        }
        if holds(Right::SeeAudit) {
            nav.push(item("/audit", "审计", 0, current));
        }
        if holds(Right::ManageHooks) {
            nav.push(item("/hooks", "外发", 0, current));
        }
        if holds(Right::ManageAccounts) {
            nav.push(item("/accounts", "账号", 0, current));
        }
        let bare = Self::bare(state, visitor).await?;
        let (said, _worked) = bare
            .today_said
            .split_once(" · ")
            .unwrap_or((&bare.today_said, ""));
        Ok(Self {
            today_said: format!("{said} · {}", working(&rules.calendar, rules.today)),
            notice: provisional(&rules.calendar, rules.today),
            alarm: alarm.unwrap_or_default(),
            by_hand: match &who.actor.hand {
                Some(hand) => format!(
                    "{}正在代{}（{}）填报，每一步都会注明代填人。",
                    hand.name, who.actor.name, who.actor.title
                ),
                None => String::new(),
            },
            user: Some(User {
                name: who.actor.name.clone(),
                post: who.actor.title.clone(),
            }),
            nav,
            flash,
            ..bare
        })
    }
}

fn working(calendar: &Calendar, day: NaiveDate) -> &'static str {
    if calendar.is_workday(day) {
        "工作日"
    } else {
        "休息日"
    }
}

/// Said while the notice of the year is not known; empty otherwise.
fn provisional(calendar: &Calendar, day: NaiveDate) -> String {
    if !calendar.is_provisional(day) {
        return String::new();
    }
    let year = day.year();
    format!("{year} 年的放假通知尚未录入，工作日暂按周一至周五计算。")
}

/// The day's name.
pub(crate) fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        chrono::Weekday::Mon => "星期一",
        chrono::Weekday::Tue => "星期二",
        chrono::Weekday::Wed => "星期三",
        chrono::Weekday::Thu => "星期四",
        chrono::Weekday::Fri => "星期五",
        chrono::Weekday::Sat => "星期六",
        chrono::Weekday::Sun => "星期日",
    }
}

/// The day's name, and that the holidays of its year are not known yet.
pub(crate) fn day_note(day: NaiveDate, calendar: &Calendar) -> String {
    let weekday = weekday(day);
    if calendar.is_provisional(day) {
        format!("{weekday}，假期未定")
    } else {
        weekday.to_owned()
    }
}

fn item(href: &str, label: &str, count: u64, current: &str) -> NavItem {
    NavItem {
        href: href.into(),
        label: label.into(),
        count,
        current: href == current,
    }
}
