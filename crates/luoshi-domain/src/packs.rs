//! Mechanism packs: what one source plan sets as data (SYS-06).
//!
//! A pack is a list of sections of entries; each entry names the clause it comes from, and says so
//! when the number is a default of ours. Parsing and embedding are not done here.

mod lines;
mod sets;

use serde::{Deserialize, Serialize};

use crate::campaigns::Campaign;
use crate::limits::LimitPolicy;
use crate::lists::ListTemplate;
use crate::rosters::NeedKind;

pub use lines::{Difference, Line, allowance, difference, step};
pub use sets::{Edition, PACK_LIMIT, PackCommand, PackEvent, PackSet};

/// Which source plan a pack configures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackKey {
    W,
    C,
    E,
    T1,
    T2,
    T3,
    T4,
    T5,
    P,
}

impl PackKey {
    pub const ALL: [Self; 9] = [
        Self::W,
        Self::C,
        Self::E,
        Self::T1,
        Self::T2,
        Self::T3,
        Self::T4,
        Self::T5,
        Self::P,
    ];

    /// As in file names and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::W => "w",
            Self::C => "c",
            Self::E => "e",
            Self::T1 => "t1",
            Self::T2 => "t2",
            Self::T3 => "t3",
            Self::T4 => "t4",
            Self::T5 => "t5",
            Self::P => "p",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    /// As in citations.
    pub fn sign(self) -> &'static str {
        match self {
            Self::W => "W",
            Self::C => "C",
            Self::E => "E",
            Self::T1 => "T1",
            Self::T2 => "T2",
            Self::T3 => "T3",
            Self::T4 => "T4",
            Self::T5 => "T5",
            Self::P => "P",
        }
    }
}

/// Where an entry comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    /// The pack's sign and the path in its document, e.g. `C 三/(三)`.
    pub clause: String,
    /// A few words as they stand there; may be empty.
    pub quote: String,
    /// Whether the source gives no number or wording, and this is a default of ours.
    pub default: bool,
}

/// What one source plan sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    pub key: PackKey,
    /// What the plan is about.
    pub title: String,
    /// Counts the editions of the file that ships with the program.
    pub edition: u32,
    pub origins: Vec<Word>,
    pub grades: Vec<Word>,
    pub roles: Vec<Role>,
    pub bodies: Vec<Body>,
    pub tiers: Vec<Tier>,
    pub responsibilities: Vec<Responsibility>,
    pub policies: Vec<LimitPolicy>,
    pub leads: Vec<Lead>,
    /// Origins whose work is reported upwards, and how often (LEDGER-11).
    pub cadences: Vec<CadenceWanted>,
    /// What each unit has to name (ORG-08, 11).
    pub rosters: Vec<RosterWanted>,
    /// What leaders have to do in person (ORG-09).
    pub acts: Vec<Word>,
    /// How people are trained, and in what (ORG-12).
    pub training_forms: Vec<Word>,
    pub training_subjects: Vec<Word>,
    /// Campaigns with their phases (CAMP-01).
    pub campaigns: Vec<Campaign>,
    /// Tables that tasks of the pack's origins have to have (LEDGER-06, 07).
    pub sheets: Vec<SheetWanted>,
    /// Lists and ledgers that are kept (LEDGER-12).
    pub lists: Vec<ListTemplate>,
}

/// That work of an origin is reported upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CadenceWanted {
    /// The origin's key.
    pub key: String,
    /// Calendar days between two reports; `None` where it is set for each item.
    pub days: Option<u32>,
    pub cited: Cited,
}

/// A roster that the plan asks each unit to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterWanted {
    pub key: String,
    pub label: String,
    /// Month and day of the last day; `None` where the plan names none.
    pub due: Option<(u32, u32)>,
    pub needs: Vec<NeedWanted>,
    pub cited: Cited,
}

/// One thing that a roster asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedWanted {
    pub key: String,
    pub label: String,
    pub what: NeedKind,
    pub min: u32,
    pub max: Option<u32>,
    pub cited: Cited,
}

/// An entry of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Stable name, as stored.
    pub key: String,
    pub label: String,
    /// Of an origin: the keys of those of other packs that it is a part of (SRC-03).
    pub same_as: Vec<String>,
    pub cited: Cited,
}

/// A role to appoint somebody to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub key: String,
    pub label: String,
    pub holder: String,
    pub duty: String,
    pub cited: Cited,
}

/// A body that the plan sets up (ORG-07); empty where the plan does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    pub key: String,
    pub label: String,
    /// How many of them.
    pub count: u32,
    pub head: String,
    pub deputies: String,
    pub members: String,
    pub office: String,
    pub duty: String,
    /// Whether there is one for each unit.
    pub each_unit: bool,
    pub cited: Cited,
}

