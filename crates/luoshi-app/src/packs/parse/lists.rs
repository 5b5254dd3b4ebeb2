//! The lists of a pack (LEDGER-12): whose they are, what their columns hold, which states their
//! rows go through. A slip is said with its line.

use std::collections::HashSet;

use luoshi_domain::lists::{
    COLUMNS_LIMIT, CYCLES, ColumnKind, ColumnPart, KEEPER, LEDGER_COLUMNS, LedgerKey, Lifecycle,
    ListColumn, ListSource, ListTemplate, OPTIONS_LIMIT, Owner, RowState, RowStep, RowsSource,
    STATES_LIMIT, STEP_ROLES, STEPS_LIMIT, SheetSource, TaskPart, code,
};
use luoshi_domain::packs::Pack;

use super::{Reader, key};
use crate::packs::reader::{Fault, Node, Placed};

/// What may stand in braces in a title.
const TITLE_PARTS: [&str; 4] = ["{unit}", "{person}", "{period}", "{list}"];

/// What else a list can be a look at.
const ROWS: &str = "“rows”应写 own（自己的行）、ledger（台账中的事项）、breakdowns（岗位分工）、\
                    four_in_one（“四合一”清单）或 matrix（工作矩阵图）";

/// The lists of a pack, of which everything else is read.
pub(super) fn lists(
    reader: &Reader,
    root: &Node<'_>,
    pack: &Pack,
) -> Result<Vec<ListTemplate>, Fault> {
    let mut lists: Vec<ListTemplate> = Vec::new();
    let mut known = HashSet::new();
    for node in root.tables("lists")? {
        let key = key(&node)?;
        if !known.insert(key.value.clone()) {
            let reason = format!("“lists”里“{}”出现了两次", key.value);
            return Err(node.fault_at(&key, reason));
        }
        let list = list(reader, &node, key, pack, &lists)?;
        node.finish()?;
        lists.push(list);
    }
    Ok(lists)
}

fn list(
    reader: &Reader,
    node: &Node<'_>,
    key: Placed<String>,
    pack: &Pack,
    before: &[ListTemplate],
) -> Result<ListTemplate, Fault> {
    let cited = reader.cited(node)?;
    let owner = node.text("owner")?;
    let cycle = match node.optional_text("cycle")? {
        None => None,
        Some(cycle) => {
            let found = CYCLES.iter().find(|(known, _)| *known == cycle.value);
            match found {
                Some((_, kind)) => Some(*kind),
                None => {
                    let reason = format!(
                        "“cycle”应是 {} 之一，长期的清单不写",
                        names(CYCLES.iter().map(|(known, _)| *known))
                    );
                    return Err(node.fault_at(&cycle, reason));
                }
            }
        }
    };
    let title = match node.optional_text("title")? {
        None => String::new(),
        Some(title) => {
            let mut rest = title.value.clone();
            for part in TITLE_PARTS {
                rest = rest.replace(part, "");
            }
            if rest.contains(['{', '}']) {
                let reason = format!("“title”的花括号里只能写 {}", TITLE_PARTS.join("、"));
                return Err(node.fault_at(&title, reason));
            }
            title.value
        }
    };
    let code = code(pack.key, &key.value);
    Ok(ListTemplate {
        pack: pack.key,
        label: node.text("label")?.value,
        about: node.text("about")?.value,
        owner: Owner::from_key(&owner.value).ok_or_else(|| {
            let reason =
                "“owner”应写 bureau（全局一份）、unit（每个单位一份）或 person（每人一份）";
            node.fault_at(&owner, reason)
        })?,
        cycle,
        title,
        source: source(node, &code, pack, before)?,
        key: key.value,
        cited,
    })
}

