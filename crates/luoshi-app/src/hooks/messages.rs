//! What a message tells, as it is known when it goes: of what is marked nothing (SYS-05), of a unit
//! only what its people may see, and nothing to a unit that nobody is in any more.

use std::collections::{HashMap, HashSet};

use luoshi_domain::calendar::local_day;
use luoshi_domain::context::Actor;
use luoshi_domain::hooks::{Delivery, DeliveryItem, Hook, Purpose};
use luoshi_domain::ids::{TaskId, UnitId};
use luoshi_domain::ports::UnitOfWork;
use luoshi_domain::tasks::Task;
use luoshi_domain::tasks::lists::{
    Marks, PageRequest, Queue, Subtrees, TaskFilter, TaskRow, TaskSort, Visibility,
};

use crate::desk::QueueName;
use crate::errors::{AppError, AppResult};
use crate::hooks::sender::{Line, Message};
use crate::rules::Rules;
use crate::{App, COUNT_CAP, Kept, bureaus, policy};

/// Sentences that one message tells.
const TOLD: usize = 20;

/// Sentences of one message that are looked at.
const LOOKED_AT: u32 = 500;

/// Tasks that a digest names.
const NAMED: u32 = 10;

/// A message that is to go.
pub(super) struct Composed {
    pub(super) message: Message,
    pub(super) told: u32,
    pub(super) left_out: u32,
}

/// Why there is none.
pub(super) struct Nothing {
    pub(super) why: String,
    pub(super) left_out: u32,
}

/// The message of a delivery.
pub(super) async fn compose(
    app: &App,
    uow: &mut dyn UnitOfWork,
    hook: &Hook,
    delivery: &Delivery,
) -> AppResult<Result<Composed, Nothing>> {
    let bureau = uow.bureau();
    let known = app.dated(bureau, uow).await?;
    let audience = match hook.details.unit {
        None => Audience::Bureau,
        Some(unit) => match people(&known, unit) {
            people if people.is_empty() => {
                return Ok(Err(Nothing {
                    why: "这个单位已经撤销，或者没有人在岗，没有发。".into(),
                    left_out: 0,
                }));
            }
            people => Audience::Unit(unit, people),
        },
    };
    let mut message = Message {
        purpose: delivery.purpose,
        bureau: bureaus::name(app, bureau).await?,
        title: String::new(),
        lines: Vec::new(),
        more: 0,
        link: None,
    };
    let whose = hook.details.unit.map_or_else(
        || message.bureau.clone(),
        |unit| known.today.unit_name(unit).to_owned(),
    );
    let link = |path: &str| app.public_url.as_ref().map(|url| format!("{url}{path}"));
    let mut left_out = 0;
    match delivery.purpose {
        Purpose::Test => {
            message.title = "测试消息".into();
            message.lines.push(Line {
                text: format!("收到这一条，说明“{}”已经连通。", hook.details.name),
                ..Line::default()
            });
        }
        Purpose::Digest => {
            let rules = app.rules(bureau, uow).await?;
            let (lines, open) = digest(app, uow, &audience, &rules).await?;
            if open == 0 {
                return Ok(Err(Nothing {
                    why: "没有在办事项，没有发。".into(),
                    left_out: 0,
                }));
            }
            let day = local_day(delivery.due_at);
            message.title = format!("{whose} {day} 在办 {}件", shown(open));
            message.lines = lines;
            message.link = link("/ledger?queue=open");
        }
        Purpose::News => {
            let items = uow.delivery_items(delivery.id, LOOKED_AT).await?;
            let lines = news(app, uow, &audience, items, &mut left_out).await?;
            if lines.is_empty() {
                return Ok(Err(Nothing {
                    why: "事项已有标注，或者不再归这个单位，没有发。".into(),
                    left_out,
                }));
            }
            message.title = format!("{whose}：{} 条新消息", lines.len());
            message.lines = lines;
            message.link = link("/inbox");
        }
    }
    let told = message.lines.len();
    if told > TOLD {
        message.lines.truncate(TOLD);
        message.more = u32::try_from(told - TOLD).unwrap_or(u32::MAX);
    }
    Ok(Ok(Composed {
        message,
        told: u32::try_from(told).unwrap_or(u32::MAX),
        left_out,
    }))
}

/// Whether any of the tasks is marked or gone.
pub(super) async fn is_marked(uow: &mut dyn UnitOfWork, tasks: &[TaskId]) -> AppResult<bool> {
    let found = uow.tasks_get(tasks).await?;
    let unmarked = found.iter().filter(|task| task.mark.is_none()).count();
    let asked: HashSet<&TaskId> = tasks.iter().collect();
    Ok(unmarked < asked.len())
}

/// Who reads what the hook tells.
enum Audience {
    /// Whoever the administrator lets read what concerns the whole bureau.
    Bureau,
    /// Anybody of the unit's people.
    Unit(UnitId, Vec<Actor>),
}

