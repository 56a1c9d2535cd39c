//! Points in time as reports write them: RFC 3339 in UTC.
//!
//! In: seconds since 1970, as git keeps them: any number. Out: text that every reader takes, and back. Years that RFC
//! 3339 cannot write (before 0000, after 9999) become the nearest that it can; a commit may claim any date.

/// The first and the last second that can be written.
const LIMITS: (i64, i64) = (-62_167_219_200, 253_402_300_799);

/// `2019-03-02T10:20:30Z`.
pub(crate) fn date_time(seconds: i64) -> String {
    let seconds = seconds.clamp(LIMITS.0, LIMITS.1);
    let (day, clock) = (date(seconds), seconds.rem_euclid(86_400));
    format!("{day}T{:02}:{:02}:{:02}Z", clock / 3600, clock / 60 % 60, clock % 60)
}

/// `2019-03-02`.
pub(crate) fn date(seconds: i64) -> String {
    let days = seconds.clamp(LIMITS.0, LIMITS.1).div_euclid(86_400) + 719_468;
    // March is the first month, so that a leap day is the last of its year; 400 years are one era.
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Seconds since 1970 of a time that [`date_time`] wrote; nothing else is taken.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    if text.len() != 20 || !text.is_ascii() {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (shifted, moved) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let of_year = (153 * moved + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted.div_euclid(4) - shifted.div_euclid(100) + shifted.div_euclid(400) + of_year;
    let seconds = (days - 719_468) * 86_400 + number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    // Writing it again proves the form and that the date exists.
    (date_time(seconds) == text).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read_back() {
        assert_eq!(date_time(0), "1970-01-01T00:00:00Z");
        assert_eq!(date_time(951_868_799), "2000-02-29T23:59:59Z");
        assert_eq!(date_time(1_795_219_200), "2026-11-21T00:00:00Z");
        assert_eq!(
            (date_time(i64::MIN).as_str(), date_time(i64::MAX).as_str()),
            ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
        );
        for step in 0..2000 {
            let at = LIMITS.0 + (LIMITS.1 - LIMITS.0) / 1999 * step;
            assert_eq!(seconds(&date_time(at)), Some(at));
        }
        for wrong in
            ["", "2019-02-29T00:00:00Z", "2019-03-02T24:00:00Z", "2019-03-02 10:00:00Z", "+019-03-02T10:00:00Z"]
        {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
