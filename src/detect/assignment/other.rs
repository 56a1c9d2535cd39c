//! Values that plainly are something else than a secret: types and names of a program, patterns, dates, digests, references,
//! ciphertext, keys that are made to be published.
//!
//! In: the text, its [`Key`] and [`Found`], and the value. Out: whether the value is such a thing ([`is_other`]: no candidate
//! then), or reads like a name of a program or a label that people see ([`reading`]: reasons that are weighed). It decides
//! by the form of the value together with its name, never by the name of a file. A token of a provider has a rule of its
//! own, which hears nothing of this.

mod form;
mod named;
#[rustfmt::skip]
mod words;

use super::join::{Join, blanks};
use super::key::{Key, Pieces, at, cut};
use super::kind::Kind;
use super::literal::Found;
use super::shape::{Shape, generated_password, is_uuid};
use crate::check::maker::{NOISE, pairs};
use crate::check::subject::NEAR;
use crate::finding::evidence::Reason;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use form::{is_color, is_form, is_time, is_word};
use named::{is_code_of_error, is_other_pw, is_public_key};
use words::{CIPHERTEXT, DIGEST, OTHER_KEYS, PROGRAM, PUBLIC, SOURCES, STEPS, TELLING};

/// Whether the value of `key` is plainly something else than a secret.
pub(super) fn is_other(text: &[u8], key: &Key, found: &Found, value: &[u8]) -> bool {
    let name = cut(text, key.ident.clone());
    is_no_name(text, key, found)
        || (!found.quoted && is_type(value))
        || is_variable(value)
        || is_compared(text, key, found)
        // `docker build --secret id=NAME`
        || (found.join == Join::Flag && value.starts_with(b"id="))
        || (!found.quoted && (is_member(value) || is_next_key(value)))
        || is_form(value)
        || CIPHERTEXT.iter().any(|head| value.starts_with(head))
        || PUBLIC.iter().any(|head| value.starts_with(head))
        || is_sealed(value)
        || is_account(value)
        || (matches!(key.kind, Kind::Password | Kind::Credential) && is_listed_id(text, key, found, value))
        || is_curve_point(value)
        || (value.len() == 56 && value.starts_with(b"RW") && value.iter().all(is_base64))
        || is_digest(text, key, value)
        || (key.kind == Kind::Plain && opens_nothing(text, key, value))
        || (key.kind == Kind::Password && is_step(text, key, value))
        || (name == b"passwd" && SOURCES.contains(&value.split(|b| *b == b' ').next().unwrap_or_default()))
        || is_page_token(text, key)
        || is_reference(text, key, found)
        || (key.kind != Kind::Password && (is_time(value) || is_color(value)))
        || is_code_of_error(name, value)
        || is_other_pw(key, cut(text, key.word.clone()), found, value)
        || (key.kind != Kind::Password && is_public_key(name))
        || (key.kind == Kind::Token && is_header_alone(value))
}

/// Whether the telling word is itself a value: `[type=password]:focus`, `eof_action=pass:repeat`, `auth:userpass:x`.
fn is_no_name(text: &[u8], key: &Key, found: &Found) -> bool {
    let after = at(text, key.ident.end);
    let before = at(text, key.ident.start.wrapping_sub(2));
    // `$PWD:/srv`: a variable, and what follows it.
    let variable = found.join == Join::Colon
        && key.closing == 0
        && key.lead == b'$'
        && !found.quoted
        && found.secret.start == key.ident.end + 1;
    // `[control]="..."`, `#trigger="..."`, `:value="..."`: bindings of templates, whose values are code.
    let binding = found.quoted
        && ((key.lead == b'[' && after == b']' && at(text, key.ident.end + 1) == b'=')
            || (matches!(key.lead, b'#' | b':' | b'@') && matches!(before, b' ' | b'\t' | b'\n') && after == b'='));
    // `https://accessKey:secretKey@host`: the user of a URL.
    let user = key.lead == b'/' && before == b'/' && after == b':';
    // `"com.acme.token:token-api"`: the coordinates of a package.
    let package = found.join == Join::Colon
        && key.closing == 0
        && cut(text, key.ident.clone()).contains(&b'.')
        && matches!(key.lead, b'"' | b'\'')
        && at(text, key.ident.end + 1).is_ascii_alphanumeric();
    // `ssl_ciphers ALL:!EXP:!PSK:!SRP`: what is left out of a list.
    let excluded = key.lead == b'!' && key.closing == 0 && found.join == Join::Colon;
    // `pwd` below `- npm test:` says where a step works.
    let folder = key.ident == key.word
        && cut(text, key.ident.clone()) == b"pwd"
        && found.join == Join::Colon
        && !found.quoted
        && cut(text, key.ident.start.saturating_sub(160)..key.ident.start)
            .trim_ascii_end()
            .rsplit(|b| *b == b'\n')
            .next()
            .is_some_and(|line| line.trim_ascii_start().starts_with(b"- ") && line.ends_with(b":"));
    binding
        || excluded
        || folder
        || variable
        || user
        || package
        || (key.lead == b'=' && matches!(after, b']' | b':') && before.is_ascii_alphanumeric())
        || (key.lead == b':'
            && found.join == Join::Colon
            && key.closing == 0
            && before.is_ascii_alphanumeric()
            && blanks(text, key.ident.end + 1) == key.ident.end + 1)
}