fn source(
    node: &Node<'_>,
    code: &str,
    pack: &Pack,
    before: &[ListTemplate],
) -> Result<ListSource, Fault> {
    if let Some(of) = node.optional_text("of")? {
        let found = before.iter().find(|list| list.key == of.value);
        let Some(rows) = found
            .filter(|list| list.is_register())
            .and_then(ListTemplate::rows)
        else {
            let reason = format!("前面没有自己有行的清单“{}”", of.value);
            return Err(node.fault_at(&of, reason));
        };
        if !node.tables("columns")?.is_empty() || !node.tables("states")?.is_empty() {
            return Err(node.fault("写了“of”的清单用那份清单的栏和状态，不再写 columns、states"));
        }
        return Ok(ListSource::Rows(Box::new(RowsSource {
            shown: shown(node, &rows.columns)?,
            with_limit: with_limit(node, &rows.columns)?,
            ..rows.clone()
        })));
    }
    let rows = node.text("rows")?;
    match rows.value.as_str() {
        "own" => {
            let columns = columns(node)?;
            Ok(ListSource::Rows(Box::new(RowsSource {
                register: code.to_owned(),
                shown: shown(node, &columns)?,
                with_limit: with_limit(node, &columns)?,
                lifecycle: lifecycle(node)?,
                columns,
            })))
        }
        "ledger" => ledger(node, pack),
        other => match SheetSource::from_key(other) {
            Some(sheet) => Ok(ListSource::Sheet(sheet)),
            None => Err(node.fault_at(&rows, ROWS)),
        },
    }
}

fn ledger(node: &Node<'_>, pack: &Pack) -> Result<ListSource, Fault> {
    let mut filter = Vec::new();
    for pair in node.optional_texts("filter")? {
        let (name, value) = pair.value.split_once('=').unwrap_or((&pair.value, ""));
        let Some(key) = LedgerKey::from_key(name) else {
            let known = names(LedgerKey::ALL.iter().map(|known| known.key()));
            let reason = format!("“filter”应写成 名称=值，名称是 {known} 之一");
            return Err(node.fault_at(&pair, reason));
        };
        let fits = match key {
            LedgerKey::Tier => matches!(value, "bureau" | "unit"),
            LedgerKey::Level => matches!(value, "ordinary" | "major"),
            LedgerKey::Category => pack.origins.iter().any(|origin| origin.key == value),
        };
        if !fits {
            let reason = match key {
                LedgerKey::Tier => "“tier”应是 bureau（局级台账）或 unit（本级台账）".to_owned(),
                LedgerKey::Level => {
                    "“level”应是 ordinary（一般事项）或 major（重点事项）".to_owned()
                }
                LedgerKey::Category => format!("本包的来源类别里没有“{value}”"),
            };
            return Err(node.fault_at(&pair, reason));
        }
        filter.push((key, value.to_owned()));
    }
    let columns = node.optional_texts("show")?;
    for column in &columns {
        if !LEDGER_COLUMNS.contains(&column.value.as_str()) {
            let known = names(LEDGER_COLUMNS.into_iter());
            let reason = format!("台账没有“{}”这一栏，应是 {known} 之一", column.value);
            return Err(node.fault_at(column, reason));
        }
    }
    Ok(ListSource::Ledger {
        filter,
        columns: columns.into_iter().map(|column| column.value).collect(),
    })
}

fn columns(node: &Node<'_>) -> Result<Vec<ListColumn>, Fault> {
    let mut columns: Vec<ListColumn> = Vec::new();
    for node in node.tables("columns")? {
        let column = column(&node)?;
        if columns.iter().any(|known| known.key == column.key) {
            return Err(node.fault(format!("“columns”里“{}”出现了两次", column.key)));
        }
        if columns.iter().any(|known| known.label == column.label) {
            let reason = format!("有两栏都叫“{}”，表格里分不开", column.label);
            return Err(node.fault(reason));
        }
        let parted = column.part != ColumnPart::Plain;
        if parted && columns.iter().any(|known| known.part == column.part) {
            return Err(node.fault("时限（limit）和按日排列（day）各只能有一栏"));
        }
        node.finish()?;
        columns.push(column);
    }
    let has_task = columns.iter().any(|column| column.kind == ColumnKind::Task);
    if let Some(column) = columns.iter().find(|column| column.from_task.is_some())
        && !has_task
    {
        let reason = format!(
            "“{}”要取自事项，但清单里没有事项栏（kind = \"task\"）",
            column.label
        );
        return Err(node.fault(reason));
    }
    if columns.is_empty() || columns.len() > COLUMNS_LIMIT {
        return Err(node.fault(format!(
            "清单下应有 1 至 {COLUMNS_LIMIT} 段 [[lists.columns]]"
        )));
    }
    if !columns.iter().any(|column| column.required) {
        return Err(node.fault("清单至少有一栏必填（required = true）"));
    }
    Ok(columns)
}

