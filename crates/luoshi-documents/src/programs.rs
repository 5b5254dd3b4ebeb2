//! Programs of the system that help to read a format.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::limits::Clock;

/// The folders in which helping programs are looked for.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    folders: Vec<PathBuf>,
}

impl Programs {
    /// The folders of the environment's `PATH`.
    pub fn from_path() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self::in_folders(std::env::split_paths(&path))
    }

    /// These folders; relative ones are passed over, so that nothing beside the files sent is run.
    pub fn in_folders(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let folders = folders.into_iter().filter(|folder| folder.is_absolute());
        Self {
            folders: folders.collect(),
        }
    }

    /// No programs at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// The first file of one of these names.
    pub(crate) fn find(&self, names: &[&str]) -> Option<PathBuf> {
        let mut paths = self
            .folders
            .iter()
            .flat_map(|folder| names.iter().map(|name| folder.join(name)));
        paths.find(|path| is_program(path))
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// A program of the system at work in a folder of its own, which goes when this is dropped.
pub(crate) struct Job {
    folder: tempfile::TempDir,
}

/// How often a running program is looked at.
const TICK: Duration = Duration::from_millis(10);

impl Job {
    /// A new folder that only this process may enter.
    pub(crate) fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("luoshi-").tempdir()?;
        Ok(Self { folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file into the folder.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        std::fs::write(self.folder().join(name), bytes)
    }

    /// Takes a file out of the folder that has `limit` bytes at most.
    pub(crate) fn take(&self, name: &str, limit: u64) -> io::Result<Vec<u8>> {
        let path = self.folder().join(name);
        if !path.symlink_metadata()?.is_file() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path)?;
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes)
    }

    /// Runs a program, without a shell, in the folder; `None` when the time was up and it was ended.
    pub(crate) fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        time: Duration,
        clock: &Clock,
    ) -> io::Result<Option<bool>> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder())
            .env("TMPDIR", self.folder())
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let end = clock().saturating_add(time);
        let mut child = command.spawn()?;
        loop {
            if let Some(status) = child.try_wait()? {
                // A wrapper may leave the real program behind.
                end_group(&child);
                return Ok(Some(status.success()));
            }
            if clock() >= end {
                end_group(&child);
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            std::thread::sleep(TICK);
        }
    }
}

/// Ends all processes that a program started: they are in one group with it.
#[cfg(unix)]
fn end_group(child: &Child) {
    let id = i32::try_from(child.id()).ok();
    if let Some(group) = id.and_then(rustix::process::Pid::from_raw) {
        // It fails when the group is gone, which is what is wanted.
        let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end_group(_child: &Child) {}
