//! One unit: its posts, who is in charge, what is below it, and what it was.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::organisation::{sentences, views};
use luoshi_app::policy;
use luoshi_domain::ids::UnitId;
use luoshi_domain::tasks::lists::{Subtrees, TaskFilter};

use super::{Asked, StoryRow, UnitRow};
use crate::WebState;
use crate::extract::{Path, Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Fact, Link, Tally};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table.get("/organisation/units/{id}", Access::Member, get(show))
}

#[derive(Template)]
#[template(path = "organisation_unit.html")]
struct UnitPage {
    shell: Shell,
    crumbs: Vec<Link>,
    name: String,
    said: String,
    facts: Vec<Fact>,
    counts: Vec<Tally>,
    posts: Vec<PostRow>,
    below: Vec<UnitRow>,
    story: Vec<StoryRow>,
    acts: Vec<Link>,
}

struct PostRow {
    title: String,
    role: &'static str,
    holder: String,
    holder_href: String,
    since: String,
    acts: Vec<Link>,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> WebResult<Response> {
    let today = state.app.today();
    let day = super::asked_day(&asked, today);
    let view = views::as_of(&state.app, signed_in.who(), day).await?;
    let organisation = &view.organisation;
    let record = view.unit(id)?;
    let day = organisation.day;
    let unit = organisation.unit(id);
    let filter = TaskFilter {
        below: Some(Subtrees {
            tops: vec![id],
            day: today,
        }),
        ..policy::tasks(&state.app, &signed_in.who().actor)
    };
    let counts = views::counts(&state.app, signed_in.who(), &filter).await?;
    let above: Vec<UnitId> = organisation.upwards(id).skip(1).collect();
    let mut crumbs = vec![Link {
        href: super::dated("/organisation".into(), &view),
        label: "机构".into(),
    }];
    crumbs.extend(above.iter().rev().map(|above| Link {
        href: super::unit_href(*above, &view),
        label: organisation.unit_name(*above).to_owned(),
    }));
    let edit = view.editable && unit.is_some();
    let posts = organisation.posts_in(id).map(|post| PostRow {
        title: post.title.clone(),
        role: sentences::role(post.role),
        holder: super::person_name(organisation, post.holder),
        holder_href: post
            .holder
            .map(|holder| super::person_href(holder, &view))
            .unwrap_or_default(),
        since: since(&view, post.id),
        acts: if edit {
            vec![
                act("appoint", "post", post.id, "任免"),
                act("close_post", "post", post.id, "撤销"),
            ]
        } else {
            Vec::new()
        },
    });
    let page = UnitPage {
        shell: Shell::signed_in(&state, &signed_in, "/organisation").await?,
        crumbs,
        name: record.name_near(day).to_owned(),
        said: match unit {
            Some(_) if day == today => sentences::unit_kind(record.kind).into(),
            Some(_) => format!("{} · {day} 的情况", sentences::unit_kind(record.kind)),
            None => format!("{day} 没有这个单位"),
        },
        facts: facts(&view, id),
        counts: super::tallies(counts, &format!("below={id}")),
        posts: posts.collect(),
        below: organisation
            .children(Some(id))
            .map(|unit| super::unit_row(organisation, unit, &view))
            .collect(),
        story: super::story(view.unit_story(id), today),
        acts: if edit { acts(id) } else { Vec::new() },
    };
    html(StatusCode::OK, &page)
}

fn facts(view: &views::OrganisationView, id: UnitId) -> Vec<Fact> {
    let organisation = &view.organisation;
    let mut facts = Vec::new();
    let mut person = |label: &str, person: Option<luoshi_domain::ids::PersonId>| {
        let href = person.map(|person| super::person_href(person, view));
        let name = super::person_name(organisation, person);
        facts.push(Fact::new(label, name).linked(href.unwrap_or_default()));
    };
    person("第一责任人", organisation.first_responsible(id));
    person("分管领导", organisation.deputy_of(id));
    if let Some(unit) = organisation.unit(id) {
        if unit.supervision_office {
            facts.push(Fact::new("职能", "督查办"));
        }
        if !unit.aliases.is_empty() {
            facts.push(Fact::new("别名", unit.aliases.join("、")));
        }
    }
    if let Some(record) = view.history.unit(id) {
        facts.push(Fact::new("设立", record.life.from.to_string()));
        if let Some(to) = record.life.to {
            facts.push(Fact::new("最后一日", to.to_string()));
        }
    }
    facts
}

/// Since when the holder of the day holds the post.
fn since(view: &views::OrganisationView, post: luoshi_domain::ids::PostId) -> String {
    let day = view.organisation.day;
    let record = view.history.post(post);
    let span = record.and_then(|post| post.holders.spans().find(|(span, _)| span.has(day)));
    span.map(|(span, _)| span.from.to_string())
        .unwrap_or_default()
}

fn act(form: &str, name: &str, id: impl std::fmt::Display, label: &str) -> Link {
    Link {
        href: format!("/organisation/change/{form}?{name}={id}"),
        label: label.to_owned(),
    }
}

fn acts(id: UnitId) -> Vec<Link> {
    let acts = [
        ("post", "设立岗位"),
        ("portfolio", "调整分管"),
        ("rename", "更名"),
        ("move", "调整隶属"),
        ("aliases", "别名"),
        ("merge", "并入其他单位"),
        ("close", "撤销"),
        ("office", "督查办标记"),
    ];
    let mut links = vec![Link {
        href: format!("/organisation/change/establish?parent={id}"),
        label: "设立下级单位".into(),
    }];
    links.extend(acts.map(|(form, label)| act(form, "unit", id, label)));
    links
}
