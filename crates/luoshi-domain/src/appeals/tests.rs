use super::*;
use crate::samples::{Desk, person, unit};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn judgement(against: Against, on: &str) -> Judgement {
    Judgement {
        against,
        version: 7,
        on: day(on),
        by: vec![person(1)],
        by_leader: true,
    }
}

fn place(version: i64) -> Place {
    Place {
        seq: version,
        version,
        hash: "ab".repeat(32),
    }
}

fn new(judgement: Judgement, reason: &str) -> NewAppeal {
    NewAppeal {
        task: TaskId(Uuid::from_u128(9)),
        unit: unit(2),
        judgement,
        said: "办结评价：落实较差".into(),
        reason: reason.into(),
        frozen: Frozen {
            event: place(7),
            event_said: String::new(),
            event_text: String::new(),
            head: place(8),
            light: "红".into(),
            rule: String::new(),
            facts: Vec::new(),
            evidence: Vec::new(),
        },
    }
}

fn decided(result: AppealResult, grade: Option<Grade>) -> Decision {
    Decision {
        result,
        grade,
        text: "材料属实".into(),
    }
}

#[test]
fn f36_an_appeal_is_in_time_or_late_and_has_a_day_for_its_answer() {
    let desk = Desk::with_units(3);
    let grade = judgement(Against::Grade, "2026-11-02");
    for (at, late) in [
        ("2026-11-17T02:00:00Z", false),
        ("2026-11-18T02:00:00Z", true),
    ] {
        let ctx = desk.office(at);
        let event = Appeal::file(new(grade.clone(), "有验收单"), &[], &ctx).unwrap();
        let appeal = Appeal::begun(Uuid::nil(), &event, &ctx.signed()).unwrap();
        assert_eq!(appeal.late, late, "{at}");
        let answer = desk.office(at).calendar.add_workdays(appeal.filed_on, 10);
        assert_eq!(appeal.decide_by, answer);
        assert!(!appeal.is_overdue(answer));
        assert!(appeal.is_overdue(answer + Days::new(1)));
        let out = appeal.decide(&decided(AppealResult::OutOfTime, None), None);
        assert_eq!(out.is_ok(), late, "{at}");
    }
    let ctx = desk.office("2026-11-17T02:00:00Z");
    let blank = Appeal::file(new(grade, " "), &[], &ctx).unwrap_err();
    assert_eq!(blank.code, "reason");
}

#[test]
fn f36_one_appeal_is_open_for_each_judgement_and_one_decision_is_enough() {
    let desk = Desk::with_units(3);
    let ctx = desk.office("2026-11-17T02:00:00Z");
    let signed = ctx.signed();
    let grade = judgement(Against::Grade, "2026-11-10");
    let file = |judgement: &Judgement, known: &[Appeal]| {
        Appeal::file(new(judgement.clone(), "有验收单"), known, &ctx).map_err(|no| no.code)
    };
    let event = file(&grade, &[]).unwrap();
    let open = Appeal::begun(Uuid::nil(), &event, &signed).unwrap();
    let known = std::slice::from_ref(&open);
    assert_eq!(file(&grade, known).unwrap_err(), "appeal_open");
    let other = judgement(Against::Extension, "2026-11-10");
    assert!(file(&other, known).is_ok());
    // A new judgement of the same kind is another one.
    let again = Judgement {
        version: 20,
        ..grade.clone()
    };
    assert!(file(&again, known).is_ok());
    // Taken back it may come again; once it is decided that is all.
    let mut back = open.clone();
    back.apply(&open.withdraw("已沟通").unwrap(), &signed);
    assert!(file(&grade, &[back.clone()]).is_ok());
    assert_eq!(back.withdraw("再撤").unwrap_err().code, "appeal_ended");
    let mut upheld = open.clone();
    let event = open
        .decide(&decided(AppealResult::Upheld, None), None)
        .unwrap();
    upheld.apply(&event, &signed);
    assert_eq!(file(&grade, &[upheld]).unwrap_err(), "appeal_decided");
}

#[test]
fn f36_a_light_is_the_same_while_it_has_its_colour() {
    let light = judgement(Against::Light, "2026-11-10");
    let later = Judgement {
        version: 30,
        ..light.clone()
    };
    assert!(light.is_same(&later));
    assert!(!light.is_same(&judgement(Against::Light, "2026-11-11")));
    assert!(!light.is_same(&judgement(Against::Grade, "2026-11-10")));
}

#[test]
fn f36_a_changed_grade_is_named_and_no_reviewer_withdraws() {
    let desk = Desk::with_units(3);
    let ctx = desk.office("2026-11-17T02:00:00Z");
    let event = Appeal::file(
        new(judgement(Against::Grade, "2026-11-10"), "有"),
        &[],
        &ctx,
    );
    let appeal = Appeal::begun(Uuid::nil(), &event.unwrap(), &ctx.signed()).unwrap();
    let code = |decision: Decision| {
        appeal
            .decide(&decision, Some(Grade::Weak))
            .map_err(|no| no.code)
    };
    let bare = decided(AppealResult::Changed, None);
    assert_eq!(code(bare).unwrap_err(), "grade");
    let same = decided(AppealResult::Changed, Some(Grade::Weak));
    assert_eq!(code(same).unwrap_err(), "grade");
    let withdrawn = decided(AppealResult::Withdrawn, None);
    assert_eq!(code(withdrawn).unwrap_err(), "result");
    let changed = decided(AppealResult::Changed, Some(Grade::Good));
    assert!(matches!(
        code(changed).unwrap(),
        AppealEvent::Ended {
            grade: Some(Grade::Good),
            ..
        }
    ));
    // A grade is kept only where one is changed.
    let upheld = decided(AppealResult::Upheld, Some(Grade::Good));
    assert!(matches!(
        code(upheld).unwrap(),
        AppealEvent::Ended { grade: None, .. }
    ));
}
