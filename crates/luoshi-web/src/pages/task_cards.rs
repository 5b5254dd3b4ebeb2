//! What registers know of a task, as cards on its page.

use luoshi_app::breakdowns;
use luoshi_app::tasks::TaskView;

use crate::WebState;
use crate::extract::SignedIn;
use crate::pages::breakdowns::Card;
use crate::problem::WebResult;

/// The cards of one task, as `task_cards.html` draws them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cards {
    /// Shown once the task is signed for.
    pub(crate) breakdown: Option<Card>,
}

impl Cards {
    pub(crate) async fn of(
        state: &WebState,
        signed_in: &SignedIn,
        view: &TaskView,
    ) -> WebResult<Self> {
        let (app, who, task) = (&state.app, signed_in.who(), &view.task);
        let breakdown = breakdowns::of(app, who, task).await?;
        let shown = breakdown.is_some() || task.is_under_way();
        let may = breakdowns::may_keep(app, who, &view.organisation, task);
        let duties = breakdown.as_ref().map(|known| known.duties.as_slice());
        Ok(Self {
            breakdown: shown.then(|| Card::of(task.id, duties, &view.organisation, may)),
        })
    }
}
