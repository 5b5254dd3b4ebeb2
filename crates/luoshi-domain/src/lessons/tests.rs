use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::calendar::Calendar;
use crate::context::{Actor, Context};
use crate::ids::{PersonId, PlanId, ProposalId, UnitId};
use crate::journal::Signed;
use crate::lessons::commands::LessonsCommand;
use crate::lessons::{KindPair, KindSetting, Lessons, NamePair, RECENT, is_redacted};
use crate::organisation::Organisation;
use crate::plans::ProposalKind;

const A: UnitId = UnitId(Uuid::from_u128(0xa));
const B: UnitId = UnitId(Uuid::from_u128(0xb));

fn at(day: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-01-05T02:00:00Z".parse().unwrap();
    start + TimeDelta::days(day)
}

fn pair(name: &str, units: &[UnitId]) -> NamePair {
    NamePair {
        name: name.into(),
        units: units.to_vec(),
        proposal: ProposalId(Uuid::from_u128(7)),
    }
}

fn kind(cue: &str, theme: &str, confirmed: ProposalKind) -> KindPair {
    KindPair {
        setting: setting(cue, theme),
        confirmed,
        proposal: ProposalId(Uuid::from_u128(8)),
    }
}

fn setting(cue: &str, theme: &str) -> KindSetting {
    KindSetting {
        proposed: ProposalKind::Task,
        cue: cue.into(),
        theme: theme.into(),
    }
}

fn actor() -> Actor {
    Actor {
        person: PersonId(Uuid::from_u128(1)),
        name: "周敏".into(),
        title: "督查办 主任".into(),
        posts: Vec::new(),
        supervises: true,
        scope: Vec::new(),
        hand: None,
    }
}

fn decide(lessons: &mut Lessons, command: LessonsCommand, day: i64) -> Result<usize, &'static str> {
    let (actor, organisation) = (actor(), Organisation::default());
    let calendar = Calendar::default();
    let ctx = Context {
        now: at(day),
        actor: &actor,
        organisation: &organisation,
        calendar: &calendar,
        policies: &[],
        leads: crate::lights::Leads::default(),
    };
    let events = lessons.decide(command).map_err(|refusal| refusal.code)?;
    let signed: Signed = ctx.signed();
    for event in &events {
        lessons.apply(event, &signed);
    }
    Ok(events.len())
}

/// Learns as one plan, on a day.
fn learn(lessons: &mut Lessons, names: &[NamePair], kinds: &[KindPair], day: i64) {
    let command = LessonsCommand::Learn {
        plan: PlanId(Uuid::from_u128(u128::from(day.unsigned_abs()) + 100)),
        names: names.to_vec(),
        kinds: kinds.to_vec(),
    };
    decide(lessons, command, day).unwrap();
}

#[test]
fn import_07_one_confirmation_is_enough_while_nothing_speaks_against_it() {
    let mut lessons = Lessons::default();
    learn(&mut lessons, &[pair("路网中心", &[A])], &[], 1);
    let evidence = lessons.units_called("路网中心", at(2)).unwrap();
    assert_eq!(
        (evidence.units, evidence.count, evidence.of),
        (&[A][..], 1, 1)
    );
    assert_eq!(lessons.units_called("路网", at(2)), None);
}

#[test]
fn import_07_a_correction_counts_against_what_was_learnt() {
    let mut lessons = Lessons::default();
    learn(&mut lessons, &[pair("路网中心", &[A])], &[], 1);
    learn(&mut lessons, &[pair("路网中心", &[B])], &[], 2);
    assert_eq!(
        lessons.units_called("路网中心", at(3)),
        None,
        "one against one"
    );
    for day in 3..6 {
        learn(&mut lessons, &[pair("路网中心", &[B])], &[], day);
    }
    let evidence = lessons.units_called("路网中心", at(6)).unwrap();
    assert_eq!(
        (evidence.units, evidence.count, evidence.of),
        (&[B][..], 4, 5)
    );
}

#[test]
fn import_07_that_a_name_is_nobody_of_ours_is_learnt_too() {
    let mut lessons = Lessons::default();
    learn(&mut lessons, &[pair("路网中心", &[A])], &[], 1);
    learn(&mut lessons, &[pair("路网中心", &[])], &[], 2);
    assert_eq!(lessons.units_called("路网中心", at(3)), None);
}

#[test]
fn import_07_recent_confirmations_weigh_twice() {
    let mut lessons = Lessons::default();
    learn(&mut lessons, &[pair("路网中心", &[A])], &[], 0);
    for day in 800..802 {
        learn(&mut lessons, &[pair("路网中心", &[B])], &[], day);
    }
    // 4 of 5 while the two are young, 2 of 3 once they are old as well.
    assert_eq!(
        lessons.units_called("路网中心", at(803)).unwrap().units,
        [B]
    );
    assert_eq!(lessons.units_called("路网中心", at(2000)), None);
}

