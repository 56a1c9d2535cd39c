//! Passwords that the place says: an argument of a command (`redis-cli -a ...`) or of a call (`connect(host, user, ...)`).
//!
//! In: text and the place of a command's or call's name, as the pattern of a rule matched it. Out: the passwords among its arguments, as
//! [`Parsed`]. `table.rs` says of each command which option holds one, `line.rs` takes a command line apart, `call.rs` the arguments
//! of a call. Refuses variables, prompts, empty values, and arguments of another meaning.

mod call;
mod line;
mod password;
mod table;
#[cfg(test)]
mod tests;
mod way;

pub(super) use call::parse as of_call;
pub(super) use line::parse as of_command;
pub(super) use way::{AFTER, BEFORE};
