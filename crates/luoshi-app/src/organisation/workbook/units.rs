//! The sheet of the units.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use luoshi_domain::ids::UnitId;
use luoshi_domain::organisation::records::UnitRecord;

use crate::organisation::workbook::export::{base_of, lasts};
use crate::organisation::workbook::names::Unnamed;
use crate::organisation::workbook::parts::{self, Part, headings as h};
use crate::organisation::workbook::plan::{Plan, unit_sentence};
use crate::organisation::workbook::table::{Book, Code, Line};

/// Where a unit without a place of its own stands among its siblings: behind them.
pub(super) const LAST_PLACE: i64 = 1_000;

/// A row whose unit is known or gets an id.
pub(super) struct Placed<'b> {
    pub(super) line: &'b Line,
    pub(super) id: UnitId,
    pub(super) parent: Option<UnitId>,
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
}
