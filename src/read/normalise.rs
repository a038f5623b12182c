//! What a file says, made an [`Article`]. Pure: the same input gives the same article.

use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{DateSource, Layout, Origin, Raw, boilerplate, date, header, tags};
use crate::document::{Article, ArticleId, Precision, Published};
use crate::lang::{self, Language};

/// The article that a file means; its body is empty when the file holds no text of one.
///
/// Characters are brought to NFC and invisible ones dropped; header lines become fields; lines
/// become paragraphs; furniture goes. Quote marks and words stay as they were published.
pub fn normalise(mut raw: Raw, origin: &Origin, ordinal: u32) -> Article {
    raw.text = characters(&raw.text);
    header::take(&mut raw);
    let paragraphs = match raw.layout {
        Layout::Lines => from_lines(&raw.text),
        Layout::Blocks => from_blocks(&raw.text),
    };
    let mut paragraphs = boilerplate::without(paragraphs);
    if says_nothing(&paragraphs) {
        paragraphs = from_lines(&characters(raw.summary.as_deref().unwrap_or_default()));
    }
    if let Some(last) = paragraphs.last_mut() {
        without_cut_mark(last);
    }
    let body = paragraphs.join("\n\n");
    let url = raw.url.as_deref().and_then(canonical);
    let mut source = source(raw.source.as_deref(), url.as_deref());
    if source.is_empty() {
        source = agency(&body).unwrap_or_default();
    }
    let title = match raw.title.as_deref().map(one_line).filter(|title| !title.is_empty()) {
        Some(title) => without_outlet(&title, &source).to_owned(),
        None => title_of(&paragraphs),
    };
    let sha256 = hex(&Sha256::digest(&body));
    Article {
        id: id(raw.id.as_deref(), url.as_deref(), &sha256),
        path: origin.path.clone(),
        ordinal,
        published: published(&raw.published, url.as_deref(), origin),
        url,
        source,
        title,
        byline: people(&raw.byline),
        language: language(raw.language.as_deref(), &body),
        sha256,
        body,
    }
}

/// True where there is no text, or only the word that a program writes for that.
fn says_nothing(paragraphs: &[String]) -> bool {
    match paragraphs {
        [] => true,
        [only] => {
            ["none", "null", "nan", "n/a", "undefined"].iter().any(|word| only.eq_ignore_ascii_case(word))
        }
        _ => false,
    }
}

/// NFC, `\n` for every line end, plain blanks, nothing invisible.
fn characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // Most of a text is ASCII that stays as it is.
        let plain = rest.bytes().position(|byte| !matches!(byte, b' '..=b'~' | b'\n')).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        match c {
            '\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                out.push('\n');
            }
            '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' => out.push('\n'),
            '\u{2029}' => out.push_str("\n\n"),
            '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                out.push(' ')
            }
            // Joiners spell words in Persian and Indic scripts, and join emoji.
            '\u{200c}' | '\u{200d}' if out.ends_with(|c: char| c >= '\u{590}') => out.push(c),
            '\u{80}'..='\u{9f}' => {
                let meant = tags::windows_1252(c as u8);
                if !meant.is_control() {
                    out.push(meant);
                }
            }
            '\u{0}'..='\u{1f}' | '\u{7f}' => {}
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' => {}
            '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{fffe}' | '\u{ffff}' => {}
            '\u{e0000}'..='\u{e007f}' => {}
            c => out.push(c),
        }
    }
    if out.is_ascii() || is_nfc(&out) { out } else { out.nfc().collect() }
}

