//! One person: posts, what they answer for first, what they are in charge of, and what was.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use luoshi_app::organisation::views;
use luoshi_app::policy;
use luoshi_domain::ids::PersonId;
use luoshi_domain::tasks::lists::TaskFilter;

use super::{Asked, StoryRow};
use crate::WebState;
use crate::extract::{Path, Query, SignedIn};
use crate::pages::html;
use crate::pages::parts::{Fact, Link, Tally};
use crate::pages::shell::Shell;
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table.get("/organisation/persons/{id}", Access::Member, get(show))
}

#[derive(Template)]
#[template(path = "organisation_person.html")]
struct PersonPage {
    shell: Shell,
    name: String,
    said: String,
    posts: Vec<Fact>,
    first_roles: Vec<Fact>,
    portfolio: Vec<Fact>,
    /// Of a leader in charge; empty for others.
    counts: Vec<Tally>,
    story: Vec<StoryRow>,
    acts: Vec<Link>,
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<PersonId>,
    Query(asked): Query<Asked>,
) -> WebResult<Response> {
    let today = state.app.today();
    let view = views::as_of(&state.app, signed_in.who(), super::asked_day(&asked, today)).await?;
    let organisation = &view.organisation;
    let record = view.person(id)?;
    let day = organisation.day;
    let unit =
        |unit| Fact::new("", organisation.unit_name(unit)).linked(super::unit_href(unit, &view));
    let mut portfolio: Vec<Fact> = organisation
        .portfolios
        .iter()
        .filter(|known| known.deputy == id)
        .map(|known| Fact {
            label: format!("自 {}", known.valid_from),
            ..unit(known.unit)
        })
        .collect();
    let domains = organisation
        .domains
        .iter()
        .filter(|domain| domain.deputy == Some(id));
    portfolio.extend(domains.map(|domain| Fact::new("业务领域", domain.name.clone())));
    let mut counts = Vec::new();
    if !portfolio.is_empty() && policy::sees_bureau(&state.app, &signed_in.who().actor) {
        let filter = TaskFilter {
            deputy: Some(id),
            ..policy::tasks(&state.app, &signed_in.who().actor)
        };
        let found = views::counts(&state.app, signed_in.who(), &filter).await?;
        counts = super::tallies(found, &format!("deputy={id}"));
    }
    let gone = record.left.filter(|left| *left <= day);
    let page = PersonPage {
        shell: Shell::signed_in(&state, &signed_in, "/organisation").await?,
        name: record.person.name.clone(),
        said: match (gone, day == today) {
            (Some(left), _) => format!("{left} 起离岗"),
            (None, true) => String::new(),
            (None, false) => format!("{day} 的情况"),
        },
        posts: organisation
            .posts_of(id)
            .map(|post| Fact {
                label: post.title.clone(),
                ..unit(post.unit)
            })
            .collect(),
        first_roles: views::first_roles(organisation, id)
            .into_iter()
            .map(|role| Fact {
                label: role.duty.into(),
                ..unit(role.unit)
            })
            .collect(),
        portfolio,
        counts,
        story: super::story(view.person_story(id), today),
        acts: if view.editable && gone.is_none() {
            vec![
                Link {
                    href: format!("/organisation/handovers/new?from={id}"),
                    label: "离岗交接".into(),
                },
                Link {
                    href: format!("/organisation/change/leave?person={id}"),
                    label: "登记离岗".into(),
                },
            ]
        } else {
            Vec::new()
        },
    };
    html(StatusCode::OK, &page)
}
