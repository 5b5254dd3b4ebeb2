//! A person's act on something of a plan, and taking acts back.

use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use luoshi_app::errors::AppError;
use luoshi_app::plans::{self, PlanView, sentences};
use luoshi_domain::ids::PlanId;
use luoshi_domain::plans::acts::{Act as Done, ActName, Change};
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::refusals::Ground;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn};
use crate::flash;
use crate::pages::workbench::bench::Bench;
use crate::pages::workbench::filter::Filter;
use crate::pages::workbench::views::UndoAct;
use crate::pages::workbench::{bench_of, from_script};
use crate::problem::{Problem, WebResult};

/// Who acts on what: a proposal's id or a clause's place.
pub(super) struct Act<I> {
    pub(super) state: WebState,
    pub(super) signed_in: SignedIn,
    pub(super) plan: PlanId,
    pub(super) target: I,
    /// The part of the list that the person looks at.
    pub(super) filter: Filter,
    /// Whether the page's script asks, which swaps parts.
    pub(super) scripted: bool,
}

impl<I: DeserializeOwned + Send> FromRequestParts<WebState> for Act<I> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        let Path((plan, target)) = Path::from_request_parts(parts, state).await?;
        Ok(Self {
            state: state.clone(),
            signed_in,
            plan,
            target,
            filter: Filter::of_request(&parts.headers),
            scripted: from_script(&parts.headers),
        })
    }
}

impl<I> Act<I> {
    /// The page as the person looks at it, at the plan as it is now.
    pub(super) fn bench<'a>(&self, view: &'a PlanView) -> Bench<'a> {
        let mut bench = bench_of(view).showing(self.filter.clone());
        bench.swapping = self.scripted;
        bench
    }

    /// The plan's page, narrowed as it was.
    pub(super) fn path(&self) -> String {
        page_path(self.plan, &self.filter)
    }

    /// The plan as it is now.
    pub(super) async fn view(&self) -> WebResult<PlanView> {
        Ok(plans::show(&self.state.app, self.signed_in.who(), self.plan).await?)
    }

    /// Carries out the commands as one act.
    pub(super) async fn carry_out(&self, commands: Vec<PlanCommand>) -> Result<PlanView, AppError> {
        let who = self.signed_in.who();
        plans::handle_all(&self.state.app, who, self.plan, commands, None).await
    }
}

/// The act that the button named.
#[derive(Deserialize)]
pub(super) struct Undo {
    act: i64,
}

/// The plan's page, narrowed by `filter`.
pub(super) fn page_path(id: PlanId, filter: &Filter) -> String {
    match filter.query().as_str() {
        "" => format!("/plans/{id}"),
        query => format!("/plans/{id}?{query}"),
    }
}

/// Takes the person's latest act back, and leads to where it was.
pub(super) async fn undo(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PlanId>,
    headers: HeaderMap,
    Form(Undo { act }): Form<Undo>,
) -> WebResult<Response> {
    let page = page_path(id, &Filter::of_request(&headers));
    let who = signed_in.who();
    let command = vec![PlanCommand::UndoAct { act }];
    match plans::handle_all(&state.app, who, id, command, None).await {
        Ok(view) => {
            let bench = Bench::new(&view.plan, &view.organisation, view.editable);
            let undone = view.plan.acts.iter().find(|known| known.id == act);
            let said = undone.map_or_else(String::new, |act| bench.said_of(act));
            let place = undone.map_or_else(String::new, |act| bench.place_of_act(act));
            let path = format!("{page}{place}");
            Ok(flash::done(&path, &format!("已撤销：{said}")))
        }
        Err(AppError::Refused(refusal)) if refusal.ground != Ground::Authority => {
            Ok(flash::warn(&page, &refusal.sentence))
        }
        Err(AppError::Conflict { .. }) => Ok(flash::warn(
            &page,
            "方案刚刚有别的改动，没有撤销，请看过再办。",
        )),
        Err(error) => Err(error.into()),
    }
}

impl Bench<'_> {
    /// The button that takes the reader's latest act back.
    pub(super) fn undo(&self) -> Option<UndoAct> {
        let act = self.plan.last_act_of(self.reader?)?;
        self.editable.then(|| UndoAct {
            action: format!("{}/undo", self.href()),
            act: act.id,
            label: format!("撤销：{}", self.said_of(act)),
        })
    }

    /// What an act did, e.g. `采纳 三/(二) 3 项`.
    pub(super) fn said_of(&self, act: &Done) -> String {
        let name = sentences::act(act.name);
        if act.name == ActName::Details {
            return name.to_owned();
        }
        let mut clauses: Vec<u32> = act.clauses().collect();
        let decided = act.changes.iter().filter(|change| match change {
            Change::Proposal { decision, .. } => decision.is_some(),
            _ => false,
        });
        let decided = decided.count();
        // What an act changed beside its decisions, a merge's target for one, is not counted.
        let count = if decided > 0 {
            decided
        } else {
            act.proposals().count()
        };
        let proposals = act.proposals().filter_map(|id| self.found(id));
        clauses.extend(proposals.map(|known| known.clause));
        clauses.sort_unstable();
        clauses.dedup();
        let place = match clauses.as_slice() {
            [only] => self.plan.clause(*only).map(|clause| clause.path.clone()),
            many => Some(format!("{} 条", many.len())),
        };
        let place = place.unwrap_or_default();
        match count {
            0 => format!("{name} {place}"),
            count => format!("{name} {place} {count} 项"),
        }
    }

    /// Where an act's first change is on the page.
    fn place_of_act(&self, act: &Done) -> String {
        let proposal = act.proposals().next().map(|id| format!("#proposal-{id}"));
        let clause = act.clauses().next().map(|n| format!("#group-{n}"));
        clause.or(proposal).unwrap_or_default()
    }
}
