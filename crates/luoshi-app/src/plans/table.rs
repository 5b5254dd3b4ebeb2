//! A plan's proposals as a table that officials know, and the edited table back (IMPORT-10).
//!
//! Rows are told apart by their number in the plan. Each carries a mark of what it said when it
//! was written, so that a change by somebody else since is told instead of overwritten.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use luoshi_domain::context::Context;
use luoshi_domain::ids::{PlanId, UnitId};
use luoshi_domain::journal;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Draft, Plan, Proposal, ProposalKind};

use crate::errors::AppResult;
use crate::plans::PlanView;
use crate::{App, Who};

/// The table's headings, in order.
pub const HEADINGS: [&str; 14] = [
    "序号",
    "条款",
    "任务内容",
    "目标要求",
    "类别",
    "牵头单位",
    "配合单位",
    "完成时限",
    "频次",
    "数量指标",
    "来源原文",
    "确认状态",
    "编号",
    "校验",
];

/// The kinds as the table says them.
pub const KINDS: [(&str, ProposalKind); 5] = [
    ("任务", ProposalKind::Task),
    ("常规", ProposalKind::Recurring),
    ("指标", ProposalKind::Target),
    ("规则", ProposalKind::Rule),
    ("原则", ProposalKind::Principle),
];

/// The states as the table says them; a reason may follow the last.
pub const STATES: [&str; 4] = ["待定", "已采纳", "已合并", "不采纳"];

/// The reason of a rejection for which the table gives none.
const REASON: &str = "按表格不采纳";

/// Hex digits of the mark.
const MARK_DIGITS: usize = 10;

/// The columns that may be changed, by their place in [`HEADINGS`].
const TITLE: usize = 2;
const TARGET: usize = 3;
const KIND: usize = 4;
const LEADS: usize = 5;
const CO_UNITS: usize = 6;
const LIMIT: usize = 7;
const FREQUENCY: usize = 8;
const STATE: usize = 11;
const NUMBER: usize = 12;
const MARK: usize = 13;

/// One text for each heading.
pub type Row = [String; 14];

/// What an edited table changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the order of the table.
    pub rows: Vec<RowChange>,
    /// Rows that say what stands already.
    pub unchanged: usize,
}

/// What one row changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// As in the table.
    pub cells: Row,
    /// Its place in the plan's list.
    pub proposal: usize,
    /// Heading, what stands, what the table says.
    pub differences: Vec<(&'static str, String, String)>,
    pub commands: Vec<PlanCommand>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The number in the table; empty where there is none.
    pub number: String,
    pub sentence: String,
}

impl Changes {
    /// All of it as the commands of one act.
    pub fn commands(&self) -> Vec<PlanCommand> {
        let all = self.rows.iter();
        all.flat_map(|row| row.commands.clone()).collect()
    }
}

/// The table of all proposals.
pub fn rows(plan: &Plan, organisation: &Organisation) -> Vec<Row> {
    let all = plan.proposals.iter().enumerate();
    all.map(|(place, proposal)| row(plan, organisation, place, proposal))
        .collect()
}

fn row(plan: &Plan, organisation: &Organisation, place: usize, proposal: &Proposal) -> Row {
    let draft = &proposal.draft;
    let clause = plan.clause(proposal.clause);
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut row = [
        (place + 1).to_string(),
        clause.map_or_else(String::new, |clause| clause.path.clone()),
        draft.title.clone(),
        draft.target.clone(),
        kind_name(draft.kind).to_owned(),
        names(organisation, &draft.leads),
        names(organisation, &draft.co_units),
        text(draft.limit),
        draft.frequency.clone().unwrap_or_default(),
        proposal.reading.quantities.join("、"),
        proposal.quote.clone(),
        state_name(&proposal.decision),
        number_of(place),
        String::new(),
    ];
    row[MARK] = mark(&row);
    row
}

