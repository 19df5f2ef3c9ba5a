//! Days to user units, and which days get a label.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A stretch of time laid out from left to right.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeScale {
    from: NaiveDate,
    until: NaiveDate,
    left: f64,
    width: f64,
}

impl TimeScale {
    /// From one day to another, both included; at least one day wide.
    pub(super) fn new(from: NaiveDate, until: NaiveDate, left: f64, width: f64) -> Self {
        let next = from.checked_add_days(Days::new(1)).unwrap_or(from);
        Self {
            from,
            until: until.max(next),
            left,
            width,
        }
    }

    /// Where a day begins.
    pub(super) fn x(&self, day: NaiveDate) -> f64 {
        let day = day.clamp(self.from, self.until);
        self.left + self.width * days(day - self.from) / days(self.until - self.from)
    }

    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn until(&self) -> NaiveDate {
        self.until
    }

    /// The first days of months that get a label, at most so many, evenly apart.
    pub(super) fn ticks(&self, at_most: u32) -> Vec<NaiveDate> {
        let months = months(self.until).saturating_sub(months(self.from)).max(1);
        let steps = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 12_000, 120_000];
        let step = steps.into_iter().find(|step| months / step <= at_most);
        let step = step.unwrap_or(u32::MAX);
        let mut ticks = Vec::new();
        let mut tick = self.from.with_day(1).and_then(|first| first.with_month(1));
        while let Some(day) = tick.filter(|&day| day <= self.until) {
            if day >= self.from {
                ticks.push(day);
            }
            tick = day.checked_add_months(Months::new(step));
        }
        ticks
    }
}

/// A label of a tick: the year where it begins, else the month; the first tick has both.
pub(super) fn label(day: NaiveDate, is_first: bool) -> String {
    if day.month() == 1 {
        day.format("%Y").to_string()
    } else if is_first {
        day.format("%b %Y").to_string()
    } else {
        day.format("%b").to_string()
    }
}

fn months(day: NaiveDate) -> u32 {
    u32::try_from(day.year()).unwrap_or(0) * 12 + day.month0()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "chrono's dates are fewer than 2^53 days apart"
)]
fn days(duration: chrono::TimeDelta) -> f64 {
    duration.num_days() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_day_stands_where_its_share_of_the_time_is() {
        let scale = TimeScale::new(day("2014-01-01"), day("2014-01-11"), 100.0, 50.0);
        assert!((scale.x(day("2014-01-01")) - 100.0).abs() < 1e-9);
        assert!((scale.x(day("2014-01-06")) - 125.0).abs() < 1e-9);
        assert!((scale.x(day("2020-01-01")) - 150.0).abs() < 1e-9);
    }

    #[test]
    fn labels_are_not_more_than_asked_for() {
        let scale = TimeScale::new(day("2013-03-04"), day("2015-03-31"), 0.0, 1.0);
        let ticks = scale.ticks(12);
        assert!(ticks.len() <= 13 && ticks.len() >= 6, "{ticks:?}");
        assert_eq!(label(ticks[0], true), "May 2013");
        let one_day = TimeScale::new(day("2014-05-05"), day("2014-05-05"), 0.0, 1.0);
        assert!(one_day.ticks(12).is_empty());
    }
}
