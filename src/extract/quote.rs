//! Which words are reported speech: quoted runs and reported clauses, joined to the cue that reports them.

use std::ops::Range;

use crate::document::QuoteKind;
use crate::extract::cue::{self, Clause, Opener, run_at};
use crate::extract::marks::Run;
use crate::extract::phrase;
use crate::extract::segment::{Class, Text};
use crate::extract::transcript;
use crate::lang::english as en;
use crate::span::Span;

/// Reported speech before its speaker is known.
#[derive(Clone, Debug)]
pub struct Found {
    /// The words said, in pieces.
    pub content: Vec<Span>,
    /// How they are reported.
    pub kind: QuoteKind,
    /// Index of the clause that reports them.
    pub clause: Option<usize>,
    /// Who may have said them, as the trained model ranks the words that name somebody.
    pub ranked: Vec<(Span, f32)>,
}

/// Fewest words in quote marks that count as speech when nothing around them reports any.
const FEWEST_FLOATING: usize = 4;

/// Most tokens of speech that is reported in the writer's own words; of 18,000 pieces in annotated news
/// one in a thousand is longer.
pub const LONGEST_REPORTED: usize = 90;

/// Fewest words in quote marks that count as speech where they are a sentence and nothing reports them.
const FEWEST_IN_SENTENCE: usize = 2;

/// Longest role that stands between a quoted run and a name, in tokens.
const LONGEST_ROLE: usize = 20;

/// Participles that go on about the speaker, not about what was said: behind a comma 47 of 50 stand outside the
/// reported words in PolNeAR's training part.
pub(super) const ASIDES: [&str; 14] = [
    "citing",
    "calling",
    "quoting",
    "pointing",
    "referring",
    "contrasting",
    "comparing",
    "echoing",
    "contradicting",
    "alluding",
    "applauding",
    "criticizing",
    "criticising",
    "slamming",
];

/// True for words that only say when, where or how: `After the flood`, `In the end`. What follows them is the
/// clause that they belong to, not one that reports them.
pub(super) fn is_adjunct(text: &Text<'_>, tokens: Range<usize>) -> bool {
    let first = text.low(tokens.start);
    let whole = !tokens.clone().any(|at| text.is_sign(at, &[","]));
    let subordinate = matches!(
        first,
        "after"
            | "before"
            | "when"
            | "while"
            | "as"
            | "since"
            | "because"
            | "although"
            | "though"
            | "until"
            | "once"
    );
    let finite = |at: usize| {
        let low = text.low(at);
        en::is_auxiliary(low) || en::is_speaking_pronoun(low) || low.ends_with("ed")
    };
    let many = matches!(text.low(tokens.start + 1), "many" | "much" | "few" | "of");
    let verbs = tokens.clone().filter(|&at| finite(at)).count();
    // `Asked whether he would run`
    let asked = cue::is_question_put(text, tokens.start + usize::from(first == "when"));
    whole && !many && (asked || subordinate && verbs < 2 || en::is_preposition(first) && verbs == 0)
}

/// All reported speech of a text, in order of its start.
pub fn find(text: &Text<'_>, runs: &[Run], clauses: &[Clause]) -> Vec<Found> {
    let mut finder = Finder { text, runs, clauses, owner: vec![None; runs.len()], found: Vec::new() };
    finder.adjacent_runs();
    finder.reported_clauses();
    finder.direct_runs();
    finder.found.sort_by_key(|found| found.content.first().map(|span| span.start));
    finder.found
}

struct Finder<'t> {
    text: &'t Text<'t>,
    runs: &'t [Run],
    clauses: &'t [Clause],
    /// What each run belongs to.
    owner: Vec<Option<Owner>>,
    found: Vec<Found>,
}

fn within_length(start: usize, end: usize) -> bool {
    end - start <= LONGEST_REPORTED
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// This clause reports it word for word.
    Clause(usize),
    /// It is part of the indirect or mixed quote with this index.
    Inside,
}

