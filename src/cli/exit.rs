//! How a run ends: the exit code, and what is said where it could not go on.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use cutover::diagnostic::Diagnostic;

/// The exit codes (contract section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing at or above `--fail-on`.
    Done = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// Wrong usage, or a wrong plan file.
    Usage = 2,
    /// The inventory is refused or unreadable.
    Inventory = 3,
    /// Output could not be written.
    Output = 4,
    /// Our own fault.
    Internal = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What to do about an error of the program itself.
pub(crate) const REPORT: &str = "this is a mistake in cutover, not in your files: please report it with the command and this message";

/// Why a run cannot go on.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What is wrong, in one sentence without a full stop; `None` where diagnostics have said it.
    pub(crate) message: Option<String>,
    /// What to do.
    pub(crate) help: Option<String>,
}

impl Failure {
    /// A reason that diagnostics have said already.
    pub(crate) fn told(exit: Exit) -> Self {
        Self {
            exit,
            message: None,
            help: None,
        }
    }

    /// Wrong usage: what is wrong and what to do.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: Some(message.into()),
            help: Some(help.into()),
        }
    }

    /// An error of the program itself.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Internal,
            message: Some(message.into()),
            help: Some(REPORT.to_owned()),
        }
    }

    /// An inventory that could not be read again.
    pub(crate) fn unread(problem: Diagnostic) -> Self {
        Self {
            exit: Exit::Inventory,
            message: Some(problem.message),
            help: problem.help,
        }
    }

    /// An output file that could not be written.
    pub(crate) fn output(path: &Path, error: &io::Error) -> Self {
        Self {
            exit: Exit::Output,
            message: Some(format!(
                "{} cannot be written: {}",
                path.display(),
                Plain(error)
            )),
            help: advice(error),
        }
    }

    /// Standard output could not be written.
    pub(crate) fn standard_output(error: &io::Error) -> Self {
        Self {
            exit: Exit::Output,
            message: Some(format!(
                "standard output cannot be written: {}",
                Plain(error)
            )),
            help: advice(error),
        }
    }
}

/// What the operating system said, where a writer of CSV has wrapped it: its kind decides what is said, and whether it is an error
/// at all.
pub(crate) fn unwrapped(error: io::Error) -> io::Error {
    match error.downcast::<csv::Error>() {
        Ok(wrapped) => match wrapped.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        },
        Err(error) => error,
    }
}

fn advice(error: &io::Error) -> Option<String> {
    let advice = match error.kind() {
        io::ErrorKind::NotFound => "the folder does not exist; create it first",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a file in a folder that you may write to, and close it in other programs"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room, or choose another disk; nothing was overwritten"
        }
        io::ErrorKind::IsADirectory => "give the name of a file in it",
        _ => return None,
    };
    Some(advice.to_owned())
}

/// An I/O error in plain words where the operating system's are not, without the "(os error 2)" behind them.
pub(crate) struct Plain<'a>(pub(crate) &'a io::Error);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.0.kind() {
            io::ErrorKind::NotFound => "no such file or folder",
            io::ErrorKind::PermissionDenied => "permission denied",
            io::ErrorKind::StorageFull => "the disk is full",
            io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
            io::ErrorKind::IsADirectory => "it is a folder",
            io::ErrorKind::NotADirectory => "a part of the path is not a folder",
            _ => {
                let text = self.0.to_string();
                let end = text.find(" (os error").unwrap_or(text.len());
                return f.write_str(&text[..end]);
            }
        };
        f.write_str(words)
    }
}
