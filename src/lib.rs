//! leakgate (front page to be written)
pub mod check;
pub mod detect;
pub mod evidence;
pub mod finding;
pub mod git;
pub mod mask;
pub mod rule;
pub mod scan;
pub mod secret;
pub mod source;
pub mod text;