fn column(node: &Node<'_>) -> Result<ListColumn, Fault> {
    let key = key(node)?.value;
    let kind = node.text("kind")?;
    let Some(column_kind) = ColumnKind::from_key(&kind.value) else {
        let known = ColumnKind::ALL
            .iter()
            .map(|known| format!("{}（{}）", known.key(), known.label()));
        let known: Vec<String> = known.collect();
        let reason = format!("“kind”应是 {} 之一", known.join("、"));
        return Err(node.fault_at(&kind, reason));
    };
    let options = node.optional_texts("options")?;
    match (column_kind, options.len()) {
        (ColumnKind::Choice, 0) => return Err(node.fault("选项栏缺“options”")),
        (ColumnKind::Choice, many) if many > OPTIONS_LIMIT => {
            return Err(node.fault(format!("“options”不超过 {OPTIONS_LIMIT} 项")));
        }
        (ColumnKind::Choice, _) | (_, 0) => {}
        _ => return Err(node.fault("只有选项栏（kind = \"choice\"）才写“options”")),
    }
    let mut known = HashSet::new();
    for option in &options {
        if option.value.is_empty() || !known.insert(option.value.as_str()) {
            let reason = format!("选项“{}”是空的或出现了两次", option.value);
            return Err(node.fault_at(option, reason));
        }
    }
    let part = match (node.flag("limit")?, node.flag("day")?) {
        (false, false) => ColumnPart::Plain,
        (true, false) => ColumnPart::Limit,
        (false, true) => ColumnPart::Day,
        (true, true) => return Err(node.fault("一栏不能既是时限又按日排列")),
    };
    if part != ColumnPart::Plain && column_kind != ColumnKind::Date {
        return Err(node.fault("时限（limit）和按日排列（day）的栏应是日期（kind = \"date\"）"));
    }
    let from_task = match node.optional_text("from_task")? {
        None => None,
        Some(named) => {
            let found = TaskPart::from_key(&named.value);
            let Some(part) = found.filter(|part| part.fits(column_kind)) else {
                let reason =
                    "“from_task”应是 title、target（文字栏）、lead（单位栏）或 limit（日期栏）";
                return Err(node.fault_at(&named, reason));
            };
            Some(part)
        }
    };
    let measure = node.optional_text("measure")?;
    let counts = matches!(column_kind, ColumnKind::Number | ColumnKind::Amount);
    if let Some(measure) = measure.as_ref().filter(|_measure| !counts) {
        return Err(node.fault_at(measure, "只有数字栏和金额栏才写“measure”（计量单位）"));
    }
    Ok(ListColumn {
        key,
        label: node.text("label")?.value,
        kind: column_kind,
        required: node.flag("required")?,
        help: node.text_or_empty("help")?,
        measure: measure.map(|placed| placed.value).unwrap_or_default(),
        options: options.into_iter().map(|option| option.value).collect(),
        part,
        from_task,
    })
}

/// The columns that are shown: those named, or all.
fn shown(node: &Node<'_>, columns: &[ListColumn]) -> Result<Vec<String>, Fault> {
    let named = node.optional_texts("show")?;
    if named.is_empty() {
        return Ok(columns.iter().map(|column| column.key.clone()).collect());
    }
    let mut shown: Vec<String> = Vec::new();
    for name in named {
        if !columns.iter().any(|column| column.key == name.value) {
            let reason = format!("“show”里的“{}”不是这份清单的栏", name.value);
            return Err(node.fault_at(&name, reason));
        }
        if shown.contains(&name.value) {
            let reason = format!("“show”里“{}”出现了两次", name.value);
            return Err(node.fault_at(&name, reason));
        }
        shown.push(name.value);
    }
    Ok(shown)
}

