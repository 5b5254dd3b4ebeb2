//! What a file is, by its bytes and, for plain text, its name.

/// A format, whether it is read or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text, Markdown included.
    Text,
    /// Word's `.docx`, and WPS files of the same make.
    Docx,
    /// Excel's `.xlsx`.
    Xlsx,
    /// A table as text with separators.
    Csv,
    /// A web page.
    Html,
    /// PDF.
    Pdf,
    /// Word's older `.doc`, and WPS files of the same make.
    Doc,
    /// Excel's older `.xls`, and WPS files of the same make.
    Xls,
    /// RTF.
    Rtf,
    /// OpenDocument text.
    Odt,
    /// OFD.
    Ofd,
    /// Slides of any make.
    Slides,
    /// Another office file.
    Office,
    /// Another ZIP archive.
    Zip,
    /// A picture.
    Picture,
    /// Bytes of an unknown sort.
    Unknown,
}

impl Format {
    /// The name to show, as it stands in a Chinese sentence.
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Text => "文本文件",
            Self::Docx => " Word 文件（.docx）",
            Self::Xlsx => " Excel 文件（.xlsx）",
            Self::Csv => " CSV 文件",
            Self::Html => "网页文件",
            Self::Pdf => " PDF 文件",
            Self::Doc => "旧版 Word 或 WPS 文件",
            Self::Xls => "旧版 Excel 或 WPS 表格文件",
            Self::Rtf => " RTF 文件",
            Self::Odt => " ODT 文件",
            Self::Ofd => " OFD 文件",
            Self::Slides => "幻灯片文件",
            Self::Office => "办公软件文件",
            Self::Zip => "压缩包",
            Self::Picture => "图片",
            Self::Unknown => "二进制文件",
        }
    }

    /// What to save such a file as, as it stands in a Chinese sentence.
    pub(crate) fn remedy_zh(self) -> &'static str {
        match self {
            Self::Xls | Self::Xlsx | Self::Csv => " .xlsx ",
            Self::Doc | Self::Rtf | Self::Odt | Self::Office | Self::Docx => " .docx ",
            Self::Ofd => " PDF 或 Word 文件",
            Self::Zip => "单个文件，解压",
            Self::Picture => "文字（先做文字识别）",
            Self::Text | Self::Html | Self::Pdf | Self::Slides | Self::Unknown => {
                " .docx 或纯文本（.txt）"
            }
        }
    }
}

/// The format that the first bytes announce; `None` where they may be text.
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    const PICTURES: [&[u8]; 5] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM\0", b"II*\0"];
    let head = bytes.get(..1024).unwrap_or(bytes);
    // Some programs put a few bytes before the mark of a PDF.
    if holds(head, b"%PDF-") {
        return Some(Format::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(archive(bytes));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(compound(bytes));
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some(Format::Rtf);
    }
    if PICTURES.iter().any(|magic| bytes.starts_with(magic)) {
        return Some(Format::Picture);
    }
    None
}

/// Whether a compound file is the wrapping of an encrypted office file.
pub(crate) fn is_encrypted_office(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0") && holds(bytes, &wide("EncryptedPackage"))
}

/// Whether the file's name ends in one of these, after a dot and whatever the case.
pub(crate) fn ends(file_name: &str, endings: &[&str]) -> bool {
    let ending = file_name.rsplit_once('.').map_or("", |(_, ending)| ending);
    endings
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Archives are told apart by the names of their entries, which the last part of the file lists.
fn archive(bytes: &[u8]) -> Format {
    let names = |name: &[u8]| holds(bytes, name);
    if names(b"OFD.xml") {
        Format::Ofd
    } else if names(b"word/document") {
        Format::Docx
    } else if names(b"xl/workbook") {
        Format::Xlsx
    } else if names(b"ppt/presentation") {
        Format::Slides
    } else if names(b"application/vnd.oasis.opendocument.text") {
        Format::Odt
    } else if names(b"[Content_Types].xml") || names(b"application/vnd.oasis.opendocument") {
        Format::Office
    } else {
        Format::Zip
    }
}

/// Compound files are told apart by the names of their streams.
fn compound(bytes: &[u8]) -> Format {
    let names = |name: &str| holds(bytes, &wide(name));
    if names("WordDocument") {
        Format::Doc
    } else if names("Workbook") || names("Book") {
        Format::Xls
    } else if names("PowerPoint Document") {
        Format::Slides
    } else {
        Format::Office
    }
}

fn wide(name: &str) -> Vec<u8> {
    name.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn holds(bytes: &[u8], name: &[u8]) -> bool {
    memchr::memmem::find(bytes, name).is_some()
}
