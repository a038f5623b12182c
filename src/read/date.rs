//! Dates as newsrooms write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::document::{DateSource, Precision, Published};
use crate::span::floor;

/// The first date in `text`, which is taken to be little else: a field, a tag, a header line.
///
/// A date after tomorrow, or before newspapers, is nobody's date of publication and gives none.
pub fn parse(text: &str, found_in: DateSource, today: Date) -> Option<Published> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let moment = match text.len() {
        10 | 13 if digits => epoch(text),
        4 if digits => Moment::new(text.parse().ok()?, None, None),
        _ => exact(text).or_else(|| moments(text).next().map(|(moment, ..)| moment)),
    };
    moment?.published(found_in, today)
}

/// The date that an address or a file's path holds: `/2025/10/14/`, `2025-10-14-slug.md`, `10Feb2005.txt`.
pub fn in_path(path: &str, found_in: DateSource, today: Date) -> Option<Published> {
    let month =
        || moments(path).map(|(moment, ..)| moment).find(|moment| moment.precision == Precision::Month);
    exact(path).or_else(month).filter(|moment| moment.day.year() >= 1800)?.published(found_in, today)
}

/// True when a line at the head of a text dates it: the date stands alone, leads the line, or is part of a dateline.
pub(super) fn dates(line: &str) -> bool {
    let line = line.trim();
    // No date further in is one of these.
    let line = &line[..floor(line, 200)];
    if !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let found = moments(line).find(|(moment, ..)| moment.precision >= Precision::Day);
    let Some((before, after)) =
        found.and_then(|(_, start, end)| Some((line.get(..start)?, line.get(end..)?)))
    else {
        return false;
    };
    let words =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
    let alone =
        line.len() <= 80 && words(before) + words(after) <= 5 && !line.ends_with(['.', '!', '?', '”', '"']);
    let dateline = before.len() < 80
        && (after.chars().take(24).any(|c| matches!(c, '—' | '–')) || after.starts_with(" - "));
    alone || before.is_empty() || dateline
}

/// The words of a line other than its date; none when it has no date.
pub(super) fn beside_date(line: &str) -> Option<String> {
    let (_, start, end) = moments(line).next()?;
    Some(format!("{} {}", line.get(..start)?, line.get(end..)?))
}

/// A day of the file system's, as a last resort.
pub(super) fn of_file(day: Date) -> Published {
    Published { at: day.to_string(), day, precision: Precision::Day, found_in: DateSource::FileTime }
}

struct Moment {
    at: String,
    day: Date,
    precision: Precision,
}

impl Moment {
    fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Moment> {
        let date = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        let (at, precision) = match (month, day) {
            (None, _) => (format!("{year:04}"), Precision::Year),
            (Some(month), None) => (format!("{year:04}-{month:02}"), Precision::Month),
            _ => (date.to_string(), Precision::Day),
        };
        (year >= 1600).then_some(Moment { at, day: date, precision })
    }

    /// Midnight is how many systems write a day without a time.
    fn with_time(mut self, time: Option<Time>) -> Moment {
        if let Some(Time { hour, minute, second, zone }) = time.filter(|t| t.hour + t.minute + t.second > 0) {
            self.at = format!("{}T{hour:02}:{minute:02}:{second:02}{zone}", self.at);
            self.precision = Precision::Minute;
        }
        self
    }

    fn published(self, found_in: DateSource, today: Date) -> Option<Published> {
        let tomorrow = today.checked_add(1.day()).unwrap_or(today);
        let Moment { at, day, precision } = self;
        (day <= tomorrow).then_some(Published { at, day, precision, found_in })
    }
}

/// The day of a moment, in UTC.
pub(super) fn day_of(stamp: Timestamp) -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(stamp).date()
}

/// Seconds or milliseconds since 1970, as digits.
fn epoch(digits: &str) -> Option<Moment> {
    let number = digits.parse::<i64>().ok()?;
    let seconds = if digits.len() == 13 { number / 1000 } else { number };
    let stamp = Timestamp::from_second(seconds).ok()?;
    let day = day_of(stamp);
    Some(Moment { at: stamp.to_string(), day, precision: Precision::Minute }).filter(|_| seconds > 0)
}

