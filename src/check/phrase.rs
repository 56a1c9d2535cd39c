//! Recovery phrases of wallets: 12, 15, 18, 21 or 24 words of a BIP-39 list in any of its ten languages, or twelve that
//! Electrum made of the English one.
//!
//! In: text and where a telling word ends. Out: [`Phrase`], with the proof if its checksum is right. The words may stand
//! in a line, on lines, in a list, numbered. Monero's list is another one and not carried. It looks at no more than
//! [`REACH`] bytes; a phrase that no telling word stands before within [`GAP`] bytes is not found: a file that is nothing
//! but twelve words has nothing that an anchor could be.
//!
//! # What the proof is worth
//!
//! A BIP-39 checksum has 4 bits for twelve words and 8 for 24: too few. Most of the proof is that every word is one of
//! 2,048: of the words of English prose 17 in 100 are (measured over manuals and comments; the list has hardly a word
//! that grammar needs), so twelve in a row are by chance once in 2^30, and with the checksum once in 2^34. Lists of
//! words are not prose: one that is sorted as the list is, is refused.

mod lists;
mod tokens;

use sha2::{Digest, Sha256, Sha512};
use std::ops::Range;
use tokens::{Chain, Joint, Token};

pub(crate) use lists::{LANGUAGES, words};

/// How far after the telling word a phrase may begin, in bytes.
pub const GAP: usize = 200;
/// How far after the telling word anything is read, in bytes.
pub const REACH: usize = 2048;

/// Numbers of words.
const LENGTHS: [usize; 5] = [12, 15, 18, 21, 24];
/// Most different words in a phrase that is one word again and again, as in tests.
const FEW: usize = 4;

/// The telling words of the rule that a phrase follows most often.
const TELLING: [&[u8]; 5] = [b"mnemonic", b"recovery", b"seed", b"phrase", b"wallet"];

/// A recovery phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// From the first word to the last.
    pub extent: Range<usize>,
    /// The words in lower case, with a blank between them.
    pub value: Vec<u8>,
    /// What proves it, for readers; nothing when its checksum is wrong.
    pub proof: Option<String>,
    /// It has hardly any different words.
    pub repeats: bool,
}

/// Reads the phrase after the telling word that ends at `from`.
pub fn parse(text: &[u8], from: usize) -> Option<Phrase> {
    let window = text.get(from..text.len().min(from + REACH))?;
    let mut unproven = None;
    // What follows another telling word is its: otherwise text full of them would be read once for each.
    let gap = (1..window.len().min(GAP)).find(|at| TELLING.iter().any(|word| begins(&window[*at..], word)));
    for Chain { words: chain, cut } in tokens::chains(window, LENGTHS[0], gap.unwrap_or(GAP)) {
        for language in 0..LANGUAGES.len() {
            // Twelve words in a row have one of every twelfth: most text is done with after a look at few words.
            let some = chain.iter().skip(LENGTHS[0] - 1).step_by(LENGTHS[0]);
            if !some.clone().any(|token| lists::number(language, &token.word(window)).is_some()) {
                continue;
            }
            for found in in_language(language, window, &chain, cut) {
                let found = Phrase { extent: from + found.extent.start..from + found.extent.end, ..found };
                if found.proof.is_some() {
                    return Some(found);
                }
                unproven.get_or_insert(found);
            }
        }
    }
    unproven
}

/// The phrases in a chain of words, those that are proven and those that are not.
fn in_language(language: usize, window: &[u8], chain: &[Token], cut: bool) -> Vec<Phrase> {
    let numbers: Vec<Option<u16>> = chain.iter().map(|t| lists::number(language, &t.word(window))).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chain.len() {
        let len = numbers[at..].iter().take_while(|n| n.is_some()).count();
        if len >= LENGTHS[0] {
            for part in parts(window, &chain[at..at + len]) {
                let range = at + part.start..at + part.end;
                if cut && range.end == chain.len() {
                    continue;
                }
                let of: Vec<u16> = numbers[range.clone()].iter().flatten().copied().collect();
                out.extend(phrase(language, window, &chain[range], &of));
            }
        }
        at += len.max(1);
    }
    out
}

