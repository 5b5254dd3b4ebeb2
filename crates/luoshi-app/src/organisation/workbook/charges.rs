//! The sheets of who is in charge of which unit and of which field of business.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::ids::{DomainId, UnitId};
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::timeline::Timeline;
use luoshi_domain::organisation::{Domain, Portfolio};

use crate::organisation::workbook::parts::{Part, headings as h};
use crate::organisation::workbook::plan::Plan;
use crate::organisation::workbook::spells::{SpellRow, Turn};
use crate::organisation::workbook::steps::{Phase, Step};
use crate::organisation::workbook::table::{Book, Line};

impl Plan<'_> {
    pub(super) fn portfolios(&mut self, book: &Book) {
        let mut rows: HashMap<UnitId, Vec<SpellRow>> = HashMap::new();
        let mut units: Vec<(UnitId, &Line)> = Vec::new();
        for line in book.lines(Part::Portfolios) {
            let unit = self.unit_in(line, h::UNIT);
            let spell = self.spell_in(line, h::DEPUTY);
            match (unit, spell) {
                (Ok(None), _) => self.note(line, "“单位”空着。"),
                (Ok(Some(unit)), Some(spell)) => {
                    rows.entry(unit).or_insert_with(|| {
                        units.push((unit, line));
                        Vec::new()
                    });
                    rows.entry(unit).or_default().push(spell);
                }
                _ => {}
            }
        }
        let history = Arc::clone(&self.history);
        let nobody = Timeline::default();
        for (unit, line) in units {
            let known = history.portfolio(unit).unwrap_or(&nobody);
            let rows = rows.remove(&unit).unwrap_or_default();
            let default = self.first_day(unit);
            for (row, deputy, from) in self.turns(Part::Portfolios, known, &rows, default) {
                let name = self.names.name(unit);
                let (said, command) = match deputy {
                    Some(deputy) => (
                        format!("“{name}”由{}分管", self.people.text(deputy)),
                        OrganisationCommand::AssignPortfolio(Portfolio {
                            unit,
                            deputy,
                            valid_from: from,
                        }),
                    ),
                    None => (
                        format!("“{name}”不再单独分管"),
                        OrganisationCommand::EndPortfolio { unit, from },
                    ),
                };
                let mut step = Step::new(Phase::Portfolio, line, said, command);
                step.row = row;
                self.steps.push(step);
            }
        }
    }

    pub(super) fn domains(&mut self, book: &Book) {
        let known = self.history.domains().iter();
        let known: HashMap<String, DomainId> = known
            .map(|domain| (domain.name.clone(), domain.id))
            .collect();
        let mut rows: HashMap<&str, Vec<SpellRow>> = HashMap::new();
        let mut names: Vec<(&str, &Line)> = Vec::new();
        // Since when a field is one, where a row without a leader says so.
        let mut since: HashMap<&str, NaiveDate> = HashMap::new();
        for line in book.lines(Part::Domains) {
            let name = line.get(h::DOMAIN);
            if name.is_empty() {
                self.note(line, "“业务领域”空着。");
                continue;
            }
            rows.entry(name).or_insert_with(|| {
                names.push((name, line));
                Vec::new()
            });
            if line.get(h::DEPUTY).is_empty() {
                if let Ok(day) = self.day(line, h::FROM) {
                    since.insert(name, day.unwrap_or(self.default));
                }
            } else if let Some(spell) = self.spell_in(line, h::DEPUTY) {
                rows.entry(name).or_default().push(spell);
            }
        }
        let history = Arc::clone(&self.history);
        for (name, line) in names {
            let rows = rows.remove(name).unwrap_or_default();
            let standing = known.get(name).and_then(|id| history.domain(*id));
            match standing {
                Some(domain) => {
                    let turns = self.turns(Part::Domains, &domain.deputies, &rows, self.default);
                    self.domain_turns(line, domain.id, turns);
                }
                None => self.new_domain(line, since.get(name).copied(), &rows),
            }
        }
    }

    fn new_domain(&mut self, line: &Line, since: Option<NaiveDate>, rows: &[SpellRow]) {
        let name = line.get(h::DOMAIN);
        let first = rows
            .iter()
            .map(|row| row.from.unwrap_or(self.default))
            .min();
        let valid_from = since.into_iter().chain(first).min().unwrap_or(self.default);
        let nobody = Timeline::from(valid_from, None);
        let mut turns = self.turns(Part::Domains, &nobody, rows, self.default);
        let at_first = turns.iter().position(|(_, _, from)| *from == valid_from);
        let deputy = at_first.and_then(|at| turns.remove(at).1);
        let id = DomainId((self.new_id)());
        let said = match deputy {
            Some(deputy) => format!("设立业务领域“{name}”，由{}分管", self.people.text(deputy)),
            None => format!("设立业务领域“{name}”"),
        };
        let command = OrganisationCommand::EstablishDomain(Domain {
            id,
            name: name.to_owned(),
            deputy,
            valid_from,
        });
        self.steps
            .push(Step::new(Phase::Domain, line, said, command));
        self.domain_turns(line, id, turns);
    }

    fn domain_turns(&mut self, line: &Line, domain: DomainId, turns: Vec<Turn>) {
        for (row, deputy, from) in turns {
            let who = deputy.map_or("空缺", |deputy| self.people.text(deputy));
            let said = format!("业务领域“{}”的分管：{who}", line.get(h::DOMAIN));
            let command = OrganisationCommand::AssignDomain {
                domain,
                deputy,
                from,
            };
            let mut step = Step::new(Phase::Domain, line, said, command);
            step.row = row;
            self.steps.push(step);
        }
    }
}