/// Blanks made one, none at the ends.
fn one_line(text: &str) -> String {
    characters(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Paragraphs of text in which a line feed may mean anything.
fn from_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).flat_map(columns).collect();
    let width = wrapped_at(&lines);
    let mut paragraphs = Vec::new();
    let mut open = String::new();
    let mut before = "";
    for line in lines {
        let words = line.trim_start();
        let indented = line.len() - words.len() >= 2 && before.starts_with(|c: char| !c.is_whitespace());
        let wraps = match width {
            // A short line that ends a sentence ends its paragraph, too.
            Some(width) => !indented && (before.chars().count() * 4 >= width * 3 || !ends_sentence(before)),
            None => false,
        };
        let listed = is_item(words);
        if words.is_empty() || !(wraps || (listed && is_item(before.trim_start()))) {
            close(&mut paragraphs, &mut open);
        }
        if !words.is_empty() {
            if !open.is_empty() {
                open.push(if listed { '\n' } else { ' ' });
            }
            push_words(&mut open, words);
        }
        before = line;
    }
    close(&mut paragraphs, &mut open);
    paragraphs
}

/// The parts of a line between wide gaps: pages saved without their line feeds have such gaps instead.
fn columns(line: &str) -> impl Iterator<Item = &str> {
    const GAP: &str = "        ";
    let indent = line.len() - line.trim_start().len();
    let (first, rest) =
        match Some(&line[indent..]).filter(|line| has_gap(line)).and_then(|line| line.find(GAP)) {
            Some(at) => line.split_at(indent + at),
            None => (line, ""),
        };
    std::iter::once(first).chain(rest.split(GAP).map(str::trim).filter(|part| !part.is_empty()))
}

/// Paragraphs of text in which blank lines separate them.
///
/// A line that ends a sentence ends its paragraph, too, unless the next is an item of a list.
fn from_blocks(text: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut open = String::new();
    for line in text.split('\n') {
        let words = line.trim();
        if words.is_empty() || (words.len() > 80 && open.len() > 80 && ends_sentence(&open)) {
            close(&mut paragraphs, &mut open);
        }
        if !words.is_empty() {
            if !open.is_empty() {
                open.push('\n');
            }
            push_words(&mut open, words);
        }
    }
    close(&mut paragraphs, &mut open);
    paragraphs
}

fn close(paragraphs: &mut Vec<String>, open: &mut String) {
    // Rules and rows of stars say nothing.
    if open.chars().any(char::is_alphanumeric) {
        paragraphs.push(std::mem::take(open));
    }
    open.clear();
}

/// True where two blanks stand side by side.
fn has_gap(line: &str) -> bool {
    line.as_bytes().windows(2).any(|pair| pair == b"  ")
}

