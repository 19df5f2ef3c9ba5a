//! Positions in a list, found again by a hash of what stands there.
//!
//! In: the hash of a value and what says whether a position holds it. Out: that position. A slot is eight bytes whatever
//! stands in the list, so that slots stay near, and the list is looked at only where hashes agree.

/// Positions by their hashes.
#[derive(Debug)]
pub(crate) struct Slots {
    slots: Vec<Slot>,
    filled: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Its lower bits say where the slot should be.
    hash: u32,
    /// The position and one; zero where free.
    position: u32,
}

impl Default for Slots {
    fn default() -> Self {
        Self::with_room(0)
    }
}

/// The share of a hash, where several have lists of their own. Slots go by the lower bits of hashes, so shares go by the upper
/// ones.
#[inline]
pub(crate) fn share_of(hash: u32, shares: usize) -> usize {
    ((u64::from(hash) * shares as u64) >> u32::BITS) as usize
}

impl Slots {
    /// Room for about so many positions, without growing.
    pub(crate) fn with_room(positions: usize) -> Self {
        let slots = (positions + positions / 2).next_power_of_two().max(64);
        Self {
            slots: vec![Slot::default(); slots],
            filled: 0,
        }
    }

    /// The position that is the wanted one among those with this hash; where none is, `next`, which from now on is found.
    #[inline]
    pub(crate) fn find_or_add(
        &mut self,
        hash: u32,
        next: u32,
        is_wanted: impl Fn(u32) -> bool,
    ) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.position == 0 {
                self.fill(at, hash, next);
                return next;
            }
            if slot.hash == hash && is_wanted(slot.position - 1) {
                return slot.position - 1;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn fill(&mut self, at: usize, hash: u32, position: u32) {
        let position = position.saturating_add(1);
        self.slots[at] = Slot { hash, position };
        self.filled += 1;
        if self.filled * 4 > self.slots.len() * 3 {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut larger = vec![Slot::default(); mask + 1];
        for &slot in self.slots.iter().filter(|slot| slot.position != 0) {
            let mut at = slot.hash as usize & mask;
            while larger[at].position != 0 {
                at = (at + 1) & mask;
            }
            larger[at] = slot;
        }
        self.slots = larger;
    }
}
