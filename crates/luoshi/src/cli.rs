//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

/// 落实：把方案变成闭环，逐条有下文。
#[derive(Parser)]
#[command(
    name = "luoshi",
    version,
    after_help = "例：\n  luoshi demo                          看一看演示单位\n  \
                  luoshi organisation load 机构.toml   建立本单位的机构和账号\n  \
                  luoshi serve --listen 0.0.0.0:8080   开始使用\n  \
                  luoshi plan extract 方案.txt         只读方案\n  \
                  luoshi pack show w                   看机制包\n  \
                  luoshi audit verify                  校验流水"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// 提供页面和接口，直到按下 Ctrl-C
    #[command(after_help = "例：luoshi serve --data /var/lib/luoshi --listen 0.0.0.0:8080")]
    Serve(ServeArgs),
    /// 提供演示单位；数据目录为空时先建立
    #[command(after_help = "例：luoshi demo --data ./demo-data")]
    Demo(ServeArgs),
    /// 读方案
    Plan {
        #[command(subcommand)]
        command: PlanCommand,
    },
    /// 日历：录入一年的放假通知
    Calendar {
        #[command(subcommand)]
        command: CalendarCommand,
    },
    /// 机制包：检查、查看、比较
    Pack {
        #[command(subcommand)]
        command: PackCommand,
    },
    /// 机构和账号
    Organisation {
        #[command(subcommand)]
        command: OrganisationCommand,
    },
    /// 流水的校验与重建
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// 附件的校验
    Files {
        #[command(subcommand)]
        command: FilesCommand,
    },
    /// 权限规则
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// 量一量速度和内存
    Bench(BenchArgs),
}

/// Where the data is.
#[derive(Args, Clone)]
pub(crate) struct Place {
    /// 数据目录
    #[arg(
        long,
        value_name = "DIR",
        env = "LUOSHI_DATA",
        default_value = "./luoshi-data"
    )]
    pub(crate) data: PathBuf,
    /// 数据库：`sqlite:文件` 或 `postgres://` 开头的地址；不给时用数据目录中的 SQLite 文件
    #[arg(
        long,
        value_name = "URL",
        env = "LUOSHI_DATABASE",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
}

#[derive(Args, Clone)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    /// 监听地址
    #[arg(
        long,
        value_name = "ADDR",
        env = "LUOSHI_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) accounts: AccountArgs,
    #[command(flatten)]
    pub(crate) refiner: RefinerArgs,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
    #[command(flatten)]
    pub(crate) hooks: HookArgs,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// 杀毒程序 clamd 的地址，如 `127.0.0.1:3310` 或 `unix:/run/clamav/clamd.ctl`；不给时不查毒，给了而连不上时不收附件
    #[arg(long, value_name = "ADDR", env = "LUOSHI_CLAMD")]
    pub(crate) clamd: Option<luoshi_files::clamd::Address>,
    /// 访问记录保存多少个月，到期的每天清理；至少 12 个月
    #[arg(
        long,
        value_name = "MONTHS",
        env = "LUOSHI_ACCESS_LOG_MONTHS",
        default_value_t = luoshi_domain::access_log::MONTHS_KEPT,
        value_parser = clap::value_parser!(u32).range(12..=1200)
    )]
    pub(crate) access_log_months: u32,
}

/// Passwords, sessions, and where requests come from.
#[derive(Args, Clone)]
pub(crate) struct AccountArgs {
    /// 多少分钟不用就退出登录；管理员最多 5 分钟
    #[arg(
        long,
        value_name = "MINUTES",
        env = "LUOSHI_SESSION_IDLE",
        default_value_t = 15,
        value_parser = clap::value_parser!(u16).range(1..=720)
    )]
    pub(crate) session_idle: u16,
    /// 口令最少几个字符
    #[arg(
        long,
        value_name = "N",
        env = "LUOSHI_PASSWORD_LENGTH",
        default_value_t = 10,
        value_parser = clap::value_parser!(u8).range(8..=64)
    )]
    pub(crate) password_length: u8,
    /// 可信的反向代理地址段，如 `10.1.0.0/24`；只有它们的 X-Forwarded-For 才算数，可以给多次
    #[arg(
        long,
        value_name = "CIDR",
        env = "LUOSHI_TRUSTED_PROXY",
        value_delimiter = ','
    )]
    pub(crate) trusted_proxy: Vec<IpNet>,
    #[command(flatten)]
    pub(crate) oidc: OidcArgs,
}

