//! What a file is, by its first bytes and never by its name.
//!
//! In: the beginning of a file. Out: workbook, text, or which of the things that are mistaken for a workbook.

use super::notice::{Refusal, not_a_workbook};
use crate::diagnostic::Diagnostic;

/// How many bytes of a file are enough to recognize it.
pub const HEAD: usize = 4096;

/// What a file's first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A zip archive or an OLE2 file: whether it holds a workbook is for the workbook reader to say.
    Workbook,
    /// Text, as far as one can see: delimited, if it is a table.
    Text,
    /// Nothing at all.
    Empty,
    /// A web page, as many reporting tools name `.xls`.
    Html,
    /// The XML format of Excel 2003.
    Xml2003,
    /// Another XML document.
    Xml,
    /// A web archive.
    WebArchive,
    /// A gzip, bzip2, xz, 7-Zip or RAR file.
    Compressed,
    /// A workbook of Excel 4 or older, without the later container.
    OldExcel,
    /// A PDF document.
    Pdf,
    /// A text with formatting.
    RichText,
}

impl Content {
    /// What the beginning of a file (its first [`HEAD`] bytes, or all there is) says.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        const SIGNATURES: &[(&[u8], Content)] = &[
            (b"PK\x03\x04", Content::Workbook),
            (b"PK\x05\x06", Content::Workbook),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Content::Workbook),
            (b"\x1F\x8B", Content::Compressed),
            (b"BZh", Content::Compressed),
            (b"\xFD7zXZ", Content::Compressed),
            (b"7z\xBC\xAF", Content::Compressed),
            (b"Rar!", Content::Compressed),
            (b"\x09\x00\x04\x00", Content::OldExcel),
            (b"\x09\x02\x06\x00", Content::OldExcel),
            (b"\x09\x04\x06\x00", Content::OldExcel),
            (b"\x09\x08", Content::OldExcel),
            (b"%PDF-", Content::Pdf),
            (b"{\\rtf", Content::RichText),
        ];
        if head.is_empty() {
            return Self::Empty;
        }
        SIGNATURES
            .iter()
            .find(|(signature, _)| head.starts_with(signature))
            .map_or_else(|| of_text(head), |&(_, content)| content)
    }

    /// Why a file of this content cannot be an inventory; `None` for workbooks and text.
    #[must_use]
    pub fn refusal(self) -> Option<Refusal> {
        let (found, advice) = match self {
            Self::Workbook | Self::Text => return None,
            Self::Empty => (
                "an empty file",
                "export the inventory again and look at the file's size",
            ),
            Self::Html => (
                "a web page (HTML)",
                "open it in Excel and save it as .xlsx or CSV; many reporting tools offer CSV themselves",
            ),
            Self::Xml2003 => (
                "a workbook in the XML format of Excel 2003",
                "open it in Excel and save it as .xlsx or CSV",
            ),
            Self::Xml => ("an XML document", "export the inventory as CSV or .xlsx"),
            Self::WebArchive => (
                "a web archive (MHTML)",
                "open it in Excel and save it as .xlsx or CSV",
            ),
            Self::Compressed => ("a compressed file", "unpack it and import the file inside"),
            Self::OldExcel => (
                "a workbook of Excel 4 or older",
                "open it in Excel or LibreOffice and save it as .xlsx or CSV",
            ),
            Self::Pdf => ("a PDF document", "export the inventory as CSV or .xlsx"),
            Self::RichText => (
                "a text with formatting (RTF)",
                "export the inventory as CSV or .xlsx",
            ),
        };
        Some(not_a_workbook(found, advice))
    }
}

/// A note where a file is named as a workbook and holds text.
#[must_use]
pub fn misnamed(file: &str, content: Content) -> Option<Diagnostic> {
    const ENDINGS: &[&str] = &[".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"];
    let name = file.to_lowercase();
    let ending = ENDINGS.iter().find(|ending| name.ends_with(**ending))?;
    (content == Content::Text).then(|| {
        Diagnostic::note(
            "misnamed-text",
            format!("the file is named {ending} but holds text; it is read as delimited text"),
        )
    })
}

fn of_text(head: &[u8]) -> Content {
    let text = lower_ascii(head);
    let begins = |word: &str| text.starts_with(word);
    if begins("<?xml") || begins("<workbook") {
        return of_xml(&text);
    }
    if begins("mime-version:") {
        return Content::WebArchive;
    }
    const TAGS: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head",
        "<meta",
        "<body",
        "<table",
        "<style",
        "<title",
        "<div",
        "<!--",
    ];
    if TAGS.iter().any(|tag| begins(tag)) {
        return Content::Html;
    }
    Content::Text
}

fn of_xml(text: &str) -> Content {
    let holds = |word: &str| text.contains(word);
    if holds("urn:schemas-microsoft-com:office:spreadsheet") || holds("progid=\"excel.sheet\"") {
        Content::Xml2003
    } else if holds("<html") || holds("<!doctype html") {
        Content::Html
    } else {
        Content::Xml
    }
}

/// The ASCII letters of a text in any encoding, in lower case, from the first one that is no white space.
fn lower_ascii(head: &[u8]) -> String {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let text: String = head
        .iter()
        .filter(|&&byte| byte != 0 && byte < 0x80)
        .map(|&byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    text.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        let cases: &[(&[u8], Content)] = &[
            (b"PK\x03\x04rest", Content::Workbook),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Content::Workbook),
            (b"SipAddress,Client\n", Content::Text),
            (b"", Content::Empty),
            (b"\xEF\xBB\xBF  <html><table>", Content::Html),
            (b"\xFF\xFE<\0t\0a\0b\0l\0e\0>\0", Content::Html),
            (
                b"<?xml version='1.0'?><?mso-application progid=\"Excel.Sheet\"?>",
                Content::Xml2003,
            ),
            (b"<?xml version='1.0'?><users/>", Content::Xml),
            (b"\x1F\x8B\x08", Content::Compressed),
            (b"%PDF-1.7", Content::Pdf),
            (b"\x09\x08\x10\x00", Content::OldExcel),
        ];
        for (head, content) in cases {
            assert_eq!(Content::of(head), *content, "{head:?}");
            assert_eq!(
                content.refusal().is_some(),
                !matches!(content, Content::Workbook | Content::Text)
            );
        }
    }

    #[test]
    fn text_named_as_a_workbook_is_said() {
        assert!(misnamed("Users.XLSX", Content::Text).is_some());
        assert!(misnamed("users.csv", Content::Text).is_none());
        assert!(misnamed("users.xlsx", Content::Workbook).is_none());
    }
}
