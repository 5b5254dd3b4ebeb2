mod attachments;
mod blockers;
mod limits;
mod reporting;
mod reports;
mod revisions;
mod supervision;
mod tags;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::actions::TaskAction;
use super::blockers::{BlockerAnswer, NewBlocker};
use super::commands::{Feedback, TaskCommand};
use super::revisions::Change;
use super::*;
use crate::cadence::Cadence;
use crate::calendar::Calendar;
use crate::context::{Actor, Context};
use crate::ids::PostId;
use crate::lights::Leads;
use crate::limits::LimitPolicy;
use crate::notifications::Recipient;
use crate::organisation::commands::OrganisationCommand;
use crate::organisation::history::History;
use crate::organisation::{Organisation, Person, Portfolio, Post, Role, Unit, UnitKind};
use crate::refusals::{Ground, Refusal};
use crate::samples;

const OFFICE: UnitId = UnitId(Uuid::from_u128(1));
const LEAD: UnitId = UnitId(Uuid::from_u128(2));
const CO_UNIT: UnitId = UnitId(Uuid::from_u128(3));
const OTHER: UnitId = UnitId(Uuid::from_u128(4));
const LEADERS: UnitId = UnitId(Uuid::from_u128(5));

const PRINCIPAL: PersonId = PersonId(Uuid::from_u128(11));
const DEPUTY: PersonId = PersonId(Uuid::from_u128(12));
const OFFICER: PersonId = PersonId(Uuid::from_u128(13));
const HEAD: PersonId = PersonId(Uuid::from_u128(14));
const CO_HEAD: PersonId = PersonId(Uuid::from_u128(15));
const STRANGER: PersonId = PersonId(Uuid::from_u128(16));

/// A bureau with an office, three units and a person for each part in a task's life.
struct World {
    history: History,
    organisation: Organisation,
    calendar: Calendar,
    policies: Vec<LimitPolicy>,
    leads: Leads,
    now: DateTime<Utc>,
}

impl World {
    fn new() -> Self {
        let valid_from = day("2022-01-01");
        let unit = |id, kind, name: &str| Unit {
            id,
            parent: None,
            kind,
            name: name.into(),
            aliases: Vec::new(),
            supervision_office: id == OFFICE,
            position: 0,
            valid_from,
        };
        let post = |person: PersonId, unit, role| Post {
            id: PostId(person.0),
            unit,
            title: "负责人".into(),
            role,
            holder: Some(person),
            position: 0,
            valid_from,
        };
        let mut commands = vec![
            OrganisationCommand::EstablishUnit(unit(OFFICE, UnitKind::Section, "督查办")),
            OrganisationCommand::EstablishUnit(unit(LEAD, UnitKind::Section, "规划科")),
            OrganisationCommand::EstablishUnit(unit(CO_UNIT, UnitKind::Section, "财务科")),
            OrganisationCommand::EstablishUnit(unit(OTHER, UnitKind::Section, "安全科")),
            OrganisationCommand::EstablishUnit(unit(LEADERS, UnitKind::Leadership, "局领导")),
        ];
        let people = [
            (PRINCIPAL, LEADERS, Role::Principal),
            (DEPUTY, LEADERS, Role::Deputy),
            (OFFICER, OFFICE, Role::Head),
            (HEAD, LEAD, Role::Head),
            (CO_HEAD, CO_UNIT, Role::Head),
            (STRANGER, OTHER, Role::Head),
        ];
        for (person, unit, role) in people {
            let login = person.to_string();
            let known = Person {
                id: person,
                name: login.clone(),
                login,
            };
            commands.push(OrganisationCommand::RegisterPerson(known));
            commands.push(OrganisationCommand::CreatePost(post(person, unit, role)));
        }
        let portfolio = Portfolio {
            unit: LEAD,
            deputy: DEPUTY,
            valid_from,
        };
        commands.push(OrganisationCommand::AssignPortfolio(portfolio));
        let now = at("2022-05-01T01:00:00Z");
        let history = samples::history(commands);
        Self {
            organisation: history.as_of(local_day(now)),
            history,
            calendar: Calendar::default(),
            policies: Vec::new(),
            leads: Leads::default(),
            now,
        }
    }

