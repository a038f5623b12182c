//! Days as people write them: `2025-10`, `14/10/2025`, `monday`, `3 days ago`, `2w`, `2025-10..`.
//!
//! The parser and the flags `--since` and `--until` read the same table, `FORMS`.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// The days that a piece of text means, both ends included; an open end has no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRange {
    /// First day.
    pub first: Option<Date>,
    /// Last day.
    pub last: Option<Date>,
    /// True when day and month could be exchanged: `05/06/2025`, read as 5 June.
    pub ambiguous: bool,
}

impl DayRange {
    /// The day that “since” this means: `2025-10` is 1 October, `7d` a week ago.
    pub fn since(&self) -> Option<Date> {
        self.first.or(self.last)
    }

    /// The day that “until” this means: `2025-10` is 31 October, `7d` a week ago.
    pub fn until(&self) -> Option<Date> {
        self.last.or(self.first)
    }

    /// The last day before this: `2025-10` is 30 September.
    pub fn before(&self) -> Option<Date> {
        self.since()?.yesterday().ok().filter(|day| day.year() >= FIRST_YEAR)
    }

    fn of(first: Date, last: Date) -> DayRange {
        DayRange { first: Some(first), last: Some(last), ambiguous: false }
    }

    fn day(day: Date) -> DayRange {
        DayRange::of(day, day)
    }

    fn month(first: Date) -> DayRange {
        DayRange::of(first, first.last_of_month())
    }
}

/// Reads days as people write them; none when the whole text is not a date, or no such day exists.
///
/// | written | meant |
/// |---|---|
/// | `2025`, `2025-10`, `2025-10-14`, `20251014` | that year, month, day |
/// | `14/10/2025`, `14.10.2025` | day first, unless only month first makes a date |
/// | `14 October 2025`, `Oct 14, 2025`, `October 2025` | as written |
/// | `14 October`, `October` | the latest that has begun |
/// | `today`, `yesterday`, `monday`, `last monday` | the latest such day; `last` excludes today |
/// | `this week`, `last month`, `last year` | the calendar's; weeks begin on Monday |
/// | `3 days ago`, `a week ago` | that one day |
/// | `7d`, `2w`, `3m`, `1y`, `last 7 days` | from that day on, no end |
/// | `A..B`, `A..`, `..B` | from the first day of A to the last of B |
///
/// # Example
///
/// ```
/// use jiff::civil::date;
/// use onrecord::query::date::day_range;
///
/// let october = day_range("2025-10", date(2025, 11, 26)).unwrap();
/// assert_eq!(october.until(), Some(date(2025, 10, 31)));
/// assert_eq!(day_range("2025-02-30", date(2025, 11, 26)), None);
/// ```
pub fn day_range(text: &str, today: Date) -> Option<DayRange> {
    // Nothing in the table is longer; a pasted page need not be searched for dates.
    if text.len() > 80 {
        return None;
    }
    let range = range(&text.trim().to_lowercase().replace('…', "..").replace("...", ".."), today)?;
    [range.first, range.last].iter().flatten().all(|day| day.year() >= FIRST_YEAR).then_some(range)
}

fn range(text: &str, today: Date) -> Option<DayRange> {
    let Some((left, right)) = text.split_once("..") else { return one(text, today) };
    let end = |side: &str| if side.trim().is_empty() { Some(None) } else { one(side, today).map(Some) };
    match (end(left)?, end(right)?) {
        (None, None) => None,
        (Some(a), None) => Some(DayRange { last: None, ..a }),
        (None, Some(b)) => Some(DayRange { first: None, last: b.until(), ..b }),
        (Some(a), Some(b)) => {
            let (a, b) = if a.since() <= b.since() { (a, b) } else { (b, a) };
            Some(DayRange { first: a.since(), last: b.until(), ambiguous: a.ambiguous || b.ambiguous })
        }
    }
}

const FIRST_YEAR: i16 = 1000;

type Form = fn(&[&str], Date) -> Option<DayRange>;

/// How a date may be written, tried in this order on lower-case words without commas.
const FORMS: &[Form] = &[big_first, little_first, calendar, ago, lasting, with_month_name];

const FILLERS: [&str; 3] = ["of", "the", "on"];

fn one(text: &str, today: Date) -> Option<DayRange> {
    let mut words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .map(|word| word.strip_suffix('.').unwrap_or(word))
        .filter(|word| !word.is_empty())
        .collect();
    // `the 1st of October`, but not `October of`: what follows may be a sentence.
    if words.last().is_some_and(|word| FILLERS.contains(word)) {
        return None;
    }
    words.retain(|word| !FILLERS.contains(word));
    FORMS.iter().find_map(|form| form(&words, today))
}

