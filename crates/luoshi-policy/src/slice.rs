//! What a request carries: the actor and the row, of both only what the right's policies look at,
//! never the whole bureau.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    Entities, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression as Value,
};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::lists::KEEPER;
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Role;
use luoshi_domain::rights::{Appointment, Approval, Field, PlanRow, RecordRow, Row, TaskRow};
use uuid::Uuid;

/// The facts that the policies of one right look at; the others are not made.
#[derive(Debug)]
pub(crate) struct Wanted(HashSet<&'static str>);

/// Every fact of an actor or a row, as the schema names it.
const FACTS: [&str; 20] = [
    "units",
    "subtree",
    "by_hand",
    "operator",
    "mark",
    "lead",
    "co_units",
    "supervisor",
    "deputy",
    "coordinators",
    "submitters",
    "by",
    "about",
    "role",
    "held",
    "field",
    "spent_by_deputy",
    "parts",
    "step_roles",
    "by_keeper",
];

impl Wanted {
    /// What these texts speak of. A fact too many costs its making; one too few would be an error
    /// in the decision, which refuses.
    pub(crate) fn by<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut wanted = HashSet::new();
        for text in texts {
            let speaks = |fact: &&&str| {
                text.contains(&format!(".{fact}")) || text.contains(&format!("[\"{fact}\"]"))
            };
            wanted.extend(FACTS.iter().filter(speaks));
        }
        Self(wanted)
    }
}

/// The facts of one request.
pub(crate) struct Slice {
    pub(crate) actor: EntityUid,
    pub(crate) row: EntityUid,
    pub(crate) entities: Vec<Entity>,
}

/// The digits of an id's name.
const LETTERS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/// Makes slices; holds the names that all of them use.
#[derive(Debug)]
pub(crate) struct Slices {
    person: EntityTypeName,
    role: EntityTypeName,
    subtree: EntityTypeName,
    unit: EntityTypeName,
    plan: EntityTypeName,
    task: EntityTypeName,
    record: EntityTypeName,
    appointment: EntityTypeName,
    approval: EntityTypeName,
    bureau: EntityUid,
    supervision_office: EntityUid,
    actions: Entities,
}

impl Slices {
    pub(crate) fn new(actions: Entities) -> Self {
        let name = |text| EntityTypeName::from_str(text).expect("a name of a type is one word");
        let role = name("Role");
        let id = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        Self {
            person: name("Person"),
            subtree: name("Subtree"),
            unit: name("Unit"),
            plan: name("Plan"),
            task: name("Task"),
            record: name("Record"),
            appointment: name("Appointment"),
            approval: name("Approval"),
            bureau: id(&name("Bureau"), "bureau"),
            supervision_office: id(&role, "supervision_office"),
            role,
            actions,
        }
    }

    /// The slice of one request; `None` where a fact cannot be told, which nothing here allows.
    pub(crate) fn of(
        &self,
        actor: &Actor,
        (action, wanted): (&EntityUid, &Wanted),
        on: &Row,
    ) -> Option<Slice> {
        let mut entities = Vec::with_capacity(3);
        entities.extend(self.actions.get(action).cloned());
        let subtree = id(&self.subtree, actor.person.0);
        entities.push(self.actor(actor, subtree.clone(), wanted)?);
        let row = match on {
            Row::Bureau => self.bureau.clone(),
            Row::Plan(plan) => push(&mut entities, self.plan(plan, wanted)?),
            Row::Task(task) => {
                let below = units(task).any(|unit| actor.scope.binary_search(&unit).is_ok());
                let within = below.then_some(subtree);
                push(&mut entities, self.task(task, within, wanted)?)
            }
            Row::Record(record) => push(&mut entities, self.record(record, wanted)?),
            Row::Appointment(appointment) => {
                push(&mut entities, self.appointment(appointment, wanted)?)
            }
            Row::Approval(approval) => push(&mut entities, self.approval(approval, wanted)?),
        };
        Some(Slice {
            actor: id(&self.person, actor.person.0),
            row,
            entities,
        })
    }

    fn actor(&self, actor: &Actor, subtree: EntityUid, wanted: &Wanted) -> Option<Entity> {
        let roles = actor.posts.iter().map(|post| self.role(post.role));
        let office = actor.supervises.then(|| self.supervision_office.clone());
        let mut facts = Facts::of(wanted);
        facts.put("units", || {
            set_of(&self.unit, actor.units().iter().map(raw_unit))
        });
        facts.put("subtree", || Value::new_entity_uid(subtree));
        facts.put("by_hand", || Value::new_bool(actor.hand.is_some()));
        facts.put("operator", || {
            Value::new_entity_uid(id(&self.person, actor.operator().0))
        });
        facts.entity(
            id(&self.person, actor.person.0),
            roles.chain(office).collect(),
        )
    }

    fn plan(&self, plan: &PlanRow, wanted: &Wanted) -> Option<Entity> {
        let mut facts = Facts::of(wanted);
        facts.put("mark", || mark(plan.mark));
        facts.entity(id(&self.plan, plan.id), HashSet::new())
    }