    /// Changes the organisation.
    fn change(&mut self, command: OrganisationCommand) {
        let event = self.history.decide(command).unwrap();
        self.history.apply(&event);
        self.organisation = self.history.as_of(local_day(self.now));
    }

    fn with<T>(&self, person: PersonId, run: impl FnOnce(&Context<'_>) -> T) -> T {
        let actor = Actor::of(&self.organisation, person).unwrap();
        run(&Context {
            now: self.now,
            actor: &actor,
            organisation: &self.organisation,
            calendar: &self.calendar,
            policies: &self.policies,
            leads: self.leads.clone(),
        })
    }

    fn open(&self, details: TaskDetails) -> Task {
        let opened = self
            .with(OFFICER, |ctx| Task::open(origin(), details, ctx))
            .unwrap();
        let TaskEvent::Opened { origin, details } = opened else {
            panic!("not an opening")
        };
        Task::opened(TaskId(Uuid::from_u128(99)), &origin, &details, self.now)
    }

    fn run(&self, task: &mut Task, person: PersonId, command: TaskCommand) -> Result<(), Refusal> {
        self.with(person, |ctx| {
            let events = task.decide(command, ctx)?;
            for event in &events {
                task.apply(event, &ctx.signed());
            }
            Ok(())
        })
    }

    /// A task taken along the usual way to `state`.
    fn task_in(&self, state: TaskState) -> Task {
        let mut task = self.open(details());
        for (person, command) in usual_way() {
            if task.state == state {
                return task;
            }
            self.run(&mut task, person, command).unwrap();
        }
        assert_eq!(task.state, state);
        task
    }

    fn refused(&self, task: &Task, person: PersonId, command: TaskCommand) -> &'static str {
        let mut task = task.clone();
        self.run(&mut task, person, command).unwrap_err().code
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn origin() -> Origin {
    Origin {
        plan: None,
        proposal: None,
        document: "重点工作方案".into(),
        number: None,
        clause_path: "二/(一)".into(),
        quote: "规划科牵头编制规划。".into(),
    }
}

fn details() -> TaskDetails {
    TaskDetails {
        title: "编制规划".into(),
        target: "报局审定".into(),
        requirement: String::new(),
        category: "bureau".into(),
        kind: TaskKind::Task,
        level: Level::Ordinary,
        tier: Tier::Bureau,
        lead: Some(LEAD),
        co_units: Vec::new(),
        supervisor: Some(OFFICE),
        deputy: Some(DEPUTY),
        limit: Some(day("2022-05-31")),
        frequency: None,
        policies: None,
        task_force: None,
        cadence: None,
    }
}

fn with_co_unit() -> TaskDetails {
    let duty = CoDuty {
        unit: CO_UNIT,
        duty: "落实资金".into(),
        joint: false,
    };
    TaskDetails {
        co_units: vec![duty],
        ..details()
    }
}

fn approve() -> TaskCommand {
    TaskCommand::Approve {
        text: "同意".into(),
    }
}

fn issue() -> TaskCommand {
    TaskCommand::Issue {
        number: "〔2022〕1号".into(),
        channel: Channel::System,
    }
}

fn sign_for() -> TaskCommand {
    TaskCommand::SignFor { assignee: None }
}

fn smooth() -> TaskCommand {
    lead_feedback(Course::Smooth, "", "")
}

fn lead_feedback(course: Course, difficulties: &str, suggestions: &str) -> TaskCommand {
    TaskCommand::Feedback(Feedback::Lead {
        course,
        progress: 50,
        text: "推进中".into(),
        difficulties: difficulties.into(),
        suggestions: suggestions.into(),
        figures: String::new(),
        evidence: Vec::new(),
        raise: false,
        milestones: Vec::new(),
    })
}

fn co_report(done: bool) -> TaskCommand {
    TaskCommand::Feedback(Feedback::CoUnit {
        text: "已落实".into(),
        done,
    })
}

fn request_extension(proposed: &str) -> TaskCommand {
    TaskCommand::RequestExtension {
        reason: "手续未批".into(),
        proposed: day(proposed),
    }
}

fn raise(leader: Option<PersonId>) -> TaskCommand {
    TaskCommand::RaiseBlocker(NewBlocker {
        what: "用地指标没有落实".into(),
        need: "请协调自然资源部门".into(),
        unit: None,
        leader,
        wished: None,
    })
}

fn answer(number: u32, answer: BlockerAnswer) -> TaskCommand {
    TaskCommand::AnswerBlocker {
        number,
        answer,
        text: "已商定".into(),
    }
}

fn withdraw(number: u32) -> TaskCommand {
    TaskCommand::WithdrawBlocker {
        number,
        reason: "已自行解决".into(),
    }
}

fn apply_to_close() -> TaskCommand {
    TaskCommand::ApplyToClose {
        summary: "已完成".into(),
        evidence: "报告".into(),
    }
}

fn review(grade: Option<Grade>) -> TaskCommand {
    TaskCommand::Review {
        grade,
        opinion: "同意".into(),
    }
}

fn endorse() -> TaskCommand {
    TaskCommand::Endorse {
        opinion: "同意".into(),
    }
}

fn send_back() -> TaskCommand {
    TaskCommand::Return {
        reason: "材料不全".into(),
    }
}

/// From draft to closed, and who does it.
fn usual_way() -> Vec<(PersonId, TaskCommand)> {
    vec![
        (PRINCIPAL, approve()),
        (OFFICER, issue()),
        (HEAD, sign_for()),
        (HEAD, smooth()),
        (HEAD, apply_to_close()),
        (OFFICER, send_back()),
        (HEAD, apply_to_close()),
        (OFFICER, review(Some(Grade::FairlyGood))),
        (DEPUTY, endorse()),
    ]
}

#[test]
fn flow_01_an_opening_is_approved_before_it_is_issued() {
    let world = World::new();
    let mut task = world.open(details());
    assert_eq!(world.refused(&task, OFFICER, issue()), "not_approved");
    world.run(&mut task, PRINCIPAL, approve()).unwrap();
    assert_eq!(task.approved_by, Some(PRINCIPAL));
    world.run(&mut task, OFFICER, issue()).unwrap();
}

#[test]
fn flow_02_the_notice_goes_to_the_lead_and_each_co_unit_and_needs_a_limit() {
    let world = World::new();
    let second = CoDuty {
        unit: OTHER,
        duty: "核查安全".into(),
        joint: false,
    };
    let mut all = with_co_unit();
    all.co_units.push(second);
    let mut task = world.open(TaskDetails {
        limit: None,
        ..all.clone()
    });
    assert_eq!(world.refused(&task, PRINCIPAL, approve()), "incomplete");
    world
        .run(&mut task, OFFICER, TaskCommand::Amend(Box::new(all)))
        .unwrap();
    world.run(&mut task, PRINCIPAL, approve()).unwrap();
    world.run(&mut task, OFFICER, issue()).unwrap();
    let units: Vec<UnitId> = task
        .deliveries
        .iter()
        .map(|delivery| delivery.unit)
        .collect();
    assert_eq!(units, [LEAD, CO_UNIT, OTHER]);
    world.run(&mut task, CO_HEAD, sign_for()).unwrap();
    assert_eq!(
        task.state,
        TaskState::Issued,
        "a co-unit's receipt is not the lead's"
    );
    assert_eq!(
        world.refused(&task, CO_HEAD, sign_for()),
        "already_received"
    );
}

#[test]
fn flow_03_the_lead_unit_signs_for_it_and_may_hand_it_back() {
    let world = World::new();
    let task = world.task_in(TaskState::Issued);
    let mut returned = task.clone();
    world.run(&mut returned, HEAD, send_back()).unwrap();
    assert_eq!(returned.state, TaskState::Returned);
    world.run(&mut returned, OFFICER, issue()).unwrap();
    let foreign = TaskCommand::SignFor {
        assignee: Some(STRANGER),
    };
    assert_eq!(world.refused(&returned, HEAD, foreign), "assignee");
    world
        .run(
            &mut returned,
            HEAD,
            TaskCommand::SignFor {
                assignee: Some(HEAD),
            },
        )
        .unwrap();
    assert_eq!(
        (returned.state, returned.assignee),
        (TaskState::Accepted, Some(HEAD))
    );
}

#[test]
fn flow_04_a_co_unit_reports_its_own_duty_only_and_closing_waits_for_it() {
    let world = World::new();
    let mut task = world.open(with_co_unit());
    for (person, command) in usual_way().into_iter().take(4) {
        world.run(&mut task, person, command).unwrap();
    }
    let refusal = world
        .with(HEAD, |ctx| task.possible(TaskAction::ApplyToClose, ctx))
        .unwrap_err();
    assert_eq!(
        refusal.sentence,
        "缺 1 个协办单位的完成意见，不能申请办结。"
    );
    let remark = TaskCommand::Remark {
        unit: CO_UNIT,
        text: "资金未到位".into(),
    };
    let remarked = world.with(HEAD, |ctx| task.decide(remark, ctx)).unwrap();
    assert_eq!(task.recipients(&remarked[0]), [Recipient::Unit(OFFICE)]);
    world.run(&mut task, CO_HEAD, co_report(true)).unwrap();
    world.run(&mut task, HEAD, apply_to_close()).unwrap();
}

#[test]
fn flow_05_unsmooth_feedback_needs_both_parts_and_tells_section_and_leader() {
    let world = World::new();
    let task = world.task_in(TaskState::Accepted);
    let without = lead_feedback(Course::Unsmooth, "缺资金", "");
    assert_eq!(world.refused(&task, HEAD, without), "suggestions");
    let with = lead_feedback(Course::Unsmooth, "缺资金", "请协调");
    let events = world.with(HEAD, |ctx| task.decide(with, ctx)).unwrap();
    assert_eq!(
        task.recipients(&events[0]),
        [Recipient::Unit(OFFICE), Recipient::Person(DEPUTY)]
    );
}

#[test]
fn flow_05_feedback_sent_back_is_due_again() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    world.run(&mut task, OFFICER, send_back()).unwrap();
    assert!(task.last_feedback.as_ref().unwrap().sent_back);
    assert_eq!(task.state, TaskState::InProgress);
    assert_eq!(
        world.refused(&task, OFFICER, send_back()),
        "nothing_to_return"
    );
    assert!(task.is_feedback_due());
    world.run(&mut task, HEAD, apply_to_close()).unwrap();
    assert!(
        !task.is_feedback_due(),
        "no report is taken while a closing is decided"
    );
}

#[test]
fn flow_09_an_extension_is_asked_for_by_the_lead_within_the_limit() {
    let mut world = World::new();
    let task = world.task_in(TaskState::InProgress);
    assert_eq!(
        world.refused(&task, HEAD, request_extension("2022-05-31")),
        "proposed"
    );
    world.now = at("2022-05-31T15:00:00Z");
    let mut in_time = task.clone();
    world
        .run(&mut in_time, HEAD, request_extension("2022-06-15"))
        .unwrap();
    world.now = at("2022-05-31T16:01:00Z");
    assert_eq!(
        world.refused(&task, HEAD, request_extension("2022-06-15")),
        "past_limit"
    );
}

#[test]
fn flow_10_a_decision_sets_a_new_limit_or_leaves_the_old_one() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    world
        .run(&mut task, HEAD, request_extension("2022-06-20"))
        .unwrap();
    assert_eq!(
        world.refused(&task, HEAD, apply_to_close()),
        "extension_pending"
    );
    let decide = |granted: Option<&str>, text: &str| TaskCommand::DecideExtension {
        granted: granted.map(day),
        text: text.into(),
    };
    assert_eq!(world.refused(&task, DEPUTY, decide(None, "")), "text");
    let mut refused = task.clone();
    world
        .run(&mut refused, DEPUTY, decide(None, "按期完成"))
        .unwrap();
    assert_eq!(
        (refused.details.limit, refused.extensions),
        (Some(day("2022-05-31")), 0)
    );
    world
        .run(&mut task, DEPUTY, decide(Some("2022-06-15"), ""))
        .unwrap();
    assert_eq!(
        (task.details.limit, task.extensions),
        (Some(day("2022-06-15")), 1)
    );
    assert_eq!(task.original_limit, Some(day("2022-05-31")));
    assert_eq!(task.state, TaskState::InProgress);
}

