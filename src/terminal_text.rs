//! Texts of files as a terminal may show them: nothing that moves the cursor, changes colors, or turns the reading direction.
//!
//! In: any text of an inventory, a plan or a command line. Out: the same text, with every character that a terminal would
//! obey, or that nobody can see, written out. One place, because every line printed for a person goes through it.

use std::borrow::Cow;
use std::fmt::Write;

/// A text on one line that is safe to print: C0 and C1 controls (line breaks too), DEL, bidirectional and zero-width
/// characters, line separators and tags are written out, as `<U+001B>`.
///
/// ```
/// use cutover::terminal_text::safe;
/// assert_eq!(safe("Zürich"), "Zürich");
/// assert_eq!(safe("\u{1b}[31mred"), "<U+001B>[31mred");
/// ```
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed_or_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_obeyed_or_unseen(c) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Like [`safe`], and no longer than `limit` characters: what is left out is counted.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => safe(text),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            Cow::Owned(format!("{}… ({rest} characters more)", safe(&text[..end])))
        }
    }
}

/// Several lines, each of them [`safe`]; the line feeds between them stay, other line breaks do not.
#[must_use]
pub fn safe_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(safe).collect();
    lines.join("\n")
}

/// A source text with every dangerous character replaced by harmless ones of the same length in bytes, so that byte ranges
/// into it stay right. Tabs and line feeds stay.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let is_masked = |c: char| is_obeyed_or_unseen(c) && !matches!(c, '\t' | '\n');
    if !text.contains(is_masked) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c.len_utf8() {
                _ if !is_masked(c) => Cow::Owned(c.to_string()),
                // A carriage return before a line feed is half of a Windows line break: a space does no harm there.
                1 if c == '\r' => Cow::Borrowed(" "),
                1 => Cow::Borrowed("?"),
                2 => Cow::Borrowed("·"),
                3 => Cow::Borrowed("\u{fffd}"),
                _ => Cow::Borrowed("\u{fffd}?"),
            })
            .collect(),
    )
}

/// Would a terminal obey this character, or show nothing for it?
#[must_use]
pub const fn is_obeyed_or_unseen(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One of every kind of character that may not reach a terminal.
    const NAUGHTY: &str = "\u{1b}]0;title\u{7}\u{9b}31m\u{7f}\r\n\t\u{202e}\u{2066}\u{200b}\u{200d}\u{2028}\u{2029}\u{feff}\u{61c}\u{e0041}\u{ad}\u{2060}";

    #[test]
    fn whatever_a_terminal_obeys_or_hides_is_written_out() {
        let shown = safe(NAUGHTY);
        assert!(!shown.contains(is_obeyed_or_unseen), "{shown:?}");
        assert!(
            shown.starts_with("<U+001B>]0;title<U+0007><U+009B>31m"),
            "{shown}"
        );
        assert!(shown.contains("<U+E0041>"), "{shown}");
    }

    #[test]
    fn names_of_people_stay_as_they_are() {
        for name in [
            "Zoë Ångström",
            "山田太郎",
            "Łukasz",
            "O'Neil",
            "Ελένη",
            "עדי",
            "👩",
        ] {
            assert!(matches!(safe(name), Cow::Borrowed(text) if text == name));
        }
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdefg", 4), "abcd… (3 characters more)");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(safe_lines("a\u{1b}\nb\r\n"), "a<U+001B>\nb<U+000D>\n");
    }

    proptest! {
        #[test]
        fn a_masked_text_is_as_long_and_as_many_lines(text in "(\u{1b}|\u{9b}|\u{202e}|\u{e0041}|\r|\n|\t|é|x){0,12}") {
            let masked = masked(&text);
            prop_assert_eq!(masked.len(), text.len());
            let breaks = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
            prop_assert_eq!(breaks(&masked), breaks(&text));
            prop_assert!(!masked.contains(|c| is_obeyed_or_unseen(c) && c != '\t' && c != '\n'));
        }

        #[test]
        fn nothing_dangerous_is_left_of_any_text(text in "\\PC{0,8}|[\u{0}-\u{a0}\u{2000}-\u{2070}]{0,8}") {
            prop_assert!(!safe(&text).contains(is_obeyed_or_unseen));
        }
    }
}