/// A part of an object: `this.$refs.afterPassword`.
fn is_member(value: &[u8]) -> bool {
    let rest = value.strip_prefix(b"this.").or_else(|| value.strip_prefix(b"self."));
    rest.is_some_and(|rest| rest.iter().filter(|b| b.is_ascii_digit()).count() < 3)
}

/// The next name of a YAML file, where a name without a value is before it: `default_return_to:`.
fn is_next_key(value: &[u8]) -> bool {
    value.strip_suffix(b":").is_some_and(|name| name.iter().all(|b| b.is_ascii_lowercase() || *b == b'_'))
}

/// A type, or a call with one: `*corev1.Secret`, `[]string`, `arrayOfNulls<String>(4)`, `Option<String>`, `?string`, `float32`.
fn is_type(value: &[u8]) -> bool {
    let bare = value.trim_ascii_start();
    let pointer = [&b"*"[..], b"[]", b"&", b"?"].iter().find_map(|sign| bare.strip_prefix(*sign));
    let word = bare.iter().take_while(|b| b.is_ascii_lowercase()).count();
    if matches!(&bare[..word], b"float" | b"int" | b"uint" | b"i" | b"u" | b"f")
        && matches!(&bare[word..], b"8" | b"16" | b"32" | b"64" | b"128")
    {
        return true;
    }
    if pointer.is_some_and(|rest| {
        rest.first().is_some_and(u8::is_ascii_alphabetic)
            && rest.iter().all(|b| is_word(*b) || *b == b'.')
            && !(rest.len() >= 12 && rest.iter().any(u8::is_ascii_digit) && generated_password(rest))
    }) {
        return true;
    }
    let ident = bare.iter().take_while(|b| is_word(**b) || **b == b'.').count();
    ident > 1
        && bare[0].is_ascii_alphabetic()
        && match at(bare, ident) {
            b'<' => bare.contains(&b'>'),
            b'(' => bare.ends_with(b")") || bare.ends_with(b"("),
            _ => false,
        }
}

/// A variable of SQL tools: `:name`, `:'name'`, `&name`.
fn is_variable(value: &[u8]) -> bool {
    let rest = value.strip_prefix(b":").or_else(|| value.strip_prefix(b"&"));
    rest.is_some_and(|rest| {
        let rest = rest.strip_prefix(b"'").unwrap_or(rest);
        !rest.is_empty() && rest.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'\''))
    })
}

/// The value is compared with what follows it, or names a variable: it is not what the name is given.
fn is_compared(text: &[u8], key: &Key, found: &Found) -> bool {
    let after = blanks(text, found.close);
    // `PASSWORD :'name'`, `PASSWORD :name`: a variable of psql.
    let start = found.secret.start.wrapping_sub(usize::from(found.quoted));
    let variable =
        key.closing == 0 && at(text, start.wrapping_sub(1)) == b':' && at(text, start.wrapping_sub(2)) == b' ';
    variable || found.quoted && (cut(text, after..after + 2) == b"==" || cut(text, after..after + 2) == b"!=")
}

