use luoshi_domain::ids::ProposalId;
use luoshi_domain::organisation::UnitKind;
use luoshi_domain::plans::{Draft, ProposalKind, Reading};
use luoshi_domain::samples;
use luoshi_domain::tasks::Level;
use uuid::Uuid;

use super::*;

fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

fn organisation() -> Organisation {
    let units = [
        (1, "规划科"),
        (2, "市公路事业发展中心"),
        (3, "市港航事务中心"),
    ];
    samples::organisation(units.map(|(n, name)| (unit(n), UnitKind::Section, name)))
}

/// A proposal that names `responsible` and `co`, for which a person chose these units.
fn proposal(responsible: &[&str], co: &[&str], leads: &[u128], co_units: &[u128]) -> Proposal {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let units = |units: &[u128]| units.iter().map(|n| unit(*n)).collect();
    Proposal {
        id: ProposalId(Uuid::from_u128(7)),
        clause: 0,
        start: 0,
        end: 0,
        quote: "甲".into(),
        draft: Draft {
            kind: ProposalKind::Task,
            title: "甲".into(),
            target: "甲".into(),
            level: Level::Ordinary,
            leads: units(leads),
            co_units: units(co_units),
            limit: None,
            frequency: None,
        },
        reading: Reading {
            responsible: owned(responsible),
            co_responsible: owned(co),
            ..Reading::default()
        },
        decision: Decision::Accepted,
        carried: None,
    }
}

fn pairs(proposal: &Proposal) -> Vec<(String, Vec<u128>)> {
    let pairs = name_pairs(proposal, &organisation()).into_iter();
    let plain = |units: Vec<UnitId>| units.iter().map(|unit| unit.0.as_u128()).collect();
    pairs.map(|pair| (pair.name, plain(pair.units))).collect()
}

#[test]
fn import_07_the_one_unknown_name_stands_for_the_one_unit_left_over() {
    let learnt = |name: &str, n| vec![(name.to_owned(), vec![n])];
    let cases = [
        (
            proposal(&["路网中心"], &[], &[2], &[]),
            learnt("路网中心", 2),
        ),
        (
            proposal(&["路网中心负责人"], &[], &[2], &[]),
            learnt("路网中心", 2),
        ),
        (
            proposal(&["规划科", "路网中心"], &[], &[1], &[2]),
            learnt("路网中心", 2),
        ),
        (
            proposal(&["规划科"], &["路网中心"], &[1], &[2]),
            learnt("路网中心", 2),
        ),
        // A co-unit that nobody named may have been added besides.
        (
            proposal(&["路网中心"], &[], &[2], &[3]),
            learnt("路网中心", 2),
        ),
    ];
    for (proposal, wanted) in cases {
        assert_eq!(
            pairs(&proposal),
            wanted,
            "{:?}",
            proposal.reading.responsible
        );
    }
}

#[test]
fn import_07_nothing_is_learnt_where_it_is_open_whose_unit_it_is() {
    let cases = [
        ("nobody unknown", proposal(&["规划科"], &[], &[2], &[])),
        (
            "two unknown names",
            proposal(&["路网中心", "港站办"], &[], &[2], &[3]),
        ),
        (
            "a redacted name beside it",
            proposal(&["路网中心", "xx科"], &[], &[2], &[]),
        ),
        ("only a redacted name", proposal(&["×科"], &[], &[2], &[])),
        ("two co-units", proposal(&[], &["路网中心"], &[], &[2, 3])),
        ("no unit chosen", proposal(&["路网中心"], &[], &[], &[])),
    ];
    for (case, proposal) in cases {
        assert!(pairs(&proposal).is_empty(), "{case}");
    }
}

#[test]
fn import_07_of_several_unknown_names_an_abbreviation_is_told_apart() {
    let both = proposal(&["市公路中心", "码头办"], &[], &[2], &[3]);
    let learnt = [
        ("市公路中心".to_owned(), vec![2]),
        ("码头办".to_owned(), vec![3]),
    ];
    assert_eq!(pairs(&both), learnt);
}

#[test]
fn import_07_taking_away_what_experience_put_there_counts_against_it() {
    let mut removed = proposal(&["路网中心"], &[], &[], &[]);
    removed.reading.experience = vec![Experience::Name {
        name: "路网中心".into(),
        units: vec![unit(2)],
        count: 1,
        of: 1,
    }];
    assert_eq!(pairs(&removed), [("路网中心".to_owned(), Vec::new())]);
    removed.draft.leads = vec![unit(3)];
    assert_eq!(pairs(&removed), [("路网中心".to_owned(), vec![3])]);
}
