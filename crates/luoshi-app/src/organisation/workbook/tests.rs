//! Out and back, and what rows are told.

use std::cell::Cell;
use std::collections::HashMap;

use chrono::TimeDelta;
use luoshi_domain::ids::{DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::{Domain, Person, Portfolio, Post, Role, Unit, UnitKind};
use proptest::prelude::*;
use uuid::Uuid;

use super::parts::Part;
use super::parts::headings as h;
use super::*;

const TODAY: &str = "2026-01-20";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn read_day(text: &str, _today: NaiveDate) -> Result<Option<NaiveDate>, String> {
    match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_unreadable| "没有读懂这个日期。".into()),
    }
}

fn unit(n: u128, name: &str, parent: Option<u128>) -> OrganisationCommand {
    OrganisationCommand::EstablishUnit(Unit {
        id: UnitId(Uuid::from_u128(n)),
        parent: parent.map(|n| UnitId(Uuid::from_u128(n))),
        kind: UnitKind::Section,
        name: name.into(),
        aliases: Vec::new(),
        supervision_office: n == 1,
        position: i64::try_from(n).unwrap(),
        valid_from: day("2026-01-01"),
    })
}

fn person(n: u128, name: &str, login: &str) -> OrganisationCommand {
    OrganisationCommand::RegisterPerson(Person {
        id: PersonId(Uuid::from_u128(n)),
        name: name.into(),
        login: login.into(),
    })
}

fn post(n: u128, unit: u128, title: &str, role: Role, holder: Option<u128>) -> OrganisationCommand {
    OrganisationCommand::CreatePost(Post {
        id: PostId(Uuid::from_u128(n)),
        unit: UnitId(Uuid::from_u128(unit)),
        title: title.into(),
        role,
        holder: holder.map(|n| PersonId(Uuid::from_u128(n))),
        position: 0,
        valid_from: day("2026-01-01"),
    })
}

fn history(commands: impl IntoIterator<Item = OrganisationCommand>) -> History {
    let mut history = History::default();
    for command in commands {
        let event = history.decide(command).unwrap();
        history.apply(&event);
    }
    history
}

/// Two units with a head each, and a leader in charge of one.
fn small() -> History {
    history([
        unit(1, "办公室", None),
        unit(2, "财务科", None),
        unit(3, "出纳室", Some(2)),
        person(11, "周明", "zhou"),
        person(12, "李华", "li"),
        person(13, "李华", "lihua"),
        post(21, 1, "主任", Role::Head, Some(11)),
        post(22, 2, "科长", Role::Head, Some(12)),
        post(23, 2, "科员", Role::Contact, None),
        post(24, 2, "科员", Role::Contact, Some(13)),
        OrganisationCommand::AssignPortfolio(Portfolio {
            unit: UnitId(Uuid::from_u128(2)),
            deputy: PersonId(Uuid::from_u128(11)),
            valid_from: day("2026-01-05"),
        }),
    ])
}

/// What a sheet is read back as, without the time that a file takes.
fn as_read(page: Page) -> ReadPage {
    let head = page
        .sheet
        .columns
        .iter()
        .map(|column| column.heading.clone().into_owned());
    let mut grid = vec![
        vec![page.sheet.title],
        vec![page.sheet.note],
        head.collect(),
    ];
    grid.extend(page.sheet.rows);
    let rows = (1..).zip(grid);
    let rows = rows.map(|(number, cells)| files::ReadRow { number, cells });
    ReadPage {
        name: page.name.to_owned(),
        rows: rows.collect(),
    }
}

/// The sheets as a person would edit them: a row is its cells by heading.
struct Edited {
    pages: Vec<ReadPage>,
}

impl Edited {
    fn of(history: &History) -> Self {
        let pages = export::pages(history, day(TODAY)).into_iter().map(as_read);
        Self {
            pages: pages.collect(),
        }
    }

