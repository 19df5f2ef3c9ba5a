//! The program's allocator: the system's own, with a limit that the child process sets for itself.
//!
//! Without a limit set (in every process but that child) it costs one load and one branch per call. With one, a request that
//! would go past it fails; Rust then ends the process, which the parent understands as "needs more memory". Nothing less
//! than an allocator can do this: the libraries that unpack workbooks reserve what a file asks for before anybody can look.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

/// Bytes that may be in use; 0: no limit, and nothing is counted.
static LIMIT: AtomicIsize = AtomicIsize::new(0);
/// Bytes in use that were asked for since the limit was set, less what was given back. Slightly too low, because what
/// was asked for before the limit was never counted in.
static IN_USE: AtomicIsize = AtomicIsize::new(0);

struct Capped;

#[global_allocator]
static ALLOCATOR: Capped = Capped;

/// Sets the limit of this process, in bytes, once and for all.
pub(super) fn set(bytes: u64) {
    LIMIT.store(isize::try_from(bytes).unwrap_or(isize::MAX).max(1), Relaxed);
}

/// Counts a request in; `false` if it goes past the limit.
fn admits(bytes: usize) -> bool {
    let limit = LIMIT.load(Relaxed);
    if limit == 0 {
        return true;
    }
    // No layout is larger than the largest isize.
    let bytes = bytes as isize;
    let before = IN_USE.fetch_add(bytes, Relaxed);
    let is_within = before.checked_add(bytes).is_some_and(|sum| sum <= limit);
    if !is_within {
        IN_USE.fetch_sub(bytes, Relaxed);
    }
    is_within
}

/// Counts bytes out.
fn release(bytes: usize) {
    if LIMIT.load(Relaxed) != 0 {
        IN_USE.fetch_sub(bytes as isize, Relaxed);
    }
}

#[expect(
    unsafe_code,
    reason = "an allocator cannot be written otherwise; every call goes to the system's"
)]
// SAFETY: memory comes from `System` and goes back to it with the layout it was asked for; the counters beside it are
// atomic, allocate nothing and cannot panic.
unsafe impl GlobalAlloc for Capped {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !admits(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !admits(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        release(layout.size());
        // SAFETY: the block came from `System` with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (before, growth) = (layout.size(), size.saturating_sub(layout.size()));
        if !admits(growth) {
            return std::ptr::null_mut();
        }
        // SAFETY: the block came from `System` with this layout, and the caller's promise about the size is passed on.
        let moved = unsafe { System.realloc(block, layout, size) };
        release(if moved.is_null() {
            growth
        } else {
            before.saturating_sub(size)
        });
        moved
    }
}
