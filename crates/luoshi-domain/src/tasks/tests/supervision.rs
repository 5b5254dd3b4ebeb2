//! Who supervises by whom, escalation, warning and supervision notice.

use super::*;
use crate::lights::Leads;
use crate::tasks::notices::Lagging;
use crate::tasks::supervision::Supervises;

fn instruct(leader: PersonId) -> TaskCommand {
    TaskCommand::Instruct {
        leader,
        instruction: "请抓紧办理，月底前报结果。".into(),
        dated: Some(day("2022-04-30")),
    }
}

fn notice() -> TaskCommand {
    TaskCommand::IssueNotice {
        facts: "进度落后".into(),
        requirement: "限期整改".into(),
        rectify_by: day("2022-06-10"),
    }
}

/// The co-unit's section is in the deputy's charge too.
fn world() -> World {
    let mut world = World::new();
    world.change(OrganisationCommand::AssignPortfolio(Portfolio {
        unit: CO_UNIT,
        deputy: DEPUTY,
        valid_from: day("2022-01-01"),
    }));
    world
}

#[test]
fn flow_01_what_the_principal_leader_assigned_counts_as_approved() {
    let world = world();
    let unsupervised = TaskDetails {
        supervisor: None,
        ..details()
    };
    let mut task = world.open(unsupervised);
    assert_eq!(world.refused(&task, OFFICER, issue()), "not_approved");
    world.run(&mut task, OFFICER, instruct(PRINCIPAL)).unwrap();
    assert_eq!(task.state, TaskState::Approved);
    assert_eq!(task.approved_by, Some(PRINCIPAL));
    world.run(&mut task, OFFICER, issue()).unwrap();
    let mut lacking = world.open(TaskDetails {
        limit: None,
        ..details()
    });
    world
        .run(&mut lacking, OFFICER, instruct(PRINCIPAL))
        .unwrap();
    assert_eq!(lacking.state, TaskState::Draft, "a limit is still missing");
}

#[test]
fn flow_06_the_supervisor_follows_from_who_assigned_it() {
    let world = world();
    let mut of_deputy = world.open(details());
    world
        .run(&mut of_deputy, OFFICER, instruct(DEPUTY))
        .unwrap();
    assert_eq!(of_deputy.details.supervisor, Some(CO_UNIT), "his section");
    assert_eq!(of_deputy.supervised, Some(Supervises::Deputy));
    assert_eq!(of_deputy.state, TaskState::Draft, "still to be approved");
    let mut of_principal = world.open(details());
    world
        .run(&mut of_principal, OFFICER, instruct(PRINCIPAL))
        .unwrap();
    assert_eq!(of_principal.details.supervisor, Some(OFFICE));
    assert_eq!(of_principal.supervised, Some(Supervises::Principal));
    let known = of_principal.assigned.as_ref().unwrap();
    assert_eq!(
        (known.leader, known.dated),
        (PRINCIPAL, Some(day("2022-04-30")))
    );
    assert_eq!(
        world.refused(&of_principal, OFFICER, instruct(HEAD)),
        "leader"
    );
}

#[test]
fn flow_07_with_consent_the_office_supervises_and_without_it_stays() {
    let world = world();
    let mut task = world.open(details());
    world.run(&mut task, OFFICER, instruct(DEPUTY)).unwrap();
    for (person, command) in usual_way().into_iter().take(3) {
        world.run(&mut task, person, command).unwrap();
    }
    let ask = TaskCommand::RequestEscalation {
        reason: "两次催办未果".into(),
    };
    let decide = |consent, text: &str| TaskCommand::DecideEscalation {
        consent,
        text: text.into(),
    };
    assert_eq!(
        world.refused(&task, PRINCIPAL, decide(true, "")),
        "no_request"
    );
    world.run(&mut task, CO_HEAD, ask.clone()).unwrap();
    assert_eq!(
        world.refused(&task, HEAD, request_extension("2022-06-20")),
        "escalation_pending"
    );
    let mut stays = task.clone();
    assert_eq!(world.refused(&stays, PRINCIPAL, decide(false, "")), "text");
    world
        .run(&mut stays, PRINCIPAL, decide(false, "继续督办"))
        .unwrap();
    assert_eq!(stays.details.supervisor, Some(CO_UNIT));
    assert_eq!(stays.case, None);
    world.run(&mut task, PRINCIPAL, decide(true, "")).unwrap();
    assert_eq!(task.details.supervisor, Some(OFFICE));
    assert_eq!(task.supervised, Some(Supervises::Escalated));
    assert_eq!(task.case.as_ref().unwrap().from, Some(CO_UNIT));
    assert_eq!(task.approval, None);
    assert_eq!(world.refused(&task, OFFICER, ask), "already_office");
}

#[test]
fn flow_08_a_lag_proposes_a_warning_and_a_notice_waits_for_its_acknowledgement() {
    let mut world = world();
    let mut task = world.task_in(TaskState::Accepted);
    let leads = Leads::default();
    assert_eq!(task.lagging(day("2022-05-02"), &leads), None);
    let behind = Lagging::Behind {
        points: 32,
        expected: 32,
    };
    assert_eq!(task.lagging(day("2022-05-10"), &leads), Some(behind));
    let overdue = Lagging::Overdue { days: 2 };
    assert_eq!(task.lagging(day("2022-06-02"), &leads), Some(overdue));
    world.now = at("2022-06-02T01:00:00Z");
    let events = world
        .with(OFFICER, |ctx| task.decide(notice(), ctx))
        .unwrap();
    assert_eq!(
        task.recipients(&events[0]),
        [Recipient::Unit(LEAD), Recipient::Person(DEPUTY)]
    );
    world.run(&mut task, OFFICER, notice()).unwrap();
    // Thursday 2 June and two workdays, by weekdays alone.
    assert_eq!(task.acknowledge_by(), Some(day("2022-06-06")));
    let acknowledge = TaskCommand::AcknowledgeNotice {
        number: task.notices[0].number.clone(),
    };
    world.run(&mut task, HEAD, acknowledge.clone()).unwrap();
    assert_eq!(task.acknowledge_by(), None);
    assert_eq!(world.refused(&task, HEAD, acknowledge), "no_notice");
}
