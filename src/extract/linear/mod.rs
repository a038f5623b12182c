//! Trained linear models: names, and what they need.
//!
//! text → [`Token`]s → words with their letters looked at once → sums of weights → best path of labels.
//! Nothing here reads or writes a file: the weights are part of the program.

pub mod chain;
pub mod hash;
pub mod model;
pub mod name_features;
mod names;
mod token;
pub mod words;

pub use names::{
    Labelled, Name, NameClass, Opinion, Part, header, label, names, names_with, parts, spans,
};
pub use token::{Token, is_abbreviation, tokenize};
