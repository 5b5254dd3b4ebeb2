//! The two tiers of ledgers: the bureau's and the units' own (LEDGER-01).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use luoshi_app::tiers::{self, UnitTiers};
use luoshi_domain::tasks::Tier;

use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::html;
use crate::pages::ledger::query::{address, name};
use crate::pages::ledger::{PATH as LEDGER, filings};
use crate::pages::parts::{State as Badge, Tally};
use crate::pages::shell::Shell;
use crate::problem::WebResult;

pub(super) const PATH: &str = "/ledger/tiers";

#[derive(Template)]
#[template(path = "ledger_tiers.html")]
struct TiersPage {
    shell: Shell,
    tally: Vec<Tally>,
    /// The bureau's ledger by where its lines come from.
    by_source: String,
    quarter: String,
    rows: Vec<Row>,
}

/// What one unit has in its ledgers.
struct Row {
    name: String,
    href: String,
    bureau: Number,
    own: Number,
    red: Number,
    filing: Badge,
    filing_href: String,
}

/// A number that leads to the rows it counts.
struct Number {
    count: u32,
    href: String,
}

pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Response> {
    let found = tiers::show(&state.app, signed_in.who()).await?;
    let (bureau, unit) = (name(Tier::Bureau), name(Tier::Unit));
    let tally = |count: u32, label: &str, note: &str, pairs: &[(&str, &str)]| Tally {
        href: address(LEDGER, pairs),
        count: u64::from(count),
        label: label.into(),
        note: note.into(),
        red: false,
        current: false,
    };
    let mut tallies = vec![
        tally(found.bureau, "局级台账", "督查办建立", &[("tier", &bureau)]),
        tally(found.own, "本级台账", "各单位建立", &[("tier", &unit)]),
    ];
    if found.without.0 > 0 {
        let pairs = [("tier", bureau.as_str()), ("none", "lead")];
        tallies.push(tally(found.without.0, "局级待分解", "未定牵头单位", &pairs));
    }
    if found.without.1 > 0 {
        let pairs = [("tier", unit.as_str()), ("none", "lead")];
        tallies.push(tally(found.without.1, "本级未定单位", "", &pairs));
    }
    let row = |row: &UnitTiers| {
        let lead = row.unit.to_string();
        let number = |count, pairs: &[(&str, &str)]| {
            let mut all = vec![("lead", lead.as_str())];
            all.extend_from_slice(pairs);
            Number {
                count,
                href: address(LEDGER, &all),
            }
        };
        Row {
            name: found.organisation.unit_name(row.unit).to_owned(),
            href: address(LEDGER, &[("lead", &lead)]),
            bureau: number(row.bureau, &[("tier", &bureau)]),
            own: number(row.own, &[("tier", &unit)]),
            red: number(row.red, &[("light", "red")]),
            filing: filings::badge(row.filing.as_ref().map(|filing| filing.state)),
            filing_href: match &row.filing {
                Some(filing) => format!("/ledger/filings/{}", filing.id),
                None => "/ledger/filings".into(),
            },
        }
    };
    let page = TiersPage {
        tally: tallies,
        by_source: address(LEDGER, &[("tier", &bureau), ("group", "category")]),
        quarter: format!("{} 年第 {} 季度", found.quarter.year, found.quarter.number),
        rows: found.units.iter().map(row).collect(),
        shell: Shell::signed_in(&state, &signed_in, LEDGER).await?,
    };
    html(StatusCode::OK, &page)
}
