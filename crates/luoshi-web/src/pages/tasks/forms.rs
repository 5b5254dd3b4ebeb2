//! The forms of a task's page: every act that is allowed now, and why the others are not.

mod fields;

use chrono::NaiveDate;
use luoshi_app::App;
use luoshi_app::secrecy;
use luoshi_app::tasks::{TaskView, sentences};
use luoshi_domain::calendar::local_day;
use luoshi_domain::context::Actor;
use luoshi_domain::refusals::Ground;
use luoshi_domain::rights::Right;
use luoshi_domain::tasks::actions::TaskAction;
use luoshi_domain::tasks::{Approval, Level};

use crate::pages::labels;
use crate::pages::parts::{Fact, Fault, Field};
use crate::pages::tasks::entries::Entry;
use crate::pages::tasks::verbs::Verb;

/// An act's form.
pub(super) struct ActForm {
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    pub(super) note: String,
    pub(super) action: String,
    pub(super) effect: String,
    pub(super) fields: Vec<Field>,
    pub(super) submit: &'static str,
    pub(super) confirm: String,
    pub(super) opened: bool,
    /// Whether it came back for a word of secrecy, and may be sent all the same (SYS-05).
    pub(super) doubtful: bool,
    pub(super) files: bool,
}

/// An act that is not allowed, and why.
pub(super) struct Refused {
    pub(super) title: &'static str,
    pub(super) why: String,
}

/// A form that comes back: what was typed and what is wrong with it.
pub(super) struct Retry {
    pub(super) verb: Verb,
    pub(super) entry: Entry,
    /// By the name of the field.
    pub(super) faults: Vec<Fault>,
}

/// What forms are made with.
pub(super) struct Forms<'a> {
    pub(super) app: &'a App,
    pub(super) view: &'a TaskView,
    pub(super) actor: &'a Actor,
    pub(super) today: NaiveDate,
}

