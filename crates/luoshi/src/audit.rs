//! Proving the journal, and the tables against it.

use luoshi_app::audit::{self, Verdict};
use luoshi_app::{bureaus, lights};
use luoshi_domain::audit::Chain;

use crate::Outcome;
use crate::cli::{Place, RebuildArgs};
use crate::serve;

/// Walks every bureau's journal and access log; names the first entry that is not as it was
/// written.
pub(crate) async fn verify(place: &Place) -> anyhow::Result<Outcome> {
    let (app, database) = serve::open(place).await?;
    let mut outcome = Outcome::Done;
    for bureau in bureaus::list(&app).await? {
        let name = &bureau.name;
        for chain in Chain::ALL {
            let entries = match chain {
                Chain::Journal => "事件",
                Chain::Access => "访问记录",
            };
            match audit::verify_chain(&app, bureau.id, chain).await? {
                Verdict::Whole { events } => {
                    println!("{name}：{events} 条{entries}，校验通过");
                }
                Verdict::Broken(broken) => {
                    let fault = audit::fault(broken.fault);
                    println!("{name}：第 {} 条{entries}{fault}", broken.seq);
                    outcome = Outcome::No;
                }
            }
        }
    }
    database.close().await;
    Ok(outcome)
}

/// Makes the tables again from the journal: to compare, or to replace the live ones.
pub(crate) async fn rebuild(args: &RebuildArgs) -> anyhow::Result<Outcome> {
    let (app, database) = serve::open(&args.place).await?;
    let mut outcome = Outcome::Done;
    for bureau in bureaus::list(&app).await? {
        if !args.check {
            // Tables made from a forged journal would only look right.
            if let Verdict::Broken(broken) = audit::verify(&app, bureau.id).await? {
                println!(
                    "{}：第 {} 条事件校验不通过，没有重建",
                    bureau.name, broken.seq
                );
                outcome = Outcome::No;
                continue;
            }
            let events = database.rebuild(bureau.id).await?;
            println!("{}：已由 {events} 条事件重建各表", bureau.name);
            continue;
        }
        // Rows that an earlier version wrote have no spans yet.
        lights::refresh(&app, bureau.id).await?;
        let report = database.rebuild_check(bureau.id).await?;
        if report.is_clean() {
            println!(
                "{}：{} 条事件重建的各表与现有各表逐行一致",
                bureau.name, report.events
            );
            continue;
        }
        outcome = Outcome::No;
        println!("{}：{} 处不一致", bureau.name, report.differing);
        for difference in &report.differences {
            let (table, key) = (difference.table, &difference.key);
            let column = difference.column.unwrap_or("整行");
            let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "（无）".into());
            let (live, rebuilt) = (said(&difference.live), said(&difference.rebuilt));
            println!("  {table} {key} {column}：现有 {live}，重建 {rebuilt}");
        }
    }
    database.close().await;
    Ok(outcome)
}
