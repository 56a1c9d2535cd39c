//! Takes what sources hand over, on their threads, and keeps the little that is found.
//!
//! In: blobs, through [`Sink`]. Out: occurrences with the lines around them, gaps, counts; `scan` and `change` make findings
//! of them. A panic in a rule or check costs one blob and is a gap that blocks.

use crate::blob::{Blob, Fresh, Gap, GapKind, Origin};
use crate::detect::context::{self, Assessed, Context};
use crate::detect::{Candidate, Detector, Found, Input};
use crate::finding::evidence::Confidence;
use crate::finding::few::Few;
use crate::finding::secret::Secret;
use crate::finding::{Covered, Known, Location, Occurrence, Related, Snippet};
use crate::mask::{Masker, Masks, learn};
use crate::policy::comment::{Beside, Comments};
use crate::rule::{Parser, RuleId, RuleSet};
use crate::source::Sink;
use crate::text::lines::Lines;
use indicatif::ProgressBar;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Occurrences of one value in one text that keep the lines around them: a finding shows those of its first place, and no
/// other rule takes so many of them away.
const SNIPPETS: usize = 16;

/// A text in which something was found, with what its occurrences are made from.
struct Shown<'b> {
    blob: &'b Blob<'b>,
    masks: Masks,
    lines: Lines<'b>,
    comments: Comments<'b>,
}

/// Where content is: the same bytes may be at many paths.
pub(crate) struct Places<'a> {
    /// How many places.
    pub(crate) count: usize,
    /// Of how many of them occurrences are made, at least.
    pub(crate) most: usize,
    /// The path of each.
    pub(crate) path: &'a (dyn Fn(usize) -> Option<&'a [u8]> + Sync),
    /// Each as an origin.
    pub(crate) origin: &'a (dyn Fn(usize) -> Origin + Sync),
}

/// Keeps what is found in the blobs that it is handed.
pub(crate) struct Collector<'d> {
    detector: &'d Detector<'d>,
    /// Made when there is something to show.
    masker: OnceLock<Masker<'d>>,
    known: Mutex<Known>,
    occurrences: Mutex<Vec<Occurrence>>,
    gaps: Mutex<Vec<Gap>>,
    files: AtomicU64,
    bytes: AtomicU64,
    links: AtomicU64,
    ignored: Mutex<(u64, u64)>,
    left_out: AtomicU64,
    bar: ProgressBar,
    /// Nothing of what is found will be shown.
    unseen: bool,
}

impl<'d> Collector<'d> {
    pub(crate) fn new(detector: &'d Detector<'d>, progress: bool) -> Self {
        Self {
            detector,
            masker: OnceLock::new(),
            known: Mutex::default(),
            occurrences: Mutex::default(),
            gaps: Mutex::default(),
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            links: AtomicU64::new(0),
            ignored: Mutex::default(),
            left_out: AtomicU64::new(0),
            bar: if progress { progress_bar() } else { ProgressBar::hidden() },
            unseen: false,
        }
    }

    /// One whose findings are counted and not shown: what makes lines fit to be shown is not even made.
    pub(crate) fn unseen(detector: &'d Detector<'d>) -> Self {
        Self { unseen: true, ..Self::new(detector, false) }
    }