    fn page(&mut self, part: Part) -> &mut ReadPage {
        let mut pages = self.pages.iter_mut();
        pages.find(|page| page.name == part.name()).unwrap()
    }

    /// Changes a cell of the `n`-th row of content.
    fn set(&mut self, part: Part, n: usize, heading: &str, text: &str) -> &mut Self {
        let mut headings = part.headings().iter();
        let column = headings.position(|(known, ..)| *known == heading).unwrap();
        let cells = &mut self.page(part).rows[3 + n].cells;
        cells.resize(part.headings().len(), String::new());
        text.clone_into(&mut cells[column]);
        self
    }

    /// Adds a row; its number.
    fn add(&mut self, part: Part, cells: &[(&str, &str)]) -> u32 {
        let said: HashMap<&str, &str> = cells.iter().copied().collect();
        let row = |heading: &str| said.get(heading).copied().unwrap_or_default().to_owned();
        let cells = part.headings().iter().map(|(heading, ..)| row(heading));
        let page = self.page(part);
        let number = page.rows.last().unwrap().number + 1;
        page.rows.push(files::ReadRow {
            number,
            cells: cells.collect(),
        });
        number
    }

    fn read(&self, history: &History) -> Worked {
        let next = Cell::new(1_000_u128);
        let new_id = || {
            next.set(next.get() + 1);
            Uuid::from_u128(next.get())
        };
        let upload = Upload {
            bytes: Arc::from(Vec::new()),
            from: day(TODAY),
            read_day,
        };
        let history = Arc::new(history.clone());
        let planned = plan::of(
            Arc::clone(&history),
            &self.pages,
            &upload,
            day(TODAY),
            &new_id,
        );
        match planned {
            Ok((steps, faults)) => Worked::decided(&history, &steps, faults, &|_, _| Ok(())),
            Err(faults) => Worked::decided(&history, &[], faults, &|_, _| Ok(())),
        }
    }

    /// What the rows are told, as `sheet row sentence`.
    fn faults(&self, history: &History) -> Vec<String> {
        let worked = self.read(history);
        let faults = worked.preview.faults.iter();
        let faults = faults.map(|fault| {
            let row = fault.row.unwrap_or_default();
            format!("{} {row} {}", fault.sheet, fault.sentence)
        });
        faults.collect()
    }

    /// What it changes, after which it changes nothing more.
    fn changes(&self, history: &History) -> (History, Vec<String>) {
        let worked = self.read(history);
        assert_eq!(worked.preview.faults, []);
        let again = self.read(&worked.history);
        let lines = again.preview.lines.iter().map(|line| &line.sentence);
        assert_eq!(lines.collect::<Vec<_>>(), Vec::<&String>::new());
        let lines = worked.preview.lines.into_iter();
        let said = lines.map(|line| match line.from {
            Some(from) => format!("{from} {}", line.sentence),
            None => line.sentence,
        });
        (worked.history, said.collect())
    }
}

