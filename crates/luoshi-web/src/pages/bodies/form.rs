//! Setting a body up and changing it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use luoshi_app::bodies;
use luoshi_domain::bodies::{
    BodyCommand, BodyDetails, BodyKind, NAME_LIMIT, Office, Parent, Seat, TEXT_LIMIT, seat_name,
};
use luoshi_domain::ids::BodyId;
use luoshi_domain::organisation::Organisation;
use serde::Deserialize;

use super::{PATH, kind};
use crate::WebState;
use crate::extract::{Form, Path, Query, SignedIn};
use crate::flash;
use crate::pages::parts::{Choice, Fault, Field};
use crate::pages::pickers::Picker;
use crate::pages::registers::{self, Tab};
use crate::pages::shell::Shell;
use crate::pages::{days, html};
use crate::problem::WebResult;
use crate::routes::{Access, Table};

/// Codes of refusals with the field that each is about.
const FIELDS: [(&str, &str); 4] = [
    ("body_without_head", "seats"),
    ("seat_twice", "seats"),
    ("unknown_seat", "seats"),
    ("body_name_taken", "name"),
];

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/bodies/new", Access::Member, get(blank))
        .post(PATH, Access::Member, post(set_up))
        .get("/bodies/{id}/edit", Access::Member, get(edit))
        .post("/bodies/{id}", Access::Member, post(amend))
}

#[derive(Template)]
#[template(path = "body_form.html")]
struct FormPage {
    shell: Shell,
    tabs: Vec<Tab>,
    heading: &'static str,
    note: String,
    action: String,
    back: String,
    submit: &'static str,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    seats: Picker,
    more: Vec<Field>,
    version: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    pack: String,
    key: String,
    parent: Option<BodyId>,
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    version: Option<i64>,
    name: String,
    kind: String,
    purpose: String,
    unit: String,
    head: Vec<String>,
    deputies: Vec<String>,
    members: Vec<String>,
    office: String,
    duties: String,
    from: String,
    until: String,
    parent: String,
    basis: String,
}

async fn blank(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let view = bodies::list(&state.app, signed_in.who()).await?;
    let today = state.app.today();
    let mut wanted = view.prescribed.iter();
    let wanted = wanted.find(|known| known.pack.key() == wish.pack && known.wanted.key == wish.key);
    let mut typed = match wanted {
        Some(wanted) => Typed::of(&wanted.draft(&view.organisation, today)),
        None => Typed {
            from: today.to_string(),
            ..Typed::default()
        },
    };
    if let Some(parent) = wish.parent {
        typed.parent = parent.to_string();
    }
    if !bodies::may_keep(&state.app, signed_in.who(), None) {
        let own = signed_in.who().actor.units().into_iter().next();
        typed.unit = own.map(|unit| unit.to_string()).unwrap_or_default();
    }
    let note = match wanted {
        Some(_) => "组成人员按方案的文字从机构表里找出，请核对后再成立。",
        None => "",
    };
    page(
        &state,
        &signed_in,
        StatusCode::OK,
        Target::New,
        &typed,
        &[],
        note,
    )
    .await
}

