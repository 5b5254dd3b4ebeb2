//! Writing and reading the rows of one plan.

use luoshi_domain::ids::{BureauId, PlanId};
use luoshi_domain::marks::Mark;
use luoshi_domain::plans::acts::Act;
use luoshi_domain::plans::{Clause, Decision, Plan, PlanDetails, PlanEvent, Proposal};
use luoshi_domain::ports::{StoreError, StoreResult};
use sqlx::AssertSqlSafe;

use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{Value, fault, from_json, to_json, values};

/// Rows in one INSERT: few enough for either database's limit of placeholders.
const ROWS_AT_ONCE: usize = 200;

const INSERT_CLAUSES: &str = "INSERT INTO clauses (bureau_id, plan_id, ord, path, level, title, \
                              start_at, end_at, has_text, no_action) VALUES ";

const INSERT_PROPOSALS: &str = "INSERT INTO proposals (bureau_id, plan_id, ord, id, clause_ord, \
                                start_at, end_at, kind, decision, quote, draft_record, \
                                reading_record, decision_record, carried_record) VALUES ";

const INSERT_ACTS: &str = "INSERT INTO plan_acts (bureau_id, plan_id, act, act_record) VALUES ";

/// Writes what `events`, already applied to `plan`, change: all of it when it was just imported.
pub(crate) async fn project(
    conn: &mut Conn,
    bureau: BureauId,
    plan: &Plan,
    events: &[PlanEvent],
) -> StoreResult<()> {
    let imported = events
        .iter()
        .any(|event| matches!(event, PlanEvent::Imported(_)));
    if imported {
        return insert(conn, bureau, plan).await;
    }
    update(conn, bureau, plan, events.len()).await?;
    if events.iter().any(PlanEvent::is_wide) {
        for proposal in &plan.proposals {
            update_proposal(conn, bureau, plan.id, proposal).await?;
        }
        for (ord, clause) in (0u32..).zip(&plan.clauses) {
            update_clause(conn, bureau, plan.id, ord, clause).await?;
        }
        return Ok(());
    }
    let mut proposals: Vec<_> = events.iter().filter_map(PlanEvent::proposal).collect();
    proposals.sort_unstable();
    proposals.dedup();
    for id in proposals {
        if let Some(proposal) = plan.proposal(id) {
            update_proposal(conn, bureau, plan.id, proposal).await?;
        }
    }
    let mut clauses: Vec<_> = events.iter().filter_map(PlanEvent::clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    for ord in clauses {
        if let Some(clause) = plan.clause(ord) {
            update_clause(conn, bureau, plan.id, ord, clause).await?;
        }
    }
    for act in changed_acts(plan, events)? {
        let sql = "INSERT INTO plan_acts (bureau_id, plan_id, act, act_record) \
                   VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (bureau_id, plan_id, act) \
                   DO UPDATE SET act_record = excluded.act_record";
        let values = values![bureau, plan.id, act.id, to_json(act)?];
        conn.execute(sql, values).await?;
    }
    Ok(())
}

/// The acts that the latest `events` began or took back.
fn changed_acts<'a>(plan: &'a Plan, events: &[PlanEvent]) -> StoreResult<Vec<&'a Act>> {
    let before = plan.version - index(events.len())?;
    let undone: Vec<i64> = events
        .iter()
        .filter_map(|event| match event {
            PlanEvent::ActUndone { act } => Some(*act),
            _ => None,
        })
        .collect();
    let acts = plan.acts.iter();
    Ok(acts
        .filter(|act| act.id > before || undone.contains(&act.id))
        .collect())
}

pub(super) async fn read(
    conn: &mut Conn,
    bureau: BureauId,
    id: PlanId,
) -> StoreResult<Option<Plan>> {
    let sql = "SELECT version, title, issuer, number, issued_day, year, category, \
               default_limit_day, file_name, digest, text, state, imported_at, updated_at, \
               addressee, mark, lineage_record, questions_record FROM plans WHERE bureau_id = $1 AND id = $2";
    let Some(row) = conn.fetch_optional(sql, values![bureau, id]).await? else {
        return Ok(None);
    };
    let clauses = read_clauses(conn, bureau, id).await?;
    let proposals = read_proposals(conn, bureau, id).await?;
    let acts = read_acts(conn, bureau, id).await?;
    let mut cells = row.cells();
    let version = cells.take()?;
    let mut details = PlanDetails {
        title: cells.take()?,
        issuer: cells.take()?,
        number: cells.take()?,
        issued_on: cells.optional_day()?,
        year: cells
            .take::<Option<i64>>()?
            .map(crate::sql::narrow)
            .transpose()?,
        category: cells.take()?,
        default_limit: cells.optional_day()?,
        addressee: None,
        mark: Mark::None,
    };
    let (file_name, digest, text, state) =
        (cells.take()?, cells.take()?, cells.take()?, cells.named()?);
    let (imported_at, updated_at) = (cells.take()?, cells.take()?);
    details.addressee = cells.take()?;
    details.mark = cells.named()?;
    Ok(Some(Plan {
        id,
        version,
        details,
        file_name,
        digest,
        text,
        lineage: cells.json()?,
        questions: cells.json()?,
        state,
        clauses,
        proposals,
        acts,
        imported_at,
        updated_at,
    }))
}

