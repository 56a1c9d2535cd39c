//! References that are kept as reftable, git's binary format: the tables of one folder, which override each other.
//!
//! In: the folder of a repository or linked work tree. Out: a [`Stack`], which knows what each reference says and what its
//! reflog held, and a [`Problem`] for every table that cannot be read. A table may be hostile: sizes, numbers of tables
//! and of references are bounded, links are not followed, and single lookups refuse a stack that lacks a table, because
//! the missing one might say something else.

mod log;
mod table;

use super::file::{Read, read, root};
use gix_hash::Kind;
use gix_hash::ObjectId;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use table::{Found, Table};

/// The folder of the tables.
const FOLDER: &str = "reftable";
/// Bytes of the list of tables.
const LIST: u64 = 1 << 20;
/// Tables of one stack. Git merges them when there are more than a few.
const TABLES: usize = 4096;
/// Bytes of all tables of one stack, of the names in them, and of their logs when inflated.
const BYTES: u64 = 1 << 30;
/// References and entries of logs in one stack, those that were overridden included.
const RECORDS: usize = 4_000_000;
/// How often the list is read again because git merged the tables that it names.
const AGAIN: usize = 5;

/// What a reference says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// The object that it names.
    Id(ObjectId),
    /// The reference that it names.
    Symbolic(Vec<u8>),
}

/// What cannot be read: the file, why, and whether that is because of a limit of ours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// The file beneath the folder of the repository.
    pub(crate) what: String,
    /// Why not.
    pub(crate) why: String,
    /// Whether a limit was reached.
    pub(crate) limit: bool,
}

impl Problem {
    fn new(name: &str, why: impl Into<String>) -> Self {
        Self { what: format!("{FOLDER}/{name}"), why: why.into(), limit: false }
    }

    fn limit(name: &str, why: impl Into<String>) -> Self {
        Self { limit: true, ..Self::new(name, why) }
    }
}

/// The tables of one folder, the oldest first.
#[derive(Debug)]
pub(crate) struct Stack {
    tables: Vec<(String, Table)>,
    /// Tables that are listed and cannot be read.
    pub(crate) problems: Vec<Problem>,
}

impl Stack {
    /// Reads the tables in `dir/reftable`.
    pub(crate) fn read(dir: &Path, hash: Kind) -> Self {
        let mut earlier = None;
        for _ in 0..AGAIN {
            let (stack, names, gone) = Self::once(dir, hash);
            // Git may have merged tables since the list was read; then it is another list now.
            if !gone || earlier.as_ref() == Some(&names) {
                return stack;
            }
            earlier = Some(names);
        }
        Self::once(dir, hash).0
    }

    /// The stack, the names of its tables, and whether one of them is not there.
    fn once(dir: &Path, hash: Kind) -> (Self, Vec<String>, bool) {
        let mut stack = Self { tables: Vec::new(), problems: Vec::new() };
        let root = root(dir);
        let names = match read(&root, &Path::new(FOLDER).join("tables.list"), LIST) {
            Read::Bytes(list) => match names(&list) {
                Ok(names) => names,
                Err(why) => {
                    stack.problems.push(why);
                    return (stack, Vec::new(), false);
                }
            },
            Read::Missing => {
                stack.problems.push(Problem::new("tables.list", "it is not there, and it names the tables"));
                return (stack, Vec::new(), false);
            }
            Read::Failed(why) => {
                stack.problems.push(Problem::new("tables.list", why));
                return (stack, Vec::new(), false);
            }
        };
        let (mut room, mut gone) = (BYTES, false);
        for name in &names {
            match read(&root, &Path::new(FOLDER).join(name), room) {
                Read::Bytes(bytes) => {
                    room -= bytes.len() as u64;
                    match Table::new(bytes, hash) {
                        Ok(table) => stack.tables.push((name.clone(), table)),
                        Err(why) => stack.problems.push(Problem::new(name, why)),
                    }
                }
                Read::Missing => {
                    gone = true;
                    stack.problems.push(Problem::new(name, "it is listed in tables.list and is not there"));
                }
                Read::Failed(why) => stack.problems.push(Problem::new(name, why)),
            }
        }
        (stack, names, gone)
    }

