//! Turns `rules/*.toml` into static data (`$OUT_DIR/rules.rs`), so that the program parses no rule at start-up.
//! Reader and anchor derivation are the library's own files, compiled here a second time.

#![allow(dead_code, unreachable_pub, unused_imports)]

#[path = "src/rule/anchor.rs"]
mod anchor;
#[path = "src/rule/follow.rs"]
mod follow;
#[path = "src/text/forms.rs"]
mod forms;
#[path = "src/rule/literals.rs"]
mod literals;
#[path = "src/rule/neighbours.rs"]
mod neighbours;
#[path = "src/rule/outline.rs"]
mod outline;
#[path = "src/rule/rarity.rs"]
mod rarity;
#[path = "src/rule/read.rs"]
mod read;
#[path = "src/rule/run.rs"]
mod run;
#[path = "src/rule/tables.rs"]
mod tables;
#[path = "src/rule/written.rs"]
mod written;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(message) = run() {
        message.lines().for_each(|line| println!("cargo::error={line}"));
        process::exit(1);
    }
}

/// Writes the dictionary of `check/maker`: an automaton of all words in lower case.
fn dictionary(root: &Path, to: &Path) -> Result<(), String> {
    use diceware_wordlists::Wordlist;
    let common = [Wordlist::Minilock, Wordlist::EffLong].into_iter().flat_map(|l| l.get_list().iter().copied());
    let own = fs::read_to_string(root.join("rules/words.txt")).map_err(|e| format!("rules/words.txt: {e}"))?;
    let more = own.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    // A word of three letters is in any text, and in any random value.
    let word = |w: &&str| w.chars().count() > 3 && w.chars().all(char::is_alphabetic);
    let words: std::collections::BTreeSet<String> = common.chain(more).filter(word).map(str::to_lowercase).collect();
    let set = fst::Set::from_iter(words).map_err(|e| format!("the dictionary: {e}"))?;
    fs::write(to, set.as_fst().as_bytes()).map_err(|e| format!("{}: {e}", to.display()))
}

/// Writes the lists of recovery phrases (BIP-39): for each language an automaton from a word, decomposed as in the list or
/// composed as people write it, to its number.
fn phrases(folder: &Path) -> Result<(), String> {
    use unicode_normalization::UnicodeNormalization;
    for language in bip39::Language::ALL {
        let mut numbers = std::collections::BTreeMap::new();
        for (word, number) in language.word_list().iter().zip(0_u64..) {
            numbers.insert((*word).to_owned(), number);
            numbers.insert(word.nfc().collect::<String>(), number);
        }
        let map = fst::Map::from_iter(numbers).map_err(|e| format!("{language}: {e}"))?;
        let to = folder.join(format!("phrase-{language}.fst"));
        fs::write(&to, map.as_fst().as_bytes()).map_err(|e| format!("{}: {e}", to.display()))?;
    }
    Ok(())
}

fn run() -> Result<(), String> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?);
    let mut paths: Vec<PathBuf> = fs::read_dir(root.join("rules"))
        .map_err(|e| format!("rules: {e}"))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    let mut out = String::new();
    let mut ids = std::collections::BTreeSet::new();
    let mut heads = std::collections::BTreeSet::new();
    let mut anchors = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = |span: std::ops::Range<usize>, message: String| {
            let line = text.as_bytes()[..span.start.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1;
            format!("rules/{name}:{line}: {message}")
        };
        let (file, mistakes) = read::read(&text, read::Author::Project);
        if !mistakes.is_empty() {
            let all: Vec<String> = mistakes.into_iter().map(|m| place(m.span, m.message)).collect();
            return Err(all.join("\n"));
        }
        for rule in &file.rule {
            let rule = rule.get_ref();
            if !ids.insert(rule.id.get_ref().clone()) {
                return Err(place(rule.id.span(), format!("a second rule has the id {}", rule.id.get_ref())));
            }
            write_rule(&mut out, rule, file.family, &mut heads, (ids.len() as u32 - 1, &mut anchors))
                .map_err(|m| place(rule.pattern.span(), format!("rule {}: {m}", rule.id.get_ref())))?;
        }
    }
    let count = ids.len();
    let mut out = format!(
        "/// The built-in rules, in the order of their files.\npub(super) static BUILTIN: [Rule; {count}] = [\n{out}];\n"
    );
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let forms: Vec<_> = heads.iter().flat_map(|head| forms::encoded_forms(head)).map(with_rarest).collect();
    encoded(&mut out, &heads, &forms).map_err(|e| e.to_string())?;
    write_tables(&mut out, &anchors, &forms, &folder)?;
    dictionary(&root, &folder.join("words.fst"))?;
    phrases(&folder)?;
    let to = folder.join("rules.rs");
    fs::write(&to, out).map_err(|e| format!("{}: {e}", to.display()))
}

