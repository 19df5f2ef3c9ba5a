//! Names, aliases and user agents of real inventories.

use cutover::knowledge::products::Recognized;
use cutover::model::{AddIn, Client, Provider};
use proptest::prelude::*;

use super::bundled;

/// What a text resolves to: a client's id, `server`, or `?`.
fn recognized(text: &str) -> String {
    match bundled().products().recognize_client(text) {
        Recognized::Client(client) => bundled().products().client_id(client).to_owned(),
        Recognized::Server => "server".to_owned(),
        Recognized::Unrecognized => "?".to_owned(),
    }
}

fn all_are(wanted: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(recognized(text), wanted, "{text:?}");
    }
}

#[test]
fn the_first_sixteen_products_and_unrecognized_stand_at_their_constants() {
    let products = bundled().products();
    let wanted = [
        (Client::LYNC_2013, "lync-2013"),
        (Client::LYNC_2013_BASIC, "lync-2013-basic"),
        (Client::LYNC_WEB_APP_2013, "lync-web-app-2013"),
        (Client::LYNC_2010, "lync-2010"),
        (Client::LYNC_2010_ATTENDANT, "lync-2010-attendant"),
        (Client::LYNC_WEB_APP_2010, "lync-web-app-2010"),
        (Client::LYNC_2010_ATTENDEE, "lync-2010-attendee"),
        (Client::COMMUNICATOR_2007_R2, "communicator-2007-r2"),
        (Client::COMMUNICATOR_2007, "communicator-2007"),
        (Client::OCS_2007_R2_ATTENDANT, "ocs-2007-r2-attendant"),
        (Client::LIVE_MEETING_2007, "live-meeting-2007"),
        (Client::LYNC_WINDOWS_STORE_APP, "lync-windows-store-app"),
        (Client::LYNC_2010_MOBILE, "lync-2010-mobile"),
        (Client::LYNC_PHONE_EDITION, "lync-phone-edition"),
        (Client::LYNC_2010_GROUP_CHAT, "lync-2010-group-chat"),
        (Client::OCS_2007_R2_GROUP_CHAT, "ocs-2007-r2-group-chat"),
        (Client::UNRECOGNIZED, "unrecognized"),
    ];
    for (client, id) in wanted {
        assert_eq!(products.client(id), Some(client));
        assert_eq!(products.client_id(client), id);
    }
    assert!(products.client_ids().count() < usize::from(Client::MAX));
}

#[test]
fn every_id_and_name_resolves_to_itself() {
    let products = bundled().products();
    for id in products.client_ids().filter(|id| *id != "unrecognized") {
        let client = products.client(id).expect("an id of the list");
        for text in [
            id.to_owned(),
            id.to_uppercase(),
            products.client_name(client).to_owned(),
            format!("  {} ", products.client_name(client)),
            format!("Microsoft {}", products.client_name(client)),
        ] {
            assert_eq!(recognized(&text), id, "{text:?}");
        }
    }
}

#[test]
fn names_as_people_write_them_resolve() {
    all_are(
        "lync-2013",
        &[
            "Lync 2013",
            "MS Lync 2013",
            "lync2013",
            "Lync 2013 client",
            "Microsoft Lync 2013 (15.0.4569.1503)",
        ],
    );
    all_are(
        "lync-2010",
        &[
            "Microsoft Lync 2010",
            "Lync 2010, version 4.0.7577.4446",
            "LYNC-2010",
        ],
    );
    all_are(
        "communicator-2007-r2",
        &[
            "Office Communicator 2007 R2",
            "OC 2007 R2",
            "MOC 2007 R2",
            "OC R2",
            "Communicator R2",
            "Communicator 2007 R2",
        ],
    );
    all_are(
        "communicator-2007",
        &[
            "Office Communicator 2007",
            "MOC 2007",
            "OC 2007",
            "Microsoft Office Communicator 2007",
        ],
    );
    all_are(
        "ocs-2007-r2-attendant",
        &[
            "Microsoft Office Communications Server 2007 R2 Attendant",
            "OCS 2007 R2 Attendant",
        ],
    );
    all_are(
        "live-meeting-2007",
        &["Live Meeting", "Microsoft Office Live Meeting 2007"],
    );
    all_are(
        "lync-windows-store-app",
        &["Lync Windows Store app", "Lync MX"],
    );
    all_are("ocs-2007-r2-group-chat", &["OCS 2007 R2 Group Chat"]);
    all_are("skype-for-business-2016", &["Skype for Business 2016"]);
    all_are("lync-for-mac-2011", &["Lync for Mac 2011", "Lync for Mac"]);
    all_are("server", &["Mediation Server", "Exchange UM"]);
}

