//! What was found against what a reader found: precision, recall and F1.
//!
//! Spans are compared as sets of words, so quote marks, edge punctuation, blanks and a leading *that*
//! do not matter. A found piece matches a gold piece when their word F1 is at least one half, one to
//! one, the closest first. `end to end` asks for the right speaker as well: the head word of one
//! mention lies in the other, or the resolved names agree.

pub mod phenomena;

use std::collections::HashSet;

use crate::document::Document;
use crate::gold::{Line, Piece, Place};
use phenomena::PHENOMENA;

/// Which gold pieces count; the others are neither wanted nor wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All of them.
    All,
    /// Speech: no thoughts, nothing nested, no headlines.
    Speech,
    /// Direct speech.
    Direct,
    /// Indirect and mixed speech.
    Reported,
    /// Speech, and the resolved name of the speaker is asked for.
    Named,
}

impl View {
    /// All views, in the order in which they are printed.
    pub const ALL: [View; 5] = [View::All, View::Speech, View::Direct, View::Reported, View::Named];

    /// What it is called in the table.
    pub fn name(self) -> &'static str {
        match self {
            View::All => "quotes, all",
            View::Speech => "speech",
            View::Direct => "direct",
            View::Reported => "indirect + mixed",
            View::Named => "speech, name asked",
        }
    }

    fn counts(self, gold: &Piece) -> bool {
        let speech = !(gold.mental || gold.nested || gold.headline);
        !gold.ignore
            && match self {
                View::All => true,
                View::Speech | View::Named => speech,
                View::Direct => speech && gold.kind == "direct",
                View::Reported => speech && gold.kind != "direct",
            }
    }

    fn kind_counts(self, kind: &str) -> bool {
        match self {
            View::Direct => kind == "direct",
            View::Reported => kind != "direct",
            _ => true,
        }
    }
}

/// Counts from which precision, recall and F1 follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// In the gold.
    pub gold: usize,
    /// Found.
    pub found: usize,
    /// Found and in the gold.
    pub matched: usize,
    /// Matched, and the speaker is right.
    pub right: usize,
}

impl Tally {
    /// Share of what was found that is right, in percent.
    pub fn precision(hits: usize, found: usize) -> f64 {
        if found == 0 { 0.0 } else { 100.0 * hits as f64 / found as f64 }
    }

    /// Harmonic mean of precision and recall, in percent.
    pub fn f1(hits: usize, found: usize, gold: usize) -> f64 {
        if found + gold == 0 { 0.0 } else { 200.0 * hits as f64 / (found + gold) as f64 }
    }

    fn add(&mut self, other: Tally) {
        self.gold += other.gold;
        self.found += other.found;
        self.matched += other.matched;
        self.right += other.right;
    }
}

/// Scores of a whole set.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// Texts scored.
    pub texts: usize,
    /// One tally for each of [`View::ALL`]; none when the gold has no quotes.
    pub quotes: Option<[Tally; 5]>,
    /// Places by overlap; `right` counts those in the right country.
    pub places: Option<Tally>,
    /// Gold places that tell their country and were found with one.
    pub countries: usize,
    /// Addressees of the speech that was found: those that the gold names, that were named, and that agree.
    pub addressees: Tally,
    /// For each of [`PHENOMENA`] the gold pieces that show it, counted over all quotes.
    pub phenomena: Vec<Tally>,
}

impl Scores {
    /// Adds one text: its gold line, and the same line as it was annotated.
    pub fn add(&mut self, gold: &Line, found: &Line) {
        self.texts += 1;
        let words = Words::of(&gold.text);
        let inner = found.inner_quotes.as_slice();
        if let (Some(gold), Some(found)) = (&gold.quotes, &found.quotes) {
            let tallies = self.quotes.get_or_insert_default();
            for (tally, view) in tallies.iter_mut().zip(View::ALL) {
                tally.add(quotes(&words, gold, found, view));
            }
            self.count_addressees(&words, gold, found);
            self.count_phenomena(&words, gold, &[found.as_slice(), inner].concat());
        }
        if let (Some(gold), Some(found)) = (&gold.places, &found.places) {
            let (tally, countries) = places(gold, found);
            self.places.get_or_insert_default().add(tally);
            self.countries += countries;
        }
    }
}

