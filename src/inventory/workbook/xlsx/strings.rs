//! The shared strings: most texts of a workbook stand here once, and cells name them by number.
//!
//! In: the part. Out: a table of texts. The part's own count is not believed.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::notice::Refusal;
use super::super::package::broken_part;
use super::super::xml::{self, Pieces};

/// Texts by number.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads the part of this name.
    pub(super) fn read(input: impl Read, part: &str) -> Result<Self, Refusal> {
        let mut strings = Self::default();
        let mut pieces = Pieces::new(input, "si");
        let mut item = Item::default();
        loop {
            match pieces.next() {
                Ok(Some(piece)) => strings
                    .take(piece, &mut item)
                    .map_err(|error| broken_part(part, &error))?,
                Ok(None) => return Ok(strings),
                Err(error) => return Err(broken_part(part, &error.to_string())),
            }
        }
    }

    /// The text of a number.
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = match number.checked_sub(1) {
            Some(before) => self.ends[before],
            None => 0,
        };
        Some(&self.text[start..end])
    }

    fn take(&mut self, piece: &str, item: &mut Item) -> Result<(), String> {
        let mut xml = Reader::from_str(piece);
        xml.config_mut().allow_unmatched_ends = true;
        loop {
            match xml.read_event().map_err(|error| error.to_string())? {
                Event::Start(tag) if tag.local_name().as_ref() == "si" => item.begin(),
                Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                    self.ends.push(self.text.len())
                }
                Event::End(tag) if tag.local_name().as_ref() == "si" => {
                    self.text.push_str(&item.text);
                    self.ends.push(self.text.len());
                }
                Event::Eof => return Ok(()),
                event => item.take(&event)?,
            }
        }
    }
}

/// A text made of runs, under construction: of a shared string, or of a cell that has its own.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) text: String,
    run: String,
    is_run: bool,
    /// Keeps white space at its ends.
    is_preserved: bool,
    /// How to pronounce it, which nobody sees in the cell.
    is_phonetic: bool,
}

impl Item {
    /// Forgets the item before.
    pub(super) fn begin(&mut self) {
        self.text.clear();
        self.is_run = false;
        self.is_phonetic = false;
    }

    /// Takes what stands inside of the item. An unknown reference is an error.
    pub(super) fn take(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "t" => {
                self.is_run = !self.is_phonetic;
                self.is_preserved =
                    xml::attribute(tag, "space").is_some_and(|space| space == "preserve");
                self.run.clear();
            }
            Event::End(tag) if tag.local_name().as_ref() == "t" => self.end_run(),
            Event::Start(tag) if tag.local_name().as_ref() == "rPh" => self.is_phonetic = true,
            Event::End(tag) if tag.local_name().as_ref() == "rPh" => self.is_phonetic = false,
            Event::Text(text) if self.is_run => self.run.push_str(&text.xml10_content()),
            Event::CData(text) if self.is_run => self.run.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if self.is_run => {
                xml::put_reference(&mut self.run, reference)?;
            }
            _ => (),
        }
        Ok(())
    }

    fn end_run(&mut self) {
        if self.is_run {
            let run = if self.is_preserved {
                self.run.as_str()
            } else {
                trimmed(&self.run)
            };
            xml::put_decoded(&mut self.text, run);
        }
        self.is_run = false;
    }
}

/// A text without the white space at its ends, which counts only where the XML says so.
pub(super) fn trimmed(run: &str) -> &str {
    run.trim_matches([' ', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_joined_and_pronunciations_left_out() {
        let part = "<sst count='4294967295' uniqueCount='4294967295'><si><t>a&amp;b</t></si><si/><si></si>\
             <si><r><rPr><b/></rPr><t>bold</t></r><r><t xml:space='preserve'> plain</t></r><rPh><t>x</t></rPh></si>\
             <si><t>  _x001B_[31m <![CDATA[<&>]]></t></si></sst>";
        let strings = Strings::read(part.as_bytes(), "s").expect("the test made it");
        let all: Vec<_> = (0..6).map(|number| strings.get(number)).collect();
        assert_eq!(
            all,
            [
                Some("a&b"),
                Some(""),
                Some(""),
                Some("bold plain"),
                Some("\u{1b}[31m <&>"),
                None
            ]
        );
    }

    #[test]
    fn unknown_entities_and_broken_nesting_are_refused() {
        for part in [
            "<sst><si><t>&lol9;</t></si></sst>",
            "<sst><si><t>a</si></t></sst>",
            "<sst><si><t",
        ] {
            assert!(Strings::read(part.as_bytes(), "s").is_err(), "{part}");
        }
    }
}
