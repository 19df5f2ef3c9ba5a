//! Files that we read: inventories and plans, from files, pipes, standard input, or built into the program.
//!
//! In: paths from the command line. Out: bytes for the library, which opens no file itself. What a file is, is decided by its
//! content.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use cutover::diagnostic::{Diagnostic, Place};
use cutover::digest::{Sha256, hexadecimal, sha256};
use cutover::inventory::record::ReadError;
use cutover::inventory::source::Content;
use cutover::inventory::{ByteSource, Request, Source, workbook};
use cutover::report::model::InputFile;

use super::exit::Plain;
use super::progress::Progress;
use super::workbook_child::{self, Workbook};

/// Name of standard input in messages.
const STANDARD_INPUT: &str = "standard input";

/// An inventory file, opened.
pub(crate) struct Inventory {
    name: String,
    held: Held,
}

enum Held {
    Text(Box<dyn ByteSource>),
    Workbook(workbook_child::Source),
}

impl Inventory {
    /// Name without folders, digest and size of the file as it is.
    pub(crate) fn digest(&self) -> Result<InputFile, Box<Diagnostic>> {
        let mut digest = Sha256::default();
        let bytes = match &self.held {
            Held::Text(bytes) => {
                digest_of(|offset, buffer| bytes.read_at(offset, buffer), &mut digest)
            }
            Held::Workbook(workbook_child::Source::File(path, _)) => File::open(path)
                .and_then(|mut file| digest_of(|_, buffer| file.read(buffer), &mut digest)),
            Held::Workbook(workbook_child::Source::Bytes(bytes)) => {
                digest.update(bytes);
                Ok(bytes.len() as u64)
            }
        };
        Ok(InputFile {
            name: base_name(&self.name),
            sha256: hexadecimal(&digest.finish()),
            bytes: bytes.map_err(|error| unreadable(&self.name, &error))?,
        })
    }
}

/// Name without folders, digest and size of a file in memory.
pub(crate) fn file_of(name: &str, bytes: &[u8]) -> InputFile {
    InputFile {
        name: base_name(name),
        sha256: hexadecimal(&sha256(bytes)),
        bytes: bytes.len() as u64,
    }
}

/// A file's name without its folders: reports are handed over, and folders tell of the machine.
fn base_name(name: &str) -> String {
    let last = Path::new(name).file_name();
    last.map_or_else(
        || name.to_owned(),
        |last| last.to_string_lossy().into_owned(),
    )
}

/// Feeds a digest with every byte that `read` gives at an offset; says how many there are.
fn digest_of(
    mut read: impl FnMut(u64, &mut [u8]) -> io::Result<usize>,
    digest: &mut Sha256,
) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 20];
    let mut offset = 0;
    loop {
        let read = read(offset, &mut buffer)?;
        if read == 0 {
            return Ok(offset);
        }
        digest.update(&buffer[..read]);
        offset += read as u64;
    }
}

/// Opens an inventory file and looks at what it is. Notes go to `noticed`.
pub(crate) fn open(
    path: &Path,
    progress: &Arc<Progress>,
    noticed: &mut Vec<Diagnostic>,
) -> Result<Inventory, ReadError> {
    let name = name(path);
    let unreadable = |error: io::Error| unreadable(&name, &error);
    if path == Path::new("-") {
        let bytes = read_to_end(io::stdin().lock()).map_err(unreadable)?;
        return hold(name, bytes.into(), noticed);
    }
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    if !metadata.is_file() {
        // A pipe can be read only once, so it is kept.
        let bytes = read_to_end(file).map_err(unreadable)?;
        return hold(name, bytes.into(), noticed);
    }
    let mut head = Vec::new();
    let limit = workbook::HEAD as u64;
    file.by_ref()
        .take(limit)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    let held = if is_workbook(&name, &head, noticed)? {
        Held::Workbook(workbook_child::Source::File(
            path.to_owned(),
            metadata.len(),
        ))
    } else {
        progress.expect(metadata.len());
        Held::Text(Box::new(FileSource::new(file, Arc::clone(progress))))
    };
    Ok(Inventory { name, held })
}

/// An inventory that is in memory already.
pub(crate) fn hold(
    name: impl Into<String>,
    bytes: Arc<[u8]>,
    noticed: &mut Vec<Diagnostic>,
) -> Result<Inventory, ReadError> {
    let name = name.into();
    let head = &bytes[..bytes.len().min(workbook::HEAD)];
    let held = if is_workbook(&name, head, noticed)? {
        Held::Workbook(workbook_child::Source::Bytes(bytes))
    } else {
        Held::Text(Box::new(HeldBytes(bytes)))
    };
    Ok(Inventory { name, held })
}

