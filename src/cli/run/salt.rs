//! The repository's salt: made by `init`, `allow` and `baseline` where there is none, and put to use in exceptions.
//!
//! In: the root of a work tree. Out: `.leaktight/salt`, and exceptions whose location-based ids became ids of their values,
//! as far as a scan of the work tree finds the values. An exception that keeps its id stays valid (`policy::lookup`), so a
//! crash between the two steps loses nothing. It never replaces a salt: that would void every exception for a password.

use super::files;
use super::policy::EffectivePolicy;
use crate::cli::console::{Failure, Out};
use crate::config::{self, SALT};
use crate::finding::secret::Id;
use crate::finding::{Occurrence, Outcome};
use crate::fs::{Disk, Files as _, shown};
use crate::policy::write::Accepted;
use crate::policy::{ALLOW_FOLDER, Entry, baseline, notice};
use crate::rule::{Identity, RuleSet};
use crate::scan;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Longest file that is rewritten, in bytes.
const MAX_FILE: u64 = 32 << 20;

/// The salt that a command is going to use: the repository's, or one that is not written yet.
#[derive(Debug)]
pub(crate) struct Salt {
    pub(crate) key: [u8; 32],
    fresh: bool,
}

impl Salt {
    /// The salt of the work tree at `root`, else a new one.
    pub(crate) fn plan(root: &Path) -> Result<Self, Failure> {
        if let Some(key) = config::read_salts(root).map_err(Failure::new)?.first().copied() {
            return Ok(Self { key, fresh: false });
        }
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key).map_err(|e| Failure::new(format!("the system gives no random bytes: {e}")))?;
        Ok(Self { key, fresh: true })
    }

    /// Writes it, unless the repository has it; gives whether it was written.
    pub(crate) fn write(&self, root: &Path, out: &Out) -> Result<bool, Failure> {
        if !self.fresh {
            return Ok(false);
        }
        let mut text = String::new();
        for byte in self.key {
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
        let path = root.join(SALT);
        let shown = shown(&path);
        files::folder(root, ".leaktight")?;
        files::create(&path, &text).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => {
                Failure::new(format!("`{}` was created by another process; run the command again", shown.display()))
            }
            _ => Failure::io("cannot write", &path, &e),
        })?;
        files::attributes(root)?;
        out.note(format_args!(
            "wrote {}: with it, ids of guessable values no longer depend on their location",
            shown.display()
        ));
        Ok(true)
    }
}

/// Location-based ids with the salted ids of the values that a scan found there.
#[derive(Debug, Default)]
pub(crate) struct Upgrade(BTreeMap<String, BTreeSet<String>>);

impl Upgrade {
    fn add(&mut self, rules: &RuleSet, o: &Occurrence, salt: &Salt) {
        let rule = rules.rule(o.rule);
        if rule.identity == Identity::Guessable {
            let path = o.location.origin.path().unwrap_or_default();
            let located = Id::guessable(rule.family, &o.secret, None, path);
            let salted = Id::guessable(rule.family, &o.secret, Some(&salt.key), path);
            self.0.entry(located.as_str().to_owned()).or_default().insert(salted.as_str().to_owned());
        }
    }

    /// The salted id for a location-based one; `None` where the value is not at hand, or where two values share the id.
    pub(crate) fn id(&self, located: &str) -> Option<&str> {
        let salted = self.0.get(located)?;
        salted.first().filter(|_| salted.len() == 1).map(String::as_str)
    }
}

