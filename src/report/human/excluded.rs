//! What globs left out, for people.
//!
//! In: the counts of a run. Out: a line for each glob, and what the last line says where nothing was left to scan. A glob
//! is somebody's text and is escaped.

use super::page::Page;
use crate::text::escape;

impl Page<'_> {
    /// A line for each glob.
    pub(super) fn excluded(&self, out: &mut String) {
        for (glob, counts) in self.run.excluded() {
            self.lines(out, self.dim(), &format!("excluded by `{}`: {counts}", escape::terminal(glob.as_bytes())));
        }
    }

    /// Why no file was scanned, if globs are the reason.
    pub(super) fn nothing_scanned(&self) -> Option<&'static str> {
        let all = self.run.excludes_everything();
        all.then_some("no file was scanned, because the globs of `exclude` cover all of them")
    }
}
