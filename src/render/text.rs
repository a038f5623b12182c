//! Answers for reading: on a terminal with colour and highlights, elsewhere plain.

use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Options;
use crate::document::{DateSource, QuoteKind, Span};
use crate::engine::{Facet, GroupBy, Row, Value};
use crate::rows::{Head, PassageRow, Piece, QuoteRow, Who};
use crate::search::{Answer, Found, Gathered};

const NAME: Style = AnsiColor::Cyan.on_default().bold();
const MARK: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();
const HEAD: Style = Style::new().bold();

/// Outlets of copies that are named; more are counted.
const MOST_OUTLETS: usize = 3;

/// Writes an answer for reading.
pub fn write(answer: &Answer, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if options.explain {
        explain(answer, out)?;
    }
    for found in &answer.found {
        one(found, options, "", out)?;
    }
    for group in &answer.groups {
        gathered(group, options, out)?;
    }
    let shown = answer.found.len() + answer.groups.len();
    let shown = match answer.offset {
        0 => shown.to_string(),
        _ if shown == 0 => "none".to_string(),
        offset => format!("{} to {}", offset + 1, offset + shown),
    };
    let noun = if answer.groups.is_empty() { "shown" } else { "groups shown" };
    if answer.total > answer.found.len() || !answer.groups.is_empty() {
        writeln!(out, "{DIM}{} found, {shown} {noun}{DIM:#}", answer.total)?;
    }
    answer.facets.iter().filter(|facet| !facet.values.is_empty()).try_for_each(|one| facet(one, options, out))
}

/// Most values of a facet that are shown; the machine formats give all.
const VALUES: usize = 12;

