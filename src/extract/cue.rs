//! Reporting clauses: which words report speech, who stands as their subject, and where the words
//! that they report begin.

use std::ops::Range;

use crate::extract::marks::Run;
use crate::extract::phrase;
use crate::extract::segment::{Class, Text};
use crate::lang::Stance;
use crate::lang::english::{self as en, CueVerb};

/// What stands between a cue and the words that it reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opener {
    /// `said that …`
    That,
    /// `said: …`, or a comma or nothing before a quote mark.
    Quote,
    /// `said it would …`
    Bare,
    /// `promised to …`
    Infinitive,
    /// `according to X, …`
    According,
    /// `the plan, Smith said, will fail`: the reported words go on where they broke off.
    Medial,
    /// No reported words follow it.
    Nothing,
}

/// A reporting clause.
#[derive(Clone, Debug)]
pub struct Clause {
    /// The words that report.
    pub cue: Range<usize>,
    /// Their dictionary form.
    pub lemma: String,
    /// What is done by saying it.
    pub stance: Stance,
    /// The verb's row; none for `according to`.
    pub verb: Option<&'static CueVerb>,
    /// Who speaks, as the clause itself tells.
    pub subject: Option<Range<usize>>,
    /// True when the subject stands after the cue.
    pub inverted: bool,
    /// True for `saying`, `adding`, `and added`: the subject is that of a clause before.
    pub elliptic: bool,
    /// To whom, as the clause itself tells.
    pub addressee: Option<Range<usize>>,
    /// What introduces the reported words.
    pub opener: Opener,
    /// First token after the cue, its object and its adverbials.
    pub content: usize,
    /// First token of the clause, for cutting what stands before it.
    pub start: usize,
}

/// All reporting clauses of a sentence outside its quoted runs, in order.
pub fn clauses(text: &Text<'_>, sentence: usize, runs: &[Run]) -> Vec<Clause> {
    let range = text.sentence_tokens[sentence].clone();
    let mut found: Vec<Clause> = Vec::new();
    let mut at = range.start;
    let first = text.tokens.get(at).map_or(0, |token| token.span.start);
    let mut rest = &runs[runs.partition_point(|run| run.outer.end <= first)..];
    while at < range.end {
        let span = text.tokens[at].span;
        while let [past, others @ ..] = rest
            && past.outer.end <= span.start
        {
            rest = others;
        }
        if let Some(run) = rest.first().filter(|run| run.outer.contains(span)) {
            at = text.token_at(run.outer.end.saturating_sub(1)).max(at) + 1;
            continue;
        }
        match according(text, at, &range, runs).or_else(|| verb_clause(text, at, &range, runs)) {
            Some(clause) => {
                at = clause.cue.end;
                found.push(clause);
            }
            None => at += 1,
        }
    }
    found
}

/// Clauses of verbs that no list holds, but whose place right after a quoted run makes them report it:
/// `“…,” she surmised`. Their dictionary form is given as *say*.
pub fn beside_runs(text: &Text<'_>, runs: &[Run], known: &[Clause]) -> Vec<Clause> {
    // Known clauses come in order.
    let near = |at: usize| {
        let first = known.partition_point(|clause| clause.cue.start < at);
        known.get(first).is_some_and(|clause| clause.cue.start < at + 8)
    };
    runs.iter()
        .filter(|run| run.inner.of(text.body).ends_with([',', '?', '!', '—', '–']))
        .filter_map(|run| {
            let at = text.tokens.partition_point(|token| token.span.start < run.outer.end);
            let paragraph = text.tokens.get(at)?.paragraph;
            (paragraph == run.paragraph && !near(at)).then(|| beside_run(text, at, runs)).flatten()
        })
        .collect()
}

fn beside_run(text: &Text<'_>, at: usize, runs: &[Run]) -> Option<Clause> {
    let reports = |verb: usize| {
        text.is_word(verb)
            && !text.is_capital(verb)
            && text.low(verb).ends_with("ed")
            && text.low(verb).len() > 4
    };
    let end = text.paragraph_tokens[text.tokens[at].paragraph as usize].end;
    let ceiling = clause_ceiling(text, at, end, runs);
    let (cue, subject, inverted) = if reports(at) {
        (at, phrase::after(text, at + 1, ceiling)?, true)
    } else {
        let verb = (at + 1..ceiling.min(at + 7)).find(|&verb| reports(verb))?;
        let subject = phrase::before(text, verb, at).filter(|subject| subject.start == at)?;
        (verb, subject, false)
    };
    let behind = if inverted { subject.end } else { cue + 1 };
    let ends =
        behind >= end || text.is_sign(behind, &[".", ",", ";", ":"]) || en::is_preposition(text.low(behind));
    ends.then(|| Clause {
        cue: cue..cue + 1,
        lemma: "say".to_string(),
        stance: Stance::Say,
        verb: None,
        start: at,
        content: behind,
        subject: Some(subject),
        inverted,
        elliptic: false,
        addressee: None,
        opener: Opener::Nothing,
    })
}

/// The quoted run that holds this token.
pub fn run_at<'r>(text: &Text<'_>, at: usize, runs: &'r [Run]) -> Option<&'r Run> {
    let span = text.tokens.get(at)?.span;
    let next = runs.partition_point(|run| run.outer.end <= span.start);
    runs.get(next).filter(|run| run.outer.contains(span))
}