/// Adds the words of a line whose characters are clean, one blank between them.
fn push_words(out: &mut String, line: &str) {
    if !has_gap(line) {
        out.push_str(line.trim());
        return;
    }
    for (at, word) in line.split_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// The width at which a text is hard-wrapped; none when its lines are paragraphs.
fn wrapped_at(lines: &[&str]) -> Option<usize> {
    // Lines behind which the paragraph goes on.
    let inner: Vec<&str> = lines
        .windows(2)
        .filter(|pair| !pair[0].is_empty() && !pair[1].is_empty())
        .map(|pair| pair[0])
        .collect();
    if inner.len() < 3 {
        return None;
    }
    let mut widths: Vec<usize> = inner.iter().map(|line| line.chars().count()).collect();
    widths.sort_unstable();
    let width = *widths.get(widths.len() * 9 / 10)?;
    let full = inner.iter().filter(|line| line.chars().count() * 4 >= width * 3);
    let (full, open) = (full.clone().count(), full.filter(|line| !ends_sentence(line)).count());
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let fits = (40..=100).contains(&width) && longest <= width + 40;
    (fits && full * 10 >= inner.len() * 6 && open * 10 >= full * 6).then_some(width)
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end()
        .trim_end_matches(['”', '"', '’', '\'', ')', '»'])
        .ends_with(['.', '!', '?', '…', ':', '。'])
}

/// True for `- item`, `• item`, `1. item`.
fn is_item(line: &str) -> bool {
    let Some((mark, rest)) = line.split_once(' ') else { return false };
    let numbered = mark.strip_suffix(['.', ')']).is_some_and(|number| {
        !number.is_empty() && number.len() <= 2 && number.bytes().all(|b| b.is_ascii_digit())
    });
    !rest.trim().is_empty()
        && (matches!(mark, "-" | "*" | "•" | "–" | "‣" | "▪" | "·" | "○" | "●" | "■" | "o") || numbered)
}

/// `… [+1234 chars]`, which a news service puts where it cuts a text off.
fn without_cut_mark(text: &mut String) {
    if let Some((before, mark)) = text.rsplit_once("[+")
        && mark.strip_suffix(" chars]").is_some_and(|count| count.bytes().all(|b| b.is_ascii_digit()))
    {
        text.truncate(before.trim_end().len());
    }
}

/// The first line when it looks like a headline; else the first sentence, cut at a word.
fn title_of(paragraphs: &[String]) -> String {
    const MOST: usize = 140;
    let telling = |line: &&str| {
        date::beside_date(line).is_none_or(|rest| {
            rest.split_whitespace().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3)
        })
    };
    let lines = || paragraphs.iter().flat_map(|paragraph| paragraph.lines());
    let Some(line) = lines().find(telling).or_else(|| lines().next()) else { return String::new() };
    let length = line.chars().count();
    if length <= MOST && !line.ends_with('.') {
        return line.to_owned();
    }
    let sentence = &line[..first_sentence(line)];
    if sentence.chars().count() <= MOST {
        return sentence.to_owned();
    }
    let cut = sentence.char_indices().nth(MOST).map_or(sentence.len(), |(at, _)| at);
    let word = sentence[..cut].rfind(' ').filter(|&at| at > cut / 2).unwrap_or(cut);
    format!("{}…", sentence[..word].trim_end_matches([',', ';', ':', ' ', '—', '–', '-']))
}

/// Where the first sentence of a line ends.
fn first_sentence(line: &str) -> usize {
    for (at, c) in line.char_indices() {
        if !matches!(c, '.' | '!' | '?' | '。') {
            continue;
        }
        let mut end = at + c.len_utf8();
        end += line[end..].len() - line[end..].trim_start_matches(['”', '"', '’', ')']).len();
        let rest = &line[end..];
        let starts = rest.trim_start().starts_with(|c: char| !c.is_lowercase());
        let word = line[..at].rsplit([' ', '(', '“']).next().unwrap_or_default();
        // `Mr.`, `U.S.`, `Sen.`, `J.`: an abbreviation more often than an end.
        let short = c == '.'
            && (word.contains('.') || (word.chars().count() <= 4 && word.starts_with(char::is_uppercase)));
        if (rest.starts_with(' ') && starts && !short) || c == '。' {
            return end;
        }
    }
    line.len()
}

/// `Talks fail | Example News` without the outlet's name, where that is known.
fn without_outlet<'a>(title: &'a str, source: &str) -> &'a str {
    if source.is_empty() {
        return title;
    }
    let cut = title
        .strip_suffix(source)
        .map(str::trim_end)
        .and_then(|rest| rest.strip_suffix(['|', '-', '–', '—', '·', '»', '•']));
    cut.map(str::trim_end).filter(|rest| !rest.is_empty()).unwrap_or(title)
}