#[test]
fn org_01_an_edited_workbook_says_and_does_what_it_changes() {
    let before = small();
    let mut book = Edited::of(&before);
    book.set(Part::Units, 1, h::UNIT_NAME, "计划财务科")
        .set(Part::Units, 2, h::PARENT, "办公室")
        .set(Part::Units, 2, h::EFFECTIVE, "2026-02-01");
    // Below first: the unit above stands further down.
    book.add(
        Part::Units,
        &[
            (h::UNIT_NAME, "一组"),
            (h::PARENT, "新所"),
            (h::KIND, "机关科室"),
        ],
    );
    book.add(
        Part::Units,
        &[
            (h::UNIT_NAME, "新所"),
            (h::KIND, "局属单位"),
            (h::CODE, "新1"),
        ],
    );
    book.add(Part::Persons, &[(h::NAME, "吴静"), (h::LOGIN, "Wu")]);
    book.add(
        Part::Posts,
        &[
            (h::UNIT, "新1"),
            (h::TITLE, "所长"),
            (h::ROLE, "主要负责人"),
        ],
    );
    book.add(
        Part::Holders,
        &[(h::UNIT, "新所"), (h::TITLE, "所长"), (h::PERSON, "吴静")],
    );
    book.add(
        Part::Holders,
        &[
            (h::UNIT, "计划财务科"),
            (h::TITLE, "科长"),
            (h::PERSON, "李华（lihua）"),
            (h::FROM, "2026-03-01"),
        ],
    );
    book.add(Part::Portfolios, &[(h::UNIT, "新所"), (h::DEPUTY, "周明")]);
    book.add(Part::Domains, &[(h::DOMAIN, "财务"), (h::DEPUTY, "zhou")]);
    let (after, said) = book.changes(&before);
    assert_eq!(
        said,
        [
            "2026-01-20 “财务科”更名为“计划财务科”",
            "2026-02-01 “出纳室”的上级：计划财务科 → 办公室",
            "2026-01-20 设立“一组”（机关科室），上级：新所",
            "2026-01-20 设立“新所”（局属单位），上级：本局",
            "登记吴静（wu）",
            "2026-01-20 设立岗位“新所 所长”（主要负责人），任职：吴静（wu）",
            "2026-03-01 李华（lihua）任“计划财务科 科长”",
            "2026-01-20 “新所”由周明（zhou）分管",
            "2026-01-20 设立业务领域“财务”，由周明（zhou）分管",
        ]
    );
    let then = after.as_of(day("2026-03-01"));
    let finance = then.unit_named("计划财务科").unwrap().id;
    assert_eq!(
        then.person_name(then.first_responsible(finance).unwrap()),
        "李华"
    );
    let cash = then.unit_named("出纳室").unwrap();
    assert_eq!(cash.parent, then.unit_named("办公室").map(|unit| unit.id));
    let group = then.unit_named("一组").unwrap();
    assert_eq!(group.parent, then.unit_named("新所").map(|unit| unit.id));
}

#[test]
fn org_14_ends_and_returns_are_taken_from_the_dates_of_rows() {
    let before = small();
    let mut book = Edited::of(&before);
    book.set(Part::Units, 2, h::LAST, "2026-01-31")
        .set(Part::Units, 2, h::INTO, "办公室")
        .set(Part::Posts, 2, h::LAST, "2026-02-28")
        .set(Part::Holders, 0, h::TO, "2026-01-31")
        .set(Part::Persons, 2, h::LEAVES, "2026-04-01")
        .set(Part::Portfolios, 0, h::TO, "2026-06-30");
    let (after, said) = book.changes(&before);
    assert_eq!(
        said,
        [
            "2026-02-01 “出纳室”并入“办公室”",
            "2026-04-01 李华离岗",
            "2026-03-01 撤销岗位“财务科 科员”",
            "2026-02-01 “办公室 主任”空缺",
            "2026-07-01 “财务科”不再单独分管",
        ]
    );
    let later = after.as_of(day("2026-07-01"));
    assert!(later.portfolios.is_empty());
    assert_eq!(later.posts.len(), 3);
}

