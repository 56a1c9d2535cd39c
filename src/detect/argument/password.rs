//! One argument that the place says is a password: whether it is a literal, and what it looks like.
//!
//! In: text and the range of an argument. Out: [`Parsed`]. Refuses variables, templates, words of a usage text, and what is too short.

use crate::detect::assignment::{self, Parsed};
use crate::finding::evidence::{Evidence, Reason};
use std::ops::Range;

/// A password of the command or call that begins at `start`, with its evidence; `None` for what is no literal.
pub(super) fn password(text: &[u8], start: usize, secret: Range<usize>, reason: Reason) -> Option<Parsed> {
    // `-p"$PASSWORD"`: the quote is glued to the option.
    let quoted = matches!(text.get(secret.start), Some(b'"' | b'\''));
    let secret = secret.start + usize::from(quoted)..secret.end;
    let value = text.get(secret.clone())?;
    let open = *value.first()?;
    let reference = matches!(open, b'$' | b'<' | b'{' | b'%' | b'@' | b'*')
        && (open != b'%' || value.ends_with(b"%") || matches!(value.get(1), Some(b'{' | b'(')));
    if value.len() < 3 || reference || value.starts_with(b"--") || assignment::is_refused(value) {
        return None;
    }
    // A word of the usage text: `-p PASSWORD`.
    if value.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-')) {
        return None;
    }
    let mut evidence = vec![Evidence::new(reason)];
    assignment::of_argument(value, &mut evidence);
    let read = start.min(secret.start)..secret.end;
    Some(Parsed { whole: read.clone(), secret, read, value: None, evidence })
}
