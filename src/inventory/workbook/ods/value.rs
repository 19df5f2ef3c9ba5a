//! A cell's typed value -> what a person sees in it.
//!
//! In: a cell's attributes and the text that is shown. Out: its text, or a remark where it cannot be understood.

use quick_xml::events::BytesStart;

use super::super::super::record::DateSystem;
use super::super::cell::{self, Doubt, Format};
use super::super::remarks::Remark;
use super::super::xml::{attributes, local, unescaped};

/// What a cell's text is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// There is nothing.
    Empty,
    /// It is the cell's text.
    Text,
    /// It is, and something is to be said about it.
    Doubtful(Remark),
    /// It is not: the cell counts as empty, and why is to be said.
    Refused(Remark),
}

/// What a cell's attributes say.
#[derive(Debug, Default)]
pub(super) struct Value {
    /// `office:value-type`.
    kind: String,
    /// The value, in whichever attribute it stands.
    value: Option<String>,
    is_error: bool,
    has_formula: bool,
}

impl Value {
    pub(super) fn of(tag: &BytesStart<'_>) -> Self {
        let mut value = Self::default();
        for (key, text) in attributes(tag) {
            match (key, local(key)) {
                ("calcext:value-type", _) => value.is_error = text == "error",
                (_, "value-type") => text.clone_into(&mut value.kind),
                (_, "formula") => value.has_formula = true,
                (_, "value" | "date-value" | "time-value" | "boolean-value" | "string-value") => {
                    value.value = Some(unescaped(text).into_owned());
                }
                _ => (),
            }
        }
        value
    }

    /// Appends what a person sees; `shown` is the text in the cell.
    pub(super) fn put(&self, text: &mut String, shown: &str) -> Kind {
        let is_error_text = shown.starts_with("Err:") || shown.starts_with('#');
        if self.is_error || (self.has_formula && is_error_text) {
            text.push_str(shown);
            return Kind::Refused(Remark::Error);
        }
        let value = self.value.as_deref();
        match (self.kind.as_str(), value) {
            ("float" | "percentage" | "currency", Some(value)) => put_number(text, value, shown),
            ("date", Some(value)) => {
                cell::put_iso(text, value);
                Kind::Text
            }
            ("time", Some(value)) => {
                put_time(text, value);
                Kind::Text
            }
            ("boolean", Some(value)) => {
                text.push_str(if value == "true" { "TRUE" } else { "FALSE" });
                Kind::Text
            }
            _ => {
                let seen = if shown.is_empty() {
                    value.unwrap_or_default()
                } else {
                    shown
                };
                text.push_str(seen);
                match seen {
                    "" if self.has_formula && value.is_none() && self.kind != "string" => {
                        Kind::Refused(Remark::NotCalculated)
                    }
                    "" => Kind::Empty,
                    _ => Kind::Text,
                }
            }
        }
    }
}

/// A number; with leading zeros where it is shown so.
fn put_number(text: &mut String, value: &str, shown: &str) -> Kind {
    let Some(number) = value
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
    else {
        text.push_str(value);
        return Kind::Refused(Remark::Unreadable);
    };
    let is_padded = shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit());
    if is_padded && shown.parse() == Ok(number) {
        text.push_str(shown);
        return Kind::Text;
    }
    match cell::put_number(text, number, Format::Number, DateSystem::Excel1900) {
        Some(Doubt::LongNumber) => Kind::Doubtful(Remark::LongNumber),
        Some(Doubt::NoDay) => Kind::Doubtful(Remark::NoDay),
        None => Kind::Text,
    }
}

/// `PT13H45M00S` as `13:45:00`; anything else as it is.
fn put_time(text: &mut String, value: &str) {
    let parts = value.strip_prefix("PT").and_then(|rest| {
        let (hours, rest) = rest.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
        let is_number =
            |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        [hours, minutes, seconds]
            .iter()
            .all(is_number)
            .then_some([hours, minutes, seconds])
    });
    match parts {
        Some(parts) => text.push_str(&parts.join(":")),
        None => text.push_str(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(attributes: &str, shown: &str) -> (String, Kind) {
        let tag = format!("c {attributes}");
        let mut text = String::new();
        let kind = Value::of(&BytesStart::from_content(tag, 1)).put(&mut text, shown);
        (text, kind)
    }

    #[test]
    fn typed_values_are_what_a_person_sees() {
        for (attributes, shown, text) in [
            (
                "office:value-type='float' office:value='712'",
                "712.00",
                "712",
            ),
            (
                "office:value-type='float' office:value='712'",
                "00712",
                "00712",
            ),
            (
                "office:value-type='percentage' office:value='0.1'",
                "10%",
                "0.1",
            ),
            (
                "office:value-type='date' office:date-value='2014-04-30'",
                "30.04.14",
                "2014-04-30",
            ),
            (
                "office:value-type='date' office:date-value='2014-04-30T13:45:00'",
                "",
                "2014-04-30 13:45:00",
            ),
            (
                "office:value-type='time' office:time-value='PT13H45M00S'",
                "",
                "13:45:00",
            ),
            (
                "office:value-type='boolean' office:boolean-value='true'",
                "WAHR",
                "TRUE",
            ),
            ("office:value-type='string'", "a\nb", "a\nb"),
            (
                "office:value-type='string' office:string-value='a&amp;b'",
                "",
                "a&b",
            ),
            ("", "untyped", "untyped"),
        ] {
            assert_eq!(
                seen(attributes, shown),
                (text.to_owned(), Kind::Text),
                "{attributes}"
            );
        }
    }

    #[test]
    fn errors_and_missing_results_are_no_values() {
        let error = "office:value-type='string' office:string-value='' calcext:value-type='error' table:formula='of:=1/0'";
        assert_eq!(seen(error, "#DIV/0!").1, Kind::Refused(Remark::Error));
        let old = "office:value-type='float' office:value='0' table:formula='of:=1/0'";
        assert_eq!(seen(old, "Err:502").1, Kind::Refused(Remark::Error));
        assert_eq!(
            seen("table:formula='of:=A1'", "").1,
            Kind::Refused(Remark::NotCalculated)
        );
        assert_eq!(
            seen("office:value-type='float' office:value='nan'", "").1,
            Kind::Refused(Remark::Unreadable)
        );
        assert_eq!(seen("", "").1, Kind::Empty);
    }
}
