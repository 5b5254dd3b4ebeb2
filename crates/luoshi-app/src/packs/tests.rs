use std::collections::BTreeSet;

use chrono::NaiveDate;
use luoshi_domain::calendar::DayKind;
use luoshi_domain::campaigns::Days;
use luoshi_domain::limits::{Allowance, Basis, Span};
use luoshi_domain::packs::difference;

use super::parse::campaigns::{Entered, with_days};
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The line and reason of the fault that a change of the shipped pack makes.
fn fault(key: PackKey, from: &str, to: &str) -> (usize, String) {
    let text = shipped(key);
    assert!(text.contains(from), "{from}");
    let fault = parse::pack("x.toml", &text.replacen(from, to, 1)).unwrap_err();
    (fault.line, fault.reason)
}

#[test]
fn time_08_workdays_of_2022_to_2026() {
    let calendar = calendar().unwrap();
    for (year, expected) in [
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ] {
        let first = NaiveDate::from_ymd_opt(year - 1, 12, 31).unwrap();
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        assert_eq!(
            calendar.workdays_between(first, last),
            expected,
            "in {year}"
        );
    }
    assert_eq!(
        calendar.years().iter().copied().collect::<Vec<_>>(),
        [2022, 2023, 2024, 2025, 2026]
    );
}

#[test]
fn time_08_the_first_workday_after_spring_festival_2026() {
    let calendar = calendar().unwrap();
    assert_eq!(
        calendar.add_workdays(day("2026-02-14"), 1),
        day("2026-02-24")
    );
}

#[test]
fn time_08_the_shipped_notices_are_those_of_the_shared_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/holidays.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: there is no shared table here");
        return;
    };
    let shared = Calendar::of(&notices::notices("holidays.json", &text).unwrap());
    let shipped = calendar().unwrap();
    for day in day("2021-12-25").iter_days().take(365 * 6) {
        assert_eq!(shared.is_workday(day), shipped.is_workday(day), "on {day}");
    }
}

#[test]
fn time_08_agrees_day_by_day_with_chinesecalendar_where_python_has_it() {
    let script = "import datetime as d, chinese_calendar as c\n\
                  day = d.date(2022, 1, 1)\n\
                  while day < d.date(2027, 1, 1):\n    \
                      print(day, int(c.is_workday(day)))\n    \
                      day += d.timedelta(1)\n";
    let python = std::process::Command::new("python3")
        .args(["-c", script])
        .output();
    let Some(output) = python.ok().filter(|output| output.status.success()) else {
        println!("skipped: no python3 with chinesecalendar here");
        return;
    };
    let calendar = calendar().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut days = 0;
    for line in text.lines() {
        let (on, worked) = line.split_once(' ').unwrap();
        assert_eq!(calendar.is_workday(day(on)), worked == "1", "on {on}");
        days += 1;
    }
    assert_eq!(days, 1826);
}

#[test]
fn time_08_a_notice_is_read_from_either_form_and_a_slip_is_placed() {
    let toml = "[[notices]]\nyear = 2027\ntitle = \"2027年放假\"\n\n[[notices.holidays]]\n\
                name = \"元旦\"\noff = [\"2027-01-01/2027-01-03\"]\n";
    let from_toml = notices::notices("a.toml", toml).unwrap();
    assert_eq!(from_toml[0].days_of(DayKind::Off).count(), 3);
    let json = r#"{"2027-01-01": "off", "2027-01-02": "off", "2027-01-03": "off"}"#;
    let from_json = notices::notices("a.json", json).unwrap();
    let days = |notice: &Notice| notice.days.keys().copied().collect::<Vec<_>>();
    assert_eq!(days(&from_json[0]), days(&from_toml[0]));
    for (text, line, part) in [
        (toml.replace("01-03", "13-03"), 7, "不是日期"),
        (toml.replace("2027-01-01/", "2026-11-01/"), 7, "不是日期"),
        (toml.replace("name", "nmae"), 5, "缺“name”"),
        (toml.replace("= 2027", "= 1927"), 2, "整数"),
        (
            toml.replace("[\"2027-01-01/2027-01-03\"]", "[\"2026-06-01\"]"),
            1,
            "不在这一年",
        ),
        (json.replace("\"off\"}", "\"of\"}"), 1, "应写 off"),
    ] {
        let fault = notices::notices("a", &text).unwrap_err();
        assert_eq!(fault.line, line, "{fault}");
        assert!(fault.reason.contains(part), "{fault}");
    }
}

