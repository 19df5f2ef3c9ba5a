//! The small shared types of the field: server versions, clients, capabilities, levels, readings.
//!
//! Everything else in the crate speaks in these words. They are plain data: no text is parsed here except the public ids
//! of the contract, and nothing here knows a rule.

use std::fmt;

/// Gives an enum its public ids: `ALL` in the contract's order, `id()` and `parse()`.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $id:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in the contract's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The public id, as plans, inventories and outputs spell it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// The value with exactly this public id.
            #[must_use]
            pub fn parse(id: &str) -> Option<Self> {
                match id { $($id => Some(Self::$variant),)+ _ => None }
            }

            /// The position in [`Self::ALL`].
            #[must_use]
            pub const fn index(self) -> usize {
                self as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.id())
            }
        }
    };
}

named! {
    /// A server generation, older first.
    ServerVersion {
        /// Office Communications Server 2007 R2.
        Ocs2007R2 = "ocs-2007-r2",
        /// Lync Server 2010.
        Lync2010 = "lync-server-2010",
        /// Lync Server 2013.
        Lync2013 = "lync-server-2013",
    }
}

impl ServerVersion {
    /// The product's name as people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ocs2007R2 => "OCS 2007 R2",
            Self::Lync2010 => "Lync Server 2010",
            Self::Lync2013 => "Lync Server 2013",
        }
    }
}

named! {
    /// What a user can do at a point of the timeline (contract section 4), worse first.
    ///
    /// The order is the one of a user's best endpoint and of findings: none < unknown < limited < full.
    Level {
        /// Not possible.
        None = "none",
        /// The documents do not say, or the client is unrecognized.
        Unknown = "unknown",
        /// Possible with a documented restriction.
        Limited = "limited",
        /// Possible without a documented restriction.
        Full = "full",
    }
}

named! {
    /// Something a user can lose (contract sections 4.2 to 4.6), in the contract's order.
    Capability {
        /// Signing in to the home pool's server version.
        SignIn = "sign-in",
        /// Instant messaging between two people.
        P2pIm = "p2p-im",
        /// Presence.
        P2pPresence = "p2p-presence",
        /// Voice between two people.
        P2pVoice = "p2p-voice",
        /// Video between two people.
        P2pVideo = "p2p-video",
        /// Application sharing between two people.
        P2pSharing = "p2p-sharing",
        /// File transfer between two people.
        P2pFileTransfer = "p2p-file-transfer",
        /// Joining meetings hosted on the user's own server version.
        MeetingJoin = "meeting-join",
        /// Joining the meetings of the other organizers of the inventory.
        MeetingReach = "meeting-reach",
        /// Scheduling meetings.
        MeetingSchedule = "meeting-schedule",
        /// Using the Live Meeting 2007 client.
        LiveMeeting = "live-meeting",
        /// Meetings scheduled before the migration.
        ExistingMeetings = "existing-meetings",
        /// Group Chat or Persistent Chat rooms.
        GroupChat = "group-chat",
        /// Public IM with AOL.
        PicAol = "pic-aol",
        /// Public IM with Yahoo!.
        PicYahoo = "pic-yahoo",
        /// Public IM with Windows Live Messenger.
        PicWindowsLive = "pic-windows-live",
        /// Public IM with Skype.
        PicSkype = "pic-skype",
        /// XMPP federation, Google Talk for instance.
        PicXmpp = "pic-xmpp",
    }
}

impl Capability {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The provider a public IM capability is about.
    #[must_use]
    pub const fn provider(self) -> Option<Provider> {
        match self {
            Self::PicAol => Some(Provider::Aol),
            Self::PicYahoo => Some(Provider::Yahoo),
            Self::PicWindowsLive => Some(Provider::WindowsLive),
            Self::PicSkype => Some(Provider::Skype),
            Self::PicXmpp => Some(Provider::Xmpp),
            _ => None,
        }
    }

    /// The column of the peer-to-peer table a capability is read from.
    #[must_use]
    pub const fn feature(self) -> Option<Feature> {
        match self {
            Self::P2pIm => Some(Feature::Im),
            Self::P2pPresence => Some(Feature::Presence),
            Self::P2pVoice => Some(Feature::Voice),
            Self::P2pVideo => Some(Feature::Video),
            Self::P2pSharing => Some(Feature::Sharing),
            Self::P2pFileTransfer => Some(Feature::FileTransfer),
            _ => None,
        }
    }
}

