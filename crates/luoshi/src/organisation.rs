//! Beginning: a bureau with its organisation and accounts from a file.

use anyhow::Context;
use luoshi_app::errors::AppError;
use luoshi_app::organisation;

use crate::Outcome;
use crate::cli::LoadArgs;
use crate::serve;

/// Creates the bureau and prints each person's initial password, once.
pub(crate) async fn load(args: &LoadArgs) -> anyhow::Result<Outcome> {
    let text = std::fs::read_to_string(&args.file)
        .with_context(|| format!("机构文件 {} 读不出来", args.file.display()))?;
    let file = match organisation::parse(&text) {
        Ok(file) => file,
        Err(AppError::Refused(refusal)) => return Ok(Outcome::BadInput(refusal.sentence)),
        Err(error) => return Err(error.into()),
    };
    let (app, database) = serve::open(&args.place).await?;
    let created = organisation::create(&app, &file, None).await;
    database.close().await;
    match created {
        Ok((bureau, logins)) => {
            println!(
                "已建立“{}”，共 {} 个账号。初始口令只显示这一次：",
                bureau.name,
                logins.len()
            );
            for login in logins {
                println!(
                    "{}\t{}\t{}\t{}",
                    login.login, login.password, login.name, login.title
                );
            }
            Ok(Outcome::Done)
        }
        Err(AppError::Refused(refusal)) => Ok(Outcome::BadInput(refusal.sentence)),
        Err(error) => Err(error.into()),
    }
}