/// A tier of people with requirements of its own (ORG-13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    pub key: String,
    pub label: String,
    pub requirements: Vec<String>,
    pub cited: Cited,
}

/// Who bears what in one field (POWER-11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    pub key: String,
    /// Finance, personnel, projects.
    pub field: String,
    pub holder: String,
    pub bears: String,
    pub cited: Cited,
}

/// A table that a task has to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetWanted {
    pub kind: SheetKind,
    pub label: String,
    pub cited: Cited,
}

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SheetKind {
    /// “四合一”清单
    FourInOne,
    /// 工作矩阵图
    Matrix,
}

impl SheetKind {
    pub const ALL: [Self; 2] = [Self::FourInOne, Self::Matrix];

    /// As in packs.
    pub fn key(self) -> &'static str {
        match self {
            Self::FourInOne => "four_in_one",
            Self::Matrix => "matrix",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

/// A number that decides from when on something is said (TIME-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    pub key: LeadKey,
    pub value: u32,
    pub cited: Cited,
}

/// What a [`Lead`] is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeadKey {
    /// Calendar days before a limit.
    DueSoonDays,
    /// Percentage points behind the schedule.
    BehindPoints,
    /// Percentage points behind the schedule that are far.
    RedPoints,
    /// Calendar days that a light which was red stays yellow after catching up.
    RecoveryDays,
    /// Calendar days without a report after the receipt.
    NoReportDays,
    /// Workdays that a leader has to answer a blocker.
    AnswerWorkdays,
    /// Workdays that a unit has to acknowledge a supervision notice.
    AcknowledgeWorkdays,
    /// Workdays that a rectification takes unless the notice says otherwise.
    RectifyWorkdays,
    /// Calendar days in which a unit may appeal.
    AppealDays,
    /// Workdays in which an appeal is decided.
    ReviewWorkdays,
    /// Workdays after the end of a quarter by which ledgers are filed; 0 for its last workday.
    FilingWorkdays,
    /// Calendar days before a report is due.
    ReportSoonDays,
}

impl LeadKey {
    pub const ALL: [Self; 12] = [
        Self::DueSoonDays,
        Self::BehindPoints,
        Self::RedPoints,
        Self::RecoveryDays,
        Self::NoReportDays,
        Self::AnswerWorkdays,
        Self::AcknowledgeWorkdays,
        Self::RectifyWorkdays,
        Self::AppealDays,
        Self::ReviewWorkdays,
        Self::FilingWorkdays,
        Self::ReportSoonDays,
    ];

    /// As in packs.
    pub fn key(self) -> &'static str {
        match self {
            Self::DueSoonDays => "due_soon_days",
            Self::BehindPoints => "behind_points",
            Self::RedPoints => "red_points",
            Self::RecoveryDays => "recovery_days",
            Self::NoReportDays => "no_report_days",
            Self::AnswerWorkdays => "answer_workdays",
            Self::AcknowledgeWorkdays => "acknowledge_workdays",
            Self::RectifyWorkdays => "rectify_workdays",
            Self::AppealDays => "appeal_days",
            Self::ReviewWorkdays => "review_workdays",
            Self::FilingWorkdays => "filing_workdays",
            Self::ReportSoonDays => "report_soon_days",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::DueSoonDays => "临期提前天数",
            Self::BehindPoints => "序时进度落后百分点",
            Self::AnswerWorkdays => "领导答复卡点的工作日数",
            Self::RedPoints => "序时进度落后多少百分点亮红灯",
            Self::RecoveryDays => "红灯赶上后黄灯保持天数",
            Self::NoReportDays => "签收后多少天没有反馈要提醒",
            Self::AcknowledgeWorkdays => "签收督办通知书的工作日数",
            Self::RectifyWorkdays => "督办通知书整改的工作日数",
            Self::AppealDays => "可以申诉的天数",
            Self::ReviewWorkdays => "答复申诉的工作日数",
            Self::ReportSoonDays => "应报日前几天提醒上报",
            Self::FilingWorkdays => "季度结束后几个工作日内上报台账（0 为季度最后一个工作日）",
        }
    }

    /// What it may be.
    pub fn range(self) -> std::ops::RangeInclusive<u32> {
        match self {
            Self::DueSoonDays | Self::NoReportDays | Self::RecoveryDays => 0..=90,
            Self::BehindPoints | Self::RedPoints => 1..=100,
            Self::AnswerWorkdays
            | Self::AcknowledgeWorkdays
            | Self::RectifyWorkdays
            | Self::ReviewWorkdays => 1..=60,
            Self::AppealDays => 1..=180,
            Self::FilingWorkdays | Self::ReportSoonDays => 0..=30,
        }
    }
}
