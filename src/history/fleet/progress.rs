//! How far a run over repositories is, on standard error.
//!
//! In: the counters that scans write. Out: one bar a running repository and one for all, by the bytes of their packs.
//! Nothing of this reaches a report. Names are escaped here: a folder may be called anything.

use crate::history::Progress;
use crate::text::escape;
use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(150);

/// All bars of a run.
#[derive(Debug)]
pub(super) struct Board {
    shown: bool,
    multi: MultiProgress,
    all: ProgressBar,
    repositories: usize,
    running: Mutex<Vec<Ticket>>,
    /// Of repositories that are done: how many, their weight, bytes, objects, findings.
    done: [AtomicU64; 5],
}

/// One running scan.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    bar: ProgressBar,
    weight: u64,
    progress: Arc<Progress>,
}

impl Ticket {
    /// The counters that the scan writes.
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }
}

impl Board {
    /// A board for repositories with these weights.
    pub(super) fn new(shown: bool, pending: &[(usize, u64)]) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let multi = MultiProgress::with_draw_target(target);
        let weight = pending.iter().map(|(_, bytes)| bytes.max(&1)).sum();
        let all = multi.add(ProgressBar::new(weight));
        if let Ok(style) = ProgressStyle::with_template("{msg}, {elapsed}, {eta} left") {
            all.set_style(style);
        }
        Self { shown, multi, all, repositories: pending.len(), running: Mutex::default(), done: Default::default() }
    }

    /// Does the work and moves the bars meanwhile.
    pub(super) fn shown_while(&self, work: impl FnOnce()) {
        if !self.shown {
            return work();
        }
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let paint = || {
                while !over.load(Ordering::Acquire) {
                    self.paint();
                    std::thread::park_timeout(TICK);
                }
            };
            let painter = crate::threads::builder().spawn_scoped(scope, paint);
            work();
            over.store(true, Ordering::Release);
            let _ = painter.map(|painter| painter.thread().unpark());
        });
        self.all.finish_and_clear();
        let _ = self.multi.clear();
    }

    /// A scan begins.
    pub(super) fn begin(&self, name: &str, weight: u64) -> Ticket {
        let bar = if self.shown { self.multi.add(ProgressBar::new(0)) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("  {prefix}: {pos} of {len} objects{msg}, {eta} left") {
            bar.set_style(style);
        }
        bar.set_prefix(escape::terminal(name.as_bytes()).into_owned());
        let ticket = Ticket { bar, weight: weight.max(1), progress: Arc::default() };
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(ticket.clone());
        ticket
    }

    /// A scan is over.
    pub(super) fn end(&self, ticket: Ticket) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|t| !Arc::ptr_eq(&t.progress, &ticket.progress));
        ticket.bar.finish_and_clear();
        self.multi.remove(&ticket.bar);
        let (bytes, objects, findings) = counts(&ticket.progress);
        for (slot, n) in self.done.iter().zip([1, ticket.weight, bytes, objects, findings]) {
            slot.fetch_add(n, Ordering::Relaxed);
        }
    }

    fn paint(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let [repositories, mut position, mut bytes, mut objects, mut findings] =
            self.done.each_ref().map(|n| n.load(Ordering::Relaxed));
        for ticket in running.iter() {
            let (b, o, f) = counts(&ticket.progress);
            let total = ticket.progress.total.load(Ordering::Relaxed);
            (bytes, objects, findings) = (bytes + b, objects + o, findings + f);
            if total > 0 {
                let share = u128::from(ticket.weight) * u128::from(o.min(total)) / u128::from(total);
                position += u64::try_from(share).unwrap_or(0);
            }
            ticket.bar.set_length(total.max(o));
            ticket.bar.set_position(o);
            ticket.bar.set_message(format!(", {}, {f} findings", HumanBytes(b)));
        }
        self.all.set_position(position);
        let of = self.repositories;
        let text = format!(
            "{repositories} of {of} repositories, {}, {objects} objects, {findings} findings",
            HumanBytes(bytes)
        );
        self.all.set_message(text);
    }
}

fn counts(progress: &Progress) -> (u64, u64, u64) {
    let read = |n: &AtomicU64| n.load(Ordering::Relaxed);
    (read(&progress.bytes), read(&progress.objects), read(&progress.findings))
}
