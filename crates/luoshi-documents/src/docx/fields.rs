//! Fields: which of them show text of the document, and which only point about in it.

/// Longest instruction of a field that is looked at.
const LONGEST: usize = 64;

/// Fields that are open, the outermost first.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: Vec<Field>,
}

#[derive(Debug, Default)]
struct Field {
    instruction: String,
    /// Whether its result has begun.
    shows: bool,
    /// Whether its result is no text of the document.
    dropped: bool,
}

impl Fields {
    /// A mark of a field: begin, separate or end.
    pub(super) fn mark(&mut self, kind: &str) {
        match kind {
            "begin" if self.open.len() < 256 => self.open.push(Field::default()),
            "separate" => {
                if let Some(field) = self.open.last_mut() {
                    field.shows = true;
                    field.dropped = is_dropped(&field.instruction);
                }
            }
            "end" => {
                self.open.pop();
            }
            _ => {}
        }
    }

    /// A piece of the instruction of the innermost field.
    pub(super) fn instruct(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut()
            && field.instruction.len() < LONGEST
        {
            field.instruction.push_str(text);
        }
    }

    /// Whether text that stands here is shown.
    pub(super) fn shows(&self) -> bool {
        self.open.iter().all(|field| field.shows && !field.dropped)
    }
}

/// A table of contents repeats the headings; page numbers belong to the sheet.
pub(super) fn is_dropped(instruction: &str) -> bool {
    let name = instruction.split_whitespace().next().unwrap_or_default();
    ["TOC", "PAGE", "NUMPAGES", "PAGEREF", "SECTIONPAGES"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}
