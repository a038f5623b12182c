//! Words described by their shape: wildcards and regular expressions.

use regex::{Regex, RegexBuilder};

/// Most memory that a compiled expression may take, in bytes: it bounds the time as well.
const MOST_MEMORY: usize = 1 << 20;

/// A regular expression that matches whole words, whatever their capitals; an error says in a few words
/// why there is none.
///
/// ```
/// use onrecord::query::shape;
///
/// assert!(shape::regex("kyi?v").unwrap().is_match("Kyiv"));
/// assert!(shape::regex("kyi?v").is_ok_and(|regex| !regex.is_match("kyivan")));
/// assert_eq!(shape::regex("(kyiv").unwrap_err(), "unclosed group");
/// ```
pub fn regex(pattern: &str) -> Result<Regex, String> {
    build(&format!("^(?:{pattern})$"), pattern)
}

/// The words of a shape: `*` for any letters, `?` for one.
pub fn wildcard(shape: &str) -> Result<Regex, String> {
    let mut pattern = String::new();
    for c in shape.chars() {
        match c {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            other => pattern.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex(&pattern)
}

fn build(whole: &str, pattern: &str) -> Result<Regex, String> {
    // By itself first: `a)(b` would close the group around it.
    let alone = RegexBuilder::new(pattern).size_limit(MOST_MEMORY).nest_limit(20).build();
    let built = alone.and_then(|_| {
        let mut builder = RegexBuilder::new(whole);
        builder
            .size_limit(MOST_MEMORY)
            .dfa_size_limit(MOST_MEMORY)
            .nest_limit(22)
            .case_insensitive(true)
            .build()
    });
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "too big".to_string(),
        other => {
            let text = other.to_string();
            let reason = text.lines().last().unwrap_or_default().trim();
            reason.trim_start_matches("error: ").to_string()
        }
    })
}
