//! Properties of every reading, and small plans read as a whole.

use luoshi_plan::read;
use luoshi_plan::reading::{
    HeadingKind, Kind, MissingKind, Obligation, ReadOptions, Reading, Shows, Topic, UnitSource,
};
use proptest::prelude::*;

fn plan(text: &str) -> Reading {
    let reading = read(text, &ReadOptions::default());
    check(text, &reading);
    reading
}

/// What holds for every reading, whatever the text.
fn check(text: &str, reading: &Reading) {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    for clause in &reading.clauses {
        assert_eq!(clause.start, at, "clauses tile the text");
        assert!(clause.end >= clause.start);
        at = clause.end;
    }
    assert_eq!(at, chars.len(), "clauses reach the end");
    let mut last = 0;
    for obligation in &reading.obligations {
        assert!(
            obligation.start >= last && obligation.end > obligation.start,
            "sorted and apart"
        );
        last = obligation.end;
        let slice: String = chars[obligation.start..obligation.end].iter().collect();
        assert_eq!(slice, obligation.quote, "the quote is the slice");
        let clause = &reading.clauses[obligation.clause];
        assert!(
            clause.start <= obligation.start && obligation.end <= clause.end,
            "in one clause"
        );
        assert_eq!(clause.path, obligation.clause_path);
        check_evidence(&chars, obligation);
    }
    for heading in &reading.outline {
        let slice: String = chars[heading.start..heading.end].iter().collect();
        assert_eq!(slice, heading.title);
    }
    for missing in &reading.missing {
        let slice: String = chars[missing.start..missing.end].iter().collect();
        assert_eq!(slice, missing.text);
    }
    for question in &reading.questions {
        assert!(question.start <= question.end && question.end <= chars.len());
    }
}

/// What holds for the words that findings rest on.
fn check_evidence(chars: &[char], obligation: &Obligation) {
    let slices = |shows: Shows| -> Vec<String> {
        let evidence = obligation.evidence.iter().filter(|e| e.shows == shows);
        evidence
            .map(|e| chars[e.start..e.end].iter().collect())
            .collect()
    };
    for evidence in &obligation.evidence {
        assert!(
            evidence.start < evidence.end && evidence.end <= chars.len(),
            "words inside the text"
        );
    }
    assert!(
        obligation.evidence.is_sorted_by_key(|e| (e.start, e.end)),
        "in reading order"
    );
    let one = |text: Option<&String>| text.cloned().into_iter().collect::<Vec<_>>();
    let deadline = obligation.deadline.as_ref().map(|d| &d.text);
    assert_eq!(slices(Shows::Deadline), one(deadline));
    let frequency = obligation.frequency.as_ref().map(|f| &f.text);
    // Further rates of a sentence stand beside the first.
    assert_eq!(slices(Shows::Frequency).first(), one(frequency).first());
    assert_eq!(slices(Shows::Kind), one(obligation.cue.as_ref()));
    let quantities: Vec<String> = obligation
        .quantities
        .iter()
        .map(|q| q.text.clone())
        .collect();
    assert_eq!(slices(Shows::Quantity), quantities);
    for (shows, names) in [
        (Shows::Responsible, &obligation.responsible),
        (Shows::CoResponsible, &obligation.co_responsible),
    ] {
        let slices = slices(shows);
        let written: Vec<&str> = slices.iter().map(|s| s.trim()).collect();
        assert!(names.iter().all(|n| written.contains(&n.as_str())));
        assert!(written.iter().all(|w| names.iter().any(|n| n == w)));
    }
}

fn find<'a>(reading: &'a Reading, words: &str) -> &'a Obligation {
    let found = reading.obligations.iter().find(|o| o.quote.contains(words));
    found.unwrap_or_else(|| panic!("no obligation with {words}: {:#?}", reading.obligations))
}

