//! Files that we write: complete under their final name, or not there at all.
//!
//! In: paths from the command line. Out: [`Outputs`], whose files are created next to their targets before the work starts,
//! so that a path that cannot be written is found at once, and renamed when everything is done. Older output stays whole
//! until then, whatever happens.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

use super::exit::{Failure, unwrapped};

/// Buffer for writing, in bytes. What is larger is not copied into it, which findings mostly are.
const BUFFER: usize = 1 << 16;

/// An output that was named on the command line.
#[derive(Debug)]
pub(crate) struct Output {
    /// As the user gave it.
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// `-`
    StandardOutput,
    /// A device or a pipe: there is nothing to rename.
    Direct(BufWriter<File>),
    /// A file under a temporary name, in the folder of its final one.
    File {
        writer: BufWriter<File>,
        temporary: TempPath,
        place: PathBuf,
    },
}

impl Output {
    /// Opens an output for writing; a file gets its final name by [`Outputs::finish`].
    fn create(path: &Path) -> io::Result<Self> {
        let target = if path == Path::new("-") {
            Target::StandardOutput
        } else {
            Target::create(path)?
        };
        Ok(Self {
            path: path.to_owned(),
            target,
        })
    }

    /// Does it go to standard output?
    pub(crate) fn is_standard_output(&self) -> bool {
        matches!(self.target, Target::StandardOutput)
    }

    /// Writes with `fill`. What goes wrong names the file.
    pub(crate) fn write(
        &mut self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let path = &self.path;
        match &mut self.target {
            Target::StandardOutput => super::terminal::to_standard_output(fill),
            Target::Direct(writer) | Target::File { writer, .. } => fill(writer)
                .and_then(|()| writer.flush())
                .map_err(|error| Failure::output(path, &unwrapped(error))),
        }
    }
}

impl Target {
    fn create(path: &Path) -> io::Result<Self> {
        let known = fs::metadata(path);
        if let Ok(metadata) = &known {
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if !metadata.is_file() {
                let device = File::options().write(true).open(path)?;
                return Ok(Self::Direct(BufWriter::with_capacity(BUFFER, device)));
            }
        }
        // A link stays a link: what it points to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let open = |path: &Path| File::options().write(true).create_new(true).open(path);
        let (file, temporary) = Builder::new()
            .prefix(".cutover-")
            .suffix(".tmp")
            .make_in(folder(&place), open)?
            .into_parts();
        if let Ok(metadata) = known {
            if metadata.permissions().readonly() {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            fs::set_permissions(&temporary, metadata.permissions())?;
        }
        Ok(Self::File {
            writer: BufWriter::with_capacity(BUFFER, file),
            temporary,
            place,
        })
    }
}

/// The folder a path lies in; the current one for a bare name.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// All outputs of a run.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    /// Every file that is read or written, as far as it can be told apart, with its option.
    taken: Vec<(PathBuf, String)>,
    /// The option that reads standard input.
    standard_input: Option<String>,
}

impl Outputs {
    /// Remembers a file that is read, so that no output replaces it. Standard input can be read only once.
    pub(crate) fn reads(&mut self, path: &Path, option: &str) -> Result<(), Failure> {
        if path != Path::new("-") {
            self.taken.push((identity(path), option.to_owned()));
            return Ok(());
        }
        if let Some(other) = self.standard_input.replace(option.to_owned()) {
            return Err(Failure::usage(
                format!("{other} and {option} both name standard input"),
                "it can be read only once: write one of them to a file",
            ));
        }
        Ok(())
    }

    /// Remembers that standard output is taken by data for programs.
    pub(crate) fn prints(&mut self, option: &str) {
        self.taken.push((PathBuf::from("-"), option.to_owned()));
    }

    /// Makes sure that a file which is about to be written for `option` is none that is read or written already.
    pub(crate) fn spare(&self, path: &Path, option: &str) -> Result<(), Failure> {
        let identity = identity(path);
        let taken = self.taken.iter().find(|(taken, _)| *taken == identity);
        taken.map_or(Ok(()), |(_, other)| Err(two_uses(path, option, other)))
    }

    /// Opens an output for `option`, `--findings` for instance.
    pub(crate) fn open(&mut self, path: &Path, option: &str) -> Result<Output, Failure> {
        self.spare(path, option)?;
        self.taken.push((identity(path), option.to_owned()));
        Output::create(path).map_err(|error| Failure::output(path, &error))
    }

    /// Gives every file its final name.
    pub(crate) fn finish(outputs: impl IntoIterator<Item = Output>) -> Result<(), Failure> {
        for output in outputs {
            let Output { path, target } = output;
            if let Target::File {
                writer,
                temporary,
                place,
            } = target
            {
                let named = writer
                    .into_inner()
                    .map_err(io::IntoInnerError::into_error)
                    .and_then(|file| {
                        NamedTempFile::from_parts(file, temporary)
                            .persist(place)
                            .map_err(|error| error.error)
                    });
                named.map_err(|error| Failure::output(&path, &error))?;
            }
        }
        Ok(())
    }
}

fn two_uses(path: &Path, option: &str, other: &str) -> Failure {
    let shown = match path.to_str() {
        Some("-") => "standard output".to_owned(),
        _ => path.display().to_string(),
    };
    Failure::usage(
        format!("{option} and {other} both name {shown}"),
        format!("give {option} a file of its own"),
    )
}

/// The same for two spellings of one file, wherever that can be told: folder links are followed, and the case of letters
/// does not count on Windows.
fn identity(path: &Path) -> PathBuf {
    if path == Path::new("-") {
        return path.to_owned();
    }
    let whole = fs::canonicalize(path).or_else(|_| {
        let folder = fs::canonicalize(folder(path))?;
        Ok::<_, io::Error>(folder.join(path.file_name().unwrap_or_default()))
    });
    let whole = whole.unwrap_or_else(|_| path.to_owned());
    if cfg!(windows) {
        PathBuf::from(whole.to_string_lossy().to_lowercase())
    } else {
        whole
    }
}
