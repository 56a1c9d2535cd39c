//! How rare a literal is in source text: the rarer an anchor, the fewer places where a rule is tried.
//!
//! In: folded literals. Out: bits of surprise, and where in a literal its rarest group of four bytes is. Groups that are not in
//! `rules/groups.txt` count as equally rare. This file is compiled into the build script, too.

use super::literals::{Literal, is_run};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The bytes that the gate of the prefilter looks at together.
const GROUP: usize = 4;
/// Bits of surprise of a group that is not in the table: less common than the last one in it.
const UNCOMMON: f64 = 18.5;
/// What each byte more than a group adds.
const LONGER: f64 = 1.0;
/// Words that programs are full of, though not each of their groups is common: a part of one has [`OF_A_WORD`] bits at most.
const WORDS: &str = "\
    https:// http:// application authorization authentication password secret token client private access callback \
    database encrypt encryption storage channel redirect validate security identifier live integration \
    credential credentials consumer reporter connection service account default user username master port path mode host \
    name type project server cloud admin public string value config api_key apikey api-key access_token private_key";
const OF_A_WORD: f64 = 13.0;
/// Bits of a literal that is one byte again and again.
const OF_A_RUN: f64 = 7.0;

static COMMON: LazyLock<HashMap<[u8; GROUP], f64>> = LazyLock::new(|| read(include_str!("../../rules/groups.txt")));

/// Lines of bits, and the groups that have so many.
fn read(table: &str) -> HashMap<[u8; GROUP], f64> {
    let mut common = HashMap::new();
    for line in table.lines().filter(|line| !line.starts_with("# ")) {
        let mut words = line.split(' ');
        let Some(bits) = words.next().and_then(|bits| bits.parse().ok()) else { continue };
        common.extend(words.filter_map(|word| Some((plain(word)?, bits))));
    }
    common
}

/// A group without the escapes of a URL.
fn plain(word: &str) -> Option<[u8; GROUP]> {
    let mut parts = word.split('%');
    let mut group = parts.next()?.as_bytes().to_vec();
    for part in parts {
        group.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        group.extend_from_slice(part.get(2..)?.as_bytes());
    }
    group.try_into().ok()
}

fn surprise(group: &[u8]) -> f64 {
    let group = <[u8; GROUP]>::try_from(group).ok();
    group.and_then(|group| COMMON.get(&group).copied()).unwrap_or(UNCOMMON)
}

/// Bits of surprise of a set of literals: how rarely any of them is there.
pub(super) fn score(set: &[Literal]) -> f64 {
    -set.iter().map(|l| (-rarity(&l.folded)).exp2()).sum::<f64>().log2()
}

/// Bits of surprise of a folded literal.
pub(super) fn rarity(folded: &[u8]) -> f64 {
    let groups = folded.windows(GROUP).map(surprise).fold(0.0, f64::max);
    let all = groups + LONGER * folded.len().saturating_sub(GROUP) as f64;
    // Runs of one byte are dashes, zeros and dark pictures, however rare the byte is elsewhere.
    if is_run(folded) {
        return OF_A_RUN;
    }
    let word = folded.trim_ascii();
    let word = word.strip_suffix(b"_").or(word.strip_suffix(b"-")).unwrap_or(word);
    let is_part = |whole: &str| whole.as_bytes().windows(word.len().max(1)).any(|part| part == word);
    let numbers = !folded.iter().any(|b| b.is_ascii_alphabetic());
    if numbers || (word.len() >= GROUP && WORDS.split_ascii_whitespace().any(is_part)) {
        all.min(OF_A_WORD)
    } else {
        all
    }
}

/// Where the rarest group of a folded literal begins: the first one of equals.
pub(crate) fn rarest(folded: &[u8]) -> usize {
    let groups = folded.windows(GROUP).map(surprise).enumerate();
    groups.fold((0, f64::MIN), |best, one| if one.1 > best.1 { one } else { best }).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole() {
        let common = read(include_str!("../../rules/groups.txt"));
        assert_eq!(common.len(), 16361);
        assert!(common.iter().all(|(group, bits)| *bits > 1.0 && *bits < UNCOMMON && !group.contains(&0)));
        assert_eq!((plain("%20%0a%25a"), plain("a%2"), plain("abc")), (Some(*b" \n%a"), None, None));
    }

    #[test]
    fn the_rarest_group_of_a_literal_is_not_one_of_every_text() {
        assert_eq!((rarest(b"tionqzx"), rarest(b"abc"), rarest(b"xqzj")), (1, 0, 0));
        assert!(rarity(b"tion") < rarity(b"tionqzx") && rarity(b"test") < rarity(b"akia"));
    }
}
