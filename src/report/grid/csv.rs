//! `sweep --grid … --format csv`: a line for each cell and capability.
//!
//! A cell in which nobody loses anything, or in which the stages cannot stand, has one line without a capability, so that every
//! pair of days is there.

use std::io::{self, Write};

use super::is_told;
use crate::csv_text::guarded;
use crate::model::Capability;
use crate::sweep::grid::{Cell, Grid, Verdict};

const HEADER: [&str; 15] = [
    "first_day_1",
    "last_day_1",
    "first_day_2",
    "last_day_2",
    "apart_from",
    "apart_to",
    "feasible",
    "capability",
    "lost",
    "at_1",
    "at_2",
    "user_days",
    "per_day_1",
    "per_day_2",
    "reason",
];

/// Writes a grid, header first.
///
/// # Errors
/// What the writer says.
pub fn write(grid: &Grid, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for cell in &grid.cells {
        let place = place(cell);
        for line in lines(cell) {
            writer.write_record(place.iter().chain(&line))?;
        }
    }
    writer.flush()
}

/// Which pairs of days.
fn place(cell: &Cell) -> [String; 6] {
    let [[first_1, last_1], [first_2, last_2]] =
        cell.days.map(|days| days.map(|day| day.to_string()));
    let apart = |end: usize| {
        cell.apart
            .map_or_else(String::new, |apart| apart[end].to_string())
    };
    [first_1, last_1, first_2, last_2, apart(0), apart(1)]
}

/// What holds there, from `feasible` on.
fn lines(cell: &Cell) -> Vec<[String; 9]> {
    let answer = match &cell.verdict {
        Verdict::Feasible(answer) => answer,
        Verdict::Infeasible(reasons) => {
            let mut line: [String; 9] = Default::default();
            line[0] = "no".to_owned();
            line[8] = guarded(&reasons.join("; ")).into_owned();
            return vec![line];
        }
    };
    let at = cell.corners.first().copied();
    let at = at.unwrap_or([cell.days[0][0], cell.days[1][0]]);
    let days = answer.user_days_on(at);
    let line = |capability: &str, lost: u64, user_days: u64, per_day: [i64; 2]| {
        [
            "yes".to_owned(),
            capability.to_owned(),
            lost.to_string(),
            at[0].to_string(),
            at[1].to_string(),
            user_days.to_string(),
            per_day[0].to_string(),
            per_day[1].to_string(),
            String::new(),
        ]
    };
    let told = Capability::ALL
        .iter()
        .filter(|&&capability| is_told(cell, capability));
    let lines: Vec<[String; 9]> = told
        .map(|&capability| {
            let index = capability.index();
            let per_day = answer.per_day(capability);
            line(capability.id(), answer.lost[index], days[index], per_day)
        })
        .collect();
    if lines.is_empty() {
        vec![line("", 0, 0, [0, 0])]
    } else {
        lines
    }
}