fn according(text: &Text<'_>, at: usize, sentence: &Range<usize>, runs: &[Run]) -> Option<Clause> {
    let cue = match (text.low(at), text.low(at + 1)) {
        ("according", "to") => at..at + 2,
        // `Per the decree, CLAUSE`
        ("per", _) if at == sentence.start => at..at + 1,
        ("in" | "from", "his" | "her" | "their" | "my" | "our") if at == sentence.start => {
            return opinion(text, at);
        }
        _ => return None,
    };
    let ceiling = clause_ceiling(text, cue.end, sentence.end, runs);
    let subject = phrase::after(text, cue.end, ceiling)?;
    let set_off = at <= sentence.start + 1 || text.is_sign(at - 1, &[","]);
    let mut content = match set_off {
        true => source_end(text, &subject, ceiling),
        false => after_joined(text, subject.end, ceiling),
    };
    if text.is_sign(content, &[","]) {
        content += 1;
    }
    if cue.len() == 1 && !text.is_sign(content - 1, &[","]) {
        return None;
    }
    Some(Clause {
        cue,
        lemma: en::ACCORDING_TO.to_string(),
        stance: Stance::Say,
        verb: None,
        subject: Some(subject),
        inverted: true,
        elliptic: false,
        addressee: None,
        opener: Opener::According,
        content,
        start: at,
    })
}

/// `In his view, CLAUSE`
fn opinion(text: &Text<'_>, at: usize) -> Option<Clause> {
    let noun = matches!(text.low(at + 2), "view" | "opinion" | "words") && text.is_sign(at + 3, &[","]);
    noun.then(|| Clause {
        cue: at..at + 3,
        lemma: en::ACCORDING_TO.to_string(),
        stance: Stance::Say,
        verb: None,
        subject: Some(at + 1..at + 2),
        inverted: true,
        elliptic: false,
        addressee: None,
        opener: Opener::According,
        content: at + 4,
        start: at,
    })
}

/// Where the source ends that a sentence opens with, at its comma: `According to a survey published in May by
/// Lee, a firm in Hull, CLAUSE`. It may go on behind the phrase that heads it, and hold commas of its own.
fn source_end(text: &Text<'_>, subject: &Range<usize>, ceiling: usize) -> usize {
    let joined = after_joined(text, subject.end, ceiling);
    let low = text.low(joined);
    let goes_on = text.is_sign(joined, &["("])
        || en::is_preposition(low)
        || en::is_time_word(low)
        || en::is_conjunction(low)
        || matches!(low, "who" | "which" | "that" | "released" | "published")
        || low.ends_with("ed") && !text.is_capital(joined);
    let comma = |from: usize| {
        let window = from..ceiling.min(from + LONGEST_SOURCE);
        let mut depth = 0;
        window.clone().find(|&at| {
            depth += i32::from(text.is_sign(at, &["("])) - i32::from(text.is_sign(at, &[")"]));
            depth == 0 && text.is_sign(at, &[","])
        })
    };
    let mut end = match text.is_sign(joined, &[","]) || !goes_on {
        true => joined,
        // Without a comma in reach nothing tells where the source ends.
        false => comma(joined).unwrap_or(joined),
    };
    for _ in 0..2 {
        let Some(close) = comma(end + 1).filter(|_| text.is_sign(end, &[","])) else { break };
        if !set_beside(text, end, close) {
            break;
        }
        end = close;
    }
    end
}

/// Most tokens between two commas of a source.
const LONGEST_SOURCE: usize = 24;

/// True for what stands between two commas and tells more of what stands before: `, a firm in Hull,`,
/// `, formerly the head of the CDC,`, `Baytown, Texas,`. A clause with a subject of its own follows.
fn set_beside(text: &Text<'_>, open: usize, close: usize) -> bool {
    let inside = open + 1..close;
    let Some(first) = inside.clone().next() else { return false };
    let (low, next) = (text.low(first), text.low(close + 1));
    let verb = |at: usize| {
        let low = text.low(at);
        let auxiliary = en::is_auxiliary(low) && !matches!(low, "’s" | "'s");
        auxiliary || en::cue(low).is_some_and(|row| low != row.lemma) && !text.is_capital(at)
    };
    let relative = matches!(low, "who" | "which" | "whose");
    let starts = text.is_word(close + 1)
        && !verb(close + 1)
        && !matches!(next, "who" | "which" | "whose" | "and" | "or" | "such" | "including")
        && !next.ends_with("ed")
        || matches!(text.tokens.get(close + 1), Some(token) if token.class != Class::Word && !text.is_sign(close + 1, &[","]));
    let place = inside.len() <= 2
        && inside.clone().all(|at| text.is_capital(at))
        && text.is_capital(open - 1)
        && (open.saturating_sub(4)..open).any(|at| matches!(text.low(at), "in" | "of" | "at" | "from"));
    let role = inside.clone().any(|at| en::is_role_noun(text.low(at)) || en::is_title(text.low(at)));
    let described = matches!(low, "a" | "an" | "former" | "formerly" | "now" | "then")
        || role && text.is_capital(open - 1) && !text.is_capital(first) && low != "the";
    // `the El Paso mayor, Dee Margo,`
    let named = (2..=5).contains(&inside.len())
        && inside.clone().all(|at| text.is_capital(at))
        && en::is_title(text.low(open - 1));
    starts && (place || relative || named || described && !inside.clone().any(verb))
}

/// Most tokens of what is joined to who is spoken according to.
const LONGEST_JOINED: usize = 8;

