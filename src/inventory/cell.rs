//! What a cell says: yes or no, a day, an address.
//!
//! In: the text of one cell. Out: its value, or why it has none. Nothing is guessed: a date that two people would read
//! differently is refused (contract section 2).

use chrono::{Days, NaiveDate};

use super::record::DateSystem;
use crate::csv_text::unguarded;

/// A cell's text without our apostrophe and without surrounding white space of any kind, invisible characters included.
#[must_use]
pub(crate) fn clean(cell: &str) -> &str {
    unguarded(cell).trim_matches(is_space)
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// A SIP address as users are told apart: lower case, without `sip:` and surrounding space. Empty if nothing is left.
pub(crate) fn address(cell: &str) -> String {
    let text = clean(cell);
    let text = match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("sip:") => text[4..].trim_matches(is_space),
        _ => text,
    };
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase()
    }
}

/// Words for yes, lower case: English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Nordic.
#[rustfmt::skip]
pub(crate) const YES: &[&str] = &[
    "yes", "true", "1", "y", "t", "on", "enabled", "ja", "j", "wahr", "oui", "o", "vrai", "sí", "si", "s", "verdadero",
    "sim", "verdadeiro", "sì", "vero", "waar", "tak", "prawda", "ano", "pravda", "sant", "sann", "sand", "kyllä",
];

/// Words for no, lower case, in the same languages.
#[rustfmt::skip]
pub(crate) const NO: &[&str] = &[
    "no", "false", "0", "n", "f", "off", "disabled", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee",
    "onwaar", "nie", "fałsz", "ne", "nepravda", "nej", "nei", "falskt", "usann", "falsk", "ei",
];

/// A yes or no; `None` if the text is neither.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    if YES.contains(&word.as_str()) {
        Some(true)
    } else if NO.contains(&word.as_str()) {
        Some(false)
    } else {
        None
    }
}

/// Bit 1 of `msRTCSIP-OptionFlags`: public IM connectivity. `None` if the text is no whole number.
pub(crate) fn public_im_flag(text: &str) -> Option<bool> {
    text.parse::<u32>().ok().map(|flags| flags & 1 == 1)
}

/// In which order a date's numbers stand, where the text itself does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 30/06/2014.
    DayMonthYear,
    /// 06/30/2014.
    MonthDayYear,
    /// 2014/06/30.
    YearMonthDay,
}

