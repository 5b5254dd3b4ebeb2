//! What was entered into a form of the task's page, read into a command.

use std::collections::HashMap;

use chrono::NaiveDate;
use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::AttachmentId;
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::blockers::{BlockerAnswer, NewBlocker};
use luoshi_domain::tasks::commands::{Feedback, TaskCommand};
use luoshi_domain::tasks::evidence::Evidence;
use luoshi_domain::tasks::revisions::Change;
use luoshi_domain::tasks::{Channel, CoDuty, Course, Grade, Level, Task, TaskDetails};
use serde::Deserialize;

use crate::pages::days;
use crate::pages::parts::{Fact, Fault};
use crate::pages::tasks::verbs::Verb;

/// Name and values of a posted form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(in crate::pages) struct Entry(HashMap<String, Vec<String>>);

/// What a command is read with.
pub(super) struct Reading<'a> {
    pub(super) task: &'a Task,
    pub(super) organisation: &'a Organisation,
    pub(super) today: NaiveDate,
}

/// Before the place in the name of the field that ticks a milestone.
pub(super) const MILESTONE_FIELD: &str = "milestone-";

/// Before the id in the name of the field that ticks a file.
pub(super) const FILE_FIELD: &str = "file-";

/// What may stand in the field of the cadence.
const CADENCE: &str = "上报间隔请填 1 至 366 的天数，或每周、每月、每季、不要求上报。";

/// Chosen where no limit policy is to hold.
pub(super) const NO_POLICY: &str = "none";

impl Entry {
    /// The values of a field, in the order of the form.
    pub(in crate::pages) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first value of a field; empty when there is none.
    pub(in crate::pages) fn first(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    pub(super) fn text(&self, name: &str) -> String {
        // Browsers send line ends as CR LF; the limit of a text counts them as one.
        self.first(name).replace("\r\n", "\n")
    }

    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.first(name) == "yes"
    }

    /// What a preview sends along with its confirmation.
    pub(super) fn hidden(&self) -> Vec<Fact> {
        let names = self.0.keys().filter(|name| name.as_str() != "_csrf");
        let mut hidden: Vec<Fact> = names
            .map(|name| Fact::new(name.clone(), self.first(name)))
            .collect();
        hidden.sort_by(|one, other| one.label.cmp(&other.label));
        hidden
    }

    /// The version of the task that the form was filled in on.
    pub(in crate::pages) fn seen(&self) -> Option<i64> {
        self.first("seen").parse().ok()
    }

