//! Words of English news: reporting verbs, titles, time words, and the closed classes.
//!
//! The lists hold lower-case ASCII; they are looked up in a lower-cased copy of a text.

mod listed;

use std::sync::LazyLock;

use super::Stance;
use listed::Listed;

/// Where the lists that are not our own come from, and their licences.
pub const SOURCES: &str = "\
English names: first names and their gender from the US census of 1990 by way of the package names 0.3.0 (MIT; census
data are public domain); short forms of first names from the package nicknames 1.0.1 (Carlton Northern and others,
Apache-2.0). All other English word lists are our own.";

/// A reporting verb: one row of `cues.tsv`.
#[derive(Debug)]
pub struct CueVerb {
    /// Dictionary form.
    pub lemma: &'static str,
    /// What the speaker does by saying it.
    pub stance: Stance,
    frame: &'static str,
}

impl CueVerb {
    /// May report the words of a direct quote.
    pub fn quotes(&self) -> bool {
        self.frame.contains('q')
    }
    /// Takes a clause with *that*.
    pub fn clause(&self) -> bool {
        self.frame.contains('c')
    }
    /// Its clause may lack *that*.
    pub fn bare_clause(&self) -> bool {
        self.frame.contains('z')
    }
    /// Its object is the one spoken to: `told Ushakov`.
    pub fn object_hears(&self) -> bool {
        self.frame.contains('o')
    }
    /// Takes an infinitive that reports speech: `promised to`, `urged them to`.
    pub fn infinitive(&self) -> bool {
        self.frame.contains('i')
    }
    /// Reports a post, a letter or another text.
    pub fn writes(&self) -> bool {
        self.frame.contains('w')
    }
    /// Tells what somebody thinks or learns rather than says.
    pub fn thought(&self) -> bool {
        self.frame.contains('h')
    }
}

static CUES: LazyLock<Listed<CueVerb>> = LazyLock::new(|| {
    let mut forms = Vec::new();
    for row in include_str!("cues.tsv").lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let (Some(lemma), Some(list), Some(stance), Some(frame)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        for form in list.split(',') {
            forms.push((form, CueVerb { lemma, stance: Stance::named(stance).unwrap_or_default(), frame }));
        }
    }
    forms.into_iter().collect()
});

/// First words of reporting verbs of two words: `pointed out`.
static PHRASAL: LazyLock<Listed<()>> = LazyLock::new(|| {
    let forms = include_str!("cues.tsv").lines().filter_map(|row| row.split('\t').nth(1));
    forms.flat_map(|list| list.split(',')).filter_map(|form| Some((form.split_once(' ')?.0, ()))).collect()
});

/// The reporting verb that this form belongs to; the form may hold a blank (`pointed out`).
pub fn cue(form: &str) -> Option<&'static CueVerb> {
    CUES.get(form)
}

/// True for a word that with the next one may be a reporting verb.
pub fn begins_cue(word: &str) -> bool {
    PHRASAL.contains(word)
}

/// True for a word that denies the verb after it: `not`, `never`, `didn’t`.
pub fn is_denial(word: &str) -> bool {
    matches!(word, "not" | "never" | "cannot") || ["n't", "n’t"].iter().any(|end| word.ends_with(end))
}

/// The dictionary form of a reporting verb, given any form of it; other words come back as they are.
pub fn cue_lemma(form: &str) -> &str {
    CUES.get(form).map_or(form, |verb| verb.lemma)
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $function:ident: $list:literal;)*) => {$(
        static $name: LazyLock<Listed<()>> =
            LazyLock::new(|| $list.split_whitespace().map(|word| (word, ())).collect());
        $(#[$doc])*
        pub fn $function(word: &str) -> bool {
            $name.contains(word)
        }
    )*};
}

