//! Text -> where its fields and records end, sixty-four bytes at a time.
//!
//! In: the bytes of a [`Buffer`](super::buffer::Buffer). Out: where the fields of all whole records among them end, and what else
//! has to be looked at in these. Which bytes stand inside quotes is known without looking at one byte after the other as long as
//! the text is regular: every quote opens at the beginning of a field, or closes at its end, or is doubled. Where it is not,
//! marking stops, and goes on behind the record after that was read [by the byte](super::careful).

use std::ops::Range;

use super::super::batch::{Extent, MOST};
#[cfg(target_arch = "x86_64")]
use super::kinds::WideNeedles;
use super::kinds::{BLOCK, Kinds, Needles};

/// The last bit of a block.
const LAST: u32 = BLOCK as u32 - 1;

/// The fields and records that were found in a text, in its order.
pub(super) struct Marks {
    delimiter: u8,
    /// Where fields end; what is behind `count` means nothing.
    ends: Vec<u32>,
    count: usize,
    /// The first field of the next record that is read.
    first: usize,
    records: Vec<Extent>,
    /// How many of these were read.
    read: usize,
    /// Bytes because of which a record takes more work: quotes that are doubled (the second one), line ends inside quotes,
    /// and NUL.
    special: Vec<u32>,
    /// How many of these were read.
    special_read: usize,
    /// Where the text begins that was not looked at.
    at: usize,
    state: State,
    /// Is the text irregular from there on?
    is_stopped: bool,
}

/// A record that was found.
pub(super) struct Found {
    /// Which of the ends of fields are its own.
    pub(super) fields: Range<usize>,
    pub(super) start: usize,
    /// Where the next one begins.
    pub(super) next: usize,
    /// Is there anything special in it?
    pub(super) is_special: bool,
}

/// What a block has to know about the text before it.
#[derive(Clone, Copy)]
struct State {
    /// All bits: the text before ends inside quotes; none: it does not.
    inside: u64,
    /// One, if the byte before is a quote.
    quote: u64,
    /// One, if the byte before is part of a field without quotes.
    plain: u64,
    /// One, if the byte before is the first of the two that end a line.
    paired: u64,
    /// Where the record begins that has not ended yet.
    start: u32,
}

impl State {
    /// At the beginning of a record.
    fn new(start: usize) -> Self {
        Self {
            inside: 0,
            quote: 0,
            plain: 0,
            paired: 0,
            start: offset(start),
        }
    }
}

