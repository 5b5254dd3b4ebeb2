//! The right pane: the clauses' groups and their proposals' rows.

use luoshi_app::lessons::sentences;
use luoshi_app::plans::{bulk, doubts};
use luoshi_domain::calendar::local_time;
use luoshi_domain::ids::ProposalId;
use luoshi_domain::plans::{Clause, Decision, Outcome, PlanState, Proposal};

use crate::pages::labels;
use crate::pages::workbench::bench::{Bench, Focus, Place, Tally, action};
use crate::pages::workbench::facts;
use crate::pages::workbench::views::{AcceptAct, ClauseGroup, Fold, ProposalView};

impl Bench<'_> {
    /// All clauses that ask for a decision or had one; bare headings are left out.
    pub(super) fn groups(&self) -> Vec<ClauseGroup> {
        let clauses = (0u32..).zip(0..self.outcomes.len());
        clauses
            .filter(|(_, place)| self.admits_tone(*place))
            .filter(|(_, place)| self.admits_bare(&self.filter, *place) || self.lists_any(*place))
            .filter_map(|(n, _)| self.group(n))
            .collect()
    }

    fn lists_any(&self, n: usize) -> bool {
        let mut proposals = self.proposals_of(n);
        proposals.any(|known| self.admits(&self.filter, known))
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
            letter: "N",
            get: format!("{}/clauses/{n}/forms/dismiss", self.href()),
            page: format!("{}?form=dismiss&clause={n}#group-{n}", self.href()),
            form: focus.and_then(|focus| focus.form.clone()),
        });
        let reopen = self.editable && clause.no_action.is_some();
        let clear = bulk::clear_of(self.proposals_of(place)).count();
        let clause_at = format!("{}/clauses/{n}", self.href());
        let mut accepts = Vec::new();
        if open && tally.open > 1 {
            if clear > 0 {
                let all = clear == usize::try_from(tally.open).unwrap_or_default();
                accepts.push(AcceptAct {
                    action: format!("{clause_at}/accept-clear"),
                    label: match all {
                        true => format!("{clear} 项一并采纳"),
                        false => format!("无疑问的 {clear} 项一并采纳"),
                    },
                    letter: "A",
                });
            }
            let inside = self.proposals_of(place);
            let settled = inside.filter(|known| known.awaits_nothing_else()).count();
            if clear < settled {
                let all = settled == usize::try_from(tally.open).unwrap_or_default();
                accepts.push(AcceptAct {
                    action: format!("{clause_at}/accept"),
                    label: match all {
                        true => format!("{settled} 项全部采纳"),
                        false => format!("没有建议的 {settled} 项采纳"),
                    },
                    letter: "",
                });
            }
        }
        let shown = self.filter.of_any_state();
        Some(ClauseGroup {
            id: format!("group-{n}"),
            clause: format!("clause-{n}"),
            path: clause.path.clone(),
            title: clause.title.clone(),
            said: said(clause, tally),
            notice: focus.map_or_else(String::new, |focus| focus.notice.clone()),
            drop,
            bare_open: open && tally.open == 0,
            accepts,
            undo: action(reopen, || format!("{}/clauses/{n}/reopen", self.href())),
            proposals: self
                .proposals_of(place)
                .filter(|known| {
                    self.swapping && self.admits(&shown, known) || self.admits(&self.filter, known)
                })
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
        let used = proposal.reading.experience.iter();
        ProposalView {
            id: proposal.id.to_string(),
            state,
            state_label,
            kind: labels::proposal_kind(proposal.draft.kind),
            kind_key: tracked,
            title: proposal.draft.title.clone(),
            number: self.place_of(proposal.id).unwrap_or_default(),
            unsure: facts::unsure(proposal),
            clear: doubts::of(proposal).is_empty(),
            facts: facts::of(self, proposal),
            grounds: self.grounds_of(proposal),
            asks: facts::asks(proposal),
            outcome: self.outcome_of(proposal),
            decided: self.decided(proposal),
            href: action(is_final && has_tasks, || {
                format!("/ledger?plan={}", self.plan.id)
            }),
            action: format!("{}/proposals/{}", self.href(), proposal.id),
            folds: self.folds(proposal, focus),
            near: self.near_of(proposal),
            experience: used
                .map(|used| sentences::experience(used, self.organisation))
                .collect(),
            same: self.same_name_of(proposal),
            suggestions: self.suggestions_of(proposal),
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

    /// Who decided it and when, for whom it may concern.
    fn decided(&self, proposal: &Proposal) -> String {
        let by = self.deciders.get(&proposal.id);
        let by = by.filter(|_| proposal.decision != Decision::Open);
        by.map_or_else(String::new, |by| {
            format!("{} {}", by.who(), local_time(by.at).format("%m-%d %H:%M"))
        })
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
            Decision::Covered { tasks } => {
                format!("由台账已有的 {} 件事项落实，不另立", tasks.len())
            }
        }
    }
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
