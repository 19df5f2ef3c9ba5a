//! A plan file with other dates: plan text -> plan text, every comment and every space kept.
//!
//! In: the text of a plan that was read without problems, and the dates that shall change. Out: the same bytes but for those
//! dates. The text is not taken apart and written anew, because that would touch line ends and layout; the places of the dates
//! are looked up and only these few bytes are replaced.

use std::ops::Range;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// What shall stand on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewDate<'i> {
    /// A stage, by its id.
    Stage(&'i str, NaiveDate),
    /// A service event, by its id; a `[[service]]` is added where the plan has none for it.
    Service(&'i str, NaiveDate),
}

/// The text could not be changed as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedateError {
    /// The text is not TOML.
    #[error("the plan is not valid TOML")]
    NotToml,
    /// There is no stage with this id, or it has no date.
    #[error("the plan has no date for stage \"{0}\"")]
    NoDate(String),
}

/// The plan's text with other dates. Where nothing changes, the text is the same, byte for byte.
///
/// # Errors
/// [`RedateError`], for a text that is not the plan the ids were taken from.
pub fn redated(text: &str, dates: &[NewDate<'_>]) -> Result<String, RedateError> {
    let byte_order_mark = text
        .strip_prefix('\u{feff}')
        .map_or(0, |_| '\u{feff}'.len_utf8());
    let body = &text[byte_order_mark..];
    let root = DeTable::parse(body).map_err(|_| RedateError::NotToml)?;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for &date in dates {
        match date {
            NewDate::Stage(id, day) => {
                let place = date_of(root.get_ref(), "stage", id)
                    .ok_or_else(|| RedateError::NoDate(id.to_owned()))?;
                edits.push((place, day.to_string()));
            }
            NewDate::Service(id, day) => match date_of(root.get_ref(), "service", id) {
                Some(place) => edits.push((place, day.to_string())),
                None => edits.push(added_service(body, root.get_ref(), id, day)),
            },
        }
    }
    // From the end, so that the places before stay true; additions at one place keep their order.
    edits.reverse();
    edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    let mut new = body.to_owned();
    for (place, written) in edits {
        new.replace_range(place, &written);
    }
    Ok(format!("{}{new}", &text[..byte_order_mark]))
}

fn list<'t>(root: &'t DeTable<'t>, key: &str) -> Option<&'t DeArray<'t>> {
    root.get(key).and_then(|value| value.get_ref().as_array())
}

/// The place of the date of the first table with this id in a list of tables.
fn date_of(root: &DeTable<'_>, key: &str, id: &str) -> Option<Range<usize>> {
    let tables = list(root, key)?
        .iter()
        .filter_map(|item| item.get_ref().as_table());
    let has_id = |table: &&DeTable<'_>| {
        table.get("id").and_then(|value| value.get_ref().as_str()) == Some(id)
    };
    tables
        .into_iter()
        .find(has_id)?
        .get("date")
        .filter(|value| matches!(value.get_ref(), DeValue::Datetime(_)))
        .map(Spanned::span)
}

/// Where a new service date goes and what is written there: a section at the end of the file, or one more entry where the
/// plan writes `service = [...]`.
fn added_service(
    text: &str,
    root: &DeTable<'_>,
    id: &str,
    day: NaiveDate,
) -> (Range<usize>, String) {
    let id = toml::Value::from(id);
    if let Some(array) = root.get("service").filter(|value| is_inline(text, value)) {
        let entry = format!("{{ id = {id}, date = {day} }}");
        let last = array
            .get_ref()
            .as_array()
            .and_then(|items| items.iter().last());
        return match last {
            Some(item) => (item.span().end..item.span().end, format!(", {entry}")),
            None => (array.span().start + 1..array.span().start + 1, entry),
        };
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        end
    };
    let section = format!("{gap}{end}[[service]]{end}id = {id}{end}date = {day}{end}");
    (text.len()..text.len(), section)
}

/// Is a list of tables written `service = [...]`, so that `[[service]]` may not follow?
fn is_inline(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    let written = text.get(value.span()).unwrap_or("");
    written.starts_with('[') && !written.starts_with("[[") && written.ends_with(']')
}