#[test]
fn flow_11_closing_needs_a_grade() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    let no_evidence = TaskCommand::ApplyToClose {
        summary: "已完成".into(),
        evidence: " ".into(),
    };
    assert_eq!(world.refused(&task, HEAD, no_evidence), "evidence");
    world.run(&mut task, HEAD, apply_to_close()).unwrap();
    assert_eq!(world.refused(&task, DEPUTY, endorse()), "not_reviewed");
    assert_eq!(world.refused(&task, OFFICER, review(None)), "grade");
    world
        .run(&mut task, OFFICER, review(Some(Grade::FairlyGood)))
        .unwrap();
    world.run(&mut task, DEPUTY, endorse()).unwrap();
    assert_eq!(
        (task.state, task.grade),
        (TaskState::Closed, Some(Grade::FairlyGood))
    );
}

#[test]
fn flow_12_a_major_task_closes_only_by_the_principal_leader() {
    let world = World::new();
    let mut task = world.open(TaskDetails {
        level: Level::Major,
        ..details()
    });
    for (person, command) in usual_way() {
        world.run(&mut task, person, command).unwrap();
    }
    assert_ne!(task.state, TaskState::Closed);
    assert_eq!(task.closing().unwrap().step, ClosingStep::Principal);
    world.run(&mut task, PRINCIPAL, endorse()).unwrap();
    assert_eq!(task.state, TaskState::Closed);
}

