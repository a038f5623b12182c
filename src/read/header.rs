//! Lines at the head of a text that are about the article: `By Jane Doe`, `Published: 14 October 2025`.

use super::date;
use super::{DateSource, Raw};

/// How many lines that are not blank are looked at.
const HEAD: usize = 12;

/// Takes the header lines out of `raw.text` into the fields that nothing has filled yet.
///
/// A line that is only a date is read but stays; a labelled date counts like front matter.
pub(super) fn take(raw: &mut Raw) {
    let text = std::mem::take(&mut raw.text);
    let mut kept = Vec::new();
    let mut seen = 0;
    let mut lines = text.split('\n');
    let mut title = None;
    for line in lines.by_ref() {
        let words = line.trim();
        if words.is_empty() {
            kept.push(line);
            continue;
        }
        seen += 1;
        if let Some((field, value)) = labelled(words) {
            match field {
                Field::Title => title = Some(value.to_owned()),
                Field::Source => fill(&mut raw.source, value),
                Field::Url => fill(&mut raw.url, value),
                Field::Language => fill(&mut raw.language, value),
                Field::Byline => fill_byline(&mut raw.byline, value),
                Field::Date => raw.published.push((value.to_owned(), DateSource::FrontMatter)),
            }
        } else if is_byline(words) {
            fill_byline(&mut raw.byline, words);
        } else {
            if date::dates(words) {
                raw.published.push((words.to_owned(), DateSource::Text));
            }
            kept.push(line);
            // A paragraph of prose ends the head.
            if words.chars().count() > 160 || (words.ends_with(['.', '”', '"']) && words.chars().count() > 60)
            {
                break;
            }
        }
        if seen == HEAD {
            break;
        }
    }
    if let Some(title) = title {
        fill(&mut raw.title, &title);
    }
    kept.extend(lines);
    raw.text = kept.join("\n");
}

fn fill(field: &mut Option<String>, value: &str) {
    if field.is_none() {
        *field = Some(value.to_owned());
    }
}

fn fill_byline(byline: &mut Vec<String>, value: &str) {
    if byline.is_empty() {
        byline.push(value.to_owned());
    }
}

enum Field {
    Title,
    Source,
    Url,
    Language,
    Byline,
    Date,
}

fn labelled(line: &str) -> Option<(Field, &str)> {
    let (label, value) = line.split_once(':')?;
    let value = value.trim();
    if value.is_empty() || value.chars().count() > 300 || label.len() > 24 {
        return None;
    }
    let field = match label.trim().trim_matches('*').to_lowercase().as_str() {
        "title" | "headline" => Field::Title,
        "source" | "outlet" | "publisher" | "publication" | "newspaper" => Field::Source,
        "url" | "link" | "web address" | "permalink" => Field::Url,
        "language" | "lang" => Field::Language,
        "author" | "authors" | "byline" | "by" | "written by" | "reporter" => Field::Byline,
        "date" | "published" | "publish date" | "publication date" | "date published" | "published on"
        | "posted" | "posted on" | "pubdate" => Field::Date,
        _ => return None,
    };
    let fits = match field {
        Field::Url => value.starts_with("http"),
        Field::Date => value.contains(|c: char| c.is_ascii_digit()),
        _ => true,
    };
    fits.then_some((field, value))
}

/// True for `By Jane Doe and John Roe`, `BY JANE DOE, Associated Press`, `By Jane Doe in Kyiv`.
pub(super) fn is_byline(line: &str) -> bool {
    ["By ", "BY ", "by ", "Written by "].iter().find_map(|by| line.strip_prefix(by)).is_some_and(are_names)
}

/// True when a line may be names of people, and what stands beside names in a byline.
pub(super) fn are_names(names: &str) -> bool {
    let sentence = names.ends_with(['!', '?', '”', '"', ':']) || (names.ends_with('.') && names.len() > 40);
    if sentence || names.chars().count() > 110 || names.contains(". ") && names.len() > 60 {
        return false;
    }
    let names = names.split(['|', '•', '·', '⋅', ',', '/', '(', '—', '–']).next().unwrap_or_default();
    let mut capitals = 0;
    for word in names.split_whitespace() {
        let letters = word.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = letters.to_lowercase();
        if date::is_calendar_word(&lower) || letters.contains(|c: char| c.is_ascii_digit()) {
            return false;
        }
        match letters.chars().next() {
            Some(first) if first.is_uppercase() => capitals += 1,
            None => {}
            _ if PARTICLES.contains(&lower.as_str()) => {}
            _ => return false,
        }
    }
    capitals >= 2 && names.split_whitespace().count() <= 14
}

/// Words in lower case that stand in names and between them.
const PARTICLES: &[&str] = &[
    "and", "in", "for", "at", "with", "de", "da", "di", "van", "von", "der", "den", "del", "la", "le", "bin",
    "al", "el", "of", "the", "dos", "ten", "ter", "y", "i", "e",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, byline: &[&str], dates: &[&str], rest: &str) {
        let mut raw = Raw { text: text.to_owned(), ..Raw::default() };
        take(&mut raw);
        assert_eq!(raw.byline, byline, "{text}");
        assert_eq!(raw.published.iter().map(|(date, _)| date.as_str()).collect::<Vec<_>>(), dates, "{text}");
        assert_eq!(raw.text.trim(), rest);
    }

    #[test]
    fn heads() {
        check(
            "Talks fail\n\nBy Jane Doe and John Roe\nPublished: 14 October 2025\nSource: Example News\n\nThe talks failed.",
            &["By Jane Doe and John Roe"],
            &["14 October 2025"],
            "Talks fail\n\n\nThe talks failed.",
        );
        check(
            "By JANE DOE, Associated Press\n\nKYIV, Oct. 14 (AP) — Text.",
            &["By JANE DOE, Associated Press"],
            &[],
            "KYIV, Oct. 14 (AP) — Text.",
        );
        check(
            "Saturday, January 5, 2019\n\nText.",
            &[],
            &["Saturday, January 5, 2019"],
            "Saturday, January 5, 2019\n\nText.",
        );
    }

    #[test]
    fn sentences_are_no_heads() {
        for text in [
            "By Tuesday the river had risen.",
            "By then, Putin had left.",
            "By all accounts he lied",
            "Source of the leak: unknown",
            "By a vote of 12 to 3",
            "One thing is clear: he lied.",
        ] {
            check(text, &[], &[], text);
        }
    }
}