#[cfg(test)]
mod tests {
    use super::super::example::day;
    use super::*;

    const PLAN: &str = "# our plan\n[plan]\nbaseline=2014-01-06   # the day\n\n[[stage]]\nid = 'wave-1'\ndate   =  2014-02-01 # a Saturday\n\n[[stage]]\n  date = 2014-03-01\n  id = \"wave-2\" # last\n";

    #[test]
    fn without_a_new_date_every_byte_stays() {
        for text in [
            PLAN,
            &PLAN.replace('\n', "\r\n"),
            &format!("\u{feff}{PLAN}"),
        ] {
            assert_eq!(redated(text, &[]).as_deref(), Ok(text));
            let same = [NewDate::Stage("wave-1", day("2014-02-01"))];
            assert_eq!(redated(text, &same).as_deref(), Ok(text));
        }
    }

    #[test]
    fn only_the_dates_change() {
        let dates = [
            NewDate::Stage("wave-1", day("2014-02-08")),
            NewDate::Stage("wave-2", day("2014-03-08")),
        ];
        for text in [
            PLAN.to_owned(),
            PLAN.replace('\n', "\r\n"),
            format!("\u{feff}{PLAN}"),
        ] {
            let expected = text
                .replace("2014-02-01", "2014-02-08")
                .replace("2014-03-01", "2014-03-08");
            assert_eq!(redated(&text, &dates), Ok(expected));
        }
    }

    #[test]
    fn a_service_that_the_plan_does_not_name_is_added_at_the_end_with_the_files_own_line_ends() {
        let dates = [NewDate::Service("aol-end", day("2014-08-31"))];
        assert_eq!(
            redated(PLAN, &dates),
            Ok(format!(
                "{PLAN}\n[[service]]\nid = \"aol-end\"\ndate = 2014-08-31\n"
            ))
        );
        let windows = PLAN.replace('\n', "\r\n");
        let new = redated(windows.trim_end(), &dates).expect("a service can be added");
        assert!(
            new.ends_with("# last\r\n\r\n[[service]]\r\nid = \"aol-end\"\r\ndate = 2014-08-31\r\n")
        );
    }

    #[test]
    fn a_service_that_the_plan_names_gets_the_new_date() {
        let text = format!("{PLAN}[[service]]\nid = 'aol-end' # AIM\ndate = 2014-07-01\n");
        let dates = [NewDate::Service("aol-end", day("2014-08-31"))];
        assert_eq!(
            redated(&text, &dates),
            Ok(text.replace("2014-07-01", "2014-08-31"))
        );
    }

    #[test]
    fn lists_written_in_one_line_are_changed_in_place() {
        let text = "service = [{ id = \"yahoo-end\", date = 2014-06-30 }, ]\nstage = [{id=\"a\",date=2014-02-01},{id=\"b\",date=2014-02-02}]\n";
        let dates = [
            NewDate::Stage("b", day("2014-02-09")),
            NewDate::Service("aol-end", day("2014-08-31")),
            NewDate::Service("skype-start", day("2014-09-01")),
        ];
        let expected = "service = [{ id = \"yahoo-end\", date = 2014-06-30 }, { id = \"aol-end\", date = 2014-08-31 }, { id = \"skype-start\", date = 2014-09-01 }, ]\nstage = [{id=\"a\",date=2014-02-01},{id=\"b\",date=2014-02-09}]\n";
        assert_eq!(redated(text, &dates).as_deref(), Ok(expected));
        let empty = redated("service = []\n", &dates[1..2]);
        assert_eq!(
            empty.as_deref(),
            Ok("service = [{ id = \"aol-end\", date = 2014-08-31 }]\n")
        );
    }

    #[test]
    fn a_stage_that_is_not_there_is_an_error() {
        let dates = [NewDate::Stage("wave-9", day("2014-02-08"))];
        assert_eq!(
            redated(PLAN, &dates),
            Err(RedateError::NoDate("wave-9".to_owned()))
        );
        assert_eq!(redated("[plan", &dates), Err(RedateError::NotToml));
    }
}
