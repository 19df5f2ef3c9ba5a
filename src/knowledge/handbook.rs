//! The tables of `docs/knowledge-base.md`, made from the data so that they cannot grow old.
//!
//! In: the knowledge base. Out: Markdown, by the name of the place in the document where it belongs.

use std::fmt::Write;

use super::{Answer, KnowledgeBase, Levels};
use crate::model::{AddIn, Client, Feature, Provider, ServerVersion};

/// A Markdown table in the making.
struct Table {
    text: String,
}

impl Table {
    fn new(heads: &[&str]) -> Self {
        let mut table = Self {
            text: String::new(),
        };
        table.row(heads.iter().map(|head| (*head).to_owned()));
        table.row(heads.iter().map(|_| "---".to_owned()));
        table
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for cell in cells {
            // Only the bar means something inside a cell.
            let _ = write!(self.text, "| {} ", cell.replace('|', "\\|"));
        }
        self.text.push_str("|\n");
    }
}

/// The levels in one cell: the judged one, and the others where they differ.
fn shown(levels: Levels) -> String {
    let mut others = Vec::new();
    if levels.strict != levels.judged {
        others.push(format!("strict {}", levels.strict));
    }
    if levels.lenient != levels.judged {
        others.push(format!("lenient {}", levels.lenient));
    }
    if others.is_empty() {
        return levels.judged.to_string();
    }
    format!("{} ({})", levels.judged, others.join(", "))
}

fn level(answer: Answer<'_>) -> String {
    shown(answer.levels)
}

