//! Reports that fall due again and again (LEDGER-11), and what was filed for each.
//!
//! The lead unit's report is the filing; nothing is typed twice. A report made after the due before
//! and by the due fulfils it; one that comes later is late; where none came it is missing. While the
//! work is on course and proven no report is asked for: then what falls due is lifted, except for
//! work that the bureau reports upwards, which may be filed in one act from the last report.
//!
//! All of it is computed from what was set and reported; nobody sets how a due stands.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::cadence::{Cadence, Still};
use crate::calendar::local_day;
use crate::context::Context;
use crate::ids::PersonId;
use crate::journal::Signed;
use crate::lights::Leads;
use crate::refusals::Refusal;
use crate::tasks::commands::{optional_text, required_text};
use crate::tasks::{Task, TaskEvent, TaskState};
use crate::trajectories::whole;

const RULE: &str = "LEDGER-11";

/// How often a task's lead unit reports, and what it reported since that was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporting {
    pub cadence: Cadence,
    /// Whether it is due however well the work goes: the bureau reports it upwards.
    pub always: bool,
    /// Whether the number is a pack's default, and nobody chose it.
    pub default: bool,
    /// The stretches of days over which reports fall due, in their order; the last one may last.
    pub stretches: Vec<Stretch>,
    /// In the order they came.
    pub reports: Vec<Report>,
    /// Dues that passed while no report was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<NaiveDate>,
}

/// Days over which reports fall due in one cadence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub cadence: Cadence,
    /// Day 0.
    pub from: NaiveDate,
    /// From this day on nothing of it falls due; none while it lasts.
    pub until: Option<NaiveDate>,
}

/// A report as the filing of what was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub at: DateTime<Utc>,
    pub by: PersonId,
    /// The version that it made of the task: its place in the journal.
    pub version: i64,
    /// Whole percent as reported.
    pub progress: u8,
    /// The version of the report whose words it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<i64>,
    /// Whether it was sent back by the day it was due for, so that it fulfils nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

/// What a report is due on one day, and how that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filing {
    /// The last day, inclusive.
    pub due: NaiveDate,
    /// The due before it, or the day they are counted from.
    pub after: NaiveDate,
    pub standing: FilingStanding,
}

/// How a due stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilingStanding {
    /// Not past, and nothing reported for it; days left, 0 on the last day.
    Open {
        left: i64,
    },
    /// As [`FilingStanding::Open`], and the clock stands still.
    Still,
    InTime(Report),
    /// Reported days after it.
    Late {
        report: Report,
        days: i64,
    },
    /// Past, and nothing reported since; days past.
    Missing {
        days: i64,
    },
    /// No report was or is asked for: the work was on course, with evidence.
    Lifted,
}

/// Where a task's filings stand as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskFiling {
    Missing,
    Late,
    Filed,
    /// Nothing has fallen due, or nothing was asked for.
    NotYet,
}

impl TaskFiling {
    pub const ALL: [Self; 4] = [Self::Missing, Self::Late, Self::Filed, Self::NotYet];

    /// As in addresses and in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Late => "late",
            Self::Filed => "filed",
            Self::NotYet => "not_yet",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }

    /// How the latest due that is past stands, and with it the task.
    pub fn of(filings: &[Filing]) -> Self {
        let missing = |filing: &Filing| matches!(filing.standing, FilingStanding::Missing { .. });
        if filings.iter().any(missing) {
            return Self::Missing;
        }
        let mut latest_first = filings.iter().rev();
        let last = latest_first.find_map(|filing| match filing.standing {
            FilingStanding::InTime(_) => Some(Self::Filed),
            FilingStanding::Late { .. } => Some(Self::Late),
            FilingStanding::Missing { .. } => Some(Self::Missing),
            FilingStanding::Open { .. } | FilingStanding::Still | FilingStanding::Lifted => None,
        });
        last.unwrap_or(Self::NotYet)
    }
}

impl Report {
    /// The local day.
    pub fn day(&self) -> NaiveDate {
        local_day(self.at)
    }
}

impl Stretch {
    fn has(&self, due: NaiveDate) -> bool {
        self.until.is_none_or(|until| due < until)
    }

    /// Each due with the day behind which a report is for it.
    fn windows(&self, stills: &[Still]) -> impl Iterator<Item = (Option<NaiveDate>, NaiveDate)> {
        let mut before = None;
        let dues = self.cadence.dues(self.from, stills);
        dues.map(move |due| (before.replace(due), due))
    }
}

/// Whether a report of `day` is for what is due behind `before`, from `from` on.
fn is_behind(day: NaiveDate, before: Option<NaiveDate>, from: NaiveDate) -> bool {
    before.map_or(day >= from, |before| day > before)
}

