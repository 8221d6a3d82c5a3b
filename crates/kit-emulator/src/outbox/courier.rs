//! The task that makes the attempts.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Destinations, Job, Outcome, post};

/// The keeper of the deliveries, as the courier sees it.
pub(crate) trait Desk: Send + Sync + 'static {
    /// The next attempt that is due now.
    fn take(&self) -> Option<Job>;

    /// Tells the outcome of an attempt.
    fn finish(&self, job: &Job, outcome: Outcome);

    /// Changes with a reset: what came before is nobody's any more.
    fn generation(&self) -> u64;

    /// How long until the next attempt is due.
    fn next_due(&self) -> Option<Duration>;

    /// Tells of each change: of what is to be delivered, of what was, and of the clock.
    fn changes(&self) -> watch::Receiver<u64>;
}

/// Makes attempts for ever, each in a task of its own.
pub(crate) async fn deliver(desk: Arc<dyn Desk>, destinations: Destinations) {
    let destinations = Arc::new(destinations);
    let mut changes = desk.changes();
    let mut attempts = JoinSet::new();
    let mut generation = desk.generation();
    loop {
        changes.mark_unchanged();
        let newest = desk.generation();
        if std::mem::replace(&mut generation, newest) != newest {
            attempts.abort_all();
        }
        while attempts.try_join_next().is_some() {}
        while let Some(job) = desk.take() {
            // A reset came in between: what is aborted now is not of the new generation.
            if std::mem::replace(&mut generation, job.desk) != job.desk {
                attempts.abort_all();
            }
            let (desk, destinations) = (desk.clone(), destinations.clone());
            attempts.spawn(async move {
                let outcome = post::post(&job, &destinations).await;
                desk.finish(&job, outcome);
            });
        }
        let due = desk.next_due();
        let timer = async {
            match due {
                // Not in an endless loop where it is due, and there is no room.
                Some(wait) => tokio::time::sleep(wait.max(Duration::from_millis(10))).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = timer => {}
            result = changes.changed() => if result.is_err() { return },
        }
    }
}
