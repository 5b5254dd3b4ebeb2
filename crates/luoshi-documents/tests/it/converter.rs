//! Older formats, with a stand-in for LibreOffice.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use luoshi_documents::error::ReadError;
use luoshi_documents::format::Format;
use luoshi_documents::limits::Limits;
use luoshi_documents::programs::Programs;
use luoshi_documents::read;
use tempfile::TempDir;

use crate::parts::{docx, hasty, limits, p, text_of};

const RTF: &[u8] = b"{\\rtf1\\ansi hello}";

/// A folder with a program of this name and text.
fn program(name: &str, script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn with(folder: &Path, limits: Limits) -> Limits {
    Limits {
        programs: Programs::in_folders([folder.to_owned()]),
        ..limits
    }
}

#[test]
fn an_older_file_is_converted_and_read() {
    let folder = program("soffice", "");
    let made = folder.path().join("made.docx");
    std::fs::write(&made, docx(&p("渡口方案"))).unwrap();
    let told = folder.path().join("told");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > {0}\nmkdir out\ncp {1} out/in.docx\n",
        told.display(),
        made.display()
    );
    std::fs::write(folder.path().join("soffice"), script).unwrap();
    let document = read(RTF, "方案.rtf", &with(folder.path(), limits())).unwrap();
    assert_eq!(document.text, "渡口方案\n");
    assert_eq!(document.format, Format::Rtf);
    let told = std::fs::read_to_string(told).unwrap();
    assert!(told.contains("--headless\n"), "{told}");
    assert!(told.contains("-env:UserInstallation=file:///"), "{told}");
    assert!(
        told.ends_with("--convert-to\ndocx\n--outdir\nout\nin.rtf\n"),
        "{told}"
    );
}

#[test]
fn without_the_converter_the_refusal_says_what_to_do() {
    let error = text_of(RTF, "方案.rtf").unwrap_err();
    assert_eq!(
        error,
        ReadError::NoConverter {
            format: Format::Rtf
        }
    );
    let message = error.message_zh();
    assert!(message.contains("没有安装 LibreOffice"), "{message}");
    assert!(message.contains("请另存为 .docx 后重新上传"), "{message}");
}

#[test]
fn a_converter_that_fails_or_makes_nothing_is_told() {
    for script in [
        "exit 1",
        "exit 0",
        "mkdir -p out/in.docx",
        "mkdir out; ln -s /etc/passwd out/in.docx",
    ] {
        let folder = program("soffice", script);
        let error = read(RTF, "", &with(folder.path(), limits())).unwrap_err();
        assert_eq!(
            error,
            ReadError::NotConverted {
                format: Format::Rtf
            },
            "{script}"
        );
    }
}

#[test]
fn a_converter_that_hangs_is_ended_with_all_it_started() {
    let folder = program("soffice", "");
    let ids = folder.path().join("ids");
    let script = format!(
        "#!/bin/sh\nsleep 600 &\necho $! > {0}.new\nmv {0}.new {0}\nwait\n",
        ids.display()
    );
    std::fs::write(folder.path().join("soffice"), script).unwrap();
    // The clock stands until the script has started its own process.
    let seen = ids.clone();
    let limits = Limits {
        clock: std::sync::Arc::new(move || {
            std::time::Duration::from_secs(if seen.exists() { 100 } else { 0 })
        }),
        ..hasty(0)
    };
    let error = read(RTF, "", &with(folder.path(), limits)).unwrap_err();
    assert_eq!(error, ReadError::TooSlow { seconds: 60 });
    let id = std::fs::read_to_string(ids).unwrap();
    // The signal is on its way; an ended process that nobody has asked after yet is a zombie.
    let began = std::time::Instant::now();
    let stat = format!("/proc/{}/stat", id.trim());
    while std::fs::read_to_string(&stat).is_ok_and(|state| !state.contains(") Z ")) {
        assert!(began.elapsed().as_secs() < 60, "it still runs");
        std::thread::yield_now();
    }
}
