use super::*;
use crate::tasks::tags::{TAG_LENGTH, TAGS_LIMIT, Tagging};

fn draft() -> Task {
    Task::opened(
        TaskId(Uuid::from_u128(99)),
        &origin(),
        &details(),
        World::new().now,
    )
}

fn tagging(on: &str, off: &str) -> Tagging {
    Tagging::of(on, off)
}

fn code(task: &Task, on: &str, off: &str) -> &'static str {
    task.tag(&tagging(on, off)).unwrap_err().code
}

#[test]
fn sys_04_tags_are_put_on_and_taken_off() {
    let by = Signed {
        at: World::new().now,
        person: OFFICER,
        name: "周".into(),
        title: "督查办".into(),
        hand: None,
    };
    let mut task = draft();
    let events = task.tag(&tagging("民生实事、春节前 民生实事", "")).unwrap();
    assert_eq!(events.len(), 1);
    task.apply(&events[0], &by);
    assert_eq!(task.tags, ["春节前", "民生实事"]);
    assert_eq!(code(&task, "春节前", "没有的"), "tags_unchanged");
    let events = task.tag(&tagging("", "春节前")).unwrap();
    task.apply(&events[0], &by);
    assert_eq!(task.tags, ["民生实事"]);
}

#[test]
fn sys_04_tags_are_short_and_few() {
    let mut task = draft();
    assert_eq!(code(&task, &"长".repeat(TAG_LENGTH + 1), ""), "tags");
    assert_eq!(code(&task, " ", ""), "tags");
    assert_eq!(code(&task, "甲", "甲"), "tags");
    task.tags = (0..TAGS_LIMIT).map(|n| format!("第{n}")).collect();
    assert_eq!(code(&task, "再一个", ""), "too_many_tags");
    assert!(task.tag(&tagging("再一个", "第0")).is_ok());
}