/// A header for each server version, after the first ones.
fn heads(first: &'static str) -> Vec<&'static str> {
    let versions = ServerVersion::ALL.iter().map(|version| version.name());
    std::iter::once(first).chain(versions).collect()
}

impl KnowledgeBase {
    /// Every generated part: its name and its Markdown.
    #[must_use]
    pub fn handbook(&self) -> Vec<(&'static str, String)> {
        let counting = || self.counting_clients();
        let sign_in = self.by_version(counting(), |client, home| self.sign_in(client, home));
        let meetings = self.by_version(self.tabled_clients(), |client, host| {
            self.meeting(client, host)
        });
        let public_im = self.by_version(counting(), |client, home| {
            self.public_im_client(client, home)
        });
        vec![
            ("sign-in", sign_in),
            ("peer-to-peer", self.peer_to_peer_table()),
            ("meetings", meetings),
            ("scheduling", self.scheduling_table()),
            ("existing-meetings", self.existing_meetings_table()),
            ("group-chat", self.group_chat_table()),
            ("providers", self.provider_table()),
            ("public-im-clients", public_im),
            ("applications", self.application_table()),
            ("services", self.service_table()),
            ("open-points", self.open_points_table()),
            ("pages", self.page_table()),
            ("products", self.product_table()),
        ]
    }

    fn tabled_clients(&self) -> impl Iterator<Item = Client> + use<> {
        (0..=Client::UNRECOGNIZED.0).map(Client)
    }

    /// Without the clients that only serve meetings or chat.
    fn counting_clients(&self) -> impl Iterator<Item = Client> + use<> {
        let not_counting = self.products.not_counting();
        self.tabled_clients()
            .filter(move |&client| !not_counting.has(client))
    }

    fn by_version<'a>(
        &'a self,
        clients: impl Iterator<Item = Client>,
        answer: impl Fn(Client, ServerVersion) -> Answer<'a>,
    ) -> String {
        let mut table = Table::new(&heads("client"));
        for client in clients {
            let versions = ServerVersion::ALL.iter();
            let levels = versions.map(|&version| level(answer(client, version)));
            let name = self.products.client_name(client).to_owned();
            table.row(std::iter::once(name).chain(levels));
        }
        table.text
    }

    fn peer_to_peer_table(&self) -> String {
        let mut heads = vec!["client", "home"];
        heads.extend(Feature::ALL.iter().map(|feature| feature.id()));
        let mut table = Table::new(&heads);
        for client in self.counting_clients() {
            for &home in ServerVersion::ALL {
                let features = Feature::ALL.iter();
                let levels =
                    features.map(|&feature| level(self.peer_to_peer(client, home, feature)));
                let name = self.products.client_name(client).to_owned();
                table.row([name, home.name().to_owned()].into_iter().chain(levels));
            }
        }
        table.text
    }

    fn scheduling_table(&self) -> String {
        let mut table = Table::new(&heads("add-in"));
        for &add_in in AddIn::ALL {
            let homes = ServerVersion::ALL.iter();
            let levels = homes.map(|&home| level(self.scheduling(add_in, home)));
            table.row(std::iter::once(format!("`{add_in}`")).chain(levels));
        }
        table.text
    }

    fn existing_meetings_table(&self) -> String {
        let mut table = Table::new(&[
            "from",
            "to",
            "never on OCS 2007 R2",
            "came from OCS 2007 R2",
        ]);
        for &from in ServerVersion::ALL {
            for &to in ServerVersion::ALL.iter().filter(|&&to| to != from) {
                let levels =
                    [false, true].map(|came| level(self.existing_meetings(from, to, came)));
                let way = [from.name().to_owned(), to.name().to_owned()];
                table.row(way.into_iter().chain(levels));
            }
        }
        table.text
    }

    fn group_chat_table(&self) -> String {
        let mut table = Table::new(&[
            "client",
            "OCS 2007 R2",
            "Lync Server 2010",
            "2013 with a legacy endpoint",
            "2013 without",
        ]);
        let [r2, lync_2010, lync_2013] = [
            ServerVersion::Ocs2007R2,
            ServerVersion::Lync2010,
            ServerVersion::Lync2013,
        ];
        for client in self.tabled_clients() {
            let columns = [
                (r2, false),
                (lync_2010, false),
                (lync_2013, true),
                (lync_2013, false),
            ];
            let levels = columns.map(|(chat, legacy)| level(self.group_chat(client, chat, legacy)));
            let name = self.products.client_name(client).to_owned();
            table.row(std::iter::once(name).chain(levels));
        }
        table.text
    }

    fn provider_table(&self) -> String {
        let mut table = Table::new(&["provider", "home", "before its event", "after its event"]);
        for &provider in Provider::ALL {
            for &home in ServerVersion::ALL {
                let levels = [false, true].map(|changed| {
                    let with = level(self.public_im_provider(provider, home, changed, true));
                    let without = level(self.public_im_provider(provider, home, changed, false));
                    match with == without {
                        true => with,
                        false => format!("{with} with Lync 2013, else {without}"),
                    }
                });
                let names = [format!("`{provider}`"), home.name().to_owned()];
                table.row(names.into_iter().chain(levels));
            }
        }
        table.text
    }

    fn application_table(&self) -> String {
        let mut table = Table::new(&heads("program written for"));
        for &api in ServerVersion::ALL {
            let chats = ServerVersion::ALL.iter();
            let fits = chats.map(|&chat| self.application(api, chat).0.word().to_owned());
            table.row(std::iter::once(api.name().to_owned()).chain(fits));
        }
        table.text
    }

    fn service_table(&self) -> String {
        let mut table = Table::new(&["event", "what happens", "judged", "strict", "lenient"]);
        for service in &self.services {
            let dates = service.date.map(|date| date.to_string());
            let names = [format!("`{}`", service.id), service.title.clone()];
            table.row(names.into_iter().chain(dates));
        }
        table.text
    }

    fn open_points_table(&self) -> String {
        let mut table = Table::new(&["id", "kind", "about", "reading used", "why", "range"]);
        for conflict in self.conflicts() {
            let range = conflict.range.iter();
            let range: Vec<String> = range.map(|capability| format!("`{capability}`")).collect();
            table.row([
                format!("`{}`", conflict.id),
                conflict.kind.id().to_owned(),
                conflict.title,
                conflict.reading,
                conflict.reason,
                range.join(", "),
            ]);
        }
        table.text
    }

    fn page_table(&self) -> String {
        let mut table = Table::new(&["id", "page", "dates", "`ms:assetid`"]);
        for page in self.documents() {
            let title = match &page.url {
                Some(url) => format!("[{}]({})", page.title, escaped_url(url)),
                None => page.title.clone(),
            };
            let assetid = page.assetid.clone().unwrap_or_default();
            table.row([format!("`{}`", page.id), title, page.dates(), assetid]);
        }
        table.text
    }

    fn product_table(&self) -> String {
        let mut table = Table::new(&["id", "name", "in the tables", "counts for"]);
        for (position, id) in (0..).zip(self.products.client_ids()) {
            let client = Client(position);
            let counts = if self.products.chat_clients().has(client) {
                "chat rooms only"
            } else if self.products.not_counting().has(client) {
                "meetings only"
            } else {
                "everything"
            };
            let is_tabled = if position < Client::TABLED {
                "yes"
            } else {
                "no, so unknown"
            };
            table.row([
                format!("`{id}`"),
                self.products.client_name(client).to_owned(),
                is_tabled.to_owned(),
                counts.to_owned(),
            ]);
        }
        table.text
    }
}

/// Parentheses of an address would end a Markdown link.
fn escaped_url(url: &str) -> String {
    url.replace('(', "%28").replace(')', "%29")
}
