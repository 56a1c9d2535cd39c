//! Bundles: a pack with a list of references in front, as `git bundle create` writes it.
//!
//! In: a file. Out: its pack, which has no index, its references, and what it needs from elsewhere; nothing when the file
//! is no bundle. It is read into memory up to a limit and written nowhere.

use super::refs::{Ref, RefKind, Refs, kind_of};
use crate::blob::{Gap, GapKind};
use crate::fs::open::{OpenError, open_named};
use crate::git::object::parse_id;
use crate::git::store::pack::{Claim, Pack};
use crate::text::count;
use gix_hash::Kind as Hash;
use gix_hash::ObjectId;
use std::io::Read as _;
use std::path::Path;

/// Most bytes of a bundle.
const MOST: u64 = 4 << 30;
/// Most bytes before its pack.
const HEAD: usize = 64 << 20;

/// A bundle.
pub struct Bundle {
    /// Its objects.
    pub pack: Pack,
    /// Where they are.
    pub claims: Vec<Claim>,
    /// Its references.
    pub refs: Refs,
    /// Commits that it builds on and does not hold.
    pub needs: Vec<ObjectId>,
    /// How ids are made.
    pub hash: Hash,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Reads the bundle at `path`; `None` when it is none.
///
/// # Errors
/// When it is one and cannot be read.
pub fn open(path: &Path) -> Result<Option<Bundle>, String> {
    if !path.is_file() {
        return Ok(None);
    }
    let shown = path.display();
    let (file, size) = open_named(path).map_err(|e| match e {
        OpenError::Io(e) => format!("{shown}: {e}"),
        OpenError::Special(what) => format!("{shown}: it is {what}"),
    })?;
    let mut bytes = Vec::new();
    let mut file = file.take(MOST);
    file.by_ref().take(16).read_to_end(&mut bytes).map_err(|e| format!("{shown}: {e}"))?;
    if !bytes.starts_with(b"# v2 git bundle\n") && !bytes.starts_with(b"# v3 git bundle\n") {
        return Ok(None);
    }
    if size > MOST {
        return Err(format!("{shown}: a bundle of more than 4 GiB; `git clone --mirror` it and scan that"));
    }
    file.read_to_end(&mut bytes).map_err(|e| format!("{shown}: {e}"))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    parse(name, bytes).map(Some).map_err(|why| format!("{shown}: {why}"))
}

fn parse(name: String, bytes: Vec<u8>) -> Result<Bundle, String> {
    let mut hash = Hash::Sha1;
    let (mut refs, mut needs, mut gaps) = (Refs::default(), Vec::new(), Vec::new());
    let mut at = 16;
    loop {
        let rest = bytes.get(at..bytes.len().min(HEAD)).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).ok_or("a bundle whose list of references does not end")?;
        let line = &rest[..end];
        at += end + 1;
        match line {
            [] => break,
            [b'@', capability @ ..] => match capability {
                b"object-format=sha256" => hash = Hash::Sha256,
                b"object-format=sha1" => hash = Hash::Sha1,
                // A filter leaves objects out; what is named and not there is said one by one.
                other => gaps.push(Gap {
                    kind: GapKind::PartialClone,
                    what: name.clone().into_bytes(),
                    why: format!("made with {}", String::from_utf8_lossy(other)),
                    blocks: false,
                }),
            },
            [b'-', need @ ..] => {
                let hex = need.split(|b| *b == b' ').next().unwrap_or_default();
                needs.extend(parse_id(hex, hash));
            }
            line => {
                let (hex, full) = line.split_at(line.len().min(hash.len_in_hex()));
                let full = full.strip_prefix(b" ").unwrap_or_default().to_vec();
                match parse_id(hex, hash) {
                    Some(target) if !full.is_empty() => {
                        let kind = kind_of(&full);
                        refs.head = refs.head.or((kind == RefKind::Head).then_some(target));
                        refs.all.push(Ref { name: full, target, kind });
                    }
                    _ => gaps.push(Gap {
                        kind: GapKind::BrokenRef,
                        what: name.clone().into_bytes(),
                        why: "a line of its list of references cannot be read".into(),
                        blocks: true,
                    }),
                }
            }
        }
    }
    if !needs.is_empty() {
        gaps.push(Gap {
            kind: GapKind::Shallow,
            what: name.clone().into_bytes(),
            why: format!("it builds on {} that it does not hold", count(needs.len() as u64, "commit", "commits")),
            blocks: true,
        });
    }
    refs.all.sort_unstable();
    let (pack, claims, more) = Pack::bundled(name, bytes, at, hash);
    gaps.extend(more);
    Ok(Bundle { pack, claims, refs, needs, hash, gaps })
}