#[test]
fn sys_06_every_shipped_pack_loads_and_every_entry_cites_its_clause() {
    for key in PackKey::ALL {
        let pack = shipped_pack(key).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(pack.key, key);
        for line in pack.lines() {
            assert!(line.cited.clause.starts_with(key.sign()), "{line:?}");
        }
        assert!(difference(&pack, &pack).is_empty());
    }
}

#[test]
fn src_01_origins_of_w_and_c_are_in_their_order_and_apart() {
    let w = shipped_pack(PackKey::W).unwrap().origins;
    let c = shipped_pack(PackKey::C).unwrap().origins;
    assert_eq!((w.len(), c.len()), (6, 8));
    let keys: BTreeSet<_> = w.iter().chain(&c).map(|word| &word.key).collect();
    assert_eq!(keys.len(), 14);
    assert_eq!(w[0].cited.clause, "W 三/(一)");
    assert_eq!(c[7].cited.clause, "C 一/(二)/8");
}

#[test]
fn time_02_13710_has_its_five_entries_and_is_not_w_s() {
    let c = shipped_pack(PackKey::C).unwrap();
    let [policy] = c.policies.as_slice() else {
        panic!("{:?}", c.policies);
    };
    assert_eq!(policy.key, "13710");
    assert!(policy.by_origin);
    assert!(policy.reference.contains("关于进一步用好"));
    let within = |span| Allowance::Within {
        span,
        basis: Basis::Natural,
        may_end_off: true,
    };
    let allowances: Vec<_> = policy.entries.iter().map(|entry| entry.allowance).collect();
    assert_eq!(
        allowances,
        [
            within(Span::Days(0)),
            within(Span::Days(3)),
            within(Span::Days(7)),
            within(Span::Months(1)),
            Allowance::ZeroOpen,
        ]
    );
    assert!(policy.entries[..4].iter().all(|entry| entry.cited.default));
    let w = shipped_pack(PackKey::W).unwrap();
    assert!(w.policies.iter().all(|policy| !policy.by_origin));
}

#[test]
fn org_07_the_twelve_bodies_are_there_with_the_composition_as_written() {
    let packs = PackKey::ALL.map(|key| shipped_pack(key).unwrap());
    let bodies: Vec<_> = packs.iter().flat_map(|pack| &pack.bodies).collect();
    // The row of T5 names two: the bureau's and one for each unit.
    assert_eq!(bodies.len(), 13);
    let e = &shipped_pack(PackKey::E).unwrap().bodies[0];
    assert_eq!(
        (e.head.as_str(), e.office.as_str()),
        ("局党组书记、局长", "局办公室")
    );
    assert!(!e.deputies.is_empty() && !e.members.is_empty());
    let counts: u32 = bodies.iter().map(|body| body.count).sum();
    assert_eq!(counts, 11 + 3 + 8);
}

#[test]
fn org_13_three_tiers_have_requirements_of_their_own() {
    let tiers = shipped_pack(PackKey::E).unwrap().tiers;
    let counts: Vec<_> = tiers.iter().map(|tier| tier.requirements.len()).collect();
    assert_eq!(counts, [4, 3, 4]);
}

#[test]
fn camp_02_e_is_not_divided_and_begins_after_the_spring_festival() {
    let e = shipped_pack(PackKey::E).unwrap();
    let [campaign] = e.campaigns.as_slice() else {
        panic!("{:?}", e.campaigns);
    };
    let days = campaign.days.unwrap();
    assert_eq!(
        (days.start, days.end),
        (day("2026-02-24"), day("2026-07-31"))
    );
    assert!(campaign.undivided && campaign.phases.is_empty());
    assert_eq!(campaign.cited.clause, "E 四");
    assert!(campaign.cited.default, "the text names no day");
    let appended = format!(
        "{}\n[[campaigns.phases]]\nkey = \"first\"\nlabel = \"第一阶段\"\nclause = \"四\"\n",
        shipped(PackKey::E)
    );
    let fault = parse::pack("e.toml", &appended).unwrap_err();
    assert!(fault.reason.contains("不划阶段"), "{fault}");
    assert_eq!(
        fault.line,
        shipped(PackKey::E).lines().count() + 2,
        "{fault}"
    );
}