/// What `kubeseal` encrypted: the length of an RSA block, 512 bytes mostly, and the block. What Maven encrypted: base64 in braces.
fn is_sealed(value: &[u8]) -> bool {
    let braces = value.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"=}"));
    (value.len() > 380 && matches!(value, [b'A', b'g', b'A'..=b'D', ..]) && value.iter().all(is_base64))
        || braces.is_some_and(|inner| inner.len() >= 23 && inner.iter().all(is_base64))
}

/// The address of an account or contract on a chain like Ethereum's: 20 bytes. A private key has 32.
fn is_account(value: &[u8]) -> bool {
    value.strip_prefix(b"0x").is_some_and(|rest| rest.len() == 40 && rest.iter().all(u8::is_ascii_hexdigit))
}

/// One UUID of many, as in a list of authenticators: a password has no such neighbours.
fn is_listed_id(text: &[u8], key: &Key, found: &Found, value: &[u8]) -> bool {
    let near = cut(text, found.secret.start.saturating_sub(NEAR)..found.secret.end + NEAR);
    // The members of an enumeration begin with a capital, and none of them is a word for a password alone.
    let member = text.get(key.ident.start).is_some_and(u8::is_ascii_uppercase)
        && !key.shout
        && key.ident.start < key.word.start
        && cut(text, key.ident.clone()).iter().all(u8::is_ascii_alphanumeric);
    member && is_uuid(value) && near.windows(36).filter(|part| is_uuid(part)).take(8).count() > 7
}

/// A public key for web push: a point of P-256 that is not compressed, 65 bytes that begin with 4.
fn is_curve_point(value: &[u8]) -> bool {
    value.len() == 87 && value[0] == b'B' && value.iter().all(is_base64)
}

fn is_base64(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || b"+/=-_".contains(b)
}

/// Hexadecimal digits or base64 of a length that digests have, under the name of a digest or the path of a file.
fn is_digest(text: &[u8], key: &Key, value: &[u8]) -> bool {
    let hex = matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128) && value.iter().all(u8::is_ascii_hexdigit);
    let base64 = matches!(value.len(), 43 | 44 | 86..=88) && value.iter().all(is_base64);
    if !hex && !base64 {
        return false;
    }
    let name = cut(text, key.ident.clone());
    let named = Pieces(name)
        .chain(name.split(|b| *b == b'_' || *b == b'-'))
        .any(|piece| DIGEST.iter().any(|word| piece.eq_ignore_ascii_case(word)));
    // `"src/access_token.rs": "..."`, `checksum/secret: ...`
    let file = name.iter().rposition(|b| *b == b'.').is_some_and(|i| {
        let ending = &name[i + 1..];
        (1..=4).contains(&ending.len()) && ending.iter().all(u8::is_ascii_lowercase) && key.closing > 0
    });
    let line = cut(text, key.ident.start.saturating_sub(24)..key.ident.start);
    let line = line.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let annotation =
        key.lead == b'/' && DIGEST.iter().any(|word| line.strip_suffix(b"/").is_some_and(|l| l.ends_with(word)));
    named || file || annotation
}

/// A key of something that is looked up, sorted or shown, or one that is made to be published.
fn opens_nothing(text: &[u8], key: &Key, value: &[u8]) -> bool {
    let head = cut(text, key.ident.start..key.word.start);
    let mut last = Pieces(head).last().unwrap_or_default();
    if head.is_empty() {
        // "the public key `...`"
        let line = cut(text, key.ident.start.saturating_sub(16)..key.ident.start);
        last = line.strip_suffix(b" ").and_then(|l| l.rsplit(|b| !b.is_ascii_alphabetic()).next()).unwrap_or_default();
    }
    // `pubkey`, `publickey`: no border between the words.
    let glued = cut(text, key.ident.start..key.word.end).to_ascii_lowercase();
    let glued = [&b"pubkey"[..], b"publickey", b"pub_key", b"public_key"].iter().any(|word| glued.ends_with(word));
    // `data-key="..."` of an element, and the site keys of captchas.
    let attribute = head.eq_ignore_ascii_case(b"data-") || head.eq_ignore_ascii_case(b"site");
    // The files of NIST and of Wycheproof say by their form that they hold published vectors.
    let near = cut(text, key.ident.start.saturating_sub(400)..key.ident.end + 400);
    let has = |word: &[u8]| memchr::memmem::find(near, word).is_some();
    let vector = has(b"CIPHERTEXT = ") || has(b"PLAINTEXT = ") || has(b"\"tcId\"");
    // The id of an OpenPGP key.
    let id = value.len() == 16 && value.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b));
    id || attribute || vector || glued || OTHER_KEYS.iter().any(|word| last.eq_ignore_ascii_case(word))
}