#[test]
fn flow_13_a_refused_closing_stays_open_under_supervision() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    world.run(&mut task, HEAD, apply_to_close()).unwrap();
    world.run(&mut task, OFFICER, send_back()).unwrap();
    assert_eq!(
        (task.state, task.closing_refusals),
        (TaskState::Supervising, 1)
    );
    assert_eq!(task.returned_because.as_deref(), Some("材料不全"));
    assert_eq!(task.details.limit, Some(day("2022-05-31")));
}

#[test]
fn flow_14_every_pair_of_state_and_action_is_allowed_or_refused_by_the_table() {
    use TaskAction as A;
    use TaskState as S;
    let world = World::new();
    // For each state, what is possible for who holds the right.
    let table: [(S, &[A]); 8] = [
        (
            S::Draft,
            &[A::Amend, A::Approve, A::Instruct, A::Return, A::Cancel],
        ),
        (S::Approved, &[A::Instruct, A::Issue, A::Cancel]),
        (
            S::Issued,
            &[
                A::SignFor,
                A::Urge,
                A::IssueNotice,
                A::RequestChange,
                A::Return,
                A::Cancel,
            ],
        ),
        (
            S::Accepted,
            &[
                A::Deploy,
                A::Feedback,
                A::RaiseBlocker,
                A::RequestExtension,
                A::Urge,
                A::IssueNotice,
                A::RequestChange,
                A::Cancel,
            ],
        ),
        (
            S::InProgress,
            &[
                A::Deploy,
                A::Feedback,
                A::RaiseBlocker,
                A::RequestExtension,
                A::Urge,
                A::IssueNotice,
                A::RequestChange,
                A::ApplyToClose,
                A::Return,
                A::Cancel,
            ],
        ),
        (
            S::Supervising,
            &[
                A::Deploy,
                A::Feedback,
                A::RaiseBlocker,
                A::RequestExtension,
                A::Urge,
                A::IssueNotice,
                A::RequestChange,
                A::ApplyToClose,
                A::Return,
                A::Cancel,
            ],
        ),
        (S::Closed, &[]),
        (S::Returned, &[A::Amend, A::Instruct, A::Issue, A::Cancel]),
    ];
    for (state, allowed) in table {
        let task = if state == S::Returned {
            let mut task = world.task_in(S::Issued);
            world.run(&mut task, HEAD, send_back()).unwrap();
            task
        } else {
            world.task_in(state)
        };
        for action in A::ALL {
            let possible = world.with(HEAD, |ctx| task.possible(action, ctx)).is_ok();
            // A mark is set and taken off whatever became of the task.
            // How often it is reported is set as long as it is not over.
            let wanted = action == A::Mark
                || (action == A::SetCadence && state != S::Closed)
                || allowed.contains(&action);
            assert_eq!(possible, wanted, "{state:?} {action:?}");
            let right = task.right_for(action);
            assert!(
                right.is_ok() || !possible,
                "no right is named for {action:?} in {state:?}"
            );
        }
    }
}