impl Audience {
    /// Whether all of them may see the task.
    fn sees(&self, app: &App, task: &Task) -> AppResult<bool> {
        let Self::Unit(_, people) = self else {
            return Ok(true);
        };
        for actor in people {
            match policy::see_task(app, actor, task) {
                Ok(()) => {}
                Err(AppError::NotFound { .. } | AppError::Refused(_)) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// What they see in their lists, without what is marked.
    fn filter(&self, rules: &Rules) -> TaskFilter {
        let visible = match self {
            Self::Bureau => Visibility::All,
            Self::Unit(unit, _) => Visibility::Below(Subtrees {
                tops: vec![*unit],
                day: rules.today,
            }),
        };
        TaskFilter {
            marks: Marks::Unmarked,
            ..TaskFilter::new(visible)
        }
    }
}

/// Who does a unit's business today.
fn people(known: &Kept, unit: UnitId) -> Vec<Actor> {
    if known.today.unit(unit).is_none() {
        return Vec::new();
    }
    let mut holders: Vec<_> = known
        .today
        .posts_in(unit)
        .filter(|post| !post.role.administers())
        .filter_map(|post| post.holder)
        .collect();
    holders.sort_unstable();
    holders.dedup();
    let actors = holders.into_iter().filter_map(|holder| known.actor(holder));
    actors.collect()
}

async fn news(
    app: &App,
    uow: &mut dyn UnitOfWork,
    audience: &Audience,
    items: Vec<DeliveryItem>,
    left_out: &mut u32,
) -> AppResult<Vec<Line>> {
    let mut sights: HashMap<TaskId, bool> = HashMap::new();
    let mut said = HashSet::new();
    let mut lines = Vec::new();
    for item in items {
        let Some(about) = item.notification.about.task() else {
            continue;
        };
        let may = match sights.get(&about) {
            Some(known) => *known,
            None => {
                let task = uow.task_get(about).await?;
                let may = match task {
                    Some(task) => audience.sees(app, &task)?,
                    None => false,
                };
                sights.insert(about, may);
                may
            }
        };
        if !may || is_marked(uow, &item.tasks).await? {
            *left_out += 1;
            continue;
        }
        // One step is told to several units; who hears of all of them hears it once.
        let step = (about, item.notification.at, item.notification.text.clone());
        if !said.insert(step) {
            continue;
        }
        lines.push(Line {
            topic: Some(item.topic),
            at: Some(item.notification.at),
            task: Some(about),
            text: item.notification.text,
            link: link_of(app, about),
        });
    }
    Ok(lines)
}

/// The lines of a digest, and how many tasks are open.
async fn digest(
    app: &App,
    uow: &mut dyn UnitOfWork,
    audience: &Audience,
    rules: &Rules,
) -> AppResult<(Vec<Line>, u32)> {
    let all = audience.filter(rules);
    let (today, days) = (rules.today, rules.leads.due_soon_days.value);
    let until = today + chrono::Days::new(days.unsigned_abs());
    let queues = [
        (Queue::Open, QueueName::Open, "在办"),
        (Queue::NoResult { today }, QueueName::NoResult, "逾期"),
        (Queue::DueSoon { today, until }, QueueName::DueSoon, "临期"),
        (Queue::NoEcho { today }, QueueName::NoEcho, "没有反馈"),
    ];
    let filters = queues.iter().map(|(queue, ..)| TaskFilter {
        queue: Some(queue.clone()),
        ..all.clone()
    });
    let filters: Vec<TaskFilter> = filters.collect();
    let counts = uow.tasks_counts(&filters, COUNT_CAP).await?;
    let mut lines = Vec::new();
    for ((_, name, label), count) in queues.iter().zip(&counts) {
        if *count == 0 || *name == QueueName::Open {
            continue;
        }
        let path = format!("/ledger?queue={}", name.key());
        lines.push(Line {
            text: format!("{label} {}件", shown(*count)),
            link: app.public_url.as_ref().map(|url| format!("{url}{path}")),
            ..Line::default()
        });
    }
    let page = PageRequest {
        size: NAMED,
        after: None,
    };
    for filter in filters.iter().skip(1).take(2) {
        let page = uow.tasks_list(filter, TaskSort::Limit, &page).await?;
        lines.extend(page.rows.iter().map(|row| named(app, row, rules)));
    }
    Ok((lines, counts.first().copied().unwrap_or_default()))
}

fn named(app: &App, row: &TaskRow, rules: &Rules) -> Line {
    let when = row
        .limit
        .map(|limit| match (limit - rules.today).num_days() {
            0 => "今天到期".to_owned(),
            left if left > 0 => format!("还有 {left} 天到期"),
            past => format!("逾期 {} 天", -past),
        });
    Line {
        task: Some(row.id),
        text: format!("{}：{}", when.unwrap_or_default(), row.title),
        link: link_of(app, row.id),
        ..Line::default()
    }
}

fn link_of(app: &App, task: TaskId) -> Option<String> {
    let url = app.public_url.as_ref();
    url.map(|url| format!("{url}/tasks/{task}"))
}

/// A count as it is shown, with a space before the word that follows.
fn shown(count: u32) -> String {
    if count >= COUNT_CAP {
        format!("{}+ ", COUNT_CAP - 1)
    } else {
        format!("{count} ")
    }
}
