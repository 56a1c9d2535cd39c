//! The one place where everything that a run shows is redacted.
//!
//! In: an [`Outcome`] with the values that the run knows. Out: the same, in which every text may be shown: lines, paths,
//! names of references and people, messages, gaps, reasons, what settings say. Every command that makes or reads an outcome
//! calls it: scan, gates, history, merge. Calling it again changes nothing.

use super::known::Finder;
use super::masker::Masker;
use super::spans::bytes_replaced;
use super::{beside, spans};
use crate::blob::{Gap, GitPlace, Origin};
use crate::detect::Detector;
use crate::finding::{DraftBlock, DraftLine, Finding, Known, Outcome, Snippet, Span};
use crate::rule::Identity;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Blocks and snippets that are remembered: findings share them, and come in the order of their places.
const REMEMBERED: usize = 256;

/// Redacts all of it.
pub fn outcome(outcome: &mut Outcome, masker: &Masker<'_>) {
    let known = std::mem::take(&mut outcome.known);
    let mut texts = Texts::new(masker, Finder::new(&known));
    let suppressed = outcome.suppressed.iter_mut().map(|s| &mut s.finding);
    outcome.findings.iter_mut().chain(suppressed).for_each(|f| texts.finding(f));
    outcome.gaps.iter_mut().chain(outcome.accepted.iter_mut().map(|a| &mut a.0)).for_each(|g| texts.gap(g));
    for s in &mut outcome.suppressed {
        texts.string(&mut s.reason);
        s.owner.iter_mut().for_each(|owner| texts.string(owner));
    }
    outcome.accepted.iter_mut().for_each(|(_, reason)| texts.string(reason));
    drop(texts);
    outcome.known = known;
}

/// Redacts all of it, at the end of a run with this detector, which finds nothing to hide where there is nothing to show;
/// gaps are sorted, each once.
pub fn finish(outcome: &mut Outcome, detector: &Detector<'_>) {
    if !outcome.findings.is_empty() || !outcome.gaps.is_empty() {
        self::outcome(outcome, &Masker::new(detector));
    }
    // Two that differed may be the same now.
    outcome.gaps.sort();
    outcome.gaps.dedup();
}

/// Redacts what is said about a run: reasons, notices. None of it shows a value that the run knows.
pub struct Words<'k>(Texts<'static, 'static, 'k>);

impl<'k> Words<'k> {
    /// For a run that knows these values.
    pub fn new(known: &'k Known) -> Self {
        Self(Texts::new(Masker::builtin(), Finder::new(known)))
    }

    /// The text as it may be shown.
    pub fn safe(&mut self, mut text: String) -> String {
        self.0.string(&mut text);
        text
    }
}

/// A block of text, held so that its address stays its own, with the values that are known in it and all that is hidden.
type Block = (Arc<DraftBlock>, Rc<[Span]>, Rc<[Span]>);

/// Redacts texts; each different one once.
pub(super) struct Texts<'m, 'd, 'k> {
    masker: &'m Masker<'d>,
    finder: Finder<'k>,
    /// What becomes of texts and of paths; `None`: nothing.
    texts: HashMap<Vec<u8>, Option<Vec<u8>>>,
    paths: HashMap<Arc<[u8]>, Option<Arc<[u8]>>>,
    places: HashMap<Arc<GitPlace>, Arc<GitPlace>>,
    /// Blocks of text by their address.
    blocks: HashMap<usize, Block>,
    /// What is hidden in the lines of a snippet.
    snippets: HashMap<String, Rc<[Span]>>,
}

impl<'m, 'd, 'k> Texts<'m, 'd, 'k> {
    pub(super) fn new(masker: &'m Masker<'d>, finder: Finder<'k>) -> Self {
        let (texts, paths, places) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { masker, finder, texts, paths, places, blocks: HashMap::new(), snippets: HashMap::new() }
    }

