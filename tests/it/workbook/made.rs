//! Workbooks made byte by byte, so that they can be wrong in one place.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The parts of a package, in order.
#[derive(Clone)]
pub(super) struct Parts(Vec<(String, Vec<u8>)>);

impl Parts {
    pub(super) fn new(parts: &[(&str, &str)]) -> Self {
        Self(
            parts
                .iter()
                .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
                .collect(),
        )
    }

    /// With this part, in place of one of the same name.
    pub(super) fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), bytes.into()));
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self
    }

    /// Packed.
    pub(super) fn packed(&self) -> Vec<u8> {
        self.written(CompressionMethod::Deflated)
    }

    /// Not packed, so that bytes can be changed afterwards.
    pub(super) fn stored(&self) -> Vec<u8> {
        self.written(CompressionMethod::Stored)
    }

    fn written(&self, method: CompressionMethod) -> Vec<u8> {
        let options = SimpleFileOptions::default().compression_method(method);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            writer
                .start_file(name.as_str(), options)
                .expect("the name is new");
            writer.write_all(bytes).expect("memory takes everything");
        }
        writer
            .finish()
            .expect("memory takes everything")
            .into_inner()
    }
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of the visible sheet `Users` with these rows, and the shared strings `sip`, `pool`, `x & y`.
pub(super) fn xlsx(rows: &str) -> Parts {
    let sheet =
        format!("<?xml version=\"1.0\"?><worksheet><sheetData>{rows}</sheetData></worksheet>");
    Parts::new(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            &relations(&[("rId1", "officeDocument", "xl/workbook.xml")]),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "sharedStrings", "sharedStrings.xml"),
                ("rId3", "styles", "styles.xml"),
                ("rId4", "worksheet", "worksheets/sheet2.xml"),
                ("rId5", "chartsheet", "chartsheets/sheet1.xml"),
            ]),
        ),
        ("xl/workbook.xml", &book(&[("Users", "rId1", "visible")])),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>sip</t></si><si><t>pool</t></si><si><t>x &amp; y</t></si></sst>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

/// The part that lists sheets: name, relation, state.
pub(super) fn book(sheets: &[(&str, &str, &str)]) -> String {
    let sheets: String = sheets
        .iter()
        .map(|(name, id, state)| {
            format!("<sheet name=\"{name}\" sheetId=\"1\" r:id=\"{id}\" state=\"{state}\"/>")
        })
        .collect();
    format!("<workbook><workbookPr/><sheets>{sheets}</sheets></workbook>")
}

/// A part of relations: id, type, target.
pub(super) fn relations(all: &[(&str, &str, &str)]) -> String {
    let all: String = all
        .iter()
        .map(|(id, kind, target)| {
            format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!("<Relationships>{all}</Relationships>")
}

/// A row of inline texts; an empty one is no cell.
pub(super) fn row(number: u32, texts: &[&str]) -> String {
    let cells: String = texts
        .iter()
        .zip('A'..)
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, column)| {
            format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        })
        .collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

/// An OpenDocument spreadsheet with these tables.
pub(super) fn ods(tables: &str) -> Parts {
    let content = format!(
        "<office:document-content><office:automatic-styles><style:style style:name=\"hid\">\
         <style:table-properties table:display=\"false\"/></style:style></office:automatic-styles>\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    Parts::new(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", &content),
    ])
}

/// A table of an OpenDocument spreadsheet.
pub(super) fn table(name: &str, rows: &str) -> String {
    format!("<table:table table:name=\"{name}\">{rows}</table:table>")
}

