//! Globs of policy, and dates: an escaped path is matched by its own glob, and a glob that is accepted names something.

#![no_main]

use leaktight::policy::PathGlob;
use leaktight::time::Date;
use leaktight_fuzz::{Seeds, input, target};

target!(seeds, |data| {
    let mut parts = input::parts(data).map(String::from_utf8_lossy);
    let mut next = || parts.next().unwrap_or_default();
    let (glob, path, day) = (next(), next(), next());
    if let Ok(found) = PathGlob::new(&glob) {
        assert_eq!(found.as_str(), glob);
        assert_eq!(found.matches(path.as_bytes()), found.matches(path.as_bytes()));
        let _ = found.unescaped();
    }
    let escaped = PathGlob::escaped(&path);
    if let Ok(own) = PathGlob::new(&escaped) {
        assert!(own.matches(path.as_bytes()), "`{escaped}` does not match `{path}`");
        assert_eq!(own.unescaped(), path);
        assert_eq!(own.matches(glob.as_bytes()), glob == path);
    }
    if let Ok(date) = Date::parse(&day) {
        assert!(day.is_ascii() && day.len() >= 10);
        assert_eq!(date.over(0), date.days_left(0) < 0, "{day}");
    }
});

fn seeds() -> Seeds {
    let one = |glob: &str, path: &str, day: &str| [glob, path, day].map(str::as_bytes).join(&0xff);
    Seeds::new([
        one("tests/**/*.env", "tests/a/b.env", "2027-01-31"),
        one("a\\[b\\]/{x,y}", "a[b]/x", "2024-02-29"),
        one("**/[!a-c]?.txt", "x/dd.txt", "9999-12-31"),
        one(":message", ":message", "0000-00-00"),
    ])
    .words(&["**/", "/**", "{a,b}", "[!", "]", "\\*", "c:/", "..", "./"])
}
