//! Passwords that the place says: an argument of a command (`redis-cli -a ...`) or of a call (`connect(host, user, ...)`).
//!
//! In: text and the place of a command's or call's name, as the pattern of a rule matched it. Out: the passwords among its arguments, as
//! [`Parsed`]. `table.rs` says of each command which option holds one, `line.rs` takes a command line apart, `call.rs` the arguments
//! of a call. Refuses variables, prompts, empty values, and arguments of another meaning.

mod call;
mod line;
mod table;
#[cfg(test)]
mod tests;

use super::assignment::{self, Parsed};
use crate::finding::evidence::{Evidence, Reason};
use std::ops::Range;

pub(super) use call::parse as of_call;
pub(super) use line::parse as of_command;

/// How far [`of_command`] and [`of_call`] look behind the name, in bytes.
pub(super) const AFTER: usize = 2048;
/// How far [`of_command`] looks before it: for what a pipe gives to the command.
pub(super) const BEFORE: usize = 256;

/// A password of the command or call that begins at `start`, with its evidence; `None` for what is no literal.
fn password(text: &[u8], start: usize, secret: Range<usize>, reason: Reason) -> Option<Parsed> {
    let value = text.get(secret.clone())?;
    let open = *value.first()?;
    let reference = matches!(open, b'$' | b'<' | b'{' | b'%' | b'@' | b'*') && (open != b'%' || value.ends_with(b"%"));
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
