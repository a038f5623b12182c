//! Lines that a web page prints around its articles: comment boxes, share buttons, advertisements.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Where a line must stand to be taken for furniture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    /// Wherever it stands on a line of its own.
    Anywhere,
    /// At either end of the text, or beside other furniture: elsewhere it may be a heading.
    Edge,
}

/// What a line says to be furniture; lines are compared in lower case, without marks at their
/// ends, with `’` as `'` and any number as `#`.
enum Rule {
    /// One of these and nothing else.
    Is(&'static [&'static str]),
    /// Starts with one of these and is at most so many characters long.
    Starts(usize, &'static [&'static str]),
    /// Ends with one of these, is at most so many words long and no sentence.
    Ends(usize, &'static [&'static str]),
    /// Holds one of these and is at most so many characters long.
    Holds(usize, &'static [&'static str]),
}

#[rustfmt::skip]
const RULES: &[(Place, Rule)] = &[
    // Comments
    (Place::Anywhere, Rule::Is(&["post a comment", "post comment", "post comments", "leave a comment", "leave a reply", "add a comment",
        "write a comment", "# comment", "# comments", "no comments", "no comments yet", "be the first to comment", "view comments",
        "show comments", "hide comments", "view all comments", "load comments", "load more comments", "comments are closed",
        "comments are off", "comments (#)", "join the discussion", "join the conversation", "cancel reply"])),
    (Place::Anywhere, Rule::Holds(160, &["please don't spam here", "comments are reviewed by admin", "your email address will not be published",
        "required fields are marked", "comments are moderated", "comments powered by disqus", "please enable javascript to view"])),
    (Place::Edge, Rule::Is(&["comments", "comment", "reply"])),
    // Advertisements
    (Place::Anywhere, Rule::Is(&["ad", "ads", "advert", "advertisement", "advertisements", "advertising", "advertise", "sponsored",
        "sponsored content", "sponsored links", "promoted", "promoted content", "ad feedback", "skip advertisement", "skip ad",
        "ads by google", "story continues below", "story continues", "continue reading the main story", "scroll to continue",
        "scroll to continue with content", "report this ad", "remove ads"])),
    (Place::Anywhere, Rule::Starts(80, &["story continues below", "article continues below", "article continues after",
        "story continues after", "continue reading below", "content continues below", "advertisement -"])),
    // Sharing and following
    (Place::Anywhere, Rule::Is(&["share this", "share this:", "share this article", "share this story", "share this post", "share this page",
        "share article", "share on", "share on facebook", "share on twitter", "share on x", "share on linkedin", "share on whatsapp",
        "share on reddit", "share via email", "share by email", "share with", "share to", "tweet this", "email this article", "print this article",
        "print this page", "print article", "copy link", "copied", "link copied", "copy this link", "like this", "pin it",
        "click to share", "opens in new window", "listen to this article", "listen to article", "save this article", "gift this article"])),
    (Place::Anywhere, Rule::Starts(140, &["follow us on ", "follow us at ", "like us on ", "find us on ", "join us on facebook", "join us on telegram",
        "join our telegram", "join our whatsapp", "connect with us on", "click to share", "share this:", "share this with", "share this article on",
        "follow @"])),
    (Place::Edge, Rule::Is(&["share", "shares", "# shares", "tweet", "email", "e-mail", "print", "facebook", "twitter", "x", "linkedin",
        "whatsapp", "telegram", "reddit", "pinterest", "instagram", "youtube", "messenger", "flipboard", "pocket", "save", "like",
        "bookmark", "copy", "link", "follow", "follow us", "like loading"])),
    // Newsletters and accounts
    (Place::Anywhere, Rule::Starts(200, &["sign up for our ", "sign up to our ", "sign up for the ", "sign up to receive", "sign up here",
        "sign up for free", "sign up for more", "subscribe to our", "subscribe to the ", "subscribe now", "subscribe for ", "subscribe today", "get our newsletter",
        "get our free", "get our daily", "get the latest news", "get breaking news", "get more news", "download our app", "download the app",
        "already a subscriber", "already have an account", "to continue reading", "support our journalism", "support independent journalism",
        "become a member", "become a subscriber", "you have been subscribed", "thank you for subscribing", "thanks for subscribing", "by signing up",
        "by subscribing", "by clicking", "enter your email", "your email address", "this site is protected by recaptcha",
        "we'll send", "we will send you"])),
    (Place::Anywhere, Rule::Is(&["subscribe", "sign up", "sign in", "log in", "login", "log out", "sign in to your account", "create account",
        "create an account", "forgot password", "email address", "newsletter sign up", "newsletter signup"])),
    (Place::Edge, Rule::Is(&["newsletter", "newsletters", "register", "donate", "donate now", "contact us", "contact", "about us", "home", "menu", "search",
        "privacy policy", "privacy", "terms of use", "terms of service", "terms and conditions", "cookie policy", "advertise with us",
        "skip to content", "skip to main content", "back to top", "return to top", "top", "loading", "close"])),
    (Place::Anywhere, Rule::Is(&["skip to content", "skip to main content", "skip to navigation", "back to top", "return to top", "go to top"])),
    // More to read
    (Place::Anywhere, Rule::Starts(200, &["read more:", "read also:", "also read:", "read next:", "also read |", "read also |", "see also:", "related:", "related |",
        "more:", "recommended:", "don't miss:", "watch:", "watch more:", "watch |", "read the full",
        "read more about", "read more on", "read more from", "must read:", "more from ", "you may also like", "you might also like"])),
    (Place::Anywhere, Rule::Starts(140, &["click here", "tap here", "for more information click", "for more information, click"])),
    (Place::Anywhere, Rule::Is(&["read more", "read on", "read next", "read also", "also read", "read the full story", "read full story", "read full article",
        "continue reading", "keep reading", "see more", "show more", "load more", "view more", "learn more", "more info", "related articles", "related article",
        "related stories", "related story", "related news", "related posts", "related content", "related coverage", "related topics", "related links",
        "related tags", "more on this story", "more on this", "more stories", "more news", "more like this", "most read", "most viewed", "most popular",
        "popular now", "trending now", "top stories", "latest news", "latest stories", "recommended stories", "recommended for you", "editor's picks",
        "editors' picks", "what to read next", "up next", "next article", "previous article", "next story", "previous story", "next post",
        "previous post", "# min read", "# mins read", "# minute read", "# minutes read", "estimated reading time: # minutes"])),
    (Place::Edge, Rule::Is(&["related", "trending", "recommended", "popular", "latest", "more", "next", "previous", "tags", "topics", "categories", "topic",
        "more information", "explore more", "for immediate release", "press release", "in this article", "in this story", "on this page"])),
    (Place::Edge, Rule::Starts(200, &["tags:", "tagged:", "tagged with", "filed under", "posted in", "categories:", "topics:", "category:", "file under", "labels:"])),
    (Place::Edge, Rule::Starts(50, &["last updated", "updated #", "updated on", "last modified", "updated january", "updated february", "updated march", "updated april",
        "updated may", "updated june", "updated july", "updated august", "updated september", "updated october", "updated november", "updated december"])),
    (Place::Edge, Rule::Ends(14, &[" kb", " mb", " kb)", " mb)"])),
    // Cookies and rights
    (Place::Anywhere, Rule::Starts(400, &["this site uses cookies", "this website uses cookies", "we use cookies", "our site uses cookies", "our website uses cookies",
        "by continuing to use this site", "by continuing to browse", "by using this site", "accept all cookies", "accept cookies", "manage cookies",
        "cookie settings", "we and our partners use"])),
    (Place::Anywhere, Rule::Starts(300, &["copyright ©", "copyright (c)", "copyright #", "© #", "© copyright", "(c) #", "(c) copyright", "© "])),
    (Place::Anywhere, Rule::Ends(40, &["all rights reserved", "all rights reserved by admin"])),
    (Place::Anywhere, Rule::Starts(300, &["this material may not be published, broadcast", "reproduction without permission", "our standards: the thomson reuters"])),
    // Picture credits
    (Place::Anywhere, Rule::Is(&["image source", "image copyright", "image credit", "photo credit", "getty images", "getty", "afp via getty images", "reuters", "ap photo"])),
    (Place::Anywhere, Rule::Starts(100, &["image source", "image credit", "photo credit", "picture credit", "image copyright", "photo: ", "photograph: ", "photo by ", "picture: ", "credit: "])),
    (Place::Anywhere, Rule::Ends(14, &["/getty images", "/getty", "via getty images", "getty images", "/ap photo", "(ap photo", "via ap", "/reuters", "via reuters",
        "/afp", "via afp", "/epa", "/shutterstock", "/bloomberg", "/alamy", "/zuma press"])),
];

