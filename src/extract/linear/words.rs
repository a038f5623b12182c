//! What the letters of a word tell, worked out once for each distinct word.

use super::cache::{Cache, VIEWS};
use super::hash::{self, key, pair};
use super::index::Index;
use super::model::{Clusters, Model};
use super::token::{Token, is_apostrophe};

/// Everything about a word that does not depend on where it stands, and that is asked for wherever it does:
/// one line of the cache.
#[derive(Clone, Default)]
#[repr(align(64))]
pub struct Word {
    /// Hash in lower case, digits as zeros.
    pub lower: u64,
    /// Hash of the pattern without repeats.
    pub brief: u64,
    /// Hash of the last three letters; zero where the word is shorter.
    pub ending: u64,
    /// Groups of similar words.
    pub clusters: Clusters,
    /// First letter, upper case.
    pub initial: Option<char>,
    /// Letters, at most 255.
    pub length: u8,
    /// Starts with a capital.
    pub capital: bool,
    /// Has a capital somewhere.
    pub any_capital: bool,
    /// Several capitals and no small letter.
    pub all_capitals: bool,
    /// Has small letters only.
    pub small: bool,
    /// Has a digit.
    pub digit: bool,
    /// Has a letter.
    pub letter: bool,
    /// May join two capitalised words to one name: `of`, `bin`, `-`.
    pub joins: bool,
    /// An article, pronoun, preposition or the like: its capital alone makes no name.
    pub function: bool,
    /// After it, a name is met anew as at the start of a sentence: a quote mark or a colon.
    pub opens: bool,
    /// One of the word lists.
    pub list: List,
    /// Class of reporting word, 0 for none; models that do not need it leave it 0.
    pub cue: u8,
    /// Reports more often than not, or nearly so.
    pub reports: bool,
    /// One of the third-person pronouns that speak.
    pub pronoun: bool,
    /// What it separates or opens.
    pub mark: Mark,
}

/// What is looked at once, when a word is met first.
#[derive(Clone, Default)]
pub struct Letters {
    /// Hash as written.
    pub exact: u64,
    /// Hash of the pattern of letter cases, up to ten characters.
    pub shape: u64,
    /// Hashes of the first one to four letters; zero where the word is shorter.
    pub prefixes: [u64; 4],
    /// Hashes of the last one to four letters.
    pub suffixes: [u64; 4],
}

/// Short lists of words that say what stands beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum List {
    /// In no list.
    #[default]
    None,
    /// `president`, `Mr.`
    Title,
    /// `said`, `who`
    Speech,
    /// `in`, `near`
    Place,
    /// `ministry`, `party`
    Body,
    /// `north`, `southern`
    Way,
    /// `the`
    The,
    /// `'s`
    Possessive,
}

/// Words and marks that build a sentence about speech.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Any other word.
    #[default]
    None,
    /// A comma.
    Comma,
    /// A double quote mark.
    Double(Side),
    /// A single quote mark that stands alone.
    Single(Side),
    /// `that`
    That,
    /// `;`, `:` or a dash.
    Pause,
    /// `who`, `which`
    Who,
    /// `and`, `but`
    And,
    /// `because`, `if`, `whether`
    If,
    /// `.`, `?` or `!`
    End,
    /// A closing bracket.
    Close,
}

/// What a quote mark does by its own look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Opens.
    Open,
    /// Closes.
    Close,
    /// Does either.
    Either,
}

/// Keys of what the letters of the word with this entry tell when looked at from `view`.
pub fn surface(words: &Words, id: u32, view: usize, emit: &mut impl FnMut(u32)) {
    debug_assert!(view < VIEWS);
    let word = &words.all[id as usize];
    let base = 1000 * view as u32;
    emit(key(base, word.lower));
    if view == 5 {
        return;
    }
    let Clusters { fine, first, second } = word.clusters;
    if view == 0 {
        own_surface(word, &words.letters[id as usize], emit);
        cluster(base + 10, fine, emit);
    }
    if view <= 2 {
        emit(key(base + 1, word.brief));
        emit(key(base + 2, word.ending));
        cluster(base + 11, first[0], emit);
        cluster(base + 15, second[0], emit);
        cluster(base + 17, second[2], emit);
    }
    cluster(base + 12, first[1], emit);
    cluster(base + 13, first[2], emit);
    cluster(base + 14, first[3], emit);
    cluster(base + 16, second[1], emit);
}

