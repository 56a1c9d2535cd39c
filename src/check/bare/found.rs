//! A private key that was found without armour, and how far its readers look.
//!
//! In: nothing; this is a type. Out: [`Bare`].

use crate::check::pem;
use std::ops::Range;

/// How far a key may reach beyond its opening, in bytes.
pub const REACH: usize = pem::REACH;
/// How far before the opening the object is read that a JSON web key is, in bytes.
pub const BEFORE: usize = 8 * 1024;

/// A private key without armour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// All of it.
    pub extent: Range<usize>,
    /// What is secret of it.
    pub secret: Range<usize>,
    /// What the key is identified by.
    pub value: Vec<u8>,
    /// What kind of key its structure proves, for readers; nothing when it proves none.
    pub proof: Option<String>,
    /// A passphrase protects it.
    pub encrypted: bool,
}
