//! A plan beside its earlier version, clause by clause, and whether it is one (IMPORT-12).

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::plans::versions::{self, Comparison};
use luoshi_app::{plans, policy};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::changes::Standing;
use luoshi_domain::plans::{Decision, Plan};

use crate::WebState;
use crate::extract::{Form, Nothing, Path, Query, SignedIn};
use crate::flash;
use crate::pages::plans::marked::{Run, marked};
use crate::pages::plans::{Head, answered, not_done};
use crate::pages::shell::Shell;
use crate::pages::{self, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// How clauses stand, with their keys and words, in the order of the counts.
const STANDINGS: [(Standing, &str, &str); 5] = [
    (Standing::Changed, "changed", "有改动"),
    (Standing::New, "new", "新增"),
    (Standing::Gone, "gone", "已删除"),
    (Standing::Moved, "moved", "换了位置"),
    (Standing::Unchanged, "unchanged", "没有变"),
];

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/plans/{id}/changes", Access::Bureau, get(show))
        .post(
            "/plans/{id}/versions/confirm",
            Access::Bureau,
            post(confirm),
        )
        .post("/plans/{id}/versions/deny", Access::Bureau, post(deny))
        .post("/plans/{id}/versions/undo", Access::Bureau, post(undo))
}

#[derive(Template)]
#[template(path = "plan_changes.html")]
struct ChangesPage {
    shell: Shell,
    head: Head,
    earlier_href: String,
    earlier_title: String,
    earlier_said: String,
    keys: Vec<Key>,
    rows: Vec<Row>,
}

/// A count that narrows the list.
struct Key {
    href: String,
    key: &'static str,
    label: &'static str,
    count: usize,
    current: bool,
}

/// A clause before and after.
struct Row {
    key: &'static str,
    label: &'static str,
    before_path: String,
    after_path: String,
    before: Vec<Run>,
    after: Vec<Run>,
    /// The words of a clause that did not change, shown once.
    same: String,
    href: String,
    /// What was taken over or waits.
    outcome: String,
    tasks: Vec<TaskLine>,
}

/// A task of a clause that is gone.
struct TaskLine {
    href: String,
    title: String,
    said: String,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Wish {
    show: String,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let found = versions::compare(&state.app, signed_in.who(), id).await?;
    let before = found.earlier.clause_texts();
    let after = found.view.plan.clause_texts();
    let path = format!("/plans/{id}/changes");
    let keys = STANDINGS.iter().map(|(standing, key, label)| Key {
        href: if wish.show == *key {
            path.clone()
        } else {
            format!("{path}?show={key}")
        },
        key,
        label,
        count: found
            .changes
            .iter()
            .filter(|change| change.standing == *standing)
            .count(),
        current: wish.show == *key,
    });
    let earlier = &found.earlier;
    let page = ChangesPage {
        shell: Shell::signed_in(&state, &signed_in, "/imports").await?,
        head: Head::of(&found.view, "changes"),
        earlier_href: format!("/plans/{}", earlier.id),
        earlier_title: earlier.details.title.clone(),
        earlier_said: format!(
            "第 {} 版，{} 导入",
            earlier.lineage.nth(),
            luoshi_app::tasks::sentences::moment(earlier.imported_at)
        ),
        keys: keys.collect(),
        rows: rows(&found, (&before, &after), &wish.show),
    };
    pages::html(StatusCode::OK, &page)
}

fn rows(found: &Comparison, texts: (&[&str], &[&str]), shown: &str) -> Vec<Row> {
    let (plan, earlier) = (&found.view.plan, &found.earlier);
    let is_known = STANDINGS.iter().any(|(_, known, _)| *known == shown);
    let outcomes = outcomes(plan);
    let changes = found.changes.iter().filter_map(|change| {
        let (_, key, label) = STANDINGS
            .iter()
            .find(|(standing, ..)| *standing == change.standing)?;
        // What did not change is counted and listed on demand only.
        let wanted = if is_known {
            shown == *key
        } else {
            change.standing != Standing::Unchanged
        };
        if !wanted {
            return None;
        }
        let old = change.before.map(|n| text_at(texts.0, n));
        let new = change.after.map(|n| text_at(texts.1, n));
        let same = matches!(change.standing, Standing::Unchanged | Standing::Moved);
        let (before, after) = if same {
            (Vec::new(), Vec::new())
        } else {
            marked(old.unwrap_or_default(), new.unwrap_or_default())
        };
        let path_of =
            |plan: &Plan, n: Option<u32>| n.map_or("", |n| plan.clause_path(n)).to_owned();
        let gone = found
            .gone
            .iter()
            .find(|(n, _)| change.after.is_none() && Some(*n) == change.before);
        let tasks = gone.map_or(&[][..], |(_, tasks)| tasks);
        let outcome = change.after.and_then(|n| outcomes.get(&n));
        Some(Row {
            key,
            label,
            before_path: path_of(earlier, change.before),
            after_path: path_of(plan, change.after),
            before,
            after,
            same: if same {
                new.unwrap_or_default().trim().to_owned()
            } else {
                String::new()
            },
            href: match change.after {
                Some(n) => format!("/plans/{}#group-{n}", plan.id),
                None => String::new(),
            },
            outcome: outcome.map_or_else(String::new, |outcome| outcome.said(earlier)),
            tasks: tasks
                .iter()
                .map(|task| TaskLine {
                    href: format!("/tasks/{}", task.id),
                    title: task.title.clone(),
                    said: format!(
                        "{} · {}",
                        task.number.as_deref().unwrap_or("未编号"),
                        labels::state(task.state, luoshi_domain::tasks::lists::Waiting::Nothing)
                            .label
                    ),
                })
                .collect(),
        })
    });
    changes.collect()
}

fn text_at<'a>(texts: &[&'a str], n: u32) -> &'a str {
    let place = usize::try_from(n).ok();
    place
        .and_then(|place| texts.get(place))
        .map_or("", |text| text.trim())
}

