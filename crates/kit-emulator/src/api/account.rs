/// The id of the account: that of the documented example.
pub(super) const ACCOUNT_ID: u64 = 1539;
