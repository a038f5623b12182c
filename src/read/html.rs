//! Web pages: metadata by our own scan, the main text by two extractors, within guard rails.

use serde_json::{Map, Value};

use super::article_text;
use super::input::Source;
use super::tags::{self, Tag, Token};
use super::{DateSource, Format, Layout, Raw, Result, date, header, json};

pub(super) const FORMAT: Format = Format {
    name: "html",
    extensions: &["html", "htm", "xhtml"],
    sniff: starts_like_a_page,
    read: |input| input.whole(read),
};

/// Deeper pages are not given to a tree: real ones nest 18 deep at the median and 234 at most.
const MOST_DEEP: usize = 512;
/// Pages with more tags, or larger ones, are not given to a tree, either: it would take seconds.
const MOST_TAGS: usize = 50_000;
const MOST_ATTRIBUTES: usize = 500;
/// So do those with texts in which a tree is moved about more than this, in bytes, for their entities.
const MOST_MOVED: usize = 1 << 30;
const MOST_BYTES: usize = 8 << 20;

fn starts_like_a_page(head: &[u8]) -> bool {
    let head = &head[..head.len().min(2048)];
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut rest = text.trim_start();
    loop {
        let skipped = match () {
            () if rest.starts_with("<!--") => rest.split_once("-->"),
            () if rest.starts_with("<?xml") => rest.split_once("?>"),
            () => None,
        };
        match skipped {
            Some((_, after)) => rest = after.trim_start(),
            None => {
                let starts = |all: &[&str]| all.iter().any(|start| rest.starts_with(start));
                // Some sites put scripts and styles before the page itself.
                let early = starts(&["<style", "<script", "<link "]) && rest.contains("<html");
                return early || starts(&["<!doctype html", "<html", "<head>", "<body", "<meta "]);
            }
        }
    }
}

fn read(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    let raw = of(source.text).ok_or_else(|| source.no_article(super::NO_TEXT))?;
    Ok(vec![Ok(raw)])
}

/// The article of a page; none when it holds no words.
pub(super) fn of(html: &str) -> Option<Raw> {
    let page = Page::scan(html);
    let text = main_text(html).or_else(|| page.article_body()).unwrap_or_else(|| tags::page_text(html));
    let words = text.chars().any(char::is_alphanumeric);
    words.then(|| Raw { text, layout: Layout::Blocks, ..page.raw() })
}

/// The first heading of a page.
pub(super) fn heading(html: &str) -> Option<String> {
    let mut open: Option<(&str, String)> = None;
    for token in tags::tokens(html) {
        match (token, &mut open) {
            (Token::Open(tag), None) if ["h1", "h2", "h3"].iter().any(|name| tag.is(name)) => {
                open = Some((tag.name, String::new()));
            }
            (Token::Text(text), Some((_, words))) => words.push_str(&tags::decode(text)),
            (Token::Close(name), Some((opened, words))) if name.eq_ignore_ascii_case(opened) => {
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                if !words.is_empty() {
                    return Some(words);
                }
                open = None;
            }
            _ => {}
        }
    }
    None
}

/// The text of the page's article; none when the page is too much for a tree or no article is found.
fn main_text(html: &str) -> Option<String> {
    let load = tags::load(html);
    let heavy = load.depth > MOST_DEEP
        || load.tags > MOST_TAGS
        || load.attributes > MOST_ATTRIBUTES
        || load.moved > MOST_MOVED;
    if heavy || html.len() > MOST_BYTES {
        return None;
    }
    article_text::of(html)
}

/// What the tags of a page tell, each list best first.
#[derive(Default)]
struct Page {
    linked: Vec<Map<String, Value>>,
    meta: Vec<(String, String)>,
    marked_dates: Vec<String>,
    time_tags: Vec<(bool, String)>,
    bylines: Vec<String>,
    /// Dates in elements that are called so, after the heading first.
    dates: Vec<(bool, String)>,
    canonical: Option<String>,
    language: Option<String>,
    title: String,
    heading: String,
    /// Lines beside the heading, where a reader finds the author and the date.
    near: Vec<String>,
}

