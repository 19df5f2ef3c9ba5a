//! Texts with a number each, packed.
//!
//! In: a text. Out: its number, and back. The empty text is number 0.

use super::dictionary::Keyed;

/// A text's number.
pub(crate) type TextId = u32;

/// Texts, each kept once.
#[derive(Debug)]
pub(crate) struct Texts {
    hash: Keyed,
    text: String,
    ends: Vec<usize>,
    /// Numbers; zero where free.
    slots: Vec<u32>,
}

impl Texts {
    pub(crate) fn new(hash: Keyed) -> Self {
        Self {
            hash,
            text: String::new(),
            ends: vec![0],
            slots: vec![0; 64],
        }
    }

    /// How many different texts there are, the empty one included.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of a text that is kept.
    pub(crate) fn find(&self, text: &str) -> Option<TextId> {
        self.place(text).ok()
    }

    /// The number of a text, or the slot where it would stand.
    fn place(&self, text: &str) -> Result<TextId, usize> {
        if text.is_empty() {
            return Ok(0);
        }
        let mut at = self.start(text);
        while self.slots[at] != 0 {
            if self.text(self.slots[at]) == text {
                return Ok(self.slots[at]);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        Err(at)
    }

    /// The number of a text, which is kept if it is new.
    pub(crate) fn id(&mut self, text: &str) -> TextId {
        let at = match self.place(text) {
            Ok(known) => return known,
            Err(free) => free,
        };
        self.text.push_str(text);
        let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.ends.push(self.text.len());
        self.slots[at] = id;
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        id
    }

    /// The text with a number.
    pub(crate) fn text(&self, id: TextId) -> &str {
        let at = id as usize;
        match at.checked_sub(1) {
            Some(before) => &self.text[self.ends[before]..self.ends[at]],
            None => "",
        }
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for id in 1..u32::try_from(self.ends.len()).unwrap_or(u32::MAX) {
            let mut at = self.start(self.text(id));
            while self.slots[at] != 0 {
                at = (at + 1) & (self.slots.len() - 1);
            }
            self.slots[at] = id;
        }
    }

    fn start(&self, text: &str) -> usize {
        let at = (self.hash.bytes(text.as_bytes()) >> 20) as usize;
        at & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_keeps_its_number() {
        let mut texts = Texts::new(Keyed::new());
        let ids: Vec<TextId> = (0..500).map(|n| texts.id(&format!("text {n}"))).collect();
        assert_eq!(texts.id(""), 0);
        assert_eq!(texts.id("text 77"), ids[77]);
        assert_eq!(texts.find("text 78"), Some(ids[78]));
        assert_eq!((texts.find(""), texts.find("another")), (Some(0), None));
        assert_eq!(texts.len(), 501);
        assert_eq!(texts.text(ids[499]), "text 499");
        assert_eq!(texts.text(0), "");
    }
}
