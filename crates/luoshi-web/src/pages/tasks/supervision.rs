//! Supervision on the task's page, and the supervision notice as a document.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use luoshi_app::tasks::sentences::supervision::lagging;
use luoshi_app::tasks::{self, TaskView};
use luoshi_domain::calendar::local_day;
use luoshi_domain::ids::TaskId;
use luoshi_domain::organisation::Organisation;
use luoshi_domain::tasks::notices::SupervisionNotice;
use luoshi_domain::tasks::{Approval, Task};

use crate::WebState;
use crate::extract::{Path, SignedIn};
use crate::pages::parts::{Choice, Fact, Field};
use crate::pages::shell::Shell;
use crate::pages::tasks::forms::Forms;
use crate::pages::{self, labels};
use crate::problem::WebResult;

/// A supervision notice as it is printed.
pub(super) struct Document {
    number: String,
    to: String,
    title: String,
    task_number: String,
    facts: String,
    requirement: String,
    rectify_by: String,
    from: String,
    day: String,
    acknowledged: String,
}

#[derive(Template)]
#[template(path = "supervision_notice.html")]
pub(super) struct NoticePage {
    shell: Shell,
    back: String,
    documents: Vec<Document>,
    /// Where the notice is issued; empty when it only is shown.
    action: String,
    /// What goes along with the confirmation.
    hidden: Vec<Fact>,
    recipients: String,
}

/// All notices of the task.
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<TaskId>,
) -> WebResult<Response> {
    let view = tasks::show(&state.app, signed_in.who(), id).await?;
    let shell = Shell::signed_in(&state, &signed_in, "").await?;
    let notices = view.task.notices.iter().rev();
    let page = NoticePage {
        shell,
        back: format!("/tasks/{id}"),
        documents: notices
            .map(|notice| document(&view.task, notice, &view.organisation))
            .collect(),
        action: String::new(),
        hidden: Vec::new(),
        recipients: String::new(),
    };
    pages::html(StatusCode::OK, &page)
}

/// The notice before it is issued, of the task as it would be then.
pub(super) async fn preview(
    state: &WebState,
    signed_in: &SignedIn,
    (view, after): (&TaskView, &Task),
    hidden: Vec<Fact>,
) -> WebResult<Response> {
    let id = view.task.id;
    let shell = Shell::signed_in(state, signed_in, "").await?;
    let organisation = &view.organisation;
    let notices = after.notices.last();
    let lead = labels::lead_and_head(organisation, after.details.lead);
    let deputy = after
        .details
        .deputy
        .map(|deputy| organisation.person_name(deputy));
    let page = NoticePage {
        shell,
        back: format!("/tasks/{id}?act=issue-notice"),
        documents: notices
            .map(|notice| document(after, notice, organisation))
            .into_iter()
            .collect(),
        action: format!("/tasks/{id}/issue-notice"),
        hidden,
        recipients: match deputy {
            Some(deputy) => format!("{lead}；同时告知分管领导{deputy}"),
            None => lead,
        },
    };
    pages::html(StatusCode::OK, &page)
}

fn document(task: &Task, notice: &SupervisionNotice, organisation: &Organisation) -> Document {
    let unit = |unit: Option<_>| unit.map(|unit| organisation.unit_name(unit).to_owned());
    Document {
        number: match notice.number.as_str() {
            "" => "督通〔　〕　号（下达时编号）".into(),
            number => number.to_owned(),
        },
        to: unit(task.details.lead).unwrap_or_default(),
        title: task.details.title.clone(),
        task_number: task.number.clone().unwrap_or_default(),
        facts: notice.facts.clone(),
        requirement: notice.requirement.clone(),
        rectify_by: notice.rectify_by.format("%Y年%-m月%-d日").to_string(),
        from: unit(task.details.supervisor).unwrap_or_default(),
        day: local_day(notice.issued_at)
            .format("%Y年%-m月%-d日")
            .to_string(),
        acknowledged: match &notice.acknowledged {
            Some(receipt) => format!(
                "{} {} 签收",
                local_day(receipt.at),
                organisation.person_name(receipt.by)
            ),
            None if notice.number.is_empty() => String::new(),
            None => format!("未签收，签收期限 {}", notice.acknowledge_by),
        },
    }
}

impl Forms<'_> {
    pub(super) fn instruct_fields(&self) -> Vec<Field> {
        let known = self.view.task.assigned.as_ref();
        let mut leaders = self.leaders();
        if let Some(known) = known {
            let leader = known.leader.to_string();
            for choice in &mut leaders {
                choice.selected = choice.value == leader;
            }
        }
        let instruction = known.map(|known| known.instruction.clone());
        let dated = known
            .and_then(|known| known.dated)
            .map(|day| day.to_string());
        vec![
            Field::select("leader", "交办领导", leaders).required(),
            Field::area(
                "instruction",
                "批示或交办的原话",
                instruction.unwrap_or_default(),
            )
            .required(),
            Field::date("dated", "批示日期", dated.unwrap_or_default()),
        ]
    }

    /// Facts that are known already, a usual requirement, and a day.
    pub(super) fn notice_fields(&self) -> Vec<Field> {
        let task = &self.view.task;
        let calendar = &self.view.rules.calendar;
        let workdays = &self.view.rules.leads.rectify_workdays;
        let day = calendar.add_workdays(self.today, workdays.count());
        let mut facts = Vec::new();
        if let Some(limit) = task.details.limit {
            facts.push(format!("完成时限 {limit}，目前进度 {}%", task.progress));
        }
        facts.extend(self.view.lagging.map(lagging));
        if task.urgings > 0 {
            facts.push(format!("已催办 {} 次", task.urgings));
        }
        let facts = format!("{}。", facts.join("，"));
        let requirement = format!("请查明原因，制定整改措施，于 {day} 前整改到位并反馈。");
        vec![
            Field::area("facts", "问题事实", facts).required(),
            Field::area("requirement", "整改要求", requirement).required(),
            Field::date("rectify_by", "整改期限", day.to_string())
                .required()
                .hint(format!("{}，可以另定", workdays.said_of("个工作日"))),
        ]
    }

    pub(super) fn acknowledge_fields(&self) -> Vec<Field> {
        let mut first = None;
        let open = self.view.task.notices_open().map(|notice| {
            let current = first.get_or_insert_with(|| notice.number.clone()).clone();
            let label = format!("{}（限 {} 前整改）", notice.number, notice.rectify_by);
            Choice::new(notice.number.clone(), label, &current)
        });
        vec![Field::select("notice", "督办通知书", open.collect()).required()]
    }

    /// The escalation that was asked for.
    pub(super) fn escalation(&self) -> String {
        match &self.view.task.approval {
            Some(Approval::Escalation { by, reason, .. }) => {
                let name = self.view.organisation.person_name(*by);
                format!("{name}申请由督查办立项督办，理由：{reason}")
            }
            _ => String::new(),
        }
    }

    /// Whether the facts propose a warning.
    pub(super) fn proposal(&self) -> String {
        match self.view.lagging {
            Some(known) => format!("建议预警：{}。先预览，再下达。", lagging(known)),
            None => {
                "目前没有推进滞后的事实；确需下达的，请写明落实效果不好的情况。先预览，再下达。"
                    .into()
            }
        }
    }
}
