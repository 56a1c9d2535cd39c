//! A private key under armour, and how its body is decoded: what PEM and PuTTY files have in common.
//!
//! In: where the block stands, its decoded bytes and the facts of its structure. Out: [`Block`]. It looks at no text
//! around the body.

use crate::check::key::facts::Facts;
use crate::finding::evidence::{Evidence, Reason};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use std::ops::Range;

/// A private key under armour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// From the opening line to the end of the END line, or of the last line of the body when there is none.
    pub extent: Range<usize>,
    /// What the key is identified by: the decoded body as hexadecimal digits under a line of its own, so that line
    /// breaks, indents, escapes and quotes of the text do not matter, and no report mistakes it for a token.
    pub body: Vec<u8>,
    /// Reasons for and against; empty when the body proves nothing.
    pub evidence: Vec<Evidence>,
    /// A passphrase or another key protects it; `None` when nothing says.
    pub encrypted: Option<bool>,
}

impl Block {
    /// The block of a body that was decoded.
    pub(in crate::check) fn new(
        extent: Range<usize>,
        bytes: &[u8],
        facts: Option<Facts>,
        encrypted: Option<bool>,
    ) -> Self {
        let mut evidence = Vec::new();
        match (encrypted, facts) {
            (Some(true), facts) => {
                let kind = facts.map(|f| f.kind);
                evidence.push(Evidence { detail: kind, ..Evidence::new(Reason::KeyEncrypted) });
            }
            (_, Some(facts)) => evidence.push(Evidence::with(Reason::KeyBody, facts.kind)),
            (_, None) => {}
        }
        Self { extent, body: body_of(bytes), evidence, encrypted }
    }
}

/// What a key of these bytes is identified by.
pub(in crate::check) fn body_of(bytes: &[u8]) -> Vec<u8> {
    let mut body = b"private key\n".to_vec();
    for byte in bytes {
        body.extend([byte >> 4, byte & 15].map(|d| char::from_digit(u32::from(d), 16).map_or(b'0', |c| c as u8)));
    }
    body
}

/// Decodes without padding, and whatever the last bits are.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes of base64 text; a last character that stands alone is left out.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.iter().copied().filter(|b| *b != b'=').collect();
    let whole = digits.len() - usize::from(digits.len() % 4 == 1);
    ENGINE.decode(digits.get(..whole)?).ok()
}