/// Which text is being collected.
#[derive(Clone, Copy, PartialEq)]
enum Collect {
    Title,
    Heading,
    Byline,
    Date,
}

/// True for elements at which a line near the heading ends.
fn ends_line(name: &str) -> bool {
    tags::is_block(name) || ["li", "tr", "td", "br"].iter().any(|line| name.eq_ignore_ascii_case(line))
}

impl Page {
    fn scan(html: &str) -> Page {
        let mut page = Page::default();
        let mut collect: Option<(Collect, &str, String)> = None;
        let mut linked = false;
        let mut line = String::new();
        for token in tags::tokens(html) {
            match token {
                Token::Open(tag) => {
                    linked = tag.is("script")
                        && tag
                            .attribute("type")
                            .is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"));
                    page.attributes(&tag);
                    if ends_line(tag.name) {
                        page.end_line(&mut line);
                    }
                    // The innermost of several elements that may hold the author is the one that does.
                    let inner = matches!(collect, None | Some((Collect::Byline | Collect::Date, ..)));
                    match page.collects(&tag).filter(|_| inner) {
                        Some(what) => collect = Some((what, tag.name, String::new())),
                        None => collect.iter_mut().for_each(|(_, _, text)| text.push(' ')),
                    }
                }
                Token::Raw(text) if linked => page.linked.extend(linked_data(text)),
                Token::Raw(text) | Token::Text(text) => {
                    if matches!(token, Token::Text(_)) && line.len() < 1000 {
                        line.push_str(&tags::decode(text));
                        line.push(' ');
                    }
                    if let Some((_, _, collected)) =
                        collect.as_mut().filter(|(.., collected)| collected.len() < 1000)
                    {
                        collected.push_str(&tags::decode(text));
                    }
                }
                Token::Close(name) => {
                    if ends_line(name) {
                        page.end_line(&mut line);
                    }
                    if let Some((what, _, text)) =
                        collect.take_if(|(_, open, _)| name.eq_ignore_ascii_case(open))
                    {
                        page.collected(what, text.split_whitespace().collect::<Vec<_>>().join(" "));
                    }
                }
            }
        }
        page.time_tags.sort_by_key(|(headed, _)| !headed);
        page.dates.sort_by_key(|(headed, _)| !headed);
        page.linked.sort_by_key(|record| !is_article(record));
        page
    }

