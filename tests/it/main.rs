//! End to end: what a user types, and what comes out.

mod copies;
mod corpus;
mod floors;
mod formats;
mod fuzz;
mod hostile;
mod index;
mod integrity;
mod languages;
mod outside;
mod people;
mod phenomena;
mod quality;
mod readme;
mod regions;
mod said;
mod saved;
mod search;
mod support;
