//! The year that a plan's dates stand in, and the same text for another year (IMPORT-12).

use chrono::Datelike;
use luoshi_domain::ids::{PlanId, ProposalId};
use luoshi_domain::plans::acts::ActName;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::lineage::{Lineage, YearCopy};
use luoshi_domain::plans::years::{YearContext, shift_day, shift_years};
use luoshi_domain::plans::{
    Decision, Draft, Imported, Plan, PlanDetails, PlanEvent, PlanRow, Proposal,
};
use luoshi_domain::refusals::Refusal;
use luoshi_domain::rights::Right;
use luoshi_plan::reading::ReadOptions;

use crate::errors::{AppError, AppResult};
use crate::plans::{ImportOutcome, carry_out, load, save_imported};
use crate::{App, Who, accounts, policy};

/// Years that a text can be loaded to.
const YEARS: std::ops::Range<i32> = 1949..2200;

/// What other details changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amended {
    /// Limits that moved with the year.
    pub redated: usize,
    /// Limits of decided proposals that stayed although the year changed.
    pub kept: usize,
}

/// Replaces what is known of the document as a whole; limits as read move with the year.
pub async fn amend(
    app: &App,
    who: &Who,
    id: PlanId,
    details: PlanDetails,
    seen: Option<i64>,
) -> AppResult<Amended> {
    let before = super::show(app, who, id).await?.plan;
    let commands = vec![PlanCommand::AmendDetails(details)];
    let act = (Some(ActName::Details), commands);
    let (view, events) = carry_out(app, who, id, act, seen).await?;
    let redated = events
        .iter()
        .filter(|event| matches!(event, PlanEvent::ProposalEdited { .. }))
        .count();
    let plan = view.plan;
    let (old, new) = (
        before.year_context(&before.details),
        plan.year_context(&plan.details),
    );
    let kept = plan.proposals.iter().filter(|known| {
        let limit = known.reading.limit(new);
        known.decision == Decision::Accepted
            && known.draft.limit != limit
            && known.draft.limit == known.reading.limit(old)
    });
    Ok(Amended {
        redated,
        kept: kept.count(),
    })
}

/// Which year a text is to be loaded to, and by whom it is issued there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherYear {
    pub year: i32,
    /// The issuer where it is another one.
    pub issuer: Option<String>,
}

/// Loads a plan's text to another year as a plan of its own, all to be confirmed anew.
///
/// Dates move by the difference of the years, those whose year the text names as well; what was
/// edited in the plan is taken along. The number and the day of issue are not, nobody knows them.
pub async fn load_to(
    app: &App,
    who: &Who,
    id: PlanId,
    wanted: OtherYear,
) -> AppResult<ImportOutcome> {
    policy::see_plans(app, who)?;
    policy::require(app, &who.actor, Right::ImportPlan)?;
    let mut uow = app.store.write(who.bureau).await?;
    let plan = load(&mut *uow, id).await?;
    let Some(from) = plan.details.dated_year() else {
        return Err(Refusal::state(
            "year",
            "IMPORT-12",
            "这份方案的年份还不知道，没法推算另一年度。请先在“改方案信息”里填写年份或印发日期。",
        )
        .into());
    };
    let to = wanted.year;
    if !YEARS.contains(&to) || to == from {
        let sentence = format!("请填写 {from} 年以外的四位年份。");
        return Err(Refusal::input("year", "IMPORT-12", sentence).into());
    }
    for known in uow.plans_with_digest(&plan.digest).await? {
        let loaded = known.lineage.year_of.is_some_and(|copy| copy.to == to);
        if known.year == Some(to) || loaded {
            return Ok(ImportOutcome {
                plan: known.id,
                known: true,
            });
        }
    }
    let organisation = app.organisation(who.bureau, &mut *uow).await?;
    let ctx = app.context(&who.actor, &organisation);
    let copied = copy(&plan, from, wanted, || ProposalId(app.ids.id(ctx.now)));
    let event = Plan::import(copied)?;
    let id = PlanId(app.ids.id(ctx.now));
    save_imported(&mut *uow, id, &event, &ctx.signed()).await?;
    uow.commit().await?;
    Ok(ImportOutcome {
        plan: id,
        known: false,
    })
}

/// A text that was imported before: the plan there is, or a new one for the year asked for.
///
/// A text that names its year is not taken to another one by what the form says; that is asked
/// for on the plan.
pub(super) async fn known_text(
    app: &App,
    who: &Who,
    known: &[PlanRow],
    first: PlanId,
    text: &str,
    year: Option<i32>,
) -> AppResult<ImportOutcome> {
    let same = known.iter().find(|row| row.year == year);
    let plan = same.map_or(first, |row| row.id);
    let here = ImportOutcome { plan, known: true };
    let (Some(year), None) = (year, same) else {
        return Ok(here);
    };
    let text = text.to_owned();
    let own = move || luoshi_plan::read(&text, &ReadOptions::default()).year;
    if accounts::blocking(own).await?.is_some() {
        return Ok(here);
    }
    let wanted = OtherYear { year, issuer: None };
    match load_to(app, who, plan, wanted).await {
        // The plan waits for its year; it is given there.
        Err(AppError::Refused(refusal)) if refusal.code == "year" => Ok(here),
        done => done,
    }
}

fn copy(
    plan: &Plan,
    from: i32,
    wanted: OtherYear,
    mut next_id: impl FnMut() -> ProposalId,
) -> Imported {
    let shift = wanted.year - from;
    // A copy of a copy goes back to the text's own year.
    let written = plan.lineage.year_of.map_or(from, |copy| copy.from);
    let details = &plan.details;
    let lineage = Lineage {
        read_year: plan.lineage.read_year.or(Some(written)),
        year_of: Some(YearCopy {
            plan: plan.id,
            from: written,
            to: wanted.year,
        }),
        ..Lineage::default()
    };
    let before = plan.year_context(details);
    let after = YearContext {
        read: lineage.read_year,
        now: Some(wanted.year),
        shift: lineage.shift(),
    };
    let proposals = plan.proposals.iter().map(|known| {
        let read = known.reading.limit(before);
        let limit = if known.draft.limit == read {
            known.reading.limit(after)
        } else {
            known.draft.limit.and_then(|limit| shift_day(limit, shift))
        };
        Proposal {
            id: next_id(),
            decision: Decision::Open,
            draft: Draft {
                title: shift_years(&known.draft.title, shift),
                target: shift_years(&known.draft.target, shift),
                limit,
                ..known.draft.clone()
            },
            carried: None,
            ..known.clone()
        }
    });
    Imported {
        details: PlanDetails {
            title: shift_years(&details.title, shift),
            issuer: wanted.issuer.or_else(|| details.issuer.clone()),
            addressee: details.addressee.clone(),
            number: None,
            issued_on: None,
            year: Some(wanted.year),
            category: details.category.clone(),
            default_limit: details
                .default_limit
                .and_then(|limit| shift_day(limit, shift)),
            mark: details.mark,
        },
        file_name: plan.file_name.clone(),
        digest: plan.digest.clone(),
        text: plan.text.clone(),
        clauses: plan.clauses.clone(),
        proposals: proposals.collect(),
        lineage,
        questions: plan.questions.asked.clone(),
    }
}

/// The year that the office is likely to load a plan to.
pub fn offered(app: &App, plan: &Plan) -> i32 {
    let this = app.today().year();
    let from = plan.details.dated_year().unwrap_or(this);
    if from < this { this } else { from + 1 }
}
