//! What may happen to units (ORG-01).

use chrono::NaiveDate;

use crate::ids::UnitId;
use crate::organisation::Unit;
use crate::organisation::commands::{ALIAS_LIMIT, named};
use crate::organisation::events::{OrganisationEvent, before};
use crate::organisation::history::History;
use crate::organisation::records::UnitRecord;
use crate::organisation::timeline::Span;
use crate::refusals::Refusal;

impl History {
    pub(super) fn decide_establish(&self, mut unit: Unit) -> Result<OrganisationEvent, Refusal> {
        let from = unit.valid_from;
        unit.name = named(&unit.name, "unit_unnamed", "单位名称")?;
        unit.aliases = aliases_of(&unit.aliases)?;
        if self.unit(unit.id).is_some() {
            return Err(Refusal::input("unit_known", "ORG-01", "这个单位已经设立。"));
        }
        if let Some(parent) = unit.parent {
            self.require_lasting(parent, from)?;
        }
        let region = unit.parent.and_then(|parent| self.bureau_of(parent, from));
        for name in std::iter::once(&unit.name).chain(&unit.aliases) {
            self.require_free(name, region, Span::since(from), None)?;
        }
        if unit.supervision_office {
            self.require_no_office(from, None)?;
        }
        Ok(OrganisationEvent::UnitEstablished(unit))
    }

    pub(super) fn decide_rename(
        &self,
        unit: UnitId,
        name: &str,
        from: NaiveDate,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_unit(unit, from)?;
        let name = named(name, "unit_unnamed", "单位名称")?;
        if record.names.at(from) == Some(&name) {
            return Err(Refusal::input(
                "same_name",
                "ORG-01",
                format!("{from} 起名称已是“{name}”。"),
            ));
        }
        let mut span = Span {
            from,
            to: record.life.to,
        };
        if let Some(next) = record.names.next_after(from) {
            span.end(before(next));
        }
        self.require_free(&name, self.region(unit, from), span, Some(unit))?;
        Ok(OrganisationEvent::UnitRenamed { unit, name, from })
    }

    pub(super) fn decide_move(
        &self,
        unit: UnitId,
        parent: Option<UnitId>,
        position: i64,
        from: NaiveDate,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_unit(unit, from)?;
        let mut span = Span {
            from,
            to: record.life.to,
        };
        if let Some(next) = record.parents.next_after(from) {
            span.end(before(next));
        }
        if let Some(parent) = parent {
            let above = self.require_unit(parent, from)?;
            if above
                .life
                .to
                .is_some_and(|to| span.to.is_none_or(|last| to < last))
            {
                return Err(ending(above));
            }
            self.require_no_cycle(unit, parent, span)?;
        }
        let region = parent.and_then(|parent| self.bureau_of(parent, from));
        if region != self.region(unit, from) {
            let names = std::iter::once(record.name_near(from).to_owned());
            for name in names.chain(record.aliases.iter().cloned()) {
                self.require_free(&name, region, span, Some(unit))?;
            }
        }
        Ok(OrganisationEvent::UnitMoved {
            unit,
            parent,
            position,
            from,
        })
    }

    pub(super) fn decide_aliases(
        &self,
        unit: UnitId,
        aliases: &[String],
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.known_unit(unit)?;
        let aliases = aliases_of(aliases)?;
        let region = self.region(unit, record.life.from);
        for alias in &aliases {
            self.require_free(alias, region, record.life, Some(unit))?;
        }
        Ok(OrganisationEvent::UnitAliased { unit, aliases })
    }

    pub(super) fn decide_merge(
        &self,
        unit: UnitId,
        into: UnitId,
        from: NaiveDate,
        open_items: i64,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_lasting(unit, from)?;
        let name = record.name_near(from);
        self.require_lasting(into, from)?;
        if from <= record.life.from {
            return Err(Refusal::input(
                "day",
                "ORG-14",
                format!("“{name}”自 {} 起设立，并入日应在其后。", record.life.from),
            ));
        }
        self.require_no_cycle(unit, into, Span::since(from))?;
        self.require_not_office(unit, from)?;
        if open_items > 0 {
            return Err(Refusal::state(
                "open_items",
                "ORG-01",
                format!(
                    "“{name}”还有 {open_items} 件未办结的事项，请选择一并转入，或先办结后再并入。"
                ),
            ));
        }
        Ok(OrganisationEvent::UnitMerged { unit, into, from })
    }

    pub(super) fn decide_close(
        &self,
        unit: UnitId,
        last: NaiveDate,
        open_items: i64,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_lasting(unit, last)?;
        let name = record.name_near(last);
        let after = Span::since(last.succ_opt().unwrap_or(last));
        let below = self.ever_below(unit).into_iter().skip(1);
        let below = below.filter_map(|id| self.unit(id)).filter(|child| {
            let days = child.life.shared(after);
            days.is_some_and(|days| child.parents.holds_in(days, |known| *known == Some(unit)))
        });
        let below: Vec<&str> = below.map(|child| child.name_near(last)).collect();
        if !below.is_empty() {
            return Err(Refusal::state(
                "units_below",
                "ORG-01",
                format!("“{name}”之下还有：{}。请先调整隶属关系。", below.join("、")),
            ));
        }
        self.require_not_office(unit, after.from)?;
        if open_items > 0 {
            return Err(Refusal::state(
                "open_items",
                "ORG-01",
                format!("“{name}”还有 {open_items} 件未办结的事项，不能撤销。请先移交或办结。"),
            ));
        }
        Ok(OrganisationEvent::UnitClosed { unit, last })
    }

    pub(super) fn decide_office(
        &self,
        unit: UnitId,
        from: NaiveDate,
    ) -> Result<OrganisationEvent, Refusal> {
        self.require_lasting(unit, from)?;
        self.require_no_office(from, Some(unit))?;
        Ok(OrganisationEvent::SupervisionOfficeSet { unit, from })
    }