    /// Looks at one window; what it finds goes to `occurrences`, for each of the places.
    fn look(&self, blob: &Blob<'_>, places: &Places<'_>) {
        let input = self.input(blob);
        let found = self.detector.candidates(&input);
        if found.limited {
            self.gap(Gap {
                kind: GapKind::Limit,
                what: blob.origin.called().to_vec(),
                why: "more candidates than one file may have".into(),
                blocks: true,
            });
        }
        if found.candidates.is_empty() {
            return;
        }
        let rules = self.detector.rules();
        let (kept, cut) = few(&found.candidates, places, rules);
        let mut cut = cut.into_iter().peekable();
        let weighed = kept.into_iter().enumerate().map(|(n, at)| {
            let more = cut.next_if(|(like, _)| *like == n).map_or(0, |(_, more)| more);
            (at, more, weighed(&found.candidates, (places.path)(at), rules))
        });
        let mut weighed = weighed.filter(|(.., weighed)| !weighed.is_empty()).peekable();
        if weighed.peek().is_none() {
            return;
        }
        // What may be shown is decided by everything in the window, not only by what is ours and new in it.
        let all = matches!(blob.fresh, Fresh::All) && !blob.view.binary;
        let mut known = Known::default();
        let masker = self.masker();
        let masks = match all && masker.is_run() && !found.limited {
            true => {
                let mut all = Found { candidates: found.candidates.clone(), ..Found::default() };
                // What is in the overlap with other windows.
                for core in [0..blob.core.0, blob.core.1..blob.bytes.len()].into_iter().filter(|core| !core.is_empty())
                {
                    let beside = self.detector.candidates(&Input { core, ..input.clone() });
                    all.candidates.extend(beside.candidates);
                    all.missing.extend(beside.missing);
                }
                masker.masks_of(all, self.detector.rules(), &mut known)
            }
            false => masker.masks(blob.bytes, &mut known),
        };
        let text = Shown {
            blob,
            masks,
            lines: Lines::new(blob.start, blob.bytes, blob.view.encoding),
            comments: Comments::new(blob.bytes, blob.view.encoding),
        };
        let mut seen: HashMap<(RuleId, Confidence, Secret), usize> = HashMap::new();
        let mut occurrences = Vec::new();
        for (at, more, weighed) in weighed {
            let origin = (places.origin)(at);
            for (c, assessed) in weighed {
                // The masks do not know what the file is called.
                if rules.rule(c.rule).parser == Some(Parser::File) {
                    learn(&mut known, &c.value, rules.rule(c.rule));
                }
                let times = seen.entry((c.rule, assessed.confidence, c.value.clone())).or_default();
                *times += 1;
                let with_snippet = *times <= SNIPPETS && !self.unseen;
                let one = self.occurrence(c, assessed, &text, &origin, with_snippet);
                occurrences.push(Occurrence { more, ..one });
            }
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(known);
        self.occurrences.lock().unwrap_or_else(PoisonError::into_inner).extend(occurrences);
    }

    /// Number of candidates in a window, whatever its path; at least one if the window will be reported as a gap.
    pub(crate) fn count(&self, blob: &Blob<'_>) -> usize {
        let look = || {
            let found = self.detector.candidates(&self.input(blob));
            found.candidates.len() + usize::from(found.limited)
        };
        // The second turn reports a panic.
        catch_unwind(AssertUnwindSafe(look)).unwrap_or(1)
    }

    fn input<'b>(&self, blob: &Blob<'b>) -> Input<'b> {
        let core = blob.core.0..blob.core.1;
        let (binary, file) = (blob.view.binary, blob.origin.is_content());
        Input { text: blob.bytes, core, fresh: blob.fresh, binary, file }
    }

    /// Looks at content that is at several places.
    pub(crate) fn copies(&self, blob: &Blob<'_>, places: &Places<'_>) {
        // A panic is a bug of ours; it must cost one file, be said, and not pass for "nothing found".
        if catch_unwind(AssertUnwindSafe(|| self.look(blob, places))).is_err() {
            self.gap(Gap {
                kind: GapKind::Panic,
                what: blob.origin.called().to_vec(),
                why: "a bug of leaktight stopped its scan".into(),
                blocks: true,
            });
        }
    }

    fn occurrence(
        &self,
        c: Candidate,
        assessed: Assessed,
        text: &Shown<'_>,
        origin: &Origin,
        with_snippet: bool,
    ) -> Occurrence {
        let Shown { blob, masks, lines, comments } = text;
        let place = |range: &std::ops::Range<usize>| {
            let (from, to) = (lines.position(range.start), lines.position(range.end));
            Location {
                state: None,
                severity: assessed.severity,
                environment: assessed.environment,
                origin: origin.clone(),
                byte_offset: blob.start.offset + range.start as u64,
                byte_length: range.len() as u64,
                line: from.line,
                column: from.column,
                end_line: to.line,
                end_column: to.column,
            }
        };
        let location = place(&c.secret);
        let rule = self.detector.rules().rule(c.rule);
        let shown = |part: std::ops::Range<usize>| masks.part(blob.bytes, part, blob.view.encoding);
        let rules = self.detector.rules();
        let exists = |name: &str| rules.find(name).is_some() || RuleSet::is_builtin(name);
        let Beside { comment, malformed } = comments.beside(&c.secret, &rule.id, &shown, &exists);
        Occurrence {
            rule: c.rule,
            malformed,
            secret: c.value,
            snippet: match with_snippet {
                true => masks.snippet(blob.bytes, &c.secret, location.line, blob.view.encoding),
                false => Snippet::default(),
            },
            location,
            confidence: assessed.confidence,
            evidence: assessed.evidence,
            related: c.related.iter().map(|(role, r)| Related { role: role.clone(), location: place(r) }).collect(),
            host: c.host,
            comment,
            more: 0,
        }
    }

    /// What hides secrets in everything that is shown.
    pub(crate) fn masker(&self) -> &Masker<'d> {
        self.masker.get_or_init(|| Masker::new(self.detector))
    }

    /// The values that were found in what is shown.
    pub(crate) fn known(&self) -> Known {
        std::mem::take(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was found, what could not be looked at, and the number of files and bytes that were.
    pub(crate) fn parts(self) -> (Vec<Occurrence>, Vec<Gap>, (u64, u64)) {
        self.bar.finish_and_clear();
        let occurrences = self.occurrences.into_inner().unwrap_or_else(PoisonError::into_inner);
        let gaps = self.gaps.into_inner().unwrap_or_else(PoisonError::into_inner);
        (occurrences, gaps, (self.files.into_inner(), self.bytes.into_inner()))
    }

    /// What was left out on purpose, and the links that were not followed.
    pub(crate) fn skipped(&self) -> Covered {
        let (ignored_files, ignored_folders) = *self.ignored.lock().unwrap_or_else(PoisonError::into_inner);
        let (links, report_files) = (self.links.load(Ordering::Relaxed), self.left_out.load(Ordering::Relaxed));
        Covered { links, ignored_files, ignored_folders, report_files, ..Covered::default() }
    }

    /// Shows every occurrence so far to `look`.
    pub(crate) fn each(&self, look: &mut dyn FnMut(&Occurrence)) {
        self.occurrences.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(look);
    }
}

impl Sink for Collector<'_> {
    fn blob(&self, blob: &Blob<'_>) {
        let origin = |_| blob.origin.clone();
        self.copies(blob, &Places { count: 1, most: 1, path: &|_| blob.origin.path(), origin: &origin });
    }

    fn gap(&self, gap: Gap) {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
    }

    fn done(&self, bytes: u64) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.bar.inc(1);
    }

    fn link(&self) {
        self.links.fetch_add(1, Ordering::Relaxed);
    }

    fn left_out(&self) {
        self.left_out.fetch_add(1, Ordering::Relaxed);
    }

    fn ignored(&self, files: u64, folders: u64) {
        let mut all = self.ignored.lock().unwrap_or_else(PoisonError::into_inner);
        *all = (all.0 + files, all.1 + folders);
    }
}