#[test]
fn org_01_every_faulty_row_is_told_with_its_number() {
    let before = small();
    let mut book = Edited::of(&before);
    let mut expected: Vec<(Part, u32, &str)> = Vec::new();
    let mut add = |part: Part, cells: &[(&str, &str)], said: &'static str| {
        expected.push((part, book.add(part, cells), said));
    };
    let unit = |name: &'static str, parent: &'static str| {
        [
            (h::UNIT_NAME, name),
            (h::PARENT, parent),
            (h::KIND, "机关科室"),
        ]
    };
    add(
        Part::Units,
        &unit("甲科", "没有的科"),
        "上级单位“没有的科”：没有叫这个名称的单位",
    );
    add(
        Part::Units,
        &unit("乙科", "丙科"),
        "“乙科”与上级“丙科”互相隶属，成了一个圈",
    );
    add(
        Part::Units,
        &unit("丙科", "乙科"),
        "“丙科”与上级“乙科”互相隶属，成了一个圈",
    );
    add(Part::Units, &unit("办公室", ""), "与第 4 行是同一个单位");
    add(
        Part::Units,
        &[(h::UNIT_NAME, "丁科"), (h::KIND, "处室")],
        "类别“处室”无法识别，请填党组织、领导班子",
    );
    add(
        Part::Units,
        &[
            (h::UNIT_NAME, "戊科"),
            (h::KIND, "机关科室"),
            (h::SINCE, "明年"),
        ],
        "设立日“明年”：没有读懂这个日期",
    );
    let foreign = Uuid::from_u128(99).to_string();
    add(
        Part::Units,
        &[
            (h::UNIT_NAME, "己科"),
            (h::KIND, "机关科室"),
            (h::CODE, &foreign),
        ],
        "本局没有这个编号的单位",
    );
    add(
        Part::Units,
        &[
            (h::UNIT_NAME, "庚科"),
            (h::KIND, "机关科室"),
            (h::CODE, "甲1"),
        ],
        "",
    );
    add(
        Part::Units,
        &[
            (h::UNIT_NAME, "辛科"),
            (h::KIND, "机关科室"),
            (h::CODE, "甲1"),
        ],
        "编号“甲1”用了两次",
    );
    add(
        Part::Persons,
        &[(h::NAME, "周二"), (h::LOGIN, "ZHOU")],
        "登录名“zhou”与第 4 行重复",
    );
    add(Part::Persons, &[(h::NAME, "王五")], "姓名和登录名都要写");
    add(
        Part::Posts,
        &[
            (h::UNIT, "财务科"),
            (h::TITLE, "第二科长"),
            (h::ROLE, "主要负责人"),
        ],
        "“财务科”已有主要负责人岗位",
    );
    add(
        Part::Posts,
        &[(h::UNIT, "财务科"), (h::TITLE, "会计"), (h::ROLE, "能手")],
        "岗位职责“能手”无法识别",
    );
    add(
        Part::Holders,
        &[(h::UNIT, "财务科"), (h::TITLE, "科员"), (h::PERSON, "周明")],
        "“财务科”有 2 个岗位叫“科员”，请写岗位编号",
    );
    add(
        Part::Holders,
        &[(h::UNIT, "财务科"), (h::TITLE, "科长"), (h::PERSON, "李华")],
        "有 2 个人叫这个姓名，请写成李华（li）或李华（lihua）",
    );
    add(
        Part::Holders,
        &[(h::UNIT, "财务科"), (h::TITLE, "科长"), (h::PERSON, "赵六")],
        "人员“赵六”：没有这个人",
    );
    add(
        Part::Holders,
        &[
            (h::UNIT, "办公室"),
            (h::TITLE, "主任"),
            (h::PERSON, "周明"),
            (h::FROM, "2026-01-10"),
        ],
        "登记的是自 2026-01-01 起",
    );
    add(Part::Portfolios, &[(h::DEPUTY, "周明")], "“单位”空着");
    let faults = book.faults(&before);
    for (part, row, said) in &expected {
        let at = format!("{} {row} ", part.name());
        let told = faults.iter().filter(|fault| fault.starts_with(&at));
        let told: Vec<&String> = told.collect();
        match *said {
            "" => assert!(told.is_empty(), "{told:?}"),
            said => assert!(
                told.iter().any(|fault| fault.contains(said)),
                "{at}{said}: {told:?}"
            ),
        }
    }
    let told = expected.iter().filter(|(_, _, said)| !said.is_empty());
    assert_eq!(faults.len(), told.count(), "{faults:#?}");
}