impl Scores {
    /// Only speech that was found tells whether an addressee is rightly named or left out.
    fn count_addressees(&mut self, words: &Words, gold: &[Piece], found: &[Piece]) {
        self.addressees.gold +=
            gold.iter().filter(|piece| View::Speech.counts(piece) && piece.addressee_name.is_some()).count();
        for (i, j) in pairs(words, gold, found, View::Speech) {
            let (wanted, named) = (&gold[i].addressee_name, &found[j].addressee_name);
            self.addressees.found += usize::from(named.is_some());
            let agree =
                wanted.as_ref().zip(named.as_ref()).is_some_and(|(wanted, named)| names_agree(named, wanted));
            self.addressees.matched += usize::from(agree);
        }
    }

    fn count_phenomena(&mut self, words: &Words, gold: &[Piece], found: &[Piece]) {
        self.phenomena.resize(PHENOMENA.len(), Tally::default());
        let pairs = pairs(words, gold, found, View::All);
        let (matched, right): (HashSet<usize>, HashSet<usize>) = (
            pairs.iter().map(|pair| pair.0).collect(),
            pairs
                .iter()
                .filter(|pair| speaker_right(words, &gold[pair.0], &found[pair.1], false))
                .map(|pair| pair.0)
                .collect(),
        );
        let counted =
            |number: &usize| View::All.counts(&gold[*number]) && !words.of_piece(&gold[*number]).is_empty();
        for number in (0..gold.len()).filter(counted) {
            for (tally, shows) in self.phenomena.iter_mut().zip(phenomena::shown(&words.points, gold, number))
            {
                tally.gold += usize::from(shows);
                tally.matched += usize::from(shows && matched.contains(&number));
                tally.right += usize::from(shows && right.contains(&number));
            }
        }
    }

    /// The table of [`PHENOMENA`]: gold pieces, and the share of them found and found with the right speaker.
    pub fn phenomena_table(&self) -> String {
        let head = format!("{:36}{:>7}{:>8}{:>13}\n", "recall in percent", "gold", "found", "end to end");
        let rows = PHENOMENA.iter().zip(&self.phenomena).map(|(phenomenon, tally)| {
            let share = |hits| match tally.gold {
                0 => "-".to_string(),
                gold => format!("{:.1}", Tally::precision(hits, gold)),
            };
            let (found, right) = (share(tally.matched), share(tally.right));
            format!("{:36}{:>7}{found:>8}{right:>13}\n", phenomenon.name, tally.gold)
        });
        head + &rows.collect::<String>()
    }

    /// How many places lie in the right country, where the gold tells countries.
    fn country_line(&self, right: usize) -> String {
        match self.countries {
            0 => String::new(),
            told => format!("   country right: {:.1} % of {told}", Tally::precision(right, told)),
        }
    }
}

impl std::fmt::Display for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{:24}{:>7}{:>7}  {:>6}{:>7}{:>7}   end to end:{:>6}{:>7}{:>7}",
            "", "gold", "found", "P", "R", "F1", "P", "R", "F1"
        )?;
        for (tally, view) in self.quotes.iter().flatten().zip(View::ALL) {
            row(f, view.name(), tally)?;
        }
        if self.addressees.gold > 0 {
            plain_row(f, "addressee named", &self.addressees, "")?;
        }
        if let Some(tally) = &self.places {
            plain_row(f, "places, overlap", tally, &self.country_line(tally.right))?;
        }
        Ok(())
    }
}

