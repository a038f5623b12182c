//! How much a piece of evidence for a speaker weighs: one table. The trained model of speakers
//! enters it as one more kind of evidence.

use crate::document::{Form, Reason};
use crate::extract::coref::Resolved;

/// What is known about one candidate for a quote's speaker or addressee.
#[derive(Clone, Copy, Debug)]
pub struct Evidence {
    /// What in the text points to them.
    pub reason: Reason,
    /// What kind of words name them.
    pub form: Form,
    /// How sure it is that these words were rightly found, 0 to 1.
    pub found: f32,
    /// Paragraphs between the quote and what names them.
    pub paragraphs: u32,
    /// True when the quote opens its paragraph, so that nobody else can be named before it.
    pub alone: bool,
}

impl Evidence {
    /// Evidence in the same paragraph.
    pub fn of(reason: Reason, resolved: Resolved) -> Evidence {
        Evidence { reason, form: resolved.form, found: 1.0, paragraphs: 0, alone: false }
    }
}

/// Confidence that these are the words that name the speaker, 0 to 1; whom they name is another matter.
pub fn weigh(evidence: &Evidence) -> f32 {
    let base = match evidence.reason {
        Reason::Subject | Reason::InvertedSubject | Reason::AccordingTo | Reason::Object => 0.97,
        Reason::Colon | Reason::Signed => 0.95,
        Reason::LeadIn | Reason::To => 0.88,
        Reason::Learned => 0.95,
        Reason::Continues => 0.85,
        Reason::Nearest => 0.6,
        Reason::Conversation => 0.5,
    };
    let far = match (evidence.paragraphs, evidence.alone) {
        (0, _) => 1.0,
        (_, true) => 0.85,
        _ => 0.5,
    };
    base * far * evidence.found
}
