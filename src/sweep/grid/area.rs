//! Pairs of shifts that belong together: so far the one stage, so far the other, and so far apart.

use super::super::block::Shifts;

/// All pairs of shifts of two stages within three ranges: the first stage's shift, the second's, and the second's less the
/// first's. Each range is as narrow as the other two allow, so that each of its ends is reached; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    /// The first stage's shifts and the second's.
    pub(super) sides: [Shifts; 2],
    /// By how many days more the second is shifted than the first.
    pub(super) gap: Shifts,
}

impl Area {
    /// The pairs within these ranges; `None` where there are none.
    pub(super) fn new([a, b]: [Shifts; 2], gap: Shifts) -> Option<Self> {
        let narrowed = |range: Shifts, first: i64, last: i64| Shifts {
            first: range.first.max(first),
            last: range.last.min(last),
        };
        // The way from one end of a range to another goes through one other range or through two; once around is enough.
        let gap = narrowed(gap, b.first - a.last, b.last - a.first);
        let first = narrowed(a, b.first - gap.last, b.last - gap.first);
        let second = narrowed(b, a.first + gap.first, a.last + gap.last);
        let is_empty = [gap, first, second]
            .iter()
            .any(|range| range.first > range.last);
        (!is_empty).then_some(Self {
            sides: [first, second],
            gap,
        })
    }

    /// Is every first shift possible with every second one?
    pub(super) fn is_rectangle(&self) -> bool {
        let [a, b] = self.sides;
        (self.gap.first, self.gap.last) == (b.first - a.last, b.last - a.first)
    }

    /// The corners in order, each once. What grows evenly with both shifts is least and most at one of them.
    pub(super) fn corners(&self) -> Vec<[i64; 2]> {
        let ([a, b], gap) = (self.sides, self.gap);
        let mut corners = Vec::with_capacity(8);
        for first in [a.first, a.last] {
            corners.push([first, b.first.max(first + gap.first)]);
            corners.push([first, b.last.min(first + gap.last)]);
        }
        for second in [b.first, b.last] {
            corners.push([a.first.max(second - gap.last), second]);
            corners.push([a.last.min(second - gap.first), second]);
        }
        corners.sort_unstable();
        corners.dedup();
        corners
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shifts() -> impl Strategy<Value = Shifts> {
        (-6_i64..7, 0_i64..6).prop_map(|(first, more)| Shifts {
            first,
            last: first + more,
        })
    }

    fn holds(range: Shifts, value: i64) -> bool {
        (range.first..=range.last).contains(&value)
    }

    proptest! {
        #[test]
        fn an_area_is_its_pairs_with_its_ends_reached_and_its_extremes_at_corners(
            a in shifts(), b in shifts(), gap in shifts(), slopes in (-3_i64..4, -3_i64..4)
        ) {
            let mut pairs = Vec::new();
            for first in a.first..=a.last {
                for second in b.first..=b.last {
                    if holds(gap, second - first) {
                        pairs.push([first, second]);
                    }
                }
            }
            let Some(area) = Area::new([a, b], gap) else {
                prop_assert!(pairs.is_empty());
                return Ok(());
            };
            let ends = |value: fn(&[i64; 2]) -> i64| (
                pairs.iter().map(value).min(),
                pairs.iter().map(value).max(),
            );
            prop_assert_eq!(ends(|pair| pair[0]), (Some(area.sides[0].first), Some(area.sides[0].last)));
            prop_assert_eq!(ends(|pair| pair[1]), (Some(area.sides[1].first), Some(area.sides[1].last)));
            prop_assert_eq!(ends(|pair| pair[1] - pair[0]), (Some(area.gap.first), Some(area.gap.last)));
            let all = (area.sides[0].last - area.sides[0].first + 1) * (area.sides[1].last - area.sides[1].first + 1);
            prop_assert_eq!(area.is_rectangle(), all == pairs.len() as i64);
            let value = |pair: &[i64; 2]| (slopes.0 * pair[0] + slopes.1 * pair[1], *pair);
            prop_assert_eq!(area.corners().iter().map(value).min(), pairs.iter().map(value).min());
            prop_assert!(area.corners().iter().all(|corner| pairs.contains(corner)));
        }
    }
}
