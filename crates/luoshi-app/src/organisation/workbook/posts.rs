//! The sheets of the posts and of who holds them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use luoshi_domain::ids::{PostId, UnitId};
use luoshi_domain::organisation::commands::OrganisationCommand;
use luoshi_domain::organisation::records::PostRecord;
use luoshi_domain::organisation::timeline::Timeline;
use luoshi_domain::organisation::{Post, Role};

use crate::organisation::sentences;
use crate::organisation::workbook::export::post_lasts;
use crate::organisation::workbook::parts::{self, Part, headings as h};
use crate::organisation::workbook::plan::Plan;
use crate::organisation::workbook::spells::SpellRow;
use crate::organisation::workbook::steps::{Phase, Step};
use crate::organisation::workbook::table::{Book, Code, Line};
use crate::organisation::workbook::units::LAST_PLACE;

/// Which posts there are and which a row means.
#[derive(Default)]
struct Posts<'b> {
    /// Short codes that the workbook gives to its own new posts.
    codes: HashMap<&'b str, PostId>,
    titled: HashMap<(UnitId, String), Vec<PostId>>,
    places: HashMap<PostId, (UnitId, String)>,
    /// Of the new ones the command that creates them and the first day.
    new: HashMap<PostId, (usize, NaiveDate)>,
    /// Whose rows are faulty; what names them is not told too.
    faulty: HashSet<PostId>,
}

impl Posts<'_> {
    fn know(&mut self, id: PostId, unit: UnitId, title: &str) {
        let place = (unit, title.to_owned());
        if self.places.insert(id, place.clone()).is_none() {
            self.titled.entry(place).or_default().push(id);
        }
    }
}

