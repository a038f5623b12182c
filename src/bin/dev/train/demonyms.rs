//! Words for the people and things of a place, from which the name model learns its fourth class: the
//! sets leave them unlabelled. The model then finds others by their endings, clusters and neighbours.

/// Singular and adjective forms, in small letters; a plural in `s` counts too.
const ONE_WORD: &str = "
afghan african albanian algerian american andorran angolan antiguan arab arabian argentine argentinian armenian
asian australian austrian azerbaijani azeri bahamian bahraini balinese baltic bangladeshi barbadian basque batswana
bavarian belarusian belarussian belgian belizean beninese bermudian bhutanese bolivian bosnian botswanan brazilian
breton briton british brit bruneian bulgarian burkinabe burmese burundian californian cambodian cameroonian
canadian caribbean castilian catalan chadian chechen chilean chinese circassian colombian comorian congolese
corsican cretan crimean croat croatian cuban cypriot czech dane danish darfuri djiboutian dominican dutch dutchman
ecuadorian ecuadorean egyptian emirati english englishman eritrean estonian eswatini ethiopian eurasian european
fijian filipino filipina finn finnish flemish floridian frenchman french gabonese galician gambian gazan georgian
german ghanaian greek greenlandic grenadian guamanian guatemalan guinean guyanese haitian hawaiian honduran
hungarian icelandic icelander indian indonesian iranian iraqi irish irishman israeli italian ivorian jamaican
japanese javanese jordanian kashmiri kazakh kazakhstani kenyan korean kosovan kosovar kurd kurdish kuwaiti kyrgyz
lao laotian latvian lebanese liberian libyan liechtensteiner lithuanian londoner luxembourger macedonian malagasy
malawian malaysian maldivian malian maltese mauritanian mauritian mexican micronesian moldovan monegasque mongolian
montenegrin moroccan mozambican muscovite namibian nauruan nepalese nepali nicaraguan nigerian nigerien nordic
norwegian omani ossetian pakistani palauan palestinian panamanian parisian paraguayan persian peruvian pole polish
portuguese qatari quebecois quebecer romanian roman russian rwandan sahrawi salvadoran salvadorean samoan saudi
scandinavian scot scottish scotsman senegalese serb serbian seychellois siberian sicilian sikkimese singaporean
slovak slovakian slovene slovenian somali somalian somalilander soviet spaniard spanish sudanese surinamese swede
swedish swiss syrian tahitian taiwanese tajik tamil tanzanian tasmanian texan thai tibetan timorese togolese tongan
transatlantic tunisian turk turkish turkmen tuvaluan ugandan ukrainian uighur uyghur uruguayan uzbek vanuatuan
venetian venezuelan vietnamese welsh welshman westerner yemeni yemenite yoruba yugoslav zambian zanzibari zimbabwean
alaskan arizonan bengali biafran chicagoan dubliner galilean glaswegian hongkonger kabuli kievan kyivan lapp
mancunian neapolitan nubian okinawan parsi punjabi rhodesian sardinian silesian sindhi sinhalese tuscan tyrolean
ulsterman viennese virginian walloon zulu anglo franco indo sino afro
";

/// Two-word forms; the second word may take a plural `s`.
const TWO_WORDS: &[(&str, &str)] = &[
    ("north", "korean"),
    ("south", "korean"),
    ("south", "african"),
    ("north", "african"),
    ("west", "african"),
    ("east", "african"),
    ("south", "sudanese"),
    ("saudi", "arabian"),
    ("sri", "lankan"),
    ("costa", "rican"),
    ("puerto", "rican"),
    ("new", "zealander"),
    ("new", "yorker"),
    ("papua", "guinean"),
    ("sierra", "leonean"),
    ("cape", "verdean"),
    ("hong", "konger"),
    ("northern", "irish"),
    ("latin", "american"),
    ("south", "american"),
    ("north", "american"),
    ("central", "american"),
    ("central", "african"),
    ("central", "asian"),
    ("south", "asian"),
    ("southeast", "asian"),
    ("east", "timorese"),
    ("east", "german"),
    ("west", "german"),
    ("el", "salvadoran"),
    ("south", "ossetian"),
    ("turkish", "cypriot"),
    ("greek", "cypriot"),
    ("equatorial", "guinean"),
    ("san", "marinese"),
];

fn is_one(lower: &str) -> bool {
    let known = |word: &str| ONE_WORD.split_whitespace().any(|known| known == word);
    known(lower) || lower.strip_suffix('s').is_some_and(known)
}

/// How many of the first words are one demonym: 0, 1 or 2.
pub fn length(words: &[&str]) -> usize {
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let [first, rest @ ..] = words else { return 0 };
    if !capital(first) {
        return 0;
    }
    let first = first.to_lowercase();
    if let [second, ..] = rest {
        let second = second.to_lowercase();
        let second = second.strip_suffix('s').unwrap_or(&second);
        if TWO_WORDS.iter().any(|&(one, two)| one == first && two == second) {
            return 2;
        }
    }
    usize::from(is_one(&first))
}
