//! XML as workbooks use it: attributes, texts, and long parts taken in pieces.
//!
//! In: the text of a part. Out: pieces that hold whole elements, so that a part of any length is read with little memory
//! and without copying its names and texts.

use std::borrow::Cow;
use std::io::{self, Read};

use memchr::memmem;
use quick_xml::events::{BytesRef, BytesStart};

use super::notice::shortened;

/// How much of a part is taken at once, and how much at most.
const BLOCK: usize = 256 << 10;
const PIECE: usize = 64 << 20;

/// The value of the attribute of this name, whatever its prefix.
pub(super) fn attribute<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    attributes(tag)
        .find(|(key, _)| local(key) == name)
        .map(|(_, value)| unescaped(value))
}

/// The attributes of a tag, names with their prefixes, values still escaped. Ends where the tag is no longer well-formed.
pub(super) fn attributes<'a>(tag: &'a BytesStart<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut rest = tag.attributes_raw();
    std::iter::from_fn(move || {
        let (key, behind) = rest.split_once('=')?;
        let behind = behind.trim_ascii_start();
        let quote = behind.chars().next().filter(|&c| c == '"' || c == '\'')?;
        let (value, behind) = behind[1..].split_once(quote)?;
        rest = behind;
        Some((key.trim_ascii(), value))
    })
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A text with its references resolved; as it is where one of them is unknown.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(text).unwrap_or(Cow::Borrowed(text))
}

/// Appends what a reference stands for; an error if nobody knows.
pub(super) fn put_reference(text: &mut String, reference: &BytesRef<'_>) -> Result<(), String> {
    let resolved = match reference.resolve_char_ref() {
        Ok(Some(character)) => {
            text.push(character);
            return Ok(());
        }
        Ok(None) => quick_xml::escape::resolve_predefined_entity(reference),
        Err(_) => None,
    };
    match resolved {
        Some(resolved) => text.push_str(resolved),
        None => return Err(format!("nothing says what &{}; is", shortened(reference))),
    }
    Ok(())
}

/// The characters that a workbook writes as `_x000D_`, decoded.
pub(super) fn put_decoded(text: &mut String, mut rest: &str) {
    while let Some(at) = memmem::find(rest.as_bytes(), b"_x") {
        let code = rest.as_bytes().get(at..at + 7).and_then(escape);
        let end = if code.is_some() { at + 7 } else { at + 2 };
        text.push_str(if code.is_some() {
            &rest[..at]
        } else {
            &rest[..end]
        });
        text.extend(code);
        rest = &rest[end..];
    }
    text.push_str(rest);
}