impl Marks {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            ends: Vec::new(),
            count: 0,
            first: 0,
            records: Vec::new(),
            read: 0,
            special: Vec::new(),
            special_read: 0,
            at: 0,
            state: State::new(0),
            is_stopped: !is_usual(delimiter),
        }
    }

    /// Is the text irregular behind the records that were found?
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Were all records read that were found?
    pub(super) fn is_read(&self) -> bool {
        self.read == self.records.len()
    }

    /// The next record.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Found> {
        let record = *self.records.get(self.read)?;
        self.read += 1;
        let ends = &self.ends[self.first..self.count];
        let behind = self.first + ends.partition_point(|&end| end < record.next);
        let fields = self.first..behind;
        self.first = behind;
        Some(Found {
            fields,
            start: record.start as usize,
            next: record.next as usize,
            is_special: record.next > self.first_special(),
        })
    }

    /// The next records, up to [`MOST`], as far as they have so many fields each, nothing special in them, begin before `limit`
    /// and are no longer than `longest`; and where their fields end.
    pub(super) fn next_alike(
        &mut self,
        columns: usize,
        limit: u32,
        longest: u32,
    ) -> (&[Extent], &[u32]) {
        let ends = &self.ends[self.first..self.count];
        let regular = self.first_special();
        let is_alike = |&(number, record): &(usize, &Extent)| {
            let behind = (number + 1) * columns;
            let last = behind.checked_sub(1).and_then(|last| ends.get(last));
            // Two bytes end a line, or a last field that is empty and the line.
            let has_so_many = match last.map(|&end| record.next.wrapping_sub(end)) {
                Some(1) => true,
                Some(2) => ends.get(behind).is_none_or(|&end| end >= record.next),
                _ => false,
            };
            has_so_many
                && record.next <= regular
                && record.start < limit
                && record.next - record.start <= longest
        };
        let found = self.records[self.read..].iter().enumerate();
        let count = found.take(MOST).take_while(is_alike).count();
        let records = &self.records[self.read..self.read + count];
        self.read += count;
        self.first += count * columns;
        (records, &ends[..count * columns])
    }

    /// Where the next special byte is, or a position behind all.
    fn first_special(&self) -> u32 {
        let special = self.special.get(self.special_read);
        special.copied().unwrap_or(u32::MAX)
    }

    /// Where some fields end.
    pub(super) fn ends(&self, fields: Range<usize>) -> &[u32] {
        &self.ends[fields]
    }

    /// The next special byte before `end`.
    pub(super) fn next_special(&mut self, end: usize) -> Option<usize> {
        let &at = self.special.get(self.special_read)?;
        let at = at as usize;
        (at < end).then(|| {
            self.special_read += 1;
            at
        })
    }

    /// Forgets all records, which were read, and counts from `base` on.
    pub(super) fn forget(&mut self, base: usize) {
        let shift = offset(base);
        self.ends.copy_within(self.first..self.count, 0);
        self.count -= self.first;
        self.first = 0;
        for end in &mut self.ends[..self.count] {
            *end -= shift;
        }
        self.records.clear();
        self.read = 0;
        self.special.drain(..self.special_read);
        self.special_read = 0;
        for at in &mut self.special {
            *at -= shift;
        }
        self.at -= base;
        self.state.start -= shift;
    }

    /// Gives up the record that is not found as a whole, for who reads it in another way and then [restarts](Self::restart).
    pub(super) fn give_up(&mut self) {
        self.count = 0;
        self.first = 0;
        self.special.clear();
        self.special_read = 0;
    }

    /// Gives its room back.
    pub(super) fn close(&mut self) {
        *self = Self::new(self.delimiter);
    }

    /// Looks at text from `next` on, where a record begins.
    pub(super) fn restart(&mut self, next: usize) {
        self.give_up();
        self.records.clear();
        self.read = 0;
        self.at = next;
        self.state = State::new(next);
        self.is_stopped = !is_usual(self.delimiter);
    }

    /// Looks at all whole blocks that have a byte behind them, up to where the text is not regular.
    pub(super) fn mark(&mut self, text: &[u8]) {
        #[cfg(target_arch = "x86_64")]
        if WideNeedles::can_be_used() {
            #[expect(
                unsafe_code,
                reason = "who looks at every byte of an inventory does so with a third fewer instructions"
            )]
            // SAFETY: the machine has the instructions that the function is made of; it was asked just now.
            unsafe {
                self.mark_by_wide(text);
            }
            return;
        }
        let needles = Needles::new(self.delimiter);
        self.mark_by(text, |block| needles.look(block));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn mark_by_wide(&mut self, text: &[u8]) {
        let needles = WideNeedles::new(self.delimiter);
        self.mark_by(text, |block| needles.look(block));
    }

    #[inline(always)]
    fn mark_by(&mut self, text: &[u8], look: impl Fn(&[u8; BLOCK]) -> Kinds) {
        let mut rest = &text[self.at..];
        let mut base = offset(self.at);
        let mut state = self.state;
        while !self.is_stopped
            && let Some((block, behind)) = rest.split_first_chunk()
            && let Some(&next) = behind.first()
        {
            self.take(block, look(block), next, base, &mut state);
            base += BLOCK as u32;
            rest = behind;
        }
        self.state = state;
        self.at = text.len() - rest.len();
    }

    /// Looks at a block that begins at `base`; `next` is the byte behind it.
    #[inline(always)]
    fn take(&mut self, block: &[u8; BLOCK], kinds: Kinds, next: u8, base: u32, state: &mut State) {
        let Kinds {
            delimiters,
            quotes,
            mut controls,
        } = kinds;
        let (mut breaks, mut returns, mut nuls) = (0, 0, 0);
        while controls != 0 {
            let bit = lowest(controls);
            match block[controls.trailing_zeros() as usize % BLOCK] {
                b'\n' => breaks |= bit,
                b'\r' => returns |= bit,
                0 => nuls |= bit,
                _ => {}
            }
            controls ^= bit;
        }
        // Of a carriage return and a line feed the second ends the line.
        let mut pairs = 0;
        if returns != 0 {
            pairs = returns & (breaks >> 1 | u64::from(next == b'\n') << LAST);
            breaks |= returns;
        }
        let (mut ends, mut lines) = (delimiters | breaks, breaks & !pairs);
        ends &= !pairs;
        let mut plain = !(delimiters | breaks);
        let mut special = nuls;
        if quotes | state.inside | state.quote != 0 {
            let inside = running_parity(quotes) ^ state.inside;
            let behind_quotes = quotes << 1 | state.quote;
            plain &= !(quotes | inside);
            special |= inside & (breaks | quotes & behind_quotes);
            lines &= !inside;
            ends &= !inside;
            pairs &= !inside;
            // Where bytes that are not between quotes touch a quote, it stands in the middle of a field.
            let irregular = plain & behind_quotes | quotes & (plain << 1 | state.plain);
            if irregular != 0 {
                let regular = lowest(irregular) - 1;
                special &= regular;
                lines &= regular;
                ends &= regular;
                self.is_stopped = true;
            }
            state.inside = (inside.cast_signed() >> LAST).cast_unsigned();
        }
        let first = self.count;
        self.push_ends(base, ends);
        while lines != 0 {
            let bit = lowest(lines);
            if bit & (pairs << 1 | state.paired) != 0 {
                let fields = (ends & (bit | (bit - 1))).count_ones() as usize;
                self.ends[first + fields - 1] -= 1;
            }
            let next = base + lines.trailing_zeros() + 1;
            self.records.push(Extent {
                start: state.start,
                next,
            });
            state.start = next;
            lines ^= bit;
        }
        if special != 0 {
            self.push_special(base, special);
        }
        state.quote = quotes >> LAST;
        state.plain = plain >> LAST;
        state.paired = pairs >> LAST;
    }

    #[cold]
    fn push_special(&mut self, base: u32, mut special: u64) {
        while special != 0 {
            self.special.push(base + special.trailing_zeros());
            special &= special - 1;
        }
    }

    /// Appends the fields that end at the bits of `ends`, counted from `base`.
    #[inline(always)]
    fn push_ends(&mut self, base: u32, mut ends: u64) {
        if self.ends.len() < self.count + BLOCK {
            let length = 2 * self.ends.len() + BLOCK;
            self.ends.resize(length, 0);
        }
        // With room for a whole block at hand no single field has to be checked.
        let Some(room) = self.ends[self.count..].first_chunk_mut::<BLOCK>() else {
            return;
        };
        let count = ends.count_ones() as usize;
        // Four at a time: how many there are changes from block to block, and each wrong guess costs more than a few
        // places that are written and not counted.
        let fours = room.as_chunks_mut::<4>().0.iter_mut();
        for four in fours.take(count.div_ceil(4)) {
            for place in four {
                *place = base.wrapping_add(ends.trailing_zeros());
                ends &= ends.wrapping_sub(1);
            }
        }
        self.count += count;
    }
}

