//! `onrecord regions`, maps, focus regions, and the user's own places.

use serde_json::Value;

use crate::support::{Ran, folder, run_in};

const KYIV: &str = "Talks in Kyiv\n\nKYIV, Oct. 14 (Agency) — Ukraine will not give up Donetsk, President \
                    Volodymyr Zelenskyy said on Monday in Kyiv. “Ukraine is not for sale,” he said.\n\nRussia has \
                    not fully taken Donetsk. Ukrainian officials met in Lviv.\n";
const MILL: &str = "Fire at the mill\n\nA fire broke out at Ludgate Mill on Tuesday, police in Guildford said. \
                    “Ludgate Mill is safe now,” said Ann Lee, a fire officer.\n";

fn indexed(places: Option<&str>) -> tempfile::TempDir {
    let news = folder(&[("news/kyiv.txt", KYIV), ("news/mill.txt", MILL)]);
    if let Some(places) = places {
        put(&news, places);
    }
    let ran = run_in(news.path(), &["index", "news"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    news
}

fn put(news: &tempfile::TempDir, places: &str) {
    std::fs::create_dir_all(news.path().join("onrecord.user")).unwrap();
    std::fs::write(news.path().join("onrecord.user/places.tsv"), places).unwrap();
}

fn names(ran: &Ran) -> Vec<String> {
    let regions = ran.json()["regions"].as_array().cloned().unwrap_or_default();
    regions.iter().filter_map(|region| Some(region["name"].as_str()?.to_string())).collect()
}

#[test]
fn the_tree_counts_each_row_once() {
    let news = indexed(None);
    let ran = run_in(news.path(), &["regions", "Ukraine"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let first = ran.out.lines().next().unwrap_or_default();
    assert!(first.starts_with("Ukraine  "), "{}", ran.out);
    assert!(ran.out.contains("\n  "), "what lies in Ukraine stands below it: {}", ran.out);
    let json = run_in(news.path(), &["regions", "--format", "json"]);
    let regions = json.json()["regions"].as_array().cloned().unwrap();
    let count = |name: &str| {
        let region = regions.iter().find(|region| region["name"] == name).unwrap_or_else(|| panic!("{name}"));
        region["passages"].as_u64().unwrap()
    };
    assert!(count("Europe") >= count("Ukraine") && count("Ukraine") >= count("Kyiv"), "{}", json.out);
    let nothing = run_in(news.path(), &["regions", "Japan"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (1, ""));
    let unknown = run_in(news.path(), &["regions", "Nowhereville"]);
    assert_eq!(unknown.code, 2, "{}", unknown.err);
    assert!(unknown.err.contains("Nowhereville"), "{}", unknown.err);
}

#[test]
fn a_map_has_points_with_the_longitude_first() {
    let news = indexed(None);
    let map = run_in(news.path(), &["regions", "--format", "geojson"]).json();
    assert_eq!(map["type"], "FeatureCollection");
    let features = map["features"].as_array().unwrap();
    for feature in features {
        assert_eq!(feature["type"], "Feature");
        assert!(feature["properties"]["passages"].is_u64() && feature["properties"]["quotes"].is_u64());
        let Some(point) = feature["geometry"]["coordinates"].as_array() else {
            assert_eq!(feature["geometry"], Value::Null);
            continue;
        };
        let (lon, lat) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
        assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0);
    }
    let lviv = features.iter().find(|feature| feature["properties"]["name"] == "Lviv").expect("Lviv");
    let point = &lviv["geometry"]["coordinates"];
    // 49.8 north, 24.0 east.
    assert_eq!((point[0].as_f64().unwrap().round(), point[1].as_f64().unwrap().round()), (24.0, 50.0));
}

#[test]
fn filters_narrow_the_tree() {
    let news = indexed(None);
    let all = names(&run_in(news.path(), &["regions", "--format", "json"]));
    let some = names(&run_in(news.path(), &["regions", "--about", "Guildford", "--format", "json"]));
    assert!(all.iter().any(|name| name == "Kyiv") && !some.iter().any(|name| name == "Kyiv"), "{some:?}");
    let table = run_in(news.path(), &["regions", "--format", "csv"]).out;
    assert!(table.starts_with("id,name,full_name,kind,country,lat,lon,quotes,passages\n"), "{table}");
}

#[test]
fn an_article_tells_what_it_is_mostly_about() {
    let news = indexed(None);
    let hit = run_in(news.path(), &["search", "Lviv", "--format", "json"]).hits().remove(0);
    let focus = hit["article"]["focus"].as_array().cloned().unwrap_or_default();
    assert!(focus.iter().any(|region| region["name"] == "Ukraine"), "{hit}");
    let shown = run_in(news.path(), &["show", hit["article"]["id"].as_str().unwrap()]);
    assert!(shown.out.contains("mostly about "), "{}", shown.out);
}

#[test]
fn a_place_of_the_users_own_is_found_and_survives_a_rebuild() {
    let mine = "# mine\nLudgate Mill\t51.2\t-0.5\tSurrey, United Kingdom\tcity\tLudgate Works\n";
    let news = indexed(Some(mine));
    for rebuilt in [false, true] {
        if rebuilt {
            let ran = run_in(news.path(), &["index", "--rebuild", "news"]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        let said = run_in(news.path(), &["said", "--about", "Ludgate Works", "--format", "json"]);
        assert_eq!(said.hits().len(), 2, "{}{}", said.out, said.err);
        let within = run_in(news.path(), &["said", "--about", "Surrey, United Kingdom", "--format", "json"]);
        assert_eq!(within.hits().len(), 2, "{}", within.err);
        let tree = run_in(news.path(), &["regions", "Ludgate Mill"]);
        assert!(
            tree.out.starts_with("Ludgate Mill  2 quotes, 1 passage · city · yours"),
            "{}{}",
            tree.out,
            tree.err
        );
    }
}

#[test]
fn a_changed_file_has_only_the_articles_read_again_that_name_its_places() {
    let news = indexed(None);
    put(&news, "Ludgate Mill\t51.2\t-0.5\tSurrey, United Kingdom\n");
    let ran = run_in(news.path(), &["index", "news"]);
    assert!(ran.err.contains("places.tsv changed; reading 1 files again"), "{}", ran.err);
    assert!(ran.out.starts_with("1 new, 0 changed, 1 unchanged"), "{}", ran.out);
    let tree = run_in(news.path(), &["regions", "Ludgate Mill"]);
    assert_eq!(tree.code, 0, "{}", tree.err);
    let again = run_in(news.path(), &["index", "news"]);
    assert!(!again.err.contains("changed"), "{}", again.err);
    put(&news, "");
    let gone = run_in(news.path(), &["index", "news"]);
    assert!(gone.err.contains("reading 1 files again"), "{}", gone.err);
    assert_eq!(run_in(news.path(), &["regions", "Ludgate Mill"]).code, 2);
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let news = indexed(None);
    put(&news, "# mine\n\nLudgate Mill\tfifty\t-0.5\tSurrey\n");
    for args in [&["index", "news"][..], &["regions"], &["said", "mill"]] {
        let ran = run_in(news.path(), args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.contains("places.tsv: line 3: “fifty” is no latitude"), "{args:?}: {}", ran.err);
    }
}
