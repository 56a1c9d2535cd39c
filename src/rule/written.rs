//! A rule as a person writes it in `rules/*.toml` or in a file given to `--rules`.
//!
//! In: the tables of one rule file, from `read.rs`. Out: [`RuleFile`], with byte spans for error messages. This file is compiled twice: into the library, for `--rules`, and into the build script, for the built-in rules;
//! so it uses nothing of the rest of the crate. What is derived from a pattern (anchors, reach) is in `anchor.rs`.

use serde::Deserialize;
use toml::Spanned;

/// One rule file: defaults for the whole file, then its rules.
#[derive(Debug)]
pub struct RuleFile {
    /// Family of every rule in this file that names none.
    pub family: Option<Family>,
    /// The rules, in the order of the file.
    pub rule: Vec<Spanned<WrittenRule>>,
}

/// One `[[rule]]` block.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WrittenRule {
    /// Unique, kebab-case, starts with the provider: `github-pat`.
    pub id: Spanned<String>,
    /// What was found, as a noun phrase for titles: "GitHub personal access token".
    #[serde(default)]
    pub name: String,
    /// One sentence: what somebody who holds it can do.
    #[serde(default)]
    pub summary: String,
    /// Who issues it, or the technology: "GitHub", "PostgreSQL".
    #[serde(default)]
    pub provider: String,
    /// How bad a live one is.
    #[serde(default)]
    pub severity: Severity,
    /// Which family of findings it belongs to.
    #[serde(default)]
    pub family: Option<Family>,
    /// Identity class (docs/design.md, "Identity of findings"): decides what is hashed and how much may be shown.
    pub identity: Identity,
    /// Regular expression over bytes (no Unicode classes, no look-around, no unbounded repeats) with a group `secret`.
    pub pattern: Spanned<String>,
    /// What may not stand beside the secret beyond its own alphabet.
    #[serde(default)]
    pub boundary: Boundary,
    /// Offline checks, by name, in order.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Reads on from the pattern's match where a regular expression cannot (a PEM body, an assignment's value).
    #[serde(default)]
    pub parser: Option<Parser>,
    /// The other half of a pair that is worth one finding.
    #[serde(default)]
    pub pair: Option<WrittenPair>,
    /// Environment that the form itself proves (`sk_test_` is a test key).
    #[serde(default)]
    pub environment: Environment,
    /// How to revoke it and mend the code, two or three short sentences.
    #[serde(default)]
    pub help: String,
    /// Where the format or the rotation is documented.
    #[serde(default)]
    pub references: Vec<String>,
    /// Examples that the rule must find.
    #[serde(default, rename = "match")]
    pub matches: Vec<Spanned<WrittenExample>>,
    /// Examples that must give no finding of this rule at `likely` or above.
    #[serde(default, rename = "miss")]
    pub misses: Vec<Spanned<WrittenExample>>,
}

/// A `[[rule.match]]` or `[[rule.miss]]` block.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenExample {
    /// Template: literal text with generators in `{{ }}` (see `example.rs`).
    pub text: String,
    /// File name the example stands in; decides nothing but the role of the path.
    #[serde(default)]
    pub path: String,
    /// For a miss: why it is none.
    #[serde(default)]
    pub why: String,
}

/// The other half of a pair.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WrittenPair {
    /// What the other half is, for readers: "access key id".
    pub role: String,
    /// Its pattern, with the group `secret` around the part to show.
    pub pattern: Spanned<String>,
    /// How many bytes to either side of the match it may stand away (at most 2048).
    pub within: usize,
    /// The other half is the secret, and this match is its public name.
    #[serde(default)]
    pub holds_secret: bool,
}

/// An enum whose values have names in rule files, configuration and reports: `ALL`, `name` and `from_name` follow from the
/// one list. The names are those that serde reads and writes (a test holds that).
macro_rules! named {
    ($(#[$meta:meta])* pub enum $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        pub enum $type { $($(#[$doc])* $variant,)* }

        impl $type {
            /// All of them, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The one of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}
pub(crate) use named;

named! {
    /// How bad a live one is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize, serde::Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Severity {
        /// Worth knowing.
        Info = "info",
        /// Little harm by itself.
        Low = "low",
        /// Harm in combination; what a user's own rule has that names none.
        #[default]
        Medium = "medium",
        /// Direct harm.
        High = "high",
        /// Harm to production, at once.
        Critical = "critical",
    }
}

named! {
    /// What kind of thing must not be in the repository.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum Family {
        /// Something that opens a door: token, key, password.
        Credential = "credential",
        /// Records about people or money.
        ProductionData = "production-data",
        /// A connection or switch without encryption.
        Transport = "transport",
        /// A file that should never be committed, by what it is.
        ExposedFile = "exposed-file",
        /// A change of policy.
        Policy = "policy",
    }
}

named! {
    /// Identity class: fixed by the rule, never by the value (docs/design.md, "Identity of findings").
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Identity {
        /// Nobody can guess it: hashed with a public constant; prefix and last two characters may be shown.
        Random = "random",
        /// Can be guessed: hashed with the repository's salt; nothing is shown.
        Guessable = "guessable",
        /// Not secret: rule, setting and host are hashed in clear.
        Setting = "setting",
        /// Production data: place and columns are hashed, values never.
        Dataset = "dataset",
    }
}

/// What may not stand beside the secret beyond its own alphabet, which follows from the pattern. A proof and a
/// distinctive prefix come first: with either of them nothing is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(try_from = "String", rename_all = "lowercase")]
pub enum Boundary {
    /// A byte of the body's alphabet: what is left out of a rule.
    #[default]
    Body,
    /// Nothing is refused: the pattern itself says what stands on both sides.
    None,
    /// Also `_` and `-` after it: part of a longer name (`--skip-ssl-check`).
    Word,
    /// Also `+` and `/` on both sides: part of base64 data, which a token without signs of its own can be found in.
    Base64,
    /// Also a hyphen that joins a hexadecimal digit: part of a UUID or of a longer id.
    Hex,
    /// Any letter or digit, and a further digit joined by a blank, dot or hyphen: part of a longer number.
    Digits,
}

impl Boundary {
    /// The name in rule files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::None => "none",
            Self::Word => "word",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Digits => "digits",
        }
    }
}

