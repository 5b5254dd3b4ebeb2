//! Deadline phrases: what the plan reader makes of them holds for fields too (TIME-09).

pub use luoshi_plan::phrases::{Phrase, read};
