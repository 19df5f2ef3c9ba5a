//! How the system's allocator gives memory back.

/// Large pieces of memory go back to the system as soon as they are not needed any more, for the whole run.
///
/// glibc raises the size from which pieces do so to the largest that was ever given back, up to 32 MiB; an import that has
/// finished with its tables then keeps what they took beside what comes after them. Measured on a million rows with two threads
/// (`/usr/bin/time`, with `mallopt` and with one that does nothing in its place): 60 MiB instead of 64. From a smaller size on
/// less is kept, and the system has to clear more pages for what is asked for next: see [`give_back_more`].
pub(crate) fn give_back_at_once() {
    give_back(1 << 20, 4 << 20);
}

/// The same for smaller pieces, and for all that is free at the end: for runs that hold much for long.
pub(crate) fn give_back_more() {
    give_back(256 << 10, 128 << 10);
}

/// Gives pieces of `large` bytes and more back at once, and what is free at the end of the rest from `free` bytes on.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the allocator can be told in no other way from inside"
)]
fn give_back(large: i32, free: i32) {
    // SAFETY: `mallopt` may be called at any time with any numbers; it refuses those it does not know, and nothing depends on
    // whether it did.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, large);
        libc::mallopt(libc::M_TRIM_THRESHOLD, free);
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
fn give_back(_large: i32, _free: i32) {}

/// The same.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back_now() {}
