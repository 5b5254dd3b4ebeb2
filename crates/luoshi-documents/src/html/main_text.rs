//! Where the article of a page is: by how much running text stands where.

use super::tree::{Content, Id, Tree};

/// The article of a page.
pub(super) struct Main {
    pub(super) node: Id,
    /// The title that the page gives, which often stands outside the article.
    pub(super) title: Option<String>,
}

/// Elements that hold no text of an article.
const NEVER: [&str; 18] = [
    "script", "style", "noscript", "template", "svg", "head", "nav", "footer", "aside", "button",
    "select", "iframe", "object", "textarea", "rt", "rp", "title", "video",
];

/// Words in class or id of what stands around an article.
const AROUND: [&str; 22] = [
    "nav",
    "menu",
    "footer",
    "foot",
    "share",
    "crumb",
    "sidebar",
    "related",
    "recommend",
    "copyright",
    "toolbar",
    "pager",
    "pagination",
    "qrcode",
    "ewm",
    "fontsize",
    "location",
    "position",
    "weizhi",
    "links",
    "comment",
    "header",
];

/// How much of its parent's text a part must have to stand for it, in per cent.
const SHARE: usize = 85;
/// How much of a table's text one cell must have for the table to be only a frame, in per cent.
const FRAME: usize = 90;

/// Finds the article: goes down from the top as long as one part holds nearly all running text.
pub(super) fn find(tree: &Tree) -> Main {
    let weights = weights(tree);
    let weight = |id: Id| weights.get(id).copied().unwrap_or(0);
    let mut node = 0;
    loop {
        let parts = tree.children(node).iter().copied();
        let best = parts
            .filter(|id| is_container(tree, *id))
            .max_by_key(|id| weight(*id));
        let Some(best) = best else { break };
        let framed = tree.name(best) != "table" || is_layout_by(tree, best, &weights);
        if !framed || weight(best) * 100 < weight(node) * SHARE || weight(best) == 0 {
            break;
        }
        node = best;
    }
    Main {
        node,
        title: title(tree),
    }
}

/// Whether an element is no part of an article.
pub(super) fn is_dropped(tree: &Tree, id: Id) -> bool {
    let Some(element) = tree.element(id) else {
        return false;
    };
    if element.hidden || NEVER.contains(&element.name.as_str()) {
        return true;
    }
    if matches!(element.name.as_str(), "html" | "body" | "article" | "main") {
        return false;
    }
    let mut words = element.labels.split(|c: char| !c.is_ascii_alphanumeric());
    let around = words.any(|word| {
        AROUND
            .iter()
            .any(|known| word == *known || (known.len() > 4 && word.contains(known)))
    });
    (around || element.name == "header") && !holds_sentences(tree, id)
}

/// Whether a table only places things: nearly all of its text is in one cell.
pub(super) fn is_layout(tree: &Tree, table: Id) -> bool {
    is_layout_by(tree, table, &[])
}

/// Weights may be given where they are known; else the text is measured.
fn is_layout_by(tree: &Tree, table: Id, weights: &[usize]) -> bool {
    let measure = |id: Id| match weights.get(id) {
        Some(weight) => *weight,
        None => length(tree, id),
    };
    let rows = tree.rows(table);
    let cells = || rows.iter().flat_map(|row| tree.cells(*row));
    let all = measure(table);
    let most = cells().map(measure).max().unwrap_or(0);
    let blocks = || cells().any(|cell| holds_blocks(tree, cell));
    all == 0 || (most * 100 >= all * FRAME && (cells().count() < 4 || blocks()))
}

/// Whether a cell holds several paragraphs, boxes or tables.
fn holds_blocks(tree: &Tree, cell: Id) -> bool {
    let parts = tree.children(cell).iter();
    parts
        .filter(|id| matches!(tree.name(**id), "p" | "div" | "table"))
        .count()
        > 1
}

/// Several sentences in what is labelled like a frame: some pages label everything so.
fn holds_sentences(tree: &Tree, id: Id) -> bool {
    let mut marks = 0;
    walk(tree, id, &mut |text| {
        marks += text.matches(['。', '；']).count();
    });
    marks > 3
}

fn length(tree: &Tree, id: Id) -> usize {
    let mut length = 0;
    walk(tree, id, &mut |text| length += text.trim().len());
    length
}

/// Calls with each piece of text below a node; links are left out.
fn walk(tree: &Tree, id: Id, visit: &mut dyn FnMut(&str)) {
    match tree.content(id) {
        Content::Text(text) => visit(text),
        Content::Element(element) => {
            if element.hidden || element.name == "a" || NEVER.contains(&element.name.as_str()) {
                return;
            }
            for child in tree.children(id) {
                walk(tree, *child, visit);
            }
        }
    }
}

/// Running text of each node and all below it: signs outside of links, marks counted more.
fn weights(tree: &Tree) -> Vec<usize> {
    let mut weights = vec![0_usize; tree.len()];
    // Nodes come after those around them, so going backwards sees the inside first.
    for id in (0..tree.len()).rev() {
        let weight = match tree.content(id) {
            Content::Text(text) => {
                let signs = text.chars().filter(|c| !c.is_whitespace()).count();
                let marks = text.matches(['。', '，', '；', '、', '：']).count();
                signs + marks * 10
            }
            Content::Element(element) => {
                if element.hidden || element.name == "a" || NEVER.contains(&element.name.as_str()) {
                    0
                } else {
                    let inside = tree.children(id).iter();
                    inside.filter_map(|child| weights.get(*child)).sum()
                }
            }
        };
        if let Some(slot) = weights.get_mut(id) {
            *slot = weight;
        }
    }
    weights
}

fn is_container(tree: &Tree, id: Id) -> bool {
    matches!(
        tree.name(id),
        "html"
            | "body"
            | "div"
            | "article"
            | "section"
            | "main"
            | "form"
            | "center"
            | "table"
            | "tbody"
            | "tr"
            | "td"
            | "font"
            | "span"
            | "ucapcontent"
    )
}

/// The title: as the page names its article, as its first heading, as the window's without the site.
fn title(tree: &Tree) -> Option<String> {
    let all = || (0..tree.len()).filter(|id| tree.element(*id).is_some());
    let named = all().find_map(|id| {
        let name = tree
            .attribute(id, "name")
            .filter(|_| tree.name(id) == "meta")?;
        let content = tree.attribute(id, "content")?;
        name.eq_ignore_ascii_case("ArticleTitle")
            .then(|| content.to_owned())
    });
    let of = |name: &str| {
        let id = all().find(|id| tree.name(*id) == name)?;
        let mut text = String::new();
        for child in tree.children(id) {
            walk(tree, *child, &mut |piece| text.push_str(piece));
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    };
    let window = || {
        let whole = of("title")?;
        let title = whole.split(['_', '|', '—', '-']).next()?;
        Some(title.trim().to_owned())
    };
    let title = named.or_else(|| of("h1")).or_else(window)?;
    let title = title.trim().to_owned();
    (4..=120).contains(&title.chars().count()).then_some(title)
}
