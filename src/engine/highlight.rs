//! Which words of a row a query matched, as spans.

use rustc_hash::FxHashSet;

use super::Places;
use super::analyse;
use super::laid::Laid;
use super::near::uses;
use super::pattern::{self, Compiled, Ground, Leaf, Pattern, Place};
use crate::query::{Expr, Within};
use crate::span::Span;

/// What a query asks of words, ready to be looked for in many rows.
#[derive(Default)]
pub struct Marker {
    /// Single words, as they are and stemmed: most of what is asked, and long queries hold many.
    exact: FxHashSet<String>,
    stems: FxHashSet<String>,
    patterns: Vec<Compiled>,
    /// The same single words by their first byte, see [`Marker::may_fit`].
    beginnings: Vec<Vec<String>>,
}

impl Marker {
    /// What `expr` asks for; what it excludes is never marked.
    pub fn new(expr: &Expr<Places>) -> Marker {
        let mut marker = Marker::default();
        marker.gather(expr);
        marker.beginnings = vec![Vec::new(); 256];
        for sought in marker.stems.iter().chain(&marker.exact) {
            let first = sought.bytes().next().unwrap_or_default();
            marker.beginnings[usize::from(first)].push(sought.clone());
        }
        marker
    }

    fn gather(&mut self, expr: &Expr<Places>) {
        match expr {
            Expr::And(list) | Expr::Or(list) | Expr::Any(list) => {
                list.iter().for_each(|expr| self.gather(expr))
            }
            Expr::Boost(inner, _) | Expr::AtLeast(_, inner) => self.gather(inner),
            Expr::Place(words, _) => {
                words.iter().for_each(|word| self.gather(&Expr::Word(word.clone())));
            }
            other => {
                let Some(compiled) = pattern::compile(other) else { return };
                match (&compiled.pattern, compiled.leaves.as_slice()) {
                    (Pattern::Leaf(_), [Leaf::Stem(stem)]) => drop(self.stems.insert(stem.clone())),
                    (Pattern::Leaf(_), [Leaf::Exact(word)]) => drop(self.exact.insert(word.clone())),
                    _ => self.patterns.push(compiled),
                }
            }
        }
    }

    /// The words of a row that matched: byte ranges of the article's body, in order, without overlap.
    pub fn spans(&self, laid: &Laid) -> Vec<Span> {
        let text = laid.joined();
        let words: Vec<(usize, usize)> = analyse::words(&text).collect();
        let mut ranges = self.single(&text, &words);
        let may = |one: &&Compiled| may_match(one, &text, &words);
        let patterns: Vec<&Compiled> = self.patterns.iter().filter(may).collect();
        if !patterns.is_empty() {
            placed(&patterns, laid, &text, &words, &mut ranges);
        }
        merged(ranges.into_iter().flat_map(|(start, end)| laid.in_body(start, end)).collect())
    }

    /// Where single words stand, as ranges of the text. A word is folded and stemmed, which costs most, only
    /// where it may be one that is sought: no ending that is taken off changes how a word begins.
    fn single(&self, text: &str, words: &[(usize, usize)]) -> Vec<(usize, usize)> {
        if self.stems.is_empty() && self.exact.is_empty() {
            return Vec::new();
        }
        let sought = |&&(start, end): &&(usize, usize)| {
            let word = &text[start..end];
            self.may_fit(word) && analyse::forms(word, |exact, stem| self.fits(exact, stem))
        };
        words.iter().filter(sought).copied().collect()
    }

    fn fits(&self, exact: &str, stem: &str) -> bool {
        self.exact.contains(exact) || self.stems.contains(stem)
    }

    /// False for a word that begins otherwise than all that is sought.
    fn may_fit(&self, word: &str) -> bool {
        match word.bytes().next() {
            Some(first) if first.is_ascii() => {
                let first = usize::from(first.to_ascii_lowercase());
                self.beginnings[first].iter().any(|sought| may_stem(word, sought))
            }
            _ => true,
        }
    }
}

