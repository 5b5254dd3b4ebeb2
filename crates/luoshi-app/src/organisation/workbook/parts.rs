//! The sheets of the workbook: their names, their columns, and what they mean.

use luoshi_documents::workbook::{Column, Page, Sheet};
use luoshi_domain::organisation::{Role, UnitKind};

use crate::organisation::sentences;

/// The sheet with the explanations; it also says of which day the workbook is.
pub(super) const NOTES: &str = "说明";

/// The line of the explanations that gives the day.
pub(super) const DAY_LINE: &str = "数据日期";

/// What a mark in a cell says.
pub(super) const YES: &str = "是";

/// Rows below the last one that are ready to be filled in.
const SPARE: u32 = 500;

/// The sheets with content, in the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Units,
    Persons,
    Posts,
    Holders,
    Portfolios,
    Domains,
}

/// A column's heading, its width in characters and what is written into it.
type Heading = (&'static str, u16, &'static str);

pub(super) mod headings {
    //! The headings that are looked up.

    pub(in super::super) const CODE: &str = "编号";
    pub(in super::super) const UNIT_NAME: &str = "单位名称";
    pub(in super::super) const PARENT: &str = "上级单位";
    pub(in super::super) const KIND: &str = "类别";
    pub(in super::super) const ALIASES: &str = "别名";
    pub(in super::super) const OFFICE: &str = "督查办";
    pub(in super::super) const POSITION: &str = "次序";
    pub(in super::super) const SINCE: &str = "设立日";
    pub(in super::super) const EFFECTIVE: &str = "更改生效日";
    pub(in super::super) const LAST: &str = "最后一日";
    pub(in super::super) const INTO: &str = "并入单位";
    pub(in super::super) const LOGIN: &str = "登录名";
    pub(in super::super) const NAME: &str = "姓名";
    pub(in super::super) const LEAVES: &str = "离岗日";
    pub(in super::super) const UNIT: &str = "单位";
    pub(in super::super) const TITLE: &str = "岗位名称";
    pub(in super::super) const ROLE: &str = "岗位职责";
    pub(in super::super) const POST_CODE: &str = "岗位编号";
    pub(in super::super) const PERSON: &str = "人员";
    pub(in super::super) const FROM: &str = "自";
    pub(in super::super) const TO: &str = "至";
    pub(in super::super) const DEPUTY: &str = "分管领导";
    pub(in super::super) const DOMAIN: &str = "业务领域";
}

use headings as h;

const CODE_SAID: &str =
    "系统给的，请勿改动。新增的行留空；别的表要指到它时，可以自己写一个短号，例如“新1”。";

const TO_SAID: &str = "最后一天；一直到下一次变动为止的留空。登记过的止日请照写。";

const UNITS: &[Heading] = &[
    (
        h::UNIT_NAME,
        26,
        "全称。改了名称就是更名，从更改生效日起；同一个局之内不能重名。",
    ),
    (
        h::PARENT,
        20,
        "写单位名称；重名时写“上级名称+单位名称”，或写编号。最上层留空。",
    ),
    (
        h::KIND,
        11,
        "党组织、领导班子、机关科室、局属单位、下级局之一；设立后不能改。",
    ),
    (h::ALIASES, 22, "公文里的其他叫法，用顿号隔开。"),
    (h::OFFICE, 8, "牵头督查的那一个单位写“是”，全局只有一个。"),
    (
        h::POSITION,
        7,
        "在同级中排第几，写整数；新设的留空则排在最后。",
    ),
    (
        h::SINCE,
        13,
        "新设的写设立日，留空为上传时选的生效日；已有的请勿改动。",
    ),
    (
        h::EFFECTIVE,
        13,
        "更名、调整上级等从哪一天起；留空为上传时选的生效日。",
    ),
    (
        h::LAST,
        13,
        "要撤销的写最后一天；还有在办事项或下属单位的不能撤销。",
    ),
    (
        h::INTO,
        20,
        "撤销时并入哪个单位；有在办事项的，请在单位页面上办并入。",
    ),
    (h::CODE, 34, CODE_SAID),
];

