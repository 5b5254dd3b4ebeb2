//! The ledger: where everything stands. Filters, counts by light, batch acts and the export.

mod acts;
mod batch;
mod columns;
mod filings;
mod filters;
mod groups;
pub(crate) mod imports;
pub(crate) mod query;
mod status;
mod table;
mod tiers;
mod views;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::desk::ahead;
use luoshi_app::rules::{self, Rules};
use luoshi_app::tasks::{Found, Ledger};
use luoshi_app::{App, Who, plans, policy, tasks};
use luoshi_domain::calendar::local_time;
use luoshi_domain::ids::TaskId;
use luoshi_domain::lights::{Colour, Light as DomainLight};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::PlanRow;
use luoshi_domain::rights::Right;
use luoshi_domain::search::Line;
use luoshi_domain::tasks::lists::{LightTally, TaskGroup, TaskRow, TaskSort};
use luoshi_domain::tasks::{Level, TaskState};
use luoshi_domain::trajectories::whole;
use luoshi_domain::views::View as SavedView;

use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::ledger::columns::Columns;
use crate::pages::ledger::filters::Filter;
use crate::pages::ledger::groups::Groups;
use crate::pages::ledger::query::{Wish, colour_name};
use crate::pages::ledger::views::Tab;
use crate::pages::parts::{Choice, Light, Link, Pager, Progress, State as Badge, Tally};
use crate::pages::shell::{Shell, day_note};
use crate::pages::{html, labels};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

const PATH: &str = "/ledger";
const EXPORT_PATH: &str = "/ledger/export.csv";
const WORKBOOK_PATH: &str = "/ledger/export.xlsx";

/// Rows of a page.
const PAGE_SIZE: u32 = 50;