/// An OpenID Connect provider; without an address nobody is sent anywhere.
#[derive(Args, Clone)]
pub(crate) struct OidcArgs {
    /// 统一身份认证（OpenID Connect）的地址；不给时只用登录名和口令登录
    #[arg(
        long = "oidc-issuer",
        value_name = "URL",
        env = "LUOSHI_OIDC_ISSUER",
        requires_all = ["client_id", "public_url"]
    )]
    pub(crate) issuer: Option<String>,
    /// 在统一身份认证登记的客户端编号
    #[arg(
        long = "oidc-client-id",
        value_name = "ID",
        env = "LUOSHI_OIDC_CLIENT_ID"
    )]
    pub(crate) client_id: Option<String>,
    /// 存有客户端密钥的文件
    #[arg(
        long = "oidc-client-secret-file",
        value_name = "FILE",
        env = "LUOSHI_OIDC_CLIENT_SECRET_FILE"
    )]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// 哪一项声明是本系统的登录名
    #[arg(
        long = "oidc-claim",
        value_name = "NAME",
        env = "LUOSHI_OIDC_CLAIM",
        default_value = "preferred_username"
    )]
    pub(crate) claim: String,
    /// 人们打开本系统的地址，如 `https://luoshi.example.gov.cn`；统一身份认证由此返回
    #[arg(long, value_name = "URL", env = "LUOSHI_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
}

/// A language model on the bureau's own network; without an address none is asked.
#[derive(Args, Clone)]
pub(crate) struct RefinerArgs {
    /// 本单位内网模型服务的地址，如 `http://10.1.2.3:8000/v1`；不给时不用模型
    #[arg(
        id = "refiner_url",
        long = "refiner-url",
        value_name = "URL",
        env = "LUOSHI_REFINER_URL",
        requires = "refiner_model"
    )]
    pub(crate) url: Option<String>,
    /// 模型名
    #[arg(
        id = "refiner_model",
        long = "refiner-model",
        value_name = "NAME",
        env = "LUOSHI_REFINER_MODEL"
    )]
    pub(crate) model: Option<String>,
    /// 存有模型服务口令的文件；也可用环境变量 `LUOSHI_REFINER_KEY`
    #[arg(
        id = "refiner_key_file",
        long = "refiner-key-file",
        value_name = "FILE",
        env = "LUOSHI_REFINER_KEY_FILE"
    )]
    pub(crate) key_file: Option<PathBuf>,
    /// 等一次答复最多几秒
    #[arg(
        id = "refiner_timeout",
        long = "refiner-timeout",
        value_name = "SECONDS",
        env = "LUOSHI_REFINER_TIMEOUT",
        default_value_t = 90,
        value_parser = clap::value_parser!(u64).range(1..=120)
    )]
    pub(crate) timeout: u64,
    /// 允许内网以外的地址；句子会不加密地发出去
    #[arg(id = "refiner_any_address", long = "refiner-any-address")]
    pub(crate) any_address: bool,
}

/// Where the bytes of files are kept: a folder, or a store that speaks S3.
#[derive(Args, Clone)]
pub(crate) struct FileArgs {
    /// 存放附件的目录；不给时用数据目录中的 files
    #[arg(long = "files", value_name = "DIR", env = "LUOSHI_FILES")]
    pub(crate) folder: Option<PathBuf>,
    /// 附件改存到兼容 S3 的对象存储：地址，如 `https://s3.jt.example.gov.cn`
    #[arg(
        id = "files_s3",
        long = "files-s3",
        value_name = "URL",
        env = "LUOSHI_FILES_S3",
        requires_all = ["files_s3_bucket", "files_s3_key", "files_s3_secret_file"],
        conflicts_with = "folder"
    )]
    pub(crate) endpoint: Option<String>,
    /// 对象存储的桶
    #[arg(
        id = "files_s3_bucket",
        long = "files-s3-bucket",
        value_name = "NAME",
        env = "LUOSHI_FILES_S3_BUCKET"
    )]
    pub(crate) bucket: Option<String>,
    /// 对象存储的区域
    #[arg(
        id = "files_s3_region",
        long = "files-s3-region",
        value_name = "NAME",
        env = "LUOSHI_FILES_S3_REGION",
        default_value = "us-east-1"
    )]
    pub(crate) region: String,
    /// 对象存储的访问标识（access key id）
    #[arg(
        id = "files_s3_key",
        long = "files-s3-key",
        value_name = "ID",
        env = "LUOSHI_FILES_S3_KEY"
    )]
    pub(crate) key: Option<String>,
    /// 存有对象存储密钥（secret access key）的文件
    #[arg(
        id = "files_s3_secret_file",
        long = "files-s3-secret-file",
        value_name = "FILE",
        env = "LUOSHI_FILES_S3_SECRET_FILE"
    )]
    pub(crate) secret_file: Option<PathBuf>,
}

