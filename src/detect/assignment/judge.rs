//! Weighs a name, the way its value is written, and the value: the evidence of an assignment.
//!
//! In: [`Key`], [`Found`], the value. Out: evidence whose weights stand in the one table of `finding/evidence.rs`. They were fitted
//! by logistic regression over labelled lines of 72 public repositories (each repository and each value in it weighted
//! down by how often it occurs), 15 points a logit, `likely` put where precision is 88 %; 44 other repositories were kept
//! aside and give 87 %. Bounds keep the sense of a reason where labels contradict it (placeholders, masks, translations),
//! and three objections are set so that no name alone outweighs them (`CommonStandIn`, `WordForToken`, `RepeatsItself`).
//! Decides nothing: the sum does.

use super::join::Join;
use super::key::{Key, Pieces};
use super::kind::Kind;
use super::literal::Found;
use super::shape::Shape;
use super::{other, provider};
use crate::finding::evidence::{Evidence, Reason};

/// Reasons for and against the value of `key` being a secret.
pub(super) fn weigh(key: &Key, name: &[u8], found: &Found, value: &[u8]) -> Vec<Evidence> {
    let shape = Shape::new(value);
    let mut out = Vec::with_capacity(16);
    let mut say = |holds: bool, reason: Reason| {
        if holds {
            out.push(Evidence::new(reason));
        }
    };
    of_name(key, &mut say);
    of_writing(found, value, shape.digit == 0, &mut say);
    of_value(found.quoted, &shape, &mut say);
    let reading = other::reading(key, found, value);
    against(key.kind, name, &shape, value, reading, &mut say);
    out.extend(provider::mentioned(name).map(|service| Evidence::with(Reason::Service, service)));
    out
}

/// Reasons for and against a password that a command is given.
pub(super) fn of_command(value: &[u8], out: &mut Vec<Evidence>) {
    let shape = Shape::new(value);
    let mut say = |holds: bool, reason: Reason| {
        if holds {
            out.push(Evidence::new(reason));
        }
    };
    of_value(true, &shape, &mut say);
    against(Kind::Password, b"", &shape, value, None, &mut say);
}

/// Reasons for and against the credentials of a header.
pub(super) fn of_header(s: &Shape, out: &mut Vec<Evidence>) {
    for (holds, reason) in [
        (s.len < 16, Reason::Short),
        (s.stand_in, Reason::StandIn),
        (s.repeats, Reason::RepeatsItself),
        (s.sequence, Reason::RunsOn),
        (s.masked, Reason::Masked),
        (s.name || s.dotted, Reason::LooksLikeName),
    ] {
        if holds {
            out.push(Evidence::new(reason));
        }
    }
}

fn of_name(key: &Key, say: &mut impl FnMut(bool, Reason)) {
    say(
        true,
        match key.kind {
            Kind::Password => Reason::NamePassword,
            Kind::Secret => Reason::NameSecret,
            Kind::Token => Reason::NameToken,
            Kind::Key => Reason::NameKey,
            Kind::Credential => Reason::NameCredential,
            Kind::Plain => Reason::NamePlainKey,
        },
    );
    say(key.about, if key.elsewhere { Reason::NameElsewhere } else { Reason::NameAbout });
    say(key.tail && !key.about, Reason::NameGoesOn);
    say(key.dull, Reason::NameDull);
}

fn of_writing(found: &Found, value: &[u8], plain: bool, say: &mut impl FnMut(bool, Reason)) {
    let reason = match found.join {
        Join::Equals | Join::Colon | Join::Call | Join::Flag | Join::Element => None,
        Join::Compare => Some(Reason::JoinCompare),
        Join::Pair => Some(Reason::JoinPair),
        Join::Query => Some(Reason::JoinQuery),
        Join::Space => Some(Reason::JoinSpace),
        Join::Is => Some(Reason::JoinIs),
        Join::Cell => Some(Reason::JoinCell),
        Join::Named => Some(Reason::JoinNamed),
        Join::Signature => Some(Reason::OneRequest),
    };
    if let Some(reason) = reason {
        say(true, reason);
    }
    let bare = !found.quoted && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'.'));
    say(bare && value.len() > 1, Reason::BareIdentifier);
    say(!found.quoted && !matches!(found.join, Join::Query | Join::Flag | Join::Element), Reason::Unquoted);
    say(found.wrapped, Reason::Wrapped);
    say(found.more, Reason::MoreWords);
    say(found.code, Reason::EndsAsCode);
    say(found.inside && plain, Reason::InsideText);
    say(found.joined, Reason::JoinedText);
}

