//! What the simulation found, laid out for people and programs. Reports do not decide.
//!
//! One file per format; each turns finished results into bytes or into structs for serde.

pub mod check;
pub mod comparison;
pub mod findings;
pub mod json;
pub mod markdown_text;
pub mod model;
pub mod profile;
pub mod stages;
pub mod sweep;
pub mod terminal;
