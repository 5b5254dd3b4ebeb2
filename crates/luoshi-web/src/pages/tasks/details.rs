//! The form of what a task is about: for opening one and for changing it before its issue.

use luoshi_app::rules::Rules;
use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::{BodyId, PersonId, UnitId};
use luoshi_domain::organisation::{Organisation, Role};
use luoshi_domain::tasks::{Level, TaskDetails};

use crate::pages::labels;
use crate::pages::parts::{Choice, Field};
use crate::pages::tasks::entries::NO_POLICY;

/// Empty rows for further co-units.
const SPARE_ROWS: usize = 2;

/// What the fields are filled with.
pub(super) struct DetailsForm<'a> {
    pub(super) organisation: &'a Organisation,
    pub(super) rules: &'a Rules,
    pub(super) details: &'a TaskDetails,
    /// Those in which several units may lead.
    pub(super) task_forces: &'a [(BodyId, String)],
}

impl DetailsForm<'_> {
    /// Which limit policy holds; by its origin unless one is chosen.
    fn policy_field(&self) -> Field {
        let details = self.details;
        let current = match details.policies.as_deref() {
            None => "",
            Some([]) => NO_POLICY,
            Some([first, ..]) => first.as_str(),
        };
        let mut choices = vec![
            Choice::new("", "按来源类别", current),
            Choice::new(NO_POLICY, "不适用", current),
        ];
        let known = self.rules.policies.iter();
        choices.extend(known.map(|known| Choice::new(&known.key, &known.label, current)));
        Field::select("policies", "时限制度", choices).hint("自定了完成时限的，以自定的为准")
    }

    /// How often the lead unit reports; by its origin unless somebody says otherwise (LEDGER-11).
    fn cadence_field(&self) -> Field {
        let typed = self.details.cadence.map(Cadence::typed);
        let by_origin = self.rules.leads.cadences.iter();
        let mut days: Vec<String> = by_origin
            .filter_map(|known| known.days.as_ref())
            .map(|days| format!("每 {}", days.said_of("天")))
            .collect();
        days.dedup();
        let hint = match days.is_empty() {
            true => "填天数，或每周、每月、每季；不填的不按期上报".to_owned(),
            false => format!(
                "填天数，或每周、每月、每季；不填的，上级交办、市级部署的{}上报，其余不按期上报",
                days.join("、")
            ),
        };
        cadence_field(typed.unwrap_or_default()).hint(hint)
    }

    /// Every field, in the order of the form.
    pub(super) fn fields(&self) -> Vec<Field> {
        let details = self.details;
        let level = if details.level == Level::Major {
            "major"
        } else {
            "ordinary"
        };
        let mut origins = Vec::new();
        if details.category.is_empty() {
            origins.push(Choice::new("", "请选择", ""));
        }
        let known = self.rules.origins();
        origins.extend(
            known.map(|known| {
                Choice::new(known.key.clone(), known.label.clone(), &details.category)
            }),
        );
        let limit = details.limit.map(|limit| limit.to_string());
        let mut fields = vec![
            Field::area("title", "任务内容", details.title.clone()).required(),
            Field::area("target", "目标要求", details.target.clone()),
            Field::select("lead", "牵头单位", self.unit_choices(details.lead)),
            Field::date("limit", "完成时限", limit.unwrap_or_default()),
            Field::select(
                "supervisor",
                "督办单位",
                self.unit_choices(details.supervisor),
            ),
            Field::area("requirement", "办理要求", details.requirement.clone()),
            Field::select("category", "来源类别", origins).required(),
            self.policy_field(),
            self.cadence_field(),
            Field::radio(
                "level",
                "等级",
                vec![
                    Choice::new("ordinary", labels::level(Level::Ordinary), level),
                    Choice::new("major", labels::level(Level::Major), level),
                ],
            ),
        ];
        let known = details
            .co_units
            .iter()
            .map(|co| (Some(co.unit), co.duty.clone(), co.joint));
        let spare = std::iter::repeat_n((None, String::new(), false), SPARE_ROWS);
        for (at, (unit, duty, joint)) in known.chain(spare).enumerate() {
            let at = at + 1;
            let part = if joint { "joint" } else { "co" };
            let parts = vec![
                Choice::new("co", "协办", part),
                Choice::new("joint", "共同牵头", part),
            ];
            let label = format!("协办单位 {at}");
            let row = [
                Field::select("co_unit", &label, self.unit_choices(unit)),
                Field::text("co_duty", &format!("{label} 的职责"), duty),
                Field::select("co_part", &format!("{label} 是协办还是共同牵头"), parts),
            ];
            // The first row has the ids that faults lead to.
            fields.extend(row.map(|field| match at {
                1 => field,
                _ => field.of_form(&format!("row-{at}")),
            }));
        }
        fields.push(self.task_force_field());
        fields
    }

    /// In which body several leads work together (ORG-05).
    fn task_force_field(&self) -> Field {
        let current = self.details.task_force.map(|id| id.to_string());
        let current = current.unwrap_or_default();
        let mut forces = vec![Choice::new("", "（没有）", &current)];
        let known = self.task_forces.iter();
        forces.extend(known.map(|(id, name)| Choice::new(id.to_string(), name, &current)));
        Field::select("task_force", "工作专班、联合会商组", forces).hint(
            "几个单位共同牵头的必选；专班负责人所在单位总牵头。在“机构 · 领导小组和专班”里成立",
        )
    }

    /// All units that can carry a task, with none of them first.
    pub(super) fn unit_choices(&self, current: Option<UnitId>) -> Vec<Choice> {
        let none = Choice {
            value: String::new(),
            label: "（无）".into(),
            selected: current.is_none(),
        };
        let units = self.organisation.carriers();
        let units = units.map(|unit| self.unit_choice(unit.id, current));
        std::iter::once(none).chain(units).collect()
    }

    pub(super) fn unit_choice(&self, unit: UnitId, current: Option<UnitId>) -> Choice {
        Choice {
            value: unit.to_string(),
            label: self.organisation.unit_name(unit).to_owned(),
            selected: current == Some(unit),
        }
    }
}

/// The field that says how often the lead unit reports.
pub(in crate::pages) fn cadence_field(typed: String) -> Field {
    let some = ["7", "14", "30", "每周", "每月", "每季", "不要求上报"];
    Field {
        list: some.map(str::to_owned).into(),
        ..Field::text("cadence", "上报间隔", typed)
    }
}

/// The leaders to choose from; the deputy in charge is chosen.
pub(super) fn leader_choices(organisation: &Organisation, deputy: Option<PersonId>) -> Vec<Choice> {
    let current = deputy.map(|deputy| deputy.to_string()).unwrap_or_default();
    let posts = organisation.posts.iter();
    let leaders = posts.filter(|post| matches!(post.role, Role::Principal | Role::Deputy));
    let mut choices: Vec<Choice> = Vec::new();
    for post in leaders {
        let Some(holder) = post.holder else { continue };
        let role = match post.role {
            Role::Principal => "主要领导",
            _ if holder.to_string() == current => "分管领导",
            _ => "班子成员",
        };
        let label = format!("{}（{role}）", organisation.person_name(holder));
        let choice = Choice::new(holder.to_string(), label, &current);
        if !choices.iter().any(|known| known.value == choice.value) {
            choices.push(choice);
        }
    }
    choices
}
