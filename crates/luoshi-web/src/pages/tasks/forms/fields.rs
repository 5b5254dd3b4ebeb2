//! The fields of each form, prefilled from what is known: typing is the last resort.

use luoshi_app::tasks::sentences::{self, attachments as said};
use luoshi_domain::cadence::Cadence;
use luoshi_domain::ids::UnitId;
use luoshi_domain::tasks::attachments::AttachedTo;
use luoshi_domain::tasks::evidence::Evidence;
use luoshi_domain::tasks::{Approval, Grade, TaskEvent};
use luoshi_domain::trajectories::percent;

use crate::pages::labels;
use crate::pages::parts::{Choice, Field};
use crate::pages::tasks::details::{DetailsForm, cadence_field};
use crate::pages::tasks::entries::{FILE_FIELD, MILESTONE_FIELD};
use crate::pages::tasks::forms::Forms;
use crate::pages::tasks::verbs::Verb;

/// Workdays that an urged unit has to answer, unless another day is entered.
const ANSWER_WORKDAYS: u32 = 3;

/// A report's words.
#[derive(Default)]
struct Reported {
    text: String,
    difficulties: String,
    suggestions: String,
    figures: String,
    evidence: Vec<Evidence>,
}

impl Forms<'_> {
    /// The fields of a form, prefilled.
    pub(super) fn fields(&self, verb: Verb) -> Vec<Field> {
        let task = &self.view.task;
        let fields = match verb {
            Verb::Approve => vec![Field::area("text", "批示", "").hint("可以不填")],
            Verb::Issue => vec![
                Field::radio(
                    "channel",
                    "下达方式",
                    vec![
                        Choice::new("system", "系统下达", "system"),
                        Choice::new("paper", "书面下达", "system"),
                    ],
                )
                .required(),
            ],
            Verb::SignFor => self.sign_for_fields(),
            Verb::Deploy => vec![
                Field::area("text", "部署安排", "").required(),
                Field::date("until", "最后的时间节点", "").hint("期限内办得完的不填"),
            ],
            Verb::Feedback => self.feedback_fields(),
            Verb::RepeatReport => Vec::new(),
            Verb::SetCadence => {
                let typed = task.reporting.as_deref().map(|known| known.cadence);
                let typed = typed.or(task.details.cadence).map(Cadence::typed);
                let reason = Field::area("reason", "理由", "");
                vec![
                    cadence_field(typed.unwrap_or_default())
                        .required()
                        .hint("填天数（1 至 366），或每周、每月、每季、不要求上报"),
                    match task.issued_at {
                        Some(_) => reason.required(),
                        None => reason,
                    },
                ]
            }
            Verb::CoFeedback => vec![
                Field::area("text", "协办情况", "").required(),
                Field {
                    kind: "check",
                    ..Field::text("done", "本单位的职责已经完成", "")
                },
            ],
            Verb::Remark => {
                let co_units = task.details.co_units.iter();
                let units = co_units.map(|co| self.details().unit_choice(co.unit, None));
                vec![
                    Field::select("unit", "协办单位", units.collect()).required(),
                    Field::area("text", "情况", "").required(),
                ]
            }
            Verb::Instruct => self.instruct_fields(),
            Verb::RequestChange => {
                let limit = task.details.limit.map(|limit| limit.to_string());
                vec![
                    Field::area("target", "目标要求", task.details.target.clone()),
                    Field::date("limit", "完成时限", limit.unwrap_or_default()),
                    Field::area("reason", "变更理由和依据", "").required(),
                ]
            }
            Verb::DecideChange => vec![
                Field::radio(
                    "decision",
                    "批复",
                    vec![
                        Choice::new("grant", "同意变更", ""),
                        Choice::new("refuse", "不同意", ""),
                    ],
                )
                .required(),
                Field::area("text", "批复意见", "").hint("不同意时必填"),
            ],
            Verb::RequestEscalation => {
                vec![Field::area("reason", "督办未果或完成不力的情况", "").required()]
            }
            Verb::DecideEscalation => vec![
                Field::radio(
                    "decision",
                    "批复",
                    vec![
                        Choice::new("grant", "同意立项督办", ""),
                        Choice::new("refuse", "不同意", ""),
                    ],
                )
                .required(),
                Field::area("text", "批复意见", "").hint("不同意时必填"),
            ],
            Verb::IssueNotice => self.notice_fields(),
            Verb::AcknowledgeNotice => self.acknowledge_fields(),
            Verb::RaiseBlocker => self.raise_fields(),
            Verb::AnswerBlocker => self.answer_fields(),
            Verb::WithdrawBlocker => self.withdraw_fields(),
            Verb::RequestExtension => vec![
                Field::date("proposed", "申请延期到", "").required(),
                Field::area("reason", "理由", "").required(),
            ],
            Verb::DecideExtension => self.decision_fields(),
            Verb::Urge => self.urge_fields(),
            Verb::ApplyToClose => {
                let feedback = task.last_feedback.as_ref();
                let proofs = feedback.map(|feedback| sentences::lines(&feedback.evidence));
                let proofs = proofs.unwrap_or_default();
                let summary = feedback.map_or("", |feedback| feedback.text.as_str());
                vec![
                    Field::area("summary", "完成情况", summary).required(),
                    Field::area("evidence", "佐证材料", proofs)
                        .required()
                        .hint("写明材料名称、文号或存放处"),
                ]
            }
            Verb::Review => vec![
                Field::radio("grade", "评价等级", grades()).required(),
                Field::area("opinion", "初审意见", ""),
            ],
            Verb::Endorse => vec![Field::area("opinion", "审定意见", "").hint("可以不填")],
            Verb::Return => vec![Field::area("reason", "退回理由", "").required()],
            Verb::Mark => vec![
                labels::mark_field(task.mark),
                Field::area("reason", "依据", "").required(),
            ],
            Verb::Cancel => vec![Field::area("reason", "撤销理由", "").required()],
            Verb::Amend => self.amend_fields(),
        };
        let fields = fields.into_iter().enumerate();
        let fields = fields.map(|(at, field)| match field.name.as_str() {
            // Repeated names: an id for each.
            "co_unit" | "co_duty" | "co_part" => Field {
                id: format!("{}-{}-{at}", verb.key(), field.name),
                ..field
            },
            _ => field.of_form(verb.key()),
        });
        fields.collect()
    }

    fn sign_for_fields(&self) -> Vec<Field> {
        let lead = self.view.task.details.lead;
        let Some(lead) = lead.filter(|lead| self.actor.works_in(*lead)) else {
            return Vec::new();
        };
        let organisation = &self.view.organisation;
        let posts = organisation.posts.iter().filter(|post| post.unit == lead);
        let people = posts.filter_map(|post| {
            let person = post.holder?;
            let label = format!("{}（{}）", organisation.person_name(person), post.title);
            let current = self.actor.person.to_string();
            Some(Choice::new(person.to_string(), label, &current))
        });
        let nobody = Choice::new("", "暂不指定", "-");
        let choices = people.chain(std::iter::once(nobody)).collect();
        vec![Field::select("assignee", "承办人", choices)]
    }

    fn feedback_fields(&self) -> Vec<Field> {
        let task = &self.view.task;
        let expected = percent(self.view.expected.unwrap_or_default());
        let last = self.last_report();
        let references = last.evidence.iter();
        let references = references.filter(|known| !matches!(known, Evidence::File { .. }));
        let evidence: Vec<String> = references.map(Evidence::line).collect();
        let mut fields = vec![
            Field {
                kind: "number",
                ..Field::text("progress", "进度（%）", task.progress.to_string())
                    .required()
                    .hint(format!(
                        "0 至 100；上次 {}%，序时应到 {expected}%",
                        task.progress
                    ))
            },
            Field::area("text", "已办", last.text).required(),
            Field::area("difficulties", "未办", last.difficulties)
                .hint("还差什么、卡在哪里；有需协调的必填"),
            Field::area("suggestions", "需协调", last.suggestions)
                .hint("填了就按有困难报督办单位和分管领导；没有就空着"),
        ];
        fields.extend(self.milestone_fields());
        if self.view.task.blockers_open().next().is_none() {
            fields.push(Field {
                kind: "check",
                ..Field::text(
                    "raise",
                    "需协调的同时作为卡点报分管领导，本单位暂停计时",
                    "",
                )
            });
        }
        fields.push(
            Field::text("figures", "关键数据", last.figures).hint("可以不填，如 完成 12.5 公里"),
        );
        fields.push(
            Field::area("evidence", "佐证", evidence.join("\n"))
                .hint("每行一条：文号 标题，或网址。引用现有材料，不用另做；要附文件的，先在“依据与佐证”里上传，再在这里勾选"),
        );
        fields.extend(self.file_fields(&last.evidence));
        fields
    }

    /// A box for each milestone that is not reached yet (LEDGER-09).
    fn milestone_fields(&self) -> Vec<Field> {
        let milestones = self.view.task.trajectory.milestones.iter().enumerate();
        let open = milestones.filter(|(_, known)| known.done_on.is_none());
        open.map(|(place, known)| {
            let label = format!("节点“{}”已完成（应于 {} 前）", known.name, known.day);
            Field {
                kind: "check",
                ..Field::text(&format!("{MILESTONE_FIELD}{place}"), &label, "")
            }
        })
        .collect()
    }

    /// A box for each file that the report may name.
    fn file_fields(&self, named: &[Evidence]) -> Vec<Field> {
        let task = &self.view.task;
        let files = task.attachments.iter().filter(|file| match file.to {
            AttachedTo::Task => self.actor.person == file.by,
            AttachedTo::Report(number) => number == task.feedbacks,
            AttachedTo::Notice(_) => false,
        });
        files
            .map(|file| {
                let is_named = |known: &Evidence| matches!(known, Evidence::File { file: id, .. } if *id == file.id);
                let ticked = named.iter().any(is_named);
                let label = format!("附件：{}（{}）", file.name, said::size(file.bytes));
                Field {
                    kind: "check",
                    value: if ticked { "yes" } else { "" }.into(),
                    ..Field::text(&format!("{FILE_FIELD}{}", file.id), &label, "")
                }
            })
            .collect()
    }

    /// What the lead unit last reported, to begin from.
    fn last_report(&self) -> Reported {
        let mut steps = self.view.steps.iter().rev();
        steps
            .find_map(|step| match &step.event {
                TaskEvent::FedBack {
                    text,
                    difficulties,
                    suggestions,
                    figures,
                    evidence,
                    ..
                } => Some(Reported {
                    text: text.clone(),
                    difficulties: difficulties.clone(),
                    suggestions: suggestions.clone(),
                    figures: figures.clone(),
                    evidence: evidence.clone(),
                }),
                _ => None,
            })
            .unwrap_or_default()
    }

    fn decision_fields(&self) -> Vec<Field> {
        let proposed = match &self.view.task.approval {
            Some(Approval::Extension { proposed, .. }) => proposed.to_string(),
            _ => String::new(),
        };
        let decisions = vec![
            Choice::new("grant", "同意", ""),
            Choice::new("refuse", "不同意", ""),
        ];
        vec![
            Field::radio("decision", "批复", decisions).required(),
            Field::date("limit", "新的时限", proposed).hint("同意时生效"),
            Field::area("text", "批复意见", "").hint("不同意时必填"),
        ]
    }

    fn urge_fields(&self) -> Vec<Field> {
        let task = &self.view.task;
        let answer = self
            .view
            .rules
            .calendar
            .add_workdays(self.today, ANSWER_WORKDAYS);
        let number = task.number.as_deref().unwrap_or_default();
        let text = format!(
            "{number}“{}”{}，请于 {answer} 前反馈进展和下一步安排。",
            task.details.title, self.view.light.reason
        );
        vec![
            Field::area("text", "催办内容", text).required(),
            Field::date("respond_by", "答复期限", answer.to_string())
                .required()
                .hint(format!("默认 {ANSWER_WORKDAYS} 个工作日")),
        ]
    }

    fn amend_fields(&self) -> Vec<Field> {
        self.details().fields()
    }

    /// The fields of what the task is about.
    fn details(&self) -> DetailsForm<'_> {
        DetailsForm {
            organisation: &self.view.organisation,
            rules: &self.view.rules,
            details: &self.view.task.details,
            task_forces: &self.view.task_forces,
        }
    }

    pub(in crate::pages::tasks) fn unit_choices(&self, current: Option<UnitId>) -> Vec<Choice> {
        self.details().unit_choices(current)
    }
}

fn grades() -> Vec<Choice> {
    let grades = [
        ("good", Grade::Good),
        ("fairly_good", Grade::FairlyGood),
        ("basic", Grade::Basic),
        ("weak", Grade::Weak),
        ("poor", Grade::Poor),
    ];
    grades
        .map(|(name, grade)| Choice::new(name, sentences::grade(grade), ""))
        .into()
}
