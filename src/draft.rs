//! A first plan for an inventory: text to be completed by a person.
//!
//! In: an [`Inventory`] imported with every pool text a pool of its own. Out: TOML in which every place that needs a decision
//! says so. Dates are [`FILL_IN`], which `check` points at one by one; server versions are guessed from the clients that people
//! use on a pool, with the figures beside them.

mod pools;

use std::fmt::Write;

use crate::inventory::Inventory;
use crate::knowledge::Products;
use crate::model::{Client, Provider, ServerVersion};
use crate::terminal_text::{is_obeyed_or_unseen, safe};
use pools::{Found, found};

/// What stands where a date has to be filled in.
pub const FILL_IN: &str = "YYYY-MM-DD";

/// Drafts a plan.
#[must_use]
pub fn draft(inventory: &Inventory, products: &Products) -> String {
    let pools = found(inventory, products);
    let mut draft = Draft {
        text: String::new(),
        last_stage: None,
    };
    draft.head(inventory);
    for pool in &pools {
        draft.pool(pool);
    }
    draft.new_pool(&pools);
    draft.chat(inventory, &pools);
    draft.public_im(inventory);
    draft.stages(&pools, products);
    draft.text
}

struct Draft {
    text: String,
    /// The stage before, for `after`.
    last_stage: Option<String>,
}

/// Clients at people's desks that a newer one replaces.
const OLDER_THAN_2010: [Client; 2] = [Client::COMMUNICATOR_2007_R2, Client::COMMUNICATOR_2007];
const OLDER_THAN_2013: [Client; 3] = [
    Client::LYNC_2010,
    Client::COMMUNICATOR_2007_R2,
    Client::COMMUNICATOR_2007,
];

/// The id of the pool that the draft moves everybody to.
const NEW_POOL: &str = "lync-2013";