/// The rows of a spreadsheet below its headings, whatever order the columns have now.
pub fn of_grid(grid: &[Vec<String>]) -> Result<Vec<Row>, Vec<RowFault>> {
    let fault = |sentence: String| {
        vec![RowFault {
            number: String::new(),
            sentence,
        }]
    };
    let names = |row: &&Vec<String>| row.iter().any(|cell| cell.trim() == HEADINGS[NUMBER]);
    let head = grid.iter().position(|row| names(&row));
    let Some((head, below)) = head.and_then(|at| grid.get(at..)?.split_first()) else {
        return Err(fault(
            "没有找到“编号”一栏，请用从本页导出的表格修改。".into(),
        ));
    };
    let mut columns = [0; HEADINGS.len()];
    for (column, heading) in columns.iter_mut().zip(HEADINGS) {
        let found = head.iter().position(|cell| cell.trim() == heading);
        *column = found
            .ok_or_else(|| fault(format!("缺少“{heading}”一栏，请用从本页导出的表格修改。")))?;
    }
    let row = |cells: &Vec<String>| -> Row {
        columns.map(|column| cells.get(column).cloned().unwrap_or_default())
    };
    let rows = below.iter().map(row);
    Ok(rows
        .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
        .collect())
}

/// What an edited table changes; or, row by row, why it cannot be taken. `day` reads a date.
pub fn read(
    plan: &Plan,
    organisation: &Organisation,
    table: &[Row],
    day: &dyn Fn(&str) -> Result<Option<NaiveDate>, String>,
) -> Result<Changes, Vec<RowFault>> {
    let now = rows(plan, organisation);
    let places: HashMap<&str, usize> = now
        .iter()
        .enumerate()
        .map(|(place, row)| (row[NUMBER].as_str(), place))
        .collect();
    let mut seen = HashSet::new();
    let (mut changes, mut faults) = (Changes::default(), Vec::new());
    for given in table {
        let number = given[NUMBER].trim();
        let fault = |sentence: String| RowFault {
            number: number.to_owned(),
            sentence,
        };
        let Some((place, stands)) = places
            .get(number)
            .and_then(|place| now.get(*place).map(|row| (*place, row)))
        else {
            faults.push(fault(match number {
                "" => "这一行没有编号，不知道改的是哪一项。".into(),
                number => format!("本方案没有编号 {number}。"),
            }));
            continue;
        };
        if !seen.insert(place) {
            faults.push(fault(format!("编号 {number} 出现了两次，只能留一行。")));
            continue;
        }
        let differences = differences(stands, given);
        if differences.is_empty() {
            changes.unchanged += 1;
            continue;
        }
        if given[MARK].trim() != stands[MARK] {
            let sentence = "导出之后这一项又有改动，请重新导出再改；也可能表格来自另一份方案。";
            faults.push(fault(sentence.into()));
            continue;
        }
        let Some(proposal) = plan.proposals.get(place) else {
            continue;
        };
        match commands(organisation, proposal, given, day) {
            Ok(commands) => changes.rows.push(RowChange {
                cells: given.clone(),
                proposal: place,
                differences,
                commands,
            }),
            Err(sentences) => faults.extend(sentences.into_iter().map(fault)),
        }
    }
    match faults.is_empty() {
        true => Ok(changes),
        false => Err(faults),
    }
}

/// What a table would change, tried row by row without keeping anything.
pub async fn preview(
    app: &App,
    who: &Who,
    id: PlanId,
    table: &[Row],
    day: &(dyn Fn(&str) -> Result<Option<NaiveDate>, String> + Sync),
) -> AppResult<(PlanView, Result<Changes, Vec<RowFault>>)> {
    let view = super::show(app, who, id).await?;
    let changes = read(&view.plan, &view.organisation, table, day);
    let changes = changes.and_then(|changes| {
        let ctx = app.context(&who.actor, &view.organisation);
        tried(&view.plan, changes, &ctx)
    });
    Ok((view, changes))
}

