//! What installed hooks call: the index, a message, a push, what was received.
//!
//! In: the arguments and the input that git gives a hook (githooks). Out: a [`Subject`] for the gate, its reports, and an
//! exit code that makes git go on (0) or refuse (all others). It starts no program and never writes. Input that cannot
//! be understood is an error, and never an empty push.

use crate::change::{Range, Subject};
use crate::cli::console::{Done, Failure, Out};
use crate::cli::exit;
use crate::cli::run::change::{self, GateFlags};
use crate::cli::run::reports::Reports;
use crate::fs::open::standard_input;
use crate::git::Access;
use crate::hook::message;
use crate::mask;
use crate::report::run::Command;
use crate::text::escape;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

/// Bytes of a message, and of the list of a push.
const LIMIT: u64 = 64 << 20;

/// Look at what is staged (what git's pre-commit calls)
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct PreCommit {
    #[command(flatten)]
    gate: GateFlags,
}

/// Look at the message of a commit (what git's commit-msg calls)
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct CommitMsg {
    /// The file with the message
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    gate: GateFlags,
}

/// Look at what a remote does not have yet (what git's pre-push calls)
///
/// Reads from standard input what git writes there: a line `local-ref local-id remote-ref remote-id` for each reference.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct PrePush {
    /// The remote: its name, or its URL if it has none
    #[arg(value_name = "REMOTE")]
    remote: Option<OsString>,
    /// Its URL
    #[arg(value_name = "URL")]
    url: Option<OsString>,
    #[command(flatten)]
    gate: GateFlags,
}

/// Look at what was pushed here (what git's pre-receive calls)
///
/// Reads from standard input what git writes there: a line `old-id new-id ref` for each reference. Objects are taken from
/// git's quarantine as well.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::EXIT_CODES)]
pub(crate) struct PreReceive {
    #[command(flatten)]
    gate: GateFlags,
}

pub(super) fn pre_commit(args: &PreCommit, out: &Out) -> Done {
    // `pre-commit run --from-ref A --to-ref B` in CI: nothing is staged there, and looking at nothing would look clean.
    if variable("PRE_COMMIT").is_some()
        && let (Some(from), Some(to)) = (variable("PRE_COMMIT_FROM_REF"), variable("PRE_COMMIT_TO_REF"))
    {
        let range = Range { bases: vec![from], heads: vec![to], ..Range::default() };
        return report(&args.gate, &Subject::Range(range), Command::PreCommit, out);
    }
    report(&args.gate, &Subject::Staged, Command::PreCommit, out)
}

pub(super) fn commit_msg(args: &CommitMsg, out: &Out) -> Done {
    args.gate.exclude.check()?;
    let text =
        crate::fs::bounded::read_limited(&args.file, LIMIT).map_err(|e| Failure::io("cannot read", &args.file, &e))?;
    let subject = Subject::Message(message::kept(&text).to_vec());
    report(&args.gate, &subject, Command::CommitMsg, out)
}

pub(super) fn pre_push(args: &PrePush, out: &Out) -> Done {
    args.gate.exclude.check()?;
    let mut range = pushed(&input()?)?;
    // pre-commit reads git's lines itself and hands them on in its environment, one reference at a time.
    let mut remote = args.remote.clone();
    if range.heads.is_empty()
        && let Some(head) = variable("PRE_COMMIT_TO_REF").or_else(|| variable("PRE_COMMIT_LOCAL_BRANCH"))
    {
        range.heads.push(head);
        range.known.extend(variable("PRE_COMMIT_FROM_REF").filter(|from| !is_zero(from)));
        range.refs.extend(variable("PRE_COMMIT_REMOTE_BRANCH").map(String::into_bytes));
        remote = remote.or_else(|| variable("PRE_COMMIT_REMOTE_NAME").map(OsString::from));
    }
    range.heads.retain(|head| !is_zero(head));
    if range.heads.is_empty() {
        out.note("nothing is pushed: nothing to look at");
        return Ok(exit::CLEAN);
    }
    // What this repository knows of what the remote has. One that has no name (git gives its URL twice) has no references
    // here: what other remotes have says nothing about it, for they may be private and this one public.
    let name = remote.unwrap_or_default().to_string_lossy().into_owned();
    let url = args.url.as_ref().is_some_and(|url| *url == *name);
    match name.as_str() {
        "" => range.known.push("refs/remotes/".to_owned()),
        name if !url => range.known.push(format!("refs/remotes/{name}/")),
        _ => {}
    }
    range.unrelated = true;
    report(&args.gate, &Subject::Range(range), Command::PrePush, out)
}

