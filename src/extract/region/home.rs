//! Where an outlet is at home, by its name: `Houston Chronicle`, `The Journal of Cairo, Ill.`,
//! `houstonchronicle.com`.

use super::Sighting;
use crate::gazetteer::{Gazetteer, fold};
use crate::span::Span;

/// Words that outlets call themselves by, as they end the names of their hosts.
const PAPERS: &[&str] = &[
    "advertiser",
    "advocate",
    "argus",
    "banner",
    "bee",
    "bulletin",
    "chronicle",
    "citizen",
    "courier",
    "daily",
    "democrat",
    "dispatch",
    "echo",
    "enquirer",
    "enterprise",
    "examiner",
    "express",
    "free",
    "gazette",
    "globe",
    "herald",
    "independent",
    "inquirer",
    "journal",
    "leader",
    "ledger",
    "live",
    "local",
    "mail",
    "mercury",
    "mirror",
    "monitor",
    "news",
    "now",
    "observer",
    "online",
    "paper",
    "post",
    "press",
    "radio",
    "record",
    "register",
    "reporter",
    "republic",
    "review",
    "sentinel",
    "standard",
    "star",
    "sun",
    "telegraph",
    "times",
    "today",
    "tribune",
    "tv",
    "union",
    "voice",
    "weekly",
    "world",
];

/// The place in an outlet's name, as if the article named it; which of its namesakes, the article tells.
pub fn outlet(source: &str, gazetteer: &Gazetteer) -> Option<Sighting> {
    let host = source.contains('.') && !source.contains(' ') && !source.contains(char::is_uppercase);
    let name = if host { title_of(source) } else { source.to_string() };
    let starts = name.char_indices().filter(|(at, c)| {
        c.is_uppercase() && !name[..*at].ends_with(|before: char| before.is_alphanumeric())
    });
    starts.map(|(at, _)| at).find_map(|at| {
        let hit = gazetteer.longest_match(&name, at)?;
        Some(Sighting {
            key: fold(&name[at..hit.end]),
            tokens: 0..0,
            span: Span::default(),
            candidates: hit.candidates,
            located: true,
            tagged: false,
            doubtful: false,
            home: true,
            holder: None,
            elsewhere: None,
        })
    })
}

/// `Houston` of `www.houstonchronicle.com`.
fn title_of(host: &str) -> String {
    let labels = host.split('.').filter(|label| *label != "www");
    let mut name = labels.max_by_key(|label| label.len()).unwrap_or_default();
    name = name.strip_prefix("the").unwrap_or(name);
    while let Some(rest) = PAPERS.iter().find_map(|paper| name.strip_suffix(paper)) {
        name = rest.trim_end_matches('-');
    }
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
