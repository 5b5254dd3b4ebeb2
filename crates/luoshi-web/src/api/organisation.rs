//! The organisation of any day, its changes, and the dictionary of origins.

pub(super) mod changes;
pub(super) mod handovers;
pub(super) mod workbook;

use axum::extract::State;
use axum::routing::get;
use chrono::NaiveDate;
use luoshi_app::organisation::views;
use luoshi_app::rules;
use luoshi_domain::ids::{PersonId, UnitId};
use luoshi_domain::organisation::{Domain, Organisation, Person, Portfolio, Post, Unit};
use luoshi_domain::packs::Word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::words::{Role, UnitKind};
use crate::extract::{Json, Query, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    let table = changes::routes(table);
    let table = handovers::routes(table);
    let table = workbook::routes(table);
    table
        .get("/api/v1/organisation", Access::Member, get(show))
        .get("/api/v1/origins", Access::Member, get(origins))
}

/// A unit or person by id, with the name it has now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Named {
    id: Uuid,
    name: String,
}

impl Named {
    pub(super) fn unit(organisation: &Organisation, id: UnitId) -> Self {
        let name = organisation.unit_name(id).to_owned();
        Self { id: id.0, name }
    }

    pub(super) fn person(organisation: &Organisation, id: PersonId) -> Self {
        let name = organisation.person_name(id).to_owned();
        Self { id: id.0, name }
    }
}

/// Which day is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct DayQuery {
    /// The local day, past or ahead; today when left out.
    day: Option<NaiveDate>,
}

/// The responsibility tree as of a day. Nobody's login is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationBody {
    version: i64,
    day: NaiveDate,
    units: Vec<UnitBody>,
    persons: Vec<PersonBody>,
    posts: Vec<PostBody>,
    portfolios: Vec<PortfolioBody>,
    domains: Vec<DomainBody>,
}

/// A field of business and the leader in charge of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DomainBody {
    id: Uuid,
    name: String,
    deputy: Option<Uuid>,
    valid_from: NaiveDate,
}

impl From<&Domain> for DomainBody {
    fn from(domain: &Domain) -> Self {
        Self {
            id: domain.id.0,
            name: domain.name.clone(),
            deputy: domain.deputy.map(|deputy| deputy.0),
            valid_from: domain.valid_from,
        }
    }
}

/// A node of the tree.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnitBody {
    id: Uuid,
    parent: Option<Uuid>,
    kind: UnitKind,
    name: String,
    /// Other names a document may use.
    aliases: Vec<String>,
    /// Whether it leads the loop; one unit does.
    supervision_office: bool,
    /// Order among its siblings, from 0.
    position: i64,
    valid_from: NaiveDate,
}

/// A natural person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonBody {
    id: Uuid,
    name: String,
}

/// A post in a unit; vacant without a holder.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PostBody {
    id: Uuid,
    unit: Uuid,
    title: String,
    role: Role,
    holder: Option<Uuid>,
    position: i64,
    valid_from: NaiveDate,
}

/// A leader is in charge of a unit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PortfolioBody {
    unit: Uuid,
    deputy: Uuid,
    valid_from: NaiveDate,
}

impl From<&Organisation> for OrganisationBody {
    fn from(organisation: &Organisation) -> Self {
        Self {
            version: organisation.version,
            day: organisation.day,
            units: organisation.units.iter().map(Into::into).collect(),
            persons: organisation.persons.iter().map(Into::into).collect(),
            posts: organisation.posts.iter().map(Into::into).collect(),
            portfolios: organisation.portfolios.iter().map(Into::into).collect(),
            domains: organisation.domains.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Unit> for UnitBody {
    fn from(unit: &Unit) -> Self {
        Self {
            id: unit.id.0,
            parent: unit.parent.map(|parent| parent.0),
            kind: unit.kind.into(),
            name: unit.name.clone(),
            aliases: unit.aliases.clone(),
            supervision_office: unit.supervision_office,
            position: unit.position,
            valid_from: unit.valid_from,
        }
    }
}

impl From<&Person> for PersonBody {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.0,
            name: person.name.clone(),
        }
    }
}

impl From<&Post> for PostBody {
    fn from(post: &Post) -> Self {
        Self {
            id: post.id.0,
            unit: post.unit.0,
            title: post.title.clone(),
            role: post.role.into(),
            holder: post.holder.map(|holder| holder.0),
            position: post.position,
            valid_from: post.valid_from,
        }
    }
}

impl From<&Portfolio> for PortfolioBody {
    fn from(portfolio: &Portfolio) -> Self {
        Self {
            unit: portfolio.unit.0,
            deputy: portfolio.deputy.0,
            valid_from: portfolio.valid_from,
        }
    }
}

/// The origin categories in the order they are shown.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OriginsBody {
    categories: Vec<CategoryBody>,
}

/// An origin category.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CategoryBody {
    /// Stable name, as tasks and plans carry it.
    key: String,
    /// Chinese label.
    label: String,
}

impl From<&Word> for CategoryBody {
    fn from(category: &Word) -> Self {
        Self {
            key: category.key.clone(),
            label: category.label.clone(),
        }
    }
}

/// Show units, persons, posts and portfolios as of a day.
#[utoipa::path(get, path = "/api/v1/organisation", operation_id = "organisation_show",
    params(DayQuery), tag = "organisation",
    responses((status = 200, body = OrganisationBody)))]
pub(super) async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(DayQuery { day }): Query<DayQuery>,
) -> WebResult<Json<OrganisationBody>> {
    let view = views::as_of(&state.app, signed_in.who(), day).await?;
    Ok(Json((&*view.organisation).into()))
}

/// List the origin categories.
#[utoipa::path(get, path = "/api/v1/origins", operation_id = "origins_list",
    tag = "organisation", responses((status = 200, body = OriginsBody)))]
pub(super) async fn origins(
    State(state): State<WebState>,
    signed_in: SignedIn,
) -> WebResult<Json<OriginsBody>> {
    let rules = rules::of_bureau(&state.app, signed_in.who().bureau).await?;
    let categories = rules.origins().map(Into::into).collect();
    Ok(Json(OriginsBody { categories }))
}
