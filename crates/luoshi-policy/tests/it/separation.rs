//! What no grant overrides.

use luoshi_domain::journal::Hand;
use luoshi_domain::organisation::Role;
use luoshi_domain::rights::{Appointment, Approval, Field, Policy, RecordRow, Right, Row, TaskRow};
use uuid::Uuid;

use crate::cast::{LEAD, actor, actor_and, code, person, policies, task};

const ADMINISTRATORS: [Role; 3] = [
    Role::SystemAdministrator,
    Role::SecurityAdministrator,
    Role::Auditor,
];

fn submitted_by(name: &str) -> Row {
    Row::Task(TaskRow {
        submitters: vec![person(name)],
        ..task()
    })
}

fn approval(field: Field, parts: &[&str]) -> Approval {
    Approval {
        id: Uuid::from_u128(3000),
        field,
        spent_by_deputy: false,
        parts: parts.iter().map(|name| person(name)).collect(),
    }
}

#[test]
fn flow_11_nobody_reviews_or_decides_their_own_request() {
    let policies = policies();
    for (name, right) in [
        ("office", Right::ReviewClosing),
        ("deputy", Right::EndorseAsDeputy),
        ("principal", Right::EndorseAsPrincipal),
        ("deputy", Right::DecideExtension),
    ] {
        let actor = actor(name);
        assert_eq!(
            code(policies, &actor, right, &submitted_by("lead")),
            "",
            "{right:?}"
        );
        let own = code(policies, &actor, right, &submitted_by(name));
        assert_eq!(own, "own_request", "{right:?}");
    }
}

#[test]
fn flow_11_what_one_typed_for_another_is_ones_own_request() {
    let policies = policies();
    let row = Row::Task(TaskRow {
        submitters: vec![person("lead"), person("office")],
        ..task()
    });
    let said = code(policies, &actor("office"), Right::ReviewClosing, &row);
    assert_eq!(said, "own_request");
}

#[test]
fn f36_whoever_judged_or_appealed_does_not_decide_the_appeal() {
    let policies = policies();
    let rights = [Right::DecideAppeal, Right::DecideAppealOfLeader];
    for name in ["principal", "deputy", "discipline"] {
        for right in rights {
            let of = |by: &str, about: &str| {
                let row = Row::Record(RecordRow {
                    units: vec![LEAD],
                    by: Some(person(by)),
                    about: vec![person(about)],
                    ..RecordRow::default()
                });
                code(policies, &actor(name), right, &row)
            };
            assert_eq!(of("lead", "handler"), "", "{name} {right:?}");
            assert_eq!(of("lead", name), "own_judgement", "{name} {right:?}");
            assert_eq!(of(name, "handler"), "own_appeal", "{name} {right:?}");
        }
    }
    // The unit that appeals has no part in it, whatever role somebody of it has besides.
    let row = Row::Record(RecordRow {
        units: vec![LEAD],
        by: Some(person("lead_officer")),
        about: Vec::new(),
        ..RecordRow::default()
    });
    let both = actor_and("lead", Role::Reviewer);
    let said = code(policies, &both, Right::DecideAppeal, &row);
    assert_eq!(said, "own_appeal");
}

#[test]
fn sys_03_who_types_for_another_reports_but_decides_nothing() {
    let policies = policies();
    let typed_for = |name: &str| {
        actor(name).by_hand_of(Hand {
            person: person("handler"),
            name: "经办".into(),
            title: "岗位".into(),
        })
    };
    let row = Row::Task(task());
    let said = |name: &str, right| code(policies, &typed_for(name), right, &row);
    assert_eq!(said("lead", Right::FeedBackAsLead), "");
    assert_eq!(said("lead", Right::RequestExtension), "");
    assert_eq!(said("principal", Right::ApproveTask), "by_hand");
    assert_eq!(said("deputy", Right::DecideExtension), "by_hand");
    assert_eq!(said("office", Right::ReviewClosing), "by_hand");
    assert_eq!(said("principal", Right::CancelTask), "by_hand");
    let bureau = code(
        policies,
        &typed_for("office"),
        Right::ManageOrganisation,
        &Row::Bureau,
    );
    assert_eq!(bureau, "by_hand");
}

#[test]
fn sys_03_the_three_administrators_are_three_persons_when_appointed() {
    let policies = policies();
    let system = actor("system");
    for role in ADMINISTRATORS {
        for held in ADMINISTRATORS {
            let row = Row::Appointment(Appointment {
                role,
                held: vec![Role::Head, held],
            });
            let expected = if role == held {
                ""
            } else {
                "two_administrators"
            };
            assert_eq!(
                code(policies, &system, Right::Appoint, &row),
                expected,
                "{role:?} {held:?}"
            );
        }
    }
}

#[test]
fn sys_03_the_office_fills_posts_but_no_administrators() {
    let policies = policies();
    let office = actor("office");
    for role in Role::ALL {
        let row = Row::Appointment(Appointment {
            role,
            held: Vec::new(),
        });
        let expected = match role.administers() {
            true => "not_system_administrator",
            false => "",
        };
        let said = code(policies, &office, Right::Appoint, &row);
        assert_eq!(said, expected, "{role:?}");
        let lead = code(policies, &actor("lead"), Right::Appoint, &row);
        assert_ne!(lead, "", "{role:?}");
    }
}

