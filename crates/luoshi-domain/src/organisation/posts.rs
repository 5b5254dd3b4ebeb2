//! What may happen to posts and persons (ORG-02).

use chrono::NaiveDate;

use crate::ids::{PersonId, PostId};
use crate::organisation::commands::named;
use crate::organisation::events::OrganisationEvent;
use crate::organisation::history::History;
use crate::organisation::records::{PersonRecord, PostRecord};
use crate::organisation::timeline::Span;
use crate::organisation::{Person, Post, Role};
use crate::refusals::Refusal;

impl History {
    pub(super) fn decide_register(&self, mut person: Person) -> Result<OrganisationEvent, Refusal> {
        person.name = named(&person.name, "person_unnamed", "姓名")?;
        person.login = named(&person.login, "login", "登录名")?.to_lowercase();
        if self.places.logins.contains(&person.login) || self.person(person.id).is_some() {
            return Err(Refusal::input(
                "login_taken",
                "ORG-01",
                format!("登录名“{}”已有人使用。", person.login),
            ));
        }
        Ok(OrganisationEvent::PersonRegistered(person))
    }

    pub(super) fn decide_leave(
        &self,
        person: PersonId,
        from: NaiveDate,
        open_items: i64,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_person(person, from)?;
        let name = &record.person.name;
        if let Some(left) = record.left {
            return Err(Refusal::state(
                "leaving",
                "ORG-14",
                format!("{name}将于 {left} 离岗，不能重复登记。"),
            ));
        }
        if open_items > 0 {
            return Err(Refusal::state(
                "open_items",
                "ORG-01",
                format!("{name}还有 {open_items} 件在办事项，请先办理离岗交接。"),
            ));
        }
        Ok(OrganisationEvent::PersonLeft { person, from })
    }

    pub(super) fn decide_create(&self, mut post: Post) -> Result<OrganisationEvent, Refusal> {
        let from = post.valid_from;
        post.title = named(&post.title, "post_untitled", "岗位名称")?;
        self.require_lasting(post.unit, from)?;
        if self.post(post.id).is_some() {
            return Err(Refusal::input("post_known", "ORG-01", "这个岗位已经设立。"));
        }
        if let Some(holder) = post.holder {
            self.require_person(holder, from)?;
        }
        self.require_free_first_post(&post)?;
        Ok(OrganisationEvent::PostCreated(post))
    }

    pub(super) fn decide_close_post(
        &self,
        post: PostId,
        last: NaiveDate,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_post(post, last)?;
        if let Some(to) = record.life.to {
            return Err(Refusal::state(
                "post_ends",
                "ORG-14",
                format!("岗位“{}”将于 {to} 后撤销。", record.title),
            ));
        }
        Ok(OrganisationEvent::PostClosed { post, last })
    }

    pub(super) fn decide_appoint(
        &self,
        post: PostId,
        holder: Option<PersonId>,
        from: NaiveDate,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_post(post, from)?;
        if let Some(holder) = holder {
            self.require_person(holder, from)?;
        }
        if record.holders.at(from) == Some(&holder) {
            let sentence = match holder.and_then(|holder| self.person(holder)) {
                Some(known) => format!("{}在 {from} 已任“{}”。", known.person.name, record.title),
                None => format!("岗位“{}”在 {from} 本就空缺。", record.title),
            };
            return Err(Refusal::input("same_holder", "ORG-01", sentence));
        }
        let from = Some(from);
        Ok(OrganisationEvent::Appointed { post, holder, from })
    }

    /// The person, not gone by `day`.
    pub(super) fn require_person(
        &self,
        id: PersonId,
        day: NaiveDate,
    ) -> Result<&PersonRecord, Refusal> {
        let record = self
            .person(id)
            .ok_or_else(|| Refusal::input("unknown_person", "ORG-01", "没有这个人员。"))?;
        match record.left {
            Some(left) if left <= day => Err(Refusal::state(
                "person_left",
                "ORG-14",
                format!("{}已于 {left} 离岗。", record.person.name),
            )),
            _ => Ok(record),
        }
    }

    /// The post, in force on `day`.
    fn require_post(&self, id: PostId, day: NaiveDate) -> Result<&PostRecord, Refusal> {
        let record = self
            .post(id)
            .ok_or_else(|| Refusal::input("unknown_post", "ORG-01", "没有这个岗位。"))?;
        if record.life.has(day) {
            return Ok(record);
        }
        let title = &record.title;
        let sentence = match record.life.to.filter(|to| *to < day) {
            Some(to) => format!("岗位“{title}”已于 {to} 后撤销。"),
            None => format!("岗位“{title}”自 {} 起才设立。", record.life.from),
        };
        Err(Refusal::state("post_not_in_force", "ORG-14", sentence))
    }

    /// On any day one unit has one head, one bureau one principal leader (ORG-02).
    fn require_free_first_post(&self, post: &Post) -> Result<(), Refusal> {
        let span = Span::since(post.valid_from);
        let holds = |known: &PostRecord| known.role == post.role && known.life.meets(span);
        let taken = match post.role {
            Role::Head => self.posts_in(post.unit).any(holds),
            Role::Principal => {
                let bureau = self.bureau_of(post.unit, post.valid_from);
                let mut others = self.posts.iter().filter(|known| holds(known));
                others.any(|known| self.bureau_of(known.unit, post.valid_from) == bureau)
            }
            _ => false,
        };
        if taken {
            let unit = self.unit(post.unit);
            return Err(Refusal::input(
                "first_post_taken",
                "ORG-02",
                format!(
                    "“{}”已有主要负责人岗位。",
                    unit.map_or("", |unit| unit.name_near(post.valid_from))
                ),
            ));
        }
        Ok(())
    }
}
