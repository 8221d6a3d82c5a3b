use redis::RedisResult;
use redis::aio::{ConnectionLike, MultiplexedConnection};

/// A way to connect: [`redis::Client`], or one of your own that asks a Sentinel for the primary, say.
pub trait Connect: Send + Sync {
    /// A connection whose clones share it.
    type Connection: ConnectionLike + Clone + Send + Sync;

    /// Makes a connection.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn connect(&self) -> impl Future<Output = RedisResult<Self::Connection>> + Send;
}

impl Connect for redis::Client {
    type Connection = MultiplexedConnection;

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        self.get_multiplexed_async_connection().await
    }
}
