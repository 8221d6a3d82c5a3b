use crate::parameters::Parameters;

/// The app that is registered.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl App {
    /// Whether the request has the secret; `None` where it comes from another app, or has a wrong one.
    pub(crate) fn recognize(&self, parameters: &Parameters) -> Option<bool> {
        if parameters.get("client_id")? != self.client_id {
            return None;
        }
        match parameters.get("client_secret") {
            None => Some(false),
            Some(secret) => (secret == self.client_secret).then_some(true),
        }
    }
}