fn cluster(template: u32, cluster: u16, emit: &mut impl FnMut(u32)) {
    emit(key(template, u64::from(cluster)));
}

fn own_surface(word: &Word, letters: &Letters, emit: &mut impl FnMut(u32)) {
    emit(key(3, 1));
    emit(key(4, letters.exact));
    emit(key(5, letters.shape));
    for n in 0..4 {
        if letters.prefixes[n] != 0 {
            emit(key(20 + n as u32, letters.prefixes[n]));
            emit(key(24 + n as u32, letters.suffixes[n]));
        }
    }
    emit(key(30, pair(word.ending, word.brief)));
    emit(key(31, pair(u64::from(word.clusters.first[1]), word.brief)));
    emit(key(32, pair(u64::from(word.clusters.second[1]), word.brief)));
}

fn mark(text: &str, lower: &str) -> Mark {
    match text {
        "“" | "„" | "``" | "«" => return Mark::Double(Side::Open),
        "”" | "»" => return Mark::Double(Side::Close),
        "''" | "\"" | "＂" | "‟" => return Mark::Double(Side::Either),
        "‘" => return Mark::Single(Side::Open),
        "’" => return Mark::Single(Side::Close),
        "'" => return Mark::Single(Side::Either),
        _ => {}
    }
    match lower {
        "," => Mark::Comma,
        "that" => Mark::That,
        ";" | ":" | "-" => Mark::Pause,
        "who" | "which" => Mark::Who,
        "and" | "but" => Mark::And,
        "because" | "if" | "whether" => Mark::If,
        "." | "?" | "!" | "..." => Mark::End,
        ")" | "]" => Mark::Close,
        _ => Mark::None,
    }
}

/// The bits of a word's class in the model that tell what reporting word it is.
pub const CUE: u8 = 3;

/// The bit of a word's class that tells that it often reports.
pub const REPORTS: u8 = 4;

/// Entry of the word that stands before and after every sentence.
pub const BOUNDARY: u32 = 0;

/// Distinct words met so far.
pub struct Words {
    index: Index,
    /// Entries; [`BOUNDARY`] is the first.
    pub all: Vec<Word>,
    /// Their letters, by the same numbers.
    letters: Vec<Letters>,
    /// What models have summed up; which is whose, [`Model::slot`] tells.
    pub(super) caches: [Cache; MODELS],
}

/// Models that may share their words.
pub const MODELS: usize = 2;

impl Default for Words {
    fn default() -> Words {
        let boundary = Word { lower: 1, brief: 1, ..Word::default() };
        let letters = Letters { exact: 1, shape: 1, ..Letters::default() };
        Words {
            index: Index::default(),
            all: vec![boundary],
            letters: vec![letters],
            caches: Default::default(),
        }
    }
}

impl Words {
    /// The entry of `text`, made when it is new.
    pub fn id(&mut self, text: &str, model: &Model) -> u32 {
        self.hashed(hash::word(text), text, model)
    }

    /// As [`Words::id`], for all tokens of a text.
    pub(super) fn ids(&mut self, text: &str, tokens: &[Token], model: &Model) -> Vec<u32> {
        let hashes: Vec<u64> = tokens.iter().map(|token| hash::word(token.span.of(text))).collect();
        self.index.touch(&hashes);
        let words = hashes.iter().zip(tokens);
        words.map(|(&hash, token)| self.hashed(hash, token.span.of(text), model)).collect()
    }

    fn hashed(&mut self, hash: u64, text: &str, model: &Model) -> u32 {
        if let Some(id) = self.index.get(hash) {
            return id;
        }
        let (word, letters) = Word::new(text, model);
        let own = self.all.len() as u32;
        self.index.put(hash);
        self.all.push(word);
        self.letters.push(letters);
        own
    }

    /// Asks for the lines of memory that hold these entries, all at once.
    pub(super) fn touch(&self, ids: &[u32]) {
        let words = ids.iter().filter_map(|&id| self.all.get(id as usize));
        std::hint::black_box(words.fold(0, |all, word| all ^ word.lower));
    }

