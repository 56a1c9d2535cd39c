//! Peak memory and processor time of inputs that were made to take them: small repositories that could keep a scan busy.
//!
//! In: nothing; each case makes its own input with git. Out: a row for each case, with the size of its input, the peak, the
//! time and the limits. It fails when a limit is broken. A new case is one more row of [`CASES`] and a function that makes
//! its input.

use crate::LEAKTIGHT;
use crate::history::repository::{done, git};
use crate::process::{Contender, installed};
use anyhow::{Context, Result, ensure};
use leaktight::example::Rng;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;

/// An input that takes memory.
struct Case {
    name: &'static str,
    /// Most that a scan may take, in MiB.
    limit: f64,
    /// Most processor time, in seconds; far more than it takes, for it says nothing but that there is an end.
    seconds: f64,
    /// The command that scans the folder it is started for: `DIR` is that folder.
    scan: &'static [&'static str],
    /// Makes the input in an empty folder.
    make: fn(&Path) -> Result<()>,
}

const HISTORY: &[&str] = &["history", "DIR"];
const RANGE: &[&str] = &["range", "base..HEAD", "--repo", "DIR"];

const CASES: [Case; 13] = [
    case("31 MB of digits", HISTORY, |dir| versions(dir, digits(), 1)),
    case("31 MB dense in anchors", HISTORY, |dir| versions(dir, anchors(31), 1)),
    case("500 versions of 2 MB of them", HISTORY, |dir| versions(dir, anchors(2), 500)),
    case("20,000 passwords", HISTORY, |dir| versions(dir, passwords(20_000), 1)),
    case("500 versions of 1,000 passwords", HISTORY, |dir| versions(dir, passwords(1000), 500)),
    case("history: 10^6 paths, 1 finding", HISTORY, |dir| tree(dir, 1, 1)),
    case("history: 10^6 paths, 50 findings", HISTORY, |dir| tree(dir, 1, 50)),
    case("history: 200 such blobs", HISTORY, |dir| tree(dir, 200, 50)),
    case("range: 10^6 paths, 1 finding", RANGE, |dir| tree(dir, 1, 1)),
    case("range: 10^6 paths, 50 findings", RANGE, |dir| tree(dir, 1, 50)),
    case("range: 200 such blobs", RANGE, |dir| tree(dir, 200, 50)),
    case("range: 20,000 files, 2,000 commits", RANGE, |dir| folder(dir, 20_000, 2000)),
    case("history: 300 x 262 MB of deltas", HISTORY, |dir| siblings(dir, 300, 4000)),
];

