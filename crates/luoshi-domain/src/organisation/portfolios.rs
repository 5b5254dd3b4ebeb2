//! What may happen to who is in charge of what (ORG-04, ORG-14).

use chrono::NaiveDate;

use crate::ids::{DomainId, PersonId, UnitId};
use crate::organisation::commands::named;
use crate::organisation::events::OrganisationEvent;
use crate::organisation::history::History;
use crate::organisation::records::DomainRecord;
use crate::organisation::{Domain, Portfolio};
use crate::refusals::Refusal;

impl History {
    pub(super) fn decide_assign(&self, portfolio: Portfolio) -> Result<OrganisationEvent, Refusal> {
        let from = portfolio.valid_from;
        let unit = self.require_unit(portfolio.unit, from)?;
        let person = self.require_person(portfolio.deputy, from)?;
        if self.in_charge(portfolio.unit, from) == Some(portfolio.deputy) {
            return Err(Refusal::input(
                "same_deputy",
                "ORG-14",
                format!(
                    "“{}”在 {from} 已由{}分管。",
                    unit.name_near(from),
                    person.person.name
                ),
            ));
        }
        Ok(OrganisationEvent::PortfolioAssigned(portfolio))
    }

    pub(super) fn decide_end(
        &self,
        unit: UnitId,
        from: NaiveDate,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_unit(unit, from)?;
        if self.in_charge(unit, from).is_none() {
            return Err(Refusal::state(
                "no_deputy",
                "ORG-14",
                format!("“{}”在 {from} 没有单独的分管领导。", record.name_near(from)),
            ));
        }
        Ok(OrganisationEvent::PortfolioEnded { unit, from })
    }

    pub(super) fn decide_domain(&self, mut domain: Domain) -> Result<OrganisationEvent, Refusal> {
        domain.name = named(&domain.name, "domain_unnamed", "业务领域名称")?;
        let mut known = self.domains.iter();
        if known.any(|known| known.name == domain.name || known.id == domain.id) {
            return Err(Refusal::input(
                "domain_name_taken",
                "ORG-04",
                format!("业务领域“{}”已经设立。", domain.name),
            ));
        }
        if let Some(deputy) = domain.deputy {
            self.require_person(deputy, domain.valid_from)?;
        }
        Ok(OrganisationEvent::DomainEstablished(domain))
    }

    pub(super) fn decide_assign_domain(
        &self,
        domain: DomainId,
        deputy: Option<PersonId>,
        from: NaiveDate,
    ) -> Result<OrganisationEvent, Refusal> {
        let record = self.require_domain(domain, from)?;
        if let Some(deputy) = deputy {
            self.require_person(deputy, from)?;
        }
        if record.deputies.at(from) == Some(&deputy) {
            return Err(Refusal::input(
                "same_deputy",
                "ORG-14",
                format!("“{}”在 {from} 的分管安排没有变化。", record.name),
            ));
        }
        Ok(OrganisationEvent::DomainAssigned {
            domain,
            deputy,
            from,
        })
    }

    /// The leader that a unit itself is assigned to.
    fn in_charge(&self, unit: UnitId, day: NaiveDate) -> Option<PersonId> {
        self.portfolio(unit)?.at(day).copied().flatten()
    }

    fn require_domain(&self, id: DomainId, day: NaiveDate) -> Result<&DomainRecord, Refusal> {
        let known = self.domain(id).filter(|domain| domain.valid_from <= day);
        known
            .ok_or_else(|| Refusal::input("unknown_domain", "ORG-04", "这一天还没有这个业务领域。"))
    }
}
