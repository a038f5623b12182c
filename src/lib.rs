//! onrecord turns a folder of news into an index that answers: what was written, who said what, to
//! whom, and about which region?
//!
//! - files → [`read`] → [`extract`](mod@extract) → [`rows`] → [`engine`]: told in [`ingest`]
//! - words → [`query`] → [`engine`] → [`render`]: told in [`search`]
//!
//! Imports run down only; a test keeps it so:
//!
//! | floor | modules |
//! |---|---|
//! | faces | [`cli`] |
//! | output | [`render`], [`eval`], [`ir`] |
//! | journeys | [`ingest`], [`search`], [`versions`]; on top of them [`like`](mod@like) |
//! | edges and the pure middle | [`read`], [`extract`](mod@extract), [`engine`], [`gold`] |
//! | what is asked, what is stored | [`query`], [`rows`] |
//! | the nouns | [`document`], [`people`] |
//! | what is known | [`gazetteer`], [`lang`] |
//! | ground | [`span`], [`sketch`], [`error`], [`user`] |
//!
//! `read`, `extract` and `engine` do not know each other; only `engine` knows tantivy; only `read`,
//! `engine`, `ingest`, `user` and `cli` touch a disk.

pub mod cli;
pub mod document;
pub mod engine;
pub mod error;
pub mod eval;
pub mod extract;
pub mod gazetteer;
pub mod gold;
pub mod ingest;
pub mod ir;
pub mod lang;
pub mod like;
pub mod people;
pub mod query;
pub mod read;
pub mod render;
pub mod rows;
pub mod search;
pub mod sketch;
pub mod span;
pub mod user;
pub mod versions;
