//! What registers know of a task, as cards on its page.

use luoshi_app::tasks::Whole;
use luoshi_app::{App, Who, breakdowns, worksheets};
use luoshi_domain::packs::SheetKind;

use crate::pages::breakdowns::Card;
use crate::pages::{children, worksheets as sheets};

/// The cards of one task, as `task_cards.html` draws them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cards {
    /// Shown once the task is signed for.
    pub(crate) breakdown: Option<Card>,
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
        Self {
            worksheet: (fills || !card.lines.is_empty()).then_some(card),
            children: (!family.is_empty()).then_some(family),
            breakdown: shown.then(|| Card::of(task.id, duties, &view.organisation, may)),
        }
    }
}
