//! The tables of contract sections 4.2 to 4.8, written out once more, in three readings.
//!
//! A level is one letter: `f`ull, `l`imited, `u`nknown, `n`one. A word is either one letter for all readings, or three:
//! judged, strict, lenient. Columns are OCS 2007 R2, Lync Server 2010, Lync Server 2013.

use cutover::knowledge::{Answer, Assumption, Compatibility, KnowledgeBase, Levels};
use cutover::model::{AddIn, Client, Feature, Level, Provider, ServerVersion};

use super::bundled;

const R2: ServerVersion = ServerVersion::Ocs2007R2;
const L10: ServerVersion = ServerVersion::Lync2010;
const L13: ServerVersion = ServerVersion::Lync2013;

fn level(letter: char) -> Level {
    match letter {
        'f' => Level::Full,
        'l' => Level::Limited,
        'u' => Level::Unknown,
        'n' => Level::None,
        other => panic!("no level is written {other}"),
    }
}

fn levels(word: &str) -> Levels {
    match word.chars().collect::<Vec<_>>()[..] {
        [one] => Levels::agreed(level(one)),
        [judged, strict, lenient] => Levels {
            judged: level(judged),
            strict: level(strict),
            lenient: level(lenient),
        },
        _ => panic!("no levels are written {word}"),
    }
}

fn client(id: &str) -> Client {
    bundled()
        .products()
        .client(id)
        .unwrap_or_else(|| panic!("no client {id}"))
}

/// Runs a table whose lines are `id: word word …` and says which line differs.
fn check(table: &str, answer: impl Fn(&str, usize) -> Answer<'static>) -> usize {
    let mut count = 0;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (id, words) = line.split_once(':').expect("id and words");
        for (column, word) in words.split_whitespace().enumerate() {
            let answer = answer(id, column);
            assert_eq!(answer.levels, levels(word), "{id}, column {column}");
            assert!(!answer.rules.is_empty(), "{id}, column {column}: no rule");
            count += 1;
        }
    }
    count
}

#[test]
fn signing_in_is_as_the_contract_says() {
    let table = "
        lync-2013:              n f f
        lync-2013-basic:        n f f
        lync-2010:              n f f
        lync-2010-attendant:    n f f
        communicator-2007-r2:   f f l
        communicator-2007:      f f n
        ocs-2007-r2-attendant:  f f n
        lync-windows-store-app: n f f
        lync-2010-mobile:       u f f
        lync-phone-edition:     n f f
        ocs-2007-r2-group-chat: f u u
        lync-web-app-2013:      n n f
        lync-web-app-2010:      n f n
        lync-2010-attendee:     n f n
        live-meeting-2007:      f f n
        unrecognized:           u u u
    ";
    let count = check(table, |id, home| {
        bundled().sign_in(client(id), ServerVersion::ALL[home])
    });
    assert_eq!(count, 16 * 3);
}

#[test]
fn meetings_are_as_the_contract_says() {
    let table = "
        lync-2013:              l l   f
        lync-2013-basic:        l llf f
        lync-web-app-2013:      n n   f
        lync-2010:              u f   l
        lync-2010-attendant:    u l   l
        lync-web-app-2010:      n f   n
        lync-2010-attendee:     n f   nnl
        communicator-2007-r2:   f f   n
        communicator-2007:      f f   n
        ocs-2007-r2-attendant:  l l   n
        live-meeting-2007:      f f   n
        lync-windows-store-app: n l   l
        lync-2010-mobile:       u u   u
        lync-phone-edition:     u l   l
        lync-2010-group-chat:   n n   n
        ocs-2007-r2-group-chat: n n   n
        unrecognized:           u u   u
    ";
    let count = check(table, |id, host| {
        bundled().meeting(client(id), ServerVersion::ALL[host])
    });
    assert_eq!(count, 17 * 3);
}

