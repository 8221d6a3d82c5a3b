use kit_core::oauth::StoreError;

/// A random mark: of a write that is recognised if its reply was lost, or of a claim.
pub(crate) fn mark() -> Result<[u8; 16], StoreError> {
    let mut mark = [0; 16];
    getrandom::fill(&mut mark)?;
    Ok(mark)
}
