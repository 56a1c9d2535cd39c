//! Kubernetes Secrets: each random value of one is a secret, whatever its name, and whole files in it are searched.
//!
//! In: text and the place of `kind: Secret`. Out: the values of `data` (base64) and `stringData` (as they are) of the same
//! object, in YAML or JSON: those that a machine generated, and those that decode to text, to be searched for everything. Refuses
//! templates, values that are words, names, addresses or settings, and values of other objects.

use super::encoded::Encoded;
use super::structure::{self, Field, Form, Wanted};
use super::weighed::Weighed;
use super::{assignment, entropy};
use crate::check::maker::{Maker, Use, maker};
use crate::finding::evidence::{Evidence, Reason};
use crate::finding::secret::Secret;
use crate::text::decode;
use std::ops::Range;

/// Most values of one Secret; Kubernetes bounds its size, and so its number of values.
const MAX_VALUES: usize = 4096;

/// What a Secret holds.
#[derive(Default)]
pub(super) struct Manifest {
    pub(super) values: Vec<Weighed>,
    pub(super) encoded: Vec<Encoded>,
}

/// Reads the Secret that `kind: Secret` at `kind` belongs to, at most `far` bytes to either side.
pub(super) fn read(text: &[u8], kind: &Range<usize>, far: usize) -> Manifest {
    let offset = kind.start.saturating_sub(far);
    let view = text.get(offset..text.len().min(kind.end.saturating_add(far))).unwrap_or_default();
    let name = kind.start - offset..kind.start - offset + b"kind".len();
    let quoted = name.start > 0 && matches!(view[name.start - 1], b'"' | b'\'');
    let mut found = Manifest::default();
    let forms: &[Form] = if quoted { &[Form::Brackets(0)] } else { &[Form::Lines, Form::Brackets(0)] };
    for form in forms {
        let mut parts: Vec<(Field, bool)> = Vec::new();
        let mut read = structure::fields(view, &name, *form, &mut |field| {
            match view.get(field.name.clone()) {
                Some(b"data") => parts.push((field, true)),
                Some(b"stringData") => parts.push((field, false)),
                _ => {}
            }
            Wanted::More
        });
        let mut entries: Vec<(Field, Range<usize>, bool)> = Vec::new();
        for (part, encoded) in &parts {
            let range = structure::nested(view, part, *form, &mut |field| {
                entries.extend(value(view, &field, *form).map(|range| (field, range, *encoded)));
                if entries.len() < MAX_VALUES { Wanted::More } else { Wanted::Enough }
            });
            read = read.start.min(range.start)..read.end.max(range.end);
        }
        let back = |range: &Range<usize>| range.start + offset..range.end + offset;
        for (field, range, encoded) in &entries {
            let read = back(&(read.start.min(range.start)..read.end.max(range.end)));
            let name = view.get(field.name.clone()).unwrap_or_default();
            found.take(text, name, back(range), read, *encoded);
        }
        if !entries.is_empty() {
            break;
        }
    }
    found
}

impl Manifest {
    fn take(&mut self, text: &[u8], name: &[u8], range: Range<usize>, read: Range<usize>, encoded: bool) {
        let written = text.get(range.clone()).unwrap_or_default();
        let value = if encoded {
            let Some(layer) = decode::base64_text(text, &range) else { return };
            if decode::is_long_base64(written) || written.contains(&b'\n') {
                self.encoded.push(Encoded { run: range.clone(), read: read.clone() });
            }
            layer.bytes().trim_ascii().to_vec()
        } else {
            written.to_vec()
        };
        if is_secret(&value) && !assignment::is_no_secret(name, &value) {
            let mut evidence = vec![Evidence::new(Reason::OfSecret)];
            evidence.extend(entropy::judge(&value));
            let value = Secret::normalise(&value);
            let (whole, secret) = (range.clone(), range);
            self.values.push(Weighed { read, whole, secret, value, evidence, related: vec![], host: vec![] });
        }
    }
}

/// Whether a machine generated it.
fn is_secret(value: &[u8]) -> bool {
    let small = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-./:_,".contains(b);
    let mixed = (12..=512).contains(&value.len())
        && value.iter().all(u8::is_ascii_graphic)
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
        // Small letters and digits in parts of their own: a host, an image, a name.
        && !value.iter().all(small)
        && maker(value, Use::Password) == Maker::Machine;
    mixed || is_lower_case_token(value)
}

/// A random value in small letters and digits, in one piece.
fn is_lower_case_token(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    (20..=512).contains(&value.len())
        && value.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && digits * 8 >= value.len()
        && digits < value.len()
        && maker(value, Use::Token) == Maker::Machine
}

/// The value of an entry: one word, in quotes or not, or a block of base64 over several lines.
fn value(text: &[u8], field: &Field, form: Form) -> Option<Range<usize>> {
    let rest = text.get(field.value..)?;
    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let start = field.value + blanks;
    let body = text.get(start..)?;
    let quote = *body.first()?;
    if matches!(quote, b'"' | b'\'') {
        let len = body.get(1..)?.iter().position(|b| *b == quote || *b == b'\n' || *b == b'\\')?;
        return (body.get(1 + len) == Some(&quote) && len > 0).then(|| start + 1..start + 1 + len);
    }
    let line = memchr::memchr(b'\n', body).unwrap_or(body.len());
    if form == Form::Lines && matches!(quote, b'|' | b'>') {
        let mut end = line + 1;
        // As far as lines of base64 follow.
        while let Some(more) = body.get(end..).filter(|more| more.first().is_some_and(|b| matches!(b, b' ' | b'\t'))) {
            let len = memchr::memchr(b'\n', more).unwrap_or(more.len());
            if !decode::is_long_base64(more.get(..len)?.trim_ascii()) && end > line + 1 && len > 0 {
                // The last line may be short.
                let last = more.get(..len)?.trim_ascii();
                end += if last.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)) { len } else { 0 };
                break;
            }
            end += len + 1;
        }
        let end = end.min(body.len());
        return (end > line + 1).then(|| start + line + 1..start + end);
    }
    let ends = |b: &u8| b.is_ascii_whitespace() || (form != Form::Lines && matches!(b, b',' | b'}'));
    let len = body.iter().position(ends).unwrap_or(body.len());
    let rest = body.get(len..line)?.trim_ascii();
    let plain = !matches!(quote, b'{' | b'[' | b'&' | b'*' | b'!');
    (len > 0 && plain && (rest.is_empty() || rest.starts_with(b"#") || form != Form::Lines)).then(|| start..start + len)
}
