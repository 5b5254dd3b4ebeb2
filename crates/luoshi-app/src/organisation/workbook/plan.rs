//! From rows to commands.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_documents::workbook::ReadPage;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::organisation::Person;
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::history::History;
use luoshi_domain::organisation::timeline::Timeline;
use uuid::Uuid;

use crate::organisation::workbook::names::{Names, People, Unnamed};
use crate::organisation::workbook::parts::{Part, headings as h};
use crate::organisation::workbook::spells::{SpellRow, Turn, turns};
use crate::organisation::workbook::steps::{Phase, Step};
use crate::organisation::workbook::table::{Book, Line, ReadDay};
use crate::organisation::workbook::{RowFault, Upload};

/// Where a workbook is turned into commands.
pub(super) struct Plan<'p> {
    pub(super) history: Arc<History>,
    /// The day for which the rows stand.
    pub(super) base: NaiveDate,
    /// The day on which a change takes effect whose row names none.
    pub(super) default: NaiveDate,
    pub(super) today: NaiveDate,
    pub(super) read_day: ReadDay,
    pub(super) new_id: &'p dyn Fn() -> Uuid,
    pub(super) names: Names,
    pub(super) people: People,
    /// The units that the workbook adds, with their first days.
    pub(super) new_units: HashMap<UnitId, NaiveDate>,
    pub(super) steps: Vec<Step>,
    pub(super) faults: Vec<RowFault>,
}

/// The steps with the faults of single rows; or why no row can be read.
pub(super) type Planned = Result<(Vec<Step>, Vec<RowFault>), Vec<RowFault>>;

/// The rows of a workbook as commands on an organisation.
pub(super) fn of(
    history: Arc<History>,
    pages: &[ReadPage],
    upload: &Upload,
    today: NaiveDate,
    new_id: &dyn Fn() -> Uuid,
) -> Planned {
    let book = Book::of(pages, upload.read_day, today)?;
    let base = book.day.unwrap_or(upload.from);
    let mut plan = Plan {
        base,
        default: upload.from,
        today,
        read_day: upload.read_day,
        new_id,
        names: Names::of(&history, base),
        people: People::of(&history),
        new_units: HashMap::new(),
        steps: Vec::new(),
        faults: Vec::new(),
        history,
    };
    plan.read(&book);
    Ok((plan.steps, plan.faults))
}

