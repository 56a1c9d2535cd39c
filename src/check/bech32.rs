//! Bech32 and bech32m (BIP-173, BIP-350): the checksum of age, Nostr, Cardano and Sui keys.

/// The 32 characters in the order of their values.
pub(crate) const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// What the checksum of a right bech32 text comes to.
pub(crate) const BECH32: u32 = 1;
/// The same for bech32m.
pub(crate) const BECH32M: u32 = 0x2bc8_30a3;

/// The checksum polynomial over the values of a whole text, prefix expanded.
pub(crate) fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let next = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        GENERATOR.iter().enumerate().fold(next, |n, (i, g)| if (top >> i) & 1 == 1 { n ^ g } else { n })
    })
}

/// The human-readable prefix (in lower case) as values.
pub(crate) fn expand(prefix: &[u8]) -> impl Iterator<Item = u8> {
    prefix.iter().map(|b| b >> 5).chain(std::iter::once(0)).chain(prefix.iter().map(|b| b & 31))
}
