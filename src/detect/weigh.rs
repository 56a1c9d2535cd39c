//! Weighs a match: parser, checks, pair, and what the value itself looks like.
//!
//! In: a match. Out: extent, normalised value and evidence, or none when a parser or a check says that it is not what
//! the rule looks for. It does not decide whether the evidence suffices.

use super::assignment::Parsed;
use super::encoded::Encoded;
use super::matcher::{self, Match};
use super::weighed::Weighed;
use super::{alone, argument, around, assignment, manifest};
use crate::check::maker::{Maker, Use, is_stand_in, maker};
use crate::check::subject::{Outcome, Subject};
use crate::check::{self, bare, host, pem, phrase, placeholder, url};
use crate::finding::evidence::{self, Evidence, Reason};
use crate::finding::secret::Secret;
use crate::rule::{Identity, Parser, Rule, RuleId, RuleSet};
use crate::text::decode;
use std::ops::Range;

/// What is written where GitHub takes no password.
const NOT_USED: &[u8] = b"x-oauth-basic";
/// From this length on, in bytes, a random password was made by a program.
const LONG: usize = 16;

/// What reading on from a match gave.
#[derive(Default)]
pub(super) struct Read {
    /// What was found, nearly always one or nothing.
    pub(super) weighed: Vec<Weighed>,
    /// Values that are encoded text.
    pub(super) encoded: Vec<Encoded>,
    /// A reader of structure decided.
    pub(super) far: bool,
}

/// Reads on from a match of `id`'s pattern, readers of structure at most `far` bytes.
pub(super) fn weigh(rules: &RuleSet, id: RuleId, text: &[u8], m: Match, far: usize, now: i64) -> Read {
    let mut read = Read::default();
    let glued = m.glued;
    let rule = rules.rule(id);
    let first = match rule.parser {
        None => Some(plain(rule, text, m)),
        Some(Parser::Pem) => armour(rule, text, m),
        Some(Parser::Phrase) => recovery(text, m),
        Some(Parser::Key) => bare_key(rule, text, m),
        Some(Parser::Assignment) => {
            for mut w in assigned(text, m, far, &mut read) {
                w.evidence.extend(glued.then(|| Evidence::new(Reason::Glued)));
                read.weighed.extend(judged(rules, id, text, w, now));
            }
            None
        }
        Some(Parser::Url) => in_url(text, m),
        Some(Parser::File) => {
            let parsed = alone::value(text).and_then(|value| alone::parse(text, &value));
            parsed.map(|parsed| of_parsed(text, parsed))
        }
        Some(parser @ (Parser::Command | Parser::Call)) => {
            let found = match parser {
                Parser::Command => argument::of_command(text, m.secret),
                _ => argument::of_call(text, m.secret).into_iter().collect(),
            };
            let found = found.into_iter().map(|parsed| of_parsed(text, parsed));
            read.weighed.extend(found.filter_map(|w| judged(rules, id, text, w, now)));
            None
        }
        Some(Parser::Manifest) => {
            let found = manifest::read(text, &m.whole, far);
            read.far = true;
            read.encoded = found.encoded;
            let values = found.values.into_iter().filter_map(|w| judged(rules, id, text, w, now));
            read.weighed.extend(values);
            None
        }
    };
    if let Some(mut w) = first {
        w.evidence.extend(glued.then(|| Evidence::new(Reason::Glued)));
        read.weighed.extend(judged(rules, id, text, w, now));
    }
    read
}