impl Task {
    /// The day by which the lead unit has to report next, or should have; nothing where no report
    /// falls due, or the clock stands still. `behind_points` says when it is on course, see
    /// [`Task::rests_until`].
    ///
    /// It does not depend on today: what it says holds until something happens to the task.
    pub fn report_due(&self, behind_points: i64) -> Option<NaiveDate> {
        let rests = self.rests_until(behind_points);
        let due = self.unreported(rests)?.1;
        let still = self.paused_since().is_some_and(|since| since <= due);
        (!still).then_some(due)
    }

    /// Whether the report that is owed is past its day.
    pub fn is_report_missing(&self, today: NaiveDate, leads: &Leads) -> bool {
        let due = self.report_due(leads.behind_points.value);
        due.is_some_and(|due| due < today)
    }

    /// The first due that nothing was reported for and that is later than `rests`, with the day
    /// behind which it is reported.
    fn unreported(&self, rests: Option<NaiveDate>) -> Option<(Option<NaiveDate>, NaiveDate)> {
        let reporting = self.reporting.as_deref()?;
        let stretch = reporting.stretches.last()?;
        if stretch.until.is_some() {
            return None;
        }
        let last = reporting.reports.iter().rev().find(|report| !report.void);
        let last = last.map(Report::day);
        let stills = self.stills(stretch.from, None);
        let mut windows = stretch.windows(&stills);
        windows.find(|(before, due)| {
            let reported = last.is_some_and(|day| is_behind(day, *before, stretch.from));
            !reported && rests.is_none_or(|rests| *due > rests)
        })
    }

    /// The last day on which no report is asked for as things stand: the last report had evidence,
    /// and the work is at most `behind_points` behind on it. Nothing for what is reported upwards.
    pub fn rests_until(&self, behind_points: i64) -> Option<NaiveDate> {
        let reporting = self.reporting.as_deref()?;
        let report = self.last_feedback.as_ref()?;
        if reporting.always || report.sent_back || report.evidence.is_empty() {
            return None;
        }
        let (first, limit) = (local_day(report.at), self.details.limit?);
        let facts = self.facts();
        let on_course = |day: NaiveDate| {
            let expected = facts.expected(day).map(whole).map_or(0, i64::from);
            expected - i64::from(self.progress) <= behind_points
        };
        let days = u64::try_from((limit - first).num_days()).ok()?;
        if !self.is_under_way() || !on_course(first) {
            return None;
        }
        // What is expected never sinks, so that the days on course come first.
        let (mut on, mut off) = (0, days + 1);
        while off - on > 1 {
            let middle = on + (off - on) / 2;
            match first.checked_add_days(Days::new(middle)) {
                Some(day) if on_course(day) => on = middle,
                _ => off = middle,
            }
        }
        first.checked_add_days(Days::new(on))
    }

    /// Every due up to `today` and the one that comes next, oldest first, by what was reported by
    /// the end of that day.
    pub fn filings(&self, today: NaiveDate, behind_points: i64) -> Vec<Filing> {
        let Some(reporting) = self.reporting.as_deref() else {
            return Vec::new();
        };
        let rests = self.rests_until(behind_points);
        let known = reporting.reports.iter();
        let known = known.filter(|report| !report.void && report.day() <= today);
        let reports: Vec<&Report> = known.collect();
        let still = self.paused_since().filter(|since| *since <= today);
        let mut filings = Vec::new();
        for stretch in &reporting.stretches {
            let stills = self.stills(stretch.from, Some(today));
            for (before, due) in stretch.windows(&stills) {
                if !stretch.has(due) || stretch.from > today {
                    break;
                }
                let mut own = reports
                    .iter()
                    .filter(|report| is_behind(report.day(), before, stretch.from));
                let standing = match own.next() {
                    _ if reporting.lifted.contains(&due) => FilingStanding::Lifted,
                    Some(report) if report.day() <= due => FilingStanding::InTime(**report),
                    Some(report) => FilingStanding::Late {
                        report: **report,
                        days: (report.day() - due).num_days(),
                    },
                    None if rests.is_some_and(|rests| due <= rests) => FilingStanding::Lifted,
                    None if still.is_some_and(|since| since <= due) => FilingStanding::Still,
                    None if due < today => FilingStanding::Missing {
                        days: (today - due).num_days(),
                    },
                    None => FilingStanding::Open {
                        left: (due - today).num_days(),
                    },
                };
                filings.push(Filing {
                    due,
                    after: before.unwrap_or(stretch.from),
                    standing,
                });
                if due > today {
                    break;
                }
            }
        }
        filings
    }