    fn attributes(&mut self, tag: &Tag<'_>) {
        let value = || {
            tag.attribute("content").map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        if tag.is("html") {
            self.language = self
                .language
                .take()
                .or_else(|| tag.attribute("lang").or_else(|| tag.attribute("xml:lang")).map(Into::into));
        } else if tag.is("meta") {
            let name =
                ["property", "name", "itemprop", "http-equiv"].iter().find_map(|key| tag.attribute(key));
            if let Some((name, value)) = name.zip(value()) {
                self.meta.push((name.to_ascii_lowercase(), value));
            }
        } else if tag.is("link")
            && tag.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
        {
            self.canonical = self.canonical.take().or_else(|| tag.attribute("href").map(Into::into));
        } else {
            let time = tag.is("time");
            let date = if time { tag.attribute("datetime") } else { None };
            let marked = ["property", "itemprop"].iter().filter_map(|key| tag.attribute(key)).any(|name| {
                let name = name.to_ascii_lowercase();
                name.split_whitespace().any(|name| {
                    matches!(
                        name,
                        "datepublished"
                            | "dc:date"
                            | "dc:created"
                            | "schema:datepublished"
                            | "article:published_time"
                    )
                })
            });
            if marked {
                self.marked_dates.extend(value().or_else(|| date.as_deref().map(str::to_owned)));
            } else if let Some(date) = date {
                self.time_tags.push((!self.heading.is_empty(), date.into_owned()));
            }
        }
    }

    /// Keeps the three lines before the heading and the dozen behind it.
    fn end_line(&mut self, line: &mut String) {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        line.clear();
        if words.is_empty() || self.near.len() >= 15 {
            return;
        }
        if self.heading.is_empty() && self.near.len() == 3 {
            self.near.remove(0);
        }
        self.near.push(words);
    }

    fn collects(&self, tag: &Tag<'_>) -> Option<Collect> {
        if tag.is("title") && self.title.is_empty() {
            return Some(Collect::Title);
        }
        if tag.is("h1") && self.heading.is_empty() {
            return Some(Collect::Heading);
        }
        if self.bylines.len() < 8
            && [
                "a", "small", "h5", "time", "span", "p", "div", "address", "cite", "em", "strong", "h2",
                "h3", "h4", "li",
            ]
            .iter()
            .any(|name| tag.is(name))
        {
            let names = |key: &str, fits: fn(&str) -> bool| {
                tag.attribute(key)
                    .is_some_and(|value| value.to_ascii_lowercase().split_whitespace().any(fits))
            };
            let classed = |name: &str| {
                (name.contains("byline") || name.contains("author"))
                    && !["authority", "bio", "image", "avatar", "photo", "title", "social", "picture", "desc"]
                        .iter()
                        .any(|other| name.contains(other))
            };
            let linked = |href: &str| {
                ["/author/", "/authors/", "/contributors/"].iter().any(|part| href.contains(part))
            };
            let byline = names("rel", |name| name == "author")
                || names("itemprop", |name| name == "author")
                || names("class", classed)
                || tag.is("a") && names("href", linked);
            if byline {
                return Some(Collect::Byline);
            }
            let dated = |name: &str| {
                ["date", "published", "posted", "timestamp"].iter().any(|part| name.contains(part))
                    && !["update-", "candidate", "validate"].iter().any(|other| name.contains(other))
            };
            if self.dates.len() < 8 && (names("class", dated) || names("id", dated)) {
                return Some(Collect::Date);
            }
        }
        None
    }

    fn collected(&mut self, what: Collect, text: String) {
        match what {
            Collect::Title => self.title = text,
            Collect::Heading => self.heading = text,
            Collect::Date if date::dates(&text) => self.dates.push((!self.heading.is_empty(), text)),
            Collect::Date => {}
            Collect::Byline if header::is_byline(&text) || header::are_names(&text) => {
                self.bylines.push(text)
            }
            Collect::Byline => {}
        }
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .find_map(|name| self.meta.iter().find(|(key, _)| key == name))
            .map(|(_, value)| value.clone())
    }

    fn all(&self, names: &[&str]) -> Vec<String> {
        names
            .iter()
            .flat_map(|name| self.meta.iter().filter(move |(key, _)| key == name))
            .map(|(_, value)| value.clone())
            .collect()
    }

    fn articles(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.linked.iter().filter(|record| is_article(record))
    }

    /// The text that JSON-LD gives, where it gives the whole.
    fn article_body(&self) -> Option<String> {
        let body = self.articles().find_map(|record| record.get("articleBody")?.as_str())?;
        (body.len() > 200).then(|| {
            if tags::looks_like_markup(body) { tags::text(body) } else { tags::decode(body).into_owned() }
        })
    }

    fn raw(&self) -> Raw {
        let linked: Vec<Raw> = self.articles().map(|record| json::raw(record, DateSource::JsonLd)).collect();
        let told = |field: fn(&Raw) -> &Option<String>| linked.iter().find_map(|raw| field(raw).clone());
        let publisher = self.articles().find_map(|record| self.name_of(record.get("publisher")?));
        let site = self.first(&["og:site_name", "application-name", "twitter:app:name:iphone"]);
        let source = site
            .or(publisher)
            .or_else(|| self.first(&["dc.publisher", "citation_journal_title", "publisher"]));
        let mut byline: Vec<String> = self
            .articles()
            .filter_map(|record| record.get("author").or_else(|| record.get("creator")))
            .flat_map(|author| self.names_of(author))
            .collect();
        if byline.is_empty() {
            byline = self.all(&[
                "author",
                "article:author",
                "byl",
                "dc.creator",
                "dcterms.creator",
                "sailthru.author",
                "parsely-author",
                "citation_author",
                "og:article:author",
                "cxenseparse:author",
            ]);
            byline.retain(|name| !name.starts_with("http"));
        }
        if byline.is_empty() {
            // Pairs of a label and what it labels, as posts are shown elsewhere.
            let labelled = (1..=2).filter(|at| {
                self.first(&[&format!("twitter:label{at}")]).is_some_and(|label| is_author_label(&label))
            });
            byline.extend(labelled.filter_map(|at| self.first(&[&format!("twitter:data{at}")])));
        }
        if byline.is_empty() {
            let beside = self.near.windows(2).find(|pair| {
                ["by", "written by", "author", "author:", "by:"].contains(&pair[0].to_lowercase().as_str())
                    && header::are_names(&pair[1])
            });
            byline.extend(beside.map(|pair| pair[1].clone()));
        }
        if byline.is_empty() {
            let near = self.near.iter().filter(|_| !self.heading.is_empty());
            byline.extend(
                near.chain(&self.bylines)
                    .find(|line| header::is_byline(line))
                    .or(self.bylines.first())
                    .cloned(),
            );
        }
        let dates = |record: &Map<String, Value>| {
            ["datePublished", "dateCreated", "uploadDate"]
                .iter()
                .find_map(|key| record.get(*key)?.as_str().map(str::to_owned))
        };
        let mut published: Vec<(String, DateSource)> =
            self.articles().filter_map(dates).map(|date| (date, DateSource::JsonLd)).collect();
        let others = self.linked.iter().filter(|record| !is_article(record));
        published.extend(
            others
                .filter_map(|record| record.get("datePublished")?.as_str())
                .map(|date| (date.to_owned(), DateSource::JsonLd)),
        );
        let meta = self.all(&[
            "article:published_time",
            "og:article:published_time",
            "datepublished",
            "og:published_time",
            "pubdate",
            "publishdate",
            "publish-date",
            "publish_date",
            "publication_date",
            "published_time",
            "article.published",
            "dc.date.issued",
            "dc.date",
            "dcterms.created",
            "dcterms.issued",
            "dcterms.date",
            "dc.date.created",
            "sailthru.date",
            "parsely-pub-date",
            "citation_publication_date",
            "citation_date",
            "date",
            "article_date_original",
            "displaydate",
            "cxenseparse:recs:publishtime",
        ]);
        published.extend(
            meta.into_iter().chain(self.marked_dates.iter().cloned()).map(|date| (date, DateSource::Meta)),
        );
        published.extend(self.time_tags.iter().take(3).map(|(_, date)| (date.clone(), DateSource::TimeTag)));
        if !self.heading.is_empty() {
            published.extend(
                self.near
                    .iter()
                    .filter(|line| date::dates(line) || is_dated_byline(line))
                    .map(|line| (line.clone(), DateSource::Text)),
            );
        }
        // What is only called a date may be that of another article on the page.
        published.extend(self.dates.iter().take(2).map(|(_, date)| (date.clone(), DateSource::Text)));
        let url = self
            .canonical
            .clone()
            .filter(|url| url.starts_with("http"))
            .or_else(|| self.first(&["og:url"]))
            .or_else(|| told(|raw| &raw.url));
        let heading = Some(self.heading.clone()).filter(|heading| !heading.is_empty());
        let title = self
            .first(&["og:title"])
            .or_else(|| told(|raw| &raw.title))
            .or_else(|| self.first(&["twitter:title", "dc.title", "parsely-title"]));
        Raw {
            id: None,
            title: heading
                .filter(|heading| self.names_the_page(heading))
                .or_else(|| title.map(|title| self.without_suffix(&title)))
                .or_else(|| Some(self.heading.clone()).filter(|heading| !heading.is_empty()))
                .or_else(|| Some(self.without_suffix(&self.title)).filter(|title| !title.is_empty())),
            url: url.filter(|url| url.starts_with("http")),
            source,
            byline,
            published,
            language: self
                .language
                .clone()
                .or_else(|| told(|raw| &raw.language))
                .or_else(|| self.first(&["og:locale", "content-language", "language"])),
            ..Raw::default()
        }
    }

    /// True when the heading is the page's title in the words that readers see, rather than the site's name.
    fn names_the_page(&self, heading: &str) -> bool {
        let long = |text: &str| {
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.chars().count() > 3)
                .map(str::to_lowercase)
                .collect::<Vec<_>>()
        };
        let others = long(&format!("{} {}", self.first(&["og:title"]).unwrap_or_default(), self.title));
        let shared = long(heading).iter().filter(|word| others.contains(word)).count();
        let ends = |title: &str| {
            title.to_lowercase().ends_with(&heading.to_lowercase()) && title.len() > heading.len()
        };
        let site = self.first(&["og:site_name"]).is_some_and(|site| site.eq_ignore_ascii_case(heading));
        !site
            && !ends(&self.title)
            && heading.split_whitespace().count() >= 3
            && shared >= 2
            && heading.chars().count() <= 300
    }