#[test]
fn flow_15_an_urging_is_counted_and_told_to_the_lead() {
    let world = World::new();
    let mut task = world.task_in(TaskState::Issued);
    let urge = TaskCommand::Urge {
        text: "请抓紧".into(),
        respond_by: day("2022-05-05"),
    };
    let events = world
        .with(OFFICER, |ctx| task.decide(urge.clone(), ctx))
        .unwrap();
    assert_eq!(task.recipients(&events[0]), [Recipient::Unit(LEAD)]);
    world.run(&mut task, OFFICER, urge).unwrap();
    assert_eq!(task.urgings, 1);
}

#[test]
fn ledger_02_a_line_that_lacks_a_field_is_not_approved_and_names_it() {
    let world = World::new();
    let lacking = [
        (
            TaskDetails {
                target: String::new(),
                ..details()
            },
            "目标要求",
        ),
        (
            TaskDetails {
                lead: None,
                deputy: None,
                ..details()
            },
            "牵头单位",
        ),
        (
            TaskDetails {
                limit: None,
                ..details()
            },
            "完成时限",
        ),
        (
            TaskDetails {
                deputy: None,
                ..details()
            },
            "分管领导",
        ),
        (
            TaskDetails {
                supervisor: None,
                ..details()
            },
            "督办单位",
        ),
    ];
    for (details, name) in lacking {
        let mut task = world.open(details);
        let refusal = world.run(&mut task, PRINCIPAL, approve()).unwrap_err();
        assert_eq!(refusal.ground, Ground::Input);
        assert!(refusal.sentence.contains(name), "{}", refusal.sentence);
    }
    let untitled = TaskDetails {
        title: " ".into(),
        ..details()
    };
    let refusal = world
        .with(OFFICER, |ctx| Task::open(origin(), untitled, ctx))
        .unwrap_err();
    assert_eq!(refusal.code, "title");
}