impl DateOrder {
    /// The order in a pattern as people write them: `dd/mm/yyyy`, `M/D/YYYY`, `d.m.yyyy`, `%m/%d/%Y`, `dmy`.
    #[must_use]
    pub fn parse(pattern: &str) -> Option<Self> {
        let mut letters: Vec<char> = pattern
            .to_lowercase()
            .chars()
            .filter(|c| matches!(c, 'd' | 'm' | 'y'))
            .collect();
        letters.dedup();
        match letters.as_slice() {
            ['d', 'm', 'y'] => Some(Self::DayMonthYear),
            ['m', 'd', 'y'] => Some(Self::MonthDayYear),
            ['y', 'm', 'd'] => Some(Self::YearMonthDay),
            _ => None,
        }
    }
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDate {
    /// Day and month could be either way round.
    Ambiguous,
    /// A date, but far from any migration.
    OutOfRange,
    /// No date that exists in any accepted spelling.
    NotADate,
}

/// The first and the last year a date may have.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// The day a text names.
pub(crate) fn date(
    text: &str,
    order: Option<DateOrder>,
    system: DateSystem,
) -> Result<NaiveDate, NoDate> {
    if let Some(day) = serial(text, system) {
        return in_range(day);
    }
    let parts = date_parts(without_time(text));
    let day = match parts.as_slice() {
        [one] => compact(one).ok_or(NoDate::NotADate)?,
        [a, b, c] => three_parts(a, b, c, order)?,
        _ => return Err(NoDate::NotADate),
    };
    in_range(day)
}

fn in_range(day: NaiveDate) -> Result<NaiveDate, NoDate> {
    if YEARS.contains(&chrono::Datelike::year(&day)) {
        Ok(day)
    } else {
        Err(NoDate::OutOfRange)
    }
}

/// A workbook's number as a day; up to five digits, so that `20140630` stays a text.
fn serial(text: &str, system: DateSystem) -> Option<NaiveDate> {
    let epoch = match system {
        DateSystem::None => return None,
        DateSystem::Excel1900 => NaiveDate::from_ymd_opt(1899, 12, 30)?,
        DateSystem::Excel1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
    };
    let days = text.split('.').next().filter(|days| days.len() <= 5)?;
    let number: f64 = text.parse().ok()?;
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    epoch.checked_add_days(Days::new(days.parse().ok()?))
}

/// The text in front of a time of day.
fn without_time(text: &str) -> &str {
    if let Some((day, time)) = text.split_once(['T', 't'])
        && day.ends_with(|c: char| c.is_ascii_digit())
        && is_time(time)
    {
        return day;
    }
    let mut cut = text;
    for (at, c) in text.char_indices() {
        if (c.is_whitespace() || c == ',') && is_time(text[at + c.len_utf8()..].trim_start()) {
            cut = &text[..at];
            break;
        }
    }
    cut.trim_end()
}

/// `00:00`, `12:00:00 AM`, `23:59:59.123+02:00`, `00:00:00Z`.
fn is_time(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let tail = &text[digits..];
    (1..=2).contains(&digits)
        && tail.starts_with(':')
        && tail.chars().all(|c| {
            c.is_ascii_digit()
                || c.is_whitespace()
                || matches!(
                    c,
                    ':' | '.' | ',' | '+' | '-' | 'a' | 'A' | 'p' | 'P' | 'm' | 'M' | 'Z' | 'z'
                )
        })
}

fn date_parts(text: &str) -> Vec<&str> {
    text.split(|c: char| matches!(c, '-' | '/' | '.' | ',') || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect()
}

/// `20140630`.
fn compact(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    ymd(&text[..4], &text[4..6], &text[6..])
}

fn three_parts(a: &str, b: &str, c: &str, order: Option<DateOrder>) -> Result<NaiveDate, NoDate> {
    if let Some(month) = month_by_name(b) {
        let (day, year) = if is_year(a) { (c, a) } else { (a, c) };
        return ymd_parts(year, month, day).ok_or(NoDate::NotADate);
    }
    if let Some(month) = month_by_name(a) {
        return ymd_parts(c, month, b).ok_or(NoDate::NotADate);
    }
    if is_year(a) {
        return ymd(a, b, c).ok_or(NoDate::NotADate);
    }
    if !is_year(c) {
        return Err(NoDate::NotADate);
    }
    let day_first = ymd(c, b, a);
    let month_first = ymd(c, a, b);
    match (order, day_first, month_first) {
        (Some(DateOrder::DayMonthYear), day, _) | (Some(DateOrder::MonthDayYear), _, day) => {
            day.ok_or(NoDate::NotADate)
        }
        (_, Some(one), Some(other)) if one != other => Err(NoDate::Ambiguous),
        (_, one, other) => one.or(other).ok_or(NoDate::NotADate),
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

fn ymd(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    ymd_parts(year, number(month)?, day)
}

fn ymd_parts(year: &str, month: u32, day: &str) -> Option<NaiveDate> {
    let year = is_year(year).then(|| year.parse().ok())??;
    NaiveDate::from_ymd_opt(year, month, number(day)?)
}

/// One or two digits.
fn number(text: &str) -> Option<u32> {
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}

fn month_by_name(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = text.to_lowercase();
    let long_enough = word.len() >= 3 && word.is_ascii();
    let at = MONTHS.iter().position(|month| {
        long_enough && (month.starts_with(&word) || word == "sept" && month.starts_with("sep"))
    })?;
    u32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, NoDate> {
        NaiveDate::from_ymd_opt(year, month, day).ok_or(NoDate::NotADate)
    }

    fn read(text: &str) -> Result<NaiveDate, NoDate> {
        date(text, None, DateSystem::None)
    }

    #[test]
    fn unambiguous_dates_are_read_in_many_spellings() {
        for text in [
            "2014-06-30",
            "2014/06/30",
            "2014.06.30",
            "20140630",
            "30.06.2014",
            "30.6.2014",
            "30/06/2014",
            "06/30/2014",
            "6/30/2014",
            "30-06-2014",
            "30-Jun-2014",
            "30 June 2014",
            "June 30, 2014",
            "2014-06-30T00:00:00",
            "2014-06-30T00:00:00Z",
            "2014-06-30 23:59",
            "6/30/2014 12:00:00 AM",
            "2014-06-30T00:00:00+02:00",
        ] {
            assert_eq!(read(text), day(2014, 6, 30), "{text}");
        }
        assert_eq!(read("06/06/2014"), day(2014, 6, 6));
    }

    #[test]
    fn a_date_that_can_be_read_in_two_ways_is_refused_unless_the_order_is_given() {
        assert_eq!(read("03/04/2014"), Err(NoDate::Ambiguous));
        assert_eq!(
            date(
                "03/04/2014",
                Some(DateOrder::DayMonthYear),
                DateSystem::None
            ),
            day(2014, 4, 3)
        );
        assert_eq!(
            date(
                "03/04/2014",
                Some(DateOrder::MonthDayYear),
                DateSystem::None
            ),
            day(2014, 3, 4)
        );
        assert_eq!(
            date(
                "30/06/2014",
                Some(DateOrder::MonthDayYear),
                DateSystem::None
            ),
            Err(NoDate::NotADate)
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "soon",
            "2014-02-30",
            "30.06.14",
            "41820",
            "2014",
            "06/2014",
            "1/2/3/4",
            "2014-6-31",
            "٢٠١٤-٠٦-٣٠",
        ] {
            assert_eq!(read(text), Err(NoDate::NotADate), "{text}");
        }
        assert_eq!(read("1900-01-01"), Err(NoDate::OutOfRange));
        assert_eq!(read("9999-12-31"), Err(NoDate::OutOfRange));
    }

    #[test]
    fn numbers_are_dates_in_workbooks_only() {
        assert_eq!(date("41820", None, DateSystem::Excel1900), day(2014, 6, 30));
        assert_eq!(
            date("41820.75", None, DateSystem::Excel1900),
            day(2014, 6, 30)
        );
        assert_eq!(date("40358", None, DateSystem::Excel1904), day(2014, 6, 30));
        assert_eq!(
            date("60", None, DateSystem::Excel1900),
            Err(NoDate::OutOfRange)
        );
        assert_eq!(
            date("20140630", None, DateSystem::Excel1900),
            day(2014, 6, 30)
        );
    }

    #[test]
    fn an_address_is_lower_case_without_scheme_and_space() {
        assert_eq!(address("\u{a0}SIP:Anna@Contoso.COM "), "anna@contoso.com");
        assert_eq!(address("sip: ÄNNE@x"), "änne@x");
        assert_eq!(address("'=odd@x"), "=odd@x");
        assert_eq!(address(" sip: "), "");
    }

    #[test]
    fn no_word_means_yes_and_no() {
        assert!(YES.iter().all(|word| !NO.contains(word)));
        assert_eq!(yes_or_no("WAHR"), Some(true));
        assert_eq!(yes_or_no("Nein"), Some(false));
        assert_eq!(yes_or_no("maybe"), None);
    }

    #[test]
    fn the_first_option_flag_is_public_im() {
        assert_eq!(public_im_flag("257"), Some(true));
        assert_eq!(public_im_flag("384"), Some(false));
        assert_eq!(public_im_flag("x"), None);
    }
}
