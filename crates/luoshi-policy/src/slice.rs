//! What a request carries: the actor, the row and the row's units, never the whole bureau.

use std::collections::HashSet;
use std::str::FromStr;

use cedar_policy::{
    Entities, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression as Value,
};
use luoshi_domain::context::Actor;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::marks::Mark;
use luoshi_domain::organisation::Role;
use luoshi_domain::rights::{Appointment, Approval, Field, PlanRow, RecordRow, Row, TaskRow};
use uuid::Uuid;

/// The facts of one request.
pub(crate) struct Slice {
    pub(crate) actor: EntityUid,
    pub(crate) row: EntityUid,
    pub(crate) entities: Vec<Entity>,
}

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
    pub(crate) fn of(&self, actor: &Actor, action: &EntityUid, on: &Row) -> Option<Slice> {
        let mut entities = Vec::with_capacity(8);
        entities.extend(self.actions.get(action).cloned());
        let subtree = id(&self.subtree, actor.person.0);
        entities.push(self.actor(actor, subtree.clone())?);
        let row = match on {
            Row::Bureau => self.bureau.clone(),
            Row::Plan(plan) => push(&mut entities, self.plan(plan)?),
            Row::Task(task) => {
                let row = push(&mut entities, self.task(task)?);
                for unit in units(task) {
                    let below = actor.scope.binary_search(&unit).is_ok();
                    let above = below.then(|| subtree.clone()).into_iter().collect();
                    entities.push(Entity::new_no_attrs(id(&self.unit, unit.0), above));
                }
                row
            }
            Row::Record(record) => push(&mut entities, self.record(record)?),
            Row::Appointment(appointment) => push(&mut entities, self.appointment(appointment)?),
            Row::Approval(approval) => push(&mut entities, self.approval(approval)?),
        };
        Some(Slice {
            actor: id(&self.person, actor.person.0),
            row,
            entities,
        })
    }

    fn actor(&self, actor: &Actor, subtree: EntityUid) -> Option<Entity> {
        let roles = actor.posts.iter().map(|post| self.role(post.role));
        let office = actor.supervises.then(|| self.supervision_office.clone());
        let facts = [
            (
                "units",
                set_of(&self.unit, actor.units().iter().map(raw_unit)),
            ),
            ("subtree", Value::new_entity_uid(subtree)),
            ("by_hand", Value::new_bool(actor.hand.is_some())),
            (
                "operator",
                Value::new_entity_uid(id(&self.person, actor.operator().0)),
            ),
        ];
        entity(
            id(&self.person, actor.person.0),
            facts,
            roles.chain(office).collect(),
        )
    }

    fn plan(&self, plan: &PlanRow) -> Option<Entity> {
        let facts = [("mark", mark(plan.mark))];
        entity(id(&self.plan, plan.id), facts, HashSet::new())
    }

    fn task(&self, task: &TaskRow) -> Option<Entity> {
        let facts = [
            ("lead", set_of(&self.unit, task.lead.iter().map(raw_unit))),
            (
                "co_units",
                set_of(&self.unit, task.co_units.iter().map(raw_unit)),
            ),
            (
                "supervisor",
                set_of(&self.unit, task.supervisor.iter().map(raw_unit)),
            ),
            ("deputy", self.persons(task.deputy.as_slice())),
            ("coordinators", self.persons(&task.coordinators)),
            ("submitters", self.persons(&task.submitters)),
            ("mark", mark(task.mark)),
        ];
        let within = units(task).map(|unit| id(&self.unit, unit.0)).collect();
        entity(id(&self.task, task.id), facts, within)
    }

    fn record(&self, record: &RecordRow) -> Option<Entity> {
        let facts = [
            (
                "units",
                set_of(&self.unit, record.units.iter().map(raw_unit)),
            ),
            ("by", self.persons(record.by.as_slice())),
            ("about", self.persons(&record.about)),
        ];
        entity(id(&self.record, Uuid::nil()), facts, HashSet::new())
    }

    fn appointment(&self, appointment: &Appointment) -> Option<Entity> {
        let held = appointment.held.iter().map(|role| self.role(*role));
        let facts = [
            ("role", Value::new_entity_uid(self.role(appointment.role))),
            ("held", Value::new_set(held.map(Value::new_entity_uid))),
        ];
        entity(id(&self.appointment, Uuid::nil()), facts, HashSet::new())
    }

    fn approval(&self, approval: &Approval) -> Option<Entity> {
        let field = match approval.field {
            Field::Money => "money",
            Field::Personnel => "personnel",
            Field::Engineering => "engineering",
            Field::Other => "other",
        };
        let facts = [
            ("field", Value::new_string(field.to_owned())),
            ("spent_by_deputy", Value::new_bool(approval.spent_by_deputy)),
            ("parts", self.persons(&approval.parts)),
        ];
        entity(id(&self.approval, approval.id), facts, HashSet::new())
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

/// The units concerned, each once.
fn units(task: &TaskRow) -> impl Iterator<Item = UnitId> {
    let mut units: Vec<UnitId> = task.co_units.clone();
    units.extend(task.lead);
    units.extend(task.supervisor);
    units.sort_unstable();
    units.dedup();
    units.into_iter()
}

fn raw_unit(unit: &UnitId) -> Uuid {
    unit.0
}

fn mark(mark: Mark) -> Value {
    Value::new_string(mark.key().to_owned())
}

fn id(kind: &EntityTypeName, id: Uuid) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id.simple().to_string()))
}

fn set_of(kind: &EntityTypeName, ids: impl Iterator<Item = Uuid>) -> Value {
    Value::new_set(ids.map(|one| Value::new_entity_uid(id(kind, one))))
}

fn entity<const N: usize>(
    uid: EntityUid,
    facts: [(&str, Value); N],
    within: HashSet<EntityUid>,
) -> Option<Entity> {
    let facts = facts.map(|(name, value)| (name.to_owned(), value));
    Entity::new(uid, facts.into(), within).ok()
}

fn push(entities: &mut Vec<Entity>, entity: Entity) -> EntityUid {
    let uid = entity.uid();
    entities.push(entity);
    uid
}
