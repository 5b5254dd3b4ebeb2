//! Words that were put in or taken out between two versions of a clause.

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    /// Not in the other version.
    pub(super) changed: bool,
}

/// Most cells of the table that finds what is common; beyond, all between is taken as changed.
const CELLS: usize = 4_000_000;

/// Both versions as runs; what is equal in the same order is not marked.
pub(super) fn marked(before: &str, after: &str) -> (Vec<Run>, Vec<Run>) {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let pairs = old.iter().zip(&new);
    let head = pairs.take_while(|(left, right)| left == right).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let tail = pairs.take_while(|(left, right)| left == right).count();
    let old_middle = &old_rest[..old_rest.len() - tail];
    let new_middle = &new_rest[..new_rest.len() - tail];
    let (old_same, new_same) = common(old_middle, new_middle);
    let whole = |letters: &[char], middle: &[bool]| {
        let head = letters[..head].iter().map(|letter| (*letter, true));
        let rest = letters[head.len()..].iter().enumerate();
        let rest = rest.map(|(at, letter)| (*letter, middle.get(at).copied().unwrap_or(true)));
        runs(head.chain(rest))
    };
    (whole(&old, &old_same), whole(&new, &new_same))
}

/// Which letters of each are in both, in one order, as many as can be.
fn common(old: &[char], new: &[char]) -> (Vec<bool>, Vec<bool>) {
    let (mut in_old, mut in_new) = (vec![false; old.len()], vec![false; new.len()]);
    let width = new.len() + 1;
    if (old.len() + 1).saturating_mul(width) > CELLS {
        return (in_old, in_new);
    }
    // lengths[i * width + j]: the most that old[i..] and new[j..] have in common.
    let mut lengths = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i] == new[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            in_old[i] = true;
            in_new[j] = true;
            i += 1;
            j += 1;
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (in_old, in_new)
}

/// Letters with whether they are in both, as runs. A single equal letter between changes reads as
/// one of them.
fn runs(letters: impl Iterator<Item = (char, bool)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (letter, same) in letters {
        match runs.last_mut() {
            Some(run) if run.changed != same => run.text.push(letter),
            _ => runs.push(Run {
                text: letter.to_string(),
                changed: !same,
            }),
        }
    }
    let mut joined: Vec<Run> = Vec::new();
    let last = runs.len().saturating_sub(1);
    for (at, run) in runs.into_iter().enumerate() {
        let is_speck = !run.changed && at > 0 && at < last && run.text.chars().count() == 1;
        match joined.last_mut() {
            Some(known) if known.changed && (run.changed || is_speck) => {
                known.text.push_str(&run.text);
            }
            _ => joined.push(run),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(runs: &[Run]) -> String {
        let parts = runs.iter().map(|run| {
            if run.changed {
                format!("[{}]", run.text)
            } else {
                run.text.clone()
            }
        });
        parts.collect()
    }

    #[test]
    fn import_12_words_put_in_and_taken_out_are_marked() {
        for (before, after, old, new) in [
            ("三年规划", "五年规划", "[三]年规划", "[五]年规划"),
            ("编制规划", "编制专项规划", "编制规划", "编制[专项]规划"),
            ("同样", "同样", "同样", "同样"),
            ("", "新增", "", "[新增]"),
            ("7月底前", "9月15日前", "[7月底]前", "[9月15日]前"),
        ] {
            let (left, right) = marked(before, after);
            assert_eq!((said(&left).as_str(), said(&right).as_str()), (old, new));
        }
    }

    #[test]
    fn import_12_a_clause_too_long_to_compare_is_marked_whole_between_its_ends() {
        let before = format!("首{}尾", "甲".repeat(3000));
        let after = format!("首{}尾", "乙".repeat(3000));
        let (left, _) = marked(&before, &after);
        assert_eq!(left.len(), 3);
        assert!(left[1].changed);
    }
}
