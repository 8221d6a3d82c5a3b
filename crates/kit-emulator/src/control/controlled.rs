use std::pin::Pin;
use std::sync::MutexGuard;
use std::time::Duration;

use serde_json::Value;

use super::BeforeReset;
use crate::outbox::DeliveryFaults;
use crate::rows::World;
use crate::server::{Faults, Recorder};

/// A running emulator, as the control requests see it.
pub(crate) trait Controlled: Send + Sync {
    fn world(&self) -> MutexGuard<'_, World>;

    fn faults(&self) -> &Faults;

    fn delivery_faults(&self) -> &DeliveryFaults;

    fn recorder(&self) -> &Recorder;

    /// Everything that the last reset has removed, until it was brought back.
    fn before_reset(&self) -> MutexGuard<'_, Option<BeforeReset>>;

    /// The state that a reset goes back to, if it is another than that of a new account.
    fn seed(&self) -> MutexGuard<'_, Option<Value>>;

    /// Something is to be delivered, or to be seen.
    fn changed(&self);

    /// The name of this emulator from its start to its end.
    fn instance(&self) -> &str;

    /// How often something has changed.
    fn revision(&self) -> u64;

    /// Another number where the state may be another.
    fn state_revision(&self) -> u64;

    /// Waits until the revision is another, but no longer than this.
    fn wait_for_change(
        &self,
        revision: u64,
        patience: Duration,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// When the next delivery or change is due, by the clock.
    fn next_timer(&self) -> Option<Duration>;

    /// Moves the clock, and waits for what is due until then.
    fn advance(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Waits until nothing is due.
    fn settle(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}
