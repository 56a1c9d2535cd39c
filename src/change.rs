//! Gates: what a change brings, compared with what was there before. For the commit hook the index against HEAD, for a
//! push or a pull request every commit that the base does not have.
//!
//! In: a repository, a [`Subject`], rules. Out: an [`Outcome`] whose findings have a state. `new_content` says which objects
//! and texts are new, `search` searches them, `state` asks whether what was found had been there before. It reads objects,
//! never the work tree, runs nothing, and takes nothing that it is told by the change itself: who is scanned does not set
//! the rules (docs/design.md, law 7). What it cannot look at is a gap; what policy accepts is decided elsewhere (`policy`).

mod canary;
mod new_content;
mod search;
mod state;
mod subject;
mod workers;

use crate::blob::GapKind;
use crate::detect::Detector;
use crate::finding::group::gather;
use crate::finding::{Covered, Outcome};
use crate::git::Access;
use crate::rule::RuleSet;
use crate::scan::{Collector, Found, RequestError, RunOptions, finish};
use crate::source::excluded::Exclude;
use workers::Workers;

pub use subject::{Range, Subject};

/// Looks at `subject`.
///
/// # Errors
/// When a head does not exist or is no commit: exit code 2. A base that does not exist is a gap of the outcome.
pub fn run(rules: &RuleSet, access: &Access, subject: &Subject, run: &RunOptions) -> Result<Outcome, RequestError> {
    // Reading the index and making the detector take about as long, and do not need each other.
    let (detector, blind) = std::thread::scope(|scope| {
        if run.threads > 1 && matches!(subject, Subject::Staged) {
            // Without another thread it is read when it is needed.
            let _ = crate::threads::builder().spawn_scoped(scope, || access.index());
        }
        let detector = Detector::new(rules, run.now);
        let blind = canary::failed(&detector);
        (detector, blind)
    });
    let look = |threads: usize| {
        let workers = Workers::new(threads);
        let material = new_content::of(access, subject, &workers, Exclude::new(&run.exclude))?;
        let collector = Collector::new(&detector, false);
        search::all(access, &material, &collector, &workers);
        Ok((material, collector))
    };
    let mut looked = look(run.threads)?;
    if run.threads > 1 && access.objects.is_exhausted() {
        // Which objects were read before that depends on the threads; with one of them it does not.
        access.objects.start_again();
        looked = look(1)?;
    }
    let (mut material, collector) = looked;
    let mut gaps = std::mem::take(&mut material.gaps);
    gaps.extend(blind);
    let known = collector.known();
    let (mut occurrences, more, (blobs, bytes)) = collector.parts();
    gaps.extend(more);
    gaps.extend(state::decide(&mut occurrences, access, &material, &detector));
    let findings = gather(occurrences, rules, &run.keys);
    // A promise of objects hides nothing by itself: it explains what is missing, and else every commit would say it.
    if !gaps.iter().any(|g| g.kind == GapKind::MissingObject) {
        gaps.retain(|g| g.kind != GapKind::PartialClone);
    }
    let covered = Covered { blobs, bytes, excluded: material.exclude.counts(), ..material.covered };
    Ok(finish(Found { findings, gaps, known, covered }, run, &detector))
}