#[test]
fn joining_follows_signing_in_for_everybody_but_meeting_only_and_chat_clients() {
    let knowledge = bundled();
    for id in knowledge.products().client_ids() {
        let client = client(id);
        for &home in ServerVersion::ALL {
            for &host in ServerVersion::ALL {
                let (meeting, sign_in) = (
                    knowledge.meeting(client, host),
                    knowledge.sign_in(client, home),
                );
                let wanted = |meeting: Level, sign_in: Level| {
                    if knowledge.products().not_counting().has(client) {
                        return meeting;
                    }
                    match sign_in {
                        Level::None => Level::None,
                        Level::Unknown => Level::Unknown,
                        Level::Limited if host != L13 => Level::Unknown,
                        Level::Limited | Level::Full => meeting,
                    }
                };
                let join = knowledge.join(client, home, host);
                let (m, s) = (meeting.levels, sign_in.levels);
                let expected = Levels {
                    judged: wanted(m.judged, s.judged),
                    strict: wanted(m.strict, s.strict),
                    lenient: wanted(m.lenient, s.lenient),
                };
                assert_eq!(join.levels, expected, "{id} from {home} to {host}");
                assert!(!join.rules.is_empty());
            }
        }
    }
    let r2 = Client::COMMUNICATOR_2007_R2;
    assert_eq!(knowledge.join(r2, L13, L10).levels, levels("u"));
    assert_eq!(knowledge.join(r2, L13, L13).levels, levels("n"));
    assert_eq!(
        knowledge.join(Client::LYNC_2013, L10, R2).levels,
        levels("l")
    );
    assert_eq!(
        knowledge.join(Client::LYNC_2013, R2, R2).levels,
        levels("n")
    );
}

/// Columns: IM, presence, voice, video, sharing, file transfer.
const PEER_TO_PEER_ON_LYNC: &str = "
    lync-2013:              f f f f f f
    lync-2013-basic:        f f f f f f
    lync-2010:              f f f f f f
    lync-2010-attendant:    f f f nnu nnu nnu
    lync-2010-mobile:       f f nnu nnu nnu nnu
    lync-phone-edition:     f f f nnu nnu nnu
    communicator-2007-r2:   f f f f l f
    lync-windows-store-app: u u u u u u
    unrecognized:           u u u u u u
";

#[test]
fn peer_to_peer_features_are_as_the_contract_says() {
    let at = |home: ServerVersion| {
        move |id: &str, feature: usize| {
            bundled().peer_to_peer(client(id), home, Feature::ALL[feature])
        }
    };
    assert_eq!(check(PEER_TO_PEER_ON_LYNC, at(L13)), 9 * 6);
    assert_eq!(check(PEER_TO_PEER_ON_LYNC, at(L10)), 9 * 6);
    let only_on_2010 = "
        communicator-2007:      u u u u u u
        ocs-2007-r2-attendant:  u u u u u u
    ";
    check(only_on_2010, at(L10));
    let gone_on_2013 = "
        communicator-2007:      n n n n n n
        ocs-2007-r2-attendant:  n n n n n n
    ";
    check(gone_on_2013, at(L13));
    let on_r2 = "
        communicator-2007-r2:   f f f f l f
        communicator-2007:      u u u u u u
        ocs-2007-r2-attendant:  u u u u u u
        lync-2010-mobile:       u u u u u u
        lync-phone-edition:     n n n n n n
        lync-2013:              n n n n n n
        lync-2010:              n n n n n n
        lync-windows-store-app: n n n n n n
        unrecognized:           u u u u u u
    ";
    check(on_r2, at(R2));
}

#[test]
fn scheduling_is_as_the_contract_says() {
    let table = "
        online-meeting-add-in-lync-2013:         n l f
        lync-2013-web-scheduler:                 n n f
        online-meeting-add-in-lync-2010:         n f f
        conferencing-add-in-communicator-2007-r2: f f n
        unknown-add-in:                          u u u
    ";
    let count = check(table, |id, home| {
        bundled().scheduling(
            AddIn::parse(id).expect("an add-in"),
            ServerVersion::ALL[home],
        )
    });
    assert_eq!(count, 15);
}

