//! Mechanism packs: what the bureau's source plans set as data, with clause and default.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use luoshi_app::errors::AppError;
use luoshi_app::packs::editions::{self, Adoption, PackStanding, Preview};
use luoshi_app::packs::parse::campaigns::Entered;
use luoshi_domain::campaigns::Days;
use luoshi_domain::packs::{Edition, Line, PackKey, difference};
use luoshi_domain::refusals::{Ground, Refusal};
use serde::Deserialize;

use crate::WebState;
use crate::extract::{Form, Path, SignedIn, Upload};
use crate::flash;
use crate::pages::parts::{Fault, Field};
use crate::pages::shell::Shell;
use crate::pages::{days, files, html};
use crate::problem::{Problem, WebResult};
use crate::routes::{Access, Table};
use luoshi_app::policy;
use luoshi_domain::rights::Right;

const PATH: &str = "/packs";

pub(crate) fn routes(table: Table) -> Table {
    table
        .get(PATH, Access::Rules, get(list))
        .post("/packs/preview", Access::Keepers, post(preview))
        .get("/packs/{pack}", Access::Rules, get(show))
        .get("/packs/{pack}/export.toml", Access::Rules, get(export))
        .post("/packs/{pack}/adopt", Access::Keepers, post(adopt))
        .post("/packs/{pack}/drop", Access::Keepers, post(put_down))
        .post(
            "/packs/{pack}/campaigns/{campaign}",
            Access::Keepers,
            post(date),
        )
}

#[derive(Template)]
#[template(path = "packs.html")]
struct PacksPage {
    shell: Shell,
    said: String,
    rows: Vec<PackRow>,
    may_change: bool,
    upload: Vec<Field>,
    faults: Vec<Fault>,
}

struct PackRow {
    href: String,
    sign: &'static str,
    title: String,
    loaded: bool,
    standing: String,
    count: usize,
    defaults: usize,
}

#[derive(Template)]
#[template(path = "pack.html")]
struct PackPage {
    shell: Shell,
    sign: &'static str,
    title: String,
    standing: String,
    loaded: bool,
    sections: Vec<Section>,
    changes: Vec<Change>,
    history: Vec<Past>,
    may_change: bool,
    adopt: Vec<Field>,
    adopt_label: &'static str,
    put_down: Vec<Field>,
    /// Campaigns in force whose days are not all known, for who may enter them.
    campaigns: Vec<CampaignForm>,
    here: String,
    faults: Vec<Fault>,
}

/// A campaign whose days are to be entered.
struct CampaignForm {
    action: String,
    label: String,
    said: String,
    rows: Vec<DaysRow>,
    reason: Field,
    fault: String,
}

struct DaysRow {
    /// Empty for the campaign itself.
    phase: String,
    label: String,
    start: String,
    end: String,
}

struct Section {
    name: &'static str,
    lines: Vec<Entry>,
}

struct Entry {
    label: String,
    text: String,
    clause: String,
    quote: String,
    default: bool,
}

struct Change {
    section: &'static str,
    label: String,
    before: String,
    after: String,
}

struct Past {
    effective: String,
    what: &'static str,
    reason: String,
    by: String,
}

#[derive(Template)]
#[template(path = "pack_preview.html")]
struct PreviewPage {
    shell: Shell,
    sign: &'static str,
    title: String,
    said: String,
    changes: Vec<Change>,
    action: String,
    text: String,
    effective: String,
    reason: String,
}

/// As typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    effective: String,
    reason: String,
    /// The bureau's own text; empty for the one that ships with the program.
    text: String,
    /// Days of a campaign: the phases' keys, and one value for each in either list.
    phase: Vec<String>,
    start: Vec<String>,
    end: Vec<String>,
    /// The campaign that they are of.
    #[serde(skip)]
    campaign: String,
}