/// `According to court papers and people in the room, …`: where the second of the two ends.
fn after_joined(text: &Text<'_>, end: usize, ceiling: usize) -> usize {
    if !matches!(text.low(end), "and" | "or") {
        return end;
    }
    let comma = (end + 1..ceiling.min(end + 1 + LONGEST_JOINED)).find(|&at| text.is_sign(at, &[","]));
    let plain = |at: usize| !en::is_auxiliary(text.low(at)) && !en::is_speaking_pronoun(text.low(at));
    comma.filter(|&comma| (end..comma).all(plain)).unwrap_or(end)
}

/// `The owner of a bar in Hull, for which many had worked in the years since, pleaded guilty, announced the Police
/// Department.`: who stands so far before it does not announce.
fn names_behind(
    text: &Text<'_>,
    before: &Range<usize>,
    cue: &Range<usize>,
    ceiling: usize,
    end: usize,
) -> bool {
    let far = cue.start > before.end + FURTHEST_ASIDE && text.is_sign(cue.start - 1, &[","]);
    let who = if far { phrase::after(text, cue.end, ceiling) } else { None };
    who.is_some_and(|who| {
        let ends = who.end >= end || text.is_sign(who.end, &["."]);
        ends && who.clone().any(|at| text.is_capital(at)) && !text.is_capital(cue.start)
    })
}

/// Most tokens of an aside between who speaks and the verb, where the verb may have its subject behind it.
const FURTHEST_ASIDE: usize = 8;

fn verb_clause(text: &Text<'_>, at: usize, sentence: &Range<usize>, runs: &[Run]) -> Option<Clause> {
    let (cue, verb) = verb_at(text, at)?;
    let floor = clause_floor(text, at, sentence.start, runs);
    let ceiling = clause_ceiling(text, cue.end, sentence.end, runs);
    let low = text.low(at);
    let participle = low.ends_with("ing");
    if let Some(quoted) = quoted_as(text, at, floor) {
        return Some(saying(text, cue, verb, quoted, (ceiling, sentence.end), runs));
    }
    let aside = participle && at > floor && text.is_sign(at - 1, &[",", "—", "–"]);
    let before = if aside { None } else { phrase::before(text, at, floor) };
    // `tweeted her reasoning saying`, `wrote a letter saying`: who wrote says it.
    let goes_on = matches!(low, "saying" | "adding" | "stating") && !progressive(text, at, sentence.start);
    let thing = |phrase: &Range<usize>| {
        let last = text.low(phrase.end - 1);
        !text.is_capital(phrase.end - 1) && !en::is_role_noun(last) && !en::is_speaking_pronoun(last)
    };
    // `wrote to Secretary Rao urging her`: she does not urge.
    let hearer = |phrase: &Range<usize>| {
        let to = phrase.start > floor && text.low(phrase.start - 1) == "to";
        participle && to && !progressive(text, at, sentence.start)
    };
    let heard = before.clone().filter(|phrase| hearer(phrase));
    let before = before.filter(|phrase| !(hearer(phrase) || goes_on && thing(phrase)));
    let before = before.filter(|who| !names_behind(text, who, &cue, ceiling, sentence.end));
    if passive(text, at, sentence.start) {
        return passive_clause(text, cue, verb, before, ceiling, sentence.end, runs);
    }
    let joined = before.is_none() && joins(text, at, sentence.start);
    let elliptic = before.is_none() && (joined || participle);
    if participle && !elliptic && !progressive(text, at, sentence.start) {
        return None;
    }
    if !participle && before.is_none() && !joined && !may_invert(text, at, sentence.start) {
        return None;
    }
    let start = before.as_ref().map_or(at, |subject| subject.start);
    let mut clause = Clause {
        cue: cue.clone(),
        lemma: verb.lemma.to_string(),
        stance: verb.stance,
        verb: Some(verb),
        subject: before,
        inverted: false,
        elliptic,
        addressee: None,
        opener: Opener::Nothing,
        content: cue.end,
        start,
    };
    if clause.subject.is_none() && !clause.elliptic {
        let subject = phrase::after(text, cue.end, ceiling)?;
        // `X, a contestant, said his boss was kind`: what follows is a clause of its own.
        let behind_run = at > sentence.start && text.tokens[at - 1].class == Class::Mark
            || at > sentence.start + 1 && run_at(text, at - 2, runs).is_some();
        if !behind_run && en::is_auxiliary(text.low(subject.end)) {
            return None;
        }
        clause.content = subject.end;
        clause.subject = Some(subject);
        clause.inverted = true;
        // `argued the council’s lawyer, Asha Rao.`
        if let Some((name, end)) = apposition(text, clause.content, ceiling)
            && clause.subject.as_ref().is_some_and(|subject| en::is_role_noun(text.low(subject.end - 1)))
        {
            (clause.subject, clause.content) = (Some(name), end);
        }
    }
    read_right(text, &mut clause, ceiling, sentence.end, runs);
    if heard.is_some() {
        clause.addressee = heard;
    }
    if clause.addressee.is_none() && !clause.elliptic {
        let beside = clause.subject.as_ref().map_or(clause.start, |subject| subject.end);
        clause.addressee = hearer_before(text, floor..clause.start)
            .or_else(|| hearer_before(text, beside.min(clause.cue.start)..clause.cue.start));
    }
    Some(clause)
}

