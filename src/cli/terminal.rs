//! The terminal: what goes to standard output and standard error, in which colors, how wide.
//!
//! Data goes to standard output, everything else to standard error. Nothing else in the program prints.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::AutoStream;
use clap::ValueEnum;
use cutover::terminal_text::safe_lines;

use super::exit::{Failure, unwrapped};

/// When to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR or TERM=dumb is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// What is said to a person, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    color: Color,
    /// Only errors are said.
    pub(crate) quiet: bool,
}

/// Width of tables where neither a terminal nor `COLUMNS` tells, in columns.
const USUAL: u16 = 120;

impl Terminal {
    pub(crate) fn new(color: Color, quiet: bool) -> Self {
        Self { color, quiet }
    }

    /// Prints data for a person, styled by escape sequences of ours, to standard output.
    pub(crate) fn print(self, text: &str) -> Result<(), Failure> {
        let out = AutoStream::new(io::stdout().lock(), self.color.into());
        arrived(print(out, text))
    }

    /// Says something on standard error, unless `--quiet`. Where nobody listens, the work goes on.
    pub(crate) fn say(self, text: &str) {
        if !self.quiet {
            self.insist(text);
        }
    }

    /// Says something on standard error, `--quiet` or not.
    pub(crate) fn insist(self, text: &str) {
        let err = AutoStream::new(io::stderr().lock(), self.color.into());
        // There is no place left to complain about a closed standard error.
        let _ = print(err, text);
    }

    /// Says why the run cannot go on.
    pub(crate) fn fail(self, failure: &Failure) {
        let Some(message) = &failure.message else {
            return;
        };
        let error = anstyle::AnsiColor::Red.on_default().bold();
        let mut text = format!("{error}error:{error:#} {}\n", safe_lines(message));
        if let Some(help) = &failure.help {
            text.push_str(&format!("  help: {}\n", safe_lines(help)));
        }
        self.insist(&text);
    }

    /// Width of standard output, in columns.
    pub(crate) fn width(self) -> u16 {
        width(terminal_size::terminal_size_of(io::stdout()))
    }

    /// Width of standard error, in columns.
    pub(crate) fn error_width(self) -> u16 {
        width(terminal_size::terminal_size_of(io::stderr()))
    }

    /// May progress be shown?
    pub(crate) fn shows_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }
}

fn width(size: Option<(terminal_size::Width, terminal_size::Height)>) -> u16 {
    const NARROWEST: u16 = 20;
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    let width = size.map(|(width, _)| width.0).or_else(said);
    width.unwrap_or(USUAL).max(NARROWEST)
}

fn print(mut out: impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes bytes for programs to standard output with `fill`.
pub(crate) fn to_standard_output(
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    arrived(fill(&mut out).and_then(|()| out.flush()))
}

/// A reader who has read enough and went away is no error.
fn arrived(written: io::Result<()>) -> Result<(), Failure> {
    match written.map_err(unwrapped) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::standard_output(&error))
        }
        _ => Ok(()),
    }
}

/// Prints an answer for programs.
pub(crate) fn print_json(answer: &impl serde::Serialize) -> Result<(), Failure> {
    to_standard_output(|out| {
        serde_json::to_writer_pretty(&mut *out, answer)?;
        out.write_all(b"\n")
    })
}
