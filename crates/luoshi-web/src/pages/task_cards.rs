//! What registers know of a task, as cards on its page.

use luoshi_app::tasks::{TaskView, Whole};
use luoshi_app::{App, Who, appeals, breakdowns, worksheets};
use luoshi_domain::appeals::{Appeal, judgements};
use luoshi_domain::packs::SheetKind;

use crate::pages::breakdowns::Card;
use crate::pages::{appeals as appealing, children, worksheets as sheets};

/// The cards of one task, as `task_cards.html` draws them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cards {
    /// Shown once the task is signed for.
    pub(crate) breakdown: Option<Card>,
    /// Shown where there are some, or the lead unit may appeal against something.
    pub(crate) appeals: Option<appealing::Card>,
    /// Shown where something stands in them or is asked for.
    pub(crate) worksheet: Option<sheets::Card>,
    /// Shown where there are others around it, or the reader may open some.
    pub(crate) children: Option<children::Card>,
}

impl Cards {
    pub(crate) fn of(app: &App, who: &Who, whole: &Whole) -> Self {
        let Whole {
            view,
            breakdown,
            worksheet,
            family,
            ..
        } = whole;
        let task = &view.task;
        let shown = breakdown.is_some() || task.is_under_way();
        let may = breakdowns::may_keep(app, who, &view.organisation, task);
        let duties = breakdown.as_ref().map(|known| known.duties.as_slice());
        let wanted = |kind| worksheets::wanted(&view.rules, task, kind);
        let (list, matrix) = (wanted(SheetKind::FourInOne), wanted(SheetKind::Matrix));
        let card = sheets::Card::of(task, worksheet, list, matrix);
        // Whoever may fill it in finds the way there once the task runs.
        let fills = worksheets::may_keep(app, who, task) && task.is_under_way();
        let family = children::Card::of(family);
        let known = whole.appeals.as_slice();
        let appealable = appeals::permit_filing(app, who, task).is_ok() && is_judged(view, known);
        let appeals = appealing::Card::of(task, known, appealable);
        Self {
            appeals: (!appeals.is_empty()).then_some(appeals),
            worksheet: (fills || !card.lines.is_empty()).then_some(card),
            children: (!family.is_empty()).then_some(family),
            breakdown: shown.then(|| Card::of(task.id, duties, &view.organisation, may)),
        }
    }
}

/// Whether anything is there to appeal against; `known` are the appeals of the task.
fn is_judged(view: &TaskView, known: &[Appeal]) -> bool {
    let steps = view.steps.iter();
    let steps = steps.map(|step| (step.version, &step.by, &step.event));
    let colour = view.light.colour;
    let turned = view.lights.last().filter(|last| last.after == colour);
    let since = turned.map_or(view.rules.today, |last| last.day);
    let found = judgements(&view.task, steps, (colour, since));
    found
        .iter()
        .any(|judgement| judgement.may_appeal(known).is_ok())
}
