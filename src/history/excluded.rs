//! What globs leave out of a history: blobs of which every path is excluded.
//!
//! In: the paths of all blobs, and their lengths. Out: the blobs that count as left out, and how many they are. A blob that also
//! stands at another path is scanned, and one that no tree names has no path that a glob could match.

use super::timeline::{Attribution, Place};
use crate::finding::Covered;
use crate::git::store::numbers::Number;
use crate::source::excluded::Exclude;
use std::collections::HashSet;

/// Counts them in `covered`, and gives them. `sizes`: all blobs.
pub(super) fn count(
    exclude: &Exclude,
    attribution: &Attribution<'_>,
    sizes: &[(Number, u64)],
    covered: &mut Covered,
) -> HashSet<Number> {
    let mut all = HashSet::new();
    for (number, bytes) in sizes {
        let mut first: Option<(Place, usize)> = None;
        let left_out = attribution.places(*number).all(|(place, _)| {
            let Some(glob) = exclude.find(&place.path) else { return false };
            // The glob of the first path of the first commit counts.
            if first.as_ref().is_none_or(|(first, _)| first.commit == place.commit && place.path < first.path) {
                first = Some((place, glob));
            }
            true
        });
        let Some((_, first)) = first.filter(|_| left_out) else { continue };
        exclude.count(first, 1, *bytes);
        covered.blobs = covered.blobs.saturating_sub(1);
        covered.bytes = covered.bytes.saturating_sub(*bytes);
        all.insert(*number);
    }
    covered.excluded = exclude.counts();
    all
}