    /// A text of somebody; `None` if nothing is to be hidden in it.
    pub(super) fn text(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let all = spans::merged(self.masker.spans(text), self.finder.spans(text));
        let new = (!all.is_empty()).then(|| bytes_replaced(text, &all));
        self.texts.insert(text.to_vec(), new.clone());
        new
    }

    /// The name of a reference: also what looks generated, for a value that a narrowed run does not look for may be a name.
    /// Object ids stay: platforms keep references that are called after a commit.
    fn reference(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let masked = self.text(name);
        let text = std::str::from_utf8(masked.as_deref().unwrap_or(name)).ok()?;
        let is_object = |r: &std::ops::Range<usize>| {
            matches!(r.len(), 40 | 64) && text[r.clone()].bytes().all(|b| b.is_ascii_hexdigit())
        };
        let looks = beside::generated_spans(text).into_iter().filter(|r| !is_object(r)).map(|r| (r, None)).collect();
        let looks = spans::merged(Vec::new(), looks);
        if looks.is_empty() {
            return masked;
        }
        Some(bytes_replaced(text.as_bytes(), &looks))
    }

    /// A path: what a rule matches, and components that are a value.
    pub(super) fn path(&mut self, path: &[u8]) -> Option<Arc<[u8]>> {
        if let Some(known) = self.paths.get(path) {
            return known.clone();
        }
        let mut all = self.masker.spans(path);
        let mut start = 0;
        for component in path.split_inclusive(|b| *b == b'/') {
            let name = component.strip_suffix(b"/").unwrap_or(component);
            let shift = |(range, shown): (std::ops::Range<usize>, _)| (range.start + start..range.end + start, shown);
            let mut found: Vec<_> = self.finder.in_component(name).into_iter().map(shift).collect();
            if name.len() < path.len() {
                found.extend(self.masker.spans(name).into_iter().map(shift));
            }
            all = spans::merged(all, found);
            start += component.len();
        }
        let new: Option<Arc<[u8]>> = (!all.is_empty()).then(|| bytes_replaced(path, &all).into());
        self.paths.insert(path.into(), new.clone());
        new
    }

    pub(super) fn string(&mut self, text: &mut String) {
        if let Some(new) = self.text(text.as_bytes()) {
            *text = String::from_utf8_lossy(&new).into_owned();
        }
    }

    fn gap(&mut self, gap: &mut Gap) {
        if let Some(new) = self.text(&gap.what) {
            gap.what = new;
        }
        self.string(&mut gap.why);
    }

    fn origin(&mut self, origin: &mut Origin) {
        match origin {
            Origin::File(path) | Origin::Link(path) | Origin::Name(path) => {
                if let Some(new) = self.path(path) {
                    *path = new;
                }
            }
            Origin::Git(place) => {
                if let Some(known) = self.places.get(place) {
                    *place = Arc::clone(known);
                    return;
                }
                let mut new = (**place).clone();
                if let Some(masked) = new.path.as_deref().and_then(|path| self.path(path)) {
                    new.path = Some(masked);
                }
                for name in &mut new.refs {
                    if let Some(masked) = self.reference(name) {
                        *name = masked.into();
                    }
                }
                if let Some(masked) = new.author.as_deref().and_then(|author| self.text(author)) {
                    new.author = Some(masked.into());
                }
                // A path: whoever calls a repository like a password must not blank the name of every place.
                if let Some(masked) = self.path(&new.repo) {
                    new.repo = masked;
                }
                let new = Arc::new(new);
                self.places.insert(std::mem::replace(place, Arc::clone(&new)), new);
            }
            Origin::Member(member) => {
                let mut new = (**member).clone();
                self.origin(&mut new.container);
                for name in &mut new.names {
                    if let Some(masked) = self.path(name) {
                        *name = masked;
                    }
                }
                *member = Arc::new(new);
            }
            Origin::Stdin => {}
        }
    }

