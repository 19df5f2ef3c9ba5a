//! What the child process does with a workbook, without the process: any bytes, or the parts of an .xlsx or .ods package that are
//! packed here, so that the fuzzer need not invent checksums. The first byte chooses; parts are divided by a NUL byte.
//!
//! `.xls` and `.xlsb` are left out: there a library decides how much memory is asked for, which is what the child's cap is for.
#![no_main]

use std::io::{Cursor, Write};

use cutover::inventory::workbook::{self, Limits, Writer};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const XLSX: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
];

const RELATIONS: &[u8] = b"<Relationships><Relationship Id='r1' Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>";
const SHEETS: &[u8] = b"<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/>\
    <Relationship Id='r2' Type='x/sharedStrings' Target='sharedStrings.xml'/><Relationship Id='r3' Type='x/styles' Target='styles.xml'/></Relationships>";
const BOOK: &[u8] = b"<workbook><sheets><sheet name='Users' r:id='r1'/></sheets></workbook>";

fn pack(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in parts {
        archive
            .start_file(*name, stored)
            .expect("memory can be written");
        archive.write_all(bytes).expect("memory can be written");
    }
    archive
        .finish()
        .expect("memory can be written")
        .into_inner()
}

fn xlsx(bytes: &[u8]) -> Vec<u8> {
    let mut given = bytes.split(|&byte| byte == 0);
    let usual: [&[u8]; 6] = [b"", b"<sst/>", b"<styleSheet/>", BOOK, SHEETS, RELATIONS];
    let parts: Vec<(&str, &[u8])> = XLSX
        .into_iter()
        .zip(usual)
        .map(|(name, usual)| (name, given.next().unwrap_or(usual)))
        .collect();
    pack(&parts)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, rest)) = bytes.split_first() else {
        return;
    };
    let book = match choice % 3 {
        0 => xlsx(rest),
        1 => pack(&[
            (
                "mimetype",
                b"application/vnd.oasis.opendocument.spreadsheet",
            ),
            ("content.xml", rest),
        ]),
        _ if rest.starts_with(&[0xd0, 0xcf]) => return,
        _ => rest.to_vec(),
    };
    let limits = Limits {
        cells: 100_000,
        ..Limits::default()
    };
    let mut told = Vec::new();
    let mut out = Writer::new(&mut told);
    if let Err(refusal) = workbook::tell(Cursor::new(book), None, &limits, &mut out) {
        assert!(!refusal.message.is_empty(), "refused without a word");
    }
});
