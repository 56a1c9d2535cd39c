//! Law 5 as a property: one tree with the example of every rule, near itself in other forms, as names, branches, tags and
//! in a message; every command, every format, every selection; and one search of all that came out.

use crate::harness::{Run, Tree, command, made, token};
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leaktight::detect::{Detector, Input};
use leaktight::example;
use leaktight::report::Format;
use leaktight::rule::{Identity, Parser, RuleSet};
use std::collections::BTreeMap;
use std::path::Path;

const SELECTIONS: [&[&str]; 5] = [
    &[],
    &["--only", "transport"],
    &["--only", "github-pat"],
    &["--skip", "generic-*"],
    &["--min-confidence", "proven"],
];

/// At least so many values, names that are values, pieces that are searched for, and bytes in which they are.
const FLOORS: [usize; 4] = [600, 250, 3_500, 300_000_000];

/// A value of a rule's example, and what of it may be in no output.
struct Value {
    rule: String,
    text: String,
    example: String,
    /// A rule finds it by its own form.
    distinctive: bool,
    /// Nothing else is in its file.
    alone: bool,
}

fn values(rules: &RuleSet) -> Vec<Value> {
    let detector = Detector::new(rules, 0);
    let mut all = Vec::new();
    for (n, (id, rule)) in rules.iter().enumerate() {
        let Ok(expanded) = example::expand(&rule.matches[0].text, 500 + n as u64) else { continue };
        let found = detector.candidates(&Input::all(&expanded.text)).candidates;
        // A key in binary stands in no name and no message.
        let is_text = std::str::from_utf8(&expanded.text).is_ok();
        if matches!(rule.identity, Identity::Setting | Identity::Dataset) || !is_text {
            continue;
        }
        for c in found.iter().filter(|c| c.rule == id).take(1) {
            all.push(Value {
                rule: rule.id.to_string(),
                text: String::from_utf8_lossy(&expanded.text[c.secret.clone()]).into_owned(),
                example: String::from_utf8_lossy(&expanded.text).into_owned(),
                // The other half of a pair has no form of its own.
                distinctive: rule.distinctive && !rule.pair.as_ref().is_some_and(|pair| pair.holds_secret),
                alone: rule.parser == Some(Parser::File),
            });
        }
    }
    all
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() && b % 3 > 0 { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| if u32::from(c) % 3 == 0 { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() })
        .collect()
}

/// The characters of base64 that `text` alone decides when so many bytes stand before it.
fn base64_inside(text: &str, before: usize) -> String {
    let all = STANDARD.encode([&b"xyz"[..before], text.as_bytes()].concat());
    let (lead, whole) = ((before * 4).div_ceil(3), (before + text.len()) * 8 / 6);
    all[lead..whole].to_owned()
}

/// What is searched for: the middle of a value, all of a short one, in every form.
fn forbidden(values: &[Value]) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for value in values {
        let line = value.text.lines().nth(usize::from(value.text.lines().count() > 2)).unwrap_or_default();
        // What is shown of a random value are its public start and its last two characters.
        let chars: Vec<char> = line.chars().collect();
        let piece: String = match chars.len() {
            0..8 => continue,
            8..14 => line.to_owned(),
            n => chars[n / 2..(n / 2 + 10).min(n - 2)].iter().collect(),
        };
        let forms = [piece.clone(), percent(&piece), escaped(&piece)];
        let base64 = (0..3).map(|before| base64_inside(&piece, before));
        for form in forms.into_iter().chain(base64).filter(|f| f.len() >= 8) {
            out.insert(form, format!("{} ({})", value.rule, value.text.len()));
        }
    }
    out
}

/// The tree, with everything in the index; its commits come later.
fn tree(values: &[Value]) -> Tree {
    let tree = Tree::new();
    tree.git(&["init", "-q", "."]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", "base"]);
    tree.git(&["branch", "base"]);
    let url = concat!("http", "://api.acme-corp.io/v1");
    for (n, value) in values.iter().enumerate() {
        let Value { rule, text, example, .. } = value;
        if value.alone {
            tree.file(format!("r/{n}/master.key"), example);
            continue;
        }
        let mut file = format!("{example}\n");
        if !text.contains('\n') && text.len() < 300 {
            let base64 = STANDARD.encode(format!("{}{text};", &"ab"[..n % 3]));
            // Each form is on the line of a finding or on a neighbouring one, whichever rules are selected.
            file = format!(
                "{example}\n# was {text} until May\nBASE_URL=\"{url}\" # {text}\ndata {}\n{example} # {text}\n\
                 data {}\nBASE_URL=\"{url}\"\ndata {base64}\n{example}\n",
                percent(text),
                escaped(text),
            );
        }
        tree.file(format!("r/{rule}-{n}.txt"), file);
        if name(value) {
            tree.file(format!("names/{n}/{text}"), format!("BASE_URL=\"{url}\"\n"));
        }
    }
    tree.git(&["add", "."]);
    tree
}

/// Whether it can be the name of a file and of a reference, and a rule finds it there.
fn name(value: &Value) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    value.distinctive && value.text.len() < 200 && value.text.bytes().all(plain) && !value.text.starts_with('-')
}