#[test]
fn add_ins_come_with_four_clients() {
    let brings: Vec<_> = bundled()
        .products()
        .client_ids()
        .filter_map(|id| Some((id, bundled().derived_add_in(client(id))?)))
        .collect();
    assert_eq!(
        brings,
        [
            ("lync-2013", AddIn::Lync2013),
            ("lync-2013-basic", AddIn::Lync2013),
            ("lync-2010", AddIn::Lync2010),
            ("communicator-2007-r2", AddIn::Communicator),
        ]
    );
}

#[test]
fn live_meeting_ends_with_lync_server_2013() {
    let of = |home| bundled().live_meeting(home).levels;
    assert_eq!(
        [of(R2), of(L10), of(L13)],
        [levels("f"), levels("f"), levels("n")]
    );
}

#[test]
fn existing_meetings_are_as_the_contract_says() {
    let of = |from, to, came_from_r2| bundled().existing_meetings(from, to, came_from_r2).levels;
    for came_from_r2 in [false, true] {
        for &version in ServerVersion::ALL {
            assert_eq!(of(version, version, came_from_r2), levels("f"));
        }
        assert_eq!(of(R2, L10, came_from_r2), levels("f"));
        assert_eq!(of(R2, L13, came_from_r2), levels("nnf"));
        assert_eq!(of(L10, R2, came_from_r2), levels("l"));
        assert_eq!(of(L13, R2, came_from_r2), levels("l"));
        assert_eq!(of(L13, L10, came_from_r2), levels("l"));
    }
    assert_eq!(of(L10, L13, false), levels("f"));
    assert_eq!(of(L10, L13, true), levels("l"));
}

#[test]
fn group_chat_is_as_the_contract_says() {
    // Columns: R2, 2010, 2013 without and with a legacy endpoint.
    let mut table = "
        ocs-2007-r2-group-chat: f u n   l
        lync-2010-group-chat:   n f nnl lnl
        lync-2013:              n n f   f
        lync-2013-basic:        n n f   f
        unrecognized:           u u u   u
    "
    .to_owned();
    for id in bundled().products().client_ids().take(16) {
        if !table.contains(&format!("{id}:")) {
            table += &format!("{id}: n n n n\n");
        }
    }
    let count = check(&table, |id, column| {
        let chat = ServerVersion::ALL[column.min(2)];
        bundled().group_chat(client(id), chat, column == 3)
    });
    assert_eq!(count, 17 * 4);
    let on_2010 = |legacy| {
        bundled()
            .group_chat(Client::LYNC_2010_GROUP_CHAT, L10, legacy)
            .levels
    };
    assert_eq!(on_2010(true), on_2010(false));
}

#[test]
fn providers_are_as_the_contract_says() {
    let of = |provider, home, changed, lync_2013| {
        let answer = bundled().public_im_provider(provider, home, changed, lync_2013);
        assert!(!answer.rules.is_empty());
        answer.levels
    };
    for &home in ServerVersion::ALL {
        for lync_2013 in [false, true] {
            for provider in [Provider::Aol, Provider::Yahoo] {
                assert_eq!(of(provider, home, false, lync_2013), levels("f"));
                assert_eq!(of(provider, home, true, lync_2013), levels("n"));
            }
            assert_eq!(
                of(Provider::WindowsLive, home, false, lync_2013),
                levels("f")
            );
            assert_eq!(
                of(Provider::WindowsLive, home, true, lync_2013),
                levels("llf")
            );
            assert_eq!(of(Provider::Skype, home, false, lync_2013), levels("n"));
            let skype = if home == R2 { "u" } else { "f" };
            assert_eq!(of(Provider::Skype, home, true, lync_2013), levels(skype));
            let xmpp = if home == L13 && lync_2013 { "f" } else { "u" };
            for changed in [false, true] {
                assert_eq!(of(Provider::Xmpp, home, changed, lync_2013), levels(xmpp));
            }
        }
    }
}