#[test]
fn import_01_paths_of_nested_numbering() {
    let reading = plan(
        "轮渡公司安全工作方案\n为了安全，制定本方案。\n一、工作措施\n（一）加强值守。各码头要安排夜班。\n\
         1．检修趸船\n机务科要更换缆绳。\n（1）检查锚链。\n（2）补刷油漆。\n（二）严格报告\n二、工作要求\n\
         ①各码头要报送总结。\n",
    );
    let paths: Vec<&str> = reading.outline.iter().map(|h| h.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "一",
            "一/(一)",
            "一/(一)/1",
            "一/(一)/1/(1)",
            "一/(一)/1/(2)",
            "一/(二)",
            "二",
            "二/①"
        ]
    );
    assert_eq!(find(&reading, "更换缆绳").clause_path, "一/(一)/1");
    assert_eq!(reading.clauses[0].path, "前言");
    assert_eq!(reading.title.as_deref(), Some("轮渡公司安全工作方案"));
}

#[test]
fn import_01_run_in_headings_are_not_in_the_quote() {
    let reading =
        plan("一、措施\n（一）守好渡口。船长要清点乘客。\n（二）停航：大雾天要公告停航。\n");
    assert_eq!(find(&reading, "清点").quote, "船长要清点乘客。");
    assert_eq!(find(&reading, "大雾").quote, "大雾天要公告停航。");
    assert_eq!(reading.outline[1].title, "守好渡口");
    assert_eq!(reading.outline[1].kind, HeadingKind::Heading);
}

#[test]
fn import_01_a_heading_glued_to_a_paragraph_opens_its_clause() {
    let reading =
        plan("一、要求\n(一)加强领导。\n各站要成立专班。(二)加强检查。\n各站要检查灯具。\n");
    assert_eq!(find(&reading, "灯具").clause_path, "一/(二)");
}

#[test]
fn import_01_several_documents_and_articles() {
    let reading = plan(
        "第一篇\n一、目标\n各站要更换灯具。\n第二篇\n一、目标\n各站要更换座椅。\n第三章 罚则\n第十二条 \
         逃票的，应当补票。\n（二）拒不补票的，不得乘车。\n",
    );
    assert_eq!(find(&reading, "灯具").clause_path, "第一篇/一");
    assert_eq!(find(&reading, "座椅").clause_path, "第二篇/一");
    assert_eq!(
        find(&reading, "不得乘车").clause_path,
        "第二篇/第三章/第十二条/(二)"
    );
}

#[test]
fn import_02_and_03_the_quote_is_the_raw_slice() {
    let text = "一、任務\n（一）加強領(lǐng)導。各隊要於6月底前完成檢修，上年度結(jié)轉(zhuǎn)項\n\n目一併完成。\n";
    let reading = plan(text);
    let found = find(&reading, "檢修");
    assert!(
        found.quote.contains("結(jié)轉(zhuǎn)項\n\n目"),
        "{}",
        found.quote
    );
}

#[test]
fn import_05_deadlines_come_from_the_sentence_the_heading_or_the_line() {
    let reading = plan(
        "一、安排\n（一）排查阶段（2023年5月）\n各站要排查线路。\n（二）整改阶段\n各站要更换电缆，11月20日前完成。\n\
         完成时限：2023年12月。\n各站要清理仓库。\n",
    );
    let date = |words| find(&reading, words).deadline.clone().unwrap();
    assert_eq!(date("线路").date.as_deref(), Some("2023-05-31"));
    assert_eq!(date("电缆").date.as_deref(), Some("2023-11-20"));
    assert!(!date("电缆").inferred_year, "its section states it");
    assert_eq!(date("仓库").date.as_deref(), Some("2023-12-31"));
}

#[test]
fn import_05_the_given_year_completes_dates_only_where_the_text_has_none() {
    let text = "一、安排\n各站要于3月8日前报送名单。\n";
    let given = read(text, &ReadOptions { year: Some(2031) });
    let date = |reading: &Reading| reading.obligations[0].deadline.clone().unwrap().date;
    assert_eq!(date(&given).as_deref(), Some("2031-03-08"));
    assert_eq!(date(&plan(text)).as_deref(), Some("XXXX-03-08"));
    assert!(
        plan(text)
            .questions
            .iter()
            .any(|q| q.asks.contains("哪一年"))
    );
    let dated = plan("一、安排\n各站要于3月8日前报送名单。\n轮渡公司\n2024年1月5日\n");
    assert_eq!(date(&dated).as_deref(), Some("2024-03-08"));
    assert_eq!(dated.issued_on.as_deref(), Some("2024-01-05"));
    assert_eq!(dated.issuer.as_deref(), Some("轮渡公司"));
}

