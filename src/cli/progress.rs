//! How far a long piece of work is: a bar on standard error, on a terminal only, and only when it takes a while.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal::Terminal;

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar that comes up when it is needed. Advanced from any thread.
pub(crate) struct Progress {
    is_shown: bool,
    begun: Instant,
    what: &'static str,
    total: AtomicU64,
    done: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Progress of `what`, "reading" for instance.
    pub(crate) fn new(terminal: Terminal, what: &'static str) -> Self {
        Self {
            is_shown: terminal.shows_progress(),
            begun: Instant::now(),
            what,
            total: AtomicU64::new(0),
            done: AtomicU64::new(0),
            bar: OnceLock::new(),
        }
    }

    /// So much more is to be done.
    pub(crate) fn expect(&self, more: u64) {
        self.total.fetch_add(more, Relaxed);
    }

    /// So much more is done.
    pub(crate) fn advance(&self, more: u64) {
        let done = self.done.fetch_add(more, Relaxed) + more;
        if self.is_shown && (self.bar.get().is_some() || self.begun.elapsed() > PATIENCE) {
            self.bar.get_or_init(|| self.bar()).set_position(done);
        }
    }

    /// So much of so much is done.
    pub(crate) fn set(&self, done: u64, total: u64) {
        self.total.store(total, Relaxed);
        let before = self.done.load(Relaxed);
        self.advance(done.saturating_sub(before));
    }

    /// It is over: the bar goes away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self) -> ProgressBar {
        let style = ProgressStyle::with_template("{msg} {bar:30} {percent}% {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(self.total.load(Relaxed))
            .with_style(style)
            .with_message(self.what)
    }
}
