//! What a decision of the policy set costs, and reading the policies.

use std::time::Duration;

use luoshi_domain::context::Actor;
use luoshi_domain::ids::{PersonId, PostId, UnitId};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::{Post, Role};
use luoshi_domain::rights::{Policy, Right, Row, TaskRow};
use luoshi_policy::Policies;
use uuid::Uuid;

use super::{milliseconds, row, timed};

/// Decisions in one run.
const DECISIONS: u32 = 1000;

/// The most that a decision may cost.
const LIMIT: Duration = Duration::from_micros(50);

/// Measures sight of a task, the dearest right of one and the loading; the baseline is the same
/// check written out in Rust.
pub(super) fn bench() -> anyhow::Result<()> {
    let policies = Policies::built_in()?;
    // Somebody at the top of 2,000 units: the slice of a request must not grow with them.
    for units in [1, 2000] {
        let actor = actor(units);
        let on = task();
        for right in [Right::SeeTask, Right::EndorseAsDeputy] {
            let decided = each(|| policies.allows(&actor, right, &on));
            let plain = each(|| plainly(&actor, &on));
            row(
                &format!("policy decision, {}", right.key()),
                &format!("{units} units below"),
                &microseconds(decided),
                &format!("plain Rust {}", microseconds(plain)),
                decided.as_secs_f64() / plain.as_secs_f64(),
            );
            row(
                "the same against its limit",
                "",
                &microseconds(decided),
                &format!("limit {}", microseconds(LIMIT)),
                decided.as_secs_f64() / LIMIT.as_secs_f64(),
            );
        }
    }
    let loaded = timed(9, Policies::built_in);
    row(
        "policies read and checked",
        &format!("{} policies", policies.rules().len()),
        &milliseconds(loaded),
        "—",
        1.0,
    );
    Ok(())
}

/// How long one of many decisions takes.
fn each(mut decide: impl FnMut() -> bool) -> Duration {
    let all = timed(9, || {
        for _decision in 0..DECISIONS {
            std::hint::black_box(decide());
        }
    });
    all / DECISIONS
}

/// The rules of sight of a task as a programmer would write them out.
fn plainly(actor: &Actor, on: &Row) -> bool {
    let Row::Task(task) = on else {
        return false;
    };
    let concerned = task.lead.iter().chain(&task.co_units);
    let mut concerned = concerned.chain(&task.supervisor);
    let leads = |role| actor.has_role(role);
    let cleared = task.mark != Mark::WorkSecret || actor.supervises || leads(Role::Principal);
    let sees = actor.supervises
        || leads(Role::Principal)
        || leads(Role::Deputy)
        || leads(Role::Discipline)
        || concerned.any(|unit| actor.scope.binary_search(unit).is_ok());
    sees && cleared
}

fn actor(units: u128) -> Actor {
    let person = PersonId(Uuid::from_u128(1));
    Actor {
        person,
        name: "甲".into(),
        title: "单位 负责人".into(),
        posts: vec![Post {
            id: PostId(person.0),
            unit: unit(1),
            title: "负责人".into(),
            role: Role::Head,
            holder: Some(person),
            position: 0,
            valid_from: chrono::NaiveDate::MIN,
        }],
        supervises: false,
        scope: (1..=units).map(unit).collect(),
        hand: None,
    }
}

fn task() -> Row {
    Row::Task(TaskRow {
        id: Uuid::from_u128(7),
        lead: Some(unit(1)),
        co_units: vec![unit(5001), unit(5002)],
        supervisor: Some(unit(5003)),
        above: None,
        deputy: Some(PersonId(Uuid::from_u128(2))),
        coordinators: Vec::new(),
        submitters: vec![PersonId(Uuid::from_u128(3))],
        mark: Mark::None,
    })
}

fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

fn microseconds(time: Duration) -> String {
    format!("{:.2} µs", time.as_secs_f64() * 1_000_000.0)
}