#[test]
fn import_07_a_plan_is_one_voice_however_often_it_repeats_a_name() {
    let mut lessons = Lessons::default();
    let names = vec![pair("路网中心", &[A]); 8];
    learn(&mut lessons, &names, &[], 1);
    assert_eq!(lessons.units_called("路网中心", at(2)).unwrap().count, 1);
}

#[test]
fn import_07_redacted_names_are_never_learnt() {
    for name in [
        "xx科",
        "XX局",
        "××县公路站",
        "某单位",
        "***中心",
        "＊＊所",
        "□□站",
        "市×办",
        "ｘｘ科",
    ] {
        assert!(is_redacted(name), "{name}");
        let mut lessons = Lessons::default();
        learn(&mut lessons, &[pair(name, &[A])], &[], 1);
        assert!(lessons.is_empty(), "{name}");
        assert_eq!(lessons.units_called(name, at(2)), None, "{name}");
    }
    assert!(!is_redacted("市公路事业发展中心"));
}

#[test]
fn import_09_three_confirmations_that_agree_outweigh_the_reader() {
    let mut lessons = Lessons::default();
    let rule = kind("须", "", ProposalKind::Rule);
    learn(&mut lessons, &[], &[rule.clone(), rule.clone()], 1);
    assert_eq!(
        lessons.kind_confirmed(&setting("须", "")),
        None,
        "two are too few"
    );
    learn(&mut lessons, &[], std::slice::from_ref(&rule), 2);
    let evidence = lessons.kind_confirmed(&setting("须", "")).unwrap();
    assert_eq!(
        (evidence.kind, evidence.count, evidence.of),
        (ProposalKind::Rule, 3, 3)
    );
    assert_eq!(
        lessons.kind_confirmed(&setting("应", "")),
        None,
        "another cue"
    );
    // 3 of 4 give (3 + 1) / (4 + 2), which is less than 75 percent.
    learn(&mut lessons, &[], &[kind("须", "", ProposalKind::Task)], 3);
    assert_eq!(lessons.kind_confirmed(&setting("须", "")), None);
}

#[test]
fn import_09_what_agrees_with_the_reader_changes_nothing() {
    let mut lessons = Lessons::default();
    learn(
        &mut lessons,
        &[],
        &vec![kind("须", "", ProposalKind::Task); 9],
        1,
    );
    assert_eq!(lessons.kind_confirmed(&setting("须", "")), None);
}

#[test]
fn import_09_the_theme_decides_where_it_has_been_seen_often_enough() {
    let mut lessons = Lessons::default();
    learn(
        &mut lessons,
        &[],
        &vec![kind("须", "保障", ProposalKind::Rule); 3],
        1,
    );
    learn(
        &mut lessons,
        &[],
        &vec![kind("须", "任务", ProposalKind::Task); 3],
        2,
    );
    assert!(lessons.kind_confirmed(&setting("须", "保障")).is_some());
    assert_eq!(lessons.kind_confirmed(&setting("须", "任务")), None);
    assert_eq!(
        lessons.kind_confirmed(&setting("须", "考核")),
        None,
        "3 of 6 elsewhere"
    );
}

#[test]
fn import_07_one_lesson_or_all_can_be_forgotten() {
    let mut lessons = Lessons::default();
    learn(
        &mut lessons,
        &[pair("路网中心", &[A]), pair("港站办", &[B])],
        &[kind("须", "", ProposalKind::Rule)],
        1,
    );
    let number = lessons.names[0].number;
    decide(&mut lessons, LessonsCommand::Forget { number }, 2).unwrap();
    assert_eq!(lessons.units_called("路网中心", at(3)), None);
    assert!(lessons.units_called("港站办", at(3)).is_some());
    let again = decide(&mut lessons, LessonsCommand::Forget { number }, 3);
    assert_eq!(again, Err("unknown_lesson"));

    let reset = |reason: &str| LessonsCommand::Reset {
        reason: reason.into(),
    };
    assert_eq!(decide(&mut lessons, reset(" "), 4), Err("reason"));
    assert_eq!(decide(&mut lessons, reset("机构改革"), 4), Ok(1));
    assert!(lessons.is_empty());
    assert_eq!(
        decide(&mut lessons, reset("再来"), 5),
        Err("nothing_learnt")
    );
    // Numbers go on, so that an old link never meets a new lesson.
    learn(&mut lessons, &[pair("路网中心", &[A])], &[], 6);
    assert!(lessons.names[0].number > number);
}

#[test]
fn the_latest_confirmations_are_kept_and_the_others_counted() {
    let mut lessons = Lessons::default();
    for day in 0..20 {
        learn(&mut lessons, &[pair("路网中心", &[A])], &[], day);
    }
    let support = &lessons.names[0].support;
    assert_eq!((support.count, support.recent.len()), (20, RECENT));
    assert_eq!(support.last().unwrap().at, at(19));
}
