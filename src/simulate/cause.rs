//! Why a level changed: which inputs, put back alone, would change it again (contract section 4.7).

use super::level::{Inputs, Judge};
use crate::finding::{Cause, Causes};
use crate::model::{Capability, Level};
use crate::timeline::Traits;

/// The causes of a change of a capability's level between two moments; never empty where the level differs.
pub(super) fn causes(
    judge: &Judge<'_>,
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
    let mut decisive = Causes::default();
    for &cause in Cause::ALL {
        let Some(without) = put_back(cause, capability, before, after) else {
            continue;
        };
        candidates = candidates.with(cause);
        if judge.level(capability, traits, &without) != Some(new_level) {
            decisive = decisive.with(cause);
        }
    }
    if decisive.is_empty() {
        candidates
    } else {
        decisive
    }
}

/// The inputs after an event with one of them put back to its value before; `None` where that one did not change, or where the
/// capability does not depend on it.
fn put_back(
    cause: Cause,
    capability: Capability,
    before: &Inputs,
    after: &Inputs,
) -> Option<Inputs> {
    let mut inputs = *after;
    match cause {
        Cause::OwnMove => inputs.home = before.home,
        Cause::OwnClient if capability != Capability::LiveMeeting => {
            inputs.endpoints = before.endpoints;
            inputs.brought = before.brought;
            // Signing in begins with the first endpoint that counts, so it goes back with the endpoints.
            inputs.signs_in = before.signs_in;
        }
        Cause::OthersMove if capability == Capability::MeetingReach => {
            inputs.organizers = before.organizers
        }
        Cause::ChatMigration if capability == Capability::GroupChat => inputs.chat = before.chat,
        Cause::ServiceChange => {
            let provider = capability.provider()?;
            if before.changed.has(provider) != after.changed.has(provider) {
                inputs.changed = before.changed;
            }
        }
        Cause::LicenseExpiry if capability == Capability::PicYahoo => {
            inputs.licensed = before.licensed
        }
        _ => return None,
    }
    (inputs != *after).then_some(inputs)
}
