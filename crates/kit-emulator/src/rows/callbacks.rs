use std::collections::BTreeMap;

/// The URLs that results are posted to, by the number of their delivery. Those of the last thousand are kept.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    urls: BTreeMap<u64, String>,
    last: u64,
}

impl Callbacks {
    pub(crate) fn url(&self, number: u64) -> Option<&str> {
        self.urls.get(&number).map(String::as_str)
    }

    pub(crate) fn add(&mut self, url: String) -> u64 {
        self.last += 1;
        self.urls.insert(self.last, url);
        if self.urls.len() > 1000 {
            self.urls.pop_first();
        }
        self.last
    }
}
