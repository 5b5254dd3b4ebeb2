//! One error, two faces: what went wrong, as a page or as `application/problem+json` (RFC 9457).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use luoshi_app::accounts::identity::IdentityError;
use luoshi_app::errors::AppError;
use luoshi_domain::accounts::SessionStage;
use luoshi_domain::refusals::{Ground, Refusal};

/// What handlers return.
pub type WebResult<T> = Result<T, Problem>;

/// What went wrong, for a person and for a program. No other place picks a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    /// Stable, e.g. `not_approved`.
    pub code: &'static str,
    /// What happened, short.
    pub title: &'static str,
    /// What happened, in full.
    pub detail: String,
    /// The rule it comes from, e.g. `FLOW-11`.
    pub rule: Option<&'static str>,
    /// What was kept.
    pub kept: &'static str,
    /// What to do.
    pub todo: String,
    /// What others did meanwhile, when that is the trouble.
    pub changes: Vec<String>,
}

const NOTHING_STORED: &str = "没有保存任何内容，原有数据不变。";
const TEXT_KEPT: &str = "您填写的文字保留在原页面，没有保存到系统。";

impl Problem {
    /// There is no such page or thing.
    pub fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: "not_found",
            title: "没有找到",
            detail: "这个页面或事项不存在，或者您无权查看。".into(),
            rule: None,
            kept: "没有改动任何内容。",
            todo: "请检查地址，或从台账重新进入。".into(),
            changes: Vec::new(),
        }
    }

    /// Nobody is signed in.
    pub fn signed_out() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "signed_out",
            title: "请先登录",
            detail: "您还没有登录，或者登录已过期。".into(),
            rule: None,
            kept: TEXT_KEPT,
            todo: "登录后再试一次。".into(),
            changes: Vec::new(),
        }
    }

    /// A program's token was used for something that it is not good for.
    pub fn beyond_token() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "scope",
            title: "令牌不能用于这里",
            detail: "这个令牌的用途范围不包括这一地址。".into(),
            rule: Some("SYS-03"),
            kept: NOTHING_STORED,
            todo: "请换一个范围合适的令牌。".into(),
            changes: Vec::new(),
        }
    }

    /// What is asked for is the account of the person in whose name somebody types.
    pub fn by_hand() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "by_hand",
            title: "正在代他人填报",
            detail: "账号的事项只能由本人办理。".into(),
            rule: Some("SYS-03"),
            kept: NOTHING_STORED,
            todo: "请先在页面上方结束代填。".into(),
            changes: Vec::new(),
        }
    }

    /// Somebody signed in has something to do before anything else is open to them.
    pub fn detained(stage: SessionStage) -> Self {
        let (code, detail) = match stage {
            SessionStage::SecondFactor | SessionStage::SecondFactorOnly => {
                ("second_factor", "还需要输入动态口令，登录才完成。")
            }
            SessionStage::NewPassword | SessionStage::Full => {
                ("new_password", "口令是初始口令或已到期，请先修改口令。")
            }
        };
        Self {
            code,
            title: "登录还没有完成",
            detail: detail.into(),
            todo: "请在浏览器里完成后再试。".into(),
            ..Self::signed_out()
        }
    }

    /// A form or body without the session's token.
    pub fn forged() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "csrf",
            title: "页面已过期",
            detail: "提交的内容不是从本系统当前页面发出的，可能是页面停留太久。".into(),
            rule: None,
            kept: TEXT_KEPT,
            todo: "返回上一页，刷新后重新提交。".into(),
            changes: Vec::new(),
        }
    }

    /// The request itself cannot be read.
    pub fn bad_request(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: "bad_request",
            title: "提交的内容无法识别",
            detail: detail.into(),
            rule: None,
            kept: NOTHING_STORED,
            todo: "请检查填写的内容，再提交一次。".into(),
            changes: Vec::new(),
        }
    }

    /// The database or the server is too busy.
    pub fn busy() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "unavailable",
            title: "系统正忙",
            detail: "系统暂时没有响应，这一步没有完成。".into(),
            rule: None,
            kept: NOTHING_STORED,
            todo: "请过一会儿再试。".into(),
            changes: Vec::new(),
        }
    }

    /// A fault of ours; the cause goes to the log only.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(error = chain, "request failed");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal",
            title: "系统出错了",
            detail: "系统内部出错，这一步没有完成。".into(),
            rule: None,
            kept: NOTHING_STORED,
            todo: "请稍后再试；仍然不行，请把下面的编号告诉管理员。".into(),
            changes: Vec::new(),
        }
    }

    /// Whether whoever sent a file can do something about it on the same page.
    pub fn is_answerable(&self) -> bool {
        self.is_about_input()
            || matches!(
                self.status,
                StatusCode::CONFLICT
                    | StatusCode::FORBIDDEN
                    | StatusCode::PAYLOAD_TOO_LARGE
                    | StatusCode::SERVICE_UNAVAILABLE
            ) && self.code != "csrf"
    }

    /// Whether a form can be shown again with this sentence beside it.
    pub fn is_about_input(&self) -> bool {
        self.status == StatusCode::UNPROCESSABLE_ENTITY
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, title, todo) = match refusal.ground {
            Ground::Authority => (
                StatusCode::FORBIDDEN,
                "您不能办理这一步",
                "请由有权办理的人员操作。",
            ),
            Ground::State => (
                StatusCode::CONFLICT,
                "现在还不能办这一步",
                "请看事项当前状态再办理。",
            ),
            Ground::Input => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "填写的内容需要修改",
                "改好后再提交。",
            ),
        };
        Self {
            status,
            code: refusal.code,
            title,
            detail: refusal.sentence,
            rule: Some(refusal.rule),
            kept: NOTHING_STORED,
            todo: todo.into(),
            changes: Vec::new(),
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound { .. } => Self::not_found(),
            AppError::SignedOut => Self::signed_out(),
            AppError::WrongPassword => Self {
                code: "wrong_password",
                title: "登录名或口令不对",
                detail: "登录名或口令不对。".into(),
                todo: "请检查大小写后再试；忘记口令请找本单位安全管理员重置。".into(),
                ..Self::signed_out()
            },
            AppError::WrongCode => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                code: "wrong_code",
                title: "动态口令不对",
                detail: "动态口令不对，或者已经用过。".into(),
                todo: "请等下一个口令出现后再输入；手机时间不准时请先校时。".into(),
                ..Self::signed_out()
            },
            AppError::Identity(error) => {
                let (detail, todo) = match error {
                    IdentityError::Unreachable => (
                        "统一身份认证暂时连不上。",
                        "请过一会儿再试，或用登录名和口令登录。",
                    ),
                    IdentityError::Refused => ("统一身份认证没有通过。", "请重新登录一次。"),
                    IdentityError::Nameless | IdentityError::Unknown => (
                        "统一身份认证的这个用户在本系统没有账号。",
                        "请找本单位系统管理员开通。",
                    ),
                };
                Self {
                    code: "identity",
                    title: "登录没有完成",
                    detail: detail.into(),
                    todo: todo.into(),
                    ..Self::signed_out()
                }
            }
            AppError::LockedOut { minutes } => Self {
                status: StatusCode::TOO_MANY_REQUESTS,
                code: "locked",
                title: "暂时不能登录",
                detail: format!("失败次数过多，请 {minutes} 分钟后再试。"),
                todo: "忘记口令请找本单位安全管理员重置。".into(),
                ..Self::signed_out()
            },
            AppError::Refused(refusal) => refusal.into(),
            AppError::Unreadable(error) => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                code: "unreadable",
                title: "文件读不出来",
                detail: error.message_zh(),
                rule: None,
                kept: NOTHING_STORED,
                todo: "按上面的提示换一份文件再导入。".into(),
                changes: Vec::new(),
            },
            AppError::Conflict { changes } => Self {
                status: StatusCode::CONFLICT,
                code: "stale",
                title: "别人先办了一步",
                detail: "您打开页面之后，别人已经办理过，页面上的内容不是最新的。".into(),
                rule: None,
                kept: TEXT_KEPT,
                todo: "看看变了什么，再决定要不要重新提交。".into(),
                changes,
            },
            AppError::Unavailable(ref source) => {
                tracing::warn!(error = %source, "the store is not available");
                Self::busy()
            }
            AppError::Later { sentence } => Self {
                code: "later",
                detail: sentence.into(),
                ..Self::busy()
            },
            AppError::Damaged { missing } => {
                let what = match missing {
                    true => "附件的内容不见了，没有可发送的。",
                    false => "附件的内容与登记的散列值不符，没有发送。",
                };
                Self {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    code: "damaged",
                    title: "附件有损坏",
                    detail: format!("{what}这件事已经记入日志。"),
                    rule: Some("SYS-02"),
                    kept: "登记的文件名、时间和上传人都在，没有改动。",
                    todo: "请告诉管理员，由他从备份中找回；手边还有原文件的，可以重新上传。".into(),
                    changes: Vec::new(),
                }
            }
            AppError::Internal { .. } => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    /// An empty answer that carries the problem; [`crate::faces`] gives it a face.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
