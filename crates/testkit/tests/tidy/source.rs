//! Rust as these checks read it: code without its comments and strings, what of it is test code,
//! the length of each function, and every path it names with `use` groups written out.

use super::tree::File;

/// A path as the code names it, such as `crate::merchant::Purchase`; one word is a path too.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
}

/// A function and how long it is, from its signature to its closing brace.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) lines: usize,
}

/// One file of Rust, read.
pub(crate) struct Source {
    code: String,
    is_test: Vec<bool>,
}

impl Source {
    /// Reads a file.
    pub(crate) fn of(file: &File) -> Self {
        let code = blank(&file.text);
        let is_test = match file.is_test {
            true => vec![true; code.lines().count()],
            false => test_lines(&code),
        };
        Self { code, is_test }
    }

    /// The code, line by line from 1, with comments and strings blanked.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Whether a line is test code.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.is_test.get(line - 1).copied().unwrap_or(false)
    }

    /// How many lines are not test code.
    pub(crate) fn shipped_lines(&self) -> usize {
        self.is_test.iter().filter(|is_test| !**is_test).count()
    }

    /// Every path that shipped code names.
    pub(crate) fn shipped_paths(&self) -> Vec<Named> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            at = match tokens[at].1 {
                Token::Word(_) => collect(&tokens, at, &[], &mut found),
                _ => at + 1,
            };
        }
        found.retain(|named| !self.is_test(named.line));
        found
    }

    /// Every function that shipped code defines.
    pub(crate) fn shipped_functions(&self) -> Vec<Function> {
        let tokens = tokens(&self.code);
        let mut found = Vec::new();
        for (at, pair) in tokens.windows(2).enumerate() {
            let [(line, Token::Word("fn")), (_, Token::Word(name))] = pair else { continue };
            if let Some(last) = closing_line(&tokens, at).filter(|_| !self.is_test(*line)) {
                let name = (*name).to_owned();
                found.push(Function { line: *line, name, lines: last - line + 1 });
            }
        }
        found
    }
}

/// Replaces comments, strings and characters by spaces, keeping every line where it is.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let past = past_uncode(bytes, at);
        if past == at {
            code.push(bytes[at]);
            at += 1;
        } else {
            code.extend(bytes[at..past].iter().map(|b| if *b == b'\n' { b'\n' } else { b' ' }));
            at = past;
        }
    }
    String::from_utf8_lossy(&code).into_owned()
}

/// Where the comment, string or character that begins here ends; here if none begins.
fn past_uncode(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => at + block_comment(rest),
        [b'"', ..] => at + quoted(rest, b'"'),
        [b'\'', b'\\', ..] => at + quoted(rest, b'\''),
        [b'\'', ..] => at + character(rest),
        [b'r', ..] if begins_raw(bytes, at) => at + raw_string(rest),
        _ => at,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A character between quotes is not code; a lifetime is.
fn character(rest: &[u8]) -> usize {
    let width = match rest.get(1) {
        Some(0x00..=0x7F) => 1,
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(_) => 4,
        None => return 0,
    };
    if rest.get(1 + width) == Some(&b'\'') { 2 + width } else { 0 }
}

fn begins_raw(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev();
    let mut word = before.take_while(|b| b.is_ascii_alphanumeric() || **b == b'_');
    let alone = matches!((word.next(), word.next()), (None, _) | (Some(b'b' | b'c'), None));
    let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
    alone && bytes.get(at + 1 + hashes) == Some(&b'"')
}

fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
    let end: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let body = hashes + 2;
    let closing = rest[body..].windows(end.len()).position(|window| window == end);
    closing.map_or(rest.len(), |found| body + found + end.len())
}

/// Which lines belong to an item marked `#[cfg(test)]`.
fn test_lines(code: &str) -> Vec<bool> {
    let mut marks = vec![false; code.lines().count()];
    let tokens = tokens(code);
    for (offset, _) in code.match_indices("#[cfg(test)]") {
        let first = code[..offset].matches('\n').count() + 1;
        let after = code[..offset + "#[cfg(test)]".len()].matches('\n').count() + 1;
        let item = tokens.iter().position(|(line, token)| {
            *line >= after && matches!(token, Token::Word(word) if !["cfg", "test"].contains(word))
        });
        let last = item.and_then(|at| closing_line(&tokens, at)).unwrap_or(first);
        marks[first - 1..last].fill(true);
    }
    marks
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    PathSeparator,
    Mark(char),
}

