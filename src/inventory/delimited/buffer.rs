//! Bytes under way, and what is found in them.
//!
//! In: pieces of UTF-8 text from a [`Feed`]. Out: the bytes of the record that is being read and of what follows it, with
//! [marks](Marks) on the records among them. That the text is valid UTF-8 is checked on the way.

use super::super::record::ReadError;
use super::feed::Feed;
use super::marks::Marks;

/// So many bytes of storage stand behind a text, so that those who look at many bytes at a time can do so at its end.
const ROOM: usize = 64;

/// A window on a text.
pub(super) struct Buffer {
    /// Storage; what is behind `end` means nothing.
    pub(super) bytes: Vec<u8>,
    /// Offset in the file of the first of them.
    pub(super) base: u64,
    pub(super) end: usize,
    /// Start of what was not read yet.
    pub(super) at: usize,
    pub(super) marks: Marks,
    /// Start of text that is not yet known to be valid.
    unchecked: usize,
    /// Does nothing follow behind `end`?
    pub(super) at_end: bool,
}

impl Buffer {
    /// A window that begins at an offset of the file.
    pub(super) fn new(delimiter: u8, base: u64) -> Self {
        Self {
            bytes: Vec::new(),
            base,
            end: 0,
            at: 0,
            marks: Marks::new(delimiter),
            unchecked: 0,
            at_end: false,
        }
    }

    /// Is everything read?
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// How many bytes are not read yet.
    pub(super) fn pending(&self) -> usize {
        self.end - self.at
    }

    /// Gives storage back; nothing is read from it any more.
    pub(super) fn close(&mut self) {
        self.bytes = Vec::new();
        self.marks.close();
    }

    /// Looks for records again from an offset on, where one begins.
    pub(super) fn restart(&mut self, next: usize) {
        self.marks.restart(next);
        self.marks.mark(&self.bytes[..self.end]);
    }

    /// Forgets what was read, gets more text, and marks it. All records that were found must have been read.
    ///
    /// # Errors
    /// Where the feed has one, and [`NOT_UTF8`](super::encoding::NOT_UTF8) where the text is not what it was taken for.
    pub(super) fn fill(&mut self, feed: &mut Feed<'_>) -> Result<(), ReadError> {
        self.forget();
        let pending = self.pending();
        self.at_end = !feed.fill(&mut self.bytes, &mut self.end, pending)?;
        if self.bytes.len() < self.end + ROOM {
            self.bytes.resize(self.end + ROOM, 0);
        }
        if !self.check() {
            return Err(feed.not_utf8());
        }
        self.marks.mark(&self.bytes[..self.end]);
        Ok(())
    }

    fn forget(&mut self) {
        let at = self.at;
        self.bytes.copy_within(at..self.end, 0);
        self.marks.forget(at);
        self.base += at as u64;
        self.at = 0;
        self.end -= at;
        self.unchecked -= at;
    }

    /// Is all text valid but a last character that is not complete yet?
    fn check(&mut self) -> bool {
        let text = &self.bytes[self.unchecked..self.end];
        // Looking for where it is not valid takes longer, so that is asked only if it is not.
        if simdutf8::basic::from_utf8(text).is_ok() {
            self.unchecked = self.end;
            return true;
        }
        match simdutf8::compat::from_utf8(text) {
            Ok(_) => {
                self.unchecked = self.end;
                true
            }
            Err(error) => {
                self.unchecked += error.valid_up_to();
                error.error_len().is_none() && !self.at_end
            }
        }
    }
}