/// The lines of `paragraphs` that an article says, in their paragraphs.
///
/// When nothing would be left, everything is kept: then it was no furniture.
pub(super) fn without(paragraphs: Vec<String>) -> Vec<String> {
    let places = |paragraph: &str| paragraph.lines().map(furniture).collect::<Vec<_>>();
    let found: Vec<Vec<Option<Place>>> = paragraphs.iter().map(|paragraph| places(paragraph)).collect();
    let flat: Vec<Option<Place>> = found.iter().flatten().copied().collect();
    let drop = dropped(&flat);
    if !drop.contains(&true) || !drop.contains(&false) {
        return paragraphs;
    }
    let mut drop = drop.into_iter();
    let keep = |paragraph: &String| {
        let kept: Vec<&str> = paragraph.lines().filter(|_| !drop.next().unwrap_or(false)).collect();
        kept.join("\n")
    };
    paragraphs.iter().map(keep).filter(|paragraph| !paragraph.is_empty()).collect()
}

/// Which lines go: furniture of any place, and edge furniture that is reached from an end or from
/// other furniture without a line of text between.
fn dropped(lines: &[Option<Place>]) -> Vec<bool> {
    let mut drop: Vec<bool> = lines.iter().map(|place| *place == Some(Place::Anywhere)).collect();
    let mut spread = |order: &mut dyn Iterator<Item = usize>| {
        // Short lines that look alike beside each other are a row of buttons.
        let mut reached = true;
        for at in order {
            if lines[at].is_some() && reached {
                drop[at] = true;
            }
            reached = drop[at];
        }
    };
    spread(&mut (0..lines.len()));
    spread(&mut (0..lines.len()).rev());
    let rows: Vec<usize> = (0..lines.len().saturating_sub(2))
        .filter(|&at| lines[at..at + 3].iter().all(Option::is_some))
        .flat_map(|at| at..at + 3)
        .collect();
    for at in rows {
        drop[at] = true;
    }
    drop
}

