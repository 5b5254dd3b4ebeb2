//! Sentences sent to units and persons.

use chrono::NaiveDate;
use luoshi_domain::ids::NotificationId;
use luoshi_domain::notifications::{About, Notification, Recipient};
use luoshi_domain::ports::Store;
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BEN, BUREAU, OTHER_BUREAU, at, task_id, unit};

contract! {
    the_latest_to_any_recipient_come_newest_first,
    a_look_and_a_mail_are_noted_once,
}

fn sentence(n: u128, to: Recipient, second: i64) -> Notification {
    Notification {
        id: NotificationId(Uuid::from_u128(n)),
        to,
        about: About::Task(task_id(1)),
        text: format!("第 {n} 条"),
        at: at(second),
    }
}

async fn the_latest_to_any_recipient_come_newest_first(database: &Database) {
    let (ann, ben) = (Recipient::Person(ANN), Recipient::Person(BEN));
    let section = Recipient::Unit(unit(1));
    let all = [
        sentence(1, ann, 1),
        sentence(2, section, 2),
        sentence(3, ben, 3),
        sentence(4, ann, 3),
        sentence(5, section, 3),
    ];
    let mut work = database.write(BUREAU).await.unwrap();
    for notification in &all {
        work.notification_push(notification).await.unwrap();
    }
    work.commit().await.unwrap();

    let mut work = database.read(BUREAU).await.unwrap();
    let listed = work
        .notifications_list(&[ann, section, ann], None, 3)
        .await
        .unwrap();
    assert_eq!(listed, [all[4].clone(), all[3].clone(), all[1].clone()]);
    let place = Some((all[3].at, all[3].id));
    let rest = work.notifications_list(&[ann, section], place, 3).await;
    assert_eq!(rest.unwrap(), [all[1].clone(), all[0].clone()]);
    assert_eq!(work.notifications_list(&[], None, 3).await.unwrap(), []);
    let to = [ann, section, ann];
    assert_eq!(work.notifications_new(ANN, &to, 9).await.unwrap(), 4);
    let capped = work.notifications_new(ANN, &[section], 1).await;
    assert_eq!(capped.unwrap(), 1);
    assert_eq!(work.notifications_new(ANN, &[], 9).await.unwrap(), 0);
    drop(work);
    let mut work = database.write(BUREAU).await.unwrap();
    work.inbox_look(ANN, at(1)).await.unwrap();
    assert_eq!(work.notifications_new(ANN, &to, 9).await.unwrap(), 3);
    assert_eq!(work.notifications_new(BEN, &to, 9).await.unwrap(), 4);
    drop(work);
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.notifications_list(&[ann], None, 3).await.unwrap(), []);
}

async fn a_look_and_a_mail_are_noted_once(database: &Database) {
    let day: NaiveDate = "2026-03-02".parse().unwrap();
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.inbox_looked(ANN).await.unwrap(), None);
    work.inbox_look(ANN, at(5)).await.unwrap();
    work.inbox_look(ANN, at(3)).await.unwrap();
    assert_eq!(work.inbox_looked(ANN).await.unwrap(), Some(at(5)));
    assert_eq!(work.inbox_looked(BEN).await.unwrap(), None);
    assert!(work.digest_round(day, 8).await.unwrap());
    assert!(!work.digest_round(day, 8).await.unwrap());
    assert!(work.digest_round(day, 9).await.unwrap());
    assert_eq!(work.digest_last(ANN).await.unwrap(), None);
    assert!(work.digest_note(ANN, day, at(7)).await.unwrap());
    assert!(!work.digest_note(ANN, day, at(8)).await.unwrap());
    let next = day.succ_opt().unwrap();
    assert!(work.digest_note(ANN, next, at(9)).await.unwrap());
    assert_eq!(work.digest_last(ANN).await.unwrap(), Some(at(9)));
    work.commit().await.unwrap();
}
