//! SYS-03: role by action, on a task of the cast.

use luoshi_domain::marks::Mark;
use luoshi_domain::rights::{PlanRow, RecordRow, Right, Row, TaskRow};
use uuid::Uuid;

use crate::cast::{LEAD, actor, code, holders, person, policies, task};

/// Every right, whom of the cast it belongs to, and what the stranger reads as the code.
const MATRIX: &[(Right, &[&str], &str)] = &[
    (
        Right::ListBureau,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "discipline",
        ],
        "not_bureau",
    ),
    (Right::ListSecrets, &["principal", "office"], "no_clearance"),
    (Right::SeePlans, LEADERS_AND_OFFICE, "not_found"),
    (Right::ImportPlan, &["office"], "not_supervision_office"),
    (Right::OpenTask, &["office"], "not_supervision_office"),
    (Right::SeeLessons, &["office"], "not_supervision_office"),
    (Right::EditLessons, &["office"], "not_supervision_office"),
    (
        Right::TendSuggestions,
        &["office"],
        "not_supervision_office",
    ),
    (
        Right::SeeJournal,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "discipline",
            "auditor",
        ],
        "not_found",
    ),
    (Right::SeeAudit, &["auditor"], "not_auditor"),
    (Right::ExportAudit, &["auditor"], "not_auditor"),
    (
        Right::ManageOrganisation,
        &["office", "system"],
        "not_organisation",
    ),
    (
        Right::SeePacks,
        &["principal", "deputy", "other_deputy", "office", "system"],
        "not_found",
    ),
    (
        Right::ManagePacks,
        &["office", "system"],
        "not_supervision_office",
    ),
    (
        Right::ManageAccounts,
        &["security"],
        "not_security_administrator",
    ),
    (Right::ManageHooks, &["system"], "not_system_administrator"),
    (Right::SeeLeaders, &["principal", "office"], "not_found"),
    (Right::ShareView, &["office"], "not_supervision_office"),
    (
        Right::AskRoster,
        &["office", "personnel", "publicity"],
        "not_roster_office",
    ),
    (
        Right::AnnounceDaysOff,
        &["office"],
        "not_supervision_office",
    ),
    (Right::SweepLimits, &["office"], "not_supervision_office"),
    (
        Right::KeepBody,
        &["principal", "office", "lead", "lead_officer"],
        "not_body_office",
    ),
    (
        Right::SeeFiling,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "lead",
            "lead_officer",
            "discipline",
            "personnel",
            "publicity",
        ],
        "not_found",
    ),
    (
        Right::FileRoster,
        &["office", "lead", "lead_officer"],
        "not_of_unit",
    ),
    (Right::FileLedger, &["lead", "lead_officer"], "not_of_unit"),
    (Right::JudgeFiling, &["office"], "not_supervision_office"),
    (
        Right::SeeActivity,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "lead",
            "lead_officer",
            "handler",
            "discipline",
            "finance",
        ],
        "not_found",
    ),
    (Right::AmendActivity, &["office", "handler"], "not_recorder"),
    (Right::KeepBreakdown, &["finance"], "not_head_or_assignee"),
    (Right::KeepWorksheet, &["lead", "lead_officer"], "not_lead"),
    (Right::FileAppeal, LEAD_UNIT, "not_lead"),
    (
        Right::DecideAppeal,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "reviewer",
            "discipline",
        ],
        "not_reviewer",
    ),
    (
        Right::DecideAppealOfLeader,
        &["principal", "deputy", "other_deputy", "discipline"],
        "not_reviewer",
    ),
    (
        Right::SeeListRow,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "lead",
            "lead_officer",
            "discipline",
            "finance",
        ],
        "not_found",
    ),
    (
        Right::SeeBureauList,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "lead",
            "lead_officer",
            "above",
            "co_unit",
            "sibling",
            "stranger",
            "handler",
            "reviewer",
            "discipline",
            "personnel",
            "finance",
            "investment",
            "publicity",
        ],
        "",
    ),
    (
        Right::KeepListRow,
        &["office", "lead", "lead_officer", "finance"],
        "not_keeper",
    ),
    (
        Right::KeepBureauList,
        &["principal", "office"],
        "not_supervision_office",
    ),
    (
        Right::StepListRow,
        &["lead", "lead_officer", "reviewer", "finance"],
        "not_keeper",
    ),
    (
        Right::StepBureauList,
        &["principal", "office", "reviewer"],
        "not_of_step",
    ),
    (
        Right::ExportListRow,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "lead",
            "lead_officer",
            "discipline",
            "finance",
        ],
        "not_found",
    ),
    (Right::KnowPlan, LEADERS_AND_OFFICE, "not_found"),
    (Right::SeePlan, LEADERS_AND_OFFICE, "not_found"),
    (Right::ConfirmPlan, &["office"], "not_supervision_office"),
    (Right::MarkPlan, &["office"], "not_supervision_office"),
    (Right::ExportPlan, LEADERS_AND_OFFICE, "not_found"),
    (Right::KnowTask, CONCERNED, "not_found"),
    (Right::SeeTask, CONCERNED, "not_found"),
    (
        Right::SeeInstructions,
        &[
            "principal",
            "deputy",
            "other_deputy",
            "office",
            "lead",
            "lead_officer",
            "co_unit",
        ],
        "not_concerned",
    ),
    (Right::ExportTask, CONCERNED, "not_found"),
    (Right::AddSource, &["office"], "not_supervision_office"),
    (Right::AmendTask, &["office"], "not_supervision_office"),
    (Right::MarkTask, &["office"], "not_supervision_office"),
    (Right::ApproveTask, &["principal"], "not_principal"),
    (Right::ReturnOpening, &["principal"], "not_principal"),
    (Right::IssueTask, &["office"], "not_supervision_office"),
    (
        Right::SignFor,
        &["lead", "lead_officer", "co_unit"],
        "not_addressed",
    ),
    (Right::ReturnAssignment, LEAD_UNIT, "not_lead"),
    (
        Right::FeedBack,
        &["lead", "lead_officer", "co_unit"],
        "not_addressed",
    ),
    (Right::FeedBackAsLead, LEAD_UNIT, "not_lead"),
    (Right::FeedBackAsCoUnit, &["co_unit"], "not_co_unit"),
    (Right::ReturnFeedback, &["office"], "not_supervisor"),
    (Right::SetCadence, &["office"], "not_supervisor"),
    (Right::Remark, LEAD_UNIT, "not_lead"),
    (
        Right::AttachFile,
        &[
            "principal",
            "deputy",
            "office",
            "lead",
            "lead_officer",
            "co_unit",
        ],
        "not_concerned",
    ),
    (Right::Deploy, LEAD_UNIT, "not_lead"),
    (
        Right::RequestChange,
        &["office", "lead", "lead_officer"],
        "not_of_task",
    ),
    (Right::DecideChange, &["principal", "deputy"], "not_leader"),
    (Right::RequestEscalation, &["office"], "not_supervisor"),
    (Right::DecideEscalation, &["principal"], "not_principal"),
    (Right::IssueNotice, &["office"], "not_supervisor"),
    (Right::AcknowledgeNotice, LEAD_UNIT, "not_lead"),
    (Right::RaiseBlocker, LEAD_UNIT, "not_lead"),
    (Right::AnswerBlocker, &["principal"], "not_asked"),
    (Right::WithdrawBlocker, LEAD_UNIT, "not_lead"),
    (Right::RequestExtension, LEAD_UNIT, "not_lead"),
    (
        Right::DecideExtension,
        &["principal", "deputy"],
        "not_leader",
    ),
    (Right::Urge, &["office"], "not_supervisor"),
    (Right::ApplyToClose, LEAD_UNIT, "not_lead"),
    (Right::ReviewClosing, &["office"], "not_supervisor"),
    (Right::ReturnClosingInReview, &["office"], "not_supervisor"),
    (
        Right::EndorseClosing,
        &["principal", "deputy"],
        "not_leader",
    ),
    (Right::EndorseAsDeputy, &["deputy"], "not_deputy"),
    (Right::ReturnClosingAsDeputy, &["deputy"], "not_deputy"),
    (Right::EndorseAsPrincipal, &["principal"], "not_principal"),
    (
        Right::ReturnClosingAsPrincipal,
        &["principal"],
        "not_principal",
    ),
    (Right::CancelTask, &["principal"], "not_principal"),
    (Right::MergeTask, &["principal"], "not_principal"),
    (
        Right::MergeDraft,
        &["principal", "office"],
        "not_supervision_office",
    ),
    (
        Right::Decompose,
        &["office", "lead", "lead_officer"],
        "not_lead",
    ),
];