/// A mail server; without a host no mail is sent.
#[derive(Args, Clone)]
pub(crate) struct MailArgs {
    /// 本单位邮件服务器的地址；不给时不发邮件
    #[arg(
        id = "smtp_host",
        long = "smtp-host",
        value_name = "HOST",
        env = "LUOSHI_SMTP_HOST",
        requires = "smtp_from"
    )]
    pub(crate) host: Option<String>,
    /// 邮件服务器的端口；不给时按加密方式用 25、587 或 465
    #[arg(
        id = "smtp_port",
        long = "smtp-port",
        value_name = "PORT",
        env = "LUOSHI_SMTP_PORT"
    )]
    pub(crate) port: Option<u16>,
    /// 与邮件服务器的连接怎样加密
    #[arg(
        id = "smtp_security",
        long = "smtp-security",
        value_enum,
        env = "LUOSHI_SMTP_SECURITY",
        default_value_t = MailSecurity::StartTls
    )]
    pub(crate) security: MailSecurity,
    /// 发件人，如 `落实系统 <luoshi@jt.example.gov.cn>`
    #[arg(
        id = "smtp_from",
        long = "smtp-from",
        value_name = "FROM",
        env = "LUOSHI_SMTP_FROM"
    )]
    pub(crate) from: Option<String>,
    /// 发件账号；服务器不要求登录时不给
    #[arg(
        id = "smtp_login",
        long = "smtp-login",
        value_name = "NAME",
        env = "LUOSHI_SMTP_LOGIN",
        requires = "smtp_password_file"
    )]
    pub(crate) login: Option<String>,
    /// 存有发件账号口令的文件
    #[arg(
        id = "smtp_password_file",
        long = "smtp-password-file",
        value_name = "FILE",
        env = "LUOSHI_SMTP_PASSWORD_FILE"
    )]
    pub(crate) password_file: Option<PathBuf>,
    /// 存有内部证书颁发机构证书的文件（PEM）
    #[arg(
        id = "smtp_ca_file",
        long = "smtp-ca-file",
        value_name = "FILE",
        env = "LUOSHI_SMTP_CA_FILE"
    )]
    pub(crate) authority_file: Option<PathBuf>,
}

/// Whether messages are let out to robots and other programs, and how far inside.
#[derive(Args, Clone)]
pub(crate) struct HookArgs {
    /// 开启外发：可以把消息发给系统管理员登记的群机器人和接口；不给时什么都不往外发
    #[arg(id = "hooks", long = "hooks", env = "LUOSHI_HOOKS")]
    pub(crate) hooks: bool,
    /// 外发可以到的内网网段，如 `10.0.0.0/8`，可以给多次；不给时只能发到互联网上的 https 地址
    #[arg(
        id = "hooks_allow",
        long = "hooks-allow",
        value_name = "CIDR",
        env = "LUOSHI_HOOKS_ALLOW",
        value_delimiter = ',',
        requires = "hooks"
    )]
    pub(crate) allow: Vec<IpNet>,
    /// 存有内部证书颁发机构证书的文件（PEM），外发到内网 https 地址时用
    #[arg(
        id = "hooks_ca_file",
        long = "hooks-ca-file",
        value_name = "FILE",
        env = "LUOSHI_HOOKS_CA_FILE",
        requires = "hooks"
    )]
    pub(crate) authority_file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MailSecurity {
    /// 不加密，只用于封闭的内网
    Plain,
    /// 连上后转为加密；服务器不支持时不发
    #[value(name = "starttls")]
    StartTls,
    /// 从一开始就加密
    Tls,
}

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// 读出方案的条款和事项，打印出来
    #[command(after_help = "例：luoshi plan extract 方案.txt --format table")]
    Extract(ExtractArgs),
}

#[derive(Args)]
pub(crate) struct ExtractArgs {
    /// 方案文件：.docx、.pdf、.xlsx、.csv、.html、.txt、.md；.doc、.wps、.xls、.rtf、.odt 需要本机装有 LibreOffice
    pub(crate) file: PathBuf,
    /// 打印成什么样子
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// 文中没有年份时，用哪一年补全日期
    #[arg(long)]
    pub(crate) year: Option<i32>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Json,
    Table,
}

