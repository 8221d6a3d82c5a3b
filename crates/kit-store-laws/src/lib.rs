//! The laws of stores, as tests that a store of your own can be held to.
//!
//! A store decides nothing, but it has to keep its promises under races: otherwise two processes spend one refresh token,
//! and the session ends. Each law is a function that panics where the law does not hold, and says which.
//!
//! # Examples
//!
//! ```
//! use kit_core::oauth::MemorySessions;
//! use kit_store_laws::{Direct, Sessions};
//!
//! let store = Direct(MemorySessions::default());
//! Sessions {
//!     store: &store,
//!     // How a thread waits for the store: `Runtime::block_on` for an async one.
//!     wait: &|future| kit_store_laws::wait(future),
//! }
//! .hold();
//! ```

#![deny(missing_docs)]

mod budgets;
mod direct;
mod inbox;
mod records;
mod sessions;

pub use budgets::Budgets;
pub use direct::Direct;
pub use inbox::Inbox;
pub use records::Records;
pub use sessions::Sessions;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

/// A future that a law waits for.
pub type Waited<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Waits for a future that needs no runtime.
pub fn wait(future: Waited<'_>) {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    while future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending {
        std::thread::park();
    }
}
