//! Who said what to whom, a few lines of news at a time. All sentences are our own.

use crate::document::{Article, ArticleId, Attribution, Document, Quote};
use crate::extract::extract;
use crate::gazetteer::Gazetteer;
use crate::lang::ENGLISH;

/// `speaker → addressee | kind | words` for each quote; `?` when the text does not tell.
fn said(body: &str) -> Vec<String> {
    let document = extract(article(body), Gazetteer::embedded());
    document
        .quotes
        .iter()
        .map(|quote| {
            let speaker = quote.speaker.as_ref().map_or("?", |who| name(&document, who));
            let to =
                quote.addressee.as_ref().map_or(String::new(), |who| format!(" → {}", name(&document, who)));
            format!("{speaker}{to} | {} | {}", quote.kind.name(), quote.words(body))
        })
        .collect()
}

fn article(body: &str) -> Article {
    Article {
        id: ArticleId("a".to_string()),
        path: String::new(),
        ordinal: 0,
        url: None,
        source: String::new(),
        title: String::new(),
        byline: Vec::new(),
        published: None,
        language: &ENGLISH,
        body: body.to_string(),
        sha256: String::new(),
    }
}

fn name<'d>(document: &'d Document, who: &Attribution) -> &'d str {
    &document.entity(who.entity).name
}

fn check(body: &str, wanted: &[&str]) {
    assert_eq!(said(body), wanted, "{body}");
}

#[test]
fn transcripts_with_and_without_marks() {
    let body = "The mayor, Asha Rao, went on the radio.\n\nHOST: Is the pier open?\n\nRAO: It is not. They said ‘no’ twice.\n\nHOST: Will it be?";
    check(
        body,
        &[
            "HOST → Asha Rao | direct | Is the pier open?",
            "Asha Rao | direct | It is not. They said ‘no’ twice.",
            "HOST → Asha Rao | direct | Will it be?",
        ],
    );
    let marked = "Asha Rao spoke to Kim Lee.\n\n\"LEE: Is the pier open?\n\n\"(CROSSTALK.)\n\n\"RAO: It is not.\n\n\"It will be.\n\n\"LEE: When?\"";
    check(
        marked,
        &[
            "Kim Lee → Asha Rao | direct | Is the pier open?",
            "Asha Rao → Kim Lee | direct | It is not. … It will be.",
            "Kim Lee → Asha Rao | direct | When?",
        ],
    );
}

#[test]
fn questions_and_answers_without_names_name_nobody() {
    check(
        "Q: Is the pier open?\n\nA: It is not.\n\nQ: When will it be?\n\nA: Soon.",
        &[
            "? | direct | Is the pier open?",
            "? | direct | It is not.",
            "? | direct | When will it be?",
            "? | direct | Soon.",
        ],
    );
}

#[test]
fn names_signed_under_a_quote() {
    let voices = "Readers wrote to us about the pier.\n\n“It was the best of our town.” ― Asha Rao\n\n“A shame” — Kim Lee, a teacher\n\n“They could have asked us first.”\n\n— Omar Diallo";
    check(
        voices,
        &[
            "Asha Rao | direct | It was the best of our town.",
            "Kim Lee | direct | A shame",
            "Omar Diallo | direct | They could have asked us first.",
        ],
    );
}

#[test]
fn who_was_told() {
    for (body, wanted) in [
        ("Asha Rao told Kim Lee that the pier would open.", "Asha Rao → Kim Lee"),
        ("Asha Rao asked Kim Lee whether the pier would open.", "Asha Rao → Kim Lee"),
        ("In a letter to Kim Lee, Asha Rao wrote that the pier would open.", "Asha Rao → Kim Lee"),
        ("Asha Rao said in an interview with Kim Lee that the pier would open.", "Asha Rao → Kim Lee"),
        ("Speaking to reporters, Asha Rao said the pier would open.", "Asha Rao → reporters"),
        ("“The pier will open,” Asha Rao wrote to clients on Monday.", "Asha Rao → clients"),
        ("Asha Rao urged growers to wait for the pier.", "Asha Rao → growers"),
        ("John Lee met Asha Rao. Rao told him that the pier would open.", "Asha Rao → John Lee"),
    ] {
        let found = said(body);
        let first = found.first().map_or("", String::as_str);
        assert!(first.starts_with(&format!("{wanted} |")), "{body}: {found:?}");
    }
    let reporters = said("Asha Rao told me that the pier would open.");
    assert!(reporters[0].starts_with("Asha Rao |"), "{reporters:?}");
}