#[test]
fn org_01_a_workbook_that_is_older_than_what_happened_is_told_so() {
    let mut before = small();
    let mut book = Edited::of(&before);
    book.set(Part::Units, 0, h::ALIASES, "局办");
    let from = day("2026-01-15");
    for command in [
        OrganisationCommand::Appoint {
            post: PostId(Uuid::from_u128(22)),
            holder: None,
            from,
        },
        OrganisationCommand::RenameUnit {
            unit: UnitId(Uuid::from_u128(3)),
            name: "出纳组".into(),
            from: day("2026-02-01"),
        },
    ] {
        let event = before.decide(command).unwrap();
        before.apply(&event);
    }
    let faults = book.faults(&before);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].contains("登记的是到 2026-01-14 为止"),
        "{faults:?}"
    );
    let later = before.as_of(day("2026-02-01"));
    assert!(later.unit_named("出纳组").is_some(), "a name ahead stays");
}

#[test]
fn org_01_units_of_the_same_name_are_told_apart_by_what_is_above() {
    let bureau = |n, name: &str| match unit(n, name, None) {
        OrganisationCommand::EstablishUnit(unit) => OrganisationCommand::EstablishUnit(Unit {
            kind: UnitKind::Bureau,
            supervision_office: false,
            ..unit
        }),
        other => other,
    };
    let before = history([
        unit(1, "督查科", None),
        bureau(5, "甲县局"),
        bureau(6, "乙县局"),
        unit(7, "路政科", Some(5)),
        unit(8, "路政科", Some(6)),
        person(11, "周明", "zhou"),
        post(21, 8, "科长", Role::Head, Some(11)),
    ]);
    let mut book = Edited::of(&before);
    assert_eq!(book.page(Part::Posts).rows[3].cells[0], "乙县局路政科");
    book.changes(&before);
    book.add(
        Part::Portfolios,
        &[(h::UNIT, "路政科"), (h::DEPUTY, "周明")],
    );
    let faults = book.faults(&before);
    let said = "有 2 个单位叫这个名称，请写成甲县局路政科或乙县局路政科。";
    assert!(faults.len() == 1 && faults[0].contains(said), "{faults:?}");
}

#[test]
fn org_01_the_empty_template_changes_nothing_and_takes_a_whole_bureau() {
    let bytes = files::write_all(&export::empty()).unwrap();
    let pages = files::read_all(&bytes, &Limits::default()).unwrap();
    let mut book = Edited { pages };
    let before = small();
    book.changes(&before);
    book.add(
        Part::Units,
        &[
            (h::UNIT_NAME, "局办"),
            (h::KIND, "机关科室"),
            (h::OFFICE, "是"),
        ],
    );
    book.add(
        Part::Units,
        &[(h::UNIT_NAME, "科技科"), (h::KIND, "机关科室")],
    );
    book.add(Part::Persons, &[(h::NAME, "=1+1"), (h::LOGIN, "+a")]);
    for code in ["甲", "乙"] {
        book.add(
            Part::Posts,
            &[
                (h::UNIT, "科技科"),
                (h::TITLE, "@科员"),
                (h::ROLE, "承办人"),
                (h::CODE, code),
            ],
        );
    }
    book.add(Part::Holders, &[(h::POST_CODE, "乙"), (h::PERSON, "=1+1")]);
    let (after, said) = book.changes(&History::default());
    assert_eq!(said.len(), 6, "{said:?}");
    // What begins like a formula goes out as text and comes back as it was.
    let bytes = files::write_all(&export::pages(&after, day(TODAY))).unwrap();
    let mut book = Edited {
        pages: files::read_all(&bytes, &Limits::default()).unwrap(),
    };
    assert_eq!(book.page(Part::Persons).rows[3].cells, ["=1+1", "+a"]);
    assert_eq!(book.changes(&after).1, Vec::<String>::new());
}

const UNITS: u128 = 6;
const PERSONS: u128 = 4;

fn on(n: i64) -> NaiveDate {
    day("2026-01-01") + TimeDelta::days(n)
}

