//! Sealing what stores write of secrets.

use std::error::Error;

/// Seals what a store writes of secrets, so that a stolen database holds no tokens. Your program implements it with a
/// cipher that authenticates (AEAD) and a key that is kept elsewhere: this crate draws no random numbers and has no
/// cipher. A store without a seal writes tokens as they are.
///
/// `place` names where the text is kept, such as `session account-9`. Give it to the cipher as associated data: then
/// somebody who can write to the database cannot put the tokens of one account into the place of another.
///
/// To be able to change keys, write the number of the key in front of the sealed text, and keep the old keys for
/// [`open`](Self::open), as long as anything is sealed by them: sessions are sealed anew with each refresh, the secret of
/// an endpoint when it is set again. What cannot be opened cannot be replaced, either: delete it in the store. The example
/// `sealed_sessions` has two keys.
///
/// # Examples
///
/// ```
/// use kit_core::seal::{Seal, SealError};
///
/// /// For this example alone: a seal of this kind keeps no secret.
/// struct Reversed;
///
/// impl Seal for Reversed {
///     fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
///         Ok(place.bytes().chain(plain.iter().rev().copied()).collect())
///     }
///
///     fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
///         let sealed = sealed.strip_prefix(place.as_bytes()).ok_or("it is sealed for another place")?;
///         Ok(sealed.iter().rev().copied().collect())
///     }
/// }
///
/// let sealed = Reversed.seal("session account-9", b"secret")?;
/// assert_eq!(Reversed.open("session account-9", &sealed)?, b"secret");
/// assert!(Reversed.open("session account-8", &sealed).is_err());
/// # Ok::<(), SealError>(())
/// ```
pub trait Seal: Send + Sync {
    /// Seals `plain`, which is kept at `place`.
    ///
    /// # Errors
    ///
    /// Why the text cannot be sealed. It is not saved then. The error must not hold the text.
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Opens what was sealed at `place`.
    ///
    /// # Errors
    ///
    /// Why the text cannot be opened: its key is not known any more, or somebody has changed it.
    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError>;
}

/// Why a text could not be sealed or opened. The text of the error must not hold a secret.
pub type SealError = Box<dyn Error + Send + Sync>;

/// Seals nothing: the store keeps secrets as they are, and whoever can read the store has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsealed;

impl Seal for Unsealed {
    fn seal(&self, _: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(plain.to_vec())
    }

    fn open(&self, _: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(sealed.to_vec())
    }
}

impl<S: Seal + ?Sized> Seal for std::sync::Arc<S> {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        (**self).seal(place, plain)
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        (**self).open(place, sealed)
    }
}
