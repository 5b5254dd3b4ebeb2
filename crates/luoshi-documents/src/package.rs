//! A ZIP archive of parts, read one by one within limits.
//!
//! Nothing is written to disk, and a part's name is only compared; sizes that the archive claims are
//! not believed: what comes out of a part is counted while it is read.

use std::io::{self, BufReader, Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::error::{Excess, ReadError};
use crate::format::Format;
use crate::limits::Budget;

/// A part that unpacks to less may have any ratio; short repetitive parts are common.
const FREE: u64 = 1_000_000;

/// An opened archive.
pub(crate) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    budget: &'b Budget<'b>,
    format: Format,
}

/// A part while it is read.
pub(crate) type Part<'p, 'b> = BufReader<Counted<'b, ZipFile<'p, Cursor<&'b [u8]>>>>;

impl<'b> Package<'b> {
    /// Opens an archive and refuses one with too many, overlapping or encrypted entries.
    pub(crate) fn open(
        bytes: &'b [u8],
        format: Format,
        budget: &'b Budget<'b>,
    ) -> Result<Self, ReadError> {
        let broken = || ReadError::Broken { format };
        if announced_entries(bytes) > budget.limits.entries {
            return Err(budget.excess(Excess::Entries));
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_unreadable| broken())?;
        if archive.len() > budget.limits.entries {
            return Err(budget.excess(Excess::Entries));
        }
        budget.check_time()?;
        if archive
            .has_overlapping_files()
            .map_err(|_unreadable| broken())?
        {
            return Err(budget.excess(Excess::Unpacked));
        }
        Ok(Self {
            archive,
            budget,
            format,
        })
    }

    /// The part of this name; `None` where there is none.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'b>>, ReadError> {
        let Some(index) = self.archive.index_for_name(name) else {
            return Ok(None);
        };
        self.at(index).map(Some)
    }

    /// Unpacks every part and throws it away, so that a library may be trusted with the archive.
    pub(crate) fn check_all(&mut self) -> Result<(), ReadError> {
        let (format, budget) = (self.format, self.budget);
        for index in 0..self.archive.len() {
            let mut part = self.at(index)?;
            io::copy(&mut part, &mut io::sink())
                .map_err(|_unreadable| budget.broken_or(ReadError::Broken { format }))?;
        }
        Ok(())
    }

    fn at(&mut self, index: usize) -> Result<Part<'_, 'b>, ReadError> {
        let (format, budget) = (self.format, self.budget);
        let raw = self
            .archive
            .by_index_data(index)
            .map_err(|_unreadable| ReadError::Broken { format })?;
        if raw.encrypted() {
            return Err(ReadError::Encrypted { format });
        }
        let file = self
            .archive
            .by_index(index)
            .map_err(|_unreadable| ReadError::Broken { format })?;
        let packed = file.compressed_size();
        Ok(BufReader::new(Counted {
            inner: file,
            allowed: FREE.max(packed.saturating_mul(budget.limits.ratio)),
            budget,
        }))
    }
}

/// Counts what is read, and stops at the limits.
pub(crate) struct Counted<'p, R> {
    inner: R,
    /// Bytes that may still come.
    allowed: u64,
    budget: &'p Budget<'p>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.allowed = self
            .allowed
            .checked_sub(u64::try_from(count).unwrap_or(u64::MAX))
            .ok_or_else(|| io::Error::other(self.budget.excess(Excess::Unpacked)))?;
        self.budget.unpack(count).map_err(io::Error::other)?;
        Ok(count)
    }
}

/// The number of entries that the end of the archive tells, before anything is kept for them.
fn announced_entries(bytes: &[u8]) -> usize {
    let Some(at) = memchr::memmem::rfind(bytes, b"PK\x05\x06") else {
        return 0;
    };
    match bytes.get(at + 10..at + 12) {
        // All ones stand for a number in a longer record, which the library reads with care.
        Some([0xff, 0xff]) | None => 0,
        Some(count) => count
            .iter()
            .rev()
            .fold(0, |sum, byte| sum * 256 + usize::from(*byte)),
    }
}
