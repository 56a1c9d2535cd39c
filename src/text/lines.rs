#![allow(missing_docs)]
use crate::source::Start; use super::view::Encoding;
pub struct Lines<'a>{s:Start,b:&'a [u8]}
pub struct Position{pub line:u64,pub column:u64}
impl<'a> Lines<'a>{pub fn new(s:Start,b:&'a [u8],_e:Encoding)->Self{Self{s,b}} pub fn position(&self,at:usize)->Position{
 let n=self.b[..at].iter().filter(|b|**b==b'\n').count() as u64; let c=self.b[..at].iter().rev().take_while(|b|**b!=b'\n').count() as u64;
 Position{line:self.s.lines+n+1,column:c+1+if n==0{self.s.units}else{0}}}}
pub fn advance(s:Start,b:&[u8],_e:Encoding)->Start{Start{offset:s.offset+b.len() as u64,lines:s.lines+b.iter().filter(|b|**b==b'\n').count() as u64,units:0}}
