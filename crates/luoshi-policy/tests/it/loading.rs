//! Faults are found when the policies are loaded, with their place.

use luoshi_policy::{BUILT_IN, Policies, PolicyError, Text};

const SCHEMA: Text = BUILT_IN[0];

fn fault(text: &'static str) -> PolicyError {
    let text = Text {
        file: "made-up.cedar",
        text,
    };
    Policies::load(&[SCHEMA, text]).unwrap_err()
}

#[test]
fn sys_03_the_built_in_policies_fit_their_schema_and_all_have_their_words() {
    let policies = Policies::built_in().unwrap();
    assert!(policies.rules().len() > 40);
    for rule in policies.rules() {
        assert!(rule.says.ends_with('。'), "{}: {}", rule.id, rule.says);
        assert!(rule.id.contains('.'), "{}", rule.id);
        let clause = rule.clause.split_once('-').map(|(area, number)| {
            area.chars().all(|letter| letter.is_ascii_uppercase()) && number.len() == 2
        });
        assert_eq!(clause, Some(true), "{}: {}", rule.id, rule.clause);
    }
}

#[test]
fn sys_03_a_text_that_does_not_parse_is_named_with_its_line() {
    let error = fault("// a comment\n\npermit (principal, action, resource)\nwhen { 1 + };\n");
    assert!(
        error.to_string().starts_with("made-up.cedar:4: "),
        "{error}"
    );
}

#[test]
fn sys_03_a_policy_without_its_words_is_refused() {
    let error = fault(
        "@id(\"a.b\")\n@clause(\"SYS-03\")\n@code(\"x\")\npermit (principal, action, resource);",
    );
    assert_eq!(
        error.to_string(),
        "made-up.cedar: policy a.b: it has no @says"
    );
}

#[test]
fn sys_03_a_fact_that_rows_do_not_have_is_refused() {
    let error = fault(
        "@id(\"a.b\") @clause(\"SYS-03\") @code(\"x\") @says(\"甲。\")\n\
         permit (principal, action == Action::\"approve\", resource) when { resource.leader };",
    );
    assert!(error.to_string().contains("policy a.b"), "{error}");
    assert!(error.to_string().contains("leader"), "{error}");
}

#[test]
fn sys_03_two_policies_of_one_name_are_refused() {
    let error = fault(
        "@id(\"a.b\") @clause(\"SYS-03\") @code(\"x\") @says(\"甲。\")\n\
         permit (principal, action, resource);\n\
         @id(\"a.b\") @clause(\"SYS-03\") @code(\"x\") @says(\"甲。\")\n\
         forbid (principal, action, resource);",
    );
    assert!(error.to_string().contains("two of this name"), "{error}");
}

#[test]
fn sys_03_a_right_that_nothing_grants_is_refused() {
    let error = fault(
        "@id(\"a.b\") @clause(\"SYS-03\") @code(\"x\") @says(\"甲。\")\n\
         permit (principal, action == Action::\"approve\", resource);",
    );
    assert!(error.to_string().contains("no policy grants it"), "{error}");
}
