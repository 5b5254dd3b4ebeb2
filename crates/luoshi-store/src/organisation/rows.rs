//! Writing the rows of one thing as the history has it.

use luoshi_domain::ids::{BureauId, DomainId, PersonId, PostId, UnitId};
use luoshi_domain::organisation::history::History;
use luoshi_domain::ports::StoreResult;

use crate::conn::Conn;
use crate::names::Named;
use crate::sql::{Value, day_number, fault, to_json, values};

/// The last day of what has no end.
pub(super) const NO_END: i64 = 1_000_000_000;

/// Where the rows go and what they say.
pub(super) struct Rows<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) bureau: BureauId,
    pub(super) history: &'a History,
}

impl Rows<'_> {
    pub(super) async fn add_unit(&mut self, ord: i64, id: UnitId) -> StoreResult<()> {
        let unit = known(self.history.unit(id))?;
        let sql = "INSERT INTO units (bureau_id, id, ord, kind, aliases, position, valid_from, \
                   valid_to, merged_into_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values = values![
            self.bureau,
            id,
            ord,
            unit.kind.name(),
            to_json(&unit.aliases)?,
            unit.position,
            unit.life.from,
            unit.life.to,
            unit.merged_into,
        ];
        self.run(sql, values).await
    }

    pub(super) async fn put_unit(&mut self, id: UnitId) -> StoreResult<()> {
        let unit = known(self.history.unit(id))?;
        let sql = "UPDATE units SET aliases = $3, position = $4, valid_to = $5, \
                   merged_into_id = $6 WHERE bureau_id = $1 AND id = $2";
        let values = values![
            self.bureau,
            id,
            to_json(&unit.aliases)?,
            unit.position,
            unit.life.to,
            unit.merged_into,
        ];
        self.run(sql, values).await
    }

    pub(super) async fn put_names(&mut self, id: UnitId) -> StoreResult<()> {
        let unit = known(self.history.unit(id))?;
        let sql = "DELETE FROM unit_names WHERE bureau_id = $1 AND unit_id = $2";
        self.run(sql, values![self.bureau, id]).await?;
        let sql = "INSERT INTO unit_names (bureau_id, unit_id, valid_from, name) \
                   VALUES ($1, $2, $3, $4)";
        for (day, name) in unit.names.entries() {
            self.run(sql, values![self.bureau, id, *day, name]).await?;
        }
        Ok(())
    }

    pub(super) async fn put_parents(&mut self, id: UnitId) -> StoreResult<()> {
        let unit = known(self.history.unit(id))?;
        let sql = "DELETE FROM unit_parents WHERE bureau_id = $1 AND unit_id = $2";
        self.run(sql, values![self.bureau, id]).await?;
        let sql = "INSERT INTO unit_parents (bureau_id, unit_id, valid_from, parent_id) \
                   VALUES ($1, $2, $3, $4)";
        for (day, parent) in unit.parents.entries() {
            let values = values![self.bureau, id, *day, *parent];
            self.run(sql, values).await?;
        }
        Ok(())
    }

    pub(super) async fn put_ancestors(&mut self, id: UnitId) -> StoreResult<()> {
        let sql = "DELETE FROM unit_ancestors WHERE bureau_id = $1 AND unit_id = $2";
        self.run(sql, values![self.bureau, id]).await?;
        let sql = "INSERT INTO unit_ancestors (bureau_id, ancestor_id, unit_id, valid_from, \
                   valid_to) VALUES ($1, $2, $3, $4, $5)";
        for (span, chain) in self.history.lineages(id) {
            let to = span.to.map_or(NO_END, day_number);
            for ancestor in chain {
                let values = values![self.bureau, ancestor, id, span.from, to];
                self.run(sql, values).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn put_offices(&mut self) -> StoreResult<()> {
        let sql = "DELETE FROM supervision_offices WHERE bureau_id = $1";
        self.run(sql, values![self.bureau]).await?;
        let sql = "INSERT INTO supervision_offices (bureau_id, valid_from, unit_id) \
                   VALUES ($1, $2, $3)";
        for (day, unit) in self.history.office().entries() {
            self.run(sql, values![self.bureau, *day, *unit]).await?;
        }
        Ok(())
    }

    pub(super) async fn add_person(&mut self, ord: i64, id: PersonId) -> StoreResult<()> {
        let record = known(self.history.person(id))?;
        let sql = "INSERT INTO persons (bureau_id, id, ord, name, login, left_day) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let person = &record.person;
        let values = values![
            self.bureau,
            id,
            ord,
            &person.name,
            &person.login,
            record.left
        ];
        self.run(sql, values).await
    }

    pub(super) async fn put_person(&mut self, id: PersonId) -> StoreResult<()> {
        let record = known(self.history.person(id))?;
        let sql = "UPDATE persons SET left_day = $3 WHERE bureau_id = $1 AND id = $2";
        self.run(sql, values![self.bureau, id, record.left]).await
    }

    pub(super) async fn add_post(&mut self, ord: i64, id: PostId) -> StoreResult<()> {
        let post = known(self.history.post(id))?;
        let sql = "INSERT INTO posts (bureau_id, id, ord, unit_id, title, role, position, \
                   valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values = values![
            self.bureau,
            id,
            ord,
            post.unit,
            &post.title,
            post.role.name(),
            post.position,
            post.life.from,
            post.life.to,
        ];
        self.run(sql, values).await
    }

    pub(super) async fn put_post(&mut self, id: PostId) -> StoreResult<()> {
        let post = known(self.history.post(id))?;
        let sql = "UPDATE posts SET valid_to = $3 WHERE bureau_id = $1 AND id = $2";
        self.run(sql, values![self.bureau, id, post.life.to]).await
    }

    pub(super) async fn put_holders(&mut self, id: PostId) -> StoreResult<()> {
        let post = known(self.history.post(id))?;
        let sql = "DELETE FROM post_holders WHERE bureau_id = $1 AND post_id = $2";
        self.run(sql, values![self.bureau, id]).await?;
        let sql = "INSERT INTO post_holders (bureau_id, post_id, valid_from, holder_id) \
                   VALUES ($1, $2, $3, $4)";
        for (day, holder) in post.holders.entries() {
            let values = values![self.bureau, id, *day, *holder];
            self.run(sql, values).await?;
        }
        Ok(())
    }

    pub(super) async fn put_deputies(&mut self, id: UnitId) -> StoreResult<()> {
        let deputies = known(self.history.portfolio(id))?;
        let sql = "DELETE FROM unit_deputies WHERE bureau_id = $1 AND unit_id = $2";
        self.run(sql, values![self.bureau, id]).await?;
        let sql = "INSERT INTO unit_deputies (bureau_id, unit_id, valid_from, deputy_id) \
                   VALUES ($1, $2, $3, $4)";
        for (day, deputy) in deputies.entries() {
            let values = values![self.bureau, id, *day, *deputy];
            self.run(sql, values).await?;
        }
        Ok(())
    }

    pub(super) async fn add_domain(&mut self, ord: i64, id: DomainId) -> StoreResult<()> {
        let domain = known(self.history.domain(id))?;
        let sql = "INSERT INTO domains (bureau_id, id, ord, name, valid_from) \
                   VALUES ($1, $2, $3, $4, $5)";
        let values = values![self.bureau, id, ord, &domain.name, domain.valid_from];
        self.run(sql, values).await
    }

    pub(super) async fn put_domain_deputies(&mut self, id: DomainId) -> StoreResult<()> {
        let domain = known(self.history.domain(id))?;
        let sql = "DELETE FROM domain_deputies WHERE bureau_id = $1 AND domain_id = $2";
        self.run(sql, values![self.bureau, id]).await?;
        let sql = "INSERT INTO domain_deputies (bureau_id, domain_id, valid_from, deputy_id) \
                   VALUES ($1, $2, $3, $4)";
        for (day, deputy) in domain.deputies.entries() {
            let values = values![self.bureau, id, *day, *deputy];
            self.run(sql, values).await?;
        }
        Ok(())
    }

    async fn run(&mut self, sql: &'static str, values: Vec<Value>) -> StoreResult<()> {
        self.conn.execute(sql, values).await.map(|_rows| ())
    }
}

fn known<T>(found: Option<T>) -> StoreResult<T> {
    found.ok_or_else(|| fault("an event names what its organisation does not know"))
}