#[test]
fn answers_go_to_who_asked() {
    check(
        "“Is the pier open?” Kim Lee asked Asha Rao. “It is not,” she replied.",
        &["Kim Lee → Asha Rao | direct | Is the pier open?", "Asha Rao → Kim Lee | direct | It is not,"],
    );
    check(
        "Kim Lee asked the warden how long the pier had been closed. The warden said it had been six weeks.",
        &[
            "Kim Lee → The warden | indirect | how long the pier had been closed",
            "The warden → Kim Lee | indirect | it had been six weeks",
        ],
    );
}

#[test]
fn a_role_is_the_person_who_has_it() {
    check(
        "The European envoy to the talks said on Tuesday that nothing was agreed.\n\n“We will wait,” Asha Rao told reporters. “We must.”\n\nThe Indian diplomat told Kim Lee that the hall was cold.",
        &[
            "Asha Rao | indirect | nothing was agreed",
            "Asha Rao → reporters | direct | We will wait, … We must.",
            "Asha Rao → Kim Lee | indirect | the hall was cold",
        ],
    );
    check(
        "The Turkish envoy, Kim Lee, was there. The French envoy said the hall was cold.",
        &["The French envoy | indirect | the hall was cold"],
    );
}

#[test]
fn speakers_who_speak_together_keep_their_names() {
    check(
        "Rao and Lee said in a joint statement that the pier would open.",
        &["Rao and Lee | indirect | the pier would open"],
    );
    check(
        "Asha Rao, Kim Lee and Omar Diallo said the pier would open.",
        &["Asha Rao, Kim Lee and Omar Diallo | indirect | the pier would open"],
    );
}

#[test]
fn a_cue_shows_what_denies_it() {
    let cue = |body: &str| {
        let document = extract(article(body), Gazetteer::embedded());
        let cue = document.quotes.first().and_then(|quote| quote.cue.as_ref());
        cue.map(|cue| format!("{} ({})", cue.span.of(body), cue.lemma))
    };
    for (body, wanted) in [
        ("Rao didn’t say when the pier would open.", "didn’t say (say)"),
        ("Rao did not say when the pier would open.", "did not say (say)"),
        ("Rao doesn't think that the pier is safe.", "doesn't think (think)"),
        ("Rao has not yet publicly said that the pier is safe.", "has not yet publicly said (say)"),
        ("Rao never said that the pier is safe.", "never said (say)"),
        ("“The pier is not safe,” Rao said.", "said (say)"),
        ("Rao did not vote and said that the pier is safe.", "said (say)"),
    ] {
        assert_eq!(cue(body).as_deref(), Some(wanted), "{body}");
    }
}

#[test]
fn others_of_the_same_calling_are_others() {
    check(
        "The governor and his aides said the port will close. The mayor and her aides haven’t said whether the bridge will open.",
        &[
            "The governor and his aides | indirect | the port will close",
            "The mayor and her aides | indirect | whether the bridge will open",
        ],
    );
    check(
        "The governor’s aides said the port will close. The mayor’s aides said the bridge will open. The aides said the road is fine.",
        &[
            "The governor’s aides | indirect | the port will close",
            "The mayor’s aides | indirect | the bridge will open",
            "The mayor’s aides | indirect | the road is fine",
        ],
    );
}

