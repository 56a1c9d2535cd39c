//! What points at objects in one work tree: HEAD, ORIG_HEAD and so on, the state of a rebase, the index, reflogs.
//!
//! In: the folder of git's own files for that work tree, and the prefix of its names. Out: references of a [`Reader`], and
//! a gap for each that cannot be read.

use super::{LIST, LOOSE, Reader, RefKind};
use crate::blob::{Gap, GapKind};
use crate::git::object::parse_id;
use crate::git::repo::file::{Read, native, read, root};
use crate::git::repo::index;
use crate::text::count;
use std::collections::HashSet;
use std::path::Path;

impl Reader<'_> {
    /// HEAD and its like, the state of a rebase, and the index of one work tree.
    pub(super) fn work_tree(&mut self, dir: &Path, prefix: &[u8]) {
        // Beside a reftable the file HEAD says nothing: it only keeps older programs from taking this for no repository.
        if !self.repository.reftable {
            self.head(dir, prefix);
        }
        let (_, files) = self.entries(dir, prefix.strip_suffix(b"/").unwrap_or(b"."));
        let mut names: Vec<Vec<u8>> = files.into_iter().filter(|n| is_pseudo(n)).collect();
        for folder in ["rebase-merge", "rebase-apply", "sequencer"] {
            for name in ["orig-head", "onto", "autostash", "stopped-sha", "abort-safety", "head", "squash-onto"] {
                names.push(format!("{folder}/{name}").into_bytes());
            }
        }
        let root = root(dir);
        for name in names {
            let full = [prefix, &name].concat();
            match read(&root, &native(&name), LIST) {
                Read::Missing => {}
                Read::Failed(why) => self.broken(&full, why),
                Read::Bytes(bytes) => {
                    let state = name.contains(&b'/');
                    for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
                        let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
                        match parse_id(&line[..end], self.repository.hash) {
                            Some(target) => self.push(&full, target, RefKind::Other),
                            // A name of another reference is resolved there; some files of a rebase hold other things.
                            None if state || line.starts_with(b"ref:") => {}
                            None => {
                                self.broken(&full, "it holds something else than ids");
                                break;
                            }
                        }
                    }
                }
            }
        }
        match index::staged(&dir.join("index"), self.repository.hash) {
            Ok(named) => {
                let full = [prefix, b"index"].concat();
                for same in named.chunk_by(|a, b| a.0 == b.0) {
                    self.push(&full, same[0].0, RefKind::Other);
                }
                self.out.staged.extend(named);
            }
            Err(e) => {
                let what = [prefix, b"index"].concat();
                self.out.gaps.push(Gap { kind: GapKind::DamagedIndex, what, why: e.to_string(), blocks: true });
            }
        }
    }

    fn head(&mut self, dir: &Path, prefix: &[u8]) {
        let full = [prefix, b"HEAD"].concat();
        let link = std::fs::read_link(dir.join("HEAD")).ok();
        let bytes = match link {
            Some(link) => {
                let name = gix_path::into_bstr(link.as_path()).map(|n| n.to_vec()).unwrap_or_default();
                if !name.starts_with(b"refs/") || name.split(|b| *b == b'/').any(|part| part == b"..") {
                    return self.broken(&full, "it is a link to something else than a reference");
                }
                [b"ref: ", name.as_slice()].concat()
            }
            None => match read(&root(dir), Path::new("HEAD"), LOOSE) {
                Read::Bytes(bytes) => bytes,
                Read::Missing => return self.broken(&full, "it is not there"),
                Read::Failed(why) => return self.broken(&full, why),
            },
        };
        match self.target(&bytes) {
            Some(target) => {
                self.named.insert(full, target);
            }
            None => self.broken(&full, "it holds neither an id nor the name of a reference"),
        }
    }

    /// Reflogs beneath `dir/logs`; `with_head`: that of HEAD, too.
    pub(super) fn logs(&mut self, dir: &Path, prefix: &[u8], with_head: bool) {
        let root = root(dir);
        self.walk(dir, b"logs", |reader, file, name| {
            let of = name.strip_prefix(b"logs/").unwrap_or(name);
            if of.ends_with(b".lock") {
                return;
            }
            let owner: &[u8] = if of == b"HEAD" && !with_head { b"main-worktree/" } else { prefix };
            let full = [owner, of].concat();
            let bytes = match read(&root, file, LIST) {
                Read::Bytes(bytes) => bytes,
                Read::Missing => return,
                Read::Failed(why) => return reader.broken(&[b"reflog of ", full.as_slice()].concat(), why),
            };
            let kind = if of == b"refs/stash" { RefKind::Stash } else { RefKind::Reflog };
            let length = reader.repository.hash.len_in_hex();
            let (mut seen, mut bad) = (HashSet::new(), 0);
            for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
                let one = |range: std::ops::Range<usize>| {
                    line.get(range).and_then(|hex| parse_id(hex, reader.repository.hash))
                };
                let (old, new) = (one(0..length), one(length + 1..2 * length + 1));
                bad += usize::from(old.is_none() || new.is_none());
                for target in [old, new].into_iter().flatten() {
                    if seen.insert(target) {
                        reader.push(&full, target, kind);
                    }
                }
            }
            if bad > 0 {
                reader.broken(
                    &[b"reflog of ", full.as_slice()].concat(),
                    count(bad as u64, "line is malformed", "lines are malformed"),
                );
            }
        });
    }
}

/// Whether git keeps ids in a file of this name beside HEAD.
fn is_pseudo(name: &[u8]) -> bool {
    let others: [&[u8]; 4] = [b"AUTO_MERGE", b"MERGE_AUTOSTASH", b"BISECT_EXPECTED_REV", b"NOTES_MERGE_PARTIAL"];
    (name.ends_with(b"_HEAD") && name.iter().all(|b| b.is_ascii_uppercase() || *b == b'_')) || others.contains(&name)
}
