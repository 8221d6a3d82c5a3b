use std::fmt;
use std::panic::resume_unwind;
use std::sync::Barrier;

use kit_core::oauth::{AsyncSessionStore, ListedSessions, Record, SaveError, Tokens};

use crate::{Records, Waited};

/// How many processes save at the same time.
const AT_ONCE: usize = 8;

/// The laws of a store of sessions. The store has to be empty, and is empty afterwards.
pub struct Sessions<'a, S> {
    /// The store.
    pub store: &'a S,
    /// How a thread waits for a future of the store. Several threads do so at once.
    pub wait: &'a (dyn Fn(Waited<'_>) + Sync),
}

impl<S: AsyncSessionStore> Sessions<'_, S> {
    /// Holds the store to all laws.
    pub fn hold(&self) {
        self.wait(self.a_key_without_a_record_has_none());
        self.wait(self.a_record_is_kept_whole());
        self.wait(self.a_record_replaces_the_version_that_it_was_made_from());
        self.wait(self.a_deleted_record_does_not_come_back());
        self.wait(self.keys_are_apart());
        self.wait(self.sessions_are_listed_in_the_order_of_their_keys());
        self.one_of_several_concurrent_saves_succeeds();
        self.wait(self.is_empty());
    }

    fn wait<'f>(&self, law: impl Future<Output = ()> + Send + 'f) {
        (self.wait)(Box::pin(law));
    }

    async fn load(&self, key: &str) -> Option<Record> {
        self.store.load(key).await.unwrap_or_else(|error| panic!("load {key:?}: {error}"))
    }

    async fn save(&self, key: &str, record: &Record) {
        let saved = self.store.save(key, record).await;
        saved.unwrap_or_else(|error| panic!("save {key:?}: {error:?}"));
    }

    async fn refuse(&self, key: &str, record: &Record) {
        let saved = self.store.save(key, record).await;
        assert!(matches!(saved, Err(SaveError::Conflict)), "{key:?} is not a conflict: {saved:?}");
    }

    async fn delete(&self, key: &str) {
        let Some(record) = self.load(key).await else { panic!("{key:?} is not there") };
        assert!(self.deletes(key, record.version()).await, "{key:?} is not deleted");
    }

    async fn deletes(&self, key: &str, version: u64) -> bool {
        let deleted = self.store.delete(key, version).await;
        deleted.unwrap_or_else(|error| panic!("delete {key:?}: {error}"))
    }

    async fn keys(&self, which: ListedSessions, after: Option<&str>, limit: usize) -> Vec<String> {
        let listed = self.store.list(which, after, limit).await;
        let listed = listed.unwrap_or_else(|error| panic!("list: {error}"));
        listed.into_iter().map(|session| session.key).collect()
    }

    async fn is_empty(&self) {
        let keys = self.keys(ListedSessions::All, None, 100).await;
        assert!(keys.is_empty(), "the store is not empty: {keys:?}");
    }

    async fn a_key_without_a_record_has_none(&self) {
        assert_eq!(self.load("nobody").await, None);
        assert!(!self.deletes("nobody", 1).await);
        self.is_empty().await;
    }

    async fn a_record_is_kept_whole(&self) {
        let records = Records::new();
        let long = "x".repeat(10_000);
        let mut all = Tokens::new("access").with_refresh_token("refresh").with_expires_in(1);
        all.scope = Some("public \u{fc} \u{1f600} ' \" \\ \u{0} %".into());
        all.created_at = Some(u64::MAX);
        for tokens in
            [Tokens::new("a"), all, Tokens::new(long.as_str()).with_refresh_token(long.as_str())]
        {
            let record = records.of(&tokens, None);
            self.save("a", &record).await;
            let loaded = self.load("a").await.expect("the record that was saved");
            assert_eq!(loaded.tokens(), &tokens);
            assert_eq!(loaded.obtained_at(), record.obtained_at());
            assert_eq!((loaded.version(), loaded.replaces()), (record.version(), None));
            self.delete("a").await;
        }
        let held = records.of(&Records::tokens(1), None);
        self.save("a", &held).await;
        let (claim, marked) = records.needing_authorization(&held);
        assert!(marked.needs_authorization(), "the law itself is wrong");
        for record in [claim, marked] {
            self.save("a", &record).await;
            let loaded = self.load("a").await.expect("the record that was saved");
            // As it is written: with the claim and all else, but without what it replaced.
            let json = |record: &Record| format!("{record:?}").replace(&replaces(record), "");
            assert_eq!(json(&loaded), json(&record));
        }
        self.delete("a").await;
    }

    async fn a_record_replaces_the_version_that_it_was_made_from(&self) {
        let records = Records::new();
        let first = records.of(&Records::tokens(1), None);
        self.save("a", &first).await;
        // Another first one, and the same again.
        self.refuse("a", &records.of(&Records::tokens(2), None)).await;
        self.refuse("a", &first).await;
        let second = records.of(&Records::tokens(2), Some(&first));
        let instead = records.claim(&first);
        self.save("a", &second).await;
        self.refuse("a", &instead).await;
        self.refuse("a", &second).await;
        assert_eq!(self.load("a").await.expect("a record").tokens(), second.tokens());
        // What is loaded is replaced as what was saved.
        let third = records.of(&Records::tokens(3), self.load("a").await.as_ref());
        self.save("a", &third).await;
        self.refuse("a", &records.of(&Records::tokens(4), Some(&first))).await;
        assert_eq!(self.load("a").await.expect("a record").tokens(), third.tokens());
        self.delete("a").await;
    }

    async fn a_deleted_record_does_not_come_back(&self) {
        let records = Records::new();
        let first = records.of(&Records::tokens(1), None);
        self.save("a", &first).await;
        assert!(!self.deletes("a", first.version() + 1).await, "it is another version");
        assert!(self.load("a").await.is_some());
        self.delete("a").await;
        assert!(!self.deletes("a", first.version()).await, "it is gone");
        assert_eq!(self.load("a").await, None);
        self.is_empty().await;
        // Somebody was refreshing meanwhile.
        self.refuse("a", &records.claim(&first)).await;
        assert_eq!(self.load("a").await, None);
        self.save("a", &records.of(&Records::tokens(2), None)).await;
        self.delete("a").await;
    }

    async fn keys_are_apart(&self) {
        let records = Records::new();
        let long = "k".repeat(100);
        let keys = [
            "",
            "1",
            "01",
            "a",
            "A",
            "a/b",
            "a.b",
            "..",
            "a b",
            " a",
            "%",
            "%2F",
            "'",
            "\"",
            "\\",
            "*",
            "?",
            "[a]",
            "{a}",
            ":",
            "\u{fc}",
            "u\u{308}",
            "\u{1f600}",
            "\n",
            &long,
        ];
        for (number, key) in keys.iter().enumerate() {
            self.save(key, &records.of(&Records::tokens(number), None)).await;
        }
        for (number, key) in keys.iter().enumerate() {
            let loaded = self.load(key).await.unwrap_or_else(|| panic!("{key:?} is gone"));
            assert_eq!(loaded.tokens(), &Records::tokens(number), "{key:?}");
        }
        let mut sorted = keys.to_vec();
        sorted.sort_unstable();
        assert_eq!(self.keys(ListedSessions::All, None, 100).await, sorted);
        for (number, key) in keys.iter().enumerate() {
            self.delete(key).await;
            let left = self.keys(ListedSessions::All, None, 100).await;
            assert_eq!(left.len(), keys.len() - number - 1, "{key:?}");
        }
    }

    async fn sessions_are_listed_in_the_order_of_their_keys(&self) {
        let records = Records::new();
        let mut all: Vec<String> = (0..25).map(|number| format!("account-{number}")).collect();
        let mut marked = Vec::new();
        for (number, key) in all.iter().enumerate() {
            let record = records.of(&Records::tokens(number), None);
            self.save(key, &record).await;
            if number % 5 == 2 {
                let (claim, ended) = records.needing_authorization(&record);
                self.save(key, &claim).await;
                self.save(key, &ended).await;
                marked.push(key.clone());
            }
        }
        all.sort_unstable();
        marked.sort_unstable();
        for (which, expected) in
            [(ListedSessions::All, &all), (ListedSessions::NeedAuthorization, &marked)]
        {
            for limit in [1, 4, 25, 1000] {
                let mut found: Vec<String> = Vec::new();
                loop {
                    let page = self.keys(which, found.last().map(String::as_str), limit).await;
                    assert!(page.len() <= limit, "{limit}: {page:?}");
                    if page.is_empty() {
                        break;
                    }
                    found.extend(page);
                }
                assert_eq!(&found, expected, "{limit}");
            }
            assert!(self.keys(which, None, 0).await.is_empty());
        }
        let listed = self.store.list(ListedSessions::All, None, 100).await.expect("sessions");
        for session in listed {
            let is_marked = marked.contains(&session.key);
            assert_eq!(session.needs_authorization, is_marked, "{}", session.key);
        }
        for key in &all {
            self.delete(key).await;
        }
    }

    /// Otherwise two processes spend one refresh token.
    fn one_of_several_concurrent_saves_succeeds(&self) {
        let records = Records::new();
        let mut held = None;
        for round in 0..20 {
            let barrier = Barrier::new(AT_ONCE);
            let attempts: Vec<_> = (0..AT_ONCE)
                .map(|number| records.of(&Records::tokens(round * AT_ONCE + number), held.as_ref()))
                .collect();
            let mut saved = Vec::new();
            std::thread::scope(|scope| {
                let attempt = |record| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        let mut saved = false;
                        barrier.wait();
                        self.wait(async {
                            saved = match self.store.save("a", record).await {
                                Ok(()) => true,
                                Err(SaveError::Conflict) => false,
                                Err(error) => panic!("save: {error:?}"),
                            };
                        });
                        saved
                    })
                };
                let threads: Vec<_> = attempts.iter().map(attempt).collect();
                saved = threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
                    .collect();
            });
            let winners: Vec<_> = (0..AT_ONCE).filter(|number| saved[*number]).collect();
            assert_eq!(winners.len(), 1, "round {round}: {winners:?} have saved");
            self.wait(async {
                held = self.load("a").await;
            });
            let tokens = held.as_ref().map(Record::tokens);
            assert_eq!(tokens, Some(attempts[winners[0]].tokens()), "another has won");
        }
        self.wait(self.delete("a"));
    }
}

/// How `Debug` shows what a record replaces.
fn replaces(record: &Record) -> String {
    format!("replaces: {:?}", record.replaces())
}

impl<S> fmt::Debug for Sessions<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}
