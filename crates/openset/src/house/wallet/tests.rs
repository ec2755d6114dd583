//! The desk that opens the vault for a registration.

use openset_node::clock::SystemClock;
use tokio::time::timeout;

use super::*;

const ID: &str = "first";

fn secret() -> Secret {
    Secret::new(b"lighthouse".to_vec())
}

/// A desk with an open vault and one card in it.
async fn desk(folder: &tempfile::TempDir) -> VaultDesk {
    let vault = Vault::new(folder.path().join("vault"), Cost::FLEETING);
    let clock: Arc<dyn openset_node::clock::Clock> = Arc::new(SystemClock);
    vault.create(secret(), clock.now()).await.expect("a new vault");
    let pan = Pan::parse("4111111111111111").expect("a public test number");
    let expiry = CardExpiry::parse("203012").expect("a month");
    vault.add(Suite::Modern, ID.to_owned(), pan, expiry, clock.now()).await.expect("open");
    VaultDesk { vault, clock }
}

#[tokio::test]
async fn what_a_bank_answered_is_kept_when_the_vault_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = desk(&folder).await;
    desk.vault.lock();
    let opened = async {
        sleep(LOOK).await;
        desk.vault.unlock(secret(), desk.clock.now()).await.expect("the passphrase");
    };
    let (kept, ()) = tokio::join!(desk.keep(ID, secret()), opened);
    assert_eq!(kept, Some(()));
    let is_kept = |cards: &[VaultCard]| cards[0].pan_secret == Some(secret());
    assert_eq!(desk.vault.cards(desk.clock.now(), is_kept), Ok(true));
}

#[tokio::test]
async fn nobody_waits_for_a_card_that_was_taken_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = desk(&folder).await;
    desk.vault.remove(ID.to_owned(), desk.clock.now()).await.expect("open");
    let kept = timeout(Duration::from_secs(20), desk.keep(ID, secret())).await;
    assert_eq!(kept, Ok(None));
}
