//! What each form asks for, filled with what is known.

use luoshi_app::organisation::sentences;
use luoshi_app::organisation::views::OrganisationView;
use luoshi_domain::ids::{DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::commands::NAME_LIMIT;
use luoshi_domain::organisation::{Organisation, Role, UnitKind};
use serde::Serialize;

use super::{Key, Typed};
use crate::pages::parts::{Choice, Field};

const KINDS: [UnitKind; 5] = [
    UnitKind::Section,
    UnitKind::Subordinate,
    UnitKind::Leadership,
    UnitKind::PartyGroup,
    UnitKind::Bureau,
];

const ROLES: [Role; 14] = [
    Role::Head,
    Role::Contact,
    Role::Handler,
    Role::Principal,
    Role::Deputy,
    Role::Reviewer,
    Role::Discipline,
    Role::Personnel,
    Role::Finance,
    Role::Investment,
    Role::Publicity,
    Role::SystemAdministrator,
    Role::SecurityAdministrator,
    Role::Auditor,
];

/// A form's fields, and what it is about.
pub(super) struct Asked {
    pub(super) said: String,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
}

impl Asked {
    /// The form; `None` when it is about something that does not exist.
    pub(super) fn of(view: &OrganisationView, key: Key, typed: &Typed) -> Option<Self> {
        let organisation = &view.organisation;
        let mut asked = Self::about(view, key, typed)?;
        let fields = &mut asked.fields;
        let name = |label: &str, value: &str| Field {
            max: NAME_LIMIT,
            ..Field::text("name", label, value).required()
        };
        match key {
            Key::Establish => {
                fields.push(name("单位名称", &typed.name));
                let kinds = KINDS.map(|kind| (word(kind), sentences::unit_kind(kind).to_owned()));
                fields.push(select("kind", "单位类别", "请选择", &typed.kind, kinds).required());
                fields.push(units(
                    organisation,
                    "parent",
                    "上级单位",
                    "本局",
                    &typed.parent,
                ));
                fields.push(aliases(&typed.aliases));
            }
            Key::Rename => fields.push(name("新名称", &typed.name)),
            Key::Move => {
                fields.push(units(
                    organisation,
                    "parent",
                    "上级单位",
                    "本局",
                    &typed.parent,
                ));
            }
            Key::Aliases => {
                let unit = typed.unit.parse().ok().and_then(|id| organisation.unit(id));
                let known = unit.map(|unit| unit.aliases.join("、")).unwrap_or_default();
                let value = if typed.step.is_empty() {
                    &known
                } else {
                    &typed.aliases
                };
                fields.push(aliases(value));
            }
            Key::Merge => {
                let into = units(organisation, "into", "并入", "请选择", &typed.into);
                fields.push(into.required());
                fields.push(Field {
                    kind: "check",
                    value: typed.along.clone(),
                    ..Field::text("along", "未办结的事项一并转入", "").hint(
                        "并入日是今天或以前时可以转入；不转入时，还有未办结的事项就不能并入。",
                    )
                });
            }
            Key::Office => {
                let choices = vec![
                    Choice::new("set", "设为督查办", &typed.kind),
                    Choice::new("release", "撤销督查办标记", &typed.kind),
                ];
                fields.push(Field::radio("kind", "办理", choices).required());
            }
            Key::Register => {
                fields.push(name("姓名", &typed.name));
                let login = Field::text("login", "登录名", &typed.login).required();
                fields.push(login.hint("字母或数字，全局唯一；口令由账号管理员另行发放。"));
            }
            Key::Post => {
                fields.push(name("岗位名称", &typed.name));
                let roles = ROLES.map(|role| (word(role), sentences::role(role).to_owned()));
                fields.push(select("role", "岗位职责", "请选择", &typed.role, roles).required());
                fields.push(persons(view, "任职人员", "空缺", &typed.person));
            }
            Key::Appoint => fields.push(persons(view, "任职人员", "空缺", &typed.person)),
            Key::Portfolio => fields.push(persons(
                view,
                "分管领导",
                "不单独分管，随上级",
                &typed.person,
            )),
            Key::Domain => {
                fields.push(name("业务领域", &typed.name));
                fields.push(persons(view, "分管领导", "暂缺", &typed.person));
            }
            Key::DomainDeputy => {
                fields.push(persons(view, "分管领导", "暂缺", &typed.person));
            }
            Key::Close | Key::ClosePost | Key::Leave => {}
        }
        let label = match key {
            Key::Aliases | Key::Register => return Some(asked),
            Key::Close | Key::ClosePost => "最后一日",
            Key::Leave => "离岗日（当日起不在岗）",
            _ => "生效日",
        };
        let day = match typed.day.is_empty() {
            true => organisation.day.to_string(),
            false => typed.day.clone(),
        };
        let hint = "可以是以前、今天或今后；今后的安排到日自动生效。";
        asked
            .fields
            .push(Field::date("day", label, day).required().hint(hint));
        Some(asked)
    }

    /// What the form is about, with what it sends on.
    fn about(view: &OrganisationView, key: Key, typed: &Typed) -> Option<Self> {
        let organisation = &view.organisation;
        let (said, hidden) = match key {
            Key::Establish | Key::Register | Key::Domain => (String::new(), Vec::new()),
            Key::Leave => {
                let id: PersonId = typed.person.parse().ok()?;
                let person = view.history.person(id)?;
                (person.person.name.clone(), vec![("person", id.to_string())])
            }
            Key::ClosePost | Key::Appoint => {
                let id: PostId = typed.post.parse().ok()?;
                let post = view.history.post(id)?;
                let unit = organisation.unit_name(post.unit);
                let hidden = vec![("post", id.to_string()), ("unit", post.unit.to_string())];
                (format!("{unit} {}", post.title), hidden)
            }
            Key::DomainDeputy => {
                let id: DomainId = typed.domain.parse().ok()?;
                let domain = view.history.domain(id)?;
                (domain.name.clone(), vec![("domain", id.to_string())])
            }
            _ => {
                let id: UnitId = typed.unit.parse().ok()?;
                view.history.unit(id)?;
                let name = organisation.unit_name(id).to_owned();
                (name, vec![("unit", id.to_string())])
            }
        };
        Some(Self {
            said,
            hidden,
            fields: Vec::new(),
        })
    }
}

/// A person to choose among those who are not gone; empty for nobody.
pub(in crate::pages::organisation) fn persons(
    view: &OrganisationView,
    label: &str,
    nobody: &str,
    current: &str,
) -> Field {
    let here = view.history.persons().iter();
    let here = here.filter(|record| record.left.is_none_or(|left| left > view.today));
    let choices = here.map(|record| {
        let id = record.person.id;
        let post = view.organisation.posts_of(id).next();
        let place = post.map(|post| {
            let unit = view.organisation.unit_name(post.unit);
            format!("{}（{unit} {}）", record.person.name, post.title)
        });
        (
            id.to_string(),
            place.unwrap_or_else(|| record.person.name.clone()),
        )
    });
    select("person", label, nobody, current, choices)
}

fn units(organisation: &Organisation, name: &str, label: &str, none: &str, current: &str) -> Field {
    let tops = organisation.children(None);
    let ids = tops.flat_map(|top| organisation.subtree(top.id));
    let choices = ids.map(|id| {
        let depth = organisation.upwards(id).skip(1).count();
        let name = organisation.unit_name(id);
        (id.to_string(), format!("{}{name}", "　".repeat(depth)))
    });
    select(name, label, none, current, choices)
}

fn select(
    name: &str,
    label: &str,
    none: &str,
    current: &str,
    choices: impl IntoIterator<Item = (String, String)>,
) -> Field {
    let known = choices
        .into_iter()
        .map(|(value, label)| Choice::new(value, label, current));
    let all = std::iter::once(Choice::new("", none, current)).chain(known);
    Field::select(name, label, all.collect())
}

fn aliases(value: &str) -> Field {
    Field::text("aliases", "别名", value)
        .hint("文件里用的其他叫法，用顿号隔开；原名称不必填，系统自动认得。")
}

/// A word as addresses and forms have it.
fn word<T: Serialize>(value: T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
