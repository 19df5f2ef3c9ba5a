//! What client changes make of a user's endpoints.

use super::State;
use crate::model::{Client, EndpointSet};
use crate::plan::ClientOperation;

/// Does to a user's endpoints what an operation says.
pub(super) fn change_endpoints(state: &mut State, operation: ClientOperation) {
    match operation {
        ClientOperation::Replace { drop, with } if state.endpoints.has_any(drop) => {
            replace_endpoints(state, drop, Some(with));
        }
        ClientOperation::Replace { .. } => {}
        ClientOperation::Add(client) => replace_endpoints(state, EndpointSet::EMPTY, Some(client)),
        ClientOperation::Remove(drop) => replace_endpoints(state, drop, None),
    }
}

/// Drops endpoints and adds one. An endpoint that was not there before counts as brought by the plan, with its add-in, for
/// as long as it is there (contract section 4.4).
fn replace_endpoints(state: &mut State, drop: EndpointSet, with: Option<Client>) {
    let before = state.endpoints;
    let kept = before.without(drop);
    let after = with.map_or(kept, |client| kept.with(client));
    let new = after.without(before);
    state.brought = state.brought.common(after).union(new);
    state.endpoints = after;
}
