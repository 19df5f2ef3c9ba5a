//! Every diagnostic code with its meaning and what to do: what `explain CODE` says, and `docs/diagnostics.md`.
//!
//! The wording for one file stands where the problem is found; here stands what holds for all files. A test keeps the two
//! together.

/// A code, explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The code.
    pub code: &'static str,
    /// In which files it is found.
    pub area: Area,
    /// What is wrong.
    pub meaning: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// In which files a code is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Plans.
    Plan,
    /// Inventories of any kind.
    Inventory,
    /// Delimited text.
    Text,
    /// Workbooks.
    Workbook,
    /// Other dates for a plan, on the command line.
    Dates,
    /// Reports that were written before.
    Report,
}

impl Area {
    /// Every area, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Plan,
        Self::Inventory,
        Self::Text,
        Self::Workbook,
        Self::Dates,
        Self::Report,
    ];

    /// Its name for a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "Plans",
            Self::Inventory => "Inventories",
            Self::Text => "Text files",
            Self::Workbook => "Workbooks",
            Self::Dates => "Other dates",
            Self::Report => "Earlier reports",
        }
    }
}

/// The explanation of a code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Explained> {
    CODES.iter().find(|explained| explained.code == code)
}

const fn code(
    area: Area,
    code: &'static str,
    meaning: &'static str,
    remedy: &'static str,
) -> Explained {
    Explained {
        code,
        area,
        meaning,
        remedy,
    }
}

use Area::{Dates, Inventory, Plan, Report, Text, Workbook};