/// `2025`, `2025-10`, `2025/10/14`, `2025-10-14T10:22`, `20251014`.
fn big_first(words: &[&str], _: Date) -> Option<DayRange> {
    let [text] = words else { return None };
    let text = match text.split_once('t') {
        Some((day, time)) if day.len() == 10 && time.starts_with(|c: char| c.is_ascii_digit()) => day,
        _ => text,
    };
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return day(number(&text[..4])?, number(&text[4..6])?, number(&text[6..])?).map(DayRange::day);
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let year = year(parts.first()?)?;
    match parts[1..] {
        [] => Some(DayRange::of(day(year, 1, 1)?, day(year, 12, 31)?)),
        [m] => day(year, number(m)?, 1).map(DayRange::month),
        [m, d] => day(year, number(m)?, number(d)?).map(DayRange::day),
        _ => None,
    }
}

/// `14/10/2025`, `14.10.2025`, `14-10-25`; `10/14/2025` when only that makes a date.
fn little_first(words: &[&str], _: Date) -> Option<DayRange> {
    let [text] = words else { return None };
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [a, b, y] = parts[..] else { return None };
    let year = if y.len() == 2 { 2000 + number(y)? } else { year(y)? };
    let (a, b) = (number(a)?, number(b)?);
    match day(year, b, a) {
        // Only the slash is written in both orders.
        Some(date) => Some(DayRange {
            ambiguous: a != b && text.contains('/') && day(year, a, b).is_some(),
            ..DayRange::day(date)
        }),
        None => day(year, a, b).map(DayRange::day),
    }
}

/// `today`, `yesterday`, `monday`, `last monday`, `this week`, `last month`.
fn calendar(words: &[&str], today: Date) -> Option<DayRange> {
    let back = |days: i64| today.checked_sub(days.days()).ok();
    match words {
        ["today" | "now"] => Some(DayRange::day(today)),
        ["yesterday"] => back(1).map(DayRange::day),
        [name] | ["this", name] if weekday(name).is_some() => {
            back(weekday(name)?.until(today.weekday()).into()).map(DayRange::day)
        }
        ["last" | "past" | "previous", name] if weekday(name).is_some() => {
            let since = i64::from(weekday(name)?.until(today.weekday()));
            back(if since == 0 { 7 } else { since }).map(DayRange::day)
        }
        ["this", unit] => whole(unit, today),
        ["last" | "past" | "previous", unit] => whole(unit, today.checked_sub(span(1, unit)?).ok()?),
        _ => None,
    }
}

/// The calendar's week, month or year that holds `day`.
fn whole(unit: &str, day: Date) -> Option<DayRange> {
    match unit {
        "week" => {
            let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok()?;
            Some(DayRange::of(monday, monday.checked_add(6.days()).ok()?))
        }
        "month" => Some(DayRange::month(day.first_of_month())),
        "year" => Some(DayRange::of(day.first_of_year(), day.last_of_year())),
        _ => None,
    }
}

/// `3 days ago`, `a week ago`.
fn ago(words: &[&str], today: Date) -> Option<DayRange> {
    let [count, unit, "ago"] = words else { return None };
    today.checked_sub(span(counted(count)?, unit)?).ok().map(DayRange::day)
}

/// `7d`, `7 days`, `last 7 days`: from then on.
fn lasting(words: &[&str], today: Date) -> Option<DayRange> {
    let words = words.strip_prefix(&["last"]).or(words.strip_prefix(&["past"])).unwrap_or(words);
    let (count, unit) = match words {
        [count, unit] => (counted(count)?, *unit),
        [short] => {
            let short = short.strip_prefix('-').unwrap_or(short);
            let (count, unit) = short.split_at(short.find(|c: char| !c.is_ascii_digit())?);
            (counted(count)?, unit)
        }
        _ => return None,
    };
    let first = today.checked_sub(span(count, unit)?).ok()?;
    Some(DayRange { first: Some(first), last: None, ambiguous: false })
}

/// `14 October 2025`, `Tuesday, October 14th`, `October 2025`, `last October`.
fn with_month_name(words: &[&str], today: Date) -> Option<DayRange> {
    let words = match words {
        [first, rest @ ..] if *first == "last" || weekday(first).is_some() => rest,
        all => all,
    };
    match *words {
        [m] => latest(today, |year| day(year, month(m)?, 1)).map(DayRange::month),
        [m, y] | [y, m] if month(m).is_some() && year(y).is_some() => {
            day(year(y)?, month(m)?, 1).map(DayRange::month)
        }
        [m, d] | [d, m] if month(m).is_some() => {
            latest(today, |year| day(year, month(m)?, ordinal(d)?)).map(DayRange::day)
        }
        [m, d, y] | [d, m, y] if month(m).is_some() => {
            day(year(y)?, month(m)?, ordinal(d)?).map(DayRange::day)
        }
        _ => None,
    }
}

/// The latest of a yearly day that is not in the future; eight years back there was a 29 February.
fn latest(today: Date, in_year: impl Fn(i16) -> Option<Date>) -> Option<Date> {
    (0..=8).filter_map(|back| in_year(today.year() - back)).find(|date| *date <= today)
}

fn day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

