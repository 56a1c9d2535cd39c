//! Values of flags: points in time, the organisation's key, lists of paths.
//!
//! In: text of a flag, a file or the environment. Out: the value, or what is wrong with it, without quoting a key.

use crate::cli::console::Failure;
use crate::config;
use crate::fs::bounded;
use crate::history::fleet;
use crate::text::saved;
use std::io::{Read as _, stdin};
use std::path::{Path, PathBuf};

/// Longest report that is read, in bytes.
pub(crate) const MAX_REPORT: u64 = 1 << 30;
/// Longest list of paths, in bytes.
const MAX_LIST: u64 = 16 << 20;
/// Digits after the class that name a finding.
pub(crate) const MIN_DIGITS: usize = 8;

/// The paths that a file lists, one per line, relative to its folder; `-` is standard input. `of`: what they are.
fn listed(list: &Path, of: &str) -> Result<Vec<PathBuf>, Failure> {
    let piped = list == Path::new("-");
    let bytes = if piped {
        let mut bytes = Vec::new();
        stdin().lock().take(MAX_LIST).read_to_end(&mut bytes).map(|_| bytes)
    } else {
        bounded::read_limited(list, MAX_LIST)
    };
    let bytes = bytes.map_err(|e| Failure::io(&format!("cannot read the list of {of}"), list, &e))?;
    let bytes =
        saved::utf8(bytes).map_err(|why| Failure::new(format!("the list of {of} `{}` {why}", list.display())))?;
    let folder = list.parent().filter(|_| !piped).unwrap_or(Path::new(""));
    fleet::read_list(&bytes, folder).map_err(|e| Failure::new(format!("the list of {of} `{}`: {e}", list.display())))
}

/// What was typed, then what a file lists, if there is one; a list that is the only input must not be empty.
pub(crate) fn typed_and_listed(typed: &[PathBuf], list: Option<&Path>, of: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = typed.to_vec();
    if let Some(list) = list {
        paths.extend(listed(list, of)?);
        if paths.is_empty() {
            return Err(Failure::new(format!("the list `{}` is empty", list.display())));
        }
    }
    Ok(paths)
}

/// Seconds since 1970 from RFC 3339 (`2026-01-31T12:00:00Z`, fractions dropped), a date, or a number of seconds.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn time(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no time: write 2026-01-31T12:00:00Z or seconds since 1970");
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds);
    }
    let (date, clock) = match text.split_once(['T', 't', ' ']) {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let [year, month, day] = numbers(date, '-', &[4, 2, 2]).ok_or_else(wrong)?;
    let month_days = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let longest = usize::try_from(month - 1).ok().and_then(|m| month_days.get(m)).ok_or_else(wrong)?;
    if day < 1 || day > *longest {
        return Err(wrong());
    }
    let midnight = days(year, month, day) * 86_400;
    let Some(clock) = clock else { return Ok(midnight) };
    let (clock, offset) = zone(clock).ok_or_else(wrong)?;
    let clock = match clock.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return Err(wrong()),
        None => clock,
    };
    let [hour, minute, second] = numbers(clock, ':', &[2, 2, 2]).ok_or_else(wrong)?;
    // 60 is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return Err(wrong());
    }
    Ok(midnight + hour * 3600 + minute * 60 + second - offset)
}

/// The clock's part and the offset from UTC in seconds.
fn zone(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let at = clock.rfind(['+', '-'])?;
    let [hours, minutes] = numbers(clock.get(at + 1..)?, ':', &[2, 2])?;
    let sign = if clock.as_bytes().get(at) == Some(&b'-') { -1 } else { 1 };
    (hours < 24 && minutes < 60).then_some((clock.get(..at)?, sign * (hours * 3600 + minutes * 60)))
}

/// Numbers of exactly these many digits between separators.
fn numbers<const N: usize>(text: &str, separator: char, digits: &[usize; N]) -> Option<[i64; N]> {
    let mut out = [0; N];
    let mut parts = text.split(separator);
    for (slot, len) in out.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != *len || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *slot = part.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

fn leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, from year 0.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // March is the first month, so that a leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

/// "Now": the flag, else SOURCE_DATE_EPOCH, else the clock.
///
/// # Errors
/// When SOURCE_DATE_EPOCH is set and no number.
pub(crate) fn now(flag: Option<i64>) -> Result<i64, String> {
    if let Some(now) = flag {
        return Ok(now);
    }
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => {
            text.parse().map_err(|_| "SOURCE_DATE_EPOCH is not a number of seconds since 1970".to_owned())
        }
        Err(std::env::VarError::NotUnicode(_)) => Err("SOURCE_DATE_EPOCH is not a number".to_owned()),
        _ => Ok(std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .ok()
            .and_then(|d| i64::try_from(d.as_secs()).ok())
            .unwrap_or(0)),
    }
}

/// Shortest text that can be an organisation's key, in bytes.
const MIN_KEY: usize = 16;
/// Longest key file, in bytes.
const MAX_KEY: u64 = 64 * 1024;

/// The organisation's key: the file, else LEAKTIGHT_KEY, else none.
///
/// # Errors
/// When a key is given and cannot be used; the message names its source, never its text.
pub(crate) fn organisation_key(file: Option<&Path>) -> Result<Option<[u8; 32]>, String> {
    let (text, name) = match file {
        Some(path) => {
            let name = format!("the key file `{}`", path.display());
            let read = bounded::read_limited(path, MAX_KEY).map_err(|e| format!("cannot read {name}: {e}"))?;
            (read, name)
        }
        None => match std::env::var_os("LEAKTIGHT_KEY") {
            Some(text) if !text.is_empty() => (text.into_encoded_bytes(), "LEAKTIGHT_KEY".to_owned()),
            _ => return Ok(None),
        },
    };
    let text = text.trim_ascii();
    if text.len() < MIN_KEY {
        return Err(format!("{name} holds {} bytes; a key has at least {MIN_KEY}, or is 64 hex digits", text.len()));
    }
    let key = config::hex32(text).unwrap_or_else(|| blake3::derive_key("leaktight 2026 organisation key v1", text));
    Ok(Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_rfc_3339_says() {
        assert_eq!(time("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(time("2000-02-29T23:59:59Z"), Ok(951_868_799));
        assert_eq!(time("2000-03-01T00:59:59.75+01:00"), Ok(951_868_799));
        assert_eq!(time("1969-12-31T16:00:00-08:00"), Ok(0));
        assert_eq!(time("2026-11-21"), Ok(1_795_219_200));
        assert_eq!(time("1795219200"), Ok(1_795_219_200));
        for bad in ["", "soon", "2026-02-29", "2026-13-01", "2026-1-1", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00"] {
            assert!(time(bad).is_err(), "{bad}");
        }
    }
}
