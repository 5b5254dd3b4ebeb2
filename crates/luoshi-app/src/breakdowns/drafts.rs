//! What a new breakdown begins with: the last similar one of the unit, or the plan's own words.

use luoshi_domain::breakdowns::{Breakdown, Part, SubDuty, TEXT_LIMIT};
use luoshi_domain::ids::TaskId;
use luoshi_domain::likeness::Shingles;
use luoshi_domain::organisation::{Organisation, Post, Role};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::registers::RegisterFilter;
use luoshi_domain::tasks::Task;

use crate::errors::AppResult;
use crate::registers;

/// The latest breakdowns among which a similar one is looked for.
const LATEST: u32 = 200;

/// Of these the unit's own that are compared by their task.
const COMPARED: usize = 30;

/// From this likeness of their titles on, in percent, two tasks are similar.
const SIMILAR: u32 = 30;

/// Sub-duties to begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub duties: Vec<SubDuty>,
    /// The similar task that they come from, with its title; `None` where it is the plan's text.
    pub like: Option<(TaskId, String)>,
}

/// The draft for a task; the lead unit changes what does not fit.
pub(super) async fn draft(
    uow: &mut dyn UnitOfWork,
    task: &Task,
    organisation: &Organisation,
) -> AppResult<Draft> {
    if let Some((title, known)) = similar(uow, task).await? {
        let duties: Vec<SubDuty> = known
            .duties
            .iter()
            .filter_map(|duty| {
                let person = organisation.post(duty.post)?.holder?;
                Some(SubDuty {
                    person,
                    limit: task.details.limit.unwrap_or(duty.limit),
                    ..duty.clone()
                })
            })
            .collect();
        if !duties.is_empty() {
            return Ok(Draft {
                duties,
                like: Some((known.task, title)),
            });
        }
    }
    Ok(Draft {
        duties: from_text(task, organisation),
        like: None,
    })
}

/// The unit's breakdown of the task whose title is most alike, with that title.
async fn similar(uow: &mut dyn UnitOfWork, task: &Task) -> AppResult<Option<(String, Breakdown)>> {
    let filter = RegisterFilter::all(LATEST);
    let known: Vec<Breakdown> = registers::list(uow, &filter).await?;
    let own = known
        .into_iter()
        .filter(|known| known.unit == task.details.lead && known.task != task.id);
    let title = Shingles::of_sentence(&task.details.title);
    let mut best: Option<(u32, String, Breakdown)> = None;
    for known in own.take(COMPARED) {
        let Some(other) = uow.task_get(known.task).await? else {
            continue;
        };
        let likeness = title.likeness(&Shingles::of_sentence(&other.details.title));
        // Of equals the latest, which comes first.
        if likeness >= SIMILAR && best.as_ref().is_none_or(|(most, ..)| likeness > *most) {
            best = Some((likeness, other.details.title, known));
        }
    }
    Ok(best.map(|(_likeness, title, known)| (title, known)))
}

/// The head is responsible for the target, the next post pushes, the assignee or the contact does
/// what the clause says.
fn from_text(task: &Task, organisation: &Organisation) -> Vec<SubDuty> {
    let (Some(lead), Some(limit)) = (task.details.lead, task.details.limit) else {
        return Vec::new();
    };
    let posts: Vec<&Post> = organisation
        .posts_in(lead)
        .filter(|post| post.holder.is_some() && !post.role.administers())
        .collect();
    let head = posts.iter().find(|post| post.role == Role::Head);
    let Some(head) = head.or(posts.first()).copied() else {
        return Vec::new();
    };
    let assigned = posts
        .iter()
        .find(|post| task.assignee.is_some() && post.holder == task.assignee);
    let contact = posts.iter().find(|post| post.role == Role::Contact);
    let doing = assigned.or(contact).or(posts.last()).copied();
    let pushing = posts
        .iter()
        .find(|post| post.id != head.id && doing.is_none_or(|doing| doing.id != post.id));
    let pushing = pushing.copied().unwrap_or(head);
    let details = &task.details;
    let words = [&details.target, &task.origin.quote, &details.title];
    let short = |text: &str| text.chars().take(TEXT_LIMIT).collect::<String>();
    let what = |at: usize| {
        let mut said = words.iter().skip(at).filter(|text| !text.is_empty());
        short(said.next().map_or(&details.title, |text| text.as_str()))
    };
    let duty = |part, post: &Post, text: String| {
        Some(SubDuty {
            part,
            post: post.id,
            person: post.holder?,
            duty: text,
            limit,
        })
    };
    [
        duty(
            Part::Responsible,
            head,
            format!("对完成目标负总责：{}", what(0)),
        ),
        duty(
            Part::Pushing,
            pushing,
            "推进落实，协调协办单位，按期反馈进展".into(),
        ),
        doing.and_then(|post| duty(Part::Doing, post, what(1))),
    ]
    .into_iter()
    .flatten()
    .map(|duty| SubDuty {
        duty: short(&duty.duty),
        ..duty
    })
    .collect()
}
