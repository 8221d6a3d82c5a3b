use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that ends when this is dropped, and also when this process is killed: it is run by a shell, which ends it
/// when its standard input closes.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Process {
    /// Runs a command, which is stopped by this signal.
    pub(super) fn run(
        command: &[&str],
        signal: &str,
        as_user: Option<(u32, u32)>,
        home: &Path,
    ) -> Self {
        const SCRIPT: &str = r#"signal=$1; shift; exec 3<&0; "$@" 3<&- </dev/null & server=$!
            cat <&3 >/dev/null; kill "-$signal" "$server" 2>/dev/null; wait "$server""#;
        let log = std::fs::File::create(home.join("log")).expect("a log");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", SCRIPT, "sh", signal])
            .args(command)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log);
        become_user(&mut shell, as_user);
        Self(shell.spawn().expect("a shell"))
    }

    /// The ids of the processes that the shell has started.
    fn children(&self) -> String {
        let children = format!("/proc/{0}/task/{0}/children", self.0.id());
        let mut text = String::new();
        if let Ok(mut file) = std::fs::File::open(children) {
            let _ = file.read_to_string(&mut text);
        }
        text
    }

    /// The id of the server's process.
    pub(super) fn server(&self) -> Option<u32> {
        self.children().split_whitespace().next()?.parse().ok()
    }

    /// Whether the server has ended by itself: its port was taken, say.
    pub(super) fn has_ended(&mut self, command: &str) -> bool {
        let text = self.children();
        // At first there are no children yet. The last one is the shell's other one.
        !text.is_empty()
            && !text.split_whitespace().any(|child| {
                let name = std::fs::read_to_string(format!("/proc/{child}/comm"));
                let name = name.unwrap_or_default();
                // Before it runs the server, a child is a shell, too.
                name.trim_end() == command || name.trim_end() == "sh"
            })
    }

    /// Ends the server, and waits for that.
    pub(super) fn stop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(super) fn become_user(command: &mut Command, as_user: Option<(u32, u32)>) {
    use std::os::unix::process::CommandExt as _;
    if let Some((user, group)) = as_user {
        command.gid(group).uid(user);
    }
}
