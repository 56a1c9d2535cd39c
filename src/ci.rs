//! What a CI run is about: from the event and the environment of the platform to the commits that are to be looked at.
//!
//! In: variables, the event's JSON, and what a revision names in the checkout ([`CiEnv`]). Out: a [`Plan`]. Everything here
//! is a pure function: it reads no file, runs nothing and decides nothing about findings. It refuses to guess: an event
//! that does not say what is new, or a head that is not in the checkout, is said and never becomes an empty range.

pub mod generic;
pub mod github;
pub mod gitlab;

use crate::change::Range;
use crate::text::escape;
use std::fmt;

/// Where CI runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Anything else: Azure Pipelines, Bitbucket, Jenkins, Buildkite, Travis, or flags.
    Generic,
}

impl Platform {
    /// The platform that these variables are of.
    pub fn detected(around: &CiEnv<'_>) -> Self {
        let says = |name| around.text(name).is_some_and(|v| v != "false");
        match () {
            () if says("GITHUB_ACTIONS") => Self::Github,
            () if says("GITLAB_CI") => Self::Gitlab,
            () => Self::Generic,
        }
    }
}

/// What a plan may ask: variables of the environment, and revisions of the checkout.
#[derive(Clone, Copy)]
pub struct CiEnv<'a> {
    /// The value of a variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The id of the commit that a revision names, if that commit is in the checkout.
    pub resolve: &'a dyn Fn(&str) -> Option<String>,
}

impl fmt::Debug for CiEnv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CiEnv")
    }
}

impl CiEnv<'_> {
    /// A variable that is set to something.
    pub fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|v| !v.trim().is_empty())
    }

    /// The tip of a branch of this repository: that of the remote, else a local one.
    fn tip(&self, branch: &str) -> Option<String> {
        let local = || (self.resolve)(&format!("refs/heads/{branch}"));
        if is_branch(branch) { self.remote_tip(branch).or_else(local) } else { None }
    }

    /// The tip of a branch of the remote. Of no use where the change comes from a fork: the checkout's remote may be the
    /// fork, and its branches are then what its author wants them to be.
    fn remote_tip(&self, branch: &str) -> Option<String> {
        if is_branch(branch) { (self.resolve)(&format!("refs/remotes/origin/{branch}")) } else { None }
    }

    /// The base that `merge` was made with, if it is a merge of `head` into it. Give the commit that the platform names and
    /// never HEAD, which may be a merge that the author of the change made.
    fn merged_with(&self, merge: Option<String>, head: &str) -> Option<String> {
        let merge = merge.filter(|id| is_id(id))?;
        let head = (self.resolve)(head)?;
        let second = (self.resolve)(&format!("{merge}^2"))?;
        if second == head { (self.resolve)(&format!("{merge}^1")) } else { None }
    }
}

/// What `--base` and `--head` say; they win over the platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CiFlags {
    /// What is known already.
    pub base: Option<String>,
    /// What is new.
    pub head: Option<String>,
}

/// What a run is to look at.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it is about, in words of ours: `pull request 7`.
    pub about: String,
    /// What to look at.
    pub look: Scope,
    /// Where the policy comes from if no base gives it.
    pub policy: Option<String>,
    /// A base that is not in the checkout, where another one stands in for it: a gap.
    pub missing: Option<String>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// The change comes from a fork: the platform gives this run no right to write.
    pub fork: bool,
}

/// What to look at.
#[derive(Debug, Clone)]
pub enum Scope {
    /// What these commits bring.
    Range(Range),
    /// Nothing, and why that is right.
    Nothing(String),
    /// What is new is not in the checkout: what, and what repairs it.
    Absent(String, String),
}

/// An event or an environment that does not say what it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError(pub String);

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PlanError {}

/// A commit's id of zeros: there is none.
fn is_zero(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b == b'0')
}

