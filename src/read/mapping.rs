//! Which field of a record means what, where the user says so: `title=headline,body=content.text`.

use std::str::FromStr;

use serde_json::{Map, Value};

use crate::error::Error;

/// Fields of JSON records or columns of tables, named by the user; what is not named is found as usual.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    target: Target,
    /// Names of fields from the record down.
    path: Vec<String>,
}

/// What a field can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Title,
    Body,
    Date,
    Byline,
    Source,
    Url,
    Id,
    Language,
}

/// What users may write on the left of `=`; the first name of a target is the one that is shown.
const TARGETS: &[(&str, Target)] = &[
    ("title", Target::Title),
    ("body", Target::Body),
    ("date", Target::Date),
    ("author", Target::Byline),
    ("source", Target::Source),
    ("url", Target::Url),
    ("id", Target::Id),
    ("language", Target::Language),
    ("headline", Target::Title),
    ("text", Target::Body),
    ("content", Target::Body),
    ("published", Target::Date),
    ("byline", Target::Byline),
    ("outlet", Target::Source),
    ("publication", Target::Source),
    ("lang", Target::Language),
];

/// Bits of a set of rules: more rules than these make no sense.
const MOST_RULES: usize = 32;

impl FromStr for Mapping {
    type Err = Error;

    fn from_str(text: &str) -> Result<Mapping, Error> {
        let wrong = |part: &str, reason: String| Error::Query { part: format!("--map {part}"), reason };
        let names: Vec<&str> = TARGETS[..8].iter().map(|(name, _)| *name).collect();
        let mut rules = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((target, path)) = part.split_once('=') else {
                return Err(wrong(part, "write WHAT=FIELD, such as title=headline".to_owned()));
            };
            let target = target.trim().to_lowercase();
            let Some((_, target)) = TARGETS.iter().find(|(name, _)| *name == target) else {
                return Err(wrong(part, format!("what can be mapped: {}", names.join(", "))));
            };
            let path: Vec<String> = path.trim().split('.').map(str::to_owned).collect();
            if path.iter().any(String::is_empty) {
                return Err(wrong(part, "the name of the field is missing".to_owned()));
            }
            rules.push(Rule { target: *target, path });
        }
        if rules.is_empty() || rules.len() > MOST_RULES {
            return Err(wrong(text, format!("write 1 to {MOST_RULES} parts, such as title=headline")));
        }
        Ok(Mapping { rules })
    }
}

impl Mapping {
    /// True when the user has mapped nothing.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// What the rules for `target` find, first to last, and which rules did as bits.
    pub(super) fn find<'v>(
        &self,
        target: Target,
        record: &'v Map<String, Value>,
    ) -> (Option<&'v Value>, u32) {
        for (at, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.target == target) {
            if let Some(value) = follow(record, &rule.path) {
                return (Some(value), 1 << at);
            }
        }
        (None, 0)
    }

    /// True when the user says where `target` is.
    pub(super) fn names(&self, target: Target) -> bool {
        self.rules.iter().any(|rule| rule.target == target)
    }

    /// The rules that are not among `found`, as the user wrote them.
    pub(super) fn missed(&self, found: u32) -> Vec<String> {
        let missed = self.rules.iter().enumerate().filter(|(at, _)| found & (1 << at) == 0);
        missed.map(|(_, rule)| rule.to_string()).collect()
    }

    /// The rules for `target`, as the user wrote them.
    pub(super) fn written(&self, target: Target) -> String {
        let rules = self.rules.iter().filter(|rule| rule.target == target);
        rules.map(Rule::to_string).collect::<Vec<_>>().join(",")
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = TARGETS.iter().find(|(_, target)| *target == self.target).map_or("", |(name, _)| name);
        write!(f, "{name}={}", self.path.join("."))
    }
}

/// Down the names, with a number for an item of a list; a whole name with dots in it goes first.
fn follow<'v>(record: &'v Map<String, Value>, path: &[String]) -> Option<&'v Value> {
    if let Some(value) = field(record, &path.join(".")) {
        return Some(value);
    }
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(field(record, first)?, |value, name| match value {
        Value::Object(record) => field(record, name),
        Value::Array(list) => match name.parse::<usize>() {
            Ok(at) => list.get(at),
            Err(_) => list.iter().find_map(|item| field(item.as_object()?, name)),
        },
        _ => None,
    })
}

fn field<'v>(record: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let found = record.get(name);
    found.or_else(|| record.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told() {
        let check = |text: &str, wanted: &str| {
            let error = text.parse::<Mapping>().unwrap_err().to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        };
        check("headline", "write WHAT=FIELD");
        check("colour=red", "what can be mapped: title, body, date");
        check("title=", "name of the field is missing");
        check("", "1 to 32 parts");
    }

    #[test]
    fn paths() {
        let map: Mapping = "title=a.b, body=c.0.d,date=e.f".parse().unwrap();
        let value: Value =
            serde_json::from_str(r#"{"A": {"b": "T"}, "c": [{"d": "One."}], "e.f": "2025"}"#).unwrap();
        let found = |target| map.find(target, value.as_object().unwrap()).0.and_then(Value::as_str);
        assert_eq!(found(Target::Title), Some("T"));
        assert_eq!(found(Target::Body), Some("One."));
        assert_eq!(found(Target::Date), Some("2025"));
        assert_eq!(found(Target::Url), None);
    }
}
