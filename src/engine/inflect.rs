//! The words of a dictionary that one stem stands for.
//!
//! Only words as they stand are indexed: to index their stems as well takes a third longer. The words of a
//! stem are found when somebody asks for it. Nearly all begin with it, and what follows is made up of the
//! endings that the stemmer takes away. An [automaton](Inflected) of such words goes through the dictionary
//! and visits little else; each word found is stemmed, to be sure.

use std::io;

use tantivy::postings::TermInfo;
use tantivy::termdict::TermDictionary;
use tantivy_fst::Automaton;

use super::analyse;

/// The words of a dictionary whose English stem is this one, and where their rows are listed.
pub(super) fn words(terms: &TermDictionary, stem: &str) -> io::Result<Vec<(String, TermInfo)>> {
    let mut found = Vec::new();
    if stem.is_empty() {
        return Ok(found);
    }
    let mut stream = terms.search(Inflected::of(stem)).into_stream()?;
    while let Some((word, info)) = stream.next() {
        let Ok(word) = std::str::from_utf8(word) else { continue };
        if analyse::forms(word, |_, own| own == stem) {
            found.push((word.to_string(), info.clone()));
        }
    }
    for word in vowel_changed(stem).into_iter().flatten() {
        if analyse::forms(&word, |_, own| own == stem)
            && let Some(info) = terms.get(&word)?
        {
            found.push((word, info));
        }
    }
    Ok(found)
}

/// `dying` is a form of `die`.
fn vowel_changed(stem: &str) -> Option<[String; 2]> {
    stem.strip_suffix("ie").map(|base| [format!("{base}ying"), format!("{base}yings")])
}

/// What the endings that the English stemmer (Snowball) takes away are made up of, one behind the other:
/// `izations` of `iz`, `at`, `ion` and `s`. That nothing is missing was seen on 279,000 words (Debian's
/// `wamerican-huge` and the sample corpus), bare and with each ending of the test below.
const PIECES: [&str; 30] = [
    "s", "e", "l", "ed", "ing", "y", "i", "er", "err", "al", "anc", "enc", "ic", "ab", "ib", "il", "ant",
    "ment", "ent", "ism", "ist", "at", "or", "ion", "it", "ous", "iv", "iz", "ful", "ness",
];

/// Letters of [`PIECES`], one bit each: those that may just have been read.
type Reached = u128;

/// Before all endings.
const BASE: Reached = 1 << 127;
/// After a doubled consonant: `stopped`.
const DOUBLED: Reached = 1 << 126;

/// Where in [`PIECES`] which letters stand.
struct Letters {
    /// The bits of each letter.
    of: [Reached; 256],
    /// Where pieces begin.
    first: Reached,
    /// Where they end, and others may follow.
    last: Reached,
}

const LETTERS: Letters = {
    let mut letters = Letters { of: [0; 256], first: 0, last: BASE | DOUBLED };
    let (mut piece, mut bit) = (0, 0);
    while piece < PIECES.len() {
        let bytes = PIECES[piece].as_bytes();
        letters.first |= 1 << bit;
        let mut at = 0;
        while at < bytes.len() {
            letters.of[bytes[at] as usize] |= 1 << bit;
            bit += 1;
            at += 1;
        }
        letters.last |= 1 << (bit - 1);
        piece += 1;
    }
    assert!(bit < 126);
    letters
};

/// Words that may be forms of a stem: what they begin with, and any endings.
struct Inflected {
    base: Vec<u8>,
}

/// What of a word was read.
#[derive(Clone, Copy)]
enum Read {
    /// So many bytes of what it begins with.
    Base(usize),
    /// All of that, and endings up to any of these letters; none of them when it is no form.
    Ending(Reached),
}

impl Inflected {
    fn of(stem: &str) -> Inflected {
        // The stemmer writes `i` for a `y`, adds an `e`, and makes `abl` of `ability`.
        let changed = match stem.len() {
            0..=2 => stem == "ie",
            _ => stem.ends_with(['e', 'i']) || stem.ends_with("bl") || stem == "sky",
        };
        let kept = stem.len() - usize::from(changed);
        Inflected { base: stem.as_bytes()[..kept].to_vec() }
    }
}

impl Automaton for Inflected {
    type State = Read;

    fn start(&self) -> Read {
        Read::Base(0)
    }

    fn is_match(&self, read: &Read) -> bool {
        matches!(read, Read::Ending(reached) if reached & LETTERS.last != 0)
    }

    fn can_match(&self, read: &Read) -> bool {
        !matches!(read, Read::Ending(0))
    }

    fn accept(&self, read: &Read, byte: u8) -> Read {
        match *read {
            Read::Base(at) if self.base.get(at) != Some(&byte) => Read::Ending(0),
            Read::Base(at) if at + 1 < self.base.len() => Read::Base(at + 1),
            Read::Base(_) => Read::Ending(BASE),
            Read::Ending(reached) => {
                let mut next = (reached & !LETTERS.last) << 1;
                if reached & LETTERS.last != 0 {
                    next |= LETTERS.first;
                }
                next &= LETTERS.of[usize::from(byte)];
                if reached & BASE != 0 && self.base.last() == Some(&byte) {
                    next |= DOUBLED;
                }
                Read::Ending(next)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn accepts(stem: &str, word: &str) -> bool {
        let automaton = Inflected::of(stem);
        let read = word.bytes().fold(automaton.start(), |read, byte| automaton.accept(&read, byte));
        automaton.is_match(&read)
            || vowel_changed(stem).is_some_and(|forms| forms.contains(&word.to_string()))
    }

    #[test]
    fn forms_are_let_through_and_little_else() {
        for (stem, word) in [
            ("negoti", "negotiations"),
            ("polici", "policy"),
            ("stop", "stopped"),
            ("capabl", "capabilities"),
            ("size", "sizing"),
            ("die", "dying"),
            ("die", "died"),
            ("sky", "skies"),
            ("nation", "internationalization"),
        ] {
            assert_eq!(accepts(stem, word), !word.starts_with("inter"), "{stem} {word}");
        }
        assert!(!accepts("us", "usa") && !accepts("in", "institute") && !accepts("state", "statue"));
    }

    /// Every word of the sample corpus, bare and with every ending: its stem lets it through.
    #[test]
    fn no_form_is_missed() {
        let mut words: BTreeSet<String> = BTreeSet::new();
        let texts = walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"));
        for file in texts.into_iter().filter_map(Result::ok).filter(|file| file.file_type().is_file()) {
            let text = String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).into_owned();
            words.extend(analyse::both(&text).into_iter().map(|(exact, _)| exact));
        }
        assert!(words.len() > 2_000, "{}", words.len());
        let endings = " s es ed ing ings ingly edly er ers ly ation ations ational izer ize ization ities ability ibilities \
            ful fulness ness less ment ements ive iveness ism ist ists ical ically ous ously ance ancy ence encies \
            able ably al ally ator ion ions ies ied y e el";
        let mut missed: BTreeMap<String, String> = BTreeMap::new();
        for word in &words {
            for ending in endings.split(' ') {
                let form = format!("{word}{ending}");
                let stem = analyse::forms(&form, |_, stem| stem.to_string());
                if !accepts(&stem, &form) {
                    missed.insert(form, stem);
                }
            }
        }
        assert!(missed.is_empty(), "{missed:?}");
    }
}
