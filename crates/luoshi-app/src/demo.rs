//! The demonstration bureau: a fictional city transport bureau with one plan under way.
//!
//! Everything goes through the use cases that people use; only the clock is moved, so that the
//! history has dates.

mod lists;
mod superior;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Days, Duration, NaiveDate, Timelike, Utc};
use luoshi_domain::calendar::{Calendar, local_day, local_time};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{BureauId, PlanId, TaskId, UnitId};
use luoshi_domain::organisation::Organisation;
use luoshi_domain::packs::PackKey;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Draft, Outcome, Plan, ProposalKind};
use luoshi_domain::ports::Clock;
use luoshi_domain::tasks::commands::{Feedback, TaskCommand};
use luoshi_domain::tasks::lists::{PageRequest, TaskFilter, TaskSort, Visibility};
use luoshi_domain::tasks::{Channel, Course, Grade, Level, Task};

use crate::errors::{AppError, AppResult};
use crate::organisation::Login;
use crate::packs::editions::{self, Adoption};
use crate::plans::Upload;
use crate::{App, Who, organisation, plans, tasks};

/// Everybody's password in the demonstration.
pub const PASSWORD: &str = "luoshi-demo";

/// The plan that is imported and under way.
pub const PLAN_FILE: &str = "云州市交通运输局2026年重点工作抓落实方案.txt";

/// The plan to try an import with.
pub const TRIAL_FILE: &str = "今冬明春道路保畅工作方案.txt";

const ORGANISATION: &str = include_str!("../../../packs/demo/organisation.toml");
const PLAN: &str = include_str!("../../../packs/demo/plan-2026.txt");
const TRIAL: &str = include_str!("../../../packs/demo/plan-winter.txt");

/// Days before now at which the demonstration's history begins.
const HISTORY_DAYS: i64 = 45;

/// Days before now on which the demonstration's lists are filled in.
const LISTS_DAYS: i64 = 5;

/// Local hours in which people of the demonstration act.
const OFFICE_HOURS: std::ops::Range<u32> = 9..18;

/// The text of the plan to try an import with.
pub fn trial_plan() -> &'static str {
    TRIAL
}

/// The text of the plan that the demonstration imports.
pub fn sample_plan() -> &'static str {
    PLAN
}

/// Makes the demonstration bureau without a plan; its accounts.
pub async fn found(app: &App) -> AppResult<(BureauId, Vec<Login>)> {
    let file = organisation::parse(ORGANISATION)?;
    let (bureau, logins) = organisation::create(app, &file, Some(PASSWORD)).await?;
    Ok((bureau.id, logins))
}

/// The demonstration's accounts as its organisation file lists them.
pub fn accounts() -> AppResult<Vec<Login>> {
    let file = organisation::parse(ORGANISATION)?;
    let unit = |key: &str| {
        let known = file.units.iter().find(|unit| unit.key == key);
        known.map_or("", |unit| unit.name.as_str())
    };
    let logins = file.persons.iter().map(|person| {
        let post = person.posts.first();
        Login {
            name: person.name.clone(),
            title: post
                .map(|post| format!("{} {}", unit(&post.unit), post.title))
                .unwrap_or_default(),
            login: person.key.clone(),
            password: PASSWORD.to_owned(),
        }
    });
    Ok(logins.collect())
}

/// Makes the demonstration bureau with a plan whose tasks stand at every stage.
pub async fn prepare(app: &App) -> AppResult<Vec<Login>> {
    let now = app.clock.now();
    let clock = Arc::new(MovingClock::new(
        now - Duration::days(HISTORY_DAYS),
        Arc::clone(&app.shipped_calendar),
    ));
    let past = App {
        clock: Arc::<MovingClock>::clone(&clock),
        ..app.clone()
    };
    let (bureau, logins) = found(&past).await?;
    let organisation = organisation::of_bureau(&past, bureau).await?;
    let stage = Stage {
        app: past,
        clock,
        bureau,
        organisation,
        today: local_day(now),
    };
    let plan = stage.confirm_plan().await?;
    stage.run_tasks(plan).await?;
    let assigned = superior::assign(&stage).await?;
    superior::report(&stage, &assigned, LISTS_DAYS..=HISTORY_DAYS).await?;
    stage.take_up_packs().await?;
    lists::keep(&stage).await?;
    superior::report(&stage, &assigned, 0..=LISTS_DAYS).await?;
    Ok(logins)
}

