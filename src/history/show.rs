//! The lines around the secrets of a history, with what is to be hidden in them (`mask`).
//!
//! In: findings with the object that speaks for each. Out: the same with snippets and related places, and the values that
//! were found beside them. An object that cannot be read again gives no snippet, and nothing else is lost.

use super::gather::{Found, related};
use crate::detect::Detector;
use crate::finding::{Known, Location};
use crate::git::lfs;
use crate::git::store::Store;
use crate::git::store::numbers::Number;
use crate::mask::{Masker, Masks};
use crate::text::lines::{Lines, Start};
use crate::text::view;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Bytes to either side of a secret that are searched for others before its lines are shown.
const AROUND: usize = crate::rule::MAX_REACH;

/// Reads each primary object once more and takes the lines around its secrets. `folder`: where Git LFS may keep content.
pub(super) fn snippets(found: &mut [Found], store: &Store, folder: Option<&Path>, detector: &Detector<'_>) -> Known {
    let all = Mutex::new(Known::default());
    if found.is_empty() {
        return Known::default();
    }
    let masker = Masker::new(detector);
    let mut by_object: BTreeMap<Number, Vec<&mut Found>> = BTreeMap::new();
    for f in found {
        if let Some(object) = f.object {
            by_object.entry(object).or_default().push(f);
        }
    }
    let groups: Vec<(Number, Vec<&mut Found>)> = by_object.into_iter().collect();
    groups.into_par_iter().for_each(|(object, mut found)| {
        let Ok((_, mut bytes)) = store.read(object) else { return };
        // The search went to what a pointer stands for.
        if lfs::is_bare(&bytes)
            && let Some(Ok(content)) = folder.and_then(|folder| lfs::content(folder, &bytes))
        {
            bytes = content;
        }
        let view = view::view(&bytes);
        let lines = Lines::new(Start::default(), &bytes, view.encoding);
        let mut values = Known::default();
        // In the order of the text: else almost every one of a large object would need a window of its own.
        found.sort_by_key(|f| f.finding.location.byte_offset);
        // Masks of a text that several findings share.
        let mut known: Option<(Range<usize>, Masks)> = None;
        for f in found {
            let at = f.finding.location.byte_offset as usize;
            let secret = at..at + f.finding.location.byte_length as usize;
            if secret.end > bytes.len() {
                continue;
            }
            let wanted = secret.start.saturating_sub(4096)..bytes.len().min(secret.end + 4096);
            let window = match &known {
                Some((window, _)) if window.start <= wanted.start && wanted.end <= window.end => window.clone(),
                _ => {
                    // At a multiple of four, so that units of UTF-16 and UTF-32 stay whole.
                    let window = wanted.start.saturating_sub(AROUND) & !3..bytes.len().min(wanted.end + AROUND);
                    known = Some((window.clone(), masker.masks(&bytes[window.clone()], &mut values)));
                    window
                }
            };
            let Some((_, masks)) = &known else { continue };
            let inside = secret.start - window.start..secret.end - window.start;
            let text = &bytes[window];
            f.finding.snippet = masks.snippet(text, &inside, f.finding.location.line, view.encoding);
            let place = |(role, relative, len): &(String, i64, u32)| {
                let start = usize::try_from(at as i64 + relative).ok()?;
                let (from, to) = (lines.position(start), lines.position(start + *len as usize));
                let location = Location {
                    byte_offset: start as u64,
                    byte_length: u64::from(*len),
                    line: from.line,
                    column: from.column,
                    end_line: to.line,
                    end_column: to.column,
                    ..f.finding.location.clone()
                };
                Some(related(role, location))
            };
            f.finding.related = f.related.iter().filter_map(place).collect();
        }
        all.lock().unwrap_or_else(PoisonError::into_inner).extend(values);
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}