/// The words and marks of the code, each with its line.
fn tokens(code: &str) -> Vec<(usize, Token<'_>)> {
    let mut found = Vec::new();
    for (at, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (token, length) = match rest {
                _ if word > 0 => (Token::Word(&rest[..word]), word),
                _ if rest.starts_with("::") => (Token::PathSeparator, 2),
                _ => (Token::Mark(first), first.len_utf8()),
            };
            found.push((at + 1, token));
            rest = rest[length..].trim_start();
        }
    }
    found
}

/// The line of the brace that closes the item beginning at a token; `None` if it has no body.
fn closing_line(tokens: &[(usize, Token<'_>)], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut nested = 0_usize;
    for (line, token) in &tokens[at..] {
        match token {
            Token::Mark('(' | '[') => nested += 1,
            Token::Mark(')' | ']') => nested = nested.saturating_sub(1),
            Token::Mark(';') if depth == 0 && nested == 0 => return None,
            Token::Mark('{') => depth += 1,
            Token::Mark('}') if depth <= 1 => return Some(*line),
            Token::Mark('}') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Takes one path, its groups written out; returns where it ends.
fn collect(
    tokens: &[(usize, Token<'_>)],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<Named>,
) -> usize {
    let mut segments = prefix.to_vec();
    let line = tokens[at].0;
    while let Some((_, Token::Word(word))) = tokens.get(at) {
        segments.push((*word).to_owned());
        if tokens.get(at + 1).map(|next| next.1) != Some(Token::PathSeparator) {
            found.push(Named { line, segments });
            return at + 1;
        }
        at += 2;
    }
    if tokens.get(at).map(|next| next.1) != Some(Token::Mark('{')) {
        found.push(Named { line, segments });
        return at;
    }
    at += 1;
    while let Some((_, token)) = tokens.get(at) {
        at = match token {
            Token::Mark('}') => return at + 1,
            Token::Word(_) => collect(tokens, at, &segments, found),
            _ => at + 1,
        };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Source {
        Source::of(&File::planted("crates/x/src/y.rs", text))
    }

    fn paths(text: &str) -> Vec<String> {
        read(text).shipped_paths().iter().map(|named| named.segments.join("::")).collect()
    }

    #[test]
    fn comments_strings_and_characters_are_not_code() {
        let text = concat!(
            "a // Pan\n/* Pan /* Pan */ Pan */ c\n\"Pan \\\" Pan\" d ",
            "r#\"Pan \" Pan\"# e '\"' f r\"Pan\" g",
        );
        assert_eq!(blank(text).split_whitespace().collect::<String>(), "acdefg");
        assert_eq!(blank(text).lines().count(), 3);
    }

    #[test]
    fn a_lifetime_is_code_and_a_character_is_not() {
        assert_eq!(blank("&'a str 'x' 'é' '\\''").trim_end(), "&'a str");
    }

    #[test]
    fn groups_are_written_out() {
        let found = paths("use crate::{merchant::{Purchase, Order}, role::Step as S};");
        for path in ["crate::merchant::Purchase", "crate::merchant::Order", "crate::role::Step"] {
            assert!(found.contains(&path.to_owned()), "{path} in {found:?}");
        }
    }

    #[test]
    fn what_stands_in_a_test_module_is_not_shipped() {
        let text = "use a::B;\n#[cfg(test)]\nmod tests {\n use c::D;\n}\nuse e::F;\n";
        let found = paths(text);
        assert!(found.contains(&"a::B".to_owned()) && found.contains(&"e::F".to_owned()));
        assert!(!found.contains(&"c::D".to_owned()));
        assert_eq!(read(text).shipped_lines(), 2);
    }

    #[test]
    fn a_function_is_measured_from_its_signature_to_its_brace() {
        let text = "trait T {\n fn declared(&self);\n}\nfn f(\n a: [u8; 3],\n) {\n {}\n}\n";
        let found = read(text).shipped_functions();
        assert_eq!(found, [Function { line: 4, name: "f".to_owned(), lines: 5 }]);
    }
}