impl Finder<'_> {
    /// Joins each run to the clause that stands right before or right after it.
    fn adjacent_runs(&mut self) {
        for (number, clause) in self.clauses.iter().enumerate() {
            let quotes = clause.verb.is_none_or(|verb| verb.quotes());
            let before = || self.run_ending_before(clause).or_else(|| self.run_before_role(clause));
            if quotes && let Some(run) = before() {
                self.owner[run].get_or_insert(Owner::Clause(number));
            }
            if clause.opener == Opener::Quote
                && let Some(run) = self.run_starting_at(clause.content)
                && !self.is_title(&self.runs[run])
            {
                self.owner[run] = Some(Owner::Clause(number));
            }
        }
    }

    fn run_starting_at(&self, token: usize) -> Option<usize> {
        let start = self.text.tokens.get(token)?.span.start;
        self.runs.binary_search_by_key(&start, |run| run.outer.start).ok()
    }

    /// The run that ends right before a clause, with nothing but a comma between.
    fn run_ending_before(&self, clause: &Clause) -> Option<usize> {
        let mut before = clause.start.checked_sub(1)?;
        if self.text.is_sign(before, &[",", "—", "–"]) {
            before = before.checked_sub(1)?;
        }
        let end = self.text.tokens[before].span.end;
        let number = self.runs.binary_search_by_key(&end, |run| run.outer.end).ok()?;
        let run = &self.runs[number];
        let same_paragraph = run.paragraph == self.text.tokens[clause.cue.start].paragraph;
        // `“We won.” Smith said the game …` reports something else than the run.
        let finished = run.inner.of(self.text.body).ends_with('.');
        let reports_more = matches!(clause.opener, Opener::That | Opener::Bare | Opener::Infinitive);
        (same_paragraph && !(finished && reports_more)).then_some(number)
    }

    /// The run before the role of who reports it: `“…,” a spokeswoman for the ministry, Asha Rao, said`.
    fn run_before_role(&self, clause: &Clause) -> Option<usize> {
        let text = self.text;
        let comma = clause.start.checked_sub(1).filter(|&comma| text.is_sign(comma, &[","]))?;
        let number =
            self.runs.partition_point(|run| run.outer.end <= text.tokens[comma].span.start).checked_sub(1)?;
        let run = &self.runs[number];
        let role = self.token_after(run)..comma;
        let whole = run.paragraph == text.tokens[comma].paragraph
            && run.inner.of(text.body).ends_with([',', '?', '!'])
            && (1..=LONGEST_ROLE).contains(&role.len());
        let finite = |at: usize| {
            let low = text.low(at);
            en::is_auxiliary(low) && !matches!(low, "’s" | "'s") || en::is_speaking_pronoun(low)
        };
        let plain = |at: usize| !finite(at) && !text.is_sign(at, &[".", ",", ";", ":"]);
        let named = role.clone().any(|at| en::is_role_noun(text.low(at))) && role.clone().all(plain);
        (whole && named).then_some(number)
    }

    /// Indirect and mixed speech: clauses in the reporter's own words.
    fn reported_clauses(&mut self) {
        let mut covered = 0;
        for (number, clause) in self.clauses.iter().enumerate() {
            if clause.cue.start < covered {
                continue;
            }
            let around = match clause.opener {
                Opener::Medial => self.around_clause(number),
                Opener::According => self.around_source(number),
                _ => None,
            };
            if let Some([before, after]) = around {
                covered = after.end.max(covered);
                self.push_clause(number, &[before, after]);
                continue;
            }
            let content = match clause.opener {
                Opener::That | Opener::Bare | Opener::Infinitive => {
                    let end = self.content_end(number, clause.content);
                    (end > clause.content + 1).then_some(clause.content..end)
                }
                Opener::Quote => self.mixed_after(number),
                Opener::According | Opener::Nothing | Opener::Medial => self.content_before(number),
            };
            let Some(content) = content else { continue };
            covered = content.end.max(covered);
            self.push_clause(number, &[content]);
        }
    }

    /// The two parts of `the plan, Smith said, will fail`.
    fn around_clause(&self, number: usize) -> Option<[Range<usize>; 2]> {
        let clause = &self.clauses[number];
        let sentence =
            self.text.sentence_tokens[self.text.tokens[clause.cue.start].sentence as usize].clone();
        let comma = clause.start.checked_sub(1)?;
        if self.run_ending_before(clause).is_some() || comma <= sentence.start || self.in_found(comma - 1) {
            return None;
        }
        let start = self.back_to_clause_start(sentence.start, comma);
        let end = self.content_end(number, clause.content + 1);
        (start < comma && end > clause.content + 2).then_some([start..comma, clause.content + 1..end])
    }

    /// The two parts of `the flood, according to police, has killed 54 people`: what stands before is no clause
    /// of its own, for its verb or its object comes behind.
    fn around_source(&self, number: usize) -> Option<[Range<usize>; 2]> {
        let (clause, text) = (&self.clauses[number], self.text);
        let sentence = text.sentence_tokens[text.tokens[clause.cue.start].sentence as usize].clone();
        let (comma, after) = (clause.start.checked_sub(1)?, clause.content);
        let set_off =
            comma > sentence.start && text.is_sign(comma, &[","]) && text.is_sign(after - 1, &[","]);
        if !set_off || after >= sentence.end || self.in_found(comma - 1) {
            return None;
        }
        let (last, next) = (text.low(comma - 1), text.low(after));
        let auxiliary = |low: &str| en::is_auxiliary(low) && !matches!(low, "’s" | "'s");
        let verb = auxiliary(last) && text.word(comma - 1) == last
            || auxiliary(next)
            || next.ends_with("ed") && text.word(after) == next && en::cue(next).is_none();
        let amount = next.starts_with(|c: char| c.is_ascii_digit())
            || matches!(next, "about" | "around" | "nearly" | "almost" | "some" | "over")
            || next == "at" && text.low(after + 1) == "least"
            || next == "more" && text.low(after + 1) == "than";
        let object = amount && (last.ends_with("ed") || last == "including");
        if !verb && !object {
            return None;
        }
        let start = self.back_to_clause_start(sentence.start, comma);
        let end = self.content_end(number, after);
        (start < comma && end > after).then_some([start..comma, after..end])
    }

    fn push_clause(&mut self, number: usize, pieces: &[Range<usize>]) {
        let spans = pieces.iter().map(|piece| self.text.span(self.trim(piece.clone())));
        let spans: Vec<Span> = spans.filter(|span| !span.is_empty()).collect();
        if spans.is_empty() {
            return;
        }
        let mut mixed = false;
        for span in &spans {
            let first = self.runs.partition_point(|run| run.inner.end <= span.start);
            let inside = self.runs[first..].iter().take_while(|run| run.inner.start < span.end);
            for (offset, _) in inside.enumerate().filter(|(_, run)| span.contains(run.inner)) {
                self.owner[first + offset] = Some(Owner::Inside);
                mixed = true;
            }
        }
        let kind = if mixed { QuoteKind::Mixed } else { QuoteKind::Indirect };
        self.found.push(Found { content: spans, kind, clause: Some(number), ranked: Vec::new() });
    }

    /// Cuts signs off the ends, but never a closing quote mark.
    fn trim(&self, content: Range<usize>) -> Range<usize> {
        let Range { mut start, mut end } = content;
        while start < end && self.text.is_sign(start, &[",", ":", ";", "—", "–", "-"]) {
            start += 1;
        }
        while start < end && self.text.is_sign(end - 1, &[",", ".", ":", ";", "—", "–", "-", "?", "!"]) {
            end -= 1;
        }
        start..end
    }

    /// `said the plan was “a basis,” …`: a partial run that its cue introduces without comma or colon.
    fn mixed_after(&self, number: usize) -> Option<Range<usize>> {
        let clause = &self.clauses[number];
        let run = &self.runs[self.run_starting_at(clause.content)?];
        let end = self.content_end(number, clause.content);
        let after_run = self.text.token_at(run.outer.end.saturating_sub(1)) + 1;
        let introduced = clause.content > 0 && self.text.is_sign(clause.content - 1, &[",", ":"]);
        let whole = run.inner.of(self.text.body).starts_with(char::is_uppercase);
        let goes_on = self.trim(after_run..end.max(after_run)).len() > 1;
        let clause_like = clause.verb.is_some_and(|verb| verb.clause());
        (!introduced && (!whole || goes_on) && clause_like).then_some(clause.content..end.max(after_run))
    }

    /// `CLAUSE, Smith said` and `CLAUSE, according to Smith`; after a leading `According to Smith,` all
    /// the rest of the sentence.
    fn content_before(&self, number: usize) -> Option<Range<usize>> {
        let clause = &self.clauses[number];
        let sentence =
            self.text.sentence_tokens[self.text.tokens[clause.cue.start].sentence as usize].clone();
        let according = clause.opener == Opener::According;
        // `…, and, according to Smith, CLAUSE`
        let joins = |at: usize| matches!(self.text.low(at), "and" | "but");
        let joined = clause.start > sentence.start + 2
            && joins(clause.start - 1 - usize::from(self.text.is_sign(clause.start - 1, &[","])))
            && self.text.is_sign(clause.content - 1, &[","]);
        if according && (clause.start <= sentence.start + 1 || joined) {
            let end = self.content_end(number, clause.content);
            return (end > clause.content + 2).then_some(clause.content..end);
        }
        // `As Smith told reporters, CLAUSE`
        let comma = self.text.is_sign(clause.content, &[","]);
        let speech = clause.verb.is_some_and(|verb| verb.bare_clause() && !verb.thought());
        if self.text.low(sentence.start) == "as" && clause.start == sentence.start + 1 && comma && speech {
            let end = self.content_end(number, clause.content + 1);
            return (end > clause.content + 3).then_some(clause.content + 1..end);
        }
        // `Smith said …, according to a recording`: Smith said it.
        let reported =
            |before: &Clause| before.cue.start >= sentence.start && before.opener != Opener::According;
        let before =
            self.clauses[..number].iter().rev().take_while(|before| before.cue.start >= sentence.start);
        if according && before.into_iter().any(reported) {
            return None;
        }
        let comma = clause.start.checked_sub(1)?;
        let divided = self.text.is_sign(comma, &[","]) || self.run_ending_before(clause).is_some();
        if !(divided || according) || clause.elliptic || comma < sentence.start + 2 {
            return None;
        }
        // `CLAUSE, other studies have shown`
        let shown = clause.verb.is_some_and(|verb| matches!(verb.lemma, "show" | "find"))
            && clause.subject.clone().is_some_and(|who| phrase::is_document(self.text.low(who.end - 1)));
        let speech = shown || clause.verb.is_some_and(|verb| verb.bare_clause() && !verb.thought());
        if !according && !speech {
            return None;
        }
        // `By the end of May, Rao announced her plan`: what the verb takes comes behind it.
        let next = self.text.low(clause.content);
        let takes = clause.subject.is_some()
            && !clause.inverted
            && clause.addressee.is_none()
            && (en::is_determiner(next) || en::is_object_pronoun(next))
            && !(next == "this" && en::is_time_word(self.text.low(clause.content + 1)));
        if !according && takes {
            return None;
        }
        let start = self.back_to_clause_start(sentence.start, comma);
        let outside = (start..comma).filter(|&at| run_at(self.text, at, self.runs).is_none());
        let words = outside.filter(|&at| self.text.is_word(at)).count();
        // A run with next to nothing beside it is a direct quote.
        let end = match self.run_ending_before(clause) {
            Some(run) => self.token_after(&self.runs[run]),
            None if according && !self.text.is_sign(comma, &[",", "—", "–", "("]) => clause.start,
            None => comma,
        };
        if !according && self.run_before_role(clause).is_some() {
            return None;
        }
        let adjunct = !according && is_adjunct(self.text, start..comma);
        let believed = within_length(start, end) && comma - start > 2 && !adjunct;
        (words > 1 && believed && !self.in_found(start)).then_some(start..end)
    }

    /// The first token after a run and its closing mark.
    fn token_after(&self, run: &Run) -> usize {
        self.text.tokens.partition_point(|token| token.span.start < run.outer.end)
    }

    fn back_to_clause_start(&self, floor: usize, end: usize) -> usize {
        let cut = (floor..end)
            .rev()
            .find(|&at| self.text.is_sign(at, &[";"]) && run_at(self.text, at, self.runs).is_none());
        let start = cut.map_or(floor, |at| at + 1);
        let paragraph = self.text.tokens[floor].paragraph as usize;
        let start = self
            .text
            .after_dateline(paragraph)
            .filter(|after| *after < end)
            .map_or(start, |after| after.max(start));
        // `EXCLUSIVE: …`
        let label = (start..end.min(start + 3)).find(|&at| self.text.is_sign(at, &[":"]));
        let loud =
            |at: usize| self.text.word(at).len() > 2 && !self.text.word(at).contains(char::is_lowercase);
        let start = label.filter(|&colon| (start..colon).all(loud)).map_or(start, |colon| colon + 1);
        let low = self.text.low(start);
        if matches!(low, "but" | "and" | "yet" | "still" | "however") { start + 1 } else { start }
    }

    fn in_found(&self, token: usize) -> bool {
        // Clauses come in order, so only the latest finds can reach this far.
        let span = self.text.tokens[token].span;
        let latest = self.found.iter().rev().take(8);
        latest.flat_map(|found| &found.content).any(|content| content.contains(span))
    }

    /// Where the words that a clause reports end: its sentence, or the next clause that stands beside it.
    fn content_end(&self, number: usize, start: usize) -> usize {
        let sentence = self.text.sentence_tokens
            [self.text.tokens[self.clauses[number].cue.start].sentence as usize]
            .clone();
        let mut end = sentence.end;
        // A quote mark opened inside may carry the sentence on.
        if let Some(run) = run_at(self.text, end - 1, self.runs) {
            end = end.max(self.text.token_at(run.outer.end.saturating_sub(1)) + 1);
        }
        for next in &self.clauses[number + 1..] {
            if next.cue.start >= end {
                break;
            }
            if next.cue.start > start
                && let Some(cut) = self.beside(next, start)
            {
                end = end.min(cut);
                break;
            }
        }
        let end = self.cut_at_aside(start, end);
        self.capped(start, self.cut_at_dash(start, end))
    }

    /// `…, citing the recording`, `…, calling it a farce`: what the speaker does besides is not what is said.
    fn cut_at_aside(&self, start: usize, end: usize) -> usize {
        // `…, before bursting into tears`
        let did = |at: usize| {
            matches!(self.text.low(at), "before" | "after") && self.text.low(at + 1).ends_with("ing")
        };
        let aside = |&at: &usize| {
            self.text.is_sign(at, &[","])
                && (ASIDES.contains(&self.text.low(at + 1)) || did(at + 1))
                && run_at(self.text, at, self.runs).is_none()
        };
        (start + 3..end.saturating_sub(1)).find(aside).unwrap_or(end)
    }

    /// What is reported longer than anybody reports it has lost its end: it is cut at the last comma or
    /// joining word within reach.
    fn capped(&self, start: usize, end: usize) -> usize {
        if end <= start + LONGEST_REPORTED || run_at(self.text, start, self.runs).is_some() {
            return end;
        }
        let most = start + LONGEST_REPORTED;
        let joint = |at: &usize| {
            self.text.is_sign(*at, &[",", ":", "("])
                || matches!(self.text.low(*at), "and" | "but" | "while" | "which")
        };
        (start + LONGEST_REPORTED / 2..most).rev().find(joint).unwrap_or(most)
    }

    /// The token at which to cut, when `next` stands beside the content rather than inside it.
    fn beside(&self, next: &Clause, start: usize) -> Option<usize> {
        let text = self.text;
        let mut cut = next.start;
        if next.opener == Opener::According {
            // `…, and, according to the mayor, …`
            let joined = |at: usize| matches!(text.low(at), "and" | "but");
            cut -= usize::from(text.is_sign(cut - 1, &[","]));
            return Some(if joined(cut - 1) { cut - 1 } else { cut });
        }
        let before = cut.checked_sub(1)?;
        if next.elliptic {
            let joined = matches!(text.low(before), "and" | "but" | "then" | "or");
            // `a “decade of renewal,” adding`
            if self.comma_in_run(before) {
                return Some(cut);
            }
            let comma = text.is_sign(before, &[","]);
            return (joined || comma).then_some(before);
        }
        let comma = text.is_sign(before, &[","]);
        if comma && next.opener == Opener::Nothing && !next.inverted && before > start + 2 {
            return Some(before);
        }
        // `While X said A, Y said B`: the comma before Y ends A.
        let sentence = &text.sentence_tokens[text.tokens[start].sentence as usize];
        let leading =
            matches!(text.low(sentence.start), "while" | "although" | "though" | "as" | "when" | "whereas");
        if comma && leading && next.opener != Opener::Nothing && before > start + 2 {
            return Some(before);
        }
        // `a “harsh” plan,” while the army warned of it`, `while Minister Rao wrote`
        let contrasts = matches!(text.low(before), "while" | "whereas" | "although" | "though");
        let named = || next.subject.clone().is_some_and(|mut who| who.any(|at| text.is_capital(at)));
        let apart = |at: usize| self.divides(at) || text.low(at + 1) == "while" && named();
        if contrasts && before > start + 2 && next.subject.is_some() && apart(before - 1) {
            return Some(before - usize::from(text.is_sign(before - 1, &[","])));
        }
        if matches!(
            text.low(before),
            "but" | "although" | "though" | "while" | "whereas" | "as" | "and" | "even"
        ) && next.opener != Opener::Nothing
        {
            cut = before;
            while cut > start && text.is_sign(cut - 1, &[",", "—", "–"]) {
                cut -= 1;
            }
            let divided =
                cut < before || matches!(text.low(before), "although" | "though" | "whereas" | "but");
            return (divided && cut > start).then_some(cut);
        }
        None
    }

    /// True for a comma, and for the closing mark behind one.
    fn divides(&self, at: usize) -> bool {
        self.text.is_sign(at, &[","]) || self.comma_in_run(at)
    }

    /// True for the closing mark of a run that ends in a comma.
    fn comma_in_run(&self, mark: usize) -> bool {
        let end = self.text.tokens[mark].span.end;
        let run = self.runs.binary_search_by_key(&end, |run| run.outer.end);
        run.is_ok_and(|run| self.runs[run].inner.of(self.text.body).ends_with(','))
    }

    /// A lone dash or semicolon ends what was said: the reporter goes on in their own voice.
    fn cut_at_dash(&self, start: usize, end: usize) -> usize {
        let signs: Vec<usize> = (start..end)
            .filter(|&at| {
                self.text.is_sign(at, &["—", "–", ";"]) && run_at(self.text, at, self.runs).is_none()
            })
            .collect();
        if let Some(&semicolon) = signs.iter().find(|&&at| self.text.word(at) == ";") {
            return semicolon;
        }
        match signs.last() {
            Some(&dash) if signs.len() % 2 == 1 && !self.goes_on_behind(dash, end) => dash,
            _ => end,
        }
    }

    /// `ready for talks — but only on its terms`: no clause of the reporter’s own.
    fn goes_on_behind(&self, dash: usize, end: usize) -> bool {
        let text = self.text;
        let finite = |at: usize| {
            let low = text.low(at);
            en::is_auxiliary(low) || en::is_speaking_pronoun(low) || low.ends_with("ed")
        };
        let joins = matches!(text.low(dash + 1), "but" | "and" | "or" | "not" | "even" | "including");
        matches!(text.low(dash + 1), "unless" | "if" | "because") || joins && !(dash + 1..end).any(finite)
    }

    /// Direct speech: runs that a clause reports, that go on from one, or that stand alone.
    fn direct_runs(&mut self) {
        let mut last: Option<(usize, usize)> = None;
        for number in 0..self.runs.len() {
            let run = self.runs[number];
            if self.is_stage_direction(&run) {
                continue;
            }
            let clause = match self.owner[number] {
                Some(Owner::Inside) => {
                    last = None;
                    continue;
                }
                Some(Owner::Clause(clause)) => Some(clause),
                None => None,
            };
            if let Some((before, quote)) = last
                && self.goes_on(before, number, self.found[quote].clause, clause)
            {
                self.found[quote].content.push(run.inner);
                if self.found[quote].clause.is_none() {
                    self.found[quote].clause = clause;
                }
                last = Some((number, quote));
                continue;
            }
            if !self.is_speech(&run, clause) {
                continue;
            }
            self.found.push(Found {
                content: vec![run.inner],
                kind: self.kind(&run, clause),
                clause,
                ranked: Vec::new(),
            });
            last = Some((number, self.found.len() - 1));
        }
    }

    /// `(CROSSTALK)` between the turns of a transcript.
    fn is_stage_direction(&self, run: &Run) -> bool {
        let said = run.inner.of(self.text.body).trim_end_matches('.');
        said.starts_with('(') && said.ends_with(')') && !said[1..].contains('(')
    }

    fn is_speech(&self, run: &Run, clause: Option<usize>) -> bool {
        let words = self.text.tokens_in(run.inner).filter(|&at| self.text.is_word(at)).count();
        if run.turn || clause.is_none() && transcript::signature(self.text, run.outer).is_some() {
            return words > 0;
        }
        if self.is_title(run) {
            return false;
        }
        let said = run.inner.of(self.text.body);
        match clause {
            Some(_) => words > 0,
            None => {
                let ends = said.ends_with(['.', '?', '!', ',', '…']);
                let few = if ends && self.is_sentence(run) { FEWEST_IN_SENTENCE } else { FEWEST_FLOATING };
                words >= few && (ends || !run.closed) || words > 7 || run.continues
            }
        }
    }

    /// True for a run that is a sentence of its own: `She had hired a lawyer. “It takes time.”`
    fn is_sentence(&self, run: &Run) -> bool {
        let (text, said) = (self.text, run.inner.of(self.text.body));
        let open = text.token_at(run.outer.start);
        let opens = open == 0 || {
            let (before, own) = (&text.tokens[open - 1], &text.tokens[open]);
            before.paragraph != own.paragraph || before.sentence != own.sentence
        };
        opens && said.starts_with(char::is_uppercase) && said.ends_with(['.', '?', '!', '…'])
    }

    /// `his show, “Good Morning Club,”`: the title of a work, not speech.
    fn is_title(&self, run: &Run) -> bool {
        let words: Vec<usize> = self.text.tokens_in(run.inner).filter(|&at| self.text.is_word(at)).collect();
        let small = |low: &str| {
            matches!(
                low,
                "the" | "a" | "an" | "of" | "and" | "in" | "on" | "for" | "to" | "with" | "’s" | "'s"
            )
        };
        let titled = words.iter().all(|&at| self.text.is_capital(at) || small(self.text.low(at)));
        let said = run.inner.of(self.text.body);
        if !titled || words.is_empty() || words.len() > 6 || said.ends_with(['.', '!', '?']) {
            return false;
        }
        let open = self.text.token_at(run.outer.start);
        let before = open.checked_sub(1).map_or("", |at| {
            let at = if self.text.is_sign(at, &[","]) { at.saturating_sub(1) } else { at };
            self.text.low(at)
        });
        matches!(
            before,
            "’s" | "'s"
                | "on"
                | "of"
                | "show"
                | "film"
                | "book"
                | "movie"
                | "novel"
                | "song"
                | "series"
                | "magazine"
                | "album"
                | "program"
                | "programme"
                | "podcast"
                | "play"
                | "documentary"
                | "called"
                | "titled"
                | "entitled"
                | "named"
                | "in"
                | "essay"
                | "column"
                | "article"
                | "blog"
                | "the"
        )
    }

    fn kind(&self, run: &Run, clause: Option<usize>) -> QuoteKind {
        let partial = run.inner.of(self.text.body).starts_with(char::is_lowercase);
        let open = self.text.token_at(run.outer.start);
        let led = open > 0 && self.text.is_sign(open - 1, &[",", ":"]);
        let first = self
            .text
            .sentence_tokens
            .get(self.text.sentence_at(run.outer.start))
            .is_some_and(|range| range.start == open);
        if partial && !led && !first && clause.is_some() { QuoteKind::Mixed } else { QuoteKind::Direct }
    }

    /// True when a run is a further piece of the quote that the run before it belongs to.
    fn goes_on(&self, before: usize, run: usize, quote_clause: Option<usize>, clause: Option<usize>) -> bool {
        let (a, b) = (&self.runs[before], &self.runs[run]);
        if b.continues {
            return true;
        }
        if a.paragraph != b.paragraph {
            return false;
        }
        let Some(reported) = quote_clause else { return false };
        if clause.is_some_and(|clause| clause != reported) {
            return false;
        }
        // Only the reporting clause may stand between the two pieces.
        let between = self.text.tokens_in(Span { start: a.outer.end, end: b.outer.start });
        let cue = &self.clauses[reported].cue;
        let holds_cue = between.contains(&cue.start);
        let sentences = between.clone().filter(|&at| self.text.is_sign(at, &[".", "?", "!"])).count();
        // `“…,” one said. Another was blunter: “…”`: words of another sentence lead into the second.
        let sentence = self.text.tokens[cue.start].sentence;
        let led = between.clone().any(|at| self.text.is_word(at) && self.text.tokens[at].sentence > sentence);
        if led && clause.is_none() {
            return false;
        }
        let plain = between
            .clone()
            .all(|at| self.text.tokens[at].class != Class::Mark || matches!(self.text.word(at), "’" | "'"));
        (between.is_empty() || holds_cue && sentences <= 1 && between.len() < 60 || clause == Some(reported))
            && plain
    }
}
