//! Text that is put together of many short pieces.
//!
//! In: pieces of bytes. Out: all of them, one behind the other. Most are shorter than a call costs to copy them, so more is
//! copied than they have, in steps of a fixed length; the next piece goes over what was too much.

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

    /// Nothing is left; the room is.
    pub(super) fn clear(&mut self) {
        self.length = 0;
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
    pub(super) fn put(&mut self, piece: &[u8]) {
        self.bytes[self.length..][..piece.len()].copy_from_slice(piece);
        self.length += piece.len();
    }

    /// Puts a short piece behind the others: the first so many of these bytes.
    #[inline]
    pub(super) fn put_short(&mut self, piece: &[u8; PADDING], length: usize) {
        self.bytes[self.length..self.length + PADDING].copy_from_slice(piece);
        self.length += length;
    }

    /// Puts a piece behind the others: the first so many bytes of a text that best has [`PADDING`] bytes behind them.
    #[inline]
    pub(super) fn put_padded(&mut self, text: &[u8], length: usize) {
        let to = &mut self.bytes[self.length..];
        // One step and one more, and not two or one: compilers would make a call of a choice of lengths.
        let is_copied = length <= PADDING
            && copy_step(text, to)
            && (length <= STEP || copy_step(&text[STEP..], &mut to[STEP..]));
        if !is_copied {
            to[..length].copy_from_slice(&text[..length]);
        }
        self.length += length;
    }
}

/// Copies the first bytes, as many as a step has, where both have as many.
#[inline]
fn copy_step(from: &[u8], to: &mut [u8]) -> bool {
    match (from.first_chunk::<STEP>(), to.first_chunk_mut()) {
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
            let short = length.min(PADDING);
            text.make_room(2 * length + short);
            text.put(&source[..length]);
            text.put_short(source[..PADDING].try_into().expect("it has as many"), short);
            text.put_padded(&source, length);
            for length in [length, short, length] {
                expected.extend_from_slice(&source[..length]);
            }
            assert_eq!(text.bytes(), expected);
        }
        text.clear();
        assert!(text.bytes().is_empty());
        text.make_room(5);
        text.put(b"again");
        assert_eq!(text.bytes(), b"again");
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
