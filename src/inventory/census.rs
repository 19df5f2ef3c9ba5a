//! How many people stand behind each user, where the files hold cohorts in place of people.
//!
//! In: files that the statement of [`crate::sql::cohorts`] filled, or others like them: inventories whose `SipAddress` is the
//! key of a cohort, with the column [`USERS`]. Out: [`Census`], or what is wrong with the counts. Everything else in these
//! files is read, understood and merged as rows of single people are.

use std::collections::HashMap;

use super::Request;
use super::cell::{address, clean};
use super::columns::{Field, Layout};
use super::delimited::encoding::Trust;
use super::opening::open;
use super::reading::{FilePlace, Reading};
use super::record::{ReadError, Record};
use super::source::Source;
use crate::diagnostic::Diagnostic;

/// The column that says how many people a cohort has.
pub const USERS: &str = "cutover-users";
/// The column that says how many rows of these people a row stands for; as many as people where it is missing.
pub const ROWS: &str = "cutover-rows";
/// The column that numbers the rows of a cohort, from 1, in the order in which they count; not checked where it is missing.
pub const LINE: &str = "cutover-line";

/// The most people, and the most rows, that all cohorts together may have: more than the world has, and few enough for sums
/// over days.
pub const MOST: u64 = 1_000_000_000_000;

/// Counts of people and rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Census {
    cohorts: HashMap<String, Cohort>,
    /// For each row of all files, in order, how many rows it stands for.
    times: Vec<u64>,
    people: u64,
    rows: u64,
}

#[derive(Clone, Copy, Debug)]
struct Cohort {
    people: u64,
    lines: u64,
}

impl Census {
    /// Reads the counts of all files; what is wrong comes with the file's position.
    pub(crate) fn read(
        sources: &[Source<'_>],
        request: &Request,
    ) -> Result<Self, Vec<(usize, Diagnostic)>> {
        let mut census = Self::default();
        let mut problems = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            if let Err(problem) = census.read_file(number, source, request) {
                problems.push((number, *problem));
            }
        }
        if problems.is_empty() {
            Ok(census)
        } else {
            Err(problems)
        }
    }

    /// How many people a user stands for.
    pub(crate) fn people(&self, key: &str) -> u64 {
        self.cohorts.get(key).map_or(0, |cohort| cohort.people)
    }

    /// How many rows all rows stand for.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// How many rows a row stands for, by its position among the rows of all files.
    pub(crate) fn times(&self, row: u32) -> u64 {
        self.times.get(row as usize).copied().unwrap_or(0)
    }

    /// The first count that is wrong ends a file: if one cannot be trusted, none can.
    fn read_file(
        &mut self,
        number: usize,
        source: &Source<'_>,
        request: &Request,
    ) -> Result<(), ReadError> {
        let mut opened = open(source, request, Trust::Failed)?;
        let file = FilePlace {
            file: &source.name,
            sheet: opened.sheet.as_deref(),
            number,
        };
        let columns = Columns::find(&opened.layout).ok_or_else(|| {
            let message = format!("{} has no column {USERS}, which says how many people a cohort has", source.name);
            let problem = Diagnostic::error("cohort-column-missing", message);
            Box::new(
                problem
                    .at(file.row(opened.header_row, None))
                    .help("`cutover sql` prints the statement that makes such a file; a file of single people is given by --inventory"),
            )
        })?;
        let records = opened.body.records();
        while let Some(record) = records.next_record()? {
            if Reading::is_row(&record) {
                self.row(&record, &opened.layout, &columns)
                    .map_err(|wrong| {
                        let problem = Diagnostic::error(wrong.code, wrong.message);
                        Box::new(
                            problem
                                .at(file.row(record.row(), Some(wrong.column.to_owned())))
                                .help(wrong.help),
                        )
                    })?;
            }
        }
        Ok(())
    }

    fn row(
        &mut self,
        record: &Record<'_>,
        layout: &Layout,
        columns: &Columns,
    ) -> Result<(), Wrong> {
        let people = count(record, USERS, columns.users)?;
        let times = match columns.rows {
            Some(column) => count(record, ROWS, column)?,
            None => people,
        };
        self.times.push(times);
        self.rows += times;
        let addresses = layout.columns(Field::Sip).iter();
        let key = addresses
            .map(|&column| address(record.text(column)))
            .find(|key| !key.is_empty());
        // Rows without an address are nobody's; they are counted and rejected.
        let Some(key) = key else {
            return within(self.people, self.rows);
        };
        let shown = key.clone();
        let cohort = self
            .cohorts
            .entry(key)
            .or_insert(Cohort { people, lines: 0 });
        cohort.lines += 1;
        if cohort.lines == 1 {
            self.people += people;
        }
        if people == 0 || cohort.people != people {
            return Err(Wrong::people(&shown, people, cohort.people));
        }
        if let Some(column) = columns.line {
            let line = count(record, LINE, column)?;
            if line != cohort.lines {
                return Err(Wrong::line(&shown, line, cohort.lines));
            }
        }
        within(self.people, self.rows)
    }
}

/// Where the counts of a file stand.
struct Columns {
    users: usize,
    rows: Option<usize>,
    line: Option<usize>,
}

impl Columns {
    fn find(layout: &Layout) -> Option<Self> {
        let find = |name: &str| {
            let mut headers = layout.headers.iter();
            headers.position(|header| header.eq_ignore_ascii_case(name))
        };
        Some(Self {
            users: find(USERS)?,
            rows: find(ROWS),
            line: find(LINE),
        })
    }
}

/// A count that cannot be right.
struct Wrong {
    code: &'static str,
    column: &'static str,
    message: String,
    help: &'static str,
}

impl Wrong {
    fn people(key: &str, found: u64, first: u64) -> Self {
        let message = if found == 0 {
            format!("the cohort {key} has no people")
        } else {
            format!("the rows of the cohort {key} disagree: {first} people above, {found} here")
        };
        Self {
            code: "cohort-count-invalid",
            column: USERS,
            message,
            help: "every row of a cohort says how many people the cohort has, at least one",
        }
    }

    fn line(key: &str, found: u64, expected: u64) -> Self {
        Self {
            code: "cohort-line-missing",
            column: LINE,
            message: format!(
                "row {expected} of the cohort {key} was expected here, found row {found}"
            ),
            help: "the file must be whole, and its rows in the order of the statement; files of one result are given in order",
        }
    }
}

fn within(people: u64, rows: u64) -> Result<(), Wrong> {
    if people <= MOST && rows <= MOST {
        return Ok(());
    }
    Err(Wrong {
        code: "cohort-too-large",
        column: USERS,
        message: format!(
            "up to here there are {people} people and {rows} rows; at most {MOST} can be counted"
        ),
        help: "is this column a count?",
    })
}

fn count(record: &Record<'_>, name: &'static str, column: usize) -> Result<u64, Wrong> {
    let text = clean(record.text(column));
    let is_number =
        !text.is_empty() && text.len() <= 13 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| Wrong {
        code: "cohort-count-invalid",
        column: name,
        message: format!("{text:?} is not a count"),
        help: "a whole number of at most 13 digits is expected",
    })
}