/// Whom `state media quoted Rao as saying` quotes.
fn quoted_as(text: &Text<'_>, saying: usize, floor: usize) -> Option<Range<usize>> {
    let link =
        saying.checked_sub(1).filter(|&link| text.low(link) == "as" && text.low(saying) == "saying")?;
    let quoted = (floor.max(link.saturating_sub(LONGEST_QUOTED))..link).rev();
    let quoted =
        quoted.into_iter().find(|&at| matches!(text.low(at), "quoted" | "quotes" | "cited" | "cites"))?;
    let who = phrase::after(text, quoted + 1, link)?;
    (who.end == link && !passive(text, quoted, floor)).then_some(who)
}

/// Longest name of who is quoted, in tokens.
const LONGEST_QUOTED: usize = 12;

/// The clause of somebody who is quoted as saying something.
fn saying(
    text: &Text<'_>,
    cue: Range<usize>,
    verb: &'static CueVerb,
    who: Range<usize>,
    (ceiling, end): (usize, usize),
    runs: &[Run],
) -> Clause {
    let mut clause = Clause {
        start: who.start,
        content: cue.end,
        cue,
        lemma: verb.lemma.to_string(),
        stance: verb.stance,
        verb: Some(verb),
        subject: Some(who),
        inverted: false,
        elliptic: false,
        addressee: None,
        opener: Opener::Nothing,
    };
    read_right(text, &mut clause, ceiling, end, runs);
    clause
}

fn verb_at(text: &Text<'_>, at: usize) -> Option<(Range<usize>, &'static CueVerb)> {
    if !text.is_word(at) || text.is_capital(at) {
        return None;
    }
    if en::begins_cue(text.low(at))
        && text.is_word(at + 1)
        && let Some(verb) = en::cue(text.low_range(at..at + 2))
    {
        return Some((at..at + 2, verb));
    }
    let verb = en::cue(text.low(at))?;
    // A noun, not a verb: `the report`, `his state`.
    let owner = |at: usize| en::is_determiner(text.low(at)) || matches!(text.low(at), "’s" | "'s");
    let described = at > 1 && DESCRIBES.contains(&text.low(at - 1)) && owner(at - 2);
    // `Another said`: no noun has this form.
    let past = matches!(text.low(at), "said" | "told" | "wrote" | "added" | "replied" | "asked" | "thought");
    let noun = at > 0 && owner(at - 1) && !(past && en::stands_alone(text.low(at - 1))) || described;
    // `the statement read: …`
    let read = text.low(at) == "read" && text.is_sign(at + 1, &[":", ","]);
    // `it is worth noting`, `it goes without saying`: nobody does.
    let nobody = at > 0 && matches!(text.low(at - 1), "worth" | "without") && text.low(at).ends_with("ing");
    let plain = text.low(at) == verb.lemma && !read && !plain_form_is_verb(text, at);
    // `Asked if he would run again, Rao replied`: he was.
    let questioned = QUESTIONED.contains(&text.low(at))
        && (at == 0
            || text.low(at - 1) == "when"
            || text.tokens[at - 1].sentence != text.tokens[at].sentence);
    if nobody || questioned || noun || adjective(text, at) || plain {
        return None;
    }
    Some((at..at + 1, verb))
}

/// What often stands between a determiner and a noun that may be a verb: `the new rules`.
const DESCRIBES: &[&str] =
    &["new", "recent", "latest", "previous", "earlier", "other", "first", "same", "final"];

/// `400 pledged delegates`, `an emotionally charged debate`: a participle before its noun.
fn adjective(text: &Text<'_>, at: usize) -> bool {
    let next = text.low(at + 1);
    let noun_follows = text.is_word(at + 1)
        && !text.is_capital(at + 1)
        && text.low(at).ends_with("ed")
        && !(en::is_determiner(next)
            || en::is_preposition(next)
            || en::is_conjunction(next)
            || en::is_auxiliary(next)
            || en::is_speaking_pronoun(next)
            || en::is_object_pronoun(next)
            || en::is_time_word(next)
            || en::is_adverb(next)
            || matches!(next, "there" | "not"))
        && !en::is_role_noun(next);
    let before = at.checked_sub(1).map_or("", |before| text.low(before));
    let adjectival = at > 0
        && (text.tokens[at - 1].class == Class::Number
            || before.ends_with("ly")
            || matches!(before, "’s" | "'s" | "newly" | "recently"));
    noun_follows && adjectival
}

/// Nouns that look like the plain form of a reporting verb; only a clause with *that* makes them verbs.
const NOUN_LIKE: &[&str] = &[
    "claim", "report", "note", "estimate", "promise", "pledge", "vow", "show", "fear", "hope", "state",
    "find", "read",
];

/// The plain form is a verb after `they`, `we`, `who` and plural subjects: `experts argue that`.
fn plain_form_is_verb(text: &Text<'_>, at: usize) -> bool {
    let mut before = at;
    while before > 0 && (en::is_adverb(text.low(before - 1)) || text.low(before - 1).ends_with("ly")) {
        before -= 1;
    }
    let Some(before) = before.checked_sub(1) else { return false };
    let low = text.low(before);
    let pronoun = matches!(
        low,
        "they" | "we" | "i" | "you" | "who" | "people" | "others" | "many" | "some" | "most" | "both"
    );
    let helped = matches!(
        low,
        "do" | "does" | "did" | "don't" | "don’t" | "doesn't" | "doesn’t" | "didn't" | "didn’t"
    );
    let several = low.len() > 3 && low.ends_with('s') && !low.ends_with("ss")
        || matches!(low, "police" | "men" | "women" | "media");
    let plural = text.is_word(before) && several && (before == 0 || en::cue(low).is_none());
    let clause = text.low(at + 1) == "that" || en::is_speaking_pronoun(text.low(at + 1));
    // `The Armenians claim they …`, `Sources report she …`; of other words in capitals many are one's name.
    let opens = before == 0 || text.tokens[before - 1].sentence != text.tokens[at].sentence;
    let named = text.is_capital(before) && !(clause && (opens || text.low(before - 1) == "the"));
    pronoun || helped || plural && !named && (clause || !NOUN_LIKE.contains(&text.low(at)))
}