/// A whole id, as events give it.
fn is_id(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A name that can be a branch's, and nothing else to whoever reads a revision.
fn is_branch(name: &str) -> bool {
    let good = |c: char| !c.is_control() && !matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    !name.is_empty() && name.len() < 1024 && name.chars().all(good) && !name.contains("..") && !name.contains("@{")
}

/// An id for people.
fn short(id: &str) -> String {
    let shown: String = id.chars().take(if is_id(id) { 10 } else { 100 }).collect();
    escape::terminal(shown.as_bytes()).into_owned()
}

impl Plan {
    fn new(about: impl Into<String>, look: Scope) -> Self {
        Self { about: about.into(), look, policy: None, missing: None, notes: Vec::new(), fork: false }
    }

    /// The range in words: `base..head`.
    pub fn target(&self) -> String {
        match &self.look {
            Scope::Nothing(_) => self.about.clone(),
            Scope::Absent(what, _) => format!("{}: {}", self.about, short(what)),
            Scope::Range(range) => {
                let names = |all: &[String]| all.iter().map(|r| short(r)).collect::<Vec<_>>().join(" ");
                let bases = if range.bases.is_empty() { "(nothing)".to_owned() } else { names(&range.bases) };
                format!("{}: {bases}..{}", self.about, names(&range.heads))
            }
        }
    }

    /// Everything that `head` reaches.
    fn whole(about: &str, head: &str, around: &CiEnv<'_>) -> Self {
        let look = match (around.resolve)(head) {
            Some(_) => Scope::Range(Range { heads: vec![head.to_owned()], unrelated: true, ..Range::default() }),
            None => absent(head),
        };
        let mut plan = Self::new(about, look);
        plan.notes.push("there is no base to compare with: every commit that the head reaches is looked at".into());
        plan
    }

    /// `--base` and `--head` over what the platform says.
    fn asked(mut self, asked: &CiFlags, around: &CiEnv<'_>) -> Self {
        if asked.base.is_none() && asked.head.is_none() {
            return self.settled(around);
        }
        let mut range = match self.look {
            Scope::Range(range) => range,
            Scope::Nothing(_) | Scope::Absent(..) => Range { heads: vec!["HEAD".into()], ..Range::default() },
        };
        if let Some(base) = &asked.base {
            (range.bases, range.known, range.unrelated) = (vec![base.clone()], Vec::new(), false);
            self.notes.clear();
        }
        if let Some(head) = &asked.head {
            range.heads = vec![head.clone()];
        }
        let missing = range.heads.iter().find(|h| (around.resolve)(h).is_none()).cloned();
        self.look = match missing {
            Some(head) => absent(&head),
            None => Scope::Range(range),
        };
        self.settled(around)
    }

    /// Where the base is not in the checkout, something else that is known stands in for it, so that nothing less is looked
    /// at; that the base is missing stays a gap.
    fn settled(mut self, around: &CiEnv<'_>) -> Self {
        let Scope::Range(range) = &mut self.look else { return self };
        let Some(base) = range.bases.first().filter(|base| (around.resolve)(base).is_none()).cloned() else {
            return self;
        };
        let fetch = if is_id(&base) { base.clone() } else { "BRANCH".to_owned() };
        let mut note = format!(
            "the base {} is not in this checkout (a shallow one, or a forced push?); run `git fetch --no-tags origin \
             {fetch}`, or check out with the whole history",
            short(&base)
        );
        if let Some(known) = range.known.iter().find(|known| (around.resolve)(known).is_some()).cloned() {
            note += &format!("; looked at what {} does not have instead", short(&known));
            (range.bases, range.unrelated) = (vec![known], true);
            self.missing = Some(base);
        }
        self.notes.push(note);
        self
    }
}

/// A head that is not there.
fn absent(head: &str) -> Scope {
    let help = if is_id(head) {
        format!(
            "it is not in this checkout; run `git fetch --no-tags origin {head}`, or check out with the whole history"
        )
    } else {
        "it is not in this checkout; check out with the whole history".to_owned()
    };
    Scope::Absent(head.to_owned(), help)
}

/// A push: of a branch or tag (`name`, in full), from `before` to `after`.
struct Push<'a> {
    name: &'a str,
    before: &'a str,
    after: &'a str,
    default: Option<&'a str>,
}

impl Push<'_> {
    fn plan(&self, around: &CiEnv<'_>) -> Plan {
        let tag = self.name.strip_prefix("refs/tags/");
        let branch = self.name.strip_prefix("refs/heads/");
        let what = match (tag, branch) {
            (Some(_), _) => "push of a tag",
            (_, Some(_)) => "push of a branch",
            _ => "push",
        };
        if is_zero(self.after) {
            let gone = if tag.is_some() { "the tag was deleted" } else { "the branch was deleted" };
            return Plan::new(what, Scope::Nothing(format!("{gone}: nothing is new")));
        }
        if (around.resolve)(self.after).is_none() {
            return Plan::new(what, absent(self.after));
        }
        let to_default = branch.is_some() && branch == self.default;
        let default = self.default.filter(|_| !to_default).and_then(|name| around.tip(name));
        let mut range =
            Range { heads: vec![self.after.to_owned()], refs: vec![self.name.as_bytes().to_vec()], ..Range::default() };
        let mut notes = Vec::new();
        let known = !is_zero(self.before) && (around.resolve)(self.before).is_some();
        if let Some(default) = default.as_ref().filter(|_| !known && !is_zero(self.before)) {
            // After a forced push nothing keeps the old commit. What the branch adds to the default branch contains all that
            // the push can have brought; a branch that shares no commit with it is a gap.
            range.bases = vec![default.clone()];
            notes.push(format!(
                "the commit before this push, {}, is not in this checkout, as after a forced push; compared with the merge \
                 base of the default branch",
                short(self.before)
            ));
        } else if !is_zero(self.before) {
            range.bases = vec![self.before.to_owned()];
            range.known = default.iter().cloned().collect();
            // A tag may be moved to any other history.
            range.unrelated = tag.is_some();
        } else if let Some(default) = &default {
            // New: what the default branch has was looked at when it came there.
            range.bases = vec![default.clone()];
            range.unrelated = true;
        } else {
            let mut plan = Plan::whole(what, self.after, around);
            if let Scope::Range(whole) = &mut plan.look {
                whole.refs = range.refs;
            }
            plan.policy = to_default.then(|| self.after.to_owned());
            return plan;
        }
        Plan { policy: default, notes, ..Plan::new(what, Scope::Range(range)) }
    }
}

#[cfg(test)]
mod tests;
