//! Threads: how many there is room for, and the stack that each of them has.
//!
//! In: a number that is wanted. Out: builders of threads with a stack that suffices, whatever `RUST_MIN_STACK` says, and
//! the number that the limit of the process on its address space leaves room for. With more of them some allocation
//! would fail at any place, which ends the process. It starts none by itself.

/// The stack of a thread of ours, in bytes: what threads have by default.
const STACK: usize = 2 << 20;
/// Address space that the program takes with one thread, in bytes.
const PROGRAM: u64 = 128 << 20;
/// Address space of each further thread, in bytes: its stack, its window, and what the allocator of the system reserves for it.
const THREAD: u64 = 80 << 20;

/// A thread with a stack that suffices.
pub fn builder() -> std::thread::Builder {
    std::thread::Builder::new().stack_size(STACK)
}

/// A pool of so many of them.
pub fn pool(threads: usize) -> rayon::ThreadPoolBuilder {
    rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK)
}

/// Whether threads that libraries start for us have such a stack as well.
pub fn stack_is_usual() -> bool {
    let set = std::env::var_os("RUST_MIN_STACK");
    set.and_then(|set| set.to_str()?.parse::<usize>().ok()).is_none_or(|stack| stack >= STACK)
}

/// How many of so many threads there is room for, at least one.
pub fn affordable(wanted: usize) -> usize {
    room_for(wanted, address_space())
}

fn room_for(wanted: usize, limit: Option<u64>) -> usize {
    let more = |limit: u64| usize::try_from(limit.saturating_sub(PROGRAM) / THREAD).unwrap_or(usize::MAX);
    wanted.min(limit.map_or(usize::MAX, |limit| more(limit).saturating_add(1))).max(1)
}

/// The limit on the address space of this process, in bytes; `None`: none.
#[cfg(unix)]
fn address_space() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::As).current
}

#[cfg(not(unix))]
fn address_space() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_memory_leaves_room_for_few_threads() {
        for (limit, threads) in
            [(None, 64), (Some(0), 1), (Some(80 << 20), 1), (Some(300 << 20), 3), (Some(64 << 30), 64)]
        {
            assert_eq!(room_for(64, limit), threads, "{limit:?}");
        }
        assert_eq!(room_for(2, Some(64 << 30)), 2);
    }
}
