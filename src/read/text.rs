//! Plain text.

use super::input::Source;
use super::{Format, Layout, Raw, Result};

pub(super) const FORMAT: Format =
    Format { name: "text", extensions: &["txt", "text"], sniff: |_| false, read: |input| input.whole(read) };

/// One article; the lines at its head are looked at when it is normalised.
fn read(source: &Source<'_>) -> Result<Vec<Result<Raw>>> {
    Ok(vec![Ok(Raw { text: source.text.to_owned(), layout: Layout::Lines, ..Raw::default() })])
}

#[cfg(test)]
mod tests {
    use crate::read::from_bytes;

    fn check(text: &str, title: &str, body: &str) {
        let article = from_bytes("a.txt", text.as_bytes()).unwrap().next().unwrap().unwrap();
        assert_eq!((article.title.as_str(), article.body.as_str()), (title, body));
    }

    #[test]
    fn headline_paragraphs_and_wrapped_lines() {
        check(
            "Talks fail in Kyiv\n\nThe talks failed.\nBoth sides said so.",
            "Talks fail in Kyiv",
            "Talks fail in Kyiv\n\nThe talks failed.\n\nBoth sides said so.",
        );
        check(
            "Talks fail\n\nThe talks between the two sides in the capital failed on\nTuesday after a long night, and the minister said that they\nwould not be taken up again before the end of the year, or\nperhaps ever.\n\nNobody was surprised by the end of the talks in the capital\nof the country.",
            "Talks fail",
            "Talks fail\n\nThe talks between the two sides in the capital failed on Tuesday after a long night, and the minister said that they would not be taken up again before the end of the year, or perhaps ever.\n\nNobody was surprised by the end of the talks in the capital of the country.",
        );
        check(
            "He wants:\n\n- land\n- peace\n\nHe said so.",
            "He wants:",
            "He wants:\n\n- land\n- peace\n\nHe said so.",
        );
        check(
            "The U.S. envoy met Mr. Putin. They talked.",
            "The U.S. envoy met Mr. Putin.",
            "The U.S. envoy met Mr. Putin. They talked.",
        );
    }
}