fn facet(facet: &Facet, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{HEAD}{}{HEAD:#}", facet.by.name())?;
    let first = &facet.values[..facet.values.len().min(VALUES)];
    if facet.by == GroupBy::Region {
        tree(first, out)?;
    } else {
        let list: Vec<String> =
            first.iter().map(|value| format!("{} {}", clean(&value.key), value.count)).collect();
        wrapped(&list.join(" · "), "  ", options.width, out)?;
    }
    match facet.values.len() - first.len() {
        0 => Ok(()),
        more => writeln!(out, "  {DIM}and {more} more{DIM:#}"),
    }
}

/// Regions below those that hold them. What holds a region has at least its rows, so it is there.
fn tree(values: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let path = |value: &Value| [value.within.as_slice(), std::slice::from_ref(&value.key)].concat();
    let rank: HashMap<Vec<String>, usize> = values.iter().enumerate().map(|(at, v)| (path(v), at)).collect();
    // A branch stands where its largest member does.
    let place = |value: &Value| -> Vec<usize> {
        let whole = path(value);
        (1..=whole.len()).map(|n| rank.get(&whole[..n]).copied().unwrap_or(usize::MAX)).collect()
    };
    let mut rows: Vec<&Value> = values.iter().collect();
    rows.sort_by_key(|value| place(value));
    rows.iter().try_for_each(|value| {
        let indent = "  ".repeat(value.within.len() + 1);
        writeln!(out, "{indent}{} {}", clean(&value.key), value.count)
    })
}

fn explain(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let read = if answer.read_as.is_empty() { "everything" } else { &answer.read_as };
    writeln!(out, "{DIM}read as: {}{DIM:#}", clean(read))?;
    for clause in &answer.clauses {
        let more = if clause.more > 0 { format!(" and {} more", clause.more) } else { String::new() };
        let words = match clause.words.is_empty() {
            true => String::new(),
            false => format!("  ({}{more})", clause.words.join(", ")),
        };
        writeln!(out, "{DIM}{:>9}  {}{}{DIM:#}", clause.count, clean(&clause.part), clean(&words))?;
    }
    writeln!(out)
}

fn gathered(group: &Gathered, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let key = if group.key.is_empty() { "unknown" } else { &group.key };
    let also =
        if group.also.is_empty() { String::new() } else { format!("  also {}", group.also.join(", ")) };
    writeln!(out, "{NAME}{}{NAME:#}  {}{DIM}{}{DIM:#}", clean(key), group.count, clean(&also))?;
    for found in group.found.iter().chain(&group.newest) {
        one(found, options, "  ", out)?;
    }
    Ok(())
}

fn one(found: &Found, options: &Options, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    match &found.row {
        Row::Quote(row) => quote(row, found, options, indent, out),
        Row::Passage(row) => passage(row, found, options, indent, out),
    }
}

fn quote(
    row: &QuoteRow,
    found: &Found,
    options: &Options,
    indent: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "{indent}{NAME}{}{NAME:#}", speaker(row.speaker.as_ref()))?;
    if let Some(person) = &found.person {
        write!(out, "{DIM} = {}{DIM:#}", clean(&person.name))?;
    }
    if let Some(addressee) = &row.addressee {
        write!(out, " → {NAME}{}{NAME:#}", clean(&addressee.name))?;
    }
    let cue = row.cue.as_ref().map(|cue| format!(" {}", clean(&cue.text))).unwrap_or_default();
    let told = row.within.as_ref().map_or(String::new(), |within| {
        format!(" · told by {}", within.speaker.as_deref().map_or("unknown speaker".to_string(), clean))
    });
    writeln!(out, "{DIM}{cue} · {}{told}{}{DIM:#}", row.kind.name(), dated(&row.article))?;
    let (open, close) = if row.kind == QuoteKind::Direct { ("“", "”") } else { ("", "") };
    let pieces: Vec<String> = row
        .content
        .iter()
        .map(|piece| format!("{open}{}{close}", marked(piece, &found.highlights)))
        .collect();
    wrapped(&pieces.join(" … "), &format!("{indent}  "), options.width, out)?;
    if !row.about.is_empty() {
        let about: Vec<String> = row
            .about
            .iter()
            .map(|about| format!("{} ({})", clean(&about.name), about.grade.name().replace('_', " ")))
            .collect();
        wrapped(
            &format!("{DIM}about {}{DIM:#}", about.join(", ")),
            &format!("{indent}  "),
            options.width,
            out,
        )?;
    }
    if let Some(person) = found.person.as_ref().filter(|_| options.explain) {
        let line = format!("{DIM}person: {}: {}{DIM:#}", clean(&person.name), person.because.describe());
        wrapped(&line, &format!("{indent}  "), options.width, out)?;
    }
    if options.explain {
        for (label, who) in [("speaker", &row.speaker), ("addressee", &row.addressee)] {
            if let Some(who) = who {
                let runner_up =
                    who.runner_up.as_ref().map(|name| format!("; else {name}")).unwrap_or_default();
                let line = format!(
                    "{DIM}{label}: {} {:.2}: {}{}{DIM:#}",
                    clean(&who.name),
                    who.confidence,
                    clean(&who.reason),
                    clean(&runner_up)
                );
                wrapped(&line, &format!("{indent}  "), options.width, out)?;
            }
        }
    }
    also(found, options, indent, out)?;
    writeln!(out, "{indent}  {DIM}{}  {}{DIM:#}\n", clean(&row.id), clean_line(&row.article.path))
}

fn passage(
    row: &PassageRow,
    found: &Found,
    options: &Options,
    indent: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = &row.article.title;
    let title = Piece { span: Span::new(0, title.len()), text: title.clone() };
    // The end of a mark ends all that was set before it.
    let title =
        marked(&title, &found.title_highlights).replace(&format!("{MARK:#}"), &format!("{MARK:#}{HEAD}"));
    writeln!(out, "{indent}{HEAD}{title}{HEAD:#}{DIM}{}{DIM:#}", dated(&row.article))?;
    for line in shown(row, found).split('\n').filter(|line| !line.trim().is_empty()) {
        wrapped(line, &format!("{indent}  "), options.width, out)?;
    }
    also(found, options, indent, out)?;
    writeln!(out, "{indent}  {DIM}{}  {}{DIM:#}\n", clean(&row.id), clean_line(&row.article.path))
}