/// Changes the plan as a table says, as one act; nothing when a row cannot be taken.
pub async fn carry_out(
    app: &App,
    who: &Who,
    id: PlanId,
    table: &[Row],
    day: &(dyn Fn(&str) -> Result<Option<NaiveDate>, String> + Sync),
) -> AppResult<(PlanView, Result<Changes, Vec<RowFault>>)> {
    let (view, changes) = preview(app, who, id, table, day).await?;
    let Ok(found) = &changes else {
        return Ok((view, changes));
    };
    let act = (Some(ActName::File), found.commands());
    let seen = Some(view.plan.version);
    let view = super::handle_named(app, who, id, act, seen).await?;
    Ok((view, changes))
}

/// The changes, unless the plan refuses one of the rows.
fn tried(plan: &Plan, changes: Changes, ctx: &Context<'_>) -> Result<Changes, Vec<RowFault>> {
    let signed = ctx.signed();
    let (mut after, mut faults) = (plan.clone(), Vec::new());
    for row in &changes.rows {
        for command in &row.commands {
            match after.decide(command.clone(), ctx) {
                Ok(events) => events.iter().for_each(|event| after.apply(event, &signed)),
                Err(refusal) => {
                    faults.push(RowFault {
                        number: row.cells[NUMBER].trim().to_owned(),
                        sentence: refusal.sentence,
                    });
                    break;
                }
            }
        }
    }
    match faults.is_empty() {
        true => Ok(changes),
        false => Err(faults),
    }
}

fn same(column: usize, stands: &str, given: &str) -> bool {
    // A spreadsheet turns what looks like a day into one of its own.
    let day = |text: &str| -> Vec<u32> {
        text.split(|letter: char| !letter.is_ascii_digit())
            .filter_map(|part| part.parse().ok())
            .collect()
    };
    plain(stands) == plain(given)
        || (column == LIMIT && !day(stands).is_empty() && day(stands) == day(given))
}

fn differences(stands: &Row, given: &Row) -> Vec<(&'static str, String, String)> {
    let editable = [
        TITLE, TARGET, KIND, LEADS, CO_UNITS, LIMIT, FREQUENCY, STATE,
    ];
    let changed = editable
        .iter()
        .filter(|column| !same(**column, &stands[**column], &given[**column]));
    changed
        .map(|column| {
            (
                HEADINGS[*column],
                stands[*column].clone(),
                given[*column].trim().to_owned(),
            )
        })
        .collect()
}

fn commands(
    organisation: &Organisation,
    proposal: &Proposal,
    given: &Row,
    day: &dyn Fn(&str) -> Result<Option<NaiveDate>, String>,
) -> Result<Vec<PlanCommand>, Vec<String>> {
    let mut sentences = Vec::new();
    let mut note = |sentence: String| sentences.push(sentence);
    let kind = KINDS.iter().find(|(name, _)| *name == given[KIND].trim());
    if kind.is_none() {
        note(format!(
            "类别“{}”无法识别，请填任务、常规、指标、规则或原则。",
            given[KIND].trim()
        ));
    }
    let mut units = |column: usize| {
        units_named(organisation, &given[column]).unwrap_or_else(|unknown| {
            note(format!("没有叫“{unknown}”的单位（{}）。", HEADINGS[column]));
            Vec::new()
        })
    };
    let (leads, co_units) = (units(LEADS), units(CO_UNITS));
    let limit = day(&given[LIMIT]).unwrap_or_else(|sentence| {
        note(sentence);
        None
    });
    let state = wanted(given[STATE].trim(), &proposal.decision).unwrap_or_else(|sentence| {
        note(sentence);
        Wanted::AsItIs
    });
    if given[TITLE].trim().is_empty() {
        note("任务内容不能空着。".into());
    }
    let (Some((_, kind)), true) = (kind, sentences.is_empty()) else {
        return Err(sentences);
    };
    let frequency = given[FREQUENCY].trim();
    let draft = Draft {
        kind: *kind,
        title: kept(&proposal.draft.title, &given[TITLE]),
        target: kept(&proposal.draft.target, &given[TARGET]),
        level: proposal.draft.level,
        leads,
        co_units,
        limit,
        frequency: (!frequency.is_empty()).then(|| frequency.to_owned()),
    };
    let id = proposal.id;
    let mut commands = Vec::new();
    if state != Wanted::AsItIs && proposal.decision != Decision::Open {
        commands.push(PlanCommand::ReopenProposal { proposal: id });
    }
    if draft != proposal.draft {
        commands.push(PlanCommand::EditProposal {
            proposal: id,
            draft: Box::new(draft),
        });
    }
    match state {
        Wanted::AsItIs | Wanted::Open => {}
        Wanted::Accepted => commands.push(PlanCommand::AcceptProposal { proposal: id }),
        Wanted::Rejected(reason) => commands.push(PlanCommand::RejectProposal {
            proposal: id,
            reason,
        }),
    }
    Ok(commands)
}

