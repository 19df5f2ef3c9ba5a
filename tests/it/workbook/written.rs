//! Workbooks as other programs' writers write them (`fixtures/workbooks/make.py`).

use super::child::{Told, read_with};
use cutover::inventory::workbook::Limits;

fn fixture(name: &str) -> Told {
    let path = format!("{}/fixtures/workbooks/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).expect("the fixture is there");
    read_with(&bytes, &Limits::default(), Some("Users"))
}

const HEADER: [&str; 6] = [
    "SipAddress",
    "HomePool",
    "Client",
    "Cost center",
    "PicLicenseExpiry",
    "Organizer",
];
const ANNA: [&str; 6] = [
    "sip:anna@contoso.com",
    "pool01.contoso.com",
    "Lync 2013",
    "712",
    "2014-04-30",
    "TRUE",
];
const JUERGEN: [&str; 6] = [
    "sip:jürgen@contoso.com",
    "pool01.contoso.com",
    "Communicator 2007 R2",
    "0.1",
    "",
    "FALSE",
];
// The cost center has lost its last digit, as it would in Excel.
const TARO: [&str; 6] = [
    "sip:太郎@contoso.co.jp",
    "pool02.contoso.com",
    "",
    "1234567890123460",
    "2013-12-31",
    "TRUE",
];

fn codes(told: &Told) -> Vec<String> {
    let code = |notice: &String| notice.split(':').next().unwrap_or_default().to_owned();
    told.notices().iter().map(code).collect()
}

#[test]
fn a_workbook_of_openpyxl_is_read() {
    let told = fixture("openpyxl.xlsx");
    let rows = told.rows();
    assert_eq!(rows[0], (1, vec!["Users of all pools"]));
    assert_eq!(
        rows[1..4],
        [
            (2, HEADER.to_vec()),
            (3, ANNA.to_vec()),
            (4, JUERGEN.to_vec())
        ]
    );
    // openpyxl writes formulas without their results.
    assert_eq!(rows[4], (5, TARO.to_vec()));
    assert_eq!(
        codes(&told),
        [
            "cell-not-calculated",
            "cell-long-number",
            "cell-merged",
            "row-hidden"
        ]
    );
}

#[test]
fn a_workbook_of_xlwt_is_read() {
    let told = fixture("xlwt.xls");
    let rows = told.rows();
    assert_eq!(
        rows[..4],
        [
            (1, HEADER.to_vec()),
            (2, ANNA.to_vec()),
            (3, JUERGEN.to_vec()),
            (4, TARO.to_vec())
        ]
    );
    assert_eq!(
        rows[4..],
        [
            (5, vec!["sip:eva@contoso.com", "pool03.contoso.com"]),
            (6, vec!["sip:zoë@contoso.com", "pool03.contoso.com"])
        ]
    );
    assert_eq!(codes(&told), ["cell-long-number", "cell-merged"]);
}

#[test]
fn a_workbook_of_odfpy_is_read() {
    let told = fixture("odfpy.ods");
    assert_eq!(
        told.rows(),
        [
            (1, HEADER.to_vec()),
            (2, ANNA.to_vec()),
            (3, JUERGEN.to_vec()),
            (4, TARO.to_vec())
        ]
    );
    assert_eq!(codes(&told), ["cell-long-number", "cell-merged"]);
}

#[test]
fn workbooks_of_libreoffice_are_read() {
    for format in ["xlsx", "ods", "xls"] {
        let told = fixture(&format!("libreoffice.{format}"));
        let (mut anna, mut juergen, mut taro) = (ANNA, JUERGEN, TARO);
        // LibreOffice writes results beside formulas.
        taro[2] = "Lync 2010";
        if format == "ods" {
            // It makes formulas of truth values, whose results it says are numbers.
            (anna[5], juergen[5], taro[5]) = ("1", "0", "1");
        }
        assert_eq!(
            told.rows(),
            [
                (1, vec!["Users of all pools"]),
                (2, HEADER.to_vec()),
                (3, anna.to_vec()),
                (4, juergen.to_vec()),
                (5, taro.to_vec())
            ],
            "{format}"
        );
        let mut expected = vec!["cell-long-number", "cell-merged", "row-hidden"];
        if format == "xls" {
            // Nobody tells which rows of such a file are hidden.
            expected.pop();
        }
        assert_eq!(codes(&told), expected, "{format}");
    }
}
