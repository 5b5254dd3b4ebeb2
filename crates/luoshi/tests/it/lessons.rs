//! What one plan's confirmation does for the next (IMPORT-07, 09).

use axum::http::StatusCode;
use luoshi_app::lessons::{self, same_names, sentences};
use luoshi_app::plans::{self, PlanView, bulk};
use luoshi_domain::ids::{PlanId, UnitId};
use luoshi_domain::lessons::commands::LessonsCommand;
use luoshi_domain::plans::commands::PlanCommand;
use luoshi_domain::plans::{Decision, Draft, Outcome, Proposal, ProposalKind};

use crate::harness::TestApp;

/// Names as this bureau writes them, none of them in its organisation.
const SPRING: &str = "\
云州市交通运输局2026年春季公路养护工作方案

一、重点任务
（一）路面修补。路网中心于3月底前完成国省干线坑槽修补。规建科于4月15日前编制大修项目清单。
（二）水上交通。港航事务中心于4月底前完成航标检修。海巡队每周巡查一次重点水域。
（三）客运秩序。运服中心于3月20日前公布班线调整方案。综执支队每月开展一次非法营运整治。
（四）安全检查。安应科于5月底前组织一次桥梁隐患排查，路网中心配合。
（五）资金拨付。财审科于4月底前拨付养护资金。路网中心于5月10日前报送用款计划。
";

const AUTUMN: &str = "\
云州市交通运输局2026年秋季安全畅通工作方案

一、主要任务
（一）护栏更换。路网中心于9月底前更换破损护栏。规建科于8月底前完成设计批复。
（二）水域管控。海巡队每日巡航重点航段。港航事务中心于10月15日前修复系船设施。
（三）运力保障。运服中心于9月20日前制定节日运力调配计划。综执支队每周组织一次夜间检查。
（四）应急演练。安应科于10月底前组织一次桥梁坍塌演练，路网中心配合。
（五）资金审核。财审科于11月底前完成专项资金审核。
（六）外单位。水文站于9月底前提供水位数据。xx科于9月底前报送名单。
";

/// What a person of the supervision office knows each name to mean, by the key of its alias.
const MEANT: [(&str, &str); 8] = [
    ("路网中心", "市公路事业发展中心"),
    ("规建科", "规划建设科"),
    ("港航事务中心", "市港航事务中心"),
    ("海巡队", "市港航事务中心"),
    ("运服中心", "市道路运输服务中心"),
    ("综执支队", "市交通运输综合行政执法支队"),
    ("安应科", "安全应急科"),
    ("财审科", "财务审计科"),
];

/// Mentions of names in a plan, by what became of them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    mentions: usize,
    resolved: usize,
    suggested: usize,
}

fn names_of(proposal: &Proposal) -> Vec<&str> {
    let reading = &proposal.reading;
    let names = reading.responsible.iter().chain(&reading.co_responsible);
    names.map(String::as_str).collect()
}

fn meant(view: &PlanView, name: &str) -> Option<UnitId> {
    let (_, unit) = MEANT.iter().find(|(written, _)| *written == name)?;
    view.organisation.unit_named(unit).map(|unit| unit.id)
}

fn holds(draft: &Draft, unit: UnitId) -> bool {
    draft.leads.contains(&unit) || draft.co_units.contains(&unit)
}

/// Resolved counts only what is right; a wrong unit fails the test.
fn tally(view: &PlanView) -> Tally {
    let mut tally = Tally::default();
    for proposal in &view.plan.proposals {
        let units = proposal.draft.leads.len() + proposal.draft.co_units.len();
        let mut right = 0;
        for name in names_of(proposal) {
            tally.mentions += 1;
            if meant(view, name).is_some_and(|unit| holds(&proposal.draft, unit)) {
                right += 1;
            }
        }
        assert_eq!(right, units, "a wrong unit at {}", proposal.quote);
        tally.resolved += right;
        tally.suggested += proposal.suggestions().count();
    }
    tally
}

async fn show(app: &TestApp, id: PlanId) -> PlanView {
    plans::show(&app.app, &app.who("zhou").await, id)
        .await
        .unwrap()
}

async fn act(app: &TestApp, id: PlanId, command: PlanCommand) {
    plans::handle(&app.app, &app.who("zhou").await, id, command, None)
        .await
        .unwrap();
}

/// Puts the units that are meant into a proposal, as a person does in the form.
async fn choose(app: &TestApp, id: PlanId, proposal: &Proposal) {
    let view = show(app, id).await;
    let units: Vec<UnitId> = names_of(proposal)
        .iter()
        .filter_map(|name| meant(&view, name))
        .collect();
    let mut draft = Box::new(proposal.draft.clone());
    draft.leads = units.iter().take(1).copied().collect();
    draft.co_units = units.iter().skip(1).copied().collect();
    let proposal = proposal.id;
    act(app, id, PlanCommand::EditProposal { proposal, draft }).await;
}

