//! Reads a workbook in a child process of the program itself.
//!
//! In: a path or bytes, and limits. Out: the records of one sheet. A hostile workbook can make the libraries that unpack it take
//! all memory, abort or never end; here it costs a child, which is given up when it takes too long and cannot take more memory than
//! it is granted. The child is this very program with a hidden first argument, so nothing has to be installed and nothing
//! depends on the platform.

mod memory_cap;
mod reading;

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cutover::diagnostic::{Diagnostic, Place};
use cutover::inventory::Request;
use cutover::inventory::record::{ReadError, Records};
use cutover::inventory::source::Table;
use cutover::inventory::workbook::{self, HeaderTest, Limits, Teller, WorkbookRecords};

pub(crate) use reading::run_if_asked;

/// The hidden first argument.
const COMMAND: &str = "__read-workbook";

/// Where a workbook comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A file, and its size in bytes.
    File(PathBuf, u64),
    /// Bytes that are in memory already: standard input, or a pipe.
    Bytes(Arc<[u8]>),
}

/// A workbook as a table for the importer; every reading is a child process.
#[derive(Clone, Debug)]
pub(crate) struct Workbook<'a> {
    /// The file's name as the user gave it, for diagnostics.
    pub(crate) name: String,
    /// Where its bytes are.
    pub(crate) source: Source,
    /// The sheet that the user asked for.
    pub(crate) sheet: Option<String>,
    /// What reading may cost.
    pub(crate) limits: Limits,
    /// What tells the header, which in turn tells the sheet.
    pub(crate) request: &'a Request,
}

impl Table for Workbook<'_> {
    fn open(&self) -> Result<Box<dyn Records + '_>, ReadError> {
        let sheet = self.sheet.as_deref();
        let records = records(&self.name, &self.source, sheet, &self.limits, self.request)?;
        Ok(Box::new(records))
    }
}

/// Starts a child that tells a workbook; `header` tells the sheet where none is named.
pub(crate) fn records(
    name: &str,
    source: &Source,
    sheet: Option<&str>,
    limits: &Limits,
    header: &dyn HeaderTest,
) -> Result<WorkbookRecords<Telling>, ReadError> {
    let telling = Telling::start(source, sheet, limits).map_err(|error| {
        let why = format!("the process that reads it cannot be started: {error}");
        let place = Place::File {
            file: name.to_owned(),
        };
        Box::new(workbook::unreadable(&why).at(place))
    })?;
    WorkbookRecords::open(name, telling, header)
}

/// The child, telling its workbook.
#[derive(Debug)]
pub(crate) struct Telling {
    stdout: ChildStdout,
    stderr: Option<ChildStderr>,
    watch: Arc<Watch>,
    watcher: Option<JoinHandle<()>>,
    feeder: Option<JoinHandle<()>>,
    memory: u64,
    time: Duration,
}

/// The child process, and until when it may run.
#[derive(Debug)]
struct Watch {
    state: Mutex<Watched>,
    ended: Condvar,
}

#[derive(Debug)]
struct Watched {
    child: Child,
    /// Held open as long as the child shall live: it ends itself when this closes, as it does when this process dies.
    stdin: Option<ChildStdin>,
    is_over: bool,
    is_late: bool,
}

impl Telling {
    fn start(source: &Source, sheet: Option<&str>, limits: &Limits) -> io::Result<Self> {
        let (path, bytes, size) = match source {
            Source::File(path, size) => (path.as_os_str(), None, *size),
            Source::Bytes(bytes) => {
                let size = bytes.len() as u64;
                (OsStr::new("-"), Some(Arc::clone(bytes)), size)
            }
        };
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments(path, sheet, limits))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let piped = || io::Error::other("a pipe is missing");
        let stdout = child.stdout.take().ok_or_else(piped)?;
        let stdin = child.stdin.take().ok_or_else(piped)?;
        let stderr = child.stderr.take();
        let watch = Arc::new(Watch {
            state: Mutex::new(Watched {
                child,
                stdin: None,
                is_over: false,
                is_late: false,
            }),
            ended: Condvar::new(),
        });
        let time = limits.time_for(size);
        let feeder = feed(Arc::clone(&watch), stdin, bytes);
        let watcher = Arc::clone(&watch);
        Ok(Self {
            stdout,
            stderr,
            watcher: Some(std::thread::spawn(move || watcher.until(time))),
            watch,
            feeder,
            memory: limits.memory,
            time,
        })
    }

    /// Ends the child, if it has not ended, and waits for the threads beside it.
    fn end(&mut self) {
        self.watch.end();
        for thread in [self.watcher.take(), self.feeder.take()]
            .into_iter()
            .flatten()
        {
            let _ = thread.join();
        }
    }

    /// What the child's last words say: Rust names the failed request when memory runs out.
    fn last_words(&mut self) -> String {
        const ENOUGH: u64 = 4096;
        let mut words = Vec::new();
        if let Some(stderr) = self.stderr.take() {
            let _ = stderr.take(ENOUGH).read_to_end(&mut words);
        }
        String::from_utf8_lossy(&words).into_owned()
    }
}

fn arguments(path: &OsStr, sheet: Option<&str>, limits: &Limits) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec![
        COMMAND.into(),
        limits.memory.to_string().into(),
        limits.cells.to_string().into(),
        path.to_owned(),
    ];
    arguments.extend(sheet.map(OsString::from));
    arguments
}

/// Hands the child its bytes, if it does not read a file, and then keeps its standard input open.
fn feed(
    watch: Arc<Watch>,
    mut stdin: ChildStdin,
    bytes: Option<Arc<[u8]>>,
) -> Option<JoinHandle<()>> {
    let Some(bytes) = bytes else {
        watch.lock().stdin = Some(stdin);
        return None;
    };
    // A thread of its own, because the child tells while it is fed. Where it no longer listens, it says why itself.
    Some(std::thread::spawn(move || {
        let length = (bytes.len() as u64).to_le_bytes();
        let fed = stdin
            .write_all(&length)
            .and_then(|()| stdin.write_all(&bytes))
            .and_then(|()| stdin.flush());
        if fed.is_ok() {
            watch.lock().stdin = Some(stdin);
        }
    }))
}

impl Watch {
    fn lock(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills the child when the time is up.
    fn until(&self, time: Duration) {
        let deadline = Instant::now() + time;
        let mut state = self.lock();
        while !state.is_over {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.is_late = true;
                let _ = state.child.kill();
                return;
            }
            state = self
                .ended
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn end(&self) {
        let mut state = self.lock();
        state.is_over = true;
        state.stdin = None;
        let _ = state.child.kill();
        let _ = state.child.wait();
        self.ended.notify_all();
    }
}

impl Read for Telling {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stdout.read(buffer)
    }
}

impl Teller for Telling {
    fn stopped(&mut self) -> Box<Diagnostic> {
        self.end();
        let words = self.last_words();
        if self.watch.lock().is_late {
            return workbook::out_of_time(self.time.as_secs());
        }
        if words.contains("memory allocation") || words.is_empty() {
            return workbook::out_of_memory(self.memory);
        }
        workbook::fault("an unknown place")
    }

    fn release(&mut self) {
        self.end();
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.end();
    }
}
