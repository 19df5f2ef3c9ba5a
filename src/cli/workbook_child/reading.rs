//! The child's side: unpacks one workbook and tells it on standard output.
//!
//! In: the arguments that `workbook_child` writes, and on standard input the workbook where it is no file. Out: frames, and
//! an exit code: 0 told, 2 refused with a reason, 101 a panic; whatever else happens, the operating system says.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use cutover::diagnostic::Diagnostic;
use cutover::inventory::workbook::{self, Limits, Writer};

use super::{COMMAND, memory_cap};

const REFUSED: u8 = 2;
const PANICKED: u8 = 101;

/// Where the last panic was.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// What this process has to do.
struct Task {
    limits: Limits,
    path: OsString,
    sheet: Option<String>,
}

/// Does the child's work if this process is the child.
pub(crate) fn run_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != COMMAND {
        return None;
    }
    let Some(task) = Task::parse(arguments) else {
        return Some(ExitCode::from(REFUSED));
    };
    memory_cap::set(task.limits.memory);
    panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    Some(task.run())
}

impl Task {
    fn parse(mut arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut number = || arguments.next()?.to_str()?.parse().ok();
        let (memory, cells) = (number()?, number()?);
        Some(Self {
            limits: Limits {
                memory,
                cells,
                deadline: None,
            },
            path: arguments.next()?,
            sheet: arguments.next().and_then(|name| name.into_string().ok()),
        })
    }

    fn run(&self) -> ExitCode {
        let mut stdout = io::stdout().lock();
        let mut out = Writer::new(&mut stdout);
        let told = panic::catch_unwind(AssertUnwindSafe(|| self.tell(&mut out)));
        let (refusal, code) = match told {
            Ok(Ok(())) => {
                // Where the parent no longer listens, it has what it wanted.
                let _ = out.done();
                return ExitCode::SUCCESS;
            }
            Ok(Err(refusal)) => (refusal, REFUSED),
            Err(_) => {
                let place = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
                (workbook::fault(&place), PANICKED)
            }
        };
        let _ = out.refusal(&refusal);
        ExitCode::from(code)
    }

    fn tell(&self, out: &mut Writer<'_>) -> Result<(), Box<Diagnostic>> {
        let refused = |error: io::Error| workbook::unreadable(&error.to_string());
        let sheet = self.sheet.as_deref();
        if self.path == "-" {
            let bytes = read_input().map_err(refused)?;
            end_with_parent();
            return workbook::tell(Cursor::new(bytes), sheet, &self.limits, out);
        }
        end_with_parent();
        let file = File::open(&self.path).map_err(refused)?;
        workbook::tell(BufReader::new(file), sheet, &self.limits, out)
    }
}

/// The workbook on standard input: its length in eight bytes, and itself.
fn read_input() -> io::Result<Vec<u8>> {
    let mut stdin = io::stdin().lock();
    let mut length = [0; 8];
    stdin.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    stdin.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

/// Ends this process when standard input ends: the parent holds it open as long as it lives and listens.
fn end_with_parent() {
    std::thread::spawn(|| {
        let mut rest = [0; 64];
        while matches!(io::stdin().lock().read(&mut rest), Ok(read) if read > 0) {}
        std::process::exit(0);
    });
}
