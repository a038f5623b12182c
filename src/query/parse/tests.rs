//! One table of what people type and how it is read; then what must hold whatever is typed.

use jiff::civil::{Date, date};

use super::*;
use crate::document::QuoteKind;
use crate::query::{Filter, Link, Proximity, Within};

/// A Wednesday.
const TODAY: Date = date(2025, 11, 26);

/// What is typed, the echo of how it is read, and the number of notes.
const TYPED: &[(&str, &str, usize)] = &[
    ("land swap", "land swap", 0),
    ("Putin", "Putin", 0),
    ("Putin's envoy", "Putin's envoy", 0),
    ("Putin’s envoy", "Putin’s envoy", 0),
    ("O'Brien", "O'Brien", 0),
    (r#"O’Brien said "no deal""#, r#"O’Brien said "no deal""#, 0),
    ("28-point plan", "28-point plan", 0),
    ("U.S. troops in the U.S.", "U.S. troops in the U.S.", 0),
    ("don't", "don't", 0),
    ("(war)", "war", 0),
    ("deal?", "deal", 0),
    ("peace, war; deal!", "peace war deal", 0),
    ("who said what about Donetsk?", "who said what about Donetsk", 0),
    ("What did Witkoff tell Ushakov?", "What did Witkoff tell Ushakov", 0),
    ("5:30 Kyiv", "5:30 Kyiv", 0),
    ("http://example.com/a?b=c Putin", "http://example.com/a?b=c Putin", 0),
    ("https://t.co/x:y", "https://t.co/x:y", 0),
    ("🔥 war 🔥", "war", 0),
    ("🔥🔥 !!! ...", "-", 0),
    ("war🇺🇦", "war", 0),
    ("AT&T C++ $100 50% #Ukraine @potus", "AT&T C 100 50 Ukraine potus", 0),
    ("«ceasefire» — now", r#""ceasefire" now"#, 0),
    (r#""land swap""#, r#""land swap""#, 0),
    ("“land swap” Putin", r#""land swap" Putin"#, 0),
    ("„land swap“ deal", r#""land swap" deal"#, 0),
    ("„land swap” deal", r#""land swap" deal"#, 0),
    ("«land swap» deal", r#""land swap" deal"#, 0),
    ("»land swap« deal", r#""land swap" deal"#, 0),
    ("‘land swap’ deal", r#""land swap" deal"#, 0),
    ("'land swap' deal", r#""land swap" deal"#, 1),
    ("'deal' now", "deal now", 0),
    ("‘deal’ now", r#""deal" now"#, 0),
    ("the boys' club 'tis", "the boys club tis", 0),
    ("“deal”", r#""deal""#, 0),
    (r#""deal" war"#, r#""deal" war"#, 0),
    (r#""" war"#, "war", 0),
    (r#""land swap"#, "land swap", 1),
    (r#"land swap""#, "land swap", 1),
    ("“land swap", "land swap", 1),
    (r#"say"land swap"now"#, r#"say now "land swap""#, 0),
    (r#"6" gun"#, "6 gun", 0),
    (r#""October 7" attack"#, r#""October 7" attack"#, 0),
    ("a AND b", "a AND b", 0),
    ("a OR b", "a OR b", 0),
    ("a and b", "a and b", 0),
    ("war and peace", "war and peace", 0),
    ("to be or not to be", "to be or not to be", 0),
    (r#""land swap" and speaker:witkoff"#, r#""land swap" speaker:witkoff"#, 1),
    (r#""land swap" or peace deal"#, r#""land swap" OR (peace deal)"#, 1),
    (r#""land swap" not peace"#, r#""land swap" -peace"#, 1),
    ("speaker:witkoff and land swap", "speaker:witkoff land swap", 1),
    ("war AND not peace", "war -peace", 1),
    (r#"not "land swap""#, r#"-"land swap""#, 1),
    (r#"war and not "land swap""#, r#"war -"land swap""#, 2),
    ("why not now", "why not now", 0),
    ("NOT war", "-war", 0),
    ("-war", "-war", 0),
    ("!war", "-war", 0),
    (r#"-"land swap" Putin"#, r#"-"land swap" Putin"#, 0),
    ("-speaker:putin deal", "-speaker:putin deal", 0),
    ("land -swap deal", "land deal -swap", 0),
    ("pro-Russian", "pro-Russian", 0),
    ("- war", "war", 0),
    ("-- war", "war", 0),
    ("--war", "war", 0),
    ("a - b", "a b", 0),
    ("+land swap", "land AND (land swap)", 0),
    ("+land +swap deal", "land AND swap AND (land swap deal)", 0),
    (r#"+"land swap" deal"#, r#""land swap" deal"#, 0),
    ("a AND b OR c AND d", "(a AND b) OR (c AND d)", 0),
    ("a AND (b OR c)", "a (b OR c)", 0),
    ("(a OR b) c d", "(a OR b) c d", 0),
    ("(a b) (c d)", "(a b) AND (c d)", 0),
    ("((a))", "a", 0),
    ("((((a OR b)))) AND c", "(a OR b) c", 0),
    ("a AND NOT b", "a -b", 0),
    ("NOT a AND b", "-a b", 0),
    ("NOT NOT a", "a", 0),
    ("NOT (a OR b)", "NOT (a OR b)", 0),
    ("a AND", "a \\AND", 1),
    ("AND a", "\\AND a", 1),
    ("Portland OR", "Portland \\OR", 1),
    ("OR", "\\OR", 1),
    ("AND OR NOT", "\\AND", 3),
    ("a AND OR b", "a AND b", 1),
    ("a AND AND b", "a AND b", 1),
    (r#""x y" AND"#, r#""x y""#, 1),
    ("(a OR b", "a OR b", 1),
    ("a OR b)", "a OR b", 1),
    (")))((( a", "a", 2),
    (":( deal :)", "deal", 0),
    ("()", "-", 0),
    ("a AND () b", "a AND b", 0),
    ("speaker:witkoff land swap", "speaker:witkoff land swap", 0),
    ("land speaker:witkoff swap", "land swap speaker:witkoff", 0),
    ("land swap AND peace deal", "(land swap) AND (peace deal)", 0),
    ("speaker:Vladimir Putin deal", r#"speaker:"Vladimir Putin" deal"#, 1),
    (r#"speaker:"Vladimir Putin" deal"#, r#"speaker:"Vladimir Putin" deal"#, 0),
    ("speaker: Vladimir Putin", r#"speaker:"Vladimir Putin""#, 2),
    (r#"speaker: "Vladimir Putin""#, r#"speaker:"Vladimir Putin""#, 1),
    ("Speaker: Putin", "Speaker Putin", 1),
    ("SPEAKER:putin", "speaker:putin", 0),
    ("speaker:", "speaker", 1),
    ("speaker: AND deal", "speaker AND deal", 1),
    ("speaker:()", "-", 0),
    ("speaker:-putin", "-speaker:putin", 0),
    ("about:New York", r#"about:"New York""#, 1),
    ("about:Republic of Ireland vote", r#"about:"Republic of Ireland" vote"#, 1),
    ("region:donetsk,", "about:donetsk", 0),
    ("about:(Donetsk OR Luhansk) by:witkoff", r#"(about:"Donetsk" OR about:"Luhansk") speaker:witkoff"#, 0),
    (
        r#"speaker:(Steve Witkoff OR "Jared Kushner")"#,
        r#"speaker:"Steve Witkoff" OR speaker:"Jared Kushner""#,
        0,
    ),
    ("speaker:Ursula von der Leyen said", r#"speaker:"Ursula von der Leyen" said"#, 1),
    ("speaker:Putin, Ukraine", r#"speaker:"Putin" Ukraine"#, 0),
    ("speaker:John F. Kennedy", r#"speaker:"John F. Kennedy""#, 1),
    ("to:ushakov", "to:ushakov", 0),
    ("kind:direct,mixed", "kind:direct,mixed", 0),
    ("kind:direct,foo", "kind:direct", 1),
    ("kind:foo", "foo", 1),
    ("-kind:indirect", "-kind:indirect", 0),
    ("type:(direct OR mixed)", "kind:direct OR kind:mixed", 0),
    (r#"cue:"according to""#, r#"cue:"according to""#, 0),
    ("verb:claim", "cue:claim", 0),
    ("source:bbc.co.uk", "source:bbc.co.uk", 0),
    ("outlet:The Guardian", r#"source:"The Guardian""#, 1),
    ("lang:en", "lang:en", 0),
    ("lang:German,uk", "lang:de OR lang:uk", 0),
    ("lang:klingon", "klingon", 1),
    (r#"title:"peace plan""#, r#"title:"peace plan""#, 0),
    ("headline:peace", "title:peace", 0),
    ("article:abc@12-40", "article:abc@12-40", 0),
    ("id:7f3a91", "article:7f3a91", 0),
    ("grade:in-quote", "grade:in_quote", 0),
    ("grade:nonsense", "nonsense", 1),
    ("about-min:sentence", "grade:sentence", 0),
    ("date:2022-02-24", "since:2022-02-24 until:2022-02-24", 0),
    ("date:2025-10..", "since:2025-10-01", 0),
    ("date:..2025-11", "until:2025-11-30", 0),
    ("date:2025-10..2025-11-15", "since:2025-10-01 until:2025-11-15", 0),
    ("since:2025", "since:2025-01-01", 0),
    ("until:2025-10", "until:2025-10-31", 0),
    ("before:2025-10-14", "until:2025-10-13", 0),
    ("since:monday", "since:2025-11-24", 0),
    ("since:yesterday deal", "since:2025-11-25 deal", 0),
    ("since:last week deal", "since:2025-11-17 deal", 0),
    (r#"since:"last week""#, "since:2025-11-17", 0),
    (r#"since:"3 days ago""#, "since:2025-11-23", 0),
    ("since:3 days ago deal", "since:2025-11-23 deal", 0),
    ("date:7d", "since:2025-11-19", 0),
    ("date:14 October 2025 deal", "since:2025-10-14 until:2025-10-14 deal", 0),
    (r#"date:"October 2025""#, "since:2025-10-01 until:2025-10-31", 0),
    ("date:14/10/2025", "since:2025-10-14 until:2025-10-14", 0),
    ("date:05/06/2025", "since:2025-06-05 until:2025-06-05", 1),
    ("date:2025-02-30", "2025-02-30", 1),
    (r#"since:"last blue moon""#, r#""last blue moon""#, 1),
    ("from:putin", "speaker:putin", 1),
    ("foo:bar", "foo:bar", 1),
    (r#"foo:"bar baz""#, r#"foo "bar baz""#, 1),
    ("Crim*", "Crim*", 0),
    ("Crim* bridge", "Crim* bridge", 0),
    ("C*", "C", 1),
    ("*crim", "*crim", 0),
    ("Cr*mea", "Cr*mea", 0),
    ("*", "-", 0),
    (r#""Crim* bridge""#, r#"Crim* PRE/1 "bridge""#, 0),
    ("Zelensky~", "Zelensky~", 0),
    ("Zelensky~1", "Zelensky~", 0),
    ("Zelensky~2", "Zelensky~2", 0),
    ("Zelensky~3", "Zelensky~2", 1),
    ("Zelensky~0.8", "Zelensky~2", 1),
    ("putin^2", "putin^2", 0),
    (r#""land swap"~5"#, "land NEAR/5 swap", 1),
    (r#""a b c"~5"#, "a NEAR/5 b NEAR/5 c", 1),
    ("troops NEAR/5 border", "troops NEAR/5 border", 0),
    ("troops w/5 border", "troops NEAR/5 border", 0),
    ("troops NEAR border", "troops NEAR/10 border", 0),
    ("troops NEAR5 border", "troops NEAR/5 border", 0),
    ("troops near border", "troops near border", 0),
    ("troops NEAR/x border", "troops NEAR/x border", 1),
    ("troops NEAR/0 border", "troops NEAR/0 border", 1),
    ("troops NEAR/ border", "troops \\NEAR border", 1),
    ("NEAR/5 border", "\\NEAR/5 border", 1),
    ("troops PRE/3 border", "troops PRE/3 border", 0),
    (r#""land swap" NEAR/8 (Donetsk OR Luhansk)"#, r#""land swap" NEAR/8 (Donetsk OR Luhansk)"#, 0),
    ("(a b) NEAR/3 c", "(a OR b) NEAR/3 c", 0),
    ("peace troops NEAR/5 border talks", "peace talks (troops NEAR/5 border)", 0),
    ("a NEAR/5 b NEAR/6 c", "a NEAR/5 b NEAR/6 c", 0),
    ("a NEAR/5 speaker:x", "a speaker:x", 1),
    ("a NOT NEAR/5 b", "a NOT NEAR/5 b", 0),
    ("NOT a NEAR/5 b", "NOT (a NEAR/5 b)", 0),
    ("a NEAR/5 b AND c OR d", "((a NEAR/5 b) c) OR d", 0),
    ("\\AND", "\\AND", 0),
    ("\\speaker:x", "\\speaker:x", 0),
    ("w/o", "w/o", 0),
    ("and/or", "and/or", 0),
    ("صفقة سلام", "صفقة سلام", 0),
    (r#""صفقة سلام" speaker:بوتين"#, r#""صفقة سلام" speaker:بوتين"#, 0),
    (r#"צה"ל אמר "אין עסקה""#, r#"צה"ל אמר "אין עסקה""#, 0),
    ("דונלד טראמפ", "דונלד טראמפ", 0),
    ("习近平 普京", "习近平 普京", 0),
    (r#"Зеленський "мирний план""#, r#"Зеленський "мирний план""#, 0),
    ("Zürich naïve São", "Zürich naïve São", 0),
    ("अर्थात्", "अर्थात्", 0),
    ("a\u{9}b", "a b", 0),
    ("peace peace peace", "peace peace peace", 0),
    ("speaker:putin,trump", "speaker:putin OR speaker:trump", 0),
    ("word(s)", "word s", 0),
    ("AND(b)", "\\AND b", 1),
    (
        r#"date:2025-10.. "land swap" speaker:witkoff about:donetsk"#,
        r#"since:2025-10-01 "land swap" speaker:witkoff about:donetsk"#,
        0,
    ),
    (
        "(speaker:a OR speaker:b) -kind:indirect since:2025-10 deal*",
        "(speaker:a OR speaker:b) -kind:indirect since:2025-10-01 deal*",
        0,
    ),
    ("U.S.*", "U.S.*", 0),
    ("‘Putin’s plan’ b", r#""Putin’s plan" b"#, 0),
    ("speaker:putin,Trump x", r#"(speaker:putin OR speaker:"Trump") x"#, 0),
    (r#"foo:"a b""#, r#"foo "a b""#, 1),
    (r#"speaker:"Vladimir Putin"#, r#"speaker:"Vladimir Putin""#, 2),
    ("'land swap' and 'peace deal'", r#""land swap" "peace deal""#, 2),
    (r#"-""#, "-", 1),
    ("-(", "-", 1),
    ("-speaker:", "-speaker", 1),
    ("Portland OR -x", "Portland OR -x", 0),
    (r#"speaker:"a «b» c""#, r#"speaker:"a b c""#, 0),
    ("Crim*,", "Crim*", 0),
    ("since:2025-10-14, deal", "since:2025-10-14 deal", 0),
    ("speaker:(direct -x)", "speaker:direct -speaker:x", 0),
    ("kind:(a b)", "a b", 2),
    ("since:7d until:yesterday", "since:2025-11-19 until:2025-11-25", 0),
    (
        r#"who said "land swap" about Donetsk since:monday?"#,
        r#"who said about Donetsk "land swap" since:2025-11-24"#,
        0,
    ),
    ("zero\u{200b}width \u{202e}right\u{202c} soft\u{ad}hyphen", "zerowidth right softhyphen", 0),
    ("\u{feff}land swap", "land swap", 0),
    ("nul\u{0}byte", "nul byte", 0),
    ("ideographic\u{3000}blank", "ideographic blank", 0),
    ("e\u{301} cafe\u{301}", "e\u{301} cafe\u{301}", 0),
    ("5\u{fe0f}\u{20e3} 👨\u{200d}👩\u{200d}👧 ok", "5\u{fe0f}\u{20e3} ok", 0),
    ("می\u{200c}خواهم", "می\u{200c}خواهم", 0),
    (r#""مرحبا"#, "مرحبا", 1),
    ("שלום (עולם", "שלום עולם", 1),
    ("\\\\\\ \\", "-", 0),
    ("~ ^ ~2 *~", "2", 0),
    ("a~b", "a~b", 0),
    ("A~2*", "A~2*", 0),
    ("&& || |", "-", 3),
    ("a && b || c", "(a AND b) OR c", 0),
    (r#""a" "b""#, r#""a" "b""#, 0),
    (r#""a" OR "b""#, r#""a" OR "b""#, 0),
    (r#"title:"Who, me?""#, r#"title:"Who me""#, 0),
    ("speaker:Putin OR about:Ukraine", r#"speaker:"Putin" OR about:"Ukraine""#, 0),
    (r#"on:"West Bank" by:Abbas"#, r#"about:"West Bank" speaker:"Abbas""#, 0),
    ("Trump AND (Putin OR Zelensky) NOT Orbán", "Trump (Putin OR Zelensky) -Orbán", 0),
    ("Trump AND Putin OR Zelensky", "(Trump AND Putin) OR Zelensky", 0),
    (
        r#"ceasefire NEAR/3 (Gaza OR "West Bank") since:2025-10"#,
        r#"(ceasefire NEAR/3 (Gaza OR "West Bank")) since:2025-10-01"#,
        0,
    ),
    ("speaker:Bosnia and Herzegovina", r#"speaker:"Bosnia" Herzegovina"#, 1),
    ("date:2025-10-01..2025-10-15 kind:direct", "since:2025-10-01 until:2025-10-15 kind:direct", 0),
    ("'tis the boys' club", r#""tis the boys" club"#, 1),
    (r#"12" vinyl"#, "12 vinyl", 0),
    (r#"rock "n" roll"#, r#"rock roll "n""#, 0),
    ("Re: talks", "Re talks", 0),
    ("note: nothing", "note nothing", 0),
    ("to: ushakov", "to:ushakov", 1),
    ("to be: or not", "to be or \\not", 0),
    ("(((", "-", 1),
    (r#"""#, "-", 1),
    ("-", "-", 0),
    ("+", "-", 0),
    ("!", "-", 0),
    ("a)(b", "a b", 2),
    ("-(a b)", "NOT (a b)", 0),
    (r#"!"a b""#, r#"-"a b""#, 0),
    ("+(a OR b) c", "(a OR b) c", 0),
    ("-Crim*", "-Crim*", 0),
    ("speaker:Crim*", r#"speaker:"Crim*""#, 0),
    ("about:", "about", 1),
    (r#"about:"""#, "-", 1),
    ("kind:,", "-", 1),
    ("lang:en,klingon", "lang:en", 1),
    ("before:yesterday", "until:2025-11-24", 0),
    ("until:7d", "until:2025-11-19", 0),
    ("since:2025..", "since:2025-01-01", 0),
    (r#"id:"A B""#, r#"article:"A B""#, 0),
    (r#"source:"Yahoo! News""#, r#"source:"Yahoo! News""#, 0),
    ("said-by:x", "speaker:x", 0),
    ("Said-By:x", "speaker:x", 0),
    ("NEAR", "\\NEAR", 1),
    ("a NEAR", "a \\NEAR", 1),
    ("a NEAR/5 (b AND c)", "(a NEAR/5 b) (a NEAR/5 c)", 1),
    (r#"(a OR (b OR "c d")) w/3 e"#, r#"(a OR b OR "c d") NEAR/3 e"#, 0),
    ("a not NEAR/2 b", "a NOT NEAR/2 b", 0),
    ("100,000 troops", "100,000 troops", 0),
    ("a,b", "a,b", 0),
    ("Putin/Trump", "Putin/Trump", 0),
    (r#"the "so-called" republic"#, r#"the republic "so-called""#, 0),
    ("“Putin’s ‘peace’ plan”", r#""Putin’s peace plan""#, 0),
    ("peace… deal", "peace deal", 0),
    ("peace—deal", "peace deal", 0),
    ("$5.5bn 2%", "5.5bn 2", 0),
    ("x:y:z", "x:y:z", 0),
    ("speaker::x", "speaker:x", 0),
    (",speaker:x", "speaker:x", 0),
    ("the (speaker:witkoff)", "the speaker:witkoff", 0),
    ("war—peace", "war peace", 0),
    (r#"Who said "land swap"?"#, r#"Who said "land swap""#, 0),
    ("What has Putin said about Donbas since october?", "What has Putin said about Donbas since october", 0),
    (
        r#"speaker:"Steve Witkoff" AND about:Donetsk NOT kind:indirect"#,
        r#"speaker:"Steve Witkoff" about:"Donetsk" -kind:indirect"#,
        0,
    ),
    (
        r#"(Witkoff OR Kushner) NEAR/10 "security guarantees""#,
        r#"(Witkoff OR Kushner) NEAR/10 "security guarantees""#,
        0,
    ),
    (r#"to:Zelensky by:Trump "thank you""#, r#"to:"Zelensky" speaker:"Trump" "thank you""#, 0),
    ("#peace @zelenskyy", "peace zelenskyy", 0),
    ("2025-10-14", "2025-10-14", 0),
    ("24/7", "24/7", 0),
    ("c++", "c", 0),
    ("it's", "it's", 0),
    ("rock ’n’ roll", "rock n roll", 0),
    ("Ha'aretz", "Ha'aretz", 0),
    ("Sana'a", "Sana'a", 0),
    ("Côte d'Ivoire", "Côte d'Ivoire", 0),
    ("Xi Jinping's", "Xi Jinping's", 0),
    ("N. Korea", "N Korea", 0),
    ("COVID-19", "COVID-19", 0),
    ("F-16s", "F-16s", 0),
    ("€100bn", "100bn", 0),
    ("al-Shabaab", "al-Shabaab", 0),
    ("about:al-Shabaab", r#"about:"al-Shabaab""#, 0),
    (r#"source:"Al Jazeera" lang:ar"#, r#"source:"Al Jazeera" lang:ar"#, 0),
];

/// What is wrong with how it is read; nothing to look for is `-`.
fn fault(input: &str, expected: &str, notes: usize) -> Option<String> {
    let parsed = parse(input, TODAY);
    let read = parsed.expr.as_ref().map_or("-".into(), echo);
    let wrong = read != expected || parsed.notes.len() != notes;
    wrong.then(|| format!("{input:?} is read as {read:?}, not {expected:?}; notes {:?}", parsed.notes))
}

#[track_caller]
fn round_trip(input: &str) {
    if let Some(expr) = parse(input, TODAY).expr {
        let text = echo(&expr);
        assert_eq!(parse(&text, TODAY).expr, Some(expr), "{input:?} is echoed as {text:?}");
    }
}

#[track_caller]
fn tree(input: &str, expected: Expr<String>) {
    assert_eq!(parse(input, TODAY).expr, Some(expected), "{input:?}");
}

fn word(text: &str) -> Expr<String> {
    Expr::Word(text.into())
}

fn any(text: &str) -> Expr<String> {
    Expr::Any(text.split(' ').map(word).collect())
}

fn phrase(text: &str) -> Expr<String> {
    Expr::Phrase(text.split(' ').map(String::from).collect())
}

fn by(name: &str) -> Expr<String> {
    Expr::Filter(Filter::By(name.into()))
}

#[test]
fn what_people_type() {
    let all = || TYPED.iter().chain(EXPERTS);
    let faults: Vec<String> =
        all().filter_map(|(input, expected, notes)| fault(input, expected, *notes)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    all().for_each(|(input, ..)| round_trip(input));
}

#[test]
fn trees() {
    let not = |expr| Expr::Not(Box::new(expr));
    let how = |distance| Proximity { within: Within::Words(distance), ordered: false, negated: false };
    let near = |left, right, distance| Expr::Near {
        first: Box::new(left),
        links: vec![Link { how: how(distance), to: right }],
    };
    tree("Putin", word("Putin"));
    tree("land swap", any("land swap"));
    tree("peace peace", any("peace peace"));
    tree("“land swap”", phrase("land swap"));
    tree("\"deal\"", Expr::Exact("deal".into()));
    tree("speaker:witkoff land swap", Expr::And(vec![by("witkoff"), any("land swap")]));
    tree("land speaker:witkoff swap", Expr::And(vec![any("land swap"), by("witkoff")]));
    tree("speaker:Vladimir Putin deal", Expr::And(vec![by("Vladimir Putin"), word("deal")]));
    tree("(war) peace", any("war peace"));
    tree("+a b", Expr::And(vec![word("a"), any("a b")]));
    tree("-a", not(word("a")));
    tree("a OR b AND NOT c", Expr::Or(vec![word("a"), Expr::And(vec![word("b"), not(word("c"))])]));
    tree("a b NEAR/5 c d", Expr::And(vec![any("a d"), near(word("b"), word("c"), 5)]));
    let negated = Proximity { negated: true, ..how(10) };
    let far =
        Expr::Near { first: Box::new(word("a")), links: vec![Link { how: negated, to: phrase("b c") }] };
    tree("a NOT NEAR \"b c\"", far);
    tree("Crim* Zelensky~2", Expr::Any(vec![Expr::Prefix("Crim".into()), Expr::Fuzzy("Zelensky".into(), 2)]));
    tree("kind:mixed,direct", Expr::Filter(Filter::Kind(vec![QuoteKind::Mixed, QuoteKind::Direct])));
    tree(
        "title:\"Peace, at last\"",
        Expr::Filter(Filter::Title(vec!["Peace".into(), "at".into(), "last".into()])),
    );
    tree("before:2025-10-01", Expr::Filter(Filter::Until(date(2025, 9, 30))));
}

#[test]
fn notes_say_what_was_not_meant() {
    let note = |input| parse(input, TODAY).notes.join("; ");
    assert_eq!(note("troops NEAR/x border"), "`NEAR/x` is not an operator here; read as words");
    assert_eq!(note("\"land swap\" and peace"), "`and` is read as AND");
    assert_eq!(note("date:2025-02-30"), "`2025-02-30` is no date, or there is no such day; read as words");
    assert_eq!(note("speaker:witkoff \"land swap\" -deal (a OR b)"), "");
}

#[test]
fn every_name_of_a_field_is_one() {
    let named = FIELDS.iter().map(|row| (row, ':')).chain(CODES.iter().map(|row| (row, '=')));
    for ((field, names), sign) in named {
        let value = match field {
            Field::Since | Field::Until | Field::Before | Field::Date => "2025",
            Field::Lang => "en",
            Field::AboutMin => "context",
            _ => "direct",
        };
        for name in *names {
            let typed = format!("{name}{sign}{value}");
            let saved = Saved::new(vec![("direct".into(), "speaker:putin".into())]);
            let parsed = parse_with(&typed, TODAY, &saved);
            let filters = matches!(parsed.expr, Some(Expr::Filter(_) | Expr::And(_)));
            let words = matches!(parsed.expr, Some(Expr::Word(_)));
            assert!(if *field == Field::Text { words } else { filters }, "{typed} {parsed:?}");
            assert_eq!(parsed.notes, Vec::<String>::new(), "{typed}");
        }
    }
}

#[test]
fn saved_queries_are_read_where_they_are_named() {
    let saved = Saved::new(
        [
            ("grain", "wheat OR corn"),
            ("sea", "query:grain AND \"Black Sea\""),
            ("ring", "a OR query:round"),
            ("round", "query:ring b"),
            ("twice", "query:twin query:twin"),
            ("twin", "query:twice query:twice"),
        ]
        .map(|(name, text)| (name.to_string(), text.to_string()))
        .to_vec(),
    );
    let read = |input: &str| {
        let parsed = parse_with(input, TODAY, &saved);
        (parsed.expr.as_ref().map_or("-".into(), echo), parsed.notes)
    };
    assert_eq!(read("query:sea -speaker:putin").0, r#"(wheat OR corn) "Black Sea" -speaker:putin"#);
    assert_eq!(read("query:GRAIN deal^2").0, "(wheat OR corn) deal^2");
    assert_eq!(
        read("grain query:(sea OR grain)").0,
        r#"grain (((wheat OR corn) "Black Sea") OR wheat OR corn)"#
    );
    let (echoed, notes) = read("query:ring");
    assert_eq!(echoed, "a OR b");
    assert_eq!(notes, ["`query:ring` holds itself; ignored there"]);
    assert_eq!(read("query:twice").0, "-");
    let (echoed, notes) = read("query:nope");
    assert_eq!(echoed, "nope");
    assert!(notes[0].starts_with("`nope` is no saved query (there are grain, sea, ring"), "{notes:?}");
}

/// Each of these is typed ten thousand times in a row.
#[test]
fn long_input_is_read_in_linear_time_and_bounded_depth() {
    let nasty = [
        "peace ",
        "(",
        ")",
        "( ",
        "a (",
        "((a) ",
        "-(",
        "NOT ",
        "a NOT ",
        "a NEAR/5 ",
        "a AND ",
        "a OR ",
        "\"",
        "“",
        "‘",
        "'",
        "('x",
        "-'x",
        "a' 'b ",
        "‘a ",
        "speaker:",
        "speaker: ",
        "speaker:(",
        "since:3 days ",
        "Putin ",
        "speaker:Putin ",
        "x*~^2",
        "\\",
        "a NOT NEAR/2 (b OR c) NEAR/3 ",
        "and not or ",
        "צה\"",
        "+a ",
        "–",
        "🔥",
    ];
    for piece in nasty {
        let input = piece.repeat(10_000);
        let parsed = parse(&input, TODAY);
        let capped = parsed.notes.iter().any(|note| note.starts_with("only the first"));
        assert!(parsed.notes.len() <= 12, "{piece:?}");
        assert!(parsed.expr.as_ref().map_or(0, depth) < 200, "{piece:?}");
        // With the signs of its echo it may be longer than what is read.
        round_trip(&if capped { piece.repeat(50) } else { input });
    }
    for (open, close) in [("(b OR -(c ", "))"), ("a NEAR (b AND ", ") NEAR a")] {
        let nested = |times: usize| format!("{}a{}", open.repeat(times), close.repeat(times));
        round_trip(&nested(50));
        assert!(parse(&nested(10_000), TODAY).expr.is_some_and(|expr| depth(&expr) < 200), "{open}");
    }
    assert_eq!(parse(&"word ".repeat(10_000), TODAY).expr, Some(Expr::Any(vec![word("word"); MAX_TOKENS])));
}

fn depth(expr: &Expr<String>) -> usize {
    1 + match expr {
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => list.iter().map(depth).max().unwrap_or(0),
        Expr::Near { first, links } => {
            links.iter().map(|link| depth(&link.to)).chain([depth(first)]).max().unwrap_or(0)
        }
        Expr::Not(inner) | Expr::Boost(inner, _) | Expr::AtLeast(_, inner) => depth(inner),
        _ => 0,
    }
}

/// Pieces that mean something somewhere; joined at random, with and without blanks.
const PIECES: &[&str] = &[
    "a",
    "land",
    "Putin",
    "New",
    "U.S.",
    "O'Brien",
    "28-point",
    "5:30",
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "NEAR/5",
    "NEAR/x",
    "w/3",
    "PRE/2",
    "/s",
    "w/p",
    "SAME",
    "+5",
    "/n5/",
    "not w/2",
    "ATLEAST3",
    "atleast2(",
    "/kyi?v/",
    "/[/",
    "wom?n",
    "*stan",
    "negotiat!",
    "^3",
    "a^0.5",
    "headline(",
    "hd=peace",
    "ns=gpol",
    "body:",
    "query:x",
    "date>2025-10",
    "date after",
    "[2024 TO 2025]",
    "date:[2024",
    "TO",
    "2025]",
    "author:Smith",
    "\"Crim* bridge\"",
    "\"a b\"~4",
    "\"a b\"^4",
    "and",
    "or",
    "not",
    "von",
    "of",
    "(",
    ")",
    "((",
    "))",
    "()",
    "\"",
    "\"\"",
    "“",
    "”",
    "„",
    "«",
    "»",
    "‘",
    "’",
    "'",
    "-",
    "--",
    "+",
    "!",
    "*",
    "~",
    "~2",
    "^2",
    "\\",
    ":",
    "speaker:",
    "about:",
    "to:",
    "kind:",
    "kind:direct",
    "lang:en,uk",
    "since:",
    "date:",
    "date:2025",
    "2025-10..",
    "..",
    "3",
    "days",
    "ago",
    "october",
    "title:",
    "id:",
    "foo:",
    "grade:",
    "http://",
    ",",
    ".",
    "?",
    "…",
    "—",
    "\0",
    "\u{200b}",
    "\u{202e}",
    "\u{301}",
    "é",
    "🔥",
    "\u{fe0f}",
    "שלום",
    "צה\"ל",
    "مرحبا",
    "@",
    "/",
    "&&",
    "|",
    "'land swap'",
    "\"land swap\"",
    "‘land swap’",
    "speaker:Vladimir",
    "-speaker:putin",
    "\\AND",
    "Crim*",
    "Zelensky~",
];

/// What users of Factiva, Lexis, Westlaw, dtSearch, ProQuest and notmuch type, and what lies near it.
const EXPERTS: &[(&str, &str, usize)] = &[
    ("ukraine and (russia or belarus) not crimea", "ukraine (russia OR belarus) -crimea", 3),
    ("(sanctions or embargo) and oil", "(sanctions OR embargo) oil", 2),
    ("ukraine and russia not crimea", "ukraine AND russia AND -crimea", 2),
    ("crimea not donbas", "crimea -donbas", 1),
    ("crimea or donbas or luhansk", "crimea OR donbas OR luhansk", 1),
    ("european union and (hungary or slovakia)", "european union (hungary OR slovakia)", 2),
    ("what did he (or she) say", "(what did he say) AND (\\or she)", 0),
    ("the dog and (the cat or the mouse)", "(the dog) AND (the cat or the mouse)", 1),
    ("war and peace AND tolstoy", "(war and peace) AND tolstoy", 0),
    ("putin w/5 trump", "putin NEAR/5 trump", 0),
    ("putin /5 trump", "putin NEAR/5 trump", 0),
    ("putin pre/3 said", "putin PRE/3 said", 0),
    ("putin +3 said", "putin PRE/3 said", 1),
    ("putin /s ceasefire", "putin NEAR/S ceasefire", 0),
    ("putin w/s ceasefire", "putin NEAR/S ceasefire", 0),
    ("putin /p ceasefire", "putin NEAR/P ceasefire", 0),
    ("putin w/para ceasefire", "putin NEAR/P ceasefire", 0),
    ("putin pre/s ceasefire", "putin PRE/S ceasefire", 0),
    ("putin +s ceasefire", "putin PRE/S ceasefire", 1),
    ("putin SAME ceasefire", "putin NEAR/P ceasefire", 0),
    ("the same ceasefire", "the same ceasefire", 0),
    ("ukraine near5 grain", "ukraine NEAR/5 grain", 0),
    ("ukraine adj2 grain", "ukraine PRE/2 grain", 0),
    ("ukraine /n5/ grain", "ukraine NEAR/5 grain", 0),
    ("ukraine /f5/ grain", "ukraine PRE/5 grain", 0),
    ("ukraine N/5 grain", "ukraine NEAR/5 grain", 0),
    ("ukraine P/5 grain", "ukraine PRE/5 grain", 0),
    ("rico not w/5 puerto", "rico NOT NEAR/5 puerto", 0),
    ("rico NOT NEAR/5 puerto", "rico NOT NEAR/5 puerto", 0),
    ("rico NEAR/5 NOT puerto", "rico NOT NEAR/5 puerto", 0),
    ("rico not /s puerto", "rico NOT NEAR/S puerto", 0),
    ("rico NOT PRE/1 chet", "rico NOT PRE/1 chet", 0),
    ("atleast5(sanctions)", "ATLEAST5 sanctions", 0),
    ("ATLEAST5 sanctions", "ATLEAST5 sanctions", 0),
    ("atleast10 sanctions and oil", "(ATLEAST10 sanctions) oil", 1),
    ("atleast3(\"land swap\") w/5 x", "(ATLEAST3 \"land swap\") x", 1),
    ("ATLEAST2 (sanctions OR embargo)", "ATLEAST2 (sanctions OR embargo)", 0),
    ("atleast1 oil", "oil", 0),
    ("atleast oil", "atleast oil", 0),
    ("NOT ATLEAST5 oil", "NOT (ATLEAST5 oil)", 0),
    ("wom?n", "wom?n", 0),
    ("*stan", "*stan", 0),
    ("Zelens*yy", "Zelens*yy", 0),
    ("*istan* w/3 border", "*istan* NEAR/3 border", 0),
    ("what?", "what", 0),
    ("what?where", "what?where", 0),
    ("why? because!", "why because", 0),
    ("negotiat! w/5 peace", "negotiat* NEAR/5 peace", 1),
    ("stop the war!", "stop the war", 0),
    ("al-Sha*", "al-Sha*", 0),
    ("/kyi?v/", "/kyi?v/", 0),
    ("/ky(i|e)v/ war", "/ky(i|e)v/ war", 0),
    ("/ky[iv/", "ky iv", 1),
    ("/a{1000}{1000}/", "a 1000 1000", 1),
    ("/(?=x)y/", "x y", 1),
    ("/path/to/file", "path/to/file", 0),
    ("-/kyi?v/", "-/kyi?v/", 0),
    ("/kyi?v/^2", "/kyi?v/^2", 0),
    ("peace^3 war", "peace^3 war", 0),
    ("peace^0 war", "peace war", 1),
    ("peace^1000", "peace^100", 1),
    ("\"land swap\"^2 deal", "\"land swap\"^2 deal", 0),
    ("(a OR b)^2 c", "(a OR b)^2 c", 0),
    ("E=mc^2", "E=mc^2", 0),
    ("hd=ukraine", "title:ukraine", 0),
    ("hl=(ukraine and peace)", "title:ukraine title:peace", 1),
    ("HEADLINE(ukraine AND peace)", "title:ukraine title:peace", 0),
    ("headline(ukraine) and body(peace w/5 talks)", "title:ukraine (peace NEAR/5 talks)", 1),
    ("hlead(sanctions)", "title:sanctions", 0),
    ("title:(peace OR war)", "title:peace OR title:war", 0),
    ("subject:peace from:putin to:trump", "title:peace speaker:putin to:trump", 1),
    ("body:\"land swap\"", "\"land swap\"", 0),
    ("la=en and sn=Reuters", "lang:en source:\"Reuters\"", 1),
    ("re=ukraine and ns=gpol", "about:ukraine", 2),
    ("wc>500 and peace", "peace", 2),
    ("BYLINE(smith) w/5 x", "author:smith x", 1),
    ("author:\"Jane Doe\"", "author:\"Jane Doe\"", 0),
    ("site:bbc.co.uk brexit", "source:bbc.co.uk brexit", 0),
    ("intitle:brexit", "title:brexit", 0),
    ("headline(s) of the day", "headline s of the day", 0),
    ("date:[2024 TO 2025]", "since:2024-01-01 until:2025-12-31", 0),
    ("date:[2024-05 TO *]", "since:2024-05-01", 0),
    ("date:{* TO 2024-05}", "until:2024-05-31", 0),
    ("[x TO y]", "x TO y", 0),
    ("date:2024..2025", "since:2024-01-01 until:2025-12-31", 0),
    ("date>=2024-05", "since:2024-05-01", 0),
    ("date>2024-05", "since:2024-06-01", 0),
    ("date:<2024-05", "until:2024-04-30", 0),
    ("date:<=2024-05", "until:2024-05-31", 0),
    ("date after 20240501", "since:2024-05-02", 0),
    ("date aft 2024 and peace", "since:2025-01-01 peace", 1),
    ("peace and date from 1/1/2024 to 31/1/2024", "peace since:2024-01-01 until:2024-01-31", 1),
    ("DATE(geq 2024-01-01 and leq 2024-12-31)", "since:2024-01-01 until:2024-12-31", 0),
    ("what date after the war", "what date after the war", 0),
    ("speaker:(Lavrov OR Peskov)", "speaker:\"Lavrov\" OR speaker:\"Peskov\"", 0),
    ("speaker:(Lavrov, Peskov)", "speaker:\"Lavrov Peskov\"", 0),
    ("speaker:Zelens* peace", "speaker:\"Zelens*\" peace", 0),
    ("(ukraine AND russia) w/10 grain", "(ukraine NEAR/10 grain) (russia NEAR/10 grain)", 1),
    ("grain w/10 (ukraine AND NOT crimea)", "(grain NEAR/10 ukraine) -crimea", 1),
    ("a w/5 b w/5 c", "a NEAR/5 b NEAR/5 c", 0),
    ("(a w/5 b) w/10 c", "a NEAR/5 b NEAR/10 c", 0),
    ("a w/5 (b w/10 c)", "a NEAR/5 (b NEAR/10 c)", 0),
    ("\"peace deal\" w/5 (Donetsk or Luhansk)", "\"peace deal\" NEAR/5 (Donetsk OR Luhansk)", 1),
    ("\"Crim* bridge\" attack", "(Crim* PRE/1 \"bridge\") attack", 0),
    ("\"the * of\"", "\"the of\"", 1),
    ("+49 30 1234567", "49 AND (49 30 1234567)", 0),
    ("call (555) 123-4567", "call 555 123-4567", 0),
    ("24/7 service", "24/7 service", 0),
    ("he/she w/o", "he/she w/o", 0),
    ("#StandWithUkraine @ZelenskyyUa", "StandWithUkraine ZelenskyyUa", 0),
    ("https://www.reuters.com/world/?q=a&b=c", "https://www.reuters.com/world/?q=a&b=c", 0),
    ("Wer hat was über die Ukraine gesagt?", "Wer hat was über die Ukraine gesagt", 0),
    ("Friedensplan und Waffenruhe", "Friedensplan und Waffenruhe", 0),
    ("Зеленський* w/5 мир", "Зеленський* NEAR/5 мир", 0),
    ("Путин и Трамп", "Путин и Трамп", 0),
    ("«мирний план» w/10 Трамп", "\"мирний план\" NEAR/10 Трамп", 0),
    ("שלום w/3 עולם", "שלום NEAR/3 עולם", 0),
    ("مفاوضات AND سلام", "مفاوضات AND سلام", 0),
    ("和平 OR 战争", "和平 OR 战争", 0),
    ("peace 🕊️ talks 🇺🇦", "peace talks", 0),
    ("What’s Putin’s “red line”?", "What’s Putin’s \"red line\"", 0),
    ("\"unbalanced w/5 peace", "unbalanced NEAR/5 peace", 1),
    ("((peace w/5 talks)", "peace NEAR/5 talks", 1),
    ("w/5", "\\w/5", 1),
    ("w/5 peace", "\\w/5 peace", 1),
    ("query:nothing", "nothing", 1),
    ("Article 5: what it says", "Article 5 what it says", 0),
    ("AT&T w/3 merger", "AT&T NEAR/3 merger", 0),
    ("rock'n'roll OR r&b", "rock'n'roll OR r&b", 0),
    ("<script>alert(1)</script>", "script>alert 1 script", 0),
    ("'; DROP TABLE quotes; --", "DROP TABLE quotes", 0),
    ("${jndi:ldap://x}", "jndi:ldap://x", 0),
    ("%00%0a", "00%0a", 0),
    ("a\tb\r\nc", "a b c", 0),
];

#[test]
fn whatever_is_typed_its_echo_is_read_the_same() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % below
    };
    for _ in 0..10_000 {
        let mut input = String::new();
        for _ in 0..1 + random(14) {
            input.push_str(PIECES[random(PIECES.len())]);
            input.push_str(["", " ", " "][random(3)]);
        }
        round_trip(&input);
    }
    for _ in 0..2_000 {
        let input: String = (0..random(40)).filter_map(|_| char::from_u32(random(0x3000) as u32)).collect();
        round_trip(&input);
    }
}
