//! What the workbench shows of a plan, built from maps so that its size counts once.

use std::collections::HashMap;

use luoshi_app::plans::bulk;
use luoshi_domain::ids::{ProposalId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::plans::{Clause, Decision, Outcome, Plan, PlanState, Proposal};

use crate::pages::labels;
use crate::pages::parts::Fault;
use crate::pages::workbench::facts;
use crate::pages::workbench::forms::FoldForm;
use crate::pages::workbench::text::{self, Mark, Span};

/// Tones of clauses that need an outcome, with their words.
const TONES: [(&str, &str); 4] = [
    ("task", "已采纳"),
    ("merged", "已合并"),
    ("none", "无需落实"),
    ("open", "待定"),
];

/// A count of clauses that leads to them.
pub(super) struct Key {
    pub(super) tone: &'static str,
    pub(super) label: &'static str,
    pub(super) count: u32,
    pub(super) href: String,
    pub(super) current: bool,
}

/// How far the plan is, as `coverage.html` draws it.
pub(super) struct Coverage {
    pub(super) total: u32,
    pub(super) decided: u32,
    pub(super) percent: u32,
    pub(super) keys: Vec<Key>,
    pub(super) all_href: String,
    pub(super) task_width: f64,
    pub(super) merged_at: f64,
    pub(super) merged_width: f64,
    pub(super) none_at: f64,
    pub(super) none_width: f64,
    pub(super) finalise_action: String,
    pub(super) may_finalise: bool,
    pub(super) why_not: String,
    pub(super) effect: String,
    /// The version that the person looks at.
    pub(super) seen: i64,
    pub(super) bulk: Vec<BulkAct>,
    /// Where the tasks are, once the plan is final.
    pub(super) tasks_href: String,
    pub(super) tasks_said: String,
}

/// An act on all of the plan.
pub(super) struct BulkAct {
    pub(super) action: String,
    pub(super) label: String,
    pub(super) confirm: String,
}

/// One clause of the document, as `clause.html` draws it.
pub(super) struct ClauseView {
    pub(super) id: String,
    pub(super) tone: &'static str,
    pub(super) tag: String,
    pub(super) heading: String,
    pub(super) paragraphs: Vec<Vec<Span>>,
}

/// A clause's proposals, as `clause_group.html` draws them.
pub(super) struct ClauseGroup {
    pub(super) id: String,
    pub(super) clause: String,
    pub(super) path: String,
    pub(super) title: String,
    pub(super) said: String,
    /// What another person's act changed, or why nothing was done.
    pub(super) notice: String,
    pub(super) drop: Option<Fold>,
    pub(super) accept: String,
    pub(super) undo: String,
    pub(super) proposals: Vec<ProposalView>,
}

/// A proposal, as `proposal_row.html` draws it.
pub(super) struct ProposalView {
    pub(super) id: String,
    pub(super) state: &'static str,
    pub(super) state_label: &'static str,
    pub(super) kind: &'static str,
    pub(super) kind_key: bool,
    pub(super) title: String,
    pub(super) confidence: String,
    pub(super) facts: Vec<(&'static str, String)>,
    /// What to check before accepting; empty when there is nothing.
    pub(super) asks: String,
    pub(super) outcome: String,
    pub(super) href: String,
    pub(super) action: String,
    pub(super) folds: Vec<Fold>,
    pub(super) frozen: bool,
    /// What another person's act changed, with what was typed and not stored.
    pub(super) notice: String,
    pub(super) typed: Vec<(&'static str, String)>,
    /// Sent beside another row.
    pub(super) oob: bool,
}

/// A form behind its button; fetched when the fold is opened.
pub(super) struct Fold {
    pub(super) label: &'static str,
    pub(super) letter: &'static str,
    /// Where the form alone is.
    pub(super) get: String,
    /// The page with this fold open, for browsers without script.
    pub(super) page: String,
    pub(super) form: Option<FoldForm>,
}

/// What the page is asked to show besides the plan as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Proposal(ProposalId),
    Clause(u32),
}

/// An open form, or a sentence beside a row.
pub(super) struct Focus {
    pub(super) place: Place,
    pub(super) form: Option<FoldForm>,
    pub(super) notice: String,
    pub(super) typed: Vec<(&'static str, String)>,
}

/// A plan with the maps that its views need.
pub(super) struct Bench<'a> {
    pub(super) plan: &'a Plan,
    pub(super) organisation: &'a Organisation,
    pub(super) editable: bool,
    outcomes: Vec<Outcome>,
    /// Proposals of each clause, as places in the plan's list.
    members: Vec<Vec<usize>>,
    places: HashMap<ProposalId, usize>,
    /// How many others stand with a proposal.
    merged: HashMap<ProposalId, u32>,
    focus: Option<Focus>,
    /// The only tone that the list shows; empty for all.
    shown: String,
}

impl<'a> Bench<'a> {
    pub(super) fn new(plan: &'a Plan, organisation: &'a Organisation, editable: bool) -> Self {
        let mut members = vec![Vec::new(); plan.clauses.len()];
        let mut places = HashMap::with_capacity(plan.proposals.len());
        let mut merged = HashMap::new();
        for (place, proposal) in plan.proposals.iter().enumerate() {
            places.insert(proposal.id, place);
            let clause = usize::try_from(proposal.clause).ok();
            if let Some(known) = clause.and_then(|clause| members.get_mut(clause)) {
                known.push(place);
            }
            if let Decision::Merged { into } = proposal.decision {
                *merged.entry(into).or_insert(0) += 1;
            }
        }
        Self {
            plan,
            organisation,
            editable,
            outcomes: plan.outcomes(),
            members,
            places,
            merged,
            focus: None,
            shown: String::new(),
        }
    }

    /// Lists only clauses of this tone; all when there is no such tone.
    pub(super) fn showing(mut self, tone: &str) -> Self {
        if TONES.iter().any(|(known, _)| *known == tone) {
            tone.clone_into(&mut self.shown);
        }
        self
    }

    /// What the list is narrowed to, in words; empty when it shows all.
    pub(super) fn narrowed(&self) -> String {
        let known = TONES.iter().find(|(tone, _)| *tone == self.shown);
        known.map_or_else(String::new, |(_, label)| format!("只列出{label}的条款"))
    }

    pub(super) fn with(mut self, focus: Option<Focus>) -> Self {
        self.focus = focus;
        self
    }

    /// What is wrong with the opened form, for the list on top of the page.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let form = self.focus.as_ref().and_then(|focus| focus.form.as_ref());
        form.map_or_else(Vec::new, FoldForm::faults)
    }

    pub(super) fn href(&self) -> String {
        format!("/plans/{}", self.plan.id)
    }

    pub(super) fn unit_names(&self, units: &[UnitId]) -> String {
        let names = units.iter().map(|unit| self.organisation.unit_name(*unit));
        names.collect::<Vec<_>>().join("、")
    }

    /// Where a proposal stands in the plan's list.
    pub(super) fn place_of(&self, id: ProposalId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    pub(super) fn merged_into(&self, id: ProposalId) -> u32 {
        self.merged.get(&id).copied().unwrap_or_default()
    }

    fn found(&self, id: ProposalId) -> Option<&'a Proposal> {
        self.place_of(id)
            .and_then(|place| self.plan.proposals.get(place))
    }

    fn proposals_of(&self, clause: usize) -> impl Iterator<Item = &'a Proposal> {
        let members = self.members.get(clause).map_or(&[][..], Vec::as_slice);
        let plan = self.plan;
        members
            .iter()
            .filter_map(move |place| plan.proposals.get(*place))
    }

    pub(super) fn clauses(&self) -> Vec<ClauseView> {
        let ranges = self.plan.clauses.iter().map(|known| known.start..known.end);
        let slices = text::slices(&self.plan.text, ranges);
        let views = self.plan.clauses.iter().zip(slices).enumerate();
        views
            .map(|(n, (clause, text))| self.view(n, clause, text))
            .collect()
    }

    /// One clause; `None` when there is no such.
    pub(super) fn clause(&self, n: u32) -> Option<ClauseView> {
        let clause = self.plan.clause(n)?;
        let slices = text::slices(&self.plan.text, std::iter::once(clause.start..clause.end));
        let text = slices.first().copied().unwrap_or_default();
        Some(self.view(usize::try_from(n).ok()?, clause, text))
    }

    fn view(&self, n: usize, clause: &Clause, text: &str) -> ClauseView {
        let marks: Vec<Mark> = self
            .proposals_of(n)
            .map(|proposal| Mark {
                start: proposal.start,
                end: proposal.end,
                proposal: proposal.id.to_string(),
                tone: mark_tone(&proposal.decision),
            })
            .collect();
        let mut laid = text::layout(text, &clause.title, clause.start, &marks);
        if n == 0 {
            // The document's title stands above, larger.
            let repeated = title_lines(&laid.paragraphs, &self.plan.details.title);
            laid.paragraphs.drain(..repeated);
        }
        ClauseView {
            id: format!("clause-{n}"),
            tone: self.tone(n),
            tag: self.tag(n, clause),
            heading: laid.heading,
            paragraphs: laid.paragraphs,
        }
    }

    fn outcome(&self, n: usize) -> Outcome {
        self.outcomes.get(n).copied().unwrap_or(Outcome::Empty)
    }

    fn tone(&self, n: usize) -> &'static str {
        match self.outcome(n) {
            Outcome::Open => "open",
            Outcome::Accepted if self.tally(n).accepted == 0 => "merged",
            Outcome::Accepted => "task",
            Outcome::Rejected | Outcome::NoAction => "none",
            Outcome::Empty => "plain",
        }
    }

    fn tag(&self, n: usize, clause: &Clause) -> String {
        let tally = self.tally(n);
        match self.outcome(n) {
            Outcome::Empty => String::new(),
            Outcome::Open if tally.open == 0 => "待定".into(),
            Outcome::Open => format!("待定 {}", tally.open),
            Outcome::Accepted => {
                let counts = [
                    ("采纳", tally.accepted),
                    ("并入", tally.merged),
                    ("不采纳", tally.rejected),
                ];
                let parts = counts.iter().filter(|(_, count)| *count > 0);
                let parts = parts.map(|(word, count)| format!("{word} {count}"));
                parts.collect::<Vec<_>>().join(" ")
            }
            Outcome::Rejected if clause.no_action.is_none() => "不采纳".into(),
            Outcome::Rejected | Outcome::NoAction => "无需落实".into(),
        }
    }

    fn tally(&self, n: usize) -> Tally {
        let mut tally = Tally::default();
        for proposal in self.proposals_of(n) {
            match proposal.decision {
                Decision::Open => tally.open += 1,
                Decision::Accepted => tally.accepted += 1,
                Decision::Merged { .. } => tally.merged += 1,
                Decision::Rejected { .. } => tally.rejected += 1,
            }
        }
        tally
    }

    /// All clauses that ask for a decision or had one; bare headings are left out.
    pub(super) fn groups(&self) -> Vec<ClauseGroup> {
        let wanted = |n: usize| match self.tone(n) {
            "plain" => false,
            tone => self.shown.is_empty() || self.shown == tone,
        };
        let clauses = (0u32..).zip(0..self.outcomes.len());
        clauses
            .filter(|(_, place)| wanted(*place))
            .filter_map(|(n, _)| self.group(n))
            .collect()
    }

    /// One clause's group; `None` when there is no such clause.
    pub(super) fn group(&self, n: u32) -> Option<ClauseGroup> {
        let clause = self.plan.clause(n)?;
        let place = usize::try_from(n).ok()?;
        let tally = self.tally(place);
        let open = self.editable && self.outcome(place) == Outcome::Open;
        let undecided = tally.accepted + tally.merged + tally.rejected == 0;
        let focus = self.focus_on(&Place::Clause(n));
        let drop = (open && undecided).then(|| Fold {
            label: "本条无需落实",
            letter: "",
            get: format!("{}/clauses/{n}/forms/dismiss", self.href()),
            page: format!("{}?form=dismiss&clause={n}#group-{n}", self.href()),
            form: focus.and_then(|focus| focus.form.clone()),
        });
        let reopen = self.editable && clause.no_action.is_some();
        let accepts = open && tally.open > 1;
        Some(ClauseGroup {
            id: format!("group-{n}"),
            clause: format!("clause-{n}"),
            path: clause.path.clone(),
            title: clause.title.clone(),
            said: said(clause, tally),
            notice: focus.map_or_else(String::new, |focus| focus.notice.clone()),
            drop,
            accept: action(accepts, || format!("{}/clauses/{n}/accept", self.href())),
            undo: action(reopen, || format!("{}/clauses/{n}/reopen", self.href())),
            proposals: self
                .proposals_of(place)
                .map(|known| self.row(known))
                .collect(),
        })
    }

    /// One proposal's row; `None` when there is no such proposal.
    pub(super) fn proposal(&self, id: ProposalId) -> Option<ProposalView> {
        self.found(id).map(|known| self.row(known))
    }

    fn row(&self, proposal: &Proposal) -> ProposalView {
        let (state, state_label) = labels::decision(&proposal.decision);
        let focus = self.focus_on(&Place::Proposal(proposal.id));
        let tracked = proposal.draft.kind.tracked().is_some();
        let has_tasks = tracked && proposal.decision == Decision::Accepted;
        let is_final = self.plan.state == PlanState::Final;
        ProposalView {
            id: proposal.id.to_string(),
            state,
            state_label,
            kind: labels::proposal_kind(proposal.draft.kind),
            kind_key: tracked,
            title: proposal.draft.title.clone(),
            confidence: format!("把握 {}%", proposal.reading.confidence),
            facts: facts::of(self, proposal),
            asks: facts::asks(proposal),
            outcome: self.outcome_of(proposal),
            href: action(is_final && has_tasks, || {
                format!("/ledger?plan={}", self.plan.id)
            }),
            action: format!("{}/proposals/{}", self.href(), proposal.id),
            folds: self.folds(proposal, focus),
            frozen: !self.editable,
            notice: focus.map_or_else(String::new, |focus| focus.notice.clone()),
            typed: focus.map_or_else(Vec::new, |focus| focus.typed.clone()),
            oob: false,
        }
    }

    fn folds(&self, proposal: &Proposal, focus: Option<&Focus>) -> Vec<Fold> {
        if !self.editable || proposal.decision != Decision::Open {
            return Vec::new();
        }
        let id = proposal.id;
        let opened = focus.and_then(|focus| focus.form.as_ref());
        let known = [
            ("edit", "修改", "e"),
            ("merge", "合并", "m"),
            ("reject", "不采纳", "x"),
        ];
        let folds = known.into_iter().filter(|(key, _, _)| {
            // Others stand with it: it must not be taken away under them.
            *key == "edit" || self.merged_into(id) == 0
        });
        folds
            .map(|(key, label, letter)| Fold {
                label,
                letter,
                get: format!("{}/proposals/{id}/forms/{key}", self.href()),
                page: format!("{}?form={key}&proposal={id}#proposal-{id}", self.href()),
                form: opened.filter(|form| form.key == key).cloned(),
            })
            .collect()
    }

    fn outcome_of(&self, proposal: &Proposal) -> String {
        let is_final = self.plan.state == PlanState::Final;
        match &proposal.decision {
            Decision::Open => String::new(),
            Decision::Accepted if proposal.draft.kind.tracked().is_none() => {
                "记录在案，不立事项".into()
            }
            Decision::Accepted => {
                let count = proposal.draft.leads.len().max(1);
                if is_final {
                    format!("已立 {count} 件")
                } else {
                    format!("定稿后立 {count} 件")
                }
            }
            Decision::Rejected { reason } => format!("理由：{reason}"),
            Decision::Merged { into } => {
                let title = self.found(*into).map(|known| known.draft.title.as_str());
                format!("并入“{}”", title.unwrap_or_default())
            }
        }
    }

    fn focus_on(&self, place: &Place) -> Option<&Focus> {
        self.focus.as_ref().filter(|focus| focus.place == *place)
    }

    pub(super) fn coverage(&self) -> Coverage {
        let mut counts = [0u32; 4];
        for n in 0..self.outcomes.len() {
            let tone = self.tone(n);
            for (count, (known, _)) in counts.iter_mut().zip(TONES) {
                *count += u32::from(known == tone);
            }
        }
        let [task, merged, none, open] = counts;
        let covered = self.plan.coverage();
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(covered.total.max(1));
        let tasks = self.plan.tasks_to_open().len();
        let is_final = self.plan.state == PlanState::Final;
        Coverage {
            total: covered.total,
            decided: covered.settled,
            percent: covered.percent(),
            keys: self.keys(counts),
            all_href: self.href(),
            task_width: share(task),
            merged_at: share(task),
            merged_width: share(merged),
            none_at: share(task + merged),
            none_width: share(none),
            finalise_action: format!("{}/finalise", self.href()),
            may_finalise: self.editable && covered.is_full(),
            why_not: self.why_not(open),
            effect: format!("定稿后立 {tasks} 件事项，进入“待批准立项”；方案和每条结论不能再改。"),
            seen: self.plan.version,
            bulk: self.bulk(),
            tasks_href: action(is_final, || format!("/ledger?plan={}", self.plan.id)),
            tasks_said: format!("{tasks} 件事项"),
        }
    }

    fn keys(&self, counts: [u32; 4]) -> Vec<Key> {
        let keys = TONES.into_iter().zip(counts);
        keys.map(|((tone, label), count)| Key {
            tone,
            label,
            count,
            href: format!("{}?show={tone}", self.href()),
            current: self.shown == tone,
        })
        .collect()
    }

    fn why_not(&self, open: u32) -> String {
        if open > 0 {
            format!("还有 {open} 条待定，全部有下文后才能定稿")
        } else {
            "方案由督查办核对和定稿".into()
        }
    }

    fn bulk(&self) -> Vec<BulkAct> {
        if !self.editable {
            return Vec::new();
        }
        let clear = bulk::acceptances(self.plan).len();
        let bare = bulk::dismissals(self.plan).len();
        let mut acts = Vec::new();
        if clear > 1 {
            acts.push(BulkAct {
                action: format!("{}/accept-clear", self.href()),
                label: format!("采纳无疑问的 {clear} 项"),
                confirm: format!(
                    "将按读出的内容采纳 {clear} 项：责任单位、时限或频次都已读出，\
                     没有需要核实之处。每一项都可以单独撤回。"
                ),
            });
        }
        if bare > 1 {
            acts.push(BulkAct {
                action: format!("{}/dismiss-bare", self.href()),
                label: format!("其余 {bare} 处原则性内容记为无需落实"),
                confirm: format!(
                    "将把 {bare} 处没有读出事项或只有原则性表述的内容记为“无需落实”。\
                     每一条都可以单独撤回。"
                ),
            });
        }
        acts
    }
}