fn plain_row(f: &mut std::fmt::Formatter<'_>, name: &str, tally: &Tally, note: &str) -> std::fmt::Result {
    let Tally { gold, found, matched, .. } = *tally;
    writeln!(
        f,
        "{name:24}{gold:>7}{found:>7}  {:>6.1}{:>7.1}{:>7.1}{note}",
        Tally::precision(matched, found),
        Tally::precision(matched, gold),
        Tally::f1(matched, found, gold),
    )
}

fn row(f: &mut std::fmt::Formatter<'_>, name: &str, tally: &Tally) -> std::fmt::Result {
    let Tally { gold, found, matched, right } = *tally;
    writeln!(
        f,
        "{name:24}{gold:>7}{found:>7}  {:>6.1}{:>7.1}{:>7.1}              {:>6.1}{:>7.1}{:>7.1}",
        Tally::precision(matched, found),
        Tally::precision(matched, gold),
        Tally::f1(matched, found, gold),
        Tally::precision(right, found),
        Tally::precision(right, gold),
        Tally::f1(right, found, gold),
    )
}

/// Turns a document into the line that is scored.
pub fn line(gold: &Line, document: &Document, gazetteer: &crate::gazetteer::Gazetteer) -> Line {
    let value = crate::gold::annotate(gold, document, gazetteer);
    // What was just written in this format can be read back in it.
    serde_json::from_value(value).unwrap_or_else(|_| Line { quotes: None, places: None, ..gold.clone() })
}

/// The words of a text by code point offset.
struct Words {
    points: Vec<char>,
    words: Vec<(usize, usize)>,
}

impl Words {
    fn of(text: &str) -> Words {
        let points: Vec<char> = text.chars().collect();
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in points.iter().chain([&' ']).enumerate() {
            match (c.is_alphanumeric() || *c == '_', start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    words.push((from, at));
                    start = None;
                }
                _ => {}
            }
        }
        Words { points, words }
    }

    fn within(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
        let first = self.words.partition_point(|(from, _)| *from < start);
        self.words[first..].iter().copied().take_while(move |(_, to)| *to <= end)
    }

    fn text(&self, (start, end): (usize, usize)) -> String {
        self.points.get(start..end).unwrap_or_default().iter().flat_map(|c| c.to_lowercase()).collect()
    }

    fn set(&self, start: usize, end: usize) -> HashSet<usize> {
        let mut words: Vec<(usize, usize)> = self.within(start, end).collect();
        if words.len() > 1 && self.text(words[0]) == "that" {
            words.remove(0);
        }
        words.into_iter().map(|(from, _)| from).collect()
    }

    fn of_piece(&self, piece: &Piece) -> HashSet<usize> {
        self.set(piece.start, piece.end)
    }

    /// The head word of a speaker's mention: the last before its first `of`, `for`, comma, …
    fn head(&self, start: usize, end: usize) -> Option<usize> {
        let words: Vec<(usize, usize)> = self.within(start, end).collect();
        let cut = words.iter().enumerate().skip(1).find(|(number, word)| {
            let before = words[number - 1].1;
            let sign =
                self.points[before..word.0].iter().any(|c| matches!(c, ',' | '(' | ';' | ':' | '–' | '—'));
            sign || CUTS.contains(&self.text(**word).as_str())
        });
        let mut kept = match cut {
            Some((number, _))
                if words[..number].iter().any(|word| !DETERMINERS.contains(&self.text(*word).as_str())) =>
            {
                words[..number].to_vec()
            }
            _ => words,
        };
        while kept.len() > 1
            && matches!(
                self.text(kept[kept.len() - 1]).as_str(),
                "s" | "r" | "d" | "jr" | "sr" | "ii" | "iii"
            )
        {
            kept.pop();
        }
        kept.last().map(|word| word.0)
    }
}

const CUTS: &[&str] = &[
    "of", "for", "from", "at", "in", "on", "with", "who", "whose", "which", "that", "to", "by", "near",
    "about", "and", "told", "said", "says", "speaking", "when", "while", "as",
];
const DETERMINERS: &[&str] = &[
    "the",
    "a",
    "an",
    "mr",
    "mrs",
    "ms",
    "dr",
    "sir",
    "rep",
    "sen",
    "gov",
    "president",
    "former",
    "his",
    "her",
    "their",
    "its",
    "this",
    "that",
    "these",
    "those",
];
const PRONOUNS: &[&str] = &["he", "she", "they", "it", "i", "we", "who", "you", "him", "her", "them", "one"];

