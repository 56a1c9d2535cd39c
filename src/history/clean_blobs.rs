//! What an earlier run found nothing in (`--seen`), so that a later one need not search it again (`--since-report`).
//!
//! In: the file beside a report, or the file that an interrupted scan left. Out: ids of blobs that are known to hold nothing, and the same file for the
//! next run. It is bound to version, rules and time. Blobs in which anything was found are *not* in it: they are searched
//! again, so that the report is that of a full scan, and nothing in the file leads to a secret. Ids name contents, so
//! it makes no difference which repository they are of.

use crate::rule::RuleSet;
use std::cmp::Ordering;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// First bytes of the file.
const MAGIC: &[u8] = b"leaktight seen 1\n";
/// Lengths of ids: SHA-1 and SHA-256.
const WIDTHS: [usize; 2] = [20, 32];
/// Bytes of the hash at the end of the file.
const HASH: usize = 32;

/// Blobs that hold nothing: known ones, and those of this run.
#[derive(Debug, Default)]
pub struct Seen {
    /// Sorted ids without duplicates, one behind the other, by length.
    known: [Vec<u8>; 2],
    now: Mutex<[Vec<u8>; 2]>,
}

/// Where a scan that may be interrupted keeps what it found nothing in.
#[derive(Clone)]
pub struct Partial {
    /// What it found nothing in before it was interrupted.
    pub known: Arc<Seen>,
    /// Keeps what it found nothing in so far.
    pub save: Arc<Save>,
    /// Least time between two times that it is kept.
    pub pause: Duration,
}

/// Keeps blobs that hold nothing; they are bound to these rules and this time.
pub type Save = dyn Fn(&Seen, &RuleSet, i64) -> io::Result<()> + Send + Sync;

impl fmt::Debug for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partial").field("known", &self.known.count()).finish_non_exhaustive()
    }
}

/// The file beside a report.
pub fn beside(report: &Path) -> PathBuf {
    let mut name = report.as_os_str().to_owned();
    name.push(".seen");
    name.into()
}

impl Seen {
    /// Takes in the file of an earlier run.
    ///
    /// # Errors
    /// Why it cannot be used: the rest of a sentence.
    pub fn read(&mut self, file: &[u8], rules: &RuleSet, now: i64) -> Result<(), String> {
        let damaged = || "is damaged, or no such file of leaktight".to_owned();
        let (body, hash) = file.split_last_chunk::<HASH>().ok_or_else(damaged)?;
        if !body.starts_with(MAGIC) || blake3::hash(body) != *hash {
            return Err(damaged());
        }
        let mut rest = body.get(MAGIC.len()..).unwrap_or_default();
        let mut bytes = |n: usize| -> Result<&[u8], String> {
            let (part, behind) = rest.split_at_checked(n).ok_or_else(damaged)?;
            rest = behind;
            Ok(part)
        };
        let number = |part: &[u8]| part.try_into().map(u64::from_le_bytes).map_err(|_| damaged());
        if bytes(HASH)? != made(rules).as_bytes() {
            return Err("was made with other rules, or by another version of leaktight".into());
        }
        // What expired before is still expired; the other way round something may count that did not.
        if number(bytes(8)?)?.cast_signed() > now {
            return Err("was made for a later time (--now)".into());
        }
        let mut ids: [Vec<u8>; 2] = Default::default();
        for (ids, width) in ids.iter_mut().zip(WIDTHS) {
            let length = usize::try_from(number(bytes(8)?)?).map_err(|_| damaged())?;
            *ids = bytes(length.checked_mul(width).ok_or_else(damaged)?)?.to_vec();
        }
        for ((known, ids), width) in self.known.iter_mut().zip(ids).zip(WIDTHS) {
            known.extend(ids);
            *known = sorted(known, width);
        }
        Ok(())
    }

    /// All known ids.
    pub fn known(&self) -> impl Iterator<Item = &[u8]> {
        self.known.iter().zip(WIDTHS).flat_map(|(ids, width)| ids.chunks_exact(width))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.known.iter().zip(WIDTHS).map(|(ids, width)| ids.len() / width).sum()
    }

    /// Whether this one is known.
    pub fn holds(&self, id: &[u8]) -> bool {
        let Some((ids, width)) = self.known.iter().zip(WIDTHS).find(|(_, width)| *width == id.len()) else {
            return false;
        };
        let (mut low, mut high) = (0, ids.len() / width);
        while low < high {
            let middle = low.midpoint(high);
            match ids.get(middle * width..(middle + 1) * width).unwrap_or_default().cmp(id) {
                Ordering::Equal => return true,
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        false
    }

    /// Notes a blob in which nothing was found.
    pub fn keep<'a>(&self, ids: impl Iterator<Item = &'a [u8]>) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            if let Some((list, _)) = now.iter_mut().zip(WIDTHS).find(|(_, width)| *width == id.len()) {
                list.extend_from_slice(id);
            }
        }
    }

    /// Whether a file that begins with these bytes is one of these.
    pub fn begins(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Writes the file for the next run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, rules: &RuleSet, now: i64, to: &mut dyn Write) -> io::Result<()> {
        let mut body = MAGIC.to_vec();
        body.extend_from_slice(made(rules).as_bytes());
        body.extend_from_slice(&now.to_le_bytes());
        let lists = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        for (list, width) in lists.iter().zip(WIDTHS) {
            let ids = sorted(list, width);
            body.extend_from_slice(&((ids.len() / width) as u64).to_le_bytes());
            body.extend(ids);
        }
        to.write_all(&body)?;
        to.write_all(blake3::hash(&body).as_bytes())
    }
}

/// What decides whether a blob holds anything.
fn made(rules: &RuleSet) -> blake3::Hash {
    blake3::hash(format!("{}\n{}", env!("CARGO_PKG_VERSION"), rules.hash()).as_bytes())
}

fn sorted(ids: &[u8], width: usize) -> Vec<u8> {
    let mut list: Vec<&[u8]> = ids.chunks_exact(width).collect();
    list.sort_unstable();
    list.dedup();
    list.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_and_nothing_else_is_taken() {
        let rules = RuleSet::builtin();
        let seen = Seen::default();
        let ids: [&[u8]; 4] = [&[7; 20], &[9; 32], &[3; 20], &[7; 20]];
        seen.keep(ids.into_iter());
        let mut file = Vec::new();
        seen.write(&rules, 100, &mut file).unwrap();
        let mut back = Seen::default();
        back.read(&file, &rules, 100).unwrap();
        back.read(&file, &rules, 101).unwrap();
        assert_eq!(back.known().collect::<Vec<_>>(), [&[3; 20][..], &[7; 20], &[9; 32]]);
        assert_eq!(back.count(), 3);
        assert!(ids.iter().all(|id| back.holds(id)));
        assert!([&[8; 20][..], &[0; 20], &[255; 32], &[7; 32], &[7; 19]].iter().all(|id| !back.holds(id)));
        let mut none = Seen::default();
        assert!(none.read(&file, &rules, 99).unwrap_err().contains("--now"));
        assert!(
            none.read(&file, &RuleSet::new(Vec::<crate::rule::Rule>::new()), 100).unwrap_err().contains("other rules")
        );
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(none.read(&damaged, &rules, 100).is_err(), "byte {at}");
            assert!(none.read(&file[..at], &rules, 100).is_err(), "cut at {at}");
        }
        assert_eq!(none.count(), 0);
    }
}
