//! Why a file could not be read.

use thiserror::Error;

use crate::format::Format;

/// Why a file could not be read, named by what the person who sent it can do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Nothing in it, or only blanks: choose another file.
    #[error("the file holds no text")]
    Empty,
    /// Split it, or send only the text.
    #[error("the file has {size} bytes, the limit is {limit}")]
    TooLarge {
        /// Most bytes that are read.
        limit: usize,
        /// Bytes that were sent.
        size: usize,
    },
    /// Split it.
    #[error("the file has more than {limit} pages")]
    TooManyPages {
        /// Most pages that are read.
        limit: usize,
    },
    /// Split it, or save it in another format.
    #[error("the file could not be read within {seconds} s")]
    TooSlow {
        /// Seconds that a reading may take.
        seconds: u64,
    },
    /// The file is built like an attack, or broken beyond use: save it anew.
    #[error("the file goes beyond a limit: {what:?}")]
    Excessive {
        /// What there is too much of.
        what: Excess,
    },
    /// Take the password off.
    #[error("the file is encrypted: {format:?}")]
    Encrypted {
        /// What it looks like.
        format: Format,
    },
    /// Pages without a text layer: recognise the characters elsewhere.
    #[error("the pages hold pictures and no text")]
    Scanned,
    /// Open it in its own program and save it again.
    #[error("the file is damaged: {format:?}")]
    Broken {
        /// What it looks like.
        format: Format,
    },
    /// Save it as a newer format, or have the converter installed.
    #[error("{format:?} needs a converter that is not installed")]
    NoConverter {
        /// What it looks like.
        format: Format,
    },
    /// Save it as a newer format.
    #[error("the converter did not read the file: {format:?}")]
    NotConverted {
        /// What it looks like.
        format: Format,
    },
    /// Save it as a format that is read.
    #[error("the format is not read: {format:?}")]
    Unsupported {
        /// What it looks like.
        format: Format,
    },
    /// Save it as UTF-8 first.
    #[error("the encoding of the file is unknown")]
    UnknownEncoding,
}

/// What a file has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Bytes once unpacked, or unpacked bytes for each packed one.
    Unpacked,
    /// Entries of its archive.
    Entries,
    /// Nested elements.
    Depth,
    /// Text that comes of it.
    Text,
    /// A document type declaration, which may define or fetch anything.
    Declarations,
}

/// What every refusal says: nothing of the file was stored.
const KEPT: &str = "没有保存任何内容";

impl ReadError {
    /// What happened, what was kept and what to do, as one Chinese message for the page.
    pub fn message_zh(&self) -> String {
        let (happened, todo) = match self {
            Self::Empty => (
                "文件里没有文字".to_owned(),
                "请检查后重新选择文件".to_owned(),
            ),
            Self::TooLarge { limit, size } => (
                format!(
                    "文件有 {}，超过上限 {}",
                    megabytes(*size),
                    megabytes(*limit)
                ),
                "请拆分后分别上传".to_owned(),
            ),
            Self::TooManyPages { limit } => (
                format!("文件超过 {limit} 页的上限"),
                "请按篇拆开后分别上传".to_owned(),
            ),
            Self::TooSlow { seconds } => (
                format!("文件太复杂，{seconds} 秒内没有读完"),
                "请拆成几份，或另存为纯文本（.txt）后重新上传".to_owned(),
            ),
            Self::Excessive { what } => (
                format!("文件的结构不正常（{}），已停止读取", what.name_zh()),
                "请确认文件来源可靠，用 WPS 或 Word 打开并另存一份后重新上传".to_owned(),
            ),
            Self::Encrypted { format } => (
                format!("这份{}加了密码，打不开", format.name_zh()),
                "请去掉密码，另存一份后重新上传".to_owned(),
            ),
            Self::Scanned => (
                "这份 PDF 是扫描的图片，或字体无法识别，没有可以读取的文字".to_owned(),
                "请先用文字识别软件转成 Word 或纯文本，核对无误后重新上传".to_owned(),
            ),
            Self::Broken { format } => (
                format!("这份{}已损坏，读不出来", format.name_zh()),
                "请用原来的软件打开，另存一份后重新上传".to_owned(),
            ),
            Self::NoConverter { format } => (
                format!("这是{}，本机没有安装 LibreOffice，读不了", format.name_zh()),
                format!(
                    "请另存为{}后重新上传，或请管理员在服务器上安装 LibreOffice",
                    format.remedy_zh()
                ),
            ),
            Self::NotConverted { format } => (
                format!("这份{}转换失败，可能已损坏或加了密码", format.name_zh()),
                format!("请另存为{}后重新上传", format.remedy_zh()),
            ),
            Self::Unsupported { format } => (
                format!("这是{}，读不了", format.name_zh()),
                format!("请另存为{}后重新上传", format.remedy_zh()),
            ),
            Self::UnknownEncoding => (
                "无法识别文件的文字编码".to_owned(),
                "请用记事本打开，另存为 UTF-8 编码后重新上传".to_owned(),
            ),
        };
        format!("{happened}，{KEPT}。{todo}。")
    }
}

impl Excess {
    fn name_zh(self) -> &'static str {
        match self {
            Self::Unpacked => "解压后过大",
            Self::Entries => "条目过多",
            Self::Depth => "嵌套过深",
            Self::Text => "文字过多",
            Self::Declarations => "含有不允许的声明",
        }
    }
}

/// Megabytes with one decimal, rounded up, so that a refused size never reads like the limit.
fn megabytes(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100_000);
    if tenths.is_multiple_of(10) {
        format!("{} MB", tenths / 10)
    } else {
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}
