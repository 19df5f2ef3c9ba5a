//! A stage with a range of days, as typed: `wave-2=2014-05-01..2014-07-31`.

use std::str::FromStr;

use chrono::NaiveDate;
use cutover::dry_run::day;

/// A stage and the days on which it shall stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StageRange {
    /// The stage's id.
    pub(super) stage: String,
    /// The first day.
    pub(super) from: NaiveDate,
    /// The last day, included; not before the first.
    pub(super) to: NaiveDate,
}

impl FromStr for StageRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected =
            || "STAGE=DAY..DAY is expected, as in wave-2=2014-05-01..2014-07-31".to_owned();
        let (stage, days) = text.rsplit_once('=').ok_or_else(expected)?;
        let (from, to) = days.split_once("..").ok_or_else(expected)?;
        let (from, to) = day(from).zip(day(to)).ok_or_else(expected)?;
        if to < from {
            return Err(format!("{to} lies before {from}"));
        }
        Ok(Self {
            stage: stage.to_owned(),
            from,
            to,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_stage_and_two_days_in_order() {
        let range: StageRange = "a=b=2014-05-01..2014-05-01"
            .parse()
            .expect("one day is a range");
        assert_eq!((range.stage.as_str(), range.from), ("a=b", range.to));
        for wrong in [
            "",
            "wave-2",
            "wave-2=2014-05-01",
            "wave-2=2014-05-01..",
            "wave-2=2014-05-01...2014-05-02",
            "wave-2=2014-05-02..2014-05-01",
            "wave-2=2014-05-01..2014-06-31",
        ] {
            assert!(wrong.parse::<StageRange>().is_err(), "{wrong}");
        }
    }
}
