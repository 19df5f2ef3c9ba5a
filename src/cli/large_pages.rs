//! Large pages for large inventories.
//!
//! In: the files that are to be read. Out: nothing, but the program may begin anew, as the same process and with the same
//! arguments. Where the system gives large pages to whoever asks for them, glibc asks only if it was told to before the program
//! began. A million rows otherwise cost nineteen thousand page faults, of which more than half go, and what lies far apart is found
//! sooner.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

/// How glibc is told.
const TUNABLES: &str = "GLIBC_TUNABLES";

/// Below so many bytes there are too few pages to be worth it.
const LEAST: u64 = 64 << 20;

/// From so many bytes on memory matters more than time: large pages are not always filled.
const MOST: u64 = 1 << 30;

/// Begins anew with large pages where that is worth it. Where it cannot be done, or was done, everything goes on as it is.
pub(crate) fn ask_for(inventories: &[PathBuf]) {
    let files = inventories
        .iter()
        .filter_map(|path| fs::metadata(path).ok());
    let bytes = files.map(|file| file.len()).fold(0, u64::saturating_add);
    let is_told = std::env::var_os(TUNABLES).is_some();
    let modes = || fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").ok();
    if is_told || !is_worth(bytes, modes) {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let mut arguments = std::env::args_os();
        let mut again = Command::new(program);
        if let Some(name) = arguments.next() {
            again.arg0(name);
        }
        again.args(arguments);
        // It comes back only with an error.
        let _error = again.env(TUNABLES, "glibc.malloc.hugetlb=1").exec();
    }
}

/// Are large pages worth asking for, where so many bytes are to be read? `modes` are the system's, the chosen one in brackets.
fn is_worth(bytes: u64, modes: impl Fn() -> Option<String>) -> bool {
    (LEAST..MOST).contains(&bytes) && modes().is_some_and(|modes| modes.contains("[madvise]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pages_are_asked_for_where_files_are_large_and_the_system_gives_them_to_who_asks() {
        let asked = || Some("always [madvise] never\n".to_owned());
        assert!(is_worth(LEAST, asked));
        assert!(!is_worth(LEAST - 1, asked));
        assert!(!is_worth(MOST, asked));
        for modes in ["[always] madvise never\n", "always madvise [never]\n"] {
            assert!(!is_worth(LEAST, || Some(modes.to_owned())));
        }
        assert!(!is_worth(LEAST, || None));
    }
}
