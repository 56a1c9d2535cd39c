//! What may be shown of a history's findings: lines around the secret, and everything that came from the repository with
//! its secrets masked (design.md, law 5).
//!
//! In: findings with the object that speaks for each. Out: the same with snippets and related places; paths, people,
//! names of references and gaps masked. An object that cannot be read again gives no snippet, and nothing else is lost.

use super::gather::{Found, related};
use crate::detect::{Detector, Input};
use crate::finding::{Finding, Location};
use crate::git::objects::Number;
use crate::git::store::Store;
use crate::mask::{Masks, masked};
use crate::source::{Gap, GitPlace, Origin, Start};
use crate::text::lines::Lines;
use crate::text::view;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Bytes to either side of a secret that are searched for others before its lines are shown.
const AROUND: usize = crate::rule::MAX_REACH;

/// Reads each primary object once more and takes the lines around its secrets.
pub(super) fn snippets(found: &mut [Found], store: &Store, detector: &Detector<'_>) {
    let mut by_object: BTreeMap<Number, Vec<&mut Found>> = BTreeMap::new();
    for f in found {
        if let Some(object) = f.object {
            by_object.entry(object).or_default().push(f);
        }
    }
    let groups: Vec<(Number, Vec<&mut Found>)> = by_object.into_iter().collect();
    groups.into_par_iter().for_each(|(object, found)| {
        let Ok((_, bytes)) = store.read(object) else { return };
        let view = view::view(&bytes);
        let lines = Lines::new(Start::default(), &bytes, view.encoding);
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
                    let candidates = detector.candidates(&Input::all(&bytes[window.clone()])).candidates;
                    known = Some((window.clone(), Masks::new(&candidates, detector.rules())));
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
    });
}

/// Masks every text of findings and gaps that came from the repository.
pub(crate) fn mask(findings: &mut [Finding], gaps: &mut [Gap], detector: &Detector<'_>) {
    let mut texts: HashMap<Vec<u8>, Option<Vec<u8>>> = HashMap::new();
    let mut masked_text = |text: &[u8]| -> Option<Vec<u8>> {
        if let Some(known) = texts.get(text) {
            return known.clone();
        }
        let new = masked(text, detector).map(String::into_bytes);
        texts.insert(text.to_vec(), new.clone());
        new
    };
    let mut places: HashMap<Arc<GitPlace>, Arc<GitPlace>> = HashMap::new();
    for f in findings {
        let related = f.related.iter_mut().map(|r| &mut r.location);
        for location in std::iter::once(&mut f.location).chain(&mut f.also).chain(related) {
            let Origin::Git(place) = &mut location.origin else { continue };
            if let Some(known) = places.get(place) {
                *place = Arc::clone(known);
                continue;
            }
            let mut new = (**place).clone();
            for text in [&mut new.path, &mut new.author].into_iter().flatten().chain(&mut new.refs) {
                if let Some(masked) = masked_text(text) {
                    *text = masked.into();
                }
            }
            let new = Arc::new(new);
            places.insert(std::mem::replace(place, Arc::clone(&new)), new);
        }
        if let Some(life) = &mut f.life {
            for text in life.refs.iter_mut().chain(&mut life.tags).chain(&mut life.authors) {
                if let Some(masked) = masked_text(text) {
                    *text = masked;
                }
            }
        }
    }
    for gap in gaps {
        if let Some(masked) = masked_text(&gap.what) {
            gap.what = masked;
        }
        if let Some(masked) = masked_text(gap.why.as_bytes()) {
            gap.why = String::from_utf8_lossy(&masked).into_owned();
        }
    }
}
