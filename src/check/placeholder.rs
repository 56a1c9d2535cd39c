#![allow(missing_docs)]
use crate::evidence::Evidence;
pub fn judge(_h:&[u8])->Vec<Evidence>{vec![]}
