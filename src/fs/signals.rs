//! A signal that ends the program removes its temporary files first.
//!
//! In: names of temporary files, while they exist. Out: nothing. Without unsafe code a handler can only set a flag, so the
//! flag is asked whenever something is written, and when the last file is gone. While there is none, signals act as usual;
//! one that was ignored when the program started stays ignored.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static FILES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn files() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file that exists.
#[derive(Debug)]
pub(super) struct Guarded(PathBuf);

/// Announces that a temporary file is going to be made: from now on signals wait. Its name follows with [`Guarded::is`].
pub(super) fn guard() -> Guarded {
    let mut files = files();
    imp::hold();
    // A name that no file has, so that the list is not empty while the file is made.
    let placeholder = PathBuf::from(format!("\0{}", files.len()));
    files.insert(placeholder.clone());
    Guarded(placeholder)
}

impl Guarded {
    pub(super) fn is(&mut self, path: &Path) {
        let mut files = files();
        files.remove(&self.0);
        self.0 = path.to_owned();
        files.insert(path.to_owned());
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let mut files = files();
        files.remove(&self.0);
        if files.is_empty() {
            imp::release();
            end_if_asked(&mut files);
        }
    }
}

/// Ends the program as the signal would have, if one came.
pub(super) fn check() {
    if imp::came().is_some() {
        end_if_asked(&mut files());
    }
}

fn end_if_asked(files: &mut BTreeSet<PathBuf>) {
    if let Some(signal) = imp::came() {
        for file in std::mem::take(files) {
            let _ = std::fs::remove_file(file);
        }
        imp::end(signal);
    }
}

#[cfg(unix)]
mod imp {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, LazyLock};

    struct Signals {
        /// Signals end the program at once.
        usual: Arc<AtomicBool>,
        came: Vec<(i32, Arc<AtomicBool>)>,
    }

    static SIGNALS: LazyLock<Signals> = LazyLock::new(|| {
        let mut all = Signals { usual: Arc::new(AtomicBool::new(true)), came: Vec::new() };
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT].into_iter().filter(|s| !is_ignored(*s)) {
            let came = Arc::new(AtomicBool::new(false));
            let usual = signal_hook::flag::register_conditional_default(signal, Arc::clone(&all.usual));
            if usual.is_ok() && signal_hook::flag::register(signal, Arc::clone(&came)).is_ok() {
                all.came.push((signal, came));
            }
        }
        // No one reads this flag. Where the signal is caught, a file over the limit of the shell is an error of its write.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
        all
    });

    /// Whether whoever started the program had it ignore the signal (`nohup`, jobs in the background).
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
        mask >> (signal - 1) & 1 == 1
    }

    pub(super) fn hold() {
        SIGNALS.usual.store(false, Ordering::SeqCst);
    }

    pub(super) fn release() {
        SIGNALS.usual.store(true, Ordering::SeqCst);
    }

    pub(super) fn came() -> Option<i32> {
        SIGNALS.came.iter().find(|(_, came)| came.load(Ordering::SeqCst)).map(|(signal, _)| *signal)
    }

    pub(super) fn end(signal: i32) {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
}

#[cfg(not(unix))]
mod imp {
    pub(super) fn hold() {}
    pub(super) fn release() {}
    pub(super) fn came() -> Option<i32> {
        None
    }
    pub(super) fn end(_: i32) {}
}
