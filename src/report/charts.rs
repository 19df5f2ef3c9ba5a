//! The charts of a report as inline SVG: figures in, markup out.
//!
//! Own SVG, because a timeline and a step chart are few lines, can be tested as text, take their colors from the page in light
//! and dark, and carry titles and descriptions for people who do not see them. Behind every chart stands a table with the
//! same figures. No chart has a style attribute, which the page's security policy would refuse.

mod gantt;
mod scale;
mod steps;

use std::fmt::Write as _;

use super::markup::escaped;

pub use gantt::timeline;
pub use steps::{Series, series, steps};

/// An SVG drawing in the making.
struct Drawing {
    markup: String,
}

impl Drawing {
    /// A drawing of a size in user units, with a name and a description for people who do not see it.
    fn new(id: &str, class: &str, (width, height): (f64, f64), title: &str, text: &str) -> Self {
        let mut markup = String::new();
        let _ = write!(
            markup,
            "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-text\" focusable=\"false\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-text\">{}</desc>",
            escaped(title),
            escaped(text),
        );
        Self { markup }
    }

    fn finish(mut self) -> String {
        self.markup.push_str("</svg>");
        self.markup
    }

    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let _ = write!(
            self.markup,
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    /// A rectangle; a tip appears when a pointer rests on it.
    fn bar(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), tip: &str) {
        let _ = write!(
            self.markup,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
             height=\"{height:.1}\"><title>{}</title></rect>",
            escaped(tip)
        );
    }

    fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let _ = write!(
            self.markup,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escaped(text)
        );
    }

    fn path(&mut self, class: &str, path: &str) {
        let _ = write!(self.markup, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    /// A numbered mark: a disc for what the plan does, a diamond for what happens outside.
    fn mark(&mut self, class: &str, (x, y): (f64, f64), number: usize, tip: &str, is_disc: bool) {
        let shape = if is_disc {
            format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"9\"/>")
        } else {
            let (left, right, top, bottom) = (x - 10.5, x + 10.5, y - 10.5, y + 10.5);
            format!(
                "<path d=\"M{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {bottom:.1}L{left:.1} {y:.1}Z\"/>"
            )
        };
        let _ = write!(
            self.markup,
            "<g class=\"{class}\"><title>{}</title>{shape}<text x=\"{x:.1}\" y=\"{:.1}\">{number}</text></g>",
            escaped(tip),
            y + 3.6
        );
    }
}
