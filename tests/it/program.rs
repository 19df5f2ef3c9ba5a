//! How a test runs the program: the real binary, in a folder of its own, with an environment that nothing leaks into.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the program ends by itself"),
            out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    }

    /// Ended with this code; else shows what was said.
    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.out, self.err
        );
        self
    }

    /// Standard error mentions this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "no {text:?} in\n{}", self.err);
        self
    }

    /// Standard output has this.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert!(self.out.contains(text), "no {text:?} in\n{}", self.out);
        self
    }
}

/// The program with these arguments, in a folder, without the environment that changes what it does.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    for variable in [
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "COLUMNS",
        "TERM",
        "GLIBC_TUNABLES",
    ] {
        command.env_remove(variable);
    }
    command
}

/// Runs the program in the package's folder.
pub(crate) fn cutover(arguments: &[&str]) -> Ended {
    let output = command(Path::new(env!("CARGO_MANIFEST_DIR")), arguments).output();
    Ended::of(output.expect("the program starts"))
}

/// A folder with files, in which the program runs.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let desk = Self { folder };
        for (name, text) in files {
            desk.put(name, text);
        }
        desk
    }

    /// Writes a file.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("a test's own folder can be written");
    }

    /// The text of a file.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of everything in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a test's own folder can be listed");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("listed")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Runs the program here.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output();
        Ended::of(output.expect("the program starts"))
    }

    /// The program, to be run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        command(self.folder.path(), arguments)
    }

    /// Runs the program here with bytes on standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Ended {
        self.put("standard-input", input);
        let input = fs::File::open(self.path("standard-input")).expect("just written");
        let output = self.command(arguments).stdin(input).output();
        Ended::of(output.expect("the program starts"))
    }
}

/// A plan for [`USERS`]: everybody moves from OCS 2007 R2 to Lync Server 2013, and keeps the old client.
pub(crate) const PLAN: &str = "\
[plan]
name = \"Fabrikam\"
baseline = 2014-01-06
end = 2014-12-31

[[pool]]
id = \"old\"
server = \"ocs-2007-r2\"
names = [\"ocs.fabrikam.com\"]

[[pool]]
id = \"new\"
server = \"lync-server-2013\"

[[stage]]
id = \"wave-1\"
date = 2014-03-01
publish = [\"new\"]
move = [{ from = [\"old\"], to = \"new\" }]
";

/// Four rows, three people; the pool of the fourth row is in no plan.
pub(crate) const USERS: &str = "\
SipAddress,DisplayName,HomePool,Client,PicProviders
anna@fabrikam.com,Anna,ocs.fabrikam.com,Communicator 2007 R2,aol
ben@fabrikam.com,Ben,old,Lync 2010,
cleo@fabrikam.com,Cleo,ocs.fabrikam.com,Zebra 3000,
dan@fabrikam.com,Dan,elsewhere,Lync 2013,
";

/// A folder with [`PLAN`] and [`USERS`].
pub(crate) fn fabrikam() -> Desk {
    Desk::new(&[("plan.toml", PLAN), ("users.csv", USERS)])
}

/// `command --plan plan.toml --inventory users.csv` and further arguments.
pub(crate) fn with_files<'a>(command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![command, "--plan", "plan.toml", "--inventory", "users.csv"];
    arguments.extend_from_slice(more);
    arguments
}
