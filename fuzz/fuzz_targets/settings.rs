//! leaktight.toml, with the rule files and salts beside it: each value says a line of the file, and nothing is read from
//! outside of the folder.

#![no_main]

use leaktight::config::{self, FILE_NAME, Layer, SALT, Settings, Source};
use leaktight::fs::Files;
use leaktight::report::Format;
use leaktight_fuzz::{Seeds, input, target};
use std::path::Path;

/// A folder in memory.
struct Folder<'a> {
    settings: &'a [u8],
    salt: &'a [u8],
}

impl Files for Folder<'_> {
    fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        // As a folder on disk does.
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err("has a name that is not allowed here".into());
        }
        let content = match path {
            FILE_NAME => self.settings,
            SALT => self.salt,
            "rules.toml" => b"rule = []\n",
            _ => return Ok(None),
        };
        if content.len() as u64 > limit { Err("is too long".into()) } else { Ok(Some(content.to_vec())) }
    }

    fn list(&self, _: &str) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }
}

target!(seeds, |data| {
    let mut parts = input::parts(data);
    let mut next = || parts.next().unwrap_or_default();
    let folder = Folder { settings: next(), salt: next() };
    if let Ok(salts) = config::salts(&folder, Path::new("x")) {
        assert!(salts.is_sorted() && salts.len() <= folder.salt.len() / 64);
    }
    match config::read_files(&folder, Path::new("x"), Format::NAMES) {
        Ok(file) => {
            for named in file.iter().flat_map(|file| &file.layer.files).flat_map(|files| &files.value) {
                assert!(named.path.ends_with("rules.toml") && named.text.is_some(), "{named:?}");
            }
            let settings = Settings::layered("x".into(), file, Layer::default());
            let lines = folder.settings.iter().filter(|b| **b == b'\n').count() + 1;
            for (key, _, source) in settings.rows() {
                if let Source::File(line) = source {
                    assert!((1..=lines).contains(&line), "{key} comes from line {line} of {lines}");
                }
            }
        }
        Err(error) => {
            let shown = error.to_string();
            assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
        }
    }
});

fn seeds() -> Seeds {
    let all = "[scan]\nall = true\nthreads = 2\n[report]\nformat = \"json\"\nmin-confidence = \"likely\"\nalso-limit = 0\n\
               [gate]\nconfidence = \"proven\"\nfail-on = \"never\"\nstrict = false\n[gate.family.transport]\nfail-on = \"high\"\n\
               [gate.environment.test]\nconfidence = \"proven\"\n[rules]\nfiles = [\"rules.toml\", \"./a/../rules.toml\"]\n\
               only = [\"github-pat\"]\nskip = [\"x*\"]\n[policy]\ncomments = false\ndialects = [\"gitleaks\"]\n\
               [[gap]]\nkind = \"archive\"\npath = \"a/**\"\nreason = \"made by us\"\n";
    let one = |text: &str, salt: &str| [text, salt].map(str::as_bytes).join(&0xff);
    let salt = "0a".repeat(32);
    let lines = all.split_inclusive("\n[").map(|section| one(section.trim_end_matches('['), &salt));
    Seeds::new(lines.chain([one(all, &salt), one("files = ['/etc/x']", &format!("{salt}\n{salt}\n"))])).words(&[
        "[gate.family.",
        "[gate.environment.",
        "[[gap]]\n",
        "expires = ",
        "\"../x\"",
        "\"\\u001b\"",
        "production-data",
    ])
}