async fn set_up(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let faults = match typed.details(&state) {
        Ok(details) => {
            let done = bodies::set_up(&state.app, signed_in.who(), details).await;
            match registers::ended("/bodies/new", done, &FIELDS, |body| {
                let said = format!("“{}”已成立。", body.details.name);
                (format!("{PATH}/{}", body.id), said)
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(faults) => faults,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&state, &signed_in, status, Target::New, &typed, &faults, "").await
}

async fn edit(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<BodyId>,
) -> WebResult<Response> {
    let view = bodies::show(&state.app, signed_in.who(), id).await?;
    if !view.may_change {
        let sentence = "这个机构已经撤销，或者不由您调整。";
        return Ok(flash::warn(&format!("{PATH}/{id}"), sentence));
    }
    let typed = Typed {
        version: Some(view.body.version),
        ..Typed::of(&view.body.details)
    };
    page(
        &state,
        &signed_in,
        StatusCode::OK,
        Target::Known(id),
        &typed,
        &[],
        "",
    )
    .await
}

async fn amend(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(id): Path<BodyId>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let path = format!("{PATH}/{id}");
    let faults = match typed.details(&state) {
        Ok(details) => {
            let command = BodyCommand::Amend(Box::new(details));
            let who = signed_in.who();
            let done = bodies::handle(&state.app, who, id, command, typed.version).await;
            match registers::ended(&path, done, &FIELDS, |_saved| {
                (path.clone(), "已保存，从现在起按新的组成。".into())
            }) {
                Ok(answer) => return answer,
                Err(faults) => faults,
            }
        }
        Err(faults) => faults,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(
        &state,
        &signed_in,
        status,
        Target::Known(id),
        &typed,
        &faults,
        "",
    )
    .await
}

#[derive(Clone, Copy)]
enum Target {
    New,
    Known(BodyId),
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    target: Target,
    typed: &Typed,
    faults: &[Fault],
    note: &str,
) -> WebResult<Response> {
    let view = bodies::list(&state.app, signed_in.who()).await?;
    let parents = view.bodies.iter().filter(|body| body.ended.is_none());
    let parents: Vec<(String, String)> = parents
        .filter(|body| !matches!(target, Target::Known(id) if id == body.id))
        .map(|body| (body.id.to_string(), body.details.name.clone()))
        .collect();
    let (heading, action, back, submit) = match target {
        Target::New => ("成立机构", PATH.to_owned(), PATH.to_owned(), "成立"),
        Target::Known(id) => {
            let path = format!("{PATH}/{id}");
            ("调整机构", path.clone(), path, "保存")
        }
    };
    let page = FormPage {
        shell: Shell::signed_in(state, signed_in, registers::MENU).await?,
        tabs: registers::tabs(PATH),
        heading,
        note: note.to_owned(),
        action,
        back,
        submit,
        faults: faults.to_vec(),
        fields: registers::with_faults(typed.fields(&view.organisation), faults),
        seats: Picker {
            fault: registers::fault_for(faults, "seats"),
            ..typed.seats(&view.organisation)
        },
        more: registers::with_faults(typed.more(&view.organisation, &parents), faults),
        version: typed.version.unwrap_or_default(),
    };
    html(status, &page)
}

impl Typed {
    fn of(details: &BodyDetails) -> Self {
        let values = |seats: &[Seat]| seats.iter().map(|seat| value(*seat)).collect();
        Self {
            version: None,
            name: details.name.clone(),
            kind: key(details.kind).to_owned(),
            purpose: details.purpose.clone(),
            unit: details
                .unit
                .map(|unit| unit.to_string())
                .unwrap_or_default(),
            head: values(details.head.as_slice()),
            deputies: values(&details.deputies),
            members: values(&details.members),
            office: details
                .office
                .as_ref()
                .map(|office| office.unit.to_string())
                .unwrap_or_default(),
            duties: details
                .office
                .as_ref()
                .map(|office| office.duties.clone())
                .unwrap_or_default(),
            from: details.from.to_string(),
            until: details.until.map(|day| day.to_string()).unwrap_or_default(),
            parent: match details.parent {
                Some(Parent::Body(id)) => id.to_string(),
                _ => String::new(),
            },
            basis: details.basis.clone(),
        }
    }

    fn details(&self, state: &WebState) -> Result<BodyDetails, Vec<Fault>> {
        let today = state.app.today();
        let mut faults = Vec::new();
        let mut day = |field: &str, text: &str| {
            days::read(text, today).unwrap_or_else(|unreadable| {
                faults.push(Fault {
                    field: field.to_owned(),
                    text: unreadable.sentence().to_owned(),
                });
                None
            })
        };
        let from = day("from", &self.from).unwrap_or(today);
        let until = day("until", &self.until);
        if self.head.len() > 1 {
            faults.push(Fault {
                field: "seats".into(),
                text: "组长只能有一位。".into(),
            });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let seats = |values: &[String]| values.iter().filter_map(|text| seat(text)).collect();
        Ok(BodyDetails {
            kind: BodyKind::ALL
                .into_iter()
                .find(|known| key(*known) == self.kind)
                .unwrap_or(BodyKind::LeadingGroup),
            name: self.name.trim().to_owned(),
            purpose: self.purpose.trim().to_owned(),
            head: self.head.first().and_then(|text| seat(text)),
            deputies: seats(&self.deputies),
            members: seats(&self.members),
            office: self.office.parse().ok().map(|unit| Office {
                unit,
                duties: self.duties.trim().to_owned(),
            }),
            parent: self.parent.parse().ok().map(Parent::Body),
            unit: self.unit.parse().ok(),
            from,
            until,
            basis: self.basis.trim().to_owned(),
        })
    }

    fn fields(&self, organisation: &Organisation) -> Vec<Field> {
        let kinds = BodyKind::ALL.into_iter();
        let kinds = kinds.map(|known| Choice::new(key(known), kind(known), &self.kind));
        vec![
            Field {
                max: NAME_LIMIT,
                ..Field::text("name", "名称", &self.name).required()
            },
            Field::select("kind", "类型", kinds.collect()),
            Field::select("unit", "设在", units(organisation, "全局", &self.unit)),
            Field {
                max: TEXT_LIMIT,
                ..Field::area("purpose", "职责", &self.purpose)
            },
        ]
    }

    fn more(&self, organisation: &Organisation, parents: &[(String, String)]) -> Vec<Field> {
        let above = parents.iter();
        let above = above.map(|(id, name)| Choice::new(id, name, &self.parent));
        let above = std::iter::once(Choice::new("", "没有", &self.parent)).chain(above);
        vec![
            Field::select(
                "office",
                "办公室设在",
                units(organisation, "不设", &self.office),
            ),
            Field {
                max: TEXT_LIMIT,
                ..Field::area("duties", "办公室职责", &self.duties)
            },
            Field::date("from", "成立日期", &self.from).required(),
            Field::date("until", "结束日期", &self.until).hint("没有定下就不填"),
            Field::select("parent", "隶属于", above.collect()),
            Field {
                max: TEXT_LIMIT,
                ..Field::text("basis", "依据", &self.basis)
            },
        ]
    }

    /// Every post, and those who sit there by name.
    fn seats(&self, organisation: &Organisation) -> Picker {
        let posts = organisation.posts.iter().map(|post| Seat::Post(post.id));
        let chosen = [&self.head[..], &self.deputies[..], &self.members[..]];
        let named = chosen.iter().flat_map(|values| values.iter());
        let named =
            named.filter_map(|text| seat(text).filter(|seat| matches!(seat, Seat::Person(_))));
        let rows = posts
            .chain(named)
            .map(|seat| (value(seat), seat_name(seat, organisation)));
        let columns = vec![
            ("head", "组长"),
            ("deputies", "副组长"),
            ("members", "成员"),
        ];
        Picker::of("seats", "组成人员", columns, rows, &chosen)
            .hint("按岗位选定：换了人，组成人员跟着换")
    }
}

fn units(organisation: &Organisation, none: &str, chosen: &str) -> Vec<Choice> {
    let known = organisation.carriers();
    let known = known.map(|unit| Choice::new(unit.id.to_string(), &unit.name, chosen));
    std::iter::once(Choice::new("", none, chosen))
        .chain(known)
        .collect()
}

fn value(seat: Seat) -> String {
    match seat {
        Seat::Post(post) => format!("post:{post}"),
        Seat::Person(person) => format!("person:{person}"),
    }
}

fn seat(text: &str) -> Option<Seat> {
    let (what, id) = text.split_once(':')?;
    match what {
        "post" => id.parse().ok().map(Seat::Post),
        "person" => id.parse().ok().map(Seat::Person),
        _ => None,
    }
}

fn key(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::LeadingGroup => "leading_group",
        BodyKind::WorkingGroup => "working_group",
        BodyKind::TaskForce => "task_force",
        BodyKind::SupervisionTeam => "supervision_team",
        BodyKind::CoordinationGroup => "coordination_group",
    }
}
