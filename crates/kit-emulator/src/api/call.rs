use crate::server::{Reply, Request};

/// A request to an operation, with the parameters of its path.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) parameters: Vec<&'a str>,
}

impl Call<'_> {
    /// Reads the first parameter of the path as an id.
    ///
    /// # Errors
    ///
    /// 404 where the parameter is no id.
    pub(super) fn first_id(&self) -> Result<u64, Reply> {
        let id = self.parameters.first().and_then(|text| text.parse().ok());
        id.ok_or_else(Reply::not_found)
    }

    /// Reads the last parameter of the path as an id.
    ///
    /// # Errors
    ///
    /// 404 where the parameter is no id.
    pub(super) fn id(&self) -> Result<u64, Reply> {
        let id = self.parameters.last().and_then(|text| text.parse().ok());
        id.ok_or_else(Reply::not_found)
    }
}
