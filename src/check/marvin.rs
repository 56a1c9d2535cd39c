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
