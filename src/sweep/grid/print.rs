//! Who finds what, as one number: equal where everybody has the same findings, whatever paths they share.
//!
//! Pairs of days are many, and any two of them may be neighbors, so what everybody finds cannot be kept for each. Every user has
//! a number, every list of findings too; the print is the sum of their products. It does not depend on how users fall into paths.
//! The numbers are drawn from 128 bits by a fixed rule, so that two different answers with one print do not occur in practice.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::replay::{Played, Turn, in_order};
use crate::finding::Finding;
use crate::timeline::Timeline;

/// What everybody finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Print(u128);

/// The numbers of the timeline played last.
#[derive(Default)]
pub(super) struct Printer {
    /// The sum of the numbers of the users of each path.
    users: Vec<u128>,
    /// The number of each path's findings.
    findings: Vec<u128>,
}

impl Printer {
    /// The print of a scene that was played just now.
    pub(super) fn print(&mut self, played: &Played<'_>, turn: &Turn<'_, '_>) -> Print {
        match turn {
            Turn::Anew(_) => {
                self.users = users(&played.timeline);
                self.findings = played
                    .findings
                    .iter()
                    .map(|list| of_findings(list))
                    .collect();
            }
            Turn::Again(others) => {
                for &path in others {
                    self.findings[path] = of_findings(&played.findings[path]);
                }
            }
        }
        let products = self.users.iter().zip(&self.findings);
        let sum = products.fold(0, |sum: u128, (users, findings)| {
            sum.wrapping_add(users.wrapping_mul(*findings))
        });
        Print(sum)
    }
}

fn users(timeline: &Timeline<'_>) -> Vec<u128> {
    let mut sums = vec![0_u128; timeline.paths.len()];
    for user in 0..timeline.inventory.users.len() {
        let sum = &mut sums[timeline.path_of(user)];
        *sum = sum.wrapping_add(of_user(user as u64));
    }
    sums
}

/// Two steps of the `SplitMix64` generator, begun at the user's position.
fn of_user(user: u64) -> u128 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = |seed: u64| {
        let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        seed ^ (seed >> 31)
    };
    let begin = user.wrapping_mul(2).wrapping_mul(STEP);
    let (high, low) = (
        mixed(begin.wrapping_add(STEP)),
        mixed(begin.wrapping_add(STEP.wrapping_mul(2))),
    );
    u128::from(high) << 64 | u128::from(low)
}

fn of_findings(findings: &[Finding]) -> u128 {
    let ordered = in_order(findings);
    let half = |which: u8| {
        let mut hasher = DefaultHasher::new();
        (which, &ordered).hash(&mut hasher);
        hasher.finish()
    };
    u128::from(half(0)) << 64 | u128::from(half(1))
}