/// Accepts all that is open, dismisses the rest and finalises.
async fn finish(app: &TestApp, id: PlanId) {
    let view = show(app, id).await;
    for proposal in &view.plan.proposals {
        if proposal.decision == Decision::Open {
            let proposal = proposal.id;
            act(app, id, PlanCommand::AcceptProposal { proposal }).await;
        }
    }
    for (clause, outcome) in (0u32..).zip(show(app, id).await.plan.outcomes()) {
        if outcome == Outcome::Open {
            let reason = "没有具体事项".to_owned();
            act(app, id, PlanCommand::DismissClause { clause, reason }).await;
        }
    }
    plans::finalise(&app.app, &app.who("zhou").await, id, None)
        .await
        .unwrap();
}

/// Confirms a plan as somebody who knows what every name means.
async fn confirm(app: &TestApp, id: PlanId) {
    for proposal in &show(app, id).await.plan.proposals {
        choose(app, id, proposal).await;
    }
    finish(app, id).await;
}

#[tokio::test]
async fn import_07_confirming_one_plan_resolves_the_names_of_the_next() {
    let app = TestApp::new().await;
    let zhou = app.who("zhou").await;
    let spring = app.import(SPRING).await;
    let autumn = app.import(AUTUMN).await;
    let before = tally(&show(&app, autumn).await);
    let wanted = Tally {
        mentions: 11,
        resolved: 0,
        suggested: 6,
    };
    assert_eq!(before, wanted);
    let (_, changed) = lessons::reread(&app.app, &zhou, autumn).await.unwrap();
    assert_eq!(changed, 0, "nothing has been learnt yet");

    confirm(&app, spring).await;
    let (view, changed) = lessons::reread(&app.app, &zhou, autumn).await.unwrap();
    let wanted = Tally {
        mentions: 11,
        resolved: 9,
        suggested: 0,
    };
    assert_eq!((tally(&view), changed), (wanted, 9));
    // Each says by what it was found.
    let said: Vec<String> = view
        .plan
        .proposals
        .iter()
        .flat_map(|proposal| &proposal.reading.experience)
        .map(|used| sentences::experience(used, &view.organisation))
        .collect();
    assert_eq!(said.len(), 9, "{said:?}");
    let first = "按本局经验：“路网中心”此前 1 次确认为“市公路事业发展中心”";
    assert_eq!(said[0], first);
    // A new import is read the same way at once.
    let fresh = app.import(&AUTUMN.replace("秋季", "冬季")).await;
    assert_eq!(tally(&show(&app, fresh).await).resolved, 9);
    let office = app.as_user("zhou").await;
    let page = office.get(&format!("/plans/{fresh}")).await.body;
    assert!(page.contains("“路网中心”此前 1 次确认为"), "{page}");
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_07_what_a_person_touched_is_not_read_again() {
    let app = TestApp::new().await;
    let zhou = app.who("zhou").await;
    let spring = app.import(SPRING).await;
    let autumn = app.import(AUTUMN).await;
    let first = show(&app, autumn).await.plan.proposals[0].clone();
    let mut draft = Box::new(first.draft.clone());
    draft.title = "换护栏".into();
    let proposal = first.id;
    act(&app, autumn, PlanCommand::EditProposal { proposal, draft }).await;
    confirm(&app, spring).await;
    let (view, changed) = lessons::reread(&app.app, &zhou, autumn).await.unwrap();
    assert_eq!(changed, 8);
    let known = view.plan.proposal(proposal).unwrap();
    assert!(known.draft.leads.is_empty() && known.draft.title == "换护栏");
}

#[tokio::test]
async fn import_07_a_wrong_lesson_corrected_once_is_not_used_again() {
    let app = TestApp::new().await;
    let spring = app.import(SPRING).await;
    confirm(&app, spring).await;
    let autumn = app.import(AUTUMN).await;
    let view = show(&app, autumn).await;
    let other = view.organisation.unit_named("安全应急科").unwrap().id;
    for proposal in &view.plan.proposals {
        if names_of(proposal) == ["路网中心"] {
            let mut draft = Box::new(proposal.draft.clone());
            draft.leads = vec![other];
            let proposal = proposal.id;
            act(&app, autumn, PlanCommand::EditProposal { proposal, draft }).await;
        }
    }
    finish(&app, autumn).await;
    let third = app.import(&AUTUMN.replace("秋季", "冬季")).await;
    let view = show(&app, third).await;
    let open = view
        .plan
        .proposals
        .iter()
        .filter(|known| names_of(known) == ["路网中心"]);
    assert!(open.clone().count() > 0);
    for proposal in open {
        assert!(proposal.draft.leads.is_empty(), "{}", proposal.quote);
    }
}

#[tokio::test]
async fn import_07_the_same_name_is_filled_in_all_over_the_plan_and_taken_back() {
    let app = TestApp::new().await;
    let zhou = app.who("zhou").await;
    let spring = app.import(SPRING).await;
    let before = show(&app, spring).await;
    let first = before.plan.proposals[0].clone();
    choose(&app, spring, &first).await;
    let view = show(&app, spring).await;
    let same = same_names::SameNames::of(&view.plan, &view.organisation);
    let offer = same.offer(view.plan.proposal(first.id).unwrap()).unwrap();
    assert_eq!((offer.name.as_str(), offer.others), ("路网中心", 2));

    let (view, filled) = same_names::fill(&app.app, &zhou, spring, first.id)
        .await
        .unwrap();
    assert_eq!(filled, 2);
    let same = same_names::SameNames::of(&view.plan, &view.organisation);
    let offer = same.offer(view.plan.proposal(first.id).unwrap()).unwrap();
    assert_eq!((offer.others, offer.filled), (0, 2));

    let (view, taken_back) = same_names::unfill(&app.app, &zhou, spring, first.id)
        .await
        .unwrap();
    assert_eq!(taken_back, 2);
    for (now, then) in view
        .plan
        .proposals
        .iter()
        .zip(&before.plan.proposals)
        .skip(1)
    {
        assert_eq!(now, then);
    }
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_07_a_name_is_filled_in_and_proposals_are_reread_from_the_workbench() {
    let app = TestApp::new().await;
    let spring = app.import(SPRING).await;
    let first = show(&app, spring).await.plan.proposals[0].clone();
    choose(&app, spring, &first).await;

    let office = app.as_user("zhou").await;
    let plan = format!("/plans/{spring}");
    let row = format!("{plan}/proposals/{}", first.id);
    let offered = "还有 2 项写的也是“路网中心”";
    assert!(office.get(&plan).await.body.contains(offered));

    let done = office.post(&format!("{row}/same-name"), &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = office.get(&plan).await.body;
    assert!(page.contains("撤回由此一并填上的 2 项"));
    assert!(!page.contains(offered));

    office.post(&format!("{row}/same-name/undo"), &[]).await;
    assert!(office.get(&plan).await.body.contains(offered));

    let done = office.post(&format!("{plan}/reread"), &[]).await;
    assert_eq!(done.location(), plan);
    // What a person chose stays as it is.
    let now = show(&app, spring).await;
    let chosen = now.plan.proposal(first.id).unwrap();
    assert!(!chosen.draft.leads.is_empty());
}

#[tokio::test]
async fn import_07_what_rests_on_a_suggestion_is_not_accepted_in_bulk() {
    let app = TestApp::new().await;
    let zhou = app.who("zhou").await;
    let spring = app.import(SPRING).await;
    let view = bulk::accept_clear(&app.app, &zhou, spring, None)
        .await
        .unwrap();
    for proposal in &view.plan.proposals {
        let suggested = proposal.suggestions().next().is_some();
        assert!(
            !suggested || proposal.decision == Decision::Open,
            "{}",
            proposal.quote
        );
    }
}

#[tokio::test]
async fn import_09_a_kind_that_people_always_change_is_proposed_as_they_change_it() {
    let app = TestApp::new().await;
    let text = |season: &str| {
        format!(
            "云州市交通运输局{season}季工作提示\n\n一、工作要求\n\
             （一）规划建设科牵头办理来文。\n（二）安全应急科牵头办理预警。\n\
             （三）财务审计科牵头办理报销。\n"
        )
    };
    let spring = app.import(&text("春")).await;
    let view = show(&app, spring).await;
    assert_eq!(view.plan.proposals.len(), 3);
    for proposal in &view.plan.proposals {
        assert_eq!(proposal.draft.kind, ProposalKind::Task);
        let mut draft = Box::new(proposal.draft.clone());
        draft.kind = ProposalKind::Rule;
        let proposal = proposal.id;
        act(&app, spring, PlanCommand::EditProposal { proposal, draft }).await;
    }
    finish(&app, spring).await;
    let view = show(&app, app.import(&text("夏")).await).await;
    for proposal in &view.plan.proposals {
        assert_eq!(proposal.draft.kind, ProposalKind::Rule);
        let said = sentences::experience(&proposal.reading.experience[0], &view.organisation);
        let wanted = "按本局经验：含“牵头”的句子读作“任务”，此前 3 次改定为“规则”";
        assert_eq!(said, wanted);
    }
}

#[tokio::test]
async fn import_07_all_lessons_can_be_reset_with_a_reason() {
    let app = TestApp::new().await;
    let zhou = app.who("zhou").await;
    let spring = app.import(SPRING).await;
    confirm(&app, spring).await;
    let reason = "机构改革，名称都变了".to_owned();
    let lessons = lessons::handle(&app.app, &zhou, LessonsCommand::Reset { reason })
        .await
        .unwrap();
    assert!(lessons.is_empty());
    let autumn = app.import(AUTUMN).await;
    assert_eq!(tally(&show(&app, autumn).await).resolved, 0);
    assert!(app.is_rebuildable().await);
}

#[tokio::test]
async fn import_07_the_page_lists_what_was_learnt_and_forgets_it() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let empty = zhou.get("/imports/lessons").await;
    assert!(empty.body.contains("还没有学到经验"), "{}", empty.body);
    let spring = app.import(SPRING).await;
    confirm(&app, spring).await;

    let page = zhou.get("/imports/lessons").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["路网中心", "市公路事业发展中心", "周敏", "春季公路养护"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let file = zhou.get("/imports/lessons/export.csv").await;
    assert!(file.body.starts_with("\u{feff}\"类型\""), "{}", file.body);
    assert_eq!(
        file.body
            .lines()
            .filter(|line| line.contains("路网中心"))
            .count(),
        1
    );

    let listed = zhou.get("/api/v1/lessons").await.json();
    let names = listed["names"].as_array().unwrap();
    assert_eq!(names.len(), 8, "{listed}");
    assert_eq!(names[0]["recent"][0]["by"], "周敏");
    let number = names[0]["number"].to_string();
    let path = "/imports/lessons/forget";
    let forgotten = zhou.post(path, &[("number", &number)]).await;
    assert_eq!(forgotten.status, StatusCode::SEE_OTHER);
    let gone = zhou.delete(&format!("/api/v1/lessons/{number}")).await;
    assert_eq!(gone.status, StatusCode::CONFLICT, "{}", gone.body);
    let path = format!("/api/v1/lessons/{}", names[1]["number"]);
    let left = zhou.delete(&path).await.json();
    assert_eq!(left["names"].as_array().unwrap().len(), 6, "{left}");

    let faulty = zhou
        .post("/imports/lessons/reset", &[("reason", " ")])
        .await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reset = zhou
        .post("/imports/lessons/reset", &[("reason", "机构改革")])
        .await;
    assert_eq!(reset.status, StatusCode::SEE_OTHER);
    let again = zhou.delete("/api/v1/lessons?reason=x").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let journal = zhou.get("/journal").await;
    assert!(journal.body.contains("清空识读经验：机构改革"));
}

#[tokio::test]
async fn import_07_leaders_do_not_see_the_lessons() {
    let app = TestApp::new().await;
    for login in ["zhao", "ye"] {
        let session = app.as_user(login).await;
        for path in [
            "/imports/lessons",
            "/imports/lessons/export.csv",
            "/api/v1/lessons",
        ] {
            assert_eq!(
                session.get(path).await.status,
                StatusCode::NOT_FOUND,
                "{login} {path}"
            );
        }
        let gone = session.delete("/api/v1/lessons?reason=x").await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{login}");
    }
}

#[tokio::test]
async fn import_07_the_workbench_offers_suggestions_to_take_or_ignore() {
    let app = TestApp::new().await;
    let zhou = app.as_user("zhou").await;
    let spring = app.import(SPRING).await;
    let page = zhou.get(&format!("/plans/{spring}")).await;
    assert!(page.body.contains("名称相近"), "{}", page.body);
    assert!(page.body.contains("可能是“规划建设科”"));
    let view = show(&app, spring).await;
    let at = |name: &str| {
        let mut proposals = view.plan.proposals.iter();
        let known = proposals.find(|known| names_of(known) == [name]).unwrap();
        format!("/plans/{spring}/proposals/{}", known.id)
    };
    let taken = zhou
        .post(&format!("{}/take", at("规建科")), &[("number", "0")])
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let again = zhou
        .post(&format!("{}/take", at("规建科")), &[("number", "0")])
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let ignored = zhou
        .post(&format!("{}/ignore", at("财审科")), &[("number", "0")])
        .await;
    assert_eq!(ignored.status, StatusCode::SEE_OTHER);
}
