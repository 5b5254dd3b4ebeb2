//! Writes PDF files.

use std::io::Write;

/// Puts objects into a file, numbered from 1 on; the first is the catalogue.
pub(crate) fn file(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", i + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    let count = objects.len() + 1;
    bytes.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").bytes());
    }
    bytes.extend(
        format!("trailer\n<</Size {count}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n")
            .bytes(),
    );
    bytes
}

pub(crate) fn stream(dict: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("<<{dict}/Length {}>>\nstream\n", body.len()).into_bytes();
    bytes.extend(body);
    bytes.extend(b"\nendstream");
    bytes
}

pub(crate) fn deflated(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// How the signs of a file are written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Coding {
    /// Numbers of the font, with a table to signs.
    Table,
    /// GBK with the numbers of the Chinese collection.
    Gbk,
    /// UTF-16 with the numbers of the Chinese collection.
    Wide,
    /// Numbers of the font, with nothing that tells what they are.
    Blind,
}

/// A file whose pages have lines at places in points from the left and from the top.
pub(crate) fn pdf(pages: &[Vec<(f32, f32, &str)>], coding: Coding) -> Vec<u8> {
    let mut signs: Vec<char> = Vec::new();
    let mut contents = Vec::new();
    for page in pages {
        let mut content = String::from("BT /F1 16 Tf ");
        for (left, top, text) in page {
            let codes: String = match coding {
                Coding::Gbk => {
                    let (bytes, ..) = encoding_rs::GBK.encode(text);
                    bytes.iter().map(|b| format!("{b:02X}")).collect()
                }
                Coding::Wide => text.encode_utf16().map(|u| format!("{u:04X}")).collect(),
                Coding::Table | Coding::Blind => text
                    .chars()
                    .map(|c| {
                        let known = signs.iter().position(|s| *s == c);
                        let at = known.unwrap_or_else(|| {
                            signs.push(c);
                            signs.len() - 1
                        });
                        format!("{:04X}", at + 1)
                    })
                    .collect(),
            };
            content.push_str(&format!("1 0 0 1 {left} {} Tm <{codes}> Tj ", 842.0 - top));
        }
        content.push_str("ET");
        contents.push(content);
    }
    let (encoding, more) = match coding {
        Coding::Gbk => ("GBK-EUC-H", ""),
        Coding::Wide => ("UniGB-UCS2-H", ""),
        Coding::Table => ("Identity-H", "/ToUnicode 5 0 R"),
        Coding::Blind => ("Identity-H", ""),
    };
    let ordering = match coding {
        Coding::Gbk | Coding::Wide => "GB1",
        Coding::Table | Coding::Blind => "Identity",
    };
    let table: String = signs
        .iter()
        .enumerate()
        .map(|(i, c)| format!("<{:04X}> <{:04X}>\n", i + 1, u32::from(*c)))
        .collect();
    let table = format!(
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
         {} beginbfchar\n{table}endbfchar endcmap end",
        signs.len()
    );
    let kids: String = (0..pages.len())
        .map(|i| format!("{} 0 R ", 6 + i * 2))
        .collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Count {}>>", pages.len()).into_bytes(),
        format!(
            "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/{encoding}/DescendantFonts[4 0 R]{more}>>"
        )
        .into_bytes(),
        format!(
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/DW 1000/CIDSystemInfo\
             <</Registry(Adobe)/Ordering({ordering})/Supplement 0>>>>"
        )
        .into_bytes(),
        stream("", table.as_bytes()),
    ];
    for (i, content) in contents.iter().enumerate() {
        let page = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>",
            7 + i * 2
        );
        objects.push(page.into_bytes());
        objects.push(stream("/Filter/FlateDecode", &deflated(content.as_bytes())));
    }
    file(&objects, "")
}
