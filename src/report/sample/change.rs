//! What a gate finds in a change: new, removed again, in a message, there before, and a base that is missing.

use super::{finding, git_at, snippet};
use crate::finding::{Covered, Location, Outcome, State};
use crate::rule::RuleSet;
use crate::source::{Gap, GapKind, GitKind, Origin, Reach};
use std::sync::Arc;

/// An outcome with a finding in each state, and a blocking gap.
pub(crate) fn change(rules: &RuleSet) -> Outcome {
    let lines = ["# live", "export GITHUB_TOKEN=ghp_…x7 # bot", ""];
    let one = |seed: u64, path: &[u8], commit: u8, reach, state| {
        let mut f =
            finding(rules, "github-pat", seed, git_at("", path, commit, reach), snippet(3, &lines, 1, "ghp_…x7"));
        (f.state, f.location.state) = (Some(state), Some(state));
        f
    };
    let mut message = one(13, b"", 6, Reach::Head, State::New);
    if let Origin::Git(place) = &message.location.origin {
        let place = crate::source::GitPlace { kind: GitKind::Message, path: None, ..(**place).clone() };
        message.location.origin = Origin::Git(Arc::new(place));
    }
    let mut live = one(11, b"config/live.env", 4, Reach::Head, State::New);
    live.also = vec![Location { state: Some(State::Existing), ..git_at("", b"config/old.env", 3, Reach::Head) }];
    Outcome {
        findings: vec![
            live,
            one(12, b"config/gone.env", 5, Reach::Branch, State::RemovedAgain),
            message,
            one(14, b"old/existing.env", 7, Reach::Head, State::Existing),
        ],
        gaps: vec![Gap {
            kind: GapKind::MissingBase,
            what: b"1111111111".to_vec(),
            why: "it is not in this repository".into(),
            blocks: true,
        }],
        covered: Covered { bytes: 12_345, blobs: 12, trees: 6, commits: 3, ..Covered::default() },
        ..Outcome::default()
    }
}
