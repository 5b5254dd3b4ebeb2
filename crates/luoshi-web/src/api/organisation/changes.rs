//! Changing the organisation, and what a change would touch.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::NaiveDate;
use luoshi_app::organisation::changes::{self, Change, Preview};
use luoshi_domain::ids::{DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::{Domain, Person, Portfolio, Post, Unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::WebState;
use crate::api::commands::Decided;
use crate::api::words::{Role, UnitKind};
use crate::extract::{Json, SignedIn};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

pub(super) fn routes(table: Table) -> Table {
    table
        .post(
            "/api/v1/organisation/changes",
            Access::Keepers,
            post(carry_out),
        )
        .post(
            "/api/v1/organisation/preview",
            Access::Keepers,
            post(preview),
        )
}

/// A change. `from` is the first day of what is new, `last` the last of what was.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum ChangeBody {
    EstablishUnit {
        parent: Option<Uuid>,
        kind: UnitKind,
        name: String,
        #[serde(default)]
        aliases: Vec<String>,
        position: i64,
        from: NaiveDate,
    },
    RenameUnit {
        unit: Uuid,
        name: String,
        from: NaiveDate,
    },
    MoveUnit {
        unit: Uuid,
        parent: Option<Uuid>,
        position: i64,
        from: NaiveDate,
    },
    SetAliases {
        unit: Uuid,
        aliases: Vec<String>,
    },
    MergeUnit {
        unit: Uuid,
        into: Uuid,
        from: NaiveDate,
        /// Whether the items that are not over go along.
        take_along: bool,
    },
    CloseUnit {
        unit: Uuid,
        last: NaiveDate,
    },
    RegisterPerson {
        name: String,
        login: String,
    },
    Leave {
        person: Uuid,
        from: NaiveDate,
    },
    CreatePost {
        unit: Uuid,
        title: String,
        role: Role,
        holder: Option<Uuid>,
        position: i64,
        from: NaiveDate,
    },
    ClosePost {
        post: Uuid,
        last: NaiveDate,
    },
    /// Without a holder the post is vacant.
    Appoint {
        post: Uuid,
        holder: Option<Uuid>,
        from: NaiveDate,
    },
    /// Without a deputy the unit falls back to the leader of what is above it.
    AssignPortfolio {
        unit: Uuid,
        deputy: Option<Uuid>,
        from: NaiveDate,
    },
    EstablishDomain {
        name: String,
        deputy: Option<Uuid>,
        from: NaiveDate,
    },
    AssignDomain {
        domain: Uuid,
        deputy: Option<Uuid>,
        from: NaiveDate,
    },
    SetSupervisionOffice {
        unit: Uuid,
        from: NaiveDate,
    },
    ReleaseSupervisionOffice {
        from: NaiveDate,
    },
}

/// What a change would do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PreviewBody {
    /// The organisation's version that it was worked out for.
    version: i64,
    /// In words, what is different on its first day.
    effects: Vec<String>,
    /// Items under way that are led by a unit that it touches.
    open_items: u32,
    /// Why it may not happen; nothing when it may.
    refusal: Option<String>,
}

impl From<Preview> for PreviewBody {
    fn from(preview: Preview) -> Self {
        Self {
            version: preview.version,
            effects: preview.effects,
            open_items: preview.open_items,
            refusal: preview.verdict.err().map(|refusal| refusal.sentence),
        }
    }
}

