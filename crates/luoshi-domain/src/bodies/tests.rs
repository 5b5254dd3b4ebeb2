use uuid::Uuid;

use super::*;
use crate::samples::{Desk, person, unit};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn details(name: &str) -> BodyDetails {
    BodyDetails {
        kind: BodyKind::LeadingGroup,
        name: name.into(),
        purpose: "统筹推进".into(),
        head: Some(Seat::Person(person(1))),
        deputies: vec![Seat::Person(person(2))],
        members: vec![Seat::Person(person(3))],
        office: Some(Office {
            unit: unit(1),
            duties: "日常协调".into(),
        }),
        parent: None,
        unit: None,
        from: day("2026-03-01"),
        until: None,
        basis: "E 七/(一)".into(),
    }
}

fn code(outcome: Result<BodyEvent, Refusal>) -> &'static str {
    outcome.unwrap_err().code
}

#[test]
fn org_06_a_body_needs_a_head_a_name_and_known_people_in_one_seat_each() {
    let desk = Desk::new();
    let ctx = desk.office("2026-03-02T02:00:00Z");
    let set_up = |details| Body::set_up(details, &[], &ctx);
    assert!(set_up(details("学习教育领导小组")).is_ok());
    let headless = BodyDetails {
        head: None,
        ..details("学习教育领导小组")
    };
    assert_eq!(code(set_up(headless)), "body_without_head");
    assert_eq!(code(set_up(details("  "))), "name");
    let mut twice = details("学习教育领导小组");
    twice.members.push(Seat::Person(person(2)));
    assert_eq!(code(set_up(twice)), "seat_twice");
    let mut strange = details("学习教育领导小组");
    strange.members.push(Seat::Person(person(99)));
    assert_eq!(code(set_up(strange)), "unknown_seat");
    let backwards = BodyDetails {
        until: Some(day("2026-02-01")),
        ..details("学习教育领导小组")
    };
    assert_eq!(code(set_up(backwards)), "until");
}

#[test]
fn org_06_a_body_is_amended_and_dissolved_and_then_left_alone() {
    let desk = Desk::new();
    let ctx = desk.office("2026-03-02T02:00:00Z");
    let id = Uuid::from_u128(7);
    let first = Body::set_up(details("督导组"), &[], &ctx).unwrap();
    let mut body = Body::begun(id, &first, &ctx.signed()).unwrap();
    assert!(body.is_in_force(day("2026-03-01")) && !body.is_in_force(day("2026-02-28")));

    // Another of the same name is refused as long as the first is there, a unit's own is not.
    let others = [body.clone()];
    let again = Body::set_up(details("督导组"), &others, &ctx);
    assert_eq!(code(again), "body_name_taken");
    let own = BodyDetails {
        unit: Some(unit(2)),
        ..details("督导组")
    };
    assert!(Body::set_up(own, &others, &ctx).is_ok());

    let end = |text: &str, reason: &str| End {
        day: day(text),
        reason: reason.into(),
    };
    let dissolve = |end| body.decide(BodyCommand::End(end), &others, &ctx);
    assert_eq!(code(dissolve(end("2026-06-30", " "))), "reason");
    assert_eq!(code(dissolve(end("2026-02-01", "任务完成"))), "day");
    let event = dissolve(end("2026-06-30", "任务完成")).unwrap();
    body.apply(&event, &ctx.signed());
    assert!(body.is_in_force(day("2026-06-30")) && !body.is_in_force(day("2026-07-01")));
    let amend = BodyCommand::Amend(Box::new(details("督导一组")));
    assert_eq!(code(body.decide(amend, &[], &ctx)), "body_ended");
}

#[test]
fn org_06_a_seat_by_post_is_whoever_holds_it() {
    let desk = Desk::new();
    let seat = Seat::Post(desk.post_of(unit(1)));
    assert_eq!(seat.holder(&desk.organisation), Some(person(1)));
    assert_eq!(seat_name(seat, &desk.organisation), "甲一（办公室科长）");
    let vacant = Seat::Post(desk.post_of(unit(3)));
    assert_eq!(
        seat_name(vacant, &desk.organisation),
        "养护中心科长（空缺）"
    );
}