const fn case(name: &'static str, scan: &'static [&'static str], make: fn(&Path) -> Result<()>) -> Case {
    Case { name, limit: 400.0, seconds: 60.0, scan, make }
}

/// Scans the input of every case.
///
/// # Errors
/// When an input cannot be made, a scan does not end, or a limit is broken.
pub(crate) fn run() -> Result<()> {
    ensure!(installed("time"), "GNU time is not installed");
    println!(
        "{:<36} {:>9} {:>9} {:>7} {:>7} {:>7}",
        "leaktight -j 2", "size KiB", "peak MiB", "limit", "cpu s", "limit"
    );
    let mut broken = Vec::new();
    for case in &CASES {
        let dir = tempfile::tempdir()?;
        (case.make)(dir.path()).with_context(|| case.name)?;
        let here = |word: &&str| if *word == "DIR" { dir.path().into() } else { OsString::from(word) };
        let how = ["-j", "2", "--no-config", "--fail-on", "never", "--format", "json"];
        let line = std::iter::once(OsString::from(LEAKTIGHT)).chain(case.scan.iter().chain(&how).map(here));
        let (peak, cpu) = Contender::new(case.name, 1, line).usage().context("it did not end")?;
        let holds = peak <= case.limit && cpu <= case.seconds;
        let verdict = if holds { "" } else { "  MISS" };
        let size = size(dir.path()) / 1024;
        let Case { name, limit, seconds, .. } = case;
        println!("{name:<36} {size:>9} {peak:>9.0} {limit:>7.0} {cpu:>7.1} {seconds:>7.0}{verdict}");
        if !holds {
            broken.push(case.name);
        }
    }
    ensure!(broken.is_empty(), "more memory or time than allowed: {}", broken.join(", "));
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

const WHO: [&str; 4] = ["-c", "user.name=A", "-c", "user.email=a@example.org"];

/// Makes an empty commit `base`, and `main` on it with this tree.
fn change(dir: &Path, tree: &str) -> Result<()> {
    let commit = [&WHO[..], &["commit-tree", "-m", "x"]].concat();
    let empty = fed(dir, &["mktree"], b"")?;
    let base = fed(dir, &[&commit[..], &[&empty]].concat(), b"")?;
    let head = fed(dir, &[&commit[..], &["-p", &base, tree]].concat(), b"")?;
    fed(dir, &["update-ref", "refs/heads/base", &base], b"")?;
    fed(dir, &["update-ref", "refs/heads/main", &head], b"").map(drop)
}

/// Blobs with so many findings each, together under 10^6 paths.
fn tree(dir: &Path, blobs: usize, findings: usize) -> Result<()> {
    bare(dir)?;
    let all = passwords(blobs * findings);
    let lines: Vec<&[u8]> = all.split_inclusive(|b| *b == b'\n').collect();
    let mut folder = String::new();
    for (n, lines) in lines.chunks(findings).enumerate() {
        let id = fed(dir, &["hash-object", "-w", "--stdin"], &lines.concat())?;
        writeln!(folder, "100644 blob {id}\tf{n}")?;
    }
    let mut id = fed(dir, &["mktree"], folder.as_bytes())?;
    let mut paths = blobs;
    while paths < 1_000_000 {
        let entries: String = (0..4).map(|n| format!("040000 tree {id}\td{n}\n")).collect();
        id = fed(dir, &["mktree"], entries.as_bytes())?;
        paths *= 4;
    }
    change(dir, &id)
}

/// A folder of so many files, one of which changes in each commit.
fn folder(dir: &Path, files: usize, commits: usize) -> Result<()> {
    bare(dir)?;
    let mut stream = Vec::new();
    let commit = |stream: &mut Vec<u8>, name: &str, n: usize| {
        writeln!(stream, "commit refs/heads/{name}\ncommitter A <a@example.org> {n} +0000\ndata 0\n")
    };
    commit(&mut stream, "base", 0)?;
    for n in 0..files {
        writeln!(stream, "M 100644 inline file{n:06}.txt\ndata 7\n{n:06}\n")?;
    }
    for n in 1..=commits {
        commit(&mut stream, "main", n)?;
        if n == 1 {
            writeln!(stream, "from refs/heads/base")?;
        }
        writeln!(stream, "M 100644 inline file{:06}.txt\ndata 8\nz{n:06}\n", n * 7919 % files)?;
    }
    fed(dir, &["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=4095"], &stream).map(drop)
}

/// Blobs that copy one of 65,535 bytes so many times each: git itself would make all of them. The pack has no index.
fn siblings(dir: &Path, count: u32, copies: usize) -> Result<()> {
    bare(dir)?;
    let base = passwords(2500);
    let base = base.get(..0xffff).context("it is too short")?;
    let mut pack = [&b"PACK"[..], &2_u32.to_be_bytes(), &(count + 1).to_be_bytes()].concat();
    let varint = |out: &mut Vec<u8>, mut n: usize| {
        while n > 0x7f {
            out.push(n as u8 | 0x80);
            n >>= 7;
        }
        out.push(n as u8);
    };
    let entry = |pack: &mut Vec<u8>, kind: u8, link: &[u8], data: &[u8]| {
        pack.push(kind << 4 | 0x80 | (data.len() & 15) as u8);
        varint(pack, data.len() >> 4);
        pack.extend(link);
        // Deflate's frame, and one block that is not compressed (RFC 1950 and 1951).
        pack.extend([0x78, 1, 1]);
        let len = data.len() as u16;
        pack.extend([len.to_le_bytes(), (!len).to_le_bytes()].concat());
        pack.extend(data);
        let sums =
            data.iter().fold((1, 0), |(a, b), d| ((a + u32::from(*d)) % 65_521, (b + a + u32::from(*d)) % 65_521));
        pack.extend((sums.1 << 16 | sums.0).to_be_bytes());
    };
    entry(&mut pack, 3, &[], base);
    let id = gix_object::compute_hash(gix_hash::Kind::Sha1, gix_object::Kind::Blob, base)?;
    for n in 0..count {
        let mut delta = Vec::new();
        varint(&mut delta, base.len());
        varint(&mut delta, base.len() * copies + 4);
        delta.extend([0xb0, 0xff, 0xff].repeat(copies));
        delta.push(4);
        delta.extend(n.to_be_bytes());
        entry(&mut pack, 7, id.as_slice(), &delta);
    }
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(&pack);
    pack.extend(hasher.try_finalize()?.as_slice());
    std::fs::write(dir.join("objects/pack/pack-x.pack"), pack)?;
    change(dir, &fed(dir, &["mktree"], b"")?)
}
