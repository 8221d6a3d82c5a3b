use crate::server::{Reply, Request};

/// A request to an operation, with the parameters of its path.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) parameters: Vec<&'a str>,
}

impl Call<'_> {
    /// The parameter of the path that is an id.
    ///
    /// # Errors
    ///
    /// 404 for what is none: nothing has it.
    pub(super) fn id(&self) -> Result<u64, Reply> {
        let id = self.parameters.last().and_then(|text| text.parse().ok());
        id.ok_or_else(Reply::not_found)
    }
}
