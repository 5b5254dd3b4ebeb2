//! The Chinese words of both logs: kinds of things, of events and of actions.

use luoshi_domain::access_log::AccessAction;
use uuid::Uuid;

use crate::pages::ledger::query::name;
use crate::pages::parts::Choice;

/// A kind of thing: its name in the logs, the first part of its pages' addresses, whether each has
/// a page of its own that everybody may open who may know of it, and what it is called.
struct Thing {
    kind: &'static str,
    path: &'static str,
    page: Page,
    label: &'static str,
}

enum Page {
    /// Each has its own, for those who may see it.
    Guarded,
    /// Each has its own, for every member.
    Own,
    /// All are on one.
    Shared,
    /// None.
    Missing,
}

const fn thing(kind: &'static str, path: &'static str, page: Page, label: &'static str) -> Thing {
    Thing {
        kind,
        path,
        page,
        label,
    }
}

const THINGS: &[Thing] = &[
    thing("task", "tasks", Page::Guarded, "事项"),
    thing("breakdown", "", Page::Missing, "分解"),
    thing("worksheet", "", Page::Missing, "清单和矩阵"),
    thing("plan", "plans", Page::Guarded, "方案"),
    thing("organisation", "organisation", Page::Shared, "机构"),
    thing("handover", "organisation/handovers", Page::Own, "交接单"),
    thing("body", "bodies", Page::Own, "领导小组和专班"),
    thing("roster", "rosters", Page::Own, "名册"),
    thing("activity", "activities", Page::Own, "工作记录"),
    thing("list_row", "list-rows", Page::Guarded, "清单中的一行"),
    thing("list", "", Page::Missing, "清单"),
    thing("calendar", "calendar", Page::Shared, "日历"),
    thing("packs", "packs", Page::Missing, "机制包"),
    thing("lessons", "imports/lessons", Page::Missing, "识读经验"),
    thing("person", "organisation/persons", Page::Own, "人员"),
    thing("unit", "organisation/units", Page::Own, "单位"),
    thing("token", "", Page::Missing, "令牌"),
    thing("session", "", Page::Missing, "登录"),
    thing("account", "", Page::Missing, "账号"),
    thing("mandate", "", Page::Missing, "代填"),
    thing("telling", "", Page::Missing, "提醒方式"),
    thing("ledger", "", Page::Missing, "台账"),
    thing("view", "", Page::Missing, "台账视图"),
    thing("filing", "ledger/filings", Page::Own, "台账备案"),
    thing("appeal", "appeals", Page::Guarded, "申诉"),
    thing("import", "", Page::Missing, "台账导入"),
    thing("hook", "", Page::Missing, "外发"),
    thing("attachment", "", Page::Missing, "附件"),
    thing("contacts", "", Page::Missing, "通讯录"),
    thing("imports", "", Page::Missing, "方案列表"),
    thing("journal", "", Page::Missing, "流水"),
    thing("audit", "", Page::Missing, "审计"),
    thing("accounts", "", Page::Missing, "账号列表"),
];