async fn read_clauses(conn: &mut Conn, bureau: BureauId, plan: PlanId) -> StoreResult<Vec<Clause>> {
    let sql = "SELECT path, level, title, start_at, end_at, has_text, no_action FROM clauses \
               WHERE bureau_id = $1 AND plan_id = $2 ORDER BY ord";
    let mut clauses = Vec::new();
    for row in conn.fetch_all(sql, values![bureau, plan]).await? {
        let mut cells = row.cells();
        clauses.push(Clause {
            path: cells.take()?,
            level: cells.number()?,
            title: cells.take()?,
            start: cells.number()?,
            end: cells.number()?,
            has_text: cells.take()?,
            no_action: cells.take()?,
        });
    }
    Ok(clauses)
}

async fn read_proposals(
    conn: &mut Conn,
    bureau: BureauId,
    plan: PlanId,
) -> StoreResult<Vec<Proposal>> {
    let sql = "SELECT id, clause_ord, start_at, end_at, quote, draft_record, reading_record, \
               decision_record, carried_record FROM proposals \
               WHERE bureau_id = $1 AND plan_id = $2 ORDER BY ord";
    let mut proposals = Vec::new();
    for row in conn.fetch_all(sql, values![bureau, plan]).await? {
        let mut cells = row.cells();
        proposals.push(Proposal {
            id: cells.id()?,
            clause: cells.number()?,
            start: cells.number()?,
            end: cells.number()?,
            quote: cells.take()?,
            draft: cells.json()?,
            reading: cells.json()?,
            decision: cells.json()?,
            carried: cells
                .take::<Option<String>>()?
                .map(|record| from_json(&record))
                .transpose()?,
        });
    }
    Ok(proposals)
}

async fn read_acts(conn: &mut Conn, bureau: BureauId, plan: PlanId) -> StoreResult<Vec<Act>> {
    let sql = "SELECT act_record FROM plan_acts \
               WHERE bureau_id = $1 AND plan_id = $2 ORDER BY act";
    let mut acts = Vec::new();
    for row in conn.fetch_all(sql, values![bureau, plan]).await? {
        acts.push(row.cells().json()?);
    }
    Ok(acts)
}

async fn insert(conn: &mut Conn, bureau: BureauId, plan: &Plan) -> StoreResult<()> {
    let sql = "INSERT INTO plans (bureau_id, id, version, title, issuer, number, issued_day, \
               year, category, default_limit_day, file_name, digest, state, settled, total, \
               proposals, imported_at, updated_at, text, addressee, loaded_year, \
               lineage_record, questions_record, mark) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
               $17, $18, $19, $20, $21, $22, $23, $24)";
    let coverage = plan.coverage();
    let details = &plan.details;
    let values = values![
        bureau,
        plan.id,
        plan.version,
        &details.title,
        &details.issuer,
        &details.number,
        details.issued_on,
        details.year.map(i64::from),
        &details.category,
        details.default_limit,
        &plan.file_name,
        &plan.digest,
        plan.state.name(),
        coverage.settled,
        coverage.total,
        index(plan.proposals.len())?,
        plan.imported_at,
        plan.updated_at,
        &plan.text,
        &details.addressee,
        plan.lineage.year_of.map_or(0, |copy| i64::from(copy.to)),
        to_json(&plan.lineage)?,
        to_json(&plan.questions)?,
        details.mark.name(),
    ];
    conn.execute(sql, values).await?;
    let mut clauses = Vec::with_capacity(plan.clauses.len());
    for (at, clause) in plan.clauses.iter().enumerate() {
        clauses.push(values![
            bureau,
            plan.id,
            index(at)?,
            &clause.path,
            clause.level,
            &clause.title,
            clause.start,
            clause.end,
            clause.has_text,
            &clause.no_action,
        ]);
    }
    insert_rows(conn, INSERT_CLAUSES, clauses).await?;
    let mut proposals = Vec::with_capacity(plan.proposals.len());
    for (at, proposal) in plan.proposals.iter().enumerate() {
        proposals.push(values![
            bureau,
            plan.id,
            index(at)?,
            proposal.id,
            proposal.clause,
            proposal.start,
            proposal.end,
            proposal.draft.kind.name(),
            decision_name(&proposal.decision),
            &proposal.quote,
            to_json(&proposal.draft)?,
            to_json(&proposal.reading)?,
            to_json(&proposal.decision)?,
            &carried(proposal)?,
        ]);
    }
    insert_rows(conn, INSERT_PROPOSALS, proposals).await?;
    let mut acts = Vec::with_capacity(plan.acts.len());
    for act in &plan.acts {
        acts.push(values![bureau, plan.id, act.id, to_json(act)?]);
    }
    insert_rows(conn, INSERT_ACTS, acts).await
}

