//! When what was learnt is one-sided enough to be used.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::UnitId;
use crate::lessons::{KindSetting, Lessons, Support};
use crate::plans::ProposalKind;

/// Confirmations younger than this count twice, in days.
pub const RECENT_DAYS: i64 = 365;

/// Percent of a name's weight that one choice needs.
pub const NAME_SHARE: u32 = 80;

/// Confirmations that a kind needs before it outweighs the reader.
pub const KIND_COUNT: u32 = 3;

/// Percent of the smoothed share that a kind needs.
pub const KIND_SHARE: u32 = 75;

/// What a name stands for here, with the counts that say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameEvidence<'a> {
    pub units: &'a [UnitId],
    /// Plans in which people chose these units for the name …
    pub count: u32,
    /// … of those in which they chose any.
    pub of: u32,
}

/// What a proposed kind stands for here, with the counts that say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindEvidence {
    pub kind: ProposalKind,
    pub count: u32,
    pub of: u32,
}

impl Lessons {
    /// The units that `name` stands for, where the evidence is one-sided.
    ///
    /// Each confirmation weighs 1, and 1 more when it is among the latest kept and younger than
    /// [`RECENT_DAYS`]. One choice must have [`NAME_SHARE`] percent of the name's weight.
    pub fn units_called(&self, name: &str, now: DateTime<Utc>) -> Option<NameEvidence<'_>> {
        let choices = || self.names.iter().filter(|known| known.name == name);
        let total: u32 = choices().map(|known| known.support.weight(now)).sum();
        let best = choices().max_by_key(|known| known.support.weight(now))?;
        let one_sided = best.support.weight(now) * 100 >= total * NAME_SHARE;
        (one_sided && !best.units.is_empty()).then(|| NameEvidence {
            units: &best.units,
            count: best.support.count,
            of: choices().map(|known| known.support.count).sum(),
        })
    }

    /// The kind that people make of what the reader proposes in `setting`, where it is another one
    /// and the evidence is one-sided.
    ///
    /// At least [`KIND_COUNT`] confirmations must point to it, and `(n + 1) / (N + 2)` of all must
    /// reach [`KIND_SHARE`] percent: the share smoothed after Laplace over two outcomes, this kind
    /// or any other. Counts under the same theme decide where there are enough, else all themes.
    pub fn kind_confirmed(&self, setting: &KindSetting) -> Option<KindEvidence> {
        let themed = self.counts(setting, true);
        let counts = if themed.iter().map(|(_, n)| n).sum::<u32>() >= KIND_COUNT {
            themed
        } else {
            self.counts(setting, false)
        };
        let of: u32 = counts.iter().map(|(_, n)| n).sum();
        let (kind, count) = counts.into_iter().max_by_key(|(_, n)| *n)?;
        let enough = count >= KIND_COUNT && (count + 1) * 100 >= (of + 2) * KIND_SHARE;
        (enough && kind != setting.proposed).then_some(KindEvidence { kind, count, of })
    }

    fn counts(&self, setting: &KindSetting, themed: bool) -> Vec<(ProposalKind, u32)> {
        let mut counts: Vec<(ProposalKind, u32)> = Vec::new();
        for known in &self.kinds {
            let same = known.setting.proposed == setting.proposed
                && known.setting.cue == setting.cue
                && (!themed || known.setting.theme == setting.theme);
            if !same {
                continue;
            }
            match counts.iter_mut().find(|(kind, _)| *kind == known.confirmed) {
                Some((_, count)) => *count += known.support.count,
                None => counts.push((known.confirmed, known.support.count)),
            }
        }
        counts
    }
}

impl Support {
    /// Confirmations, the recent ones twice.
    pub fn weight(&self, now: DateTime<Utc>) -> u32 {
        let since = now - TimeDelta::days(RECENT_DAYS);
        let recent = self.recent.iter().filter(|known| known.at >= since);
        let recent = u32::try_from(recent.count()).unwrap_or(u32::MAX);
        self.count.saturating_add(recent)
    }
}
