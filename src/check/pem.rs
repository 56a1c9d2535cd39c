#![allow(missing_docs)]
use std::ops::Range; use crate::evidence::Evidence;
pub const REACH:usize=32*1024;
pub struct Block{pub extent:Range<usize>,pub body:Vec<u8>,pub evidence:Vec<Evidence>}
pub fn parse(_t:&[u8],_b:Range<usize>)->Option<Block>{None}
