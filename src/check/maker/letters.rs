//! How common the order of letters is.
//!
//! In: a text. Out: the mean commonness of its neighbouring letters, and whether no language has such an order.

/// How common each pair of letters is in English words and identifiers: row the first letter, column the second;
/// 0 (never) to 9, logarithmic. Counted over the words of the source trees of two large public projects.
#[rustfmt::skip]
const PAIRS: [&[u8; 26]; 26] = [
    b"26660350503767050778442241", b"74437221751832730664710050", b"70417007507631820647510130", b"74359321810533630564630240",
    b"62675541301657253876243530", b"61247710800733730655600140", b"62429256701546620773631030", b"83238200700443830646521030",
    b"55655550002668740567050305", b"73139211502130830161700000", b"54249433704635541475534030", b"73358320802712730155531060",
    b"85238100702462770153500030", b"62677572604335631378540020", b"44662441414668560856655220", b"81238214601721760857510050",
    b"32202000400623020443922000", b"73559350704455720566531050", b"51648316704433662178603041", b"71428316800432630765512150",
    b"56646540500768360777100201", b"81329100800310610141000010", b"82448217801526730763211000", b"62647413701451380358322540",
    b"54536431602667680476234023", b"72109303600431610452322155",
];

/// Words of European languages are above it, random letters below.
pub(crate) const NOISE: f32 = 4.6;

/// Mean commonness of neighbouring letters, 0 to 9; `None` with fewer than three pairs.
pub(crate) fn pairs(value: &[u8]) -> Option<f32> {
    let (mut sum, mut n) = (0_u32, 0_u32);
    for w in value.windows(2) {
        let [a, b] = w else { continue };
        if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() {
            // A hump of camel case begins a new word.
            if a.is_ascii_lowercase() && b.is_ascii_uppercase() {
                continue;
            }
            let (a, b) = (a.to_ascii_lowercase() - b'a', b.to_ascii_lowercase() - b'a');
            let digit = PAIRS.get(usize::from(a)).and_then(|row| row.get(usize::from(b))).copied().unwrap_or(b'0');
            sum += u32::from(digit.saturating_sub(b'0'));
            n += 1;
        }
    }
    (n >= 3).then(|| sum as f32 / n as f32)
}

/// Whether a text has letters in an order that no language has.
pub(crate) fn noisy(text: &[u8]) -> bool {
    pairs(text).is_some_and(|mean| mean < NOISE)
}