/// `pass` as a step, a filter or a result.
fn is_step(text: &[u8], key: &Key, value: &[u8]) -> bool {
    if !cut(text, key.word.clone()).eq_ignore_ascii_case(b"pass") {
        return false;
    }
    let head = cut(text, key.ident.start..key.word.start);
    let step = Pieces(head).last().is_some_and(|last| STEPS.iter().any(|word| last.eq_ignore_ascii_case(word)));
    // `PASS: test_login_case_12`, `pass: 31ms`, `"pass": "12of14"`, `ok 12 pass: ...`
    let shape = Shape::new(value);
    let unit = value.iter().position(|b| !b.is_ascii_digit() && *b != b'.').is_some_and(|i| {
        let rest = &value[i..];
        i > 0 && rest.len() <= 2 && rest.iter().all(u8::is_ascii_alphabetic)
    });
    let of = value.windows(4).any(|w| w[0].is_ascii_digit() && &w[1..3] == b"of" && w[3].is_ascii_digit());
    let name = value.starts_with(b"test_") || (shape.name && shape.digit > 0 && shape.upper == 0 && shape.joint > 1);
    step || (head.is_empty() && (unit || of || name))
}

/// A token against forged requests in a page: `<meta name="csrf-token" content="...">`.
fn is_page_token(text: &[u8], key: &Key) -> bool {
    let name = cut(text, key.ident.clone());
    // What frameworks call the field of a form, in a page or in a request that someone recorded.
    let field = [
        &b"authenticity_token"[..],
        b"csrfmiddlewaretoken",
        b"csrftoken",
        b"xsrftoken",
        b"__RequestVerificationToken",
        b"_csrf_token",
    ];
    if field.iter().any(|field| name.eq_ignore_ascii_case(field)) {
        return true;
    }
    let short_lived = Pieces(name).any(|piece| {
        [&b"csrf"[..], b"xsrf", b"authenticity", b"requestverificationtoken", b"verification", b"nonce"]
            .iter()
            .any(|word| piece.eq_ignore_ascii_case(word))
    });
    let before = cut(text, key.ident.start.saturating_sub(200)..key.ident.start);
    let tag = before.iter().rposition(|b| *b == b'<').map(|i| &before[i..]).filter(|tag| !tag.contains(&b'>'));
    tag.is_some_and(|tag| {
        let hidden = memchr::memmem::find(tag, b"type=\"hidden\"").is_some() && key.kind == Kind::Token;
        (short_lived && (tag.starts_with(b"<meta") || tag.starts_with(b"<input")))
            || (hidden && tag.starts_with(b"<input"))
    })
}

/// What an ExternalSecret calls the entry: `secretKey: name`, and where it comes from on the next line; the part of a page that
/// an attribute means: `data-toggle-password="#field"`; the store that .NET is to read: `AddUserSecrets("...")`.
fn is_reference(text: &[u8], key: &Key, found: &Found) -> bool {
    let (name, value) = (cut(text, key.ident.clone()), cut(text, found.secret.clone()));
    let rest = cut(text, found.close..found.close + 80).trim_ascii_start();
    let external = name == b"secretKey" && (rest.starts_with(b"remoteRef") || rest.starts_with(b"sourceRef"));
    let selector = matches!(value, [b'#' | b'.', first, ..] if first.is_ascii_alphabetic())
        && value[1..].iter().all(|b| is_word(*b) || *b == b'-');
    let part = name.starts_with(b"data-") && selector;
    external || part || name.ends_with(b"AddUserSecrets")
}

