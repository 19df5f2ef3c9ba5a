//! `sweep --format csv`: a line for each interval and capability.
//!
//! An interval in which nobody loses anything, or in which the stages cannot stand, has one line without a capability, so that
//! the days have no gaps.

use std::io::{self, Write};

use crate::csv_text::guarded;
use crate::model::Capability;
use crate::sweep::{Sweep, Verdict};

const HEADER: [&str; 8] = [
    "first_day",
    "last_day",
    "feasible",
    "capability",
    "lost",
    "user_days_first",
    "user_days_last",
    "reason",
];

/// Writes a sweep, header first.
///
/// # Errors
/// What the writer says.
pub fn write(sweep: &Sweep, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for interval in &sweep.intervals {
        let (first, last) = (
            interval.first_day.to_string(),
            interval.last_day.to_string(),
        );
        let mut line = |feasible: &str, cells: [&str; 4], reason: &str| {
            let reason = guarded(reason);
            let cells = [&[first.as_str(), &last, feasible], &cells[..], &[&*reason]].concat();
            writer.write_record(cells)
        };
        match &interval.verdict {
            Verdict::Infeasible(reasons) => line("no", [""; 4], &reasons.join("; "))?,
            Verdict::Feasible(answer) => {
                let mut is_told = false;
                for &capability in Capability::ALL {
                    let index = capability.index();
                    let figures = [answer.lost[index], answer.first[index], answer.last[index]];
                    if figures != [0, 0, 0] {
                        let [lost, first, last] = figures.map(|figure| figure.to_string());
                        line("yes", [capability.id(), &lost, &first, &last], "")?;
                        is_told = true;
                    }
                }
                if !is_told {
                    line("yes", ["", "0", "0", "0"], "")?;
                }
            }
        }
    }
    writer.flush()
}
