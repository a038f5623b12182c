use super::*;
use crate::extract::{linear, name};

/// Places as `[words|full name]`, those of no gazetteer as `[words|?]`.
fn marked(body: &str, source: &str) -> String {
    let text = Text::new(body);
    let names = name::names(&text, &linear::names(body, &text.sentences));
    let places = Gazetteer::embedded();
    let found = super::places(&text, &names, source, places);
    let known = found.known.iter().map(|place| (place.span, places.full_name(place.region)));
    let unlisted = found.unlisted.iter().map(|place| (place.span, "?".to_string()));
    let mut all: Vec<(Span, String)> = known.chain(unlisted).collect();
    all.sort();
    let (mut shown, mut at) = (String::new(), 0);
    for (span, name) in all {
        shown.push_str(&body[at..span.start as usize]);
        shown.push_str(&format!("[{}|{name}]", span.of(body)));
        at = span.end as usize;
    }
    shown + &body[at..]
}

/// Takes a text with its places marked, and looks whether they are found so.
#[track_caller]
fn check(expected: &str) {
    let mut body = String::new();
    for (number, part) in expected.split('[').enumerate() {
        match part.split_once(']').filter(|_| number > 0) {
            Some((inside, rest)) => {
                body.push_str(inside.split('|').next().unwrap_or_default());
                body.push_str(rest);
            }
            None => body.push_str(part),
        }
    }
    assert_eq!(marked(&body, ""), expected);
}

#[test]
fn what_holds_a_place_decides() {
    check("He grew up in [Paris|Paris, Texas, United States], [Texas|Texas, United States], he said.");
    check("She lives in [London|London, Ontario, Canada], [Ont.|Ontario, Canada], and teaches.");
    check("He flew from [Tbilisi|Tbilisi, Georgia], [Georgia|Georgia (country)], on Monday.");
}

#[test]
fn places_near_it_decide_for_a_local_paper() {
    check(
        "Police in [Decatur|Decatur, Illinois, United States] and officers from [Champaign|Champaign, Illinois, \
         United States], [Peoria|Peoria, Illinois, United States] and [Springfield|Springfield, Illinois, \
         United States] met on Monday.",
    );
}

#[test]
fn a_country_often_named_does_not_move_a_well_known_city() {
    check(
        "[Russia|Russia] said that [Russia|Russia] would not leave. [Russia|Russia] and [Belarus|Belarus] signed. \
         Shelling hit [Donetsk|Donetsk, Ukraine] on Tuesday, [Russia|Russia] said.",
    );
}

#[test]
fn lists_hold_places_of_one_kind() {
    check(
        "Teams from [Spain|Spain], [Italy|Italy], [Georgia|Georgia (country)] and [Jordan|Jordan] took part.",
    );
}

#[test]
fn a_public_body_leaves_its_place_visible() {
    check("The [US|United States] Army denied it.");
    check("The Health Ministry of [Uganda|Uganda] advised people to stay at home.");
    check("The Washington Post reported it.");
    check("The Bank of America said so.");
    check("They fight the Islamic State of Iraq and the Levant in the desert.");
}

#[test]
fn parts_of_compounds() {
    check("The [Istanbul|Istanbul, Turkey]-based group met at the [India|India]-[Pakistan|Pakistan] border.");
    check("The talks were intra-[Syrian|Syria] talks.");
    check("The Agence France-Presse news agency was told so.");
}

#[test]
fn a_capital_that_acts_is_its_government() {
    check("[Moscow|Russia] said on Monday that it would not sign.");
    check("It has not discussed the details with [Washington|United States] yet.");
    check("They met in [Moscow|Moscow, Russia] on Monday.");
}

#[test]
fn short_forms_that_the_article_explains() {
    check(
        "The parliament of [Republika Srpska|Republika Srpska, Bosnia and Herzegovina] ([RS|Republika Srpska, \
         Bosnia and Herzegovina]) met. The [RS|Republika Srpska, Bosnia and Herzegovina] government did not.",
    );
}