    fn task(&self, task: &TaskRow, within: Option<EntityUid>, wanted: &Wanted) -> Option<Entity> {
        let mut facts = Facts::of(wanted);
        facts.put("lead", || {
            set_of(&self.unit, task.lead.iter().map(raw_unit))
        });
        facts.put("co_units", || {
            set_of(&self.unit, task.co_units.iter().map(raw_unit))
        });
        facts.put("supervisor", || {
            set_of(&self.unit, task.supervisor.iter().map(raw_unit))
        });
        facts.put("deputy", || self.persons(task.deputy.as_slice()));
        facts.put("coordinators", || self.persons(&task.coordinators));
        facts.put("submitters", || self.persons(&task.submitters));
        facts.put("mark", || mark(task.mark));
        facts.entity(id(&self.task, task.id), within.into_iter().collect())
    }

    fn record(&self, record: &RecordRow, wanted: &Wanted) -> Option<Entity> {
        let mut facts = Facts::of(wanted);
        facts.put("units", || {
            set_of(&self.unit, record.units.iter().map(raw_unit))
        });
        facts.put("by", || self.persons(record.by.as_slice()));
        facts.put("about", || self.persons(&record.about));
        facts.put("mark", || mark(record.mark));
        facts.put("step_roles", || {
            let roles = record.step_roles.iter().filter(|role| *role != KEEPER);
            let roles = roles.map(|role| {
                EntityUid::from_type_name_and_id(self.role.clone(), EntityId::new(role))
            });
            Value::new_set(roles.map(Value::new_entity_uid))
        });
        facts.put("by_keeper", || {
            Value::new_bool(record.step_roles.iter().any(|role| role == KEEPER))
        });
        facts.entity(id(&self.record, Uuid::nil()), HashSet::new())
    }

    fn appointment(&self, appointment: &Appointment, wanted: &Wanted) -> Option<Entity> {
        let mut facts = Facts::of(wanted);
        facts.put("role", || {
            Value::new_entity_uid(self.role(appointment.role))
        });
        facts.put("held", || {
            let held = appointment.held.iter().map(|role| self.role(*role));
            Value::new_set(held.map(Value::new_entity_uid))
        });
        facts.entity(id(&self.appointment, Uuid::nil()), HashSet::new())
    }

    fn approval(&self, approval: &Approval, wanted: &Wanted) -> Option<Entity> {
        let mut facts = Facts::of(wanted);
        facts.put("field", || {
            let field = match approval.field {
                Field::Money => "money",
                Field::Personnel => "personnel",
                Field::Engineering => "engineering",
                Field::Other => "other",
            };
            Value::new_string(field.to_owned())
        });
        facts.put("spent_by_deputy", || {
            Value::new_bool(approval.spent_by_deputy)
        });
        facts.put("parts", || self.persons(&approval.parts));
        facts.entity(id(&self.approval, approval.id), HashSet::new())
    }

    fn persons(&self, persons: &[PersonId]) -> Value {
        set_of(&self.person, persons.iter().map(|person| person.0))
    }

    fn role(&self, role: Role) -> EntityUid {
        EntityUid::from_type_name_and_id(self.role.clone(), EntityId::new(role_key(role)))
    }
}

/// The name of a role in policies and on the command line.
pub(crate) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Principal => "principal",
        Role::Deputy => "deputy",
        Role::Head => "head",
        Role::Contact => "contact",
        Role::Handler => "handler",
        Role::Reviewer => "reviewer",
        Role::Discipline => "discipline",
        Role::Personnel => "personnel",
        Role::Finance => "finance",
        Role::Investment => "investment",
        Role::Publicity => "publicity",
        Role::SystemAdministrator => "system_administrator",
        Role::SecurityAdministrator => "security_administrator",
        Role::Auditor => "auditor",
    }
}

/// The units concerned, and the one whose work it is a part of.
fn units(task: &TaskRow) -> impl Iterator<Item = UnitId> {
    let units = task.co_units.iter().chain(&task.lead);
    units.chain(&task.supervisor).chain(&task.above).copied()
}

fn raw_unit(unit: &UnitId) -> Uuid {
    unit.0
}

fn mark(mark: Mark) -> Value {
    Value::new_string(mark.key().to_owned())
}

/// An id in 22 letters: a name of at most 23 stands in place, without memory of its own.
fn id(kind: &EntityTypeName, id: Uuid) -> EntityUid {
    let mut letters = [0; 22];
    let mut bits = id.as_u128();
    for letter in &mut letters {
        let at = usize::try_from(bits & 63).unwrap_or(0);
        *letter = LETTERS.get(at).copied().unwrap_or(b'-');
        bits >>= 6;
    }
    let name = std::str::from_utf8(&letters).unwrap_or_default();
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(name))
}

fn set_of(kind: &EntityTypeName, ids: impl Iterator<Item = Uuid>) -> Value {
    Value::new_set(ids.map(|one| Value::new_entity_uid(id(kind, one))))
}

/// The facts of one entity, those that are wanted.
struct Facts<'a> {
    wanted: &'a Wanted,
    known: HashMap<String, Value>,
}

impl<'a> Facts<'a> {
    fn of(wanted: &'a Wanted) -> Self {
        Self {
            wanted,
            known: HashMap::new(),
        }
    }

    fn put(&mut self, fact: &'static str, value: impl FnOnce() -> Value) {
        if self.wanted.0.contains(fact) {
            self.known.insert(fact.to_owned(), value());
        }
    }

    fn entity(self, uid: EntityUid, within: HashSet<EntityUid>) -> Option<Entity> {
        if self.known.is_empty() {
            return Some(Entity::new_no_attrs(uid, within));
        }
        Entity::new(uid, self.known, within).ok()
    }
}

fn push(entities: &mut Vec<Entity>, entity: Entity) -> EntityUid {
    let uid = entity.uid();
    entities.push(entity);
    uid
}
