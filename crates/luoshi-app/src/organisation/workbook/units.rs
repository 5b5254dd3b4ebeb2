//! The sheet of the units.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::ids::UnitId;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::records::UnitRecord;
use luoshi_domain::organisation::{Unit, UnitKind};

use crate::organisation::sentences;
use crate::organisation::workbook::export::{base_of, lasts};
use crate::organisation::workbook::names::Unnamed;
use crate::organisation::workbook::parts::{self, Part, YES, headings as h};
use crate::organisation::workbook::plan::{Plan, unit_sentence};
use crate::organisation::workbook::steps::{Phase, Step};
use crate::organisation::workbook::table::{Book, Code, Line, listed};

/// Where a unit without a place of its own stands among its siblings: behind them.
pub(super) const LAST_PLACE: i64 = 1_000;

/// A row whose unit is known or gets an id.
struct Placed<'b> {
    line: &'b Line,
    id: UnitId,
    parent: Option<UnitId>,
}

/// What all units share in reading a row.
struct Read {
    effective: Option<NaiveDate>,
    since: Option<NaiveDate>,
    last: Option<NaiveDate>,
    position: Option<i64>,
    kind: Option<UnitKind>,
    office: bool,
}

impl Plan<'_> {
    pub(super) fn units(&mut self, book: &Book) {
        let (standing, mut waiting) = self.by_code(book);
        let mut placed = Vec::new();
        // Units above come first, wherever they stand in the sheet.
        let mut known = self.standing_names();
        loop {
            let before = waiting.len();
            let mut left = Vec::new();
            for line in waiting {
                match self.place(line, &mut known) {
                    Some(found) => placed.push(found),
                    None => left.push(line),
                }
            }
            waiting = left;
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        self.unplaced(&waiting);
        for (line, id) in standing {
            if let Ok(parent) = self.unit_in(line, h::PARENT) {
                placed.push(Placed { line, id, parent });
            }
        }
        let mut seen: HashMap<UnitId, u32> = HashMap::new();
        let mut in_order: Vec<&Placed<'_>> = placed.iter().collect();
        in_order.sort_by_key(|row| row.line.number);
        for row in in_order {
            if let Some(other) = seen.insert(row.id, row.line.number) {
                let sentence = format!("与第 {other} 行是同一个单位，只能留一行。");
                self.note(row.line, sentence);
            }
        }
        let history = Arc::clone(&self.history);
        for row in &placed {
            match history.unit(row.id) {
                Some(record) => self.changed(row, record),
                None => self.established(row),
            }
        }
    }

    /// The rows of units that are known by their code, and the rows that name none that is.
    fn by_code<'b>(&mut self, book: &'b Book) -> (Vec<(&'b Line, UnitId)>, Vec<&'b Line>) {
        let (mut standing, mut others) = (Vec::new(), Vec::new());
        let history = Arc::clone(&self.history);
        for line in book.lines(Part::Units) {
            let name = line.get(h::UNIT_NAME);
            if name.is_empty() {
                self.note(line, "“单位名称”空着。");
                continue;
            }
            let Code::Standing(id) = Code::of(line) else {
                others.push(line);
                continue;
            };
            match history.unit(UnitId(id)) {
                None => self.note(
                    line,
                    "本局没有这个编号的单位，表格可能来自别的局；新设的单位请把编号留空。",
                ),
                Some(record) if !lasts(record, self.base) => {
                    let name = record.name_near(self.base).to_owned();
                    let to = record.life.to.unwrap_or_default();
                    self.note(line, format!("“{name}”已于 {to} 后撤销，不能再改。"));
                }
                Some(record) => {
                    if record.name_near(base_of(record, self.base)) != name {
                        self.names.rename(record.id, name);
                    }
                    standing.push((line, record.id));
                }
            }
        }
        (standing, others)
    }

    /// The units in force by bureau and name.
    fn standing_names(&self) -> HashMap<(Option<UnitId>, String), UnitId> {
        let units = self.history.units().iter();
        let units = units.filter(|unit| lasts(unit, self.base));
        let name = |unit: &UnitRecord| {
            let region = self.names.region(self.names.parent(unit.id));
            let name = unit.name_near(base_of(unit, self.base));
            ((region, name.to_owned()), unit.id)
        };
        units.map(name).collect()
    }

    /// The row's unit once what is above it is known: that of the name in the same bureau, or a
    /// new one.
    fn place<'b>(
        &mut self,
        line: &'b Line,
        known: &mut HashMap<(Option<UnitId>, String), UnitId>,
    ) -> Option<Placed<'b>> {
        let parent = match line.get(h::PARENT) {
            "" => None,
            said => Some(self.names.unit(said).ok()?),
        };
        let name = line.get(h::UNIT_NAME);
        let region = self.names.region(parent);
        let id = match known.get(&(region, name.to_owned())) {
            Some(id) => *id,
            None => {
                let id = UnitId((self.new_id)());
                let kind = parts::kind(line.get(h::KIND)).ok();
                self.names.add(id, name, parent, kind);
                known.insert((region, name.to_owned()), id);
                id
            }
        };
        self.own_code(line, id);
        Some(Placed { line, id, parent })
    }

    fn own_code(&mut self, line: &Line, id: UnitId) {
        if let Code::Own(code) = Code::of(line)
            && !self.names.code(code, id)
        {
            self.note(line, format!("编号“{code}”用了两次，请换一个。"));
        }
    }

    /// Says why rows have no place. The names are kept, so that what rests on them is not told too.
    fn unplaced(&mut self, waiting: &[&Line]) {
        let above: HashMap<&str, &str> = waiting
            .iter()
            .map(|line| (line.get(h::UNIT_NAME), line.get(h::PARENT)))
            .collect();
        for line in waiting {
            let said = line.get(h::PARENT);
            let mut seen = HashSet::new();
            let mut at = line.get(h::UNIT_NAME);
            while let Some(next) = above.get(at).copied().filter(|_| seen.insert(at)) {
                at = next;
            }
            let unnamed = self.names.unit(said).err();
            if at == line.get(h::UNIT_NAME) {
                let sentence = format!("“{at}”与上级“{said}”互相隶属，成了一个圈。");
                self.note(line, sentence);
            } else if !above.contains_key(said) {
                let unnamed = unnamed.unwrap_or(Unnamed::Unknown);
                self.note(line, unit_sentence(h::PARENT, said, &unnamed));
            }
        }
        for line in waiting {
            let id = UnitId((self.new_id)());
            self.names.add(id, line.get(h::UNIT_NAME), None, None);
            self.own_code(line, id);
        }
    }

    fn cells(&mut self, line: &Line) -> Result<Read, ()> {
        let effective = self.day(line, h::EFFECTIVE);
        let since = self.day(line, h::SINCE);
        let last = self.day(line, h::LAST);
        let position = self.position(line);
        let kind = match line.get(h::KIND) {
            "" => Ok(None),
            said => match parts::kind(said) {
                Ok(kind) => Ok(Some(kind)),
                Err(sentence) => {
                    self.note(line, sentence);
                    Err(())
                }
            },
        };
        let office = match line.get(h::OFFICE) {
            "" => Ok(false),
            YES => Ok(true),
            said => {
                self.note(line, format!("督查办“{said}”无法识别，请填“{YES}”或留空。"));
                Err(())
            }
        };
        Ok(Read {
            effective: effective?,
            since: since?,
            last: last?,
            position: position?,
            kind: kind?,
            office: office?,
        })
    }

    fn established(&mut self, row: &Placed<'_>) {
        let line = row.line;
        let Ok(read) = self.cells(line) else {
            return;
        };
        let Some(kind) = read.kind else {
            let sentence = parts::kind("").err().unwrap_or_default();
            self.note(line, sentence);
            return;
        };
        let from = read.since.or(read.effective).unwrap_or(self.default);
        self.new_units.insert(row.id, from);
        let name = line.get(h::UNIT_NAME);
        let said = format!(
            "设立“{name}”（{}），上级：{}",
            sentences::unit_kind(kind),
            self.parent_name(row.parent)
        );
        let command = OrganisationCommand::EstablishUnit(Unit {
            id: row.id,
            parent: row.parent,
            kind,
            name: name.to_owned(),
            aliases: listed(line.get(h::ALIASES)),
            supervision_office: false,
            position: read.position.unwrap_or(LAST_PLACE),
            valid_from: from,
        });
        self.push(Phase::Establish, line, said, command);
        if read.office {
            self.push(
                Phase::SetOffice,
                line,
                format!("“{name}”成为督查办"),
                OrganisationCommand::SetSupervisionOffice { unit: row.id, from },
            );
        }
        self.ended(row, None, None, read.last);
    }

    /// What a row says otherwise than what stood on the day for which the workbook is.
    fn changed(&mut self, row: &Placed<'_>, record: &UnitRecord) {
        let line = row.line;
        let Ok(read) = self.cells(line) else {
            return;
        };
        let base = base_of(record, self.base);
        let from = read.effective.unwrap_or(self.default).max(record.life.from);
        let stood = record.name_near(base).to_owned();
        if read.kind.is_some_and(|kind| kind != record.kind) {
            let kind = sentences::unit_kind(record.kind);
            self.note(line, format!("“{stood}”登记的类别是{kind}，设立后不能改。"));
        }
        if read.since.is_some_and(|since| since != record.life.from) {
            let since = record.life.from;
            self.note(
                line,
                format!("“{stood}”登记的设立日是 {since}，不能改；请照写。"),
            );
        }
        let name = line.get(h::UNIT_NAME);
        if name != stood && record.names.at(from).is_none_or(|known| known != name) {
            self.push(
                Phase::Rename,
                line,
                format!("“{stood}”更名为“{name}”"),
                OrganisationCommand::RenameUnit {
                    unit: row.id,
                    name: name.to_owned(),
                    from,
                },
            );
        }
        self.moved(row, record, (base, from), read.position);
        let aliases = listed(line.get(h::ALIASES));
        if aliases != record.aliases {
            let said = match aliases.is_empty() {
                true => format!("“{name}”不再有别名"),
                false => format!("“{name}”的别名改为{}", aliases.join("、")),
            };
            let unit = row.id;
            let command = OrganisationCommand::SetAliases { unit, aliases };
            self.push(Phase::Aliases, line, said, command);
        }
        let office = self.history.office();
        let was = office.at(base).copied().flatten() == Some(row.id);
        let is = office.at(from).copied().flatten() == Some(row.id);
        if read.office && !was && !is {
            self.push(
                Phase::SetOffice,
                line,
                format!("“{name}”成为督查办"),
                OrganisationCommand::SetSupervisionOffice { unit: row.id, from },
            );
        } else if !read.office && was && is {
            let command = OrganisationCommand::ReleaseSupervisionOffice {
                from,
                open_tasks: 0,
            };
            self.push(
                Phase::ReleaseOffice,
                line,
                format!("“{name}”不再是督查办"),
                command,
            );
        }
        self.ended(row, record.life.to, record.merged_into, read.last);
    }

    fn moved(
        &mut self,
        row: &Placed<'_>,
        record: &UnitRecord,
        (base, from): (NaiveDate, NaiveDate),
        position: Option<i64>,
    ) {
        let (unit, line) = (row.id, row.line);
        let name = line.get(h::UNIT_NAME);
        let place = position.unwrap_or(record.position);
        let stood = record.parents.at(base).copied().flatten();
        let stands = record.parents.at(from).copied().flatten();
        if row.parent != stood && row.parent != stands {
            self.names.place(unit, row.parent);
            let said = format!(
                "“{name}”的上级：{} → {}",
                self.parent_name(stood),
                self.parent_name(row.parent)
            );
            let command = OrganisationCommand::MoveUnit {
                unit,
                parent: row.parent,
                position: place,
                from,
            };
            self.push(Phase::Move, line, said, command);
        } else if place != record.position {
            // The place has no days: the entry that stands is set again, so that no day is added.
            let entries = record.parents.entries().iter();
            let since = entries
                .map(|(day, _)| *day)
                .filter(|day| *day <= from)
                .max();
            let said = format!("“{name}”的次序：{} → {place}", record.position);
            let command = OrganisationCommand::MoveUnit {
                unit,
                parent: stands,
                position: place,
                from: since.unwrap_or(record.life.from),
            };
            self.push(Phase::Move, line, said, command);
        }
    }

    /// The end that a row names, against the one that is known.
    fn ended(
        &mut self,
        row: &Placed<'_>,
        to: Option<NaiveDate>,
        merged: Option<UnitId>,
        last: Option<NaiveDate>,
    ) {
        let (unit, line) = (row.id, row.line);
        let Ok(into) = self.unit_in(line, h::INTO) else {
            return;
        };
        let name = line.get(h::UNIT_NAME);
        match (to, last) {
            (Some(to), last) if Some(to) != last => {
                let sentence = format!("“{name}”登记的最后一日是 {to}，不能在这里改；请照写。");
                self.note(line, sentence);
            }
            (Some(_), _) if into.is_some() && into != merged => {
                self.note(
                    line,
                    format!("“{name}”登记的并入单位不是这个，不能在这里改。"),
                );
            }
            (None, None) if into.is_some() => {
                self.note(line, "写了“并入单位”，也要写“最后一日”。");
            }
            (None, Some(last)) => {
                let (said, command) = match (into, last.succ_opt()) {
                    (Some(into), Some(from)) => (
                        format!("“{name}”并入“{}”", self.names.name(into)),
                        OrganisationCommand::MergeUnit {
                            unit,
                            into,
                            from,
                            open_items: 0,
                        },
                    ),
                    _ => (
                        format!("撤销“{name}”"),
                        OrganisationCommand::CloseUnit {
                            unit,
                            last,
                            open_items: 0,
                        },
                    ),
                };
                self.push(Phase::EndUnit, line, said, command);
            }
            _ => {}
        }
    }

    fn parent_name(&self, parent: Option<UnitId>) -> String {
        parent.map_or_else(|| "本局".to_owned(), |parent| self.names.text(parent))
    }

    pub(super) fn push(
        &mut self,
        phase: Phase,
        line: &Line,
        said: String,
        command: OrganisationCommand,
    ) {
        self.steps.push(Step::new(phase, line, said, command));
    }
}
