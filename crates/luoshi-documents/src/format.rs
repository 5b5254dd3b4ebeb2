//! What a file looks like by its first bytes.

/// A format that is recognised and cannot be read as plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PDF.
    Pdf,
    /// Word, WPS or another office package: a ZIP archive with office parts.
    OfficeZip,
    /// Another ZIP archive.
    Zip,
    /// The older office formats `.doc`, `.xls`, `.wps`, `.ppt`.
    OfficeBinary,
    /// OFD.
    Ofd,
    /// RTF.
    Rtf,
    /// A picture.
    Picture,
    /// Bytes of an unknown sort.
    Unknown,
}

impl Format {
    /// The name to show, as it stands in a Chinese sentence.
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Pdf => "PDF 文件",
            Self::OfficeZip => "Word 或 WPS 文件",
            Self::Zip => "压缩包",
            Self::OfficeBinary => "旧版 Office 或 WPS 文件",
            Self::Ofd => "OFD 文件",
            Self::Rtf => "RTF 文件",
            Self::Picture => "图片",
            Self::Unknown => "二进制文件",
        }
    }
}

/// The format that the first bytes announce; `None` where they may be text.
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    const PICTURES: [&[u8]; 5] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM\0", b"II*\0"];
    if bytes.starts_with(b"%PDF-") {
        return Some(Format::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let head = bytes.get(..4096).unwrap_or(bytes);
        let names = |name: &[u8]| head.windows(name.len()).any(|w| w == name);
        if names(b"OFD.xml") {
            return Some(Format::Ofd);
        }
        let office = names(b"[Content_Types].xml") || names(b"word/") || names(b"mimetype");
        return Some(if office {
            Format::OfficeZip
        } else {
            Format::Zip
        });
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(Format::OfficeBinary);
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some(Format::Rtf);
    }
    if PICTURES.iter().any(|magic| bytes.starts_with(magic)) {
        return Some(Format::Picture);
    }
    None
}