words! {
    /// Words so common that they tell nothing of what a question is about.
    STOPWORDS is_stopword: "a about above after again against all also am an and any are as at be because been before
        being below between both but by can could did do does doing down during each few for from further had has have
        having he her here hers herself him himself his how however i if in into is it its itself just may me might more
        most must my myself no nor not now of off on once only or other our ours ourselves out over own same shall she
        should so some such than that the their theirs them themselves then there these they this those through to too
        under until up upon us very was we were what when where which while who whom whose why will with would you your
        yours yourself yourselves";
    /// Words that begin a noun phrase.
    DETERMINERS is_determiner: "the a an this that these those his her its their our my your some any many several
        few no one two three four five six seven eight nine ten all both each every another other most more dozens
        hundreds thousands such what which whose";
    /// Prepositions.
    PREPOSITIONS is_preposition: "in on at of for from with by to about into over under after before during since
        until through between against among amid across around behind beyond near off onto toward towards upon via
        within without despite following concerning regarding alongside besides per like unlike than ahead";
    /// Words that join clauses.
    CONJUNCTIONS is_conjunction: "and but or nor yet so because although though while whilst whereas when whenever where if
        unless as once that whether after before since until even";
    /// Personal pronouns that can speak.
    SPEAKING_PRONOUNS is_speaking_pronoun: "he she they i we it you who";
    /// Pronouns in object position.
    OBJECT_PRONOUNS is_object_pronoun: "him her them me us you it";
    /// Auxiliaries and modals.
    AUXILIARIES is_auxiliary: "is are was were be been being am has have had do does did will would shall should can
        could may might must 's 've 'd 'll ’s ’ve ’d ’ll isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't
        didn't won't wouldn't shouldn't can't couldn't mustn't isn’t aren’t wasn’t weren’t haven’t hasn’t hadn’t don’t
        doesn’t didn’t won’t wouldn’t shouldn’t can’t couldn’t mustn’t";
    /// Past forms without *-ed* that are seldom anything else.
    PASTS is_past: "came went made took gave got met saw held led won lost knew began fell rose grew ran sold spent stood
        became broke chose fled kept drew flew threw wore built sent paid bought brought caught fought shot forgot froze
        slept spoke stole struck swam taught tore woke withdrew sank shook shut stuck swept";
    /// Words that count people, and stand for them without a noun.
    STANDING_ALONE stands_alone: "some many most others all both few several one two three more none each another";
    /// Words that may stand between a subject and its verb.
    ADVERBS is_adverb: "also reportedly later earlier then now again still already previously recently repeatedly
        once just only even further first since never always often long not n't publicly privately too quickly soon
        meanwhile however instead thus therefore ago";
    /// Days, months and words that fix a time.
    TIME_WORDS is_time_word: "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow
        tonight january february march april may june july august september october november december jan feb mar apr
        jun jul aug sept sep oct nov dec week weeks month months year years day days morning afternoon evening night
        weekend hour hours minute minutes earlier later ago last next early late mid monday's recently afterwards
        afterward meanwhile shortly spring summer autumn winter";
    /// Titles that stand before a name.
    TITLES is_title: "mr mrs ms miss dr prof sir dame lord lady sen sens senator rep reps representative gov governor
        president vice prime minister premier chancellor king queen prince princess emperor pope cardinal archbishop bishop
        rev reverend rabbi imam sheikh ayatollah father sister brother gen general lt lieutenant col colonel maj major
        capt captain cmdr commander sgt sergeant cpl pvt admiral adm marshal judge justice chief attorney secretary
        ambassador envoy mayor councillor councilman councilwoman commissioner chairman chairwoman chair director
        spokesman spokeswoman spokesperson professor detective inspector officer sheriff deputy coach manager
        congressman congresswoman congressmember assemblyman assemblywoman alderman alderwoman selectman minister
        foreign defence defense finance interior defendant actor
        actress singer author economist analyst analyst's lawmaker leader former ex speaker undersecretary
        superintendent constable principal pastor dean baroness baron count duke duchess";
    /// Titles that are shortened with a full stop, and never end a sentence.
    TITLE_ABBREVIATIONS is_title_abbreviation: "mr mrs ms dr prof coun cllr amb sen sens rep reps gov govs rev gen lt col maj capt
        cmdr sgt cpl pvt adm hon fr sr st mt ft pres messrs mme mlle supt det insp vs no nos fig art sec al cf
        viz approx est";
    /// Other abbreviations, which end a sentence only when a new one plainly starts.
    ABBREVIATIONS is_abbreviation: "v u.s u.k u.n e.u u.s.a d.c l.a n.y p.m a.m inc corp co ltd bros jr sr ph.d m.d b.a
        m.a jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun ave blvd rd
        ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md me mich minn miss mo mont neb nev ont okla
        ore pa que tenn tex va vt wash wis wyo etc e.g i.e dept univ assn ret tel ext gop plc no.";
    /// Words that begin a sentence much more often than they follow an abbreviation.
    STARTERS is_starter: "the a an he she it they we i this that these those in on at but and for as after before when
        if while there his her their its to so also however meanwhile both no not what who why how still now then with
        since although";
    /// Words before a colon that head a list or a note rather than name a speaker.
    HEADINGS is_heading: "who what when where why how which note notes update updated photo photos picture image images
        video audio watch listen read more related see source sources credit caption location date time venue pros cons
        cost costs price prices score rating verdict contact email phone tel website web address tip tips step answer
        question warning correction editor summary background context result results total breaking latest status age
        occupation hometown party";
    /// Heads of noun phrases that name somebody by a role; they can speak.
    ROLE_NOUNS is_role_noun: "official officials spokesman spokeswoman spokesperson spokespeople spokesmen envoy
        envoys adviser advisers advisor advisors aide aides minister ministers ministry president chief chiefs leader
        leaders secretary commander commanders ambassador ambassadors diplomat diplomats source sources lawyer lawyers
        attorney attorneys prosecutor prosecutors judge judges court police authorities government administration
        officer officers general generals soldier soldiers resident residents witness witnesses expert experts analyst
        analysts economist economists researcher researchers scientist scientists author authors activist activists
        organizer organizers organiser organisers negotiator negotiators mediator mediators governor governors mayor
        mayors senator senators lawmaker lawmakers legislator legislators congressman congresswoman candidate candidates
        campaign company firm group groups union unions bank agency department committee commission council board
        office statement report study document documents letter memo indictment complaint lawsuit transcript survey poll
        newspaper paper doctor doctors nurse nurses teacher teachers parent parents mother father brother sister son
        daughter wife husband family families neighbor neighbors neighbour neighbours friend friends colleague colleagues
        student students worker workers farmer farmers fisherman fishermen owner owners operator operators manager managers
        director directors executive executives chairman chairwoman chairperson founder co-founder head heads deputy deputies member
        members representative representatives coordinator professor people person man woman men women boy girl player
        players coach captain critics critic opponents supporters supporter observers others investigators investigator
        detective detectives sheriff fire firefighters rescuers insider insiders delegate delegates delegation monitor
        monitors mission army military navy force forces rebels militants fighters insurgents party coalition opposition
        protester protesters demonstrators voter voters migrant migrants refugee refugees survivor survivors victim victims
        historian historians engineer engineers veteran veterans captain pilot pilots driver drivers volunteer volunteers
        pastor priest bishop imam reporter reporters journalist journalists editor editors commentator columnist nominee
        broadcaster website site charity watchdog regulator regulators consultant investor investors trader traders
        tenant tenants landlord shopkeeper shopkeepers teenager pensioner grandmother grandfather widow aid
        disclosures emails respondents advocates advocate pollsters projections analyses
        figures records article backers envoys allies ally rival rivals
        counterpart counterparts councillors councillor panel inquest jury parliament passengers commissioner commissioners
        superintendent inspector ranger rangers biologist geologist engineer technician conductor guard guards mediators";
    /// People who are spoken to; they seldom speak.
    LISTENER_NOUNS is_listener_noun: "clients staff staffers employees customers shareholders followers viewers
        readers listeners audience crowd rally congregation conference gathering";
    /// Role nouns that speak as a body or a text rather than as people.
    BODY_NOUNS is_body_noun: "ministry court police government administration campaign company firm group union bank
        agency department committee commission council board office statement report study document documents letter memo
        indictment complaint lawsuit transcript survey poll newspaper paper party coalition army military navy mission
        website site charity watchdog regulator broadcaster delegation opposition panel inquest jury parliament
        briefing meeting conference audience crowd rally inquiry hearing tribunal senate congress newsroom";
}