impl Draft {
    /// Writing to a String cannot fail.
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(line);
        self.text.push('\n');
    }

    fn head(&mut self, inventory: &Inventory) {
        let users = so_many(inventory.users.len() as u64);
        self.line(format_args!(
            "# Drafted by `cutover init` from {users}. Fill in every {FILL_IN}, confirm what is"
        ));
        self.line(format_args!(
            "# guessed, then: cutover check --plan THIS-FILE --inventory ...\n"
        ));
        self.line(format_args!("[plan]\nname = \"To Lync Server 2013\""));
        self.line(format_args!("baseline = \"{FILL_IN}\"   # the day on which the inventory was exported; dates stand without quotation marks"));
        self.line(format_args!("# end = {FILL_IN}         # days without something are counted up to here; the last event if left out\n"));
    }

    fn pool(&mut self, pool: &Found) {
        self.line(format_args!("[[pool]]\nid = {}", quoted(&pool.id)));
        let (version, evidence) = pool.guess();
        match version {
            Some(version) => self.line(format_args!(
                "server = \"{version}\"   # guessed from {evidence}; confirm"
            )),
            None => self.line(format_args!(
                "server = \"?\"   # ocs-2007-r2, lync-server-2010 or lync-server-2013: {evidence}"
            )),
        }
        let names: Vec<String> = pool.names.iter().map(|name| quoted(name)).collect();
        self.line(format_args!(
            "names = [{}]   # {}\n",
            names.join(", "),
            so_many(pool.users)
        ));
    }

    /// The pool that everybody goes to, unless they are there already.
    fn new_pool(&mut self, pools: &[Found]) {
        if on(pools, ServerVersion::Lync2013).next().is_none() {
            self.line(format_args!(
                "# The new pool. Its name must differ from those of the old ones.\n[[pool]]"
            ));
            self.line(format_args!(
                "id = \"{NEW_POOL}\"\nserver = \"lync-server-2013\"\nnames = []\n"
            ));
        }
    }

    fn chat(&mut self, inventory: &Inventory, pools: &[Found]) {
        let users = users_where(inventory, |shape| shape.group_chat);
        if users == 0 {
            return;
        }
        let newer = users_where(inventory, |shape| {
            shape.endpoints.has(Client::LYNC_2010_GROUP_CHAT)
        });
        let older = users_where(inventory, |shape| {
            shape.endpoints.has(Client::OCS_2007_R2_GROUP_CHAT)
        });
        let has_2010 = on(pools, ServerVersion::Lync2010).next().is_some();
        let server = if newer > older || (newer == older && has_2010) {
            ServerVersion::Lync2010
        } else {
            ServerVersion::Ocs2007R2
        };
        self.line(format_args!("# {} of Group Chat: {older} with the client of OCS 2007 R2, {newer} with that of Lync 2010.", so_many(users)));
        self.line(format_args!(
            "[[chat]]\nid = \"chat\"\nserver = \"{server}\"   # guessed; confirm"
        ));
        self.line(format_args!("# persistent-chat-enabled = true   # is the policy granted to users of 2013 Persistent Chat?\n"));
    }

    fn public_im(&mut self, inventory: &Inventory) {
        let used: Vec<(Provider, u64)> = Provider::ALL
            .iter()
            .map(|&provider| {
                (
                    provider,
                    users_where(inventory, |shape| shape.providers.has(provider)),
                )
            })
            .filter(|&(_, users)| users > 0)
            .collect();
        let enabled = users_where(inventory, |shape| {
            shape.pic_enabled && shape.providers.is_empty()
        });
        if used.is_empty() && enabled == 0 {
            return;
        }
        let counts: Vec<String> = used
            .iter()
            .map(|(provider, users)| format!("{provider} {users}"))
            .collect();
        self.line(format_args!(
            "# Public IM, users: {}; enabled without a provider: {enabled}.",
            or_none(&counts)
        ));
        self.line(format_args!("[pic]"));
        let providers: Vec<String> = match used.as_slice() {
            [] => ["aol", "yahoo", "windows-live", "skype"]
                .map(quoted)
                .to_vec(),
            used => used
                .iter()
                .map(|(provider, _)| quoted(provider.id()))
                .collect(),
        };
        self.line(format_args!(
            "provisioned = [{}]   # confirm",
            providers.join(", ")
        ));
        self.line(format_args!(
            "# yahoo-license-until = {FILL_IN}   # the organization's last licensed day\n"
        ));
    }

    fn stages(&mut self, pools: &[Found], products: &Products) {
        let ids = |version| -> Vec<&Found> { on(pools, version).collect() };
        let (oldest, middle) = (ids(ServerVersion::Ocs2007R2), ids(ServerVersion::Lync2010));
        let newest = ids(ServerVersion::Lync2013);
        let target = newest.first().map_or(NEW_POOL, |pool| pool.id.as_str());
        let mut leaving = middle.clone();
        if let (false, Some(gather)) = (oldest.is_empty(), middle.first()) {
            self.line(format_args!(
                "# OCS 2007 R2 has to be gone before the first Lync Server 2013 pool is published."
            ));
            for pool in &oldest {
                self.wave(
                    pool,
                    &gather.id,
                    &OLDER_THAN_2010,
                    Client::LYNC_2010,
                    products,
                );
            }
            self.retire("retire-r2", &oldest);
        } else {
            leaving.extend(&oldest);
        }
        if leaving.is_empty() {
            self.line(format_args!(
                "# Nobody is on an older version, as far as can be told: no stages."
            ));
            return;
        }
        self.pilot(&leaving, target, newest.is_empty());
        for pool in &leaving {
            self.wave(pool, target, &OLDER_THAN_2013, Client::LYNC_2013, products);
        }
        self.chat_stage();
        self.retire("retire-old", &leaving);
    }

    fn begin_stage(&mut self, id: &str) {
        self.line(format_args!(
            "[[stage]]\nid = {}\ndate = \"{FILL_IN}\"",
            quoted(id)
        ));
        if let Some(last) = self.last_stage.replace(id.to_owned()) {
            self.line(format_args!("after = [{}]", quoted(&last)));
        }
    }

    fn pilot(&mut self, leaving: &[&Found], target: &str, publish: bool) {
        let from: Vec<String> = leaving.iter().map(|pool| quoted(&pool.id)).collect();
        let (from, to) = (from.join(", "), quoted(target));
        self.begin_stage("pilot");
        if publish {
            self.line(format_args!("publish = [{to}]"));
        }
        self.line(format_args!(
            "# the first so many by address; or choose them: where = {{ department = \"IT\" }}"
        ));
        self.line(format_args!(
            "move = [{{ from = [{from}], to = {to}, limit = 25 }}]\n"
        ));
    }

    /// Everybody of a pool moves, and gets a client that the new server supports.
    fn wave(
        &mut self,
        pool: &Found,
        target: &str,
        old: &[Client],
        new: Client,
        products: &Products,
    ) {
        let (from, to) = (quoted(&pool.id), quoted(target));
        self.begin_stage(&format!("move-{}", pool.id));
        self.line(format_args!(
            "move = [{{ from = [{from}], to = {to} }}]   # {}",
            so_many(pool.users)
        ));
        let old: Vec<String> = old
            .iter()
            .filter(|&&client| pool.endpoints.has(client))
            .map(|&client| quoted(products.client_id(client)))
            .collect();
        if !old.is_empty() {
            let with = quoted(products.client_id(new));
            self.line(format_args!(
                "client = [{{ replace = [{}], with = {with}, where = {{ pool = {to} }} }}]",
                old.join(", ")
            ));
        }
        self.text.push('\n');
    }

    /// Chat goes last, after everybody it serves.
    fn chat_stage(&mut self) {
        if !self.text.contains("[[chat]]") {
            return;
        }
        self.begin_stage("move-chat");
        self.line(format_args!(
            "# legacy-endpoint = true lets older chat clients in for a while"
        ));
        self.line(format_args!("migrate-chat = [{{ chat = \"chat\", to = \"lync-server-2013\", legacy-endpoint = false }}]\n"));
    }

    fn retire(&mut self, id: &str, pools: &[&Found]) {
        let ids: Vec<String> = pools.iter().map(|pool| quoted(&pool.id)).collect();
        self.begin_stage(id);
        self.line(format_args!("retire = [{}]\n", ids.join(", ")));
    }
}