/// What came of a clause's proposals.
#[derive(Default)]
struct Outcome {
    carried: u32,
    open: u32,
}

/// The outcomes by clause; a large plan has thousands of both, so its proposals are walked once.
fn outcomes(plan: &Plan) -> HashMap<u32, Outcome> {
    let mut outcomes: HashMap<u32, Outcome> = HashMap::new();
    for known in &plan.proposals {
        let outcome = outcomes.entry(known.clause).or_default();
        outcome.carried += u32::from(known.carried.is_some());
        outcome.open += u32::from(known.decision == Decision::Open);
    }
    outcomes
}

impl Outcome {
    fn said(&self, earlier: &Plan) -> String {
        let Self { carried, open } = self;
        let mut parts = Vec::new();
        if *carried > 0 {
            parts.push(format!("{carried} 项沿用第 {} 版", earlier.lineage.nth()));
        }
        if *open > 0 {
            parts.push(format!("{open} 项待核对"));
        }
        parts.join("，")
    }
}

async fn confirm(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let who = signed_in.who();
    policy::see_plans(&state.app, who)?;
    let path = format!("/plans/{id}");
    let view = plans::show(&state.app, who, id).await?;
    let Some(earlier) = view.plan.lineage.likely() else {
        return Ok(flash::warn(&path, "没有待确认的旧版本。"));
    };
    match versions::confirm(&state.app, who, id, earlier).await {
        Ok(view) => {
            let known = view.plan.proposals.iter();
            let carried = known.filter(|known| known.carried.is_some()).count();
            let said = format!(
                "已确认为第 {} 版，{carried} 项没有变的沿用原来的结论",
                view.plan.lineage.nth()
            );
            Ok(flash::done(&format!("{path}/changes"), &said))
        }
        Err(error) => not_done(&path, error),
    }
}

async fn deny(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let path = format!("/plans/{id}");
    let done = versions::deny(&state.app, signed_in.who(), id).await;
    answered(&path, done, |_plan| {
        "已记为另一份方案，全部条款逐条核对".into()
    })
}

async fn undo(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    Form(Nothing {}): Form<Nothing>,
) -> WebResult<Response> {
    let path = format!("/plans/{id}");
    let done = versions::undo(&state.app, signed_in.who(), id).await;
    answered(&path, done, |_view| {
        "已撤回，沿用的结论恢复为待定，上一版恢复".into()
    })
}
