//! Peak memory of inputs that were made to take it: small repositories of which a scan could keep very much.
//!
//! In: nothing; each case makes its own input with git. Out: a row for each case, with the size of its input, the peak and
//! the limit. It fails when a limit is broken. A new case is one more row of [`CASES`] and a function that makes its input.

use crate::LEAKTIGHT;
use crate::history::repository::{done, git};
use crate::process::{Contender, installed};
use anyhow::{Context, Result, ensure};
use leaktight::example::Rng;
use std::ffi::OsString;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;

/// An input that takes memory.
struct Case {
    name: &'static str,
    /// Most that a scan may take, in MiB.
    limit: f64,
    /// The command that scans the folder it is started for: `DIR` is that folder.
    scan: &'static [&'static str],
    /// Makes the input in an empty folder.
    make: fn(&Path) -> Result<()>,
}

const HISTORY: &[&str] = &["history", "DIR"];
const RANGE: &[&str] = &["range", "base..HEAD", "--repo", "DIR"];

const CASES: [Case; 9] = [
    Case { name: "31 MB of digits", limit: 400.0, scan: HISTORY, make: |dir| versions(dir, digits(), 1) },
    Case { name: "31 MB dense in anchors", limit: 400.0, scan: HISTORY, make: |dir| versions(dir, anchors(31), 1) },
    Case {
        name: "500 versions of 2 MB of them",
        limit: 400.0,
        scan: HISTORY,
        make: |dir| versions(dir, anchors(2), 500),
    },
    Case { name: "20,000 passwords", limit: 400.0, scan: HISTORY, make: |dir| versions(dir, passwords(20_000), 1) },
    Case {
        name: "500 versions of 1,000 passwords",
        limit: 400.0,
        scan: HISTORY,
        make: |dir| versions(dir, passwords(1000), 500),
    },
    Case { name: "history: 10^6 paths, 1 finding", limit: 400.0, scan: HISTORY, make: |dir| tree(dir, 1) },
    Case { name: "history: 10^6 paths, 50 findings", limit: 400.0, scan: HISTORY, make: |dir| tree(dir, 50) },
    Case { name: "range: 10^6 paths, 1 finding", limit: 400.0, scan: RANGE, make: |dir| tree(dir, 1) },
    Case { name: "range: 10^6 paths, 50 findings", limit: 400.0, scan: RANGE, make: |dir| tree(dir, 50) },
];

/// Scans the input of every case.
///
/// # Errors
/// When an input cannot be made, a scan does not end, or a limit is broken.
pub(crate) fn run() -> Result<()> {
    ensure!(installed("time"), "GNU time is not installed");
    println!("{:<33} {:>9} {:>9} {:>7} {:>7}", "leaktight -j 2", "size KiB", "peak MiB", "limit", "cpu s");
    let mut broken = Vec::new();
    for case in &CASES {
        let dir = tempfile::tempdir()?;
        (case.make)(dir.path()).with_context(|| case.name)?;
        let here = |word: &&str| if *word == "DIR" { dir.path().into() } else { OsString::from(word) };
        let how = ["-j", "2", "--no-config", "--fail-on", "never", "--format", "json"];
        let line = std::iter::once(OsString::from(LEAKTIGHT)).chain(case.scan.iter().chain(&how).map(here));
        let (peak, cpu) = Contender::new(case.name, 1, line).usage().context("it did not end")?;
        let verdict = if peak <= case.limit { "" } else { "  MISS" };
        let size = size(dir.path()) / 1024;
        println!("{:<33} {size:>9} {peak:>9.0} {:>7.0} {cpu:>7.1}{verdict}", case.name, case.limit);
        if peak > case.limit {
            broken.push(case.name);
        }
    }
    ensure!(broken.is_empty(), "more memory than allowed: {}", broken.join(", "));
    Ok(())
}

/// Bytes of all files beneath a folder.
fn size(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|e| if e.path().is_dir() { size(&e.path()) } else { e.metadata().map_or(0, |m| m.len()) }).sum()
}

fn digits() -> Vec<u8> {
    b"0123456789".repeat(3_100_000)
}

fn anchors(megabytes: usize) -> Vec<u8> {
    let lines = b"password = \ntoken: \nsecret_key=\n";
    lines.repeat(megabytes * 1_000_000 / lines.len())
}

fn passwords(count: usize) -> Vec<u8> {
    let mut rng = Rng(11);
    let mut line = || {
        let letters = b"abcdefghijkmnpqrstuvwxyz23456789";
        let value: Vec<u8> = (0..10).map(|_| letters[rng.below(letters.len())]).collect();
        [b"password = \"", value.as_slice(), b"\"\n"].concat()
    };
    (0..count).flat_map(|_| line()).collect()
}

fn bare(dir: &Path) -> Result<()> {
    let mut init = git(dir);
    init.args(["init", "-q", "--bare", "-b", "main", "."]);
    done(init)
}

/// Runs git with this input; gives what it prints.
fn fed(dir: &Path, args: &[&str], input: &[u8]) -> Result<String> {
    let mut child = git(dir).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().context("git takes no input")?.write_all(input)?;
    let out = child.wait_with_output()?;
    ensure!(out.status.success(), "git {} failed", args.join(" "));
    Ok(String::from_utf8(out.stdout)?.trim().to_owned())
}

/// A text in versions that differ in eight bytes, each a delta on the one before.
fn versions(dir: &Path, mut text: Vec<u8>, count: usize) -> Result<()> {
    bare(dir)?;
    let import = ["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=4095"];
    let mut child = git(dir).args(import).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let mut stream = BufWriter::new(child.stdin.take().context("git takes no input")?);
    let mut rng = Rng(7);
    for n in 0..count {
        write!(stream, "commit refs/heads/main\ncommitter A <a@example.org> {n} +0000\ndata 0\n\n")?;
        write!(stream, "M 100644 inline a.txt\ndata {}\n", text.len())?;
        stream.write_all(&text)?;
        stream.write_all(b"\n")?;
        let at = rng.below(text.len() - 8);
        text[at..at + 8].copy_from_slice(format!("zz{n:06}").as_bytes());
    }
    drop(stream);
    ensure!(child.wait()?.success(), "git fast-import failed");
    Ok(())
}

/// One blob under 4^10 paths.
fn tree(dir: &Path, findings: usize) -> Result<()> {
    bare(dir)?;
    let empty = fed(dir, &["mktree"], b"")?;
    let who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit-tree", "-m", "x"];
    let base = fed(dir, &[&who[..], &[&empty]].concat(), b"")?;
    let mut id = fed(dir, &["hash-object", "-w", "--stdin"], &passwords(findings))?;
    for level in 0..10 {
        let kind = if level == 0 { "100644 blob" } else { "040000 tree" };
        let entries: String = (0..4).map(|n| format!("{kind} {id}\td{n}\n")).collect();
        id = fed(dir, &["mktree"], entries.as_bytes())?;
    }
    let head = fed(dir, &[&who[..], &["-p", &base, &id]].concat(), b"")?;
    fed(dir, &["update-ref", "refs/heads/base", &base], b"")?;
    fed(dir, &["update-ref", "refs/heads/main", &head], b"").map(drop)
}
