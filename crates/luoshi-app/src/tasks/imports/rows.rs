//! One row of a table as a task, or what is wrong with its cells.

use std::collections::HashMap;

use luoshi_documents::workbook::ReadRow;
use luoshi_domain::bodies::Body;
use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::UnitId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::commands::TEXT_LIMIT;
use luoshi_domain::tasks::{CoDuty, Level, Origin, TaskDetails, TaskKind, Tier};

use super::columns::{Column, Layout};
use super::{Opening, Upload};
use crate::plans::assignment::{Called, called};
use crate::rules::Rules;

/// Rows that a preview shows.
pub(super) const SHOWN: usize = 50;

/// Faults that a preview holds.
const FAULTS: usize = 2000;

/// What separates names and duties in one cell.
const BETWEEN: [char; 7] = ['、', '，', ',', '；', ';', '\n', '/'];

/// What the ledger's own tables write behind several leads.
const JOINTLY: &str = "（专班，前者总牵头）";

/// What is wrong with one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// As spreadsheets name it, e.g. `D7`.
    pub cell: String,
    pub column: Column,
    pub text: String,
    pub sentence: String,
}

/// Reads rows one by one.
pub(super) struct Reader<'a> {
    pub(super) organisation: &'a Organisation,
    pub(super) rules: &'a Rules,
    /// The bodies that are not dissolved.
    pub(super) bodies: &'a [Body],
    pub(super) upload: &'a Upload,
    pub(super) layout: &'a Layout,
    pub(super) faults: Vec<CellFault>,
    /// Units by the names that stood in the table so far.
    pub(super) units: HashMap<String, Option<UnitId>>,
}

