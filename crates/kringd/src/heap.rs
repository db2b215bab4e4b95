//! The heap: how many parts glibc may divide it into.
//!
//! By default each thread that allocates gets an arena of its own, up to eight for each processor, and what is
//! free in one is of no use to another. The daemon's many threads allocate little at once: with 10,000 phones it
//! took 110 to 120 MB in such arenas, and takes 90 to 100 MB in two, at no cost in time.

/// Arenas: one for the exchange while the disk and the web use the other.
#[cfg(target_env = "gnu")]
const ARENAS: libc::c_int = 2;

/// Call it before the first thread begins.
#[cfg(target_env = "gnu")]
pub(crate) fn keep_together() {
    // SAFETY: mallopt takes two numbers, and there is no other thread that could allocate meanwhile. What it
    // refuses leaves the default, which is correct.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, ARENAS) };
}

/// Other libraries keep their heaps together by themselves.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn keep_together() {}
