//! Seeds: inputs that libFuzzer begins with, made when a target starts.
//!
//! In: the examples of the built-in rules, and what a target writes itself. Out: [`Seeds`]. No token is written down.

use crate::RULES;
use leaktight::example;
use leaktight::rule::Rule;

/// Where a target begins.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// Inputs.
    pub inputs: Vec<Vec<u8>>,
    /// Words that are put into inputs.
    pub words: Vec<Vec<u8>>,
}

impl Seeds {
    /// These inputs.
    pub fn new(inputs: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        Self { inputs: inputs.into_iter().map(Into::into).collect(), words: Vec::new() }
    }

    /// The same with these words.
    #[must_use]
    pub fn words(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(|word| word.as_bytes().to_vec()));
        self
    }

    /// The same with the anchors of the rules as words.
    #[must_use]
    pub fn anchors(mut self, of: impl Fn(&Rule) -> bool) -> Self {
        for (_, rule) in RULES.iter().filter(|(_, rule)| of(rule)) {
            self.words.extend(rule.anchors.iter().map(|anchor| {
                let exact = anchor.folded().iter().zip(anchor.exact().iter());
                exact.map(|(folded, exact)| if *exact == 0 { *folded } else { *exact }).collect()
            }));
        }
        self
    }

    /// The same inputs, each with `before` in front of it: decisions that a target reads first.
    #[must_use]
    pub fn behind(mut self, before: &[u8]) -> Self {
        self.inputs.iter_mut().for_each(|input| {
            input.splice(..0, before.iter().copied());
        });
        self
    }

    /// The words as libFuzzer reads a dictionary. It refuses an empty file.
    pub fn dictionary(&self) -> String {
        let mut words = self.words.clone();
        words.sort();
        words.dedup();
        let line = |word: &Vec<u8>| {
            let escaped: String = word.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            format!("\"{escaped}\"\n")
        };
        let lines = words.iter().filter(|word| (1..=64).contains(&word.len())).map(line);
        std::iter::once("# words\n".to_owned()).chain(lines).collect()
    }
}

/// The examples of these rules, matches and misses.
pub fn examples(of: impl Fn(&Rule) -> bool) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (_, rule) in RULES.iter().filter(|(_, rule)| of(rule)) {
        for example in rule.matches.iter().chain(rule.misses.iter()) {
            all.push(example::expand(&example.text, all.len() as u64).expect("a template").text);
        }
    }
    all
}

/// A text with a token in it.
pub fn token(seed: u64) -> String {
    let text = example::expand("{{ghp_ + base62(30) + crc32}}", seed).expect("a template").text;
    String::from_utf8(text).expect("ASCII")
}

/// A text in UTF-16 with the low byte first.
pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