const LEADERS_AND_OFFICE: &[&str] = &["principal", "deputy", "other_deputy", "office"];
const LEAD_UNIT: &[&str] = &["lead", "lead_officer"];
const CONCERNED: &[&str] = &[
    "principal",
    "deputy",
    "other_deputy",
    "office",
    "lead",
    "lead_officer",
    "above",
    "co_unit",
    "discipline",
];

fn row(right: Right) -> Row {
    let plan = Row::Plan(PlanRow {
        id: Uuid::from_u128(2000),
        mark: Mark::None,
    });
    match right {
        Right::KeepBody
        | Right::SeeFiling
        | Right::FileRoster
        | Right::FileLedger
        | Right::JudgeFiling
        | Right::SeeActivity
        | Right::AmendActivity
        | Right::KeepBreakdown
        | Right::KeepWorksheet
        | Right::FileAppeal
        | Right::DecideAppeal
        | Right::DecideAppealOfLeader
        | Right::SeeListRow
        | Right::SeeBureauList
        | Right::KeepListRow
        | Right::KeepBureauList
        | Right::StepListRow
        | Right::StepBureauList
        | Right::ExportListRow => Row::Record(RecordRow {
            units: vec![LEAD],
            by: Some(person("handler")),
            about: vec![person("finance")],
            mark: Mark::None,
            step_roles: vec!["keeper".into(), "reviewer".into()],
        }),
        Right::KnowPlan
        | Right::SeePlan
        | Right::ConfirmPlan
        | Right::MarkPlan
        | Right::ExportPlan => plan,
        right if right >= Right::KnowTask => Row::Task(task()),
        _ => Row::Bureau,
    }
}

