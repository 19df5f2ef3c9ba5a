//! Rows and cells as nearly every program writes them, taken out of the XML without an XML parser.
//!
//! In: a piece of a sheet's part. Out: the next row or cell, or nothing where the text is anything but plain: references, comments, prefixes,
//! runs, other quotes. Then the XML parser goes on from there. Four fifths of the time of a large workbook would be spent on finding
//! out that `<c r="B7" t="s"><v>12</v></c>` is well-formed; a test holds both readers against each other.

use memchr::memchr;

/// What stands next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<row …>`.
    Row(PlainRow<'a>),
    /// `<row …/>`.
    EmptyRow(PlainRow<'a>),
    /// `</row>`.
    RowEnd,
    /// A whole cell.
    Cell(PlainCell<'a>),
}

/// What a row's tag says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PlainRow<'a> {
    /// `r`; empty where it is missing.
    pub(super) number: &'a str,
    /// `hidden`; empty where it is missing.
    pub(super) hidden: &'a str,
}

/// A cell whose texts need no decoding of XML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PlainCell<'a> {
    /// `r`, `s` and `t`; empty where they are missing.
    pub(super) name: &'a str,
    pub(super) style: &'a str,
    pub(super) kind: &'a str,
    /// What stands in `v`.
    pub(super) value: &'a str,
    /// What stands in `is` and its only `t`.
    pub(super) inline: Option<&'a str>,
    pub(super) has_formula: bool,
}

/// A place in a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The piece from here on.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Takes the next row, row end or cell; `None`, and stays, where it is not plain.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let mut ahead = *self;
        let token = ahead.token()?;
        *self = ahead;
        Some(token)
    }

    fn token(&mut self) -> Option<Token<'a>> {
        if self.skip(b"<c") {
            return self.cell().map(Token::Cell);
        }
        if self.skip(b"</row>") {
            return Some(Token::RowEnd);
        }
        if !self.skip(b"<row") {
            return None;
        }
        let mut row = PlainRow::default();
        while let Some((key, value)) = self.attribute()? {
            match key {
                b"r" => row.number = value,
                b"hidden" => row.hidden = value,
                _ => (),
            }
        }
        Some(if self.skip(b"/>") {
            Token::EmptyRow(row)
        } else {
            self.expect(b">")?;
            Token::Row(row)
        })
    }

    fn cell(&mut self) -> Option<PlainCell<'a>> {
        let mut cell = PlainCell::default();
        while let Some((key, value)) = self.attribute()? {
            match key {
                b"r" => cell.name = value,
                b"s" => cell.style = value,
                b"t" => cell.kind = value,
                _ => (),
            }
        }
        if self.skip(b"/>") {
            return Some(cell);
        }
        self.expect(b">")?;
        if self.skip(b"<f") {
            cell.has_formula = true;
            while self.attribute()?.is_some() {}
            if !self.skip(b"/>") {
                self.expect(b">")?;
                self.text_to_tag()?;
                self.expect(b"</f>")?;
            }
        }
        if self.skip(b"<v>") {
            cell.value = self.text_to_tag()?;
            self.expect(b"</v>")?;
        } else if self.skip(b"<is><t>") {
            cell.inline = Some(self.text_to_tag()?);
            self.expect(b"</t></is>")?;
        }
        self.expect(b"</c>")?;
        Some(cell)
    }

    /// The next attribute: one space, a name, a value in double quotes. `Some(None)` where the tag ends.
    fn attribute(&mut self) -> Option<Option<(&'a [u8], &'a str)>> {
        let bytes = self.bytes();
        match *bytes.first()? {
            b' ' => (),
            b'>' | b'/' => return Some(None),
            _ => return None,
        }
        let name = bytes[1..]
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric())?;
        let quoted = bytes.get(1 + name..)?.strip_prefix(b"=\"")?;
        let length = quoted.iter().position(|&byte| byte == b'"')?;
        if name == 0
            || quoted[..length]
                .iter()
                .any(|byte| matches!(byte, b'&' | b'<'))
        {
            return None;
        }
        let start = self.at + 1 + name + 2;
        let key = &bytes[1..=name];
        self.at = start + length + 1;
        Some(Some((key, &self.text[start..start + length])))
    }

    /// The text up to the next tag, if it stands for itself.
    fn text_to_tag(&mut self) -> Option<&'a str> {
        let bytes = self.bytes();
        let length = memchr(b'<', bytes)?;
        if bytes[..length]
            .iter()
            .any(|byte| matches!(byte, b'&' | b'\r'))
        {
            return None;
        }
        let text = &self.text[self.at..self.at + length];
        self.at += length;
        Some(text)
    }

    fn bytes(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn skip(&mut self, wanted: &[u8]) -> bool {
        let is_there = self.bytes().starts_with(wanted);
        self.at += if is_there { wanted.len() } else { 0 };
        is_there
    }

    fn expect(&mut self, wanted: &[u8]) -> Option<()> {
        self.skip(wanted).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_rows_and_cells_are_taken() {
        let mut cursor = Cursor::new(
            "<row r=\"1\" spans=\"1:2\" hidden=\"1\"><c r=\"A1\" s=\"2\" t=\"s\"><v>12</v></c><c r=\"B1\"/>\
             <c><f t=\"shared\">A1&gt;</f></c></row>",
        );
        let row = PlainRow {
            number: "1",
            hidden: "1",
        };
        assert_eq!(cursor.next(), Some(Token::Row(row)));
        let cell = PlainCell {
            name: "A1",
            style: "2",
            kind: "s",
            value: "12",
            ..PlainCell::default()
        };
        assert_eq!(cursor.next(), Some(Token::Cell(cell)));
        let cell = PlainCell {
            name: "B1",
            ..PlainCell::default()
        };
        assert_eq!(cursor.next(), Some(Token::Cell(cell)));
        assert_eq!(cursor.next(), None);
        assert_eq!(cursor.rest(), "<c><f t=\"shared\">A1&gt;</f></c></row>");
    }

    #[test]
    fn whatever_is_not_plain_is_left_to_the_parser() {
        for text in [
            "",
            "<",
            "<c",
            "<cell/>",
            "<c >",
            "<c r='A1'/>",
            "<c r=\"A&#49;\"/>",
            "<c r=\"A1\" />",
            "<c r=\"A1\"><v>a&amp;b</v></c>",
            "<c r=\"A1\"> <v>1</v></c>",
            "<c r=\"A1\"><v>1</v><v>2</v></c>",
            "<c r=\"A1\"><v xml:space=\"preserve\">1</v></c>",
            "<c r=\"A1\"><is><r><t>1</t></r></is></c>",
            "<c r=\"A1\"><v>1<!-- --></v></c>",
            "<x:c r=\"A1\"/>",
            "<rows r=\"1\">",
            " <row r=\"1\">",
            "<row r=\"1\"",
            "</sheetData>",
        ] {
            let mut cursor = Cursor::new(text);
            assert_eq!(cursor.next(), None, "{text}");
            assert_eq!(cursor.rest(), text);
        }
    }
}
