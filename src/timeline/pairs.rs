//! Two timelines of one inventory side by side: which paths the same people take.

use rustc_hash::FxHashSet;

use super::Timeline;
use super::paths::NOBODY;

/// The different pairs of paths that users take through two timelines, each pair once.
///
/// In: two timelines of one plan's stages in two orders, with one inventory, so that crowds begin alike in both.
pub fn path_pairs<'t>(
    one: &'t Timeline<'_>,
    other: &'t Timeline<'_>,
) -> impl Iterator<Item = (usize, usize)> + 't {
    let mut seen = FxHashSet::default();
    // While none was split, crowds are the same in both, and far fewer than users.
    let (crowds, others) = (&one.membership, &other.membership);
    let by_crowd = crowds.crowd_of_user.is_none() && others.crowd_of_user.is_none();
    let count = if by_crowd {
        crowds.paths.len()
    } else {
        one.inventory.users.len()
    };
    let pairs = (0..count).filter_map(move |number| {
        if by_crowd {
            let path = crowds.paths[number];
            (path != NOBODY).then(|| (path as usize, others.paths[number] as usize))
        } else {
            Some((one.path_of(number), other.path_of(number)))
        }
    });
    pairs.filter(move |&pair| seen.insert(pair))
}
