//! What people are told: everybody whom a phase touches, once, in sentences that say what the findings say.

use cutover::finding::Kind;
use cutover::inventory::Names;
use cutover::model::Reading;
use cutover::report::model::{self, OwnNames, People, Run};

use crate::support::{Case, KNOWLEDGE, stage};

/// `phase|address|day|what changes|what to do instead` of everybody who is told something.
fn told(case: &Case) -> Vec<String> {
    case.simulation(Reading::Judged, |run| {
        let report = model::build(
            run.timeline,
            run.knowledge,
            run.simulation,
            Run::default(),
            &OwnNames,
        );
        let names = Names::default();
        let people = People::new(run.timeline, run.simulation, &names, &OwnNames);
        let mut lines = Vec::new();
        for phase in &report.phases {
            let before = lines.len();
            for told in
                people.communications(&report, phase, KNOWLEDGE.products(), |message| message)
            {
                let message = &told.message;
                lines.push(format!(
                    "{}|{}|{}|{}|{}",
                    phase.number, told.sip, message.day, message.changes, message.instead
                ));
            }
            let count = people.communication_count(&report, phase, KNOWLEDGE.products());
            assert_eq!(count, (lines.len() - before) as u64);
        }
        lines
    })
}

#[test]
fn a_person_is_told_once_a_phase_what_changes_and_what_to_do() {
    let rows = [
        "a@x.com,r2,communicator-2007-r2,,,aol,,,yes",
        "b@x.com,l13,lync-2013,,,,,,yes",
        "c@x.com,l13,lync-2013,,,,,,no",
    ];
    let plan = stage(
        "all",
        "2014-03-01",
        "move = [{ from = [\"r2\"], to = \"l13\" }]\n\
         client = [{ replace = [\"communicator-2007-r2\"], with = \"lync-2013\" }]",
    );
    let lines = told(&Case::until("2014-12-31", &rows, &plan));
    let own: Vec<&String> = lines
        .iter()
        .filter(|line| line.contains("a@x.com"))
        .collect();
    assert_eq!(
        own,
        [
            "1|a@x.com|2014-03-01|On 1 March 2014 your account moves to Lync Server 2013 (pool l13), and you get Lync 2013 instead \
             of Office Communicator 2007 R2. From 1 March 2014 on you can no longer use the online meetings that you scheduled \
             before. From 1 March 2014 on you can join the meetings of other organizers. From 1 March 2014 on you can share \
             your desktop in a conversation without the restrictions of before. From 30 June 2014 on you can no longer talk to AOL contacts.|Open each online meeting that you scheduled \
             before, and send the invitation again. Use e-mail or the telephone instead."
        ]
    );
    // Nothing is taken from the third, but the meetings of the first can be joined with all they offer now.
    let other: Vec<&String> = lines
        .iter()
        .filter(|line| line.contains("c@x.com"))
        .collect();
    assert_eq!(
        other,
        [
            "1|c@x.com|2014-03-01|From 1 March 2014 on you can join the meetings of other organizers without the restrictions of before.|You have nothing to do."
        ]
    );
}

#[test]
fn a_loss_that_ends_is_told_with_its_last_day() {
    let rows = [
        "a@x.com,r2,communicator-2007,,,,,,no",
        "b@x.com,l13,lync-2013,,,,,,yes",
    ];
    let plan = stage(
        "move",
        "2014-03-01",
        "phase = \"one\"\nmove = [{ from = [\"r2\"], to = \"l13\" }]",
    ) + &stage(
        "clients",
        "2014-04-01",
        "phase = \"two\"\nclient = [{ replace = [\"communicator-2007\"], with = \"lync-2013\" }]",
    );
    let lines = told(&Case::until("2014-12-31", &rows, &plan));
    assert!(
        lines[0].contains(
            "From 1 March 2014 until 31 March 2014 you cannot sign in with the programs that you have"
        ) && lines[0].contains("Ask the service desk before that day for a program"),
        "{lines:#?}"
    );
    assert!(
        lines[1].contains("From 1 April 2014 on you can sign in"),
        "{lines:#?}"
    );
}

#[test]
fn whoever_a_phase_takes_something_from_is_told() {
    let rows = [
        "a@x.com,r2,communicator-2007-r2;ocs-2007-r2-group-chat,,yes,yahoo,,2014-02-10,yes",
        "b@x.com,l10,lync-2010,,,,,,yes",
        "c@x.com,l10,some new client,,,,,,no",
        "d@x.com,l13,lync-2013,,,,,,yes",
    ];
    let plan = stage(
        "all",
        "2014-03-01",
        "move = [{ from = [\"r2\", \"l10\"], to = \"l13\" }]",
    );
    let case = Case::until("2014-12-31", &rows, &plan);
    case.simulation(Reading::Judged, |run| {
        let report = model::build(
            run.timeline,
            run.knowledge,
            run.simulation,
            Run::default(),
            &OwnNames,
        );
        let names = Names::default();
        let people = People::new(run.timeline, run.simulation, &names, &OwnNames);
        let mut hit = 0;
        for phase in &report.phases {
            let told: Vec<_> = people
                .communications(&report, phase, KNOWLEDGE.products(), |message| message)
                .collect();
            for user in people.affected(phase) {
                hit += 1;
                let one = told.iter().find(|told| told.user == user.user);
                let message = &one.expect("somebody who loses something is told").message;
                assert!(message.day <= user.day);
                for finding in people.findings(user.user) {
                    if phase.events.contains(&finding.event) && finding.kind() != Kind::Restored {
                        assert!(message.capabilities.contains(&finding.capability));
                    }
                }
            }
        }
        assert_eq!(hit, 3);
    });
}
