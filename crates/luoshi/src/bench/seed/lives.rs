//! One task's life, decided step by step up to the day that the bureau stands at.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use luoshi_app::rules::Rules;
use luoshi_domain::calendar::local_day;
use luoshi_domain::context::{Actor, Context};
use luoshi_domain::ids::{PersonId, PlanId, TaskId, UnitId};
use luoshi_domain::journal::Signed;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::commands::{Feedback, TaskCommand};
use luoshi_domain::tasks::{
    Channel, CoDuty, Course, Grade, Level, Origin, Task, TaskDetails, TaskEvent, TaskKind,
    TaskState, Tier,
};
use uuid::Uuid;

use super::draws::Draws;
use super::words;

/// Days that the bureau's tasks go back.
pub(super) const DAYS: usize = 900;

/// Minutes of a working day.
const MINUTES: u32 = 480;

/// What every life needs.
pub(super) struct Lives<'a> {
    organisation: &'a Organisation,
    rules: &'a Rules,
    plans: &'a [(PlanId, &'static str)],
    now: DateTime<Utc>,
    units: Vec<UnitId>,
    categories: Vec<String>,
    principal: Actor,
    officer: Actor,
    reviewer: Actor,
    /// Heads of units and leaders in charge, as they come.
    known: HashMap<PersonId, Actor>,
}

/// A task's steps, each with who signed it.
pub(super) struct Life {
    pub(super) steps: Vec<(TaskEvent, Signed)>,
}

impl Life {
    pub(super) fn opened_at(&self) -> DateTime<Utc> {
        self.steps.first().map(|(_, by)| by.at).unwrap_or_default()
    }
}

/// A life that is being decided.
struct Living {
    task: Task,
    at: DateTime<Utc>,
    steps: Vec<(TaskEvent, Signed)>,
}

