//! The store behind the port.

use std::path::{Path as FolderPath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_app::attachments::store::{ContentError, ContentStore};
use luoshi_domain::attachments::ContentKey;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::s3::{self, S3Config};

/// Why a store cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the folder cannot be made")]
    Folder(#[source] std::io::Error),
    #[error("this is no store that can be used")]
    Store(#[source] object_store::Error),
    #[error("the certificates of this machine cannot be read")]
    Certificates(#[source] std::io::Error),
}

/// Keeps bytes in a folder or in a store that speaks S3.
pub struct FileStore {
    store: Arc<dyn ObjectStore>,
    /// Where writes that are broken off leave something.
    folder: Option<PathBuf>,
}

impl FileStore {
    /// Keeps bytes in a folder, which is made when it is missing.
    pub fn folder(folder: &FolderPath) -> Result<Self, ConfigError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(ConfigError::Folder)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(ConfigError::Store)?;
        Ok(Self {
            store: Arc::new(store.with_fsync(true)),
            folder: Some(folder.to_owned()),
        })
    }

    /// Keeps bytes in a bucket.
    pub fn s3(config: &S3Config) -> Result<Self, ConfigError> {
        Ok(Self {
            store: Arc::new(s3::store(config)?),
            folder: None,
        })
    }
}

fn path(key: &ContentKey) -> Path {
    let hash = key.hash();
    let head: String = hash.chars().take(2).collect();
    Path::from_iter([key.bureau.to_string(), head, hash.to_owned()])
}

fn unavailable(error: object_store::Error) -> ContentError {
    ContentError::Unavailable(Box::new(error))
}

/// What is there, or nothing.
fn found<T>(outcome: object_store::Result<T>) -> Result<Option<T>, ContentError> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(unavailable(error)),
    }
}

#[async_trait]
impl ContentStore for FileStore {
    async fn put(&self, key: &ContentKey, bytes: Vec<u8>) -> Result<(), ContentError> {
        let put = self.store.put(&path(key), bytes.into()).await;
        put.map(|_done| ()).map_err(unavailable)
    }

    async fn size(&self, key: &ContentKey) -> Result<Option<u64>, ContentError> {
        let known = found(self.store.head(&path(key)).await)?;
        Ok(known.map(|known| known.size))
    }

    async fn get(&self, key: &ContentKey, most: u64) -> Result<Option<Vec<u8>>, ContentError> {
        let Some(found) = found(self.store.get(&path(key)).await)? else {
            return Ok(None);
        };
        if found.meta.size > most {
            return Err(ContentError::Other);
        }
        let bytes = found.bytes().await.map_err(unavailable)?;
        Ok(Some(bytes.into()))
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), ContentError> {
        found(self.store.delete(&path(key)).await).map(|_done| ())
    }

    async fn tidy(&self, before: DateTime<Utc>) -> Result<(), ContentError> {
        let Some(folder) = self.folder.clone() else {
            return Ok(());
        };
        let tidied = tokio::task::spawn_blocking(move || tidy(&folder, before)).await;
        match tidied {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(ContentError::Unavailable(Box::new(error))),
            Err(error) => Err(ContentError::Unavailable(Box::new(error))),
        }
    }
}

/// Writes go to `HASH#N` first and are renamed when they are whole.
fn tidy(folder: &FolderPath, before: DateTime<Utc>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            tidy(&entry.path(), before)?;
            continue;
        }
        let begun = entry.file_name().to_string_lossy().contains('#');
        if kind.is_file() && begun {
            let written: DateTime<Utc> = entry.metadata()?.modified()?.into();
            if written < before {
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}