#[test]
fn camp_07_t5_has_three_phases_whose_days_the_bureau_enters() {
    let t5 = shipped_pack(PackKey::T5).unwrap();
    let campaign = &t5.campaigns[0];
    let days = campaign.days.unwrap();
    assert_eq!(
        (days.start, days.end),
        (day("2013-05-01"), day("2014-04-30"))
    );
    assert_eq!(campaign.undated(), ["动员部署", "组织实施", "总结提高"]);
    let entered = |phase: &str, start, end| Entered {
        phase: Some(phase.into()),
        days: Days {
            start: day(start),
            end: day(end),
        },
    };
    let all = [
        entered("mobilise", "2013-05-01", "2013-06-30"),
        entered("carry_out", "2013-07-01", "2014-01-31"),
        entered("sum_up", "2014-02-01", "2014-04-30"),
    ];
    let text = shipped(PackKey::T5);
    let dated = with_days("t5.toml", text, "style_year", &all).unwrap();
    let pack = parse::pack("t5.toml", &dated).unwrap();
    let phase = pack.campaigns[0].phase_on(day("2014-01-31")).unwrap();
    assert_eq!(phase.label(), "组织实施");
    assert_eq!(difference(&t5, &pack).len(), 3, "nothing else changed");
    // A day that is there is replaced, not written twice.
    let moved = [entered("sum_up", "2014-03-01", "2014-04-30")];
    let again = with_days("t5.toml", &dated, "style_year", &moved).unwrap();
    assert_eq!(again.lines().count(), dated.lines().count());
    let overlap = [entered("sum_up", "2014-01-31", "2014-04-30")];
    let text = with_days("t5.toml", &dated, "style_year", &overlap).unwrap();
    let fault = parse::pack("t5.toml", &text).unwrap_err();
    assert!(fault.reason.contains("重叠"), "{fault}");
}

#[test]
fn power_11_the_principal_bears_all_and_deputies_directly() {
    let pack = shipped_pack(PackKey::T2).unwrap();
    assert_eq!(pack.bodies.len(), 2);
    let bears = |holder: &str| -> Vec<&str> {
        let parts = pack.responsibilities.iter();
        let parts = parts.filter(|part| part.holder == holder);
        parts.map(|part| part.bears.as_str()).collect()
    };
    assert_eq!(bears("局主要领导"), ["负总责"; 3]);
    assert_eq!(bears("分管领导"), ["负直接领导责任"; 3]);
}

#[test]
fn org_11_c_names_who_carries_the_supervision_duty() {
    let roles = shipped_pack(PackKey::C).unwrap().roles;
    let keys: Vec<_> = roles.iter().map(|role| role.key.as_str()).collect();
    assert!(keys.contains(&"supervision_body") && keys.contains(&"office_director"));
}