/// `was told`, `were asked`: what stands before is not the one who speaks.
fn passive(text: &Text<'_>, at: usize, floor: usize) -> bool {
    let mut before = at;
    while before > floor && (en::is_adverb(text.low(before - 1)) || text.low(before - 1).ends_with("ly")) {
        before -= 1;
    }
    let be = before > floor
        && matches!(
            text.low(before - 1),
            "is" | "are" | "was" | "were" | "be" | "been" | "being" | "’s" | "'s" | "’re" | "'re"
        );
    let participle = text.low(at).ends_with("ed")
        || matches!(
            text.low(at),
            "told" | "said" | "written" | "thought" | "found" | "shown" | "known" | "forecast"
        );
    be && participle
}

/// `is known to`, `was expected to`: what others think of who stands before.
const HEARSAY: &[&str] =
    &["known", "projected", "expected", "believed", "thought", "suspected", "estimated", "forecast"];

/// A cue with the words before it that deny it: `did not say`, `never said`, `doesn’t think`. Without them it would
/// tell the reverse.
pub fn with_denial(text: &Text<'_>, cue: Range<usize>) -> Range<usize> {
    let Some(sentence) = text.tokens.get(cue.start).map(|token| token.sentence) else { return cue };
    let floor = text.sentence_tokens[sentence as usize].start.max(cue.start.saturating_sub(FURTHEST_DENIAL));
    let mut start = cue.start;
    for at in (floor..cue.start).rev() {
        let low = text.low(at);
        let helps = at + 1 == start && start < cue.start && en::is_auxiliary(low) && text.low(start) == "not";
        if en::is_denial(low) || helps {
            start = at;
        } else if !en::is_adverb(low) && !low.ends_with("ly") && !en::is_auxiliary(low) {
            break;
        }
    }
    start..cue.end
}

/// How many tokens before a cue may deny it: `had not yet publicly`.
const FURTHEST_DENIAL: usize = 5;

/// True for a cue such as `was criticised` or `advised` after *were*: what stands before it is its object. Not for
/// `was quoted as saying`.
pub fn is_passive(text: &Text<'_>, cue: Range<usize>) -> bool {
    let verb = cue
        .clone()
        .find(|&at| text.is_word(at) && !en::is_auxiliary(text.low(at)) && !en::is_adverb(text.low(at)));
    let says = cue.clone().any(|at| text.low(at).ends_with("ing"));
    let floor = text.sentence_tokens[text.tokens[cue.start].sentence as usize].start;
    // Who `is worried` or `was convinced` feels so.
    let speech = |verb: &usize| {
        let hearsay = HEARSAY.contains(&text.low(*verb)) && text.low(verb + 1) == "to";
        hearsay || en::cue(text.low(*verb)).is_some_and(|row| !row.thought())
    };
    // `’s promised` is *has* more often than *is*.
    let clitic =
        |verb: usize| (floor.max(verb.saturating_sub(2))..verb).any(|at| matches!(text.low(at), "’s" | "'s"));
    !says && verb.filter(speech).is_some_and(|verb| passive(text, verb, floor) && !clitic(verb))
}

/// `Roe was told by Lee that …`: the subject hears, and only `by` names a speaker.
fn passive_clause(
    text: &Text<'_>,
    cue: Range<usize>,
    verb: &'static CueVerb,
    hearer: Option<Range<usize>>,
    ceiling: usize,
    end: usize,
    runs: &[Run],
) -> Option<Clause> {
    if !verb.object_hears() {
        return None;
    }
    let start = hearer.as_ref().map_or(cue.start, |hearer| hearer.start);
    let mut content = cue.end;
    let mut subject = None;
    if text.low(content) == "by" {
        subject = phrase::after(text, content + 1, ceiling);
        content = subject.as_ref().map_or(content, |subject| subject.end);
    }
    let mut clause = Clause {
        cue,
        lemma: verb.lemma.to_string(),
        stance: verb.stance,
        verb: Some(verb),
        subject,
        inverted: false,
        elliptic: false,
        addressee: hearer,
        opener: Opener::Nothing,
        content,
        start,
    };
    clause.opener = opener(text, &clause, verb, content, ceiling, end, runs);
    match clause.opener {
        Opener::That => clause.content += 1,
        Opener::Bare | Opener::Quote => {}
        _ => return None,
    }
    Some(clause)
}

/// `and said`, `but also warned`: the cue shares the subject of the clause before.
fn joins(text: &Text<'_>, at: usize, floor: usize) -> bool {
    let mut before = at;
    while before > floor
        && (en::is_adverb(text.low(before - 1))
            || text.low(before - 1).ends_with("ly")
            || en::is_auxiliary(text.low(before - 1)))
    {
        before -= 1;
    }
    before > floor && matches!(text.low(before - 1), "and" | "but" | "then" | "or")
}

