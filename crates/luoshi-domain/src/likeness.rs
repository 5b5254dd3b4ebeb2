//! How alike two texts are, and finding the alike ones among many (IMPORT-13).
//!
//! A text is the set of its runs of characters; signs and words that carry no meaning are left
//! out, so that a comma more or 的 less changes nothing.

use std::collections::HashMap;

/// Characters that connect and say nothing.
const STOPS: &str = "的了和与及要等对在为以将按把并或各其中";

/// A text as a set of runs of characters, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shingles(Vec<u32>);

impl Shingles {
    /// Pairs of characters: for sentences.
    pub fn of_sentence(text: &str) -> Self {
        Self::of(text, 2)
    }

    /// Runs of four: for documents, in which most pairs occur somewhere.
    pub fn of_document(text: &str) -> Self {
        Self::of(text, 4)
    }

    fn of(text: &str, length: usize) -> Self {
        let letters: Vec<char> = text.chars().filter(|letter| carries(*letter)).collect();
        let mut runs: Vec<u32> = letters.windows(length).map(hash).collect();
        if runs.is_empty() && !letters.is_empty() {
            runs.push(hash(&letters));
        }
        runs.sort_unstable();
        runs.dedup();
        Self(runs)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Percent of what both have together, 0 to 100; 0 when one has nothing.
    pub fn likeness(&self, other: &Self) -> u32 {
        percent(self.shared(other), self.0.len(), other.0.len())
    }

    fn shared(&self, other: &Self) -> usize {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => {
                    left.next();
                }
                std::cmp::Ordering::Greater => {
                    right.next();
                }
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    left.next();
                    right.next();
                }
            }
        }
        shared
    }
}

/// Many texts, found by their runs.
#[derive(Debug, Default)]
pub struct Index {
    /// How many runs each text has.
    sizes: Vec<usize>,
    /// Places in `sizes` by run, ascending.
    places: HashMap<u32, Vec<u32>>,
}

impl Index {
    /// An index of these texts; they are named by their place.
    pub fn of(texts: &[Shingles]) -> Self {
        let mut places: HashMap<u32, Vec<u32>> = HashMap::new();
        for (place, text) in (0u32..).zip(texts) {
            for run in &text.0 {
                places.entry(*run).or_default().push(place);
            }
        }
        let sizes = texts.iter().map(|text| text.0.len()).collect();
        Self { sizes, places }
    }

    /// Places of texts at least `floor` percent alike with the percent, most alike first.
    pub fn near(&self, text: &Shingles, floor: u32) -> Vec<(usize, u32)> {
        // Adding up what each text shares costs one step for each shared run; comparing run by
        // run costs more than ten, also where only texts with a rare run in common are compared.
        let mut shared = vec![0usize; self.sizes.len()];
        for place in text
            .0
            .iter()
            .filter_map(|run| self.places.get(run))
            .flatten()
        {
            let count = usize::try_from(*place)
                .ok()
                .and_then(|at| shared.get_mut(at));
            if let Some(count) = count {
                *count += 1;
            }
        }
        let texts = shared.into_iter().zip(&self.sizes).enumerate();
        let mut near: Vec<(usize, u32)> = texts
            .filter(|(_, (shared, _))| *shared > 0)
            .map(|(place, (shared, size))| (place, percent(shared, text.0.len(), *size)))
            .filter(|(_, likeness)| *likeness >= floor)
            .collect();
        near.sort_by_key(|(place, likeness)| (std::cmp::Reverse(*likeness), *place));
        near
    }
}

fn percent(shared: usize, left: usize, right: usize) -> u32 {
    let all = left + right;
    if all == 0 || left == 0 || right == 0 {
        return 0;
    }
    u32::try_from(200 * shared / all).unwrap_or(100)
}

/// Han characters and digits; Latin letters in these documents are noise of conversion.
fn carries(letter: char) -> bool {
    let han = ('\u{3400}'..='\u{9fff}').contains(&letter);
    (han || letter.is_ascii_digit()) && !STOPS.contains(letter)
}

fn hash(run: &[char]) -> u32 {
    // FNV-1a over code points: runs are short, and equal runs must be equal everywhere.
    run.iter().fold(0x811c_9dc5, |hash, letter| {
        (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_13_signs_and_connecting_words_change_nothing() {
        let plain = Shingles::of_sentence("每季度召开项目调度会");
        let noisy = Shingles::of_sentence("每季度，要召开(kāi)项目的调度会。");
        assert_eq!(plain.likeness(&noisy), 100);
        assert_eq!(plain.likeness(&Shingles::of_sentence("编制年度预算")), 0);
        assert_eq!(plain.likeness(&Shingles::of_sentence("……")), 0);
    }

    #[test]
    fn import_13_the_index_finds_what_comparing_all_finds() {
        let letters: Vec<char> = "甲乙丙丁戊己庚辛壬癸子丑寅卯".chars().collect();
        let mut seed = 7usize;
        let mut next = || {
            seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
            seed
        };
        let texts: Vec<Shingles> = (0..200)
            .map(|_| {
                let length = 3 + next() % 12;
                let text: String = (0..length).map(|_| letters[next() / 7 % 14]).collect();
                Shingles::of_sentence(&text)
            })
            .collect();
        let index = Index::of(&texts);
        let mut found = 0;
        for text in &texts {
            for floor in [30, 60, 90] {
                let mut all: Vec<(usize, u32)> = texts
                    .iter()
                    .enumerate()
                    .map(|(place, other)| (place, text.likeness(other)))
                    .filter(|(_, likeness)| *likeness >= floor)
                    .collect();
                all.sort_by_key(|(place, likeness)| (std::cmp::Reverse(*likeness), *place));
                assert_eq!(index.near(text, floor), all);
                found += all.len();
            }
        }
        assert!(found > 800, "{found} is too few to show anything");
    }
}
