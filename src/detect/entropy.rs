#![allow(missing_docs)]
use crate::evidence::Evidence;
pub fn judge(_p:&[u8])->Vec<Evidence>{vec![]}