/// Events of the journal: stream, name, what was done.
const ACTS: &[(&str, &str, &str)] = &[
    ("task", "opened", "起草立项"),
    ("task", "source_added", "补充来源"),
    ("task", "amended", "修改内容"),
    ("task", "approved", "批准立项"),
    ("task", "issued", "下达"),
    ("task", "signed_for", "签收"),
    ("task", "received", "协办收到"),
    ("task", "fed_back", "反馈进展"),
    ("task", "co_unit_reported", "协办反馈"),
    ("task", "remarked", "批示和备注"),
    ("task", "extension_requested", "申请延期"),
    ("task", "extension_decided", "批复延期"),
    ("task", "urged", "催办"),
    ("task", "closing_applied", "申请办结"),
    ("task", "reviewed", "初审"),
    ("task", "endorsed", "审定"),
    ("task", "closed", "办结评价"),
    ("task", "sent_back", "退回"),
    ("task", "cancelled", "撤销"),
    ("task", "unit_succeeded", "单位承接"),
    ("task", "handed_over", "人员交接"),
    ("task", "rerouted", "改送领导"),
    ("task", "policies_applied", "适用机制"),
    ("task", "deployed", "部署"),
    ("task", "limits_counted", "重算时限"),
    ("task", "file_added", "添加附件"),
    ("task", "file_removed", "删除附件"),
    ("task", "absorbed", "并入其他事项"),
    ("task", "merged_into", "合并到其他事项"),
    ("task", "appealed", "提出申诉"),
    ("task", "appeal_ended", "了结申诉"),
    ("task", "instructed", "领导交办"),
    ("task", "tagged", "加减标签"),
    ("task", "marked", "标注知悉范围"),
    ("task", "blocker_raised", "提出困难"),
    ("task", "blocker_passed_on", "转请上一级协调"),
    ("task", "blocker_settled", "答复困难"),
    ("task", "resumed", "恢复计时"),
    ("task", "change_requested", "申请变更"),
    ("task", "change_decided", "批复变更"),
    ("task", "escalation_requested", "申请提级督办"),
    ("task", "escalation_decided", "批复提级督办"),
    ("task", "notice_issued", "下发督办单"),
    ("task", "notice_acknowledged", "签收督办单"),
    ("task", "cadence_set", "设定上报间隔"),
    ("task", "reports_lifted", "免报一期"),
    ("task", "report_repeated", "照上次上报"),
    ("task", "trajectory_set", "设定进度计划"),
    ("task", "milestone_marked", "完成节点"),
    ("task", "linked", "上下级关联"),
    ("task", "rolled_up", "汇总下级进度"),
    ("breakdown", "made", "分解到岗"),
    ("breakdown", "changed", "调整分解"),
    ("breakdown", "handed_over", "人员交接"),
    ("breakdown", "ended", "结束"),
    ("worksheet", "list_kept", "填写“四合一”清单"),
    ("worksheet", "matrix_kept", "填写工作矩阵图"),
    ("worksheet", "facets_kept", "填写闭环要素"),
    ("mandate", "given", "委托代填"),
    ("mandate", "ended", "结束代填"),
    ("telling", "wished", "设置提醒方式"),
    ("plan", "imported", "导入"),
    ("plan", "details_amended", "修改信息"),
    ("plan", "proposal_edited", "修改拟立事项"),
    ("plan", "proposal_decided", "取舍拟立事项"),
    ("plan", "proposal_reread", "重读拟立事项"),
    ("plan", "suggested", "模型建议"),
    ("plan", "suggestion_taken", "采纳建议"),
    ("plan", "suggestion_ignored", "不用建议"),
    ("plan", "clause_dismissed", "条款无需落实"),
    ("plan", "clause_reopened", "条款重新核对"),
    ("plan", "act_begun", "成批操作"),
    ("plan", "act_undone", "撤销一步"),
    ("plan", "versioned", "认定版本"),
    ("plan", "version_denied", "否认版本"),
    ("plan", "unversioned", "取消版本"),
    ("plan", "superseded", "被新版取代"),
    ("plan", "question_settled", "答复疑问"),
    ("plan", "question_reopened", "重提疑问"),
    ("plan", "finalised", "定稿"),
    ("organisation", "unit_established", "设立单位"),
    ("organisation", "unit_renamed", "单位更名"),
    ("organisation", "unit_moved", "单位划转"),
    ("organisation", "unit_aliased", "单位简称"),
    ("organisation", "unit_merged", "单位合并"),
    ("organisation", "unit_closed", "撤销单位"),
    ("organisation", "person_registered", "登记人员"),
    ("organisation", "person_left", "人员离开"),
    ("organisation", "post_created", "设置岗位"),
    ("organisation", "post_closed", "撤销岗位"),
    ("organisation", "appointed", "任免"),
    ("organisation", "portfolio_assigned", "分管分工"),
    ("organisation", "portfolio_ended", "结束分管"),
    ("organisation", "domain_established", "设立业务领域"),
    ("organisation", "domain_assigned", "领域分工"),
    ("organisation", "supervision_office_set", "指定督查办"),
    ("organisation", "supervision_office_released", "免去督查办"),
    ("handover", "handed_over", "离岗交接"),
    ("body", "set_up", "设立"),
    ("body", "amended", "修改"),
    ("body", "ended", "结束"),
    ("roster", "asked", "发起"),
    ("roster", "amended", "修改"),
    ("roster", "filed", "填报"),
    ("roster", "closed", "截止"),
    ("list_row", "added", "登记"),
    ("list_row", "amended", "修改"),
    ("list_row", "stepped", "办理一步"),
    ("list_row", "withdrawn", "撤下"),
    ("activity", "recorded", "记录"),
    ("activity", "amended", "修改"),
    ("activity", "voided", "作废"),
    ("view", "saved", "保存"),
    ("view", "replaced", "修改"),
    ("view", "shared", "共享"),
    ("view", "chosen", "设为首选"),
    ("view", "dropped", "删除"),
    ("filing", "filed", "上报备案"),
    ("filing", "accepted", "受理备案"),
    ("filing", "returned", "退回备案"),
    ("appeal", "filed", "提出申诉"),
    ("appeal", "ended", "了结申诉"),
    ("import", "done", "导入"),
    ("import", "undone", "撤销导入"),
    ("hook", "registered", "登记"),
    ("hook", "amended", "修改"),
    ("hook", "readdressed", "更换地址"),
    ("hook", "rekeyed", "更换密钥"),
    ("hook", "switched", "启用或停用"),
    ("hook", "paused", "自动暂停"),
    ("hook", "removed", "删除"),
    ("calendar", "announced", "录入放假通知"),
    ("packs", "adopted", "启用"),
    ("packs", "dropped", "停用"),
    ("lessons", "learnt", "学到经验"),
    ("lessons", "forgotten", "忘掉经验"),
    ("lessons", "reset", "清空经验"),
];

