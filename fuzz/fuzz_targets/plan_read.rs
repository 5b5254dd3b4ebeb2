//! Any text can be read as a plan, and what comes back can be cited.
#![no_main]

use libfuzzer_sys::fuzz_target;
use luoshi_plan::reading::ReadOptions;

fuzz_target!(|text: &str| {
    let reading = luoshi_plan::read(text, &ReadOptions::default());
    let chars: Vec<char> = text.chars().collect();
    let slice = |start: usize, end: usize| chars[start..end].iter().collect::<String>();
    let mut end = 0;
    for clause in &reading.clauses {
        assert_eq!(clause.start, end, "clauses tile the text");
        end = clause.end;
    }
    assert_eq!(end, chars.len(), "clauses reach the end");
    let mut end = 0;
    for obligation in &reading.obligations {
        assert!(obligation.start >= end, "obligations are in order and apart");
        end = obligation.end;
        assert_eq!(slice(obligation.start, obligation.end), obligation.quote);
        for evidence in &obligation.evidence {
            assert!(!slice(evidence.start, evidence.end).is_empty());
        }
    }
    for missing in &reading.missing {
        assert_eq!(slice(missing.start, missing.end), missing.text);
    }
    for question in &reading.questions {
        assert!(question.start <= question.end && question.end <= chars.len());
    }
});
