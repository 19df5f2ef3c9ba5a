//! Where the documents disagree, and what hangs on it: the range of each figure from the lenient to the strict reading.

use super::Context;
use crate::model::Capability;

/// A figure that differs between readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contested {
    /// The event's position in [`super::Report::events`].
    pub event: usize,
    /// The capability.
    pub capability: Capability,
    /// Users at none after the event, in the report's reading.
    pub chosen: u64,
    /// In the lenient reading.
    pub lenient: u64,
    /// In the strict reading.
    pub strict: u64,
}

/// Every figure that differs, by capability, then event; a figure is left out while it stays as it was at the event before.
pub(super) fn contested(context: &Context<'_, '_>) -> Vec<Contested> {
    let mut rows = Vec::new();
    for &capability in Capability::ALL {
        let mut last = None;
        for (event, outcome) in context.simulation.outcomes.iter().enumerate() {
            let range = outcome.range[capability.index()];
            let row = Contested {
                event,
                capability,
                chosen: outcome.state[capability.index()].none,
                lenient: range.lenient,
                strict: range.strict,
            };
            let figures = (row.lenient, row.chosen, row.strict);
            if range.lenient != range.strict && last != Some(figures) {
                rows.push(row);
            }
            last = Some(figures);
        }
    }
    rows
}