#[test]
fn sys_06_an_invalid_pack_is_refused_with_its_line_and_a_plain_reason() {
    // How many lines before the slip the fault stands: that of a whole entry is at its head.
    for (from, to, above, part) in [
        ("label = \"落实好\"", "lable = \"落实好\"", 2, "缺“label”"),
        ("limit = \"P3D\"", "limit = \"三天\"", 0, "不是时长"),
        (
            "basis = \"natural\"",
            "basis = \"daily\"",
            0,
            "natural（自然日）",
        ),
        ("to = \"closed\"", "to = \"issued\"", 0, "终点应在起点之后"),
        (
            "from = \"received\"",
            "from = \"recieved\"",
            0,
            "没有“recieved”这一步",
        ),
        ("edition = 1", "edition = \"一\"", 0, "整数"),
        (
            "edition = 1",
            "edition = 1\ncolour = 1",
            -1,
            "不认识“colour”",
        ),
        ("key = \"c\"", "key = \"x\"", 0, "之一"),
        ("key = \"c_other\"", "key = \"c_national\"", 0, "出现了两次"),
        ("title = \"", "title = ", 0, "引号"),
        ("clause = \"一/(二)/2\"", "", 3, "缺“clause”"),
        ("clause = \"一/(二)/2\"", "clause = \"\"", 0, "是空的"),
        (
            "clause = \"一/(二)/2\"",
            "when = \"a > 3\"",
            0,
            "还不能使用",
        ),
        (
            "edition = 1",
            "edition = 1\nformulas = []",
            -1,
            "还不能使用",
        ),
        ("by_plan = true", "by_plan = \"yes\"", 0, "true 或 false"),
        ("warn_days = 7", "warn_days = 700", 0, "0 至 90"),
    ] {
        let (found, reason) = fault(PackKey::C, from, to);
        let place = shipped(PackKey::C).find(from).unwrap();
        let slip = shipped(PackKey::C).split_at(place).0.matches('\n').count() + 1;
        assert!(reason.contains(part), "{from} → {to}: {reason}");
        let slip = isize::try_from(slip).unwrap();
        let found = isize::try_from(found).unwrap();
        assert_eq!(slip - found, above, "{from} → {to}: {reason}");
    }
}

proptest::proptest! {
    #[test]
    fn sys_06_no_text_makes_the_loader_fail_otherwise_than_with_a_line(
        cut in 0usize..4000,
        insert in "[\\[\\]a-z=\"0-9 \n{},.一二]{0,12}",
    ) {
        let text = shipped(PackKey::C);
        let at = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let (head, tail) = text.split_at(at);
        let changed = format!("{head}{insert}{tail}");
        if let Err(fault) = parse::pack("x.toml", &changed) {
            proptest::prop_assert!(fault.line >= 1 && fault.line <= changed.matches('\n').count() + 1);
            proptest::prop_assert!(!fault.reason.is_empty());
        }
    }
}

#[test]
fn src_02_pack_w_has_its_six_origins_in_order() {
    let pack = shipped_pack(PackKey::W).unwrap();
    let clauses: Vec<&str> = pack
        .origins
        .iter()
        .map(|origin| origin.cited.clause.as_str())
        .collect();
    assert_eq!(
        clauses,
        [
            "W 三/(一)",
            "W 三/(二)",
            "W 三/(三)",
            "W 三/(四)",
            "W 三/(五)",
            "W 三/(六)"
        ]
    );
}

