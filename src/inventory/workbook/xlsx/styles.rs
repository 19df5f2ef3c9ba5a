//! How a cell's number is shown: the only thing of a workbook's styles that matters here.
//!
//! In: the part of the styles. Out: for each cell style a [`Format`].

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::cell::Format;
use super::super::notice::Refusal;
use super::super::package::broken_part;
use super::super::xml::attribute;
use super::book::for_each_tag;

/// Formats by the number of a cell's style.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<Format>,
}

impl Styles {
    /// Reads the text of the part of this name.
    pub(super) fn read(text: &str, part: &str) -> Result<Self, Refusal> {
        let mut own: HashMap<String, Format> = HashMap::new();
        for_each_tag(text, part, |tag| {
            let is_format = tag.local_name().as_ref() == "numFmt";
            if let (true, Some(id), Some(code)) = (
                is_format,
                attribute(tag, "numFmtId"),
                attribute(tag, "formatCode"),
            ) {
                own.insert(id.into_owned(), of_code(&code));
            }
        })?;
        let mut styles = Self::default();
        let mut is_cell_style = false;
        let mut xml = Reader::from_str(text);
        loop {
            match xml.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag))
                    if is_cell_style && tag.local_name().as_ref() == "xf" =>
                {
                    let id = attribute(&tag, "numFmtId").unwrap_or_default();
                    let format = own
                        .get(id.as_ref())
                        .copied()
                        .unwrap_or_else(|| of_builtin(&id));
                    styles.formats.push(format);
                }
                Ok(Event::Start(tag)) if tag.local_name().as_ref() == "cellXfs" => {
                    is_cell_style = true
                }
                Ok(Event::End(tag)) if tag.local_name().as_ref() == "cellXfs" => return Ok(styles),
                Ok(Event::Eof) => return Ok(styles),
                Ok(_) => (),
                Err(error) => return Err(broken_part(part, &error.to_string())),
            }
        }
    }

    /// The format of a style's number; numbers that do not exist are shown as they are.
    pub(super) fn get(&self, style: usize) -> Format {
        self.formats.get(style).copied().unwrap_or_default()
    }
}

/// The formats that every program knows by number (ECMA-376 part 1, 18.8.30); 27 to 36 and 50 to 58 are East Asian dates.
fn of_builtin(id: &str) -> Format {
    match id.parse::<u16>() {
        Ok(14..=22 | 27..=36 | 45 | 47 | 50..=58) => Format::Day,
        Ok(46) => Format::Duration,
        _ => Format::Number,
    }
}

/// What a number format's code makes of a number; its first section counts, which is the one for positive numbers.
pub(in super::super) fn of_code(code: &str) -> Format {
    let section = first_section(code);
    if section.to_ascii_lowercase().contains("general") {
        return Format::Number;
    }
    if section.len() > 1 && section.bytes().all(|byte| byte == b'0') {
        return Format::Digits(u8::try_from(section.len()).unwrap_or(u8::MAX));
    }
    let lower = section.to_ascii_lowercase();
    if ["[h", "[m", "[s"]
        .iter()
        .any(|elapsed| lower.contains(elapsed))
    {
        return Format::Duration;
    }
    if lower.contains(['d', 'm', 'y', 'h', 's']) {
        return Format::Day;
    }
    Format::Number
}

/// A code's first section without its literal texts, conditions, colors and locales; of brackets only those of elapsed
/// time are left.
fn first_section(code: &str) -> String {
    let mut section = String::new();
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' => break,
            '"' => {
                characters.by_ref().take_while(|&c| c != '"').for_each(drop);
            }
            '\\' | '_' | '*' => {
                characters.next();
            }
            '[' => {
                let inside: String = characters.by_ref().take_while(|&c| c != ']').collect();
                let letters = inside.to_ascii_lowercase();
                let is_elapsed = ['h', 'm', 's']
                    .iter()
                    .any(|&letter| !letters.is_empty() && letters.chars().all(|c| c == letter));
                if is_elapsed {
                    section.push('[');
                    section.push_str(&letters);
                }
            }
            other => section.push(other),
        }
    }
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_understood_as_people_see_them() {
        for (code, format) in [
            ("General", Format::Number),
            ("dd.mm.yyyy", Format::Day),
            ("[$-409]d-mmm-yy;@", Format::Day),
            ("[h]:mm:ss", Format::Duration),
            ("[Red]0.00", Format::Number),
            ("0.00E+00", Format::Number),
            ("#,##0 \"days\"", Format::Number),
            ("#,##0\\ \\d", Format::Number),
            ("0_);[Red]\\(0\\)", Format::Number),
            ("00000", Format::Digits(5)),
            ("0", Format::Number),
            ("@", Format::Number),
            ("h:mm AM/PM", Format::Day),
            ("\"unclosed d", Format::Number),
        ] {
            assert_eq!(of_code(code), format, "{code}");
        }
    }

    #[test]
    fn styles_of_cells_and_not_of_named_styles_count() {
        let text = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy&quot;x&quot;'/></numFmts>\
             <cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>\
             <cellXfs><xf numFmtId='0'/><xf numFmtId='14'><alignment/></xf><xf numFmtId='164'/></cellXfs></styleSheet>";
        let styles = Styles::read(text, "s").expect("the test made it");
        let formats: Vec<Format> = (0..4).map(|style| styles.get(style)).collect();
        assert_eq!(
            formats,
            [Format::Number, Format::Day, Format::Day, Format::Number]
        );
    }
}