fn with_rarest(form: forms::EncodedForm) -> forms::EncodedForm {
    forms::EncodedForm { rarest: rarity::rarest(&form.folded(literals::fold)) as u8, ..form }
}

/// An anchor of the rule of that number, and whether its encoded forms are looked for.
type Anchor = (literals::Literal, u32, bool);

/// Writes the prefilter's tables, each part into a file of its own.
fn write_tables(
    out: &mut String,
    anchors: &[Anchor],
    forms: &[forms::EncodedForm],
    folder: &Path,
) -> Result<(), String> {
    let folded: Vec<_> = forms.iter().map(|form| (form.folded(literals::fold), form.exact())).collect();
    let of_anchors = anchors.iter().map(|(literal, of, formed)| {
        let (folded, exact, rarest) = (&literal.folded, &literal.exact, rarity::rarest(&literal.folded) as u8);
        tables::Sought { folded, exact, text: None, rarest, of: *of, formed: *formed }
    });
    let of_forms = forms.iter().zip(&folded).zip(0..).map(|((form, (folded, exact)), of)| {
        let (text, exact) = (form.text(), &exact[..folded.len()]);
        tables::Sought { folded, exact, text: Some(text), rarest: form.rarest, of, formed: false }
    });
    let sought: Vec<_> = of_anchors.chain(of_forms).collect();
    let made = tables::Tables::new(&sought);
    let part = |name: &str, bytes: &[u8]| {
        let file = format!("{name}.table");
        fs::write(folder.join(&file), bytes).map_err(|e| format!("{file}: {e}"))?;
        Ok::<_, String>(format!("Bytes::Borrowed(include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\")))"))
    };
    let [short, long, runs, short_form, long_form] = made.each().map(|(name, table)| {
        let part = |kind: &str, bytes: &[u8]| part(&format!("{name}.{kind}"), bytes);
        let (may, slots, records) =
            (part("may", &table.may)?, part("slots", &table.slots)?, part("records", &table.records)?);
        Ok::<_, String>(format!("Table {{ may: {may}, slots: {slots}, records: {records} }}"))
    });
    let (gate, groups) = (part("gate", &made.gate)?, part("groups", &made.groups)?);
    writeln!(
        out,
        "/// The prefilter's tables for [`BUILTIN`] and [`FORMS`].\npub(crate) static TABLES: Tables = Tables {{ \
         gate: {gate}, groups: {groups}, anchors: [{}, {}], runs: {}, forms: [{}, {}] }};",
        short?, long?, runs?, short_form?, long_form?
    )
    .map_err(|e| e.to_string())
}

/// The encoded forms of all heads.
fn encoded(
    out: &mut String,
    heads: &std::collections::BTreeSet<Vec<u8>>,
    forms: &[forms::EncodedForm],
) -> std::fmt::Result {
    writeln!(
        out,
        "/// Starts of anchors whose encoded forms are in [`FORMS`], sorted.\npub(crate) static FORM_HEADS: &[&[u8]] = &["
    )?;
    for head in heads {
        writeln!(out, "&{head:?},")?;
    }
    writeln!(out, "];\n/// Their encoded forms.\npub(crate) static FORMS: &[EncodedForm] = &[")?;
    for forms::EncodedForm { bytes, len, kind, phase, rarest } in forms {
        writeln!(
            out,
            "EncodedForm {{ bytes: {bytes:?}, len: {len}, kind: Kind::{kind:?}, phase: {phase}, rarest: {rarest} }},"
        )?;
    }
    writeln!(out, "];")
}

