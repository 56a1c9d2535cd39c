//! Marvin32, the checksum inside Microsoft's identifiable keys.
//!
//! In: bytes and a seed of eight ASCII characters. Out: 32 bits. Facts: the algorithm as .NET documents it, US patent
//! 20130262421; the way it is laid into keys in `azure.rs`.

/// The hash of `data`; the seed is its eight characters read as a big-endian number.
pub(crate) fn marvin32(data: &[u8], seed: &[u8; 8]) -> u32 {
    let seed = u64::from_be_bytes(*seed);
    let mut state = (seed as u32, (seed >> 32) as u32);
    let words = data.chunks_exact(4);
    let rest = words.remainder();
    for word in words {
        state.0 = state.0.wrapping_add(word.iter().rev().fold(0, |n, b| (n << 8) | u32::from(*b)));
        mix(&mut state);
    }
    // The tail: what is left, and a single set bit above it.
    let tail = rest.iter().rev().fold(0x80, |n: u32, b| (n << 8) | u32::from(*b));
    state.0 = state.0.wrapping_add(tail);
    mix(&mut state);
    mix(&mut state);
    state.0 ^ state.1
}

fn mix((a, b): &mut (u32, u32)) {
    *b ^= *a;
    *a = a.rotate_left(20).wrapping_add(*b);
    *b = b.rotate_left(9) ^ *a;
    *a = a.rotate_left(27).wrapping_add(*b);
    *b = b.rotate_left(19);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 64-bit result of which [`marvin32`] folds the halves, for vectors that give it.
    fn folded(hash: u64) -> u32 {
        (hash >> 32) as u32 ^ hash as u32
    }

    #[test]
    fn symcrypt_agrees() {
        // microsoft/SymCrypt, lib/marvin32.c, and microsoft/security-utilities, MarvinTests.cs.
        let abc = marvin32(b"abc", &0xd53c_d9ce_cd08_93b7_u64.to_be_bytes());
        assert_eq!(abc, folded(0x22c7_4339_4927_69bf));
        let alphabet = marvin32(b"abcdefghijklmnopqrstuvwxyz", &0x0ddd_deee_efff_f000_u64.to_be_bytes());
        assert_eq!(alphabet, folded(0xa128_eb7e_7260_aca2));
    }
}
