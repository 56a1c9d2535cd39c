//! leaktight finds what must not be in a repository: live credentials, production data, unencrypted connections and
//! unencrypted key files. This page is the map; `README.md` is for users.
//!
//! ```text
//! Source ──Blob{bytes, fresh, origin}──> Detector ──Candidate──> Occurrence ──> Finding ──> Report
//! source/                                detect/                 scan.rs        finding.rs  report/
//!
//! rules/*.toml ──build.rs──> RuleSet     gate      where may an anchor begin?   (its first four bytes, at every byte)
//!                 rule/                  prefilter which anchors are they?      (hash table of heads)
//!                                        matcher   the match in the window around it   (walk: the outline of the pattern; its regex if need be)
//!                                        neighbours a match, or a piece of a longer run?   (escapes and colours before it are no neighbours)
//!                                        weigh     parsers, checks (check/), value, pair -> Evidence
//!                                        text/     UTF-16, UTF-32 and encoded runs as layers that map back
//! ```
//!
//! * A **source** drives: it hands each [`blob::Blob`] to a [`source::Sink`] on the thread that read it. What could not
//!   be read is a [`blob::Gap`], and a blocking gap means exit code 3, never 0.
//! * A **rule** ([`rule::Rule`]) is data. Its anchors and its reach are computed from its pattern when the program is
//!   built; a rule for which that fails does not load.
//! * The **detector** ([`detect::Detector`]) looks only at bytes near an anchor, so windows of large files and fresh
//!   ranges lose nothing; `tests/it/oracle.rs` holds it against an exhaustive search.
//! * **Evidence** ([`mod@evidence`]) is one table of reasons with weights; confidence follows from the sum.
//! * A **secret** ([`finding::secret::Secret`]) cannot be printed. Everything a report shows went through [`mask`] (secrets out)
//!   and through one escaping function per sink (control characters out).
//! * A **finding** ([`finding::Finding`]) is one secret with all its places and one id, the same everywhere.
//! * A **gate** ([`gate`]) says what a change brings: `gate/material.rs` finds blobs and texts that no parent has, by object
//!   and for every commit, `gate/look.rs` searches each of them whole, and `gate/state.rs` asks by value whether what was
//!   found had been there before. Single objects are read by id (`git/lookup.rs`), without a list of all.
//! * **Policy** ([`policy`]) puts aside what somebody accepted: by id, rule and path, with a reason, never by line. A gate
//!   reads it from the base of the change; what the change does to it is said.
//! * **CI** ([`ci`]) turns the event of a platform into the commits to look at, by pure functions; `cli/ci.rs` reads and
//!   writes its files, and the reports that only platforms read are `report/{github,gitlab,codequality,junit,azure}.rs`.
//! * A **history** ([`history`]) is everything that one repository keeps. `git/walk.rs` resolves deltas, each object once;
//!   `source/history` carries anchors and matches of a base to what copies it and searches only what is new, which
//!   `tests/it/history_search.rs` holds against the plain way; `git/life.rs` says paths, commits and life of what was found.
//!   [`many`] runs several and merges their outcomes, by the same function that makes one report of shards.
//!
//! Where to start reading: `scan.rs` for a whole run in one screen, then `detect/mod.rs`; to add a rule, `CONTRIBUTING.md`.
//!
//! Differences from the first design, and why. The prefilter is a gate of four-byte groups and a hash table behind it, no
//! Aho-Corasick automaton: one over all anchors reads every byte at 0.5 GB/s, and behind the gate there is no run of text
//! for it to walk along; it took a fifth of a scan's time and most of the start-up of a small one (the crate still does
//! what it is best at here: word lists over whole values). Text is folded (letters lower, digits to `0`), so that patterns
//! of digits have anchors, too. Before a pattern's regular expression is compiled and run, its outline, a byte code made
//! when the program is built, says for most anchors that there is no match, or which. UTF-16 and UTF-32 are found
//! region by region and not by a mark at the start of a file, so that no byte order mark, and no ASCII in front, hides
//! it. `rayon` shares the subtrees of deltas of a history; the walk of `ignore` has its own threads. Packs are read and
//! not mapped, and of `gix` we take formats, ids and inflating; deltas, loose objects and references are read here,
//! because a hostile store needs
//! a limit and a gap at each step. The index and ranges of commits are no sources with fresh ranges of bytes: a changed
//! blob is searched whole, which costs less than comparing lines, and what is new in it follows from the values that its
//! earlier version holds. So a secret that is moved, reindented or completed by a later line is told right, and no
//! attribute or choice of a diff decides.

pub mod blob;
pub mod change;
pub mod check;
pub mod ci;
pub mod cli;
pub mod config;
pub mod detect;
pub mod example;
pub mod finding;
pub mod fs;
pub mod git;
pub mod history;
pub mod hook;
pub mod mask;
pub mod policy;
pub mod report;
pub mod rule;
pub mod scan;
pub mod source;
pub mod text;
pub mod time;
