//! `leaktight ci` and action.yml from outside: real repositories, the event files of `fixtures/github`, and the action's
//! own scripts run as a runner would.
#![cfg(unix)] // hostile file names, and bash where it is expected
#![allow(clippy::unwrap_used)] // a test may panic

mod action;
#[path = "../common/mod.rs"]
mod common;
mod github;
mod others;
mod readme;
mod steps;
mod world;