/// The first date that tells the day.
fn exact(text: &str) -> Option<Moment> {
    moments(text).map(|(moment, ..)| moment).find(|moment| moment.precision >= Precision::Day)
}

/// The dates in a text, each with where it starts and ends; the weekday before it belongs to it.
fn moments(text: &str) -> impl Iterator<Item = (Moment, usize, usize)> {
    let pieces = pieces(text);
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < pieces.len() {
            let mut reader = Reader { pieces: &pieces, at };
            if let Some(moment) = reader.date() {
                let first = at.checked_sub(1 + usize::from(at > 1 && pieces[at - 1].is(",")));
                let first =
                    first.filter(|&first| WEEKDAYS.contains(&pieces[first].word.as_str())).unwrap_or(at);
                let end = pieces[reader.at - 1].end;
                at = reader.at;
                return Some((moment, pieces[first].start, end));
            }
            at += 1;
        }
        None
    })
}

/// A run of digits, a run of letters in lower case, or one other character.
struct Piece {
    word: String,
    number: Option<(i64, usize)>,
    start: usize,
    end: usize,
    /// True when no blank stands before it.
    joined: bool,
}

impl Piece {
    fn is(&self, word: &str) -> bool {
        self.word == word
    }
}

/// Enough for any header or path; a date further on is not one of publication.
const MOST_PIECES: usize = 120;

fn pieces(text: &str) -> Vec<Piece> {
    let kind = |c: char| match c {
        c if c.is_ascii_digit() => 0,
        '年' | '月' | '日' => 1,
        c if c.is_alphabetic() => 2,
        c if c.is_whitespace() => 3,
        _ => 4,
    };
    let mut pieces: Vec<Piece> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let mut end = start + first.len_utf8();
        let run = matches!(kind(first), 0 | 2 | 3);
        while let Some((at, c)) = chars.next_if(|&(_, c)| run && kind(c) == kind(first)) {
            end = at + c.len_utf8();
        }
        if kind(first) == 3 {
            continue;
        }
        if pieces.len() == MOST_PIECES {
            break;
        }
        let word = text[start..end].to_lowercase();
        let number =
            word.parse::<i64>().ok().filter(|_| kind(first) == 0).map(|number| (number, end - start));
        let joined = pieces.last().is_some_and(|last| last.end == start);
        pieces.push(Piece { word, number, start, end, joined });
    }
    pieces
}

/// Reads pieces one after another; a method that gives none has moved nothing.
struct Reader<'a> {
    pieces: &'a [Piece],
    at: usize,
}

struct Time {
    hour: i8,
    minute: i8,
    second: i8,
    zone: String,
}