    /// The command, or what of the form cannot be read.
    pub(super) fn command(
        &self,
        verb: Verb,
        reading: &Reading<'_>,
    ) -> Result<TaskCommand, Vec<Fault>> {
        let text = || self.text("text");
        let command = match verb {
            Verb::Amend => TaskCommand::Amend(Box::new(self.details(
                &reading.task.details,
                reading.organisation,
                reading.today,
            )?)),
            Verb::Approve => TaskCommand::Approve { text: text() },
            Verb::Issue => TaskCommand::Issue {
                number: String::new(),
                channel: match self.first("channel") {
                    "system" => Channel::System,
                    "paper" => Channel::Paper,
                    _ => return Err(one("channel", "请选择下达方式。")),
                },
            },
            Verb::SignFor => TaskCommand::SignFor {
                assignee: self.id("assignee", "请从名单中选择承办人。")?,
            },
            Verb::Deploy => TaskCommand::Deploy {
                text: text(),
                until: match self.first("until").trim() {
                    "" => None,
                    _ => Some(self.day("until", "", reading.today)?),
                },
            },
            Verb::Feedback => TaskCommand::Feedback(self.feedback()?),
            Verb::RepeatReport => TaskCommand::RepeatReport,
            Verb::SetCadence => match self.cadence()? {
                Some(cadence) => TaskCommand::SetCadence {
                    cadence,
                    reason: self.text("reason"),
                },
                None => return Err(one("cadence", CADENCE)),
            },
            Verb::CoFeedback => TaskCommand::Feedback(Feedback::CoUnit {
                text: text(),
                done: self.is_ticked("done"),
            }),
            Verb::Remark => {
                let unit = self.id("unit", "请选择协办单位。")?;
                let Some(unit) = unit else {
                    return Err(one("unit", "请选择协办单位。"));
                };
                TaskCommand::Remark { unit, text: text() }
            }
            Verb::Instruct => TaskCommand::Instruct {
                leader: match self.id("leader", "请从名单中选择领导。")? {
                    Some(leader) => leader,
                    None => return Err(one("leader", "请选择交办的领导。")),
                },
                instruction: self.text("instruction"),
                dated: match self.first("dated").trim() {
                    "" => None,
                    _ => Some(self.day("dated", "", reading.today)?),
                },
            },
            Verb::RequestChange => TaskCommand::RequestChange {
                change: Change {
                    target: Some(self.text("target")),
                    limit: match self.first("limit").trim() {
                        "" => None,
                        _ => Some(self.day("limit", "", reading.today)?),
                    },
                },
                reason: self.text("reason"),
            },
            Verb::DecideChange => TaskCommand::DecideChange {
                consent: match self.first("decision") {
                    "grant" => true,
                    "refuse" => false,
                    _ => return Err(one("decision", "请选择同意或不同意。")),
                },
                text: text(),
            },
            Verb::RequestEscalation => TaskCommand::RequestEscalation {
                reason: self.text("reason"),
            },
            Verb::DecideEscalation => TaskCommand::DecideEscalation {
                consent: match self.first("decision") {
                    "grant" => true,
                    "refuse" => false,
                    _ => return Err(one("decision", "请选择同意或不同意。")),
                },
                text: text(),
            },
            Verb::IssueNotice => TaskCommand::IssueNotice {
                facts: self.text("facts"),
                requirement: self.text("requirement"),
                rectify_by: self.day("rectify_by", "请写明整改期限。", reading.today)?,
            },
            Verb::AcknowledgeNotice => TaskCommand::AcknowledgeNotice {
                number: self.text("notice"),
            },
            Verb::RaiseBlocker => TaskCommand::RaiseBlocker(NewBlocker {
                what: self.text("what"),
                need: self.text("need"),
                unit: self.id("need_unit", "请从名单中选择单位。")?,
                leader: self.id("leader", "请从名单中选择领导。")?,
                wished: match self.first("wished").trim() {
                    "" => None,
                    _ => Some(self.day("wished", "", reading.today)?),
                },
            }),
            Verb::AnswerBlocker => TaskCommand::AnswerBlocker {
                number: self.number()?,
                answer: match self.first("answer") {
                    "cleared" => BlockerAnswer::Cleared,
                    "passed_on" => BlockerAnswer::PassedOn,
                    "not_recognised" => BlockerAnswer::NotRecognised,
                    _ => return Err(one("answer", "请选择怎样答复。")),
                },
                text: text(),
            },
            Verb::WithdrawBlocker => TaskCommand::WithdrawBlocker {
                number: self.number()?,
                reason: self.text("reason"),
            },
            Verb::RequestExtension => TaskCommand::RequestExtension {
                reason: self.text("reason"),
                proposed: self.day("proposed", "请写明申请延期到哪一天。", reading.today)?,
            },
            Verb::DecideExtension => self.decision(reading)?,
            Verb::Urge => TaskCommand::Urge {
                text: text(),
                respond_by: self.day("respond_by", "请写明答复期限。", reading.today)?,
            },
            Verb::ApplyToClose => TaskCommand::ApplyToClose {
                summary: self.text("summary"),
                evidence: self.text("evidence"),
            },
            Verb::Review => TaskCommand::Review {
                grade: grade(self.first("grade")),
                opinion: self.text("opinion"),
            },
            Verb::Endorse => TaskCommand::Endorse {
                opinion: self.text("opinion"),
            },
            Verb::Return => TaskCommand::Return {
                reason: self.text("reason"),
            },
            Verb::Mark => TaskCommand::Mark {
                mark: match Mark::from_key(self.first("mark")) {
                    Some(mark) => mark,
                    None => return Err(one("mark", "请选择密级标注。")),
                },
                reason: self.text("reason"),
            },
            Verb::Cancel => TaskCommand::Cancel {
                reason: self.text("reason"),
            },
        };
        Ok(command)
    }

