//! How the workbook looks: few colors, each with one meaning, the same as on the page.

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, Format, FormatAlign, FormatBorder,
};

use super::cell::Look;

/// Heads of columns, titles, bars of charts.
pub(super) const INK: Color = Color::RGB(0x1F_3A5F);
/// Lost, and everything critical.
pub(super) const RED: Color = Color::RGB(0xB3_261E);
/// Limited.
pub(super) const AMBER: Color = Color::RGB(0xB2_6A00);
/// Unknown.
pub(super) const VIOLET: Color = Color::RGB(0x6A_4C93);
/// Full, recovered, go.
pub(super) const GREEN: Color = Color::RGB(0x2E_7D32);
/// What does not matter now.
pub(super) const GRAY: Color = Color::RGB(0x75_7575);

const RED_PAPER: Color = Color::RGB(0xFB_E3E1);
const AMBER_PAPER: Color = Color::RGB(0xFD_F0D5);
const VIOLET_PAPER: Color = Color::RGB(0xED_E7F6);
const GREEN_PAPER: Color = Color::RGB(0xE3_F3E4);
/// Behind cells that people write in.
const OPEN_PAPER: Color = Color::RGB(0xFF_F9DB);
const LINE: Color = Color::RGB(0xD0_D5DD);

/// The formats of the cells of tables, in no order that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    About,
    Head,
    OpenHead,
    Plain,
    Long,
    Number,
    Day,
    Open,
    OpenDay,
}

impl Style {
    pub(super) const COUNT: usize = 9;

    /// That of texts and numbers in a column.
    pub(super) const fn of(look: Look) -> Self {
        match look {
            Look::Plain | Look::Word => Self::Plain,
            Look::Long => Self::Long,
            Look::Number => Self::Number,
            Look::Open => Self::Open,
        }
    }

    /// That of a column's head.
    pub(super) fn of_head(look: Look) -> Self {
        if look == Look::Open {
            Self::OpenHead
        } else {
            Self::Head
        }
    }
}

/// The formats of cells.
#[derive(Debug)]
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) about: Format,
    pub(super) remark: Format,
    pub(super) part: Format,
    pub(super) head: Format,
    pub(super) open_head: Format,
    pub(super) upright_head: Format,
    pub(super) plain: Format,
    pub(super) long: Format,
    pub(super) number: Format,
    pub(super) heat: Format,
    pub(super) day: Format,
    pub(super) open: Format,
    pub(super) open_day: Format,
    pub(super) label: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let cell = || Format::new().set_align(FormatAlign::Top);
        let head = || {
            Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(INK)
                .set_align(FormatAlign::VerticalCenter)
                .set_text_wrap()
                .set_border(FormatBorder::Thin)
                .set_border_color(LINE)
        };
        let open = || {
            cell()
                .set_background_color(OPEN_PAPER)
                .set_border(FormatBorder::Thin)
                .set_border_color(LINE)
        };
        const DAY: &str = "yyyy-mm-dd";
        Self {
            title: Format::new()
                .set_bold()
                .set_font_size(18)
                .set_font_color(INK),
            about: Format::new().set_font_color(GRAY),
            remark: cell().set_font_color(GRAY).set_indent(1),
            part: Format::new()
                .set_bold()
                .set_font_size(13)
                .set_font_color(INK),
            head: head(),
            open_head: head()
                .set_font_color(INK)
                .set_background_color(Color::RGB(0xFF_E699)),
            upright_head: head()
                .set_rotation(90)
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::Bottom),
            plain: cell().set_align(FormatAlign::Left),
            long: cell().set_text_wrap(),
            number: cell()
                .set_num_format("#,##0")
                .set_align(FormatAlign::Right)
                .set_indent(1),
            heat: cell()
                .set_num_format("#,##0;-#,##0;–")
                .set_align(FormatAlign::Right),
            day: cell().set_num_format(DAY).set_align(FormatAlign::Left),
            open: open().set_text_wrap(),
            open_day: open().set_num_format(DAY).set_align(FormatAlign::Left),
            label: cell().set_bold(),
        }
    }

    /// The format of some cells of tables.
    pub(super) const fn get(&self, style: Style) -> &Format {
        match style {
            Style::About => &self.about,
            Style::Head => &self.head,
            Style::OpenHead => &self.open_head,
            Style::Plain => &self.plain,
            Style::Long => &self.long,
            Style::Number => &self.number,
            Style::Day => &self.day,
            Style::Open => &self.open,
            Style::OpenDay => &self.open_day,
        }
    }

    /// The format of texts and numbers in a column.
    pub(super) fn of(&self, look: Look) -> &Format {
        self.get(Style::of(look))
    }

    /// The format of days in a column.
    pub(super) fn day_of(&self, look: Look) -> &Format {
        if look == Look::Open {
            &self.open_day
        } else {
            &self.day
        }
    }

    /// The format of a column's head.
    pub(super) fn head_of(&self, look: Look) -> &Format {
        self.get(Style::of_head(look))
    }
}

/// The words that have colors: severities, kinds of change, levels, advice, states of a decision.
const WORDS: &[(&str, Color, Color)] = &[
    ("critical", RED, RED_PAPER),
    ("high", RED, RED_PAPER),
    ("lost", RED, RED_PAPER),
    ("none", RED, RED_PAPER),
    ("No-go", RED, RED_PAPER),
    ("medium", AMBER, AMBER_PAPER),
    ("limited", AMBER, AMBER_PAPER),
    ("Go with conditions", AMBER, AMBER_PAPER),
    ("new", AMBER, AMBER_PAPER),
    ("unknown", VIOLET, VIOLET_PAPER),
    ("recovered", GREEN, GREEN_PAPER),
    ("full", GREEN, GREEN_PAPER),
    ("Go", GREEN, GREEN_PAPER),
    ("gone", GRAY, Color::RGB(0xEE_EEEE)),
];

/// The conditional formats of a column of words.
pub(super) fn words() -> impl Iterator<Item = ConditionalFormatCell> {
    WORDS.iter().map(|&(word, ink, paper)| {
        let format = Format::new()
            .set_font_color(ink)
            .set_background_color(paper);
        ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::EqualTo(word))
            .set_format(format)
    })
}
