//! Inventories of any size: the same rows every time, about 190 bytes each, and a plan for them.
//!
//! Twenty pools of OCS 2007 R2 and five of Lync Server 2010; user-agent strings; every twentieth user has a second row; every
//! eighth uses public IM, half of these with a license date of their own.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rust_xlsxwriter::Workbook;

const HEADER: &[&str] = &[
    "SipAddress",
    "DisplayName",
    "HomePool",
    "Client",
    "Department",
    "Site",
    "GroupChat",
    "PicProviders",
    "PicLicenseExpiry",
    "Organizer",
    "SchedulingAddIn",
];
const CLIENTS: &[&str] = &[
    "UCCAPI/3.5.6907.37 OC/3.5.6907.37 (Microsoft Office Communicator 2007 R2)",
    "UCCAPI/3.5.6907.196 OC/3.5.6907.196 (Microsoft Office Communicator 2007 R2)",
    "UCCAPI/3.5.6907.244 OC/3.5.6907.244 (Microsoft Office Communicator 2007 R2); Live Meeting 2007",
    "UCCAPI/2.0.6362.67",
    "UCCAPI/4.0.7577.314 OC/4.0.7577.314 (Microsoft Lync 2010)",
    "UCCAPI/4.0.7577.4356 OC/4.0.7577.4356 (Microsoft Lync 2010); Lync 2010 Group Chat",
    "CPE/4.0.7423.1 OCPhone/4.0.7423.1 (Microsoft Lync Phone Edition)",
    "Lync 2010 Attendant",
];
const DEPARTMENTS: &[&str] = &[
    "IT",
    "Finance",
    "Sales",
    "\"Sales, Key Accounts\"",
    "Legal",
    "Research",
    "Logistics",
    "Human Resources",
    "Facilities",
    "Product Management",
    "Corporate Communications",
    "Fleet",
];
const SITES: &[&str] = &[
    "Berlin",
    "München",
    "London",
    "Paris",
    "New York",
    "Toronto",
    "São Paulo",
    "Tokyo",
    "Pune",
];
const GIVEN: &[&str] = &[
    "Anna",
    "Łukasz",
    "José",
    "Mary",
    "François",
    "Yuki",
    "Olga",
    "Sven",
];
const FAMILY: &[&str] = &[
    "Smith",
    "Müller",
    "García",
    "Tanaka",
    "Nowak",
    "O'Neil",
    "Lindström",
    "Silva",
];

/// Numbers that look drawn by chance and are the same every time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).unwrap_or(0)
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// Writes so many rows as `csv`, as `xlsx`, or as `distinct`: CSV in which every user has a department and a license date of
/// their own.
pub(crate) fn write(kind: &str, rows: u64, file: &Path) -> Result<(), Box<dyn Error>> {
    let mut numbers = Numbers(2014);
    let mut all = (0..rows).map(|row| cells(row, kind == "distinct", &mut numbers));
    if kind == "xlsx" {
        return write_workbook(&mut all, file);
    }
    let mut out = BufWriter::with_capacity(1 << 18, File::create(file)?);
    writeln!(out, "{}", HEADER.join(","))?;
    for cells in all {
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(out.flush()?)
}

fn write_workbook(
    rows: &mut dyn Iterator<Item = Vec<String>>,
    file: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_low_memory()?;
    for (column, header) in (0..).zip(HEADER) {
        sheet.write_string(0, column, *header)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            let text = cell.trim_matches('"');
            if !text.is_empty() {
                sheet.write_string(row, column, text)?;
            }
        }
    }
    Ok(workbook.save(file)?)
}