/// Adds what checks, the other half of a pair and the text around say; `None` when a check says that it is nothing.
fn judged(rules: &RuleSet, id: RuleId, text: &[u8], mut w: Weighed, now: i64) -> Option<Weighed> {
    let rule = rules.rule(id);
    for check in rule.checks.iter() {
        let subject = Subject {
            secret: &text[w.secret.clone()],
            whole: &text[w.whole.clone()],
            before: &text[w.secret.start.saturating_sub(check::subject::NEAR)..w.secret.start],
            after: &text[w.secret.end..text.len().min(w.secret.end + check::subject::NEAR)],
            now,
        };
        match check::run(*check, &subject) {
            Outcome::Reject => return None,
            Outcome::Says(more) => w.evidence.extend(more),
        }
    }
    if let Some(pair) = &rule.pair {
        match matcher::pair_of(rules, id, text, &w.whole) {
            Some(other) if pair.holds_secret => {
                w.evidence.push(Evidence::new(Reason::PairFound));
                w.related.push((rule.name.to_string(), w.secret.clone()));
                w.value = Secret::normalise(&text[other.clone()]);
                w.evidence.extend(placeholder::published(&text[other.clone()]));
                w.evidence.extend(placeholder::judge(&text[other.clone()]));
                w.secret = other;
            }
            Some(other) => {
                w.evidence.push(Evidence::new(Reason::PairFound));
                w.related.push((pair.role.to_string(), other));
            }
            None if pair.holds_secret => w.evidence.push(Evidence::new(Reason::PairMissing)),
            None => {}
        }
    }
    if rule.identity == Identity::Setting {
        w.evidence.extend(around::reasons_of_setting(text, &w.secret, &w.host));
    }
    if rule.is_guessed() && evidence::can_be_reported(&w.evidence) {
        w.evidence.extend(published(w.value.expose_in_clear(), now));
        let made = made_by(rule, text, &w);
        w.evidence.extend(made);
        of_surroundings(text, &mut w);
    }
    Some(w)
}

/// Adds what the text around a value says that a person may have made up. Most words beside a telling word are too weak for a
/// report wherever they are, and are not looked around for.
fn of_surroundings(text: &[u8], w: &mut Weighed) {
    let shown = evidence::confidence(&w.evidence, false).is_some();
    if !shown && !evidence::can_be_reported(&w.evidence) {
        return;
    }
    let production = around::is_in_production(text, &w.secret, &w.host);
    w.evidence.extend(production.then(|| Evidence::new(Reason::ProductionBeside)));
    let has = |reason: Reason| w.evidence.iter().any(|e| e.reason == reason);
    let word = has(Reason::OrdinaryWord) || has(Reason::CommonStandIn);
    let account = word && has(Reason::NamePassword) && around::has_account(text, &w.secret);
    // One word in small letters is a password that somebody made up, unless it is a word.
    let label = has(Reason::Label) && (has(Reason::OrdinaryWord) || !has(Reason::SmallWord));
    w.evidence.extend(account.then(|| Evidence::new(Reason::AccountBeside)));
    if shown || production || account {
        w.evidence.extend(around::place(&text[..w.secret.start]).map(Evidence::new));
        if label && around::is_catalogue(text, &w.secret) {
            w.evidence.push(Evidence::new(Reason::Catalogue));
        }
    }
}

/// That the value is an example, or a token that is made to be public: under a name of its own it is what it is elsewhere.
fn published(value: &[u8], now: i64) -> Vec<Evidence> {
    let mut out: Vec<Evidence> = placeholder::published(value).into_iter().collect();
    if value.starts_with(b"eyJ")
        && let Outcome::Says(says) = check::jwt::check(value, now)
    {
        let public = says.into_iter().filter(|e| matches!(e.reason, Reason::VendorExample | Reason::PublicByDesign));
        out.extend(public.map(|e| Evidence { weight: Some(-250), ..e }));
    }
    out
}

/// Who made a value that can be guessed: a word, a stand-in, filler, something that a person made up. Nothing for what a
/// machine generated.
fn made_by(rule: &Rule, text: &[u8], w: &Weighed) -> Option<Evidence> {
    let has = |reasons: &[Reason]| w.evidence.iter().any(|e| reasons.contains(&e.reason));
    let written = w.value.expose_in_clear();
    let basic = has(&[Reason::BasicHeader]).then(|| assignment::password_of_basic(written)).flatten();
    let value = basic.as_deref().unwrap_or(written);
    let of_token = [Reason::NameSecret, Reason::NameToken, Reason::NameKey, Reason::NamePlainKey, Reason::BearerHeader];
    let of = if has(&of_token) { Use::Token } else { Use::Password };
    let named = of == Use::Password && (has(&[Reason::SameAsUser, Reason::SameAsName]) || is_user(text, &w.secret));
    let reason = match maker(value, of) {
        Maker::Machine if named => return None,
        _ if named => Reason::CommonStandIn,
        Maker::StandIn => Reason::CommonStandIn,
        Maker::Word => Reason::OrdinaryWord,
        Maker::Filler => Reason::Filler,
        Maker::Person => Reason::MadeUpValue,
        Maker::Machine => return None,
    };
    if has(&[reason]) {
        return None;
    }
    // The weight was fitted for what stands beside a name; in a form that only passwords have, the value alone decides.
    let fitted = rule.is_by_name() && !has(&[Reason::BasicHeader]);
    let weight = (reason == Reason::CommonStandIn && (!fitted || named)).then_some(-10);
    Some(Evidence { weight, ..Evidence::new(reason) })
}