#[test]
fn titles_and_asides_do_not_hide_the_name() {
    check("“The pier is closed,” said Mrs. Rao.", &["Rao | direct | The pier is closed,"]);
    check(
        "A spokeswoman for the council, Asha Rao, who lives nearby, said the pier was closed.",
        &["Asha Rao | indirect | the pier was closed"],
    );
    check("Asha Rao on Monday said the pier was closed.", &["Asha Rao | indirect | the pier was closed"]);
    check(
        "Asha Rao replied, by telephone, that the pier was closed.",
        &["Asha Rao | indirect | the pier was closed"],
    );
}

#[test]
fn what_is_reported_has_an_end_where_full_stops_are_missing() {
    let body = format!(
        "Asha Rao said the pier would open {}",
        "and the boats would come back to the harbour of the town ".repeat(60)
    );
    for quote in said(&body) {
        assert!(quote.len() < 700, "{quote}");
    }
}

/// `words | speaker, told by speaker` for each quote inside a quote.
fn told(body: &str) -> Vec<String> {
    let document = extract(article(body), Gazetteer::embedded());
    let speaker = |quote: &Quote| quote.speaker.as_ref().map_or("?", |who| name(&document, who)).to_string();
    let nested = document.quotes.iter().filter_map(|quote| Some((quote, quote.nested_in?)));
    nested
        .map(|(inner, outer)| {
            let outer = &document.quotes[outer as usize];
            format!("{} | {}, told by {}", inner.words(body), speaker(inner), speaker(outer))
        })
        .collect()
}

#[test]
fn quotes_inside_quotes() {
    assert_eq!(
        told("“The mayor came in and said, ‘The pier is closed,’ and I left,” Asha Rao recalled."),
        ["The pier is closed, | The mayor, told by Asha Rao"]
    );
    assert_eq!(
        told("“I told him, ‘The pier is not safe,’” Asha Rao said."),
        ["The pier is not safe, | Asha Rao, told by Asha Rao"]
    );
    assert!(
        told("“People ask me, ‘Whose is the pier?’ and I laugh,” Asha Rao said.")
            .iter()
            .all(|quote| !quote.contains("| Asha Rao,"))
    );
}

#[test]
fn inner_marks_without_a_cue_are_names() {
    for body in [
        "“We sang ‘The Wild Harbour Song’ all night,” Asha Rao said.",
        "“The so-called ‘pier reform’ failed,” Asha Rao said.",
        "“It isn’t the officials’ pier,” Asha Rao said.",
    ] {
        assert!(told(body).is_empty(), "{body}");
    }
}

#[test]
fn who_reports_it_is_not_part_of_what_is_said() {
    assert_eq!(
        said(
            "The town’s engineer, Asha Rao, told a visiting official last month that the pier would have to \
             close in May and possibly be torn down, according to a recording of their call."
        ),
        [
            "Asha Rao → a visiting official | indirect | the pier would have to close in May and possibly be torn \
          down"
        ]
    );
}

#[test]
fn a_role_before_the_name_is_not_said() {
    for role in
        ["a spokeswoman for the harbour authority", "the town’s chief engineer and adviser", "the mayor"]
    {
        check(
            &format!("“We are looking into it,” {role}, Asha Rao, said in an email."),
            &["Asha Rao | direct | We are looking into it,"],
        );
    }
}

#[test]
fn what_another_says_is_not_the_first_ones() {
    let quotes = said("“The plan is dead,” one diplomat said. Another said: “It is not.”");
    assert_eq!(quotes.len(), 2, "{quotes:?}");
    assert!(quotes[1].ends_with("| direct | It is not.") && !quotes[1].contains("diplomat"), "{quotes:?}");
    let quotes =
        said("“The plan is dead,” Asha Rao said. The deputy was blunter: “It stinks, and it always did.”");
    assert_eq!(quotes.first().map(String::as_str), Some("Asha Rao | direct | The plan is dead,"));
}

