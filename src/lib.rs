//! `cutover`: who loses meetings, Group Chat or public IM at each stage of a migration from OCS 2007 R2 to Lync Server 2010
//! and Lync Server 2013, when, why, and on whose word.
//!
//! ```text
//! bytes ─► Inventory ─┐
//! text  ─► Plan ──────┼─► Timeline ─► Findings + States ─► Report ─► bytes
//! data  ─► Knowledge ─────────┘            │
//!                                          ├─► Comparison (two plans)
//!                                          └─► Sweep (a range of dates)
//! ```
//!
//! The library is pure: it opens no file, reads no clock and no environment, and prints nothing. The binary beside it does
//! all reading, writing and printing.

pub mod csv_text;
pub mod diagnostic;
pub mod digest;
pub mod model;
mod slots;
pub mod terminal_text;
mod threads;

pub mod compare;
pub mod draft;
pub mod dry_run;
pub mod finding;
pub mod inventory;
pub mod knowledge;
pub mod plan;
pub mod pseudonym;
pub mod report;
pub mod simulate;
pub mod sql;
pub mod sweep;
pub mod timeline;
