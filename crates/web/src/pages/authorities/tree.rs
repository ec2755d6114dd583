//! The tree of certificates: nested lists, from the root.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::frame::Frame;
use crate::ports::CertificateNode;
use crate::table::Badge;

/// The tree.
#[derive(Template)]
#[template(path = "pages/authorities/tree.html")]
pub struct Tree<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The root.
    pub root: &'a CertificateNode,
}

impl<'a> Tree<'a> {
    fn top(&self) -> Branch<'a> {
        Branch { frame: self.frame, node: self.root }
    }
}

/// A certificate with those it issued.
#[derive(Template)]
#[template(path = "pages/authorities/branch.html")]
struct Branch<'a> {
    frame: &'a Frame,
    node: &'a CertificateNode,
}

impl HtmlSafe for Branch<'_> {}

impl<'a> Branch<'a> {
    fn issued(&self) -> Vec<Self> {
        self.node.issued.iter().map(|node| Branch { frame: self.frame, node }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn every_certificate_of_the_tree_has_its_page() {
        let frame = sample::frame(Site::Authorities, Tongue::English);
        let root = sample::tree();
        let html = Tree { frame: &frame, root: &root }.to_string();
        assert!(html.contains("OpenSET Demo Root 2026") && html.contains("Atelier Lumen"));
        assert!(html.contains("href=\"/authorities/a0\""), "{html}");
        assert_eq!(html.matches("class=\"branch\"").count(), 6, "{html}");
    }
}