    /// `Talks fail | Example News` without the last part: always when the page's heading has the
    /// rest, else when the rest is clearly the longer.
    fn without_suffix(&self, title: &str) -> String {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut = [" | ", " - ", " – ", " — ", " :: ", " · ", " » ", " • ", " / "]
            .iter()
            .filter_map(|mark| title.rfind(mark).map(|at| (at, mark.len())))
            .max();
        let Some((at, mark)) = cut else { return title };
        let (rest, suffix) = (&title[..at], &title[at + mark..]);
        let site = self.first(&["og:site_name"]).is_some_and(|site| site.eq_ignore_ascii_case(suffix));
        let headed = !self.heading.is_empty()
            && self.heading != title
            && self.heading.starts_with(rest.split(" | ").next().unwrap_or(rest));
        let words = |text: &str| text.split_whitespace().count();
        let whole = self.heading == title;
        if !whole
            && (site
                || headed
                || (words(rest) >= 4 && words(suffix) <= 4 && suffix.starts_with(char::is_uppercase)))
        {
            return if headed || rest.contains(" | ") { self.without_suffix(rest) } else { rest.to_owned() };
        }
        title
    }

    /// The name of a person or body in JSON-LD, followed over its `@id`.
    fn name_of(&self, value: &Value) -> Option<String> {
        self.names_of(value).into_iter().next()
    }