impl Forms<'_> {
    /// The forms of all acts allowed now; one of them is open.
    pub(super) fn allowed(&self, retry: Option<&Retry>, wanted: Option<Verb>) -> Vec<ActForm> {
        let allowed: Vec<Verb> = Verb::ALL
            .into_iter()
            .filter(|verb| self.is_allowed(*verb))
            .collect();
        let first = allowed.first().copied().filter(|verb| verb.is_next_step());
        let wanted = wanted.filter(|verb| allowed.contains(verb));
        let open = retry.map(|retry| retry.verb).or(wanted).or(first);
        let forms = allowed.into_iter().map(|verb| {
            let mut form = self.form(verb);
            form.opened = open == Some(verb);
            if let Some(retry) = retry.filter(|retry| retry.verb == verb) {
                let mut faults = retry.faults.iter();
                form.doubtful = faults.any(|fault| fault.field == secrecy::CODE);
                refill(&mut form.fields, &retry.entry, &retry.faults);
            }
            form
        });
        forms.collect()
    }

    pub(super) fn is_allowed(&self, verb: Verb) -> bool {
        let (task, actor) = (&self.view.task, self.actor);
        let known = self.view.actions.iter();
        let mut known = known.filter(|(action, _)| *action == verb.action());
        let holds = |right| self.app.policy.allows(actor, right, &task.row());
        let fits = match verb {
            Verb::Deploy => holds(Right::Deploy) && task.timing.is_some(),
            Verb::Feedback => holds(Right::FeedBackAsLead),
            Verb::CoFeedback => holds(Right::FeedBackAsCoUnit),
            _ => true,
        };
        fits && known.any(|(_, allowed)| allowed.is_ok())
    }

    /// What is not allowed although it is this reader's, and what others do.
    pub(super) fn refused(&self) -> (Vec<Refused>, Vec<Refused>) {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        if self.view.task.is_over() {
            // The head of the list says it for all acts.
            return (own, others);
        }
        for verb in Verb::ALL {
            let known = self.view.actions.iter();
            let mut known = known.filter(|(action, _)| *action == verb.action());
            let Some((action, Err(refusal))) = known.next() else {
                continue;
            };
            let untimed = verb == Verb::Deploy && self.view.task.timing.is_none();
            if verb == Verb::CoFeedback || untimed || is_past(*action, refusal.code) {
                continue;
            }
            let refused = Refused {
                title: verb.title(&self.view.task),
                why: refusal.sentence.clone(),
            };
            match refusal.ground {
                Ground::Authority => others.push(refused),
                Ground::State | Ground::Input => own.push(refused),
            }
        }
        (own, others)
    }

    /// What was typed into a form that is not offered any more, to be copied from.
    pub(super) fn typed(&self, retry: &Retry) -> Vec<Fact> {
        let fields = self.fields(retry.verb).into_iter();
        let typed = fields
            .filter(|field| field.kind == "area" || field.kind == "text")
            .map(|field| Fact::new(field.label, retry.entry.first(&field.name)))
            .filter(|fact| !fact.value.is_empty());
        typed.collect()
    }

    fn form(&self, verb: Verb) -> ActForm {
        let task = &self.view.task;
        ActForm {
            key: verb.key(),
            title: verb.title(task),
            note: self.note(verb),
            action: format!("/tasks/{}/{}", task.id, verb.key()),
            effect: self.effect(verb),
            fields: self.fields(verb),
            submit: match verb {
                Verb::Amend => "保存修改",
                Verb::Feedback | Verb::CoFeedback => "提交反馈",
                Verb::Instruct => "登记",
                Verb::RequestChange => "提交申请",
                Verb::DecideChange => "批复",
                Verb::RequestEscalation => "提交申请",
                Verb::DecideEscalation => "批复",
                Verb::IssueNotice => "预览",
                Verb::AcknowledgeNotice => "签收",
                Verb::RaiseBlocker => "提出卡点",
                Verb::AnswerBlocker => "答复",
                Verb::RequestExtension => "提交申请",
                Verb::DecideExtension => "批复",
                Verb::Urge => "发出催办",
                Verb::Review => "提交初审",
                Verb::Endorse => "审定",
                Verb::Remark => "提交",
                _ => verb.title(task),
            },
            confirm: self.confirm(verb),
            opened: false,
            doubtful: false,
            files: false,
        }
    }

    fn note(&self, verb: Verb) -> String {
        let task = &self.view.task;
        match verb {
            Verb::IssueNotice if self.view.lagging.is_some() => "建议下达".into(),
            Verb::Urge if task.urgings > 0 => format!("已催办 {} 次", task.urgings),
            Verb::Feedback if task.feedbacks > 0 => format!("已反馈 {} 次", task.feedbacks),
            Verb::RequestExtension if task.extensions > 0 => {
                format!("已延期 {} 次", task.extensions)
            }
            Verb::Approve | Verb::Issue if !self.view.missing.is_empty() => "内容不全".into(),
            _ => String::new(),
        }
    }

    /// What the act will do, and what is to be known before it.
    fn effect(&self, verb: Verb) -> String {
        let task = &self.view.task;
        match verb {
            Verb::Approve | Verb::Issue if !self.view.missing.is_empty() => {
                let missing = self.view.missing.join("、");
                format!("还缺：{missing}。由督查办补全以后才能办这一步。")
            }
            Verb::Approve => "批准后由督查办下达给牵头单位。".into(),
            Verb::Issue => format!(
                "将下达给：{}。编号自动生成，序时进度从下达当天算起。",
                self.recipients()
            ),
            Verb::SignFor => "签收时间和签收人记入办理过程。".into(),
            Verb::Deploy => {
                "要求当日部署的，签收当天报；期限内办不完的重点事项，到期前报节点方案。".into()
            }
            Verb::Feedback => match self.view.on_course {
                Some(known) if task.is_filed_upwards() => format!(
                    "进度正常且有佐证（进度 {}%，按时间应到 {}%），按期的上报可以照上次情况报；有新情况在这里填，也就是这一期的上报。",
                    known.progress, known.expected
                ),
                Some(known) => format!(
                    "进度正常且有佐证，暂不需要填报：进度 {}%，按时间应到 {}%，佐证 {} 条。有新情况可以随时报。",
                    known.progress, known.expected, known.evidence
                ),
                None => "已按上次填报预填，只改有变化的。填了“需协调”，督办单位和分管领导会收到消息；也是对催办的答复。".into(),
            },
            Verb::RepeatReport => match &task.last_feedback {
                Some(last) => format!(
                    "把 {} 反馈的内容作为这一期上报，不用再填，记为照上次情况上报：进度 {}%，{}",
                    local_day(last.at),
                    task.progress,
                    last.text
                ),
                None => String::new(),
            },
            Verb::SetCadence if task.issued_at.is_some() => {
                "从今天起按新的间隔计算应报日，以前的应报日和上报情况不变；牵头单位会收到消息。"
                    .into()
            }
            Verb::SetCadence => "从下达当天起计算应报日，反馈即为上报；暂停计时的天数不计入。".into(),
            Verb::Instruct => "督办单位随交办领导确定：主要领导交办的由督查办督办，分管领导交办的由其分管科室督办。主要领导交办且内容齐全的，视同批准立项。".into(),
            Verb::RequestChange => "形势或上级要求有变的，改哪一项就改哪一项。由分管领导或主要领导批复，批复前按原要求办理；原来的版本一直保留。".into(),
            Verb::DecideChange => self.change(),
            Verb::RequestEscalation => "经主要领导同意后，由督查办立项督办；不同意的由本单位继续督办。".into(),
            Verb::DecideEscalation => self.escalation(),
            Verb::IssueNotice => self.proposal(),
            Verb::AcknowledgeNotice => "签收时间和签收人记入办理过程。".into(),
            Verb::RaiseBlocker => {
                let leads = &self.view.rules.leads;
                format!(
                    "提出后本单位当天起暂停计时，请领导在 {} 个工作日{}内答复；卡点解决后，完成时限按暂停的天数顺延。",
                    leads.answer_workdays.value,
                    if leads.answer_workdays.default { "（默认）" } else { "" }
                )
            }
            Verb::AnswerBlocker => self.open_blockers(),
            Verb::WithdrawBlocker => "撤回后恢复计时，已暂停的天数不计入办理时间。".into(),
            Verb::RequestExtension => match task.details.limit {
                Some(limit) => {
                    format!("现时限 {limit}。由分管领导或主要领导批复，批复前按原时限。")
                }
                None => String::new(),
            },
            Verb::DecideExtension => self.request(),
            Verb::Review | Verb::Endorse => self.closing(),
            Verb::ApplyToClose => "提交后由督办单位初审定级，再报领导审定。".into(),
            Verb::Urge => format!(
                "将通知{}，并记入办理过程。",
                labels::lead_and_head(&self.view.organisation, task.details.lead)
            ),
            Verb::Remark => "督办单位会收到消息，并记入办理过程。".into(),
            Verb::Return if task.closing().is_some() => {
                "牵头单位会收到理由，事项转为继续督办。".into()
            }
            Verb::Return => "理由会发给对方，并记入办理过程。".into(),
            Verb::Mark => "内部事项不导出、不公开；工作秘密还只对有关领导、督查办和承办单位可见。涉密事项不得录入本系统。".into(),
            Verb::Cancel => "撤销以后不能恢复，也不再计时。".into(),
            Verb::Amend if task.approved_by.is_some() => {
                "该事项已经批准立项，保存后可以重新下达。分管领导随牵头单位确定。".into()
            }
            Verb::Amend => "分管领导随牵头单位确定。保存后由主要领导批准立项。".into(),
            Verb::CoFeedback => self.duty(),
        }
    }

    fn confirm(&self, verb: Verb) -> String {
        let task = &self.view.task;
        let title = &task.details.title;
        match verb {
            Verb::Issue => format!("将把“{title}”下达给：{}。", self.recipients()),
            Verb::Cancel => format!("将撤销“{title}”，撤销以后不能恢复。"),
            Verb::Endorse if task.details.level == Level::Ordinary => {
                format!("将审定办结“{title}”，办结以后不再变动。")
            }
            _ => String::new(),
        }
    }

    /// Who will get the notice.
    fn recipients(&self) -> String {
        let (organisation, details) = (&self.view.organisation, &self.view.task.details);
        let lead = details.lead.map(|lead| (lead, "牵头"));
        let co_units = details.co_units.iter().map(|co| (co.unit, "协办"));
        let named: Vec<String> = lead
            .into_iter()
            .chain(co_units)
            .map(|(unit, role)| format!("{}（{role}）", organisation.unit_name(unit)))
            .collect();
        named.join("、")
    }

    /// The extension that was asked for.
    fn request(&self) -> String {
        let task = &self.view.task;
        let Some(Approval::Extension {
            by,
            reason,
            proposed,
            ..
        }) = &task.approval
        else {
            return String::new();
        };
        let name = self.view.organisation.person_name(*by);
        let limit = task.details.limit.map(|limit| format!("由 {limit} "));
        format!(
            "{name}申请{}延期至 {proposed}，理由：{reason}",
            limit.unwrap_or_default()
        )
    }

    /// The closing that was applied for, with the first review's grade.
    fn closing(&self) -> String {
        let Some(closing) = self.view.task.closing() else {
            return String::new();
        };
        let name = self.view.organisation.person_name(closing.by);
        let grade = closing.grade.map(sentences::grade);
        let grade = grade
            .map(|grade| format!("初审：{grade}。"))
            .unwrap_or_default();
        format!(
            "{grade}{name}申请办结，完成情况：{}　佐证：{}",
            closing.summary, closing.evidence
        )
    }

    /// What the reader's own unit has to contribute.
    fn duty(&self) -> String {
        let mut co_units = self.view.task.details.co_units.iter();
        let own = co_units.find(|co| self.actor.works_in(co.unit));
        own.map(|co| format!("本单位的职责：{}", co.duty))
            .unwrap_or_default()
    }
}