#[test]
fn org_02_a_unit_without_a_first_responsible_person_gets_no_task() {
    let mut world = World::new();
    let vacant = OrganisationCommand::Appoint {
        post: PostId(HEAD.0),
        holder: None,
        from: day("2022-05-01"),
    };
    world.change(vacant);
    let mut task = world.open(details());
    let refusal = world.run(&mut task, PRINCIPAL, approve()).unwrap_err();
    assert!(
        refusal.sentence.contains("第一责任人"),
        "{}",
        refusal.sentence
    );
}

#[test]
fn org_05_several_leads_need_a_task_force_and_a_duty_each() {
    let world = World::new();
    let several = |duty: &str, task_force| TaskDetails {
        co_units: vec![CoDuty {
            unit: CO_UNIT,
            duty: duty.into(),
            joint: true,
        }],
        task_force,
        ..details()
    };
    let opened = |details: TaskDetails| {
        world
            .with(OFFICER, |ctx| Task::open(origin(), details, ctx))
            .map_err(|refusal| (refusal.code, refusal.rule))
    };
    let force = Some(BodyId(Uuid::from_u128(77)));
    let bare = opened(several("落实资金", None)).unwrap_err();
    assert_eq!(bare, ("task_force", "ORG-05"));
    let idle = opened(several(" ", force)).unwrap_err();
    assert_eq!(idle, ("co_duty", "ORG-05"));
    assert!(opened(several("落实资金", force)).is_ok());
    let headless = TaskDetails {
        lead: None,
        ..several("落实资金", force)
    };
    assert_eq!(opened(headless).unwrap_err(), ("lead", "ORG-05"));
}

