//! Older formats through LibreOffice, where it is installed.
//!
//! It runs without a window and without a shell, in a folder and with a profile of its own, and is
//! ended with all its processes when the time is up.

use crate::error::ReadError;
use crate::format::Format;
use crate::limits::Limits;
use crate::programs::Job;

/// The names under which LibreOffice is installed.
const NAMES: [&str; 2] = ["soffice", "libreoffice"];

/// The file as a newer format of the same sort, `.xlsx` for tables and `.docx` for the rest.
pub(crate) fn convert(bytes: &[u8], format: Format, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let failed = || ReadError::NotConverted { format };
    let Some(program) = limits.programs.find(&NAMES) else {
        return Err(ReadError::NoConverter { format });
    };
    let (from, to) = match format {
        Format::Xls => ("in.xls", "xlsx"),
        Format::Rtf => ("in.rtf", "docx"),
        Format::Odt => ("in.odt", "docx"),
        _ => ("in.doc", "docx"),
    };
    let job = Job::new().map_err(|_no_folder| failed())?;
    job.put(from, bytes).map_err(|_no_space| failed())?;
    let profile = format!(
        "-env:UserInstallation=file://{}/profile",
        job.folder().display()
    );
    let arguments = [
        profile.as_str(),
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--nofirststartwizard",
        "--convert-to",
        to,
        "--outdir",
        "out",
        from,
    ];
    let ran = job.run(&program, &arguments, limits.converting, &limits.clock);
    match ran {
        Ok(Some(true)) => {}
        Ok(None) => {
            let seconds = limits.converting.as_secs();
            return Err(ReadError::TooSlow { seconds });
        }
        Ok(Some(false)) | Err(_) => return Err(failed()),
    }
    // It says nothing when it could not read the file: there is no result then.
    job.take(&format!("out/in.{to}"), limits.unpacked)
        .map_err(|_none| failed())
}
