//! The wording of everything that is said about users and files; what is said about cells is in `problem`.
//!
//! In: what happened. Out: diagnostics without a place. Codes are public: documentation and scripts rely on them.

use std::fmt::Display;

use crate::diagnostic::Diagnostic;

pub(crate) const POOL_MISSING: &str = "pool-missing";
pub(crate) const POOL_UNKNOWN: &str = "pool-unknown";
pub(crate) const POOLS_DISAGREE: &str = "pools-disagree";
pub(crate) const VALUES_DISAGREE: &str = "values-disagree";
pub(crate) const CLIENT_UNRECOGNIZED: &str = "client-unrecognized";
pub(crate) const CLIENT_STALE: &str = "client-stale";
pub(crate) const SERVER_AGENT: &str = "server-agent";
pub(crate) const HEADER_TWICE: &str = "header-twice";
pub(crate) const ADD_IN_UNKNOWN: &str = "add-in-unknown";

/// How many unknown pools are named.
pub(crate) const POOLS_SHOWN: usize = 500;

pub(crate) fn pool_missing(sip: &dyn Display) -> Diagnostic {
    Diagnostic::error(
        POOL_MISSING,
        format!("no row of {sip} names a pool; the user is rejected"),
    )
    .help("import the file that has the pools too, Get-CsUser's export for instance")
}

pub(crate) fn pools_disagree(sip: &dyn Display, one: &str, other: &str) -> Diagnostic {
    let message =
        format!("the rows of {sip} name two pools, {one:?} and {other:?}; the user is rejected");
    Diagnostic::error(POOLS_DISAGREE, message).help("mend the row that is wrong")
}

pub(crate) fn pool_unknown(pool: &str, users: u64, near: Option<&str>) -> Diagnostic {
    let users = if users == 1 {
        "its one user is rejected".to_owned()
    } else {
        format!("its {users} users are rejected")
    };
    let message = format!("the plan does not know the pool {pool:?}; {users}");
    let diagnostic = Diagnostic::error(POOL_UNKNOWN, message);
    match near {
        Some(near) => diagnostic.help(format!(
            "if it is the pool {near:?}, add this spelling to that pool's names in the plan"
        )),
        None => diagnostic.help("add it to the names of a pool of the plan, or declare it there"),
    }
}

pub(crate) fn more_unknown_pools(count: usize) -> Diagnostic {
    let message = format!("{count} more pools that the plan does not know");
    Diagnostic::error(POOL_UNKNOWN, message)
}

pub(crate) fn values_disagree(sip: &dyn Display, what: &str) -> Diagnostic {
    let message = format!("two rows of {sip} disagree about {what}; the first counts");
    Diagnostic::warning(VALUES_DISAGREE, message)
}

pub(crate) fn client_unrecognized(text: &str, users: u64, near: Option<&str>) -> Diagnostic {
    let message = format!("{text:?} names no client that is known; {}", have(users));
    let diagnostic = Diagnostic::warning(CLIENT_UNRECOGNIZED, message);
    match near {
        Some(near) => diagnostic.help(format!("did you mean {near}?")),
        None => diagnostic,
    }
}

pub(crate) fn client_stale(sip: &dyn Display) -> Diagnostic {
    let message =
        format!("{sip} has a newer client, or this one was not seen for long; it does not count");
    Diagnostic::note(CLIENT_STALE, message)
}

pub(crate) fn server_agent(text: &str, users: u64) -> Diagnostic {
    let message = format!(
        "{text:?} is the user agent of a server or an application, no endpoint of a person; {}",
        have(users)
    );
    Diagnostic::note(SERVER_AGENT, message)
}

pub(crate) fn add_in_unknown(text: &str, users: u64) -> Diagnostic {
    let message = format!(
        "{text:?} names no scheduling add-in that is known; {}",
        have(users)
    );
    Diagnostic::warning(ADD_IN_UNKNOWN, message)
}

pub(crate) fn header_twice(header: &str) -> Diagnostic {
    let message = format!("the header {header:?} occurs twice; the first column counts");
    Diagnostic::warning(HEADER_TWICE, message)
}

pub(crate) fn rows_short(count: u64) -> Diagnostic {
    let rows = if count == 1 {
        "one row has".to_owned()
    } else {
        format!("{count} rows have")
    };
    let message = format!("{rows} fewer cells than the header; the missing ones count as empty");
    Diagnostic::note("rows-short", message)
}

pub(crate) fn nobody_left(rows: u64) -> Diagnostic {
    let message = if rows == 0 {
        "the inventory has no row below its header".to_owned()
    } else {
        format!("no user is left: all of the {rows} rows are rejected")
    };
    Diagnostic::error("no-user-left", message)
        .help("a user needs a SIP address and a pool that the plan knows")
}

pub(crate) fn mapped_header_missing(header: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "mapped-header-missing",
        format!("no file has the header {header:?} that --map names"),
    );
    match near {
        Some(near) => diagnostic.help(format!("did you mean {near:?}?")),
        None => diagnostic,
    }
}

fn have(users: u64) -> String {
    if users == 1 {
        "one user has it".to_owned()
    } else {
        format!("{users} users have it")
    }
}
