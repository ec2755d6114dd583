//! What each floor may stand on, as the manifests say it.

use super::tree::{Breach, File};

/// Each crate and the crates of the house that it may stand on.
const FLOORS: [(&str, &[&str]); 10] = [
    ("types", &[]),
    ("wire", &["types"]),
    ("crypto", &["types", "wire"]),
    ("protocol", &["crypto", "types", "wire"]),
    ("bank", &["types"]),
    // Never on `protocol` or `node`: the auditor shares no decision with whom it audits.
    ("audit", &["bank", "crypto", "types", "wire"]),
    ("node", &["bank", "crypto", "protocol", "types", "wire"]),
    ("web", &["bank", "crypto", "node", "protocol", "types", "wire"]),
    ("openset", &["audit", "bank", "crypto", "node", "protocol", "types", "web", "wire"]),
    ("testkit", &["bank", "crypto", "protocol", "types", "wire"]),
];

/// What the tests of the upper floors may see besides.
const IN_TESTS: [(&str, &[&str]); 4] = [
    ("node", &["testkit"]),
    ("openset", &["testkit"]),
    ("testkit", &["node", "web", "openset"]),
    ("web", &["testkit"]),
];

/// Libraries with one home: the crates that may depend on them.
const HOMES: [(&str, &[&str]); 17] = [
    ("anyhow", &["openset"]),
    ("askama", &["web"]),
    ("aws-lc-rs", &["crypto"]),
    ("axum", &["node", "web", "openset"]),
    ("clap", &["openset"]),
    ("cryptoki", &["crypto", "node"]),
    ("fluent-bundle", &["web"]),
    ("http-body-util", &["node", "web", "openset"]),
    ("hyper", &["node", "web", "openset"]),
    ("hyper-util", &["node", "web", "openset"]),
    ("metrics", &["node", "web", "openset"]),
    ("pkcs8", &["crypto"]),
    ("quick-xml", &["bank", "openset"]),
    ("rusqlite", &["node"]),
    ("scrypt", &["crypto"]),
    ("tokio", &["node", "web", "openset"]),
    ("tracing", &["node", "web", "openset"]),
];

/// All that the crate which sees hostile octets may stand on.
const WIRE: [&str; 4] = ["data-encoding", "openset-types", "rasn", "zeroize"];

/// A dependency as a manifest states it.
struct Dependency<'a> {
    line: usize,
    section: &'a str,
    name: &'a str,
    said: &'a str,
}

/// Every breach of the floor plan in one manifest.
pub(crate) fn check(file: &File) -> Vec<Breach> {
    match file.path.split('/').collect::<Vec<_>>().as_slice() {
        ["Cargo.toml"] => check_root(file),
        ["crates", name, "Cargo.toml"] => check_member(file, name),
        _ => Vec::new(),
    }
}

fn check_root(file: &File) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut has_reason = false;
    let mut inside = false;
    for (at, line) in file.text.lines().enumerate() {
        inside = if line.starts_with('[') { line == "[workspace.dependencies]" } else { inside };
        has_reason = line.starts_with("# ") || (has_reason && !line.is_empty());
        let dependency = inside && line.contains('=') && !line.starts_with('#');
        if dependency && !has_reason {
            breaches.push(Breach::at(file, at + 1, "a dependency stands under its reason"));
        }
        if dependency && line.contains("\"*\"") {
            breaches.push(Breach::at(file, at + 1, "a dependency states its version"));
        }
    }
    breaches
}

fn check_member(file: &File, name: &str) -> Vec<Breach> {
    let Some((_, floors)) = FLOORS.iter().find(|(floor, _)| *floor == name) else {
        return vec![Breach::at(file, 0, "this crate has no place in the floor plan")];
    };
    let refused = |dependency: &Dependency<'_>| {
        let rule = refusal(name, floors, dependency)?;
        Some(Breach::at(file, dependency.line, rule))
    };
    dependencies(&file.text).iter().filter_map(refused).collect()
}

