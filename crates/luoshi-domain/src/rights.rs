//! The port to the policy set: who may do what on which row (SYS-03).
//!
//! The domain says which right an act needs and what the row is; the policies, which are text
//! outside this crate, say who holds it. What is possible in which state stays with the aggregates.

use uuid::Uuid;

use crate::context::Actor;
use crate::ids::{PersonId, UnitId};
use crate::marks::Mark;
use crate::organisation::Role;
use crate::refusals::Refusal;

/// Decides every command and every read.
pub trait Policy: Send + Sync + std::fmt::Debug {
    /// Lets through, or says why not and by which rule.
    fn permit(&self, actor: &Actor, right: Right, on: &Row) -> Result<(), Refusal>;

    /// As [`Policy::permit`], with the policies that decided it.
    fn explain(&self, actor: &Actor, right: Right, on: &Row) -> Explanation;

    /// Whether the right is held.
    fn allows(&self, actor: &Actor, right: Right, on: &Row) -> bool {
        self.permit(actor, right, on).is_ok()
    }
}

/// Why a decision came out as it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub allowed: bool,
    /// The policies that hold and decided; empty when none grants the right.
    pub decided_by: Vec<Rule>,
    /// The policies that could have granted the right and do not hold.
    pub missed: Vec<Rule>,
}

/// One policy as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// E.g. `task.approve`.
    pub id: &'static str,
    /// The requirement or clause that it comes from, e.g. `FLOW-01`.
    pub clause: &'static str,
    /// The stable code of a refusal, e.g. `not_principal`.
    pub code: &'static str,
    /// What a refused person reads.
    pub says: &'static str,
    /// Whether it refuses although others grant.
    pub forbids: bool,
    /// The policy's own text.
    pub text: String,
}

/// The facts of a row that policies look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// The bureau as a whole, for what is not about a single row.
    Bureau,
    Task(TaskRow),
    Plan(PlanRow),
    Record(RecordRow),
    Appointment(Appointment),
    Approval(Approval),
}

/// A task, as policies see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskRow {
    pub id: Uuid,
    pub lead: Option<UnitId>,
    pub co_units: Vec<UnitId>,
    pub supervisor: Option<UnitId>,
    /// The unit that leads the task right above: it sees what its own work comes from, and acts on
    /// nothing (LEDGER-08).
    pub above: Option<UnitId>,
    /// The leader in charge.
    pub deputy: Option<PersonId>,
    /// The leaders who are asked to clear a blocker.
    pub coordinators: Vec<PersonId>,
    /// Who made the request that is in progress, and who typed it for them.
    pub submitters: Vec<PersonId>,
    pub mark: Mark,
}

/// A plan, as policies see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRow {
    pub id: Uuid,
    pub mark: Mark,
}

/// An entry of a register, as policies see it: a body, a unit's part of a roster, something that
/// happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordRow {
    /// The units that it is about; none when it is the whole bureau's.
    pub units: Vec<UnitId>,
    /// Who wrote it.
    pub by: Option<PersonId>,
    /// The persons whose own it is.
    pub about: Vec<PersonId>,
    pub mark: Mark,
    /// Of a step of a list's row: the roles of the pack that may take it.
    pub step_roles: Vec<String>,
}

/// A role that somebody is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    pub role: Role,
    /// Those that the person holds already.
    pub held: Vec<Role>,
}

/// An approval of something that has to be decided by several (POWER-01).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    pub id: Uuid,
    pub field: Field,
    /// Whether it is the spending of the deputy in charge himself, which the principal leader
    /// approves (POWER-04).
    pub spent_by_deputy: bool,
    /// Who has taken a part in this chain: proposed, reviewed, decided or supervised.
    pub parts: Vec<PersonId>,
}

/// What an approval is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 财务
    Money,
    /// 干部人事
    Personnel,
    /// 工程项目
    Engineering,
    Other,
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident $key:literal $label:literal,)*) => {
        /// What a person can hold a right to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Right {
            $($(#[$doc])* $name,)*
        }

        impl Right {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name in policies and on the command line.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// What it is called in Chinese.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }
        }
    };
}

