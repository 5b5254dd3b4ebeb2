//! A [`TaskFilter`] as the text and the values of a WHERE clause.

use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::{BureauId, PersonId, UnitId};
use luoshi_domain::lights::Colour;
use luoshi_domain::marks::Mark;
use luoshi_domain::tasks::TaskState;
use luoshi_domain::tasks::lists::{
    LightFilter, Marks, Queue, ReportFilter, StepLimits, Subtrees, TaskFilter, TaskGroup,
    Visibility,
};

use crate::names::Named;
use crate::sql::{Value, day_number};
use crate::tasks::rows::{NO_LIMIT, OVER, TIMED, UNTIMED};

/// The column that a group is of.
pub(super) fn group_column(group: TaskGroup) -> &'static str {
    match group {
        TaskGroup::Lead => "t.lead_id",
        TaskGroup::Category => "t.category",
        TaskGroup::Deputy => "t.deputy_id",
        TaskGroup::Plan => "t.plan_id",
    }
}

/// Conditions on `tasks AS t`, all of which must hold.
#[derive(Clone)]
pub(crate) struct Where {
    text: String,
    /// Conditions on the texts of a row, for which the row must be looked into.
    into: Vec<String>,
    values: Vec<Value>,
    /// Whether it asks for a light that counts time: what comes is then in no other order than
    /// that of the limits.
    pub(super) by_light: bool,
    /// Queries that conditions read from; they stand before the statement.
    pub(super) found: Vec<String>,
}

impl Where {
    /// What `filter` lets through of the bureau's tasks.
    pub(crate) fn of(bureau: BureauId, filter: &TaskFilter) -> Self {
        Self::after(vec![Value::from(bureau)], filter)
    }

    /// What `filter` lets through of the bureau's tasks, behind the values of other conditions, of
    /// which the first is the bureau.
    pub(super) fn after(values: Vec<Value>, filter: &TaskFilter) -> Self {
        let mut conditions = Self {
            text: "t.bureau_id = $1".to_owned(),
            into: Vec::new(),
            values,
            by_light: false,
            found: Vec::new(),
        };
        match &filter.visible {
            Visibility::All => {}
            Visibility::Units(units) => conditions.concerns(units, " AND u.role <> 'above'"),
            Visibility::Below(subtrees) => {
                let list = conditions.subtrees(subtrees);
                conditions.concerns_list(&list, "");
            }
        }
        conditions.marks(&filter.marks);
        if let Some(queue) = &filter.queue {
            conditions.queue(queue);
        }
        if let Some(light) = filter.light {
            conditions.light(light);
        }
        if let Some(lead) = filter.lead {
            conditions.equals("t.lead_id", lead);
        }
        if let Some(subtrees) = &filter.below {
            let list = conditions.subtrees(subtrees);
            conditions.and(&format!("t.lead_id IN ({list})"));
        }
        if let Some(deputy) = filter.deputy {
            conditions.equals("t.deputy_id", deputy);
        }
        if let Some(state) = filter.state {
            conditions.equals("t.state", state.name());
        }
        if let Some(kind) = filter.kind {
            conditions.equals("t.kind", kind.name());
        }
        if let Some(level) = filter.level {
            conditions.equals("t.level", level.name());
        }
        if let Some(tier) = filter.tier {
            conditions.equals("t.tier", tier.name());
        }
        if let Some(category) = &filter.category {
            conditions.equals("t.category", category);
        }
        if let Some(categories) = &filter.categories {
            conditions.named("t.category", categories);
        }
        if let Some(report) = filter.report {
            conditions.report(report);
        }
        if let Some(plan) = filter.plan {
            conditions.equals("t.plan_id", plan);
        }
        if let Some(parent) = filter.parent {
            conditions.equals("t.parent_id", parent);
        }
        if let Some(tag) = &filter.tag {
            let tag = conditions.placeholder(tag);
            conditions.and(&format!(
                "t.id IN (SELECT g.task_id FROM task_tags AS g \
                 WHERE g.bureau_id = $1 AND g.tag = {tag})"
            ));
        }
        if let Some(steps) = &filter.steps {
            let limits = conditions.limits(steps);
            conditions.and(&format!(
                "t.id IN (SELECT d.task_id FROM task_limits AS d WHERE {limits})"
            ));
        }
        if let Some(ids) = &filter.ids {
            let places = ids.iter().map(|id| conditions.placeholder(*id));
            let places: Vec<String> = places.collect();
            let list = if places.is_empty() {
                "NULL".to_owned()
            } else {
                places.join(", ")
            };
            conditions.and(&format!("t.id IN ({list})"));
        }
        if let Some(group) = filter.without {
            conditions.and(&format!("{} IS NULL", group_column(group)));
        }
        if let Some(from) = filter.due_from {
            let from = conditions.placeholder(from);
            conditions.and(&format!("t.limit_day >= {from}"));
        }
        if let Some(until) = filter.due_until {
            // Without a limit is due on no day, however late `until` is.
            let until = conditions.placeholder(day_number(until).min(NO_LIMIT - 1));
            conditions.and(&format!("t.limit_day <= {until}"));
        }
        conditions
    }

