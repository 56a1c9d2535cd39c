//! A rule as the detector uses it: what its author wrote, and what was computed from its pattern.
//!
//! In: nothing; these are types. Out: [`Rule`] and its parts. Text is static for a built-in rule and owned for one that was
//! loaded. It neither reads rules nor derives anything: `load` and the build script do.

use super::anchor::MAX_ANCHOR;
use super::follow::ANY;
use super::neighbours::{Neighbours, Set, has};
use super::outline::Outline;
use super::run::Run;
use super::tables::Sought;
use super::written::{Boundary, Check, Environment, Family, Identity, Parser, Severity};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// Text that is static for a built-in rule and owned for one that was loaded.
pub type Text = Cow<'static, str>;

/// A list that is static for a built-in rule and owned for one that was loaded.
pub type List<T> = Cow<'static, [T]>;

/// One rule, with everything that is computed from its pattern.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Unique name, kebab-case.
    pub id: Text,
    /// What was found, as a noun phrase.
    pub name: Text,
    /// What somebody who holds it can do.
    pub summary: Text,
    /// Issuer or technology.
    pub provider: Text,
    /// How bad a live one is.
    pub severity: Severity,
    /// Family of findings.
    pub family: Family,
    /// Identity class.
    pub identity: Identity,
    /// The pattern, with the group `secret`.
    pub pattern: Text,
    /// What may not stand beside the secret, beyond its alphabet.
    pub boundary: Boundary,
    /// The alphabet of the secret's ends, and whether its prefix is distinctive; derived.
    pub neighbours: Neighbours,
    /// Offline checks in order.
    pub checks: List<Check>,
    /// Reads on where the pattern stops.
    pub parser: Option<Parser>,
    /// The other half of a pair.
    pub pair: Option<Pair>,
    /// Environment that the form itself proves.
    pub environment: Environment,
    /// How to revoke it and mend the code.
    pub help: Text,
    /// Documentation of format or rotation.
    pub references: List<Text>,
    /// Examples that must be found.
    pub matches: Examples,
    /// Examples that must not.
    pub misses: Examples,
    /// Literals of which one is in every match, folded; derived from the pattern. None for a file of its own.
    pub anchors: List<Anchor>,
    /// What can be the byte after the anchor; derived.
    pub follow: Set,
    /// The run of bytes that every match contains; derived.
    pub run: Run,
    /// Most bytes from the start of a match to the start of its anchor; derived.
    pub before: usize,
    /// Longest match of the pattern in bytes (a parser may read on); derived.
    pub max_len: usize,
    /// The anchor lies inside the secret: the secret itself has a provider's shape. Derived.
    pub distinctive: bool,
    /// Bytes of the secret's start that are the same for everybody and may be shown; derived.
    pub public_prefix: usize,
    /// The pattern without its preferences, to be walked before it is compiled; derived.
    pub outline: Outline,
}

/// A rule of a set: a built-in one where it is, or one that was loaded. Copies of all rules would be half a megabyte at each start.
#[derive(Debug, Clone)]
pub enum SharedRule {
    /// Built in.
    Builtin(&'static Rule),
    /// Loaded, or made.
    Own(Arc<Rule>),
}

impl std::ops::Deref for SharedRule {
    type Target = Rule;

    #[inline]
    fn deref(&self) -> &Rule {
        match self {
            Self::Builtin(rule) => rule,
            Self::Own(rule) => rule,
        }
    }
}

impl From<Rule> for SharedRule {
    fn from(rule: Rule) -> Self {
        Self::Own(Arc::new(rule))
    }
}

impl Rule {
    /// A rule that matches nothing: it names what the run itself has to say about policy.
    pub fn without_pattern(id: &'static str, name: &'static str, summary: &'static str, help: &'static str) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            summary: summary.into(),
            provider: "".into(),
            severity: Severity::Info,
            family: Family::Policy,
            identity: Identity::Setting,
            pattern: "".into(),
            boundary: Boundary::None,
            neighbours: Neighbours::default(),
            checks: Vec::new().into(),
            parser: None,
            pair: None,
            environment: Environment::Unknown,
            help: help.into(),
            references: Vec::new().into(),
            matches: Vec::new().into(),
            misses: Vec::new().into(),
            anchors: Vec::new().into(),
            follow: ANY,
            run: Run::default(),
            before: 0,
            max_len: 0,
            distinctive: false,
            public_prefix: 0,
            outline: Outline::default(),
        }
    }

    /// Whether it looks for something: a notice of the policy does not.
    pub fn is_searched(&self) -> bool {
        !self.pattern.is_empty()
    }

    /// Whether its values are passwords, tokens or keys of no known form, so that a person may have made them up.
    pub fn is_guessed(&self) -> bool {
        self.identity == Identity::Guessable && self.family == Family::Credential
    }

    /// Whether a name or a place alone says that its values are secrets.
    pub fn is_by_name(&self) -> bool {
        matches!(
            self.parser,
            Some(Parser::Assignment | Parser::Command | Parser::Call | Parser::Manifest | Parser::File)
        )
    }

    /// How much the rule says about what it finds: which of several rules speaks for a secret.
    pub fn specificity(&self) -> u8 {
        if self.distinctive {
            3
        } else if self.is_by_name() {
            1
        } else {
            2
        }
    }

    /// Whether a match can go on with `next` after its anchor; `None` is the end of the text.
    #[inline]
    pub fn may_follow(&self, next: Option<u8>) -> bool {
        next.map_or(self.follow == ANY, |byte| has(&self.follow, byte))
    }

    /// Bytes of a found secret's start that may be shown: none where the other half of a pair is the secret.
    pub fn shown_prefix(&self) -> usize {
        if self.pair.as_ref().is_some_and(|p| p.holds_secret) { 0 } else { self.public_prefix }
    }
}