impl TryFrom<String> for Boundary {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let known = [Self::Body, Self::None, Self::Word, Self::Base64, Self::Hex, Self::Digits];
        if let Some(boundary) = known.into_iter().find(|b| b.name() == name) {
            return Ok(boundary);
        }
        Err(match name.as_str() {
            "alphanumeric" | "token" => format!(
                "boundary `{name}` is not needed any more: leave the line out, and the alphabet of the pattern decides"
            ),
            _ => format!(
                "invalid boundary `{name}`: leave the line out, or write `word`, `base64`, `hex`, `digits` or `none`"
            ),
        })
    }
}

/// An offline check that a rule may name; `src/check/` says what each one does and where its fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// CRC32 of the 30 characters after the prefix, as six base62 digits at the end (GitHub, npm).
    Crc32Base62,
    /// CRC32 of everything before it as eight upper-case hexadecimal digits at the end (Atlassian).
    Crc32HexUpper,
    /// CRC32 of the body after the prefix as eight lower-case hexadecimal digits at the end (Cloudflare, Zuplo).
    Crc32HexLower,
    /// GitLab's routable token: payload, lengths and a base36 CRC32.
    GitlabRoutable,
    /// Grafana's CRC32, hexadecimal digits of the little-endian bytes, after an underscore.
    GrafanaCrc32,
    /// Confluent's CRC32, little-endian, as six base64 characters at the end.
    ConfluentCrc32,
    /// Azure DevOps before 2024: base32 with a CRC32 spread over its bytes.
    AzureDevopsLegacy,
    /// A macaroon whose packets parse (PyPI).
    Macaroon,
    /// A JSON web token: header and claims parse; `alg: none` and expiry are said.
    Jwt,
    /// The account number inside an AWS access key id.
    AwsKeyId,
    /// Base64 of exactly 64 bytes (Azure Storage, Cosmos DB and others).
    Base64Bytes64,
    /// Base64 of exactly 32 bytes.
    Base64Bytes32,
    /// An Azure key with a fixed signature at its provider's offset (and Marvin32 where a vector confirms our code).
    AzureSignature,
    /// A private key: its armour parses, and its body says whether it is encrypted.
    PrivateKey,
    /// Luhn's check digit, issuer range, and not a published test number.
    PaymentCard,
    /// IBAN: country, length and mod 97.
    Iban,
    /// US social security number in an issued area, and not a published one.
    UsSsn,
    /// Bech32 or bech32m checksum.
    Bech32,
    /// Base58Check: first four bytes of a double SHA-256.
    #[allow(clippy::enum_variant_names, reason = "the name of the format")]
    Base58Check,
    /// Stellar's base32 seed with CRC16-XModem.
    StellarSeed,
    /// NATS' base32 seed of an NKEY with CRC16-XModem.
    NkeySeed,
    /// A host of the match is local, reserved or a service name of a compose file: no remote connection.
    LocalHost,
    /// Contains at least one letter and one digit: not a word, not a number.
    MixedLettersDigits,
    /// Nothing stands behind the secret on its line.
    LineEnd,
    /// A match that ends with the secret is the first thing on its line.
    LineStart,
    /// A match that begins with a name, and ends with the secret, begins where the name does.
    NameStart,
}

/// A reader that goes on where the pattern stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parser {
    /// Private-key armour: the pattern matches the BEGIN line, the parser finds body and END.
    Pem,
    /// Private keys without armour: the pattern matches what opens one, the parser reads the rest of it.
    Key,
    /// Recovery phrases of wallets: the pattern matches a telling word, the parser finds the words after it.
    Phrase,
    /// `name = value` in the syntaxes people use: the pattern matches the telling word in the name.
    Assignment,
    /// URL with credentials in its authority: the pattern matches `scheme://`.
    Url,
    /// Command that takes a password as an argument: the pattern matches its name.
    Command,
    /// Call that takes a password by its place: the pattern matches its name and bracket.
    Call,
    /// Kubernetes Secret: the pattern matches `kind: Secret`, the parser finds its values and decodes them.
    Manifest,
    /// A file that holds one value and nothing else: the pattern matches the beginning of it, and needs no literal.
    File,
}

named! {
    /// Which deployment a finding belongs to.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize, serde::Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Environment {
        /// Live customers.
        Production = "production",
        /// Before production.
        Staging = "staging",
        /// Automated tests, provider sandboxes.
        Test = "test",
        /// Somebody's machine.
        Development = "development",
        /// Texts about the software, documentation comments and example sessions included.
        Documentation = "documentation",
        /// Nothing says.
        #[default]
        Unknown = "unknown",
    }
}

impl WrittenRule {
    /// What a user's own rule need not say: the name is the id then. (The severity is medium.)
    pub fn fill_in(&mut self) {
        if self.name.is_empty() {
            self.name.clone_from(self.id.get_ref());
        }
        if self.summary.is_empty() {
            "Found by a custom rule.".clone_into(&mut self.summary);
        }
    }
}

/// Matches that a built-in rule needs at least, and misses.
pub const MIN_EXAMPLES: usize = 2;
/// How far the other half of a pair may stand away, in bytes.
pub const MAX_PAIR_DISTANCE: usize = 2048;
