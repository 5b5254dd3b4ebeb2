//! What the reader hands back.
//!
//! The types serialise by serde to the JSON of `luoshi plan extract --format json`.
//! Offsets are Unicode code points of the text as it was given.
//! Fields marked `skip` are for the import workbench and are no part of the JSON.

use serde::Serialize;

/// What the caller knows about the text before it is read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The year that completes dates without one, when the text itself names none.
    pub year: Option<i32>,
}

/// Everything that was read out of one text.
#[derive(Debug, Clone, Serialize)]
pub struct Reading {
    /// Title of the document.
    pub title: Option<String>,
    /// Body that issued it.
    pub issuer: Option<String>,
    /// Document number, as written.
    pub number: Option<String>,
    /// Date of issue, ISO.
    pub issued_on: Option<String>,
    /// The year that completed the dates; dates read `XXXX-MM-DD` where none was known.
    pub year: Option<i32>,
    /// The plain text that the offsets count in; `None` when it is the text that was given.
    pub text: Option<String>,
    /// Headings, numbered items and table rows, in reading order.
    pub outline: Vec<Heading>,
    /// Obligations, in reading order, never overlapping.
    pub obligations: Vec<Obligation>,
    /// Attachments and documents that the text points to and does not contain.
    pub missing: Vec<Missing>,
    /// What the text leaves open.
    pub questions: Vec<Question>,
    /// Clauses in reading order; together they tile the text.
    #[serde(skip)]
    pub clauses: Vec<Clause>,
}

/// One entry of the outline.
#[derive(Debug, Clone, Serialize)]
pub struct Heading {
    /// The document's own numbers joined by `/`, as in `四/(二)/1`.
    pub path: String,
    /// Number of segments of the path.
    pub level: usize,
    /// Title without number and final punctuation; empty for an item without one.
    pub title: String,
    /// First code point of the title.
    pub start: usize,
    /// Code point after the title.
    pub end: usize,
    /// What sort of entry it is.
    pub kind: HeadingKind,
}

/// Sorts of outline entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadingKind {
    /// A line of its own, or a run-in heading.
    Heading,
    /// A numbered sentence without a title of its own.
    Item,
    /// A table row.
    Row,
}

/// One clause: its number, its heading and its own body, up to where the next clause begins.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Path as in [`Heading::path`]; `前言` for text before the first heading.
    pub path: String,
    /// Number of segments of the path.
    pub level: usize,
    /// Title, may be empty.
    pub title: String,
    /// First code point.
    pub start: usize,
    /// Code point after the last.
    pub end: usize,
}

/// A sentence that tells someone to do, keep, reach or not do something.
#[derive(Debug, Clone, Serialize)]
pub struct Obligation {
    /// Path of the clause it stands in.
    pub clause_path: String,
    /// First code point.
    pub start: usize,
    /// Code point after the last.
    pub end: usize,
    /// The exact slice of the text from `start` to `end`.
    pub quote: String,
    /// What sort of obligation it is.
    pub kind: Kind,
    /// The word that decided the kind, as written; it may stand in a heading.
    pub cue: Option<String>,
    /// Responsible units as written, the lead first.
    pub responsible: Vec<String>,
    /// Where the responsible units were found.
    pub responsible_from: UnitSource,
    /// Units that take part without leading.
    pub co_responsible: Vec<String>,
    /// When it is due.
    pub deadline: Option<Deadline>,
    /// How often it recurs.
    pub frequency: Option<Frequency>,
    /// What is measured.
    pub quantities: Vec<Quantity>,
    /// The words that each finding rests on, in reading order.
    ///
    /// They may stand outside the quote: in a heading, a trailer, a table cell or the sentence before.
    pub evidence: Vec<Evidence>,
    /// How sure the reader is, 0 to 1; a rank, not a probability.
    pub confidence: f64,
    /// Index into [`Reading::clauses`].
    #[serde(skip)]
    pub clause: usize,
}

/// Words of the text that a finding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// What they show.
    pub shows: Shows,
    /// First code point.
    pub start: usize,
    /// Code point after the last.
    pub end: usize,
}