    /// Whether the bureau reports it upwards (LEDGER-11).
    pub fn is_filed_upwards(&self) -> bool {
        self.reporting.as_deref().is_some_and(|known| known.always)
    }

    /// The cadence that was set, where reports are asked for at all.
    pub fn cadence(&self) -> Option<Cadence> {
        let cadence = self.reporting.as_deref()?.cadence;
        (cadence != Cadence::Never).then_some(cadence)
    }

    /// Pauses from `from` on that are over by `until`, or that last on it.
    fn stills(&self, from: NaiveDate, until: Option<NaiveDate>) -> Vec<Still> {
        let pauses = self.pauses.iter().filter_map(|pause| {
            let end = match (pause.until, until) {
                (Some(end), _) => end,
                // While it lasts it moves what is due by the day.
                (None, until) => until?,
            };
            let since = pause.since.max(from);
            let days = u64::try_from((end - since).num_days()).ok()?;
            (days > 0).then_some(Still { since, days })
        });
        pauses.collect()
    }

    /// Whether reports can fall due: it is issued, and no closing is being decided.
    fn is_on_duty(&self) -> bool {
        let issued = matches!(
            self.state,
            TaskState::Issued
                | TaskState::Accepted
                | TaskState::InProgress
                | TaskState::Supervising
        );
        issued && self.closing().is_none()
    }

    pub(super) fn decide_cadence(
        &self,
        cadence: Cadence,
        reason: String,
        ctx: &Context<'_>,
    ) -> Result<TaskEvent, Refusal> {
        if let Cadence::Days(days) = cadence
            && Cadence::every(days).is_none()
        {
            let sentence = "上报间隔请填 1 至 366 天，或每周、每月、每季。";
            return Err(Refusal::input("cadence", RULE, sentence));
        }
        let known = self.reporting.as_deref();
        let stays = match known {
            Some(known) => known.cadence == cadence && !known.default,
            None => self.details.cadence == Some(cadence),
        };
        if stays {
            let sentence = "上报间隔没有变动。";
            return Err(Refusal::state("cadence_unchanged", RULE, sentence));
        }
        let reason = match self.issued_at {
            Some(_) => {
                let sentence = "已下达的事项改上报间隔，请写明理由。";
                required_text("reason", RULE, sentence, reason)?
            }
            None => optional_text("reason", reason)?,
        };
        Ok(TaskEvent::CadenceSet {
            cadence,
            always: ctx.leads.files_upwards(&self.details.category),
            default: false,
            reason,
        })
    }

    /// How often reports fall due from the issue on, written down with it; nothing where none do.
    pub(super) fn cadence_with(&self, event: &TaskEvent, ctx: &Context<'_>) -> Option<TaskEvent> {
        if !matches!(event, TaskEvent::Issued { .. }) {
            return None;
        }
        let category = &self.details.category;
        let known = || {
            let known = self.reporting.as_deref()?;
            Some((known.cadence, known.default))
        };
        let by_origin = || Some((ctx.leads.cadence_of(category)?, true));
        let (cadence, default) = match self.details.cadence {
            Some(cadence) => (cadence, false),
            None => by_origin().or_else(known)?,
        };
        Some(TaskEvent::CadenceSet {
            cadence,
            always: ctx.leads.files_upwards(category),
            default,
            reason: String::new(),
        })
    }

    /// What fell due and was not asked for before the report that comes now.
    pub(super) fn lifted_before_report(&self, ctx: &Context<'_>) -> Option<TaskEvent> {
        let filings = self.filings(ctx.today(), ctx.leads.behind_points.value);
        let known = self.reporting.as_deref().map(|known| &*known.lifted);
        let known = known.unwrap_or_default();
        let lifted = filings.into_iter().filter(|filing| {
            let is_lifted = filing.standing == FilingStanding::Lifted;
            is_lifted && filing.due < ctx.today() && !known.contains(&filing.due)
        });
        let dues: Vec<NaiveDate> = lifted.map(|filing| filing.due).collect();
        (!dues.is_empty()).then_some(TaskEvent::ReportsLifted { dues })
    }