/// An address without its fragment and without parameters that only count visits.
fn canonical(url: &str) -> Option<String> {
    let url = url.trim();
    let valid = url.len() <= 4000
        && (url.starts_with("http://") || url.starts_with("https://"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    let url = valid.then(|| url.split('#').next())??;
    let Some((page, query)) = url.split_once('?') else { return Some(url.to_owned()) };
    let counts = |parameter: &str| {
        let name = parameter.split('=').next().unwrap_or_default();
        name.starts_with("utm_")
            || matches!(name, "fbclid" | "gclid" | "cmpid" | "CMP" | "smid" | "ref_src" | "mc_cid" | "mc_eid")
    };
    let kept: Vec<&str> =
        query.split('&').filter(|parameter| !counts(parameter) && !parameter.is_empty()).collect();
    Some(if kept.is_empty() { page.to_owned() } else { format!("{page}?{}", kept.join("&")) })
}

/// The outlet as it names itself; else the host of the address; never invented.
/// The news agency that a dateline names: `GENEVA, Nov. 3 (Kestrel) —`.
fn agency(body: &str) -> Option<String> {
    body.split("\n\n").take(3).find_map(|paragraph| {
        let end = paragraph.char_indices().nth(90).map_or(paragraph.len(), |(byte, _)| byte);
        let head = &paragraph[..end];
        let (before, rest) = head.split_once('(')?;
        let (name, after) = rest.split_once(')')?;
        let dash = after.trim_start().starts_with(['-', '–', '—']);
        let place = before.split([',', ' ']).next().unwrap_or_default();
        let capitals = place.chars().count() > 1 && place.chars().all(|c| !c.is_lowercase());
        let plain = (2..40).contains(&name.len()) && name.starts_with(char::is_uppercase);
        (dash && capitals && plain).then(|| name.trim().to_owned())
    })
}

fn source(named: Option<&str>, url: Option<&str>) -> String {
    let named = named.map(one_line).unwrap_or_default();
    if named.starts_with("http://") || named.starts_with("https://") {
        return host(&named).unwrap_or_default();
    }
    if !named.is_empty() && named.chars().count() <= 120 {
        return named;
    }
    url.and_then(host).unwrap_or_default()
}

fn host(url: &str) -> Option<String> {
    let host =
        url.split_once("://")?.1.split(['/', '?', '#', ':']).next()?.rsplit('@').next()?.to_lowercase();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned()).filter(|host| host.contains('.'))
}

fn id(given: Option<&str>, url: Option<&str>, sha256: &str) -> ArticleId {
    if let Some(given) = given.map(one_line).filter(|id| !id.is_empty() && id.len() <= 200) {
        return ArticleId(given);
    }
    // Without an address the text itself names the article, wherever its file lies.
    ArticleId(url.map_or_else(|| sha256.to_owned(), |url| hex(&Sha256::digest(url)))[..12].to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The most trusted date that tells the day; else the most trusted; else the file's own.
fn published(written: &[(String, DateSource)], url: Option<&str>, origin: &Origin) -> Option<Published> {
    let mut found: Vec<Published> =
        written.iter().filter_map(|(text, found_in)| date::parse(text, *found_in, origin.today)).collect();
    found.extend(url.and_then(|url| date::in_path(path_of(url), DateSource::Url, origin.today)));
    found.extend(date::in_path(&origin.key, DateSource::FileName, origin.today));
    found.sort_by_key(|published| (published.precision < Precision::Day, published.found_in));
    found.into_iter().next().or_else(|| origin.modified.map(date::of_file))
}

fn path_of(url: &str) -> &str {
    url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap_or_default()
}

/// One name in each entry: `By Jane Doe and John Roe, Reuters` gives three.
fn people(byline: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut team = None;
    for entry in byline {
        let entry = one_line(entry);
        if entry.starts_with("http") || entry.chars().count() > 300 {
            continue;
        }
        let lead = ["by ", "von ", "par ", "por ", "written by ", "reporting by "]
            .iter()
            .find(|lead| entry.get(..lead.len()).is_some_and(|start| start.eq_ignore_ascii_case(lead)));
        let rest = &entry[lead.map_or(0, |lead| lead.len())..];
        let rest = rest
            .replace(" and ", ",")
            .replace(" AND ", ",")
            .replace(" & ", ",")
            .replace(" und ", ",")
            .replace(" et ", ",");
        for part in rest.split([',', ';', '|', '•', '·', '⋅', '/', '\n']) {
            // `Jane Doe in Kyiv`, `Jane Doe (Reuters)`, `Jane Doe <jane@x.org>`
            let name = [" in ", " (", " <", " for ", " – ", " — ", " - "]
                .iter()
                .fold(part, |name, cut| name.split(cut).next().unwrap_or_default());
            let name = name.trim().trim_end_matches(':');
            let lower = name.to_lowercase();
            let role = ROLES.iter().any(|role| lower.ends_with(role));
            if name.chars().any(char::is_alphabetic)
                && !role
                && !name.contains('@')
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            } else if TEAMS.iter().any(|word| lower.split(' ').skip(1).any(|other| other == *word)) {
                team = team.or_else(|| Some(name.to_owned()));
            }
        }
    }
    // Where no person is named, `Example News Staff` is who wrote it.
    if names.is_empty() { team.into_iter().collect() } else { names }
}

/// What a byline calls those whom it does not name.
const TEAMS: &[&str] = &["staff", "editors", "newsroom"];

/// What stands beside a name in a byline and is none.
const ROLES: &[&str] = &[
    "writer",
    "reporter",
    "correspondent",
    "editor",
    "staff",
    "contributor",
    "columnist",
    "jr.",
    "phd",
    "ph.d.",
    "md",
];

/// Detection wins over a tag when the text is long enough for it to be sure: tags are often the template's.
fn language(tag: Option<&str>, body: &str) -> &'static Language {
    let detected = lang::detect(body);
    match tag.and_then(lang::by_tag) {
        Some(declared) if body.len() < 600 || *detected == lang::UNKNOWN => declared,
        _ => detected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    fn article(raw: Raw) -> Article {
        let origin = Origin {
            path: "n/a.txt".into(),
            key: "n/a.txt".into(),
            today: Date::constant(2026, 3, 1),
            modified: Some(Date::constant(2026, 2, 2)),
        };
        normalise(raw, &origin, 0)
    }

    fn check(text: &str, body: &str) {
        assert_eq!(article(Raw { text: text.into(), ..Raw::default() }).body, body);
    }

    #[test]
    fn characters_are_cleaned() {
        check("a\r\nb\u{a0}\u{a0}c\td", "a\n\nb c d");
        check("cafe\u{301} \u{200b}x\u{202e}y\u{feff}\0z", "café xyz");
        check("\u{93}Yes,\u{94} he said. It\u{92}s “so”.", "“Yes,” he said. It’s “so”.");
        check("a\u{2029}b\n\n\n\nc\n***\n", "a\n\nb\n\nc");
        check(
            "HEADLINE            Washington   The senator said so.          He left.",
            "HEADLINE\n\nWashington The senator said so.\n\nHe left.",
        );
        check("نمی\u{200c}خواهم", "نمی\u{200c}خواهم");
    }

    #[test]
    fn outlets_titles_people() {
        let a = article(Raw {
            text: "Text.".into(),
            title: Some("Talks  fail | Example News".into()),
            source: Some("Example News".into()),
            byline: vec![
                "By Jane Doe and John Roe, Staff Writer".into(),
                "Jane Doe".into(),
                "http://x.org".into(),
            ],
            ..Raw::default()
        });
        assert_eq!(
            (a.title.as_str(), a.byline),
            ("Talks fail", vec!["Jane Doe".to_owned(), "John Roe".to_owned()])
        );
        let a = article(Raw {
            text: "Text.".into(),
            url: Some("https://www.nytimes.com/2025/10/14/a.html#x".into()),
            ..Raw::default()
        });
        let published = a.published.unwrap();
        assert_eq!(
            (a.source.as_str(), published.at.as_str(), published.found_in),
            ("nytimes.com", "2025-10-14", DateSource::Url)
        );
        assert_eq!(
            article(Raw { text: "Text.".into(), ..Raw::default() }).published.unwrap().found_in,
            DateSource::FileTime
        );
        assert_eq!(article(Raw { text: "Text.".into(), ..Raw::default() }).source, "");
    }

    #[test]
    fn long_first_sentences_are_cut_at_a_word() {
        let a = article(Raw { text: "word ".repeat(60) + "end.", ..Raw::default() });
        assert_eq!(a.title, "word ".repeat(28).trim().to_owned() + "…");
    }
}