/// What words of the text show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// A responsible unit.
    Responsible,
    /// A unit that takes part.
    CoResponsible,
    /// When it is due.
    Deadline,
    /// How often it recurs.
    Frequency,
    /// How much.
    Quantity,
    /// What sort of obligation it is.
    Kind,
}

/// Sorts of obligations; only the first three become tracked objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something to do once or within the plan period.
    Task,
    /// Something that carries a frequency.
    Recurring,
    /// An end state or an indicator.
    Target,
    /// A standing norm.
    Rule,
    /// Guiding thought or exhortation; kept as text, not an obligation.
    Principle,
}

/// Where the responsible units of an obligation were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitSource {
    /// The sentence's own subject.
    Sentence,
    /// The subject of the sentence before, in the same clause.
    Previous,
    /// A clause above, such as `实施主体：…` or `…职责为：`.
    Clause,
    /// The heading is the unit.
    Heading,
    /// The trailer `（责任单位：…）`.
    Trailer,
    /// A table column.
    Table,
    /// Nobody is named.
    None,
}

/// When an obligation is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The expression as written.
    pub text: String,
    /// The last day on which doing it is on time, ISO; `XXXX` for an unknown year.
    pub date: Option<String>,
    /// Whether the year is that of the document, and not one that the text states nearby.
    pub inferred_year: bool,
    /// Whether the expression names no day, as in `限期`.
    pub vague: bool,
}

/// How often an obligation recurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frequency {
    /// The expression as written.
    pub text: String,
    /// RRULE body; several rates are joined by `|`.
    pub rrule: Option<String>,
    /// Whether the text says that it recurs and not how often, as in `定期`.
    pub unspecified: bool,
}

/// A number with its unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quantity {
    /// The expression as written.
    pub text: String,
    /// The value in base units; the lower end of a range.
    pub value: f64,
    /// The upper end of a range.
    pub max: Option<f64>,
    /// The unit; 万 and 亿 are multiplied out.
    pub unit: String,
    /// How the value is meant.
    pub comparator: Comparator,
}

/// How a value is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Comparator {
    /// Exactly, or without a word to the contrary.
    #[serde(rename = "=")]
    Equal,
    /// 不低于, 以上.
    #[serde(rename = ">=")]
    AtLeast,
    /// 超过.
    #[serde(rename = ">")]
    MoreThan,
    /// 不超过, 以内.
    #[serde(rename = "<=")]
    AtMost,
    /// 低于, 未达到.
    #[serde(rename = "<")]
    LessThan,
    /// 约, 左右.
    #[serde(rename = "approx")]
    About,
    /// A range; [`Quantity::max`] is set.
    #[serde(rename = "between")]
    Between,
}

/// Something that the text points to and does not contain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The words that point to it.
    pub text: String,
    /// First code point.
    pub start: usize,
    /// Code point after the last.
    pub end: usize,
    /// What is missing.
    pub what: MissingKind,
}

/// Sorts of missing things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MissingKind {
    /// An annex of this document.
    Attachment,
    /// Another document.
    Document,
}

/// Something that a person has to settle before the reading can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What it is about.
    pub topic: Topic,
    /// First code point of the place.
    pub start: usize,
    /// Code point after the last.
    pub end: usize,
    /// The question, a Chinese sentence.
    pub asks: String,
}

/// What a question is about; questions of one topic can be answered together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The year that completes the dates.
    Year,
    /// The body that issued the document.
    Issuer,
    /// The date of issue.
    IssueDate,
    /// A unit whose name was taken out.
    RedactedUnit,
    /// A duty without a responsible unit.
    ResponsibleUnit,
    /// How often, where the text only says that it recurs: 定期, 适时.
    Rate,
    /// A deadline that names no day: 限期, 尽快.
    VagueDeadline,
    /// A deadline that is counted from an event: 收到之日起10日内, 汛期前.
    EventDeadline,
    /// An annex that is not in the file.
    Attachment,
    /// Another document that the text refers to.
    Document,
}
