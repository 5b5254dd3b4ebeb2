use std::ops::Range;

use chrono::DateTime;
use luoshi_domain::ids::PlanId;
use luoshi_domain::organisation::UnitKind;
use luoshi_domain::plans::{Draft, Evidence, PlanDetails, PlanState, ProposalKind, Reading, Shows};
use luoshi_domain::samples;
use luoshi_domain::tasks::Level;
use uuid::Uuid;

use super::*;

fn unit_id(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

fn proposal_id(n: u128) -> ProposalId {
    ProposalId(Uuid::from_u128(n))
}

fn organisation(names: &[&str]) -> Organisation {
    let units = (1u128..).zip(names);
    samples::organisation(units.map(|(n, name)| (unit_id(n), UnitKind::Section, *name)))
}

fn clause(path: &str, title: &str, range: Range<u32>, has_text: bool) -> Clause {
    Clause {
        path: path.into(),
        level: 1,
        title: title.into(),
        start: range.start,
        end: range.end,
        has_text,
        no_action: None,
    }
}

fn proposal(n: u128, clause: u32, range: Range<u32>, decision: Decision) -> Proposal {
    Proposal {
        id: proposal_id(n),
        clause,
        start: range.start,
        end: range.end,
        quote: "甲".into(),
        draft: Draft {
            kind: ProposalKind::Task,
            title: format!("第{n}项"),
            target: "甲".into(),
            level: Level::Ordinary,
            leads: vec![unit_id(1)],
            co_units: Vec::new(),
            limit: None,
            frequency: None,
        },
        reading: Reading {
            responsible: vec!["规划科".into()],
            responsible_from: "sentence".into(),
            co_responsible: Vec::new(),
            deadline: None,
            frequency: None,
            quantities: Vec::new(),
            confidence: 90,
            ..Reading::default()
        },
        decision,
        carried: None,
    }
}

const TEXT: &str =
    "行动方案\n一、任务\n（一）备料。规划科备料。办公室备车。\n二、总体要求\n坚持。\n";

/// Foreword, bare heading, clause with two proposals, bare clause.
fn plan() -> Plan {
    Plan {
        id: PlanId(Uuid::from_u128(9)),
        version: 1,
        details: PlanDetails {
            title: "行动方案".into(),
            year: Some(2026),
            category: "bureau".into(),
            default_limit: "2026-12-31".parse().ok(),
            ..PlanDetails::default()
        },
        file_name: "a.txt".into(),
        digest: String::new(),
        text: TEXT.into(),
        lineage: Default::default(),
        questions: Default::default(),
        state: PlanState::Confirming,
        clauses: vec![
            clause("前言", "", 0..5, false),
            clause("一", "任务", 5..10, false),
            clause("一/(一)", "备料", 10..29, true),
            clause("二", "总体要求", 29..40, true),
        ],
        proposals: vec![
            proposal(11, 2, 16..22, Decision::Open),
            proposal(12, 2, 22..28, Decision::Open),
        ],
        acts: Vec::new(),
        imported_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn said(view: &ClauseView) -> (&'static str, &str, String, String) {
    let heading = view.heading.iter().map(|span| span.text.as_str()).collect();
    let spans = view.paragraphs.iter().flatten();
    let words: String = spans
        .map(|span| match span.proposal.is_empty() {
            true => span.text.clone(),
            false => format!("[{}:{}]", span.tone, span.text),
        })
        .collect();
    (view.tone, &view.tag, heading, words)
}

#[test]
fn the_document_shows_each_clause_in_the_colour_of_its_outcome() {
    let (mut plan, organisation) = (plan(), organisation(&["规划科", "办公室"]));
    plan.proposals[0].decision = Decision::Accepted;
    plan.proposals[1].decision = Decision::Merged {
        into: proposal_id(11),
    };
    let bench = Bench::new(&plan, &organisation, true);
    let clauses = bench.clauses();
    assert_eq!(
        said(&clauses[0]),
        ("plain", "", String::new(), String::new())
    );
    assert_eq!(
        said(&clauses[1]),
        ("plain", "", "一、任务".into(), String::new())
    );
    let words = "[task:规划科备料。][merged:办公室备车。]".to_owned();
    assert_eq!(
        said(&clauses[2]),
        ("task", "采纳 1 并入 1", "（一）备料。".into(), words)
    );
    assert_eq!(
        said(&clauses[3]),
        ("open", "待定", "二、总体要求".into(), "坚持。".into())
    );
    assert_eq!(
        said(&bench.clause(2).unwrap()),
        said(&clauses[2]),
        "alone as in the page"
    );
}

#[test]
fn only_clauses_that_need_an_outcome_have_a_group() {
    let (plan, organisation) = (plan(), organisation(&["规划科"]));
    let groups = Bench::new(&plan, &organisation, true).groups();
    let said: Vec<_> = groups
        .iter()
        .map(|group| (group.path.as_str(), group.said.as_str()))
        .collect();
    assert_eq!(
        said,
        [("一/(一)", "2 项，待定 2 项"), ("二", "没有读出事项")]
    );
    assert!(groups.iter().all(|group| group.drop.is_some()));
    let accepts: Vec<_> = groups[0].accepts.iter().map(|act| &act.label).collect();
    assert_eq!(accepts, ["2 项全部采纳"], "both leave something to check");
    assert!(groups[1].accepts.is_empty());
    assert!(groups[1].bare_open);
}

#[test]
fn a_clause_with_something_kept_offers_no_dismissal() {
    let (mut plan, organisation) = (plan(), organisation(&["规划科"]));
    plan.proposals[0].decision = Decision::Accepted;
    let bench = Bench::new(&plan, &organisation, true);
    assert!(bench.group(2).unwrap().drop.is_none());
}

#[test]
fn a_proposal_that_others_stand_with_can_only_be_accepted_or_edited() {
    let (mut plan, organisation) = (plan(), organisation(&["规划科"]));
    plan.proposals[1].decision = Decision::Merged {
        into: proposal_id(11),
    };
    let row = Bench::new(&plan, &organisation, true)
        .proposal(proposal_id(11))
        .unwrap();
    let folds: Vec<_> = row.folds.iter().map(|fold| fold.label).collect();
    assert_eq!(folds, ["修改"]);
    assert!(row.facts.contains(&("并入", "另有 1 项并入本项".into())));
}

#[test]
fn a_row_says_who_and_until_when_and_what_to_check() {
    let (mut plan, organisation) = (
        plan(),
        organisation(&["规划科", "办公室", "财务科", "执法科"]),
    );
    let bench = Bench::new(&plan, &organisation, true);
    let row = bench.proposal(proposal_id(11)).unwrap();
    assert_eq!(
        row.facts,
        [
            ("牵头", "规划科".into()),
            ("见于", "本句".into()),
            ("时限", "未写明，定稿时用 2026-12-31".into())
        ]
    );
    assert_eq!(row.asks, "没有写明完成时限");

    let known = &mut plan.proposals[0];
    known.draft.leads.clear();
    known.reading.responsible = vec!["水利局".into()];
    known.draft.limit = "2026-07-31".parse().ok();
    known.reading.deadline = Some("7月底前".into());
    let bench = Bench::new(&plan, &organisation, true);
    let row = bench.proposal(proposal_id(11)).unwrap();
    assert_eq!(row.facts[0].1, "未识别：水利局");
    assert_eq!(row.facts[2].1, "2026-07-31（原文“7月底前”）");
    assert_eq!(row.asks, "“水利局”不在本单位机构中，请选定牵头单位");

    let known = &mut plan.proposals[0];
    known.draft.leads = (1..=4).map(unit_id).collect();
    known.reading.responsible = vec!["各科室".into()];
    let bench = Bench::new(&plan, &organisation, true);
    let row = bench.proposal(proposal_id(11)).unwrap();
    assert_eq!(row.facts[0].1, "各科室（4 家各立一件）");
}

#[test]
fn import_10_a_row_names_the_words_it_rests_on_and_where_they_stand() {
    let (mut plan, organisation) = (plan(), organisation(&["规划科"]));
    let evidence = |shows, start, end| Evidence { shows, start, end };
    plan.proposals[0].reading.evidence = vec![
        evidence(Shows::Kind, 13, 15),
        evidence(Shows::Responsible, 16, 19),
        evidence(Shows::Deadline, 5, 7),
    ];
    let bench = Bench::new(&plan, &organisation, true);
    let row = bench.proposal(proposal_id(11)).unwrap();
    let said: Vec<_> = row
        .grounds
        .iter()
        .map(|known| (known.label, known.place.as_str(), known.words.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("类型", "标题", "备料"),
            ("责任单位", "", "规划科"),
            ("时限", "一 标题", "一、")
        ]
    );
}

#[test]
fn a_plan_can_be_finalised_when_every_clause_has_an_outcome() {
    let (mut plan, organisation) = (plan(), organisation(&["规划科"]));
    plan.clauses[3].no_action = Some("原则性表述".into());
    let coverage = Bench::new(&plan, &organisation, true).coverage();
    assert_eq!((coverage.decided, coverage.total), (1, 2));
    assert!(!coverage.may_finalise);
    assert_eq!(coverage.why_not, "还有 1 条待定");
    for known in &mut plan.proposals {
        known.decision = Decision::Accepted;
    }
    let bench = Bench::new(&plan, &organisation, true);
    assert!(bench.coverage().may_finalise);
    let reader = Bench::new(&plan, &organisation, false);
    assert!(!reader.coverage().may_finalise);
}

#[test]
fn a_title_over_two_lines_is_not_repeated_under_itself() {
    let lines = |texts: &[&str]| -> Vec<Vec<Span>> {
        let line = |text: &&str| {
            vec![Span {
                text: (*text).to_owned(),
                ..Span::default()
            }]
        };
        texts.iter().map(line).collect()
    };
    let title = "交通系统行动方案";
    assert_eq!(
        title_lines(
            &lines(&["\u{feff}交通系统", "　行动方案 ", "正文。"]),
            title
        ),
        2
    );
    assert_eq!(title_lines(&lines(&["交通系统", "正文。"]), title), 0);
    assert_eq!(title_lines(&lines(&["云交办〔2026〕1号"]), title), 0);
}

#[test]
fn each_count_leads_to_exactly_the_clauses_it_counts() {
    let (mut plan, organisation) = (plan(), organisation(&["规划科"]));
    plan.clauses[3].no_action = Some("原则性表述".into());
    for key in Bench::new(&plan, &organisation, true).coverage().keys {
        let bench =
            Bench::new(&plan, &organisation, true).showing(narrowed(&format!("show={}", key.tone)));
        assert_eq!(
            bench.groups().len(),
            usize::try_from(key.count).unwrap(),
            "for {}",
            key.label
        );
    }
    let all =
        Bench::new(&plan, &organisation, true).showing(narrowed("show=nonsense&kind=nothing"));
    assert_eq!(all.groups().len(), 2);
    assert!(!all.filter.is_narrow());
}

fn narrowed(query: &str) -> Filter {
    serde_html_form::from_str(query).unwrap()
}

#[test]
fn import_10_each_choice_of_the_filter_counts_the_list_it_leads_to() {
    let (mut plan, organisation) = (plan(), organisation(&["规划科", "办公室"]));
    plan.proposals[0].decision = Decision::Accepted;
    plan.proposals[1].draft.leads = vec![unit_id(2)];
    plan.proposals[1].draft.kind = ProposalKind::Rule;
    plan.proposals[1].reading.confidence = 40;
    for start in ["", "state=open", "kind=rule&doubt=low", "q=第12项"] {
        let bench = Bench::new(&plan, &organisation, true).showing(narrowed(start));
        for facet in bench.filters().facets {
            for choice in facet.choices.iter().filter(|known| !known.value.is_empty()) {
                let others: Vec<&str> = start
                    .split('&')
                    .filter(|pair| !pair.is_empty() && !pair.starts_with(facet.name))
                    .collect();
                let query = format!("{}={}&{}", facet.name, choice.value, others.join("&"));
                let listed = Bench::new(&plan, &organisation, true).showing(narrowed(&query));
                let count = choice.label.rsplit(' ').next().unwrap();
                assert_eq!(listed.listed().len().to_string(), count, "{query}");
            }
        }
    }
}

#[test]
fn import_10_a_filter_survives_its_own_address() {
    let filter = narrowed("state=open&q=%E6%B8%85%E9%9B%AA&unit=none");
    assert_eq!(narrowed(&filter.query()), filter);
    let mut headers = axum::http::HeaderMap::new();
    let address = format!("http://host/plans/1?{}#group-2", filter.query());
    headers.insert("hx-current-url", address.parse().unwrap());
    assert_eq!(Filter::of_request(&headers), filter);
}
