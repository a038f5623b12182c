//! Text → tokens: words, phrases, parentheses that have a partner.

use super::Notes;

/// Double quote marks: what opens a phrase, and what closes it then.
const MARKS: &[(char, &[char])] = &[
    ('"', &['"', '”']),
    ('“', &['”', '"']),
    ('„', &['“', '”', '"']),
    ('”', &['”']),
    ('«', &['»']),
    ('»', &['«']),
];

/// Parentheses deeper than this are ignored: it bounds the depth of every expression.
const MAX_DEPTH: usize = 32;

#[derive(Debug)]
pub(super) struct Token {
    pub kind: Kind,
    /// No blank stands before it.
    pub glued: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Open,
    Close,
    /// The words between quote marks.
    Quoted(String),
    /// What stands between two strokes: `/kyi?v/`.
    Regex(String),
    /// Anything else up to a blank, parenthesis or quote mark.
    Word(String),
}

impl Token {
    /// True for a parenthesis.
    pub fn is_paren(&self) -> bool {
        matches!(self.kind, Kind::Open | Kind::Close)
    }
}

pub(super) fn lex(input: &str, notes: &mut Notes) -> Vec<Token> {
    let chars: Vec<char> = input.chars().filter(|c| !is_invisible(*c)).map(visible).collect();
    let mut quotes = Quotes { chars: &chars, unclosed: Vec::new(), barren: 0, alone: false };
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let glued = at > 0 && !chars[at - 1].is_whitespace();
        let (kind, next) = match chars[at] {
            c if c.is_whitespace() => (None, at + 1),
            '(' => (Some(Kind::Open), at + 1),
            ')' => (Some(Kind::Close), at + 1),
            _ => match quotes.close(at) {
                Some(end) => {
                    if chars[at] == '\'' {
                        notes.add("apostrophes around several words are read as quote marks".into());
                    }
                    (Some(Kind::Quoted(quotes.inside(at, end))), end + 1)
                }
                None if is_mark(&chars, at) => {
                    quotes.alone |= !is_inch(&chars, at);
                    (None, at + 1)
                }
                None => match regex_end(&chars, at) {
                    Some(end) => (Some(Kind::Regex(chars[at + 1..end].iter().collect())), end + 1),
                    None => {
                        let end = word_end(&chars, at, &mut quotes);
                        (Some(Kind::Word(chars[at..end].iter().collect())), end)
                    }
                },
            },
        };
        tokens.extend(kind.map(|kind| Token { kind, glued }));
        at = next;
    }
    if quotes.alone {
        notes.add("a quote mark has no partner; what follows it is read as words".into());
    }
    matched(tokens, notes)
}

/// What is pasted along with words and never meant: zero-width blanks, soft hyphens, marks of direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Controls and the long dash part words as a blank does.
fn visible(c: char) -> char {
    if c.is_control() || c == '—' { ' ' } else { c }
}

/// A double quote mark, unless it stands inside a Hebrew acronym: `צה"ל`.
pub(super) fn is_mark(chars: &[char], at: usize) -> bool {
    let hebrew = |at: usize| chars.get(at).is_some_and(|c| ('\u{590}'..='\u{5ff}').contains(c));
    let acronym = || at > 0 && hebrew(at - 1) && hebrew(at + 1);
    MARKS.iter().any(|(open, _)| *open == chars[at]) && !acronym()
}

/// `6" gun`: after a digit and before a blank it closes a phrase or means inches, but opens none.
fn is_inch(chars: &[char], at: usize) -> bool {
    chars[at] == '"'
        && at > 0
        && chars[at - 1].is_numeric()
        && chars.get(at + 1).is_none_or(|next| next.is_whitespace())
}

/// Longest regular expression that is read, in characters.
const LONGEST_REGEX: usize = 100;

/// The stroke that closes a regular expression: a word of its own, without blanks or strokes inside.
fn regex_end(chars: &[char], at: usize) -> Option<usize> {
    let free =
        at == 0 || chars[at - 1].is_whitespace() || matches!(chars[at - 1], '(' | '-' | '+' | '!' | ':');
    if chars[at] != '/' || !free {
        return None;
    }
    let mut escaped = false;
    let mut end = None;
    for (offset, c) in chars[at + 1..].iter().take(LONGEST_REGEX + 1).enumerate() {
        match c {
            '/' if !escaped => {
                end = Some(at + 1 + offset);
                break;
            }
            c if c.is_whitespace() => return None,
            c => escaped = *c == '\\' && !escaped,
        }
    }
    let end = end?;
    let inside: String = chars[at + 1..end].iter().collect();
    // Factiva's `/n5/` is an operator.
    let operator = inside.len() > 1
        && inside.starts_with(['n', 'f', 'N', 'F'])
        && inside[1..].bytes().all(|b| b.is_ascii_digit());
    let closed = chars.get(end + 1).is_none_or(|c| c.is_whitespace() || matches!(c, ')' | '^' | ',' | ';'));
    (closed && !operator && inside.contains(char::is_alphanumeric)).then_some(end)
}