impl Reader<'_> {
    fn date(&mut self) -> Option<Moment> {
        self.attempt(Self::year_first)
            .or_else(|| self.attempt(Self::day_first))
            .or_else(|| self.attempt(Self::month_first))
    }

    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let found = read(self);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// `2025-10-14T10:22Z`, `2025/oct/14`, `20251014`, `2025年10月14日`, `2025-10`
    fn year_first(&mut self) -> Option<Moment> {
        if let Some(packed) = self.number(8, 8) {
            let (year, month, day) = (packed / 10_000, packed / 100 % 100, packed % 100);
            let moment =
                Moment::new(year as i16, Some(month as i8), Some(day as i8)).filter(|_| year >= 1900)?;
            return Some(moment.with_time(self.attempt(Self::time)));
        }
        let year = self.year()?;
        let between = ["-", "/", ".", "_", "年"].into_iter().find(|separator| self.skip(separator))?;
        let month = self.number(1, 2).or_else(|| self.month())?;
        let day = self.attempt(|reader| {
            let joint = if between == "年" { "月" } else { between };
            reader.skip(joint).then(|| reader.number(1, 2))?
        });
        if between == "年" {
            self.skip("日");
        }
        if day.is_none() && between == "." {
            return None;
        }
        let whole = day.and_then(|day| Moment::new(year, Some(month as i8), Some(day as i8)));
        match whole {
            Some(moment) => Some(moment.with_time(self.attempt(Self::time))),
            None if day.is_some() => None,
            None => Moment::new(year, Some(month as i8), None),
        }
    }

    /// `14 October 2025`, `14th of Oct., 2025`, `14-Oct-2025`, `14.10.2025`, `10/14/2025`
    fn day_first(&mut self) -> Option<Moment> {
        let first = self.number(1, 2)?;
        let numeric = self.attempt(|reader| {
            let between = ["/", ".", "-"].into_iter().find(|separator| reader.skip(separator))?;
            let second = reader.number(1, 2)?;
            let year = reader.skip(between).then(|| reader.year())??;
            Some((between, second, year))
        });
        if let Some((between, second, year)) = numeric {
            let moment = match (first, second) {
                (day, month) if between == "." || day > 12 || day == month => {
                    Moment::new(year, Some(month as i8), Some(day as i8))
                }
                (month, day) if day > 12 => Moment::new(year, Some(month as i8), Some(day as i8)),
                // 04/05/2025 is a day in April or in May: only the year is certain.
                _ => Moment::new(year, None, None),
            }?;
            return Some(moment.with_time(self.attempt(Self::time)));
        }
        self.any(&["st", "nd", "rd", "th", ".", "-", "/", "º"]);
        self.any(&["of", "de"]);
        let month = self.month()?;
        self.any(&[".", ",", "-", "/"]);
        self.any(&["de", "del", ","]);
        let year = self.year()?;
        let moment = Moment::new(year, Some(month as i8), Some(first as i8))?;
        Some(moment.with_time(self.attempt(Self::time)))
    }

    /// `Oct. 14, 2025, 10:22 a.m.`, `October 2025`, `Oct 14 10:22:00 EDT 2025`
    fn month_first(&mut self) -> Option<Moment> {
        let month = self.month()?;
        self.any(&[".", ",", "-"]);
        if let Some(year) = self.year() {
            return Moment::new(year, Some(month as i8), None);
        }
        let day = self.number(1, 2)?;
        self.any(&["st", "nd", "rd", "th"]);
        self.any(&[",", "-", "."]);
        if let Some(year) = self.year() {
            let moment = Moment::new(year, Some(month as i8), Some(day as i8))?;
            return Some(moment.with_time(self.attempt(Self::time)));
        }
        let time = self.attempt(Self::time)?;
        let year = self.year()?;
        Some(Moment::new(year, Some(month as i8), Some(day as i8))?.with_time(Some(time)))
    }

    fn time(&mut self) -> Option<Time> {
        while self.any(&[",", "t", "at", "um", "|", "-", "–", "—", "•", "·"]) {}
        let packed =
            self.attempt(|reader| reader.number(6, 6).filter(|_| reader.pieces[reader.at - 2].is("t")));
        let (mut hour, minute, second) = match packed {
            Some(packed) => (packed / 10_000, packed / 100 % 100, packed % 100),
            None => {
                let hour = self.number(1, 2)?;
                let colon = self.any(&[":", "."]);
                let minute = if colon { self.number(2, 2)? } else { 0 };
                let second =
                    self.attempt(|reader| reader.skip(":").then(|| reader.number(2, 2))?).unwrap_or(0);
                self.attempt(|reader| reader.skip(".").then(|| reader.number(1, 9))?);
                if !colon
                    && !self
                        .pieces
                        .get(self.at)
                        .is_some_and(|piece| matches!(&*piece.word, "am" | "pm" | "a" | "p"))
                {
                    return None;
                }
                (hour, minute, second)
            }
        };
        let half = self.attempt(|reader| {
            let half = reader.pieces.get(reader.at)?.word.clone();
            reader.at += 1;
            match &*half {
                "am" | "pm" => {}
                "a" | "p" if reader.skip(".") && reader.skip("m") => {
                    reader.skip(".");
                }
                _ => return None,
            }
            Some(half.starts_with('p'))
        });
        match (half, hour) {
            (Some(_), 13..) => return None,
            (Some(true), 1..=11) => hour += 12,
            (Some(false), 12) => hour = 0,
            _ => {}
        }
        let zone = self.attempt(Self::zone).unwrap_or_default();
        (hour < 24 && minute < 60 && second < 61).then_some(Time {
            hour: hour as i8,
            minute: minute as i8,
            second: second.min(59) as i8,
            zone,
        })
    }

    /// Zones whose offset changes with the season (`ET`) are left out: the time stays local.
    fn zone(&mut self) -> Option<String> {
        const ZONES: &[(&str, &str)] = &[
            ("z", "Z"),
            ("utc", "Z"),
            ("gmt", "Z"),
            ("est", "-05:00"),
            ("edt", "-04:00"),
            ("cst", "-06:00"),
            ("cdt", "-05:00"),
            ("mst", "-07:00"),
            ("mdt", "-06:00"),
            ("pst", "-08:00"),
            ("pdt", "-07:00"),
            ("bst", "+01:00"),
            ("cet", "+01:00"),
            ("cest", "+02:00"),
            ("eet", "+02:00"),
            ("eest", "+03:00"),
            ("msk", "+03:00"),
            ("jst", "+09:00"),
        ];
        let piece = self.pieces.get(self.at)?;
        self.at += 1;
        if let Some((_, zone)) = ZONES.iter().find(|(name, _)| piece.is(name)) {
            return Some((*zone).to_owned());
        }
        let sign = Some(&piece.word).filter(|sign| matches!(&***sign, "+" | "-" | "−"))?.replace('−', "-");
        let (hour, minute) = match self.number(4, 4) {
            Some(packed) => (packed / 100, packed % 100),
            None => (
                self.number(2, 2)?,
                self.attempt(|reader| reader.skip(":").then(|| reader.number(2, 2))?).unwrap_or(0),
            ),
        };
        (hour < 15 && minute < 60).then(|| format!("{sign}{hour:02}:{minute:02}"))
    }

    fn number(&mut self, fewest: usize, most: usize) -> Option<i64> {
        let (number, _) =
            self.pieces.get(self.at)?.number.filter(|&(_, digits)| (fewest..=most).contains(&digits))?;
        self.at += 1;
        Some(number)
    }

    fn year(&mut self) -> Option<i16> {
        self.number(4, 4).map(|year| year as i16)
    }

    fn month(&mut self) -> Option<i64> {
        let word = &self.pieces.get(self.at)?.word;
        // Every word of a headline comes by here: going through the names took a tenth of all reading.
        static NUMBERS: LazyLock<HashMap<&'static str, i64>> = LazyLock::new(|| {
            let names =
                |(at, names): (usize, &'static str)| names.split(' ').map(move |name| (name, at as i64 + 1));
            MONTHS.into_iter().enumerate().flat_map(names).collect()
        });
        let month = *NUMBERS.get(word.as_str())?;
        self.at += 1;
        Some(month)
    }

    fn any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.skip(word))
    }

    fn skip(&mut self, word: &str) -> bool {
        let found =
            self.pieces.get(self.at).is_some_and(|piece| piece.is(word) && (piece.joined || word != "t"));
        self.at += usize::from(found);
        found
    }
}