/// A row of texts of an OpenDocument spreadsheet.
pub(super) fn table_row(texts: &[&str]) -> String {
    let cells: String = texts
        .iter()
        .map(|text| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"))
        .collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

/// A record of an .xls.
pub(super) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("records are short");
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

/// The record of a text in an .xls.
pub(super) fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("texts are short");
    let mut data = Vec::new();
    for number in [row, column, 0, length] {
        data.extend(number.to_le_bytes());
    }
    data.push(0);
    data.extend(text.as_bytes());
    record(0x0204, &data)
}

/// An .xls with the sheet `Users` and these records.
pub(super) fn xls(records: &[u8]) -> Vec<u8> {
    ole(&[("Workbook", &xls_stream(records))])
}

/// The stream of records of an .xls.
pub(super) fn xls_stream(records: &[u8]) -> Vec<u8> {
    let bof = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let sheet_name = |start: u32| {
        let mut data = start.to_le_bytes().to_vec();
        data.extend([0, 0, 5, 0]);
        data.extend(b"Users");
        record(0x0085, &data)
    };
    let globals = bof(5).len() + sheet_name(0).len() + 4;
    let start = u32::try_from(globals).expect("the globals are short");
    [
        bof(5),
        sheet_name(start),
        record(0x000a, &[]),
        bof(0x10),
        records.to_vec(),
        record(0x000a, &[]),
    ]
    .concat()
}

/// An OLE2 file with these streams.
pub(super) fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xffff_fffe;
    let sectors = |bytes: usize| bytes.max(4096).div_ceil(SECTOR);
    let total: usize = streams.iter().map(|(_, bytes)| sectors(bytes.len())).sum();
    // The table of sectors, the directory, the streams.
    let tables = (total + 10).div_ceil(SECTOR / 4);
    let directory = (streams.len() + 1).div_ceil(4);
    let mut next: Vec<u32> = vec![0xffff_fffd; tables];
    let chain = |next: &mut Vec<u32>, length: usize| {
        let start = next.len();
        next.extend((start + 1..start + length).map(|sector| sector as u32));
        next.push(END);
        start as u32
    };
    let directory_start = chain(&mut next, directory);
    let starts: Vec<u32> = streams
        .iter()
        .map(|(_, bytes)| chain(&mut next, sectors(bytes.len())))
        .collect();
    next.resize(tables * SECTOR / 4, u32::MAX);
    let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    file.resize(24, 0);
    file.extend([0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    file.resize(44, 0);
    for number in [tables as u32, directory_start, 0, 4096, END, 0, END, 0] {
        file.extend(number.to_le_bytes());
    }
    (0..109u32)
        .for_each(|at| file.extend((if at < tables as u32 { at } else { u32::MAX }).to_le_bytes()));
    next.iter()
        .for_each(|number| file.extend(number.to_le_bytes()));
    file.extend(entry("Root Entry", 5, END, 0));
    for ((name, bytes), start) in streams.iter().zip(starts) {
        file.extend(entry(
            name,
            2,
            start,
            sectors(bytes.len()).max(bytes.len().div_ceil(SECTOR)) * SECTOR,
        ));
    }
    file.resize(SECTOR * (1 + tables + directory), 0);
    for (_, bytes) in streams {
        let end = file.len() + sectors(bytes.len()) * SECTOR;
        file.extend(*bytes);
        file.resize(end, 0);
    }
    file
}

fn entry(name: &str, kind: u8, start: u32, length: usize) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = entry.len() as u16 + 2;
    entry.resize(64, 0);
    entry.extend(bytes.to_le_bytes());
    entry.push(kind);
    entry.resize(116, 0);
    entry.extend(start.to_le_bytes());
    entry.extend((length as u64).to_le_bytes());
    entry
}

/// A record of an .xlsb.
pub(super) fn binary_record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    if kind < 0x80 {
        record.push(kind as u8);
    } else {
        record.extend([kind as u8 | 0x80, (kind >> 7) as u8]);
    }
    let mut length = data.len();
    while length >= 0x80 {
        record.push(length as u8 | 0x80);
        length >>= 7;
    }
    record.push(length as u8);
    record.extend(data);
    record
}

/// A text of an .xlsb.
pub(super) fn binary_text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = (units.len() as u32).to_le_bytes().to_vec();
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

/// The record of a cell of an .xlsb: its type, column, and what follows the style.
pub(super) fn binary_cell(kind: u16, column: u32, value: &[u8]) -> Vec<u8> {
    binary_record(kind, &[&column.to_le_bytes(), &[0; 4], value].concat())
}

/// The record that begins a row of an .xlsb; row from 0.
pub(super) fn binary_row(row: u32) -> Vec<u8> {
    binary_record(0, &[&row.to_le_bytes()[..], &[0; 13]].concat())
}

/// An .xlsb with the sheet `Users`, these records of cells, and the shared string `shared`.
pub(super) fn xlsb(cells: &[u8]) -> Parts {
    let sheet_name = [
        &[0, 0, 0, 0, 1, 0, 0, 0][..],
        &binary_text("rId1"),
        &binary_text("Users"),
    ]
    .concat();
    let book = [
        binary_record(0x83, &[]),
        binary_record(0x99, &[0; 12]),
        binary_record(0x8f, &[]),
        binary_record(0x9c, &sheet_name),
        binary_record(0x90, &[]),
        binary_record(0x9d, &[0; 24]),
        binary_record(0x84, &[]),
    ]
    .concat();
    let sheet = [
        binary_record(0x81, &[]),
        binary_record(0x94, &[0; 16]),
        binary_record(0x91, &[]),
        cells.to_vec(),
        binary_record(0x92, &[]),
        binary_record(0x82, &[]),
    ]
    .concat();
    let shared = [&[0][..], &binary_text("shared")].concat();
    let strings = [
        binary_record(0x9f, &[1, 0, 0, 0, 1, 0, 0, 0]),
        binary_record(0x13, &shared),
        binary_record(0xa0, &[]),
    ]
    .concat();
    Parts::new(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            &relations(&[("rId1", "officeDocument", "xl/workbook.bin")]),
        ),
        (
            "xl/_rels/workbook.bin.rels",
            &relations(&[("rId1", "worksheet", "worksheets/sheet1.bin")]),
        ),
    ])
    .with("xl/workbook.bin", book)
    .with("xl/sharedStrings.bin", strings)
    .with("xl/worksheets/sheet1.bin", sheet)
}

/// The bytes with every occurrence of `from` replaced by `to`, which is as long.
pub(super) fn patched(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut patched = bytes.to_vec();
    let mut at = 0;
    while let Some(found) = patched[at..]
        .windows(from.len())
        .position(|window| window == from)
    {
        at += found;
        patched[at..at + to.len()].copy_from_slice(to);
        at += to.len();
    }
    patched
}