#[test]
fn time_09_a_date_without_a_year_takes_the_nearest_stated_before_it_in_its_section() {
    let text = "渡口整治方案\n\
        2024年3月1日\n\
        一、浮桥\n\
        (一)勘察。渡运科要于2025年9月底前完成勘察报告。\n\
        (二)修复。渡运科要于11月底前完成浮桥修复。今年6月底前，渡运科要完成招标工作。\n\
        二、码头\n\
        (一)护栏。渡运科要于10月底前完成护栏安装。\n\
        三、2026年重点任务\n\
        (一)灯塔。渡运科要于8月底前完成灯塔检修。\n\
        (二)航标(7月底前)。渡运科要完成航标更换。\n\
        四、远景\n\
        (一)通航。到2035年，渡运科要实现全线通航。\n\
        (二)巡查。渡运科要于5月底前完成巡查方案编制。\n";
    let reading = plan(text);
    for (words, date, inferred) in [
        ("勘察报告", "2025-09-30", false),
        ("浮桥修复", "2025-11-30", false),
        ("招标工作", "2024-06-30", true),
        ("护栏安装", "2024-10-31", true),
        ("灯塔检修", "2026-08-31", false),
        ("航标更换", "2026-07-31", false),
        ("巡查方案", "2024-05-31", true),
    ] {
        let found = find(&reading, words).deadline.as_ref().unwrap();
        let got = (found.date.as_deref(), found.inferred_year);
        assert_eq!(got, (Some(date), inferred), "{words}");
    }
}

#[test]
fn import_05_a_date_after_the_subject_and_a_later_one_are_two_duties() {
    let reading = plan(
        "2024年检修方案\n一、安排\n机务科于3月底前检查锚链，6月底前更换缆绳。\n船务科编制计划，6月底前报公司审定。\n\
         （一）换灯。站务科每月检查灯具，12月底前更换座椅。（责任单位：采购科）\n",
    );
    let date = |words| find(&reading, words).deadline.clone().unwrap().date;
    assert_eq!(date("锚链").as_deref(), Some("2024-03-31"));
    assert_eq!(date("缆绳").as_deref(), Some("2024-06-30"));
    assert_eq!(find(&reading, "缆绳").responsible, ["机务科"]);
    let rated = find(&reading, "灯具");
    assert_eq!((rated.kind, &rated.deadline), (Kind::Recurring, &None));
    assert_eq!(date("座椅").as_deref(), Some("2024-12-31"));
    assert_eq!(find(&reading, "座椅").kind, Kind::Task);
    assert_eq!(find(&reading, "座椅").responsible, ["站务科"]);
    assert_eq!(
        find(&reading, "编制计划").quote,
        "船务科编制计划，6月底前报公司审定。"
    );
}

#[test]
fn import_07_passing_a_thing_on_ends_the_same_act() {
    let reading = plan(
        "2024年码头方案\n一、安排\n（一）规划。机务科于6月底前编制完成检修规划，报局审定。\n\
         （二）名单。站务科拟定名单，审核后报局党组批准。\n（三）规程。船务科修订规程，呈分管局长审批。报市局批准后印发。\n\
         （四）采购。采购科编制清单，送机务科、船务科研究，站务科按月通报。\n",
    );
    for (words, quote) in [
        ("规划", "机务科于6月底前编制完成检修规划，报局审定。"),
        ("名单", "站务科拟定名单，审核后报局党组批准。"),
        ("规程", "船务科修订规程，呈分管局长审批。"),
        ("清单", "采购科编制清单，送机务科、船务科研究"),
    ] {
        assert_eq!(find(&reading, words).quote, quote);
        assert_eq!(find(&reading, words).responsible.len(), 1, "{quote}");
    }
    assert_eq!(find(&reading, "印发").responsible, ["船务科"]);
    assert_eq!(find(&reading, "通报").responsible, ["站务科"]);
}

