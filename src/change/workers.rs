//! The threads of a gate, started only when there is enough to do for them.
//!
//! In: a list and what to do with each of its items. Out: the results, in the order of the list.

use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::sync::OnceLock;

/// Fewer items are done on the thread that asks: starting others takes longer than a commit hook may.
const FEW: usize = 8;

/// Threads that may not have been started yet.
pub(super) struct Workers {
    threads: usize,
    pool: OnceLock<Option<ThreadPool>>,
}

impl Workers {
    /// At most so many threads.
    pub(super) fn new(threads: usize) -> Self {
        Self { threads, pool: OnceLock::new() }
    }

    /// Does `each` for every item.
    pub(super) fn map<T: Sync, R: Send>(&self, items: &[T], each: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
        let pool = || crate::threads::pool(self.threads).build().ok();
        let pool = (self.threads > 1 && items.len() > FEW).then(|| self.pool.get_or_init(pool).as_ref()).flatten();
        match pool {
            Some(pool) => pool.install(|| items.par_iter().map(each).collect()),
            None => items.iter().map(each).collect(),
        }
    }
}
