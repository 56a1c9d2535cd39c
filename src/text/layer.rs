#![allow(missing_docs)]
use std::ops::Range; use crate::source::Fresh;
pub struct Layer;
impl Layer{pub fn bytes(&self)->&[u8]{&[]} pub fn source(&self,r:Range<usize>)->Range<usize>{r} pub fn fresh(&self,_f:Fresh<'_>)->Vec<Range<usize>>{vec![]}}