    fn feedback(&self) -> Result<Feedback, Vec<Fault>> {
        // What is needed of others makes the course unsmooth; it is not asked for twice.
        let course = match (self.first("course"), self.first("suggestions").trim()) {
            ("unsmooth", _) => Course::Unsmooth,
            ("smooth", _) | ("", "") => Course::Smooth,
            ("", _) => Course::Unsmooth,
            _ => return Err(one("text", "请选择进展情况。")),
        };
        let progress = self.first("progress").trim().trim_end_matches(['%', '％']);
        let Some(progress) = progress.parse().ok().filter(|done: &u8| *done <= 100) else {
            return Err(one("progress", "进度请填 0 至 100 的整数。"));
        };
        Ok(Feedback::Lead {
            course,
            progress,
            text: self.text("text"),
            difficulties: self.text("difficulties"),
            suggestions: self.text("suggestions"),
            figures: self.text("figures"),
            evidence: self.evidence(),
            raise: self.is_ticked("raise"),
            milestones: self.milestones(),
        })
    }

    /// The places of the milestones that were ticked.
    fn milestones(&self) -> Vec<usize> {
        let ticked = self.0.keys().filter(|name| self.is_ticked(name));
        ticked
            .filter_map(|name| name.strip_prefix(MILESTONE_FIELD)?.parse().ok())
            .collect()
    }

    /// References as typed, then the files that were ticked.
    fn evidence(&self) -> Vec<Evidence> {
        let text = self.text("evidence");
        let mut evidence: Vec<Evidence> = text.lines().filter_map(Evidence::read).collect();
        let mut files: Vec<AttachmentId> = self
            .0
            .keys()
            .filter(|name| self.is_ticked(name))
            .filter_map(|name| name.strip_prefix(FILE_FIELD)?.parse().ok())
            .collect();
        files.sort_unstable();
        evidence.extend(files.into_iter().map(|file| Evidence::File {
            file,
            name: String::new(),
        }));
        evidence
    }

    /// How often, or nothing where the field is empty.
    fn cadence(&self) -> Result<Option<Cadence>, Vec<Fault>> {
        match self.first("cadence").trim() {
            "" => Ok(None),
            text => match Cadence::read(text) {
                Some(cadence) => Ok(Some(cadence)),
                None => Err(one("cadence", CADENCE)),
            },
        }
    }

    /// Which blocker.
    fn number(&self) -> Result<u32, Vec<Fault>> {
        let number = self.first("number").parse();
        number.map_err(|_not_a_number| one("number", "请选择是哪个卡点。"))
    }

    fn decision(&self, reading: &Reading<'_>) -> Result<TaskCommand, Vec<Fault>> {
        let granted = match self.first("decision") {
            "grant" => Some(self.day("limit", "同意延期请写明新的时限。", reading.today)?),
            "refuse" => None,
            _ => return Err(one("decision", "请选择同意或不同意。")),
        };
        Ok(TaskCommand::DecideExtension {
            granted,
            text: self.text("text"),
        })
    }