/// Every code, by area, then in alphabetical order.
#[rustfmt::skip]
pub const CODES: &[Explained] = &[
    code(Plan, "before-baseline", "A stage stands on or before the day that the inventory describes.",
        "Give it a later date, or take it out: what has happened is in the inventory already."),
    code(Plan, "client-change", "An entry of `client` has none or several of `replace`, `add` and `remove`.",
        "Keep one; write a second entry for the second change."),
    code(Plan, "date-order", "A stage stands before one that it comes `after`.",
        "Change one of the dates, or the dependency."),
    code(Plan, "duplicate-id", "An id stands in an earlier line already.",
        "Give one of them another id."),
    code(Plan, "duplicate-pool-name", "One spelling names two pools, so rows of the inventory could mean either.",
        "Leave the spelling with the pool it belongs to."),
    code(Plan, "empty-id", "An id is empty.", "Give it a name; findings and `after` refer to it."),
    code(Plan, "empty-list", "A list is empty where something has to stand.", "Fill it, or take the key out."),
    code(Plan, "end-too-early", "The plan ends before its last stage, or before its baseline.",
        "Set `end` to a later day, or leave it out."),
    code(Plan, "missing-key", "A section lacks a key without which it means nothing.", "Add the key."),
    code(Plan, "outside-window", "A stage's date lies outside its own `window`.", "Change the date or the window."),
    code(Plan, "plan-not-utf8", "The plan is not UTF-8 text.", "Save it as UTF-8."),
    code(Plan, "plan-too-large", "The file is larger than a plan can be.", "Look whether the inventory was given as the plan."),
    code(Plan, "reserved-id", "A stage is called like another event of the timeline.", "Give the stage another id."),
    code(Plan, "stage-cycle", "Stages wait for each other through `after`.", "Take one of the dependencies out."),
    code(Plan, "toml-syntax", "The text is not TOML at this place.", "Mend the line; the rest was read all the same."),
    code(Plan, "too-many", "There are more pools or chat deployments than can be counted.", "Look whether the file is a plan."),
    code(Plan, "unknown-chat", "A chat deployment is named that the plan does not declare.", "Declare it in `[[chat]]`, or mend the name."),
    code(Plan, "unknown-client", "A text is not a client id.", "`cutover rules clients` lists the ids."),
    code(Plan, "unknown-key", "A key means nothing in this section.", "Mend its spelling, or take it out."),
    code(Plan, "unknown-pool", "A pool is named that the plan does not declare.", "Declare it in `[[pool]]`, or mend the name."),
    code(Plan, "unknown-provider", "A text is not a public IM provider.", "Use aol, yahoo, windows-live, skype or xmpp."),
    code(Plan, "unknown-server", "A text is not one of the three server versions.",
        "Use ocs-2007-r2, lync-server-2010 or lync-server-2013."),
    code(Plan, "unknown-service", "A text is not the id of a service event.", "Use one of the ids that the message lists."),
    code(Plan, "unknown-stage", "A stage is named that is not in the plan.", "Mend the name, or add the stage."),
    code(Plan, "where-column", "A `where` asks for a column that no inventory file has.",
        "Mend the key, or give the file that has the column."),
    code(Plan, "window-empty", "A window ends before it begins.", "Exchange its days."),
    code(Plan, "wrong-date", "A date is not a bare day of the calendar.", "Write it without quotation marks and time: 2014-03-01."),
    code(Plan, "wrong-type", "A text, number, list or table stands where something else is wanted.", "Write what the message asks for."),

    code(Inventory, "add-in-unknown", "A scheduling add-in is not known; what can be done with it is unknown.",
        "Mend the name, or leave the cell empty: the add-in then follows from the clients."),
    code(Inventory, "client-stale", "A user agent does not count: a newer one of the same kind was seen, or it was not seen for long.",
        "Nothing, if that is right; --stale-after says how long is long."),
    code(Inventory, "client-unrecognized", "A client text names no known product. Its user keeps it as `unrecognized`, which makes levels unknown.",
        "Mend the text; the nearest known name is shown, and never assumed."),
    code(Inventory, "cohort-column-missing", "A file of cohorts has no column that says how many people a cohort has.",
        "`cutover sql` prints the statement that makes such a file; give a file of single people with --inventory."),
    code(Inventory, "date-ambiguous", "A date can be read in two ways, as in 03/04/2014.", "Say which with --date-format dd/mm/yyyy or mm/dd/yyyy."),
    code(Inventory, "date-invalid", "A text is not a date.", "Write it as 2014-06-30; the row is rejected."),
    code(Inventory, "date-out-of-range", "A date is far from any migration.", "Look whether the cell holds a date at all; the row is rejected."),
    code(Inventory, "file-changed", "A file said something else when it was read a second time.", "Start again when whatever writes it has finished."),
    code(Inventory, "file-empty", "A file has no row.", "Export it again; a header with a SipAddress column and a row for each user are needed."),
    code(Inventory, "file-unreadable", "A file cannot be opened or read.", "Look at its name, and whether another program holds it."),
    code(Inventory, "flags-invalid", "A text in a column of option flags is not a whole number.", "Mend the cell; the row is rejected."),
    code(Inventory, "header-repeated", "The header stands in the middle of the table again.", "Nothing; the line is given back as no user."),
    code(Inventory, "header-twice", "Two columns have one header; the first counts.", "Rename the column that is not meant."),
    code(Inventory, "mapped-header-missing", "No file has the header that --map names.", "Mend the header's spelling."),
    code(Inventory, "no-table", "The file is text of another kind, not a table.", "Export the users as CSV, or save them as a workbook."),
    code(Inventory, "no-user-left", "After all rows were looked at, no user could be accepted.",
        "Look at the reasons above; the commonest is a pool that the plan spells differently."),
    code(Inventory, "pool-missing", "No row of a user names a pool.", "Give the file that has the pools too."),
    code(Inventory, "pool-unknown", "The plan does not know a pool; its users are rejected.",
        "Add the spelling to `names` of the pool in the plan."),
    code(Inventory, "pools-disagree", "Two rows name different pools for one user, who is rejected.", "Mend the row that is wrong."),
    code(Inventory, "provider-unknown", "A text is not a public IM provider.", "Use aol, yahoo, windows-live, skype or xmpp; the row is rejected."),
    code(Inventory, "row-too-long", "A row has more cells than the header.", "Look for a delimiter inside a text without quotation marks."),
    code(Inventory, "rows-short", "Rows have fewer cells than the header; what is missing counts as empty.", "Nothing, if the last columns may be empty."),
    code(Inventory, "server-agent", "A user agent belongs to a server or an application and is no endpoint of a person.", "Nothing; the row is used without it."),
    code(Inventory, "sip-column-missing", "No column holds SIP addresses.", "Add a header, or say which column it is: --map SipAddress=HEADER."),
    code(Inventory, "sip-missing", "A row has no SIP address.", "Fill it in; the row is rejected."),
    code(Inventory, "too-many-rejected", "More rows were rejected than --max-rejected allows.", "Mend the rows in the file that --rejected wrote, and import it with the others."),
    code(Inventory, "total-line", "A row is a total, not a user.", "Nothing; it is given back as no user."),
    code(Inventory, "values-disagree", "Two rows of a user disagree about a value; the first that is not empty counts.", "Mend the row that is wrong."),
    code(Inventory, "yes-no-invalid", "A text is neither yes nor no.", "Write yes or no; the row is rejected."),

    code(Text, "encoding-guessed", "The encoding was guessed; the message shows a name as it was read.", "If the name looks wrong, say --encoding."),
    code(Text, "encoding-mixed", "Some lines are UTF-8 and others are not.", "Look at the lines named; the file was put together from two sources."),
    code(Text, "encoding-unknown", "There is no such encoding.", "Use utf-8, utf-16le or windows-1252, for instance."),
    code(Text, "encoding-utf-32", "The file is UTF-32, which no export writes on purpose.", "Save it as UTF-8."),
    code(Text, "file-cut-short", "The file became shorter while it was read.", "Start again when whatever writes it has finished."),
    code(Text, "format-table-export", "The file was written by Format-Table | Export-Csv and holds the layout of a table, not its values.",
        "Export again with Select-Object in place of Format-Table."),
    code(Text, "nul-byte", "The text contains NUL bytes: it is no text, or in an encoding that was not recognized.", "Save it as UTF-8, or say --encoding."),
    code(Text, "quote-not-closed", "A quotation mark is never closed.", "Close it, or double it if it belongs to the text."),
    code(Text, "too-long", "A field or a record is longer than any row of users can be.", "Look for a quotation mark that is not closed."),

    code(Workbook, "cell-date-outside", "A cell is formatted as a date but holds no day of the calendar.", "Mend the cell."),
    code(Workbook, "cell-error", "A cell holds an error such as #N/A or #SPILL!; it counts as empty.", "Mend the formula, or save the sheet as values."),
    code(Workbook, "cell-long-number", "A number has more digits than a workbook keeps.", "Format the column as text and type the numbers again."),
    code(Workbook, "cell-merged", "Cells are merged; the value stands in the first of them only.", "Undo the merging and fill the rows."),
    code(Workbook, "cell-not-calculated", "A formula has no stored value.", "Open the workbook in Excel, let it calculate, and save it."),
    code(Workbook, "cell-twice", "The workbook holds a cell twice.", "Save it again under a new name."),
    code(Workbook, "cell-unreadable", "A cell cannot be read; it counts as empty.", "Look at the cell in Excel."),
    code(Workbook, "misnamed-text", "The file is named as a workbook but holds text; it is read as text.", "Nothing."),
    code(Workbook, "not-a-workbook", "The file is neither text nor a workbook.", "Save it as .xlsx or CSV."),
    code(Workbook, "row-hidden", "Rows are hidden in the sheet, by a filter for instance; they are read all the same.", "Delete them if they are not meant."),
    code(Workbook, "rows-sorted", "The rows stand out of order in the file and were sorted.", "Nothing."),
    code(Workbook, "sheet-chosen", "Of several sheets the first visible one with a header row is read.", "Say --sheet if another one is meant."),
    code(Workbook, "sheet-unknown", "The workbook has no sheet of that name.", "Use one of the names that the message lists."),
    code(Workbook, "workbook-damaged", "The workbook is damaged.", "Open it in Excel or LibreOffice and save it under a new name."),
    code(Workbook, "workbook-empty", "No visible sheet holds anything.", "Look into the workbook; --sheet names a hidden one."),
    code(Workbook, "workbook-fault", "The reader of workbooks gave up on this file.", "Save it as .xlsx or CSV; please report it if it opens elsewhere without complaint."),
    code(Workbook, "workbook-limit", "The workbook takes more memory, cells or time than allowed.", "The message names the option that raises the limit."),
    code(Workbook, "workbook-no-sheet", "There is no sheet that could be read.", "Look into the workbook; --sheet names a hidden one."),
    code(Workbook, "workbook-password", "The workbook is protected with a password.", "Take the password away and save it."),
    code(Workbook, "workbook-truncated", "The workbook is cut off.", "Copy or download it again."),
    code(Workbook, "workbook-unreadable", "The workbook cannot be read.", "The message says why."),

    code(Dates, "service-shifted-twice", "Two options give one service a date.", "Keep one."),
    code(Dates, "shift-after-end", "A stage would stand after the plan's end.", "Choose an earlier day, or change `end`."),
    code(Dates, "shift-before-baseline", "A stage would stand on or before the baseline.", "Choose a later day."),
    code(Dates, "shift-beyond-calendar", "The day does not exist.", "Choose another."),
    code(Dates, "shift-breaks-after", "A stage would stand before one that it comes after.", "Move both, or say --cascade."),
    code(Dates, "shift-outside-window", "A stage would stand outside its window.", "Choose a day inside, or change the window."),
    code(Dates, "stage-shifted-twice", "Two options give one stage a date.", "Keep one."),
    code(Report, "report-unreadable", "A file is not what `cutover report` wrote, or damaged, or of another format version.", "Name the report.json of a report whose findings.csv lies beside it, and write it anew if it is old."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_order_and_only_once() {
        let keys: Vec<(Area, &str)> = CODES.iter().map(|code| (code.area, code.code)).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        let mut names: Vec<&str> = CODES.iter().map(|code| code.code).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CODES.len());
    }

    #[test]
    fn explanations_are_sentences() {
        for explained in CODES {
            for text in [explained.meaning, explained.remedy] {
                assert!(
                    text.ends_with('.') && !text.starts_with(char::is_lowercase),
                    "{}: {text}",
                    explained.code
                );
            }
        }
    }
}