/// Workbook or text? Whatever is neither is refused.
fn is_workbook(name: &str, head: &[u8], noticed: &mut Vec<Diagnostic>) -> Result<bool, ReadError> {
    let content = workbook::Content::of(head);
    let place = || Place::File {
        file: name.to_owned(),
    };
    if let Some(refusal) = content.refusal() {
        return Err(Box::new(refusal.at(place())));
    }
    noticed.extend(workbook::misnamed(name, content).map(|note| note.at(place())));
    Ok(content == workbook::Content::Workbook)
}

/// Bytes that stay in memory.
struct HeldBytes(Arc<[u8]>);

impl ByteSource for HeldBytes {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}

/// Calls `use_them` with the files as the importer wants them.
pub(crate) fn with_sources<T>(
    inventories: &[Inventory],
    sheet: Option<&str>,
    limits: workbook::Limits,
    request: &Request,
    use_them: impl FnOnce(&[Source<'_>]) -> T,
) -> T {
    let workbooks: Vec<Option<Workbook<'_>>> = inventories
        .iter()
        .map(|inventory| match &inventory.held {
            Held::Text(_) => None,
            Held::Workbook(source) => Some(Workbook {
                name: inventory.name.clone(),
                source: source.clone(),
                sheet: sheet.map(str::to_owned),
                limits,
                request,
            }),
        })
        .collect();
    let sources: Vec<Source<'_>> = inventories
        .iter()
        .zip(&workbooks)
        .filter_map(|(inventory, workbook)| {
            let content = match (&inventory.held, workbook) {
                (Held::Text(bytes), _) => Content::Text(bytes.as_ref()),
                (Held::Workbook(_), workbook) => Content::Table(workbook.as_ref()?),
            };
            Some(Source {
                name: inventory.name.clone(),
                content,
            })
        })
        .collect();
    use_them(&sources)
}

/// The bytes of a file that was written by this program, whatever its size.
pub(crate) fn read_whole(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    fs::read(path).map_err(|error| unreadable(&name(path), &error))
}

/// The bytes of a small file: a plan. A file larger than `limit` is read no further than one byte beyond it.
pub(crate) fn read_small(path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
    let read = || {
        let limit = limit as u64 + 1;
        if path == Path::new("-") {
            return read_to_end(io::stdin().lock().take(limit));
        }
        if fs::metadata(path)?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        read_to_end(File::open(path)?.take(limit))
    };
    read().map_err(|error| unreadable(&name(path), &error))
}

fn read_to_end(mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file's name in messages: as the user gave it.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") {
        STANDARD_INPUT.to_owned()
    } else {
        path.to_string_lossy().into_owned()
    }
}

fn unreadable(name: &str, error: &io::Error) -> ReadError {
    let message = format!("{name} cannot be read: {}", Plain(error));
    let diagnostic = Diagnostic::error("file-unreadable", message).at(Place::File {
        file: name.to_owned(),
    });
    let diagnostic = match error.kind() {
        io::ErrorKind::NotFound => diagnostic.help(format!(
            "look at the name; the current folder is {}",
            std::env::current_dir()
                .unwrap_or_else(|_| PathBuf::from("."))
                .display()
        )),
        io::ErrorKind::IsADirectory => diagnostic.help("name the files in it one by one"),
        _ => diagnostic,
    };
    Box::new(diagnostic)
}

/// A file that is read piece by piece, at any offset, from several threads.
struct FileSource {
    file: File,
    progress: Arc<Progress>,
    /// How far it was read at most: files are read twice, and progress counts once.
    reached: AtomicU64,
}

impl FileSource {
    fn new(file: File, progress: Arc<Progress>) -> Self {
        Self {
            file,
            progress,
            reached: AtomicU64::new(0),
        }
    }
}

impl ByteSource for FileSource {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_file_at(&self.file, offset, buffer)?;
        let end = offset + read as u64;
        let before = self.reached.fetch_max(end, Relaxed);
        self.progress.advance(end.saturating_sub(before));
        Ok(read)
    }
}

/// Reads where nobody has to move to first: threads that share a file need not wait for one another.
#[cfg(unix)]
fn read_file_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

/// The same; that the file's own position moves with it does not matter, as nobody reads from there.
#[cfg(windows)]
fn read_file_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
