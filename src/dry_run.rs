//! The same plan on other dates, without touching its file.
//!
//! In: a plan, and what a person wants to stand elsewhere: stages by a day or by a number of days, service events by a day. Out:
//! a [`DryRun`], the plan with these dates, to be simulated and compared with the one as written; or every reason why it cannot
//! be, each with the stages concerned.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate};

use crate::diagnostic::{Diagnostic, nearest};
use crate::knowledge::KnowledgeBase;
use crate::plan::redate::NewDate;
use crate::plan::shift::{Dates, Followers, obstacles, shifted};
use crate::plan::{Plan, ServiceDate, StageIndex};

/// Where a stage shall stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// On this day.
    Day(NaiveDate),
    /// So many days later than in the plan; earlier where negative.
    Days(i64),
}

/// A stage that shall stand elsewhere, as typed: `wave-2=2014-07-12`, `pilot=+7d`, `pilot=-2w`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The stage's id.
    pub stage: String,
    /// Where it shall stand.
    pub target: Target,
}

/// A service event that shall happen on another day, as typed: `aol-end=2014-08-31`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceShift {
    /// The service event's id.
    pub service: String,
    /// First day on which the change shall hold.
    pub date: NaiveDate,
}

/// What was typed cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    /// No `=` between id and day.
    #[error("expected {expected}")]
    NoDay {
        /// What can be typed.
        expected: &'static str,
    },
    /// The day is none.
    #[error("\"{typed}\" is not a day; expected {expected}")]
    WrongDay {
        /// What was typed.
        typed: String,
        /// What can be typed.
        expected: &'static str,
    },
}

/// The most days that a stage can be moved by: a hundred years.
const MOST_DAYS: i64 = 36_525;

impl FromStr for Target {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(day) = day(text) {
            return Ok(Self::Day(day));
        }
        let (number, days_each) = match text.strip_suffix('w') {
            Some(weeks) => (weeks, 7),
            None => (text.strip_suffix('d').ok_or(())?, 1),
        };
        let is_signed = number.starts_with(['+', '-']);
        let days = number
            .parse::<i64>()
            .ok()
            .and_then(|n| n.checked_mul(days_each));
        days.filter(|days| is_signed && days.abs() <= MOST_DAYS)
            .map(Self::Days)
            .ok_or(())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Days(days) => write!(f, "{days:+}d"),
        }
    }
}

/// A day as a plan can hold it: `2014-06-30`, from 1900 to 9999.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let is_plain = text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day: NaiveDate = text.parse().ok().filter(|_| is_plain)?;
    (text >= "1900").then_some(day)
}

impl FromStr for Shift {
    type Err = ShiftError;

    fn from_str(text: &str) -> Result<Self, ShiftError> {
        let expected = "STAGE=DAY, as in wave-2=2014-07-12, wave-2=+7d or wave-2=-2w";
        let (stage, typed) = text
            .rsplit_once('=')
            .ok_or(ShiftError::NoDay { expected })?;
        let target = typed.parse().map_err(|()| ShiftError::WrongDay {
            typed: typed.to_owned(),
            expected,
        })?;
        Ok(Self {
            stage: stage.to_owned(),
            target,
        })
    }
}

impl FromStr for ServiceShift {
    type Err = ShiftError;

    fn from_str(text: &str) -> Result<Self, ShiftError> {
        let expected = "ID=DAY, as in aol-end=2014-08-31";
        let (service, typed) = text
            .rsplit_once('=')
            .ok_or(ShiftError::NoDay { expected })?;
        let date = day(typed).ok_or_else(|| ShiftError::WrongDay {
            typed: typed.to_owned(),
            expected,
        })?;
        Ok(Self {
            service: service.to_owned(),
            date,
        })
    }
}

/// A stage that stands elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedStage {
    /// The stage.
    pub stage: StageIndex,
    /// Its date in the plan as written.
    pub from: NaiveDate,
    /// Its new date.
    pub to: NaiveDate,
    /// Did it move along with a stage that it comes after?
    pub moved_along: bool,
}

/// The plan on other dates.
#[derive(Clone, Debug)]
pub struct DryRun {
    /// The plan with the new dates.
    pub plan: Plan,
    /// The stages whose dates changed, in the order of the plan file.
    pub moved: Vec<MovedStage>,
    /// The service events whose dates were given.
    pub services: Vec<ServiceDate>,
}

impl DryRun {
    /// Puts a plan on other dates.
    ///
    /// # Errors
    /// Everything that stands against it: unknown stages and services, stages named twice, and every obstacle of the plan.
    pub fn new(
        plan: &Plan,
        shifts: &[Shift],
        along: Followers,
        services: &[ServiceShift],
        knowledge: &KnowledgeBase,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let resolved = resolved(plan, shifts, &mut problems);
        check_services(services, knowledge, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let dates = shifted(plan, &resolved, along);
        let found = obstacles(plan, &dates);
        if !found.is_empty() {
            let problems = found
                .iter()
                .map(|obstacle| obstacle.diagnostic(plan, &dates, along));
            return Err(problems.collect());
        }
        let mut new = plan.on(&dates);
        for shift in services {
            set_service(&mut new, shift);
        }
        Ok(Self {
            moved: moved(plan, &dates, &resolved),
            services: services
                .iter()
                .map(|shift| ServiceDate {
                    id: shift.service.clone(),
                    date: shift.date,
                })
                .collect(),
            plan: new,
        })
    }

    /// What has to change in the plan's text, for [`crate::plan::redate::redated`].
    #[must_use]
    pub fn new_dates(&self) -> Vec<NewDate<'_>> {
        let stages = self
            .moved
            .iter()
            .map(|moved| NewDate::Stage(&self.plan.stages[moved.stage.0].id, moved.to));
        let services = self.services.iter();
        stages
            .chain(services.map(|service| NewDate::Service(&service.id, service.date)))
            .collect()
    }
}

