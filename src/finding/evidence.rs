//! Evidence: the reasons for and against a candidate, each with its weight, in one table; and the confidence that
//! follows from them.
//!
//! In: what checks and context say. Out: a score, a [`Confidence`], and the list that every report shows. A reason that
//! the author of a change chooses (path, words beside it) is *context*: it never takes a secret of a provider's shape,
//! or one with a proof, below `likely` (docs/design.md, law 7).

use crate::rule::named;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

named! {
    /// How sure we are.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Confidence {
        /// Worth a look.
        Possible = "possible",
        /// More likely than not; gates by default.
        Likely = "likely",
        /// An offline proof holds.
        Proven = "proven",
    }
}

/// Score from which a candidate is reported at all.
pub const POSSIBLE: i32 = 20;
/// Score from which a candidate is likely.
pub const LIKELY: i32 = 50;

/// One reason with what it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// Entry of the table.
    pub reason: Reason,
    /// What exactly: an account number, a date. Never any part of a secret.
    pub detail: Option<String>,
    /// Weight, if it is not the one of the table (graded reasons).
    pub weight: Option<i32>,
}

impl Evidence {
    /// A reason with no further detail.
    pub fn new(reason: Reason) -> Self {
        Self { reason, detail: None, weight: None }
    }

    /// A reason with a detail for the reader.
    pub fn with(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: Some(detail.into()), weight: None }
    }

    /// Its weight.
    pub fn weight(&self) -> i32 {
        self.weight.unwrap_or(self.reason.row().weight)
    }

    /// What a report says, read back: the reason whose words it begins with, and the rest as detail.
    pub fn parse(text: &str, weight: i32) -> Option<Self> {
        let of = |reason: &Reason| {
            let rest = text.strip_prefix(reason.row().text)?;
            if rest.is_empty() {
                return Some(Self::new(*reason));
            }
            rest.strip_prefix(": ").map(|detail| Self::with(*reason, detail))
        };
        let mut found = Reason::ALL.iter().find_map(of)?;
        found.weight = (weight != found.weight()).then_some(weight);
        Some(found)
    }

    /// The words for a report.
    pub fn text(&self) -> Cow<'static, str> {
        match &self.detail {
            None => Cow::Borrowed(self.reason.row().text),
            Some(detail) => Cow::Owned(format!("{}: {detail}", self.reason.row().text)),
        }
    }
}

/// A row of the table.
struct Row {
    weight: i32,
    kind: Kind,
    text: &'static str,
}

#[derive(PartialEq, Eq)]
enum Kind {
    /// The form of the value itself.
    Value,
    /// Its surroundings, which the author of a change chooses.
    Context,
    /// How easily the value is guessed, or that everybody uses it. It says nothing of whether it is a password, so it counts
    /// for nothing where a production system has it.
    Weak,
    /// The same, and reason enough to doubt any value: possible at most, wherever no production system has it.
    Cap,
    /// Holds by calculation.
    Proof,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $weight:literal, $kind:ident, $text:literal;)*) => {
        /// Every reason there is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { $($(#[$doc])* #[doc = $text] $name,)* }
        impl Reason {
            /// All rows of the table, for documentation and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            fn row(self) -> Row {
                match self { $(Self::$name => Row { weight: $weight, kind: Kind::$kind, text: $text },)* }
            }
        }
    };
}

