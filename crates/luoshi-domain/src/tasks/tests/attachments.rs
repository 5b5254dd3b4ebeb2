//! Files of a task.

use super::*;
use crate::attachments::AttachmentKind;
use crate::ids::AttachmentId;
use crate::lights::Leads;
use crate::marks::Mark;
use crate::rights::Row;
use crate::tasks::attachments::{AttachedTo, FILES_LIMIT, MARKED_NAME, NewAttachment};
use crate::tasks::evidence::Evidence;

fn file(n: u128, to: AttachedTo) -> NewAttachment {
    NewAttachment {
        id: AttachmentId(Uuid::from_u128(n)),
        name: format!("验收单{n}.pdf"),
        hash: format!("{n:064x}"),
        bytes: 1000,
        kind: AttachmentKind::Pdf,
        mark: Mark::None,
        to,
    }
}

impl World {
    fn attach(&self, task: &mut Task, person: PersonId, new: NewAttachment) -> Result<(), Refusal> {
        let event = task.attach(new)?;
        let signed = self.with(person, |ctx| ctx.signed());
        task.apply(&event, &signed);
        Ok(())
    }

    fn detach(&self, task: &mut Task, person: PersonId, n: u128) -> Result<(), Refusal> {
        let id = AttachmentId(Uuid::from_u128(n));
        let event = self.with(person, |ctx| task.detach(id, ctx))?;
        let signed = self.with(person, |ctx| ctx.signed());
        task.apply(&event, &signed);
        Ok(())
    }
}

fn report(files: &[u128]) -> TaskCommand {
    TaskCommand::Feedback(Feedback::Lead {
        course: Course::Smooth,
        progress: 40,
        text: "初稿已形成".into(),
        difficulties: String::new(),
        suggestions: String::new(),
        figures: String::new(),
        evidence: files
            .iter()
            .map(|n| Evidence::File {
                file: AttachmentId(Uuid::from_u128(*n)),
                name: "随便写的".into(),
            })
            .collect(),
        raise: false,
        milestones: Vec::new(),
    })
}

#[test]
fn flow_05_a_report_names_files_and_is_proved_by_them() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    world
        .attach(&mut task, HEAD, file(1, AttachedTo::Task))
        .unwrap();
    world.run(&mut task, HEAD, report(&[1])).unwrap();
    let named = &task.last_feedback.as_ref().unwrap().evidence;
    assert_eq!(named[0].line(), "附件 验收单1.pdf");
    assert_eq!(task.attachments[0].to, AttachedTo::Report(task.feedbacks));
    let today = local_day(world.now);
    assert_eq!(
        task.on_course(today, &Leads::default()).unwrap().evidence,
        1
    );

    // A later file of the same report proves it too; one that is taken away does not.
    let last = AttachedTo::Report(task.feedbacks);
    world.attach(&mut task, HEAD, file(2, last)).unwrap();
    assert_eq!(task.last_feedback.as_ref().unwrap().evidence.len(), 2);
    world.detach(&mut task, HEAD, 1).unwrap();
    assert_eq!(task.last_feedback.as_ref().unwrap().evidence.len(), 1);
    let gone = world.run(&mut task, HEAD, report(&[1]));
    assert_eq!(gone.unwrap_err().code, "evidence");
}

#[test]
fn flow_05_who_attached_a_file_takes_it_away_until_its_report_is_built_upon() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    world.run(&mut task, HEAD, report(&[])).unwrap();
    let first = AttachedTo::Report(task.feedbacks);
    world
        .attach(&mut task, HEAD, file(1, first.clone()))
        .unwrap();
    world
        .attach(&mut task, OFFICER, file(2, AttachedTo::Task))
        .unwrap();
    let other = world.detach(&mut task, OFFICER, 1);
    assert_eq!(other.unwrap_err().code, "not_own_file");
    world.run(&mut task, HEAD, report(&[])).unwrap();
    let late = world.detach(&mut task, HEAD, 1);
    assert_eq!(late.unwrap_err().code, "file_in_use");
    let late = world.attach(&mut task, HEAD, file(3, first));
    assert_eq!(late.unwrap_err().code, "not_last_report");
    world.detach(&mut task, OFFICER, 2).unwrap();
    let gone = world.detach(&mut task, OFFICER, 2);
    assert_eq!(gone.unwrap_err().code, "no_file");
    assert_eq!(task.attachments.len(), 1);
}

#[test]
fn flow_05_the_same_file_is_attached_once_and_not_endlessly_many() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    world
        .attach(&mut task, HEAD, file(1, AttachedTo::Task))
        .unwrap();
    let again = NewAttachment {
        id: AttachmentId(Uuid::from_u128(9)),
        ..file(1, AttachedTo::Task)
    };
    let again = world.attach(&mut task, HEAD, again).unwrap_err();
    assert_eq!(again.code, "file_known");
    assert!(again.sentence.contains("验收单1.pdf"));
    for n in 2..=u128::try_from(FILES_LIMIT).unwrap() {
        world
            .attach(&mut task, HEAD, file(n, AttachedTo::Task))
            .unwrap();
    }
    let full = world.attach(&mut task, HEAD, file(999, AttachedTo::Task));
    assert_eq!(full.unwrap_err().code, "too_many_files");
    let large = NewAttachment {
        bytes: 20_000_001,
        ..file(7, AttachedTo::Task)
    };
    world.detach(&mut task, HEAD, 2).unwrap();
    let large = world.attach(&mut task, HEAD, large);
    assert_eq!(large.unwrap_err().code, "file");
}

#[test]
fn sys_05_a_file_is_marked_as_its_task_or_higher_and_tells_no_name() {
    let world = World::new();
    let mut task = world.task_in(TaskState::InProgress);
    let secret = NewAttachment {
        mark: Mark::WorkSecret,
        ..file(1, AttachedTo::Task)
    };
    world.attach(&mut task, HEAD, secret).unwrap();
    let Row::Task(row) = task.row_of(&task.attachments[0]) else {
        unreachable!()
    };
    assert_eq!(row.mark, Mark::WorkSecret);
    world.run(&mut task, HEAD, report(&[1])).unwrap();
    let named = &task.last_feedback.as_ref().unwrap().evidence;
    assert!(named[0].line().contains(MARKED_NAME));
    assert_eq!(crate::search::files_text(&task), None);
    task.mark = Mark::WorkSecret;
    world
        .attach(&mut task, HEAD, file(2, AttachedTo::Task))
        .unwrap();
    let Row::Task(row) = task.row_of(&task.attachments[1]) else {
        unreachable!()
    };
    assert_eq!(row.mark, Mark::WorkSecret);
}