    /// Adds a condition, made of constants and placeholders.
    pub(crate) fn and(&mut self, condition: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
    }

    /// A placeholder for a value.
    pub(crate) fn placeholder(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    pub(crate) fn text(&self) -> String {
        let mut text = self.text.clone();
        for condition in &self.into {
            text.push_str(" AND ");
            text.push_str(condition);
        }
        text
    }

    /// The conditions that the columns of a row answer.
    pub(super) fn bare(&self) -> &str {
        &self.text
    }

    /// Adds a condition for which rows must be looked into.
    pub(super) fn look_into(&mut self, condition: String) {
        self.into.push(condition);
    }

    /// Whether rows must be looked into one after another, however many there are.
    pub(super) fn walks(&self) -> bool {
        !self.into.is_empty() && self.found.is_empty()
    }

    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }

    fn equals(&mut self, column: &'static str, value: impl Into<Value>) {
        let value = self.placeholder(value);
        self.and(&format!("{column} = {value}"));
    }

    /// `column` is one of `units`; nothing is, when there are none.
    fn among(&mut self, column: &'static str, units: &[UnitId]) {
        let list = self.list(units);
        self.and(&format!("{column} IN ({list})"));
    }

    /// One of `units` leads, cooperates or supervises, and `also` holds of its row `u`.
    fn concerns(&mut self, units: &[UnitId], also: &'static str) {
        let list = self.list(units);
        self.concerns_list(&list, also);
    }

    fn concerns_list(&mut self, list: &str, also: &'static str) {
        self.and(&format!(
            "t.id IN (SELECT u.task_id FROM task_units AS u \
             WHERE u.bureau_id = $1 AND u.unit_id IN ({list}){also})"
        ));
    }

    /// Of rows `d` of the limits: their step and day.
    pub(super) fn limits(&mut self, steps: &StepLimits) -> String {
        let (from, until) = (self.placeholder(steps.from), self.placeholder(steps.until));
        let mut text = format!("d.bureau_id = $1 AND d.day >= {from} AND d.day <= {until}");
        if let Some(step) = steps.step {
            let step = self.placeholder(step.key());
            text.push_str(&format!(" AND d.step = {step}"));
        }
        text
    }

    fn marks(&mut self, marks: &Marks) {
        match marks {
            Marks::All => {}
            Marks::Unmarked => self.equals("t.mark", Mark::None.name()),
            Marks::Concerning { units, person } => {
                let secret = self.placeholder(Mark::WorkSecret.name());
                let person = self.placeholder(*person);
                let list = self.list(units);
                self.and(&format!(
                    "(t.mark <> {secret} OR t.deputy_id = {person} OR EXISTS (SELECT 1 \
                     FROM task_units AS m WHERE m.bureau_id = $1 AND m.task_id = t.id \
                     AND m.unit_id IN ({list}) AND m.role <> 'above') OR EXISTS (SELECT 1 FROM task_blockers AS b \
                     WHERE b.bureau_id = $1 AND b.task_id = t.id AND b.leader_id = {person}))"
                ));
            }
        }
    }

    /// The units of the subtrees.
    fn subtrees(&mut self, subtrees: &Subtrees) -> String {
        let tops = self.list(&subtrees.tops);
        let day = self.placeholder(subtrees.day);
        format!(
            "SELECT a.unit_id FROM unit_ancestors AS a WHERE a.bureau_id = $1 \
             AND a.ancestor_id IN ({tops}) AND a.valid_from <= {day} AND a.valid_to >= {day}"
        )
    }

    fn list(&mut self, units: &[UnitId]) -> String {
        if units.is_empty() {
            return "NULL".to_owned();
        }
        let places: Vec<String> = units.iter().map(|unit| self.placeholder(*unit)).collect();
        places.join(", ")
    }

