//! stub
#![allow(missing_docs)]
pub mod decode; pub mod layer; pub mod lines; pub mod utf16; pub mod view;