    /// Files what is due from the last report, for work on course that is reported upwards.
    pub(super) fn decide_repeat(&self, ctx: &Context<'_>) -> Result<TaskEvent, Refusal> {
        let refused = |code, sentence: String| Err(Refusal::state(code, RULE, sentence));
        let Some(reporting) = self.reporting.as_deref().filter(|known| known.always) else {
            let sentence = "只有上级交办、市级部署、要按期上报的事项可以照上次情况上报。";
            return refused("not_filed_upwards", sentence.into());
        };
        let (Some(lead), Some(last)) = (self.details.lead, &self.last_feedback) else {
            let sentence = "还没有反馈过，第一次请填写进展。";
            return refused("nothing_to_repeat", sentence.into());
        };
        if self.on_course(ctx.today(), &ctx.leads).is_none() {
            let sentence = "进度落后、没有佐证或上次反馈被退回的，请填写新的进展。";
            return refused("not_on_course", sentence.into());
        }
        let Some((before, due)) = self.unreported(None) else {
            return refused("nothing_due", "现在没有要上报的。".into());
        };
        let since = before.or(reporting.stretches.last().map(|known| known.from));
        if before.is_some_and(|before| ctx.today() <= before) {
            let since = since.map(|day| day.to_string()).unwrap_or_default();
            let sentence = format!("到 {since} 为止的这一期已经上报，下一期应于 {due} 前上报。");
            return refused("already_filed", sentence);
        }
        let version = reporting.reports.iter().rev();
        let mut version = version.filter(|report| report.repeats.is_none() && !report.void);
        Ok(TaskEvent::ReportRepeated {
            unit: lead,
            due,
            of: version.next().map(|report| report.version),
            reported_on: local_day(last.at),
            progress: self.progress,
            text: last.text.clone(),
        })
    }

    pub(super) fn apply_cadence(
        &mut self,
        cadence: Cadence,
        (always, default): (bool, bool),
        by: &Signed,
    ) {
        if !default {
            self.details.cadence = Some(cadence);
        }
        // Until it is issued, it is only a part of what is to be issued.
        if self.issued_at.is_none() {
            return;
        }
        let reporting = self.reporting.get_or_insert_with(|| {
            Box::new(Reporting {
                cadence,
                always,
                default,
                stretches: Vec::new(),
                reports: Vec::new(),
                lifted: Vec::new(),
            })
        });
        reporting.cadence = cadence;
        reporting.always = always;
        reporting.default = default;
        reporting.end(local_day(by.at));
    }

    /// A report came; its version is the task's.
    pub(super) fn apply_report(&mut self, repeats: Option<Option<i64>>, by: &Signed) {
        let (version, progress) = (self.version, self.progress);
        if let Some(reporting) = self.reporting.as_deref_mut() {
            reporting.reports.push(Report {
                at: by.at,
                by: by.person,
                version,
                progress,
                // Where the first report is older than the cadence, it is known by its words alone.
                repeats: repeats.map(Option::unwrap_or_default),
                void: false,
            });
        }
    }

    /// The last report was sent back: by the day it was due for, it fulfils nothing.
    pub(super) fn apply_report_sent_back(&mut self, day: NaiveDate) {
        let Some(reporting) = self.reporting.as_deref() else {
            return;
        };
        let Some(last) = reporting.reports.last().filter(|last| !last.void) else {
            return;
        };
        let stretch = reporting.stretches.iter().rev();
        let mut stretch = stretch.filter(|known| known.from <= last.day());
        let Some(stretch) = stretch.next() else {
            return;
        };
        let stills = self.stills(stretch.from, Some(day));
        let mut dues = stretch.cadence.dues(stretch.from, &stills);
        let due = dues.find(|due| *due >= last.day());
        let void = due.is_none_or(|due| day <= due);
        drop(dues);
        if let Some(last) = self
            .reporting
            .as_deref_mut()
            .and_then(|known| known.reports.last_mut())
        {
            last.void = void;
        }
    }

    /// Begins or ends the stretch in which reports fall due, as the state says.
    pub(super) fn follow_duty(&mut self, day: NaiveDate) {
        let on_duty = self.is_on_duty();
        let Some(reporting) = self.reporting.as_deref_mut() else {
            return;
        };
        let last = reporting.stretches.last();
        let lasts = last.is_some_and(|last| last.until.is_none());
        if !on_duty {
            reporting.end(day);
        } else if !lasts && reporting.cadence != Cadence::Never {
            reporting.stretches.push(Stretch {
                cadence: reporting.cadence,
                from: day,
                until: None,
            });
        }
    }
}

impl Reporting {
    fn end(&mut self, day: NaiveDate) {
        if let Some(last) = self.stretches.last_mut() {
            last.until.get_or_insert(day);
        }
    }
}

impl Leads {
    /// Whether work of an origin is reported upwards.
    pub fn files_upwards(&self, category: &str) -> bool {
        self.cadences.iter().any(|known| known.origin == category)
    }

    /// How often work of an origin is reported unless somebody says otherwise.
    pub fn cadence_of(&self, category: &str) -> Option<Cadence> {
        let mut known = self.cadences.iter();
        let known = known.find(|known| known.origin == category)?;
        let days = known.days.as_ref()?.value;
        Cadence::every(u16::try_from(days).ok()?)
    }
}