fn f1(a: &HashSet<usize>, b: &HashSet<usize>) -> f64 {
    2.0 * a.intersection(b).count() as f64 / (a.len() + b.len()).max(1) as f64
}

/// Pairs of gold and found pieces, by their numbers: one to one, the closest first.
fn pairs(words: &Words, gold: &[Piece], found: &[Piece], view: View) -> Vec<(usize, usize)> {
    let sets = |pieces: &[Piece]| -> Vec<HashSet<usize>> {
        pieces.iter().map(|piece| words.of_piece(piece)).collect()
    };
    let (gold_sets, found_sets) = (sets(gold), sets(found));
    let mut close: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in gold_sets.iter().enumerate().filter(|(i, a)| !a.is_empty() && view.counts(&gold[*i])) {
        for (j, b) in found_sets.iter().enumerate() {
            let score = f1(a, b);
            if score >= 0.5 {
                close.push((score, i, j));
            }
        }
    }
    close.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(b.2.cmp(&a.2)));
    let (mut used_gold, mut used_found) = (HashSet::new(), HashSet::new());
    close.retain(|(_, i, j)| {
        let free = !used_gold.contains(i) && !used_found.contains(j);
        if free {
            used_gold.insert(*i);
            used_found.insert(*j);
        }
        free
    });
    close.into_iter().map(|(_, i, j)| (i, j)).collect()
}

fn quotes(words: &Words, gold: &[Piece], found: &[Piece], view: View) -> Tally {
    let pairs = pairs(words, gold, found, view);
    let covered = |pieces: &[&Piece]| -> HashSet<usize> {
        pieces.iter().flat_map(|piece| words.of_piece(piece)).collect()
    };
    let (kept, ignored): (Vec<&Piece>, Vec<&Piece>) = gold.iter().partition(|piece| view.counts(piece));
    let kept_words = covered(&kept);
    let ignored_words: HashSet<usize> = covered(&ignored).difference(&kept_words).copied().collect();
    let used: HashSet<usize> = pairs.iter().map(|(_, j)| *j).collect();
    let counts = |j: usize, piece: &Piece| {
        let set = words.of_piece(piece);
        let touches = set.iter().any(|word| kept_words.contains(word));
        let in_ignored = 2 * set.intersection(&ignored_words).count() >= set.len();
        !set.is_empty() && (used.contains(&j) || touches || !in_ignored && view.kind_counts(&piece.kind))
    };
    let named = view == View::Named;
    Tally {
        gold: kept.iter().filter(|piece| !words.of_piece(piece).is_empty()).count(),
        found: found.iter().enumerate().filter(|(j, piece)| counts(*j, piece)).count(),
        matched: pairs.len(),
        right: pairs.iter().filter(|(i, j)| speaker_right(words, &gold[*i], &found[*j], named)).count(),
    }
}

fn speaker_right(words: &Words, gold: &Piece, found: &Piece, name_asked: bool) -> bool {
    let (Some(start), Some(end)) = (gold.speaker_start, gold.speaker_end) else { return true };
    if let Some(wanted) = gold.speaker_name.as_deref().filter(|_| name_asked) {
        let name = found.speaker_name.as_deref().or(found.speaker_text.as_deref());
        return names_agree(name.unwrap_or_default(), wanted);
    }
    let mut spans = vec![[start, end]];
    spans.extend(&gold.speaker_mentions);
    if let (Some(from), Some(to)) = (found.speaker_start, found.speaker_end) {
        let head = words.head(from, to);
        for [start, end] in &spans {
            let gold_head = words.head(*start, *end);
            if gold_head.is_some_and(|head| (from..to).contains(&head))
                || head.is_some_and(|head| (*start..*end).contains(&head))
            {
                return true;
            }
        }
    }
    let golds = [gold.speaker_name.as_deref(), gold.speaker_text.as_deref()];
    let founds = [found.speaker_name.as_deref(), found.speaker_text.as_deref()];
    founds.iter().flatten().any(|found| golds.iter().flatten().any(|gold| names_match(found, gold)))
}

