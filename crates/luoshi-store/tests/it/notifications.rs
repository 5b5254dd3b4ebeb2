//! Sentences sent to units and persons.

use luoshi_domain::ids::NotificationId;
use luoshi_domain::notifications::{Notification, Recipient};
use luoshi_domain::ports::Store;
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BEN, BUREAU, OTHER_BUREAU, at, task_id, unit};

contract! {
    the_latest_to_any_recipient_come_newest_first,
}

fn sentence(n: u128, to: Recipient, second: i64) -> Notification {
    Notification {
        id: NotificationId(Uuid::from_u128(n)),
        to,
        task: task_id(1),
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
        .notifications_list(&[ann, section, ann], 3)
        .await
        .unwrap();
    assert_eq!(listed, [all[4].clone(), all[3].clone(), all[1].clone()]);
    assert_eq!(work.notifications_list(&[], 3).await.unwrap(), []);
    drop(work);
    let mut work = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.notifications_list(&[ann], 3).await.unwrap(), []);
}