/// One required literal of a rule's pattern, see [`Literal`](super::literals::Literal).
#[derive(Debug, Clone)]
pub struct Anchor {
    /// Folded bytes, and zeros.
    pub(super) folded: [u8; MAX_ANCHOR],
    /// Exact bytes, and zeros.
    pub(super) exact: [u8; MAX_ANCHOR],
    /// Its length.
    pub(super) len: u8,
    /// Where its rarest group of four bytes begins, which the prefilter looks for.
    pub rarest: u8,
}

impl Anchor {
    /// Folded bytes.
    pub fn folded(&self) -> &[u8] {
        &self.folded[..usize::from(self.len)]
    }

    /// Exact byte at each place; 0 where every byte with the same fold will do.
    pub fn exact(&self) -> &[u8] {
        &self.exact[..usize::from(self.len)]
    }

    /// What the prefilter looks for, for the rule of that number.
    pub(crate) fn sought(&self, of: u32, formed: bool) -> Sought<'_> {
        Sought { folded: self.folded(), exact: self.exact(), text: None, rarest: self.rarest, of, formed }
    }

    /// Whether `bytes` (as long as the anchor, from the unfolded text) can be this anchor.
    #[inline]
    pub fn admits(&self, bytes: &[u8]) -> bool {
        bytes.len() == self.exact().len()
            && self.exact().iter().zip(bytes).all(|(want, have)| *want == 0 || want == have)
    }
}

/// The other half of a pair that is worth one finding.
#[derive(Debug, Clone)]
pub struct Pair {
    /// What it is, for readers.
    pub role: Text,
    /// Its pattern, with the group `secret`.
    pub pattern: Text,
    /// How far away it may stand, in bytes to either side of the match.
    pub within: usize,
    /// The other half is the secret, and the rule's own match its public name.
    pub holds_secret: bool,
}

/// Examples of a rule. Those of the built-in rules are one string until they are read: each pointer in the program's
/// data is set at each start, also by the scan of one small file, and there would be 14,000.
#[derive(Debug, Clone)]
pub struct Examples {
    /// Each ends in [`END_OF_EXAMPLE`], each of its three texts before that in [`END_OF_TEXT`].
    packed: &'static str,
    list: OnceLock<Vec<Example>>,
}

/// What no example contains.
const END_OF_TEXT: char = '\u{1f}';
const END_OF_EXAMPLE: char = '\u{1e}';

impl Examples {
    /// Those that the build script wrote.
    pub(super) const fn packed(packed: &'static str) -> Self {
        Self { packed, list: OnceLock::new() }
    }
}

impl From<Vec<Example>> for Examples {
    fn from(list: Vec<Example>) -> Self {
        Self { packed: "", list: list.into() }
    }
}

impl std::ops::Deref for Examples {
    type Target = [Example];

    fn deref(&self) -> &[Example] {
        self.list.get_or_init(|| {
            let example = |packed: &'static str| {
                let mut texts = packed.split_terminator(END_OF_TEXT).map(Cow::Borrowed);
                let mut text = || texts.next().unwrap_or_default();
                Example { text: text(), path: text(), why: text() }
            };
            self.packed.split_terminator(END_OF_EXAMPLE).map(example).collect()
        })
    }
}

/// An example of a rule: a template that [`crate::example::expand`] turns into text.
#[derive(Debug, Clone)]
pub struct Example {
    /// Template.
    pub text: Text,
    /// File name it stands in.
    pub path: Text,
    /// For a miss: why it is none.
    pub why: Text,
}