#[test]
fn import_06_parts_with_a_figure_of_their_own_are_targets_of_their_own() {
    let reading = plan(
        "码头方案\n一、目标\n2024年码头投资任务数为3亿元，其中趸船更新任务数为2000万元，换灯费用任务数为50万元。\n",
    );
    let amounts = |words| {
        let found = find(&reading, words);
        let texts = found.quantities.iter().map(|q| q.text.as_str());
        (
            texts.collect::<Vec<_>>(),
            found.deadline.clone().unwrap().date,
        )
    };
    let end = Some("2024-12-31".to_owned());
    assert_eq!(amounts("码头投资"), (vec!["3亿元"], end.clone()));
    assert_eq!(amounts("趸船更新"), (vec!["2000万元"], end.clone()));
    assert_eq!(amounts("换灯费用"), (vec!["50万元"], end));
}

#[test]
fn import_07_what_is_announced_and_whose_conduct_it_is_hold_for_the_list() {
    let reading = plan(
        "2024年码头方案\n一、安排\n到6月底，公司工作目标为：趸船检修全部完成；换灯按计划推进。\n\
         二、纪律\n严格纪律。切实规范窗口人员行为，不准擅离岗位；不准收受财物。\n",
    );
    let date = |words| find(&reading, words).deadline.clone().unwrap().date;
    for (words, quote) in [("趸船", "趸船检修全部完成；"), ("换灯", "换灯按计划推进。")]
    {
        assert_eq!(find(&reading, words).quote, quote);
        assert_eq!(find(&reading, words).responsible, ["公司"]);
        assert_eq!(date(words).as_deref(), Some("2024-06-30"));
    }
    assert_eq!(find(&reading, "擅离").responsible, ["窗口人员"]);
    assert_eq!(find(&reading, "财物").responsible, ["窗口人员"]);
}

#[test]
fn import_03_a_name_keeps_the_pinyin_behind_its_last_character() {
    let reading = plan("码头方案\n一、安排\n各碼頭和市直係統(tǒng)于3月8日前報送名單。\n");
    let found = find(&reading, "名單");
    assert_eq!(found.responsible, ["各碼頭和市直係統(tǒng)"]);
}

#[test]
fn import_07_a_case_stays_with_what_happens_in_it() {
    let reading = plan(
        "码头方案\n一、追责\n对逾期未报的，由站务科约谈船长，约谈后仍不改正的，由公司领导约谈经理。\n",
    );
    assert_eq!(
        find(&reading, "公司领导").quote,
        "约谈后仍不改正的，由公司领导约谈经理。"
    );
}

#[test]
fn import_07_times_stand_between_a_subject_and_its_verb() {
    let reading = plan(
        "2024年码头方案\n一、安排\n（一）评价。运输科8月底前完成评价。\n（二）规程。船务科4月底前修订行政处罚基准，全年办理案例不少于10件。\n\
         （三）客流。机务科牵头制定方案。票务中心春运期间每日报送客流。\n（四）灯具。站务科全年换灯120盏。10月底前完成验收。\n",
    );
    let who = |words| find(&reading, words).responsible.clone();
    assert_eq!(who("评价"), ["运输科"]);
    assert_eq!(who("案例"), ["船务科"]);
    assert_eq!(who("客流"), ["票务中心"]);
    assert_eq!(who("换灯"), ["站务科"]);
    assert_eq!(who("验收"), ["站务科"]);
    let cases = find(&reading, "案例");
    assert_eq!((cases.kind, cases.frequency.clone()), (Kind::Task, None));
    assert_eq!(cases.quantities[0].text, "不少于10件");
}