// The table. Weights of the assignment detector are fitted (see detect/assignment); the others are set by hand:
// 60 alone is likely, and one strong objection takes a value below possible.
reasons! {
    ProviderShape = 60, Value, "has the form of this provider's secrets";
    NamedShape = 55, Value, "stands beside the name of its provider and has the form of its secrets";
    RuleShape = 60, Value, "matches the rule's form";
    ChecksumRight = 100, Proof, "its checksum is right";
    ChecksumWrong = -35, Value, "its checksum is wrong";
    StructureRight = 100, Proof, "it decodes to the structure it must have";
    StructureWrong = -45, Value, "it does not decode to the structure it must have";
    KeyBody = 100, Proof, "its body is a private key";
    KeyEncrypted = -35, Value, "the key is encrypted with a passphrase";
    AccountId = 10, Value, "names an account";
    Expired = -25, Value, "expired";
    Expires = 0, Value, "valid until";
    CheckDigit = 4, Value, "its check digit and issuer are right";
    PublicByDesign = -60, Value, "is made to be public";
    Glued = 0, Value, "more characters of its alphabet follow or precede it directly";
    Unsigned = 0, Value, "is not signed (alg: none)";
    PairFound = 30, Value, "the other half of the pair stands beside it";
    PairMissing = -30, Value, "the other half of the pair is not beside it";
    SameAsUser = -20, Weak, "is the same as the user name";
    Random = 10, Value, "as random as a generated value";
    NotRandom = -45, Value, "far from random for its alphabet and length";
    Placeholder = -60, Value, "is a placeholder";
    Repeats = -70, Weak, "repeats itself";
    Sequence = -60, Weak, "is a sequence";
    VendorExample = -250, Value, "is an example published by its vendor";
    LocalLogin = -25, Value, "the login is to the machine itself";
    LocalHost = -60, Value, "the connection does not leave the machine or its test network";
    LocalHostNear = -30, Value, "a host on a line beside it is local";
    ReservedHost = -50, Value, "the host is reserved for documentation";
    ServiceHost = -15, Value, "the host is a service name without a domain";
    PrivateHost = -10, Value, "the host lies in a private network";
    TestPath = 0, Context, "stands in a test or example";
    DocsPath = 0, Context, "stands in documentation";
    LockFile = -10, Context, "stands in a lock file";
    GeneratedFile = -10, Context, "stands in a generated or minified file";
    VendoredPath = 0, Context, "stands in vendored code";
    // Who made the value, and where it is: severity follows from these (`finding/severity.rs`), and confidence from a cap.
    OrdinaryWord = 0, Cap, "an ordinary word, possible at most outside production";
    Filler = 0, Cap, "filler from end to end, possible at most outside production";
    MadeUpValue = 0, Value, "made up by a person";
    DocComment = 0, Context, "is in a documentation comment";
    IndentedComment = 0, Context, "is in an example of a comment";
    Comment = 0, Context, "is in a comment";
    Transcript = 0, Context, "is in an example session";
    ProductionBeside = 0, Value, "a production host or account is beside it";
    ProductionFile = 0, Context, "is in a production configuration";
    Service = 0, Value, "the service that its name mentions";
    AccountBeside = 0, Value, "an account is beside it";
    SeedAccount = 0, Context, "a seed or a migration gives it to an account";
    // Assignments (detect/assignment): fitted.
    NamePassword = 110, Value, "its name says password";
    NameSecret = 90, Value, "its name says secret";
    NameToken = 81, Value, "its name says token";
    NameKey = 107, Value, "its name says key";
    NameCredential = 77, Value, "its name says credentials";
    NamePlainKey = 44, Value, "its name says key, and nothing of what";
    WordForToken = -68, Value, "a word, where tokens and keys are generated";
    ShortForToken = -37, Value, "short for a token or key";
    NameAbout = -60, Value, "its name speaks about a secret rather than holding one";
    NameElsewhere = -140, Value, "its name says what of the secret it holds, and that is not the secret";
    NameGoesOn = -28, Value, "its name goes on behind the telling word";
    NameDull = -41, Value, "its name is one of public or short-lived values";
    JoinCompare = -23, Value, "compared with its name";
    JoinPair = -25, Value, "stands beside its name in a list";
    JoinQuery = -12, Value, "a parameter in a URL";
    JoinSpace = -8, Value, "stands directly behind its name";
    JoinIs = -12, Value, "named in a sentence";
    JoinCell = -8, Value, "stands in a table";
    OfSecret = 45, Value, "a value of a Kubernetes Secret";
    OneRequest = -70, Value, "signs one request only";
    JoinNamed = -4, Value, "the value of a named setting";
    Unquoted = 6, Value, "written without quotes";
    Wrapped = -6, Value, "an argument of a call";
    MoreWords = -39, Value, "more words follow it";
    EndsAsCode = -27, Value, "ends as code does, without quotes";
    InsideText = -53, Value, "stands inside a longer text";
    JoinedText = -8, Value, "joined with something that varies";
    Tiny = -38, Weak, "at most four characters";
    Short = -17, Weak, "short";
    Long = 4, Value, "twelve characters or more";
    Hexadecimal = 8, Value, "hexadecimal digits";
    Uuid = 37, Value, "a UUID";
    NoLanguage = 8, Value, "letters in an order that no language has";
    SmallWord = -13, Weak, "one word in small letters";
    CapitalWord = 4, Value, "one word in capitals";
    ThreeClasses = 9, Value, "small letters, capitals and digits";
    LettersDigits = -3, Weak, "letters of one case and digits";
    Signs = -10, Value, "letters, digits and signs";
    BareWord = 15, Value, "a word without quotes";
    BareIdentifier = 0, Value, "could be an identifier";
    BareName = -30, Value, "looks like an identifier";
    QuotedName = -22, Value, "reads like a name";
    LooksRandom = 15, Value, "letters and digits mixed";
    StandIn = -38, Value, "says that something is to be put there";
    MadeUp = -32, Weak, "begins as values of tests and examples do";
    RepeatsItself = -58, Weak, "one piece again and again";
    RunsOn = -21, Weak, "runs along the alphabet or the keyboard";
    ByPosition = 100, Value, "stands where a call takes the password";
    CommandLine = 110, Value, "a password that a command is given";
    OwnFile = 110, Value, "is all that its file holds";
    NoKeyFile = -250, Context, "the name of its file speaks of no secret";
    MadeUpKey = -100, Context, "made up, where keys are generated";
    CommonStandIn = -72, Cap, "a stand-in, possible at most outside production";
    OptionWord = -52, Value, "a word that settings take";
    Masked = -60, Value, "masked, or a blank to fill in";
    TwoWords = -54, Value, "two words";
    Sentence = -75, Value, "reads like a sentence";
    LooksLikePath = -62, Value, "looks like a path";
    LooksLikeMail = -52, Value, "looks like a mail address";
    LooksLikeName = -27, Value, "looks like a dotted name";
    VariableName = -38, Value, "looks like the name of a variable";
    LooksLikeDate = -15, Value, "looks like a date, an address or a version";
    LooksLikeHash = -140, Value, "a hash, not the password itself";
    ProgramName = -50, Value, "reads like the name of something in a program";
    Label = 0, Value, "reads like a label";
    Catalogue = -100, Value, "in a list of texts that people see";
    SameAsName = -26, Value, "repeats its name";
    EchoesName = -23, Value, "contains a telling word";
    BasicHeader = 117, Value, "decodes to what Basic authentication sends";
    BearerHeader = 111, Value, "the token of an Authorization header";
    BareInSource = -45, Context, "source code has no texts without quotes";
    LocaleFile = -100, Context, "stands in a translation";
    // What policy says about a finding or about itself: for readers, never for or against.
    PolicyNote = 0, Value, "policy says";
    // Of the list of places, not of the value.
    PlacesCut = 0, Value, "it is at more places than a report keeps";
}