/// Where patterns match, as ranges of the text.
fn placed(
    patterns: &[&Compiled],
    laid: &Laid,
    text: &str,
    words: &[(usize, usize)],
    ranges: &mut Vec<(usize, usize)>,
) {
    let indexed = words.iter().filter(|(start, end)| analyse::is_indexed(&text[*start..*end]));
    let words: Vec<(usize, usize)> = indexed.copied().collect();
    let ends = |unit| patterns.iter().any(|compiled| uses(&compiled.pattern, unit));
    let (sentences, paragraphs) = match ends(Within::Sentence) || ends(Within::Paragraph) {
        true => laid.breaks(words.iter().copied()),
        false => Default::default(),
    };
    let at = |leaf: &Leaf| {
        let fits = |(_, (start, end)): &(usize, &(usize, usize))| fits(leaf, &text[*start..*end]);
        words.iter().enumerate().filter(fits).map(|(at, _)| at as u32).collect()
    };
    for compiled in patterns {
        let leaves = compiled.leaves.iter().map(at).collect();
        let ground = Ground { leaves, sentences: sentences.clone(), paragraphs: paragraphs.clone() };
        let range =
            |place: Place| Some((words.get(place.start as usize)?.0, words.get(place.end as usize - 1)?.1));
        ranges.extend(pattern::marks(&compiled.pattern, &ground).into_iter().filter_map(range));
    }
}

/// True for a word of a text that is what a leaf stands for.
fn fits(leaf: &Leaf, word: &str) -> bool {
    let may = match leaf {
        Leaf::Stem(sought) | Leaf::Exact(sought) => may_stem(word, sought),
        _ => true,
    };
    may && analyse::forms(word, |exact, stem| leaf.matches(exact, stem))
}

/// False where a word of a run of words begins like none of the text: then the text need not be read. Most
/// rows lack one part of `28-point`.
fn may_match(compiled: &Compiled, text: &str, words: &[(usize, usize)]) -> bool {
    let may_stand = |leaf: &Leaf| match leaf {
        Leaf::Stem(sought) | Leaf::Exact(sought) => {
            words.iter().any(|(start, end)| may_stem(&text[*start..*end], sought))
        }
        _ => true,
    };
    let run = match &compiled.pattern {
        Pattern::Sequence(parts) => parts.iter().all(|part| matches!(part, Pattern::Leaf(_))),
        _ => false,
    };
    !run || compiled.leaves.iter().all(may_stand)
}

/// Words from this length on keep their first three letters when they are stemmed, shorter ones two.
const LONG: usize = 6;

/// False for a word that begins otherwise than a stem. Stemming leaves the beginning alone, but for a `y`
/// that may become an `i` (`dying`, `tried`), and an `e` that ends a short stem (`owings`); folding may
/// change letters that are not ASCII.
fn may_stem(word: &str, stem: &str) -> bool {
    let kept = if word.len() < LONG { 2 } else { 3 };
    for (at, (letter, own)) in word.bytes().zip(stem.bytes()).take(kept).enumerate() {
        if !(letter.is_ascii_alphanumeric()) {
            return true;
        }
        let letter = letter.to_ascii_lowercase();
        let turns = at > 0 && matches!((letter, own), (b'y', b'i') | (b'i', b'y'));
        let ends = at == 2 && stem.len() == 3 && own == b'e';
        if letter != own && !turns && !ends {
            return false;
        }
    }
    true
}

