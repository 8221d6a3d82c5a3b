use std::pin::Pin;
use std::sync::MutexGuard;
use std::time::Duration;

use crate::outbox::DeliveryFaults;
use crate::rows::World;
use crate::server::{Faults, Recorder};

/// A running emulator, as the control requests see it.
pub(crate) trait Controlled: Send + Sync {
    fn world(&self) -> MutexGuard<'_, World>;

    fn faults(&self) -> &Faults;

    fn delivery_faults(&self) -> &DeliveryFaults;

    fn recorder(&self) -> &Recorder;

    /// Something is to be delivered.
    fn changed(&self);

    /// Moves the clock, and waits for what is due until then.
    fn advance(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Waits until nothing is due.
    fn settle(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}