#[test]
fn who_was_asked_does_not_ask() {
    check("Asked whether he would go, Kim Lee replied, “Not at all.”", &["Kim Lee | direct | Not at all."]);
    check("“No,” said Kim Lee when asked if he was sorry.", &["Kim Lee | direct | No,"]);
    check(
        "“The plan is dead,” Tom Hale said.\n\nAsked whether he would go, Kim Lee replied, “Not at all.”",
        &["Tom Hale | direct | The plan is dead,", "Kim Lee | direct | Not at all."],
    );
    check(
        "Asked by Asha Rao whether he would go, Kim Lee replied, “Not at all.”",
        &["Kim Lee → Asha Rao | direct | Not at all."],
    );
    check("When asked whether he was sorry, Kim Lee said no.", &[]);
    check("Asha Rao asked whether the pier was safe.", &["Asha Rao | indirect | whether the pier was safe"]);
}

#[test]
fn what_a_verb_takes_comes_behind_it() {
    check("By the end of May, with ninety piers closed and more to come, Asha Rao announced her plan.", &[]);
    check("The pier would close, Asha Rao announced.", &["Asha Rao | indirect | The pier would close"]);
    check(
        "The pier would close, Asha Rao announced this week.",
        &["Asha Rao | indirect | The pier would close"],
    );
}

#[test]
fn who_announces_may_stand_behind_a_long_aside() {
    check(
        "A Hull, Texas, woman was convicted yesterday in the district court for the northern counties, announced Asha Rao.",
        &[
            "Asha Rao | indirect | A Hull, Texas, woman was convicted yesterday in the district court for the northern counties",
        ],
    );
    check(
        "Asha Rao, who has led the harbour authority since the flood of last May, said the plan was dead.",
        &["Asha Rao | indirect | the plan was dead"],
    );
}

#[test]
fn a_speakers_words_end_where_the_clause_begins() {
    let mention = |body: &str| {
        let document = extract(article(body), Gazetteer::embedded());
        let last = document.quotes.last().and_then(|quote| quote.speaker.as_ref());
        last.map(|speaker| speaker.mention.of(body).to_string()).unwrap_or_default()
    };
    for (body, wanted) in [
        (
            "A senior official, who spoke on condition of anonymity, said the pier was safe.",
            "A senior official",
        ),
        (
            "An earlier report by the inspectors found no fault in the hull but noted that two alarms were off.",
            "An earlier report by the inspectors",
        ),
        ("According to the indictment, the pier was closed in May.", "the indictment"),
        ("A third, when asked, replied that she had once taken a boat.", "A third"),
    ] {
        assert_eq!(mention(body), wanted, "{body}");
    }
}

#[test]
fn words_between_two_quotes_are_the_first_speakers() {
    let quotes = said(
        "Asha Rao said, “It was a long fight. I did not know all their names,” further saying, “We won it in the end.”",
    );
    assert!(quotes.len() > 1 && quotes.iter().all(|quote| quote.starts_with("Asha Rao |")), "{quotes:?}");
    check(
        "According to the mayor, Kim Lee, the workers’ union had closed the pier.",
        &["Kim Lee | indirect | the workers’ union had closed the pier"],
    );
}

#[test]
fn who_is_quoted_by_others_speaks() {
    check(
        "State media quoted Asha Rao as saying that the pier was safe.",
        &["Asha Rao | indirect | the pier was safe"],
    );
    check(
        "Asha Rao was quoted by the gazette as saying that the pier was safe.",
        &["Asha Rao | indirect | the pier was safe"],
    );
    check(
        "Asha Rao, asked by Kim Lee about the pier, said it was safe.",
        &["Asha Rao | indirect | it was safe"],
    );
    check(
        "Asha Rao said in a letter to the council dated May 3 that the pier was safe.",
        &["Asha Rao → the council | indirect | the pier was safe"],
    );
    check("„We will stay“, Asha Rao said.", &["Asha Rao | direct | We will stay"]);
    check(
        "Asha Rao said that “all was well,” while the army warned of “a harsh answer.”",
        &["Asha Rao | mixed | “all was well,”", "the army | mixed | “a harsh answer.”"],
    );
}

