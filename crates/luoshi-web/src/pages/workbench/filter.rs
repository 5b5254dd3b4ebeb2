//! What part of a plan the list shows; the address keeps it.

use axum::http::{HeaderMap, header};
use luoshi_app::plans::doubts::{self, Doubt};
use luoshi_domain::plans::{Decision, Outcome, Proposal};
use serde::Deserialize;

use crate::flash;
use crate::pages::labels;
use crate::pages::parts::Choice;
use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::coverage::TONES;
use crate::pages::workbench::editing::KINDS;
use crate::pages::workbench::views::{Facet, Filters};

/// Most characters that are looked for.
const WORDS_LIMIT: usize = 100;

const STATES: [(&str, &str); 4] = [
    ("open", "待定"),
    ("accepted", "已采纳"),
    ("merged", "已合并"),
    ("rejected", "不采纳"),
];

const DOUBTS: [(&str, &str); 3] = [
    ("any", "有待核实"),
    ("low", "把握不大"),
    ("clear", "无疑问"),
];

/// Proposals without a lead unit.
const NOBODY: &str = "none";

/// As the address says it; an empty field does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    /// The tone of clauses.
    pub(super) show: String,
    state: String,
    doubt: String,
    kind: String,
    /// A unit's id, or `none`.
    unit: String,
    q: String,
}

impl Filter {
    /// What the person who sends a request looks at.
    pub(super) fn of_request(headers: &HeaderMap) -> Self {
        let current = headers.get("hx-current-url");
        let address = current.or_else(|| headers.get(header::REFERER));
        let address = address.and_then(|value| value.to_str().ok());
        let query = address.and_then(|address| address.split_once('?'));
        let query = query.map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
        serde_html_form::from_str(query)
            .map(Self::known)
            .unwrap_or_default()
    }

    /// Without what no list has.
    pub(super) fn known(mut self) -> Self {
        let keep = |text: &mut String, known: &[(&str, &str)]| {
            if !known.iter().any(|(key, _)| key == text) {
                text.clear();
            }
        };
        keep(&mut self.show, &TONES);
        keep(&mut self.state, &STATES);
        keep(&mut self.doubt, &DOUBTS);
        if !KINDS.iter().any(|(key, _)| *key == self.kind) {
            self.kind.clear();
        }
        self.q = self.q.trim().chars().take(WORDS_LIMIT).collect();
        self
    }

    pub(super) fn is_narrow(&self) -> bool {
        *self != Self::default()
    }

