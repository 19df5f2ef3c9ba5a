//! What names must satisfy: order, kinds, aliases, user agents.

use std::collections::HashMap;

use super::{Checked, repeated};
use crate::diagnostic::Diagnostic;
use crate::knowledge::data::{FileIndex, Text};
use crate::knowledge::products::{Kind, ProductList, comparison_key};
use crate::model::{AddIn, Client, Provider};

/// The ids that must stand at the positions of the constants of [`Client`].
const IN_TABLES: [&str; Client::TABLED as usize + 1] = [
    "lync-2013",
    "lync-2013-basic",
    "lync-web-app-2013",
    "lync-2010",
    "lync-2010-attendant",
    "lync-web-app-2010",
    "lync-2010-attendee",
    "communicator-2007-r2",
    "communicator-2007",
    "ocs-2007-r2-attendant",
    "live-meeting-2007",
    "lync-windows-store-app",
    "lync-2010-mobile",
    "lync-phone-edition",
    "lync-2010-group-chat",
    "ocs-2007-r2-group-chat",
    "unrecognized",
];

fn list<'a>(checked: &'a Checked<'_>) -> (FileIndex, &'a ProductList) {
    (checked.data.products.0, &checked.data.products.1)
}

pub(super) fn clients_stand_at_their_constants(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, list) = list(checked);
    let ids = list
        .clients
        .iter()
        .map(|client| (file, &client.id, client.id.get_ref().clone()));
    let mut problems = repeated(checked, ids, "client");
    for (wanted, client) in IN_TABLES.iter().zip(&list.clients) {
        if client.id.get_ref() != wanted {
            let message = format!(
                "\"{wanted}\" must stand here, not \"{}\"",
                client.id.get_ref()
            );
            problems.push(
                checked
                    .data
                    .error("client-order", file, &client.id, message),
            );
        }
    }
    problems
}

pub(super) fn clients_are_not_too_many(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, list) = list(checked);
    let beyond = list.clients.get(usize::from(Client::MAX));
    beyond
        .map(|client| {
            let message = format!(
                "at most {} clients have room in a set of endpoints",
                Client::MAX
            );
            checked
                .data
                .error("too-many-products", file, &client.id, message)
        })
        .into_iter()
        .collect()
}

pub(super) fn client_words_are_known(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, list) = list(checked);
    let mut problems = Vec::new();
    for client in &list.clients {
        if Kind::parse(client.kind.get_ref()).is_none() {
            let known = ["full", "meeting-only", "chat"].into_iter();
            problems.push(checked.unknown("unknown-kind", file, &client.kind, "kind", known));
        }
        if let Some(add_in) = client
            .brings
            .as_ref()
            .filter(|id| AddIn::parse(id.get_ref()).is_none())
        {
            let known = AddIn::ALL.iter().map(|add_in| add_in.id());
            problems.push(checked.unknown("unknown-add-in", file, add_in, "add-in", known));
        }
    }
    problems
}

pub(super) fn names_belong_to_one_product(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, list) = list(checked);
    let mut problems = Vec::new();
    let clients = list
        .clients
        .iter()
        .map(|client| (&client.id, &client.aliases));
    let servers = list
        .server
        .names
        .iter()
        .map(|name| (name, &list.server.names));
    let clients = clients.chain(servers.take(1));
    problems.extend(ambiguous(checked, file, clients));
    let providers = list.providers.iter();
    let providers = providers.map(|provider| (&provider.id, &provider.aliases));
    problems.extend(ambiguous(checked, file, providers));
    let add_ins = list
        .add_ins
        .iter()
        .map(|add_in| (&add_in.id, &add_in.aliases));
    problems.extend(ambiguous(checked, file, add_ins));
    problems
}

/// Aliases that an earlier product has already, in the form in which names are compared.
fn ambiguous<'t>(
    checked: &Checked<'_>,
    file: FileIndex,
    products: impl Iterator<Item = (&'t Text, &'t Vec<Text>)>,
) -> Vec<Diagnostic> {
    let list = &checked.data.products.1;
    let mut owners: HashMap<String, (&Text, &Text)> = HashMap::new();
    let mut problems = Vec::new();
    for (id, aliases) in products {
        for alias in std::iter::once(id).chain(aliases) {
            let key = comparison_key(list, alias.get_ref());
            let (owner, first) = *owners.entry(key).or_insert((id, alias));
            if owner.get_ref() != id.get_ref() {
                let message = format!("\"{}\" means {} already", alias.get_ref(), owner.get_ref());
                let place = checked.data.place(file, first.span());
                let problem = checked.data.error("ambiguous-alias", file, alias, message);
                problems.push(problem.see(place, "there"));
            }
        }
    }
    problems
}

pub(super) fn agents_mean_known_products(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, list) = list(checked);
    let mut problems = Vec::new();
    for rule in list.agents.iter().flat_map(|agent| &agent.is) {
        if let Some(client) = &rule.client {
            let ids = list
                .clients
                .iter()
                .map(|client| client.id.get_ref().as_str());
            if !ids.clone().any(|id| id == client.get_ref()) {
                problems.push(checked.unknown("unknown-product", file, client, "client", ids));
            }
            if rule.server.is_some() {
                let message = "a user agent is a client's or a server's, not both";
                problems.push(checked.data.error("agent-meaning", file, client, message));
            }
        }
        if let Some(version) = &rule.version {
            let is_number = |part: &str| part.parse::<u32>().is_ok();
            if !version.get_ref().split('.').all(is_number) {
                let message = format!("\"{}\" is no beginning of a version", version.get_ref());
                problems.push(
                    checked
                        .data
                        .error("malformed-version", file, version, message),
                );
            }
        }
    }
    problems
}

pub(super) fn providers_and_add_ins_are_known(checked: &Checked<'_>) -> Vec<Diagnostic> {
    let (file, list) = list(checked);
    let providers = list.providers.iter().map(|provider| &provider.id);
    let unknown = providers.filter(|id| Provider::parse(id.get_ref()).is_none());
    let mut problems: Vec<Diagnostic> = unknown
        .map(|id| {
            let known = Provider::ALL.iter().map(|provider| provider.id());
            checked.unknown("unknown-provider", file, id, "provider", known)
        })
        .collect();
    let add_ins = list.add_ins.iter().map(|add_in| &add_in.id);
    let unknown = add_ins.filter(|id| AddIn::parse(id.get_ref()).is_none());
    problems.extend(unknown.map(|id| {
        let known = AddIn::ALL.iter().map(|add_in| add_in.id());
        checked.unknown("unknown-add-in", file, id, "add-in", known)
    }));
    problems
}
