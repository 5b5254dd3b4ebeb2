//! Reading the texts: parsing, annotations, the check against the schema.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    ActionConstraint, Effect, Entities, EntityUid, Policy, PolicyId, PolicySet, Schema,
    ValidationMode, Validator,
};
use luoshi_domain::rights::{Right, Rule};
use miette::Diagnostic;

use crate::OfRight;
use crate::errors::PolicyError;
use crate::slice::Wanted;

/// One text with the name that faults give.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    pub file: &'static str,
    pub text: &'static str,
}

macro_rules! built_in {
    ($($file:literal),*) => {
        /// The texts that are built into the program; the first is the schema.
        pub const BUILT_IN: [Text; [$($file),*].len()] = [$(Text {
            file: $file,
            text: include_str!(concat!("../policies/", $file)),
        }),*];
    };
}

built_in!(
    "schema.cedarschema",
    "tasks.cedar",
    "plans.cedar",
    "bureau.cedar",
    "registers.cedar",
    "administration.cedar",
    "approvals.cedar",
    "marks.cedar",
    "separation.cedar"
);

/// What each policy must say of itself.
const ANNOTATIONS: [&str; 4] = ["id", "clause", "code", "says"];

/// The texts as read.
pub(crate) struct Loaded {
    schema: Schema,
    /// In the order of the texts.
    policies: Vec<Policy>,
    pub(crate) rules: HashMap<PolicyId, Rule>,
}

impl Loaded {
    pub(crate) fn read(texts: &[Text]) -> Result<Self, PolicyError> {
        let Some((schema, texts)) = texts.split_first() else {
            return Err(PolicyError::Text {
                file: "policies",
                line: 1,
                reason: "there is no schema".to_owned(),
            });
        };
        let mut loaded = Self {
            schema: read_schema(*schema)?,
            policies: Vec::new(),
            rules: HashMap::new(),
        };
        for text in texts {
            loaded.take(*text)?;
        }
        Ok(loaded)
    }

    /// The actions with the groups they are in, for requests to carry.
    pub(crate) fn actions(&self) -> Result<Entities, PolicyError> {
        self.schema
            .action_entities()
            .map_err(|error| PolicyError::Right {
                right: "*",
                reason: error.to_string(),
            })
    }

    /// The policies that can bear on a right. Leaving the others out changes no decision: their
    /// scope names other actions.
    pub(crate) fn of_right(
        &self,
        right: Right,
        actions: &Entities,
    ) -> Result<OfRight, PolicyError> {
        let fault = |reason: String| PolicyError::Right {
            right: right.key(),
            reason,
        };
        let action = EntityUid::from_str(&format!("Action::\"{}\"", right.key()))
            .map_err(|error| fault(error.to_string()))?;
        if actions.get(&action).is_none() {
            return Err(fault("the schema has no such action".to_owned()));
        }
        let mut set = PolicySet::new();
        let mut grants = Vec::new();
        let mut texts = Vec::new();
        for policy in &self.policies {
            let bears = match policy.action_constraint() {
                ActionConstraint::Any => true,
                ActionConstraint::Eq(one) => one == action,
                ActionConstraint::In(some) => some
                    .iter()
                    .any(|one| *one == action || actions.is_ancestor_of(one, &action)),
            };
            if !bears {
                continue;
            }
            texts.extend(self.rules.get(policy.id()).map(|rule| rule.text.as_str()));
            if policy.effect() == Effect::Permit {
                grants.push(policy.id().clone());
            }
            set.add(policy.clone())
                .map_err(|error| fault(error.to_string()))?;
        }
        if grants.is_empty() {
            return Err(fault("no policy grants it".to_owned()));
        }
        Ok(OfRight {
            action,
            set,
            wanted: Wanted::by(texts.into_iter()),
            grants,
        })
    }

    fn take(&mut self, text: Text) -> Result<(), PolicyError> {
        let parsed = PolicySet::from_str(text.text).map_err(|errors| at_line(text, &errors))?;
        let mut read: Vec<(usize, Policy)> = parsed
            .policies()
            .map(|policy| (place(policy), policy.clone()))
            .collect();
        read.sort_by_key(|(place, _)| *place);
        let mut set = PolicySet::new();
        let mut seen: HashSet<String> = HashSet::new();
        for (_, policy) in read {
            let rule = rule(text, &policy)?;
            let id = PolicyId::new(rule.id);
            if !seen.insert(rule.id.to_owned()) || self.rules.contains_key(&id) {
                return Err(PolicyError::Policy {
                    file: text.file,
                    id: rule.id.to_owned(),
                    reason: "there are two of this name".to_owned(),
                });
            }
            let policy = policy.new_id(id.clone());
            set.add(policy.clone())
                .map_err(|error| PolicyError::Policy {
                    file: text.file,
                    id: rule.id.to_owned(),
                    reason: error.to_string(),
                })?;
            self.policies.push(policy);
            self.rules.insert(id, rule);
        }
        let checked = Validator::new(self.schema.clone()).validate(&set, ValidationMode::Strict);
        match checked.validation_errors().next() {
            None => Ok(()),
            Some(error) => Err(PolicyError::Policy {
                file: text.file,
                id: error.policy_id().to_string(),
                reason: error.to_string(),
            }),
        }
    }
}

fn read_schema(text: Text) -> Result<Schema, PolicyError> {
    match Schema::from_cedarschema_str(text.text) {
        Ok((schema, _warnings)) => Ok(schema),
        Err(error) => Err(at_line(text, &error)),
    }
}

/// The first fault with the line that it is on.
fn at_line(text: Text, error: &(impl Diagnostic + ?Sized)) -> PolicyError {
    let label = error.labels().and_then(|mut labels| labels.next());
    let offset = label.map_or(0, |label| label.offset());
    let before = text.text.bytes().take(offset);
    PolicyError::Text {
        file: text.file,
        line: 1 + before.filter(|byte| *byte == b'\n').count(),
        reason: error.to_string(),
    }
}

/// Where the policy stands in its text: the engine numbers them `policy0`, `policy1`, ….
fn place(policy: &Policy) -> usize {
    let id = policy.id().to_string();
    let digits = id.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    digits.parse().unwrap_or(usize::MAX)
}

fn rule(text: Text, policy: &Policy) -> Result<Rule, PolicyError> {
    let named = policy.annotation("id").unwrap_or_default();
    let said = ANNOTATIONS.map(|name| policy.annotation(name).unwrap_or_default());
    for (name, value) in ANNOTATIONS.iter().zip(said) {
        if value.trim().is_empty() {
            return Err(PolicyError::Policy {
                file: text.file,
                id: if named.is_empty() {
                    policy.id().to_string()
                } else {
                    named.to_owned()
                },
                reason: format!("it has no @{name}"),
            });
        }
    }
    let [id, clause, code, says] = said.map(for_good);
    Ok(Rule {
        id,
        clause,
        code,
        says,
        forbids: policy.effect() == Effect::Forbid,
        text: policy.to_cedar().unwrap_or_else(|| policy.to_string()),
    })
}

/// Keeps a word for as long as the program runs: policies are read once, at its start, and
/// refusals carry their words everywhere.
fn for_good(word: &str) -> &'static str {
    Box::leak(word.to_owned().into_boxed_str())
}