/// `is saying`, `was adding`: a participle that is a finite verb after all.
fn progressive(text: &Text<'_>, at: usize, floor: usize) -> bool {
    (floor.max(at.saturating_sub(3))..at).any(|t| en::is_auxiliary(text.low(t)))
}

/// A cue with nobody before it may have its subject after it only behind the words that it reports.
fn may_invert(text: &Text<'_>, at: usize, start: usize) -> bool {
    at == start
        || text.tokens[at - 1].class == Class::Mark
        || text.is_sign(at - 1, &[",", "?", "!", "—", "–"])
}

/// First token of the part of a sentence, left of `at`, in which its subject may stand.
fn clause_floor(text: &Text<'_>, at: usize, start: usize, runs: &[Run]) -> usize {
    let mut floor = at;
    while floor > start && run_at(text, floor - 1, runs).is_none() && !text.is_sign(floor - 1, &[";", ":"]) {
        floor -= 1;
    }
    floor
}

fn clause_ceiling(text: &Text<'_>, at: usize, end: usize, runs: &[Run]) -> usize {
    let mut ceiling = at;
    while ceiling < end && run_at(text, ceiling, runs).is_none() && !text.is_sign(ceiling, &[";", ":"]) {
        ceiling += 1;
    }
    ceiling
}

/// Reads addressee, adverbials and opener to the right of a cue.
fn read_right(text: &Text<'_>, clause: &mut Clause, ceiling: usize, end: usize, runs: &[Run]) {
    let Some(verb) = clause.verb else { return };
    let mut at = clause.content;
    if verb.object_hears()
        && let Some(object) = phrase::after(text, at, ceiling)
        && (ALWAYS_HEARD.contains(&verb.lemma)
            || hears(text, &object)
            || verb.lemma != "order" && listens(text, &object))
    {
        at = object.end;
        clause.addressee = Some(object);
        if let Some((name, end)) = apposition(text, at, ceiling) {
            clause.addressee = Some(name);
            at = end;
        }
    }
    loop {
        let next = skip_adverbial(text, clause, at, ceiling);
        if next == at {
            break;
        }
        at = next;
    }
    at = skip_aside(text, at, ceiling);
    clause.content = at;
    clause.opener = opener(text, clause, verb, at, ceiling, end, runs);
    if clause.opener == Opener::That {
        clause.content = at + usize::from(text.is_sign(at, &[","])) + 1;
    }
    if clause.opener == Opener::Quote {
        while clause.content < end && text.is_sign(clause.content, &[",", ":"])
            || text.low(clause.content) == "that"
        {
            clause.content += 1;
        }
    }
}

/// Verbs whose object can only be the one spoken to, whatever it is called: `told an inquest`.
const ALWAYS_HEARD: &[&str] = &["tell", "inform", "remind", "assure", "reassure", "notify"];

/// `his counterpart, Kemal Ardahan, …`: the name set beside an object, and the token after it.
fn apposition(text: &Text<'_>, comma: usize, ceiling: usize) -> Option<(Range<usize>, usize)> {
    if !text.is_sign(comma, &[","]) || !text.is_capital(comma + 1) || comma + 2 >= ceiling {
        return None;
    }
    let end = (comma + 1..ceiling.min(comma + 6)).find(|&at| !text.is_capital(at))?;
    match text.is_sign(end, &[","]) {
        true => Some((comma + 1..end, end + 1)),
        false => text.is_sign(end, &["."]).then_some((comma + 1..end, end)),
    }
}

/// True when an object can listen: a name, a pronoun, a role or a group of people.
fn hears(text: &Text<'_>, object: &Range<usize>) -> bool {
    object
        .clone()
        .any(|at| text.is_capital(at) || en::is_role_noun(text.low(at)) || en::is_listener_noun(text.low(at)))
        || en::is_object_pronoun(text.low(object.start))
}

/// `urged growers to`, `asked three newspapers whether`: what follows is put to the object.
fn listens(text: &Text<'_>, object: &Range<usize>) -> bool {
    let put =
        matches!(text.low(object.end), "to" | "not" | "that" | "whether" | "if" | "how" | "why" | "what");
    let someone = text.low(object.end - 1).ends_with('s') || en::is_determiner(text.low(object.start));
    put && object.clone().all(|at| text.is_word(at)) && someone
}

/// Whom a listed verb speaks to, when only its cue is known.
pub fn hearer_after(text: &Text<'_>, verb: &CueVerb, cue_end: usize) -> Option<Range<usize>> {
    // `asking for clarity`, `spoke about him`
    let last = text.low(cue_end.checked_sub(1)?);
    if en::is_preposition(last) && !matches!(last, "to" | "with" | "on") {
        return None;
    }
    let sentence = text.tokens.get(cue_end)?.sentence;
    let end = text.sentence_tokens[sentence as usize].end;
    let object = phrase::after(text, cue_end, end).filter(|_| verb.object_hears())?;
    (ALWAYS_HEARD.contains(&verb.lemma) || hears(text, &object) || listens(text, &object)).then_some(object)
}

/// `In a letter to Lee, he wrote`, `Speaking to reporters, she said`: whom the words before the subject name.
fn hearer_before(text: &Text<'_>, range: Range<usize>) -> Option<Range<usize>> {
    range.clone().find_map(|at| {
        let (noun, link) = (text.low(at), text.low(at + 1));
        let to =
            link == "to" && (WRITINGS.contains(&noun) || matches!(noun, "speaking" | "talking" | "writing"));
        let with = link == "with" && TALKS.contains(&noun);
        let hearer = (to || with).then(|| phrase::after(text, at + 2, range.end)).flatten()?;
        (hears(text, &hearer) || listens(text, &hearer)).then_some(hearer)
    })
}

