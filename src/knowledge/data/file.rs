//! One data file and its places.

use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostic, Place};

/// One data file, and the place of anything in it.
#[derive(Debug)]
pub(in crate::knowledge) struct DataFile {
    pub(in crate::knowledge) name: String,
    pub(in crate::knowledge) text: String,
}

impl DataFile {
    /// The place of a byte range of the file.
    pub(in crate::knowledge) fn place(&self, span: Range<usize>) -> Place {
        let start = span.start.min(self.text.len());
        let before = &self.text.as_bytes()[..start];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let begin = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        Place::Text {
            file: self.name.clone(),
            span: start..span.end.clamp(start, self.text.len()),
            line,
            column: String::from_utf8_lossy(&before[begin..]).chars().count() + 1,
        }
    }

    /// The file's content; `None` where it cannot be read, which is noted.
    pub(super) fn parse<T: DeserializeOwned>(&self, problems: &mut Vec<Diagnostic>) -> Option<T> {
        match toml::from_str(&self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let message = format!("this data file cannot be read: {}", error.message().trim());
                problems.push(Diagnostic::error("data-syntax", message).at(self.place(span)));
                None
            }
        }
    }
}
