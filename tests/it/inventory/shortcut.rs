//! Most rows of a long file are looked at as little as possible. What comes out must be what looking at every cell gives.

use cutover::diagnostic::Diagnostic;
use cutover::inventory::record::{ReadError, Record, RecordBuffer, Records};
use cutover::inventory::source::Table;
use cutover::inventory::{Inventory, Request, Source, import};

use super::{accepted, lines, two_pools};
use crate::support::KNOWLEDGE;

/// A table whose cells are shown one by one, so that nothing but the cells can be looked at.
struct Cells<'a>(&'a [Vec<String>]);

struct CellRecords<'a> {
    rows: std::slice::Iter<'a, Vec<String>>,
    number: u64,
    buffer: RecordBuffer,
}

impl Table for Cells<'_> {
    fn open(&self) -> Result<Box<dyn Records + '_>, ReadError> {
        Ok(Box::new(CellRecords {
            rows: self.0.iter(),
            number: 0,
            buffer: RecordBuffer::default(),
        }))
    }
}

impl Records for CellRecords<'_> {
    fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        let Some(row) = self.rows.next() else {
            return Ok(None);
        };
        self.number += 1;
        self.buffer.begin(self.number);
        row.iter().for_each(|cell| self.buffer.push(cell));
        Ok(Some(self.buffer.record()))
    }
}

/// The same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick(&mut self, texts: &[&str]) -> String {
        texts[self.roll(texts.len())].to_owned()
    }
}

const HEADER: [&str; 10] = [
    "SipAddress",
    "DisplayName",
    "RegistrarPool",
    "HomePool",
    "Client",
    "Department",
    "Site",
    "GroupChat",
    "PicLicenseExpiry",
    "wave",
];

/// Rows as exports have them, among them one in a hundred with something odd.
fn table(rows: usize, waves: usize) -> Vec<Vec<String>> {
    let mut dice = Dice(7);
    let mut table = vec![HEADER.map(str::to_owned).to_vec()];
    for row in 0..rows {
        let user = dice.roll(rows);
        let domain = dice.pick(&["contoso.com", "EMEA.contoso.com", "fabrikam.net"]);
        let prefix = dice.pick(&["sip:", "", "SIP:"]);
        let mut cells = vec![
            format!("{prefix}User.{user}@{domain}"),
            dice.pick(&["Anna", "Smith, Łukasz", "Jo \"Joe\" Doe", ""]),
            dice.pick(&["l10", "", "L10 ", ""]),
            dice.pick(&[
                "r2",
                "ocspool01",
                "CN=LC Services,CN=ocspool01,CN=Pools,DC=x",
            ]),
            dice.pick(&["lync-2010", "communicator-2007-r2", "lync-2013; Acme 4", ""]),
            dice.pick(&["IT", "Sales, Key Accounts", "HR", "", "Export"]),
            dice.pick(&["Köln", "New York", ""]),
            dice.pick(&["True", "False", ""]),
            dice.pick(&["2014-04-30", "", "", "2014-06-30"]),
            format!("wave {}", dice.roll(waves)),
        ];
        if dice.roll(100) == 0 {
            let odd = dice.roll(cells.len());
            cells[odd] = dice.pick(&[
                "", " ", "'=x", "soon", "total", "\u{a0}é", "a\"b", "x@", "@x.com",
            ]);
        }
        match dice.roll(200) {
            0 => cells.truncate(dice.roll(10)),
            1 => cells.push("more".to_owned()),
            2 => cells.iter_mut().for_each(String::clear),
            3 if row % 3 == 0 => cells = table[0].clone(),
            _ => {}
        }
        table.push(cells);
    }
    table
}

fn csv(table: &[Vec<String>], style: csv::QuoteStyle) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .quote_style(style)
        .from_writer(Vec::new());
    for row in table {
        writer.write_record(row).expect("memory can be written");
    }
    writer.into_inner().expect("memory can be written")
}

/// Users, counts and everything that was said.
fn told(inventory: &Inventory) -> (Vec<String>, String, Vec<Diagnostic>) {
    let counts = format!("{:?}", inventory.counts);
    (lines(inventory), counts, inventory.diagnostics.clone())
}

fn inventory(source: Source<'_>, threads: usize) -> Inventory {
    let request = Request {
        threads,
        ..two_pools()
    };
    import(&[source], &request, KNOWLEDGE.products()).expect("most rows are good")
}

fn assert_read_alike(table: &[Vec<String>]) {
    let expected = told(&inventory(Source::table("file.csv", &Cells(table)), 1));
    assert!(expected.0.len() * 3 > table.len(), "most rows are users");
    assert!(!expected.2.is_empty(), "some rows are odd");
    for style in [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always] {
        let text = csv(table, style);
        for threads in [1, 3] {
            let found = told(&inventory(Source::text("file.csv", &text), threads));
            assert_eq!(found.0, expected.0, "users, {style:?}, {threads} threads");
            assert_eq!(found.1, expected.1, "counts, {style:?}, {threads} threads");
            assert_eq!(
                found.2, expected.2,
                "diagnostics, {style:?}, {threads} threads"
            );
        }
    }
}

#[test]
fn long_files_say_the_same_as_their_cells_one_by_one() {
    assert_read_alike(&table(20_000, 3));
}

#[test]
fn a_column_that_turns_out_to_hold_other_texts_in_every_row_says_the_same() {
    let mut table = table(60_000, 3);
    let width = HEADER.len();
    for (number, row) in table.iter_mut().enumerate().skip(6000) {
        if row.len() == width {
            row[width - 1] = format!("wave {number}");
        }
    }
    assert_read_alike(&table);
}

#[test]
fn users_of_more_domains_than_have_a_number_are_still_one_user_each() {
    let mut text = "SipAddress,HomePool\n".to_owned();
    for number in (0..70_000).chain([69_990, 69_991, 12]) {
        text.push_str(&format!("a@{number}.net,r2\n"));
    }
    let inventory = accepted(&text);
    assert_eq!(inventory.users.len(), 70_000);
}

#[test]
fn parts_that_begin_inside_a_quoted_field_are_read_from_where_the_one_before_ends() {
    // Any line of the notes looks like a row, and most places of the file are in notes.
    let notes = "stranger@elsewhere.com,r2,\n".repeat(30);
    let mut text = "SipAddress,HomePool,Notes\n".to_owned();
    for number in 0..5000 {
        text.push_str(&format!("user{number}@contoso.com,r2,\"{notes}\"\n"));
        if number == 4000 {
            text.push_str("late@contoso.com,r2,,one cell too many\n");
        }
    }
    let text = text.into_bytes();
    let one = inventory(Source::text("users.csv", &text), 1);
    assert_eq!(one.users.len(), 5000);
    let row = format!("{:?}", one.diagnostics[0].place);
    assert!(row.contains(&(2 + 4001 * 31).to_string()), "{row}");
    let several = inventory(Source::text("users.csv", &text), 3);
    let (found, expected) = (told(&several), told(&one));
    assert_eq!((found.1, found.2), (expected.1, expected.2));
    assert!(found.0 == expected.0);
}
