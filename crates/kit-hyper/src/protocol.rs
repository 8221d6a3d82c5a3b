use std::time::Duration;

/// The settings that only this transport has.
#[derive(Clone, Debug)]
pub(crate) struct Protocol {
    pub(crate) is_http1_only: bool,
    pub(crate) http2_keep_alive: Option<Duration>,
    pub(crate) tcp_keep_alive: Option<Duration>,
}

impl Default for Protocol {
    fn default() -> Self {
        let http2_keep_alive = Some(Duration::from_secs(10));
        Self { is_http1_only: false, http2_keep_alive, tcp_keep_alive: None }
    }
}
