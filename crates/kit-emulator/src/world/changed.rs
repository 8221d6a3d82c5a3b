/// The items that have changed after this count of changes, those first that have changed first, so that none is passed over by
/// a count: at most so many.
pub(crate) fn changed_after<'a, T>(
    items: impl Iterator<Item = &'a T>,
    changed: impl Fn(&T) -> u64,
    count: u64,
    limit: usize,
) -> Vec<&'a T> {
    let mut found: Vec<_> = items.filter(|item| changed(item) > count).collect();
    found.sort_unstable_by_key(|item| changed(item));
    found.truncate(limit);
    found
}
