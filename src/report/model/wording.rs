//! The words of a report for people: capabilities, causes, kinds, measures. One place, so that every file says the same.

use crate::finding::{Cause, Causes, Kind};
use crate::knowledge::KnowledgeBase;
use crate::model::{Capability, Client, Level, Severity};
use crate::simulate::Remedy;

/// A capability's name, short enough for a table head.
#[must_use]
pub const fn capability(capability: Capability) -> &'static str {
    match capability {
        Capability::SignIn => "Sign-in",
        Capability::P2pIm => "IM, two people",
        Capability::P2pPresence => "Presence",
        Capability::P2pVoice => "Voice, two people",
        Capability::P2pVideo => "Video, two people",
        Capability::P2pSharing => "Sharing, two people",
        Capability::P2pFileTransfer => "File transfer, two people",
        Capability::MeetingJoin => "Join own-version meetings",
        Capability::MeetingReach => "Join other organizers",
        Capability::MeetingSchedule => "Schedule meetings",
        Capability::LiveMeeting => "Live Meeting client",
        Capability::ExistingMeetings => "Existing meetings",
        Capability::GroupChat => "Group Chat",
        Capability::PicAol => "Public IM: AOL",
        Capability::PicYahoo => "Public IM: Yahoo!",
        Capability::PicWindowsLive => "Public IM: Windows Live",
        Capability::PicSkype => "Public IM: Skype",
        Capability::PicXmpp => "XMPP federation",
    }
}

/// What a user can no longer do, after `You can no longer` or `Users can no longer`.
#[must_use]
pub const fn verb(capability: Capability) -> &'static str {
    match capability {
        Capability::SignIn => "sign in",
        Capability::P2pIm => "exchange instant messages with one other person",
        Capability::P2pPresence => "see presence",
        Capability::P2pVoice => "call one other person",
        Capability::P2pVideo => "have a video call with one other person",
        Capability::P2pSharing => "share the desktop with one other person",
        Capability::P2pFileTransfer => "send files to one other person",
        Capability::MeetingJoin => "join meetings hosted on their own server version",
        Capability::MeetingReach => "join the meetings of organizers on other servers",
        Capability::MeetingSchedule => "schedule meetings from Outlook",
        Capability::LiveMeeting => "use the Live Meeting client",
        Capability::ExistingMeetings => "use meetings scheduled before the move",
        Capability::GroupChat => "use chat rooms",
        Capability::PicAol => "talk to AOL contacts",
        Capability::PicYahoo => "talk to Yahoo! contacts",
        Capability::PicWindowsLive => "talk to Windows Live contacts",
        Capability::PicSkype => "talk to Skype contacts",
        Capability::PicXmpp => "talk to XMPP contacts (Google Talk for instance)",
    }
}

/// A level's name.
#[must_use]
pub const fn level(level: Level) -> &'static str {
    level.id()
}

/// A kind of change, as a word for tables.
#[must_use]
pub const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Lost => "lost",
        Kind::Degraded => "limited",
        Kind::AtRisk => "unknown",
        Kind::Restored => "recovered",
    }
}

/// A cause, as words for tables.
#[must_use]
pub const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::OwnMove => "own move",
        Cause::OwnClient => "own client",
        Cause::OthersMove => "somebody else's move",
        Cause::ChatMigration => "chat migration",
        Cause::ServiceChange => "service change",
        Cause::LicenseExpiry => "license end",
    }
}

/// Several causes, joined.
#[must_use]
pub fn causes(causes: Causes) -> String {
    let words: Vec<&str> = causes.iter().map(cause).collect();
    words.join(" + ")
}

/// A severity's name.
#[must_use]
pub const fn severity(severity: Severity) -> &'static str {
    severity.id()
}

/// A number with thousands apart: `12,480`.
#[must_use]
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 user`, `12,480 users`.
#[must_use]
pub fn count(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// `1 user`, `12,480 users`.
#[must_use]
pub fn users(users: u64) -> String {
    count(users, "user", "users")
}

/// What to do, as an order.
#[must_use]
pub fn action(remedy: Remedy, knowledge: &KnowledgeBase) -> String {
    match remedy {
        Remedy::AddClient(Client::LYNC_WEB_APP_2013) => {
            "Let them join with Lync Web App 2013".to_owned()
        }
        Remedy::AddClient(client) => {
            format!("Give or keep {}", knowledge.products().client_name(client))
        }
        Remedy::LegacyEndpoint => {
            "Configure a legacy endpoint on the Persistent Chat pool".to_owned()
        }
        Remedy::GrantPersistentChat => "Grant the Persistent Chat policy".to_owned(),
        Remedy::RenewLicense => "Keep the Yahoo! license until the service ends".to_owned(),
        Remedy::ReissueMeetings => "Send the existing meetings again".to_owned(),
    }
}

/// What a measure takes, and what it does not do. The facts behind it: `docs/reports.md`, section "Measures".
#[must_use]
pub const fn note(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::AddClient(Client::LYNC_WEB_APP_2013) => {
            "Nothing to install for joining; voice and video need its plug-in, and it does not run on Windows XP or Vista."
        }
        Remedy::AddClient(Client::LYNC_2013) => {
            "Needs Windows 7 or later; meetings scheduled with it cannot be taken back to an older pool."
        }
        Remedy::AddClient(_) => "Beside the clients that are there already.",
        Remedy::LegacyEndpoint => {
            "One contact object per pool (New-CsPersistentChatEndpoint), normally with the old lookup address; an older chat client reaches one pool at a time."
        }
        Remedy::GrantPersistentChat => {
            "Persistent Chat is off by default; grant a policy with EnablePersistentChat."
        }
        Remedy::RenewLicense => {
            "Helps until the service itself ends for everybody; the license has not been sold in new agreements since September 2012."
        }
        Remedy::ReissueMeetings => {
            "Each organizer opens each invitation with the new client and sends it again; older clients then join as the new server version lets them."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1000), "1,000");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(users(1), "1 user");
    }
}