#[test]
fn user_agents_of_the_research_resolve() {
    all_are(
        "communicator-2007",
        &[
            "UCCAPI/2.0.6362.67",
            "UCCAPI/2.0.6362.111 OC/2.0.6362.111 (Microsoft Office Communicator)",
        ],
    );
    all_are(
        "communicator-2007-r2",
        &[
            "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (Microsoft Office Communicator 2007 R2)",
            "OC/3.5.6907.83",
        ],
    );
    all_are(
        "lync-2010",
        &[
            "UCCAPI/4.0.7577.314 OC/4.0.7577.314 (Microsoft Lync 2010)",
            "UCCAPI/4.0.7400.0 OC/4.0.7400.0 (Microsoft Lync 2013)",
            "uccapi/4.0.7577.4446 oc/4.0.7577.4446",
        ],
    );
    all_are(
        "lync-2013",
        &[
            "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)",
            "UCCAPI/15.0.4753.1000 OC/15.0.4753.1003",
            "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Ly...",
            "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Skype for Business)",
        ],
    );
    all_are(
        "skype-for-business-2015",
        &["UCCAPI/15.0.4753.1000 OC/15.0.4753.1003 (Skype for Business)"],
    );
    all_are(
        "skype-for-business-2016",
        &["UCCAPI/16.0.4229.1003 OC/16.0.4229.1003 (Skype for Business)"],
    );
    all_are(
        "lync-phone-edition",
        &[
            "CPE/4.0.7423.1 OCPhone/4.0.7423.1 (Microsoft Lync 2010 (Beta) Phone Edition)",
            "OCPhone/4.0.7577.4372",
        ],
    );
    all_are(
        "communicator-phone-edition",
        &["OCPhone/3.5.6907.35", "CPE/1.0.522.101"],
    );
    all_are(
        "communicator-mobile",
        &[
            "RTCC/3.5.0.0 MCXService/3.5.0.0 communicator.NOKIAS60R2.JVP.EN_US/1.0.6875.0",
            "COMO/2.0",
        ],
    );
    all_are(
        "skype-for-business-mobile",
        &["RTCC/7.0.0.0 UCWA/7.0.0.0 AndroidLync/6.25.0.27 (SM-G930U Android 8.0.0)"],
    );
    all_are(
        "lync-2010-mobile",
        &[
            "RTCC/4.0.0.0 McxService/4.0.0.0 iPhoneLync/4.3.8110.0",
            "WPLync/4.0.7878.0",
        ],
    );
    all_are(
        "lync-2013-mobile",
        &["RTCC/5.0.0.0 UCWA/5.0.0.0 iPadLync/5.1.0.0"],
    );
    all_are("lync-2010-attendant", &["Attendant/4.0.7577.0"]);
    all_are("ocs-2007-r2-attendant", &["Attendant/3.5.6907.0"]);
    all_are(
        "lync-2010-attendee",
        &[
            "UCCAPI/4.0.7577.253 AOC/4.0.7577.253 (Microsoft Lync 2010 Attendee)",
            "AOC",
        ],
    );
    all_are("lync-web-app-2013", &["CWA/5.0.8308.0", "LWA/5.0.0"]);
    all_are("lync-web-app-2010", &["CWA/4.0.7577.0"]);
    all_are(
        "communicator-web-access",
        &["CWA/3.5.6907.0", "CWA/2.0.6362.0"],
    );
    all_are("lync-windows-store-app", &["LyncImm/4.0.0", "LyncImm"]);
    all_are("lync-2010-group-chat", &["GCC/4.0.7577.0"]);
    all_are("ocs-2007-r2-group-chat", &["GCC/3.5.6907.0"]);
    all_are(
        "live-meeting-2007",
        &["LMC/8.0.6362.202", "LiveMeetingAddins/8.0.6362.0"],
    );
    all_are("lync-for-mac-2011", &["MC/14.0.8.0"]);
    all_are("communicator-for-mac-2011", &["MC/13.1.2"]);
    all_are("outlook-web-app-im", &["OWA"]);
    all_are("communicator-2005", &["LCC/1.3"]);
    all_are("rtc-client", &["RTC/1.2.4949"]);
    all_are("windows-messenger", &["WM/5.1.701"]);
}