named! {
    /// A peer-to-peer feature: a column of the peer-to-peer table.
    Feature {
        /// Instant messaging.
        Im = "im",
        /// Presence.
        Presence = "presence",
        /// Voice.
        Voice = "voice",
        /// Video.
        Video = "video",
        /// Application sharing.
        Sharing = "sharing",
        /// File transfer.
        FileTransfer = "file-transfer",
    }
}

named! {
    /// How contested points of the documents are read (contract section 4.1).
    Reading {
        /// One decision for each contested point.
        Judged = "judged",
        /// The worst that any document supports.
        Strict = "strict",
        /// The best that any document supports.
        Lenient = "lenient",
    }
}

named! {
    /// A public IM provider.
    Provider {
        /// America Online.
        Aol = "aol",
        /// Yahoo!.
        Yahoo = "yahoo",
        /// Windows Live Messenger, MSN.
        WindowsLive = "windows-live",
        /// Skype.
        Skype = "skype",
        /// XMPP, Google Talk for instance.
        Xmpp = "xmpp",
    }
}

impl Provider {
    /// The capability of talking to this provider's users.
    #[must_use]
    pub const fn capability(self) -> Capability {
        match self {
            Self::Aol => Capability::PicAol,
            Self::Yahoo => Capability::PicYahoo,
            Self::WindowsLive => Capability::PicWindowsLive,
            Self::Skype => Capability::PicSkype,
            Self::Xmpp => Capability::PicXmpp,
        }
    }
}

named! {
    /// A meeting scheduling add-in (first document, scheduling table).
    AddIn {
        /// Online Meeting Add-in for Lync 2013.
        Lync2013 = "online-meeting-add-in-lync-2013",
        /// Lync 2013 Web Scheduler.
        WebScheduler = "lync-2013-web-scheduler",
        /// Online Meeting Add-in for Lync 2010.
        Lync2010 = "online-meeting-add-in-lync-2010",
        /// Office Communicator 2007 R2 Conferencing Add-in.
        Communicator = "conferencing-add-in-communicator-2007-r2",
        /// An add-in named by the inventory that no table knows.
        Unknown = "unknown-add-in",
    }
}

named! {
    /// How bad a finding is, lighter first.
    Severity {
        /// A recovery.
        Info = "info",
        /// Worth knowing.
        Low = "low",
        /// Needs a look.
        Medium = "medium",
        /// Needs action.
        High = "high",
        /// Must not happen.
        Critical = "critical",
    }
}

/// A client product: its position in the knowledge base's list of products.
///
/// The first [`Client::TABLED`] are the products that the documents' tables cover, as constants of this type; then comes
/// [`Client::UNRECOGNIZED`]; further products are recognized by name only and treated as unrecognized in every table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Client(pub u8);

impl Client {
    /// Lync 2013.
    pub const LYNC_2013: Self = Self(0);
    /// Lync 2013 Basic.
    pub const LYNC_2013_BASIC: Self = Self(1);
    /// Lync Web App 2013, meeting-only.
    pub const LYNC_WEB_APP_2013: Self = Self(2);
    /// Lync 2010.
    pub const LYNC_2010: Self = Self(3);
    /// Lync 2010 Attendant.
    pub const LYNC_2010_ATTENDANT: Self = Self(4);
    /// Lync Web App 2010, meeting-only.
    pub const LYNC_WEB_APP_2010: Self = Self(5);
    /// Lync 2010 Attendee, meeting-only.
    pub const LYNC_2010_ATTENDEE: Self = Self(6);
    /// Office Communicator 2007 R2.
    pub const COMMUNICATOR_2007_R2: Self = Self(7);
    /// Office Communicator 2007.
    pub const COMMUNICATOR_2007: Self = Self(8);
    /// Office Communications Server 2007 R2 Attendant.
    pub const OCS_2007_R2_ATTENDANT: Self = Self(9);
    /// Office Live Meeting 2007, meeting-only.
    pub const LIVE_MEETING_2007: Self = Self(10);
    /// Lync Windows Store app.
    pub const LYNC_WINDOWS_STORE_APP: Self = Self(11);
    /// Lync 2010 Mobile.
    pub const LYNC_2010_MOBILE: Self = Self(12);
    /// Lync Phone Edition.
    pub const LYNC_PHONE_EDITION: Self = Self(13);
    /// Lync 2010 Group Chat, a chat client.
    pub const LYNC_2010_GROUP_CHAT: Self = Self(14);
    /// Office Communications Server 2007 R2 Group Chat, a chat client.
    pub const OCS_2007_R2_GROUP_CHAT: Self = Self(15);
    /// A text that names no known product, or no client at all.
    pub const UNRECOGNIZED: Self = Self(16);

