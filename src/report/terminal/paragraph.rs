//! Running text for a terminal: broken between words, with the lines below the first indented.

use unicode_width::UnicodeWidthStr;

/// A text broken into lines of at most `width` columns, each ended by a line feed. The first line begins with `lead`, the
/// others with as many blanks. Words wider than a line stay whole. The text has no escape sequences; the lead may have.
#[must_use]
pub fn paragraph(lead: &str, text: &str, width: u16) -> String {
    let indent = anstream::adapter::strip_str(lead).to_string().width();
    let width = usize::from(width).max(indent + 1);
    let mut lines = lead.to_owned();
    let mut used = indent;
    let mut is_first = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed = word.width() + usize::from(!is_first);
        if !is_first && used + needed > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            used = indent + word.width();
        } else {
            lines.push_str(if is_first { "" } else { " " });
            used += needed;
        }
        is_first = false;
        lines.push_str(word);
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_to_the_next_line_under_the_first_word() {
        assert_eq!(
            paragraph("a: ", "one two three four", 12),
            "a: one two\n   three\n   four\n"
        );
    }

    #[test]
    fn escape_sequences_of_the_lead_have_no_width() {
        assert_eq!(
            paragraph("\u{1b}[1mab\u{1b}[0m ", "c d", 5),
            "\u{1b}[1mab\u{1b}[0m c\n   d\n"
        );
    }

    #[test]
    fn wide_letters_count_twice_and_long_words_stay_whole() {
        assert_eq!(paragraph("", "山田 太郎", 8), "山田\n太郎\n");
        assert_eq!(paragraph("  ", "abcdefghij k", 5), "  abcdefghij\n  k\n");
    }
}