impl Reason {
    /// Whether the author of a change chooses it.
    pub fn is_context(self) -> bool {
        self.row().kind == Kind::Context
    }

    /// Whether only other reasons follow from it, so that it says nothing to a reader of a report.
    pub fn is_internal(self) -> bool {
        matches!(self, Self::BareIdentifier | Self::Label | Self::AccountBeside)
    }

    /// Whether it says that a system in use has the value.
    pub(crate) fn is_production(self) -> bool {
        matches!(self, Self::ProductionBeside | Self::ProductionFile | Self::SeedAccount)
    }

    /// Whether its weight counts where a production system has the value. `stands_in`: the value is a stand-in, and then it
    /// is no objection to a token that it is a word.
    fn counts_in_production(self, stands_in: bool) -> bool {
        match self.row().kind {
            Kind::Weak | Kind::Cap => false,
            _ => !stands_in || !matches!(self, Self::WordForToken | Self::ShortForToken),
        }
    }

    /// Whether it proves by calculation.
    pub fn proves(self) -> bool {
        self.row().kind == Kind::Proof
    }
}

/// Whether a value with this evidence can be reported anywhere: what is weak elsewhere counts for nothing in production.
pub fn can_be_reported(evidence: &[Evidence]) -> bool {
    let stands_in = evidence.iter().any(|e| e.reason == Reason::CommonStandIn);
    evidence.iter().filter(|e| e.reason.counts_in_production(stands_in)).map(Evidence::weight).sum::<i32>() >= POSSIBLE
}

/// The confidence that follows from `evidence`; `None` when it is too weak to be reported.
/// `firm`: the secret has a provider's shape, so context may not take it below `likely`.
pub fn confidence(evidence: &[Evidence], firm: bool) -> Option<Confidence> {
    let guessed = |e: &Evidence| e.reason.row().kind == Kind::Cap || e.reason == Reason::MadeUpValue;
    let production = evidence.iter().any(|e| e.reason.is_production()) && evidence.iter().any(guessed);
    let stands_in = evidence.iter().any(|e| e.reason == Reason::CommonStandIn);
    let weight = |e: &Evidence| if !production || e.reason.counts_in_production(stands_in) { e.weight() } else { 0 };
    let of_value: i32 = evidence.iter().filter(|e| !e.reason.is_context()).map(weight).sum();
    let of_context: i32 = evidence.iter().filter(|e| e.reason.is_context()).map(weight).sum();
    let proven = evidence.iter().any(|e| e.reason.proves());
    let mut score = of_value + of_context;
    if (firm || proven) && of_value >= LIKELY {
        score = score.max(LIKELY);
    }
    let capped = !firm && !proven && !production && evidence.iter().any(|e| e.reason.row().kind == Kind::Cap);
    if proven && of_value >= LIKELY {
        Some(Confidence::Proven)
    } else if score >= LIKELY && !capped {
        Some(Confidence::Likely)
    } else {
        (score >= POSSIBLE).then_some(Confidence::Possible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_report_says_is_read_back() {
        for reason in Reason::ALL {
            for evidence in [
                Evidence::new(*reason),
                Evidence::with(*reason, "a: b"),
                Evidence { weight: Some(-7), ..Evidence::with(*reason, "") },
            ] {
                assert_eq!(Evidence::parse(&evidence.text(), evidence.weight()), Some(evidence));
            }
        }
        assert_eq!(Evidence::parse("no such reason", 1), None);
    }
}
