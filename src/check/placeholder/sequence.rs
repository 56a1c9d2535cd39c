//! Values that nobody generates: few characters again and again, or steps along the alphabet, the digits, the keyboard.
//!
//! In: a value. Out: whether most of it repeats, or is such a sequence.

/// Few different characters, one long run, or a short period.
pub(super) fn repeats(value: &[u8]) -> bool {
    let len = value.len();
    if len < 4 {
        return false;
    }
    let mut seen = [false; 256];
    value.iter().for_each(|b| seen[usize::from(*b)] = true);
    let distinct = seen.iter().filter(|s| **s).count();
    let few = match len {
        4..8 => 1,
        8..16 => 2,
        16..32 => 3,
        _ => 4,
    };
    if distinct <= few {
        return true;
    }
    let run = value.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0);
    if run >= 6 && run * 3 >= len {
        return true;
    }
    // A period of at most a third: nearly every byte equals the one a period before.
    (2..=len.min(48) / 3).any(|period| {
        let same = value.iter().zip(&value[period..]).filter(|(a, b)| a == b).count();
        same * 10 >= (len - period) * 9
    })
}

/// The rows of a keyboard, forwards.
const ROWS: [&[u8]; 6] = [b"qwertyuiop", b"qwertzuiop", b"azertyuiop", b"asdfghjkl", b"zxcvbnm", b"1234567890"];

/// For each lower-case ASCII character, those that follow it in the alphabet, among the digits, or on a row of the
/// keyboard: one bit each. Asked twice for every byte of every value.
static NEXT: [u128; 128] = {
    let mut next = [0; 128];
    let mut a: u8 = 0;
    while a < 127 {
        if a.is_ascii_alphanumeric() {
            next[a as usize] |= 1 << (a + 1);
        }
        a += 1;
    }
    let wraps = [(b'9', b'0'), (b'9', b'a'), (b'z', b'a'), (b'z', b'0'), (b'f', b'0')];
    let mut n = 0;
    while n < wraps.len() {
        next[wraps[n].0 as usize] |= 1 << wraps[n].1;
        n += 1;
    }
    let mut row = 0;
    while row < ROWS.len() {
        let mut at = 1;
        while at < ROWS[row].len() {
            next[ROWS[row][at - 1] as usize] |= 1 << ROWS[row][at];
            at += 1;
        }
        row += 1;
    }
    next
};

/// Whether `b` follows `a` in the alphabet, among the digits, or on a row of the keyboard.
pub(crate) fn follows(a: u8, b: u8) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    b < 128 && NEXT.get(usize::from(a)).is_some_and(|next| next >> b & 1 == 1)
}

/// Whether the value is filler from end to end: runs up or down the alphabet, the digits or the keyboard, or one piece
/// repeated. Signs that group it (`-`, `:`) do not count.
pub(crate) fn is_filler(value: &[u8]) -> bool {
    let body: Vec<u8> = value.iter().filter(|b| !b"-_:. ".contains(b)).map(u8::to_ascii_lowercase).collect();
    if body.len() < 4 || !body.iter().all(u8::is_ascii_alphanumeric) {
        return body.len() > 3 && body.iter().all(|b| Some(b) == body.first());
    }
    let is_run = |text: &[u8], least: usize| {
        let single: Vec<u8> = text.chunk_by(|a, b| a == b).filter_map(|run| run.first().copied()).collect();
        let doubled = single.len() * 2 == text.len() && text.chunks(2).all(|pair| pair.first() == pair.last());
        let text = if doubled && single.len() > 3 { &single } else { text };
        let up = text.chunk_by(|a, b| follows(*a, *b)).all(|run| run.len() >= least);
        let down = text.chunk_by(|a, b| follows(*b, *a)).all(|run| run.len() >= least);
        up || down
    };
    // Two pieces may be chance or a habit, so they must be filler themselves; three are none.
    let repeated = (1..=body.len() / 2).any(|period| {
        let same = body.iter().zip(body.iter().skip(period)).all(|(a, b)| a == b);
        same && (period <= 4 || body.len() >= period * 3 || is_run(&body[..period], 4))
    });
    // `a1b2c3d4`: two runs, in turns.
    let half = |from: usize| body.iter().skip(from).step_by(2).copied().collect::<Vec<u8>>();
    let turns = body.len() > 7 && is_run(&half(0), 4) && is_run(&half(1), 4);
    repeated || turns || is_run(&body, 5) || (body.len() == 4 && is_run(&body, 4))
}

/// Most of the value counts up, down, or along the keyboard.
pub(super) fn is_sequence(value: &[u8]) -> bool {
    // `aabbcc` counts like `abc`.
    let single: Vec<u8> = value.chunk_by(|a, b| a == b).filter_map(|run| run.first().copied()).collect();
    let doubled = single.len() >= 6 && single.len() * 2 >= value.len() && chained(&single, 6) * 10 >= single.len() * 8;
    let (least, share) = if value.len() < 16 { (3, 8) } else { (4, 6) };
    value.len() >= 3 && (doubled || chained(value, least) * 10 >= value.len() * share || counts(value))
}

/// Bytes that lie in chains of at least `least` steps up, or steps down.
fn chained(value: &[u8], least: usize) -> usize {
    let up = value.chunk_by(|a, b| follows(*a, *b)).map(<[u8]>::len).filter(|len| *len >= least).sum::<usize>();
    let down = value.chunk_by(|a, b| follows(*b, *a)).map(<[u8]>::len).filter(|len| *len >= least).sum::<usize>();
    up.max(down)
}

/// Pairs of hexadecimal digits that count: `000102`, `10203040`.
fn counts(value: &[u8]) -> bool {
    let pairs: Vec<u32> = value
        .chunks_exact(2)
        .map_while(|p| Some(char::from(p[0]).to_digit(16)? * 16 + char::from(p[1]).to_digit(16)?))
        .collect();
    let steps = |step: u32| pairs.windows(2).filter(|w| (w[0] + step) & 0xff == w[1]).count();
    pairs.len() >= 8
        && pairs.len() * 2 == value.len()
        && [1, 16, 17, 255].iter().any(|s| steps(*s) * 4 >= pairs.len() * 3)
}