/// The parts of a passage that are shown, with `…` where something is left out.
fn shown(row: &PassageRow, found: &Found) -> String {
    let parts = if found.snippet.is_empty() { &[row.span][..] } else { &found.snippet };
    let part = |span: &Span| {
        let from = (span.start.saturating_sub(row.span.start)) as usize;
        let to = (span.end.saturating_sub(row.span.start)) as usize;
        let text = row.text.get(from..to).unwrap_or_default().to_string();
        marked(&Piece { span: *span, text }, &found.highlights)
    };
    let starts = |span: &Span| {
        span.start == row.span.start || row.sentences.iter().any(|sentence| sentence.start == span.start)
    };
    let open = parts.first().is_some_and(|first| !starts(first));
    let cut = parts.last().is_some_and(|last| last.end < row.span.end);
    let text = parts.iter().map(part).collect::<Vec<_>>().join(" … ");
    format!("{}{text}{}", if open { "… " } else { "" }, if cut { " …" } else { "" })
}

/// The outlets that printed the same.
fn also(found: &Found, options: &Options, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    if found.copied == 0 {
        return Ok(());
    }
    let mut names: Vec<String> = Vec::new();
    for copy in &found.copies {
        let head = &copy.article;
        let name = clean_line(if head.source.is_empty() { &head.path } else { &head.source });
        if !names.contains(&name) && names.len() < MOST_OUTLETS {
            names.push(name);
        }
    }
    let more = found.copied.saturating_sub(names.len());
    let more = if more > 0 { format!(" (+{more})") } else { String::new() };
    let line = format!("{DIM}also in: {}{more}{DIM:#}", names.join(", "));
    wrapped(&line, &format!("{indent}  "), options.width, out)
}

fn speaker(who: Option<&Who>) -> String {
    who.map_or_else(|| "unknown speaker".to_string(), |who| clean(&who.name))
}

fn dated(head: &Head) -> String {
    let date = head.published.as_ref().map(|published| {
        let day = clean(published.at.get(..10).unwrap_or(&published.at));
        // A file's own date says when it was saved, not when it was published.
        if published.found_in == DateSource::FileTime { format!("file of {day}") } else { day }
    });
    let parts: Vec<String> =
        date.into_iter().chain((!head.source.is_empty()).then(|| clean(&head.source))).collect();
    if parts.is_empty() { String::new() } else { format!(" · {}", parts.join(" · ")) }
}

/// The words of a piece, with what matched set off.
pub fn marked(piece: &Piece, highlights: &[Span]) -> String {
    let mut shown = String::new();
    let mut at = 0;
    for mark in highlights.iter().filter(|mark| piece.span.contains(**mark)) {
        let (start, end) = ((mark.start - piece.span.start) as usize, (mark.end - piece.span.start) as usize);
        if let (Some(before), Some(words)) = (piece.text.get(at..start), piece.text.get(start..end)) {
            shown.push_str(&format!("{}{MARK}{}{MARK:#}", clean(before), clean(words)));
            at = end;
        }
    }
    shown.push_str(&clean(piece.text.get(at..).unwrap_or_default()));
    shown
}

/// The same on one line, as for names of files.
pub fn clean_line(text: &str) -> String {
    clean(text).replace('\n', "\u{fffd}")
}

/// Text without anything that a terminal would obey: control characters and changes of direction.
pub fn clean(text: &str) -> String {
    let unsafe_char = |c: char| {
        c != '\n' && c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if unsafe_char(c) { '\u{fffd}' } else { c }).collect()
}

/// Writes words in lines of at most `width` columns; colours take no room.
fn wrapped(text: &str, indent: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let room = width.saturating_sub(indent.len()).max(20);
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = visible(word);
        if used > 0 && used + 1 + length > room {
            writeln!(out, "{indent}{line}")?;
            line.clear();
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    writeln!(out, "{indent}{line}")
}

fn visible(word: &str) -> usize {
    let mut count = 0;
    let mut escape = false;
    for c in word.chars() {
        match (escape, c) {
            (false, '\u{1b}') => escape = true,
            (true, 'm') => escape = false,
            (false, _) => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c"), "a\u{fffd}[31mb\u{fffd}c");
    }

    #[test]
    fn marks_stand_where_the_words_do() {
        let piece = Piece { span: Span::new(10, 24), text: "a land swap is".into() };
        let shown = marked(&piece, &[Span::new(12, 16), Span::new(17, 21)]);
        assert_eq!(anstream::adapter::strip_str(&shown).to_string(), "a land swap is");
        assert!(shown.contains(&format!("{MARK}land{MARK:#}")));
    }
}
