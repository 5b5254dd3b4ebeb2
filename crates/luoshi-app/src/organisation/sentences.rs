//! What an event of the organisation says to a person.

use luoshi_domain::organisation::events::OrganisationEvent;
use luoshi_domain::organisation::{Organisation, Role, UnitKind};

/// The event in words; names are those of `organisation`.
pub fn event(event: &OrganisationEvent, organisation: &Organisation) -> String {
    let unit = |id| organisation.unit_name(id);
    let person = |id| organisation.person_name(id);
    let holder = |id: Option<_>| id.map_or("空缺", person);
    match event {
        OrganisationEvent::UnitEstablished(known) => format!("设立单位“{}”", known.name),
        OrganisationEvent::UnitRenamed {
            unit: id,
            name,
            from,
        } => {
            format!("“{}”自 {from} 更名为“{name}”", unit(*id))
        }
        OrganisationEvent::UnitMoved {
            unit: id,
            parent,
            from,
            ..
        } => {
            let parent = parent.map_or("本局", unit);
            format!("“{}”自 {from} 隶属于{parent}", unit(*id))
        }
        OrganisationEvent::UnitAliased { unit: id, .. } => format!("修改“{}”的别名", unit(*id)),
        OrganisationEvent::UnitMerged {
            unit: id,
            into,
            from,
        } => format!("“{}”自 {from} 并入“{}”", unit(*id), unit(*into)),
        OrganisationEvent::UnitClosed { unit: id, last } => {
            format!("撤销单位“{}”，最后一日 {last}", unit(*id))
        }
        OrganisationEvent::PersonRegistered(known) => format!("登记人员{}", known.name),
        OrganisationEvent::PersonLeft { person: id, from } => {
            format!("{}自 {from} 离岗", person(*id))
        }
        OrganisationEvent::PostCreated(post) => {
            format!("设立岗位“{} {}”", unit(post.unit), post.title)
        }
        OrganisationEvent::PostClosed { last, .. } => format!("撤销岗位，最后一日 {last}"),
        OrganisationEvent::Appointed {
            post,
            holder: id,
            from,
        } => {
            let known = organisation.post(*post);
            let place = known.map_or_else(
                || "岗位".to_owned(),
                |known| format!("{} {}", unit(known.unit), known.title),
            );
            match from {
                Some(from) => format!("“{place}”自 {from}：{}", holder(*id)),
                None => format!("“{place}”：{}", holder(*id)),
            }
        }
        OrganisationEvent::PortfolioAssigned(known) => format!(
            "“{}”自 {} 由{}分管",
            unit(known.unit),
            known.valid_from,
            person(known.deputy)
        ),
        OrganisationEvent::PortfolioEnded { unit: id, from } => {
            format!("“{}”自 {from} 不再单独分管", unit(*id))
        }
        OrganisationEvent::DomainEstablished(known) => format!("设立业务领域“{}”", known.name),
        OrganisationEvent::DomainAssigned {
            domain,
            deputy,
            from,
        } => {
            let known = organisation
                .domains
                .iter()
                .find(|known| known.id == *domain);
            let name = known.map_or("业务领域", |known| known.name.as_str());
            format!("“{name}”自 {from} 由{}分管", holder(*deputy))
        }
        OrganisationEvent::SupervisionOfficeSet { unit: id, from } => {
            format!("“{}”自 {from} 为督查办", unit(*id))
        }
        OrganisationEvent::SupervisionOfficeReleased { unit: id, .. } => {
            format!("“{}”不再是督查办", unit(*id))
        }
    }
}

/// What sort of unit it is.
pub fn unit_kind(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::PartyGroup => "党组织",
        UnitKind::Leadership => "领导班子",
        UnitKind::Section => "机关科室",
        UnitKind::Subordinate => "局属单位",
        UnitKind::Bureau => "下级局",
    }
}

/// What a post entitles to.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Principal => "主要领导",
        Role::Deputy => "分管领导",
        Role::Head => "主要负责人",
        Role::Contact => "承办人",
        Role::Handler => "对口经办人",
        Role::Reviewer => "核验员",
        Role::Discipline => "纪检监察",
        Role::Personnel => "组织人事",
        Role::Finance => "财务",
        Role::Investment => "招商",
        Role::Publicity => "宣传信息",
        Role::SystemAdministrator => "系统管理员",
        Role::SecurityAdministrator => "安全管理员",
        Role::Auditor => "审计员",
    }
}
