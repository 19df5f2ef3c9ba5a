//! What the simulation finds: changes of a user's level, and risks of the plan itself.
//!
//! Plain data with the wording of codes; deciding happens in `simulate` and `timeline`.

use std::sync::Arc;

use crate::knowledge::Rule;
use crate::model::{Capability, Level, Severity};

/// What kind of change a finding is (contract section 4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A fall to none.
    Lost,
    /// A fall to limited.
    Degraded,
    /// A fall to unknown.
    AtRisk,
    /// Any rise.
    Restored,
}

impl Kind {
    /// Every kind, in the order of the output.
    pub const ALL: &'static [Self] = &[Self::Lost, Self::Degraded, Self::AtRisk, Self::Restored];

    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Degraded => "degraded",
            Self::AtRisk => "at-risk",
            Self::Restored => "restored",
        }
    }

    /// The kind with this public id.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// The kind of a change between two different levels.
    #[must_use]
    pub fn of(from: Level, to: Level) -> Self {
        match to {
            _ if to > from => Self::Restored,
            Level::None => Self::Lost,
            Level::Unknown => Self::AtRisk,
            Level::Limited | Level::Full => Self::Degraded,
        }
    }
}

/// Why a level changed (contract section 4.7), in the order in which causes are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Cause {
    /// The user's own server version changed.
    OwnMove,
    /// The user's own endpoints changed.
    OwnClient,
    /// Other organizers moved.
    OthersMove,
    /// The chat deployment that serves the user changed.
    ChatMigration,
    /// A public IM service changed or ended.
    ServiceChange,
    /// The user's PIC license ran out.
    LicenseExpiry,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: &'static [Self] = &[
        Self::OwnMove,
        Self::OwnClient,
        Self::OthersMove,
        Self::ChatMigration,
        Self::ServiceChange,
        Self::LicenseExpiry,
    ];

    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::OwnMove => "own-move",
            Self::OwnClient => "own-client",
            Self::OthersMove => "others-move",
            Self::ChatMigration => "chat-migration",
            Self::ServiceChange => "service-change",
            Self::LicenseExpiry => "license-expiry",
        }
    }
}

/// A set of causes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Causes(pub u8);

impl Causes {
    /// This set and one cause more.
    #[must_use]
    pub const fn with(self, cause: Cause) -> Self {
        Self(self.0 | 1 << cause as u8)
    }

    /// Is it among them?
    #[must_use]
    pub const fn has(self, cause: Cause) -> bool {
        self.0 & (1 << cause as u8) != 0
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Is there exactly one?
    #[must_use]
    pub const fn is_single(self) -> bool {
        self.0.count_ones() == 1
    }

    /// The causes in order.
    pub fn iter(self) -> impl Iterator<Item = Cause> {
        Cause::ALL
            .iter()
            .copied()
            .filter(move |&cause| self.has(cause))
    }
}

/// What to use instead (contract section 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Workaround {
    /// Join with Lync Web App 2013.
    LyncWebApp2013,
    /// Schedule with the Lync 2013 Web Scheduler.
    WebScheduler,
}

impl Workaround {
    /// The workaround with this public id.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        [Self::LyncWebApp2013, Self::WebScheduler]
            .into_iter()
            .find(|workaround| workaround.id() == id)
    }

    /// The public id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::LyncWebApp2013 => "lync-web-app-2013",
            Self::WebScheduler => "lync-2013-web-scheduler",
        }
    }

    /// The name for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LyncWebApp2013 => "Lync Web App 2013",
            Self::WebScheduler => "Lync 2013 Web Scheduler",
        }
    }
}

/// How many of the other organizers a user cannot join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reach {
    /// Organizers out of reach (users).
    pub out_of_reach: u64,
    /// All other organizers (users).
    pub organizers: u64,
}

/// A change of level between two successive events, for every user on one path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// The event's position in the timeline.
    pub event: usize,
    /// What changed.
    pub capability: Capability,
    /// The level before the event.
    pub from: Level,
    /// The level after the event.
    pub to: Level,
    /// How bad it is.
    pub severity: Severity,
    /// Why it changed; never empty.
    pub causes: Causes,
    /// What to use instead, if anything.
    pub workaround: Option<Workaround>,
    /// For `meeting-reach`: how many organizers are out of reach.
    pub reach: Option<Reach>,
    /// The cells, sentences and judgements behind the new level; never empty. Findings that rest on the same share them.
    pub rules: Arc<[Rule]>,
}

impl Finding {
    /// The kind of change.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(self.from, self.to)
    }

    /// Out of reach / all, for meeting-reach; else empty.
    #[must_use]
    pub fn detail(&self) -> String {
        self.reach.map_or_else(String::new, |reach| {
            format!("{}/{}", reach.out_of_reach, reach.organizers)
        })
    }
}

