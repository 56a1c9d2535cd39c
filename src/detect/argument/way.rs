//! The ways in which a command takes a password, and how far the readers of arguments look.
//!
//! In: nothing; these are types and constants. Out: [`Way`].

/// How far readers of commands and calls look behind the name, in bytes.
pub(crate) const AFTER: usize = 2048;
/// How far the reader of commands looks before it: for what a pipe gives to the command.
pub(crate) const BEFORE: usize = 256;

/// How a command takes a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The argument behind this one, or behind its equals sign.
    Option(&'static str),
    /// The rest of an argument that begins so.
    Glued(&'static str),
    /// `user:password` behind this option.
    Colon(&'static str),
    /// `user,password` behind this option.
    Comma(&'static str),
    /// `user%password` behind this option.
    Percent(&'static str),
    /// `user/password@place`.
    Slash,
    /// The argument behind one that ends so, options and their like left out.
    After(&'static str),
    /// The argument at this place, options left out; the first one has number 0, the last one -1.
    Word(i8),
    /// The second argument behind one that begins so: `http-basic.host user password`.
    Second(&'static str),
    /// The argument behind one whose last part is the name of a secret: `Db:Password`.
    Named,
    /// What is piped into it.
    Stdin,
}
