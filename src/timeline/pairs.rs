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
    let by_crowd = crowds.is_by_shape() && others.is_by_shape();
    let of_crowds = by_crowd.then(|| {
        let pairs = crowds.paths.iter().zip(&others.paths);
        pairs.filter(|&(&path, _)| path != NOBODY)
    });
    let of_crowds = of_crowds.into_iter().flatten();
    let of_crowds = of_crowds.map(|(&path, &other)| (path as usize, other as usize));
    let of_users = (!by_crowd).then(|| {
        let paths = crowds.paths_of_all(one.inventory);
        paths.zip(others.paths_of_all(other.inventory))
    });
    let pairs = of_crowds.chain(of_users.into_iter().flatten());
    pairs.filter(move |&pair| seen.insert(pair))
}