/// A clock that stands still until it is moved, and then only to where people work.
#[derive(Debug)]
struct MovingClock {
    micros: AtomicI64,
    calendar: Arc<Calendar>,
}

impl MovingClock {
    fn new(at: DateTime<Utc>, calendar: Arc<Calendar>) -> Self {
        let clock = Self {
            micros: AtomicI64::new(at.timestamp_micros()),
            calendar,
        };
        clock.forward(Duration::zero());
        clock
    }

    /// Moves on; out of hours it goes on to the next working morning.
    fn forward(&self, by: Duration) {
        let mut at = self.now() + by;
        let local = local_time(at);
        let day = local.date_naive();
        let early = local.hour() < OFFICE_HOURS.start;
        if early || local.hour() >= OFFICE_HOURS.end || !self.calendar.is_workday(day) {
            let next = self.calendar.add_workdays(day, u32::from(!early));
            let morning = next.and_hms_opt(OFFICE_HOURS.start, 0, 0);
            let morning =
                morning.and_then(|time| time.and_local_timezone(local.timezone()).single());
            at = morning.map_or(at, |time| time.to_utc());
        }
        self.micros.store(at.timestamp_micros(), Ordering::Relaxed);
    }
}

impl Clock for MovingClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::Relaxed)).unwrap_or_default()
    }
}

struct Stage {
    app: App,
    clock: Arc<MovingClock>,
    bureau: BureauId,
    organisation: Arc<Organisation>,
    /// The day on which the demonstration is looked at.
    today: NaiveDate,
}

impl Stage {
    fn who(&self, login: &str) -> AppResult<Who> {
        let person = self
            .organisation
            .persons
            .iter()
            .find(|person| person.login == login);
        let actor = person.and_then(|person| Actor::of(&self.organisation, person.id));
        let actor = actor.ok_or(AppError::NotFound { what: "person" })?;
        Ok(Who::new(self.bureau, actor))
    }

    /// The login of whoever heads the unit.
    fn head(&self, unit: UnitId) -> AppResult<Who> {
        let head = self.organisation.first_responsible(unit);
        let person = head.and_then(|head| self.organisation.person(head));
        self.who(person.map_or("", |person| person.login.as_str()))
    }

    /// Imports the plan and decides every proposal as a supervision officer would.
    async fn confirm_plan(&self) -> AppResult<PlanId> {
        let officer = self.who("fang")?;
        let upload = Upload {
            file_name: PLAN_FILE.into(),
            bytes: PLAN.as_bytes().to_vec(),
            category: "bureau".into(),
            default_limit: self.in_days(120),
            ..Upload::default()
        };
        let id = plans::import(&self.app, &officer, upload).await?.plan;
        let plan = plans::show(&self.app, &officer, id).await?.plan;
        for command in confirmations(&plan, |n| self.in_days(n)) {
            self.clock.forward(Duration::seconds(40));
            plans::handle(&self.app, &officer, id, command, None).await?;
        }
        let plan = plans::show(&self.app, &officer, id).await?.plan;
        for (clause, outcome) in (0u32..).zip(plan.outcomes()) {
            if outcome == Outcome::Open {
                let reason = "原则性表述，无具体事项".to_owned();
                let command = PlanCommand::DismissClause { clause, reason };
                plans::handle(&self.app, &officer, id, command, None).await?;
            }
        }
        self.clock.forward(Duration::hours(1));
        plans::finalise(&self.app, &officer, id, None).await?;
        Ok(id)
    }

    fn in_days(&self, days: i64) -> Option<NaiveDate> {
        self.today.checked_add_signed(Duration::days(days))
    }

