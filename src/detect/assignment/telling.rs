//! What the words that a rule's pattern looks for can mean, and the reasons that follow from each way of reading.
//!
//! In: the pattern of a rule with the parser `assignment`. Out: [`Telling`]s. For documentation (`explain`), never for a
//! scan: there the word that stands in the text decides.

use super::header;
use super::kind::{Kind, kind_of};
use crate::finding::evidence::Reason::{self, *};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

/// How a telling word is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Telling {
    /// Part of a name; the reason that says so.
    Name(Reason),
    /// The scheme of a header: `name:password` in base64.
    Basic,
    /// The scheme of a header: a token.
    Bearer,
}

/// What `judge` says of any name and of how its value is written, besides what the name means.
pub(crate) const OF_NAME: &[Reason] = &[
    NameAbout,
    NameElsewhere,
    NameGoesOn,
    NameDull,
    Service,
    JoinCompare,
    JoinPair,
    JoinQuery,
    JoinSpace,
    JoinIs,
    JoinCell,
    JoinNamed,
    OneRequest,
    Unquoted,
    Wrapped,
    MoreWords,
    EndsAsCode,
    InsideText,
    JoinedText,
    BareIdentifier,
    ProgramName,
    Label,
];
/// What `judge` says of any value, of a name or a command.
pub(crate) const OF_VALUE: &[Reason] = &[
    Tiny,
    Short,
    Long,
    Hexadecimal,
    Uuid,
    NoLanguage,
    SmallWord,
    CapitalWord,
    ThreeClasses,
    LettersDigits,
    Signs,
    BareWord,
    BareName,
    QuotedName,
    LooksRandom,
    StandIn,
    MadeUp,
    RepeatsItself,
    RunsOn,
    CommonStandIn,
    OptionWord,
    Masked,
    TwoWords,
    Sentence,
    LooksLikePath,
    LooksLikeMail,
    LooksLikeName,
    VariableName,
    LooksLikeDate,
    LooksLikeHash,
    SameAsName,
    EchoesName,
];
/// What `judge` says of the token of a header.
pub(crate) const OF_HEADER: &[Reason] = &[Short, StandIn, RepeatsItself, RunsOn, Masked, LooksLikeName];

/// Most words of a pattern that are told apart.
const MAX: usize = 4096;

/// Everything that a word of the pattern can mean; where its words are no finite list, everything there is.
pub(crate) fn telling(pattern: &str) -> Vec<Telling> {
    // The words of a pattern that ignores case, each in one case.
    let lower = pattern.replace("(?i)", "");
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(&lower);
    let words = parsed.ok().as_ref().and_then(secret).and_then(words);
    let mut all: Vec<Telling> = match words {
        Some((words, true)) => words.iter().map(|word| meaning(word)).collect(),
        // It decides, whatever follows it.
        Some((starts, false)) if starts.iter().all(|start| memchr::memmem::find(start, b"identified").is_some()) => {
            vec![Telling::Name(NamePassword)]
        }
        _ => [NamePassword, NameSecret, NameToken, NameKey, NameCredential, NamePlainKey]
            .into_iter()
            .map(Telling::Name)
            .chain([Telling::Basic, Telling::Bearer])
            .collect(),
    };
    all.sort_unstable();
    all.dedup();
    all
}

fn secret(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(c) if c.name.as_deref() == Some("secret") => Some(&c.sub),
        HirKind::Capture(c) => secret(&c.sub),
        HirKind::Repetition(r) => secret(&r.sub),
        HirKind::Concat(all) | HirKind::Alternation(all) => all.iter().find_map(secret),
        _ => None,
    }
}

/// All texts that it matches, if they are few, or what they begin with; and whether they are whole.
fn words(hir: &Hir) -> Option<(Vec<Vec<u8>>, bool)> {
    let mut extractor = Extractor::new();
    extractor.limit_class(64).limit_repeat(64).limit_literal_len(256).limit_total(MAX);
    let found = extractor.extract(hir);
    let found = found.literals()?;
    Some((found.iter().map(|l| l.as_bytes().to_vec()).collect(), found.iter().all(|l| l.is_exact())))
}

fn meaning(word: &[u8]) -> Telling {
    if header::is_scheme(word) {
        let basic = word.trim_ascii().eq_ignore_ascii_case(b"basic");
        return if basic { Telling::Basic } else { Telling::Bearer };
    }
    // As `Key::around` takes it.
    let first = word.iter().position(u8::is_ascii_alphanumeric).unwrap_or(0);
    let last = word.iter().rposition(u8::is_ascii_alphanumeric).map_or(word.len(), |last| last + 1);
    Telling::Name(match kind_of(word.get(first..last).unwrap_or_default()) {
        Kind::Password => NamePassword,
        Kind::Secret => NameSecret,
        Kind::Token => NameToken,
        Kind::Key => NameKey,
        Kind::Credential => NameCredential,
        Kind::Plain => NamePlainKey,
    })
}
