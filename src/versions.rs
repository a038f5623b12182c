//! What changed between two versions of an article: quotes first, then the headline, then the text.

use serde::Serialize;
use similar::{ChangeTag, DiffOp, TextDiff};

use crate::rows::QuoteRow;

/// A piece of text, and in which version it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// In both, only in the old, or only in the new.
    pub side: Side,
    /// The words, with the blanks after them.
    pub text: String,
}

/// Where a piece of text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// In both versions.
    Both,
    /// Only in the old one.
    Old,
    /// Only in the new one.
    New,
}

/// What happened to a quote.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum QuoteChange {
    /// It is new.
    Added {
        /// The quote.
        new: Box<QuoteRow>,
    },
    /// It is no longer there.
    Removed {
        /// The quote.
        old: Box<QuoteRow>,
    },
    /// Its words, or who says them, are others.
    Changed {
        /// As it was.
        old: Box<QuoteRow>,
        /// As it is.
        new: Box<QuoteRow>,
        /// The words, compared; all in both when only the speaker changed.
        words: Vec<Part>,
        /// True when another speaker is named.
        speaker: bool,
    },
}

/// What changed from one version to the next.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Changes {
    /// Quotes, in the order of the new version; removed ones come last.
    pub quotes: Vec<QuoteChange>,
    /// The headline, when it changed.
    pub title: Vec<Part>,
    /// Paragraphs that changed, are new or are gone, in order.
    pub paragraphs: Vec<Vec<Part>>,
}

impl Changes {
    /// True when nothing differs.
    pub fn is_nothing(&self) -> bool {
        *self == Changes::default()
    }
}

/// One version of an article, as far as it is compared.
pub struct Version<'v> {
    /// Its headline.
    pub title: &'v str,
    /// Its text.
    pub body: &'v str,
    /// Its quotes, in order.
    pub quotes: &'v [QuoteRow],
}

/// Least share of words that two quotes have in common to be one quote with changed words.
const SAME_QUOTE: f32 = 0.5;

/// Compares two versions.
pub fn compare(old: &Version<'_>, new: &Version<'_>) -> Changes {
    Changes {
        quotes: quotes(old.quotes, new.quotes),
        title: if old.title == new.title { Vec::new() } else { words(old.title, new.title) },
        paragraphs: paragraphs(old.body, new.body),
    }
}

fn said(row: &QuoteRow) -> String {
    row.content.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" … ")
}

fn speaker(row: &QuoteRow) -> &str {
    row.speaker.as_ref().map_or("", |who| &who.name)
}

fn quotes(old: &[QuoteRow], new: &[QuoteRow]) -> Vec<QuoteChange> {
    let mut left: Vec<Option<&QuoteRow>> = old.iter().map(Some).collect();
    let mut partners: Vec<Option<&QuoteRow>> = vec![None; new.len()];
    // Equal words first, so that a quote that stayed is no partner for one that changed.
    for least in [1.0, SAME_QUOTE] {
        for (row, partner) in new.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            *partner = best(row, &mut left, least);
        }
    }
    let mut changes: Vec<QuoteChange> = Vec::new();
    for (row, partner) in new.iter().zip(partners) {
        let Some(old) = partner else {
            changes.push(QuoteChange::Added { new: Box::new(row.clone()) });
            continue;
        };
        let (before, after) = (said(old), said(row));
        let speaker = speaker(old) != speaker(row);
        if speaker || before != after {
            let words = words(&before, &after);
            changes.push(QuoteChange::Changed {
                old: Box::new(old.clone()),
                new: Box::new(row.clone()),
                words,
                speaker,
            });
        }
    }
    changes.extend(left.into_iter().flatten().map(|row| QuoteChange::Removed { old: Box::new(row.clone()) }));
    changes
}

/// Takes the most alike of what is left, if it is alike enough.
fn best<'o>(row: &QuoteRow, left: &mut [Option<&'o QuoteRow>], least: f32) -> Option<&'o QuoteRow> {
    let words = said(row);
    let mut best: Option<(f32, usize)> = None;
    for (at, old) in left.iter().enumerate() {
        let Some(old) = old else { continue };
        let other = said(old);
        let alike = match least {
            1.0 => f32::from(u8::from(other == words)),
            _ => TextDiff::from_words(other.as_str(), words.as_str()).ratio(),
        };
        if alike >= least && best.is_none_or(|(most, _)| alike > most) {
            best = Some((alike, at));
        }
    }
    left[best?.1].take()
}

