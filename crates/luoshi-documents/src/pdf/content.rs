//! The drawing orders of a page to signs with their places.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::error::{Excess, ReadError};
use crate::limits::Budget;

use super::STREAM;
use super::fonts::Font;
use super::layout::{Page, Run};

/// Pictures inside pictures that are followed.
const NESTED: usize = 8;
/// States that may be kept at once.
const STATES: usize = 256;

/// A place in the plane: x and y after the transformation `[a b c d e f]`.
type Matrix = [f32; 6];

const UNCHANGED: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Draws the pages of a document.
pub(super) struct Drawing<'d> {
    document: &'d Document,
    budget: &'d Budget<'d>,
    /// Fonts by the object that they are.
    fonts: HashMap<ObjectId, Rc<Font>>,
    unread: usize,
    page: Page,
}

/// What is kept and brought back around a part of the drawing.
#[derive(Clone)]
struct State {
    place: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    letter_gap: f32,
    word_gap: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
}

impl<'d> Drawing<'d> {
    pub(super) fn new(document: &'d Document, budget: &'d Budget<'d>) -> Self {
        Self {
            document,
            budget,
            fonts: HashMap::new(),
            unread: 0,
            page: Page::default(),
        }
    }

    /// Signs of all pages that nothing gives a reading for.
    pub(super) fn unread(&self) -> usize {
        self.unread
    }