/// What is said or written to somebody.
const WRITINGS: &[&str] = &[
    "letter",
    "message",
    "email",
    "e-mail",
    "speech",
    "note",
    "memo",
    "statement",
    "testimony",
    "remarks",
    "address",
];

/// What is held with somebody.
const TALKS: &[&str] = &["interview", "call", "conversation", "meeting", "talks"];

/// `replied, they said, that …`: what stands between two commas before *that*.
fn skip_aside(text: &Text<'_>, at: usize, ceiling: usize) -> usize {
    if !text.is_sign(at, &[","]) {
        return at;
    }
    let close = (at + 1..ceiling.min(at + LONGEST_ASIDE)).find(|&next| text.is_sign(next, &[","]));
    close.filter(|&close| text.low(close + 1) == "that" && close + 1 < ceiling).map_or(at, |close| close + 1)
}

/// Longest aside that is skipped, in tokens.
const LONGEST_ASIDE: usize = 14;

/// What was done to a statement or a letter in which something is said.
const MADE: &[&str] = &[
    "dated",
    "issued",
    "released",
    "published",
    "posted",
    "sent",
    "carried",
    "broadcast",
    "signed",
    "obtained",
    "seen",
];

/// Skips one adverbial (`on Tuesday`, `last month`, `in a statement`, `to reporters`) or stays.
fn skip_adverbial(text: &Text<'_>, clause: &mut Clause, at: usize, ceiling: usize) -> usize {
    if at >= ceiling {
        return at;
    }
    let low = text.low(at);
    if low == "not" && text.low(at + 1) == "to" {
        return at;
    }
    // `in a letter dated May 3 that`
    if MADE.contains(&low) && text.low(at.saturating_sub(1)) != "that" {
        let that = (at + 1..ceiling.min(at + LONGEST_ASIDE)).find(|&next| text.low(next) == "that");
        let verb = |t: usize| en::is_auxiliary(text.low(t)) && !text.is_capital(t);
        let plain = |that: usize| !(at..that).any(|t| verb(t) || text.is_sign(t, &[","]));
        return that.filter(|&that| plain(that)).unwrap_or(at);
    }
    if en::is_adverb(low) || (low.ends_with("ly") && low.len() > 4 && !text.is_capital(at)) {
        return at + 1;
    }
    if en::is_time_word(low) || matches!(low, "this" | "last" | "next") && en::is_time_word(text.low(at + 1))
    {
        let mut end = at + 1;
        while end < ceiling && (en::is_time_word(text.low(end)) || text.tokens[end].class == Class::Number) {
            end += 1;
        }
        return end;
    }
    if low == "to" {
        let Some(hearer) = phrase::after(text, at + 1, ceiling) else { return at };
        let person = text.is_capital(hearer.start)
            || en::is_object_pronoun(text.low(hearer.start))
            || hearer.clone().any(|t| en::is_role_noun(text.low(t)) || en::is_listener_noun(text.low(t)));
        if !person {
            return at;
        }
        let end = hearer.end;
        clause.addressee.get_or_insert(hearer);
        return end;
    }
    if en::is_preposition(low) && !matches!(low, "for" | "like" | "than") {
        return prepositional(text, clause, at, ceiling);
    }
    at
}

/// `in a letter to the mayor`, `during a visit to Kyiv`; an addressee inside it is kept.
fn prepositional(text: &Text<'_>, clause: &mut Clause, at: usize, ceiling: usize) -> usize {
    let mut end = at + 1;
    if end < ceiling && (en::is_determiner(text.low(end)) || text.is_capital(end)) {
        end += 1;
    }
    while end < ceiling {
        let low = text.low(end);
        let stops = en::is_determiner(low)
            || en::is_speaking_pronoun(low)
            || low == "that"
            || en::is_auxiliary(low) && !matches!(low, "’s" | "'s")
            || en::is_conjunction(low) && low != "and"
            || text.tokens[end].class == Class::Punct
            || text.tokens[end].class == Class::Mark && !matches!(low, "’" | "'")
            || en::is_preposition(low)
            || text.is_capital(end)
                && !text.is_capital(end - 1)
                && !en::is_preposition(text.low(end - 1))
                && at + 2 < end;
        if stops {
            break;
        }
        end += 1;
    }
    if end < ceiling
        && text.low(end) == "to"
        && WRITINGS.contains(&text.low(end - 1))
        && let Some(hearer) = phrase::after(text, end + 1, ceiling)
    {
        end = hearer.end;
        clause.addressee.get_or_insert(hearer);
    } else if end < ceiling
        && text.low(end) == "with"
        && TALKS.contains(&text.low(end - 1))
        && let Some(hearer) = phrase::after(text, end + 1, ceiling)
    {
        end = hearer.end;
        clause.addressee.get_or_insert(hearer);
    }
    end
}

