//! The text of a page's article, by the better of two extractors.
//!
//! Trafilatura reads best on most pages, and now and then leaves paragraphs out within an article;
//! Readability seldom does. What only one of them has behind the last words of both is what stands below
//! an article: other stories, comments, the author's life.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::thread;

use dom_smoothie::{Config, Readability, TextMode};

use super::tags;

/// Below this share of Readability's text, trafilatura's may be cut short.
const CUT_SHORT: f64 = 0.85;
/// It is, where this share of Readability's text is missing between words that both have, or …
const GAPS: f64 = 0.15;
/// … this share before them. Found between .1 and .15 alike on 191 pages with gold text.
const HEADLESS: f64 = 0.1;
/// Two texts that differ by less than this before their last common words are one text up to there.
const ALIKE: f64 = 0.05;
/// The largest share of a text that is cut off below what both have.
const MOST_BELOW: f64 = 1.0 / 3.0;
/// Bytes of a paragraph that no article says twice.
const ONCE: usize = 200;

/// A tree of the depth that is let in fits with room to spare.
const STACK: usize = 64 << 20;

/// The text of the article in a page, paragraphs on lines of their own; none when there is none.
///
/// The page must be one that a tree can be made of in reasonable time; both extractors run on large
/// stacks, and a panic in one costs that one's answer only.
pub(super) fn of(html: &str) -> Option<String> {
    match (apart(html, readability), apart(html, trafilatura)) {
        (Some(long), Some(short)) => Some(better(&long, &short)),
        (long, short) => long.or(short),
    }
}

/// What of Readability's and trafilatura's text is the article.
fn better(long: &str, short: &str) -> String {
    // Its last resort, for short pages, runs all paragraphs together, the headline with them.
    let paragraphs = |text: &str| text.split("\n\n").filter(|part| !part.trim().is_empty()).count();
    if paragraphs(short) == 1 {
        return long.to_owned();
    }
    let all = |text: &str| runs(&words(text)).collect::<HashSet<Run>>();
    let (in_long, in_short) = (all(long), all(short));
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count() as f64;
    let cut = letters(short) < CUT_SHORT * letters(long)
        && Missing::of(long, &in_short)
            .is_none_or(|missing| missing.within >= GAPS || missing.before >= HEADLESS);
    let (text, other) = if cut { (long, in_short) } else { (short, in_long) };
    once(down_to_common(text, &other))
}

/// Four words that follow each other.
type Run = [u64; 4];

fn words(text: &str) -> Vec<u64> {
    let hash = |word: &str| {
        let mut hasher = DefaultHasher::new();
        word.to_lowercase().hash(&mut hasher);
        hasher.finish()
    };
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(hash).collect()
}

fn runs(words: &[u64]) -> impl Iterator<Item = Run> {
    words.windows(4).filter_map(|run| run.try_into().ok())
}

/// Shares of a text's words that another text does not have: before the first that both have, between,
/// and behind the last.
struct Missing {
    before: f64,
    within: f64,
    behind: f64,
}

impl Missing {
    /// None when the two have nothing in common.
    fn of(text: &str, other: &HashSet<Run>) -> Option<Missing> {
        let words = words(text);
        let mut common = vec![false; words.len()];
        for (at, run) in runs(&words).enumerate() {
            if other.contains(&run) {
                common[at..at + 4].fill(true);
            }
        }
        let first = common.iter().position(|common| *common)?;
        let end = common.iter().rposition(|common| *common)? + 1;
        let share = |count: usize| count as f64 / common.len() as f64;
        let within = common[first..end].iter().filter(|common| !**common).count();
        Some(Missing { before: share(first), within: share(within), behind: share(common.len() - end) })
    }
}

/// A text without what stands below the last paragraph that the other one has, too, where they are one
/// text up to there.
fn down_to_common<'t>(text: &'t str, other: &HashSet<Run>) -> &'t str {
    let below = |missing: Missing| missing.before + missing.within < ALIKE && missing.behind < MOST_BELOW;
    if !Missing::of(text, other).is_some_and(below) {
        return text;
    }
    let (mut end, mut at) = (text.len(), 0);
    for line in text.split_inclusive('\n') {
        at += line.len();
        let words = words(line);
        let all = runs(&words).count();
        let common = runs(&words).filter(|run| other.contains(run)).count();
        if all > 0 && common * 2 >= all {
            end = at;
        }
    }
    text[..end].trim_end()
}

/// A text without long paragraphs that stood in it before: some pages hold their article twice.
fn once(text: &str) -> String {
    let mut seen = HashSet::new();
    let new = |line: &&str| line.len() < ONCE || seen.insert(line.trim().to_owned());
    text.split('\n').filter(new).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

fn apart(html: &str, extract: fn(&str) -> Option<String>) -> Option<String> {
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || extract(html));
        reader.ok()?.join().ok().flatten()
    })
    .filter(|text| text.chars().any(char::is_alphanumeric))
}

fn readability(html: &str) -> Option<String> {
    let config = Config { text_mode: TextMode::Formatted, disable_json_ld: true, ..Config::default() };
    let article = Readability::new(html, None, Some(config)).and_then(|mut page| page.parse()).ok()?;
    Some(article.text_content.to_string())
}

fn trafilatura(html: &str) -> Option<String> {
    let mut options = trafilatura::Options::default().with_fallback(true);
    options.exclude_comments = true;
    // Its plain text runs paragraphs together; its cleaned page keeps them.
    Some(tags::text(&trafilatura::extract(html, &options).ok()?.content_html))
}

#[cfg(test)]
mod tests {
    use super::better;

    const ARTICLE: &str = "The bridge over the river will open in spring, the mayor of the town said on Monday.\n\n\
        Engineers had found cracks in two of its pillars last year and closed it to lorries.\n\n\
        Farmers on the other bank drive forty miles to the next one, and want their money back.\n\n\
        A court in the capital will hear the case of the builders in the second week of June.";
    const BELOW: &str = "More from this desk: ferries tied up for a third week running.";

    #[test]
    fn what_only_one_has_below_the_article_goes() {
        let more = format!("{ARTICLE}\n\n{BELOW}");
        assert_eq!(better(ARTICLE, &more), ARTICLE);
        assert_eq!(better(&more, ARTICLE), ARTICLE);
        assert_eq!(better(&more, &more), more);
    }

    #[test]
    fn what_one_leaves_out_within_the_article_stays() {
        let paragraphs: Vec<&str> = ARTICLE.split("\n\n").collect();
        let gap = [paragraphs[0], paragraphs[3]].join("\n\n");
        assert_eq!(better(ARTICLE, &gap), ARTICLE);
        assert_eq!(better(&gap, ARTICLE), ARTICLE);
    }

    #[test]
    fn an_article_that_stands_twice_is_read_once() {
        let long = ARTICLE.replace("\n\n", " ");
        let twice = format!("{long}\n\nA line.\n\n{long}");
        assert_eq!(better(&twice, &twice), format!("{long}\n\nA line."));
    }
}
