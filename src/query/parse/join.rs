//! Lists of terms as one expression.

use crate::query::Expr;

/// All of them; none of an empty list.
pub(super) fn and(list: Vec<Expr<String>>) -> Option<Expr<String>> {
    let flat = list.into_iter().flat_map(|expr| match expr {
        Expr::And(inner) => inner,
        other => vec![other],
    });
    one_or(flat.collect(), Expr::And)
}

/// At least one of them; none of an empty list.
pub(super) fn or(list: Vec<Expr<String>>) -> Option<Expr<String>> {
    let flat = list.into_iter().flat_map(|expr| match expr {
        Expr::Or(inner) => inner,
        other => vec![other],
    });
    one_or(flat.collect(), Expr::Or)
}

/// The only one of them, or all of them joined.
pub(super) fn one_or(
    mut list: Vec<Expr<String>>,
    join: fn(Vec<Expr<String>>) -> Expr<String>,
) -> Option<Expr<String>> {
    if list.len() > 1 { Some(join(list)) } else { list.pop() }
}
