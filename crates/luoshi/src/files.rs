//! Where files are kept, the scanner that looks through them, and proving that they are all there.

use std::sync::Arc;

use anyhow::Context;
use luoshi_app::App;
use luoshi_app::attachments::keeping;
use luoshi_app::bureaus;
use luoshi_files::clamd::{Address, Clamd};
use luoshi_files::{FileStore, S3Config};

use crate::Outcome;
use crate::cli::{FileArgs, FilesVerifyArgs, Place};
use crate::{secrets, serve};

/// The folder of the files in the data folder.
const FOLDER: &str = "files";

/// Lets the application keep files where it was told to.
pub(crate) fn configure(app: &mut App, place: &Place, args: &FileArgs) -> anyhow::Result<()> {
    let store = match s3(args)? {
        Some(config) => {
            let store = FileStore::s3(&config);
            println!("附件存到 {} 的 {}", config.endpoint, config.bucket);
            store.with_context(|| format!("对象存储 {} 不能用", config.endpoint))?
        }
        None => {
            let own = place.data.join(FOLDER);
            let folder = args.folder.as_deref().unwrap_or(&own);
            FileStore::folder(folder)
                .with_context(|| format!("附件目录 {} 不能用", folder.display()))?
        }
    };
    app.contents = Some(Arc::new(store));
    Ok(())
}

/// Has files looked through by clamd; does nothing without an address.
pub(crate) fn scan(app: &mut App, address: Option<&Address>) {
    let Some(address) = address else { return };
    println!("附件经 {address} 查毒，查不了的不收");
    app.scanner = Some(Arc::new(Clamd::new(address.clone())));
}

fn s3(args: &FileArgs) -> anyhow::Result<Option<S3Config>> {
    let (Some(endpoint), Some(bucket), Some(key_id), Some(file)) =
        (&args.endpoint, &args.bucket, &args.key, &args.secret_file)
    else {
        return Ok(None);
    };
    Ok(Some(S3Config {
        endpoint: endpoint.trim_end_matches('/').to_owned(),
        bucket: bucket.clone(),
        region: args.region.clone(),
        key_id: key_id.clone(),
        secret: secrets::read(file, "密钥")?,
    }))
}

/// Reads every file of every bureau; names those that are missing or altered.
pub(crate) async fn verify(args: &FilesVerifyArgs) -> anyhow::Result<Outcome> {
    let (mut app, database) = serve::open(&args.place).await?;
    configure(&mut app, &args.place, &args.files)?;
    let mut outcome = Outcome::Done;
    for bureau in bureaus::list(&app).await? {
        let walk = keeping::verify(&app, bureau.id).await?;
        let name = &bureau.name;
        if walk.is_whole() {
            println!("{name}：{} 个附件都在，与登记的散列值一致", walk.files);
            continue;
        }
        outcome = Outcome::No;
        let (missing, altered) = (walk.missing.len(), walk.altered.len());
        println!(
            "{name}：{} 个附件中 {missing} 个缺失，{altered} 个内容有变",
            walk.files
        );
        for (kind, found) in [("缺失", &walk.missing), ("内容有变", &walk.altered)] {
            for (task, file) in found {
                println!("  {kind}：/tasks/{task}/files/{file}");
            }
        }
    }
    database.close().await;
    Ok(outcome)
}
