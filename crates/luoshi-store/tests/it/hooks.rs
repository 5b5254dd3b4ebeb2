//! What opens the hooks, and what went through them.

use luoshi_domain::hooks::{Credential, Delivery, DeliveryState, Purpose};
use luoshi_domain::ids::{DeliveryId, HookId, JobId, NotificationId};
use luoshi_domain::notifications::{About, Notification, Recipient, Topic};
use luoshi_domain::ports::Store;
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BUREAU, OTHER_BUREAU, at, task_id, unit};

contract! {
    what_opens_a_hook_is_kept_replaced_and_forgotten,
    what_comes_goes_along_with_the_delivery_that_gathers,
    a_hook_fails_from_the_first_failure_after_the_last_success,
    old_deliveries_that_are_over_are_dropped,
    a_sentence_may_be_about_a_hook,
}

const HOOK: HookId = HookId(Uuid::from_u128(0x70));

fn delivery(n: u128, purpose: Purpose, state: DeliveryState, second: i64) -> Delivery {
    let tried = matches!(state, DeliveryState::Sent | DeliveryState::Failed);
    Delivery {
        id: DeliveryId(Uuid::from_u128(n)),
        hook: HOOK,
        job: JobId(Uuid::from_u128(n + 1000)),
        purpose,
        state,
        made_at: at(second),
        due_at: at(second + 10),
        tries: 0,
        tried_at: tried.then(|| at(second)),
        status: None,
        took_ms: None,
        told: 0,
        left_out: 0,
        error: None,
    }
}

async fn what_opens_a_hook_is_kept_replaced_and_forgotten(database: &Database) {
    let first = Credential {
        address: "https://a/b?key=c".into(),
        secret: String::new(),
    };
    let second = Credential {
        address: "https://a/d".into(),
        secret: "e".into(),
    };
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.bureau(), BUREAU);
    assert_eq!(work.hook_credential(HOOK).await.unwrap(), None);
    work.hook_credential_save(HOOK, &first).await.unwrap();
    assert_eq!(work.hook_credential(HOOK).await.unwrap(), Some(first));
    work.hook_credential_save(HOOK, &second).await.unwrap();
    work.commit().await.unwrap();
    let mut other = database.read(OTHER_BUREAU).await.unwrap();
    assert_eq!(other.hook_credential(HOOK).await.unwrap(), None);
    drop(other);
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.hook_credential(HOOK).await.unwrap(), Some(second));
    work.hook_credential_drop(HOOK).await.unwrap();
    assert_eq!(work.hook_credential(HOOK).await.unwrap(), None);
    work.commit().await.unwrap();
}

async fn what_comes_goes_along_with_the_delivery_that_gathers(database: &Database) {
    let sentence = |n: u128, second| Notification {
        id: NotificationId(Uuid::from_u128(n)),
        to: Recipient::Unit(unit(1)),
        about: About::Task(task_id(1)),
        text: format!("第 {n} 条"),
        at: at(second),
    };
    let (one, two) = (sentence(1, 1), sentence(2, 2));
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.delivery_gathering(HOOK).await.unwrap(), None);
    let test = delivery(1, Purpose::Test, DeliveryState::Gathering, 1);
    let mut news = delivery(2, Purpose::News, DeliveryState::Gathering, 1);
    for known in [&test, &news] {
        work.delivery_save(known).await.unwrap();
    }
    assert_eq!(work.delivery_gathering(HOOK).await.unwrap(), Some(news.id));
    for (sentence, tasks) in [
        (&one, vec![task_id(1), task_id(2)]),
        (&two, vec![task_id(1)]),
    ] {
        work.notification_push(sentence).await.unwrap();
        work.delivery_add(news.id, sentence.id, Topic::Urged, &tasks)
            .await
            .unwrap();
    }
    let items = work.delivery_items(news.id, 9).await.unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].notification, two);
    assert_eq!(items[1].notification, one);
    assert_eq!(items[1].tasks, [task_id(1), task_id(2)]);
    assert_eq!(items[1].topic, Topic::Urged);
    assert_eq!(work.delivery_items(news.id, 1).await.unwrap().len(), 1);

    news.state = DeliveryState::Sent;
    news.tries = 3;
    news.tried_at = Some(at(9));
    news.status = Some(200);
    news.took_ms = Some(15);
    (news.told, news.left_out) = (2, 1);
    news.error = Some("无".into());
    work.delivery_save(&news).await.unwrap();
    assert_eq!(work.delivery_gathering(HOOK).await.unwrap(), None);
    assert_eq!(
        work.delivery_get(news.id).await.unwrap(),
        Some(news.clone())
    );
    assert_eq!(
        work.deliveries_list(HOOK, 9).await.unwrap(),
        [news.clone(), test]
    );
    assert_eq!(work.deliveries_list(HOOK, 1).await.unwrap(), [news]);
    work.commit().await.unwrap();
}

async fn a_hook_fails_from_the_first_failure_after_the_last_success(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.hook_failing_since(HOOK, at(0)).await.unwrap(), None);
    for (n, state, second) in [
        (1, DeliveryState::Failed, 1),
        (2, DeliveryState::Sent, 2),
        (3, DeliveryState::Failed, 3),
        (4, DeliveryState::Dropped, 4),
        (5, DeliveryState::Failed, 5),
    ] {
        let known = delivery(n, Purpose::News, state, second);
        work.delivery_save(&known).await.unwrap();
    }
    let since = |after| (HOOK, at(after));
    for (after, failing) in [(0, Some(at(3))), (3, Some(at(5))), (5, None)] {
        let (hook, after) = since(after);
        assert_eq!(work.hook_failing_since(hook, after).await.unwrap(), failing);
    }
    assert!(!work.digest_made(HOOK, at(0)).await.unwrap());
    let digest = delivery(6, Purpose::Digest, DeliveryState::Gathering, 6);
    work.delivery_save(&digest).await.unwrap();
    assert!(work.digest_made(HOOK, at(6)).await.unwrap());
    assert!(!work.digest_made(HOOK, at(7)).await.unwrap());
    work.commit().await.unwrap();
}

async fn old_deliveries_that_are_over_are_dropped(database: &Database) {
    let mut work = database.write(BUREAU).await.unwrap();
    let states = DeliveryState::ALL.into_iter();
    for (n, state) in (1..).zip(states) {
        let known = delivery(n, Purpose::News, state, 1);
        work.delivery_save(&known).await.unwrap();
        let sentence = NotificationId(Uuid::from_u128(n));
        work.delivery_add(known.id, sentence, Topic::Overdue, &[task_id(1)])
            .await
            .unwrap();
    }
    assert_eq!(work.deliveries_sweep(at(1)).await.unwrap(), 0);
    assert_eq!(work.deliveries_sweep(at(2)).await.unwrap(), 3);
    assert_eq!(work.deliveries_list(HOOK, 9).await.unwrap().len(), 2);
    work.commit().await.unwrap();
}

async fn a_sentence_may_be_about_a_hook(database: &Database) {
    let sentence = Notification {
        id: NotificationId(Uuid::from_u128(1)),
        to: Recipient::Person(ANN),
        about: About::Hook(HOOK),
        text: "已自动暂停".into(),
        at: at(1),
    };
    let mut work = database.write(BUREAU).await.unwrap();
    work.notification_push(&sentence).await.unwrap();
    let listed = work.notifications_list(&[Recipient::Person(ANN)], None, 9);
    assert_eq!(listed.await.unwrap(), [sentence]);
    work.commit().await.unwrap();
}
