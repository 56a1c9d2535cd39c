//! Hooks, driven by the real git: put in, chained, taken out, and refusing what they must.

mod chain;
mod everywhere;
mod packages;
mod refuse;
mod requests;
mod status;
mod whole;
mod world;
