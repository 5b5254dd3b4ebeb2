//! What the pages about people and bodies share: their tabs, how a form ends, faults beside fields.

use axum::response::Response;
use luoshi_app::errors::{AppError, AppResult};
use luoshi_domain::refusals::{Ground, Refusal};

use crate::flash;
use crate::pages::parts::{Fault, Field};
use crate::pages::plans::not_done;
use crate::problem::WebResult;

/// The menu's entry that all of them stand under.
pub(crate) const MENU: &str = "/organisation";

/// A page beside this one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tab {
    pub(crate) href: &'static str,
    pub(crate) label: &'static str,
    pub(crate) current: bool,
}

const TABS: [(&str, &str); 6] = [
    ("/organisation", "机构树"),
    ("/bodies", "领导小组和专班"),
    ("/rosters", "名册"),
    ("/contacts", "通讯录"),
    ("/activities", "工作记录"),
    ("/breakdowns", "责任缺项"),
];

/// The pages beside one, which is marked.
pub(crate) fn tabs(current: &str) -> Vec<Tab> {
    let tabs = TABS.into_iter();
    tabs.map(|(href, label)| Tab {
        href,
        label,
        current: href == current,
    })
    .collect()
}

/// How a posted form ends: with an answer, or shown again with what is wrong in it.
///
/// `said` gives where to go when it is done, and what to say there; `back` is where to go when it
/// may not be done at all; `fields` are codes of refusals with the field that each is about.
pub(crate) fn ended<T>(
    back: &str,
    done: AppResult<T>,
    fields: &[(&str, &str)],
    said: impl FnOnce(&T) -> (String, String),
) -> Result<WebResult<Response>, Vec<Fault>> {
    match done {
        Ok(done) => {
            let (path, sentence) = said(&done);
            Ok(Ok(flash::done(&path, &sentence)))
        }
        Err(AppError::Refused(refusal)) if refusal.ground == Ground::Input => {
            Err(vec![fault_of(&refusal, fields)])
        }
        Err(error) => Ok(not_done(back, error)),
    }
}

/// A fault beside the field that a refusal is about.
fn fault_of(refusal: &Refusal, fields: &[(&str, &str)]) -> Fault {
    let known = fields.iter().find(|(code, _)| *code == refusal.code);
    Fault {
        field: known.map_or(refusal.code, |(_, field)| field).to_owned(),
        text: refusal.sentence.clone(),
    }
}

/// The fields with the faults that are about them.
pub(crate) fn with_faults(mut fields: Vec<Field>, faults: &[Fault]) -> Vec<Field> {
    for field in &mut fields {
        if let Some(fault) = faults.iter().find(|fault| fault.field == field.id) {
            field.fault.clone_from(&fault.text);
        }
    }
    fields
}

/// The sentence about a picker, if any.
pub(crate) fn fault_for(faults: &[Fault], id: &str) -> String {
    let found = faults.iter().find(|fault| fault.field == id);
    found.map(|fault| fault.text.clone()).unwrap_or_default()
}