#[test]
fn import_01_a_notice_has_the_title_of_the_plan_it_passes_on() {
    for (text, title) in [
        (
            "轮渡公司关于印发《2024年码头整治方案》的通知\n轮办〔2024〕3号\n各站：\n轮渡公司\n2024年1月5日\n\
             2024年码头整治方案\n一、安排\n各站要换灯。\n",
            "2024年码头整治方案",
        ),
        (
            "轮渡公司印发《关于减少〈甲类〉事故的意见》的通知\n各站：\n轮渡公司\n2024年1月5日\n一、安排\n各站要换灯。\n",
            "关于减少〈甲类〉事故的意见",
        ),
        (
            "轮渡公司关于印发《码头集约化\n试点工作方案》的通知\n各站：\n一、安排\n各站要换灯。\n",
            "码头集约化试点工作方案",
        ),
        (
            "轮渡公司关于印发《甲方案》和《乙方案》的通知\n各站：\n一、安排\n各站要换灯。\n",
            "轮渡公司关于印发《甲方案》和《乙方案》的通知",
        ),
        (
            "轮渡公司关于贯彻《渡口管理办法》的通知\n各站：\n一、安排\n各站要换灯。\n",
            "轮渡公司关于贯彻《渡口管理办法》的通知",
        ),
    ] {
        let reading = plan(text);
        assert_eq!(reading.title.as_deref(), Some(title));
        assert_eq!(reading.issuer.as_deref(), Some("轮渡公司"), "{title}");
    }
}

#[test]
fn import_07_units_come_from_the_sentence_before_the_trailer_and_the_clause() {
    let reading = plan(
        "一、分工\n（一）码头。机务科要检修浮桥。及时更换缆绳。\n（二）船舶。更换救生衣。（责任单位：船务科；配合单位：采购科）\n\
         （三）票务科\n清点票据。\n（四）候船室。站务科负责日常事务，主要职责为：\n1.清扫地面；\n2.登记失物。\n",
    );
    let who = |words| {
        let found = find(&reading, words);
        (found.responsible.clone(), found.responsible_from)
    };
    assert_eq!(
        who("浮桥"),
        (vec!["机务科".to_owned()], UnitSource::Sentence)
    );
    assert_eq!(
        who("缆绳"),
        (vec!["机务科".to_owned()], UnitSource::Previous)
    );
    assert_eq!(
        who("救生衣"),
        (vec!["船务科".to_owned()], UnitSource::Trailer)
    );
    assert_eq!(find(&reading, "救生衣").co_responsible, ["采购科"]);
    assert_eq!(
        who("票据"),
        (vec!["票务科".to_owned()], UnitSource::Heading)
    );
    assert_eq!(who("失物"), (vec!["站务科".to_owned()], UnitSource::Clause));
}

#[test]
fn import_07_table_columns_name_units_and_deadlines() {
    let reading = plan(
        "2024年任务表\n| 序号 | 重点任务 | 工作措施 | 完成时限 | 主责单位 | 协办单位 |\n| --- | --- | --- | --- | --- | --- |\n\
         | 一、更新设备 |\n| 1 | 换灯 | 更换候船室灯具。 | 9月底前 | 机务科 | 站务科、采购科 |\n",
    );
    let found = find(&reading, "灯具");
    assert_eq!(found.clause_path, "一/1");
    assert_eq!(found.responsible, ["机务科"]);
    assert_eq!(found.responsible_from, UnitSource::Table);
    assert_eq!(found.co_responsible, ["站务科", "采购科"]);
    assert_eq!(
        found.deadline.clone().unwrap().date.as_deref(),
        Some("2024-09-30")
    );
}

#[test]
fn import_07_redacted_names_become_questions() {
    let reading = plan("一、分工\nxx市轮渡公司要报送名单。\n");
    assert!(
        reading.questions.iter().any(|q| q.asks.contains("隐去")),
        "{:?}",
        reading.questions
    );
}

