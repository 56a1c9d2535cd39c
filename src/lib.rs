//! leaktight finds what should never be committed: live credentials, production data, unencrypted connections and
//! unencrypted private keys. This page is the map; `README.md` is for users.
//!
//! There is no stable API: the library is public for its tests and benches.
//!
//! ```text
//! source/            files, standard input ──┐
//! change/            what a change adds    ──┼─ Blob ─> detect/ ─ Candidate ─> Occurrence ─> Finding ─> mask/ ─> Outcome
//! git/store/walk.rs  all stored objects    ──┘          (rule/, check/)        (scan/)     (finding/)
//!
//! Outcome ─> policy/apply.rs ─> Run ─> report/ and policy/threshold.rs ─> exit code
//! rules/*.toml ─> build.rs ─> RuleSet
//! ```
//!
//! The rooms from the ground up; none imports one that is listed later (`tests/it/layers.rs`):
//!
//! * [`text`]: encodings, decoded layers, lines, escaping for terminals and URIs
//! * [`fs`]: opening and reading files of a hostile tree within limits; the root of a work tree
//! * [`time`]: dates as text and as seconds since 1970
//! * [`threads`]: how many there is room for, and their stack
//! * [`rule`]: rules as written, and what follows from a pattern: anchors, reach, outline
//! * [`blob`]: content on its way to the detector, its origin, and gaps
//! * [`finding`]: secrets, ids, evidence with weights, findings, the outcome of a run
//! * [`check`]: offline checks such as checksums, PEM, JWT, hosts and placeholders
//! * [`example`]: generated secrets for the examples of rules
//! * [`detect`]: from bytes to candidates: screen, prefilter, matcher, neighbours, weigh
//! * [`mask`]: redacts secrets in everything that is shown
//! * [`git`]: reads repositories without running git: repositories, stores, trees
//! * [`source`]: the work tree and standard input, in windows
//! * [`policy`]: exceptions, baselines, comments, the threshold
//! * [`config`]: leaktight.toml, between the defaults and the flags
//! * [`report`]: one file or folder for each format, and reading reports back
//! * [`scan`]: scans files and directories
//! * [`change`]: scans the index, a commit range or a push, and says what is new
//! * [`history`]: scans everything that one or many repositories keep
//! * [`ci`]: from the event of a platform to the commits to scan
//! * [`hook`]: installs git hooks and verifies that they work
//! * [`cli`]: one file for each command; the only room that prints
//!
//! Where to start reading: `scan.rs` for a whole run, then `detect.rs`. To add a rule: `CONTRIBUTING.md`. Laws, seams,
//! identity of findings, how to add things, and the reasons for decisions: `docs/design.md`.

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
pub mod threads;
pub mod time;
