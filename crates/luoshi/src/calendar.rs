//! Yearly notices of days off on the command line.

use std::path::{Path, PathBuf};

use luoshi_app::errors::AppError;
use luoshi_app::packs::notices;
use luoshi_app::{bureaus, calendar};
use luoshi_domain::calendar::DayKind;

use crate::Outcome;
use crate::cli::CalendarImportArgs;
use crate::serve;

/// Reads notices and says what they hold; nothing is stored.
pub(crate) fn check(files: &[PathBuf]) -> anyhow::Result<Outcome> {
    for file in files {
        let name = file.display().to_string();
        let text = match read(file) {
            Ok(text) => text,
            Err(sentence) => return Ok(Outcome::BadInput(sentence)),
        };
        match notices::notices(&name, &text) {
            Ok(notices) => {
                for notice in notices {
                    println!(
                        "{name}：{} 年，放假 {} 天，调休上班 {} 天，没有错误",
                        notice.year,
                        notice.days_of(DayKind::Off).count(),
                        notice.days_of(DayKind::Work).count()
                    );
                }
            }
            Err(fault) => return Ok(Outcome::BadInput(fault.to_string())),
        }
    }
    Ok(Outcome::Done)
}

/// Enters the notices of a file for every bureau.
pub(crate) async fn import(args: &CalendarImportArgs) -> anyhow::Result<Outcome> {
    let name = args.file.display().to_string();
    let text = match read(&args.file) {
        Ok(text) => text,
        Err(sentence) => return Ok(Outcome::BadInput(sentence)),
    };
    let (app, database) = serve::open(&args.place).await?;
    let mut outcome = Outcome::Done;
    for bureau in bureaus::list(&app).await? {
        match calendar::announce_as_operator(&app, bureau.id, &name, &text).await {
            Ok(moved) => println!("{}：已录入，{moved} 件事项的时限随之重算", bureau.name),
            Err(AppError::Refused(refusal)) => {
                outcome = Outcome::BadInput(refusal.sentence);
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    database.close().await;
    Ok(outcome)
}

fn read(file: &Path) -> Result<String, String> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| format!("{name} 打不开：{error}"))?;
    String::from_utf8(bytes).map_err(|_not_utf_8| format!("{name} 不是 UTF-8 文字文件。"))
}