    fn names_of(&self, value: &Value) -> Vec<String> {
        match value {
            Value::String(name) => vec![name.clone()],
            Value::Array(list) => list.iter().flat_map(|value| self.names_of(value)).collect(),
            Value::Object(record) => {
                let name = |record: &Map<String, Value>| match record.get("name")? {
                    Value::String(name) => Some(name.clone()),
                    Value::Array(names) => names.first()?.as_str().map(str::to_owned),
                    _ => None,
                };
                let referred = || {
                    self.linked.iter().filter(|other| other.get("@id") == record.get("@id")).find_map(name)
                };
                name(record).or_else(|| record.get("@id").and_then(|_| referred())).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// `By Jane Doe · Updated November 18, 2025`
fn is_dated_byline(line: &str) -> bool {
    line.len() <= 120 && header::is_byline(line) && date::beside_date(line).is_some()
}

fn is_author_label(label: &str) -> bool {
    let label = label.to_lowercase();
    ["written by", "author", "by", "posted by", "geschrieben von", "verfasst von", "écrit par", "escrito por"]
        .contains(&label.trim().trim_end_matches(':'))
}

/// All objects of a JSON-LD block; one that is broken tells nothing.
fn linked_data(text: &str) -> Vec<Map<String, Value>> {
    let text = text
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[");
    let text = text
        .trim_end_matches("-->")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim()
        .trim_end_matches(';');
    let parsed = serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&text.replace(|c: char| c.is_control(), " ")));
    let mut records = Vec::new();
    if let Ok(value) = parsed {
        gather(value, &mut records);
    }
    records
}

fn gather(value: Value, records: &mut Vec<Map<String, Value>>) {
    match value {
        Value::Array(list) => list.into_iter().for_each(|value| gather(value, records)),
        Value::Object(mut record) => {
            for key in ["@graph", "mainEntity", "mainEntityOfPage"] {
                if let Some(inner) =
                    record.get(key).filter(|inner| inner.is_array() || inner.is_object()).cloned()
                {
                    if key == "@graph" {
                        record.remove(key);
                    }
                    gather(inner, records);
                }
            }
            records.push(record);
        }
        _ => {}
    }
}

fn is_article(record: &Map<String, Value>) -> bool {
    let is = |kind: &Value| {
        kind.as_str().is_some_and(|kind| {
            kind.ends_with("Article")
                || kind.ends_with("Posting")
                || matches!(kind, "Report" | "Review" | "AnalysisNewsArticle")
        })
    };
    match record.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::read::from_bytes;

    fn check(html: &str, head: &str, body: &str) {
        let article = from_bytes("a.html", html.as_bytes()).unwrap().next().unwrap().unwrap();
        let date = article.published.map(|p| format!("{} {:?}", p.at, p.found_in)).unwrap_or_default();
        assert_eq!(
            [article.title, article.source, article.byline.join("+"), date, article.url.unwrap_or_default()]
                .join("|"),
            head
        );
        assert_eq!(article.body, body);
    }

    const BODY: &str = "<nav><a href=/>Home</a></nav><article><p>The talks failed on Tuesday, the minister said, and would not be taken up again.</p><p>“We are done,” she told reporters in the capital, “and that is all there is to say.”</p></article><footer>About us</footer>";
    const TEXT: &str = "The talks failed on Tuesday, the minister said, and would not be taken up again.\n\n“We are done,” she told reporters in the capital, “and that is all there is to say.”";

    #[test]
    fn metadata() {
        let page = |head: &str| {
            format!("<!doctype html><html lang=en><head>{head}</head><body>{BODY}</body></html>")
        };
        check(
            &page(
                r##"<title>Talks fail - Example</title><script type="application/ld+json">{"@graph": [{"@type": "Organization", "@id": "#p", "name": "Example News"}, {"@type": ["NewsArticle"], "headline": "Talks fail", "datePublished": "2025-10-14T10:00:00Z", "author": [{"name": "Jane Doe"}], "publisher": {"@id": "#p"}}]}</script><link rel=canonical href="https://x.org/a">"##,
            ),
            "Talks fail|Example News|Jane Doe|2025-10-14T10:00:00Z JsonLd|https://x.org/a",
            TEXT,
        );
        check(
            &page(
                r#"<meta property="og:title" content="Talks fail | Example"><meta property="og:site_name" content="Example"><meta property="article:published_time" content="2025-10-14"><meta name=author content="Jane Doe"><script type="application/ld+json">{broken</script>"#,
            ),
            "Talks fail|Example|Jane Doe|2025-10-14 Meta|",
            TEXT,
        );
        check(
            &page("<title>Talks fail in the capital | Example News</title>"),
            "Talks fail in the capital||||",
            TEXT,
        );
    }

    #[test]
    fn pages_too_deep_for_a_tree_are_read_without() {
        let deep = format!("<html><body>{}{BODY}", "<div>".repeat(20_000));
        check(&deep, &format!("{}||||", &TEXT[..TEXT.find("\n\n").unwrap()]), TEXT);
    }
}