fn refusal(name: &str, floors: &[&str], dependency: &Dependency<'_>) -> Option<String> {
    let said = dependency.name;
    let tests = dependency.section == "dev-dependencies";
    if !dependency.said.contains("workspace") {
        return Some(format!("`{said}` takes its version from the workspace"));
    }
    if let Some(floor) = said.strip_prefix("openset-") {
        let more =
            IN_TESTS.iter().find(|(of, _)| tests && *of == name).map_or(&[][..], |row| row.1);
        let allowed = floors.contains(&floor) || more.contains(&floor);
        return (!allowed).then(|| format!("`{name}` may not stand on `{floor}`"));
    }
    if name == "wire" && !tests && !WIRE.contains(&said) {
        return Some(format!("`wire` stands on DER and `types` alone, not on `{said}`"));
    }
    let home = HOMES.iter().find(|(library, _)| *library == said)?.1;
    (!home.contains(&name) && !tests).then(|| format!("`{said}` belongs to {}", home.join(", ")))
}

fn dependencies(text: &str) -> Vec<Dependency<'_>> {
    let mut section = "";
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if section.ends_with("dependencies") && !line.starts_with('#') {
            let Some((name, said)) = line.split_once('=') else { continue };
            let name = name.trim();
            let (name, inherited) = name.split_once('.').unwrap_or((name, ""));
            let said = if inherited.is_empty() { said } else { inherited };
            found.push(Dependency { line: at + 1, section, name, said });
        }
    }
    found
}

/// Every dependency that the workspace declares and no crate uses.
pub(crate) fn check_use(files: &[File]) -> Vec<Breach> {
    let Some(root) = files.iter().find(|file| file.path == "Cargo.toml") else {
        return Vec::new();
    };
    let members = files
        .iter()
        .filter(|file| file.path.starts_with("crates/") && file.path.ends_with("/Cargo.toml"));
    let used: Vec<&str> = members
        .flat_map(|file| dependencies(&file.text))
        .map(|dependency| dependency.name)
        .collect();
    let declared = dependencies(&root.text);
    let foreign = declared.iter().filter(|one| !one.said.contains("path = "));
    let idle =
        foreign.filter(|one| one.section == "workspace.dependencies" && !used.contains(&one.name));
    let rule = |name: &str| format!("`{name}` is declared and nobody uses it");
    idle.map(|one| Breach::at(root, one.line, rule(one.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, text: &str) -> usize {
        check(&File::planted(&format!("crates/{name}/Cargo.toml"), text)).len()
    }

    #[test]
    fn a_crate_that_stands_on_a_higher_floor_is_found() {
        assert_eq!(member("wire", "[dependencies]\nopenset-crypto.workspace = true\n"), 1);
        assert_eq!(member("bank", "[dependencies]\nopenset-wire = { workspace = true }\n"), 1);
        assert_eq!(member("crypto", "[dev-dependencies]\nopenset-testkit.workspace = true\n"), 1);
        assert_eq!(member("crypto", "[dependencies]\nopenset-wire.workspace = true\n"), 0);
        assert_eq!(member("attic", ""), 1);
    }

    #[test]
    fn a_library_outside_its_home_is_found() {
        assert_eq!(member("protocol", "[dependencies]\naws-lc-rs.workspace = true\n"), 1);
        assert_eq!(member("protocol", "[dependencies]\ntokio.workspace = true\n"), 1);
        assert_eq!(member("wire", "[dependencies]\nserde.workspace = true\n"), 1);
        assert_eq!(member("crypto", "[dependencies]\naws-lc-rs.workspace = true\n"), 0);
    }

    #[test]
    fn a_version_outside_the_workspace_is_found() {
        assert_eq!(member("types", "[dependencies]\nserde = \"1\"\n"), 1);
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let bad = "[workspace.dependencies]\nserde = \"1\"\n\n# Why.\ntoml = \"0.9\"\n";
        assert_eq!(check(&File::planted("Cargo.toml", bad)).len(), 1);
        let good = "[workspace.dependencies]\n# Why.\nserde = \"1\"\nserde_json = \"1\"\n";
        assert_eq!(check(&File::planted("Cargo.toml", good)).len(), 0);
        let wild = "[workspace.dependencies]\n# Why.\nserde = \"*\"\n";
        assert_eq!(check(&File::planted("Cargo.toml", wild)).len(), 1);
    }

    #[test]
    fn a_dependency_that_nobody_uses_is_found() {
        let root = "[workspace.dependencies]\n# Why.\nserde = \"1\"\ntoml = \"0.9\"\n";
        let member = "[dependencies]\nserde.workspace = true\n";
        let files =
            [File::planted("Cargo.toml", root), File::planted("crates/types/Cargo.toml", member)];
        let breaches = check_use(&files);
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].rule.contains("`toml`"));
    }
}
