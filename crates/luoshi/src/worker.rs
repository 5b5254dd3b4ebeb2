//! Doing in the background what was put off, looking through the limits once a day, and writing
//! down who read what.

use std::time::Duration;

use luoshi_app::attachments::keeping;
use luoshi_app::hooks::deliveries;
use luoshi_app::{App, audit, digests, jobs, lights, sweeps};
use tokio::sync::watch;

/// Looks for work this often while there is none.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Writes down this often who read what; as much may be lost in a crash.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// Brings this often what was written to its place in the file.
const SETTLE_EVERY: Duration = Duration::from_secs(1);

/// Looks whether a new day is to be looked through after so many looks for work.
const LOOKS_A_SCHEDULE: u32 = 60;

/// Takes away files that nobody names after so many looks for work: each hour.
const LOOKS_A_TIDYING: u32 = 12 * LOOKS_A_SCHEDULE;

/// Does one job after another until told to stop; a job that is broken off is taken up again.
pub(crate) async fn work(app: App, mut stopped: watch::Receiver<bool>) {
    let worker = app.ids.id(app.clock.now()).to_string();
    let working = async {
        let mut looks = 0u32;
        loop {
            if looks.is_multiple_of(LOOKS_A_SCHEDULE) {
                if let Err(error) = lights::follow_all(&app).await {
                    tracing::error!(?error, "the lights do not follow the numbers in force");
                }
                if let Err(error) = sweeps::schedule(&app).await {
                    tracing::error!(?error, "the limits are not looked through");
                }
            }
            if looks.is_multiple_of(LOOKS_A_TIDYING)
                && let Err(error) = keeping::sweep(&app).await
            {
                tracing::error!(?error, "files that nobody names are not taken away");
            }
            if looks.is_multiple_of(LOOKS_A_SCHEDULE)
                && let Err(error) = digests::schedule(&app).await
            {
                tracing::error!(?error, "no mails are put together");
            }
            if looks.is_multiple_of(LOOKS_A_SCHEDULE)
                && let Err(error) = deliveries::schedule(&app).await
            {
                tracing::error!(?error, "no digests are put together for hooks");
            }
            looks = looks.wrapping_add(1);
            loop {
                match jobs::run_next(&app, &worker).await {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        tracing::error!(?error, "no job was run");
                        break;
                    }
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let noting = async {
        loop {
            tokio::time::sleep(NOTE_EVERY).await;
            audit::reads::flush(&app).await;
        }
    };
    let settling = async {
        loop {
            tokio::time::sleep(SETTLE_EVERY).await;
            if let Err(error) = app.store.settle().await {
                tracing::warn!(?error, "what was written is not brought to its place");
            }
        }
    };
    tokio::select! {
        // Told, or nobody is left who could tell.
        _ = stopped.wait_for(|stop| *stop) => {}
        () = working => {}
        () = noting => {}
        () = settling => {}
    }
    audit::reads::flush(&app).await;
}