fn with_limit(node: &Node<'_>, columns: &[ListColumn]) -> Result<bool, Fault> {
    let wanted = node.flag("with_limit")?;
    let has = columns
        .iter()
        .any(|column| column.part == ColumnPart::Limit);
    if wanted && !has {
        return Err(node.fault("“with_limit”只列有时限的行，但清单没有时限栏（limit = true）"));
    }
    Ok(wanted)
}

fn lifecycle(node: &Node<'_>) -> Result<Lifecycle, Fault> {
    let mut states: Vec<RowState> = Vec::new();
    for node in node.tables("states")? {
        let key = key(&node)?;
        if states.iter().any(|known| known.key == key.value) {
            let reason = format!("“states”里“{}”出现了两次", key.value);
            return Err(node.fault_at(&key, reason));
        }
        states.push(RowState {
            key: key.value,
            label: node.text("label")?.value,
            is_final: node.flag("final")?,
        });
        node.finish()?;
    }
    if states.is_empty() || states.len() > STATES_LIMIT {
        return Err(node.fault(format!(
            "清单下应有 1 至 {STATES_LIMIT} 段 [[lists.states]]"
        )));
    }
    if states.first().is_some_and(|first| first.is_final) {
        return Err(node.fault("第一个状态是新登记的行所在的，不能是终点（final）"));
    }
    let mut steps: Vec<RowStep> = Vec::new();
    for node in node.tables("steps")? {
        let step = step(&node, &states)?;
        if steps
            .iter()
            .any(|known| known.from == step.from && known.to == step.to)
        {
            let reason = format!("从“{}”到“{}”写了两次", step.from, step.to);
            return Err(node.fault(reason));
        }
        steps.push(step);
        node.finish()?;
    }
    if steps.len() > STEPS_LIMIT {
        return Err(node.fault(format!("“steps”不超过 {STEPS_LIMIT} 段")));
    }
    reachable(node, &states, &steps)?;
    Ok(Lifecycle { states, steps })
}

/// Every state is reached from the first, and one that is no end leads on.
fn reachable(node: &Node<'_>, states: &[RowState], steps: &[RowStep]) -> Result<(), Fault> {
    let mut reached: Vec<&str> = states
        .first()
        .map(|first| first.key.as_str())
        .into_iter()
        .collect();
    let mut at = 0;
    while let Some(from) = reached.get(at).copied() {
        at += 1;
        for step in steps.iter().filter(|step| step.from == from) {
            if !reached.contains(&step.to.as_str()) {
                reached.push(&step.to);
            }
        }
    }
    for state in states {
        if !reached.contains(&state.key.as_str()) {
            return Err(node.fault(format!("没有办法走到状态“{}”", state.label)));
        }
        let leads_on = steps.iter().any(|step| step.from == state.key);
        if states.len() > 1 && !state.is_final && !leads_on {
            let reason = format!(
                "状态“{}”走不出去，请写步骤或标为终点（final = true）",
                state.label
            );
            return Err(node.fault(reason));
        }
    }
    Ok(())
}

fn step(node: &Node<'_>, states: &[RowState]) -> Result<RowStep, Fault> {
    let state = |key: &'static str| {
        let named = node.text(key)?;
        if states.iter().any(|known| known.key == named.value) {
            Ok(named.value)
        } else {
            let reason = format!("清单没有状态“{}”", named.value);
            Err(node.fault_at(&named, reason))
        }
    };
    let (from, to) = (state("from")?, state("to")?);
    if from == to {
        return Err(node.fault("起止状态相同"));
    }
    let by = node.optional_texts("by")?;
    for role in &by {
        if !STEP_ROLES.iter().any(|(known, _)| *known == role.value) {
            let known = STEP_ROLES
                .iter()
                .map(|(known, label)| format!("{known}（{label}）"));
            let known: Vec<String> = known.collect();
            let reason = format!("没有角色“{}”，应是 {} 之一", role.value, known.join("、"));
            return Err(node.fault_at(role, reason));
        }
    }
    let by: Vec<String> = match by.is_empty() {
        true => vec![KEEPER.to_owned()],
        false => by.into_iter().map(|role| role.value).collect(),
    };
    Ok(RowStep {
        from,
        to,
        label: node.text("label")?.value,
        by,
        reason: node.flag("reason")?,
        other: node.flag("other")?,
    })
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join("、")
}