#[test]
fn src_03_pack_c_has_its_eight_origins_and_stands_beside_w() {
    let pack = shipped_pack(PackKey::C).unwrap();
    let clauses = pack
        .origins
        .iter()
        .map(|origin| origin.cited.clause.clone());
    let wanted = (1..=8).map(|n| format!("C 一/(二)/{n}"));
    assert!(clauses.eq(wanted), "{:?}", pack.origins);
    let beside = shipped_pack(PackKey::W).unwrap();
    let mut keys: Vec<&str> = pack
        .origins
        .iter()
        .chain(&beside.origins)
        .map(|origin| origin.key.as_str())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 14, "no key means two things");
    let parts = |key: &str| {
        let parts = pack.origins.iter().filter(|origin| origin.same_as == [key]);
        parts
            .map(|origin| origin.cited.clause.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(parts("national_provincial"), ["C 一/(二)/2", "C 一/(二)/3"]);
    assert_eq!(parts("leader_instruction"), ["C 一/(二)/1"]);
}

#[test]
fn ledger_12_the_shipped_packs_define_the_lists_that_are_asked_for() {
    let packs = PackKey::ALL.map(|key| shipped_pack(key).unwrap());
    let lists: Vec<_> = packs.iter().flat_map(|pack| &pack.lists).collect();
    assert!(lists.len() >= 14, "{}", lists.len());
    let codes: BTreeSet<String> = lists.iter().map(|list| list.code()).collect();
    assert_eq!(codes.len(), lists.len());
    // Four of E show the rows of one register, each in its own columns.
    let of_problems = lists.iter().filter_map(|list| list.rows());
    let of_problems = of_problems.filter(|rows| rows.register == "e.problems");
    let shown: BTreeSet<_> = of_problems.map(|rows| rows.shown.clone()).collect();
    assert_eq!(shown.len(), 4);
    // A list makes a difference in words, whatever of it changes.
    let e = shipped_pack(PackKey::E).unwrap();
    for (from, to) in [
        ("label = \"申请核销\"", "label = \"申请销号\""),
        (
            "by = [\"keeper\", \"supervision_office\"]",
            "by = [\"keeper\"]",
        ),
        ("show = [\"problem\", \"leader\"", "show = [\"leader\""),
        ("label = \"问题来源\"", "label = \"来源\""),
    ] {
        let text = shipped(PackKey::E).replacen(from, to, 1);
        let changed = parse::pack("e.toml", &text).unwrap();
        assert_eq!(difference(&e, &changed).len(), 1, "{from}");
    }
}

#[test]
fn ledger_12_a_slip_in_a_list_is_refused_with_its_line_and_a_plain_reason() {
    for (key, from, to, part) in [
        (
            PackKey::E,
            "owner = \"person\"",
            "owner = \"people\"",
            "person（每人一份）",
        ),
        (
            PackKey::T5,
            "cycle = \"month\"",
            "cycle = \"moon\"",
            "长期的清单不写",
        ),
        (
            PackKey::E,
            "of = \"problems\"",
            "of = \"none\"",
            "没有自己有行的清单",
        ),
        (
            PackKey::E,
            "kind = \"choice\"",
            "kind = \"option\"",
            "choice（选项）",
        ),
        (
            PackKey::E,
            "with_limit = true",
            "with_limit = 1",
            "true 或 false",
        ),
        (
            PackKey::E,
            "to = \"fixing\"",
            "to = \"fixed\"",
            "清单没有状态“fixed”",
        ),
        (
            PackKey::E,
            "to = \"fixing\"",
            "to = \"open\"",
            "起止状态相同",
        ),
        (
            PackKey::E,
            "by = [\"supervision_office\", \"reviewer\", \"discipline\"]",
            "by = [\"boss\"]",
            "没有角色“boss”",
        ),
        (
            PackKey::E,
            "label = \"发现日期\"",
            "label = \"问题\"",
            "有两栏都叫",
        ),
        (
            PackKey::E,
            "key = \"found_on\"",
            "key = \"problem\"",
            "出现了两次",
        ),
        (
            PackKey::E,
            "from_task = \"lead\"",
            "from_task = \"title\"",
            "from_task",
        ),
        (
            PackKey::E,
            "show = [\"problem\", \"leader\"",
            "show = [\"colour\"",
            "不是这份清单的栏",
        ),
        (
            PackKey::E,
            "title = \"{unit}问题清单\"",
            "title = \"{bureau}清单\"",
            "花括号里只能写",
        ),
        (
            PackKey::W,
            "\"tier=bureau\"",
            "\"tier=city\"",
            "bureau（局级台账）",
        ),
        (PackKey::W, "\"tier=bureau\"", "\"colour=red\"", "名称=值"),
        (
            PackKey::W,
            "\"issued\"]",
            "\"colour\"]",
            "台账没有“colour”这一栏",
        ),
        (
            PackKey::W,
            "rows = \"breakdowns\"",
            "rows = \"nothing\"",
            "岗位分工",
        ),
        (
            PackKey::T1,
            "kind = \"amount\"\nmeasure",
            "kind = \"text\"\nmeasure",
            "计量单位",
        ),
        (
            PackKey::T5,
            "kind = \"date\"\nday",
            "kind = \"text\"\nday",
            "应是日期",
        ),
        (
            PackKey::W,
            "about = \"全局要抓",
            "abut = \"全局要抓",
            "缺“about”",
        ),
        (
            PackKey::W,
            "from = \"going\"\nto = \"done\"",
            "from = \"listed\"\nto = \"raised\"",
            "没有办法走到状态“已完成”",
        ),
    ] {
        let (line, reason) = fault(key, from, to);
        assert!(reason.contains(part), "{from} → {to}: {reason}");
        assert!(line > 1, "{from} → {to}: {reason}");
    }
}
