//! The integration tests, as one program: a module for each behaviour, one harness for all.

#![allow(clippy::unwrap_used)] // a test may panic

mod agreement;
mod bounds;
mod change;
#[cfg(unix)] // hostile file names, and bash where it is expected
mod ci;
mod command_line;
mod encodings;
mod exhaustive;
mod formats_table;
mod harness;
mod history;
mod history_search;
#[cfg(unix)]
mod hooks;
mod hostile_trees;
mod kinds;
mod laws;
mod layers;
mod left_out;
mod listing;
mod name;
mod neighbours;
mod oracle;
mod output;
mod package;
mod policy;
mod quiet;
mod readers;
mod redaction;
mod rule_files;
mod rules;