    /// What every reference says, later tables over earlier ones. A table that turns out to be damaged is a problem; what
    /// was read of it before counts.
    pub(crate) fn references(&self) -> (BTreeMap<Vec<u8>, Value>, Vec<Problem>) {
        let (mut all, mut problems) = (BTreeMap::new(), self.problems.clone());
        let (mut records, mut bytes) = (RECORDS, BYTES);
        for (name, table) in &self.tables {
            let mut full = false;
            let read = table.references(&mut |of, found| {
                if records == 0 || bytes < of.len() as u64 {
                    full = true;
                    return ControlFlow::Break(());
                }
                (records, bytes) = (records - 1, bytes - of.len() as u64);
                match found {
                    Found::Deleted => drop(all.remove(of)),
                    Found::Id(id) => drop(all.insert(of.to_vec(), Value::Id(id))),
                    Found::Symbolic(to) => drop(all.insert(of.to_vec(), Value::Symbolic(to.to_vec()))),
                }
                ControlFlow::Continue(())
            });
            if let Err(why) = read {
                problems.push(Problem::new(name, why));
            }
            if full {
                problems.push(Problem::limit(name, too_many()));
                break;
            }
        }
        (all, problems)
    }

    /// What the reference with this name says; `None` if there is none.
    ///
    /// # Errors
    /// When a table cannot be read: it might say something else.
    pub(crate) fn find(&self, name: &[u8]) -> Result<Option<Value>, Problem> {
        if let Some(problem) = self.problems.first() {
            return Err(problem.clone());
        }
        let mut left = RECORDS;
        for (file, table) in self.tables.iter().rev() {
            let mut value = None;
            let read = table.references(&mut |of, found| {
                if left == 0 {
                    return ControlFlow::Break(());
                }
                left -= 1;
                if of == name {
                    value = Some(match found {
                        Found::Deleted => None,
                        Found::Id(id) => Some(Value::Id(id)),
                        Found::Symbolic(to) => Some(Value::Symbolic(to.to_vec())),
                    });
                }
                // To the end: names are in order, and a table in which they are not is damaged.
                ControlFlow::Continue(())
            });
            read.map_err(|why| Problem::new(file, why))?;
            if left == 0 {
                return Err(Problem::limit(file, too_many()));
            }
            if let Some(value) = value {
                return Ok(value);
            }
        }
        Ok(None)
    }

    /// The ids in the reflog of each reference; entries that were deleted are left out.
    pub(crate) fn logs(&self) -> (BTreeMap<Vec<u8>, Vec<ObjectId>>, Vec<Problem>) {
        let (mut entries, mut problems) = (BTreeMap::new(), Vec::new());
        let (mut records, mut bytes) = (RECORDS, BYTES);
        for (name, table) in &self.tables {
            match log::read(table, &mut entries, &mut records, &mut bytes) {
                Ok(true) => {}
                Ok(false) => {
                    problems.push(Problem::limit(name, too_many()));
                    break;
                }
                Err(why) => problems.push(Problem::new(name, why)),
            }
        }
        let mut all: BTreeMap<Vec<u8>, Vec<ObjectId>> = BTreeMap::new();
        for (key, ids) in entries {
            if let Some((name, ids)) = log::name(&key).zip(ids) {
                all.entry(name.to_vec()).or_default().extend(ids.into_iter().filter(|id| !id.is_null()));
            }
        }
        for ids in all.values_mut() {
            ids.sort_unstable();
            ids.dedup();
        }
        (all, problems)
    }
}

fn too_many() -> String {
    format!("there are more than {RECORDS} references and entries of reflogs, or their names are too long")
}

/// The names of the tables.
fn names(list: &[u8]) -> Result<Vec<String>, Problem> {
    let mut names = Vec::new();
    for line in list.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        if names.len() == TABLES {
            return Err(Problem::limit("tables.list", format!("it names more than {TABLES} tables")));
        }
        let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let name = std::str::from_utf8(line).ok().filter(|name| name.len() < 256 && !name.starts_with('.'));
        match name.filter(|name| name.bytes().all(|b| plain(&b))) {
            Some(name) => names.push(name.to_owned()),
            None => return Err(Problem::new("tables.list", "a line of it is not the name of a table")),
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