#[test]
fn sys_03_who_is_two_administrators_acts_as_neither() {
    let policies = policies();
    for (name, right) in [
        ("system", Right::ManageOrganisation),
        ("security", Right::ManageAccounts),
        ("auditor", Right::SeeAudit),
    ] {
        for role in ADMINISTRATORS {
            let both = actor_and(name, role);
            let same = both.posts[0].role == role;
            let expected = if same { "" } else { "two_administrators" };
            assert_eq!(
                code(policies, &both, right, &Row::Bureau),
                expected,
                "{name} {role:?}"
            );
        }
    }
}

#[test]
fn sys_03_an_administrators_post_gives_no_business_rights() {
    let policies = policies();
    // Their posts are in the supervision office, which supervises the task.
    for name in ["system", "security", "auditor"] {
        for right in [
            Right::SeeTask,
            Right::ReviewClosing,
            Right::IssueTask,
            Right::AmendTask,
        ] {
            let refused = code(policies, &actor(name), right, &Row::Task(task()));
            assert_eq!(refused, "administrator", "{name} {right:?}");
        }
        let import = code(policies, &actor(name), Right::ImportPlan, &Row::Bureau);
        assert_eq!(import, "administrator");
    }
    // A post of business beside it keeps its rights.
    let both = actor_and("system", Role::Head);
    assert_eq!(both.units(), [crate::cast::OFFICE]);
    assert_eq!(
        code(policies, &both, Right::ApproveTask, &Row::Task(task())),
        "not_principal"
    );
}

#[test]
fn power_01_a_principal_approves_neither_money_nor_personnel_nor_engineering() {
    let policies = policies();
    let principal = actor("principal");
    for field in [Field::Money, Field::Personnel, Field::Engineering] {
        let row = Row::Approval(approval(field, &["lead"]));
        let refused = code(policies, &principal, Right::DecideApproval, &row);
        assert_eq!(refused, "principal_decides", "{field:?}");
        assert_eq!(
            code(policies, &actor("deputy"), Right::DecideApproval, &row),
            ""
        );
        // Another role of the same person is no way round it.
        let both = actor_and("principal", Role::Discipline);
        assert_eq!(
            code(policies, &both, Right::DecideApproval, &row),
            "principal_decides"
        );
    }
    let other = Row::Approval(approval(Field::Other, &["lead"]));
    assert_eq!(
        code(policies, &principal, Right::DecideApproval, &other),
        ""
    );
}

#[test]
fn power_04_the_deputys_own_spending_is_the_principals_to_approve() {
    let policies = policies();
    let own = Approval {
        spent_by_deputy: true,
        ..approval(Field::Money, &["lead"])
    };
    let row = Row::Approval(own.clone());
    assert_eq!(
        code(policies, &actor("principal"), Right::DecideApproval, &row),
        ""
    );
    assert_eq!(
        code(policies, &actor("deputy"), Right::DecideApproval, &row),
        "deputy_decides"
    );
    let personnel = Row::Approval(Approval {
        field: Field::Personnel,
        ..own
    });
    let refused = code(
        policies,
        &actor("principal"),
        Right::DecideApproval,
        &personnel,
    );
    assert_eq!(refused, "principal_decides");
}

#[test]
fn power_01_proposer_reviewer_decider_and_supervisor_are_different_persons() {
    let policies = policies();
    let parts = [
        ("finance", Right::ProposeApproval),
        ("finance", Right::ReviewApproval),
        ("discipline", Right::ReviewApproval),
        ("discipline", Right::DecideApproval),
        ("discipline", Right::SuperviseApproval),
        ("principal", Right::SuperviseApproval),
    ];
    for (name, right) in parts {
        let free = Row::Approval(approval(Field::Money, &["lead"]));
        assert_eq!(
            code(policies, &actor(name), right, &free),
            "",
            "{name} {right:?}"
        );
        let taken = Row::Approval(approval(Field::Money, &["lead", name]));
        assert_eq!(
            code(policies, &actor(name), right, &taken),
            "two_parts",
            "{name} {right:?}"
        );
        let mut acting = actor(name);
        acting = acting.by_hand_of(Hand {
            person: person("lead"),
            name: "甲".into(),
            title: "岗位".into(),
        });
        let said = code(policies, &acting, right, &free);
        assert!(["two_parts", "by_hand"].contains(&said), "{name}: {said}");
    }
}

#[test]
fn sys_03_an_explanation_names_what_decided() {
    let policies = policies();
    let row = submitted_by("office");
    let own = policies.explain(&actor("office"), Right::ReviewClosing, &row);
    assert!(!own.allowed);
    let ids: Vec<&str> = own.decided_by.iter().map(|rule| rule.id).collect();
    assert_eq!(ids, ["separation.own_request"]);
    let granted = policies.explain(&actor("office"), Right::Urge, &row);
    assert!(granted.allowed);
    assert_eq!(granted.decided_by[0].clause, "FLOW-15");
    let missed = policies.explain(&actor("stranger"), Right::Urge, &row);
    assert!(missed.decided_by.is_empty());
    assert_eq!(missed.missed[0].id, "task.urge");
}