    pub(super) fn page(&mut self, id: ObjectId) -> Result<Page, ReadError> {
        self.page = Page::default();
        let document = self.document;
        let Ok(content) = document.get_page_content_with_limit(id, STREAM) else {
            return Err(self.budget.excess(Excess::Unpacked));
        };
        let mut resources = Vec::new();
        if let Ok((own, ids)) = document.get_page_resources(id) {
            resources.extend(own);
            resources.extend(
                ids.iter()
                    .filter_map(|id| document.get_dictionary(*id).ok()),
            );
        }
        let state = State {
            place: UNCHANGED,
            font: None,
            size: 0.0,
            letter_gap: 0.0,
            word_gap: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        self.draw(&content, &resources, state, 0)?;
        Ok(std::mem::take(&mut self.page))
    }

    /// Follows the orders of a page or of a part that it draws; `depth` counts parts inside parts.
    fn draw(
        &mut self,
        content: &[u8],
        resources: &[&'d Dictionary],
        state: State,
        depth: usize,
    ) -> Result<(), ReadError> {
        self.budget.unpack(content.len())?;
        let Ok(content) = Content::decode(content) else {
            return Ok(());
        };
        self.budget.check_time()?;
        let mut state = state;
        let mut kept: Vec<State> = Vec::new();
        let mut line = UNCHANGED;
        let mut text = UNCHANGED;
        for order in content.operations {
            self.budget.step()?;
            let operands = &order.operands;
            let number = |at: usize| {
                let number = operands.get(at).and_then(|object| object.as_float().ok());
                number.filter(|number| number.is_finite()).unwrap_or(0.0)
            };
            let matrix = || {
                [
                    number(0),
                    number(1),
                    number(2),
                    number(3),
                    number(4),
                    number(5),
                ]
            };
            match order.operator.as_str() {
                "q" if kept.len() < STATES => kept.push(state.clone()),
                "Q" => {
                    if let Some(before) = kept.pop() {
                        state = before;
                    }
                }
                "cm" => state.place = product(&matrix(), &state.place),
                "BT" => {
                    line = UNCHANGED;
                    text = UNCHANGED;
                }
                "Tf" => {
                    let name = operands.first().and_then(|object| object.as_name().ok());
                    state.font = name.and_then(|name| self.font(resources, name));
                    state.size = number(1);
                }
                "Tc" => state.letter_gap = number(0),
                "Tw" => state.word_gap = number(0),
                "Tz" => state.stretch = number(0) / 100.0,
                "TL" => state.leading = number(0),
                "Ts" => state.rise = number(0),
                "Td" | "TD" => {
                    if order.operator == "TD" {
                        state.leading = -number(1);
                    }
                    line = product(&[1.0, 0.0, 0.0, 1.0, number(0), number(1)], &line);
                    text = line;
                }
                "Tm" => {
                    line = matrix();
                    text = line;
                }
                "T*" => {
                    line = product(&[1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], &line);
                    text = line;
                }
                "Tj" | "'" | "\"" => {
                    if order.operator != "Tj" {
                        line = product(&[1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], &line);
                        text = line;
                    }
                    if let Some(Object::String(string, _)) = operands.last() {
                        self.show(string, &state, &mut text)?;
                    }
                }
                "TJ" => {
                    let Some(Object::Array(pieces)) = operands.first() else {
                        continue;
                    };
                    for piece in pieces {
                        if let Object::String(string, _) = piece {
                            self.show(string, &state, &mut text)?;
                        } else if let Ok(back) = piece.as_float() {
                            let by = -back / 1000.0 * state.size * state.stretch;
                            text = product(&[1.0, 0.0, 0.0, 1.0, by, 0.0], &text);
                        }
                    }
                }
                "Do" if depth < NESTED => {
                    let name = operands.first().and_then(|object| object.as_name().ok());
                    if let Some(name) = name {
                        self.part(resources, name, &state, depth)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Draws a part that the page only names.
    fn part(
        &mut self,
        resources: &[&'d Dictionary],
        name: &[u8],
        state: &State,
        depth: usize,
    ) -> Result<(), ReadError> {
        let document = self.document;
        let Some(Object::Stream(part)) = self.resource(resources, b"XObject", name) else {
            return Ok(());
        };
        if part.dict.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Form") {
            return Ok(());
        }
        let Ok(content) = part.decompressed_content_with_limit(STREAM) else {
            return Err(self.budget.excess(Excess::Unpacked));
        };
        let own = part.dict.get(b"Resources").ok();
        let own = own.and_then(|object| document.dereference(object).ok());
        let own = own.and_then(|(_, object)| object.as_dict().ok());
        let resources: Vec<&Dictionary> =
            own.into_iter().chain(resources.iter().copied()).collect();
        let mut state = state.clone();
        if let Ok(Object::Array(matrix)) = part.dict.get(b"Matrix") {
            let mut own = UNCHANGED;
            for (slot, number) in own.iter_mut().zip(matrix) {
                *slot = number.as_float().unwrap_or(0.0);
            }
            state.place = product(&own, &state.place);
        }
        self.draw(&content, &resources, state, depth + 1)
    }

    fn resource(
        &self,
        resources: &[&'d Dictionary],
        kind: &[u8],
        name: &[u8],
    ) -> Option<&'d Object> {
        let document = self.document;
        resources.iter().find_map(|resources| {
            let (_, list) = document.dereference(resources.get(kind).ok()?).ok()?;
            let object = list.as_dict().ok()?.get(name).ok()?;
            document.dereference(object).ok().map(|(_, found)| found)
        })
    }

    fn font(&mut self, resources: &[&'d Dictionary], name: &[u8]) -> Option<Rc<Font>> {
        let document = self.document;
        let (id, font) = resources.iter().find_map(|resources| {
            let (_, list) = document.dereference(resources.get(b"Font").ok()?).ok()?;
            let object = list.as_dict().ok()?.get(name).ok()?;
            let (id, found) = document.dereference(object).ok()?;
            Some((id, found.as_dict().ok()?))
        })?;
        if let Some(known) = id.and_then(|id| self.fonts.get(&id)) {
            return Some(Rc::clone(known));
        }
        let made = Rc::new(Font::read(document, font));
        if let Some(id) = id {
            self.fonts.insert(id, Rc::clone(&made));
        }
        Some(made)
    }

    /// Puts the signs of a string on the page and moves on behind them.
    fn show(&mut self, string: &[u8], state: &State, text: &mut Matrix) -> Result<(), ReadError> {
        let Some(font) = &state.font else {
            return Ok(());
        };
        for sign in font.signs(string) {
            self.budget.step()?;
            let place = product(text, &state.place);
            let gap = state.letter_gap + if sign.is_blank { state.word_gap } else { 0.0 };
            let advance = sign.width / 1000.0 * state.size * state.stretch;
            let after = [1.0, 0.0, 0.0, 1.0, advance + gap * state.stretch, 0.0];
            let end = product(&[1.0, 0.0, 0.0, 1.0, advance, 0.0], text);
            let end = product(&end, &state.place);
            *text = product(&after, text);
            let Some(said) = sign.text else {
                self.unread += 1;
                continue;
            };
            let [a, b, c, d, x, y] = place;
            let size = state.size.abs() * (c * c + d * d).sqrt();
            // Text that runs upwards is a mark beside or across the page.
            let upright = a > 0.0 && b.abs() <= a.abs() * 0.2;
            let placed = size.is_finite() && x.is_finite() && y.is_finite();
            if !upright || !placed || size < 0.5 {
                continue;
            }
            self.budget.write(said.len() + size_of::<Run>())?;
            self.page.push(Run {
                left: x,
                right: end[4].max(x),
                // Down the page is up in the numbers of the layout.
                down: -(y + state.rise * d),
                size,
                text: said,
            });
        }
        Ok(())
    }
}

/// First `a`, then `b`.
fn product(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}
