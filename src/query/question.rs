//! Plain questions about quotes, read as the filters that they mean.
//!
//! `who said what about Donetsk` asks for quotes about a region, not for the words *who said what*.

use super::{Expr, Filter};

/// Words that ask, and carry nothing to look for.
const ASKING: &[&str] = &[
    "who",
    "what",
    "whom",
    "which",
    "when",
    "where",
    "why",
    "how",
    "said",
    "say",
    "says",
    "saying",
    "did",
    "does",
    "do",
    "has",
    "have",
    "had",
    "was",
    "were",
    "is",
    "are",
    "been",
    "anyone",
    "anybody",
    "anything",
    "someone",
    "everyone",
    "something",
    "everything",
    "people",
    "all",
    "about",
    "on",
    "regarding",
    "of",
    "the",
    "a",
    "an",
    "to",
    "by",
    "in",
    "for",
    "and",
    "or",
    "me",
    "show",
    "tell",
    "told",
    "find",
    "quotes",
    "quote",
    "quoted",
    "statements",
    "there",
    "that",
    "this",
    "it",
    "with",
    "from",
    "at",
    "as",
    "be",
    "will",
    "would",
];

/// Reads a plain question; none when it is not of a shape that is known.
///
/// Shapes: `who said what about R`, `what did P say about R`, `what did P tell Q about R`,
/// `what has P said to Q`, `quotes by P about R`.
pub fn read(input: &str) -> Option<Expr<String>> {
    let plain = input.trim().trim_end_matches(['?', '.', '!']);
    if plain.contains([':', '"', '“', '(', '*', '~']) {
        return None;
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    let low: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let asks = matches!(
        low.first().map(String::as_str),
        Some("who" | "what" | "quotes" | "did" | "has" | "anything" | "everything" | "show")
    );
    if !asks || words.len() < 3 {
        return None;
    }
    let mut filters = Vec::new();
    let mut end = words.len();
    if let Some(about) =
        low.iter().rposition(|word| matches!(word.as_str(), "about" | "on" | "regarding" | "concerning"))
        && about + 1 < end
    {
        filters.push(Filter::About(strip_article(&words[about + 1..end])));
        end = about;
    }
    let speaker = between(
        &low,
        &words,
        end,
        &["did", "has", "have", "does", "had"],
        &["say", "said", "tell", "told", "write", "written", "claim"],
    );
    let hearer = after(&low, &words, end, &["tell", "told", "to"]);
    let by = after(&low, &words, end, &["by", "from"]);
    filters.extend(speaker.or(by).map(Filter::By));
    filters.extend(hearer.map(Filter::To));
    if filters.is_empty() || !covered(&low[..end], &filters) {
        return None;
    }
    let mut all: Vec<Expr<String>> = filters.into_iter().map(Expr::Filter).collect();
    Some(if all.len() == 1 { all.remove(0) } else { Expr::And(all) })
}

/// Leaves asking words out of a list of plain words, as long as anything else is there to look for.
pub fn drop_asking_words(expr: Expr<String>, notes: &mut Vec<String>) -> Expr<String> {
    let Expr::Any(list) = expr else {
        return match expr {
            Expr::And(list) => {
                Expr::And(list.into_iter().map(|expr| drop_asking_words(expr, notes)).collect())
            }
            other => other,
        };
    };
    let asking = |expr: &Expr<String>| matches!(expr, Expr::Word(word) if ASKING.contains(&word.to_lowercase().as_str()));
    if list.iter().all(asking) {
        return Expr::Any(list);
    }
    let (dropped, mut kept): (Vec<_>, Vec<_>) = list.into_iter().partition(asking);
    if !dropped.is_empty() {
        let words: Vec<&str> = dropped
            .iter()
            .filter_map(|expr| match expr {
                Expr::Word(word) => Some(word.as_str()),
                _ => None,
            })
            .collect();
        notes.push(format!("left out as too common: {}", words.join(" ")));
    }
    if kept.len() == 1 { kept.remove(0) } else { Expr::Any(kept) }
}

fn strip_article(words: &[&str]) -> String {
    let rest = match words.first() {
        Some(first) if first.eq_ignore_ascii_case("the") && words.len() > 1 => &words[1..],
        _ => words,
    };
    rest.join(" ")
}

/// The words between one of `openers` and one of `closers`.
fn between(low: &[String], words: &[&str], end: usize, openers: &[&str], closers: &[&str]) -> Option<String> {
    let open = low[..end].iter().position(|word| openers.contains(&word.as_str()))?;
    let close = open + 1 + low[open + 1..end].iter().position(|word| closers.contains(&word.as_str()))?;
    let named = low[open + 1..close].iter().any(|word| !ASKING.contains(&word.as_str()));
    (named && close - open < 6).then(|| strip_article(&words[open + 1..close]))
}

/// The words after one of `openers`, up to the end or an asking word.
fn after(low: &[String], words: &[&str], end: usize, openers: &[&str]) -> Option<String> {
    let open = low[..end].iter().rposition(|word| openers.contains(&word.as_str()))?;
    let stop =
        (open + 1..end).find(|&at| ASKING.contains(&low[at].as_str()) && low[at] != "the").unwrap_or(end);
    (stop > open + 1).then(|| strip_article(&words[open + 1..stop]))
}

/// True when every word of the question asks or went into a filter.
fn covered(low: &[String], filters: &[Filter<String>]) -> bool {
    let used: Vec<String> = filters
        .iter()
        .flat_map(|filter| match filter {
            Filter::About(name) | Filter::By(name) | Filter::To(name) => {
                name.to_lowercase().split_whitespace().map(str::to_string).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    low.iter().all(|word| {
        ASKING.contains(&word.as_str())
            || used.contains(word)
            || matches!(word.as_str(), "write" | "written" | "claim")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, wanted: &str) {
        let shown = match read(input) {
            None => "-".to_string(),
            Some(expr) => crate::query::parse::echo(&expr),
        };
        assert_eq!(shown, wanted, "{input}");
    }

    #[test]
    fn questions() {
        check("who said what about Donetsk?", "about:\"Donetsk\"");
        check("What did Witkoff say about the West Bank", "about:\"West Bank\" speaker:\"Witkoff\"");
        check(
            "what did Steve Witkoff tell Ushakov about Donetsk",
            "about:\"Donetsk\" speaker:\"Steve Witkoff\" to:\"Ushakov\"",
        );
        check("who told Ushakov", "to:\"Ushakov\"");
        check("land swap", "-");
        check("who benefits from the land swap", "-");
        check("who:x about y", "-");
    }
}