/// A position as spans count them. The buffer holds at most one record beyond its limit and one chunk, far below 4 GiB.
pub(super) fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Quotes, line ends and NUL may be said to be delimiters, but then are not all that they are else.
fn is_usual(delimiter: u8) -> bool {
    !matches!(delimiter, b'"' | b'\n' | b'\r' | 0)
}

#[inline(always)]
fn lowest(bits: u64) -> u64 {
    bits & bits.wrapping_neg()
}

/// For every bit whether an odd number of bits is set up to it.
#[inline(always)]
fn running_parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parity_is_counted_bit_by_bit(bits in any::<u64>()) {
            let parity = running_parity(bits);
            for at in 0..64 {
                let up_to = bits & (u64::MAX >> (63 - at));
                prop_assert_eq!(parity >> at & 1, u64::from(up_to.count_ones() % 2));
            }
        }

        #[test]
        fn marks_are_the_same_on_every_machine(
            text in "([ab]{55,66}|[ab]|,|,|\"\"|\"|\"\",|,\"|\r|\n|\r\n|\t|;|ä){0,90}\0?", delimiter in prop::sample::select(b",;\t".as_slice()),
        ) {
            let (mut usual, mut plain) = (Marks::new(delimiter), Marks::new(delimiter));
            usual.mark(text.as_bytes());
            let needles = Needles::new(delimiter);
            plain.mark_by(text.as_bytes(), |block| needles.look(block));
            prop_assert_eq!(usual.is_stopped(), plain.is_stopped());
            while let Some(found) = plain.next() {
                let same = usual.next().expect("both find it");
                prop_assert_eq!((same.start, same.next, same.is_special), (found.start, found.next, found.is_special));
                prop_assert_eq!(usual.ends(same.fields), plain.ends(found.fields.clone()));
                loop {
                    let special = plain.next_special(found.next);
                    prop_assert_eq!(usual.next_special(found.next), special);
                    if special.is_none() {
                        break;
                    }
                }
            }
            prop_assert!(usual.is_read());
        }
    }
}