#[test]
fn the_clients_part_of_public_im_is_as_the_contract_says() {
    let table = "
        lync-2013:              n f f
        lync-2013-basic:        n f f
        lync-2010:              n f f
        lync-2010-attendant:    n f f
        communicator-2007-r2:   f f f
        communicator-2007:      f f n
        ocs-2007-r2-attendant:  f f n
        lync-windows-store-app: n f f
        lync-2010-mobile:       u u u
        lync-phone-edition:     n n n
        unrecognized:           u u u
        lync-web-app-2013:      n n n
        lync-2010-group-chat:   n n n
        ocs-2007-r2-group-chat: n n n
    ";
    check(table, |id, home| {
        bundled().public_im_client(client(id), ServerVersion::ALL[home])
    });
}

#[test]
fn chat_programs_are_as_the_sdk_table_says() {
    use Compatibility::{Compatible, Incompatible, Limited};
    let wanted = [
        (L13, [Incompatible, Incompatible, Compatible]),
        (L10, [Compatible, Compatible, Limited]),
        (R2, [Compatible, Compatible, Limited]),
    ];
    for (api, row) in wanted {
        for (&chat, wanted) in ServerVersion::ALL.iter().zip(row) {
            let (compatibility, rules) = bundled().application(api, chat);
            assert_eq!(compatibility, wanted, "{api} against {chat}");
            assert!(!rules.is_empty());
        }
    }
}

#[test]
fn the_dated_facts_are_the_four_of_the_contract() {
    let services: Vec<_> = bundled()
        .services()
        .iter()
        .map(|service| {
            let dates = service.date.map(|date| date.to_string()).join(" ");
            (service.id.as_str(), service.provider, dates)
        })
        .collect();
    let day = |date: &str| [date; 3].join(" ");
    let end = "2014-06-30 2014-06-30 2014-07-01".to_owned();
    assert_eq!(
        services,
        [
            ("aol-end", Provider::Aol, end.clone()),
            ("skype-start", Provider::Skype, day("2013-05-23")),
            (
                "windows-live-to-skype",
                Provider::WindowsLive,
                day("2013-04-30")
            ),
            ("yahoo-end", Provider::Yahoo, end),
        ]
    );
}

#[test]
fn products_known_by_name_only_are_unrecognized_in_every_table() {
    let knowledge: &KnowledgeBase = bundled();
    let named = client("skype-for-business-2015");
    for &version in ServerVersion::ALL {
        let same =
            |a: Answer<'_>, b: Answer<'_>| assert_eq!((a.levels, a.rules), (b.levels, b.rules));
        let other = Client::UNRECOGNIZED;
        same(
            knowledge.sign_in(named, version),
            knowledge.sign_in(other, version),
        );
        same(
            knowledge.meeting(named, version),
            knowledge.meeting(other, version),
        );
        same(
            knowledge.group_chat(named, version, true),
            knowledge.group_chat(other, version, true),
        );
    }
}

#[test]
fn every_assumption_and_plan_finding_has_rules() {
    for assumption in Assumption::ALL {
        assert!(
            !bundled().assumption(assumption).is_empty(),
            "{assumption:?}"
        );
    }
    for code in [
        "three-versions-live",
        "rollback",
        "pool-not-live",
        "retired-with-users",
        "matched-nobody",
        "chat-before-users",
        "users-left-behind",
        "application-incompatible",
        "application-limited",
    ] {
        assert!(!bundled().plan_rules(code).is_empty(), "{code}");
    }
}

#[test]
fn readings_are_ordered_strict_below_judged_below_lenient() {
    let knowledge = bundled();
    for id in knowledge.products().client_ids().take(17) {
        for &home in ServerVersion::ALL {
            for &host in ServerVersion::ALL {
                let levels = knowledge.join(client(id), home, host).levels;
                assert!(
                    levels.strict <= levels.judged && levels.judged <= levels.lenient,
                    "{id}"
                );
            }
        }
    }
}