    /// The entry of `text`, if it was met.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.index.get(hash::word(text))
    }

    /// Takes out what a model has summed up; [`Words::give_cache`] puts it back.
    pub(super) fn take_cache(&mut self, model: &Model) -> Cache {
        self.caches.get_mut(model.slot).map(std::mem::take).unwrap_or_default()
    }

    /// See [`Words::take_cache`].
    pub(super) fn give_cache(&mut self, model: &Model, cache: Cache) {
        if let Some(place) = self.caches.get_mut(model.slot) {
            *place = cache;
        }
    }

    /// Forgets everything once the store is large; entries found before are void then.
    pub fn limit(&mut self, most: usize) {
        if self.all.len() > most {
            // The memory is kept: it will be needed again.
            self.all.truncate(1);
            self.letters.truncate(1);
            self.index.clear();
            self.caches.iter_mut().for_each(Cache::forget_words);
        }
    }
}

/// Small letters, plain marks, digits as zeros: forms that differ in nothing else are one word.
fn lower_form(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_lowercase()) {
        return text.to_owned();
    }
    let letters = plain(text);
    let mut lower = String::with_capacity(letters.len());
    lower.extend(letters.chars().flat_map(char::to_lowercase).map(|c| if c.is_numeric() { '0' } else { c }));
    lower
}

/// The word with typographic marks as typed ones.
fn plain(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return text.to_owned();
    }
    match text {
        "“" | "”" | "„" | "«" | "»" | "``" | "''" | "‹‹" | "››" | "‟" | "＂" => {
            return "\"".to_owned();
        }
        "–" | "—" | "―" | "‒" | "−" | "--" | "‐" | "‑" => return "-".to_owned(),
        "…" => return "...".to_owned(),
        _ => {}
    }
    if is_dotted(text) {
        return text.replace('.', "");
    }
    text.chars()
        .filter(|c| *c != '\u{ad}')
        .map(|c| match c {
            '‐' | '‑' => '-',
            '`' | '´' => '\'',
            c if is_apostrophe(c) => '\'',
            c => c,
        })
        .collect()
}

/// True for `U.S.` and `D.C.`, not for `J.`
fn is_dotted(text: &str) -> bool {
    text.len() >= 4
        && text.len().is_multiple_of(2)
        && text.as_bytes().chunks_exact(2).all(|pair| pair[0].is_ascii_uppercase() && pair[1] == b'.')
}

impl Word {
    /// Looks at the letters of a word as written.
    pub fn new(written: &str, model: &Model) -> (Word, Letters) {
        let text = plain(written);
        let lower = lower_form(&text);
        let class = model.class(&lower);
        let mut word = Word {
            lower: hash::word(&lower),
            clusters: model.clusters(&text),
            initial: text.chars().next().filter(|c| c.is_uppercase()),
            list: list(&lower),
            joins: joins(&lower),
            function: is_function(&lower),
            pronoun: matches!(lower.as_str(), "he" | "she" | "they"),
            cue: class & CUE,
            reports: class & REPORTS != 0,
            mark: mark(written, &lower),
            opens: matches!(lower.as_str(), "\"" | "'" | ":"),
            ..Word::default()
        };
        let mut letters = Letters { exact: hash::word(&text), ..Letters::default() };
        letters.shape = word.shapes(&text);
        word.length = letters.affixes(&lower);
        word.ending = letters.suffixes[2];
        (word, letters)
    }

    /// Notes the cases of the letters; gives back the hash of their pattern.
    fn shapes(&mut self, text: &str) -> u64 {
        let (mut shape, mut brief) = (String::with_capacity(40), String::with_capacity(40));
        let (mut upper, mut small) = (0, 0);
        for (n, c) in text.chars().enumerate() {
            let kind = if c.is_uppercase() {
                upper += 1;
                'X'
            } else if c.is_lowercase() {
                small += 1;
                'x'
            } else if c.is_numeric() {
                self.digit = true;
                'd'
            } else if c.is_alphabetic() {
                small += 1;
                'o'
            } else {
                c
            };
            if n < 10 {
                shape.push(kind);
            }
            if !brief.ends_with(kind) {
                brief.push(kind);
            }
        }
        self.brief = hash::word(&brief);
        self.capital = self.initial.is_some();
        self.any_capital = upper > 0;
        self.all_capitals = upper > 1 && small == 0;
        self.small = upper == 0 && small > 0;
        self.letter = upper + small > 0;
        hash::word(&shape)
    }
}

impl Letters {
    /// Takes the ends of a word; gives back how many letters it has, at most 255.
    fn affixes(&mut self, lower: &str) -> u8 {
        let mut bounds: Vec<usize> = Vec::with_capacity(lower.len() + 1);
        bounds.extend(lower.char_indices().map(|(at, _)| at));
        bounds.push(lower.len());
        let letters = bounds.len() - 1;
        for n in 1..=4.min(letters) {
            self.prefixes[n - 1] = hash::word(&lower[..bounds[n]]);
            self.suffixes[n - 1] = hash::word(&lower[bounds[letters - n]..]);
        }
        letters.min(255) as u8
    }
}

