//! What the steps of regular reports say (LEDGER-11).

use luoshi_domain::cadence::Cadence;
use luoshi_domain::tasks::TaskEvent;

use super::Sentence;

pub(super) fn event(event: &TaskEvent) -> Sentence {
    match event {
        TaskEvent::CadenceSet {
            cadence: Cadence::Never,
            reason,
            ..
        } => Sentence::new("不再要求按期上报").with("理由", reason),
        TaskEvent::CadenceSet {
            cadence,
            always,
            default,
            reason,
        } => {
            let default = if *default { "（默认）" } else { "" };
            let always = match always {
                true => "，上级交办、部署的按期上报",
                false => "",
            };
            let headline = format!("上报间隔：{}{default}{always}", cadence.label());
            Sentence::new(&headline).with("理由", reason)
        }
        TaskEvent::ReportsLifted { dues } => {
            let days: Vec<String> = dues.iter().map(ToString::to_string).collect();
            let days = days.join("、");
            Sentence::new("进度正常且有佐证，到期的上报不作要求").with("应报日", &days)
        }
        TaskEvent::ReportRepeated {
            due,
            reported_on,
            progress,
            text,
            ..
        } => {
            let headline = format!("照 {reported_on} 的情况上报，进度 {progress}%");
            Sentence::new(&headline)
                .with("应报日", &due.to_string())
                .with("所照内容", text)
        }
        _ => Sentence::new(""),
    }
}
