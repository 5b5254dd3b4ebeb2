//! What one unit's row changes.

use chrono::NaiveDate;
use luoshi_domain::ids::UnitId;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::records::UnitRecord;
use luoshi_domain::organisation::{Unit, UnitKind};

use crate::organisation::sentences;
use crate::organisation::workbook::export::base_of;
use crate::organisation::workbook::parts::{self, YES, headings as h};
use crate::organisation::workbook::plan::Plan;
use crate::organisation::workbook::steps::Phase;
use crate::organisation::workbook::table::{Line, listed};
use crate::organisation::workbook::units::{LAST_PLACE, Placed};

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

    pub(super) fn established(&mut self, row: &Placed<'_>) {
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
    pub(super) fn changed(&mut self, row: &Placed<'_>, record: &UnitRecord) {
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
}