/// Any command on six units, four persons and ten posts, on days before and after the export.
fn command() -> impl Strategy<Value = OrganisationCommand> {
    let unit = || (1..=UNITS).prop_map(|n| UnitId(Uuid::from_u128(n)));
    let person = || (101..=100 + PERSONS).prop_map(|n| PersonId(Uuid::from_u128(n)));
    let post = || (10u128..20).prop_map(|n| PostId(Uuid::from_u128(n)));
    let domain = || (30u128..32).prop_map(|n| DomainId(Uuid::from_u128(n)));
    let from = || (0i64..40).prop_map(on);
    prop_oneof![
        (unit(), proptest::option::of(unit()), from()).prop_map(|(unit, parent, from)| {
            OrganisationCommand::MoveUnit {
                unit,
                parent,
                position: 7,
                from,
            }
        }),
        (unit(), 1u8..6, from()).prop_map(|(unit, n, from)| OrganisationCommand::RenameUnit {
            unit,
            name: format!("新{n}科"),
            from,
        }),
        (unit(), 1u8..4).prop_map(|(unit, n)| OrganisationCommand::SetAliases {
            unit,
            aliases: vec![format!("别名{n}"), format!("又名{n}")],
        }),
        (unit(), unit(), from()).prop_map(|(unit, into, from)| OrganisationCommand::MergeUnit {
            unit,
            into,
            from,
            open_items: 0,
        }),
        (unit(), from()).prop_map(|(unit, last)| OrganisationCommand::CloseUnit {
            unit,
            last,
            open_items: 0,
        }),
        (10u128..20, unit(), proptest::option::of(person()), from()).prop_map(
            |(n, unit, holder, valid_from)| OrganisationCommand::CreatePost(Post {
                id: PostId(Uuid::from_u128(n)),
                unit,
                title: "科员".into(),
                role: Role::Contact,
                holder,
                position: 0,
                valid_from,
            })
        ),
        (post(), proptest::option::of(person()), from())
            .prop_map(|(post, holder, from)| OrganisationCommand::Appoint { post, holder, from }),
        (post(), from()).prop_map(|(post, last)| OrganisationCommand::ClosePost { post, last }),
        (unit(), person(), from()).prop_map(|(unit, deputy, valid_from)| {
            OrganisationCommand::AssignPortfolio(Portfolio {
                unit,
                deputy,
                valid_from,
            })
        }),
        (unit(), from()).prop_map(|(unit, from)| OrganisationCommand::EndPortfolio { unit, from }),
        (domain(), proptest::option::of(person()), from()).prop_map(|(id, deputy, valid_from)| {
            OrganisationCommand::EstablishDomain(Domain {
                id,
                name: format!("领域{id}"),
                deputy,
                valid_from,
            })
        }),
        (domain(), proptest::option::of(person()), from()).prop_map(|(domain, deputy, from)| {
            OrganisationCommand::AssignDomain {
                domain,
                deputy,
                from,
            }
        }),
        from().prop_map(|from| OrganisationCommand::ReleaseSupervisionOffice {
            from,
            open_tasks: 0
        }),
        (unit(), from())
            .prop_map(|(unit, from)| OrganisationCommand::SetSupervisionOffice { unit, from }),
        (person(), from()).prop_map(|(person, from)| OrganisationCommand::Leave {
            person,
            from,
            open_items: 0,
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn org_01_an_export_that_nobody_edited_changes_nothing(
        commands in proptest::collection::vec(command(), 1..40),
    ) {
        let units = (1..=UNITS).map(|n| unit(n, &format!("第{n}科"), None));
        // Two of them have the same name.
        let persons = (1..=PERSONS).map(|n| {
            person(100 + n, &format!("人{}", n / 2), &format!("p{n}"))
        });
        let mut known = history(units.chain(persons));
        for command in commands {
            if let Ok(event) = known.decide(command) {
                known.apply(&event);
            }
        }
        let worked = Edited::of(&known).read(&known);
        prop_assert_eq!(worked.preview.faults, Vec::new());
        prop_assert_eq!(worked.preview.lines, Vec::new());
        prop_assert_eq!(worked.events, Vec::new());
    }
}