impl Reader<'_> {
    /// The task of a row; nothing when a cell of it is faulty, which is then among the faults.
    pub(super) fn row(&mut self, row: &ReadRow) -> Option<Opening> {
        let before = self.faults.len();
        let title = self.limited(row, Column::Title);
        if title.is_empty() {
            self.fault(row, Column::Title, "请写明任务内容。");
        }
        let leads = self.leads(row);
        let co_units = self.co_units(row, &leads);
        let category = self.category(row);
        let limit = (self.upload.read_day)(self.layout.text(row, Column::Limit), self.rules.today);
        let limit = limit.unwrap_or_else(|sentence| {
            self.fault(row, Column::Limit, &sentence);
            None
        });
        let kind = self.word(
            row,
            Column::Kind,
            TaskKind::Task,
            &[
                ("任务", TaskKind::Task),
                ("常规", TaskKind::Recurring),
                ("常态", TaskKind::Recurring),
                ("指标", TaskKind::Target),
            ],
        );
        let level = self.word(
            row,
            Column::Level,
            Level::Ordinary,
            &[
                ("一般", Level::Ordinary),
                ("重点", Level::Major),
                ("重要", Level::Major),
            ],
        );
        let tier = self.word(
            row,
            Column::Tier,
            Tier::Bureau,
            &[
                ("局级", Tier::Bureau),
                ("本单位", Tier::Unit),
                ("本级", Tier::Unit),
            ],
        );
        let cadence = self.layout.text(row, Column::Cadence);
        let known = Cadence::read(cadence);
        if known.is_none() && !cadence.is_empty() {
            let sentence =
                "上报间隔请写 1 至 366 的天数，或每周、每月、每季、不要求；不写的按来源类别。";
            self.fault(row, Column::Cadence, sentence);
        }
        let cadence = known;
        let mut details = TaskDetails {
            title,
            target: self.limited(row, Column::Target),
            requirement: self.limited(row, Column::Requirement),
            category,
            kind,
            level,
            tier,
            lead: leads.first().copied(),
            co_units,
            supervisor: self.organisation.supervision_office().map(|unit| unit.id),
            deputy: None,
            limit,
            frequency: None,
            policies: None,
            task_force: None,
            cadence,
        };
        self.task_force(row, &mut details);
        details.deputy = details
            .lead
            .and_then(|lead| self.organisation.deputy_of(lead));
        let document = match self.limited(row, Column::Document) {
            document if document.is_empty() => self.upload.file_name.clone(),
            document => document,
        };
        let origin = Origin {
            plan: None,
            proposal: None,
            document,
            number: None,
            clause_path: self.limited(row, Column::Clause),
            quote: self.limited(row, Column::Quote),
        };
        (self.faults.len() == before).then_some((origin, details))
    }

    fn limited(&mut self, row: &ReadRow, column: Column) -> String {
        let text = self.layout.text(row, column);
        let length = text.chars().count();
        if length > TEXT_LIMIT {
            let sentence = format!("文字 {length} 字，超过 {TEXT_LIMIT} 字的上限，请精简。");
            self.fault(row, column, &sentence);
        }
        text.to_owned()
    }

    /// The units that lead, the accountable one first (ORG-05).
    fn leads(&mut self, row: &ReadRow) -> Vec<UnitId> {
        let text = self.layout.text(row, Column::Lead);
        let names = self.names(text.trim_end_matches(JOINTLY));
        let mut leads: Vec<UnitId> = Vec::new();
        for name in names {
            let unit = self.unit(row, Column::Lead, name);
            leads.extend(unit.filter(|unit| !leads.contains(unit)));
        }
        leads
    }

    /// Several leads work in a task force, each with its duty; the same rules as in the form.
    fn task_force(&mut self, row: &ReadRow, details: &mut TaskDetails) {
        let joint = details.joint_leads().count();
        let name = self.layout.text(row, Column::TaskForce);
        if name.is_empty() {
            if joint > 0 {
                let sentence = format!(
                    "有 {} 个牵头单位。共同牵头的，请在“工作专班”一栏写已成立的专班名称（没有这一栏的请加上）；\
                     没有专班的，只写一个牵头单位，其余写到“协办单位”。",
                    joint + 1
                );
                self.fault(row, Column::TaskForce, &sentence);
            }
            return;
        }
        let today = self.rules.today;
        let bodies = self.bodies;
        let called: Vec<&Body> = bodies
            .iter()
            .filter(|body| body.details.name.trim() == name)
            .collect();
        // Of several with the name that which may be chosen.
        let may = |body: &&&Body| body.details.kind.is_for_joint_leads() && body.is_in_force(today);
        let Some(body) = called.iter().find(may).or(called.first()) else {
            let sentence =
                format!("没有叫“{name}”的专班；请写在“机构 · 领导小组和专班”里成立的名称。");
            self.fault(row, Column::TaskForce, &sentence);
            return;
        };
        details.task_force = Some(body.id);
        if let Err(refusal) = details.check_task_force(Some(body), today) {
            self.fault(row, Column::TaskForce, &refusal.sentence);
            return;
        }
        let idle = details.joint_leads().find(|co| co.duty.is_empty());
        if let Some(idle) = idle {
            let sentence = format!(
                "请在“共同牵头职责”一栏写明“{}”的职责；几个单位的用分号隔开，次序同“牵头单位”。",
                self.organisation.unit_name(idle.unit)
            );
            self.fault(row, Column::JointDuty, &sentence);
            return;
        }
        let first = details.lead;
        details.settle_lead(body, self.organisation);
        // Where the first unit gave its place up, its own duty goes with it if there is one.
        let duties = parts(self.layout.text(row, Column::JointDuty));
        if duties.len() == joint + 1
            && let Some(own) = duties.first()
            && let Some(co) = details
                .co_units
                .iter_mut()
                .find(|co| co.joint && Some(co.unit) == first)
        {
            (*own).clone_into(&mut co.duty);
        }
    }

    /// The other leads, each with its duty.
    fn joint(&self, row: &ReadRow, leads: &[UnitId]) -> Vec<CoDuty> {
        let duties = parts(self.layout.text(row, Column::JointDuty));
        let joint = leads.iter().skip(1).enumerate();
        let joint = joint.map(|(place, unit)| {
            // One for all, one for each, or one for each with that of the accountable one.
            let duty = match duties.as_slice() {
                [only] => Some(only),
                all if all.len() == leads.len() => all.get(place + 1),
                others => others.get(place),
            };
            CoDuty {
                unit: *unit,
                duty: duty.map(|duty| (*duty).to_owned()).unwrap_or_default(),
                joint: true,
            }
        });
        joint.collect()
    }

    fn co_units(&mut self, row: &ReadRow, leads: &[UnitId]) -> Vec<CoDuty> {
        let names = self.names(self.layout.text(row, Column::CoUnits));
        let duties = parts(self.layout.text(row, Column::CoDuty));
        let mut co_units = self.joint(row, leads);
        for (place, name) in names.iter().enumerate() {
            let Some(unit) = self.unit(row, Column::CoUnits, name) else {
                continue;
            };
            if leads.contains(&unit) {
                let sentence = format!("“{name}”已是牵头单位，不能同时协办。");
                self.fault(row, Column::CoUnits, &sentence);
            } else if co_units.iter().all(|co| co.unit != unit) {
                // One duty for all, or one for each.
                let duty = match duties.as_slice() {
                    [only] => Some(only),
                    duties => duties.get(place),
                };
                co_units.push(CoDuty {
                    unit,
                    duty: duty.map(|duty| (*duty).to_owned()).unwrap_or_default(),
                    joint: false,
                });
            }
        }
        co_units
    }

    fn unit(&mut self, row: &ReadRow, column: Column, name: &str) -> Option<UnitId> {
        let unit = self.known(name);
        if unit.is_none() {
            let sentence =
                format!("机构里没有叫“{name}”的单位；请写全称或简称，几个单位用顿号隔开。");
            self.fault(row, column, &sentence);
        }
        unit
    }

    /// The unit of this name, looked up once for the whole table.
    fn known(&mut self, name: &str) -> Option<UnitId> {
        if let Some(known) = self.units.get(name) {
            return *known;
        }
        let unit = match called(name, self.organisation) {
            Called::One(unit) => Some(unit),
            _ => None,
        };
        self.units.insert(name.to_owned(), unit);
        unit
    }

    /// The names of a cell. What may stand in a name, too, separates only where a unit stands
    /// beside it.
    fn names<'t>(&mut self, text: &'t str) -> Vec<&'t str> {
        let mut names = Vec::new();
        for part in parts(text) {
            let pieces: Vec<&str> = pieces(part, is_and).collect();
            let apart = self.known(part).is_none()
                && pieces.iter().any(|piece| self.known(piece).is_some());
            match apart {
                true => names.extend(pieces),
                false => names.push(part),
            }
        }
        names
    }

    fn category(&mut self, row: &ReadRow) -> String {
        let text = self.layout.text(row, Column::Category);
        if text.is_empty() {
            if self.upload.category.is_empty() {
                self.fault(
                    row,
                    Column::Category,
                    "请写来源类别，或在上传时为没有写的行选一个。",
                );
            }
            return self.upload.category.clone();
        }
        let mut origins = self.rules.origins();
        let known = origins.find(|word| word.label == text || word.key == text);
        match known.map(|word| word.key.clone()) {
            Some(key) => key,
            None => {
                let labels: Vec<&str> = self
                    .rules
                    .origins()
                    .map(|word| word.label.as_str())
                    .collect();
                let sentence = format!("没有“{text}”这个来源类别；可写：{}。", labels.join("、"));
                self.fault(row, Column::Category, &sentence);
                String::new()
            }
        }
    }

    fn word<T: Copy>(&mut self, row: &ReadRow, column: Column, usual: T, known: &[(&str, T)]) -> T {
        let text = self.layout.text(row, column);
        if text.is_empty() {
            return usual;
        }
        if let Some((_, value)) = known.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let sentence = format!("“{text}”不能识别；可写：{}。", words.join("、"));
        self.fault(row, column, &sentence);
        usual
    }

    fn fault(&mut self, row: &ReadRow, column: Column, sentence: &str) {
        if self.faults.len() < FAULTS {
            self.faults.push(CellFault {
                cell: self.layout.cell(row, column),
                column,
                text: self.layout.text(row, column).chars().take(40).collect(),
                sentence: sentence.to_owned(),
            });
        }
    }
}

fn parts(text: &str) -> Vec<&str> {
    pieces(text, |letter| BETWEEN.contains(&letter)).collect()
}

/// What stands between names besides, unless the organisation knows the whole as one name; a line
/// end within a cell is read as a space.
fn is_and(letter: char) -> bool {
    matches!(letter, '和' | '与' | '及') || letter.is_whitespace()
}

fn pieces(text: &str, between: fn(char) -> bool) -> impl Iterator<Item = &str> {
    let pieces = text.split(between).map(str::trim);
    pieces.filter(|piece| !piece.is_empty())
}
