//! The one test binary; a module per topic.

#![expect(
    unreachable_pub,
    reason = "what modules share is pub in a binary that nobody can import"
)]

mod architecture;
mod cli;
mod cohorts;
mod communications;
mod compare;
mod docs;
mod dry_run;
mod findings;
mod grid;
mod handover;
mod inventory;
mod knowledge;
mod pages;
mod plans;
mod previous;
mod program;
mod properties;
mod report_model;
mod report_workbook;
mod scenarios;
mod simulate;
mod sinks;
mod sql;
mod stories;
mod support;
mod sweep;
mod timeline;
mod walkthrough;
mod workbook;
