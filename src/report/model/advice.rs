//! The words in which a person is told what changes and what to do instead. No product names but those that a finding brings,
//! because the reader is no administrator.

use std::borrow::Cow;

use super::wording::number;
use crate::finding::{Finding, Kind, Workaround};
use crate::model::Capability;

/// Are the meetings of some organizers out of reach, though not of all?
pub(super) fn is_partly_lost(finding: &Finding) -> bool {
    finding.kind() == Kind::Degraded && finding.reach.is_some_and(|reach| reach.out_of_reach > 0)
}

/// What a person can or cannot do, after `you can`.
pub(super) fn doing(finding: &Finding) -> Cow<'static, str> {
    if is_partly_lost(finding)
        && let Some(reach) = finding.reach
    {
        let organizers = number(reach.organizers);
        let out = number(reach.out_of_reach);
        return format!("join the meetings of {out} of the {organizers} other organizers").into();
    }
    Cow::Borrowed(match finding.capability {
        Capability::SignIn => "sign in with the programs that you have",
        Capability::P2pIm => "exchange instant messages",
        Capability::P2pPresence => "see who is present",
        Capability::P2pVoice => "call other users",
        Capability::P2pVideo => "have video calls",
        Capability::P2pSharing => "share your desktop in a conversation",
        Capability::P2pFileTransfer => "send files in a conversation",
        Capability::MeetingJoin => "join meetings on your own server",
        Capability::MeetingReach => "join the meetings of other organizers",
        Capability::MeetingSchedule => "schedule online meetings from Outlook",
        Capability::LiveMeeting => "use the Live Meeting client",
        Capability::ExistingMeetings => "use the online meetings that you scheduled before",
        Capability::GroupChat => "use chat rooms",
        Capability::PicAol => "talk to AOL contacts",
        Capability::PicYahoo => "talk to Yahoo! contacts",
        Capability::PicWindowsLive => "talk to Windows Live contacts",
        Capability::PicSkype => "talk to Skype contacts",
        Capability::PicXmpp => "talk to XMPP contacts (Google Talk for instance)",
    })
}

/// What to do about a fall, as a sentence.
pub(super) fn instead(finding: &Finding, by_web_app: bool) -> &'static str {
    match (finding.kind(), finding.capability) {
        (Kind::AtRisk | Kind::Restored, _) => {
            "Try it, and tell the service desk if it does not work."
        }
        (_, Capability::ExistingMeetings) => {
            "Open each online meeting that you scheduled before, and send the invitation again."
        }
        _ if finding.workaround == Some(Workaround::WebScheduler) => {
            "Schedule online meetings with the Lync 2013 Web Scheduler, in your web browser."
        }
        (Kind::Degraded, _) if !is_partly_lost(finding) => {
            "Tell the service desk if something that you need is missing."
        }
        _ if by_web_app || finding.workaround == Some(Workaround::LyncWebApp2013) => {
            "Join meetings with Lync Web App 2013, in your web browser."
        }
        (Kind::Lost | Kind::Degraded, capability) => without(capability),
    }
}

/// What to do where nothing replaces a capability.
const fn without(capability: Capability) -> &'static str {
    match capability {
        Capability::SignIn => {
            "Ask the service desk before that day for a program that works with the new server."
        }
        Capability::P2pIm
        | Capability::P2pPresence
        | Capability::P2pVoice
        | Capability::PicAol
        | Capability::PicYahoo
        | Capability::PicWindowsLive
        | Capability::PicSkype
        | Capability::PicXmpp => "Use e-mail or the telephone instead.",
        Capability::P2pVideo => "Call without video instead.",
        Capability::P2pSharing | Capability::P2pFileTransfer => {
            "Send files and pictures by e-mail instead."
        }
        Capability::MeetingJoin | Capability::MeetingReach => {
            "Ask the organizer for another way to take part, by telephone for instance."
        }
        Capability::MeetingSchedule => "Ask a colleague who can to schedule for you.",
        Capability::LiveMeeting => "Ask the service desk for another program for meetings.",
        Capability::ExistingMeetings => "Schedule these meetings again.",
        Capability::GroupChat => "Use e-mail until you have a program that reaches the chat rooms.",
    }
}