impl Verb {
    /// Whether the matter waits for it, so that its form may stand open.
    fn is_next_step(self) -> bool {
        matches!(
            self,
            Self::AnswerBlocker
                | Self::DecideEscalation
                | Self::DecideChange
                | Self::AcknowledgeNotice
                | Self::DecideExtension
                | Self::Review
                | Self::Endorse
                | Self::Approve
                | Self::Issue
                | Self::SignFor
                | Self::Feedback
                | Self::CoFeedback
                | Self::Amend
        )
    }
}

/// Puts back what was typed, with the faults beside the fields.
pub(super) fn refill(fields: &mut [Field], entry: &Entry, faults: &[Fault]) {
    let mut used: Vec<String> = Vec::new();
    for field in fields {
        let at = used.iter().filter(|name| **name == field.name).count();
        used.push(field.name.clone());
        let typed = entry.all(&field.name).get(at);
        let typed = typed.map_or("", String::as_str);
        match field.kind {
            "select" | "radio" => {
                for choice in &mut field.choices {
                    choice.selected = choice.value == typed;
                }
            }
            _ => field.value = typed.to_owned(),
        }
        let mut faults = faults.iter();
        if at == 0
            && let Some(fault) = faults.find(|fault| fault.field == field.name)
        {
            field.fault.clone_from(&fault.text);
        }
    }
}

/// Whether the refusal only says that this step lies behind or is of no use here.
fn is_past(action: TaskAction, code: &str) -> bool {
    if action == TaskAction::RepeatReport {
        return true;
    }
    match code {
        "already_approved" => action != TaskAction::Amend,
        "already_issued" | "already_received" | "nothing_to_return" | "no_co_units" => true,
        "no_blocker" | "no_notice" | "already_office" => true,
        "no_request" => {
            matches!(
                action,
                TaskAction::DecideExtension
                    | TaskAction::DecideEscalation
                    | TaskAction::DecideChange
            )
        }
        _ => false,
    }
}