async fn list(State(state): State<WebState>, signed_in: SignedIn) -> WebResult<Response> {
    list_page(&state, &signed_in, StatusCode::OK, &Typed::default(), &[]).await
}

async fn list_page(
    state: &WebState,
    signed_in: &SignedIn,
    status: StatusCode,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let view = editions::list(&state.app, signed_in.who()).await?;
    let loaded = view.packs.iter().filter(|pack| pack.in_force.is_some());
    let file = Field {
        kind: "file",
        list: vec!["toml".into()],
        ..Field::text("file", "机制包文件", "").required()
    };
    let mut upload = vec![file.hint("先导出一份，改好再传；先看变动，确认后才生效")];
    upload.extend(fields(state, typed));
    for field in &mut upload {
        let fault = faults.iter().find(|fault| fault.field == field.name);
        field.fault = fault.map(|fault| fault.text.clone()).unwrap_or_default();
    }
    let page = PacksPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        said: format!(
            "一份来源方案一个包，共 {} 个，已装载 {} 个；每一项写明依据条款",
            view.packs.len(),
            loaded.count()
        ),
        rows: view.packs.iter().map(row).collect(),
        may_change: policy::holds(&state.app, &signed_in.who().actor, Right::ManagePacks),
        upload,
        faults: faults.to_vec(),
    };
    html(status, &page)
}

async fn show(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<String>,
) -> WebResult<Response> {
    let key = known(&key)?;
    let typed = Typed::default();
    page(&state, &signed_in, key, StatusCode::OK, &typed, &[]).await
}

async fn export(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<String>,
) -> WebResult<Response> {
    let key = known(&key)?;
    let text = editions::export(&state.app, signed_in.who(), key).await?;
    let name = format!("{}.toml", key.key());
    Ok(files::toml(&name, text))
}