#[derive(Subcommand)]
pub(crate) enum CalendarCommand {
    /// 检查放假通知文件，列出放假和调休上班的天数
    #[command(after_help = "例：luoshi calendar check 2027.toml\n文件样例见 packs/calendar.toml")]
    Check {
        /// 通知文件，TOML 或 JSON
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// 把放假通知录入每个单位，重算受影响的时限
    #[command(after_help = "例：luoshi calendar import 2027.toml --data ./luoshi-data")]
    Import(CalendarImportArgs),
}

#[derive(Args)]
pub(crate) struct CalendarImportArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    /// 通知文件，TOML 或 JSON
    pub(crate) file: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum PackCommand {
    /// 检查机制包文件，指出第一处错误的文件、行和原因
    #[command(after_help = "例：luoshi pack check w.toml c.toml")]
    Check {
        /// 机制包文件
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// 列出一个机制包的全部内容和依据
    #[command(after_help = "例：luoshi pack show c\n自带：w c e t1 t2 t3 t4 t5 p")]
    Show {
        /// 自带机制包的名称，或文件
        pack: String,
    },
    /// 列出清单和台账的模板：代码、名称、谁的、周期、依据
    #[command(after_help = "例：luoshi pack lists\n    luoshi pack lists e 本市w.toml")]
    Lists {
        /// 自带机制包的名称，或文件；不写列出全部自带机制包的
        packs: Vec<String>,
    },
    /// 比较两个机制包
    #[command(after_help = "例：luoshi pack diff c 本市c.toml")]
    Diff {
        /// 自带机制包的名称，或文件
        before: String,
        /// 自带机制包的名称，或文件
        after: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum OrganisationCommand {
    /// 按 TOML 文件建立单位、机构和账号，打印初始口令
    #[command(after_help = "例：luoshi organisation load 机构.toml\n\
                            文件样例见 packs/demo/organisation.toml")]
    Load(LoadArgs),
}

#[derive(Args)]
pub(crate) struct LoadArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    /// 机构文件
    pub(crate) file: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// 逐条校验流水和访问记录，指出第一条被改动、缺失或错序的
    #[command(after_help = "例：luoshi audit verify --data ./luoshi-data")]
    Verify(Place),
    /// 由流水重建各表
    #[command(after_help = "例：luoshi audit rebuild --check   只比对，不改动")]
    Rebuild(RebuildArgs),
}

#[derive(Subcommand)]
pub(crate) enum FilesCommand {
    /// 逐个读出附件，与登记的 SM3 比对，指出缺失和改动的
    #[command(after_help = "例：luoshi files verify --data ./luoshi-data")]
    Verify(FilesVerifyArgs),
}

#[derive(Args)]
pub(crate) struct FilesVerifyArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) files: FileArgs,
}

#[derive(Args)]
pub(crate) struct RebuildArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    /// 只与现有各表逐行比对，不改动
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// 检查权限规则
    Check,
    /// 列出所有页面和接口，以及各类人员能不能打开
    Routes,
    /// 说明某人能不能做某事、由哪条规则决定
    #[command(
        after_help = "例：\n  luoshi policy explain --as zhou --do issue --on 任务标识\n  \
                      luoshi policy explain --as ye --do list_bureau"
    )]
    Explain(ExplainArgs),
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    /// 谁：登录名
    #[arg(long = "as", value_name = "PERSON")]
    pub(crate) person: String,
    /// 做什么：权限的名称，如 `see_task`；写错时列出全部
    #[arg(long = "do", value_name = "ACTION")]
    pub(crate) act: String,
    /// 对哪一条：任务或方案的标识；不针对单条的不用给
    #[arg(long = "on", value_name = "ROW")]
    pub(crate) row: Option<String>,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) command: Option<BenchCommand>,
    /// 用来读的方案文本；不给时用自带的演示方案
    #[arg(long, value_name = "FILE")]
    pub(crate) text: Vec<PathBuf>,
    /// 台账的任务数
    #[arg(long, default_value_t = 10_000)]
    pub(crate) tasks: usize,
}

#[derive(Subcommand)]
pub(crate) enum BenchCommand {
    /// 在空的数据目录或数据库里造一个可大可小的单位，流水齐全
    #[command(after_help = "例：luoshi bench seed --tasks 100000 --data ./bench-data")]
    Seed(SeedArgs),
    /// 在造好的单位上量台账：列表、任务页、反馈、导出
    #[command(after_help = "例：luoshi bench ledger --data ./bench-data")]
    Ledger(Place),
}

#[derive(Args)]
pub(crate) struct SeedArgs {
    #[command(flatten)]
    pub(crate) place: Place,
    /// 任务数
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) tasks: usize,
    /// 承办单位数，少于演示单位的按演示单位
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub(crate) units: usize,
    /// 人数，每个单位至少一人
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub(crate) persons: usize,
    /// 同样的种子、数量和日期造出同样的流水
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// 造到哪一天为止，默认今天
    #[arg(long, value_name = "DAY", value_parser = crate::bench::seed::day)]
    pub(crate) day: Option<chrono::NaiveDate>,
}
