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
    /// Save it as plain text first.
    #[error("the file is not plain text: {format:?}")]
    Binary {
        /// What it looks like.
        format: Format,
    },
    /// Save it as UTF-8 first.
    #[error("the encoding of the file is unknown")]
    UnknownEncoding,
}

impl ReadError {
    /// What happened, what was kept and what to do, as one Chinese message for the page.
    pub fn message_zh(&self) -> String {
        match self {
            Self::Empty => "文件里没有文字，没有保存任何内容。请检查后重新选择文件。".to_owned(),
            Self::TooLarge { limit, size } => format!(
                "文件有 {}，超过上限 {}，没有保存任何内容。请拆分后分别上传。",
                megabytes(*size),
                megabytes(*limit)
            ),
            Self::Binary { format } => format!(
                "这是 {}，目前只支持 .txt，没有保存任何内容。请另存为纯文本（.txt）后重新上传。",
                format.name_zh()
            ),
            Self::UnknownEncoding => "无法识别文件的文字编码，没有保存任何内容。\
                 请用记事本打开，另存为 UTF-8 编码后重新上传。"
                .to_owned(),
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
