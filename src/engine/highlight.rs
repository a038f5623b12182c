//! Which words of a text a query matched, as spans.

use super::Places;
use super::analyse::{self, Term};
use crate::query::{Expr, Filter};
use crate::span::Span;

/// The words of `text` that match what `expr` asks for; what it excludes is never marked.
///
/// Spans are in order, do not overlap, and are byte ranges of `text`.
pub fn spans(text: &str, expr: &Expr<Places>) -> Vec<Span> {
    let exact = analyse::terms(&mut analyse::exact(), text);
    let stems = analyse::terms(&mut analyse::stemmed(), text);
    let mut marked = Vec::new();
    mark(expr, &exact, &stems, &mut marked);
    marked.sort_unstable();
    let mut merged: Vec<Span> = Vec::new();
    for span in marked {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => *last = last.cover(span),
            _ => merged.push(span),
        }
    }
    merged
}

fn mark(expr: &Expr<Places>, exact: &[Term], stems: &[Term], marked: &mut Vec<Span>) {
    match expr {
        Expr::Word(word) => {
            let wanted = analyse::terms(&mut analyse::stemmed(), word);
            sequences(stems, &wanted, marked);
        }
        Expr::Exact(word) => sequences(exact, &analyse::terms(&mut analyse::exact(), word), marked),
        Expr::Phrase(words) => {
            sequences(exact, &analyse::terms(&mut analyse::exact(), &words.join(" ")), marked)
        }
        Expr::Prefix(word) => {
            let start = analyse::fold_word(word);
            marked.extend(
                exact.iter().filter(|term| !start.is_empty() && term.text.starts_with(&start)).map(span),
            );
        }
        Expr::Fuzzy(word, edits) => {
            let wanted = analyse::fold_word(word);
            marked.extend(exact.iter().filter(|term| within(&term.text, &wanted, *edits as usize)).map(span));
        }
        Expr::Near { left, right, distance } => near(left, right, *distance, exact, stems, marked),
        Expr::And(list) | Expr::Or(list) | Expr::Any(list) => {
            list.iter().for_each(|expr| mark(expr, exact, stems, marked));
        }
        Expr::Filter(Filter::About(places)) if places.ids.is_empty() => {
            sequences(exact, &analyse::terms(&mut analyse::exact(), &places.typed), marked);
        }
        Expr::Not(_) | Expr::Filter(_) => {}
    }
}

fn span(term: &Term) -> Span {
    Span::new(term.start, term.end)
}

/// Every place where `wanted` stands word for word.
fn sequences(terms: &[Term], wanted: &[Term], marked: &mut Vec<Span>) {
    if wanted.is_empty() {
        return;
    }
    for window in terms.windows(wanted.len()) {
        if window.iter().zip(wanted).all(|(term, wanted)| term.text == wanted.text) {
            marked.push(span(&window[0]).cover(span(&window[window.len() - 1])));
        }
    }
}

/// Marks both sides only where they stand within the distance.
fn near(
    left: &Expr<Places>,
    right: &Expr<Places>,
    distance: u32,
    exact: &[Term],
    stems: &[Term],
    marked: &mut Vec<Span>,
) {
    let place = |expr: &Expr<Places>| {
        let mut spans = Vec::new();
        mark(expr, exact, stems, &mut spans);
        spans
    };
    let index = |byte: u32| exact.partition_point(|term| term.end as u32 <= byte);
    for a in place(left) {
        for b in place(right) {
            let (first, second) = if a.start < b.start { (a, b) } else { (b, a) };
            let gap = index(second.start).saturating_sub(index(first.end.saturating_sub(1)));
            if gap as u32 <= distance && !a.overlaps(b) {
                marked.extend([a, b]);
            }
        }
    }
}

/// True when one word becomes the other by at most `most` edits; a swap of neighbours is one.
fn within(a: &str, b: &str, most: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()] <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expr: Expr<Places>, marked: &str) {
        let text = marked.replace(['[', ']'], "");
        let mut shown = text.clone();
        for span in spans(&text, &expr).iter().rev() {
            shown.insert(span.end as usize, ']');
            shown.insert(span.start as usize, '[');
        }
        assert_eq!(shown, marked);
    }

    fn word(word: &str) -> Expr<Places> {
        Expr::Word(word.into())
    }

    #[test]
    fn what_matched_and_nothing_else() {
        check(word("promise"), "He [promised] a [promise], no compromise.");
        check(Expr::Exact("plan".into()), "The [plan] of planners.");
        check(Expr::Phrase(vec!["land".into(), "swap".into()]), "A [land swap], not a swap of land.");
        check(Expr::Prefix("crim".into()), "[Crimea] and [Crimean] crowds.");
        check(Expr::Fuzzy("Zelensky".into(), 1), "[Zelenskyy], not Poroshenko.");
        check(Expr::And(vec![word("deal"), Expr::Not(Box::new(word("war")))]), "A [deal], no war.");
        let near = |distance| Expr::Near {
            left: Box::new(word("troops")),
            right: Box::new(word("border")),
            distance,
        };
        check(near(3), "[Troops] near the [border]; more and more troops of four nations far from home.");
        check(near(1), "Troops near the border.");
    }
}
