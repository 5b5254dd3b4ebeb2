//! Servers that run beside a test: `tests/provider` holds them, `scripts/test` installs what they
//! need. Without Node or without that the tests pass over themselves and say so.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server process; it ends with the test.
pub(crate) struct Beside {
    child: Child,
    /// What it prints.
    said: BufReader<ChildStdout>,
    pub(crate) port: u16,
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The folder of what is installed for the tests; `None` where this module is not, or no Node.
pub(crate) fn installed(what: &str, module: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
    let found = folder.join("node_modules").join(module).exists();
    if found && Command::new("node").arg("--version").output().is_ok() {
        return Some(folder);
    }
    let line = format!("{what} is skipped: run npm ci in crates/luoshi/tests/provider\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    let required = std::env::var_os("LUOSHI_TEST_PROVIDER").is_some();
    assert!(!required, "it must run");
    None
}

impl Beside {
    /// Starts a script of `tests/provider` on a free port, which is its first argument; `None`
    /// where the module that it needs is not installed.
    pub(crate) fn start(script: &str, module: &str, arguments: &[&str]) -> Option<Self> {
        let folder = installed(script, module)?;
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut child = Command::new("node")
            .arg(folder.join(script))
            .arg(port.to_string())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, said, port };
        assert_eq!(running.line(), "ready", "{script} did not start");
        Some(running)
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}
