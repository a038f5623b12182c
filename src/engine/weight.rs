//! All weights of ranking. Only their ratios mean anything.
//!
//! Those of articles were chosen on five public collections; docs/ranking.md tells how.

/// A word of the text, in any of its forms.
pub(super) const BODY: f32 = 1.0;
/// The same word as typed.
pub(super) const EXACT: f32 = 0.35;
/// A word that the headline holds; it lifts what matches, it does not match.
pub(super) const TITLE: f32 = 0.5;
/// A word of the speaker's or addressee's name.
pub(super) const NAME: f32 = 0.8;
/// A fuzzy or prefix match.
pub(super) const LOOSE: f32 = 0.6;
/// A phrase, over its words.
pub(super) const PHRASE: f32 = 1.5;
/// Each grade of evidence that a region reaches; five for one named in the quote itself.
pub(super) const GRADE: f32 = 1.0;

/// A row that is about a region, where the question names the region in other words.
pub(super) const NAMED: f32 = 0.5;

/// How soon further occurrences of a word in a row add little.
pub(super) const ROW_K1: f32 = 2.1;
/// How much a long row must say a word more often, from 0 to 1.
pub(super) const ROW_B: f32 = 0.86;
/// What a word gives at most, however often a row says it, before it is weighed by how rare it is.
pub(super) const ROW_MOST: f32 = 2.2;
/// How far a word of the question counts as told that a row lacks, but its article has. The score falls
/// with the share of the question that is told.
pub(super) const HELD_BY_ARTICLE: f32 = 0.5;
/// What is left of the score of a row that tells of none of the regions that the question names.
pub(super) const UNNAMED: f32 = 0.1;
/// The share of a question that an article must tell to pass for an answer; where none does, that is said.
pub(super) const TOLD_ENOUGH: f32 = 0.7;
/// How far a word counts as held by a row that is about the region that it names.
pub(super) const NAMED_HELD: f32 = 0.8;

/// Score of the whole article, added to that of each of its passages.
pub(super) const ARTICLE: f32 = 0.3;
/// The same, to that of each of its quotes.
pub(super) const QUOTED_ARTICLE: f32 = 0.0;
/// What is left of its score for each further passage of one article.
pub(super) const SPREAD: f32 = 0.8;

/// How soon further occurrences of a word in an article add little.
pub(super) const K1: f32 = 1.5;
/// How much a long article must say a word more often, from 0 to 1.
pub(super) const B: f32 = 0.7;
/// How soon further occurrences of a word in the question add little.
pub(super) const K3: f32 = 8.0;
/// How many times a word of the headline counts in its article.
pub(super) const WHOLE_TITLE: usize = 2;
/// Neighbours of the question that follow one another in the article.
pub(super) const SIDE_BY_SIDE: f32 = 0.1;
/// Neighbours of the question that stand within [`WINDOW`] words in the article.
pub(super) const NEAR_BY: f32 = 0.2;
/// Words.
pub(super) const WINDOW: u64 = 8;
/// Only among so many articles are neighbours looked for.
pub(super) const NEIGHBOURS_IN: usize = 200;
/// Share of what the best articles are about in a widened question.
pub(super) const FEEDBACK: f32 = 0.5;
/// Best articles that widen a question.
pub(super) const FEEDBACK_ARTICLES: usize = 10;
/// Words that they add at most.
pub(super) const FEEDBACK_WORDS: usize = 30;
/// The power of its score with which an article widens the question.
pub(super) const FEEDBACK_SHARPNESS: f32 = 10.0;
/// A question is widened in full when the last of those articles has this share of the first one's
/// score, inverted; less when the first stands out.
pub(super) const FEEDBACK_EVENNESS: f32 = 1.5;
/// Words of an article that others are sought by.
pub(super) const LIKE_WORDS: usize = 40;
/// Words that more than this share of all articles have widen nothing.
pub(super) const COMMON: f32 = 0.1;