fn resolved(
    plan: &Plan,
    shifts: &[Shift],
    problems: &mut Vec<Diagnostic>,
) -> Vec<(StageIndex, NaiveDate)> {
    let mut resolved: Vec<(StageIndex, NaiveDate)> = Vec::new();
    for shift in shifts {
        let Some(stage) = plan.stage_named(&shift.stage) else {
            problems.push(unknown_stage(plan, &shift.stage));
            continue;
        };
        if resolved.iter().any(|&(other, _)| other == stage) {
            let message = format!("stage \"{}\" is given two new dates", shift.stage);
            problems.push(Diagnostic::error("stage-shifted-twice", message).help("give it one"));
            continue;
        }
        let planned = plan.stages[stage.0].date;
        let day = match shift.target {
            Target::Day(day) => Some(day),
            Target::Days(days) if days < 0 => {
                planned.checked_sub_days(Days::new(days.unsigned_abs()))
            }
            Target::Days(days) => planned.checked_add_days(Days::new(days.unsigned_abs())),
        };
        // Far less than the calendar's range is added to a date of a plan.
        resolved.push((stage, day.unwrap_or(planned)));
    }
    resolved
}

/// The diagnostic for a stage that the plan does not have.
#[must_use]
pub fn unknown_stage(plan: &Plan, typed: &str) -> Diagnostic {
    let message = format!("stage \"{typed}\" is not in the plan");
    let ids = plan.stages.iter().map(|stage| stage.id.as_str());
    Diagnostic::error("unknown-stage", message).help(known(typed, ids))
}

fn known<'i>(typed: &str, ids: impl Iterator<Item = &'i str> + Clone) -> String {
    match nearest(typed, ids.clone()) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => format!("expected one of {}", ids.collect::<Vec<_>>().join(", ")),
    }
}

fn check_services(
    services: &[ServiceShift],
    knowledge: &KnowledgeBase,
    problems: &mut Vec<Diagnostic>,
) {
    for (position, shift) in services.iter().enumerate() {
        let ids = knowledge
            .services()
            .iter()
            .map(|service| service.id.as_str());
        if !ids.clone().any(|id| id == shift.service) {
            let message = format!("\"{}\" is not a service event", shift.service);
            let problem = Diagnostic::error("unknown-service", message);
            problems.push(problem.help(known(&shift.service, ids)));
        } else if services[..position]
            .iter()
            .any(|other| other.service == shift.service)
        {
            let message = format!("service event \"{}\" is given two new dates", shift.service);
            problems.push(Diagnostic::error("service-shifted-twice", message).help("give it one"));
        }
    }
}

fn set_service(plan: &mut Plan, shift: &ServiceShift) {
    let stated = plan
        .services
        .iter_mut()
        .find(|stated| stated.id == shift.service);
    match stated {
        Some(stated) => stated.date = shift.date,
        None => plan.services.push(ServiceDate {
            id: shift.service.clone(),
            date: shift.date,
        }),
    }
}

fn moved(plan: &Plan, dates: &Dates, shifts: &[(StageIndex, NaiveDate)]) -> Vec<MovedStage> {
    let all = (0..plan.stages.len()).map(StageIndex);
    all.map(|stage| MovedStage {
        stage,
        from: plan.stages[stage.0].date,
        to: dates.get(stage),
        moved_along: shifts.iter().all(|&(shifted, _)| shifted != stage),
    })
    .filter(|moved| moved.from != moved.to)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a test writes days well")
    }

    #[test]
    fn a_shift_is_a_day_or_a_signed_number_of_days_or_weeks() {
        let target = |text: &str| text.parse::<Target>();
        assert_eq!(target("2014-07-12"), Ok(Target::Day(date("2014-07-12"))));
        assert_eq!(target("+7d"), Ok(Target::Days(7)));
        assert_eq!(target("-2w"), Ok(Target::Days(-14)));
        assert_eq!(target("+0d"), Ok(Target::Days(0)));
        for wrong in [
            "7d",
            "+7",
            "+7m",
            "",
            "d",
            "+d",
            "+-7d",
            "2014-7-12",
            "2014-02-30",
            "0001-01-01",
            "+99999999999999999999d",
            "+9223372036854775807w",
            "+36526d",
            " +7d",
            "20140-7-12",
        ] {
            assert_eq!(target(wrong), Err(()), "{wrong}");
        }
    }

    #[test]
    fn a_stage_id_may_hold_an_equals_sign() {
        let shift: Shift = "a=b=+1d"
            .parse()
            .expect("the last equals sign parts id and day");
        assert_eq!(
            (shift.stage.as_str(), shift.target),
            ("a=b", Target::Days(1))
        );
        assert!(matches!(
            "wave-2".parse::<Shift>(),
            Err(ShiftError::NoDay { .. })
        ));
        let error = "wave-2=tomorrow"
            .parse::<Shift>()
            .expect_err("that is no day");
        assert_eq!(
            error.to_string(),
            "\"tomorrow\" is not a day; expected STAGE=DAY, as in wave-2=2014-07-12, wave-2=+7d or wave-2=-2w"
        );
    }
}