/// The state that a row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    AsItIs,
    Open,
    Accepted,
    Rejected(String),
}

fn wanted(state: &str, stands: &Decision) -> Result<Wanted, String> {
    if plain(state) == plain(&state_name(stands)) {
        return Ok(Wanted::AsItIs);
    }
    let (name, reason) = match state.split_once(['：', ':']) {
        Some((name, reason)) => (name.trim(), reason.trim()),
        None => (state, ""),
    };
    match name {
        "待定" => Ok(Wanted::Open),
        "已采纳" | "采纳" => Ok(Wanted::Accepted),
        "不采纳" => Ok(Wanted::Rejected(match reason {
            "" => REASON.to_owned(),
            reason => reason.to_owned(),
        })),
        "已合并" | "合并" | "已有事项" => {
            Err(format!("合并要在核对页面上办，表格里不能改成“{name}”。"))
        }
        other => Err(format!(
            "确认状态“{other}”无法识别，请填待定、已采纳或不采纳。"
        )),
    }
}

/// The units that a cell names, or the first name that is unknown.
fn units_named(organisation: &Organisation, cell: &str) -> Result<Vec<UnitId>, String> {
    let parts = cell.split(['、', '，', ',', '；', ';', '\n']);
    let named = parts.map(str::trim).filter(|name| !name.is_empty());
    let mut units: Vec<UnitId> = Vec::new();
    for name in named {
        let unit = organisation.unit_named(name);
        let unit = unit.ok_or_else(|| name.to_owned())?;
        if !units.contains(&unit.id) {
            units.push(unit.id);
        }
    }
    Ok(units)
}

/// What stands, unless the cell says something else; spreadsheets change blanks.
fn kept(stands: &str, cell: &str) -> String {
    match plain(stands) == plain(cell) {
        true => stands.to_owned(),
        false => cell.trim().to_owned(),
    }
}

/// Without blanks: spreadsheets move and drop them.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

fn names(organisation: &Organisation, units: &[UnitId]) -> String {
    let names = units.iter().map(|unit| organisation.unit_name(*unit));
    names.collect::<Vec<_>>().join("、")
}

fn kind_name(kind: ProposalKind) -> &'static str {
    let known = KINDS.iter().find(|(_, known)| *known == kind);
    known.map_or("", |(name, _)| name)
}

fn state_name(decision: &Decision) -> String {
    match decision {
        Decision::Open => "待定".into(),
        Decision::Accepted => "已采纳".into(),
        Decision::Merged { .. } => "已合并".into(),
        Decision::Covered { .. } => "已有事项".into(),
        Decision::Rejected { reason } => format!("不采纳：{reason}"),
    }
}

/// A proposal's number in its plan; it never changes.
fn number_of(place: usize) -> String {
    format!("N{:04}", place + 1)
}

/// Tells whether a row still says what it said; differs between plans.
fn mark(row: &Row) -> String {
    let said = row[..MARK].join("\u{1f}");
    let digest = journal::digest(said.as_bytes());
    digest.chars().take(MARK_DIGITS).collect()
}

#[cfg(test)]
mod tests;
