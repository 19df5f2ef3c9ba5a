//! Parts made on several threads and taken in order.
//!
//! The thread that asks takes the parts, and makes some itself while the next one in order is not ready: it is never idle, and
//! no thread does nothing but take. Places for parts go round, so that memory stays bounded and is asked for once.

use std::convert::Infallible;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Threads;

/// Makes a part of each item on several threads, and takes the parts in the order of the items, here.
///
/// A part is made in a place that may hold an older one.
pub(crate) fn in_turn<T: Sync, P: Default + Send>(
    threads: Threads,
    items: &[T],
    make: impl Fn(&T, &mut P) + Sync,
    mut take: impl FnMut(&P),
) {
    let take = |part: &P| {
        take(part);
        Ok(())
    };
    let taken: Result<(), Infallible> = try_in_turn(threads, items, &mut Vec::new(), make, take);
    taken.unwrap_or_else(|never| match never {});
}

/// The same where taking may fail. `spare` are places for parts, from one call to the next.
///
/// # Errors
/// What `take` says first; nothing is taken after it.
pub(crate) fn try_in_turn<T: Sync, P: Default + Send, E>(
    threads: Threads,
    items: &[T],
    spare: &mut Vec<P>,
    make: impl Fn(&T, &mut P) + Sync,
    mut take: impl FnMut(&P) -> Result<(), E>,
) -> Result<(), E> {
    let ahead = AHEAD * threads.get();
    let desk = Desk {
        state: Mutex::new(State {
            begun: 0,
            taken: 0,
            ready: (0..ahead).map(|_| None).collect(),
            spare: std::mem::take(spare),
            is_closed: false,
        }),
        room: Condvar::new(),
        made: Condvar::new(),
        items: items.len(),
    };
    let helpers = (threads.get() - 1).min(items.len().saturating_sub(1));
    let (desk, make) = (&desk, &make);
    let taken = std::thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(move || {
                let _closing = Closing {
                    desk,
                    only_in_panic: true,
                };
                while let Some((number, mut part)) = desk.wait_to_begin() {
                    make(&items[number], &mut part);
                    desk.put(number, part);
                }
            });
        }
        let _closing = Closing {
            desk,
            only_in_panic: false,
        };
        for number in 0..items.len() {
            let part = loop {
                match desk.next(number) {
                    Next::Ready(part) => break part,
                    Next::Make(number, mut part) => {
                        make(&items[number], &mut part);
                        desk.put(number, part);
                    }
                    // Another thread has panicked, and the scope does so when it ends.
                    Next::Closed => return Ok(()),
                }
            };
            take(&part)?;
            desk.give_back(part);
        }
        Ok(())
    });
    spare.append(&mut desk.lock().spare);
    taken
}

/// How many parts there may be for each thread: the one it makes, and one that waits for its turn.
const AHEAD: usize = 2;

/// Where parts are handed over.
struct Desk<P> {
    state: Mutex<State<P>>,
    /// Another part may be begun, or no more.
    room: Condvar,
    /// Another part is ready, or never will be.
    made: Condvar,
    items: usize,
}

struct State<P> {
    /// How many parts have been begun.
    begun: usize,
    /// How many have been taken.
    taken: usize,
    /// Parts that wait for their turn, by their numbers modulo the length.
    ready: Vec<Option<P>>,
    spare: Vec<P>,
    /// Nothing more is taken.
    is_closed: bool,
}

/// What the thread that takes the parts does next.
enum Next<P> {
    /// Take this one.
    Ready(P),
    /// Make this one.
    Make(usize, P),
    /// Nothing: another thread went away with its part.
    Closed,
}

impl<P: Default> State<P> {
    /// Begins a part, where there is one left and room for it.
    fn begin(&mut self, items: usize) -> Option<(usize, P)> {
        let number = self.begun;
        let has_room = number < items.min(self.taken + self.ready.len());
        has_room.then(|| {
            self.begun += 1;
            (number, self.spare.pop().unwrap_or_default())
        })
    }
}

impl<P: Default> Desk<P> {
    fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For helpers: waits for room. Nothing where no part is left or none is wanted any more.
    fn wait_to_begin(&self) -> Option<(usize, P)> {
        let mut state = self.lock();
        while !state.is_closed && state.begun < self.items {
            if let Some(begun) = state.begin(self.items) {
                return Some(begun);
            }
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    fn put(&self, number: usize, part: P) {
        let mut state = self.lock();
        let place = number % state.ready.len();
        state.ready[place] = Some(part);
        if number == state.taken {
            self.made.notify_one();
        }
    }

    /// For the thread that takes the part with this number next.
    fn next(&self, number: usize) -> Next<P> {
        let mut state = self.lock();
        loop {
            let place = number % state.ready.len();
            if let Some(part) = state.ready[place].take() {
                return Next::Ready(part);
            }
            if state.is_closed {
                return Next::Closed;
            }
            if let Some((number, part)) = state.begin(self.items) {
                return Next::Make(number, part);
            }
            state = self
                .made
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, part: P) {
        let mut state = self.lock();
        state.taken += 1;
        state.spare.push(part);
        self.room.notify_one();
    }
}

/// Lets nobody wait for a thread that has gone.
struct Closing<'a, P: Default> {
    desk: &'a Desk<P>,
    only_in_panic: bool,
}

impl<P: Default> Drop for Closing<'_, P> {
    fn drop(&mut self) {
        if !self.only_in_panic || std::thread::panicking() {
            self.desk.lock().is_closed = true;
            self.desk.room.notify_all();
            self.desk.made.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// Every item as a text, and how many places for parts there were in the end.
    fn texts(threads: usize, items: &[usize]) -> (Vec<String>, usize) {
        let threads = Threads::new(threads).expect("above zero");
        let (mut spare, mut taken) = (Vec::new(), Vec::new());
        for half in items.chunks(items.len() / 2 + 1) {
            try_in_turn(
                threads,
                half,
                &mut spare,
                |item, text: &mut String| {
                    text.clear();
                    text.push_str(&item.to_string());
                },
                |text| {
                    taken.push(text.clone());
                    Ok::<(), io::Error>(())
                },
            )
            .expect("everything is taken");
        }
        (taken, spare.len())
    }

    #[test]
    fn parts_are_taken_in_order_and_in_few_places() {
        for count in [0, 1, 2, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let expected: Vec<String> = items.iter().map(usize::to_string).collect();
            for threads in 1..6 {
                let (taken, places) = texts(threads, &items);
                assert_eq!(taken, expected);
                assert!(places <= AHEAD * threads, "{places} for {threads} threads");
            }
        }
    }

    #[test]
    fn nothing_is_taken_after_an_error() {
        for threads in 1..4 {
            let threads = Threads::new(threads).expect("above zero");
            let items: Vec<usize> = (0..100).collect();
            let mut taken = 0;
            let error = try_in_turn(
                threads,
                &items,
                &mut Vec::new(),
                |&item, part| *part = item,
                |&part| {
                    taken += 1;
                    if part == 7 {
                        return Err(io::Error::other("the disk is full"));
                    }
                    Ok(())
                },
            );
            assert_eq!(
                error.map_err(|error| error.to_string()),
                Err("the disk is full".to_owned())
            );
            assert_eq!(taken, 8);
        }
    }

    #[test]
    #[should_panic(expected = "panicked")]
    fn a_panic_ends_the_work_of_all() {
        let items: Vec<usize> = (0..100).collect();
        let threads = Threads::new(3).expect("above zero");
        in_turn(
            threads,
            &items,
            |&item, _: &mut usize| assert!(item != 50, "panicked"),
            |_| {},
        );
    }
}
