//! What the simulation found, laid out for people and programs. Reports do not decide.
//!
//! One file per format; each turns finished results into bytes or into structs for serde.

pub mod calendar;
pub mod charts;
pub mod check;
pub mod cohort_findings;
pub mod comparison;
pub mod difference;
pub mod explain;
pub mod findings;
pub mod grid;
pub mod html;
pub mod json;
pub mod markdown;
pub mod markdown_text;
pub mod markup;
pub mod model;
pub mod moves;
pub mod people_csv;
pub mod powershell_text;
pub mod profile;
pub mod report_json;
pub mod rules;
pub mod stages;
pub mod sweep;
pub mod terminal;
pub mod workbook;
