//! What goes on beside a walk: progress is shown, and what it did is kept for a scan that takes it up.
//!
//! In: a walk, and what is to be done meanwhile. Out: nothing. Time decides only when something is shown or kept, never what a
//! scan gives. Without a thread for it nothing is shown, and what was done is kept at the end only.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Keeps what an interrupted scan need not do again, from time to time: nothing that ends a program then costs more than
/// the last part of its work.
pub(super) struct Keeper<F> {
    keep: F,
    /// Least time between two times.
    pause: Duration,
    next: Instant,
}

/// Most of the time that keeping may take: one part of so many.
const SHARE: u32 = 50;

impl<F: FnMut() -> std::io::Result<()>> Keeper<F> {
    /// `pause`: least time between two times.
    pub(super) fn new(pause: Duration, keep: F) -> Self {
        Self { keep, pause, next: Instant::now() + pause }
    }

    /// Keeps it, if it is time.
    pub(super) fn keep_now_and_then(&mut self) {
        let started = Instant::now();
        if started < self.next {
            return;
        }
        // What cannot be kept is only done again.
        let _ = (self.keep)();
        // Without a pause it is kept at every chance, the last one included.
        let share = if self.pause.is_zero() { Duration::ZERO } else { started.elapsed() * SHARE };
        self.next = Instant::now() + self.pause.max(share);
    }
}

/// Runs `walk`; `tick` is called again and again meanwhile, and once after it.
pub(super) fn watched(walk: impl FnOnce() + Send, tick: &mut (dyn FnMut() + Send)) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = || {
            while !done.load(Ordering::Relaxed) {
                tick();
                std::thread::park_timeout(Duration::from_millis(100));
            }
        };
        let watcher = crate::threads::builder().spawn_scoped(scope, watch);
        walk();
        done.store(true, Ordering::Relaxed);
        let _ = watcher.map(|watcher| watcher.thread().unpark());
    });
    tick();
}