/// The severity of a change (contract section 4.7).
#[must_use]
pub fn severity(
    capability: Capability,
    kind: Kind,
    workaround: Option<Workaround>,
    reach: Option<Reach>,
) -> Severity {
    match (kind, capability) {
        (Kind::Restored, _) => Severity::Info,
        (Kind::AtRisk, _) => Severity::Low,
        (_, Capability::MeetingReach) => reach.map_or(Severity::Low, reach_severity),
        (Kind::Lost, Capability::SignIn) => Severity::Critical,
        (Kind::Lost, _) if workaround.is_some() => Severity::Medium,
        (Kind::Lost, _) => Severity::High,
        (Kind::Degraded, Capability::SignIn | Capability::MeetingJoin | Capability::GroupChat) => {
            Severity::Medium
        }
        (Kind::Degraded, _) => Severity::Low,
    }
}

/// High from half of the organizers out of reach, medium from one in twenty.
fn reach_severity(reach: Reach) -> Severity {
    if reach.out_of_reach * 2 >= reach.organizers {
        Severity::High
    } else if reach.out_of_reach * 20 >= reach.organizers {
        Severity::Medium
    } else {
        Severity::Low
    }
}

/// What can be wrong with a plan that is well formed (contract section 4.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanCode {
    /// Pools of all three server versions are live at once.
    ThreeVersionsLive,
    /// A move to an older version.
    Rollback,
    /// A move into a pool that is not live.
    PoolNotLive,
    /// A pool is decommissioned while users are homed there.
    RetiredWithUsers,
    /// A move or client change that changes no user.
    MatchedNobody,
    /// Chat is migrated before the users it serves.
    ChatBeforeUsers,
    /// Users stay on an older version to the end.
    UsersLeftBehind,
    /// An application cannot work with its chat server.
    ApplicationIncompatible,
    /// An application may work with its chat server, in part.
    ApplicationLimited,
}

impl PlanCode {
    /// Every code, as documented.
    pub const ALL: &'static [Self] = &[
        Self::ThreeVersionsLive,
        Self::Rollback,
        Self::PoolNotLive,
        Self::RetiredWithUsers,
        Self::MatchedNobody,
        Self::ChatBeforeUsers,
        Self::UsersLeftBehind,
        Self::ApplicationIncompatible,
        Self::ApplicationLimited,
    ];

    /// The public code.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ThreeVersionsLive => "three-versions-live",
            Self::Rollback => "rollback",
            Self::PoolNotLive => "pool-not-live",
            Self::RetiredWithUsers => "retired-with-users",
            Self::MatchedNobody => "matched-nobody",
            Self::ChatBeforeUsers => "chat-before-users",
            Self::UsersLeftBehind => "users-left-behind",
            Self::ApplicationIncompatible => "application-incompatible",
            Self::ApplicationLimited => "application-limited",
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::ThreeVersionsLive | Self::PoolNotLive | Self::RetiredWithUsers => {
                Severity::Critical
            }
            Self::Rollback | Self::ApplicationIncompatible => Severity::High,
            Self::MatchedNobody | Self::ChatBeforeUsers | Self::ApplicationLimited => {
                Severity::Medium
            }
            Self::UsersLeftBehind => Severity::Low,
        }
    }
}

/// A risk of the plan itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFinding {
    /// What it is.
    pub code: PlanCode,
    /// The id of the event at which it shows.
    pub event: String,
    /// The pool, deployment, application or operation concerned.
    pub subject: String,
    /// One sentence for a person, with the figures.
    pub message: String,
    /// The rules behind it; never empty.
    pub rules: Vec<Rule>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_is_named_by_where_it_ends_and_any_rise_is_restored() {
        assert_eq!(Kind::of(Level::Full, Level::None), Kind::Lost);
        assert_eq!(Kind::of(Level::Unknown, Level::None), Kind::Lost);
        assert_eq!(Kind::of(Level::Full, Level::Unknown), Kind::AtRisk);
        assert_eq!(Kind::of(Level::Full, Level::Limited), Kind::Degraded);
        assert_eq!(Kind::of(Level::None, Level::Unknown), Kind::Restored);
    }

    #[test]
    fn meeting_reach_is_high_from_half_medium_from_one_in_twenty() {
        let at = |out_of_reach, organizers| {
            severity(
                Capability::MeetingReach,
                Kind::Degraded,
                None,
                Some(Reach {
                    out_of_reach,
                    organizers,
                }),
            )
        };
        assert_eq!(at(1, 2), Severity::High);
        assert_eq!(at(1, 3), Severity::Medium);
        assert_eq!(at(1, 20), Severity::Medium);
        assert_eq!(at(1, 21), Severity::Low);
        assert_eq!(at(0, 21), Severity::Low);
    }

    #[test]
    fn a_workaround_makes_a_loss_medium() {
        let lost = |workaround| severity(Capability::MeetingJoin, Kind::Lost, workaround, None);
        assert_eq!(lost(None), Severity::High);
        assert_eq!(lost(Some(Workaround::LyncWebApp2013)), Severity::Medium);
    }
}
