//! Work on several threads, with the same result as on one.
//!
//! In: a list and what to do with a stretch of it. Out: the results of the stretches, in order.

mod alike;
mod turns;

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

pub(crate) use alike::Alike;
pub(crate) use turns::{in_turn, try_in_turn};

/// How many threads may work.
pub(crate) type Threads = NonZeroUsize;

/// Does some work for each item, each on a thread of its own; the first one's is this one.
pub(crate) fn on_threads<T: Send, R: Send>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let mut items = items.into_iter();
    let first = items.next();
    let work = &work;
    std::thread::scope(|scope| {
        let others: Vec<_> = items.map(|item| scope.spawn(move || work(item))).collect();
        let mut results: Vec<R> = first.map(work).into_iter().collect();
        for other in others {
            // A panic goes on where it would be without threads.
            results.push(
                other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        results
    })
}

/// The threads that are left while one does something else; at least one.
pub(crate) fn all_but_one(threads: Threads) -> Threads {
    Threads::new(threads.get() - 1).unwrap_or(Threads::MIN)
}

/// Does two things at the same time, the first of them here; one after the other where there is one thread.
pub(crate) fn both<A, B: Send>(
    threads: Threads,
    one: impl FnOnce() -> A,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if threads == Threads::MIN {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join();
        // A panic goes on where it would be without threads.
        (
            one,
            other.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        )
    })
}

/// Does something here while other threads do some work for each item, and joins them when it is done.
pub(crate) fn beside<A, T: Send>(
    threads: Threads,
    here: impl FnOnce() -> A,
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) + Sync,
) -> A {
    let items = Mutex::new(items);
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let go_on = || {
        while let Some(item) = next() {
            work(item);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(go_on);
        }
        let here = here();
        go_on();
        here
    })
}

/// Does some work for as many stretches of a list as there are threads, at the same time.
pub(crate) fn in_parts<T: Sync, R: Send>(
    list: &[T],
    threads: Threads,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    on_threads(list.chunks(length(list.len(), threads)), work)
}

/// The same for successive numbers.
pub(crate) fn in_ranges<R: Send>(
    numbers: Range<usize>,
    threads: Threads,
    work: impl Fn(Range<usize>) -> R + Sync,
) -> Vec<R> {
    let length = length(numbers.len(), threads);
    let begins = numbers.clone().step_by(length);
    let ranges = begins.map(|begin| begin..(begin + length).min(numbers.end));
    on_threads(ranges, work)
}

/// The same for work that changes the list.
pub(crate) fn in_parts_mut<T: Send, R: Send>(
    list: &mut [T],
    threads: Threads,
    work: impl Fn(&mut [T]) -> R + Sync,
) -> Vec<R> {
    on_threads(list.chunks_mut(length(list.len(), threads)), work)
}

/// Does some work for as many stretches of a list as there are threads; the first of them, here, may tell how far all are. No
/// stretch but the last is shorter than `least`: short work is done before a thread has begun.
pub(crate) fn in_parts_telling<T: Sync, R: Send>(
    list: &[T],
    threads: Threads,
    least: usize,
    progress: &mut dyn FnMut(usize, usize),
    work: impl Fn(&[T], &mut dyn FnMut(usize, usize)) -> R + Sync,
) -> Vec<R> {
    let length = length(list.len(), threads).max(least);
    let mut stretches = list.chunks(length);
    let first = stretches.next().unwrap_or_default();
    std::thread::scope(|scope| {
        let others: Vec<_> = stretches
            .map(|stretch| scope.spawn(|| work(stretch, &mut |_, _| {})))
            .collect();
        let mut results = vec![work(first, progress)];
        for other in others {
            // A panic goes on where it would be without threads.
            results.push(
                other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        results
    })
}

fn length(all: usize, threads: Threads) -> usize {
    all.div_ceil(threads.get()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_in_order() {
        let mut list: Vec<u32> = (0..10).collect();
        for threads in 1..12 {
            let threads = Threads::new(threads).expect("above zero");
            let parts = in_parts(&list, threads, <[u32]>::to_vec);
            assert_eq!(parts.concat(), list);
            let ranges = in_ranges(3..10, threads, |range| range.collect::<Vec<usize>>());
            assert_eq!(ranges.concat(), (3..10).collect::<Vec<usize>>());
            in_parts_mut(&mut list, threads, |part| {
                part.iter_mut().for_each(|n| *n += 1)
            });
        }
        assert_eq!(list[0], 11);
        for threads in 1..4 {
            let threads = Threads::new(threads).expect("above zero");
            let here = beside(threads, || "here", list.iter_mut(), |n| *n += 1);
            assert_eq!(here, "here");
        }
        assert_eq!(list[0], 14);
        assert_eq!(list[9], 23);
        assert!(in_parts(&[] as &[u32], Threads::MIN, <[u32]>::len).is_empty());
    }
}