fn opener(
    text: &Text<'_>,
    clause: &Clause,
    verb: &CueVerb,
    at: usize,
    ceiling: usize,
    end: usize,
    runs: &[Run],
) -> Opener {
    let signs = (at..end).take_while(|&t| text.is_sign(t, &[",", ":"])).count();
    let quoted = |t: usize| {
        t < end && run_at(text, t, runs).is_some_and(|run| run.outer.start == text.tokens[t].span.start)
    };
    let that = text.low(at + signs) == "that" && at + signs < end;
    if quoted(at + signs) && (verb.quotes() || signs > 0) || that && quoted(at + signs + 1) {
        return Opener::Quote;
    }
    if at >= ceiling && !that {
        return Opener::Nothing;
    }
    // `I think that’s right`: no conjunction.
    if that && signs == 0 && is_demonstrative(text, at) {
        return if verb.bare_clause() { Opener::Bare } else { Opener::Nothing };
    }
    if that && signs == 0 && verb.clause()
        || matches!(text.low(at), "whether" | "if" | "why" | "how") && verb.stance == Stance::Ask
    {
        return if that { Opener::That } else { Opener::Bare };
    }
    if text.is_sign(at, &[":"]) && verb.quotes() {
        return Opener::Quote;
    }
    // `asked residents not to leave`
    let to = at + usize::from(text.low(at) == "not");
    if text.low(to) == "to"
        && verb.infinitive()
        && (!verb.object_hears() || clause.addressee.is_some() || verb.lemma == "promise")
    {
        return Opener::Infinitive;
    }
    let between = clause.start > 0 && text.is_sign(clause.start - 1, &[","]) && text.is_sign(at, &[","]);
    if between
        && !clause.elliptic
        && verb.bare_clause()
        && !verb.thought()
        && signs == 1
        && at + 3 < end
        && !text.low(at + 1).ends_with("ing")
        // `said Asha Rao, head of the harbour.`
        && (!clause.inverted || (at + 1..end).any(|at| is_verb_form(text, at)))
    {
        return Opener::Medial;
    }
    // `noted on Monday, the deaths were …`
    let dated =
        signs == 1 && text.is_sign(at, &[","]) && at > clause.cue.end && en::is_time_word(text.low(at - 1));
    if (signs == 0 || dated)
        && verb.bare_clause()
        && !clause.inverted
        && is_clause(text, verb, at + signs, end)
    {
        return Opener::Bare;
    }
    Opener::Nothing
}

/// What is done to who is interviewed.
const QUESTIONED: &[&str] = &["asked", "pressed", "questioned", "contacted", "reached", "approached"];

/// True for `asked whether`, `pressed on why`, `asked by a reporter if`.
pub fn is_question_put(text: &Text<'_>, at: usize) -> bool {
    let asks =
        |at: usize| matches!(text.low(at), "if" | "whether" | "about" | "why" | "how" | "what" | "when");
    let mut between = match text.low(at + 1) {
        "on" | "as" => 1..=1,
        "by" => 2..=6,
        _ => 0..=0,
    };
    QUESTIONED.contains(&text.low(at)) && between.any(|between| asks(at + 1 + between))
}

/// True for a question that is put to who speaks, by nobody who is named: it opens its sentence, or stands behind *when*
/// or between commas.
pub fn asks_speaker(text: &Text<'_>, at: usize) -> bool {
    let sentence = |at: usize| text.tokens[at].sentence;
    let before = at.checked_sub(1).filter(|&before| sentence(before) == sentence(at));
    is_question_put(text, at)
        && before.is_none_or(|before| text.low(before) == "when" || text.is_sign(before, &[","]))
}

/// True for the *that* of `that’s right`, `that was it`.
pub fn is_demonstrative(text: &Text<'_>, that: usize) -> bool {
    matches!(text.low(that + 1), "’s" | "'s" | "is" | "was" | "would" | "will" | "could" | "sort")
}

/// True for a word that may be a finite verb.
fn is_verb_form(text: &Text<'_>, at: usize) -> bool {
    let low = text.low(at);
    en::is_auxiliary(low) && !matches!(low, "’s" | "'s")
        || en::cue(low).is_some() && !text.is_capital(at)
        || low.ends_with("ed") && !text.is_capital(at)
}

/// True when a clause with its own verb seems to start at `at`.
fn is_clause(text: &Text<'_>, verb: &CueVerb, at: usize, ceiling: usize) -> bool {
    let low = text.low(at);
    let opens = en::is_speaking_pronoun(phrase::without_clitic(low))
        || en::is_determiner(low)
        || matches!(low, "there" | "if" | "when" | "while" | "they" | "what" | "why" | "how" | "only")
        || text.is_capital(at)
        || text.tokens[at].class == Class::Number
        || low.ends_with('s')
        || !en::is_preposition(low)
            && !en::is_conjunction(low)
            && matches!(verb.lemma, "say" | "tell" | "add");
    // `said when asked whether …`: when it was said.
    let questioned = matches!(low, "when" | "after" | "while") && QUESTIONED.contains(&text.low(at + 1));
    if !opens || questioned || ceiling < at + 3 {
        return false;
    }
    if en::is_speaking_pronoun(phrase::without_clitic(low)) && low != "who" {
        return true;
    }
    let window = at + 1..ceiling.min(at + 25);
    let finite = |t: usize| {
        let low = text.low(t);
        en::is_auxiliary(low) && !matches!(low, "'s" | "’s")
            || (low.ends_with("ed") && !text.is_capital(t) && !en::is_determiner(text.low(t - 1)))
            || en::is_past(low) && !en::is_determiner(text.low(t - 1))
            || en::cue(low).is_some()
    };
    window.clone().any(finite) || matches!(verb.lemma, "say" | "tell") && ceiling > at + 5
}
