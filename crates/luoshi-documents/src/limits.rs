//! How much of a file is read at most, and the account of one reading.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{Excess, ReadError};
use crate::programs::Programs;

/// Most bytes of a file that are read.
pub const MAX_BYTES: usize = 20_000_000;

/// Time that has passed since some moment; never goes back.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The most that one reading may take; a file beyond any of it is refused as a whole.
#[derive(Clone)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Bytes that the packed parts of the file may unpack to, all together.
    pub unpacked: u64,
    /// How many times its packed size a part may unpack to; parts below a megabyte are free.
    pub ratio: u64,
    /// Entries of an archive, objects of a PDF.
    pub entries: usize,
    /// Levels of nested elements or objects.
    pub depth: usize,
    /// Bytes of the text that comes of it, and of what is repeated on the way.
    pub text: usize,
    /// How long the reading may take; looked at inside every loop.
    pub time: Duration,
    /// How long a converter may take before the reading; it has to start a whole office program.
    pub converting: Duration,
    /// What the time is taken from.
    pub clock: Clock,
    /// Where programs of the system that help with some formats are looked for.
    pub programs: Programs,
}

impl Default for Limits {
    /// The limits of an import: 20 MB, 500 pages, 10 s, programs from `PATH`.
    fn default() -> Self {
        let began = Instant::now();
        Self {
            bytes: MAX_BYTES,
            pages: 500,
            unpacked: 100_000_000,
            ratio: 200,
            entries: 10_000,
            depth: 256,
            text: 40_000_000,
            time: Duration::from_secs(10),
            converting: Duration::from_secs(60),
            clock: Arc::new(move || began.elapsed()),
            programs: Programs::from_path(),
        }
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("bytes", &self.bytes)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

/// Steps between two looks at the clock.
const STRIDE: u32 = 256;

/// The account of one reading against its [`Limits`].
#[derive(Debug)]
pub(crate) struct Budget<'l> {
    pub(crate) limits: &'l Limits,
    end: Duration,
    steps: Cell<u32>,
    unpacked: Cell<u64>,
    written: Cell<usize>,
    /// The first limit that was broken; outlives the error types of libraries.
    broken: RefCell<Option<ReadError>>,
}

impl<'l> Budget<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            end: (limits.clock)().saturating_add(limits.time),
            steps: Cell::new(0),
            unpacked: Cell::new(0),
            written: Cell::new(0),
            broken: RefCell::new(None),
        }
    }

    /// One turn of a loop; looks at the clock now and then.
    pub(crate) fn step(&self) -> Result<(), ReadError> {
        let steps = self.steps.get().wrapping_add(1);
        self.steps.set(steps);
        if steps.is_multiple_of(STRIDE) {
            self.check_time()?;
        }
        Ok(())
    }

    /// Looks at the clock.
    pub(crate) fn check_time(&self) -> Result<(), ReadError> {
        if (self.limits.clock)() > self.end {
            let seconds = self.limits.time.as_secs();
            return Err(self.fault(ReadError::TooSlow { seconds }));
        }
        Ok(())
    }

    /// Counts bytes that were unpacked.
    pub(crate) fn unpack(&self, bytes: usize) -> Result<(), ReadError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let all = self.unpacked.get().saturating_add(bytes);
        self.unpacked.set(all);
        if all > self.limits.unpacked {
            return Err(self.excess(Excess::Unpacked));
        }
        self.step()
    }

    /// Counts bytes of text, or of what is kept for it.
    pub(crate) fn write(&self, bytes: usize) -> Result<(), ReadError> {
        let all = self.written.get().saturating_add(bytes);
        self.written.set(all);
        if all > self.limits.text {
            return Err(self.excess(Excess::Text));
        }
        self.step()
    }

    /// Says that a limit is broken.
    pub(crate) fn excess(&self, what: Excess) -> ReadError {
        self.fault(ReadError::Excessive { what })
    }

    fn fault(&self, error: ReadError) -> ReadError {
        *self.broken.borrow_mut() = Some(error.clone());
        error
    }

    /// The limit that was broken inside a library that only says that reading failed, else `other`.
    pub(crate) fn broken_or(&self, other: ReadError) -> ReadError {
        self.broken.borrow().clone().unwrap_or(other)
    }
}
