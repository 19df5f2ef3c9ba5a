//! A workbook as one file: what the library wrote, with the rows of the long sheets put into their places.
//!
//! In: the workbook as the library wrote it, with heads but no rows on the long sheets, and where the rows come from. Out: the bytes, the
//! same on any number of threads. Each long sheet is made and compressed by itself, into a temporary place, several at a time; then
//! everything is copied as it is. Nothing but compressed bytes ever lies on the disk.

use std::collections::HashMap;
use std::io::{self, BufWriter, Cursor, Read, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::rows::Rows;
use super::table::{Part, Source};
use super::{NewTemporary, Temporary};
use crate::threads::{Threads, on_threads};

/// Rows are compressed in pieces of so many bytes.
const PIECE: usize = 1 << 16;

/// How hard long sheets are compressed, of 9: the library's 6 takes two thirds longer for two to seven percent fewer bytes.
const LEVEL: i64 = 4;

/// A long sheet without its rows.
struct Frame<'c> {
    /// The name in the package.
    name: String,
    before: Vec<u8>,
    after: Vec<u8>,
    first_row: u32,
    has_heights: bool,
    source: Source<'c>,
}

/// Writes a workbook.
///
/// # Errors
/// What the writer and the temporary files say, and a message of our own where the library's bytes are not as expected.
pub(super) fn write(
    workbook: Vec<u8>,
    parts: Vec<Part<'_>>,
    temporary: &NewTemporary<'_>,
    threads: NonZeroUsize,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let mut workbook = ZipArchive::new(Cursor::new(workbook))?;
    let frames = parts.into_iter().map(|part| frame(&mut workbook, part));
    let frames = frames.collect::<io::Result<Vec<_>>>()?;
    let mut packed = pack(frames, temporary, threads)?;
    let mut package = ZipWriter::new(Onward { out, position: 0 });
    for at in 0..workbook.len() {
        let entry = workbook.by_index_raw(at)?;
        match packed.remove(&*entry.name()?) {
            Some(file) => {
                let mut sheet = ZipArchive::new(file)?;
                package.raw_copy_file(sheet.by_index_raw(0)?)?;
            }
            None => package.raw_copy_file(entry)?,
        }
    }
    package.finish()?;
    Ok(())
}

/// A writer that knows how far it is, and goes nowhere else: nothing that is copied has to be mended afterwards.
struct Onward<W> {
    out: W,
    position: u64,
}

impl<W: Write> Write for Onward<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.position += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W> Seek for Onward<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Current(0) | SeekFrom::End(0) => Ok(self.position),
            SeekFrom::Start(position) if position == self.position => Ok(position),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// Reads what the library wrote of a sheet, and divides it where its rows go.
fn frame<'c>(workbook: &mut ZipArchive<Cursor<Vec<u8>>>, part: Part<'c>) -> io::Result<Frame<'c>> {
    let name = format!("xl/worksheets/sheet{}.xml", part.sheet);
    let unexpected = || io::Error::other(format!("{name} is not as it was expected to be"));
    let mut bytes = Vec::new();
    workbook.by_name(&name)?.read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| unexpected())?;
    // Texts in it have no bare `<`: the first that looks like it is it. The row is there for its place only.
    let place = format!("<row r=\"{}\"", part.first_row);
    let begin = text.find(&place).ok_or_else(unexpected)?;
    let (before, rest) = text.split_at(begin);
    let end = rest.find("</sheetData>").ok_or_else(unexpected)?;
    let after = &rest[end..];
    const DIMENSION: &str = "<dimension ref=\"A1:";
    let (head, rest) = before.split_once(DIMENSION).ok_or_else(unexpected)?;
    let (_, rest) = rest.split_once('"').ok_or_else(unexpected)?;
    Ok(Frame {
        before: format!("{head}{DIMENSION}{}\"{rest}", part.last_cell).into_bytes(),
        after: after.as_bytes().to_vec(),
        first_row: part.first_row,
        has_heights: part.has_heights,
        source: part.source,
        name,
    })
}

/// Compresses sheets, each into a file of its own.
fn pack(
    frames: Vec<Frame<'_>>,
    temporary: &NewTemporary<'_>,
    threads: Threads,
) -> io::Result<HashMap<String, Box<dyn Temporary>>> {
    let queue = Mutex::new(frames.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let done = on_threads(0..threads.get(), |_| {
        let mut done = Vec::new();
        while let Some(frame) = next() {
            let name = frame.name.clone();
            done.push((name, pack_one(frame, temporary)?));
        }
        Ok::<_, io::Error>(done)
    });
    let mut packed = HashMap::new();
    for done in done {
        packed.extend(done?);
    }
    Ok(packed)
}

/// Compresses one sheet, as a package of its own.
fn pack_one(frame: Frame<'_>, temporary: &NewTemporary<'_>) -> io::Result<Box<dyn Temporary>> {
    let mut package = ZipWriter::new(temporary()?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600);
    package.start_file(frame.name, options)?;
    let mut out = BufWriter::with_capacity(PIECE, package);
    out.write_all(&frame.before)?;
    match frame.source {
        Source::Laid(mut rows) => {
            rows.rewind()?;
            io::copy(&mut rows, &mut out)?;
        }
        Source::Made { maker, rows } => {
            let out: &mut dyn Write = &mut out;
            maker(
                rows,
                &mut Rows::new(out, frame.first_row, frame.has_heights),
            )?;
        }
    }
    out.write_all(&frame.after)?;
    let package = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    let mut file = package.finish()?;
    file.rewind()?;
    Ok(file)
}