/// The header of a token and nothing else: `{"alg":"HS256"}`.
fn is_header_alone(value: &[u8]) -> bool {
    value.starts_with(b"eyJ")
        && !value.contains(&b'.')
        && STANDARD_NO_PAD.decode(value).is_ok_and(|json| {
            json.starts_with(b"{\"") && json.ends_with(b"}") && memchr::memmem::find(&json, b"\"alg\"").is_some()
        })
}

/// How the value reads: the name of something in a program, or a label that people see.
pub(super) fn reading(key: &Key, found: &Found, value: &[u8]) -> Option<Reason> {
    if is_identifier(value) && names_something(key, found, value) || is_constant(value) {
        return Some(Reason::ProgramName);
    }
    let text = std::str::from_utf8(value).ok()?;
    let shown = |c: char| {
        c.is_alphabetic()
            || " -'’.,:;!?…()/&%*\u{a0}\u{200b}\u{200c}\u{200d}".contains(c)
            || !c.is_ascii() && !c.is_numeric()
    };
    // Words of any language: letters beyond ASCII, or an order that is not that of random ones.
    let ordered = |word: &str| pairs(word.as_bytes()).is_none_or(|mean| mean > NOISE - 0.8);
    let spoken = |word: &str| word.chars().all(shown) && (!word.is_ascii() || ordered(word));
    // One name with a digit in it may be among the words: `LwM2M-Server-Geheimschlüssel`.
    let words: Vec<&str> = text.split([' ', '-', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    let odd: Vec<&&str> = words.iter().filter(|word| !spoken(word)).collect();
    let label = match odd[..] {
        [] => true,
        [one] => words.len() > 1 && one.len() <= 6 && one.chars().all(char::is_alphanumeric),
        _ => false,
    };
    (label && text.chars().any(char::is_alphabetic) && found.join != Join::Flag).then_some(Reason::Label)
}

/// The name of a constant or a variable of the environment: `LWM2M_CLIENT_KEY`.
fn is_constant(value: &[u8]) -> bool {
    let plain = value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    plain && digits <= 2 && value.split(|b| *b == b'_').filter(|part| part.len() > 1).count() > 1
}

/// Words of letters that can be spoken, joined by signs or humps; among many of them a number, as in the name of a ticket.
fn is_identifier(value: &[u8]) -> bool {
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(b));
    if !plain {
        return false;
    }
    let (mut words, mut numbers) = (0, 0);
    for piece in Pieces(value) {
        let spoken = piece.len() < 4
            || (piece.len() <= 16 && piece.iter().any(|b| b"aeiouyAEIOUY".contains(b)))
            || (piece.len() < 6 && piece.iter().all(u8::is_ascii_uppercase));
        match piece.iter().all(u8::is_ascii_alphabetic) {
            true if spoken => words += 1,
            false if piece.len() < 7 => numbers += 1,
            _ => return false,
        }
    }
    words > 1 && (numbers == 0 || (numbers == 1 && words > 3))
}

/// `LockClosedIcon`, `argocd-git-ask-pass`, `user_passwords`: its last word is that of a part of a program, or it names what
/// its own name says.
fn names_something(key: &Key, found: &Found, value: &[u8]) -> bool {
    let pieces: Vec<&[u8]> = Pieces(value).collect();
    let is = |words: &[&[u8]], piece: &[u8]| words.iter().any(|word| piece.eq_ignore_ascii_case(word));
    let last = pieces.last().is_some_and(|last| is(PROGRAM, last));
    // People take a word and `pass` for a password; with more words it is a name.
    let telling = key.kind != Kind::Plain
        && pieces.len() > if matches!(key.kind, Kind::Password | Kind::Credential) { 2 } else { 1 }
        && pieces.iter().any(|piece| is(TELLING, piece));
    // `["password", "updated_at"]`: a list of fields.
    let field = found.join == Join::Pair && value.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    // Nobody generates three words for a token, and a person seldom takes them.
    let token = !matches!(key.kind, Kind::Password | Kind::Credential)
        && pieces.len() > 2
        && pieces.iter().all(|piece| piece.len() > 1 && piece.iter().all(u8::is_ascii_alphabetic));
    let plural = pieces.last().is_some_and(|last| is(TELLING, last) && last.ends_with(b"s") && !last.ends_with(b"ss"));
    last || plural || telling || field || token
}