    /// Takes the plan's tasks to different stages of their life.
    async fn run_tasks(&self, plan: PlanId) -> AppResult<()> {
        let principal = self.who("zhao")?;
        let officer = self.who("zhou")?;
        let ids = self.issuable(plan, &officer).await?;
        self.clock.forward(Duration::hours(20));
        let keep_back = ids.len().saturating_sub(3);
        let approved = ids.get(..keep_back).unwrap_or(&ids);
        let approve = TaskCommand::Approve {
            text: "同意立项，抓紧落实。".into(),
        };
        tasks::handle_many(&self.app, &principal, approved, &approve).await?;
        let issued = approved
            .get(..approved.len().saturating_sub(2))
            .unwrap_or(approved);
        let issue = TaskCommand::Issue {
            number: String::new(),
            channel: Channel::System,
        };
        self.clock.forward(Duration::hours(2));
        tasks::handle_many(&self.app, &officer, issued, &issue).await?;
        for (at, id) in issued.iter().enumerate() {
            self.clock.forward(Duration::minutes(30));
            self.live(at, *id).await?;
        }
        Ok(())
    }

    /// Tasks of the plan in its order that lack nothing for being issued.
    async fn issuable(&self, plan: PlanId, who: &Who) -> AppResult<Vec<TaskId>> {
        let mut filter = TaskFilter::new(Visibility::All);
        filter.plan = Some(plan);
        let page = PageRequest {
            size: 200,
            after: None,
        };
        let ledger = tasks::list(&self.app, who, &filter, TaskSort::Opened, &page).await?;
        Ok(ledger
            .page
            .rows
            .into_iter()
            .filter(|row| row.lead.is_some())
            .map(|row| row.id)
            .collect())
    }

    /// One task's life up to the stage that its place in the list gives it.
    async fn live(&self, at: usize, id: TaskId) -> AppResult<()> {
        let task = tasks::show(&self.app, &self.who("zhou")?, id).await?.task;
        let Some(lead) = task.details.lead else {
            return Ok(());
        };
        let head = self.head(lead)?;
        let stage = at % 8;
        if stage == 7 {
            return Ok(());
        }
        self.act(&head, id, TaskCommand::SignFor { assignee: None })
            .await?;
        for co_unit in &task.details.co_units {
            let co_head = self.head(co_unit.unit)?;
            self.act(&co_head, id, TaskCommand::SignFor { assignee: None })
                .await?;
            let report = Feedback::CoUnit {
                text: "已按分工完成配合事项。".into(),
                done: true,
            };
            self.act(&co_head, id, TaskCommand::Feedback(report))
                .await?;
        }
        if stage == 6 {
            return Ok(());
        }
        self.clock.forward(Duration::minutes(50));
        let (course, progress) = if stage == 5 {
            (Course::Unsmooth, 20)
        } else {
            (Course::Smooth, 60)
        };
        self.act(&head, id, lead_feedback(course, progress)).await?;
        match stage {
            0 => self.close(&task, &head, Some(Grade::Good)).await,
            1 => self.close(&task, &head, None).await,
            2 => {
                let summary = "各项工作已完成，资料齐备。".to_owned();
                let evidence = "验收记录、现场照片各一份。".to_owned();
                self.act(&head, id, TaskCommand::ApplyToClose { summary, evidence })
                    .await
            }
            3 => {
                let proposed = task
                    .details
                    .limit
                    .and_then(|day| day.checked_add_days(Days::new(20)));
                let Some(proposed) = proposed else {
                    return Ok(());
                };
                let reason = "前期手续办理时间较长，确需延长。".to_owned();
                self.act(
                    &head,
                    id,
                    TaskCommand::RequestExtension { reason, proposed },
                )
                .await
            }
            5 => {
                let respond_by = self.app.today() + Days::new(3);
                let text = "请尽快拿出解决办法并反馈。".to_owned();
                self.act(
                    &self.who("zhou")?,
                    id,
                    TaskCommand::Urge { text, respond_by },
                )
                .await
            }
            _ => Ok(()),
        }
    }

