//! The dictionary: which texts are words, and where words are inside a text.
//!
//! In: text. Out: whether it is a word; the words in it. The words are common English, those that label a login in some
//! fifty other languages, and those of computing, in an automaton that is made when the program is built and read in place.

use fst::Set;
use std::sync::OnceLock;

static WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.fst"));

fn words() -> Option<&'static Set<&'static [u8]>> {
    static SET: OnceLock<Option<Set<&'static [u8]>>> = OnceLock::new();
    SET.get_or_init(|| Set::new(WORDS).ok()).as_ref()
}

/// Whether `text` is a word: letters only, in one case or with one capital at the start, and in the dictionary.
pub(super) fn is_word(text: &str) -> bool {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return false };
    let rest = letters.as_str();
    let lower = |c: char| !c.is_uppercase();
    let one_case = rest.chars().all(lower) || (!lower(first) && !rest.chars().any(char::is_lowercase));
    one_case && text.chars().all(char::is_alphabetic) && knows(text.to_lowercase().as_bytes())
}

/// Whether the dictionary has it; `lower` is in lower case.
fn knows(lower: &[u8]) -> bool {
    words().is_some_and(|words| words.contains(lower))
}

/// The end of the longest word that begins at `from` of `lower`, which is in lower case, and ends where `ends` allows it.
pub(super) fn longest(lower: &[u8], from: usize, ends: impl Fn(usize) -> bool) -> Option<usize> {
    let mut found = None;
    each(lower, from, |end| found = ends(end).then_some(end).or(found));
    found
}

/// Calls `word` with the end of each word that begins at `from` of `lower`, which is in lower case.
pub(super) fn each(lower: &[u8], from: usize, mut word: impl FnMut(usize)) {
    let Some(words) = words() else { return };
    let fst = words.as_fst();
    let mut node = fst.root();
    for (at, byte) in lower.iter().enumerate().skip(from) {
        let Some(next) = node.find_input(*byte) else { break };
        node = fst.node(node.transition_addr(next));
        if node.is_final() {
            word(at + 1);
        }
    }
}