#[test]
fn import_08_unspecified_rates_become_questions() {
    let reading = plan("一、检查\n机务科要定期检查锚链。\n各站每月报送客流。\n");
    assert_eq!(find(&reading, "锚链").kind, Kind::Recurring);
    assert!(
        find(&reading, "锚链")
            .frequency
            .clone()
            .unwrap()
            .unspecified
    );
    assert!(
        reading
            .questions
            .iter()
            .any(|q| q.asks.contains("多久一次"))
    );
    let monthly = find(&reading, "客流").frequency.clone().unwrap();
    assert_eq!(monthly.rrule.as_deref(), Some("FREQ=MONTHLY"));
}

#[test]
fn import_09_kinds_of_sentences() {
    let reading = plan(
        "一、要求\n机务科要制定检修方案。各站每周清点一次救生衣。救生衣配备率达到100%。严禁超载。\
         充分认识渡口安全的重要性。目前已有三座码头。\n",
    );
    assert_eq!(find(&reading, "检修方案").kind, Kind::Task);
    assert_eq!(find(&reading, "清点").kind, Kind::Recurring);
    assert_eq!(find(&reading, "配备率").kind, Kind::Target);
    assert_eq!(find(&reading, "超载").kind, Kind::Rule);
    assert_eq!(find(&reading, "重要性").kind, Kind::Principle);
    assert!(
        reading
            .obligations
            .iter()
            .all(|o| !o.quote.contains("三座"))
    );
}

#[test]
fn import_10_evidence_names_the_words_that_each_finding_rests_on() {
    let text = "2024年码头整治方案\n一、安排\n（一）检修阶段（5月底前）\n站务科要更换灯具3套。每月清点缆绳。\n\
                （二）票务。更换船票。（责任单位：票务科；配合单位：采购科）\n二、主要目标\n准点率稳步提升。\n";
    let reading = plan(text);
    let chars: Vec<char> = text.chars().collect();
    let shown = |words: &str| -> Vec<(Shows, String)> {
        let evidence = find(&reading, words).evidence.iter();
        let slice = |start: usize, end: usize| chars[start..end].iter().collect::<String>();
        evidence.map(|e| (e.shows, slice(e.start, e.end))).collect()
    };
    let of = |list: &[(Shows, &str)]| -> Vec<(Shows, String)> {
        list.iter().map(|(s, w)| (*s, (*w).to_owned())).collect()
    };
    assert_eq!(
        shown("灯具"),
        of(&[
            (Shows::Deadline, "5月底前"),
            (Shows::Responsible, "站务科"),
            (Shows::Kind, "要"),
            (Shows::Quantity, "3套"),
        ])
    );
    assert_eq!(
        shown("缆绳"),
        of(&[
            (Shows::Deadline, "5月底前"),
            (Shows::Responsible, "站务科"),
            (Shows::Frequency, "每月"),
            (Shows::Kind, "每月"),
        ])
    );
    assert_eq!(
        shown("船票"),
        of(&[
            (Shows::Kind, "更换"),
            (Shows::Responsible, "票务科"),
            (Shows::CoResponsible, "采购科"),
        ])
    );
    assert_eq!(shown("准点率"), of(&[(Shows::Kind, "目标")]));
    assert_eq!(find(&reading, "准点率").cue.as_deref(), Some("目标"));
}

#[test]
fn import_05_the_nearest_day_wins_and_relative_ones_stay_text() {
    let reading = plan(
        "2024年检修方案\n一、安排\n（一）检修（6月底前）\n机务科要在汛期前检查锚链。站务科要在24小时内报告事故。\n（二）报表\n\
         船务科要更新名册（9月30日、12月30日）。票务科于3月1日至10日更换票箱。采购科要尽快更换缆绳。\n",
    );
    let date = |words| find(&reading, words).deadline.clone().unwrap();
    assert_eq!(date("锚链").date.as_deref(), Some("2024-06-30"));
    let relative = date("事故");
    assert_eq!((relative.text.as_str(), relative.date), ("24小时内", None));
    assert!(find(&reading, "事故").quantities.is_empty());
    assert_eq!(date("名册").date.as_deref(), Some("2024-12-30"));
    assert_eq!(date("票箱").date.as_deref(), Some("2024-03-10"));
    assert!(date("缆绳").vague);
}

