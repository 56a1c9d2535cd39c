//! Large files full of telling words: what a byte of them costs, against a byte of a source tree.
//!
//! In: a tree. Out: a row for each of three files of 20 MB, a YAML of values, a JSON in one line and a minified XML, with a
//! telling word every 200 bytes. Instructions are counted, by callgrind and with one thread: they are the same at every run.

use crate::LEAKTIGHT;
use crate::aim;
use crate::corpus::Maker;
use crate::process::{counted, installed};
use anyhow::{Context, Result, ensure};
use std::ffi::OsStr;
use std::path::Path;

/// Bytes of each file.
const SIZE: usize = 20_000_000;
/// Bytes from one telling word to the next.
const APART: usize = 200;
/// Most that a byte of these files may cost, in bytes of the tree.
const MOST: f64 = 3.0;

const NAMES: [&str; 8] =
    ["password", "apiKey", "token", "secret", "clientSecret", "passwd", "accessToken", "encryptionKey"];
/// What such names have in files that are no leak.
const VALUES: [&str; 4] = ["", "${FROM_ENV}", "{{ .Values.given }}", "null"];

/// Text around the telling words, and a field with one: `@` its name, `%` its value, `$` words.
const FORMS: [(&str, &str, &str, &str); 3] = [
    ("values.yaml", "root:\n", "  service#:\n    @: \"%\"\n    description: $\n", ""),
    ("one line of JSON", "[{}", ",{\"id\":#,\"@\":\"%\",\"description\":\"$\"}", "]"),
    ("minified XML", "<all>", "<item id=\"#\"><@>%</@><description>$</description></item>", "</all>"),
];

/// Scans the tree and the files.
///
/// # Errors
/// When a file cannot be written or valgrind cannot be run.
pub(crate) fn run(root: &Path) -> Result<()> {
    ensure!(installed("valgrind"), "valgrind is not installed");
    let folder = tempfile::tempdir()?;
    let tree = cost(root, bytes_below(root))?;
    println!("instructions of a scan, -j 1");
    println!("{:<17} {:>9} {:>7}", "20 MB of", "per byte", "x tree");
    println!("{:<17} {:>9.1} {:>7.2}", "the tree", tree, 1.0);
    for (number, (name, head, form, tail)) in FORMS.iter().enumerate() {
        let path = folder.path().join(format!("{number}.txt"));
        std::fs::write(&path, file(head, form, tail)).with_context(|| path.display().to_string())?;
        let each = cost(&path, SIZE as u64)?;
        println!("{name:<17} {each:>9.1} {:>7.2}", each / tree);
        aim("times the cost of a byte of the tree", each / tree, MOST, true);
    }
    Ok(())
}

/// Instructions for each byte.
fn cost(path: &Path, bytes: u64) -> Result<f64> {
    let scan = [LEAKTIGHT, "scan", "-j", "1", "--no-config", "--no-progress", "--fail-on", "never", "-q"];
    Ok(counted(scan.map(OsStr::new).into_iter().chain([path.as_os_str()]))? as f64 / bytes as f64)
}

fn bytes_below(root: &Path) -> u64 {
    let mut walk = ignore::WalkBuilder::new(root);
    let files = walk.hidden(false).filter_entry(|entry| entry.file_name() != ".git").build().flatten();
    files.filter_map(|e| e.metadata().ok()).filter(std::fs::Metadata::is_file).map(|m| m.len()).sum()
}

fn file(head: &str, form: &str, tail: &str) -> Vec<u8> {
    let mut maker = Maker::new(5);
    let mut out = head.as_bytes().to_vec();
    for number in 0.. {
        if out.len() >= SIZE {
            break;
        }
        let name = NAMES[number % NAMES.len()];
        let value = VALUES[maker.rng.below(VALUES.len())];
        let mut words = String::new();
        while form.len() + 2 * name.len() + value.len() + words.len() < APART {
            words += maker.word();
            words.push(' ');
        }
        let field =
            form.replace('#', &number.to_string()).replace('@', name).replace('$', words.trim()).replace('%', value);
        out.extend(field.bytes());
    }
    out.extend(tail.bytes());
    out
}