    pub(super) fn decide_release(
        &self,
        from: NaiveDate,
        open_tasks: i64,
    ) -> Result<OrganisationEvent, Refusal> {
        let Some(unit) = self.office.at(from).copied().flatten() else {
            return Err(Refusal::state(
                "no_supervision_office",
                "ORG-01",
                "还没有设督查办。",
            ));
        };
        if open_tasks > 0 {
            return Err(Refusal::state(
                "open_tasks",
                "ORG-01",
                format!("还有 {open_tasks} 件未办结的任务，不能撤销督查办标记。"),
            ));
        }
        Ok(OrganisationEvent::SupervisionOfficeReleased {
            unit,
            from: Some(from),
        })
    }

    pub(super) fn known_unit(&self, id: UnitId) -> Result<&UnitRecord, Refusal> {
        self.unit(id)
            .ok_or_else(|| Refusal::input("unknown_unit", "ORG-01", "没有这个单位。"))
    }

    /// The unit, in force on `day`.
    pub(super) fn require_unit(&self, id: UnitId, day: NaiveDate) -> Result<&UnitRecord, Refusal> {
        let record = self.known_unit(id)?;
        if record.life.has(day) {
            return Ok(record);
        }
        let name = record.name_near(day);
        let sentence = match record.life.to.filter(|to| *to < day) {
            Some(to) => format!("“{name}”已于 {to} 后撤销。"),
            None => format!("“{name}”自 {} 起才设立。", record.life.from),
        };
        Err(Refusal::state("unit_not_in_force", "ORG-14", sentence))
    }

    /// The unit, in force from `day` on without an end.
    pub(super) fn require_lasting(
        &self,
        id: UnitId,
        day: NaiveDate,
    ) -> Result<&UnitRecord, Refusal> {
        let record = self.require_unit(id, day)?;
        match record.life.to {
            Some(_) => Err(ending(record)),
            None => Ok(record),
        }
    }

    /// No other unit of the same bureau has the name on a day of `span`.
    fn require_free(
        &self,
        name: &str,
        region: Option<UnitId>,
        span: Span,
        except: Option<UnitId>,
    ) -> Result<(), Refusal> {
        let places = self.places.named.get(name).into_iter().flatten();
        let units = places.filter_map(|at| self.units.get(*at));
        for unit in units.filter(|unit| Some(unit.id) != except) {
            let Some(days) = unit.life.shared(span) else {
                continue;
            };
            let has = unit.aliases.iter().any(|alias| alias == name)
                || unit.names.holds_in(days, |known| known == name);
            if has && self.region(unit.id, days.from) == region {
                let known = unit.name_near(days.from);
                return Err(Refusal::input(
                    "unit_name_taken",
                    "ORG-01",
                    format!("名称“{name}”已被“{known}”使用。"),
                ));
            }
        }
        Ok(())
    }

    /// `parent` is not below `unit` on a day of `span`.
    fn require_no_cycle(&self, unit: UnitId, parent: UnitId, span: Span) -> Result<(), Refusal> {
        let later = self
            .places
            .moves
            .iter()
            .copied()
            .filter(|day| span.has(*day));
        for day in std::iter::once(span.from).chain(later) {
            if self.upwards(parent, day).contains(&unit) {
                let name = |id: UnitId| self.unit(id).map_or("", |unit| unit.name_near(day));
                return Err(Refusal::input(
                    "cycle",
                    "ORG-01",
                    format!(
                        "“{}”隶属于“{}”，不能反过来放在它之下。",
                        name(parent),
                        name(unit)
                    ),
                ));
            }
        }
        Ok(())
    }

    /// From `from` on no unit but `except` leads the loop.
    fn require_no_office(&self, from: NaiveDate, except: Option<UnitId>) -> Result<(), Refusal> {
        let mut offices = self
            .office
            .spans()
            .filter_map(|(span, office)| office.filter(|_| span.meets(Span::since(from))));
        match offices.find(|office| Some(*office) != except) {
            None => Ok(()),
            Some(office) => {
                let name = self.unit(office).map_or("", |unit| unit.name_near(from));
                Err(Refusal::input(
                    "second_supervision_office",
                    "ORG-01",
                    format!("督查办只能有一个，现为“{name}”。"),
                ))
            }
        }
    }

    /// The unit does not lead the loop from `from` on.
    fn require_not_office(&self, unit: UnitId, from: NaiveDate) -> Result<(), Refusal> {
        if self
            .office
            .holds_in(Span::since(from), |office| *office == Some(unit))
        {
            return Err(Refusal::state(
                "is_supervision_office",
                "ORG-01",
                "该单位是督查办，请先撤销督查办标记。",
            ));
        }
        Ok(())
    }
}

fn ending(unit: &UnitRecord) -> Refusal {
    let to = unit.life.to.unwrap_or_default();
    Refusal::state(
        "unit_ends",
        "ORG-14",
        format!("“{}”将于 {to} 后撤销，不能再作此安排。", unit.name_near(to)),
    )
}

/// Other names, each once, without empty ones.
fn aliases_of(aliases: &[String]) -> Result<Vec<String>, Refusal> {
    let mut known: Vec<String> = Vec::new();
    for alias in aliases.iter().filter(|alias| !alias.trim().is_empty()) {
        let alias = named(alias, "alias", "别名")?;
        if !known.contains(&alias) {
            known.push(alias);
        }
    }
    if known.len() > ALIAS_LIMIT {
        return Err(Refusal::input(
            "alias",
            "SYS-04",
            format!("别名最多 {ALIAS_LIMIT} 个。"),
        ));
    }
    Ok(known)
}
