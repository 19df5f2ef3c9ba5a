//! The table says what the judge says.

use proptest::prelude::*;

use super::*;
use crate::simulate::evidence::{Evidence, Hops};

fn traits() -> impl Strategy<Value = Traits> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (flags, 0_u8..32, prop_oneof![Just(0), 0_u8..32]).prop_map(
        |((group_chat, organizer, live_meeting), providers, add_ins)| Traits {
            group_chat,
            organizer,
            live_meeting,
            providers: ProviderSet(providers),
            unlicensed_from: None,
            add_ins: AddInSet(add_ins),
        },
    )
}

/// A few clients of all that can be, those that tables know being likelier.
fn endpoints() -> impl Strategy<Value = EndpointSet> {
    let client = prop_oneof![4 => 0_u8..17, 1 => 0_u8..Client::MAX].prop_map(Client);
    proptest::collection::vec(client, 0..4).prop_map(|clients| EndpointSet::of(&clients))
}

fn version() -> impl Strategy<Value = ServerVersion> {
    proptest::sample::select(ServerVersion::ALL)
}

fn chat() -> impl Strategy<Value = Option<ChatServer>> {
    let some = (version(), any::<bool>(), any::<bool>());
    proptest::option::of(
        some.prop_map(
            |(generation, legacy_endpoint, persistent_chat_enabled)| ChatServer {
                generation,
                legacy_endpoint,
                persistent_chat_enabled,
            },
        ),
    )
}

fn inputs() -> impl Strategy<Value = Inputs> {
    let clients = (endpoints(), endpoints(), any::<bool>());
    let organizers = proptest::array::uniform3(0_u64..3);
    let public_im = (0_u8..32, any::<bool>());
    let existing_meetings = proptest::sample::select(Level::ALL);
    (
        version(),
        clients,
        organizers,
        chat(),
        existing_meetings,
        public_im,
    )
        .prop_map(
            |(
                home,
                (endpoints, other, signs_in),
                organizers,
                chat,
                existing_meetings,
                (changed, licensed),
            )| Inputs {
                home,
                endpoints,
                brought: endpoints.common(other),
                signs_in,
                organizers,
                chat,
                existing_meetings,
                changed: ProviderSet(changed),
                licensed,
            },
        )
}

fn knowledge() -> KnowledgeBase {
    KnowledgeBase::bundled().expect("the bundled knowledge passes its own checks")
}

/// Judges of every reading, where these providers are provisioned.
fn judges(knowledge: &KnowledgeBase, provisioned: u8) -> impl Iterator<Item = Judge<'_>> {
    Reading::ALL.iter().map(move |&reading| Judge {
        knowledge,
        reading,
        provisioned: ProviderSet(provisioned),
    })
}

#[test]
fn the_table_gives_every_level_that_the_judge_gives() {
    let knowledge = knowledge();
    let case = (
        0_u8..32,
        proptest::collection::vec((traits(), inputs()), 200),
    );
    let cases = &ProptestConfig::with_cases(16);
    let mut runner = proptest::test_runner::TestRunner::new(cases.clone());
    let result = runner.run(&case, |(provisioned, situations)| {
        for judge in judges(&knowledge, provisioned) {
            let table = Table::new(judge);
            for (traits, mut inputs) in situations.iter().copied() {
                // An endpoint that counts has always been there before it is asked about.
                inputs.signs_in |= !judge.counting(inputs.endpoints).is_empty();
                let levels = table.levels(&traits, &inputs);
                for &capability in Capability::ALL {
                    let level = judge.level(capability, &traits, &inputs);
                    prop_assert_eq!(levels.get(capability), level, "{}", capability);
                }
                for &host in ServerVersion::ALL {
                    prop_assert_eq!(levels.join(host), judge.join(&inputs, host));
                }
            }
        }
        Ok(())
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn when_others_move_only_meeting_reach_is_another() {
    let knowledge = knowledge();
    let situation = (traits(), inputs(), proptest::array::uniform3(0_u64..3));
    let case = proptest::collection::vec(situation, 200);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(8));
    let result = runner.run(&case, |situations| {
        for judge in judges(&knowledge, 0b11111) {
            let table = Table::new(judge);
            for (traits, before, organizers) in &situations {
                let after = Inputs {
                    organizers: *organizers,
                    ..*before
                };
                let levels = table.reach(table.levels(traits, before), &after);
                prop_assert_eq!(levels, table.levels(traits, &after));
            }
        }
        Ok(())
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn rules_that_are_kept_are_those_that_the_judge_gives() {
    let knowledge = knowledge();
    let hops = 0_u32..1 << 18;
    let situation = (traits(), inputs(), hops.prop_map(Hops));
    let case = (0_u8..32, proptest::collection::vec(situation, 100));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(8));
    let result = runner.run(&case, |(provisioned, situations)| {
        for judge in judges(&knowledge, provisioned) {
            let mut evidence = Evidence::default();
            // Twice, so that most comes out of what is kept.
            for (traits, inputs, hops) in situations.iter().chain(&situations) {
                for &capability in Capability::ALL {
                    let kept = evidence.of(&judge, capability, traits, inputs, *hops);
                    let given = judge.evidence(capability, traits, inputs, *hops);
                    prop_assert_eq!(&*kept, &*given, "{}", capability);
                }
            }
        }
        Ok(())
    });
    assert_eq!(result, Ok(()));
}
