//! The program's child process, as its parent sees it.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};

use cutover::diagnostic::Diagnostic;
use cutover::inventory::record::{Record, Records};
use cutover::inventory::workbook::{HeaderTest, Limits, Teller, WorkbookRecords, unreadable};

/// What was told about a workbook.
#[derive(Debug)]
pub(super) enum Told {
    Read {
        rows: Vec<(u64, Vec<String>)>,
        notices: Vec<Diagnostic>,
    },
    Refused(Diagnostic),
}

impl Told {
    pub(super) fn rows(&self) -> Vec<(u64, Vec<&str>)> {
        match self {
            Self::Read { rows, .. } => rows
                .iter()
                .map(|(row, cells)| (*row, cells.iter().map(String::as_str).collect()))
                .collect(),
            Self::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }
}

impl Told {
    /// Code and message of each thing noticed.
    pub(super) fn notices(&self) -> Vec<String> {
        match self {
            Self::Read { notices, .. } => notices
                .iter()
                .map(|notice| format!("{}: {}", notice.code, notice.message))
                .collect(),
            Self::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }
}

struct Telling(Child);

impl Read for Telling {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0
            .stdout
            .as_mut()
            .expect("the test made it")
            .read(buffer)
    }
}

impl Teller for Telling {
    fn stopped(&mut self) -> Box<Diagnostic> {
        let mut words = String::new();
        self.0
            .stderr
            .take()
            .expect("the test made it")
            .read_to_string(&mut words)
            .expect("the test made it");
        unreadable(&format!(
            "{:?}: {words}",
            self.0.wait().expect("the test made it")
        ))
    }
}

/// The first sheet whose first record holds anything is the one.
struct AnyRecord;

impl HeaderTest for AnyRecord {
    fn is_header(&self, _: &Record<'_>) -> bool {
        true
    }

    fn within(&self) -> usize {
        1
    }
}

/// Reads a workbook with default limits.
pub(super) fn read(workbook: &[u8]) -> Told {
    read_with(workbook, &Limits::default(), None)
}

/// Reads a workbook.
pub(super) fn read_with(workbook: &[u8], limits: &Limits, sheet: Option<&str>) -> Told {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .arg("__read-workbook")
        .args([
            limits.memory.to_string(),
            limits.cells.to_string(),
            "-".into(),
        ])
        .args(sheet)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the test made it");
    let mut stdin = child.stdin.take().expect("the test made it");
    let bytes = workbook.to_vec();
    let feeder = std::thread::spawn(move || {
        let _ = stdin.write_all(&(bytes.len() as u64).to_le_bytes());
        let _ = stdin.write_all(&bytes);
        stdin
    });
    let told = hear(Telling(child));
    drop(feeder.join());
    told
}

fn hear(telling: Telling) -> Told {
    let mut records = match WorkbookRecords::open("book", telling, &AnyRecord) {
        Ok(records) => records,
        Err(refusal) => return Told::Refused(*refusal),
    };
    let mut rows = Vec::new();
    loop {
        match records.next_record() {
            Ok(Some(record)) => {
                rows.push((record.row(), record.texts().map(str::to_owned).collect()))
            }
            Ok(None) => break,
            Err(refusal) => return Told::Refused(*refusal),
        }
    }
    let notices = records.take_diagnostics();
    Told::Read { rows, notices }
}
