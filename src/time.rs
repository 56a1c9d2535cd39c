//! Points in time and days, in UTC: how they are written, and what people may type.
//!
//! In: seconds since 1970, as git keeps them (any number), and text of flags, reports and policy files. Out: RFC 3339 that
//! every reader takes, and back. Years that RFC 3339 cannot write (before 0000, after 9999) become the nearest that it
//! can; a commit may claim any date. `jiff` keeps the calendar. It reads more forms than we do, so forms are checked here:
//! times without a zone or without seconds, dates without hyphens and years of more than four digits are refused.

use jiff::civil::{self, DateTime, Time};
use std::fmt;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);
/// The first and the last second that can be written. Both are dates without a zone: the points in time of `jiff` end a
/// day earlier, so that every zone can show them.
const LIMITS: (DateTime, DateTime) = (civil::date(0, 1, 1).at(0, 0, 0, 0), civil::date(9999, 12, 31).at(23, 59, 59, 0));

/// `2019-03-02T10:20:30Z`.
pub(crate) fn date_time(seconds: i64) -> String {
    format!("{}Z", written(seconds))
}

/// `2019-03-02`.
pub(crate) fn date(seconds: i64) -> String {
    written(seconds).date().to_string()
}

/// Seconds since 1970 of a time that [`date_time`] wrote; nothing else is taken.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let seconds = since_epoch(text.strip_suffix('Z')?.parse().ok()?);
    // Writing it again proves the form.
    (date_time(seconds) == text).then_some(seconds)
}

/// Seconds since 1970 from RFC 3339 (`2026-01-31T12:00:00Z`, fractions dropped), a date, or a number of seconds.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    let seconds = text.parse().ok().or_else(|| rfc_3339(text));
    seconds.ok_or_else(|| format!("`{text}` is no time: write 2026-01-31T12:00:00Z or seconds since 1970"))
}

fn rfc_3339(text: &str) -> Option<i64> {
    let Some((date, clock)) = text.split_once(['T', 't', ' ']) else { return midnight(text) };
    let midnight = midnight(date)?;
    let (clock, offset) = zone(clock)?;
    let clock = match clock.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => clock,
    };
    // `jiff` takes a leap second for the one before it.
    let leap = i64::from(clock.ends_with(":60"));
    Some(midnight + of_day(clock, "00:00:00")? + leap - offset)
}

/// Seconds since 1970 when a day begins.
fn midnight(date: &str) -> Option<i64> {
    let date: civil::Date = formed(date, "0000-00-00")?.parse().ok()?;
    Some(since_epoch(date.into()))
}

/// The clock's part and the offset from UTC in seconds.
fn zone(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let (clock, offset) = clock.split_at(clock.rfind(['+', '-'])?);
    // An offset has the hours and minutes that a clock has.
    match offset.strip_prefix('-') {
        Some(west) => Some((clock, -of_day(west, "00:00")?)),
        None => Some((clock, of_day(&offset[1..], "00:00")?)),
    }
}

/// Seconds since midnight.
fn of_day(clock: &str, form: &str) -> Option<i64> {
    let time: Time = formed(clock, form)?.parse().ok()?;
    Some(time.duration_since(Time::midnight()).as_secs())
}

/// The text, if it has this form: `0` stands for any digit.
fn formed<'a>(text: &'a str, form: &str) -> Option<&'a str> {
    let fits = |(byte, want): (u8, u8)| if want == b'0' { byte.is_ascii_digit() } else { byte == want };
    (text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)).then_some(text)
}

fn written(seconds: i64) -> DateTime {
    EPOCH.saturating_add(jiff::SignedDuration::from_secs(seconds)).clamp(LIMITS.0, LIMITS.1)
}

fn since_epoch(at: DateTime) -> i64 {
    at.duration_since(EPOCH).as_secs()
}

/// The day on which an exception ends: one in UTC, the whole of it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(civil::Date);

impl Date {
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When it is something else, or not a day.
    pub fn parse(text: &str) -> Result<Self, String> {
        let day = formed(text, "0000-00-00").and_then(|text| text.parse().ok());
        day.map(Self).ok_or_else(|| "write the last day as YYYY-MM-DD".to_owned())
    }

    /// Whether the day is over.
    pub fn over(self, now: i64) -> bool {
        self.days_left(now) < 0
    }