fn furniture(line: &str) -> Option<Place> {
    if line.len() > 500 {
        return None;
    }
    ORDERED.place(&fold(line), line)
}

/// [`RULES`] in the order in which a line is compared with them: there are hundreds of words, and of most
/// lines one byte tells that they are none of them.
struct Ordered {
    is: HashMap<&'static str, Place>,
    /// By their first byte, with the most characters of a line.
    starts: Vec<Vec<(Place, usize, &'static str)>>,
    /// By their last byte, with the most words of a line.
    ends: Vec<Vec<(Place, usize, &'static str)>>,
    /// With the most characters of a line.
    holds: Vec<(Place, usize, &'static str)>,
}

static ORDERED: LazyLock<Ordered> = LazyLock::new(|| {
    let mut ordered = Ordered {
        is: HashMap::new(),
        starts: vec![Vec::new(); 256],
        ends: vec![Vec::new(); 256],
        holds: Vec::new(),
    };
    let byte = |byte: Option<u8>| usize::from(byte.unwrap_or_default());
    for (place, rule) in RULES {
        let place = *place;
        match rule {
            Rule::Is(all) => all.iter().for_each(|words| {
                let known = ordered.is.entry(words).or_insert(place);
                *known = place.min(*known);
            }),
            Rule::Starts(most, all) => all
                .iter()
                .for_each(|words| ordered.starts[byte(words.bytes().next())].push((place, *most, words))),
            Rule::Ends(most, all) => all
                .iter()
                .for_each(|words| ordered.ends[byte(words.bytes().next_back())].push((place, *most, words))),
            Rule::Holds(most, all) => ordered.holds.extend(all.iter().map(|words| (place, *most, *words))),
        }
    }
    ordered
});

impl Ordered {
    /// Where a line must stand to be furniture; none when it is not.
    fn place(&self, folded: &str, line: &str) -> Option<Place> {
        let (first, last) = (folded.bytes().next()?, folded.bytes().next_back()?);
        let fits = |most: usize| folded.len() <= most || folded.chars().count() <= most;
        let is = if folded.len() < 80 {
            let bare = self.is.get(folded.trim_end_matches(':'));
            self.is.get(folded).into_iter().chain(bare).min().copied()
        } else {
            None
        };
        let starts = self.starts[usize::from(first)]
            .iter()
            .filter(|(_, most, words)| starts(folded, words) && fits(*most) && !quotes(line));
        let ends = self.ends[usize::from(last)].iter().filter(|(_, most, words)| {
            folded.ends_with(words) && may_end(folded, line) && folded.split(' ').count() <= *most
        });
        let holds = self.holds.iter().filter(|(_, most, words)| fits(*most) && folded.contains(words));
        starts.chain(ends).chain(holds).map(|(place, ..)| *place).chain(is).min()
    }
}

/// Nobody puts a button into quote marks.
fn quotes(line: &str) -> bool {
    line.contains(['“', '”', '"', '«', '»', '„'])
}

/// True for what is no sentence and no address.
fn may_end(folded: &str, line: &str) -> bool {
    let sentence = line.trim_end().ends_with(['.', '!', '?']) && !folded.ends_with("reserved");
    !quotes(line) && !sentence && !line.contains("://")
}

/// True when the line starts with the words and they end there as words.
fn starts(folded: &str, words: &str) -> bool {
    folded.strip_prefix(words).is_some_and(|rest| {
        !words.ends_with(char::is_alphanumeric)
            || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\'')
    })
}

/// Lower case, straight apostrophes, numbers as `#`, no marks or bullets at the ends.
fn fold(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    // What has no lower case of one sign is kept as it is: no rule holds such.
    let low = |c: char| {
        if c.is_ascii() {
            return c.to_ascii_lowercase();
        }
        let mut low = c.to_lowercase();
        if low.len() > 1 { c } else { low.next().unwrap_or(c) }
    };
    for c in line.trim().chars().map(low) {
        match c {
            '’' | '‘' => out.push('\''),
            c if c.is_ascii_digit() => {
                if !out.ends_with('#') {
                    out.push('#');
                }
            }
            ',' if out.ends_with('#') => {}
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    let keep = |c: char| !(c.is_alphanumeric() || matches!(c, '#' | '©' | '('));
    out.trim_start_matches(keep)
        .trim_end_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '#' | ':')))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paragraphs are separated by `|`; what is kept is compared.
    fn check(text: &str, wanted: &str) {
        let paragraphs = text.split('|').map(str::to_owned).collect();
        assert_eq!(without(paragraphs).join("|"), wanted);
    }

    #[test]
    fn furniture_goes() {
        check(
            "Text.|Post a Comment|0 Comments\n* Please Don't Spam Here. All the Comments are Reviewed by Admin.|Ad",
            "Text.",
        );
        check("One.|Advertisement|Two.|Sign up for our newsletter|Three.", "One.|Two.|Three.");
        check("Share|Tweet|One.|Related|Facebook", "One.");
        check("One.|Share|Facebook|Twitter|Email|Two.", "One.|Two.");
        check("One.|Read more: Ten things to know about the deal|Two.", "One.|Two.");
        check(
            "One.|Follow us on Twitter @outlet and Instagram|© 2025 Outlet Ltd. All rights reserved.",
            "One.",
        );
        check("One.|President Putin in Moscow. John Roe/Getty Images|John Roe/Getty Images", "One.");
        check("One.|This site uses cookies. By continuing you agree.|1,024 comments", "One.");
        check("One.|Click here to read the report|Copyright 2025 Agency", "One.");
    }

    #[test]
    fn sentences_stay() {
        for text in [
            "Ad spending rose by a third.",
            "Advertisement of the war is banned.|One.",
            "One.|Facebook|The company said it would appeal.|Search|Two.",
            "“Subscribe to our channel,” he said.|One.",
            "Copyright law is changing in Europe.|One.",
            "Related parties must be named, the court said.|One.",
            "Comments by the minister drew anger.|One.",
            "Getty Images said it would sue.|One.",
            "Subscribers left in droves.|One.",
            "More than 40 people died.|One.",
            "Watch out for ice, police said.|One.",
            "Share prices fell.|Print sales fell, too.",
            "Ad",
        ] {
            check(text, text);
        }
    }
}