impl Plan<'_> {
    /// All sheets; the steps come in the order in which they can be done.
    fn read(&mut self, book: &Book) {
        self.persons(book);
        self.units(book);
        self.posts(book);
        self.portfolios(book);
        self.domains(book);
        self.steps.sort_by_key(|step| step.phase);
    }

    pub(super) fn note(&mut self, line: &Line, sentence: impl Into<String>) {
        self.faults.push(line.fault(sentence));
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

    /// The day in a cell; noted as a fault where it cannot be read.
    pub(super) fn day(&mut self, line: &Line, heading: &str) -> Result<Option<NaiveDate>, ()> {
        match (self.read_day)(line.get(heading), self.today) {
            Ok(day) => Ok(day),
            Err(sentence) => {
                let said = line.get(heading);
                self.note(line, format!("{heading}“{said}”：{sentence}"));
                Err(())
            }
        }
    }

    /// The number in a cell.
    pub(super) fn position(&mut self, line: &Line) -> Result<Option<i64>, ()> {
        let said = line.get(h::POSITION);
        if said.is_empty() {
            return Ok(None);
        }
        match said
            .parse()
            .ok()
            .filter(|position| (0..=1_000_000).contains(position))
        {
            Some(position) => Ok(Some(position)),
            None => {
                self.note(line, format!("次序“{said}”不是 0 到 1000000 的整数。"));
                Err(())
            }
        }
    }

    /// The unit in a cell; none in an empty one.
    pub(super) fn unit_in(&mut self, line: &Line, heading: &str) -> Result<Option<UnitId>, ()> {
        let said = line.get(heading);
        if said.is_empty() {
            return Ok(None);
        }
        match self.names.unit(said) {
            Ok(id) => Ok(Some(id)),
            Err(unnamed) => {
                self.note(line, unit_sentence(heading, said, &unnamed));
                Err(())
            }
        }
    }

    fn person_in(&mut self, line: &Line, heading: &str) -> Result<Option<PersonId>, ()> {
        let said = line.get(heading);
        if said.is_empty() {
            return Ok(None);
        }
        match self.people.person(said) {
            Ok(id) => Ok(Some(id)),
            Err(unnamed) => {
                self.note(line, person_sentence(heading, said, &unnamed));
                Err(())
            }
        }
    }

    /// Who, from and to; `None` where it is faulty.
    pub(super) fn spell_in(&mut self, line: &Line, heading: &str) -> Option<SpellRow> {
        let person = self.person_in(line, heading);
        let from = self.day(line, h::FROM);
        let to = self.day(line, h::TO);
        let (person, from, to) = (person.ok()?, from.ok()?, to.ok()?);
        let Some(person) = person else {
            self.note(
                line,
                format!("“{heading}”空着；没有人的不用写行，卸任请写“至”。"),
            );
            return None;
        };
        let number = line.number;
        Some(SpellRow {
            number,
            person,
            from,
            to,
        })
    }

    /// What the rows of one post, unit or field change; faults are noted.
    pub(super) fn turns(
        &mut self,
        part: Part,
        known: &Timeline<Option<PersonId>>,
        rows: &[SpellRow],
        default: NaiveDate,
    ) -> Vec<Turn> {
        turns(known, rows, default).unwrap_or_else(|faults| {
            let faults = faults.into_iter().map(|(row, sentence)| RowFault {
                sheet: part.name().to_owned(),
                row: Some(row),
                sentence,
            });
            self.faults.extend(faults);
            Vec::new()
        })
    }

    fn persons(&mut self, book: &Book) {
        let mut seen: HashMap<String, u32> = HashMap::new();
        for line in book.lines(Part::Persons) {
            let (name, login) = (line.get(h::NAME), line.get(h::LOGIN).to_lowercase());
            if name.is_empty() || login.is_empty() {
                self.note(line, "姓名和登录名都要写。");
                continue;
            }
            if let Some(other) = seen.insert(login.clone(), line.number) {
                self.note(
                    line,
                    format!("登录名“{login}”与第 {other} 行重复，一个人只写一行。"),
                );
                continue;
            }
            let id = match self.people.login(&login).cloned() {
                Some((id, known)) if known == name => id,
                Some((_, known)) => {
                    self.note(
                        line,
                        format!(
                            "登录名“{login}”已由“{known}”使用，不能改成“{name}”；\
                             如果是另一个人，请另取登录名。"
                        ),
                    );
                    continue;
                }
                None => {
                    let id = PersonId((self.new_id)());
                    self.people.add(id, name, &login);
                    let person = Person {
                        id,
                        name: name.to_owned(),
                        login: login.clone(),
                    };
                    self.steps.push(Step::new(
                        Phase::Register,
                        line,
                        format!("登记{name}（{login}）"),
                        OrganisationCommand::RegisterPerson(person),
                    ));
                    id
                }
            };
            self.leaving(line, id);
        }
    }

    fn leaving(&mut self, line: &Line, person: PersonId) {
        let Ok(day) = self.day(line, h::LEAVES) else {
            return;
        };
        let known = self.history.person(person).and_then(|record| record.left);
        match (known, day) {
            (None, Some(from)) => {
                let said = format!("{}离岗", line.get(h::NAME));
                let command = OrganisationCommand::Leave {
                    person,
                    from,
                    open_items: 0,
                };
                self.steps
                    .push(Step::new(Phase::Leave, line, said, command));
            }
            (Some(known), day) if Some(known) != day => {
                self.note(
                    line,
                    format!("登记的离岗日是 {known}，不能在这里改；请照写。"),
                );
            }
            _ => {}
        }
    }

    /// The day from which what names none holds for a unit.
    pub(super) fn first_day(&self, unit: UnitId) -> NaiveDate {
        let since = self.history.unit(unit).map(|record| record.life.from);
        let since = since.or_else(|| self.new_units.get(&unit).copied());
        self.default.max(since.unwrap_or(self.default))
    }
}

pub(super) fn unit_sentence(heading: &str, said: &str, unnamed: &Unnamed) -> String {
    match unnamed {
        Unnamed::Unknown => {
            format!("{heading}“{said}”：没有叫这个名称的单位，“单位”表里也没有新设。")
        }
        Unnamed::Ambiguous { say } => format!(
            "{heading}“{said}”：有 {} 个单位叫这个名称，请写成{}。",
            say.len(),
            say.join("或")
        ),
    }
}

fn person_sentence(heading: &str, said: &str, unnamed: &Unnamed) -> String {
    match unnamed {
        Unnamed::Unknown => format!("{heading}“{said}”：没有这个人，“人员”表里也没有。"),
        Unnamed::Ambiguous { say } => format!(
            "{heading}“{said}”：有 {} 个人叫这个姓名，请写成{}。",
            say.len(),
            say.join("或")
        ),
    }
}