/// Whether the secret is also the name of a user beside it: `user: shop`, `password: shop`.
fn is_user(text: &[u8], secret: &Range<usize>) -> bool {
    let value = text.get(secret.clone()).unwrap_or_default();
    let from = secret.start.saturating_sub(check::subject::NEAR);
    let near = &text[from..text.len().min(secret.end + check::subject::NEAR)];
    let word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-');
    value.len() > 1
        && memchr::memmem::find_iter(near, value).any(|at| {
            let (before, after) = (&near[..at], &near[at + value.len()..]);
            if at + from == secret.start || word(before.last()) || word(after.first()) {
                return false;
            }
            let line = &before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..];
            // `OC_PASS=bob occ user:add bob`: once more as a word of the command.
            let own = secret.start - from;
            let one_line = || memchr::memchr(b'\n', &near[own.min(at)..own.max(at)]).is_none();
            let alone = before.last() == Some(&b' ') && after.first().is_none_or(|b| b" \t\r\n\"\\".contains(b));
            if alone && at > own && one_line() {
                return true;
            }
            let line = line.trim_ascii_end();
            let line = line.strip_suffix(b"\"").or_else(|| line.strip_suffix(b"'")).unwrap_or(line).trim_ascii_end();
            // The user of an SQL statement: `CREATE USER IF NOT EXISTS 'shop'`.
            let ends = |words: &[u8]| {
                line.len().checked_sub(words.len()).is_some_and(|from| line[from..].eq_ignore_ascii_case(words))
            };
            if ends(b" user") || ends(b" user if not exists") {
                return true;
            }
            // `env('DB_USER', 'shop')`: the name is the one before it in the call.
            let sign = [&b"="[..], b":", b"=>", b"\",", b"',"].iter().find_map(|sign| line.strip_suffix(*sign));
            let Some(name) = sign else { return false };
            let name = name.trim_ascii_end();
            let name = name.strip_suffix(b"\"").or_else(|| name.strip_suffix(b"'")).unwrap_or(name);
            let len = name.iter().rev().take(32).take_while(|b| word(Some(b))).count();
            let name = name[name.len() - len..].to_ascii_lowercase();
            let has = |word: &[u8]| memchr::memmem::find(&name, word).is_some();
            (has(b"user") || has(b"login") || has(b"account") || has(b"uid") || has(b"usr"))
                && !has(b"pass")
                && !has(b"pwd")
        })
}

/// A match of the pattern alone.
fn plain(rule: &Rule, text: &[u8], m: Match) -> Weighed {
    let bytes = &text[m.secret.clone()];
    let mut evidence = vec![Evidence::new(match rule.identity {
        Identity::Random if rule.distinctive => Reason::ProviderShape,
        Identity::Random => Reason::NamedShape,
        _ => Reason::RuleShape,
    })];
    let body = bytes.get(rule.public_prefix..).unwrap_or_default();
    match rule.identity {
        Identity::Random => {
            evidence.extend(placeholder::published(bytes));
            evidence.extend(placeholder::judge(body));
            evidence.extend(super::entropy::judge(body));
        }
        Identity::Guessable => evidence.extend(placeholder::judge(bytes)),
        Identity::Setting | Identity::Dataset => {}
    }
    Weighed {
        value: Secret::normalise(bytes),
        read: m.whole.clone(),
        whole: m.whole,
        secret: m.secret,
        evidence,
        related: vec![],
        host: vec![],
    }
}

/// Private-key armour.
fn armour(rule: &Rule, text: &[u8], m: Match) -> Option<Weighed> {
    let block = pem::parse(text, m.whole.clone())?;
    let mut w = plain(rule, text, Match { whole: block.extent.clone(), secret: block.extent.clone(), glued: false });
    w.evidence.truncate(1);
    w.evidence.extend(block.evidence);
    // The same key with other line breaks, indents or escapes is the same key.
    w.value = Secret::normalise(&block.body);
    Some(w)
}