rights! {
    // On the bureau: lists and what has no single row.
    /// The list of all the bureau's tasks; otherwise that of the own units and those below.
    ListBureau "list_bureau" "列出全局事项",
    ListSubtree "list_subtree" "列出本单位及下级单位的事项",
    /// Lists keep the rows that are work secrets.
    ListSecrets "list_secrets" "列出工作秘密事项",
    SeePlans "see_plans" "查看方案列表",
    ImportPlan "import_plan" "导入方案",
    OpenTask "open_task" "起草立项",
    SeeLessons "see_lessons" "查看识读经验",
    EditLessons "edit_lessons" "管理识读经验",
    TendSuggestions "tend_suggestions" "管理模型建议",
    SeeJournal "see_journal" "查看流水",
    SeeAudit "see_audit" "查看审计",
    ExportAudit "export_audit" "导出审计",
    ManageOrganisation "manage_organisation" "管理机构",
    SeePacks "see_packs" "查看机制包",
    ManagePacks "manage_packs" "管理机制包",
    ManageAccounts "manage_accounts" "管理账号和权限",
    /// What messages leave the bureau through.
    ManageHooks "manage_hooks" "管理外发",
    /// How much each of the leaders has in hand; otherwise only one's own.
    SeeLeaders "see_leaders" "查看各位领导分管事项",
    /// A saved view of the ledger for the whole bureau.
    ShareView "share_view" "共享台账视图",
    AskRoster "ask_roster" "发起和管理名册",
    AnnounceDaysOff "announce_days_off" "录入放假通知",
    SweepLimits "sweep_limits" "重新检查期限",

    // On an entry of a register.
    KeepBody "keep_body" "成立和调整机构专班",
    /// What a unit named in a roster.
    SeeFiling "see_filing" "查看单位报送的名册",
    FileRoster "file_roster" "报送名册",
    /// A unit's ledger of a quarter, to the bureau.
    FileLedger "file_ledger" "上报本单位台账备案",
    JudgeFiling "judge_filing" "受理或退回台账备案",
    SeeActivity "see_activity" "查看培训和亲自抓记录",
    AmendActivity "amend_activity" "修改培训和亲自抓记录",
    KeepBreakdown "keep_breakdown" "把事项分解到岗到人",
    KeepWorksheet "keep_worksheet" "填报清单和矩阵",
    /// An appeal of the lead unit: filing it and taking it back.
    FileAppeal "file_appeal" "提出和撤回申诉",
    /// Where no leader judged.
    DecideAppeal "decide_appeal" "复核申诉",
    DecideAppealOfLeader "decide_appeal_of_leader" "复核对领导决定的申诉",

    /// A row of a unit's or a person's list (LEDGER-12).
    SeeListRow "see_list_row" "查看清单",
    /// A row of a list of the whole bureau.
    SeeBureauList "see_bureau_list" "查看全局的清单",
    KeepListRow "keep_list_row" "填写清单",
    KeepBureauList "keep_bureau_list" "填写全局的清单",
    /// A step of a row's lifecycle.
    StepListRow "step_list_row" "办理清单的一步",
    StepBureauList "step_bureau_list" "办理全局清单的一步",
    ExportListRow "export_list_row" "导出清单",

    // On a plan.
    /// Whether it may be known that there is such a plan.
    KnowPlan "know_plan" "知道有此方案",
    SeePlan "see_plan" "查看方案",
    ConfirmPlan "confirm_plan" "核对方案",
    MarkPlan "mark_plan" "标注方案密级",
    ExportPlan "export_plan" "导出方案",

    // On a task.
    /// Whether it may be known that there is such a task.
    KnowTask "know_task" "知道有此事项",
    SeeTask "see_task" "查看事项",
    /// The leaders' remarks, a field of the task.
    SeeInstructions "see_instructions" "查看领导批示",
    ExportTask "export_task" "导出事项",
    AddSource "add_source" "补充事项来源",
    AmendTask "amend" "修改立项内容",
    MarkTask "mark_task" "标注事项密级",
    ApproveTask "approve" "批准立项",
    ReturnOpening "return_opening" "退回立项",
    IssueTask "issue" "下达",
    SignFor "sign_for" "签收",
    ReturnAssignment "return_assignment" "退回督查办",
    FeedBack "feed_back" "反馈进展",
    FeedBackAsLead "feed_back_as_lead" "以牵头单位反馈进展",
    FeedBackAsCoUnit "feed_back_as_co_unit" "以协办单位反馈",
    ReturnFeedback "return_feedback" "退回反馈",
    /// How often the lead unit reports (LEDGER-11).
    SetCadence "set_cadence" "定上报间隔",
    Remark "remark" "反映协办情况",
    /// A file of the task as such; those of reports and notices go with these.
    AttachFile "attach_file" "添加附件",
    /// The lead unit says that the work is laid out.
    Deploy "deploy" "研究部署",
    /// Target or limit of an issued task are to change.
    RequestChange "request_change" "申请变更目标时限",
    DecideChange "decide_change" "批复变更",
    /// The supervising section asks the supervision office to take it over.
    RequestEscalation "request_escalation" "申请提级督办",
    DecideEscalation "decide_escalation" "批复提级督办",
    IssueNotice "issue_notice" "下达督办通知书",
    AcknowledgeNotice "acknowledge_notice" "签收督办通知书",
    /// The lead unit asks a leader to clear what stands in the way.
    RaiseBlocker "raise_blocker" "提出卡点",
    AnswerBlocker "answer_blocker" "协调卡点",
    WithdrawBlocker "withdraw_blocker" "撤回卡点",
    RequestExtension "request_extension" "申请延期",
    DecideExtension "decide_extension" "批复延期",
    Urge "urge" "催办",
    ApplyToClose "apply_to_close" "申请办结",
    ReviewClosing "review_closing" "初审办结",
    ReturnClosingInReview "return_closing_in_review" "初审退回办结",
    /// Before it is known whose turn it is.
    EndorseClosing "endorse_closing" "审定办结",
    EndorseAsDeputy "endorse_as_deputy" "分管领导审定办结",
    ReturnClosingAsDeputy "return_closing_as_deputy" "分管领导退回办结",
    EndorseAsPrincipal "endorse_as_principal" "主要领导审定办结",
    ReturnClosingAsPrincipal "return_closing_as_principal" "主要领导退回办结",
    CancelTask "cancel" "撤销事项",
    /// It becomes part of another task.
    MergeTask "merge" "合并事项",
    /// The same while nobody has approved it.
    MergeDraft "merge_draft" "合并未批准的立项",
    /// Tasks below it are opened and hung there.
    Decompose "decompose" "分解出下级事项",

    // On an appointment.
    Appoint "appoint" "任命",

    // On an approval.
    ProposeApproval "propose_approval" "提出事项",
    ReviewApproval "review_approval" "审核事项",
    DecideApproval "decide_approval" "审批事项",
    SuperviseApproval "supervise_approval" "监督事项",
}

impl Right {
    /// The right with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|right| right.key() == key)
    }
}
