//! The organisation's rows.

use luoshi_domain::ids::{DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::{Domain, Person, Portfolio, Post, Role, Unit, UnitKind};
use luoshi_domain::ports::{Store, StoreError};
use luoshi_store::Database;
use uuid::Uuid;

use crate::samples::{ANN, BEN, BUREAU, OFFICE, OTHER_BUREAU, day, signed, unit, verify};

contract! {
    an_organisation_reads_back_in_the_order_it_was_set_up,
    a_stale_organisation_is_refused,
}

pub(crate) fn events() -> Vec<OrganisationEvent> {
    let unit_of = |id: UnitId, parent, name: &str, office| {
        OrganisationEvent::UnitEstablished(Unit {
            id,
            parent,
            kind: UnitKind::Section,
            name: name.into(),
            aliases: vec![format!("{name}科")],
            supervision_office: office,
            position: 3,
            valid_from: day(-10),
        })
    };
    let person = |id: PersonId, login: &str| {
        OrganisationEvent::PersonRegistered(Person {
            id,
            name: login.into(),
            login: login.into(),
        })
    };
    let portfolio = |unit, deputy| {
        OrganisationEvent::PortfolioAssigned(Portfolio {
            unit,
            deputy,
            valid_from: day(0),
        })
    };
    let post = PostId(Uuid::from_u128(5));
    let domain = DomainId(Uuid::from_u128(6));
    vec![
        unit_of(unit(9), None, "公路", false),
        unit_of(OFFICE, Some(unit(9)), "督查", true),
        person(BEN, "ben"),
        person(ANN, "ann"),
        OrganisationEvent::PostCreated(Post {
            id: post,
            unit: unit(9),
            title: "科长".into(),
            role: Role::Head,
            holder: None,
            position: 0,
            valid_from: day(-10),
        }),
        OrganisationEvent::Appointed {
            post,
            holder: Some(ANN),
            from: None,
        },
        portfolio(unit(9), ANN),
        portfolio(OFFICE, ANN),
        portfolio(unit(9), BEN),
        OrganisationEvent::SupervisionOfficeReleased {
            unit: OFFICE,
            from: None,
        },
        OrganisationEvent::SupervisionOfficeSet {
            unit: unit(9),
            from: day(5),
        },
        OrganisationEvent::DomainEstablished(Domain {
            id: domain,
            name: "财务".into(),
            deputy: Some(ANN),
            valid_from: day(0),
        }),
        OrganisationEvent::DomainAssigned {
            domain,
            deputy: Some(BEN),
            from: day(4),
        },
        unit_of(unit(8), Some(OFFICE), "应急", false),
        OrganisationEvent::UnitRenamed {
            unit: unit(9),
            name: "公路中心".into(),
            from: day(3),
        },
        OrganisationEvent::UnitAliased {
            unit: unit(9),
            aliases: vec!["路网中心".into()],
        },
        OrganisationEvent::UnitMoved {
            unit: OFFICE,
            parent: None,
            position: 7,
            from: day(2),
        },
        OrganisationEvent::Appointed {
            post,
            holder: Some(BEN),
            from: Some(day(6)),
        },
        OrganisationEvent::UnitMerged {
            unit: OFFICE,
            into: unit(9),
            from: day(20),
        },
        OrganisationEvent::PortfolioEnded {
            unit: unit(9),
            from: day(30),
        },
        OrganisationEvent::PersonLeft {
            person: BEN,
            from: day(10),
        },
        OrganisationEvent::PostClosed {
            post,
            last: day(12),
        },
        OrganisationEvent::UnitClosed {
            unit: unit(8),
            last: day(40),
        },
    ]
}

async fn an_organisation_reads_back_in_the_order_it_was_set_up(database: &Database) {
    let mut organisation = History::default();
    let mut work = database.write(BUREAU).await.unwrap();
    assert_eq!(work.organisation_load().await.unwrap(), organisation);
    for event in events() {
        organisation.apply(&event);
        work.organisation_save(&organisation, &[event], &signed(1))
            .await
            .unwrap();
        assert_eq!(work.organisation_load().await.unwrap(), organisation);
    }
    work.commit().await.unwrap();
    assert_eq!(verify(database, BUREAU).await, Ok(23));

    let mut work = database.write(OTHER_BUREAU).await.unwrap();
    assert_eq!(work.organisation_load().await.unwrap().version, 0);
    work.organisation_save(&organisation, &events(), &signed(1))
        .await
        .unwrap();
    let at_once = work.organisation_load().await.unwrap();
    assert_eq!(at_once, organisation, "saved at once or step by step");
}

async fn a_stale_organisation_is_refused(database: &Database) {
    let events = events();
    let mut organisation = History::default();
    organisation.apply(&events[0]);
    for expected in [true, false] {
        let mut work = database.write(BUREAU).await.unwrap();
        let saved = work
            .organisation_save(&organisation, &events[..1], &signed(1))
            .await;
        assert_eq!(saved.is_ok(), expected);
        if let Err(error) = saved {
            assert!(matches!(error, StoreError::Stale), "{error:?}");
        } else {
            work.commit().await.unwrap();
        }
    }
}
