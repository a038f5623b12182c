//! Languages: what is known of each, one row a language.

pub mod english;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::span::floor;

/// What a speaker does by saying it, as the reporter's verb tells; thought is kept apart from speech.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Neutral: said, told, wrote.
    #[default]
    Say,
    /// Claimed, alleged, insisted: the reporter keeps a distance.
    Claim,
    /// Denied, disputed.
    Deny,
    /// Promised, vowed.
    Promise,
    /// Warned, threatened.
    Warn,
    /// Asked, urged, demanded.
    Ask,
    /// Believed, hoped, feared: a thought.
    Believe,
}

impl Stance {
    /// All stances, in the order in which they are listed to users.
    pub const ALL: [Stance; 7] = [
        Stance::Say,
        Stance::Claim,
        Stance::Deny,
        Stance::Promise,
        Stance::Warn,
        Stance::Ask,
        Stance::Believe,
    ];

    /// The name that users type and see.
    pub fn name(self) -> &'static str {
        match self {
            Stance::Say => "say",
            Stance::Claim => "claim",
            Stance::Deny => "deny",
            Stance::Promise => "promise",
            Stance::Warn => "warn",
            Stance::Ask => "ask",
            Stance::Believe => "believe",
        }
    }

    /// The stance of that name.
    pub fn named(name: &str) -> Option<Stance> {
        Stance::ALL.into_iter().find(|stance| stance.name() == name)
    }
}

/// One language of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-1 code; `und` when unknown.
    pub code: &'static str,
    /// English name.
    pub name: &'static str,
    /// ISO 639-3 code, as language detectors give it.
    pub code3: &'static str,
    /// True when quotes are extracted from it.
    pub quotes: bool,
}

/// The row that stands for "not known"; texts too short to tell are read by the English rules.
pub static UNKNOWN: Language = Language { code: "und", name: "unknown", code3: "und", quotes: true };

/// English, the language whose quotes are extracted.
pub static ENGLISH: Language = Language { code: "en", name: "English", code3: "eng", quotes: true };

/// All languages that are told apart.
pub static LANGUAGES: &[&Language] = &[
    &ENGLISH,
    &Language { code: "ar", name: "Arabic", code3: "ara", quotes: false },
    &Language { code: "cs", name: "Czech", code3: "ces", quotes: false },
    &Language { code: "da", name: "Danish", code3: "dan", quotes: false },
    &Language { code: "de", name: "German", code3: "deu", quotes: false },
    &Language { code: "el", name: "Greek", code3: "ell", quotes: false },
    &Language { code: "es", name: "Spanish", code3: "spa", quotes: false },
    &Language { code: "fa", name: "Persian", code3: "pes", quotes: false },
    &Language { code: "fi", name: "Finnish", code3: "fin", quotes: false },
    &Language { code: "fr", name: "French", code3: "fra", quotes: false },
    &Language { code: "he", name: "Hebrew", code3: "heb", quotes: false },
    &Language { code: "hi", name: "Hindi", code3: "hin", quotes: false },
    &Language { code: "hu", name: "Hungarian", code3: "hun", quotes: false },
    &Language { code: "it", name: "Italian", code3: "ita", quotes: false },
    &Language { code: "ja", name: "Japanese", code3: "jpn", quotes: false },
    &Language { code: "ko", name: "Korean", code3: "kor", quotes: false },
    &Language { code: "nl", name: "Dutch", code3: "nld", quotes: false },
    &Language { code: "no", name: "Norwegian", code3: "nob", quotes: false },
    &Language { code: "pl", name: "Polish", code3: "pol", quotes: false },
    &Language { code: "pt", name: "Portuguese", code3: "por", quotes: false },
    &Language { code: "ro", name: "Romanian", code3: "ron", quotes: false },
    &Language { code: "ru", name: "Russian", code3: "rus", quotes: false },
    &Language { code: "sv", name: "Swedish", code3: "swe", quotes: false },
    &Language { code: "tr", name: "Turkish", code3: "tur", quotes: false },
    &Language { code: "uk", name: "Ukrainian", code3: "ukr", quotes: false },
    &Language { code: "zh", name: "Chinese", code3: "cmn", quotes: false },
];

/// The language of a tag such as `en`, `en-GB`, `en_US` or `eng`; none when it is not in the table.
pub fn by_tag(tag: &str) -> Option<&'static Language> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    LANGUAGES.iter().copied().find(|language| language.code == primary || language.code3 == primary)
}

/// The language that a text is written in, judged from its first 1,500 bytes.
///
/// Gives [`UNKNOWN`] when the detector is not sure or the text holds fewer than 20 letters.
pub fn detect(text: &str) -> &'static Language {
    let sample = &text[..floor(text, 1500)];
    if sample.chars().filter(|c| c.is_alphabetic()).take(20).count() < 20 {
        return &UNKNOWN;
    }
    if is_plainly_english(sample) {
        return &ENGLISH;
    }
    whatlang::detect(sample)
        .filter(|info| info.is_reliable() || sample.len() > 200)
        .and_then(|info| by_tag(info.lang().code()))
        .unwrap_or(&UNKNOWN)
}

/// True when so many of the words are those that every English text is full of that no other language can
/// be meant: about 20 in 100 words of news are, 6 of them `the`. The detector takes as long as all the rest
/// of reading an article.
fn is_plainly_english(sample: &str) -> bool {
    let (mut all, mut the, mut telling) = (0, 0, 0);
    for word in sample.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        all += 1;
        match word {
            "the" | "The" => the += 1,
            "and" | "of" | "to" | "that" | "with" | "from" | "which" | "were" | "this" | "has" | "said" => {
                telling += 1;
            }
            _ => {}
        }
    }
    all >= 40 && the * 100 >= all * 2 && (the + telling) * 100 >= all * 12
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for &'static Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Ok(by_tag(&code).unwrap_or(&UNKNOWN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        assert_eq!(by_tag("en-GB"), Some(&ENGLISH));
        assert_eq!(by_tag("deu").map(|l| l.code), Some("de"));
        assert_eq!(by_tag("tlh"), None);
    }

    #[test]
    fn only_english_is_plainly_english() {
        let plain = |text: &str| is_plainly_english(&format!("{text} ").repeat(5));
        assert!(plain("The minister said on Tuesday that the talks in the capital had failed."));
        assert!(plain(
            "Police from two towns were called to the mill, which has stood empty, and of its owners nobody was seen."
        ));
        for other in [
            "De minister zei dinsdag dat de gesprekken in de hoofdstad mislukt waren, of dat ze to the point bleven, zoals de krant schreef en niemand betwistte, want het was zo.",
            "Ministeren sagde tirsdag, at forhandlingerne i hovedstaden var mislykkedes, og at der er to parter.",
            "Ministr v úterý řekl, že by to byla chyba, a rozhovory v hlavním městě skončily.",
            "Minister powiedział we wtorek, że to nie to samo, i wyjechał z miasta do domu, bo to było to.",
            "Le ministre a dit mardi que les discussions dans la capitale avaient échoué, selon The Guardian.",
        ] {
            assert!(!plain(other), "{other}");
        }
    }

    #[test]
    fn detects_or_says_unknown() {
        assert_eq!(
            detect("The minister said on Tuesday that the talks in the capital had failed.").code,
            "en"
        );
        assert_eq!(
            detect("Der Minister sagte am Dienstag, die Gespräche in der Hauptstadt seien gescheitert.").code,
            "de"
        );
        assert_eq!(detect("42").code, "und");
    }
}