/// What a kind of thing is called.
pub(super) fn stream(kind: &str) -> &'static str {
    let known = THINGS.iter().find(|thing| thing.kind == kind);
    known.map_or("其他", |thing| thing.label)
}

/// What an event of the journal did.
pub(super) fn act(stream: &str, act: &str) -> &'static str {
    let mut known = ACTS.iter();
    let known = known.find(|(of, name, _)| *of == stream && *name == act);
    known.map_or("其他", |(_, _, label)| label)
}

/// What an entry of the access log is about.
pub(super) fn action(action: AccessAction) -> &'static str {
    match action {
        AccessAction::SignIn => "登录",
        AccessAction::SignOut => "退出",
        AccessAction::LockOut => "锁定",
        AccessAction::AccountOpen => "开通账号",
        AccessAction::PasswordChange => "改口令",
        AccessAction::PasswordReset => "重置口令",
        AccessAction::SecondFactorEnrol => "绑定动态口令",
        AccessAction::SecondFactorRemove => "解除动态口令",
        AccessAction::RecoveryCodeUse => "使用恢复码",
        AccessAction::SessionRevoke => "强制退出",
        AccessAction::TokenCreate => "创建令牌",
        AccessAction::TokenRevoke => "吊销令牌",
        AccessAction::Read => "查看",
        AccessAction::Export => "导出",
        AccessAction::Sweep => "清理到期记录",
    }
}

pub(super) fn outcome(success: bool) -> &'static str {
    if success { "成功" } else { "未成功" }
}

/// A stream, and an event of it after a dot; nothing when nothing is asked for.
pub(super) fn kind_parts(kind: &str) -> Result<Option<(&str, Option<&str>)>, String> {
    if kind.is_empty() {
        return Ok(None);
    }
    let (of, name) = match kind.split_once('.') {
        Some((of, name)) => (of, Some(name)),
        None => (kind, None),
    };
    let mut known = ACTS.iter();
    if known.any(|(stream, act, _)| *stream == of && name.is_none_or(|name| name == *act)) {
        Ok(Some((of, name)))
    } else {
        Err("没有这种记录，请从“种类”中选择。".to_owned())
    }
}

/// The words of what was chosen.
pub(super) fn kind(reads: bool, value: &str) -> String {
    let chosen = kinds(reads, value).into_iter();
    let mut chosen = chosen.filter(|choice| choice.selected && !choice.value.is_empty());
    chosen
        .next()
        .map_or_else(|| value.to_owned(), |choice| choice.label)
}

/// The kinds to choose from.
pub(super) fn kinds(reads: bool, chosen: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "全部种类", chosen)];
    if reads {
        let actions = AccessAction::ALL.into_iter();
        choices.extend(actions.map(|known| Choice::new(name(known), action(known), chosen)));
        return choices;
    }
    let mut before = "";
    for &(of, name, label) in ACTS {
        if of.is_empty() {
            continue;
        }
        let thing = stream(of);
        if of != before {
            choices.push(Choice::new(of, format!("{thing}（全部）"), chosen));
            before = of;
        }
        let label = format!("{thing} · {label}");
        choices.push(Choice::new(format!("{of}.{name}"), label, chosen));
    }
    choices
}

/// The outcomes to choose from.
pub(super) fn outcomes(chosen: &str) -> Vec<Choice> {
    vec![
        Choice::new("", "全部", chosen),
        Choice::new("yes", outcome(true), chosen),
        Choice::new("no", outcome(false), chosen),
    ]
}

/// The kind whose pages' addresses have this part, or that is called so itself.
pub(super) fn stream_of(part: &str) -> Option<&'static str> {
    let mut known = THINGS.iter();
    let known = known.find(|thing| {
        let last = thing.path.rsplit('/').next().unwrap_or_default();
        thing.kind == part || (!last.is_empty() && last == part)
    });
    known.map(|thing| thing.kind)
}

