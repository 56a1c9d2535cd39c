//! Hooks, driven by the real git: put in, chained, taken out, and refusing what they must.
#![cfg(unix)]

mod chain;
#[path = "../common/mod.rs"]
mod common;
mod everywhere;
mod packages;
mod refuse;
mod status;
mod tried;
mod world;
