//! An operator takes a shop's certificate back on the command line, beside a system that runs:
//! the next list says so, and everybody who listens knows.

use beside::{demo, json, run};
use serde_json::Value;

mod beside;

#[test]
fn a_shop_is_taken_back_beside_a_running_system_and_all_hear_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (_demo, port) = demo(folder);
    let ca = |arguments: &[&str]| {
        let all = [&["ca", "--data", "demo", "--port", port.as_str()], arguments].concat();
        run(folder, &all)
    };
    let listed = json(&ca(&["list", "--json"]));
    let certificates = listed["certificates"].as_array().expect("a list");
    let is_shop =
        |one: &&Value| one["purpose"] == "merchant signature" && one["state"] == "current";
    let shop = certificates.iter().find(is_shop).expect("the demo's shop");
    let serial = shop["serial"].as_str().expect("a number");

    let revoke = ["revoke", serial, "--reason", "cessation-of-operation"];
    let revoked = json(&ca(&[&revoke[..], &["--json"]].concat()));
    assert_eq!((&revoked["revoked"]["serial"], &revoked["list"]), (&shop["serial"], &1.into()));
    let told = revoked["told"].as_array().expect("a list");
    assert_eq!(told.len(), 6, "the authorities of both banks among them");
    assert!(told.iter().all(|one| one["why_not"].is_null()), "{told:?}");

    let again = ca(&revoke);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(said.contains("was taken back on") && said.contains("try: openset ca list"), "{said}");

    let listed = json(&ca(&["list", "--json"]));
    let certificates = listed["certificates"].as_array().expect("a list");
    let shop = certificates.iter().find(|one| one["serial"] == serial).expect("still listed");
    assert_eq!(shop["state"], "revoked");
    assert_eq!(shop["reason"], "CessationOfOperation");
    assert_eq!(listed["lists"]["named"]["number"], 2);
    let text = ca(&["list"]);
    let said = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(said.contains("taken back on") && said.contains("CessationOfOperation"), "{said}");
}