pub(crate) fn routes(table: Table) -> Table {
    status::routes(filings::routes(imports::routes(table)))
        .get(PATH, Access::Member, get(show))
        .get(EXPORT_PATH, Access::Member, get(table::export))
        .get(WORKBOOK_PATH, Access::Member, get(table::workbook))
        .get(tiers::PATH, Access::Member, get(tiers::show))
        .get(views::VIEWS_PATH, Access::Member, get(views::list))
        .post(views::VIEWS_PATH, Access::Member, post(views::save))
        .post("/ledger/views/{id}/first", Access::Own, post(views::first))
        .post("/ledger/views/{id}/share", Access::Own, post(views::share))
        .post("/ledger/views/{id}/drop", Access::Own, post(views::drop))
        .post("/ledger/acts", Access::Member, post(acts::ask))
        .post("/ledger/acts/confirm", Access::Member, post(acts::confirm))
        .post("/ledger/urge", Access::Member, post(batch::urge))
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    shell: Shell,
    tally: Vec<Tally>,
    total_said: String,
    /// Counts to the end; empty when it was counted so.
    exact: String,
    views: Vec<Tab>,
    /// The name of the view that is looked at.
    view_name: String,
    /// The parameters as a view saves them.
    saved: String,
    may_share: bool,
    columns: Vec<Choice>,
    /// What the form of the columns sends on.
    kept: Vec<(&'static str, String)>,
    show: Columns,
    group_choices: Vec<Link>,
    groups: Option<Groups>,
    q: String,
    from: String,
    until: String,
    filters: Vec<Filter>,
    hidden: Vec<(&'static str, String)>,
    applied: Vec<Link>,
    clear: &'static str,
    heads: Vec<Head>,
    rows: Vec<Row>,
    pager: Pager,
    batch: Vec<BatchAct>,
    may_import: bool,
    /// The table of what is ticked, to be ended with the ids.
    take: String,
    /// The address to come back to.
    here: String,
    export: String,
    workbook: String,
}

struct Head {
    label: &'static str,
    href: String,
    sort: &'static str,
    class: &'static str,
}

struct Row {
    id: String,
    href: String,
    number: String,
    title: String,
    key: bool,
    /// How far it may be known; empty when it is not marked.
    mark: &'static str,
    target: String,
    lead: String,
    person: String,
    leader: String,
    due: String,
    due_note: String,
    late: bool,
    progress: Progress,
    light: Light,
    state: Badge,
    changed: String,
    kind: &'static str,
    issued: String,
    reports: String,
    grade: &'static str,
    tags: String,
    /// The task right above, where it is one that may be named.
    above: Option<Link>,
    acts: &'static str,
    /// Where the word looked for stands, unless it is the title.
    hit: Option<Passage>,
}

/// A hit with what stands around it.
struct Passage {
    place: &'static str,
    before: String,
    word: String,
    after: String,
}

impl Passage {
    fn of(found: &Found) -> Option<Self> {
        let place = match found.line {
            // It stands in the row already.
            Some(Line::Title | Line::Number) => return None,
            Some(Line::Target) => "目标要求",
            Some(Line::Requirement) => "办理要求",
            Some(Line::Source) => "来源",
            Some(Line::File) => "附件",
            None => "反馈",
        };
        Some(Self {
            place,
            before: found.hit.before.clone(),
            word: found.hit.word.clone(),
            after: found.hit.after.clone(),
        })
    }
}

struct BatchAct {
    key: &'static str,
    label: &'static str,
    action: &'static str,
    /// Asked before it is done; empty when a page comes in between.
    confirm: &'static str,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    RawQuery(query): RawQuery,
) -> WebResult<Response> {
    let wish = Wish::read(query.as_deref())?;
    let (app, who) = (&state.app, signed_in.who());
    let views = views::known(&state, who).await?;
    let mut first = views.iter();
    if wish.is_bare()
        && wish.view.is_empty()
        && wish.after.is_empty()
        && let Some(first) = first.find(|view| view.is_first_for(who.actor.person))
    {
        return Ok(Redirect::to(&views::address(first)).into_response());
    }
    let rules = rules::of_bureau(app, who.bureau).await?;
    let (filter, sort) = (wish.filter(app, &rules, who)?, wish.sort()?);
    let (page, cap) = (wish.page(PAGE_SIZE), wish.cap());
    let (ledger, lights) = tasks::list_lit(app, who, &filter, (sort, &page), cap).await?;
    let groups = match wish.group()? {
        Some(by) => Some((by, tasks::groups(app, who, &filter, by).await?)),
        None => None,
    };
    let plans = known_plans(&state, who).await?;
    let tags = tasks::batches::tags(app, who).await?;
    let above = above(app, who, &ledger, &wish).await?;
    let mut shell = Shell::signed_in(&state, &signed_in, PATH).await?;
    shell.query.clone_from(&wish.q);
    let view = View {
        app,
        rules: &rules,
        who,
        wish: &wish,
        organisation: &ledger.organisation,
        plans: &plans,
        views: &views,
        tags: &tags,
        above: &above,
        today: app.today(),
    };
    html(
        StatusCode::OK,
        &view.page(shell, &ledger, &lights, sort, groups),
    )
}

/// The plans to choose from; none for those who may not see plans.
async fn known_plans(state: &WebState, who: &Who) -> WebResult<Vec<PlanRow>> {
    if !policy::holds(&state.app, &who.actor, Right::SeePlans) {
        return Ok(Vec::new());
    }
    Ok(plans::list(&state.app, who).await?)
}

/// The titles of the tasks above those listed, and of the one that is asked for, as far as the
/// reader may see them; by id.
async fn above(
    app: &App,
    who: &Who,
    ledger: &Ledger,
    wish: &Wish,
) -> WebResult<HashMap<String, String>> {
    let mut ids: Vec<TaskId> = ledger
        .page
        .rows
        .iter()
        .filter_map(|row| row.parent)
        .collect();
    ids.extend(wish.parent.parse::<TaskId>().ok());
    let titles = tasks::titles(app, who, &ids).await?;
    let titles = titles
        .into_iter()
        .map(|(id, title)| (id.to_string(), title));
    Ok(titles.collect())
}

/// How many rows there are of each key of a group.
type Counted = Vec<(Option<String>, u32)>;

/// What the page is made with.
struct View<'a> {
    app: &'a App,
    rules: &'a Rules,
    who: &'a Who,
    wish: &'a Wish,
    organisation: &'a Organisation,
    plans: &'a [PlanRow],
    views: &'a [SavedView],
    tags: &'a [String],
    /// The titles of the tasks above those listed, by id.
    above: &'a HashMap<String, String>,
    today: NaiveDate,
}

impl View<'_> {
    fn page(
        &self,
        shell: Shell,
        ledger: &Ledger,
        lights: &LightTally,
        sort: TaskSort,
        groups: Option<(TaskGroup, Counted)>,
    ) -> LedgerPage {
        let order = match sort {
            TaskSort::Limit => "按完成时限从近到远",
            TaskSort::Updated => "最近变动的在前",
            TaskSort::Opened => "按立项先后",
        };
        let filters = self.filters();
        LedgerPage {
            shell,
            tally: self.tally(lights),
            total_said: format!("{}，{order}", counted(ledger)),
            exact: match ledger.at_least {
                true => self.wish.with(PATH, "count", "exact"),
                false => String::new(),
            },
            views: views::tabs(self.views, self.wish),
            view_name: {
                let mut known = self.views.iter();
                let current = known.find(|view| view.id.to_string() == self.wish.view);
                current
                    .map(|view| view.details.name.clone())
                    .unwrap_or_default()
            },
            saved: self.wish.saved(),
            may_share: policy::holds(self.app, &self.who.actor, Right::ShareView),
            columns: columns::choices(self.wish),
            kept: self.wish.kept(),
            show: Columns::of(self.wish),
            group_choices: self.group_choices(),
            groups: groups.map(|(by, found)| self.groups(by, &found)),
            q: self.wish.q.clone(),
            from: self.wish.from.clone(),
            until: self.wish.until.clone(),
            applied: self.applied(&filters),
            filters,
            hidden: self.hidden(),
            clear: "/ledger?view=none",
            heads: columns::heads(self.wish, sort),
            rows: ledger
                .page
                .rows
                .iter()
                .map(|row| self.row(row, &ledger.hits))
                .collect(),
            pager: self.pager(ledger),
            batch: self.batch(),
            may_import: policy::holds(self.app, &self.who.actor, Right::OpenTask),
            take: self.wish.take(WORKBOOK_PATH),
            here: self.wish.at(PATH),
            export: self.wish.at(EXPORT_PATH),
            workbook: self.wish.at(WORKBOOK_PATH),
        }
    }

    fn tally(&self, lights: &LightTally) -> Vec<Tally> {
        let cap = self.wish.cap();
        // Of a word that very many texts hold only the first rows were looked at.
        let looked = lights.at_least && !self.wish.q.trim().is_empty();
        let more = |count: u32| match looked || count >= cap {
            true => "以上",
            false => "",
        };
        let mut tally = vec![Tally {
            href: self.wish.with(PATH, "light", ""),
            count: u64::from(lights.of(None)),
            label: "全部".into(),
            note: if lights.at_least { "以上" } else { "" }.into(),
            red: false,
            current: self.wish.light.is_empty(),
        }];
        for (colour, count) in lights.counts {
            let (label, note) = colour_words(colour);
            let note = match more(count) {
                "" => note,
                more => more,
            };
            tally.push(Tally {
                href: self.wish.with(PATH, "light", colour_name(colour)),
                count: u64::from(count),
                label: label.into(),
                note: note.into(),
                red: colour == Colour::Red,
                current: self.wish.light == colour_name(colour),
            });
        }
        tally
    }

    fn row(&self, row: &TaskRow, hits: &[(TaskId, Found)]) -> Row {
        let facts = tasks::row_facts(row);
        let light = DomainLight::of(&facts, self.today, &self.rules.calendar, &self.rules.leads);
        let day = facts.judged_on(self.today);
        let behind = facts.gap(day).unwrap_or_default() > 10 * self.rules.leads.behind_points.value;
        let over = matches!(row.state, TaskState::Closed | TaskState::Cancelled);
        let head = row
            .lead
            .and_then(|lead| self.organisation.first_responsible(lead));
        let person = |id| self.organisation.person_name(id).to_owned();
        Row {
            id: row.id.to_string(),
            href: format!("/tasks/{}", row.id),
            number: row.number.clone().unwrap_or_else(|| "未编号".into()),
            title: row.title.clone(),
            key: row.level == Level::Major,
            mark: labels::mark(row.mark),
            target: self.origin(row),
            lead: row.lead.map_or_else(
                || "未定".into(),
                |lead| labels::leads(self.organisation, lead, &row.particulars.joint),
            ),
            person: head.map(person).unwrap_or_default(),
            leader: row.deputy.map(person).unwrap_or_default(),
            due: row
                .limit
                .map_or_else(|| "未定".into(), |limit| limit.to_string()),
            due_note: row
                .limit
                .map(|limit| day_note(limit, &self.rules.calendar))
                .unwrap_or_default(),
            late: light.colour == Colour::Red,
            progress: Progress {
                done: row.progress,
                expected: whole(facts.expected(day).unwrap_or_default()),
                behind: !over && behind,
            },
            light: light.into(),
            state: labels::row_badge(row),
            changed: labels::clocks(row)
                .or_else(|| {
                    let soon = ahead(self.today, &self.rules.leads.report_soon_days);
                    labels::report(row, self.today, soon)
                })
                .unwrap_or_else(|| format!("{} 变动", local_time(row.updated_at).format("%m-%d"))),
            kind: labels::task_kind(row.kind),
            issued: row.issued_on.map(|day| day.to_string()).unwrap_or_default(),
            reports: row.feedbacks.to_string(),
            grade: row.grade.map(tasks::sentences::grade).unwrap_or_default(),
            tags: row.tags.join("、"),
            above: row.parent.and_then(|parent| {
                let title = self.above.get(&parent.to_string())?;
                Some(Link {
                    href: format!("/tasks/{parent}"),
                    label: title.clone(),
                })
            }),
            acts: match row.state {
                TaskState::Draft => "approve",
                TaskState::Approved => "issue",
                TaskState::Issued
                | TaskState::Accepted
                | TaskState::InProgress
                | TaskState::Supervising
                    if row.paused_since.is_none() =>
                {
                    "urge"
                }
                _ => "",
            },
            hit: hits
                .iter()
                .find(|(id, _)| *id == row.id)
                .and_then(|(_, found)| Passage::of(found)),
        }
    }

    fn origin(&self, row: &TaskRow) -> String {
        let category = self.rules.origin_label(&row.category);
        if row.clause_path.is_empty() {
            category.to_owned()
        } else {
            format!("{category} · {}", row.clause_path)
        }
    }

    fn pager(&self, ledger: &Ledger) -> Pager {
        let first = self.wish.at(PATH);
        let shown = ledger.page.rows.len();
        let all = self.wish.after.is_empty() && ledger.page.next.is_none();
        let short = u32::try_from(shown).is_ok_and(|shown| shown < PAGE_SIZE);
        let mut pager = Pager {
            said: if all {
                format!("共 {shown} 项，已全部列出")
            } else if short && ledger.page.next.is_some() {
                format!("本页查到 {shown} 项，后面还有没查到的，点“下一页”接着查")
            } else {
                format!("本页 {shown} 项，{}", counted(ledger))
            },
            ..Pager::default()
        };
        if let Some(next) = &ledger.page.next {
            pager.next = self.wish.with(PATH, "after", next);
        }
        if !self.wish.after.is_empty() {
            pager.previous = first;
        }
        pager
    }

    fn batch(&self) -> Vec<BatchAct> {
        let mut acts = Vec::new();
        if policy::holds_on_tasks(self.app, &self.who.actor, Right::ApproveTask) {
            acts.push(BatchAct {
                key: "approve",
                label: "批准立项…",
                action: "/ledger/acts",
                confirm: "",
            });
        }
        if policy::holds_on_tasks(self.app, &self.who.actor, Right::IssueTask) {
            acts.push(BatchAct {
                key: "issue",
                label: "下达…",
                action: "/ledger/acts",
                confirm: "",
            });
        }
        if self.who.actor.supervises {
            acts.push(BatchAct {
                key: "urge",
                label: "催办",
                action: "/ledger/urge",
                confirm: "将催办 {n} 项，请牵头单位 3 个工作日内答复；每个单位只收到一条消息。今天催过的、进度正常且有佐证的会留下，并说明原因。",
            });
        }
        if policy::holds_on_tasks(self.app, &self.who.actor, Right::AmendTask) {
            acts.push(BatchAct {
                key: "lead",
                label: "改派牵头单位…",
                action: "/ledger/acts",
                confirm: "",
            });
            acts.push(BatchAct {
                key: "cadence",
                label: "上报间隔…",
                action: "/ledger/acts",
                confirm: "",
            });
            acts.push(BatchAct {
                key: "tag",
                label: "标签…",
                action: "/ledger/acts",
                confirm: "",
            });
        }
        acts
    }
}

/// How many rows the list has, and whether there may be more.
fn counted(ledger: &Ledger) -> String {
    match ledger.at_least {
        true => format!("{} 项以上", ledger.count),
        false => format!("共 {} 项", ledger.count),
    }
}

fn colour_words(colour: Colour) -> (&'static str, &'static str) {
    match colour {
        Colour::Red => ("● 红", "逾期或严重落后"),
        Colour::Yellow => ("▲ 黄", "临期、落后或观察期"),
        Colour::Green => ("■ 绿", "正常"),
        Colour::Grey => ("○ 灰", "未下达或无时限"),
        Colour::Done => ("✓ 结", "办结或撤销"),
    }
}