#[test]
fn sys_03_each_right_belongs_to_the_roles_of_the_matrix_and_to_nobody_else() {
    let policies = policies();
    for (right, who, refused) in MATRIX {
        assert_eq!(holders(policies, *right, &row(*right)), *who, "{right:?}");
        let stranger = code(policies, &actor("stranger"), *right, &row(*right));
        assert_eq!(stranger, *refused, "{right:?}");
    }
}

#[test]
fn sys_03_the_matrix_leaves_out_only_what_is_tested_beside_it() {
    let beside = [
        Right::ListSubtree,
        Right::Appoint,
        Right::ProposeApproval,
        Right::ReviewApproval,
        Right::DecideApproval,
        Right::SuperviseApproval,
    ];
    for right in Right::ALL {
        let listed = MATRIX.iter().any(|(known, ..)| known == right);
        assert_ne!(listed, beside.contains(right), "{right:?}");
        assert_eq!(Right::from_key(right.key()), Some(*right));
    }
}

#[test]
fn sys_05_a_work_secret_is_seen_by_those_concerned_alone() {
    let policies = policies();
    let secret = |mark| Row::Task(TaskRow { mark, ..task() });
    let cleared = [
        "principal",
        "deputy",
        "office",
        "lead",
        "lead_officer",
        "co_unit",
    ];
    let row = secret(Mark::WorkSecret);
    for right in [Right::SeeTask, Right::SeeInstructions] {
        assert_eq!(holders(policies, right, &row), cleared, "{right:?}");
    }
    assert_eq!(holders(policies, Right::KnowTask, &row), CONCERNED);
    let other = actor("other_deputy");
    assert_eq!(code(policies, &other, Right::SeeTask, &row), "no_clearance");
    let plan = Row::Plan(PlanRow {
        id: Uuid::from_u128(2000),
        mark: Mark::WorkSecret,
    });
    assert_eq!(
        holders(policies, Right::SeePlan, &plan),
        ["principal", "office"]
    );
    assert_eq!(
        holders(policies, Right::SeeTask, &secret(Mark::Internal)),
        CONCERNED
    );
}

#[test]
fn sys_05_nobody_exports_what_is_marked() {
    let policies = policies();
    for mark in [Mark::Internal, Mark::WorkSecret] {
        let row = Row::Task(TaskRow { mark, ..task() });
        let none: [&str; 0] = [];
        assert_eq!(holders(policies, Right::ExportTask, &row), none);
        assert_eq!(
            code(policies, &actor("office"), Right::ExportTask, &row),
            "marked"
        );
    }
}