/// The pools that are guessed to run a version.
fn on(pools: &[Found], version: ServerVersion) -> impl Iterator<Item = &Found> {
    pools
        .iter()
        .filter(move |pool| pool.guess().0 == Some(version))
}

fn users_where(inventory: &Inventory, matches: impl Fn(&crate::inventory::Shape) -> bool) -> u64 {
    let users = 0..inventory.users.len();
    users
        .filter(|&user| matches(&inventory.shapes[inventory.users.shape(user)]))
        .count() as u64
}

fn or_none(words: &[String]) -> String {
    if words.is_empty() {
        "none named".to_owned()
    } else {
        words.join(", ")
    }
}

/// A text as TOML writes it; what a terminal would obey, or nobody can see, is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            _ if is_obeyed_or_unseen(c) => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// `1 user`, `12 users`.
fn so_many(users: u64) -> String {
    format!("{users} user{}", if users == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_quoted_text_is_read_back_and_safe_to_print(text in "\\PC{0,6}|[\u{0}-\u{a0}\u{2000}-\u{2070}\"\\\\]{0,8}") {
            let document = format!("x = {}", quoted(&text));
            let table: toml::Table = toml::from_str(&document).expect("TOML");
            prop_assert_eq!(table["x"].as_str(), Some(text.as_str()));
            prop_assert!(!document.contains(is_obeyed_or_unseen));
        }
    }
}