/// Two texts word by word; neighbours of one side are joined.
pub fn words(old: &str, new: &str) -> Vec<Part> {
    let diff = TextDiff::from_words(old, new);
    let mut parts: Vec<Part> = Vec::new();
    for change in diff.iter_all_changes() {
        let side = match change.tag() {
            ChangeTag::Equal => Side::Both,
            ChangeTag::Delete => Side::Old,
            ChangeTag::Insert => Side::New,
        };
        match parts.last_mut().filter(|last| last.side == side) {
            Some(last) => last.text.push_str(change.value()),
            None => parts.push(Part { side, text: change.value().to_string() }),
        }
    }
    parts
}

fn paragraphs(old: &str, new: &str) -> Vec<Vec<Part>> {
    let cut = |body: &'_ str| body.split("\n\n").map(str::to_string).collect::<Vec<_>>();
    let (old, new) = (cut(old), cut(new));
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
    let diff = TextDiff::from_slices(&old, &new);
    let mut changed = Vec::new();
    for op in diff.ops() {
        if let DiffOp::Equal { .. } = op {
            continue;
        }
        let (before, after) = (&old[op.old_range()], &new[op.new_range()]);
        for at in 0..before.len().max(after.len()) {
            changed.push(words(before.get(at).unwrap_or(&""), after.get(at).unwrap_or(&"")));
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extract;
    use crate::gazetteer::Gazetteer;
    use crate::{gold, rows};

    fn marked(parts: &[Part]) -> String {
        let mark = |part: &Part| match part.side {
            Side::Both => part.text.clone(),
            Side::Old => format!("[-{}-]", part.text),
            Side::New => format!("{{+{}+}}", part.text),
        };
        parts.iter().map(mark).collect()
    }

    fn quotes_of(text: &str) -> Vec<QuoteRow> {
        let gazetteer = Gazetteer::embedded();
        let rows = rows::of(extract(gold::article("a", text), gazetteer), gazetteer);
        rows.quotes.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn words_are_compared() {
        assert_eq!(
            marked(&words("The dam will hold.", "The dam may hold.")),
            "The dam [-will-]{+may+} hold."
        );
    }

    #[test]
    fn quotes_come_first() {
        let old = "“The dam will hold through the winter,” Mayor Ann Lee said on Monday.\n\n\
                   “Nobody told us anything at all,” farmer Bo Ode said.\n\n\
                   “We are going home,” teacher Cy Dorn said.";
        let new = "“The dam may hold through the winter,” Mayor Ann Lee said on Monday.\n\n\
                   “Nobody told us anything at all,” minister Eva Falk said.\n\n\
                   “There will be an inquiry next week,” Mayor Ann Lee said.";
        let (before, after) = (quotes_of(old), quotes_of(new));
        assert_eq!((before.len(), after.len()), (3, 3));
        let changes = compare(
            &Version { title: "Dam holds", body: old, quotes: &before },
            &Version { title: "Dam may hold", body: new, quotes: &after },
        );
        let told: Vec<String> = changes
            .quotes
            .iter()
            .map(|change| match change {
                QuoteChange::Added { new } => format!("+ {}", said(new)),
                QuoteChange::Removed { old } => format!("- {}", said(old)),
                QuoteChange::Changed { words, speaker, .. } => format!("~ {} {speaker}", marked(words)),
            })
            .collect();
        assert_eq!(told.len(), 4, "{told:#?}");
        assert!(told[0].contains("[-will-]{+may+}") && told[0].ends_with("false"), "{told:#?}");
        assert!(told[1].starts_with("~ ") && told[1].ends_with("true"), "{told:#?}");
        assert!(told[2].starts_with("+ ") && told[3].starts_with("- "), "{told:#?}");
        assert!(marked(&changes.title).contains("{+may"), "{:?}", changes.title);
        assert_eq!(changes.paragraphs.len(), 3);
        let same = Version { title: "T", body: old, quotes: &before };
        assert!(compare(&same, &same).is_nothing());
    }
}