/// Commits the tree with a message that holds every example, and gives it branches and tags that are called so.
fn commit(tree: &Tree, values: &[Value]) {
    let examples: Vec<&str> = values.iter().filter(|v| !v.alone).map(|v| v.example.as_str()).collect();
    tree.file(".git/MESSAGE", examples.join("\n\n"));
    tree.git(&["commit", "-q", "--cleanup=verbatim", "-F", ".git/MESSAGE"]);
    let head = std::fs::read_to_string(tree.path().join(".git/refs/heads/main")).unwrap();
    let names = values.iter().filter(|v| name(v)).enumerate();
    let mut refs: Vec<String> =
        names.map(|(n, v)| format!("{} refs/{}/{}", head.trim(), ["heads", "tags"][n % 2], v.text)).collect();
    refs.sort_by(|a, b| a[41..].cmp(&b[41..]));
    refs.dedup();
    tree.file(".git/packed-refs", format!("# pack-refs with: peeled fully-peeled sorted \n{}\n", refs.join("\n")));
}

/// Everything that runs gave: what it was, and its bytes.
struct Shown<'t> {
    tree: &'t Tree,
    all: Vec<(String, Vec<u8>)>,
    number: usize,
}

impl Shown<'_> {
    /// Runs a command with a file for each format.
    fn run(&mut self, what: &[&str], selection: &[&str]) {
        self.number += 1;
        let folder = self.tree.path().join(format!(".git/out/{}", self.number));
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = command(self.tree.path());
        command.args(what).args(selection);
        let files: Vec<_> = Format::ALL.iter().map(|f| (f, folder.join(f.name()))).collect();
        if what[0] != "explain" {
            for (format, file) in &files {
                command.arg("-o").arg(format!("{format}={}", file.display()));
            }
        }
        let run = Run::of(&mut command);
        let name = format!("{} {}", what.join(" "), selection.join(" "));
        assert!(matches!(run.code, Some(0 | 1 | 3)), "{name}: {:?} {}", run.code, run.stderr);
        self.all.push((format!("{name}: stdout"), run.stdout));
        self.all.push((format!("{name}: stderr"), run.stderr.into_bytes()));
        for (format, file) in files.iter().filter(|(_, file)| file.exists()) {
            self.all.push((format!("{name}: {format}"), std::fs::read(file).unwrap()));
        }
    }
}

fn first_id(report: &Path) -> String {
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    json["findings"][0]["id"].as_str().expect("a finding").to_owned()
}