#[derive(Clone, Copy, Default)]
struct Tally {
    open: u32,
    accepted: u32,
    merged: u32,
    rejected: u32,
}

fn said(clause: &Clause, tally: Tally) -> String {
    let all = tally.open + tally.accepted + tally.merged + tally.rejected;
    let mut said = if all == 0 && clause.no_action.is_none() {
        "没有读出事项".to_owned()
    } else if all == 0 {
        String::new()
    } else if tally.open == 0 {
        format!("{all} 项，已定")
    } else {
        format!("{all} 项，待定 {} 项", tally.open)
    };
    if let Some(reason) = &clause.no_action {
        if !said.is_empty() {
            said.push('；');
        }
        said.push_str(&format!("无需落实：{reason}"));
    }
    said
}

/// How many of the first paragraphs are the title and nothing else.
fn title_lines(paragraphs: &[Vec<Span>], title: &str) -> usize {
    let letters = |text: &str| -> String {
        let blank = |letter: &char| letter.is_whitespace() || *letter == '\u{feff}';
        text.chars().filter(|letter| !blank(letter)).collect()
    };
    let title = letters(title);
    let mut read = String::new();
    for (n, spans) in paragraphs.iter().enumerate() {
        read.extend(spans.iter().map(|span| letters(&span.text)));
        if read == title {
            return n + 1;
        }
        if !title.starts_with(&read) {
            return 0;
        }
    }
    0
}

fn mark_tone(decision: &Decision) -> &'static str {
    match decision {
        Decision::Open => "open",
        Decision::Accepted => "task",
        Decision::Merged { .. } => "merged",
        Decision::Rejected { .. } => "none",
    }
}

/// An address where it leads somewhere.
fn action(exists: bool, address: impl FnOnce() -> String) -> String {
    if exists { address() } else { String::new() }
}

#[cfg(test)]
mod tests;
