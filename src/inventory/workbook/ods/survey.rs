//! A first look over the part with all sheets: their names, and which of them are hidden.
//!
//! In: the part. Out: the sheets in their order. The whole part is unpacked for it, so that a wrong checksum is noticed before
//! anything is told.

use std::collections::HashSet;
use std::io::{self, Read};

use memchr::{memchr, memmem, memrchr};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::xml::{attribute, start_before};
use super::super::{SheetKind, SheetName};

const BLOCK: usize = 256 << 10;

/// Looks over the part.
pub(super) fn survey(mut part: impl Read) -> io::Result<Vec<SheetName>> {
    let mut look = Look::default();
    let mut buffer: Vec<u8> = Vec::with_capacity(2 * BLOCK);
    loop {
        let kept = buffer.len();
        buffer.resize(kept + BLOCK, 0);
        let read = part.read(&mut buffer[kept..])?;
        buffer.truncate(kept + read);
        // A tag is looked at when all of it is there; what is longer than any tag is text.
        let whole = memrchr(b'<', &buffer).filter(|_| read > 0 && buffer.len() < 2 * BLOCK);
        let whole = whole.unwrap_or(buffer.len());
        look.over(&buffer[..whole]);
        if read == 0 {
            return Ok(look.sheets);
        }
        buffer.drain(..whole);
    }
}

#[derive(Default)]
struct Look {
    /// The style that is being defined.
    style: String,
    hiding: HashSet<String>,
    sheets: Vec<SheetName>,
}

impl Look {
    /// Finds the tags that matter: up to the first table every one is looked at, behind it only those that may be tables.
    fn over(&mut self, text: &[u8]) {
        let mut at = 0;
        while let Some(start) = self.next_tag(text, at) {
            let Some(length) = tag_end(&text[start..]) else {
                return;
            };
            at = start + length;
            if let Ok(tag) = std::str::from_utf8(&text[start..=at]) {
                self.note(tag);
            }
        }
    }

    /// Where the next tag begins, from `at` on.
    fn next_tag(&self, text: &[u8], mut at: usize) -> Option<usize> {
        if self.sheets.is_empty() {
            return Some(at + memchr(b'<', &text[at..])?);
        }
        loop {
            let name = at + memmem::find(&text[at..], b"table ")?;
            if let Some(start) = start_before(text, name) {
                return Some(start);
            }
            at = name + 1;
        }
    }

    fn note(&mut self, tag: &str) {
        let mut xml = Reader::from_str(tag);
        if let Ok(Event::Start(tag) | Event::Empty(tag)) = xml.read_event() {
            self.tag(&tag);
        }
    }

    fn tag(&mut self, tag: &BytesStart<'_>) {
        let said = |name| attribute(tag, name).unwrap_or_default();
        match tag.local_name().as_ref() {
            "style" => self.style = said("name").into_owned(),
            "table-properties" if said("display") == "false" => {
                self.hiding.insert(self.style.clone());
            }
            "table" => self.sheets.push(SheetName {
                name: said("name").into_owned(),
                kind: if self.hiding.contains(said("style-name").as_ref()) {
                    SheetKind::Hidden
                } else {
                    SheetKind::Visible
                },
            }),
            _ => (),
        }
    }
}

/// Where a tag's `>` is: not inside of quotes.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    tag.iter().position(|&byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => (),
        }
        quote.is_none() && byte == b'>'
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_found_with_their_names_and_hidden_ones_are_told_apart() {
        let rows = "<table:table-row><table:table-cell><text:p>a table name=\"x\"</text:p></table:table-cell></table:table-row>";
        let part = format!(
            "<c><style:style style:name=\"ta1\" a='>'><style:table-properties table:display=\"false\"/></style:style>\
             <table:table table:name=\"A &amp; B\">{}</table:table><table:table table:style-name='ta1' table:name='C'/></c>",
            rows.repeat(20_000)
        );
        let sheets = survey(part.as_bytes()).expect("it is in memory");
        let found: Vec<_> = sheets
            .iter()
            .map(|sheet| (sheet.name.as_str(), sheet.kind))
            .collect();
        assert_eq!(
            found,
            [("A & B", SheetKind::Visible), ("C", SheetKind::Hidden)]
        );
    }
}
