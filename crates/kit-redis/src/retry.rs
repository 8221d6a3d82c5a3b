use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Whether another connection may lead to a server that does what this one does not: this one is broken, or leads to a
/// server that is being loaded, or is the primary no more.
pub(crate) fn needs_another_connection(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(
            error.kind(),
            ErrorKind::Server(
                ServerErrorKind::ReadOnly
                    | ServerErrorKind::BusyLoading
                    | ServerErrorKind::MasterDown
                    | ServerErrorKind::ClusterDown
                    | ServerErrorKind::Moved
            )
        )
}
