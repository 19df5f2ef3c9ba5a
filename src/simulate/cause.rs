//! Why a level changed: which inputs, put back alone, would change it again (contract section 4.7).

use super::level::Inputs;
use super::table::Table;
use crate::finding::{Cause, Causes};
use crate::model::{Capability, Level};
use crate::timeline::Traits;

/// The causes of a change of a capability's level between two moments; never empty where the level differs. A single input that
/// changed is the cause, whatever else would have been.
pub(super) fn causes(
    table: &Table<'_>,
    capability: Capability,
    traits: &Traits,
    before: &Inputs,
    after: &Inputs,
    new_level: Level,
) -> Causes {
    if capability == Capability::ExistingMeetings {
        return Causes::default().with(Cause::OwnMove);
    }
    let mut candidates = Causes::default();
    for &cause in Cause::ALL {
        if has_changed(cause, capability, before, after) {
            candidates = candidates.with(cause);
        }
    }
    if candidates.is_single() {
        return candidates;
    }
    let mut decisive = Causes::default();
    for cause in candidates.iter() {
        let without = put_back(cause, before, after);
        let level = table.level(capability, traits, &without);
        if level != Some(new_level) {
            decisive = decisive.with(cause);
        }
    }
    if decisive.is_empty() {
        candidates
    } else {
        decisive
    }
}

/// Is one of the inputs another one after an event, and does the capability depend on it?
fn has_changed(cause: Cause, capability: Capability, before: &Inputs, after: &Inputs) -> bool {
    match cause {
        Cause::OwnMove => before.home != after.home,
        Cause::OwnClient => {
            capability != Capability::LiveMeeting
                && (before.endpoints != after.endpoints
                    || before.brought != after.brought
                    || before.signs_in != after.signs_in)
        }
        Cause::OthersMove => {
            capability == Capability::MeetingReach && before.organizers != after.organizers
        }
        Cause::ChatMigration => capability == Capability::GroupChat && before.chat != after.chat,
        Cause::ServiceChange => capability
            .provider()
            .is_some_and(|provider| before.changed.has(provider) != after.changed.has(provider)),
        Cause::LicenseExpiry => {
            capability == Capability::PicYahoo && before.licensed != after.licensed
        }
    }
}

/// The inputs after an event with one of them put back to its value before.
fn put_back(cause: Cause, before: &Inputs, after: &Inputs) -> Inputs {
    let mut inputs = *after;
    match cause {
        Cause::OwnMove => inputs.home = before.home,
        Cause::OwnClient => {
            // Signing in begins with the first endpoint that counts, so it goes back with the endpoints.
            inputs.endpoints = before.endpoints;
            inputs.brought = before.brought;
            inputs.signs_in = before.signs_in;
        }
        Cause::OthersMove => inputs.organizers = before.organizers,
        Cause::ChatMigration => inputs.chat = before.chat,
        Cause::ServiceChange => inputs.changed = before.changed,
        Cause::LicenseExpiry => inputs.licensed = before.licensed,
    }
    inputs
}