const PERSONS: &[Heading] = &[
    (h::NAME, 14, "登记后不在这里改。"),
    (h::LOGIN, 18, "全局不重复，认人以它为准；字母不分大小写。"),
    (
        h::LEAVES,
        13,
        "不再在岗的第一天；手上还有事项的，请先办离岗交接。",
    ),
];

const POSTS: &[Heading] = &[
    (
        h::UNIT,
        24,
        "写法同“上级单位”；已有的岗位不能换单位，撤销后另设。",
    ),
    (h::TITLE, 18, "例如科长；已有的岗位不能改名称，撤销后另设。"),
    (
        h::ROLE,
        13,
        "从下拉中选；一个单位只有一个主要负责人，就是第一责任人。",
    ),
    (
        h::POSITION,
        7,
        "在单位中排第几，写整数；新设的留空则排在最后。",
    ),
    (
        h::SINCE,
        13,
        "新设的写设立日，留空为上传时选的生效日；已有的请勿改动。",
    ),
    (h::LAST, 13, "要撤销的写最后一天。"),
    (h::CODE, 34, CODE_SAID),
];

const HOLDERS: &[Heading] = &[
    (h::UNIT, 24, "岗位所在的单位。"),
    (
        h::TITLE,
        18,
        "岗位名称；单位里有几个同名岗位时必须写岗位编号。",
    ),
    (
        h::PERSON,
        24,
        "写姓名；重名时写成“姓名（登录名）”。空缺的岗位不用写行。",
    ),
    (
        h::FROM,
        13,
        "任职的第一天；换人时另起一行，写接任的人和接任的那一天。",
    ),
    (h::TO, 13, TO_SAID),
    (
        h::POST_CODE,
        34,
        "“岗位”表里的编号，或者在那里自己写的短号。",
    ),
];

const PORTFOLIOS: &[Heading] = &[
    (
        h::UNIT,
        24,
        "分管的单位，连同它下面的单位；写法同“上级单位”。",
    ),
    (h::DEPUTY, 24, "写法同“任职”表的人员。"),
    (h::FROM, 13, "分管的第一天；换人时另起一行。"),
    (h::TO, 13, TO_SAID),
];

const DOMAINS: &[Heading] = &[
    (h::DOMAIN, 24, "例如财务。没有的就新设，从“自”那一天起。"),
    (
        h::DEPUTY,
        24,
        "写法同“任职”表的人员；还没有分管领导的留空。",
    ),
    (h::FROM, 13, "分管的第一天；换人时另起一行。"),
    (h::TO, 13, TO_SAID),
];

impl Part {
    pub(super) const ALL: [Self; 6] = [
        Self::Units,
        Self::Persons,
        Self::Posts,
        Self::Holders,
        Self::Portfolios,
        Self::Domains,
    ];

    /// The sheet's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Units => "单位",
            Self::Persons => "人员",
            Self::Posts => "岗位",
            Self::Holders => "任职",
            Self::Portfolios => "分管",
            Self::Domains => "业务领域",
        }
    }

    pub(super) fn headings(self) -> &'static [Heading] {
        match self {
            Self::Units => UNITS,
            Self::Persons => PERSONS,
            Self::Posts => POSTS,
            Self::Holders => HOLDERS,
            Self::Portfolios => PORTFOLIOS,
            Self::Domains => DOMAINS,
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Units => "每个单位一行。",
            Self::Persons => "每个人一行，离岗的也在。",
            Self::Posts => "每个岗位一行，空缺的也在。",
            Self::Holders => "谁在哪一段时间任哪个岗位，一段一行。",
            Self::Portfolios => "哪位领导在哪一段时间分管哪个单位，一段一行。",
            Self::Domains => "不按单位而按业务分的领域，分管的每一段一行。",
        }
    }

    /// The sheet with these rows, one text for each heading.
    pub(super) fn page(self, rows: Vec<Vec<String>>) -> Page {
        let columns = self.headings().iter().map(|(heading, width, _)| Column {
            heading: (*heading).into(),
            width: *width,
            choices: choices(heading),
            quiet: matches!(*heading, h::CODE | h::POST_CODE),
        });
        Page {
            name: self.name(),
            sheet: Sheet {
                title: format!("{}　{} 行", self.name(), rows.len()),
                note: format!("{}各栏怎么填见“{NOTES}”。", self.said()),
                columns: columns.collect(),
                rows,
            },
            spare: SPARE,
        }
    }
}