pub(super) fn pre_receive(args: &PreReceive, out: &Out) -> Done {
    args.gate.exclude.check()?;
    let (mut range, updates) = received(&input()?)?;
    if range.heads.is_empty() {
        out.note("nothing was pushed: nothing to look at");
        return Ok(exit::CLEAN);
    }
    let access = change::access(&args.gate)?;
    for note in without_unknown(&mut range, &updates, &access) {
        out.note(note);
    }
    // The policy of the branch that everybody's changes go to: the one that is pushed to may have brought its own with the
    // push before this one.
    let subject = Subject::Range(range);
    match access.resolve_commit("HEAD") {
        Ok(default) if args.gate.policy.policy_ref.is_none() => {
            let opened = change::with_policy_of(&args.gate, access, Some(default), out)?;
            report_of(&args.gate, opened, &subject, Command::PreReceive, out)
        }
        _ => {
            let opened = change::with_access(&args.gate, access, &subject, out)?;
            report_of(&args.gate, opened, &subject, Command::PreReceive, out)
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Runs the gate and writes its reports. With nothing to say it says nothing: it runs three times in a commit and a push.
fn report(flags: &GateFlags, subject: &Subject, command: Command, out: &Out) -> Done {
    report_of(flags, change::open(flags, subject, out)?, subject, command, out)
}

/// [`report`] for a repository that is open already.
fn report_of(flags: &GateFlags, opened: change::Opened<'_>, subject: &Subject, command: Command, out: &Out) -> Done {
    let mut reports = Reports::open(&flags.shared.report, &opened.in_force.settings, out)?;
    let ran = opened.run(subject, &subject.to_string(), out)?;
    let run = ran.run(command);
    if run.has_nothing_to_say() && !out.verbose && flags.shared.report.format.is_none() {
        reports.without_people();
    }
    reports.write(&run, None, out)?;
    Ok(run.exit)
}

/// What git writes to the hook.
fn input() -> Result<Vec<u8>, Failure> {
    let failed = |e| Failure::new(format!("cannot read standard input: {e}"));
    let input = standard_input().map_err(failed)?;
    let mut bytes = Vec::new();
    // Typed by hand, there is nothing to wait for.
    if !input.is_terminal() {
        input.take(LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > LIMIT {
        return Err(Failure::new("standard input is longer than a push can be"));
    }
    Ok(bytes)
}

/// Lines of input, each split at single spaces into `N` parts. A name of a reference holds no space, but what git calls the
/// local side of a push may: it is the first part, and takes what is left.
fn lines<const N: usize>(input: &[u8], shape: &str) -> Result<Vec<[Vec<u8>; N]>, Failure> {
    let mut all = Vec::new();
    for (number, line) in (1..).zip(input.split(|b| *b == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let mut parts: Vec<Vec<u8>> = line.rsplitn(N, |b| *b == b' ').map(<[u8]>::to_vec).collect();
        parts.reverse();
        let parts = <[Vec<u8>; N]>::try_from(parts).map_err(|_| {
            Failure::new(format!("line {number} of standard input is not `{shape}`; git writes it so to this hook"))
        })?;
        all.push(parts);
    }
    Ok(all)
}

/// An object's id as git writes it.
fn id(text: &[u8], shape: &str) -> Result<String, Failure> {
    let text = String::from_utf8_lossy(text).into_owned();
    if matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text);
    }
    Err(Failure::new(format!(
        "standard input has `{}` where `{shape}` has an object's id",
        escape::terminal(text.as_bytes())
    )))
}

fn is_zero(id: &str) -> bool {
    id.bytes().all(|b| b == b'0')
}

/// What a push brings.
fn pushed(input: &[u8]) -> Result<Range, Failure> {
    const SHAPE: &str = "local-ref local-id remote-ref remote-id";
    let mut range = Range::default();
    for [_, local, name, remote] in lines::<4>(input, SHAPE)? {
        let (local, remote) = (id(&local, SHAPE)?, id(&remote, SHAPE)?);
        // A reference that is deleted brings nothing.
        if !is_zero(&local) {
            push_new(&mut range.heads, local);
            range.refs.push(name);
        }
        if !is_zero(&remote) {
            push_new(&mut range.known, remote);
        }
    }
    Ok(range)
}

/// The old commit of a reference that is updated, and the reference's name.
type Update = (String, Vec<u8>);

/// Compares branches whose old commit is not here with what they add to the default branch; gives what to say about each.
/// The default branch itself has nothing else to be compared with: that its old commit is missing stays a gap.
fn without_unknown(range: &mut Range, updates: &[Update], access: &Access) -> Vec<String> {
    let Some(default) = access.head_branch().filter(|_| access.resolve_commit("HEAD").is_ok()) else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    for (old, name) in updates {
        if *name == default || access.resolve_commit(old).is_ok() {
            continue;
        }
        // It may be the old commit of the default branch as well.
        if !updates.iter().any(|(other, name)| other == old && *name == default) {
            range.bases.retain(|base| base != old);
        }
        push_new(&mut range.bases, "HEAD".to_owned());
        range.unrelated = false;
        notes.push(format!(
            "{} was at {}, which is not in this repository; it is compared with the merge base of the default branch",
            mask::message(&escape::terminal(name)),
            &old[..10]
        ));
    }
    notes
}

/// What a received push brings, and the old commit of each reference that had one.
fn received(input: &[u8]) -> Result<(Range, Vec<Update>), Failure> {
    const SHAPE: &str = "old-id new-id ref";
    let mut range = Range { known: vec!["--all".to_owned()], unrelated: true, ..Range::default() };
    let mut updates = Vec::new();
    for [old, new, name] in lines::<3>(input, SHAPE)? {
        let (old, new) = (id(&old, SHAPE)?, id(&new, SHAPE)?);
        if !is_zero(&old) {
            push_new(&mut range.bases, old.clone());
            if !is_zero(&new) {
                updates.push((old, name.clone()));
            }
        }
        if !is_zero(&new) {
            push_new(&mut range.heads, new);
            range.refs.push(name);
        }
    }
    Ok((range, updates))
}

fn push_new(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_read_as_git_writes_it() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let text = format!(
            "refs/heads/x {a} refs/heads/x {b}\nHEAD~1 of it {a} refs/heads/new {zero}\n(delete) {zero} refs/heads/gone {b}\n\n"
        );
        let range = pushed(text.as_bytes()).expect("a push");
        assert_eq!((range.heads, range.known, range.bases), (vec![a.clone()], vec![b.clone()], vec![]));
        assert_eq!(range.refs, [b"refs/heads/x".to_vec(), b"refs/heads/new".to_vec()]);
        for wrong in [format!("refs/heads/x {a} {b}\n"), format!("x {a} y z\n"), "garbage".to_owned()] {
            assert!(pushed(wrong.as_bytes()).is_err(), "{wrong} was understood");
        }
        let text = format!("{b} {a} refs/heads/x\n{zero} {a} refs/heads/y\n{b} {zero} refs/heads/z\n");
        let (range, updates) = received(text.as_bytes()).expect("a push");
        assert_eq!((range.heads, range.known, range.bases), (vec![a], vec!["--all".to_owned()], vec![b.clone()]));
        assert_eq!(range.refs.len(), 2);
        assert_eq!(updates, [(b, b"refs/heads/x".to_vec())]);
        assert!(received(b"x y").is_err());
    }
}
