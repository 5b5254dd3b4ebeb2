//! The demonstration: made once in an empty data folder, then served.

use anyhow::Context;
use luoshi_app::{bureaus, demo as bureau};

use crate::Outcome;
use crate::cli::ServeArgs;
use crate::serve;

/// Serves the demonstration bureau from its folder, making it first when the folder is empty.
pub(crate) async fn demo(args: &ServeArgs) -> anyhow::Result<Outcome> {
    match &args.place.database {
        Some(url) => {
            let (app, database) = serve::open_url(url).await?;
            if bureaus::list(&app).await?.is_empty() {
                Box::pin(bureau::prepare(&app)).await?;
            }
            database.close().await;
        }
        None => Box::pin(make(args)).await?,
    }
    print_accounts()?;
    let (app, database) = serve::open(&args.place).await?;
    serve::until_stopped(app, database, args, true).await
}

/// Makes the demonstration under another name first, so that a broken-off one leaves no half.
async fn make(args: &ServeArgs) -> anyhow::Result<()> {
    let data = &args.place.data;
    serve::make_private_folder(data)
        .with_context(|| format!("数据目录 {} 建不了", data.display()))?;
    let file = serve::database_file(data);
    if file.exists() {
        return Ok(());
    }
    println!("正在建立演示单位……");
    let making = data.join("making");
    if making.exists() {
        std::fs::remove_dir_all(&making)?;
    }
    serve::make_private_folder(&making)?;
    let unfinished = serve::database_file(&making);
    let (app, database) = serve::open_url(&serve::sqlite_url(&unfinished)?).await?;
    Box::pin(bureau::prepare(&app)).await?;
    database.close().await;
    std::fs::rename(&unfinished, &file)?;
    std::fs::remove_dir_all(&making)?;
    Ok(())
}

fn print_accounts() -> anyhow::Result<()> {
    println!("演示账号（口令都是 {}）：", bureau::PASSWORD);
    for login in bureau::accounts()? {
        println!("  {:<6} {} {}", login.login, login.name, login.title);
    }
    Ok(())
}