fn of_value(quoted: bool, s: &Shape, say: &mut impl FnMut(bool, Reason)) {
    let letters = s.lower + s.upper;
    let only = |n: usize| n == s.len;
    match s.len {
        0..=4 => say(true, Reason::Tiny),
        5..=7 => say(true, Reason::Short),
        8..=11 => {}
        _ => say(true, Reason::Long),
    }
    let random = !s.path && s.relative > 0.9 && s.len >= 12 && s.blank == 0 && !s.repeats && !s.sequence;
    say(s.hex && s.len >= 8 && s.relative > 0.8, Reason::Hexadecimal);
    say(s.uuid, Reason::Uuid);
    say(random && s.digit > 0 && letters > 0 && !s.uuid && !s.name, Reason::LooksRandom);
    say(s.noisy() && letters >= 6 && s.blank == 0 && !s.repeats && !s.sequence, Reason::NoLanguage);
    // What is known to be no secret gains nothing by its letters.
    let unknown = !s.weak && !s.option && !s.stand_in && !s.path;
    say(only(s.lower) && !s.noisy() && unknown, Reason::SmallWord);
    say(s.upper > 0 && s.lower == 0 && s.digit == 0 && unknown, Reason::CapitalWord);
    say(s.lower > 0 && s.upper > 0 && s.digit > 0 && !s.hex && !s.name && unknown, Reason::ThreeClasses);
    say(
        s.digit > 0
            && letters > 0
            && (s.lower == 0 || s.upper == 0)
            && !s.hex
            && !s.uuid
            && s.sign == 0
            && s.joint == 0
            && unknown,
        Reason::LettersDigits,
    );
    say(s.sign > 0 && s.blank == 0 && letters > 0 && s.digit > 0 && !s.base64, Reason::Signs);
    say(!quoted && only(letters) && !s.noisy() && unknown, Reason::BareWord);
    say(s.name && !quoted, Reason::BareName);
    say(s.name && quoted, Reason::QuotedName);
}

/// `reading`: what the value reads like besides a secret.
fn against(
    kind: Kind,
    name: &[u8],
    s: &Shape,
    value: &[u8],
    reading: Option<Reason>,
    say: &mut impl FnMut(bool, Reason),
) {
    if let Some(reason) = reading {
        say(true, reason);
    }
    say(s.weak, Reason::CommonStandIn);
    say(s.option, Reason::OptionWord);
    say(s.stand_in, Reason::StandIn);
    say(s.made_up && !s.stand_in, Reason::MadeUp);
    say(s.repeats, Reason::RepeatsItself);
    say(s.sequence && !s.repeats && !s.weak, Reason::RunsOn);
    say(s.masked, Reason::Masked);
    say(s.blank == 1, Reason::TwoWords);
    say(s.blank > 1 && !s.grouped, Reason::Sentence);
    say(s.path, Reason::LooksLikePath);
    say(s.email, Reason::LooksLikeMail);
    say(s.dotted && !s.path && !s.email, Reason::LooksLikeName);
    say(s.upper > 3 && s.lower + s.digit + s.sign + s.blank == 0 && value.contains(&b'_'), Reason::VariableName);
    say(s.date_or_version, Reason::LooksLikeDate);
    say(s.hash, Reason::LooksLikeHash);
    let same = echoes(name, value);
    say(same == 2, Reason::SameAsName);
    say(same == 1 && !s.weak && reading != Some(Reason::ProgramName), Reason::EchoesName);
    let word = !s.noisy() && s.digit == 0;
    let secret_word = matches!(kind, Kind::Password | Kind::Credential);
    say(!secret_word && word, Reason::WordForToken);
    say(!secret_word && s.len < 12 && !word, Reason::ShortForToken);
    say(s.wide * 2 > s.len || (s.wide > 0 && s.blank > 0), Reason::Sentence);
}

/// 2: the value is its name, or all its words stand in the name; 1: a telling word stands in the value.
fn echoes(name: &[u8], value: &[u8]) -> u8 {
    let inside = |piece: &[u8], text: &[u8]| {
        // Most places fail at the first byte, which is cheaper than a call.
        let first = piece.first().map_or(0, u8::to_ascii_lowercase);
        let mut windows = text.windows(piece.len().max(1));
        windows.any(|w| w[0].to_ascii_lowercase() == first && w.eq_ignore_ascii_case(piece))
    };
    let mut words = 0;
    let mut known = 0;
    for piece in Pieces(value) {
        words += 1;
        known += u8::from(piece.len() >= 3 && inside(piece, name));
        if words == 6 {
            break;
        }
    }
    if words > 0 && known >= words {
        return 2;
    }
    let telling = [
        &b"passw"[..],
        b"secret",
        b"token",
        b"apikey",
        b"api_key",
        b"api-key",
        b"credential",
        b"_key",
        b"-key",
        b"_pass",
        b"pwd",
    ];
    u8::from(known > 0 || telling.iter().any(|t| inside(t, value)))
}
