//! A form behind a button of a proposal or of a clause.

use luoshi_domain::plans::Proposal;
use luoshi_domain::refusals::Refusal;

use crate::pages::parts::{Fault, Field};
use crate::pages::workbench::bench::Bench;

/// Most characters of a reason.
pub(super) const REASON_LIMIT: usize = 200;

/// A form as `fold_form.html` draws it.
#[derive(Clone, Debug, Default)]
pub(super) struct FoldForm {
    pub(super) key: &'static str,
    pub(super) id: String,
    pub(super) action: String,
    pub(super) fields: Vec<Field>,
    /// Who leads and who co-operates; empty where the form does not ask.
    pub(super) units: Vec<UnitRow>,
    pub(super) units_hint: String,
    pub(super) units_fault: String,
    pub(super) submit: &'static str,
    pub(super) note: String,
}

/// A unit that can be ticked as lead or as co-unit.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitRow {
    pub(super) id: String,
    pub(super) name: String,
    /// Pinyin initials, for who types `ghjsk` for 规划建设科.
    pub(super) initials: String,
    pub(super) lead: bool,
    pub(super) co_unit: bool,
}

impl FoldForm {
    /// Puts a sentence beside the field it is about, else beside the first one.
    pub(super) fn with_faults(mut self, faults: &[Fault]) -> Self {
        for fault in faults {
            if fault.field == "units" {
                self.units_fault.clone_from(&fault.text);
                continue;
            }
            let known = self
                .fields
                .iter()
                .position(|field| field.name == fault.field);
            if let Some(field) = self.fields.get_mut(known.unwrap_or(0)) {
                field.fault.clone_from(&fault.text);
            }
        }
        self
    }

    /// The faults by the id of their input, for the list on top of a page.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let fields = self.fields.iter().filter(|field| !field.fault.is_empty());
        let mut faults: Vec<Fault> = fields.map(|field| fault(&field.id, &field.fault)).collect();
        if !self.units_fault.is_empty() {
            faults.push(fault(&format!("{}-units", self.id), &self.units_fault));
        }
        faults
    }
}

/// The field that a refusal of the domain is about.
pub(super) fn fault_of(refusal: &Refusal) -> Fault {
    let field = match refusal.code {
        "lead_is_co_unit" | "unknown_unit" => "units",
        "same" | "target_gone" | "unknown_proposal" => "into",
        code => code,
    };
    fault(field, &refusal.sentence)
}

pub(super) fn fold(
    bench: &Bench<'_>,
    proposal: &Proposal,
    key: &'static str,
    fields: Vec<Field>,
    submit: &'static str,
) -> FoldForm {
    let id = format!("{key}-{}", proposal.id);
    FoldForm {
        key,
        action: format!("{}/proposals/{}/{key}", bench.href(), proposal.id),
        fields: fields.into_iter().map(|field| field.of_form(&id)).collect(),
        id,
        submit,
        ..FoldForm::default()
    }
}

/// The year that completes a typed date.
pub(super) fn year(bench: &Bench<'_>) -> String {
    let year = bench.plan.details.year;
    year.map(|year| year.to_string()).unwrap_or_default()
}

pub(super) fn fault(field: &str, text: &str) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    }
}