/// English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Ukrainian.
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier enero janeiro gennaio januari stycznia января січня",
    "february feb februar février febrero fevereiro febbraio februari lutego февраля лютого",
    "march mar märz mars marzo março maart marca марта березня",
    "april apr avril abril aprile kwietnia апреля квітня",
    "may mai mayo maio maggio mei maja мая травня",
    "june jun juni juin junio junho giugno czerwca июня червня",
    "july jul juli juillet julio julho luglio lipca июля липня",
    "august aug août agosto augustus sierpnia августа серпня",
    "september sep sept septembre septiembre setembro settembre września сентября вересня",
    "october oct oktober octobre octubre outubro ottobre października октября жовтня",
    "november nov novembre noviembre novembro listopada ноября листопада",
    "december dec dezember décembre diciembre dezembro dicembre grudnia декабря грудня",
];

/// A weekday that may stand before a date.
#[rustfmt::skip]
const WEEKDAYS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu",
    "thur", "thurs", "fri", "sat", "sun", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lunes", "martes", "miércoles", "jueves",
    "viernes", "sábado", "domingo",
];

/// True for a month or weekday, in lower case.
pub(super) fn is_calendar_word(word: &str) -> bool {
    WEEKDAYS.contains(&word) || MONTHS.iter().any(|names| names.split(' ').any(|name| name == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 3, 1);

    fn check(text: &str, wanted: &str) {
        let found = parse(text, DateSource::Field, TODAY);
        assert_eq!(found.map(|p| p.at).unwrap_or_default(), wanted, "{text}");
    }

    #[test]
    fn forms() {
        check("2025-11-26T10:22:00-05:00", "2025-11-26T10:22:00-05:00");
        check("2025-11-26T10:22:00.123Z", "2025-11-26T10:22:00Z");
        check("2019-11-04 10:00:00 -0500", "2019-11-04T10:00:00-05:00");
        check("2011-10-03T00:00:00-04:00", "2011-10-03");
        check("20130515T134502Z", "2013-05-15T13:45:02Z");
        check("2025/10/14", "2025-10-14");
        check("20251014", "2025-10-14");
        check("2025-10", "2025-10");
        check("2025", "2025");
        check("Oct. 14, 2025", "2025-10-14");
        check("14 October 2025", "2025-10-14");
        check("14th of October 2025", "2025-10-14");
        check("October 2025", "2025-10");
        check("Tuesday, 14 October 2025", "2025-10-14");
        check("Tue, 14 Oct 2025 08:05:00 +0200", "2025-10-14T08:05:00+02:00");
        check("Updated 10:22 AM ET, Tue October 14, 2025", "2025-10-14");
        check("Oct 14, 2025, 1:05 p.m. EDT", "2025-10-14T13:05:00-04:00");
        check("Tue Oct 14 10:22:00 EDT 2025", "2025-10-14T10:22:00-04:00");
        check("29. März 2018", "2018-03-29");
        check("14 de octubre de 2025", "2025-10-14");
        check("14 жовтня 2025", "2025-10-14");
        check("2025年10月14日", "2025-10-14");
        check("14.10.2025, 18:30 Uhr", "2025-10-14T18:30:00");
        check("10/14/2025", "2025-10-14");
        check("04/05/2025", "2025");
        check("1760430000", "2025-10-14T08:20:00Z");
        check("1760430000000", "2025-10-14T08:20:00Z");
        check("18 Mar 2008", "2008-03-18");
    }

    #[test]
    fn impossible_and_future_dates_are_refused() {
        for text in [
            "2025-02-30",
            "2026-03-03",
            "0001-01-01",
            "9999999999",
            "0000000000",
            "",
            "soon",
            "-",
            "99/99/9999",
        ] {
            check(text, "");
        }
        check("2026-03-02", "2026-03-02");
        check("31 June 2020", "2020-06");
    }

    #[test]
    fn paths() {
        let check = |path: &str, wanted: &str| {
            let found = in_path(path, DateSource::Url, TODAY);
            assert_eq!(found.map(|p| p.at).unwrap_or_default(), wanted, "{path}");
        };
        check("https://x.org/2025/10/14/slug.html", "2025-10-14");
        check("https://x.org/world/2025/oct/14/slug", "2025-10-14");
        check("news/2019/11/2019-11-04-slug.md", "2019-11-04");
        check("news/2019/11/slug.md", "2019-11");
        check("10Feb2005Clinton688.txt", "2005-02-10");
        check("dump_20251014.jsonl", "2025-10-14");
        check("000_ac50c74f269fbe1d.txt", "");
        check("https://x.org/a/123456789/1234567-story", "");
    }

    #[test]
    fn lines() {
        let check = |line: &str, wanted: &str| {
            let found = parse(line, DateSource::Text, TODAY).filter(|_| dates(line));
            assert_eq!(found.map(|p| p.at).unwrap_or_default(), wanted, "{line}");
        };
        check("Friday, January 4, 2019", "2019-01-04");
        check("February 10  2005 Clinton  President s Budget Leaves New York", "2005-02-10");
        check("WASHINGTON, Oct. 14, 2025 (Reuters) — The minister said on Tuesday.", "2025-10-14");
        check("KYIV, Oct. 14 (Reuters) — The minister said.", "");
        check("The deal of 14 October 2025 would have forced Ukraine to give up land.", "");
    }

    #[test]
    fn nothing_panics() {
        for piece in ["2025-", "14.", "Oct", "T1", "年", "é1", "99999999999999999999", "+", "1:1", "١٢"] {
            for times in [1, 3, 200] {
                let text = piece.repeat(times);
                parse(&text, DateSource::Text, TODAY);
                in_path(&text, DateSource::Url, TODAY);
                dates(&text);
                beside_date(&text);
            }
        }
    }
}