    /// As it stands behind the `?`; empty when it does not narrow.
    pub(super) fn query(&self) -> String {
        let all = [
            ("show", &self.show),
            ("state", &self.state),
            ("doubt", &self.doubt),
            ("kind", &self.kind),
            ("unit", &self.unit),
            ("q", &self.q),
        ];
        let narrow = all.iter().filter(|(_, value)| !value.is_empty());
        let pairs = narrow.map(|(name, value)| format!("{name}={}", flash::encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Without the state of proposals: what was just decided stays in sight.
    pub(super) fn of_any_state(&self) -> Self {
        Self {
            state: String::new(),
            show: String::new(),
            ..self.clone()
        }
    }

    fn asks_for_proposals(&self) -> bool {
        let facets = [&self.doubt, &self.kind, &self.unit];
        facets.iter().any(|facet| !facet.is_empty())
    }
}

impl Bench<'_> {
    /// Whether the list shows this proposal, the tone of its clause aside.
    pub(super) fn admits(&self, filter: &Filter, proposal: &Proposal) -> bool {
        let fits = |wanted: &str, is: bool| wanted.is_empty() || is;
        fits(&filter.state, state_of(proposal) == filter.state)
            && fits(&filter.kind, kind_of(proposal) == filter.kind)
            && fits(&filter.unit, has_unit(proposal, &filter.unit))
            && fits(&filter.doubt, has_doubt(proposal, &filter.doubt))
            && fits(&filter.q, self.says(proposal, &filter.q))
    }

    /// Whether the list shows a clause for itself, without a proposal.
    pub(super) fn admits_bare(&self, filter: &Filter, n: usize) -> bool {
        let is_bare = self.proposals_of(n).next().is_none();
        let open = self.outcome(n) == Outcome::Open;
        let state = match filter.state.as_str() {
            "" => true,
            "open" => open,
            _ => false,
        };
        let place = self.plan.clauses.get(n);
        let says = filter.q.is_empty()
            || place.is_some_and(|clause| {
                clause.path.contains(&filter.q) || clause.title.contains(&filter.q)
            });
        is_bare && state && says && !filter.asks_for_proposals()
    }

    fn says(&self, proposal: &Proposal, words: &str) -> bool {
        let draft = &proposal.draft;
        let clause = self.plan.clause(proposal.clause);
        let texts = [&draft.title, &draft.target, &proposal.quote];
        texts.iter().any(|text| text.contains(words))
            || clause
                .is_some_and(|clause| clause.path.contains(words) || clause.title.contains(words))
            || draft
                .leads
                .iter()
                .chain(&draft.co_units)
                .any(|unit| self.organisation.unit_name(*unit).contains(words))
    }

    /// The listed proposals, in reading order.
    pub(super) fn listed(&self) -> Vec<&Proposal> {
        let clauses = (0..self.outcomes.len()).filter(|n| self.admits_tone(*n));
        let all = clauses.flat_map(|n| self.proposals_of(n));
        all.filter(|known| self.admits(&self.filter, known))
            .collect()
    }

    /// The bar above the list; each count is that of the list it leads to.
    pub(super) fn filters(&self) -> Filters {
        let filter = &self.filter;
        let kinds: Vec<(String, String)> = KINDS
            .iter()
            .map(|(key, kind)| ((*key).to_owned(), labels::proposal_kind(*kind).to_owned()))
            .collect();
        let words = |known: &[(&str, &str)]| -> Vec<(String, String)> {
            let pairs = known.iter();
            pairs
                .map(|(key, label)| ((*key).to_owned(), (*label).to_owned()))
                .collect()
        };
        let mut units: Vec<(String, String)> = vec![(NOBODY.into(), "牵头未定".into())];
        let carriers = self.organisation.carriers();
        units.extend(carriers.map(|unit| (unit.id.to_string(), unit.name.clone())));
        let facets = vec![
            self.facet("state", "状态", words(&STATES), |filter| {
                &mut filter.state
            }),
            self.facet("doubt", "疑问", words(&DOUBTS), |filter| {
                &mut filter.doubt
            }),
            self.facet("kind", "类型", kinds, |filter| &mut filter.kind),
            self.facet("unit", "单位", units, |filter| &mut filter.unit),
        ];
        let listed = self.listed();
        let open = listed
            .iter()
            .filter(|known| known.decision == Decision::Open)
            .count();
        let offers = self.editable && filter.is_narrow() && open > 0;
        let bulk = |act: &str| match offers {
            true => format!("{}/bulk/{act}?{}", self.href(), filter.query()),
            false => String::new(),
        };
        Filters {
            action: self.href(),
            show: filter.show.clone(),
            q: filter.q.clone(),
            facets,
            said: match filter.is_narrow() {
                true => format!(
                    "列出 {} 项，共 {} 项",
                    listed.len(),
                    self.plan.proposals.len()
                ),
                false => format!("共 {} 项", listed.len()),
            },
            narrow: filter.is_narrow(),
            accept: bulk("accept"),
            reject: bulk("reject"),
            open,
        }
    }

    fn facet(
        &self,
        name: &'static str,
        label: &'static str,
        known: Vec<(String, String)>,
        field: impl Fn(&mut Filter) -> &mut String,
    ) -> Facet {
        let mut others = self.filter.clone();
        let current = std::mem::take(field(&mut others));
        let listed: Vec<&Proposal> = self
            .plan
            .proposals
            .iter()
            .filter(|known| {
                let n = usize::try_from(known.clause).unwrap_or(usize::MAX);
                self.admits_tone(n) && self.admits(&others, known)
            })
            .collect();
        let mut choices = vec![Choice::new("", format!("{label}：全部"), &current)];
        for (key, words) in known {
            let mut alone = Filter::default();
            field(&mut alone).clone_from(&key);
            let count = listed
                .iter()
                .filter(|known| self.admits(&alone, known))
                .count();
            if count > 0 || key == current || name != "unit" {
                choices.push(Choice::new(key, format!("{words} {count}"), &current));
            }
        }
        Facet {
            name,
            label,
            narrow: !current.is_empty(),
            choices,
        }
    }
}

fn state_of(proposal: &Proposal) -> &'static str {
    labels::decision(&proposal.decision).0
}

fn kind_of(proposal: &Proposal) -> &'static str {
    let known = KINDS.iter().find(|(_, kind)| *kind == proposal.draft.kind);
    known.map_or("", |(key, _)| key)
}

fn has_unit(proposal: &Proposal, unit: &str) -> bool {
    let draft = &proposal.draft;
    if unit == NOBODY {
        return draft.leads.is_empty() && draft.kind.tracked().is_some();
    }
    let mut units = draft.leads.iter().chain(&draft.co_units);
    units.any(|known| known.to_string() == unit)
}

fn has_doubt(proposal: &Proposal, doubt: &str) -> bool {
    let doubts = doubts::of(proposal);
    match doubt {
        "any" => !doubts.is_empty(),
        "low" => doubts.contains(&Doubt::Unsure),
        _ => doubts.is_empty(),
    }
}
