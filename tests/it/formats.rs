//! Every format, end to end: what a folder of files becomes.

use crate::support::{folder, root, run_in};

/// `path | title | outlet | authors | date | words` of each article, one a line.
fn listed(args: &[&str]) -> (String, String) {
    let ran = run_in(&root().join("tests"), &[&["extract"], args].concat());
    let told = |line: &str| {
        let article = serde_json::from_str::<serde_json::Value>(line).unwrap()["article"].take();
        let field = |key: &str| article[key].as_str().unwrap_or_default().to_owned();
        let authors: Vec<&str> =
            article["byline"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
        let date = &article["published"];
        let date = match date["found_in"].as_str() {
            Some("file_time") | None => String::new(),
            Some(found_in) => format!("{} {found_in}", date["at"].as_str().unwrap_or_default()),
        };
        let words: String = field("body").replace("\n\n", " ¶ ").chars().take(70).collect();
        [field("path"), field("title"), field("source"), authors.join("+"), date, words].join(" | ")
    };
    (ran.out.lines().map(told).collect::<Vec<_>>().join("\n"), ran.err)
}

fn check(file: &str, wanted: &str) {
    let (found, errors) = listed(&[&format!("formats/{file}")]);
    assert_eq!(found, wanted, "{errors}");
}

#[test]
fn tables_feeds_and_wires() {
    check(
        "table.csv",
        "formats/table.csv | Ferry runs again | Harbour Courier | Tom Ashdown | 2025-03-03 field | The ferry ran again on Monday, the harbour master Ines Quarrie said. ¶\n\
         formats/table.csv | Bakery closes | Harbour Courier |  | 2025-03-04 field | The last bakery in the street closed, its owner Paul Denby said.",
    );
    check(
        "feed.rss",
        "formats/feed.rss | School reopens & pupils return | Harbour Courier |  | 2025-03-05T07:30:00+00:00 field | The school reopened on Wednesday. ¶ “It smells of paint,” said the pup",
    );
    check(
        "item.xml",
        "formats/item.xml | Tunnel opens early | Kestrel | Iva Renn | 2025-03-10T09:00:00+00:00 field | HALM — The tunnel opened a week early, the minister Olaf Brandt said.",
    );
    check(
        "wire.nitf",
        "formats/wire.nitf | Dam holds | Kestrel | Sven Aldous | 2025-03-11T08:00:00Z field | The dam held, the engineer Karl Otto said. ¶ Rain is expected & the ga",
    );
    check(
        "ninjs.json",
        "formats/ninjs.json | Mill to become flats | courier.example | Iva Renn | 2025-03-12T10:00:00Z field | The mill will become flats, the architect Nora Pell said.",
    );
}

#[test]
fn archives_of_the_web_and_mail() {
    check(
        "crawl.warc.gz",
        "formats/crawl.warc.gz#2 | Lighthouse sold | courier.example |  | 2025-03-09T12:00:00Z crawl | The lighthouse was sold for one pound, the auctioneer Piet Haan said.",
    );
    check(
        "newsletter.eml",
        "formats/newsletter.eml | Morning letter: frost in the orchards | Harbour Courier |  | 2025-03-06T06:00:00Z mail | Frost took a third of the blossom, the grower Hanna Brill said. ¶ “We ",
    );
    check(
        "letters.mbox",
        "formats/letters.mbox#1 | A letter about the bridge | mail.example | Lena Marsh | 2025-03-07T06:00:00Z mail | The bridge is too narrow for buses, the engineer Karl Otto said. ¶ Fro\n\
         formats/letters.mbox#2 | A reply about the bridge | Harbour Courier |  | 2025-03-08T06:00:00Z mail | The bridge will be widened next year, the mayor Rosa Venn replied.",
    );
}

#[test]
fn office_documents() {
    check(
        "museum.docx",
        "formats/museum.docx | Museum finds a boat |  | Lena Marsh | 2025-03-13T08:00:00Z properties | A boat lay under the museum, the curator Mara Stein said.",
    );
    check(
        "weekend.epub",
        "formats/weekend.epub/OEBPS/a.xhtml | Choir wins | Harbour Courier |  | 2025-03-15 field | Choir wins ¶ The choir won, its leader Ute Falk said.\n\
         formats/weekend.epub/OEBPS/b.xhtml | Pier burns | Harbour Courier |  | 2025-03-15 field | Pier burns ¶ The pier burned for an hour, the fire chief Dan Moor said",
    );
    let (found, _) = listed(&["formats/cuts.pdf"]);
    assert!(found.contains("| Lena Marsh | 2025-03-16T09:00:00Z properties |"), "{found}");
    let body =
        run_in(&root().join("tests"), &["extract", "formats/cuts.pdf"]).json()["article"]["body"].to_string();
    assert!(body.contains("after a long meeting in which forty people spoke"), "{body}");
    assert!(!body.contains("Harbour Courier"), "a running head is no text: {body}");
    let (_, error) = listed(&["formats/scanned.pdf"]);
    assert!(error.contains("without a text layer"), "{error}");
}

#[test]
fn packings_and_what_names_hide() {
    check(
        "bundle.zip",
        "formats/bundle.zip/2025/page.html | Lighthouse sold |  |  |  | The lighthouse was sold for one pound, the auctioneer Piet Haan said.\n\
         formats/bundle.zip/outside.txt | The market stays, the trader Bo Lind said. |  |  |  | The market stays, the trader Bo Lind said.\n\
         formats/bundle.zip/inner.zip/deep.md | Swans return |  |  | 2025-03-17 front_matter | The swans are back, the warden Fay Olsen said.",
    );
    for (file, title) in [
        ("page.html.gz", "| Lighthouse sold |"),
        ("no-extension", "| Lighthouse sold |"),
        ("notes.txt.zst", "| Well runs dry |"),
        ("really-a-pdf.html", "| Lena Marsh |"),
    ] {
        let (found, errors) = listed(&[&format!("formats/{file}")]);
        assert!(found.contains(title), "{file}: {found}{errors}");
    }
}

#[test]
fn fields_named_by_the_user() {
    let map = "title=kopf.zeile,body=inhalt,date=tag";
    let (found, errors) = listed(&["--map", map, "formats/fields.json"]);
    assert_eq!(
        found,
        "formats/fields.json | Kran kippt um |  |  | 2025-03-18 field | Der Kran ist umgekippt, sagte der Polier Uwe Brandt.",
        "{errors}"
    );
    let (_, errors) = listed(&["--map", "body=nichts", "formats/fields.json"]);
    assert!(
        errors.contains("--map body=nichts finds no text; the record has: kopf, inhalt, tag"),
        "{errors}"
    );
    let (_, errors) = listed(&["--map", "title=nichts,body=inhalt", "formats/fields.json"]);
    assert!(errors.contains("--map title=nichts found nothing in any record"), "{errors}");
    let here = folder(&[]);
    assert_eq!(run_in(here.path(), &["index", "--map", "colour=red", "."]).code, 2);
}

#[test]
fn the_table_of_formats_is_whole() {
    let docs = std::fs::read_to_string(root().join("docs/formats.md")).unwrap();
    for format in onrecord::read::FORMATS {
        assert!(
            docs.contains(&format!("| {} |", format.name)),
            "docs/formats.md says nothing of {}",
            format.name
        );
        for extension in format.extensions {
            assert!(
                docs.contains(&format!(".{extension}")),
                "docs/formats.md: .{extension} of {}",
                format.name
            );
        }
    }
}
