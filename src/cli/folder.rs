//! A folder of files that belong together: all of them complete, or the older ones as they were.
//!
//! In: the folder's path. Out: [`Folder`]. Files are written into a temporary folder inside it. At the end the older files
//! step aside, the new ones take their places, and if anything goes wrong on the way everything goes back. Files in the
//! folder that are not the report's own are never touched.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::exit::{Failure, unwrapped};

/// Buffer for writing, in bytes.
const BUFFER: usize = 1 << 18;

/// A folder in the making.
#[derive(Debug)]
pub(crate) struct Folder {
    place: PathBuf,
    temporary: TempDir,
    /// Was the folder made for this run?
    is_new: bool,
    /// What has been written, relative to the folder, with `/` between parts.
    written: Vec<String>,
}

impl Folder {
    /// Opens a folder for writing; its last part is created if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let is_new = !path.exists();
        let make = || {
            if is_new {
                fs::create_dir(path)?;
            }
            Builder::new()
                .prefix(".cutover-")
                .suffix(".tmp")
                .tempdir_in(path)
        };
        let temporary = make().map_err(|error| Failure::output(path, &error))?;
        Ok(Self {
            place: path.to_owned(),
            temporary,
            is_new,
            written: Vec::new(),
        })
    }

    /// The files written so far, relative to the folder.
    pub(crate) fn names(&self) -> &[String] {
        &self.written
    }

    /// A folder for what has to be laid down for a while; it is gone when the run ends, however it ends.
    pub(crate) fn scratch(&self) -> &Path {
        self.temporary.path()
    }

    /// Where the files written so far will be.
    pub(crate) fn paths(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.written.iter().map(|name| self.place.join(name))
    }

    /// Writes a file with `fill`; `name` may have one folder before it, `moves/03.csv` for instance.
    pub(crate) fn write(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let path = self.new_files().join(name);
        let write = || {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut out = BufWriter::with_capacity(BUFFER, File::create(&path)?);
            fill(&mut out)?;
            out.flush()
        };
        write().map_err(|error| Failure::output(&self.place.join(name), &unwrapped(error)))?;
        self.written.push(name.to_owned());
        Ok(())
    }

    /// Puts every file in its place. Older files that are `ours` and were not written again are taken away.
    pub(crate) fn finish(self, is_ours: fn(&str) -> bool) -> Result<(), Failure> {
        let failed = |(path, error): (PathBuf, io::Error)| Failure::output(&path, &error);
        let older = self.older(is_ours).map_err(failed)?;
        let mut swap = Swap::default();
        let swapped = self.swap(&older, &mut swap);
        if swapped.is_err() {
            swap.undo();
        }
        swapped.map_err(failed)?;
        for folder in folders(&older) {
            // A folder that somebody else uses is not empty and stays.
            let _ = fs::remove_dir(self.place.join(folder));
        }
        Ok(())
    }

    fn new_files(&self) -> PathBuf {
        self.temporary.path().join("new")
    }

    fn swap(&self, older: &[String], swap: &mut Swap) -> Result<(), (PathBuf, io::Error)> {
        let aside = self.temporary.path().join("old");
        for name in older {
            swap.rename(&self.place.join(name), &aside.join(name))?;
        }
        for name in &self.written {
            swap.rename(&self.new_files().join(name), &self.place.join(name))?;
        }
        Ok(())
    }

    /// The report's own files of an earlier run, and whatever stands where a new one goes.
    fn older(&self, is_ours: fn(&str) -> bool) -> Result<Vec<String>, (PathBuf, io::Error)> {
        let mut older = Vec::new();
        if self.is_new {
            return Ok(older);
        }
        let (mut found, mut inner) = (Vec::new(), Vec::new());
        list(&self.place, "", &mut found, &mut inner)?;
        for folder in inner {
            let path = self.place.join(&folder);
            let listed = list(&path, &format!("{folder}/"), &mut found, &mut Vec::new());
            // Somebody else's folder that cannot be looked into holds nothing of ours.
            if self
                .written
                .iter()
                .any(|name| name.starts_with(&format!("{folder}/")))
            {
                listed?;
            }
        }
        for name in found {
            if is_ours(&name) || self.written.contains(&name) {
                older.push(name);
            }
        }
        older.sort_unstable();
        Ok(older)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_new {
            // Only an empty folder can be removed this way, and the temporary one is still in it: nothing happens then.
            let _ = fs::remove_dir_all(self.temporary.path());
            let _ = fs::remove_dir(&self.place);
        }
    }
}

