//! Where inventories come from: things that can be read, again if need be.
//!
//! In: nothing. Out: the words in which the caller hands files to the importer, who opens none itself. Inputs are read, not
//! mapped, so that a file that shrinks under our eyes is an error and not a crash.

use std::io;

use super::record::{ReadError, Records};
use crate::diagnostic::{Diagnostic, Place};

/// Bytes that can be read at any offset, several times and from several threads: a file, or a buffer.
pub trait ByteSource: Sync {
    /// How many bytes there are.
    ///
    /// # Errors
    /// Where the length cannot be told.
    fn len(&self) -> io::Result<u64>;

    /// Reads some of the bytes from an offset on; 0 only at the end.
    ///
    /// # Errors
    /// As reading does.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Is there no byte at all?
    ///
    /// # Errors
    /// Where the length cannot be told.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

impl ByteSource for [u8] {
    fn len(&self) -> io::Result<u64> {
        Ok(<[u8]>::len(self) as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.get(offset..))
            .unwrap_or(&[]);
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

impl ByteSource for Vec<u8> {
    fn len(&self) -> io::Result<u64> {
        ByteSource::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// A sheet of a workbook, or anything else that gives records without being text; opened anew for every reading.
pub trait Table: Sync {
    /// Begins to read from the first record.
    ///
    /// # Errors
    /// Where it cannot be opened, is broken, or passes a limit.
    fn open(&self) -> Result<Box<dyn Records + '_>, ReadError>;
}

/// What a source holds.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// Delimited text.
    Text(&'a dyn ByteSource),
    /// A table that somebody else reads.
    Table(&'a dyn Table),
}

/// One inventory file.
#[derive(Clone)]
pub struct Source<'a> {
    /// The file's name as the user gave it.
    pub name: String,
    /// What is in it.
    pub content: Content<'a>,
}

impl<'a> Source<'a> {
    /// A file of delimited text.
    #[must_use]
    pub fn text(name: impl Into<String>, bytes: &'a dyn ByteSource) -> Self {
        Self {
            name: name.into(),
            content: Content::Text(bytes),
        }
    }

    /// A table that somebody else reads.
    #[must_use]
    pub fn table(name: impl Into<String>, table: &'a dyn Table) -> Self {
        Self {
            name: name.into(),
            content: Content::Table(table),
        }
    }
}

/// The error for a file that could not be read on.
pub(crate) fn unreadable(file: &str, error: &io::Error) -> ReadError {
    Box::new(
        Diagnostic::error("file-unreadable", format!("{file} cannot be read: {error}")).at(
            Place::File {
                file: file.to_owned(),
            },
        ),
    )
}

/// The error for a file that became shorter while it was read.
pub(crate) fn cut_short(file: &str, expected: u64, found: u64) -> ReadError {
    Box::new(
        Diagnostic::error(
            "file-cut-short",
            format!("{file} had {expected} bytes and ended after {found} while it was read"),
        )
        .at(Place::File {
            file: file.to_owned(),
        })
        .help("wait until whatever writes it has finished, then start again"),
    )
}
