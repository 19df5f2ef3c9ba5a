//! The one test binary; a module per topic.

mod properties;
mod simulate;
mod support;
mod workbook;
