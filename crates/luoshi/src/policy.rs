//! `luoshi policy`: checks the policy set, and says of one person, act and row what decides.

use luoshi_app::App;
use luoshi_app::policy::{self, Asked};
use luoshi_domain::rights::{Explanation, Right, Rule};
use luoshi_domain::tasks::lists::Visibility;
use luoshi_policy::Policies;

use crate::Outcome;
use crate::cli::ExplainArgs;
use crate::serve;

/// Reads the policies as the start does, and says what there is.
pub(crate) fn check() -> Outcome {
    match Policies::built_in() {
        Ok(policies) => {
            let rules = policies.rules();
            let forbidding = rules.iter().filter(|rule| rule.forbids).count();
            println!(
                "规则 {} 条（其中禁止 {forbidding} 条），权限 {} 项，均与模式相符。",
                rules.len(),
                Right::ALL.len()
            );
            Outcome::Done
        }
        Err(error) => {
            println!("规则有误：{error}");
            Outcome::No
        }
    }
}

/// Says whether a person may do something to a row, and which policies decide.
pub(crate) async fn explain(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let Some(right) = Right::from_key(&args.act) else {
        let known: Vec<String> = Right::ALL
            .iter()
            .map(|right| format!("  {:<28}{}", right.key(), right.label()))
            .collect();
        return Ok(Outcome::BadInput(format!(
            "没有“{}”这项权限。可用的有：\n{}",
            args.act,
            known.join("\n")
        )));
    };
    let (app, database) = serve::open(&args.place).await?;
    let asked = policy::explain(&app, &args.person, right, args.row.as_deref()).await?;
    database.close().await;
    Ok(match asked {
        Ok(asked) => {
            print(&app, right, &asked);
            match asked.explanation.allowed {
                true => Outcome::Done,
                false => Outcome::No,
            }
        }
        Err(sentence) => Outcome::BadInput(sentence),
    })
}

fn print(app: &App, right: Right, asked: &Asked) {
    let Explanation {
        allowed,
        decided_by,
        missed,
    } = &asked.explanation;
    let verdict = if *allowed { "允许" } else { "不允许" };
    println!(
        "{verdict}：{}（{}）{}——{}",
        asked.actor.name,
        asked.actor.title,
        right.label(),
        asked.row
    );
    for rule in decided_by {
        let effect = if rule.forbids { "禁止" } else { "准许" };
        println!("\n由这条规则{effect}：");
        print_rule(rule);
    }
    if decided_by.is_empty() {
        println!("\n没有规则准许。可以准许而未满足的规则：");
        missed.iter().for_each(print_rule);
    }
    if matches!(right, Right::ListBureau | Right::ListSubtree) {
        let scope = match policy::visibility(app, &asked.actor) {
            Visibility::All => "全局".to_owned(),
            Visibility::Units(_) => "无".to_owned(),
            Visibility::Below(_) => {
                let names = asked
                    .actor
                    .scope
                    .iter()
                    .map(|unit| asked.organisation.unit_name(*unit));
                format!("本单位及下级：{}", names.collect::<Vec<_>>().join("、"))
            }
        };
        println!("\n列表范围：{scope}");
    }
}

fn print_rule(rule: &Rule) {
    println!("  {}（{}）：{}", rule.id, rule.clause, rule.says);
    for line in rule.text.lines().filter(|line| !line.starts_with('@')) {
        println!("    {line}");
    }
}