impl<'a> Lives<'a> {
    pub(super) fn new(
        organisation: &'a Organisation,
        rules: &'a Rules,
        plans: &'a [(PlanId, &'static str)],
        now: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let actor = |login: &str| {
            let mut persons = organisation.persons.iter();
            let person = persons.find(|person| person.login == login);
            let actor = person.and_then(|person| Actor::of(organisation, person.id));
            actor.with_context(|| format!("the demonstration has {login}"))
        };
        Ok(Self {
            organisation,
            rules,
            plans,
            now,
            units: organisation.carriers().map(|unit| unit.id).collect(),
            categories: rules.origins().map(|word| word.key.clone()).collect(),
            principal: actor("zhao")?,
            officer: actor("zhou")?,
            reviewer: actor("fang")?,
            known: HashMap::new(),
        })
    }

    /// A task of this age in days, at whatever stage that and its luck have brought it to.
    pub(super) fn life(&mut self, draws: &mut Draws, age: u32) -> anyhow::Result<Life> {
        let age = TimeDelta::days(i64::from(age)) + minutes(draws);
        let mut at = self.now - age;
        let (origin, details) = self.details(draws, at)?;
        let officer = self.officer.clone();
        let event = Task::open(origin, details, &self.context(at, &officer))?;
        let TaskEvent::Opened { origin, details } = &event else {
            anyhow::bail!("an opening opens");
        };
        let by = self.context(at, &officer).signed();
        let task = Task::opened(TaskId(Uuid::nil()), origin, details, at);
        let mut life = Living {
            task,
            at,
            steps: vec![(event, by)],
        };
        at += TimeDelta::days(1);
        life.at = at;
        self.run(&mut life, draws)?;
        Ok(Life { steps: life.steps })
    }

    fn details(
        &mut self,
        draws: &mut Draws,
        at: DateTime<Utc>,
    ) -> anyhow::Result<(Origin, TaskDetails)> {
        let lead = *draws.of(&self.units).context("there are units")?;
        let mut co_units = Vec::new();
        if draws.happens(25)
            && let Some(unit) = draws.of(&self.units).copied()
            && unit != lead
        {
            co_units.push(CoDuty {
                unit,
                duty: "提供数据并配合现场核查".into(),
                joint: false,
            });
        }
        let days = i64::from(draws.below(270)) + 30;
        let limit = local_day(at).checked_add_signed(TimeDelta::days(days));
        let title = words::title(draws);
        let plan = draws.happens(30).then(|| draws.of(self.plans)).flatten();
        let origin = Origin {
            plan: plan.map(|(id, _)| *id),
            proposal: None,
            document: plan
                .map_or_else(|| words::document(draws), |(_, title)| title)
                .into(),
            number: None,
            clause_path: format!("{}/({})/{}", "二", "一", draws.below(12) + 1),
            quote: words::clause(draws, &title),
        };
        let details = TaskDetails {
            target: words::target(draws),
            requirement: words::requirement(draws),
            title,
            category: draws.of(&self.categories).cloned().unwrap_or_default(),
            kind: match draws.below(10) {
                0 => TaskKind::Recurring,
                1 => TaskKind::Target,
                _ => TaskKind::Task,
            },
            level: if draws.happens(8) {
                Level::Major
            } else {
                Level::Ordinary
            },
            tier: if draws.happens(30) {
                Tier::Unit
            } else {
                Tier::Bureau
            },
            lead: Some(lead),
            co_units,
            supervisor: self.organisation.supervision_office().map(|unit| unit.id),
            deputy: self.organisation.deputy_of(lead),
            limit,
            frequency: None,
            policies: None,
            task_force: None,
            cadence: None,
        };
        Ok((origin, details))
    }

    /// Steps until the task is over or today is reached; a step that is refused ends it.
    fn run(&mut self, life: &mut Living, draws: &mut Draws) -> anyhow::Result<()> {
        let Some(lead) = life.task.details.lead else {
            return Ok(());
        };
        let head = self.head(lead)?;
        if draws.happens(2) {
            return Ok(());
        }
        let principal = self.principal.clone();
        let officer = self.officer.clone();
        let text = "同意立项，抓紧落实。".into();
        if !self.step(life, draws, 1, &principal, TaskCommand::Approve { text }) || draws.happens(2)
        {
            return Ok(());
        }
        let issue = TaskCommand::Issue {
            number: String::new(),
            channel: Channel::System,
        };
        if !self.step(life, draws, 2, &officer, issue) {
            return Ok(());
        }
        if draws.happens(2) {
            let reason = "职责不在本单位，请另行交办。".into();
            self.step(life, draws, 1, &head, TaskCommand::Return { reason });
            return Ok(());
        }
        if !self.step(
            life,
            draws,
            2,
            &head,
            TaskCommand::SignFor { assignee: None },
        ) {
            return Ok(());
        }
        let co_units: Vec<UnitId> = life
            .task
            .details
            .co_units
            .iter()
            .map(|co| co.unit)
            .collect();
        for unit in co_units {
            let head = self.head(unit)?;
            let report = Feedback::CoUnit {
                text: "已按分工完成配合事项。".into(),
                done: true,
            };
            let signed = self.step(
                life,
                draws,
                1,
                &head,
                TaskCommand::SignFor { assignee: None },
            );
            if !signed || !self.step(life, draws, 5, &head, TaskCommand::Feedback(report)) {
                return Ok(());
            }
        }
        let mut progress = 0u8;
        while progress < 100 {
            progress = (progress + u8::try_from(draws.below(45)).unwrap_or(0) + 8).min(100);
            let report = report(draws, progress);
            if !self.step(life, draws, 40, &head, report) {
                return Ok(());
            }
            if draws.happens(6) {
                let urge = TaskCommand::Urge {
                    text: "请按督查要求抓紧推进并反馈。".into(),
                    respond_by: local_day(life.at) + TimeDelta::days(20),
                };
                self.step(life, draws, 10, &officer, urge);
            }
            if draws.happens(4)
                && let Some(limit) = life.task.details.limit
            {
                let proposed = limit + TimeDelta::days(30);
                let reason = "前期手续办理时间较长，确需延长。".into();
                let ask = TaskCommand::RequestExtension { reason, proposed };
                let asked = self.step(life, draws, 3, &head, ask);
                let grant = TaskCommand::DecideExtension {
                    granted: Some(proposed),
                    text: String::new(),
                };
                if asked && !self.step(life, draws, 3, &principal, grant) {
                    return Ok(());
                }
            }
        }
        self.close(life, draws, &head);
        Ok(())
    }

    fn close(&mut self, life: &mut Living, draws: &mut Draws, head: &Actor) {
        let apply = TaskCommand::ApplyToClose {
            summary: "已按要求全部完成，效果良好。".into(),
            evidence: "完成情况报告一份，附验收意见。".into(),
        };
        if !self.step(life, draws, 4, head, apply) {
            return;
        }
        let grades = [
            Grade::Good,
            Grade::Good,
            Grade::FairlyGood,
            Grade::FairlyGood,
            Grade::Basic,
            Grade::Weak,
        ];
        let review = TaskCommand::Review {
            grade: draws.of(&grades).copied(),
            opinion: "材料齐全，建议办结。".into(),
        };
        let reviewer = self.reviewer.clone();
        if !self.step(life, draws, 4, &reviewer, review) {
            return;
        }
        let deputy = life.task.details.deputy.and_then(|id| self.actor(id));
        let principal = self.principal.clone();
        for leader in deputy.into_iter().chain(std::iter::once(principal)) {
            if life.task.state == TaskState::Closed {
                return;
            }
            let opinion = "同意办结。".into();
            if !self.step(life, draws, 3, &leader, TaskCommand::Endorse { opinion }) {
                return;
            }
        }
    }

    /// Carries out one command some days later; false when that is after today or refused.
    fn step(
        &self,
        life: &mut Living,
        draws: &mut Draws,
        days: u32,
        actor: &Actor,
        command: TaskCommand,
    ) -> bool {
        let at = life.at + TimeDelta::days(i64::from(draws.below(days) + 1)) + minutes(draws);
        if at >= self.now {
            return false;
        }
        let ctx = self.context(at, actor);
        let Ok(events) = life.task.decide(command, &ctx) else {
            return false;
        };
        let by = ctx.signed();
        for event in events {
            life.task.apply(&event, &by);
            life.steps.push((event, by.clone()));
        }
        life.at = at;
        true
    }

    fn head(&mut self, unit: UnitId) -> anyhow::Result<Actor> {
        let head = self.organisation.first_responsible(unit);
        let head = head.and_then(|head| self.actor(head));
        head.context("every unit has a head")
    }

    fn actor(&mut self, person: PersonId) -> Option<Actor> {
        if let Some(known) = self.known.get(&person) {
            return Some(known.clone());
        }
        let actor = Actor::of(self.organisation, person)?;
        self.known.insert(person, actor.clone());
        Some(actor)
    }

    fn context<'c>(&'c self, now: DateTime<Utc>, actor: &'c Actor) -> Context<'c> {
        Context {
            now,
            actor,
            organisation: self.organisation,
            calendar: &self.rules.calendar,
            policies: &self.rules.policies,
            leads: self.rules.leads.clone(),
        }
    }
}

fn minutes(draws: &mut Draws) -> TimeDelta {
    TimeDelta::minutes(i64::from(draws.below(MINUTES)))
}

fn report(draws: &mut Draws, progress: u8) -> TaskCommand {
    let unsmooth = draws.happens(15);
    TaskCommand::Feedback(Feedback::Lead {
        course: if unsmooth {
            Course::Unsmooth
        } else {
            Course::Smooth
        },
        progress,
        text: words::report(draws),
        difficulties: if unsmooth {
            words::trouble(draws).into()
        } else {
            String::new()
        },
        suggestions: if unsmooth {
            "建议由分管领导出面协调。".into()
        } else {
            String::new()
        },
        figures: String::new(),
        evidence: Vec::new(),
        raise: false,
        milestones: Vec::new(),
    })
}
