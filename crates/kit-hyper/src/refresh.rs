//! The refresh of a session: by a task of its own, so that it outlasts the call that began it.

use kit_core::oauth::{Refresh, RefreshStep};

use crate::clock::now;
use crate::exchange::Exchange;

/// Runs it to its end. Its own deadline it knows itself.
pub(crate) async fn run(exchange: Exchange, mut refresh: Box<Refresh>) {
    loop {
        // The store may block.
        let next = tokio::task::spawn_blocking(move || (refresh.next(now()), refresh));
        // If the store panics, the refresh is dropped, and the next call begins another.
        let Ok((step, back)) = next.await else { return };
        refresh = back;
        match step {
            RefreshStep::Send(request) => {
                match exchange.run(request, refresh.time_left(now())).await {
                    Ok(response) => refresh.received(response, now()),
                    Err(failure) => refresh.failed(failure, now()),
                }
            }
            RefreshStep::Wait(duration) => tokio::time::sleep(duration).await,
            RefreshStep::Done => return,
        }
    }
}
