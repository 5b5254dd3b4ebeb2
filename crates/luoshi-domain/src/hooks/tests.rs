use super::*;
use crate::calendar::DayKind;

fn at(local: &str) -> DateTime<Utc> {
    format!("{local}+08:00").parse().unwrap()
}

#[test]
fn what_comes_in_quiet_hours_waits_for_the_next_open_hour_of_a_workday() {
    // Friday 27 November 2026; the Monday after it is off.
    let monday = "2026-11-30".parse().unwrap();
    let calendar = Calendar::new([(monday, DayKind::Off)]);
    let hours = Hours::default();
    for (comes, goes) in [
        ("2026-11-27T10:00:00", "2026-11-27T10:00:00"),
        ("2026-11-27T07:59:59", "2026-11-27T08:00:00"),
        ("2026-11-27T17:59:59", "2026-11-27T17:59:59"),
        ("2026-11-27T18:00:00", "2026-12-01T08:00:00"),
        ("2026-11-28T12:00:00", "2026-12-01T08:00:00"),
        ("2026-11-30T12:00:00", "2026-12-01T08:00:00"),
    ] {
        assert_eq!(hours.opens(at(comes), &calendar), at(goes), "{comes}");
    }
    let always = Hours {
        from: 0,
        until: 24,
        workdays: false,
    };
    let night = at("2026-11-28T23:59:59");
    assert_eq!(always.opens(night, &calendar), night);
}

#[test]
fn hours_end_after_they_begin() {
    let sound = |from, until| {
        Hours {
            from,
            until,
            workdays: true,
        }
        .are_sound()
    };
    assert!(sound(0, 24) && sound(8, 9));
    assert!(!sound(8, 8) && !sound(9, 8) && !sound(8, 25));
}

#[test]
fn a_credential_shows_itself_nowhere() {
    let credential = Credential {
        address: "https://a/b?key=c".into(),
        secret: "d".into(),
    };
    assert_eq!(format!("{credential:?}"), "***");
}

#[test]
fn names_in_rows_can_be_read_back() {
    for kind in HookKind::ALL {
        assert_eq!(HookKind::from_key(kind.key()), Some(kind));
    }
    for state in DeliveryState::ALL {
        assert_eq!(DeliveryState::from_key(state.key()), Some(state));
    }
    for purpose in Purpose::ALL {
        assert_eq!(Purpose::from_key(purpose.key()), Some(purpose));
    }
    for topic in Topic::ALL {
        assert_eq!(Topic::from_key(topic.key()), Some(topic));
    }
}
