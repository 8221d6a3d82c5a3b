use crate::oauth::StoreError;
use crate::webhook_endpoints::SigningSecret;

/// Finds the secrets of webhook endpoints: for a receiver of many accounts, which learns from an
/// [`EndpointTokens`](super::EndpointTokens) token whose delivery came.
///
/// A function `Fn(String) -> impl Future` is a store, too.
///
/// # Examples
///
/// ```
/// use std::collections::BTreeMap;
///
/// use kit_core::deliveries::AsyncSecretStore;
/// use kit_core::oauth::StoreError;
/// use kit_core::webhook_endpoints::SigningSecret;
///
/// /// As it would be the table of a database.
/// struct Table(BTreeMap<String, Vec<String>>);
///
/// impl AsyncSecretStore for Table {
///     async fn secrets(&self, name: &str) -> Result<Vec<SigningSecret>, StoreError> {
///         let secrets = self.0.get(name).into_iter().flatten();
///         Ok(secrets.map(|secret| SigningSecret::new(secret)).collect())
///     }
/// }
/// ```
pub trait AsyncSecretStore: Send + Sync {
    /// The secrets by which Kit may sign deliveries to the endpoint with this name: while a secret is rotated, both.
    /// None where the name is not known.
    ///
    /// # Errors
    ///
    /// Why the secrets cannot be read. The error must not hold them.
    fn secrets(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Vec<SigningSecret>, StoreError>> + Send;
}

impl<F, Found> AsyncSecretStore for F
where
    F: Fn(String) -> Found + Send + Sync,
    Found: Future<Output = Result<Vec<SigningSecret>, StoreError>> + Send,
{
    fn secrets(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Vec<SigningSecret>, StoreError>> + Send {
        self(name.to_owned())
    }
}
