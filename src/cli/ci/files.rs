//! The files through which a step of GitHub Actions talks to its runner: the summary and the outputs.
//!
//! In: the paths that the runner gives, and text. Out: text at their ends. They are opened before the scan, so that one
//! that cannot be written is an error before it. Outputs are written so that no value can end itself and begin another.

use crate::cli::console::Failure;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

/// GitHub drops the whole summary of a step that is longer.
const MAX_SUMMARY: u64 = 1 << 20;

/// A file that is appended to.
#[derive(Debug)]
pub(super) struct Append {
    path: PathBuf,
    file: File,
}

impl Append {
    /// Opens it.
    pub(super) fn open(path: String) -> Result<Self, Failure> {
        let path = PathBuf::from(path);
        match OpenOptions::new().append(true).create(true).open(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(e) => Err(Failure::io("cannot write to the file that the runner gave", &path, &e)),
        }
    }

    /// Bytes that a summary may still have.
    pub(super) fn room(&self) -> usize {
        let used = self.file.metadata().map_or(MAX_SUMMARY, |meta| meta.len());
        usize::try_from(MAX_SUMMARY.saturating_sub(used)).unwrap_or(0).saturating_sub(1024)
    }

    /// Adds this text.
    pub(super) fn write(mut self, text: &str) -> Result<(), Failure> {
        self.file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.flush())
            .map_err(|e| Failure::io("cannot write to the file that the runner gave", &self.path, &e))
    }
}

/// Outputs of a step, in the form with a delimiter. It is random: whoever chose a value does not know it.
pub(super) fn outputs(values: &[(&str, &str)]) -> Result<String, Failure> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|e| Failure::new(format!("the operating system gives no random bytes: {e}")))?;
    let hex: String = random.iter().map(|b| format!("{b:02x}")).collect();
    let delimiter = format!("leaktight_{hex}");
    let mut out = String::new();
    for (name, value) in values {
        out += &format!("{name}<<{delimiter}\n{value}\n{delimiter}\n");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_ends_itself() {
        let text = outputs(&[("a", "x\nleaktight_\nb=1"), ("b", "")]).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let delimiter = lines[0].strip_prefix("a<<").unwrap();
        assert_eq!(
            lines,
            [
                "a<<".to_owned() + delimiter,
                "x".into(),
                "leaktight_".into(),
                "b=1".into(),
                delimiter.into(),
                "b<<".to_owned() + delimiter,
                String::new(),
                delimiter.into()
            ]
        );
        assert!(delimiter.len() > 32 && !outputs(&[("a", "")]).unwrap().contains(delimiter));
    }

    #[test]
    fn a_summary_leaves_what_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("summary");
        std::fs::write(&path, "old\n").unwrap();
        let page = Append::open(path.display().to_string()).unwrap();
        assert_eq!(page.room(), (1 << 20) - 4 - 1024);
        page.write("new\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old\nnew\n");
        std::fs::write(&path, vec![b'x'; 2 << 20]).unwrap();
        assert_eq!(Append::open(path.display().to_string()).unwrap().room(), 0);
        assert!(Append::open(dir.path().join("no/such").display().to_string()).is_err());
    }
}
