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
    let put_back = |cause| put_back(cause, capability, before, after);
    for &cause in Cause::ALL {
        if put_back(cause).is_some() {
            candidates = candidates.with(cause);
        }
    }
    if candidates.is_single() {
        return candidates;
    }
    let mut decisive = Causes::default();
    for cause in candidates.iter() {
        let without = put_back(cause);
        let level = without.and_then(|without| table.level(capability, traits, &without));
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

/// The inputs after an event with one of them put back to its value before; `None` where that one did not change, or where the
/// capability does not depend on it.
fn put_back(
    cause: Cause,
    capability: Capability,
    before: &Inputs,
    after: &Inputs,
) -> Option<Inputs> {
    match cause {
        Cause::OwnMove => (before.home != after.home).then_some(Inputs {
            home: before.home,
            ..*after
        }),
        Cause::OwnClient => {
            // Signing in begins with the first endpoint that counts, so it goes back with the endpoints.
            let has_changed = before.endpoints != after.endpoints
                || before.brought != after.brought
                || before.signs_in != after.signs_in;
            (capability != Capability::LiveMeeting && has_changed).then_some(Inputs {
                endpoints: before.endpoints,
                brought: before.brought,
                signs_in: before.signs_in,
                ..*after
            })
        }
        Cause::OthersMove => {
            let is_asked = capability == Capability::MeetingReach;
            (is_asked && before.organizers != after.organizers).then_some(Inputs {
                organizers: before.organizers,
                ..*after
            })
        }
        Cause::ChatMigration => {
            let is_asked = capability == Capability::GroupChat;
            (is_asked && before.chat != after.chat).then_some(Inputs {
                chat: before.chat,
                ..*after
            })
        }
        Cause::ServiceChange => {
            let provider = capability.provider()?;
            (before.changed.has(provider) != after.changed.has(provider)).then_some(Inputs {
                changed: before.changed,
                ..*after
            })
        }
        Cause::LicenseExpiry => {
            let is_asked = capability == Capability::PicYahoo;
            (is_asked && before.licensed != after.licensed).then_some(Inputs {
                licensed: before.licensed,
                ..*after
            })
        }
    }
}
