//! What the program is held against: loops that do nothing but count, or write.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Read, Write, copy, repeat};
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};

/// Counts the records of a CSV file with the `csv` crate.
pub(crate) fn count(file: &Path) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(file)?;
    let mut record = csv::ByteRecord::new();
    let mut records = 0_u64;
    while reader.read_byte_record(&mut record)? {
        records += 1;
    }
    println!("{records}");
    Ok(())
}

/// Counts the cells of a workbook's first sheet with `calamine`, as a stream.
pub(crate) fn cells(file: &Path) -> Result<(), Box<dyn Error>> {
    let mut workbook: Xlsx<_> = open_workbook(file)?;
    let sheet = workbook.sheet_names().first().cloned().ok_or("no sheet")?;
    let mut cells = workbook.worksheet_cells_reader(&sheet)?;
    let mut filled = 0_u64;
    while let Some(cell) = cells.next_cell()? {
        filled += u64::from(!matches!(Data::from(cell.get_value().clone()), Data::Empty));
    }
    println!("{filled}");
    Ok(())
}

/// Writes a file of so many bytes, and nothing is computed for them.
pub(crate) fn fill(bytes: u64, file: &Path) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::with_capacity(1 << 18, File::create(file)?);
    copy(&mut repeat(b'x').take(bytes), &mut out)?;
    out.flush()?;
    Ok(())
}
