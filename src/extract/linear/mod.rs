//! Trained linear models: names, and who says what by which words.
//!
//! text → [`Token`]s → words with their letters looked at once, for all models ([`read`]) → sums of
//! weights → best path of labels.
//! Nothing here reads or writes a file: the weights are part of the program.

mod adder;
mod cache;
pub mod chain;
mod cut;
pub mod forest;
pub mod hash;
mod index;
pub mod keys;
pub mod model;
pub mod name_features;
mod names;
pub mod quote_features;
pub mod quote_opinion;
mod quotes;
mod reading;
mod speakers;
pub mod table;
mod token;
pub mod words;

pub use cut::{Cut, View};
pub use names::{Labelled, Name, NameClass, Opinion, Part, header, label, mark, names_with, parts, spans};
pub use quotes::{Tagged, What, around, quotes_header, quotes_with};
pub use reading::{MOST_WORDS, Reader, names, read};
pub use speakers::{NUMBERS, Ranked, Speaker, Table, speakers_header, speakers_with};
pub use token::{Token, is_abbreviation, tokenize};