#[test]
fn org_05_each_co_unit_has_its_own_duty_and_one_unit_leads() {
    let world = World::new();
    let approved = |details: TaskDetails| {
        let mut task = world.open(details);
        world
            .run(&mut task, PRINCIPAL, approve())
            .map_err(|refusal| refusal.sentence)
    };
    assert_eq!(approved(details()).err(), None, "one unit alone is enough");
    let beside = |duty: &str| {
        vec![CoDuty {
            unit: CO_UNIT,
            duty: duty.into(),
            joint: false,
        }]
    };
    let with_duty = with_co_unit();
    assert_eq!(approved(with_duty.clone()).err(), None);
    let leaderless = TaskDetails {
        lead: None,
        deputy: None,
        ..with_duty.clone()
    };
    assert!(approved(leaderless).unwrap_err().contains("牵头单位"));
    let idle = TaskDetails {
        co_units: beside(" "),
        ..with_duty.clone()
    };
    assert!(approved(idle).unwrap_err().contains("协办单位职责"));
    let twice = TaskDetails {
        lead: Some(CO_UNIT),
        ..with_duty
    };
    let refusal = world
        .with(OFFICER, |ctx| Task::open(origin(), twice, ctx))
        .unwrap_err();
    assert_eq!((refusal.code, refusal.rule), ("lead_is_co_unit", "ORG-05"));
}

#[test]
fn src_01_a_task_without_an_origin_category_is_refused() {
    let world = World::new();
    let without = TaskDetails {
        category: String::new(),
        ..details()
    };
    let refusal = world
        .with(OFFICER, |ctx| Task::open(origin(), without, ctx))
        .unwrap_err();
    assert_eq!(refusal.rule, "SRC-01");
}

/// Any command of the cast with any content that the usual forms could send.
fn any_step() -> impl Strategy<Value = (PersonId, TaskCommand)> {
    let person = prop::sample::select(vec![PRINCIPAL, DEPUTY, OFFICER, HEAD, CO_HEAD, STRANGER]);
    let command = prop::sample::select(vec![
        TaskCommand::Amend(Box::new(with_co_unit())),
        approve(),
        issue(),
        sign_for(),
        smooth(),
        TaskCommand::Deploy {
            text: "分步办理".into(),
            until: Some(day("2022-07-31")),
        },
        lead_feedback(Course::Unsmooth, "缺资金", "请协调"),
        TaskCommand::RepeatReport,
        TaskCommand::SetCadence {
            cadence: Cadence::Days(3),
            reason: "抓紧".into(),
        },
        TaskCommand::SetCadence {
            cadence: Cadence::Never,
            reason: "不再要求".into(),
        },
        co_report(true),
        co_report(false),
        request_extension("2022-06-15"),
        raise(None),
        answer(1, BlockerAnswer::PassedOn),
        answer(1, BlockerAnswer::Cleared),
        answer(2, BlockerAnswer::NotRecognised),
        withdraw(1),
        TaskCommand::Instruct {
            leader: PRINCIPAL,
            instruction: "抓紧办".into(),
            dated: None,
        },
        TaskCommand::RequestChange {
            change: Change {
                target: Some("60 公里".into()),
                limit: None,
            },
            reason: "上级调整".into(),
        },
        TaskCommand::DecideChange {
            consent: true,
            text: String::new(),
        },
        TaskCommand::RequestEscalation {
            reason: "督办未果".into(),
        },
        TaskCommand::DecideEscalation {
            consent: true,
            text: String::new(),
        },
        TaskCommand::IssueNotice {
            facts: "滞后".into(),
            requirement: "整改".into(),
            rectify_by: day("2022-05-20"),
        },
        TaskCommand::AcknowledgeNotice {
            number: String::new(),
        },
        TaskCommand::DecideExtension {
            granted: Some(day("2022-06-15")),
            text: String::new(),
        },
        TaskCommand::DecideExtension {
            granted: None,
            text: "按期完成".into(),
        },
        TaskCommand::Urge {
            text: "请抓紧".into(),
            respond_by: day("2022-05-05"),
        },
        apply_to_close(),
        review(Some(Grade::Basic)),
        endorse(),
        send_back(),
        TaskCommand::Cancel {
            reason: "任务调整".into(),
        },
    ]);
    (person, command)
}