async fn update(conn: &mut Conn, bureau: BureauId, plan: &Plan, events: usize) -> StoreResult<()> {
    let sql = "UPDATE plans SET version = $3, title = $4, issuer = $5, number = $6, \
               issued_day = $7, year = $8, category = $9, default_limit_day = $10, state = $11, \
               settled = $12, total = $13, updated_at = $14, addressee = $15, \
               lineage_record = $16, questions_record = $17, mark = $18 \
               WHERE bureau_id = $1 AND id = $2 AND version = $19";
    let coverage = plan.coverage();
    let details = &plan.details;
    let values = values![
        bureau,
        plan.id,
        plan.version,
        &details.title,
        &details.issuer,
        &details.number,
        details.issued_on,
        details.year.map(i64::from),
        &details.category,
        details.default_limit,
        plan.state.name(),
        coverage.settled,
        coverage.total,
        plan.updated_at,
        &details.addressee,
        to_json(&plan.lineage)?,
        to_json(&plan.questions)?,
        details.mark.name(),
        plan.version - index(events)?,
    ];
    match conn.execute(sql, values).await? {
        1 => Ok(()),
        _ => Err(StoreError::Stale),
    }
}

async fn update_proposal(
    conn: &mut Conn,
    bureau: BureauId,
    plan: PlanId,
    proposal: &Proposal,
) -> StoreResult<()> {
    let sql = "UPDATE proposals SET kind = $4, decision = $5, draft_record = $6, \
               decision_record = $7, reading_record = $8, carried_record = $9 \
               WHERE bureau_id = $1 AND plan_id = $2 AND id = $3";
    let values = values![
        bureau,
        plan,
        proposal.id,
        proposal.draft.kind.name(),
        decision_name(&proposal.decision),
        to_json(&proposal.draft)?,
        to_json(&proposal.decision)?,
        to_json(&proposal.reading)?,
        &carried(proposal)?,
    ];
    conn.execute(sql, values).await.map(|_rows| ())
}

async fn update_clause(
    conn: &mut Conn,
    bureau: BureauId,
    plan: PlanId,
    ord: u32,
    clause: &Clause,
) -> StoreResult<()> {
    let sql = "UPDATE clauses SET no_action = $4 \
               WHERE bureau_id = $1 AND plan_id = $2 AND ord = $3";
    let values = values![bureau, plan, ord, &clause.no_action];
    conn.execute(sql, values).await.map(|_rows| ())
}

/// Inserts many rows with few statements.
async fn insert_rows(
    conn: &mut Conn,
    insert: &'static str,
    mut rows: Vec<Vec<Value>>,
) -> StoreResult<()> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS_AT_ONCE));
        let mut sql = String::from(insert);
        let mut placeholder = 0usize;
        for (at, row) in rows.iter().enumerate() {
            sql.push_str(if at == 0 { "(" } else { ", (" });
            for column in 0..row.len() {
                placeholder += 1;
                sql.push_str(if column == 0 { "$" } else { ", $" });
                sql.push_str(&placeholder.to_string());
            }
            sql.push(')');
        }
        let values = rows.into_iter().flatten().collect();
        conn.execute_once(AssertSqlSafe(sql), values).await?;
        rows = rest;
    }
    Ok(())
}

fn carried(proposal: &Proposal) -> StoreResult<Option<String>> {
    proposal.carried.as_ref().map(to_json).transpose()
}

fn decision_name(decision: &Decision) -> &'static str {
    match decision {
        Decision::Open => "open",
        Decision::Accepted => "accepted",
        Decision::Rejected { .. } => "rejected",
        Decision::Merged { .. } => "merged",
        Decision::Covered { .. } => "covered",
    }
}

fn index(at: usize) -> StoreResult<i64> {
    i64::try_from(at).map_err(|_over| fault("too many rows"))
}