#[test]
fn the_oc_version_decides_over_the_uccapi_version() {
    all_are("lync-2010", &["UCCAPI/15.0.4420.1017 OC/4.0.7577.314"]);
    all_are("?", &["UCCAPI/15.0.4420.1017 OC/7.0.1"]);
}

#[test]
fn servers_and_applications_are_no_endpoints() {
    all_are(
        "server",
        &[
            "RTCC/5.0.0.0 MediationServer",
            "RTCC/4.0.0.0 Inbound Routing/4.0.0.0",
            "RTCC/5.0.0.0",
            "RTCC",
            "AV-MCU/4.0",
            "IMMCU",
            "Conferencing_Attendant_1.0",
            "Response_Group_Service_1.0",
            "Call_Park_Service_1.0",
            "RTCC/4.0.0.0 MSExchangeUM/14.1",
            "Microsoft.Rtc.Applications.Ccs",
            "RTCC/6.0.0.0 SomeUcmaApplication",
        ],
    );
}

#[test]
fn what_stands_in_parentheses_never_matches() {
    all_are(
        "?",
        &[
            "Purple/2.10.12 Sipe/1.21.0 (linux-x86_64; RTC/5.0)",
            "Something/1.0 (OC/4.0.7577.314)",
            "Something/1.0 ((OC/4.0.7577.314) RTCC/5.0",
            "RTCC/5.0.0.0 UCWA/5.0.0.0",
        ],
    );
}

#[test]
fn what_is_ambiguous_stays_unrecognized() {
    all_are(
        "?",
        &[
            "",
            " ",
            "Lync",
            "Communicator",
            "Lync Web App",
            "OC",
            "GCC",
            "Attendant",
            "4.0.7577.314",
            "2013",
            "unrecognized",
            "Group Chat",
        ],
    );
}

#[test]
fn a_near_miss_is_suggested_and_not_applied() {
    let near = |text| {
        let products = bundled().products();
        assert_eq!(products.recognize_client(text), Recognized::Unrecognized);
        products.nearest_client(text)
    };
    assert_eq!(near("Lync 2103"), Some("Lync 2013"));
    assert_eq!(
        near("Comunicator 2007 R2"),
        Some("Office Communicator 2007 R2")
    );
    assert_eq!(near("Lync Web App"), Some("Lync Web App 2013"));
    assert_eq!(near("Pidgin"), None);
    assert_eq!(near("Purple/2.10.12 Sipe/1.21.0"), None);
}

#[test]
fn hostile_texts_do_no_harm() {
    let long = "OC/4.0 (".repeat(100_000);
    assert_eq!(recognized(&long), "lync-2010");
    assert_eq!(recognized(&"x".repeat(5_000_000)), "?");
    assert_eq!(recognized(&"/".repeat(100_000)), "?");
    assert_eq!(recognized("\u{1b}[31mLync 2013\u{7}\0"), "?");
    assert_eq!(recognized("OC/99999999999999999999.0"), "?");
}