#[test]
fn import_08_all_rates_of_a_sentence_are_joined() {
    let reading = plan("一、检查\n机务科每周检查灯具并每季度检查锚链。\n");
    let found = find(&reading, "锚链");
    let rate = found.frequency.clone().unwrap();
    assert_eq!(
        rate.rrule.as_deref(),
        Some("FREQ=WEEKLY|FREQ=MONTHLY;INTERVAL=3")
    );
    let shown = found
        .evidence
        .iter()
        .filter(|e| e.shows == Shows::Frequency);
    assert_eq!(shown.count(), 2);
}

#[test]
fn import_09_cases_things_and_sanctions_are_rules_and_dated_acts_are_tasks() {
    let reading = plan(
        "一、要求\n（一）灯具。站务科要更换灯具。对逾期未换的车队，予以通报。票务平台应提供退票入口。\n\
         （二）缆绳。成立检修专班，由机务科科长担任组长。优化预警流程。\n",
    );
    assert_eq!(find(&reading, "更换灯具").kind, Kind::Task);
    let sanction = find(&reading, "予以通报");
    assert_eq!((sanction.kind, sanction.responsible.len()), (Kind::Rule, 0));
    assert_eq!(find(&reading, "票务平台").kind, Kind::Rule);
    assert_eq!(find(&reading, "检修专班").kind, Kind::Task);
    assert_eq!(find(&reading, "预警").kind, Kind::Task);
}

#[test]
fn import_12_what_a_text_leaves_open_is_asked_once_by_topic() {
    let text = "码头整治方案\n一、安排\nxx市机务科要于3月8日前报表。xx市机务科要于4月8日前检修。\n更换灯具。定期清点。限期补齐。\n";
    let topics: Vec<Topic> = plan(text).questions.iter().map(|q| q.topic).collect();
    for topic in [
        Topic::Year,
        Topic::Issuer,
        Topic::IssueDate,
        Topic::RedactedUnit,
        Topic::Rate,
        Topic::VagueDeadline,
    ] {
        let count = topics.iter().filter(|t| **t == topic).count();
        assert_eq!(count, 1, "{topic:?} in {topics:?}");
    }
    let json = serde_json::to_value(&plan(text).questions).unwrap();
    assert_eq!(json[0]["topic"], "issuer");
}

/// The seeds by file name; none where they are absent.
fn seeds() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("no seeds at {}, nothing checked", folder.display());
        return Vec::new();
    };
    let texts = files.filter_map(Result::ok).map(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file.path()).expect("a seed is UTF-8");
        (name, text)
    });
    texts.collect()
}

#[test]
fn import_01_the_seeds_have_the_clauses_that_people_cite() {
    let gold = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/plan-gold/seeds.gold.jsonl");
    let Ok(gold) = std::fs::read_to_string(&gold) else {
        eprintln!("no gold at {}, nothing checked", gold.display());
        return;
    };
    let readings: Vec<(String, Reading)> = seeds()
        .into_iter()
        .map(|(name, text)| (name, plan(&text)))
        .collect();
    // Paragraphs are counted by people and not by the reader; a file of several documents starts anew in each.
    let bare = |path: &str| -> Vec<String> {
        let parts = path.split('/').filter(|p| !p.starts_with(['¶']));
        let parts = parts.filter(|p| !(p.starts_with('第') && p.ends_with('篇')));
        parts.map(str::to_owned).collect()
    };
    let (mut rows, mut right) = (0_u32, 0_u32);
    for line in gold.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let at = usize::try_from(row["char_start"].as_u64().unwrap()).unwrap();
        let file = row["file"].as_str().unwrap();
        let Some((_, reading)) = readings.iter().find(|(name, _)| name == file) else {
            continue;
        };
        let clause = reading.clauses.iter().find(|c| c.start <= at && at < c.end);
        rows += 1;
        right += u32::from(
            clause.is_some_and(|c| bare(&c.path) == bare(row["clause_path"].as_str().unwrap())),
        );
    }
    assert!(right * 100 >= rows * 95, "{right} of {rows}");
}