fn joins(lower: &str) -> bool {
    matches!(
        lower,
        "of" | "the"
            | "for"
            | "and"
            | "de"
            | "al"
            | "el"
            | "bin"
            | "ibn"
            | "van"
            | "von"
            | "der"
            | "da"
            | "la"
            | "del"
            | "dos"
            | "di"
            | "du"
            | "&"
            | "-"
            | "'"
    )
}

fn is_function(lower: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "a", "after", "all", "also", "although", "an", "and", "any", "are", "as", "at", "because", "before",
        "both", "but", "by", "can", "did", "do", "does", "each", "even", "every", "few", "for", "from", "had",
        "has", "have", "he", "her", "here", "his", "how", "however", "i", "if", "in", "instead", "into", "is",
        "it", "its", "many", "meanwhile", "more", "most", "my", "no", "not", "now", "of", "on", "once", "one",
        "only", "or", "other", "others", "our", "over", "several", "she", "since", "so", "some", "still",
        "such", "than", "that", "the", "their", "then", "there", "these", "they", "this", "those", "though",
        "through", "to", "under", "until", "was", "we", "were", "what", "when", "where", "whether", "which",
        "while", "who", "why", "with", "yet", "you", "your",
    ];
    WORDS.binary_search(&lower).is_ok()
}

fn list(lower: &str) -> List {
    match lower {
        "the" => List::The,
        "north" | "south" | "east" | "west" | "northern" | "southern" | "eastern" | "western" | "central"
        | "northeast" | "northwest" | "southeast" | "southwest" | "northeastern" | "northwestern"
        | "southeastern" | "southwestern" | "upper" | "lower" => List::Way,
        "'s" => List::Possessive,
        "mr" | "mr." | "mrs" | "mrs." | "ms" | "ms." | "dr" | "dr." | "president" | "minister"
        | "senator" | "sen." | "rep." | "gov." | "governor" | "chairman" | "chairwoman" | "chair"
        | "spokesman" | "spokeswoman" | "spokesperson" | "director" | "secretary" | "judge" | "justice"
        | "gen." | "general" | "col." | "colonel" | "capt." | "lt." | "sgt." | "professor" | "prof."
        | "prof" | "king" | "queen" | "prince" | "princess" | "sheikh" | "pope" | "coach" | "captain"
        | "ceo" | "founder" | "leader" | "sir" | "lord" | "lady" | "mayor" | "attorney" | "officer"
        | "ambassador" | "chief" | "actor" | "actress" | "singer" | "author" | "analyst" | "economist"
        | "envoy" | "commissioner" | "mp" | "hon" | "hon." | "rev." | "imam" | "bishop" | "archbishop"
        | "chancellor" | "premier" | "commander" | "lawmaker" | "deputy" | "inspector" | "adviser"
        | "advisor" => List::Title,
        "said" | "says" | "told" | "added" | "adds" | "tells" | "wrote" | "tweeted" | "explained"
        | "asked" | "argued" | "noted" | "insisted" | "warned" | "claimed" | "recalled" | "continued"
        | "believes" | "thinks" | "who" | "announced" | "stated" | "confirmed" | "denied" | "stressed" => {
            List::Speech
        }
        "in" | "at" | "from" | "near" | "to" | "across" | "outside" | "throughout" | "around" | "into"
        | "inside" => List::Place,
        "ministry" | "university" | "party" | "council" | "commission" | "department" | "agency" | "bank"
        | "company" | "corporation" | "inc" | "inc." | "corp" | "corp." | "ltd" | "ltd." | "association"
        | "committee" | "court" | "group" | "institute" | "federation" | "union" | "club" | "army"
        | "force" | "forces" | "police" | "office" | "authority" | "organization" | "organisation"
        | "board" | "foundation" | "league" | "college" | "school" | "hospital" | "congress"
        | "parliament" | "assembly" | "senate" | "airlines" | "airways" | "news" | "times" | "post"
        | "centre" | "center" | "bureau" | "front" | "movement" | "alliance" | "plc" | "co." | "co"
        | "llc" | "fund" | "society" => List::Body,
        _ => List::None,
    }
}