/// The names of files in a folder, each with `prefix` before it, and those of the folders in it.
fn list(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<String>,
    folders: &mut Vec<String>,
) -> Result<(), (PathBuf, io::Error)> {
    let at = |error: io::Error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        if entry.path().is_dir() {
            folders.push(name);
        } else {
            files.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

/// The folders that some names have before them, each once.
fn folders(names: &[String]) -> Vec<&str> {
    let mut folders: Vec<&str> = names
        .iter()
        .filter_map(|name| name.rsplit_once('/').map(|(folder, _)| folder))
        .collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// Files that have changed places so far.
#[derive(Debug, Default)]
struct Swap {
    done: Vec<(PathBuf, PathBuf)>,
}

impl Swap {
    fn rename(&mut self, from: &Path, to: &Path) -> Result<(), (PathBuf, io::Error)> {
        let rename = || {
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(from, to)
        };
        rename().map_err(|error| (from.to_owned(), error))?;
        self.done.push((from.to_owned(), to.to_owned()));
        Ok(())
    }

    /// Puts everything back, the last first.
    fn undo(&self) {
        for (from, to) in self.done.iter().rev() {
            // What cannot be put back stays where it is: there is nothing better to do with it.
            let _ = fs::rename(to, from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &mut Folder, name: &str, text: &str) {
        folder
            .write(name, |out| out.write_all(text.as_bytes()))
            .expect("the temporary folder takes files");
    }

    fn is_ours(name: &str) -> bool {
        name.ends_with(".csv")
    }

    #[test]
    fn new_files_take_the_places_of_older_ones_and_others_stay() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("report");
        let mut first = Folder::open(&path).expect("a new folder");
        write(&mut first, "a.csv", "1");
        write(&mut first, "moves/01.csv", "1");
        write(&mut first, "moves/02.csv", "1");
        first.finish(is_ours).expect("room");
        fs::write(path.join("mine.txt"), "mine").expect("room");
        let mut second = Folder::open(&path).expect("the folder");
        write(&mut second, "b.csv", "2");
        write(&mut second, "moves/01.csv", "2");
        assert_eq!(
            fs::read_to_string(path.join("a.csv")).expect("still there"),
            "1"
        );
        second.finish(is_ours).expect("room");
        let mut left: Vec<_> = fs::read_dir(&path)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["b.csv", "mine.txt", "moves"]);
        assert_eq!(
            fs::read_to_string(path.join("moves/01.csv")).expect("there"),
            "2"
        );
        assert!(!path.join("moves/02.csv").exists());
        let mut third = Folder::open(&path).expect("the folder");
        write(&mut third, "b.csv", "3");
        third.finish(is_ours).expect("room");
        // A folder that a report has no more goes with its last file.
        assert!(!path.join("moves").exists() && path.join("mine.txt").exists());
    }

    #[test]
    fn a_run_that_stops_leaves_everything_as_it_was() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("report");
        drop(Folder::open(&path).expect("a new folder"));
        assert!(!path.exists());
        fs::create_dir(&path).expect("room");
        fs::write(path.join("a.csv"), "old").expect("room");
        let mut folder = Folder::open(&path).expect("the folder");
        write(&mut folder, "a.csv", "new");
        drop(folder);
        assert_eq!(
            fs::read_to_string(path.join("a.csv")).expect("there"),
            "old"
        );
        assert_eq!(fs::read_dir(&path).expect("the folder").count(), 1);
    }

    #[test]
    fn where_a_place_is_taken_by_a_folder_everything_goes_back() {
        let home = tempfile::tempdir().expect("a temporary folder");
        fs::write(home.path().join("a.csv"), "old").expect("room");
        fs::create_dir_all(home.path().join("b.csv/inside")).expect("room");
        let mut folder = Folder::open(home.path()).expect("the folder");
        write(&mut folder, "a.csv", "new");
        write(&mut folder, "b.csv", "new");
        assert!(folder.finish(is_ours).is_err());
        assert_eq!(
            fs::read_to_string(home.path().join("a.csv")).expect("there"),
            "old"
        );
        assert!(home.path().join("b.csv/inside").is_dir());
    }
}
