//! Says when the policy in force came from the repository that was scanned: who is scanned does not set the rules unseen.
//!
//! In: the policy, the outcome that it was applied to. Out: one notice for the run, and none where that policy changed
//! nothing. It changes no verdict: in their own repository it is the user's own policy.

use super::{EffectivePolicy, threshold};
use crate::config::{self, FILE_NAME, Source};
use crate::finding::Outcome;
use crate::git::Access;
use crate::policy::threshold::Threshold;
use crate::policy::{Usage, notice};
use std::path::{Path, PathBuf};

/// Settings by which rules are left out or replaced, or files left out.
const LEFT_OUT: [&str; 4] = ["rules.files", "rules.only", "rules.skip", "scan.exclude"];

impl EffectivePolicy {
    /// Adds the notice, if the policy of `root` belongs to a repository of which something was scanned. `used`: what
    /// [`EffectivePolicy::apply`] gave.
    pub(crate) fn say_own(&self, outcome: &mut Outcome, used: &Usage, root: &Path, scanned: &[PathBuf]) {
        let accepted = self.accepted_by_own(outcome, used);
        let mut parts = Vec::new();
        if accepted > 0 {
            parts.push(format!("accepted {}", notice::count(accepted, "finding", "findings")));
        }
        let own_file = self.own.file;
        if own_file && !outcome.accepted.is_empty() {
            parts.push(format!("accepted {}", notice::count(outcome.accepted.len(), "gap", "gaps")));
        }
        let rows = self.settings.rows();
        let from_file = rows.iter().filter(|(_, _, source)| own_file && matches!(source, Source::File(_)));
        let mut sets: Vec<&str> =
            from_file.clone().map(|(key, ..)| key.as_str()).filter(|k| LEFT_OUT.contains(k)).collect();
        // A gate is worth a line where it lets something pass.
        let failing = |threshold: Threshold| threshold.verdict(&self.rules, outcome).failing;
        if failing(threshold(&self.settings)) < failing(Threshold::default()) {
            sets.extend(
                from_file.map(|(key, ..)| key.as_str()).filter(|k| k.starts_with("gate.") && *k != "gate.strict"),
            );
        }
        if !sets.is_empty() {
            parts.push(format!("sets {}", sets.join(" and ")));
        }
        if parts.is_empty() || !scanned.iter().any(|path| belongs(root, path)) {
            return;
        }
        let sentence =
            format!("the policy comes from the scanned repository: it {}; --no-config ignores it", parts.join(" and "));
        let file = if own_file { FILE_NAME } else { ".leaktight" };
        outcome.findings.extend(notice::at(&self.rules, notice::OWN, notice::line_of(file, 1), "own", sentence));
    }

    /// How many findings were accepted by what the repository holds, and not by a file that a flag names.
    fn accepted_by_own(&self, outcome: &Outcome, used: &Usage) -> usize {
        let comments = outcome.suppressed.iter().filter(|s| s.in_source).count();
        let others = outcome.suppressed.len() - comments;
        let own: usize = used.entries.iter().take(self.own.entries).sum();
        comments + if self.own.entries == self.policy.entries.len() { others } else { own.min(others) }
    }
}

/// Whether the policy of `root` belongs to the repository that `scanned` is, or that contains it.
fn belongs(root: &Path, scanned: &Path) -> bool {
    let common = |path: &Path| Access::at(path, &[]).ok().map(|access| access.repository.common_dir);
    let (Ok(root), Ok(mut scanned)) = (root.canonicalize(), scanned.canonicalize()) else { return false };
    if scanned.is_file() {
        scanned.pop();
    }
    root.starts_with(&scanned) || common(&scanned).is_some_and(|of| Some(of) == common(&root))
}

/// Whether that folder has a policy of its own.
pub(crate) fn has_policy(root: &Path) -> bool {
    [FILE_NAME, config::SALT, crate::policy::ALLOW_FILE, crate::policy::ALLOW_FOLDER, crate::policy::baseline::FILE]
        .iter()
        .any(|name| root.join(name).symlink_metadata().is_ok())
}
