//! The forms of hooks. What opens one is never written back into a form.

use luoshi_domain::hooks::{Credential, HookDetails, HookKind, Hours, NAME_LIMIT};
use luoshi_domain::ids::UnitId;
use luoshi_domain::notifications::Topic;
use luoshi_domain::organisation::Organisation;
use serde::Deserialize;

use crate::pages::parts::{Choice, Fault, Field};

/// What stands for the whole bureau among the units.
const WHOLE: &str = "";

/// An hour that is none, and refused where hours are checked.
const NO_HOUR: u32 = 99;

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) kind: String,
    name: String,
    address: String,
    secret: String,
    unit: String,
    topics: Vec<String>,
    digest: String,
    from: String,
    until: String,
    workdays: String,
    plain: String,
    pub(super) seen: String,
}

impl Typed {
    /// What is offered to begin with.
    pub(super) fn usual() -> Self {
        let topics = [
            Topic::Assigned,
            Topic::Urged,
            Topic::Warned,
            Topic::DueSoon,
            Topic::Overdue,
        ];
        Self {
            kind: HookKind::Wecom.key().to_owned(),
            ..Self::of(&HookDetails {
                name: String::new(),
                topics: topics.to_vec(),
                digest: false,
                unit: None,
                hours: Hours::default(),
                plain: false,
            })
        }
    }

    /// What stands now.
    pub(super) fn of(details: &HookDetails) -> Self {
        let ticked = |yes: bool| if yes { "yes" } else { "" }.to_owned();
        let topics = details.topics.iter();
        Self {
            name: details.name.clone(),
            unit: details
                .unit
                .map_or_else(|| WHOLE.to_owned(), |unit| unit.to_string()),
            topics: topics.map(|topic| topic.key().to_owned()).collect(),
            digest: ticked(details.digest),
            from: details.hours.from.to_string(),
            until: details.hours.until.to_string(),
            workdays: ticked(details.hours.workdays),
            plain: ticked(details.plain),
            ..Self::default()
        }
    }

    pub(super) fn details(&self) -> HookDetails {
        let topics = self.topics.iter();
        HookDetails {
            name: self.name.clone(),
            topics: topics.filter_map(|key| Topic::from_key(key)).collect(),
            digest: self.digest == "yes",
            unit: match self.unit.as_str() {
                WHOLE => None,
                // What is no id is no unit, and refused there.
                unit => Some(unit.parse().unwrap_or(UnitId(uuid::Uuid::nil()))),
            },
            hours: Hours {
                from: self.from.parse().unwrap_or(NO_HOUR),
                until: self.until.parse().unwrap_or(NO_HOUR),
                workdays: self.workdays == "yes",
            },
            plain: self.plain == "yes",
        }
    }

    pub(super) fn credential(&self) -> Credential {
        Credential {
            address: self.address.clone(),
            secret: self.secret.clone(),
        }
    }
}

/// The fields of one that is to be registered.
pub(super) fn registering(
    typed: &Typed,
    organisation: &Organisation,
    faults: &[Fault],
) -> Vec<Field> {
    let kinds = HookKind::ALL.map(|kind| Choice::new(kind.key(), kind.label(), &typed.kind));
    let mut fields = vec![Field::select("kind", "类型", kinds.to_vec()).required()];
    fields.extend(opening(None));
    fields.extend(details(typed, true, organisation));
    faulty(fields, faults)
}

/// The fields of what is sent.
pub(super) fn amending(
    typed: &Typed,
    kind: HookKind,
    organisation: &Organisation,
    faults: &[Fault],
) -> Vec<Field> {
    let robot = kind != HookKind::General;
    faulty(details(typed, robot, organisation), faults)
}

/// The fields of where it leads.
pub(super) fn addressing(kind: HookKind, faults: &[Fault]) -> Vec<Field> {
    faulty(opening(Some(kind)), faults)
}

fn details(typed: &Typed, robot: bool, organisation: &Organisation) -> Vec<Field> {
    let check = |name, label, value: &str| Field {
        kind: "check",
        ..Field::text(name, label, value)
    };
    let mut units = vec![Choice::new(WHOLE, "全局", &typed.unit)];
    units.extend(
        organisation
            .carriers()
            .map(|unit| Choice::new(unit.id.to_string(), &unit.name, &typed.unit)),
    );
    let topics = Topic::ALL.into_iter().map(|topic| Choice {
        selected: typed.topics.iter().any(|key| key == topic.key()),
        ..Choice::new(topic.key(), topic.label(), "")
    });
    let hours = |range: std::ops::RangeInclusive<u32>, chosen: &str| {
        range
            .map(|hour| Choice::new(hour.to_string(), format!("{hour} 点"), chosen))
            .collect()
    };
    let mut fields = vec![
        Field {
            max: NAME_LIMIT,
            ..Field::text("name", "名称", &typed.name)
                .required()
                .hint("写明给谁看，例如“规划科工作群”")
        },
        Field::select("unit", "范围", units)
            .hint("发给该单位及下级单位的消息；选“全局”的，群里应只有督查办和局领导"),
        Field::checks("topics", "发哪些消息", topics.collect())
            .hint("只发给个人的消息和有标注的事项，一律不外发"),
        check("digest", "每天发一条在办事项汇总", &typed.digest)
            .hint("在每天发送时段开始时发，没有在办事项就不发"),
        Field::select("from", "从几点起发", hours(0..=23, &typed.from)),
        Field::select("until", "发到几点", hours(1..=24, &typed.until))
            .hint("时段以外的消息攒到下一个时段，合成一条发"),
        check("workdays", "只在工作日发", &typed.workdays),
    ];
    if robot {
        fields.push(
            check("plain", "用纯文本（在微信里也能看到）", &typed.plain)
                .hint("不勾时带格式和链接；通用接口不看这一项"),
        );
    }
    fields
}

fn opening(kind: Option<HookKind>) -> Vec<Field> {
    let address = Field::text("address", "地址（Webhook）", "")
        .required()
        .hint("从群设置里完整复制。地址里有令牌，保存后只显示主机和指纹，不再显示全文");
    let secret = Field::text("secret", "加签密钥", "")
        .hint("钉钉选“加签”时填写，以 SEC 开头；选“关键词”时设为“落实”，这里不填");
    match kind {
        Some(HookKind::General | HookKind::Wecom) => vec![address],
        Some(HookKind::Dingtalk) | None => vec![address, secret],
    }
}

fn faulty(mut fields: Vec<Field>, faults: &[Fault]) -> Vec<Field> {
    for field in &mut fields {
        let fault = faults.iter().find(|fault| fault.field == field.name);
        field.fault = fault.map_or_else(String::new, |fault| fault.text.clone());
    }
    fields
}
