//! Both ways of reading a sheet give the same, whatever the sheet: tests only.

use proptest::prelude::*;

use super::super::super::record::DateSystem;
use super::super::Limits;
use super::super::rows::{Order, Rows};
use super::super::wire::Writer;
use super::sheet::{Cells, Way};
use super::strings::Strings;
use super::styles::Styles;
use super::value::Context;

/// Everything that is told about a sheet with these rows, the refusal included.
fn told(part: &str, way: Way) -> (Vec<u8>, Option<String>) {
    let strings = "<sst><si><t>alpha</t></si><si><t>beta &amp; gamma</t></si></sst>";
    let strings = Strings::read(strings.as_bytes(), "strings").expect("the test made it");
    let styles =
        "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>";
    let styles = Styles::read(styles, "styles").expect("the test made it");
    let context = Context {
        strings: &strings,
        styles: &styles,
        dates: DateSystem::Excel1900,
    };
    let mut bytes = Vec::new();
    let mut out = Writer::new(&mut bytes);
    let mut rows = Rows::new(&mut out, &Limits::default());
    rows.begin_sheet("sheet", DateSystem::Excel1900, Order::Any)
        .expect("a vector takes everything");
    let outcome = Cells::new(&context, &mut rows, way)
        .tell(part.as_bytes())
        .and_then(|()| rows.end_sheet());
    out.done().expect("a vector takes everything");
    (bytes, outcome.err().map(|refusal| refusal.message))
}

/// Rows and cells, most of them plain, some odd, some broken.
fn fragment() -> impl Strategy<Value = String> {
    let row = (1u32..9).prop_map(|row| format!("<row r=\"{row}\">"));
    let cell = (0usize..6, 1u32..9, 0usize..CELLS.len()).prop_map(|(column, row, cell)| {
        CELLS[cell].replace(
            "@",
            &format!("{}{row}", ["A", "B", "C", "Z", "AA", "XFD"][column]),
        )
    });
    let odd = prop::sample::select(ODD).prop_map(str::to_owned);
    prop_oneof![6 => row, 24 => cell, 4 => Just("</row>".to_owned()), 1 => odd]
}

const CELLS: &[&str] = &[
    "<c r=\"@\" t=\"s\"><v>0</v></c>",
    "<c r=\"@\" t=\"s\"><v>1</v></c>",
    "<c r=\"@\" t=\"s\"><v>-1</v></c>",
    "<c r=\"@\"><v>712</v></c>",
    "<c r=\"@\" s=\"1\"><v>41759</v></c>",
    "<c s=\"1\"><v> 41759 </v></c>",
    "<c r=\"@\" s=\"1\"/>",
    "<c r=\"@\"></c>",
    "<c r=\"@\" t=\"b\"><v>1</v></c>",
    "<c r=\"@\" t=\"e\"><v>#SPILL!</v></c>",
    "<c r=\"@\" t=\"str\"><f>A1</f><v>x_x0041_y</v></c>",
    "<c r=\"@\"><f t=\"shared\" si=\"0\"/><v></v></c>",
    "<c r=\"@\"><f>A1</f></c>",
    "<c r=\"@\" t=\"inlineStr\"><is><t> in line </t></is></c>",
    "<c r=\"@\" t=\"inlineStr\"><is><t>in</t></is></c>",
    "<c r=\"@\" t=\"inlineStr\"><v>no</v></c>",
    "<c r=\"@\" t=\"?\"><v>1</v></c>",
    "<c t=\"n\"><v>NaN</v></c>",
    "<c r=\"\" t=\"\"><v>7</v></c>",
];

const ODD: &[&str] = &[
    "<c r='A9'><v>1</v></c>",
    "<c r=\"B9\" t=\"str\"><v>a&lt;b</v></c>",
    "<c r=\"B9\" t=\"inlineStr\"><is><r><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r><rPh><t>z</t></rPh></is></c>",
    "<x:c r=\"C9\"><x:v>5</x:v></x:c>",
    "<!-- <row r=\"1\"> -->",
    "<c r=\"C9\"><v><![CDATA[8]]></v></c>",
    " ",
    "\r\n",
    "<row/>",
    "<row r=\"9\" spans=\"1:2\"/>",
    "<row r=\"\">",
    "<row r=\"5\" hidden=\"1\">",
    "<row r=\"0\">",
    "<c r=\"A0\"/>",
    "<c r=\"XFE1\"><v>1</v></c>",
    "<c r=\"C9\"><v>1</v><v>2</v></c>",
    "<c r=\"C9\"><v>1</v>",
    "</c>",
    "<c r=\"C9\"><v>&unknown;</v></c>",
    "<c r=\"C9\" t=\"inlineStr\"><is><t/></is></c>",
    "<",
    "text",
];

proptest! {
    #[test]
    fn both_ways_tell_the_same(fragments in prop::collection::vec(fragment(), 0..14)) {
        let part = format!("<worksheet><sheetData>{}</sheetData></worksheet>", fragments.concat());
        let (plain, xml) = (told(&part, Way::Plain), told(&part, Way::Xml));
        // Of a part that is refused, one way may have told more than the other before it saw why.
        prop_assert_eq!(plain.1.is_some(), xml.1.is_some(), "{:?} {:?} {}", plain.1, xml.1, part);
        if plain.1.is_none() {
            prop_assert_eq!(plain.0, xml.0, "{}", part);
        }
    }
}