fn number(text: &str) -> Option<i16> {
    (matches!(text.len(), 1..=4) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Four digits, so that `7` and `28` stay numbers; no news is older.
fn year(text: &str) -> Option<i16> {
    number(text).filter(|year| *year >= FIRST_YEAR)
}

/// `14`, `14th`.
fn ordinal(text: &str) -> Option<i16> {
    number(["st", "nd", "rd", "th"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text))
}

/// `3`, `a`.
fn counted(text: &str) -> Option<i16> {
    if ["a", "an", "one"].contains(&text) { Some(1) } else { number(text) }
}

fn span(count: i16, unit: &str) -> Option<Span> {
    match unit {
        "d" | "day" | "days" => Span::new().try_days(count).ok(),
        "w" | "week" | "weeks" => Span::new().try_weeks(count).ok(),
        "m" | "mo" | "month" | "months" => Span::new().try_months(count).ok(),
        "y" | "year" | "years" => Span::new().try_years(count).ok(),
        _ => None,
    }
}

/// `october`, `oct`; every month by three letters or in full, and `sept`.
fn month(text: &str) -> Option<i16> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let known = |name: &&str| {
        *name == text || name.get(..3) == Some(text) || name.get(..4) == Some(text) && text == "sept"
    };
    MONTHS.iter().position(known).map(|at| at as i16 + 1)
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Read on Wednesday, 26 November 2025: `first..last`, `!` when ambiguous, `-` when it is no date.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let show = |day: Option<Date>| day.map(|d| d.to_string()).unwrap_or_default();
        let read = day_range(text, date(2025, 11, 26));
        let read = read.map_or("-".into(), |r| {
            format!("{}..{}{}", show(r.first), show(r.last), if r.ambiguous { "!" } else { "" })
        });
        assert_eq!(read, expected, "{text:?}");
    }

    #[test]
    fn numbers() {
        check("2025", "2025-01-01..2025-12-31");
        check("2025-10", "2025-10-01..2025-10-31");
        check("2024-02", "2024-02-01..2024-02-29");
        check("2022-02-24", "2022-02-24..2022-02-24");
        check("2022/2/24", "2022-02-24..2022-02-24");
        check("20220224", "2022-02-24..2022-02-24");
        check("2022-02-24T05:30:00Z", "2022-02-24..2022-02-24");
        check("14/10/2025", "2025-10-14..2025-10-14");
        check("10/14/2025", "2025-10-14..2025-10-14");
        check("05/06/2025", "2025-06-05..2025-06-05!");
        check("05.06.2025", "2025-06-05..2025-06-05");
        check("06/06/2025", "2025-06-06..2025-06-06");
        check("14/10/25", "2025-10-14..2025-10-14");
    }

    #[test]
    fn ranges() {
        check("2025-10..", "2025-10-01..");
        check("..2025-11", "..2025-11-30");
        check("2025-10..2025-11-15", "2025-10-01..2025-11-15");
        check("2025-11…2025-10", "2025-10-01..2025-11-30");
        check("monday..today", "2025-11-24..2025-11-26");
        check("7d..", "2025-11-19..");
        check("..", "-");
        check("2025..never", "-");
    }

    #[test]
    fn names() {
        check("14 October 2025", "2025-10-14..2025-10-14");
        check("October 14th, 2025", "2025-10-14..2025-10-14");
        check("Tuesday, 14 October 2025", "2025-10-14..2025-10-14");
        check("the 1st of Sept. 2025", "2025-09-01..2025-09-01");
        check("October 2025", "2025-10-01..2025-10-31");
        check("October", "2025-10-01..2025-10-31");
        check("December", "2024-12-01..2024-12-31");
        check("24 Feb", "2025-02-24..2025-02-24");
        check("29 February", "2024-02-29..2024-02-29");
        check("Oct", "2025-10-01..2025-10-31");
        check("Octo", "-");
    }

    #[test]
    fn relative() {
        check("today", "2025-11-26..2025-11-26");
        check("Yesterday", "2025-11-25..2025-11-25");
        check("monday", "2025-11-24..2025-11-24");
        check("wednesday", "2025-11-26..2025-11-26");
        check("last wednesday", "2025-11-19..2025-11-19");
        check("last week", "2025-11-17..2025-11-23");
        check("this week", "2025-11-24..2025-11-30");
        check("last month", "2025-10-01..2025-10-31");
        check("last year", "2024-01-01..2024-12-31");
        check("3 days ago", "2025-11-23..2025-11-23");
        check("a week ago", "2025-11-19..2025-11-19");
        check("7d", "2025-11-19..");
        check("-7d", "2025-11-19..");
        check("2w", "2025-11-12..");
        check("last 3 months", "2025-08-26..");
    }

    #[test]
    fn no_dates() {
        for text in [
            "",
            " ",
            ".",
            "-",
            "2025-02-30",
            "2025-13",
            "2025-1-1-1",
            "30/30/2025",
            "31 June 2025",
            "putin",
            "7",
            "999999999d",
            "9999d9",
            "ago",
            "last",
            "last moon",
            "2025 2025",
            "2025-10-14 2025",
            "١٤",
            "2025-10-14-",
            "t",
            "éééééééé",
            "14th",
            "9999 years ago",
            "2025 of",
        ] {
            check(text, "-");
        }
        check(&"9".repeat(100_000), "-");
    }
}