impl Plan<'_> {
    pub(super) fn posts(&mut self, book: &Book) {
        let history = Arc::clone(&self.history);
        let mut posts = Posts::default();
        let standing = history.posts().iter();
        let standing = standing.filter(|post| post_lasts(&history, post, self.base));
        // What rows without a code may mean, the earliest first.
        let mut free: HashMap<(UnitId, String, Role), Vec<&PostRecord>> = HashMap::new();
        let coded = book
            .lines(Part::Posts)
            .filter_map(|line| match Code::of(line) {
                Code::Standing(id) => Some(PostId(id)),
                _ => None,
            });
        let coded: HashSet<PostId> = coded.collect();
        for post in standing {
            posts.know(post.id, post.unit, &post.title);
            if !coded.contains(&post.id) {
                let kind = (post.unit, post.title.clone(), post.role);
                free.entry(kind).or_default().push(post);
            }
        }
        for waiting in free.values_mut() {
            waiting.reverse();
        }
        let mut seen: HashMap<PostId, u32> = HashMap::new();
        for line in book.lines(Part::Posts) {
            let id = match Code::of(line) {
                Code::Standing(id) => self.standing_post(line, PostId(id)),
                _ => self.other_post(line, &mut posts, &mut free),
            };
            if let Some(id) = id
                && let Some(other) = seen.insert(id, line.number)
            {
                self.note(line, format!("编号与第 {other} 行重复，一个岗位只写一行。"));
            }
        }
        self.holders(book, &posts);
    }

    /// A row of a post that is known by its code: only its end can be new.
    fn standing_post(&mut self, line: &Line, id: PostId) -> Option<PostId> {
        let history = Arc::clone(&self.history);
        let Some(post) = history.post(id) else {
            self.note(
                line,
                "本局没有这个编号的岗位，表格可能来自别的局；新设的岗位请把编号留空。",
            );
            return None;
        };
        if !post_lasts(&history, post, self.base) {
            self.note(line, format!("岗位“{}”已经撤销，不能再改。", post.title));
            return None;
        }
        self.compare(line, post);
        Some(id)
    }

    fn compare(&mut self, line: &Line, post: &PostRecord) {
        let unit = self.unit_in(line, h::UNIT);
        let role = self.role_in(line);
        let position = self.position(line);
        let (since, last) = (self.day(line, h::SINCE), self.day(line, h::LAST));
        let title = line.get(h::TITLE);
        let place = self.names.name(post.unit).to_owned();
        let place = format!("{place} {}", post.title);
        if unit.is_ok_and(|unit| unit != Some(post.unit)) {
            let sentence = format!("“{place}”不能换单位；请撤销后在新的单位另设。");
            self.note(line, sentence);
        }
        if title != post.title {
            let sentence = format!("“{place}”不能改成“{title}”；请撤销后另设。");
            self.note(line, sentence);
        }
        if role.is_ok_and(|role| role.is_some_and(|role| role != post.role)) {
            let known = sentences::role(post.role);
            let sentence = format!("“{place}”登记的职责是{known}，不能改；请撤销后另设。");
            self.note(line, sentence);
        }
        if position.is_ok_and(|position| position.is_some_and(|known| known != post.position)) {
            let known = post.position;
            self.note(
                line,
                format!("“{place}”的次序是 {known}，设立后不能改；请照写。"),
            );
        }
        if since.is_ok_and(|since| since.is_some_and(|since| since != post.life.from)) {
            let known = post.life.from;
            self.note(
                line,
                format!("“{place}”登记的设立日是 {known}，不能改；请照写。"),
            );
        }
        let Ok(last) = last else {
            return;
        };
        match (post.life.to, last) {
            (None, Some(last)) => {
                let command = OrganisationCommand::ClosePost {
                    post: post.id,
                    last,
                };
                self.push(
                    Phase::ClosePost,
                    line,
                    format!("撤销岗位“{place}”"),
                    command,
                );
            }
            (Some(to), last) if Some(to) != last => {
                let sentence = format!("“{place}”登记的最后一日是 {to}，不能在这里改；请照写。");
                self.note(line, sentence);
            }
            _ => {}
        }
    }

    fn role_in(&mut self, line: &Line) -> Result<Option<Role>, ()> {
        match line.get(h::ROLE) {
            "" => Ok(None),
            said => match parts::role(said) {
                Ok(role) => Ok(Some(role)),
                Err(sentence) => {
                    self.note(line, sentence);
                    Err(())
                }
            },
        }
    }

    /// A row without a code of what stands: of a post that is the same in all, or a new one.
    fn other_post<'b>(
        &mut self,
        line: &'b Line,
        posts: &mut Posts<'b>,
        free: &mut HashMap<(UnitId, String, Role), Vec<&PostRecord>>,
    ) -> Option<PostId> {
        let unit = self.unit_in(line, h::UNIT);
        let role = self.role_in(line);
        let title = line.get(h::TITLE);
        if title.is_empty() {
            self.note(line, "“岗位名称”空着。");
        }
        if unit == Ok(None) {
            self.note(line, "“单位”空着。");
        }
        if role == Ok(None) {
            self.note(line, parts::role("").err().unwrap_or_default());
        }
        let known = match (unit, role) {
            (Ok(Some(unit)), Ok(Some(role))) => free
                .get_mut(&(unit, title.to_owned(), role))
                .and_then(Vec::pop),
            _ => None,
        };
        let id = known.map_or_else(|| PostId((self.new_id)()), |post| post.id);
        if let Code::Own(code) = Code::of(line)
            && posts.codes.insert(code, id).is_some()
        {
            self.note(line, format!("编号“{code}”用了两次，请换一个。"));
        }
        if let Ok(Some(unit)) = unit {
            posts.know(id, unit, title);
        }
        if let Some(post) = known {
            self.compare(line, post);
            return Some(id);
        }
        posts.faulty.insert(id);
        let (position, since) = (self.position(line), self.day(line, h::SINCE));
        let last = self.day(line, h::LAST);
        let (unit, role) = (unit.ok()??, role.ok()??);
        let (position, since, last) = (position.ok()?, since.ok()?, last.ok()?);
        if title.is_empty() {
            return None;
        }
        posts.faulty.remove(&id);
        let valid_from = since.unwrap_or_else(|| self.first_day(unit));
        posts.new.insert(id, (self.steps.len(), valid_from));
        let place = format!("{} {title}", self.names.name(unit));
        let command = OrganisationCommand::CreatePost(Post {
            id,
            unit,
            title: title.to_owned(),
            role,
            holder: None,
            position: position.unwrap_or(LAST_PLACE),
            valid_from,
        });
        let said = format!("设立岗位“{place}”（{}）", sentences::role(role));
        self.push(Phase::CreatePost, line, said, command);
        if let Some(last) = last {
            let command = OrganisationCommand::ClosePost { post: id, last };
            self.push(
                Phase::ClosePost,
                line,
                format!("撤销岗位“{place}”"),
                command,
            );
        }
        Some(id)
    }

    fn holders(&mut self, book: &Book, posts: &Posts<'_>) {
        let mut rows: HashMap<PostId, Vec<SpellRow>> = HashMap::new();
        let mut order: Vec<(PostId, &Line)> = Vec::new();
        for line in book.lines(Part::Holders) {
            let post = self.post_in(line, posts);
            let spell = self.spell_in(line, h::PERSON);
            if let (Some(post), Some(spell)) = (post, spell)
                && !posts.faulty.contains(&post)
            {
                rows.entry(post).or_insert_with(|| {
                    order.push((post, line));
                    Vec::new()
                });
                rows.entry(post).or_default().push(spell);
            }
        }
        let history = Arc::clone(&self.history);
        for (id, line) in order {
            let rows = rows.remove(&id).unwrap_or_default();
            let new = posts.new.get(&id).copied();
            let nobody = new.map(|(_, from)| Timeline::from(from, None));
            let standing = history.post(id);
            let Some(known) = nobody.as_ref().or(standing.map(|post| &post.holders)) else {
                continue;
            };
            let first = new
                .map(|(_, from)| from)
                .or(standing.map(|post| post.life.from.max(self.default)));
            let turns = self.turns(Part::Holders, known, &rows, first.unwrap_or(self.default));
            for (row, holder, from) in turns {
                // Who begins with the post is put there as it is created.
                if let Some((at, first)) = new
                    && first == from
                    && let Some(step) = self.steps.get_mut(at)
                    && let OrganisationCommand::CreatePost(post) = &mut step.command
                {
                    post.holder = holder;
                    if let Some(holder) = holder {
                        step.said = format!("{}，任职：{}", step.said, self.people.text(holder));
                    }
                    continue;
                }
                let place = posts.places.get(&id);
                let place = place.map_or_else(String::new, |(unit, title)| {
                    format!("{} {title}", self.names.name(*unit))
                });
                let said = match holder {
                    Some(holder) => format!("{}任“{place}”", self.people.text(holder)),
                    None => format!("“{place}”空缺"),
                };
                let command = OrganisationCommand::Appoint {
                    post: id,
                    holder,
                    from,
                };
                let mut step = Step::new(Phase::Appoint, line, said, command);
                step.row = row;
                self.steps.push(step);
            }
        }
    }

    /// The post that a row is about.
    fn post_in(&mut self, line: &Line, posts: &Posts<'_>) -> Option<PostId> {
        let code = line.get(h::POST_CODE);
        let unit = self.unit_in(line, h::UNIT).ok()?;
        let title = line.get(h::TITLE);
        if !code.is_empty() {
            let standing = uuid::Uuid::parse_str(code).ok().map(PostId);
            let standing = standing.filter(|id| posts.places.contains_key(id));
            let Some(id) = posts.codes.get(code).copied().or(standing) else {
                self.note(
                    line,
                    format!("岗位编号“{code}”不在“岗位”表里，本局也没有。"),
                );
                return None;
            };
            if let Some((known, called)) = posts.places.get(&id)
                && (unit.is_some_and(|unit| unit != *known) || !title.is_empty() && title != called)
            {
                let name = self.names.name(*known).to_owned();
                self.note(
                    line,
                    format!("岗位编号是“{name} {called}”的，与写的单位、岗位名称对不上。"),
                );
                return None;
            }
            return Some(id);
        }
        let Some(unit) = unit.filter(|_| !title.is_empty()) else {
            self.note(line, "单位和岗位名称都要写，或者写岗位编号。");
            return None;
        };
        let name = self.names.name(unit).to_owned();
        let titled = posts.titled.get(&(unit, title.to_owned()));
        match titled.map_or(&[][..], Vec::as_slice) {
            [] => {
                self.note(
                    line,
                    format!("“{name}”没有岗位“{title}”，“岗位”表里也没有新设。"),
                );
                None
            }
            [one] => Some(*one),
            several => {
                let count = several.len();
                self.note(
                    line,
                    format!("“{name}”有 {count} 个岗位叫“{title}”，请写岗位编号。"),
                );
                None
            }
        }
    }
}
