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

/// The full name of the place that a text names first, in a paper of this name.
fn first(body: &str, source: &str) -> String {
    let marked = marked(body, source);
    marked.split('|').nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default().to_string()
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

#[test]
fn the_dateline_is_home() {
    check(
        "[CAIRO|Cairo, Illinois, United States], [Ill.|Illinois, United States] — The mayor of [Cairo|Cairo, \
         Illinois, United States] said that crews from [Paducah|Paducah, Kentucky, United States] and a shelter in \
         [Vienna|Vienna, Illinois, United States] helped.",
    );
    check(
        "[PARIS|Paris, Tennessee, United States] ([Tenn.|Tennessee, United States]) -- [Henry County|Henry County, \
         Tennessee, United States] deputies arrested a [Paris|Paris, Tennessee, United States] man near \
         [Camden|Camden, Tennessee, United States] on Friday.",
    );
    check(
        "[FORT WORTH|Fort Worth, Texas, United States], [Texas|Texas, United States] — [Ft. Worth|Fort Worth, Texas, \
         United States] police and officers from [Bedford|Bedford, Texas, United States] met on Monday.",
    );
}

#[test]
fn the_outlets_own_place_tells_small_towns() {
    let body = "Paris will widen the road to Lamar County, the council said. It met in Paris on Monday.";
    assert_eq!(first(body, "The Dallas Morning News"), "Paris, Texas, United States");
    let body = "Lake County voters will decide in May, said Ann Lee, the clerk.";
    assert_eq!(first(body, "Chicago Tribune"), "Lake County, Illinois, United States");
    assert_eq!(first(body, "clevelandnews.com"), "Lake County, Ohio, United States");
    assert_eq!(first(body, "Orlando Sentinel"), "Lake County, Florida, United States");
}

#[test]
fn postal_codes_after_a_town() {
    check("The council in [Paris|Paris, Texas, United States], [TX|Texas, United States], voted on Monday.");
    check(
        "Police in [Newcastle|Newcastle, New South Wales, Australia], [NSW|New South Wales, Australia], found it.",
    );
    check("She moved from [Mobile|Mobile, Alabama, United States], [AL|Alabama, United States], last year.");
}

#[test]
fn counties_share_their_word() {
    check(
        "Voters in [Adams|Adams County, Illinois, United States], [Brown|Brown County, Illinois, United States] and \
         [Pike|Pike County, Illinois, United States] counties will decide, [Illinois|Illinois, United States] \
         officials said.",
    );
}

#[test]
fn what_holds_a_place_stands_before_or_further_off() {
    check(
        "The [Kentucky|Kentucky, United States] town of [Paris|Paris, Kentucky, United States] and the [Maine|Maine, \
         United States] city of [Paris|Paris, Maine, United States] exchanged letters.",
    );
    check("[Georgia|Georgia, United States]’s [Athens|Athens, Georgia, United States] is quiet.");
    check(
        "She was raised in [Dublin|Dublin, Ohio, United States], a suburb of [Columbus|Columbus, Ohio, United \
         States].",
    );
    check(
        "They were found in [Fulton County|Fulton County, Illinois, United States], located in [Illinois|Illinois, \
         United States].",
    );
    check(
        "A student from the [Gold Coast|Gold Coast, Queensland, Australia] of [Australia|Australia] was held.",
    );
    check("The fire began in the state of [Washington|Washington, United States], officials said.");
}

#[test]
fn a_list_of_countries_or_states_holds_no_towns() {
    check(
        "[Mexico|Mexico], [China|China], [Japan|Japan], [Ukraine|Ukraine] and [Brazil|Brazil] sent aid. \
         [France|France], [Japan|Japan], [Jordan|Jordan], [China|China] and [Russia|Russia] followed.",
    );
    check(
        "[Washington|Washington, United States], [West Virginia|West Virginia, United States] and \
         [Wyoming|Wyoming, United States] sent teams, as did [Utah|Utah, United States], [Oregon|Oregon, United \
         States] and [Idaho|Idaho, United States].",
    );
}

#[test]
fn a_government_holds_no_place() {
    check(
        "The fires burned in [Oregon|Oregon, United States], [Washington|Washington, United States] and \
         [Idaho|Idaho, United States].",
    );
}

#[test]
fn what_is_named_after_a_place_is_none() {
    check("The restaurant stands at 1405 Monterey Highway, he said.");
    check("The outbreak of Salmonella Litchfield is over.");
    check("Space Shuttle Columbia was lost.");
    check("Valeska Paris, a singer, was there. Paris said that she would sing.");
}
