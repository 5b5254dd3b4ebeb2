//! One contract for both databases: each `async fn(&Database)` named in a `contract!` runs on
//! SQLite, and on PostgreSQL where `TEST_DATABASE_URL` names one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

/// Makes a test on each database of every function named.
macro_rules! contract {
    ($($name:ident,)+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let (database, _folder) = $crate::databases::sqlite().await;
                super::$name(&database).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let test = concat!(module_path!(), "::", stringify!($name));
                if let Some(database) = $crate::databases::postgres(test).await {
                    super::$name(&database).await;
                    database.close().await;
                }
            })+
        }
    };
}

mod access_log;
mod accounts;
mod attachments;
mod audit;
mod databases;
mod hooks;
mod jobs;
mod journal;
mod lessons;
mod lights;
mod list_rows;
mod lists;
mod notifications;
mod organisation;
mod plans;
mod reading;
mod rebuild;
mod registers;
mod rules;
mod samples;
mod schema;
mod search;
mod tasks;