/// Spans in order, those that touch as one.
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => *last = last.cover(span),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse::parse;
    use crate::query::resolve::Places;
    use std::convert::Infallible;

    /// The text with what a query marks in it. `|` ends a sentence, a blank line a paragraph.
    fn marked(query: &str, text: &str) -> String {
        let body = text.replace(['[', ']', '|'], "");
        let mut sentences = Vec::new();
        let mut at = 0;
        for part in text.replace(['[', ']'], "").split('|') {
            sentences.push(Span::new(at, at + part.len()));
            at += part.len();
        }
        let expr = parse(query, jiff::civil::date(2025, 11, 26)).expr.unwrap();
        let places = |typed: String| Ok::<_, Infallible>(Places { typed, ids: Vec::new() });
        let Ok(expr) = expr.try_map(&mut { places });
        let mut shown = body.clone();
        for span in Marker::new(&expr).spans(&Laid::text(&body, &sentences)).iter().rev() {
            shown.insert(span.end as usize, ']');
            shown.insert(span.start as usize, '[');
        }
        shown
    }

    /// A query, and a text in which what it matches stands in brackets.
    const MARKED: &[(&str, &str)] = &[
        ("promise", "He [promised] a [promise], no compromise."),
        ("\"plan\"", "The [plan] of planners."),
        ("\"land swap\"", "A [land swap], not a swap of land."),
        ("\"U.S. troops\"", "The [US troops], the [U.S. troops], U.S. planes and troops."),
        ("28-point", "The [28-point] plan, the [28 points], point 28."),
        ("Crim*", "[Crimea] and [Crimean] crowds."),
        ("*stan", "[Kazakhstan], [Pakistan’s] neighbour, understands."),
        ("wom?n", "A [woman] and two [women], no womaan."),
        ("al-Sha*", "The [al-Shabaab] group, al Qaeda, Shah."),
        ("Zürich*", "In [Zurich] and [Zürichs]."),
        ("Zelensky~", "[Zelenskyy], not Poroshenko."),
        ("/kyi?v/", "[Kyiv], [KYV] and Kyivan, not Kiev."),
        ("/z[üu]rich/", "[Zürich] and [Zurich]."),
        ("\"Crim* bridge\"", "The [Crimean] [bridge], the [Crimea] [Bridge], a bridge in Crimea."),
        ("deal -war", "A [deal], no war."),
        ("deal^3 (war OR peace)", "A [deal], no [war]."),
        (
            "troops NEAR/3 border",
            "[Troops] near the [border]; more and more troops of four nations far from home.",
        ),
        ("troops NEAR/2 border", "Troops near the border."),
        ("troops PRE/3 border", "[Troops] near the [border], troops far from it. Border troops."),
        (
            "\"land swap\" NEAR/3 deal",
            "A [land swap] in a [deal]. There is no more to say. Swap of land, deal.",
        ),
        (
            "(peace OR truce) w/4 (talks OR \"round table\")",
            "[Peace] at the [round table]; [truce] [talks]; then nothing but the round peace.",
        ),
        ("a w/2 b w/2 c", "[a] [b] [c], x x x a b x x c, x x x [c] x [b] [a]."),
        ("x w/2 (a w/1 b)", "[x] y [a] [b], y y x y a y b."),
        ("rico NOT w/2 puerto", "Puerto Rico. And then the [Rico] act."),
        ("rico NOT w/2 \"puerto rico\"", "Puerto Rico. And then the [Rico] act."),
        ("putin /s ceasefire", "[Putin] wants a [ceasefire].| Putin said so.| A ceasefire came."),
        ("putin /p ceasefire", "[Putin] said so.| A [ceasefire] came.|\n\nA ceasefire held."),
        ("putin pre/s ceasefire", "A ceasefire, Putin said.| [Putin] wants a [ceasefire]."),
        ("putin not /s ceasefire", "Putin wants a ceasefire.| [Putin] said so."),
        ("peace w/1 peace", "Peace now, [peace] [peace]."),
        ("ATLEAST2 peace", "[Peace] now."),
        ("about:Nowhere", "Going [Nowhere] fast."),
        ("title:peace deal", "A peace [deal]."),
        ("speaker:putin deal", "Putin's [deal]."),
        ("мир w/2 план", "[План] для [мир]."),
        ("don't", "I [don’t], I [dont], I do not."),
    ];

    #[test]
    fn what_matched_and_nothing_else() {
        let faults: Vec<String> = MARKED
            .iter()
            .map(|(query, text)| (query, text.replace('|', ""), marked(query, text)))
            .filter(|(_, wanted, got)| wanted != got)
            .map(|(query, wanted, got)| format!("{query}: {got:?}, not {wanted:?}"))
            .collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn no_stem_begins_otherwise_than_its_word() {
        let words = "dying lying tying skis skies sky cry tried flying trying skiing adding ebbing being doing \
            eyes spies ties early only gently news innings generous generically communism owings arsenal seeing owned \
            yellow youth Łódź O'Brien U.S. 28th agreed hoping hopping national rationally abilities ions oases";
        // A file of more words may be named, to try all of a language.
        let vocabulary =
            std::env::var("ONRECORD_WORDS").ok().and_then(|file| std::fs::read_to_string(file).ok());
        let mut stemmer = analyse::stemmed();
        for word in words.split_whitespace().chain(vocabulary.iter().flat_map(|text| text.split_whitespace()))
        {
            for term in analyse::terms(&mut stemmer, word).iter().take(1) {
                assert!(may_stem(&word[term.start..term.end], &term.text), "{word} → {}", term.text);
            }
        }
    }

    #[test]
    fn a_word_without_end_is_marked_in_time() {
        let text = "peace war ".repeat(20_000);
        for query in
            ["peace w/50 war w/50 peace w/100 war", "peace /p war /p peace", "peace not w/3 \"war peace\""]
        {
            let before = std::time::Instant::now();
            marked(query, &text);
            // Far above what it takes; without bounds it would be minutes.
            assert!(before.elapsed().as_secs() < 30, "{query}");
        }
    }
}
