//! Delimited text of any bytes: it is refused, or rows read = rows used + rows rejected, every rejected row comes back, and the
//! merged file is the same inventory again. The first byte chooses the options.
#![no_main]

use std::sync::LazyLock;

use cutover::inventory::merged::write_merged;
use cutover::inventory::provenance::provenance;
use cutover::inventory::rejected::write_rejected;
use cutover::inventory::{self, ColumnKey, DateOrder, Inventory, PoolDirectory, Request, Source};
use cutover::knowledge::KnowledgeBase;
use libfuzzer_sys::fuzz_target;

static KNOWLEDGE: LazyLock<KnowledgeBase> =
    LazyLock::new(|| KnowledgeBase::bundled().expect("the bundled knowledge is sound"));

fn request(choice: u8) -> Request {
    let known = [("r2", 0), ("ocspool01", 0), ("l10", 1)];
    let known = known.map(|(name, pool)| (name.to_owned(), pool)).to_vec();
    Request {
        pools: PoolDirectory {
            known: (choice & 1 == 0).then_some(known),
        },
        columns: vec![ColumnKey::Department, ColumnKey::Header("wave".to_owned())],
        encoding: [None, None, Some("windows-1252"), Some("utf-16le")]
            [usize::from(choice >> 1 & 3)]
        .map(str::to_owned),
        date_order: (choice & 8 != 0).then_some(DateOrder::DayMonthYear),
        last_seen: (choice & 16 != 0).then(|| "Seen".to_owned()),
        threads: if choice & 32 != 0 { 2 } else { 1 },
        ..Request::default()
    }
}

/// Users by their addresses, with their clients.
fn users(inventory: &Inventory) -> Vec<(String, u64)> {
    let users = 0..inventory.users.len();
    users
        .map(|user| {
            let shape = &inventory.shapes[inventory.users.shape(user)];
            (
                inventory.users.sip(user).text().into_owned(),
                shape.endpoints.0,
            )
        })
        .collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, text)) = bytes.split_first() else {
        return;
    };
    let request = request(choice);
    let products = KNOWLEDGE.products();
    let text = text.to_vec();
    let sources = [Source::text("a.csv", &text)];
    let inventory = match inventory::import(&sources, &request, products) {
        Ok(inventory) => inventory,
        Err(refusal) => {
            assert!(!refusal.diagnostics.is_empty(), "refused without a word");
            return;
        }
    };
    let counts = inventory.counts;
    assert_eq!(counts.rows, counts.rows_used + counts.rows_rejected);
    let mut back = Vec::new();
    let written = write_rejected(&inventory.rejected, &sources, &request, products, &mut back);
    assert_eq!(
        written.expect("memory can be written"),
        counts.rows_rejected
    );
    let origins =
        provenance(&sources, &request, &inventory, products, None).expect("the same bytes");
    let mut merged = Vec::new();
    write_merged(&inventory, &origins, &request, products, &mut merged)
        .expect("memory can be written");
    let again = Request {
        encoding: None,
        date_order: None,
        last_seen: None,
        ..request
    };
    let reread = inventory::import(&[Source::text("merged.csv", &merged)], &again, products);
    let reread = reread.expect("what we write can be read");
    assert_eq!(users(&inventory), users(&reread));
    assert_eq!(
        counts.unrecognized_clients,
        reread.counts.unrecognized_clients
    );
});
