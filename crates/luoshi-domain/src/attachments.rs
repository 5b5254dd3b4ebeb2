//! Files that people attach: which sorts are taken, how they are named, where their bytes are.
//!
//! Bytes are kept under their own hash, never under a name; what a file is called and whose it is
//! stands in the row, see [`tasks::attachments`](crate::tasks::attachments).

use serde::{Deserialize, Serialize};

use crate::ids::BureauId;
use crate::journal::{self, HASH_HEX_LENGTH};

/// The largest file, in bytes: 20 MB.
pub const BYTES_LIMIT: u64 = 20_000_000;

/// Longest name of a file, in characters.
pub const NAME_LIMIT: usize = 120;

/// A sort of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    Pdf,
    /// Word's `.docx`, and WPS texts of the same make.
    Docx,
    /// Word's older `.doc`, and WPS texts of the same make.
    Doc,
    Xlsx,
    Xls,
    Pptx,
    Ppt,
    /// 版式文件
    Ofd,
    Jpeg,
    Png,
    Webp,
    Mp4,
    Text,
    Zip,
}

impl AttachmentKind {
    pub const ALL: [Self; 14] = [
        Self::Pdf,
        Self::Docx,
        Self::Doc,
        Self::Xlsx,
        Self::Xls,
        Self::Pptx,
        Self::Ppt,
        Self::Ofd,
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Mp4,
        Self::Text,
        Self::Zip,
    ];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Docx | Self::Doc => "Word 文档",
            Self::Xlsx | Self::Xls => "Excel 表格",
            Self::Pptx | Self::Ppt => "幻灯片",
            Self::Ofd => "OFD 版式文件",
            Self::Jpeg => "JPG 图片",
            Self::Png => "PNG 图片",
            Self::Webp => "WebP 图片",
            Self::Mp4 => "MP4 视频",
            Self::Text => "文本文件",
            Self::Zip => "ZIP 压缩包",
        }
    }

    /// The endings that such a file's name may have, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx", "wps"],
            Self::Doc => &["doc", "wps"],
            Self::Xlsx => &["xlsx", "et"],
            Self::Xls => &["xls", "et"],
            Self::Pptx => &["pptx", "dps"],
            Self::Ppt => &["ppt", "dps"],
            Self::Ofd => &["ofd"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Mp4 => &["mp4"],
            Self::Text => &["txt"],
            Self::Zip => &["zip"],
        }
    }

    /// What a browser is told that it is.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Doc => "application/msword",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xls => "application/vnd.ms-excel",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Ofd => "application/ofd",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            // In which encoding it is, nobody says.
            Self::Text => "text/plain",
            Self::Zip => "application/zip",
        }
    }

    /// Whether a browser may show it in place: pictures, which run nothing.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// All endings that are taken, each once.
    pub fn all_endings() -> Vec<&'static str> {
        let mut endings: Vec<&str> = Vec::new();
        for ending in Self::ALL.iter().flat_map(|kind| kind.endings()) {
            if !endings.contains(ending) {
                endings.push(ending);
            }
        }
        endings
    }
}

/// The ending of a name, without the dot, in small letters; empty when there is none.
pub fn ending(name: &str) -> String {
    name.rsplit_once('.')
        .map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase())
}

/// A name as it is kept: of a path the last part, without what a file system or a reader could
/// take for something else, and no longer than [`NAME_LIMIT`]; `None` when nothing is left.
pub fn clean_name(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|letter| !is_hidden(*letter))
        .map(|letter| match letter {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            letter if letter.is_whitespace() => ' ',
            letter => letter,
        })
        .collect();
    let kept = kept.trim_matches([' ', '.']);
    let (stem, ending) = kept.rsplit_once('.').unwrap_or((kept, ""));
    let stem = stem.trim_matches([' ', '.']);
    let ending = ending.trim();
    if stem.is_empty() {
        return None;
    }
    let room = NAME_LIMIT.saturating_sub(ending.chars().count() + 1);
    let stem: String = stem.chars().take(room).collect();
    Some(match ending {
        "" => stem,
        ending => format!("{stem}.{ending}"),
    })
}

/// Letters that a reader does not see, or that turn the direction of what follows.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Where the bytes of a file are: a bureau and their hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentKey {
    pub bureau: BureauId,
    /// SM3 in lower-case hex.
    hash: String,
}

impl ContentKey {
    /// The key of these bytes.
    pub fn of(bureau: BureauId, bytes: &[u8]) -> Self {
        let hash = journal::digest(bytes);
        Self { bureau, hash }
    }

    /// The key with this hash; `None` when it is none.
    pub fn known(bureau: BureauId, hash: &str) -> Option<Self> {
        let hex = |letter: char| matches!(letter, '0'..='9' | 'a'..='f');
        let fits = hash.len() == HASH_HEX_LENGTH && hash.chars().all(hex);
        fits.then(|| Self {
            bureau,
            hash: hash.to_owned(),
        })
    }

    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether these are the bytes.
    pub fn fits(&self, bytes: &[u8]) -> bool {
        journal::digest(bytes) == self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sys_05_a_name_keeps_no_path_and_nothing_that_is_not_seen() {
        let cases = [
            ("验收单.pdf", Some("验收单.pdf")),
            ("../../etc/passwd.txt", Some("passwd.txt")),
            ("C:\\用户\\报告 一.docx", Some("报告 一.docx")),
            ("..\\..\\evil.zip", Some("evil.zip")),
            ("报告\u{202e}fdp.exe", Some("报告fdp.exe")),
            ("a\u{200b}b\0c\n.txt", Some("abc.txt")),
            ("x<script>.png", Some("x_script_.png")),
            (" . 照片.jpg. ", Some("照片.jpg")),
            ("无后缀", Some("无后缀")),
            ("..", None),
            ("/", None),
            (".pdf", Some("pdf")),
            ("", None),
        ];
        for (sent, kept) in cases {
            assert_eq!(clean_name(sent).as_deref(), kept, "{sent:?}");
        }
        let long = clean_name(&format!("{}.pdf", "长".repeat(500))).unwrap();
        assert_eq!(long.chars().count(), NAME_LIMIT);
        assert!(long.ends_with("长.pdf"));
    }

    #[test]
    fn bytes_are_known_by_their_hash_alone() {
        let bureau = BureauId(uuid::Uuid::from_u128(1));
        let key = ContentKey::of(bureau, b"abc");
        // The example of GB/T 32905.
        let hash = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(key.hash(), hash);
        assert!(key.fits(b"abc") && !key.fits(b"abd"));
        assert_eq!(ContentKey::known(bureau, hash), Some(key));
        for wrong in ["", "../../x", &hash.to_uppercase(), &hash.replace('6', "/")] {
            assert_eq!(ContentKey::known(bureau, wrong), None, "{wrong}");
        }
    }
}