    /// What the task is about; what the form does not have stays as it is known.
    pub(super) fn details(
        &self,
        known: &TaskDetails,
        organisation: &Organisation,
        today: NaiveDate,
    ) -> Result<TaskDetails, Vec<Fault>> {
        let mut faults = Vec::new();
        let lead = self.id("lead", "请从名单中选择牵头单位。");
        let supervisor = self.id("supervisor", "请从名单中选择督办单位。");
        let co_units = self.co_units(organisation);
        let task_force = self.id("task_force", "请从名单中选择专班。");
        let limit = match self.first("limit").trim() {
            "" => Ok(None),
            _ => self.day("limit", "", today).map(Some),
        };
        let cadence = match self.all("cadence") {
            [] => Ok(known.cadence),
            _ => self.cadence(),
        };
        let details = TaskDetails {
            cadence: kept(cadence, &mut faults),
            title: self.text("title"),
            target: self.text("target"),
            requirement: self.text("requirement"),
            category: self.text("category"),
            policies: match self.first("policies") {
                "" => None,
                NO_POLICY => Some(Vec::new()),
                key => Some(vec![key.to_owned()]),
            },
            level: match self.first("level") {
                "major" => Level::Major,
                _ => Level::Ordinary,
            },
            lead: kept(lead, &mut faults),
            co_units: kept(co_units, &mut faults),
            task_force: kept(task_force, &mut faults),
            supervisor: kept(supervisor, &mut faults),
            limit: kept(limit, &mut faults),
            ..known.clone()
        };
        if faults.is_empty() {
            Ok(details)
        } else {
            Err(faults)
        }
    }

    /// The rows of co-units that name one, each with its duty.
    fn co_units(&self, organisation: &Organisation) -> Result<Vec<CoDuty>, Vec<Fault>> {
        let mut co_units: Vec<CoDuty> = Vec::new();
        let duties = self.all("co_duty");
        let parts = self.all("co_part");
        for (at, text) in self.all("co_unit").iter().enumerate() {
            let duty = duties.get(at).map_or("", |duty| duty.trim());
            if text.is_empty() {
                if duty.is_empty() {
                    continue;
                }
                return Err(one("co_unit", "写了职责的一行还没有选协办单位。"));
            }
            let Some(unit) = text.parse().ok() else {
                return Err(one("co_unit", "请从名单中选择协办单位。"));
            };
            if co_units.iter().any(|known| known.unit == unit) {
                let name = organisation.unit_name(unit);
                return Err(one("co_unit", &format!("协办单位“{name}”重复了。")));
            }
            co_units.push(CoDuty {
                unit,
                duty: duty.to_owned(),
                joint: parts.get(at).is_some_and(|part| part == "joint"),
            });
        }
        Ok(co_units)
    }

    /// The id in a field, `None` when it is empty.
    pub(super) fn id<T: std::str::FromStr>(
        &self,
        name: &str,
        fault: &str,
    ) -> Result<Option<T>, Vec<Fault>> {
        let text = self.first(name);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse() {
            Ok(id) => Ok(Some(id)),
            Err(_) => Err(one(name, fault)),
        }
    }

    pub(super) fn day(
        &self,
        name: &str,
        missing: &str,
        today: NaiveDate,
    ) -> Result<NaiveDate, Vec<Fault>> {
        match days::read(self.first(name), today) {
            Ok(Some(day)) => Ok(day),
            Ok(None) => Err(one(name, missing)),
            Err(unreadable) => Err(one(name, unreadable.sentence())),
        }
    }
}

/// The form's field that a refusal of the domain is about.
pub(super) fn field_of(verb: Verb, code: &str) -> &str {
    match (verb, code) {
        (Verb::DecideExtension, "proposed") => "limit",
        (Verb::RaiseBlocker, "unit") => "need_unit",
        (Verb::Feedback, "leader") => "suggestions",
        (Verb::Remark, "not_co_unit") => "unit",
        (Verb::Amend, code) => detail_of(code),
        _ => code,
    }
}

/// The field of the details that a refusal is about.
pub(super) fn detail_of(code: &str) -> &str {
    match code {
        "lead_is_co_unit" | "unknown_unit" => "lead",
        _ => code,
    }
}

fn grade(name: &str) -> Option<Grade> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

pub(super) fn one(field: &str, text: &str) -> Vec<Fault> {
    vec![Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    }]
}

pub(super) fn kept<T: Default>(read: Result<T, Vec<Fault>>, faults: &mut Vec<Fault>) -> T {
    match read {
        Ok(value) => value,
        Err(more) => {
            faults.extend(more);
            T::default()
        }
    }
}

#[cfg(test)]
mod tests;