    fn queue(&mut self, queue: &Queue) {
        match queue {
            Queue::ToApprove => self.equals("t.state", TaskState::Draft.name()),
            Queue::ToIssue => self.equals("t.state", TaskState::Approved.name()),
            Queue::Returned => self.equals("t.state", TaskState::Returned.name()),
            Queue::ToSignFor(units) => self.concerns(units, " AND u.to_receive = TRUE"),
            Queue::ToFeedBack(units) => {
                self.and("t.feedback_due");
                self.among("t.lead_id", units);
            }
            Queue::ToAnswer(units) => {
                self.and("t.respond_day IS NOT NULL");
                self.among("t.lead_id", units);
            }
            Queue::ToReview(units) => {
                self.and("t.waiting = 'review'");
                self.among("t.supervisor_id", units);
            }
            Queue::ToEndorse(deputy) => self.waits_for_deputy("t.waiting = 'deputy'", *deputy),
            Queue::ToEndorseAsPrincipal => self.and("t.waiting = 'principal'"),
            Queue::ToDecideExtension(deputy) => {
                self.waits_for_deputy("t.waiting = 'extension'", *deputy);
            }
            Queue::ToDecideAnyExtension => self.and("t.waiting = 'extension'"),
            Queue::ToDecideChange(deputy) => {
                self.waits_for_deputy("t.waiting = 'change'", *deputy);
            }
            Queue::ToDecideAnyChange => self.and("t.waiting = 'change'"),
            Queue::ToDecideEscalation => self.and("t.waiting = 'escalation'"),
            Queue::ToAcknowledge(units) => {
                self.and("t.notice_day IS NOT NULL");
                self.among("t.lead_id", units);
            }
            Queue::Unacknowledged { today } => {
                let today = self.placeholder(*today);
                self.and(&format!(
                    "t.notice_day IS NOT NULL AND t.notice_day < {today}"
                ));
            }
            Queue::ToCoordinate(leader) => {
                let leader = self.placeholder(*leader);
                self.and(&format!(
                    "t.id IN (SELECT b.task_id FROM task_blockers AS b \
                     WHERE b.bureau_id = $1 AND b.leader_id = {leader})"
                ));
            }
            Queue::Blocked => self.and("t.paused_day IS NOT NULL"),
            Queue::Unanswered { today } => {
                let today = self.placeholder(*today);
                self.and(&format!(
                    "t.paused_day IS NOT NULL AND t.answer_day < {today}"
                ));
            }
            Queue::NoEcho { today } => {
                let today = self.placeholder(*today);
                self.and(&format!(
                    "t.silent_from IS NOT NULL AND t.silent_from <= {today}"
                ));
            }
            Queue::ToReport { units, until } => {
                self.report(ReportFilter::Due {
                    from: None,
                    until: *until,
                });
                self.among("t.lead_id", units);
            }
            Queue::NoResult { today } => {
                let today = self.placeholder(*today);
                self.and(&format!("t.is_open AND t.limit_day < {today}"));
            }
            Queue::DueSoon { today, until } => {
                let today = self.placeholder(*today);
                // Without a limit is not due soon, however late `until` is.
                let until = self.placeholder(day_number(*until).min(NO_LIMIT - 1));
                self.and(&format!(
                    "t.is_open AND t.limit_day >= {today} AND t.limit_day <= {until}"
                ));
            }
            // What the lead unit handed back is still to be done by somebody (TIME-07).
            Queue::Open => {
                self.and("(t.is_open OR (t.state = 'returned' AND t.issued_day IS NOT NULL))");
            }
        }
    }

    fn report(&mut self, report: ReportFilter) {
        match report {
            ReportFilter::Due { from, until } => {
                let until = self.placeholder(until);
                self.and(&format!(
                    "t.report_day IS NOT NULL AND t.report_day <= {until}"
                ));
                if let Some(from) = from {
                    let from = self.placeholder(from);
                    self.and(&format!("t.report_day >= {from}"));
                }
            }
            ReportFilter::Set => {
                let never = self.placeholder(Cadence::Never.key());
                self.and(&format!("t.cadence IS NOT NULL AND t.cadence <> {never}"));
            }
            ReportFilter::Unset => self.and("t.is_open AND t.cadence IS NULL"),
        }
    }

    /// `column` is one of `words`; nothing is, when there are none.
    fn named(&mut self, column: &'static str, words: &[String]) {
        let places: Vec<String> = words.iter().map(|word| self.placeholder(word)).collect();
        let list = if places.is_empty() {
            "NULL".to_owned()
        } else {
            places.join(", ")
        };
        self.and(&format!("{column} IN ({list})"));
    }

    fn waits_for_deputy(&mut self, waiting: &'static str, deputy: PersonId) {
        self.and(waiting);
        self.equals("t.deputy_id", deputy);
    }

    /// The comparisons of [`luoshi_domain::lights::Spans::colour`].
    fn light(&mut self, light: LightFilter) {
        let timing = match light.colour {
            Colour::Done => OVER,
            Colour::Grey => UNTIMED,
            Colour::Red | Colour::Yellow | Colour::Green => TIMED,
        };
        self.equals("t.timing", timing);
        if timing != TIMED {
            return;
        }
        self.by_light = true;
        let today = self.placeholder(light.today);
        self.and(&match light.colour {
            Colour::Red => format!("t.red_from <= {today}"),
            Colour::Yellow => format!(
                "t.red_from > {today} AND (t.yellow_from <= {today} OR t.recovering_until >= {today})"
            ),
            _ => format!(
                "t.red_from > {today} AND t.yellow_from > {today} AND t.recovering_until < {today}"
            ),
        });
    }
}

/// The name of the colour on the day that `today` stands for, of `tasks AS t`; as
/// [`Where::light`] compares.
pub(crate) fn colour_sql(today: &str) -> String {
    format!(
        "CASE WHEN t.timing = '{OVER}' THEN 'done' WHEN t.timing = '{UNTIMED}' THEN 'grey' \
         WHEN t.red_from <= {today} THEN 'red' \
         WHEN t.yellow_from <= {today} OR t.recovering_until >= {today} THEN 'yellow' \
         ELSE 'green' END"
    )
}
