//! Bank files that somebody else wrote, or that come again.

use openset_node::store::{JournalOf, Page};
use openset_types::MerchantId;

use super::{
    post::{Answer, say},
    stage::{Stage, play},
};
use crate::{
    demo::{cast, story},
    house::{
        banks::{ACQUIRER, STATEMENT_KEY},
        seal::{FileSeal, Route},
    },
    sites::Name,
};

#[test]
fn a_clearing_file_is_posted_once_however_often_it_comes() {
    // Abuse case 14, over HTTP.
    play(async |stage| {
        let file = stage.cleared().await;
        let before = stage.system.issuer.host.view().await.expect("books");
        let [seal, _] = stage.seals();
        let url = format!("{}/clearing", Name::Issuer.origin(stage.system.at));
        for _ in 0..3 {
            let answer = seal.send(&stage.system.ground.client, &url, &file).await;
            assert!(answer.is_some(), "the answer of the first time");
        }
        let after = stage.system.issuer.host.view().await.expect("books");
        assert_eq!(after.entries, before.entries, "nothing is booked again");
        assert_eq!(after.written.len(), before.written.len());
        assert!(after.is_balanced);
    });
}

#[test]
fn a_file_without_the_code_of_its_sender_is_refused() {
    play(async |stage| {
        let file = stage.cleared().await;
        let before = stage.kept(Name::Issuer).await;
        let changed = [&file[..], b" "].concat();
        let media = [
            "application/xml".to_owned(),
            "application/xml; mac=".to_owned(),
            format!("application/xml; mac={}", "0".repeat(64)),
            "text/plain".to_owned(),
        ];
        for media in &media {
            let answer = stage.file(Name::Issuer, "/clearing", media, &changed).await;
            assert_eq!(answer.status, 403, "{media}");
            let answer = stage.file(Name::Merchant, "/statements", media, &changed).await;
            assert_eq!(answer.status, 403, "{media}");
        }
        stage.nothing_came_of_it(Name::Issuer, &before, 0, "a file of nobody").await;
    });
}

#[test]
fn who_may_read_statements_may_not_write_clearing_files() {
    // A2: the merchant shares a key with the acquirer, and it is not the issuer's.
    play(async |stage| {
        let file = stage.cleared().await;
        let before = stage.kept(Name::Issuer).await;
        let url = format!("{}/clearing", Name::Issuer.origin(stage.system.at));
        let [_, seal] = stage.seals();
        assert_eq!(seal.send(&stage.system.ground.client, &url, &file).await, None);
        stage.nothing_came_of_it(Name::Issuer, &before, 0, "the merchant's file").await;
    });
}

#[test]
fn a_statement_is_not_taken_by_a_merchant_it_is_not_for() {
    play(async |stage| {
        let of_another = MerchantId::parse("another").expect("an identifier");
        let route = Route::statements(&cast::acquirer_bin(), &of_another);
        let key = stage.folder(ACQUIRER).join(STATEMENT_KEY);
        let theirs = FileSeal::open(&key, route).expect("the same key");
        let [_, ours] = stage.seals();
        let statement = stage.stated().await;
        let (client, url) = (&stage.system.ground.client, stage.statements());
        let before = stage.kept(Name::Merchant).await;
        assert_eq!(theirs.send(client, &url, &statement).await, None);
        stage.nothing_came_of_it(Name::Merchant, &before, 0, "another merchant's").await;
        assert!(ours.send(client, &url, &statement).await.is_some(), "its own comes again");
    });
}

impl Stage {
    /// A statement that the merchant has taken.
    async fn stated(&self) -> Vec<u8> {
        self.cleared().await;
        self.newest(Name::Merchant, "camt.053").await
    }

    fn statements(&self) -> String {
        format!("{}/statements", Name::Merchant.origin(self.system.at))
    }

    /// The newest clearing file that the issuer has taken.
    async fn cleared(&self) -> Vec<u8> {
        let bought = self.buy(&self.good).await;
        story::capture(&self.system, &bought.order).await.expect("captured");
        self.system.clear().await.expect("cleared");
        let of = JournalOf::Everything;
        let journal = self.store(Name::Issuer).journal(&of, Page::newest(10)).await;
        let mut journal = journal.expect("a journal").into_iter();
        journal.find(|passed| passed.name == "camt.054").expect("a clearing file").octets
    }

    fn seals(&self) -> [FileSeal; 2] {
        FileSeal::of_acquirer(&self.data()).expect("keys")
    }

    async fn file(&self, to: Name, place: &str, media: &str, file: &[u8]) -> Answer {
        let (host, length) = (to.host(), file.len());
        let head = format!(
            "POST {place} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {media}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        say(self.system.at, &[head.as_bytes(), file].concat()).await
    }
}
