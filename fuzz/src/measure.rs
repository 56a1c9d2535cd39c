//! Writes seeds, and measures what an input costs.
//!
//! In: the environment that `fuzz/run` sets. Out: seeds in the folder that libFuzzer reads, a dictionary, and one line of
//! numbers, written about once a second because libFuzzer ends the process without a chance to write at the end. An input
//! that costs more for each byte than any before is kept beside the numbers. Where a target does much beside what it tests,
//! only what is [`timed`] counts.

use crate::Seeds;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Shorter inputs say nothing about the cost of a byte.
const LEAST: usize = 512;

/// Writes the seeds if `LEAKTIGHT_FUZZ_SEEDS` names a folder, and the words if `LEAKTIGHT_FUZZ_WORDS` names a file.
pub fn prepare(seeds: fn() -> Seeds) {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let (folder, file) = (variable("LEAKTIGHT_FUZZ_SEEDS"), variable("LEAKTIGHT_FUZZ_WORDS"));
    if folder.is_none() && file.is_none() {
        return;
    }
    let seeds = seeds();
    if let Some(folder) = folder {
        for (n, input) in seeds.inputs.iter().enumerate() {
            fs::write(folder.join(format!("seed-{n:04}")), input).expect("a seed can be written");
        }
    }
    if let Some(file) = file {
        fs::write(file, seeds.dictionary()).expect("the dictionary can be written");
    }
}

struct Numbers {
    file: Option<PathBuf>,
    started: Instant,
    written: Instant,
    runs: u64,
    bytes: u64,
    time: Duration,
    /// The highest cost so far in nanoseconds for each byte, and the length of that input.
    slowest: (f64, usize),
}

static NUMBERS: Mutex<Option<Numbers>> = Mutex::new(None);

/// Nanoseconds of [`timed`] parts in this run.
static TIMED: AtomicU64 = AtomicU64::new(0);

/// Measures a part of a target; without one, the whole of it is measured.
pub fn timed<T>(part: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = part();
    TIMED.fetch_add(start.elapsed().as_nanos() as u64, Relaxed);
    out
}

/// Runs the target once; gives what it costs.
fn cost_of(data: &[u8], run: fn(&[u8])) -> Duration {
    TIMED.store(0, Relaxed);
    let start = Instant::now();
    run(data);
    match TIMED.load(Relaxed) {
        0 => start.elapsed(),
        timed => Duration::from_nanos(timed),
    }
}

/// Runs the target on one input.
pub fn measured(data: &[u8], run: fn(&[u8])) {
    let start = Instant::now();
    let mut time = cost_of(data, run);
    let mut lock = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
    let numbers = lock.get_or_insert_with(|| Numbers {
        file: std::env::var_os("LEAKTIGHT_FUZZ_NUMBERS").map(PathBuf::from),
        started: start,
        written: start,
        runs: 0,
        bytes: 0,
        time: Duration::ZERO,
        slowest: (0.0, 0),
    });
    let Some(file) = &numbers.file else { return };
    numbers.runs += 1;
    numbers.bytes += data.len() as u64;
    numbers.time += time;
    let cost = |time: Duration| time.as_nanos() as f64 / data.len() as f64;
    if data.len() >= LEAST && cost(time) > 1.1 * numbers.slowest.0 {
        // Something else may have had the processor: only what is slow each time counts.
        for _ in 0..4 {
            time = time.min(cost_of(data, run));
        }
        if cost(time) > numbers.slowest.0 {
            numbers.slowest = (cost(time), data.len());
            let _ = fs::write(file.with_extension("slowest"), data);
        }
    }
    if numbers.written.elapsed() > Duration::from_secs(1) {
        numbers.written = Instant::now();
        let mean = numbers.time.as_nanos() as f64 / numbers.bytes.max(1) as f64;
        let (worst, len) = numbers.slowest;
        let line = format!(
            "{} {} {:.0} {mean:.0} {worst:.0} {len}\n",
            numbers.runs,
            numbers.bytes,
            numbers.started.elapsed().as_secs_f64()
        );
        let _ = fs::write(file, line);
    }
}
