//! How the system's allocator gives memory back.

/// Large pieces of memory go back to the system as soon as they are not needed any more, for the whole run.
///
/// glibc raises the size from which pieces do so to the largest that was ever given back, up to 32 MiB; an import that has
/// finished with its tables then keeps what they took beside what comes after them. Measured on a million rows
/// (`MALLOC_MMAP_THRESHOLD_=262144` with a program without this, against none): 62 to 63 MiB at most instead of 69 to 75.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the allocator can be told in no other way from inside"
)]
pub(crate) fn give_back_at_once() {
    const LARGE: i32 = 256 << 10;
    // SAFETY: `mallopt` may be called at any time with any numbers; it refuses those it does not know, and nothing depends on
    // whether it did.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
    }
}

/// Memory that is free, but lies between pieces that are not, goes back to the system too.
///
/// It takes a look at everything the allocator holds: for moments at which much was freed and long work follows.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the allocator can be told in no other way from inside"
)]
pub(crate) fn give_back_now() {
    // SAFETY: `malloc_trim` may be called at any time, on any thread; it touches free memory only, and nothing depends on
    // whether there was any.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Other allocators give memory back in their own ways.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back_at_once() {}

/// The same.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back_now() {}
