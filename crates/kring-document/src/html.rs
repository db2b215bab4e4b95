//! The text of a web page: what a reader sees, headings marked by `#`, scripts and styles left out.

use html5gum::{Token, Tokenizer};

/// Elements that begin a new line.
const BLOCKS: [&[u8]; 18] = [
    b"p", b"div", b"br", b"li", b"tr", b"td", b"th", b"h1", b"h2", b"h3", b"h4", b"h5", b"h6",
    b"section", b"article", b"table", b"ul", b"title",
];

/// The text of a page.
pub(crate) fn text(page: &str) -> String {
    let mut out = String::new();
    // The element in which nothing is text, until it ends.
    let mut unseen: Option<Vec<u8>> = None;
    for Ok(token) in Tokenizer::new(page) {
        match token {
            Token::StartTag(tag) if unseen.is_none() => {
                let name: &[u8] = &tag.name;
                if matches!(name, b"script" | b"style" | b"template" | b"noscript")
                    && !tag.self_closing
                {
                    unseen = Some(name.to_vec());
                } else if let [b'h', b'1'..=b'6'] = name {
                    out.push_str("\n# ");
                } else if BLOCKS.contains(&name) {
                    out.push('\n');
                }
            }
            Token::EndTag(tag) => {
                let name: &[u8] = &tag.name;
                if unseen.as_deref() == Some(name) {
                    unseen = None;
                } else if unseen.is_none() && BLOCKS.contains(&name) {
                    out.push('\n');
                }
            }
            Token::String(said) if unseen.is_none() => {
                let said = String::from_utf8_lossy(&said);
                // Line ends within a text are spaces.
                out.extend(
                    said.chars()
                        .map(|c| if c == '\n' || c == '\r' { ' ' } else { c }),
                );
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_a_reader_sees_is_read() {
        let page = "<title>ค่าธรรมเนียม</title><script>alert('<p>no')</script><style>p{}</style>\
                    <h2>เอกสาร</h2><p>สำเนา&nbsp;บัตร\nประชาชน &lt;จริง&gt;<br>ฟรี<!-- no --></p>";
        let lines: Vec<String> = text(page)
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(
            lines,
            [
                "ค่าธรรมเนียม",
                "# เอกสาร",
                "สำเนา\u{a0}บัตร ประชาชน <จริง>",
                "ฟรี"
            ]
        );
        assert_eq!(text("<script>never ends").trim(), "");
        text(&"<div>".repeat(100_000));
    }
}