/// Scans the work tree before any policy, with this salt; `look` sees every occurrence.
pub(crate) fn scanned(
    in_force: &EffectivePolicy,
    root: &Path,
    salt: Option<&Salt>,
    (now, progress): (i64, bool),
    look: &mut dyn FnMut(&Occurrence),
) -> Result<(Outcome, Upgrade), Failure> {
    let mut keys = in_force.keys.clone();
    keys.salt = salt.map_or(keys.salt, |salt| Some(salt.key));
    let request = scan::Request {
        paths: vec![root.to_owned()],
        all: in_force.settings.all.value,
        run: scan::RunOptions {
            threads: config::threads(in_force.settings.threads.value),
            now,
            keys,
            ..scan::RunOptions::default()
        },
        progress,
        left_out: Vec::new(),
    };
    let mut upgrade = Upgrade::default();
    let outcome = scan::scan_with(&in_force.rules, &request, &mut |o| {
        if let Some(salt) = salt {
            upgrade.add(&in_force.rules, o, salt);
        }
        look(o);
    });
    Ok((outcome.map_err(Failure::new)?, upgrade))
}

/// The exceptions of the work tree whose ids depend on a location.
pub(crate) fn located(root: &Path) -> Result<Vec<Entry>, Failure> {
    let mut entries = crate::policy::load(&Disk::new(root), root).map_err(Failure::new)?;
    entries.retain(|e| Id::is_located(&e.id));
    Ok(entries)
}

/// Writes salted ids into exceptions, as far as `upgrade` has them; gives how many were rewritten.
pub(crate) fn rewrite(root: &Path, entries: &[Entry], upgrade: &Upgrade, out: &Out) -> Result<usize, Failure> {
    let mut files: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        files.entry(&entry.file).or_default().push(entry);
    }
    let mut done = 0;
    for (name, entries) in files {
        let ids: BTreeMap<&str, &str> = entries.iter().filter_map(|e| Some((&*e.id, upgrade.id(&e.id)?))).collect();
        if ids.is_empty() {
            continue;
        }
        let wrong = |why: String| Failure::new(format!("`{name}` {why}"));
        let bytes = Disk::new(root).read(name, MAX_FILE).map_err(wrong)?.unwrap_or_default();
        let text = String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8".into()))?;
        done += entries.iter().filter(|e| ids.contains_key(&*e.id)).count();
        write_with(root, name, &text, &ids, &entries)?;
    }
    if done > 0 {
        out.note(format_args!("{} rewritten to salted ids", notice::count(done, "exception", "exceptions")));
    }
    let left = entries.len() - done;
    if left > 0 {
        let which = notice::count(left, "exception keeps", "exceptions keep");
        out.note(format_args!("{which} a location-based id, because the value was not found in the work tree"));
    }
    Ok(done)
}

/// Writes one file with its ids replaced. A baseline stays sorted, and a file that is named after its finding moves along.
fn write_with(
    root: &Path,
    name: &str,
    text: &str,
    ids: &BTreeMap<&str, &str>,
    entries: &[&Entry],
) -> Result<(), Failure> {
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    // Ids have one length and one beginning: one pass, however many there are.
    const LENGTH: usize = "lt1:w".len() + 32;
    while let Some(at) = rest.find("lt1:w") {
        let id = rest.get(at..at + LENGTH).unwrap_or_default();
        new.push_str(&rest[..at]);
        let step = match ids.get(id) {
            Some(salted) => {
                new.push_str(salted);
                LENGTH
            }
            None => {
                new.push_str("lt1:w");
                "lt1:w".len()
            }
        };
        rest = &rest[at + step..];
    }
    new.push_str(rest);
    if name == baseline::FILE {
        new = baseline::reordered(text, new);
    }
    files::write(root, name, &new)?;
    let named = |entry: &Entry, id: &str| format!("{ALLOW_FOLDER}/{}", Accepted::name_of(&entry.rule, id));
    let own = entries.iter().find(|e| named(e, &e.id) == name);
    if let Some((entry, salted)) = own.and_then(|e| Some((e, *ids.get(&*e.id)?))) {
        let to = named(entry, salted);
        let (from, path) = (root.join(name), root.join(&to));
        if std::fs::symlink_metadata(&path).is_err() {
            std::fs::rename(&from, &path).map_err(|e| Failure::io("cannot rename", &from, &e))?;
        }
    }
    Ok(())
}
