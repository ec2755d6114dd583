//! Reads the words of every language and writes one Rust function per message.
//!
//! A message that one language has and another lacks, or that names other variables there, stops
//! the build; a page that asks for a message nobody wrote does not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// The languages, each a folder of `locales`; the first one documents the functions.
const LANGUAGES: [&str; 2] = ["en", "fr"];

/// The messages of one language: each with the variables it names.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the crate"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the output folder"));
    match words(&root.join("locales")) {
        Ok(code) => fs::write(out.join("words.rs"), code).expect("the output folder is writable"),
        Err(complaints) => {
            for complaint in complaints {
                println!("cargo::error={complaint}");
            }
            process::exit(1);
        }
    }
}

/// The generated module: the texts of each language, then a function per message.
fn words(locales: &Path) -> Result<String, Vec<String>> {
    let mut code = String::new();
    let mut all = Vec::new();
    for language in LANGUAGES {
        let files = files(&locales.join(language));
        writeln!(code, "const {}: &[&str] = &[", language.to_uppercase()).expect("into memory");
        for file in &files {
            writeln!(code, "    include_str!({file:?}),").expect("into memory");
        }
        code.push_str("];\n\n");
        all.push(messages(&files)?);
    }
    agree(&all)?;
    code.push_str("impl Words {\n");
    for (id, variables) in &all[0] {
        code.push_str(&function(id, variables));
    }
    code.push_str("}\n");
    Ok(code)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("every language has its folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "ftl"));
    files.sort();
    files
}

fn messages(files: &[PathBuf]) -> Result<Messages, Vec<String>> {
    let mut messages = Messages::new();
    let mut complaints = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).expect("words are UTF-8");
        let resource = match parser::parse(text) {
            Ok(resource) => resource,
            Err((_, errors)) => {
                complaints.push(format!("{}: {errors:?}", file.display()));
                continue;
            }
        };
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut variables = BTreeSet::new();
            match &message.value {
                Some(pattern) => collect(pattern, &mut variables),
                None => complaints.push(format!("{}: no text", message.id.name)),
            }
            if messages.insert(message.id.name.clone(), variables).is_some() {
                complaints.push(format!("{}: `{}` twice", file.display(), message.id.name));
            }
        }
    }
    if complaints.is_empty() { Ok(messages) } else { Err(complaints) }
}

/// Gathers the variables a text names, in its plural forms too.
fn collect(pattern: &Pattern<String>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => collect_inline(inline, variables),
            Expression::Select { selector, variants } => {
                collect_inline(selector, variables);
                variants.iter().for_each(|variant| collect(&variant.value, variables));
            }
        }
    }
}

fn collect_inline(expression: &InlineExpression<String>, variables: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = expression {
        variables.insert(id.name.clone());
    }
}

/// Compares every language with the first, message by message.
fn agree(all: &[Messages]) -> Result<(), Vec<String>> {
    let mut complaints = Vec::new();
    let (first, others) = all.split_first().expect("there is a first language");
    for (language, other) in LANGUAGES.iter().skip(1).zip(others) {
        for (id, variables) in first {
            match other.get(id) {
                None => complaints.push(format!("`{id}` is missing in {language}")),
                Some(theirs) if theirs != variables => {
                    complaints.push(format!("`{id}` names other variables in {language}"));
                }
                Some(_) => {}
            }
        }
        for id in other.keys().filter(|id| !first.contains_key(*id)) {
            complaints.push(format!("`{id}` is in {language} only"));
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints) }
}

/// A function for one message. `$count` is a number, for plurals; everything else is shown as is.
fn function(id: &str, variables: &BTreeSet<String>) -> String {
    let name = id.replace('-', "_");
    let mut arguments = String::new();
    let mut settings = String::new();
    for variable in variables {
        let counted = variable == "count";
        let kind = if counted { "impl Borrow<usize>" } else { "impl std::fmt::Display" };
        let value =
            if counted { "*count.borrow()".to_owned() } else { format!("{variable}.to_string()") };
        write!(arguments, ", {variable}: {kind}").expect("into memory");
        write!(settings, "arguments.set({variable:?}, {value}); ").expect("into memory");
    }
    let binding = if variables.is_empty() { "arguments" } else { "mut arguments" };
    format!(
        "    /// The message `{id}`.\n    pub fn {name}(&self{arguments}) -> String {{\n        \
         let {binding} = FluentArgs::new(); {settings}self.message({id:?}, &arguments)\n    }}\n"
    )
}
