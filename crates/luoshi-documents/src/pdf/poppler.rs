//! Poppler's `pdftotext`, where it is installed, for files that are beyond the own reader.

use std::time::Duration;

use crate::error::ReadError;
use crate::limits::Budget;
use crate::programs::Job;
use crate::xml::{Node, Xml, local};

use super::BROKEN;
use super::layout::{Page, Run};

/// How long it may take.
const TIME: Duration = Duration::from_secs(10);

/// The words of each page; `None` where the program is missing or cannot read the file.
pub(super) fn read(bytes: &[u8], budget: &Budget<'_>) -> Result<Option<Vec<Page>>, ReadError> {
    let Some(program) = budget.limits.programs.find(&["pdftotext"]) else {
        return Ok(None);
    };
    let Some(boxes) = boxes(bytes, budget, &program) else {
        return Ok(None);
    };
    // What stands before it declares a document type.
    let Some(begins) = memchr::memmem::find(&boxes, b"<doc>") else {
        return Ok(None);
    };
    let Some(end) = memchr::memmem::rfind(&boxes, b"</doc>") else {
        return Ok(None);
    };
    let part = boxes.get(begins..end + b"</doc>".len()).unwrap_or_default();
    pages(part, budget).map(Some)
}

fn boxes(bytes: &[u8], budget: &Budget<'_>, program: &std::path::Path) -> Option<Vec<u8>> {
    let job = Job::new().ok()?;
    job.put("in.pdf", bytes).ok()?;
    let last = budget.limits.pages.to_string();
    let arguments = ["-enc", "UTF-8", "-bbox", "-l", &last, "in.pdf", "out.html"];
    let ran = job
        .run(program, &arguments, TIME, &budget.limits.clock)
        .ok()?;
    if ran != Some(true) {
        return None;
    }
    job.take("out.html", budget.limits.unpacked).ok()
}

fn pages(part: &[u8], budget: &Budget<'_>) -> Result<Vec<Page>, ReadError> {
    let mut xml = Xml::new(part, budget, BROKEN);
    let mut pages = Vec::new();
    let mut open: Option<Run> = None;
    loop {
        match xml.next()? {
            Node::Open(element) => match local(element.name()) {
                "page" => pages.push(Page::default()),
                "word" => {
                    let number = |name: &str| element.number::<f32>(name).unwrap_or(0.0);
                    open = Some(Run {
                        left: number("xMin"),
                        right: number("xMax"),
                        down: number("yMax"),
                        size: (number("yMax") - number("yMin")).max(0.5),
                        text: String::new(),
                    });
                }
                _ => {}
            },
            Node::Text(text) => {
                if let Some(word) = &mut open {
                    word.text.push_str(&text);
                }
            }
            Node::Close(closed) => {
                if local(closed.name()) == "word"
                    && let (Some(word), Some(page)) = (open.take(), pages.last_mut())
                {
                    budget.write(word.text.len() + size_of::<Run>())?;
                    page.push(word);
                }
            }
            Node::End => return Ok(pages),
        }
    }
}