fn write_rule(
    out: &mut String,
    rule: &written::WrittenRule,
    family: Option<written::Family>,
    heads: &mut std::collections::BTreeSet<Vec<u8>>,
    (of, all): (u32, &mut Vec<Anchor>),
) -> Result<(), String> {
    let derived = anchor::derive(rule.pattern.get_ref(), rule.parser)?;
    for literal in &derived.literals {
        let head = anchor::head(&literal.exact, forms::FORM_LITERAL).filter(|_| derived.is_distinctive(rule.identity));
        all.push((literal.clone(), of, head.is_some()));
        heads.extend(head);
    }
    let text = |s: &str| format!("Text::Borrowed({s:?})");
    let list = |items: Vec<String>| format!("List::Borrowed(&[{}])", items.join(", "));
    let pair = match &rule.pair {
        None => "None".to_owned(),
        Some(pair) => {
            anchor::compile_only(pair.pattern.get_ref()).map_err(|m| format!("in the pair: {m}"))?;
            format!(
                "Some(Pair {{ role: {}, pattern: {}, within: {}, holds_secret: {} }})",
                text(&pair.role),
                text(pair.pattern.get_ref()),
                pair.within,
                pair.holds_secret
            )
        }
    };
    // See `Examples` in src/rule/model.rs.
    let examples = |examples: &[toml::Spanned<written::WrittenExample>]| {
        let texts = examples.iter().map(|e| [&e.get_ref().text, &e.get_ref().path, &e.get_ref().why]);
        if texts.clone().flatten().any(|text| text.contains(['\u{1e}', '\u{1f}'])) {
            return Err("an example contains a character that separates examples, U+001E or U+001F".to_owned());
        }
        let packed: String =
            texts.map(|[text, path, why]| format!("{text}\u{1f}{path}\u{1f}{why}\u{1f}\u{1e}")).collect();
        Ok(format!("Examples::packed({packed:?})"))
    };
    let anchors = derived
        .literals
        .iter()
        .map(|l| {
            let rarest = rarity::rarest(&l.folded);
            let [folded, exact] = [&l.folded, &l.exact].map(|bytes| anchor::padded(bytes));
            let len = l.folded.len();
            format!("Anchor {{ folded: {folded:?}, exact: {exact:?}, len: {len}, rarest: {rarest} }}")
        })
        .collect();
    let family = rule.family.or(family).ok_or("no family")?;
    let parser = rule.parser.map_or("None".to_owned(), |p| format!("Some(Parser::{p:?})"));
    let checks = list(rule.checks.iter().map(|c| format!("Check::{c:?}")).collect());
    writeln!(
        out,
        "Rule {{ id: {}, name: {}, summary: {}, provider: {}, severity: Severity::{:?}, \
         family: Family::{family:?}, identity: Identity::{:?}, pattern: {}, \
         boundary: Boundary::{:?}, neighbours: {:?}, checks: {checks}, parser: {parser}, pair: {pair}, \
         environment: Environment::{:?}, help: {}, references: {}, matches: {}, misses: {}, anchors: {}, \
         follow: {:?}, run: {:?}, before: {}, max_len: {}, distinctive: {}, public_prefix: {}, \
         outline: Outline {{ code: List::Borrowed(&{:?}), classes: List::Borrowed(&{:?}), first: {:?}, margins: {:?} }} }},",
        text(rule.id.get_ref()),
        text(&rule.name),
        text(&rule.summary),
        text(&rule.provider),
        rule.severity,
        rule.identity,
        text(rule.pattern.get_ref()),
        rule.boundary,
        derived.neighbours_for(rule.identity),
        rule.environment,
        text(&rule.help),
        list(rule.references.iter().map(|r| text(r)).collect()),
        examples(&rule.matches)?,
        examples(&rule.misses)?,
        list(anchors),
        derived.follow,
        derived.run,
        derived.before,
        derived.max_len,
        derived.is_distinctive(rule.identity),
        derived.public_prefix,
        derived.outline.code,
        derived.outline.classes,
        derived.outline.first,
        derived.outline.margins,
    )
    .map_err(|e| e.to_string())
}
