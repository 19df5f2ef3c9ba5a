//! The list of a stage's moves: one line for each user, as the script reads it and people check it.

use std::io::{self, Write};

use super::MovingStage;
use crate::csv_text::guarded;
use crate::report::model::People;
use crate::terminal_text::is_obeyed_or_unseen;

/// The header.
const HEADER: [&str; 6] = [
    "Batch",
    "SipAddress",
    "DisplayName",
    "FromPool",
    "ToPool",
    "Note",
];

/// What a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Users to be moved, for each batch of the stage.
    pub users: Vec<u64>,
    /// Users who are left out, because their addresses could be taken for something else than an address.
    pub left_out: u64,
}

/// Writes the users of a stage in the order of the inventory. It begins with a byte order mark, without which Windows PowerShell
/// takes UTF-8 for something else.
///
/// # Errors
/// What the writer says.
pub fn write_list(
    stage: &MovingStage<'_>,
    people: &People<'_>,
    out: &mut dyn Write,
) -> io::Result<Written> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADER)?;
    let timeline = people.timeline();
    let mut written = Written {
        users: vec![0; stage.batches.len()],
        left_out: 0,
    };
    for user in 0..people.len() {
        let Some(number) = stage.batch_of(people.cohort(user).route) else {
            continue;
        };
        let batch = &stage.batches[number];
        let person = people.person(user);
        let problem = problem(&person.sip);
        if problem.is_some() {
            written.left_out += 1;
        } else {
            written.users[number] += 1;
        }
        let id = |pool| timeline.plan.pool(pool).id.as_str();
        csv.write_record([
            problem.map_or_else(|| (number + 1).to_string(), |_| String::new()),
            guarded(&person.sip).into_owned(),
            guarded(&person.name).into_owned(),
            guarded(id(batch.from)).into_owned(),
            guarded(id(batch.to)).into_owned(),
            problem.map_or_else(String::new, |problem| format!("left out: {problem}")),
        ])?;
    }
    csv.flush()?;
    Ok(written)
}

/// Why an address is not handed to a command; `None` where it is one.
///
/// A leading `=`, `+`, `-`, `@` or apostrophe would be written with a guard that PowerShell does not take off; the other characters
/// stand for several users in an identity, or for something else than themselves in a list that people mend by hand.
fn problem(sip: &str) -> Option<&'static str> {
    if !sip.contains('@') {
        Some("an address has an @")
    } else if sip.starts_with(['=', '+', '-', '@', '\'']) {
        Some("the address begins with a character that begins a formula")
    } else if sip.contains(|c: char| c.is_whitespace() || is_obeyed_or_unseen(c)) {
        Some("the address has a space or an unseen character")
    } else if sip.contains(['*', '?', '[', ']', '"', '`', '$', ';', '|', '<', '>', '\\']) {
        Some("the address has a character that commands take for something else")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_moved_and_others_are_not() {
        for sip in [
            "anna@contoso.com",
            "o'neil@contoso.com",
            "zoë@contoso.com",
            "a+b@x",
        ] {
            assert_eq!(problem(sip), None, "{sip}");
        }
        for sip in [
            "anna",
            "=cmd@contoso.com",
            "'x@contoso.com",
            "*@contoso.com",
            "a b@contoso.com",
            "a\n@contoso.com",
            "a\u{202e}@contoso.com",
            "$(calc)@contoso.com",
            "a;b@contoso.com",
        ] {
            assert!(problem(sip).is_some(), "{sip}");
        }
    }
}