#[test]
fn providers_resolve_by_their_many_names() {
    let products = bundled().products();
    let wanted = [
        (Provider::Aol, &["aol", "AIM", "America Online"][..]),
        (Provider::Yahoo, &["yahoo", "Yahoo!", "Yahoo! Messenger"]),
        (
            Provider::WindowsLive,
            &[
                "windows-live",
                "MSN",
                "WLM",
                "Messenger",
                "Windows Live Messenger",
            ],
        ),
        (Provider::Skype, &["Skype", "SKYPE"]),
        (Provider::Xmpp, &["xmpp", "GTalk", "Google Talk", "Jabber"]),
    ];
    for (provider, texts) in wanted {
        for text in texts {
            assert_eq!(products.recognize_provider(text), Some(provider), "{text}");
        }
    }
    assert_eq!(products.recognize_provider("ICQ"), None);
    assert_eq!(products.recognize_provider(""), None);
}

#[test]
fn add_ins_resolve_by_id_and_by_their_printed_names() {
    let products = bundled().products();
    let wanted = [
        (
            AddIn::Lync2013,
            "Online Meeting Add-in for Lync 2013 (can be used with Office 2013, Outlook 2010, and Outlook 2007)",
        ),
        (AddIn::Lync2013, "online meeting add-in for lync 2013"),
        (AddIn::WebScheduler, "Lync 2013 Web Scheduler"),
        (
            AddIn::Lync2010,
            "Online Meeting Add-in for Microsoft Lync 2010",
        ),
        (
            AddIn::Communicator,
            "Office Communicator 2007 R2 Conferencing Add-in",
        ),
        (
            AddIn::Communicator,
            "Conferencing Add-in for Microsoft Office Outlook",
        ),
    ];
    for (add_in, text) in wanted {
        assert_eq!(products.recognize_add_in(text), Some(add_in), "{text}");
    }
    for &add_in in AddIn::ALL
        .iter()
        .filter(|&&add_in| add_in != AddIn::Unknown)
    {
        assert_eq!(products.recognize_add_in(add_in.id()), Some(add_in));
    }
    assert_eq!(products.recognize_add_in("Zoom Scheduler"), None);
}

#[test]
fn chat_and_meeting_only_clients_do_not_count() {
    let products = bundled().products();
    let of = |set: cutover::model::EndpointSet| {
        set.iter()
            .map(|client| products.client_id(client))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(products.chat_clients()),
        ["lync-2010-group-chat", "ocs-2007-r2-group-chat"]
    );
    assert_eq!(
        of(products.not_counting()),
        [
            "lync-web-app-2013",
            "lync-web-app-2010",
            "lync-2010-attendee",
            "live-meeting-2007",
            "lync-2010-group-chat",
            "ocs-2007-r2-group-chat",
        ]
    );
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,80}|[ -~]{0,200}|(OC|UCCAPI|RTCC|CPE)/[0-9.]{0,12}[ (]?.{0,20}") {
        let products = bundled().products();
        let first = recognized(&text);
        prop_assert_eq!(&first, &recognized(&text));
        prop_assert_eq!(products.recognize_provider(&text), products.recognize_provider(&format!(" {text} ")));
        prop_assert_eq!(products.recognize_add_in(&text), products.recognize_add_in(&format!(" {text} ")));
    }

    #[test]
    fn what_is_added_in_parentheses_changes_nothing(version in 0_u32..20, inside in "[A-Za-z/0-9. ]{0,30}") {
        let agent = format!("UCCAPI/{version}.0.4420 OC/{version}.0.4420");
        prop_assert_eq!(recognized(&agent), recognized(&format!("{agent} ({inside})")));
    }
}