fn choices(heading: &str) -> Vec<&'static str> {
    match heading {
        h::KIND => KINDS.map(sentences::unit_kind).to_vec(),
        h::ROLE => ROLES.map(sentences::role).to_vec(),
        h::OFFICE => vec![YES],
        _ => Vec::new(),
    }
}

/// The sheet with the explanations. `day` is that of the content, none in a template.
pub(super) fn notes(day: &str) -> Page {
    let column = |heading: &'static str, width| Column {
        heading: heading.into(),
        width,
        ..Column::default()
    };
    let line = |part: &str, what: &str, said: &str| {
        vec![part.to_owned(), what.to_owned(), said.to_owned()]
    };
    let mut rows = vec![
        line(DAY_LINE, "", day),
        line(
            "怎么用",
            "",
            "改好后仍存为 .xlsx，在“机构”页面上传；先看一遍要变什么，确认后才生效。",
        ),
        line(
            "",
            "",
            "有一处填错就一处也不生效，页面会说明是哪张表的第几行。",
        ),
        line(
            "",
            "",
            "删掉一行不等于撤销：表里没有的单位、岗位、人员和任职都保持原样。",
        ),
        line(
            "",
            "",
            "撤销、离岗、卸任都要写上日期；把登记过的日期清空也不会取消它。",
        ),
        line(
            "",
            "",
            "日期写成 2026-07-31；表头和表名请勿改动，栏的次序可以改。",
        ),
    ];
    for part in Part::ALL {
        let columns = part.headings().iter();
        rows.extend(columns.map(|(heading, _, said)| line(part.name(), heading, said)));
    }
    Page {
        name: NOTES,
        sheet: Sheet {
            title: "机构总表　说明".into(),
            note: "单位、人员、岗位、任职、分管和业务领域各一张表。".into(),
            columns: vec![column("表", 12), column("栏", 14), column("怎么填", 86)],
            rows,
        },
        spare: 0,
    }
}

const KINDS: [UnitKind; 5] = [
    UnitKind::PartyGroup,
    UnitKind::Leadership,
    UnitKind::Section,
    UnitKind::Subordinate,
    UnitKind::Bureau,
];

const ROLES: [Role; 14] = [
    Role::Principal,
    Role::Deputy,
    Role::Head,
    Role::Contact,
    Role::Handler,
    Role::Reviewer,
    Role::Discipline,
    Role::Personnel,
    Role::Finance,
    Role::Investment,
    Role::Publicity,
    Role::SystemAdministrator,
    Role::SecurityAdministrator,
    Role::Auditor,
];

/// The kind that a cell names.
pub(super) fn kind(text: &str) -> Result<UnitKind, String> {
    let known = KINDS.into_iter();
    let mut known = known.filter(|kind| sentences::unit_kind(*kind) == text);
    known.next().ok_or_else(|| {
        let all = KINDS.map(sentences::unit_kind).join("、");
        format!("类别“{text}”无法识别，请填{all}之一。")
    })
}

/// The role that a cell names.
pub(super) fn role(text: &str) -> Result<Role, String> {
    let known = ROLES.into_iter();
    let mut known = known.filter(|role| sentences::role(*role) == text);
    known.next().ok_or_else(|| {
        let all = ROLES.map(sentences::role).join("、");
        format!("岗位职责“{text}”无法识别，请填{all}之一。")
    })
}