/// Everything that can be run once there is a commit.
fn after_commit(shown: &mut Shown<'_>, selection: &'static [&'static str]) {
    let tree = shown.tree;
    shown.run(&["scan", "r", "names"], selection);
    shown.run(&["range", "base..main"], selection);
    shown.run(&["ci", "generic", "--base", "base", "--head", "main"], selection);
    // With every place of every finding: only such a report can be merged.
    shown.run(&["history", ".", "--also-limit", "0"], selection);
    let report = tree.path().join(format!(".git/out/{}/json", shown.number));
    let id = first_id(&report);
    let report = report.to_str().unwrap().to_owned();
    let rules = if selection.first() == Some(&"--min-confidence") { &[][..] } else { selection };
    shown.run(&["explain", &id, "--from", &report], rules);
    // A report that leaves findings out is not merged.
    if selection.first() != Some(&"--min-confidence") {
        shown.run(&["merge", &report], selection);
    }
}

#[test]
fn no_command_shows_a_value_in_any_format() {
    let rules = RuleSet::builtin();
    let values = values(&rules);
    let tree = tree(&values);
    let mut shown = Shown { tree: &tree, all: Vec::new(), number: 0 };
    for selection in SELECTIONS {
        shown.run(&["staged"], selection);
    }
    commit(&tree, &values);
    // Each selection by itself, for a run uses one core most of the time.
    std::thread::scope(|scope| {
        let each = |(n, selection): (usize, &'static [&'static str])| {
            let tree = &tree;
            scope.spawn(move || {
                let mut shown = Shown { tree, all: Vec::new(), number: 100 * (n + 1) };
                after_commit(&mut shown, selection);
                shown.all
            })
        };
        let running: Vec<_> = SELECTIONS.iter().copied().enumerate().map(each).collect();
        running.into_iter().for_each(|run| shown.all.extend(run.join().expect("no run panics")));
    });
    let forbidden = forbidden(&values);
    // Hundreds of megabytes are searched.
    let kind = Some(aho_corasick::AhoCorasickKind::DFA);
    let search = AhoCorasick::builder().kind(kind).build(forbidden.keys()).unwrap();
    let owners: Vec<&String> = forbidden.values().collect();
    let mut leaks: Vec<String> = Vec::new();
    for (what, bytes) in &shown.all {
        for m in search.find_iter(bytes) {
            let around = &bytes[m.start().saturating_sub(100)..bytes.len().min(m.end() + 30)];
            leaks.push(format!("{what}: {}: {}", owners[m.pattern().as_usize()], String::from_utf8_lossy(around)));
        }
    }
    let bytes: usize = shown.all.iter().map(|(_, b)| b.len()).sum();
    // Most rules have an example with a value of 8 characters or more, and a search in too little proves nothing.
    let sizes = [values.len(), values.iter().filter(|v| name(v)).count(), forbidden.len(), bytes];
    assert!(sizes.iter().zip(FLOORS).all(|(size, floor)| *size >= floor), "{sizes:?} of {FLOORS:?}");
    leaks.sort();
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn notes_and_errors_show_no_secret() {
    let tree = Tree::new();
    tree.git(&["init", "-q", "."]);
    let secret = token(900);
    let middle = &secret[6..30];
    for args in [
        vec!["scan", &secret],
        vec!["range", &secret],
        vec!["history", &secret],
        vec!["scan", "-v", "--config", &secret],
        vec!["explain", "lt1:r00000000", "--from", &secret],
        vec!["scan", &format!("--{secret}")],
        vec!["rules", "show", &secret],
    ] {
        let run = tree.leaktight(&args);
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(!run.stderr.contains(middle) && !run.text().contains(middle), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains("ghp_…"), "{args:?}: {}", run.stderr);
    }
    // A note: the configuration that is read.
    tree.file(format!("{secret}.toml"), "");
    let run = tree.leaktight(&["scan", "-v", "--config", &format!("{secret}.toml"), ".git/HEAD"]);
    assert!(run.stderr.contains("configuration: ghp_…") && !run.stderr.contains(middle), "{}", run.stderr);
}

#[test]
fn what_policy_says_shows_no_value_of_the_run() {
    let tree = Tree::new();
    let password = made("{{password()}}", 901);
    tree.file(
        "a.yml",
        format!("password: \"{password}\" # leaktight: allow(generic-password) was {password} in May\n"),
    );
    for format in Format::ALL.iter().copied() {
        let run = tree.leaktight(&["scan", ".", "--format", format.name()]);
        assert_eq!(run.code, Some(0), "{format}: {}", run.stderr);
        assert!(!run.text().contains(&password), "{format}: {}", run.text());
    }
}

#[test]
fn what_a_comment_asks_for_names_its_author_without_a_secret() {
    let tree = Tree::new();
    tree.git(&["init", "-q", "."]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", "base"]);
    for (n, comment) in ["leaktight: allow", "leaktight: allow(github-pat) because"].into_iter().enumerate() {
        let author = token(910 + n as u64);
        tree.file("a.py", format!("key = '{}' # {comment}\n", token(920 + n as u64)));
        tree.git(&["add", "a.py"]);
        tree.git(&["commit", "-q", "-m", "x", &format!("--author={author} <{author}@example.org>")]);
        for format in Format::ALL.iter().copied() {
            let run = tree.leaktight(&["range", "HEAD~1..HEAD", "--format", format.name()]);
            assert_eq!(run.code, Some(1), "{format}: {}", run.stderr);
            assert!(!run.text().contains(&author[6..30]), "{format}: {}", run.text());
        }
    }
}

/// Only the name of a file says that its one value is a secret, and the run hides it everywhere all the same.
#[test]
fn a_value_that_is_all_of_its_file_is_hidden_elsewhere() {
    let tree = Tree::new();
    for (n, template) in
        ["{{hex(32)}}", "{{base62(16)}}", "{{base62(7) + \"!\" + base62(8)}}", "{{digits(12)}}"].iter().enumerate()
    {
        let value = made(template, n as u64);
        let url = concat!("http", "://api.acme-corp.io/v1");
        tree.file("config/.vault_pass", format!("# of staging\n{value}\n"));
        tree.file("app.py", format!("# until May: {value}\nBASE_URL=\"{url}\"  # {value}\nx = {value}\n"));
        for format in Format::ALL {
            let run = tree.leaktight(&["scan", "--no-config", "--format", format.name(), "."]);
            assert_eq!(run.code, Some(1), "{}", run.stderr);
            assert!(!run.text().contains(&value), "{template} in {}: {}", format.name(), run.text());
        }
    }
}
