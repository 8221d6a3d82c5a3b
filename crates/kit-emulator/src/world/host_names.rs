/// Names and addresses of hosts, whatever their case.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostNames(Vec<String>);

impl HostNames {
    pub(crate) fn add(&mut self, host: &str) {
        self.0.push(normal(host));
    }

    pub(crate) fn contains(&self, host: &str) -> bool {
        self.0.contains(&normal(host))
    }

    pub(crate) fn all(&self) -> &[String] {
        &self.0
    }
}

/// An address of IPv6 is in brackets in a URL, and may be on a command line.
fn normal(host: &str) -> String {
    host.trim_matches(['[', ']']).to_ascii_lowercase()
}
