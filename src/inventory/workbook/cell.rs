//! A cell's value as the text a person sees.
//!
//! In: numbers, days and times as the file formats hold them. Out: text, or what is wrong with them. Excel shows at most
//! 15 digits of a number, and a day only where the cell has a date's format.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::super::record::DateSystem;

/// What is to be said about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// An identifier of more than 15 digits typed as a number: Excel has dropped its last digits.
    LongNumber,
    /// A date's format on a number that is no day of the years 1990 to 2100.
    NoDay,
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// As a number.
    #[default]
    Number,
    /// As a number with at least so many digits: `00000`.
    Digits(u8),
    /// As a day, a time, or both.
    Day,
    /// As a length of time: `[h]:mm`.
    Duration,
}

/// From here on a whole number has more digits than Excel keeps.
const LONG: f64 = 1e15;

/// Appends a number as it is shown.
pub(super) fn put_number(
    text: &mut String,
    number: f64,
    format: Format,
    dates: DateSystem,
) -> Option<Doubt> {
    match format {
        Format::Day => put_day(text, number, dates),
        Format::Duration => put_duration(text, number),
        Format::Digits(digits) if number >= 0.0 && number.fract() == 0.0 && number < LONG => {
            let _ = write!(
                text,
                "{:0width$}",
                number as u64,
                width = usize::from(digits)
            );
            None
        }
        Format::Number | Format::Digits(_) => put_plain(text, number),
    }
}

/// Shortest form of a number rounded to the 15 digits that Excel shows: `712`, `0.1`, `0.3` for `0.30000000000000004`.
fn put_plain(text: &mut String, number: f64) -> Option<Doubt> {
    if number.fract() == 0.0 && number.abs() < LONG {
        let _ = write!(text, "{}", number as i64);
        return None;
    }
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    let _ = write!(text, "{rounded}");
    (number.is_finite() && number.fract() == 0.0).then_some(Doubt::LongNumber)
}

/// `2014-04-30`, `2014-04-30 13:45:00`, or `13:45:00` for a time without a day.
fn put_day(text: &mut String, number: f64, dates: DateSystem) -> Option<Doubt> {
    if (0.0..1.0).contains(&number) && number > 0.0 {
        put_clock(text, seconds(number) % 86_400);
        return None;
    }
    let Some(day) = day(number, dates) else {
        put_plain(text, number);
        return Some(Doubt::NoDay);
    };
    let seconds = seconds(number.fract());
    // A fraction may round up to midnight.
    let day = day
        .checked_add_days(Days::new(seconds / 86_400))
        .unwrap_or(day);
    let _ = write!(text, "{day}");
    if !seconds.is_multiple_of(86_400) {
        text.push(' ');
        put_clock(text, seconds % 86_400);
    }
    None
}

/// The day of a serial number, if it lies in the years of any migration, 1990 to 2100.
fn day(number: f64, dates: DateSystem) -> Option<NaiveDate> {
    let epoch = match dates {
        DateSystem::Excel1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        DateSystem::Excel1900 | DateSystem::None => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    if !(0.0..100_000.0).contains(&number) {
        return None;
    }
    let day = epoch.checked_add_days(Days::new(number as u64))?;
    (NaiveDate::from_ymd_opt(1990, 1, 1)?..NaiveDate::from_ymd_opt(2101, 1, 1)?)
        .contains(&day)
        .then_some(day)
}

fn put_duration(text: &mut String, number: f64) -> Option<Doubt> {
    if !(0.0..1e9).contains(&number) {
        put_plain(text, number);
        return Some(Doubt::NoDay);
    }
    put_clock(text, seconds(number));
    None
}

fn seconds(days: f64) -> u64 {
    (days * 86_400.0).round() as u64
}

fn put_clock(text: &mut String, seconds: u64) {
    let _ = write!(
        text,
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
}

/// Appends a date in ISO form: `2014-04-30T13:45:00` as `2014-04-30 13:45:00`, and without a time where that says nothing.
pub(super) fn put_iso(text: &mut String, date: &str) {
    match date.split_once('T') {
        Some((day, time)) if time.chars().all(|c| matches!(c, '0' | ':' | '.' | 'Z')) => {
            text.push_str(day);
        }
        Some((day, time)) => {
            text.push_str(day);
            text.push(' ');
            text.push_str(time.split('.').next().unwrap_or(time));
        }
        None => text.push_str(date),
    }
}

/// A cell's name as it stands in Excel: `B7` for the second column of row 7.
pub(super) fn name(row: u64, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    letters.reverse();
    format!("{}{row}", String::from_utf8_lossy(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(number: f64, format: Format) -> (String, Option<Doubt>) {
        let mut text = String::new();
        let doubt = put_number(&mut text, number, format, DateSystem::Excel1900);
        (text, doubt)
    }

    #[test]
    fn numbers_are_what_a_person_sees() {
        let plain = |number| shown(number, Format::Number).0;
        assert_eq!(plain(712.0), "712");
        assert_eq!(plain(0.1), "0.1");
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(-0.0), "0");
        assert_eq!(plain(1.5e-7), "0.00000015");
        assert_eq!(plain(999_999_999_999_999.0), "999999999999999");
        assert_eq!(shown(712.0, Format::Digits(5)).0, "00712");
    }

    #[test]
    fn an_identifier_that_lost_digits_is_doubted() {
        let (text, doubt) = shown(1_234_567_890_123_456_789.0, Format::Number);
        assert_eq!(text, "1234567890123460000");
        assert_eq!(doubt, Some(Doubt::LongNumber));
    }

    #[test]
    fn days_and_times_are_written_the_iso_way() {
        assert_eq!(shown(41_759.0, Format::Day), ("2014-04-30".into(), None));
        assert_eq!(
            shown(41_759.572_916_666_7, Format::Day),
            ("2014-04-30 13:45:00".into(), None)
        );
        assert_eq!(shown(41_758.999_999_999, Format::Day).0, "2014-04-30");
        assert_eq!(shown(0.5, Format::Day).0, "12:00:00");
        assert_eq!(shown(1.5, Format::Duration).0, "36:00:00");
        let mut text = String::new();
        put_number(&mut text, 40_297.0, Format::Day, DateSystem::Excel1904);
        assert_eq!(text, "2014-04-30");
    }

    #[test]
    fn a_date_outside_of_any_migration_stays_a_number_and_is_doubted() {
        for number in [60.0, -1.0, 0.0, 73_416.0, 1e300, f64::NAN, f64::INFINITY] {
            assert_eq!(shown(number, Format::Day).1, Some(Doubt::NoDay), "{number}");
        }
        assert_eq!(shown(60.0, Format::Day).0, "60");
    }

    #[test]
    fn cells_are_named_as_in_excel() {
        assert_eq!(name(1, 0), "A1");
        assert_eq!(name(7, 25), "Z7");
        assert_eq!(name(7, 26), "AA7");
        assert_eq!(name(1_048_576, 16_383), "XFD1048576");
    }
}