#[test]
fn import_02_broken_lines_of_the_seeds_are_joined() {
    let texts = seeds();
    let Some((_, text)) = texts.iter().find(|(name, _)| name.starts_with("003")) else {
        return;
    };
    let reading = plan(text);
    let joined = |words: &str| {
        let mut quotes = reading.obligations.iter().map(|o| {
            let quote = o.quote.chars().filter(|c| !c.is_whitespace());
            quote.collect::<String>()
        });
        quotes.any(|quote| quote.contains(words))
    };
    assert!(joined("2012年度签约项目本年度"));
    assert!(joined("凡承担招商引资任务的单位"));
}

#[test]
fn import_11_the_seeds_point_to_ten_missing_things() {
    let texts = seeds();
    let missing: usize = texts.iter().map(|(_, text)| plan(text).missing.len()).sum();
    assert!(
        texts.is_empty() || missing >= 10,
        "{missing} missing things"
    );
}

#[test]
fn import_11_missing_attachments_are_reported() {
    let reading =
        plan("一、任务\n各站要分解任务(附任务分解表)。具体见《渡口管理办法》。详见附件1。\n");
    let missing: Vec<(&str, MissingKind)> = reading
        .missing
        .iter()
        .map(|m| (m.text.as_str(), m.what))
        .collect();
    assert_eq!(
        missing,
        [
            ("附任务分解表", MissingKind::Attachment),
            ("《渡口管理办法》", MissingKind::Document),
            ("附件1", MissingKind::Attachment),
        ]
    );
}

#[test]
fn the_json_has_the_fields_of_the_format_and_no_others() {
    let reading = plan("一、任务\n各站要于2024年6月底前更换2盏灯。\n");
    let json = serde_json::to_value(&reading).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 10, "{keys:?}");
    assert!(json["text"].is_null() && json["obligations"][0].get("clause").is_none());
    assert_eq!(json["obligations"][0]["responsible_from"], "sentence");
}

#[test]
fn empty_and_blank_texts_have_nothing() {
    for text in ["", " \n\n", "\u{feff}"] {
        let reading = plan(text);
        assert!(reading.obligations.is_empty() && reading.title.is_none());
    }
}

fn fragment() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "一、",
        "（二）",
        "(三)",
        "1.",
        "①",
        "第一篇",
        "第十二条 ",
        "附件1：",
        "|",
        "\n",
        "\n\n",
        "。",
        "；",
        "，",
        "：",
        "（",
        "）",
        "“",
        "”",
        "《",
        "》",
        "各单位",
        "市局",
        "要",
        "由",
        "会同",
        "牵头",
        "负责",
        "每月",
        "定期",
        "6月底前",
        "2022年",
        "三季度",
        "10底",
        "1.8亿元",
        "二十余人",
        "1:6折算",
        "不低于",
        "%",
        "領(lǐng)導",
        "\u{feff}",
        "\u{3000}",
        "责任单位：",
        "完成时限：",
        "制定",
        "一是",
        "二要",
        "a",
        "\r",
        "𠀀",
        "é",
        "\0",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_string_is_read(text in "\\PC{0,200}") {
        plan(&text);
    }

    #[test]
    fn any_mix_of_plan_fragments_is_read(parts in prop::collection::vec(fragment(), 0..80)) {
        plan(&parts.concat());
    }
}

#[test]
fn hostile_repetitions_take_linear_time() {
    // A quadratic step would take minutes here; no clock is asked, the test simply ends.
    for unit in [
        "由",
        "2022年1月1日、",
        "各单位,",
        "。(一)",
        "“(《",
        "与各站共同,",
        "完成时限:5月;",
        "上年度结转项目中的一般性,\n",
    ] {
        let text = unit.repeat(120_000 / unit.len());
        let reading = read(&text, &ReadOptions::default());
        assert!(
            reading
                .clauses
                .last()
                .is_some_and(|c| c.end == text.chars().count())
        );
    }
}