impl ChangeBody {
    fn change(self, state: &WebState) -> Change {
        let new = || state.app.ids.id(state.app.clock.now());
        let take_along = matches!(
            self,
            Self::MergeUnit {
                take_along: true,
                ..
            }
        );
        let command = match self {
            Self::EstablishUnit {
                parent,
                kind,
                name,
                aliases,
                position,
                from,
            } => OrganisationCommand::EstablishUnit(Unit {
                id: UnitId(new()),
                parent: parent.map(UnitId),
                kind: kind.into(),
                name,
                aliases,
                supervision_office: false,
                position,
                valid_from: from,
            }),
            Self::RenameUnit { unit, name, from } => OrganisationCommand::RenameUnit {
                unit: UnitId(unit),
                name,
                from,
            },
            Self::MoveUnit {
                unit,
                parent,
                position,
                from,
            } => OrganisationCommand::MoveUnit {
                unit: UnitId(unit),
                parent: parent.map(UnitId),
                position,
                from,
            },
            Self::SetAliases { unit, aliases } => OrganisationCommand::SetAliases {
                unit: UnitId(unit),
                aliases,
            },
            Self::MergeUnit {
                unit, into, from, ..
            } => OrganisationCommand::MergeUnit {
                unit: UnitId(unit),
                into: UnitId(into),
                from,
                open_items: 0,
            },
            Self::CloseUnit { unit, last } => OrganisationCommand::CloseUnit {
                unit: UnitId(unit),
                last,
                open_items: 0,
            },
            Self::RegisterPerson { name, login } => {
                let id = PersonId(new());
                OrganisationCommand::RegisterPerson(Person { id, name, login })
            }
            Self::Leave { person, from } => OrganisationCommand::Leave {
                person: PersonId(person),
                from,
                open_items: 0,
            },
            Self::CreatePost {
                unit,
                title,
                role,
                holder,
                position,
                from,
            } => OrganisationCommand::CreatePost(Post {
                id: PostId(new()),
                unit: UnitId(unit),
                title,
                role: role.into(),
                holder: holder.map(PersonId),
                position,
                valid_from: from,
            }),
            Self::ClosePost { post, last } => OrganisationCommand::ClosePost {
                post: PostId(post),
                last,
            },
            Self::Appoint { post, holder, from } => OrganisationCommand::Appoint {
                post: PostId(post),
                holder: holder.map(PersonId),
                from,
            },
            Self::AssignPortfolio { unit, deputy, from } => match deputy {
                Some(deputy) => OrganisationCommand::AssignPortfolio(Portfolio {
                    unit: UnitId(unit),
                    deputy: PersonId(deputy),
                    valid_from: from,
                }),
                None => OrganisationCommand::EndPortfolio {
                    unit: UnitId(unit),
                    from,
                },
            },
            Self::EstablishDomain { name, deputy, from } => {
                OrganisationCommand::EstablishDomain(Domain {
                    id: DomainId(new()),
                    name,
                    deputy: deputy.map(PersonId),
                    valid_from: from,
                })
            }
            Self::AssignDomain {
                domain,
                deputy,
                from,
            } => OrganisationCommand::AssignDomain {
                domain: DomainId(domain),
                deputy: deputy.map(PersonId),
                from,
            },
            Self::SetSupervisionOffice { unit, from } => {
                OrganisationCommand::SetSupervisionOffice {
                    unit: UnitId(unit),
                    from,
                }
            }
            Self::ReleaseSupervisionOffice { from } => {
                OrganisationCommand::ReleaseSupervisionOffice {
                    from,
                    open_tasks: 0,
                }
            }
        };
        Change {
            command,
            take_along,
        }
    }
}

/// Change the organisation from a day on.
#[utoipa::path(post, path = "/api/v1/organisation/changes",
    operation_id = "organisation_change", tag = "organisation",
    request_body = Decided<ChangeBody>, responses((status = 204)))]
pub(in crate::api) async fn carry_out(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<Decided<ChangeBody>>,
) -> WebResult<StatusCode> {
    let change = body.command.change(&state);
    changes::handle(&state.app, signed_in.who(), change, body.seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say what a change would touch, without making it.
#[utoipa::path(post, path = "/api/v1/organisation/preview",
    operation_id = "organisation_preview", tag = "organisation",
    request_body = ChangeBody, responses((status = 200, body = PreviewBody)))]
pub(in crate::api) async fn preview(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Json(body): Json<ChangeBody>,
) -> WebResult<Json<PreviewBody>> {
    let change = body.change(&state);
    let preview = changes::preview(&state.app, signed_in.who(), change).await?;
    Ok(Json(preview.into()))
}
