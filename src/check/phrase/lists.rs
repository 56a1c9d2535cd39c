//! The lists of words that recovery phrases are made of (BIP-39): ten languages, 2,048 words each.
//!
//! In: a word. Out: its number in a list. The lists are automata that are made when the program is built (of the crate
//! `bip39`) and read in place, so they cost nothing before the first look-up.

use fst::Map;
use std::sync::OnceLock;

macro_rules! lists {
    ($($name:literal),*) => {
        /// The languages. English is the first.
        pub(crate) const LANGUAGES: &[&str] = &[$($name),*];
        const BYTES: &[&[u8]] = &[$(include_bytes!(concat!(env!("OUT_DIR"), "/phrase-", $name, ".fst"))),*];
    };
}

lists!(
    "English",
    "SimplifiedChinese",
    "TraditionalChinese",
    "Czech",
    "French",
    "Italian",
    "Japanese",
    "Korean",
    "Portuguese",
    "Spanish"
);

fn maps() -> &'static [Map<&'static [u8]>] {
    static MAPS: OnceLock<Vec<Map<&'static [u8]>>> = OnceLock::new();
    MAPS.get_or_init(|| BYTES.iter().filter_map(|bytes| Map::new(*bytes).ok()).collect())
}

/// The number of `word`, in lower case, in the list of a language.
pub(super) fn number(language: usize, word: &[u8]) -> Option<u16> {
    maps().get(language)?.get(word).and_then(|number| u16::try_from(number).ok())
}

/// All words of a language by number.
pub(crate) fn words(language: usize) -> Vec<Vec<u8>> {
    let all = maps().get(language).map(|map| map.stream().into_byte_vec()).unwrap_or_default();
    let mut sorted: Vec<(u64, Vec<u8>)> = all.into_iter().map(|(word, number)| (number, word)).collect();
    sorted.sort();
    sorted.dedup_by_key(|(number, _)| *number);
    sorted.into_iter().map(|(_, word)| word).collect()
}
