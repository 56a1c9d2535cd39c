#![allow(missing_docs)]
use std::ops::Range; use crate::evidence::Evidence;
pub const REACH:usize=2048;
pub struct Parsed{pub whole:Range<usize>,pub secret:Range<usize>,pub value:Option<Vec<u8>>,pub evidence:Vec<Evidence>}
pub fn parse(_t:&[u8],_w:Range<usize>)->Option<Parsed>{None}
