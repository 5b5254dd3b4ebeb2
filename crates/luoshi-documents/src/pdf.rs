//! PDF files with a text layer: signs with their places, put together to lines and paragraphs.

mod content;
mod fonts;
mod layout;
mod poppler;

use std::io::Read;

use flate2::read::ZlibDecoder;
use lopdf::{Document, LoadOptions};

use crate::error::{Excess, ReadError};
use crate::format::Format;
use crate::limits::Budget;

use content::Drawing;
use layout::Page;

/// What a damaged PDF is answered with.
const BROKEN: ReadError = ReadError::Broken {
    format: Format::Pdf,
};
/// Most bytes that one stream of a page or of objects may unpack to.
const STREAM: usize = 16_000_000;
/// Objects for each entry that an archive may have.
const OBJECTS: usize = 50;
/// Share of signs without a reading, in per cent, above which another reader is tried.
const UNREAD: usize = 20;

/// Reads the text of a PDF file.
pub(crate) fn read(bytes: &[u8], budget: &Budget<'_>) -> Result<String, ReadError> {
    let own = pages(bytes, budget);
    let (pages, unread) = match own {
        Ok(found) => found,
        // The time and every other limit hold for all readers.
        Err(error) if error != BROKEN => return Err(error),
        Err(error) => match poppler::read(bytes, budget)? {
            Some(pages) => (pages, 0),
            None => return Err(error),
        },
    };
    let signs: usize = pages.iter().map(Page::signs).sum();
    let poor = signs == 0 || unread * 100 > (signs + unread) * UNREAD;
    let pages = if poor {
        let better = poppler::read(bytes, budget)?;
        let better = better.filter(|pages| pages.iter().map(Page::signs).sum::<usize>() > signs);
        better.ok_or(ReadError::Scanned)?
    } else {
        pages
    };
    layout::text(pages, budget)
}

/// The signs of each page, and how many have no reading.
fn pages(bytes: &[u8], budget: &Budget<'_>) -> Result<(Vec<Page>, usize), ReadError> {
    measure_object_streams(bytes, budget)?;
    let options = LoadOptions {
        max_decompressed_size: Some(STREAM),
        ..LoadOptions::default()
    };
    let encrypted = || memchr::memmem::find(bytes, b"/Encrypt").is_some();
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) => document,
        Err(_unreadable) if encrypted() => {
            return Err(ReadError::Encrypted {
                format: Format::Pdf,
            });
        }
        Err(_unreadable) => return Err(BROKEN),
    };
    budget.check_time()?;
    if document.trailer.has(b"Encrypt") && !document.was_encrypted() {
        return Err(ReadError::Encrypted {
            format: Format::Pdf,
        });
    }
    if document.objects.len() > budget.limits.entries.saturating_mul(OBJECTS) {
        return Err(budget.excess(Excess::Entries));
    }
    let ids = document.get_pages();
    if ids.is_empty() {
        return Err(BROKEN);
    }
    if ids.len() > budget.limits.pages {
        let limit = budget.limits.pages;
        return Err(ReadError::TooManyPages { limit });
    }
    let mut drawing = Drawing::new(&document, budget);
    let mut pages = Vec::new();
    for id in ids.values() {
        budget.check_time()?;
        pages.push(drawing.page(*id)?);
    }
    Ok((pages, drawing.unread()))
}

/// Unpacks the streams of objects and throws them away: the library unpacks them all at once.
fn measure_object_streams(bytes: &[u8], budget: &Budget<'_>) -> Result<(), ReadError> {
    let finder = memchr::memmem::Finder::new(b"stream");
    for at in finder.find_iter(bytes) {
        budget.step()?;
        let head = bytes.get(at.saturating_sub(400)..at).unwrap_or_default();
        let head = match memchr::memmem::rfind(head, b" obj") {
            Some(begins) => head.get(begins..).unwrap_or_default(),
            None => head,
        };
        let is = |name: &[u8]| memchr::memmem::find(head, name).is_some();
        if !is(b"ObjStm") && !is(b"XRef") {
            continue;
        }
        let body = bytes.get(at + b"stream".len()..).unwrap_or_default();
        let mut unpacked = ZlibDecoder::new(body.trim_ascii_start());
        let mut buffer = [0; 8192];
        // What is no such stream, or breaks off, fails later or does no harm.
        while let Ok(count @ 1..) = unpacked.read(&mut buffer) {
            budget.unpack(count)?;
        }
    }
    Ok(())
}