async fn preview(
    State(state): State<WebState>,
    signed_in: SignedIn,
    upload: Upload,
) -> WebResult<Response> {
    let who = signed_in.who();
    let typed = Typed {
        effective: upload.field("effective").to_owned(),
        reason: upload.field("reason").to_owned(),
        text: String::from_utf8_lossy(&upload.bytes).into_owned(),
        ..Typed::default()
    };
    let faulty = StatusCode::UNPROCESSABLE_ENTITY;
    let effective = match typed.day(&state) {
        Ok(day) => day,
        Err(fault) => return list_page(&state, &signed_in, faulty, &typed, &[fault]).await,
    };
    let name = if upload.file_name.is_empty() {
        "文件"
    } else {
        &upload.file_name
    };
    match editions::preview(&state.app, who, name, &typed.text, effective).await {
        Ok(preview) => {
            let shell = Shell::signed_in(&state, &signed_in, PATH).await?;
            html(
                StatusCode::OK,
                &preview_page(shell, &preview, typed, effective),
            )
        }
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let faults = [fault("file", refusal)];
            list_page(&state, &signed_in, faulty, &typed, &faults).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn adopt(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let key = known(&key)?;
    let faulty = StatusCode::UNPROCESSABLE_ENTITY;
    let effective = match typed.day(&state) {
        Ok(day) => day,
        Err(fault) => return page(&state, &signed_in, key, faulty, &typed, &[fault]).await,
    };
    let adoption = Adoption {
        // Browsers send line breaks their own way.
        text: (!typed.text.is_empty()).then(|| typed.text.replace("\r\n", "\n")),
        effective,
        reason: typed.reason.clone(),
    };
    let done = editions::adopt(&state.app, signed_in.who(), key, adoption).await;
    let said = format!("{} 已装载，{effective} 起生效", key.sign());
    settled(&state, &signed_in, key, &typed, done, &said).await
}

async fn put_down(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let key = known(&key)?;
    let faulty = StatusCode::UNPROCESSABLE_ENTITY;
    let effective = match typed.day(&state) {
        Ok(day) => day,
        Err(fault) => return page(&state, &signed_in, key, faulty, &typed, &[fault]).await,
    };
    let (who, reason) = (signed_in.who(), typed.reason.clone());
    let done = editions::put_down(&state.app, who, key, effective, reason).await;
    let said = format!("{} 自 {effective} 起不再使用；已办的不变", key.sign());
    settled(&state, &signed_in, key, &typed, done, &said).await
}

async fn date(
    State(state): State<WebState>,
    signed_in: SignedIn,
    Path((key, campaign)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let key = known(&key)?;
    let typed = Typed { campaign, ..typed };
    let faulty = StatusCode::UNPROCESSABLE_ENTITY;
    let entered = match typed.entered(&state) {
        Ok(entered) => entered,
        Err(fault) => return page(&state, &signed_in, key, faulty, &typed, &[fault]).await,
    };
    let (who, reason) = (signed_in.who(), typed.reason.clone());
    let done =
        editions::date_campaign(&state.app, who, key, &typed.campaign, &entered, reason).await;
    settled(&state, &signed_in, key, &typed, done, "起止日期已填").await
}

async fn settled(
    state: &WebState,
    signed_in: &SignedIn,
    key: PackKey,
    typed: &Typed,
    done: Result<(), AppError>,
    said: &str,
) -> WebResult<Response> {
    match done {
        Ok(()) => Ok(flash::done(&format!("{PATH}/{}", key.key()), said)),
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            let field = match refusal.code {
                "effective" => "effective",
                "days" => "days",
                _ => "reason",
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let faults = [fault(field, refusal)];
            page(state, signed_in, key, status, typed, &faults).await
        }
        Err(AppError::Refused(refusal)) => Ok(flash::warn(
            &format!("{PATH}/{}", key.key()),
            &refusal.sentence,
        )),
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &WebState,
    signed_in: &SignedIn,
    key: PackKey,
    status: StatusCode,
    typed: &Typed,
    faults: &[Fault],
) -> WebResult<Response> {
    let pack = editions::show(&state.app, signed_in.who(), key).await?;
    let loaded = pack.in_force.is_some();
    let shown = pack.in_force.as_ref().unwrap_or(&pack.shipped);
    let changes = pack.in_force.as_ref();
    let changes = changes.map(|own| difference(&pack.shipped, own));
    let marked = |form: &str| {
        let fields = fields(state, typed).into_iter();
        let fields = fields.map(|field| {
            let fault = faults.iter().find(|fault| fault.field == field.name);
            Field {
                fault: fault.map(|fault| fault.text.clone()).unwrap_or_default(),
                ..field.of_form(form)
            }
        });
        fields.collect()
    };
    let page = PackPage {
        shell: Shell::signed_in(state, signed_in, PATH).await?,
        sign: key.sign(),
        title: shown.title.clone(),
        standing: standing(&pack),
        loaded,
        sections: sections(shown.lines()),
        changes: changes
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect(),
        history: pack.editions.iter().map(past).collect(),
        may_change: policy::holds(&state.app, &signed_in.who().actor, Right::ManagePacks),
        adopt: marked("adopt"),
        adopt_label: if loaded {
            "改用自带版本"
        } else {
            "装载"
        },
        put_down: marked("drop"),
        campaigns: campaign_forms(state, signed_in, &pack, typed, faults),
        here: format!("{PATH}/{}", key.key()),
        // What is wrong with a campaign's days is said beside them.
        faults: faults
            .iter()
            .filter(|_fault| typed.campaign.is_empty())
            .map(|fault| Fault {
                field: format!("adopt-{}", fault.field),
                text: fault.text.clone(),
            })
            .collect(),
    };
    html(status, &page)
}

impl Typed {
    /// The days of the rows that have any.
    fn entered(&self, state: &WebState) -> Result<Vec<Entered>, Fault> {
        let today = state.app.today();
        let fault = |text: String| Fault {
            field: "days".into(),
            text,
        };
        let day = |list: &[String], row: usize| {
            let text = list.get(row).map(|text| text.trim()).unwrap_or_default();
            days::read(text, today).map_err(|unreadable| fault(unreadable.sentence().into()))
        };
        let mut entered = Vec::new();
        for (row, phase) in self.phase.iter().enumerate() {
            let (start, end) = match (day(&self.start, row)?, day(&self.end, row)?) {
                (Some(start), Some(end)) => (start, end),
                (None, None) => continue,
                _ => return Err(fault("起、止日期要一起填。".into())),
            };
            if end < start {
                return Err(fault(format!("{end} 早于 {start}，请核对起止日期。")));
            }
            entered.push(Entered {
                phase: (!phase.is_empty()).then(|| phase.clone()),
                days: Days { start, end },
            });
        }
        Ok(entered)
    }

    /// The day from which it holds.
    fn day(&self, state: &WebState) -> Result<NaiveDate, Fault> {
        let fault = |text: &str| Fault {
            field: "effective".into(),
            text: text.into(),
        };
        let read = days::read(&self.effective, state.app.today());
        let day = read.map_err(|unreadable| fault(unreadable.sentence()))?;
        day.ok_or_else(|| fault("请填写生效日。"))
    }
}

/// The campaigns in force that are divided or lack days, each with what is known so far.
fn campaign_forms(
    state: &WebState,
    signed_in: &SignedIn,
    pack: &PackStanding,
    typed: &Typed,
    faults: &[Fault],
) -> Vec<CampaignForm> {
    if !policy::holds(&state.app, &signed_in.who().actor, Right::ManagePacks) {
        return Vec::new();
    }
    let campaigns = pack.in_force.iter().flat_map(|own| &own.campaigns);
    let asked = campaigns.filter(|known| !known.phases.is_empty() || known.days.is_none());
    asked
        .map(|campaign| {
            let tried = typed.campaign == campaign.key;
            let own = (campaign.days.is_none()).then_some(("", &campaign.label, campaign.days));
            let phases = campaign.phases.iter();
            let phases = phases.map(|phase| (phase.key.as_str(), &phase.label, phase.days));
            let rows = own.into_iter().chain(phases).enumerate();
            let rows = rows.map(|(row, (key, label, days))| {
                let shown = |list: &[String], known: Option<NaiveDate>| match list.get(row) {
                    Some(text) if tried => text.clone(),
                    _ => known.map(|day| day.to_string()).unwrap_or_default(),
                };
                DaysRow {
                    phase: key.to_owned(),
                    label: label.clone(),
                    start: shown(&typed.start, days.map(|days| days.start)),
                    end: shown(&typed.end, days.map(|days| days.end)),
                }
            });
            let undated = campaign.undated();
            let mut reason = Field::text("reason", "理由", "").required();
            reason.id = format!("{}-reason", campaign.key);
            reason.max = 500;
            if tried {
                reason.value.clone_from(&typed.reason);
            } else {
                reason.value = "按方案确定活动阶段".into();
            }
            CampaignForm {
                action: format!("{PATH}/{}/campaigns/{}", pack.key.key(), campaign.key),
                label: campaign.label.clone(),
                said: match undated.len() {
                    0 => campaign.said(),
                    count => format!(
                        "还有 {count} 处没有起止日期（{}），填好之前活动不能启用",
                        undated.join("、")
                    ),
                },
                rows: rows.collect(),
                reason,
                fault: faults
                    .iter()
                    .filter(|_fault| tried)
                    .map(|fault| fault.text.as_str())
                    .collect(),
            }
        })
        .collect()
}

fn fields(state: &WebState, typed: &Typed) -> Vec<Field> {
    let today = state.app.today().to_string();
    let effective = if typed.effective.is_empty() {
        today
    } else {
        typed.effective.clone()
    };
    let mut reason = Field::text("reason", "理由", &typed.reason).required();
    reason.max = 500;
    vec![
        Field::date("effective", "生效日", effective)
            .required()
            .hint("从这一天起按它办，已办的不变"),
        reason,
    ]
}

fn row(pack: &PackStanding) -> PackRow {
    let shown = pack.in_force.as_ref().unwrap_or(&pack.shipped);
    let lines = shown.lines();
    PackRow {
        href: format!("{PATH}/{}", pack.key.key()),
        sign: pack.key.sign(),
        title: shown.title.clone(),
        loaded: pack.in_force.is_some(),
        standing: standing(pack),
        count: lines.len(),
        defaults: lines.iter().filter(|line| line.cited.default).count(),
    }
}

/// How the bureau stands to the pack, in words.
fn standing(pack: &PackStanding) -> String {
    let own = pack.in_force.as_ref();
    let own = own.is_some_and(|own| !difference(&pack.shipped, own).is_empty());
    let mut said = match (&pack.in_force, own) {
        (None, _) => "未装载".to_owned(),
        (Some(_), true) => "本单位有改动".to_owned(),
        (Some(_), false) if pack.editions.is_empty() => "没有装载过时默认使用".to_owned(),
        (Some(_), false) => "自带版本".to_owned(),
    };
    let own = pack.in_force.iter().flat_map(|own| &own.campaigns);
    let undated: usize = own.map(|campaign| campaign.undated().len()).sum();
    if undated > 0 {
        said.push_str(&format!("；活动起止日期 {undated} 处待填"));
    }
    if let Some(latest) = pack.editions.first() {
        said.push_str(&format!("；{} 起", latest.effective));
    }
    said
}

fn sections(lines: Vec<Line>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in lines {
        let entry = Entry {
            label: line.label,
            text: line.text,
            clause: line.cited.clause,
            quote: line.cited.quote,
            default: line.cited.default,
        };
        match sections.last_mut() {
            Some(section) if section.name == line.section => section.lines.push(entry),
            _ => sections.push(Section {
                name: line.section,
                lines: vec![entry],
            }),
        }
    }
    sections
}

fn past(edition: &Edition) -> Past {
    Past {
        effective: edition.effective.to_string(),
        what: match (&edition.text, edition.shipped) {
            (None, _) => "停用",
            (Some(_), true) => "装载自带版本",
            (Some(_), false) => "装载本单位改的版本",
        },
        reason: edition.reason.clone(),
        by: edition.by.who_and_post(),
    }
}

fn preview_page(
    shell: Shell,
    preview: &Preview,
    typed: Typed,
    effective: NaiveDate,
) -> PreviewPage {
    let count = preview.differences.len();
    let key = preview.pack.key;
    PreviewPage {
        shell,
        sign: key.sign(),
        title: preview.pack.title.clone(),
        said: match (preview.new, count) {
            (true, _) => format!("新装载，共 {count} 项，{effective} 起生效"),
            (false, 0) => "与现在的内容相同，没有变动".into(),
            (false, _) => format!("变动 {count} 项，{effective} 起生效；此前已办的不变"),
        },
        changes: preview
            .differences
            .iter()
            .cloned()
            .map(Into::into)
            .collect(),
        action: format!("{PATH}/{}/adopt", key.key()),
        text: typed.text,
        effective: effective.to_string(),
        reason: typed.reason,
    }
}

impl From<luoshi_domain::packs::Difference> for Change {
    fn from(found: luoshi_domain::packs::Difference) -> Self {
        Self {
            section: found.section,
            label: found.label,
            before: found.before.unwrap_or_default(),
            after: found.after.unwrap_or_default(),
        }
    }
}

fn fault(field: &str, refusal: Refusal) -> Fault {
    Fault {
        field: field.to_owned(),
        text: refusal.sentence,
    }
}

fn known(key: &str) -> WebResult<PackKey> {
    PackKey::from_key(key).ok_or_else(Problem::not_found)
}