/// The cells of a row, quoted where they must be.
fn cells(row: u64, distinct: bool, numbers: &mut Numbers) -> Vec<String> {
    // Every twentieth row belongs to the user of the row before.
    let user = row - row / 20;
    let (given, family) = (numbers.of(GIVEN), numbers.of(FAMILY));
    let scrambled = user.wrapping_mul(0x2545_f491) % 0xffff_fffb;
    let pool = Numbers(user).below(25);
    let pool = if pool < 20 {
        format!("ocs-{pool:02}.contoso.com")
    } else {
        format!("lync-{pool:02}.contoso.com")
    };
    let uses_public_im = user.is_multiple_of(8);
    let providers = if uses_public_im {
        numbers.of(&["aol", "yahoo", "aol;yahoo", "windows-live"])
    } else {
        ""
    };
    let license = if distinct {
        let days = i64::try_from(user % 700).unwrap_or(0);
        let first = chrono::NaiveDate::from_ymd_opt(2013, 4, 1).unwrap_or_default();
        (first + chrono::Duration::days(days)).to_string()
    } else if uses_public_im && user.is_multiple_of(16) {
        format!("2014-{:02}-28", 1 + numbers.below(12))
    } else {
        String::new()
    };
    let department = if distinct {
        format!("Department {user}")
    } else {
        numbers.of(DEPARTMENTS).to_owned()
    };
    let mut name = String::new();
    let _ = write!(name, "\"{family}, {given}\"");
    vec![
        format!("sip:user{scrambled:010}.{user}@emea.contoso.com"),
        name,
        pool,
        numbers.of(CLIENTS).to_owned(),
        department,
        numbers.of(SITES).to_owned(),
        if numbers.below(10) == 0 {
            "True"
        } else {
            "False"
        }
        .to_owned(),
        providers.to_owned(),
        license,
        if numbers.below(5) == 0 {
            "True"
        } else {
            "False"
        }
        .to_owned(),
        String::new(),
    ]
}

/// A stage of [`plan`] that a sweep can move, with the first and the last day.
pub(crate) const SWEPT: [&str; 3] = ["wave-11", "2014-11-02", "2015-11-01"];

/// A plan of twelve stages for these inventories: R2 to 2010 in six, 2010 to 2013 in six.
pub(crate) fn plan() -> String {
    let mut plan =
        "[plan]\nname = \"Benchmark\"\nbaseline = 2013-03-04\nend = 2015-12-31\n".to_owned();
    let mut pool = |id: &str, server: &str| {
        let _ = write!(
            plan,
            "[[pool]]\nid = \"{id}\"\nserver = \"{server}\"\nnames = [\"{id}.contoso.com\"]\n"
        );
    };
    (0..20).for_each(|number| pool(&format!("ocs-{number:02}"), "ocs-2007-r2"));
    (20..25).for_each(|number| pool(&format!("lync-{number}"), "lync-server-2010"));
    ["new-0", "new-1", "new-2"]
        .iter()
        .for_each(|id| pool(id, "lync-server-2013"));
    plan.push_str("[[chat]]\nid = \"chat\"\nserver = \"ocs-2007-r2\"\nwhere = { site = [\"Berlin\", \"Paris\"] }\n");
    plan.push_str("[[chat]]\nid = \"world\"\nserver = \"lync-server-2010\"\n[pic]\nyahoo-license-until = 2014-04-30\n");
    for wave in 0..12 {
        let month = 4 + wave * 2;
        let date = format!("{}-{:02}-01", 2013 + (month - 1) / 12, (month - 1) % 12 + 1);
        let _ = write!(plan, "[[stage]]\nid = \"wave-{wave}\"\ndate = {date}\n");
        let _ = if wave < 6 {
            let from: Vec<String> = (0..20)
                .filter(|pool| pool % 6 == wave)
                .map(|pool| format!("\"ocs-{pool:02}\""))
                .collect();
            write!(
                plan,
                "move = [{{ from = [{}], to = \"lync-{}\" }}]\nclient = [{{ replace = [\"communicator-2007-r2\"], with = \"lync-2010\", where = {{ site = [\"Berlin\", \"London\", \"Tokyo\"] }} }}]\n",
                from.join(", "),
                20 + wave % 5
            )
        } else {
            write!(
                plan,
                "move = [{{ from = [\"lync-{}\"], to = \"new-{}\", where = {{ department = [\"IT\", \"Sales\", \"Legal\"] }} }}]\nclient = [{{ replace = [\"lync-2010\", \"communicator-2007\"], with = \"lync-2013\", where = {{ pool = \"new-{}\" }} }}]\n",
                20 + wave % 5,
                wave % 3,
                wave % 3
            )
        };
        if wave == 9 {
            plan.push_str("migrate-chat = [{ chat = \"chat\", to = \"lync-server-2013\", legacy-endpoint = true }]\n");
        }
    }
    plan
}