fn name_words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() > 1 && !DETERMINERS.contains(&word.as_str()))
        .collect()
}

fn is_pronoun(words: &[String]) -> bool {
    matches!(words, [only] if PRONOUNS.contains(&only.as_str()))
}

fn names_agree(found: &str, wanted: &str) -> bool {
    let (a, b) = (name_words(found), name_words(wanted));
    if a.is_empty() || b.is_empty() || is_pronoun(&a) {
        return false;
    }
    a.last() == b.last() || b.iter().all(|word| a.contains(word)) || a.len() == 1 && b.contains(&a[0])
}

fn names_match(found: &str, gold: &str) -> bool {
    let (a, b) = (name_words(found), name_words(gold));
    let (Some(last), Some(other)) = (a.last(), b.last()) else { return false };
    if is_pronoun(&a) || is_pronoun(&b) {
        return false;
    }
    let shared = a[..a.len() - 1].iter().any(|word| b[..b.len() - 1].contains(word));
    let capital = |name: &str| name.chars().next().is_some_and(char::is_uppercase);
    last == other && (a.len() == 1 || b.len() == 1 || shared || !(capital(found) && capital(gold)))
        || a.iter().all(|word| b.contains(word)) && found.chars().any(char::is_uppercase)
}

/// Kinds of gold places that are neither wanted nor wrong.
const IGNORED: &[&str] = &[
    "embedded_literal",
    "embedded_associative",
    "non_toponym",
    "facility",
    "location_phrase",
    "location_common",
    "locphr_DIF",
    "nested",
];
/// Kinds of gold places that are wanted.
const WANTED: &[&str] = &[
    "literal",
    "literal_modifier",
    "mixed",
    "coercion",
    "metonymic",
    "associative_modifier",
    "demonym",
    "homonym",
    "language",
    "toponym",
    "location",
    "place",
    "norp",
    "locphr_LAND",
    "locphr_GAG",
    "locphr_ADJ",
];

fn places(gold: &[Place], found: &[Place]) -> (Tally, usize) {
    let overlap = |a: &Place, b: &Place| a.end.min(b.end).saturating_sub(a.start.max(b.start));
    let wanted: Vec<&Place> =
        gold.iter().filter(|p| WANTED.contains(&p.kind.as_str()) && !p.nested).collect();
    let ignored: Vec<&Place> =
        gold.iter().filter(|p| IGNORED.contains(&p.kind.as_str()) || p.nested).collect();
    let mut pairs: Vec<(bool, usize, usize, usize)> = Vec::new();
    for (i, a) in wanted.iter().enumerate() {
        for (j, b) in found.iter().enumerate() {
            if overlap(a, b) > 0 {
                pairs.push((a.start == b.start && a.end == b.end, overlap(a, b), i, j));
            }
        }
    }
    pairs.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
    let (mut used_gold, mut used_found) = (HashSet::new(), HashSet::new());
    let mut tally = Tally { gold: wanted.len(), ..Tally::default() };
    let mut countries = 0;
    for (_, _, i, j) in pairs {
        if used_gold.contains(&i) || used_found.contains(&j) {
            continue;
        }
        used_gold.insert(i);
        used_found.insert(j);
        tally.matched += 1;
        if let (Some(a), Some(b)) = (&wanted[i].country, &found[j].country) {
            countries += 1;
            tally.right += usize::from(a == b);
        }
    }
    tally.found = (0..found.len())
        .filter(|j| used_found.contains(j) || !ignored.iter().any(|place| overlap(place, &found[*j]) > 0))
        .count();
    (tally, countries)
}