    pub(super) fn finding(&mut self, f: &mut Finding) {
        self.snippet(&mut f.snippet);
        let related = f.related.iter_mut().map(|r| &mut r.location);
        for location in std::iter::once(&mut f.location).chain(&mut f.also).chain(related) {
            self.origin(&mut location.origin);
        }
        f.related.iter_mut().for_each(|r| self.string(&mut r.role));
        if let Some(life) = &mut f.life {
            for name in life.refs.iter_mut().chain(&mut life.tags) {
                if let Some(masked) = self.reference(name) {
                    *name = masked;
                }
            }
            for text in &mut life.authors {
                if let Some(masked) = self.text(text) {
                    *text = masked;
                }
            }
        }
        for detail in f.evidence.iter_mut().filter_map(|e| e.detail.as_mut()) {
            if let Some(new) = self.text(detail.as_bytes()) {
                *detail = String::from_utf8_lossy(&new).into_owned();
            }
        }
        f.comment.iter_mut().for_each(|c| self.string(&mut c.reason));
        // Notices are made of them, with their places.
        for (place, why) in &mut f.malformed {
            self.origin(&mut place.origin);
            self.string(why);
        }
        // A setting is shown, but not a secret in it.
        if f.identity == Identity::Setting {
            self.string(&mut f.redacted);
            let looks = beside::generated_spans(&f.redacted).into_iter().map(|r| (r, None)).collect();
            let looks = spans::merged(Vec::new(), looks);
            f.redacted = spans::replaced(&f.redacted, &looks, &(0..f.redacted.len()), None).0;
        }
    }

    /// A line as it is shown.
    fn line(&mut self, line: &DraftLine) -> (String, Option<(usize, usize)>) {
        let key = Arc::as_ptr(&line.block) as usize;
        if self.blocks.len() >= REMEMBERED && !self.blocks.contains_key(&key) {
            self.blocks.clear();
        }
        let (_, known, all) = self.blocks.entry(key).or_insert_with(|| {
            let known = self.finder.spans(line.block.text.as_bytes());
            let all = spans::merged(line.block.hidden.clone(), known.clone());
            (Arc::clone(&line.block), known.into(), all.into())
        });
        match &line.hidden {
            Some(_) => line.shown(known.to_vec()),
            None => line.without(all),
        }
    }

    /// What is hidden in the lines of a snippet.
    fn whole(&mut self, whole: &str) -> Rc<[Span]> {
        if let Some(all) = self.snippets.get(whole) {
            return Rc::clone(all);
        }
        let bytes = whole.as_bytes();
        let all: Rc<[Span]> = spans::merged(self.masker.spans(bytes), self.finder.spans(bytes)).into();
        if self.snippets.len() >= REMEMBERED {
            self.snippets.clear();
        }
        self.snippets.insert(whole.to_owned(), Rc::clone(&all));
        all
    }

    fn snippet(&mut self, snippet: &mut Snippet) {
        if let Some(draft) = snippet.draft.take() {
            let at = snippet.mark.0;
            for (n, line) in draft.0.iter().enumerate() {
                let (text, mark) = self.line(line);
                let text = text.trim_end_matches(['\n', '\r']).replace(['\n', '\r'], " ");
                if n == at {
                    let (from, to) = mark.unwrap_or_default();
                    snippet.mark = (at, from, to);
                }
                snippet.lines.push(text);
            }
        }
        // As it is shown, once more: a report that was read may come from anybody.
        let whole = snippet.lines.join("\n");
        let all = self.whole(&whole);
        if all.is_empty() {
            return;
        }
        let (at, from, to) = snippet.mark;
        let mut start = 0;
        for (n, line) in snippet.lines.iter_mut().enumerate() {
            let cut = start..start + line.len();
            start = cut.end + 1;
            let byte = |chars: usize| line.char_indices().nth(chars).map_or(line.len(), |(i, _)| i);
            let mark = (n == at).then(|| cut.start + byte(from)..cut.start + byte(to));
            let (text, mark) = spans::replaced(&whole, &all, &cut, mark.as_ref());
            if let Some((from, to)) = mark {
                snippet.mark = (at, from, to);
            }
            *line = text;
        }
    }
}
