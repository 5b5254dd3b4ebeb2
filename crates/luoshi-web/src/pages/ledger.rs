//! The ledger: where everything stands. Filters, counts by light, batch acts and the export.

mod batch;
mod filters;
pub(crate) mod query;
mod table;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::rules::{self, Rules};
use luoshi_app::tasks::{Found, Ledger};
use luoshi_app::{App, COUNT_CAP, Who, plans, policy, tasks};
use luoshi_domain::calendar::local_time;
use luoshi_domain::ids::TaskId;
use luoshi_domain::lights::{Colour, Light as DomainLight};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::PlanRow;
use luoshi_domain::rights::Right;
use luoshi_domain::search::Line;
use luoshi_domain::tasks::lists::{TaskRow, TaskSort};
use luoshi_domain::tasks::{Level, TaskState};
use luoshi_domain::trajectories::whole;

use crate::WebState;
use crate::extract::{Query, SignedIn};
use crate::pages::labels;
use crate::pages::ledger::filters::Filter;
use crate::pages::ledger::query::{Wish, colour_name};
use crate::pages::parts::{Light, Link, Pager, Progress, State as Badge, Tally};
use crate::pages::shell::{Shell, day_note};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};

const PATH: &str = "/ledger";
const EXPORT_PATH: &str = "/ledger/export.csv";
const WORKBOOK_PATH: &str = "/ledger/export.xlsx";

/// Rows of a page.
const PAGE_SIZE: u32 = 50;

pub(crate) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Member, get(show))
        .get(EXPORT_PATH, Access::Member, get(table::export))
        .get(WORKBOOK_PATH, Access::Member, get(table::workbook))
        .post("/ledger/approve", Access::Member, post(batch::approve))
        .post("/ledger/issue", Access::Member, post(batch::issue))
        .post("/ledger/urge", Access::Member, post(batch::urge))
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    shell: Shell,
    tally: Vec<Tally>,
    total_said: String,
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
    confirm: &'static str,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Html<String>> {
    let (app, who) = (&state.app, signed_in.who());
    let rules = rules::of_bureau(app, who.bureau).await?;
    let (filter, sort) = (wish.filter(app, &rules, who)?, wish.sort()?);
    let ledger = tasks::list(app, who, &filter, sort, &wish.page(PAGE_SIZE)).await?;
    let mut unlit = filter.clone();
    unlit.light = None;
    let lights = tasks::count_by_light(app, who, &unlit).await?;
    let plans = known_plans(&state, who).await?;
    let mut shell = Shell::signed_in(&state, &signed_in, PATH).await?;
    shell.query.clone_from(&wish.q);
    let view = View {
        app,
        rules: &rules,
        who,
        wish: &wish,
        organisation: &ledger.organisation,
        plans: &plans,
        today: app.today(),
    };
    view.page(shell, &ledger, &lights, sort)
        .render()
        .map(Html)
        .map_err(|error| Problem::internal(&error))
}

/// The plans to choose from; none for those who may not see plans.
async fn known_plans(state: &WebState, who: &Who) -> WebResult<Vec<PlanRow>> {
    if !policy::holds(&state.app, &who.actor, Right::SeePlans) {
        return Ok(Vec::new());
    }
    Ok(plans::list(&state.app, who).await?)
}

/// What the page is made with.
struct View<'a> {
    app: &'a App,
    rules: &'a Rules,
    who: &'a Who,
    wish: &'a Wish,
    organisation: &'a Organisation,
    plans: &'a [PlanRow],
    today: NaiveDate,
}

impl View<'_> {
    fn page(
        &self,
        shell: Shell,
        ledger: &Ledger,
        lights: &[(Colour, u32)],
        sort: TaskSort,
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
            total_said: format!("{}，{order}", counted(ledger.count)),
            q: self.wish.q.clone(),
            from: self.wish.from.clone(),
            until: self.wish.until.clone(),
            applied: self.applied(&filters),
            filters,
            hidden: self.hidden(),
            clear: PATH,
            heads: self.heads(sort),
            rows: ledger
                .page
                .rows
                .iter()
                .map(|row| self.row(row, &ledger.hits))
                .collect(),
            pager: self.pager(ledger),
            batch: self.batch(),
            here: self.wish.at(PATH),
            export: self.wish.at(EXPORT_PATH),
            workbook: self.wish.at(WORKBOOK_PATH),
        }
    }

    fn tally(&self, lights: &[(Colour, u32)]) -> Vec<Tally> {
        let total = lights.iter().map(|(_, count)| count).sum::<u32>();
        let capped = lights.iter().any(|(_, count)| *count >= COUNT_CAP);
        let mut tally = vec![Tally {
            href: self.wish.with(PATH, "light", ""),
            count: u64::from(total),
            label: "全部".into(),
            note: if capped { "以上" } else { "" }.into(),
            red: false,
            current: self.wish.light.is_empty(),
        }];
        for (colour, count) in lights {
            let (label, note) = colour_words(*colour);
            let note = if *count >= COUNT_CAP { "以上" } else { note };
            tally.push(Tally {
                href: self.wish.with(PATH, "light", colour_name(*colour)),
                count: u64::from(*count),
                label: label.into(),
                note: note.into(),
                red: *colour == Colour::Red,
                current: self.wish.light == colour_name(*colour),
            });
        }
        tally
    }

    fn heads(&self, sort: TaskSort) -> Vec<Head> {
        let head = |label, by: TaskSort, key: &str, direction| Head {
            label,
            href: self.wish.with(PATH, "sort", key),
            sort: if sort == by { direction } else { "" },
            class: "",
        };
        let plain = |label| Head {
            label,
            href: String::new(),
            sort: "",
            class: "",
        };
        vec![
            head("编号", TaskSort::Opened, "opened", "ascending"),
            plain("事项"),
            plain("牵头单位 / 责任人"),
            plain("分管领导"),
            head("完成时限", TaskSort::Limit, "limit", "ascending"),
            plain("进度"),
            plain("灯"),
            head("状态与变动", TaskSort::Updated, "updated", "descending"),
        ]
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
                |lead| self.organisation.unit_name(lead).to_owned(),
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
            state: labels::state(row.state, row.waits_for),
            changed: labels::clocks(row)
                .unwrap_or_else(|| format!("{} 变动", local_time(row.updated_at).format("%m-%d"))),
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
        let mut pager = Pager {
            said: if all {
                format!("共 {shown} 项，已全部列出")
            } else {
                format!("本页 {shown} 项，{}", counted(ledger.count))
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
                label: "批准立项",
                action: "/ledger/approve",
                confirm: "将批准 {n} 项立项，批准后进入“待下达”。内容不全的会留下，并说明原因。",
            });
        }
        if policy::holds_on_tasks(self.app, &self.who.actor, Right::IssueTask) {
            acts.push(BatchAct {
                key: "issue",
                label: "下达",
                action: "/ledger/issue",
                confirm: "将下达 {n} 项给各自的牵头单位和协办单位，由它们签收。",
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
        acts
    }
}

fn counted(count: u32) -> String {
    if count >= COUNT_CAP {
        format!("{COUNT_CAP} 项以上")
    } else {
        format!("共 {count} 项")
    }
}

fn colour_words(colour: Colour) -> (&'static str, &'static str) {
    match colour {
        Colour::Red => ("● 红", "逾期"),
        Colour::Yellow => ("▲ 黄", "临期或落后"),
        Colour::Green => ("■ 绿", "正常"),
        Colour::Grey => ("○ 灰", "未下达或无时限"),
        Colour::Done => ("✓ 结", "办结或撤销"),
    }
}
