//! TODO

pub mod access;
pub mod bundle;
pub(crate) mod config;
pub mod empty;
pub(crate) mod index;
pub mod open;
pub mod refs;
pub mod revision;
#[cfg(test)]
mod tests;