/// A private key without armour.
fn bare_key(rule: &Rule, text: &[u8], m: Match) -> Option<Weighed> {
    let key = bare::parse(text, &m.whole, m.secret)?;
    let mut w = plain(rule, text, Match { whole: key.extent, secret: key.secret, glued: false });
    // Its numbers are not judged one by one; of a web key the secret is one text, which may be filler or published.
    if key.value.contains(&b'\n') {
        w.evidence.truncate(1);
    }
    let doubted = w.evidence.iter().any(|e| e.weight() < 0);
    w.evidence.extend(match key.proof {
        Some(kind) if key.encrypted => Some(Evidence::with(Reason::KeyEncrypted, kind)),
        Some(kind) if !doubted => Some(Evidence::with(Reason::KeyBody, kind)),
        _ => None,
    });
    w.value = Secret::normalise(&key.value);
    Some(w)
}

/// The recovery phrase of a wallet.
fn recovery(text: &[u8], m: Match) -> Option<Weighed> {
    let found = phrase::parse(text, m.secret.end)?;
    let mut evidence = vec![Evidence::new(Reason::NamedShape)];
    evidence.extend(placeholder::published(&found.value));
    // One word again and again is the phrase of a test, whatever its checksum.
    evidence.extend(found.repeats.then(|| Evidence { weight: Some(-130), ..Evidence::new(Reason::Repeats) }));
    evidence.push(match found.proof {
        Some(kind) => Evidence::with(Reason::ChecksumRight, kind),
        None => Evidence::new(Reason::ChecksumWrong),
    });
    Some(Weighed {
        value: Secret::normalise(&found.value),
        read: found.extent.clone(),
        whole: found.extent.clone(),
        secret: found.extent,
        evidence,
        related: vec![],
        host: vec![],
    })
}

/// `name = value`, nearly always one.
fn assigned(text: &[u8], m: Match, far: usize, read: &mut Read) -> Vec<Weighed> {
    let assignment = assignment::parse(text, m.secret, far);
    read.far = assignment.far;
    let encoded = assignment.parsed.iter().filter(|parsed| decode::is_long_base64(&text[parsed.secret.clone()]));
    read.encoded.extend(encoded.map(|parsed| Encoded { run: parsed.secret.clone(), read: parsed.read.clone() }));
    assignment.parsed.into_iter().map(|parsed| of_parsed(text, parsed)).collect()
}

fn of_parsed(text: &[u8], parsed: Parsed) -> Weighed {
    Weighed {
        value: Secret::normalise(parsed.value.as_deref().unwrap_or(&text[parsed.secret.clone()])),
        read: parsed.read,
        whole: parsed.whole,
        secret: parsed.secret,
        evidence: parsed.evidence,
        related: vec![],
        host: vec![],
    }
}

/// `scheme://user:password@host`.
fn in_url(text: &[u8], m: Match) -> Option<Weighed> {
    let authority = url::parse(text, m.whole)?;
    let password = url::percent_decoded(&text[authority.password.clone()]);
    // One sign marks the place of a password.
    if password == NOT_USED || std::str::from_utf8(&password).is_ok_and(|p| p.chars().count() < 2) {
        return None;
    }
    let user = &text[authority.user.clone()];
    let host = text[authority.host.clone()].to_ascii_lowercase();
    let mut evidence = vec![Evidence::new(Reason::RuleShape)];
    // Where production may have it, a stand-in is a password.
    let stand_in = std::str::from_utf8(&password).is_ok_and(is_stand_in)
        && around::is_in_production(text, &authority.password, &host);
    let placeholder = placeholder::judge(&password).into_iter();
    evidence.extend(placeholder.filter(|e| !(stand_in && e.reason == Reason::Placeholder)));
    if password == user {
        evidence.push(Evidence::new(Reason::SameAsUser));
    }
    // A random password at a service of the same cluster is one that somebody made for it.
    let made = password.len() >= LONG && maker(&password, Use::Password) == Maker::Machine;
    let of_host = host::judge(&host).into_iter().filter(|e| !(made && e.reason == Reason::ServiceHost));
    // A password of the machine itself is worth a look where a setting would not be.
    evidence.extend(of_host.map(|e| match e.reason {
        Reason::LocalHost => Evidence { reason: Reason::LocalLogin, ..e },
        _ => e,
    }));
    Some(Weighed {
        value: Secret::normalise(&password),
        read: authority.whole.clone(),
        whole: authority.whole,
        secret: authority.password,
        evidence,
        related: vec![("host".into(), authority.host)],
        host,
    })
}