    /// Whole days that are left after today; below zero when it is over.
    pub fn days_left(self, now: i64) -> i64 {
        since_epoch(self.0.into()) / DAY - now.div_euclid(DAY)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;

    #[test]
    fn times_are_written_and_read_back() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_795_219_200, "2026-11-21T00:00:00Z"),
            (FIRST, "0000-01-01T00:00:00Z"),
            (FIRST + 59 * DAY, "0000-02-29T00:00:00Z"),
            // The last point in time that `jiff::Timestamp` has, and the second after it.
            (253_402_207_200, "9999-12-30T22:00:00Z"),
            (253_402_207_201, "9999-12-30T22:00:01Z"),
            (LAST, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!((date_time(at).as_str(), date(at).as_str()), (text, &text[..10]), "{at}");
            assert_eq!((seconds(text), parse(text)), (Some(at), Ok(at)), "{text}");
        }
        for step in 0..2000 {
            let at = FIRST + (LAST - FIRST) / 1999 * step;
            assert_eq!(seconds(&date_time(at)), Some(at));
        }
    }

    #[test]
    fn years_that_rfc_3339_cannot_write_become_the_nearest() {
        for (early, late) in [(FIRST - 1, LAST + 1), (-377_705_116_801, 1 << 40), (i64::MIN, i64::MAX)] {
            assert_eq!(date_time(early), "0000-01-01T00:00:00Z", "{early}");
            assert_eq!(date_time(late), "9999-12-31T23:59:59Z", "{late}");
            assert_eq!([early, late].map(date), ["0000-01-01", "9999-12-31"]);
        }
    }

    #[test]
    fn a_report_has_times_in_the_one_form_that_we_write() {
        for wrong in [
            "",
            "Z",
            "2019-02-29T00:00:00Z",
            "2019-03-02T24:00:00Z",
            "2019-03-02T23:59:60Z",
            "2019-03-02 10:00:00Z",
            "2019-03-02t10:00:00Z",
            "2019-03-02T10:00:00z",
            "2019-03-02T10:00:00",
            "2019-03-02T10:00:00.0Z",
            "2019-03-02T10:00:00+00:00",
            "2019-03-02T10:00:00Z[UTC]",
            "2019-03-02T10:00Z",
            "2019-03-02Z",
            "20190302T100000Z",
            "+019-03-02T10:00:00Z",
            "+002019-03-02T10:00:00Z",
            "-000001-12-31T23:59:59Z",
            "1551520800",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_read_as_rfc_3339_says() {
        for (text, at) in [
            ("2000-03-01T00:59:59.75+01:00", 951_868_799),
            ("1969-12-31T16:00:00-08:00", 0),
            ("1970-01-01t00:00:00z", 0),
            ("1970-01-01 00:00:00.000000000000000000000Z", 0),
            ("1970-01-01T00:00:00-00:00", 0),
            ("2026-11-21", 1_795_219_200),
            // Dropped, and not rounded, before 1970 as well.
            ("1969-12-31T23:59:59.999Z", -1),
            // A leap second, where there was one and where there was none.
            ("2016-12-31T23:59:60Z", 1_483_228_800),
            ("1970-01-01T00:00:60.5Z", 60),
            // Offsets lead over both ends of what can be written.
            ("0000-01-01T00:00:00+23:59", FIRST - 86_340),
            ("9999-12-31T23:59:60-23:59", LAST + 86_341),
            ("1795219200", 1_795_219_200),
            ("+5", 5),
            ("-0", 0),
            ("20260121", 20_260_121),
            ("-9223372036854775808", i64::MIN),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(parse(text), Ok(at), "{text}");
        }
    }

    #[test]
    fn forms_that_rfc_3339_does_not_have_are_refused() {
        for bad in [
            "",
            "soon",
            "T",
            "-",
            " 5",
            "9223372036854775808",
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-00-01",
            "2026-13-01",
            "2026-01-00",
            "2026-1-1",
            "2026-W05-6",
            "+002026-01-01",
            "-000001-01-01",
            "10000-01-01",
            "2026-01-01T",
            "2026-01-01Z",
            "2026-01-01T00:00:00",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00Z",
            "2026-01-01T00Z",
            "2026-01-01T000000Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00,5Z",
            "2026-01-01T00:00:00.5.5Z",
            "2026-01-01T00:00:00 Z",
            "2026-01-01T00:00:00ZZ",
            "2026-01-01T00:00:00Z[UTC]",
            "2026-01-01T00:00:00+01",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+01:60",
            "2026-01-01T00:00:00+01:00:00",
            "2026-01-01T00:00:00+",
            "2026-01-01T00:00:00\u{2212}01:00",
            "2026-01-0\u{661}",
        ] {
            let want = format!("`{bad}` is no time: write 2026-01-31T12:00:00Z or seconds since 1970");
            assert_eq!(parse(bad), Err(want));
        }
    }

    #[test]
    fn the_last_day_counts() {
        let date = Date::parse("2026-11-21").expect("a day");
        let noon = 1_795_219_200 + DAY / 2;
        assert!(!date.over(noon) && date.over(noon + DAY) && !date.over(1_795_219_200 + DAY - 1));
        assert_eq!([-1, 0, 1].map(|d| date.days_left(noon + d * DAY)), [1, 0, -1]);
        assert_eq!(date.to_string(), "2026-11-21");
    }

    #[test]
    fn an_exception_ends_on_a_day_that_exists_and_is_written_whole() {
        for good in ["0000-01-01", "0000-02-29", "1969-12-31", "2000-02-29", "9999-12-31"] {
            assert_eq!(Date::parse(good).expect("a day").to_string(), good);
        }
        for bad in [
            "",
            "2026-02-30",
            "2100-02-29",
            "21.11.2026",
            "2026-1-1",
            "20261121",
            "2026-W47-6",
            "-000001-01-01",
            "+002026-11-21",
            "2026-11-21T00:00:00Z",
            "2026-11-21T00:00:00",
            " 2026-11-21",
        ] {
            assert_eq!(Date::parse(bad), Err("write the last day as YYYY-MM-DD".to_owned()), "{bad}");
        }
    }

    #[test]
    fn a_day_can_be_compared_with_any_now() {
        let days = ["0000-01-01", "2026-11-21", "9999-12-31"].map(|day| Date::parse(day).expect("a day"));
        assert!(days.is_sorted());
        for day in days {
            assert!(!day.over(i64::MIN) && day.days_left(i64::MIN) > 0);
            assert!(day.over(i64::MAX) && day.days_left(i64::MAX) < 0);
        }
    }
}
