//! The one test binary; a module per topic.

mod architecture;
mod cohorts;
mod inventory;
mod knowledge;
mod pages;
mod plans;
mod properties;
mod scenarios;
mod simulate;
mod sql;
mod support;
mod sweep;
mod workbook;
