//! A vault that is opened, changed, guessed at, damaged and left alone.

use super::*;

const ID: &str = "first";

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(1_000_000 + seconds).expect("a moment after 1970")
}

fn again(folder: &tempfile::TempDir) -> Vault {
    Vault::new(folder.path().join("vault"), vault::Cost::FLEETING)
}

/// A vault with one card, and the name of its key.
async fn filled() -> (tempfile::TempDir, Vault, KeyId) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let vault = again(&folder);
    assert!(!vault.exists());
    vault.create(secret("lighthouse"), at(0)).await.expect("a new vault");
    let pan = Pan::parse("4111111111111111").expect("a public test number");
    let expiry = CardExpiry::parse("203012").expect("a month");
    let key = vault.add(Suite::Modern, ID.to_owned(), pan, expiry, at(1)).await.expect("open");
    (folder, vault, key.id())
}

#[tokio::test]
async fn a_card_is_there_again_after_a_restart_and_its_key_signs() {
    let (folder, vault, key) = filled().await;
    vault.certify(ID.to_owned(), secret("s"), at(2)).await.expect("open");
    drop(vault);
    let vault = again(&folder);
    assert_eq!(vault.sign(&key, b"m"), Err(KeyFault::NoSuchKey));
    assert_eq!(vault.cards(at(3), <[Card]>::len), Err(Locked::Locked));
    vault.unlock(secret("lighthouse"), at(3)).await.expect("the passphrase");
    let kept = vault.cards(at(4), |cards| {
        let card = &cards[0];
        (card.pan.expose() == "4111111111111111", card.pan_secret == Some(secret("s")))
    });
    assert_eq!(kept, Ok((true, true)));
    assert!(vault.sign(&key, b"m").is_ok());
}

#[tokio::test]
async fn five_wrong_passphrases_bring_a_pause_even_for_the_right_one() {
    // Abuse case 34.
    let (folder, vault, _) = filled().await;
    vault.lock();
    for tries_left in (0..5).rev() {
        let tried = again(&folder).unlock(secret("guess"), at(10)).await;
        assert_eq!(tried, Err(Locked::Wrong { tries_left }));
    }
    let right = again(&folder).unlock(secret("lighthouse"), at(20)).await;
    assert_eq!(right, Err(Locked::Paused { seconds: 50 }));
    vault.unlock(secret("lighthouse"), at(70)).await.expect("the pause is over");
}

#[tokio::test]
async fn a_damaged_vault_looks_like_a_wrong_passphrase() {
    let (folder, vault, _) = filled().await;
    let path = folder.path().join("vault");
    let mut octets = std::fs::read(&path).expect("the vault");
    *octets.last_mut().expect("octets") ^= 1;
    std::fs::write(&path, octets).expect("a damaged vault");
    let tried = vault.unlock(secret("lighthouse"), at(10)).await;
    assert_eq!(tried, Err(Locked::Wrong { tries_left: 4 }));
}

#[tokio::test]
async fn a_vault_that_idles_locks_itself() {
    let (_folder, vault, key) = filled().await;
    assert_eq!(vault.open_for_s(at(1)), Some(300));
    assert_eq!(vault.cards(at(300), <[Card]>::len), Ok(1));
    assert_eq!(vault.open_for_s(at(599)), Some(1));
    assert_eq!(vault.open_for_s(at(600)), None);
    assert_eq!(vault.sign(&key, b"m"), Err(KeyFault::NoSuchKey));
    vault.unlock(secret("lighthouse"), at(600)).await.expect("the passphrase");
    assert_eq!(vault.open_for_s(at(0)), None, "the clock was put back");
}

#[tokio::test]
async fn a_use_that_began_before_another_and_ends_after_it_does_not_lock_the_vault() {
    let (_folder, vault, _) = filled().await;
    assert_eq!(vault.cards(at(9), <[Card]>::len), Ok(1));
    vault.certify(ID.to_owned(), secret("s"), at(5)).await.expect("open");
    assert_eq!(vault.cards(at(6), <[Card]>::len), Ok(1));
    assert_eq!(vault.open_for_s(at(6 - 11)), None, "the clock was put back");
}

#[tokio::test]
async fn a_removed_card_is_gone_with_its_key() {
    let (folder, vault, key) = filled().await;
    assert_eq!(vault.remove("other".to_owned(), at(2)).await, Err(Locked::Locked));
    vault.unlock(secret("lighthouse"), at(2)).await.expect("the passphrase");
    vault.remove(ID.to_owned(), at(2)).await.expect("the card");
    assert_eq!(vault.sign(&key, b"m"), Err(KeyFault::NoSuchKey));
    let again = again(&folder);
    again.unlock(secret("lighthouse"), at(3)).await.expect("the passphrase");
    assert_eq!(again.cards(at(3), <[Card]>::len), Ok(0));
}

#[tokio::test]
async fn a_card_that_registers_again_is_there_twice_with_a_key_each() {
    let (folder, vault, key) = filled().await;
    let id = || "second".to_owned();
    let expiry = CardExpiry::parse("203406").expect("a month");
    let (suite, card) = (Suite::Modern, ID.to_owned());
    let made = vault.add_again(suite, card.clone(), id(), Some(expiry), at(2)).await.expect("open");
    let third = vault.add_again(suite, card, "third".to_owned(), None, at(3)).await.expect("open");
    let again = again(&folder);
    again.unlock(secret("lighthouse"), at(4)).await.expect("the passphrase");
    for key in [key, made.id(), third.id()] {
        assert!(again.sign(&key, b"m").is_ok());
    }
    let kept = again.cards(at(4), |cards| {
        let [first, second, third] = cards else { panic!("three") };
        assert!(first.pan == second.pan && first.pan == third.pan);
        assert!(first.card_secret != second.card_secret && first.back_key != second.back_key);
        [first, second, third].map(|card| card.expiry.to_string())
    });
    assert_eq!(kept.expect("open"), ["203012", "203406", "203012"]);
}

#[tokio::test]
async fn a_card_that_is_not_there_does_not_register_again() {
    let (_folder, vault, _) = filled().await;
    let id = "second".to_owned();
    let made = vault.add_again(Suite::Modern, "other".to_owned(), id, None, at(2)).await;
    assert!(matches!(made, Err(Locked::Locked)));
}

#[tokio::test]
async fn a_vault_is_not_made_over_another() {
    let (_folder, vault, _) = filled().await;
    let made = vault.create(secret("another"), at(10)).await;
    assert_eq!(made, Err(Locked::Exists));
}

#[tokio::test]
async fn nothing_of_a_card_is_on_the_disk_in_clear() {
    let (folder, _vault, _) = filled().await;
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let octets = std::fs::read(entry.expect("a file").path()).expect("readable");
        assert!(!octets.windows(8).any(|part| part == b"41111111"));
    }
}