    /// How many products the documents' tables cover.
    pub const TABLED: u8 = 16;
    /// Highest number of products that an [`EndpointSet`] holds.
    pub const MAX: u8 = 64;

    /// The client as the tables see it: products recognized by name only are unrecognized there (contract section 4.2).
    #[must_use]
    pub const fn in_tables(self) -> Self {
        if self.0 < Self::TABLED {
            self
        } else {
            Self::UNRECOGNIZED
        }
    }
}

/// The endpoints of one user, as a set of client products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointSet(pub u64);

impl EndpointSet {
    /// No endpoint.
    pub const EMPTY: Self = Self(0);

    /// The set of these clients.
    #[must_use]
    pub fn of(clients: &[Client]) -> Self {
        clients
            .iter()
            .fold(Self::EMPTY, |set, &client| set.with(client))
    }

    /// This set and one client more.
    #[must_use]
    pub const fn with(self, client: Client) -> Self {
        Self(self.0 | 1 << client.0)
    }

    /// Has this client?
    #[must_use]
    pub const fn has(self, client: Client) -> bool {
        self.0 & (1 << client.0) != 0
    }

    /// Has any of these clients?
    #[must_use]
    pub const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// This set without those clients.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The clients that both have.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The clients, in the order of the knowledge base's product list.
    pub fn iter(self) -> impl Iterator<Item = Client> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let lowest = rest.trailing_zeros();
            rest &= rest - 1;
            u8::try_from(lowest).ok().map(Client)
        })
    }
}

/// Makes a set type over one of the enums above.
macro_rules! small_set {
    ($(#[$meta:meta])* $name:ident of $item:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u8);

        impl $name {
            /// Nothing in it.
            pub const EMPTY: Self = Self(0);

            /// The set of these.
            #[must_use]
            pub fn of(items: &[$item]) -> Self {
                items.iter().fold(Self::EMPTY, |set, &item| set.with(item))
            }

            /// This set and one more.
            #[must_use]
            pub const fn with(self, item: $item) -> Self {
                Self(self.0 | 1 << item as u8)
            }

            /// Is it in the set?
            #[must_use]
            pub const fn has(self, item: $item) -> bool {
                self.0 & (1 << item as u8) != 0
            }

            /// Both sets together.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Is nothing in it?
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// What is in it, in the contract's order.
            pub fn iter(self) -> impl Iterator<Item = $item> {
                $item::ALL.iter().copied().filter(move |&item| self.has(item))
            }
        }
    };
}

small_set! {
    /// A set of public IM providers.
    ProviderSet of Provider
}

small_set! {
    /// A set of scheduling add-ins.
    AddInSet of AddIn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eighteen_capabilities_in_the_order_of_the_contract() {
        assert_eq!(Capability::COUNT, 18);
        assert_eq!(Capability::ALL[0], Capability::SignIn);
        assert_eq!(Capability::ALL[12], Capability::GroupChat);
        assert_eq!(Capability::ALL[17], Capability::PicXmpp);
    }

    #[test]
    fn levels_are_ordered_none_unknown_limited_full() {
        assert!(
            Level::None < Level::Unknown
                && Level::Unknown < Level::Limited
                && Level::Limited < Level::Full
        );
    }

    #[test]
    fn an_endpoint_set_gives_back_its_clients_in_order() {
        let set = EndpointSet::of(&[Client::UNRECOGNIZED, Client::LYNC_2013, Client(63)]);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [Client::LYNC_2013, Client::UNRECOGNIZED, Client(63)]
        );
        assert!(
            set.without(EndpointSet::of(&[Client(63)]))
                .has(Client::LYNC_2013)
        );
    }
}
