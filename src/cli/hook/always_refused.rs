//! What makes every commit or push fail in a repository, whatever it holds: a canary is refused there, and so is the rest.
//!
//! In: a repository. Out: lines that say why and what to do, if there is such a thing. It reads what the hooks read, and
//! takes a gap that the policy of HEAD accepts for none.

use crate::blob::{Gap, GapKind};
use crate::cli::console::{Failure, Out};
use crate::config;
use crate::git::{Access, TreeFiles};
use crate::hook::git::Git;
use crate::policy::Policy;
use crate::policy::lookup::Steps;
use crate::report::Format;
use crate::text::escape;
use std::path::Path;

/// Says why `what` (a commit, a push) is always refused in this repository; gives whether it is.
pub(super) fn say_why(git: &Git, what: &str, out: &Out) -> Result<bool, Failure> {
    let gaps = gaps(git);
    for gap in &gaps {
        let (of, why) = (escape::terminal(&gap.what), escape::terminal(gap.why.as_bytes()));
        out.say(&format!("every {what} is refused here (exit code 3), with or without a secret: {of}: {why}"))?;
        let fix = match gap.kind {
            // A hook has no flag.
            GapKind::Alternate => {
                "copy the borrowed objects and stop borrowing: `git repack -a -d && rm \"$(git rev-parse --git-path \
                 objects/info/alternates)\"`"
            }
            _ => gap.help(),
        };
        out.say(&format!("  to fix it: {fix}"))?;
    }
    Ok(!gaps.is_empty())
}

fn gaps(git: &Git) -> Vec<Gap> {
    let Ok(access) = Access::at(&git.git_dir, &[]) else { return Vec::new() };
    let head = access.resolve_commit("HEAD").ok().and_then(|id| access.commit(&id).ok());
    let files = TreeFiles::new(&access, head.map(|commit| commit.tree));
    let accepted = config::read_files(&files, Path::new(""), Format::NAMES).ok().flatten().map(|file| file.gaps);
    let policy = Policy { gaps: accepted.unwrap_or_default(), ..Policy::default() };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let all = access.repository.gaps.iter().chain(&access.gaps);
    let always_blocks = |gap: &&Gap| {
        let one = std::slice::from_ref(*gap);
        gap.blocks && gap.kind != GapKind::Shallow && policy.accepted_gaps(one, now, &mut Steps::unlimited()) == 0
    };
    all.filter(always_blocks).cloned().collect()
}