    /// Applies to close and reviews; with a grade it is closed, without it waits for the deputy.
    async fn close(&self, task: &Task, head: &Who, grade: Option<Grade>) -> AppResult<()> {
        self.act(head, task.id, lead_feedback(Course::Smooth, 100))
            .await?;
        let summary = "已按要求全部完成，效果良好。".to_owned();
        let evidence = "完成情况报告一份，附验收意见。".to_owned();
        self.act(
            head,
            task.id,
            TaskCommand::ApplyToClose { summary, evidence },
        )
        .await?;
        let review = TaskCommand::Review {
            grade: Some(grade.unwrap_or(Grade::FairlyGood)),
            opinion: "材料齐全，建议办结。".into(),
        };
        // Whoever of the office did not apply reviews.
        let reviewer = if head.actor.supervises {
            "fang"
        } else {
            "zhou"
        };
        self.act(&self.who(reviewer)?, task.id, review).await?;
        let (Some(_), Some(deputy)) = (grade, task.details.deputy) else {
            return Ok(());
        };
        let deputy = self
            .organisation
            .person(deputy)
            .map_or("", |person| person.login.as_str());
        let endorse = |opinion: &str| TaskCommand::Endorse {
            opinion: opinion.to_owned(),
        };
        self.act(&self.who(deputy)?, task.id, endorse("同意办结。"))
            .await?;
        if task.details.level == Level::Major {
            self.act(&self.who("zhao")?, task.id, endorse("同意。"))
                .await?;
        }
        Ok(())
    }

    /// The packs of the other plans that the bureau works by.
    async fn take_up_packs(&self) -> AppResult<()> {
        // The history has come to some weeks ago; the packs and the rows in their lists are new.
        let behind = (self.today - self.app.today()).num_days() - LISTS_DAYS;
        self.clock.forward(Duration::days(behind.max(0)));
        let effective = self.app.today().min(self.today);
        for key in [PackKey::C, PackKey::E, PackKey::T2, PackKey::T5] {
            let adoption = Adoption {
                text: None,
                effective,
                reason: "承接上级方案".into(),
            };
            editions::adopt(&self.app, &self.who("zhou")?, key, adoption).await?;
        }
        Ok(())
    }

    async fn act(&self, who: &Who, id: TaskId, command: TaskCommand) -> AppResult<()> {
        self.clock.forward(Duration::minutes(7));
        tasks::handle(&self.app, who, id, command, None).await?;
        Ok(())
    }
}

/// What the supervision officer decides on each proposal: tracked ones are accepted with limits
/// that make the demonstration worth looking at, the others are accepted as text.
fn confirmations(plan: &Plan, in_days: impl Fn(i64) -> Option<NaiveDate>) -> Vec<PlanCommand> {
    let mut commands = Vec::new();
    let mut tracked = 0i64;
    for proposal in plan
        .proposals
        .iter()
        .filter(|known| known.decision == Decision::Open)
    {
        let id = proposal.id;
        if proposal.draft.kind.tracked().is_none() {
            let command = match proposal.draft.kind {
                ProposalKind::Principle => PlanCommand::RejectProposal {
                    proposal: id,
                    reason: "原则性表述，无具体事项".into(),
                },
                _ => PlanCommand::AcceptProposal { proposal: id },
            };
            commands.push(command);
            continue;
        }
        let limit = match tracked % 6 {
            4 => in_days(5),
            5 => in_days(-4),
            _ => in_days(30 + tracked * 3),
        };
        let level = if tracked % 7 == 0 {
            Level::Major
        } else {
            Level::Ordinary
        };
        let draft = Box::new(Draft {
            limit,
            level,
            ..proposal.draft.clone()
        });
        commands.push(PlanCommand::EditProposal {
            proposal: id,
            draft,
        });
        commands.push(PlanCommand::AcceptProposal { proposal: id });
        tracked += 1;
    }
    commands
}

fn lead_feedback(course: Course, progress: u8) -> TaskCommand {
    let unsmooth = course == Course::Unsmooth;
    TaskCommand::Feedback(Feedback::Lead {
        course,
        progress,
        text: "已制定实施计划并分解到人，正按节点推进。".into(),
        difficulties: if unsmooth {
            "用地手续尚未批复，影响进场。".into()
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
