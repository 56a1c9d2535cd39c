//! How random a value is, compared with what a generator would give.
//!
//! In: bytes of a value. Out: Shannon entropy, and the entropy to be expected of a random string of the same length
//! over the same alphabet. A short random string cannot reach the entropy of its alphabet (16 hexadecimal digits give
//! about 3.2 bits, not 4), so a fixed threshold is wrong at every length but one; the quotient of the two is not.
//! Refuses to judge: what the quotient means is for the caller.

use crate::finding::evidence::{Evidence, Reason};

/// Shannon entropy of `value`, in bits per byte; 0 for nothing.
pub fn shannon(value: &[u8]) -> f64 {
    f64::from(entropy::shannon_entropy(value))
}

/// Shannon entropy, in bits per byte, that a string of `len` independent, equally likely bytes of an alphabet of
/// `alphabet` bytes has on average. Exact: the mean of `-(c/n) log2(c/n)` over the binomial counts of each byte.
pub fn expected(alphabet: usize, len: usize) -> f64 {
    if alphabet < 2 || len < 2 {
        return 0.0;
    }
    let (n, k) = (len.min(4096) as f64, alphabet as f64);
    // P(count = 0), then each next count from the one before.
    let mut p = ((1.0 - 1.0 / k).ln() * n).exp();
    let odds = 1.0 / (k - 1.0);
    let mut mean = 0.0;
    for c in 1..=len.min(4096) {
        let c = c as f64;
        p *= (n - c + 1.0) / c * odds;
        mean += p * (c / n) * (n / c).log2();
        if c > n / k && p < 1e-9 {
            break;
        }
    }
    mean * k
}

/// Entropy of `value` as a share of what a random string of its length over `alphabet` bytes has on average:
/// about 1 for generated values, clearly less for words and patterns.
pub fn relative(value: &[u8], alphabet: usize) -> f64 {
    let expected = expected(alphabet, value.len());
    if expected > 0.0 { shannon(value) / expected } else { 0.0 }
}

/// What the randomness of a token's body says: for, against, or nothing between the two.
pub fn judge(body: &[u8]) -> Vec<Evidence> {
    let count = |class: fn(&u8) -> bool| body.iter().any(class);
    let hex = body.iter().all(u8::is_ascii_hexdigit) && count(u8::is_ascii_digit);
    let alphabet = if hex {
        16
    } else {
        10 * usize::from(count(u8::is_ascii_digit))
            + 26 * usize::from(count(u8::is_ascii_lowercase))
            + 26 * usize::from(count(u8::is_ascii_uppercase))
            + 2 * usize::from(count(u8::is_ascii_punctuation))
    };
    if body.len() < 8 {
        return Vec::new();
    }
    // Below 0.75 lies one random string of ten thousand at the lengths of tokens, below 0.9 one of fifty.
    match relative(body, alphabet) {
        r if r < 0.75 => vec![Evidence::new(Reason::NotRandom)],
        r if r > 0.9 && body.len() >= 16 => vec![Evidence::new(Reason::Random)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn random_strings_are_near_one_at_every_length() {
        for (alphabet, size) in [("hex", 16), ("base62", 62), ("alnum_lower", 36), ("lower", 26)] {
            for len in [8, 12, 16, 20, 32, 40, 64, 128] {
                let mean: f64 = (0..40)
                    .map(|seed| {
                        let text =
                            example::expand(&format!("{{{{{alphabet}({len})}}}}"), seed).expect("a template").text;
                        relative(&text, size) / 40.0
                    })
                    .sum();
                assert!((0.97..1.04).contains(&mean), "{alphabet} of {len}: {mean}");
            }
        }
    }

    #[test]
    fn patterns_are_far_below() {
        assert!(relative(b"aaaaaaaaaaaaaaaa", 26) < 0.1);
        assert!(relative(b"abababababababab", 26) < 0.4);
        assert!(expected(16, 1 << 20) <= 4.0);
        assert_eq!(relative(b"", 16), 0.0);
    }
}