/// Callings whose words may name one person in turn: `the envoy`, then `the diplomat`.
const CALLINGS: &[&str] = &[
    "envoy ambassador diplomat minister negotiator emissary consul mediator official",
    "senator congressman congresswoman lawmaker legislator representative politician governor candidate nominee mayor \
     councillor councilman councilwoman president premier minister republican democrat chancellor mp leader",
    "lawyer attorney counsel prosecutor solicitor barrister",
    "judge justice magistrate",
    "doctor physician surgeon medic nurse",
    "officer chief sheriff detective superintendent inspector constable commissioner captain lieutenant sergeant",
    "general colonel commander captain major admiral soldier lieutenant sergeant officer",
    "professor researcher scientist economist historian analyst expert academic biologist geologist engineer author",
    "executive ceo chairman chairwoman founder co-founder owner businessman businesswoman entrepreneur billionaire \
     manager director boss",
    "spokesman spokeswoman spokesperson official",
    "official head deputy director secretary commissioner chief minister administrator",
    "coach manager player skipper captain striker midfielder defender goalkeeper",
    "reporter journalist editor author writer columnist",
    "actor actress singer musician author comedian star",
    "priest pastor bishop imam rabbi cleric",
    "farmer grower rancher fisherman",
];

/// True when two words can name the same calling, or are the same word.
pub fn same_calling(one: &str, other: &str) -> bool {
    let holds = |row: &&str, word: &str| row.split_whitespace().any(|known| known == word);
    one == other || CALLINGS.iter().any(|row| holds(row, one) && holds(row, other))
}

/// Phrases that name the author of what stands before or after them.
pub const ACCORDING_TO: &str = "according to";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_cues_is_whole() {
        for row in include_str!("cues.tsv").lines().filter(|row| !row.starts_with('#')) {
            let cells: Vec<_> = row.split('\t').collect();
            assert_eq!(cells.len(), 4, "{row}");
            assert!(Stance::named(cells[2]).is_some(), "{row}");
            assert!(cells[3].chars().all(|c| "qczotiwh".contains(c)), "{row}");
        }
        assert_eq!(cue("told").map(|verb| verb.lemma), Some("tell"));
        assert!(cue("pointed out").is_some_and(CueVerb::clause));
    }
}
