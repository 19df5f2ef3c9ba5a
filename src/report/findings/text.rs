//! Text that is put together of many short pieces.
//!
//! In: pieces of bytes. Out: all of them, one behind the other. Most are shorter than a call costs to copy them, so more is
//! copied than they have, in steps of a fixed length; the next piece goes over what was too much.

use std::ops::Range;

/// How many bytes there are behind each piece that [`Text::put_padded`] takes, and behind the text.
pub(super) const PADDING: usize = 2 * STEP;

/// How many bytes are copied at least.
const STEP: usize = 32;

/// Pieces of text, one behind the other.
#[derive(Default)]
pub(super) struct Text {
    /// The text, and room behind it.
    bytes: Vec<u8>,
    length: usize,
}

impl Text {
    /// All of it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// What begins there.
    #[inline]
    pub(super) fn since(&self, begin: usize) -> &[u8] {
        &self.bytes[begin..self.length]
    }

    /// How many bytes.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Nothing is left; the room is.
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    /// Nothing is left but the first so many bytes.
    pub(super) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Room for so many bytes more, which is asked for before they are put.
    #[inline]
    pub(super) fn make_room(&mut self, more: usize) {
        if self.bytes.len() - self.length < more + PADDING {
            self.grow(more + PADDING);
        }
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        let length = (self.length + more).max(self.bytes.len() * 2);
        self.bytes.resize(length, 0);
    }

    /// Puts a piece behind the others.
    #[inline]
    pub(super) fn put(&mut self, piece: &[u8]) {
        let to = &mut self.bytes[self.length..][..piece.len()];
        if !(copy_ends::<16>(piece, to) || copy_ends::<8>(piece, to)) {
            to.copy_from_slice(piece);
        }
        self.length += piece.len();
    }

    /// Puts a piece behind the others: the first so many bytes of a text that best has [`PADDING`] bytes behind them.
    #[inline]
    pub(super) fn put_padded(&mut self, text: &[u8], length: usize) {
        let to = &mut self.bytes[self.length..];
        if !(length <= STEP && copy_first::<STEP>(text, to)
            || length <= PADDING && copy_first::<PADDING>(text, to))
        {
            to[..length].copy_from_slice(&text[..length]);
        }
        self.length += length;
    }

    /// Puts a stretch of the text behind it once more.
    #[inline]
    pub(super) fn put_again(&mut self, stretch: Range<usize>) {
        let start = stretch.start;
        // As much as is too much is there, text or room.
        if stretch.len() <= STEP {
            self.bytes.copy_within(start..start + STEP, self.length);
        } else if stretch.len() <= PADDING {
            self.bytes.copy_within(start..start + PADDING, self.length);
        } else {
            self.bytes.copy_within(stretch.clone(), self.length);
        }
        self.length += stretch.len();
    }
}

/// Copies a piece that has so many bytes, but not more than twice as many, by its first and its last ones, which overlap.
#[inline]
fn copy_ends<const MANY: usize>(from: &[u8], to: &mut [u8]) -> bool {
    match (from.first_chunk::<MANY>(), from.last_chunk::<MANY>()) {
        (Some(first), Some(last)) if from.len() <= 2 * MANY && to.len() == from.len() => {
            if let Some(to) = to.first_chunk_mut() {
                *to = *first;
            }
            if let Some(to) = to.last_chunk_mut() {
                *to = *last;
            }
            true
        }
        _ => false,
    }
}

/// Copies the first so many bytes, where both have as many.
#[inline]
fn copy_first<const MANY: usize>(from: &[u8], to: &mut [u8]) -> bool {
    match (from.first_chunk::<MANY>(), to.first_chunk_mut()) {
        (Some(from), Some(to)) => {
            *to = *from;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_every_length_follow_each_other() {
        let source: Vec<u8> = (0..=255).collect();
        let (mut text, mut expected) = (Text::default(), Vec::new());
        for length in (0..140).chain([255, 3]) {
            text.make_room(3 * length);
            let begin = text.len();
            text.put(&source[..length]);
            text.put_again(begin..begin + length);
            text.put_padded(&source, length);
            for _ in 0..3 {
                expected.extend_from_slice(&source[..length]);
            }
            assert_eq!(text.since(begin), &expected[begin..]);
        }
        assert_eq!(text.bytes(), expected);
        text.truncate(5);
        text.make_room(5);
        text.put(b"again");
        assert_eq!(text.bytes(), [&expected[..5], b"again"].concat());
        text.clear();
        assert!(text.bytes().is_empty());
    }

    #[test]
    fn a_piece_without_anything_behind_it_is_put_as_well() {
        for length in 0..100 {
            let source = vec![7; length];
            let mut text = Text::default();
            text.make_room(length);
            text.put_padded(&source, length);
            assert_eq!(text.bytes(), source);
        }
    }
}
