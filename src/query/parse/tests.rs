//! One table of what people type and how it is read; then what must hold whatever is typed.

use jiff::civil::{Date, date};

use super::*;
use crate::document::QuoteKind;
use crate::query::Filter;

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
    ("from:putin", "putin", 1),
    ("foo:bar", "foo:bar", 1),
    (r#"foo:"bar baz""#, r#"foo "bar baz""#, 1),
    ("Crim*", "Crim*", 0),
    ("Crim* bridge", "Crim* bridge", 0),
    ("C*", "C", 1),
    ("*crim", "crim", 1),
    ("Cr*mea", "Cr*mea", 1),
    ("*", "-", 0),
    (r#""Crim* bridge""#, r#""Crim bridge""#, 1),
    ("Zelensky~", "Zelensky~", 0),
    ("Zelensky~1", "Zelensky~", 0),
    ("Zelensky~2", "Zelensky~2", 0),
    ("Zelensky~3", "Zelensky~2", 1),
    ("Zelensky~0.8", "Zelensky~2", 1),
    ("putin^2", "putin", 1),
    (r#""land swap"~5"#, "land NEAR/5 swap", 1),
    (r#""a b c"~5"#, r#""a b c""#, 1),
    ("troops NEAR/5 border", "troops NEAR/5 border", 0),
    ("troops w/5 border", "troops NEAR/5 border", 0),
    ("troops NEAR border", "troops NEAR/10 border", 0),
    ("troops NEAR5 border", "troops NEAR/5 border", 0),
    ("troops near border", "troops near border", 0),
    ("troops NEAR/x border", "troops NEAR/x border", 1),
    ("troops NEAR/0 border", "troops NEAR/0 border", 1),
    ("troops NEAR/ border", "troops \\NEAR border", 1),
    ("NEAR/5 border", "\\NEAR/5 border", 1),
    ("troops PRE/3 border", "troops NEAR/3 border", 1),
    (r#""land swap" NEAR/8 (Donetsk OR Luhansk)"#, r#""land swap" NEAR/8 (Donetsk OR Luhansk)"#, 0),
    ("(a b) NEAR/3 c", "(a OR b) NEAR/3 c", 0),
    ("peace troops NEAR/5 border talks", "peace talks (troops NEAR/5 border)", 0),
    ("a NEAR/5 b NEAR/6 c", "(a NEAR/5 b) (b NEAR/6 c)", 0),
    ("a NEAR/5 speaker:x", "a speaker:x", 1),
    ("a NOT NEAR/5 b", "a NOT (a NEAR/5 b)", 0),
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
    ("speaker:Crim*", r#"speaker:"Crim""#, 0),
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
    ("a NEAR/5 (b AND c)", "a AND b AND c", 1),
    (r#"(a OR (b OR "c d")) w/3 e"#, r#"(a OR b OR "c d") NEAR/3 e"#, 0),
    ("a not NEAR/2 b", "a NOT (a NEAR/2 b)", 0),
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

/// How it is read, and how many notes go with it; nothing to look for is `-`.
#[track_caller]
fn check(input: &str, expected: &str, notes: usize) {
    let parsed = parse(input, TODAY);
    let read = parsed.expr.as_ref().map_or("-".into(), echo);
    assert_eq!(read, expected, "{input:?} {:?}", parsed.notes);
    assert_eq!(parsed.notes.len(), notes, "{input:?} {:?}", parsed.notes);
    round_trip(input);
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
    for (input, expected, notes) in TYPED {
        check(input, expected, *notes);
    }
}

#[test]
fn trees() {
    let not = |expr| Expr::Not(Box::new(expr));
    let near = |left, right, distance| Expr::Near { left: Box::new(left), right: Box::new(right), distance };
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
    tree("a NOT NEAR \"b c\"", Expr::And(vec![word("a"), not(near(word("a"), phrase("b c"), 10))]));
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
    for (field, names) in FIELDS {
        for name in *names {
            let value = if ["since", "from", "after", "until", "before", "date"].contains(name) {
                "2025"
            } else {
                "direct"
            };
            let value = if name.starts_with("lang") { "en" } else { value };
            let value = if *field == Field::AboutMin { "context" } else { value };
            let parsed = parse(&format!("{name}:{value}"), TODAY);
            assert!(
                matches!(parsed.expr, Some(Expr::Filter(_) | Expr::And(_))) && parsed.notes.is_empty(),
                "{name} {parsed:?}"
            );
        }
    }
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
        assert!(parsed.notes.len() <= 12, "{piece:?}");
        assert!(parsed.expr.as_ref().map_or(0, depth) < 200, "{piece:?}");
        round_trip(&input);
    }
    round_trip(&format!("{}a{}", "(b OR -(c ".repeat(10_000), "))".repeat(10_000)));
    round_trip(&format!("{}a{}", "a NEAR (b AND ".repeat(10_000), ") NEAR a".repeat(10_000)));
    assert_eq!(parse(&"word ".repeat(10_000), TODAY).expr, Some(Expr::Any(vec![word("word"); 10_000])));
}

fn depth(expr: &Expr<String>) -> usize {
    1 + match expr {
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => list.iter().map(depth).max().unwrap_or(0),
        Expr::Near { left, right, .. } => depth(left).max(depth(right)),
        Expr::Not(inner) => depth(inner),
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