/// The parts of a run of words that may be phrases: those with the same thing between all words, and all of it.
fn parts(window: &[u8], run: &[Token]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    while start + 1 < run.len() {
        let joint = run[start + 1].joint;
        let same = run[start + 1..].iter().take_while(|t| t.joint == joint).count();
        let end = start + 1 + same;
        out.push(start..end);
        // `recovery phrase twelve words follow`: they may be of the list themselves.
        let telling = run[start..end].iter().take(3).take_while(|t| is_telling(&t.word(window))).count();
        out.extend((1..=telling).map(|skip| start + skip..end));
        if joint == Joint::Line {
            // The first word of the next paragraph.
            out.push(start..end - 1);
        }
        start = end - 1;
    }
    out.push(0..run.len());
    out.retain(|part| LENGTHS.contains(&part.len()));
    out.dedup();
    out
}

fn begins(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn is_telling(word: &[u8]) -> bool {
    [&b"seed"[..], b"phrase", b"word", b"secret", b"wallet", b"recovery", b"backup"].contains(&word)
}

/// The phrase of these words; `None` for what lists of words are made of.
fn phrase(language: usize, window: &[u8], of: &[Token], numbers: &[u16]) -> Option<Phrase> {
    if numbers.windows(2).all(|two| two[0] < two[1]) {
        return None;
    }
    let value = of.iter().map(|t| t.word(window)).collect::<Vec<_>>().join(&b' ');
    let mut different = numbers.to_vec();
    different.sort_unstable();
    different.dedup();
    let english = language == 0;
    let proof = if fits(numbers) {
        Some(format!("BIP-39, {} words", numbers.len()))
    } else if english && is_electrum(&value) {
        Some(format!("Electrum, {} words", numbers.len()))
    } else {
        None
    };
    if proof.is_none() && (!english || different.len() <= FEW) {
        return None;
    }
    let extent = of.first()?.range.start..of.last()?.range.end;
    Some(Phrase { extent, value, proof, repeats: different.len() <= FEW })
}

/// Whether the checksum is right: of 11 bits for each word, 32 parts of 33 are random, and the rest are the first bits of
/// their SHA-256.
fn fits(numbers: &[u16]) -> bool {
    let bit = |at: usize| numbers.get(at / 11).is_some_and(|n| n >> (10 - at % 11) & 1 == 1);
    let random = numbers.len() * 11 * 32 / 33;
    let bytes: Vec<u8> = (0..random / 8).map(|b| (0..8).fold(0, |n, i| n << 1 | u8::from(bit(8 * b + i)))).collect();
    let hash = Sha256::digest(&bytes);
    (random..numbers.len() * 11).zip(0..8).all(|(at, i)| bit(at) == (hash[0] >> (7 - i) & 1 == 1))
}

/// Whether it is a seed of Electrum: the HMAC-SHA512 of the words under `Seed version` begins with a version.
fn is_electrum(words: &[u8]) -> bool {
    let mut keys = [[0x36; 128], [0x5c; 128]];
    for key in &mut keys {
        key.iter_mut().zip(b"Seed version").for_each(|(k, b)| *k ^= b);
    }
    let inner = Sha512::new().chain_update(keys[0]).chain_update(words).finalize();
    let outer = Sha512::new().chain_update(keys[1]).chain_update(inner).finalize();
    let [first, second, ..] = outer.as_slice() else { return false };
    *first == 0x01 || (*first == 0x10 && second >> 4 <= 2)
}

/// A phrase of these bytes in English: for examples.
pub(crate) fn of_entropy(entropy: &[u8]) -> Vec<u8> {
    let all = words(0);
    let hash = Sha256::digest(entropy);
    let bytes = [entropy, &hash[..1]].concat();
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |b| usize::from(b >> (7 - at % 8) & 1));
    let count = entropy.len() * 8 * 33 / 32 / 11;
    let number = |word: usize| (0..11).fold(0, |n, i| n << 1 | bit(11 * word + i));
    (0..count).filter_map(|word| all.get(number(word)).cloned()).collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests;
