//! The timeline as a Mermaid gantt chart: phases, stages, dates from outside, and when somebody goes without.
//!
//! Every task begins with a word or a number of ours, because Mermaid takes some first words for orders, and foreign text has
//! everything but letters and digits as character codes. No mark for today: the chart says the same whenever it is drawn.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::wording;
use crate::report::model::{EventRow, Report};
use crate::report::stages::mermaid::escaped;

/// Above so many tasks a section is left out: nobody reads such a chart, and pages refuse to draw long ones.
const TASKS: usize = 60;

pub(super) fn gantt(report: &Report) -> String {
    let mut chart = Chart {
        text: String::from(
            "gantt\n    dateFormat YYYY-MM-DD\n    axisFormat %Y-%m-%d\n    todayMarker off\n",
        ),
        tasks: 0,
    };
    let phases = report.telling_phases().map(|phase| {
        let name = format!("{}. {}", phase.number, escaped(&phase.name));
        (name, "", phase.from, next(phase.until))
    });
    chart.section("Phases", phases.collect());
    let events = |is_wanted: fn(&EventRow) -> bool| {
        let events = report.events.iter().enumerate();
        events
            .filter(move |(_, event)| is_wanted(event))
            .map(|(number, event)| {
                let name = format!("{number}. {}", escaped(&event.title));
                (name, "milestone, ", event.date, event.date)
            })
            .collect::<Vec<_>>()
    };
    chart.section("Stages", events(|event| event.stage.is_some()));
    chart.section(
        "Outside dates",
        events(|event| event.stage.is_none() && event.kind != "baseline"),
    );
    let losses = report.intervals.iter().map(|interval| {
        let capability = escaped(wording::capability(interval.capability));
        let name = format!("{capability}, at most {}", interval.peak);
        (name, "crit, ", interval.from, interval.until)
    });
    chart.section("Users without", losses.collect());
    chart.text
}

/// The day after: a phase of one day is one day long.
fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

struct Chart {
    text: String,
    tasks: usize,
}

impl Chart {
    fn section(&mut self, name: &str, tasks: Vec<(String, &str, NaiveDate, NaiveDate)>) {
        if tasks.is_empty() || tasks.len() > TASKS {
            return;
        }
        let _ = writeln!(self.text, "    section {name}");
        for (name, tags, from, until) in tasks {
            self.tasks += 1;
            let _ = writeln!(
                self.text,
                "    {name} :{tags}t{}, {from}, {until}",
                self.tasks
            );
        }
    }
}