/// The thing's own page.
pub(super) fn place(kind: &str, id: Uuid) -> String {
    let mut known = THINGS.iter();
    match known.find(|thing| thing.kind == kind) {
        Some(Thing {
            path,
            page: Page::Guarded | Page::Own,
            ..
        }) => format!("/{path}/{id}"),
        Some(Thing {
            path,
            page: Page::Shared,
            ..
        }) => format!("/{path}"),
        _ => String::new(),
    }
}

/// The thing's own page, when every member may open it.
pub(super) fn place_for_all(kind: &str, id: Uuid) -> String {
    let mut known = THINGS.iter();
    match known.find(|thing| thing.kind == kind) {
        Some(Thing {
            page: Page::Own | Page::Shared,
            ..
        }) => place(kind, id),
        _ => String::new(),
    }
}

/// What a filter's object is called in short.
pub(super) fn object_shown(value: &str) -> String {
    let mut parts = value.split('/').rev();
    let id = parts.next().unwrap_or_default();
    match (id.parse::<Uuid>(), parts.next().and_then(stream_of)) {
        (Ok(_), Some(kind)) => format!("所选{}", stream(kind)),
        (Ok(_), None) => "所选对象".to_owned(),
        (Err(_), _) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use luoshi_domain::activities::Activity;
    use luoshi_domain::appeals::Appeal;
    use luoshi_domain::bodies::Body;
    use luoshi_domain::breakdowns::Breakdown;
    use luoshi_domain::calendar::{Announced, CalendarEvent};
    use luoshi_domain::filings::Filing;
    use luoshi_domain::handovers::Handover;
    use luoshi_domain::hooks::Hook;
    use luoshi_domain::imports::Import;
    use luoshi_domain::lessons::{Lessons, LessonsEvent};
    use luoshi_domain::lists::{ListRow, RowEvent};
    use luoshi_domain::mandates::Mandate;
    use luoshi_domain::organisation::Organisation;
    use luoshi_domain::organisation::events::OrganisationEvent;
    use luoshi_domain::packs::{PackEvent, PackSet};
    use luoshi_domain::plans::{Plan, PlanEvent};
    use luoshi_domain::registers::Registered;
    use luoshi_domain::rosters::Roster;
    use luoshi_domain::tasks::{Task, TaskEvent};
    use luoshi_domain::tellings::Telling;
    use luoshi_domain::views::View;
    use luoshi_domain::worksheets::Worksheet;
    use serde::de::DeserializeOwned;

    use super::*;

    /// The names of an event's kinds: what a name that nobody knows is answered with.
    fn names<E: DeserializeOwned>() -> Vec<String> {
        let refused = serde_json::from_str::<E>(r#"{"no such event": {}}"#);
        let said = refused.err().map(|error| error.to_string());
        let said = said.unwrap_or_default();
        let quoted = said.split('`').skip(1).step_by(2);
        quoted.skip(1).map(str::to_owned).collect()
    }

    fn registered<R: Registered>() -> (&'static str, Vec<String>) {
        (R::STREAM, names::<R::Event>())
    }

    #[test]
    fn sys_02_every_kind_of_event_has_words() {
        let mut missing = BTreeSet::new();
        let mut seen = 0;
        for (of, names) in [
            (Task::STREAM, names::<TaskEvent>()),
            (Plan::STREAM, names::<PlanEvent>()),
            (Organisation::STREAM, names::<OrganisationEvent>()),
            registered::<Handover>(),
            registered::<Body>(),
            registered::<Roster>(),
            (ListRow::STREAM, names::<RowEvent>()),
            registered::<Activity>(),
            registered::<View>(),
            registered::<Filing>(),
            registered::<Appeal>(),
            registered::<Import>(),
            registered::<Hook>(),
            (Announced::STREAM, names::<CalendarEvent>()),
            (PackSet::STREAM, names::<PackEvent>()),
            (Lessons::STREAM, names::<LessonsEvent>()),
            registered::<Breakdown>(),
            registered::<Worksheet>(),
            registered::<Mandate>(),
            registered::<Telling>(),
        ] {
            if stream(of) == "其他" {
                missing.insert(of.to_owned());
            }
            for name in names {
                seen += 1;
                if act(of, &name) == "其他" {
                    missing.insert(format!("{of}.{name}"));
                }
            }
        }
        assert!(seen > 100, "{seen}");
        assert_eq!(missing, BTreeSet::new());
    }
}