/// The places for which occurrences are made, and what of the others those speak for ([`Few::cut`]).
fn few(candidates: &[Candidate], places: &Places<'_>, rules: &RuleSet) -> (Vec<usize>, Vec<(usize, u64)>) {
    if places.count <= places.most {
        return ((0..places.count).collect(), Vec::new());
    }
    // Of these candidates those that a path may make worth something else.
    let mut known = HashSet::new();
    let kinds: Vec<&Candidate> = candidates.iter().filter(|c| known.insert((c.rule, &c.evidence, &c.host))).collect();
    let mut few = Few::new(places.most);
    let class = |at: usize| -> Vec<_> {
        let place = (places.path)(at).map(Context::new);
        let one = |c: &&Candidate| context::assess(rules.rule(c.rule), &c.evidence, &c.host, place.as_ref());
        kinds.iter().map(|c| one(c).map(|a| (a.confidence, a.severity, a.environment))).collect()
    };
    let kept = (0..places.count).filter(|at| few.takes(class(*at))).collect();
    (kept, few.cut())
}

/// The candidates that are worth reporting in a file of this path, with what each is worth there.
pub(crate) fn weighed(candidates: &[Candidate], path: Option<&[u8]>, rules: &RuleSet) -> Vec<(Candidate, Assessed)> {
    if candidates.is_empty() {
        return Vec::new();
    }
    let place = path.map(Context::new);
    let one = |c: &Candidate| {
        let assessed = context::assess(rules.rule(c.rule), &c.evidence, &c.host, place.as_ref())?;
        Some((c.clone(), assessed))
    };
    candidates.iter().filter_map(one).collect()
}

/// A spinner with counts; it shows itself only when the run takes longer than a moment.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style = indicatif::ProgressStyle::with_template("{spinner} {pos} files looked at, {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