#[test]
fn lists_of_names_and_police_speak() {
    check(
        "Kenya, Uganda and Tanzania said they would share the data. The police say nine people died; the crews say more did.",
        &[
            "Kenya, Uganda and Tanzania | indirect | they would share the data",
            "The police | indirect | nine people died",
            "the crews | indirect | more did",
        ],
    );
    check(
        "According to people in the room, the mayor told aides that he wanted the deputy gone.",
        &["people in the room | indirect | the mayor told aides that he wanted the deputy gone"],
    );
}

#[test]
fn where_a_report_ends() {
    check(
        "Asha Rao warned that the town faced a “decade of repair,” adding: “It will not be easy.”",
        &[
            "Asha Rao | mixed | the town faced a “decade of repair,”",
            "Asha Rao | direct | It will not be easy.",
        ],
    );
    check(
        "Asha Rao said the town was ready for talks – but only “on our terms.”",
        &["Asha Rao | mixed | the town was ready for talks – but only “on our terms.”"],
    );
    check(
        "Asha Rao said the pier was safe – a claim that the council denied.",
        &["Asha Rao | indirect | the pier was safe"],
    );
}

#[test]
fn a_short_sentence_in_quote_marks_is_said() {
    let quotes = said("Asha Rao added that the town had hired a lawyer. “It takes time.”");
    assert_eq!(quotes.last().map(String::as_str), Some("Asha Rao | direct | It takes time."));
    check("The choir sang the old “Hey there” again.", &[]);
}

#[test]
fn a_role_between_dashes_is_that_of_the_name_before_it() {
    let body =
        "In the call with Yuri Rao — Asha Lind’s senior policy adviser — Tom Hale said the pier would close.";
    let document = extract(article(body), Gazetteer::embedded());
    let roles = |name: &str| {
        let who = document.entities.iter().find(|entity| entity.name == name);
        who.map(|who| who.roles.join("; ")).unwrap_or_default()
    };
    assert_eq!(roles("Yuri Rao"), "Asha Lind’s senior policy adviser");
    assert_eq!(roles("Tom Hale"), "");
}

#[test]
fn what_is_said_begins_after_a_dateline_and_after_all_sources() {
    assert_eq!(
        said("WASHINGTON A former minister pleaded guilty today, Asha Rao announced."),
        ["Asha Rao | indirect | A former minister pleaded guilty today"]
    );
    assert_eq!(
        said("Brackwater, 3 March 2026 - “The house will open in May,” said Mara Quill."),
        ["Mara Quill | direct | The house will open in May,"]
    );
    assert_eq!(
        said("The plea was announced today.Asha Rao said the house will open in May."),
        ["Asha Rao | indirect | the house will open in May"]
    );
    assert_eq!(
        said("As Asha Rao told reporters in Brackwater, the pier would close in May."),
        ["Asha Rao → reporters in Brackwater | indirect | the pier would close in May"]
    );
    assert_eq!(
        said("In the end, Asha Rao agreed to close the pier, which had stood for years."),
        ["Asha Rao | indirect | to close the pier"]
    );
    assert_eq!(said("It is worth noting that the pier had stood for ninety years."), Vec::<String>::new());
    let found = said("According to court papers and people in the room, Rao had closed the pier in May.");
    assert!(found.len() == 1 && found[0].ends_with("| Rao had closed the pier in May"), "{found:?}");
}

#[test]
fn the_head_of_a_phrase_speaks_not_a_name_inside_it() {
    for (body, wanted) in [
        ("Asha Rao of the harbour authority said fixing the pier may take a year.", "Asha Rao"),
        (
            "An official from Ferrex stated: “We are working with the police on it.”",
            "An official from Ferrex",
        ),
        ("On Thursday, a spokesman for Rao claimed Rao had dropped out of the race.", "a spokesman for Rao"),
        ("The mayor of Hull, Asha Rao, wrote that the city stood with Paris.", "Asha Rao"),
        ("The Vice President, Kim Lee, said on Friday that the talks had failed.", "Kim Lee"),
        ("The special representative for Iran Kim Lee said the warrant was a stunt.", "Kim Lee"),
        (
            "The minister Asha Rao speaking to the Harbour Council called the deal “null and void”.",
            "Asha Rao",
        ),
        (
            "The Court of Session in Scotland ruled the suspension was unlawful.",
            "The Court of Session in Scotland",
        ),
        ("Asha A. I. Rao, president of the college, wrote that she was sad.", "Asha A. I. Rao"),
        ("Lee and others in the party warned the delay could be a threat.", "Lee and others"),
    ] {
        let found = said(body);
        let speaker = found.first().map_or("", |quote| quote.split(" | ").next().unwrap_or_default());
        assert_eq!(speaker.split(" → ").next(), Some(wanted), "{body}: {found:?}");
    }
}

