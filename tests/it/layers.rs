//! The rooms of `src` stack: nothing imports a room that is listed later, and no two files import each other.
//!
//! `docs/design.md` says what each room is for. This file holds the order. It reads every path of the source, in `use` or
//! not, outside of comments, strings and test modules; what it does not understand fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up.
const ROOMS: &[&str] = &[
    "text", "fs", "time", "threads", "rule", "blob", "finding", "check", "example", "detect", "mask", "git", "source",
    "policy", "config", "report", "scan", "change", "history", "ci", "hook", "cli",
];

/// A path of a module: `["report", "json"]`.
type Module = Vec<String>;

/// A source file with what is left when comments, strings and tests are taken out.
struct File {
    path: PathBuf,
    module: Module,
    code: String,
}

/// One use of another file.
struct Import {
    from: PathBuf,
    line: usize,
    path: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files() -> Vec<File> {
    let mut folders = vec![root()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let relative = path.strip_prefix(root()).unwrap().with_extension("");
                let module: Module = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                let test = module.iter().any(|m| matches!(m.as_str(), "tests" | "fixture" | "fixtures"));
                if !test && !matches!(module[0].as_str(), "lib" | "main") {
                    let code = without_tests(without_comments(&fs::read_to_string(&path).unwrap()));
                    files.push(File { path: path.strip_prefix(root()).unwrap().to_owned(), module, code });
                }
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The text with comments, strings and characters blanked; line ends stay.
fn without_comments(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = at + blank_part(rest, at > 0 && is_word(bytes[at - 1]));
        if end > at {
            out.extend(text[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            let c = text[at..].chars().next().unwrap();
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

/// Length of the comment, string or character that begins here; 0 if none does.
fn blank_part(rest: &[u8], in_word: bool) -> usize {
    let find = |what: &[u8], from: usize| {
        rest[from..].windows(what.len()).position(|w| w == what).map_or(rest.len(), |p| from + p + what.len())
    };
    if rest.starts_with(b"//") {
        return rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    }
    assert!(!rest.starts_with(b"/*"), "block comments are not used here, and this test does not read them");
    if rest[0] == b'"' {
        let mut at = 1;
        while rest[at] != b'"' {
            at += if rest[at] == b'\\' { 2 } else { 1 };
        }
        return at + 1;
    }
    let raw = rest.strip_prefix(b"b").unwrap_or(rest);
    if !in_word && raw.starts_with(b"r") {
        let hashes = raw[1..].iter().take_while(|b| **b == b'#').count();
        if raw.get(1 + hashes) == Some(&b'"') {
            let close = [b"\"", &vec![b'#'; hashes][..]].concat();
            return find(&close, rest.len() - raw.len() + hashes + 2);
        }
    }
    if rest[0] == b'\'' {
        // A character; a lifetime has no second quote after one character.
        if rest.get(1) == Some(&b'\\') {
            return find(b"'", 3);
        }
        let len = std::str::from_utf8(&rest[1..rest.len().min(5)])
            .unwrap_or_else(|e| std::str::from_utf8(&rest[1..1 + e.valid_up_to()]).unwrap())
            .chars()
            .next()
            .map_or(1, char::len_utf8);
        if rest.get(1 + len) == Some(&b'\'') {
            return len + 2;
        }
    }
    0
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// The code with every item under `#[cfg(test)]` blanked.
fn without_tests(mut code: String) -> String {
    while let Some(start) = code.find("#[cfg(test)]") {
        let open = start + code[start..].find(['{', ';']).unwrap();
        let mut end = open + 1;
        if code.as_bytes()[open] == b'{' {
            let mut depth = 1;
            while depth > 0 {
                depth += match code.as_bytes()[end] {
                    b'{' => 1,
                    b'}' => -1,
                    _ => 0,
                };
                end += 1;
            }
        }
        let blank: String = code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        code.replace_range(start..end, &blank);
    }
    code
}

/// Every path in `use a::{b, c::d}`, written out.
fn expanded(tree: &str) -> Vec<String> {
    let tree: String = tree.split_whitespace().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let Some(open) = tree.find('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_owned()];
    };
    let (prefix, body) = (tree[..open].trim(), &tree[open + 1..tree.rfind('}').unwrap()]);
    let (mut depth, mut part, mut out) = (0, String::new(), Vec::new());
    for c in body.chars().chain([',']) {
        match c {
            ',' if depth == 0 => {
                if !part.trim().is_empty() {
                    out.extend(expanded(&part).into_iter().map(|p| format!("{prefix}{p}")));
                }
                part.clear();
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        part.push(c);
    }
    out
}

/// Every path of a file that may lead to another one, with its line.
fn paths(code: &str, children: &BTreeSet<String>) -> Vec<(usize, Vec<String>)> {
    let line = |at: usize| code[..at].matches('\n').count() + 1;
    let mut out = Vec::new();
    let mut rest = code.to_owned();
    // `use` first, because it has trees.
    let mut from = 0;
    while let Some(found) = rest[from..].find("use ") {
        let at = from + found;
        from = at + 4;
        if at > 0 && is_word(rest.as_bytes()[at - 1]) {
            continue;
        }
        let end = at + rest[at..].find(';').unwrap();
        for path in expanded(&rest[at + 4..end]) {
            out.push((line(at), path.split("::").map(|p| p.trim().to_owned()).collect()));
        }
        let blank: String = rest[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        rest.replace_range(at..end, &blank);
    }
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_word(bytes[at]) || at > 0 && (is_word(bytes[at - 1]) || matches!(bytes[at - 1], b':' | b'.')) {
            at += 1;
            continue;
        }
        let end = (at..bytes.len()).find(|i| !is_word(bytes[*i]) && bytes[*i] != b':').unwrap_or(bytes.len());
        let path: Vec<String> = rest[at..end].trim_end_matches(':').split("::").map(str::to_owned).collect();
        let first = path[0].as_str();
        if path.len() > 1 && (matches!(first, "crate" | "super" | "self") || children.contains(first)) {
            out.push((line(at), path));
        }
        at = end;
    }
    out
}

/// All imports: for each the module that it leads to.
fn imports(files: &[File]) -> Vec<(Import, Module, Module)> {
    let modules: BTreeSet<&Module> = files.iter().map(|f| &f.module).collect();
    let mut out = Vec::new();
    for file in files {
        let children: BTreeSet<String> = modules
            .iter()
            .filter(|m| m.len() == file.module.len() + 1 && m.starts_with(&file.module))
            .filter_map(|m| m.last().cloned())
            .collect();
        for (line, path) in paths(&file.code, &children) {
            let mut base = file.module.clone();
            let mut parts = path.as_slice();
            match parts[0].as_str() {
                "crate" => (base, parts) = (Vec::new(), &parts[1..]),
                "self" => parts = &parts[1..],
                "super" => {
                    while parts.first().is_some_and(|p| p == "super") {
                        base.pop();
                        parts = &parts[1..];
                    }
                }
                first if children.contains(first) => {}
                _ => continue,
            }
            base.extend(parts.iter().cloned());
            let Some(target) = (1..=base.len()).rev().map(|n| base[..n].to_vec()).find(|m| modules.contains(m)) else {
                continue;
            };
            out.push((Import { from: file.path.clone(), line, path }, file.module.clone(), target));
        }
    }
    out
}

fn floor(module: &Module) -> usize {
    ROOMS.iter().position(|room| *room == module[0]).unwrap_or_else(|| {
        panic!(
            "`src/{}` is not listed: give it a place in ROOMS of tests/it/layers.rs, and in docs/design.md",
            module[0]
        )
    })
}

#[test]
fn no_room_imports_one_that_is_listed_later() {
    let files = files();
    for file in &files {
        floor(&file.module);
    }
    for room in ROOMS {
        assert!(files.iter().any(|f| f.module[0] == *room), "`{room}` is listed in ROOMS and has no file");
    }
    let all = imports(&files);
    assert!(all.len() > 500, "only {} imports were read", all.len());
    let upward: Vec<String> = all
        .iter()
        .filter(|(_, from, to)| floor(to) > floor(from))
        .map(|(import, ..)| format!("src/{}:{}: {}", import.from.display(), import.line, import.path.join("::")))
        .collect();
    assert!(upward.is_empty(), "these import a room that is listed later:\n{}", upward.join("\n"));
}

#[test]
fn a_path_across_rooms_begins_with_crate() {
    let files = files();
    let crossing: Vec<String> = imports(&files)
        .iter()
        .filter(|(import, from, to)| import.path[0] == "super" && from[0] != to[0])
        .map(|(import, ..)| format!("src/{}:{}: {}", import.from.display(), import.line, import.path.join("::")))
        .collect();
    assert!(crossing.is_empty(), "`super` leads out of its room:\n{}", crossing.join("\n"));
}

#[test]
fn the_crate_root_exports_rooms_and_nothing_of_them() {
    let code = without_tests(without_comments(&fs::read_to_string(root().join("lib.rs")).unwrap()));
    let other: Vec<&str> = code
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("pub mod ") && !line.starts_with("#"))
        .collect();
    assert!(other.is_empty(), "src/lib.rs has more than rooms: {other:?}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let files = files();
    let mut edges: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (_, from, to) in imports(&files) {
        if from != to {
            edges.entry(from).or_default().insert(to);
        }
    }
    // What can be taken away because nothing is left that it imports, again and again; the rest is in circles or leads to one.
    let mut left: BTreeSet<Module> = files.iter().map(|f| f.module.clone()).collect();
    loop {
        let free = |m: &Module| edges.get(m).is_none_or(|to| to.iter().all(|t| !left.contains(t)));
        let gone: Vec<Module> = left.iter().filter(|m| free(m)).cloned().collect();
        if gone.is_empty() {
            break;
        }
        gone.iter().for_each(|m| {
            left.remove(m);
        });
    }
    // The same from the other end, so that only circles and what is between them are left.
    loop {
        let imported: BTreeSet<&Module> = left.iter().filter_map(|m| edges.get(m)).flatten().collect();
        let gone: Vec<Module> = left.iter().filter(|m| !imported.contains(m)).cloned().collect();
        if gone.is_empty() {
            break;
        }
        gone.iter().for_each(|m| {
            left.remove(m);
        });
    }
    let names: Vec<String> = left.iter().map(|m| m.join("/")).collect();
    assert!(left.is_empty(), "these files import each other:\n{}", names.join("\n"));
}
