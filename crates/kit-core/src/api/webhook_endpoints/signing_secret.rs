use crate::secret::secrets;

secrets! {
    /// The secret by which Kit signs what it posts to a webhook endpoint, such as `whsec_…`. Kit shows a signing
    /// secret once: when it is made.
    SigningSecret,
}
