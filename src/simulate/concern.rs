//! Whom an event can concern at all.
//!
//! In: what an event changes, and what is true of somebody. Out: whether one has to do with the other: one comparison of bits.

use super::level_set::Hosts;
use crate::model::{Provider, ProviderSet, ServerVersion};
use crate::timeline::Traits;

/// People by what an event can change for them: a bit for each provider that they use, and above these one of four: for who is no
/// organizer, and for who is one, by home. Organizers do not count among those whom they may join.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Concerned(u16);

impl Concerned {
    const PROVIDERS: u32 = u8::BITS;

    /// Somebody with these traits on a home.
    pub(super) fn of(traits: &Traits, home: ServerVersion) -> Self {
        let own = if traits.organizer {
            1 + home.index()
        } else {
            0
        };
        Self(u16::from(traits.providers.0) | 1 << Self::PROVIDERS << own)
    }

    /// Those whom an event concerns that changes the service of a provider, or moves [other organizers](others_moved).
    pub(super) fn by(provider: Option<Provider>, others_moved: [bool; 4]) -> Self {
        let providers = ProviderSet::of(provider.as_slice());
        let others = others_moved.iter().rev();
        let others = others.fold(0, |bits, &is_moved| bits << 1 | u16::from(is_moved));
        Self(u16::from(providers.0) | others << Self::PROVIDERS)
    }

    #[inline]
    pub(super) fn has(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }
}

/// Does it change which versions host any other organizer, where organizers by version are these before and after an event: for
/// who is none, and for who is one, by home?
pub(super) fn others_moved(before: [u64; 3], after: [u64; 3]) -> [bool; 4] {
    std::array::from_fn(|who| {
        let others = |mut organizers: [u64; 3]| {
            if let Some(home) = who.checked_sub(1) {
                // Where there is none on a version nobody asks.
                organizers[home] = organizers[home].saturating_sub(1);
            }
            Hosts::of(organizers)
        };
        others(before) != others(after)
    })
}