fn word_end(chars: &[char], start: usize, quotes: &mut Quotes) -> usize {
    // Asked once a word: `-'land swap'` is seen, and a run of apostrophes costs no more than any word.
    let mut asked = false;
    for at in start + 1..chars.len() {
        let c = chars[at];
        if c.is_whitespace() || c == '(' || c == ')' || is_mark(chars, at) {
            return at;
        }
        if c == '/' && matches!(chars[at - 1], ':' | '-' | '+' | '!') && regex_end(chars, at).is_some() {
            return at;
        }
        if matches!(c, '\'' | '‘') && matches!(chars[at - 1], ':' | '-' | '+' | '!') && !asked {
            asked = true;
            if quotes.close(at).is_some() {
                return at;
            }
        }
    }
    chars.len()
}

struct Quotes<'a> {
    chars: &'a [char],
    /// Openers that were searched to the end once; so the whole search stays linear.
    unclosed: Vec<char>,
    /// Up to here no apostrophe opens a phrase: the word ends first. Known for the same reason.
    barren: usize,
    /// True when a mark was met that has no partner.
    alone: bool,
}

impl Quotes<'_> {
    /// Where the phrase ends that opens at `at`.
    fn close(&mut self, at: usize) -> Option<usize> {
        let open = self.chars[at];
        if self.unclosed.contains(&open) {
            return None;
        }
        let found = match open {
            '\'' | '‘' if !self.opens_single(at) => return None,
            '\'' if at < self.barren => return None,
            '\'' => (at + 2..self.chars.len()).find(|end| self.closes_single(*end, '\'')),
            '‘' => (at + 2..self.chars.len()).find(|end| self.closes_single(*end, '’')),
            _ if !is_mark(self.chars, at) || is_inch(self.chars, at) => return None,
            _ => {
                let closers = MARKS.iter().find(|(mark, _)| *mark == open)?.1;
                (at + 1..self.chars.len())
                    .find(|end| closers.contains(&self.chars[*end]) && is_mark(self.chars, *end))
            }
        };
        if found.is_none() {
            self.unclosed.push(open);
        }
        match found {
            // Straight single marks are apostrophes unless they hold several words.
            Some(end) if open == '\'' && !self.chars[at..end].iter().any(|c| c.is_whitespace()) => {
                self.barren = end;
                None
            }
            _ => found,
        }
    }

    fn opens_single(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or(' ', |before| self.chars[before]);
        let free = before.is_whitespace() || matches!(before, '(' | ':' | '-' | '+' | '!');
        free && self.chars.get(at + 1).is_some_and(|next| !next.is_whitespace())
    }

    fn closes_single(&self, at: usize, mark: char) -> bool {
        let after = self.chars.get(at + 1).copied().unwrap_or(' ');
        let bounded =
            if mark == '’' { !after.is_alphanumeric() } else { after.is_whitespace() || after == ')' };
        self.chars[at] == mark && bounded && !self.chars[at - 1].is_whitespace()
    }

    /// The words between two marks, one blank apart, without the marks that stand among them.
    fn inside(&self, open: usize, close: usize) -> String {
        let plain = |at: usize| if is_mark(self.chars, at) { ' ' } else { self.chars[at] };
        collapse(&(open + 1..close).map(plain).collect::<String>())
    }
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Leaves out parentheses that lost their partner.
pub(super) fn unmatched_go(tokens: &mut Vec<Token>) {
    *tokens = matched(std::mem::take(tokens), &mut Notes::default());
}

/// Leaves only parentheses that have a partner and are not too deep.
fn matched(tokens: Vec<Token>, notes: &mut Notes) -> Vec<Token> {
    let mut keep = vec![true; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => {
                keep[at] = false;
                open.push(at);
            }
            Kind::Close => match open.pop() {
                Some(partner) => {
                    let shallow = open.len() < MAX_DEPTH;
                    (keep[partner], keep[at]) = (shallow, shallow);
                    if !shallow {
                        notes.add(format!("parentheses more than {MAX_DEPTH} deep are ignored"));
                    }
                }
                None => {
                    keep[at] = false;
                    notes.about(")", "closes nothing; ignored");
                }
            },
            _ => {}
        }
    }
    if !open.is_empty() {
        notes.about("(", "is never closed; ignored");
    }
    let mut keep = keep.into_iter();
    tokens.into_iter().filter(|_| keep.next() == Some(true)).collect()
}