/// The character of `_xHHHH_`. Half a surrogate pair is none.
fn escape(bytes: &[u8]) -> Option<char> {
    let [b'_', b'x', digits @ .., b'_'] = bytes else {
        return None;
    };
    let digits = std::str::from_utf8(digits).ok()?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// A long part, in pieces: what stands before the first element of a name, whole elements of that name, and the last of them
/// with what stands behind it.
pub(super) struct Pieces<R> {
    input: R,
    /// `<` and the name, without a prefix.
    element: &'static [u8],
    buffer: Vec<u8>,
    given: usize,
    is_at_end: bool,
}

impl<R: Read> Pieces<R> {
    /// `element`: the name of the elements between which the part may be cut.
    pub(super) fn new(input: R, element: &'static str) -> Self {
        Self {
            input,
            element: element.as_bytes(),
            buffer: Vec::with_capacity(2 * BLOCK),
            given: 0,
            is_at_end: false,
        }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<&str>> {
        self.buffer.drain(..self.given);
        self.given = 0;
        let mut wanted = BLOCK;
        while self.given == 0 {
            self.read_to(wanted)?;
            if self.buffer.is_empty() {
                return Ok(None);
            }
            self.given = match last_start(&self.buffer, self.element) {
                _ if self.is_at_end => self.buffer.len(),
                Some(at) => at,
                None => 0,
            };
            wanted = 2 * self.buffer.len();
            if self.given == 0 && wanted > PIECE {
                return Err(io::Error::other(
                    "one of its elements is longer than 32 MiB",
                ));
            }
        }
        std::str::from_utf8(&self.buffer[..self.given])
            .map(Some)
            .map_err(|_| io::Error::other("its text is not valid UTF-8"))
    }

    fn read_to(&mut self, wanted: usize) -> io::Result<()> {
        let mut filled = self.buffer.len();
        if filled < wanted {
            self.buffer.resize(wanted, 0);
        }
        while filled < wanted && !self.is_at_end {
            match self.input.read(&mut self.buffer[filled..]) {
                Ok(0) => self.is_at_end = true,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
        self.buffer.truncate(filled);
        Ok(())
    }
}

/// Where the last start tag of an element begins, if it does not begin the text.
fn last_start(text: &[u8], element: &[u8]) -> Option<usize> {
    let mut end = text.len();
    while let Some(at) = memmem::rfind(&text[..end], element) {
        let is_name = matches!(
            text.get(at + element.len()),
            Some(b' ' | b'>' | b'/' | b'\t' | b'\r' | b'\n')
        );
        if let Some(start) = start_before(text, at).filter(|&start| is_name && start > 0) {
            return Some(start);
        }
        end = at;
    }
    None
}

/// The `<` before a name, over a prefix if there is one.
pub(super) fn start_before(text: &[u8], name: usize) -> Option<usize> {
    const PREFIX: usize = 64;
    match *text.get(name.checked_sub(1)?)? {
        b'<' => Some(name - 1),
        b':' => {
            let from = name.saturating_sub(PREFIX);
            let prefix = text[from..name - 1]
                .iter()
                .rev()
                .take_while(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                })
                .count();
            let start = (name - 1 - prefix).checked_sub(1)?;
            (prefix > 0 && text[start] == b'<').then_some(start)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, element: &'static str) -> Vec<String> {
        let mut pieces = Pieces::new(text.as_bytes(), element);
        let mut all = Vec::new();
        while let Some(piece) = pieces.next().expect("the test made it") {
            all.push(piece.to_owned());
        }
        all
    }

    #[test]
    fn a_long_part_is_cut_between_its_elements() {
        for (open, close) in [
            ("<row r=\"1\">", "</row>"),
            ("<x:row>", "</x:row>"),
            ("<row", "/>"),
        ] {
            let row = format!(
                "{open}{}{close}",
                if close == "/>" {
                    " t='arrow '".into()
                } else {
                    "a:row b ".repeat(99)
                }
            );
            let text = format!("<sheet><rows>{}</rows></sheet>", row.repeat(40_000));
            let all = pieces(&text, "row");
            assert!(all.len() > 1);
            assert_eq!(all.concat(), text);
            for piece in &all[1..all.len() - 1] {
                assert!(
                    piece.starts_with(open) && piece.ends_with(close),
                    "{piece:.40}"
                );
            }
        }
    }

    #[test]
    fn an_element_without_end_is_refused_and_not_hoarded() {
        let endless = io::repeat(b'a').take(1 << 30);
        assert!(Pieces::new(endless, "row").next().is_err());
    }

    #[test]
    fn hexadecimal_escapes_are_decoded_and_look_alikes_kept() {
        let decoded = |text: &str| {
            let mut decoded = String::new();
            put_decoded(&mut decoded, text);
            decoded
        };
        assert_eq!(decoded("a_x000D_b"), "a\rb");
        assert_eq!(decoded("_x005F_x000D_"), "_x000D_");
        assert_eq!(decoded("_xyz_x00"), "_xyz_x00");
        assert_eq!(decoded("_xD800_"), "_xD800_");
        assert_eq!(decoded("_x+00D_"), "_x+00D_");
    }

    #[test]
    fn attributes_are_found_in_any_quotes() {
        let tag = BytesStart::from_content("c r='A1'  x:t = \"a&amp;b\" s=\"2\"", 1);
        assert_eq!(attribute(&tag, "r").as_deref(), Some("A1"));
        assert_eq!(attribute(&tag, "t").as_deref(), Some("a&b"));
        assert_eq!(attribute(&tag, "s").as_deref(), Some("2"));
        assert_eq!(attribute(&tag, "q"), None);
    }
}
