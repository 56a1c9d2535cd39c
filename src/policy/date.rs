//! The day on which an exception ends.
//!
//! In: `YYYY-MM-DD`. Out: a [`Date`], to be compared with "now". A day is one in UTC, the last one included.

use crate::text::time;
use std::fmt;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(i64);

/// Seconds of a day.
const DAY: i64 = 86_400;

impl Date {
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When it is something else, or no day.
    pub fn parse(text: &str) -> Result<Self, String> {
        let midnight = time::seconds(&format!("{text}T00:00:00Z"));
        midnight.map(Self).ok_or_else(|| "write the last day as YYYY-MM-DD".to_owned())
    }

    /// Whether the day is over.
    pub fn over(self, now: i64) -> bool {
        now >= self.0.saturating_add(DAY)
    }

    /// Whole days that are left after today; below zero when it is over.
    pub fn days_left(self, now: i64) -> i64 {
        (self.0 - now.div_euclid(DAY) * DAY) / DAY
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&time::date(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_counts() {
        let date = Date::parse("2026-11-21").expect("a day");
        let noon = 1_795_219_200 + DAY / 2;
        assert!(!date.over(noon) && date.over(noon + DAY) && !date.over(1_795_219_200 + DAY - 1));
        assert_eq!([-1, 0, 1].map(|d| date.days_left(noon + d * DAY)), [1, 0, -1]);
        assert_eq!(date.to_string(), "2026-11-21");
        for bad in ["", "2026-02-30", "21.11.2026", "2026-1-1", "2026-11-21T00:00:00Z"] {
            assert!(Date::parse(bad).is_err(), "{bad}");
        }
    }
}