/// What holds of any task, whatever was done to it.
fn check_invariants(task: &Task) {
    let details = &task.details;
    assert_eq!(details.lead, Some(LEAD), "one unit leads");
    assert!(details.co_units.iter().all(|co| co.unit != LEAD));
    assert_eq!(task.grade.is_some(), task.state == TaskState::Closed);
    assert!(
        task.approval.is_none() || task.state == TaskState::Issued || task.is_under_way(),
        "nothing is asked of what is not in hand"
    );
    assert_eq!(
        task.paused_since().is_some(),
        task.blockers_open().next().is_some(),
        "the clock stands while something stands in the way, and only then"
    );
    // Without an extension the limit moves by the pauses that ended, by nothing else.
    if let (Some(limit), Some(original), 0) = (details.limit, task.original_limit, task.extensions)
    {
        let ended = task
            .pauses
            .iter()
            .filter_map(|pause| pause.until.map(|end| (pause, end)));
        let days: i64 = ended
            .map(|(pause, end)| (end - pause.moves_from).num_days())
            .sum();
        assert_eq!((limit - original).num_days(), days);
    }
    let asked: Vec<u32> = task.blockers.iter().map(|blocker| blocker.number).collect();
    assert!(
        asked
            .iter()
            .copied()
            .eq(1..=asked.len().try_into().unwrap())
    );
}

/// A refusal says what, by which rule, in a sentence.
fn check_refusal(refusal: &Refusal) {
    assert!(!refusal.code.is_empty());
    let rule = refusal.rule.split_once('-');
    let (area, number) = rule.unwrap_or_else(|| panic!("{refusal:?}"));
    assert!(area.chars().all(|c| c.is_ascii_uppercase()), "{refusal:?}");
    assert!(number.parse::<u8>().is_ok(), "{refusal:?}");
    assert!(refusal.sentence.ends_with('。'), "{refusal:?}");
}

proptest! {
    #[test]
    fn flow_14_replaying_the_log_gives_the_same_state(
        steps in prop::collection::vec((any_step(), 0_i64..4), 0..80)
    ) {
        let mut world = World::new();
        let mut task = world.open(with_co_unit());
        let first = TaskEvent::Opened { origin: origin(), details: Box::new(with_co_unit()) };
        let mut log = vec![(first, world.with(OFFICER, |ctx| ctx.signed()))];
        for ((person, command), days) in steps {
            world.now += chrono::TimeDelta::days(days);
            let decided = world.with(person, |ctx| task.decide(command, ctx));
            let by = world.with(person, |ctx| ctx.signed());
            if let Err(refusal) = &decided {
                check_refusal(refusal);
            }
            for event in decided.unwrap_or_default() {
                task.apply(&event, &by);
                log.push((event, by.clone()));
            }
            check_invariants(&task);
        }
        let stored: Vec<(TaskEvent, Signed)> =
            serde_json::from_str(&serde_json::to_string(&log).unwrap()).unwrap();
        let replayed = Task::replay(task.id, stored.iter().map(|(event, by)| (event, by)));
        prop_assert_eq!(replayed, Some(task));
    }
}