#[test]
fn the_source_that_opens_a_sentence_ends_at_its_comma() {
    for (body, wanted) in [
        (
            "According to the World Health Organization (WHO), the vaccine saves millions.",
            "the vaccine saves millions",
        ),
        (
            "According to a survey published in 2017 by the Harbour Society, most ferries were late.",
            "most ferries were late",
        ),
        (
            "According to Asha Rao, director of the harbour, the men had been students.",
            "the men had been students",
        ),
        (
            "According to police in Baytown, Texas, the driver was arrested in May.",
            "the driver was arrested in May",
        ),
        (
            "According to a report on Monday by Ferrex, a shipping firm, two piers were open.",
            "two piers were open",
        ),
        ("Forty people died in the old harbour according to police.", "Forty people died in the old harbour"),
        ("The pier, according to police, has cost three lives.", "The pier … has cost three lives"),
        ("The fire killed, according to police, 54 people.", "The fire killed … 54 people"),
        ("The pier was, according to the mayor, never safe.", "The pier was … never safe"),
        ("Five men fled, according to police, who closed the pier.", "Five men fled"),
        ("Sales fell in May, according to the guild, a body of traders.", "Sales fell in May"),
        (
            "The pier held, police said, and, according to the mayor, it was never closed.",
            "it was never closed",
        ),
        ("Per the decree, ferries must set up an office.", "ferries must set up an office"),
    ] {
        let found = said(body);
        let words = found.last().and_then(|quote| quote.rsplit(" | ").next()).unwrap_or_default();
        assert_eq!(words, wanted, "{body}: {found:?}");
    }
}

#[test]
fn whoever_bears_the_name_first_bears_it_alone() {
    let body = "Yuri Lee met reporters on Monday. Lee said the talks went well. Lee added that he was pleased.\n\n\
        His niece Mary Lee published a book in July. Mary Lee claimed the family was divided.\n\n\
        Lee said it was a rumour.";
    let speakers: Vec<String> =
        said(body).iter().map(|quote| quote.split(" | ").next().unwrap_or_default().to_string()).collect();
    assert_eq!(speakers, ["Yuri Lee", "Yuri Lee", "Mary Lee", "Yuri Lee"]);
}

#[test]
fn who_is_told_of_does_not_speak() {
    check("He was reported to be in stable condition.", &[]);
    check(
        "Asha Rao was reported to have said that the pier was unsafe.",
        &["? | indirect | the pier was unsafe"],
    );
    check(
        "The president asked residents not to leave.",
        &["The president → residents | indirect | not to leave"],
    );
    check(
        "The lawmakers wrote to Secretary Asha Rao urging her to step in.",
        &["The lawmakers → Asha Rao | indirect | to step in"],
    );
}

#[test]
fn a_statement_tells_whose_words_it_is() {
    check(
        "Asha Rao today made the following statement after the vote:\n\nI believe that the bill will help families.",
        &["Asha Rao | indirect | the bill will help families"],
    );
}

#[test]
fn that_may_be_missing_or_a_pronoun() {
    check(
        "The harbour police noted on Monday, the boats were all unregistered.",
        &["The harbour police | indirect | the boats were all unregistered"],
    );
    check("Asha Rao said that’s why it failed.", &["Asha Rao | indirect | that’s why it failed"]);
}
