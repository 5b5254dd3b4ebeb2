//! Picking out of many: units, posts, people, tasks, found by a part of the name or by initials.

use pinyin::ToPinyin;

/// A list to tick in, as `picker.html` draws it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picker {
    pub(crate) id: String,
    pub(crate) legend: String,
    /// What can be ticked of each row: the field's name and its label.
    pub(crate) columns: Vec<(&'static str, &'static str)>,
    pub(crate) rows: Vec<PickRow>,
    pub(crate) hint: String,
    pub(crate) fault: String,
}

/// One row of a [`Picker`].
#[derive(Clone, Debug, Default)]
pub(crate) struct PickRow {
    pub(crate) value: String,
    pub(crate) name: String,
    /// Pinyin initials, for who types `ghjsk` for 规划建设科.
    pub(crate) initials: String,
    /// For each column.
    pub(crate) ticked: Vec<bool>,
}

impl Picker {
    /// A list with one box a row, of values with their names.
    pub(crate) fn of_one(
        name: &'static str,
        legend: &str,
        rows: impl IntoIterator<Item = (String, String)>,
        chosen: &[String],
    ) -> Self {
        Self::of(name, legend, vec![(name, "选")], rows, &[chosen])
    }

    /// A list with several boxes a row; `chosen` holds the values ticked in each column.
    pub(crate) fn of(
        id: &str,
        legend: &str,
        columns: Vec<(&'static str, &'static str)>,
        rows: impl IntoIterator<Item = (String, String)>,
        chosen: &[&[String]],
    ) -> Self {
        let mut rows: Vec<PickRow> = rows
            .into_iter()
            .map(|(value, name)| PickRow {
                ticked: chosen.iter().map(|known| known.contains(&value)).collect(),
                initials: initials(&name),
                value,
                name,
            })
            .collect();
        // What is chosen is seen without looking for it.
        rows.sort_by_key(|row| !row.ticked.contains(&true));
        Self {
            id: id.to_owned(),
            legend: legend.to_owned(),
            columns,
            rows,
            ..Self::default()
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl PickRow {
    /// The row's boxes: name, label and whether ticked.
    pub(crate) fn boxes<'a>(
        &'a self,
        picker: &'a Picker,
    ) -> impl Iterator<Item = (&'static str, &'static str, bool)> + 'a {
        let columns = picker.columns.iter().zip(&self.ticked);
        columns.map(|((name, label), ticked)| (*name, *label, *ticked))
    }
}

/// The pinyin initials of a name, lower case; other letters as they are.
pub(crate) fn initials(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter.to_pinyin() {
        Some(pinyin) => pinyin.first_letter().to_owned(),
        None => letter.to_lowercase().collect(),
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ui_6_a_unit_is_found_by_its_initials() {
        assert_eq!(initials("规划建设科"), "ghjsk");
        assert_eq!(initials("市公路中心（A区）"), "sglzx（aq）");
    }
}
