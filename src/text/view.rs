#![allow(missing_docs)]
#[derive(Debug,Clone,Copy,PartialEq,Eq)] pub enum Encoding{Bytes,Utf16Le,Utf16Be}
#[derive(Debug,Clone,Copy,PartialEq,Eq)] pub struct View{pub encoding:Encoding,pub binary:bool}
pub fn view(h:&[u8])->View{View{encoding:Encoding::Bytes,binary:h.iter().take(8192).filter(|b|**b<9).count()*50>h.len().min(8192)}}
pub fn container(_h:&[u8])->Option<&'static str>{None}
pub fn lfs_pointer(_h:&[u8])->bool{false}
