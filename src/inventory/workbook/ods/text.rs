//! The text of a cell: its paragraphs, without notes, drawings and tables inside of it.
//!
//! In: what stands in a cell's element. Out: the text a person sees.

use quick_xml::events::{BytesStart, Event};

use super::super::xml::{attribute, put_reference};

/// Spaces that one element may stand for; more is no text of a person.
const SPACES: usize = 1024;

/// The text of one cell, under construction.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    text: String,
    has_paragraph: bool,
    is_paragraph: bool,
    /// How deep inside of the paragraph.
    depth: usize,
    /// How deep inside of something that is not the cell's text.
    skipped: usize,
}

impl Paragraphs {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Takes what stands inside of the cell; is it the cell's end?
    pub(super) fn take(&mut self, event: &Event<'_>) -> Result<bool, String> {
        match event {
            Event::Start(_) if self.skipped > 0 => self.skipped += 1,
            Event::End(_) if self.skipped > 0 => self.skipped -= 1,
            _ if self.skipped > 0 => (),
            Event::Start(tag) => self.start(tag),
            Event::Empty(tag) => self.empty(tag),
            Event::End(_) if !self.is_paragraph => return Ok(true),
            Event::End(_) if self.depth > 0 => self.depth -= 1,
            Event::End(_) => self.is_paragraph = false,
            Event::Text(text) if self.is_paragraph => self.text.push_str(&text.xml10_content()),
            Event::CData(text) if self.is_paragraph => self.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if self.is_paragraph => {
                put_reference(&mut self.text, reference)?;
            }
            _ => (),
        }
        Ok(false)
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        match (tag.local_name().as_ref(), self.is_paragraph) {
            ("p", false) => {
                self.begin_paragraph();
                self.is_paragraph = true;
            }
            (_, false) | ("annotation" | "note" | "ruby-text" | "frame", true) => self.skipped = 1,
            (name, true) => {
                self.put_space(name, tag);
                self.depth += 1;
            }
        }
    }

    fn empty(&mut self, tag: &BytesStart<'_>) {
        match (tag.local_name().as_ref(), self.is_paragraph) {
            ("p", false) => self.begin_paragraph(),
            (name, true) => self.put_space(name, tag),
            _ => (),
        }
    }

    fn begin_paragraph(&mut self) {
        if self.has_paragraph {
            self.text.push('\n');
        }
        self.has_paragraph = true;
    }

    fn put_space(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "s" => {
                let count = attribute(tag, "c").and_then(|count| count.parse().ok());
                let count = count.unwrap_or(1).min(SPACES);
                self.text.extend(std::iter::repeat_n(' ', count));
            }
            "tab" => self.text.push('\t'),
            "line-break" => self.text.push('\n'),
            _ => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;

    use super::*;

    fn of(inside: &str) -> String {
        let xml = format!("{inside}</table:table-cell>");
        let mut reader = Reader::from_str(&xml);
        reader.config_mut().allow_unmatched_ends = true;
        let mut paragraphs = Paragraphs::default();
        while !paragraphs
            .take(&reader.read_event().expect("well-formed"))
            .expect("known")
        {}
        paragraphs.as_str().to_owned()
    }

    #[test]
    fn paragraphs_are_lines_and_spans_belong_to_them() {
        assert_eq!(
            of(
                "<text:p>a<text:s text:c=\"2\"/><text:span>b&amp;<text:a>c</text:a></text:span><text:tab/></text:p><text:p/><text:p>d</text:p>"
            ),
            "a  b&c\t\n\nd"
        );
    }

    #[test]
    fn notes_and_drawings_are_not_the_text() {
        assert_eq!(
            of(
                "<office:annotation><text:p>by me</text:p></office:annotation><text:p>a<text:note><text:p>x</text:p></text:note>b</text:p>\
                <draw:frame><draw:text-box><text:p>y</text:p></draw:text-box></draw:frame>"
            ),
            "ab"
        );
        assert_eq!(
            of("<text:p><text:s text:c=\"4000000000\"/></text:p>").len(),
            SPACES
        );
    }
}
