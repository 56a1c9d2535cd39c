//! The life of a secret in `leaktight/1`: written for reports, read back for merging.
//!
//! Times are RFC 3339 date-times in UTC. In a run over several repositories what names a thing of one of them (a commit,
//! a reference) has the repository's name and a colon before it; `history::fleet::merge` puts it there.

use super::location::{list, read_list, read_reach};
use crate::finding::Life;
use crate::time;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A life, as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct JsonLife<'a> {
    first: Option<String>,
    last: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authored: Option<(String, String)>,
    introduced: Vec<Cow<'a, str>>,
    removed: Vec<Cow<'a, str>>,
    in_head: bool,
    refs: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refs_bytes: Option<Vec<String>>,
    /// With those that are not listed.
    #[serde(default)]
    refs_total: u64,
    tags: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags_bytes: Option<Vec<String>>,
    #[serde(default)]
    tags_total: u64,
    authors: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authors_bytes: Option<Vec<String>>,
    days: u64,
    objects: u64,
    reach: Vec<Cow<'a, str>>,
}

/// A life for a report.
pub(crate) fn life(life: &Life) -> JsonLife<'_> {
    let (refs, refs_bytes) = list(&life.refs);
    let (tags, tags_bytes) = list(&life.tags);
    let (authors, authors_bytes) = list(&life.authors);
    JsonLife {
        first: life.first.map(time::date_time),
        last: life.last.map(time::date_time),
        authored: life.authored.map(|(first, last)| (time::date_time(first), time::date_time(last))),
        introduced: life.introduced.iter().map(Into::into).collect(),
        removed: life.removed.iter().map(Into::into).collect(),
        in_head: life.in_head,
        refs,
        refs_bytes,
        refs_total: life.more_refs.saturating_add(life.refs.len() as u64),
        tags,
        tags_bytes,
        tags_total: life.more_tags.saturating_add(life.tags.len() as u64),
        authors,
        authors_bytes,
        days: life.days,
        objects: life.objects,
        reach: life.reach.iter().map(|r| Cow::Borrowed(r.name())).collect(),
    }
}

impl JsonLife<'_> {
    /// The life again.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(self) -> Result<Life, String> {
        let at = |text: &String| {
            time::seconds(text)
                .ok_or_else(|| format!("`{}` is no time in UTC", text.chars().take(40).collect::<String>()))
        };
        let authored = match &self.authored {
            Some((first, last)) => Some((at(first)?, at(last)?)),
            None => None,
        };
        let owned = |list: Vec<Cow<'_, str>>| list.into_iter().map(Cow::into_owned).collect();
        Ok(Life {
            first: self.first.as_ref().map(at).transpose()?,
            last: self.last.as_ref().map(at).transpose()?,
            authored,
            introduced: owned(self.introduced),
            removed: owned(self.removed),
            in_head: self.in_head,
            refs: read_list(&self.refs, self.refs_bytes.as_deref())?,
            more_refs: self.refs_total.saturating_sub(self.refs.len() as u64),
            tags: read_list(&self.tags, self.tags_bytes.as_deref())?,
            more_tags: self.tags_total.saturating_sub(self.tags.len() as u64),
            authors: read_list(&self.authors, self.authors_bytes.as_deref())?,
            days: self.days,
            objects: self.objects,
            reach: self.reach.iter().map(|r| read_reach(r)).collect::<Result<_, _>>()?,
        })
    }
}
